//! What counts come to: an exact figure for each threshold, beside its target, with one status.
//!
//! A result is compared as a fraction, never as it is printed: 17 of 20 meets 85 percent exactly.
//! Where it is printed with fewer digits it is rounded to the worse side, so that no page shows a
//! target reached that was not.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::tally::{OutcomeTally, Tally, UNKNOWN};
use crate::compliance::case::{FieldType, Surroundings};
use crate::compliance::decree::{Bound, Decree, Direction, Measure, Outcome, Target, Threshold};
use crate::record::Percent;

/// Digits after the point of a printed figure.
const DECIMALS: u32 = 2;

/// What a result comes to. Not a boolean: a target may be unconfirmed, and data may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The records show that the target is reached.
    MetByData,
    /// The parties agreed, or the court ordered, that it counts as met; the records may say
    /// otherwise.
    MetByStipulation,
    /// Its target ended, and no other took its place.
    Superseded,
    /// The target's number, or what is counted, was not found in its source by anybody: the figure
    /// alone prints.
    TargetNotConfirmed,
    /// No target was set, or the result comes from a study of files that was not made.
    NotMeasurable,
    /// There is no case: never 0 percent.
    NoData,
    /// The records show that the target is not reached.
    NotMet,
}

impl Status {
    /// Every status, from the best to the worst.
    pub const ALL: &[Self] = &[
        Self::MetByData,
        Self::MetByStipulation,
        Self::Superseded,
        Self::TargetNotConfirmed,
        Self::NotMeasurable,
        Self::NoData,
        Self::NotMet,
    ];

    /// The word in data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::MetByData => "met_by_data",
            Self::MetByStipulation => "met_by_stipulation",
            Self::Superseded => "superseded",
            Self::TargetNotConfirmed => "target_not_confirmed",
            Self::NotMeasurable => "not_measurable",
            Self::NoData => "no_data",
            Self::NotMet => "not_met",
        }
    }
}

/// An exact figure: a percentage, a rate of a hundred, or a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    parts: i128,
    of: i128,
}

impl Figure {
    /// `parts / of`; nothing where there is nothing to divide by.
    fn new(parts: i128, of: i128) -> Option<Self> {
        (of > 0).then_some(Self { parts, of })
    }

    /// How it stands to a bound.
    fn order(self, bound: Percent) -> Ordering {
        let thousandths = i128::from(bound.thousandths());
        (self.parts * 1000).cmp(&(thousandths * self.of))
    }

    /// How it stands to another figure.
    fn order_to(self, other: Self) -> Ordering {
        (self.parts * other.of).cmp(&(other.parts * self.of))
    }

    /// As it is printed, with two decimals, rounded to the worse side: down where more is better,
    /// up where less is.
    pub fn shown(self, direction: Direction) -> String {
        let power = 10_i128.pow(DECIMALS);
        let scaled = self.parts * power;
        let rounded = match direction {
            Direction::Increase => scaled.div_euclid(self.of),
            Direction::Decrease => (scaled + self.of - 1).div_euclid(self.of),
        };
        format!("{}.{:02}", rounded / power, rounded % power)
    }

    fn meets(self, bound: Bound, before: Option<Self>, direction: Direction) -> Option<bool> {
        let order = |bound| self.order(bound);
        Some(match bound {
            Bound::AtLeast(bound) => order(bound) != Ordering::Less,
            Bound::AtMost(bound) => order(bound) != Ordering::Greater,
            Bound::Below(bound) => order(bound) == Ordering::Less,
            Bound::Above(bound) => order(bound) == Ordering::Greater,
            Bound::Better => {
                let better = match direction {
                    Direction::Increase => Ordering::Greater,
                    Direction::Decrease => Ordering::Less,
                };
                self.order_to(before?) == better
            }
        })
    }
}

/// Cases of the numerator, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Cases in the classes that are counted.
    pub numerator: u64,
    /// Cases in all the classes that are looked at.
    pub of: u64,
    /// The figure; none without a case.
    pub figure: Option<Figure>,
}

/// One group's risk beside that of everybody else (34 CFR 300.647).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRisk {
    /// The group.
    pub group: String,
    /// The group's own cases.
    pub share: Share,
    /// The ratio; none where the group, or everybody else, is too few to compare.
    pub ratio: Option<Figure>,
    /// Whether the state's risk stands in for that of everybody else.
    pub alternate: bool,
}

/// The target that a result is held against, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetShown {
    /// What it asks.
    pub bound: Bound,
    /// The target as the decree has it.
    pub target: Target,
}

/// One threshold of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdResult {
    /// The threshold's word.
    pub name: String,
    /// Its cases.
    pub share: Share,
    /// Of an outcome that compares groups: each group; empty for others.
    pub groups: Vec<GroupRisk>,
    /// The target of the period.
    pub target: Option<TargetShown>,
    /// What it comes to.
    pub status: Status,
}

