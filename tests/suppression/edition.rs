//! The public edition of a whole decree, from what was counted.

use std::collections::BTreeMap;

use registrar::compliance::measure::{Tally, UNKNOWN};
use registrar::compliance::public::{PublicEdition, PublicOutcome, TableName, publish};
use registrar::compliance::suppression::{
    Cell, Policy, Population, PublicCell, PublicTables, Published, Quantity, Rank, RateOf, Reason,
    Rule, Shown, Stratum, Value,
};

use super::district::{default_policy, small_policy};
use super::reader::{Reader, questions};
use super::tallies::{MadeUp, Numbers, made_up};

const CHANDA_SMITH: &str = include_str!("../../report-templates/chanda-smith/decree.toml");
const IDEA_PART_B: &str = include_str!("../../report-templates/idea-part-b/decree.toml");

/// Outcomes of many cases, of a threshold or two, and of events.
const SOME: &[&str] = &["1", "5", "6", "18"];

/// A district of many small schools and a few large ones.
fn district(decree: &str, outcomes: &[&str], seed: u64) -> MadeUp {
    made_up(decree, outcomes, 30, seed, |numbers: &mut Numbers| {
        5 + numbers.below(30) + numbers.below(6) * numbers.below(20)
    })
}

fn edition(made_up: &MadeUp, policy: &Policy, history: &[Published]) -> PublicEdition {
    publish(&made_up.counted(history), policy, 2).expect("counts that add up")
}

fn told(edition: &PublicEdition) -> Vec<Published> {
    edition.told().cloned().collect()
}

fn place(made_up: &MadeUp, outcome: &str) -> usize {
    let mut outcomes = made_up.decree.outcomes.iter();
    let found = outcomes.position(|it| it.text.id == outcome);
    found.expect("an outcome of the decree")
}

/// What an outcome counted of a word of an axis.
fn tally<'m>(
    made_up: &'m MadeUp,
    number: usize,
    axis: Option<&str>,
    word: &str,
) -> Option<&'m Tally> {
    let tally = &made_up.outcomes[number];
    let Some(axis) = axis else {
        return Some(&tally.whole);
    };
    let strata = &made_up.decree.outcomes[number].text.strata;
    let place = strata.iter().position(|it| it == axis)?;
    tally.strata[place].get(word)
}

#[test]
fn what_prints_of_a_decree_is_what_was_counted_or_a_code_or_a_star() {
    for (decree, outcomes) in [
        (CHANDA_SMITH, SOME),
        (IDEA_PART_B, &["B4A", "B9", "B13"][..]),
    ] {
        let made_up = district(decree, outcomes, 3);
        let edition = edition(&made_up, &default_policy(), &[]);
        let mut figures = 0;
        for (number, outcome) in made_up.decree.outcomes.iter().enumerate() {
            for (place, threshold) in outcome.text.thresholds.iter().enumerate() {
                let strata = outcome.text.strata.iter().map(|axis| Some(axis.as_str()));
                for axis in strata.chain([None]) {
                    let Some(rows) = edition.outcomes[number].rows(place, axis) else {
                        continue;
                    };
                    for row in rows {
                        let nobody = Tally::default();
                        let counted = tally(&made_up, number, axis, row.word).unwrap_or(&nobody);
                        let of = |names: Option<&Vec<String>>| -> u64 {
                            let classes = outcome.text.class_names().zip(&counted.classes);
                            let named =
                                |class: &str| names.is_none_or(|it| it.iter().any(|n| n == class));
                            classes
                                .filter(|(class, _)| named(class))
                                .map(|(_, cases)| cases)
                                .sum()
                        };
                        let size = of(threshold.of.as_ref());
                        if let Value::Cases(shown) = row.size.value {
                            assert_eq!(u64::from(shown), size, "{axis:?} {}", row.word);
                            assert!(shown == 0 || shown > 10, "{axis:?} {}: {shown}", row.word);
                        }
                        if let Value::Rate { cases, .. } = row.counted.value {
                            assert_eq!(u64::from(cases), of(Some(&threshold.numerator)));
                            assert!(matches!(row.size.value, Value::Cases(11..)));
                            figures += 1;
                        }
                    }
                }
            }
        }
        assert!(figures > 20, "{figures} rates stand as figures");
    }
}

