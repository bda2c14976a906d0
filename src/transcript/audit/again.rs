//! A course taken again: what the rules for repeats could not know, and credit earned twice.

use super::{Found, Subject, mark_row};
use crate::record::{Credits, RecordedMark};
use crate::transcript::attempts::courses;
use crate::transcript::policy::{RepeatRule, RepeatedCredit};
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
    let repeats = &rules.repeats;
    if repeats.credit == RepeatedCredit::Once || repeats.rule == RepeatRule::LowerWithoutCredit {
        return Vec::new();
    }
    let marks = in_unit(rules, &subject.record.marks, rules.credits_per_semester);
    let earns = |place: usize| {
        let RecordedMark { mark, course, .. } = &marks[place];
        mark.kind.is_posted() && !mark.credit_earned.is_zero() && !course.is_repeatable()
    };
    let passed = |place: usize| {
        let step = rules.step_of(&marks[place].mark);
        step.is_some_and(|step| step.satisfactory)
    };
    let mut found = Vec::new();
    for attempts in courses(rules, &marks, earns, passed) {
        let places = || attempts.iter().flat_map(|attempt| &attempt.places);
        let earned: Credits = places().map(|it| marks[*it].mark.credit_earned).sum();
        let value = places().map(|it| marks[*it].course.credit_value).max();
        if value.is_none_or(|value| earned <= value) {
            continue;
        }
        let posting = |place: usize| &subject.record.marks[place];
        let first = posting(attempts[0].places[0]);
        for again in attempts[1..]
            .iter()
            .map(|attempt| posting(attempt.places[0]))
        {
            let message = format!(
                "posting {} earned {} credits for course {}, and posting {} had earned {}",
                again.mark.posting,
                again.mark.credit_earned,
                again.mark.course,
                first.mark.posting,
                first.mark.credit_earned
            );
            found.push(Found::new(mark_row(again), message));
        }
    }
    found
}
