//! A small school in two systems, and decisions about its students.

use jiff::Timestamp;
use registrar::host::Clock;
use registrar::intake::package::{Manifest, ManifestTable, Mode, Row, Schools, Writer};
use registrar::intake::{self, Options, Outcome, ProblemKind, Record, Verdict};
use registrar::record::*;
use registrar::store::{Store, StudentQuery, Table};

use crate::rows;

pub const SCHOOL: &str = rows::SCHOOL;

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The instant of a day of 2026, in the morning.
pub fn on(day: &str) -> Timestamp {
    at(&format!("2026-{day}T08:00:00Z"))
}

/// What a package of one system holds.
#[derive(Default)]
pub struct Sent {
    pub people: Vec<Person>,
    pub marks: Vec<Mark>,
}

/// A person of this number, with this state id.
pub fn person(number: &str, state_id: Option<&str>) -> Person {
    Person {
        state_id: state_id.map(str::to_owned),
        ..rows::person(number)
    }
}

/// A mark of the school year 2020-21.
pub fn mark_of_2020(posting: &str, person: &str, letter: &str) -> Mark {
    Mark {
        term: "2020-F".into(),
        ..rows::mark(posting, person, letter)
    }
}

/// The two students of the main system: 1 with marks of two years, 2 with one.
pub fn usual() -> Sent {
    Sent {
        people: vec![
            person("1", Some("9000000001")),
            person("2", Some("9000000002")),
        ],
        marks: vec![
            mark_of_2020("p1", "1", "B"),
            mark_of_2020("p2", "1", "F"),
            mark_of_2020("p3", "1", "W"),
            rows::mark("p4", "1", "B"),
            rows::mark("p5", "2", "A"),
        ],
    }
}

/// The other system: 1's state id under its own number, and somebody without one.
pub fn other() -> Sent {
    Sent {
        people: vec![person("c1", Some("9000000001")), person("c9", None)],
        marks: vec![rows::mark("p4", "c1", "C"), rows::mark("q9", "c9", "A")],
    }
}

/// Imports a full package of a system.
pub async fn send(store: &Store, source: &str, sent: &Sent, now: Timestamp) -> i64 {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("package");
    let tables = [
        Table::Districts,
        Table::Schools,
        Table::People,
        Table::Enrolments,
        Table::Terms,
        Table::Courses,
        Table::Marks,
    ];
    let full = |table| (table, ManifestTable::new(table, Mode::Full));
    let manifest = Manifest {
        source: source.into(),
        district: "1999999".into(),
        exported_at: now,
        schools: Schools::Named([SCHOOL.to_owned()].into()),
        tables: tables.map(full).into(),
    };
    let mut writer = Writer::create(&folder, manifest).expect("a folder");
    writer.write(&rows::district()).expect("written");
    writer.write(&rows::school()).expect("written");
    let fall_2020 = Term {
        term: "2020-F".into(),
        name: "Fall 2020".into(),
        school_year: PASS_MARK_SCHOOL_YEAR,
        begins_on: jiff::civil::date(2020, 8, 13),
        ends_on: jiff::civil::date(2020, 12, 18),
        ..rows::term()
    };
    writer.write(&fall_2020).expect("written");
    writer.write(&rows::term()).expect("written");
    writer.write(&rows::course()).expect("written");
    for person in &sent.people {
        writer.write(person).expect("written");
        writer
            .write(&rows::enrolment(&person.person))
            .expect("written");
    }
    for mark in &sent.marks {
        writer.write(mark).expect("written");
    }
    writer.finish().expect("written");
    let options = Options {
        allow_withdrawals: [SCHOOL.to_owned()].into(),
        ..Options::default()
    };
    let outcome = intake::import(store, &folder, &options, Clock::Fixed(now), &mut |_| {}).await;
    landed(&outcome.expect("it runs"))
}

/// Both systems, on the first two days of 2026.
pub async fn both(store: &Store) {
    send(store, "sis", &usual(), on("01-01")).await;
    send(store, "charter", &other(), on("01-02")).await;
}

/// The number of an import that must have landed.
pub fn landed(outcome: &Outcome) -> i64 {
    match outcome.verdict {
        Verdict::Landed(landed) => landed.import.expect("it says something new"),
        _ => panic!("{outcome}"),
    }
}

/// Records a decision in the district's own source.
pub async fn decide<R: Row>(store: &Store, row: &R, now: Timestamp) -> Outcome {
    let record = Record {
        source: "registrar",
        district: "1999999",
        dry_run: false,
    };
    let outcome = intake::record(store, &record, row, Clock::Fixed(now)).await;
    outcome.expect("it runs")
}

