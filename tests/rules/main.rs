//! Every rule of a transcript on a record that a counselor can read: `fixtures/rules/*.toml`.
//!
//! A case is one table. Each row is a posting, and its last column says what the rule makes of it;
//! below stand the figures. So a case is its own explanation, and a counselor can write the next.

#[path = "../common/request.rs"]
mod asked;
mod case;
#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "these tests need no address of their database")]
mod common;
mod given;
mod neighbours;
mod properties;
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

#[test]
fn every_case_names_its_rule_and_its_source() {
    let cases = cases();
    assert!(cases.len() >= 110, "{} cases", cases.len());
    for (name, case) in cases {
        assert!(case.rule.len() > 20, "{name}");
        // Whose rule it is, by a name or by a section; "a setting" is nobody's.
        let named = |c: char| c.is_uppercase() || c.is_ascii_digit();
        assert!(
            case.source.len() > 10 && case.source.contains(named),
            "{name}"
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
