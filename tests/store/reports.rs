//! A compliance report is intended before it is signed, and signed once.

use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::{at, rows, stage};

fn intent() -> ReportIntent {
    ReportIntent {
        document_id: [1; 16],
        decree: "chanda-smith".into(),
        decree_digest: [2; 32],
        edition: "court".into(),
        language: "en".into(),
        template_digest: [3; 32],
        input_digest: [4; 32],
        as_of: jiff::civil::date(2026, 6, 12),
        recorded_at: at("2026-06-01T08:00:00Z"),
        rules: vec![decree()],
    }
}

fn decree() -> PolicyRow {
    let text = "id = \"chanda-smith\"";
    PolicyRow {
        digest: <sha2::Sha256 as sha2::Digest>::digest(text).into(),
        version: "chanda-smith 1".into(),
        text: text.into(),
        first_used_at: at("2026-06-12T08:00:00Z"),
    }
}

fn file(digest: u8) -> DocumentRow {
    DocumentRow {
        digest: [digest; 32],
        bytes: 1000,
        committed_at: at("2026-06-12T08:00:00Z"),
    }
}

on_both_databases!(
    a_report_is_signed_once_whoever_tries_and_its_first_file_stands,
    |db| {
        let (store, now) = (&db.store, at("2026-06-12T08:00:00Z"));
        let without = store.commit_report([1; 16], &file(9), "k1", None).await;
        assert!(
            !without.expect("asked"),
            "nothing is signed without an intent"
        );
        for _ in 0..2 {
            let standing = store.intend_report(&intent(), now).await;
            assert_eq!(standing.expect("an intent"), None);
        }
        assert_eq!(store.signed_reports().await.expect("read"), []);
        let kept = store.policy(decree().digest).await.expect("read");
        assert_eq!(kept, Some(decree()), "the text by which it is made");
        assert_eq!(store.policy([7; 32]).await.expect("read"), None);
        let first = store.commit_report([1; 16], &file(9), "k1", None).await;
        assert!(first.expect("committed"));
        let second = store.commit_report([1; 16], &file(8), "k1", None).await;
        assert!(!second.expect("asked"), "another process was quicker");
        let signed = store.signed_reports().await.expect("read");
        assert_eq!(signed, [([1; 16], file(9))]);
        let standing = store.intend_report(&intent(), now).await;
        assert_eq!(standing.expect("read"), Some(file(9)));
    }
);

on_both_databases!(
    a_report_of_the_same_id_that_says_something_else_is_refused,
    |db| {
        let (store, now) = (&db.store, at("2026-06-12T08:00:00Z"));
        store
            .intend_report(&intent(), now)
            .await
            .expect("an intent");
        let other = ReportIntent {
            input_digest: [5; 32],
            ..intent()
        };
        let refused = store.intend_report(&other, now).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict(_))),
            "{refused:?}"
        );
    }
);

on_both_databases!(
    who_was_held_is_counted_as_it_was_known_at_an_instant,
    |db| {
        let marks = [("1", "7", "C"), ("2", "8", "B")];
        let mut staging = stage(&db.store, "2026-01-10T08:00:00Z", &marks).await;
        let refused = rows::refused(Table::Marks, "7", Some("x"), 99);
        staging.refuse(&refused).await.expect("refused");
        staging.hold().await.expect("held");
        let plan = staging.plan().await.expect("a plan");
        let landed = staging.land(&plan, at("2000-01-01T00:00:00Z")).await;
        landed.expect("it lands");
        let held = async |known| {
            let held = db.store.held_by_source(at(known)).await;
            held.expect("read")
        };
        assert_eq!(
            held("2026-01-10T08:00:00Z").await,
            [("sis".to_owned(), 1)].into()
        );
        assert_eq!(
            held("2026-01-10T07:59:59Z").await,
            [].into(),
            "before the import"
        );
    }
);
