//! The same records, rules and date give the same bytes: whenever, wherever, in whatever order.

use std::process::Command;

use registrar::exchange::{self, Document};
use registrar::issue::{Office, Preview};
use registrar::record::PersonId;
use registrar::render::{Attachment, Job, Pool, Relationship};
use registrar::seal::{self, Statement, Suite};
use registrar::store::{Store, StudentQuery};
use registrar::transcript::{ATTACHMENT_NAME, Edition};
use registrar::verify;

use crate::common;
use crate::desk;

async fn previews(store: &Store, people: &[PersonId], known: &str, pool: &Pool) -> Vec<Preview> {
    let (_, policy) = desk::composed("en");
    let recorded = store
        .recorded_instant(Some(desk::at(known)))
        .await
        .expect("read")
        .expect("imported");
    let request = desk::request(Edition::Unofficial);
    let (previews, refused) =
        desk::previews(store, &policy, pool, people, recorded, &request).await;
    assert_eq!(refused, []);
    previews
}

fn bytes(previews: Vec<Preview>) -> Vec<Vec<u8>> {
    previews.into_iter().map(|preview| preview.pdf).collect()
}

const BEFORE: &str = "2026-06-13T00:00:00Z";
const AFTER: &str = "2026-06-25T00:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_report_as_known_before_a_correction_is_the_same_bytes_after_it() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let people = desk::students(store, &["9000001", "9000017"]).await;
    let pool = desk::pool(&desk::composed("en").0, 1);
    let first = bytes(previews(store, &people, BEFORE, &pool).await);
    desk::import(store, "corrections/central", "2026-06-20T08:00:00Z").await;
    let again = bytes(previews(store, &people, BEFORE, &pool).await);
    let corrected = bytes(previews(store, &people, AFTER, &pool).await);
    assert_eq!(first, again, "what was known before has not changed");
    assert_ne!(first[0], corrected[0], "the corrected mark shows");
    assert_ne!(first[1], corrected[1], "the added mark shows");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_and_two_and_another_order_give_the_same_bytes() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let query = StudentQuery::School {
        school: desk::IRONWOOD.into(),
        grade_level: registrar::record::GradeLevel::new(12),
    };
    let mut people = desk::people(store, query, AFTER).await;
    people.retain(|person| !unprintable(*person));
    people.truncate(12);
    let (composed, _) = desk::composed("en");
    let one = previews(store, &people, BEFORE, &desk::pool(&composed, 1)).await;
    people.reverse();
    let mut two = previews(store, &people, BEFORE, &desk::pool(&composed, 2)).await;
    two.reverse();
    assert_eq!(bytes(one), bytes(two));
}