#[test]
fn one_thread_and_two_and_many_publish_the_same() {
    let made_up = district(CHANDA_SMITH, SOME, 4);
    let on = |threads| publish(&made_up.counted(&[]), &default_policy(), threads);
    let one = on(1).expect("an edition");
    for threads in [2, 64] {
        assert_eq!(on(threads).expect("an edition"), one, "{threads} threads");
    }
}

#[test]
fn every_school_has_a_row_and_one_without_a_case_looks_like_one_with_a_few() {
    let mut made_up = district(CHANDA_SMITH, &["1", "2", "3"], 5);
    let number = place(&made_up, "3");
    let axis = made_up.decree.outcomes[number].text.strata.iter();
    let axis = axis.clone().position(|it| it == "school").expect("schools");
    let by_school = &made_up.outcomes[number].strata[axis];
    assert!(by_school.len() < 30, "some school graduates nobody");
    let few = by_school.iter().find(|(_, tally)| tally.counted() < 5);
    let few = few.expect("a school with a few").0.clone();
    let none = made_up
        .schools
        .keys()
        .find(|school| !by_school.contains_key(*school));
    let none = none.expect("a school with none").clone();
    let public = edition(&made_up, &default_policy(), &[]);
    let rows = public.outcomes[number]
        .rows(0, Some("school"))
        .expect("rows");
    let words: Vec<&str> = rows.iter().map(|row| row.word).collect();
    let schools: Vec<&String> = made_up.schools.keys().collect();
    assert_eq!(words, schools);
    let row = |school: &str| *rows.iter().find(|row| row.word == school).expect("a row");
    assert_eq!(row(&few).size.value, Value::Star);
    assert_eq!(row(&few).size, row(&none).size);
    assert_eq!(row(&few).counted, row(&none).counted);
    // Nor are a kind of school or a local district missing that have nobody.
    made_up.outcomes[number] = Default::default();
    let classes = made_up.decree.outcomes[number].text.classes.len() + 1;
    made_up.outcomes[number].whole.classes = vec![0; classes];
    made_up.outcomes[number].strata = vec![BTreeMap::new(); 5];
    let public = edition(&made_up, &default_policy(), &[]);
    let rows = public.outcomes[number]
        .rows(0, Some("local_district"))
        .expect("rows");
    assert_eq!(rows.len(), 6, "every one of them");
    assert!(rows.iter().all(|row| row.counted.value == Value::NoData));
}

#[test]
fn outcomes_that_count_the_same_cases_hide_the_sizes_of_the_same_cells() {
    let mut hidden = 0;
    for seed in 0..12 {
        let made_up = same_cases(seed);
        let public = edition(&made_up, &default_policy(), &[]);
        let [one, other] = ["B1", "B2"].map(|it| &public.outcomes[place(&made_up, it)]);
        let sizes = |outcome: &PublicOutcome| -> BTreeMap<Stratum, Shown> {
            let cells = outcome.tables()[0].cells.iter();
            cells
                .map(|cell| (cell.stratum.clone(), cell.size))
                .collect()
        };
        let other = sizes(other);
        for (stratum, size) in sizes(one) {
            if size.value == Value::Star {
                assert_eq!(other[&stratum].value, Value::Star, "{stratum:?}");
                hidden += usize::from(size.reason == Reason::Complementary);
            }
        }
    }
    assert!(hidden > 0, "a size is hidden beside another at least once");
}

