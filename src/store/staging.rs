//! Staging: rows stand in temporary tables and are checked as sets; `landing` makes them records.
//!
//! One connection holds everything. It never returns to the pool: when it is dropped, or the
//! process dies, the temporary tables are gone and no live table was touched.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::checks::{checks, reference_indexes};
use super::database::{Row, Session, Sql};
use super::holds::CREATE_HELD;
use super::imports::recording_instant;
use super::open::Connection;
use super::plan::{Finding, FindingKind, Findings, Plan, TableChange};
use super::rows::{FileNumber, Provenance, Staged, Table, TableRows, of_batch};
use super::stored::{Stored, TABLES, TableSql, batch_json};
use super::{Store, StoreError, open_end};

/// Which export is being imported.
#[derive(Clone, Debug)]
pub struct ImportHeader {
    /// The sending system.
    pub source: String,
    /// The district's state code.
    pub district: String,
    /// When the sending system wrote the export.
    pub exported_at: Timestamp,
    /// When it is recorded here.
    pub recorded_at: Timestamp,
    /// Record it although the newest import was recorded far ahead of the clock.
    pub allow_clock_behind: bool,
}

/// How many rows of one kind and table are named that stand in the way of holding.
const LEFT_OVER_SHOWN_MAX: u32 = 20;

#[derive(Debug)]
pub(super) struct StagedFile {
    pub(super) table: Table,
    pub(super) name: String,
    pub(super) read: Option<([u8; 32], u64, u64)>,
}

/// An import under way.
pub struct Staging {
    pub(super) connection: Connection,
    pub(super) header: ImportHeader,
    pub(super) files: Vec<StagedFile>,
    /// Tables of which the package holds every row of some school.
    full: BTreeSet<Table>,
}

/// Memory for the one connection that stages and lands. Rows are landed in the order of their
/// files, and their keys are digests: with the little memory that a connection has by default, each
/// key would read and write a page of the index again.
const MEMORY: [Sql; 2] = [
    Sql::pair("PRAGMA main.cache_size = -65536", "SET work_mem = '64MB'"),
    Sql::pair(
        "PRAGMA temp.cache_size = -32768",
        "SET temp_buffers = '64MB'",
    ),
];

const CREATE_COMMON: [Sql; 3] = [
    Sql::both(
        "CREATE TEMPORARY TABLE staged_scope \
         (table_name TEXT NOT NULL, school TEXT NOT NULL, is_full BIGINT NOT NULL)",
    ),
    Sql::pair(
        "CREATE TEMPORARY TABLE staged_closing \
         (table_name TEXT NOT NULL, key BLOB NOT NULL, school TEXT NOT NULL)",
        "CREATE TEMPORARY TABLE staged_closing \
         (table_name TEXT NOT NULL, key BYTEA NOT NULL, school TEXT NOT NULL)",
    ),
    // Findings are shown in the order of these texts, which is that of their bytes on any server.
    Sql::pair(
        "CREATE TEMPORARY TABLE staged_findings (kind TEXT NOT NULL, table_name TEXT NOT NULL, \
         file BIGINT, line BIGINT, column_name TEXT NOT NULL, value TEXT NOT NULL, \
         other_line BIGINT, person TEXT, key BLOB, school TEXT)",
        "CREATE TEMPORARY TABLE staged_findings (kind TEXT COLLATE \"C\" NOT NULL, \
         table_name TEXT COLLATE \"C\" NOT NULL, file BIGINT, line BIGINT, \
         column_name TEXT COLLATE \"C\" NOT NULL, value TEXT COLLATE \"C\" NOT NULL, \
         other_line BIGINT, person TEXT COLLATE \"C\", key BYTEA, school TEXT COLLATE \"C\")",
    ),
];
const INDEX_CLOSING: Sql = Sql::pair(
    "CREATE INDEX temp.staged_closing_key ON staged_closing (table_name, key)",
    "CREATE INDEX staged_closing_key ON staged_closing (table_name, key)",
);

impl Store {
    /// Begins an import: temporary tables on a connection of their own.
    ///
    /// # Errors
    /// [`StoreError::ClockBehind`] before anything is read, or what the database said.
    pub async fn stage(&self, header: ImportHeader) -> Result<Staging, StoreError> {
        let mut connection = self.connection().await?;
        connection.close_on_drop();
        let mut session = connection.session();
        recording_instant(&mut session, header.recorded_at, header.allow_clock_behind).await?;
        let tables = TABLES.iter().map(|sql| &sql.create_staged);
        let tables = tables
            .chain(&CREATE_COMMON)
            .chain(&CREATE_HELD)
            .chain([&INDEX_CLOSING]);
        for sql in MEMORY.iter().chain(tables) {
            session.execute(*sql, &[]).await?;
        }
        Ok(Staging {
            connection,
            header,
            files: Vec::new(),
            full: BTreeSet::new(),
        })
    }
}

impl Staging {
    /// Names a file that rows will come from.
    pub fn file(&mut self, table: Table, name: &str) -> FileNumber {
        self.files.push(StagedFile {
            table,
            name: name.to_owned(),
            read: None,
        });
        FileNumber(i64::try_from(self.files.len()).expect("a package has few files"))
    }

