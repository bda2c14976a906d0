//! What public editions told is kept whole, in order, and for good.

use jiff::civil::date;
use registrar::store::*;

use crate::at;
use crate::common::{self, on_both_databases};

fn release(number: u8, day: &str) -> PublicRelease {
    PublicRelease {
        digest: [number; 32],
        report: "chanda-smith".into(),
        as_of: date(2019, 6, 30),
        as_known: at("2019-07-01T08:00:00Z"),
        released_at: at(day),
    }
}

fn told(text: &str) -> Vec<ToldPopulation> {
    let populations = ["chanda-smith/1/2018", "chanda-smith/2/2018"];
    let told = populations.map(|population| ToldPopulation {
        population: population.into(),
        told: format!("[\"{text} {population}\"]"),
    });
    told.to_vec()
}

on_both_databases!(
    a_release_is_read_again_with_all_that_it_told_and_those_it_considered_before_it,
    |db| {
        let store = &db.store;
        assert_eq!(
            store.public_releases("chanda-smith").await.expect("read"),
            []
        );
        let [first, second] = [
            release(9, "2019-07-02T08:00:00Z"),
            release(1, "2019-08-02T08:00:00Z"),
        ];
        let new = store.record_release(&first, &[], &told("first")).await;
        assert!(new.expect("recorded"));
        let new = store
            .record_release(&second, &[[9; 32]], &told("second"))
            .await;
        assert!(new.expect("recorded"));
        let found = store.public_releases("chanda-smith").await.expect("read");
        assert_eq!(found, [first, second], "in the order of their days");
        let both = store.told_by_releases(&[[9; 32], [1; 32]]).await;
        assert_eq!(
            both.expect("read"),
            [told("first"), told("second")].concat()
        );
        // The second one made again reads what it considered, and not itself.
        let again = store.told_by_releases(&[[9; 32]]).await.expect("read");
        assert_eq!(again, told("first"));
        assert_eq!(
            store.public_releases("idea-part-b").await.expect("read"),
            []
        );
    }
);

on_both_databases!(
    a_release_that_did_not_consider_every_one_before_it_is_not_recorded_at_all,
    |db| {
        let store = &db.store;
        let first = release(1, "2019-07-02T08:00:00Z");
        let second = release(2, "2019-08-02T08:00:00Z");
        let new = store.record_release(&first, &[], &told("first")).await;
        assert!(new.expect("recorded"));
        for considered in [&[][..], &[[7; 32]], &[[1; 32], [7; 32]], &[[2; 32]]] {
            let refused = store
                .record_release(&second, considered, &told("second"))
                .await;
            let Err(StoreError::Conflict(why)) = refused else {
                panic!("{considered:?}: {refused:?}");
            };
            assert!(why.contains("hint:"), "{why}");
        }
        assert_eq!(
            store.public_releases("chanda-smith").await.expect("read"),
            [first]
        );
        let unknown = store.told_by_releases(&[[2; 32]]).await;
        assert!(
            matches!(unknown, Err(StoreError::Conflict(_))),
            "{unknown:?}"
        );
        // One of another decree need not consider it.
        let other = PublicRelease {
            report: "idea-part-b".into(),
            ..second
        };
        let new = store.record_release(&other, &[], &told("other")).await;
        assert!(new.expect("recorded"));
    }
);

on_both_databases!(the_same_file_released_again_changes_nothing, |db| {
    let store = &db.store;
    let first = release(1, "2019-07-02T08:00:00Z");
    let new = store.record_release(&first, &[], &told("first")).await;
    assert!(new.expect("recorded"));
    let later = PublicRelease {
        released_at: at("2020-07-02T08:00:00Z"),
        ..first.clone()
    };
    let again = store
        .record_release(&later, &[], &told("something else"))
        .await;
    assert!(!again.expect("known"));
    assert_eq!(
        store.public_releases("chanda-smith").await.expect("read"),
        [first]
    );
    let kept = store.told_by_releases(&[[1; 32]]).await.expect("read");
    assert_eq!(kept, told("first"));
});

on_both_databases!(
    a_release_whose_rows_do_not_fit_leaves_nothing_behind,
    |db| {
        let store = &db.store;
        let twice = [told("one"), told("two")].concat();
        let refused = store
            .record_release(&release(1, "2019-07-02T08:00:00Z"), &[], &twice)
            .await;
        assert!(refused.is_err(), "a population stands twice");
        assert_eq!(
            store.public_releases("chanda-smith").await.expect("read"),
            []
        );
    }
);
