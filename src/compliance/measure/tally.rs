//! What is added up of an outcome: its classes and exclusions, in all and by stratum.

use std::collections::BTreeMap;

use super::at_key;
use super::deadline::{self, EnteredLate, Timeliness};
use super::placing::Placed;
use crate::compliance::case::{Case, Span, Value};
use crate::compliance::decree::{Band, Decree, Measure, Outcome, Standing};

/// The word of a stratum of which the records say nothing.
pub const UNKNOWN: &str = "unknown";

/// Counts of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In each class, that of the remainder last.
    pub classes: Vec<u64>,
    /// Left out for each reason.
    pub excluded: Vec<u64>,
    /// Of which the records do not say whether they are counted.
    pub unclear: u64,
    /// Of an outcome that adds a field up: its sum over those.
    pub unclear_sum: i128,
    /// Of an outcome that adds a field up: its sum over each class, in thousandths of days or in
    /// whole numbers, as the field has them.
    pub sums: Vec<i128>,
}

impl Tally {
    /// Cases that are counted: the sum of the classes.
    pub fn counted(&self) -> u64 {
        self.classes.iter().sum()
    }

    fn add(&mut self, outcome: &Outcome, standing: Standing, sum: Option<i128>) {
        let classes = outcome.classes.len() + 1;
        self.classes.resize(classes, 0);
        self.sums.resize(classes, 0);
        self.excluded.resize(outcome.exclusions.len(), 0);
        let class = match standing {
            Standing::Excluded(reason) => {
                self.excluded[reason] += 1;
                return;
            }
            Standing::Unclear | Standing::Outside => {
                self.unclear += 1;
                self.unclear_sum += sum.unwrap_or(0);
                return;
            }
            Standing::In(class) => class,
            Standing::Otherwise => classes - 1,
        };
        self.classes[class] += 1;
        self.sums[class] += sum.unwrap_or(0);
    }

    fn merge(&mut self, other: &Self) {
        let add = |own: &mut Vec<u64>, other: &[u64]| {
            own.resize(own.len().max(other.len()), 0);
            own.iter_mut().zip(other).for_each(|(own, it)| *own += it);
        };
        add(&mut self.classes, &other.classes);
        add(&mut self.excluded, &other.excluded);
        self.unclear += other.unclear;
        self.unclear_sum += other.unclear_sum;
        self.sums.resize(self.sums.len().max(other.sums.len()), 0);
        let sums = self.sums.iter_mut().zip(&other.sums);
        sums.for_each(|(own, it)| *own += it);
    }
}

/// Everything that is added up of one outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeTally {
    /// Of all cases.
    pub whole: Tally,
    /// By each stratum that the outcome names, and then by its word.
    pub strata: Vec<BTreeMap<String, Tally>>,
    /// Of an outcome that compares groups: by the group.
    pub groups: BTreeMap<String, Tally>,
    /// For each threshold: who was in time of its last day, by either reading of the law.
    pub timeliness: Vec<Timeliness>,
    /// Of the whole's unclear cases: how many lack the same names of their rules. Added up they are
    /// all of them.
    pub unclear_for: BTreeMap<Vec<&'static str>, u64>,
    /// Cases that are in time of some threshold's last day only by what came after it, each once.
    pub entered_late: EnteredLate,
}

impl OutcomeTally {
    /// Of no case yet.
    pub(super) fn of(outcome: &Outcome) -> Self {
        Self {
            whole: Tally {
                classes: vec![0; outcome.classes.len() + 1],
                excluded: vec![0; outcome.exclusions.len()],
                sums: vec![0; outcome.classes.len() + 1],
                ..Tally::default()
            },
            strata: vec![BTreeMap::new(); outcome.text.strata.len()],
            timeliness: vec![Timeliness::default(); outcome.text.thresholds.len()],
            ..Self::default()
        }
    }

