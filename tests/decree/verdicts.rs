//! What a count comes to beside its target: by what nobody confirmed, by whom a target was closed,
//! and where the verdict hangs on cases of which the records do not say whether they are counted.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use registrar::compliance::decree::Decree;
use registrar::compliance::measure::{OutcomeResult, OutcomeTally, Tally, results};
use registrar::compliance::{Calendars, Span, Surroundings, Systems};
use registrar::record::Pseudonyms;
use registrar::record::support::TablesSent;

const SMALL: &str = include_str!("files/small.toml");

fn with(changes: &[(&str, &str)]) -> Decree {
    let change = |text: String, (from, to): &(&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let text = changes.iter().fold(SMALL.to_owned(), change);
    Decree::read("decree.toml", &text).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
}

fn around() -> Surroundings {
    Surroundings {
        as_of: date(2027, 6, 30),
        period: Span {
            begins: date(2026, 7, 1),
            ends: date(2027, 6, 30),
        },
        count_day: date(2026, 12, 1),
        study: None,
        calendars: Calendars::default(),
        schools: BTreeMap::new(),
        systems: Systems::default(),
        time_zone: TimeZone::UTC,
        sent: TablesSent::default(),
        tests: Default::default(),
        watched_since: BTreeMap::new(),
        names_rows: true,
        pseudonyms: Pseudonyms::plain(),
    }
}

/// Cases in time, the others, and those that are unclear.
fn tally(timely: u64, late: u64, unclear: u64) -> Tally {
    Tally {
        classes: vec![timely, late],
        unclear,
        sums: vec![0, 0],
        ..Tally::default()
    }
}

fn result(decree: &Decree, tally: OutcomeTally) -> OutcomeResult {
    results(decree, &[tally], None, &around()).remove(0)
}

/// The status of the small decree's share, and whether it hangs on the unclear cases.
fn verdict(decree: &Decree, (timely, late, unclear): (u64, u64, u64)) -> (&'static str, bool) {
    let whole = tally(timely, late, unclear);
    let result = result(
        decree,
        OutcomeTally {
            whole,
            ..OutcomeTally::default()
        },
    );
    (result.status.word(), result.depends_on_unclear)
}

const EXCLUSION: (&str, &str) = (
    "[[outcome.class]]",
    "[[outcome.exclusion]]\ncode = \"stopped\"\ntitle = { en = \"S\", es = \"S\" }\n\
     when = 'outcome == \"stopped\"'\nsource = { text = \"S\", confirmed = true }\n\n\
     [[outcome.class]]",
);

#[test]
fn there_is_no_verdict_by_an_exclusion_that_nobody_found_in_its_source() {
    let sound = with(&[EXCLUSION]);
    assert_eq!(verdict(&sound, (19, 1, 0)), ("met_by_data", false));
    assert_eq!(sound.outcomes[0].text.unconfirmed(), Vec::<String>::new());
    let to = EXCLUSION.1.replace("confirmed = true", "confirmed = false");
    let assumed = with(&[(EXCLUSION.0, &to)]);
    assert_eq!(
        verdict(&assumed, (19, 1, 0)),
        ("target_not_confirmed", false)
    );
    assert_eq!(
        verdict(&assumed, (0, 20, 0)),
        ("target_not_confirmed", false)
    );
    assert_eq!(
        assumed.outcomes[0].text.unconfirmed(),
        ["exclusion `stopped`"]
    );
}

#[test]
fn a_target_that_the_court_closed_is_told_apart_from_one_that_the_parties_closed() {
    let closed = |kind: &str| {
        let closure = format!(
            "at_least = \"95\"\nclosed_by = {{ kind = \"{kind}\", on = \"2027-01-04\", source = \
             {{ text = \"S\", confirmed = true }} }}\nfrom"
        );
        verdict(&with(&[("at_least = \"95\"\nfrom", &closure)]), (1, 19, 0)).0
    };
    assert_eq!(closed("stipulation"), "met_by_stipulation");
    assert_eq!(closed("order"), "met_by_order");
}

#[test]
fn a_verdict_that_unclear_cases_could_turn_says_so() {
    let decree = with(&[]);
    for (counts, expected) in [
        // 19 of 20 is 95 percent; 19 of 21 is not.
        ((19, 1, 0), ("met_by_data", false)),
        ((19, 1, 1), ("met_by_data", true)),
        // 39 of 40 is more; of 41 still 95.1 percent; of 42 not.
        ((39, 1, 1), ("met_by_data", false)),
        ((39, 1, 2), ("met_by_data", true)),
        // 18 of 20 is not enough; with 19 more in time 37 of 39 are 94.9 percent, with 20 enough.
        ((18, 2, 19), ("not_met", false)),
        ((18, 2, 20), ("not_met", true)),
        // Of nobody who is counted there is no verdict.
        ((0, 0, 5), ("no_data", false)),
    ] {
        assert_eq!(verdict(&decree, counts), expected, "{counts:?}");
    }
}

#[test]
fn where_less_is_better_an_unclear_case_counts_against_it_as_one_more() {
    let fewer = with(&[
        ("direction = \"increase\"", "direction = \"decrease\""),
        ("at_least = \"95\"\nfrom", "at_most = \"50\"\nfrom"),
    ]);
    assert_eq!(verdict(&fewer, (1, 1, 0)), ("met_by_data", false));
    assert_eq!(verdict(&fewer, (1, 1, 1)), ("met_by_data", true), "2 of 3");
    assert_eq!(verdict(&fewer, (1, 2, 1)), ("met_by_data", false), "2 of 4");
    assert_eq!(
        verdict(&fewer, (2, 1, 1)),
        ("not_met", true),
        "2 of 4 would meet it"
    );
}

#[test]
fn of_groups_that_are_compared_an_unclear_case_counts_for_the_worst_ratio() {
    let compared = with(&[
        (
            "direction = \"increase\"",
            "measure = { kind = \"risk_ratio\", group = \"race\", cell_size_min = 1, \
             n_size_min = 1 }\ndirection = \"decrease\"",
        ),
        ("at_least = \"95\"\nfrom", "at_most = \"3\"\nfrom"),
    ]);
    let verdict = |unclear| {
        let groups = [("black", tally(3, 7, unclear)), ("white", tally(10, 90, 0))];
        let groups = groups.map(|(name, tally)| (name.to_owned(), tally));
        let tally = OutcomeTally {
            groups: BTreeMap::from(groups),
            ..OutcomeTally::default()
        };
        let result = result(&compared, tally);
        (result.status.word(), result.depends_on_unclear)
    };
    // 30 percent over 10 is 3 exactly; 4 of 11 is more.
    assert_eq!(verdict(0), ("met_by_data", false));
    assert_eq!(verdict(1), ("met_by_data", true));
}
