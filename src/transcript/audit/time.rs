//! What a posting says of the time when its course was taken, against the rest of the record.
//!
//! The grade level and the kind of a posting decide which averages count it, so one that cannot be
//! is told although no figure contradicts it. Dates that cannot be are looked for in `dates`.

use std::collections::BTreeSet;

use super::{Found, Subject, mark_row};
use crate::record::{Enrolment, GradeLevel, MarkKind, RecordedMark, TermKind};

/// The levels of a school's own courses of its regular year: each against the enrolment of that
/// time, or, where there is none, against the level of an earlier year.
pub(super) fn grade_levels(subject: &Subject<'_>) -> Vec<Found> {
    let enrolments = &subject.record.enrolments;
    let marks = subject.record.marks.iter();
    let mut marks: Vec<&RecordedMark> = marks.filter(|it| is_of_regular_year(it)).collect();
    marks.sort_by_key(|it| (it.term.school_year, it.term.begins_on));
    // A term told wrong is wrong for each posting in it, and is told once.
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (place, recorded) in marks.iter().enumerate() {
        let level = recorded.mark.grade_level;
        let enrolled = levels_enrolled(enrolments, recorded);
        let otherwise = match enrolled.first() {
            Some(_) if enrolled.contains(&level) => None,
            Some(other) => Some(format!("and the student was enrolled in grade {other}")),
            None => higher_before(&marks[..place], recorded),
        };
        let Some(otherwise) = otherwise else { continue };
        if told.insert((&recorded.mark.school, &recorded.mark.term, level)) {
            let (posting, term) = (&recorded.mark.posting, &recorded.term.name);
            let message = format!("posting {posting}: grade {level} in {term}, {otherwise}");
            found.push(Found::new(mark_row(recorded), message));
        }
    }
    found
}

fn is_of_regular_year(recorded: &RecordedMark) -> bool {
    let is_short = matches!(
        recorded.term.kind,
        TermKind::Summer | TermKind::Intersession
    );
    recorded.mark.kind == MarkKind::Regular && recorded.mark.taken_at.is_none() && !is_short
}

/// The grades in which the student was at the school in that term.
fn levels_enrolled(enrolments: &[Enrolment], recorded: &RecordedMark) -> BTreeSet<GradeLevel> {
    let term = &recorded.term;
    let at_that_time = enrolments.iter().filter(|it| {
        it.school == recorded.mark.school
            && it.entered_on < term.ends_on
            && it.left_on.is_none_or(|left| left > term.begins_on)
    });
    at_that_time.map(|it| it.grade_level).collect()
}

/// A higher level in an earlier school year.
fn higher_before(before: &[&RecordedMark], recorded: &RecordedMark) -> Option<String> {
    let is_higher = |it: &&&RecordedMark| {
        it.term.school_year < recorded.term.school_year
            && it.mark.grade_level > recorded.mark.grade_level
            && it.mark.grade_level.is_graded()
    };
    let higher = before.iter().rev().find(is_higher)?;
    let (level, term) = (higher.mark.grade_level, &higher.term.name);
    Some(format!("after grade {level} in {term}"))
}

/// What is called a course of a summer session and stands in another term.
pub(super) fn summer_elsewhen(subject: &Subject<'_>) -> Vec<Found> {
    let marks = subject.record.marks.iter().filter(|it| {
        it.mark.kind == MarkKind::Summer
            && !matches!(it.term.kind, TermKind::Summer | TermKind::Intersession)
    });
    let found = marks.map(|recorded| {
        let (posting, term) = (&recorded.mark.posting, &recorded.term);
        let message = format!(
            "posting {posting}: a summer course in {}, which is a {}",
            term.name, term.kind
        );
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}

/// Work in progress or planned in a term that was over when one began whose marks are posted.
pub(super) fn ahead_in_the_past(subject: &Subject<'_>) -> Vec<Found> {
    let marks = &subject.record.marks;
    let posted = marks.iter().filter(|it| it.mark.kind.is_posted());
    let Some(newest) = posted.max_by_key(|it| it.term.begins_on) else {
        return Vec::new();
    };
    let ahead = marks
        .iter()
        .filter(|it| !it.mark.kind.is_posted() && it.term.ends_on < newest.term.begins_on);
    let found = ahead.map(|recorded| {
        let (posting, term) = (&recorded.mark.posting, &recorded.term.name);
        let what = match recorded.mark.kind {
            MarkKind::Planned => "planned",
            _ => "in progress",
        };
        let later = &newest.term.name;
        let message = format!("posting {posting}: {what} in {term}, and {later} has marks");
        Found::new(mark_row(recorded), message)
    });
    found.collect()
}
