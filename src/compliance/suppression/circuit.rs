//! A possible district: counts that agree with all that a reader knows; how to move within them.
//!
//! Owns the search for a *circuit*: cells that change by one each, up or down, so that every sum
//! still holds and no cell leaves what the reader believes of it. From the true counts on, each
//! circuit leads to another district that he cannot tell from the true one; its counts are kept as
//! seen. Everything is counted in integers, and a step is counted each time a cell is looked at.
//!
//! Never: what must be protected (`audit`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::knowledge::{Knowledge, Range, Showing};
use super::tables::Sum;

/// How many cells one search may look at, times its patience.
const SEARCH_STEPS_MAX: u64 = 4_000;

/// How many of these to balance one sum, times its patience.
const SPREAD_STEPS_MAX: u64 = 1_500;

/// How many cells that stand in more than two sums one circuit may change.
const KNOTS_MAX: usize = 12;

/// How many knots are noted from one sum, and how many of them tried.
const KNOTS_SEEN_MAX: usize = 200;
const KNOTS_TRIED_MAX: usize = 30;

/// How a search ended.
pub(super) enum Outcome {
    /// Cases were moved, if these cells are hidden for it.
    Moved { hides: Vec<usize> },
    /// There was room in the cell, but no circuit was found.
    NotFound,
    /// The cell itself can go no further.
    NoRoom,
}

/// What a circuit moves: cases of one class come, cases of another go; one of them may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) comes: Option<usize>,
    pub(super) goes: Option<usize>,
}

impl Flow {
    pub(super) fn reversed(self) -> Self {
        Self {
            comes: self.goes,
            goes: self.comes,
        }
    }

    /// Whether the population of a cell stays as it is.
    fn keeps_size(self) -> bool {
        self.comes.is_some() && self.goes.is_some()
    }

    /// By how much one case of this flow changes a count of these classes.
    fn effect(self, counted: impl Fn(usize) -> bool) -> i64 {
        i64::from(self.comes.is_some_and(&counted)) - i64::from(self.goes.is_some_and(&counted))
    }
}

/// The counts of a possible district, the least and largest seen in any, and the search's notes.
pub(super) struct Possible {
    classes: usize,
    rates: usize,
    counts: Vec<i64>,
    /// What the reader believes, by cell: of the population and of each numerator.
    believed: Vec<Range>,
    /// What was seen possible, by cell: the population, then numerator and rest of each rate.
    seen: Vec<Range>,
    /// By sum: parts less the whole, while a circuit is open.
    balance: Vec<i64>,
    /// Sums out of balance.
    open: Vec<u32>,
    in_circuit: Vec<bool>,
    /// How a search came to a sum out of balance (twice by sum: short and in surplus).
    visits: Vec<Visit>,
    /// The number of the search whose visits these are.
    round: u32,
    /// How much longer than the shortest a search may last.
    pub(super) patience: u64,
    /// Steps of all searches so far.
    pub(super) steps: u64,
}

/// One attempt.
struct Search<'a, 'k> {
    knowledge: &'k Knowledge<'a>,
    flow: Flow,
    /// How much harm may still be done by hiding printed cells for it.
    harm_left: u64,
    /// Cells, whether they change with the flow or against it, and whether they must be hidden.
    changes: Vec<Change>,
    steps_left: u64,
}

/// A cell in a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) cell: usize,
    /// With the flow, or against it.
    pub(super) with: bool,
    /// Whether it is printed and must be hidden for this.
    pub(super) hides: bool,
}

/// How a sum came out of balance while a circuit is looked for.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    round: u32,
    before: usize,
    change: Change,
}

/// A sum that a search reached, or a cell that ends its way there: least harm first, then in order.
type Reached = Reverse<(u64, u32, usize, Option<Change>)>;

