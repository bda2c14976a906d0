//! How each row of the package is kept: its columns, named once, and the statements made of them.
//!
//! Every live table has the same leading columns (`key`, `content`, `source`, `file`, `line`,
//! `recorded_from`, `recorded_to`), so the statements that stage, compare, close and add versions
//! differ only in the table's name and the row's own columns. The macro writes them as static
//! text. Which columns a table has stands in `stored/records.rs` and `stored/support.rs`.

use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::columns::Column;
use super::database::{Row, Sql};
use super::rows::Staged;
use super::{StoreError, Table, of_table};

/// The statements of one table.
#[derive(Debug)]
pub(crate) struct TableSql {
    pub table: Table,
    pub create_staged: Sql,
    pub index_staged: Sql,
    pub analyze_staged: &'static str,
    pub stage: Sql,
    pub duplicates: Sql,
    pub absent: Option<Sql>,
    pub taken_back: Sql,
    pub changes: Sql,
    pub standing: Sql,
    pub close_changed: Sql,
    pub close_withdrawn: Sql,
    pub add_versions: Sql,
    pub undo_close: Sql,
    pub undo_reopen: Sql,
    pub copy_closed: Sql,
    pub staged_of_held: Sql,
    pub held_back: Option<[Sql; 2]>,
    pub shared: Option<Sql>,
    pub drop_held: Sql,
    pub of_pupils: Option<Sql>,
}

/// A row that the database can keep.
pub(crate) trait Stored: Sized {
    const SQL: TableSql;
    /// Writes the row's own columns.
    fn write<M: SerializeMap>(&self, source: &str, object: &mut M) -> Result<(), M::Error>;
    /// Reads the row's own columns.
    fn read(row: &Row) -> Result<Self, StoreError>;
}

/// A batch as the one JSON parameter of [`TableSql::stage`].
pub(crate) fn batch_json<T: Stored>(source: &str, rows: &[Staged<T>]) -> String {
    let objects: Vec<_> = rows.iter().map(|row| Object { source, row }).collect();
    serde_json::to_string(&objects).expect("columns are numbers and texts")
}

/// A staged row as JSON, written without a tree of values between: a district has ten million.
struct Object<'a, T> {
    source: &'a str,
    row: &'a Staged<T>,
}

impl<T: Stored> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Staged {
            provenance,
            key,
            content,
            withdrawn,
            row,
        } = self.row;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("key", &hex::encode(key.0))?;
        object.serialize_entry("content", &hex::encode(content.0))?;
        object.serialize_entry("file", &provenance.file.0)?;
        object.serialize_entry("line", &provenance.line)?;
        object.serialize_entry("withdrawn", &i64::from(*withdrawn))?;
        row.write(self.source, &mut object)?;
        object.end()
    }
}

