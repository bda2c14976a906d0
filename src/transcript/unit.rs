//! Credits of schools that count otherwise: a Carnegie unit is a course of a year.
//!
//! A posting keeps the credits of its school on the page. Where credits of several schools come
//! together they are told in one measure: that of the rules, of the plan, or of the school that
//! issues the transcript.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::attempts::in_time;
use super::policy::Rules;
use crate::record::{Credits, Ratio, RecordedMark, Rounding};

/// Decimals of a converted credit; postings have no more.
const DECIMALS: u8 = 3;

/// The marks with their credits in the measure in which a semester's course is `semester`.
///
/// A third of a unit has no last decimal, so the credits of a subject are converted as a sum: what
/// one posting lost by rounding the next one has, and three trimesters of 3.333, 3.333 and 3.334
/// credits are one unit, not a thousandth less.
pub(super) fn in_unit<'a>(
    rules: &Rules,
    marks: &'a [RecordedMark],
    semester: Credits,
) -> Cow<'a, [RecordedMark]> {
    let other = |recorded: &RecordedMark| rules.unit(&recorded.mark.school) != semester;
    if !marks.iter().any(other) {
        return Cow::Borrowed(marks);
    }
    let mut sums: BTreeMap<(&str, Credits), [Sum; 2]> = BTreeMap::new();
    let mut converted = marks.to_vec();
    for place in in_time(marks) {
        if !other(&marks[place]) {
            continue;
        }
        let (before, after) = (&marks[place], &mut converted[place]);
        let unit = rules.unit(&before.mark.school);
        let of_subject = sums.entry((&*before.course.subject, unit)).or_default();
        let [attempted, earned] = of_subject;
        after.mark.credit_attempted = attempted.add(before.mark.credit_attempted, unit, semester);
        after.mark.credit_earned = earned.add(before.mark.credit_earned, unit, semester);
        after.course.credit_value = in_measure(before.course.credit_value, unit, semester);
    }
    Cow::Owned(converted)
}

/// Credits of one subject and measure, so far.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// As they were posted.
    posted: Credits,
    /// As they were converted.
    converted: Credits,
}

impl Sum {
    /// What some more credits are in the other measure, so that the sum is.
    fn add(&mut self, credits: Credits, from: Credits, to: Credits) -> Credits {
        let before = self.converted;
        self.posted = self.posted + credits;
        self.converted = in_measure(self.posted, from, to);
        self.converted - before
    }
}

/// Credits of one measure in another. Exact where one is a multiple of the other; else the nearest
/// thousandth, for no text tells how a third of a unit is converted.
fn in_measure(credits: Credits, from: Credits, to: Credits) -> Credits {
    let thousandths = |credits: Credits| i128::from(credits.thousandths());
    let ratio = Ratio::new(
        thousandths(credits) * thousandths(to),
        thousandths(from) * 1000,
    );
    ratio.map_or(credits, |ratio| {
        Credits::rounded(ratio, DECIMALS, Rounding::HalfUp)
    })
}
