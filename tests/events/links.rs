//! Merges and splits: who is one person, and that each is undone without a trace.

use registrar::record::*;
use registrar::store::{Store, StudentQuery};

use crate::common::{self, on_both_databases};
use crate::rows;
use crate::school::*;

/// Everybody's record as known at an instant.
async fn everybody(store: &Store, known: &str) -> Vec<PersonRecord> {
    let all = StudentQuery::Everybody { grade_level: None };
    let found = store
        .find_people(&all, &Scope::District, on(known))
        .await
        .expect("found");
    store.records(&found.people, on(known)).await.expect("read")
}

/// The postings of this number's record, in order.
pub async fn postings(store: &Store, number: &str, known: &str) -> Vec<String> {
    let record = record(store, number, on(known)).await;
    let mut postings: Vec<_> = record
        .marks
        .into_iter()
        .map(|mark| mark.mark.posting)
        .collect();
    postings.sort();
    postings
}

on_both_databases!(
    two_people_with_two_state_ids_are_one_and_two_again_once_it_is_undone,
    |db| {
        both(&db.store).await;
        let before = everybody(&db.store, "01-04").await;
        assert_eq!(before.len(), 3, "1 and c1 are joined by state id");
        let merged =
            landed(&decide(&db.store, &merge(("sis", "1"), ("sis", "2")), on("01-06")).await);
        let all = everybody(&db.store, "01-07").await;
        assert_eq!(all.len(), 2);
        // The rows of the other system come along, though no link names them.
        assert_eq!(
            postings(&db.store, "2", "01-07").await,
            ["p1", "p2", "p3", "p4", "p4", "p5"]
        );
        let one = people(
            &db.store,
            &["1", "2", "c1", "9000000001", "9000000002"],
            on("01-07"),
        )
        .await;
        assert_eq!(one.len(), 1, "found by every number of either");
        let enrolments = record(&db.store, "1", on("01-07")).await.enrolments;
        assert_eq!(enrolments.len(), 3, "what stands twice stays visible");
        assert_eq!(
            everybody(&db.store, "01-04").await,
            before,
            "as known before"
        );
        db.store
            .undo_import(merged, rows::TAKEN_BACK, on("01-08"))
            .await
            .expect("it is the newest of its source");
        assert_eq!(everybody(&db.store, "01-09").await, before);
        assert_eq!(everybody(&db.store, "01-07").await, all, "as known between");
    }
);

on_both_databases!(
    a_person_without_a_state_id_is_merged_with_one_who_has_one,
    |db| {
        both(&db.store).await;
        landed(
            &decide(
                &db.store,
                &merge(("sis", "2"), ("charter", "c9")),
                on("01-06"),
            )
            .await,
        );
        assert_eq!(postings(&db.store, "c9", "01-07").await, ["p5", "q9"]);
        assert_eq!(
            postings(&db.store, "9000000002", "01-07").await,
            ["p5", "q9"]
        );
    }
);

on_both_databases!(
    a_merge_holds_for_rows_that_come_later_and_a_chain_is_one_person,
    |db| {
        both(&db.store).await;
        landed(&decide(&db.store, &merge(("sis", "1"), ("sis", "2")), on("01-06")).await);
        landed(
            &decide(
                &db.store,
                &merge(("charter", "c9"), ("sis", "2")),
                on("01-07"),
            )
            .await,
        );
        let mut later = other();
        later.people.push(person("c2", Some("9000000002")));
        later.marks.push(rows::mark("q2", "c2", "A"));
        // The row that carries a link changes, too.
        later.people[1].legal_middle = Some("Rosa".into());
        let import = send(&db.store, "charter", &later, on("01-08")).await;
        let all = ["p1", "p2", "p3", "p4", "p4", "p5", "q2", "q9"];
        assert_eq!(postings(&db.store, "c2", "01-09").await, all);
        db.store
            .undo_import(import, rows::TAKEN_BACK, on("01-10"))
            .await
            .expect("it is the newest of its source");
        let before = ["p1", "p2", "p3", "p4", "p4", "p5", "q9"];
        assert_eq!(postings(&db.store, "c9", "01-11").await, before);
        assert_eq!(
            everybody(&db.store, "01-11").await,
            everybody(&db.store, "01-07").await
        );
    }
);

