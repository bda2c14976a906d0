//! Graduation plans by the year in which a student entered grade 9, a-g requirements, promotion.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Label, Rules, twice};
use crate::record::{AgArea, Credits, GradeLevel, SchoolYear};

/// A graduation plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRule {
    pub name: String,
    pub label: Label,
    /// Where the plan comes from.
    pub source: String,
    #[serde(rename = "subject")]
    pub subjects: Vec<SubjectRule>,
}

/// One row of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRule {
    pub label: Label,
    pub credits: Credits,
    /// The cohorts, by the year of entering grade 9, for whom the row stands; both within.
    pub cohorts: Option<Cohorts>,
    /// The subjects of courses that count here, in the catalogue's words.
    #[serde(default)]
    pub counts: BTreeSet<String>,
    /// Whether courses with an a-g subject area count here that their own row does not need
    /// (the college-preparatory elective).
    #[serde(default)]
    pub takes_ag_surplus: bool,
    /// Whether what other rows do not need counts here (electives).
    #[serde(default)]
    pub takes_the_rest: bool,
}

/// The school years in which a cohort entered grade 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohorts {
    /// The first; none is every earlier one.
    pub from: Option<SchoolYear>,
    /// The last; none is every later one.
    pub to: Option<SchoolYear>,
}

impl Cohorts {
    /// Whether a cohort is among them.
    pub fn hold(self, entered: SchoolYear) -> bool {
        self.from.is_none_or(|from| from <= entered) && self.to.is_none_or(|to| entered <= to)
    }
}

impl PlanRule {
    /// The rows that stand for a cohort.
    pub fn rows(&self, entered: SchoolYear) -> Vec<&SubjectRule> {
        let rows = self.subjects.iter();
        rows.filter(|row| row.cohorts.is_none_or(|cohorts| cohorts.hold(entered)))
            .collect()
    }
}

/// The subject requirements of the universities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgRule {
    pub label: Label,
    /// Where the requirement comes from.
    pub source: String,
    #[serde(rename = "area")]
    pub areas: Vec<AgAreaRule>,
}

/// What one area asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgAreaRule {
    pub area: AgArea,
    pub label: Label,
    /// Credits with C or better.
    pub credits: Credits,
    /// Whether a course of a higher level with C or better covers the lower ones of its sequence.
    #[serde(default)]
    pub higher_level_validates: bool,
    /// The sequences in which a second part with C or better covers a first part below C; `["*"]`
    /// is every sequence of the area (California State University: mathematics, all languages, and
    /// chemistry).
    #[serde(default)]
    pub second_part_validates: BTreeSet<String>,
}

/// What a grade asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionRule {
    pub to_grade: GradeLevel,
    pub credits: Credits,
}

impl Rules {
    /// Everything in plans, areas and promotion that contradicts itself.
    pub(super) fn check_plans(&self, problems: &mut Vec<String>) {
        for plan in &self.plans {
            let mut cohorts: Vec<SchoolYear> = (plan.subjects.iter())
                .filter_map(|row| row.cohorts)
                .flat_map(|cohorts| [cohorts.from, cohorts.to])
                .flatten()
                .collect();
            // Any one year stands for all where no row is bound to some.
            cohorts.extend(SchoolYear::beginning(2000).filter(|_| cohorts.is_empty()));
            cohorts.sort_unstable();
            cohorts.dedup();
            for entered in cohorts {
                check_rows(plan, entered, problems);
            }
        }
        let areas = self.ag.iter().flat_map(|ag| &ag.areas);
        twice(problems, "a-g area", areas.map(|area| area.area.code()));
        let steps = self.promotion.windows(2);
        for pair in steps {
            if pair[0].to_grade >= pair[1].to_grade || pair[0].credits > pair[1].credits {
                let (one, other) = (pair[0].to_grade, pair[1].to_grade);
                problems.push(format!(
                    "policy.toml: promotion: grade {other} must come after grade {one} and ask for \
                     no fewer credits"
                ));
            }
        }
    }
}

fn check_rows(plan: &PlanRule, entered: SchoolYear, problems: &mut Vec<String>) {
    let place = format!(
        "policy.toml: plan `{}` for who entered in {entered}",
        plan.name
    );
    let rows = plan.rows(entered);
    if rows.iter().filter(|row| row.takes_the_rest).count() > 1 {
        problems.push(format!("{place}: only one row can take the rest"));
    }
    let counted = rows.iter().flat_map(|row| &row.counts);
    twice(
        problems,
        &format!("plan `{}` for who entered in {entered}: subject", plan.name),
        counted.map(String::as_str),
    );
    for (number, row) in (1..).zip(&rows) {
        if row.counts.is_empty() && !row.takes_the_rest && !row.takes_ag_surplus {
            problems.push(format!("{place}: nothing counts in row {number}"));
        }
    }
}
