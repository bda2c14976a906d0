//! What is wrong with a file of rules, and where that stands in it.
//!
//! A check names a place by its keys: `gpa`, the third, `window`. Only when something is wrong is
//! the text read a second time, for its lines.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in the file, by its keys from the outside in; the innermost of them that stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    /// Of several tables or values, from 0.
    Row(usize),
}

/// A key outside of every table.
pub fn at(key: &str) -> Place {
    Place::default().key(key)
}

impl Place {
    /// A key of the table there.
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    /// Of several tables under one key, this one, from 0.
    pub fn row(mut self, row: usize) -> Self {
        self.0.push(Step::Row(row));
        self
    }

    /// The first byte of it in a file, or of the innermost table around it that stands there; and
    /// the bytes of the value.
    fn bytes(&self, file: &DeTable<'_>) -> (usize, Range<usize>) {
        let mut steps = self.0.iter();
        let Some(Step::Key(outermost)) = steps.next() else {
            return (0, 0..0);
        };
        let Some((key, mut value)) = entry(file, outermost) else {
            return (0, 0..0);
        };
        let mut begins = key;
        for step in steps {
            let inner = match (step, value.get_ref()) {
                (Step::Key(key), DeValue::Table(table)) => entry(table, key),
                (Step::Row(row), DeValue::Array(rows)) => {
                    rows.get(*row).map(|value| (value.span().start, value))
                }
                _ => None,
            };
            let Some((byte, inner)) = inner else { break };
            (begins, value) = (byte, inner);
        }
        (begins, value.span())
    }
}

/// A key of a table: where it begins, and its value.
fn entry<'a, 'b>(table: &'a DeTable<'b>, key: &str) -> Option<(usize, &'a Spanned<DeValue<'b>>)> {
    let (key, value) = table.get_key_value(key)?;
    Some((key.span().start, value))
}

/// Problems of one file that are told: who has so many has the wrong file.
pub const PROBLEMS_MAX: usize = 100;

/// Everything that is wrong with a file of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    place: Place,
    /// A byte inside the text that stands there, and that text.
    within: Option<(String, usize)>,
    what: String,
    hint: String,
}

impl Problem {
    fn byte(&self, file: &DeTable<'_>, text: &str) -> usize {
        let (begins, value) = self.place.bytes(file);
        // A text with escapes stands otherwise in the file; then its key is the place.
        let inside = self.within.as_ref().and_then(|(written, byte)| {
            let stands = text.get(value.clone())?.find(written)?;
            Some(value.start + stands + byte)
        });
        inside.unwrap_or(begins)
    }
}

impl Problems {
    /// Tells what is wrong at a place.
    pub fn say(&mut self, place: Place, what: impl Into<String>, hint: impl Into<String>) {
        self.push(place, None, what.into(), hint.into());
    }

    /// The same, at a byte of the text that stands at the place.
    pub fn say_within(
        &mut self,
        place: Place,
        (text, byte): (&str, usize),
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(
            place,
            Some((text.to_owned(), byte)),
            what.into(),
            hint.into(),
        );
    }

    fn push(&mut self, place: Place, within: Option<(String, usize)>, what: String, hint: String) {
        self.0.push(Problem {
            place,
            within,
            what,
            hint,
        });
    }

    /// Names each entry that occurs a second time.
    pub fn twice(&mut self, what: &str, names: impl Iterator<Item = (String, Place)>) {
        let mut seen = BTreeSet::new();
        for (name, place) in names {
            if seen.contains(&name) {
                let what = format!("{what} `{name}` stands there twice");
                self.say(place, what, "take one of the two out, or name it otherwise");
            }
            seen.insert(name);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with its line and column in this text, in the order in which they stand there.
    pub fn told(self, file_name: &str, text: &str) -> Vec<String> {
        let file = DeTable::parse(text).expect("rules were read from this text");
        let mut told: Vec<(usize, Problem)> = (self.0.into_iter())
            .map(|problem| (problem.byte(file.get_ref(), text), problem))
            .collect();
        told.sort_by_key(|(byte, _)| *byte);
        let told = told.into_iter();
        told.map(|(byte, problem)| in_file(file_name, text, byte, problem.what, problem.hint))
            .collect()
    }
}

/// A problem in the form of every other that is about a file.
pub(super) fn in_file(
    file_name: &str,
    text: &str,
    byte: usize,
    what: impl Display,
    hint: impl Display,
) -> String {
    let before = &text[..byte];
    let line = 1 + before.matches('\n').count();
    let column = 1 + before
        .rsplit('\n')
        .next()
        .map_or(0, |it| it.chars().count());
    format!("{file_name}:{line}:{column}: {what}\n  hint: {hint}")
}
