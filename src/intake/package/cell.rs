//! How each kind of cell is read and written: one type a format, so that a column cannot be read
//! into a field of another kind.
//!
//! Reading is strict and never guesses. Writing is canonical: `5` and `5.00` are read as the same
//! credits and written the same, so that equal rows have equal digests.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::intake::ProblemKind;
use crate::record::{TextError, check_text};

/// What may stand in a column, for the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text of any script, without what could make a page lie.
    Text {
        /// The limit, in Unicode code points.
        characters_max: usize,
    },
    /// Printable ASCII without spaces at its ends.
    Identifier {
        /// The limit, in characters.
        characters_max: usize,
    },
    /// Exactly so many digits.
    Digits {
        /// How many.
        characters: usize,
    },
    /// Exactly two capital letters.
    State,
    /// A plain decimal number, at most three digits after the point.
    Credits,
    /// A plain decimal number from 0 to 100.
    Percent,
    /// Days as a plain decimal number.
    DayCount,
    /// A whole number, from 0.
    Count,
    /// A whole number, from 1.
    Ordinal,
    /// `2026-06-12`.
    Date,
    /// `2026-06-12T18:00:00-07:00`.
    Instant,
    /// `TK`, `K`, `1` to `12`.
    GradeLevel,
    /// `2025-26`.
    SchoolYear,
    /// A language, as BCP 47 writes it.
    Language,
    /// One of a closed list of words.
    Code(Vec<&'static str>),
}

/// Why a cell is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The kind of the problem.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl CellFault {
    fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A format of cells: what it means, how it is read, how it is written.
pub trait Cell {
    /// The field that a cell of this format fills.
    type Value;

    /// Whether the cell must hold something.
    const REQUIRED: bool = true;

    /// The format, for the documentation.
    fn format() -> Format;

    /// Reads a cell; an empty one is read only where the format is not required.
    ///
    /// # Errors
    /// What is wrong with the cell.
    fn read(text: &str) -> Result<Self::Value, CellFault>;

    /// Writes the canonical text of a value.
    fn write(value: &Self::Value) -> Cow<'_, str>;
}

/// A cell that may be empty.
pub struct Maybe<C>(C);

impl<C: Cell> Cell for Maybe<C> {
    type Value = Option<C::Value>;
    const REQUIRED: bool = false;

    fn format() -> Format {
        C::format()
    }

    fn read(text: &str) -> Result<Self::Value, CellFault> {
        if text.is_empty() {
            Ok(None)
        } else {
            C::read(text).map(Some)
        }
    }

    fn write(value: &Self::Value) -> Cow<'_, str> {
        value.as_ref().map_or(Cow::Borrowed(""), C::write)
    }
}

/// Text of any script, at most `MAX` code points.
pub struct Text<const MAX: usize>;

impl<const MAX: usize> Cell for Text<MAX> {
    type Value = String;

    fn format() -> Format {
        Format::Text {
            characters_max: MAX,
        }
    }

