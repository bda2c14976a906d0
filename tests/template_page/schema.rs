//! The JSON Schema of the model against what serde writes and reads, on every sample.

use std::collections::BTreeSet;

use registrar::exchange::{self, Model, schema};
use registrar::record::{AgArea, AwardKind, HonorsKind};
use registrar::template::Report;
use registrar::transcript::{AheadStatus, Edition, Kind, RepeatCode, Transcript};
use serde_json::Value;

use crate::samples::model;
use crate::walk;

fn breaches(value: &Value) -> (Vec<String>, BTreeSet<String>) {
    walk::breaches(value, &schema(Model::Transcript), "Transcript")
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
    let lists = schema(Model::Transcript)["$defs"]
        .as_object()
        .expect("definitions")
        .clone();
    let lists = lists.values().filter(|list| list["oneOf"].is_array());
    assert_eq!(lists.count(), 7, "each list is held above");
}
