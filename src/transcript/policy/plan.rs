//! Graduation plans by the year in which a student entered grade 9, a-g requirements, promotion.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Label, Point, Rules, Window};
use crate::record::{AgArea, Course, Credits, GradeLevel, RecordedMark, SchoolYear};
use crate::rules_file::{Place, Problems, at};

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
    /// What courses before grade 9 satisfy; none is as those of any other grade.
    pub before_grade_9: Option<AgBeforeGrade9>,
    /// How much of an area a college course is; none is a semester, as in an average.
    pub college_course: Option<CollegeCourse>,
    #[serde(rename = "area")]
    pub areas: Vec<AgAreaRule>,
}

/// Which areas take courses of the grades before the ninth; the summer after grade 8 is none of
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgBeforeGrade9 {
    /// The areas that take them.
    pub areas: BTreeSet<AgArea>,
    /// The first grade of which they take them.
    pub from: GradeLevel,
    /// Where that comes from.
    pub source: String,
}

impl AgBeforeGrade9 {
    /// Whether an area takes a course that was taken then.
    pub fn takes(&self, area: AgArea, earned: Point) -> bool {
        let grade_8 = Point::Grade(GradeLevel::new(8).expect("a grade"));
        earned > grade_8 || (self.areas.contains(&area) && earned >= Point::Grade(self.from))
    }
}

/// How much of an area a course taken at a college satisfies, whatever credits are posted for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollegeCourse {
    pub satisfies: SchoolTime,
    /// Where that comes from.
    pub source: String,
}

/// A time for which a school teaches a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolTime {
    Semester,
    Year,
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
    pub(super) fn check_plans(&self, problems: &mut Problems) {
        for (row, plan) in self.plans.iter().enumerate() {
            let place = at("plan").row(row);
            check_each_row(plan, &place, problems);
            if plan.window.is_some_and(Window::is_empty) {
                let what = format!("plan `{}`: the window ends before it begins", plan.name);
                let hint = "write the earlier end first";
                problems.say(place.clone().key("window"), what, hint);
            }
            check_requirements(plan, &place, problems);
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
            check_rows(plan, &place, &cohorts, problems);
        }
        self.check_areas(problems);
        for (row, pair) in self.promotion.windows(2).enumerate() {
            if pair[0].to_grade >= pair[1].to_grade || pair[0].credits > pair[1].credits {
                let (one, other) = (pair[0].to_grade, pair[1].to_grade);
                let what = format!(
                    "promotion: grade {other} must come after grade {one} and ask for no fewer \
                     credits"
                );
                let hint = "put the grades in their order, with the credits that each asks for";
                problems.say(at("promotion").row(row + 1), what, hint);
            }
        }
    }

    fn check_areas(&self, problems: &mut Problems) {
        let Some(ag) = &self.ag else { return };
        let place = |row: usize| at("ag").key("area").row(row);
        let areas = || ag.areas.iter().enumerate();
        let codes = areas().map(|(row, it)| (it.area.code().to_owned(), place(row).key("area")));
        problems.twice("a-g area", codes);
        for (row, _) in areas().filter(|(_, it)| it.takes_surplus).skip(1) {
            let hint = "leave `takes_surplus` with one of them";
            let what = "ag: only one area can take the surplus";
            problems.say(place(row).key("takes_surplus"), what, hint);
        }
        if (ag.passes.iter()).any(|passes| passes.to < passes.from) {
            let what = "ag.passes: the years end before they begin";
            let hint = "write the earlier school year as `from`";
            problems.say(at("ag").key("passes").key("to"), what, hint);
        }
        for (row, area) in areas() {
            let named = format!("a-g area `{}`", area.area);
            check_parts(&place(row), &named, area.credits, &area.includes, problems);
        }
    }
}

/// What helps where a row or a requirement ends before it begins.
const COHORTS: &str = "write the earlier school year as `from`";

fn check_requirements(plan: &PlanRule, of_plan: &Place, problems: &mut Problems) {
    let name = &plan.name;
    let place = |row: usize| of_plan.clone().key("requirement").row(row);
    let requirements = || plan.requirements.iter().enumerate();
    let names = requirements().map(|(row, it)| (it.name.clone(), place(row).key("name")));
    problems.twice(&format!("plan `{name}`: requirement"), names);
    for (row, requirement) in requirements() {
        let named = format!("plan `{name}`: `{}`", requirement.name);
        if requirement.cohorts.is_some_and(Cohorts::is_empty) {
            let what = format!("{named}: the cohorts end before they begin");
            problems.say(place(row).key("cohorts"), what, COHORTS);
        }
        if requirement.amount.is_some_and(Credits::is_zero) {
            let what = format!("{named}: an amount of 0 asks for nothing");
            let hint = "say how much is asked for, or take `amount` out";
            problems.say(place(row).key("amount"), what, hint);
        }
    }
}

