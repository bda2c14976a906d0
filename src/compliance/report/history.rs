//! What a report tells of other times: the years before, and what became of the decree.
//!
//! These are types of the model, as those of `model` are, whose schema is read from all of them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::{GroupRatio, LegalSource};

/// The same share in an earlier year, of the records as they are known to this report: what
/// happened in it until the day of the report counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFigure {
    /// First day of that year.
    pub begins: Date,
    /// Last day of that year.
    pub ends: Date,
    /// Cases in the numerator.
    pub numerator: u64,
    /// Of how many.
    pub of: u64,
    /// Of a rate: what is added up over the cases in the numerator, and divided by the others.
    pub sum: Option<String>,
    /// Cases of the outcome of which the records do not say whether they are counted.
    pub unclear: u64,
    /// The result; none without a case, and where each group has its own.
    pub figure: Option<String>,
    /// Of an outcome that compares groups: each group's own.
    pub ratios: Vec<GroupRatio>,
}

/// Something that became of the decree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecreeNote {
    /// When.
    pub on: Date,
    /// What.
    pub text: String,
    /// Who says so.
    pub source: LegalSource,
}

/// Cases in time by one reading of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InTimeOf {
    /// Cases in time.
    pub cases: u64,
    /// Of how many that ended, and whose last day this reading knows.
    pub of: u64,
}
