//! What two pieces of data say otherwise, each difference with the names that lead to it.
//!
//! Items of a list are held against each other by what names them, in whatever order they stand:
//! one that only one side has, or that stands twice, is a difference.

use std::collections::BTreeMap;

use serde_json::Value;

/// Keys by which an item of a list is known, the first of those that every item has.
const NAMES: [&str; 11] = [
    "outcome",
    "threshold",
    "name",
    "reason",
    "frame_sha256",
    "draw",
    "finding",
    "by",
    "group",
    "school",
    "source",
];
/// Differences that are told of one outcome, and letters of a value in them.
const TOLD_MAX: usize = 100;
const VALUE_CHARS_MAX: usize = 160;

/// In what a report says something else than the bundle.
pub(super) fn differences(own: &Value, said: &Value) -> Vec<String> {
    let mut told = Told(Vec::new());
    told.compare("", Some(own), Some(said));
    let Told(mut told) = told;
    if told.len() > TOLD_MAX {
        let more = told.len() - TOLD_MAX;
        told.truncate(TOLD_MAX);
        told.push(format!("and {more} more"));
    }
    told
}

struct Told(Vec<String>);

impl Told {
    fn compare(&mut self, path: &str, own: Option<&Value>, said: Option<&Value>) {
        match (own, said) {
            (Some(Value::Object(own)), Some(Value::Object(said))) => {
                let more = said.keys().filter(|key| !own.contains_key(*key));
                for key in own.keys().chain(more) {
                    let inner = joined(path, key);
                    self.compare(&inner, own.get(key), said.get(key));
                }
            }
            (Some(Value::Array(own)), Some(Value::Array(said))) => self.lists(path, own, said),
            (own, said) if own == said => {}
            (own, said) => {
                let (own, said) = (shown(own), shown(said));
                self.0
                    .push(format!("{path}: {own} by the bundle, {said} in the report"));
            }
        }
    }

    fn lists(&mut self, path: &str, own: &[Value], said: &[Value]) {
        let has = |key: &&&str| own.iter().chain(said).all(|it| it.get(**key).is_some());
        let Some(key) = NAMES.iter().find(has) else {
            for place in 0..own.len().max(said.len()) {
                let inner = joined(path, &(place + 1).to_string());
                self.compare(&inner, own.get(place), said.get(place));
            }
            return;
        };
        let named = |items: &[Value]| {
            let mut by_name: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for item in items {
                let name = shown(item.get(key));
                by_name.entry(name).or_default().push(item.clone());
            }
            by_name
        };
        let (own, said) = (named(own), named(said));
        let more = said.keys().filter(|name| !own.contains_key(*name));
        for name in own.keys().chain(more) {
            let inner = format!("{path} `{name}`");
            let of = |items: &BTreeMap<String, Vec<Value>>| items.get(name).map_or(0, Vec::len);
            match (of(&own), of(&said)) {
                (1, 1) => self.compare(&inner, Some(&own[name][0]), Some(&said[name][0])),
                (ours, theirs) if ours == theirs => {
                    for (own, said) in own[name].iter().zip(&said[name]) {
                        self.compare(&inner, Some(own), Some(said));
                    }
                }
                (ours, theirs) => self.0.push(format!(
                    "{inner}: {} by the bundle, {} in the report",
                    times(ours),
                    times(theirs)
                )),
            }
        }
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}, {key}"),
    }
}

/// A value in few letters.
fn shown(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_compared_by_name_and_one_that_is_missing_twice_or_unknown_is_told() {
        let own = json!({"thresholds": [{"threshold": "a", "of": 1}, {"threshold": "b", "of": 2}]});
        let said = |items: Value| differences(&own, &json!({ "thresholds": items }));
        let (a, b) = (
            json!({"threshold": "a", "of": 1}),
            json!({"threshold": "b", "of": 2}),
        );
        assert!(said(json!([b, a])).is_empty(), "in whatever order");
        assert_eq!(
            said(json!([a, {"threshold": "b", "of": 3}])),
            ["thresholds `b`, of: 2 by the bundle, 3 in the report"]
        );
        assert_eq!(
            said(json!([a, b, b])),
            ["thresholds `b`: once by the bundle, 2 times in the report"]
        );
        assert_eq!(
            said(json!([a])),
            ["thresholds `b`: once by the bundle, nothing in the report"]
        );
        assert_eq!(
            said(json!([a, b, {"threshold": "c", "of": 0}])),
            ["thresholds `c`: nothing by the bundle, once in the report"]
        );
        let more = differences(&json!({"of": [1]}), &json!({"of": [1, 2], "sum": "3"}));
        assert_eq!(
            more,
            [
                "of, 2: nothing by the bundle, 2 in the report",
                "sum: nothing by the bundle, 3 in the report"
            ]
        );
    }
}
