//! `[audit.severity]`: what a district may decide, and what nobody may.

use registrar::transcript::Policy;
use registrar::transcript::audit::{CHECKS, Severity, of_policy};

use crate::case::POLICY;
use crate::record::{Given, total};

fn with(setting: &str) -> String {
    format!("{POLICY}\n[audit.severity]\n{setting}\n")
}

#[test]
fn a_district_may_call_a_difference_a_note_or_not_ask_for_it() {
    let mut given = Given::clean();
    given.record.totals = vec![total("credit_earned", "15")];
    for (setting, severity) in [
        ("", Some(Severity::Error)),
        ("total_differs = \"warning\"", Some(Severity::Warning)),
        ("total_differs = \"note\"", Some(Severity::Note)),
        ("total_differs = \"off\"", None),
        ("total_missing = \"error\"", Some(Severity::Error)),
    ] {
        given.policy = with(setting);
        let found = given.findings();
        assert_eq!(found.first().map(|it| it.severity), severity, "{setting}");
    }
}

#[test]
fn what_is_fixed_or_unknown_is_refused_with_its_line() {
    let line = with("last").lines().count();
    for check in &CHECKS {
        let text = with(&format!("{} = \"off\"", check.code));
        let read = Policy::parse(&text);
        if !check.class.is_fixed() {
            assert!(read.is_ok(), "{}", check.code);
            continue;
        }
        let error = read.expect_err("it is fixed").to_string();
        assert!(error.contains("cannot be judged otherwise"), "{error}");
        assert!(error.contains(check.code), "{error}");
        assert!(error.contains(&format!("policy.toml:{line}:")), "{error}");
    }
    let error = Policy::parse(&with("totals_differ = \"off\"")).expect_err("unknown");
    let error = error.to_string();
    assert!(
        error.contains("no check has the code `totals_differ`"),
        "{error}"
    );
    assert!(error.contains(&format!("policy.toml:{line}:")), "{error}");
    assert!(Policy::parse(&with("total_differs = \"ignore\"")).is_err());
}

#[test]
fn the_age_of_students_is_one_that_a_senior_may_have() {
    let set = |years: &str| format!("{POLICY}\n[audit]\nstudent_age_years_max = {years}\n");
    assert!(Policy::parse(&set("26")).is_ok());
    for wrong in ["17", "100", "-1"] {
        let error = Policy::parse(&set(wrong)).expect_err("no age").to_string();
        assert!(error.contains("is from 18 to 99"), "{error}");
    }
}

#[test]
fn a_legend_that_would_disclose_a_disability_is_found_in_each_language() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    assert_eq!(of_policy(&shipped), []);
    for (from, to, word) in [
        ("en = \"Passing\"", "en = \"Passing (SDC)\"", "SDC"),
        (
            "es = \"Salud\"",
            "es = \"Salud, educación especial\"",
            "educacion especial",
        ),
    ] {
        let text = POLICY.replacen(from, to, 1);
        let found = of_policy(&Policy::parse(&text).expect("a policy"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains(word), "{found:?}");
        assert!(found[0].message.starts_with("policy.toml: "), "{found:?}");
    }
}