impl Possible {
    /// The true counts.
    pub(super) fn new(knowledge: &Knowledge) -> Self {
        let nodes = &knowledge.tables.nodes;
        let mut possible = Self {
            classes: nodes.first().map_or(0, |node| node.counts.len()),
            rates: knowledge.rates.len(),
            counts: nodes
                .iter()
                .flat_map(|node| node.counts.iter().copied())
                .collect(),
            believed: vec![Range::ANY; nodes.len() * (1 + knowledge.rates.len())],
            seen: Vec::new(),
            balance: vec![0; knowledge.tables.sums.len()],
            open: Vec::new(),
            in_circuit: vec![false; nodes.len()],
            visits: vec![Visit::default(); 2 * knowledge.tables.sums.len()],
            round: 0,
            patience: 1,
            steps: 0,
        };
        for cell in 0..nodes.len() {
            possible.believe(knowledge, cell);
            for quantity in 0..possible.quantities() {
                let value = possible.value(knowledge, cell, quantity);
                possible.seen.push(Range {
                    low: value,
                    high: value,
                });
            }
        }
        possible
    }

    /// Counts of a cell that are looked at: its population, then numerator and rest of each rate.
    fn quantities(&self) -> usize {
        1 + 2 * self.rates
    }

    /// Takes over what is shown of a cell now.
    pub(super) fn believe(&mut self, knowledge: &Knowledge, cell: usize) {
        for quantity in 0..=self.rates {
            let range = knowledge.range(cell, quantity, knowledge.showing[cell]);
            self.believed[cell * (1 + self.rates) + quantity] = range;
        }
    }

    fn size(&self, cell: usize) -> i64 {
        self.counts[cell * self.classes..][..self.classes]
            .iter()
            .sum()
    }

    fn numerator(&self, knowledge: &Knowledge, cell: usize, rate: usize) -> i64 {
        knowledge.count_in(rate, &self.counts[cell * self.classes..][..self.classes])
    }

    fn value(&self, knowledge: &Knowledge, cell: usize, quantity: usize) -> i64 {
        let Some(place) = quantity.checked_sub(1) else {
            return self.size(cell);
        };
        let numerator = self.numerator(knowledge, cell, place / 2);
        if place % 2 == 0 {
            numerator
        } else {
            self.size(cell) - numerator
        }
    }

    /// By how much a count was seen to differ between possible districts.
    pub(super) fn width_seen(&self, cell: usize, quantity: usize) -> i64 {
        self.seen[cell * self.quantities() + quantity].width()
    }

    /// Whether the reader knows the population of a cell.
    pub(super) fn size_is_known(&self, cell: usize) -> bool {
        self.believed[cell * (1 + self.rates)].width() == 0
    }

    /// How many cases can flow into a cell before the reader would notice.
    pub(super) fn room(
        &self,
        knowledge: &Knowledge,
        cell: usize,
        flow: Flow,
        showing: Showing,
    ) -> i64 {
        let mut room = match flow.goes {
            Some(class) => self.counts[cell * self.classes + class],
            None => i64::MAX,
        };
        let shown = showing == knowledge.showing[cell];
        for quantity in 0..=self.rates {
            let effect = match quantity.checked_sub(1) {
                None => flow.effect(|_| true),
                Some(rate) => flow.effect(|class| knowledge.rates[rate].0[class]),
            };
            if effect == 0 || room == 0 {
                continue;
            }
            let range = if shown {
                self.believed[cell * (1 + self.rates) + quantity]
            } else {
                knowledge.range(cell, quantity, showing)
            };
            let value = match quantity.checked_sub(1) {
                None => self.size(cell),
                Some(rate) => self.numerator(knowledge, cell, rate),
            };
            let left = if effect > 0 {
                range.high - value
            } else {
                value - range.low
            };
            room = room.min(left);
        }
        room
    }

