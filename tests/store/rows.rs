//! Rows of one small school, as intake would stage them.

use registrar::record::*;
use registrar::store::*;

/// Who takes imports back in tests, and why.
pub const TAKEN_BACK: Decided<'static> = Decided {
    by: "R. Varo",
    reason: "it was sent by mistake",
};

/// Writes into the database that a migration of the future was applied.
pub async fn record_a_later_migration(url: &str) {
    let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                     execution_time) VALUES (9999, 'of the future', TRUE, X'00', 0)";
    let in_postgres = statement.replace("X'00'", "'\\x00'");
    let is_sqlite = url.starts_with("sqlite:");
    run_sql(url, if is_sqlite { statement } else { &in_postgres }).await;
}

/// Runs statements in a database beside the program.
pub async fn run_sql(url: &str, statements: &str) {
    let statements = sqlx::AssertSqlSafe(statements.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(url)
            .await
            .expect("the file opens");
        let done = sqlx::raw_sql(statements).execute(&mut connection).await;
        done.expect("they run");
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url)
            .await
            .expect("it answers");
        let done = sqlx::raw_sql(statements).execute(&mut connection).await;
        done.expect("they run");
    }
}

/// The URL of a database beside this one that nobody has used: an empty file, an empty database.
pub async fn empty_database(url: &str) -> String {
    let beside = format!("{url}_empty");
    if let Some(path) = beside.strip_prefix("sqlite:") {
        std::fs::File::create_new(path).expect("an empty file");
    } else {
        let (_, name) = beside.rsplit_once('/').expect("a database's name");
        let create = format!("CREATE DATABASE {name}");
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url)
            .await
            .expect("it answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create))
            .execute(&mut connection)
            .await
            .expect("a database is created");
    }
    beside
}

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

/// A refused row of someone, with the key where it could be read.
pub fn refused(table: Table, person: &str, key: Option<&str>, line: u64) -> Refused {
    let file = FileNumber(1);
    Refused {
        table,
        provenance: Provenance { file, line },
        person: person.into(),
        key: key.map(|key| RowKey::new("sis", table.name(), &[key])),
        school: Some(SCHOOL.into()),
        state_id: None,
        problem: "number_invalid",
        raw: b"broken,row".to_vec(),
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
        mailing_address: None,
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
        entered_from: Some(EnteredFrom::OtherAgency),
        enrolment_status: Some(EnrolmentStatus::Primary),
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
        sequence: None,
        level: None,
        part: None,
        repeatable: None,
        graduation_credit: None,
        retired_on: None,
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