/// What one outcome comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeResult {
    /// The outcome's number.
    pub id: String,
    /// Each threshold; all must hold.
    pub thresholds: Vec<ThresholdResult>,
    /// The worst of them.
    pub status: Status,
}

/// What the counts of a period come to; `before` are those of the period before, where it was
/// counted.
pub fn results(
    decree: &Decree,
    tallies: &[OutcomeTally],
    before: Option<&[OutcomeTally]>,
    around: &Surroundings,
) -> Vec<OutcomeResult> {
    let outcomes = decree.outcomes.iter().zip(tallies).enumerate();
    let result = |(place, (outcome, tally)): (usize, (&Outcome, &OutcomeTally))| {
        let earlier = before.and_then(|before| before.get(place));
        let thresholds = outcome.text.thresholds.iter();
        let thresholds: Vec<_> = thresholds
            .map(|threshold| of_threshold(outcome, threshold, tally, earlier, around))
            .collect();
        let worst = thresholds.iter().map(|it| it.status).max();
        OutcomeResult {
            id: outcome.text.id.clone(),
            status: worst.unwrap_or(Status::NotMeasurable),
            thresholds,
        }
    };
    outcomes.map(result).collect()
}

fn of_threshold(
    outcome: &Outcome,
    threshold: &Threshold,
    tally: &OutcomeTally,
    before: Option<&OutcomeTally>,
    around: &Surroundings,
) -> ThresholdResult {
    let share = share(outcome, threshold, &tally.whole);
    let groups = match &outcome.text.measure {
        Measure::RiskRatio { .. } => risks(outcome, threshold, &tally.groups),
        _ => Vec::new(),
    };
    let earlier = before.map(|before| self::share(outcome, threshold, &before.whole));
    let earlier = earlier.and_then(|share| share.figure);
    let target = threshold.target_on(around.period.begins);
    ThresholdResult {
        name: threshold.name.clone(),
        status: status(outcome, threshold, &share, &groups, earlier, around),
        share,
        groups,
        target: target.map(|target| TargetShown {
            bound: target.bound(),
            target: target.clone(),
        }),
    }
}

/// The cases of a threshold among those of a tally.
pub(in crate::compliance) fn share(
    outcome: &Outcome,
    threshold: &Threshold,
    tally: &Tally,
) -> Share {
    let is_in = |names: &[String], class: &str| names.iter().any(|name| name == class);
    let (mut numerator, mut of, mut sum) = (0, 0, 0);
    for (place, class) in outcome.text.class_names().enumerate() {
        let cases = tally.classes.get(place).copied().unwrap_or(0);
        if threshold.of.as_ref().is_none_or(|of| is_in(of, class)) {
            of += cases;
        }
        if is_in(&threshold.numerator, class) {
            numerator += cases;
            sum += tally.sums.get(place).copied().unwrap_or(0);
        }
    }
    let parts = match &outcome.text.measure {
        Measure::Rate { .. } => sum,
        Measure::Proportion | Measure::RiskRatio { .. } => numerator.into(),
    };
    Share {
        numerator,
        of,
        figure: Figure::new(100 * parts, i128::from(of) * units(outcome)),
    }
}

/// Into how many parts one unit of a field that is added up is cut.
fn units(outcome: &Outcome) -> i128 {
    let Measure::Rate { sum } = &outcome.text.measure else {
        return 1;
    };
    let place = outcome.text.unit.place(sum);
    match place.map(|place| outcome.text.unit.fields()[place].of) {
        Some(FieldType::Days | FieldType::Percent) => 1000,
        _ => 1,
    }
}

/// Each group's risk over that of everybody else.
fn risks(
    outcome: &Outcome,
    threshold: &Threshold,
    groups: &BTreeMap<String, Tally>,
) -> Vec<GroupRisk> {
    let Measure::RiskRatio {
        cell_size_min,
        n_size_min,
        alternate,
        ..
    } = &outcome.text.measure
    else {
        return Vec::new();
    };
    let shares: BTreeMap<&String, Share> = groups
        .iter()
        .map(|(group, tally)| (group, share(outcome, threshold, tally)))
        .collect();
    let enough = |numerator: u64, of: u64| {
        numerator >= u64::from(*cell_size_min) && of >= u64::from(*n_size_min)
    };
    let total = |count: fn(&Share) -> u64| shares.values().map(count).sum::<u64>();
    let (numerators, ofs) = (total(|it| it.numerator), total(|it| it.of));
    let risk = |(group, own): (&&String, &Share)| {
        let others = (numerators - own.numerator, ofs - own.of);
        let mut ratio = None;
        let mut is_alternate = false;
        if enough(own.numerator, own.of) {
            let own_risk = (i128::from(own.numerator), i128::from(own.of));
            if enough(others.0, others.1) {
                let parts = own_risk.0 * i128::from(others.1);
                ratio = Figure::new(parts, own_risk.1 * i128::from(others.0));
            } else if let Some(state) = alternate {
                // The state's risk is in thousandths of a percent.
                is_alternate = true;
                let state = i128::from(state.percent.thousandths());
                ratio = Figure::new(own_risk.0 * 100_000, own_risk.1 * state);
            }
        }
        GroupRisk {
            group: (*group).clone(),
            share: *own,
            ratio,
            alternate: is_alternate,
        }
    };
    // Who did not report a group is in none of them, and in everybody else of each.
    let known = shares.iter().filter(|(group, _)| **group != UNKNOWN);
    known.map(risk).collect()
}