    /// Whether a cell must be hidden to change so, and how many cases it has room for; nothing if
    /// it cannot change.
    pub(super) fn may_change(
        &self,
        knowledge: &Knowledge,
        cell: usize,
        flow: Flow,
        with: bool,
    ) -> Option<(bool, i64)> {
        let towards = if with { flow } else { flow.reversed() };
        let showing = knowledge.showing[cell];
        let room = self.room(knowledge, cell, towards, showing);
        if room > 0 {
            return Some((false, room));
        }
        let hidden = hidden_for(flow);
        if showing >= hidden {
            return None;
        }
        let room = self.room(knowledge, cell, towards, hidden);
        (room > 0).then_some((true, room))
    }

    /// Finds a circuit through a cell and moves at most `want` cases along it.
    pub(super) fn push(
        &mut self,
        knowledge: &Knowledge,
        start: usize,
        flow: Flow,
        want: i64,
        harm_max: u64,
    ) -> Outcome {
        if self.room(knowledge, start, flow, knowledge.showing[start]) == 0 {
            return Outcome::NoRoom;
        }
        let steps_max = SEARCH_STEPS_MAX * self.patience;
        let mut search = Search {
            knowledge,
            flow,
            harm_left: harm_max,
            changes: Vec::new(),
            steps_left: steps_max,
        };
        let first = Change {
            cell: start,
            with: true,
            hides: false,
        };
        search.change(self, first);
        let found = search.close(self, KNOTS_MAX);
        self.steps += steps_max - search.steps_left;
        let changes = search.changes;
        self.forget_balances(knowledge, &changes);
        if !found {
            return Outcome::NotFound;
        }
        self.apply(knowledge, flow, &changes, want);
        let hides = changes.iter().filter(|change| change.hides);
        Outcome::Moved {
            hides: hides.map(|change| change.cell).collect(),
        }
    }

    /// Sums hold again, or were left open by a search that found nothing.
    fn forget_balances(&mut self, knowledge: &Knowledge, changes: &[Change]) {
        for change in changes {
            self.in_circuit[change.cell] = false;
            for (sum, _) in &knowledge.node(change.cell).ties {
                self.balance[*sum as usize] = 0;
            }
        }
        self.open.clear();
    }

    /// Moves as many cases as every cell has room for, `want` at most.
    pub(super) fn apply(
        &mut self,
        knowledge: &Knowledge,
        flow: Flow,
        changes: &[Change],
        want: i64,
    ) {
        let towards = |change: &Change| if change.with { flow } else { flow.reversed() };
        let rooms = changes.iter().map(|change| {
            let showing = match change.hides {
                true => hidden_for(flow),
                false => knowledge.showing[change.cell],
            };
            self.room(knowledge, change.cell, towards(change), showing)
        });
        let cases = rooms.min().unwrap_or(0).min(want);
        assert!(
            cases > 0,
            "a circuit was closed through a cell without room"
        );
        for change in changes {
            let (cell, flow) = (change.cell, towards(change));
            if let Some(class) = flow.comes {
                self.counts[cell * self.classes + class] += cases;
            }
            if let Some(class) = flow.goes {
                self.counts[cell * self.classes + class] -= cases;
            }
            for quantity in 0..self.quantities() {
                let value = self.value(knowledge, cell, quantity);
                let seen = &mut self.seen[cell * (1 + 2 * self.rates) + quantity];
                seen.low = seen.low.min(value);
                seen.high = seen.high.max(value);
            }
        }
    }
}

/// As what a printed cell must be shown for such a flow.
pub(super) fn hidden_for(flow: Flow) -> Showing {
    if flow.keeps_size() {
        Showing::Size
    } else {
        Showing::Nothing
    }
}

impl Search<'_, '_> {
    fn change(&mut self, possible: &mut Possible, change: Change) {
        possible.in_circuit[change.cell] = true;
        self.changes.push(change);
        self.harm_left -= self.harm(change);
        self.shift(possible, change.cell, change.with);
    }

    /// Takes changes back until so many are left.
    fn take_back(&mut self, possible: &mut Possible, left: usize) {
        while self.changes.len() > left {
            if let Some(change) = self.changes.pop() {
                possible.in_circuit[change.cell] = false;
                self.harm_left += self.harm(change);
                self.shift(possible, change.cell, !change.with);
            }
        }
    }

