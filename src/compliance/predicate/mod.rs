//! Rules over a case: `kind == "initial" and clock.days <= days(60)`.
//!
//! Owns the language of a decree's rules: its form (`syntax`), the names that may stand in it
//! (`names`), what may be compared with what (`check`), and what a rule says of a case
//! (`evaluate`). A rule is true, false or unknown of a case: what is compared with a field that
//! has no value is unknown, so that an absent date is never in time.
//!
//! Never: a name, unit or type that is found wrong while cases are counted. All of that is found
//! when the rule is read, and a rule that was read fails on no case.
//!
//! Next: `decree` holds the rules of an outcome.

mod absent;
mod check;
mod constant;
mod evaluate;
mod names;
mod syntax;

use std::fmt;
use std::ops::Range;

pub use evaluate::{CaseView, ClockReading, ReportDates, Truth, Weighed};
pub(in crate::compliance) use names::nearest;
pub use names::{CLOCK_FIELDS, ClockNames, DATES, Names};
pub use syntax::{
    PREDICATE_BYTES_MAX, PREDICATE_DEPTH_MAX, PREDICATE_LIST_MAX, PREDICATE_NODES_MAX,
};

/// A rule that was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    test: check::Test,
    /// As this program writes it, whatever blanks and brackets its author wrote.
    written: String,
}

/// What is wrong with a rule, and the bytes of its text that are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The bytes.
    pub at: Range<usize>,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Mistake {
    fn new(at: Range<usize>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        let (what, hint) = (what.into(), hint.into());
        Self { at, what, hint }
    }
}

impl Predicate {
    /// Reads a rule over the fields of a kind of cases; or tells everything that is wrong with it.
    pub fn read(text: &str, names: Names) -> Result<Self, Vec<Mistake>> {
        let tree = syntax::parse(text)?;
        let test = check::check(&tree, names)?;
        let written = test.written(names);
        Ok(Self { test, written })
    }

    /// What it says of a case.
    pub fn evaluate(&self, view: &CaseView<'_>) -> Truth {
        self.test.evaluate(view)
    }

    /// Each comparison with what stands on its sides in a case, in the order of the text.
    pub fn weigh(&self, names: Names, view: &CaseView<'_>) -> Vec<Weighed> {
        self.test.weigh(names, view)
    }

    /// Whether it asks for the clock's fields.
    pub fn asks_the_clock(&self) -> bool {
        self.test.asks_the_clock()
    }
}

/// The rule as this program writes it: what reads back as the same rule.
impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
