//! Which schools a student attends, year by year: moves, arrivals from elsewhere, departures.

use jiff::civil::Date;

use super::calendar::{Calendar, Division, days_after, days_between, first_day, last_day};
use super::draw::Draw;
use super::schools::{Campus, CampusId, Schools};
use super::student::Student;
use crate::record::{EnteredFrom, ExitReason, SchoolKind};

/// A school year of a student.
#[derive(Clone, Debug)]
pub struct Year {
    /// The calendar year in which it began.
    pub year: i16,
    /// The grade.
    pub grade: i8,
    /// The time at each school of the district; of an outside year, the school that accepted it.
    pub spells: Vec<Spell>,
    /// Where the year was spent, if not in the district.
    pub outside: Option<&'static Outside>,
}

/// An unbroken time at a school.
#[derive(Clone, Debug)]
pub struct Spell {
    /// The school.
    pub campus: CampusId,
    /// First day.
    pub from: Date,
    /// Last day; none while enrolled.
    pub to: Option<Date>,
    /// Why it ended.
    pub exit: Option<ExitReason>,
}

/// A school outside the district.
#[derive(Debug)]
pub struct Outside {
    /// Its name, with the place.
    pub name: &'static str,
    /// Whether its courses have Spanish titles and marks that only pass or do not.
    pub abroad: bool,
}

impl Outside {
    /// What an enrolment after it says.
    pub fn entered_from(&self) -> EnteredFrom {
        match self {
            Self { abroad: true, .. } => EnteredFrom::OtherCountry,
            Self { name, .. } if name.starts_with("St. ") => EnteredFrom::PrivateSchool,
            Self { name, .. } if name.ends_with(", CA") => EnteredFrom::OtherAgency,
            Self { .. } => EnteredFrom::OtherState,
        }
    }
}

const OUTSIDE: &[Outside] = &[
    outside("Desert Candle High School, Mesquite Flats, NV", false),
    outside("Blackwater Creek High School, Pinewood, OR", false),
    outside("North Lagoon High School, Santa Elvira, CA", false),
    outside("Prairie Star High School, Lone Elm, TX", false),
    outside("St. Brendan’s Preparatory, Port Alder, CA", false),
];

const ABROAD: &[Outside] = &[
    outside("Instituto Nacional Las Ceibas, El Salvador", true),
    outside("Colegio Técnico Sierra Alta, Guatemala", true),
    outside("Preparatoria Núm. 91, Oaxaca, México", true),
    outside("Liceo Mixto Nuevo Amanecer, Honduras", true),
];

const fn outside(name: &'static str, abroad: bool) -> Outside {
    Outside { name, abroad }
}

/// The years of a student, oldest first.
pub struct Journey {
    /// From the first year that is on record.
    pub years: Vec<Year>,
    /// Whether the student has left the district.
    pub left: bool,
}

/// How many of a thousand do what, in a year of high school.
mod share {
    pub const MOVE_IN_SUMMER: u32 = 35;
    pub const MOVE_IN_YEAR: u32 = 22;
    pub const TO_CONTINUATION: u32 = 400;
    pub const FROM_OUTSIDE: u32 = 85;
    pub const LEAVES: u32 = 30;
}

/// Makes a student's journey.
pub fn journey(
    student: &Student,
    schools: &Schools,
    calendar: &Calendar,
    draw: &mut Draw,
) -> Journey {
    let mut walk = Walk {
        student,
        schools,
        calendar,
        draw,
    };
    if student.grade < 9 {
        walk.before_high_school()
    } else {
        walk.high_school()
    }
}

struct Walk<'a> {
    student: &'a Student,
    schools: &'a Schools,
    calendar: &'a Calendar,
    draw: &'a mut Draw,
}

