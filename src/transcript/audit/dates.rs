//! Dates that cannot be.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use super::{Found, Subject, decision, mark_row};
use crate::record::{Award, Enrolment, RecordedMark, RowName, SchoolKind, Term, TermKind};

/// Nobody goes to school before this age; transitional kindergarten takes children of four.
const SCHOOL_AGE_YEARS_MIN: i32 = 2;
/// Nobody is in grade 9 or above before this age.
const HIGH_SCHOOL_AGE_YEARS_MIN: i32 = 10;
/// Nobody is awarded anything of a high school before this age.
const AWARD_AGE_YEARS_MIN: i32 = 12;

pub(super) fn impossible(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let enrolments = record.enrolments.iter().enumerate();
    // Of a wrong birth date every later enrolment would say the same.
    let too_old = record
        .enrolments
        .iter()
        .find_map(|one| Some((one, too_old(subject, one)?)));
    let enrolments = enrolments.filter_map(|(place, one)| {
        let old = too_old
            .as_ref()
            .filter(|(first, _)| std::ptr::eq(*first, one));
        let old = old.map(|(_, message)| message.clone());
        let message = enrolment(subject, one, &record.enrolments[place + 1..]).or(old)?;
        let entered = one.entered_on.to_string();
        let row = RowName::new("enrolments", &one.school, &one.person, &entered);
        Some(Found::new(row, message))
    });
    // A term that is told wrong is wrong for every posting in it.
    let mut told = BTreeSet::new();
    let marks = record.marks.iter().filter_map(|one| {
        let message = match outside_year(&one.term) {
            Some(message) => told
                .insert((&one.source, &one.mark.school, &one.mark.term))
                .then_some(message)?,
            None => mark(subject.on, one)?,
        };
        let posting = &one.mark.posting;
        Some(Found::new(
            mark_row(one),
            format!("posting {posting}: {message}"),
        ))
    });
    let awards = record.awards.iter().filter_map(|one| {
        let row = RowName::new("awards", &one.school, &one.person, one.award.code());
        Some(Found::new(row, award(subject, one)?))
    });
    let untimely = record.decisions.untimely.iter().map(|it| {
        let message = format!("decision {}: {}: {}", it.row.name, it.column, it.message);
        decision(&it.row, message)
    });
    enrolments
        .chain(marks)
        .chain(awards)
        .chain(untimely)
        .collect()
}

fn enrolment(subject: &Subject<'_>, one: &Enrolment, others: &[Enrolment]) -> Option<String> {
    let (entered, grade) = (one.entered_on, one.grade_level);
    let born = subject.record.person.birth_date;
    if !grade.is_before_school() && entered < years_after(born, SCHOOL_AGE_YEARS_MIN) {
        return Some(format!(
            "enrolled on {entered}, before the age of going to school"
        ));
    }
    if grade.is_high_school() && entered < years_after(born, HIGH_SCHOOL_AGE_YEARS_MIN) {
        return Some(format!(
            "enrolled in grade {grade} on {entered}, at an age below ten"
        ));
    }
    let at_once = |other: &&Enrolment| {
        let other_left = other.left_on.is_none_or(|left| left > entered);
        let left = one.left_on.is_none_or(|left| left > other.entered_on);
        // Rows under two numbers were found to be of one person: they tell of the same time.
        let same_row = one.school == other.school && one.person == other.person;
        same_row && other_left && left
    };
    let other = others.iter().find(at_once)?;
    Some(format!(
        "enrolled on {entered} and again on {} at the same school without having left",
        other.entered_on
    ))
}

/// Adult schools take everybody; awards are not asked about, for a diploma may be granted decades
/// later (Ed. Code 51430 and 51440: who left for a war). The words tell an age and no reason.
fn too_old(subject: &Subject<'_>, one: &Enrolment) -> Option<String> {
    let school = subject.directory.schools.get(&one.school);
    let rules = &subject.rules.audit;
    let years = rules.student_age_years_max();
    let day = years_after(subject.record.person.birth_date, years + 1);
    let adult = school.is_some_and(|school| school.kind == SchoolKind::Adult)
        || rules.adults_at.contains(&one.school);
    (one.entered_on >= day && !adult).then(|| {
        let (grade, entered) = (one.grade_level, one.entered_on);
        format!("enrolled in grade {grade} on {entered}, at an age above {years}")
    })
}

/// What is wrong with a term, where it is not in its school year.
fn outside_year(term: &Term) -> Option<String> {
    let year = term.school_year.begins_in();
    // Some count a summer session, which may begin in May, to the year to come.
    let first_month = if term.kind == TermKind::Summer { 5 } else { 6 };
    let summer_begins = Date::new(year, first_month, 1).ok()?;
    let summer_ends = Date::new(year + 1, 9, 30).ok()?;
    (term.begins_on < summer_begins || term.ends_on > summer_ends).then(|| {
        let (begins, ends) = (term.begins_on, term.ends_on);
        let year = term.school_year;
        format!("its term, {begins} to {ends}, is not in school year {year}")
    })
}

fn mark(on: Date, recorded: &RecordedMark) -> Option<String> {
    let (mark, term) = (&recorded.mark, &recorded.term);
    if !mark.kind.is_posted() {
        return None;
    }
    if term.begins_on > on {
        // Without the day itself: the same tomorrow, so that an override still knows it.
        return Some(format!(
            "its term begins on {}, which is to come",
            term.begins_on
        ));
    }
    // A day more on either side: an instant is on another date elsewhere.
    let posted = mark.posted_at?.to_zoned(TimeZone::UTC).date();
    if posted < days_after(term.begins_on, -1) {
        return Some(format!("posted on {posted}, before its term began"));
    }
    (posted > days_after(on, 1)).then(|| format!("posted on {posted}, which is to come"))
}

fn award(subject: &Subject<'_>, one: &Award) -> Option<String> {
    let (awarded, born) = (one.awarded_on, subject.record.person.birth_date);
    if awarded < years_after(born, AWARD_AGE_YEARS_MIN) {
        return Some(format!(
            "{} awarded on {awarded}, at an age below twelve",
            one.award
        ));
    }
    let after = awarded > subject.on;
    after.then(|| format!("{} awarded on {awarded}, which is to come", one.award))
}

fn years_after(date: Date, years: i32) -> Date {
    shifted(date, years.years())
}

fn days_after(date: Date, days: i32) -> Date {
    shifted(date, days.days())
}

/// The calendar's last day where the sum lies beyond it.
fn shifted(date: Date, span: Span) -> Date {
    date.checked_add(span).unwrap_or(Date::MAX)
}
