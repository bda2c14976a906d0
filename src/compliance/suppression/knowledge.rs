//! What a reader knows of each cell: what is printed, what the rules say of what is not, and what
//! was printed before.
//!
//! Owns the reader against whom the tables are held: one who can add, who has every earlier
//! edition, who knows this policy, and who is told which stars stand for a small population and
//! which stand beside one. He does not know the classes of single cases.
//!
//! Never: a search. Next: `audit` asks whether what he knows still leaves enough possible.

use std::collections::{BTreeMap, BTreeSet};

use super::SuppressionError;
use super::history::{Published, Quantity};
use super::policy::{Policy, Zeros};
use super::population::{Population, Rank, Stratum};
use super::shown::Rule;
use super::tables::{Node, Tables};
use crate::compliance::measure::DECIMALS;

/// What is shown of a cell: more at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Showing {
    /// The population and every rate that the policy allows.
    All,
    /// The population alone.
    Size,
    /// Nothing.
    Nothing,
}

/// How the policy would show a rate of a cell whose population is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RateForm {
    /// As it is.
    Exact,
    /// At most so many cases.
    Bottom(i64),
    /// At least so many cases.
    Top(i64),
    /// Few cases of a sensitive rate, on this side of it.
    FewMet,
    /// Few cases are missing.
    FewUnmet,
    /// A population too small for a rate.
    Blank,
}

/// The least and the largest count that a reader believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) low: i64,
    pub(super) high: i64,
}

/// No count of cases is as large.
pub(super) const UNBOUNDED: i64 = 1 << 40;

impl Range {
    pub(super) const ANY: Self = Self::new(0, UNBOUNDED);

    pub(super) const fn new(low: i64, high: i64) -> Self {
        Self { low, high }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    pub(super) fn contains(self, value: i64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    pub(super) fn width(self) -> i64 {
        self.high - self.low
    }
}

/// What is shown of every cell, and the rules by which a reader reads it.
#[derive(Clone)]
pub(super) struct Knowledge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) tables: &'a Tables,
    /// Of each rate, which classes it counts, and whether small numerators of it are hidden.
    pub(super) rates: Vec<(Vec<bool>, bool)>,
    pub(super) showing: Vec<Showing>,
    /// Which rule hid a cell for another's sake.
    pub(super) rules: BTreeMap<usize, Rule>,
    /// The most cases of one child: the policy's numbers are of children.
    pub(super) most_of_one: i64,
    is_events: bool,
    /// Whether a cell is known to have no case.
    empty: Vec<bool>,
    /// From earlier editions: by cell and quantity (0 the population, then the rates).
    told: BTreeMap<(usize, usize), Range>,
    /// Cells of which an earlier edition printed a figure that differs from today's by a few
    /// children: beside it, today's would tell of these.
    changed: BTreeSet<usize>,
}

impl<'a> Knowledge<'a> {
    /// Before anything is hidden for another cell's sake.
    pub(super) fn new(
        population: &Population,
        tables: &'a Tables,
        policy: &'a Policy,
        history: &[Published],
    ) -> Result<Self, SuppressionError> {
        let classes = population.classes.len();
        let rates = population.rates.iter().map(|rate| {
            let counted = (0..classes).map(|class| rate.numerator.contains(&class));
            (
                counted.collect(),
                rate.sensitive && policy.sensitive_numerators,
            )
        });
        let mut knowledge = Self {
            policy,
            tables,
            rates: rates.collect(),
            showing: Vec::new(),
            rules: BTreeMap::new(),
            most_of_one: i64::from(population.most_of_one.max(1)),
            is_events: population.is_events,
            empty: vec![false; tables.nodes.len()],
            told: BTreeMap::new(),
            changed: BTreeSet::new(),
        };
        knowledge.find_empty();
        let nodes = 0..tables.nodes.len();
        knowledge.showing = nodes.map(|cell| knowledge.at_first(cell)).collect();
        knowledge.remember(population, history)?;
        for cell in knowledge.changed.clone() {
            knowledge.hide(cell, Showing::Size, Rule::Range);
        }
        Ok(knowledge)
    }

