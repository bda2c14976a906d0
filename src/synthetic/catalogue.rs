//! The courses of the synthetic district: one list, from which each school offers what fits it.

use super::calendar::Division;
use super::vocabulary::subject;
use crate::record::{AgArea, HonorsKind};

/// How long a course lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A school year, posted in parts: 10 credits in all.
    Year,
    /// Half a year or one term: 5 credits.
    Term,
}

/// Which schools offer a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Every school with grades 9 to 12; and middle schools.
    AlsoMiddle,
    /// Every school with grades 9 to 12.
    Everywhere,
    /// Comprehensive high schools and charters.
    Comprehensive,
    /// Schools of the International Baccalaureate.
    Baccalaureate,
}

/// What a course is, whatever the school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The title on documents, without the letter of its part.
    pub title: &'static str,
    /// The subject area.
    pub subject: &'static str,
    /// The a-g area.
    pub area: Option<AgArea>,
    /// The kind of honors.
    pub honors: HonorsKind,
    /// How long it lasts.
    pub length: Length,
    /// Who offers it.
    pub offered: Offered,
}

macro_rules! courses {
    (@area -) => { None };
    (@area $area:ident) => { Some(AgArea::$area) };
    ($(
        $class:ident: $title:literal
        $subject:ident $area:tt $honors:ident $length:ident $offered:ident;
    )+) => {
        /// A course of the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Class { $($class,)+ }

        impl Class {
            /// Every course, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$class,)+];

            /// What the course is.
            pub const fn describe(self) -> Description {
                match self {
                    $(Self::$class => Description {
                        title: $title,
                        subject: subject::$subject,
                        area: courses!(@area $area),
                        honors: HonorsKind::$honors,
                        length: Length::$length,
                        offered: Offered::$offered,
                    },)+
                }
            }
        }
    };
}

