//! Counting days: sums over a calendar are made once, so that a case costs a search or two.
//!
//! Owns which days of a calendar a rule leaves out.
//!
//! Never: the words for it; those are in `trace`.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::trace::{self, LeftOut};
use super::{
    ClockRule, DayUnit, Due, DueBy, LastDay, NotKnown, StandsStillFrom, Started, Tolling, YearEnd,
    YearEndOf,
};
use crate::compliance::calendar::{
    DayKind, HolidaysInBreak, Recess, RegularYear, SchoolCalendar, days_after, days_between,
};

/// How many school days of vacation stop no clock (Ed. Code 56043, 56344(a)).
const SCHOOLDAYS_THAT_COUNT: u32 = 5;

/// One rule over one calendar.
#[derive(Clone, Debug)]
pub struct Clock<'c> {
    calendar: &'c SchoolCalendar,
    rule: ClockRule,
    tolled: Sums,
    untolled: Sums,
}

/// How many days count, before each place of a calendar and behind its last; nothing where every
/// day counts and no calendar is needed.
type Sums = Option<Vec<u32>>;

impl<'c> Clock<'c> {
    /// A clock of this rule at the school of this calendar.
    pub fn new(calendar: &'c SchoolCalendar, rule: ClockRule) -> Self {
        let untolled =
            (rule.unit != DayUnit::Calendar).then(|| sums(calendar, rule.unit, Tolling::None));
        let tolled = match rule.tolling {
            Tolling::None => untolled.clone(),
            tolling => Some(sums(calendar, rule.unit, tolling)),
        };
        Self {
            calendar,
            rule,
            tolled,
            untolled,
        }
    }

    /// The rule.
    pub fn rule(&self) -> &ClockRule {
        &self.rule
    }

    /// Days that count after `start` up to and including `end`.
    pub fn elapsed(&self, start: Date, end: Date) -> Result<u32, NotKnown> {
        self.between(&self.tolled, start, end)
    }

    /// The same as if the clock never stood still.
    pub fn elapsed_untolled(&self, start: Date, end: Date) -> Result<u32, NotKnown> {
        self.between(&self.untolled, start, end)
    }

    /// The last day on which it is timely to do within `limit` days what started so.
    pub fn due(&self, started: &Started, limit: u32) -> Result<Due, NotKnown> {
        let (on, by) = match self.near_year_end(started, limit)? {
            Some((ended_on, next, days)) => (
                days_after(next.first, i64::from(days)).ok_or(NotKnown::BeyondDates)?,
                DueBy::YearEnd {
                    ended_on,
                    resumed_on: next.first,
                },
            ),
            None => (self.counted_on(started.on, limit)?, DueBy::Limit),
        };
        let stands = match self.rule.last_day {
            LastDay::Stands => on,
            LastDay::NextWorkingDay => self.working_day_from(on)?,
        };
        Ok(match started.extended_to {
            Some(extended_to) if extended_to > stands => Due {
                on: extended_to,
                by: DueBy::Extension { instead_of: stands },
                moved_from: None,
            },
            _ => Due {
                on: stands,
                by,
                moved_from: (stands != on).then_some(on),
            },
        })
    }

    /// The days after `start` up to `end` that did not count, in order, with the reason.
    pub fn left_out(&self, start: Date, end: Date) -> Result<Vec<LeftOut>, NotKnown> {
        self.elapsed(start, end)?;
        if self.tolled.is_none() {
            return Ok(Vec::new());
        }
        Ok(trace::left_out(self.calendar, &self.rule, start, end))
    }

    /// Days that these sums count after `start` up to `end`.
    fn between(&self, sums: &Sums, start: Date, end: Date) -> Result<u32, NotKnown> {
        match start.cmp(&end) {
            Ordering::Greater => return Err(NotKnown::EndsBeforeStart { start, end }),
            Ordering::Equal => return Ok(0),
            Ordering::Less => {}
        }
        let Some(sums) = sums else {
            let days = days_between(start, end);
            return u32::try_from(days).map_err(|_| NotKnown::BeyondDates);
        };
        let (from, last) = self.known_after(start)?;
        match self.calendar.place(end) {
            Some(to) if to <= last => Ok(sums[to + 1] - sums[from]),
            _ => Err(NotKnown::OutsideCalendar(self.date(last + 1)?)),
        }
    }

    /// The day on which the `limit`-th day after `start` counts.
    fn counted_on(&self, start: Date, limit: u32) -> Result<Date, NotKnown> {
        if limit == 0 {
            return Ok(start);
        }
        let Some(sums) = &self.tolled else {
            return days_after(start, i64::from(limit)).ok_or(NotKnown::BeyondDates);
        };
        let (from, last) = self.known_after(start)?;
        let until = sums[from].saturating_add(limit);
        // The sum behind a day is the first to reach what is asked for on the day that counts.
        let place = sums.partition_point(|&sum| sum < until) - 1;
        if place > last {
            return Err(NotKnown::CalendarEnds(self.date(last)?));
        }
        self.date(place)
    }

