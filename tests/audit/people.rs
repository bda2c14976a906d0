//! People who look like one, and rows of one person that look like two.

use registrar::record::*;
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::desk::at;

#[expect(dead_code, reason = "the tests of the store need more of them")]
#[path = "../store/rows.rs"]
pub mod rows;

/// Lands a school and these people of a source.
async fn land(store: &Store, source: &str, on: &str, people: &[Person]) {
    let header = ImportHeader {
        source: source.into(),
        district: "1999999".into(),
        exported_at: at(on),
        recorded_at: at(on),
        allow_clock_behind: false,
    };
    let mut staging = store.stage(header).await.expect("begins");
    for table in [Table::Districts, Table::Schools, Table::People] {
        let scoped = staging.scope(table, rows::SCHOOL, true).await;
        scoped.expect("a scope");
    }
    let file = staging.file(Table::People, "people.csv");
    staging.file_read(file, [7; 32], 10, people.len() as u64);
    let one = |key: &str| RowKey::new(source, "t", &[key]);
    let place = |line| Provenance { file, line };
    let staged = |line: u64, key: RowKey, person: &Person| Staged {
        provenance: place(line),
        key,
        content: ContentDigest::new(&[&format!("{person:?}")]),
        withdrawn: false,
        row: person.clone(),
    };
    if source == "central" {
        let district = rows::staged(Table::Districts, file, 2, &["d"], rows::district());
        let school = rows::staged(Table::Schools, file, 2, &["s"], rows::school());
        let done = staging.rows(&TableRows::Districts(vec![district])).await;
        done.expect("staged");
        let done = staging.rows(&TableRows::Schools(vec![school])).await;
        done.expect("staged");
    }
    let people = (2..).zip(people);
    let people = people.map(|(line, person)| staged(line, one(&person.person), person));
    let batch = TableRows::People(people.collect());
    staging.rows(&batch).await.expect("staged");
    assert_eq!(
        staging.findings(10).await.expect("checked"),
        Findings::default()
    );
    let plan = staging.plan().await.expect("a plan");
    staging.land(&plan, at(on)).await.expect("it lands");
}

fn person(number: &str, state_id: Option<&str>, name: (&str, Option<&str>, &str)) -> Person {
    let (given, middle, family) = name;
    Person {
        state_id: state_id.map(str::to_owned),
        legal_given: given.into(),
        legal_middle: middle.map(str::to_owned),
        legal_family: Some(family.into()),
        ..rows::person(number)
    }
}

on_both_databases!(
    who_shares_name_and_birth_date_is_found_from_both_sides_and_twins_are_not,
    |db| {
        let born_another_day = Person {
            birth_date: jiff::civil::date(2008, 3, 1),
            ..person("6", Some("6"), ("Ana", None, "Ruiz"))
        };
        let people = [
            person("1", Some("1"), ("Ana", None, "Ruiz")),
            // The same, as another clerk wrote it down.
            person("2", Some("2"), ("Ana", Some("María"), "Ruiz")),
            // No state id yet.
            person("3", None, ("Ana", None, "Ruiz")),
            // A twin, told apart by a letter; one told apart by the middle name.
            person("4", Some("4"), ("Ava", None, "Ruiz")),
            person("5", Some("5"), ("Ana", Some("Lucía"), "Ruiz")),
            born_another_day,
        ];
        land(&db.store, "central", "2026-06-01T08:00:00Z", &people).await;
        let known = at("2026-06-02T08:00:00Z");
        let everybody = db
            .store
            .people_after(None, None, known)
            .await
            .expect("read")
            .people;
        assert_eq!(everybody.len(), 6);
        let found = db
            .store
            .look_alikes(&everybody, known)
            .await
            .expect("asked");
        let mut pairs: Vec<(String, String)> = Vec::new();
        for it in found.found {
            let record = db
                .store
                .records(&[it.person], known)
                .await
                .expect("read")
                .remove(0);
            assert_eq!(
                (&*it.other_source, &*it.other_school),
                ("central", rows::SCHOOL)
            );
            assert!(!it.is_near, "{it:?}");
            pairs.push((record.person.person, it.other_number));
        }
        pairs.sort();
        let expected = [
            ("1", "2"),
            ("1", "3"),
            ("1", "5"),
            ("2", "1"),
            ("2", "3"),
            ("3", "1"),
            ("3", "2"),
            ("3", "5"),
            ("5", "1"),
            ("5", "3"),
        ];
        let expected = expected.map(|(one, other)| (one.to_owned(), other.to_owned()));
        assert_eq!(pairs, expected);
        // Whoever is asked for alone finds the others too.
        let alone = db
            .store
            .look_alikes(&[PersonId::from_state_id("2")], known)
            .await;
        assert_eq!(alone.expect("asked").found.len(), 2);
    }
);

