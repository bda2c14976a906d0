//! The headings of terms and years: which of them a text is, and the credits that belong to it.
//!
//! A heading holds a term's name, or a school year, and its grade level. What it heads is
//! found in `placing.rs`; whether its sums are those of the record is asked here.
//!
//! **Decision**: the sums of a term are no marks but figures computed from them, and many a
//! transcript prints none. A template that prints none passes; one that prints some prints all of
//! them, right, in the heading's line or in a line between it and the next heading.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::legend::Legend;
use super::placing::{Place, Reading};
use super::shown::{Page, folded, has_word};
use super::sums::Sums;
use super::whole::Gap;
use crate::record::{Credits, GradeLevel};
use crate::transcript::Transcript;

const HINT: &str = "a template prints the credits of every term, or of every year, or none: they \
                    stand in the heading's line, or in one between it and the next heading, each \
                    alone in its cell and below its own label, `strings.attempted` or \
                    `strings.earned`, or, without labels, those attempted first; a heading holds \
                    the name and the grade level";

/// A heading that a page may have, its texts without blanks, in small letters.
pub(super) struct Heading {
    name: String,
    pub level: String,
    school: String,
    /// Whether it heads a year's terms.
    is_year: bool,
    /// The terms that it heads, counted in the transcript.
    pub terms: Vec<usize>,
    /// Credits attempted and earned.
    pub sums: [String; 2],
}

/// The headings that a transcript's terms and years may have.
pub(super) fn headings(transcript: &Transcript) -> Vec<Heading> {
    let sums = |attempted: Credits, earned: Credits| [attempted, earned].map(|it| it.to_string());
    let mut headings = Vec::new();
    let mut years: BTreeMap<_, (Vec<usize>, Credits, Credits)> = BTreeMap::new();
    for (at, term) in transcript.terms.iter().enumerate() {
        headings.push(Heading {
            name: folded(&term.name),
            level: term.grade_level.to_string(),
            school: folded(&term.school),
            is_year: false,
            terms: vec![at],
            sums: sums(term.credit_attempted, term.credit_earned),
        });
        let year = (term.school_year, term.grade_level, &term.school);
        let (terms, attempted, earned) = years.entry(year).or_default();
        terms.push(at);
        *attempted = *attempted + term.credit_attempted;
        *earned = *earned + term.credit_earned;
    }
    for ((year, level, school), (terms, attempted, earned)) in years {
        headings.push(Heading {
            name: folded(&year.to_string()),
            level: GradeLevel::to_string(&level),
            school: folded(school),
            is_year: true,
            terms,
            sums: sums(attempted, earned),
        });
    }
    headings
}

/// Which headings a text may be: those with the longest name that it holds, and where it names a
/// school, of that one.
pub(super) fn headings_in(text: &str, all: &[Heading]) -> Vec<usize> {
    let fits = |heading: &Heading| {
        let rest = text.split_once(&*heading.name);
        rest.is_some_and(|(one, two)| has_word(&[one, " ", two].concat(), &heading.level))
    };
    chosen(text, all, fits)
}

/// Which headings a text may be that names no grade level, which stands `beside` it.
pub(super) fn headings_with_level(text: &str, beside: &[&str], all: &[Heading]) -> Vec<usize> {
    chosen(text, all, |heading| {
        text.contains(&*heading.name) && beside.contains(&&*heading.level)
    })
}

fn chosen(text: &str, all: &[Heading], fits: impl Fn(&Heading) -> bool) -> Vec<usize> {
    let mut found: Vec<usize> = (0..all.len()).filter(|at| fits(&all[*at])).collect();
    let rank = |at: &usize| (!all[*at].is_year, all[*at].name.len());
    let best = found.iter().map(rank).max();
    found.retain(|at| Some(rank(at)) == best);
    if found.iter().any(|at| text.contains(&*all[*at].school)) {
        found.retain(|at| text.contains(&*all[*at].school));
    }
    found
}

/// What a page says of one term or year.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Nothing,
    Name,
    Sums,
}

/// What between headings is no sum of a term.
pub(super) struct Others {
    /// Totals and averages.
    pub figures: BTreeSet<String>,
    /// What stands in the rows of courses, requirements and awards: the page, and the text.
    pub in_rows: HashSet<(usize, usize)>,
    pub legend: Legend,
}

