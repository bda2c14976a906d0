//! Exact intervals. The oracle here adds up the binomial tail as its definition says, from
//! Pascal's triangle; the library does not.

use num_bigint::BigUint;
use proptest::prelude::*;
use registrar::compliance::interval::{Confidence, Interval, IntervalFault};

const SURE: Confidence = Confidence::NINETY_FIVE;

fn exact(successes: u32, trials: u32, decimals: u8) -> Interval {
    Interval::exact(successes, trials, SURE, decimals).expect("an interval")
}

/// The binomial coefficients of so many trials.
fn pascal(trials: usize) -> Vec<BigUint> {
    let mut row = vec![BigUint::from(1u32)];
    for _ in 0..trials {
        let mut next = vec![BigUint::from(1u32)];
        next.extend(row.windows(2).map(|pair| &pair[0] + &pair[1]));
        next.push(BigUint::from(1u32));
        row = next;
    }
    row
}

/// Whether `hits` in `trials` are at most as probable as 2.5 %, with a chance of `chance` in `of`.
fn rare(hits: std::ops::RangeInclusive<u32>, trials: u32, chance: u64, of: u64) -> bool {
    let ways = pascal(trials as usize);
    let tail: BigUint = hits
        .map(|hits| {
            &ways[hits as usize]
                * BigUint::from(chance).pow(hits)
                * BigUint::from(of - chance).pow(trials - hits)
        })
        .sum();
    tail * 40u32 <= BigUint::from(of).pow(trials)
}

#[test]
fn published_intervals_come_out_rounded_outward() {
    for (successes, trials, published) in [
        // Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, "Clopper-Pearson".
        (81, 263, "0.2527 to 0.3677"), // 0.3676|22 is rounded up
        (15, 148, "0.0578 to 0.1617"),
        (0, 20, "0.0000 to 0.1685"), // 0.1684|34
        (1, 29, "0.0008 to 0.1777"), // 0.0008|72 and 0.1776|45
        // The textbook's cases: 1 less the 40th part to the power of 1/n, and its mirror.
        (0, 10, "0.0000 to 0.3085"),
        (10, 10, "0.6915 to 1.0000"),
        (0, 1, "0.0000 to 0.9750"),
        (8, 10, "0.4439 to 0.9748"),
        (5, 100, "0.0164 to 0.1129"),
        // 334 of 400: outcome 13's frequency in 2011-12 was 83.5 % of such a sample.
        (334, 400, "0.7949 to 0.8701"),
    ] {
        assert_eq!(
            exact(successes, trials, 4).to_string(),
            published,
            "{successes} of {trials}"
        );
    }
    assert_eq!(exact(81, 263, 6).to_string(), "0.252736 to 0.367622");
    assert_eq!(exact(1, 2, 0).to_string(), "0 to 1");
}

#[test]
fn a_surer_interval_is_wider() {
    let sure = |times, of| Confidence::new(times, of).expect("between never and always");
    let of = |confidence| Interval::exact(17, 20, confidence, 6).expect("an interval");
    let [ninety, ninety_five, ninety_nine] = [sure(90, 100), SURE, sure(99, 100)].map(of);
    assert!(ninety_nine.lower < ninety_five.lower && ninety_five.lower < ninety.lower);
    assert!(ninety_nine.upper > ninety_five.upper && ninety_five.upper > ninety.upper);
    assert_eq!(of(sure(19, 20)), ninety_five);
    assert_eq!(SURE.shared_among(5), Confidence::new(495, 500));
    assert_eq!(Confidence::new(100, 100), None);
    assert_eq!(Confidence::new(0, 100), None);
}

#[test]
fn what_has_no_interval_is_refused() {
    let of = |successes, trials, decimals| Interval::exact(successes, trials, SURE, decimals);
    assert_eq!(of(0, 0, 4), Err(IntervalFault::NoTrials));
    let (successes, trials) = (11, 10);
    let more = IntervalFault::MoreThanAll { successes, trials };
    assert_eq!(of(successes, trials, 4), Err(more));
    assert_eq!(of(1, 10_001, 4), Err(IntervalFault::TooMany(10_001)));
    assert_eq!(of(1, 10, 10), Err(IntervalFault::TooPrecise(10)));
}

#[test]
fn a_sample_of_thousands_has_an_interval_too() {
    let wide = exact(2_000, 4_000, 4);
    assert_eq!(wide.to_string(), "0.4843 to 0.5157");
    assert!(rare(0..=2_000, 4_000, wide.upper, wide.of));
    assert!(!rare(0..=2_000, 4_000, wide.upper - 1, wide.of));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_bound_is_the_first_at_which_the_tail_is_rare(
        (successes, trials) in (1..60u32).prop_flat_map(|trials| (0..=trials, Just(trials))),
        decimals in 1..7u8,
    ) {
        let Interval { lower, upper, of } = exact(successes, trials, decimals);
        if successes == trials {
            prop_assert_eq!(upper, of);
        } else {
            prop_assert!(rare(0..=successes, trials, upper, of));
            prop_assert!(!rare(0..=successes, trials, upper - 1, of));
        }
        if successes == 0 {
            prop_assert_eq!(lower, 0);
        } else {
            prop_assert!(rare(successes..=trials, trials, lower, of));
            prop_assert!(!rare(successes..=trials, trials, lower + 1, of));
        }
    }

    #[test]
    fn an_interval_holds_its_own_rate_and_rises_with_the_hits(
        (successes, trials) in (1..200u32).prop_flat_map(|trials| (0..=trials, Just(trials))),
        decimals in 2..6u8,
    ) {
        let here = exact(successes, trials, decimals);
        prop_assert!(here.holds(u64::from(successes), u64::from(trials)));
        if successes < trials {
            let more = exact(successes + 1, trials, decimals);
            prop_assert!(here.lower <= more.lower && here.upper <= more.upper);
        }
        // Hits and misses are two names for the same.
        let mirrored = exact(trials - successes, trials, decimals);
        let turned = (here.of - mirrored.upper, here.of - mirrored.lower);
        prop_assert_eq!(turned, (here.lower, here.upper));
        // Fewer decimals never leave out what more decimals hold.
        let coarse = exact(successes, trials, decimals - 1);
        prop_assert!(coarse.lower * 10 <= here.lower && here.upper <= coarse.upper * 10);
    }
}
