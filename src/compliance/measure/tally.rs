//! What is added up of an outcome: its classes and exclusions, in all and by stratum.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher as _};

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
    /// What a public edition must know of those of whom a share is taken, in the order of
    /// [`Outcome::shares`]; short where it is known of none.
    pub members: Vec<Members>,
    /// Of an outcome that adds a field up: what each case adds beyond one, over each class.
    pub repeated_sums: Vec<u128>,
}

/// Who the cases are about, and which they are, as far as a public edition must know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Cases beyond the first of each person: without them there are as many as people.
    pub repeated: u64,
    /// The same for the same cases, and nearly surely for no others.
    pub digest: u64,
}

impl Tally {
    /// Cases that are counted: the sum of the classes.
    pub fn counted(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// Who is in the share at a place of [`Outcome::shares`].
    pub fn members(&self, share: usize) -> Members {
        self.members.get(share).copied().unwrap_or_default()
    }

    fn add(&mut self, outcome: &Outcome, standing: Standing, (sum, digest): (Option<i128>, u64)) {
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
        let beyond_one = u128::try_from(sum.unwrap_or(0)).unwrap_or(0);
        self.repeated_sums.resize(classes, 0);
        self.repeated_sums[class] += beyond_one.saturating_sub(1);
        self.members
            .resize(outcome.shares.len(), Members::default());
        for (members, share) in self.members.iter_mut().zip(&outcome.shares) {
            if share[class] {
                members.digest = members.digest.wrapping_add(digest);
            }
        }
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
        let members = self.members.len().max(other.members.len());
        self.members.resize(members, Members::default());
        for (own, other) in self.members.iter_mut().zip(&other.members) {
            own.repeated += other.repeated;
            own.digest = own.digest.wrapping_add(other.digest);
        }
        let classes = self.repeated_sums.len().max(other.repeated_sums.len());
        self.repeated_sums.resize(classes, 0);
        let sums = self.repeated_sums.iter_mut().zip(&other.repeated_sums);
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
    /// The most cases of one person, in the order of [`Outcome::shares`].
    pub most: Vec<u64>,
    /// Of an outcome that adds a field up: the most that one case adds.
    pub most_sum: i128,
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
        let (added, standing) = (added(outcome, case), placed.standing);
        if matches!(standing, Standing::Unclear | Standing::Outside) {
            let unknown = placed.reason.unknown().to_vec();
            *self.unclear_for.entry(unknown).or_default() += 1;
        }
        self.whole.add(outcome, standing, added);
        if let Measure::RiskRatio { group, .. } = &outcome.text.measure {
            let word = stratum_value(case, group);
            at_key(&mut self.groups, &word).add(outcome, standing, added);
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
        let (added, standing) = (added(outcome, case), placed.standing);
        for (place, stratum) in outcome.text.strata.iter().enumerate() {
            let word = stratum_of(decree, case, stratum);
            let tally = at_key(&mut self.strata[place], &word);
            tally.add(outcome, standing, added);
        }
        let is_counted = matches!(standing, Standing::In(_) | Standing::Otherwise);
        if is_counted {
            self.most_sum = self.most_sum.max(added.0.unwrap_or(0));
            deadline::add(&mut self.timeliness, outcome, placed);
        }
    }

    /// Takes note of the counted cases of one person, each with its class: they are so many cases
    /// and one child.
    pub(super) fn of_one_person(
        &mut self,
        decree: &Decree,
        outcome: &Outcome,
        counted: &[(&Case, usize)],
    ) {
        self.most.resize(outcome.shares.len(), 0);
        for (place, share) in outcome.shares.iter().enumerate() {
            let cases = counted.iter().filter(|(_, class)| share[*class]);
            let cases: Vec<&Case> = cases.map(|(case, _)| *case).collect();
            self.most[place] = self.most[place].max(cases.len() as u64);
            if cases.len() < 2 {
                continue;
            }
            self.whole.members[place].repeated += cases.len() as u64 - 1;
            let strata = self.strata.iter_mut().zip(&outcome.text.strata);
            let group = match &outcome.text.measure {
                Measure::RiskRatio { group, .. } => Some((&mut self.groups, group)),
                _ => None,
            };
            for (tallies, axis) in strata.chain(group) {
                let mut seen = BTreeSet::new();
                for case in &cases {
                    let word = stratum_of(decree, case, axis);
                    if seen.contains(&word) {
                        at_key(tallies, &word).members[place].repeated += 1;
                    }
                    seen.insert(word);
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.whole.merge(&other.whole);
        let shares = self.most.len().max(other.most.len());
        self.most.resize(shares, 0);
        let most = self.most.iter_mut().zip(&other.most);
        most.for_each(|(own, it)| *own = (*own).max(*it));
        self.most_sum = self.most_sum.max(other.most_sum);
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

/// What an outcome that adds a field up adds of a case; and the case's digest.
fn added(outcome: &Outcome, case: &Case) -> (Option<i128>, u64) {
    let sum = match &outcome.text.measure {
        Measure::Rate { sum } => case.get(sum).map(number),
        _ => None,
    };
    (sum, digest_of(&case.id))
}

/// A number for a case, within one run of the program.
fn digest_of(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(id.as_bytes());
    hasher.finish()
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
