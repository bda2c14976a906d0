//! Who has a disability, which one and since when, and who was evaluated and has none.
//!
//! About 12 in 100 students have a plan, most of them for a specific learning disability or speech;
//! the shares by grade, category and race are near those that California reports.

use jiff::civil::Date;

use crate::record::support::{Disability, RaceEthnicity};
use crate::synthetic::draw::Draw;
use crate::synthetic::student::Student;

/// How many of a thousand students of each grade have a plan, transitional kindergarten first.
const WITH_PLAN: [u32; 14] = [
    64, 82, 96, 112, 126, 136, 141, 141, 139, 136, 131, 129, 124, 122,
];

/// How many of a thousand of those without one.
mod share {
    pub const SECTION_504: u32 = 16;
    pub const EXITED: u32 = 12;
    pub const NOT_ELIGIBLE: u32 = 12;
    /// An evaluation is under way, or should be.
    pub const OPEN: u32 = 7;
    /// Of those who have a plan, who were found in the years that are on record.
    pub const FOUND_LATELY: u32 = 260;
    /// Of those found at a change of school, or around it, whose evaluation was open on the day.
    pub const ASTRIDE: u32 = 330;
    /// Of those who changed school: an evaluation that nobody went on with.
    pub const LOST: u32 = 9;
}

/// What the special-education system knows of a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    None,
    /// A plan under Section 504.
    Section504,
    /// An IEP.
    Iep,
    /// An IEP until some day.
    Exited,
    /// Evaluated, and not eligible.
    NotEligible,
    /// Referred not long ago.
    Open,
    /// Referred, and forgotten when the student changed school.
    Lost,
}

/// How a student stands, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// How.
    pub standing: Standing,
    /// The category that was found, or was suspected.
    pub disability: Disability,
    /// A second one.
    pub second: Option<Disability>,
    /// Whether support needs are extensive.
    pub extensive: bool,
    /// Whether the student was found in the years that are on record.
    pub lately: bool,
    /// Whether the evaluation is to be open on a day of a change of school, where there is one.
    pub astride: bool,
}

impl Needs {
    /// The needs of a student of this race; `moved` where they changed school in the years that are
    /// on record.
    pub fn new(student: &Student, race: RaceEthnicity, moved: bool, draw: &mut Draw) -> Self {
        let grade = usize::try_from(student.grade + 1).expect("grades from -1");
        let weight = if student.fifth_year { 3 } else { 1 };
        let share = WITH_PLAN[grade] * weight * of_race(race) / 100;
        let standing = if draw.chance(share) {
            Standing::Iep
        } else {
            let shares = [
                share::SECTION_504,
                share::EXITED,
                share::NOT_ELIGIBLE,
                share::OPEN,
                if moved { share::LOST } else { 0 },
            ];
            let none = 1000 - shares.iter().sum::<u32>();
            match draw.weighted(shares.into_iter().chain([none])) {
                0 => Standing::Section504,
                1 if student.grade > 0 => Standing::Exited,
                2 => Standing::NotEligible,
                3 => Standing::Open,
                4 => Standing::Lost,
                _ => Standing::None,
            }
        };
        let disability = category(student.grade, race, draw);
        Self {
            standing,
            disability,
            second: second(disability, draw),
            extensive: draw.chance(extensive(disability)),
            lately: draw.chance(share::FOUND_LATELY) || student.grade < 1,
            astride: draw.chance(share::ASTRIDE),
        }
    }

    /// Whether the student has an IEP today, or had one.
    pub fn has_had_iep(&self) -> bool {
        matches!(self.standing, Standing::Iep | Standing::Exited)
    }

    /// The day on which a plan was found to be needed, for one older than the years on record: the
    /// anniversaries are spread over the days on which schools meet.
    pub fn found_before(&self, window: Date, draw: &mut Draw) -> Date {
        let years = draw.between(0, 4);
        let days = draw.between(1, 280);
        crate::synthetic::calendar::days_after(window, -(years * 365 + days))
    }
}

/// How much more often children of a race have plans, in hundredths.
fn of_race(race: RaceEthnicity) -> u32 {
    match race {
        RaceEthnicity::Black | RaceEthnicity::AmericanIndian => 138,
        RaceEthnicity::Asian => 66,
        RaceEthnicity::White | RaceEthnicity::PacificIslander => 97,
        _ => 101,
    }
}

fn category(grade: i8, race: RaceEthnicity, draw: &mut Draw) -> Disability {
    use Disability as D;
    let young = grade < 4;
    let emotional = if race == RaceEthnicity::Black { 80 } else { 30 };
    let shares = [
        (D::SpecificLearningDisability, if young { 150 } else { 440 }),
        (D::SpeechOrLanguageImpairment, if young { 420 } else { 130 }),
        (D::Autism, if young { 220 } else { 150 }),
        (D::OtherHealthImpairment, if young { 80 } else { 145 }),
        (D::EmotionalDisturbance, if young { 10 } else { emotional }),
        (D::IntellectualDisability, 52),
        (D::HardOfHearing, 13),
        (D::MultipleDisabilities, 13),
        (D::OrthopedicImpairment, 11),
        (D::VisualImpairment, 6),
        (D::Deafness, 6),
        (D::TraumaticBrainInjury, 4),
        (D::DeafBlindness, 1),
        (
            D::EstablishedMedicalDisability,
            if grade < 0 { 8 } else { 0 },
        ),
    ];
    shares[draw.weighted(shares.iter().map(|(_, share)| *share))].0
}

fn second(first: Disability, draw: &mut Draw) -> Option<Disability> {
    let other = *draw.pick(&[
        Disability::SpeechOrLanguageImpairment,
        Disability::OtherHealthImpairment,
        Disability::IntellectualDisability,
    ]);
    (draw.chance(140) && other != first).then_some(other)
}

/// In how many of a thousand support needs are extensive.
fn extensive(disability: Disability) -> u32 {
    match disability {
        Disability::SpecificLearningDisability | Disability::SpeechOrLanguageImpairment => 3,
        Disability::OtherHealthImpairment => 40,
        Disability::Autism => 330,
        Disability::IntellectualDisability => 720,
        Disability::MultipleDisabilities | Disability::DeafBlindness => 960,
        Disability::EmotionalDisturbance => 60,
        _ => 250,
    }
}
