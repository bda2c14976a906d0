//! Texts that run over the edge of the page, or into each other: what a template's author did not
//! see on the samples that he looked at, found on the laid out page of every document.
//!
//! Only upright text is looked at; a watermark may lie across the page. Neither is refused here,
//! for the page can be printed: both are warnings, and `registrar template check` fails on any.

use typst::layout::{Abs, Frame, FrameItem, Point, Transform};
use typst_layout::PagedDocument;

use super::Diagnostic;

/// How far texts may touch: kerning and italics overhang by less.
const TOLERANCE: f64 = 1.0;

/// Places named at most for one page.
const PLACES_MAX: usize = 5;

/// One run of text where it stands on the page, in points.
struct Run<'a> {
    left: f64,
    right: f64,
    baseline: f64,
    text: &'a str,
}

/// What runs where it should not, on any page.
pub(super) fn overlaps(document: &PagedDocument) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (number, page) in (1..).zip(document.pages()) {
        let mut runs = Vec::new();
        collect(&page.frame, Point::zero(), &mut runs);
        found.extend(on_page(number, &page.frame, runs));
    }
    found
}

fn on_page(number: usize, frame: &Frame, mut runs: Vec<Run<'_>>) -> Vec<Diagnostic> {
    let (width, height) = (frame.width().to_pt(), frame.height().to_pt());
    let mut found = Vec::new();
    let warn = |message: String, hint: &str| Diagnostic::new(message, hint);
    for run in &runs {
        let beyond = run.left < -TOLERANCE
            || run.right > width + TOLERANCE
            || run.baseline < 0.0
            || run.baseline > height;
        if beyond {
            found.push(warn(
                format!(
                    "page {number}: `{}` runs over the edge of the page",
                    begun(run.text)
                ),
                "let the text break into lines, or give it more room",
            ));
        }
    }
    runs.sort_by(|one, other| one.baseline.total_cmp(&other.baseline));
    let lines = runs.chunk_by_mut(|one, other| other.baseline - one.baseline < TOLERANCE);
    for line in lines {
        line.sort_by(|one, other| one.left.total_cmp(&other.left));
        let mut widest: Option<&Run<'_>> = None;
        for run in &*line {
            if let Some(before) = widest.filter(|before| run.left < before.right - TOLERANCE) {
                let (one, other) = (begun(before.text), begun(run.text));
                let message = format!("page {number}: `{one}` runs into `{other}`");
                found.push(warn(
                    message,
                    "let the text break into lines, or give it more room",
                ));
            }
            if widest.is_none_or(|before| run.right > before.right) {
                widest = Some(run);
            }
        }
    }
    found.truncate(PLACES_MAX);
    found
}

fn collect<'a>(frame: &'a Frame, origin: Point, runs: &mut Vec<Run<'a>>) {
    for (at, item) in frame.items() {
        let place = origin + *at;
        match item {
            FrameItem::Group(group) => {
                let Transform {
                    sx,
                    ky,
                    kx,
                    sy,
                    tx,
                    ty,
                } = group.transform;
                let upright = sx.is_one() && sy.is_one() && ky.is_zero() && kx.is_zero();
                if upright {
                    collect(&group.frame, place + Point::new(tx, ty), runs);
                }
            }
            FrameItem::Text(text) if !text.text.trim().is_empty() => {
                let right: Abs = place.x + text.width();
                runs.push(Run {
                    left: place.x.to_pt(),
                    right: right.to_pt(),
                    baseline: place.y.to_pt(),
                    text: &text.text,
                });
            }
            _ => {}
        }
    }
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
    }
}
