//! The shipped fonts, and which texts they can print.
//!
//! The files lie in `fonts/` and are part of the program, so a worker needs no file for them.
//! Never: a font of the machine.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, is_default_ignorable};
use typst::utils::LazyHash;
use unicode_normalization::char::is_combining_mark;

use super::Forbidden;

/// Regular first, bold second, one pair a family.
static FILES: [[&[u8]; 2]; 2] = [
    [
        include_bytes!("../../fonts/NotoSans-SemiCondensed.ttf"),
        include_bytes!("../../fonts/NotoSans-SemiCondensedBold.ttf"),
    ],
    [
        include_bytes!("../../fonts/NotoSansArmenian-SemiCondensed.ttf"),
        include_bytes!("../../fonts/NotoSansArmenian-SemiCondensedBold.ttf"),
    ],
];

/// The families in the order in which Typst asks them for a glyph.
pub(super) const FAMILIES: [&str; 2] = ["Noto Sans", "Noto Sans Armenian"];

/// The fonts, parsed, and the book by which Typst chooses among them.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
}

/// Parsed once a process; they never change while it runs.
pub(super) static SHIPPED: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES.iter().flatten().map(|file| parse(file)).collect();
    Fonts {
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

fn parse(file: &'static [u8]) -> Font {
    Font::new(Bytes::new(file), 0).expect("a shipped font file is a font")
}

/// Combining marks on one letter. Greek has three when it is written apart; more would be drawn
/// over the lines around.
const MARKS_MAX: usize = 3;

/// Which characters a report can print.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Sorted: in a regular font and in a bold one.
    characters: Vec<char>,
}

/// A character that a report cannot print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("U+{:04X} cannot be printed: {reason}", u32::from(*character))]
pub struct Unprintable {
    /// The character.
    pub character: char,
    /// Why not.
    pub reason: Forbidden,
}

impl Coverage {
    /// What the shipped fonts cover. Takes a millisecond: make it once and keep it.
    pub fn shipped() -> Self {
        let covered_by = |style: usize| {
            let mut codes: Vec<u32> = SHIPPED
                .fonts
                .iter()
                .skip(style)
                .step_by(2)
                .flat_map(|font| font.info().coverage.iter())
                .collect();
            codes.sort_unstable();
            codes
        };
        let bold = covered_by(1);
        let mut characters: Vec<char> = covered_by(0)
            .into_iter()
            .filter(|code| bold.binary_search(code).is_ok())
            .filter_map(char::from_u32)
            .collect();
        characters.dedup();
        Self { characters }
    }

    /// The first character of `text` that cannot be printed, where there is one.
    ///
    /// A line break is a control: a text of several lines is tested line by line.
    pub fn first_unprintable(&self, text: &str) -> Option<Unprintable> {
        let mut marks = 0;
        text.chars().find_map(|character| {
            marks = if is_combining_mark(character) {
                marks + 1
            } else {
                0
            };
            let stacked = (marks > MARKS_MAX).then_some(Forbidden::Stacked);
            let reason = self.refuses(character).or(stacked)?;
            Some(Unprintable { character, reason })
        })
    }

    fn refuses(&self, character: char) -> Option<Forbidden> {
        match character {
            ' '..='~' => None,
            _ if forbidden_by_pdf_a(character) => Some(Forbidden::ByPdfA),
            _ if invisible(character) => Some(Forbidden::Control),
            _ if self.characters.binary_search(&character).is_err() => Some(Forbidden::NoGlyph),
            _ => None,
        }
    }
}

/// ISO 19005-3, 6.2.11.7.2 (three code points) and 6.2.11.7.3 (private use, for level A).
pub(super) fn forbidden_by_pdf_a(character: char) -> bool {
    matches!(
        character,
        '\0' | '\u{FEFF}' | '\u{FFFE}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}'
    )
}

/// What is not seen, or steers what is.
pub(super) fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}')
        || is_default_ignorable(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<(u32, Forbidden)> {
        let found = Coverage::shipped().first_unprintable(text)?;
        Some((u32::from(found.character), found.reason))
    }

    #[test]
    fn names_of_the_shipped_scripts_can_be_printed() {
        for name in [
            "María-José Núñez O’Neill",
            "Nguyễn Thị Thùy Dương",
            "Nguye\u{302}\u{303}n",
            "Ελένη Παπαδοπούλου",
            "Оксана Ґудзь",
            "Արամ Խաչատրյան",
            "Ł ő ş ț ğ ø ß — “quoted” 5 € ½",
        ] {
            assert_eq!(refusal(name), None, "{name}");
        }
    }

    #[test]
    fn a_script_without_a_font_is_refused_with_its_character() {
        for (name, code) in [
            ("김지우", 0xAE40),
            ("Li 李", 0x674E),
            ("שרה", 0x5E9),
            ("🎓", 0x1F393),
            ("≥", 0x2265),
        ] {
            assert_eq!(refusal(name), Some((code, Forbidden::NoGlyph)), "{name}");
        }
    }

    #[test]
    fn what_pdf_a_forbids_is_refused() {
        for code in [0, 0xFEFF, 0xFFFE, 0xE000, 0xF8FF, 0xF0000, 0x10FFFD] {
            let text = format!("A{}", char::from_u32(code).expect("a scalar value"));
            assert_eq!(refusal(&text), Some((code, Forbidden::ByPdfA)));
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for code in [
            0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0xAD, 0x34F, 0x61C, 0x200B, 0x200D, 0x200E, 0x2028,
            0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFE0F, 0xE0041,
        ] {
            let text = format!("A{}B", char::from_u32(code).expect("a scalar value"));
            assert_eq!(
                refusal(&text),
                Some((code, Forbidden::Control)),
                "U+{code:04X}"
            );
        }
    }

    #[test]
    fn marks_are_not_stacked_over_the_lines_around() {
        assert_eq!(
            refusal("\u{3B1}\u{313}\u{301}\u{345}\u{3B1}\u{301}"),
            None,
            "Greek"
        );
        let tower = "a\u{301}\u{302}\u{303}\u{300}";
        assert_eq!(refusal(tower), Some((0x300, Forbidden::Stacked)));
    }

    #[test]
    fn every_printable_character_is_in_both_weights() {
        let coverage = Coverage::shipped();
        for (style, fonts) in [("regular", [0, 2]), ("bold", [1, 3])] {
            let missing = coverage.characters.iter().find(|character| {
                let code = u32::from(**character);
                fonts
                    .iter()
                    .all(|at| !SHIPPED.fonts[*at].info().coverage.contains(code))
            });
            assert_eq!(missing, None, "{style}");
        }
    }
}