courses! {
    English9: "English 9" ENGLISH B None Year Everywhere;
    HonorsEnglish9: "Honors English 9" ENGLISH B School Year Comprehensive;
    English10: "English 10" ENGLISH B None Year Everywhere;
    HonorsEnglish10: "Honors English 10" ENGLISH B School Year Comprehensive;
    AmericanLiterature: "American Literature and Composition" ENGLISH B None Year Everywhere;
    HonorsAmericanLiterature: "Honors American Literature" ENGLISH B UcCertified Year Comprehensive;
    ApLanguage: "AP English Language and Composition"
        ENGLISH B AdvancedPlacement Year Comprehensive;
    ExpositoryReading: "Expository Reading and Writing" ENGLISH B None Year Everywhere;
    ApLiterature: "AP English Literature and Composition"
        ENGLISH B AdvancedPlacement Year Comprehensive;
    IbLiterature1: "IB Language and Literature HL 1"
        ENGLISH B InternationalBaccalaureate Year Baccalaureate;
    IbLiterature2: "IB Language and Literature HL 2"
        ENGLISH B InternationalBaccalaureate Year Baccalaureate;
    Eld3: "English Language Development 3" ENGLISH B None Year Everywhere;
    Eld1: "English Language Development 1" ELECTIVE - None Year Everywhere;
    Eld2: "English Language Development 2" ELECTIVE - None Year Everywhere;

    Algebra1: "Algebra 1" MATHEMATICS C None Year AlsoMiddle;
    Geometry: "Geometry" MATHEMATICS C None Year Everywhere;
    HonorsGeometry: "Honors Geometry" MATHEMATICS C School Year Comprehensive;
    Algebra2: "Algebra 2" MATHEMATICS C None Year Everywhere;
    HonorsAlgebra2: "Honors Algebra 2" MATHEMATICS C School Year Comprehensive;
    Precalculus: "Precalculus" MATHEMATICS C None Year Comprehensive;
    HonorsPrecalculus: "Honors Precalculus" MATHEMATICS C UcCertified Year Comprehensive;
    Statistics: "Introduction to Data Science" MATHEMATICS C None Year Everywhere;
    FinancialAlgebra: "Financial Algebra" MATHEMATICS C None Year Everywhere;
    ApStatistics: "AP Statistics" MATHEMATICS C AdvancedPlacement Year Comprehensive;
    ApCalculusAb: "AP Calculus AB" MATHEMATICS C AdvancedPlacement Year Comprehensive;
    ApCalculusBc: "AP Calculus BC" MATHEMATICS C AdvancedPlacement Year Comprehensive;
    IbMathematics: "IB Mathematics: Analysis and Approaches SL"
        MATHEMATICS C InternationalBaccalaureate Year Baccalaureate;

    Biology: "Biology" BIOLOGICAL_SCIENCE D None Year Everywhere;
    HonorsBiology: "Honors Biology" BIOLOGICAL_SCIENCE D School Year Comprehensive;
    ApBiology: "AP Biology" BIOLOGICAL_SCIENCE D AdvancedPlacement Year Comprehensive;
    IbBiology: "IB Biology HL 1" BIOLOGICAL_SCIENCE D InternationalBaccalaureate Year Baccalaureate;
    Physiology: "Human Anatomy and Physiology" BIOLOGICAL_SCIENCE D None Year Comprehensive;
    Chemistry: "Chemistry" PHYSICAL_SCIENCE D None Year Everywhere;
    HonorsChemistry: "Honors Chemistry" PHYSICAL_SCIENCE D UcCertified Year Comprehensive;
    EarthScience: "Geology and Earth Systems" PHYSICAL_SCIENCE D None Year Everywhere;
    Physics: "Physics" PHYSICAL_SCIENCE D None Year Comprehensive;
    ApChemistry: "AP Chemistry" PHYSICAL_SCIENCE D AdvancedPlacement Year Comprehensive;
    ApPhysics1: "AP Physics 1: Algebra-Based"
        PHYSICAL_SCIENCE D AdvancedPlacement Year Comprehensive;
    ApPhysicsC: "AP Physics C: Mechanics" PHYSICAL_SCIENCE D AdvancedPlacement Year Comprehensive;
    ApEnvironmental: "AP Environmental Science"
        PHYSICAL_SCIENCE D AdvancedPlacement Year Comprehensive;

    WorldHistory: "World History and Geography" WORLD_HISTORY A None Year Everywhere;
    HonorsWorldHistory: "Honors World History" WORLD_HISTORY A School Year Comprehensive;
    ApWorldHistory: "AP World History: Modern" WORLD_HISTORY A AdvancedPlacement Year Comprehensive;
    UsHistory: "United States History and Geography" US_HISTORY A None Year Everywhere;
    ApUsHistory: "AP United States History" US_HISTORY A AdvancedPlacement Year Comprehensive;
    IbHistory: "IB History of the Americas HL"
        US_HISTORY A InternationalBaccalaureate Year Baccalaureate;
    Government: "Principles of American Democracy" GOVERNMENT A None Term Everywhere;
    ApGovernment: "AP United States Government and Politics"
        GOVERNMENT A AdvancedPlacement Term Comprehensive;
    Economics: "Economics" ECONOMICS G None Term Everywhere;
    ApEconomics: "AP Macroeconomics" ECONOMICS G AdvancedPlacement Term Comprehensive;
    EthnicStudies: "Ethnic Studies" ETHNIC_STUDIES A None Term Everywhere;

    Spanish1: "Spanish 1" LANGUAGE E None Year AlsoMiddle;
    Spanish2: "Spanish 2" LANGUAGE E None Year Everywhere;
    Spanish3: "Spanish 3" LANGUAGE E None Year Comprehensive;
    SpanishSpeakers1: "Spanish for Spanish Speakers 1" LANGUAGE E None Year Everywhere;
    SpanishSpeakers2: "Spanish for Spanish Speakers 2" LANGUAGE E None Year Everywhere;
    ApSpanishLanguage: "AP Spanish Language and Culture"
        LANGUAGE E AdvancedPlacement Year Comprehensive;
    ApSpanishLiterature: "AP Spanish Literature and Culture"
        LANGUAGE E AdvancedPlacement Year Comprehensive;
    French1: "French 1" LANGUAGE E None Year Comprehensive;
    French2: "French 2" LANGUAGE E None Year Comprehensive;
    French3: "French 3" LANGUAGE E None Year Comprehensive;
    ApFrench: "AP French Language and Culture" LANGUAGE E AdvancedPlacement Year Comprehensive;
    Mandarin1: "Mandarin Chinese 1" LANGUAGE E None Year Comprehensive;
    Mandarin2: "Mandarin Chinese 2" LANGUAGE E None Year Comprehensive;
    Mandarin3: "Mandarin Chinese 3" LANGUAGE E None Year Comprehensive;
    ApChinese: "AP Chinese Language and Culture" LANGUAGE E AdvancedPlacement Year Comprehensive;
    Armenian1: "Armenian 1" LANGUAGE E None Year Comprehensive;
    Armenian2: "Armenian 2" LANGUAGE E None Year Comprehensive;
    Armenian3: "Armenian 3" LANGUAGE E None Year Comprehensive;
    Sign1: "American Sign Language 1" LANGUAGE E None Year Comprehensive;
    Sign2: "American Sign Language 2" LANGUAGE E None Year Comprehensive;

    Drawing: "Drawing and Painting 1" VISUAL_PERFORMING_ARTS F None Year Everywhere;
    Photography: "Photography 1" VISUAL_PERFORMING_ARTS F None Year Everywhere;
    Ceramics: "Ceramics 1" VISUAL_PERFORMING_ARTS F None Year Comprehensive;
    Choir: "Concert Choir" VISUAL_PERFORMING_ARTS F None Year Comprehensive;
    Band: "Marching and Symphonic Band" VISUAL_PERFORMING_ARTS F None Year Comprehensive;
    Theatre: "Theatre Production" VISUAL_PERFORMING_ARTS F None Year Comprehensive;
    Dance: "Folklórico Dance" VISUAL_PERFORMING_ARTS F None Year Comprehensive;
    ApDrawing: "AP Drawing" VISUAL_PERFORMING_ARTS F AdvancedPlacement Year Comprehensive;

    Fitness1: "Physical Education 1" PHYSICAL_EDUCATION - None Year Everywhere;
    Fitness2: "Physical Education 2" PHYSICAL_EDUCATION - None Year Everywhere;
    TeamSports: "Interscholastic Athletics" PHYSICAL_EDUCATION - None Year Comprehensive;
    Health: "Health" HEALTH - None Term Everywhere;

    Psychology: "Psychology" COLLEGE_PREPARATORY_ELECTIVE G None Year Comprehensive;
    ApPsychology: "AP Psychology"
        COLLEGE_PREPARATORY_ELECTIVE G AdvancedPlacement Year Comprehensive;
    Journalism: "Journalism" COLLEGE_PREPARATORY_ELECTIVE G None Year Comprehensive;
    CollegeSeminar: "College Readiness Seminar" COLLEGE_PREPARATORY_ELECTIVE G None Year Everywhere;
    ComputerPrinciples: "AP Computer Science Principles"
        COLLEGE_PREPARATORY_ELECTIVE G AdvancedPlacement Year Comprehensive;
    IbKnowledge: "IB Theory of Knowledge" COLLEGE_PREPARATORY_ELECTIVE G None Year Baccalaureate;

    Computing: "Introduction to Computing" CAREER_TECHNICAL G None Year Everywhere;
    Construction: "Construction Technology 1" CAREER_TECHNICAL - None Year Comprehensive;
    Culinary: "Culinary Arts 1" CAREER_TECHNICAL G None Year Comprehensive;
    Automotive: "Automotive Technology 1" CAREER_TECHNICAL - None Year Comprehensive;
    MedicalTerms: "Medical Terminology" CAREER_TECHNICAL G None Year Comprehensive;

    Leadership: "Student Leadership" ELECTIVE - None Year Everywhere;
    Yearbook: "Yearbook Production" ELECTIVE - None Year Comprehensive;
    StudySkills: "Advisory" ELECTIVE - None Year Everywhere;
    OfficeAssistant: "Office Assistant" ELECTIVE - None Term Everywhere;
    WorkExperience: "General Work Experience" WORK_EXPERIENCE - None Term Everywhere;

    CollegeEnglish: "College English" ENGLISH B College Term Everywhere;
    CollegeMathematics: "College Mathematics" MATHEMATICS C College Term Everywhere;
    CollegeSocialScience: "College Social Science"
        COLLEGE_PREPARATORY_ELECTIVE G College Term Everywhere;
    CollegeElective: "College Elective" ELECTIVE - College Term Everywhere;

    Rotc: "Junior Reserve Officers' Training" ROTC - None Year Comprehensive;
    PersonalFinance: "Personal Finance" PERSONAL_FINANCE G None Term Everywhere;
}

