//! The decrees that ship: they load without a doubt, and say what their sources say.

use jiff::civil::Date;
use registrar::compliance::decree::{Bound, ClosureKind, Decree, Outcome};

pub const CHANDA_SMITH: &str = include_str!("../../report-templates/chanda-smith/decree.toml");
pub const IDEA_PART_B: &str = include_str!("../../report-templates/idea-part-b/decree.toml");

pub const CONTINUITY: &str = include_str!("../../report-templates/continuity/decree.toml");

pub fn shipped(text: &str) -> Decree {
    Decree::read("decree.toml", text).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// What an outcome's share was to be on a day, and whether somebody read it in its source.
fn target(outcome: &Outcome, threshold: &str, day: &str) -> Option<(String, bool)> {
    let mut thresholds = outcome.text.thresholds.iter();
    let threshold = thresholds
        .find(|it| it.name == threshold)
        .expect("a threshold");
    let target = threshold.target_on(date(day))?;
    let bound = match target.bound() {
        Bound::AtLeast(percent) => format!(">= {percent}"),
        Bound::AtMost(percent) => format!("<= {percent}"),
        Bound::Below(percent) => format!("< {percent}"),
        Bound::Above(percent) => format!("> {percent}"),
        Bound::Better => "better".to_owned(),
    };
    Some((bound, target.is_confirmed()))
}

#[test]
fn every_outcome_of_the_shipped_decrees_loads_without_a_doubt() {
    let decree = shipped(CHANDA_SMITH);
    let ids: Vec<_> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
    let eighteen = [
        "1", "2", "3", "4", "5", "6", "7A", "7B", "8", "9", "10", "11", "12", "13", "14", "15",
        "16", "17", "18",
    ];
    assert_eq!(ids, eighteen);
    assert_eq!(decree.warnings, Vec::<String>::new());
    let decree = shipped(IDEA_PART_B);
    let ids: Vec<_> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
    let indicators = [
        "B1",
        "B2",
        "B3A",
        "B3B",
        "B4A",
        "B5",
        "B6",
        "B9",
        "B10",
        "SD-placement",
        "SD-out-of-school",
        "SD-in-school",
        "SD-removals",
        "B11",
        "B12",
        "B13",
        "annual",
        "triennial",
    ];
    assert_eq!(ids, indicators);
    assert_eq!(decree.warnings, Vec::<String>::new());
    let decree = shipped(CONTINUITY);
    let ids: Vec<_> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
    assert_eq!(ids, ["records", "plan", "service", "review", "clocks"]);
    assert_eq!(decree.warnings, Vec::<String>::new());
}

#[test]
fn the_districts_own_promise_is_no_courts_decree_and_parts_each_number_by_both_schools() {
    let decree = shipped(CONTINUITY);
    assert_eq!((&decree.text.court, &decree.text.docket), (&None, &None));
    for outcome in &decree.outcomes {
        for school in ["sending_school", "school"] {
            assert!(outcome.text.strata.iter().any(|it| it == school));
        }
    }
}

#[test]
fn the_decree_that_ended_says_so() {
    let decree = shipped(CHANDA_SMITH);
    let historical = decree.text.historical.expect("a label");
    assert_eq!(historical.ended_on, date("2019-12-31"));
    assert!(historical.label.in_language("es").contains("terminó"));
    assert_eq!(shipped(IDEA_PART_B).text.historical, None);
}

#[test]
fn a_target_that_changed_holds_as_it_held_then() {
    let decree = shipped(CHANDA_SMITH);
    let confirmed = |bound: &str| Some((bound.to_owned(), true));
    let open = |bound: &str| Some((bound.to_owned(), false));
    for (outcome, threshold, day, expected) in [
        ("1", "participation", "2003-06-30", confirmed(">= 65.00")),
        ("1", "participation", "2005-06-30", None),
        ("1", "participation", "2006-06-30", confirmed(">= 75.00")),
        ("2", "english", "2002-06-30", None),
        // Published: 11,318 of 50,605 in 2002-03, beside 32.4 percent.
        ("2", "english", "2002-07-01", confirmed(">= 32.40")),
        ("2", "english", "2004-06-30", confirmed(">= 32.40")),
        ("2", "english", "2006-06-30", confirmed(">= 27.50")),
        ("2", "mathematics", "2004-06-30", confirmed(">= 32.80")),
        ("2", "mathematics", "2006-06-30", confirmed(">= 30.20")),
        ("3", "graduation", "2008-06-30", confirmed(">= 39.79")),
        ("4", "completion", "2006-06-30", confirmed("better")),
        ("4", "completion", "2012-06-30", confirmed(">= 76.00")),
        ("5", "suspensions", "2006-06-30", confirmed("< 8.60")),
        ("6", "integrated", "2006-06-30", confirmed(">= 73.00")),
        ("6", "apart", "2006-06-30", confirmed("<= 27.00")),
        ("7A", "integrated", "2012-09-17", open(">= 51.00")),
        ("7A", "integrated", "2012-09-18", None),
        ("7B", "separate_school", "2010-06-30", None),
        ("8", "grades_10_12", "2006-06-30", open(">= 36.40")),
        ("10", "within_60", "2004-06-30", open(">= 50.00")),
        ("10", "within_90", "2006-06-30", open(">= 98.00")),
        ("11", "within_5", "2006-06-30", open(">= 25.00")),
        ("13", "provided", "2012-06-30", confirmed(">= 93.00")),
        ("13", "duration", "2012-06-30", confirmed(">= 85.00")),
        ("17", "emotional", "2012-06-30", open(">= 72.00")),
    ] {
        let found = target(decree.outcome(outcome).expect(outcome), threshold, day);
        assert_eq!(found, expected, "outcome {outcome}, {threshold}, {day}");
    }
    let completion = &decree.outcome("4").expect("an outcome").text.thresholds[0];
    let closed = completion.targets[1]
        .closed_by
        .as_ref()
        .expect("a stipulation");
    assert_eq!(
        (closed.kind, closed.on),
        (ClosureKind::Stipulation, date("2012-09-18"))
    );
}
