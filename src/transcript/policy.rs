//! The district's rules as data: `policy.toml`, read strictly and digested.
//!
//! Owns what a policy may say and whether it makes sense; the other modules here apply it. The text
//! is handed in by whoever loads the report folder. Its digest goes into every issuance, so that it
//! can be told later by which rules a figure came about.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::record::{AwardKind, Credits, GradeLevel, GradePoints, HonorsKind, MarkKind, Rounding};

/// The value of `format` in this version.
pub const POLICY_FORMAT: &str = "registrar-policy/1";

/// A text in each language of the policy, by BCP 47 tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Label(BTreeMap<String, String>);

impl Label {
    /// The text in this language, or in the policy's first language.
    pub fn in_language(&self, language: &str) -> &str {
        let text = self.0.get(language).or_else(|| self.0.values().next());
        text.map_or("", String::as_str)
    }
}

/// A district's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    rules: Rules,
    digest: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    format: String,
    /// The district's own name for this state of its rules: `2026-27`.
    version: String,
    /// The languages in which every label stands.
    languages: Vec<String>,
    /// The awards that stand on a transcript; any other is kept and not printed.
    pub awards_printed: BTreeSet<AwardKind>,
    #[serde(rename = "scale")]
    pub scales: Vec<ScaleEntry>,
    #[serde(rename = "gpa", default)]
    pub averages: Vec<AverageRule>,
    #[serde(rename = "plan", default)]
    pub plans: Vec<PlanRule>,
    #[serde(rename = "award")]
    pub awards: Vec<AwardLabel>,
    #[serde(rename = "honors")]
    pub honors: Vec<HonorsLabel>,
}

/// One step of the grading scale.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScaleEntry {
    /// The mark as it is printed in the scale.
    pub mark: String,
    /// Further marks that stand on this step (`A+` and `A-` where plus and minus are ignored).
    #[serde(default)]
    pub also: Vec<String>,
    /// Grade points; a step without points counts in no average.
    pub points: Option<GradePoints>,
    /// Whether an honors course with this mark earns the bonus (C or better).
    #[serde(default)]
    pub earns_bonus: bool,
    /// What it means.
    pub meaning: Label,
}

/// A definition of a grade point average.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AverageRule {
    pub name: String,
    pub label: Label,
    /// Where the definition comes from; kept with the trace.
    pub source: String,
    /// The kinds of mark that count.
    pub kinds: BTreeSet<MarkKind>,
    /// The first and last grade level that count.
    pub grade_levels: (GradeLevel, GradeLevel),
    /// The kinds of honors that earn the bonus; none for an unweighted average.
    #[serde(default)]
    pub bonus_for: BTreeSet<HonorsKind>,
    /// The bonus.
    #[serde(default)]
    pub bonus: GradePoints,
    pub decimals: u8,
    pub rounding: Rounding,
}

/// A graduation plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRule {
    pub name: String,
    pub label: Label,
    #[serde(rename = "subject")]
    pub subjects: Vec<SubjectRule>,
}

/// One row of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectRule {
    pub label: Label,
    pub credits: Credits,
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

/// What an award is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AwardLabel {
    pub award: AwardKind,
    pub label: Label,
}

/// What a kind of honors is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HonorsLabel {
    pub honors: HonorsKind,
    pub meaning: Label,
}

