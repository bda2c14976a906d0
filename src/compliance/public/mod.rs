//! The public edition of a decree: from what was counted to what everybody may see of it.
//!
//! Owns which of a decree's tables are suppressed together. All tables of one outcome are stacked;
//! outcomes that count the same cases hide the sizes of the same cells; thresholds that count
//! overlapping parts of an outcome's cases are not shown side by side, for a reader could subtract
//! one from the other. Populations that have nothing in common are worked on side by side, and the
//! result does not depend on how many at a time.
//!
//! What may print is a row of [`PublicOutcome::rows`] and nothing else of a tally: exclusions,
//! cases that are unclear and rows that were entered late are counts of children too, which nobody
//! has suppressed. A ratio between groups, or a rate of events, may print where both of its figures
//! do.
//!
//! Never: a rule of suppression (`suppression`), where the history is kept.
//! Next: `stacked` makes populations of an outcome, `report` a report's model of what may be seen.

mod model;
mod report;
mod stacked;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

pub use model::*;
pub use report::Released;

use super::case::Span;
use super::decree::{Decree, OutcomeText};
use super::measure::OutcomeTally;
use super::suppression::{
    Policy, PublicCell, PublicTables, Published, Quantity, Shown, Stratum, SuppressionError, Value,
    suppress,
};
use crate::record::School;
use stacked::{Place, SCHOOL, Stacked, history_of, stacked};

/// What was counted, and what the public knows already.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// The decree.
    pub decree: &'a Decree,
    /// Its reporting period.
    pub period: Span,
    /// Every school of the district by its code.
    pub schools: &'a BTreeMap<String, School>,
    /// For each outcome, in the decree's order.
    pub outcomes: &'a [OutcomeTally],
    /// What the earlier releases told that this report considers, never this one's own rows.
    pub history: &'a [Published],
    /// What is not shown.
    pub withheld: &'a Withheld,
}

/// What is kept out of an edition by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    /// Numbers of outcomes.
    pub outcomes: BTreeSet<String>,
    /// Tables of others.
    pub tables: BTreeSet<TableName>,
}

/// A table of an outcome.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableName {
    /// The outcome.
    pub outcome: String,
    /// The axis of the table; none for the outcome's total.
    pub by: Option<String>,
}

/// Why there is no public edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the public edition of outcome {outcome}: {why}")]
pub struct PublicError {
    /// The outcome.
    pub outcome: String,
    /// Why.
    #[source]
    pub why: SuppressionError,
}

/// What everybody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicEdition {
    /// In the decree's order, without those that are left out.
    pub outcomes: Vec<PublicOutcome>,
}

/// What everybody may see of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOutcome {
    /// Its number in the decree.
    pub id: String,
    tables: Vec<PublicTables>,
    places: Vec<Option<Place>>,
}

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicRow<'e> {
    /// The word of the axis; empty for the total.
    pub word: &'e str,
    /// Of how many cases.
    pub size: &'e Shown,
    /// The rate of these; or, where events are added up, how many there were.
    pub counted: &'e Shown,
}

impl PublicEdition {
    /// What it tells, for the history, if it is signed.
    pub fn told(&self) -> impl Iterator<Item = &Published> {
        self.tables().flat_map(|(_, tables)| &tables.told)
    }

    /// The tables of whose counts it is proven that every reader of this edition and of the earlier
    /// ones could narrow them too far: with one of these, it is not signed. Which cell it is, and
    /// what stands in it, is not told.
    pub fn exposed(&self) -> Vec<TableName> {
        let tables = self.tables().flat_map(|(outcome, tables)| {
            tables.exposed.iter().map(|exposed| TableName {
                outcome: outcome.id.clone(),
                by: axis_of(&exposed.stratum).map(str::to_owned),
            })
        });
        let tables: BTreeSet<TableName> = tables.collect();
        tables.into_iter().collect()
    }

    /// How many steps the searches took, on whatever machine.
    pub fn steps(&self) -> u64 {
        self.tables().map(|(_, tables)| tables.steps).sum()
    }

    fn tables(&self) -> impl Iterator<Item = (&PublicOutcome, &PublicTables)> {
        let outcomes = self.outcomes.iter();
        outcomes.flat_map(|outcome| outcome.tables.iter().map(move |tables| (outcome, tables)))
    }
}

impl PublicOutcome {
    /// Every table of it, as it was suppressed.
    pub fn tables(&self) -> &[PublicTables] {
        &self.tables
    }

    /// The id of the population whose rate a threshold is; none where it is not shown, or where
    /// events are added up.
    fn population(&self, threshold: usize) -> Option<&str> {
        match (*self.places.get(threshold)?)? {
            Place::Rate { table, .. } => Some(&self.tables[table].population),
            Place::Events { .. } => None,
        }
    }

    /// The lines of a threshold's table by an axis, or its total, by word. None where the threshold
    /// is not shown at all: its cases overlap those of another that is, or nothing of them could be
    /// shown; or where the table is withheld.
    pub fn rows(&self, threshold: usize, axis: Option<&str>) -> Option<Vec<PublicRow<'_>>> {
        let place = (*self.places.get(threshold)?)?;
        let (Place::Rate { table, .. } | Place::Events { table, .. }) = place;
        let is_own = |cell: &PublicCell| axis_of(&cell.stratum) == axis;
        if !self.tables[table].cells.iter().any(is_own) {
            return None;
        }
        let mut rows = Vec::new();
        for cell in &self.tables[table].cells {
            if !is_own(cell) {
                continue;
            }
            let word = axis.map_or("", |axis| cell.stratum[axis].as_str());
            let counted = match place {
                Place::Rate { rate, .. } => cell.rates.get(rate)?,
                Place::Events { events, .. } => {
                    let cells = &self.tables[events].cells;
                    let found = cells.binary_search_by(|it| it.stratum.cmp(&cell.stratum));
                    &cells[found.ok()?].size
                }
            };
            rows.push(PublicRow {
                word,
                size: &cell.size,
                counted,
            });
        }
        rows.sort_by_key(|row| row.word);
        Some(rows)
    }
}

