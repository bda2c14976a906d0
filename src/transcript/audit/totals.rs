//! Declared figures against our own.
//!
//! A sending system declares what it knows: the postings that it sent itself, or the whole record,
//! where it took in what others posted. Of whom several systems send, either reading may be right.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::{Found, Subject};
use crate::record::{PersonRecord, RecordedMark, RecordedTotal, RowName};
use crate::transcript::CreditTotals;
use crate::transcript::assemble::credit_totals;
use crate::transcript::average::average;
use crate::transcript::policy::Rules;
use crate::transcript::repeats::on_page;
use crate::transcript::unit::in_unit;
use crate::transcript::year_course::cleared;

/// What a figure of the package begins with, where it is a grade point average.
pub(super) const AVERAGE: &str = "gpa:";

/// Compared whether or not a transcript can be made of the record.
pub(super) fn differs(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let posted = record.decisions.as_posted(&record.marks);
    let whole = Figures::new(subject.rules, record, &posted);
    let found = record.totals.iter().filter_map(|declared| {
        let total = &declared.total;
        let ours = whole.figure(&total.figure)?;
        if same(&total.value, ours.as_deref()) {
            return None;
        }
        let shown = |figure: Option<String>| figure.unwrap_or_else(|| "none".to_owned());
        let mut message = format!("declares {} {}; ours is ", total.figure, total.value);
        message.push_str(&shown(ours));
        if let Some(own) = own_postings(declared, &posted) {
            let own = Figures::new(subject.rules, record, &own).figure(&total.figure)?;
            if same(&total.value, own.as_deref()) {
                return None;
            }
            message.push_str(&format!(", and {} of what it sent itself", shown(own)));
        }
        Some(Found::new(row(declared), message))
    });
    found.collect()
}

pub(super) fn unknown(subject: &Subject<'_>) -> Vec<Found> {
    let unknown = subject.record.totals.iter().filter(|declared| {
        let name = declared.total.figure.strip_prefix(AVERAGE);
        name.is_some_and(|name| subject.rules.averages.iter().all(|rule| rule.name != name))
    });
    let found = unknown.map(|declared| {
        let figure = &declared.total.figure;
        let message = format!("declares {figure}, which the policy does not define");
        Found::new(row(declared), message)
    });
    found.collect()
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Found> {
    let mut marks = subject.record.marks.iter();
    let posted = marks.any(|recorded| recorded.mark.kind.is_posted());
    if !posted || !subject.record.totals.is_empty() {
        return Vec::new();
    }
    let message = "no figure is declared".to_owned();
    vec![Found::new(subject.person_row(), message)]
}

fn row(declared: &RecordedTotal) -> RowName {
    let total = &declared.total;
    let row = RowName::new("totals", &total.school, &total.person, &total.figure);
    row.of_source(&declared.source)
}

/// The postings that who declares a figure has sent under the same number for the student; none
/// where these are all.
pub(super) fn own_postings(
    declared: &RecordedTotal,
    posted: &[RecordedMark],
) -> Option<Vec<RecordedMark>> {
    let number = (&declared.source, &declared.total.person);
    let is_own = |it: &&RecordedMark| (&it.source, &it.mark.person) == number;
    let is_all = posted.iter().all(|it| is_own(&it));
    (!is_all).then(|| posted.iter().filter(is_own).cloned().collect())
}

/// The figures that these rules make of marks as they were posted, for the sending system knows
/// nothing of what was decided here. What several figures are made of is made once.
pub(super) struct Figures<'a> {
    rules: &'a Rules,
    record: &'a PersonRecord,
    marks: Cow<'a, [RecordedMark]>,
    credits: OnceCell<CreditTotals>,
}

impl<'a> Figures<'a> {
    pub fn new(rules: &'a Rules, record: &'a PersonRecord, posted: &'a [RecordedMark]) -> Self {
        Self {
            rules,
            record,
            marks: cleared(rules, posted).0,
            credits: OnceCell::new(),
        }
    }

    /// A figure by its name: none inside where nothing counts, none at all where the rules have no
    /// such figure.
    pub fn figure(&self, figure: &str) -> Option<Option<String>> {
        if let Some(name) = figure.strip_prefix(AVERAGE) {
            let rule = self.rules.averages.iter().find(|rule| rule.name == name)?;
            let marks = in_unit(self.rules, &self.marks, self.rules.credits_per_semester);
            return Some(average(self.rules, rule, &marks).value);
        }
        let credits = || {
            let (_, shown) = on_page(self.rules, &self.marks);
            credit_totals(self.record, self.rules, &shown)
        };
        match figure {
            "credit_attempted" => Some(Some(self.credits.get_or_init(credits).attempted)),
            "credit_earned" => Some(Some(self.credits.get_or_init(credits).earned)),
            _ => None,
        }
        .map(|credits| credits.map(|credits| credits.to_string()))
    }
}

/// How a sending system says that it has no such figure.
const NO_FIGURE: [&str; 4] = ["n/a", "na", "none", "-"];

/// Whether a declared figure and ours are the same number, whatever zeros surround it, or both
/// none.
pub(super) fn same(declared: &str, ours: Option<&str>) -> bool {
    let Some(ours) = ours else {
        return NO_FIGURE.contains(&declared.to_lowercase().as_str());
    };
    plain(declared).is_some_and(|it| Some(it) == plain(ours))
}

/// A decimal number without zeros that say nothing; none where it is no plain decimal number.
fn plain(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(whole) && digits(fraction) && !whole.is_empty();
    plain.then(|| {
        (
            whole.trim_start_matches('0'),
            fraction.trim_end_matches('0'),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_compared_as_numbers() {
        assert!(same("280", Some("280.00")));
        assert!(same("03.50", Some("3.5000")));
        assert!(same("0", Some("0.00")));
        assert!(!same("3.32", Some("3.3214")), "a shorter figure is another");
        assert!(!same("3.5", None));
        assert!(!same("0.0000", None), "none is not nought");
        assert!(same("N/A", None));
        assert!(!same("n/a", Some("n/a")));
    }
}
