//! The last day of each threshold: whether a case was in time of it by either reading of the law,
//! and whether the rows that say so came only afterwards.
//!
//! Where the law has two readings the decree names both, and both are counted, whichever the
//! outcome's own rule takes: Ed. Code 56344(a) stops the clock in vacations of more than five
//! school days and has its own rule for the end of the year, 56302.1 and the state's "Exceeded
//! 60-day" have neither. Where nothing was computed there is nothing, never a nought.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::at_key;
use super::placing::Placed;
use crate::compliance::clock::{ClockRule, Tolling};
use crate::compliance::decree::{ClockText, Direction, Outcome, Standing, Threshold};

/// What a threshold's last day makes of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day in time, as the outcome's own clock counts; of an outcome without one the day
    /// by which its records are in time.
    pub on: Date,
    /// Whether it was in time.
    pub is_met: bool,
    /// The same where the clock stands still in long vacations; none while it runs, where the
    /// calendar does not say, and where the decree has no such reading.
    pub tolled: Option<bool>,
    /// The same where it never stands still.
    pub untolled: Option<bool>,
}

/// A clock's rule by either reading of what a long vacation does. Its own is one of the two, and
/// what its decree sets beside it the other; none where no law has another.
#[derive(Clone, Copy)]
pub(super) struct ReadingRules {
    /// The clock stands still.
    pub tolled: Option<ClockRule>,
    /// It never does.
    pub untolled: Option<ClockRule>,
}

impl ReadingRules {
    pub fn of(clock: &ClockText) -> Self {
        let beside = clock.beside.as_ref().map(|it| it.rule);
        let (own, beside) = (Some(clock.rule), beside);
        match clock.rule.tolling {
            Tolling::None => Self {
                tolled: beside,
                untolled: own,
            },
            Tolling::BreaksOverFiveSchooldays { .. } => Self {
                tolled: own,
                untolled: beside,
            },
        }
    }
}

/// Cases in time, of those of which it was computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InTime {
    /// Those in time.
    pub cases: u64,
    /// Of so many.
    pub of: u64,
}

impl InTime {
    /// How many were in time; none where it was computed of nobody.
    pub fn known(self) -> Option<u64> {
        (self.of > 0).then_some(self.cases)
    }

    fn add(&mut self, in_time: Option<bool>) {
        if let Some(in_time) = in_time {
            self.of += 1;
            self.cases += u64::from(in_time);
        }
    }

    fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.of += other.of;
    }
}

/// Cases whose rows came late, by school, of those of which it can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnteredLate {
    /// Cases in time of which it can be told.
    pub of: u64,
    /// Those that are in time only by what was first entered, or changed, after that day.
    pub schools: BTreeMap<String, u64>,
    /// Those that are in time, and of which it cannot be told, since a system that says so sent
    /// nothing at all until after that day.
    pub untold: u64,
}

/// What the rows of a case say of when it was known; the worse the later in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lateness {
    InTime,
    Untold,
    Late,
}

impl EnteredLate {
    /// How many in all; none where it can be told of no case.
    pub fn known(&self) -> Option<u64> {
        (self.of > 0).then(|| self.schools.values().sum())
    }

    pub(super) fn add(&mut self, school: &str, lateness: Lateness) {
        match lateness {
            Lateness::InTime => self.of += 1,
            Lateness::Late => {
                self.of += 1;
                *at_key(&mut self.schools, school) += 1;
            }
            Lateness::Untold => self.untold += 1,
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.of += other.of;
        self.untold += other.untold;
        for (school, count) in other.schools {
            *self.schools.entry(school).or_default() += count;
        }
    }
}

/// What the last day of one threshold comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeliness {
    /// Where the clock stands still in long vacations.
    pub tolled: InTime,
    /// Where it never does.
    pub untolled: InTime,
    /// Rows that came after the day that they satisfy.
    pub entered_late: EnteredLate,
}

impl Timeliness {
    pub(super) fn merge(&mut self, other: Self) {
        self.tolled.merge(other.tolled);
        self.untolled.merge(other.untolled);
        self.entered_late.merge(other.entered_late);
    }
}

/// Adds a counted case to each threshold that looks at its class.
pub(super) fn add(thresholds: &mut [Timeliness], outcome: &Outcome, placed: &Placed) {
    for (place, deadline) in deadlines(outcome, placed) {
        thresholds[place].tolled.add(deadline.tolled);
        thresholds[place].untolled.add(deadline.untolled);
    }
}

/// The thresholds that look at the class of a case, each with its last day.
pub(super) fn deadlines(outcome: &Outcome, placed: &Placed) -> Vec<(usize, Deadline)> {
    let Some(class) = outcome.word(placed.standing) else {
        return Vec::new();
    };
    let thresholds = outcome.text.thresholds.iter().enumerate();
    let looks = |it: &&Threshold| {
        let of = it.of.as_ref();
        of.is_none_or(|of| of.iter().any(|name| name == class))
    };
    thresholds
        .filter(|(_, it)| looks(it))
        .filter_map(|(place, _)| Some((place, placed.deadline(place)?)))
        .collect()
}

/// Whether a case was in time for a threshold and brings its share nearer to the target.
pub(super) fn satisfies(outcome: &Outcome, placed: &Placed, threshold: usize) -> bool {
    let Some(class) = outcome.word(placed.standing) else {
        return false;
    };
    let mut own = deadlines(outcome, placed).into_iter();
    let own = own.find(|(place, _)| *place == threshold);
    own.is_some_and(|(place, deadline)| {
        let threshold = &outcome.text.thresholds[place];
        deadline.is_met && serves(outcome, threshold, placed.standing, class)
    })
}

/// Whether a case of this class brings the share nearer to its target.
fn serves(outcome: &Outcome, threshold: &Threshold, standing: Standing, class: &str) -> bool {
    let is_counted = threshold.numerator.iter().any(|name| name == class);
    match threshold.direction.unwrap_or(outcome.text.direction) {
        Direction::Increase => is_counted,
        // The remainder is what no rule holds of, and what is left out is of no share: no row says
        // that it serves.
        Direction::Decrease => !is_counted && matches!(standing, Standing::In(_)),
    }
}
