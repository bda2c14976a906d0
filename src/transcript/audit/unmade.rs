//! Why no transcript can be made at all, each reason under its own code.

use std::collections::BTreeSet;

use super::{AssembleError, Found, Subject, of_mark};
use crate::record::RowName;

/// The reasons of one kind, on the person's own row.
fn reasons(subject: &Subject<'_>, is: fn(&AssembleError) -> bool) -> Vec<Found> {
    let reasons = subject.made.as_ref().err().into_iter().flatten();
    // Every posting at an unknown school says so.
    let once: BTreeSet<String> = reasons
        .filter(|it| is(it))
        .map(ToString::to_string)
        .collect();
    let found = once.into_iter();
    found
        .map(|message| Found::new(subject.person_row(), message))
        .collect()
}

pub(super) fn held(subject: &Subject<'_>) -> Vec<Found> {
    reasons(subject, |it| matches!(it, AssembleError::Held(_)))
}

/// From the decision itself: a transcript for a transfer is made in spite of it.
pub(super) fn withheld(subject: &Subject<'_>) -> Vec<Found> {
    let holds = subject.record.decisions.holds.iter();
    let standing = holds.filter(|hold| hold.stands_on(subject.on));
    let found = standing.map(|hold| Found::new(subject.person_row(), hold.to_string()));
    found.collect()
}

pub(super) fn no_enrolment(subject: &Subject<'_>) -> Vec<Found> {
    reasons(subject, |it| matches!(it, AssembleError::NoEnrolment))
}

pub(super) fn school_unknown(subject: &Subject<'_>) -> Vec<Found> {
    reasons(subject, |it| matches!(it, AssembleError::UnknownSchool(_)))
}

pub(super) fn course_unknown(subject: &Subject<'_>) -> Vec<Found> {
    reasons(subject, |it| matches!(it, AssembleError::Fault(_)))
}

pub(super) fn plan_unknown(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = reasons(subject, |it| matches!(it, AssembleError::UnknownPlan(_)));
    if let Some(plan) = &subject.record.plan {
        let row = RowName::new("plans", &plan.school, &plan.person, &plan.plan);
        found.iter_mut().for_each(|found| found.row = row.clone());
    }
    found
}

/// From the marks themselves: two sources may use one number for two postings.
pub(super) fn mark_not_on_scale(subject: &Subject<'_>) -> Vec<Found> {
    let marks = subject.record.marks.iter();
    let posted = marks.filter(|recorded| recorded.mark.kind.is_posted());
    let found = posted.filter_map(|recorded| {
        let posting = recorded.mark.posting.clone();
        let reason = match recorded.mark.mark.clone() {
            None => AssembleError::NoMark(posting),
            Some(mark) if subject.rules.step(&mark).is_none() => {
                AssembleError::NotOnScale { posting, mark }
            }
            Some(_) => return None,
        };
        Some(of_mark(subject, recorded, |_| true, reason.to_string()))
    });
    found.collect()
}