/// A temporary column's type in SQLite. An id must be a BLOB to the letter: under any other
/// affinity SQLite would not look it up in the index of a live table.
macro_rules! sqlite_type {
    (text) => {
        "TEXT"
    };
    (integer) => {
        "BIGINT"
    };
    (id) => {
        "BLOB"
    };
}
/// The same in PostgreSQL, where a temporary text would be ordered by the server's language.
macro_rules! postgres_type {
    (text) => {
        "TEXT COLLATE \"C\""
    };
    (integer) => {
        "BIGINT"
    };
    (id) => {
        "BYTEA"
    };
}
/// A column's value out of one object of the staged batch, in SQLite.
macro_rules! from_sqlite_json {
    ($column:ident text) => {
        concat!("value->>'", stringify!($column), "'")
    };
    ($column:ident integer) => {
        concat!("value->>'", stringify!($column), "'")
    };
    ($column:ident id) => {
        concat!("unhex(value->>'", stringify!($column), "')")
    };
}
/// The same in PostgreSQL.
macro_rules! from_postgres_json {
    ($column:ident text) => {
        concat!("value->>'", stringify!($column), "'")
    };
    ($column:ident integer) => {
        concat!("(value->>'", stringify!($column), "')::bigint")
    };
    ($column:ident id) => {
        concat!("decode(value->>'", stringify!($column), "', 'hex')")
    };
}
/// The condition that leaves out people who are held; only tables with a person have it.
macro_rules! not_held {
    (person) => {
        " AND NOT EXISTS (SELECT 1 FROM staged_held h WHERE h.person = m.person)"
    };
    (shared) => {
        ""
    };
}
macro_rules! of_held {
    (person) => {
        " WHERE person IN (SELECT person FROM staged_held)"
    };
    (shared) => {
        " WHERE 1 = 0"
    };
}
/// What a held person's rows would have changed, had they landed: rows that are new or say
/// something else, and live ones that are taken back or that a full table lacks.
macro_rules! held_back {
    ($table:ident, person) => {
        Some([
            Sql::both(concat!(
                "INSERT INTO staged_held_rows SELECT s.person, '",
                stringify!($table),
                "', s.key, s.school, 'held_back', s.file, s.line FROM staged_",
                stringify!($table),
                " s LEFT JOIN ",
                stringify!($table),
                " m ON m.key = s.key AND m.recorded_to = ",
                open_end!(),
                " WHERE s.person IN (SELECT person FROM staged_held) AND CASE s.withdrawn WHEN 1 \
                 THEN m.key IS NOT NULL ELSE m.key IS NULL OR m.content <> s.content END AND NOT \
                 EXISTS (SELECT 1 FROM staged_held_rows r WHERE r.person = s.person AND \
                 r.key = s.key)"
            )),
            Sql::both(concat!(
                "INSERT INTO staged_held_rows SELECT m.person, '",
                stringify!($table),
                "', m.key, m.school, 'held_back', NULL, NULL FROM staged_held h CROSS JOIN ",
                stringify!($table),
                " m WHERE m.source = $1 AND m.person = h.person AND m.recorded_to = ",
                open_end!(),
                " AND m.school IN (SELECT school FROM staged_scope WHERE table_name = '",
                stringify!($table),
                "' AND is_full = 1) AND NOT EXISTS (SELECT 1 FROM staged_",
                stringify!($table),
                " s WHERE s.key = m.key) AND NOT EXISTS (SELECT 1 FROM staged_held_rows r WHERE \
                 r.person = m.person AND r.key = m.key)"
            )),
        ])
    };
    ($table:ident, shared) => {
        None
    };
}
/// A row that passes from one person to another is about both: it cannot land for one while the
/// other is held. Where a key has the person in it nothing does.
macro_rules! shared {
    ($row:ident, $table:ident, person) => {
        Some(Sql::both(concat!(
            "INSERT INTO staged_held_rows SELECT person, '", stringify!($table),
            "', key, MIN(school), '", shared_problem!($row), "', MIN(file), MIN(line) FROM (",
            // It is brought for someone, and stands for, is brought or was refused for one who is
            // held.
            "SELECT s.person, s.key, s.school, s.file, s.line FROM staged_held h CROSS JOIN ",
            stringify!($table), " m CROSS JOIN staged_", stringify!($table),
            " s WHERE m.source = $1 AND m.person = h.person AND m.recorded_to = ", open_end!(),
            " AND s.key = m.key UNION ALL SELECT s.person, s.key, s.school, s.file, s.line FROM \
             staged_", stringify!($table), " o JOIN staged_held h ON h.person = o.person CROSS \
             JOIN staged_", stringify!($table), " s WHERE s.key = o.key UNION ALL SELECT \
             s.person, s.key, s.school, s.file, s.line FROM staged_held_rows r CROSS JOIN staged_",
            stringify!($table), " s WHERE s.key = r.key",
            // It stands for someone, and is brought or was refused for one who is held.
            " UNION ALL SELECT m.person, m.key, m.school, s.file, s.line FROM staged_",
            stringify!($table), " s JOIN staged_held h ON h.person = s.person CROSS JOIN ",
            stringify!($table), " m WHERE m.key = s.key AND m.recorded_to = ", open_end!(),
            " UNION ALL SELECT m.person, m.key, m.school, r.file, r.line FROM staged_held_rows r \
             CROSS JOIN ", stringify!($table), " m WHERE m.key = r.key AND m.recorded_to = ",
            open_end!(), ") p WHERE person NOT IN (SELECT person FROM staged_held) GROUP BY \
             person, key"
        )))
    };
    ($row:ident, $table:ident, shared) => {
        None
    };
}
/// Why someone is held who shares such a row.
macro_rules! shared_problem {
    (Mark) => {
        "posting_shared"
    };
    ($row:ident) => {
        "row_shared"
    };
}
/// The live rows that a full table lacks. A district's rows are never withdrawn because of that:
/// it has no school whose part could be full.
///
/// `IS TRUE` keeps PostgreSQL from making a join of the schools: while it has no count of the rows,
/// just after a first import, it would compare each with every school.
macro_rules! absent {
    (District, $table:ident, $kind:ident) => {
        None
    };
    ($row:ident, $table:ident, $kind:ident) => {
        Some(Sql::both(concat!(
            "INSERT INTO staged_closing SELECT '",
            stringify!($table),
            "', m.key, m.school FROM ",
            stringify!($table),
            " m WHERE m.source = $1 AND m.recorded_to = ",
            open_end!(),
            " AND (m.school IN (SELECT school FROM staged_scope WHERE table_name = '",
            stringify!($table),
            "' AND is_full = 1)) IS TRUE AND NOT EXISTS (SELECT 1 FROM staged_",
            stringify!($table),
            " s WHERE s.key = m.key)",
            not_held!($kind)
        )))
    };
}
/// Who is held for a finding of this table.
macro_rules! person_or_null {
    (person) => {
        "s.person"
    };
    (shared) => {
        "NULL"
    };
}
/// The column that says for which school a row stands.
macro_rules! closing_school {
    (District) => {
        "code"
    };
    ($row:ident) => {
        "school"
    };
}
/// The column that names a row to a reader.
macro_rules! naming_column {
    (District) => {
        "code"
    };
    (School) => {
        "school"
    };
    (Term) => {
        "term"
    };
    (Course) => {
        "course"
    };
    (Mark) => {
        "posting"
    };
    (CalendarPeriod) => {
        "begins_on"
    };
    (Referral) => {
        "referral"
    };
    (Evaluation) => {
        "evaluation"
    };
    (SupportPlan) => {
        "plan"
    };
    (TransitionPlan) => {
        "plan"
    };
    (BehaviourPlan) => {
        "plan"
    };
    (PlanMeeting) => {
        "meeting"
    };
    (ParentNotice) => {
        "meeting"
    };
    (ServicePromise) => {
        "promise"
    };
    (ServiceLog) => {
        "entry"
    };
    (RecordsRequest) => {
        "request"
    };
    (TranslationRequest) => {
        "request"
    };
    (Complaint) => {
        "complaint"
    };
    (Dispute) => {
        "dispute"
    };
    (Incident) => {
        "incident"
    };
    (Removal) => {
        "removal"
    };
    (StaffMember) => {
        "staff"
    };
    (StaffCredential) => {
        "credential"
    };
    (CensusCount) => {
        "counted_on"
    };
    (PassMark) => {
        "event"
    };
    (MarkChange) => {
        "event"
    };
    (NameChange) => {
        "event"
    };
    (PersonLink) => {
        "event"
    };
    (TranscriptHold) => {
        "event"
    };
    ($row:ident) => {
        "person"
    };
}
/// Of people: without versions that were closed because their person's id moved. What replaced such
/// a version is its own copy, from the same line; no import closed it (`links.rs`).
macro_rules! not_moved {
    (Person) => {
        " AND NOT EXISTS (SELECT 1 FROM people n WHERE n.person = m.person AND \
         n.source = m.source AND n.key = m.key AND n.recorded_from = m.recorded_to AND \
         n.file = m.file AND n.line = m.line)"
    };
    ($row:ident) => {
        ""
    };
}
/// The versions with a key of the set `$2` that were closed at `$1`, copied as standing ones.
macro_rules! copy_closed {
    ($table:ident, $in_set:literal, [$($column:ident)+]) => {
        concat!(
            "INSERT INTO ", stringify!($table),
            " (key, content, source, file, line, recorded_from, recorded_to",
            $(", ", stringify!($column),)+
            ") SELECT m.key, m.content, m.source, m.file, m.line, $1, ", open_end!(),
            $(", m.", stringify!($column),)+
            " FROM ", stringify!($table), " m WHERE m.recorded_to = $1 AND m.recorded_to <> ",
            open_end!(), " AND m.key ", $in_set
        )
    };
}
/// The rows of these people as their sources number them, as known at `$2`: `$1` is
/// `{"source": ["number"]}`. Read so, each is
/// found by the index; PostgreSQL, which cannot see how few they are, is told by `OFFSET 0` that it
/// looks up one person after the other.
macro_rules! of_pupils {
    ($table:ident, person, [$($column:ident)+]) => {
        Some(Sql::pair(
            concat!(
                "SELECT m.key, m.source, m.recorded_from",
                $(", m.", stringify!($column),)+
                " FROM json_each($1) s CROSS JOIN json_each(s.value) n CROSS JOIN ",
                stringify!($table), " m WHERE m.source = s.key AND m.person = n.value AND \
                 m.recorded_from <= $2 AND m.recorded_to > $2"
            ),
            concat!(
                "SELECT m.key, m.source, m.recorded_from",
                $(", m.", stringify!($column),)+
                " FROM jsonb_each($1::jsonb) s CROSS JOIN LATERAL \
                 jsonb_array_elements_text(s.value) n CROSS JOIN LATERAL (SELECT * FROM ",
                stringify!($table), " o WHERE o.source = s.key AND o.person = n.value AND \
                 o.recorded_from <= $2 AND o.recorded_to > $2 OFFSET 0) m"
            ),
        ))
    };
    ($table:ident, shared, [$($column:ident)+]) => {
        None
    };
}
macro_rules! stored {
    ($row:ident, $table:ident, $variant:ident, $kind:ident,
     { $($column:ident: $sql:ident,)+ }
     $(derived { $($extra:ident: $extra_sql:ident = $value:expr,)+ })?) => {
        impl Stored for $row {
            const SQL: TableSql = TableSql {
                table: Table::$variant,
                create_staged: Sql::pair(
                    concat!(
                        "CREATE TEMPORARY TABLE staged_", stringify!($table),
                        " (key BLOB NOT NULL, content BLOB NOT NULL, file BIGINT NOT NULL, \
                           line BIGINT NOT NULL, withdrawn BIGINT NOT NULL",
                        $(", ", stringify!($column), " ", sqlite_type!($sql),)+
                        $($(", ", stringify!($extra), " ", sqlite_type!($extra_sql),)+)?
                        ")"
                    ),
                    concat!(
                        "CREATE TEMPORARY TABLE staged_", stringify!($table),
                        " (key BYTEA NOT NULL, content BYTEA NOT NULL, file BIGINT NOT NULL, \
                           line BIGINT NOT NULL, withdrawn BIGINT NOT NULL",
                        $(", ", stringify!($column), " ", postgres_type!($sql),)+
                        $($(", ", stringify!($extra), " ", postgres_type!($extra_sql),)+)?
                        ")"
                    ),
                ),
                // With the line, so that rows of one key are found without reading a row.
                index_staged: Sql::pair(
                    concat!("CREATE INDEX temp.staged_", stringify!($table), "_key ON staged_",
                        stringify!($table), " (key, line)"),
                    concat!("CREATE INDEX ON staged_", stringify!($table), " (key, line)"),
                ),
                analyze_staged: concat!("ANALYZE staged_", stringify!($table)),
                stage: Sql::pair(
                    concat!(
                        "INSERT INTO staged_", stringify!($table),
                        " SELECT unhex(value->>'key'), unhex(value->>'content'), value->>'file', \
                          value->>'line', value->>'withdrawn'",
                        $(", ", from_sqlite_json!($column $sql),)+
                        $($(", ", from_sqlite_json!($extra $extra_sql),)+)?
                        " FROM jsonb_each($1)"
                    ),
                    concat!(
                        "INSERT INTO staged_", stringify!($table),
                        " SELECT decode(value->>'key', 'hex'), decode(value->>'content', 'hex'), \
                          (value->>'file')::bigint, (value->>'line')::bigint, \
                          (value->>'withdrawn')::bigint",
                        $(", ", from_postgres_json!($column $sql),)+
                        $($(", ", from_postgres_json!($extra $extra_sql),)+)?
                        " FROM jsonb_array_elements($1::jsonb)"
                    ),
                ),
                duplicates: Sql::both(concat!(
                    "INSERT INTO staged_findings SELECT 'duplicate_key', '", stringify!($table),
                    "', s.file, s.line, '", naming_column!($row), "', s.", naming_column!($row),
                    ", d.line, ", person_or_null!($kind), ", s.key, s.", closing_school!($row),
                    " FROM staged_", stringify!($table),
                    " s JOIN (SELECT key, MIN(line) AS line FROM staged_", stringify!($table),
                    " GROUP BY key HAVING COUNT(*) > 1) d ON d.key = s.key WHERE s.line > d.line"
                )),
                absent: absent!($row, $table, $kind),
                taken_back: Sql::both(concat!(
                    "INSERT INTO staged_closing SELECT DISTINCT '", stringify!($table),
                    "', m.key, m.", closing_school!($row), " FROM staged_", stringify!($table),
                    " s CROSS JOIN ", stringify!($table), " m WHERE s.withdrawn = 1 AND \
                     m.key = s.key AND m.recorded_to = ", open_end!()
                )),
                changes: Sql::both(concat!(
                    "SELECT s.", closing_school!($row), " AS school, \
                     CAST(SUM(CASE WHEN m.key IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS added, \
                     CAST(SUM(CASE WHEN m.content <> s.content THEN 1 ELSE 0 END) AS BIGINT) \
                     AS changed, \
                     CAST(SUM(CASE WHEN m.content = s.content THEN 1 ELSE 0 END) AS BIGINT) \
                     AS unchanged FROM staged_", stringify!($table), " s LEFT JOIN ",
                    stringify!($table), " m ON m.key = s.key AND m.recorded_to = ", open_end!(),
                    " WHERE s.withdrawn = 0 GROUP BY s.", closing_school!($row), " ORDER BY 1"
                )),
                standing: Sql::both(concat!(
                    "SELECT ", closing_school!($row), " AS school, COUNT(*) AS count FROM ",
                    stringify!($table), " WHERE source = $1 AND recorded_to = ", open_end!(),
                    " AND (", closing_school!($row), " IN (SELECT school FROM staged_closing \
                     WHERE table_name = '", stringify!($table), "')) IS TRUE GROUP BY ",
                    closing_school!($row)
                )),
                close_changed: Sql::both(concat!(
                    "UPDATE ", stringify!($table), " SET recorded_to = $1 WHERE recorded_to = ",
                    open_end!(), " AND key IN (SELECT s.key FROM staged_", stringify!($table),
                    " s CROSS JOIN ", stringify!($table),
                    " m WHERE m.key = s.key AND m.recorded_to = ", open_end!(),
                    " AND s.withdrawn = 0 AND m.content <> s.content)"
                )),
                close_withdrawn: Sql::both(concat!(
                    "UPDATE ", stringify!($table), " SET recorded_to = $1 WHERE recorded_to = ",
                    open_end!(), " AND key IN (SELECT key FROM staged_closing WHERE table_name = '",
                    stringify!($table), "')"
                )),
                add_versions: Sql::both(concat!(
                    "INSERT INTO ", stringify!($table),
                    " (key, content, source, file, line, recorded_from, recorded_to",
                    $(", ", stringify!($column),)+ $($(", ", stringify!($extra),)+)?
                    ") SELECT s.key, s.content, $1, s.file + $2, s.line, $3, ", open_end!(),
                    $(", s.", stringify!($column),)+ $($(", s.", stringify!($extra),)+)?
                    " FROM staged_", stringify!($table), " s WHERE s.withdrawn = 0 AND NOT EXISTS \
                     (SELECT 1 FROM ", stringify!($table), " m WHERE m.key = s.key AND \
                     m.recorded_to = ", open_end!(), ")"
                )),
                undo_close: Sql::both(concat!(
                    "UPDATE ", stringify!($table), " SET recorded_to = $1 WHERE recorded_to = ",
                    open_end!(), " AND file BETWEEN $2 AND $3"
                )),
                undo_reopen: Sql::both(concat!(
                    "INSERT INTO ", stringify!($table),
                    " (key, content, source, file, line, recorded_from, recorded_to",
                    $(", ", stringify!($column),)+ $($(", ", stringify!($extra),)+)?
                    ") SELECT m.key, m.content, m.source, m.file, m.line, $1, ", open_end!(),
                    $(", m.", stringify!($column),)+ $($(", m.", stringify!($extra),)+)?
                    " FROM ", stringify!($table), " m WHERE m.recorded_to = $2 AND \
                     m.recorded_to <> ", open_end!(), not_moved!($row)
                )),
                copy_closed: Sql::pair(
                    copy_closed!($table, "IN (SELECT unhex(value) FROM json_each($2))",
                        [$($column)+ $($($extra)+)?]),
                    copy_closed!($table, "= ANY($2)", [$($column)+ $($($extra)+)?]),
                ),
                staged_of_held: Sql::both(concat!(
                    "SELECT * FROM staged_", stringify!($table), of_held!($kind),
                    " ORDER BY file, line"
                )),
                held_back: held_back!($table, $kind),
                shared: shared!($row, $table, $kind),
                drop_held: Sql::both(concat!(
                    "DELETE FROM staged_", stringify!($table), of_held!($kind)
                )),
                of_pupils: of_pupils!($table, $kind, [$($column)+]),
            };

            fn write<M: SerializeMap>(
                &self,
                source: &str,
                object: &mut M,
            ) -> Result<(), M::Error> {
                $(object.serialize_entry(stringify!($column), &Column::kept(&self.$column))?;)+
                $($(
                    let derive: fn(&Self, &str) -> String = $value;
                    object.serialize_entry(stringify!($extra), &derive(self, source))?;
                )+)?
                let _ = source;
                Ok(())
            }

            fn read(row: &Row) -> Result<Self, StoreError> {
                Ok(Self { $($column: Column::from_row(row, stringify!($column))?,)+ })
            }
        }
    };
}

mod records;
mod support;

/// The statements of every table, in the order of [`Table::ALL`].
pub(crate) static TABLES: LazyLock<Vec<TableSql>> = LazyLock::new(|| {
    let tables = Table::ALL.iter();
    tables.map(|table| of_table!(table, R => R::SQL)).collect()
});
