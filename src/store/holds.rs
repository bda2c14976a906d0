//! Who is held: whose rows were refused while other people's landed, and what ends it.
//!
//! A hold is a set of rows: those that were refused, each with its key where it can be read, and
//! those that did not land beside them. A row is answered by an import that refuses nothing of its
//! person and either brings that very key or holds all rows of its table and school; then a row
//! that is not there was taken back. Someone is held until every row of theirs is answered, or a
//! person with a name and a reason lets them go.
//!
//! Never: what is wrong with a row (`intake`), what may be issued (`transcript`).

use std::collections::BTreeSet;

use super::database::{Row, Session, Sql, Value};
use super::plan::{Held, Refused, RefusedText};
use super::rows::{Staged, Table, TableRows, of_table};
use super::staging::{Staging, provenance};
use super::stored::{Stored, TABLES};
use super::{StoreError, open_end};
use crate::record::{ContentDigest, RowKey};

/// How many staged rows of held people are in memory at once.
const HELD_ROWS_AT_ONCE_MAX: usize = 500;

pub(super) const CREATE_HELD: [Sql; 3] = [
    Sql::pair(
        "CREATE TEMPORARY TABLE staged_held (person TEXT NOT NULL PRIMARY KEY, state_id TEXT)",
        "CREATE TEMPORARY TABLE staged_held (person TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, \
         state_id TEXT COLLATE \"C\")",
    ),
    // Why they are held, a row each.
    Sql::pair(
        "CREATE TEMPORARY TABLE staged_held_rows (person TEXT NOT NULL, table_name TEXT NOT NULL, \
         key BLOB, school TEXT, problem TEXT NOT NULL, file BIGINT, line BIGINT)",
        "CREATE TEMPORARY TABLE staged_held_rows (person TEXT COLLATE \"C\" NOT NULL, \
         table_name TEXT COLLATE \"C\" NOT NULL, key BYTEA, school TEXT COLLATE \"C\", \
         problem TEXT COLLATE \"C\" NOT NULL, file BIGINT, line BIGINT)",
    ),
    Sql::pair(
        "CREATE TEMPORARY TABLE staged_refused (table_name TEXT NOT NULL, file BIGINT NOT NULL, \
         line BIGINT NOT NULL, person TEXT NOT NULL, raw BLOB NOT NULL, key BLOB, school TEXT, \
         problem TEXT NOT NULL, state_id TEXT)",
        "CREATE TEMPORARY TABLE staged_refused (table_name TEXT COLLATE \"C\" NOT NULL, \
         file BIGINT NOT NULL, line BIGINT NOT NULL, person TEXT COLLATE \"C\" NOT NULL, \
         raw BYTEA NOT NULL, key BYTEA, school TEXT COLLATE \"C\", \
         problem TEXT COLLATE \"C\" NOT NULL, state_id TEXT COLLATE \"C\")",
    ),
];

/// How many people the staged import holds.
pub(super) const COUNT_HELD: Sql = Sql::both("SELECT COUNT(*) AS count FROM staged_held");

/// The staged import brings a row of this key: it is there, or its sender takes it back.
macro_rules! brought {
    ($table:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM staged_",
            $table,
            " s WHERE s.key = h.key)"
        )
    };
}

/// The staged import holds all rows of a table and the school, and so answers for those that are
/// not there. Where a row's school could not be read, it has to be every school of its person.
macro_rules! whole_table {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM staged_scope c WHERE c.table_name = h.table_name AND \
             c.is_full = 1 AND c.school = h.school) OR (h.school IS NULL AND EXISTS (SELECT 1 FROM \
             staged_scope c WHERE c.table_name = h.table_name AND c.is_full = 1) AND NOT EXISTS \
             (SELECT 1 FROM enrolments e WHERE e.source = h.source AND e.person = h.person AND \
             e.recorded_to = ",
            open_end!(),
            " AND e.school NOT IN (SELECT c.school FROM staged_scope c WHERE \
             c.table_name = h.table_name AND c.is_full = 1)))"
        )
    };
}

