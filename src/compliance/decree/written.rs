//! What may stand in a decree's file, key by key.
//!
//! Rules stand here as their authors wrote them. Next: `check` says what the file must not
//! contradict, `outcome` reads the rules.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::target::Threshold;
use crate::compliance::case::CaseKind;
use crate::compliance::clock::ClockRule;
use crate::record::Percent;
use crate::record::support::AssessmentSubject;
use crate::rules_file::Label;

/// A decree, or another list of measures, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecreeText {
    /// The language of the file: [`super::DECREE_FORMAT`].
    pub format: String,
    /// A short name: letters, digits and hyphens.
    pub id: String,
    /// The author's own name for this state of the file.
    pub version: String,
    /// The languages in which every text stands.
    pub languages: Vec<String>,
    /// Its name.
    pub title: Label,
    /// The court that gave it; none where no court did.
    pub court: Option<String>,
    /// The court's number of the case.
    pub docket: Option<String>,
    /// Where its text is found, as a lawyer cites it.
    pub citation: String,
    /// Set where it is no longer in force.
    pub historical: Option<Historical>,
    /// What became of it, in the order of time.
    #[serde(rename = "note", default)]
    pub notes: Vec<Note>,
    /// The reporting year.
    pub period: ReportingYear,
    /// The day on which pupils and teachers are counted.
    pub count_day: MonthDay,
    /// The state code of the school whose calendar every clock reads; else each case's own.
    pub calendar_school: Option<String>,
    /// From which completeness of the records on a report may be signed.
    pub completeness: Completeness,
    /// The edition of the rules by which the public edition hides.
    pub suppression: String,
    /// Names for groups of grades.
    #[serde(rename = "grade_band", default)]
    pub grade_bands: Vec<Band>,
    /// Names for groups of ages.
    #[serde(rename = "age_band", default)]
    pub age_bands: Vec<Band>,
    /// The tests that the State gives: which grades are tested, in what, and when.
    #[serde(rename = "test", default)]
    pub tests: Vec<StateTest>,
    /// What is measured.
    #[serde(rename = "outcome")]
    pub outcomes: Vec<OutcomeText>,
}

/// A test that every pupil of some grades takes. Who was enrolled in one of them on the day of the
/// tests is a case, whether or not a result came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateTest {
    /// In what.
    pub subject: AssessmentSubject,
    /// The grades.
    pub grades: Vec<i8>,
    /// First day of a reporting period in which it is given.
    pub from: Date,
    /// Last such day; none while it is.
    pub until: Option<Date>,
    /// Who says so.
    pub source: Source,
}

impl StateTest {
    /// Whether it is given in the reporting period that begins on a day.
    pub fn is_given(&self, begins: Date) -> bool {
        self.from <= begins && self.until.is_none_or(|until| begins <= until)
    }
}

/// Why a decree is no longer in force.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Historical {
    /// What every report says of it.
    pub label: Label,
    /// Its last day.
    pub ended_on: Date,
    /// Who says so.
    pub source: Source,
}

/// Something that became of a decree.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// When.
    pub on: Date,
    /// What.
    pub text: Label,
    /// Who says so.
    pub source: Source,
    /// The outcomes in whose sections it prints as well.
    #[serde(default)]
    pub outcomes: Vec<String>,
}

/// Where a statement of the file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document, as a lawyer cites it.
    pub text: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// Whether somebody read it there. What is not confirmed says so wherever it prints.
    pub confirmed: bool,
}

/// The reporting year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportingYear {
    /// The day of each year on which it begins.
    pub begins: MonthDay,
}

/// A day of every year: `12-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// The day in this year.
    pub fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = |part: &str| -> Option<i8> {
            let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten()
        };
        let read = text.split_once('-').and_then(|(month, day)| {
            let found = Self {
                month: digits(month)?,
                day: digits(day)?,
            };
            // Of a year without February 29, so that every year has the day.
            found.in_year(2001).map(|_| found)
        });
        read.ok_or_else(|| D::Error::custom("not a day of every year, such as `12-01`"))
    }
}

/// From which completeness of the records on a report may be signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// The share of a school's expected records that must be there.
    pub at_least: Percent,
}

/// A name for grades or ages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its word in the case list.
    pub name: String,
    /// What is printed.
    pub title: Label,
    /// The first grade or age.
    pub from: i64,
    /// The last one.
    pub to: i64,
}

