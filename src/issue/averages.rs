//! What stands beside or below the label of an average: the average, and no other figure of the
//! record, which a reader would take for it.
//!
//! A label is one that the record has, or a text of the template's own that says `GPA`. Never:
//! whether an average is shown at all. Next: `whole.rs` for that, `surplus.rs` for other figures.

use super::decimal::{Decimal, decimals, value};
use super::legend::Legend;
use super::shown::{APART_MAX, Page, bare, folded};
use super::whole::Gap;
use crate::template::Wording;
use crate::transcript::Transcript;

const HINT: &str = "beside or below the label of an average stands that average; another figure \
                    has a label of its own, without the letters GPA, and a sentence that is the \
                    same for every student stands in strings.<language>.toml or in a setting of \
                    report.toml, word for word";

/// How a text of a template's own names an average, in small letters without blanks.
const WORDS: [&str; 4] = ["gpa", "g.p.a.", "gradepointaverage", "promedio"];

/// How many words may stand between a name and its figure.
const WORDS_BETWEEN_MAX: usize = 4;

/// How many letters say before `GPA` of which kind it is: `WGPA`.
const LETTERS_BEFORE_MAX: usize = 2;

/// How many words a label has beside the name; more are a sentence.
const WORDS_OF_LABEL_MAX: usize = 4;

/// The averages that a name may mean.
struct Named {
    /// As pages are looked through for it.
    name: String,
    /// Values, each as any way of writing it.
    values: Vec<String>,
    /// Credits that counted.
    counted: Vec<String>,
    /// What only says how high a value can be.
    scales: Vec<String>,
    /// Whether one has no value, and so a dash in its place.
    is_without: bool,
}

/// Figures of pages that stand where a reader takes them for an average that they are not.
pub(super) fn others(
    transcript: &Transcript,
    legend: &Legend,
    wording: &Wording,
    pages: &[Page],
) -> Vec<Gap> {
    let names = names(transcript);
    let mut found = Vec::new();
    for page in pages {
        for at in (0..page.len()).filter(|at| !page.is_taken(*at)) {
            let text = page.folded(at).replace('-', "");
            if names.iter().any(|named| text.contains(&named.name)) {
                found.extend(other(page, at, &names, legend, wording));
            }
        }
    }
    found
}

fn names(transcript: &Transcript) -> Vec<Named> {
    let of = |name: String, of: &dyn Fn(&str) -> bool| {
        let averages = || {
            transcript
                .averages
                .iter()
                .filter(|it| of(&folded(&it.label)))
        };
        let values = averages().filter_map(|it| it.value.as_deref());
        Named {
            values: values.map(|it| value(&bare(it))).collect(),
            counted: averages()
                .map(|it| value(&it.credit_counted.to_string()))
                .collect(),
            scales: averages().map(|it| value(&bare(&it.scale))).collect(),
            is_without: averages().any(|it| it.value.is_none()),
            name,
        }
    };
    let labels = transcript.averages.iter().map(|it| folded(&it.label));
    let mut names: Vec<Named> = labels
        .map(|label| of(label.replace('-', ""), &|own| own == label))
        .collect();
    names.extend(WORDS.map(|word| of(word.to_owned(), &|_| true)));
    names
}

/// The first figure that this text, or what stands around it, says in an average's place.
fn other(
    page: &Page,
    at: usize,
    names: &[Named],
    legend: &Legend,
    wording: &Wording,
) -> Option<Gap> {
    let reading = page.reading(at);
    let all = decimals(&reading);
    let is_of_legend = |it: &&Decimal<'_>| legend.says_after(&reading[..it.at], it.text);
    let figures: Vec<_> = all.iter().filter(|it| !is_of_legend(it)).collect();
    let places = places(&reading, names);
    for (place, (named, begin, end)) in places.iter().enumerate() {
        let next = places.get(place + 1).map(|it| it.1);
        let until = next.unwrap_or(reading.len());
        let mut after = figures.iter().filter(|it| it.at >= *end && it.at < until);
        let inline = after
            .next()
            .filter(|it| words(&reading[*end..it.at]) <= WORDS_BETWEEN_MAX);
        let further = words(&reading) - words(&reading[*begin..*end]);
        let around = match next.is_none() && further <= WORDS_OF_LABEL_MAX {
            true => around(page, at, legend),
            false => Vec::new(),
        };
        let figure = match (inline, around.first()) {
            (Some(figure), _) => figure.text,
            // What the record was found in is what it says.
            (None, Some((_, true))) => continue,
            (None, Some((figure, false))) => figure,
            (None, None) => {
                let mut before = figures.iter().rev();
                let before = before.find(|it| it.end() <= *begin);
                match before.filter(|it| words(&reading[it.end()..*begin]) <= 1) {
                    Some(figure) => figure.text,
                    None => continue,
                }
            }
        };
        let beside = figures.iter().map(|it| it.text);
        let beside = beside.chain(around.iter().map(|it| &*it.0));
        if !named.may_have(figure, beside) && !is_of_report(&reading, figure, wording) {
            let name = &reading[*begin..*end];
            let what = format!("`{figure}` by `{name}`, which is not that average");
            return Some(Gap::surplus("summary", &what, HINT));
        }
    }
    None
}

