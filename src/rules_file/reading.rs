//! Reads the rules from their text, and tells everything in it that does not read.
//!
//! A reader stops where something is of the wrong kind, missing or unknown. So that a district is
//! told all of it at once, the key at which the reader stopped is set aside and the rest is read
//! again. Nothing is used of what was read so: where anything is wrong, there are no rules.
//!
//! Next: `problems` says where something stands.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::problems::{PROBLEMS_MAX, in_file};

/// The rules of a text, or everything that does not read, each with its line, column and hint.
pub fn read<T: DeserializeOwned>(file_name: &str, text: &str) -> Result<T, Vec<String>> {
    toml::from_str(text).map_err(|_| unreadable::<T>(file_name, text))
}

fn unreadable<T: DeserializeOwned>(file_name: &str, text: &str) -> Vec<String> {
    let (mut file, mut errors) = DeTable::parse_recoverable(text);
    let mut aside: BTreeSet<String> = BTreeSet::new();
    if errors.is_empty() {
        // Each turn reads the file again, so that it must not have as many turns as mistakes.
        for _ in 0..PROBLEMS_MAX {
            let Err(error) = T::deserialize(Deserializer::from(file.clone())) else {
                break;
            };
            let span = error.span().filter(|span| *span != file.span());
            let key = span.and_then(|span| set_aside(file.get_mut(), span.start));
            // What is missing may be what was set aside.
            if !aside.iter().any(|key| is_missing(&error, key)) {
                errors.push(error);
            }
            let Some(key) = key else { break };
            aside.insert(key);
        }
    }
    errors.sort_by_key(begins);
    errors.truncate(PROBLEMS_MAX);
    let errors = errors.iter();
    errors.map(|error| told(file_name, text, error)).collect()
}

fn is_missing(error: &Error, key: &str) -> bool {
    error.message().trim_end() == format!("missing field `{key}`")
}

fn begins(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

fn told(file_name: &str, text: &str, error: &Error) -> String {
    let message = error.message();
    let hint = if message.starts_with("unknown field") {
        "correct the key; the names that may stand there are in the message"
    } else if message.starts_with("missing field") {
        "add the key to the table that begins there"
    } else if message.starts_with("invalid type") || message.starts_with("unknown variant") {
        "give the key a value of the kind that the message names"
    } else {
        "correct the text there; the shipped rules tell of every setting in their comments"
    };
    in_file(file_name, text, begins(error), message.trim_end(), hint)
}

/// Takes the innermost key around a byte out of a table, or the row that begins there, and names
/// the key.
fn set_aside(table: &mut DeTable<'_>, byte: usize) -> Option<String> {
    let mut entries = table.iter();
    let found = entries.find(|(key, value)| key.span().contains(&byte) || holds(value, byte));
    let key = found?.0.clone();
    if !key.span().contains(&byte) {
        let inner = match table.get_mut(&key)?.get_mut() {
            DeValue::Table(table) => set_aside(table, byte),
            DeValue::Array(rows) => set_aside_in_rows(rows, byte),
            _ => None,
        };
        if inner.is_some() {
            return inner;
        }
    }
    table.remove(&key);
    Some(key.into_inner().into_owned())
}

fn set_aside_in_rows(rows: &mut DeArray<'_>, byte: usize) -> Option<String> {
    let place = rows.iter().position(|row| holds(row, byte))?;
    let DeValue::Table(table) = rows.get_mut(place)?.get_mut() else {
        return None;
    };
    set_aside(table, byte).or_else(|| {
        let left = rows.iter().enumerate().filter(|(row, _)| *row != place);
        *rows = left.map(|(_, row)| row.clone()).collect();
        Some(String::new())
    })
}

/// Whether a value begins or goes on at a byte: a table under a header of its own has the span of
/// the header alone.
fn holds(value: &Spanned<DeValue<'_>>, byte: usize) -> bool {
    value.span().contains(&byte)
        || match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .any(|(key, value)| key.span().contains(&byte) || holds(value, byte)),
            DeValue::Array(rows) => rows.iter().any(|row| holds(row, byte)),
            _ => false,
        }
}
