//! A district of many schools: nobody is exposed, what is asked for most stays, and the work is
//! counted in steps, which no machine makes longer.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use registrar::compliance::suppression::{PublicTables, Rank, Reason, suppress};

use super::district::{ALL, School, count, default_policy};

/// Schools of 8 to 60 cases, of which about three in four met.
fn schools(number: usize) -> Vec<School> {
    let cases = proptest::collection::vec((0_u32..8, 1_u32..4), 6).prop_map(|cases| {
        let pair = |(cases, part): (u32, u32)| {
            let missed = cases * part / 8;
            [cases - missed, missed]
        };
        cases.into_iter().map(pair).collect::<Vec<_>>()
    });
    let mut runner = TestRunner::deterministic();
    (0..number)
        .map(|school| School {
            local_district: school % 4,
            charter: school % 5 == 0,
            cases: cases.new_tree(&mut runner).expect("a school").current(),
        })
        .collect()
}

fn publish(number: usize) -> (PublicTables, Vec<(Rank, Reason)>) {
    let population = count(&schools(number), ALL, false);
    let public = suppress(&population, &default_policy(), &[]).expect("tables that add up");
    let ranks = public.cells.iter().map(|cell| {
        let found = population.cells.iter().find(|c| c.stratum == cell.stratum);
        (
            found.expect("a cell of the population").rank,
            cell.size.reason,
        )
    });
    let ranks = ranks.collect();
    (public, ranks)
}

#[test]
fn in_a_district_of_forty_schools_the_districts_and_local_districts_lines_all_stand() {
    let (public, cells) = publish(40);
    assert_eq!(public.exposed, []);
    for (rank, reason) in &cells {
        let helps = *reason == Reason::Complementary;
        assert!(
            !helps || *rank >= Rank::School,
            "a cell of rank {rank:?} is hidden"
        );
    }
    let of = |wanted: Reason| cells.iter().filter(|(_, reason)| *reason == wanted).count();
    let (small, beside) = (of(Reason::Primary), of(Reason::Complementary));
    assert!(small > 50, "the district is one with small groups: {small}");
    assert!(beside * 4 < small, "{beside} are hidden beside {small}");
    assert!(public.steps < 20_000_000, "{} steps", public.steps);
}

#[test]
#[ignore = "minutes, unoptimised: cargo test --test suppression -- --ignored"]
fn in_a_district_of_a_thousand_schools_nobody_is_exposed_and_the_work_is_bounded() {
    let (public, cells) = publish(1_000);
    assert_eq!(public.exposed, []);
    assert!(cells.len() > 5_000);
    assert!(public.steps < 2_000_000_000, "{} steps", public.steps);
}