fn status(
    outcome: &Outcome,
    threshold: &Threshold,
    share: &Share,
    groups: &[GroupRisk],
    before: Option<Figure>,
    around: &Surroundings,
) -> Status {
    let closed = |target: &&Target| {
        let closed = target.closed_by.as_ref();
        closed.is_some_and(|closed| closed.on <= around.as_of && closed.source.confirmed)
    };
    let Some(target) = threshold.target_on(around.period.begins) else {
        let began = |target: &&Target| target.from <= around.period.begins;
        let ended: Vec<&Target> = threshold.targets.iter().filter(began).collect();
        return if ended.iter().any(closed) {
            Status::MetByStipulation
        } else if ended.is_empty() {
            Status::NotMeasurable
        } else {
            Status::Superseded
        };
    };
    if closed(&target) {
        return Status::MetByStipulation;
    }
    // A result that comes from reviewed files is not in the records.
    if outcome.text.sample.is_some() {
        return Status::NotMeasurable;
    }
    let direction = threshold.direction.unwrap_or(outcome.text.direction);
    let figures: Vec<Figure> = match &outcome.text.measure {
        Measure::RiskRatio { .. } => groups.iter().filter_map(|it| it.ratio).collect(),
        _ => share.figure.into_iter().collect(),
    };
    if figures.is_empty() {
        return Status::NoData;
    }
    // Nor is there a verdict by a formula that nobody found in its source.
    if !target.is_confirmed() || !outcome.text.source.confirmed {
        return Status::TargetNotConfirmed;
    }
    let bound = target.bound();
    let met = figures.iter().map(|it| it.meets(bound, before, direction));
    let met: Option<Vec<bool>> = met.collect();
    match met {
        None => Status::NoData,
        Some(met) if met.iter().all(|met| *met) => Status::MetByData,
        Some(_) => Status::NotMet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(numerator: i128, of: i128) -> Figure {
        Figure::new(100 * numerator, of).expect("a case at least")
    }

    fn percent(text: &str) -> Percent {
        text.parse().expect("a share")
    }

    #[test]
    fn seventeen_of_twenty_meets_85_percent_exactly_and_one_in_a_million_less_does_not() {
        let more = Direction::Increase;
        let meets = |figure: Figure, bound| figure.meets(bound, None, more);
        let bound = Bound::AtLeast(percent("85"));
        assert_eq!(meets(figure(17, 20), bound), Some(true));
        assert_eq!(meets(figure(16, 20), bound), Some(false));
        assert_eq!(meets(figure(849_999, 1_000_000), bound), Some(false));
        assert_eq!(
            meets(figure(17, 20), Bound::Above(percent("85"))),
            Some(false)
        );
        assert_eq!(
            meets(figure(17, 20), Bound::AtMost(percent("85"))),
            Some(true)
        );
        assert_eq!(
            meets(figure(17, 20), Bound::Below(percent("85"))),
            Some(false)
        );
    }

    #[test]
    fn a_printed_figure_is_rounded_to_the_worse_side() {
        let nearly = figure(849_999, 1_000_000);
        assert_eq!(nearly.shown(Direction::Increase), "84.99");
        assert_eq!(nearly.shown(Direction::Decrease), "85.00");
        assert_eq!(figure(17, 20).shown(Direction::Increase), "85.00");
        assert_eq!(figure(17, 20).shown(Direction::Decrease), "85.00");
        assert_eq!(figure(0, 3).shown(Direction::Decrease), "0.00");
    }

    #[test]
    fn better_than_the_year_before_needs_a_year_before() {
        let now = figure(2, 3);
        let met = |before| now.meets(Bound::Better, before, Direction::Increase);
        assert_eq!(met(None), None);
        assert_eq!(met(Some(figure(1, 3))), Some(true));
        assert_eq!(
            met(Some(figure(4, 6))),
            Some(false),
            "as good is not better"
        );
        let fewer = now.meets(Bound::Better, Some(figure(3, 3)), Direction::Decrease);
        assert_eq!(fewer, Some(true));
    }

    #[test]
    fn without_a_case_there_is_no_figure() {
        assert_eq!(Figure::new(0, 0), None);
    }
}
