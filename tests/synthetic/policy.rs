//! The generator graduates students by the plans that the shipped policy holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use registrar::record::Credits;
use registrar::synthetic::vocabulary::{MARKS, PLANS};
use toml::Value;

fn policy() -> toml::Table {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/transcript/policy.toml");
    let text = fs::read_to_string(path).expect("the shipped policy");
    text.parse().expect("TOML")
}

fn list<'a>(table: &'a toml::Table, name: &str) -> Vec<&'a toml::Table> {
    let rows = table
        .get(name)
        .and_then(Value::as_array)
        .expect("a list of tables");
    rows.iter().filter_map(Value::as_table).collect()
}

fn words(table: &toml::Table, name: &str) -> BTreeSet<String> {
    let words = table
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn credits(subject: &toml::Table) -> i64 {
    let text = subject["credits"].as_str().expect("credits are text");
    text.parse::<Credits>().expect("exact").thousandths()
}

#[test]
fn the_plans_of_the_vocabulary_are_the_plans_of_the_policy() {
    let policy = policy();
    let plans = list(&policy, "plan");
    assert_eq!(plans.len(), PLANS.len());
    for ours in PLANS {
        let theirs = plans
            .iter()
            .find(|plan| plan["name"].as_str() == Some(ours.plan));
        let subjects = list(theirs.expect("a plan of this name"), "subject");
        let total: i64 = subjects.iter().map(|subject| credits(subject)).sum();
        assert_eq!(total, ours.total, "{}", ours.plan);
        let named = subjects
            .iter()
            .filter(|subject| !subject.contains_key("takes_the_rest"));
        let theirs: BTreeSet<(BTreeSet<String>, i64)> = named
            .map(|subject| (words(subject, "counts"), credits(subject)))
            .collect();
        let ours = ours.subjects.iter().map(|subject| {
            let names = subject.subjects.iter().map(|name| (*name).to_owned());
            (names.collect(), subject.thousandths)
        });
        assert_eq!(ours.collect::<BTreeSet<_>>(), theirs);
    }
}

#[test]
fn the_marks_of_the_vocabulary_are_the_marks_of_the_policy() {
    let policy = policy();
    let mut theirs = BTreeSet::new();
    for step in list(&policy, "scale") {
        let points = step.get("points").and_then(Value::as_str);
        let points: Option<i64> = points.map(|text| text.parse::<i64>().expect("whole") * 1000);
        let also = words(step, "also");
        let mark = step["mark"].as_str().expect("a mark").to_owned();
        theirs.extend(also.into_iter().chain([mark]).map(|mark| (mark, points)));
    }
    let ours = MARKS
        .iter()
        .map(|(mark, points)| ((*mark).to_owned(), *points));
    assert_eq!(ours.collect::<BTreeSet<_>>(), theirs);
}
