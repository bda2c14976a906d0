//! A stretch of a student's years: from one grade or summer to another.
//!
//! A summer session lies between two grades, and districts differ on which of them it belongs to
//! (Infinite Campus has a box for it in each course; the University of California counts the summer
//! after grade 9 as grade 10). So a window never asks for "grade 10" alone: it names grades and
//! summers, and what a posting's grade level means in a summer is said once, in `summer_level`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::record::{GradeLevel, MarkKind, RecordedMark, TermKind, UnknownCode};

/// A school year or the summer after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The school year in this grade.
    Grade(GradeLevel),
    /// The summer after that grade; `Grade(g) < SummerAfter(g) < Grade(g + 1)`.
    SummerAfter(GradeLevel),
}

/// From one point to another, both within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Window((Point, Point));

/// Which grade level a posting of a summer session bears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummerLevel {
    /// The grade that was just finished: the summer after grade 9 is posted as 9.
    #[default]
    Completed,
    /// The grade to come: the summer after grade 9 is posted as 10.
    Next,
}

impl Window {
    /// From one point to another.
    pub fn new(begin: Point, end: Point) -> Self {
        Self((begin, end))
    }

    /// The first point and the last.
    pub fn ends(self) -> (Point, Point) {
        self.0
    }

    /// Whether the point lies in the window.
    pub fn holds(self, point: Point) -> bool {
        self.0.0 <= point && point <= self.0.1
    }

    /// Whether all of the window lies in another.
    pub fn lies_in(self, other: Self) -> bool {
        other.0.0 <= self.0.0 && self.0.1 <= other.0.1
    }

    /// Whether the two windows have nothing in common.
    pub fn lies_apart(self, other: Self) -> bool {
        self.0.1 < other.0.0 || other.0.1 < self.0.0
    }

    /// Whether the window ends before it begins, so that nothing can lie in it.
    pub fn is_empty(self) -> bool {
        self.0.1 < self.0.0
    }
}

impl Point {
    /// When a mark was earned.
    pub fn of(recorded: &RecordedMark, summer: SummerLevel) -> Self {
        let level = recorded.mark.grade_level;
        let in_summer =
            recorded.mark.kind == MarkKind::Summer || recorded.term.kind == TermKind::Summer;
        match (in_summer, summer) {
            (false, _) => Self::Grade(level),
            (true, SummerLevel::Completed) => Self::SummerAfter(level),
            (true, SummerLevel::Next) => {
                let before = GradeLevel::new(level.number() - 1);
                before.map_or(Self::Grade(level), Self::SummerAfter)
            }
        }
    }

    /// The next point: after each grade its summer, after that the next grade.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Grade(level) => Some(Self::SummerAfter(level)),
            Self::SummerAfter(level) => GradeLevel::new(level.number() + 1).map(Self::Grade),
        }
    }

    /// The point before.
    pub fn previous(self) -> Option<Self> {
        match self {
            Self::Grade(level) => GradeLevel::new(level.number() - 1).map(Self::SummerAfter),
            Self::SummerAfter(level) => Some(Self::Grade(level)),
        }
    }

    /// The key of the order: each grade, then the summer after it.
    fn rank(self) -> (i8, bool) {
        match self {
            Self::Grade(level) => (level.number(), false),
            Self::SummerAfter(level) => (level.number(), true),
        }
    }
}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl FromStr for Point {
    type Err = UnknownCode;
    /// Reads `10` or `summer after 9`.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let (level, summer) = match text.strip_prefix("summer after ") {
            Some(level) => (level, true),
            None => (text, false),
        };
        let level = level.parse().map_err(|_| UnknownCode {
            allowed: "a grade such as 10, or a summer such as `summer after 9`".to_owned(),
        })?;
        Ok(if summer {
            Self::SummerAfter(level)
        } else {
            Self::Grade(level)
        })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grade(level) => write!(f, "{level}"),
            Self::SummerAfter(level) => write!(f, "summer after {level}"),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.0.0, self.0.1)
    }
}

impl Serialize for Point {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summer_lies_between_the_grade_before_and_the_grade_after() {
        let point = |text: &str| text.parse::<Point>().expect("a point");
        let order = ["8", "summer after 8", "9", "summer after 9", "10"];
        for pair in order.windows(2) {
            assert!(point(pair[0]) < point(pair[1]), "{pair:?}");
        }
        let window: Window =
            serde_json::from_value(serde_json::json!(["summer after 9", "summer after 11"]))
                .expect("a window");
        for (text, within) in [
            ("9", false),
            ("summer after 9", true),
            ("11", true),
            ("summer after 11", true),
            ("12", false),
        ] {
            assert_eq!(window.holds(point(text)), within, "{text}");
        }
        assert!("summer before 9".parse::<Point>().is_err());
    }
}
