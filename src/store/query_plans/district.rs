//! The district whose statements are explained: students with a row in every table.

use super::{day, header, pupil, rows};
use crate::record::{
    Award, AwardKind, ContentDigest, CumulativeItem, DeclaredTotal, Fulfilment, FulfilmentProgress,
    GraduationPlan, Person, RowKey, SchoolYear,
};
use crate::store::database::Session;
use crate::store::*;

/// A full package: the school, where the source is `registry`, and so many students.
pub(super) async fn land(store: &Store, on: i8, source: &str, students: usize) {
    let mut staging = store.stage(header(on, source)).await.expect("begins");
    for table in Table::ALL {
        staging
            .scope(*table, rows::SCHOOL, true)
            .await
            .expect("a scope");
    }
    let file = staging.file(Table::Marks, "marks.csv");
    staging.file_read(file, [7; 32], 10, 1);
    let place = Provenance { file, line: 2 };
    let refused = rows::refused(Table::Marks, "nobody", None, 2);
    staging.refuse(&refused).await.expect("kept");
    if source == "registry" {
        for batch in [
            TableRows::Districts(one(place, source, Table::Districts, "d", rows::district())),
            TableRows::Schools(one(place, source, Table::Schools, "s", rows::school())),
        ] {
            staging.rows(&batch).await.expect("staged");
        }
    }
    if students > 0 {
        for batch in pupil::of_school(place, source) {
            staging.rows(&batch).await.expect("staged");
        }
    }
    for number in 0..students {
        let number = number.to_string();
        let of_pupil = pupil::pupil(place, source, &number);
        for batch in student(place, source, &number).iter().chain(&of_pupil) {
            staging.rows(batch).await.expect("staged");
        }
    }
    staging.findings(10).await.expect("checked");
    assert_eq!(staging.left_naming().await.expect("read"), []);
    staging.hold().await.expect("held");
    staging.held_rows(|_| Ok(())).await.expect("read");
    let plan = staging.plan().await.expect("a plan");
    assert_eq!(plan.left_over, Findings::default());
    staging.land(&plan, day(on)).await.expect("it lands");
}

/// A student with a row in every table, and a term and a course of their own.
fn student(at: Provenance, source: &str, person: &str) -> [TableRows; 10] {
    let school = rows::SCHOOL.to_owned();
    let number = person.to_owned();
    let cumulative = CumulativeItem {
        school: school.clone(),
        person: number.clone(),
        birth_date_verified_by: None,
        sex: None,
        birth_place: None,
        parent_name: None,
        parent_address: None,
        pupil_address: None,
        address_verified_on: None,
        immunization: None,
    };
    let total = DeclaredTotal {
        school: school.clone(),
        person: number.clone(),
        figure: "credit_earned".into(),
        value: "5".into(),
    };
    let plan = GraduationPlan {
        school: school.clone(),
        person: number.clone(),
        plan: "district".into(),
        entered_grade_9: SchoolYear::beginning(2022).expect("a year"),
    };
    let award = Award {
        school,
        person: number,
        award: AwardKind::Diploma,
        detail: None,
        awarded_on: jiff::civil::date(2026, 6, 12),
    };
    let fulfilment = Fulfilment {
        school: rows::SCHOOL.into(),
        person: person.into(),
        requirement: "service_learning".into(),
        progress: FulfilmentProgress::Fulfilled,
        amount: None,
    };
    let (mut term, mut course) = (rows::term(), rows::course());
    let (enrolment, mut mark) = (rows::enrolment(person), rows::mark(person, person, "A"));
    (term.term, mark.term) = (person.into(), person.into());
    (course.course, mark.course) = (person.into(), person.into());
    [
        TableRows::Terms(one(at, source, Table::Terms, person, term)),
        TableRows::Courses(one(at, source, Table::Courses, person, course)),
        TableRows::People(one(at, source, Table::People, person, born(person))),
        TableRows::Cumulative(one(at, source, Table::Cumulative, person, cumulative)),
        TableRows::Enrolments(one(at, source, Table::Enrolments, person, enrolment)),
        TableRows::Marks(one(at, source, Table::Marks, person, mark)),
        TableRows::Totals(one(at, source, Table::Totals, person, total)),
        TableRows::Plans(one(at, source, Table::Plans, person, plan)),
        TableRows::Awards(one(at, source, Table::Awards, person, award)),
        TableRows::Fulfilments(one(at, source, Table::Fulfilments, person, fulfilment)),
    ]
}

/// Students of a district are born on thousands of days.
fn born(number: &str) -> Person {
    let days: i32 = number.bytes().map(i32::from).sum();
    let first = jiff::civil::date(2008, 1, 1);
    let birth_date = first.checked_add(jiff::ToSpan::days(days)).expect("a date");
    Person {
        birth_date,
        ..rows::person(number)
    }
}

pub(super) fn one<T>(
    provenance: Provenance,
    source: &str,
    table: Table,
    key: &str,
    row: T,
) -> Vec<Staged<T>> {
    vec![Staged {
        provenance,
        key: RowKey::new(source, table.name(), &[key]),
        content: ContentDigest::new(&[source]),
        withdrawn: false,
        row,
    }]
}

/// Lets PostgreSQL look at the rows, and then believe that there are ten million of each: a few it
/// would read whole, and be right. SQLite plans without counting rows.
pub(super) async fn look_large(store: &Store) {
    const LARGE: &str = "UPDATE pg_class SET reltuples = 10000000 WHERE relnamespace = \
                         'public'::regnamespace AND (relname = ANY($1) OR oid IN (SELECT \
                         i.indexrelid FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE \
                         t.relname = ANY($1)))";
    let tables = Table::ALL.iter().map(|table| table.name());
    let tables = tables.filter(|name| super::is_live(name));
    let tables: Vec<String> = tables.map(str::to_owned).collect();
    let mut connection = store.connection().await.expect("a connection");
    if let Session::Postgres(connection) = connection.session() {
        let done = sqlx::raw_sql("ANALYZE").execute(&mut *connection).await;
        done.expect("the test server counts its rows");
        let done = sqlx::query(LARGE).bind(tables).execute(&mut *connection);
        let done = done.await;
        done.expect("the test server's user owns its catalogue");
    }
}
