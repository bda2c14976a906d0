//! Bounds that hold in every possible district: what is proven to be narrow.
//!
//! Owns the certificate of an exposed count. From what a reader believes of each cell, each sum
//! bounds its whole by its parts and each part by what the others leave of the whole, until nothing
//! moves any more. Such bounds hold from outside: a count that they hold narrow is narrow, and
//! whoever signs is told; one that they leave wide may be narrow all the same, and nothing is said
//! of it.
//!
//! Never: that a count may be printed; that is for two possible districts to say (`circuit`).

use super::knowledge::{Knowledge, Range, UNBOUNDED};

/// How often every sum is looked at, at most. Bounds that are not yet at rest hold, too.
const ROUNDS_MAX: usize = 64;

/// The bounds of every count.
pub(super) struct Bounds {
    quantities: usize,
    /// By cell: the population, then numerator and rest of each rate.
    of: Vec<Range>,
}

impl Bounds {
    /// What follows from what is shown of every cell, now and by earlier editions.
    pub(super) fn of(knowledge: &Knowledge) -> Self {
        let believed = |cell, quantity| knowledge.range(cell, quantity, knowledge.showing[cell]);
        Self::from(knowledge, believed)
    }

    /// What follows from earlier editions alone.
    pub(super) fn of_history(knowledge: &Knowledge) -> Self {
        Self::from(knowledge, |cell, quantity| {
            knowledge.told(cell, quantity).unwrap_or(Range::ANY)
        })
    }

    fn from(knowledge: &Knowledge, believed: impl Fn(usize, usize) -> Range) -> Self {
        let cells = knowledge.tables.nodes.len();
        let quantities = 1 + 2 * knowledge.rates.len();
        let mut bounds = Self {
            quantities,
            of: vec![Range::ANY; cells * quantities],
        };
        for cell in 0..cells {
            bounds.of[cell * quantities] = believed(cell, 0);
            for rate in 0..knowledge.rates.len() {
                bounds.of[cell * quantities + 1 + 2 * rate] = believed(cell, 1 + rate);
            }
        }
        for _ in 0..ROUNDS_MAX {
            let within = (0..cells).fold(false, |moved, cell| bounds.within(cell) | moved);
            let along = bounds.along_sums(knowledge);
            if !(within | along) {
                break;
            }
        }
        bounds
    }

    /// What a count is held between.
    pub(super) fn range(&self, cell: usize, quantity: usize) -> Range {
        self.of[cell * self.quantities + quantity]
    }

    /// A cell's numerator and rest make up its population.
    fn within(&mut self, cell: usize) -> bool {
        let mut moved = false;
        for numerator in (1..self.quantities).step_by(2) {
            moved |= self.sum(
                cell * self.quantities,
                &[0, 1].map(|side| cell * self.quantities + numerator + side),
            );
        }
        moved
    }

    fn along_sums(&mut self, knowledge: &Knowledge) -> bool {
        let mut moved = false;
        let mut parts = Vec::new();
        for sum in &knowledge.tables.sums {
            for quantity in 0..self.quantities {
                let place = |cell: u32| cell as usize * self.quantities + quantity;
                parts.clear();
                parts.extend(sum.parts.iter().map(|part| place(*part)));
                let whole = place(sum.whole);
                moved |= self.sum(whole, &parts);
            }
        }
        moved
    }

    /// One sum, in both directions; whether anything moved.
    fn sum(&mut self, whole: usize, parts: &[usize]) -> bool {
        let total = |bound: fn(&Range) -> i64, of: &[Range]| -> i64 {
            parts.iter().map(|part| bound(&of[*part])).sum()
        };
        let (low, high) = (total(|it| it.low, &self.of), total(|it| it.high, &self.of));
        let mut moved = self.narrow(whole, low, high);
        let whole = self.of[whole];
        for part in parts {
            let own = self.of[*part];
            moved |= self.narrow(
                *part,
                whole.low - (high - own.high),
                whole.high - (low - own.low),
            );
        }
        moved
    }

    fn narrow(&mut self, place: usize, low: i64, high: i64) -> bool {
        let before = self.of[place];
        self.of[place] = before.and(Range::new(low, high.min(UNBOUNDED)));
        self.of[place] != before
    }
}
