//! Which days are school days, in the calendars of the district and of its independent charters,
//! and what the clocks of the Education Code make of them.
//!
//! The calendars look like Los Angeles's: a week off at Thanksgiving, three weeks in winter, one in
//! spring. The charters take two weeks in winter and their spring recess a week earlier.
//! `compliance` has clocks of its own and shares nothing with these: they only choose believable
//! days.

use jiff::civil::{Date, Weekday, date};

use crate::record::support::{CalendarPeriod, CalendarPeriodKind};
use crate::synthetic::Source;
use crate::synthetic::calendar::{Calendar, days_after, days_between, first_day, last_day};

/// How many school years before the current one have a calendar.
pub const YEARS_BACK: i16 = 4;

/// The days of a first plan, from the receipt of consent (Ed. Code 56043(c), 56344(a)).
const EVALUATION_DAYS: u32 = 60;

/// From how many days before the end of a school year on the next one's first 30 days count
/// (Ed. Code 56344(a)).
const YEAR_END_DAYS: i32 = 30;

/// A stretch of days of a calendar.
type Stretch = (CalendarPeriodKind, Date, Date, String);

/// The calendars of a district.
pub struct SchoolDays {
    first: Date,
    district: Table,
    charters: Table,
}

/// What each day is, from the first on.
struct Table {
    school: Vec<bool>,
    counted: Vec<bool>,
    /// School days before each day.
    before: Vec<u32>,
    stretches: Vec<Stretch>,
}

impl SchoolDays {
    /// The calendars around the current school year, the next one included.
    pub fn new(calendar: &Calendar) -> Self {
        let years = calendar.current - YEARS_BACK..=calendar.current + 1;
        let first = date(*years.start(), 7, 1);
        let last = date(years.end() + 1, 7, 31);
        let table = |source| {
            let make = |year| stretches(calendar, source, year);
            Table::new(first, last, years.clone().flat_map(make).collect())
        };
        Self {
            first,
            district: table(Source::District),
            charters: table(Source::Charters),
        }
    }

    fn table(&self, source: Source) -> &Table {
        match source {
            Source::District => &self.district,
            Source::Charters => &self.charters,
        }
    }

    fn place(&self, day: Date) -> Option<usize> {
        usize::try_from(days_between(self.first, day)).ok()
    }

    /// The calendar of a school, as its system sends it.
    pub fn rows(&self, source: Source, school: &str) -> Vec<CalendarPeriod> {
        let stretches = self.table(source).stretches.iter();
        let row = |(kind, begins_on, ends_on, name): &Stretch| CalendarPeriod {
            school: school.to_owned(),
            kind: *kind,
            begins_on: *begins_on,
            ends_on: *ends_on,
            name: Some(name.clone()),
        };
        stretches.map(row).collect()
    }

    /// Whether pupils attend; weekdays do where no calendar reaches.
    pub fn is_school_day(&self, source: Source, day: Date) -> bool {
        let known = self.place(day);
        let known = known.and_then(|place| self.table(source).school.get(place));
        known.copied().unwrap_or(!is_weekend(day))
    }

    /// The day itself or the school day before it.
    pub fn on_or_before(&self, source: Source, mut day: Date) -> Date {
        while !self.is_school_day(source, day) {
            day = days_after(day, -1);
        }
        day
    }

    /// The day itself or the next school day.
    pub fn on_or_after(&self, source: Source, mut day: Date) -> Date {
        while !self.is_school_day(source, day) {
            day = days_after(day, 1);
        }
        day
    }

    /// The day some school days later.
    pub fn school_days_after(&self, source: Source, mut day: Date, count: u32) -> Date {
        for _ in 0..count {
            day = self.on_or_after(source, days_after(day, 1));
        }
        day
    }

    /// School days from one day to another, both included.
    pub fn school_days(&self, source: Source, from: Date, to: Date) -> u32 {
        let before = &self.table(source).before;
        let at = |day| {
            let place = self.place(day).unwrap_or(0).min(before.len() - 1);
            before[place]
        };
        at(days_after(to, 1)).saturating_sub(at(from))
    }

