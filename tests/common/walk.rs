//! A JSON value held against a schema of the program, which uses a small part of the language.

use std::collections::BTreeSet;

use serde_json::Value;

/// Holds a value against a schema; the path of each breach, and each property that was met.
struct Walk<'a> {
    whole: &'a Value,
    breaches: Vec<String>,
    met: BTreeSet<String>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, schema: &Value, path: &str, owner: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.strip_prefix("#/$defs/").expect("a definition");
            let target = &self.whole["$defs"][name];
            assert!(target.is_object(), "{name} is defined");
            return self.value(value, target, path, name);
        }
        if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            return self.one_of(value, choices, path, owner);
        }
        if schema.get("const").is_some_and(|word| word != value) {
            self.breaches
                .push(format!("{path}: not {}", schema["const"]));
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(fields)) => self.object(fields, schema, path, owner),
            (Some("array"), Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(item, &schema["items"], &format!("{path}[{at}]"), owner);
                }
            }
            (Some("string"), Value::String(text)) => {
                if schema["format"] == "date" && text.parse::<jiff::civil::Date>().is_err() {
                    self.breaches.push(format!("{path}: no date"));
                }
            }
            (Some("integer"), Value::Number(number)) if number.is_u64() => {}
            (Some("boolean"), Value::Bool(_)) | (Some("null"), Value::Null) | (None, _) => {}
            (Some(kind), _) => self.breaches.push(format!("{path}: no {kind}")),
        }
    }

    fn one_of(&mut self, value: &Value, choices: &[Value], path: &str, owner: &str) {
        for choice in choices {
            let mut inner = Walk {
                whole: self.whole,
                breaches: Vec::new(),
                met: BTreeSet::new(),
            };
            inner.value(value, choice, path, owner);
            if inner.breaches.is_empty() {
                self.met.extend(inner.met);
                return;
            }
        }
        self.breaches.push(format!("{path}: none of the choices"));
    }

    fn object(
        &mut self,
        fields: &serde_json::Map<String, Value>,
        schema: &Value,
        path: &str,
        owner: &str,
    ) {
        let known = schema["properties"].as_object().expect("properties");
        for (name, field) in fields {
            let path = format!("{path}.{name}");
            match known.get(name) {
                Some(schema) => {
                    self.met.insert(format!("{owner}.{name}"));
                    self.value(field, schema, &path, owner);
                }
                None => self.breaches.push(format!("{path}: unknown")),
            }
        }
        for name in schema["required"].as_array().expect("required") {
            if !fields.contains_key(name.as_str().expect("a name")) {
                self.breaches.push(format!(
                    "{path}.{}: missing",
                    name.as_str().expect("a name")
                ));
            }
        }
    }
}

/// What breaks the schema, and each property that was met, after the type that declares it.
pub fn breaches(value: &Value, whole: &Value, name: &str) -> (Vec<String>, BTreeSet<String>) {
    let mut walk = Walk {
        whole,
        breaches: Vec::new(),
        met: BTreeSet::new(),
    };
    walk.value(value, whole, "", name);
    (walk.breaches, walk.met)
}
