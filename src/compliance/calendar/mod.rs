//! A school's calendar, day by day: school days, working days, breaks, school years.
//!
//! Owns what each day is when rows overlap ([`PRECEDENCE`]), which days are known at all, what lies
//! between two school days, and when a regular year begins and ends.
//!
//! Never: a guess. A day is known if it lies from the first to the last school day of regular
//! sessions that follow each other within [`GAP_DAYS_MAX`] days; of any other nothing is said.
//!
//! Next: `recess` has breaks and years, `clock` counts days.

mod recess;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use crate::record::support::{CalendarPeriod, CalendarPeriodKind};

pub use recess::{HolidaysInBreak, Recess, RegularYear};

/// Days that a calendar may span, from its first row to its last: more is a mistyped year.
pub const CALENDAR_DAYS_MAX: usize = 20_000;

/// Days that one regular session may last: a row is a year or a part of one.
pub const SESSION_DAYS_MAX: i64 = 366;

/// Days that may pass without a session before rows are missing rather than pupils on vacation.
/// 175 school days (Ed. Code 41420) of five a week take 243 days from the first to the last, which
/// leaves 123 of a leap year.
pub const GAP_DAYS_MAX: usize = 123;

/// Which row says what a weekday is where several cover it, the strongest first. A make-up day is
/// made for one day and beats all; a holiday within a vacation or a closure is still a holiday (the
/// offices are closed); a closure takes only what would have been a school day. On Saturdays and
/// Sundays only a make-up day counts.
pub const PRECEDENCE: [CalendarPeriodKind; 7] = [
    CalendarPeriodKind::MakeUpDay,
    CalendarPeriodKind::Holiday,
    CalendarPeriodKind::PupilFree,
    CalendarPeriodKind::Vacation,
    CalendarPeriodKind::Closure,
    CalendarPeriodKind::RegularSession,
    CalendarPeriodKind::SummerSession,
];

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// Pupils of the regular session attend, a make-up day among them.
    SchoolDay,
    /// Saturday or Sunday.
    Weekend,
    /// A legal holiday.
    Holiday,
    /// Staff work, pupils do not attend.
    PupilFree,
    /// A vacation of pupils.
    Vacation,
    /// An emergency closure of what would have been a school day.
    Closure,
    /// A weekday of a summer session: some pupils attend, but it is no day of the regular year.
    SummerSession,
    /// A weekday between sessions.
    BetweenSessions,
}

/// A day of the calendar: what it is, and the row that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    kind: DayKind,
    /// Into the calendar's names.
    row: Option<u16>,
}

/// A row that no calendar can hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// It ends before it begins.
    #[error(
        "{kind} of school {school} from {begins_on} to {ends_on}: ends before it begins; \
         hint: exchange or correct the dates"
    )]
    EndsBeforeItBegins {
        /// The school.
        school: String,
        /// What the row is.
        kind: CalendarPeriodKind,
        /// First day.
        begins_on: Date,
        /// Last day.
        ends_on: Date,
    },
    /// A session longer than a year.
    #[error(
        "regular session of school {school} from {begins_on} to {ends_on}: longer than \
         {SESSION_DAYS_MAX} days; hint: give each school year a row of its own"
    )]
    SessionTooLong {
        /// The school.
        school: String,
        /// First day.
        begins_on: Date,
        /// Last day.
        ends_on: Date,
    },
    /// The rows lie too far apart.
    #[error(
        "calendar of school {school} from {first} to {last}: more than {CALENDAR_DAYS_MAX} days; \
         hint: look for a mistyped year"
    )]
    SpanTooLong {
        /// The school.
        school: String,
        /// First day of all rows.
        first: Date,
        /// Last day of all rows.
        last: Date,
    },
    /// More rows than a calendar of that span can need.
    #[error("calendar of school {school}: {rows} rows, more than {CALENDAR_DAYS_MAX}")]
    TooManyRows {
        /// The school.
        school: String,
        /// How many.
        rows: usize,
    },
    /// Rows of two schools.
    #[error("a calendar of school {school} was given a row of school {other}")]
    AnotherSchool {
        /// The school of the first row.
        school: String,
        /// The school of this row.
        other: String,
    },
}

