//! Every text of a model with its place, so that whoever looks through them forgets no field.

use serde_json::Value;

/// Hands over every text of a model with its path: `terms[0].courses[2].title`.
pub fn each_text(model: &Value, each: &mut impl FnMut(&str, &str)) {
    walk(model, &mut String::new(), each);
}

fn walk(value: &Value, path: &mut String, each: &mut impl FnMut(&str, &str)) {
    let length = path.len();
    match value {
        Value::String(text) => each(path, text),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                path.push_str(&format!("[{place}]"));
                walk(item, path, each);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                walk(field, path, each);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
