//! The grading scale: what a mark is worth and what it means.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Label, Rules, twice};
use crate::record::{GradePoints, Mark};

/// One step of the grading scale.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleEntry {
    /// The mark as it is printed in the scale.
    pub mark: String,
    /// The step's marks with a sign, and their points where an average counts plus and minus.
    #[serde(default)]
    pub signed: BTreeMap<String, GradePoints>,
    /// Further marks that mean the same (`CR` beside `P`).
    #[serde(default)]
    pub also: Vec<String>,
    /// Grade points; a step without points counts in no average of its own.
    pub points: Option<GradePoints>,
    /// C or better: what the University of California and the California State University ask of a
    /// course, and of an honors mark that is to earn the bonus.
    #[serde(default)]
    pub satisfactory: bool,
    /// The requirement is waived: the credits attempted lower what is needed (Aeries: mark `X`).
    #[serde(default)]
    pub waives: bool,
    /// What it means.
    pub meaning: Label,
}

impl ScaleEntry {
    fn has(&self, mark: &str) -> bool {
        self.mark == mark || self.signed.contains_key(mark) || self.also.iter().any(|m| m == mark)
    }

    /// The points of a mark on this step.
    pub fn points_of(&self, mark: &str, plus_and_minus: bool) -> Option<GradePoints> {
        let signed = self.signed.get(mark).copied().filter(|_| plus_and_minus);
        signed.or(self.points)
    }

    /// Every mark that stands on this step.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.mark.as_str())
            .chain(self.signed.keys().map(String::as_str))
            .chain(self.also.iter().map(String::as_str))
    }
}

impl Rules {
    /// Steps that contradict themselves.
    pub(super) fn check_scale(&self, problems: &mut Vec<String>) {
        if self.credits_per_semester.is_zero() {
            problems.push("policy.toml: `credits_per_semester` cannot be 0".to_owned());
        }
        let units = self.units.iter();
        if units
            .clone()
            .any(|unit| unit.credits_per_semester.is_zero())
        {
            problems.push("policy.toml: unit: `credits_per_semester` cannot be 0".to_owned());
        }
        let schools = units.flat_map(|unit| unit.schools.iter().map(String::as_str));
        twice(problems, "unit: school", schools);
        for step in &self.scales {
            let mark = &step.mark;
            if step.waives && step.points.is_some() {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` waives a requirement, so it can have no points"
                ));
            }
            if step.satisfactory && step.points.is_none_or(GradePoints::is_zero) {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` is C or better, so it must have points"
                ));
            }
        }
    }

    /// The step of the scale on which a mark stands.
    pub fn step(&self, mark: &str) -> Option<&ScaleEntry> {
        self.scales.iter().find(|step| step.has(mark))
    }

    /// The step on which a posted mark stands; none for work in progress.
    pub fn step_of(&self, mark: &Mark) -> Option<&ScaleEntry> {
        let letter = mark.mark.as_deref().filter(|_| mark.kind.is_posted());
        self.step(letter?)
    }
}