impl Walk<'_> {
    fn before_high_school(&mut self) -> Journey {
        let (grade, current) = (self.student.grade, self.calendar.current);
        let mut years = Vec::new();
        if grade > -1 && self.student.state_id.is_some() {
            years.push(self.home_year(current - 1, grade - 1));
        }
        years.push(self.home_year(current, grade));
        close(&mut years);
        Journey { years, left: false }
    }

    fn home_year(&self, year: i16, grade: i8) -> Year {
        let campus = self.schools.home(grade, self.student.place);
        plain_year(year, grade, campus)
    }

    fn high_school(&mut self) -> Journey {
        let student = self.student;
        let count = i16::from(student.grade - 8) + i16::from(student.fifth_year);
        let first = self.calendar.current - count + 1;
        let arrival = self.arrival(count);
        let mut campus = self.schools.home(9, student.place);
        let mut years = Vec::new();
        if arrival.is_none() && student.state_id.is_some() {
            years.push(self.home_year(first - 1, 8));
        }
        for place in 0..count {
            let grade = i8::try_from(9 + place).expect("at most five years").min(12);
            let mut year = plain_year(first + place, grade, campus);
            match arrival {
                Some((arrival, from)) if place < arrival => year.outside = Some(from),
                _ if place > 0 && arrival.is_none_or(|(arrival, _)| place > arrival) => {
                    self.move_on(&mut year);
                }
                _ => {}
            }
            campus = year.spells[year.spells.len() - 1].campus;
            years.push(year);
        }
        // An outside year is accepted by the school at which the student then arrives.
        let left = student.grade > 9 && self.draw.chance(share::LEAVES) && self.leave(&mut years);
        close(&mut years);
        Journey { years, left }
    }

    /// The first year in the district, counted from 0, and where the years before were spent.
    fn arrival(&mut self, count: i16) -> Option<(i16, &'static Outside)> {
        if count < 2 {
            return None;
        }
        let last = i32::from(count - 1);
        if self.student.newcomer {
            let year = self.draw.between((last - 1).max(1), last);
            let from = self.draw.pick(ABROAD);
            return Some((i16::try_from(year).expect("at most five"), from));
        }
        let year = self.draw.between(1, last);
        let from = self.draw.pick(OUTSIDE);
        self.draw
            .chance(share::FROM_OUTSIDE)
            .then(|| (i16::try_from(year).expect("at most five"), from))
    }

    /// Perhaps another school, from the first day of the year or in its midst.
    fn move_on(&mut self, year: &mut Year) {
        let home = year.spells[0].campus;
        if self.schools.get(home).carnegie {
            return;
        }
        let behind = self.student.ability < -140
            && self.schools.get(home).row.kind == SchoolKind::High
            && year.grade >= 11
            && self.draw.chance(share::TO_CONTINUATION);
        let chance = self.draw.below(1000);
        if behind {
            let target = self.target(home, |campus| campus.row.kind == SchoolKind::Continuation);
            let at_once = self.draw.chance(600);
            self.change(year, target, at_once);
        } else if chance < share::MOVE_IN_SUMMER + share::MOVE_IN_YEAR {
            let target = self.target(home, |campus| campus.weight > 0);
            self.change(year, target, chance < share::MOVE_IN_SUMMER);
        }
    }

    fn target(&mut self, home: CampusId, test: impl Fn(&Campus) -> bool) -> Option<CampusId> {
        let from = self.schools.get(home);
        let known = self.student.state_id.is_some();
        self.schools.any(self.draw, |campus| {
            campus.grades.1 == 12
                && !campus.carnegie
                && campus.row.school != from.row.school
                && (known || campus.source == from.source)
                && test(campus)
        })
    }

    fn change(&mut self, year: &mut Year, target: Option<CampusId>, at_once: bool) {
        let Some(target) = target else { return };
        if at_once {
            year.spells[0].campus = target;
            return;
        }
        let (last, next) = self.day_of_change(year.year);
        if next >= self.calendar.as_of {
            return;
        }
        year.spells[0].to = Some(last);
        year.spells[0].exit = Some(ExitReason::Transferred);
        year.spells.push(Spell {
            campus: target,
            from: next,
            to: None,
            exit: None,
        });
    }

    /// The last day at one school and the first at the next: between semesters, or amid a term.
    fn day_of_change(&mut self, year: i16) -> (Date, Date) {
        let semesters = self.calendar.periods(Division::Semesters, year);
        if self.draw.chance(550) {
            return (semesters[0].ends_on, semesters[1].begins_on);
        }
        let term = self.draw.pick(semesters);
        let days = self
            .draw
            .between(20, days_between(term.begins_on, term.ends_on) - 20);
        let last = days_after(term.begins_on, days);
        (last, days_after(last, 3))
    }

    /// Ends the last year or the one before in its midst.
    fn leave(&mut self, years: &mut Vec<Year>) -> bool {
        let earlier = years.len() > 2 && self.draw.chance(400);
        if earlier && years[years.len() - 2].outside.is_none() {
            years.pop();
        }
        let dropped = self.draw.chance(600);
        let Some(year) = years.last_mut().filter(|year| year.outside.is_none()) else {
            return false;
        };
        let (last, next) = self.day_of_change(year.year);
        year.spells.truncate(1);
        if next >= self.calendar.as_of {
            year.spells[0].to = None;
            year.spells[0].exit = None;
            return false;
        }
        year.spells[0].to = Some(last);
        year.spells[0].exit = Some(if dropped {
            ExitReason::Dropped
        } else {
            ExitReason::LeftDistrict
        });
        if dropped && year.year < self.calendar.current && self.draw.chance(850) {
            self.adult_school(years);
        }
        true
    }

    /// Some who dropped out come to an adult school and leave with an equivalency certificate.
    fn adult_school(&mut self, years: &mut Vec<Year>) {
        let adult = |campus: &Campus| campus.row.kind == SchoolKind::Adult;
        let Some(campus) = self.schools.any(self.draw, adult) else {
            return;
        };
        let (year, weeks) = (self.calendar.current, self.draw.between(8, 30));
        let to = days_after(first_day(year), weeks * 7);
        if to < self.calendar.as_of {
            let mut adult = plain_year(year, 12, campus);
            adult.spells[0].to = Some(to);
            adult.spells[0].exit = Some(ExitReason::Completed);
            years.push(adult);
        }
    }
}

fn plain_year(year: i16, grade: i8, campus: CampusId) -> Year {
    Year {
        year,
        grade,
        spells: vec![Spell {
            campus,
            from: first_day(year),
            to: None,
            exit: None,
        }],
        outside: None,
    }
}

/// Ends every year but the last: at the same school the year ends, toward another one the student
/// is transferred. Years outside are accepted by the school of the first year in the district.
fn close(years: &mut [Year]) {
    let first = years.iter().find(|year| year.outside.is_none());
    let accepting = first.map(|year| year.spells[0].campus);
    for place in 0..years.len().saturating_sub(1) {
        let next = years[place + 1].spells[0].campus;
        let year = &mut years[place];
        if let (Some(_), Some(accepting)) = (year.outside, accepting) {
            year.spells[0].campus = accepting;
        }
        let end = last_day(year.year);
        if let Some(spell) = year.spells.last_mut()
            && spell.to.is_none()
        {
            spell.to = Some(end);
            spell.exit = Some(if spell.campus == next {
                ExitReason::YearEnd
            } else {
                ExitReason::Transferred
            });
        }
    }
}
