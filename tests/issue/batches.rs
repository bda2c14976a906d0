//! A batch issues each document once, and only what a college will accept.

use registrar::exchange::Document;
use registrar::issue::{Batch, BatchOutcome, Office};
use registrar::ledger::{DocumentFiles, Ledger, LedgerProblem};
use registrar::record::{GradeLevel, Scope};
use registrar::seal::Suite;
use registrar::store::{Store, StudentQuery};
use registrar::transcript::{DocumentRequest, Kind};
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
    assert!(outcome.elsewhere.is_empty());
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
    let people = desk::people(store, query, "2026-07-01T00:00:00Z").await;
    let mut people = desk::sound(store, people).await;
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
                let document = answer.document.and_then(Document::into_transcript);
                let document = document.expect("a valid document says what it says");
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
    assert_eq!(elsewhere.documents(None).await.expect("documents").len(), 5);
    assert_eq!(desk::problems(&office).await, []);
});

on_both_databases!(
    two_processes_at_one_batch_make_each_document_once_and_the_last_finishes_it,
    |database| {
        const STUDENTS: usize = 20;
        let store = &database.store;
        desk::district(store).await;
        let people = class(store, STUDENTS).await;
        let batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
        let [home, keys] = [(), ()].map(|()| tempfile::tempdir().expect("a folder"));
        let one = desk::office(store, home.path(), Suite::P256, 1);
        // With a ledger of its own over the same files, and so with claims of its own.
        let files = DocumentFiles::open(&home.path().join("documents")).expect("a folder");
        let other = Office {
            ledger: Ledger::new(store.clone(), files),
            ..desk::office(store, keys.path(), Suite::P256, 1)
        };
        let joins = async {
            while store.unfinished_batches().await.expect("read").is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            other.resume(&batch, |_| {}).await
        };
        let (first, second) = tokio::join!(one.issue(&batch, |_| {}), joins);
        for outcome in [first.expect("it runs"), second.expect("it runs")] {
            assert_eq!(outcome.refused, [], "nobody is refused for that");
            assert_eq!(outcome.issued.len() + outcome.elsewhere.len(), STUDENTS);
        }
        let documents = store.documents(None).await.expect("read");
        assert_eq!(documents.len(), STUDENTS);
        assert_eq!(store.unfinished_batches().await.expect("read"), []);
        assert_eq!(desk::problems(&one).await, []);
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_go_on_gives_its_documents_back() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let batch = desk::batch(store, class(store, 3).await, "2026-07-01T00:00:00Z").await;
    desk::interrupted(&mut office, &batch).await;
    assert_eq!(store.unfinished_batches().await.expect("read").len(), 1);
    // At once: no claim has to grow stale.
    assert_eq!(resume(&office, &batch).await.len(), 3);
    assert_eq!(store.unfinished_batches().await.expect("read"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_resumed_with_other_inputs_is_refused() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let mut batch = desk::batch(store, class(store, 2).await, "2026-07-01T00:00:00Z").await;
    // Nobody of it was issued anything: no intent stands, and yet the request does.
    batch.request.kind = Some(Kind::MidYear);
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    let made = outcome.issued.len();
    let refusal = async |office: &Office, batch: &Batch| {
        let refused = office.resume(batch, |_| {}).await;
        refused.expect_err("other inputs").to_string()
    };
    let other_kind = Batch {
        request: DocumentRequest {
            kind: Some(Kind::Initial),
            ..batch.request.clone()
        },
        ..batch.clone()
    };
    let said = refusal(&office, &other_kind).await;
    assert!(said.contains("with a request other than now"), "{said}");
    let fewer = Batch {
        people: batch.people[..1].to_vec(),
        ..batch.clone()
    };
    let said = refusal(&office, &fewer).await;
    assert!(said.contains("with a request other than now"), "{said}");
    let template = std::mem::replace(&mut office.template_digest, [9; 32]);
    let said = refusal(&office, &batch).await;
    assert!(said.contains("with a template other than now"), "{said}");
    office.template_digest = template;
    let again = office
        .resume(&batch, |_| {})
        .await
        .expect("as it was begun");
    assert_eq!(again.issued.len(), made);
}

/// A template that quotes the student in its error, as `panic` does.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_quotes_the_student_is_told_and_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("registrar.db").display());
    let store = &Store::open(&url).await.expect("a database");
    desk::import(store, "district/charters", "2026-06-12T21:00:00Z").await;
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let (mut composed, _) = desk::composed("en");
    let layout = composed.files.get_mut("layout.typ").expect("the layout");
    layout.extend_from_slice(b"\n#panic(json(\"/model.json\").student.name)\n");
    office.pool = desk::pool(&composed, 1);
    let seniors = StudentQuery::Everybody {
        grade_level: GradeLevel::new(12),
    };
    let known = desk::at("2026-06-13T00:00:00Z");
    let found = store.find_people(&seniors, &Scope::District, known).await;
    let people = found.expect("read").people[..1].to_vec();
    let batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    let reason = &outcome.refused[0].reasons[0];
    let records = store.records(&batch.people, batch.recorded_at).await;
    let name = records.expect("read").remove(0).person.legal_given;
    assert!(reason.contains(&name), "the operator is told: {reason}");
    let database = sqlx::SqlitePool::connect(&url).await.expect("opened");
    let kept: Vec<String> = sqlx::query_scalar("SELECT failure FROM issuances")
        .fetch_all(&database)
        .await
        .expect("read");
    assert!(kept[0].contains("layout.typ:"), "{kept:?}");
    assert!(!kept[0].contains(&name), "{kept:?}");
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
    assert_eq!(store.documents(None).await.expect("documents"), []);
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
    assert_eq!(
        desk::problems(&office).await,
        [LedgerProblem::UnreferencedFile { digest: orphan }]
    );
    let digest = {
        use sha2::Digest as _;
        <[u8; 32]>::from(sha2::Sha256::digest(&documents[0].1))
    };
    std::fs::remove_file(files.path(digest)).expect("removed");
    let found = desk::problems(&office).await;
    assert!(
        matches!(found[0], LedgerProblem::MissingFile { .. }),
        "{found:?}"
    );
    std::fs::write(files.path(digest), "something else").expect("written");
    let found = desk::problems(&office).await;
    assert!(
        matches!(found[0], LedgerProblem::AlteredFile { .. }),
        "{found:?}"
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
