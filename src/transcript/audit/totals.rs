//! Declared figures against our own.

use super::{Found, Subject};
use crate::record::{DeclaredTotal, PersonRecord, RowName};
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
    let found = subject.record.totals.iter().filter_map(|total| {
        let ours = figure(subject.rules, subject.record, &total.figure)?;
        if same(&total.value, ours.as_deref()) {
            return None;
        }
        let ours = ours.unwrap_or_else(|| "none".to_owned());
        let message = format!("declares {} {}; ours is {ours}", total.figure, total.value);
        Some(Found::new(row(total), message))
    });
    found.collect()
}

pub(super) fn unknown(subject: &Subject<'_>) -> Vec<Found> {
    let unknown = subject.record.totals.iter().filter(|total| {
        let name = total.figure.strip_prefix(AVERAGE);
        name.is_some_and(|name| subject.rules.averages.iter().all(|rule| rule.name != name))
    });
    let found = unknown.map(|total| {
        let message = format!(
            "declares {}, which the policy does not define",
            total.figure
        );
        Found::new(row(total), message)
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

fn row(total: &DeclaredTotal) -> RowName {
    RowName::new("totals", &total.school, &total.person, &total.figure)
}

/// A figure as these rules make it of the marks as they were posted, for the sending system knows
/// nothing of what was decided here: none inside where nothing counts, none at all where the rules
/// have no such figure.
pub(super) fn figure(rules: &Rules, record: &PersonRecord, figure: &str) -> Option<Option<String>> {
    let posted = record.decisions.as_posted(&record.marks);
    let (marks, _) = cleared(rules, &posted);
    if let Some(name) = figure.strip_prefix(AVERAGE) {
        let rule = rules.averages.iter().find(|rule| rule.name == name)?;
        let marks = in_unit(rules, &marks, rules.credits_per_semester);
        return Some(average(rules, rule, &marks).value);
    }
    let (_, shown) = on_page(rules, &marks);
    let credits = credit_totals(record, rules, &shown);
    match figure {
        "credit_attempted" => Some(Some(credits.attempted.to_string())),
        "credit_earned" => Some(Some(credits.earned.to_string())),
        _ => None,
    }
}

/// Whether a declared figure and ours are the same number, whatever zeros surround it.
pub(super) fn same(declared: &str, ours: Option<&str>) -> bool {
    ours.is_some_and(|ours| plain(declared).is_some_and(|it| Some(it) == plain(ours)))
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
        assert!(!same("n/a", Some("n/a")));
    }
}
