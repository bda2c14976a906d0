//! What another day changes: nothing in a batch that was begun before, and not which school prints.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use registrar::exchange::Document;
use registrar::host::Clock;
use registrar::issue::Batch;
use registrar::record::{GradeLevel, PersonId};
use registrar::seal::Suite;
use registrar::store::{Store, StudentQuery};
use registrar::transcript::{Edition, assemble};
use registrar::verify::{self, Conclusion};
use tokio::sync::Notify;

use crate::common::{self, on_both_databases};
use crate::desk;

/// Where students of Ironwood Terrace also study, in summer or at home.
const INDEPENDENT_STUDIES: &str = "19999990100095";

/// A delta that adds one enrolment of student 9000017, who is still enrolled at Ironwood Terrace.
fn enrolled_elsewhere(folder: &Path, entered_on: &str, left_on: &str) {
    let manifest = format!(
        "format = \"registrar-package/1\"\ndistrict = \"1999999\"\nsource = \"marisol-central\"\n\
         exported_at = \"2026-07-20T20:00:00Z\"\nschools = [\"{INDEPENDENT_STUDIES}\"]\n\
         [tables.enrolments]\nmode = \"delta\"\n"
    );
    let rows = format!(
        "school,person,entered_on,left_on,grade_level,exit_reason,status\n\
         {INDEPENDENT_STUDIES},9000017,{entered_on},{left_on},12,transferred,current\n"
    );
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    std::fs::write(folder.join("enrolments.csv"), rows).expect("written");
}

async fn seniors_of(store: &Store, school: &str) -> Vec<PersonId> {
    let query = StudentQuery::School {
        school: school.into(),
        grade_level: GradeLevel::new(12),
    };
    desk::people(store, query, "2026-08-01T00:00:00Z").await
}

on_both_databases!(
    the_school_that_has_the_student_prints_though_a_summer_elsewhere_began_later,
    |database| {
        let store = &database.store;
        desk::district(store).await;
        // One that began and ended amid the year, one that began after the year was over.
        for (entered_on, left_on) in [("2026-01-12", "2026-02-27"), ("2026-06-15", "2026-07-17")] {
            let folder = tempfile::tempdir().expect("a folder");
            enrolled_elsewhere(folder.path(), entered_on, left_on);
            let package = folder.path().display().to_string();
            desk::import(store, &package, "2026-07-20T21:00:00Z").await;
            let students = desk::students(store, &["9000017"]).await;
            let known = desk::at("2026-08-01T00:00:00Z");
            let records = store.records(&students, known).await.expect("records");
            let directory = store.directory(known).await.expect("schools");
            let (_, policy) = desk::composed("en");
            let request = desk::request(Edition::Unofficial);
            let assembled = assemble(&records[0], &directory, &policy, &request);
            let transcript = assembled.expect("a transcript").transcript;
            assert_eq!(transcript.school.code, desk::IRONWOOD);
            let attendance = transcript.attendance;
            assert_eq!(attendance.left_on, None, "the student is still enrolled");
            assert_eq!(
                attendance.entered_on,
                date(2022, 8, 11),
                "a summer elsewhere does not end the time at a school"
            );
            // Who is asked for by school is who that school prints.
            assert!(
                seniors_of(store, desk::IRONWOOD)
                    .await
                    .contains(&students[0])
            );
            let elsewhere = seniors_of(store, INDEPENDENT_STUDIES).await;
            assert!(!elsewhere.contains(&students[0]));
        }
    }
);

on_both_databases!(
    a_batch_that_is_resumed_on_another_day_keeps_its_date_its_records_and_its_documents,
    |database| {
        let store = &database.store;
        desk::district(store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut office = desk::office(store, folder.path(), Suite::P256, 2);
        let people = seniors_of(store, desk::IRONWOOD).await;
        let mut people = desk::sound(store, people).await;
        let corrected = desk::students(store, &["9000001"]).await[0];
        people.retain(|person| *person != corrected);
        people.truncate(40);
        // The last of the batch, whose record is corrected before the batch goes on.
        people.push(corrected);
        let batch = desk::batch(store, people, "2026-06-15T16:00:00Z").await;

        // The process ends after the first documents are committed.
        let stop = Notify::new();
        let progress = |done: u64| {
            if done > 0 {
                stop.notify_one();
            }
        };
        tokio::select! {
            outcome = office.issue(&batch, progress) => panic!("not interrupted: {outcome:?}"),
            () = stop.notified() => {}
        }
        let first: BTreeMap<_, _> = documents(store).await;
        assert!(!first.is_empty() && first.len() < batch.people.len());

        // A week later the records are others and the clock has moved on.
        desk::import(store, "corrections/central", "2026-06-20T08:00:00Z").await;
        office.clock = Clock::Fixed(desk::at("2026-06-22T17:00:00Z"));
        let resumed = Batch::begun(store, batch.id).await.expect("remembered");
        assert_eq!(format!("{resumed:?}"), format!("{batch:?}"));
        let outcome = office.resume(&resumed, |_| {}).await.expect("it goes on");
        assert_eq!(outcome.refused, []);
        assert_eq!(outcome.issued.len(), batch.people.len());

        let all = documents(store).await;
        assert_eq!(all.len(), batch.people.len(), "one document for each");
        for (id, digest) in &first {
            assert_eq!(all.get(id), Some(digest), "what was issued stays as it was");
        }
        for issued in outcome.issued {
            let bytes = office.ledger.read(issued.document_id).await.expect("read");
            let answer = verify::examine(&bytes.expect("there"), &office.signing.trust);
            assert_eq!(answer.conclusion, Conclusion::Valid);
            let signed_by = answer.signed_by.expect("a signature");
            assert_eq!(signed_by.signed_at, batch.issued_at);
            let document = answer.document.and_then(Document::into_transcript);
            let document = document.expect("a valid document says what it says");
            assert_eq!(document.document.issued_on, date(2026, 6, 15));
            let intent = store.issuance(issued.document_id).await.expect("read");
            assert_eq!(
                intent.expect("an intent").intent.recorded_at,
                batch.recorded_at
            );
            if issued.person == corrected {
                let average = document.averages[0].value.as_deref();
                assert_ne!(average, Some("3.3393"), "that came with the correction");
            }
        }
        assert_eq!(desk::problems(&office).await, []);
        assert_eq!(store.unfinished_batches().await.expect("read"), []);
    }
);

/// Every document with its digest.
async fn documents(store: &Store) -> BTreeMap<[u8; 16], [u8; 32]> {
    let documents = store.documents(None).await.expect("documents").into_iter();
    documents.map(|(id, row)| (id, row.digest)).collect()
}