/// The calendar of one school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolCalendar {
    /// The date of `days[0]`; without rows there is none.
    first: Option<Date>,
    days: Vec<Day>,
    /// The names of rows, in the rows' own order.
    names: Vec<Option<String>>,
    /// What is known: first and last school day of sessions that follow each other, as places in
    /// `days`, in their order.
    known: Vec<(usize, usize)>,
    recesses: Vec<Recess>,
    years: Vec<RegularYear>,
}

impl SchoolCalendar {
    /// The calendar of the school whose rows these are, or everything that is wrong with them.
    /// Their order says nothing. Without rows, or without a regular session, nothing is known.
    pub fn new<'r>(
        rows: impl IntoIterator<Item = &'r CalendarPeriod>,
    ) -> Result<Self, Vec<CalendarFault>> {
        let mut rows: Vec<&CalendarPeriod> = rows.into_iter().collect();
        rows.sort_by(|one, other| order(one).cmp(&order(other)));
        let faults = faults(&rows);
        if !faults.is_empty() {
            return Err(faults);
        }
        let Some(first) = rows.iter().map(|row| row.begins_on).min() else {
            return Ok(Self::default());
        };
        let last = rows.iter().map(|row| row.ends_on).max().unwrap_or(first);
        let mut calendar = Self {
            first: Some(first),
            days: painted(first, last, &rows),
            names: rows.iter().map(|row| row.name.clone()).collect(),
            ..Self::default()
        };
        let in_session = in_session(first, calendar.days.len(), &rows);
        (calendar.known, calendar.recesses) = recess::recesses(&calendar, &in_session);
        calendar.years = recess::years(&calendar, &rows);
        Ok(calendar)
    }

    /// What the day is; nothing where that is not known.
    pub fn day(&self, date: Date) -> Option<DayKind> {
        let place = self.place(date)?;
        self.known_until(place).map(|_| self.days[place].kind)
    }

    /// Whether pupils of the regular session attend; nothing where that is not known.
    pub fn is_school_day(&self, date: Date) -> Option<bool> {
        self.day(date).map(|kind| kind == DayKind::SchoolDay)
    }

    /// Whether it is a working day (5 CCR 3024): a weekday on which the offices are open, so every
    /// one that is no holiday. Vacations, pupil-free days and closures of a school's classes are
    /// working days. Nothing where that is not known.
    pub fn is_working_day(&self, date: Date) -> Option<bool> {
        let place = self.place(date)?;
        self.known_until(place).map(|_| self.works(place))
    }

    /// What lies between two school days and holds more than a weekend, in order.
    pub fn recesses(&self) -> &[Recess] {
        &self.recesses
    }

    /// The regular school years, in order.
    pub fn years(&self) -> &[RegularYear] {
        &self.years
    }

    /// The first regular year that begins after this day, without unknown days in between.
    pub fn year_after(&self, date: Date) -> Option<&RegularYear> {
        let year = self.years.iter().find(|year| year.first > date)?;
        let from = self.place(days_after(date, 1)?)?;
        (self.known_until(from)? >= self.place(year.first)?).then_some(year)
    }

    /// The name that the calendar gives the day: `Winter Recess`.
    pub fn name(&self, date: Date) -> Option<&str> {
        let row = self.days[self.place(date)?].row?;
        self.names[usize::from(row)].as_deref()
    }

    /// Days from the first row to the last.
    pub(super) fn len(&self) -> usize {
        self.days.len()
    }

    /// Where in the calendar the date stands; nothing outside of its rows.
    pub(super) fn place(&self, date: Date) -> Option<usize> {
        let place = usize::try_from(days_between(self.first?, date)).ok()?;
        (place < self.days.len()).then_some(place)
    }

    /// The date at a place.
    pub(super) fn date(&self, place: usize) -> Option<Date> {
        days_after(self.first?, i64::try_from(place).ok()?)
    }

    /// What the day at this place is, known or not.
    pub(super) fn kind(&self, place: usize) -> DayKind {
        self.days[place].kind
    }

    /// Whether the day at this place is a working day, known or not.
    pub(super) fn works(&self, place: usize) -> bool {
        let weekend = self.date(place).is_none_or(is_weekend);
        !weekend && self.days[place].kind != DayKind::Holiday
    }

    /// The last day up to which everything from this place on is known; nothing if this day is not.
    pub(super) fn known_until(&self, place: usize) -> Option<usize> {
        let after = self.known.partition_point(|&(first, _)| first <= place);
        let &(_, last) = self.known.get(after.checked_sub(1)?)?;
        (place <= last).then_some(last)
    }
}

