//! No statement reads a whole table of records, except those that are named here with their reason.
//!
//! A district has ten million rows. A statement that compares them with the wrong type, or asks for
//! what no index holds, is right and passes every test, and makes the second import fifteen times
//! slower than the first. So each statement that runs while [`NOTED`] is set is explained on its
//! own connection first, with its own values and the temporary tables in place, and what the plan
//! reads whole is noted.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value as Json;
use sqlx::Row as _;

use super::database::{Session, Sql, Value, postgres_query, sqlite_query};
use super::*;
use crate::record::{LinkKind, NameChange, NameChangeGround, PersonId, PersonLink, RowName, Scope};

#[path = "../../tests/common/databases.rs"]
mod common;
#[expect(
    dead_code,
    reason = "the statements need fewer rows than the tests of the store"
)]
#[path = "../../tests/store/rows.rs"]
mod rows;

#[path = "../../tests/store/pupil.rs"]
mod pupil;

mod district;

use common::on_both_databases;
use district::{land, look_large, one};

/// A table that a statement reads whole, or by its source alone, which is nearly the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scan {
    table: String,
    statement: String,
}

/// How many students are recorded when plans are made: enough that each value's share is seen.
const STUDENTS: usize = 50;

tokio::task_local! {
    static NOTED: RefCell<BTreeSet<Scan>>;
    static COUNTED: RefCell<Vec<&'static str>>;
}

/// Notes what the plan of this statement reads whole.
pub(super) async fn note(session: &mut Session<'_>, sql: Sql, values: &[Value]) {
    let _ = COUNTED.try_with(|counted| counted.borrow_mut().push(sql.sqlite));
    if NOTED.try_with(|_| ()).is_err() || !reads_records(sql.sqlite) {
        return;
    }
    let (statement, tables) = match session {
        Session::Sqlite(_) => (sql.sqlite, sqlite_scans(session, sql, values).await),
        Session::Postgres(_) => (sql.postgres, postgres_scans(session, sql, values).await),
    };
    let scan = |table| Scan {
        table,
        statement: statement.to_owned(),
    };
    NOTED.with(|noted| noted.borrow_mut().extend(tables.into_iter().map(scan)));
}

/// A table that grows with the students. Schools, districts, calendars, staff and the decisions of
/// people are some thousand rows, and may be read whole.
fn is_live(table: &str) -> bool {
    let of_students = Table::named(table).is_some_and(|table| {
        let of_schools = [
            Table::Districts,
            Table::Schools,
            Table::CalendarPeriods,
            Table::Staff,
            Table::StaffCredentials,
            Table::CensusCounts,
        ];
        !of_schools.contains(&table) && !table.is_event()
    });
    of_students || ["issuances", "documents", "batch_people"].contains(&table)
}

fn reads_records(statement: &str) -> bool {
    let verb = statement.split(' ').next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(&verb) && words(statement).any(is_live)
}

