//! What a rule says of a case: true, false or unknown, by the three-valued logic of Kleene.
//!
//! A comparison is unknown where a side has no value, or none that can be computed. `and` is false
//! where a part is false, `or` true where a part is true, whatever else is unknown. Nothing is
//! allocated, for every case of a district is asked.

use std::cmp::Ordering;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::check::{Amount, Term, Test};
use super::names::{Names, Slot};
use super::syntax::Comparison;
use crate::compliance::case::{Case, FieldType, Value};
use crate::record::{DayCount, Percent};

/// What a rule says of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// The records do not say.
    Unknown,
}

impl Truth {
    const fn of(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }
}

/// What the outcome's clock says of a case, in the order of [`super::CLOCK_FIELDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockReading {
    /// Days from begin to end, as the clock counts them.
    pub days: Option<DayCount>,
    /// The same without anything left out.
    pub untolled_days: Option<DayCount>,
    /// Days from begin to end, or to the day of the report while it runs.
    pub days_so_far: Option<DayCount>,
    /// The last day in time.
    pub due_on: Option<Date>,
    /// Calendar days after that day on which it ended.
    pub late_by: Option<DayCount>,
}

/// The dates of a report, in the order of [`super::DATES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportDates {
    /// The day as of which it tells what happened.
    pub as_of: Date,
    /// The day on which pupils and teachers are counted.
    pub count_day: Date,
    /// First day of the reporting period.
    pub period_begins: Date,
    /// Last day of the reporting period.
    pub period_ends: Date,
}

/// All that a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct CaseView<'a> {
    /// The case.
    pub case: &'a Case,
    /// What the outcome's clock says of it.
    pub clock: ClockReading,
    /// The dates of the report.
    pub dates: ReportDates,
}

/// A comparison of a rule, with what stands on its sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The comparison, as this program writes rules.
    pub test: String,
    /// Each name in it with its value; none where it is unknown.
    pub named: Vec<(&'static str, Option<Value>)>,
    /// What it says.
    pub truth: Truth,
}

/// A value as it is compared: days and shares in thousandths.
#[derive(Clone, Copy)]
enum Seen<'a> {
    Date(Date),
    Number(i64),
    Flag(bool),
    Word(&'a str),
}

impl<'a> Seen<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Date(day) => Self::Date(*day),
            Value::Days(days) => Self::Number(days.thousandths()),
            Value::Count(count) => Self::Number(*count),
            Value::Percent(share) => Self::Number(share.thousandths()),
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Code(word) => Self::Word(word),
            Value::Text(text) => Self::Word(text),
        }
    }

    /// How two values of one type stand to each other.
    fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(&b)),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(&b)),
            (Self::Flag(a), Self::Flag(b)) => Some(a.cmp(&b)),
            (Self::Word(a), Self::Word(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

const SECONDS_OF_A_DAY: i64 = 86_400;

/// A date and a number of days, where both are whole and the calendar has such a day.
fn moved(day: Date, thousandths: i64) -> Option<Date> {
    if thousandths % 1000 != 0 {
        return None;
    }
    let seconds = (thousandths / 1000).checked_mul(SECONDS_OF_A_DAY)?;
    day.checked_add(SignedDuration::from_secs(seconds)).ok()
}

impl CaseView<'_> {
    fn seen(&self, slot: Slot) -> Option<Seen<'_>> {
        let days = |days: Option<DayCount>| days.map(|it| Seen::Number(it.thousandths()));
        match slot {
            Slot::Case(place) => self.case.value(place).map(Seen::of),
            Slot::Clock(0) => days(self.clock.days),
            Slot::Clock(1) => days(self.clock.untolled_days),
            Slot::Clock(2) => days(self.clock.days_so_far),
            Slot::Clock(3) => self.clock.due_on.map(Seen::Date),
            Slot::Clock(_) => days(self.clock.late_by),
            Slot::Report(0) => Some(Seen::Date(self.dates.as_of)),
            Slot::Report(1) => Some(Seen::Date(self.dates.count_day)),
            Slot::Report(2) => Some(Seen::Date(self.dates.period_begins)),
            Slot::Report(_) => Some(Seen::Date(self.dates.period_ends)),
        }
    }

    /// The value of a name, for a reader.
    fn told(&self, slot: Slot, of: FieldType) -> Option<Value> {
        if let Slot::Case(place) = slot {
            return self.case.value(place).cloned();
        }
        match self.seen(slot)? {
            Seen::Date(day) => Some(Value::Date(day)),
            Seen::Number(number) => Some(match of {
                FieldType::Days => Value::Days(DayCount::from_thousandths(number)),
                FieldType::Percent => Value::Percent(Percent::from_thousandths(number)),
                _ => Value::Count(number),
            }),
            Seen::Flag(flag) => Some(Value::Flag(flag)),
            Seen::Word(word) => Some(Value::Text(word.into())),
        }
    }
}

