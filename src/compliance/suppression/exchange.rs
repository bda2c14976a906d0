//! Whole children who change places: for counts for which no circuit was found cell by cell.
//!
//! Owns two kinds of circuits that need no search. One case comes to a place and another leaves a
//! second one; or two come and two leave, so that what both sides are (their local districts,
//! kinds, charters) is the same before and after: a middle school of the north and a high school of
//! the south take one each from a high school of the north and a middle school of the south. All
//! kinds are looked at, and the way of least harm is taken.
//!
//! Never: places that stand in more than one finest table; those are for the search (`circuit`).

use std::collections::{BTreeMap, BTreeSet};

use super::circuit::{Change, Flow, Outcome, Possible};
use super::knowledge::Knowledge;
use super::population::Stratum;

/// How many places of a cell are looked at as the one to which a case comes.
const PLACES_MAX: usize = 20;

/// The finest cells of one table and of those that are sums of it.
pub(super) struct Places {
    /// Each with the cells above it, itself first.
    chains: Vec<Vec<usize>>,
    /// By what they are: the values on the axes by which they are added up.
    kinds: BTreeMap<Vec<String>, Vec<usize>>,
    kind_of: Vec<Vec<String>>,
}

impl Places {
    /// Those of the table in which a cell stands; none where that is not one table with its sums.
    pub(super) fn around(knowledge: &Knowledge, cell: usize) -> Option<Self> {
        let nodes = &knowledge.tables.nodes;
        let facets: BTreeSet<Vec<&String>> = nodes
            .iter()
            .map(|node| node.stratum.keys().collect())
            .collect();
        let own: Vec<&String> = nodes[cell].stratum.keys().collect();
        let is_within =
            |one: &[&String], other: &[&String]| one.iter().all(|it| other.contains(it));
        let above: Vec<_> = facets.iter().filter(|it| is_within(&own, it)).collect();
        let finest = above
            .iter()
            .copied()
            .max_by_key(|it| it.len())
            .filter(|_| !own.is_empty())?;
        let touches = |it: &Vec<&String>| it.iter().any(|axis| finest.contains(axis));
        let mut others = facets.iter().filter(|it| *it != finest && touches(it));
        if !others.all(|it| is_within(it, finest)) {
            return None;
        }
        let sums: Vec<_> = facets
            .iter()
            .filter(|it| *it != finest && touches(it))
            .collect();
        let mut places = Self {
            chains: Vec::new(),
            kinds: BTreeMap::new(),
            kind_of: Vec::new(),
        };
        for (index, node) in nodes.iter().enumerate() {
            if !node.stratum.keys().eq(finest.iter().copied()) {
                continue;
            }
            let above = sums.iter().map(|facet| at(knowledge, &node.stratum, facet));
            let chain: Option<Vec<usize>> = std::iter::once(Some(index)).chain(above).collect();
            let named = node.stratum.iter();
            let named = named.filter(|(axis, _)| sums.iter().any(|facet| facet.contains(axis)));
            let kind: Vec<String> = named.map(|(_, value)| value.clone()).collect();
            places
                .kinds
                .entry(kind.clone())
                .or_default()
                .push(places.chains.len());
            places.kind_of.push(kind);
            places.chains.push(chain?);
        }
        Some(places)
    }

    /// Moves at most `want` cases into a cell, doing at most so much harm.
    pub(super) fn exchange(
        &self,
        possible: &mut Possible,
        knowledge: &Knowledge,
        (cell, flow): (usize, Flow),
        want: i64,
        harm_max: u64,
    ) -> Outcome {
        let mut best: Option<(u64, Vec<Change>)> = None;
        let own = (0..self.chains.len()).filter(|place| self.chains[*place].contains(&cell));
        for place in own.take(PLACES_MAX) {
            for moves in self.moves(possible, knowledge, place, flow) {
                possible.steps += moves.len() as u64;
                let found = self.changes(possible, knowledge, (cell, flow), &moves);
                let found = found.filter(|(harm, _)| *harm <= harm_max);
                best = match (best, found) {
                    (Some(best), Some(found)) if found.0 < best.0 => Some(found),
                    (None, found) => found,
                    (best, _) => best,
                };
            }
        }
        let Some((_, changes)) = best else {
            return Outcome::NotFound;
        };
        possible.apply(knowledge, flow, &changes, want);
        let hides = changes.iter().filter(|change| change.hides);
        Outcome::Moved {
            hides: hides.map(|change| change.cell).collect(),
        }
    }

