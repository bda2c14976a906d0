//! Taking an import back: what it added is closed, what it closed holds again.
//!
//! Only the newest standing import of a source can go, so its rows and those of its own source
//! agree again. Rows of other sources may name its schools and districts: then it stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::database::{Session, Sql, Value};
use super::holds::undo_holds;
use super::imports::{ImportSummary, after, list};
use super::stored::TABLES;
use super::{Store, StoreError, Table, instant_text, open_end};

/// Rows of one table and import that a refusal names; the rest is counted.
const NAMED_ROWS_SHOWN_MAX: i64 = 3;

/// Why an import cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no import of this number.
    #[error("there is no import {0}\nhint: `registrar imports list` shows them all")]
    Unknown(i64),
    /// It is itself an undoing or a release, or was taken back before.
    #[error(
        "import {0} has been taken back already, or is itself an undoing or a release\n\
         hint: `registrar imports list` shows which imports stand"
    )]
    NotStanding(i64),
    /// A later import of the same source stands on it.
    #[error("import {later} of the same source came after it\nhint: undo import {later} first")]
    Later {
        /// The later import.
        later: i64,
    },
    /// Rows that would stand name what nobody would know.
    #[error(transparent)]
    StillNamed(#[from] StillNamed),
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Schools and districts that an undoing would take away or not bring back, and who names them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StillNamed {
    /// The import that was to be taken back.
    pub import: i64,
    /// The codes that nobody would know.
    pub codes: BTreeSet<String>,
    /// Who names them, one entry for each table and import.
    pub rows: Vec<NamingRows>,
}

/// Rows of one table that one import brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingRows {
    /// The table.
    pub table: Table,
    /// Their source.
    pub source: String,
    /// The import.
    pub import: i64,
    /// How many there are.
    pub count: u64,
    /// The first of them, by their number in the source.
    pub first: Vec<String>,
}

impl fmt::Display for StillNamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.codes.iter().map(String::as_str).collect();
        writeln!(
            f,
            "import {} stays: without it nobody knows {}, which rows that stand name",
            self.import,
            codes.join(", ")
        )?;
        for rows in &self.rows {
            let more = if rows.count > rows.first.len() as u64 {
                ", …"
            } else {
                ""
            };
            writeln!(
                f,
                "  {}: {} of source `{}` from import {} ({}{more})",
                rows.table.name(),
                rows.count,
                rows.source,
                rows.import,
                rows.first.join(", ")
            )?;
        }
        let later = self.rows.iter().map(|rows| rows.import).max();
        match later.filter(|later| *later > self.import) {
            Some(later) => write!(f, "hint: undo import {later} first"),
            None => write!(f, "hint: undo first the later import that withdrew it"),
        }
    }
}

impl Store {
    /// Takes back the newest standing import of its source: what it added is closed, what it closed
    /// holds again. Nothing is erased; "as known" before the undoing still shows the import.
    ///
    /// # Errors
    /// [`UndoError`], with nothing changed.
    pub async fn undo_import(&self, number: i64, now: Timestamp) -> Result<i64, UndoError> {
        let mut transaction = self.import_transaction().await?;
        let mut session = transaction.session();
        let imports = list(&mut session).await?;
        let target = standing(&imports, number)?;
        let newest = imports.last().map_or(target, |last| last);
        let undoing = Undoing {
            import: number,
            landed_at: instant_text(target.recorded_at),
            undone_at: instant_text(after(newest.recorded_at, now)),
        };
        let (closed, reopened) = undoing.close_and_reopen(&mut session).await?;
        undoing.nothing_is_left_unknown(&mut session).await?;
        let undo = newest.number + 1;
        let record: [Value; 6] = [
            undo.into(),
            number.into(),
            undoing.undone_at.into(),
            closed.into(),
            reopened.into(),
            instant_text(target.exported_at).into(),
        ];
        session.execute(RECORD_UNDO, &record).await?;
        transaction.commit().await?;
        Ok(undo)
    }
}

