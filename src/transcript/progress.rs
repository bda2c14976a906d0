//! What a counselor is told beside the transcript: promotion and the universities' requirements.
//!
//! These figures are explained, and printed on unofficial sheets; an official transcript does not
//! carry them.

use serde::Serialize;

use super::ag::college_preparation;
use super::assemble::issuing;
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
}

/// Progress in the subject requirements of the universities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollegePreparation {
    /// What it is called.
    pub label: String,
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
}
