//! Exact numbers: credits, grade points, and the one division that makes a grade point average.
//!
//! Everything is an integer count of thousandths, or a ratio of two integers. A result is rounded
//! once, at the end, by a mode that the caller names (UC truncates, Cal Grant rounds to the nearest
//! hundredth: rounding belongs to each definition).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Credits in thousandths: `5.00` is 5,000. Carnegie units and partial credits fit as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

/// Grade points in thousandths: an `A` of 4.0 is 4,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GradePoints(i64);

/// A share in thousandths of a percent, as a record states it: `20.5` is 20,500.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

/// Days in thousandths, because a suspension of half a day counts: `1.5` is 1,500.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayCount(i64);

/// A whole number of people, sessions or minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u32);

/// Why a text is not an exact number here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExactError {
    /// Empty text, a sign, an exponent, a word, or digits of another script.
    #[error("not a plain decimal number (digits 0-9 and at most one point)")]
    NotDecimal,
    /// A sign, a point, a leading zero, or digits of another script.
    #[error("not a whole number (digits 0-9, no leading zero)")]
    NotWhole,
    /// More than three digits after the point.
    #[error("more than three digits after the point")]
    TooPrecise,
    /// Above what one row may carry, such as [`Credits::MAX`].
    #[error("larger than {0}")]
    TooLarge(&'static str),
}

/// The largest sum that a model may carry, in thousandths.
const SUM_MAX: i64 = 999_999_999_999;

/// Reads `12`, `12.5` or `12.125` as thousandths; nothing else (no sign, no exponent, ASCII only).
fn thousandths(text: &str, max: i64, max_text: &'static str) -> Result<i64, ExactError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(ExactError::NotDecimal);
    }
    let significant = fraction.trim_end_matches('0');
    if significant.len() > 3 {
        return Err(ExactError::TooPrecise);
    }
    let whole: i64 = match whole.trim_start_matches('0') {
        "" => 0,
        digits if digits.len() > 9 => return Err(ExactError::TooLarge(max_text)),
        digits => digits.parse().map_err(|_| ExactError::NotDecimal)?,
    };
    let fraction: i64 = format!("{significant:0<3}")
        .parse()
        .map_err(|_| ExactError::NotDecimal)?;
    let value = whole * 1000 + fraction;
    if value > max {
        Err(ExactError::TooLarge(max_text))
    } else {
        Ok(value)
    }
}

/// Two decimals, or three where the third is not zero: `5.00`, `2.125`.
fn write_thousandths(value: i64, out: &mut impl fmt::Write) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / 1000, value.abs() % 1000);
    if rest % 10 == 0 {
        write!(out, "{sign}{whole}.{:02}", rest / 10)
    } else {
        write!(out, "{sign}{whole}.{rest:03}")
    }
}

