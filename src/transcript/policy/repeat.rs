//! What a district does when a course is taken again.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Rules;
use crate::rules_file::{Problems, at};

/// Which attempts at one course count.
///
/// Every rule was found in force somewhere; a district names the one that it follows, and each
/// average may name its own. An attempt is a posted mark with grade points: a withdrawal, a pass or
/// an incomplete neither replaces nor is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum RepeatRule {
    /// Every attempt counts.
    #[default]
    EveryAttemptCounts,
    /// The best attempt counts; of equals the first (Kershaw County; Columbus City Schools).
    HighestCounts,
    /// The last attempt counts (Cal Grant: "most recent"; Oak Park).
    LatestCounts,
    /// An attempt below C, or only a failing one, is replaced by the next one (San Diego;
    /// University of California).
    FailingReplaced {
        /// Which attempts may be replaced.
        #[serde(default)]
        replaceable: Replaceable,
        /// How many attempts of one course may be replaced; no number is no limit. The University
        /// of California takes one repeat of a course.
        replacements_max: Option<u8>,
        /// Whether an attempt replaces only one with fewer points, and is left out otherwise. "The
        /// old grade out, the new one in" is read so, or to the letter.
        #[serde(default)]
        only_if_better: bool,
        /// What becomes of an attempt after those.
        #[serde(default)]
        beyond: Attempt,
        /// What becomes of an attempt that follows one that may not be replaced. San Diego counts
        /// both.
        #[serde(default)]
        after_satisfactory: Attempt,
        /// What becomes of an attempt at another institution.
        #[serde(default)]
        elsewhere: Elsewhere,
    },
    /// The best attempt counts, and the others are printed with no credit attempted or earned
    /// (State of Washington).
    LowerWithoutCredit,
}

impl RepeatRule {
    /// The name in `policy.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EveryAttemptCounts => "every_attempt_counts",
            Self::HighestCounts => "highest_counts",
            Self::LatestCounts => "latest_counts",
            Self::FailingReplaced { .. } => "failing_replaced",
            Self::LowerWithoutCredit => "lower_without_credit",
        }
    }
}

/// Which attempts the next one replaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replaceable {
    /// Those below C.
    #[default]
    BelowC,
    /// Those that earned no points.
    Failing,
}

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// It counts beside the others.
    Counts,
    /// It is left out.
    #[default]
    LeftOut,
}

/// What becomes of an attempt at another institution than the one that it repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// It replaces as any other (University of California: wherever the course is repeated).
    #[default]
    Replaces,
    /// Only attempts at one institution replace each other; others count beside (San Diego: "in
    /// the district").
    Counts,
}

/// How far a catalogue number says that two postings are of the same course; `same_course` tells
/// what else does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameCourse {
    /// The same catalogue number at one school, and at another school of the records where what its
    /// catalogue says of the course agrees (San Diego: "identical course number in the district").
    #[default]
    Number,
    /// The same catalogue number at the same school; at another school nothing is the same course.
    NumberAndSchool,
    /// The same catalogue number in the same part of a school year: one number stands for both
    /// semesters of a course, or for its three or four terms. A summer's posting is taken for the
    /// first part that is not passed.
    NumberAndSemester,
}

/// How a repeated course is told to other systems: the code set that PESC and Ed-Fi share
/// (`CourseRepeatCode`), in the meanings that CEDS gives the six codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RepeatCode {
    /// A further attempt that counts beside the earlier one.
    RepeatCounted,
    /// A further attempt that does not count.
    RepeatNotCounted,
    /// A further attempt that counts in place of an earlier one.
    ReplacementCounted,
    /// An attempt that a later one replaced.
    ReplacedNotCounted,
    /// A further attempt, at another institution, that counts there and not here.
    RepeatOtherInstitution,
    /// An attempt that does not count for another reason than the repetition: its mark has no
    /// points. CEDS names academic forgiveness; Pass and No Pass of 2020-21 are such.
    NotCountedOther,
}

impl fmt::Display for RepeatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RepeatCounted => "RepeatCounted",
            Self::RepeatNotCounted => "RepeatNotCounted",
            Self::ReplacementCounted => "ReplacementCounted",
            Self::ReplacedNotCounted => "ReplacedNotCounted",
            Self::RepeatOtherInstitution => "RepeatOtherInstitution",
            Self::NotCountedOther => "NotCountedOther",
        })
    }
}

/// `[repeats]` in `policy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// When two postings are of the same course.
    #[serde(default)]
    pub same: SameCourse,
    /// The rule of the page and of every average that names none.
    pub rule: RepeatRule,
    /// Which attempts bear credit on the page, where several earned it.
    #[serde(default)]
    pub credit: RepeatedCredit,
    /// Where the rule comes from; told with credit that a repeated course gained or lost by it.
    pub source: Option<String>,
    /// Numbers that stand for one course, which nothing in the catalogues says.
    #[serde(default)]
    pub equivalent: Vec<Equivalent>,
}

/// Catalogue numbers that stand for one course, at every school and under every title: those of two
/// systems, or one number alone, whose postings have several titles though it is one course.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    pub courses: BTreeSet<String>,
}

impl Repeats {
    /// Whether a number is of those that are said to stand for one course.
    pub fn is_equivalent(&self, number: &str) -> bool {
        let mut said = self.equivalent.iter();
        said.any(|it| it.courses.contains(number))
    }
}

impl Rules {
    /// A number in two of them would make them one, which nobody said.
    pub(super) fn check_equivalent(&self, problems: &mut Problems) {
        let place = |row: usize| at("repeats").key("equivalent").row(row).key("courses");
        let said = || self.repeats.equivalent.iter().enumerate();
        for (row, _) in said().filter(|(_, it)| it.courses.is_empty()) {
            let what = "repeats.equivalent: `courses` names no course";
            problems.say(place(row), what, "name the numbers, or take the table out");
        }
        let courses = said().flat_map(|(row, it)| {
            let courses = it.courses.iter();
            courses.map(move |course| (course.clone(), place(row)))
        });
        problems.twice("repeats.equivalent: course", courses);
    }
}

/// What becomes of the credit of a course that was passed more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedCredit {
    /// Each attempt keeps the credit that was posted for it.
    #[default]
    AsPosted,
    /// The course earns its credit once (Oak Park): the attempt that counts bears it.
    Once,
}