    /// Adds a case to the whole, and to the groups that are compared.
    pub(super) fn add(&mut self, outcome: &Outcome, case: &Case, placed: &Placed) {
        let (sum, standing) = (summed(outcome, case), placed.standing);
        if matches!(standing, Standing::Unclear | Standing::Outside) {
            let unknown = placed.reason.unknown().to_vec();
            *self.unclear_for.entry(unknown).or_default() += 1;
        }
        self.whole.add(outcome, standing, sum);
        if let Measure::RiskRatio { group, .. } = &outcome.text.measure {
            let word = stratum_value(case, group);
            at_key(&mut self.groups, &word).add(outcome, standing, sum);
        }
    }

    /// Adds a case to its part of the whole by each stratum, and to who was in time.
    pub(super) fn part(
        &mut self,
        decree: &Decree,
        outcome: &Outcome,
        case: &Case,
        placed: &Placed,
    ) {
        let (sum, standing) = (summed(outcome, case), placed.standing);
        for (place, stratum) in outcome.text.strata.iter().enumerate() {
            let word = stratum_of(decree, case, stratum);
            let tally = at_key(&mut self.strata[place], &word);
            tally.add(outcome, standing, sum);
        }
        let is_counted = matches!(standing, Standing::In(_) | Standing::Otherwise);
        if is_counted {
            deadline::add(&mut self.timeliness, outcome, placed);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.whole.merge(&other.whole);
        self.strata
            .resize(other.strata.len().max(self.strata.len()), BTreeMap::new());
        for (own, other) in self.strata.iter_mut().zip(other.strata) {
            for (word, tally) in other {
                own.entry(word).or_default().merge(&tally);
            }
        }
        for (word, tally) in other.groups {
            self.groups.entry(word).or_default().merge(&tally);
        }
        let thresholds = self.timeliness.iter_mut().zip(other.timeliness);
        thresholds.for_each(|(own, other)| own.merge(other));
        for (unknown, cases) in other.unclear_for {
            *self.unclear_for.entry(unknown).or_default() += cases;
        }
        self.entered_late.merge(other.entered_late);
    }
}

/// What was counted of a year before the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierYear {
    /// The year.
    pub period: Span,
    /// For each outcome, in the decree's order.
    pub outcomes: Vec<OutcomeTally>,
}

impl EarlierYear {
    /// Whether any case was found of it.
    pub fn has_cases(&self) -> bool {
        let all = |it: &OutcomeTally| {
            it.whole.counted() + it.whole.unclear + it.whole.excluded.iter().sum::<u64>()
        };
        self.outcomes.iter().any(|it| all(it) > 0)
    }
}

/// What an outcome that adds a field up adds of a case.
fn summed(outcome: &Outcome, case: &Case) -> Option<i128> {
    match &outcome.text.measure {
        Measure::Rate { sum } => case.get(sum).map(number),
        _ => None,
    }
}

/// A value that is added up.
fn number(value: &Value) -> i128 {
    match value {
        Value::Count(count) => (*count).into(),
        Value::Days(days) => days.thousandths().into(),
        Value::Percent(share) => share.thousandths().into(),
        Value::Flag(flag) => i128::from(*flag),
        Value::Date(_) | Value::Code(_) | Value::Text(_) => 0,
    }
}

/// The word of a case's stratum: the value of the field, or the name of the band that has it.
pub(super) fn stratum_of(decree: &Decree, case: &Case, stratum: &str) -> String {
    let banded = |field: &str, bands: &[Band]| {
        let Some(Value::Count(number)) = case.get(field) else {
            return UNKNOWN.to_owned();
        };
        let band = bands
            .iter()
            .find(|it| it.from <= *number && *number <= it.to);
        band.map_or_else(|| UNKNOWN.to_owned(), |band| band.name.clone())
    };
    match stratum {
        "grade_band" => banded("grade", &decree.text.grade_bands),
        "age_band" => banded("age", &decree.text.age_bands),
        field => stratum_value(case, field),
    }
}

pub(super) fn stratum_value(case: &Case, field: &str) -> String {
    let value = case.get(field);
    value.map_or_else(|| UNKNOWN.to_owned(), ToString::to_string)
}