/// What is wrong with single rows, whoever they stand for.
fn check_each_row(plan: &PlanRule, of_plan: &Place, problems: &mut Problems) {
    for (number, row) in plan.subjects.iter().enumerate() {
        let label = row.label.texts().next().map_or("", |(_, text)| text);
        let place = of_plan.clone().key("subject").row(number);
        let named = format!("plan `{}`: row {}, `{label}`", plan.name, number + 1);
        if row.cohorts.is_some_and(Cohorts::is_empty) {
            let what = format!("{named}: the cohorts end before they begin");
            problems.say(place.clone().key("cohorts"), what, COHORTS);
        }
        check_parts(&place, &named, row.credits, &row.includes, problems);
        if row.counts.is_empty() && !row.takes_the_rest && !row.takes_ag_surplus {
            let hint = "name subjects in `counts`, or let the row take the rest";
            problems.say(
                place.clone(),
                format!("{named}: nothing counts in it"),
                hint,
            );
        }
        if row.takes_ag_surplus {
            continue;
        }
        // What goes to the rest is of other subjects, and fills no part.
        for (number, part) in row.includes.iter().enumerate() {
            let place = place.clone().key("includes").row(number);
            let hint = "name its subjects in `counts`, or take the part out";
            let mut never = part.subjects.difference(&row.counts).peekable();
            if row.counts.is_empty() && never.peek().is_none() {
                let what = format!(
                    "{named}: it includes {} credits, and no subject counts in it",
                    part.credits
                );
                problems.say(place.clone(), what, hint);
            }
            for subject in never {
                let what = format!(
                    "{named}: it includes credits of `{subject}`, which does not count in it"
                );
                problems.say(place.clone(), what, hint);
            }
        }
    }
}

/// A mistake in the rows that stand for a cohort: where, what and a hint.
type OfRows = (Place, String, &'static str);

/// What is wrong with the rows of a plan together, each matter once with the cohorts it is true of.
fn check_rows(plan: &PlanRule, of_plan: &Place, cohorts: &[SchoolYear], problems: &mut Problems) {
    let mut found: Vec<(OfRows, Vec<String>)> = Vec::new();
    for entered in cohorts {
        for problem in problems_of_rows(plan, of_plan, *entered) {
            match found.iter_mut().find(|(known, _)| *known == problem) {
                Some((_, years)) => years.push(entered.to_string()),
                None => found.push((problem, vec![entered.to_string()])),
            }
        }
    }
    for ((place, problem, hint), years) in found {
        let (name, years) = (&plan.name, years.join(", "));
        let what = format!("plan `{name}` for who entered in {years}: {problem}");
        problems.say(place, what, hint);
    }
}

fn problems_of_rows(plan: &PlanRule, of_plan: &Place, entered: SchoolYear) -> Vec<OfRows> {
    let mut problems = Vec::new();
    let place = |row: usize| of_plan.clone().key("subject").row(row);
    let rows = || {
        let all = plan.subjects.iter().enumerate();
        all.filter(|(_, row)| plan.rows(entered).iter().any(|it| std::ptr::eq(*it, *row)))
    };
    let mut say = |place: Place, what: &str, hint| problems.push((place, what.to_owned(), hint));
    if rows().next().is_none() {
        let hint = "let a row stand for them: its `cohorts` say for whom";
        say(of_plan.clone(), "no row stands", hint);
    }
    let rest = || rows().filter(|(_, row)| row.takes_the_rest);
    let one = "leave it with one of the rows, or let their `cohorts` lie apart";
    if let Some((row, _)) = rest().nth(1) {
        say(
            place(row).key("takes_the_rest"),
            "only one row can take the rest",
            one,
        );
    }
    if rest().next().is_none() && plan.subjects.iter().any(|row| row.takes_the_rest) {
        let hint = "let a row take it for these too: its `cohorts` leave them out";
        say(
            of_plan.clone(),
            "no row takes the rest, as for other cohorts",
            hint,
        );
    }
    if let Some((row, _)) = rows().filter(|(_, row)| row.takes_ag_surplus).nth(1) {
        let what = "only one row can take the a-g surplus";
        say(place(row).key("takes_ag_surplus"), what, one);
    }
    let mut seen = BTreeSet::new();
    for (row, subject) in rows().flat_map(|(row, it)| it.counts.iter().map(move |it| (row, it))) {
        if !seen.insert(subject) {
            let what = format!("subject `{subject}` stands there twice");
            let hint = "leave it in the row in which it counts first";
            say(place(row).key("counts"), &what, hint);
        }
    }
    problems
}

fn check_parts(
    place: &Place,
    named: &str,
    credits: Credits,
    parts: &[Part],
    problems: &mut Problems,
) {
    let asked: Credits = parts.iter().map(|part| part.credits).sum();
    if asked > credits {
        let what =
            format!("{named}: what it includes comes to {asked} credits, more than its {credits}");
        let hint = "ask for more credits, or include fewer";
        problems.say(place.clone().key("includes"), what, hint);
    }
}
