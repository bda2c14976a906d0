//! The district's rules as data: `policy.toml`, read strictly and digested.
//!
//! Owns what a policy may say and whether it makes sense; the other modules here apply it. The text
//! is handed in by whoever loads the report folder. Its digest goes into every issuance, so that it
//! can be told later by which rules a figure came about.

mod audit;
mod average;
mod credits;
mod partial_credit;
mod plan;
mod repeat;
mod scale;
mod window;
mod year_course;

use std::collections::BTreeSet;

use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use audit::AuditRules;
pub use average::{
    AverageRule, BonusCap, BonusRule, CapSize, CollegeParts, PlusAndMinus, Sign, Weight,
};
pub use credits::CreditsRule;
pub use partial_credit::PartialCredit;
pub use plan::{
    AgAreaRule, AgRule, CollegeCourse, LimitRule, Part, PlanRule, PromotionRule, RequirementRule,
    SchoolTime, SubjectRule,
};
pub use repeat::{
    Attempt, Elsewhere, RepeatCode, RepeatRule, RepeatedCredit, Repeats, Replaceable, SameCourse,
};
pub use scale::ScaleEntry;
pub use window::{Point, SummerLevel, Window};
pub use year_course::YearCourse;

use crate::record::{AwardKind, Credits, HonorsKind, RecordedMark};
pub use crate::rules_file::{Label, Problems};
use crate::rules_file::{Place, at, read};

/// The value of `format` in this version.
pub const POLICY_FORMAT: &str = "registrar-policy/2";

const FILE_NAME: &str = "policy.toml";

/// A district's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    rules: Rules,
    text: String,
    digest: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    format: String,
    /// The district's own name for this state of its rules: `2026-27`.
    version: String,
    /// The languages in which every label stands.
    languages: Vec<String>,
    /// Credits of a course of one semester: `5`, or `0.5` where a year's course is one unit.
    pub credits_per_semester: Credits,
    /// Schools that count otherwise.
    #[serde(rename = "unit", default)]
    pub units: Vec<UnitRule>,
    /// Which grade level a posting of a summer session bears.
    #[serde(default)]
    pub summer_level: SummerLevel,
    /// Sources and schools whose system posts summers otherwise; of several rows that fit a posting
    /// the first holds.
    #[serde(rename = "summer", default)]
    pub summers: Vec<SummerRule>,
    /// How many grades the marks are that a college course has in two semesters of a year.
    #[serde(default)]
    pub college_parts: CollegeParts,
    /// What a repeated course is and which attempts count.
    #[serde(default)]
    pub repeats: Repeats,
    /// What passing the second semester of a year's course does to a failed first one.
    pub year_course: Option<YearCourse>,
    /// Which postings the sums of credits take; all without it.
    pub credits: Option<CreditsRule>,
    /// What part of a course's credit a part of its term earns.
    pub partial_credit: Option<PartialCredit>,
    /// The awards that stand on a transcript; any other is kept and not printed.
    pub awards_printed: BTreeSet<AwardKind>,
    #[serde(rename = "scale")]
    pub scales: Vec<ScaleEntry>,
    #[serde(rename = "gpa", default)]
    pub averages: Vec<AverageRule>,
    #[serde(rename = "plan", default)]
    pub plans: Vec<PlanRule>,
    /// The subject requirements of the universities, where the district prints progress in them.
    pub ag: Option<AgRule>,
    /// The credits that each grade asks for, lowest first.
    #[serde(default)]
    pub promotion: Vec<PromotionRule>,
    #[serde(rename = "award")]
    pub awards: Vec<AwardLabel>,
    #[serde(rename = "honors")]
    pub honors: Vec<HonorsLabel>,
    /// How severe each finding of the audit is, where the district judges otherwise.
    #[serde(default)]
    pub audit: AuditRules,
}

/// Schools at which a course of one semester is worth other credits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRule {
    /// By state code.
    pub schools: BTreeSet<String>,
    /// Credits of a course of one semester there.
    pub credits_per_semester: Credits,
}

/// Postings of a summer session that bear another grade level: one district's schools may keep
/// their records in several systems, and each system counts in its own way.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummerRule {
    /// The sending system; none is any.
    pub source: Option<String>,
    /// By state code; none is every school.
    #[serde(default)]
    pub schools: BTreeSet<String>,
    /// Which grade level a posting of a summer session bears there.
    pub level: SummerLevel,
}

impl SummerRule {
    /// Whether it says something of a school's postings in a source.
    fn is_about(&self, source: &str, school: &str) -> bool {
        self.source.as_deref().is_none_or(|it| it == source)
            && (self.schools.is_empty() || self.schools.contains(school))
    }

    /// Whether it says something of everything that another row does, so that the other, standing
    /// after it, would never be asked.
    fn covers(&self, later: &Self) -> bool {
        (self.source.is_none() || self.source == later.source)
            && (self.schools.is_empty()
                || (!later.schools.is_empty() && later.schools.is_subset(&self.schools)))
    }
}

