//! What a district does when a course is taken again.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// When two postings are of the same course. Postings under a title of their own, where a number
/// stands for many courses, are of the same course only if the titles agree; the catalogue's title
/// is none of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameCourse {
    /// The same catalogue number, at whichever school of the records (San Diego: "identical course
    /// number in the district").
    #[default]
    Number,
    /// The same catalogue number at the same school.
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
