//! Clocks: how many days went by, when something is due, and which days did not count.
//!
//! Owns the rule of a clock (its unit, tolling, the end of a year, the last day) with each reading
//! that the law leaves, and the reasons why a result is not known.
//!
//! The day of the event is day 0, and the last day is included: "The time in which any act provided
//! by this code is to be done is computed by excluding the first day, and including the last" (Ed.
//! Code 9; Gov. Code 6800 says the same of every law).
//!
//! Never: today's date, or a guess. A day that the calendar does not know makes the result
//! [`NotKnown`], with the day.
//!
//! Next: `count` counts quickly, `trace` tells which days were left out and why.

mod count;
mod trace;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use super::calendar::HolidaysInBreak;
pub use count::Clock;
pub use trace::{LeftOut, WhyLeftOut};

/// What a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    /// Every day.
    Calendar,
    /// Days on which pupils of the regular session attend (34 CFR 300.11(c)).
    School,
    /// Weekdays on which the offices are open.
    Working,
}

/// From which day on a clock stands still in a vacation longer than five school days. It runs again
/// on the day that school days reconvene (Ed. Code 56344(a)), whichever day this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandsStillFrom {
    /// The day after the last school day, so the weekend before a vacation is part of it.
    LastSchoolDay,
    /// The first weekday of the vacation.
    FirstFreeDay,
    /// The day after its fifth school day: "days … in excess of five" read as the surplus only.
    FifthSchoolDay,
}

/// Whether a clock stands still while pupils are away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Tolling {
    /// Never (Ed. Code 56302.1; the state's "Exceeded 60-day" count).
    None,
    /// Between regular sessions, whatever their distance, and in vacations of more than five school
    /// days (Ed. Code 56043, 56321(a), 56343.5, 56344(a)).
    BreaksOverFiveSchooldays {
        /// Whether holidays make a vacation longer.
        holidays: HolidaysInBreak,
        /// From which day on.
        from: StandsStillFrom,
    },
}

/// Of which date the end of the year is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearEndOf {
    /// Of the referral, as Ed. Code 56321(a) and 56344(a) say.
    Referral,
    /// Of the day on which the clock starts, such as the consent, as practice reads it.
    Start,
}

/// What becomes of an event near the end of the regular year: another day is due, counted from the
/// first school day of the next one. It takes the limit's place, whichever is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    /// Of which date it is asked.
    pub of: YearEndOf,
    /// That many calendar days or fewer before the last school day (30 in Ed. Code 56344(a), 10 in
    /// 56321(a)).
    pub days_before: u32,
    /// That many calendar days after the first school day of the next year (30 and 10 there).
    pub days_after: u32,
    /// The limit whose place it takes (60 in 56344(a)): where a share has other days, the law says
    /// nothing of them. Every limit without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<u32>,
}

/// What becomes of a day that is due when the offices are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    /// It stays: the state's files count plain days.
    Stands,
    /// It becomes the next working day ("unless the last day is a holiday, and then it is also
    /// excluded", Ed. Code 9).
    NextWorkingDay,
}

/// How a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// What it counts.
    pub unit: DayUnit,
    /// When it stands still.
    pub tolling: Tolling,
    /// What it does at the end of a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_end: Option<YearEnd>,
    /// What it does when the offices are closed.
    pub last_day: LastDay,
}

/// The dates of one case that a due date depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The day of the event: day 0.
    pub on: Date,
    /// The referral that it goes back to.
    pub referred_on: Option<Date>,
    /// Until when a parent agreed in writing that it may take.
    pub extended_to: Option<Date>,
}

impl Started {
    /// An event of which nothing but its day is known.
    pub fn on(on: Date) -> Self {
        Self {
            on,
            referred_on: None,
            extended_to: None,
        }
    }
}

/// When something is due, and what made it that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day on which it is timely.
    pub on: Date,
    /// What made it that day.
    pub by: DueBy,
    /// The day before the offices' closing moved it, where it did.
    pub moved_from: Option<Date>,
}

/// What made a day the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBy {
    /// So many days after the event.
    Limit,
    /// The end of the regular year.
    YearEnd {
        /// Last school day of the year in which the event fell.
        ended_on: Date,
        /// First school day of the next one.
        resumed_on: Date,
    },
    /// A parent agreed in writing to this later day.
    Extension {
        /// What was due without it.
        instead_of: Date,
    },
}

/// Why a clock gives no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    /// A day lies in no session of the calendar.
    #[error("the school's calendar does not know {0}: no regular session covers it")]
    OutsideCalendar(Date),
    /// The calendar ends before the day that is due.
    #[error("the school's calendar ends on {0}, before the day that is due")]
    CalendarEnds(Date),
    /// The next year is not in the calendar, and something is due after it begins.
    #[error("the school's calendar has no regular year after {0}")]
    NoNextYear(Date),
    /// The end comes before the start.
    #[error("it ends on {end}, before it starts on {start}")]
    EndsBeforeStart {
        /// When it starts.
        start: Date,
        /// When it ends.
        end: Date,
    },
    /// The end of the year is asked of a referral that is not recorded.
    #[error("the date of the referral is not recorded")]
    NoReferral,
    /// A date beyond what dates can be.
    #[error("the day that is due lies beyond the year 9999")]
    BeyondDates,
}
