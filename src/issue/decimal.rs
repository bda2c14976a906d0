//! Decimal figures in a text, as averages and credits are written: `3.21`, `230.00`, `4,40`, `4·0`.
//!
//! Dates, lists, numbers of a thousand and more, and sections of a law are none. Never: whether a
//! figure is the record's. Next: `surplus.rs`.

/// What may stand before decimals. No apostrophe: it stands before the end of a year.
const SIGNS: [char; 9] = ['.', ',', '·', '•', '‧', '∙', '⋅', '․', '٫'];

/// After which a figure is the section of a law: `34 CFR 99.33`, `§§ 99.30 and 99.33`.
const CITING: [&str; 9] = [
    "cfr",
    "ccr",
    "usc",
    "section",
    "sec",
    "part",
    "code",
    "sección",
    "artículo",
];

/// A figure, and where in its text it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal<'a> {
    pub at: usize,
    pub text: &'a str,
}

impl Decimal<'_> {
    /// Where in its text it ends.
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// The figure as any other way of writing it: `4,00` as `4`.
    pub fn value(&self) -> String {
        value(self.text)
    }
}

/// A figure as any other way of writing it: `4,00` and `4.0` as `4`.
pub(super) fn value(figure: &str) -> String {
    let plain = figure.replace(SIGNS, ".");
    let Some((whole, part)) = plain.split_once('.') else {
        return plain;
    };
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

/// The decimal figures of a text.
pub(super) fn decimals(text: &str) -> Vec<Decimal<'_>> {
    let is_of_figure = |letter: char| letter.is_ascii_digit() || SIGNS.contains(&letter);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(is_of_figure) {
        let begin = at + begin;
        let rest = &text[begin..];
        let word = &rest[..rest.find(|it| !is_of_figure(it)).unwrap_or(rest.len())];
        at = begin + word.len();
        let figure = word.trim_start_matches(SIGNS);
        let begin = at - figure.len();
        let figure = figure.trim_end_matches(SIGNS);
        if is_decimal(figure) && !is_cited(&text[..begin], figure) {
            found.push(Decimal {
                at: begin,
                text: figure,
            });
        }
    }
    found
}

fn is_decimal(figure: &str) -> bool {
    let Some((whole, part)) = figure.split_once(SIGNS) else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    // `1,840` is a number of a thousand and more.
    let most = if figure.contains(',') { 2 } else { 4 };
    (1..=3).contains(&whole.len())
        && (1..=most).contains(&part.len())
        && digits(whole)
        && digits(part)
}

/// Whether a figure is the section of a law; none has fewer than two digits before its point, so
/// that no average passes for one.
fn is_cited(before: &str, figure: &str) -> bool {
    if !figure.starts_with(|it: char| it.is_ascii_digit()) || figure.find(SIGNS) < Some(2) {
        return false;
    }
    let mut before = before;
    loop {
        before = before.trim_end_matches(|it: char| !it.is_alphanumeric() && it != '§');
        if before.ends_with('§') {
            return true;
        }
        let is_of_word = |it: char| it.is_alphanumeric() || it == '.';
        let begin = before.char_indices().rev().find(|(_, it)| !is_of_word(*it));
        let begin = begin.map_or(0, |(at, it)| at + it.len_utf8());
        let word = before[begin..].replace('.', "").to_lowercase();
        // One of several sections: `99.30, 99.31 and 99.33`.
        let goes_on = ["and", "or", "to", "y", "o", "a"].contains(&&*word);
        if !goes_on && !word.contains(|it: char| it.is_ascii_digit()) {
            return CITING.contains(&&*word);
        }
        before = &before[..begin];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        decimals(text).iter().map(|it| it.text).collect()
    }

    #[test]
    fn decimal_figures_are_told_from_dates_lists_and_large_numbers() {
        assert_eq!(
            of("GPA 4.40 (5.00 scale), 3.2142."),
            ["4.40", "5.00", "3.2142"]
        );
        for figure in ["4,40", "4.0", "4,9", "4·87", "4•87", "230.00"] {
            assert_eq!(of(&format!("media {figure}.")), [figure]);
        }
        for none in [
            "06.12.2026",
            "1,840 students",
            "9,10,11,12",
            "555",
            "1234.50",
            "",
        ] {
            assert_eq!(of(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn a_figure_is_the_same_however_its_decimals_are_written() {
        for (one, other) in [("4,00", "4.0"), ("4·870", "4.87"), ("4.0", "4")] {
            assert_eq!(value(one), value(other));
        }
        assert_ne!(value("4.07"), value("4.7"));
        assert_ne!(value("40"), value("4"));
    }

    #[test]
    fn the_section_of_a_law_is_no_figure_and_no_average_passes_for_one() {
        for none in [
            "34 CFR 99.33",
            "34 C.F.R. § 99.33(a)",
            "34 CFR 99.30, 99.31 and 99.33",
            "34 CFR Part 99.3",
        ] {
            assert_eq!(of(none), [""; 0], "{none}");
        }
        assert_eq!(of("34 CFR 4.41"), ["4.41"]);
        assert_eq!(of("Average 99.33"), ["99.33"]);
        assert_eq!(of("99.33"), ["99.33"]);
    }
}
