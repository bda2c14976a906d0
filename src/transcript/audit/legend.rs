//! Words that would disclose a disability: in a student's transcript, in legends, in templates.
//!
//! Every text of the model is looked through, whichever field it stands in; so is what the rows
//! bring to it, for a row can be named and corrected, and a record may be looked at of which no
//! transcript can be made yet.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::words::{Allowed, Reading, disability, disclosed};
use super::{Check, Finding, Found, Policy, Subject, mark_row};
use crate::record::{RecordedMark, RowName};
use crate::transcript::each_text;

/// The check of a student's transcript.
pub(super) fn texts(subject: &Subject<'_>) -> Vec<Found> {
    let mut on_page = Vec::new();
    if let Ok(made) = subject.made {
        let model = serde_json::to_value(&made.transcript);
        let model = model.expect("a model has only text keys and no float");
        of_model(&model, &subject.rules.audit.allowed, |path, text, word| {
            on_page.push((text.to_owned(), format!("{path} holds `{word}`")));
        });
        if on_page.is_empty() {
            return Vec::new();
        }
    }
    let mut told = BTreeSet::new();
    let mut found = of_rows(subject, &mut told);
    let labels = subject.rules.labels();
    for (text, message) in on_page {
        // A label of the policy stands on every document, and is told once (`of_policy`).
        let mut labels = labels.iter().flat_map(|(_, label)| label.texts());
        let of_policy = labels.any(|(_, label)| label == text);
        // What a row brings may be a part of it: the language of a seal.
        if !of_policy && told.iter().all(|it| !text.contains(&**it)) {
            told.insert(text);
            found.push(Found::new(subject.person_row(), message));
        }
    }
    found
}

/// Hands over every text of a model that discloses, with its path and the word.
fn of_model(model: &Value, allowed: &Allowed, mut each: impl FnMut(&str, &str, &str)) {
    each_text(model, &mut |path, text| {
        if let Some(word) = disclosed(text, reading(path), allowed) {
            each(path, text, word);
        }
    });
}

/// As what a text of the model is read, by its place there. Letters of a name abbreviate nothing.
fn reading(path: &str) -> Reading {
    match path {
        // So do those of an address on the net.
        "student.name" | "certification.name" | "district.contact" => Reading::Name,
        _ if [".title", ".label"].iter().any(|end| path.ends_with(end)) => Reading::Title,
        _ if path.starts_with("awards[") => Reading::Title,
        _ => Reading::Plain,
    }
}

/// What the person's rows would disclose; `told` keeps the texts.
fn of_rows(subject: &Subject<'_>, told: &mut BTreeSet<String>) -> Vec<Found> {
    let (record, allowed) = (subject.record, &subject.rules.audit.allowed);
    let (mut found, mut rows) = (Vec::new(), BTreeSet::new());
    let mut look = |text: &str, reading, what: &str, row: &dyn Fn() -> RowName| {
        let Some(word) = disclosed(text, reading, allowed) else {
            return;
        };
        told.insert(text.to_owned());
        let row = row();
        if rows.insert((row.clone(), what.to_owned())) {
            found.push(Found::new(row, format!("{what} holds `{word}`")));
        }
    };
    for recorded in &record.marks {
        let mark = &recorded.mark;
        let posting = &mark.posting;
        // Where the catalogue gives the title, its row is the one to correct.
        let titled = || match mark.title {
            Some(_) => mark_row(recorded),
            None => catalogue_row("courses", recorded),
        };
        let (title, course) = (recorded.title(), &mark.course);
        look(
            title,
            Reading::Title,
            &format!("the title of posting {posting}"),
            &titled,
        );
        let catalogue = || catalogue_row("courses", recorded);
        look(
            course,
            Reading::Plain,
            &format!("the number of course {course}"),
            &catalogue,
        );
        let term = &recorded.term.name;
        let term_row = || catalogue_row("terms", recorded);
        look(
            term,
            Reading::Plain,
            &format!("the name of term {}", mark.term),
            &term_row,
        );
        if let Some(place) = &mark.taken_at {
            let what = format!("where posting {posting} was taken");
            look(place, Reading::Plain, &what, &|| mark_row(recorded));
        }
    }
    for award in &record.awards {
        if let Some(detail) = &award.detail {
            let what = format!("the detail of the award {}", award.award);
            let code = award.award.code();
            let row = || RowName::new("awards", &award.school, &award.person, code);
            look(detail, Reading::Title, &what, &row);
        }
    }
    found
}

