//! Holds on transcripts: the law's grounds stop a copy, and never a transfer.

use jiff::civil::date;
use registrar::host::Clock;
use registrar::issue::{Batch, Office, Purpose};
use registrar::record::*;
use registrar::seal::Suite;
use registrar::store::DecidedSince;

use crate::common::{self, on_both_databases};
use crate::desk;
use crate::school::*;

const WHY: &str = "withheld: property on loan not returned (Ed. Code 48904), since 2026-06-01, \
                   recorded by R. Varo\nhint: a transfer to a school is not stopped: \
                   `transcript issue --transfer SCHOOL`";

on_both_databases!(
    what_was_decided_since_is_told_whichever_row_it_names_until_it_is_taken_back,
    |db| {
        both(&db.store).await;
        let before = on("01-05");
        let everybody = people(&db.store, &["1", "2", "c9"], before).await;
        let since = async |now: &str| {
            let since = db.store.decided_since(&everybody, before, on(now)).await;
            since.expect("read")
        };
        assert_eq!(since("01-06").await, [].into());
        // The row of the other system.
        let placed = TranscriptHold {
            person_source: "charter".into(),
            person: "c1".into(),
            ..hold()
        };
        let place = landed(&decide(&db.store, &placed, on("01-06")).await);
        let held = DecidedSince {
            holds: vec![placed.clone()],
            renamed: false,
        };
        assert_eq!(since("01-07").await, [(everybody[0], held.clone())].into());
        assert_eq!(
            since("01-05").await,
            [].into(),
            "not before it was recorded"
        );
        let released = TranscriptHold {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-08")),
            ended_reason: Some("the calculator came back".into()),
            ..placed
        };
        let release = landed(&decide(&db.store, &released, on("01-08")).await);
        assert_eq!(since("01-09").await, [].into());
        let undo = async |import, now: &str| {
            let undone = db.store.undo_import(import, on(now)).await;
            undone.expect("it is the newest");
        };
        undo(release, "01-10").await;
        assert_eq!(since("01-11").await, [(everybody[0], held)].into());
        undo(place, "01-12").await;
        assert_eq!(since("01-13").await, [].into());

        let renamed = DecidedSince {
            holds: Vec::new(),
            renamed: true,
        };
        let change = landed(&decide(&db.store, &name_change(("sis", "2")), on("01-14")).await);
        assert_eq!(since("01-15").await, [(everybody[1], renamed)].into());
        let known = db.store.decided_since(&everybody, on("01-15"), on("01-16"));
        assert_eq!(known.await.expect("read"), [].into(), "known by then");
        undo(change, "01-17").await;
        assert_eq!(since("01-18").await, [].into());
    }
);

#[test]
fn a_hold_stands_from_its_first_day_to_its_last() {
    let hold = TranscriptHold {
        ends_on: Some(date(2026, 1, 5)),
        ..hold()
    };
    let stands = [2, 3, 5, 6].map(|day| hold.stands_on(date(2026, 1, day)));
    assert_eq!(stands, [false, true, true, false]);
}

/// What a batch came to: who was issued a document, and why the others got none.
async fn outcome(office: &Office, batch: &Batch, resumed: bool) -> (Vec<String>, Vec<String>) {
    let outcome = match resumed {
        true => office.resume(batch, |_| {}).await,
        false => office.issue(batch, |_| {}).await,
    };
    let outcome = outcome.expect("the batch runs");
    let issued = outcome.issued.into_iter().map(|it| it.student_id);
    let refused = outcome.refused.into_iter().flat_map(|it| it.reasons);
    (issued.collect(), refused.collect())
}

/// Two students of the fixture district, the second of whom is held from the first of June, which
/// was recorded after the records that the batches of the tests read.
async fn held_since() -> (desk::District, Vec<PersonId>, TranscriptHold) {
    let district = desk::in_sqlite().await;
    let people = desk::students(&district.store, &["9000010", "9000021"]).await;
    let known = at("2026-06-13T00:00:00Z");
    let rows = district.store.person_rows(&people[1..], known).await;
    let row = rows.expect("read").remove(0);
    let hold = TranscriptHold {
        school: row.person.school,
        person_source: row.source,
        person: row.person.person,
        due_process_on: date(2026, 5, 29),
        begins_on: date(2026, 6, 1),
        recorded_at: at("2026-06-13T16:00:00Z"),
        ..hold()
    };
    (district, people, hold)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_stops_a_copy_of_any_state_of_the_record_and_never_a_transfer_ed_code_48904_49068() {
    let (desk::District { store, .. }, people, hold) = &held_since().await;
    landed(&decide(store, hold, at("2026-06-14T00:00:00Z")).await);
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    for known in ["2026-06-13T00:00:00Z", "2026-07-01T00:00:00Z"] {
        let copies = desk::batch(store, people.clone(), known).await;
        let (issued, refused) = outcome(&office, &copies, false).await;
        assert_eq!(
            (issued, refused),
            (vec!["9000010".into()], vec![WHY.into()])
        );
        let transfer = Batch {
            purpose: Purpose::SchoolTransfer {
                to: "Agave High School".into(),
            },
            ..desk::batch(store, people.clone(), known).await
        };
        assert_eq!(outcome(&office, &transfer, false).await.0.len(), 2);
        let begun = Batch::begun(store, transfer.id).await.expect("it is there");
        assert_eq!(begun.purpose, transfer.purpose, "it is recorded for whom");
    }
    // It begins with its first day in the district, not in Greenwich.
    let copies = || desk::batch(store, people.clone(), "2026-07-01T00:00:00Z");
    for (now, refused) in [("2026-06-01T06:59:59Z", 0), ("2026-06-01T07:00:00Z", 1)] {
        office.clock = Clock::Fixed(at(now));
        let before = outcome(&office, &copies().await, false).await;
        assert_eq!(before.1.len(), refused, "{now}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_began_after_a_batch_stops_what_is_left_of_it_and_nothing_that_is_issued() {
    let (desk::District { store, .. }, people, hold) = &held_since().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let whole = desk::batch(store, people.clone(), "2026-06-13T00:00:00Z").await;
    assert_eq!(outcome(&office, &whole, false).await.0.len(), 2);
    let interrupted = desk::batch(store, people.clone(), "2026-06-13T00:00:00Z").await;
    desk::interrupted(&mut office, &interrupted).await;
    landed(&decide(store, hold, at("2026-06-14T00:00:00Z")).await);

    let (issued, refused) = outcome(&office, &whole, true).await;
    assert_eq!(
        (issued.len(), refused),
        (2, vec![]),
        "what is issued stands"
    );
    let (issued, refused) = outcome(&office, &interrupted, true).await;
    assert_eq!(
        (issued, refused),
        (vec!["9000010".into()], vec![WHY.into()])
    );
    let unfinished = store.unfinished_batches().await.expect("read");
    assert_eq!(unfinished, [], "a refusal ends what was about to be made");
}