fn words(statement: &str) -> impl Iterator<Item = &str> {
    statement
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// The same statement with something before it; a test may forget the text.
fn explained(before: &str, sql: Sql) -> Sql {
    let before = |text| &*Box::leak(format!("{before} {text}").into_boxed_str());
    Sql::pair(before(sql.sqlite), before(sql.postgres))
}

async fn sqlite_scans(session: &mut Session<'_>, sql: Sql, values: &[Value]) -> Vec<String> {
    let Session::Sqlite(connection) = session else {
        return Vec::new();
    };
    let query = sqlite_query(explained("EXPLAIN QUERY PLAN", sql), values);
    let rows = query.fetch_all(&mut **connection).await;
    let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", sql.sqlite));
    let details = rows.iter().map(|row| row.get::<String, _>("detail"));
    details
        .filter_map(|detail| sqlite_scan(sql.sqlite, &detail))
        .collect()
}

/// The table of records that a line of a plan reads whole: `SCAN m`, by an index that SQLite would
/// have to make first, or by nothing but the source.
fn sqlite_scan(statement: &str, detail: &str) -> Option<String> {
    let mut parts = detail.split(' ');
    let (verb, name) = (parts.next()?, parts.next()?);
    let whole = match verb {
        "SCAN" => true,
        "SEARCH" => detail.contains("AUTOMATIC") || detail.ends_with("(source=?)"),
        _ => false,
    };
    let tables = tables_named(statement, name);
    let live = tables.iter().find(|table| is_live(table)).cloned()?;
    assert_eq!(
        tables.len(),
        1,
        "`{name}` must mean one table in: {statement}"
    );
    whole.then_some(live)
}

/// What an alias stands for in a statement.
fn tables_named(statement: &str, alias: &str) -> BTreeSet<String> {
    let words: Vec<&str> = words(statement).collect();
    let after = |pair: &[&str]| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]);
    let mut tables = BTreeSet::new();
    for (place, _) in words.windows(2).enumerate().filter(|(_, pair)| after(pair)) {
        let table = words[place + 1];
        let names = table == alias || words.get(place + 2) == Some(&alias);
        if names && table != "SELECT" {
            tables.insert(table.to_owned());
        }
    }
    tables
}

async fn postgres_scans(session: &mut Session<'_>, sql: Sql, values: &[Value]) -> Vec<String> {
    let Session::Postgres(connection) = session else {
        return Vec::new();
    };
    // What counts is whether an index leads there; how many rows are compared today does not.
    // Ten million rows are worth compiling for; fifty are not, and it takes a minute.
    let settings = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = \
                    off; SET jit = off";
    let set = sqlx::raw_sql(settings).execute(&mut **connection).await;
    set.expect("the planner takes its settings");
    let query = postgres_query(explained("EXPLAIN (FORMAT JSON)", sql), values);
    let row = query.fetch_one(&mut **connection).await;
    let row = row.unwrap_or_else(|error| panic!("{}: {error}", sql.postgres));
    let plan: Json = serde_json::from_str(&row.get_unchecked::<String, _>(0)).expect("JSON");
    let mut scans = Vec::new();
    postgres_scan(&plan[0]["Plan"], &mut scans);
    scans
}

/// Collects the tables of records that a node of a plan and the nodes below it read whole.
fn postgres_scan(node: &Json, scans: &mut Vec<String>) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let whole = match text("Node Type") {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            let condition = text("Index Cond");
            let by_source = condition.contains("source =") && !condition.contains(" AND ");
            condition.is_empty() || by_source
        }
        _ => false,
    };
    // A bitmap's index names its table: `marks_source_person`, `service_logs_source_person`.
    let of_index = || {
        let index = text("Index Name");
        let mut ends = index.match_indices('_').map(|(end, _)| &index[..end]);
        ends.find(|name| is_live(name)).unwrap_or_default()
    };
    let table = Some(text("Relation Name")).filter(|name| !name.is_empty());
    let table = table.unwrap_or_else(of_index).to_owned();
    if whole && is_live(&table) {
        scans.push(table);
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        postgres_scan(child, scans);
    }
}

/// What may be read whole, by a piece of the statement, and why.
const REVIEWED: [(&str, &str); 9] = [
    (
        "INSERT INTO staged_closing SELECT '",
        "a full table is compared with all that is recorded of it; only full tables run this",
    ),
    (
        "IN (SELECT school FROM staged_closing",
        "withdrawn rows are weighed against all of their school's; only where some are withdrawn",
    ),
    (
        "'still_referenced', 'terms'",
        "any mark of the source could name a term; only where one is withdrawn",
    ),
    ("'still_referenced', 'courses'", "the same, for courses"),
    (
        "UNION SELECT person FROM staged_held",
        "held people are weighed against everybody; only with `--hold`",
    ),
    (
        "PARTITION BY f.import",
        "any row could name a school that would be lost; only where one would, which is refused",
    ),
    (
        "AS with_marks FROM people",
        "everybody of a source that sends plans and marks is looked at; once an import of it",
    ),
    (
        "LIMIT 1) s",
        "it stops at the first row of the source in each table; once an import",
    ),
    (
        "'subject' AS kind",
        "the catalogues are asked for every name, once an audit or a batch",
    ),
];
/// Questions about everybody read everybody: the whole district, and a school, which is here the
/// only one.
const EVERYBODY: [&str; 2] = [
    "l WHERE place = 1 AND $1 = ''",
    "IN (SELECT q.person_id FROM enrolments f",
];

