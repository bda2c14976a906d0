//! Holds on transcripts: the law's grounds stop a copy, and never a transfer.

use jiff::civil::date;
use registrar::host::Clock;
use registrar::issue::{Batch, Office, Purpose, ReceivingSchool};
use registrar::record::*;
use registrar::seal::Suite;

use crate::common::{self, on_both_databases};
use crate::desk;
use crate::school::*;

const WHY: &str = "withheld: property on loan not returned (Ed. Code 48904), since 2026-06-01, \
                   recorded by R. Varo\nhint: a transfer to a school is not stopped: \
                   `transcript issue --transfer SCHOOL`";

on_both_databases!(
    what_was_decided_stays_with_the_person_whose_row_it_named_though_the_row_is_gone,
    |db| {
        both(&db.store).await;
        let of_other = TranscriptHold {
            person_source: "charter".into(),
            person: "c1".into(),
            ..hold()
        };
        landed(&decide(&db.store, &of_other, on("01-06")).await);
        landed(&decide(&db.store, &name_change(("charter", "c1")), on("01-06")).await);
        // The charter school sends its row no more, the district numbers the student anew.
        let mut anew = usual();
        anew.people[0].person = "77".into();
        for mark in &mut anew.marks[..4] {
            mark.person = "77".into();
        }
        send(&db.store, "sis", &anew, on("01-07")).await;
        let nobody_of_1 = Sent {
            people: vec![person("c9", None)],
            marks: vec![],
        };
        send(&db.store, "charter", &nobody_of_1, on("01-08")).await;
        let now = record(&db.store, "77", on("01-09")).await;
        assert_eq!(now.person.legal_name(), "Iris Sandoval");
        assert_eq!(now.decisions.holds, [of_other]);
        let [id] = people(&db.store, &["77"], on("01-09")).await[..] else {
            panic!("one person")
        };
        let listed = db.store.events(Some(id), None, on("01-09")).await;
        assert_eq!(listed.expect("read").len(), 2, "and is still listed");
        let other = record(&db.store, "2", on("01-09")).await;
        assert_eq!(other.decisions.holds, [], "nobody else's");
    }
);

on_both_databases!(
    a_hold_on_a_row_that_was_split_off_or_unmerged_is_no_hold_on_the_other_person,
    |db| {
        both(&db.store).await;
        landed(&decide(&db.store, &split(("charter", "c1")), on("01-05")).await);
        let of_other = TranscriptHold {
            person_source: "charter".into(),
            person: "c1".into(),
            ..hold()
        };
        landed(&decide(&db.store, &of_other, on("01-06")).await);
        let holds = async |number: &str| {
            let record = record(&db.store, number, on("01-07")).await;
            record.decisions.holds.len()
        };
        assert_eq!((holds("1").await, holds("c1").await), (0, 1));
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
                to: ReceivingSchool {
                    code: None,
                    name: "Agave High School".into(),
                    address: Some("100 Agave Way, Reno, NV 89501".into()),
                    sent_by: "R. Varo".into(),
                },
            },
            ..desk::batch(store, people.clone(), known).await
        };
        assert_eq!(outcome(&office, &transfer, false).await.0.len(), 2);
        let own = store
            .records(&people[1..], at("2026-07-01T00:00:00Z"))
            .await;
        let own = own.expect("read").remove(0).person.school;
        let to_itself = Batch {
            purpose: Purpose::SchoolTransfer {
                to: ReceivingSchool {
                    code: Some(own),
                    name: "Ironwood Terrace".into(),
                    address: None,
                    sent_by: "R. Varo".into(),
                },
            },
            ..desk::batch(store, people[1..].to_vec(), known).await
        };
        let (issued, refused) = outcome(&office, &to_itself, false).await;
        assert!(issued.is_empty(), "a copy by another name");
        assert!(refused[0].contains("a transfer is to another school"));
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
