//! The typed compliance report: everything that its pages print and a court's monitor reads.
//!
//! This is the whole content of `compliance.json`, which travels inside the signed file with its
//! data proof. Figures are text, rounded to the worse side; counts are whole numbers, so that each
//! figure can be computed again. Words of codes stand as the case lists have them, beside a label
//! where the decree or the records give one.
//!
//! Never: a pupil. `public` has what a public edition says instead; every other count here is a sum
//! over a list of cases whose digest stands beside it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::evidence::{CompletenessGate, Discrepancies, StudyBlock, StudyFigure, UnclearCases};
use super::history::{DecreeNote, InTimeOf, YearFigure};
use crate::compliance::public::PublicPart;

/// The value of [`ComplianceReport::format`] in this version.
pub const REPORT_FORMAT: &str = "registrar-compliance/1";

/// What a decree comes to on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplianceReport {
    /// Always [`REPORT_FORMAT`].
    pub format: String,
    /// Which document this is.
    pub document: ReportDocument,
    /// The district that reports.
    pub district: ReportingDistrict,
    /// What is reported on.
    pub decree: DecreeBlock,
    /// The day of the report: what happened later did not happen for it.
    pub as_of: Date,
    /// The instant whose records were read: what was recorded later is not known to it.
    pub as_known: String,
    /// The instant by which studies of files were recorded that are read; none where there are
    /// none.
    pub studies_known: Option<String>,
    /// The time zone in which a row was recorded on a day.
    pub time_zone: String,
    /// The reporting period.
    pub period: DayRange,
    /// The day on which pupils and staff are counted.
    pub count_day: Date,
    /// The systems whose rows are counted; empty lists where all are.
    pub systems: CountedSystems,
    /// The weeks over which services are looked at; none where they were not named.
    pub study: Option<DayRange>,
    /// People whose rows were looked at; not told in a public edition.
    pub people: Option<u64>,
    /// The outcomes, in the decree's order; none in a public edition.
    pub outcomes: Vec<OutcomeBlock>,
    /// What a public edition says in their place, and by which rules; none in the court's.
    pub public: Option<PublicPart>,
    /// Outcomes that were left out by name: nobody confirmed what they are held against, or a
    /// public edition would have told too much of somebody.
    pub left_out: Vec<LeftOutOutcome>,
    /// What two systems disagree about; none where no systems are named, so that nothing is
    /// compared, and in a public edition.
    pub discrepancies: Option<Discrepancies>,
    /// How complete each school's part is, with what was counted outside; not told in a public
    /// edition.
    pub completeness: Vec<SchoolPart>,
    /// How complete the records must be for a signature, and what is not; in a public edition not
    /// by school and source.
    pub gate: CompletenessGate,
    /// People who were held at import, by source; what was known of them before is counted. Not
    /// told in a public edition.
    pub held: Vec<HeldPeople>,
    /// What is wrong with the calendars of schools, whose clocks are unknown for it.
    pub calendar_faults: Vec<String>,
    /// The files that travel inside the signed document; none in a draft.
    pub attachments: Vec<AttachedFile>,
}

/// Which document this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDocument {
    /// 32 hexadecimal digits, derived from what the report says; empty in a draft.
    pub id: String,
    /// For whom it is.
    pub edition: ReportEdition,
    /// Whether it is an unsigned draft.
    pub draft: bool,
    /// The language of the texts, as a BCP 47 tag: `en`, `es`.
    pub language: String,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportEdition {
    /// Complete, for the court and its monitor.
    Court,
    /// For everybody: what could tell something of a child is hidden.
    Public,
}

impl ReportEdition {
    /// The word in data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Court => "court",
            Self::Public => "public",
        }
    }
}

/// The district that reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportingDistrict {
    /// The name.
    pub name: String,
    /// The state's code of the district.
    pub code: String,
}

/// What is reported on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecreeBlock {
    /// Its short name.
    pub id: String,
    /// The author's name for this state of its file.
    pub version: String,
    /// Its name.
    pub title: String,
    /// The court that gave it; none where no court did.
    pub court: Option<String>,
    /// The court's number of the case.
    pub docket: Option<String>,
    /// Where its text is found.
    pub citation: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// What is said of it where it is no longer in force.
    pub historical: Option<String>,
    /// What became of it, in the order of time.
    pub notes: Vec<DecreeNote>,
}

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRange {
    /// First day.
    pub begins: Date,
    /// Last day.
    pub ends: Date,
}

/// The systems whose rows are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedSystems {
    /// Student systems.
    pub student: Vec<String>,
    /// Special-education systems.
    pub support: Vec<String>,
}

