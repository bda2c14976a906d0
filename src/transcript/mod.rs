//! Records to the typed [`Transcript`]: policy rules, credits, grade point averages, requirements.
//!
//! Owns every rule of a transcript; each figure keeps the trace of how it came to be. Pure: the
//! same records, policy and date give the same transcript.
//!
//! Never: input or output, a clock, a float; plan or 504 data (its input type has no field for
//! them, invariant 2). Next: `exchange` turns the model into files, `template` and `render` into
//! pages.

#![deny(clippy::float_arithmetic)]

mod ag;
mod assemble;
mod attempts;
pub mod audit;
mod average;
mod bonus;
mod effect;
mod grades;
mod model;
mod partial_credit;
mod policy;
mod progress;
mod repeats;
mod requirements;
mod same_course;
mod shares;
mod texts;
mod unclear;
mod unit;
mod year_course;
mod year_title;

pub use assemble::{AssembleError, Assembled, DocumentRequest, assemble};
pub use average::{AverageTrace, BonusWithheld, LeftOutMark, LeftOutReason, MarkName, TakenMark};
pub use effect::{LoweredAverage, lowered};
pub use model::*;
pub use partial_credit::PartialPosting;
pub use policy::{CapSize, POLICY_FORMAT, Point, Policy, PolicyError, RepeatCode, Window};
pub use progress::{
    AgMark, AgOutcome, AreaProgress, CollegePreparation, PartProgress, Progress, Promotion,
    SurplusOf, Validation, ValidationRule,
};
pub use requirements::{NoRow, Stage};
pub use shares::{
    CreditRule, CreditShare, CreditTrace, PlanLeftOut, PlanShare, PlanTrace, RequirementTrace,
    RowTrace,
};
pub use texts::each_text;
pub use unclear::UnclearRepeat;
pub use year_course::ClearedMark;

/// The name under which the model travels inside an official transcript.
pub const ATTACHMENT_NAME: &str = "transcript.json";

#[cfg(test)]
mod tests;
