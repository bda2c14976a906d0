//! A file of a package to rows of `record`, each with its line; or why it is refused.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::marker::PhantomData;

use super::lines::{CELL_BYTES_MAX, Lines, ROW_BYTES_MAX, ShapeFault};
use super::text::TextError;
use crate::intake::package::cell::nearest;
use crate::intake::package::{
    Cells, Contradiction, Fault, Manifest, ManifestTable, Mode, Row, STATUS_COLUMN, STATUS_CURRENT,
    STATUS_WITHDRAWN, Schools, TableDefinition,
};
use crate::intake::{Problem, ProblemKind};
use crate::record::RowKey;

/// How many columns a header may have; the widest table has 14.
pub const COLUMNS_MAX: usize = 200;

/// What stands next in a file.
#[derive(Debug)]
pub enum Reading<R> {
    /// A row that can be staged.
    Row {
        /// Its first physical line.
        line: u64,
        /// Whether the sender takes it back.
        withdrawn: bool,
        /// The row.
        row: R,
    },
    /// A row that cannot.
    Refused {
        /// Its first physical line.
        line: u64,
        /// What it is about, as far as that can be read.
        about: About,
        /// The row as it stands in the file, without its line end; cut where it is too long.
        raw: Vec<u8>,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// What is wrong with the file as a whole.
    File(Vec<Problem>),
}

/// What a refused row is about; each part only where it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The person.
    pub person: Option<String>,
    /// Which row it is.
    pub key: Option<RowKey>,
    /// The school that answers for it.
    pub school: Option<String>,
    /// The state id that it gives the person.
    pub state_id: Option<String>,
}

/// What a file was, once it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileEnd {
    /// SHA-256 over its bytes.
    pub digest: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// How many rows it has, refused ones among them.
    pub rows: u64,
}

/// Reads one file of a package.
pub struct TableReader<'m, R, S> {
    file: &'m str,
    manifest: &'m Manifest,
    table: &'m ManifestTable,
    lines: Lines<S>,
    splitter: Splitter,
    header: Option<Header>,
    rows: u64,
    row: PhantomData<R>,
}

/// Where the columns of the definition stand in the file.
#[derive(Default)]
struct Header {
    /// The header line as it stands in the file.
    raw: String,
    width: usize,
    positions: Vec<Option<usize>>,
    status: Option<usize>,
}

impl<'m, R: Row, S: Read> TableReader<'m, R, S> {
    /// Reads `source`, which the manifest calls `table.file`.
    pub fn new(manifest: &'m Manifest, table: &'m ManifestTable, source: S) -> Self {
        Self {
            file: &table.file,
            manifest,
            table,
            lines: Lines::new(source),
            splitter: Splitter::new(),
            header: None,
            rows: 0,
            row: PhantomData,
        }
    }

    /// What stands next; nothing at the end, and nothing more once the file cannot be read on.
    pub fn read(&mut self) -> Option<Reading<R>> {
        if self.header.is_none() {
            let problems = self.read_header();
            if !problems.is_empty() {
                return Some(Reading::File(problems));
            }
        }
        let header = self.header.as_ref()?;
        if header.positions.is_empty() {
            return None;
        }
        let raw = match self.lines.row() {
            Ok(raw) => raw?,
            Err(error) => {
                self.header = Some(Header::default());
                return Some(Reading::File(vec![unreadable(self.file, &error)]));
            }
        };
        self.rows += 1;
        let reader = RowReader {
            definition: TableDefinition::of(R::TABLE),
            file: self.file,
            manifest: self.manifest,
            table: self.table,
            header,
            line: raw.line,
        };
        Some(match raw.fault {
            Some(fault) => {
                reader.refused(raw.bytes, About::default(), vec![reader.misshapen(&fault)])
            }
            None => reader.read(raw.bytes, self.splitter.split(raw.bytes)),
        })
    }

    /// The header line as it stands in the file; none where it has none that can be read.
    pub fn header(&self) -> Option<&str> {
        let header = self.header.as_ref();
        header
            .map(|header| header.raw.as_str())
            .filter(|raw| !raw.is_empty())
    }

    /// What the file was; of use once [`Self::read`] has nothing more.
    pub fn end(&self) -> FileEnd {
        let (digest, bytes) = self.lines.digest();
        FileEnd {
            digest,
            bytes,
            rows: self.rows,
        }
    }

