//! The words that a synthetic district and the shipped `policy.toml` share.
//!
//! Owns the names of graduation plans, subject areas, marks and declared figures, each in one
//! place. Never: a rule that decides about a real student; those live in `transcript`.

use crate::record::{GradeLevel, Rounding};

/// The names of graduation plans, as [`GraduationPlan`](crate::record::GraduationPlan) has them.
pub mod plan {
    /// 210 credits, the default.
    pub const DISTRICT: &str = "district-210";
    /// The state's minimum course requirements (13 year courses).
    pub const STATE_MINIMUM: &str = "state-minimum";
    /// 22 Carnegie units, at a school that counts a year course as one.
    pub const CARNEGIE: &str = "carnegie";
    /// All of them.
    pub const ALL: &[&str] = &[DISTRICT, STATE_MINIMUM, CARNEGIE];
}

/// What the district's plan asks for beside courses, as
/// [`Fulfilment`](crate::record::Fulfilment) has it.
pub mod requirement {
    /// Service learning.
    pub const SERVICE_LEARNING: &str = "service_learning";
    /// A career pathway.
    pub const CAREER_PATHWAY: &str = "career_pathway";
    /// All of them.
    pub const ALL: &[&str] = &[SERVICE_LEARNING, CAREER_PATHWAY];
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
    /// Work experience, of which a plan takes so much.
    pub const WORK_EXPERIENCE: &str = "work_experience";
    /// Reserve officers' training, which Cal Grant leaves out.
    pub const ROTC: &str = "rotc";
    /// Personal finance.
    pub const PERSONAL_FINANCE: &str = "personal_finance";
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
        WORK_EXPERIENCE,
        ROTC,
        PERSONAL_FINANCE,
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

const fn requires(subjects: &'static [&'static str], thousandths: i64) -> Requirement {
    Requirement {
        subjects,
        thousandths,
    }
}

/// What a plan asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanRequirements {
    /// The plan's name.
    pub plan: &'static str,
    /// Subject by subject.
    pub subjects: &'static [Requirement],
    /// Credits in all, in thousandths: what the subjects leave open is electives.
    pub total: i64,
}

/// What the three plans ask for; `policy.toml` says the same.
pub const PLANS: &[PlanRequirements] = &[
    PlanRequirements {
        plan: plan::DISTRICT,
        subjects: &[
            requires(&[subject::ENGLISH], 40_000),
            requires(&[subject::WORLD_HISTORY], 10_000),
            requires(&[subject::US_HISTORY], 10_000),
            requires(&[subject::GOVERNMENT], 5000),
            requires(&[subject::ECONOMICS], 5000),
            requires(&[subject::MATHEMATICS], 30_000),
            requires(&[subject::BIOLOGICAL_SCIENCE], 10_000),
            requires(&[subject::PHYSICAL_SCIENCE], 10_000),
            requires(&[subject::LANGUAGE], 20_000),
            requires(&[subject::VISUAL_PERFORMING_ARTS], 10_000),
            requires(&[subject::PHYSICAL_EDUCATION], 20_000),
            requires(&[subject::HEALTH], 5000),
            requires(&[subject::ETHNIC_STUDIES], 5000),
            requires(&[subject::COLLEGE_PREPARATORY_ELECTIVE], 10_000),
        ],
        total: 210_000,
    },
    // 13 year courses: Education Code 51225.3.
    PlanRequirements {
        plan: plan::STATE_MINIMUM,
        subjects: &[
            requires(&[subject::ENGLISH], 30_000),
            requires(&[subject::MATHEMATICS], 20_000),
            requires(&[subject::BIOLOGICAL_SCIENCE], 10_000),
            requires(&[subject::PHYSICAL_SCIENCE], 10_000),
            requires(&[subject::US_HISTORY], 10_000),
            requires(&[subject::WORLD_HISTORY], 10_000),
            requires(&[subject::GOVERNMENT], 5000),
            requires(&[subject::ECONOMICS], 5000),
            requires(
                &[
                    subject::VISUAL_PERFORMING_ARTS,
                    subject::LANGUAGE,
                    subject::CAREER_TECHNICAL,
                ],
                10_000,
            ),
            requires(&[subject::PHYSICAL_EDUCATION], 20_000),
        ],
        total: 130_000,
    },
    PlanRequirements {
        plan: plan::CARNEGIE,
        subjects: &[
            requires(&[subject::ENGLISH], 4000),
            requires(&[subject::MATHEMATICS], 3000),
            requires(
                &[subject::BIOLOGICAL_SCIENCE, subject::PHYSICAL_SCIENCE],
                3000,
            ),
            requires(
                &[
                    subject::WORLD_HISTORY,
                    subject::US_HISTORY,
                    subject::GOVERNMENT,
                    subject::ECONOMICS,
                    subject::ETHNIC_STUDIES,
                ],
                3000,
            ),
            requires(&[subject::LANGUAGE], 2000),
            requires(&[subject::VISUAL_PERFORMING_ARTS], 1000),
            requires(&[subject::PHYSICAL_EDUCATION, subject::HEALTH], 1500),
        ],
        total: 22_000,
    },
];

/// The school that counts Carnegie units; `policy.toml` names it under `[[unit]]`.
pub const CARNEGIE_SCHOOL: &str = "19999990100134";

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
    /// Grade points weighted by credits attempted, over every posted mark of grades 9 to 12 with
    /// grade points: repeats count each time; absent where nothing counts.
    pub const GPA_UNWEIGHTED: &str = "gpa:unweighted";
    /// All of them.
    pub const ALL: &[&str] = &[CREDIT_ATTEMPTED, CREDIT_EARNED, GPA_UNWEIGHTED];
}

/// Decimals of the declared grade point average.
pub const DECLARED_GPA_DECIMALS: u8 = 4;

/// How the sending system rounds the declared grade point average.
pub const DECLARED_GPA_ROUNDING: Rounding = Rounding::HalfUp;

/// Whether a mark of this grade level counts in the declared grade point average.
pub const fn counts_in_average(grade_level: GradeLevel) -> bool {
    grade_level.number() >= 9
}

/// The grade points of a mark in thousandths, where it has any.
pub fn grade_points(mark: &str) -> Option<i64> {
    let (_, points) = MARKS.iter().find(|(name, _)| *name == mark)?;
    *points
}
