//! Properties of every district: what the reader of one edition can find out.

use proptest::prelude::*;
use registrar::compliance::suppression::{
    Exposed, Policy, Population, PublicTables, Quantity, Reason, Shown, Stratum, Value, suppress,
};

use super::district::{ALL, School, Tables, count, few_cases, schools, small_policy};
use super::reader::{Part, Question, Reader, questions};

/// Nobody narrows what is hidden.
pub fn holds(
    population: &Population,
    policy: &Policy,
    public: &PublicTables,
    earlier: &[&PublicTables],
) -> Result<(), TestCaseError> {
    let mut editions = earlier.to_vec();
    editions.push(public);
    let reader = Reader::of(population, policy, &editions);
    for question in questions(population, policy, public) {
        prop_assert!(
            !reader.adds_up(&question),
            "{question:?} is a sum of printed counts"
        );
        let (least, most) = reader.range(&question);
        prop_assert!(
            most - least >= question.needed,
            "{question:?} lies between {least} and {most}"
        );
    }
    Ok(())
}

/// How many parts of each printed whole are stars.
fn stars(public: &PublicTables) -> Vec<(Stratum, Vec<String>, usize)> {
    let mut found = Vec::new();
    for whole in public
        .cells
        .iter()
        .filter(|cell| matches!(cell.size.value, Value::Cases(1..)))
    {
        let axes: [&[&str]; 4] = [
            &["disability"],
            &["grade"],
            &["local_district"],
            &["school"],
        ];
        for axes in axes {
            let parts = public.cells.iter().filter(|part| {
                let own = part
                    .stratum
                    .iter()
                    .filter(|pair| !whole.stratum.contains_key(pair.0));
                let own: Vec<&str> = own.map(|(axis, _)| axis.as_str()).collect();
                own == axes
                    && whole
                        .stratum
                        .iter()
                        .all(|(a, v)| part.stratum.get(a) == Some(v))
            });
            let stars = parts.filter(|part| part.size.value == Value::Star).count();
            found.push((
                whole.stratum.clone(),
                axes.iter().map(|a| (*a).to_owned()).collect(),
                stars,
            ));
        }
    }
    found
}

fn look(
    schools: &[School],
    tables: Tables,
    zeros: &str,
    sensitive: bool,
) -> Result<(), TestCaseError> {
    let policy = small_policy(zeros, sensitive);
    let population = count(schools, tables, sensitive);
    let public = suppress(&population, &policy, &[]).expect("tables that add up");
    holds(&population, &policy, &public, &[])
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn no_hidden_count_is_determined_or_narrowed(schools in schools()) {
        look(&schools, ALL, "hidden", false)?;
    }

    #[test]
    fn nor_where_the_policy_prints_zeros(schools in schools()) {
        look(&schools, ALL, "shown", false)?;
    }

    #[test]
    fn nor_in_a_sensitive_rate(schools in schools()) {
        look(&schools, ALL, "hidden", true)?;
    }

    #[test]
    fn nor_where_schools_are_grouped_in_two_ways(schools in schools()) {
        let tables = Tables { types: true, ..ALL };
        look(&schools, tables, "hidden", false)?;
    }

    #[test]
    fn no_star_stands_alone_among_the_parts_of_a_printed_whole(schools in schools()) {
        let population = count(&schools, ALL, false);
        let public = suppress(&population, &small_policy("hidden", false), &[]).expect("tables");
        for (whole, axes, stars) in stars(&public) {
            prop_assert!(stars != 1, "one star among the parts of {whole:?} by {axes:?}");
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(schools in schools(), turn in 0_usize..100) {
        let population = count(&schools, ALL, false);
        let policy = small_policy("hidden", false);
        let public = suppress(&population, &policy, &[]).expect("tables");
        let mut turned = population.clone();
        let cells = turned.cells.len();
        turned.cells.rotate_left(turn % cells);
        turned.cells.reverse();
        prop_assert_eq!(&suppress(&turned, &policy, &[]).expect("tables"), &public);
    }

    #[test]
    fn only_what_a_solver_finds_narrow_behind_stars_alone_is_called_exposed(
        schools in schools(), zeros_shown in any::<bool>()
    ) {
        let population = count(&schools, ALL, false);
        let policy = small_policy(if zeros_shown { "shown" } else { "hidden" }, false);
        let public = suppress(&population, &policy, &[]).expect("tables");
        let stars = only_stars(&public);
        let reader = Reader::of(&population, &policy, &[&stars]);
        for exposed in &public.exposed {
            let question = question_of(exposed);
            let (least, most) = reader.range(&question);
            prop_assert!(most - least < question.needed, "{exposed:?}: {least} to {most}");
            prop_assert!(i64::from(exposed.low) <= least && most <= i64::from(exposed.high));
        }
    }
}

/// The same edition with everything hidden that can be.
fn only_stars(public: &PublicTables) -> PublicTables {
    let mut stars = public.clone();
    let hidden = Shown {
        value: Value::Star,
        reason: Reason::Complementary,
        rule: None,
    };
    for cell in &mut stars.cells {
        if matches!(cell.size.value, Value::Cases(1..)) {
            cell.size = hidden;
            cell.rates.fill(hidden);
        }
    }
    stars
}

pub fn question_of(exposed: &Exposed) -> Question {
    Question {
        stratum: exposed.stratum.clone(),
        part: match (&exposed.quantity, exposed.rest) {
            (Quantity::Size, _) => Part::Size,
            (Quantity::Rate(_), false) => Part::Numerator,
            (Quantity::Rate(_), true) => Part::Rest,
        },
        needed: i64::from(exposed.needed),
    }
}
