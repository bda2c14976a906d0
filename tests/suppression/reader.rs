//! A reader of printed tables who has a solver.
//!
//! It takes nothing from the program but what is printed: texts, the reasons of stars, and the rows
//! of earlier editions. Its unknowns are the children of each school by disability, grade band and
//! class, so that what it finds possible is a district that could be.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome, Variable};
use registrar::compliance::suppression::{
    Policy, Population, PublicCell, PublicTables, Quantity, Rank, Reason, Stratum, Value,
};

/// What a reader is asked: a cell, and whether its population, numerator or the rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub stratum: Stratum,
    pub part: Part,
    /// By how much the answers must differ at least.
    pub needed: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Size,
    Numerator,
    Rest,
}

/// Children of one class at one place of the finest cross table.
type Kind = (Stratum, usize);

pub struct Reader {
    kinds: Vec<Kind>,
    /// Classes and children of a cell, least and most.
    facts: Vec<(Vec<usize>, i64, i64)>,
}

const MANY: i64 = 1_000_000;

impl Reader {
    /// Has read these editions.
    pub fn of(population: &Population, policy: &Policy, editions: &[&PublicTables]) -> Self {
        let strata: BTreeSet<&Stratum> = editions
            .iter()
            .flat_map(|e| e.cells.iter().map(|cell| &cell.stratum))
            .collect();
        let mut reader = Self {
            kinds: kinds(&strata),
            facts: Vec::new(),
        };
        for edition in editions {
            for cell in &edition.cells {
                reader.read(population, policy, cell);
            }
        }
        reader
    }

    fn members(&self, stratum: &Stratum, part: Part) -> Vec<usize> {
        let inside = |kind: &Kind| {
            stratum
                .iter()
                .all(|(axis, value)| kind.0.get(axis) == Some(value))
                && match part {
                    Part::Size => true,
                    Part::Numerator => kind.1 == 0,
                    Part::Rest => kind.1 == 1,
                }
        };
        (0..self.kinds.len())
            .filter(|index| inside(&self.kinds[*index]))
            .collect()
    }

    fn learn(&mut self, stratum: &Stratum, part: Part, least: i64, most: i64) {
        let members = self.members(stratum, part);
        self.facts.push((members, least, most));
    }

    fn read(&mut self, population: &Population, policy: &Policy, cell: &PublicCell) {
        let few = i64::from(policy.population_max);
        let stratum = &cell.stratum;
        let rank = population
            .cells
            .iter()
            .find(|c| c.stratum == *stratum)
            .map(|c| c.rank);
        let size = match (cell.size.value, cell.size.reason) {
            (Value::Cases(size), _) => Some(i64::from(size)),
            (Value::Star, Reason::Primary) => {
                let hidden = format!("{:?}", policy.zeros) == "Hidden";
                let may_be_none = hidden && rank.is_some_and(|rank| rank >= Rank::School);
                self.learn(stratum, Part::Size, i64::from(!may_be_none), few);
                None
            }
            (Value::Star, _) => {
                self.learn(stratum, Part::Size, few + 1, MANY);
                None
            }
            other => panic!("{stratum:?}: a population is printed as {other:?}"),
        };
        let Some(size) = size else {
            assert!(
                cell.rates.iter().all(|rate| rate.value == Value::Star),
                "{cell:?}"
            );
            return;
        };
        self.learn(stratum, Part::Size, size, size);
        let step = policy
            .coding
            .iter()
            .rev()
            .find(|s| i64::from(s.population_min) <= size);
        let (low, high) = step.map_or((0, size), |step| {
            let bottom = size * i64::from(step.bottom_percent) / 100;
            (
                bottom,
                -(-size * i64::from(step.top_percent)).div_euclid(100),
            )
        });
        let sensitive = policy.sensitive_numerators && population.rates[0].sensitive;
        let least = if sensitive { few + 1 } else { 0 };
        match (cell.rates[0].value, cell.rates[0].reason) {
            (Value::Rate { cases, .. }, _) => {
                self.learn(stratum, Part::Numerator, i64::from(cases), i64::from(cases));
            }
            (Value::AtMost(_), _) => self.learn(stratum, Part::Numerator, least, low),
            (Value::AtLeast(_), _) => {
                self.learn(stratum, Part::Numerator, high, size - least);
            }
            (Value::Star, Reason::Complementary) => {
                self.learn(stratum, Part::Numerator, least, size - least);
            }
            (Value::Star, _) if size < i64::from(policy.rate_population_min) => {}
            // Told which side is small: as much as anybody could be.
            (Value::Star, _) => {
                let counts = population.cells.iter().find(|c| c.stratum == *stratum);
                let met = counts.map_or(0, |cell| i64::from(cell.counts[0]));
                let side = if met <= few {
                    Part::Numerator
                } else {
                    Part::Rest
                };
                self.learn(stratum, side, 0, few.min(size));
            }
            (Value::NoData, _) => {}
            (Value::Cases(_), _) => panic!("a rate is printed as cases: {cell:?}"),
        }
    }

