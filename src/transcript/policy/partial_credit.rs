//! How credit for a part of a term is reckoned.

use serde::Deserialize;

use crate::record::{Credits, Rounding};

/// `[partial_credit]` in `policy.toml`: days enrolled, divided by the days of the term, times the
/// credits possible (Ed. Code 49069.5 and 51225.2 ask that partial credit is issued and accepted;
/// the formula is that of California's model policy on partial credit). Credit stays as it was
/// posted: this is what it is held against.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialCredit {
    /// Decimals of the reckoned credit, three at most.
    pub decimals: u8,
    /// What happens to the digits beyond.
    pub rounding: Rounding,
    /// How far a posting may be from it: districts count schooldays, which is no part of a record,
    /// and this counts days.
    pub tolerance: Credits,
    /// Where the rule comes from.
    pub source: String,
}
