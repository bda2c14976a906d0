//! Words that would disclose a disability: in a student's titles, in legends, in templates.

use std::borrow::Cow;

use super::{Check, Finding, Found, Policy, Subject, mark_row, words};
use crate::record::RowName;

/// The check of titles.
pub(super) fn titles(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let marks = record.marks.iter().filter_map(|recorded| {
        let word = words::disability(recorded.title())?;
        let mark = &recorded.mark;
        let message = format!("posting {}: its title holds `{word}`", mark.posting);
        // Where the catalogue gives the title, its row is the one to correct.
        let row = match mark.title {
            Some(_) => mark_row(recorded),
            None => RowName::new("courses", &mark.school, "", &mark.course),
        };
        Some(Found::new(row, message))
    });
    let awards = record.awards.iter().filter_map(|award| {
        let word = words::disability(award.detail.as_deref()?)?;
        let row = RowName::new("awards", &award.school, &award.person, award.award.code());
        let message = format!("the detail of the award {} holds `{word}`", award.award);
        Some(Found::new(row, message))
    });
    marks.chain(awards).collect()
}

/// A legend is about nobody: [`of_policy`] and [`of_text`] look through it once.
pub(super) fn nobody(_: &Subject<'_>) -> Vec<Found> {
    Vec::new()
}

/// What the rules' own texts would disclose on every document.
pub fn of_policy(policy: &Policy) -> Vec<Finding> {
    let labels = policy.rules().labels();
    let texts = labels.iter().flat_map(|(place, label)| {
        let texts = label.texts();
        texts.filter_map(move |(language, text)| {
            of_text(&format!("policy.toml: {place} in `{language}`"), text)
        })
    });
    texts.collect()
}

/// What a text that stands on every document would disclose; `place` says where it stands.
pub fn of_text(place: &str, text: &str) -> Option<Finding> {
    let word = words::disability(text)?;
    let check = Check::named("disability_in_legend").expect("it is in the list");
    Some(Finding {
        code: check.code,
        severity: check.severity,
        student: String::new(),
        school: String::new(),
        row: None,
        message: format!("{place} holds `{word}`"),
        hint: Cow::Borrowed(check.hint),
    })
}
