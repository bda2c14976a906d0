//! What is added up of an outcome: its classes and exclusions, in all and by stratum.

use std::collections::BTreeMap;

use super::at_key;
use super::placing::Placed;
use crate::compliance::case::{Case, Surroundings, Value};
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
    /// Cases in a class that is in time by rows that were first entered, or changed, after the day
    /// that they satisfy; by school.
    pub entered_late: BTreeMap<String, u64>,
    /// Of cases with an end: those in time by the clock, and those in time had it never stood
    /// still.
    pub in_time: [u64; 2],
}

impl OutcomeTally {
    /// Of no case yet.
    pub(super) fn of(outcome: &Outcome) -> Self {
        Self {
            whole: Tally {
                classes: vec![0; outcome.classes.len() + 1],
                excluded: vec![0; outcome.exclusions.len()],
                sums: vec![0; outcome.classes.len() + 1],
                unclear: 0,
            },
            strata: vec![BTreeMap::new(); outcome.text.strata.len()],
            ..Self::default()
        }
    }

    pub(super) fn add(
        &mut self,
        decree: &Decree,
        outcome: &Outcome,
        case: &Case,
        placed: &Placed,
        around: &Surroundings,
    ) {
        let sum = match &outcome.text.measure {
            Measure::Rate { sum } => case.get(sum).map(number),
            _ => None,
        };
        let standing = placed.standing;
        self.whole.add(outcome, standing, sum);
        for (place, stratum) in outcome.text.strata.iter().enumerate() {
            let word = stratum_of(decree, case, stratum);
            let tally = at_key(&mut self.strata[place], &word);
            tally.add(outcome, standing, sum);
        }
        if let Measure::RiskRatio { group, .. } = &outcome.text.measure {
            let word = stratum_of(decree, case, group);
            at_key(&mut self.groups, &word).add(outcome, standing, sum);
        }
        let is_counted = matches!(standing, Standing::In(_) | Standing::Otherwise);
        if is_counted {
            self.add_clock(outcome, case, placed, around);
        }
    }

    fn add_clock(
        &mut self,
        outcome: &Outcome,
        case: &Case,
        placed: &Placed,
        around: &Surroundings,
    ) {
        let Some(due_on) = placed.clock.due_on else {
            return;
        };
        let limit = outcome.text.clock.as_ref().and_then(|it| it.limit);
        let thousandths = limit.map(|limit| i64::from(limit) * 1000);
        let in_time = placed.clock.late_by.is_some_and(|late| late.is_zero());
        let untolled = placed.clock.untolled_days.map(|it| it.thousandths());
        self.in_time[0] += u64::from(in_time);
        let is_untolled = untolled.is_some_and(|days| thousandths.is_some_and(|it| days <= it));
        self.in_time[1] += u64::from(is_untolled);
        let Some(entered) = case.entered.filter(|_| in_time) else {
            return;
        };
        let source = case.rows.first().and_then(|row| row.source.as_ref());
        let since = source.and_then(|source| around.watched_since.get(source));
        let day = entered.last.to_zoned(around.time_zone.clone()).date();
        if day > due_on && since.is_some_and(|since| entered.last > *since) {
            let school = stratum_value(case, "school");
            *at_key(&mut self.entered_late, &school) += 1;
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
        for (school, count) in other.entered_late {
            *self.entered_late.entry(school).or_default() += count;
        }
        for (own, other) in self.in_time.iter_mut().zip(other.in_time) {
            *own += other;
        }
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

fn stratum_value(case: &Case, field: &str) -> String {
    let value = case.get(field);
    value.map_or_else(|| UNKNOWN.to_owned(), ToString::to_string)
}
