//! What is printed of each cell, by which rule, and the rows that a later edition is given.
//!
//! Owns the words `*`, `<=5%`, `>=95%` and the one rounding of a rate. Never: a decision.

use std::fmt;

use super::audit::Audited;
use super::history::{Published, Quantity};
use super::knowledge::{Knowledge, RateForm, Showing, UNBOUNDED};
use super::population::{Population, Stratum};

/// The public's tables of one population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicTables {
    /// The population's id.
    pub population: String,
    /// The edition of the policy.
    pub policy_version: String,
    /// Every cell that is not an inner one, by stratum.
    pub cells: Vec<PublicCell>,
    /// What this edition tells, for the history, if it is signed.
    pub told: Vec<Published>,
    /// Counts that are proven to stay narrow whatever is hidden, because earlier editions told too
    /// much, or because of which stars stand for a small population. With one of them, an edition
    /// is not fit to be signed.
    pub exposed: Vec<Exposed>,
    /// Whether nothing at all is told of the population, for it was not proven in the search's time
    /// that its stars alone tell nothing: it has no cell then, and tells the history nothing.
    pub is_withheld: bool,
    /// How many steps the search took: a measure of work that does not depend on the machine.
    pub steps: u64,
}

/// A cell as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCell {
    /// Where it stands.
    pub stratum: Stratum,
    /// Its population.
    pub size: Shown,
    /// Its rates, in the order of the population's.
    pub rates: Vec<Shown>,
}

/// What is printed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is printed.
    pub value: Value,
    /// Why it is not the figure, if it is not.
    pub reason: Reason,
    /// The rule of the policy, if one applied.
    pub rule: Option<Rule>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// So many cases.
    Cases(u32),
    /// A rate of no case at all.
    NoData,
    /// A rate: its cases, and tenths of a percent.
    Rate {
        /// The numerator.
        cases: u32,
        /// Tenths of a percent, a half rounded to the even one.
        tenths: u32,
    },
    /// This percent or less.
    AtMost(u32),
    /// This percent or more.
    AtLeast(u32),
    /// Hidden.
    Star,
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cases(cases) => write!(out, "{cases}"),
            Self::NoData => out.write_str("no data"),
            Self::Rate { tenths, .. } => write!(out, "{}.{}%", tenths / 10, tenths % 10),
            Self::AtMost(percent) => write!(out, "<={percent}%"),
            Self::AtLeast(percent) => write!(out, ">={percent}%"),
            Self::Star => out.write_str("*"),
        }
    }
}

/// Why something else than the figure is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The figure is printed.
    None,
    /// There is no case.
    NoData,
    /// Hidden for its own sake.
    Primary,
    /// Hidden for another cell's sake.
    Complementary,
    /// At the lower edge.
    Bottom,
    /// At the upper edge.
    Top,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `population_max`.
    SmallPopulation,
    /// `sensitive_numerators`.
    SmallNumerator,
    /// `rate_population_min`.
    RatePopulation,
    /// `coding`.
    Coding,
    /// "Not reported" beside a small part.
    NotReported,
    /// `size_range_min` or `numerator_range_min` of another cell.
    Range,
    /// The search ended without proof, and everything of a rank was hidden.
    Withheld,
}

impl Rule {
    /// The name under which the rule prints.
    pub fn id(self) -> &'static str {
        match self {
            Self::SmallPopulation => "small-population",
            Self::SmallNumerator => "small-numerator",
            Self::RatePopulation => "rate-population",
            Self::Coding => "coding",
            Self::NotReported => "not-reported",
            Self::Range => "range",
            Self::Withheld => "withheld",
        }
    }
}

/// A count that a reader of all editions can narrow too far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The cell.
    pub stratum: Stratum,
    /// Which count.
    pub quantity: Quantity,
    /// Whether it is what the numerator leaves of the population.
    pub rest: bool,
    /// No possible count is less.
    pub low: u32,
    /// None is larger.
    pub high: u32,
    /// By how much they should differ.
    pub needed: u32,
}

/// The change of a rate between two years in tenths of a percent, where both stand as figures.
///
/// Beside a coded or hidden rate a change would tell what it hides.
pub fn change_in_tenths(earlier: &Shown, later: &Shown) -> Option<i64> {
    let tenths = |shown: &Shown| match shown.value {
        Value::Rate { tenths, .. } => Some(i64::from(tenths)),
        _ => None,
    };
    Some(tenths(later)? - tenths(earlier)?)
}

/// A share in tenths of a percent, exact until its one rounding: to the nearest, a half to the
/// even.
fn tenths_half_even(part: i64, whole: i64) -> u32 {
    let (quotient, rest) = (part * 1000 / whole, part * 1000 % whole);
    let up = 2 * rest > whole || (2 * rest == whole && quotient % 2 == 1);
    count(quotient + i64::from(up))
}

