//! What became of an import: what was read, what is wrong, what changed.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{ProblemKind, Report};
use crate::store::{Held, Landed, Plan, Table};

/// How many held people the text names; the rest are counted.
pub const HELD_PEOPLE_SHOWN_MAX: usize = 20;

/// The end of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rows are recorded.
    Landed(Landed),
    /// The package says nothing new: nothing was recorded.
    Unchanged,
    /// A dry run: the rows would have been recorded.
    WouldLand,
    /// Nothing was recorded; the report says why.
    Refused,
}

/// A file that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// The table.
    pub table: Table,
    /// The file's name in the package.
    pub file: String,
    /// How many rows it has.
    pub rows: u64,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 over its bytes.
    pub digest: [u8; 32],
}

/// What became of an import.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The end of it.
    pub verdict: Verdict,
    /// The sending system, where the manifest could be read.
    pub source: Option<String>,
    /// The files that were read.
    pub files: Vec<FileRead>,
    /// Everything that is wrong.
    pub report: Report,
    /// How many faulty rows and files are nobody's, so that holding people cannot set them aside.
    pub beyond_holding: u64,
    /// How many people are held, where the import was asked to hold.
    pub held: Option<Held>,
    /// Who is held, by the sending system's numbers; empty where too many are.
    pub held_people: BTreeSet<String>,
    /// Where the rows of held people were written.
    pub quarantine: Option<PathBuf>,
    /// What changes, by table and school; none where the package was refused before.
    pub plan: Option<Plan>,
}

impl Outcome {
    /// An outcome without any row read.
    pub(super) fn refused(report: Report) -> Self {
        Self {
            verdict: Verdict::Refused,
            source: None,
            files: Vec::new(),
            report,
            beyond_holding: 0,
            held: None,
            held_people: BTreeSet::new(),
            quarantine: None,
            plan: None,
        }
    }

    /// The outcome as JSON, with stable keys.
    pub fn to_json(&self) -> Json {
        let verdict = match self.verdict {
            Verdict::Landed(_) => "landed",
            Verdict::Unchanged => "unchanged",
            Verdict::WouldLand => "would_land",
            Verdict::Refused => "refused",
        };
        let import = match self.verdict {
            Verdict::Landed(landed) => landed.import,
            _ => None,
        };
        let files = self.files.iter().map(|read| {
            json!({ "table": read.table.name(), "file": read.file, "rows": read.rows,
                    "bytes": read.bytes, "sha256": hex::encode(read.digest) })
        });
        let changes = self.plan.iter().flat_map(|plan| &plan.changes).map(|change| {
            json!({ "table": change.table.name(), "school": change.school, "added": change.added,
                    "changed": change.changed, "withdrawn": change.withdrawn,
                    "unchanged": change.unchanged })
        });
        json!({
            "verdict": verdict,
            "import": import,
            "source": self.source,
            "files": files.collect::<Vec<_>>(),
            "changes": changes.collect::<Vec<_>>(),
            "beyond_holding": self.beyond_holding,
            "held_people": self.held_people,
            "quarantine": self.quarantine,
            "report": self.report.to_json(),
        })
    }

    /// Rows added, changed, withdrawn and unchanged of each table, over all schools.
    fn changes_by_table(&self) -> Vec<(Table, [u64; 4])> {
        let mut tables: Vec<(Table, [u64; 4])> = Vec::new();
        for change in self.plan.iter().flat_map(|plan| &plan.changes) {
            let counts = [
                change.added,
                change.changed,
                change.withdrawn,
                change.unchanged,
            ];
            match tables
                .last_mut()
                .filter(|(table, _)| *table == change.table)
            {
                Some((_, sums)) => {
                    sums.iter_mut()
                        .zip(counts)
                        .for_each(|(sum, count)| *sum += count);
                }
                None => tables.push((change.table, counts)),
            }
        }
        tables
    }
}

impl fmt::Display for Outcome {
    /// What was read, what is wrong, what changed, and the verdict, for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for read in &self.files {
            writeln!(f, "read {}: {}", read.file, counted(read.rows, "row"))?;
        }
        write!(f, "{}", self.report)?;
        for (table, [added, changed, withdrawn, unchanged]) in self.changes_by_table() {
            writeln!(
                f,
                "{}: {added} added, {changed} changed, {withdrawn} withdrawn, \
                 {unchanged} unchanged",
                table.name()
            )?;
        }
        if let Some(held) = self.held {
            write!(f, "held: {} of {} people", held.people, held.people_total)?;
            let shown = self.held_people.iter().take(HELD_PEOPLE_SHOWN_MAX);
            for (place, person) in shown.enumerate() {
                write!(f, "{} {person}", if place == 0 { ":" } else { "," })?;
            }
            match self.held_people.len().saturating_sub(HELD_PEOPLE_SHOWN_MAX) {
                0 => writeln!(f)?,
                more => writeln!(f, " and {more} more; `registrar imports held` lists them")?,
            }
        }
        if let Some(quarantine) = &self.quarantine {
            writeln!(f, "their rows: {}", quarantine.display())?;
        }
        match self.verdict {
            Verdict::Landed(Landed {
                import: Some(number),
                ..
            }) => {
                writeln!(f, "landed as import {number}")
            }
            Verdict::Landed(_) | Verdict::Unchanged => {
                writeln!(f, "nothing new: this package changes nothing")
            }
            Verdict::WouldLand => writeln!(f, "dry run: nothing was recorded; it would land"),
            Verdict::Refused => {
                if self.beyond_holding > 0 {
                    let count = self.beyond_holding;
                    let are = match count {
                        1 => "1 faulty row or file is",
                        _ => &format!("{count} faulty rows or files are"),
                    };
                    writeln!(f, "{are} nobody's: --hold does not help")?;
                }
                let problems = counted(self.report.total_of_all(), "problem");
                writeln!(f, "refused: {problems}; nothing was recorded")
            }
        }
    }
}

/// `1 row`, `2 rows`.
fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// The kind of problem that a set-wise finding is.
impl From<crate::store::FindingKind> for ProblemKind {
    fn from(kind: crate::store::FindingKind) -> Self {
        use crate::store::FindingKind;
        match kind {
            FindingKind::DuplicateKey => Self::DuplicateKey,
            FindingKind::UnknownPerson => Self::UnknownPerson,
            FindingKind::UnknownSchool => Self::UnknownSchool,
            FindingKind::UnknownDistrict => Self::UnknownDistrict,
            FindingKind::UnknownTerm => Self::UnknownTerm,
            FindingKind::UnknownCourse => Self::UnknownCourse,
            FindingKind::UnknownPosting => Self::UnknownPosting,
            FindingKind::UnknownReference => Self::UnknownReference,
            FindingKind::Outside2020To21 => Self::Outside2020To21,
            FindingKind::StateIdTwice => Self::StateIdTwice,
            FindingKind::StillReferenced => Self::StillReferenced,
            FindingKind::OtherSchoolsRow => Self::OtherSchoolsRow,
        }
    }
}