    /// By when the team has to meet over an evaluation (Ed. Code 56043(c), 56344(a)): days of
    /// vacations longer than five school days do not count, and consent at the end of a year is
    /// answered at the beginning of the next.
    pub fn evaluation_due(&self, source: Source, consent: Date) -> Date {
        let year = school_year_of(consent);
        let end = last_day(year);
        if consent >= days_after(end, -YEAR_END_DAYS) {
            return days_after(first_day(year + 1), YEAR_END_DAYS);
        }
        self.tolled(source, consent, EVALUATION_DAYS)
    }

    /// The day some days later, without those that the Education Code does not count.
    pub fn tolled(&self, source: Source, mut day: Date, days: u32) -> Date {
        let table = self.table(source);
        let mut left = days;
        while left > 0 {
            day = days_after(day, 1);
            let counted = self.place(day).and_then(|place| table.counted.get(place));
            left -= u32::from(counted.copied().unwrap_or(true));
        }
        day
    }

    /// The day some working days later: weekdays on which offices are open.
    pub fn working_days_after(&self, source: Source, mut day: Date, count: u32) -> Date {
        let holiday = |day: Date| {
            let stretches = self.table(source).stretches.iter();
            stretches
                .filter(|(kind, ..)| *kind == CalendarPeriodKind::Holiday)
                .any(|(_, from, to, _)| *from <= day && day <= *to)
        };
        for _ in 0..count {
            day = days_after(day, 1);
            while is_weekend(day) || holiday(day) {
                day = days_after(day, 1);
            }
        }
        day
    }
}

impl Table {
    fn new(first: Date, last: Date, stretches: Vec<Stretch>) -> Self {
        let days = usize::try_from(days_between(first, last)).expect("a calendar has days");
        let mut school = vec![false; days];
        let mut counted = vec![false; days];
        let mut mark = |of: &[CalendarPeriodKind], what: &dyn Fn(&mut bool, &mut bool, Date)| {
            for (_, from, to, _) in stretches.iter().filter(|(kind, ..)| of.contains(kind)) {
                for place in days_between(first, *from)..=days_between(first, *to) {
                    let day = days_after(first, place);
                    let place = usize::try_from(place).expect("within the calendar");
                    what(&mut school[place], &mut counted[place], day);
                }
            }
        };
        use CalendarPeriodKind as Kind;
        mark(&[Kind::RegularSession], &|school, counted, day| {
            *school = !is_weekend(day);
            *counted = true;
        });
        let off = [
            Kind::Vacation,
            Kind::Holiday,
            Kind::PupilFree,
            Kind::Closure,
        ];
        mark(&off, &|school, _, _| *school = false);
        mark(&[Kind::MakeUpDay], &|school, _, _| *school = true);
        for (kind, from, to, _) in &stretches {
            // Longer than five school days, which are a week.
            if *kind == Kind::Vacation && days_between(*from, *to) >= 7 {
                for place in days_between(first, *from)..=days_between(first, *to) {
                    counted[usize::try_from(place).expect("within the calendar")] = false;
                }
            }
        }
        let mut before = vec![0; days];
        for place in 1..days {
            before[place] = before[place - 1] + u32::from(school[place - 1]);
        }
        Self {
            school,
            counted,
            before,
            stretches,
        }
    }
}

