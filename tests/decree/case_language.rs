//! What a case file may say of many children, of the same rows asked otherwise, of groups and of
//! statuses; and that each of these can fail.

use registrar::compliance::decree::Decree;
use registrar::issue::run_case_file;

use super::shipped::{CHANDA_SMITH, IDEA_PART_B};

const CASE: &str = r#"
format = "registrar-decree-case/1"
title = "Informal resolution"
cites = "Outcome 12"
outcome = "12"
as_of = "2011-06-30"
school = "19999990100017"
expect = [{ case = "dispute/records/D#", of = "1 to 3, 7", class = "within_20" }]
counts = { within_20 = 4 }
status = "target_not_confirmed"

[[rows.disputes]]
person = "1 to 3, 7"
dispute = "D#"
kind = "informal"
filed_on = "2011-02-01"
concluded_on = "2011-02-10"

[[also]]
title = "Of two"
only = "2, 7"
as_if_confirmed = true
threshold = [{ name = "within_20", numerator = 2, of = 2, status = "met_by_data" }]
status = "met_by_data"
"#;

fn run(decree: &str, text: &str) -> Result<Vec<String>, String> {
    let decree = Decree::read("decree.toml", decree).expect("it reads");
    let run = run_case_file(&decree, ("case.toml", text), None);
    run.map(|it| it.differences).map_err(|it| it.join("\n"))
}

/// In what the file differs after one of its texts was put in another's place.
fn differs(from: &str, to: &str) -> Vec<String> {
    assert!(CASE.contains(from), "{from}");
    run(CHANDA_SMITH, &CASE.replacen(from, to, 1)).unwrap_or_else(|it| panic!("{it}"))
}

#[test]
fn one_row_is_of_as_many_children_as_it_names_and_the_same_rows_are_asked_otherwise() {
    assert_eq!(run(CHANDA_SMITH, CASE), Ok(Vec::new()));
    assert_eq!(
        differs("of = \"1 to 3, 7\"", "of = \"1 to 3\""),
        ["case `dispute/records/D7` is `within_20`, and the file does not name it"]
    );
    assert_eq!(
        differs("of = \"1 to 3, 7\"", "of = \"1 to 3, 7, 8\""),
        [
            "case `dispute/records/D8` is made by no row; dispute/records/D1, dispute/records/D2, \
             dispute/records/D3, dispute/records/D7"
        ]
    );
    assert_eq!(
        differs("numerator = 2, of = 2", "numerator = 1, of = 2"),
        ["Of two: threshold `within_20`: numerator is 2, the file says 1"]
    );
    assert_eq!(
        differs("only = \"2, 7\"", "only = \"2\""),
        [
            "Of two: threshold `within_20`: numerator is 1, the file says 2",
            "Of two: threshold `within_20`: of is 1, the file says 2",
        ]
    );
}

#[test]
fn a_status_is_what_the_decree_prints_or_would_print_once_everything_is_confirmed() {
    assert_eq!(
        differs(
            "status = \"target_not_confirmed\"",
            "status = \"met_by_data\""
        ),
        ["status is target_not_confirmed, the file says met_by_data"]
    );
    assert_eq!(
        differs("as_if_confirmed = true\n", ""),
        [
            "Of two: threshold `within_20`: status is target_not_confirmed, the file says \
             met_by_data",
            "Of two: status is target_not_confirmed, the file says met_by_data",
        ]
    );
}

#[test]
fn a_group_that_is_not_as_the_file_says_is_told_and_so_is_one_that_is_not_there() {
    let text = r#"
format = "registrar-decree-case/1"
title = "Groups"
cites = "34 CFR 300.647"
outcome = "B9"
as_of = "2026-06-30"
school = "19999990100017"
rows.people = [{ person = "1 to 80", birth_date = "2015-03-04" }]
rows.enrolments = [{ person = "1 to 80", entered_on = "2025-08-14", grade_level = "4" }]
rows.demographics = [
  { person = "1 to 40", race = "black" },
  { person = "41 to 80", race = "white" },
]
rows.support_plans = [
  { person = "1 to 20, 41 to 50", plan = "P#", kind = "iep", begins_on = "2024-09-01" },
]
expect = [
  { case = "pupil/#/2025", of = "1 to 20, 41 to 50", class = "iep" },
  { case = "pupil/#/2025", of = "21 to 40, 51 to 80", class = "no_iep" },
]
counts = { iep = 30, no_iep = 50 }
[[threshold]]
name = "special_education"
numerator = 30
of = 80
group = [
  { name = "black", numerator = 20, of = 40, ratio = "2.01" },
  { name = "asian", numerator = 1, of = 1, ratio = "not computed" },
]
"#;
    let differences = run(IDEA_PART_B, text).expect("it is read");
    assert_eq!(
        differences,
        [
            "threshold `special_education`, group `asian`: no such group; the file says 1 of 1: \
             not computed",
            "threshold `special_education`, group `black`: 20 of 40: 2.00; the file says 20 of 40: \
             2.01",
            "threshold `special_education`, group `white`: 10 of 40: 0.50; the file says no such \
             group",
        ]
    );
}

#[test]
fn a_stretch_that_is_none_and_a_file_of_too_many_rows_are_refused_with_their_line() {
    for (from, to, told) in [
        (
            "person = \"1 to 3, 7\"",
            "person = \"3 to 1\"",
            "`3 to 1` is no stretch",
        ),
        (
            "only = \"2, 7\"",
            "only = \"2 to 999999999\"",
            "is no stretch",
        ),
        (
            "person = \"1 to 3, 7\"",
            "person = \"1 to 50000, 0\"",
            "more than 50000 rows",
        ),
    ] {
        let wrong = run(CHANDA_SMITH, &CASE.replacen(from, to, 1)).expect_err(told);
        assert!(
            wrong.contains(told) && wrong.contains("case.toml:"),
            "{wrong}"
        );
    }
}
