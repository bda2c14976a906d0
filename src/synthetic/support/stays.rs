//! The schools of a student, stay by stay, as the timeline of a plan follows them.

use jiff::civil::Date;

use crate::record::ExitReason;
use crate::synthetic::Source;
use crate::synthetic::journey::Journey;
use crate::synthetic::schools::{CampusId, Schools};

/// An unbroken time at a school, within one school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The school.
    pub campus: CampusId,
    /// Its state code.
    pub school: String,
    /// The system that keeps its students.
    pub source: Source,
    /// The calendar year in which the school year began.
    pub year: i16,
    /// The grade.
    pub grade: i8,
    /// First day.
    pub from: Date,
    /// Last day; none while enrolled.
    pub to: Option<Date>,
    /// Why it ended.
    pub exit: Option<ExitReason>,
}

/// The stays of a student, the oldest first; never none.
#[derive(Clone, Debug)]
pub struct Stays(pub Vec<Stay>);

/// A change of school.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    /// The stay before; none where the student came from elsewhere.
    pub before: Option<&'a Stay>,
    /// The stay that it led to.
    pub after: &'a Stay,
}

impl Stays {
    /// The stays in the district's schools; none for who was never in one.
    pub fn new(journey: &Journey, schools: &Schools) -> Option<Self> {
        let inside = journey.years.iter().filter(|year| year.outside.is_none());
        let stays = inside.flat_map(|year| {
            year.spells.iter().map(|spell| {
                let campus = schools.get(spell.campus);
                Stay {
                    campus: spell.campus,
                    school: campus.row.school.clone(),
                    source: campus.source,
                    year: year.year,
                    grade: year.grade,
                    from: spell.from,
                    to: spell.to,
                    exit: spell.exit,
                }
            })
        });
        let stays: Vec<Stay> = stays.collect();
        (!stays.is_empty()).then_some(Self(stays))
    }

    /// The part since the last stay at a school that keeps no special-education records; none where
    /// the student is there now.
    pub fn since(&self, silent: Option<CampusId>) -> Option<Self> {
        let at = self.0.iter().rposition(|stay| Some(stay.campus) == silent);
        let rest = &self.0[at.map_or(0, |at| at + 1)..];
        (!rest.is_empty()).then(|| Self(rest.to_vec()))
    }

    /// The first stay.
    pub fn first(&self) -> &Stay {
        &self.0[0]
    }

    /// The last stay.
    pub fn last(&self) -> &Stay {
        &self.0[self.0.len() - 1]
    }

    /// The stay on a day; in the summer the one before it, and before the first stay that one.
    pub fn on(&self, day: Date) -> &Stay {
        let begun = self.0.iter().rfind(|stay| stay.from <= day);
        begun.unwrap_or(self.first())
    }

    /// The last day in the district; none while enrolled.
    pub fn left_on(&self) -> Option<Date> {
        self.last().to
    }

    /// Changes of school between stays.
    pub fn moves(&self) -> impl Iterator<Item = Move<'_>> {
        let pairs = self.0.iter().zip(self.0.iter().skip(1));
        pairs
            .filter(|(before, after)| before.campus != after.campus)
            .map(|(before, after)| Move {
                before: Some(before),
                after,
            })
    }
}
