//! Ten or fewer are ten or fewer children, however many cases they have, and a figure that changed
//! by a few children would tell of these.

use registrar::compliance::suppression::{
    Cell, Population, PublicCell, PublicTables, Rank, Reason, Rule, Value, suppress,
};

use super::district::{default_policy, population, stratum};
use super::examples::cell;

fn publish(population: &Population, before: &[&PublicTables]) -> PublicTables {
    let told: Vec<_> = before.iter().flat_map(|it| it.told.clone()).collect();
    suppress(population, &default_policy(), &told).expect("tables that add up")
}

fn at<'a>(public: &'a PublicTables, axes: &[(&str, &str)]) -> &'a PublicCell {
    let wanted = stratum(axes);
    let found = public.cells.iter().find(|cell| cell.stratum == wanted);
    found.expect("the cell is printed")
}

/// Tests in two subjects: two cases of each child.
fn tested(schools: &[(&str, [u32; 2])]) -> Population {
    let sum = |class: usize| schools.iter().map(|(_, counts)| counts[class]).sum();
    let mut cells = vec![cell(&[], [sum(0), sum(1)], Rank::RequiredTotal)];
    let rows = schools.iter();
    cells.extend(rows.map(|(name, counts)| cell(&[("school", name)], *counts, Rank::School)));
    for cell in &mut cells {
        cell.repeated = cell.counts.iter().sum::<u32>() / 2;
    }
    Population {
        most_of_one: 2,
        ..population("p", cells, false)
    }
}

#[test]
fn nine_children_with_two_tests_each_are_hidden_and_eleven_are_not() {
    let schools = [
        ("a", [10, 8]),
        ("b", [14, 8]),
        ("c", [60, 66]),
        ("d", [70, 80]),
    ];
    let public = publish(&tested(&schools), &[]);
    let few = at(&public, &[("school", "a")]);
    assert_eq!(few.size.rule, Some(Rule::SmallPopulation));
    // Of twenty-two tests it is the eleven children who count: hidden for the other's sake alone.
    let eleven = at(&public, &[("school", "b")]);
    assert_ne!(eleven.size.reason, Reason::Primary);
    // Told once each, neither is few.
    let each_once = tested(&schools);
    let cells = each_once.cells.iter().map(|cell| Cell {
        repeated: 0,
        ..cell.clone()
    });
    let public = publish(&population("p", cells.collect(), false), &[]);
    for school in ["a", "b", "c", "d"] {
        assert_eq!(at(&public, &[("school", school)]).size.reason, Reason::None);
    }
}

#[test]
fn the_edges_of_a_share_go_by_children() {
    // Of 22 tests of 11 children four met: 18 percent, at the edge for 11 to 19 children alone.
    let schools = [("a", [4, 18]), ("c", [60, 66]), ("d", [70, 80])];
    let public = publish(&tested(&schools), &[]);
    let edge = at(&public, &[("school", "a")]).rates[0];
    assert_eq!(edge.value, Value::AtMost(20));
}

#[test]
fn that_nobody_was_suspended_is_not_told_where_suspensions_are_counted() {
    let cells = vec![
        cell(&[], [40, 0], Rank::RequiredTotal),
        cell(&[("ethnicity", "a")], [0, 0], Rank::District),
        cell(&[("ethnicity", "b")], [18, 0], Rank::District),
        cell(&[("ethnicity", "c")], [22, 0], Rank::District),
    ];
    let of = |is_events: bool| Population {
        is_events,
        rates: Vec::new(),
        ..population("p", cells.clone(), false)
    };
    let none = [("ethnicity", "a")];
    let shown = publish(&of(false), &[]);
    assert_eq!(at(&shown, &none).size.value, Value::Cases(0));
    let hidden = publish(&of(true), &[]);
    assert_eq!(at(&hidden, &none).size.value, Value::Star);
    assert_eq!(at(&hidden, &[]).size.value, Value::Cases(40));
}

#[test]
fn of_the_very_same_children_two_tables_tell_the_same() {
    // All pupils of elementary schools are in kindergarten to grade 5, and nobody else is.
    let with = |digest: u64, cell: Cell| Cell {
        digest: Some(digest),
        ..cell
    };
    let cells = |same: u64| {
        vec![
            cell(&[], [91, 44], Rank::RequiredTotal),
            with(1, cell(&[("grade", "k_5")], [23, 15], Rank::District)),
            with(2, cell(&[("grade", "6_8")], [47, 28], Rank::District)),
            with(3, cell(&[("grade", "9_12")], [21, 1], Rank::District)),
            with(
                same,
                cell(&[("kind", "elementary")], [23, 15], Rank::District),
            ),
            with(4, cell(&[("kind", "other")], [68, 29], Rank::District)),
        ]
    };
    let rates = |same: u64| {
        let public = publish(&population("p", cells(same), false), &[]);
        let rate = |axes: &[(&str, &str)]| at(&public, axes).rates[0].value;
        [rate(&[("grade", "k_5")]), rate(&[("kind", "elementary")])]
    };
    let unknown = rates(9);
    assert_eq!(unknown[0], Value::Star, "beside the code of grades 9 to 12");
    assert_ne!(unknown[1], Value::Star, "else this test shows nothing");
    assert_eq!(rates(1), [Value::Star, Value::Star]);
}

fn two_schools(a: [u32; 2], b: [u32; 2]) -> Population {
    let cells = vec![
        cell(&[], [a[0] + b[0], a[1] + b[1]], Rank::RequiredTotal),
        cell(&[("school", "a")], a, Rank::School),
        cell(&[("school", "b")], b, Rank::School),
    ];
    population("p", cells, false)
}

#[test]
fn what_changed_by_one_child_since_the_last_edition_is_hidden_and_what_changed_by_many_is_not() {
    let first = publish(&two_schools([11, 19], [30, 40]), &[]);
    let rate = |public: &PublicTables, axes: &[(&str, &str)]| at(public, axes).rates[0];
    let (a, b) = ([("school", "a")], [("school", "b")]);
    assert_eq!(rate(&first, &a).reason, Reason::None);

    // One more child at the first school, who met; a dozen more at the second.
    let second = publish(&two_schools([12, 19], [36, 46]), &[&first]);
    assert_eq!(at(&second, &a).size.value, Value::Cases(31));
    assert_eq!(rate(&second, &a).reason, Reason::Complementary);
    assert_eq!(second.exposed, []);

    // With nothing but the new child, the whole would tell as much.
    let alone = publish(&two_schools([12, 19], [30, 40]), &[&first]);
    assert_eq!(rate(&alone, &a).value, Value::Star);
    assert_eq!(rate(&alone, &[]).value, Value::Star);
    assert_eq!(
        rate(&alone, &b).reason,
        Reason::None,
        "nothing changed there"
    );

    // A mark that was corrected, of as many children.
    let corrected = publish(&two_schools([12, 18], [30, 40]), &[&first]);
    assert_eq!(rate(&corrected, &a).value, Value::Star);

    let unchanged = publish(&two_schools([11, 19], [30, 40]), &[&first]);
    assert_eq!(unchanged.cells, first.cells);
    let many = publish(&two_schools([22, 30], [45, 55]), &[&first]);
    for axes in [&a[..], &b, &[]] {
        assert_eq!(rate(&many, axes).reason, Reason::None, "{axes:?}");
    }
}
