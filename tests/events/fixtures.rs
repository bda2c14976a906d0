//! The events among the hard cases do what their descriptions say, and nothing to anybody else.

use std::collections::BTreeSet;

use jiff::civil::date;
use registrar::record::*;
use registrar::store::StudentQuery;

use crate::desk;
use crate::school::{at, letters, people, record};

#[tokio::test(flavor = "multi_thread")]
async fn each_event_of_the_fixtures_does_what_its_description_says() {
    let district = desk::in_sqlite().await;
    let store = &district.store;
    desk::import(store, "events/archive", "2026-06-13T21:00:00Z").await;
    let before = at("2026-06-14T00:00:00Z");
    desk::import(store, "events/decisions", "2026-06-14T21:00:00Z").await;
    let after = at("2026-06-15T00:00:00Z");

    let archived = record(store, "A-101", after).await;
    let expected = [
        ("A-101-2", "C"),
        ("A-101-1", "B"),
        ("A-101-3", "P"),
        ("A-101-4", "NP"),
        ("A-101-5", "A"),
        ("A-101-6", "W"),
    ];
    assert_eq!(letters(&archived), expected);
    let changed = record(store, "9000014", after).await;
    assert!(letters(&changed).contains(&("9000014-003", "A")));
    let renamed = record(store, "9000010", after).await;
    assert_eq!(renamed.person.legal_name(), "Isidora Quezada");
    assert_eq!(renamed.person.chosen_name, None);

    let merged = record(store, "9000016", after).await;
    assert!(letters(&merged).contains(&("A-102-1", "C")));
    assert_eq!(
        people(store, &["9000016", "A-102", "9990000102"], after)
            .await
            .len(),
        1
    );
    let parted = people(store, &["9990000005", "A-103"], after).await;
    assert_eq!(parted.len(), 2);
    assert_eq!(
        people(store, &["9990000005", "A-103"], before).await.len(),
        1
    );

    let held = record(store, "9000020", after).await.decisions.holds;
    assert!(
        held.iter().any(|hold| hold.stands_on(date(2026, 6, 15))),
        "{held:?}"
    );

    let everybody = StudentQuery::Everybody { grade_level: None };
    let everybody = store.find_people(&everybody, &Scope::District, after).await;
    let everybody = everybody.expect("found").people;
    let mut other = BTreeSet::new();
    for chunk in everybody.chunks(500) {
        let then = store.records(chunk, before).await.expect("read");
        let now = store.records(chunk, after).await.expect("read");
        let same = now.iter().filter(|record| !then.contains(record));
        other.extend(same.map(|record| record.person.person.clone()));
    }
    let touched = [
        "9000005", "9000010", "9000014", "9000016", "9000020", "A-101", "A-103",
    ];
    assert_eq!(other, touched.map(str::to_owned).into());
}