/// Languages other than English, each with its courses in order.
pub const LANGUAGES: &[(&str, &[Class])] = &[
    (
        "Spanish",
        &[
            Class::Spanish1,
            Class::Spanish2,
            Class::Spanish3,
            Class::ApSpanishLanguage,
        ],
    ),
    (
        "Spanish",
        &[
            Class::SpanishSpeakers1,
            Class::SpanishSpeakers2,
            Class::ApSpanishLanguage,
            Class::ApSpanishLiterature,
        ],
    ),
    (
        "French",
        &[
            Class::French1,
            Class::French2,
            Class::French3,
            Class::ApFrench,
        ],
    ),
    (
        "Mandarin",
        &[
            Class::Mandarin1,
            Class::Mandarin2,
            Class::Mandarin3,
            Class::ApChinese,
        ],
    ),
    (
        "Armenian",
        &[Class::Armenian1, Class::Armenian2, Class::Armenian3],
    ),
    ("American Sign Language", &[Class::Sign1, Class::Sign2]),
];

/// Courses that fill a schedule.
pub const ELECTIVES: &[Class] = &[
    Class::Computing,
    Class::Photography,
    Class::Leadership,
    Class::CollegeSeminar,
    Class::StudySkills,
    Class::Drawing,
    Class::TeamSports,
    Class::Choir,
    Class::Band,
    Class::Theatre,
    Class::Dance,
    Class::Ceramics,
    Class::Culinary,
    Class::Construction,
    Class::Automotive,
    Class::MedicalTerms,
    Class::Psychology,
    Class::Journalism,
    Class::Yearbook,
    Class::EarthScience,
];

