//! What compliance is counted from: which tables are read for it, and that no other is missed.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use registrar::compliance::decree::Decree;
use registrar::compliance::{
    COMPARED, CaseKind, Completeness, Span, Systems, cases_of, discrepancies,
};
use registrar::issue::{Asked, Compliance};
use registrar::record::Pseudonyms;
use registrar::store::Store;

use crate::desk::{at, import, in_sqlite};

/// The shipped decree over the whole fixture district, looked at over some weeks.
async fn opened(store: &Store) -> Compliance {
    import(store, "district/seds", "2026-06-12T21:20:00Z").await;
    import(store, "district/seds-update", "2026-06-26T21:00:00Z").await;
    let text = registrar::template::shipped_rules("chanda-smith", "decree.toml");
    let decree = Decree::read("decree.toml", text.expect("it ships")).expect("it reads");
    let named = |systems: &[&str]| systems.iter().map(|it| (*it).to_owned()).collect();
    let asked = Asked {
        as_of: date(2026, 6, 12),
        period_of: None,
        as_known: at("2026-06-26T21:00:00Z"),
        systems: Systems {
            student: named(&["marisol-central", "marisol-charters"]),
            support: named(&["marisol-seds"]),
        },
        study: Some(Span {
            begins: date(2026, 3, 2),
            ends: date(2026, 4, 24),
        }),
        years: 2,
        time_zone: TimeZone::UTC,
        pages_under_way_max: 2,
        pseudonyms: Pseudonyms::by_key(&[7; 32]),
    };
    let opened = Compliance::open(store.clone(), decree, asked).await;
    opened.expect("schools and staff are read")
}

#[tokio::test]
async fn cases_that_are_made_of_the_tables_of_their_kind_alone_are_those_that_are_made_of_all() {
    let district = in_sqlite().await;
    let (store, known) = (&district.store, at("2026-06-26T21:00:00Z"));
    let compliance = opened(store).await;
    let around = compliance.around();
    let sent = &around.sent;
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut disagreements, mut last) = (0, None);
    loop {
        let page = store.people_after(last.as_ref(), None, known).await;
        let page = page.expect("read");
        let Some(end) = page.end else { break };
        last = Some(end);
        let all = store.support_records(&page.people, sent, known).await;
        let all = all.expect("read");
        for kind in CaseKind::ALL {
            let tables = sent.only(&kind.tables().collect());
            let part = store.support_records(&page.people, &tables, known).await;
            for (all, part) in all.iter().zip(part.expect("read")) {
                let cases = cases_of(*kind, all, around);
                assert_eq!(cases, cases_of(*kind, &part, around), "{kind:?}");
                *made.entry(kind.word()).or_default() += cases.len();
            }
        }
        let tables = sent.only(&COMPARED.iter().copied().collect());
        let part = store.support_records(&page.people, &tables, known).await;
        for (all, part) in all.iter().zip(part.expect("read")) {
            let found = discrepancies(all, around);
            assert_eq!(found, discrepancies(&part, around));
            disagreements += found.len();
            let [one, other] = [all, &part].map(|record| {
                let mut complete = Completeness::default();
                complete.add(record, around);
                complete
            });
            assert_eq!(one, other);
        }
    }
    for kind in CaseKind::ALL.iter().filter(|it| **it != CaseKind::Teacher) {
        let cases = made[kind.word()];
        assert!(cases > 0, "the fixture has no case of a {}", kind.word());
    }
    assert!(disagreements > 0, "two systems disagree about somebody");
}
