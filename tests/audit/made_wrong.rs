//! Ways in which several cases make the clean record wrong.

use jiff::civil::{Date, date};
use registrar::record::*;
use registrar::transcript::audit::Differing;

use crate::record::{Given, Semesters as _, credits, mark, total};

/// Enrolled for 66 of the 128 days of the autumn: 2.578 of 5 credits.
pub fn half_a_term(it: &mut Given, posted: &str) {
    it.record.enrolments[0].entered_on = date(2025, 10, 15);
    let marked = &mut it.mark(0).mark;
    (marked.credit_attempted, marked.credit_earned) = (credits(posted), credits(posted));
    it.record.totals.truncate(0);
    it.record.totals.push(total(
        "gpa:unweighted",
        if posted == "4" { "3.4444" } else { "3.3333" },
    ));
}

pub fn year_course(it: &mut Given) {
    for (place, amount) in [(0, "0"), (1, "10")] {
        it.mark(place).mark.credit_attempted = credits(amount);
        it.mark(place).mark.credit_earned = credits(amount);
    }
    it.record.totals = vec![total("credit_earned", "10")];
}

/// The first posting's course in its term at another school, where the student was then too.
pub fn elsewhere(it: &mut Given, amount: &str) -> RecordedMark {
    let mut other = mark("3", Term::fall(), "ENG-A", "B");
    other.mark.school = "T".into();
    other.course.school = "T".into();
    other.mark.credit_attempted = credits(amount);
    other.mark.credit_earned = credits(amount);
    let mut school = it.directory.schools["S"].clone();
    school.school = "T".into();
    it.directory.schools.insert("T".into(), school);
    let mut enrolment = it.record.enrolments[0].clone();
    enrolment.school = "T".into();
    enrolment.left_on = Some(date(2025, 12, 19));
    it.record.enrolments.insert(0, enrolment);
    other
}

/// The first posting's course as another school accepted it, which names the school that taught it.
pub fn accepted(it: &mut Given, letter: &str) -> RecordedMark {
    let mut other = elsewhere(it, "5");
    let school = it.directory.schools.get_mut("T").expect("the other school");
    school.name = "Another High School".into();
    other.mark.course = "TRANSFER".into();
    other.mark.title = Some("COURSE ENG-A".into());
    other.mark.taken_at = Some(it.directory.schools["S"].name.to_uppercase());
    other.mark.kind = MarkKind::Transfer;
    other.mark.mark = Some(letter.into());
    other
}

/// An F in the first course.
pub fn failed_first(it: &mut Given) {
    it.mark(0).mark.mark = Some("F".into());
    it.mark(0).mark.credit_earned = Credits::ZERO;
    it.record.totals = vec![total("credit_earned", "5")];
}

/// An A that was changed to a C.
pub fn changed(it: &mut Given) {
    let recorded = it.mark(0);
    let letter = recorded.mark.mark.replace("C".into());
    let credit = recorded.mark.credit_earned;
    let decided = DecidedMark {
        row: RowName::new("mark_changes", "S", "1", "M"),
        source: recorded.source.clone(),
        posting: recorded.mark.posting.clone(),
        term: recorded.term.name.clone(),
        title: recorded.title().to_owned(),
        from_mark: letter.expect("a letter"),
        to_mark: "C".into(),
        from_credit: credit,
        to_credit: credit,
        why: "clerical mistake".into(),
        applied: true,
        passed: false,
    };
    it.record.decisions.marks.push(decided);
}

/// A letter that stands as Pass.
pub fn passed(it: &mut Given, place: usize) {
    let recorded = it.mark(place);
    let letter = recorded.mark.mark.replace("P".into());
    let credit = recorded.mark.credit_earned;
    let decided = DecidedMark {
        row: RowName::new("pass_marks", "S", "1", "P"),
        source: recorded.source.clone(),
        posting: recorded.mark.posting.clone(),
        term: recorded.term.name.clone(),
        title: recorded.title().to_owned(),
        from_mark: letter.expect("a letter"),
        to_mark: "P".into(),
        from_credit: credit,
        to_credit: credit,
        why: "asked for by the parent".into(),
        applied: true,
        passed: true,
    };
    it.record.decisions.marks.push(decided);
}

pub fn award(kind: AwardKind, awarded_on: Date) -> Award {
    Award {
        school: "S".into(),
        person: "1".into(),
        award: kind,
        detail: None,
        awarded_on,
    }
}

pub fn hold(begins_on: Date, ends_on: Option<Date>) -> TranscriptHold {
    let instant = "2026-06-01T08:00:00Z".parse().expect("an instant");
    TranscriptHold {
        school: "S".into(),
        event: "H".into(),
        person_source: "central".into(),
        person: "1".into(),
        ground: HoldGround::PropertyNotReturned,
        due_process_on: date(2026, 5, 20),
        not_homeless_or_foster: YesNo::Yes,
        begins_on,
        ends_on,
        recorded_by: "R. Varo".into(),
        recorded_at: instant,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

/// Two rows of one person that differ in one of these: date of birth, given names, name.
pub fn differing(what: [bool; 3]) -> Differing {
    let [birth_date, given_names, name] = what;
    Differing {
        rows: [("central", "1"), ("charter", "c1")].map(|(a, b)| (a.into(), b.into())),
        birth_date,
        given_names,
        name,
    }
}

/// The first posting's course, which may be repeated for credit, twice alike in its term.
pub fn repeated(it: &mut Given) {
    it.mark(0).course.repeatable = Some(YesNo::Yes);
    let again = it.record.marks[0].clone();
    it.record.marks.push(again);
    it.mark(2).mark.posting = "3".into();
    it.record.totals = vec![total("credit_earned", "15")];
}

/// The first half of a course, failed, and in the next year a quarter of it.
pub fn half_then(it: &mut Given, quarter: &str) {
    failed_first(it);
    for (place, value, part) in [(0, "5", "1"), (1, "2.5", quarter)] {
        let course = &mut it.mark(place).course;
        course.sequence = Some("english".into());
        course.level = Some("9".into());
        course.part = Some(part.into());
        course.credit_value = credits(value);
    }
    let before = it.mark(0);
    before.term.school_year = SchoolYear::beginning(2024).expect("a year");
    before.term.begins_on = date(2024, 8, 14);
    before.term.ends_on = date(2024, 12, 19);
    before.mark.posted_at = None;
    let again = it.mark(1);
    again.term.kind = TermKind::Quarter;
    again.mark.credit_attempted = credits("2.5");
    again.mark.credit_earned = credits("2.5");
    it.record.totals = vec![total("credit_earned", "2.5")];
}
