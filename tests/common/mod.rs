//! What several tests share: databases of both kinds, and rows to put into them.

use std::sync::atomic::{AtomicU32, Ordering};

use registrar::record::*;
use registrar::store::*;

/// A database of its own for one test; it goes away with the test.
pub struct TestDatabase {
    pub store: Store,
    pub url: String,
    _folder: tempfile::TempDir,
}

/// A fresh SQLite file.
pub async fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("registrar.db").display());
    let store = Store::open(&url)
        .await
        .expect("a new SQLite database opens");
    TestDatabase {
        store,
        url,
        _folder: folder,
    }
}

/// A fresh database on the PostgreSQL server that `tests/run` starts.
pub async fn postgres() -> TestDatabase {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = registrar::host::environment("REGISTRAR_TEST_POSTGRES")
        .expect("REGISTRAR_TEST_POSTGRES names a server: start the tests with tests/run");
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server)
        .await
        .expect("the test server answers");
    let create = format!("CREATE DATABASE {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(&mut connection)
        .await
        .expect("the test server creates a database");
    let (base, _) = server
        .rsplit_once('/')
        .expect("the server's URL names a database");
    let url = format!("{base}/{name}");
    let store = Store::open(&url)
        .await
        .expect("a new PostgreSQL database opens");
    TestDatabase {
        store,
        url,
        _folder: tempfile::tempdir().expect("a temporary folder"),
    }
}

/// Writes into the database that a migration of the future was applied.
pub async fn record_a_later_migration(url: &str) {
    let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                     execution_time) VALUES (9999, 'of the future', TRUE, X'00', 0)";
    if url.starts_with("sqlite:") {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(url)
            .await
            .expect("the file opens");
        sqlx::raw_sql(statement)
            .execute(&mut connection)
            .await
            .expect("the row is written");
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url)
            .await
            .expect("it answers");
        let statement = statement.replace("X'00'", "'\\x00'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .expect("the row is written");
    }
}

/// Runs one test on both databases: `on_both_databases!(what_must_hold, |database| { ... })`.
macro_rules! on_both_databases {
    ($name:ident, |$database:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn test($database: common::TestDatabase) {
                $body
            }

            #[tokio::test]
            async fn on_sqlite() {
                test(common::sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                test(common::postgres().await).await;
            }
        }
    };
}
pub(crate) use on_both_databases;

/// A row as intake would stage it: read from line `line` of `file`.
pub fn staged<T>(table: Table, file: FileNumber, line: u64, key: &[&str], row: T) -> Staged<T>
where
    T: std::fmt::Debug,
{
    Staged {
        provenance: Provenance { file, line },
        key: RowKey::new("sis", table.name(), key),
        content: ContentDigest::new(&[&format!("{row:?}")]),
        withdrawn: false,
        row,
    }
}

pub fn district() -> District {
    District {
        code: "1999999".into(),
        name: "Valle Vista Unified School District".into(),
        state: "CA".into(),
        contact: Some("records@vallevista.example".into()),
    }
}

pub fn school() -> School {
    School {
        school: SCHOOL.into(),
        district: "1999999".into(),
        name: "Mission High School".into(),
        ceeb: Some("050000".into()),
        kind: SchoolKind::High,
        charter: CharterStatus::None,
        local_district: None,
        street: "1 Main Street".into(),
        city: "Valle Vista".into(),
        state: "CA".into(),
        postal_code: "90000".into(),
        phone: Some("(555) 010-0100".into()),
    }
}

pub fn person(number: &str) -> Person {
    Person {
        school: SCHOOL.into(),
        person: number.into(),
        state_id: Some(format!("9{number:0>9}")),
        legal_given: "Ana".into(),
        legal_middle: None,
        legal_family: Some(format!("Nguyễn {number}")),
        legal_suffix: None,
        chosen_name: None,
        printed_name: None,
        birth_date: jiff::civil::date(2008, 2, 29),
    }
}

pub fn enrolment(number: &str) -> Enrolment {
    Enrolment {
        school: SCHOOL.into(),
        person: number.into(),
        entered_on: jiff::civil::date(2022, 8, 15),
        left_on: None,
        grade_level: GradeLevel::new(12).expect("a grade"),
        exit_reason: None,
    }
}

pub fn term() -> Term {
    Term {
        school: SCHOOL.into(),
        term: "2025-F".into(),
        name: "Fall 2025".into(),
        school_year: SchoolYear::beginning(2025).expect("a year"),
        kind: TermKind::Semester,
        begins_on: jiff::civil::date(2025, 8, 14),
        ends_on: jiff::civil::date(2025, 12, 19),
    }
}

pub fn course() -> Course {
    Course {
        school: SCHOOL.into(),
        course: "310101".into(),
        title: "Algebra 2 A".into(),
        subject: "mathematics".into(),
        ag_area: Some(AgArea::C),
        honors: HonorsKind::None,
        state_course_code: None,
        credit_value: "5".parse().expect("credits"),
    }
}

pub fn mark(posting: &str, person: &str, letter: &str) -> Mark {
    Mark {
        school: SCHOOL.into(),
        posting: posting.into(),
        person: person.into(),
        term: "2025-F".into(),
        course: "310101".into(),
        title: None,
        taken_at: None,
        kind: MarkKind::Regular,
        mark: Some(letter.into()),
        credit_attempted: "5".parse().expect("credits"),
        credit_earned: "5".parse().expect("credits"),
        grade_level: GradeLevel::new(12).expect("a grade"),
        posted_by: Some("teacher 7".into()),
        posted_at: Some("2025-12-20T18:30:00Z".parse().expect("an instant")),
    }
}

pub const SCHOOL: &str = "19999990000001";
