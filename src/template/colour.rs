//! Colours that a school may set: dark enough to be read on white paper.
//!
//! Every colour of a report colours texts and lines, so each is held to the contrast that WCAG 2.2
//! (1.4.3) asks of texts; what a person with low vision can read also survives a fax.

/// The least contrast with white, in thousandths (WCAG 2.2, 1.4.3: 4.5 to 1).
pub(crate) const CONTRAST_THOUSANDTHS_MIN: u32 = 4_500;

/// Red, green and blue of `#rrggbb`.
pub(super) fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    all_digits.then_some([part(0)?, part(2)?, part(4)?])
}

/// The contrast of a colour with white, in thousandths, rounded down.
pub(super) fn contrast_with_white(colour: [u8; 3]) -> u32 {
    contrast(colour, [255; 3])
}

/// The contrast of two colours, in thousandths, rounded down: from 1000 (the same) to 21000 (black
/// and white) (WCAG 2.2, contrast ratio).
pub(crate) fn contrast(one: [u8; 3], other: [u8; 3]) -> u32 {
    let (one, other) = (luminance(one), luminance(other));
    let (light, dark) = (one.max(other), one.min(other));
    ((light + 0.05) * 1_000.0 / (dark + 0.05)).floor() as u32
}

/// WCAG 2.2, relative luminance.
fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guideline() {
        assert_eq!(contrast_with_white([255, 255, 255]), 1_000);
        assert_eq!(contrast_with_white([0, 0, 0]), 21_000);
        // The lightest grey that passes, as every book on the guideline names it.
        assert!(contrast_with_white([0x76; 3]) >= CONTRAST_THOUSANDTHS_MIN);
        assert!(contrast_with_white([0x77; 3]) < CONTRAST_THOUSANDTHS_MIN);
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!(parse("#1f3a5F"), Some([0x1f, 0x3a, 0x5f]));
        for odd in [
            "1f3a5f", "#1f3a5", "#1f3a5f0", "#ggg000", "#+1+1+1", "#é00000", "",
        ] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
