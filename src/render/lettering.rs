//! Texts in a drawing that no shipped font can set.
//!
//! A worker has the shipped fonts and no others, so that a page looks the same everywhere; a crest
//! whose motto is text in another font would lose it. This reads the SVG as text and finds where a
//! family is named.

use super::fonts::FAMILIES;

/// A text in a drawing that would be drawn otherwise than it was made, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lettering {
    /// The line, from one, that names the fonts, or on which the text begins.
    pub line: usize,
    /// The fonts as they are named; empty where none is.
    pub fonts: String,
}

/// Each naming of fonts in a drawing with texts of which none ships; the first text where fonts are
/// named nowhere.
pub fn lettering(svg: &str) -> Vec<Lettering> {
    let text = svg.match_indices('<').map(|(at, _)| at).find(|at| {
        let name = svg[at + 1..].split(|it: char| it.is_whitespace() || "/>".contains(it));
        let name = name.into_iter().next().unwrap_or_default();
        // Whatever prefix its namespace has.
        let local = name.rsplit(':').next().unwrap_or_default();
        ["text", "tspan"].contains(&local)
    });
    let Some(text) = text else {
        return Vec::new();
    };
    let found = |at: usize, fonts: &str| Lettering {
        line: svg[..at].matches('\n').count() + 1,
        fonts: fonts.trim().to_owned(),
    };
    let named = ["font-family", "font:"]
        .iter()
        .flat_map(|key| svg.match_indices(key));
    let mut named: Vec<(usize, String)> = named
        .map(|(at, key)| (at, fonts_at(&svg[at + key.len()..])))
        .collect();
    named.sort();
    if named.is_empty() {
        return vec![found(text, "")];
    }
    named.retain(|(_, fonts)| {
        let first = first_family(fonts);
        !FAMILIES
            .iter()
            .any(|family| family.eq_ignore_ascii_case(first))
    });
    named.dedup_by(|one, other| one.1 == other.1);
    named.iter().map(|(at, fonts)| found(*at, fonts)).collect()
}

/// The first family that is named, after a size and what else stands before it.
fn first_family(fonts: &str) -> &str {
    let first = fonts.split(',').next().unwrap_or_default();
    let sized = |word: &&str| word.starts_with(|it: char| it.is_ascii_digit() || it == '.');
    let size = first.split_whitespace().rfind(sized);
    let after = size.map_or(first, |size| {
        first.rsplit_once(size).map_or(first, |(_, after)| after)
    });
    after.trim().trim_matches(['"', '\'']).trim()
}

/// What an attribute or a style says after its name.
fn fonts_at(rest: &str) -> String {
    let rest = rest.trim_start_matches([' ', '=', ':']);
    let (quote, inside) = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => (Some(quote), &rest[1..]),
        _ => (None, rest),
    };
    let ends = |it: char| match quote {
        Some(quote) => it == quote,
        None => matches!(it, ';' | '}' | '"' | '<' | '\n'),
    };
    inside.split(ends).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(svg: &str) -> Vec<(usize, String)> {
        let found = lettering(svg).into_iter();
        found.map(|it| (it.line, it.fonts)).collect()
    }

    #[test]
    fn a_text_in_a_font_that_does_not_ship_is_found_with_its_line() {
        for (svg, line, fonts) in [
            (
                "<svg>\n<text font-family=\"Arial\">Motto</text></svg>",
                2,
                "Arial",
            ),
            (
                "<svg><style>\ntext{font-family: 'Times New Roman', serif}</style><text/></svg>",
                2,
                "Times New Roman",
            ),
            (
                "<svg><g style=\"font: 12px Arial\">\n<text>M</text></g></svg>",
                1,
                "12px Arial",
            ),
            ("<svg>\n\n<text>Motto</text></svg>", 3, ""),
            (
                "<s:svg xmlns:s=\"x\">\n<s:text>Motto</s:text></s:svg>",
                2,
                "",
            ),
            (
                "<svg><text font-family=\"Noto Sans Display\">Motto</text></svg>",
                1,
                "Noto Sans Display",
            ),
            (
                "<svg><text font-family=\"Arial, Noto Sans\">Motto</text></svg>",
                1,
                "Arial, Noto Sans",
            ),
        ] {
            assert_eq!(lines(svg), [(line, fonts.to_owned())], "{svg}");
        }
    }

    #[test]
    fn a_shipped_font_and_a_drawing_without_texts_are_right() {
        for svg in [
            "<svg><text font-family=\"Noto Sans\">Motto</text></svg>",
            "<svg><text style=\"font-family: 'Noto Sans', Arial\">Motto</text></svg>",
            "<svg><g style=\"font: bold 12px/1.2 Noto Sans\"><text>M</text></g></svg>",
            "<svg font-family=\"Arial\"><textPath/></svg>",
            "<svg font-family=\"Arial\"><path d=\"M0 0\"/></svg>",
        ] {
            assert_eq!(lines(svg), [], "{svg}");
        }
    }
}
