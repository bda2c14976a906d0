//! What a counselor is told beside the transcript: promotion and the universities' requirements.
//!
//! These figures are explained, and printed on unofficial sheets; an official transcript does not
//! carry them.

use serde::Serialize;

use crate::record::{AgArea, Credits, GradeLevel};

/// How far a student has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Toward the next grade.
    pub promotion: Option<Promotion>,
    /// In the subject requirements of the universities.
    pub college_preparation: Option<CollegePreparation>,
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
