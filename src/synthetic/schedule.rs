//! Which courses a student takes in a year: prerequisites in order, what was failed again, the rest
//! by inclination.

use super::catalogue::{ADVANCED_ELECTIVES, Class, ELECTIVES, LANGUAGES, Part};
use super::draw::Draw;
use super::schools::Campus;
use super::student::Student;
use super::vocabulary::subject;

/// One place in a year's schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A course of a year.
    Year(Class),
    /// Two courses, one after the other.
    Terms(Class, Class),
    /// A part of a course once more.
    Again(Part),
}

impl Slot {
    /// Whether a part is taken in this place, in whatever parts its school divides the course.
    pub fn takes(self, part: Part) -> bool {
        match self {
            Self::Year(class) => class == part.class,
            Self::Terms(first, second) => [first, second].contains(&part.class),
            Self::Again(again) => again.overlaps(part),
        }
    }
}

/// How a posted part came out.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// What was taken.
    pub part: Part,
    /// Whether credits were earned.
    pub passed: bool,
    /// Whether a C or better was earned.
    pub solid: bool,
    /// Whether a weak mark has been made up, or a failure need not be.
    pub settled: bool,
}

/// What was taken so far.
#[derive(Default)]
pub struct History {
    /// Every posted part, oldest first.
    pub outcomes: Vec<Outcome>,
}

impl History {
    /// Whether a course was begun.
    pub fn took(&self, class: Class) -> bool {
        self.outcomes
            .iter()
            .any(|outcome| outcome.part.class == class)
    }

    /// Whether at least one part of a course was passed.
    pub fn advanced(&self, class: Class) -> bool {
        self.outcomes
            .iter()
            .any(|outcome| outcome.part.class == class && outcome.passed)
    }

    /// Whether every posted part of a course was passed with a C or better.
    pub fn mastered(&self, class: Class) -> bool {
        let mut parts = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.part.class == class);
        self.took(class) && parts.all(|outcome| outcome.passed && outcome.solid)
    }

    fn took_any(&self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.took(*class))
    }

    /// How many courses of a subject were begun.
    fn count(&self, in_subject: &str) -> usize {
        let classes = Class::ALL
            .iter()
            .filter(|class| class.describe().subject == in_subject);
        classes.filter(|class| self.took(**class)).count()
    }

    /// What makes up at this school for failed parts of courses that a diploma asks for, oldest
    /// first. A part of which anything was passed, there or elsewhere, is not taken again: the
    /// district would give its credit twice.
    pub fn owed(&self, campus: &Campus) -> Vec<Part> {
        const NOT_REPEATED: &[&str] = &[
            subject::ELECTIVE,
            subject::CAREER_TECHNICAL,
            subject::WORK_EXPERIENCE,
        ];
        let open = self
            .outcomes
            .iter()
            .filter(|outcome| !outcome.passed && !outcome.settled);
        let failed = open
            .map(|outcome| outcome.part)
            .filter(|part| !NOT_REPEATED.contains(&part.class.describe().subject))
            .filter(|part| campus.offers(part.class));
        let mut owed = Vec::new();
        for failed in failed {
            for part in Part::all(failed.class, campus.division) {
                if part.overlaps(failed) && !self.passed(part) && !owed.contains(&part) {
                    owed.push(part);
                }
            }
        }
        owed
    }

    /// Whether anything of a part was passed, however its school divides the course.
    fn passed(&self, part: Part) -> bool {
        let mut passed = self.outcomes.iter().filter(|outcome| outcome.passed);
        passed.any(|outcome| outcome.part.overlaps(part))
    }

    /// Parts passed with a D that count toward college admission and were not retaken.
    pub fn weak(&self) -> Vec<Part> {
        let weak = self.outcomes.iter().filter(|outcome| {
            outcome.passed
                && !outcome.solid
                && !outcome.settled
                && outcome.part.class.describe().area.is_some()
        });
        weak.map(|outcome| outcome.part).collect()
    }

    /// Marks what was passed of a part as made up: a weak mark is taken again once.
    pub fn settle(&mut self, part: Part) {
        for outcome in &mut self.outcomes {
            if outcome.passed && outcome.part.overlaps(part) {
                outcome.settled = true;
            }
        }
    }
}

/// Makes the schedule of one year.
pub struct Scheduler<'a> {
    /// Who.
    pub student: &'a Student,
    /// Where.
    pub campus: &'a Campus,
    /// In which grade.
    pub grade: i8,
    /// Whether the grade is taken a second time.
    pub again: bool,
    /// Whether the year is spent in another country.
    pub abroad: bool,
    /// What came before.
    pub history: &'a History,
    /// Chance.
    pub draw: &'a mut Draw,
}

/// How many failed parts are taken again beside a full schedule in grade 12.
const RECOVERY_PARTS_MAX: usize = 6;

