//! The names that may stand in a rule: fields of the case, of the outcome's clock, and the dates
//! of the report.
//!
//! Next: `check` resolves each to its place once, so that no name is looked up while cases are
//! counted.

use crate::compliance::case::{CaseKind, Field, FieldType};

/// What a rule may name: it depends on the case's kind and on the outcome's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// The kind of cases.
    pub kind: CaseKind,
    /// What the outcome's clock can tell.
    pub clock: ClockNames,
}

/// What an outcome's clock can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockNames {
    /// The outcome has no clock.
    None,
    /// A clock without a limit: how many days, not whether they are too many.
    Open,
    /// A clock with a limit.
    Limited,
}

impl ClockNames {
    /// Its fields.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::None => &[],
            Self::Open => CLOCK_FIELDS.split_at(CLOCK_FIELDS_OPEN).0,
            Self::Limited => CLOCK_FIELDS,
        }
    }
}

/// How many of [`CLOCK_FIELDS`] need no limit.
const CLOCK_FIELDS_OPEN: usize = 3;

/// The fields of an outcome's clock.
pub const CLOCK_FIELDS: &[Field] = &[
    Field {
        name: "clock.days",
        of: FieldType::Days,
        meaning: "Days from begin to end as the clock counts them; unknown while it runs.",
    },
    Field {
        name: "clock.untolled_days",
        of: FieldType::Days,
        meaning: "The same without anything left out: no break tolls.",
    },
    Field {
        name: "clock.days_so_far",
        of: FieldType::Days,
        meaning: "Days from begin to end, or to the day of the report while it runs.",
    },
    Field {
        name: "clock.due_on",
        of: FieldType::Date,
        meaning: "The last day in time, where the clock has a limit.",
    },
    Field {
        name: "clock.late_by",
        of: FieldType::Days,
        meaning: "Calendar days after that day on which it ended; none where it ended in time.",
    },
];

/// The dates of the report.
pub const DATES: &[Field] = &[
    Field {
        name: "as_of",
        of: FieldType::Date,
        meaning: "The day as of which the report tells what happened.",
    },
    Field {
        name: "count_day",
        of: FieldType::Date,
        meaning: "The day of the period on which pupils and teachers are counted.",
    },
    Field {
        name: "period.begins",
        of: FieldType::Date,
        meaning: "First day of the reporting period.",
    },
    Field {
        name: "period.ends",
        of: FieldType::Date,
        meaning: "Last day of the reporting period.",
    },
];

/// Where a named value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// In the list of the kind's fields.
    Case(usize),
    /// In [`CLOCK_FIELDS`].
    Clock(usize),
    /// In [`DATES`].
    Report(usize),
}

impl Names {
    pub(super) fn slot(self, name: &str) -> Option<Slot> {
        let place = |list: &[Field]| list.iter().position(|field| field.name == name);
        let case = self.kind.place(name).map(Slot::Case);
        case.or_else(|| place(self.clock.fields()).map(Slot::Clock))
            .or_else(|| place(DATES).map(Slot::Report))
    }

    pub(super) fn field(self, slot: Slot) -> &'static Field {
        match slot {
            Slot::Case(place) => &self.kind.fields()[place],
            Slot::Clock(place) => &CLOCK_FIELDS[place],
            Slot::Report(place) => &DATES[place],
        }
    }

    /// What to do about a name that is none.
    pub(super) fn hint(self, name: &str) -> String {
        let known = |list: &'static [Field]| list.iter().map(|field| field.name);
        let all = known(self.kind.fields())
            .chain(known(self.clock.fields()))
            .chain(known(DATES));
        if CLOCK_FIELDS.iter().any(|field| field.name == name) {
            return match self.clock {
                ClockNames::None => "the outcome has no clock; give it `[outcome.clock]`",
                _ => "the outcome's clock has no limit; give it `limit = 60`",
            }
            .to_owned();
        }
        let is_code = |field: &Field| match field.of {
            FieldType::Code(words) => words.contains(&name),
            _ => false,
        };
        if self.kind.fields().iter().any(is_code) {
            return format!("a code stands in quotes: \"{name}\"");
        }
        if let Some(meant) = nearest(name, all) {
            return format!("did you mean `{meant}`?");
        }
        let word = self.kind.word();
        format!(
            "`registrar compliance check-decree FILE --fields` lists the fields of a case `{word}`"
        )
    }
}

/// The name that is near enough to have been meant.
pub(in crate::compliance) fn nearest<'a>(
    written: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let steps = known.map(|known| (strsim::damerau_levenshtein(written, known), known));
    let (steps, nearest) = steps.min()?;
    (steps <= nearest.chars().count().div_ceil(3)).then_some(nearest)
}