/// One outcome.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeText {
    /// Its number: `7A`.
    pub id: String,
    /// Its name.
    pub title: Label,
    /// What is counted, in plain words; printed beside the result.
    pub definition: Label,
    /// The paragraph that asks for it.
    pub citation: String,
    /// Who says that it is counted so.
    pub source: Source,
    /// What is counted.
    pub unit: CaseKind,
    /// What puts a case into the reporting period: a date of the case, or one of
    /// [`Period::WORDS`].
    pub period: String,
    /// The cases that it is about, as a rule.
    pub population: String,
    /// Which of them are counted, as a rule; all without it.
    pub denominator: Option<String>,
    /// Cases that are left out, each with its reason.
    #[serde(rename = "exclusion", default)]
    pub exclusions: Vec<Exclusion>,
    /// What may become of a case: the first class whose rule holds.
    #[serde(rename = "class")]
    pub classes: Vec<Class>,
    /// The class of a case of which no rule holds.
    pub otherwise: Remainder,
    /// How days are counted.
    pub clock: Option<ClockText>,
    /// The last day in time, where the records say it and no clock counts to it.
    pub due: Option<DueText>,
    /// What becomes of the counts.
    #[serde(default)]
    pub measure: Measure,
    /// Shares with their targets; all must hold.
    #[serde(rename = "threshold")]
    pub thresholds: Vec<Threshold>,
    /// By what the result is broken down.
    #[serde(default)]
    pub strata: Vec<String>,
    /// Which way is better.
    pub direction: Direction,
    /// Set where the result is estimated from reviewed files.
    pub sample: Option<SampleText>,
    /// The decree's tests, of an outcome that counts them.
    #[serde(skip)]
    pub tests: Vec<StateTest>,
    /// What its definition leaves open, and how it is counted here; printed beside the result.
    #[serde(default)]
    pub open: Vec<Label>,
}

impl<'de> Deserialize<'de> for CaseKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|kind| kind.word()).collect();
            let words = words.join("`, `");
            D::Error::custom(format!(
                "unknown variant `{word}`, expected one of `{words}`"
            ))
        })
    }
}

/// What puts a case into the reporting period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Who is there on the day of the count.
    CountDay,
    /// The school year of the case is that of the period.
    SchoolYear,
    /// The rule of the population alone says so.
    Population,
    /// A date of the case lies in it: its place in the kind's list.
    Date(usize),
}

impl Period {
    /// The words that are no field.
    pub const WORDS: [&str; 3] = ["count_day", "school_year", "population"];
}

/// Cases that are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The reason's word in the case list.
    pub code: String,
    /// The reason.
    pub title: Label,
    /// The rule.
    pub when: String,
    /// Who says that they are left out.
    pub source: Source,
}

/// A class of cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its word in the case list.
    pub name: String,
    /// What is printed.
    pub title: Label,
    /// The rule.
    pub when: String,
}

/// The class of a case of which no rule holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remainder {
    /// Its word in the case list.
    pub name: String,
    /// What is printed.
    pub title: Label,
}

/// How an outcome counts days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockText {
    /// The date on which it begins: day 0.
    pub from: String,
    /// The date on which it ends.
    pub to: String,
    /// The referral to which it goes back, where the end of the year is asked of that.
    pub referred: Option<String>,
    /// Until when a parent agreed in writing that it may take.
    pub extended_to: Option<String>,
    /// The field that names the school by whose calendar it counts [default: `school`].
    pub calendar: Option<String>,
    /// Days after which it is late.
    pub limit: Option<u32>,
    /// How it counts.
    pub rule: ClockRule,
    /// How it counts by the law's other reading; none where no law has one.
    pub beside: Option<BesideText>,
}

/// The other reading of a clock: of the two, one stands still in long vacations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideText {
    /// How it counts.
    pub rule: ClockRule,
    /// Who reads it so.
    pub source: Source,
}

/// The last day in time of an outcome without a clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueText {
    /// The date that it is.
    pub on: String,
    /// The date on which it was done.
    pub done: String,
}

/// What becomes of the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Cases of the numerator's classes, of a hundred.
    #[default]
    Proportion,
    /// A count of the numerator's cases added up, for a hundred cases: events and not persons.
    Rate {
        /// The field that is added up.
        sum: String,
    },
    /// The risk of a group over that of everybody else (34 CFR 300.647).
    RiskRatio {
        /// The field that parts the groups.
        group: String,
        /// Fewer persons than this in the numerator are not compared.
        cell_size_min: u32,
        /// Fewer persons than this in a group are not compared.
        n_size_min: u32,
        /// The risk that stands in where everybody else is too few.
        alternate: Option<AlternateRisk>,
    },
}

/// A risk of everybody else that is not the district's own (34 CFR 300.647(a)).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlternateRisk {
    /// The state's risk, in percent.
    pub percent: Percent,
    /// Who says so.
    pub source: Source,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Increase,
    /// Less is better.
    Decrease,
}

/// A study of files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleText {
    /// The fields that part the frame into strata; none where it is one.
    #[serde(default)]
    pub strata: Vec<String>,
    /// Files drawn from each stratum.
    pub per_stratum: u32,
    /// The name of the form by which they are reviewed (`sample::ReviewForm`).
    pub form: String,
    /// Who says that it is studied so.
    pub source: Source,
}
