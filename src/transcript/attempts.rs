//! Attempts at one course, found from the record itself.
//!
//! Nobody types a repeat. Postings of the same catalogue number are attempts at one course, unless
//! the catalogue says that the course may be taken again for credit, or they have titles of their
//! own that differ. Postings in terms that overlap belong to one attempt: who changes schools amid
//! a term has two, each with a part of the credit.
//!
//! Next: `repeats` says which attempts count, `ag` which courses are satisfied.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::policy::{Rules, SameCourse};
use crate::record::{RecordedMark, TermKind, folded};

/// The first month of a school year's second half.
const SECOND_HALF_BEGINS: i8 = 1;
/// The last month of it; a term that begins later belongs to the next year's first half.
const SECOND_HALF_ENDS: i8 = 5;

/// One attempt: the places of its postings in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub places: Vec<usize>,
    ends_on: Date,
}

/// What two postings must agree on to be of the same course.
type Key<'a> = (&'a str, &'a str, Option<String>);

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
    let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for place in in_time(marks).into_iter().filter(|place| of(*place)) {
        by_key
            .entry(key(rules.repeats.same, marks, &marks[place]))
            .or_default()
            .push(place);
    }
    let mut courses = Vec::new();
    for places in by_key.into_values() {
        if rules.repeats.same == SameCourse::NumberAndSemester {
            let [first, second] = halves(marks, places, &passed);
            courses.extend([first, second].map(|half| attempts(marks, &half)));
        } else {
            courses.push(attempts(marks, &places));
        }
    }
    courses.retain(|attempts| !attempts.is_empty());
    courses
}

fn key<'a>(same: SameCourse, marks: &[RecordedMark], recorded: &'a RecordedMark) -> Key<'a> {
    let mark = &recorded.mark;
    let school = match same {
        SameCourse::NumberAndSchool => mark.school.as_str(),
        SameCourse::Number | SameCourse::NumberAndSemester => "",
    };
    (school, mark.course.as_str(), own_title(marks, recorded))
}

/// The title under which a posting stands for another course than its number's, without accents and
/// case. None where it has no title, or the one that a catalogue of the record gives that number.
pub(super) fn own_title(marks: &[RecordedMark], recorded: &RecordedMark) -> Option<String> {
    let title = folded(recorded.mark.title.as_deref()?);
    let catalogued = |other: &RecordedMark| {
        other.mark.course == recorded.mark.course && folded(&other.course.title) == title
    };
    (!marks.iter().any(catalogued)).then_some(title)
}

/// The postings of one number, those of the autumn's half and those of the spring's. What is
/// neither, such as a summer's, is taken for the first half that is not passed by then.
fn halves(
    marks: &[RecordedMark],
    places: Vec<usize>,
    passed: impl Fn(usize) -> bool,
) -> [Vec<usize>; 2] {
    let mut halves: [Vec<usize>; 2] = Default::default();
    for place in places {
        let term = &marks[place].term;
        let in_spring = (SECOND_HALF_BEGINS..=SECOND_HALF_ENDS).contains(&term.begins_on.month());
        let half = if term.kind == TermKind::Semester {
            usize::from(in_spring)
        } else {
            let open = |half: &usize| !halves[*half].iter().any(|place| passed(*place));
            [0, 1].into_iter().find(open).unwrap_or_default()
        };
        halves[half].push(place);
    }
    halves
}

/// Puts postings in overlapping terms together.
fn attempts(marks: &[RecordedMark], places: &[usize]) -> Vec<Try> {
    let mut attempts: Vec<Try> = Vec::new();
    for place in places {
        let term = &marks[*place].term;
        let overlaps = |last: &Try| {
            let begun = marks[last.places[0]].term.begins_on;
            term.begins_on < last.ends_on || term.begins_on == begun
        };
        match attempts.last_mut().filter(|last| overlaps(last)) {
            Some(last) => {
                last.places.push(*place);
                last.ends_on = last.ends_on.max(term.ends_on);
            }
            None => attempts.push(Try {
                places: vec![*place],
                ends_on: term.ends_on,
            }),
        }
    }
    attempts
}
