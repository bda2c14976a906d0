//! Progress in the subject requirements of the universities (a-g), with validation.
//!
//! A course counts with C or better. Validation gives no credit of its own: a later or higher
//! course with C or better covers a part or a level that was failed or left out, and this is shown
//! apart.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::{AgAreaRule, AgRule, Rules};
use super::progress::{AreaProgress, CollegePreparation};
use crate::record::{Credits, MarkKind, RecordedMark};

/// Semesters of a year's course.
const SEMESTERS: i64 = 2;

/// Progress in every area.
pub(super) fn college_preparation(
    rules: &Rules,
    ag: &AgRule,
    marks: &[RecordedMark],
    language: &str,
) -> CollegePreparation {
    let areas = ag.areas.iter().map(|rule| {
        let of_area = |recorded: &&RecordedMark| recorded.course.ag_area == Some(rule.area);
        let marks: Vec<&RecordedMark> = marks.iter().filter(of_area).collect();
        let standing = Standing::of(rules, &marks);
        let earned: Credits = standing.satisfied.values().map(|one| one.credits).sum();
        let validated = standing.validated(rules, rule);
        let in_progress = (marks.iter())
            .filter(|recorded| recorded.mark.kind == MarkKind::InProgress)
            .map(|recorded| recorded.mark.credit_attempted);
        AreaProgress {
            area: rule.area,
            label: rule.label.in_language(language).to_owned(),
            required: rule.credits,
            earned,
            validated,
            in_progress: in_progress.sum(),
            needed: rule.credits - (earned + validated).min(rule.credits),
        }
    });
    CollegePreparation {
        label: ag.label.in_language(language).to_owned(),
        areas: areas.collect(),
    }
}

/// A course of an area with C or better.
struct Satisfied<'a> {
    recorded: &'a RecordedMark,
    credits: Credits,
}

/// How a record stands in one area.
struct Standing<'a> {
    /// By catalogue number: however often a course was passed with C or better, it counts once.
    satisfied: BTreeMap<&'a str, Satisfied<'a>>,
    /// Attempts with a D: passed, but below C.
    below_c: Vec<&'a RecordedMark>,
}

/// A course of a sequence at a level, and which part of it.
fn step(recorded: &RecordedMark) -> (Option<&str>, Option<&str>, Option<&str>) {
    let course = &recorded.course;
    (
        course.sequence.as_deref(),
        course.level.as_deref(),
        course.part.as_deref(),
    )
}

impl<'a> Standing<'a> {
    fn of(rules: &Rules, marks: &[&'a RecordedMark]) -> Self {
        let mut standing = Self {
            satisfied: BTreeMap::new(),
            below_c: Vec::new(),
        };
        for recorded in marks
            .iter()
            .filter(|recorded| recorded.mark.kind.is_posted())
        {
            let recorded: &'a RecordedMark = recorded;
            let mark = recorded
                .mark
                .mark
                .as_deref()
                .and_then(|mark| rules.step(mark));
            let Some(mark) = mark else { continue };
            let credits = recorded.mark.credit_earned;
            if mark.satisfactory {
                let number = recorded.mark.course.as_str();
                let one = standing.satisfied.entry(number);
                one.or_insert(Satisfied { recorded, credits });
            } else if mark.points.is_some_and(|points| !points.is_zero()) {
                standing.below_c.push(recorded);
            }
        }
        standing
    }

    /// Credits that validation covers.
    fn validated(&self, rules: &Rules, rule: &AgAreaRule) -> Credits {
        let parts = self.second_parts(rule);
        let by_part: Credits = parts
            .iter()
            .map(|recorded| recorded.mark.credit_earned)
            .sum();
        if rule.higher_level_validates {
            by_part + self.lower_levels(rules, &parts)
        } else {
            by_part
        }
    }

    /// First parts with a D whose second part has C or better, each course number once.
    fn second_parts(&self, rule: &AgAreaRule) -> Vec<&'a RecordedMark> {
        let named = |sequence: &str| {
            let sequences = &rule.second_part_validates;
            sequences.contains("*") || sequences.contains(sequence)
        };
        let mut seen = BTreeSet::new();
        let covered = |recorded: &&&RecordedMark| {
            let (Some(sequence), Some(level), Some("1")) = step(recorded) else {
                return false;
            };
            let second = (Some(sequence), Some(level), Some("2"));
            let passed = self
                .satisfied
                .values()
                .any(|one| step(one.recorded) == second);
            let number = recorded.mark.course.as_str();
            named(sequence) && passed && !self.satisfied.contains_key(number)
        };
        let parts = self.below_c.iter().filter(covered);
        parts
            .filter(|recorded| seen.insert(recorded.mark.course.as_str()))
            .copied()
            .collect()
    }

    /// What is missing to a whole year in each level below the highest one with C or better.
    fn lower_levels(&self, rules: &Rules, by_part: &[&RecordedMark]) -> Credits {
        let year = rules.credits_per_semester.thousandths() * SEMESTERS;
        let mut highest: BTreeMap<&str, u32> = BTreeMap::new();
        for one in self.satisfied.values() {
            if let (Some(sequence), Some(level)) = (step(one.recorded).0, level(one.recorded)) {
                let known = highest.entry(sequence).or_default();
                *known = level.max(*known);
            }
        }
        let covered = |sequence: &str, at: u32| -> i64 {
            let here = |recorded: &RecordedMark| {
                step(recorded).0 == Some(sequence) && level(recorded) == Some(at)
            };
            let earned = self.satisfied.values().filter(|one| here(one.recorded));
            let earned: Credits = earned.map(|one| one.credits).sum();
            let parts = by_part.iter().filter(|recorded| here(recorded));
            let parts: Credits = parts.map(|recorded| recorded.mark.credit_earned).sum();
            (earned + parts).thousandths()
        };
        let missing = highest
            .into_iter()
            .flat_map(|(sequence, highest)| (1..highest).map(move |at| (sequence, at)));
        let missing = missing.map(|(sequence, at)| (year - covered(sequence, at)).max(0));
        Credits::from_thousandths(missing.sum())
    }
}

fn level(recorded: &RecordedMark) -> Option<u32> {
    recorded.course.level.as_deref()?.parse().ok()
}