    /// Reads the header; afterwards there is one, with no positions if the rows cannot be read.
    fn read_header(&mut self) -> Vec<Problem> {
        self.header = Some(Header::default());
        let raw = match self.lines.row() {
            Ok(Some(raw)) => raw,
            Ok(None) => {
                let problem = Problem::new(ProblemKind::FileEmpty, self.file, "is empty")
                    .with_hint("write the header even where a table has no rows");
                return vec![problem];
            }
            Err(error) => return vec![unreadable(self.file, &error)],
        };
        let line = raw.line;
        if let Some(fault) = raw.fault {
            return vec![shape_problem(self.file, &fault, None).at(line)];
        }
        let text = String::from_utf8_lossy(raw.bytes).into_owned();
        let Some(names) = self.splitter.split(raw.bytes) else {
            return vec![shape_problem(self.file, &ShapeFault::QuoteMisplaced, None).at(line)];
        };
        if let Some(separator) = other_separator(names) {
            let message = format!("the columns are separated by {separator}");
            let problem = Problem::new(ProblemKind::ColumnMissing, self.file, message).at(line);
            return vec![problem.with_hint("export the file with commas between the columns")];
        }
        if names.len() > COLUMNS_MAX {
            let message = format!("has {} columns, and may have {COLUMNS_MAX}", names.len());
            let problem = Problem::new(ProblemKind::ColumnsTooMany, self.file, message).at(line);
            return vec![problem.with_hint("send only the columns of docs/package-format.md")];
        }
        let definition = TableDefinition::of(R::TABLE);
        if !names.iter().any(|name| definition.position(name).is_some()) {
            let message = "the first line names no column of the table";
            let problem = Problem::new(ProblemKind::ColumnMissing, self.file, message).at(line);
            return vec![problem.with_hint("write the names of the columns in the first line")];
        }
        let (header, problems) = Header::read(definition, self.table, names, text);
        self.header = Some(header);
        let located = |problem: Problem| {
            Problem {
                file: self.file.to_owned(),
                ..problem
            }
            .at(line)
        };
        problems.into_iter().map(located).collect()
    }
}

impl Header {
    /// Finds the columns. The problems lack their file and line.
    fn read(
        definition: &TableDefinition,
        table: &ManifestTable,
        names: &csv::StringRecord,
        raw: String,
    ) -> (Self, Vec<Problem>) {
        let position = |name: &str| names.iter().position(|it| it == name);
        let columns = definition.columns.iter();
        let header = Self {
            raw,
            width: names.len(),
            positions: columns.map(|column| position(column.name)).collect(),
            status: position(STATUS_COLUMN).filter(|_| table.has_delta()),
        };
        let mut problems = unknown_columns(definition, table, names, &header);
        for (column, at) in definition.columns.iter().zip(&header.positions) {
            if column.required && at.is_none() {
                let hint = format!("add the column {}: {}", column.name, column.meaning);
                let problem = Problem::new(
                    ProblemKind::ColumnMissing,
                    "",
                    "the header lacks this column",
                );
                problems.push(problem.in_column(column.name).with_hint(hint));
            }
        }
        (header, problems)
    }

    /// Whether a required column is not there; its faults are told once, for the header.
    fn lacks(&self, definition: &TableDefinition, fault: &Fault) -> bool {
        let column = definition.position(fault.column);
        column.is_some_and(|column| self.positions[column].is_none())
    }
}

/// What stands between the columns of a header without commas.
fn other_separator(names: &csv::StringRecord) -> Option<&'static str> {
    let only = names.get(0).filter(|_| names.len() == 1)?;
    let known = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];
    let found = known
        .into_iter()
        .find(|(separator, _)| only.contains(*separator));
    found.map(|(_, words)| words)
}

fn unknown_columns(
    definition: &TableDefinition,
    table: &ManifestTable,
    names: &csv::StringRecord,
    header: &Header,
) -> Vec<Problem> {
    let absent = definition.columns.iter().zip(&header.positions);
    let absent: Vec<_> = absent
        .filter(|(_, at)| at.is_none())
        .map(|(column, _)| column.name)
        .collect();
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for name in names {
        let column = crate::intake::shown(name);
        if !seen.insert(name) {
            let problem = Problem::new(
                ProblemKind::ColumnDuplicate,
                "",
                "the header has this column twice",
            );
            problems.push(problem.in_column(column).with_hint("keep one of the two"));
        } else if name == STATUS_COLUMN && !table.has_delta() {
            let problem =
                Problem::new(ProblemKind::ColumnUnknown, "", "a full table has no status");
            let hint = "leave withdrawn rows out, or set mode = \"delta\" in the manifest";
            problems.push(problem.in_column(column).with_hint(hint));
        } else if name != STATUS_COLUMN && definition.position(name).is_none() {
            let problem = Problem::new(
                ProblemKind::ColumnUnknown,
                "",
                "the table has no such column",
            );
            let hint = match nearest(name, absent.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => "remove the column, or see docs/package-format.md".to_owned(),
            };
            problems.push(problem.in_column(column).with_hint(hint));
        }
    }
    problems
}

