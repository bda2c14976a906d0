//! An override of a student goes where the rows go that were looked at, whatever id they have.

use std::collections::BTreeMap;

use jiff::civil::date;
use registrar::intake::package::Table;
use registrar::issue::{Examined, IssueError, Located};
use registrar::record::{LinkKind, Person, PersonId, PersonLink};
use registrar::seal::Suite;
use registrar::store::Store;

use crate::common::{self, on_both_databases};
use crate::desk::{self, at};
use crate::overrides::{WRONG, YESTERDAY, grant_for, issue, later};

const CODE: &str = "earned_above_attempted";
/// Two students of one school, whose first posting earns too much ([`earn_too_much`]).
const ONE: &str = "9000010";
const OTHER: &str = "9000014";
/// Before the moment at which the overrides are granted, and after it.
const BEFORE: &str = "2026-06-13T01:00:00Z";
const SINCE: &str = "2026-06-14T20:00:00Z";
const LATER_SINCE: &str = "2026-06-15T01:00:00Z";

/// A student's row of people, changed so.
async fn change(store: &Store, number: &str, on: &str, change: impl FnOnce(&mut Person)) {
    let people = desk::students(store, &[number]).await;
    let known = at("2026-07-01T00:00:00Z");
    let rows = store.person_rows(&people, known).await.expect("read");
    let row = rows.into_iter().find(|row| row.person.person == number);
    let mut row = row.expect("a row").person;
    change(&mut row);
    let school = row.school.clone();
    later(store, Table::People, school, on, |it| {
        it.write(&row).expect("written");
    })
    .await;
}

/// The first posting of a student earns what no posting can.
async fn earn_too_much(store: &Store, number: &str, on: &str) {
    let people = desk::students(store, &[number]).await;
    let known = at("2026-07-01T00:00:00Z");
    let record = store.records(&people, known).await.expect("read").remove(0);
    let own = record.marks.into_iter().find(|it| it.mark.person == number);
    let mut mark = own.expect("a posting").mark;
    mark.credit_earned = "90".parse().expect("credits");
    let school = mark.school.clone();
    later(store, Table::Marks, school, on, |it| {
        it.write(&mark).expect("written");
    })
    .await;
}

fn link(kind: LinkKind, one: &str, other: Option<&str>) -> PersonLink {
    let source = "marisol-central".to_owned();
    PersonLink {
        school: desk::IRONWOOD.into(),
        event: format!("{kind:?}-{one}"),
        link: kind,
        person_source: source.clone(),
        person: one.into(),
        other_source: other.map(|_| source),
        other_person: other.map(str::to_owned),
        ground: "one birth certificate".into(),
        recorded_by: "R. Varo".into(),
        recorded_at: at(SINCE),
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    }
}

async fn decide(store: &Store, link: PersonLink, on: &str) -> i64 {
    let school = link.school.clone();
    later(store, Table::PersonLinks, school, on, |it| {
        it.write(&link).expect("written");
    })
    .await
}

/// Of these students each finding of the code by its row's number, with the override that lets it
/// pass.
async fn passing(store: &Store, numbers: &[&str]) -> BTreeMap<String, Option<i64>> {
    let people = desk::students(store, numbers).await;
    let mut passing = BTreeMap::new();
    let keep = |located: Located| {
        if located.finding.code == CODE {
            let row = located.finding.row.expect("a row");
            passing.insert(row.person, located.overridden.map(|row| row.number));
        }
        Ok::<(), IssueError>(())
    };
    let examination = desk::examination(store).await;
    let examined = examination.findings(&Examined::People(people), keep).await;
    examined.expect("examined");
    passing
}

fn each<const N: usize>(of: [(&str, Option<i64>); N]) -> BTreeMap<String, Option<i64>> {
    let of = of.map(|(number, under)| (number.to_owned(), under));
    of.into_iter().collect()
}

