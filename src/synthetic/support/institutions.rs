//! What is about schools and no student: calendars, teachers of special education and their
//! credentials, the certified count of the census day.

use jiff::civil::{Date, Weekday, date};

use super::World;
use super::pupil::one_of;
use crate::record::Count;
use crate::record::YesNo;
use crate::record::support::{CensusCount, CredentialKind, StaffCredential, StaffMember};
use crate::synthetic::Plan;
use crate::synthetic::calendar::{Calendar, days_after, first_day};
use crate::synthetic::draw::{Draw, Stream};
use crate::synthetic::schools::CampusId;

/// Pupils with a plan for each teacher of special education.
const PUPILS_PER_TEACHER: u32 = 12;

/// How many of a thousand.
mod share {
    /// Schools whose certified count differs from the roll.
    pub const OTHER_COUNT: u32 = 150;
    /// Teachers whose credential ran out.
    pub const EXPIRED: u32 = 40;
    /// Teachers whose credential is for general education.
    pub const GENERAL: u32 = 30;
    /// Teachers who left.
    pub const LEFT: u32 = 120;
    /// Of the staff of special education, who teach; the others give services.
    pub const TEACHES: u32 = 760;
}

/// Pupils of a school on the census day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// Every pupil.
    pub enrolled: u32,
    /// Of them, those with a plan, as the student systems know.
    pub with_plan: u32,
}

/// The first Wednesday of October of the current school year; none where it is still to come.
pub fn census_day(calendar: &Calendar) -> Option<Date> {
    let day = date(calendar.current, 10, 1).nth_weekday_of_month(1, Weekday::Wednesday);
    day.ok().filter(|day| *day <= calendar.as_of)
}

/// The certified count of a school.
pub fn census(
    plan: &Plan,
    school: &str,
    campus: CampusId,
    day: Date,
    counted: Counted,
) -> CensusCount {
    let draw = &mut draw(plan, campus);
    let more = if draw.chance(share::OTHER_COUNT) {
        draw.below(4) + 1
    } else {
        0
    };
    let count = |number| Count::new(number).expect("pupils of a school");
    CensusCount {
        school: school.to_owned(),
        counted_on: day,
        enrolled: count(counted.enrolled + more),
        with_plan: Some(count(counted.with_plan)),
        certified_by: "California Department of Education, CALPADS Fall 1".to_owned(),
    }
}

fn draw(plan: &Plan, campus: CampusId) -> Draw {
    let number = u32::try_from(campus).expect("schools are few");
    Draw::new(plan.seed, Stream::Staff, number)
}

/// The staff of special education of a school, and their credentials.
pub fn staff(
    world: &World<'_>,
    campus: CampusId,
    with_plan: u32,
) -> (Vec<StaffMember>, Vec<StaffCredential>) {
    let World {
        plan,
        schools,
        whole_year: calendar,
        ..
    } = *world;
    let draw = &mut draw(plan, campus);
    let school = &schools.get(campus).row.school;
    let (mut staff, mut credentials) = (Vec::new(), Vec::new());
    let teachers = with_plan.div_ceil(PUPILS_PER_TEACHER);
    for number in 0..teachers * 1000 / share::TEACHES {
        let person = format!("T{:04}{number:03}", campus + 1);
        let since = first_day(calendar.current - i16::try_from(draw.below(9)).unwrap_or(0));
        let left = days_after(calendar.as_of, -draw.between(30, 700));
        let ends_on = draw
            .chance(share::LEFT)
            .then_some(left)
            .filter(|left| *left > since && *left <= plan.as_of);
        staff.push(StaffMember {
            school: school.clone(),
            staff: person.clone(),
            special_education_teacher: if draw.chance(share::TEACHES) {
                YesNo::Yes
            } else {
                YesNo::No
            },
            begins_on: since,
            ends_on,
        });
        credentials.extend(credential(calendar, school, &person, since, draw));
    }
    (staff, credentials)
}

fn credential(
    calendar: &Calendar,
    school: &str,
    staff: &str,
    since: Date,
    draw: &mut Draw,
) -> Option<StaffCredential> {
    let kind = one_of(
        draw,
        &[
            (Some(CredentialKind::Clear), 700),
            (Some(CredentialKind::Preliminary), 145),
            (Some(CredentialKind::Intern), 75),
            (Some(CredentialKind::Permit), 55),
            (Some(CredentialKind::Waiver), 10),
            (None, 15),
        ],
    )?;
    let valid_from = days_after(since, -draw.between(20, 900));
    let ahead = match kind {
        CredentialKind::Clear | CredentialKind::Preliminary => draw.between(60, 1500),
        _ => draw.between(20, 300),
    };
    let days = if draw.chance(share::EXPIRED) {
        -draw.between(15, 500)
    } else {
        ahead
    };
    Some(StaffCredential {
        school: school.to_owned(),
        staff: staff.to_owned(),
        credential: format!("2{:08}", draw.below(100_000_000)),
        kind,
        special_education: if draw.chance(share::GENERAL) {
            YesNo::No
        } else {
            YesNo::Yes
        },
        valid_from,
        valid_to: Some(days_after(calendar.as_of, days).max(valid_from)),
    })
}
