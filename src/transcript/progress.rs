//! What a counselor is told beside the transcript: promotion and the universities' requirements.
//!
//! These figures are explained, and printed on no document.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::ag::college_preparation;
use super::assemble::issuing;
use super::average::MarkName;
use super::policy::{Part, Policy};
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

/// Progress in one a-g subject area. What it has and what it needs come to what it asks for, unless
/// validation or surplus brings more than that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AreaProgress {
    /// The area.
    pub area: AgArea,
    /// The label.
    pub label: String,
    /// Credits with C or better that it asks for.
    pub required: Credits,
    /// Credits earned with C or better that count here.
    pub earned: Credits,
    /// Credits that a higher course or a second part covers; they are no credit of their own.
    pub validated: Credits,
    /// Credits that other areas do not need and that count here.
    pub surplus: Credits,
    /// Credits in progress.
    pub in_progress: Credits,
    /// Credits still needed, work in progress not counted.
    pub needed: Credits,
    /// What the area asks for within its credits.
    pub parts: Vec<PartProgress>,
    /// What was validated, and by which posting; these come to `validated`.
    pub validations: Vec<Validation>,
    /// Of which areas the surplus is.
    pub surplus_of: Vec<SurplusOf>,
    /// What became of each mark of the area, in the order of time. A mark of which a part counts
    /// here and the other in another area stands there twice.
    pub marks: Vec<AgMark>,
}

/// How far credits of certain courses have come that a row or an area asks for within its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartProgress {
    /// The subjects of the catalogue that count; none is every one of the row's.
    pub subjects: BTreeSet<String>,
    /// The sequence of which a course must be.
    pub sequence: Option<String>,
    /// The lowest level of the sequence that counts.
    pub level: u32,
    /// Credits that it asks for.
    pub required: Credits,
    /// Credits that it has.
    pub reached: Credits,
    /// Credits still needed.
    pub needed: Credits,
}

impl PartProgress {
    /// Of a part that still needs so much.
    pub(super) fn of(part: &Part, needed: Credits) -> Self {
        Self {
            subjects: part.subjects.clone(),
            sequence: part.sequence.clone(),
            level: part.level,
            required: part.credits,
            reached: part.credits - needed,
            needed,
        }
    }
}

impl fmt::Display for PartProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subjects = self.subjects.iter().map(String::as_str);
        let words: Vec<&str> = subjects.chain(self.sequence.as_deref()).collect();
        f.write_str(&words.join(", "))?;
        match self.level {
            0 => Ok(()),
            level => write!(f, " from level {level}"),
        }
    }
}

/// A level, or the first part of one, that counts though it was failed or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// Why it counts.
    pub rule: ValidationRule,
    /// The sequence.
    pub sequence: String,
    /// The level of it, if its courses have any.
    pub level: Option<u32>,
    /// Credits that are covered.
    pub credits: Credits,
    /// The posting with C or better that covers them.
    pub by: MarkName,
}

/// Why credits count that were not earned with C or better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidationRule {
    /// A course of a higher level of the sequence was passed with C or better.
    HigherLevel,
    /// The second part of the year's course was passed with C or better.
    SecondPart,
}

impl fmt::Display for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.rule {
            ValidationRule::HigherLevel => "validates, as a higher level,",
            ValidationRule::SecondPart => "validates, as the second part, the first part of",
        })?;
        if let Some(level) = self.level {
            write!(f, " level {level} of")?;
        }
        write!(f, " {}", self.sequence)
    }
}

/// Credits of an area that it does not need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SurplusOf {
    /// The area.
    pub area: AgArea,
    /// How many.
    pub credits: Credits,
}

/// A mark of an a-g subject area, or a part of its credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgMark {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Credits that count as earned or in progress, in `counts_in`.
    pub credits: Credits,
    /// The area in which they count; none where they count in none.
    pub counts_in: Option<AgArea>,
    /// What became of it.
    pub outcome: AgOutcome,
    /// Where it comes from that a pass satisfies, that a college course counts as it does, or that
    /// a course before grade 9 does not count.
    pub source: Option<String>,
}

/// What becomes of a mark in its a-g subject area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgOutcome {
    /// It is C or better, or a pass that is taken for one.
    Satisfies,
    /// It is C or better, and more than the area asks for.
    NotNeededHere,
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
            Self::NotNeededHere => "more than the area asks for",
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
