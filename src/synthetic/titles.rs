//! What courses are called elsewhere: colleges, other districts, other countries.

use super::catalogue::{Class, Part};
use super::vocabulary::subject;

/// Colleges whose courses are accepted.
pub const COLLEGES: &[&str] = &[
    "Marisol Valley College",
    "Port Alder City College",
    "Sierra Almendra Community College",
];

/// The colleges' courses that are accepted as `class`.
pub fn college_titles(class: Class) -> &'static [&'static str] {
    match class {
        Class::CollegeEnglish => &[
            "ENGL 101: College Composition",
            "ENGL 110: Critical Reading",
        ],
        Class::CollegeMathematics => &["MATH 227: Statistics", "MATH 240: Trigonometry"],
        Class::CollegeSocialScience => {
            &["SOC 001: Introduction to Sociology", "PSYC 1: Psychology"]
        }
        _ => &[
            "KIN 251: Yoga",
            "CIS 101: Computer Concepts",
            "COUNS 20: College Success",
        ],
    }
}

/// The title at a school of another district.
pub fn outside_title(part: Part) -> String {
    let title = part.class.describe().title.to_uppercase();
    if part.parts == 1 {
        return title;
    }
    format!("{title} - S{}", part.part + 1)
}

/// The title at a school of another country.
pub fn abroad_title(part: Part, grade: i8) -> String {
    let name = match part.class.describe().subject {
        subject::ENGLISH => "Inglés como Lengua Extranjera",
        subject::MATHEMATICS => "Matemáticas",
        subject::BIOLOGICAL_SCIENCE => "Biología y Ciencias de la Salud",
        subject::PHYSICAL_SCIENCE => "Física y Química",
        subject::WORLD_HISTORY | subject::US_HISTORY => "Historia Universal",
        subject::LANGUAGE => "Lengua y Literatura",
        subject::PHYSICAL_EDUCATION => "Educación Física",
        subject::VISUAL_PERFORMING_ARTS => "Educación Artística",
        subject::HEALTH => "Orientación para la Vida",
        _ => "Estudios Sociales y Cívica",
    };
    let level = match grade {
        ..=9 => "I",
        10 => "II",
        11 => "III",
        _ => "IV",
    };
    format!("{name} {level} ({}.º período)", part.part + 1)
}
