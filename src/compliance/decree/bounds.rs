//! How much one decree may hold: each bound named, with its unit, and told with its line.
//!
//! Never: what it says. Next: `check` for what a file must not contradict, `clocks` for days.

use super::written::{DecreeText, Measure, OutcomeText};
use super::{
    CLASSES_MAX, EXCLUSIONS_MAX, FILES_MAX, LIMIT_DAYS_MAX, NOTES_MAX, OUTCOMES_MAX, TARGETS_MAX,
    THRESHOLDS_MAX,
};
use crate::rules_file::{Place, Problems, at};

/// Persons below which a group is not compared: a bound above it compares no group of any district.
const GROUP_SIZE_MAX: u32 = 1_000_000;

impl DecreeText {
    /// Names what is too much.
    pub(super) fn check_bounds(&self, told: &mut Problems) {
        if self.outcomes.is_empty() || self.outcomes.len() > OUTCOMES_MAX {
            let what = format!("the decree has {} outcomes", self.outcomes.len());
            let hint = format!("give it 1 to {OUTCOMES_MAX}");
            told.say(at("outcome"), what, hint);
        }
        few(told, at("note"), "notes", self.notes.len(), NOTES_MAX);
        for (row, outcome) in self.outcomes.iter().enumerate() {
            outcome.check_bounds(&at("outcome").row(row), told);
        }
    }
}

impl OutcomeText {
    fn check_bounds(&self, place: &Place, told: &mut Problems) {
        let at = |key: &str| place.clone().key(key);
        let classes = self.classes.len() + 1;
        few(told, at("class"), "classes", classes, CLASSES_MAX);
        let (reasons, shares) = (self.exclusions.len(), self.thresholds.len());
        few(told, at("exclusion"), "exclusions", reasons, EXCLUSIONS_MAX);
        few(told, at("threshold"), "shares", shares, THRESHOLDS_MAX);
        few(
            told,
            at("open"),
            "open questions",
            self.open.len(),
            NOTES_MAX,
        );
        for (row, threshold) in self.thresholds.iter().enumerate() {
            let place = at("threshold").row(row);
            let targets = threshold.targets.len();
            few(
                told,
                place.clone().key("target"),
                "targets",
                targets,
                TARGETS_MAX,
            );
            if let Some(days) = threshold.days {
                small(told, place.key("days"), "days", days, LIMIT_DAYS_MAX);
            }
        }
        if let Some(sample) = &self.sample {
            let place = at("sample").key("per_stratum");
            small(told, place, "files", sample.per_stratum, FILES_MAX);
        }
        if let Measure::RiskRatio {
            cell_size_min,
            n_size_min,
            ..
        } = &self.measure
        {
            for (key, size) in [("cell_size_min", cell_size_min), ("n_size_min", n_size_min)] {
                small(
                    told,
                    at("measure").key(key),
                    "persons",
                    *size,
                    GROUP_SIZE_MAX,
                );
            }
        }
    }
}

fn few(told: &mut Problems, place: Place, named: &str, count: usize, max: usize) {
    if count > max {
        let what = format!("{count} {named} are too many");
        told.say(place, what, format!("give {max} at most"));
    }
}

/// Names a number of days, or of anything else, that is too large.
pub(super) fn small(told: &mut Problems, place: Place, unit: &str, number: u32, max: u32) {
    if number > max {
        let what = format!("{number} {unit} are too many");
        told.say(place, what, format!("write {max} at most"));
    }
}
