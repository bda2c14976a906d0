//! What lies between two school days, and when a regular year begins and ends.
//!
//! Owns the length of a break in school days, which decides whether a clock stands still.
//!
//! Never: whether a clock does; `clock` asks with the reading that a decree names.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DayKind, GAP_DAYS_MAX, SchoolCalendar, is_weekend};
use crate::record::support::{CalendarPeriod, CalendarPeriodKind};

/// Whether a legal holiday inside a break is one of its school days. The law says "days of school
/// vacation in excess of five schooldays" (Ed. Code 56344(a)) and nothing of holidays, so a week of
/// vacation with a holiday before or after it may be read either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidaysInBreak {
    /// It is a weekday on which pupils stayed away.
    Counted,
    /// Without the vacation there would have been no school either.
    LeftOut,
}

/// The days between two school days that follow each other, at least one of them a weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recess {
    /// The day after the last school day before it.
    pub first: Date,
    /// The day before school days reconvene.
    pub last: Date,
    /// Whether it lies between regular sessions: a weekday of it is part of none. Summer sessions
    /// are inside.
    pub between_sessions: bool,
    /// Weekdays of vacation. Pupil-free days and closures are none: no vacation took them.
    pub vacation_days: u32,
    /// Weekdays that are legal holidays.
    pub holidays: u32,
    /// First weekday of vacation, or holiday where no vacation is.
    pub first_free: Option<Date>,
}

impl Recess {
    /// How many school days long the vacation is.
    pub fn schooldays(&self, holidays: HolidaysInBreak) -> u32 {
        match holidays {
            HolidaysInBreak::Counted => self.vacation_days + self.holidays,
            HolidaysInBreak::LeftOut => self.vacation_days,
        }
    }
}

/// A regular school year: what a calendar's sessions of one year (July to June, Ed. Code 37200)
/// have of school days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegularYear {
    /// The calendar year in which it begins: 2023 is 2023-24.
    pub begins_in: i16,
    /// Its first school day.
    pub first: Date,
    /// Its last school day in the calendar, a make-up day after the session among them.
    pub last: Date,
}

/// What is known, and the recesses in it.
pub(super) fn recesses(
    calendar: &SchoolCalendar,
    in_session: &[bool],
) -> (Vec<(usize, usize)>, Vec<Recess>) {
    let mut known: Vec<(usize, usize)> = Vec::new();
    let mut recesses = Vec::new();
    let school_days =
        (0..calendar.len()).filter(|&place| calendar.kind(place) == DayKind::SchoolDay);
    for place in school_days {
        let Some((_, last)) = known.last_mut() else {
            known.push((place, place));
            continue;
        };
        let run = *last + 1..place;
        let recess = recess(calendar, in_session, run.clone());
        if recess.is_some_and(|recess| recess.between_sessions) && run.len() > GAP_DAYS_MAX {
            known.push((place, place));
            continue;
        }
        *last = place;
        recesses.extend(recess);
    }
    (known, recesses)
}

/// The recess of these days; nothing where they are only a weekend, or none.
fn recess(
    calendar: &SchoolCalendar,
    in_session: &[bool],
    run: std::ops::Range<usize>,
) -> Option<Recess> {
    let weekdays: Vec<usize> = run
        .clone()
        .filter(|&place| calendar.date(place).is_some_and(|date| !is_weekend(date)))
        .collect();
    let of = |kind| {
        weekdays
            .iter()
            .filter(move |&&place| calendar.kind(place) == kind)
    };
    let first_free = weekdays
        .iter()
        .find(|&&place| calendar.kind(place) == DayKind::Vacation)
        .or_else(|| of(DayKind::Holiday).next());
    weekdays.first()?;
    Some(Recess {
        first: calendar.date(run.start)?,
        last: calendar.date(run.end - 1)?,
        between_sessions: weekdays.iter().any(|&place| !in_session[place]),
        vacation_days: u32::try_from(of(DayKind::Vacation).count()).ok()?,
        holidays: u32::try_from(of(DayKind::Holiday).count()).ok()?,
        first_free: first_free.and_then(|&place| calendar.date(place)),
    })
}

/// The regular years: a session belongs to the year in which it begins. A make-up day may end the
/// year after its sessions, and begins none.
pub(super) fn years(calendar: &SchoolCalendar, rows: &[&CalendarPeriod]) -> Vec<RegularYear> {
    let mut years: BTreeMap<i16, RegularYear> = BTreeMap::new();
    let of_kind = |kind| rows.iter().filter(move |row| row.kind == kind);
    for row in of_kind(CalendarPeriodKind::RegularSession) {
        let begins_in = school_year(row.begins_on);
        let school_days = || {
            super::dates(row.begins_on, row.ends_on).filter(|&date| {
                let place = calendar.place(date);
                place.is_some_and(|place| calendar.kind(place) == DayKind::SchoolDay)
            })
        };
        let (Some(first), Some(last)) = (school_days().next(), school_days().last()) else {
            continue;
        };
        years
            .entry(begins_in)
            .and_modify(|year| {
                year.first = year.first.min(first);
                year.last = year.last.max(last);
            })
            .or_insert(RegularYear {
                begins_in,
                first,
                last,
            });
    }
    for row in of_kind(CalendarPeriodKind::MakeUpDay) {
        if let Some(year) = years.get_mut(&school_year(row.ends_on)) {
            year.last = year.last.max(row.ends_on);
        }
    }
    years.into_values().collect()
}

/// The calendar year in which the school year of this date began (Ed. Code 37200).
fn school_year(date: Date) -> i16 {
    date.year() - i16::from(date.month() < 7)
}