/// The row of a school's catalogue that a posting names; it is about nobody.
fn catalogue_row(table: &'static str, recorded: &RecordedMark) -> RowName {
    let mark = &recorded.mark;
    let name = if table == "terms" {
        &mark.term
    } else {
        &mark.course
    };
    RowName::new(table, &mark.school, "", name).of_source(&recorded.source)
}

/// A legend or a name of the policy is about nobody: [`of_policy`], [`of_text`] and
/// [`of_names`](super::of_names) look through it once.
pub(super) fn nobody(_: &Subject<'_>) -> Vec<Found> {
    Vec::new()
}

/// What the rules' own texts would disclose on every document.
pub fn of_policy(policy: &Policy) -> Vec<Finding> {
    let rules = policy.rules();
    let labels = rules.labels();
    let texts = labels.iter().flat_map(|(place, label)| {
        let texts = label.texts();
        texts.filter_map(move |(language, text)| {
            let place = format!("policy.toml: {place} in `{language}`");
            let word = disclosed(text, Reading::Title, &rules.audit.allowed)?;
            Some(in_legend(&place, word))
        })
    });
    texts.collect()
}

/// What a text of the template, which stands on every document, would disclose; `place` says where
/// it stands. A district's phrases are about its catalogue, not about what it writes itself.
pub fn of_text(place: &str, text: &str) -> Option<Finding> {
    Some(in_legend(place, disability(text)?))
}

fn in_legend(place: &str, word: &str) -> Finding {
    let check = Check::named("disability_in_legend").expect("it is in the list");
    Finding {
        code: check.code,
        severity: check.severity,
        student: String::new(),
        school: String::new(),
        row: None,
        message: format!("{place} holds `{word}`"),
        hint: Cow::Borrowed(check.hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(model: &mut Value, path: &str, text: &str) {
        let pointer = path.replace(['.', '['], "/").replace(']', "");
        *model.pointer_mut(&format!("/{pointer}")).expect("a place") = text.into();
    }

    /// Whatever field a model has or will have: a word that stands there is found there.
    #[test]
    fn a_word_that_discloses_is_found_in_whichever_text_of_the_model_it_stands() {
        let mut looked_at = BTreeSet::new();
        let clean = serde_json::to_value(crate::transcript::tests::full()).expect("a model");
        let mut paths = Vec::new();
        each_text(&clean, &mut |path, _| paths.push(path.to_owned()));
        for path in paths {
            let mut model = clean.clone();
            set(&mut model, &path, "English (special ed)");
            let mut found = Vec::new();
            of_model(&model, &Allowed::default(), |path, _, _| {
                found.push(path.to_owned())
            });
            assert_eq!(found.concat(), path);
            set(&mut model, &path, "English (S.D.C.)");
            let mut abbreviated = 0;
            of_model(&model, &Allowed::default(), |_, _, _| abbreviated += 1);
            let is_name = reading(&path) == Reading::Name;
            assert_eq!(abbreviated, usize::from(!is_name), "{path}");
            looked_at.extend(path.split('.').next_back().map(str::to_owned));
        }
        for field in [
            "street", "taken_at", "title", "number", "name", "contact", "label",
        ] {
            assert!(looked_at.contains(field), "{field}: {looked_at:?}");
        }
    }
}