    /// A case comes to a place and leaves one of any kind; or one more comes to a place of another
    /// kind, and one leaves each of two that have what these are between them. Of each kind it is
    /// the place of least harm.
    fn moves(
        &self,
        possible: &mut Possible,
        knowledge: &Knowledge,
        place: usize,
        flow: Flow,
    ) -> Vec<Vec<(usize, bool)>> {
        let mut easiest = |with: bool| -> BTreeMap<&Vec<String>, usize> {
            let kinds = self.kinds.iter();
            let easiest = kinds.filter_map(|(kind, places)| {
                let others = places.iter().filter(|other| **other != place);
                let costs = others.filter_map(|other| {
                    possible.steps += 1;
                    let change =
                        possible.may_change(knowledge, self.chains[*other][0], flow, with)?;
                    let room = std::cmp::Reverse(change.1);
                    let hides = u64::from(change.0) * knowledge.harm(self.chains[*other][0]);
                    Some((hides, room, *other))
                });
                Some((kind, costs.min()?.2))
            });
            easiest.collect()
        };
        let (taking, giving) = (easiest(true), easiest(false));
        let own = &self.kind_of[place];
        let swaps = giving
            .values()
            .map(|other| vec![(place, true), (*other, false)]);
        let mut moves: Vec<Vec<(usize, bool)>> = swaps.collect();
        for (kind, other) in &taking {
            for mask in 1..(1_u32 << own.len().min(8)) - 1 {
                let mixed = |first: bool| -> Vec<String> {
                    let takes_own = |at: usize| (mask >> at & 1 == 1) == first;
                    let values = own.iter().zip(*kind).enumerate();
                    let value =
                        values.map(|(at, (own, other))| if takes_own(at) { own } else { other });
                    value.cloned().collect()
                };
                let (one, two) = (giving.get(&mixed(true)), giving.get(&mixed(false)));
                if let (Some(one), Some(two)) = (one, two)
                    && one != two
                {
                    moves.push(vec![
                        (place, true),
                        (*other, true),
                        (*one, false),
                        (*two, false),
                    ]);
                }
            }
        }
        moves
    }

    /// What such moves change, and the harm; nothing, where a cell cannot change so, or the one
    /// that is asked for does not.
    fn changes(
        &self,
        possible: &Possible,
        knowledge: &Knowledge,
        (wanted, flow): (usize, Flow),
        moves: &[(usize, bool)],
    ) -> Option<(u64, Vec<Change>)> {
        let mut net: BTreeMap<usize, i64> = BTreeMap::new();
        for (place, with) in moves {
            for cell in &self.chains[*place] {
                *net.entry(*cell).or_default() += if *with { 1 } else { -1 };
            }
        }
        if net.get(&wanted) != Some(&1) {
            return None;
        }
        let (mut harm, mut changes) = (0_u64, Vec::new());
        for (cell, net) in net.into_iter().filter(|(_, net)| *net != 0) {
            if net.abs() > 1 {
                return None;
            }
            let with = net > 0;
            let (hides, _) = possible.may_change(knowledge, cell, flow, with)?;
            if hides {
                harm = harm.saturating_add(knowledge.harm(cell));
            }
            changes.push(Change { cell, with, hides });
        }
        Some((harm, changes))
    }
}

/// The cell above another one in a table by these axes.
fn at(knowledge: &Knowledge, stratum: &Stratum, axes: &[&String]) -> Option<usize> {
    let above: Stratum = stratum
        .iter()
        .filter(|(axis, _)| axes.contains(axis))
        .map(|(axis, value)| (axis.clone(), value.clone()))
        .collect();
    let nodes = &knowledge.tables.nodes;
    nodes.binary_search_by(|node| node.stratum.cmp(&above)).ok()
}
