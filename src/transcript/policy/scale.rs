//! The grading scale: what a mark is worth and what it means.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AverageRule, Label, Rules, twice};
use crate::record::{Credits, GradePoints, Mark};

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
    /// The numbers that stand on the step, from the first to the last, where marks are numbers:
    /// `["90", "100"]`. A number between two ranges is on no step: the district rounds it.
    range: Option<[GradePoints; 2]>,
    /// Grade points; a step without points counts in no average of its own.
    pub points: Option<GradePoints>,
    /// C or better: what the University of California and the California State University ask of a
    /// course, and of an honors mark that is to earn the bonus.
    #[serde(default)]
    pub satisfactory: bool,
    /// A mark on it earns no credit, though it has no points that would say so: no pass, incomplete,
    /// withdrawn.
    #[serde(default)]
    pub without_credit: bool,
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

    /// The points that an average gives a mark on this step.
    pub fn points_of(&self, mark: &str, rule: &AverageRule) -> Option<GradePoints> {
        let signed = self.signed.get(mark).copied();
        let signed = signed.filter(|_| rule.plus_and_minus);
        let number = self.number(mark).filter(|_| rule.numbers_are_points);
        self.points?;
        number.or(signed).or(self.points)
    }

    /// The number that a mark of the step's range is.
    pub fn number(&self, mark: &str) -> Option<GradePoints> {
        let [first, last] = self.range?;
        let number: Credits = mark.parse().ok()?;
        let number = GradePoints::from_thousandths(number.thousandths());
        (first <= number && number <= last).then_some(number)
    }

    /// The highest number of the step's range.
    pub fn highest_number(&self) -> Option<GradePoints> {
        self.range.map(|[_, last]| last)
    }

    /// Whether a mark on it earns no points where others earn some.
    pub fn is_failing(&self) -> bool {
        self.points.is_some_and(GradePoints::is_zero)
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
        for (place, summer) in self.summers.iter().enumerate() {
            if summer.source.is_none() && summer.schools.is_empty() {
                problems.push(format!(
                    "policy.toml: summer: row {} names neither a `source` nor `schools`; \
                     `summer_level` holds for all",
                    place + 1
                ));
            }
            let mut before = self.summers[..place].iter();
            if let Some(first) = before.position(|before| before.covers(summer)) {
                problems.push(format!(
                    "policy.toml: summer: row {} can never hold, for row {} before it is about \
                     all of it",
                    place + 1,
                    first + 1
                ));
            }
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
            if step.without_credit && step.points.is_some_and(|points| !points.is_zero()) {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` earns no credit, so it can have no points"
                ));
            }
            if step.satisfactory && step.points.is_none_or(GradePoints::is_zero) {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` is C or better, so it must have points"
                ));
            }
        }
        let pointed = self.scales.iter();
        let pointed: Vec<_> = pointed
            .filter_map(|step| Some((&step.mark, step.points?)))
            .collect();
        for pair in pointed.windows(2) {
            let [(before, points), (mark, more)] = [pair[0], pair[1]];
            if more > points {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` has more points than `{before}` before it; the \
                     scale stands best first"
                ));
            }
        }
        self.check_signed(problems);
        self.check_ranges(problems);
    }

    /// Marks with a sign that are worth more than the step before, or less than the one after.
    fn check_signed(&self, problems: &mut Vec<String>) {
        let pointed = self.scales.iter();
        let pointed: Vec<_> = pointed.filter(|step| step.points.is_some()).collect();
        for pair in pointed.windows(2) {
            let [above, below] = [pair[0], pair[1]];
            let too_much = below.signed.iter();
            let too_much = too_much.filter(|(_, points)| Some(**points) > above.points);
            let too_little = above.signed.iter();
            let too_little = too_little.filter(|(_, points)| Some(**points) < below.points);
            let more = too_much.map(|(mark, _)| (mark, "more", &above.mark));
            let less = too_little.map(|(mark, _)| (mark, "fewer", &below.mark));
            for (mark, what, other) in more.chain(less) {
                problems.push(format!(
                    "policy.toml: scale: `{mark}` has {what} points than `{other}`; the scale \
                     stands best first"
                ));
            }
        }
    }

    /// Ranges that end before they begin or have a number in common.
    fn check_ranges(&self, problems: &mut Vec<String>) {
        let ranges = self.scales.iter();
        let ranges = ranges.filter_map(|step| Some((&step.mark, step.range?)));
        let ranges: Vec<(&String, [GradePoints; 2])> = ranges.collect();
        for (place, (mark, [first, last])) in ranges.iter().enumerate() {
            if last < first {
                problems.push(format!(
                    "policy.toml: scale: the range of `{mark}` ends before it begins"
                ));
            }
            for (other, [begins, ends]) in &ranges[..place] {
                if first <= ends && begins <= last {
                    problems.push(format!(
                        "policy.toml: scale: the ranges of `{other}` and `{mark}` have a number \
                         in common"
                    ));
                }
            }
        }
    }

    /// The step of the scale on which a mark stands: the one that names it, or whose range holds
    /// it.
    pub fn step(&self, mark: &str) -> Option<&ScaleEntry> {
        let named = self.scales.iter().find(|step| step.has(mark));
        named.or_else(|| {
            let mut steps = self.scales.iter();
            steps.find(|step| step.number(mark).is_some())
        })
    }

    /// The step on which a posted mark stands; none for work in progress.
    pub fn step_of(&self, mark: &Mark) -> Option<&ScaleEntry> {
        let letter = mark.mark.as_deref().filter(|_| mark.kind.is_posted());
        self.step(letter?)
    }
}
