//! The record that a case is about, made of its rows.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use registrar::record::*;
use registrar::transcript::*;

use crate::asked;

fn days(days: i32) -> jiff::Span {
    jiff::Span::new().days(days)
}

/// The year in which a grade's school year begins, for who entered grade 9 in that year.
fn first_year(grade: GradeLevel, entered: SchoolYear) -> i16 {
    entered.begins_in() - 9 + i16::from(grade.number())
}

/// A request that a mark stand as Pass or No Pass (Ed. Code 49066.5).
pub fn pass_mark(posting: &str) -> PassMark {
    PassMark {
        school: "S".into(),
        event: "1".into(),
        person_source: "t".into(),
        person: "1".into(),
        posting: posting.to_owned(),
        requested_on: date(2021, 8, 20),
        requested_by: Requester::Pupil,
        recorded_by: "R. Varo".into(),
        recorded_at: "2021-08-27T10:00:00Z".parse().expect("an instant"),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

/// `service_learning under_way 25`: name, status, amount.
pub fn fulfilment(text: &str) -> Fulfilment {
    let mut words = text.split(' ');
    let mut word = || words.next();
    Fulfilment {
        school: "S".into(),
        person: "1".into(),
        requirement: word().expect("a name").into(),
        progress: word().expect("a word").parse().expect("how far"),
        amount: word().map(|amount| amount.parse().expect("an amount")),
    }
}

/// `diploma`, or a kind of award and its detail.
pub fn awarded(text: &str) -> Award {
    let (kind, detail) = text.split_once(' ').map_or((text, None), |(kind, detail)| {
        (kind, Some(detail.to_owned()))
    });
    Award {
        school: "S".into(),
        person: "1".into(),
        award: kind.parse().expect("a kind of award"),
        detail,
        awarded_on: date(2026, 6, 11),
    }
}

/// `fall 10`, `spring 10`, `summer after 9`, `third 2 of 10`, `quarter 4 of 10`: the term, its kind
/// and the grade.
fn when(text: &str, entered: SchoolYear) -> (Date, TermKind, GradeLevel) {
    let grade: GradeLevel = text
        .rsplit(' ')
        .next()
        .and_then(|level| level.parse().ok())
        .expect(text);
    let year = first_year(grade, entered);
    let mut words = text.split(' ');
    let (begins, kind) = match words.next() {
        Some("third") => match words.next() {
            Some("1") => (date(year, 8, 14), TermKind::Trimester),
            Some("2") => (date(year, 11, 13), TermKind::Trimester),
            _ => (date(year + 1, 3, 4), TermKind::Trimester),
        },
        Some("quarter") => match words.next() {
            Some("1") => (date(year, 8, 14), TermKind::Quarter),
            Some("2") => (date(year, 10, 16), TermKind::Quarter),
            Some("3") => (date(year + 1, 1, 8), TermKind::Quarter),
            _ => (date(year + 1, 3, 18), TermKind::Quarter),
        },
        Some("fall") => (date(year, 8, 14), TermKind::Semester),
        Some("spring") => (date(year + 1, 1, 10), TermKind::Semester),
        Some("summer") => (date(year + 1, 6, 20), TermKind::Summer),
        Some("year") => (date(year, 8, 14), TermKind::Year),
        _ => panic!("`{text}` is no time"),
    };
    (begins, kind, grade)
}

pub fn posted(posting: u32, line: &BTreeMap<String, String>, entered: SchoolYear) -> RecordedMark {
    let cell = |name: &str| {
        line.get(name)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    };
    let owned = |name: &str| cell(name).map(str::to_owned);
    let (begins_on, term_kind, grade_level) = when(cell("when").expect("when"), entered);
    let day = |text: &str| -> Date { text.parse().expect("a day") };
    let begins_on = cell("begins").map_or(begins_on, day);
    let length = if term_kind == TermKind::Year { 300 } else { 30 };
    let ends_on = begins_on.saturating_add(days(length));
    let credits = |name: &str, default: &str| -> Credits {
        cell(name).unwrap_or(default).parse().expect("credits")
    };
    let attempted = credits("credits", "5");
    let mark = owned("mark");
    let passed = !matches!(
        mark.as_deref(),
        None | Some("F" | "W" | "I" | "NP" | "NC" | "X")
    );
    let earned = if passed { attempted } else { Credits::ZERO };
    let kind = if term_kind == TermKind::Summer {
        "summer"
    } else {
        "regular"
    };
    let course = owned("course").unwrap_or_else(|| format!("C-{posting}"));
    let school = cell("school").unwrap_or("S").to_owned();
    RecordedMark {
        source: cell("source").unwrap_or("t").into(),
        mark: Mark {
            school: school.clone(),
            posting: posting.to_string(),
            person: "1".into(),
            term: line["when"].clone(),
            course: course.clone(),
            title: owned("title"),
            taken_at: owned("taken at"),
            kind: cell("kind").unwrap_or(kind).parse().expect("a kind"),
            mark,
            credit_attempted: attempted,
            credit_earned: cell("earned").map_or(earned, |text| text.parse().expect("credits")),
            grade_level: cell("posted as")
                .map_or(grade_level, |text| text.parse().expect("a grade")),
            posted_by: None,
            posted_at: None,
        },
        term: Term {
            school: school.clone(),
            term: line["when"].clone(),
            name: line["when"].clone(),
            school_year: SchoolYear::beginning(first_year(grade_level, entered)).expect("a year"),
            kind: term_kind,
            begins_on,
            ends_on: cell("ends").map_or(ends_on, day),
        },
        course: Course {
            school,
            title: owned("catalogue").unwrap_or_else(|| format!("Course {course}")),
            course,
            subject: cell("subject").unwrap_or("english").into(),
            ag_area: cell("area").map(|area| area.parse().expect("an area")),
            honors: cell("honors").map_or(HonorsKind::None, |text| text.parse().expect("honors")),
            state_course_code: owned("code"),
            credit_value: credits("value", &attempted.to_string()),
            sequence: owned("sequence"),
            level: owned("level"),
            part: owned("part"),
            repeatable: cell("repeatable").map(|text| text.parse().expect("yes or no")),
            graduation_credit: cell("graduation").map(|text| text.parse().expect("yes or no")),
            retired_on: None,
        },
    }
}

/// A person with one enrolment and no marks.
pub fn empty(grade_level: GradeLevel) -> PersonRecord {
    PersonRecord {
        id: PersonId::from_local_id("t", "1"),
        person: Person {
            school: "S".into(),
            person: "1".into(),
            state_id: None,
            legal_given: "Ana".into(),
            legal_middle: None,
            legal_family: Some("Ortega".into()),
            legal_suffix: None,
            chosen_name: None,
            printed_name: None,
            birth_date: date(2008, 3, 9),
            mailing_address: None,
        },
        source: "t".into(),
        enrolments: vec![Enrolment {
            school: "S".into(),
            person: "1".into(),
            entered_on: date(2022, 8, 15),
            left_on: None,
            grade_level,
            exit_reason: None,
            entered_from: None,
            enrolment_status: None,
        }],
        marks: Vec::new(),
        totals: Vec::new(),
        plan: None,
        awards: Vec::new(),
        fulfilments: Vec::new(),
        held: Vec::new(),
        decisions: Default::default(),
        plans_otherwise: Vec::new(),
        faults: Vec::new(),
    }
}

pub fn directory() -> Directory {
    let mut directory = Directory::default();
    let school = School {
        school: "S".into(),
        district: "D".into(),
        name: "Alder High School".into(),
        ceeb: None,
        kind: SchoolKind::High,
        charter: CharterStatus::None,
        local_district: None,
        street: "1 Alder St".into(),
        city: "Los Alisos".into(),
        state: "CA".into(),
        postal_code: "90031".into(),
        phone: None,
    };
    let other = School {
        school: "T".into(),
        name: "Birch High School".into(),
        ..school.clone()
    };
    let summers = School {
        school: "V".into(),
        name: "Cedar Summer School".into(),
        ..school.clone()
    };
    directory.schools.insert("S".into(), school);
    directory.schools.insert("T".into(), other);
    directory.schools.insert("V".into(), summers);
    let district = District {
        code: "D".into(),
        name: "Los Alisos Unified".into(),
        state: "CA".into(),
        contact: None,
    };
    directory.districts.insert("D".into(), district);
    directory
}

pub fn request() -> DocumentRequest {
    asked::request(Edition::Unofficial, date(2026, 6, 12))
}