/// Weakest first, and rows of one kind by their dates and names: what is painted last stands.
fn order(row: &CalendarPeriod) -> (usize, Date, Date, Option<&str>) {
    let strength = PRECEDENCE.iter().rev().position(|&kind| kind == row.kind);
    (
        strength.unwrap_or_default(),
        row.begins_on,
        row.ends_on,
        row.name.as_deref(),
    )
}

/// What is wrong with the rows, all of it.
fn faults(rows: &[&CalendarPeriod]) -> Vec<CalendarFault> {
    let mut faults = Vec::new();
    let Some(school) = rows.first().map(|row| row.school.clone()) else {
        return faults;
    };
    for row in rows {
        let (begins_on, ends_on) = (row.begins_on, row.ends_on);
        if row.school != school {
            faults.push(CalendarFault::AnotherSchool {
                school: school.clone(),
                other: row.school.clone(),
            });
        }
        if ends_on < begins_on {
            faults.push(CalendarFault::EndsBeforeItBegins {
                school: school.clone(),
                kind: row.kind,
                begins_on,
                ends_on,
            });
        } else if row.kind == CalendarPeriodKind::RegularSession
            && days_between(begins_on, ends_on) >= SESSION_DAYS_MAX
        {
            faults.push(CalendarFault::SessionTooLong {
                school: school.clone(),
                begins_on,
                ends_on,
            });
        }
    }
    let first = rows.iter().map(|row| row.begins_on).min();
    let last = rows.iter().map(|row| row.ends_on).max();
    if let (Some(first), Some(last)) = (first, last)
        && days_between(first, last) >= CALENDAR_DAYS_MAX as i64
    {
        faults.push(CalendarFault::SpanTooLong {
            school: school.clone(),
            first,
            last,
        });
    }
    if rows.len() > CALENDAR_DAYS_MAX {
        faults.push(CalendarFault::TooManyRows {
            school,
            rows: rows.len(),
        });
    }
    faults
}

/// Each day from the first to the last; the rows come weakest first.
fn painted(first: Date, last: Date, rows: &[&CalendarPeriod]) -> Vec<Day> {
    let mut days: Vec<Day> = dates(first, last)
        .map(|date| Day {
            kind: if is_weekend(date) {
                DayKind::Weekend
            } else {
                DayKind::BetweenSessions
            },
            row: None,
        })
        .collect();
    for (number, row) in rows.iter().enumerate() {
        let kind = match row.kind {
            CalendarPeriodKind::MakeUpDay | CalendarPeriodKind::RegularSession => {
                DayKind::SchoolDay
            }
            CalendarPeriodKind::Holiday => DayKind::Holiday,
            CalendarPeriodKind::PupilFree => DayKind::PupilFree,
            CalendarPeriodKind::Vacation => DayKind::Vacation,
            CalendarPeriodKind::Closure => DayKind::Closure,
            CalendarPeriodKind::SummerSession => DayKind::SummerSession,
        };
        for place in places(first, row) {
            let day = &mut days[place];
            if row.kind == CalendarPeriodKind::MakeUpDay || day.kind != DayKind::Weekend {
                *day = Day {
                    kind,
                    row: u16::try_from(number).ok(),
                };
            }
        }
    }
    days
}

/// For each day, whether a regular session or a make-up day covers it.
fn in_session(first: Date, days: usize, rows: &[&CalendarPeriod]) -> Vec<bool> {
    let mut covered = vec![false; days];
    for row in rows {
        if matches!(
            row.kind,
            CalendarPeriodKind::RegularSession | CalendarPeriodKind::MakeUpDay
        ) {
            covered[places(first, row)].fill(true);
        }
    }
    covered
}

/// The places of a row's days in a calendar that begins on `first`.
fn places(first: Date, row: &CalendarPeriod) -> std::ops::Range<usize> {
    let from = usize::try_from(days_between(first, row.begins_on)).unwrap_or_default();
    let days = usize::try_from(days_between(row.begins_on, row.ends_on)).unwrap_or_default();
    from..from + days + 1
}

/// Every date from one to another, both included.
fn dates(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |date| *date <= last)
}

/// Whether it is a Saturday or a Sunday.
pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Days from one date to another; negative where the other is earlier.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// The date so many days later; nothing beyond the year 9999.
pub(super) fn days_after(date: Date, days: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    date.checked_add(span).ok()
}