    fn harm(&self, change: Change) -> u64 {
        // Whoever may do any harm at all looks for the shortest way.
        if change.hides && self.harm_left < u64::MAX {
            self.knowledge.harm(change.cell)
        } else {
            0
        }
    }

    fn shift(&self, possible: &mut Possible, cell: usize, with: bool) {
        for (sum, is_whole) in &self.knowledge.node(cell).ties {
            let balance = &mut possible.balance[*sum as usize];
            let before = *balance;
            *balance += effect(with, *is_whole);
            if before == 0 {
                possible.open.push(*sum);
            } else if *balance == 0 {
                possible.open.retain(|open| open != sum);
            }
        }
    }

    /// Balances one open sum after the other: by a way through cells that stand in two sums to
    /// another open sum, or through a knot, a cell that stands in more and opens those.
    fn close(&mut self, possible: &mut Possible, knots_left: usize) -> bool {
        let Some(sum) = self.next_open(possible) else {
            return true;
        };
        let before = self.changes.len();
        for way in self.spread(possible, sum) {
            let knots = way
                .iter()
                .filter(|change| self.is_knot(change.cell))
                .count();
            if self.steps_left == 0 {
                return false;
            }
            if knots <= knots_left
                && self.take(possible, way)
                && self.close(possible, knots_left - knots)
            {
                return true;
            }
            self.take_back(possible, before);
        }
        false
    }

    /// The sum to balance next: one of knots, for they decide the most, then the one with the
    /// fewest parts.
    fn next_open(&self, possible: &Possible) -> Option<usize> {
        let tables = self.knowledge.tables;
        let open = possible.open.iter().map(|sum| *sum as usize);
        open.min_by_key(|sum| {
            let parts = &tables.sums[*sum].parts;
            let knots = parts
                .first()
                .is_some_and(|part| self.is_knot(*part as usize));
            (!knots, parts.len(), *sum)
        })
    }

    fn is_knot(&self, cell: usize) -> bool {
        self.knowledge.node(cell).ties.len() > 2
    }

    /// Makes the changes of a way, unless it meets itself.
    fn take(&mut self, possible: &mut Possible, way: Vec<Change>) -> bool {
        for change in way {
            if possible.in_circuit[change.cell] || self.harm(change) > self.harm_left {
                return false;
            }
            self.change(possible, change);
        }
        true
    }

    /// Follows an imbalance from sum to sum, the way of least harm first, until one closes it.
    /// Gives the ways to the knots that were reached, and that one, least harm first.
    fn spread(&mut self, possible: &mut Possible, start: usize) -> Vec<Vec<Change>> {
        possible.round += 1;
        let first = 2 * start + usize::from(possible.balance[start] > 0);
        possible.visits[first] = Visit {
            round: possible.round,
            ..Visit::default()
        };
        let mut reached: BinaryHeap<Reached> = BinaryHeap::new();
        reached.push(Reverse((0, 0, first, None)));
        let mut ways: Vec<(u64, i64, Reverse<i64>, Vec<Change>)> = Vec::new();
        let mut order = 0;
        let steps_least = self
            .steps_left
            .saturating_sub(SPREAD_STEPS_MAX * possible.patience);
        while let Some(Reverse((harm, _, state, last))) = reached.pop() {
            if let Some(last) = last {
                let way = way_to(possible, first, state, last);
                ways.push((harm, i64::MIN, Reverse(i64::MAX), way));
                break;
            }
            let sum = &self.knowledge.tables.sums[state / 2];
            for (cell, is_whole) in members(sum, state) {
                if self.steps_left <= steps_least {
                    break;
                }
                self.steps_left -= 1;
                let with = (state % 2 == 1) == is_whole;
                if possible.in_circuit[cell] {
                    continue;
                }
                let Some((hides, room)) = self.may_change(possible, cell, with) else {
                    continue;
                };
                let change = Change { cell, with, hides };
                let harm = harm.saturating_add(self.harm(change));
                if harm > self.harm_left {
                    continue;
                }
                if self.is_knot(cell) {
                    if ways.len() < KNOTS_SEEN_MAX {
                        let opens = self.opens(possible, change);
                        let way = way_to(possible, first, state, change);
                        ways.push((harm, opens, Reverse(room), way));
                    }
                    continue;
                }
                order += 1;
                match self.beyond(possible, start, state / 2, change) {
                    Beyond::Closed => reached.push(Reverse((harm, order, state, Some(change)))),
                    Beyond::Sum(next) if possible.visits[next].round != possible.round => {
                        possible.visits[next] = Visit {
                            round: possible.round,
                            before: state,
                            change,
                        };
                        reached.push(Reverse((harm, order, next, None)));
                    }
                    Beyond::Sum(_) | Beyond::Nowhere => {}
                }
            }
        }
        // A knot that leaves fewer sums open is nearer to the end; one with much room leads on.
        ways.sort_by_key(|(harm, opens, room, _)| (*harm, *opens, *room));
        ways.truncate(KNOTS_TRIED_MAX);
        ways.into_iter().map(|(.., way)| way).collect()
    }

