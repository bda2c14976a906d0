//! What holds of every case of `cases.rs` and `cases_of_time.rs`: it is found on its row, with
//! nothing else and without a name; and no check is without a case.

use std::collections::BTreeSet;

use registrar::record::*;
use registrar::transcript::Policy;
use registrar::transcript::audit::{CHECKS, Namesake, of_names, of_text};

use crate::case::POLICY;
use crate::cases::{CASES, Case};
use crate::cases_of_time::CASES_OF_TIME;
use crate::record::Given;

fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(CASES_OF_TIME)
}

#[test]
fn each_case_is_found_on_its_row_and_nothing_else_is() {
    for (what, make_wrong, expected) in cases() {
        let mut given = Given::clean();
        make_wrong(&mut given);
        let found = given.found();
        let found: Vec<(&str, &str)> = found.iter().map(|(code, row)| (*code, &**row)).collect();
        assert_eq!(found, *expected, "{what}");
    }
}

/// A check that is deleted from the list leaves its case without a finding; one that is added
/// without a case is named here.
#[test]
fn the_codes_of_the_list_are_the_codes_of_the_cases() {
    let legend = of_text("policy.toml: a label", "Special day class").expect("found");
    let policy = Policy::parse(POLICY).expect("the shipped policy");
    let unknown = of_names(&policy, &CatalogueNames::default());
    let mut found: BTreeSet<&str> = [legend.code, unknown[0].code].into();
    found.extend(
        cases()
            .flat_map(|(_, _, codes)| *codes)
            .map(|(code, _)| *code),
    );
    let listed: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
    assert_eq!(found, listed);
    assert_eq!(listed.len(), CHECKS.len(), "each code once");
}

#[test]
fn of_many_warnings_of_one_school_each_is_found_with_its_row() {
    let mut given = Given::clean();
    let namesake = |person: i32| Namesake {
        school: "T".into(),
        person: person.to_string(),
        source: "charter".into(),
        is_near: false,
    };
    given.beside.namesakes = (0..9).map(namesake).collect();
    let found = given.findings();
    assert_eq!(found.len(), 9, "{found:?}");
    assert!(found.iter().all(|it| it.row.is_some()), "{found:?}");
}

#[test]
fn no_finding_tells_a_name_or_a_date_of_birth() {
    for (what, make_wrong, _) in cases() {
        let mut given = Given::clean();
        given.record.person.legal_given = "Xochiquetzal".into();
        make_wrong(&mut given);
        for finding in given.findings() {
            let said = format!("{} {}", finding.message, finding.hint);
            let born = given.record.person.birth_date.to_string();
            assert!(
                !said.contains("Xochiquetzal") && !said.contains("Ortega"),
                "{what}: {said}"
            );
            assert!(!said.contains(&born), "{what}: {said}");
            assert!(!finding.hint.is_empty(), "{what}");
        }
    }
}