/// A count of the input; it came from a `u32`.
fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

pub(super) fn print(
    population: &Population,
    knowledge: &Knowledge,
    audited: Audited,
) -> PublicTables {
    let mut tables = PublicTables {
        population: population.id.clone(),
        policy_version: knowledge.policy.version.clone(),
        cells: Vec::new(),
        told: Vec::new(),
        exposed: Vec::new(),
        is_withheld: audited.is_unproven,
        steps: audited.steps,
    };
    if tables.is_withheld {
        return tables;
    }
    let quantity = |place: usize| match place.checked_sub(1) {
        None => Quantity::Size,
        Some(rate) => Quantity::Rate(population.rates[rate].id.clone()),
    };
    for cell in (0..knowledge.tables.nodes.len()).filter(|cell| !knowledge.is_inner(*cell)) {
        let size = shown_size(knowledge, cell);
        let rates = 0..population.rates.len();
        let rates: Vec<Shown> = rates
            .map(|rate| shown_rate(knowledge, cell, rate))
            .collect();
        let stratum = &knowledge.node(cell).stratum;
        for (place, shown) in std::iter::once(&size).chain(&rates).enumerate() {
            let range = knowledge.range_shown(cell, place, knowledge.showing[cell]);
            tables.told.push(Published {
                population: population.id.clone(),
                stratum: stratum.clone(),
                quantity: quantity(place),
                low: count(range.low),
                high: (range.high < UNBOUNDED).then(|| count(range.high)),
                hidden: shown.value == Value::Star,
                printed: shown.value.to_string(),
                rule: shown.rule.map_or("", Rule::id).to_owned(),
                policy_version: knowledge.policy.version.clone(),
            });
        }
        tables.cells.push(PublicCell {
            stratum: stratum.clone(),
            size,
            rates,
        });
    }
    for (target, range) in audited.exposed {
        tables.exposed.push(Exposed {
            stratum: knowledge.node(target.cell).stratum.clone(),
            quantity: quantity(target.quantity.div_ceil(2)),
            rest: target.quantity > 0 && target.quantity % 2 == 0,
            low: count(range.low),
            high: count(range.high),
            needed: count(target.width),
        });
    }
    tables
}

fn printed(value: Value) -> Shown {
    Shown {
        value,
        reason: Reason::None,
        rule: None,
    }
}

fn star(reason: Reason, rule: Rule) -> Shown {
    Shown {
        value: Value::Star,
        reason,
        rule: Some(rule),
    }
}

/// A star for another cell's sake.
fn helper(knowledge: &Knowledge, cell: usize) -> Shown {
    let rule = knowledge.rules.get(&cell).copied();
    star(Reason::Complementary, rule.unwrap_or(Rule::Range))
}

fn shown_size(knowledge: &Knowledge, cell: usize) -> Shown {
    let population = knowledge.node(cell).population();
    if knowledge.is_empty(cell) {
        Shown {
            value: Value::Cases(0),
            reason: Reason::NoData,
            rule: None,
        }
    } else if knowledge.is_small(cell) {
        star(Reason::Primary, Rule::SmallPopulation)
    } else if knowledge.showing[cell] == Showing::Nothing {
        helper(knowledge, cell)
    } else {
        printed(Value::Cases(count(population)))
    }
}

fn shown_rate(knowledge: &Knowledge, cell: usize, rate: usize) -> Shown {
    let population = knowledge.node(cell).population();
    if knowledge.is_empty(cell) {
        return Shown {
            value: Value::NoData,
            reason: Reason::NoData,
            rule: None,
        };
    }
    if knowledge.is_small(cell) {
        return star(Reason::Primary, Rule::SmallPopulation);
    }
    let showing = knowledge.showing[cell];
    if showing == Showing::Nothing {
        return helper(knowledge, cell);
    }
    let coding = knowledge.policy.coding_of(knowledge.node(cell).children());
    let coded = |value: Value, reason: Reason| Shown {
        value,
        reason,
        rule: Some(Rule::Coding),
    };
    match (knowledge.form(cell, rate), coding) {
        (RateForm::FewMet | RateForm::FewUnmet, _) => star(Reason::Primary, Rule::SmallNumerator),
        (RateForm::Blank, _) | (_, None) => star(Reason::Primary, Rule::RatePopulation),
        _ if showing > Showing::All => helper(knowledge, cell),
        (RateForm::Bottom(_), Some(step)) => {
            coded(Value::AtMost(step.bottom_percent), Reason::Bottom)
        }
        (RateForm::Top(_), Some(step)) => coded(Value::AtLeast(step.top_percent), Reason::Top),
        (RateForm::Exact, Some(_)) => {
            let cases = knowledge.numerator(cell, rate);
            printed(Value::Rate {
                cases: count(cases),
                tenths: tenths_half_even(cases, population),
            })
        }
    }
}
