//! A changed name: the former one is nowhere, in the record or in the signed file.

use std::process::Command;

use registrar::record::*;
use registrar::seal::Suite;

use crate::common::{self, on_both_databases};
use crate::desk;
use crate::rows;
use crate::school::*;

on_both_databases!(
    a_changed_name_replaces_every_name_of_the_person_ed_code_49062_5,
    |db| {
        let mut people = usual();
        people.people[0].chosen_name = Some("Quincey the Old".into());
        people.people[0].printed_name = Some("Quincey Printed".into());
        send(&db.store, "sis", &people, on("01-01")).await;
        send(&db.store, "charter", &other(), on("01-02")).await;
        // The row of one system is named; whichever row stands on documents, it has the new name.
        landed(&decide(&db.store, &name_change(("charter", "c1")), on("01-06")).await);
        let now = record(&db.store, "1", on("01-07")).await;
        assert_eq!(now.person.legal_name(), "Iris Sandoval");
        assert_eq!(
            (&now.person.chosen_name, &now.person.printed_name),
            (&None, &None)
        );
        let model = format!("{now:?}");
        assert!(
            !model.contains("Quincey") && !model.contains("Nguyễn"),
            "{model}"
        );
        assert_eq!(
            record(&db.store, "1", on("01-04")).await.person,
            people.people[0],
            "as known"
        );
        let corrected = NameChange {
            event: "name-2".into(),
            legal_given: "Irisa".into(),
            chosen_name: Some("Iri".into()),
            recorded_at: on("01-07"),
            ..name_change(("sis", "1"))
        };
        let correction = landed(&decide(&db.store, &corrected, on("01-08")).await);
        let now = record(&db.store, "c1", on("01-09")).await.person;
        assert_eq!(
            (now.legal_name(), now.chosen_name),
            ("Irisa Sandoval".into(), Some("Iri".into()))
        );
        db.store
            .undo_import(correction, rows::TAKEN_BACK, on("01-10"))
            .await
            .expect("it is the newest");
        assert_eq!(
            record(&db.store, "1", on("01-11"))
                .await
                .person
                .legal_name(),
            "Iris Sandoval"
        );
    }
);

/// The output of a tool that must be there: `tests/run` installs it.
fn tool(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("`{program}` is needed: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    output.stdout
}

/// A name as bytes of a file could hold it.
fn spellings(name: &str) -> [Vec<u8>; 4] {
    let utf_16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hexadecimal = hex::encode(&utf_16);
    [
        name.into(),
        hexadecimal.to_uppercase().into(),
        hexadecimal.into(),
        utf_16,
    ]
}

fn holds(bytes: &[u8], name: &str) -> bool {
    let mut spellings = spellings(name).into_iter();
    spellings.any(|spelling| {
        bytes
            .windows(spelling.len())
            .any(|window| window == spelling)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_former_name_is_nowhere_in_a_document_that_was_issued_after_the_change() {
    const STUDENT: &str = "9000010";
    let district = desk::in_sqlite().await;
    let store = &district.store;
    let before = "2026-06-13T00:00:00Z";
    let [id] = desk::students(store, &[STUDENT]).await[..] else {
        panic!("one person")
    };
    let former = store
        .records(&[id], at(before))
        .await
        .expect("read")
        .remove(0)
        .person;
    let [row] = &store.person_rows(&[id], at(before)).await.expect("read")[..] else {
        panic!("one row")
    };
    let change = NameChange {
        school: former.school.clone(),
        legal_given: "Isidora".into(),
        legal_family: Some("Quezada".into()),
        ..name_change((&row.source, STUDENT))
    };
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let file_as_known = async |known: &str| {
        let batch = desk::batch(store, vec![id], known).await;
        let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
        assert_eq!(outcome.refused, []);
        let file = office.ledger.read(outcome.issued[0].document_id).await;
        let path = folder.path().join("transcript.pdf").display().to_string();
        let unpacked = folder.path().join("unpacked.pdf").display().to_string();
        let file = file.expect("read").expect("there");
        std::fs::write(&path, &file).expect("written");
        tool(
            "qpdf",
            &["--qdf", "--object-streams=disable", &path, &unpacked],
        );
        let unpacked = std::fs::read(unpacked).expect("read");
        let text = tool("pdftotext", &["-raw", &path, "-"]);
        let about = tool("pdfinfo", &["-meta", &path]);
        [file, unpacked, text, about].concat()
    };
    let names = [
        Some(&former.legal_given),
        former.legal_family.as_ref(),
        former.chosen_name.as_ref(),
    ];
    let names: Vec<&String> = names.into_iter().flatten().collect();
    assert!(names.len() >= 2, "a legal name and a chosen one");
    let earlier = file_as_known(before).await;
    assert!(
        holds(&earlier, &former.legal_name()),
        "the search would find it"
    );
    landed(&decide(store, &change, at("2026-06-14T00:00:00Z")).await);
    let as_before = desk::batch(store, vec![id], before).await;
    let refused = office.issue(&as_before, |_| {}).await;
    let refused = refused.expect("the batch runs").refused;
    let reason = &refused[0].reasons[0];
    assert!(
        reason.contains("the name was changed (Ed. Code 49062.5)"),
        "{reason}"
    );
    assert!(!reason.contains(&former.legal_given), "{reason}");
    let later = file_as_known("2026-07-01T00:00:00Z").await;
    assert!(holds(&later, "Isidora Quezada"));
    for name in names
        .iter()
        .flat_map(|name| name.split(' '))
        .filter(|part| part.len() > 3)
    {
        assert!(!holds(&later, name), "`{name}` is left");
    }
    let issued = store.issuances_of(id, at("2026-07-01T00:00:00Z")).await;
    assert_eq!(issued.expect("read").len(), 2);
}
