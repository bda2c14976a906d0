//! How many semesters' grades a posting is, whatever its credits.
//!
//! The universities count grades and semesters, not credits: a college course of ten units is one
//! grade, and Algebra 1, posted with 0 and 10 credits, is two.

use std::collections::BTreeSet;

use super::policy::{CollegeParts, Rules};
use crate::record::{Credits, HonorsKind, MarkKind, RecordedMark, TermKind};

/// The weight of a posting where each semester's grade is one, told in credits: a whole semester is
/// `credits_per_semester`.
///
/// A college course weighs a semester, whatever its units ("one college course = one grade"). So
/// do English 1A and English 1B of two semesters, each; the parts in which quarters or trimesters
/// of one school year posted it, or semesters where the policy says so, have a share of it each.
///
/// A school's posting weighs what it attempted, at most a year: one with a part of a semester's
/// credit weighs a part, so that the postings of who changed schools amid a term are one grade. One
/// without credit weighs a semester, and then the part of its course that bears all the credit is a
/// semester too, in whichever year.
pub(super) fn grade_weight(
    rules: &Rules,
    marks: &[RecordedMark],
    recorded: &RecordedMark,
) -> Credits {
    let semester = rules.credits_per_semester;
    let attempted = recorded.mark.credit_attempted;
    if is_of_college(recorded) {
        share_of_college_course(rules, marks, recorded, semester)
    } else if attempted.is_zero() {
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

/// Whether a posting is of a college course: the catalogue says so, or it was taken at a college
/// while the student was enrolled at school.
pub(super) fn is_of_college(recorded: &RecordedMark) -> bool {
    recorded.course.honors == HonorsKind::College || recorded.mark.kind == MarkKind::DualEnrolment
}

/// A part's share of the semester that its college course weighs, the first with what a division
/// leaves over. A part without points is no grade and has no share.
fn share_of_college_course(
    rules: &Rules,
    marks: &[RecordedMark],
    recorded: &RecordedMark,
    semester: Credits,
) -> Credits {
    let own = recorded.course.part.as_deref();
    let Some(own) = own.filter(|_| may_be_a_part(rules, recorded)) else {
        return semester;
    };
    let graded = |other: &RecordedMark| {
        let step = rules.step_of(&other.mark);
        step.is_some_and(|step| step.points.is_some())
    };
    let of_it = |other: &&RecordedMark| {
        is_of_college(other)
            && graded(other)
            && may_be_a_part(rules, other)
            && other.mark.school == recorded.mark.school
            && other.term.school_year == recorded.term.school_year
            && other.course.is_same_step(&recorded.course)
    };
    let parts = marks.iter().filter(of_it);
    let mut parts: BTreeSet<&str> = parts
        .filter_map(|other| other.course.part.as_deref())
        .collect();
    parts.insert(own);
    let count = i64::try_from(parts.len()).expect("a record has few parts");
    let (whole, over) = (
        semester.thousandths() / count,
        semester.thousandths() % count,
    );
    let over = if parts.first() == Some(&own) { over } else { 0 };
    Credits::from_thousandths(whole + over)
}

/// Whether a college course's posting may be a part of a grade: a semester's mark is one itself.
fn may_be_a_part(rules: &Rules, recorded: &RecordedMark) -> bool {
    let shorter = matches!(recorded.term.kind, TermKind::Quarter | TermKind::Trimester);
    shorter || rules.college_parts == CollegeParts::OneGrade
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
