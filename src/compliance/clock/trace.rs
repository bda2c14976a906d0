//! Which days a clock left out, and why: what a person asks who counts again.
//!
//! Owns the reasons and how days of one reason are told together.
//!
//! Never: a count. What is told here and what `count` sums are held equal by a test.

use jiff::civil::Date;

use super::count::{stands_still_from, unit_counts};
use super::{ClockRule, HolidaysInBreak, Tolling};
use crate::compliance::calendar::{DayKind, Recess, SchoolCalendar, days_between};

/// Days in a row that one reason left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The first of them.
    pub first: Date,
    /// The last of them.
    pub last: Date,
    /// The reason.
    pub why: WhyLeftOut,
    /// How the calendar calls these days: `Winter Recess`.
    pub name: Option<String>,
}

impl LeftOut {
    /// How many days.
    pub fn days(&self) -> u32 {
        u32::try_from(days_between(self.first, self.last) + 1).unwrap_or(0)
    }
}

/// Why a day does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyLeftOut {
    /// It lies between regular sessions, and the clock stands still there.
    BetweenSessions,
    /// It lies in a vacation of that many school days, and the clock stands still there.
    LongVacation {
        /// More than five.
        schooldays: u32,
    },
    /// The unit does not count such a day.
    NotCounted(DayKind),
}

/// The days after `start` up to `end` that the rule leaves out; all of them are known.
pub(super) fn left_out(
    calendar: &SchoolCalendar,
    rule: &ClockRule,
    start: Date,
    end: Date,
) -> Vec<LeftOut> {
    let mut found: Vec<LeftOut> = Vec::new();
    let (Some(from), Some(to)) = (
        start.tomorrow().ok().and_then(|day| calendar.place(day)),
        calendar.place(end),
    ) else {
        return found;
    };
    for place in from..=to {
        let Some(date) = calendar.date(place) else {
            break;
        };
        let Some((why, name)) = reason(calendar, rule, place, date) else {
            continue;
        };
        match found.last_mut() {
            Some(before)
                if before.why == why
                    && before.name == name
                    && days_between(before.last, date) == 1 =>
            {
                before.last = date;
            }
            _ => found.push(LeftOut {
                first: date,
                last: date,
                why,
                name,
            }),
        }
    }
    found
}

/// Why the day does not count; nothing where it does.
fn reason(
    calendar: &SchoolCalendar,
    rule: &ClockRule,
    place: usize,
    date: Date,
) -> Option<(WhyLeftOut, Option<String>)> {
    let recesses = calendar.recesses();
    let after = recesses.partition_point(|recess| recess.first <= date);
    let recess = after.checked_sub(1).map(|before| &recesses[before]);
    let recess = recess.filter(|recess| date <= recess.last);
    if let Some(recess) = recess
        && stands_still_from(calendar, rule.tolling, recess).is_some_and(|from| from <= date)
    {
        return Some(of_recess(calendar, rule.tolling, recess));
    }
    let name = calendar.name(date).map(str::to_owned);
    (!unit_counts(calendar, rule.unit, place))
        .then(|| (WhyLeftOut::NotCounted(calendar.kind(place)), name))
}

/// The reason of a recess in which the clock stands still.
fn of_recess(
    calendar: &SchoolCalendar,
    tolling: Tolling,
    recess: &Recess,
) -> (WhyLeftOut, Option<String>) {
    if recess.between_sessions {
        return (WhyLeftOut::BetweenSessions, None);
    }
    let holidays = match tolling {
        Tolling::BreaksOverFiveSchooldays { holidays, .. } => holidays,
        Tolling::None => HolidaysInBreak::LeftOut,
    };
    let name = recess.first_free.and_then(|day| calendar.name(day));
    (
        WhyLeftOut::LongVacation {
            schooldays: recess.schooldays(holidays),
        },
        name.map(str::to_owned),
    )
}