/// A district in which the two outcomes about those who left count the same cases: the first tells
/// of each whether he has a diploma, the second whether he dropped out.
fn same_cases(seed: u64) -> MadeUp {
    let mut made_up = made_up(IDEA_PART_B, &["B1", "B2"], 12, seed, |numbers| {
        60 + numbers.below(2_000)
    });
    let [one, other] = ["B1", "B2"].map(|it| place(&made_up, it));
    let text = |place: usize| &made_up.decree.outcomes[place].text;
    assert_eq!(text(one).population, text(other).population);
    let classes = text(other).classes.len() + 1;
    let mut copy = made_up.outcomes[one].clone();
    let strata = copy.strata.iter_mut().flat_map(BTreeMap::values_mut);
    for tally in strata.chain([&mut copy.whole]) {
        // Those with a diploma did not drop out; the others did, or have a certificate.
        let mut counts = vec![0; classes];
        counts[classes - 1] = tally.classes[0];
        counts[0] = tally.classes[1..].iter().sum();
        tally.classes = counts;
    }
    made_up.outcomes[other] = copy;
    made_up
}

#[test]
fn thresholds_of_overlapping_cases_are_not_shown_side_by_side() {
    let made_up = district(IDEA_PART_B, &["B3A", "B11"], 6);
    let public = edition(&made_up, &default_policy(), &[]);
    let number = place(&made_up, "B11");
    let thresholds = &made_up.decree.outcomes[number].text.thresholds;
    assert!(thresholds[0].of.is_none() && thresholds[1].of.is_some());
    assert!(public.outcomes[number].rows(0, Some("school")).is_some());
    assert_eq!(public.outcomes[number].rows(1, Some("school")), None);
    assert_eq!(public.outcomes[number].rows(1, None), None);
    // Those of apart cases are: the two subjects of a test.
    let number = place(&made_up, "B3A");
    for threshold in [0, 1] {
        assert!(public.outcomes[number].rows(threshold, None).is_some());
    }
}

#[test]
fn a_rate_of_events_shows_how_many_pupils_and_how_many_events_and_no_few_of_either() {
    let made_up = district(CHANDA_SMITH, &["5"], 7);
    let number = place(&made_up, "5");
    let public = edition(&made_up, &default_policy(), &[]);
    let rows = public.outcomes[number]
        .rows(0, Some("school"))
        .expect("rows");
    let mut figures = 0;
    for row in rows {
        let tally = tally(&made_up, number, Some("school"), row.word);
        if let Value::Cases(events) = row.counted.value {
            let sums = tally.map_or(0, |tally| tally.sums[0]);
            assert_eq!(i128::from(events), sums, "{}", row.word);
            assert!(matches!(row.size.value, Value::Cases(11..)), "{}", row.word);
            assert!(events > 10);
            figures += 1;
        }
    }
    assert!(figures > 20, "{figures}");
}

#[test]
fn the_same_edition_once_more_prints_the_same_with_the_first_in_its_history() {
    let made_up = district(CHANDA_SMITH, SOME, 8);
    let first = edition(&made_up, &default_policy(), &[]);
    let again = edition(&made_up, &default_policy(), &told(&first));
    let mut same = 0;
    for (first, again) in first.outcomes.iter().zip(&again.outcomes) {
        for (first, again) in first.tables().iter().zip(again.tables()) {
            // Where the search came to its end, another history leads it elsewhere.
            let given_up = |cell: &PublicCell| cell.size.rule == Some(Rule::Withheld);
            if first.exposed.is_empty() && !first.cells.iter().any(given_up) {
                assert_eq!(first.cells, again.cells, "{}", first.population);
                assert_eq!(again.exposed, []);
                same += 1;
            }
        }
    }
    assert!(same > 2, "{same} tables");
}

#[test]
fn another_years_edition_in_the_history_changes_nothing() {
    let mut made_up = district(CHANDA_SMITH, SOME, 9);
    let year = edition(&made_up, &default_policy(), &[]);
    for day in [&mut made_up.period.begins, &mut made_up.period.ends] {
        *day = day.with().year(day.year() + 1).build().expect("a day");
    }
    let alone = edition(&made_up, &default_policy(), &[]);
    assert_eq!(edition(&made_up, &default_policy(), &told(&year)), alone);
}

