//! Attempts at one course, found from the record itself.
//!
//! Nobody types a repeat. Postings of one course (`same_course`) are attempts at it, unless the
//! catalogue says that the course may be taken again for credit. Postings of one time belong to one
//! attempt: who changes schools amid a term has two, each with a part of the credit.
//!
//! Next: `repeats` says which attempts count, `ag` which courses are satisfied.

use std::collections::BTreeMap;

use super::policy::{Rules, SameCourse};
use super::same_course::{CourseKey, Courses, are_of_one_time};
use crate::record::{RecordedMark, Term, TermKind};

/// One attempt: the places of its postings in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub places: Vec<usize>,
}

/// The places of marks in the order of time, whatever the order of the record.
pub(super) fn in_time(marks: &[RecordedMark]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..marks.len()).collect();
    places.sort_by_key(|place| {
        let RecordedMark { mark, term, .. } = &marks[*place];
        (
            term.begins_on,
            term.ends_on,
            &mark.course,
            &mark.school,
            &mark.posting,
        )
    });
    places
}

/// The attempts at each course, oldest first, among the marks that `of` takes. `passed` says of a
/// posting whether its course is passed with it.
pub(super) fn courses(
    rules: &Rules,
    marks: &[RecordedMark],
    of: impl Fn(usize) -> bool,
    passed: impl Fn(usize) -> bool,
) -> Vec<Vec<Try>> {
    let same = Courses::of(rules, marks);
    let mut by_key: BTreeMap<CourseKey<'_>, Vec<usize>> = BTreeMap::new();
    for place in in_time(marks).into_iter().filter(|place| of(*place)) {
        by_key.entry(same.key(place)).or_default().push(place);
    }
    let mut courses = Vec::new();
    for places in by_key.into_values() {
        if rules.repeats.same == SameCourse::NumberAndSemester {
            let parts = parts_of_the_year(marks, places, &passed).into_values();
            courses.extend(parts.map(|part| attempts(marks, &part)));
        } else {
            courses.push(attempts(marks, &places));
        }
    }
    courses.retain(|attempts| !attempts.is_empty());
    courses
}

/// The postings of one number by the part of the school year that their term is, semesters, thirds
/// and quarters each for themselves. What is none of them, such as a summer's, is taken for the
/// first part that is not passed by then, of those into which the latest term divides the year.
fn parts_of_the_year(
    marks: &[RecordedMark],
    places: Vec<usize>,
    passed: impl Fn(usize) -> bool,
) -> BTreeMap<(usize, usize), Vec<usize>> {
    let mut parts: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    let mut divided_in = 2;
    for place in places {
        let term = &marks[place].term;
        let part = match term.kind.parts_of_a_year() {
            Some(count) => {
                divided_in = count;
                part_of_the_year(term)
            }
            None => {
                let open = |part: &usize| {
                    let postings = parts.get(&(divided_in, *part));
                    !postings.is_some_and(|of_it| of_it.iter().any(|place| passed(*place)))
                };
                (0..divided_in).find(open).unwrap_or_default()
            }
        };
        parts.entry((divided_in, part)).or_default().push(place);
    }
    parts
}

/// Which of the terms of its kind in a school year a term is, by the month in which it begins.
fn part_of_the_year(term: &Term) -> usize {
    let month = term.begins_on.month();
    match (term.kind, month) {
        (TermKind::Trimester, 6..=10) => 0,
        (TermKind::Trimester, 11 | 12 | 1) => 1,
        (TermKind::Trimester, _) => 2,
        (TermKind::Quarter, 6..=9) => 0,
        (TermKind::Quarter, 10..=12) => 1,
        (TermKind::Quarter, 1 | 2) => 2,
        (TermKind::Quarter, _) => 3,
        _ => usize::from((1..=5).contains(&month)),
    }
}

/// Puts postings of one time together.
fn attempts(marks: &[RecordedMark], places: &[usize]) -> Vec<Try> {
    let mut attempts: Vec<Try> = Vec::new();
    for place in places {
        let of_its_time = |attempt: &&mut Try| {
            let mut others = attempt.places.iter();
            others.any(|other| are_of_one_time(&marks[*other].term, &marks[*place].term))
        };
        match attempts.iter_mut().rev().find(of_its_time) {
            Some(attempt) => attempt.places.push(*place),
            None => attempts.push(Try {
                places: vec![*place],
            }),
        }
    }
    attempts
}
