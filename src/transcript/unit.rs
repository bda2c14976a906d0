//! Credits of schools that count otherwise: a Carnegie unit is a course of a year.
//!
//! A posting keeps the credits of its school on the page. Where credits of several schools come
//! together they are told in one measure: that of the rules, of the plan, or of the school that
//! issues the transcript.

use std::borrow::Cow;

use super::policy::Rules;
use crate::record::{Credits, Ratio, RecordedMark, Rounding};

/// Decimals of a converted credit; postings have no more.
const DECIMALS: u8 = 3;

/// The marks with their credits in the measure in which a semester's course is `semester`.
pub(super) fn in_unit<'a>(
    rules: &Rules,
    marks: &'a [RecordedMark],
    semester: Credits,
) -> Cow<'a, [RecordedMark]> {
    let other = |recorded: &RecordedMark| rules.unit(&recorded.mark.school) != semester;
    if !marks.iter().any(other) {
        return Cow::Borrowed(marks);
    }
    let mut marks = marks.to_vec();
    for recorded in marks.iter_mut().filter(|recorded| other(recorded)) {
        let unit = rules.unit(&recorded.mark.school);
        for credits in [
            &mut recorded.mark.credit_attempted,
            &mut recorded.mark.credit_earned,
            &mut recorded.course.credit_value,
        ] {
            *credits = converted(*credits, unit, semester);
        }
    }
    Cow::Owned(marks)
}

/// Credits of one measure in another. Exact where one is a multiple of the other; else the nearest
/// thousandth, for no text tells how a third of a unit is converted.
fn converted(credits: Credits, from: Credits, to: Credits) -> Credits {
    let thousandths = |credits: Credits| i128::from(credits.thousandths());
    let ratio = Ratio::new(
        thousandths(credits) * thousandths(to),
        thousandths(from) * 1000,
    );
    ratio.map_or(credits, |ratio| {
        Credits::rounded(ratio, DECIMALS, Rounding::HalfUp)
    })
}
