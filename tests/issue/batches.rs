//! A batch issues each document once, and only what a college will accept.

use registrar::issue::{Batch, BatchOutcome, Office};
use registrar::ledger::LedgerProblem;
use registrar::seal::Suite;
use registrar::store::{Store, StudentQuery};
use registrar::transcript::Kind;
use registrar::verify::{self, Conclusion};

use crate::common::{self, on_both_databases};
use crate::desk;

/// The documents of a batch: for each its student and bytes, in the order of the batch.
async fn issue(office: &Office, batch: &Batch) -> Vec<(String, Vec<u8>)> {
    let outcome = office.issue(batch, |_| {}).await.expect("the batch runs");
    files(office, outcome).await
}

/// The same for a batch that was opened before.
async fn resume(office: &Office, batch: &Batch) -> Vec<(String, Vec<u8>)> {
    let outcome = office.resume(batch, |_| {}).await.expect("the batch runs");
    files(office, outcome).await
}

async fn files(office: &Office, outcome: BatchOutcome) -> Vec<(String, Vec<u8>)> {
    assert_eq!(outcome.refused, []);
    let mut documents = Vec::new();
    for issued in outcome.issued {
        let bytes = office
            .ledger
            .read(issued.document_id)
            .await
            .expect("read")
            .expect("there");
        documents.push((issued.student_id, bytes));
    }
    documents
}

async fn class(store: &Store, size: usize) -> Vec<registrar::record::PersonId> {
    let query = StudentQuery::School {
        school: desk::IRONWOOD.into(),
        grade_level: registrar::record::GradeLevel::new(12),
    };
    let mut people = desk::people(store, query, "2026-07-01T00:00:00Z").await;
    assert!(
        people.len() >= 70,
        "the school has a class: {}",
        people.len()
    );
    people.truncate(size);
    people
}

on_both_databases!(
    each_file_passes_the_check_that_a_college_makes,
    |database| {
        let store = &database.store;
        desk::district(store).await;
        for suite in [Suite::P256, Suite::Ed25519] {
            let folder = tempfile::tempdir().expect("a folder");
            let office = desk::office(store, folder.path(), suite, 2);
            let batch = desk::batch(store, class(store, 12).await, "2026-07-01T00:00:00Z").await;
            let documents = issue(&office, &batch).await;
            assert_eq!(documents.len(), 12);
            for (student, bytes) in documents {
                let answer = verify::examine(&bytes, &office.signing.trust);
                assert_eq!(answer.conclusion, Conclusion::Valid, "{:?}", answer.facts);
                let document = answer.document.expect("a valid document says what it says");
                assert_eq!(document.student.student_id, student);
            }
        }
    }
);

on_both_databases!(a_batch_that_runs_again_issues_nothing_twice, |database| {
    let store = &database.store;
    desk::district(store).await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 2);
    let batch = desk::batch(store, class(store, 5).await, "2026-07-01T00:00:00Z").await;
    let first = issue(&office, &batch).await;
    let again = resume(&office, &batch).await;
    assert_eq!(first, again);
    let elsewhere = Store::open(&database.url)
        .await
        .expect("another process opens it");
    assert_eq!(elsewhere.documents().await.expect("documents").len(), 5);
    assert_eq!(office.ledger.check().await.expect("checked"), []);
});

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_resumed_with_other_inputs_is_refused() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let mut batch = desk::batch(store, class(store, 2).await, "2026-07-01T00:00:00Z").await;
    issue(&office, &batch).await;
    batch.request.show_state_id = true;
    let error = office
        .resume(&batch, |_| {})
        .await
        .expect_err("other inputs");
    assert!(
        error.to_string().contains("begun with other inputs"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_printed_is_refused_by_field_and_code_point_and_stops_nobody() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &["9000024", "9000005"]).await;
    let batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!(outcome.issued.len(), 1);
    assert_eq!(outcome.refused.len(), 1);
    let reason = &outcome.refused[0].reasons[0];
    assert!(reason.starts_with("student.name holds U+0641"), "{reason}");
    assert!(reason.contains("hint: "), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_transcript_of_unfinished_work_is_refused_with_both_reasons() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &["9000018"]).await;
    let mut batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
    batch.request.kind = Some(Kind::Final);
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    let reasons = &outcome.refused[0].reasons;
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("graduation date")),
        "{reasons:?}"
    );
    assert!(
        reasons.iter().any(|reason| reason.contains("in progress")),
        "{reasons:?}"
    );
    assert_eq!(store.documents().await.expect("documents"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_row_is_harmless_and_a_row_without_its_file_is_found() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let batch = desk::batch(store, class(store, 1).await, "2026-07-01T00:00:00Z").await;
    let documents = issue(&office, &batch).await;
    let files = registrar::ledger::DocumentFiles::open(&folder.path().join("documents"));
    let files = files.expect("the folder opens");
    let orphan = {
        use sha2::Digest as _;
        <[u8; 32]>::from(sha2::Sha256::digest(b"left by a crash"))
    };
    files.put(&[(orphan, b"left by a crash")]).expect("kept");
    let problems = office.ledger.check().await.expect("checked");
    assert_eq!(
        problems,
        [LedgerProblem::UnreferencedFile { digest: orphan }]
    );
    let digest = {
        use sha2::Digest as _;
        <[u8; 32]>::from(sha2::Sha256::digest(&documents[0].1))
    };
    std::fs::remove_file(files.path(digest)).expect("removed");
    let problems = office.ledger.check().await.expect("checked");
    assert!(
        matches!(problems[0], LedgerProblem::MissingFile { .. }),
        "{problems:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_in_the_records_is_refused_and_not_forgotten() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let mut people = class(store, 1).await;
    people.push(registrar::record::PersonId::from_state_id("nobody"));
    let batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!((outcome.issued.len(), outcome.refused.len()), (1, 1));
    assert!(outcome.refused[0].reasons[0].contains("is not in the records as known at"));
}
