//! Graduation plans by the year in which a student entered grade 9, a-g requirements, promotion.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Label, Rules, Window, twice};
use crate::record::{AgArea, Course, Credits, GradeLevel, RecordedMark, SchoolYear};

/// A graduation plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRule {
    pub name: String,
    pub label: Label,
    /// Where the plan comes from.
    pub source: String,
    /// Credits of a course of one semester in the plan; none is the measure of the rules.
    pub credits_per_semester: Option<Credits>,
    /// When a course must have been taken to count in a row; none is at any time.
    pub window: Option<Window>,
    #[serde(rename = "subject")]
    pub subjects: Vec<SubjectRule>,
    /// Of which courses only so much counts.
    #[serde(rename = "limit", default)]
    pub limits: Vec<LimitRule>,
    /// What the plan asks for beside courses.
    #[serde(rename = "requirement", default)]
    pub requirements: Vec<RequirementRule>,
}

/// At most so many credits of certain courses count in a plan: of work experience forty (5 CCR
/// 1635).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// The subjects of the catalogue that the limit is about, together.
    pub subjects: BTreeSet<String>,
    /// How many credits of them count.
    pub credits: Credits,
    /// Where the limit comes from.
    pub source: String,
}

/// What a plan asks for that is no course: service learning, a career pathway, a test.
///
/// It bears no credit and is never printed; a package says how far it has come (`fulfilments`). An
/// application for financial aid or its opt-out (Ed. Code 51225.7) is one, and `fulfilled` tells
/// neither which application it was nor that a family opted out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementRule {
    /// As a package names it.
    pub name: String,
    pub label: Label,
    /// Where it comes from, if not with the plan.
    pub source: Option<String>,
    /// How much of it is asked for, such as hours.
    pub amount: Option<Credits>,
    /// The cohorts, by the year of entering grade 9, for whom it stands; both within.
    pub cohorts: Option<Cohorts>,
}

/// One row of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRule {
    pub label: Label,
    pub credits: Credits,
    /// The cohorts, by the year of entering grade 9, for whom the row stands; both within.
    pub cohorts: Option<Cohorts>,
    /// Whether the row is in force. A law that waits for something, such as money, stands in the
    /// policy with `false`: then nobody is asked for it.
    #[serde(default = "yes")]
    pub in_force: bool,
    /// The subjects of courses that count here, in the catalogue's words.
    #[serde(default)]
    pub counts: BTreeSet<String>,
    /// What the row asks for within its credits: of history ten of the United States.
    #[serde(default)]
    pub includes: Vec<Part>,
    /// Whether the credits must be of one sequence: two years of the same language.
    #[serde(default)]
    pub same_sequence: bool,
    /// Whether courses with an a-g subject area count here that their own row does not need
    /// (the college-preparatory elective).
    #[serde(default)]
    pub takes_ag_surplus: bool,
    /// Whether what other rows do not need counts here (electives).
    #[serde(default)]
    pub takes_the_rest: bool,
}

fn yes() -> bool {
    true
}

/// Credits of certain courses, within a row or an area.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub credits: Credits,
    /// The subjects of the catalogue that count; none is every one of the row's.
    #[serde(default)]
    pub subjects: BTreeSet<String>,
    /// The sequence of which a course must be, at `level` or above.
    pub sequence: Option<String>,
    /// The lowest level of the sequence that counts: who is above it has been through it.
    #[serde(default)]
    pub level: u32,
}

impl Part {
    /// Whether a course counts here.
    pub fn takes(&self, course: &Course) -> bool {
        let level = course.level.as_deref().and_then(|level| level.parse().ok());
        (self.subjects.is_empty() || self.subjects.contains(&course.subject))
            && (self.sequence.is_none() || self.sequence == course.sequence)
            && level.unwrap_or(0) >= self.level
    }
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
    /// Whether no cohort is among them.
    fn is_empty(self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| to < from)
    }

    /// Whether a cohort is among them.
    pub fn hold(self, entered: SchoolYear) -> bool {
        self.from.is_none_or(|from| from <= entered) && self.to.is_none_or(|to| entered <= to)
    }
}

impl PlanRule {
    /// What the plan asks for beside courses of a cohort.
    pub fn requirements(&self, entered: SchoolYear) -> impl Iterator<Item = &RequirementRule> {
        let stands = move |cohorts: Cohorts| cohorts.hold(entered);
        let requirements = self.requirements.iter();
        requirements.filter(move |requirement| requirement.cohorts.is_none_or(stands))
    }

    /// The rows that are in force for a cohort.
    pub fn rows(&self, entered: SchoolYear) -> Vec<&SubjectRule> {
        let rows = self.subjects.iter().filter(|row| row.in_force);
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
    /// Passes that satisfy as C or better does.
    pub passes: Option<AgPasses>,
    #[serde(rename = "area")]
    pub areas: Vec<AgAreaRule>,
}

/// School years of which a pass satisfies a requirement of the universities, though it has no
/// points.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgPasses {
    /// The first school year.
    pub from: SchoolYear,
    /// The last.
    pub to: SchoolYear,
    /// Where that comes from.
    pub source: String,
}

impl AgPasses {
    /// Whether a mark without points is such a pass: it earned its credit in one of the years.
    pub fn accept(&self, recorded: &RecordedMark) -> bool {
        (self.from..=self.to).contains(&recorded.term.school_year)
            && !recorded.mark.credit_earned.is_zero()
    }
}