macro_rules! thousandths_type {
    ($name:ident, $max:literal, $max_text:literal) => {
        impl $name {
            /// None at all.
            pub const ZERO: Self = Self(0);
            /// The largest value one row may carry, in thousandths.
            pub const MAX: i64 = $max;

            /// From a count of thousandths.
            pub const fn from_thousandths(value: i64) -> Self {
                Self(value)
            }

            /// The count of thousandths.
            pub const fn thousandths(self) -> i64 {
                self.0
            }

            /// Whether there is none.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl FromStr for $name {
            type Err = ExactError;
            fn from_str(text: &str) -> Result<Self, ExactError> {
                thousandths(text, $max, $max_text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if f.width().is_none() {
                    return write_thousandths(self.0, f);
                }
                // In a column of a terminal.
                let mut text = String::new();
                write_thousandths(self.0, &mut text)?;
                f.pad(&text)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self::ZERO, Add::add)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // A sum in a model may be larger than what one row may carry.
                let text = String::deserialize(deserializer)?;
                thousandths(&text, SUM_MAX, "999999999.999")
                    .map(Self)
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

thousandths_type!(Credits, 999_999, "999.999");
thousandths_type!(GradePoints, 12_000, "12");
thousandths_type!(Percent, 100_000, "100");
thousandths_type!(DayCount, 366_000, "366");

impl Count {
    /// The largest value one row may carry.
    pub const MAX: u32 = 9_999_999;

    /// The number, where a row may carry it.
    pub const fn new(number: u32) -> Option<Self> {
        if number <= Self::MAX {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for Count {
    type Err = ExactError;
    /// Reads `0` or digits that begin with another one; nothing else.
    fn from_str(text: &str) -> Result<Self, ExactError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (text.len() > 1 && text.starts_with('0')) {
            return Err(ExactError::NotWhole);
        }
        let number = text.parse().ok().and_then(Self::new);
        number.ok_or(ExactError::TooLarge("9999999"))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Decimals that a ratio is written with at most.
const DECIMALS_MAX: u8 = 9;
/// Decimals of a credit.
const CREDIT_DECIMALS: u8 = 3;

impl Credits {
    /// A quotient of credits as credits with this many decimals, three at most, rounded once by the
    /// named mode.
    pub fn rounded(ratio: Ratio, decimals: u8, rounding: Rounding) -> Self {
        let decimals = decimals.min(CREDIT_DECIMALS);
        let power = |exponent: u8| 10i128.pow(u32::from(exponent));
        let scaled = ratio.scaled(power(decimals), rounding);
        let thousandths = scaled * power(CREDIT_DECIMALS - decimals);
        Self(i64::try_from(thousandths).unwrap_or(i64::MAX))
    }
}

/// A quotient of two integers, kept exact until it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

/// What happens to the digits that are not printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Digits are cut off (the University of California: "Do not round up or down").
    Truncate,
    /// To the nearest, a half away from zero (Cal Grant: nearest hundredth).
    HalfUp,
}

impl Ratio {
    /// `numerator / denominator`; nothing where the denominator is zero.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator > 0).then_some(Self {
            numerator,
            denominator,
        })
    }

    /// The value with this many decimals, rounded once by the named mode.
    ///
    /// At most nine decimals are given, however many are asked for.
    pub fn to_decimal(self, decimals: u8, rounding: Rounding) -> String {
        let decimals = usize::from(decimals.min(DECIMALS_MAX));
        let scale = 10i128.pow(u32::try_from(decimals).expect("at most nine"));
        let value = self.scaled(scale, rounding);
        let sign = if value < 0 { "-" } else { "" };
        let value = value.abs();
        if decimals == 0 {
            return format!("{sign}{value}");
        }
        format!("{sign}{}.{:0decimals$}", value / scale, value % scale)
    }

    /// The value in parts of one, `scale` of which are one; rounded once by the named mode.
    fn scaled(self, scale: i128, rounding: Rounding) -> i128 {
        let scaled = self.numerator.abs() * scale;
        let value = match rounding {
            Rounding::Truncate => scaled / self.denominator,
            Rounding::HalfUp => (2 * scaled + self.denominator) / (2 * self.denominator),
        };
        value * self.numerator.signum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_decimals_are_credits() {
        for (text, thousandths) in [
            ("5", 5000),
            ("5.0", 5000),
            ("0.5", 500),
            ("2.125", 2125),
            ("05.00", 5000),
            ("5.0000", 5000),
        ] {
            assert_eq!(
                text.parse::<Credits>().map(Credits::thousandths),
                Ok(thousandths),
                "{text}"
            );
        }
        for text in [
            "", "-0", "-5", "+5", "1e308", "NaN", "inf", "١٢", "5,0", " 5", "5.", ".5", "0x5",
        ] {
            assert_eq!(
                text.parse::<Credits>(),
                Err(ExactError::NotDecimal),
                "{text}"
            );
        }
        assert_eq!("5.0001".parse::<Credits>(), Err(ExactError::TooPrecise));
        assert_eq!(
            "1000".parse::<Credits>(),
            Err(ExactError::TooLarge("999.999"))
        );
        assert_eq!(
            "99999999999999999999".parse::<Credits>(),
            Err(ExactError::TooLarge("999.999"))
        );
    }

    #[test]
    fn the_university_truncates_and_cal_grant_rounds() {
        let two_thirds = Ratio::new(8, 3).expect("not zero");
        assert_eq!(two_thirds.to_decimal(2, Rounding::Truncate), "2.66");
        assert_eq!(two_thirds.to_decimal(2, Rounding::HalfUp), "2.67");
        assert_eq!(
            Ratio::new(3995, 1000)
                .expect("not zero")
                .to_decimal(2, Rounding::HalfUp),
            "4.00"
        );
        assert_eq!(Ratio::new(1, 0), None);
    }

    #[test]
    fn a_sum_in_a_model_may_be_larger_than_a_row() {
        let sum = Credits::from_thousandths(Credits::MAX) + Credits::from_thousandths(5_000);
        let json = serde_json::to_string(&sum).expect("it writes");
        assert_eq!(
            serde_json::from_str::<Credits>(&json).expect("it reads"),
            sum
        );
        assert_eq!(
            "1000".parse::<Credits>(),
            Err(ExactError::TooLarge("999.999"))
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in 0i64..=Credits::MAX) {
            let credits = Credits::from_thousandths(value);
            prop_assert_eq!(credits.to_string().parse::<Credits>(), Ok(credits));
        }

        #[test]
        fn a_sum_does_not_depend_on_order(
            mut values in prop::collection::vec(0i64..=Credits::MAX, 0..40),
        ) {
            let sum: Credits = values.iter().copied().map(Credits::from_thousandths).sum();
            values.reverse();
            prop_assert_eq!(sum, values.into_iter().map(Credits::from_thousandths).sum());
        }

        #[test]
        fn truncation_never_exceeds_and_rounding_is_within_half(
            n in 0i128..1_000_000,
            d in 1i128..10_000,
        ) {
            let ratio = Ratio::new(n, d).expect("not zero");
            let read = |text: String| text.replace('.', "").parse::<i128>().expect("digits");
            let down = read(ratio.to_decimal(3, Rounding::Truncate));
            let near = read(ratio.to_decimal(3, Rounding::HalfUp));
            prop_assert!(down * d <= n * 1000 && (down + 1) * d > n * 1000);
            prop_assert!((2 * near - 1) * d <= 2 * n * 1000 && 2 * n * 1000 < (2 * near + 1) * d);
        }
    }
}
