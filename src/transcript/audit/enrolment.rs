//! Marks of a school at which the student was not enrolled.

use super::{Found, Subject, mark_row};
use crate::record::{Enrolment, MarkKind, RecordedMark, TermKind};

/// Only a school's own marks of its regular year: what was taken elsewhere has `taken_at` or a
/// kind of its own, and a summer session is no enrolment in many systems.
pub(super) fn outside(subject: &Subject<'_>) -> Vec<Found> {
    let enrolments = &subject.record.enrolments;
    let marks = subject.record.marks.iter().filter(|it| is_own(it));
    let outside = marks.filter(|recorded| !enrolments.iter().any(|it| covers(it, recorded)));
    let found = outside.map(|recorded| {
        let mark = &recorded.mark;
        let message = format!(
            "posting {}: {} at school {}, where the student was not enrolled then",
            mark.posting, recorded.term.name, mark.school
        );
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}

fn is_own(recorded: &RecordedMark) -> bool {
    let mark = &recorded.mark;
    matches!(mark.kind, MarkKind::Regular | MarkKind::InProgress)
        && mark.taken_at.is_none()
        && recorded.term.kind != TermKind::Summer
}

fn covers(enrolment: &Enrolment, recorded: &RecordedMark) -> bool {
    let term = &recorded.term;
    enrolment.school == recorded.mark.school
        && enrolment.entered_on <= term.ends_on
        && enrolment.left_on.is_none_or(|left| left >= term.begins_on)
}