    fn read(text: &str) -> Result<String, CellFault> {
        check_text(text, MAX).map_err(text_fault)?;
        Ok(text.to_owned())
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

fn text_fault(error: TextError) -> CellFault {
    let hint = match error {
        TextError::TooLong { .. } => "shorten the text in the sending system",
        TextError::Control(_) => "write the text on one line, without tabs",
        TextError::Direction(_) | TextError::Invisible(_) => {
            "type the text again in the sending system; such characters come from copying"
        }
        TextError::NotPublic(0xfffd) => {
            "the text was damaged before it was exported; type it again in the sending system"
        }
        TextError::NotPublic(_) => "type the text again with characters that every font may have",
        TextError::CombiningMarks => "remove the marks that are not part of the name",
        TextError::OuterSpace => "remove the space at the beginning or the end",
    };
    CellFault::new(ProblemKind::TextRefused, error.to_string()).hint(hint)
}

/// A number or code that a system gave: printable ASCII, at most `MAX` characters. Letters that
/// only look like ASCII are refused, because two ids that look the same must be the same.
pub struct Identifier<const MAX: usize>;

impl<const MAX: usize> Cell for Identifier<MAX> {
    type Value = String;

    fn format() -> Format {
        Format::Identifier {
            characters_max: MAX,
        }
    }

    fn read(text: &str) -> Result<String, CellFault> {
        let fault = |message: String| CellFault::new(ProblemKind::IdentifierInvalid, message);
        if let Some(other) = text.chars().find(|it| !matches!(it, ' '..='~')) {
            let message = format!("holds U+{:04X}, which is not ASCII", u32::from(other));
            return Err(
                fault(message).hint("an identifier is written with A-Z, a-z, 0-9 and - . _ /")
            );
        }
        if text.len() > MAX {
            let hint = "check that the columns stand in the order of the header";
            return Err(fault(format!("longer than {MAX} characters")).hint(hint));
        }
        if text.trim() != text {
            return Err(fault("begins or ends with a space".to_owned()).hint("remove the space"));
        }
        if is_scientific(text) {
            return Err(
                fault("a spreadsheet has rewritten this number".to_owned()).hint(
                    "export again; in a spreadsheet, import the file with its columns set to text",
                ),
            );
        }
        Ok(text.to_owned())
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

/// `1.96473E+13`: what a spreadsheet makes of a long number.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+") else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    mantissa
        .split_once('.')
        .is_some_and(|(whole, rest)| digits(whole) && digits(rest))
        && digits(exponent)
}

/// Exactly `LENGTH` ASCII digits.
pub struct Digits<const LENGTH: usize>;

impl<const LENGTH: usize> Cell for Digits<LENGTH> {
    type Value = String;

    fn format() -> Format {
        Format::Digits { characters: LENGTH }
    }

    fn read(text: &str) -> Result<String, CellFault> {
        if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text.to_owned());
        }
        let message = format!("not exactly {LENGTH} digits");
        Err(CellFault::new(ProblemKind::IdentifierInvalid, message)
            .hint("leading zeros count: a spreadsheet may have removed them"))
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

/// A state of the United States by its two letters.
pub struct State;

impl Cell for State {
    type Value = String;

    fn format() -> Format {
        Format::State
    }

    fn read(text: &str) -> Result<String, CellFault> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(text.to_owned());
        }
        Err(
            CellFault::new(ProblemKind::IdentifierInvalid, "not two capital letters")
                .hint("such as CA"),
        )
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

impl Cell for Date {
    type Value = Self;

    fn format() -> Format {
        Format::Date
    }

    fn read(text: &str) -> Result<Self, CellFault> {
        let fault = |message| CellFault::new(ProblemKind::DateInvalid, message);
        let Some((year, month, day)) = iso_date(text) else {
            let hint = match american_date(text) {
                Some(date) => format!("write {date}"),
                None => "write a date as year-month-day, such as 2026-06-12".to_owned(),
            };
            return Err(fault("not a date as year-month-day").hint(hint));
        };
        Self::new(year, month, day).map_err(|_| {
            fault("not a day of the calendar").hint("correct the date in the sending system")
        })
    }

    fn write(value: &Self) -> Cow<'_, str> {
        Cow::Owned(value.to_string())
    }
}

/// The parts of `2026-06-12`; nothing for any other shape.
fn iso_date(text: &str) -> Option<(i16, i8, i8)> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    Some((
        text[..4].parse().ok()?,
        text[5..7].parse().ok()?,
        text[8..].parse().ok()?,
    ))
}

/// The day that `6/12/2026` means where months are written first; only ever a hint.
fn american_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    parts
        .next()
        .is_none()
        .then(|| Date::new(year, month, day).ok())?
}

impl Cell for Timestamp {
    type Value = Self;

    fn format() -> Format {
        Format::Instant
    }

    fn read(text: &str) -> Result<Self, CellFault> {
        read_instant(text).ok_or_else(|| {
            CellFault::new(
                ProblemKind::InstantInvalid,
                "not an instant with its offset from UTC",
            )
            .hint("write 2026-06-12T18:00:00-07:00 or 2026-06-13T01:00:00Z")
        })
    }

    fn write(value: &Self) -> Cow<'_, str> {
        Cow::Owned(value.to_string())
    }
}

/// Reads RFC 3339 only, cut to the microseconds that the database keeps.
pub(super) fn read_instant(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    iso_date(date)?;
    let clock = time.strip_suffix('Z').or_else(|| {
        let (clock, offset) = time.split_at_checked(time.len().checked_sub(6)?)?;
        let offset = offset.strip_prefix(['+', '-'])?;
        shaped(offset, "00:00").then_some(clock)
    })?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !shaped(whole, "00:00:00") || !digits || fraction.len() > 9 {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    Timestamp::from_microsecond(instant.as_microsecond()).ok()
}

/// Whether a text has digits where the shape has zeros, and else the same characters.
fn shaped(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
}

mod codes;
mod numbers;

pub use codes::Language;
pub(in crate::intake) use codes::nearest;
pub use numbers::Ordinal;

#[cfg(test)]
mod tests;
