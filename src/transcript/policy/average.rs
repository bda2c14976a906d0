//! What a definition of a grade point average may say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::repeat::RepeatRule;
use super::window::Window;
use super::{Label, Rules};
use crate::record::{GradePoints, HonorsKind, MarkKind, Rounding};

/// Decimals of an average at most.
const DECIMALS_MAX: u8 = 6;

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
    /// Whether a mark that is a number is its own points: an average of 100.
    #[serde(default)]
    pub numbers_are_points: bool,
    /// What a mark weighs.
    #[serde(default)]
    pub weight: Weight,
    /// Marks without points that this average counts as another mark: `I = "F"`. A step's own mark
    /// stands for its synonyms too.
    #[serde(default)]
    pub counts_as: BTreeMap<String, String>,
    /// Which attempts at a repeated course count; none is the rule of the page.
    pub repeats: Option<RepeatRule>,
    /// Whether a pass without points replaces an earlier attempt, though it counts in no average
    /// itself. Cal Grant leaves pass and fail out, and counts an F "unless the course has been
    /// retaken": it does not say which of the two comes first.
    #[serde(default)]
    pub pass_replaces: bool,
    /// What an honors mark earns on top.
    pub bonus: Option<BonusRule>,
    /// The kinds of honors whose marks count twice (California State University: a college course's
    /// one semester is a year of a high school course).
    #[serde(default)]
    pub counts_twice: BTreeSet<HonorsKind>,
    pub decimals: u8,
    pub rounding: Rounding,
}

/// What a mark weighs in an average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The credits that were attempted; a posting of none weighs nothing.
    #[default]
    Credits,
    /// Each semester's grade is one, whatever its credits: the universities divide by the number of
    /// grades ("one college course = one grade").
    Grades,
}

/// What an honors mark earns on top.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BonusRule {
    /// What each kind of honors earns; one that is not named earns nothing.
    pub points: BTreeMap<HonorsKind, GradePoints>,
    /// Whether a mark below C earns it too.
    #[serde(default)]
    pub below_c: bool,
    /// The kinds of honors that earn it only at a school of the records: what a school elsewhere
    /// calls honors is not on the list of courses that the University of California certified.
    #[serde(default)]
    pub not_elsewhere: BTreeSet<HonorsKind>,
    /// How many semesters or courses may earn it, each cap in its own window. Two windows lie apart
    /// or one within the other.
    #[serde(default, rename = "cap")]
    pub caps: Vec<BonusCap>,
}

/// At most so much with a bonus in a window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CapTable")]
pub struct BonusCap {
    pub window: Window,
    pub most: CapSize,
}

/// How much may earn a bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CapSize {
    /// Semesters, each `credits_per_semester`.
    #[serde(rename = "semesters_max")]
    Semesters(u8),
    /// Courses: one of a year is one, and so is one of a semester (California State University:
    /// "no more than two honors courses").
    #[serde(rename = "courses_max")]
    Courses(u8),
}

impl fmt::Display for CapSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Semesters(semesters) => write!(f, "{semesters} semesters"),
            Self::Courses(courses) => write!(f, "{courses} courses"),
        }
    }
}

/// A cap as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapTable {
    window: Window,
    semesters_max: Option<u8>,
    courses_max: Option<u8>,
}

impl TryFrom<CapTable> for BonusCap {
    type Error = &'static str;

    fn try_from(cap: CapTable) -> Result<Self, &'static str> {
        let most = match (cap.semesters_max, cap.courses_max) {
            (Some(semesters), None) => CapSize::Semesters(semesters),
            (None, Some(courses)) => CapSize::Courses(courses),
            _ => return Err("a cap has either `semesters_max` or `courses_max`"),
        };
        Ok(Self {
            window: cap.window,
            most,
        })
    }
}

fn yes() -> bool {
    true
}

impl Rules {
    /// The highest value that an average can reach, its bonus included.
    pub fn highest(&self, rule: &AverageRule) -> GradePoints {
        let reached = self.scales.iter().filter_map(|step| {
            let bonus = rule.bonus.as_ref();
            let bonus = bonus.filter(|bonus| step.satisfactory || bonus.below_c);
            let bonus = bonus.and_then(|bonus| bonus.points.values().max().copied());
            let signed = step.signed.values().filter(|_| rule.plus_and_minus).max();
            let number = step.highest_number().filter(|_| rule.numbers_are_points);
            let points = number.max(signed.copied()).max(step.points)?;
            Some(points + bonus.unwrap_or_default())
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
            if rule.decimals > DECIMALS_MAX {
                say(format!("at most {DECIMALS_MAX} decimals are printed"));
            }
            if rule.kinds.is_empty() {
                say("`kinds` names no kind of mark, so nothing counts".to_owned());
            }
            for kind in [MarkKind::InProgress, MarkKind::Planned] {
                if rule.kinds.contains(&kind) {
                    say(format!("`{kind}` has no mark that could count"));
                }
            }
            if rule.counts_twice.contains(&HonorsKind::None) {
                say("`counts_twice`: `none` would count every ordinary mark twice".to_owned());
            }
            self.check_counts_as(rule, &mut say);
            if let Some(bonus) = &rule.bonus {
                check_bonus(rule, bonus, &mut say);
            }
        }
    }

    fn check_counts_as(&self, rule: &AverageRule, say: &mut impl FnMut(String)) {
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
    }
}

/// A bonus that nobody could earn, and caps of which one would take from the other.
fn check_bonus(rule: &AverageRule, bonus: &BonusRule, say: &mut impl FnMut(String)) {
    if bonus.points.is_empty() || bonus.points.values().any(|points| points.is_zero()) {
        say("a bonus has points for some kind of honors".to_owned());
    }
    if bonus.points.contains_key(&HonorsKind::None) {
        say("`bonus`: `none` is no kind of honors".to_owned());
    }
    for honors in &bonus.not_elsewhere {
        if !bonus.points.contains_key(honors) {
            say(format!(
                "`not_elsewhere`: `{honors}` earns no bonus anywhere"
            ));
        }
    }
    for (place, cap) in bonus.caps.iter().enumerate() {
        let window = cap.window;
        if window.is_empty() {
            say(format!("the cap's window {window} ends before it begins"));
        }
        if !window.lies_in(rule.window) {
            say(format!(
                "the cap's window {window} is not within the average's"
            ));
        }
        for other in &bonus.caps[..place] {
            let nested = window.lies_in(other.window) || other.window.lies_in(window);
            if !nested && !window.lies_apart(other.window) {
                let other = other.window;
                say(format!(
                    "the caps of {window} and of {other} overlap without one in the other"
                ));
            }
        }
    }
}
