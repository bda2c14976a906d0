//! One outcome of a report: its definition, counts, shares beside their targets, and groups.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::*;
use crate::compliance::case::FieldType;
use crate::compliance::decree::{Bound, Direction, Measure, Target, Threshold};
use crate::compliance::measure::{
    GroupRisk, InTime, Share, Tally, ThresholdResult, Timeliness, group_risks, share,
};

/// The block of the outcome at this place of the decree.
pub(super) fn block(counted: &Counted<'_>, place: usize, language: &str) -> OutcomeBlock {
    let outcome = &counted.decree.outcomes[place];
    let (text, result) = (&outcome.text, &counted.results[place]);
    let tally = &counted.outcomes[place];
    let entered_late = &tally.entered_late;
    let thresholds = text.thresholds.iter().zip(&result.thresholds);
    let thresholds = thresholds.zip(&tally.timeliness);
    let late = |(school, cases): (&String, &u64)| LateEntries {
        school: school.clone(),
        label: name_of(counted.around, school),
        cases: *cases,
    };
    OutcomeBlock {
        outcome: text.id.clone(),
        title: text.title.in_language(language).to_owned(),
        definition: text.definition.in_language(language).to_owned(),
        open: (text.open.iter())
            .map(|it| it.in_language(language).to_owned())
            .collect(),
        citation: text.citation.clone(),
        source: source(&text.source),
        unit: text.unit.word().to_owned(),
        measure: match &text.measure {
            Measure::Proportion => MeasureKind::Proportion,
            Measure::Rate { .. } => MeasureKind::Rate,
            Measure::RiskRatio { .. } => MeasureKind::RiskRatio,
        },
        status: result.status.word().to_owned(),
        counted: tally.whole.counted(),
        classes: classes(outcome, &tally.whole, language),
        excluded: excluded(outcome, &tally.whole, language),
        unclear: tally.whole.unclear,
        unclear_for: unclear_for(tally),
        unconfirmed: unconfirmed(outcome, counted.around, counted.studies),
        notes: {
            let all = counted.decree.text.notes.iter();
            let mut own = all.filter(|it| it.outcomes.contains(&text.id));
            notes(&mut own, language)
        },
        clock_beside: {
            let beside = text.clock.iter().find_map(|it| it.beside.as_ref());
            beside.map(|it| source(&it.source))
        },
        thresholds: thresholds
            .map(|((threshold, result), timeliness)| {
                let of = (place, threshold);
                let block = threshold_block(counted, of, (result, &tally.whole), language);
                timed(block, timeliness)
            })
            .collect(),
        groups: groups(counted, outcome, &tally.strata, language),
        depends_on_unclear: result.depends_on_unclear,
        entered_late: entered_late
            .known()
            .map(|_| entered_late.schools.iter().map(late).collect()),
        entered_untold: entered_late.untold,
        is_study: text.sample.is_some(),
        studies: study::blocks(counted, outcome, language),
        cases_sha256: hex::encode(counted.list_digests[place]),
    }
}

fn classes(outcome: &Outcome, tally: &Tally, language: &str) -> Vec<ClassCount> {
    let text = &outcome.text;
    let named = text.classes.iter().map(|it| (&it.name, &it.title));
    let named = named.chain([(&text.otherwise.name, &text.otherwise.title)]);
    let counted = named.zip(tally.classes.iter());
    counted
        .map(|((name, title), cases)| ClassCount {
            name: name.clone(),
            label: title.in_language(language).to_owned(),
            cases: *cases,
        })
        .collect()
}

fn excluded(outcome: &Outcome, tally: &Tally, language: &str) -> Vec<ExcludedCases> {
    let reasons = outcome.text.exclusions.iter().zip(&tally.excluded);
    reasons
        .map(|(reason, cases)| ExcludedCases {
            reason: reason.code.clone(),
            label: reason.title.in_language(language).to_owned(),
            cases: *cases,
            source: source(&reason.source),
        })
        .collect()
}

fn unclear_for(tally: &OutcomeTally) -> Vec<UnclearCases> {
    let reasons = tally.unclear_for.iter();
    let cases = reasons.map(|(unknown, cases)| UnclearCases {
        unknown: unknown.iter().map(|name| (*name).to_owned()).collect(),
        cases: *cases,
    });
    cases.collect()
}