impl Named {
    /// Whether a figure may stand in the average's place, beside these.
    fn may_have<'a>(&self, figure: &str, mut beside: impl Iterator<Item = &'a str>) -> bool {
        let figure = value(figure);
        self.values.contains(&figure)
            || self.counted.contains(&figure)
            || self.scales.contains(&figure)
                && (self.is_without || beside.any(|it| self.values.contains(&value(it))))
    }
}

/// Where a text names averages: the name, and where it begins and ends. Of names within another
/// the longest counts. `GPA` may have a letter or two before it, and an `s`: `WGPA`, `GPAs`.
fn places<'a>(reading: &str, names: &'a [Named]) -> Vec<(&'a Named, usize, usize)> {
    // Without blanks and in small letters, with where each byte of it comes from.
    let (mut text, mut from) = (String::new(), Vec::new());
    let is_blank = |letter: char| letter.is_whitespace() || letter == '-';
    for (at, letter) in reading.char_indices().filter(|it| !is_blank(it.1)) {
        text.extend(letter.to_lowercase());
        from.resize(text.len(), (at, at + letter.len_utf8()));
    }
    let is_letter = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    let mut found: Vec<(&Named, usize, usize)> = Vec::new();
    for named in names {
        for (at, name) in text.match_indices(&*named.name) {
            let (begin, end) = (from[at].0, from[at + name.len() - 1].1);
            let within = found.iter().any(|it| it.1 <= begin && end <= it.2);
            let (mut before, mut after) = (&reading[..begin], &reading[end..]);
            if &reading[begin..end] == "GPA" {
                after = after.strip_prefix('s').unwrap_or(after);
                let kind = before.trim_end_matches(|it: char| it.is_ascii_uppercase());
                if before.len() <= kind.len() + LETTERS_BEFORE_MAX {
                    before = kind;
                }
            }
            let part_of_word =
                is_letter(before.chars().next_back()) || is_letter(after.chars().next());
            if !within && !part_of_word {
                found.retain(|it| !(begin <= it.1 && it.2 <= end));
                found.push((named, begin, end));
            }
        }
    }
    found.sort_by_key(|it| it.1);
    found
}

/// The figures in the place of what a label names, each with whether the record's own was found in
/// it, or it is of the scale: after it in its line, else the nearest below or above.
fn around(page: &Page, at: usize, legend: &Legend) -> Vec<(String, bool)> {
    let line = page.beside(at);
    let after = line.iter().skip_while(|it| **it != at).skip(1);
    let mut after = after
        .copied()
        .filter(|it| !is_leader(page.part(*it)))
        .peekable();
    let figure = |at: usize| {
        let reading = page.reading(at);
        let first = decimals(&reading).into_iter().find(|it| it.at == 0)?;
        let is_known = page.is_taken(at) || legend.has(page, at);
        Some((first.text.to_owned(), is_known))
    };
    if after.peek().is_some_and(|it| is_value(page.part(*it))) {
        return after.map_while(figure).collect();
    }
    let meets = |it: &usize| {
        page.left(*it) < page.right(at) && page.right(*it) > page.left(at) && !line.contains(it)
    };
    let down = |it: &usize| page.baseline(*it) - page.baseline(at);
    let near = (0..page.len()).filter(|it| down(it).abs() < APART_MAX && meets(it));
    // What was found above is another label's.
    let near = near.filter(|it| down(it) > 0 || !page.is_taken(*it));
    let nearest = near.min_by_key(|it| (down(it).abs(), down(it) < 0));
    nearest.and_then(figure).into_iter().collect()
}

/// Whether a text stands in the place of a value: a figure, or the dash of none.
fn is_value(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_digit()) || !text.contains(char::is_alphanumeric)
}

/// Dots that lead from a label to its figure.
fn is_leader(text: &str) -> bool {
    text.chars().all(|it| matches!(it, '.' | '…' | '·' | '_'))
}

fn words(text: &str) -> usize {
    let words = text.split_whitespace();
    words
        .filter(|it| it.contains(char::is_alphanumeric))
        .count()
}

/// Whether a text of the report itself says the figure, alike for every student but for what is
/// filled in.
fn is_of_report(reading: &str, figure: &str, wording: &Wording) -> bool {
    let reading = bare(reading);
    let pieces = wording.all().flat_map(|text| text.split(['{', '}']));
    let mut pieces = pieces.filter(|piece| piece.contains(figure));
    pieces.any(|piece| reading.contains(&bare(piece)))
}
