//! Which postings the sums of credits take.

use serde::Deserialize;

use super::{Rules, Window};
use crate::record::RecordedMark;
use crate::rules_file::{Problems, at};

/// `[credits]` in `policy.toml`: when a posting must have been earned to stand in the sums of
/// credits that the page prints and that sending systems declare; without it all do. Systems differ
/// on what was earned before grade 9 (Infinite Campus: credit totals reflect courses of middle
/// school only with settings for them). Averages have windows of their own, and a plan counts what
/// it says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditsRule {
    /// From one grade or summer to another.
    pub window: Window,
    /// Where the rule comes from.
    pub source: String,
}

impl Rules {
    /// The rule that leaves a posting out of the sums of credits; none where it counts.
    pub fn left_out_of_credits(&self, recorded: &RecordedMark) -> Option<&CreditsRule> {
        let rule = self.credits.as_ref()?;
        (!rule.window.holds(self.earned(recorded))).then_some(rule)
    }

    /// A window in which nothing can lie.
    pub(super) fn check_credits(&self, problems: &mut Problems) {
        if let Some(rule) = self.credits.as_ref().filter(|it| it.window.is_empty()) {
            let what = format!("credits: the window {} ends before it begins", rule.window);
            let hint = "the first grade or summer stands before the last";
            problems.say(at("credits").key("window"), what, hint);
        }
    }
}
