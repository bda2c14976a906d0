//! The public edition's part of the report's model: what everybody may read.
//!
//! Nothing of the court edition's counts has a place here: no class, no reason with its cases, no
//! unclear or late case, no digest of a list (a list of few cases can be guessed until its digest
//! fits), no disagreement between systems, nobody who is held. A figure is a text as it prints, for
//! many are no numbers: a number; `*`, hidden; `<=20` or `>=80`, a share of so many percent or less
//! or more; `-`, of no case.
//!
//! Next: `report` fills it in.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compliance::report::{DecreeNote, LegalSource, MeasureKind, TargetBlock, Trend};

/// What a public edition says of its outcomes, and by which rules it hides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicPart {
    /// The rules by which figures are hidden.
    pub policy: PublicPolicy,
    /// The earlier public editions of this decree that it considered: what it hides, it hides from
    /// a reader who has them all.
    pub considered: Vec<ConsideredEdition>,
    /// Tables that are left out by name, since with earlier editions they would tell too much.
    pub withheld: Vec<WithheldTable>,
    /// The outcomes, in the decree's order.
    pub outcomes: Vec<PublicOutcomeBlock>,
}

/// The rules by which figures are hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicPolicy {
    /// The edition of the rules.
    pub version: String,
    /// Who says so.
    pub source: String,
    /// SHA-256 of their file.
    pub sha256: String,
    /// A group of so many cases or fewer is hidden.
    pub hidden_to: u64,
    /// No result of a group of fewer is shown.
    pub results_from: u64,
    /// How results at the edge are shown, by size of the group, ascending.
    pub edges: Vec<PublicEdge>,
}

/// How results at the edge are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicEdge {
    /// The smallest group of this step.
    pub from: u64,
    /// At or below so many percent, no more is said than that.
    pub bottom: u64,
    /// At or above so many percent, no more is said than that.
    pub top: u64,
}

/// An earlier public edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsideredEdition {
    /// SHA-256 of its file.
    pub sha256: String,
    /// The day that it speaks of.
    pub as_of: Date,
    /// When it was signed.
    pub released_at: String,
}

/// A table that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldTable {
    /// The outcome.
    pub outcome: String,
    /// The field by which it breaks the result down.
    pub by: String,
}

/// One outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicOutcomeBlock {
    /// Its number.
    pub outcome: String,
    /// Its name.
    pub title: String,
    /// What is counted, in plain words.
    pub definition: String,
    /// What that leaves open, and how it is counted here.
    pub open: Vec<String>,
    /// The paragraph that asks for it.
    pub citation: String,
    /// Who says that it is counted so.
    pub source: LegalSource,
    /// What one case is, as a word of the case lists.
    pub unit: String,
    /// How its result is written.
    pub measure: MeasureKind,
    /// What it comes to; none where that would tell what is hidden.
    pub status: Option<String>,
    /// Why cases are left out; how many are for each reason is not told.
    pub exclusions: Vec<PublicExclusion>,
    /// What became of it over the years, by the decree.
    pub notes: Vec<DecreeNote>,
    /// Its shares with their targets.
    pub thresholds: Vec<PublicThreshold>,
    /// The shares by group.
    pub groups: Vec<PublicGrouping>,
}

/// A reason for which cases are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicExclusion {
    /// The reason's word in the case list.
    pub reason: String,
    /// The reason.
    pub label: String,
    /// Who says that they are left out.
    pub source: LegalSource,
}

/// A share of an outcome's cases, and its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicThreshold {
    /// Its word.
    pub threshold: String,
    /// Its name.
    pub label: String,
    /// Whether it is shown: not where its cases overlap those of another one without being the
    /// same, so that a reader could subtract, nor where nothing of them can be shown.
    pub is_shown: bool,
    /// Of how many cases, as a figure.
    pub of: String,
    /// The result, as a figure.
    pub result: String,
    /// What it is held against in this period.
    pub target: Option<TargetBlock>,
    /// Every target that it ever had, in the order of time.
    pub targets: Vec<TargetBlock>,
    /// What it comes to; none where that would tell what is hidden.
    pub status: Option<String>,
    /// The period before; none where no public edition showed its result.
    pub before: Option<PublicBefore>,
    /// Of an outcome that compares groups: each group whose ratio can be shown.
    pub ratios: Vec<PublicRatio>,
}

/// The same share in the period before, as the last public edition of that period showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicBefore {
    /// First day of that period.
    pub begins: Date,
    /// Last day of that period.
    pub ends: Date,
    /// The result.
    pub result: String,
    /// How this period's result stands to it; none where this period's is hidden.
    pub trend: Option<Trend>,
}

/// One group's risk beside that of everybody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicRatio {
    /// The group, as a word of the case list.
    pub group: String,
    /// The ratio.
    pub ratio: String,
    /// Whether the state's risk stands in for that of everybody else.
    pub alternate: bool,
}

/// An outcome's shares by one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicGrouping {
    /// The field, as a word of the case list.
    pub by: String,
    /// The words of the shares that are shown, in the order of their figures in each row.
    pub thresholds: Vec<String>,
    /// Its groups, in the order of their words.
    pub rows: Vec<PublicGroup>,
}

/// An outcome's shares of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicGroup {
    /// The group, as a word of the case list.
    pub group: String,
    /// Its name, where the decree or the records give one.
    pub label: Option<String>,
    /// Of how many cases each share is, as figures.
    pub of: Vec<String>,
    /// The result of each, as figures.
    pub results: Vec<String>,
}
