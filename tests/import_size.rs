//! Size: a district's import takes little memory however large it is, the second import of a source
//! counts what changed, and an import of nothing new changes nothing. A process of its own, so that
//! the peak is the import's. Times are printed, never judged: they are the machine's.

#[path = "common/databases.rs"]
#[expect(
    unused_imports,
    reason = "the databases take turns here: one peak at a time"
)]
#[expect(unused_macros, reason = "the same")]
mod common;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Instant;

use common::TestDatabase;
use jiff::civil::{Date, date};
use registrar::host::{Clock, stopwatch};
use registrar::intake::package::{Table, TableDefinition};
use registrar::intake::{Options, Outcome, Progress, Verdict, import};
use registrar::synthetic::{Plan, generate};

/// The most memory that an import may hold at any moment, whatever the district's size.
const MEMORY_BYTES_MAX: u64 = 400 * 1024 * 1024;

/// Three weeks before the end of school: marks are in progress, nobody has graduated.
const BEFORE: Date = date(2026, 5, 20);
/// The week of graduation.
const AFTER: Date = date(2026, 6, 12);

/// The two packages of a district.
const PACKAGES: [&str; 2] = ["central", "charters"];

/// Rows of one table, by what an import makes of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    added: u64,
    changed: u64,
    unchanged: u64,
    withdrawn: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_counts_what_the_lines_of_the_files_say() {
    for database in [common::sqlite().await, common::postgres().await] {
        three_imports(database, 1_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: 640,000 students three times into both databases, about 15 GB of disk"]
async fn six_hundred_and_forty_thousand_students_are_imported_in_little_memory() {
    three_imports(common::sqlite().await, 640_000).await;
    three_imports(common::postgres().await, 640_000).await;
}

/// Imports a district, the same files again, and its export of three weeks later.
async fn three_imports(database: TestDatabase, students: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    export(students, BEFORE, &before);
    for package in PACKAGES {
        let first = measured("first", &database, &before.join(package)).await;
        for (table, counts) in counted(&first) {
            let added = lines(&before.join(package), table).len() as u64;
            let expected = Counts {
                added,
                ..Counts::default()
            };
            assert_eq!(counts, expected, "{package} {table:?}");
        }
    }
    for package in PACKAGES {
        let again = measured("again", &database, &before.join(package)).await;
        assert_eq!(again.verdict, Verdict::Unchanged, "{package}");
        for (table, counts) in counted(&again) {
            let unchanged = lines(&before.join(package), table).len() as u64;
            let expected = Counts {
                unchanged,
                ..Counts::default()
            };
            assert_eq!(counts, expected, "{package} {table:?}");
        }
    }
    export(students, AFTER, &after);
    let mut changed = 0;
    for package in PACKAGES {
        let later = measured("later", &database, &after.join(package)).await;
        assert!(matches!(later.verdict, Verdict::Landed(_)), "{later:?}");
        for (table, counts) in counted(&later) {
            let expected = compared(&before.join(package), &after.join(package), table);
            assert_eq!(counts, expected, "{package} {table:?}");
            changed += counts.changed;
        }
    }
    assert!(changed > u64::from(students) / 10, "{changed} rows changed");
    finish(database).await;
}

/// Gives the disk back: the files of a database of this size are not for the next to stand beside.
async fn finish(database: TestDatabase) {
    database.store.close().await;
    let Some((server, name)) = database.url.rsplit_once('/') else {
        return;
    };
    if server.starts_with("postgres") {
        let server = format!("{server}/postgres");
        let connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server).await;
        let mut connection = connection.expect("it answers");
        let drop = sqlx::AssertSqlSafe(format!("DROP DATABASE {name}"));
        let dropped = sqlx::raw_sql(drop).execute(&mut connection).await;
        dropped.expect("nobody else is in it");
    }
}

fn export(students: u32, as_of: Date, folder: &Path) {
    let plan = Plan {
        as_of,
        ..Plan::new(students, 7)
    };
    generate(&plan, folder, &mut |_| {}).expect("a district");
}

/// Imports a package, prints how long each phase took, and holds the peak against the bound.
async fn measured(what: &str, database: &TestDatabase, package: &Path) -> Outcome {
    forget_peak();
    let mut phases: Vec<(&str, Instant)> = vec![("read", stopwatch())];
    let mut progress = |progress: Progress<'_>| match progress {
        Progress::Reading { .. } => {}
        Progress::Checking => phases.push(("check and plan", stopwatch())),
        Progress::Landing => phases.push(("land", stopwatch())),
    };
    let clock = Clock::Fixed("2026-06-20T08:00:00Z".parse().expect("an instant"));
    let options = Options::default();
    let outcome = import(&database.store, package, &options, clock, &mut progress).await;
    let outcome = outcome.expect("the database answers");
    let (peak, end) = (peak_bytes(), stopwatch());
    let ends = phases.iter().skip(1).map(|(_, at)| *at).chain([end]);
    let times = phases.iter().zip(ends);
    let times =
        times.map(|((phase, from), to)| format!("{phase} {:.1} s", (to - *from).as_secs_f32()));
    let times: Vec<String> = times.collect();
    let (kind, name) = (
        database.store.kind(),
        package.file_name().unwrap_or_default(),
    );
    let (times, name) = (times.join(", "), name.display());
    eprintln!(
        "{kind}, {what}, {name}: {times}; peak {} MB",
        peak / 1024 / 1024
    );
    assert!(outcome.report.is_empty(), "{:?}", outcome.report);
    assert!(peak < MEMORY_BYTES_MAX, "{kind}, {what}: {peak} bytes");
    outcome
}

/// What the import says that it did, table by table; made-up districts have no events.
fn counted(outcome: &Outcome) -> Vec<(Table, Counts)> {
    let plan = outcome.plan.as_ref().expect("it was planned");
    let of_table = |table: &Table| {
        let mut counts = Counts::default();
        for change in plan.changes.iter().filter(|change| change.table == *table) {
            counts.added += change.added;
            counts.changed += change.changed;
            counts.unchanged += change.unchanged;
            counts.withdrawn += change.withdrawn;
        }
        (*table, counts)
    };
    let tables = Table::ALL
        .iter()
        .filter(|table| !table.is_event() && !table.is_support())
        .filter(|table| **table != Table::Fulfilments);
    tables.map(of_table).collect()
}

/// What the files say, line against line.
fn compared(before: &Path, after: &Path, table: Table) -> Counts {
    let mut earlier = lines(before, table);
    let mut counts = Counts::default();
    for (key, line) in lines(after, table) {
        match earlier.remove(&key) {
            None => counts.added += 1,
            Some(same) if same == line => counts.unchanged += 1,
            Some(_) => counts.changed += 1,
        }
    }
    counts.withdrawn = earlier.len() as u64;
    counts
}

/// The lines of a table: a hash of each by a hash of its key.
fn lines(package: &Path, table: Table) -> HashMap<u64, u64> {
    let definition = TableDefinition::of(table);
    let reader = csv::Reader::from_path(package.join(definition.file()));
    let mut reader = reader.expect("the table is in the package");
    let header = reader.headers().expect("a header").clone();
    let position = |column: &&str| header.iter().position(|name| name == *column);
    let key: Option<Vec<usize>> = definition.key.iter().map(position).collect();
    let key = key.expect("the file has its key");
    let (mut record, mut lines) = (csv::StringRecord::new(), HashMap::new());
    while reader.read_record(&mut record).expect("it reads") {
        let key = hash(key.iter().map(|at| &record[*at]));
        let twice = lines.insert(key, hash(record.iter()));
        assert_eq!(twice, None, "{table:?} has each key once");
    }
    lines
}

fn hash<'a>(cells: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    cells.for_each(|cell| cell.hash(&mut hasher));
    hasher.finish()
}

/// Lets the peak begin again at what is held now (`man 5 proc`, `clear_refs`).
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a process may forget its own peak");
}

/// The most memory this process held since then.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: u64 = number
        .and_then(|number| number.parse().ok())
        .expect("the peak");
    kilobytes * 1024
}