    pub(super) fn node(&self, cell: usize) -> &'a Node {
        &self.tables.nodes[cell]
    }

    /// A cell without a case is printed as such if the policy says so, in the district's own lines,
    /// and where its whole is.
    fn find_empty(&mut self) {
        let tables = self.tables;
        let mut coarse_first: Vec<usize> = (0..tables.nodes.len()).collect();
        coarse_first.sort_by_key(|cell| tables.nodes[*cell].stratum.len());
        for cell in coarse_first {
            let node = &tables.nodes[cell];
            let mut sums = node.sums.iter().filter(|(_, is_whole)| !is_whole);
            let is_told = self.policy.zeros == Zeros::Shown || node.rank < Rank::School;
            let own = is_told && !self.is_events;
            let by_whole =
                sums.any(|(sum, _)| self.empty[tables.sums[*sum as usize].whole as usize]);
            self.empty[cell] = node.population() == 0 && (own || by_whole);
        }
    }

    /// Whether a cell is printed as one without a case.
    pub(super) fn is_empty(&self, cell: usize) -> bool {
        self.empty[cell]
    }

    fn at_first(&self, cell: usize) -> Showing {
        if self.is_small(cell) || self.is_inner(cell) {
            Showing::Nothing
        } else {
            Showing::All
        }
    }

    pub(super) fn is_inner(&self, cell: usize) -> bool {
        self.node(cell).rank == Rank::Inner
    }

    /// Whether its population is so small that it is hidden for its own sake.
    pub(super) fn is_small(&self, cell: usize) -> bool {
        self.has_few(cell) && !self.is_inner(cell)
    }

    /// Whether its population would be hidden for its own sake, were it printed.
    pub(super) fn has_few(&self, cell: usize) -> bool {
        let few = i64::from(self.policy.population_max);
        self.node(cell).children() <= few && !self.is_empty(cell)
    }

    /// The most cases of so few children as the policy hides.
    fn few_cases(&self) -> i64 {
        i64::from(self.policy.population_max) * self.most_of_one
    }

    /// What earlier editions told of a count; nothing, where none had it.
    pub(super) fn told(&self, cell: usize, quantity: usize) -> Option<Range> {
        self.told.get(&(cell, quantity)).copied()
    }

    /// Whether an earlier edition had a cell that is printed nowhere today: what that one hid must
    /// not come out by what this one prints of others.
    pub(super) fn is_kept_back(&self, cell: usize) -> bool {
        self.is_inner(cell) && self.told(cell, 0).is_some()
    }

    /// Whether its rates are hidden since they changed by a few children.
    pub(super) fn has_changed(&self, cell: usize) -> bool {
        self.changed.contains(&cell) && !self.is_inner(cell)
    }

    /// Whether a figure that was printed then differs from today's, and by no more than a few
    /// children. Of many cases the printed decimals of a percent leave enough open.
    fn differs_by_few(&self, cell: usize, then: i64, now: i64) -> bool {
        /// The smallest steps of a printed percent that make a whole.
        const STEPS: i64 = 100 * 10_i64.pow(DECIMALS);
        let blurred = self.node(cell).population() / STEPS;
        let is_blurred = blurred >= i64::from(self.policy.numerator_range_min);
        then != now && (then - now).abs() <= self.few_cases() && !is_blurred
    }

    /// How many cases of a cell are in the numerator of a rate.
    pub(super) fn numerator(&self, cell: usize, rate: usize) -> i64 {
        self.count_in(rate, &self.node(cell).counts)
    }

    pub(super) fn count_in(&self, rate: usize, counts: &[i64]) -> i64 {
        let counted = counts.iter().zip(&self.rates[rate].0);
        counted
            .filter(|(_, counted)| **counted)
            .map(|(count, _)| count)
            .sum()
    }

    /// How the policy would show a rate beside its population.
    pub(super) fn form(&self, cell: usize, rate: usize) -> RateForm {
        let population = self.node(cell).population();
        let children = self.node(cell).children();
        let met = self.numerator(cell, rate);
        let few = self.few_cases();
        if children < i64::from(self.policy.rate_population_min) {
            return RateForm::Blank;
        }
        if self.rates[rate].1 && met <= few {
            return RateForm::FewMet;
        }
        if self.rates[rate].1 && population - met <= few {
            return RateForm::FewUnmet;
        }
        match self.policy.coding_of(children) {
            None => RateForm::Blank,
            Some(step) if met <= step.bottom_max(population) => {
                RateForm::Bottom(step.bottom_max(population))
            }
            Some(step) if met >= step.top_min(population) => {
                RateForm::Top(step.top_min(population))
            }
            Some(_) => RateForm::Exact,
        }
    }

    /// Shows less of a cell; never more.
    pub(super) fn hide(&mut self, cell: usize, showing: Showing, rule: Rule) {
        if self.showing[cell] < showing {
            self.showing[cell] = showing;
            self.rules.insert(cell, rule);
        }
    }

    /// Hides "not reported" beside any small part, whatever its size, as California's files do.
    pub(super) fn hide_not_reported(&mut self) {
        for sum in &self.tables.sums {
            let parts = || sum.parts.iter().map(|part| *part as usize);
            if parts().any(|part| self.is_small(part)) {
                let unknown = parts().filter(|part| self.node(*part).not_reported);
                for part in unknown
                    .filter(|part| !self.is_empty(*part))
                    .collect::<Vec<_>>()
                {
                    self.hide(part, Showing::Nothing, Rule::NotReported);
                }
            }
        }
    }

    /// Hides what another population of this edition hides of the same cases.
    pub(super) fn hide_withheld(&mut self, withheld: &[Stratum]) {
        for stratum in withheld {
            let nodes = &self.tables.nodes;
            let found = nodes.binary_search_by(|node| node.stratum.cmp(stratum));
            if let Some(cell) = found.ok().filter(|cell| !self.is_empty(*cell)) {
                self.hide(cell, Showing::Nothing, Rule::Range);
            }
        }
    }

    /// Shows no more of a cell than of another one of the very same cases: whoever knows that all
    /// pupils of elementary schools are in these grades would read the one beside the other. Says
    /// whether anything was hidden.
    pub(super) fn hide_alike(&mut self) -> bool {
        let nodes = &self.tables.nodes;
        let printed = |cell: &usize| !self.is_inner(*cell) && !self.is_empty(*cell);
        let mut least: BTreeMap<u64, Showing> = BTreeMap::new();
        for cell in (0..nodes.len()).filter(printed) {
            if let Some(digest) = nodes[cell].digest {
                let showing = least.entry(digest).or_insert(Showing::All);
                *showing = self.showing[cell].max(*showing);
            }
        }
        let mut alike = Vec::new();
        for cell in (0..nodes.len()).filter(printed) {
            let least = nodes[cell].digest.and_then(|digest| least.get(&digest));
            alike.extend(
                least
                    .filter(|least| **least > self.showing[cell])
                    .map(|it| (cell, *it)),
            );
        }
        for (cell, showing) in &alike {
            self.hide(*cell, *showing, Rule::Range);
        }
        !alike.is_empty()
    }

    /// In what order cells are hidden for another's sake: what is asked for least comes first, then
    /// one that can be taken for smaller by a whole range, then the smaller.
    pub(super) fn worth(&self, cell: usize) -> (std::cmp::Reverse<Rank>, bool, i64, usize) {
        let population = self.node(cell).population();
        let roomy = i64::from(self.policy.population_max) + i64::from(self.policy.size_range_min);
        let rank = std::cmp::Reverse(self.node(cell).rank);
        (rank, population <= roomy, population, cell)
    }

    /// The shortest sum in which a cell stands: its row in a table.
    pub(super) fn row(&self, cell: usize) -> usize {
        let sums = self.node(cell).ties.iter().map(|(sum, _)| *sum as usize);
        sums.min_by_key(|sum| self.tables.sums[*sum].parts.len())
            .unwrap_or(usize::MAX)
    }

    /// What it costs to hide a cell for another's sake: any number of a lower rank before one of a
    /// higher, as far as the numbers reach.
    pub(super) fn harm(&self, cell: usize) -> u64 {
        let roomy = u64::from(!self.worth(cell).1);
        match self.node(cell).rank {
            Rank::Inner => 0,
            Rank::CrossTable => 3 - roomy,
            Rank::School => 30 - roomy,
            Rank::LocalDistrict => 1_000,
            Rank::District => 100_000,
            Rank::RequiredTotal => 10_000_000,
        }
    }

    /// What a reader believes of the population (quantity 0) or of the numerator of a rate (from 1)
    /// if so much of the cell were shown, after all editions.
    pub(super) fn range(&self, cell: usize, quantity: usize, showing: Showing) -> Range {
        let now = self.range_shown(cell, quantity, showing);
        let told = self.told(cell, quantity);
        told.map_or(now, |told| now.and(told))
    }

    /// The same after this edition alone.
    pub(super) fn range_shown(&self, cell: usize, quantity: usize, showing: Showing) -> Range {
        match quantity.checked_sub(1) {
            _ if self.is_empty(cell) => Range::new(0, 0),
            _ if self.is_inner(cell) => Range::ANY,
            None => self.range_of_size(cell, showing),
            Some(_) if showing == Showing::Nothing => Range::ANY,
            Some(rate) => self.range_of_rate(cell, rate, showing),
        }
    }

    fn range_of_size(&self, cell: usize, showing: Showing) -> Range {
        let population = self.node(cell).population();
        let small_max = self.few_cases();
        match showing {
            Showing::All | Showing::Size => Range::new(population, population),
            Showing::Nothing if self.is_small(cell) => {
                let rank = self.node(cell).rank;
                let zeros = self.policy.zeros == Zeros::Hidden && rank >= Rank::School;
                Range::new(i64::from(!zeros && !self.is_events), small_max)
            }
            Showing::Nothing => Range::new(i64::from(self.policy.population_max) + 1, UNBOUNDED),
        }
    }

    fn range_of_rate(&self, cell: usize, rate: usize, showing: Showing) -> Range {
        let population = self.node(cell).population();
        let few = self.few_cases();
        match self.form(cell, rate) {
            RateForm::Blank => Range::new(0, population),
            RateForm::FewMet => Range::new(0, few.min(population)),
            RateForm::FewUnmet => Range::new((population - few).max(0), population),
            // A star for another cell's sake stands for a figure or a code: nobody can tell.
            _ if showing > Showing::All => {
                Range::new(self.least_shown(rate), population - self.least_shown(rate))
            }
            RateForm::Bottom(max) => Range::new(self.least_shown(rate), max),
            RateForm::Top(min) => Range::new(min, population - self.least_shown(rate)),
            RateForm::Exact => {
                let met = self.numerator(cell, rate);
                Range::new(met, met)
            }
        }
    }

    /// The smallest numerator that a sensitive rate shows at all.
    fn least_shown(&self, rate: usize) -> i64 {
        if self.rates[rate].1 {
            self.few_cases() + 1
        } else {
            0
        }
    }

    /// Takes in what earlier editions printed.
    fn remember(
        &mut self,
        population: &Population,
        history: &[Published],
    ) -> Result<(), SuppressionError> {
        // Which cell the last size was of, and whether it may be today's: the bounds of a rate are
        // those of its size, whose row stands before it.
        let mut of_same_size = (&Stratum::new(), true);
        let mut of_nearly_same_size = false;
        for row in history.iter().filter(|row| row.population == population.id) {
            let nodes = &self.tables.nodes;
            let found = nodes.binary_search_by(|node| node.stratum.cmp(&row.stratum));
            let quantity = match &row.quantity {
                Quantity::Size => Some(0),
                Quantity::Rate(id) => {
                    let mut rates = population.rates.iter();
                    rates.position(|rate| rate.id == *id).map(|rate| rate + 1)
                }
            };
            let (Ok(cell), Some(quantity)) = (found, quantity) else {
                return Err(SuppressionError::UnknownHistory(Box::new(row.clone())));
            };
            let value = self.value(cell, quantity);
            let range = Range::new(i64::from(row.low), row.high.map_or(UNBOUNDED, i64::from));
            let is_exact = range.width() == 0 && !row.hidden;
            let differs = is_exact && self.differs_by_few(cell, range.low, value);
            if quantity == 0 {
                of_same_size = (&row.stratum, range.contains(value));
                of_nearly_same_size = differs;
            } else if is_exact && (differs || of_nearly_same_size) {
                self.changed.insert(cell);
                continue;
            }
            let holds = range.contains(value) && of_same_size == (&row.stratum, true);
            let range = match (holds, row.hidden) {
                (true, _) => range,
                // Of a cell that had no case then, nothing follows for those that came since.
                (false, _) if range.high == 0 => continue,
                (false, true) => continue,
                // The records have changed since: who saw the old value is taken to know the new,
                // and who saw a code, the code of today.
                (false, false) if range.width() == 0 => Range::new(value, value),
                (false, false) => self.range_shown(cell, quantity, Showing::All),
            };
            let told = self.told.entry((cell, quantity)).or_insert(Range::ANY);
            *told = told.and(range);
        }
        Ok(())
    }

    /// The true count.
    pub(super) fn value(&self, cell: usize, quantity: usize) -> i64 {
        match quantity.checked_sub(1) {
            None => self.node(cell).population(),
            Some(rate) => self.numerator(cell, rate),
        }
    }
}
