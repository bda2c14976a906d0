//! The slow walk: one day after the other over the rows, as somebody with the calendar on the wall
//! would count. Shares no code with the library.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use registrar::compliance::calendar::HolidaysInBreak;
use registrar::compliance::clock::{ClockRule, DayUnit, StandsStillFrom, Tolling};
use registrar::record::support::{CalendarPeriod, CalendarPeriodKind as Kind};

pub struct Walk {
    rows: Vec<CalendarPeriod>,
    school_days: BTreeSet<Date>,
}

pub fn next(day: Date) -> Date {
    day.checked_add(1.day()).expect("a date")
}

pub fn before(day: Date) -> Date {
    day.checked_sub(1.day()).expect("a date")
}

pub fn weekend(day: Date) -> bool {
    day.weekday() == Weekday::Saturday || day.weekday() == Weekday::Sunday
}

impl Walk {
    pub fn new(rows: &[CalendarPeriod]) -> Self {
        let mut walk = Self {
            rows: rows.to_vec(),
            school_days: BTreeSet::new(),
        };
        let Some(mut day) = rows.iter().map(|row| row.begins_on).min() else {
            return walk;
        };
        let last = rows.iter().map(|row| row.ends_on).max().expect("rows");
        while day <= last {
            if walk.is_school_day(day) {
                walk.school_days.insert(day);
            }
            day = next(day);
        }
        walk
    }

    fn any(&self, kind: Kind, day: Date) -> bool {
        let mut rows = self.rows.iter().filter(|row| row.kind == kind);
        rows.any(|row| row.begins_on <= day && day <= row.ends_on)
    }

    fn is_school_day(&self, day: Date) -> bool {
        let taken = [
            Kind::Holiday,
            Kind::PupilFree,
            Kind::Vacation,
            Kind::Closure,
        ];
        self.any(Kind::MakeUpDay, day)
            || !weekend(day)
                && self.any(Kind::RegularSession, day)
                && !taken.iter().any(|&kind| self.any(kind, day))
    }

    pub fn is_working_day(&self, day: Date) -> bool {
        !weekend(day) && (!self.any(Kind::Holiday, day) || self.any(Kind::MakeUpDay, day))
    }

    /// The school days around a day without school; itself twice where it is one.
    fn around(&self, day: Date) -> Option<(Date, Date)> {
        let behind = *self.school_days.range(..=day).next_back()?;
        let ahead = *self.school_days.range(day..).next()?;
        Some((behind, ahead))
    }

    /// The days between two school days.
    fn between((behind, ahead): (Date, Date)) -> Vec<Date> {
        let mut days = Vec::new();
        let mut day = next(behind);
        while day < ahead {
            days.push(day);
            day = next(day);
        }
        days
    }

    fn outside_sessions(&self, run: &[Date]) -> bool {
        run.iter().any(|&day| {
            !weekend(day) && !self.any(Kind::RegularSession, day) && !self.any(Kind::MakeUpDay, day)
        })
    }

    pub fn known(&self, day: Date) -> bool {
        let Some(around) = self.around(day) else {
            return false;
        };
        let run = Self::between(around);
        run.len() <= 123 || !self.outside_sessions(&run)
    }

    fn stands_still(&self, tolling: Tolling, day: Date) -> bool {
        let Tolling::BreaksOverFiveSchooldays { holidays, from } = tolling else {
            return false;
        };
        let run = Self::between(self.around(day).expect("a known day"));
        if !run.contains(&day) {
            return false;
        }
        if self.outside_sessions(&run) {
            return true;
        }
        let vacation = |&day: &Date| {
            !weekend(day)
                && self.any(Kind::Vacation, day)
                && !self.any(Kind::Holiday, day)
                && !self.any(Kind::PupilFree, day)
        };
        let holiday = |&day: &Date| !weekend(day) && self.any(Kind::Holiday, day);
        let of_length: Vec<Date> = run
            .iter()
            .copied()
            .filter(|day| vacation(day) || holiday(day) && holidays == HolidaysInBreak::Counted)
            .collect();
        of_length.len() > 5
            && match from {
                StandsStillFrom::LastSchoolDay => true,
                StandsStillFrom::FirstFreeDay => {
                    let first = run.iter().find(|day| vacation(day));
                    day >= *first
                        .or_else(|| run.iter().find(|day| holiday(day)))
                        .expect("six")
                }
                StandsStillFrom::FifthSchoolDay => day > of_length[4],
            }
    }

    pub fn counts(&self, rule: &ClockRule, day: Date) -> bool {
        let unit = match rule.unit {
            DayUnit::Calendar => true,
            DayUnit::School => self.is_school_day(day),
            DayUnit::Working => self.is_working_day(day),
        };
        unit && !self.stands_still(rule.tolling, day)
    }

    /// Whether the rule asks no calendar at all.
    fn plain(rule: &ClockRule) -> bool {
        rule.unit == DayUnit::Calendar && rule.tolling == Tolling::None
    }

    /// Days that count after `start` up to `end`; nothing where one is not known.
    pub fn elapsed(&self, rule: &ClockRule, start: Date, end: Date) -> Option<u32> {
        let mut days = 0;
        let mut day = start;
        while day < end {
            day = next(day);
            if !Self::plain(rule) && !self.known(day) {
                return None;
            }
            days += u32::from(self.counts(rule, day));
        }
        (start <= end).then_some(days)
    }

    /// When the `limit`-th day counts; nothing where a day on the way is not known.
    pub fn due(&self, rule: &ClockRule, start: Date, limit: u32) -> Option<Date> {
        let mut left = limit;
        let mut day = start;
        while left > 0 {
            day = next(day);
            if !Self::plain(rule) && !self.known(day) {
                return None;
            }
            left -= u32::from(self.counts(rule, day));
        }
        Some(day)
    }

    /// The last school day of the regular year in which the day falls, and the next year's first.
    pub fn year_end(&self, day: Date) -> Option<(Date, Date)> {
        let july = |date: Date| date.year() - i16::from(date.month() < 7);
        let of_year = |year: i16| {
            let sessions: Vec<&CalendarPeriod> = self
                .rows
                .iter()
                .filter(|row| row.kind == Kind::RegularSession && july(row.begins_on) == year)
                .collect();
            let mut days: Vec<Date> = self
                .school_days
                .iter()
                .copied()
                .filter(|&day| {
                    sessions
                        .iter()
                        .any(|row| row.begins_on <= day && day <= row.ends_on)
                })
                .collect();
            let first = days.first().copied();
            days.extend(
                self.school_days
                    .iter()
                    .copied()
                    .filter(|&day| self.any(Kind::MakeUpDay, day) && july(day) == year),
            );
            first.zip(days.into_iter().max())
        };
        let (first, last) = of_year(july(day))?;
        let (resumed, _) = of_year(july(day) + 1)?;
        (first <= day && day <= last).then_some((last, resumed))
    }
}
