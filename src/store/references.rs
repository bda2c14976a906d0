//! What names a school or district, whichever source knows it, and must not lose it.
//!
//! Every other reference stays inside its source and is checked in `checks.rs`. Schools and
//! districts are known by all: a registry may bring them and every other source name them. So an
//! import that withdraws one, and an undoing that takes one away or does not bring it back, both
//! ask here which rows would name what nobody knows any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::checks::stays;
use super::database::{Session, Sql, Value};
use super::staging::Staging;
use super::{StoreError, Table, open_end};

/// Rows of one code, table and import that a refusal names; the rest is counted.
const NAMED_ROWS_SHOWN_MAX: i64 = 3;

/// Rows of one table that one import brought, and that name a school or district which nobody would
/// know any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingRows {
    /// Where the code would have been known: schools or districts.
    pub to: Table,
    /// The code that nobody would know.
    pub code: String,
    /// Their table.
    pub table: Table,
    /// Their source.
    pub source: String,
    /// The import that brought them.
    pub import: i64,
    /// How many there are.
    pub count: u64,
    /// The first of them, by their number in the source.
    pub first: Vec<String>,
}

impl fmt::Display for NamingRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = match self.count > self.first.len() as u64 {
            true => ", …",
            false => "",
        };
        write!(
            f,
            "{}: {} of source `{}` from import {} ({}{more})",
            self.table.name(),
            self.count,
            self.source,
            self.import,
            self.first.join(", ")
        )
    }
}

/// Codes that nobody would know, by the table that had them.
type Lost = BTreeMap<Table, BTreeSet<String>>;

impl Staging {
    /// The rows, of whichever source, that stay and would name a school or district which the
    /// staged import withdraws and nobody else knows; none where it may land. Call it after
    /// [`Self::findings`], and again after [`Self::plan`] where people are held: their earlier rows
    /// stay.
    ///
    /// # Errors
    /// What the database said.
    pub async fn left_naming(&mut self) -> Result<Vec<NamingRows>, StoreError> {
        let mut session = self.connection.session();
        let mut lost = Lost::new();
        for (to, sql) in WITHDRAWN {
            collect(&mut session, &mut lost, to, sql, &[]).await?;
        }
        naming_rows(&mut session, &lost, |reference| reference.naming_staying).await
    }
}

/// The rows that would name a school or district which an undoing at `undone_at` closed, or which
/// was withdrawn since and is named by a row that holds again, closed at `landed_at`.
pub(super) async fn named_after_undoing(
    session: &mut Session<'_>,
    undone_at: &str,
    landed_at: &str,
) -> Result<Vec<NamingRows>, StoreError> {
    let mut lost = Lost::new();
    for (to, sql) in CLOSED {
        collect(session, &mut lost, to, sql, &[undone_at.into()]).await?;
    }
    for reference in &REFERENCES {
        let (to, sql) = (reference.to, reference.reopened);
        collect(session, &mut lost, to, sql, &[landed_at.into()]).await?;
    }
    naming_rows(session, &lost, |reference| reference.naming).await
}

async fn collect(
    session: &mut Session<'_>,
    lost: &mut Lost,
    to: Table,
    sql: Sql,
    values: &[Value],
) -> Result<(), StoreError> {
    for row in session.rows(sql, values).await? {
        lost.entry(to).or_default().insert(row.text("code")?);
    }
    Ok(())
}

