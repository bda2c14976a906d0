//! Every text of a model is tested against the fonts before a page is made: a missing glyph is an
//! error that names its field, never a box on a transcript.

use serde_json::Value;

pub use crate::render::fonts::Coverage;

/// Texts of a model named at most, so that a hostile record cannot fill a terminal.
const TEXTS_NAMED_MAX: usize = 20;

/// The fields of a model that cannot be printed, each with the code point and the reason.
pub fn unprintable(model: &Value, coverage: &Coverage) -> Vec<String> {
    let mut found = Vec::new();
    walk(model, &mut String::new(), coverage, &mut found);
    found
}

fn walk(value: &Value, path: &mut String, coverage: &Coverage, found: &mut Vec<String>) {
    if found.len() == TEXTS_NAMED_MAX {
        return;
    }
    let length = path.len();
    match value {
        Value::String(text) => {
            if let Some(problem) = coverage.first_unprintable(text) {
                found.push(format!(
                    "{path} holds U+{:04X}, which cannot be printed: {}\nhint: give the person a \
                     printed name in a script of the fonts, or correct the text",
                    u32::from(problem.character),
                    problem.reason
                ));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                path.push_str(&format!("[{place}]"));
                walk(item, path, coverage, found);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                walk(field, path, coverage, found);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
