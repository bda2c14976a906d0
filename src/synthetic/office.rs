//! What a school's office adds to the marks: plan, awards, declared totals, permanent record.

use jiff::civil::Date;

use super::calendar::{days_after, first_day, last_day, school_year};
use super::catalogue::LANGUAGES;
use super::draw::Draw;
use super::schools::{Campus, home_address};
use super::studies::{Posting, Studies};
use super::vocabulary::{
    DECLARED_GPA_DECIMALS, DECLARED_GPA_ROUNDING, PLANS, counts_in_average, figure, grade_points,
    plan, requirement,
};
use crate::record::{
    AwardKind, Credits, CumulativeItem, DeclaredTotal, Fulfilment, FulfilmentProgress,
    GraduationPlan, MarkKind, Ratio, SchoolKind,
};

/// Sums over posted marks, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Credits attempted.
    pub attempted: i64,
    /// Credits earned.
    pub earned: i64,
    /// Grade points times credits attempted, in millionths.
    pub points: i64,
    /// Credits attempted of marks with grade points.
    pub counted: i64,
}

impl Totals {
    /// The sums over every posted mark.
    pub fn of(postings: &[Posting]) -> Self {
        let mut totals = Self::default();
        for Posting { mark, .. } in postings {
            let attempted = mark.credit_attempted.thousandths();
            let Some(letter) = &mark.mark else { continue };
            totals.attempted += attempted;
            totals.earned += mark.credit_earned.thousandths();
            if let Some(points) = grade_points(letter)
                && counts_in_average(mark.grade_level)
            {
                totals.points += points * attempted;
                totals.counted += attempted;
            }
        }
        totals
    }

    /// The unweighted grade point average, where anything counts.
    pub fn average(&self) -> Option<Ratio> {
        Ratio::new(i128::from(self.points), i128::from(self.counted) * 1000)
    }

    /// Whether the average is at least this many thousandths.
    fn averages(&self, thousandths: i64) -> bool {
        self.counted > 0 && self.points >= thousandths * self.counted
    }
}

/// One of this many thousand records declares a figure that is wrong, for the audit to find.
const WRONG_TOTALS_PER_MILLE: u32 = 8;

/// The figures that the sending system declares, and whether one of them is wrong on purpose.
pub fn declared(
    totals: &Totals,
    school: &str,
    person: &str,
    draw: &mut Draw,
) -> (Vec<DeclaredTotal>, bool) {
    let wrong = draw.chance(WRONG_TOTALS_PER_MILLE);
    let victim = if wrong { draw.below(3) } else { 3 };
    let credits = |thousandths, wrong| {
        let off = if wrong { 5000 } else { 0 };
        Credits::from_thousandths(thousandths + off).to_string()
    };
    let mut points = *totals;
    if victim == 2 {
        points.points += points.counted * 125;
    }
    let average = points.average();
    let average =
        average.map(|ratio| ratio.to_decimal(DECLARED_GPA_DECIMALS, DECLARED_GPA_ROUNDING));
    let figures = [
        (
            figure::CREDIT_ATTEMPTED,
            Some(credits(totals.attempted, victim == 0)),
        ),
        (
            figure::CREDIT_EARNED,
            Some(credits(totals.earned, victim == 1)),
        ),
        (figure::GPA_UNWEIGHTED, average),
    ];
    let rows = figures.into_iter().filter_map(|(figure, value)| {
        Some(DeclaredTotal {
            school: school.to_owned(),
            person: person.to_owned(),
            figure: figure.to_owned(),
            value: value?,
        })
    });
    (rows.collect(), wrong && (victim < 2 || totals.counted > 0))
}

/// The plan that holds for a student of a school.
pub fn plan_name(campus: &Campus, grade: i8, newcomer: bool, draw: &mut Draw) -> &'static str {
    let continuation = campus.row.kind == SchoolKind::Continuation;
    let minimum = draw.chance(match (continuation, newcomer) {
        (true, _) => 700,
        (_, true) => 400,
        _ => 40,
    });
    if campus.carnegie {
        plan::CARNEGIE
    } else if grade >= 11 && minimum {
        plan::STATE_MINIMUM
    } else {
        plan::DISTRICT
    }
}

/// The row of a student's plan.
pub fn graduation_plan(
    school: &str,
    person: &str,
    plan: &str,
    entered_grade_9: i16,
) -> GraduationPlan {
    GraduationPlan {
        school: school.to_owned(),
        person: person.to_owned(),
        plan: plan.to_owned(),
        entered_grade_9: school_year(entered_grade_9),
    }
}

