//! A document is issued once, whoever tries and however a run ended.

use registrar::record::*;
use registrar::store::*;
use sha2::{Digest as _, Sha256};

use crate::common::{self, on_both_databases};
use crate::{at, rows};

/// Rules of one line.
fn policy() -> PolicyRow {
    let text = "version = \"2026-27\"\n".to_owned();
    PolicyRow {
        digest: Sha256::digest(text.as_bytes()).into(),
        version: "2026-27".into(),
        text,
        first_used_at: at("2026-06-12T08:00:00Z"),
    }
}

fn batch() -> BatchRow {
    BatchRow {
        id: [1; 16],
        recorded_at: at("2026-06-01T08:00:00Z"),
        issued_at: at("2026-06-12T08:00:00Z"),
        description: "test".into(),
        request: "{}".into(),
        template_digest: [2; 32],
        policy_digest: policy().digest,
    }
}

on_both_databases!(
    a_batch_is_found_again_with_its_people_and_instants_until_it_is_done,
    |db| {
        let people = [PersonId::from_state_id("b"), PersonId::from_state_id("a")];
        db.store
            .open_batch(&batch(), &people)
            .await
            .expect("a batch");
        assert!(
            db.store.open_batch(&batch(), &people).await.is_err(),
            "a batch is opened once"
        );
        let found = db.store.find_batch([1; 16]).await.expect("read");
        assert_eq!(found, Some((batch(), people.to_vec())));
        assert_eq!(db.store.find_batch([2; 16]).await.expect("read"), None);
        assert_eq!(
            db.store.unfinished_batches().await.expect("read"),
            [([1; 16], 2)]
        );
        let finished = db.store.finish_batch([1; 16], at("2026-06-12T09:00:00Z"));
        assert!(finished.await.expect("done"));
        assert_eq!(db.store.unfinished_batches().await.expect("read"), []);
    }
);

fn intent(document: u8, subject: &str) -> NewIntent {
    NewIntent {
        document_id: [document; 16],
        batch: [1; 16],
        subject: PersonId::from_state_id(subject),
        school: rows::SCHOOL.into(),
        document_kind: "final".into(),
        template_digest: [2; 32],
        policy_digest: policy().digest,
        input_digest: [4; 32],
        recorded_at: at("2026-06-01T08:00:00Z"),
        issued_at: at("2026-06-12T08:00:00Z"),
        key_id: "k1".into(),
        overrides: Vec::new(),
    }
}

on_both_databases!(
    what_was_let_pass_is_read_again_with_its_document_and_its_findings,
    |db| {
        let store = &db.store;
        store.open_batch(&batch(), &[]).await.expect("a batch");
        let finding = KeptFinding {
            row: "totals S/1/credit_earned of sis".into(),
            message: "declares credit_earned 290.00; ours is 280.00".into(),
        };
        let student = PersonId::from_state_id("a");
        let new = NewOverride {
            code: "total_differs".into(),
            holds_for: OverrideFor::Student(student),
            reason: "The paper record was looked at.".into(),
            granted_by: "R. Varo".into(),
            expires_at: at("2026-09-01T08:00:00Z"),
            findings: vec![finding.clone()],
        };
        let now = at("2026-06-12T08:00:00Z");
        let number = store.grant_override(&new, now).await.expect("granted");
        let rows = store.overrides_numbered(&[number, 99]).await.expect("read");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].granted, new);
        let passed = PassedUnder {
            number,
            findings: vec![finding],
        };
        let named = NewIntent {
            overrides: vec![passed.clone()],
            ..intent(1, "a")
        };
        let intents = [named, intent(2, "b")];
        store.intend(&intents, &policy()).await.expect("intended");
        let read = store.issuances_of(student, now).await.expect("read");
        assert_eq!(read.len(), 1, "nobody else's");
        assert_eq!(read[0].intent, intents[0]);
        let of_batch = store.overrides_of([1; 16]).await.expect("read");
        let (document, row, under) = &of_batch[0];
        assert_eq!((*document, row.number, under), ([1; 16], number, &passed));
    }
);

