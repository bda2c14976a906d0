//! What the public edition of a report hides, so that nobody learns about a child from it.
//!
//! Owns small cells and coded rates (`policy`, `knowledge`), cells hidden beside them (`audit`),
//! what is printed in their place (`shown`) and what a later edition must remember (`history`).
//!
//! The promise: for each hidden size and count there are two districts of whole children that agree
//! with everything that was ever printed, and between which it differs by at least the range that
//! the policy asks for. The audit holds both of them, counted in integers, before it lets a cell's
//! neighbours be printed. That is why no linear program stands here: the bounds of one hold a range
//! from outside, so a relaxed, rounded or unfinished one would err towards printing. A search that
//! ends early finds no such pair, and more is hidden.
//!
//! Never: a decision by chance, by the clock or by the order of the input. It does not protect
//! cells that no table prints, nor what a reader knows of single children from elsewhere, nor
//! against one who runs these rules on every district that he can think of to see which gives
//! these stars.

mod audit;
mod bounds;
mod circuit;
mod exchange;
mod history;
mod knowledge;
mod policy;
mod population;
mod shown;
mod tables;

pub use history::{Published, Quantity};
pub use policy::{Coding, DEFAULT_POLICY, Policy, PolicyError, SUPPRESSION_FORMAT, Zeros};
pub use population::{Cell, Population, Rank, RateOf, Stratum};
pub use shown::{Exposed, PublicCell, PublicTables, Reason, Rule, Shown, Value, change_in_tenths};

use knowledge::Knowledge;
use tables::Tables;

/// How many cells one population may have.
pub const CELLS_MAX: usize = 4_000_000;

/// How many classes its cases may fall into.
pub const CLASSES_MAX: usize = 16;

/// How many cases one cell may have.
pub const CASES_MAX: u32 = 1 << 30;

/// Why tables cannot be made public.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuppressionError {
    /// A cell stands twice.
    #[error("the cell {stratum:?} stands twice; hint: one cell for each stratum")]
    Twice {
        /// Which.
        stratum: Stratum,
    },
    /// A cell has another number of counts than there are classes.
    #[error("the cell {stratum:?} has not one count for each class")]
    Classes {
        /// Which.
        stratum: Stratum,
    },
    /// Parts do not add up to their whole.
    #[error(
        "the cell {stratum:?} and its parts by {by:?} do not add up; hint: every case is in one \
         part, \"not reported\" among them, and every whole is there"
    )]
    Unequal {
        /// The whole, or the first of its parts where it is missing.
        stratum: Stratum,
        /// The axes of its parts.
        by: Vec<String>,
    },
    /// The tables leave open what ties them together.
    #[error(
        "tables by {axes:?} are tied by more than their totals; hint: give the cells by all of \
         these axes at once, as inner cells if they are not printed"
    )]
    Untied {
        /// The axes.
        axes: Vec<String>,
    },
    /// An earlier edition printed a cell that is not among these.
    #[error(
        "an earlier edition printed {0:?}, which these tables lack; hint: give it as an inner cell"
    )]
    UnknownHistory(Box<Published>),
    /// More than a population may have.
    #[error("population {population}: more than {limit}")]
    TooLarge {
        /// Its id.
        population: String,
        /// What there is too much of.
        limit: String,
    },
    /// A rate counts a class that does not exist.
    #[error("rate {rate} counts a class that the population does not have")]
    UnknownClass {
        /// Which rate.
        rate: String,
    },
}

/// Decides what the public sees of a population.
///
/// `history` are the rows of every earlier edition that the public has, never those of this one.
pub fn suppress(
    population: &Population,
    policy: &Policy,
    history: &[Published],
) -> Result<PublicTables, SuppressionError> {
    within_bounds(population)?;
    let tables = Tables::of(population)?;
    let mut knowledge = Knowledge::new(population, &tables, policy, history)?;
    knowledge.hide_not_reported();
    knowledge.hide_withheld(&population.withheld);
    let mut audited = audit::protect(&mut knowledge);
    // What is hidden beside a cell may be shown of the same cases elsewhere.
    while knowledge.hide_alike() {
        audited = audit::protect(&mut knowledge);
    }
    Ok(shown::print(population, &knowledge, audited))
}

fn within_bounds(population: &Population) -> Result<(), SuppressionError> {
    let too_large = |limit: String| SuppressionError::TooLarge {
        population: population.id.clone(),
        limit,
    };
    if population.cells.len() > CELLS_MAX {
        return Err(too_large(format!("{CELLS_MAX} cells")));
    }
    if population.classes.len() > CLASSES_MAX || population.rates.len() > CLASSES_MAX {
        return Err(too_large(format!("{CLASSES_MAX} classes or rates")));
    }
    let mut counts = population.cells.iter().flat_map(|cell| &cell.counts);
    if counts.any(|count| *count > CASES_MAX) {
        return Err(too_large(format!("{CASES_MAX} cases")));
    }
    let classes = population.classes.len();
    let unknown = |rate: &&RateOf| rate.numerator.iter().any(|class| *class >= classes);
    match population.rates.iter().find(unknown) {
        None => Ok(()),
        Some(rate) => Err(SuppressionError::UnknownClass {
            rate: rate.id.clone(),
        }),
    }
}
