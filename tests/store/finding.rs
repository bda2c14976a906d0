//! How people are found: inside the caller's scope, in an order that no server's locale changes.

use jiff::civil::date;
use registrar::record::*;
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::rows::{self, staged};
use crate::{at, header, stage};

/// A school of another source in the same district.
const CHARTER: &str = "19999990000002";
const KNOWN: &str = "2026-03-01T00:00:00Z";

/// Lands a person of the charter school who has this number there.
async fn land_at_the_charter(store: &Store, exported_at: &str, person: Person) -> PersonId {
    let number = person.person.clone();
    let state_id = person.state_id.clone().expect("a state id");
    let mut header = header(exported_at);
    header.source = "charter".into();
    let mut staging = store.stage(header).await.expect("staging begins");
    let file = staging.file(Table::People, "people.csv");
    staging.file_read(file, [8; 32], 10, 1);
    let key = |table: Table, key: &str| RowKey::new("charter", table.name(), &[key]);
    let mut school = staged(Table::Schools, file, 2, &[CHARTER], rows::school());
    school.key = key(Table::Schools, CHARTER);
    school.row.school = CHARTER.into();
    let mut row = staged(Table::People, file, 3, &[&number], person);
    row.key = key(Table::People, &number);
    row.row.school = CHARTER.into();
    let enrolment = rows::enrolment(&number);
    let mut enrolment = staged(Table::Enrolments, file, 4, &[&number], enrolment);
    enrolment.key = key(Table::Enrolments, &number);
    enrolment.row.school = CHARTER.into();
    for batch in [
        TableRows::Schools(vec![school]),
        TableRows::People(vec![row]),
        TableRows::Enrolments(vec![enrolment]),
    ] {
        staging.rows(&batch).await.expect("rows are staged");
    }
    crate::land_staged(staging).await;
    PersonId::from_state_id(&state_id)
}

async fn found(store: &Store, numbers: &[&str], scope: &Scope) -> Found {
    let numbers = numbers.iter().map(ToString::to_string).collect();
    let query = StudentQuery::Numbers(numbers);
    let found = store.find_people(&query, scope, at(KNOWN)).await;
    found.expect("the search runs")
}

on_both_databases!(
    a_schools_scope_never_finds_another_schools_student_by_number,
    |db| {
        let store = &db.store;
        crate::land(store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
        // The charter school gives number 7 to somebody else, and number 8 to nobody's namesake.
        let mut namesake = rows::person("7");
        namesake.state_id = Some("9111111111".into());
        let namesake = land_at_the_charter(store, "2026-01-11T08:00:00Z", namesake).await;
        let own = PersonId::from_state_id("9000000007");

        let everywhere = found(store, &["7"], &Scope::District).await;
        let candidate = |source: &str, school: &str, state_id: &str| Candidate {
            source: source.into(),
            school: school.into(),
            person: "7".into(),
            state_id: Some(state_id.into()),
        };
        let ambiguous = Ambiguous {
            number: "7".into(),
            candidates: vec![
                candidate("charter", CHARTER, "9111111111"),
                candidate("sis", rows::SCHOOL, "9000000007"),
            ],
        };
        assert_eq!(everywhere.ambiguous, [ambiguous]);
        assert_eq!(everywhere.people, []);

        let school = Scope::Schools(vec![rows::SCHOOL.into()]);
        let charter = Scope::Schools(vec![CHARTER.into()]);
        for (scope, person) in [(&school, own), (&charter, namesake)] {
            let found = found(store, &["7"], scope).await;
            assert_eq!(found.people, [person], "a number means one's own student");
            assert_eq!((found.unknown, found.ambiguous), (vec![], vec![]));
        }
        // The state's number is no way around the scope, nor does the answer tell who exists.
        let answer = found(store, &["9111111111", "404", "9000000007"], &school).await;
        assert_eq!(answer.people, [own]);
        assert_eq!(answer.unknown, ["9111111111", "404"]);
        let nowhere = found(store, &["7", "9000000007"], &Scope::Schools(vec![])).await;
        assert_eq!(nowhere.unknown, ["7", "9000000007"]);
        assert_eq!(nowhere.people, []);
    }
);

/// Names in the order of their bytes; by the rules of English it would be another.
const IN_ORDER: [&str; 4] = ["Baca", "Zhang", "abril", "Ávila"];

on_both_databases!(people_come_in_the_order_of_the_bytes_of_their_names, |db| {
    let mut staging = stage(&db.store, "2026-01-10T08:00:00Z", &[]).await;
    let file = FileNumber(1);
    for (line, name) in (10..).zip(["abril", "Ávila", "Zhang", "Baca"]) {
        let number = line.to_string();
        let mut person = rows::person(&number);
        person.legal_family = Some(name.into());
        let enrolment = rows::enrolment(&number);
        for batch in [
            TableRows::People(vec![staged(Table::People, file, line, &[&number], person)]),
            TableRows::Enrolments(vec![staged(
                Table::Enrolments,
                file,
                line,
                &[&number],
                enrolment,
            )]),
        ] {
            staging.rows(&batch).await.expect("rows are staged");
        }
    }
    staging.findings(10).await.expect("checks run");
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, at("2000-01-01T00:00:00Z")).await;
    landed.expect("it lands");
    for query in [
        StudentQuery::Everybody { grade_level: None },
        StudentQuery::School {
            school: rows::SCHOOL.into(),
            grade_level: None,
        },
    ] {
        let found = db.store.find_people(&query, &Scope::District, at(KNOWN));
        let people = found.await.expect("found").people;
        let records = db.store.records(&people, at(KNOWN)).await;
        let names = records.expect("records").into_iter();
        let names: Vec<_> = names
            .filter_map(|record| record.person.legal_family)
            .collect();
        assert_eq!(names, IN_ORDER);
    }
});

