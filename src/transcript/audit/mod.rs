//! The audit: what a counselor must know of a record before it becomes an official transcript.
//!
//! Owns every check, each a function in one list ([`CHECKS`]) with its code, its severity, where it
//! comes from and what to do. Like the room, pure: what only a font or other people's rows can
//! tell is handed in ([`Beside`]). `causes` asks which one setting would make declared figures
//! agree; `words` holds the words that would disclose a disability.
//!
//! Never: a name or a birth date in a finding; a correction of the record. Next: `issue/check.rs`
//! reads the records, finds the line of each row and hands over the findings.

mod again;
mod agreement;
mod beside;
mod catalogue;
mod causes;
mod credits;
mod dates;
mod decided;
mod enrolment;
mod legend;
mod list;
mod named;
mod postings;
mod time;
mod totals;
mod unmade;
pub mod words;

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

pub use beside::{Beside, Differing, Namesake};
pub use causes::{Alternatives, Cause, Causes, Question, Search, Setting, Tally, Unexplained};
pub use legend::{of_policy, of_text};
pub use list::CHECKS;
pub use named::of_names;
pub use words::Allowed;

use super::assemble::{AssembleError, Assembled};
use super::policy::{Policy, Rules};
use crate::record::{DecidedMark, Directory, PersonRecord, RecordedMark, RowName};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It stops an official document.
    Error,
    /// Somebody should look at it.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// What kind of matter a check is about, and so who may decide about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The record: the district says how severe it is, and a named person may let it pass.
    Record,
    /// A text would disclose a disability.
    Disclosure,
    /// A text has no glyph in the fonts.
    Glyph,
    /// No transcript can be made of the record.
    Unmade,
}

impl Class {
    /// Whether neither a district nor a person may let such a finding pass.
    pub const fn is_fixed(self) -> bool {
        !matches!(self, Self::Record)
    }

    /// Why nobody may let it pass, as the end of a sentence.
    pub const fn why_fixed(self) -> &'static str {
        match self {
            Self::Record => "",
            Self::Disclosure => {
                "a transcript may not tell that a student has a disability (Office for Civil \
                 Rights, 17 October 2008)"
            }
            Self::Glyph => "a page with a box in place of a letter says something else",
            Self::Unmade => "no document can be issued of such a record",
        }
    }
}

/// One check.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its stable code.
    pub code: &'static str,
    /// How severe its findings are, where the district does not say otherwise.
    pub severity: Severity,
    /// Who may decide about it.
    pub class: Class,
    /// What it finds, in one sentence.
    pub meaning: &'static str,
    /// Where it comes from: a law, a standard, the field's practice.
    pub source: &'static str,
    /// What to do.
    pub hint: &'static str,
    find: fn(&Subject<'_>) -> Vec<Found>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl Check {
    /// The check of this code.
    pub fn named(code: &str) -> Option<&'static Self> {
        CHECKS.iter().find(|check| check.code == code)
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The code of the check.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The school's own number for the student; empty where it is about nobody.
    pub student: String,
    /// The school that answers for the row; empty where it is about no row.
    pub school: String,
    /// The row.
    #[serde(skip)]
    pub row: Option<RowName>,
    /// What is wrong, in one sentence without a name or a birth date.
    pub message: String,
    /// What to do.
    pub hint: Cow<'static, str>,
}

impl Finding {
    /// Its check.
    pub fn check(&self) -> &'static Check {
        Check::named(self.code).expect("a finding is made by a check")
    }
}

/// What a check is given.
struct Subject<'a> {
    record: &'a PersonRecord,
    made: &'a Result<Assembled, Vec<AssembleError>>,
    directory: &'a Directory,
    rules: &'a Rules,
    beside: &'a Beside,
    on: Date,
    /// Postings of one course and time, found once for the checks that ask ([`postings`]).
    of_one_time: Vec<[&'a RecordedMark; 2]>,
}

impl Subject<'_> {
    /// The person's own row, where no other is meant.
    fn person_row(&self) -> RowName {
        let person = &self.record.person;
        let row = RowName::new("people", &person.school, &person.person, &person.person);
        row.of_source(&self.record.source)
    }
}

/// What a check says: the row and the sentence, and what to do where that is not always the same.
struct Found {
    row: RowName,
    message: String,
    hint: Option<String>,
}

impl Found {
    fn new(row: RowName, message: String) -> Self {
        let hint = None;
        Self { row, message, hint }
    }
}

/// The row of a mark.
fn mark_row(recorded: &RecordedMark) -> RowName {
    let mark = &recorded.mark;
    let row = RowName::new("marks", &mark.school, &mark.person, &mark.posting);
    row.of_source(&recorded.source)
}

/// What is wrong with a decision: its row, and that it can be taken back.
fn decision(row: &RowName, message: String) -> Found {
    let word = match row.table {
        "transcript_holds" => "release",
        _ => "withdraw",
    };
    let hint = format!(
        "take the decision back (`registrar record {word} {}`), or correct it in the package that \
         sent it",
        row.name
    );
    Found {
        row: row.clone(),
        message,
        hint: Some(hint),
    }
}

/// What is wrong with a mark, or with its credit: of the posting, or of the decision that made it
/// so. `is_made` says whether a decision made what is wrong.
fn of_mark(
    subject: &Subject<'_>,
    recorded: &RecordedMark,
    is_made: fn(&DecidedMark) -> bool,
    message: String,
) -> Found {
    match subject.record.decisions.last_on(recorded, is_made) {
        Some(decided) => decision(&decided.row, message),
        None => Found::new(mark_row(recorded), message),
    }
}

/// Everything that the checks find in one person's record, in the order of the list.
///
/// `made` is what [`assemble`](super::assemble()) made of the record for an official transcript,
/// `on` the day on which it is looked at: nothing can have happened after it.
pub fn audit(
    record: &PersonRecord,
    made: &Result<Assembled, Vec<AssembleError>>,
    directory: &Directory,
    policy: &Policy,
    beside: &Beside,
    on: Date,
) -> Vec<Finding> {
    let rules = policy.rules();
    let subject = Subject {
        record,
        made,
        directory,
        rules,
        beside,
        on,
        of_one_time: postings::of_one_time(rules, &record.marks),
    };
    let mut findings = Vec::new();
    for check in &CHECKS {
        let Some(severity) = rules.audit.severity(check) else {
            continue;
        };
        let found = (check.find)(&subject).into_iter();
        findings.extend(found.map(|found| Finding {
            code: check.code,
            severity,
            student: record.person.person.clone(),
            school: found.row.school.clone(),
            row: Some(found.row),
            message: found.message,
            hint: found.hint.map_or(Cow::Borrowed(check.hint), Cow::Owned),
        }));
    }
    findings
}