/// Where a statement comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalSource {
    /// The document, as a lawyer cites it.
    pub text: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// Whether somebody read it there.
    pub confirmed: bool,
}

/// One outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBlock {
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
    /// What it comes to: the worst of its thresholds.
    pub status: String,
    /// Cases that are counted: the sum of the classes.
    pub counted: u64,
    /// What became of the counted cases.
    pub classes: Vec<ClassCount>,
    /// Cases that are left out, by reason.
    pub excluded: Vec<ExcludedCases>,
    /// Cases of which the records do not say whether they are counted.
    pub unclear: u64,
    /// The same by what the records do not say.
    pub unclear_for: Vec<UnclearCases>,
    /// What nobody confirmed of it: while there is anything, there is no verdict by it.
    pub unconfirmed: Vec<Unconfirmed>,
    /// What became of it over the years, by the decree.
    pub notes: Vec<DecreeNote>,
    /// Who reads its clock otherwise, where the decree counts both readings.
    pub clock_beside: Option<LegalSource>,
    /// Its shares with their targets.
    pub thresholds: Vec<ThresholdBlock>,
    /// The same counts by group.
    pub groups: Vec<Grouping>,
    /// Whether the verdict would be another one, were every unclear case counted against it.
    pub depends_on_unclear: bool,
    /// Cases in time only by rows that were entered or changed after the day they satisfy, by
    /// school; none where it can be told of no case.
    pub entered_late: Option<Vec<LateEntries>>,
    /// Cases in time of which that cannot be told, since a system that says so sent nothing at all
    /// until after that day.
    pub entered_untold: u64,
    /// Whether the decree answers it by a study of files; the records are counted beside it.
    pub is_study: bool,
    /// Studies of its files in this period, used or not.
    pub studies: Vec<StudyBlock>,
    /// SHA-256 of the list of its cases.
    pub cases_sha256: String,
}

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Cases of a hundred.
    Proportion,
    /// Events for a hundred cases.
    Rate,
    /// The risk of a group over that of everybody else.
    RiskRatio,
}

/// Cases of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassCount {
    /// Its word in the case list.
    pub name: String,
    /// Its name.
    pub label: String,
    /// How many.
    pub cases: u64,
}

/// Cases that are left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcludedCases {
    /// The reason's word in the case list.
    pub reason: String,
    /// The reason.
    pub label: String,
    /// How many.
    pub cases: u64,
    /// Who says that they are left out.
    pub source: LegalSource,
}

/// A share of an outcome's cases, and its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdBlock {
    /// Its word.
    pub threshold: String,
    /// Its name.
    pub label: String,
    /// Which way is better.
    pub better: Better,
    /// The words of the classes in its numerator.
    pub numerator_of: Vec<String>,
    /// The words of the classes of which it is a share.
    pub of_classes: Vec<String>,
    /// Cases in the numerator.
    pub numerator: u64,
    /// Of how many.
    pub of: u64,
    /// Of a rate: what is added up over the cases in the numerator, and divided by the others.
    pub sum: Option<String>,
    /// The result; none without a case, and where each group has its own.
    pub figure: Option<String>,
    /// What it is held against in this period.
    pub target: Option<TargetBlock>,
    /// Every target that it ever had, in the order of time.
    pub targets: Vec<TargetBlock>,
    /// What it comes to.
    pub status: String,
    /// Whether the verdict would be another one, were every unclear case counted against it.
    pub depends_on_unclear: bool,
    /// Cases in time where the clock stands still in long vacations; none where the decree has no
    /// such reading, or no case of it ended.
    pub in_time_tolled: Option<InTimeOf>,
    /// Cases in time where it never does.
    pub in_time_untolled: Option<InTimeOf>,
    /// Cases in time only by rows that were entered or changed after the day they satisfy; none
    /// where it can be told of no case.
    pub entered_late: Option<u64>,
    /// Cases in time of which that cannot be told.
    pub entered_untold: u64,
    /// What a study of files says of it, where the decree answers it so; the count of the records
    /// stands beside it.
    pub study: Option<StudyFigure>,
    /// The period before; none without a case in it, and where each group has its own.
    pub before: Option<EarlierFigure>,
    /// The years before of which there are records, that one too; the earliest first.
    pub years: Vec<YearFigure>,
    /// Of an outcome that compares groups: each group's own.
    pub ratios: Vec<GroupRatio>,
}

/// Which way of a result is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    More,
    /// Less is better.
    Less,
}

/// What a result is held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetBlock {
    /// What it asks.
    pub asks: TargetKind,
    /// Its number; none where the year before is the measure.
    pub bound: Option<String>,
    /// The first day of a reporting period that is held against it.
    pub from: Date,
    /// The last such day; none while it holds.
    pub until: Option<Date>,
    /// Who set it.
    pub source: LegalSource,
    /// How it ended otherwise than by the records.
    pub closed_by: Option<ClosedTarget>,
}

