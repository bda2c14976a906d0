//! What adds up to what: the cells of all tables of a population, and every sum between them.
//!
//! Owns the check that the tables are consistent, and that their sums tell all there is to know.
//! Tables by school and by disability each way, say, are tied together by more than their sums
//! unless the cells of one by the other are among them; `tied_otherwise` refuses such a set, so
//! that a count that is possible here is possible in a district of real children.
//!
//! Never: what is published (`knowledge`). Next: `circuit` moves counts along these sums.

use std::collections::BTreeMap;

use super::SuppressionError;
use super::population::{Cell, Population, Rank, Stratum};

/// The cells in the order of their strata, and the sums between them.
pub(super) struct Tables {
    pub(super) nodes: Vec<Node>,
    pub(super) sums: Vec<Sum>,
}

/// A cell among its sums.
pub(super) struct Node {
    pub(super) stratum: Stratum,
    pub(super) counts: Vec<i64>,
    /// Cases beyond the first of each child.
    pub(super) repeated: i64,
    pub(super) digest: Option<u64>,
    pub(super) rank: Rank,
    pub(super) not_reported: bool,
    /// The sums in which it stands, and whether it is the whole there.
    pub(super) sums: Vec<(u32, bool)>,
    /// Those of them that do not follow from others.
    pub(super) ties: Vec<(u32, bool)>,
}

/// A cell and the cells that make it up.
pub(super) struct Sum {
    pub(super) whole: u32,
    pub(super) parts: Vec<u32>,
}

impl Node {
    pub(super) fn population(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// How many children they are.
    pub(super) fn children(&self) -> i64 {
        self.population() - self.repeated
    }
}

/// The axes of a cell, sorted.
type Facet = Vec<String>;

impl Tables {
    /// Finds the sums, or says what is wrong with the cells.
    pub(super) fn of(population: &Population) -> Result<Self, SuppressionError> {
        let mut cells = checked(population)?;
        let facets = facets_of(&mut cells);
        let mut tables = Self {
            nodes: cells.into_values().collect(),
            sums: Vec::new(),
        };
        if let Some(axes) = tied_otherwise(&facets) {
            return Err(SuppressionError::Untied { axes });
        }
        for (outer, inner, follows) in covering(&facets) {
            tables.add_sums(outer, inner, follows)?;
        }
        Ok(tables)
    }

    /// Every sum of cells with the axes `inner` to cells with the axes `outer`; whether they follow
    /// from others.
    fn add_sums(
        &mut self,
        outer: &Facet,
        inner: &Facet,
        follows: bool,
    ) -> Result<(), SuppressionError> {
        let mut wholes: BTreeMap<Vec<&str>, (Option<usize>, Vec<usize>)> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let is_outer = node.stratum.keys().eq(outer);
            if is_outer || node.stratum.keys().eq(inner) {
                let key = outer.iter().map(|axis| node.stratum[axis].as_str());
                let (whole, parts) = wholes.entry(key.collect()).or_default();
                if is_outer {
                    *whole = Some(index);
                } else {
                    parts.push(index);
                }
            }
        }
        let mut found = Vec::new();
        for (whole, parts) in wholes.into_values() {
            let some = whole.or_else(|| parts.first().copied());
            let summed = sum_of(parts.iter().map(|part| &self.nodes[*part].counts));
            let told = whole.map_or(&[][..], |whole| &self.nodes[whole].counts);
            if !same_counts(&summed, told) {
                let stratum = some.map(|some| self.nodes[some].stratum.clone());
                return Err(SuppressionError::Unequal {
                    stratum: stratum.unwrap_or_default(),
                    by: inner
                        .iter()
                        .filter(|axis| !outer.contains(axis))
                        .cloned()
                        .collect(),
                });
            }
            if let Some(whole) = whole {
                found.push((whole, parts));
            }
        }
        for (whole, parts) in found {
            let sum = small(self.sums.len());
            let members = parts.iter().map(|part| (*part, false));
            for (member, is_whole) in members.chain([(whole, true)]) {
                let node = &mut self.nodes[member];
                node.sums.push((sum, is_whole));
                if !follows {
                    node.ties.push((sum, is_whole));
                }
            }
            let parts = parts.into_iter().map(small).collect();
            let whole = small(whole);
            self.sums.push(Sum { whole, parts });
        }
        Ok(())
    }
}

