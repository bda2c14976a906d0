//! The JSON Schema of the model against what serde writes and reads, on every sample.

use std::collections::BTreeSet;

use registrar::exchange::{self, Model, schema};
use registrar::record::{AgArea, AwardKind, HonorsKind};
use registrar::template::Report;
use registrar::transcript::{AheadStatus, Edition, Kind, RepeatCode, Transcript};
use serde_json::Value;

use crate::samples::model;

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

fn breaches(value: &Value) -> (Vec<String>, BTreeSet<String>) {
    let whole = schema(Model::Transcript);
    let mut walk = Walk {
        whole: &whole,
        breaches: Vec::new(),
        met: BTreeSet::new(),
    };
    walk.value(value, &whole, "", "Transcript");
    (walk.breaches, walk.met)
}

/// A sample as it is written.
fn written(report: &str, sample: &str, language: &str, edition: Edition) -> Value {
    let report = Report::shipped(report).expect("it ships");
    exchange::transcript_json(&model(&report, sample, language, edition))
}

#[test]
fn what_is_written_is_what_the_schema_says_and_reads_back() {
    let mut met = BTreeSet::new();
    let report = Report::shipped("transcript").expect("it ships");
    let samples = report.samples();
    let of_all = samples
        .keys()
        .map(|sample| ("transcript", *sample, "en", Edition::Official));
    let others = [
        ("ironwood-terrace", "senior", "es", Edition::Official),
        ("transcript", "senior", "en", Edition::Flat),
        ("self-report", "mid-year", "es", Edition::Unofficial),
    ];
    for (report, sample, language, edition) in of_all.chain(others) {
        let value = written(report, sample, language, edition);
        let (breaches, found) = breaches(&value);
        assert_eq!(breaches, Vec::<String>::new());
        met.extend(found);
        let back: Transcript = serde_json::from_value(value.clone()).expect("it reads back");
        assert_eq!(exchange::transcript_json(&back), value);
    }
    // A property that no sample writes could have any other name in a real file.
    let whole = schema(Model::Transcript);
    let definitions = whole["$defs"].as_object().expect("definitions");
    let declared = definitions
        .iter()
        .map(|(name, definition)| (name.as_str(), definition));
    for (owner, definition) in declared.chain([("Transcript", &whole)]) {
        for property in definition["properties"].as_object().into_iter().flatten() {
            let name = format!("{owner}.{}", property.0);
            assert!(met.contains(&name), "no sample writes {name}");
        }
    }
}

#[test]
fn what_is_not_the_schemas_is_found_and_not_read() {
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 6] = [
        (".format: not", |it| {
            it["format"] = "registrar-transcript/0".into()
        }),
        (".ag_area: none", |it| {
            it["terms"][0]["courses"][0]["ag_area"] = "h".into()
        }),
        (".colour: unknown", |it| {
            it["terms"][0]["courses"][0]["colour"] = "red".into()
        }),
        (".issued_on: no date", |it| {
            it["document"]["issued_on"] = "06/15/2026".into()
        }),
        (".demonstration: no boolean", |it| {
            it["document"]["demonstration"] = Value::Null
        }),
        (".name: missing", |it| {
            it["student"]
                .as_object_mut()
                .expect("an object")
                .remove("name");
        }),
    ];
    let right = written("transcript", "senior", "en", Edition::Official);
    for (wanted, change) in changes {
        let mut wrong = right.clone();
        change(&mut wrong);
        let (found, _) = breaches(&wrong);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(wanted), "{found:?}");
        assert!(exchange::read_transcript(wrong).is_err(), "{wanted}");
    }
}

/// The words of the schema's lists are those that serde reads and writes, all of them.
#[test]
fn every_code_of_the_schema_is_one_that_is_read() {
    fn held<T: serde::Serialize + serde::de::DeserializeOwned>(name: &str) {
        let whole = schema(Model::Transcript);
        let codes = whole["$defs"][name]["oneOf"].as_array().expect("codes");
        assert!(codes.len() > 1, "{name}");
        for code in codes {
            let read: T = serde_json::from_value(code["const"].clone())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                serde_json::to_value(read).expect("JSON"),
                code["const"],
                "{name}"
            );
        }
    }
    held::<Kind>("Kind");
    held::<Edition>("Edition");
    held::<AheadStatus>("AheadStatus");
    held::<RepeatCode>("RepeatCode");
    held::<AgArea>("AgArea");
    held::<HonorsKind>("HonorsKind");
    held::<AwardKind>("AwardKind");
    let lists = schema(Model::Transcript)["$defs"].as_object().expect("definitions").clone();
    let lists = lists.values().filter(|list| list["oneOf"].is_array());
    assert_eq!(lists.count(), 7, "each list is held above");
}