/// What is known where one row is read.
struct RowReader<'a> {
    definition: &'static TableDefinition,
    file: &'a str,
    manifest: &'a Manifest,
    table: &'a ManifestTable,
    header: &'a Header,
    line: u64,
}

impl RowReader<'_> {
    fn read<R: Row>(&self, raw: &[u8], record: Option<&csv::StringRecord>) -> Reading<R> {
        let Some(record) = record else {
            let fault = self.misshapen(&ShapeFault::QuoteMisplaced);
            return self.refused(raw, About::default(), vec![fault]);
        };
        if record.len() != self.header.width {
            return self.refused(raw, About::default(), vec![self.ragged(record.len())]);
        }
        let cells = Cells {
            positions: &self.header.positions,
            record,
        };
        let definition = self.definition;
        let (withdrawn, mut problems) = self.status(record);
        match R::read(cells) {
            Ok(row) => {
                problems.extend(self.contradictions(&row, withdrawn, cells));
                if problems.is_empty() {
                    let line = self.line;
                    return Reading::Row {
                        line,
                        withdrawn,
                        row,
                    };
                }
                let about = self.about::<R>(cells, &[]);
                self.refused(raw, about, problems)
            }
            Err(faults) => {
                let about = self.about::<R>(cells, &faults);
                let told = faults
                    .into_iter()
                    .filter(|it| !self.header.lacks(definition, it));
                problems.extend(told.map(|fault| self.fault(fault)));
                self.refused(raw, about, problems)
            }
        }
    }

    /// What a refused row is about: what stands in the cells without a fault.
    fn about<R: Row>(&self, cells: Cells<'_>, faults: &[Fault]) -> About {
        let sound = |column: &str| !faults.iter().any(|fault| fault.column == column);
        let cell = |column: &str| {
            let position = self.definition.position(column).filter(|_| sound(column));
            position.map(|position| cells.cell(position).to_owned())
        };
        About {
            person: cell("person"),
            key: R::key(cells, &self.manifest.source),
            school: cell("school"),
            state_id: self.state_id(cells),
        }
    }

    /// The state id of a refused row, though it be what is at fault: a space in it is the likeliest
    /// fault, and it alone says of whom another source may have sent the other half.
    fn state_id(&self, cells: Cells<'_>) -> Option<String> {
        let text = cells.cell(self.definition.position("state_id")?);
        let id: String = text.chars().filter(char::is_ascii_graphic).collect();
        Some(id).filter(|id| !id.is_empty())
    }

    fn status(&self, record: &csv::StringRecord) -> (bool, Vec<Problem>) {
        match self.header.status.and_then(|at| record.get(at)) {
            None | Some("" | STATUS_CURRENT) => (false, Vec::new()),
            Some(STATUS_WITHDRAWN) => (true, Vec::new()),
            Some(other) => {
                let message = format!("unknown code; one of: {STATUS_CURRENT}, {STATUS_WITHDRAWN}");
                let problem = self.problem(ProblemKind::CodeUnknown, message);
                let problem = problem.in_column(STATUS_COLUMN).with_value(other);
                let problem = problem.with_hint("write withdrawn to take the row back");
                (false, vec![problem])
            }
        }
    }

    fn contradictions<R: Row>(&self, row: &R, withdrawn: bool, cells: Cells<'_>) -> Vec<Problem> {
        let found = row.contradictions(self.manifest);
        let found = found.into_iter().map(|it| self.contradiction(&it, cells));
        let mut problems: Vec<_> = found.collect();
        let Some(school) = row.school() else {
            return problems;
        };
        if matches!(&self.manifest.schools, Schools::Named(named) if !named.contains(school)) {
            let message = "is not among the schools for which the manifest speaks";
            let problem = self
                .problem(ProblemKind::OutOfScope, message)
                .in_column("school");
            let hint = "add the school to schools in manifest.toml, or leave its rows out";
            problems.push(problem.with_value(school).with_hint(hint));
        }
        if withdrawn && self.table.mode_of(school) == Mode::Full {
            let message = "a school whose table is full has no withdrawn rows";
            let problem = self
                .problem(ProblemKind::RowContradiction, message)
                .in_column(STATUS_COLUMN);
            problems.push(problem.with_hint("leave the row out"));
        }
        problems
    }

    fn contradiction(&self, it: &Contradiction, cells: Cells<'_>) -> Problem {
        let value = self
            .definition
            .position(it.column)
            .map_or("", |column| cells.cell(column));
        let problem = self.problem(it.kind, it.message).in_column(it.column);
        problem.with_value(value).with_hint(it.hint)
    }

    fn fault(
        &self,
        Fault {
            column,
            value,
            fault,
        }: Fault,
    ) -> Problem {
        let problem = self.problem(fault.kind, fault.message).in_column(column);
        let problem = if value.is_empty() {
            problem
        } else {
            problem.with_value(&value)
        };
        Problem {
            hint: fault.hint,
            ..problem
        }
    }

    fn misshapen(&self, fault: &ShapeFault) -> Problem {
        let column = match fault {
            ShapeFault::CellTooLong(cell) => {
                let at = self
                    .header
                    .positions
                    .iter()
                    .position(|at| *at == Some(*cell));
                at.map(|column| self.definition.columns[column].name)
            }
            _ => None,
        };
        shape_problem(self.file, fault, column).at(self.line)
    }

    fn ragged(&self, cells: usize) -> Problem {
        let width = self.header.width;
        let message = format!("has {cells} cells where the header has {width}");
        let hint = if cells > width {
            "put a cell that holds a comma in quotation marks"
        } else {
            "write every cell of the row, empty ones as well"
        };
        self.problem(ProblemKind::RowRagged, message)
            .with_hint(hint)
    }

    fn problem(&self, kind: ProblemKind, message: impl Into<String>) -> Problem {
        Problem::new(kind, self.file, message).at(self.line)
    }

    fn refused<R>(&self, raw: &[u8], about: About, problems: Vec<Problem>) -> Reading<R> {
        Reading::Refused {
            line: self.line,
            about,
            raw: raw.to_owned(),
            problems,
        }
    }
}

