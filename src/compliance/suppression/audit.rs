//! Whether what is printed leaves enough possible, cell by cell; if not, more is hidden.
//!
//! Owns what must stay unknown of each cell, and the budget. Never: a bound that no possible
//! district attains. Next: `circuit` finds those districts.

use std::collections::{BTreeMap, HashSet};

use super::bounds::Bounds;
use super::circuit::{Flow, Outcome, Possible, hidden_for};
use super::exchange::Places;
use super::knowledge::{Knowledge, Range, RateForm, Showing};
use super::population::Rank;
use super::shown::Rule;

/// How many steps the searches of one population may take for each of its cells, and at least; anew
/// for each amount of harm.
const STEPS_PER_CELL_MAX: u64 = 8_000;
const STEPS_MIN: u64 = 10_000_000;

/// How long searches last, and whether whole children change places where they find nothing: many
/// short ones first, then a few longer ones for what is left.
const PATIENCES: [(u64, bool); 4] = [(1, false), (1, true), (5, true), (50, true)];

/// How much harm is done to protect a cell, tried one after the other (`Knowledge::harm`).
const HARMS: [u64; 4] = [120, 4_000, 400_000, u64::MAX];

/// A count of a cell that a reader must not be able to narrow below so many values more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) cell: usize,
    /// 0 is the population, then numerator and rest of each rate.
    pub(super) quantity: usize,
    pub(super) width: i64,
}

/// What the audit found.
pub(super) struct Audited {
    /// Counts that are proven to be narrow, whatever is hidden: by earlier editions, and by which
    /// stars stand for a small population.
    pub(super) exposed: Vec<(Target, Range)>,
    /// Whether every cell is hidden and a count is left of which it is neither proven that it is
    /// narrow nor that it is not: then nothing is told of the population, not even its stars.
    pub(super) is_unproven: bool,
    /// Steps of its searches.
    pub(super) steps: u64,
}

/// Hides until every target is wide enough.
pub(super) fn protect(knowledge: &mut Knowledge) -> Audited {
    let targets = targets(knowledge);
    let mut audit = Audit::new(knowledge);
    let mut left = targets;
    audit.vain = Some(HashSet::new());
    left.retain(|target| !audit.stretch(*target));
    audit.vain = None;
    for harm_max in HARMS {
        audit.refill();
        for (patience, exchanges) in PATIENCES {
            audit.possible.patience = patience;
            audit.exchanges = exchanges;
            left.retain(|target| !audit.widen(*target, harm_max));
        }
    }
    let exposed = audit.beyond_help(&mut left);
    for rank in [
        Rank::CrossTable,
        Rank::School,
        Rank::LocalDistrict,
        Rank::District,
        Rank::RequiredTotal,
    ] {
        audit.withhold(rank, &mut left);
    }
    Audited {
        exposed,
        is_unproven: !left.is_empty(),
        steps: audit.possible.steps,
    }
}

/// What must stay unknown: the size of a small population and every count in it; the small side of
/// a coded rate; the small side of a sensitive one; any count of a population too small for rates.
fn targets(knowledge: &Knowledge) -> Vec<Target> {
    let mut targets = Vec::new();
    let of_children = knowledge.most_of_one;
    let count_width = i64::from(knowledge.policy.numerator_range_min) * of_children;
    for cell in 0..knowledge.tables.nodes.len() {
        let is_kept_back = knowledge.is_kept_back(cell);
        if (knowledge.is_inner(cell) && !is_kept_back) || knowledge.is_empty(cell) {
            continue;
        }
        let mut target = |quantity: usize, width: i64| {
            targets.push(Target {
                cell,
                quantity,
                width,
            });
        };
        let small = knowledge.has_few(cell);
        if small {
            target(0, i64::from(knowledge.policy.size_range_min) * of_children);
        }
        for rate in 0..knowledge.rates.len() {
            let (numerator, rest) = (1 + 2 * rate, 2 + 2 * rate);
            let shown = knowledge.range_shown(cell, 1 + rate, Showing::All).width();
            let changed = knowledge.has_changed(cell);
            let width = count_width.min(if small || changed { count_width } else { shown });
            let form = knowledge.form(cell, rate);
            let both = small || changed || form == RateForm::Blank;
            if both || matches!(form, RateForm::Bottom(_) | RateForm::FewMet) {
                target(numerator, width);
            }
            if both || matches!(form, RateForm::Top(_) | RateForm::FewUnmet) {
                target(rest, width);
            }
        }
    }
    targets
}

/// An audit under way.
struct Audit<'a, 'k> {
    knowledge: &'a mut Knowledge<'k>,
    possible: Possible,
    steps_max: u64,
    /// How often something was hidden.
    hidden: usize,
    /// In the first pass, in which rows what was looked for in vain: a neighbour's search would
    /// most likely end so, too.
    vain: Option<HashSet<(usize, Flow)>>,
    /// Whether whole children change places where no circuit was found.
    exchanges: bool,
    /// Places by the axes of a cell in their table; none where a table has none.
    places: BTreeMap<Vec<String>, Option<Places>>,
}

impl<'a, 'k> Audit<'a, 'k> {
    fn new(knowledge: &'a mut Knowledge<'k>) -> Self {
        let mut audit = Self {
            possible: Possible::new(knowledge),
            steps_max: 0,
            hidden: 0,
            vain: None,
            exchanges: false,
            places: BTreeMap::new(),
            knowledge,
        };
        audit.refill();
        audit
    }

    /// A new budget.
    fn refill(&mut self) {
        let cells = u64::try_from(self.knowledge.tables.nodes.len()).unwrap_or(u64::MAX);
        let budget = cells.saturating_mul(STEPS_PER_CELL_MAX).max(STEPS_MIN);
        self.steps_max = self.possible.steps.saturating_add(budget);
    }