/// The import of this number, if it can be taken back as far as its own source is concerned.
fn standing(imports: &[ImportSummary], number: i64) -> Result<&ImportSummary, UndoError> {
    let target = imports
        .iter()
        .find(|import| import.number == number)
        .ok_or(UndoError::Unknown(number))?;
    if target.kind != "import" || target.undone {
        return Err(UndoError::NotStanding(number));
    }
    let later = |import: &&ImportSummary| {
        import.source == target.source
            && import.number > number
            && import.kind == "import"
            && !import.undone
    };
    match imports.iter().rfind(later) {
        Some(later) => Err(UndoError::Later {
            later: later.number,
        }),
        None => Ok(target),
    }
}

const RECORD_UNDO: Sql = Sql::both(
    "INSERT INTO imports SELECT $1, 'undo', source, district, $6, $3, number, $5, 0, $4, 0 \
     FROM imports WHERE number = $2",
);

/// An undoing under way.
struct Undoing {
    import: i64,
    landed_at: String,
    undone_at: String,
}

impl Undoing {
    /// Makes the source's records what they were just before the import: the rows that it brought
    /// are closed, the rows that it closed hold again. Gives both counts.
    ///
    /// Later imports of the source have been taken back before, so no row of theirs is open, and
    /// what they had closed of this import's is open again.
    async fn close_and_reopen(&self, session: &mut Session<'_>) -> Result<(i64, i64), StoreError> {
        const FILES: Sql = Sql::both(
            "SELECT COALESCE(MIN(number), 0) AS first, COALESCE(MAX(number), -1) AS last \
             FROM import_files WHERE import = $1",
        );
        // Its files are numbered one after the other. Bounds that are known when a statement is
        // planned let PostgreSQL see how few rows lie between them.
        let files = session.first(FILES, &[self.import.into()]).await?;
        let files = files.ok_or_else(|| StoreError::Inconsistent("no row of bounds".to_owned()))?;
        let close = [
            self.undone_at.as_str().into(),
            files.integer("first")?.into(),
            files.integer("last")?.into(),
        ];
        let reopen = [
            self.undone_at.as_str().into(),
            self.landed_at.as_str().into(),
        ];
        let (mut closed, mut reopened) = (0, 0);
        for sql in &TABLES {
            closed += session.execute(sql.undo_close, &close).await?;
            reopened += session.execute(sql.undo_reopen, &reopen).await?;
        }
        undo_holds(session, self.import, &self.landed_at, &self.undone_at).await?;
        let integer = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Ok((integer(closed), integer(reopened)))
    }

    /// Refuses to leave a row, of whichever source, that names a school or district which nobody
    /// knows: one that the undoing closed, or one that was withdrawn since and that a row which
    /// holds again still names.
    async fn nothing_is_left_unknown(&self, session: &mut Session<'_>) -> Result<(), UndoError> {
        let mut lost: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let closed = CLOSED.iter().map(|(to, sql)| (*to, *sql, &self.undone_at));
        let reopened = REFERENCES
            .iter()
            .map(|it| (it.to, it.reopened, &self.landed_at));
        for (to, sql, instant) in closed.chain(reopened) {
            for row in session.rows(sql, &[instant.as_str().into()]).await? {
                lost.entry(to).or_default().insert(row.text("code")?);
            }
        }
        let mut named = StillNamed {
            import: self.import,
            codes: BTreeSet::new(),
            rows: Vec::new(),
        };
        for reference in &REFERENCES {
            let Some(codes) = lost.get(reference.to) else {
                continue;
            };
            let rows = naming_rows(session, reference, codes).await?;
            if !rows.is_empty() {
                named.codes.extend(codes.iter().cloned());
                named.rows.extend(rows);
            }
        }
        match named.rows.is_empty() {
            true => Ok(()),
            false => Err(named.into()),
        }
    }
}

