//! Tables that a person can follow.

use registrar::compliance::suppression::{
    Cell, PublicCell, PublicTables, Rank, Reason, Rule, Value, change_in_tenths, suppress,
};

use super::district::{default_policy, population, stratum};

/// A cell of cases that met and that did not.
pub fn cell(axes: &[(&str, &str)], counts: [u32; 2], rank: Rank) -> Cell {
    Cell {
        stratum: stratum(axes),
        counts: counts.to_vec(),
        rank,
        ..Cell::default()
    }
}

/// One table: a total and its parts by school.
fn table(parts: &[(&str, [u32; 2])]) -> Vec<Cell> {
    let sum = |class: usize| parts.iter().map(|(_, counts)| counts[class]).sum();
    let mut cells = vec![cell(&[], [sum(0), sum(1)], Rank::RequiredTotal)];
    let rows = parts.iter();
    cells.extend(rows.map(|(name, counts)| cell(&[("school", name)], *counts, Rank::School)));
    cells
}

fn publish(cells: Vec<Cell>) -> PublicTables {
    let public = suppress(&population("p", cells, false), &default_policy(), &[]);
    let public = public.expect("tables that add up");
    assert_eq!(public.exposed, []);
    public
}

fn at<'a>(public: &'a PublicTables, school: &str) -> &'a PublicCell {
    let wanted = match school {
        "" => stratum(&[]),
        school => stratum(&[("school", school)]),
    };
    let found = public.cells.iter().find(|cell| cell.stratum == wanted);
    found.expect("the cell is printed")
}

#[test]
fn a_table_of_large_parts_is_printed_whole() {
    let public = publish(table(&[("a", [30, 25]), ("b", [20, 40]), ("c", [50, 16])]));
    for cell in &public.cells {
        assert_eq!(
            (cell.size.reason, cell.rates[0].reason),
            (Reason::None, Reason::None)
        );
    }
    assert_eq!(at(&public, "a").rates[0].value.to_string(), "54.5%");
    assert_eq!(at(&public, "").size.value, Value::Cases(181));
}

#[test]
fn beside_one_small_part_the_smallest_that_serves_is_hidden_and_the_total_stands() {
    let public = publish(table(&[
        ("a", [3, 2]),
        ("b", [8, 4]),
        ("c", [20, 16]),
        ("d", [90, 60]),
    ]));
    assert_eq!(at(&public, "a").size.rule, Some(Rule::SmallPopulation));
    assert_eq!(at(&public, "a").rates[0].value, Value::Star);
    assert_eq!(at(&public, "").size.value, Value::Cases(203));
    // "b" of 12 could only be 11 or more: too near. "c" of 36 leaves a whole range.
    assert_eq!(at(&public, "c").size.reason, Reason::Complementary);
    assert_eq!(at(&public, "c").size.rule, Some(Rule::Range));
    assert_eq!(at(&public, "d").size.value, Value::Cases(150));
}

#[test]
fn two_small_parts_alone_tell_too_much_together() {
    // Of 1 and 2, a printed remainder of 3 would leave two districts at most.
    let public = publish(table(&[
        ("a", [1, 0]),
        ("b", [1, 1]),
        ("c", [20, 16]),
        ("d", [90, 60]),
    ]));
    assert_eq!(at(&public, "c").size.reason, Reason::Complementary);
}

#[test]
fn two_small_parts_that_leave_enough_open_need_no_third() {
    let public = publish(table(&[
        ("a", [3, 3]),
        ("b", [2, 3]),
        ("c", [20, 16]),
        ("d", [90, 60]),
    ]));
    assert_eq!(at(&public, "c").size.value, Value::Cases(36));
}

#[test]
fn a_rate_at_the_edge_is_coded_and_cannot_be_computed_from_its_total() {
    let public = publish(table(&[("a", [15, 0]), ("b", [30, 25]), ("c", [30, 28])]));
    let a = &at(&public, "a").rates[0];
    assert_eq!(
        (a.value, a.reason, a.rule),
        (Value::AtLeast(80), Reason::Top, Some(Rule::Coding))
    );
    assert_eq!(a.value.to_string(), ">=80%");
    // 75 of 128 less 30 of 55 and 30 of 58 would be 15 of 15.
    let figures = ["", "b", "c"].map(|school| at(&public, school).rates[0].reason);
    assert!(figures.contains(&Reason::Complementary), "{figures:?}");
    let sizes = ["a", "b", "c"].map(|school| at(&public, school).size.reason);
    assert_eq!(
        sizes,
        [Reason::None; 3],
        "the sizes need not be hidden for that"
    );
}

#[test]
fn nobody_and_everybody_of_many_are_at_most_and_at_least() {
    let public = publish(table(&[
        ("a", [0, 45]),
        ("b", [0, 350]),
        ("c", [120, 0]),
        ("d", [0, 25]),
    ]));
    let text = |school: &str| at(&public, school).rates[0].value.to_string();
    assert_eq!(
        ["a", "b", "c", "d"].map(text),
        ["<=5%", "<=1%", ">=98%", "<=10%"]
    );
}

#[test]
fn not_reported_is_hidden_beside_a_small_part_whatever_its_size() {
    let mut cells = table(&[
        ("a", [3, 3]),
        ("b", [2, 3]),
        ("c", [20, 16]),
        ("unknown", [90, 60]),
    ]);
    cells[4].not_reported = true;
    let public = publish(cells);
    assert_eq!(at(&public, "unknown").size.rule, Some(Rule::NotReported));
}

#[test]
fn where_nobody_is_there_is_no_data_and_never_nought_per_cent() {
    let public = publish(table(&[("a", [0, 0]), ("b", [0, 0])]));
    for cell in &public.cells {
        assert_eq!(cell.rates[0].value.to_string(), "no data");
        assert_eq!(cell.size.value, Value::Cases(0));
    }
}

#[test]
fn a_school_without_a_case_looks_like_a_small_one() {
    let public = publish(table(&[
        ("a", [0, 0]),
        ("b", [2, 3]),
        ("c", [40, 36]),
        ("d", [90, 60]),
    ]));
    assert_eq!(at(&public, "a").size, at(&public, "b").size);
    assert_eq!(at(&public, "a").rates, at(&public, "b").rates);
}

#[test]
fn a_rate_is_rounded_once_to_the_nearest_tenth_a_half_to_the_even() {
    let public = publish(table(&[
        ("a", [25, 375]),
        ("b", [27, 373]),
        ("c", [200, 100]),
    ]));
    let text = |school: &str| at(&public, school).rates[0].value.to_string();
    // 6.25 %, 6.75 %, 66.666… %
    assert_eq!(["a", "b", "c"].map(text), ["6.2%", "6.8%", "66.7%"]);
}

#[test]
fn a_change_is_shown_between_two_figures_only() {
    let public = publish(table(&[
        ("a", [15, 0]),
        ("b", [30, 25]),
        ("c", [200, 100]),
        ("d", [60, 30]),
    ]));
    let rate = |school: &str| &at(&public, school).rates[0];
    assert_eq!(change_in_tenths(rate("c"), rate("d")), Some(0));
    assert_eq!(change_in_tenths(rate("c"), rate("a")), None);
    assert_eq!(change_in_tenths(rate("a"), rate("d")), None);
}
