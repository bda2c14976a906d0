//! What is wrong with a file, for the person who has to correct it.
//!
//! A [`Problem`] names the file, the line, the column, the value and the reason, and says what to
//! do. A [`Report`] keeps a bounded number of each kind and counts the rest, so that one wrong
//! setting of an export does not bury the other causes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

/// How many problems of one kind a report shows; the rest are counted.
pub const PROBLEMS_SHOWN_PER_KIND_MAX: usize = 20;

/// How many characters of a value a report shows.
pub const VALUE_SHOWN_CHARACTERS_MAX: usize = 60;

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $code:literal, $words:literal;)+) => {
        /// The kind of a problem. Its code is stable: scripts may rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum ProblemKind {
            $($(#[$meta])* #[serde(rename = $code)] $kind,)+
        }

        impl ProblemKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The stable code: `date_invalid`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }

            /// The kind in words, for totals.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$kind => $words,)+ }
            }
        }
    };
}

kinds! {
    /// The path is not a package that can be read.
    FormatUnknown = "format_unknown", "paths that are not a package";
    /// `manifest.toml` is not TOML.
    ManifestSyntax = "manifest_syntax", "syntax errors in the manifest";
    /// A key of the manifest is missing, unknown or holds something else than it may.
    ManifestInvalid = "manifest_invalid", "wrong entries in the manifest";
    /// The manifest names a file that is not there.
    FileMissing = "file_missing", "files that the manifest names and that are not there";
    /// A CSV file lies in the folder and the manifest does not name it.
    FileNotNamed = "file_not_named", "files that the manifest does not name";
    /// The operating system did not give the file.
    FileUnreadable = "file_unreadable", "files that could not be read";
    /// The file has no header line.
    FileEmpty = "file_empty", "empty files";
    /// The bytes are not UTF-8 or UTF-16 with a byte order mark.
    Encoding = "encoding", "wrong encodings";
    /// A carriage return that ends no line.
    LineEnding = "line_ending", "carriage returns that end no line";
    /// More columns than any table has.
    ColumnsTooMany = "columns_too_many", "headers with too many columns";
    /// Two columns of one name.
    ColumnDuplicate = "column_duplicate", "duplicate columns";
    /// A column that the table does not have.
    ColumnUnknown = "column_unknown", "unknown columns";
    /// A required column is not in the header.
    ColumnMissing = "column_missing", "missing columns";
    /// A quotation mark that is never closed.
    QuoteNotClosed = "quote_not_closed", "quotation marks never closed";
    /// A quotation mark where none may stand.
    QuoteMisplaced = "quote_misplaced", "misplaced quotation marks";
    /// A row longer than any row may be.
    RowTooLong = "row_too_long", "rows that are too long";
    /// A cell longer than any cell may be.
    CellTooLong = "cell_too_long", "cells that are too long";
    /// A row with more or fewer cells than the header.
    RowRagged = "row_ragged", "rows with another number of cells than the header";
    /// A required cell is empty.
    CellEmpty = "cell_empty", "empty cells that must hold something";
    /// A text that could make a page lie.
    TextRefused = "text_refused", "texts with characters that a record may not hold";
    /// A code, number or identifier with characters that it may not have.
    IdentifierInvalid = "identifier_invalid", "wrong identifiers";
    /// Not an exact number.
    NumberInvalid = "number_invalid", "wrong numbers";
    /// Not a day of the calendar.
    DateInvalid = "date_invalid", "wrong dates";
    /// Not an instant with its offset.
    InstantInvalid = "instant_invalid", "wrong instants";
    /// A word that is not in the list of codes.
    CodeUnknown = "code_unknown", "unknown codes";
    /// Two cells of one row that contradict each other.
    RowContradiction = "row_contradiction", "rows that contradict themselves";
    /// A row of a school or district for which the package does not speak.
    OutOfScope = "out_of_scope", "rows of schools for which the package does not speak";
    /// A second row with the key of an earlier one.
    DuplicateKey = "duplicate_key", "rows with the key of an earlier row";
    /// A person whom nobody knows.
    UnknownPerson = "unknown_person", "rows for people whom nobody knows";
    /// A school that nobody knows.
    UnknownSchool = "unknown_school", "rows of schools that nobody knows";
    /// A district that nobody knows.
    UnknownDistrict = "unknown_district", "schools of districts that nobody knows";
    /// A term that its school does not have.
    UnknownTerm = "unknown_term", "marks in terms that their school does not have";
    /// A course that its school does not have.
    UnknownCourse = "unknown_course", "marks in courses that their school does not have";
    /// A posting that its person does not have.
    UnknownPosting = "unknown_posting", "events of postings that their person does not have";
    /// A referral, plan, promise, meeting or incident that the row's person does not have.
    UnknownReference = "unknown_reference",
        "rows that name a referral, plan, promise, meeting or incident of nobody or another person";
    /// Pass or No Pass for a mark of another school year than 2020-21.
    Outside2020To21 = "outside_2020_21", "Pass or No Pass for marks of another year than 2020-21";
    /// Two people of one source with one state id.
    StateIdTwice = "state_id_twice", "state ids that two people carry";
    /// A row would be withdrawn that rows which stay refer to.
    StillReferenced = "still_referenced", "withdrawn rows that other rows still name";
    /// A posting that belongs to another school.
    OtherSchoolsRow = "other_schools_row", "postings that belong to another school";
    /// More people would be held than an import may hold.
    HeldPersonsMax = "held_persons_max", "bounds on held people";
    /// More rows of a school would be withdrawn than an import may withdraw unasked.
    WithdrawnMax = "withdrawn_max", "bounds on withdrawn rows";
    /// The export is older than the last one that landed.
    OlderExport = "older_export", "older exports";
    /// The export is dated in the future.
    FutureExport = "future_export", "exports dated in the future";
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One thing to correct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// The file, as the manifest or the command line names it.
    pub file: String,
    /// The physical line in the file, the first being 1; none where the whole file is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stands there, shortened and on one line (see [`shown`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of a whole file; the other parts are added by the methods below.
    pub fn new(kind: ProblemKind, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            file: file.into(),
            line: None,
            column: None,
            value: None,
            message: message.into(),
            hint: None,
        }
    }

    /// The same problem, at this physical line.
    #[must_use]
    pub fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same problem, in this column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The same problem, with the value that stands there.
    #[must_use]
    pub fn with_value(mut self, value: &str) -> Self {
        self.value = Some(shown(value));
        self
    }

    /// The same problem, with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    /// `marks.csv:14 credit_earned "1e308": not a plain decimal number`, and the hint below.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " {column}")?;
        }
        if let Some(value) = &self.value {
            write!(f, " \"{value}\"")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// A value as a report shows it: on one line, everything that a terminal or a reader could misread
/// escaped as `\u{202e}`, and cut after [`VALUE_SHOWN_CHARACTERS_MAX`] characters.
pub fn shown(value: &str) -> String {
    let mut text = String::new();
    for character in value.chars().take(VALUE_SHOWN_CHARACTERS_MAX) {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            ' '..='~' => text.push(character),
            _ if misreadable(character) => text.extend(character.escape_unicode()),
            _ => text.push(character),
        }
    }
    let characters = value.chars().count();
    if characters > VALUE_SHOWN_CHARACTERS_MAX {
        let _ = write!(text, "… ({characters} characters)");
    }
    text
}