impl Scheduler<'_> {
    /// The places of the year, at most as many as the school has periods, and in grade 12 what must
    /// be made up beside them.
    pub fn slots(mut self) -> Vec<Slot> {
        let owed = self.history.owed(self.campus);
        let mut slots = Vec::new();
        if !self.again {
            slots.extend(self.english());
            slots.extend(self.history_slot());
            slots.extend(self.mathematics());
            slots.extend(self.science());
        }
        let recovered = if self.grade == 12 {
            RECOVERY_PARTS_MAX
        } else {
            2
        };
        let general = self.general();
        // Who takes a whole course again need not take its failed part beside it.
        let whole = |class| [&slots, &general].iter().any(|list| takes(list, class));
        let again = owed.into_iter().filter(|part| !whole(part.class));
        let again: Vec<Slot> = again.take(recovered).map(Slot::Again).collect();
        slots.extend(again);
        slots.extend(general);
        let periods = self.campus.periods;
        if slots.len() < periods {
            self.electives(&mut slots, periods);
        }
        if self.grade < 12 {
            slots.truncate(periods);
        }
        slots
    }

    fn offered(&self, classes: &[Class]) -> Option<Slot> {
        self.campus.first_offered(classes).map(Slot::Year)
    }

    fn english(&mut self) -> Vec<Slot> {
        let ambitious = self.student.is_ambitious(subject::ENGLISH);
        let very = self.student.strength(subject::ENGLISH) > 190;
        let classes: &[Class] = match (self.grade, ambitious, very) {
            (9, true, _) => &[Class::HonorsEnglish9, Class::English9],
            (9, ..) => &[Class::English9],
            (10, true, _) => &[Class::HonorsEnglish10, Class::English10],
            (10, ..) => &[Class::English10],
            (11, true, true) => &[
                Class::IbLiterature1,
                Class::ApLanguage,
                Class::AmericanLiterature,
            ],
            (11, true, _) => &[Class::HonorsAmericanLiterature, Class::AmericanLiterature],
            (11, ..) => &[Class::AmericanLiterature],
            (_, true, true) if self.history.took(Class::IbLiterature1) => &[
                Class::IbLiterature2,
                Class::ApLiterature,
                Class::ExpositoryReading,
            ],
            (_, true, _) => &[Class::ApLiterature, Class::ExpositoryReading],
            _ => &[Class::ExpositoryReading],
        };
        let mut slots: Vec<Slot> = self.offered(classes).into_iter().collect();
        if self.student.newcomer && !self.abroad {
            let levels = [Class::Eld1, Class::Eld2, Class::Eld3];
            let next = levels
                .into_iter()
                .find(|level| !self.history.advanced(*level));
            slots.extend(
                next.filter(|level| self.campus.offers(*level))
                    .map(Slot::Year),
            );
        }
        slots
    }

    fn history_slot(&mut self) -> Option<Slot> {
        let very = self.student.strength(subject::US_HISTORY) > 170;
        match self.grade {
            10 if very => self.offered(&[Class::ApWorldHistory, Class::WorldHistory]),
            10 if self.student.is_ambitious(subject::US_HISTORY) => {
                self.offered(&[Class::HonorsWorldHistory, Class::WorldHistory])
            }
            10 => self.offered(&[Class::WorldHistory]),
            11 if very => self.offered(&[Class::IbHistory, Class::ApUsHistory, Class::UsHistory]),
            11 => self.offered(&[Class::UsHistory]),
            12 if very && self.campus.offers(Class::ApGovernment) => {
                Some(Slot::Terms(Class::ApGovernment, Class::ApEconomics))
            }
            12 => Some(Slot::Terms(Class::Government, Class::Economics)),
            _ => None,
        }
    }

    /// The next rung of the ladder: a rung is climbed once a part of it has been passed.
    fn mathematics(&mut self) -> Option<Slot> {
        const LADDER: &[&[Class]] = &[
            &[Class::Algebra1],
            &[Class::HonorsGeometry, Class::Geometry],
            &[Class::HonorsAlgebra2, Class::Algebra2],
            &[Class::HonorsPrecalculus, Class::Precalculus],
            &[Class::ApCalculusAb],
            &[Class::ApCalculusBc],
        ];
        let ambitious = self.student.is_ambitious(subject::MATHEMATICS);
        let climbed = |rung: &&&[Class]| rung.iter().any(|class| self.history.advanced(*class));
        let rung = LADDER.iter().take_while(climbed).count();
        let weak = self.student.strength(subject::MATHEMATICS) < 40;
        if rung >= 3 && weak || rung >= LADDER.len() {
            let other = [Class::Statistics, Class::FinancialAlgebra];
            let wanted = self.grade < 12 || self.history.count(subject::MATHEMATICS) < 3;
            let wanted = wanted || self.draw.chance(300);
            return self
                .offered(&other)
                .filter(|_| wanted && !self.history.took_any(&other));
        }
        let rung = LADDER[rung];
        if rung.len() > 1 && !ambitious {
            return self.offered(&rung[1..]);
        }
        self.offered(rung)
            .or_else(|| self.offered(&[Class::IbMathematics]))
    }

    fn science(&mut self) -> Option<Slot> {
        let ambitious = self.student.is_ambitious(subject::BIOLOGICAL_SCIENCE);
        let taken = self.history.count(subject::BIOLOGICAL_SCIENCE)
            + self.history.count(subject::PHYSICAL_SCIENCE);
        let biology = [Class::HonorsBiology, Class::Biology];
        let chemistry = [Class::HonorsChemistry, Class::Chemistry];
        let skip = usize::from(!ambitious);
        match taken {
            0 => self.offered(&biology[skip..]),
            1 if self.student.ability < -120 => self.offered(&[Class::EarthScience]),
            1 => self.offered(&chemistry[skip..]),
            2 if ambitious => self.offered(&[Class::IbBiology, Class::ApPhysics1, Class::Physics]),
            2 if self.campus.carnegie => self.offered(&[Class::Physics]),
            2 if self.student.ability > -60 && self.draw.chance(700) => {
                self.offered(&[Class::Physics])
            }
            3 if ambitious => {
                let last = [Class::ApBiology, Class::ApChemistry, Class::ApPhysicsC];
                let wish = *self.draw.pick(&last);
                self.offered(&[wish])
            }
            _ => None,
        }
    }

    /// What has no fixed grade: language, physical education, health, the arts.
    fn general(&mut self) -> Vec<Slot> {
        let mut slots = Vec::new();
        slots.extend(self.language());
        let fitness = [Class::Fitness1, Class::Fitness2];
        let next = fitness.into_iter().find(|class| !self.history.took(*class));
        slots.extend(next.map(Slot::Year));
        if !self.history.took(Class::Health) {
            slots.push(Slot::Terms(Class::Health, Class::EthnicStudies));
        } else if !self.history.took(Class::EthnicStudies) {
            slots.push(Slot::Terms(Class::EthnicStudies, Class::WorkExperience));
        }
        if self.grade >= 10 && self.history.count(subject::COLLEGE_PREPARATORY_ELECTIVE) == 0 {
            let electives = [Class::Psychology, Class::Journalism, Class::CollegeSeminar];
            let wish = *self.draw.pick(&electives);
            slots.extend(self.offered(&[wish, Class::CollegeSeminar]));
        }
        if self.grade >= 10 && self.history.count(subject::VISUAL_PERFORMING_ARTS) == 0 {
            let arts = [
                Class::Drawing,
                Class::Photography,
                Class::Ceramics,
                Class::Choir,
                Class::Band,
                Class::Theatre,
                Class::Dance,
            ];
            let wish = *self.draw.pick(&arts);
            slots.extend(self.offered(&[wish, Class::Drawing]));
        }
        slots
    }

    fn language(&mut self) -> Option<Slot> {
        let ambitious = self.student.is_ambitious(subject::LANGUAGE);
        let (_, ladder) = LANGUAGES[self.student.language];
        let rung = ladder
            .iter()
            .take_while(|class| self.history.advanced(**class))
            .count();
        let enough = rung >= 2 && !(ambitious || self.draw.chance(180));
        let next = ladder.get(rung).filter(|_| !enough)?;
        if self.campus.offers(*next) {
            return Some(Slot::Year(*next));
        }
        let spanish = [Class::Spanish1, Class::Spanish2];
        let next = spanish
            .into_iter()
            .find(|class| !self.history.advanced(*class));
        next.filter(|_| rung < 2).map(Slot::Year)
    }

    fn electives(&mut self, slots: &mut Vec<Slot>, periods: usize) {
        let ambitious = self.student.ability > 140 && self.grade >= 11;
        let list = if ambitious {
            ADVANCED_ELECTIVES
        } else {
            ELECTIVES
        };
        let mut tries = 0;
        while slots.len() < periods && tries < 60 {
            tries += 1;
            let class = *self.draw.pick(if tries > 30 { ELECTIVES } else { list });
            let slot = Slot::Year(class);
            if self.campus.offers(class) && !self.history.took(class) && !takes(slots, class) {
                slots.push(slot);
            }
        }
        if self.grade == 12 && slots.len() < periods {
            slots.push(Slot::Terms(Class::OfficeAssistant, Class::WorkExperience));
        }
    }
}

/// Whether a list of places holds a course.
fn takes(slots: &[Slot], class: Class) -> bool {
    slots.iter().any(|slot| match slot {
        Slot::Year(taken) => *taken == class,
        Slot::Terms(first, second) => [*first, *second].contains(&class),
        Slot::Again(part) => part.class == class,
    })
}

/// The part of a course at a school that makes up for a part at another one.
pub fn counterpart(campus: &Campus, part: Part) -> Option<Part> {
    if !campus.offers(part.class) {
        return None;
    }
    let parts = Part::all(part.class, campus.division);
    let place = usize::from(part.part) * parts.len() / usize::from(part.parts.max(1));
    parts.get(place).copied()
}