on_both_databases!(
    a_database_of_before_names_the_overrides_of_its_documents_still,
    |db| {
        let store = &db.store;
        store.open_batch(&batch(), &[]).await.expect("a batch");
        let intents = [intent(1, "a"), intent(2, "b")];
        store.intend(&intents, &policy()).await.expect("intended");
        store.close().await;
        let before = "DELETE FROM _sqlx_migrations WHERE version = 8; \
                      ALTER TABLE overrides DROP COLUMN findings; \
                      UPDATE issuances SET overrides = '[3,7]'";
        rows::run_sql(&db.url, before).await;
        let store = Store::open(&db.url)
            .await
            .expect("it is brought up to date");
        let read = store.issuance([1; 16]).await.expect("read").expect("there");
        let numbers = read.intent.overrides.iter().map(|it| it.number);
        assert_eq!(Vec::from_iter(numbers), [3, 7]);
        assert!(
            read.intent
                .overrides
                .iter()
                .all(|it| it.findings.is_empty())
        );
        store.close().await;
    }
);

on_both_databases!(a_document_is_issued_once_whoever_tries, |db| {
    let now = at("2026-06-12T08:00:00Z");
    let store = &db.store;
    store.open_batch(&batch(), &[]).await.expect("a batch");
    let first = store
        .intend(&[intent(1, "a")], &policy())
        .await
        .expect("an intent");
    let again = store
        .intend(&[intent(2, "a")], &policy())
        .await
        .expect("the same intent");
    assert_eq!(
        again[0].document_id, first[0].document_id,
        "the first intent wins"
    );
    let stale = at("2026-06-12T07:00:00Z");
    let id = first[0].document_id;
    assert_eq!(
        store
            .claim(&[id], [5; 16], now, stale)
            .await
            .expect("claimed"),
        [id]
    );
    let none: [[u8; 16]; 0] = [];
    assert_eq!(
        store
            .claim(&[id], [6; 16], now, stale)
            .await
            .expect("refused"),
        none
    );
    let document = DocumentRow {
        digest: [9; 32],
        bytes: 10,
        committed_at: now,
    };
    let entry = [(id, document.clone())];
    assert_eq!(
        store
            .commit_issued(&entry, [6; 16], "k2")
            .await
            .expect("guarded"),
        none
    );
    assert_eq!(
        store
            .commit_issued(&entry, [5; 16], "k2")
            .await
            .expect("committed"),
        [id]
    );
    assert_eq!(
        store
            .commit_issued(&entry, [5; 16], "k2")
            .await
            .expect("guarded"),
        none
    );
    let row = store.issuance(id).await.expect("read").expect("there");
    assert_eq!(
        (row.state, row.document),
        (IssuanceState::Issued, Some(document))
    );
});

on_both_databases!(
    a_dead_workers_claim_is_taken_over_and_its_late_commit_is_refused,
    |db| {
        let now = at("2026-06-12T08:00:00Z");
        let store = &db.store;
        store.open_batch(&batch(), &[]).await.expect("a batch");
        let id = store
            .intend(&[intent(1, "a")], &policy())
            .await
            .expect("an intent")[0]
            .document_id;
        store
            .claim(&[id], [5; 16], now, now)
            .await
            .expect("claimed");
        let later = at("2026-06-12T09:00:00Z");
        assert_eq!(
            store
                .claim(&[id], [6; 16], later, later)
                .await
                .expect("taken over"),
            [id]
        );
        let document = DocumentRow {
            digest: [9; 32],
            bytes: 10,
            committed_at: now,
        };
        let none: [[u8; 16]; 0] = [];
        let late = store
            .commit_issued(&[(id, document)], [5; 16], "k2")
            .await
            .expect("guarded");
        assert_eq!(late, none);
        assert!(
            store
                .fail_issuance(id, [6; 16], "no glyph")
                .await
                .expect("failed")
        );
        let row = store.issuance(id).await.expect("read").expect("there");
        assert_eq!(
            (row.state, row.failure.as_deref()),
            (IssuanceState::Failed, Some("no glyph"))
        );
    }
);