/// A place in a list; the input's bound keeps it small.
fn small(index: usize) -> u32 {
    u32::try_from(index).expect("below the largest number of cells")
}

fn sum_of<'a>(counts: impl Iterator<Item = &'a Vec<i64>>) -> Vec<i64> {
    let mut sums = Vec::new();
    for counts in counts {
        sums.resize(counts.len().max(sums.len()), 0);
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    sums
}

/// Whether two rows of counts are equal; none at all is as many as none of each.
fn same_counts(one: &[i64], other: &[i64]) -> bool {
    let at = |counts: &[i64], index: usize| counts.get(index).copied().unwrap_or(0);
    (0..one.len().max(other.len())).all(|index| at(one, index) == at(other, index))
}

/// The cells by stratum, each once and with as many counts as there are classes.
fn checked(population: &Population) -> Result<BTreeMap<Stratum, Node>, SuppressionError> {
    let mut nodes = BTreeMap::new();
    for cell in &population.cells {
        let stratum = cell.stratum.clone();
        if cell.counts.len() != population.classes.len() {
            return Err(SuppressionError::Classes { stratum });
        }
        if nodes.insert(stratum.clone(), node(cell)).is_some() {
            return Err(SuppressionError::Twice { stratum });
        }
    }
    Ok(nodes)
}

fn node(cell: &Cell) -> Node {
    Node {
        stratum: cell.stratum.clone(),
        counts: cell.counts.iter().map(|count| i64::from(*count)).collect(),
        repeated: cell.repeated.into(),
        digest: cell.digest,
        rank: cell.rank,
        not_reported: cell.not_reported,
        sums: Vec::new(),
        ties: Vec::new(),
    }
}

/// Gives all kinds of cells, adding inner cells: with the axes that two kinds have in common, for
/// their sums must agree there; and, where places are grouped in two ways, with both groupings at
/// once, so that what moves within such a group moves in neither.
fn facets_of(cells: &mut BTreeMap<Stratum, Node>) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for stratum in cells.keys() {
        if !facets.iter().any(|facet| stratum.keys().eq(facet)) {
            facets.push(stratum.keys().cloned().collect());
        }
    }
    facets.sort();
    while let Some((from, axes)) = common(&facets).or_else(|| grouping(&facets)) {
        add_inner_cells(cells, &from, &axes);
        facets.push(axes);
        facets.sort();
    }
    facets
}

/// A kind that lacks: the axes that two others have in common, and one of these.
fn common(facets: &[Facet]) -> Option<(Facet, Facet)> {
    for one in facets {
        for other in facets {
            let shared: Facet = one
                .iter()
                .filter(|axis| other.contains(axis))
                .cloned()
                .collect();
            if !facets.contains(&shared) {
                return Some((one.clone(), shared));
            }
        }
    }
    None
}

/// A kind that lacks: the axes of all groupings of the same cells together, and the kind of those.
fn grouping(facets: &[Facet]) -> Option<(Facet, Facet)> {
    let pairs = covering(facets);
    for (_, inner, _) in &pairs {
        let groupings = pairs.iter().filter(|(_, same, _)| same == inner);
        let named: Vec<&String> = groupings.flat_map(|(outer, ..)| outer.iter()).collect();
        let axes: Facet = (inner.iter().filter(|axis| named.contains(axis)).cloned()).collect();
        if !facets.contains(&axes) {
            return Some(((*inner).clone(), axes));
        }
    }
    None
}

