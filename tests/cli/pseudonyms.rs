//! Numbers of people, cases and rows in what leaves the district: nobody who has the numbers of the
//! children finds one there, and whoever has the key's table under seal finds each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use registrar::record::PersonId;

use super::Desk;
use super::bundle::{bundle, bundle_of, cells};
use super::compliance::{AS_OF, desk};

const KEY: &str = "case-numbers.key";

/// Whose numbers are whose: a line each of person, source, school, number and state id.
fn table(desk: &Desk, out: &str) -> Vec<csv::StringRecord> {
    let file = format!("{out}.key.csv");
    bundle_of(desk, "chanda-smith", AS_OF, out, &["--key-table", &file]);
    let mut rows = cells(&desk.path(&file));
    let heading = rows.remove(0);
    assert_eq!(
        heading,
        ["person", "source", "school", "number", "state_id"][..]
    );
    rows
}

/// Every file of a folder, by its path inside.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let listed = std::fs::read_to_string(folder.join("SHA256SUMS")).expect("a list");
    let names = listed.lines().filter_map(|it| it.split("  ").nth(1));
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("text");
    names.map(|name| (name.to_owned(), text(name))).collect()
}

#[test]
fn no_number_of_a_child_stands_in_a_bundle_nor_one_that_follows_from_it_without_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    desk.keys();
    let rows = table(&desk, "bundle");
    assert!(rows.len() > 1000);
    let mut numbers: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        numbers.insert(row[3].to_owned());
        if !row[4].is_empty() {
            numbers.insert(row[4].to_owned());
            numbers.insert(PersonId::from_state_id(&row[4]).to_string());
        }
        numbers.insert(PersonId::from_local_id(&row[1], &row[3]).to_string());
    }
    assert!(numbers.contains("9000001"));
    let mut people = BTreeSet::new();
    for (name, text) in files(&desk.path("bundle")) {
        let words = text.split(|it: char| !it.is_ascii_alphanumeric());
        for word in words {
            assert!(!numbers.contains(word), "{name} has {word}");
        }
        if name.starts_with("inputs/") && name != "inputs/teacher.csv" {
            let told = cells(&desk.path("bundle").join(&name)).split_off(1);
            people.extend(told.iter().map(|row| row[1].to_owned()));
        }
    }
    // The table, which lies apart, has each.
    let known: BTreeSet<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert!(people.len() > 500 && people.is_subset(&known));
    for file in ["bundle.key.csv", KEY] {
        let mode = std::fs::metadata(desk.path(file))
            .expect("there")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{file}");
    }
    let inside = ["compliance", "bundle", "--as-of", AS_OF, "--out", "other"];
    let inside = [&inside[..], &["--key-table", "other/../other/key.csv"]].concat();
    let said = desk.fails(&inside);
    assert!(
        said.contains("would lie in the bundle") && said.contains("hint: "),
        "{said}"
    );
    assert!(!desk.path("other").exists());
}

#[test]
fn under_the_same_key_numbers_stay_and_under_another_nothing_is_the_same() {
    let desk = desk();
    desk.keys();
    let lists = |out: &str| -> BTreeMap<String, String> {
        let files = files(&bundle(&desk, AS_OF, out)).into_iter();
        files
            .filter(|(name, _)| name.starts_with("lists/"))
            .collect()
    };
    let first = lists("first");
    assert!(first == lists("again"), "byte for byte");
    let named = |lists: &BTreeMap<String, String>| -> BTreeSet<String> {
        let lines = lists.values().flat_map(|it| it.lines().skip(1));
        let cells = lines.flat_map(|it| it.split(',').take(2));
        let named = cells.filter(|it| !it.is_empty());
        named.map(str::to_owned).collect()
    };
    let own = std::fs::read(desk.path(KEY)).expect("a key");
    std::fs::remove_file(desk.path(KEY)).expect("removed");
    let other = lists("other");
    let (one, two) = (named(&first), named(&other));
    assert!(one.len() > 500 && one.len() == two.len());
    assert!(one.is_disjoint(&two));
    std::fs::write(desk.path(KEY), own).expect("written");
    assert!(first == lists("once-more"));
    // What is no key is refused, and nothing takes its place.
    std::fs::write(desk.path(KEY), "no key\n").expect("written");
    let said = desk.fails(&["compliance", "status", "--as-of", AS_OF]);
    assert!(
        said.contains("it does not hold the key") && said.contains("hint: "),
        "{said}"
    );
}

