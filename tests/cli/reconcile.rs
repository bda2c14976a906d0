//! What the systems disagree about, line by line: each line is what two files say, the report
//! prints its sums, and the bundle holds it under its digest.

use std::collections::{BTreeMap, BTreeSet};

use registrar::issue::RECONCILIATION_COLUMNS;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::bundle::{bundle, cells};
use super::compliance::{AS_OF, desk, status};
use super::{Desk, fixture};

fn list(desk: &Desk) -> String {
    let asked = ["compliance", "reconcile", "--as-of", AS_OF, "--quiet"];
    desk.said(1, &asked)
}

/// The cells of each line, by column.
fn lines(list: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let rows = reader.deserialize();
    rows.map(|row| row.expect("a line")).collect()
}

/// The line of a file of the fixture district, in whichever package of the source brought it.
fn is_in_file(source: &str, file: &str, line: &str, value: &str) -> bool {
    let packages: &[&str] = match source {
        "marisol-central" => &["central"],
        "marisol-charters" => &["charters"],
        _ => &["seds", "seds-update"],
    };
    let line: usize = line.parse().expect("a line");
    packages.iter().any(|package| {
        let path = fixture(&format!("district/{package}/{file}"));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let found = text.lines().nth(line - 1).unwrap_or_default();
        found.split(',').any(|cell| cell == value)
    })
}

#[test]
fn each_line_is_what_two_files_say_at_their_lines() {
    let list = list(&desk());
    let heading = list.lines().next().expect("a heading");
    assert_eq!(heading, RECONCILIATION_COLUMNS.join(","));
    let mut fields = BTreeSet::new();
    let mut before = String::new();
    for line in lines(&list) {
        assert!(before <= line["school"], "by school: {line:?}");
        before.clone_from(&line["school"]);
        let (field, one, other) = (&line["field"], &line["value"], &line["other_value"]);
        assert_ne!(one, other, "{line:?}");
        assert!(!line["person"].is_empty(), "{line:?}");
        for side in ["", "other_"] {
            let cell = |name: &str| &line[&format!("{side}{name}")];
            // What the value is of a plan or of the absence of a row stands in no cell.
            let is_cell = !cell("value").contains(' ') && cell("value") != "nothing";
            assert_eq!(cell("file").is_empty(), cell("row").is_empty(), "{line:?}");
            let found = || is_in_file(cell("source"), cell("file"), cell("line"), cell("value"));
            assert!(!is_cell || found(), "{line:?}");
        }
        fields.insert(field.clone());
    }
    let all = ["birth_date", "eligibility", "in_student_only", "school"];
    assert_eq!(fields.iter().map(|it| &**it).collect::<Vec<_>>(), all);
}

/// Lines, and people, each counted once.
fn sums<'a>(lines: impl Iterator<Item = &'a BTreeMap<String, String>>) -> (usize, usize) {
    let people: Vec<&str> = lines.map(|it| &*it["person"]).collect();
    let distinct: BTreeSet<&str> = people.iter().copied().collect();
    (people.len(), distinct.len())
}

#[test]
fn the_report_prints_the_sums_of_the_list_each_person_once() {
    let desk = desk();
    let lines = lines(&list(&desk));
    let report = status(&desk)["discrepancies"].take();
    let told = |of: &Value| (of["disagreements"].clone(), of["people"].clone());
    let (all, people) = sums(lines.iter());
    assert_eq!(told(&report), (json!(all), json!(people)));
    assert!(all > 5, "the fixture's systems disagree: {all}");
    for (part, by) in [("kinds", "field"), ("schools", "school")] {
        let key = if by == "field" { "kind" } else { "school" };
        let mut found = 0;
        for one in report[part].as_array().expect("a list") {
            let own = lines.iter().filter(|it| one[key] == it[by].as_str());
            let (disagreements, people) = sums(own);
            assert_eq!(told(one), (json!(disagreements), json!(people)), "{one}");
            found += disagreements;
        }
        assert_eq!(found, all, "{part}");
    }
}

#[test]
fn the_bundle_holds_the_list_under_its_digest() {
    let desk = desk();
    desk.keys();
    let folder = bundle(&desk, AS_OF, "bundle");
    let bytes = std::fs::read(folder.join("reconciliation.csv")).expect("it is there");
    assert_eq!(String::from_utf8(bytes.clone()).expect("text"), list(&desk));
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).expect("digests");
    let line = format!(
        "{}  reconciliation.csv",
        hex::encode(Sha256::digest(&bytes))
    );
    assert!(sums.lines().any(|it| it == line), "{sums}");
    let book = cells(&folder.join("codebook.csv"));
    let told = book.iter().filter(|it| &it[0] == "reconciliation.csv");
    let told: Vec<_> = told
        .map(|it| (it[1].to_owned(), it[2].is_empty()))
        .collect();
    let all = RECONCILIATION_COLUMNS.map(|it| (it.to_owned(), false));
    assert_eq!(told, all, "each column has a meaning");
}

#[test]
fn systems_that_nobody_named_are_not_compared() {
    let desk = desk();
    std::fs::write(
        desk.path("registrar.toml"),
        "[compliance]\ndecree = \"chanda-smith\"\n",
    )
    .expect("written");
    let asked = ["compliance", "reconcile", "--as-of", AS_OF];
    let told = desk.fails(&asked);
    assert!(told.contains("student_systems"), "{told}");
}
