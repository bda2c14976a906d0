//! What a definition of a grade point average may say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::repeat::RepeatRule;
use super::window::Window;
use super::{Label, Rules};
use crate::record::{GradePoints, HonorsKind, MarkKind, Rounding};

/// A definition of a grade point average.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AverageRule {
    pub name: String,
    pub label: Label,
    /// Where the definition comes from; kept with the trace. Where a text leaves two readings, both
    /// are named here and the choice is one of the settings below.
    pub source: String,
    /// Whether it stands on the page; one that does not can still be explained and compared.
    #[serde(default = "yes")]
    pub printed: bool,
    /// The kinds of mark that count.
    pub kinds: BTreeSet<MarkKind>,
    /// When a mark must have been earned.
    pub window: Window,
    /// Only courses with an a-g subject area.
    #[serde(default)]
    pub only_ag: bool,
    /// Only courses whose credit counts toward graduation: what is remedial is left out.
    #[serde(default)]
    pub only_graduation_credit: bool,
    /// Subjects of the catalogue that are left out.
    #[serde(default)]
    pub subjects_left_out: BTreeSet<String>,
    /// Whether plus and minus change the points.
    #[serde(default)]
    pub plus_and_minus: bool,
    /// Marks without points that this average counts as another mark: `I = "F"`.
    #[serde(default)]
    pub counts_as: BTreeMap<String, String>,
    /// Which attempts at a repeated course count; none is the rule of the page.
    pub repeats: Option<RepeatRule>,
    /// What an honors mark earns on top.
    pub bonus: Option<BonusRule>,
    /// The kinds of honors whose marks count twice (California State University: a college course's
    /// one semester is a year of a high school course).
    #[serde(default)]
    pub counts_twice: BTreeSet<HonorsKind>,
    pub decimals: u8,
    pub rounding: Rounding,
}

/// What an honors mark of C or better earns on top.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BonusRule {
    pub points: GradePoints,
    /// The kinds of honors that earn it.
    #[serde(rename = "for")]
    pub honors: BTreeSet<HonorsKind>,
    /// How many semesters may earn it, each cap in its own window.
    #[serde(default, rename = "cap")]
    pub caps: Vec<BonusCap>,
}

/// At most so many semesters with a bonus in a window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BonusCap {
    pub window: Window,
    pub semesters_max: u8,
}

fn yes() -> bool {
    true
}

impl Rules {
    /// The highest value that an average can reach, its bonus included.
    pub fn highest(&self, rule: &AverageRule) -> GradePoints {
        let reached = self.scales.iter().filter_map(|step| {
            let bonus = rule.bonus.as_ref().filter(|_| step.satisfactory);
            let signed = step.signed.values().filter(|_| rule.plus_and_minus).max();
            let points = signed.copied().max(step.points)?;
            Some(points + bonus.map_or(GradePoints::ZERO, |bonus| bonus.points))
        });
        reached.max().unwrap_or_default()
    }

    /// Everything in the definitions that contradicts itself.
    pub(super) fn check_averages(&self, problems: &mut Vec<String>) {
        for rule in &self.averages {
            let place = format!("policy.toml: gpa `{}`", rule.name);
            let mut say = |what: String| problems.push(format!("{place}: {what}"));
            if rule.window.is_empty() {
                say(format!("the window {} ends before it begins", rule.window));
            }
            if rule.decimals > 6 {
                say("at most 6 decimals are printed".to_owned());
            }
            for kind in [MarkKind::InProgress, MarkKind::Planned] {
                if rule.kinds.contains(&kind) {
                    say(format!("`{kind}` has no mark that could count"));
                }
            }
            for (mark, other) in &rule.counts_as {
                if self.step(mark).is_none_or(|step| step.points.is_some()) {
                    say(format!(
                        "`counts_as`: `{mark}` is not a mark without points"
                    ));
                }
                if self.step(other).is_none_or(|step| step.points.is_none()) {
                    say(format!("`counts_as`: `{other}` is not a mark with points"));
                }
            }
            let Some(bonus) = &rule.bonus else { continue };
            if bonus.points.is_zero() || bonus.honors.is_empty() {
                say("a bonus has points and is for some kind of honors".to_owned());
            }
            for cap in &bonus.caps {
                if cap.window.is_empty() {
                    say(format!(
                        "the cap's window {} ends before it begins",
                        cap.window
                    ));
                }
            }
        }
    }
}