    fn is_wide(&self, target: Target) -> bool {
        self.possible.width_seen(target.cell, target.quantity) >= target.width
    }

    /// What can flow into a cell to raise a count of it.
    fn flows(&self, target: Target) -> Vec<Flow> {
        let classes = 0..self.knowledge.node(target.cell).counts.len();
        let counted = |class: &usize| match target.quantity.checked_sub(1) {
            None => true,
            Some(place) => self.knowledge.rates[place / 2].0[*class] == (place % 2 == 0),
        };
        let mut flows = Vec::new();
        for comes in classes.clone().filter(counted).map(Some) {
            if !self.possible.size_is_known(target.cell) {
                flows.push(Flow { comes, goes: None });
            }
            let others = classes.clone().filter(|class| !counted(class)).map(Some);
            flows.extend(others.map(|goes| Flow { comes, goes }));
        }
        flows.sort_by_key(|flow| flow.goes.is_some());
        flows
    }

    /// One circuit that raises or lowers a count, doing at most so much harm.
    fn step(&mut self, target: Target, up: bool, harm_max: u64) -> bool {
        if self.possible.steps > self.steps_max {
            return false;
        }
        let (cell, width) = (target.cell, target.width);
        let row = self.knowledge.row(cell);
        for flow in self.flows(target) {
            let flow = if up { flow } else { flow.reversed() };
            if self
                .vain
                .as_ref()
                .is_some_and(|vain| vain.contains(&(row, flow)))
            {
                continue;
            }
            match self
                .possible
                .push(self.knowledge, cell, flow, width, harm_max)
            {
                Outcome::Moved { hides } => {
                    for cell in hides {
                        self.hide(cell, hidden_for(flow), Rule::Range);
                    }
                    return true;
                }
                Outcome::NotFound => {
                    self.vain.as_mut().map(|vain| vain.insert((row, flow)));
                }
                Outcome::NoRoom => {}
            }
        }
        self.exchanges && self.exchange(target, up, harm_max)
    }

    /// The same by children who change places.
    fn exchange(&mut self, target: Target, up: bool, harm_max: u64) -> bool {
        let flows = self.flows(target);
        let knowledge = &*self.knowledge;
        let axes: Vec<String> = knowledge
            .node(target.cell)
            .stratum
            .keys()
            .cloned()
            .collect();
        let places = self.places.entry(axes);
        let places = places.or_insert_with(|| Places::around(knowledge, target.cell));
        let Some(places) = places else {
            return false;
        };
        for flow in flows {
            let flow = if up { flow } else { flow.reversed() };
            let into = (target.cell, flow);
            let possible = &mut self.possible;
            let outcome = places.exchange(possible, knowledge, into, target.width, harm_max);
            if let Outcome::Moved { hides } = outcome {
                for cell in hides {
                    self.hide(cell, hidden_for(flow), Rule::Range);
                }
                return true;
            }
        }
        false
    }

    fn hide(&mut self, cell: usize, showing: Showing, rule: Rule) {
        self.hidden += 1;
        self.knowledge.hide(cell, showing, rule);
        self.possible.believe(self.knowledge, cell);
    }

    /// Goes as far as it can one way, then the other, with what is hidden already.
    fn stretch(&mut self, target: Target) -> bool {
        for up in [true, false] {
            while !self.is_wide(target) && self.step(target, up, 0) {}
        }
        self.is_wide(target)
    }

    /// Makes a target wide enough, hiding as little as a search finds.
    fn widen(&mut self, target: Target, harm_max: u64) -> bool {
        while !self.stretch(target) {
            // The counts stand at the lowest found: further down, or else beyond the highest.
            let before = self.progress(target);
            self.step(target, false, harm_max);
            if self.progress(target) == before {
                while self.step(target, true, 0) {}
                self.step(target, true, harm_max);
            }
            if self.progress(target) == before {
                return false;
            }
        }
        true
    }

    /// What grows if a search was of use: how much is seen possible, and how much is hidden.
    fn progress(&self, target: Target) -> (i64, usize) {
        let seen = self.possible.width_seen(target.cell, target.quantity);
        (seen, self.hidden)
    }

    /// Takes out of `left` what is proven to stay narrow if every cell were hidden: hiding more
    /// would be of no use, and whoever signs is told, with the bounds that prove it. What is
    /// printed nowhere today and was given away before is nothing that this edition could tell.
    fn beyond_help(&self, left: &mut Vec<Target>) -> Vec<(Target, Range)> {
        let mut exposed = Vec::new();
        if left.is_empty() {
            return exposed;
        }
        let mut hidden = self.knowledge.clone();
        hidden.showing.fill(Showing::Nothing);
        let bounds = Bounds::of(&hidden);
        let before = Bounds::of_history(&hidden);
        left.retain(|target| {
            let is_narrow = |range: Range| range.width() < target.width;
            let range = bounds.range(target.cell, target.quantity);
            let was_given_away = hidden.is_inner(target.cell)
                && is_narrow(before.range(target.cell, target.quantity));
            if is_narrow(range) && !was_given_away {
                exposed.push((*target, range));
            }
            !is_narrow(range)
        });
        exposed
    }

    /// At the end of its means: hides every cell of a rank.
    fn withhold(&mut self, rank: Rank, left: &mut Vec<Target>) {
        if left.is_empty() {
            return;
        }
        for cell in 0..self.knowledge.tables.nodes.len() {
            if self.knowledge.node(cell).rank == rank {
                self.hide(cell, Showing::Nothing, Rule::Withheld);
            }
        }
        self.refill();
        left.retain(|target| !self.stretch(*target));
    }
}