#[test]
fn a_school_that_moved_to_another_local_district_or_closed_since_does_not_stop_the_next_edition() {
    let mut made_up = district(CHANDA_SMITH, &["5", "6"], 10);
    let earlier = edition(&made_up, &default_policy(), &[]);
    let number = place(&made_up, "6");
    let stratum_of = |made_up: &MadeUp, axis: &str| {
        let strata = &made_up.decree.outcomes[number].text.strata;
        strata.iter().position(|it| it == axis).expect("an axis")
    };
    // One school moves with all its cases; another one's were merged into a third one's.
    let moves = made_up.schools.keys().next().expect("a school").clone();
    for outcome in &mut made_up.outcomes {
        *outcome = Default::default();
    }
    for (outcome, text) in made_up.outcomes.iter_mut().zip(&made_up.decree.outcomes) {
        outcome.whole.classes = vec![0; text.text.classes.len() + 1];
        outcome.whole.sums = vec![0; text.text.classes.len() + 1];
        outcome.strata = vec![BTreeMap::new(); text.text.strata.len()];
    }
    made_up.schools.get_mut(&moves).expect("it").local_district = Some("LD5".to_owned());
    let gone = made_up.schools.keys().last().expect("a school").clone();
    made_up.schools.remove(&gone);
    let tally = Tally {
        classes: vec![40; made_up.outcomes[number].whole.classes.len()],
        sums: vec![0; made_up.outcomes[number].whole.classes.len()],
        ..Tally::default()
    };
    let school = &made_up.schools[&moves];
    let words = [
        ("disability", "autism"),
        ("grade_band", "k_5"),
        ("school_kind", school.kind.code()),
        ("charter", school.charter.code()),
        ("local_district", "LD5"),
        ("school", &moves),
    ];
    let mut outcome = made_up.outcomes[number].clone();
    for (axis, word) in words {
        let place = stratum_of(&made_up, axis);
        outcome.strata[place].insert(word.to_owned(), tally.clone());
    }
    outcome.whole = tally;
    made_up.outcomes[number] = outcome;
    let next = edition(&made_up, &default_policy(), &told(&earlier));
    let rows = next.outcomes[number].rows(0, Some("school")).expect("rows");
    assert!(
        rows.iter().any(|row| row.word == gone),
        "it was printed before"
    );
}

#[test]
fn what_an_earlier_edition_gave_away_is_told_with_its_outcome() {
    let made_up = district(CHANDA_SMITH, &["6"], 11);
    let public = edition(&made_up, &default_policy(), &[]);
    let star = |row: &&Published| row.rule == "small-population" && row.quantity == Quantity::Size;
    let mut given_away = public.told().find(star).expect("a small cell").clone();
    let number = place(
        &made_up,
        given_away.population.split('/').nth(1).expect("an outcome"),
    );
    let school = given_away.stratum.get("school").expect("a school's");
    let cases = tally(&made_up, number, Some("school"), school).map_or(0, Tally::counted);
    let cases = u32::try_from(cases).expect("a few");
    (given_away.low, given_away.high, given_away.hidden) = (cases, Some(cases), false);
    let next = edition(
        &made_up,
        &default_policy(),
        std::slice::from_ref(&given_away),
    );
    let tables = next.outcomes[number].tables().iter();
    let exposed: Vec<_> = tables.flat_map(|it| &it.exposed).collect();
    let found = exposed.iter().find(|it| it.stratum == given_away.stratum);
    let found = found.expect("it is told");
    assert_eq!((found.low, found.high), (cases, cases));
    // Whoever signs is told the table, and not whose.
    let table = TableName {
        outcome: "6".to_owned(),
        by: Some("school".to_owned()),
    };
    assert!(next.exposed().contains(&table), "{:?}", next.exposed());
    // Without that table it can be signed: what was given away is not said again.
    let mut without = made_up;
    without.withheld.tables = next.exposed().into_iter().collect();
    let next = edition(&without, &default_policy(), &[given_away]);
    assert_eq!(next.exposed(), []);
    assert_eq!(next.outcomes[number].rows(0, Some("school")), None);
    assert!(next.outcomes[number].rows(0, Some("disability")).is_some());
    without.withheld.outcomes.insert("6".to_owned());
    assert_eq!(edition(&without, &default_policy(), &[]).outcomes, []);
}

