//! What reports count a student under: race, languages, a home that is not the parents'.
//!
//! The shares are near those of a large district in Southern California, and follow the community
//! that the name is from.

use crate::record::YesNo;
use crate::record::support::{Demographics, RaceEthnicity};
use crate::synthetic::Plan;
use crate::synthetic::draw::{Draw, Stream};
use crate::synthetic::names::{community_place, household};
use crate::synthetic::student::Student;

/// The language of a home in which English is spoken.
pub const ENGLISH: &str = "en";

/// The background of a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Background {
    /// Race and ethnicity.
    pub race: RaceEthnicity,
    /// The language of the home, as BCP 47 writes it.
    pub language: &'static str,
    /// Whether English is being learnt.
    pub english_learner: bool,
    foster: bool,
    homeless: bool,
}

impl Background {
    /// The background of a student; siblings share race and language.
    pub fn new(plan: &Plan, student: &Student) -> Self {
        let mut home = Draw::new(plan.seed, Stream::Demographics, household(student.number));
        let community = community_place(plan.seed, student.number);
        let (race, language, at_home) = of_community(community, &mut home);
        let language = if student.newcomer || home.chance(at_home) {
            language
        } else {
            ENGLISH
        };
        // A stream of the student's own: the household's is shared by twins.
        let mut own = Draw::new(plan.seed, Stream::Background, student.number);
        // Many are reclassified as fluent on the way up.
        let learning = 620 - 35 * u32::try_from(student.grade + 1).unwrap_or(0);
        Self {
            race: if own.chance(15) {
                RaceEthnicity::NotReported
            } else {
                race
            },
            language,
            english_learner: student.newcomer || (language != ENGLISH && own.chance(learning)),
            foster: own.chance(11),
            homeless: own.chance(32),
        }
    }

    /// The row of a student system.
    pub fn row(&self, school: &str, person: &str) -> Demographics {
        let flag = |is| Some(if is { YesNo::Yes } else { YesNo::No });
        Demographics {
            school: school.to_owned(),
            person: person.to_owned(),
            race: Some(self.race),
            home_language: Some(self.language.to_owned()),
            english_learner: flag(self.english_learner),
            foster: flag(self.foster),
            homeless: flag(self.homeless),
        }
    }
}

/// Race and language of a home, and in how many of a thousand the language is spoken.
fn of_community(community: usize, home: &mut Draw) -> (RaceEthnicity, &'static str, u32) {
    use RaceEthnicity as Race;
    const MIXED: [Race; 4] = [
        Race::Black,
        Race::White,
        Race::TwoOrMore,
        Race::AmericanIndian,
    ];
    match community {
        0 => (Race::Hispanic, "es", 720),
        1 => (
            MIXED[home.weighted([450, 440, 95, 15].into_iter())],
            ENGLISH,
            1000,
        ),
        2 => (Race::Asian, "fil", 450),
        3 => (Race::Asian, "vi", 700),
        4 | 5 => (Race::White, "hy", 750),
        6 => (Race::Asian, "ko", 600),
        7 => (Race::Asian, "zh", 600),
        8 => (Race::White, if home.chance(500) { "fa" } else { "ar" }, 650),
        9 => (Race::Asian, if home.chance(500) { "hi" } else { "bn" }, 500),
        13 => (Race::White, "ru", 700),
        14 => (
            Race::PacificIslander,
            if home.chance(300) { "sm" } else { ENGLISH },
            1000,
        ),
        15 => (
            Race::Black,
            if home.chance(300) { "am" } else { ENGLISH },
            1000,
        ),
        10..=12 | 16 => (Race::White, ENGLISH, 1000),
        _ => (Race::Asian, ENGLISH, 1000),
    }
}