/// The open rows `h` of the source `$1` that the staged import answers.
macro_rules! answered {
    () => {
        concat!(
            "h.source = $1 AND h.recorded_to = ",
            open_end!(),
            " AND h.person NOT IN (SELECT person FROM staged_held) AND (",
            brought!("people"),
            " OR ",
            brought!("cumulative"),
            " OR ",
            brought!("enrolments"),
            " OR ",
            brought!("marks"),
            " OR ",
            brought!("totals"),
            " OR ",
            brought!("plans"),
            " OR ",
            brought!("awards"),
            " OR ",
            brought!("fulfilments"),
            " OR ",
            brought!("demographics"),
            " OR ",
            brought!("residences"),
            " OR ",
            brought!("attendance"),
            " OR ",
            brought!("assessments"),
            " OR ",
            brought!("referrals"),
            " OR ",
            brought!("evaluations"),
            " OR ",
            brought!("eligibilities"),
            " OR ",
            brought!("support_plans"),
            " OR ",
            brought!("transition_plans"),
            " OR ",
            brought!("behaviour_plans"),
            " OR ",
            brought!("plan_meetings"),
            " OR ",
            brought!("parent_notices"),
            " OR ",
            brought!("service_promises"),
            " OR ",
            brought!("service_logs"),
            " OR ",
            brought!("records_requests"),
            " OR ",
            brought!("translation_requests"),
            " OR ",
            brought!("complaints"),
            " OR ",
            brought!("disputes"),
            " OR ",
            brought!("incidents"),
            " OR ",
            brought!("removals"),
            " OR ",
            whole_table!(),
            ")"
        )
    };
}

/// `h` is the row `s`, refused once more. Rows without a key are told apart by nothing but their
/// school, and answered together.
macro_rules! same_row {
    () => {
        "s.person = h.person AND s.table_name = h.table_name AND \
         s.key IS NOT DISTINCT FROM h.key AND (s.key IS NOT NULL OR \
         s.school IS NOT DISTINCT FROM h.school)"
    };
}

const COUNT_ANSWERED: Sql = Sql::both(concat!(
    "SELECT COUNT(*) AS count FROM held_rows h WHERE ",
    answered!()
));
const COUNT_NEW: Sql = Sql::both(concat!(
    "SELECT COUNT(*) AS count FROM staged_held_rows s WHERE NOT EXISTS (SELECT 1 FROM held_rows h \
     WHERE h.source = $1 AND h.recorded_to = ",
    open_end!(),
    " AND ",
    same_row!(),
    ")"
));
const CLOSE_ANSWERED: Sql = Sql::both(concat!(
    "UPDATE held_rows AS h SET recorded_to = $2 WHERE ",
    answered!()
));
const CLOSE_REFUSED_AGAIN: Sql = Sql::both(concat!(
    "UPDATE held_rows AS h SET recorded_to = $2 WHERE h.source = $1 AND h.recorded_to = ",
    open_end!(),
    " AND EXISTS (SELECT 1 FROM staged_held_rows s WHERE ",
    same_row!(),
    ")"
));
const ADD: Sql = Sql::both(concat!(
    "INSERT INTO held_rows SELECT $1, s.person, s.table_name, s.key, s.school, s.problem, $3, \
     s.file + $4, s.line, COALESCE((SELECT MIN(h.held_since) FROM held_rows h WHERE h.source = $1 \
     AND h.person = s.person AND h.recorded_to IN ($2, ",
    open_end!(),
    ")), $2), $2, ",
    open_end!(),
    // A later refusal without the state id takes nothing back of what an earlier one said.
    ", COALESCE(p.state_id, (SELECT MAX(h.state_id) FROM held_rows h WHERE h.source = $1 AND \
     h.person = s.person AND h.recorded_to IN ($2, ",
    open_end!(),
    "))) FROM staged_held_rows s JOIN staged_held p ON p.person = s.person"
));