fn threshold_block(
    counted: &Counted<'_>,
    (place, threshold): (usize, &Threshold),
    (result, tally): (&ThresholdResult, &Tally),
    language: &str,
) -> ThresholdBlock {
    let outcome = &counted.decree.outcomes[place];
    let direction = threshold.direction.unwrap_or(outcome.text.direction);
    let is_ratio = outcome.text.measure.is_ratio();
    let whole = (!is_ratio).then_some(result.share);
    let before = counted.earlier.first().filter(|_| !is_ratio);
    let all = || outcome.text.class_names().map(str::to_owned).collect();
    ThresholdBlock {
        threshold: threshold.name.clone(),
        label: threshold.label.in_language(language).to_owned(),
        better: match direction {
            Direction::Increase => Better::More,
            Direction::Decrease => Better::Less,
        },
        numerator_of: threshold.numerator.clone(),
        of_classes: threshold.of.clone().unwrap_or_else(all),
        numerator: result.share.numerator,
        of: result.share.of,
        sum: sum(outcome, threshold, tally),
        figure: whole.and_then(|share| Some(share.figure?.shown(direction))),
        target: result.target.as_ref().map(|it| target_block(&it.target)),
        targets: targets(threshold),
        status: result.status.word().to_owned(),
        depends_on_unclear: result.depends_on_unclear,
        in_time_tolled: None,
        in_time_untolled: None,
        entered_late: None,
        entered_untold: 0,
        study: result
            .studied
            .as_ref()
            .map(|it| study::figure(counted, outcome, threshold, it)),
        before: before.and_then(|year| {
            let then = share_of_year(outcome, threshold, &year.outcomes[place].whole);
            earlier(year.period, whole, then, direction)
        }),
        years: years(counted, (place, threshold), direction),
        ratios: ratios(&result.groups, direction),
    }
}

fn ratios(groups: &[GroupRisk], direction: Direction) -> Vec<GroupRatio> {
    let ratio = |it: &GroupRisk| GroupRatio {
        group: it.group.clone(),
        numerator: it.share.numerator,
        of: it.share.of,
        ratio: it.ratio.map(|ratio| ratio.shown(direction)),
        alternate: it.alternate,
    };
    groups.iter().map(ratio).collect()
}

/// The years before, back to the first of which the records have a case of any outcome.
fn years(
    counted: &Counted<'_>,
    (place, threshold): (usize, &Threshold),
    direction: Direction,
) -> Vec<YearFigure> {
    let outcome = &counted.decree.outcomes[place];
    let is_ratio = outcome.text.measure.is_ratio();
    let first = counted.earlier.iter().rposition(EarlierYear::has_cases);
    let known = &counted.earlier[..first.map_or(0, |it| it + 1)];
    let year = |it: &EarlierYear| {
        let tally = &it.outcomes[place];
        let share = share_of_year(outcome, threshold, &tally.whole);
        let figure = share.figure.filter(|_| !is_ratio);
        YearFigure {
            begins: it.period.begins,
            ends: it.period.ends,
            numerator: share.numerator,
            of: share.of,
            sum: sum(outcome, threshold, &tally.whole),
            unclear: tally.whole.unclear,
            figure: figure.map(|it| it.shown(direction)),
            ratios: ratios(&group_risks(outcome, threshold, &tally.groups), direction),
        }
    };
    known.iter().rev().map(year).collect()
}

/// A share of an earlier year. Where not one event was recorded in a whole year, that none happened
/// cannot be told from that nobody sent them yet: there is no figure then, and not nought.
fn share_of_year(outcome: &Outcome, threshold: &Threshold, tally: &Tally) -> Share {
    let share = share(outcome, threshold, tally);
    let is_rate = matches!(outcome.text.measure, Measure::Rate { .. });
    let is_known = !is_rate || tally.sums.iter().any(|sum| *sum != 0);
    Share {
        figure: share.figure.filter(|_| is_known),
        ..share
    }
}

/// Every target of a share, in the order of time.
fn targets(threshold: &Threshold) -> Vec<TargetBlock> {
    let mut targets: Vec<TargetBlock> = threshold.targets.iter().map(target_block).collect();
    targets.sort_by_key(|it| it.from);
    targets
}