#[test]
fn lists_are_in_the_order_of_their_numbers_which_tells_nothing_of_the_childrens() {
    let desk = desk();
    desk.keys();
    let rows = table(&desk, "bundle");
    let number: BTreeMap<&str, &str> = rows.iter().map(|row| (&row[0], &row[3])).collect();
    let pupils = cells(&desk.path("bundle").join("inputs/pupil.csv")).split_off(1);
    let cases: Vec<&str> = pupils.iter().map(|row| &row[0]).collect();
    assert!(cases.is_sorted() && cases.len() > 1000);
    let own: Vec<&str> = pupils.iter().map(|row| number[&row[1]]).collect();
    let rising = own.windows(2).filter(|pair| pair[0] < pair[1]).count();
    let half = own.len() / 2;
    assert!(
        rising.abs_diff(half) < own.len() / 10,
        "{rising} of {}",
        own.len()
    );
}

#[test]
fn a_case_is_explained_by_the_number_in_a_list_and_by_the_name_in_the_records() {
    let desk = desk();
    let cases = ["compliance", "cases", "--as-of", AS_OF, "--outcome", "10"];
    let listed = desk.answer(0, &cases);
    let case = listed[0]["case"].as_str().expect("a case").to_owned();
    let explain = [
        "compliance",
        "explain",
        "--as-of",
        AS_OF,
        "--outcome",
        "10",
        "--case",
    ];
    let told = desk.answer(0, &[&explain[..], &[&case]].concat());
    assert_eq!(told["case"], case);
    let rows = told["rows"].as_array().expect("rows");
    let row = rows[0].as_str().expect("a row");
    // `evaluations SCHOOL/PERSON/NUMBER of SOURCE …`
    let name = row.split(' ').nth(1).and_then(|it| it.rsplit('/').next());
    let name = format!("evaluation/marisol-seds/{}", name.expect("a number"));
    let by_name = desk.answer(0, &[&explain[..], &[&name]].concat());
    assert_eq!(by_name, told, "{name}");
}

#[test]
fn what_each_row_of_a_case_says_stands_in_the_bundle_and_can_be_joined() {
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    let mut said: BTreeMap<String, BTreeMap<String, csv::StringRecord>> = BTreeMap::new();
    for (name, _) in files(&bundle) {
        let Some(table) = name.strip_prefix("cells/") else {
            continue;
        };
        let rows = cells(&bundle.join(&name));
        assert!(
            rows[0]
                .iter()
                .take(4)
                .eq(["row", "person", "source", "recorded_at"])
        );
        let of_table = said
            .entry(table.trim_end_matches(".csv").to_owned())
            .or_default();
        for row in rows {
            let again = of_table.insert(row[0].to_owned(), row.clone());
            assert!(again.is_none(), "{name} has {} twice", &row[0]);
        }
    }
    let mut joined: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in ["evaluation", "pupil", "meeting", "teacher", "removal"] {
        let path = bundle.join(format!("rows/{kind}.csv"));
        if !path.exists() {
            continue;
        }
        for row in cells(&path).split_off(1) {
            // Of a row of people nothing but the school and a date of birth could be told.
            if &row[1] != "people" && &row[1] != "attendance" {
                let found = said[&row[1]].get(&row[2]);
                let found = found.unwrap_or_else(|| panic!("{kind}: {row:?}"));
                assert_eq!(found[2], row[3], "of the same source");
                *joined
                    .entry(said.get_key_value(&row[1]).expect("there").0)
                    .or_default() += 1;
            }
        }
    }
    for table in [
        "eligibilities",
        "residences",
        "evaluations",
        "demographics",
        "enrolments",
    ] {
        assert!(
            joined.get(table).is_some_and(|it| *it > 0),
            "{table}: {joined:?}"
        );
    }
    // A field of a case is the cell of the row that it was read from.
    let inputs = cells(&bundle.join("inputs/evaluation.csv"));
    let place = |heading: &csv::StringRecord, name: &str| {
        heading.iter().position(|it| it == name).expect(name)
    };
    let of_case: BTreeMap<&str, &str> = inputs[1..]
        .iter()
        .map(|row| (&row[0], &row[place(&inputs[0], "consent_received_on")]))
        .collect();
    let heading = &said["evaluations"]["row"];
    let consent = place(heading, "consent_received_on");
    let mut compared = 0;
    for row in cells(&bundle.join("rows/evaluation.csv")).split_off(1) {
        if &row[1] == "evaluations" {
            assert_eq!(
                &said["evaluations"][&row[2]][consent], of_case[&row[0]],
                "{row:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
    // One row's number of another is that row's own.
    let plan = |table: &str| -> BTreeSet<String> {
        let rows = &said[table];
        let at = place(&rows["row"], "referral");
        let others = rows.iter().filter(|(row, _)| *row != "row");
        let numbers = others.map(|(_, row)| row[at].to_owned());
        numbers.filter(|it| !it.is_empty()).collect()
    };
    let shared = plan("evaluations").intersection(&plan("referrals")).count();
    assert!(shared > 5, "{shared}");
}
