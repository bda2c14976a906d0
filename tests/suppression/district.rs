//! Made-up districts: whole children at schools, counted in every table that a report would have.

use std::collections::BTreeMap;

use proptest::prelude::*;
use registrar::compliance::suppression::{
    Cell, DEFAULT_POLICY, Policy, Population, Rank, RateOf, Stratum,
};

/// The cases of one school by disability, grade band and class, with its local district and type.
#[derive(Clone, Debug)]
pub struct School {
    pub local_district: usize,
    pub charter: bool,
    pub cases: Vec<[u32; 2]>,
}

pub const DISABILITIES: usize = 3;
pub const GRADES: usize = 2;

/// Which tables a report has beside totals, local districts and schools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    pub disability: bool,
    pub grade: bool,
    pub types: bool,
}

pub const ALL: Tables = Tables {
    disability: true,
    grade: true,
    types: false,
};

/// A policy small enough for a solver to look at every district.
pub fn small_policy(zeros: &str, sensitive: bool) -> Policy {
    let text = format!(
        "format = \"registrar-suppression/1\"\nversion = \"test\"\nsource = \"test\"\n\
         population_max = 3\nzeros = \"{zeros}\"\nrate_population_min = 5\n\
         sensitive_numerators = {sensitive}\nsize_range_min = 2\nnumerator_range_min = 1\n\
         [[coding]]\npopulation_min = 4\nbottom_percent = 25\ntop_percent = 75\n\
         [[coding]]\npopulation_min = 10\nbottom_percent = 10\ntop_percent = 90\n"
    );
    Policy::read(&text).expect("a policy")
}

pub fn default_policy() -> Policy {
    Policy::read(DEFAULT_POLICY).expect("the policy that ships")
}

/// As many districts as a solver looks at in seconds.
pub fn few_cases() -> ProptestConfig {
    ProptestConfig {
        cases: 32,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

/// A stratum of these axes.
pub fn stratum(axes: &[(&str, &str)]) -> Stratum {
    let pairs = axes
        .iter()
        .map(|(axis, value)| ((*axis).to_owned(), (*value).to_owned()));
    pairs.collect()
}

/// Two classes, one rate.
pub fn population(id: &str, cells: Vec<Cell>, sensitive: bool) -> Population {
    Population {
        id: id.to_owned(),
        classes: vec!["met".to_owned(), "not_met".to_owned()],
        rates: vec![RateOf {
            id: "rate".to_owned(),
            numerator: vec![0],
            sensitive,
        }],
        cells,
        ..Population::default()
    }
}

/// Every table of a district, parts without a case among them.
pub fn count(schools: &[School], tables: Tables, sensitive: bool) -> Population {
    let mut cells: BTreeMap<Stratum, Cell> = BTreeMap::new();
    for (number, school) in schools.iter().enumerate() {
        for (index, cases) in school.cases.iter().enumerate() {
            let disability = format!("d{}", index / GRADES);
            let grade = format!("g{}", index % GRADES);
            let mut parts = vec![None];
            parts.extend(
                tables
                    .disability
                    .then_some(Some(("disability", disability))),
            );
            parts.extend(tables.grade.then_some(Some(("grade", grade))));
            for (place, rank) in places(number, school, tables.types) {
                for part in &parts {
                    let mut stratum = place.clone();
                    let mut rank = rank;
                    if let Some((axis, value)) = part {
                        stratum.insert((*axis).to_owned(), value.clone());
                        rank = match rank {
                            Rank::RequiredTotal => Rank::District,
                            _ => Rank::CrossTable,
                        };
                    }
                    let cell = cells.entry(stratum.clone()).or_insert(Cell {
                        stratum,
                        counts: vec![0, 0],
                        rank,
                        ..Cell::default()
                    });
                    cell.counts[0] += cases[0];
                    cell.counts[1] += cases[1];
                }
            }
        }
    }
    population("decree/1/2018-19", cells.into_values().collect(), sensitive)
}

fn places(number: usize, school: &School, types: bool) -> Vec<(Stratum, Rank)> {
    let local = format!("l{}", school.local_district);
    let kind = if school.charter {
        "charter"
    } else {
        "district"
    };
    let name = format!("s{number}");
    let mut leaf = stratum(&[("local_district", &local), ("school", &name)]);
    let mut places = vec![
        (stratum(&[]), Rank::RequiredTotal),
        (stratum(&[("local_district", &local)]), Rank::LocalDistrict),
    ];
    if types {
        places.push((stratum(&[("type", kind)]), Rank::District));
        leaf.insert("type".to_owned(), kind.to_owned());
    }
    places.push((leaf, Rank::School));
    places
}

/// Schools of whole children; many of few.
pub fn schools() -> impl Strategy<Value = Vec<School>> {
    let some = prop_oneof![3 => Just(0_u32), 3 => 1_u32..3, 2 => 3_u32..8, 1 => 8_u32..20];
    let cases = proptest::collection::vec([some.clone(), some], DISABILITIES * GRADES);
    let school =
        (0_usize..2, any::<bool>(), cases).prop_map(|(local_district, charter, cases)| School {
            local_district,
            charter,
            cases,
        });
    proptest::collection::vec(school, 2..6)
}
