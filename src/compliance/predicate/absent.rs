//! Which fields make a rule hold by having no value.
//!
//! What is compared with a field that has no value is unknown, so that an absent date is never in
//! time. Only `is not known` turns absence into an answer: whoever writes it into a class that
//! serves a target lets a case be good of which nobody recorded anything. Beside a comparison with
//! the day of the report, or with the days so far, it asks for something else: whether what is not
//! done was to be done by now.

use super::Predicate;
use super::check::{Amount, Term, Test};
use super::names::{Names, Slot};

impl Predicate {
    /// The fields whose absence can make it hold, whatever the day of the report, in the order of
    /// the text.
    pub fn held_by_absence(&self, names: Names) -> Vec<&'static str> {
        let mut found = Vec::new();
        self.test.held_by_absence(true, &mut found);
        let mut told = Vec::new();
        for slot in found {
            let name = names.field(slot).name;
            if !told.contains(&name) {
                told.push(name);
            }
        }
        told
    }
}

impl Test {
    /// `holds` is what of this part makes the whole rule hold: itself, or that it is false.
    fn held_by_absence(&self, holds: bool, found: &mut Vec<Slot>) {
        match self {
            Self::Known(slot) if !holds => found.push(*slot),
            Self::Not(inner) => inner.held_by_absence(!holds, found),
            Self::All(parts) | Self::Any(parts) => {
                // All of them are needed: then one that asks for the time asks it of each.
                let is_all = matches!(self, Self::All(_)) == holds;
                if is_all && parts.iter().any(Self::asks_for_the_time) {
                    return;
                }
                let parts = parts.iter();
                parts.for_each(|part| part.held_by_absence(holds, found));
            }
            Self::Always(_) | Self::Flag(_) | Self::Known(_) => {}
            Self::Compare(..) | Self::In(..) => {}
        }
    }

    /// Whether it compares something with the day of the report, or with the days so far.
    fn asks_for_the_time(&self) -> bool {
        match self {
            Self::Compare(left, _, right) => left.is_of_the_time() || right.is_of_the_time(),
            Self::In(term, _) => term.is_of_the_time(),
            Self::Not(inner) => inner.asks_for_the_time(),
            _ => false,
        }
    }
}

impl Term {
    fn is_of_the_time(&self) -> bool {
        match &self.amount {
            // Of `names`: the days so far, and the day of the report.
            Amount::Slot(slot) => matches!(slot, Slot::Clock(2) | Slot::Report(0)),
            Amount::Literal(_) => false,
            Amount::Plus(one, other) | Amount::Minus(one, other) => {
                one.is_of_the_time() || other.is_of_the_time()
            }
        }
    }
}
