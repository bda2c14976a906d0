//! What a version of a plan says: where it is carried out, the time after school, behaviour.

use jiff::civil::Date;

use super::needs::Needs;
use super::pupil::{Pupil, flag, one_of};
use super::rows::Rows;
use crate::record::support::{
    AgencyInvitation, BehaviourPlan, Disability, PlanSetting, SupportPlan, TransitionPlan,
};
use crate::record::{Percent, YesNo};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::Draw;

/// The age from which a plan of the district has a part about the time after school; federal law
/// asks for it from 16 (34 CFR 300.320(b)).
const TRANSITION_AGE: i16 = 14;

/// How much of the day a pupil is outside general education, in whole percent; above 100 stands for
/// a setting that is no regular school.
pub fn percent_outside(needs: &Needs, draw: &mut Draw) -> i32 {
    use Disability as D;
    let (least, most, elsewhere) = match needs.disability {
        D::SpeechOrLanguageImpairment => (2, 14, 0),
        D::SpecificLearningDisability => (6, 48, 4),
        D::OtherHealthImpairment => (8, 55, 15),
        D::EmotionalDisturbance => (15, 80, 190),
        D::IntellectualDisability => (50, 92, 80),
        D::MultipleDisabilities | D::DeafBlindness => (65, 96, 330),
        _ => (10, 80, 60),
    };
    if draw.chance(elsewhere) {
        return 101;
    }
    let more = if needs.extensive { 35 } else { 0 };
    (draw.between(least, most) + more).min(97)
}

/// Where a version is carried out, and the share of the day outside.
pub fn setting(
    pupil: &Pupil<'_>,
    day: Date,
    outside: i32,
    draw: &mut Draw,
) -> (PlanSetting, Option<Percent>) {
    if pupil.is_preschool(day) {
        let setting = match outside {
            ..40 => PlanSetting::EarlyChildhoodServicesThere,
            40..60 => PlanSetting::EarlyChildhoodServicesElsewhere,
            60..90 => PlanSetting::SeparateEarlyChildhoodClass,
            _ => PlanSetting::EarlyChildhoodHome,
        };
        return (setting, None);
    }
    if outside > 100 {
        let setting = one_of(
            draw,
            &[
                (PlanSetting::SeparateSchool, 90),
                (PlanSetting::ResidentialFacility, 4),
                (PlanSetting::HomeboundOrHospital, 6),
            ],
        );
        return (setting, None);
    }
    let drift = draw.between(-4, 3);
    let half = if draw.chance(200) { 500 } else { 0 };
    let percent = i64::from((outside + drift).clamp(0, 99)) * 1000 + half;
    let percent = Percent::from_thousandths(percent);
    (PlanSetting::RegularSchool, Some(percent))
}

/// Writes the part about the time after school, from the age on at which there is to be one.
pub fn transition(pupil: &Pupil<'_>, version: &SupportPlan, draw: &mut Draw, rows: &mut Rows) {
    let begins = version.begins_on;
    let age = pupil.age_on(days_after(begins, 365));
    let missing = if age > TRANSITION_AGE + 2 { 22 } else { 55 };
    if age < TRANSITION_AGE || draw.chance(missing) {
        return;
    }
    let assessed = draw.between(5, 120);
    let stale = draw.chance(18);
    rows.transition_plans.push(TransitionPlan {
        school: version.school.clone(),
        plan: version.plan.clone(),
        person: pupil.number.clone(),
        updated_on: Some(days_after(begins, if stale { -400 } else { 0 })),
        assessed_on: draw.chance(965).then(|| days_after(begins, -assessed)),
        measurable_goals: flag(draw, 978),
        services: flag(draw, 972),
        courses_of_study: flag(draw, 985),
        annual_goals: flag(draw, 975),
        pupil_invited: flag(draw, 970),
        agency_invited: agency(draw),
        booklet_given_on: draw.chance(940).then_some(begins),
    });
}

/// For most no agency is likely to pay.
fn agency(draw: &mut Draw) -> Option<AgencyInvitation> {
    let was_invited = flag(draw, 880);
    Some(match was_invited.filter(|_| draw.chance(240)) {
        Some(YesNo::Yes) => AgencyInvitation::Invited,
        Some(YesNo::No) => AgencyInvitation::NotInvited,
        None => AgencyInvitation::NotApplicable,
    })
}

/// Writes the part about behaviour.
pub fn behaviour(pupil: &Pupil<'_>, version: &SupportPlan, draw: &mut Draw, rows: &mut Rows) {
    let (considered, made) = match pupil.needs.disability {
        Disability::EmotionalDisturbance => (970, 770),
        Disability::Autism => (930, 430),
        Disability::OtherHealthImpairment => (300, 450),
        _ => (45, 500),
    };
    if !draw.chance(considered) {
        return;
    }
    let made = draw.chance(made);
    let begins = version.begins_on;
    let assessed = days_after(begins, draw.between(3, 30));
    let made_on = days_after(assessed, draw.between(3, 25));
    let reviewed_on = days_after(made_on, draw.between(60, 240));
    let within = |day: &Date| version.ends_on.is_none_or(|end| *day <= end);
    rows.behaviour_plans.push(BehaviourPlan {
        school: version.school.clone(),
        plan: version.plan.clone(),
        person: pupil.number.clone(),
        considered_on: Some(begins),
        assessed_on: Some(assessed).filter(|_| made),
        made_on: Some(made_on).filter(|_| made),
        reviewed_on: Some(reviewed_on).filter(within).filter(|_| made),
    });
}
