//! Texts that run over the edge of the page or into each other, and texts that can hardly be read:
//! what a template's author did not see on the samples that he looked at, found on the laid out
//! page of every document.
//!
//! Only upright text is looked at; a watermark may lie across the page. Nothing is refused here,
//! for the page can be printed: all are warnings, and `registrar template check` fails on any.

use super::Diagnostic;
use super::placed::{Hidden, Sheet};

/// Places named at most for one page.
const PLACES_MAX: usize = 5;

const MORE_ROOM: &str = "let the text break into lines, or give it more room";

/// What runs where it should not, or can hardly be read, on any page.
pub(super) fn overlaps(sheets: &[Sheet<'_>]) -> Vec<Diagnostic> {
    let sheets = (1..).zip(sheets);
    let found = sheets.flat_map(|(number, sheet)| {
        let mut found = on_page(sheet);
        found.truncate(PLACES_MAX);
        found
            .into_iter()
            .map(move |(message, hint)| Diagnostic::new(format!("page {number}: {message}"), hint))
    });
    found.collect()
}

/// What is wrong on one page, and what to do about it.
fn on_page(sheet: &Sheet<'_>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for (run, hidden) in &sheet.runs {
        let text = begun(run.text);
        if !run.area.is_within(&sheet.area) {
            found.push((
                format!("`{text}` runs over the edge of the page"),
                MORE_ROOM,
            ));
        }
        found.extend(hidden.and_then(|hidden| hardly_read(&text, hidden)));
    }
    for (one, other) in &sheet.meetings {
        let mut pair = [&sheet.runs[*one].0, &sheet.runs[*other].0];
        pair.sort_by(|one, other| one.area.left.total_cmp(&other.area.left));
        let [left, right] = pair.map(|run| begun(run.text));
        found.push((format!("`{left}` runs into `{right}`"), MORE_ROOM));
    }
    found
}

/// That a text can hardly be read, where its author may not know.
fn hardly_read(text: &str, hidden: Hidden) -> Option<(String, &'static str)> {
    match hidden {
        Hidden::Faint(Some(contrast)) => Some((
            format!("`{text}` has a contrast of {} to 1", tenths(contrast)),
            "let it differ from what is behind it by 4.5 to 1 or more (WCAG 2.2, 1.4.3); a colour \
             of the school goes into a setting of the type `colour`",
        )),
        Hidden::Faint(None) => Some((
            format!("`{text}` stands on a picture, or is filled with several colours"),
            "let it have one colour, and one behind it",
        )),
        Hidden::Small => Some((
            format!("`{text}` is too small to be read"),
            "give it 5 points or more, and its letters their room",
        )),
        Hidden::CutOff | Hidden::Covered => None,
    }
}

/// Thousandths with one decimal, rounded down.
fn tenths(thousandths: u32) -> String {
    format!("{}.{}", thousandths / 1_000, thousandths % 1_000 / 100)
}

/// The beginning of a text, for a message.
fn begun(text: &str) -> String {
    const CHARACTERS_MAX: usize = 24;
    let text = text.trim();
    let mut begun: String = text.chars().take(CHARACTERS_MAX).collect();
    if begun.len() < text.len() {
        begun.push('…');
    }
    begun
}

#[cfg(test)]
mod tests {
    use crate::render::rendered;

    /// What is said of a page of 200 by 100 points with this on it.
    fn warnings(body: &str) -> Vec<String> {
        let page = "#set text(size: 10pt)\n#set page(width: 200pt, height: 100pt, margin: 10pt)\n";
        let warnings = rendered(&format!("{page}{body}")).warnings;
        warnings
            .into_iter()
            .map(|warning| warning.message)
            .collect()
    }

    #[test]
    fn a_page_on_which_everything_has_its_place_is_fine() {
        let fine = "*One* two _three_ #box(width: 40pt)[left] right\n\n\
                    #columns(2)[Algebra 1 #colbreak() Biology]\n\n\
                    #place(center, rotate(-40deg, text(size: 30pt)[UNOFFICIAL]))";
        assert_eq!(warnings(fine), Vec::<String>::new());
    }

    #[test]
    fn texts_over_the_edge_or_over_each_other_are_named_with_their_page() {
        let edge = warnings("#place(dx: 150pt, box(width: 90pt)[Beyond the edge])");
        assert_eq!(
            edge,
            ["page 1: `Beyond the edge` runs over the edge of the page"]
        );
        let below = warnings("#pagebreak(weak: true) A #pagebreak() #place(dy: 120pt)[Below]");
        assert_eq!(below, ["page 2: `Below` runs over the edge of the page"]);
        let narrow = "#box(width: 20pt, box(width: 60pt)[Calculus]) AB";
        assert_eq!(warnings(narrow), ["page 1: `Calculus` runs into `AB`"]);
        let lines = "#place[Calculus]#place(dy: 3pt)[Biology]";
        assert_eq!(
            warnings(lines),
            ["page 1: `Calculus` runs into `Biology`"],
            "a line of its own"
        );
    }

    #[test]
    fn a_text_that_can_hardly_be_read_is_named_with_its_contrast() {
        assert_eq!(
            warnings("#text(fill: rgb(\"#f2c94c\"))[Go Eagles]"),
            ["page 1: `Go Eagles` has a contrast of 1.5 to 1"]
        );
        assert_eq!(
            warnings("#text(size: 3pt)[Go Eagles]"),
            ["page 1: `Go Eagles` is too small to be read"]
        );
        let dark = "#box(fill: rgb(\"#7a2e1d\"), inset: 2pt, text(fill: white)[Go Eagles])";
        assert_eq!(warnings(dark), Vec::<String>::new());
    }
}
