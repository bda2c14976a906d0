//! Holds on transcripts: the law's grounds stop a copy, and never a transfer.

use jiff::civil::date;
use registrar::record::*;
use registrar::transcript::{AssembleError, DocumentRequest, Edition, Purpose, assemble};

use crate::common::{self, on_both_databases};
use crate::desk;
use crate::school::*;

on_both_databases!(
    a_hold_stops_a_copy_and_never_a_transfer_to_a_school_ed_code_48904_49068,
    |db| {
        both(&db.store).await;
        let placed = landed(&decide(&db.store, &hold(), on("01-06")).await);
        let directory = db.store.directory(on("01-07")).await.expect("read");
        let (_, policy) = desk::composed("en");
        let copy = DocumentRequest {
            issued_on: date(2026, 1, 7),
            ..desk::request(Edition::Official)
        };
        let refusal = |record: &PersonRecord, request: &DocumentRequest| {
            let assembled = assemble(record, &directory, &policy, request);
            assembled.err().unwrap_or_default()
        };
        let held = record(&db.store, "1", on("01-07")).await;
        let why =
            "property on loan not returned (Ed. Code 48904), since 2026-01-03, recorded by R. Varo";
        assert_eq!(
            refusal(&held, &copy),
            [AssembleError::Withheld(vec![why.into()])]
        );
        // Whichever system's row the hold names, it is the person's.
        assert_eq!(record(&db.store, "c1", on("01-07")).await, held);
        let transfer = DocumentRequest {
            purpose: Purpose::SchoolTransfer,
            ..copy.clone()
        };
        assert_eq!(refusal(&held, &transfer), []);
        let preview = DocumentRequest {
            edition: Edition::Unofficial,
            certification: None,
            ..copy.clone()
        };
        assert_eq!(refusal(&held, &preview), []);
        let before = DocumentRequest {
            issued_on: date(2026, 1, 2),
            ..copy.clone()
        };
        assert_eq!(refusal(&held, &before), [], "it has not begun");
        assert_eq!(
            refusal(&record(&db.store, "2", on("01-07")).await, &copy),
            []
        );

        let released = TranscriptHold {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-08")),
            ended_reason: Some("the calculator came back".into()),
            ..hold()
        };
        let release = landed(&decide(&db.store, &released, on("01-08")).await);
        assert_eq!(
            refusal(&record(&db.store, "1", on("01-09")).await, &copy),
            []
        );
        assert_eq!(
            refusal(&record(&db.store, "1", on("01-07")).await, &copy).len(),
            1,
            "as known"
        );
        db.store
            .undo_import(release, on("01-10"))
            .await
            .expect("it is the newest");
        assert_eq!(
            refusal(&record(&db.store, "1", on("01-11")).await, &copy).len(),
            1
        );
        db.store
            .undo_import(placed, on("01-12"))
            .await
            .expect("it is the newest");
        assert_eq!(
            refusal(&record(&db.store, "1", on("01-13")).await, &copy),
            []
        );
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

#[test]
fn what_a_transcript_is_for_is_part_of_what_a_batch_remembers() {
    let copy = desk::request(Edition::Official);
    let text = serde_json::to_string(&copy).expect("JSON");
    assert!(
        !text.contains("purpose"),
        "a batch that was begun before reads as it was: {text}"
    );
    assert_eq!(
        serde_json::from_str::<DocumentRequest>(&text).expect("read"),
        copy
    );
    let transfer = DocumentRequest {
        purpose: Purpose::SchoolTransfer,
        ..copy
    };
    let text = serde_json::to_string(&transfer).expect("JSON");
    assert!(text.contains(r#""purpose":"school_transfer""#), "{text}");
    assert_eq!(
        serde_json::from_str::<DocumentRequest>(&text).expect("read"),
        transfer
    );
}
