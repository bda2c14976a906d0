//! Every rule of a transcript on a record that a counselor can read: `fixtures/rules/*.toml`.
//!
//! A case is one table. Each row is a posting, and its last column says what the rule makes of it;
//! below stand the figures. So a case is its own explanation, and a counselor can write the next.

mod areas;
#[path = "../common/request.rs"]
mod asked;
mod case;
#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "these tests need no address of their database")]
mod common;
mod given;
mod neighbours;
mod properties;
mod recount;
mod retakes;

use std::path::PathBuf;

use case::{CODES, Case, LEFT_OUT, WITHHELD};

fn cases() -> Vec<(String, Case)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(path).expect("a case");
        let case = Case::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, case)
    };
    files.iter().map(read).collect()
}

#[test]
fn every_case_comes_out_as_it_says() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        wrong.extend(
            case.differences()
                .into_iter()
                .map(|line| format!("{name}: {line}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The laws, standards, districts and vendors whose rules the cases are.
const WHO_SAYS_SO: [&str; 29] = [
    "5 CCR ",
    "8 NYCRR ",
    "Adrian School District, ",
    "Aeries",
    "Albertus Magnus College, ",
    "CSU and UC comparison, ",
    "Cabrillo College, ",
    "Calculating your GPA (studylib.net/doc/8815488)",
    "California State University",
    "California Student Aid Commission",
    "Carnegie Foundation: ",
    "Ed. Code ",
    "Infinite Campus",
    "Kershaw County School District, ",
    "Los Angeles Unified",
    "Matanuska-Susitna Borough School District, ",
    "Metropolitan School District of Lawrence Township, ",
    "Millis Public Schools, ",
    "New York, ",
    "Oak Park High School: ",
    "Olentangy High School, ",
    "PESC and Ed-Fi",
    "Riverview School District, ",
    "San Diego Unified",
    "SchoolLogic, ",
    "SchoolWise, ",
    "State of Washington, ",
    "University of California",
    "Washington Preparatory High School",
];

#[test]
fn every_case_names_its_rule_and_its_source() {
    let cases = cases();
    assert!(cases.len() >= 110, "{} cases", cases.len());
    for (name, case) in cases {
        assert!(case.rule.len() > 20, "{name}");
        // Who says so comes first and what after it; "a district" is nobody.
        let told = WHO_SAYS_SO.iter();
        let mut told = told.filter_map(|who| case.source.strip_prefix(who));
        assert!(
            told.any(|what| what.trim().len() > 5),
            "{name}: whose rule is `{}`? a new body has its place in the list",
            case.source
        );
    }
}

/// A rule that no case reaches could be switched off unnoticed.
#[test]
fn every_way_to_leave_a_mark_out_has_a_case() {
    let told: String = cases().into_iter().map(|(_, case)| case.table).collect();
    // Of a record with a mark that is not on the scale no transcript is made at all.
    let told_otherwise = "out: not on scale";
    let words = [LEFT_OUT, WITHHELD, CODES].concat();
    let others = [
        "out: ReplacedNotCounted",
        "out: RepeatNotCounted",
        "out: RepeatOtherInstitution",
        "twice",
        "as F",
    ];
    for word in words.into_iter().chain(others) {
        assert_eq!(told.contains(word), word != told_otherwise, "`{word}`");
    }
}
