//! What is no set of tables, and what is no policy.

use registrar::compliance::suppression::{
    DEFAULT_POLICY, Policy, Population, Published, Quantity, Rank, SuppressionError, suppress,
};

use super::district::{default_policy, population, stratum};
use super::examples::cell;

fn refused(population: &Population, history: &[Published]) -> SuppressionError {
    suppress(population, &default_policy(), history).expect_err("is refused")
}

#[test]
fn parts_that_do_not_add_up_are_refused_with_their_place() {
    let cells = vec![
        cell(&[], [10, 10], Rank::RequiredTotal),
        cell(&[("school", "a")], [10, 9], Rank::School),
    ];
    let error = refused(&population("p", cells, false), &[]);
    assert!(matches!(&error, SuppressionError::Unequal { by, .. } if by == &["school"]));
    assert!(error.to_string().contains("hint:"), "{error}");
}

#[test]
fn a_part_without_its_whole_is_refused() {
    let cells = vec![
        cell(&[], [10, 0], Rank::RequiredTotal),
        cell(&[("school", "a")], [10, 0], Rank::School),
        cell(&[("grade", "9"), ("school", "b")], [1, 0], Rank::CrossTable),
    ];
    let error = refused(&population("p", cells, false), &[]);
    assert!(matches!(error, SuppressionError::Unequal { .. }), "{error}");
}

#[test]
fn a_cell_that_stands_twice_is_refused() {
    let total = cell(&[], [10, 10], Rank::RequiredTotal);
    let error = refused(&population("p", vec![total.clone(), total], false), &[]);
    assert!(matches!(error, SuppressionError::Twice { .. }), "{error}");
}

#[test]
fn a_cell_with_a_count_too_few_is_refused() {
    let mut total = cell(&[], [10, 10], Rank::RequiredTotal);
    total.counts.pop();
    let error = refused(&population("p", vec![total], false), &[]);
    assert!(matches!(error, SuppressionError::Classes { .. }), "{error}");
}

/// Three axes by pairs, which no sums alone tie together.
fn pairs() -> Vec<registrar::compliance::suppression::Cell> {
    let mut cells = Vec::new();
    for pair in [["d", "g"], ["d", "r"], ["g", "r"]] {
        for (one, other) in [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")] {
            cells.push(cell(
                &[(pair[0], one), (pair[1], other)],
                [20, 20],
                Rank::CrossTable,
            ));
        }
    }
    cells
}

#[test]
fn tables_that_are_tied_by_more_than_their_sums_are_refused_until_their_inner_cells_are_given() {
    let error = refused(&population("p", pairs(), false), &[]);
    assert_eq!(
        error,
        SuppressionError::Untied {
            axes: vec!["d".to_owned(), "g".to_owned(), "r".to_owned()],
        }
    );
    let mut cells = pairs();
    for d in ["0", "1"] {
        for g in ["0", "1"] {
            for r in ["0", "1"] {
                cells.push(cell(&[("d", d), ("g", g), ("r", r)], [10, 10], Rank::Inner));
            }
        }
    }
    suppress(&population("p", cells, false), &default_policy(), &[]).expect("is tied now");
}

#[test]
fn history_of_a_cell_that_is_not_there_is_refused() {
    let total = cell(&[], [10, 10], Rank::RequiredTotal);
    let row = Published {
        population: "p".to_owned(),
        stratum: stratum(&[("school", "gone")]),
        quantity: Quantity::Size,
        low: 20,
        high: Some(20),
        hidden: false,
        printed: "20".to_owned(),
        rule: String::new(),
        policy_version: "1".to_owned(),
    };
    let error = refused(&population("p", vec![total], false), &[row]);
    assert!(
        matches!(error, SuppressionError::UnknownHistory(_)),
        "{error}"
    );
}

#[test]
fn the_policy_that_ships_reads_and_a_policy_is_told_all_that_is_wrong_with_it_at_once() {
    Policy::read(DEFAULT_POLICY).expect("reads");
    let wrong = DEFAULT_POLICY
        .replace("size_range_min = 4", "size_range_min = 10")
        .replace("bottom_percent = 5\n", "bottom_percent = 4\n")
        .replace("population_min = 100", "population_min = 39");
    let text = Policy::read(&wrong).expect_err("is refused").to_string();
    for told in ["size_range_min", "coding from 40", "39 follows 40"] {
        assert!(text.contains(told), "{told} in: {text}");
    }
    Policy::read(&DEFAULT_POLICY.replace("zeros", "zeroes")).expect_err("an unknown name");
}