    /// The least and the largest answer that agrees with everything printed.
    pub fn range(&self, question: &Question) -> (i64, i64) {
        let least = self.solve(question, OptimizationDirection::Minimize);
        (least, self.solve(question, OptimizationDirection::Maximize))
    }

    fn solve(&self, question: &Question, direction: OptimizationDirection) -> i64 {
        let asked = self.members(&question.stratum, question.part);
        let mut problem = Problem::new(direction);
        let variables: Vec<Variable> = (0..self.kinds.len())
            .map(|kind| {
                let weight = if asked.contains(&kind) { 1.0 } else { 0.0 };
                problem.add_integer_var(weight, (0, 10_000))
            })
            .collect();
        for (members, least, most) in &self.facts {
            let row: Vec<(Variable, f64)> = members
                .iter()
                .map(|member| (variables[*member], 1.0))
                .collect();
            if row.is_empty() {
                assert!(*least <= 0, "nobody can be where somebody is");
                continue;
            }
            if least == most {
                problem.add_constraint(row.as_slice(), ComparisonOp::Eq, *least as f64);
                continue;
            }
            problem.add_constraint(row.as_slice(), ComparisonOp::Ge, *least as f64);
            if *most < MANY {
                problem.add_constraint(row.as_slice(), ComparisonOp::Le, *most as f64);
            }
        }
        let solved = problem.solve().expect("the true district is a solution");
        let SolveOutcome::Solution(solution) = solved else {
            panic!("no limit was set");
        };
        solution.objective().round() as i64
    }

    /// Whether a count is a sum of printed ones, times numbers: elimination modulo a prime.
    pub fn adds_up(&self, question: &Question) -> bool {
        let row = |members: &[usize]| {
            let mut row = vec![0_u128; self.kinds.len()];
            members.iter().for_each(|member| row[*member] = 1);
            row
        };
        let exact = self.facts.iter().filter(|(_, least, most)| least == most);
        let mut basis: Vec<(usize, Vec<u128>)> = Vec::new();
        for (members, ..) in exact {
            reduce_into(&mut basis, row(members));
        }
        let before = basis.len();
        reduce_into(
            &mut basis,
            row(&self.members(&question.stratum, question.part)),
        );
        basis.len() == before
    }
}

const PRIME: u128 = (1 << 61) - 1;

fn reduce_into(basis: &mut Vec<(usize, Vec<u128>)>, mut row: Vec<u128>) {
    for (pivot, known) in basis.iter() {
        let factor = row[*pivot];
        if factor != 0 {
            for (entry, known) in row.iter_mut().zip(known) {
                *entry = (*entry + (PRIME - factor) * known) % PRIME;
            }
        }
    }
    let Some(pivot) = row.iter().position(|entry| *entry != 0) else {
        return;
    };
    let inverse = power(row[pivot], PRIME - 2);
    row.iter_mut()
        .for_each(|entry| *entry = *entry * inverse % PRIME);
    basis.push((pivot, row));
}