/// Each term, or its year, with its grade level; and the sums of all of them or of none.
pub(super) fn terms(
    transcript: &Transcript,
    reading: &mut Reading<'_>,
    also: &BTreeSet<usize>,
    others: &Others,
    columns: &Sums,
) -> Vec<Gap> {
    let mut said = vec![Said::Nothing; reading.headings.len()];
    let mut wrong = BTreeSet::new();
    for (heading, said) in said.iter_mut().enumerate() {
        let places = reading.places_of(heading);
        if !places.is_empty() {
            *said = Said::Name;
        }
        let sums = &reading.headings[heading].sums;
        let pages = &mut reading.pages;
        let mut is_exchanged = false;
        let mut is_taken = |take: Take| {
            places.iter().any(|place| {
                let taken = take(pages, place, sums, columns);
                is_exchanged |= taken == Some(false);
                taken == Some(true)
            })
        };
        if is_taken(take_in_line) || is_taken(take_below) {
            *said = Said::Sums;
        } else if is_exchanged {
            wrong.extend(&reading.headings[heading].terms);
        }
    }
    let of_term = |term: usize| {
        let own = (0..said.len()).filter(|at| reading.headings[*at].terms.contains(&term));
        let most = own.map(|at| said[at]).max().unwrap_or(Said::Nothing);
        if also.contains(&term) {
            most.max(Said::Name)
        } else {
            most
        }
    };
    wrong.extend(others_sums(reading, others));
    let any_sums = said.contains(&Said::Sums) || !wrong.is_empty();
    let mut found = Vec::new();
    for (at, term) in transcript.terms.iter().enumerate() {
        let lacks = match of_term(at) {
            Said::Nothing => true,
            Said::Name => any_sums,
            Said::Sums => wrong.contains(&at),
        };
        if lacks {
            let (attempted, earned) = (term.credit_attempted, term.credit_earned);
            let lack = format!(
                "the term `{}` with grade level {} and {attempted}, {earned} in its line",
                term.name, term.grade_level
            );
            found.push(Gap::lack("record", &lack).with_hint(HINT));
        }
    }
    found
}

/// Takes the sums of a place; whether they stand by their labels, if they are there at all.
type Take = fn(&mut [Page], &Place, &[String; 2], &Sums) -> Option<bool>;

fn take_in_line(
    pages: &mut [Page],
    place: &Place,
    sums: &[String; 2],
    columns: &Sums,
) -> Option<bool> {
    let page = &mut pages[place.page];
    let found = page.figures(&place.row, sums)?;
    let is_right = columns.fit(place.page, page, &found, sums);
    if is_right {
        page.take_parts(&found);
    }
    Some(is_right)
}

/// Takes sums in a line between a heading and the next one.
fn take_below(
    pages: &mut [Page],
    place: &Place,
    sums: &[String; 2],
    columns: &Sums,
) -> Option<bool> {
    let (last_page, last) = place.until;
    let mut take = |is_right: bool| {
        (place.page..=last_page).any(|at| {
            let begin = if at == place.page { place.at + 1 } else { 0 };
            let end = if at == last_page {
                last
            } else {
                pages[at].len()
            };
            let fits =
                |page: &Page, found: &[usize]| columns.fit(at, page, found, sums) == is_right;
            begin < end && pages[at].take_line(begin..end, sums, fits)
        })
    };
    if take(true) {
        return Some(true);
    }
    // Below the last heading stand other tables, too.
    (place.is_followed && take(false)).then_some(false)
}

/// The terms beside whose headings, or in a line between them, stand credits that are not theirs.
fn others_sums(reading: &Reading<'_>, others: &Others) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for place in &reading.heading_places {
        let page = &reading.pages[place.page];
        // A heading may stand twice, as where its term begins at the foot of a column.
        let own = place.headings.iter().map(|at| &reading.headings[*at].sums);
        let own: BTreeSet<&str> = own.flatten().map(String::as_str).collect();
        let is_wrong = |at: &usize| {
            let text = page.part(*at);
            page.is_free(*at)
                && is_credit(text)
                && !others.figures.contains(text)
                && !others.in_rows.contains(&(place.page, *at))
                && !own.contains(text)
                && !others.legend.has(page, *at)
        };
        let last = match place.until {
            (page, last) if page == place.page && place.is_followed => last,
            _ => place.at,
        };
        // Below the heading a sum is one of two in a line.
        let below = (place.at + 1..last).any(|at| {
            is_wrong(&at)
                && page
                    .beside(at)
                    .iter()
                    .any(|other| *other > at && is_wrong(other))
        });
        if below || place.row.iter().any(is_wrong) {
            let terms = place.headings.iter().map(|at| &reading.headings[*at].terms);
            found.extend(terms.flatten());
        }
    }
    found
}

/// Whether a text is an amount of credits: `5.00`.
pub(super) fn is_credit(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, part)| {
        let digits = |text: &str| text.chars().all(|it| it.is_ascii_digit());
        !whole.is_empty() && digits(whole) && digits(part) && (2..=3).contains(&part.len())
    })
}
