//! One course twice in a term, of one school or of two.
//!
//! A course that the catalogue calls repeatable may stand twice; where two postings of it say the
//! same in all that counts, they may be one that was sent twice, which only a person can tell.
//! Several postings whose credits together are no more than the course is worth are parts of it:
//! who changes class or school amid a term has one for each (Ed. Code 51225.2, partial credit).
//!
//! A school that accepts what was taken at another one names that school. Where its own system
//! sends the course as well, the record has it twice, with credit for both.

use std::collections::BTreeMap;

use super::{Found, Subject, mark_row};
use crate::record::{Credits, RecordedMark};
use crate::transcript::policy::Rules;
use crate::transcript::same_course::{Courses, Likeness, are_of_one_time, letters};
use crate::transcript::unit::in_unit;

/// Rows that may be one row twice: of one school, number and title, in terms of the same days, by
/// their numbers. A school may have two codes for one term; a title that a posting gives itself may
/// be the catalogue's.
fn groups<'a>(subject: &Subject<'a>, repeatable: bool) -> Vec<Vec<&'a RecordedMark>> {
    let mut groups: BTreeMap<_, Vec<&RecordedMark>> = BTreeMap::new();
    let marks = subject.record.marks.iter();
    for recorded in marks.filter(|it| it.course.is_repeatable() == repeatable) {
        let mark = &recorded.mark;
        let days = (recorded.term.begins_on, recorded.term.ends_on);
        let key = (&mark.school, days, &mark.course, letters(recorded.title()));
        groups.entry(key).or_default().push(recorded);
    }
    let mut groups: Vec<_> = groups.into_values().filter(|it| it.len() > 1).collect();
    for group in &mut groups {
        group.sort_by_key(|recorded| (&recorded.mark.posting, &recorded.source));
    }
    groups
}

fn posted<'a>(group: &[&'a RecordedMark]) -> Vec<&'a RecordedMark> {
    let group = group.iter().copied();
    group.filter(|it| it.mark.kind.is_posted()).collect()
}

/// Whether postings together attempt no more than their course is worth. What a course taken
/// elsewhere is worth, our catalogue does not know.
fn are_parts(postings: &[&RecordedMark]) -> bool {
    let value = postings.iter().map(|it| it.course.credit_value).max();
    let elsewhere = postings.iter().any(|it| it.mark.taken_at.is_some());
    let attempted: Credits = postings.iter().map(|it| it.mark.credit_attempted).sum();
    !elsewhere && value.is_some_and(|value| attempted <= value)
}

/// Whether two postings say the same in all that counts.
fn alike(one: &RecordedMark, other: &RecordedMark) -> bool {
    let says = |recorded: &RecordedMark| {
        let mark = recorded.mark.clone();
        let credits = (mark.credit_attempted, mark.credit_earned);
        (mark.mark, mark.kind, credits, mark.taken_at)
    };
    says(one) == says(other)
}

pub(super) fn twice(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for [first, again] in accepted_again(subject) {
        if same_result(first, again) {
            found.push(Found::new(
                mark_row(again),
                accepted("the same as", first, again),
            ));
        }
    }
    for group in groups(subject, false) {
        let posted = posted(&group);
        for (place, recorded) in posted.iter().enumerate() {
            let Some(first) = posted[..place].iter().find(|it| alike(it, recorded)) else {
                continue;
            };
            let partial = !recorded.mark.credit_attempted.is_zero() && are_parts(&posted);
            if !partial {
                let message = format!(
                    "posting {} says the same as posting {}: course {} in {}",
                    recorded.mark.posting,
                    first.mark.posting,
                    recorded.mark.course,
                    recorded.term.name
                );
                found.push(Found::new(mark_row(recorded), message));
            }
        }
    }
    found
}

/// One finding for all that say the same.
pub(super) fn repeatable_alike(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for group in groups(subject, true) {
        let mut left = posted(&group);
        if are_parts(&left) && left.iter().any(|it| !it.mark.credit_attempted.is_zero()) {
            continue;
        }
        while let Some(last) = left.pop() {
            let same: Vec<&str> = left
                .iter()
                .filter(|it| alike(it, last))
                .map(posting)
                .collect();
            if same.is_empty() {
                continue;
            }
            let message = format!(
                "posting {} says the same as posting {}: repeatable course {} in {}",
                posting(&last),
                same.join(", "),
                last.mark.course,
                last.term.name
            );
            found.push(Found::new(mark_row(last), message));
            left.retain(|it| !alike(it, last));
        }
    }
    found
}

fn posting<'a>(recorded: &&'a RecordedMark) -> &'a str {
    &recorded.mark.posting
}