on_both_databases!(
    findings_come_in_the_order_of_the_bytes_of_their_values,
    |db| {
        let mut staging = stage(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
        let file = FileNumber(1);
        for (line, code) in (200..).zip(["b", "ä", "B", "a"]) {
            let mut term = rows::term();
            term.term = code.into();
            let mut mark = rows::mark(code, "7", "A");
            mark.term = code.into();
            for batch in [
                TableRows::Terms(vec![staged(Table::Terms, file, line, &[code], term)]),
                TableRows::Marks(vec![staged(Table::Marks, file, line, &[code], mark)]),
            ] {
                staging.rows(&batch).await.expect("rows are staged");
            }
        }
        staging.findings(10).await.expect("checks run");
        let plan = staging.plan().await.expect("a plan");
        let landed = staging.land(&plan, at("2000-01-01T00:00:00Z")).await;
        landed.expect("it lands");
        // A full export without terms: each one that a mark names is still needed.
        let next = db.store.stage(header("2026-02-10T08:00:00Z")).await;
        let mut next = next.expect("staging begins");
        let scope = next.scope(Table::Terms, rows::SCHOOL, true).await;
        scope.expect("a scope");
        let shown = next.findings(3).await.expect("checks run").shown;
        let values: Vec<_> = shown.into_iter().map(|finding| finding.value).collect();
        assert_eq!(
            values,
            ["2025-F", "B", "a"],
            "the first three, on any server"
        );
    }
);

on_both_databases!(
    a_graduate_stays_in_the_class_of_the_school_that_graduated_them,
    |db| {
        let summer = |number: &str| Enrolment {
            school: CHARTER.into(),
            entered_on: date(2026, 1, 12),
            left_on: Some(date(2026, 2, 20)),
            ..rows::enrolment(number)
        };
        let left = |exit_reason| Enrolment {
            left_on: Some(date(2025, 12, 19)),
            exit_reason,
            ..rows::enrolment("")
        };
        // "1" graduated, "2" has the school's diploma, "3" only left; then all three go elsewhere.
        let (graduated, moved) = (ExitReason::Graduated, ExitReason::Transferred);
        let at_home = [("1", Some(graduated)), ("2", None), ("3", Some(moved))];
        let mut staging = stage(&db.store, "2026-02-25T08:00:00Z", &[]).await;
        let file = FileNumber(1);
        let mut school = staged(Table::Schools, file, 100, &[CHARTER], rows::school());
        school.row.school = CHARTER.into();
        let (mut people, mut enrolments) = (Vec::new(), Vec::new());
        for (line, (number, exit_reason)) in (110..).step_by(10).zip(at_home) {
            people.push(staged(
                Table::People,
                file,
                line,
                &[number],
                rows::person(number),
            ));
            let home = Enrolment {
                person: number.into(),
                ..left(exit_reason)
            };
            for (line, row) in (line + 1..).zip([home, summer(number)]) {
                let key = [number, &row.school.clone()];
                enrolments.push(staged(Table::Enrolments, file, line, &key, row));
            }
        }
        let diploma = Award {
            school: rows::SCHOOL.into(),
            person: "2".into(),
            award: AwardKind::Diploma,
            detail: None,
            awarded_on: date(2025, 12, 19),
        };
        for batch in [
            TableRows::Schools(vec![school]),
            TableRows::People(people),
            TableRows::Enrolments(enrolments),
            TableRows::Awards(vec![staged(Table::Awards, file, 150, &["2"], diploma)]),
        ] {
            staging.rows(&batch).await.expect("rows are staged");
        }
        crate::land_staged(staging).await;
        let class_of = async |school: &str| {
            let (school, grade_level) = (school.to_owned(), GradeLevel::new(12));
            let query = StudentQuery::School {
                school,
                grade_level,
            };
            let found = db.store.find_people(&query, &Scope::District, at(KNOWN));
            found.await.expect("found").people
        };
        let ids = ["9000000001", "9000000002", "9000000003"].map(PersonId::from_state_id);
        assert_eq!(class_of(rows::SCHOOL).await, ids[..2]);
        assert_eq!(class_of(CHARTER).await, ids[2..]);
    }
);