/// What an award is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwardLabel {
    pub award: AwardKind,
    pub label: Label,
}

/// What a kind of honors is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HonorsLabel {
    pub honors: HonorsKind,
    pub meaning: Label,
}

/// What is wrong with a policy, all of it, each with its line, its column and a hint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("\n"))]
pub struct PolicyError {
    /// One sentence each.
    pub problems: Vec<String>,
}

impl Policy {
    /// Reads `policy.toml`.
    ///
    /// # Errors
    /// [`PolicyError`]: everything that does not read, or every rule that contradicts another; each
    /// with its line and column.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let rules: Rules = read(FILE_NAME, text).map_err(|problems| PolicyError { problems })?;
        let problems = rules.problems();
        if !problems.is_empty() {
            let problems = problems.told(FILE_NAME, text);
            return Err(PolicyError { problems });
        }
        Ok(Self {
            rules,
            text: text.to_owned(),
            digest: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The district's own name for this state of its rules.
    pub fn version(&self) -> &str {
        &self.rules.version
    }

    /// Whether the grading scale has this mark.
    pub fn has_mark(&self, mark: &str) -> bool {
        self.rules.step(mark).is_some()
    }

    /// Whether a mark waives a requirement.
    pub fn waives(&self, mark: &str) -> bool {
        self.rules.step(mark).is_some_and(|step| step.waives)
    }

    /// Whether a mark earns no credit: it fails, or stands for what was not completed.
    pub fn earns_no_credit(&self, mark: &str) -> bool {
        let step = self.rules.step(mark);
        step.is_some_and(|step| step.is_failing() || step.without_credit)
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }
}

impl Rules {
    /// Credits of a course of one semester at a school.
    pub fn unit(&self, school: &str) -> Credits {
        let unit = self.units.iter().find(|unit| unit.schools.contains(school));
        unit.map_or(self.credits_per_semester, |unit| unit.credits_per_semester)
    }

    /// When a mark was earned, by the grade level that its source and school post in a summer.
    pub fn earned(&self, recorded: &RecordedMark) -> Point {
        let (source, school) = (&recorded.source, &recorded.mark.school);
        let mut summers = self.summers.iter();
        let summer = summers.find(|summer| summer.is_about(source, school));
        Point::of(recorded, summer.map_or(self.summer_level, |it| it.level))
    }

    /// Everything in which the rules contradict themselves.
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if self.format != POLICY_FORMAT {
            let what = format!(
                "format is `{}`, this program reads `{POLICY_FORMAT}`",
                self.format
            );
            let hint = "take the shipped policy.toml of this version as a pattern";
            problems.say(at("format"), what, hint);
        }
        if self.languages.is_empty() {
            let hint = "name the languages of the labels: languages = [\"en\", \"es\"]";
            problems.say(at("languages"), "`languages` names no language", hint);
        }
        for (place, named, label) in self.placed_labels() {
            label.check(&self.languages, &place, &named, &mut problems);
        }
        for (place, named, source) in self.sources() {
            if source.trim().is_empty() {
                let what = format!("{named} is empty; it says where the rule comes from");
                let hint = "name the law, the board's policy or the page that says so";
                problems.say(place, what, hint);
            }
        }
        self.check_names(&mut problems);
        self.check_scale(&mut problems);
        self.check_year_course(&mut problems);
        self.check_credits(&mut problems);
        self.check_equivalent(&mut problems);
        self.check_averages(&mut problems);
        self.check_plans(&mut problems);
        problems
    }

    /// Names that stand for two things, and awards without one.
    fn check_names(&self, problems: &mut Problems) {
        let marks = self.scales.iter().enumerate().flat_map(|(row, step)| {
            let named = move |mark: &str| (mark.to_owned(), at("scale").row(row));
            step.marks().map(named)
        });
        problems.twice("scale: mark", marks);
        let named = |table: &'static str, key: &'static str| {
            move |(row, name): (usize, &str)| (name.to_owned(), at(table).row(row).key(key))
        };
        let averages = self.averages.iter().map(|rule| &*rule.name).enumerate();
        problems.twice("gpa", averages.map(named("gpa", "name")));
        let plans = self.plans.iter().map(|plan| &*plan.name).enumerate();
        problems.twice("plan", plans.map(named("plan", "name")));
        let awards = self.awards.iter().map(|it| it.award.code()).enumerate();
        problems.twice("award", awards.map(named("award", "award")));
        let honors = self.honors.iter().map(|it| it.honors.code()).enumerate();
        problems.twice("honors", honors.map(named("honors", "honors")));
        for award in &self.awards_printed {
            if !self.awards.iter().any(|entry| entry.award == *award) {
                let what = format!("award `{award}` is printed but has no label");
                let hint = format!("add an [[award]] with award = \"{award}\" and its label");
                problems.say(at("awards_printed"), what, hint);
            }
        }
    }

    /// Where each rule comes from, after where that stands and what it is called.
    fn sources(&self) -> Vec<(Place, String, &str)> {
        let mut sources = Vec::new();
        for (row, rule) in self.averages.iter().enumerate() {
            let place = at("gpa").row(row).key("source");
            let named = format!("`source` of gpa `{}`", rule.name);
            sources.push((place, named, &*rule.source));
        }
        for (row, plan) in self.plans.iter().enumerate() {
            let (of_plan, name) = (at("plan").row(row), &plan.name);
            let place = of_plan.clone().key("source");
            sources.push((place, format!("`source` of plan `{name}`"), &plan.source));
            for (row, limit) in plan.limits.iter().enumerate() {
                let place = of_plan.clone().key("limit").row(row).key("source");
                let named = format!("`source` of limit {} of plan `{name}`", row + 1);
                sources.push((place, named, &limit.source));
            }
            for (row, asked) in plan.requirements.iter().enumerate() {
                let place = of_plan.clone().key("requirement").row(row).key("source");
                let named = format!("`source` of `{}` of plan `{name}`", asked.name);
                sources.extend(asked.source.as_deref().map(|source| (place, named, source)));
            }
        }
        let ag = self.ag.as_ref();
        let passes = ag.and_then(|ag| ag.passes.as_ref());
        let early = ag.and_then(|ag| ag.before_grade_9.as_ref());
        let college = ag.and_then(|ag| ag.college_course.as_ref());
        let partial = self.partial_credit.as_ref();
        let tables = [
            ("ag", ag.map(|ag| &ag.source)),
            ("ag.passes", passes.map(|passes| &passes.source)),
            ("ag.before_grade_9", early.map(|early| &early.source)),
            ("ag.college_course", college.map(|college| &college.source)),
            ("credits", self.credits.as_ref().map(|it| &it.source)),
            ("repeats", self.repeats.source.as_ref()),
            (
                "year_course",
                self.year_course.as_ref().map(|it| &it.source),
            ),
            ("partial_credit", partial.map(|it| &it.source)),
        ];
        for (table, source) in tables {
            let place = table.split('.').fold(Place::default(), Place::key);
            let named = format!("`source` of `{table}`");
            sources.extend(source.map(|source| (place.key("source"), named, source.as_str())));
        }
        sources
    }

    /// Every text that the rules bring to a page, after where it stands.
    pub fn labels(&self) -> Vec<(String, &Label)> {
        let labels = self.placed_labels().into_iter();
        labels.map(|(_, named, label)| (named, label)).collect()
    }

    fn placed_labels(&self) -> Vec<(Place, String, &Label)> {
        let mut labels = Vec::new();
        let place = |table: &str, row: usize, key: &str| at(table).row(row).key(key);
        for (row, step) in self.scales.iter().enumerate() {
            let named = format!("the meaning of mark `{}`", step.mark);
            labels.push((place("scale", row, "meaning"), named, &step.meaning));
        }
        for (row, rule) in self.averages.iter().enumerate() {
            let named = format!("the label of gpa `{}`", rule.name);
            labels.push((place("gpa", row, "label"), named, &rule.label));
        }
        for (row, plan) in self.plans.iter().enumerate() {
            let (of_plan, name) = (at("plan").row(row), &plan.name);
            let named = format!("the label of plan `{name}`");
            labels.push((of_plan.clone().key("label"), named, &plan.label));
            for (row, subject) in plan.subjects.iter().enumerate() {
                let place = of_plan.clone().key("subject").row(row).key("label");
                let named = format!("the label of row {} of plan `{name}`", row + 1);
                labels.push((place, named, &subject.label));
            }
            for (row, requirement) in plan.requirements.iter().enumerate() {
                let place = of_plan.clone().key("requirement").row(row).key("label");
                let named = format!("the label of `{}` of plan `{name}`", requirement.name);
                labels.push((place, named, &requirement.label));
            }
        }
        if let Some(ag) = &self.ag {
            labels.push((
                at("ag").key("label"),
                "the label of `ag`".to_owned(),
                &ag.label,
            ));
            for (row, area) in ag.areas.iter().enumerate() {
                let place = at("ag").key("area").row(row).key("label");
                let named = format!("the label of a-g area `{}`", area.area);
                labels.push((place, named, &area.label));
            }
        }
        for (row, award) in self.awards.iter().enumerate() {
            let named = format!("the label of award `{}`", award.award);
            labels.push((place("award", row, "label"), named, &award.label));
        }
        for (row, entry) in self.honors.iter().enumerate() {
            let named = format!("the meaning of honors `{}`", entry.honors);
            labels.push((place("honors", row, "meaning"), named, &entry.meaning));
        }
        labels
    }
}
