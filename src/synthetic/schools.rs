//! The schools of a synthetic district: how many of which kind, how each works, who goes where.

use super::calendar::{Calendar, Division, school_year};
use super::catalogue::{Class, Numbering, Offered, Part};
use super::draw::{Draw, Stream};
use super::vocabulary::CARNEGIE_SCHOOL;
use super::{Plan, Source};
use crate::record::{
    CharterStatus, Course, Credits, District, HonorsKind, School, SchoolKind, Term, YesNo,
};

/// The state's code of the synthetic district; no real one has it.
pub const DISTRICT_CODE: &str = "1999999";

/// A school and how it works.
#[derive(Clone, Debug)]
pub struct Campus {
    /// Its row.
    pub row: School,
    /// The system that keeps its records.
    pub source: Source,
    /// The lowest and the highest grade.
    pub grades: (i8, i8),
    /// How large it is beside others of the same grades; 0 where nobody is assigned to it.
    pub weight: u32,
    /// How it divides the year.
    pub division: Division,
    /// How it numbers courses.
    pub numbering: Numbering,
    /// Whether marks carry a plus or minus.
    pub plus_minus: bool,
    /// Whether it counts Carnegie units: a tenth of the district's credits.
    pub carnegie: bool,
    /// Whether Algebra 1 posts no credit for its first part and all of it for the last.
    pub algebra_at_the_end: bool,
    /// Whether it offers the International Baccalaureate.
    pub baccalaureate: bool,
    /// Courses a student takes at a time.
    pub periods: usize,
}

impl Campus {
    /// Whether the school's students collect credits toward a diploma.
    pub fn has_marks(&self) -> bool {
        self.grades.1 >= 8
    }

    /// Whether the school offers a course.
    pub fn offers(&self, class: Class) -> bool {
        let high = self.grades.1 == 12;
        match class.describe().offered {
            Offered::AlsoMiddle => self.has_marks(),
            Offered::Everywhere => high,
            Offered::Comprehensive => {
                high && matches!(self.row.kind, SchoolKind::High | SchoolKind::Span)
            }
            Offered::Baccalaureate => self.baccalaureate,
        }
    }

    /// Credits of this school's kind for a number of the district's, in thousandths.
    pub fn units(&self, thousandths: i64) -> i64 {
        if self.carnegie {
            thousandths / 10
        } else {
            thousandths
        }
    }

    /// The first of several courses that the school offers.
    pub fn first_offered(&self, classes: &[Class]) -> Option<Class> {
        classes.iter().copied().find(|class| self.offers(*class))
    }

    /// The rows of its catalogue.
    pub fn courses(&self) -> Vec<Course> {
        let offered = Class::ALL.iter().filter(|class| self.offers(**class));
        let parts = offered.flat_map(|class| Part::all(*class, self.division));
        parts.map(|part| self.course(part)).collect()
    }

    fn course(&self, part: Part) -> Course {
        let described = part.class.describe();
        let step = part.class.step();
        Course {
            school: self.row.school.clone(),
            course: part.number(self.numbering),
            title: part.title(),
            subject: described.subject.to_owned(),
            ag_area: described.area,
            honors: described.honors,
            state_course_code: (described.honors != HonorsKind::College).then(|| part.state_code()),
            credit_value: Credits::from_thousandths(self.units(part.thousandths)),
            sequence: step.map(|(sequence, _)| sequence.to_owned()),
            level: step.map(|(_, level)| level.to_string()),
            part: (part.parts > 1).then(|| (part.part + 1).to_string()),
            repeatable: part.class.is_repeatable().then_some(YesNo::Yes),
            graduation_credit: None,
            retired_on: None,
        }
    }

    /// The rows of its terms.
    pub fn terms(&self, calendar: &Calendar) -> Vec<Term> {
        let term = |year, period: &super::calendar::Period| Term {
            school: self.row.school.clone(),
            term: period.code.clone(),
            name: period.name.clone(),
            school_year: school_year(year),
            kind: period.kind,
            begins_on: period.begins_on,
            ends_on: period.ends_on,
        };
        let mut terms = Vec::new();
        for year in calendar.years() {
            let periods = calendar.periods(self.division, year);
            let all = periods.iter().chain([calendar.summer(year)]);
            terms.extend(all.map(|period| term(year, period)));
        }
        terms
    }
}

