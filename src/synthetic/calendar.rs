//! School years and their terms, by the weekdays that Californian districts use.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::record::{SchoolYear, TermKind};

/// How a school divides its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Division {
    /// Fall and spring.
    Semesters,
    /// Three terms.
    Trimesters,
    /// Four terms.
    Quarters,
}

/// A term of a school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The code: `2025-F`.
    pub code: String,
    /// The name: `Fall 2025`.
    pub name: String,
    /// How the year is divided.
    pub kind: TermKind,
    /// First day.
    pub begins_on: Date,
    /// Last day.
    pub ends_on: Date,
}

/// How many school years a calendar reaches back from the current one: five years of high school,
/// grade 8 before them, and one to spare.
pub const YEARS_BACK: i16 = 6;

/// The current school year and the terms around it.
pub struct Calendar {
    /// The day on which the district's records were exported.
    pub as_of: Date,
    /// The calendar year in which the current school year began.
    pub current: i16,
    years: Vec<YearTerms>,
}

struct YearTerms {
    semesters: Vec<Period>,
    trimesters: Vec<Period>,
    quarters: Vec<Period>,
    summer: Period,
}

impl Calendar {
    /// The calendar in which `as_of` lies; the summer belongs to the year that it follows.
    pub fn new(as_of: Date) -> Self {
        let current = if as_of < first_day(as_of.year()) {
            as_of.year() - 1
        } else {
            as_of.year()
        };
        let years = (current - YEARS_BACK..=current + 1).map(YearTerms::new);
        Self {
            as_of,
            current,
            years: years.collect(),
        }
    }

    /// The same calendar on the last day of the current school year, 30 June: by then all of it has
    /// happened.
    pub fn whole_year(&self) -> Self {
        Self::new(date(self.current + 1, 6, 30))
    }

    /// The school years of this calendar, the next one included.
    pub fn years(&self) -> impl Iterator<Item = i16> + use<> {
        self.current - YEARS_BACK..=self.current + 1
    }

    fn year(&self, year: i16) -> &YearTerms {
        let place = (year - (self.current - YEARS_BACK)).clamp(0, YEARS_BACK + 1);
        &self.years[usize::try_from(place).expect("clamped to the years of the calendar")]
    }

    /// The terms of a school year without the summer.
    pub fn periods(&self, division: Division, year: i16) -> &[Period] {
        let terms = self.year(year);
        match division {
            Division::Semesters => &terms.semesters,
            Division::Trimesters => &terms.trimesters,
            Division::Quarters => &terms.quarters,
        }
    }

    /// The summer session after a school year.
    pub fn summer(&self, year: i16) -> &Period {
        &self.year(year).summer
    }
}

impl YearTerms {
    fn new(year: i16) -> Self {
        let (start, end) = (first_day(year), last_day(year));
        let next = year + 1;
        let on = |year, month, nth, weekday| nth_weekday(year, month, nth, weekday);
        let winter = on(year, 12, 3, Weekday::Friday);
        let return_day = on(next, 1, 2, Weekday::Monday);
        let semester =
            |code, name, from, to| period(format!("{code}"), name, TermKind::Semester, from, to);
        let trimester = |number, from, to| numbered(year, TermKind::Trimester, number, from, to);
        let quarter = |number, from, to| numbered(year, TermKind::Quarter, number, from, to);
        Self {
            semesters: vec![
                semester(
                    format_args!("{year}-F"),
                    format!("Fall {year}"),
                    start,
                    winter,
                ),
                semester(
                    format_args!("{next}-S"),
                    format!("Spring {next}"),
                    return_day,
                    end,
                ),
            ],
            trimesters: vec![
                trimester(1, start, on(year, 11, 3, Weekday::Friday)),
                trimester(
                    2,
                    on(year, 12, 1, Weekday::Monday),
                    on(next, 3, 1, Weekday::Friday),
                ),
                trimester(3, on(next, 3, 2, Weekday::Monday), end),
            ],
            quarters: vec![
                quarter(1, start, on(year, 10, 2, Weekday::Friday)),
                quarter(2, on(year, 10, 3, Weekday::Monday), winter),
                quarter(3, return_day, on(next, 3, 3, Weekday::Friday)),
                quarter(4, on(next, 3, 4, Weekday::Monday), end),
            ],
            summer: period(
                format!("{next}-U"),
                format!("Summer {next}"),
                TermKind::Summer,
                on(next, 6, 4, Weekday::Monday),
                on(next, 7, 4, Weekday::Friday),
            ),
        }
    }
}

