//! What public editions told is kept whole, in order, and for good.

use jiff::civil::date;
use registrar::store::*;

use crate::at;
use crate::common::{self, on_both_databases};

/// A report whose signed file is this release, committed; whether it was not before.
async fn release_it(
    store: &Store,
    release: &PublicRelease,
    considered: &[[u8; 32]],
    told: &[ToldPopulation],
) -> Result<bool, StoreError> {
    let intent = ReportIntent {
        document_id: [release.digest[0]; 16],
        decree: release.report.clone(),
        decree_digest: [2; 32],
        edition: "public".into(),
        language: "en".into(),
        template_digest: [3; 32],
        input_digest: release.digest,
        as_of: release.as_of,
        recorded_at: release.as_known,
        rules: Vec::new(),
    };
    let now = release.released_at;
    store.intend_report(&intent, now).await?;
    let file = DocumentRow {
        digest: release.digest,
        bytes: 1000,
        committed_at: now,
    };
    let new = NewRelease {
        release: release.clone(),
        considered: considered.to_vec(),
        told: told.to_vec(),
    };
    store
        .commit_report(intent.document_id, &file, "k1", Some(&new))
        .await
}

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
        let new = release_it(store, &first, &[], &told("first")).await;
        assert!(new.expect("recorded"));
        let new = release_it(store, &second, &[[9; 32]], &told("second")).await;
        assert!(new.expect("recorded"));
        let found = store.public_releases("chanda-smith").await.expect("read");
        assert_eq!(found, [first, second], "in the order of their days");
        let both = store.told_by_releases(&[[9; 32], [1; 32]]).await;
        assert_eq!(
            both.expect("read"),
            [told("first"), told("second")].concat()
        );
        // The second one made again reads what it considered, and not itself.
        let considered = store.considered_by([1; 32]).await.expect("read");
        assert_eq!(considered, [[9; 32]]);
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
        let new = release_it(store, &first, &[], &told("first")).await;
        assert!(new.expect("recorded"));
        for considered in [&[][..], &[[7; 32]], &[[1; 32], [7; 32]], &[[2; 32]]] {
            let refused = release_it(store, &second, considered, &told("second")).await;
            let Err(StoreError::Conflict(why)) = refused else {
                panic!("{considered:?}: {refused:?}");
            };
            assert!(why.contains("hint:"), "{why}");
        }
        assert_eq!(
            store.public_releases("chanda-smith").await.expect("read"),
            [first]
        );
        let issued = store.signed_reports().await.expect("read");
        assert_eq!(issued.len(), 1, "nor is its report issued");
        let unknown = store.told_by_releases(&[[2; 32]]).await;
        assert!(
            matches!(unknown, Err(StoreError::Conflict(_))),
            "{unknown:?}"
        );
        // One of another decree need not consider it.
        let other = PublicRelease {
            digest: [3; 32],
            report: "idea-part-b".into(),
            ..second
        };
        let new = release_it(store, &other, &[], &told("other")).await;
        assert!(new.expect("recorded"));
    }
);

on_both_databases!(the_same_file_released_again_changes_nothing, |db| {
    let store = &db.store;
    let first = release(1, "2019-07-02T08:00:00Z");
    let new = release_it(store, &first, &[], &told("first")).await;
    assert!(new.expect("recorded"));
    let later = PublicRelease {
        released_at: at("2020-07-02T08:00:00Z"),
        ..first.clone()
    };
    let again = release_it(store, &later, &[], &told("something else")).await;
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
        let refused = release_it(store, &release(1, "2019-07-02T08:00:00Z"), &[], &twice).await;
        assert!(refused.is_err(), "a population stands twice");
        assert_eq!(
            store.public_releases("chanda-smith").await.expect("read"),
            []
        );
    }
);
