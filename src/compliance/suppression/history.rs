//! What earlier public editions told, as rows that a later one is given.
//!
//! Owns the row. Never: where rows are kept, nor which editions count; only a signed public edition
//! writes them, and a rerun of it leaves its own out.

use serde::{Deserialize, Serialize};

use super::population::Stratum;

/// What one edition told of one count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The population's id.
    pub population: String,
    /// The cell.
    pub stratum: Stratum,
    /// Which of its counts.
    pub quantity: Quantity,
    /// The least count that what was printed allows.
    pub low: u32,
    /// The largest; none if nothing bounds it.
    pub high: Option<u32>,
    /// Whether a star stood there, so that the bounds are those that the rules imply.
    pub hidden: bool,
    /// What was printed.
    pub printed: String,
    /// The rule that decided it.
    pub rule: String,
    /// The edition of the policy.
    pub policy_version: String,
}

/// Which count of a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Its population.
    Size,
    /// The numerator of the rate with this id.
    Rate(String),
}
