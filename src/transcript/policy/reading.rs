//! Reads the rules from their text, and tells everything in it that does not read.
//!
//! A reader stops where something is of the wrong kind, missing or unknown. So that a district is
//! told all of it at once, the row at which the reader stopped is set aside and the rest is read
//! again. Nothing is used of what was read so: where anything is wrong, there are no rules.
//!
//! Next: `problems` says where something stands, `mod.rs` what the rules must not contradict.

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

use super::Rules;
use super::problems::in_file;

/// The rules of a text, or everything that does not read, each with its line, column and hint.
pub(super) fn read(text: &str) -> Result<Rules, Vec<String>> {
    toml::from_str(text).map_err(|_| unreadable(text))
}

fn unreadable(text: &str) -> Vec<String> {
    let (mut file, mut errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        while let Err(error) = Rules::deserialize(Deserializer::from(file.clone())) {
            let span = error.span().filter(|span| *span != file.span());
            let is_set_aside = span.is_some_and(|span| set_aside(file.get_mut(), span.start));
            // What is missing from the whole file may be what was set aside.
            if is_set_aside || errors.is_empty() {
                errors.push(error);
            }
            if !is_set_aside {
                break;
            }
        }
    }
    errors.sort_by_key(begins);
    errors.iter().map(|error| told(text, error)).collect()
}

fn begins(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

fn told(text: &str, error: &Error) -> String {
    let message = error.message();
    let hint = if message.starts_with("unknown field") {
        "correct the key; the names that may stand there are in the message"
    } else if message.starts_with("missing field") {
        "add the key to the table that begins there"
    } else if message.starts_with("invalid type") || message.starts_with("unknown variant") {
        "give the key a value of the kind that the message names"
    } else {
        "correct the text there; the shipped policy.toml tells of every setting in its comments"
    };
    in_file(text, begins(error), message.trim_end(), hint)
}

/// Takes the innermost row around a byte out of a file, or where it is in none, its outermost key.
fn set_aside(file: &mut DeTable<'_>, byte: usize) -> bool {
    let holds_it = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        key.span().contains(&byte) || holds(value, byte)
    };
    let Some((key, _)) = file.iter().find(|(key, value)| holds_it((key, value))) else {
        return false;
    };
    let key = key.clone();
    let value = file.get_mut(&key).expect("a key of the file");
    if !set_row_aside(value.get_mut(), byte) {
        file.remove(&key);
    }
    true
}

fn set_row_aside(value: &mut DeValue<'_>, byte: usize) -> bool {
    match value {
        DeValue::Table(table) => {
            let mut entries = table.iter_mut();
            entries.any(|(_, value)| holds(value, byte) && set_row_aside(value.get_mut(), byte))
        }
        DeValue::Array(rows) => {
            let Some(place) = rows.iter().position(|row| holds(row, byte)) else {
                return false;
            };
            let row = rows.get_mut(place).expect("a row of the array");
            if !row.get_ref().is_table() {
                return false;
            }
            if !set_row_aside(row.get_mut(), byte) {
                let left = rows.iter().enumerate().filter(|(row, _)| *row != place);
                *rows = left.map(|(_, row)| row.clone()).collect();
            }
            true
        }
        _ => false,
    }
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
