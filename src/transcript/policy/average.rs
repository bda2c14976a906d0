//! What a definition of a grade point average may say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::repeat::RepeatRule;
use super::window::Window;
use super::{Label, Rules};
use crate::record::{GradePoints, HonorsKind, MarkKind, Rounding};
use crate::rules_file::{Place, Problems, at};

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
    pub plus_and_minus: PlusAndMinus,
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

/// Whether plus and minus change an average's points, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected true, false, or a table such as { points = \"0.33\", at_most = \"4\" }"
)]
pub enum PlusAndMinus {
    /// As the scale's `signed` say, or not at all.
    Counted(bool),
    /// Each sign alike, whatever the scale says.
    By(Sign),
}

/// What every sign is worth: systems have 0.3, 0.33 and 0.333.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// A plus is so much above the step's mark, a minus so much below.
    pub points: GradePoints,
    /// What no sign leads above: an A+ is often an A. None lets it.
    pub at_most: Option<GradePoints>,
}

impl Sign {
    /// The points of a mark with these of its own and what stands after its letter. A failing mark
    /// has no sign.
    pub(super) fn points_of(self, after: &str, points: GradePoints) -> Option<GradePoints> {
        let (ours, sign) = (points.thousandths(), self.points.thousandths());
        let signed = match after {
            "+" if ours > 0 => ours + sign,
            "-" if ours > 0 => (ours - sign).max(0),
            _ => return None,
        };
        let signed = GradePoints::from_thousandths(signed);
        Some(
            self.at_most
                .map_or(signed, |most| signed.min(most.max(points))),
        )
    }
}

impl Default for PlusAndMinus {
    fn default() -> Self {
        Self::Counted(false)
    }
}

/// What the parts of one step of a college's courses are, posted in two semesters of one year.
///
/// A college's course is one grade (Santa Rosa High School: "one college course = one grade"), and
/// a catalogue cannot tell whether its parts 1 and 2 are two courses of the college or one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollegeParts {
    /// English 1A and English 1B: two courses of a semester, each a grade. Only what is posted by
    /// quarters or trimesters has parts of one grade.
    #[default]
    EachAGrade,
    /// One course of the college, taught over a school year and posted in two parts.
    OneGrade,
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
            let signed = step
                .marks()
                .filter_map(|mark| step.points_of(mark, rule))
                .max();
            let number = step.highest_number().filter(|_| rule.numbers_are_points);
            let points = number.max(signed)?;
            Some(points + bonus.unwrap_or_default())
        });
        reached.max().unwrap_or_default()
    }

    /// Everything in the definitions that contradicts itself.
    pub(super) fn check_averages(&self, problems: &mut Problems) {
        for (row, rule) in self.averages.iter().enumerate() {
            let mut say = |key: &str, what: String, hint: &str| {
                let place = key.split('.').fold(at("gpa").row(row), Place::key);
                problems.say(place, format!("gpa `{}`: {what}", rule.name), hint);
            };
            if rule.window.is_empty() {
                let what = format!("the window {} ends before it begins", rule.window);
                say("window", what, "write the earlier end first");
            }
            if rule.decimals > DECIMALS_MAX {
                let what = format!("at most {DECIMALS_MAX} decimals are printed");
                say("decimals", what, "systems print 2 to 4");
            }
            if matches!(rule.plus_and_minus, PlusAndMinus::By(sign) if sign.points.is_zero()) {
                let what = "`plus_and_minus`: `points` of 0 change nothing".to_owned();
                say("plus_and_minus", what, "say `plus_and_minus = false`");
            }
            if rule.kinds.is_empty() {
                let what = "`kinds` names no kind of mark, so nothing counts".to_owned();
                say(
                    "kinds",
                    what,
                    "name kinds such as \"regular\" and \"transfer\"",
                );
            }
            for kind in [MarkKind::InProgress, MarkKind::Planned] {
                if rule.kinds.contains(&kind) {
                    let what = format!("`{kind}` has no mark that could count");
                    say("kinds", what, "take it out of `kinds`");
                }
            }
            if rule.counts_twice.contains(&HonorsKind::None) {
                let what = "`counts_twice`: `none` would count every ordinary mark twice";
                say(
                    "counts_twice",
                    what.to_owned(),
                    "take it out of `counts_twice`",
                );
            }
            self.check_counts_as(rule, &mut say);
            if let Some(bonus) = &rule.bonus {
                check_bonus(rule, bonus, &mut say);
            }
        }
    }

    fn check_counts_as(&self, rule: &AverageRule, say: &mut impl FnMut(&str, String, &str)) {
        for (mark, other) in &rule.counts_as {
            let key = format!("counts_as.{mark}");
            if self.step(mark).is_none_or(|step| step.points.is_some()) {
                let what = format!("`counts_as`: `{mark}` is not a mark without points");
                let hint = "what has points counts with them: change the scale's points";
                say(&key, what, hint);
            }
            if self.step(other).is_none_or(|step| step.points.is_none()) {
                let what = format!("`counts_as`: `{other}` is not a mark with points");
                say(&key, what, "name a mark of the scale that has points");
            }
        }
    }
}

/// A bonus that nobody could earn, and caps of which one would take from the other.
fn check_bonus(rule: &AverageRule, bonus: &BonusRule, say: &mut impl FnMut(&str, String, &str)) {
    if bonus.points.is_empty() || bonus.points.values().any(|points| points.is_zero()) {
        let what = "a bonus has points for some kind of honors".to_owned();
        let hint = "name what each kind earns, or take `bonus` out";
        say("bonus.points", what, hint);
    }
    if bonus.points.contains_key(&HonorsKind::None) {
        let what = "`bonus`: `none` is no kind of honors".to_owned();
        say("bonus.points.none", what, "take it out");
    }
    for honors in &bonus.not_elsewhere {
        if !bonus.points.contains_key(honors) {
            let what = format!("`not_elsewhere`: `{honors}` earns no bonus anywhere");
            say(
                "bonus.not_elsewhere",
                what,
                "take it out, or give it points",
            );
        }
    }
    for (place, cap) in bonus.caps.iter().enumerate() {
        let window = cap.window;
        if window.is_empty() {
            let what = format!("the cap's window {window} ends before it begins");
            say("bonus.cap", what, "write the earlier end first");
        }
        if !window.lies_in(rule.window) {
            let what = format!("the cap's window {window} is not within the average's");
            say("bonus.cap", what, "let it lie within `window`");
        }
        for other in &bonus.caps[..place] {
            let nested = window.lies_in(other.window) || other.window.lies_in(window);
            if !nested && !window.lies_apart(other.window) {
                let other = other.window;
                let what =
                    format!("the caps of {window} and of {other} overlap without one in the other");
                let hint = "let one window hold the other, or let them lie apart";
                say("bonus.cap", what, hint);
            }
        }
    }
}