on_both_databases!(
    an_override_holds_on_once_a_state_id_is_assigned_and_once_it_is_corrected,
    |db| {
        let store = &db.store;
        desk::district(store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let office = desk::office(store, folder.path(), Suite::P256, 1);
        change(store, WRONG, BEFORE, |row| row.state_id = None).await;
        let people = desk::students(store, &[WRONG]).await;
        assert_eq!(people, [PersonId::from_local_id("marisol-central", WRONG)]);
        let number = grant_for(store, people[0], "total_differs").await;

        for (state_id, on) in [("9990000777", SINCE), ("9990000778", LATER_SINCE)] {
            change(store, WRONG, on, |row| row.state_id = Some(state_id.into())).await;
            let people = desk::students(store, &[WRONG]).await;
            assert_eq!(people, [PersonId::from_state_id(state_id)]);
            let outcome = issue(&office, store, &people).await;
            assert_eq!(outcome.refused, [], "{state_id}");
            assert_eq!(outcome.issued[0].overrides[0].number, number);
        }
    }
);

on_both_databases!(
    after_a_merge_an_override_covers_the_rows_that_were_looked_at_and_no_others,
    |db| {
        let store = &db.store;
        desk::district(store).await;
        // Whoever has the least id gives it to both.
        for (looked_at, not) in [(ONE, OTHER), (OTHER, ONE)] {
            if looked_at == ONE {
                earn_too_much(store, ONE, BEFORE).await;
                earn_too_much(store, OTHER, "2026-06-13T05:00:00Z").await;
            }
            let people = desk::students(store, &[looked_at]).await;
            let number = grant_for(store, people[0], CODE).await;
            let merge = link(LinkKind::Merge, ONE, Some(OTHER));
            let merged = decide(store, merge, SINCE).await;
            assert_eq!(
                passing(store, &[ONE]).await,
                each([(looked_at, Some(number)), (not, None)])
            );
            // Taken back, and granted anew for the other one.
            let why = crate::people::rows::TAKEN_BACK;
            let undone = store.undo_import(merged, why, at(LATER_SINCE)).await;
            undone.expect("the newest of its source");
            let expected = each([(looked_at, Some(number)), (not, None)]);
            assert_eq!(passing(store, &[ONE, OTHER]).await, expected);
            let end = registrar::store::OverrideEnd {
                by: "R. Varo".into(),
                reason: "the next case".into(),
                at: at(YESTERDAY),
            };
            assert!(store.end_override(number, &end).await.expect("ended"));
        }
    }
);

on_both_databases!(an_override_stays_with_the_rows_that_are_parted, |db| {
    let store = &db.store;
    desk::district(store).await;
    earn_too_much(store, ONE, BEFORE).await;
    earn_too_much(store, OTHER, "2026-06-13T05:00:00Z").await;
    let merge = link(LinkKind::Merge, ONE, Some(OTHER));
    let merged = decide(store, merge, "2026-06-13T09:00:00Z").await;
    let both = desk::students(store, &[ONE, OTHER]).await;
    assert_eq!(both.len(), 1, "one person, by decision");
    let number = grant_for(store, both[0], CODE).await;
    let why = crate::people::rows::TAKEN_BACK;
    let undone = store.undo_import(merged, why, at(SINCE)).await;
    undone.expect("the newest of its source");
    decide(store, link(LinkKind::Split, OTHER, None), LATER_SINCE).await;
    let local = PersonId::from_local_id("marisol-central", OTHER);
    assert_eq!(desk::students(store, &[OTHER]).await, [local]);
    assert_eq!(desk::students(store, &[ONE, OTHER]).await.len(), 2);
    let expected = each([(ONE, Some(number)), (OTHER, Some(number))]);
    assert_eq!(passing(store, &[ONE, OTHER]).await, expected);
    let rows = store.overrides().await.expect("read");
    let known = at("2026-07-01T00:00:00Z");
    let looked_at = store.looked_at(&rows, known).await.expect("read");
    let mut people: Vec<_> = (looked_at[&number].iter())
        .filter_map(|it| it.child)
        .collect();
    people.sort_unstable();
    let mut expected = desk::students(store, &[ONE, OTHER]).await;
    expected.sort_unstable();
    assert_eq!(people, expected, "it is listed under both");
});

async fn desk_state_id(store: &Store, number: &str) -> String {
    let people = desk::students(store, &[number]).await;
    let known = at("2026-07-01T00:00:00Z");
    let record = store.records(&people, known).await.expect("read").remove(0);
    record.person.state_id.expect("a state id")
}

/// The source gives the number to another child.
fn become_another(row: &mut Person, state_id: &str) {
    row.state_id = Some(state_id.into());
    row.legal_given = "Oluwaseun".into();
    row.legal_family = Some("Adeyemi".into());
    row.birth_date = date(2009, 11, 30);
}

on_both_databases!(
    an_override_does_nothing_for_a_person_of_whom_one_row_tells_of_another_child_by_now,
    |db| {
        let store = &db.store;
        desk::district(store).await;
        // A second source has a row of the same state id, which stays as it is.
        const TWICE: &str = "9000003";
        earn_too_much(store, TWICE, BEFORE).await;
        let people = desk::students(store, &[TWICE]).await;
        let rows = store.person_rows(&people, at(YESTERDAY)).await;
        assert_eq!(rows.expect("read").len(), 2);
        let number = grant_for(store, people[0], CODE).await;
        assert_eq!(
            passing(store, &[TWICE]).await,
            each([(TWICE, Some(number))])
        );
        let state_id = desk_state_id(store, TWICE).await;
        change(store, TWICE, SINCE, |row| become_another(row, &state_id)).await;
        assert_eq!(desk::students(store, &[TWICE]).await, people);
        assert_eq!(passing(store, &[TWICE]).await, each([(TWICE, None)]));
    }
);

on_both_databases!(
    an_override_does_nothing_for_the_child_to_whom_the_number_was_given_since,
    |db| {
        let store = &db.store;
        desk::district(store).await;
        earn_too_much(store, ONE, BEFORE).await;
        let people = desk::students(store, &[ONE]).await;
        let state_id = desk_state_id(store, ONE).await;
        let number = grant_for(store, people[0], CODE).await;
        assert_eq!(passing(store, &[ONE]).await, each([(ONE, Some(number))]));
        // Under a state id of its own, and under the same.
        let new = "9990000779";
        change(store, ONE, SINCE, |row| become_another(row, new)).await;
        assert_eq!(passing(store, &[ONE]).await, each([(ONE, None)]));
        change(store, ONE, LATER_SINCE, |row| {
            become_another(row, &state_id)
        })
        .await;
        assert_eq!(desk::students(store, &[ONE]).await, people);
        assert_eq!(passing(store, &[ONE]).await, each([(ONE, None)]));
    }
);