/// What one area asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgAreaRule {
    pub area: AgArea,
    pub label: Label,
    /// Credits with C or better.
    pub credits: Credits,
    /// What the area asks for within its credits.
    #[serde(default)]
    pub includes: Vec<Part>,
    /// Whether the credits must be of one sequence: two years of the same language.
    #[serde(default)]
    pub same_sequence: bool,
    /// Whether what other areas do not need counts here (the elective).
    #[serde(default)]
    pub takes_surplus: bool,
    /// Whether a course of a higher level with C or better covers the lower ones of its sequence.
    #[serde(default)]
    pub higher_level_validates: bool,
    /// The levels that must have been taken: a higher one makes a low mark good, but not that the
    /// course was left out (geometry).
    #[serde(default)]
    pub taken_levels: BTreeSet<u32>,
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
            for (number, row) in (1..).zip(&plan.subjects) {
                if row.cohorts.is_some_and(Cohorts::is_empty) {
                    let name = &plan.name;
                    problems.push(format!(
                        "policy.toml: plan `{name}`: the cohorts of row {number} end before they \
                         begin"
                    ));
                }
            }
            if plan.window.is_some_and(Window::is_empty) {
                let name = &plan.name;
                problems.push(format!(
                    "policy.toml: plan `{name}`: the window ends before it begins"
                ));
            }
            check_requirements(plan, problems);
            let mut cohorts: Vec<SchoolYear> = (plan.subjects.iter())
                .filter_map(|row| row.cohorts)
                .flat_map(|cohorts| [cohorts.from, cohorts.to])
                .flatten()
                .collect();
            // The years before and after each that is named, for between two there may be a gap;
            // any one year stands for all where no row is bound to some.
            for named in cohorts.clone() {
                let around = [named.begins_in() - 1, named.begins_in() + 1];
                cohorts.extend(around.into_iter().filter_map(SchoolYear::beginning));
            }
            cohorts.extend(SchoolYear::beginning(2000).filter(|_| cohorts.is_empty()));
            cohorts.sort_unstable();
            cohorts.dedup();
            for entered in cohorts {
                check_rows(plan, entered, problems);
            }
        }
        let areas = || self.ag.iter().flat_map(|ag| &ag.areas);
        twice(problems, "a-g area", areas().map(|area| area.area.code()));
        if areas().filter(|area| area.takes_surplus).count() > 1 {
            problems.push("policy.toml: ag: only one area can take the surplus".to_owned());
        }
        if (self.ag.iter().flat_map(|ag| &ag.passes)).any(|passes| passes.to < passes.from) {
            problems.push("policy.toml: ag.passes: the years end before they begin".to_owned());
        }
        for area in areas() {
            let place = format!("policy.toml: a-g area `{}`", area.area);
            check_parts(&place, area.credits, &area.includes, problems);
        }
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

fn check_requirements(plan: &PlanRule, problems: &mut Vec<String>) {
    let name = &plan.name;
    let requirements = &plan.requirements;
    twice(
        problems,
        &format!("plan `{name}`: requirement"),
        requirements
            .iter()
            .map(|requirement| requirement.name.as_str()),
    );
    for requirement in requirements {
        let place = format!("policy.toml: plan `{name}`: `{}`", requirement.name);
        if requirement.cohorts.is_some_and(Cohorts::is_empty) {
            problems.push(format!("{place}: the cohorts end before they begin"));
        }
        if requirement.amount.is_some_and(Credits::is_zero) {
            problems.push(format!("{place}: an amount of 0 asks for nothing"));
        }
    }
}

fn check_rows(plan: &PlanRule, entered: SchoolYear, problems: &mut Vec<String>) {
    let place = format!(
        "policy.toml: plan `{}` for who entered in {entered}",
        plan.name
    );
    let rows = plan.rows(entered);
    if rows.is_empty() {
        problems.push(format!("{place}: no row stands"));
    }
    if rows.iter().filter(|row| row.takes_the_rest).count() > 1 {
        problems.push(format!("{place}: only one row can take the rest"));
    }
    let rest = |row: &SubjectRule| row.takes_the_rest;
    if plan.subjects.iter().any(rest) && !rows.iter().copied().any(rest) {
        problems.push(format!(
            "{place}: no row takes the rest, as for other cohorts"
        ));
    }
    if rows.iter().filter(|row| row.takes_ag_surplus).count() > 1 {
        problems.push(format!("{place}: only one row can take the a-g surplus"));
    }
    let counted = rows.iter().flat_map(|row| &row.counts);
    twice(
        problems,
        &format!("plan `{}` for who entered in {entered}: subject", plan.name),
        counted.map(String::as_str),
    );
    for (number, row) in (1..).zip(&rows) {
        check_parts(
            &format!("{place}: row {number}"),
            row.credits,
            &row.includes,
            problems,
        );
        if row.counts.is_empty() && !row.takes_the_rest && !row.takes_ag_surplus {
            problems.push(format!("{place}: nothing counts in row {number}"));
        }
    }
}

fn check_parts(place: &str, credits: Credits, parts: &[Part], problems: &mut Vec<String>) {
    let asked: Credits = parts.iter().map(|part| part.credits).sum();
    if asked > credits {
        problems.push(format!(
            "{place}: what it includes comes to {asked} credits, more than its {credits}"
        ));
    }
}