fn period(code: String, name: String, kind: TermKind, begins_on: Date, ends_on: Date) -> Period {
    Period {
        code,
        name,
        kind,
        begins_on,
        ends_on,
    }
}

fn numbered(year: i16, kind: TermKind, number: u8, begins_on: Date, ends_on: Date) -> Period {
    let (letter, word) = match kind {
        TermKind::Trimester => ('T', "Trimester"),
        _ => ('Q', "Quarter"),
    };
    let name = format!("{word} {number} {}", school_year(year));
    period(
        format!("{year}-{letter}{number}"),
        name,
        kind,
        begins_on,
        ends_on,
    )
}

/// The school year that begins in this calendar year.
pub fn school_year(year: i16) -> SchoolYear {
    SchoolYear::beginning(year).expect("a plan's date keeps every school year within range")
}

/// The first day of school: the second Thursday of August.
pub fn first_day(year: i16) -> Date {
    nth_weekday(year, 8, 2, Weekday::Thursday)
}

/// The last day of the school year that began in `year`, which is also the day of graduation: the
/// second Wednesday of June.
pub fn last_day(year: i16) -> Date {
    nth_weekday(year + 1, 6, 2, Weekday::Wednesday)
}

fn nth_weekday(year: i16, month: i8, nth: i8, weekday: Weekday) -> Date {
    date(year, month, 1)
        .nth_weekday_of_month(nth, weekday)
        .expect("every month has a fourth of each weekday")
}

/// A date some days later, or earlier where the number is negative.
pub fn days_after(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// The moment at which marks of a term are posted: the day after its end, in the afternoon.
pub fn posted_at(term_end: Date) -> Timestamp {
    let moment = days_after(term_end, 1)
        .at(23, 30, 0, 0)
        .to_zoned(TimeZone::UTC);
    moment.expect("a date of a plan has a moment").timestamp()
}

/// Whole days from one date to a later one.
pub fn days_between(first: Date, last: Date) -> i32 {
    first
        .duration_until(last)
        .as_hours()
        .div_euclid(24)
        .clamp(-100_000, 100_000) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn june_after_graduation_still_belongs_to_the_year_that_ends() {
        let calendar = Calendar::new(date(2026, 6, 12));
        assert_eq!(calendar.current, 2025);
        assert_eq!(last_day(2025), date(2026, 6, 10));
        assert_eq!(Calendar::new(date(2026, 8, 13)).current, 2026);
    }

    #[test]
    fn terms_follow_each_other_and_fill_the_year() {
        let calendar = Calendar::new(date(2026, 6, 12));
        for division in [
            Division::Semesters,
            Division::Trimesters,
            Division::Quarters,
        ] {
            for year in calendar.years() {
                let periods = calendar.periods(division, year);
                assert_eq!(periods[0].begins_on, first_day(year));
                assert_eq!(periods[periods.len() - 1].ends_on, last_day(year));
                assert!(
                    periods
                        .iter()
                        .all(|period| period.begins_on < period.ends_on)
                );
                assert!(
                    periods
                        .windows(2)
                        .all(|two| two[0].ends_on < two[1].begins_on)
                );
                assert!(last_day(year) < calendar.summer(year).begins_on);
            }
        }
    }
}