fn power(mut base: u128, mut exponent: u128) -> u128 {
    let mut result = 1;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent /= 2;
    }
    result
}

/// Every place and every value of every other axis that any cell names, crossed.
fn kinds(strata: &BTreeSet<&Stratum>) -> Vec<Kind> {
    const PLACE: [&str; 5] = ["charter", "local_district", "school", "school_kind", "type"];
    let mut places: BTreeSet<Stratum> = BTreeSet::new();
    let mut others: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    let place_of = |stratum: &Stratum| -> Stratum {
        let places = stratum
            .iter()
            .filter(|(axis, _)| PLACE.contains(&axis.as_str()));
        places
            .map(|(axis, value)| (axis.clone(), value.clone()))
            .collect()
    };
    for stratum in strata {
        places.insert(place_of(stratum));
        for (axis, value) in *stratum {
            if !PLACE.contains(&axis.as_str()) {
                others.entry(axis).or_default().insert(value);
            }
        }
    }
    let finest = places.iter().map(|place| place.len()).max().unwrap_or(0);
    let mut crossed: Vec<Stratum> = places.into_iter().filter(|p| p.len() == finest).collect();
    for (axis, values) in others {
        let with = |stratum: &Stratum| {
            let each = values.iter().map(|value| {
                let mut stratum = stratum.clone();
                stratum.insert(axis.clone(), (*value).clone());
                stratum
            });
            each.collect::<Vec<_>>()
        };
        crossed = crossed.iter().flat_map(with).collect();
    }
    crossed
        .into_iter()
        .flat_map(|stratum| [(stratum.clone(), 0), (stratum, 1)])
        .collect()
}

/// What nobody may learn of a population, by the policy's own words.
pub fn questions(population: &Population, policy: &Policy, public: &PublicTables) -> Vec<Question> {
    let mut questions = Vec::new();
    for cell in &public.cells {
        let counts = population.cells.iter().find(|c| c.stratum == cell.stratum);
        let counts = counts
            .expect("a printed cell is one of the population's")
            .counts
            .clone();
        let (met, size) = (i64::from(counts[0]), i64::from(counts[0] + counts[1]));
        if cell.size.reason == Reason::NoData {
            continue;
        }
        let mut ask = |part: Part, needed: i64| {
            questions.push(Question {
                stratum: cell.stratum.clone(),
                part,
                needed,
            });
        };
        let few = i64::from(policy.population_max);
        let counts_needed = i64::from(policy.numerator_range_min);
        if size <= few {
            ask(Part::Size, i64::from(policy.size_range_min));
            ask(Part::Numerator, counts_needed);
            ask(Part::Rest, counts_needed);
            continue;
        }
        let step = policy
            .coding
            .iter()
            .rev()
            .find(|s| i64::from(s.population_min) <= size);
        let step = step.expect("a policy codes every population that it shows");
        let sensitive = policy.sensitive_numerators && population.rates[0].sensitive;
        if size < i64::from(policy.rate_population_min) {
            ask(Part::Numerator, counts_needed.min(size));
            ask(Part::Rest, counts_needed.min(size));
        } else if sensitive && met <= few {
            ask(Part::Numerator, counts_needed);
        } else if sensitive && size - met <= few {
            ask(Part::Rest, counts_needed);
        } else if sensitive {
            // A larger count at the edge is coded, and no secret.
        } else if 100 * met <= size * i64::from(step.bottom_percent) {
            ask(Part::Numerator, counts_needed);
        } else if 100 * met >= size * i64::from(step.top_percent) {
            ask(Part::Rest, counts_needed);
        }
    }
    let exposed = |question: &Question| {
        public.exposed.iter().any(|exposed| {
            exposed.stratum == question.stratum
                && match (&exposed.quantity, exposed.rest) {
                    (Quantity::Size, _) => question.part == Part::Size,
                    (Quantity::Rate(_), false) => question.part == Part::Numerator,
                    (Quantity::Rate(_), true) => question.part == Part::Rest,
                }
        })
    };
    questions.retain(|question| !exposed(question));
    questions
}
