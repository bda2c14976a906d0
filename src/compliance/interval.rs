//! The exact interval of a rate that a sample measured (Clopper and Pearson, Biometrika 26, 1934).
//!
//! Owns its bounds, found by comparing whole numbers: a bound is a count of parts of one, and each
//! was tested against the binomial tail itself, with nothing rounded on the way. They are rounded
//! outward: the lower down, the upper up, so that the printed interval holds the exact one.
//!
//! It takes cases as drawn with putting back; of a draw without, from a frame that is not much
//! larger, it is wider than need be.
//!
//! Never: an interval of a weighted estimate; `sample` combines strata.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigUint;

/// Cases of one interval: beyond it the exact comparison takes seconds.
pub const TRIALS_MAX: u32 = 10_000;

/// Decimals of a bound.
pub const DECIMALS_MAX: u8 = 9;

/// How sure an interval is: so many times of so many it holds the rate of all cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confidence {
    times: u32,
    of: u32,
}

impl Confidence {
    /// 95 of 100.
    pub const NINETY_FIVE: Self = Self { times: 95, of: 100 };

    /// `times` of `of`; nothing unless it is between never and always.
    pub fn new(times: u32, of: u32) -> Option<Self> {
        (0 < times && times < of).then_some(Self { times, of })
    }

    /// What each of several intervals must be so that all of them together are this sure: what may
    /// fail is divided among them (Bonferroni). Nothing where that has no exact form here.
    pub fn shared_among(self, intervals: u32) -> Option<Self> {
        let of = self.of.checked_mul(intervals)?;
        Self::new(of.checked_sub(self.of - self.times)?, of)
    }
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntervalFault {
    /// Of no cases there is no rate.
    #[error("no case was counted, so there is no rate")]
    NoTrials,
    /// More hits than cases.
    #[error("{successes} of {trials} is more than all")]
    MoreThanAll {
        /// Hits.
        successes: u32,
        /// Cases.
        trials: u32,
    },
    /// More cases than an exact comparison is made for.
    #[error("{0} cases are more than {TRIALS_MAX}; hint: a sample is smaller, count all instead")]
    TooMany(u32),
    /// More decimals than a bound may have.
    #[error("{0} decimals are more than {DECIMALS_MAX}")]
    TooPrecise(u8),
}

/// An interval of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The lower bound, in parts of `of`.
    pub lower: u64,
    /// The upper bound, in parts of `of`.
    pub upper: u64,
    /// How many parts are one: a power of ten.
    pub of: u64,
}

impl Interval {
    /// The interval of `successes` in `trials`, to so many decimals.
    ///
    /// It is two-sided for every count, so the upper bound of 0 of 10 is that of 0.3085.
    pub fn exact(
        successes: u32,
        trials: u32,
        confidence: Confidence,
        decimals: u8,
    ) -> Result<Self, IntervalFault> {
        if trials == 0 {
            return Err(IntervalFault::NoTrials);
        }
        if successes > trials {
            return Err(IntervalFault::MoreThanAll { successes, trials });
        }
        if trials > TRIALS_MAX {
            return Err(IntervalFault::TooMany(trials));
        }
        if decimals > DECIMALS_MAX {
            return Err(IntervalFault::TooPrecise(decimals));
        }
        let of = 10u64.pow(u32::from(decimals));
        // Hits and misses change places: the lower bound of the one is the upper of the other.
        let misses = trials - successes;
        Ok(Self {
            lower: of - upper_bound(misses, trials, of, confidence),
            upper: upper_bound(successes, trials, of, confidence),
            of,
        })
    }

    /// Whether it holds this rate.
    pub fn holds(&self, numerator: u64, denominator: u64) -> bool {
        let rate = u128::from(numerator) * u128::from(self.of);
        let [lower, upper] =
            [self.lower, self.upper].map(|bound| u128::from(bound) * u128::from(denominator));
        lower <= rate && rate <= upper
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::try_from(self.of.ilog10()).unwrap_or_default();
        let write = |f: &mut fmt::Formatter<'_>, bound: u64| match decimals {
            0 => write!(f, "{bound}"),
            _ => write!(f, "{}.{:0decimals$}", bound / self.of, bound % self.of),
        };
        write(f, self.lower)?;
        f.write_str(" to ")?;
        write(f, self.upper)
    }
}

/// The smallest bound, in parts of `of`, at which `successes` or fewer are as rare as half of what
/// may fail. The tail falls as the bound rises, so halving finds it.
fn upper_bound(successes: u32, trials: u32, of: u64, confidence: Confidence) -> u64 {
    if successes == trials {
        return of;
    }
    let all = BigUint::from(of).pow(trials);
    let (mut from, mut enough) = (0, of);
    while from < enough {
        let middle = from + (enough - from) / 2;
        if tail_is_rare(successes, trials, middle, of, confidence, &all) {
            enough = middle;
        } else {
            from = middle + 1;
        }
    }
    enough
}

/// Whether `successes` or fewer in `trials`, each with a chance of `chance` in `of`, are at most as
/// probable as half of what the confidence leaves.
fn tail_is_rare(
    successes: u32,
    trials: u32,
    chance: u64,
    of: u64,
    confidence: Confidence,
    all: &BigUint,
) -> bool {
    // The shorter side of the tail is summed, and the longer is what it leaves of all.
    let tail = if successes <= trials / 2 {
        ways(successes, trials, chance, of)
    } else {
        all - ways(trials - successes - 1, trials, of - chance, of)
    };
    let may_fail = confidence.of - confidence.times;
    let compared = (tail * (2 * u64::from(confidence.of))).cmp(&(all * may_fail));
    compared != Ordering::Greater
}

/// `of` to the power of `trials` times the probability of `successes` or fewer: a whole number.
fn ways(successes: u32, trials: u32, chance: u64, of: u64) -> BigUint {
    let miss = of - chance;
    let mut term = BigUint::from(1u32);
    let mut sum = BigUint::from(1u32);
    for hits in 1..=successes {
        // `trials` choose `hits`, times the chance so many times: divides evenly at each step.
        term = term * (trials - hits + 1) * chance / hits;
        sum = sum * miss + &term;
    }
    sum * BigUint::from(miss).pow(trials - successes)
}
