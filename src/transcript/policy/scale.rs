//! The grading scale: what a mark is worth and what it means.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AverageRule, Label, PlusAndMinus, Rules};
use crate::record::{Credits, GradePoints, Mark};
use crate::rules_file::{Problems, at};

/// What helps where a lower step is worth more than a higher one.
const BEST_FIRST: &str = "correct the points, or put the steps in their order";

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
    /// A mark on it earns no credit, though it has no points that would say so: no pass,
    /// incomplete, withdrawn.
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
        let number = self.number(mark).filter(|_| rule.numbers_are_points);
        let points = self.points?;
        let signed = match rule.plus_and_minus {
            PlusAndMinus::Counted(false) => None,
            PlusAndMinus::Counted(true) => self.signed.get(mark).copied(),
            PlusAndMinus::By(sign) => {
                let after = mark.strip_prefix(&*self.mark);
                after.and_then(|after| sign.points_of(after, points))
            }
        };
        number.or(signed).or(Some(points))
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
    pub(super) fn check_scale(&self, problems: &mut Problems) {
        let size = "a course of a semester is worth something: \"5\", or \"0.5\" Carnegie units";
        if self.credits_per_semester.is_zero() {
            let what = "`credits_per_semester` cannot be 0";
            problems.say(at("credits_per_semester"), what, size);
        }
        let unit = |row: usize, key: &str| at("unit").row(row).key(key);
        for (row, rule) in self.units.iter().enumerate() {
            if rule.credits_per_semester.is_zero() {
                let what = "unit: `credits_per_semester` cannot be 0";
                problems.say(unit(row, "credits_per_semester"), what, size);
            }
        }
        let schools = self.units.iter().enumerate().flat_map(|(row, rule)| {
            let schools = rule.schools.iter();
            schools.map(move |school| (school.clone(), unit(row, "schools")))
        });
        problems.twice("unit: school", schools);
        self.check_summers(problems);
        for (row, step) in self.scales.iter().enumerate() {
            let (place, mark) = (at("scale").row(row), &step.mark);
            if step.waives && step.points.is_some() {
                let what =
                    format!("scale: `{mark}` waives a requirement, so it can have no points");
                let hint = "take out `points`, or `waives`";
                problems.say(place.clone().key("waives"), what, hint);
            }
            if step.without_credit && step.points.is_some_and(|points| !points.is_zero()) {
                let what = format!("scale: `{mark}` earns no credit, so it can have no points");
                let hint = "take out `points`, or `without_credit`";
                problems.say(place.clone().key("without_credit"), what, hint);
            }
            if step.satisfactory && step.points.is_none_or(GradePoints::is_zero) {
                let what = format!("scale: `{mark}` is C or better, so it must have points");
                let hint = "give it points, or take out `satisfactory`";
                problems.say(place.key("satisfactory"), what, hint);
            }
        }
        let pointed = self.pointed();
        for pair in pointed.windows(2) {
            let [(_, above), (row, below)] = [pair[0], pair[1]];
            if below.points > above.points {
                let (mark, before) = (&below.mark, &above.mark);
                let what = format!(
                    "scale: `{mark}` has more points than `{before}` before it; the scale stands \
                     best first"
                );
                problems.say(at("scale").row(row).key("points"), what, BEST_FIRST);
            }
        }
        self.check_signed(problems);
        self.check_ranges(problems);
    }

    /// The steps with points, and the place of each.
    fn pointed(&self) -> Vec<(usize, &ScaleEntry)> {
        let steps = self.scales.iter().enumerate();
        steps.filter(|(_, step)| step.points.is_some()).collect()
    }

    /// Rows about summers that say nothing, or that nobody would come to.
    fn check_summers(&self, problems: &mut Problems) {
        for (row, summer) in self.summers.iter().enumerate() {
            let (place, number) = (at("summer").row(row), row + 1);
            if summer.source.is_none() && summer.schools.is_empty() {
                let what = format!(
                    "summer: row {number} names neither a `source` nor `schools`; `summer_level` \
                     holds for all"
                );
                let hint = "name whose summers they are, or set `summer_level`";
                problems.say(place.clone(), what, hint);
            }
            let mut before = self.summers[..row].iter();
            if let Some(first) = before.position(|before| before.covers(summer)) {
                let what = format!(
                    "summer: row {number} can never hold, for row {} before it is about all of it",
                    first + 1
                );
                problems.say(place, what, "put the narrower row first");
            }
        }
    }

    /// Marks with a sign that are worth more than the step before, or less than the one after.
    fn check_signed(&self, problems: &mut Problems) {
        for pair in self.pointed().windows(2) {
            let [(above_at, above), (below_at, below)] = [pair[0], pair[1]];
            let too_much = below.signed.iter();
            let too_much = too_much.filter(|(_, points)| Some(**points) > above.points);
            let too_little = above.signed.iter();
            let too_little = too_little.filter(|(_, points)| Some(**points) < below.points);
            let more = too_much.map(|(mark, _)| (mark, "more", &above.mark, below_at));
            let less = too_little.map(|(mark, _)| (mark, "fewer", &below.mark, above_at));
            for (mark, what, other, row) in more.chain(less) {
                let what = format!(
                    "scale: `{mark}` has {what} points than `{other}`; the scale stands best first"
                );
                let place = at("scale").row(row).key("signed").key(mark);
                problems.say(place, what, BEST_FIRST);
            }
        }
    }

    /// Ranges that end before they begin or have a number in common.
    fn check_ranges(&self, problems: &mut Problems) {
        let steps = self.scales.iter().enumerate();
        let ranges = steps.filter_map(|(row, step)| Some((row, &step.mark, step.range?)));
        let ranges: Vec<(usize, &String, [GradePoints; 2])> = ranges.collect();
        for (number, (row, mark, [first, last])) in ranges.iter().enumerate() {
            let place = at("scale").row(*row).key("range");
            if last < first {
                let what = format!("scale: the range of `{mark}` ends before it begins");
                problems.say(place.clone(), what, "write the lower number first");
            }
            for (_, other, [begins, ends]) in &ranges[..number] {
                if first <= ends && begins <= last {
                    let what = format!(
                        "scale: the ranges of `{other}` and `{mark}` have a number in common"
                    );
                    let hint = "let one end before the other begins";
                    problems.say(place.clone(), what, hint);
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