/// Why a decision is refused: each kind of problem, its column and its value.
pub fn refused(outcome: &Outcome) -> Vec<(ProblemKind, String, String)> {
    assert_eq!(outcome.verdict, Verdict::Refused, "{outcome}");
    let problems = outcome.report.problems().into_iter();
    let told = problems.map(|problem| {
        assert_eq!(problem.line, Some(2), "the row's line");
        let (column, value) = (problem.column.clone(), problem.value.clone());
        (
            problem.kind,
            column.unwrap_or_default(),
            value.unwrap_or_default(),
        )
    });
    told.collect()
}

/// The people of these numbers, in their order, as known at an instant.
pub async fn people(store: &Store, numbers: &[&str], known: Timestamp) -> Vec<PersonId> {
    let numbers = numbers.iter().map(ToString::to_string).collect();
    let query = StudentQuery::Numbers(numbers);
    let found = store.find_people(&query, &Scope::District, known).await;
    let found = found.expect("found");
    assert_eq!((found.unknown, found.ambiguous), (vec![], vec![]));
    found.people
}

/// The record of this number.
pub async fn record(store: &Store, number: &str, known: Timestamp) -> PersonRecord {
    let people = people(store, &[number], known).await;
    let mut records = store.records(&people, known).await.expect("read");
    assert_eq!(records.len(), 1);
    records.remove(0)
}

/// Postings and marks of a record.
pub fn letters(record: &PersonRecord) -> Vec<(&str, &str)> {
    let letters = record.marks.iter().map(|recorded| {
        let mark = recorded.mark.mark.as_deref();
        (recorded.mark.posting.as_str(), mark.unwrap_or_default())
    });
    letters.collect()
}

pub fn pass_mark(posting: &str) -> PassMark {
    PassMark {
        school: SCHOOL.into(),
        event: format!("pass-{posting}"),
        person_source: "sis".into(),
        person: "1".into(),
        posting: posting.into(),
        requested_on: jiff::civil::date(2021, 8, 20),
        requested_by: Requester::Parent,
        recorded_by: "R. Varo".into(),
        recorded_at: on("01-05"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

pub fn mark_change(from: &str, to: &str) -> MarkChange {
    MarkChange {
        school: SCHOOL.into(),
        event: format!("change-{from}-{to}"),
        person_source: "sis".into(),
        person: "1".into(),
        posting: "p4".into(),
        from_mark: from.into(),
        to_mark: to.into(),
        credit_earned: "2.5".parse().expect("credits"),
        ground: MarkChangeGround::ClericalOrMechanicalMistake,
        teacher_heard_on: Some(jiff::civil::date(2026, 1, 3)),
        teacher_statement: Some("The final was entered for another student.".into()),
        teacher_not_heard: None,
        approved_by: "L. Carrington, principal".into(),
        decided_on: jiff::civil::date(2026, 1, 4),
        recorded_by: "R. Varo".into(),
        recorded_at: on("01-05"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

pub fn name_change(person: (&str, &str)) -> NameChange {
    NameChange {
        school: SCHOOL.into(),
        event: "name-1".into(),
        person_source: person.0.into(),
        person: person.1.into(),
        legal_given: "Iris".into(),
        legal_middle: None,
        legal_family: Some("Sandoval".into()),
        legal_suffix: None,
        chosen_name: None,
        printed_name: None,
        ground: NameChangeGround::CourtOrder,
        document_seen: "Decree of the Superior Court, 2026-01-02".into(),
        requested_on: jiff::civil::date(2026, 1, 3),
        recorded_by: "R. Varo".into(),
        recorded_at: on("01-05"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

pub fn merge(one: (&str, &str), other: (&str, &str)) -> PersonLink {
    PersonLink {
        school: SCHOOL.into(),
        event: format!("merge-{}-{}", one.1, other.1),
        link: LinkKind::Merge,
        person_source: one.0.into(),
        person: one.1.into(),
        other_source: Some(other.0.into()),
        other_person: Some(other.1.into()),
        ground: "one birth certificate".into(),
        recorded_by: "R. Varo".into(),
        recorded_at: on("01-05"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

pub fn split(row: (&str, &str)) -> PersonLink {
    PersonLink {
        event: format!("split-{}", row.1),
        link: LinkKind::Split,
        other_source: None,
        other_person: None,
        ..merge(row, row)
    }
}

pub fn hold() -> TranscriptHold {
    TranscriptHold {
        school: SCHOOL.into(),
        event: "hold-1".into(),
        person_source: "sis".into(),
        person: "1".into(),
        ground: HoldGround::PropertyNotReturned,
        due_process_on: jiff::civil::date(2026, 1, 2),
        not_homeless_or_foster: YesNo::Yes,
        begins_on: jiff::civil::date(2026, 1, 3),
        ends_on: None,
        recorded_by: "R. Varo".into(),
        recorded_at: on("01-05"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}
