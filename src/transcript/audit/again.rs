//! A course taken again: what the rules for repeats could not know, and credit earned twice.

use super::{Found, Subject, mark_row};
use crate::record::{Credits, RecordedMark};
use crate::transcript::attempts::{courses, in_time};
use crate::transcript::policy::{RepeatRule, RepeatedCredit};
use crate::transcript::same_course::have_a_stretch_in_common;
use crate::transcript::unclear::unclear;
use crate::transcript::unit::in_unit;

pub(super) fn unclear_repeats(subject: &Subject<'_>) -> Vec<Found> {
    let marks = &subject.record.marks;
    let found = unclear(subject.rules, marks).into_iter();
    let found = found.map(|(place, it)| {
        let message = format!(
            "posting {} of course {} may repeat posting {} of course {}, and they count as two \
             courses: {}",
            it.later.posting, it.later.course, it.earlier.posting, it.earlier.course, it.why
        );
        Found::new(mark_row(&marks[place]), message)
    });
    found.collect()
}

/// Each attempt after the first that earned credit, where all earned more than the course's value.
pub(super) fn credit_twice(subject: &Subject<'_>) -> Vec<Found> {
    let rules = subject.rules;
    let marks = in_unit(rules, &subject.record.marks, rules.credits_per_semester);
    let earns = |place: usize| {
        let RecordedMark { mark, course, .. } = &marks[place];
        mark.kind.is_posted() && !mark.credit_earned.is_zero() && !course.is_repeatable()
    };
    let passed = |place: usize| {
        let step = rules.step_of(&marks[place].mark);
        step.is_some_and(|step| step.satisfactory)
    };
    let mut found = in_other_parts(subject, &marks, &earns);
    let repeats = &rules.repeats;
    if repeats.credit == RepeatedCredit::Once || repeats.rule == RepeatRule::LowerWithoutCredit {
        return found;
    }
    for attempts in courses(rules, &marks, earns, passed) {
        let places = || attempts.iter().flat_map(|attempt| &attempt.places);
        let earned: Credits = places().map(|it| marks[*it].mark.credit_earned).sum();
        let value = places().map(|it| marks[*it].course.credit_value).max();
        if value.is_none_or(|value| earned <= value) {
            continue;
        }
        let first = attempts[0].places[0];
        let again = attempts[1..].iter().map(|attempt| attempt.places[0]);
        found.extend(again.map(|again| earned_again(subject, first, again)));
    }
    found
}

/// Each posting that earned credit for a stretch of a course for which a part of another size had
/// earned credit before.
fn in_other_parts(
    subject: &Subject<'_>,
    marks: &[RecordedMark],
    earns: &impl Fn(usize) -> bool,
) -> Vec<Found> {
    let mut places = in_time(marks);
    places.retain(|place| earns(*place));
    let again = |(before, later): (usize, &usize)| {
        let mut before = places[..before].iter();
        let first = before.find(|it| {
            // Who changes schools amid a year goes on with a course.
            marks[**it].term.school_year != marks[*later].term.school_year
                && have_a_stretch_in_common(&marks[**it], &marks[*later])
        })?;
        Some(earned_again(subject, *first, *later))
    };
    places.iter().enumerate().filter_map(again).collect()
}

fn earned_again(subject: &Subject<'_>, first: usize, again: usize) -> Found {
    let [first, again] = [first, again].map(|place| &subject.record.marks[place]);
    let message = format!(
        "posting {} earned {} credits for course {}, and posting {} had earned {}",
        again.mark.posting,
        again.mark.credit_earned,
        again.mark.course,
        first.mark.posting,
        first.mark.credit_earned
    );
    Found::new(mark_row(again), message)
}
