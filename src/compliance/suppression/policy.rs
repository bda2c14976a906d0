//! What is hidden and how much must stay unknown, as data: a text, read strictly.
//!
//! Owns the numbers of the rules. Never: a rule's use (`knowledge`, `siblings`, `audit`).

use serde::Deserialize;

/// The value of `format` in this version.
pub const SUPPRESSION_FORMAT: &str = "registrar-suppression/1";

/// The policy that ships; a district edits a copy.
pub const DEFAULT_POLICY: &str = include_str!("default_policy.toml");

/// What is signed hides populations of as many at least (CDE public files).
const POPULATION_MAX_LEAST: u32 = 10;
/// What is signed shows no rate of fewer (CDE Dashboard files).
const RATE_POPULATION_LEAST: u32 = 11;

/// How many steps of coding a policy may have.
const CODING_STEPS_MAX: usize = 100;

/// What the public edition hides.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    format: String,
    /// Which edition of the rules this is; it prints beside every table.
    pub version: String,
    /// Who says so.
    pub source: String,
    /// A population from one to this many is hidden (California's public files: 10).
    pub population_max: u32,
    /// What becomes of schools and of their parts without a case.
    pub zeros: Zeros,
    /// No rate of a population of fewer is shown (the Dashboard's files: 11).
    pub rate_population_min: u32,
    /// Whether a numerator, or what is left of the population, of 1 to `population_max` is hidden
    /// in a sensitive rate.
    pub sensitive_numerators: bool,
    /// By how much the largest and smallest believable size of a hidden population differ at least.
    pub size_range_min: u32,
    /// The same for a hidden count within a population.
    pub numerator_range_min: u32,
    /// Rates at the edge, by size of the population, ascending.
    pub coding: Vec<Coding>,
    /// The file, byte for byte.
    #[serde(skip)]
    pub file: String,
}

/// What becomes of a school, or of a part of a table, that has no case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zeros {
    /// A star, for none is ten or less: nobody can count how many stars stand for somebody.
    Hidden,
    /// Printed. Where many groups of one stand together, their number tells their sizes.
    Shown,
}

/// From this size on, rates at or beyond these percents are shown as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coding {
    /// The smallest population of this step.
    pub population_min: u32,
    /// At or below this, `<=` and no more.
    pub bottom_percent: u32,
    /// At or above this, `>=` and no more.
    pub top_percent: u32,
}

impl Coding {
    /// The largest numerator of the bottom code.
    pub(super) fn bottom_max(self, population: i64) -> i64 {
        population * i64::from(self.bottom_percent) / 100
    }

    /// The smallest numerator of the top code.
    pub(super) fn top_min(self, population: i64) -> i64 {
        (population * i64::from(self.top_percent) + 99) / 100
    }
}

/// Why a text is no policy: everything that is wrong with it, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the suppression policy cannot be used:\n{0}")]
pub struct PolicyError(String);

impl Policy {
    /// Reads a policy; everything that is wrong with it is told at once.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError(error.to_string()))?;
        let policy = Self {
            file: text.to_owned(),
            ..policy
        };
        let problems = policy.problems();
        if problems.is_empty() {
            Ok(policy)
        } else {
            Err(PolicyError(problems.join("\n")))
        }
    }

    /// Why nothing is signed by these rules for a decree that names this edition of them: they hide
    /// less than California does, or are not that edition.
    pub fn unfit_for(&self, edition: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.version != edition {
            wrong.push(format!(
                "the decree asks for edition `{edition}` of the rules, and these are `{}`; hint: \
                 `suppression` in the decree's file names the edition",
                self.version
            ));
        }
        let shipped = Self::read(DEFAULT_POLICY);
        let shipped = shipped.ok().filter(|it| it.version == self.version);
        if shipped.is_some_and(|shipped| shipped.file != self.file) {
            wrong.push(format!(
                "the rules say that they are the shipped edition `{}`, and are not; hint: give \
                 them a version of their own",
                self.version
            ));
        }
        if self.population_max < POPULATION_MAX_LEAST {
            wrong.push(format!(
                "population_max is {}; hint: {POPULATION_MAX_LEAST} at least (California's public \
                 files)",
                self.population_max
            ));
        }
        if self.rate_population_min < RATE_POPULATION_LEAST {
            wrong.push(format!(
                "rate_population_min is {}; hint: {RATE_POPULATION_LEAST} at least (California's \
                 Dashboard)",
                self.rate_population_min
            ));
        }
        wrong
    }

    fn problems(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.format != SUPPRESSION_FORMAT {
            wrong.push(format!(
                "format: `{}` is not known here; hint: write \"{SUPPRESSION_FORMAT}\"",
                self.format
            ));
        }
        if self.version.trim().is_empty() || self.source.trim().is_empty() {
            wrong.push("version and source must not be empty; hint: they print".to_owned());
        }
        if !(2..=1000).contains(&self.population_max) {
            wrong.push("population_max: hint: between 2 and 1000; California: 10".to_owned());
        }
        if self.size_range_min == 0 || self.size_range_min >= self.population_max {
            wrong.push(format!(
                "size_range_min: a reader knows that a hidden population has 1 to {}; hint: \
                 between 1 and {}",
                self.population_max,
                self.population_max.saturating_sub(1)
            ));
        }
        if self.numerator_range_min == 0 || self.numerator_range_min > self.population_max {
            wrong.push("numerator_range_min: hint: between 1 and population_max".to_owned());
        }
        if self.rate_population_min > 100_000 {
            wrong.push("rate_population_min: hint: at most 100000; California: 11".to_owned());
        }
        wrong.extend(self.coding_problems());
        wrong
    }

    fn coding_problems(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let first_rate = self.rate_population_min.max(self.population_max + 1);
        let begins = self.coding.first().map(|step| step.population_min);
        if begins.is_none_or(|begins| begins > first_rate) {
            wrong.push(format!(
                "coding: nothing says how rates of {first_rate} are coded; hint: a first step \
                 with population_min = {first_rate}"
            ));
        }
        if self.coding.len() > CODING_STEPS_MAX {
            wrong.push(format!("coding: hint: at most {CODING_STEPS_MAX} steps"));
        }
        for pair in self.coding.windows(2) {
            if pair[0].population_min >= pair[1].population_min {
                wrong.push(format!(
                    "coding: {} follows {}; hint: ascending",
                    pair[1].population_min, pair[0].population_min
                ));
            }
        }
        for step in &self.coding {
            let population = i64::from(step.population_min.max(first_rate));
            let needed = i64::from(self.numerator_range_min);
            if step.top_percent > 100 || step.bottom_percent >= step.top_percent {
                wrong.push(format!(
                    "coding from {}: hint: bottom_percent below top_percent, at most 100",
                    step.population_min
                ));
            } else if step.bottom_max(population) < needed
                || population - step.top_min(population) < needed
            {
                wrong.push(format!(
                    "coding from {}: of {population}, the codes leave fewer than {} counts \
                     possible; hint: wider codes, or a lower numerator_range_min",
                    step.population_min,
                    needed + 1
                ));
            }
        }
        wrong
    }

    /// The step for a population of this size.
    pub(super) fn coding_of(&self, children: i64) -> Option<Coding> {
        let steps = self.coding.iter().rev();
        steps
            .copied()
            .find(|step| i64::from(step.population_min) <= children)
    }
}
