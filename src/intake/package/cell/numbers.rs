//! Numbers, grade levels and school years.

use std::borrow::Cow;

use super::{Cell, CellFault, Format};
use crate::intake::ProblemKind;
use crate::record::{Count, Credits, DayCount, ExactError, GradeLevel, Percent, SchoolYear};

macro_rules! exact_cells {
    ($($type:ty => $format:ident, $hint:literal;)+) => { $(
        impl Cell for $type {
            type Value = Self;

            fn format() -> Format {
                Format::$format
            }

            fn read(text: &str) -> Result<Self, CellFault> {
                text.parse().map_err(|error: ExactError| {
                    CellFault::new(ProblemKind::NumberInvalid, error.to_string()).hint($hint)
                })
            }

            fn write(value: &Self) -> Cow<'_, str> {
                Cow::Owned(value.to_string())
            }
        }
    )+ };
}

exact_cells! {
    Credits => Credits, "write credits such as 5, 2.5 or 0.125";
    Percent => Percent, "write a share such as 20 or 37.5, without a sign";
    DayCount => DayCount, "write days such as 5 or 1.5";
    Count => Count, "write a whole number such as 0 or 42";
}

/// A whole number from 1 to 999, by which rows of one thing are told apart.
pub struct Ordinal;

impl Cell for Ordinal {
    type Value = String;

    fn format() -> Format {
        Format::Ordinal
    }

    fn read(text: &str) -> Result<String, CellFault> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && text.len() <= 3 && !text.starts_with('0') {
            return Ok(text.to_owned());
        }
        Err(CellFault::new(
            ProblemKind::NumberInvalid,
            "not a whole number from 1 to 999",
        )
        .hint("write 1 for the first one"))
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

macro_rules! parsed_cells {
    ($($type:ty => $format:expr, $message:literal, $hint:literal;)+) => { $(
        impl Cell for $type {
            type Value = Self;

            fn format() -> Format {
                $format
            }

            fn read(text: &str) -> Result<Self, CellFault> {
                let fault = || CellFault::new(ProblemKind::CodeUnknown, $message).hint($hint);
                text.parse().map_err(|_| fault())
            }

            fn write(value: &Self) -> Cow<'_, str> {
                Cow::Owned(value.to_string())
            }
        }
    )+ };
}

parsed_cells! {
    GradeLevel => Format::GradeLevel, "not a grade level", "write 1 to 12, \
        K or TK, IN, TD or PS before it, UE or US where there are no grades, AD for adults";
    SchoolYear => Format::SchoolYear, "not a school year", "write two years that follow \
        each other, such as 2025-26";
}
