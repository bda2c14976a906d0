//! Rules that say the same of every case, which their author cannot have meant.
//!
//! A rule that compares fields with literals only is asked of every sort of case that it can tell
//! apart: for each field one value on each side of each literal, and an unknown one, for `flag or
//! not flag` and `days >= days(0)` ask whether it is known. What says the same of all of them says
//! the same of every case. Rules that compare fields with each other or add something are not
//! judged, nor those with more sorts of cases than are worth a warning.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Predicate;
use super::check::{Amount, Term, Test};
use super::evaluate::{CaseView, ClockReading, ReportDates, Truth};
use super::names::{Names, Slot};
use crate::compliance::case::{Case, FieldType, Value};
use crate::record::{DayCount, Percent};

/// Sorts of cases of which one rule is asked.
const SORTS_MAX: usize = 5_000;

/// The values of a field that a rule tells apart; none stands for an unknown one.
type Sorts = BTreeMap<Slot, Vec<Option<Value>>>;

impl Predicate {
    /// Whether it holds of every case, or of none; nothing where it depends on the case, or where
    /// that is not found out.
    pub fn constant(&self, names: Names) -> Option<bool> {
        let mut sorts = Sorts::new();
        if !self.test.sorts(names, &mut sorts) {
            return None;
        }
        let mut all = sorts.values().map(Vec::len);
        let all = all.try_fold(1_usize, |all, some| all.checked_mul(some))?;
        if all > SORTS_MAX {
            return None;
        }
        let truth = |sort| self.evaluate_sort(names, &sorts, sort) == Truth::True;
        let first = truth(0);
        (1..all).all(|sort| truth(sort) == first).then_some(first)
    }

    fn evaluate_sort(&self, names: Names, sorts: &Sorts, mut sort: usize) -> Truth {
        let mut case = Case::new(names.kind, String::new());
        let mut clock = ClockReading::default();
        let mut dates = ReportDates {
            as_of: Date::ZERO,
            count_day: Date::ZERO,
            period_begins: Date::ZERO,
            period_ends: Date::ZERO,
        };
        for (slot, values) in sorts {
            let value = &values[sort % values.len()];
            sort /= values.len();
            let date = match value {
                Some(Value::Date(day)) => Some(*day),
                _ => None,
            };
            let days = match value {
                Some(Value::Days(days)) => Some(*days),
                _ => None,
            };
            match slot {
                Slot::Case(_) => case.know(names.field(*slot).name, value.clone()),
                Slot::Clock(0) => clock.days = days,
                Slot::Clock(1) => clock.untolled_days = days,
                Slot::Clock(2) => clock.days_so_far = days,
                Slot::Clock(3) => clock.due_on = date,
                Slot::Clock(_) => clock.late_by = days,
                Slot::Report(0) => dates.as_of = date.unwrap_or(dates.as_of),
                Slot::Report(1) => dates.count_day = date.unwrap_or(dates.count_day),
                Slot::Report(2) => dates.period_begins = date.unwrap_or(dates.period_begins),
                Slot::Report(_) => dates.period_ends = date.unwrap_or(dates.period_ends),
            }
        }
        self.evaluate(&CaseView {
            case: &case,
            clock,
            dates,
        })
    }
}

impl Test {
    /// Collects what the rule tells apart; false where it compares more than fields with literals.
    fn sorts(&self, names: Names, sorts: &mut Sorts) -> bool {
        match self {
            Self::Always(_) => true,
            Self::Flag(slot) => {
                for flag in [Some(true), Some(false), None] {
                    add(sorts, *slot, flag.map(Value::Flag));
                }
                true
            }
            Self::Known(slot) => {
                add(sorts, *slot, None);
                add(sorts, *slot, Some(some_value(names.field(*slot).of)));
                true
            }
            Self::Not(inner) => inner.sorts(names, sorts),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().all(|part| part.sorts(names, sorts))
            }
            Self::Compare(left, _, right) => {
                let (slot, literal) = match (&left.amount, &right.amount) {
                    (Amount::Slot(slot), Amount::Literal(literal))
                    | (Amount::Literal(literal), Amount::Slot(slot)) => (*slot, literal),
                    _ => return false,
                };
                around(sorts, names, slot, literal);
                true
            }
            Self::In(
                Term {
                    amount: Amount::Slot(slot),
                    ..
                },
                values,
            ) => {
                for value in values {
                    around(sorts, names, *slot, value);
                }
                true
            }
            Self::In(..) => false,
        }
    }
}

fn add(sorts: &mut Sorts, slot: Slot, value: Option<Value>) {
    let values = sorts.entry(slot).or_default();
    if !values.contains(&value) {
        values.push(value);
    }
}

fn some_value(of: FieldType) -> Value {
    match of {
        FieldType::Date => Value::Date(Date::ZERO),
        FieldType::Days => Value::Days(DayCount::ZERO),
        FieldType::Count => Value::Count(0),
        FieldType::Percent => Value::Percent(Percent::ZERO),
        FieldType::Flag => Value::Flag(true),
        FieldType::Code(words) => Value::Code(words[0]),
        FieldType::Text => Value::Text("".into()),
    }
}

/// A literal, and what lies on either side of it.
fn around(sorts: &mut Sorts, names: Names, slot: Slot, literal: &Value) {
    let mut all = vec![literal.clone()];
    match literal {
        Value::Date(day) => {
            all.extend(day.yesterday().ok().map(Value::Date));
            all.extend(day.tomorrow().ok().map(Value::Date));
        }
        Value::Days(days) => {
            let near = [days.thousandths() - 1, days.thousandths() + 1].into_iter();
            let near = near.filter(|days| *days >= 0);
            all.extend(near.map(|days| Value::Days(DayCount::from_thousandths(days))));
        }
        Value::Percent(share) => {
            let near = [share.thousandths() - 1, share.thousandths() + 1].into_iter();
            let near = near.filter(|share| (0..=Percent::MAX).contains(share));
            all.extend(near.map(|share| Value::Percent(Percent::from_thousandths(share))));
        }
        Value::Count(count) => {
            all.extend(count.checked_sub(1).map(Value::Count));
            all.extend(count.checked_add(1).map(Value::Count));
        }
        Value::Flag(flag) => all.push(Value::Flag(!flag)),
        Value::Code(_) => {
            if let FieldType::Code(words) = names.field(slot).of {
                all = words.iter().map(|word| Value::Code(word)).collect();
            }
        }
        // No rule names this text: a text of a rule is never so long.
        Value::Text(_) => all.push(Value::Text("x".repeat(super::PREDICATE_BYTES_MAX).into())),
    }
    for value in all.into_iter().map(Some).chain([None]) {
        add(sorts, slot, value);
    }
}
