//! An official document is an act of today, whatever state of the records it tells.

use jiff::civil::date;
use registrar::record::*;
use registrar::seal::Suite;

use crate::desk;
use crate::school::*;

const BEFORE: &str = "2026-06-13T00:00:00Z";
const SINCE: &str = "2026-06-14T00:00:00Z";

/// Why the student of this number gets no document of the records as they were known before
/// something was decided; and that they got one until then.
async fn refusal<R: registrar::intake::package::Row>(
    number: &str,
    decided: impl AsyncFnOnce(&registrar::store::Store) -> R,
) -> Vec<String> {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &[number]).await;
    let issue = async || {
        let batch = desk::batch(store, people.clone(), BEFORE).await;
        office.issue(&batch, |_| {}).await.expect("the batch runs")
    };
    assert_eq!(issue().await.refused, [], "before");
    landed(&decide(store, &decided(store).await, at(SINCE)).await);
    let mut outcome = issue().await;
    assert_eq!(outcome.issued, []);
    outcome.refused.remove(0).reasons
}

/// The source that sent the row of this number, and its school.
async fn row(store: &registrar::store::Store, number: &str) -> (String, String) {
    let people = people(store, &[number], at(BEFORE)).await;
    let rows = store.person_rows(&people, at(BEFORE)).await.expect("read");
    let mut rows = rows.into_iter();
    let row = rows.find(|row| row.person.person == number).expect(number);
    (row.source, row.person.school)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_was_changed_since_is_signed_in_no_earlier_state() {
    let reasons = refusal("9000014", async |store| {
        let (person_source, school) = row(store, "9000014").await;
        MarkChange {
            school,
            person_source,
            person: "9000014".into(),
            posting: "9000014-003".into(),
            credit_earned: "5".parse().expect("credits"),
            teacher_heard_on: Some(date(2026, 6, 8)),
            decided_on: date(2026, 6, 10),
            recorded_at: at(SINCE),
            ..mark_change("B", "A")
        }
    });
    let reasons = reasons.await;
    let [reason] = &reasons[..] else {
        panic!("{reasons:?}")
    };
    assert!(
        reason.contains("a mark was changed by decision"),
        "{reason}"
    );
    assert!(reason.contains("\nhint: begin a new batch"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_rows_were_split_since_is_signed_in_no_earlier_state() {
    let reasons = refusal("1000071", async |store| {
        let (person_source, school) = row(store, "HC-0000071").await;
        PersonLink {
            school,
            recorded_at: at(SINCE),
            ..split((&person_source, "HC-0000071"))
        }
    });
    let reasons = reasons.await;
    let other = |reason: &&String| reason.contains("another person's now");
    assert!(reasons.iter().any(|it| other(&it)), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_merged_since_is_signed_in_no_earlier_state_whoever_has_the_least_id() {
    let numbers = ["9000010", "9000014"];
    let mut words = Vec::new();
    for (number, other) in [(numbers[0], numbers[1]), (numbers[1], numbers[0])] {
        let reasons = refusal(number, async |store| {
            let (source, school) = row(store, number).await;
            let (other_source, _) = row(store, other).await;
            PersonLink {
                school,
                recorded_at: at(SINCE),
                ..merge((&source, number), (&other_source, other))
            }
        });
        words.push(reasons.await.join("; "));
    }
    words.sort();
    assert!(
        words[0].contains("its rows are another person's now"),
        "{words:?}"
    );
    let joined = "rows that were another person's are its own now";
    assert!(words[1].contains(joined), "{words:?}");
}
