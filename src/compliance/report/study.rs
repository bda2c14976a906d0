//! Studies of files as a report tells them: every frame of an outcome, every draw, every result.

use std::cmp::Ordering;

use super::evidence::{
    Bounds, StudiedDraw, StudiedFinding, StudiedResult, StudyBlock, StudyFigure, StudyForm,
};
use super::{Counted, Trend};
use crate::compliance::decree::{Direction, Outcome, Threshold};
use crate::compliance::interval::{Confidence, Interval};
use crate::compliance::measure::{DECIMALS_OF_BOUNDS, Studied, deciding, studied};
use crate::compliance::sample::{Estimate, Study, StudyResult, percent};

/// The studies of an outcome in this period.
pub(super) fn blocks(counted: &Counted<'_>, outcome: &Outcome, language: &str) -> Vec<StudyBlock> {
    let begins = counted.around.period.begins;
    let of_period = counted
        .studies
        .iter()
        .filter(|study| study.outcome == outcome.text.id && study.begins == begins);
    let deciding = deciding(outcome, counted.studies, begins).map(|it| it.frame);
    let block = |study: &Study| StudyBlock {
        frame_sha256: hex::encode(study.frame),
        as_of: study.as_of,
        as_known: study.as_known.to_string(),
        is_same_decree: study.rules == hex::encode(counted.decree.digest),
        with_excluded: study.with_excluded,
        cases: study.cases,
        form: form(study),
        recorded_by: study.recorded_by.clone(),
        recorded_at: study.recorded_at.to_string(),
        is_deciding: deciding == Some(study.frame),
        draws: draws(study, outcome, language),
    };
    of_period.map(block).collect()
}

fn form(study: &Study) -> StudyForm {
    let form = &study.form;
    StudyForm {
        name: form.form.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        source: form.source.clone(),
        confirmed: form.confirmed,
    }
}

fn draws(study: &Study, outcome: &Outcome, language: &str) -> Vec<StudiedDraw> {
    let draws = study.draws.iter().map(|draw| StudiedDraw {
        draw: draw.number.into(),
        seed: draw.seed.clone(),
        seed_from: draw.seed_from.clone(),
        drawn_at: draw.drawn_at.to_string(),
        cases: draw.cases,
        results: draw
            .results
            .iter()
            .map(|result| StudiedResult {
                reviews_sha256: hex::encode(result.reviews),
                recorded_at: result.recorded_at.to_string(),
                findings: findings(study, result, outcome, language),
            })
            .collect(),
    });
    draws.collect()
}

/// Each finding in the order of the form.
fn findings(
    study: &Study,
    result: &StudyResult,
    outcome: &Outcome,
    language: &str,
) -> Vec<StudiedFinding> {
    let of_form = study.form.findings.iter();
    let found = of_form.filter_map(|it| Some((&it.name, result.findings.get(&it.name)?)));
    found
        .map(|(name, estimate)| {
            // Another form's finding of the same name answers nothing of the decree.
            let sample = outcome.text.sample.as_ref();
            let is_its = sample.is_some_and(|sample| sample.form == study.form.form);
            let mut thresholds = outcome.text.thresholds.iter();
            let threshold = thresholds.find(|it| is_its && it.finding.as_ref() == Some(name));
            let direction = threshold.map_or(outcome.text.direction, |it| way(outcome, it));
            let applies = estimate.applies();
            StudiedFinding {
                finding: name.clone(),
                label: threshold.map(|it| it.label.in_language(language).to_owned()),
                yes: estimate.yes(),
                no: applies - estimate.yes(),
                not_applicable: estimate.not_applicable(),
                figure: estimate.rate().map(|rate| rate.shown(direction)),
                between: interval(estimate).as_ref().map(bounds),
            }
        })
        .collect()
}

fn way(outcome: &Outcome, threshold: &Threshold) -> Direction {
    threshold.direction.unwrap_or(outcome.text.direction)
}

fn interval(estimate: &Estimate) -> Option<Interval> {
    estimate.interval(Confidence::NINETY_FIVE, DECIMALS_OF_BOUNDS)
}

fn bounds(interval: &Interval) -> Bounds {
    Bounds {
        lower: percent(&interval.lower.to_string()),
        upper: percent(&interval.upper.to_string()),
    }
}

/// What the study that decides says of a threshold, beside that of the period before.
pub(super) fn figure(
    counted: &Counted<'_>,
    outcome: &Outcome,
    threshold: &Threshold,
    now: &Studied,
) -> StudyFigure {
    let direction = way(outcome, threshold);
    let earlier = counted.earlier.first().map(|it| it.period.begins);
    let before = earlier.and_then(|it| studied(outcome, threshold, counted.studies, it));
    let trend = |before: &Studied| match (now.rate.order_to(&before.rate), direction) {
        (Ordering::Equal, _) => Trend::Same,
        (Ordering::Greater, Direction::Increase) | (Ordering::Less, Direction::Decrease) => {
            Trend::Better
        }
        _ => Trend::Worse,
    };
    StudyFigure {
        frame_sha256: hex::encode(now.frame),
        draw: now.draw.into(),
        finding: now.finding.clone(),
        yes: now.yes,
        of: now.of,
        figure: now.rate.shown(direction),
        between: now.interval.as_ref().map(bounds),
        before: before.as_ref().map(|it| it.rate.shown(direction)),
        trend: before.as_ref().map(trend),
    }
}
