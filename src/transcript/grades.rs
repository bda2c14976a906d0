//! How many semesters' grades a posting is, whatever its credits.
//!
//! The universities count grades and semesters, not credits: a college course of ten units is one
//! grade, and Algebra 1, posted with 0 and 10 credits, is two.

use super::policy::Rules;
use crate::record::{Credits, HonorsKind, MarkKind, RecordedMark};

/// The weight of a posting where each semester's grade is one, told in credits: a whole semester is
/// `credits_per_semester`.
///
/// A college course weighs a semester, whatever its units ("one college course = one grade"). A
/// school's posting weighs what it attempted, at most a year: one with a part of a semester's
/// credit weighs a part, so that the postings of who changed schools amid a term are one grade. One
/// without credit weighs a semester, and then the part of its course that bears all the credit is
/// a semester too, in whichever year.
pub(super) fn grade_weight(
    rules: &Rules,
    marks: &[RecordedMark],
    recorded: &RecordedMark,
) -> Credits {
    let semester = rules.credits_per_semester;
    let attempted = recorded.mark.credit_attempted;
    let college = recorded.course.honors == HonorsKind::College
        || recorded.mark.kind == MarkKind::DualEnrolment;
    if college || attempted.is_zero() {
        semester
    } else if marks
        .iter()
        .any(|other| bears_the_credit_of(recorded, other))
    {
        attempted.min(semester)
    } else {
        attempted.min(semester + semester)
    }
}

/// Whether `other` is another part of the same year's course, posted without credit.
fn bears_the_credit_of(recorded: &RecordedMark, other: &RecordedMark) -> bool {
    let (course, others) = (&recorded.course, &other.course);
    course.is_same_step(others)
        && course.part.is_some()
        && others.part.is_some()
        && course.part != others.part
        && other.mark.kind.is_posted()
        && other.mark.credit_attempted.is_zero()
}
