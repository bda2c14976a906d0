//! A student whom the special-education system knows, as each part of the timeline is given them.

use jiff::civil::{Date, date};

use super::background::Background;
use super::days::SchoolDays;
use super::needs::Needs;
use super::stays::Stays;
use crate::record::YesNo;
use crate::synthetic::Source;
use crate::synthetic::calendar::{Calendar, first_day};
use crate::synthetic::draw::{Draw, Stream};
use crate::synthetic::student::Student;

/// The first day of which events are made: that of the school year before the last one.
pub fn window(calendar: &Calendar) -> Date {
    date(calendar.current - 2, 7, 1)
}

/// A student whom the special-education system knows.
pub struct Pupil<'a> {
    /// Of the district's chances.
    pub seed: u64,
    /// Who.
    pub student: &'a Student,
    /// Race and languages.
    pub background: &'a Background,
    /// The stays at schools that keep special-education records.
    pub stays: &'a Stays,
    /// Whether the student came from a school outside the district.
    pub arrived: bool,
    /// The calendars.
    pub days: &'a SchoolDays,
    /// Terms and the whole of the current school year.
    pub calendar: &'a Calendar,
    /// The first day of the study of services.
    pub study_begins: Date,
    /// How the student stands.
    pub needs: Needs,
    /// The number in the special-education system.
    pub number: String,
}

impl Pupil<'_> {
    /// The number by which the special-education system knows a student.
    pub fn number_of(student: &Student) -> String {
        format!("{}", 7_000_001 + u64::from(student.number))
    }

    /// A stream of the pupil's own.
    pub fn draw(&self, stream: Stream) -> Draw {
        Draw::new(self.seed, stream, self.student.number)
    }

    /// The number of a row that is the n-th of its kind.
    pub fn row_number(&self, kind: char, place: usize) -> String {
        format!("{}-{kind}{}", self.number, place + 1)
    }

    /// The first day of which events are made.
    pub fn window(&self) -> Date {
        window(self.calendar)
    }

    /// The school on a day.
    pub fn school_on(&self, day: Date) -> String {
        self.stays.on(day).school.clone()
    }

    /// The calendar on a day.
    pub fn source_on(&self, day: Date) -> Source {
        self.stays.on(day).source
    }

    /// The day itself or the school day before it, by the calendar of that day's school.
    pub fn school_day_before(&self, day: Date) -> Date {
        self.days.on_or_before(self.source_on(day), day)
    }

    /// The day itself or the next school day.
    pub fn school_day_after(&self, day: Date) -> Date {
        self.days.on_or_after(self.source_on(day), day)
    }

    /// The last day in the district, or that of the school year.
    pub fn until(&self) -> Date {
        let year_end = self.calendar.as_of;
        self.stays
            .left_on()
            .map_or(year_end, |left| left.min(year_end))
    }

    /// Whole years of age on a day.
    pub fn age_on(&self, day: Date) -> i16 {
        let born = self.student.birth_date;
        let years = day.year() - born.year();
        years - i16::from((day.month(), day.day()) < (born.month(), born.day()))
    }

    /// Whether a day lies before the child's kindergarten.
    pub fn is_preschool(&self, day: Date) -> bool {
        let kindergarten = self.calendar.current - i16::from(self.student.grade);
        day < first_day(kindergarten)
    }
}

/// Yes in this many of a thousand, and no in the others.
pub fn flag(draw: &mut Draw, per_mille: u32) -> Option<YesNo> {
    Some(if draw.chance(per_mille) {
        YesNo::Yes
    } else {
        YesNo::No
    })
}

/// One of several values, by weights.
pub fn one_of<T: Copy>(draw: &mut Draw, list: &[(T, u32)]) -> T {
    list[draw.weighted(list.iter().map(|(_, weight)| *weight))].0
}