    /// What was read of a file, once it has been read to its end.
    pub fn file_read(&mut self, file: FileNumber, digest: [u8; 32], bytes: u64, rows: u64) {
        let index = usize::try_from(file.0 - 1).expect("a number that `file` gave");
        self.files[index].read = Some((digest, bytes, rows));
    }

    /// Stages a batch (at most a few thousand rows: it is one parameter).
    ///
    /// # Errors
    /// What the database said.
    pub async fn rows(&mut self, batch: &TableRows) -> Result<(), StoreError> {
        of_batch!(batch, rows => self.stage_rows(rows).await)
    }

    async fn stage_rows<T: Stored>(&mut self, rows: &[Staged<T>]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let batch = batch_json(&self.header.source, rows);
        self.connection
            .session()
            .execute(T::SQL.stage, &[batch.into()])
            .await?;
        Ok(())
    }

    /// Says for which school the package holds a table, and whether it holds all of it: then an
    /// absent row is withdrawn.
    ///
    /// # Errors
    /// What the database said.
    pub async fn scope(
        &mut self,
        table: Table,
        school: &str,
        full: bool,
    ) -> Result<(), StoreError> {
        const INSERT: Sql = Sql::both("INSERT INTO staged_scope VALUES ($1, $2, $3)");
        if full {
            self.full.insert(table);
        }
        let values = [table.name().into(), school.into(), i64::from(full).into()];
        self.connection.session().execute(INSERT, &values).await?;
        Ok(())
    }

    /// The schools that the source has now, by its records; at most so many as its imports brought.
    ///
    /// # Errors
    /// What the database said.
    pub async fn standing_schools(&mut self) -> Result<Vec<String>, StoreError> {
        const STANDING: Sql = Sql::both(concat!(
            "SELECT school FROM schools WHERE source = $1 AND recorded_to = ",
            open_end!(),
            " ORDER BY school"
        ));
        let values = [self.header.source.as_str().into()];
        let rows = self.connection.session().rows(STANDING, &values).await?;
        rows.iter().map(|row| row.text("school")).collect()
    }

    /// Checks the rows as sets: duplicates, and references to what nobody knows.
    ///
    /// At most `cap_per_kind` findings are given for each kind and table; the totals are complete.
    ///
    /// # Errors
    /// What the database said.
    pub async fn findings(&mut self, cap_per_kind: u32) -> Result<Findings, StoreError> {
        let source = self.header.source.clone();
        let mut session = self.connection.session();
        let indexes = TABLES.iter().map(|sql| sql.index_staged);
        for sql in indexes.chain(reference_indexes()) {
            session.execute(sql, &[]).await?;
        }
        if let Session::Postgres(_) = session {
            // Nobody counts the rows of temporary tables, and without a count PostgreSQL plans for
            // a few: it would compare every mark with every school.
            for sql in TABLES.iter() {
                session.execute(Sql::both(sql.analyze_staged), &[]).await?;
            }
        }
        self.compute_closing().await?;
        let mut session = self.connection.session();
        for sql in TABLES.iter().map(|sql| sql.duplicates).chain(checks()) {
            run_check(&mut session, sql, &source).await?;
        }
        self.read_findings(cap_per_kind).await
    }

    async fn read_findings(&mut self, cap_per_kind: u32) -> Result<Findings, StoreError> {
        const SHOWN: Sql = Sql::both(
            "SELECT kind, table_name, file, line, column_name, value, other_line FROM \
             (SELECT f.*, ROW_NUMBER() OVER (PARTITION BY kind, table_name \
              ORDER BY file, line, column_name, value) AS place FROM staged_findings f) ranked \
             WHERE place <= $1 ORDER BY file, line, kind, column_name, value",
        );
        const TOTALS: Sql = Sql::both(
            "SELECT kind, COUNT(*) AS count FROM staged_findings GROUP BY kind ORDER BY kind",
        );
        const NOT_PERSONAL: Sql =
            Sql::both("SELECT COUNT(*) AS count FROM staged_findings WHERE person IS NULL");
        let mut session = self.connection.session();
        let shown = session
            .rows(SHOWN, &[i64::from(cap_per_kind).into()])
            .await?;
        let mut findings = Findings {
            shown: shown.iter().map(finding).collect::<Result<_, _>>()?,
            ..Findings::default()
        };
        for row in session.rows(TOTALS, &[]).await? {
            let kind = FindingKind::from_code(&row.text("kind")?)?;
            findings
                .totals
                .insert(kind, row.integer("count")?.unsigned_abs());
        }
        findings.not_personal = session.count(NOT_PERSONAL, &[]).await?.unsigned_abs();
        Ok(findings)
    }

