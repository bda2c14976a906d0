//! Rows of one pupil, and what they are seen against.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use registrar::compliance::{
    Calendars, Case, CaseKind, Span, Surroundings, Systems, Value, cases_of,
};
use registrar::record::support::{
    Disability, Eligibility, Evaluation, EvaluationKind, MeetingKind, PlanMeeting, PupilRow,
    Recorded, SupportPlan, SupportPlanKind, SupportRecord, TablesSent,
};
use registrar::record::{Enrolment, ExitReason, PersonId, Pseudonyms};

pub const STUDENT: &str = "central";
pub const CHARTERS: &str = "charters";
pub const SUPPORT: &str = "seds";

/// Tables that the student systems send of what happens to a pupil.
pub const OF_STUDENT: &[&str] = &["people", "enrolments", "removals", "assessments"];
/// Tables that the special-education system sends.
pub const OF_SUPPORT: &[&str] = &[
    "people",
    "eligibilities",
    "support_plans",
    "transition_plans",
    "behaviour_plans",
    "plan_meetings",
    "parent_notices",
    "service_logs",
    "records_requests",
    "referrals",
    "evaluations",
    "staff_credentials",
];

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn at(source: &str) -> Timestamp {
    assert!(!source.is_empty());
    "2026-01-01T00:00:00Z".parse().expect("an instant")
}

pub fn told<T>(source: &str, row: T) -> Recorded<T> {
    Recorded {
        source: source.to_owned(),
        recorded_at: at(source),
        row,
    }
}

/// The school year 2025-26 on a day of it; every system sends its tables.
pub fn around(as_of: &str) -> Surroundings {
    let mut sent = TablesSent::default();
    for source in [STUDENT, CHARTERS] {
        OF_STUDENT.iter().for_each(|table| sent.add(source, *table));
    }
    OF_SUPPORT
        .iter()
        .for_each(|table| sent.add(SUPPORT, *table));
    Surroundings {
        as_of: day(as_of),
        period: Span {
            begins: date(2025, 7, 1),
            ends: date(2026, 6, 30),
        },
        count_day: date(2025, 10, 1),
        study: None,
        calendars: Calendars::default(),
        schools: BTreeMap::new(),
        systems: Systems {
            student: vec![STUDENT.to_owned(), CHARTERS.to_owned()],
            support: vec![SUPPORT.to_owned()],
        },
        time_zone: TimeZone::UTC,
        watched_since: BTreeMap::new(),
        names_rows: true,
        pseudonyms: Pseudonyms::plain(),
        sent,
        tests: Default::default(),
    }
}

/// What a system sends but these tables.
pub fn without(around: &Surroundings, source: &str, tables: &[&str]) -> Surroundings {
    let mut sent = TablesSent::default();
    for (named, all) in [
        (STUDENT, OF_STUDENT),
        (CHARTERS, OF_STUDENT),
        (SUPPORT, OF_SUPPORT),
    ] {
        let kept = |table: &&&str| named != source || !tables.contains(*table);
        all.iter()
            .filter(kept)
            .for_each(|table| sent.add(named, *table));
    }
    Surroundings {
        sent,
        ..around.clone()
    }
}

pub fn pupil() -> SupportRecord {
    let mut record = SupportRecord::new(PersonId::derived(Some("1"), STUDENT, "1"));
    for source in [STUDENT, SUPPORT] {
        let row = PupilRow {
            school: "A".to_owned(),
            person: "1".to_owned(),
            state_id: Some("1".to_owned()),
            birth_date: date(2010, 3, 4),
        };
        record.people.push(told(source, row));
    }
    record
}

pub fn stay(school: &str, from: &str, to: Option<(&str, Option<ExitReason>)>) -> Enrolment {
    Enrolment {
        school: school.to_owned(),
        person: "1".to_owned(),
        entered_on: day(from),
        left_on: to.map(|(to, _)| day(to)),
        grade_level: "9".parse().expect("a grade"),
        exit_reason: to.and_then(|(_, reason)| reason),
        entered_from: None,
        enrolment_status: None,
    }
}

/// With an enrolment of the district's own student system.
pub fn enrolled(
    mut record: SupportRecord,
    school: &str,
    from: &str,
    to: Option<(&str, Option<ExitReason>)>,
) -> SupportRecord {
    let row = stay(school, from, to);
    record.enrolments.push(told(STUDENT, row));
    record
}

pub fn iep(
    mut record: SupportRecord,
    plan: &str,
    from: &str,
    to: Option<&str>,
    meeting: Option<&str>,
) -> SupportRecord {
    let row = SupportPlan {
        school: "A".to_owned(),
        plan: plan.to_owned(),
        person: "1".to_owned(),
        kind: SupportPlanKind::Iep,
        begins_on: day(from),
        ends_on: to.map(day),
        meeting: meeting.map(str::to_owned),
        parent_consented_on: None,
        setting: None,
        percent_outside: None,
    };
    record.support_plans.push(told(SUPPORT, row));
    record
}

pub fn eligible(mut record: SupportRecord, from: &str, to: Option<&str>) -> SupportRecord {
    let row = Eligibility {
        school: "A".to_owned(),
        person: "1".to_owned(),
        begins_on: day(from),
        ends_on: to.map(day),
        disability: Disability::Autism,
        second_disability: None,
        degree_of_support: None,
        ended: None,
    };
    record.eligibilities.push(told(SUPPORT, row));
    record
}

pub fn meeting(
    mut record: SupportRecord,
    number: &str,
    kind: MeetingKind,
    due: Option<&str>,
    held: Option<&str>,
) -> SupportRecord {
    let row = PlanMeeting {
        school: "A".to_owned(),
        meeting: number.to_owned(),
        person: "1".to_owned(),
        kind,
        requested_on: None,
        due_on: due.map(day),
        held_on: held.map(day),
        parent_attended: None,
        delay_code: None,
        extended_to: None,
    };
    record.plan_meetings.push(told(SUPPORT, row));
    record
}

pub fn evaluation(number: &str, consent: &str) -> Evaluation {
    Evaluation {
        school: "A".to_owned(),
        evaluation: number.to_owned(),
        person: "1".to_owned(),
        kind: EvaluationKind::Initial,
        referral: None,
        consent_received_on: Some(day(consent)),
        report_on: None,
        meeting_held_on: None,
        outcome: None,
        delay_code: None,
        extended_to: None,
        comprehensive: None,
        environment_considered: None,
        consented_elsewhere: None,
        not_produced_on: None,
        stopped_on: None,
        stop_reason: None,
    }
}

/// The fields of every case, as lists write them.
pub fn said(
    kind: CaseKind,
    record: &SupportRecord,
    around: &Surroundings,
    fields: &[&str],
) -> Vec<Vec<String>> {
    let cases = cases_of(kind, record, around);
    let mut ids: Vec<_> = cases.iter().map(|case| case.id.clone()).collect();
    ids.dedup();
    assert_eq!(ids.len(), cases.len(), "an id names one case");
    cases.iter().map(|case| of_case(case, fields)).collect()
}

pub fn of_case(case: &Case, fields: &[&str]) -> Vec<String> {
    let word = |name: &&str| {
        let value = case.get(name).map(Value::to_string);
        value.unwrap_or_else(|| "?".to_owned())
    };
    fields.iter().map(word).collect()
}