/// How far a student has come in what the plan asks for beside courses; who graduated has done it.
/// Where nothing was begun there is no row.
pub fn fulfilments(
    school: &str,
    person: &str,
    plan_name: &str,
    grade: i8,
    graduated: bool,
    draw: &mut Draw,
) -> Vec<Fulfilment> {
    /// Of a thousand, who has not begun, has, is done, and was let off, by grade.
    const PROGRESS: [[u32; 4]; 4] = [
        [700, 280, 20, 0],
        [400, 450, 140, 10],
        [150, 400, 435, 15],
        [30, 170, 780, 20],
    ];
    let asked = if plan_name == plan::DISTRICT {
        requirement::ALL
    } else {
        &[]
    };
    let year = usize::try_from(grade - 9)
        .unwrap_or(0)
        .min(PROGRESS.len() - 1);
    let rows = asked.iter().filter_map(|requirement| {
        let drawn = draw.weighted(PROGRESS[year].into_iter());
        let progress = match (graduated, drawn) {
            (_, 3) => FulfilmentProgress::Waived,
            (true, _) | (_, 2) => FulfilmentProgress::Fulfilled,
            (false, 1) => FulfilmentProgress::UnderWay,
            (false, _) => return None,
        };
        Some(Fulfilment {
            school: school.to_owned(),
            person: person.to_owned(),
            requirement: (*requirement).to_owned(),
            progress,
            amount: None,
        })
    });
    rows.collect()
}

/// Whether a record meets a plan: each subject, and the sum.
pub fn meets(plan_name: &str, postings: &[Posting]) -> bool {
    let Some(requirements) = PLANS
        .iter()
        .find(|requirements| requirements.plan == plan_name)
    else {
        return false;
    };
    let earned = |subjects: Option<&[&str]>| -> i64 {
        let counted = postings.iter().filter(|posting| {
            subjects.is_none_or(|subjects| subjects.contains(&posting.class.describe().subject))
        });
        counted
            .map(|posting| posting.mark.credit_earned.thousandths())
            .sum()
    };
    let mut subjects = requirements.subjects.iter();
    subjects.all(|subject| earned(Some(subject.subjects)) >= subject.thousandths)
        && earned(None) >= requirements.total
}

/// How a senior's last day of school ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With a diploma.
    Diploma,
    /// With a certificate of completion.
    Certificate,
    /// Not yet: requirements are missing.
    Missing,
}

/// Decides how the last day ends for a senior with these marks.
pub fn ending(plan_name: &str, studies: &Studies<'_>, draw: &mut Draw) -> Ending {
    let ahead = |posting: &Posting| posting.mark.kind == MarkKind::InProgress;
    let complete = !studies.postings.iter().any(ahead);
    let certificate = draw.chance(90);
    if complete && meets(plan_name, &studies.postings) {
        Ending::Diploma
    } else if certificate {
        Ending::Certificate
    } else {
        Ending::Missing
    }
}

/// The seals that a graduate's diploma carries, each with its language where it has one.
pub fn seals(
    studies: &Studies<'_>,
    totals: &Totals,
    language: usize,
    draw: &mut Draw,
) -> Vec<(AwardKind, Option<String>)> {
    let mut seals = Vec::new();
    if draw.chance(700) && totals.averages(3400) {
        seals.push((AwardKind::GoldenStateSeal, None));
    }
    let (name, ladder) = LANGUAGES[language];
    let mastered = |place: usize| {
        let class = ladder.get(place);
        class.is_some_and(|class| studies.history.mastered(*class))
    };
    if totals.averages(2000) && (mastered(2) || mastered(3)) {
        seals.push((AwardKind::SealOfBiliteracy, Some(name.to_owned())));
    }
    seals
}

/// The further items of the permanent record.
pub fn cumulative(
    school: &str,
    person: &str,
    parent: String,
    year: i16,
    as_of: Date,
    draw: &mut Draw,
) -> CumulativeItem {
    const VERIFIED: &[&str] = &[
        "birth certificate",
        "birth certificate",
        "birth certificate",
        "passport",
        "baptism certificate",
        "parent affidavit",
    ];
    const PLACES: &[&str] = &[
        "Marisol, California",
        "Port Alder, California",
        "Las Colinas Viejas, California",
        "San Salvador, El Salvador",
        "Oaxaca de Juárez, México",
        "Quezon City, Philippines",
        "Երևան, Armenia",
        "Huế, Việt Nam",
        "Seoul, South Korea",
    ];
    let sex = ["F", "M", "X"][draw.weighted([495, 500, 5].into_iter())];
    let place = PLACES[draw.weighted([40, 20, 15, 6, 6, 4, 3, 3, 3].into_iter())];
    let address = home_address(draw);
    let verified = days_after(first_day(year), draw.between(0, 40)).min(as_of);
    let immunization = if draw.chance(985) {
        "complete"
    } else {
        "medical exemption on file"
    };
    CumulativeItem {
        school: school.to_owned(),
        person: person.to_owned(),
        birth_date_verified_by: Some((*draw.pick(VERIFIED)).to_owned()),
        sex: Some(sex.to_owned()),
        birth_place: Some(place.to_owned()),
        parent_name: Some(parent),
        parent_address: Some(address.clone()),
        pupil_address: Some(address),
        address_verified_on: Some(verified),
        immunization: Some(immunization.to_owned()),
    }
}

/// The day of graduation of a school year.
pub fn graduation_day(year: i16) -> Date {
    last_day(year)
}