on_both_databases!(
    of_a_set_of_documents_each_step_takes_those_that_are_in_its_state,
    |db| {
        const OURS: [u8; 16] = [5; 16];
        const THEIRS: [u8; 16] = [6; 16];
        let (now, stale) = (at("2026-06-12T08:00:00Z"), at("2026-06-12T07:00:00Z"));
        let store = &db.store;
        store.open_batch(&batch(), &[]).await.expect("a batch");
        let intents = [intent(1, "a"), intent(2, "b"), intent(3, "c")];
        let rows = store.intend(&intents, &policy()).await.expect("intents");
        let ids: Vec<[u8; 16]> = rows.iter().map(|row| row.document_id).collect();
        let claim = async |ids: &[[u8; 16]], who, now| {
            let claimed = store.claim(ids, who, now, stale).await;
            claimed.expect("claimed")
        };
        let commit = async |ids: &[[u8; 16]], who| {
            let document = |id: &[u8; 16]| DocumentRow {
                digest: [id[0]; 32],
                bytes: 10,
                committed_at: now,
            };
            let documents: Vec<_> = ids.iter().map(|id| (*id, document(id))).collect();
            let committed = store.commit_issued(&documents, who, "k").await;
            committed.expect("committed")
        };
        assert_eq!(claim(&ids[..1], THEIRS, now).await, ids[..1]);
        assert_eq!(claim(&ids, OURS, now).await, ids[1..], "one is theirs");
        assert_eq!(commit(&ids[1..2], OURS).await, ids[1..2]);
        let of_three = commit(&ids, OURS).await;
        assert_eq!(of_three, ids[2..], "one is theirs, one was issued before");
        assert_eq!(store.documents(None).await.expect("read").len(), 2);

        let finish = async || store.finish_batch([1; 16], now).await.expect("asked");
        assert!(!finish().await, "one is still in their hands");
        let soon = at("2026-06-12T08:30:00Z");
        store
            .renew_claims([1; 16], THEIRS, soon)
            .await
            .expect("held");
        let row = store.issuance(ids[0]).await.expect("read").expect("there");
        assert_eq!(row.state, IssuanceState::Claimed);
        let late = store.claim(&ids[..1], OURS, soon, at("2026-06-12T08:15:00Z"));
        assert!(
            late.await.expect("asked").is_empty(),
            "they said that they live"
        );
        store
            .release_claims([1; 16], THEIRS)
            .await
            .expect("given back");
        assert!(!finish().await, "it is still to be made");
        assert_eq!(claim(&ids, OURS, soon).await, ids[..1]);
        assert_eq!(commit(&ids, OURS).await, ids[..1]);
        assert!(finish().await);
        assert_eq!(store.unfinished_batches().await.expect("read"), []);
    }
);

on_both_databases!(
    rules_are_kept_in_their_own_words_with_the_first_intent_under_them_and_never_changed,
    |db| {
        let store = &db.store;
        store.open_batch(&batch(), &[]).await.expect("a batch");
        assert_eq!(store.policies().await.expect("read"), []);
        let nothing = store.intend(&[], &policy()).await;
        assert_eq!(nothing.expect("nobody is left"), []);
        assert_eq!(store.policies().await.expect("read"), []);

        let other = PolicyRow {
            digest: [8; 32],
            ..policy()
        };
        let intents = [intent(1, "a")];
        let refused = store.intend(&intents, &other).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict(_))),
            "{refused:?}"
        );
        assert_eq!(store.policies().await.expect("read"), []);
        assert_eq!(store.issuance([1; 16]).await.expect("read"), None);

        store.intend(&intents, &policy()).await.expect("an intent");
        let later = PolicyRow {
            version: "of the same text".into(),
            first_used_at: at("2027-06-12T08:00:00Z"),
            ..policy()
        };
        let again = store.intend(&[intent(2, "b")], &later).await;
        again.expect("an intent");
        assert_eq!(store.policies().await.expect("read"), [policy()]);
    }
);