/// The block with what the last day of its cases comes to.
fn timed(block: ThresholdBlock, timeliness: &Timeliness) -> ThresholdBlock {
    ThresholdBlock {
        in_time_tolled: in_time(timeliness.tolled),
        in_time_untolled: in_time(timeliness.untolled),
        entered_late: timeliness.entered_late.known(),
        entered_untold: timeliness.entered_late.untold,
        ..block
    }
}

/// One reading's cases in time, of those of which it knows the last day.
fn in_time(reading: InTime) -> Option<InTimeOf> {
    let InTime { cases, of } = reading;
    (of > 0).then_some(InTimeOf { cases, of })
}

/// What a rate adds up over the cases of its numerator.
fn sum(outcome: &Outcome, threshold: &Threshold, tally: &Tally) -> Option<String> {
    let Measure::Rate { sum } = &outcome.text.measure else {
        return None;
    };
    let classes = outcome.text.class_names().zip(&tally.sums);
    let counted = classes.filter(|(class, _)| threshold.numerator.iter().any(|it| it == class));
    let total: i128 = counted.map(|(_, sum)| sum).sum();
    let place = outcome.text.unit.place(sum)?;
    Some(match outcome.text.unit.fields()[place].of {
        FieldType::Days | FieldType::Percent => format!("{}.{:03}", total / 1000, total % 1000),
        _ => total.to_string(),
    })
}

fn earlier(
    period: Span,
    now: Option<Share>,
    before: Share,
    direction: Direction,
) -> Option<EarlierFigure> {
    let figure = before.figure?;
    let now = now.and_then(|it| it.figure);
    let trend = |order| match (order, direction) {
        (Ordering::Equal, _) => Trend::Same,
        (Ordering::Greater, Direction::Increase) | (Ordering::Less, Direction::Decrease) => {
            Trend::Better
        }
        _ => Trend::Worse,
    };
    Some(EarlierFigure {
        begins: period.begins,
        ends: period.ends,
        numerator: before.numerator,
        of: before.of,
        figure: figure.shown(direction),
        trend: now.map(|now| trend(now.order_to(figure))),
    })
}

fn target_block(target: &Target) -> TargetBlock {
    let (asks, bound) = match target.bound() {
        Bound::AtLeast(bound) => (TargetKind::AtLeast, Some(bound)),
        Bound::AtMost(bound) => (TargetKind::AtMost, Some(bound)),
        Bound::Below(bound) => (TargetKind::Below, Some(bound)),
        Bound::Above(bound) => (TargetKind::Above, Some(bound)),
        Bound::Better => (TargetKind::Better, None),
    };
    TargetBlock {
        asks,
        bound: bound.map(|it| it.to_string()),
        from: target.from,
        until: target.until,
        source: source(&target.source),
        closed_by: target.closed_by.as_ref().map(|it| ClosedTarget {
            on: it.on,
            source: source(&it.source),
        }),
    }
}

fn groups(
    counted: &Counted<'_>,
    outcome: &Outcome,
    strata: &[BTreeMap<String, Tally>],
    language: &str,
) -> Vec<Grouping> {
    let groups = outcome.text.strata.iter().zip(strata);
    groups
        .map(|(by, tallies)| Grouping {
            by: by.clone(),
            rows: tallies
                .iter()
                .map(|(group, tally)| GroupCounts {
                    group: group.clone(),
                    label: label(counted, by, group, language),
                    counted: tally.counted(),
                    classes: tally.classes.clone(),
                    excluded: tally.excluded.clone(),
                    unclear: tally.unclear,
                    figures: figures(outcome, tally),
                })
                .collect(),
        })
        .collect()
}

/// The result of each threshold over one group.
fn figures(outcome: &Outcome, tally: &Tally) -> Vec<Option<String>> {
    let thresholds = outcome.text.thresholds.iter();
    thresholds
        .map(|threshold| {
            let direction = threshold.direction.unwrap_or(outcome.text.direction);
            let figure = share(outcome, threshold, tally).figure?;
            Some(figure.shown(direction))
        })
        .collect()
}

/// The name of a group, where it has one beside its word.
fn label(counted: &Counted<'_>, by: &str, group: &str, language: &str) -> Option<String> {
    let text = &counted.decree.text;
    let bands = match by {
        "school" => return name_of(counted.around, group),
        "grade_band" => &text.grade_bands,
        "age_band" => &text.age_bands,
        _ => return None,
    };
    let band = bands.iter().find(|band| band.name == group);
    band.map(|band| band.title.in_language(language).to_owned())
}