/// The calendar year in which the school year of a day began; the summer belongs to the year
/// before.
pub fn school_year_of(day: Date) -> i16 {
    if day < first_day(day.year()) {
        day.year() - 1
    } else {
        day.year()
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn on(year: i16, month: i8, nth: i8, weekday: Weekday) -> Date {
    date(year, month, 1)
        .nth_weekday_of_month(nth, weekday)
        .expect("every month has a fourth and a last of each weekday")
}

/// A holiday on a fixed date, on the weekday on which offices are closed for it.
fn observed(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => days_after(day, -1),
        Weekday::Sunday => days_after(day, 1),
        _ => day,
    }
}

/// The calendar of one school year.
fn stretches(calendar: &Calendar, source: Source, year: i16) -> Vec<Stretch> {
    use CalendarPeriodKind::{Holiday, PupilFree, RegularSession, SummerSession, Vacation};
    let next = year + 1;
    let labor_day = on(year, 9, 1, Weekday::Monday);
    let thanksgiving = on(year, 11, 4, Weekday::Thursday);
    let winter = days_after(on(year, 12, 3, Weekday::Friday), 3);
    let back = on(next, 1, 2, Weekday::Monday);
    let spring = on(next, 3, -1, Weekday::Monday);
    let summer = calendar.summer(year);
    let charter = source == Source::Charters;
    let (winter, spring) = if charter {
        (days_after(winter, 7), days_after(spring, -7))
    } else {
        (winter, spring)
    };
    let stretch = |kind, from, to, name: &str| (kind, from, to, name.to_owned());
    let single = |kind, day, name: &str| (kind, day, day, name.to_owned());
    let mut all = vec![
        (
            RegularSession,
            first_day(year),
            last_day(year),
            format!("Instruction {year}-{:02}", next % 100),
        ),
        single(PupilFree, days_after(labor_day, -3), "Pupil-Free Day"),
        single(Holiday, labor_day, "Labor Day"),
        single(Holiday, observed(date(year, 11, 11)), "Veterans Day"),
        stretch(
            Vacation,
            days_after(thanksgiving, -3),
            days_after(thanksgiving, -1),
            "Thanksgiving Recess",
        ),
        stretch(
            Holiday,
            thanksgiving,
            days_after(thanksgiving, 1),
            "Thanksgiving",
        ),
        stretch(Vacation, winter, days_after(back, -3), "Winter Recess"),
        single(Holiday, observed(date(year, 12, 25)), "Christmas Day"),
        single(Holiday, observed(date(next, 1, 1)), "New Year’s Day"),
        single(
            Holiday,
            on(next, 1, 3, Weekday::Monday),
            "Martin Luther King Jr. Day",
        ),
        single(Holiday, on(next, 2, 3, Weekday::Monday), "Presidents’ Day"),
        stretch(Vacation, spring, days_after(spring, 4), "Spring Recess"),
        single(Holiday, on(next, 5, -1, Weekday::Monday), "Memorial Day"),
        single(Holiday, observed(date(next, 6, 19)), "Juneteenth"),
        single(Holiday, observed(date(next, 7, 4)), "Independence Day"),
        stretch(
            SummerSession,
            summer.begins_on,
            summer.ends_on,
            &summer.name,
        ),
    ];
    if !charter {
        let friday = on(next, 3, 2, Weekday::Friday);
        all.push(single(PupilFree, friday, "Pupil-Free Day"));
    }
    if !charter && year == calendar.current - 1 {
        all.extend(storm(year));
    }
    all
}

/// Two days on which the district's schools were closed, and the one that was made up.
fn storm(year: i16) -> [Stretch; 2] {
    use CalendarPeriodKind::{Closure, MakeUpDay};
    let closed = on(year + 1, 1, 4, Weekday::Thursday);
    let made_up = days_after(last_day(year), 1);
    [
        (
            Closure,
            closed,
            days_after(closed, 1),
            "Windstorm".to_owned(),
        ),
        (MakeUpDay, made_up, made_up, "Make-Up Day".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> SchoolDays {
        SchoolDays::new(&Calendar::new(date(2026, 6, 12)))
    }

    #[test]
    fn a_school_year_has_at_least_the_175_school_days_of_ed_code_41420_and_some_more() {
        let days = days();
        for source in [Source::District, Source::Charters] {
            for year in 2022..=2026 {
                let count = days.school_days(source, first_day(year), last_day(year));
                assert!((175..=196).contains(&count), "{year}: {count}");
            }
        }
    }

    #[test]
    fn a_week_in_november_counts_for_a_clock_and_three_weeks_in_winter_do_not() {
        let days = days();
        let of = |consent| days.evaluation_due(Source::District, consent);
        assert_eq!(of(date(2025, 9, 22)), date(2025, 11, 21));
        assert_eq!(of(date(2025, 10, 20)), date(2025, 12, 19));
        // 21 days from 22 December to 11 January: the recess of 19 days and no weekend before it.
        assert_eq!(of(date(2025, 11, 3)), date(2026, 1, 21));
        assert_eq!(of(date(2025, 5, 20)), date(2025, 9, 13));
    }

    #[test]
    fn the_periods_of_a_calendar_have_different_keys_and_end_after_they_begin() {
        for source in [Source::District, Source::Charters] {
            let rows = days().rows(source, "S");
            let mut keys: Vec<_> = rows.iter().map(|row| (row.kind, row.begins_on)).collect();
            keys.sort_unstable_by_key(|(kind, day)| (*kind as u8, *day));
            keys.dedup();
            assert_eq!(keys.len(), rows.len());
            assert!(rows.iter().all(|row| row.begins_on <= row.ends_on));
        }
    }
}