async fn naming_rows(
    session: &mut Session<'_>,
    lost: &Lost,
    statement: fn(&Reference) -> Sql,
) -> Result<Vec<NamingRows>, StoreError> {
    let mut found: Vec<NamingRows> = Vec::new();
    for reference in &REFERENCES {
        let Some(codes) = lost.get(&reference.to) else {
            continue;
        };
        let codes = Value::TextSet(codes.iter().cloned().collect());
        let values = [codes, NAMED_ROWS_SHOWN_MAX.into()];
        for row in session.rows(statement(reference), &values).await? {
            let (code, import) = (row.text("code")?, row.integer("import")?);
            let same = |last: &NamingRows| {
                last.table == reference.table && last.code == code && last.import == import
            };
            if !found.last().is_some_and(same) {
                found.push(NamingRows {
                    to: reference.to,
                    code,
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
    }
    Ok(found)
}

/// A column that names a school or district, whichever source knows it.
struct Reference {
    table: Table,
    /// The table that it refers to.
    to: Table,
    /// Codes in rows that hold again, and that nobody knows.
    reopened: Sql,
    /// Rows that name such codes: the first of each code and import, and how many there are.
    naming: Sql,
    /// The same, without rows that the staged import closes or brings anew.
    naming_staying: Sql,
}

/// Codes in `$table.$column` of rows that were closed at `$1`, where no standing row of `$to` has
/// them as its `$code`.
macro_rules! unknown_codes {
    ($table:literal, $column:literal, $to:literal, $code:literal) => {
        Sql::both(concat!(
            "SELECT DISTINCT m.",
            $column,
            " AS code FROM ",
            $table,
            " m WHERE m.recorded_to = $1 AND m.recorded_to <> ",
            open_end!(),
            " AND m.",
            $column,
            " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ",
            $to,
            " k WHERE k.",
            $code,
            " = m.",
            $column,
            " AND k.recorded_to = ",
            open_end!(),
            ")"
        ))
    };
}

macro_rules! naming {
    ($table:literal, $name:literal, $column:literal, $in_set:literal, $staying:expr) => {
        concat!(
            "SELECT name, code, source, import, count FROM (SELECT m.",
            $name,
            " AS name, m.",
            $column,
            " AS code, m.source, f.import, COUNT(*) OVER (PARTITION BY f.import, m.",
            $column,
            ") AS count, ROW_NUMBER() OVER (PARTITION BY f.import, m.",
            $column,
            " ORDER BY m.",
            $name,
            ") AS place FROM ",
            $table,
            " m JOIN import_files f ON f.number = m.file WHERE m.recorded_to = ",
            open_end!(),
            " AND m.",
            $column,
            " ",
            $in_set,
            $staying,
            ") n WHERE place <= $2 ORDER BY code, import, place"
        )
    };
}

/// `$table.$column` names `$to.$code`; rows of the table are told by `$name`.
macro_rules! reference {
    ($variant:ident, $table:literal, $name:literal, $column:literal,
     $to_variant:ident, $to:literal, $code:literal) => {
        Reference {
            table: Table::$variant,
            to: Table::$to_variant,
            reopened: unknown_codes!($table, $column, $to, $code),
            naming: Sql::pair(
                naming!(
                    $table,
                    $name,
                    $column,
                    "IN (SELECT value FROM json_each($1))",
                    ""
                ),
                naming!($table, $name, $column, "= ANY($1)", ""),
            ),
            naming_staying: Sql::pair(
                naming!(
                    $table,
                    $name,
                    $column,
                    "IN (SELECT value FROM json_each($1))",
                    stays!($table)
                ),
                naming!($table, $name, $column, "= ANY($1)", stays!($table)),
            ),
        }
    };
}

macro_rules! of_school {
    ($variant:ident, $table:literal, $name:literal) => {
        of_school!($variant, $table, $name, "school")
    };
    ($variant:ident, $table:literal, $name:literal, $column:literal) => {
        reference!(
            $variant, $table, $name, $column, Schools, "schools", "school"
        )
    };
}

const REFERENCES: [Reference; 42] = [
    reference!(
        Schools,
        "schools",
        "school",
        "district",
        Districts,
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
    of_school!(Fulfilments, "fulfilments", "person"),
    of_school!(CalendarPeriods, "calendar_periods", "begins_on"),
    of_school!(Demographics, "demographics", "person"),
    of_school!(Residences, "residences", "person"),
    of_school!(Attendance, "attendance", "person"),
    of_school!(Assessments, "assessments", "person"),
    of_school!(Referrals, "referrals", "referral"),
    of_school!(Evaluations, "evaluations", "evaluation"),
    of_school!(Eligibilities, "eligibilities", "person"),
    of_school!(SupportPlans, "support_plans", "plan"),
    of_school!(TransitionPlans, "transition_plans", "plan"),
    of_school!(BehaviourPlans, "behaviour_plans", "plan"),
    of_school!(PlanMeetings, "plan_meetings", "meeting"),
    of_school!(ParentNotices, "parent_notices", "meeting"),
    of_school!(ServicePromises, "service_promises", "promise"),
    of_school!(ServiceLogs, "service_logs", "entry"),
    of_school!(RecordsRequests, "records_requests", "request"),
    of_school!(TranslationRequests, "translation_requests", "request"),
    of_school!(Complaints, "complaints", "complaint"),
    of_school!(Disputes, "disputes", "dispute"),
    of_school!(Incidents, "incidents", "incident"),
    of_school!(Removals, "removals", "removal"),
    of_school!(Staff, "staff", "staff"),
    of_school!(StaffCredentials, "staff_credentials", "credential"),
    of_school!(CensusCounts, "census_counts", "counted_on"),
    of_school!(Residences, "residences", "person", "residence_school"),
    of_school!(
        RecordsRequests,
        "records_requests",
        "request",
        "from_school"
    ),
    of_school!(PassMarks, "pass_marks", "event"),
    of_school!(MarkChanges, "mark_changes", "event"),
    of_school!(NameChanges, "name_changes", "event"),
    of_school!(PersonLinks, "person_links", "event"),
    of_school!(TranscriptHolds, "transcript_holds", "event"),
];

/// Codes of rows that were closed, and that nobody else knows.
const CLOSED: [(Table, Sql); 2] = [
    (
        Table::Districts,
        unknown_codes!("districts", "code", "districts", "code"),
    ),
    (
        Table::Schools,
        unknown_codes!("schools", "school", "schools", "school"),
    ),
];

/// Codes of rows of a table that the staged import withdraws, and that nobody would know then.
macro_rules! withdrawn {
    ($to:literal, $code:literal) => {
        Sql::both(concat!(
            "SELECT DISTINCT m.",
            $code,
            " AS code FROM staged_closing c CROSS JOIN ",
            $to,
            " m WHERE c.table_name = '",
            $to,
            "' AND m.key = c.key AND m.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_",
            $to,
            " s WHERE s.",
            $code,
            " = m.",
            $code,
            " AND s.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM ",
            $to,
            " k WHERE k.",
            $code,
            " = m.",
            $code,
            " AND k.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing o WHERE o.table_name = '",
            $to,
            "' AND o.key = k.key))"
        ))
    };
}

const WITHDRAWN: [(Table, Sql); 2] = [
    (Table::Districts, withdrawn!("districts", "code")),
    (Table::Schools, withdrawn!("schools", "school")),
];
