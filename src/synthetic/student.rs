//! Who a student is: name, birth date, home, gifts. A pure function of seed and number in the roll.

use jiff::civil::{Date, date};

use super::calendar::{Calendar, days_after};
use super::catalogue::LANGUAGES;
use super::draw::{Draw, Stream};
use super::names::{Name, household, name};
use super::vocabulary::subject;
use super::{Plan, Source};

/// The traits from which a record follows.
#[derive(Clone, Debug)]
pub struct Student {
    /// The place in the roll, from 0.
    pub number: u32,
    /// The name.
    pub name: Name,
    /// Date of birth.
    pub birth_date: Date,
    /// The state's number; none for a new arrival.
    pub state_id: Option<String>,
    /// The grade in the current school year, -1 to 12.
    pub grade: i8,
    /// Where the family lives, 0 to 9,999 across the district.
    pub place: u32,
    /// How easily marks come, around 0, mostly between -300 and 300.
    pub ability: i32,
    /// What this student finds easier or harder: words, numbers, nature, the rest.
    pub affinity: [i32; 4],
    /// Whether English is being learnt.
    pub newcomer: bool,
    /// Which of [`LANGUAGES`] is studied.
    pub language: usize,
    /// Whether grade 12 is taken a second time.
    pub fifth_year: bool,
}

impl Student {
    /// The student at a place of the roll.
    pub fn new(plan: &Plan, calendar: &Calendar, number: u32) -> Self {
        let mut home = Draw::new(plan.seed, Stream::Household, household(number));
        let grade = home.weighted(plan.grade_weights.iter().copied());
        let grade = i8::try_from(grade).expect("fourteen grades") - 1;
        let place = home.below(10_000);
        let birthday = i32::try_from(home.below(365)).expect("a day of the year");

        let mut own = Draw::new(plan.seed, Stream::Person, number);
        let ability = own.bell(500);
        let newcomer = own.chance(45);
        let fifth_year = own.chance(30) && grade == 12 && ability < 50;
        // Whoever was born from 2 September on turns five a school year later.
        let birth_year = calendar.current - 6 - i16::from(grade) - i16::from(fifth_year);
        Self {
            number,
            name: name(plan.seed, number),
            birth_date: days_after(date(birth_year, 9, 2), birthday),
            state_id: (!(newcomer && own.chance(250)))
                .then(|| (9_900_000_000 + u64::from(number)).to_string()),
            grade,
            place,
            ability,
            affinity: std::array::from_fn(|_| own.bell(200)),
            newcomer,
            language: own.weighted([38, 27, 12, 9, 6, 8].into_iter()) % LANGUAGES.len(),
            fifth_year,
        }
    }

    /// The number by which a source knows the student.
    pub fn local_id(&self, source: Source) -> String {
        match source {
            Source::District => format!("{}", 1_000_001 + u64::from(self.number)),
            Source::Charters => format!("HC-{:07}", self.number + 1),
        }
    }

    /// How well the student does in a subject, around 0.
    pub fn strength(&self, in_subject: &str) -> i32 {
        let group = match in_subject {
            subject::ENGLISH | subject::LANGUAGE => 0,
            subject::MATHEMATICS => 1,
            subject::BIOLOGICAL_SCIENCE | subject::PHYSICAL_SCIENCE => 2,
            _ => 3,
        };
        self.ability + self.affinity[group]
    }

    /// Whether the student seeks honors courses.
    pub fn is_ambitious(&self, in_subject: &str) -> bool {
        self.strength(in_subject) > 120
    }
}
