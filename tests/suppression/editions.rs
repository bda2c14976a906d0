//! Editions one after another: what was printed stays known.

use proptest::prelude::*;
use registrar::compliance::suppression::{
    Exposed, Published, Quantity, Rank, Reason, Value, suppress,
};

use super::district::{
    ALL, Tables, count, default_policy, few_cases, population, schools, small_policy, stratum,
};
use super::examples::cell;
use super::reader::{Reader, questions};
use super::tables::{holds, question_of};

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn a_later_edition_with_more_tables_reveals_nothing(schools in schools()) {
        let policy = small_policy("hidden", false);
        let before = count(&schools, Tables { grade: false, ..ALL }, false);
        let first = suppress(&before, &policy, &[]).expect("tables");
        let now = count(&schools, ALL, false);
        let second = suppress(&now, &policy, &first.told).expect("tables");
        holds(&now, &policy, &second, &[&first])?;
    }

    #[test]
    fn what_a_table_hid_that_is_printed_no_longer_stays_hidden_beside_a_new_one(
        schools in schools()
    ) {
        let policy = small_policy("hidden", false);
        let before = count(&schools, Tables { grade: false, ..ALL }, false);
        let first = suppress(&before, &policy, &[]).expect("tables");
        let mut now = count(&schools, ALL, false);
        for cell in &mut now.cells {
            if cell.stratum.contains_key("disability") {
                cell.rank = Rank::Inner;
            }
        }
        let second = suppress(&now, &policy, &first.told).expect("tables");
        prop_assert!(second.cells.iter().all(|cell| !cell.stratum.contains_key("disability")));
        let reader = Reader::of(&now, &policy, &[&first, &second]);
        let kept = questions(&before, &policy, &first);
        for question in kept.iter().filter(|it| it.stratum.contains_key("disability")) {
            let exposed = |it: &Exposed| question_of(it) == *question;
            let (least, most) = reader.range(question);
            prop_assert!(
                most - least >= question.needed || second.exposed.iter().any(exposed),
                "{question:?} lies between {least} and {most}"
            );
        }
    }

    #[test]
    fn nor_do_two_years_of_the_same_schools(one in schools(), other in schools()) {
        let policy = small_policy("hidden", false);
        let before = count(&one, ALL, false);
        let first = suppress(&before, &policy, &[]).expect("tables");
        let mut now = count(&other, ALL, false);
        now.id = "decree/1/2019-20".to_owned();
        let alone = suppress(&now, &policy, &[]).expect("tables");
        prop_assert_eq!(suppress(&now, &policy, &first.told).expect("tables"), alone);
    }
}

fn printed(population: &str, axes: &[(&str, &str)], value: u32) -> Published {
    Published {
        population: population.to_owned(),
        stratum: stratum(axes),
        quantity: Quantity::Size,
        low: value,
        high: Some(value),
        hidden: false,
        printed: value.to_string(),
        rule: String::new(),
        policy_version: "2025-1".to_owned(),
    }
}

/// A district of three schools, one of them small.
fn three_schools() -> registrar::compliance::suppression::Population {
    let cells = vec![
        cell(&[], [60, 47], Rank::RequiredTotal),
        cell(&[("school", "a")], [30, 25], Rank::School),
        cell(&[("school", "b")], [26, 20], Rank::School),
        cell(&[("school", "c")], [4, 2], Rank::School),
    ];
    population("p", cells, false)
}

#[test]
fn what_earlier_editions_gave_away_is_told_to_whoever_signs() {
    let population = three_schools();
    let policy = default_policy();
    assert!(
        suppress(&population, &policy, &[])
            .expect("tables")
            .exposed
            .is_empty()
    );
    // Once the district and both large schools were printed, the small one is what is left.
    let history = [
        printed("p", &[], 107),
        printed("p", &[("school", "a")], 55),
        printed("p", &[("school", "b")], 46),
    ];
    let public = suppress(&population, &policy, &history).expect("tables");
    let small = public.exposed.iter().find(|e| e.quantity == Quantity::Size);
    let small = small.expect("the small school is exposed");
    assert_eq!(small.stratum, stratum(&[("school", "c")]));
    assert_eq!((small.low, small.high), (6, 6));
    // Its rate was not printed, and stays unknown.
    assert!(
        public
            .exposed
            .iter()
            .all(|exposed| exposed.quantity == Quantity::Size)
    );
}

#[test]
fn an_edition_of_another_population_tells_nothing_of_this_one() {
    let population = three_schools();
    let policy = default_policy();
    let history = [printed("another", &[("school", "c")], 6)];
    let public = suppress(&population, &policy, &history).expect("tables");
    assert_eq!(public, suppress(&population, &policy, &[]).expect("tables"));
}

#[test]
fn whoever_saw_a_count_before_it_was_corrected_is_taken_to_know_the_new_one() {
    let population = three_schools();
    let history = [printed("p", &[("school", "c")], 12)];
    let public = suppress(&population, &default_policy(), &history).expect("tables");
    let exposed = public.exposed.first().expect("the school is exposed");
    assert_eq!(exposed.stratum, stratum(&[("school", "c")]));
    assert_eq!((exposed.low, exposed.high, exposed.needed), (6, 6, 4));
}

#[test]
fn of_a_code_that_was_seen_before_the_records_changed_no_count_is_taken_to_be_known() {
    // 66 cases of which 64 met were shown as "95 percent or more"; now it is 67 of 67.
    let population = |met, rest| {
        let cells = vec![cell(&[], [met, rest], Rank::RequiredTotal)];
        population("p", cells, false)
    };
    let policy = default_policy();
    let first = suppress(&population(64, 2), &policy, &[]).expect("tables");
    assert_eq!(first.cells[0].rates[0].value, Value::AtLeast(95));
    let second = suppress(&population(67, 0), &policy, &first.told).expect("tables");
    assert_eq!(second.exposed, []);
    assert_eq!(second.cells[0].size.value, Value::Cases(67));
    assert_eq!(second.cells[0].rates[0].value, Value::AtLeast(95));
}

#[test]
fn the_history_says_what_each_cell_told() {
    let public = suppress(&three_schools(), &default_policy(), &[]).expect("tables");
    assert_eq!(public.told.len(), 2 * public.cells.len());
    for cell in &public.cells {
        let row = public
            .told
            .iter()
            .find(|row| row.stratum == cell.stratum && row.quantity == Quantity::Size);
        let row = row.expect("each cell has a row");
        assert_eq!(row.policy_version, public.policy_version);
        assert_eq!(row.printed, cell.size.value.to_string());
        match (cell.size.value, cell.size.reason) {
            (Value::Cases(cases), _) => {
                assert_eq!((row.low, row.high, row.hidden), (cases, Some(cases), false));
            }
            (_, Reason::Primary) => {
                assert_eq!((row.low, row.high, row.hidden), (0, Some(10), true));
                assert_eq!(row.rule, "small-population");
            }
            _ => {
                assert_eq!((row.low, row.high, row.hidden), (11, None, true));
                assert_eq!(row.rule, "range");
            }
        }
    }
}