    /// How many more sums are out of balance after a change than before.
    fn opens(&self, possible: &Possible, change: Change) -> i64 {
        let ties = self.knowledge.node(change.cell).ties.iter();
        let opens = ties.map(|(sum, is_whole)| {
            let balance = possible.balance[*sum as usize];
            let after = balance + effect(change.with, *is_whole);
            i64::from(after != 0) - i64::from(balance != 0)
        });
        opens.sum()
    }

    /// What a change that balances one sum does to the other sum of its cell.
    fn beyond(&self, possible: &Possible, start: usize, sum: usize, change: Change) -> Beyond {
        let ties = &self.knowledge.node(change.cell).ties;
        let Some((other, is_whole)) = ties.iter().find(|(other, _)| *other as usize != sum) else {
            return Beyond::Closed;
        };
        let other = *other as usize;
        let effect = effect(change.with, *is_whole);
        match possible.balance[other] * effect {
            _ if other == start => Beyond::Nowhere,
            0 => Beyond::Sum(2 * other + usize::from(effect > 0)),
            less if less < 0 => Beyond::Closed,
            _ => Beyond::Nowhere,
        }
    }

    /// Whether a cell has to be hidden to change so, and how many cases it has room for; nothing if
    /// it cannot change, or may not be hidden.
    fn may_change(&self, possible: &Possible, cell: usize, with: bool) -> Option<(bool, i64)> {
        let found = possible.may_change(self.knowledge, cell, self.flow, with);
        found.filter(|(hides, _)| !hides || self.harm_left > 0)
    }
}

/// Where a change leads.
enum Beyond {
    /// Everything on this way is in balance.
    Closed,
    /// Another sum is out of balance.
    Sum(usize),
    /// It would undo the beginning, or make an open sum worse.
    Nowhere,
}

/// What a change of one does to a sum: its parts less its whole.
fn effect(with: bool, is_whole: bool) -> i64 {
    if with == is_whole { -1 } else { 1 }
}

/// The cells of a sum and whether each is the whole, beginning elsewhere from sum to sum, so that
/// not everything leans on the first cells.
fn members(sum: &Sum, from: usize) -> impl Iterator<Item = (usize, bool)> {
    let (early, late) = sum.parts.split_at(from % sum.parts.len().max(1));
    let parts = late.iter().chain(early).map(|part| (*part as usize, false));
    parts.chain([(sum.whole as usize, true)])
}

/// The changes on the way to a sum, and a last one.
fn way_to(possible: &Possible, first: usize, mut state: usize, last: Change) -> Vec<Change> {
    let mut way = vec![last];
    while state != first {
        way.push(possible.visits[state].change);
        state = possible.visits[state].before;
    }
    way.reverse();
    way
}