/// All schools of the district.
pub struct Schools {
    campuses: Vec<Campus>,
}

/// A school by its place in [`Schools`].
pub type CampusId = usize;

impl Schools {
    /// The schools for a plan's number of students.
    pub fn new(plan: &Plan) -> Self {
        let mut builder = Builder {
            draw: Draw::new(plan.seed, Stream::Schools, 0),
            campuses: Vec::new(),
            local_districts: (plan.students / 80_000 + 2).min(8),
        };
        let shares = plan.grade_weights;
        let in_grades = |range: std::ops::Range<usize>| {
            let part: u64 = shares[range].iter().map(|weight| u64::from(*weight)).sum();
            let all: u64 = shares.iter().map(|weight| u64::from(*weight)).sum();
            u32::try_from(u64::from(plan.students) * part / all.max(1)).unwrap_or(u32::MAX)
        };
        builder.elementary(in_grades(0..7));
        builder.middle(in_grades(7..10));
        builder.high(in_grades(10..14));
        builder.name_the_carnegie_school();
        Self {
            campuses: builder.campuses,
        }
    }

    /// The district's row.
    pub fn district() -> District {
        District {
            code: DISTRICT_CODE.to_owned(),
            name: "Marisol Unified School District".to_owned(),
            state: "CA".to_owned(),
            contact: Some("transcripts@marisol-usd.example".to_owned()),
        }
    }

    /// Every school.
    pub fn all(&self) -> &[Campus] {
        &self.campuses
    }

    /// A school by its place.
    pub fn get(&self, campus: CampusId) -> &Campus {
        &self.campuses[campus]
    }

    /// The school of a grade for who lives at `place`, 0 to 9,999 from one end of the district to
    /// the other.
    pub fn home(&self, grade: i8, place: u32) -> CampusId {
        let weight = |campus: &Campus| {
            let taught = (campus.grades.0..=campus.grades.1).contains(&grade);
            if taught { campus.weight } else { 0 }
        };
        let total: u64 = self
            .campuses
            .iter()
            .map(|campus| u64::from(weight(campus)))
            .sum();
        let mut left = u64::from(place) * total / 10_000;
        for (id, campus) in self.campuses.iter().enumerate() {
            let weight = u64::from(weight(campus));
            if left < weight {
                return id;
            }
            left -= weight;
        }
        0
    }

    /// One of the schools that pass a test, where there is one.
    pub fn any(&self, draw: &mut Draw, test: impl Fn(&Campus) -> bool) -> Option<CampusId> {
        let passing = || {
            self.campuses
                .iter()
                .enumerate()
                .filter(|(_, campus)| test(campus))
        };
        let count = u32::try_from(passing().count()).expect("schools are few");
        let chosen = draw.below(count) as usize;
        passing().nth(chosen).map(|(id, _)| id)
    }
}

struct Builder {
    draw: Draw,
    campuses: Vec<Campus>,
    local_districts: u32,
}

/// How many students a school of each kind has, more or less.
mod size {
    pub const ELEMENTARY: u32 = 520;
    pub const MIDDLE: u32 = 950;
    pub const HIGH: u32 = 1500;
}

impl Builder {
    fn elementary(&mut self, students: u32) {
        for number in 0..(students / size::ELEMENTARY + 1).max(2) {
            let charter = match number % 12 {
                5 => CharterStatus::Affiliated,
                11 => CharterStatus::Independent,
                _ => CharterStatus::None,
            };
            self.add(SchoolKind::Elementary, charter, number, (-1, 5));
        }
    }

    fn middle(&mut self, students: u32) {
        for number in 0..students / size::MIDDLE + 1 {
            let charter = match number % 11 {
                7 => CharterStatus::Affiliated,
                9 => CharterStatus::Independent,
                _ => CharterStatus::None,
            };
            self.add(SchoolKind::Middle, charter, number, (6, 8));
        }
    }

