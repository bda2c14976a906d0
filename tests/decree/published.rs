//! Figures that others published come out of what they were published of.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use registrar::compliance::decree::{Decree, Direction};
use registrar::compliance::measure::{GroupRisk, OutcomeTally, Tally, results};
use registrar::compliance::{Calendars, Span, Surroundings, Systems};
use registrar::issue::run_case_file;
use registrar::record::Pseudonyms;

use super::shipped::IDEA_PART_B;

/// A year after the bar of the ratio began.
const AS_OF: Date = date(2026, 6, 30);

fn around() -> Surroundings {
    Surroundings {
        as_of: AS_OF,
        period: Span {
            begins: date(2025, 7, 1),
            ends: AS_OF,
        },
        count_day: date(2025, 10, 1),
        study: None,
        calendars: Calendars::default(),
        schools: BTreeMap::new(),
        systems: Systems::default(),
        time_zone: jiff::tz::TimeZone::UTC,
        watched_since: BTreeMap::new(),
        names_rows: false,
        pseudonyms: Pseudonyms::plain(),
        sent: Default::default(),
        tests: Default::default(),
    }
}

/// The ratios of indicator 10, intellectual disability, of so many of so many pupils of each group.
fn ratios(decree: &Decree, groups: &[(&str, u64, u64)]) -> BTreeMap<String, GroupRisk> {
    let outcome = decree.outcome("B10").expect("indicator 10");
    let classes: Vec<&str> = outcome.text.class_names().collect();
    let place = |class: &str| classes.iter().position(|it| *it == class).expect("a class");
    let (identified, others) = (place("intellectual"), place("none_of_these"));
    let tally = |numerator: u64, of: u64| {
        let mut tally = Tally {
            classes: vec![0; classes.len()],
            ..Tally::default()
        };
        tally.classes[identified] = numerator;
        tally.classes[others] = of - numerator;
        tally
    };
    let named = groups.iter();
    let named = named.map(|(group, numerator, of)| ((*group).to_owned(), tally(*numerator, *of)));
    let tallies: Vec<OutcomeTally> = decree
        .outcomes
        .iter()
        .map(|it| OutcomeTally {
            groups: if it.text.id == "B10" {
                named.clone().collect()
            } else {
                BTreeMap::new()
            },
            ..OutcomeTally::default()
        })
        .collect();
    let results = results(decree, &tallies, None, &around());
    let result = results
        .into_iter()
        .find(|it| it.id == "B10")
        .expect("a result");
    let threshold = result
        .thresholds
        .into_iter()
        .find(|it| it.name == "intellectual");
    let groups = threshold.expect("a threshold").groups.into_iter();
    groups.map(|it| (it.group.clone(), it)).collect()
}

/// A ratio as it is printed with two digits, down and up: a published one is rounded to either.
fn printed(risk: &GroupRisk) -> Option<(String, String)> {
    let ratio = risk.ratio?;
    Some((
        ratio.shown(Direction::Increase),
        ratio.shown(Direction::Decrease),
    ))
}

fn between(down: &str, up: &str) -> Option<(String, String)> {
    Some((down.to_owned(), up.to_owned()))
}

/// J. Bollmer, J. Bethel, T. Munk, A. Bitterman, Methods for Assessing Racial/Ethnic
/// Disproportionality in Special Education (revised), Westat / IDEA Data Center, 2014: the example
/// of the risk ratio, 5.08 percent over 1.98 percent, 2.57; with its table as
/// https://unccdtat.github.io prints it (4.1).
#[test]
fn the_risk_ratio_of_the_idea_data_centers_example_is_2_57() {
    let decree = Decree::read("decree.toml", IDEA_PART_B).expect("it reads");
    let risks = ratios(
        &decree,
        &[
            ("hispanic", 121, 6002),
            ("american_indian", 11, 311),
            ("asian", 18, 1213),
            ("black", 316, 6224),
            ("pacific_islander", 21, 212),
            ("white", 732, 34897),
            ("two_or_more", 3, 3175),
        ],
    );
    let black = &risks["black"];
    assert_eq!((black.share.numerator, black.share.of), (316, 6224));
    assert_eq!(printed(black), between("2.56", "2.57"));
    // Its own risk, 5.08 percent.
    let share = black.share.figure.expect("a risk");
    assert_eq!(share.shown(Direction::Decrease), "5.08");
    // Three pupils are fewer than ten: no ratio, whatever the group's size (34 CFR 300.647(d)).
    assert_eq!(risks["two_or_more"].ratio, None);
}

/// The same, placement: 12.60 percent over 11.24 percent, 1.12 (4.2); cells of 0 and 2, groups of
/// 17 and 4.
#[test]
fn the_risk_ratio_of_placement_in_that_example_is_1_12_and_small_groups_have_none() {
    let decree = Decree::read("decree.toml", IDEA_PART_B).expect("it reads");
    let risks = ratios(
        &decree,
        &[
            ("hispanic", 98, 778),
            ("american_indian", 0, 17),
            ("asian", 18, 156),
            ("black", 101, 752),
            ("pacific_islander", 2, 4),
            ("white", 257, 2520),
            ("two_or_more", 26, 146),
        ],
    );
    assert_eq!(printed(&risks["hispanic"]), between("1.12", "1.13"));
    assert_eq!(risks["american_indian"].ratio, None);
    assert_eq!(risks["pacific_islander"].ratio, None);
}

/// The same, alternate risk ratio: where everybody else of the district is too few the state's risk
/// stands in, 30.86 percent over 12.06 percent, 2.56 (5.2).
#[test]
fn the_alternate_risk_ratio_of_that_example_is_2_56() {
    let with_state = "n_size_min = 30, alternate = { percent = \"12.06\", source = { text = \"The \
                      example's\", confirmed = true } } }";
    let text = IDEA_PART_B.replace("n_size_min = 30 }", with_state);
    let decree =
        Decree::read("decree.toml", &text).unwrap_or_else(|it| panic!("{}", it.join("\n")));
    let groups = [
        ("hispanic", 229, 742),
        ("asian", 1, 2),
        ("black", 1, 3),
        ("white", 1, 4),
    ];
    let risks = ratios(&decree, &groups);
    assert!(risks["hispanic"].alternate);
    assert_eq!(printed(&risks["hispanic"]), between("2.55", "2.56"));
    // Without the state's risk there is nothing to compare with.
    let decree = Decree::read("decree.toml", IDEA_PART_B).expect("it reads");
    assert_eq!(ratios(&decree, &groups)["hispanic"].ratio, None);
}

/// HL7, Quality Measure Implementation Guide 2.0.0, the example measure `IGProportion` and its test
/// cases: score = (3 - 1) / (6 - 1 - 1) = 0.5.
#[test]
fn the_example_of_a_proportion_measure_scores_one_half() {
    let decree = include_str!("files/proportion.toml");
    let decree =
        Decree::read("decree.toml", decree).unwrap_or_else(|it| panic!("{}", it.join("\n")));
    let case = include_str!("files/proportion-case.toml");
    let run = run_case_file(&decree, ("case.toml", case), None);
    let run = run.unwrap_or_else(|it| panic!("{}", it.join("\n")));
    assert_eq!(run.differences, [""; 0]);
}
