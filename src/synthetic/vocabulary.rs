//! The words that a synthetic district and the shipped `policy.toml` share.
//!
//! Owns the names of graduation plans, subject areas, marks and declared figures, each in one
//! place. Never: a rule that decides about a real student; those live in `transcript`.

use crate::record::Rounding;

/// The names of graduation plans, as [`GraduationPlan`](crate::record::GraduationPlan) has them.
pub mod plan {
    /// 210 credits, the default.
    pub const DISTRICT: &str = "district-210";
    /// The state's minimum course requirements (13 year courses).
    pub const STATE_MINIMUM: &str = "state-minimum";
    /// The district's plan at a school that counts Carnegie units: a tenth of its credits.
    pub const CARNEGIE: &str = "carnegie";
    /// All of them.
    pub const ALL: &[&str] = &[DISTRICT, STATE_MINIMUM, CARNEGIE];
}

/// The subject areas, as [`Course::subject`](crate::record::Course) has them.
pub mod subject {
    /// English.
    pub const ENGLISH: &str = "english";
    /// World history.
    pub const WORLD_HISTORY: &str = "world_history";
    /// United States history.
    pub const US_HISTORY: &str = "us_history";
    /// Principles of American democracy.
    pub const GOVERNMENT: &str = "government";
    /// Economics.
    pub const ECONOMICS: &str = "economics";
    /// Mathematics.
    pub const MATHEMATICS: &str = "mathematics";
    /// Biological science.
    pub const BIOLOGICAL_SCIENCE: &str = "biological_science";
    /// Physical science.
    pub const PHYSICAL_SCIENCE: &str = "physical_science";
    /// Language other than English.
    pub const LANGUAGE: &str = "language";
    /// Visual and performing arts.
    pub const VISUAL_PERFORMING_ARTS: &str = "visual_performing_arts";
    /// Physical education.
    pub const PHYSICAL_EDUCATION: &str = "physical_education";
    /// Health.
    pub const HEALTH: &str = "health";
    /// Ethnic studies.
    pub const ETHNIC_STUDIES: &str = "ethnic_studies";
    /// Any elective.
    pub const ELECTIVE: &str = "elective";
    /// An elective of a-g area g.
    pub const COLLEGE_PREPARATORY_ELECTIVE: &str = "college_preparatory_elective";
    /// Career technical education.
    pub const CAREER_TECHNICAL: &str = "career_technical";
    /// All of them, in the order of a transcript's summary.
    pub const ALL: &[&str] = &[
        ENGLISH,
        WORLD_HISTORY,
        US_HISTORY,
        GOVERNMENT,
        ECONOMICS,
        MATHEMATICS,
        BIOLOGICAL_SCIENCE,
        PHYSICAL_SCIENCE,
        LANGUAGE,
        VISUAL_PERFORMING_ARTS,
        PHYSICAL_EDUCATION,
        HEALTH,
        ETHNIC_STUDIES,
        ELECTIVE,
        COLLEGE_PREPARATORY_ELECTIVE,
        CAREER_TECHNICAL,
    ];
}

/// One requirement of a graduation plan: credits over one subject area or several together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The subject areas that count; electives are whatever the other requirements leave over.
    pub subjects: &'static [&'static str],
    /// Credits in thousandths.
    pub thousandths: i64,
}

const fn requires(subjects: &'static [&'static str], credits: i64) -> Requirement {
    Requirement {
        subjects,
        thousandths: credits * 1000,
    }
}

