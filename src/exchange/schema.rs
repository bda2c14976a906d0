//! The JSON Schema of each model, with a sentence for each field: for whoever writes a template.
//!
//! It is read out of the model's own source: types and comments of `model.rs` are what the program
//! is compiled from, so the schema cannot say anything else. The grammar read here is only what
//! those declarations use; `tests/template_page/schema.rs` and `tests/cli/compliance_report.rs`
//! hold it against all that is written.

use serde_json::{Map, Value, json};

use crate::compliance::report::REPORT_FORMAT;
use crate::transcript::FORMAT;

/// A model whose schema is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// A student's transcript.
    Transcript,
    /// What a decree comes to.
    Compliance,
}

impl Model {
    /// Where its types are declared.
    fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Transcript => &[
                include_str!("../transcript/model.rs"),
                include_str!("../transcript/policy/repeat.rs"),
                include_str!("../record/codes.rs"),
            ],
            Self::Compliance => &[
                include_str!("../compliance/report/model.rs"),
                include_str!("../compliance/report/evidence.rs"),
                include_str!("../compliance/report/history.rs"),
                include_str!("../compliance/public/model.rs"),
            ],
        }
    }

    /// The type of the whole, and the value of its format.
    fn whole(self) -> (&'static str, &'static str) {
        match self {
            Self::Transcript => ("Transcript", FORMAT),
            Self::Compliance => ("ComplianceReport", REPORT_FORMAT),
        }
    }
}

