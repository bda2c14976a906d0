//! The last day of each threshold: whether a case was in time of it by either reading of the law,
//! and whether the rows that say so came only afterwards.
//!
//! Both readings are always counted, whichever the outcome's own rule takes: Ed. Code 56344(a)
//! stops the clock in vacations of more than five school days, 56302.1 and the state's "Exceeded
//! 60-day" do not. Where nothing was computed there is nothing, never a nought.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::at_key;
use super::placing::Placed;
use super::tally::stratum_value;
use crate::compliance::case::{Case, Surroundings};
use crate::compliance::clock::{ClockRule, HolidaysInBreak, StandsStillFrom, Tolling};
use crate::compliance::decree::{Direction, Outcome, Standing, Threshold};

/// What a threshold's last day makes of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day in time, as the outcome's own clock counts; of an outcome that counts who is
    /// there on a day, that day.
    pub on: Date,
    /// Whether it was in time.
    pub is_met: bool,
    /// The same where the clock stands still in long vacations; none while it runs, and where the
    /// calendar does not say.
    pub tolled: Option<bool>,
    /// The same where it never stands still.
    pub untolled: Option<bool>,
}

/// The rule with the other reading of what a vacation does.
pub(super) fn tolled(rule: ClockRule) -> ClockRule {
    let long_vacations = Tolling::BreaksOverFiveSchooldays {
        holidays: HolidaysInBreak::LeftOut,
        from: StandsStillFrom::FirstFreeDay,
    };
    let tolling = match rule.tolling {
        Tolling::None => long_vacations,
        own => own,
    };
    ClockRule { tolling, ..rule }
}

/// The rule of a clock that never stands still.
pub(super) fn untolled(rule: ClockRule) -> ClockRule {
    ClockRule {
        tolling: Tolling::None,
        ..rule
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
    /// Counted cases with a last day.
    pub of: u64,
    /// Those that are in time by rows which were first entered, or changed, after that day.
    pub schools: BTreeMap<String, u64>,
}

impl EnteredLate {
    /// How many in all; none where no case had a last day.
    pub fn known(&self) -> Option<u64> {
        (self.of > 0).then(|| self.schools.values().sum())
    }

    fn add(&mut self, school: &str, is_late: bool) {
        self.of += 1;
        if is_late {
            *at_key(&mut self.schools, school) += 1;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.of += other.of;
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

/// Adds a counted case to each threshold that looks at its class, and once to the outcome's own
/// count of late rows.
pub(super) fn add(
    thresholds: &mut [Timeliness],
    whole: &mut EnteredLate,
    outcome: &Outcome,
    (case, placed): (&Case, &Placed),
    around: &Surroundings,
) {
    let Some(class) = outcome.word(placed.standing) else {
        return;
    };
    let school = stratum_value(case, "school");
    let (mut has_day, mut is_late) = (false, false);
    let told = outcome.text.thresholds.iter().zip(thresholds).enumerate();
    for (place, (threshold, timeliness)) in told {
        let is_of = |names: &[String]| names.iter().any(|name| name == class);
        if threshold.of.as_ref().is_some_and(|of| !is_of(of)) {
            continue;
        }
        let Some(deadline) = placed.deadline(place) else {
            continue;
        };
        timeliness.tolled.add(deadline.tolled);
        timeliness.untolled.add(deadline.untolled);
        let satisfies = deadline.is_met && serves(outcome, threshold, placed.standing, class);
        let late = satisfies && came_after(case, deadline.on, around);
        timeliness.entered_late.add(&school, late);
        has_day = true;
        is_late |= late;
    }
    if has_day {
        whole.add(&school, is_late);
    }
}

/// Whether a case of this class brings the share nearer to its target.
fn serves(outcome: &Outcome, threshold: &Threshold, standing: Standing, class: &str) -> bool {
    let is_counted = threshold.numerator.iter().any(|name| name == class);
    match threshold.direction.unwrap_or(outcome.text.direction) {
        Direction::Increase => is_counted,
        // The remainder is what no rule holds of: no row says that it serves.
        Direction::Decrease => !is_counted && standing != Standing::Otherwise,
    }
}

/// Whether the row that a case is about was first entered, or changed, after a day. What came with
/// its source's first import may have stood there for years.
fn came_after(case: &Case, day: Date, around: &Surroundings) -> bool {
    let Some(entered) = case.entered else {
        return false;
    };
    // Of a case made of several systems' rows, each must have been watched by then.
    let sources = case.rows.iter().filter_map(|row| row.source.as_ref());
    let since = sources
        .filter_map(|source| around.watched_since.get(source))
        .max();
    let entered_on = entered.last.to_zoned(around.time_zone.clone()).date();
    entered_on > day && since.is_some_and(|since| entered.last > *since)
}
