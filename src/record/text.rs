//! Which texts a record may hold: any script, but nothing that could make a page lie.
//!
//! Whether a text can be *printed* is another question (`render::fonts`): it depends on the fonts.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Why a text is refused, naming the code point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than the column allows, in characters.
    #[error("longer than {characters_max} characters")]
    TooLong {
        /// The column's limit.
        characters_max: usize,
    },
    /// A control character, a line break among them.
    #[error("holds the control character U+{0:04X}")]
    Control(u32),
    /// A character that reorders the text around it (bidirectional overrides and isolates).
    #[error("holds U+{0:04X}, which changes the direction of the text around it")]
    Direction(u32),
    /// A character without any mark on paper (zero width, byte order mark, line separator).
    #[error("holds the invisible character U+{0:04X}")]
    Invisible(u32),
    /// A code point that is not a character, or is for private use.
    #[error("holds U+{0:04X}, which is not a public character")]
    NotPublic(u32),
    /// More combining marks on one letter than any script's spelling needs.
    #[error("holds more than {COMBINING_MARKS_MAX} combining marks on one letter")]
    CombiningMarks,
    /// Begins or ends with a space.
    #[error("begins or ends with a space")]
    OuterSpace,
}

/// How many combining marks one letter may carry; Vietnamese needs two.
pub const COMBINING_MARKS_MAX: usize = 4;

/// Checks one cell of text.
///
/// # Errors
/// The first thing that is wrong with it, in reading order.
pub fn check_text(text: &str, characters_max: usize) -> Result<(), TextError> {
    if text.chars().count() > characters_max {
        return Err(TextError::TooLong { characters_max });
    }
    let mut marks = 0;
    for character in text.chars() {
        check_character(character)?;
        marks = if is_combining_mark(character) {
            marks + 1
        } else {
            0
        };
        if marks > COMBINING_MARKS_MAX {
            return Err(TextError::CombiningMarks);
        }
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(TextError::OuterSpace);
    }
    Ok(())
}

fn check_character(character: char) -> Result<(), TextError> {
    let point = u32::from(character);
    match point {
        0x00..=0x1f | 0x7f..=0x9f => Err(TextError::Control(point)),
        0x061c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => {
            Err(TextError::Direction(point))
        }
        0x00ad
        | 0x034f
        | 0x115f..=0x1160
        | 0x17b4..=0x17b5
        | 0x180b..=0x180f
        | 0x200b..=0x200d
        | 0x2028..=0x2029
        | 0x2060..=0x2065
        | 0x206a..=0x206f
        | 0x3164
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xffa0
        | 0xfff9..=0xfffb
        | 0xe0000..=0xe0fff => Err(TextError::Invisible(point)),
        0xe000..=0xf8ff | 0xf0000..=0x10ffff | 0xfdd0..=0xfdef | 0xfffd => {
            Err(TextError::NotPublic(point))
        }
        _ if point & 0xfffe == 0xfffe => Err(TextError::NotPublic(point)),
        _ => Ok(()),
    }
}

/// The text without accents and case, as one compares what two systems wrote of the same thing.
/// Through capital letters, for `STRASSE` is what one of them writes for `Straße`.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c));
    let plain = plain.flat_map(char::to_uppercase);
    plain.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_systems_wrote_of_one_name_is_the_same_without_accents_and_case() {
        for (one, other) in [
            ("José PEÑA", "Jose Pena"),
            ("Jose\u{301}", "José"),
            ("Straße", "STRASSE"),
            ("Zoë", "ZOE"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Ana"), folded("Anna"));
    }

    #[test]
    fn names_of_every_script_are_text() {
        for name in [
            "Nguyễn Thị Ánh",
            "Զարուհի",
            "Ξένια",
            "Ольга",
            "José",
            "王小明",
            "O’Brien-Ñandú",
        ] {
            assert_eq!(check_text(name, 100), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_could_make_a_page_lie_is_named_by_its_code_point() {
        assert_eq!(
            check_text("a\u{202e}b", 9),
            Err(TextError::Direction(0x202e))
        );
        assert_eq!(
            check_text("a\u{200d}b", 9),
            Err(TextError::Invisible(0x200d))
        );
        assert_eq!(check_text("a\tb", 9), Err(TextError::Control(9)));
        assert_eq!(
            check_text("a\u{e000}", 9),
            Err(TextError::NotPublic(0xe000))
        );
        assert_eq!(
            check_text("a\u{301}\u{301}\u{301}\u{301}\u{301}", 9),
            Err(TextError::CombiningMarks)
        );
        assert_eq!(check_text(" a", 9), Err(TextError::OuterSpace));
        assert_eq!(
            check_text("aaaa", 3),
            Err(TextError::TooLong { characters_max: 3 })
        );
    }
}