impl Staging {
    /// Keeps a row that could not be read, for the quarantine file and for the hold of its person.
    ///
    /// # Errors
    /// What the database said.
    pub async fn refuse(&mut self, row: &Refused) -> Result<(), StoreError> {
        const INSERT: Sql =
            Sql::both("INSERT INTO staged_refused VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        let line = i64::try_from(row.provenance.line).unwrap_or(i64::MAX);
        let values = [
            row.table.name().into(),
            row.provenance.file.0.into(),
            line.into(),
            row.person.as_str().into(),
            row.raw.as_slice().into(),
            Value::Bytes(row.key.map(|key| key.0.to_vec())),
            row.school.as_deref().into(),
            row.problem.into(),
            row.state_id.as_deref().into(),
        ];
        self.connection.session().execute(INSERT, &values).await?;
        Ok(())
    }

    /// Holds every person with a refused row or a finding, and whoever shares a row with them:
    /// their staged rows are taken out, so that what was known of them before stays whole.
    ///
    /// # Errors
    /// What the database said.
    pub async fn hold(&mut self) -> Result<Held, StoreError> {
        const ROWS: Sql = Sql::both(
            "INSERT INTO staged_held_rows SELECT person, table_name, key, school, MIN(problem), \
             file, line FROM (SELECT person, table_name, key, school, problem, file, line FROM \
             staged_refused UNION ALL SELECT person, table_name, key, school, kind, file, line \
             FROM staged_findings) p WHERE person IS NOT NULL GROUP BY person, table_name, key, \
             school, file, line",
        );
        const PEOPLE: Sql = Sql::both(
            "INSERT INTO staged_held SELECT DISTINCT person, NULL FROM staged_held_rows WHERE \
             person NOT IN (SELECT person FROM staged_held)",
        );
        const STATE_IDS: [Sql; 2] = [
            Sql::both(
                "UPDATE staged_held SET state_id = s.state_id FROM staged_refused s WHERE \
                 s.person = staged_held.person AND s.state_id IS NOT NULL",
            ),
            Sql::both(
                "UPDATE staged_held SET state_id = s.state_id FROM staged_people s WHERE \
                 s.person = staged_held.person AND s.state_id IS NOT NULL AND s.withdrawn = 0",
            ),
        ];
        const TOTAL: Sql = Sql::both(concat!(
            "SELECT COUNT(*) AS count FROM (SELECT person FROM staged_people UNION SELECT person \
             FROM people WHERE source = $1 AND recorded_to = ",
            open_end!(),
            " UNION SELECT person FROM staged_held) p"
        ));
        let source = self.header.source.clone();
        let mut session = self.connection.session();
        session.execute(ROWS, &[]).await?;
        session.execute(PEOPLE, &[]).await?;
        // Each round holds people who were not held yet: there are no more rounds than people.
        while shared(&mut session, &source).await? > 0 {
            session.execute(PEOPLE, &[]).await?;
        }
        for sql in STATE_IDS {
            session.execute(sql, &[]).await?;
        }
        for [brought, gone] in TABLES.iter().filter_map(|sql| sql.held_back) {
            session.execute(brought, &[]).await?;
            session.execute(gone, &[source.as_str().into()]).await?;
        }
        let people = session.count(COUNT_HELD, &[]).await?.unsigned_abs();
        let people_total = session.count(TOTAL, &[source.into()]).await?.unsigned_abs();
        Ok(Held {
            people,
            people_total,
        })
    }

    /// Who is held, by the source's own numbers.
    ///
    /// # Errors
    /// What the database said.
    pub async fn held_people(&mut self) -> Result<BTreeSet<String>, StoreError> {
        const PEOPLE: Sql = Sql::both("SELECT person FROM staged_held");
        let rows = self.connection.session().rows(PEOPLE, &[]).await?;
        rows.iter().map(|row| row.text("person")).collect()
    }

    /// The rows that could not be read, in the order of the files, handed over one at a time.
    ///
    /// # Errors
    /// What the database or `each` said.
    pub async fn refused_rows(
        &mut self,
        mut each: impl FnMut(RefusedText) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const REFUSED: Sql =
            Sql::both("SELECT table_name, raw FROM staged_refused ORDER BY table_name, file, line");
        let each_row = |row: Row| {
            each(RefusedText {
                table: table(&row)?,
                raw: row.bytes("raw")?,
            })
        };
        self.connection.session().each(REFUSED, &[], each_row).await
    }

    /// The staged rows of the people who are held, handed over a few at a time, table by table;
    /// call it before [`Self::plan`].
    ///
    /// # Errors
    /// What the database or `each` said.
    pub async fn held_rows(
        &mut self,
        mut each: impl FnMut(TableRows) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for name in Table::ALL {
            of_table!(name, R => self.held_of::<R>(|rows| each(rows.into())).await?);
        }
        Ok(())
    }

    async fn held_of<T: Stored>(
        &mut self,
        mut each: impl FnMut(Vec<Staged<T>>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut batch = Vec::with_capacity(HELD_ROWS_AT_ONCE_MAX);
        let each_row = |row: Row| {
            batch.push(staged(&row)?);
            if batch.len() == HELD_ROWS_AT_ONCE_MAX {
                each(std::mem::take(&mut batch))?;
            }
            Ok(())
        };
        let mut session = self.connection.session();
        session.each(T::SQL.staged_of_held, &[], each_row).await?;
        if batch.is_empty() {
            Ok(())
        } else {
            each(batch)
        }
    }

    /// Whether landing would begin or end a hold.
    pub(super) async fn holds_change(&mut self) -> Result<bool, StoreError> {
        let values = [self.header.source.as_str().into()];
        let mut session = self.connection.session();
        let new = session.count(COUNT_NEW, &values).await?;
        Ok(new + session.count(COUNT_ANSWERED, &values).await? > 0)
    }

    /// Ends what the import answers and records what it refuses, inside the landing transaction.
    pub(super) async fn land_holds(
        &mut self,
        recorded_at: &str,
        import: i64,
        first_file: i64,
    ) -> Result<(), StoreError> {
        let source = self.header.source.as_str().into();
        let values: [Value; 4] = [source, recorded_at.into(), import.into(), first_file.into()];
        let mut session = self.connection.session();
        session.execute(CLOSE_ANSWERED, &values[..2]).await?;
        session.execute(CLOSE_REFUSED_AGAIN, &values[..2]).await?;
        session.execute(ADD, &values).await?;
        Ok(())
    }
}

/// Rows that pass from one person to another where one of them is held: so they hold the other.
async fn shared(session: &mut Session<'_>, source: &str) -> Result<u64, StoreError> {
    let mut found = 0;
    for sql in TABLES.iter().filter_map(|sql| sql.shared) {
        found += session.execute(sql, &[source.into()]).await?;
    }
    Ok(found)
}

fn staged<T: Stored>(row: &Row) -> Result<Staged<T>, StoreError> {
    Ok(Staged {
        provenance: provenance(row)?,
        key: RowKey(row.id("key")?),
        content: ContentDigest(row.id("content")?),
        withdrawn: row.integer("withdrawn")? == 1,
        row: T::read(row)?,
    })
}

pub(super) fn table(row: &Row) -> Result<Table, StoreError> {
    let name = row.text("table_name")?;
    Table::named(&name).ok_or_else(|| StoreError::Inconsistent(format!("no table `{name}`")))
}

/// Makes the holds of a source what they were just before an import: what it began ends, what it
/// ended holds again.
pub(super) async fn undo_holds(
    session: &mut Session<'_>,
    import: i64,
    landed_at: &str,
    undone_at: &str,
) -> Result<(), StoreError> {
    const CLOSE: Sql = Sql::both(concat!(
        "UPDATE held_rows SET recorded_to = $2 WHERE import = $1 AND recorded_to = ",
        open_end!()
    ));
    const REOPEN: Sql = Sql::both(concat!(
        "INSERT INTO held_rows SELECT source, person, table_name, key, school, problem, import, \
         file, line, held_since, $2, ",
        open_end!(),
        ", state_id FROM held_rows WHERE recorded_to = $1"
    ));
    session
        .execute(CLOSE, &[import.into(), undone_at.into()])
        .await?;
    session
        .execute(REOPEN, &[landed_at.into(), undone_at.into()])
        .await?;
    Ok(())
}