    /// What landing would do, table by table and school by school, once the rows are checked
    /// ([`Staging::findings`]). The rows of held people are dropped first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn plan(&mut self) -> Result<Plan, StoreError> {
        const LAST: Sql = Sql::both(
            "SELECT MAX(exported_at) AS exported_at FROM imports i WHERE source = $1 AND \
             kind = 'import' AND NOT EXISTS (SELECT 1 FROM imports u WHERE u.undoes = i.number)",
        );
        let left_over = self.drop_held().await?;
        let mut changes = Vec::new();
        for sql in TABLES.iter() {
            changes.extend(self.table_changes(sql).await?);
        }
        let source = self.header.source.clone();
        let last = self
            .connection
            .session()
            .first(LAST, &[source.into()])
            .await?;
        let last_export = match last {
            Some(row) => row.optional_text("exported_at")?,
            None => None,
        };
        let last_export = last_export
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| StoreError::Inconsistent("`exported_at` does not read".to_owned()))?;
        let newest_import = self
            .connection
            .session()
            .count(super::landing::NEWEST_IMPORT, &[])
            .await?;
        Ok(Plan {
            changes,
            last_export,
            newest_import,
            left_over,
        })
    }

    /// Takes the rows of held people out; gives what would be left without what it names.
    async fn drop_held(&mut self) -> Result<Findings, StoreError> {
        const CLEAR: Sql = Sql::both("DELETE FROM staged_findings");
        let source = self.header.source.clone();
        let mut session = self.connection.session();
        if session.count(super::holds::COUNT_HELD, &[]).await? == 0 {
            return Ok(Findings::default());
        }
        for sql in TABLES.iter() {
            session.execute(sql.drop_held, &[]).await?;
        }
        self.compute_closing().await?;
        let mut session = self.connection.session();
        session.execute(CLEAR, &[]).await?;
        for sql in checks() {
            run_check(&mut session, sql, &source).await?;
        }
        self.read_findings(LEFT_OVER_SHOWN_MAX).await
    }

    /// Which live rows the import closes because they are absent from a full table or withdrawn.
    async fn compute_closing(&mut self) -> Result<(), StoreError> {
        const CLEAR: Sql = Sql::both("DELETE FROM staged_closing");
        let source = self.header.source.clone();
        let mut session = self.connection.session();
        session.execute(CLEAR, &[]).await?;
        for sql in TABLES.iter() {
            session.execute(sql.taken_back, &[]).await?;
            if let Some(absent) = sql.absent.filter(|_| self.full.contains(&sql.table)) {
                session.execute(absent, &[source.as_str().into()]).await?;
            }
        }
        Ok(())
    }

    async fn table_changes(&mut self, sql: &TableSql) -> Result<Vec<TableChange>, StoreError> {
        const CLOSING: Sql = Sql::both(
            "SELECT school, COUNT(*) AS count FROM staged_closing WHERE table_name = $1 \
             GROUP BY school",
        );
        let source = self.header.source.clone();
        let mut by_school: BTreeMap<String, TableChange> = BTreeMap::new();
        let mut session = self.connection.session();
        let entry = |school: String| TableChange {
            table: sql.table,
            school,
            added: 0,
            changed: 0,
            unchanged: 0,
            withdrawn: 0,
            standing: 0,
        };
        for row in session.rows(sql.changes, &[]).await? {
            let school = row.text("school")?;
            let change = by_school
                .entry(school.clone())
                .or_insert_with(|| entry(school));
            change.added = row.integer("added")?.unsigned_abs();
            change.changed = row.integer("changed")?.unsigned_abs();
            change.unchanged = row.integer("unchanged")?.unsigned_abs();
        }
        for row in session.rows(CLOSING, &[sql.table.name().into()]).await? {
            let school = row.text("school")?;
            let change = by_school
                .entry(school.clone())
                .or_insert_with(|| entry(school));
            change.withdrawn = row.integer("count")?.unsigned_abs();
        }
        if by_school.values().all(|change| change.withdrawn == 0) {
            return Ok(by_school.into_values().collect());
        }
        for row in session.rows(sql.standing, &[source.into()]).await? {
            if let Some(change) = by_school.get_mut(&row.text("school")?) {
                change.standing = row.integer("count")?.unsigned_abs();
            }
        }
        Ok(by_school.into_values().collect())
    }
}

/// Runs a check, with the source where it asks for it: PostgreSQL takes no parameter that a
/// statement does not name.
async fn run_check(session: &mut Session<'_>, sql: Sql, source: &str) -> Result<(), StoreError> {
    let values = [source.into()];
    let named = usize::from(sql.postgres.contains("$1"));
    session.execute(sql, &values[..named]).await?;
    Ok(())
}

pub(super) fn provenance(row: &Row) -> Result<Provenance, StoreError> {
    let file = FileNumber(row.integer("file")?);
    Ok(Provenance {
        file,
        line: row.integer("line")?.unsigned_abs(),
    })
}

fn finding(row: &Row) -> Result<Finding, StoreError> {
    let name = row.text("table_name")?;
    let line = row.optional_integer("line")?;
    Ok(Finding {
        kind: FindingKind::from_code(&row.text("kind")?)?,
        table: Table::named(&name)
            .ok_or_else(|| StoreError::Inconsistent(format!("no table `{name}`")))?,
        provenance: line.map(|_| provenance(row)).transpose()?,
        column: row.text("column_name")?,
        value: row.text("value")?,
        other_line: row.optional_integer("other_line")?.map(i64::unsigned_abs),
    })
}