fn shape_problem(file: &str, fault: &ShapeFault, column: Option<&str>) -> Problem {
    let (kind, message, hint) = match fault {
        ShapeFault::QuoteNotClosed => (
            ProblemKind::QuoteNotClosed,
            "a quotation mark opens a cell and is never closed".to_owned(),
            "close it, or write a quotation mark inside a cell twice",
        ),
        ShapeFault::QuoteMisplaced => (
            ProblemKind::QuoteMisplaced,
            "a quotation mark stands inside a cell".to_owned(),
            "put the whole cell in quotation marks, and write the one inside twice",
        ),
        ShapeFault::CarriageReturn => (
            ProblemKind::LineEnding,
            "a carriage return stands inside the line".to_owned(),
            "end lines with LF or CR LF",
        ),
        ShapeFault::RowTooLong => (
            ProblemKind::RowTooLong,
            format!("is longer than {ROW_BYTES_MAX} bytes"),
            "look for a quotation mark or a line end that is missing",
        ),
        ShapeFault::CellTooLong(_) => (
            ProblemKind::CellTooLong,
            format!("is longer than {CELL_BYTES_MAX} bytes"),
            "look for a quotation mark that is missing",
        ),
        ShapeFault::NotText(why) => (
            ProblemKind::Encoding,
            why.clone(),
            "export the file as UTF-8 (in Excel: CSV UTF-8)",
        ),
    };
    let problem = Problem::new(kind, file, message).with_hint(hint);
    match column {
        Some(column) => problem.in_column(column),
        None => problem,
    }
}

fn unreadable(file: &str, error: &TextError) -> Problem {
    let (kind, hint) = match error {
        TextError::Io(_) => (
            ProblemKind::FileUnreadable,
            "check the disk and the file's permissions",
        ),
        TextError::Encoding(_) => (ProblemKind::Encoding, "export the file as CSV in UTF-8"),
    };
    Problem::new(kind, file, error.to_string()).with_hint(hint)
}

/// The csv crate, given one row at a time.
struct Splitter {
    csv: csv::Reader<OneRow>,
    record: csv::StringRecord,
}

/// The bytes of the row that is being split, with a line end.
#[derive(Default)]
struct OneRow {
    bytes: Vec<u8>,
    read: usize,
}

impl Read for OneRow {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.read..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}

impl Splitter {
    fn new() -> Self {
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(OneRow::default());
        Self {
            csv,
            record: csv::StringRecord::new(),
        }
    }

    /// The cells of a row whose shape was checked; nothing should the crate still not agree.
    fn split(&mut self, row: &[u8]) -> Option<&csv::StringRecord> {
        let source = self.csv.get_mut();
        source.bytes.clear();
        source.bytes.extend_from_slice(row);
        source.bytes.push(b'\n');
        source.read = 0;
        match self.csv.read_record(&mut self.record) {
            Ok(true) => Some(&self.record),
            Ok(false) | Err(_) => None,
        }
    }
}
