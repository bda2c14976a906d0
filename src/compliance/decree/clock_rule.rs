//! How a clock counts: what `[outcome.clock.rule]` may say.

use serde::{Deserialize, Serialize};

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

/// Whether holidays make a vacation longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidaysInBreak {
    /// It is a weekday on which pupils stayed away.
    Counted,
    /// Without the vacation there would have been no school either.
    LeftOut,
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
/// first school day of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    /// Of which date it is asked.
    pub of: YearEndOf,
    /// That many calendar days or fewer before the last school day.
    pub days_before: u32,
    /// That many calendar days after the first school day of the next year.
    pub days_after: u32,
}

/// What becomes of a day that is due when the offices are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    /// It stays: the state's files count plain days.
    Stands,
    /// It becomes the next working day (Ed. Code 9).
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
    pub year_end: Option<YearEnd>,
    /// What it does when the offices are closed.
    pub last_day: LastDay,
}
