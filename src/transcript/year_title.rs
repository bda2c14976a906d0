//! Which postings are the terms of one year's course, and under which title a form asks for it.
//!
//! The application of the University of California and the SRAR ask for a course once, with a mark
//! for each term. It is found from what the page prints: titles that differ in the letter of the
//! term at most. Nothing is computed from it.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::RepeatCode;
use super::repeats::Repeated;
use crate::record::RecordedMark;

/// The title of the year's course of which each mark is one term, by the mark's place; none where
/// it is a course of its own.
///
/// Terms of one course are in one school year, at one place, of the same area and honors, never two
/// in one term; a summer is no term of the year, and who takes a course again begins another one.
pub(super) fn year_titles(
    marks: &[RecordedMark],
    repeated: &BTreeMap<usize, Repeated>,
) -> BTreeMap<usize, String> {
    let mut courses: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, recorded) in marks.iter().enumerate() {
        let RecordedMark {
            mark, term, course, ..
        } = recorded;
        if term.kind.parts_of_a_year().is_none() {
            continue;
        }
        let code = repeated.get(&place).and_then(|repeated| repeated.code);
        let key = (
            (term.school_year, &mark.school, &mark.taken_at, term.kind),
            (mark.grade_level, course.ag_area, course.honors),
            (without_term(recorded.title()), is_again(code)),
        );
        courses.entry(key).or_default().push(place);
    }
    let mut titles = BTreeMap::new();
    for ((.., (stem, _)), places) in &courses {
        let terms: BTreeSet<&str> = places.iter().map(|at| &*marks[*at].mark.term).collect();
        if places.len() < 2 || terms.len() < places.len() {
            continue;
        }
        let first = marks[places[0]].title();
        let alike = places.iter().all(|at| marks[*at].title() == first);
        let title = if alike { first } else { stem };
        titles.extend(places.iter().map(|at| (*at, title.to_owned())));
    }
    titles
}

/// Whether the course was taken before.
fn is_again(code: Option<RepeatCode>) -> bool {
    matches!(
        code,
        Some(
            RepeatCode::RepeatCounted
                | RepeatCode::RepeatNotCounted
                | RepeatCode::ReplacementCounted
        )
    )
}

/// A title without the letter of its term: `English 9` of `English 9A`, `Biology` of `Biology B`.
fn without_term(title: &str) -> &str {
    let title = title.trim_end();
    let letterless = title.strip_suffix(['A', 'B', 'C', 'D']);
    let stem =
        letterless.filter(|stem| stem.ends_with(|it: char| it == ' ' || it.is_ascii_digit()));
    stem.map_or(title, str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::without_term;

    #[test]
    fn only_a_letter_that_stands_for_a_term_is_taken_off_a_title() {
        for (title, stem) in [
            ("English 9A", "English 9"),
            ("Biology B", "Biology"),
            ("Algebra 1 A", "Algebra 1"),
            ("AP Calculus AB", "AP Calculus AB"),
            ("Leadership", "Leadership"),
            ("Spanish 1", "Spanish 1"),
            ("A", "A"),
            ("", ""),
        ] {
            assert_eq!(without_term(title), stem);
        }
    }
}