/// What a target asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// So much or more.
    AtLeast,
    /// So much or less.
    AtMost,
    /// Less than so much.
    Below,
    /// More than so much.
    Above,
    /// Better than the year before.
    Better,
}

/// How a target ended otherwise than by the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedTarget {
    /// When.
    pub on: Date,
    /// Who says so.
    pub source: LegalSource,
}

/// The same share in the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierFigure {
    /// First day of that period.
    pub begins: Date,
    /// Last day of that period.
    pub ends: Date,
    /// Cases in the numerator.
    pub numerator: u64,
    /// Of how many.
    pub of: u64,
    /// The result.
    pub figure: String,
    /// How this period's result stands to it; none without a result in this period.
    pub trend: Option<Trend>,
}

/// How a result stands to that of the period before, compared exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Better.
    Better,
    /// The same.
    Same,
    /// Worse.
    Worse,
}

/// One group's risk beside that of everybody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRatio {
    /// The group, as a word of the case list.
    pub group: String,
    /// The group's cases in the numerator.
    pub numerator: u64,
    /// Of how many.
    pub of: u64,
    /// The ratio; none where the group, or everybody else, is too few to compare.
    pub ratio: Option<String>,
    /// Whether the state's risk stands in for that of everybody else.
    pub alternate: bool,
}

/// An outcome's counts by one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grouping {
    /// The field, as a word of the case list.
    pub by: String,
    /// Its groups, in the order of their words.
    pub rows: Vec<GroupCounts>,
}

/// An outcome's counts of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupCounts {
    /// The group, as a word of the case list.
    pub group: String,
    /// Its name, where the decree or the records give one.
    pub label: Option<String>,
    /// Cases that are counted.
    pub counted: u64,
    /// In each class, in the order of the outcome's classes.
    pub classes: Vec<u64>,
    /// Left out, in the order of the outcome's reasons.
    pub excluded: Vec<u64>,
    /// Of which the records do not say whether they are counted.
    pub unclear: u64,
    /// The result of each threshold; none without a case.
    pub figures: Vec<Option<String>>,
}

/// Cases of a school in time only by rows that were entered late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateEntries {
    /// The state's code of the school.
    pub school: String,
    /// Its name; none where the records know no such school.
    pub label: Option<String>,
    /// How many.
    pub cases: u64,
}

/// An outcome that was left out by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOutOutcome {
    /// Its number.
    pub outcome: String,
    /// Its name.
    pub title: String,
    /// What nobody confirmed; nothing, where a public edition would have told too much.
    pub unconfirmed: Vec<Unconfirmed>,
}

/// Something that nobody confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unconfirmed {
    /// What it is.
    pub part: UnconfirmedPart,
    /// Which threshold or exclusion it is, by its word; none for others.
    pub name: Option<String>,
    /// What its file says of the source.
    pub source: String,
}

/// A part of an outcome that has a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnconfirmedPart {
    /// What is counted.
    Definition,
    /// Which cases are left out.
    Exclusion,
    /// The number that a result is held against.
    Target,
    /// How a target ended.
    Closure,
    /// How files are studied.
    Study,
    /// The wording of the form with which they are.
    Form,
    /// The state's risk that stands in for that of everybody else.
    StateRisk,
}

/// How complete one school's part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolPart {
    /// The state's code of the school.
    pub school: String,
    /// Its name; none where the records know no such school.
    pub label: Option<String>,
    /// Pupils enrolled on the day of the count.
    pub enrolled: u64,
    /// Of them, those with a plan in force in the special-education systems.
    pub with_plan: u64,
    /// Of them, those of whom a student system says that they have a disability.
    pub with_disability: u64,
    /// Those with both.
    pub with_both: u64,
    /// Rows of people, by the source that sent them.
    pub people_by_source: Vec<SourceRows>,
    /// What somebody outside counted nearest before the day.
    pub outside: Option<OutsideNumbers>,
}

/// Rows that a source sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRows {
    /// The source.
    pub source: String,
    /// How many.
    pub rows: u64,
}

/// A count that somebody outside the district certified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsideNumbers {
    /// The day that was counted.
    pub counted_on: Date,
    /// Every pupil.
    pub enrolled: u64,
    /// Pupils with a plan, where that was counted.
    pub with_plan: Option<u64>,
    /// Who certified it.
    pub certified_by: String,
}

/// People of a source who are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldPeople {
    /// The source.
    pub source: String,
    /// How many.
    pub people: u64,
}

/// A file inside the signed document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
}
