//! What cases are made against: the day of the report, its period, the schools, and which system is
//! believed about what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::compliance::calendar::{CalendarFault, SchoolCalendar};
use crate::record::support::{AssessmentSubject, CalendarPeriod, SupportSetting, TablesSent};
use crate::record::{Pseudonyms, School};

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub begins: Date,
    /// Last day.
    pub ends: Date,
}

impl Span {
    /// Whether a day lies in it.
    pub fn has(&self, day: Date) -> bool {
        self.begins <= day && day <= self.ends
    }
}

/// The sending systems whose rows are counted; rows of others are only compared with them. Where a
/// list is empty, all are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Systems {
    /// Student systems: enrolments, residence, attendance, tests, removals.
    pub student: Vec<String>,
    /// Special-education systems: referrals to disputes.
    pub support: Vec<String>,
}

impl Systems {
    /// Whose word goes first about a school, where no pupil's enrolment decides: a named system's
    /// in the order of its list, student systems before the others; and then by the name.
    fn order<'s>(&self, source: &'s str) -> (usize, &'s str) {
        let mut named = self.student.iter().chain(&self.support);
        let place = named.position(|name| name == source);
        (place.unwrap_or(usize::MAX), source)
    }

    /// The one of several sources whose word counts about a school.
    pub fn first_of<'s>(&self, sources: impl Iterator<Item = &'s str>) -> Option<&'s str> {
        sources.min_by_key(|source| self.order(source))
    }
}

/// The tests that the State gives in the period, and the systems whose results have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// In which subject, in which grade.
    pub given: BTreeSet<(AssessmentSubject, i8)>,
    /// The sources that sent any result of the period's school year. Of others, that there is no
    /// row says nothing: results come months after the tests.
    pub told: BTreeSet<String>,
}

/// What cases are made against.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The day of the report: what happened later did not happen for it.
    pub as_of: Date,
    /// The reporting period.
    pub period: Span,
    /// The day on which pupils and staff are counted.
    pub count_day: Date,
    /// The weeks over which services are looked at; none where no outcome asks for them.
    pub study: Option<Span>,
    /// The calendars of the schools.
    pub calendars: Calendars,
    /// Schools, by state code.
    pub schools: BTreeMap<String, School>,
    /// Whose rows are counted.
    pub systems: Systems,
    /// The time zone in which a row was recorded on a day.
    pub time_zone: TimeZone,
    /// When each source's rows first came, which says nothing of when they were entered there.
    pub watched_since: BTreeMap<String, Timestamp>,
    /// Which tables each source ever sent.
    pub sent: TablesSent,
    /// Who is tested in the period.
    pub tests: Tests,
    /// Whether cases name the rows that they were read from: for explanations and bundles, not
    /// where a district is only counted.
    pub names_rows: bool,
    /// By what numbers cases and people are told of.
    pub pseudonyms: Pseudonyms,
}

/// The calendars of a district: schools that have the same days share one.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    distinct: Vec<SchoolCalendar>,
    of_school: BTreeMap<String, usize>,
}

impl Calendars {
    /// The calendars of these rows, and what is wrong with those that cannot be read: their
    /// schools have none, so that every clock there is unknown. Where several sources send a
    /// school's calendar, one of them says it whole: the first that `systems` names, or else the
    /// first by its name.
    pub fn of(setting: &SupportSetting, systems: &Systems) -> (Self, Vec<CalendarFault>) {
        let mut rows: BTreeMap<&str, BTreeMap<&str, Vec<&CalendarPeriod>>> = BTreeMap::new();
        for it in &setting.calendar_periods {
            let school = rows.entry(&it.row.school).or_default();
            school.entry(&it.source).or_default().push(&it.row);
        }
        let (mut calendars, mut faults) = (Self::default(), Vec::new());
        let mut known: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for (school, mut sources) in rows {
            let first = systems.first_of(sources.keys().copied());
            let Some(periods) = first.and_then(|source| sources.remove(source)) else {
                continue;
            };
            let mut days: Vec<String> = periods.iter().map(|it| days_of(it)).collect();
            days.sort();
            if let Some(place) = known.get(&days) {
                calendars.of_school.insert(school.to_owned(), *place);
                continue;
            }
            match SchoolCalendar::new(periods) {
                Ok(calendar) => {
                    let place = calendars.distinct.len();
                    calendars.distinct.push(calendar);
                    calendars.of_school.insert(school.to_owned(), place);
                    known.insert(days, place);
                }
                Err(wrong) => faults.extend(wrong),
            }
        }
        (calendars, faults)
    }

    /// The calendar of a school.
    pub fn of_school(&self, school: &str) -> Option<&SchoolCalendar> {
        Some(&self.distinct[self.place(school)?])
    }

    /// Which of the distinct calendars a school has.
    pub fn place(&self, school: &str) -> Option<usize> {
        self.of_school.get(school).copied()
    }

    /// Every calendar once.
    pub fn distinct(&self) -> &[SchoolCalendar] {
        &self.distinct
    }
}

/// What one row says of days, whichever school it is of.
fn days_of(row: &CalendarPeriod) -> String {
    let CalendarPeriod {
        kind,
        begins_on,
        ends_on,
        name,
        ..
    } = row;
    format!(
        "{kind} {begins_on} {ends_on} {}",
        name.as_deref().unwrap_or_default()
    )
}

impl Surroundings {
    /// The same, where cases name the rows that they were read from.
    #[must_use]
    pub fn naming_rows(&self) -> Self {
        Self {
            names_rows: true,
            ..self.clone()
        }
    }

    /// A day on which something happened, where that is not after the day of the report.
    pub fn happened(&self, day: Option<Date>) -> Option<Date> {
        day.filter(|day| *day <= self.as_of)
    }
}
