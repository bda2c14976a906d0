//! Credits earned that nothing stands for.
//!
//! A year course may post all its credit with its last part (Algebra 1: 0 and 10), so a posting
//! that earns too much is weighed together with every posting of the same year course: the same
//! sequence and level at one school, or where the catalogue has none the same state course code.

use std::collections::BTreeMap;

use super::{Found, Subject, mark_row};
use crate::record::{Course, Credits, RecordedMark};
use crate::transcript::partial_credit::partial_postings;
use crate::transcript::year_course::cleared;

pub(super) fn above_attempted(subject: &Subject<'_>) -> Vec<Found> {
    let marks = posted(subject);
    let above = |it: &RecordedMark| it.mark.credit_earned > it.mark.credit_attempted;
    let found = marks.iter().filter(|it| above(it)).filter(|one| {
        let parts = || marks.iter().filter(|it| is_part_of_year(one, it));
        let earned: Credits = parts().map(|it| it.mark.credit_earned).sum();
        earned > parts().map(|it| it.mark.credit_attempted).sum()
    });
    let found = found.map(|recorded| {
        let mark = &recorded.mark;
        let message = format!(
            "posting {}: {} credits earned of {} attempted",
            mark.posting, mark.credit_earned, mark.credit_attempted
        );
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}

/// What was taken elsewhere has the other school's credit, under a number of our catalogue that
/// may stand for many courses; so it is not asked about, and is a part that another posting's
/// credit may stand for.
pub(super) fn above_value(subject: &Subject<'_>) -> Vec<Found> {
    let marks = posted(subject);
    let is_own = |it: &&&RecordedMark| it.mark.taken_at.is_none();
    let above = |it: &RecordedMark| it.mark.credit_earned > it.course.credit_value;
    let own = marks.iter().filter(is_own);
    let found = own.filter(|it| above(it)).filter(|one| {
        let parts = || {
            marks
                .iter()
                .filter(|it| is_one_course(&one.course, &it.course))
        };
        let own = parts().filter(is_own);
        let earned: Credits = own.map(|it| it.mark.credit_earned).sum();
        // Each part once, however often it was taken.
        let values: BTreeMap<&str, Credits> = parts()
            .map(|it| (it.course.course.as_str(), it.course.credit_value))
            .collect();
        earned > values.into_values().sum()
    });
    let found = found.map(|recorded| {
        let mark = &recorded.mark;
        let message = format!(
            "posting {}: {} credits earned in course {}, whose value is {}",
            mark.posting, mark.credit_earned, mark.course, recorded.course.credit_value
        );
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}

/// Credit earned with a mark that earns none; a failed first semester that a passed second one
/// cleared is passed.
pub(super) fn without_pass(subject: &Subject<'_>) -> Vec<Found> {
    let (marks, _) = cleared(subject.rules, &subject.record.marks);
    let found = marks.iter().filter_map(|recorded| {
        let mark = &recorded.mark;
        let step = subject.rules.step_of(mark)?;
        let what = match step {
            _ if mark.credit_earned.is_zero() => return None,
            step if step.waives => "waives",
            step if step.is_failing() => "fails",
            step if step.without_credit => "earns no credit",
            _ => return None,
        };
        let message = format!(
            "posting {}: {} credits earned with a mark that {what}",
            mark.posting, mark.credit_earned
        );
        Some(Found::new(mark_row(recorded), message))
    });
    found.collect()
}

/// A part of a term's credit that is far from what the days enrolled come to.
pub(super) fn partial(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let postings = partial_postings(subject.rules, &record.enrolments, &record.marks);
    let found = postings.iter().filter(|(_, it)| it.differs);
    let found = found.map(|(recorded, it)| {
        let message = format!(
            "posting {}: {} of {} credits, and {} of {} days enrolled come to {}",
            it.name.posting,
            it.credit_posted,
            it.credit_possible,
            it.days_enrolled,
            it.days_in_term,
            it.credit_reckoned
        );
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}

fn posted<'a>(subject: &Subject<'a>) -> Vec<&'a RecordedMark> {
    let marks = subject.record.marks.iter();
    marks.filter(|it| it.mark.kind.is_posted()).collect()
}

/// Whether two postings are of one year course in one year: what another year's attempt left over
/// stands for nothing now.
fn is_part_of_year(one: &RecordedMark, other: &RecordedMark) -> bool {
    one.term.school_year == other.term.school_year && is_one_course(&one.course, &other.course)
}

/// Whether two rows of a catalogue are parts of one year course, or the same.
fn is_one_course(one: &Course, other: &Course) -> bool {
    let step = |course: &Course| course.sequence.clone().zip(course.level.clone());
    let same_step = match (step(one), step(other)) {
        (None, None) => {
            one.state_course_code.is_some() && one.state_course_code == other.state_course_code
        }
        (step, other) => step == other,
    };
    one.school == other.school && (one.course == other.course || same_step)
}