/// What is wrong with a policy, all of it.
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
    /// [`PolicyError`]: where the text does not read (with line and column), or every rule that
    /// contradicts another.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let rules: Rules = toml::from_str(text).map_err(|error| PolicyError {
            problems: vec![format!("policy.toml: {error}")],
        })?;
        let problems = rules.problems();
        if !problems.is_empty() {
            return Err(PolicyError { problems });
        }
        Ok(Self {
            rules,
            digest: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// SHA-256 of the text.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The district's own name for this state of its rules.
    pub fn version(&self) -> &str {
        &self.rules.version
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }
}

impl Rules {
    /// The step of the scale on which a mark stands.
    pub fn step(&self, mark: &str) -> Option<&ScaleEntry> {
        self.scales
            .iter()
            .find(|step| step.mark == mark || step.also.iter().any(|m| m == mark))
    }

    /// The highest value that an average can reach, its bonus included.
    pub fn highest(&self, rule: &AverageRule) -> GradePoints {
        let reached = self.scales.iter().filter_map(|step| {
            let earns = step.earns_bonus && !rule.bonus_for.is_empty();
            let bonus = if earns { rule.bonus } else { GradePoints::ZERO };
            Some(step.points? + bonus)
        });
        reached.max().unwrap_or_default()
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.format != POLICY_FORMAT {
            problems.push(format!(
                "policy.toml: format is `{}`, this program reads `{POLICY_FORMAT}`",
                self.format
            ));
        }
        if self.languages.is_empty() {
            problems.push("policy.toml: `languages` names no language".to_owned());
        }
        for (place, label) in self.labels() {
            for language in &self.languages {
                if label
                    .0
                    .get(language)
                    .is_none_or(|text| text.trim().is_empty())
                {
                    problems.push(format!("policy.toml: {place} has no text in `{language}`"));
                }
            }
        }
        twice(
            &mut problems,
            "scale: mark",
            self.scales.iter().flat_map(|step| {
                std::iter::once(step.mark.as_str()).chain(step.also.iter().map(String::as_str))
            }),
        );
        twice(
            &mut problems,
            "gpa",
            self.averages.iter().map(|rule| rule.name.as_str()),
        );
        twice(
            &mut problems,
            "plan",
            self.plans.iter().map(|plan| plan.name.as_str()),
        );
        twice(
            &mut problems,
            "award",
            self.awards.iter().map(|award| award.award.code()),
        );
        twice(
            &mut problems,
            "honors",
            self.honors.iter().map(|entry| entry.honors.code()),
        );
        for award in &self.awards_printed {
            if !self.awards.iter().any(|entry| entry.award == *award) {
                problems.push(format!(
                    "policy.toml: award `{award}` is printed but has no label"
                ));
            }
        }
        self.check_averages(&mut problems);
        self.check_plans(&mut problems);
        problems
    }

    fn labels(&self) -> Vec<(String, &Label)> {
        let mut labels = Vec::new();
        for step in &self.scales {
            labels.push((
                format!("the meaning of mark `{}`", step.mark),
                &step.meaning,
            ));
        }
        for rule in &self.averages {
            labels.push((format!("the label of gpa `{}`", rule.name), &rule.label));
        }
        for plan in &self.plans {
            labels.push((format!("the label of plan `{}`", plan.name), &plan.label));
            for (row, subject) in (1..).zip(&plan.subjects) {
                let place = format!("the label of row {row} of plan `{}`", plan.name);
                labels.push((place, &subject.label));
            }
        }
        for award in &self.awards {
            labels.push((
                format!("the label of award `{}`", award.award),
                &award.label,
            ));
        }
        for entry in &self.honors {
            labels.push((
                format!("the meaning of honors `{}`", entry.honors),
                &entry.meaning,
            ));
        }
        labels
    }

    fn check_averages(&self, problems: &mut Vec<String>) {
        for rule in &self.averages {
            let place = format!("policy.toml: gpa `{}`", rule.name);
            if rule.grade_levels.0 > rule.grade_levels.1 {
                problems.push(format!(
                    "{place}: the last grade level comes before the first"
                ));
            }
            if rule.decimals > 6 {
                problems.push(format!("{place}: at most 6 decimals are printed"));
            }
            if rule.bonus_for.is_empty() != rule.bonus.is_zero() {
                problems.push(format!("{place}: `bonus` and `bonus_for` come together"));
            }
            for kind in [MarkKind::InProgress, MarkKind::Planned] {
                if rule.kinds.contains(&kind) {
                    problems.push(format!("{place}: `{kind}` has no mark that could count"));
                }
            }
        }
    }

    fn check_plans(&self, problems: &mut Vec<String>) {
        for plan in &self.plans {
            let place = format!("policy.toml: plan `{}`", plan.name);
            let rest = plan
                .subjects
                .iter()
                .filter(|subject| subject.takes_the_rest)
                .count();
            if rest > 1 {
                problems.push(format!("{place}: only one row can take the rest"));
            }
            let counted = plan.subjects.iter().flat_map(|subject| &subject.counts);
            twice(
                problems,
                &format!("plan `{}`: subject", plan.name),
                counted.map(String::as_str),
            );
            for (row, subject) in (1..).zip(&plan.subjects) {
                let takes = subject.takes_the_rest || subject.takes_ag_surplus;
                if subject.counts.is_empty() && !takes {
                    problems.push(format!("{place}: nothing counts in row {row}"));
                }
            }
        }
    }
}

/// Names each entry that occurs a second time.
fn twice<'a>(problems: &mut Vec<String>, what: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            problems.push(format!("policy.toml: {what} `{name}` stands there twice"));
        }
    }
}
