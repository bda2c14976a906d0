//! What the second semester of a year's course does to the first.

use serde::Deserialize;

use super::Rules;
use crate::rules_file::{Problems, at};

/// `[year_course]` in `policy.toml`: a failed first semester is cleared by passing the second.
///
/// San Diego Unified (course of study, classification of courses): who fails the first semester of
/// a year's course and passes the second earns the credits of both, and a D replaces the first
/// semester's mark; who passes the first and fails the second keeps the first one's credits only.
/// Without it each semester stands for itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearCourse {
    /// The mark that replaces that of the failed first semester.
    pub first_semester_becomes: String,
    /// Where the rule comes from.
    pub source: String,
}

impl Rules {
    /// A mark that replaces a failing one must itself be passing, or nothing would be cleared.
    pub(super) fn check_year_course(&self, problems: &mut Problems) {
        let Some(rule) = &self.year_course else {
            return;
        };
        let mark = &rule.first_semester_becomes;
        let points = self.step(mark).and_then(|step| step.points);
        if points.is_none_or(|points| points.is_zero()) {
            let place = at("year_course").key("first_semester_becomes");
            let what = format!("year_course: the scale has no passing mark `{mark}` with points");
            problems.say(
                place,
                what,
                "name a mark of the scale that passes, such as D",
            );
        }
    }
}
