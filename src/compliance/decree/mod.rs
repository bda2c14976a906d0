//! A decree as data: `decree.toml`, read strictly, checked and digested.
//!
//! Owns what a decree may say: its outcomes, each with the cases that it is about, exclusions,
//! classes, clock, shares and targets over time; and whether that makes sense. The text is handed
//! in by whoever loads the report's folder. Its digest goes into every report.
//!
//! Never: a number of a court in the program. What is not confirmed is data as well, and says so.
//!
//! Next: `written` has every key, `outcome` says what becomes of a case, `target` what a result is
//! held against.

mod bounds;
mod check;
mod clocks;
mod outcome;
mod target;
mod written;

use sha2::{Digest, Sha256};

use crate::compliance::case::{CaseKind, Span, Tests};
use crate::rules_file::{Problems, at, read};

pub use outcome::{ClockPlaces, DuePlaces, Outcome, Standing};
pub use target::{Bound, Closure, ClosureKind, Target, Threshold};
pub use written::{
    AlternateRisk, Band, BesideText, Class, ClockText, Completeness, DecreeText, Direction,
    DueText, Exclusion, Historical, Measure, MonthDay, Note, OutcomeText, Period, Remainder,
    ReportingYear, SampleText, Source, StateTest,
};

/// The value of `format` in this version.
pub const DECREE_FORMAT: &str = "registrar-decree/1";
/// Bytes of one file.
pub const DECREE_BYTES_MAX: usize = 1024 * 1024;
/// Outcomes of one decree.
pub const OUTCOMES_MAX: usize = 200;
/// Classes of one outcome, that of the remainder too: each has a letter in the tables of a report.
pub const CLASSES_MAX: usize = 26;
/// Reasons of one outcome to leave cases out.
pub const EXCLUSIONS_MAX: usize = 40;
/// Shares of one outcome.
pub const THRESHOLDS_MAX: usize = 20;
/// Targets of one share, one after the other.
pub const TARGETS_MAX: usize = 40;
/// Days of one limit: no clock of law runs ten years.
pub const LIMIT_DAYS_MAX: u32 = 3_660;
/// Days before and after the end of a year within which a rule about it looks.
pub const YEAR_END_DAYS_MAX: u32 = 366;
/// Files drawn from one stratum.
pub const FILES_MAX: u32 = 1_000_000;
/// Notes of a decree, and of one outcome.
pub const NOTES_MAX: usize = 100;

/// A decree that was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decree {
    /// What its file says.
    pub text: DecreeText,
    /// Its outcomes, with their rules read.
    pub outcomes: Vec<Outcome>,
    /// What its author may not have meant, in the form of an error.
    pub warnings: Vec<String>,
    /// The file, byte for byte: a report made by it is made again by it, years later.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
}

impl Decree {
    /// Reads a file; or tells everything that is wrong with it, with line, column and hint.
    pub fn read(file_name: &str, text: &str) -> Result<Self, Vec<String>> {
        if text.len() > DECREE_BYTES_MAX {
            let bytes = text.len();
            return Err(vec![format!(
                "{file_name}: the file has {bytes} bytes, {DECREE_BYTES_MAX} at most\n  \
                 hint: this is no decree; the shipped ones have less than 100,000"
            )]);
        }
        let mut written: DecreeText = read(file_name, text)?;
        let mut told = Problems::default();
        written.check(&mut told);
        let of_tests = |it: &&mut OutcomeText| it.unit == CaseKind::Assessment;
        for outcome in written.outcomes.iter_mut().filter(of_tests) {
            outcome.tests.clone_from(&written.tests);
        }
        let outcomes: Vec<_> = (written.outcomes.iter().enumerate())
            .map(|(row, outcome)| outcome.read(&at("outcome").row(row), &mut told))
            .collect();
        if !told.is_empty() {
            return Err(told.told(file_name, text));
        }
        let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
        let mut doubts = Problems::default();
        for (row, outcome) in outcomes.iter().enumerate() {
            outcome.doubts(&at("outcome").row(row), &mut doubts);
        }
        Ok(Self {
            outcomes,
            warnings: doubts.told(file_name, text),
            file: text.to_owned(),
            digest: Sha256::digest(text.as_bytes()).into(),
            text: written,
        })
    }

    /// The tests that are given in a reporting period.
    pub fn tests(&self, period: Span) -> Tests {
        let given = self.text.tests.iter();
        let given = given.filter(|it| it.is_given(period.begins));
        let of_grade = given.flat_map(|it| it.grades.iter().map(|grade| (it.subject, *grade)));
        Tests {
            given: of_grade.collect(),
            told: Default::default(),
        }
    }

    /// The outcome of this number.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.text.id == id)
    }
}
