//! One course twice in a term.
//!
//! A course that the catalogue calls repeatable may stand twice. Several postings whose credits
//! together are no more than the course is worth are parts of it: who changes class or school amid
//! a term has one for each (Ed. Code 51225.2, partial credit).

use std::collections::BTreeMap;

use super::{Found, Subject, mark_row};
use crate::record::{Course, Credits, RecordedMark, folded};
use crate::transcript::unit::in_unit;

/// Postings of one school, course and title in terms of the same days, by their numbers. A school
/// may have two codes for one term; a title that a posting gives itself may be the catalogue's.
fn groups<'a>(subject: &Subject<'a>) -> Vec<Vec<&'a RecordedMark>> {
    let mut groups: BTreeMap<_, Vec<&RecordedMark>> = BTreeMap::new();
    let once = subject.record.marks.iter();
    for recorded in once.filter(|recorded| !recorded.course.is_repeatable()) {
        let mark = &recorded.mark;
        let days = (recorded.term.begins_on, recorded.term.ends_on);
        let key = (&mark.school, days, &mark.course, folded(recorded.title()));
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
    for group in groups(subject) {
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

pub(super) fn conflict(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for group in groups(subject) {
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
    for group in groups(subject) {
        let first = group[0];
        for other in &group[1..] {
            if !(first.mark.kind.is_posted() && other.mark.kind.is_posted()) {
                found.push(again(first, other));
            }
        }
    }
    let posted = |it: &&RecordedMark| it.mark.kind.is_posted() && !it.course.is_repeatable();
    let rules = subject.rules;
    let marks = in_unit(rules, &subject.record.marks, rules.credits_per_semester);
    let marks: Vec<&RecordedMark> = marks.iter().filter(posted).collect();
    for (place, other) in marks.iter().enumerate() {
        let otherwise = |one: &&&RecordedMark| {
            let (term, others) = (&one.term, &other.term);
            (&one.mark.school, &one.mark.course) != (&other.mark.school, &other.mark.course)
                && term.begins_on <= others.ends_on
                && others.begins_on <= term.ends_on
                && is_same_course(one, other)
        };
        if let Some(one) = marks[..place].iter().find(otherwise)
            && !are_parts(&[one, other])
        {
            found.push(again(one, other));
        }
    }
    found
}

/// Whether two postings are of one course: at two schools by number and title, at one under two
/// numbers by title and subject, or, where one says that the course was taken elsewhere, by the
/// title alone. Who is sent by two systems may have a course from the school that taught it, and
/// again from the one that accepted it.
fn is_same_course(one: &RecordedMark, other: &RecordedMark) -> bool {
    let (mark, others) = (&one.mark, &other.mark);
    let same = match (mark.taken_at.is_some(), others.taken_at.is_some()) {
        (false, false) if mark.school == others.school => {
            let says = |course: &Course| (course.subject.clone(), course.part.clone());
            one.term.kind == other.term.kind && says(&one.course) == says(&other.course)
        }
        (false, false) => mark.course == others.course,
        (true, true) => false,
        _ => true,
    };
    same && folded(one.title()) == folded(other.title())
}

fn again(one: &RecordedMark, other: &RecordedMark) -> Found {
    let message = format!(
        "posting {} is of the same course and term as posting {}: course {} in {}",
        other.mark.posting, one.mark.posting, other.mark.course, other.term.name
    );
    Found::new(mark_row(other), message)
}
