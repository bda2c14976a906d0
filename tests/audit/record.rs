//! The smallest record that the audit has nothing to say about, and what is asked of it.

use jiff::civil::{Date, date};
use registrar::record::*;
use registrar::transcript::audit::{Beside, Finding, audit};
use registrar::transcript::{DocumentRequest, Edition, Policy, assemble};

use crate::case;

/// What an audit is given.
pub struct Given {
    pub record: PersonRecord,
    pub directory: Directory,
    pub beside: Beside,
    pub on: Date,
    pub policy: String,
}

impl Given {
    /// A freshman with two courses of a year, whose declared figures are right.
    pub fn clean() -> Self {
        let mut record = case::empty(GradeLevel::new(9).expect("a grade"));
        record.marks = vec![
            mark("1", Term::fall(), "ENG-A", "A"),
            mark("2", Term::spring(), "ENG-B", "B"),
        ];
        for (figure, value) in [
            ("credit_attempted", "10"),
            ("credit_earned", "10.00"),
            ("gpa:unweighted", "3.5"),
        ] {
            record.totals.push(total(figure, value));
        }
        Self {
            record,
            directory: case::directory(),
            beside: Beside::default(),
            on: date(2026, 6, 12),
            policy: case::POLICY.to_owned(),
        }
    }

    pub fn mark(&mut self, place: usize) -> &mut RecordedMark {
        &mut self.record.marks[place]
    }

    pub fn findings(&self) -> Vec<Finding> {
        let policy = Policy::parse(&self.policy).expect("a policy");
        let request = DocumentRequest {
            edition: Edition::Official,
            ..case::request()
        };
        let made = assemble(&self.record, &self.directory, &policy, &request);
        audit(
            &self.record,
            &made,
            &self.directory,
            &policy,
            &self.beside,
            self.on,
        )
    }

    /// The codes of the findings, each with its row.
    pub fn found(&self) -> Vec<(&'static str, String)> {
        let row = |finding: &Finding| {
            let row = finding.row.as_ref().expect("a row");
            format!("{} {}", row.table, row.name)
        };
        let findings = self.findings();
        findings.iter().map(|it| (it.code, row(it))).collect()
    }
}

pub fn total(figure: &str, value: &str) -> RecordedTotal {
    RecordedTotal {
        source: "t".into(),
        total: DeclaredTotal {
            school: "S".into(),
            person: "1".into(),
            figure: figure.into(),
            value: value.into(),
        },
    }
}

/// The two semesters of 2025-26.
pub trait Semesters {
    fn fall() -> Self;
    fn spring() -> Self;
}

impl Semesters for Term {
    fn fall() -> Self {
        semester("Fall 2025", date(2025, 8, 14), date(2025, 12, 19))
    }
    fn spring() -> Self {
        semester("Spring 2026", date(2026, 1, 12), date(2026, 6, 10))
    }
}

fn semester(name: &str, begins_on: Date, ends_on: Date) -> Term {
    Term {
        school: "S".into(),
        term: name.into(),
        name: name.into(),
        school_year: SchoolYear::beginning(2025).expect("a year"),
        kind: TermKind::Semester,
        begins_on,
        ends_on,
    }
}

pub fn credits(text: &str) -> Credits {
    text.parse().expect("credits")
}

pub fn grade(level: i8) -> GradeLevel {
    GradeLevel::new(level).expect("a grade")
}

pub fn mark(posting: &str, term: Term, course: &str, letter: &str) -> RecordedMark {
    let posted_on = term.ends_on;
    RecordedMark {
        source: "t".into(),
        mark: Mark {
            school: "S".into(),
            posting: posting.into(),
            person: "1".into(),
            term: term.term.clone(),
            course: course.into(),
            title: None,
            taken_at: None,
            kind: MarkKind::Regular,
            mark: Some(letter.into()),
            credit_attempted: credits("5"),
            credit_earned: credits("5"),
            grade_level: grade(9),
            posted_by: None,
            posted_at: Some(
                format!("{posted_on}T20:00:00Z")
                    .parse()
                    .expect("an instant"),
            ),
        },
        course: Course {
            school: "S".into(),
            course: course.into(),
            title: format!("Course {course}"),
            subject: "english".into(),
            ag_area: None,
            honors: HonorsKind::None,
            state_course_code: None,
            credit_value: credits("5"),
            sequence: None,
            level: None,
            part: None,
            repeatable: None,
            graduation_credit: None,
            retired_on: None,
        },
        term,
    }
}