#[test]
fn a_line_of_nobody_does_not_tell_that_somebody_was_left_out_there() {
    let mut made_up = district(CHANDA_SMITH, &["6"], 12);
    let axis = |axis: &str| {
        let strata = made_up.decree.outcomes[0].text.strata.iter();
        strata.clone().position(|it| it == axis).expect("an axis")
    };
    let by_disability = axis("disability");
    let left_out = Tally {
        classes: vec![0; made_up.outcomes[0].whole.classes.len()],
        sums: vec![0; made_up.outcomes[0].whole.classes.len()],
        unclear: 1,
        ..Tally::default()
    };
    let word = "made_up_disability".to_owned();
    made_up.outcomes[0].strata[by_disability].insert(word.clone(), left_out);
    let public = edition(&made_up, &default_policy(), &[]);
    let rows = public.outcomes[0].rows(0, Some("disability"));
    let rows = rows.expect("rows");
    assert!(rows.len() > 3 && rows.iter().all(|row| row.word != word));
}

/// The population behind a table of an outcome of one threshold of all its cases, told from the
/// tallies and not by the program.
fn population(made_up: &MadeUp, number: usize, tables: &PublicTables) -> Population {
    let cells = tables.cells.iter().map(|cell| {
        let axis = match cell.stratum.contains_key("school") {
            true => Some("school"),
            false => cell.stratum.keys().next().map(String::as_str),
        };
        let word = axis.map_or("", |axis| cell.stratum[axis].as_str());
        let counted = tally(made_up, number, axis, word);
        let classes = counted.map_or(vec![0, 0], |it| it.classes.clone());
        Cell {
            stratum: cell.stratum.clone(),
            counts: classes
                .iter()
                .map(|it| u32::try_from(*it).expect("few"))
                .collect(),
            rank: match axis {
                None => Rank::RequiredTotal,
                Some("school") => Rank::School,
                Some("local_district") => Rank::LocalDistrict,
                Some(_) => Rank::District,
            },
            not_reported: word == UNKNOWN,
            ..Cell::default()
        }
    });
    Population {
        id: tables.population.clone(),
        classes: vec!["met".to_owned(), "not_met".to_owned()],
        rates: vec![RateOf::default()],
        cells: cells.collect(),
        ..Population::default()
    }
}

#[test]
fn a_reader_with_a_solver_narrows_no_hidden_count_of_a_decrees_tables() {
    let policy = small_policy("hidden", false);
    let mut asked = 0;
    for seed in 0..8 {
        let made_up = made_up(CHANDA_SMITH, &["3"], 6, seed, |numbers| {
            20 + numbers.below(300)
        });
        let number = place(&made_up, "3");
        let first = edition(&made_up, &policy, &[]);
        let second = edition(&made_up, &policy, &told(&first));
        let [first, second] = [&first, &second].map(|it| &it.outcomes[number].tables()[0]);
        let population = population(&made_up, number, second);
        let reader = Reader::of(&population, &policy, &[first, second]);
        for question in questions(&population, &policy, second) {
            assert!(
                !reader.adds_up(&question),
                "{question:?} is a sum of printed counts"
            );
            let (least, most) = reader.range(&question);
            assert!(
                most - least >= question.needed,
                "{question:?}: {least} to {most}"
            );
            asked += 1;
        }
    }
    assert!(asked > 40, "{asked} hidden counts");
}