/// Electives for those who seek more.
pub const ADVANCED_ELECTIVES: &[Class] = &[
    Class::ApPsychology,
    Class::ComputerPrinciples,
    Class::ApStatistics,
    Class::ApEnvironmental,
    Class::ApDrawing,
    Class::Physiology,
    Class::Journalism,
    Class::TeamSports,
];

/// How a school numbers its courses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Six digits: subject, course, part.
    District,
    /// Letters and digits: `ENG-105A`.
    Charter,
}

/// One part of a course: what is posted at the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The course.
    pub class: Class,
    /// Which part, from 0.
    pub part: u8,
    /// Of how many.
    pub parts: u8,
    /// Credits at a school that counts 10 a year course, in thousandths.
    pub thousandths: i64,
}

impl Part {
    /// The parts of a course at a school with this division of the year.
    pub fn all(class: Class, division: Division) -> Vec<Self> {
        let thousandths: &[i64] = match (class.describe().length, division) {
            (Length::Year, Division::Semesters) => &[5000, 5000],
            (Length::Year, Division::Trimesters) => &[3333, 3333, 3334],
            (Length::Year, Division::Quarters) => &[2500, 2500, 2500, 2500],
            (Length::Term, Division::Quarters) => &[2500, 2500],
            (Length::Term, _) => &[5000],
        };
        let parts = u8::try_from(thousandths.len()).expect("at most four");
        let part = |(part, thousandths): (u8, &i64)| Self {
            class,
            part,
            parts,
            thousandths: *thousandths,
        };
        (0..).zip(thousandths).map(part).collect()
    }