impl Term {
    fn seen<'a>(&'a self, view: &'a CaseView<'_>) -> Option<Seen<'a>> {
        let (left, right, sign) = match &self.amount {
            Amount::Slot(slot) => return view.seen(*slot),
            Amount::Literal(value) => return Some(Seen::of(value)),
            Amount::Plus(left, right) => (left, right, 1),
            Amount::Minus(left, right) => (left, right, -1),
        };
        match (left.seen(view)?, right.seen(view)?) {
            (Seen::Number(a), Seen::Number(b)) => {
                let b = b.checked_mul(sign)?;
                a.checked_add(b).map(Seen::Number)
            }
            (Seen::Date(day), Seen::Number(days)) => {
                moved(day, days.checked_mul(sign)?).map(Seen::Date)
            }
            (Seen::Number(days), Seen::Date(day)) => moved(day, days).map(Seen::Date),
            (Seen::Date(a), Seen::Date(b)) => {
                let days = a.duration_since(b).as_secs() / SECONDS_OF_A_DAY;
                days.checked_mul(1000).map(Seen::Number)
            }
            _ => None,
        }
    }
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Test {
    pub(super) fn evaluate(&self, view: &CaseView<'_>) -> Truth {
        self.asked(view).unwrap_or(Truth::Unknown)
    }

    /// None where a value is missing or cannot be computed.
    fn asked(&self, view: &CaseView<'_>) -> Option<Truth> {
        Some(match self {
            Self::Always(same) => Truth::of(*same),
            Self::Flag(slot) => match view.seen(*slot)? {
                Seen::Flag(flag) => Truth::of(flag),
                _ => return None,
            },
            Self::Known(slot) => Truth::of(view.seen(*slot).is_some()),
            Self::Not(inner) => match inner.asked(view)? {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Self::All(parts) => joined(parts, view, Truth::False, Truth::True),
            Self::Any(parts) => joined(parts, view, Truth::True, Truth::False),
            Self::Compare(left, how, right) => {
                let order = left.seen(view)?.order(right.seen(view)?)?;
                Truth::of(how.holds(order))
            }
            Self::In(term, values) => {
                let seen = term.seen(view)?;
                let same = |value| seen.order(Seen::of(value)) == Some(Ordering::Equal);
                Truth::of(values.iter().any(same))
            }
        })
    }

    /// Each comparison by itself, also those that the whole does not depend on.
    pub(super) fn weigh(&self, names: Names, view: &CaseView<'_>) -> Vec<Weighed> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                let parts = parts.iter().flat_map(|part| part.weigh(names, view));
                parts.collect()
            }
            Self::Not(inner) if matches!(**inner, Self::All(_) | Self::Any(_)) => {
                inner.weigh(names, view)
            }
            leaf => {
                let mut named: Vec<(&'static str, Option<Value>)> = Vec::new();
                leaf.slots(&mut |slot| {
                    let field = names.field(slot);
                    if named.iter().all(|(name, _)| *name != field.name) {
                        named.push((field.name, view.told(slot, field.of)));
                    }
                });
                vec![Weighed {
                    test: leaf.written(names),
                    named,
                    truth: leaf.evaluate(view),
                }]
            }
        }
    }
}

/// `decides` as soon as a part is that; else unknown where a part is; else `otherwise`.
fn joined(parts: &[Test], view: &CaseView<'_>, decides: Truth, otherwise: Truth) -> Truth {
    let mut found = otherwise;
    for part in parts {
        match part.evaluate(view) {
            Truth::Unknown => found = Truth::Unknown,
            truth if truth == decides => return decides,
            _ => {}
        }
    }
    found
}
