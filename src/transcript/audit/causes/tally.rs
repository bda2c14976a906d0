//! What is counted while declared figures are weighed, and whether it is more than chance.
//!
//! Tallies of parts of a district add up, in whatever order, and none grows with the district.
//! Never: which alternatives there are, nor what is asked next (`causes.rs`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{BROKEN_KEPT_MAX, Both, DIFFERING_KEPT_MAX};
use crate::record::{DeclaredTotal, PersonId, RecordedTotal};

/// Different differences that a tally keeps apart.
const DIFFERENCES_MAX: usize = 10_000;
/// Differences that are told, the most frequent first.
const DIFFERENCES_TOLD_MAX: usize = 10;

/// A cause clears at least so many figures for each that it would newly break.
const CLEARED_FOR_BROKEN_MIN: u64 = 2;
/// A cause clears at least one of so many differing figures that it changes and misses: an average
/// of two decimals is hit by chance about once in a hundred times.
const MISSED_FOR_CLEARED_MAX: u64 = 20;
/// A cause is common to so many students at least, where more than one was looked at.
const STUDENTS_MIN: u64 = 2;

/// What was counted; tallies of parts of a district add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were asked.
    pub(super) records: u64,
    pub(super) students: u64,
    pub(super) agree: u64,
    pub(super) differ: u64,
    /// What each alternative would do.
    pub(super) effects: BTreeMap<u16, Effect>,
    /// How often which figure differs by how much.
    pub(super) differences: BTreeMap<Difference, u64>,
    /// The sending systems whose figures differ.
    pub(super) sources: BTreeSet<String>,
    /// Who has a figure that differs.
    pub(super) people: Few,
    /// Who has a figure that agrees and that an alternative would break.
    pub(super) broken: BTreeMap<u16, Few>,
}

/// What an alternative would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// Students with a differing figure that would agree.
    pub students: u64,
    /// Differing figures that would agree.
    pub clears: u64,
    /// Figures that agree and would differ.
    pub breaks: u64,
    /// Figures that differ and would be other ones that differ too.
    pub misses: u64,
}

/// A figure, and what is declared and what is ours.
type Difference = (String, String);

/// A difference that no setting explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unexplained {
    /// The figure.
    pub figure: String,
    /// What is declared and what is ours, one against the other: `declared 290, ours 280.00`.
    pub difference: String,
    /// How many.
    pub figures: u64,
}

/// People, as long as they are few; none where they are more than may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Few(Option<BTreeSet<PersonId>>);

impl Default for Few {
    fn default() -> Self {
        Self(Some(BTreeSet::new()))
    }
}

impl Few {
    /// Anybody.
    pub const fn not_known() -> Self {
        Self(None)
    }

    pub fn add(&mut self, person: PersonId, kept_max: usize) {
        self.join(Self(Some(BTreeSet::from([person]))), kept_max);
    }

    fn join(&mut self, others: Self, kept_max: usize) {
        if let (Some(people), Some(others)) = (&mut self.0, others.0) {
            people.extend(others);
            if people.len() <= kept_max {
                return;
            }
        }
        self.0 = None;
    }

    /// Who they are; none where they are too many.
    pub fn list(&self) -> Option<Vec<PersonId>> {
        self.0
            .as_ref()
            .map(|people| people.iter().copied().collect())
    }
}

/// A figure, and by how much it differs.
fn difference(total: &DeclaredTotal, ours: &Both) -> Difference {
    let whole = ours[0].clone().flatten();
    let ours = whole.unwrap_or_else(|| "none".to_owned());
    let words = format!("declared {}, ours {ours}", total.value);
    (total.figure.clone(), words)
}

impl Tally {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.students += other.students;
        self.agree += other.agree;
        self.differ += other.differ;
        for (place, effect) in other.effects {
            self.effect(place, effect);
        }
        for (difference, figures) in other.differences {
            self.difference(difference, figures);
        }
        self.sources.extend(other.sources);
        self.people.join(other.people, DIFFERING_KEPT_MAX);
        for (place, broken) in other.broken {
            let known = self.broken.entry(place).or_default();
            known.join(broken, BROKEN_KEPT_MAX);
        }
    }

    /// How many there were of each, and nothing else.
    pub(super) fn counts(&self) -> Self {
        Self {
            students: self.students,
            agree: self.agree,
            differ: self.differ,
            ..Self::default()
        }
    }

    /// The alternatives that are likely unless they break what agrees.
    pub(super) fn could_be_likely(&self) -> BTreeSet<u16> {
        let likely = self.effects.iter().filter(|(_, it)| self.is_likely(**it));
        likely.map(|(place, _)| *place).collect()
    }

    /// Who may differ once this alternative is in force: who does now, and whose figures it breaks.
    pub(super) fn differing_under(mut self, place: u16) -> Few {
        let broken = self.broken.remove(&place).unwrap_or_default();
        self.people.join(broken, DIFFERING_KEPT_MAX);
        self.people
    }

    pub(super) fn effect(&mut self, place: u16, effect: Effect) {
        if effect == Effect::default() {
            return;
        }
        let sum = self.effects.entry(place).or_default();
        sum.students += effect.students;
        sum.clears += effect.clears;
        sum.breaks += effect.breaks;
        sum.misses += effect.misses;
    }

    pub(super) fn differs(&mut self, declared: &RecordedTotal, ours: &Both) {
        self.differ += 1;
        self.difference(difference(&declared.total, ours), 1);
        if !self.sources.contains(&declared.source) {
            self.sources.insert(declared.source.clone());
        }
    }

    /// Counts a difference, where there is room for one more or it is known.
    fn difference(&mut self, difference: Difference, figures: u64) {
        let known = &mut self.differences;
        if known.len() < DIFFERENCES_MAX || known.contains_key(&difference) {
            *known.entry(difference).or_default() += figures;
        }
    }

    /// Whether it is more than chance that an alternative clears so much.
    pub(super) fn is_likely(&self, effect: Effect) -> bool {
        effect.clears >= CLEARED_FOR_BROKEN_MIN * effect.breaks
            && effect.clears * MISSED_FOR_CLEARED_MAX >= effect.misses
            && effect.students >= STUDENTS_MIN.min(self.students)
            && effect.clears > 0
    }

    /// By how much figures differ, the most frequent first.
    pub(super) fn most_frequent(&self) -> Vec<Unexplained> {
        let all = self.differences.iter();
        let all = all.map(|((figure, difference), figures)| Unexplained {
            figure: figure.clone(),
            difference: difference.clone(),
            figures: *figures,
        });
        let mut told: Vec<Unexplained> = all.collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.figures));
        told.truncate(DIFFERENCES_TOLD_MAX);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_figures_differ_a_tally_keeps_no_more_than_its_bound() {
        let mut tally = Tally::default();
        for figure in 0..DIFFERENCES_MAX + 1000 {
            tally.difference(("gpa:x".to_owned(), figure.to_string()), 1);
        }
        assert_eq!(tally.differences.len(), DIFFERENCES_MAX);
    }

    #[test]
    fn people_are_kept_as_long_as_they_are_few() {
        let ids = |from: u8| (from..from + 3).map(|byte| PersonId([byte; 16]));
        let mut few = Few::default();
        ids(0).chain(ids(0)).for_each(|id| few.add(id, 5));
        assert_eq!(few.list(), Some(ids(0).collect()));
        let mut others = Few::default();
        ids(3).for_each(|id| others.add(id, 5));
        few.join(others, 5);
        assert_eq!(few, Few::not_known(), "six");
        few.add(PersonId([0; 16]), 5);
        assert_eq!(few.list(), None, "who was forgotten stays so");
    }
}