    /// Whether two parts of one course have something of its time in common, however their schools
    /// divide it.
    pub fn overlaps(&self, other: Self) -> bool {
        let [one, two] = [self, &other].map(|it| (u16::from(it.part), u16::from(it.parts)));
        let before =
            |(first, of): (u16, u16), (then, parts): (u16, u16)| (first + 1) * parts <= then * of;
        self.class == other.class && !before(one, two) && !before(two, one)
    }

    /// The title on documents: `Geometry B`.
    pub fn title(&self) -> String {
        let title = self.class.describe().title;
        if self.parts == 1 {
            title.to_owned()
        } else {
            format!("{title} {}", self.letter())
        }
    }

    /// The catalogue number.
    pub fn number(&self, numbering: Numbering) -> String {
        let subject = self.class.describe().subject;
        let (digits, letters) = prefix(subject);
        match numbering {
            Numbering::District => {
                format!("{digits}{:02}{:02}", self.class as u8 % 100, self.part + 1)
            }
            Numbering::Charter if self.parts == 1 => {
                format!("{letters}-{}", 100 + u16::from(self.class as u8))
            }
            Numbering::Charter => {
                format!(
                    "{letters}-{}{}",
                    100 + u16::from(self.class as u8),
                    self.letter()
                )
            }
        }
    }

    /// The state's course code; made up, in the form of the real ones.
    pub fn state_code(&self) -> String {
        format!("{}", 9100 + u16::from(self.class as u8))
    }

    fn letter(&self) -> char {
        char::from(b'A' + self.part)
    }
}

/// How numbers of a subject begin.
fn prefix(subject: &str) -> (&'static str, &'static str) {
    match subject {
        subject::ENGLISH => ("23", "ENG"),
        subject::MATHEMATICS => ("31", "MAT"),
        subject::BIOLOGICAL_SCIENCE => ("36", "BIO"),
        subject::PHYSICAL_SCIENCE => ("36", "PHY"),
        subject::WORLD_HISTORY | subject::US_HISTORY => ("37", "HIS"),
        subject::GOVERNMENT | subject::ECONOMICS | subject::ETHNIC_STUDIES => ("37", "SOC"),
        subject::LANGUAGE => ("25", "LAN"),
        subject::VISUAL_PERFORMING_ARTS => ("20", "ART"),
        subject::PHYSICAL_EDUCATION => ("33", "PED"),
        subject::HEALTH => ("26", "HEA"),
        subject::CAREER_TECHNICAL => ("46", "CTE"),
        subject::COLLEGE_PREPARATORY_ELECTIVE => ("47", "CPE"),
        _ => ("47", "ELE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::vocabulary;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_unique_in_a_school_whatever_the_scheme() {
        for division in [
            Division::Semesters,
            Division::Trimesters,
            Division::Quarters,
        ] {
            let parts = || {
                Class::ALL
                    .iter()
                    .flat_map(|class| Part::all(*class, division))
            };
            for numbering in [Numbering::District, Numbering::Charter] {
                let numbers: BTreeSet<String> =
                    parts().map(|part| part.number(numbering)).collect();
                assert_eq!(numbers.len(), parts().count(), "{numbering:?}");
            }
        }
    }

    #[test]
    fn the_parts_of_a_year_course_add_up_to_ten_credits_exactly() {
        for class in Class::ALL {
            let credits = match class.describe().length {
                Length::Year => 10_000,
                Length::Term => 5000,
            };
            for division in [
                Division::Semesters,
                Division::Trimesters,
                Division::Quarters,
            ] {
                let parts = Part::all(*class, division);
                assert_eq!(
                    parts.iter().map(|part| part.thousandths).sum::<i64>(),
                    credits
                );
            }
        }
    }

    #[test]
    fn no_title_tells_of_a_disability() {
        for class in Class::ALL {
            let Description { title, subject, .. } = class.describe();
            let title = title.to_lowercase();
            for word in [
                "special",
                "resource",
                "adapted",
                "modified",
                "life skills",
                "iep",
            ] {
                assert!(!title.split(' ').any(|it| it == word), "{title}");
            }
            assert!(vocabulary::subject::ALL.contains(&subject), "{subject}");
        }
    }
}