async fn naming_rows(
    session: &mut Session<'_>,
    reference: &Reference,
    codes: &BTreeSet<String>,
) -> Result<Vec<NamingRows>, StoreError> {
    let codes = Value::TextSet(codes.iter().cloned().collect());
    let values = [codes, NAMED_ROWS_SHOWN_MAX.into()];
    let mut found: Vec<NamingRows> = Vec::new();
    for row in session.rows(reference.naming, &values).await? {
        let import = row.integer("import")?;
        if found.last().is_none_or(|last| last.import != import) {
            found.push(NamingRows {
                table: reference.table,
                source: row.text("source")?,
                import,
                count: row.integer("count")?.unsigned_abs(),
                first: Vec::new(),
            });
        }
        let rows = found.last_mut().expect("one was just put there");
        rows.first.push(row.text("name")?);
    }
    Ok(found)
}

/// A column that names a school or district, whichever source knows it.
struct Reference {
    table: Table,
    /// The table that it refers to.
    to: &'static str,
    /// Codes in rows that hold again, and that nobody knows.
    reopened: Sql,
    /// Rows that name such codes: the first of each import, and how many it brought.
    naming: Sql,
}

/// No standing row of `$to` has the code of `m`.
macro_rules! nobody_knows {
    ($to:literal, $code:literal, $column:literal) => {
        concat!(
            " AND NOT EXISTS (SELECT 1 FROM ",
            $to,
            " k WHERE k.",
            $code,
            " = m.",
            $column,
            " AND k.recorded_to = ",
            open_end!(),
            ")"
        )
    };
}

macro_rules! naming {
    ($table:literal, $name:literal, $column:literal, $in_set:literal) => {
        concat!(
            "SELECT name, source, import, count FROM (SELECT m.",
            $name,
            " AS name, m.source, f.import, COUNT(*) OVER (PARTITION BY f.import) AS count, \
             ROW_NUMBER() OVER (PARTITION BY f.import ORDER BY m.",
            $name,
            ") AS place FROM ",
            $table,
            " m JOIN import_files f ON f.number = m.file WHERE m.recorded_to = ",
            open_end!(),
            " AND m.",
            $column,
            " ",
            $in_set,
            ") n WHERE place <= $2 ORDER BY import, place"
        )
    };
}

/// `$table.$column` names `$to.$code`; rows of the table are told by `$name`.
macro_rules! reference {
    ($variant:ident, $table:literal, $name:literal, $column:literal,
     $to:literal, $code:literal) => {
        Reference {
            table: Table::$variant,
            to: $to,
            reopened: Sql::both(concat!(
                "SELECT DISTINCT m.",
                $column,
                " AS code FROM ",
                $table,
                " m WHERE m.recorded_to = $1 AND m.recorded_to <> ",
                open_end!(),
                nobody_knows!($to, $code, $column)
            )),
            naming: Sql::pair(
                naming!(
                    $table,
                    $name,
                    $column,
                    "IN (SELECT value FROM json_each($1))"
                ),
                naming!($table, $name, $column, "= ANY($1)"),
            ),
        }
    };
}

macro_rules! of_school {
    ($variant:ident, $table:literal, $name:literal) => {
        reference!($variant, $table, $name, "school", "schools", "school")
    };
}

const REFERENCES: [Reference; 10] = [
    reference!(
        Schools,
        "schools",
        "school",
        "district",
        "districts",
        "code"
    ),
    of_school!(People, "people", "person"),
    of_school!(Cumulative, "cumulative", "person"),
    of_school!(Enrolments, "enrolments", "person"),
    of_school!(Terms, "terms", "term"),
    of_school!(Courses, "courses", "course"),
    of_school!(Marks, "marks", "posting"),
    of_school!(Totals, "totals", "person"),
    of_school!(Plans, "plans", "person"),
    of_school!(Awards, "awards", "person"),
];

/// Codes of rows of a table that were closed, and that nobody else knows.
macro_rules! closed {
    ($to:literal, $code:literal) => {
        (
            $to,
            Sql::both(concat!(
                "SELECT DISTINCT m.",
                $code,
                " AS code FROM ",
                $to,
                " m WHERE m.recorded_to = $1 AND m.recorded_to <> ",
                open_end!(),
                nobody_knows!($to, $code, $code)
            )),
        )
    };
}

const CLOSED: [(&str, Sql); 2] = [closed!("districts", "code"), closed!("schools", "school")];