    /// High schools in turns of eight: five of the district, of which one offers the International
    /// Baccalaureate and one divides its year in three; three charters, of which one spans grades
    /// 6 to 12. The very first span school counts Carnegie units.
    fn high(&mut self, students: u32) {
        let none = CharterStatus::None;
        for number in 0..(students / size::HIGH + 1).max(4) {
            match number % 8 {
                2 => self.charter(CharterStatus::Independent, number),
                3 => self.span(number),
                6 => self.charter(CharterStatus::Affiliated, number),
                _ => self.comprehensive(number),
            }
            if number % 8 == 0 {
                let campus = self.add(SchoolKind::Continuation, none, number, (9, 12));
                campus.weight = 0;
                campus.division = Division::Quarters;
            }
            if number % 16 == 1 {
                self.add(SchoolKind::Alternative, none, number, (9, 12))
                    .weight = 9;
                self.add(SchoolKind::Adult, none, number, (9, 12)).weight = 0;
            }
        }
    }

    fn comprehensive(&mut self, number: u32) {
        let campus = self.add(SchoolKind::High, CharterStatus::None, number, (9, 12));
        campus.weight = match number {
            0 => 165,
            1 => 85,
            _ => campus.weight,
        };
        campus.periods = if number.is_multiple_of(4) { 7 } else { 6 };
        campus.plus_minus = number.is_multiple_of(2);
        campus.algebra_at_the_end = number.is_multiple_of(3);
        campus.baccalaureate = number % 8 == 1;
        if number % 8 == 5 {
            campus.division = Division::Trimesters;
        }
    }

    fn charter(&mut self, status: CharterStatus, number: u32) {
        let campus = self.add(SchoolKind::High, status, number, (9, 12));
        campus.weight = 45;
        if status == CharterStatus::Independent {
            campus.numbering = Numbering::Charter;
            campus.division = Division::Trimesters;
        }
    }

    fn span(&mut self, number: u32) {
        let first = number == 3;
        let campus = self.add(SchoolKind::Span, CharterStatus::Affiliated, number, (6, 12));
        campus.weight = 30;
        campus.carnegie = first;
        campus.numbering = Numbering::Charter;
        campus.plus_minus = false;
    }

    /// The rules name the one school that counts Carnegie units by its code, so that code is the
    /// same in a district of any size: it changes codes with whichever school has it.
    fn name_the_carnegie_school(&mut self) {
        let Some(place) = self.campuses.iter().position(|campus| campus.carnegie) else {
            return;
        };
        let code = CARNEGIE_SCHOOL.to_owned();
        let own = std::mem::replace(&mut self.campuses[place].row.school, code);
        let mut others = self.campuses.iter_mut().enumerate();
        let other = others.find(|(at, it)| *at != place && it.row.school == CARNEGIE_SCHOOL);
        if let Some((_, other)) = other {
            other.row.school = own;
        }
    }

    fn add(
        &mut self,
        kind: SchoolKind,
        charter: CharterStatus,
        number: u32,
        grades: (i8, i8),
    ) -> &mut Campus {
        let place = u32::try_from(self.campuses.len()).expect("schools are few");
        let secondary = grades.1 == 12;
        let independent = charter == CharterStatus::Independent;
        let local = self.draw.below(self.local_districts) as usize;
        let row = School {
            school: format!("{DISTRICT_CODE}{:07}", 100_017 + place * 13),
            district: DISTRICT_CODE.to_owned(),
            name: school_name(kind, charter, number),
            ceeb: secondary.then(|| format!("059{:03}", place % 1000)),
            kind,
            charter,
            local_district: (!independent).then(|| format!("Local District {}", LOCAL[local])),
            street: street_address(&mut self.draw),
            city: (*self.draw.pick(CITIES)).to_owned(),
            state: "CA".to_owned(),
            postal_code: format!("900{:02}", self.draw.below(100)),
            phone: Some(self.phone(place)),
        };
        let source = if independent {
            Source::Charters
        } else {
            Source::District
        };
        let weight = 60 + self.draw.below(81);
        self.campuses.push(Campus {
            row,
            source,
            grades,
            weight,
            division: Division::Semesters,
            numbering: Numbering::District,
            plus_minus: false,
            carnegie: false,
            algebra_at_the_end: false,
            baccalaureate: false,
            periods: 6,
        });
        self.campuses.last_mut().expect("just added")
    }