on_both_databases!(no_statement_reads_a_table_of_records_whole_unasked, |db| {
    land(&db.store, 1, "registry", 0).await;
    land(&db.store, 2, "sis", STUDENTS).await;
    look_large(&db.store).await;
    let noted = NOTED.scope(RefCell::default(), async {
        everything(&db.store).await;
        NOTED.with(|noted| noted.borrow().clone())
    });
    let noted = noted.await;
    let pieces = || REVIEWED.iter().map(|(piece, _)| *piece);
    let reviewed = |scan: &&Scan| {
        let mut pieces = pieces().chain(EVERYBODY);
        pieces.any(|piece| scan.statement.contains(piece))
    };
    let unasked: Vec<_> = noted.iter().filter(|scan| !reviewed(scan)).collect();
    assert!(unasked.is_empty(), "{}: {unasked:#?}", db.url);
    for piece in pieces() {
        let stands = noted.iter().any(|scan| scan.statement.contains(piece));
        assert!(stands, "nothing is read whole any more by: {piece}");
    }
});

on_both_databases!(
    a_class_of_five_hundred_is_read_in_fifteen_statements,
    |db| {
        const CLASS: usize = 500;
        const STATEMENTS_MAX: usize = 15;
        land(&db.store, 1, "registry", 0).await;
        land(&db.store, 2, "sis", CLASS).await;
        let everybody = StudentQuery::Everybody { grade_level: None };
        let found = db.store.find_people(&everybody, &Scope::District, day(3));
        let people = found.await.expect("found").people;
        assert_eq!(people.len(), CLASS);
        let counted = COUNTED.scope(RefCell::default(), async {
            let records = db.store.records(&people, day(3)).await.expect("read");
            assert_eq!(records.len(), CLASS);
            COUNTED.with(|counted| counted.borrow().clone())
        });
        let counted = counted.await;
        assert!(
            !counted.is_empty() && counted.len() <= STATEMENTS_MAX,
            "{counted:#?}"
        );
    }
);

on_both_databases!(
    a_page_of_five_hundred_pupils_is_read_in_a_statement_a_table,
    |db| {
        const PAGE: usize = 500;
        // People, enrolments, and the tables of support but the four that are about schools.
        let tables = Table::ALL.iter().filter(|table| table.is_support()).count() - 4 + 2;
        land(&db.store, 1, "registry", 0).await;
        land(&db.store, 2, "sis", PAGE).await;
        let page = db.store.people_after(None, None, day(3)).await;
        let page = page.expect("read").people;
        assert_eq!(page.len(), PAGE);
        let sent = pupil::all_sent(&["sis"]);
        let counted = COUNTED.scope(RefCell::default(), async {
            let read = db.store.support_records(&page, &sent, day(3)).await;
            let read = read.expect("read");
            assert_eq!(read.len(), PAGE);
            assert!(read.iter().all(|record| record.service_logs.len() == 1));
            COUNTED.with(|counted| counted.borrow().len())
        });
        assert_eq!(counted.await, tables);
    }
);

