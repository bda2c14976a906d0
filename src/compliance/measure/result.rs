//! What counts come to: an exact figure (`figure`) for each threshold, beside its target, with one
//! status.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::studied::Studied;
use super::tally::{OutcomeTally, Tally, UNKNOWN};
use crate::compliance::case::{FieldType, Surroundings};
use crate::compliance::decree::{
    Bound, ClosureKind, Decree, Direction, Measure, Outcome, Target, Threshold,
};

/// What a result comes to. Not a boolean: a target may be unconfirmed, and data may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The records show that the target is reached.
    MetByData,
    /// The parties agreed that it counts as met; the records may say otherwise.
    MetByStipulation,
    /// The court ordered that it counts as met, or ended it; the records may say otherwise.
    MetByOrder,
    /// Its target ended before the period, and another begins after it.
    Superseded,
    /// Its target ended before the period, and no other took its place.
    Lapsed,
    /// The target's number, or what is counted, was not found in its source by anybody: the figure
    /// alone prints.
    TargetNotConfirmed,
    /// No target was set, or the result comes from a study of files that was not made.
    NotMeasurable,
    /// Of an outcome that compares groups: each of them, or everybody else, is too few to compare.
    NotComputed,
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
        Self::MetByOrder,
        Self::Superseded,
        Self::Lapsed,
        Self::TargetNotConfirmed,
        Self::NotMeasurable,
        Self::NotComputed,
        Self::NoData,
        Self::NotMet,
    ];

    /// The word in data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::MetByData => "met_by_data",
            Self::MetByStipulation => "met_by_stipulation",
            Self::MetByOrder => "met_by_order",
            Self::Superseded => "superseded",
            Self::Lapsed => "lapsed",
            Self::TargetNotConfirmed => "target_not_confirmed",
            Self::NotMeasurable => "not_measurable",
            Self::NotComputed => "not_computed",
            Self::NoData => "no_data",
            Self::NotMet => "not_met",
        }
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
    /// What a study of files says of it, where the decree answers it so and one was made.
    pub studied: Option<Studied>,
    /// The target of the period.
    pub target: Option<TargetShown>,
    /// What it comes to.
    pub status: Status,
    /// Whether the verdict hangs on cases of which the records do not say whether they are counted:
    /// it would be the other one, were each of them counted the other way. The status stands, for
    /// it is what the records show; this prints beside it.
    pub depends_on_unclear: bool,
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
    /// Whether another status would stand there, were the unclear cases of a threshold counted.
    pub depends_on_unclear: bool,
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
            depends_on_unclear: hangs_on_unclear(&thresholds, worst),
            thresholds,
        }
    };
    outcomes.map(result).collect()
}

/// Of several thresholds only those decide that have the worst status; and where all are met, each.
fn hangs_on_unclear(thresholds: &[ThresholdResult], worst: Option<Status>) -> bool {
    match worst {
        // A threshold that is not met for certain leaves no doubt about the whole.
        Some(Status::NotMet) => {
            let mut missed = thresholds.iter().filter(|it| it.status == Status::NotMet);
            missed.all(|it| it.depends_on_unclear)
        }
        _ => thresholds.iter().any(|it| it.depends_on_unclear),
    }
}

fn of_threshold(
    outcome: &Outcome,
    threshold: &Threshold,
    tally: &OutcomeTally,
    before: Option<&OutcomeTally>,
    around: &Surroundings,
) -> ThresholdResult {
    let share = share(outcome, threshold, &tally.whole);
    let target = threshold.target_on(around.period.begins);
    let counted = |unclear| Counted::of(outcome, threshold, (tally, before), unclear);
    let as_shown = counted(Unclear::LeftOut);
    let status = match status(outcome, threshold, &as_shown, around) {
        // There are cases, and no ratio of any group.
        Status::NoData if share.of > 0 && outcome.text.measure.is_ratio() => Status::NotComputed,
        status => status,
    };
    let other = match status {
        Status::MetByData => Some(Unclear::Against),
        Status::NotMet => Some(Unclear::For),
        _ => None,
    };
    let other = other.zip(target).and_then(|(unclear, target)| {
        let direction = threshold.direction.unwrap_or(outcome.text.direction);
        counted(unclear).meets(target.bound(), direction)
    });
    ThresholdResult {
        name: threshold.name.clone(),
        status,
        depends_on_unclear: other.is_some_and(|met| met != (status == Status::MetByData)),
        share,
        groups: as_shown.groups,
        studied: None,
        target: target.map(|target| TargetShown {
            bound: target.bound(),
            target: target.clone(),
        }),
    }
}

/// What is made of cases of which the records do not say whether they are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unclear {
    /// They stay out, as in every figure that is printed.
    LeftOut,
    /// Each is counted so that the target is further away.
    Against,
    /// Each is counted so that it is nearer.
    For,
}

impl Unclear {
    /// As it bears on what the figure is compared with.
    const fn turned(self) -> Self {
        match self {
            Self::LeftOut => Self::LeftOut,
            Self::Against => Self::For,
            Self::For => Self::Against,
        }
    }

    /// Whether each makes the figure larger; none where they stay out.
    fn is_upwards(self, direction: Direction) -> Option<bool> {
        match self {
            Self::LeftOut => None,
            Self::Against => Some(direction == Direction::Decrease),
            Self::For => Some(direction == Direction::Increase),
        }
    }
}

/// Every figure of a threshold that is compared, with its unclear cases counted one way.
struct Counted {
    figures: Vec<Figure>,
    groups: Vec<GroupRisk>,
    before: Option<Figure>,
}