on_both_databases!(a_merge_is_undone_after_its_rows_have_changed, |db| {
    both(&db.store).await;
    let merged = landed(&decide(&db.store, &merge(("sis", "1"), ("sis", "2")), on("01-06")).await);
    let mut changed = usual();
    changed.people[0].legal_given = "Rosa".into();
    send(&db.store, "sis", &changed, on("01-07")).await;
    assert_eq!(everybody(&db.store, "01-08").await.len(), 2);
    db.store
        .undo_import(merged, rows::TAKEN_BACK, on("01-09"))
        .await
        .expect("it is the newest of its source");
    let all = everybody(&db.store, "01-10").await;
    assert_eq!(all.len(), 3);
    assert_eq!(
        record(&db.store, "1", on("01-10")).await.person.legal_given,
        "Rosa"
    );
    // As if it had never been merged.
    let other_way = common::sqlite().await;
    both(&other_way.store).await;
    send(&other_way.store, "sis", &changed, on("01-07")).await;
    assert_eq!(everybody(&other_way.store, "01-10").await, all);
});

on_both_databases!(an_import_that_merged_rows_came_with_is_undone, |db| {
    send(&db.store, "sis", &usual(), on("01-01")).await;
    let charter = send(&db.store, "charter", &other(), on("01-02")).await;
    landed(
        &decide(
            &db.store,
            &merge(("sis", "2"), ("charter", "c9")),
            on("01-06"),
        )
        .await,
    );
    db.store
        .undo_import(charter, rows::TAKEN_BACK, on("01-07"))
        .await
        .expect("nothing of its source came after");
    assert_eq!(
        postings(&db.store, "2", "01-08").await,
        ["p5"],
        "a merge with nobody does nothing"
    );
    send(&db.store, "charter", &other(), on("01-09")).await;
    assert_eq!(postings(&db.store, "2", "01-10").await, ["p5", "q9"]);
});

on_both_databases!(
    a_row_that_carries_another_persons_state_id_is_split_off,
    |db| {
        both(&db.store).await;
        let before = everybody(&db.store, "01-04").await;
        let parted = landed(&decide(&db.store, &split(("charter", "c1")), on("01-06")).await);
        assert_eq!(
            postings(&db.store, "1", "01-07").await,
            ["p1", "p2", "p3", "p4"]
        );
        assert_eq!(postings(&db.store, "c1", "01-07").await, ["p4"]);
        let alone = record(&db.store, "c1", on("01-07")).await;
        assert_eq!(alone.id, PersonId::from_local_id("charter", "c1"));
        assert_eq!(
            alone.person.state_id, None,
            "the state id that it carries is not its own"
        );
        let by_state = people(&db.store, &["9000000001"], on("01-07")).await;
        assert_eq!(by_state, [PersonId::from_state_id("9000000001")]);
        // The same export again brings the state id again.
        let mut again = other();
        again.people[0].legal_given = "Rosa".into();
        let import = send(&db.store, "charter", &again, on("01-08")).await;
        assert_eq!(
            postings(&db.store, "1", "01-09").await,
            ["p1", "p2", "p3", "p4"]
        );
        db.store
            .undo_import(import, rows::TAKEN_BACK, on("01-10"))
            .await
            .expect("it is the newest of its source");
        db.store
            .undo_import(parted, rows::TAKEN_BACK, on("01-11"))
            .await
            .expect("it is the newest of its source");
        assert_eq!(everybody(&db.store, "01-12").await, before);
    }
);

on_both_databases!(
    a_merge_that_was_taken_back_by_hand_leaves_what_was_there_before,
    |db| {
        both(&db.store).await;
        let before = everybody(&db.store, "01-04").await;
        let link = merge(("sis", "1"), ("charter", "c9"));
        landed(&decide(&db.store, &link, on("01-06")).await);
        // Another decision came after it, so that undoing the import is out of the question.
        landed(&decide(&db.store, &hold(), on("01-07")).await);
        let ended = PersonLink {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-08")),
            ended_reason: Some("two birth certificates after all".into()),
            ..link
        };
        landed(&decide(&db.store, &ended, on("01-08")).await);
        let mut now = everybody(&db.store, "01-09").await;
        now.iter_mut()
            .for_each(|record| record.decisions.holds.clear());
        assert_eq!(now, before);
    }
);

on_both_databases!(rows_that_a_merge_joined_can_be_sent_again, |db| {
    both(&db.store).await;
    landed(&decide(&db.store, &merge(("sis", "1"), ("sis", "2")), on("01-06")).await);
    let mut again = usual();
    again
        .people
        .iter_mut()
        .for_each(|person| person.legal_given = "Rosa".into());
    // Two rows of one source with one id, and still with two state ids.
    send(&db.store, "sis", &again, on("01-07")).await;
    assert_eq!(everybody(&db.store, "01-08").await.len(), 2);
});
