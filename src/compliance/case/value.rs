//! What a field of a case may hold: dates, days, counts, shares, flags, codes, texts; all exact.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use crate::record::{Count, DayCount, Percent, YesNo};

/// What kind of value a field holds. Values of two types are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A day.
    Date,
    /// A stretch of days, in halves at the finest.
    Days,
    /// A whole number of people, sessions, minutes or years of age.
    Count,
    /// A share of a hundred.
    Percent,
    /// Yes or no.
    Flag,
    /// One word of a closed list.
    Code(&'static [&'static str]),
    /// A name or number of which nobody has a list, such as the state's code of a service.
    Text,
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Date => "a date",
            Self::Days => "a number of days",
            Self::Count => "a count",
            Self::Percent => "a percentage",
            Self::Flag => "yes or no",
            Self::Code(_) => "a code",
            Self::Text => "a text",
        })
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A day.
    Date(Date),
    /// A stretch of days.
    Days(DayCount),
    /// A whole number.
    Count(i64),
    /// A share of a hundred.
    Percent(Percent),
    /// Yes or no.
    Flag(bool),
    /// A word of a closed list.
    Code(&'static str),
    /// A name or number.
    Text(Arc<str>),
}

impl Value {
    /// Whether it is a value of this type; a code is one of the type's words.
    pub fn is_of(&self, of: FieldType) -> bool {
        match (self, of) {
            (Self::Date(_), FieldType::Date)
            | (Self::Days(_), FieldType::Days)
            | (Self::Count(_), FieldType::Count)
            | (Self::Percent(_), FieldType::Percent)
            | (Self::Flag(_), FieldType::Flag)
            | (Self::Text(_), FieldType::Text) => true,
            (Self::Code(word), FieldType::Code(words)) => words.contains(word),
            _ => false,
        }
    }
}

/// As lists and explanations write it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(day) => day.fmt(f),
            Self::Days(days) => days.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Percent(share) => share.fmt(f),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Code(word) => f.write_str(word),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Self::Date(day)
    }
}

impl From<DayCount> for Value {
    fn from(days: DayCount) -> Self {
        Self::Days(days)
    }
}

impl From<i64> for Value {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<Count> for Value {
    fn from(count: Count) -> Self {
        Self::Count(count.number().into())
    }
}

impl From<Percent> for Value {
    fn from(share: Percent) -> Self {
        Self::Percent(share)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<YesNo> for Value {
    fn from(flag: YesNo) -> Self {
        Self::Flag(flag == YesNo::Yes)
    }
}
