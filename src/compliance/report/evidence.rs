//! What a report says of its own evidence: how far the records are complete enough to be signed,
//! which cases are unclear for want of what, what the systems disagree about, and what studies of
//! files found.
//!
//! These are types of the model, as those of `model` are, whose schema is read from both.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::Trend;

/// How complete the records must be for a signature, and what is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletenessGate {
    /// The share in percent, of what is expected of each school and source, that must be there.
    pub at_least: String,
    /// What is under it: while there is anything, a report is signed only where an officer says so.
    pub below: Vec<BelowGate>,
    /// Who lets the report be signed all the same; none where nobody does or need.
    pub overridden: Option<GateOverride>,
}

/// A part of the records that is under the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BelowGate {
    /// What was expected.
    pub expected: Expected,
    /// The state's code of the school; none where it is about a source.
    pub school: Option<String>,
    /// Its name; none where the records know no such school.
    pub label: Option<String>,
    /// The source; none where it is about a school.
    pub source: Option<String>,
    /// How much of it is there.
    pub there: u64,
    /// Of how much.
    pub of: u64,
}

/// What is expected of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// That there are systems of both kinds to compare.
    BothSystems,
    /// Any pupil of the school at all.
    AnyPupil,
    /// A calendar of the school, which its clocks count by.
    Calendar,
    /// Pupils with a plan or a disability, known as such to both systems.
    KnownToBoth,
    /// As many pupils as were counted outside.
    OutsideCount,
    /// As many pupils with a plan as were counted outside.
    OutsidePlans,
    /// Anybody of the source at all.
    AnyRow,
    /// People of the source who are not held at import.
    NotHeld,
}

/// Who lets a report be signed although the records are not complete enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateOverride {
    /// The officer who takes the responsibility.
    pub by: String,
    /// Why, in the officer's words.
    pub reason: String,
}

/// Cases of which the records do not say whether they are counted, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnclearCases {
    /// The fields without a value that the rules ask for, as words of the case list.
    pub unknown: Vec<String>,
    /// How many cases.
    pub cases: u64,
}

/// What a study of files says of a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyFigure {
    /// SHA-256 of the frame.
    pub frame_sha256: String,
    /// The draw; of several that were used, the one with the worst result.
    pub draw: u64,
    /// The finding of the form.
    pub finding: String,
    /// Reviewed cases of which it is yes.
    pub yes: u64,
    /// Of how many to which it applies.
    pub of: u64,
    /// The estimate for all cases in percent, each reviewed case counted for as many as it stands
    /// for.
    pub figure: String,
    /// The bounds in percent within which the rate of all cases lies, 95 times of 100 at least;
    /// none where the sample's design allows no exact ones.
    pub between: Option<Bounds>,
    /// The estimate of the period before; none without a study of it.
    pub before: Option<String>,
    /// How this one stands to it, compared exactly.
    pub trend: Option<Trend>,
}

/// The two ends of an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The lower one, rounded down.
    pub lower: String,
    /// The upper one, rounded up.
    pub upper: String,
}

/// A study of files: its frame, every draw from it, used or not, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyBlock {
    /// SHA-256 of the frame's text.
    pub frame_sha256: String,
    /// The day of the cases.
    pub as_of: Date,
    /// The instant whose records they are made of.
    pub as_known: String,
    /// Whether they are the outcome's by the same file of the decree as this report.
    pub is_same_decree: bool,
    /// Whether cases that are not counted could be drawn too.
    pub with_excluded: bool,
    /// Cases of the frame.
    pub cases: u64,
    /// The form with which drawn cases are reviewed.
    pub form: StudyForm,
    /// Who recorded the frame.
    pub recorded_by: String,
    /// When, before any seed was given.
    pub recorded_at: String,
    /// Whether its result is held against the outcome's targets.
    pub is_deciding: bool,
    /// Every draw, in their order.
    pub draws: Vec<StudiedDraw>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyForm {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its heading.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// Whether the source's own text was seen.
    pub confirmed: bool,
}

/// A draw from a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudiedDraw {
    /// The how manieth of its frame.
    pub draw: u64,
    /// The seed, as given.
    pub seed: String,
    /// Who gave it.
    pub seed_from: String,
    /// When it was drawn.
    pub drawn_at: String,
    /// Cases drawn.
    pub cases: u64,
    /// What was counted from it, in the order of time: the last answers for the draw; none where it
    /// was never used.
    pub results: Vec<StudiedResult>,
}

/// What was counted from a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudiedResult {
    /// SHA-256 of the reviews that were counted.
    pub reviews_sha256: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Each finding of the form.
    pub findings: Vec<StudiedFinding>,
}

/// What the reviewed cases say of one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudiedFinding {
    /// Its word in the form.
    pub finding: String,
    /// The name of the share that is answered by it; none where none is.
    pub label: Option<String>,
    /// Reviewed cases of which it is yes.
    pub yes: u64,
    /// Of which it is no.
    pub no: u64,
    /// To which it does not apply.
    pub not_applicable: u64,
    /// The estimate for all cases in percent; none where it applies to no case.
    pub figure: Option<String>,
    /// The bounds of it; none where the sample's design allows no exact ones.
    pub between: Option<Bounds>,
}

/// How often two systems disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discrepancies {
    /// Disagreements in all: the lines of the list in `reconciliation.csv` of the bundle.
    pub disagreements: u64,
    /// About how many people, each counted once.
    pub people: u64,
    /// By what they are about.
    pub kinds: Vec<DiscrepancyCount>,
    /// By school: those alone that have any; a school that no system names is empty.
    pub schools: Vec<SchoolDiscrepancies>,
}

/// How many disagreements there are about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyCount {
    /// About what, as a word.
    pub kind: String,
    /// How many.
    pub disagreements: u64,
    /// About how many people, each counted once.
    pub people: u64,
}

/// How many disagreements there are about the pupils of one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolDiscrepancies {
    /// The state's code of the school.
    pub school: String,
    /// Its name; none where the records know no such school.
    pub label: Option<String>,
    /// How many.
    pub disagreements: u64,
    /// About how many people, each counted once.
    pub people: u64,
}
