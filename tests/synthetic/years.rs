//! Every case is counted in the report of exactly one year, and a year is closed by a later day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use registrar::compliance::decree::{Decree, Period};
use registrar::compliance::measure::{Keep, Measuring, list_heading};
use registrar::compliance::{Span, Surroundings};
use registrar::synthetic::{Plan, generate};

use super::systems::{self, District};

const DECREES: [&str; 2] = [
    include_str!("../../report-templates/chanda-smith/decree.toml"),
    include_str!("../../report-templates/idea-part-b/decree.toml"),
];

/// Outcomes about what is owed until it is done, or whose window reaches into the year before.
const OWED: [&str; 3] = ["annual", "triennial", "B11"];

static MADE: LazyLock<District> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan = Plan::new(2000, 5);
    generate(&plan, folder.path(), &mut |_| {}).expect("the plan can be carried out");
    systems::read(folder.path(), &plan)
});

/// A report of the days from begin to end.
fn report(begins: Date, ends: Date, as_of: Date) -> Surroundings {
    Surroundings {
        as_of,
        period: Span { begins, ends },
        count_day: date(begins.year(), 12, 1),
        ..MADE.around.clone()
    }
}

fn of_year(begins_in: i16, as_of: Date) -> Surroundings {
    report(date(begins_in, 7, 1), date(begins_in + 1, 6, 30), as_of)
}

/// What a report lists of each outcome: the case, whether it is counted, and as what.
fn listed(decree: &Decree, around: &Surroundings) -> Vec<Vec<(String, String, String)>> {
    let measuring = Measuring::new(decree, around);
    let mut part = measuring.nobody();
    for record in MADE.records.values() {
        measuring.person(record, Keep::Lists, &mut part);
    }
    let outcomes = decree.outcomes.iter().zip(part.take_lists());
    let rows = outcomes.map(|(outcome, list)| {
        let text = [list_heading(outcome), list].concat();
        let mut reader = csv::Reader::from_reader(&text[..]);
        let rows = reader.records().map(|row| row.expect("a row"));
        let three = |row: csv::StringRecord| (row[0].into(), row[2].into(), row[3].into());
        rows.map(three).collect()
    });
    rows.collect()
}

#[test]
fn every_case_is_in_the_report_of_one_year_and_a_review_in_each_in_which_it_is_owed() {
    let as_of = MADE.around.as_of;
    let mut looked_at = 0;
    for text in DECREES {
        let decree = Decree::read("decree.toml", text).expect("it reads");
        // From before the first row to after the last.
        let ever = report(date(1990, 7, 1), date(2050, 6, 30), as_of);
        let ever = listed(&decree, &ever);
        let years: Vec<_> = (2010..=2026)
            .map(|year| listed(&decree, &of_year(year, as_of)))
            .collect();
        for (place, outcome) in decree.outcomes.iter().enumerate() {
            // Who is there on a day is counted once for each year's day.
            if outcome.period == Period::CountDay {
                continue;
            }
            let id = &outcome.text.id;
            let mut in_years: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            // A case without the date that says its year is told of in every year, and counted in
            // none.
            let known = |(_, counted, _): &&(String, String, String)| counted != "unclear";
            for (year, lists) in years.iter().enumerate() {
                for (case, ..) in lists[place].iter().filter(known) {
                    in_years.entry(case).or_default().push(year);
                }
            }
            // What is owed stands in each year in which it is owed, one after the other.
            let may_last = OWED.contains(&&**id);
            let wrong = |(_, years): &(&&str, &Vec<usize>)| {
                let follow = years.windows(2).all(|two| two[1] == two[0] + 1);
                !follow || (years.len() > 1 && !may_last)
            };
            let wrong: Vec<_> = in_years.iter().filter(wrong).collect();
            assert!(wrong.is_empty(), "outcome {id}: {wrong:?}");
            looked_at += in_years.len();
            if let Period::Date(_) = outcome.period {
                let all = ever[place].iter().filter(known);
                let all: BTreeSet<&str> = all.map(|(case, ..)| &**case).collect();
                let found: BTreeSet<&str> = in_years.into_keys().collect();
                assert_eq!(found, all, "outcome {id}");
            }
        }
    }
    assert!(looked_at > 1000, "a district has cases: {looked_at}");
}

#[test]
fn no_case_of_a_year_that_was_closed_by_a_later_day_is_pending() {
    let decree = Decree::read("decree.toml", DECREES[0]).expect("it reads");
    let pending = |as_of| -> BTreeMap<String, String> {
        let lists = listed(&decree, &of_year(2024, as_of));
        let rows = lists.into_iter().zip(&decree.outcomes);
        let rows = rows.flat_map(|(rows, outcome)| {
            let id = &outcome.text.id;
            rows.into_iter()
                .map(move |(case, _, word)| (format!("{id} {case}"), word))
        });
        rows.collect()
    };
    let (at_its_end, closed) = (pending(date(2025, 6, 30)), pending(date(2025, 12, 31)));
    let open: Vec<_> = at_its_end
        .iter()
        .filter(|(_, word)| *word == "not_yet_due")
        .collect();
    assert!(!open.is_empty(), "something is pending when a year ends");
    for (case, _) in open {
        let word = closed.get(case).map(String::as_str);
        assert!(
            word.is_some_and(|word| word != "not_yet_due"),
            "{case}: {word:?}"
        );
    }
}