pub(super) fn conflict(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for [first, again] in accepted_again(subject) {
        if !same_result(first, again) {
            let message = accepted("otherwise than", first, again);
            found.push(Found::new(mark_row(again), message));
        }
    }
    for group in groups(subject, false) {
        let posted = posted(&group);
        let Some((first, others)) = posted.split_first().filter(|_| !are_parts(&posted)) else {
            continue;
        };
        for other in others.iter().filter(|other| !alike(first, other)) {
            let message = format!(
                "posting {} says otherwise than posting {}: course {} in {}",
                other.mark.posting, first.mark.posting, other.mark.course, other.term.name
            );
            found.push(Found::new(mark_row(other), message));
        }
    }
    found
}

pub(super) fn twice_in_term(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for group in groups(subject, false) {
        let first = group[0];
        for other in &group[1..] {
            if !(first.mark.kind.is_posted() && other.mark.kind.is_posted()) {
                found.push(again(first, other));
            }
        }
    }
    for [one, other] in &subject.of_one_time {
        if !is_accepted(subject, one, other) {
            found.push(again(one, other));
        }
    }
    found
}

/// Postings of one course and time that no one school posted as one row, each with the first that
/// is like it, where both together have more credit than the course is worth.
pub(super) fn of_one_time<'a>(
    rules: &Rules,
    record: &'a [RecordedMark],
) -> Vec<[&'a RecordedMark; 2]> {
    let marks = in_unit(rules, record, rules.credits_per_semester);
    let courses = Courses::of(rules, &marks);
    let mut posted: Vec<usize> = (0..marks.len()).collect();
    posted.retain(|it| marks[*it].mark.kind.is_posted() && !marks[*it].course.is_repeatable());
    let mut found = Vec::new();
    for (moment, place) in posted.iter().enumerate() {
        let other = &marks[*place];
        let alike = |earlier: usize| match courses.likeness(earlier, *place) {
            Some(likeness) => matches!(likeness, Likeness::Title | Likeness::OtherParts),
            None => courses.are_one(earlier, *place),
        };
        let otherwise = |earlier: &&usize| {
            let one = &marks[**earlier];
            are_of_one_time(&one.term, &other.term)
                && !may_be_one_row(one, other)
                && !(one.mark.taken_at.is_some() && other.mark.taken_at.is_some())
                && alike(**earlier)
        };
        if let Some(one) = posted[..moment].iter().find(otherwise)
            && !are_parts(&[&marks[*one], other])
        {
            found.push([&record[*one], &record[*place]]);
        }
    }
    found
}

/// What a school posted and another one accepted by its name: the same course of the same student,
/// sent by both.
fn accepted_again<'a>(subject: &Subject<'a>) -> impl Iterator<Item = [&'a RecordedMark; 2]> {
    let pairs = subject.of_one_time.iter().copied();
    pairs.filter(|[one, other]| is_accepted(subject, one, other))
}

/// Whether one names the other's school as where it was taken.
fn is_accepted(subject: &Subject<'_>, one: &RecordedMark, other: &RecordedMark) -> bool {
    let names = |accepted: &RecordedMark, own: &RecordedMark| {
        let taken_at = accepted.mark.taken_at.as_deref().map(letters);
        let school = subject.directory.schools.get(&own.mark.school);
        own.mark.taken_at.is_none()
            && taken_at.is_some()
            && taken_at == school.map(|it| letters(&it.name))
    };
    names(one, other) || names(other, one)
}

/// Whether two schools tell the same of a course.
fn same_result(one: &RecordedMark, other: &RecordedMark) -> bool {
    let result = |it: &RecordedMark| {
        let mark = &it.mark;
        (mark.mark.clone(), mark.credit_attempted, mark.credit_earned)
    };
    result(one) == result(other)
}

fn accepted(says: &str, one: &RecordedMark, other: &RecordedMark) -> String {
    format!(
        "posting {} says {says} posting {}: course {} in {}, which one school accepted from the \
         other",
        other.mark.posting, one.mark.posting, other.mark.course, other.term.name
    )
}

/// What is of one group was looked at as such.
fn may_be_one_row(one: &RecordedMark, other: &RecordedMark) -> bool {
    let (mark, others) = (&one.mark, &other.mark);
    (one.term.begins_on, one.term.ends_on) == (other.term.begins_on, other.term.ends_on)
        && (&mark.school, &mark.course) == (&others.school, &others.course)
        && letters(one.title()) == letters(other.title())
}

fn again(one: &RecordedMark, other: &RecordedMark) -> Found {
    let mut message = format!(
        "posting {} is of the same course and term as posting {}: course {} in {}",
        other.mark.posting, one.mark.posting, other.mark.course, other.term.name
    );
    if let (Some(mark), Some(others)) = (&one.mark.mark, &other.mark.mark)
        && mark != others
    {
        message.push_str(&format!(", with {others} and {mark}"));
    }
    Found::new(mark_row(other), message)
}