on_both_databases!(
    a_middle_name_in_the_field_of_the_given_name_is_a_name_that_the_same_person_may_bear,
    |db| {
        let people = [
            person("1", Some("1"), ("Ximena", None, "Núñez")),
            person("2", Some("2"), ("Ximena Ana", None, "Nunez")),
            // Other people: another family, another first name, a twin.
            person("3", Some("3"), ("Ximena Ana", None, "Solís")),
            person("4", Some("4"), ("Xenia", None, "Núñez")),
        ];
        land(&db.store, "central", "2026-06-01T08:00:00Z", &people).await;
        let ids = ["1", "2", "3", "4"].map(PersonId::from_state_id);
        let known = at("2026-06-02T08:00:00Z");
        let found = db.store.look_alikes(&ids, known).await.expect("asked");
        let mut pairs: Vec<_> = (found.found.iter())
            .map(|it| (it.person, &*it.other_number, it.is_near))
            .collect();
        pairs.sort_by_key(|it| it.1);
        assert_eq!(pairs, [(ids[1], "1", true), (ids[0], "2", true)]);
    }
);

on_both_databases!(
    rows_of_one_state_id_that_contradict_each_other_are_found_once,
    |db| {
        let same = ("Ana", None, "Ruiz");
        let central: Vec<Person> = (1..=6)
            .map(|number| person(&number.to_string(), Some(&number.to_string()), same))
            .collect();
        let mut charter = [
            person("A", Some("1"), same),
            person("B", Some("2"), ("Beatriz", None, "Ruiz")),
            person("C", Some("3"), same),
            person("D", Some("4"), ("Ana María", None, "Ruiz")),
            person("E", Some("5"), ("ANA", None, "RUÍZ")),
            person("F", Some("6"), ("Ana", None, "Solís")),
        ];
        charter[2].birth_date = jiff::civil::date(2009, 2, 28);
        land(&db.store, "central", "2026-06-01T08:00:00Z", &central).await;
        land(&db.store, "charter", "2026-06-02T08:00:00Z", &charter).await;
        let ids = ["1", "2", "3", "4", "5", "6"].map(PersonId::from_state_id);
        let known = at("2026-06-03T08:00:00Z");
        let mut found = db.store.contradictions(&ids, known).await.expect("asked");
        found.sort_by(|one, other| one.rows.cmp(&other.rows));
        let expected = |id: &str, number: &str, [birth_date, given_names, name]: [bool; 3]| {
            let rows = [("central", id), ("charter", number)];
            Contradiction {
                person: PersonId::from_state_id(id),
                rows: rows.map(|(source, number)| (source.into(), number.into())),
                birth_date,
                given_names,
                name,
            }
        };
        assert_eq!(
            found,
            [
                expected("2", "B", [false, true, false]),
                expected("3", "C", [true, false, false]),
                expected("4", "D", [false, false, true]),
                expected("6", "F", [false, false, true]),
            ]
        );
        let before = db
            .store
            .contradictions(&ids, at("2026-06-01T09:00:00Z"))
            .await;
        assert_eq!(
            before.expect("asked"),
            [],
            "as known before the charter's export"
        );
    }
);

on_both_databases!(people_are_read_page_by_page_and_by_source, |db| {
    let central: Vec<Person> = (0..1203)
        .map(|number| rows::person(&number.to_string()))
        .collect();
    land(&db.store, "central", "2026-06-01T08:00:00Z", &central).await;
    let charter = [rows::person("7"), person("X", None, ("Ana", None, "Ruiz"))];
    land(&db.store, "charter", "2026-06-02T08:00:00Z", &charter).await;
    let known = at("2026-06-03T08:00:00Z");
    for (source, expected) in [(None, 1204), (Some("central"), 1203), (Some("charter"), 2)] {
        let (mut last, mut sizes, mut all) = (None, Vec::new(), Vec::new());
        loop {
            let page = db
                .store
                .people_after(last.as_ref(), source, known)
                .await
                .expect("read");
            let Some(end) = page.end else { break };
            last = Some(end);
            sizes.push(page.people.len());
            all.extend(page.people);
        }
        assert!(sizes.iter().all(|size| *size <= PEOPLE_PER_READ_MAX));
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(
            (all.len(), distinct.len()),
            (expected, expected),
            "{source:?}"
        );
    }
});