/// The JSON Schema (2020-12) of a model as it reaches a template, and as it travels inside a
/// signed document.
pub fn schema(model: Model) -> Value {
    let sources = model.sources().iter();
    let declarations: Vec<Declaration> = sources.flat_map(|text| read(text)).collect();
    let (name, format) = model.whole();
    let mut definitions = Map::new();
    let mut wanted = vec![name.to_owned()];
    while let Some(name) = wanted.pop() {
        let found = declarations.iter().find(|found| found.name == name);
        let (false, Some(declaration)) = (definitions.contains_key(&name), found) else {
            continue;
        };
        definitions.insert(name, declaration.schema(&mut wanted));
    }
    let mut schema = definitions.remove(name).unwrap_or_default();
    schema["properties"]["format"]["const"] = format.into();
    let mut whole = Map::new();
    whole.insert(
        "$schema".to_owned(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    whole.insert("title".to_owned(), format.into());
    whole.extend(schema.as_object().cloned().unwrap_or_default());
    definitions.sort_keys();
    whole.insert("$defs".to_owned(), definitions.into());
    whole.into()
}

/// A struct or a list of codes as it is declared.
struct Declaration {
    name: String,
    about: String,
    /// Of a struct, each field's type; of a list, each code.
    members: Vec<Member>,
    is_struct: bool,
}

struct Member {
    name: String,
    about: String,
    /// A field's type; empty for a code.
    kind: String,
}

impl Declaration {
    fn schema(&self, wanted: &mut Vec<String>) -> Value {
        if !self.is_struct {
            let codes = self.members.iter();
            let codes: Vec<Value> = codes
                .map(|code| json!({ "const": code.name, "description": code.about }))
                .collect();
            return json!({ "description": self.about, "oneOf": codes });
        }
        let mut properties = Map::new();
        for field in &self.members {
            let mut schema = of_type(&field.kind, wanted);
            // Beside a `$ref` a description is the field's own (2020-12).
            schema["description"] = field.about.as_str().into();
            properties.insert(field.name.clone(), schema);
        }
        let required: Vec<&str> = self.members.iter().map(|field| &*field.name).collect();
        json!({
            "description": self.about,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

/// The schema of a Rust type of the model.
fn of_type(kind: &str, wanted: &mut Vec<String>) -> Value {
    let inside = |outer: &str| kind.strip_prefix(outer)?.strip_suffix('>');
    if let Some(inner) = inside("Option<") {
        return json!({ "anyOf": [of_type(inner, wanted), { "type": "null" }] });
    }
    if let Some(inner) = inside("Vec<") {
        return json!({ "type": "array", "items": of_type(inner, wanted) });
    }
    match kind {
        "String" => json!({ "type": "string" }),
        "bool" => json!({ "type": "boolean" }),
        "u64" => json!({ "type": "integer", "minimum": 0 }),
        "Date" => json!({ "type": "string", "format": "date" }),
        "Credits" => json!({ "type": "string", "pattern": "^[0-9]+\\.[0-9]{2,3}$" }),
        "GradeLevel" => {
            json!({ "type": "string", "pattern": "^(IN|TD|PS|TK|K|[1-9]|1[0-2]|UE|US|AD)$" })
        }
        "SchoolYear" => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$" }),
        name => {
            wanted.push(name.to_owned());
            json!({ "$ref": format!("#/$defs/{name}") })
        }
    }
}

/// The declarations of one source: `pub struct Name {`, `pub enum Name {`, and `Name {` inside the
/// macro that declares lists of codes.
fn read(source: &str) -> Vec<Declaration> {
    let mut declarations: Vec<Declaration> = Vec::new();
    let mut about = String::new();
    let mut words_in_snake_case = false;
    let mut open = false;
    for line in source.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            let space = if about.is_empty() { "" } else { " " };
            about = format!("{about}{space}{}", plain(comment.trim()));
        } else if line.starts_with("#[") {
            words_in_snake_case |= line.contains("rename_all = \"snake_case\"");
        } else if let Some((name, is_struct)) = begun(line, !open && !about.is_empty()) {
            declarations.push(Declaration {
                name: name.to_owned(),
                about: std::mem::take(&mut about),
                members: Vec::new(),
                is_struct,
            });
            open = true;
        } else if line == "}" {
            (open, words_in_snake_case) = (false, false);
            about.clear();
        } else {
            let declaration = declarations
                .last_mut()
                .filter(|_| open && !about.is_empty());
            if let Some(declaration) = declaration {
                let about = std::mem::take(&mut about);
                let snake_case = words_in_snake_case && !declaration.is_struct;
                declaration.members.extend(member(line, about, snake_case));
            }
            about.clear();
        }
    }
    declarations
}

/// The name of a declaration that begins on this line, and whether it is a struct.
fn begun(line: &str, documented: bool) -> Option<(&str, bool)> {
    let name = line.strip_suffix(" {").filter(|_| documented)?;
    if let Some(name) = name.strip_prefix("pub struct ") {
        return Some((name, true));
    }
    let name = name.strip_prefix("pub enum ").unwrap_or(name);
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some((name, false))
}

/// A field (`pub name: Type,`), a code with its word (`Name = "word",`) or without (`Name,`).
fn member(line: &str, about: String, snake_case: bool) -> Option<Member> {
    let line = line.strip_suffix(',')?;
    if let Some(field) = line.strip_prefix("pub ") {
        let (name, kind) = field.split_once(": ")?;
        let (name, kind) = (name.to_owned(), kind.to_owned());
        return Some(Member { name, about, kind });
    }
    let name = match line.split_once(" = ") {
        Some((_, word)) => word.trim_matches('"').to_owned(),
        None if snake_case => in_snake_case(line),
        None => line.to_owned(),
    };
    let kind = String::new();
    Some(Member { name, about, kind })
}

/// `MidYear` as `mid_year`.
fn in_snake_case(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// A comment's words without the marks of a link.
fn plain(comment: &str) -> String {
    let named = comment.replace("[`FORMAT`]", &format!("`{FORMAT}`"));
    let named = named.replace("[`REPORT_FORMAT`]", &format!("`{REPORT_FORMAT}`"));
    named.replace("[`", "`").replace("`]", "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_every_code_has_a_sentence() {
        fn sentences(value: &Value, path: &str) {
            if let Some(fields) = value["properties"].as_object() {
                for (name, field) in fields {
                    let said = field["description"].as_str().unwrap_or_default();
                    assert!(said.ends_with('.'), "{path}.{name}: {said}");
                }
            }
            for code in value["oneOf"].as_array().into_iter().flatten() {
                let said = code["description"].as_str().unwrap_or_default();
                assert!(said.ends_with('.'), "{path} {}: {said}", code["const"]);
            }
        }
        for model in [Model::Transcript, Model::Compliance] {
            let schema = schema(model);
            sentences(&schema, "");
            let definitions = schema["$defs"].as_object().expect("definitions");
            assert!(definitions.len() > 15);
            for (name, definition) in definitions {
                sentences(definition, name);
            }
        }
    }
}