    /// A number that telephone companies keep free for fiction.
    fn phone(&mut self, place: u32) -> String {
        let area = self
            .draw
            .pick(&["213", "310", "323", "424", "562", "626", "747", "818"]);
        format!("({area}) 555-01{:02}", place % 100)
    }
}

const LOCAL: [&str; 8] = [
    "North", "South", "East", "West", "Central", "Harbor", "Valley", "Hills",
];

const CITIES: &[&str] = &[
    "Marisol",
    "Port Alder",
    "Las Colinas Viejas",
    "Rancho Almendra",
];

const STREETS: &[&str] = &[
    "Jacaranda",
    "Almendra",
    "Toyon",
    "Manzanita",
    "Sycamore",
    "Camino del Faro",
    "Pepper Tree",
    "Mesa Roja",
    "Foundry",
    "Observatory",
    "Orange Grove",
    "Old Cannery",
    "Tidepool",
    "Calle Luna",
];

/// A street address that is nobody's.
pub fn street_address(draw: &mut Draw) -> String {
    let number = draw.between(100, 19_999);
    let street = draw.pick(STREETS);
    let kind = draw.pick(&["Street", "Avenue", "Boulevard", "Way", "Drive"]);
    format!("{number} {street} {kind}")
}

/// An address in one line.
pub fn home_address(draw: &mut Draw) -> String {
    let street = street_address(draw);
    let city = draw.pick(CITIES);
    let code = draw.below(100);
    if draw.chance(350) {
        format!(
            "{street}, Apt. {}, {city}, CA 900{code:02}",
            draw.between(1, 240)
        )
    } else {
        format!("{street}, {city}, CA 900{code:02}")
    }
}

/// The n-th name of a kind; a thousand differ, and kinds begin at different places.
fn school_name(kind: SchoolKind, charter: CharterStatus, number: u32) -> String {
    const FIRST: [&str; 40] = [
        "Jacaranda",
        "Almendra",
        "Sycamore",
        "Manzanita",
        "Toyon",
        "Juniper",
        "Palo Verde",
        "Cypress",
        "Laurel",
        "Magnolia",
        "Sagebrush",
        "Elderberry",
        "Cottonwood",
        "Redbud",
        "Ironwood",
        "Buckeye",
        "Madrone",
        "Tamarisk",
        "Acacia",
        "Ocotillo",
        "Bluebell",
        "Lupine",
        "Poppy",
        "Heron",
        "Pelican",
        "Condor",
        "Kestrel",
        "Osprey",
        "Quail",
        "Egret",
        "Marlin",
        "Abalone",
        "Starling",
        "Meadowlark",
        "Falcon",
        "Puma",
        "Coyote",
        "Sparrow",
        "Swallow",
        "Nightingale",
    ];
    const SECOND: [&str; 25] = [
        "Ridge", "Canyon", "Grove", "Mesa", "Hills", "Park", "Point", "Springs", "Valley", "Bluff",
        "Creek", "Harbor", "Heights", "Landing", "Terrace", "Vista", "Field", "Summit", "Glen",
        "Hollow", "Shore", "Crossing", "Bend", "Knoll", "Gardens",
    ];
    let number = number + 7 * kind as u32;
    let first = FIRST[(number % 40) as usize];
    let second = SECOND[((number / 40 + number) % 25) as usize];
    let suffix = match (kind, charter) {
        (SchoolKind::Elementary, CharterStatus::None) => "Elementary School",
        (SchoolKind::Elementary, _) => "Elementary Charter School",
        (SchoolKind::Middle, CharterStatus::None) => "Middle School",
        (SchoolKind::Middle, _) => "Charter Middle School",
        (SchoolKind::High, CharterStatus::None) => "Senior High School",
        (SchoolKind::High, _) => "Charter High School",
        (SchoolKind::Span, _) => "Academy of Arts and Sciences",
        (SchoolKind::Continuation, _) => "Continuation High School",
        (SchoolKind::Alternative, _) => "Independent Studies Center",
        (SchoolKind::Adult, _) => "Community Adult School",
    };
    format!("{first} {second} {suffix}")
}