/// The axis of the table in which a cell stands; none for the total.
fn axis_of(stratum: &Stratum) -> Option<&str> {
    if stratum.contains_key(SCHOOL) {
        return Some(SCHOOL);
    }
    stratum.keys().next().map(String::as_str)
}

/// Decides what everybody may see of a decree, on so many threads at most.
///
/// # Errors
/// [`PublicError`], of the first outcome whose counts cannot be made public.
pub fn publish(
    counted: &Counted,
    policy: &Policy,
    threads: usize,
) -> Result<PublicEdition, PublicError> {
    let families = families(counted.decree);
    let published = side_by_side(&families, threads, |family| {
        family_of(counted, policy, family)
    });
    let mut outcomes = BTreeMap::new();
    for family in published {
        outcomes.extend(family?);
    }
    Ok(PublicEdition {
        outcomes: outcomes.into_values().collect(),
    })
}

/// Outcomes that count the same cases, by their places in the decree.
fn families(decree: &Decree) -> Vec<Vec<usize>> {
    let mut families: Vec<Vec<usize>> = Vec::new();
    for (number, outcome) in decree.outcomes.iter().enumerate() {
        let first =
            |family: &&mut Vec<usize>| same_cases(&decree.outcomes[family[0]].text, &outcome.text);
        match families.iter_mut().find(first) {
            Some(family) => family.push(number),
            None => families.push(vec![number]),
        }
    }
    families
}

fn same_cases(one: &OutcomeText, other: &OutcomeText) -> bool {
    let of = |it: &OutcomeText| (it.unit, it.period.clone(), it.population.clone());
    let left_out = |it: &OutcomeText| {
        let rules = it.exclusions.iter().map(|exclusion| exclusion.when.clone());
        (it.denominator.clone(), rules.collect::<Vec<_>>())
    };
    of(one) == of(other) && left_out(one) == left_out(other)
}

/// The outcomes of one family, one after the other: each is told which sizes the ones before it
/// show, and hides those that they hide.
fn family_of(
    counted: &Counted,
    policy: &Policy,
    family: &[usize],
) -> Result<Vec<(usize, PublicOutcome)>, PublicError> {
    let mut siblings: Vec<PublicTables> = Vec::new();
    let mut published = Vec::new();
    let shown = |number: &&usize| {
        let id = &counted.decree.outcomes[**number].text.id;
        !counted.withheld.outcomes.contains(id)
    };
    for number in family.iter().filter(shown) {
        let outcome = &counted.decree.outcomes[*number].text;
        let failed = |why: SuppressionError| PublicError {
            outcome: outcome.id.clone(),
            why,
        };
        let of_all = !published.is_empty();
        let stacked = stacked(counted, *number, of_all);
        let places = stacked.places.clone();
        let begins_with_all = stacked.begins_with_all;
        let tables = tables_of(counted, policy, stacked, &siblings).map_err(failed)?;
        siblings.extend(tables.first().filter(|_| begins_with_all).cloned());
        let id = outcome.id.clone();
        let outcome = PublicOutcome { id, tables, places };
        published.push((*number, outcome));
    }
    Ok(published)
}

fn tables_of(
    counted: &Counted,
    policy: &Policy,
    stacked: Stacked,
    siblings: &[PublicTables],
) -> Result<Vec<PublicTables>, SuppressionError> {
    let mut tables: Vec<PublicTables> = Vec::new();
    for mut population in stacked.populations {
        let mut history = history_of(counted, &population);
        let of_all = tables.is_empty() && stacked.begins_with_all;
        for sibling in siblings.iter().filter(|_| of_all) {
            let strata: Vec<&Stratum> = population.cells.iter().map(|it| &it.stratum).collect();
            let told = sibling
                .told
                .iter()
                .filter(|row| row.quantity == Quantity::Size);
            let told = told.filter(|row| strata.binary_search(&&row.stratum).is_ok());
            history.extend(told.map(|row| Published {
                population: population.id.clone(),
                ..row.clone()
            }));
        }
        // Events are counted where the cases that have them are: a cell that hides these hides
        // those.
        let pupils = tables.first().filter(|_| population.rates.is_empty());
        let hiding = siblings.iter().filter(|_| of_all).chain(pupils);
        population.withheld = hiding.flat_map(hidden_sizes).collect();
        tables.push(suppress(&population, policy, &history)?);
    }
    Ok(tables)
}

fn hidden_sizes(tables: &PublicTables) -> impl Iterator<Item = Stratum> {
    let cells = tables.cells.iter();
    let hidden = cells.filter(|cell| cell.size.value == Value::Star);
    hidden.map(|cell| cell.stratum.clone())
}

/// Works on every item, on so many threads at most; what came of them is in the items' order.
fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else {
                return done;
            };
            done.push((number, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        let mut done = worker();
        for other in others {
            let others = other.join();
            done.extend(others.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
