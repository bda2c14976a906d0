//! From reviewed cases to a rate of all cases of the frame.
//!
//! Owns the weighted estimate, as an exact quotient, and an interval that holds for all strata
//! together.
//!
//! Never: a rate while a drawn case is not reviewed, or of cases to none of which it applies.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use super::review::{Answer, CaseReview, ReviewFault, ReviewForm, Reviewed};
use super::{Draw, Weight};
use crate::compliance::decree::Direction;
use crate::compliance::interval::{Confidence, DECIMALS_MAX, Interval};
use crate::record::Percent;

/// Parts of a whole in which a rate is told: hundredths of a percent.
pub const HUNDREDTHS: u32 = 10_000;

/// So many hundredths of a percent, as percent with two decimals.
pub fn percent(hundredths: &str) -> String {
    let padded = format!("{hundredths:0>3}");
    let (whole, decimals) = padded.split_at(padded.len() - 2);
    format!("{whole}.{decimals}")
}

/// What was found in one stratum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StratumResult {
    /// Cases of the frame, and how many were drawn.
    pub weight: Weight,
    /// Drawn cases of which the finding is yes.
    pub yes: u32,
    /// Drawn cases of which it is no.
    pub no: u32,
    /// Drawn cases to which it does not apply.
    pub not_applicable: u32,
}

/// What a sample says of its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The strata by name: every count of the estimate is a sum of these.
    pub strata: BTreeMap<String, StratumResult>,
}

/// An exact quotient, as large as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    numerator: BigUint,
    denominator: BigUint,
}

impl Rate {
    /// Whether it is at least `numerator / denominator`, exactly: 17 of 20 is 85 %.
    pub fn is_at_least(&self, numerator: u64, denominator: u64) -> bool {
        &self.numerator * denominator >= &self.denominator * numerator
    }

    /// How it stands to a bound in percent, exactly.
    pub fn order(&self, bound: Percent) -> Ordering {
        // A percent has 1,000 thousandths, and none is below 0.
        let thousandths = u64::try_from(bound.thousandths()).unwrap_or_default();
        (&self.numerator * 100_000u32).cmp(&(&self.denominator * thousandths))
    }

    /// How it stands to another rate.
    pub fn order_to(&self, other: &Self) -> Ordering {
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }

    /// In percent with two decimals, rounded to the worse side: down where more is better, up where
    /// less is.
    pub fn shown(&self, direction: Direction) -> String {
        let scaled = &self.numerator * HUNDREDTHS;
        let parts = match direction {
            Direction::Increase => scaled / &self.denominator,
            Direction::Decrease => (scaled + &self.denominator - 1u32) / &self.denominator,
        };
        percent(&parts.to_string())
    }

    /// The rate in parts of `of`, to the nearest part, a half upward.
    pub fn parts(&self, of: u64) -> BigUint {
        (&self.numerator * of * 2u32 + &self.denominator) / (&self.denominator * 2u32)
    }
}

/// The finding of this name over all drawn cases, each reviewed exactly once; or everything that
/// keeps it from being counted.
pub fn estimate(
    draw: &Draw,
    form: &ReviewForm,
    reviews: &[CaseReview],
    finding: &str,
) -> Result<Estimate, Vec<ReviewFault>> {
    let mut faults = Vec::new();
    if !form.findings.iter().any(|of| of.name == finding) {
        faults.push(ReviewFault::NoFinding(finding.to_owned()));
    }
    let drawn: BTreeSet<&str> = draw.cases.iter().map(|case| case.case.as_str()).collect();
    let mut found: BTreeMap<&str, Answer> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for review in reviews {
        if !drawn.contains(review.case.as_str()) {
            faults.push(ReviewFault::NotDrawn(review.case.clone()));
        }
        if !seen.insert(review.case.as_str()) {
            faults.push(ReviewFault::Twice(review.case.clone()));
        }
        match Reviewed::new(form, review) {
            Ok(reviewed) => {
                let answer = reviewed.finding(finding);
                found.extend(answer.map(|answer| (reviewed.case(), answer)));
            }
            Err(more) => faults.extend(more),
        }
    }
    let missing = drawn.iter().filter(|&case| !seen.contains(case));
    faults.extend(missing.map(|&case| ReviewFault::NotReviewed(case.to_owned())));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut strata: BTreeMap<String, StratumResult> = BTreeMap::new();
    for case in &draw.cases {
        let stratum = strata.entry(case.stratum.clone()).or_insert(StratumResult {
            weight: case.weight,
            yes: 0,
            no: 0,
            not_applicable: 0,
        });
        match found.get(case.case.as_str()) {
            Some(Answer::Yes) => stratum.yes += 1,
            Some(Answer::No) => stratum.no += 1,
            Some(Answer::NotApplicable) | None => stratum.not_applicable += 1,
        }
    }
    Ok(Estimate { strata })
}

