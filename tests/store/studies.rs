//! Frames, draws and results of studies: kept once, numbered, never changed.

use std::collections::BTreeMap;

use registrar::store::{DrawRow, FrameRow, ResultRow};

use crate::common::{self, on_both_databases};

fn frame() -> FrameRow {
    FrameRow {
        digest: [7; 32],
        purpose: "a decree, outcome 1".to_owned(),
        decree: "a-decree".to_owned(),
        outcome: "1".to_owned(),
        cases: 40,
        form: "form = \"x\"\n".to_owned(),
        recorded_by: "A".to_owned(),
        recorded_at: "2026-06-30T08:00:00Z".parse().expect("an instant"),
    }
}

fn draw(seed: &str, size: u32) -> DrawRow {
    DrawRow {
        frame: [7; 32],
        number: 0,
        seed: seed.to_owned(),
        seed_from: "the monitor".to_owned(),
        sizes: BTreeMap::from([("all".to_owned(), size)]),
        cases: u64::from(size),
        drawn_at: "2026-07-01T08:00:00Z".parse().expect("an instant"),
        results: Vec::new(),
    }
}

on_both_databases!(a_frame_stays_as_it_was_recorded_first, |db| {
    let first = db.store.record_frame(&frame()).await.expect("kept");
    assert_eq!(first, frame());
    let later = FrameRow {
        recorded_by: "B".to_owned(),
        ..frame()
    };
    assert_eq!(db.store.record_frame(&later).await.expect("kept"), frame());
    assert_eq!(db.store.frames().await.expect("read"), [frame()]);
    assert_eq!(db.store.frame([8; 32]).await.expect("read"), None);
});

on_both_databases!(each_other_draw_of_a_frame_has_the_next_number, |db| {
    db.store.record_frame(&frame()).await.expect("kept");
    for (seed, size, number) in [("a", 3, 1), ("b", 3, 2), ("a", 4, 3), ("a", 3, 1)] {
        let kept = db.store.record_draw(&draw(seed, size)).await.expect("kept");
        assert_eq!((kept.number, kept.cases), (number, u64::from(size)));
    }
    let result = ResultRow {
        reviews: [9; 32],
        findings: "{}".to_owned(),
        recorded_at: "2026-07-09T08:00:00Z".parse().expect("an instant"),
    };
    for _ in 0..2 {
        let kept = db.store.record_result([7; 32], 2, &result).await;
        kept.expect("kept");
    }
    let draws = db.store.draws([7; 32]).await.expect("read");
    let used: Vec<_> = draws
        .iter()
        .map(|it| (it.number, &it.results[..]))
        .collect();
    assert_eq!(used, [(1, &[][..]), (2, &[result][..]), (3, &[][..])]);
});

on_both_databases!(reviews_that_are_put_back_are_the_last_that_answer, |db| {
    db.store.record_frame(&frame()).await.expect("kept");
    db.store.record_draw(&draw("a", 3)).await.expect("kept");
    let at = |reviews: u8, minute: u32| ResultRow {
        reviews: [reviews; 32],
        findings: "{}".to_owned(),
        recorded_at: format!("2026-07-09T08:{minute:02}:00Z")
            .parse()
            .expect("an instant"),
    };
    // Counted, counted once more, replaced, and put back.
    for (reviews, minute) in [(1, 0), (1, 1), (2, 2), (1, 3)] {
        let result = at(reviews, minute);
        let kept = db.store.record_result([7; 32], 1, &result).await;
        assert_eq!(kept.expect("kept").reviews, [reviews; 32]);
    }
    let draws = db.store.draws([7; 32]).await.expect("read");
    assert_eq!(draws[0].results, [at(1, 0), at(2, 2), at(1, 3)]);
});

on_both_databases!(a_draw_of_no_frame_is_not_kept, |db| {
    assert!(db.store.record_draw(&draw("a", 3)).await.is_err());
});