    /// The place after a date, and up to where everything from there on is known.
    fn known_after(&self, start: Date) -> Result<(usize, usize), NotKnown> {
        let next = days_after(start, 1).ok_or(NotKnown::BeyondDates)?;
        let outside = NotKnown::OutsideCalendar(next);
        let from = self.calendar.place(next).ok_or(outside)?;
        let last = self.calendar.known_until(from).ok_or(outside)?;
        Ok((from, last))
    }

    /// The end of the year that this event is near to, the next year, and the days after its begin.
    fn near_year_end(
        &self,
        started: &Started,
        limit: u32,
    ) -> Result<Option<(Date, &RegularYear, u32)>, NotKnown> {
        let of_limit = |it: &YearEnd| it.instead_of.is_none_or(|days| days == limit);
        let Some(YearEnd {
            of,
            days_before,
            days_after,
            ..
        }) = self.rule.year_end.filter(of_limit)
        else {
            return Ok(None);
        };
        let event = match of {
            YearEndOf::Start => started.on,
            YearEndOf::Referral => started.referred_on.ok_or(NotKnown::NoReferral)?,
        };
        let years = self.calendar.years();
        let Some(year) = years
            .iter()
            .find(|year| year.first <= event && event <= year.last)
        else {
            return self.outside_years(event);
        };
        // The year may go on after what the calendar has of it, never end before.
        if days_between(event, year.last) > i64::from(days_before) {
            return Ok(None);
        }
        match self.calendar.year_after(year.last) {
            Some(next) => Ok(Some((year.last, next, days_after))),
            None => Err(NotKnown::NoNextYear(year.last)),
        }
    }

    /// An event between two known years is near the end of none; of another nothing is known.
    fn outside_years<T>(&self, event: Date) -> Result<Option<T>, NotKnown> {
        match self.calendar.day(event) {
            Some(_) => Ok(None),
            None => Err(NotKnown::OutsideCalendar(event)),
        }
    }

    /// This day, or the first working day after it.
    fn working_day_from(&self, on: Date) -> Result<Date, NotKnown> {
        let mut day = on;
        loop {
            match self.calendar.is_working_day(day) {
                Some(true) => return Ok(day),
                Some(false) => day = days_after(day, 1).ok_or(NotKnown::BeyondDates)?,
                None => return Err(NotKnown::OutsideCalendar(day)),
            }
        }
    }

    fn date(&self, place: usize) -> Result<Date, NotKnown> {
        self.calendar.date(place).ok_or(NotKnown::BeyondDates)
    }
}

/// How many days count before each place.
fn sums(calendar: &SchoolCalendar, unit: DayUnit, tolling: Tolling) -> Vec<u32> {
    let mut counts: Vec<bool> = (0..calendar.len())
        .map(|place| unit_counts(calendar, unit, place))
        .collect();
    for recess in calendar.recesses() {
        let from = stands_still_from(calendar, tolling, recess);
        let from = from.and_then(|from| calendar.place(from));
        if let (Some(from), Some(last)) = (from, calendar.place(recess.last)) {
            counts[from..=last].fill(false);
        }
    }
    let mut sum = 0;
    let mut sums = vec![0];
    sums.extend(counts.into_iter().map(|counts| {
        sum += u32::from(counts);
        sum
    }));
    sums
}

/// Whether the day at this place is one of those that the unit counts.
pub(super) fn unit_counts(calendar: &SchoolCalendar, unit: DayUnit, place: usize) -> bool {
    match unit {
        DayUnit::Calendar => true,
        DayUnit::School => calendar.kind(place) == DayKind::SchoolDay,
        DayUnit::Working => calendar.works(place),
    }
}

/// From which day of a recess on the clock stands still, up to its last; nothing where it runs.
pub(super) fn stands_still_from(
    calendar: &SchoolCalendar,
    tolling: Tolling,
    recess: &Recess,
) -> Option<Date> {
    let Tolling::BreaksOverFiveSchooldays { holidays, from } = tolling else {
        return None;
    };
    if recess.between_sessions {
        return Some(recess.first);
    }
    if recess.schooldays(holidays) <= SCHOOLDAYS_THAT_COUNT {
        return None;
    }
    match from {
        StandsStillFrom::LastSchoolDay => Some(recess.first),
        StandsStillFrom::FirstFreeDay => recess.first_free,
        StandsStillFrom::FifthSchoolDay => after_schooldays(calendar, recess, holidays),
    }
}

/// The day after the fifth school day of a vacation.
fn after_schooldays(
    calendar: &SchoolCalendar,
    recess: &Recess,
    holidays: HolidaysInBreak,
) -> Option<Date> {
    let counted = |place: &usize| match calendar.kind(*place) {
        DayKind::Vacation => true,
        DayKind::Holiday => holidays == HolidaysInBreak::Counted,
        _ => false,
    };
    let run = calendar.place(recess.first)?..=calendar.place(recess.last)?;
    let fifth = usize::try_from(SCHOOLDAYS_THAT_COUNT).ok()?;
    let after = run.filter(counted).nth(fifth.checked_sub(1)?)? + 1;
    calendar.date(after)
}
