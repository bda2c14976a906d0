//! What cases are made against: the day of the report, its period, the schools, and which system is
//! believed about what.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::compliance::calendar::SchoolCalendar;
use crate::record::School;

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
    /// Calendars, by the school's state code; schools with the same calendar share one.
    pub calendars: BTreeMap<String, Arc<SchoolCalendar>>,
    /// Schools, by state code.
    pub schools: BTreeMap<String, School>,
    /// Whose rows are counted.
    pub systems: Systems,
}

impl Surroundings {
    /// A day on which something happened, where that is not after the day of the report.
    pub fn happened(&self, day: Option<Date>) -> Option<Date> {
        day.filter(|day| *day <= self.as_of)
    }
}