/// What [`plan::DISTRICT`] asks for, subject by subject (sum 180), beside [`DISTRICT_TOTAL`].
/// [`plan::CARNEGIE`] asks for a tenth of each figure.
pub const DISTRICT_REQUIREMENTS: &[Requirement] = &[
    requires(&[subject::ENGLISH], 40),
    requires(&[subject::WORLD_HISTORY], 10),
    requires(&[subject::US_HISTORY], 10),
    requires(&[subject::GOVERNMENT], 5),
    requires(&[subject::ECONOMICS], 5),
    requires(&[subject::MATHEMATICS], 30),
    requires(&[subject::BIOLOGICAL_SCIENCE], 10),
    requires(&[subject::PHYSICAL_SCIENCE], 10),
    requires(&[subject::LANGUAGE], 20),
    requires(&[subject::VISUAL_PERFORMING_ARTS], 10),
    requires(&[subject::PHYSICAL_EDUCATION], 20),
    requires(&[subject::HEALTH], 5),
    requires(&[subject::ETHNIC_STUDIES], 5),
];

/// All credits of [`plan::DISTRICT`] in thousandths: 30 of electives beside the subjects.
pub const DISTRICT_TOTAL: i64 = 210_000;

/// What [`plan::STATE_MINIMUM`] asks for: 13 year courses (Education Code 51225.3).
pub const STATE_MINIMUM_REQUIREMENTS: &[Requirement] = &[
    requires(&[subject::ENGLISH], 30),
    requires(&[subject::WORLD_HISTORY], 10),
    requires(&[subject::US_HISTORY], 10),
    requires(&[subject::GOVERNMENT], 5),
    requires(&[subject::ECONOMICS], 5),
    requires(&[subject::MATHEMATICS], 20),
    requires(&[subject::BIOLOGICAL_SCIENCE], 10),
    requires(&[subject::PHYSICAL_SCIENCE], 10),
    requires(
        &[
            subject::LANGUAGE,
            subject::VISUAL_PERFORMING_ARTS,
            subject::CAREER_TECHNICAL,
        ],
        10,
    ),
    requires(&[subject::PHYSICAL_EDUCATION], 20),
];

/// All credits of [`plan::STATE_MINIMUM`] in thousandths.
pub const STATE_MINIMUM_TOTAL: i64 = 130_000;

/// The marks of the district, best first, with their grade points in thousandths where they have
/// any: a plus or a minus is written but counts as the letter.
pub const MARKS: &[(&str, Option<i64>)] = &[
    ("A+", Some(4000)),
    ("A", Some(4000)),
    ("A-", Some(4000)),
    ("B+", Some(3000)),
    ("B", Some(3000)),
    ("B-", Some(3000)),
    ("C+", Some(2000)),
    ("C", Some(2000)),
    ("C-", Some(2000)),
    ("D+", Some(1000)),
    ("D", Some(1000)),
    ("D-", Some(1000)),
    ("F", Some(0)),
    ("P", None),
    ("NP", None),
    ("CR", None),
    ("NC", None),
    ("I", None),
    ("W", None),
    ("NM", None),
];

/// The marks that leave their credits unearned.
pub const NOT_PASSING: &[&str] = &["F", "NP", "NC", "I", "W", "NM"];

/// The figures that the sending system declares, as
/// [`DeclaredTotal::figure`](crate::record::DeclaredTotal) has them.
pub mod figure {
    /// Credits attempted over every posted mark.
    pub const CREDIT_ATTEMPTED: &str = "credit_attempted";
    /// Credits earned over every posted mark.
    pub const CREDIT_EARNED: &str = "credit_earned";
    /// Grade points weighted by credits attempted, over every posted mark with grade points:
    /// repeats count each time; absent where nothing counts.
    pub const GPA_UNWEIGHTED: &str = "gpa:unweighted";
    /// All of them.
    pub const ALL: &[&str] = &[CREDIT_ATTEMPTED, CREDIT_EARNED, GPA_UNWEIGHTED];
}

/// Decimals of the declared grade point average.
pub const DECLARED_GPA_DECIMALS: u8 = 4;

/// How the sending system rounds the declared grade point average.
pub const DECLARED_GPA_ROUNDING: Rounding = Rounding::HalfUp;

/// The grade points of a mark in thousandths, where it has any.
pub fn grade_points(mark: &str) -> Option<i64> {
    let (_, points) = MARKS.iter().find(|(name, _)| *name == mark)?;
    *points
}