impl Estimate {
    /// Drawn cases of which the finding is yes.
    pub fn yes(&self) -> u64 {
        self.strata.values().map(|it| u64::from(it.yes)).sum()
    }

    /// Drawn cases to which it applies.
    pub fn applies(&self) -> u64 {
        let applies = self
            .strata
            .values()
            .map(|it| u64::from(it.yes) + u64::from(it.no));
        applies.sum()
    }

    /// Drawn cases to which it does not.
    pub fn not_applicable(&self) -> u64 {
        let strata = self.strata.values();
        strata.map(|it| u64::from(it.not_applicable)).sum()
    }

    /// The rate of yes among the cases to which the finding applies, each drawn case counted for as
    /// many as it stands for. Nothing where it applies to none.
    pub fn rate(&self) -> Option<Rate> {
        // Over one denominator: the product of what was drawn of each stratum.
        let one = BigUint::from(1u32);
        let common = self
            .strata
            .values()
            .fold(one, |product, stratum| product * stratum.weight.drawn);
        let sum = |count: fn(&StratumResult) -> u32| {
            self.strata
                .values()
                .map(|stratum| {
                    &common * stratum.weight.cases / stratum.weight.drawn * count(stratum)
                })
                .sum::<BigUint>()
        };
        let denominator = sum(|stratum| stratum.yes + stratum.no);
        (denominator != BigUint::ZERO).then(|| Rate {
            numerator: sum(|stratum| stratum.yes),
            denominator,
        })
    }

    /// An interval that holds the frame's rate at least as often as the confidence says: exact ones
    /// of the strata, each surer by Bonferroni, combined by the strata's sizes. With one stratum it
    /// is Clopper and Pearson's own.
    ///
    /// Nothing where a finding does not apply to a drawn case of one of several strata, for then
    /// nobody knows how many cases of the stratum it applies to; nor of none.
    pub fn interval(&self, confidence: Confidence, decimals: u8) -> Option<Interval> {
        let several = self.strata.len() > 1;
        if several
            && self
                .strata
                .values()
                .any(|stratum| stratum.not_applicable > 0)
        {
            return None;
        }
        let each = confidence.shared_among(u32::try_from(self.strata.len()).ok()?)?;
        let inner = if several { DECIMALS_MAX } else { decimals };
        let (mut lower, mut upper, mut all) = (0u128, 0u128, 0u128);
        for stratum in self.strata.values() {
            let applies = stratum.yes + stratum.no;
            let of_stratum = Interval::exact(stratum.yes, applies, each, inner).ok()?;
            let cases = u128::from(stratum.weight.cases);
            lower += cases * u128::from(of_stratum.lower);
            upper += cases * u128::from(of_stratum.upper);
            all += cases * u128::from(of_stratum.of);
        }
        let of = 10u64.checked_pow(u32::from(decimals.min(DECIMALS_MAX)))?;
        Some(Interval {
            lower: u64::try_from(lower * u128::from(of) / all).ok()?,
            upper: u64::try_from((upper * u128::from(of)).div_ceil(all)).ok()?,
            of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn parts_of_ten_thousand_are_percent_with_two_decimals() {
        let of = |parts: &str| percent(parts);
        assert_eq!([of("0"), of("7"), of("83")], ["0.00", "0.07", "0.83"]);
        assert_eq!([of("8350"), of("10000")], ["83.50", "100.00"]);
    }
}
