//! How the value of one column is kept and read back: a number, a text, or nothing.
//!
//! Which columns a table has stands in `stored.rs`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::Serialize;

use super::StoreError;
use super::database::Row;
use crate::record::{
    AgArea, AwardKind, CharterStatus, Credits, ExitReason, FulfilmentProgress, GradeLevel,
    HoldGround, HonorsKind, LinkKind, MarkChangeGround, MarkKind, NameChangeGround, Requester,
    SchoolKind, SchoolYear, TermKind, YesNo,
};

/// A value in a column of its own.
pub(crate) trait Column: Sized {
    /// As the database keeps it: a number, a text, or nothing.
    fn kept(&self) -> impl Serialize + '_;
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError>;
}

impl Column for String {
    fn kept(&self) -> impl Serialize + '_ {
        self.as_str()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.text(column)
    }
}

impl Column for Credits {
    fn kept(&self) -> impl Serialize + '_ {
        self.thousandths()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        Ok(Self::from_thousandths(row.integer(column)?))
    }
}

impl Column for Option<Credits> {
    fn kept(&self) -> impl Serialize + '_ {
        self.map(Credits::thousandths)
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let thousandths = row.optional_integer(column)?;
        Ok(thousandths.map(Credits::from_thousandths))
    }
}

impl Column for GradeLevel {
    fn kept(&self) -> impl Serialize + '_ {
        self.number()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let number = i8::try_from(row.integer(column)?).ok();
        number.and_then(Self::new).ok_or_else(|| unreadable(column))
    }
}

impl Column for SchoolYear {
    fn kept(&self) -> impl Serialize + '_ {
        self.begins_in()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let year = i16::try_from(row.integer(column)?).ok();
        year.and_then(Self::beginning)
            .ok_or_else(|| unreadable(column))
    }
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Inconsistent(format!("`{column}` does not read"))
}

/// Columns that are kept as the text that their type writes and reads.
macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => { $(
        impl Column for $type {
            fn kept(&self) -> impl Serialize + '_ {
                self.to_string()
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                row.parsed(column)
            }
        }
        impl Column for Option<$type> {
            fn kept(&self) -> impl Serialize + '_ {
                self.as_ref().map(ToString::to_string)
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                row.optional_text(column)?
                    .map(|text| text.parse().map_err(|_| unreadable(column)))
                    .transpose()
            }
        }
    )+ };
}
text_columns!(
    Date,
    Timestamp,
    SchoolKind,
    CharterStatus,
    AgArea,
    HonorsKind,
    MarkKind,
    TermKind,
    AwardKind,
    FulfilmentProgress,
    ExitReason,
    YesNo,
    Requester,
    MarkChangeGround,
    NameChangeGround,
    LinkKind,
    HoldGround,
);

impl Column for Option<String> {
    fn kept(&self) -> impl Serialize + '_ {
        self.as_deref()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.optional_text(column)
    }
}
