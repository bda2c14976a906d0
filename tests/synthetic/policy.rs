//! The generator graduates students by the plans that the shipped policy holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use registrar::record::Credits;
use registrar::synthetic::vocabulary::{CARNEGIE_SCHOOL, MARKS, PLANS, plan, requirement};
use toml::Value;

/// The school year of the generated districts.
const ENTERED_LAST: &str = "2025-26";

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
        let rows = list(theirs.expect("a plan of this name"), "subject");
        // The plans of the vocabulary are those of the cohort that entered grade 9 last.
        let stands = |row: &&toml::Table| {
            let cohorts = row.get("cohorts").and_then(Value::as_table);
            let end = |name: &str| cohorts.and_then(|it| it.get(name)?.as_str());
            end("from").is_none_or(|from| from <= ENTERED_LAST)
                && end("to").is_none_or(|to| ENTERED_LAST <= to)
        };
        let subjects: Vec<_> = rows.into_iter().filter(stands).collect();
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
        // The average that is declared takes the points of the letter, whatever its sign.
        let signed = step.get("signed").and_then(Value::as_table);
        let signed = signed.into_iter().flat_map(|marks| marks.keys().cloned());
        let mark = step["mark"].as_str().expect("a mark").to_owned();
        let marks = words(step, "also").into_iter().chain(signed).chain([mark]);
        theirs.extend(marks.map(|mark| (mark, points)));
    }
    // Nobody made up has a requirement waived.
    assert!(
        theirs.remove(&("X".to_owned(), None)),
        "the policy has no X"
    );
    let ours = MARKS
        .iter()
        .map(|(mark, points)| ((*mark).to_owned(), *points));
    assert_eq!(ours.collect::<BTreeSet<_>>(), theirs);
}

#[test]
fn the_school_that_counts_otherwise_is_named_in_the_policy() {
    let policy = policy();
    let units = list(&policy, "unit");
    let schools: Vec<BTreeSet<String>> = units.iter().map(|unit| words(unit, "schools")).collect();
    assert_eq!(schools, [BTreeSet::from([CARNEGIE_SCHOOL.to_owned()])]);
}

#[test]
fn what_is_fulfilled_beside_courses_is_what_the_districts_plan_asks_for() {
    let policy = policy();
    for ours in list(&policy, "plan") {
        let asked = ours.get("requirement").and_then(Value::as_array);
        let asked = asked.into_iter().flatten();
        let names: BTreeSet<&str> = asked.filter_map(|it| it["name"].as_str()).collect();
        let district = ours["name"].as_str() == Some(plan::DISTRICT);
        let expected: &[&str] = if district { requirement::ALL } else { &[] };
        assert_eq!(
            names,
            expected.iter().copied().collect(),
            "{:?}",
            ours["name"]
        );
    }
}