/// The mistake that this file is about: under a type that is not to the letter BLOB, SQLite does
/// not look a key up in the index of a live table.
#[tokio::test]
async fn a_key_of_another_type_is_noticed() {
    let db = common::sqlite().await;
    let noted = NOTED.scope(RefCell::default(), async {
        let mut connection = db.store.connection().await.expect("a connection");
        let mut session = connection.session();
        for (name, affinity) in [("staged_right", "BLOB"), ("staged_wrong", "BYTEA")] {
            let create = format!("CREATE TEMPORARY TABLE {name} (key {affinity})");
            let compare = format!(
                "SELECT COUNT(*) AS count FROM {name} s CROSS JOIN marks m WHERE m.key = s.key AND \
                 m.recorded_to = '9999-12-31T23:59:59.999999Z'"
            );
            for text in [create, compare] {
                let sql = Sql::both(Box::leak(text.into_boxed_str()));
                session.rows(sql, &[]).await.expect("it runs");
            }
        }
        NOTED.with(|noted| noted.borrow().clone())
    });
    let noted: Vec<_> = noted.await.into_iter().collect();
    assert_eq!(noted.len(), 1, "{noted:#?}");
    assert!(noted[0].statement.contains("staged_wrong"), "{noted:#?}");
}

/// Lands, holds, withdraws, takes back and reads, with every statement that does.
async fn everything(store: &Store) {
    land(store, 3, "sis", 0).await;
    store
        .undo_import(3, rows::TAKEN_BACK, day(4))
        .await
        .expect("the newest of its source");
    let links = Table::PersonLinks;
    let merged = decide(store, 4, links, TableRows::PersonLinks, merge(4)).await;
    let undone = store.undo_import(merged, rows::TAKEN_BACK, day(4)).await;
    undone.expect("the newest of its source");
    land(store, 5, "sis", 1).await;
    let names = Table::NameChanges;
    decide(store, 6, names, TableRows::NameChanges, name_change(6)).await;
    let known = day(6);
    for query in [
        StudentQuery::Numbers(vec!["0".into()]),
        StudentQuery::Everybody { grade_level: None },
        StudentQuery::School {
            school: rows::SCHOOL.into(),
            grade_level: None,
        },
    ] {
        let scope = Scope::Schools(vec![rows::SCHOOL.into()]);
        store
            .find_people(&query, &scope, known)
            .await
            .expect("found");
    }
    let person = PersonId::from_state_id("9000000000");
    let records = store.records(&[person], known).await.expect("read");
    assert_eq!(records.len(), 1);
    store.support_setting(known).await.expect("read");
    let sent = pupil::all_sent(&["sis"]);
    let supported = store.support_records(&[person], &sent, known).await;
    assert_eq!(supported.expect("read").len(), 1);
    let (all, today) = (Scope::SpecialEducation, jiff::civil::date(2026, 6, 12));
    let with_plan = store.people_with_plan(&[person], &all, today, known).await;
    assert!(with_plan.expect("read").contains(&person));
    let usual = Scope::District;
    let nobody = store
        .people_with_plan(&[person], &usual, today, known)
        .await;
    assert!(nobody.expect("read").is_empty());
    for of in [Some(person), None] {
        store.events(of, None, known).await.expect("read");
    }
    store.person_rows(&[person], known).await.expect("read");
    store.postings(person, "0", known).await.expect("read");
    let mut connection = store.connection().await.expect("a connection");
    let known_as = known_as::KnownAs::read(&mut connection.session(), person, known).await;
    assert!(known_as.expect("read").was(person, known));
    drop(connection);
    looked_at::tests::overridden(store, person, known).await;
    store.directory(known).await.expect("read");
    audited(store, person, known).await;
    let named = store.undo_import(1, rows::TAKEN_BACK, day(7)).await;
    assert!(matches!(named, Err(UndoError::StillNamed(_))), "{named:?}");
    withdraw_school(store, 8).await;
}