/// Whether a character alone would not be seen for what it is.
fn misreadable(character: char) -> bool {
    let alone = character.to_string();
    unicode_normalization::char::is_combining_mark(character)
        || crate::record::check_text(&alone, 1).is_err()
}

/// The problems of an import: at most [`PROBLEMS_SHOWN_PER_KIND_MAX`] of each kind, and how many
/// there are of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    shown: BTreeMap<ProblemKind, Vec<Problem>>,
    totals: BTreeMap<ProblemKind, u64>,
}

impl Report {
    /// Counts a problem, and keeps it while there is room for its kind.
    pub fn add(&mut self, problem: Problem) {
        *self.totals.entry(problem.kind).or_default() += 1;
        let shown = self.shown.entry(problem.kind).or_default();
        if shown.len() < PROBLEMS_SHOWN_PER_KIND_MAX {
            shown.push(problem);
        }
    }

    /// Counts more problems of a kind of which no further one is shown.
    pub fn count_more(&mut self, kind: ProblemKind, more: u64) {
        if more > 0 {
            *self.totals.entry(kind).or_default() += more;
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }

    /// How many problems of a kind there are, shown or not.
    pub fn total(&self, kind: ProblemKind) -> u64 {
        self.totals.get(&kind).copied().unwrap_or(0)
    }

    /// How many problems there are, shown or not.
    pub fn total_of_all(&self) -> u64 {
        self.totals.values().sum()
    }

    /// The problems that are shown, in the order of file, line and column.
    pub fn problems(&self) -> Vec<&Problem> {
        let mut problems: Vec<_> = self.shown.values().flatten().collect();
        problems.sort_by(|a, b| {
            (&a.file, a.line, &a.column, a.kind).cmp(&(&b.file, b.line, &b.column, b.kind))
        });
        problems
    }

    /// The report as JSON: `{"problems": […], "totals": {"date_invalid": 3}}`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "problems": self.problems(), "totals": &self.totals })
    }
}

impl fmt::Display for Report {
    /// Every shown problem, then the totals of the kinds of which some are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.problems() {
            writeln!(f, "{problem}")?;
        }
        for (kind, total) in &self.totals {
            let shown = self.shown.get(kind).map_or(0, Vec::len) as u64;
            if *total > shown {
                writeln!(f, "{total} {}, of which {shown} are shown", kind.words())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line_without_what_could_mislead() {
        assert_eq!(shown("a\nb\t\u{202e}c"), "a\\u{a}b\\u{9}\\u{202e}c");
        assert_eq!(shown("say \"no\" \\"), "say \\\"no\\\" \\\\");
        assert_eq!(shown("Nguyễn Ольга"), "Nguyễn Ольга");
        assert_eq!(
            shown(&"x".repeat(5000)),
            format!("{}… (5000 characters)", "x".repeat(60))
        );
    }

    #[test]
    fn a_report_shows_some_of_a_kind_and_counts_all() {
        let mut report = Report::default();
        for line in 1..=50 {
            report.add(Problem::new(ProblemKind::DateInvalid, "people.csv", "no day").at(line));
        }
        report.add(Problem::new(ProblemKind::FileEmpty, "marks.csv", "empty"));
        assert_eq!(report.total(ProblemKind::DateInvalid), 50);
        assert_eq!(report.problems().len(), PROBLEMS_SHOWN_PER_KIND_MAX + 1);
        let text = report.to_string();
        assert!(
            text.contains("50 wrong dates, of which 20 are shown"),
            "{text}"
        );
        assert_eq!(report.to_json()["totals"]["file_empty"], 1);
    }

    #[test]
    fn every_kind_has_its_own_code() {
        let codes: std::collections::BTreeSet<_> =
            ProblemKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ProblemKind::ALL.len());
    }
}
