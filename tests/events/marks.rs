//! Changed marks and Pass or No Pass, from the row that decides to the record that is read.

use registrar::record::*;

use crate::common::{self, on_both_databases};
use crate::rows;
use crate::school::*;

on_both_databases!(
    a_changed_mark_stands_and_the_posted_row_is_left_as_it_was,
    |db| {
        both(&db.store).await;
        let before = record(&db.store, "1", on("01-04")).await;
        let change = landed(&decide(&db.store, &mark_change("B", "A"), on("01-06")).await);
        let now = record(&db.store, "1", on("01-07")).await;
        let [id] = people(&db.store, &["1"], on("01-07")).await[..] else {
            panic!("one person")
        };
        let changed = now
            .marks
            .iter()
            .find(|mark| mark.mark.mark.as_deref() == Some("A"));
        let changed = changed.expect("the mark that was decided");
        assert_eq!(changed.mark.posting, "p4");
        assert_eq!(changed.mark.credit_earned.to_string(), "2.50");
        assert_eq!(changed.mark.credit_attempted.to_string(), "5.00");
        let decided = DecidedMark {
            row: RowName::new("mark_changes", SCHOOL, "1", "change-B-A"),
            source: "sis".into(),
            posting: "p4".into(),
            term: "Fall 2025".into(),
            title: "Algebra 2 A".into(),
            from_mark: "B".into(),
            to_mark: "A".into(),
            from_credit: "5".parse().expect("credits"),
            to_credit: "2.5".parse().expect("credits"),
            why: "clerical or mechanical mistake (Ed. Code 49066), approved by L. Carrington, \
              principal on 2026-01-04, teacher heard on 2026-01-03"
                .into(),
            applied: true,
            passed: false,
        };
        assert_eq!(now.decisions.marks, [decided]);
        // The other system's posting of the same number is another posting.
        assert!(letters(&now).contains(&("p4", "C")), "{:?}", letters(&now));
        let postings = db
            .store
            .postings(id, "p4", on("01-07"))
            .await
            .expect("read");
        let posted: Vec<_> = postings
            .iter()
            .map(|it| (&*it.source, it.mark.mark.as_deref()))
            .collect();
        assert_eq!(posted, [("charter", Some("C")), ("sis", Some("B"))]);
        assert_eq!(
            record(&db.store, "1", on("01-04")).await,
            before,
            "as known before"
        );
        db.store
            .undo_import(change, rows::TAKEN_BACK, on("01-08"))
            .await
            .expect("it is the newest");
        assert_eq!(record(&db.store, "1", on("01-09")).await, before);
    }
);

on_both_databases!(a_later_change_rests_on_the_earlier_one, |db| {
    both(&db.store).await;
    landed(&decide(&db.store, &mark_change("B", "A"), on("01-06")).await);
    let to_w = MarkChange {
        decided_on: jiff::civil::date(2026, 1, 6),
        credit_earned: Credits::ZERO,
        ..mark_change("A", "W")
    };
    landed(&decide(&db.store, &to_w, on("01-07")).await);
    let now = record(&db.store, "1", on("01-08")).await;
    assert!(letters(&now).contains(&("p4", "W")));
    let marks: Vec<_> = now
        .decisions
        .marks
        .iter()
        .map(|it| (&*it.from_mark, &*it.to_mark))
        .collect();
    assert_eq!(marks, [("B", "A"), ("A", "W")]);
});

on_both_databases!(
    a_change_does_nothing_to_a_posting_that_its_source_corrected_since,
    |db| {
        both(&db.store).await;
        landed(&decide(&db.store, &mark_change("B", "A"), on("01-06")).await);
        let mut corrected = usual();
        corrected.marks[3] = rows::mark("p4", "1", "C+");
        send(&db.store, "sis", &corrected, on("01-07")).await;
        let now = record(&db.store, "1", on("01-08")).await;
        assert!(letters(&now).contains(&("p4", "C+")));
        let decided = &now.decisions.marks[0];
        assert!(!decided.applied);
        assert!(
            decided
                .why
                .starts_with("without effect: the posting has C+ now, not B"),
            "{decided:?}"
        );
    }
);

on_both_databases!(
    a_letter_of_2020_21_is_p_or_np_with_the_credits_that_it_has,
    |db| {
        both(&db.store).await;
        for posting in ["p1", "p2", "p3"] {
            landed(&decide(&db.store, &pass_mark(posting), on("01-06")).await);
        }
        let now = record(&db.store, "1", on("01-07")).await;
        assert_eq!(
            letters(&now),
            [
                ("p1", "P"),
                ("p2", "NP"),
                ("p3", "W"),
                ("p4", "C"),
                ("p4", "B")
            ]
        );
        assert!(
            now.marks
                .iter()
                .all(|mark| mark.mark.credit_earned.to_string() == "5.00")
        );
        let [_, _, not_a_letter] = &now.decisions.marks[..] else {
            panic!("{:?}", now.decisions)
        };
        assert!(!not_a_letter.applied);
        assert!(
            not_a_letter
                .why
                .starts_with("without effect: the mark is no letter")
        );
    }
);

on_both_databases!(an_event_that_was_taken_back_does_nothing, |db| {
    both(&db.store).await;
    let before = record(&db.store, "1", on("01-04")).await;
    landed(&decide(&db.store, &pass_mark("p1"), on("01-06")).await);
    let ended = PassMark {
        ended_by: Some("R. Varo".into()),
        ended_at: Some(on("01-07")),
        ended_reason: Some("the family asked for the letter again".into()),
        ..pass_mark("p1")
    };
    landed(&decide(&db.store, &ended, on("01-07")).await);
    assert_eq!(record(&db.store, "1", on("01-08")).await, before);
    let [id] = people(&db.store, &["1"], on("01-08")).await[..] else {
        panic!("one person")
    };
    let events = db
        .store
        .events(Some(id), None, on("01-08"))
        .await
        .expect("read");
    let ending = events[0].event.ending().expect("it ended");
    assert_eq!(ending.reason, "the family asked for the letter again");
});