/// Two students are one person.
fn merge(on: i8) -> PersonLink {
    PersonLink {
        school: rows::SCHOOL.into(),
        event: "L".into(),
        link: LinkKind::Merge,
        person_source: "sis".into(),
        person: "0".into(),
        other_source: Some("sis".into()),
        other_person: Some("1".into()),
        ground: "one birth certificate".into(),
        recorded_by: "R. Varo".into(),
        recorded_at: day(on),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

/// A student has another name.
fn name_change(on: i8) -> NameChange {
    NameChange {
        school: rows::SCHOOL.into(),
        event: "N".into(),
        person_source: "sis".into(),
        person: "0".into(),
        legal_given: "Iris".into(),
        legal_middle: None,
        legal_family: None,
        legal_suffix: None,
        chosen_name: None,
        printed_name: None,
        ground: NameChangeGround::CourtOrder,
        document_seen: "Decree of the Superior Court".into(),
        requested_on: jiff::civil::date(2026, 1, 3),
        recorded_by: "R. Varo".into(),
        recorded_at: day(on),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

/// Lands a decision in a source of its own, about rows of another.
async fn decide<T>(
    store: &Store,
    on: i8,
    table: Table,
    batch: fn(Vec<Staged<T>>) -> TableRows,
    row: T,
) -> i64 {
    let mut staging = store.stage(header(on, "decisions")).await.expect("begins");
    let file = staging.file(table, "decisions.csv");
    staging.file_read(file, [7; 32], 10, 1);
    let place = Provenance { file, line: 2 };
    let rows = batch(one(place, "decisions", table, "1", row));
    staging.rows(&rows).await.expect("staged");
    // Of a source without students PostgreSQL rightly reads all: these plans say nothing.
    let unnoted = NOTED.scope(RefCell::default(), staging.findings(10));
    assert_eq!(unnoted.await.expect("checked"), Findings::default());
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, day(on)).await.expect("it lands");
    landed.import.expect("it says something new")
}

/// What the audit asks of everybody, of one person and of each table.
async fn audited(store: &Store, person: PersonId, known: jiff::Timestamp) {
    for source in [None, Some("sis")] {
        let page = store.people_after(None, source, known).await;
        assert!(!page.expect("read").people.is_empty());
    }
    store.look_alikes(&[person], known).await.expect("asked");
    store.contradictions(&[person], known).await.expect("asked");
    let moved = store.rows_moved(&[person], known, known).await;
    assert!(moved.expect("asked").is_empty());
    let names = store.catalogue_names(known).await.expect("read");
    assert!(names.schools.contains(rows::SCHOOL));
    let named = |(table, name): &(&'static str, &str)| {
        let of_nobody = ["courses", "terms"].contains(table);
        let number = if of_nobody { "" } else { "0" };
        RowName::new(table, rows::SCHOOL, number, name)
    };
    let wanted = [
        ("people", "0"),
        ("enrolments", "2022-08-15"),
        ("marks", "0"),
        ("totals", "credit_earned"),
        ("plans", "district"),
        ("awards", "diploma"),
        ("courses", "0"),
        ("terms", "0"),
        ("name_changes", "N"),
    ];
    let wanted: Vec<RowName> = wanted.iter().map(named).collect();
    let places = store.places(&[person], &wanted, known).await.expect("read");
    assert_eq!(places.len(), wanted.len(), "each table is asked");
    store.issued_in([1; 16], &[person]).await.expect("asked");
}

/// The registry leaves out the school that all rows name.
async fn withdraw_school(store: &Store, on: i8) {
    let mut staging = store.stage(header(on, "registry")).await.expect("begins");
    let scope = staging.scope(Table::Schools, rows::SCHOOL, true).await;
    scope.expect("a scope");
    // Of a source without students PostgreSQL rightly reads all: these plans say nothing.
    let unnoted = NOTED.scope(RefCell::default(), staging.findings(10));
    unnoted.await.expect("checked");
    let left = staging.left_naming().await.expect("read");
    assert!(!left.is_empty());
}

fn day(day: i8) -> jiff::Timestamp {
    let midnight = jiff::civil::date(2026, 1, day).to_zoned(jiff::tz::TimeZone::UTC);
    midnight.expect("a day").timestamp()
}

fn header(on: i8, source: &str) -> ImportHeader {
    ImportHeader {
        source: source.into(),
        district: "1999999".into(),
        exported_at: day(on),
        recorded_at: day(on),
        allow_clock_behind: false,
    }
}