fn add_inner_cells(cells: &mut BTreeMap<Stratum, Node>, from: &Facet, axes: &Facet) {
    let mut sums: BTreeMap<Stratum, (Vec<i64>, i64)> = BTreeMap::new();
    for node in cells.values() {
        if node.stratum.keys().eq(from) {
            let mut stratum = node.stratum.clone();
            stratum.retain(|axis, _| axes.contains(axis));
            let (sum, repeated) = sums.entry(stratum).or_default();
            *sum = sum_of([&*sum, &node.counts].into_iter());
            *repeated += node.repeated;
        }
    }
    for (stratum, (counts, repeated)) in sums {
        let inner = Node {
            stratum: stratum.clone(),
            counts,
            repeated,
            digest: None,
            rank: Rank::Inner,
            not_reported: false,
            sums: Vec::new(),
            ties: Vec::new(),
        };
        cells.insert(stratum, inner);
    }
}

/// Whether one kind has all axes of another and more.
fn is_below(outer: &Facet, inner: &Facet) -> bool {
    outer.len() < inner.len() && outer.iter().all(|axis| inner.contains(axis))
}

/// Pairs of kinds of which the second has the axes of the first and others, with none between; and
/// whether the sums of such a pair follow from those of others.
///
/// They do where a third kind lies below both and can be reached from each by other sums: that a
/// local district is the sum of its disabilities follows from its schools, if their own
/// disabilities add up and each disability of the local district is a sum of schools.
fn covering(facets: &[Facet]) -> Vec<(&Facet, &Facet, bool)> {
    let mut finest_first: Vec<&Facet> = facets.iter().collect();
    finest_first.sort_by_key(|facet| std::cmp::Reverse(facet.len()));
    let mut below: BTreeMap<&Facet, Vec<&Facet>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for outer in finest_first {
        let between = |inner: &Facet| {
            facets
                .iter()
                .any(|mid| is_below(outer, mid) && is_below(mid, inner))
        };
        let mut inners: Vec<&Facet> = facets
            .iter()
            .filter(|inner| is_below(outer, inner) && !between(inner))
            .collect();
        inners.sort_by_key(|inner| std::cmp::Reverse(below[inner].len()));
        let mut reached: Vec<&Facet> = Vec::new();
        for inner in inners {
            let follows = below[inner].iter().any(|kind| reached.contains(kind));
            if !follows {
                reached.push(inner);
                reached.extend(&below[inner]);
            }
            pairs.push((outer, inner, follows));
        }
        below.insert(outer, reached);
    }
    pairs
}

/// The axes of tables that are tied by more than their sums, if there are any.
///
/// Tables whose kinds can be taken apart (an axis that only one has is struck out; a kind within
/// another is struck out) have a district of whole children behind every set of counts with equal
/// sums (Vorob'ev 1962; Graham's and Yu-Ozsoyoglu's reduction). Others, such as three axes by
/// pairs, need not.
fn tied_otherwise(facets: &[Facet]) -> Option<Vec<String>> {
    let mut left: Vec<Facet> = facets.to_vec();
    loop {
        let before = left.clone();
        for index in 0..left.len() {
            let lonely = |axis: &String| {
                let mut others = left.iter().enumerate().filter(|(other, _)| *other != index);
                others.all(|(_, facet)| !facet.contains(axis))
            };
            let kept: Facet = left[index]
                .iter()
                .filter(|axis| !lonely(axis))
                .cloned()
                .collect();
            left[index] = kept;
        }
        left.sort_by_key(|facet| std::cmp::Reverse(facet.len()));
        let mut apart: Vec<Facet> = Vec::new();
        for facet in left {
            if !apart
                .iter()
                .any(|other| facet.iter().all(|axis| other.contains(axis)))
            {
                apart.push(facet);
            }
        }
        left = apart;
        if left.len() <= 1 {
            return None;
        }
        if left == before {
            let mut axes: Vec<String> = left.into_iter().flatten().collect();
            axes.sort();
            axes.dedup();
            return Some(axes);
        }
    }
}