impl Counted {
    fn of(
        outcome: &Outcome,
        threshold: &Threshold,
        (tally, before): (&OutcomeTally, Option<&OutcomeTally>),
        unclear: Unclear,
    ) -> Self {
        let direction = threshold.direction.unwrap_or(outcome.text.direction);
        let figure = |tally: &OutcomeTally, unclear: Unclear| {
            let upwards = unclear.is_upwards(direction);
            share_with(outcome, threshold, &tally.whole, upwards).figure
        };
        let groups = match &outcome.text.measure {
            Measure::RiskRatio { .. } => {
                let upwards = unclear.is_upwards(direction);
                risks(outcome, threshold, &tally.groups, upwards)
            }
            _ => Vec::new(),
        };
        Self {
            figures: match &outcome.text.measure {
                Measure::RiskRatio { .. } => groups.iter().filter_map(|it| it.ratio).collect(),
                _ => figure(tally, unclear).into_iter().collect(),
            },
            groups,
            before: before.and_then(|before| figure(before, unclear.turned())),
        }
    }

    /// Whether every figure meets a bound; none where there is nothing to compare.
    fn meets(&self, bound: Bound, direction: Direction) -> Option<bool> {
        let met = self.figures.iter();
        let met = met.map(|it| it.meets(bound, self.before, direction));
        let met: Vec<bool> = met.collect::<Option<_>>()?;
        (!met.is_empty()).then(|| met.iter().all(|met| *met))
    }
}

/// The cases of a threshold among those of a tally.
pub fn share(outcome: &Outcome, threshold: &Threshold, tally: &Tally) -> Share {
    share_with(outcome, threshold, tally, None)
}

/// The same with every unclear case counted so that the figure is larger, or smaller.
fn share_with(
    outcome: &Outcome,
    threshold: &Threshold,
    tally: &Tally,
    unclear_upwards: Option<bool>,
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
    let is_rate = matches!(outcome.text.measure, Measure::Rate { .. });
    match unclear_upwards {
        None => {}
        // What they add up to is known; whether they are among the pupils is not.
        Some(true) if is_rate => sum += tally.unclear_sum,
        Some(true) => {
            numerator += tally.unclear;
            of += tally.unclear;
        }
        Some(false) => of += tally.unclear,
    }
    let parts = if is_rate { sum } else { numerator.into() };
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

/// Each group's risk over that of everybody else; nothing where the outcome compares none.
pub fn group_risks(
    outcome: &Outcome,
    threshold: &Threshold,
    groups: &BTreeMap<String, Tally>,
) -> Vec<GroupRisk> {
    risks(outcome, threshold, groups, None)
}

/// The same with every unclear case counted so that the group's own risk is larger, or smaller.
fn risks(
    outcome: &Outcome,
    threshold: &Threshold,
    groups: &BTreeMap<String, Tally>,
    unclear_upwards: Option<bool>,
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
    let shares = |upwards| -> BTreeMap<&String, Share> {
        let groups = groups.iter();
        let share = |tally| share_with(outcome, threshold, tally, upwards);
        groups.map(|(group, tally)| (group, share(tally))).collect()
    };
    // What makes a group's own risk larger makes that of everybody else smaller.
    let (own_shares, other_shares) = (
        shares(unclear_upwards),
        shares(unclear_upwards.map(|it| !it)),
    );
    let enough = |numerator: u64, of: u64| {
        numerator >= u64::from(*cell_size_min) && of >= u64::from(*n_size_min)
    };
    let total = |count: fn(&Share) -> u64| other_shares.values().map(count).sum::<u64>();
    let (numerators, ofs) = (total(|it| it.numerator), total(|it| it.of));
    let risk = |(group, own): (&&String, &Share)| {
        let among = &other_shares[*group];
        let others = (numerators - among.numerator, ofs - among.of);
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
    let known = own_shares.iter().filter(|(group, _)| **group != UNKNOWN);
    known.map(risk).collect()
}

fn status(
    outcome: &Outcome,
    threshold: &Threshold,
    counted: &Counted,
    around: &Surroundings,
) -> Status {
    let closed = |target: &Target| {
        let closed = target.closed_by.as_ref();
        let closed = closed.filter(|it| it.on <= around.as_of && it.source.confirmed)?;
        Some(match closed.kind {
            ClosureKind::Stipulation => Status::MetByStipulation,
            ClosureKind::Order => Status::MetByOrder,
        })
    };
    let Some(target) = threshold.target_on(around.period.begins) else {
        let began = |target: &&Target| target.from <= around.period.begins;
        let mut ended: Vec<&Target> = threshold.targets.iter().filter(began).collect();
        // What closed the last of them says how it stands.
        ended.sort_by_key(|target| target.from);
        let by = ended.iter().rev().find_map(|target| closed(target));
        let none = match (ended.is_empty(), ended.len() < threshold.targets.len()) {
            (true, _) => Status::NotMeasurable,
            (false, true) => Status::Superseded,
            (false, false) => Status::Lapsed,
        };
        return by.unwrap_or(none);
    };
    if let Some(by) = closed(target) {
        return by;
    }
    // A result that comes from reviewed files is not in the records: `judge_by_studies` has it.
    if outcome.text.sample.is_some() {
        return Status::NotMeasurable;
    }
    if counted.figures.is_empty() {
        return Status::NoData;
    }
    // Nor is there a verdict by a formula, or by a reason to leave cases out, that nobody found in
    // its source.
    if !target.is_confirmed() || !outcome.text.unconfirmed().is_empty() {
        return Status::TargetNotConfirmed;
    }
    let direction = threshold.direction.unwrap_or(outcome.text.direction);
    match counted.meets(target.bound(), direction) {
        None => Status::NoData,
        Some(true) => Status::MetByData,
        Some(false) => Status::NotMet,
    }
}
