//! What a counselor is told beside the transcript: promotion and the universities' requirements.
//!
//! These figures are explained, and printed on unofficial sheets; an official transcript does not
//! carry them.

use std::fmt;

use serde::Serialize;

use super::ag::college_preparation;
use super::assemble::issuing;
use super::average::MarkName;
use super::policy::Policy;
use super::repeats::on_page;
use super::requirements::promotion;
use super::unit::in_unit;
use super::year_course::cleared;
use crate::record::{AgArea, Credits, GradeLevel, PersonRecord};

/// How far a student has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Toward the next grade.
    pub promotion: Option<Promotion>,
    /// In the subject requirements of the universities.
    pub college_preparation: Option<CollegePreparation>,
}

impl Progress {
    /// How far a student has come by these rules; apart from the transcript, for no document that
    /// is issued carries it.
    pub fn of(policy: &Policy, record: &PersonRecord, language: &str) -> Self {
        let rules = policy.rules();
        let (marks, _) = cleared(rules, &record.marks);
        let (_, shown) = on_page(rules, &marks);
        let counted = in_unit(rules, &shown, rules.credits_per_semester);
        let ag = rules.ag.as_ref();
        Self {
            promotion: issuing(record)
                .and_then(|enrolment| promotion(rules, enrolment.grade_level, &counted)),
            college_preparation: ag.map(|ag| college_preparation(rules, ag, &counted, language)),
        }
    }
}

/// What the next grade asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promotion {
    /// The next grade that the rules name.
    pub to_grade: GradeLevel,
    /// Credits that it asks for.
    pub required: Credits,
    /// Credits earned.
    pub earned: Credits,
    /// Credits still needed.
    pub needed: Credits,
    /// The marks whose credit does not count toward graduation, and so not here.
    pub left_out: Vec<MarkName>,
}

/// Progress in the subject requirements of the universities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollegePreparation {
    /// What it is called.
    pub label: String,
    /// Where the requirements come from.
    pub source: String,
    /// One row an area, in the order of the policy.
    pub areas: Vec<AreaProgress>,
}

/// Progress in one a-g subject area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AreaProgress {
    /// The area.
    pub area: AgArea,
    /// The label.
    pub label: String,
    /// Credits with C or better that it asks for.
    pub required: Credits,
    /// Credits earned with C or better.
    pub earned: Credits,
    /// Credits that a higher course or a second part covers; they are no credit of their own.
    pub validated: Credits,
    /// Credits that other areas do not need and that count here.
    pub surplus: Credits,
    /// Credits in progress.
    pub in_progress: Credits,
    /// Credits still needed, work in progress not counted.
    pub needed: Credits,
    /// What became of each mark of the area, in the order of time.
    pub marks: Vec<AgMark>,
}

/// A mark of an a-g subject area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgMark {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Credits that count as earned here, or in progress.
    pub credits: Credits,
    /// What became of it.
    pub outcome: AgOutcome,
    /// Where it comes from that a pass satisfies, or that a course before grade 9 does not.
    pub source: Option<String>,
}

/// What becomes of a mark in its a-g subject area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgOutcome {
    /// It is C or better, or a pass that is taken for one.
    Satisfies,
    /// The course is satisfied by another attempt.
    AnotherAttempt,
    /// It is below C, and a second part with C or better covers it.
    Validated,
    /// It is below C.
    BelowC,
    /// It has no points: a withdrawal, an incomplete, a pass that is not taken for C.
    NoPoints,
    /// It was taken before grade 9, and the area takes no course of that grade.
    BeforeGrade9,
    /// The area asks for one sequence, and this is of another: surplus, if it is C or better.
    AnotherSequence,
    /// It is in progress.
    InProgress,
}

impl fmt::Display for AgOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Satisfies => "satisfies",
            Self::AnotherAttempt => "another attempt satisfies",
            Self::Validated => "below C, validated by the second part",
            Self::BelowC => "below C",
            Self::NoPoints => "the mark carries no points",
            Self::BeforeGrade9 => "of a grade before the ninth",
            Self::AnotherSequence => "not of the sequence that counts here",
            Self::InProgress => "in progress",
        })
    }
}
