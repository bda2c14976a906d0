//! What a study of files says where the records cannot: the verdict of an outcome that its decree
//! answers from a sample.
//!
//! Owns which study decides: the one of the year with the latest day that was used, made with the
//! decree's form over counted cases alone. Where several of its draws were used, the worst decides,
//! so that no seed is chosen for its result. The estimate itself is compared with the target, as
//! the monitor of Chanda Smith did; its interval prints beside it.
//!
//! Never: a verdict by a form whose wording nobody confirmed.

use jiff::civil::Date;

use super::result::{OutcomeResult, Status, ThresholdResult};
use crate::compliance::case::Surroundings;
use crate::compliance::decree::{Bound, Decree, Direction, Outcome, Threshold};
use crate::compliance::interval::{Confidence, Interval};
use crate::compliance::sample::{Estimate, Rate, Study};

/// Decimals of an interval's bounds between 0 and 1: a percentage with two.
pub const DECIMALS_OF_BOUNDS: u8 = 4;

/// What a study says of a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Studied {
    /// SHA-256 of the frame.
    pub frame: [u8; 32],
    /// The draw.
    pub draw: u32,
    /// The finding of the form that was counted.
    pub finding: String,
    /// Cases of which it is yes.
    pub yes: u64,
    /// Cases to which it applies.
    pub of: u64,
    /// The rate of all cases.
    pub rate: Rate,
    /// Within what it lies, 95 times of 100 at least.
    pub interval: Option<Interval>,
    /// Whether somebody confirmed the form's wording.
    pub is_confirmed: bool,
}

/// The study that answers for an outcome in the period that begins on a day; none where none was
/// made and used.
pub fn deciding<'s>(outcome: &Outcome, studies: &'s [Study], begins: Date) -> Option<&'s Study> {
    let sample = outcome.text.sample.as_ref()?;
    let of_year = studies.iter().filter(|study| {
        let is_its = study.outcome == outcome.text.id && study.begins == begins;
        is_its && !study.with_excluded && study.form.form == sample.form && study.was_used()
    });
    of_year.max_by_key(|study| (study.as_of, study.recorded_at, study.frame))
}

/// What the deciding study says of a threshold; none where it found nothing to which it applies.
pub fn studied(
    outcome: &Outcome,
    threshold: &Threshold,
    studies: &[Study],
    begins: Date,
) -> Option<Studied> {
    let study = deciding(outcome, studies, begins)?;
    let finding = threshold.finding.as_ref()?;
    let answers = study.answers().filter_map(|(draw, result)| {
        let estimate = result.findings.get(finding)?;
        let rate = estimate.rate()?;
        Some((draw, estimate, rate))
    });
    let direction = threshold.direction.unwrap_or(outcome.text.direction);
    let (draw, estimate, rate) = answers.max_by(|(_, _, one), (_, _, other)| match direction {
        Direction::Increase => other.order_to(one),
        Direction::Decrease => one.order_to(other),
    })?;
    let count = |of: fn(&Estimate) -> u64| of(estimate);
    Some(Studied {
        frame: study.frame,
        draw: draw.number,
        finding: finding.clone(),
        yes: count(Estimate::yes),
        of: count(Estimate::applies),
        rate,
        interval: estimate.interval(Confidence::NINETY_FIVE, DECIMALS_OF_BOUNDS),
        is_confirmed: study.form.confirmed,
    })
}

/// Lets studies say what the records could not.
pub fn judge_by_studies(
    results: &mut [OutcomeResult],
    decree: &Decree,
    studies: &[Study],
    around: &Surroundings,
) {
    let begins = around.period.begins;
    for (outcome, result) in decree.outcomes.iter().zip(results) {
        let thresholds = outcome.text.thresholds.iter();
        for (threshold, of_threshold) in thresholds.zip(&mut result.thresholds) {
            let Some(studied) = studied(outcome, threshold, studies, begins) else {
                continue;
            };
            of_threshold.status = status(outcome, of_threshold, &studied);
            of_threshold.studied = Some(studied);
        }
        let worst = result.thresholds.iter().map(|it| it.status).max();
        result.status = worst.unwrap_or(Status::NotMeasurable);
    }
}

/// What a threshold comes to by its study; as it was where that is not the study's to say.
fn status(outcome: &Outcome, result: &ThresholdResult, studied: &Studied) -> Status {
    let target = match &result.target {
        Some(target) if result.status == Status::NotMeasurable => target,
        _ => return result.status,
    };
    let is_confirmed = studied.is_confirmed
        && target.target.is_confirmed()
        && outcome.text.unconfirmed().is_empty()
        && outcome
            .text
            .sample
            .as_ref()
            .is_some_and(|it| it.source.confirmed);
    if !is_confirmed {
        return Status::TargetNotConfirmed;
    }
    match meets(&studied.rate, target.bound) {
        None => Status::NotMeasurable,
        Some(true) => Status::MetByData,
        Some(false) => Status::NotMet,
    }
}

/// Whether a rate meets a bound, exactly; none where the year before is the measure, of which a
/// sample's estimate is no measure.
fn meets(rate: &Rate, bound: Bound) -> Option<bool> {
    let order = |bound| rate.order(bound);
    Some(match bound {
        Bound::AtLeast(bound) => order(bound).is_ge(),
        Bound::AtMost(bound) => order(bound).is_le(),
        Bound::Below(bound) => order(bound).is_lt(),
        Bound::Above(bound) => order(bound).is_gt(),
        Bound::Better => return None,
    })
}