/// The one student of the fixtures without a printable name.
fn unprintable(person: PersonId) -> bool {
    person == PersonId::from_state_id("9990000024")
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_give_the_same_bytes() {
    let (one, other) = (common::sqlite().await, common::postgres().await);
    let pool = desk::pool(&desk::composed("en").0, 1);
    let mut documents = Vec::new();
    for store in [&one.store, &other.store] {
        desk::district(store).await;
        let people = desk::students(store, &["9000002", "9000003", "9000014"]).await;
        documents.push(bytes(previews(store, &people, BEFORE, &pool).await));
    }
    assert_eq!(documents[0], documents[1]);
}

/// A copy of a package whose rows stand in the opposite order.
fn backwards(package: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(desk::fixtures().join(package)).expect("a package") {
        let path = entry.expect("an entry").path();
        let copy = folder.path().join(path.file_name().expect("a name"));
        if path.extension().is_none_or(|extension| extension != "csv") {
            std::fs::copy(&path, copy).expect("copied");
            continue;
        }
        let mut reader = csv::Reader::from_path(&path).expect("a table");
        let mut writer = csv::Writer::from_path(copy).expect("a table");
        let head = reader.headers().expect("a head").clone();
        writer.write_record(&head).expect("written");
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        for row in rows.iter().rev() {
            writer.write_record(row).expect("written");
        }
        writer.flush().expect("written");
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn files_whose_rows_stand_in_another_order_give_the_same_bytes() {
    let desk::District { store: usual, .. } = &desk::in_sqlite().await;
    let other = common::sqlite().await;
    for package in ["district/charters", "district/central"] {
        let package = backwards(package);
        let path = package.path().display().to_string();
        desk::import(&other.store, &path, "2026-06-12T21:00:00Z").await;
    }
    let seniors = StudentQuery::School {
        school: desk::IRONWOOD.into(),
        grade_level: registrar::record::GradeLevel::new(12),
    };
    let mut people = desk::people(usual, seniors.clone(), AFTER).await;
    assert_eq!(people, desk::people(&other.store, seniors, AFTER).await);
    people.truncate(10);
    people.extend(desk::students(usual, &["9000002", "9000003", "9000014"]).await);
    let pool = desk::pool(&desk::composed("en").0, 2);
    let one = previews(usual, &people, BEFORE, &pool).await;
    let two = previews(&other.store, &people, BEFORE, &pool).await;
    assert_eq!(bytes(one), bytes(two));
}

#[test]
fn another_locale_and_time_zone_of_the_machine_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("registrar.toml");
    let database = format!("sqlite:{}", folder.path().join("r.db").display());
    std::fs::write(&settings, format!("database = \"{database}\"\n")).expect("written");
    let run = |language: &str, zone: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_registrar"))
            .current_dir(folder.path())
            .env("LANG", language)
            .env("LC_ALL", language)
            .env("TZ", zone)
            .args(arguments)
            .output()
            .expect("the program runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let district = desk::fixtures().join("district/central");
    run("C", "UTC", &["import", &district.display().to_string()]);
    let preview = ["transcript", "preview", "--student", "9000001", "--out"];
    run(
        "C",
        "America/Los_Angeles",
        &[&preview[..], &["one"]].concat(),
    );
    run(
        "tr_TR.UTF-8",
        "Pacific/Kiritimati",
        &[&preview[..], &["two"]].concat(),
    );
    let file = |name: &str| {
        std::fs::read(folder.path().join(name).join("preview-0001.pdf")).expect("a preview")
    };
    assert!(
        file("one") == file("two"),
        "the machine's settings show in the document"
    );
}

/// What a model, the keys, the template and the moment make: everything random is in the model.
async fn made_again(office: &Office, pool: &Pool, issued: &[u8]) -> Vec<u8> {
    let answer = verify::examine(issued, &office.signing.trust);
    let signed_at = answer.signed_by.expect("signed").signed_at;
    let model = answer.document.and_then(Document::into_transcript);
    let model = model.expect("a valid document");
    let json = exchange::transcript_json(&model);
    let proof = seal::proof_of(&json, &office.signing.data, signed_at).expect("a proof");
    let proven = exchange::proven_text(&exchange::text(&json), &proof);
    let data = seal::verify(issued, &office.signing.trust)
        .attachments
        .remove(0);
    assert_eq!(data.content, proven);
    let job = Job {
        model: json.to_string().into_bytes(),
        attachments: vec![Attachment {
            name: ATTACHMENT_NAME.to_owned(),
            mime: "application/json".to_owned(),
            description: data.description,
            relationship: Relationship::Data,
            bytes: data.content,
        }],
        document_id: model.document.id.clone(),
        issued_at: signed_at,
        issued_on: model.document.issued_on,
    };
    let pdf = pool.render(&job).await.expect("laid out").pdf;
    let statement = Statement {
        reason: "Official transcript",
        signed_at,
    };
    seal::sign(&pdf, &office.signing.document, &statement).expect("signed")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_document_can_be_made_again_to_the_same_bytes() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    for suite in [Suite::P256, Suite::Ed25519] {
        let folder = tempfile::tempdir().expect("a folder");
        let office = desk::office(store, folder.path(), suite, 2);
        let people = desk::students(store, &["9000001", "9000002", "9000003"]).await;
        let batch = desk::batch(store, people, AFTER).await;
        let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
        assert_eq!(outcome.refused, []);
        // One worker in place of two, and the other way round.
        let pool = desk::pool(&desk::composed("en").0, 1);
        for issued in outcome.issued.iter().rev() {
            let bytes = office.ledger.read(issued.document_id).await.expect("read");
            let bytes = bytes.expect("an issued document has its file");
            assert!(made_again(&office, &pool, &bytes).await == bytes, "{suite}");
        }
    }
}
