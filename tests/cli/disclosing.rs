//! Marks that tell of a disability, because nobody else bears them: counted over a district, told
//! without a student or a school.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use csv::StringRecord;
use serde_json::Value;

use super::{Desk, talk};

/// A mark that no student of a made-up district has.
const MODIFIED: &str = "M*";

/// A district in which some students of each kind have the mark.
struct District {
    desk: Desk,
    with_plan: Vec<String>,
    without: Vec<String>,
}

fn read(file: &Path) -> (StringRecord, Vec<StringRecord>) {
    let mut reader = csv::Reader::from_path(file).expect("a table");
    let header = reader.headers().expect("a header").clone();
    (
        header,
        reader.records().map(|row| row.expect("a row")).collect(),
    )
}

impl District {
    fn new() -> Self {
        let desk = Desk::new();
        let folder = desk.path("district").display().to_string();
        let generate = ["generate", "--students", "700", "--seed", "5", "--out"];
        desk.done(&[&generate[..], &[&folder, "--quiet"]].concat());
        let of = |file: &str| read(&desk.path("district").join(file)).1;
        let state_ids: HashMap<String, String> = of("seds/people.csv")
            .iter()
            .map(|row| (row[1].to_owned(), row[2].to_owned()))
            .collect();
        let found = of("seds/eligibilities.csv");
        let found: HashSet<&String> = found
            .iter()
            .filter_map(|row| state_ids.get(&row[1]))
            .collect();
        // Who has an eligibility in the student system alone is neither here nor there.
        let flagged = of("central/eligibilities.csv");
        let flagged: HashSet<&str> = flagged.iter().map(|row| &row[1]).collect();
        let known: HashSet<&String> = state_ids.values().collect();
        let marks = of("central/marks.csv");
        let graded: HashSet<&str> = marks
            .iter()
            .filter(|row| !row[8].is_empty())
            .map(|row| &row[2])
            .collect();
        let people = of("central/people.csv");
        let graded = people.iter().filter(|row| graded.contains(&row[1]));
        let (mut with_plan, mut without) = (Vec::new(), Vec::new());
        for row in graded {
            if found.contains(&row[2].to_owned()) {
                with_plan.push(row[1].to_owned());
            } else if !known.contains(&row[2].to_owned()) && !flagged.contains(&row[1]) {
                without.push(row[1].to_owned());
            }
        }
        Self {
            desk,
            with_plan,
            without,
        }
    }

    /// Gives the mark to so many students of each kind, in one course each; gives the rows as they
    /// were.
    fn give(&self, with_plan: usize, without: usize) -> Vec<StringRecord> {
        let chosen = self.with_plan[..with_plan].iter();
        let mut chosen: HashSet<&String> = chosen.chain(&self.without[..without]).collect();
        let file = self.desk.path("district/central/marks.csv");
        let (header, rows) = read(&file);
        let mut writer = csv::Writer::from_path(&file).expect("a file");
        writer.write_record(&header).expect("written");
        let mut changed = Vec::new();
        for row in rows {
            let changes = !row[8].is_empty() && chosen.remove(&row[2].to_owned());
            let cells = row.iter().enumerate();
            let cells = cells.map(|(place, cell)| match changes && place == 8 {
                true => MODIFIED,
                false => cell,
            });
            writer.write_record(cells).expect("written");
            changed.extend(changes.then_some(row));
        }
        writer.flush().expect("written");
        for package in ["central", "charters", "seds", "seds-update"] {
            let package = self
                .desk
                .path("district")
                .join(package)
                .display()
                .to_string();
            self.desk.done(&["import", &package, "--quiet"]);
        }
        changed
    }

    fn told(&self, code: i32) -> Value {
        let marks = ["compliance", "marks", "--as-of", "2026-06-12"];
        self.desk.answer(code, &marks)
    }
}

fn telling(told: &Value) -> Vec<(String, String, u64, String)> {
    let signs = told["telling"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    signs
        .map(|sign| {
            (
                text(&sign["kind"]),
                text(&sign["text"]),
                sign["people_with_plan"].as_u64().expect("a count"),
                text(&sign["people_without_plan"]),
            )
        })
        .collect()
}

#[test]
fn a_mark_that_only_students_with_a_plan_bear_is_told_with_its_count_and_no_student() {
    let district = District::new();
    assert!(
        district.with_plan.len() > 11,
        "{}",
        district.with_plan.len()
    );
    district.give(11, 0);
    let told = district.told(1);
    let expected = ("mark".into(), MODIFIED.into(), 11, "none".into());
    assert_eq!(telling(&told), [expected]);
    let whole = told.to_string();
    for person in &district.with_plan {
        assert!(!whole.contains(person), "{person} is named");
    }
    assert!(!whole.contains("1999999"), "a school is named: {whole}");
    let as_text = district
        .desk
        .run(&["compliance", "marks", "--as-of", "2026-06-12"]);
    assert_eq!(as_text.status.code(), Some(1));
    let as_text = String::from_utf8(as_text.stdout).expect("text");
    assert!(
        as_text.contains("mark `M*`: 11 people who had a plan, and nobody else"),
        "{as_text}"
    );
}

#[test]
fn of_ten_students_nothing_is_said_and_of_one_without_a_plan_no_count() {
    let few = District::new();
    few.give(10, 0);
    let told = few.told(0);
    assert_eq!(telling(&told), []);
    assert!(told["too_few_to_say"].as_u64() >= Some(1), "{told}");

    let nearly = District::new();
    nearly.give(11, 1);
    let expected = ("mark".into(), MODIFIED.into(), 11, "fewer_than_11".into());
    assert_eq!(telling(&nearly.told(1)), [expected]);

    let common = District::new();
    common.give(11, 11);
    assert_eq!(telling(&common.told(0)), []);
}

#[test]
fn a_mark_that_was_changed_is_told_as_transcripts_show_it() {
    let district = District::new();
    let changed = district.give(11, 0);
    assert_eq!(telling(&district.told(1)).len(), 1);
    // One of the eleven has their own mark again.
    let row = &changed[0];
    let credit = row[10].trim_end_matches('0').trim_end_matches('.');
    let words = [
        "record mark-change --ground clerical_or_mechanical_mistake --approved-by Carrington --by \
         Varo --teacher-heard-on 2026-06-08 --decided-on 2026-06-10",
        &format!(
            "--student {} --posting {} --from {MODIFIED}",
            &row[2], &row[1]
        ),
        &format!("--to {} --credit-earned {credit}", &row[8]),
    ]
    .join(" ");
    let words: Vec<&str> = words.split(' ').collect();
    district.desk.answer(0, &words);
    let told = district.told(0);
    assert_eq!(telling(&told), []);
    assert!(told["too_few_to_say"].as_u64() >= Some(1), "{told}");
}

#[test]
fn without_the_special_education_system_there_is_nothing_to_compare_with() {
    let desk = Desk::with_district();
    let asked = desk.run(&["compliance", "marks", "--as-of", "2014-06-12"]);
    assert_eq!(asked.status.code(), Some(2));
    let said = talk(&asked);
    assert!(
        said.contains("fewer than 11 people with marks ever had a plan"),
        "{said}"
    );
    assert!(
        said.contains("hint: import the special-education system's package"),
        "{said}"
    );
}
