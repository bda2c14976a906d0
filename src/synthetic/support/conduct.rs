//! Incidents and removals of every student, as the student systems keep them.
//!
//! Rates are those that California publishes, more or less: higher in the middle grades, for pupils
//! with plans, for emotional disturbance most, and for Black students. That is what the measures of
//! a decree are to find, and no opinion.

use jiff::civil::Date;

use super::days::SchoolDays;
use super::needs::Needs;
use super::planning::Review;
use super::pupil::{Pupil, one_of, window};
use super::rows::Rows;
use super::stays::{Stay, Stays};
use crate::record::DayCount;
use crate::record::support::{
    Disability, Incident, MeetingKind, RaceEthnicity, Removal, RemovalKind,
};
use crate::synthetic::Source;
use crate::synthetic::calendar::{Calendar, days_after, days_between, last_day};
use crate::synthetic::draw::{Draw, Stream};
use crate::synthetic::student::Student;

/// The offences, as the state's files code them.
const OFFENCES: &[(&str, u32)] = &[
    ("48900(a)(1)", 40),
    ("48900(a)(2)", 6),
    ("48900(b)", 5),
    ("48900(c)", 14),
    ("48900(f)", 7),
    ("48900(h)", 8),
    ("48900(i)", 11),
    ("48900(r)", 7),
    ("48915(c)", 2),
];

/// After how many school days of removals the team has to ask whether conduct was a manifestation
/// of the disability, in thousandths (34 CFR 300.530).
const CHANGE_OF_PLACEMENT: i64 = 10_000;

/// Which student, with which background.
pub struct Setting<'a> {
    pub seed: u64,
    pub calendar: &'a Calendar,
    pub student: &'a Student,
    pub stays: &'a Stays,
    pub days: &'a SchoolDays,
}

/// Writes the incidents and removals of a student into the rows of the system that had them.
pub fn happen(
    setting: &Setting<'_>,
    race: RaceEthnicity,
    needs: &Needs,
    district: &mut Rows,
    charters: &mut Rows,
) {
    let draw = &mut Draw::new(setting.seed, Stream::Conduct, setting.student.number);
    let since = window(setting.calendar);
    for stay in &setting.stays.0 {
        let until = stay.to.unwrap_or(last_day(stay.year));
        let share = per_mille(stay.grade, race, needs);
        if stay.from < since || until <= stay.from || !draw.chance(share) {
            continue;
        }
        let rows = match stay.source {
            Source::District => &mut *district,
            Source::Charters => &mut *charters,
        };
        let more = if needs.has_had_iep() { 30 } else { 14 };
        let count = one_of(draw, &[(1, 68), (2, 18), (3, 8), (5, more / 5)]);
        for _ in 0..count {
            let day = days_after(
                stay.from,
                draw.between(1, days_between(stay.from, until).max(1)),
            );
            let day = setting
                .days
                .on_or_before(stay.source, day.min(until))
                .max(stay.from);
            one(setting, stay, day, until, draw, rows);
        }
    }
}

/// In how many of a thousand years a student has part in an incident that is written down.
fn per_mille(grade: i8, race: RaceEthnicity, needs: &Needs) -> u32 {
    let of_grade = match grade {
        ..=3 => 9,
        4..=5 => 18,
        6..=8 => 52,
        _ => 38,
    };
    let of_race = match race {
        RaceEthnicity::Black => 270,
        RaceEthnicity::AmericanIndian => 160,
        RaceEthnicity::Asian => 45,
        RaceEthnicity::White => 85,
        _ => 100,
    };
    let of_plan = match (needs.has_had_iep(), needs.disability) {
        (false, _) => 100,
        (true, Disability::EmotionalDisturbance) => 520,
        (true, Disability::OtherHealthImpairment) => 280,
        (true, _) => 175,
    };
    (of_grade * of_race * of_plan / 10_000).min(600)
}

fn one(
    setting: &Setting<'_>,
    stay: &Stay,
    happened_on: Date,
    until: Date,
    draw: &mut Draw,
    rows: &mut Rows,
) {
    let person = setting.student.local_id(stay.source);
    let incident = format!("{person}-I{}", rows.incidents.len() + 1);
    rows.incidents.push(Incident {
        school: stay.school.clone(),
        incident: incident.clone(),
        person: person.clone(),
        happened_on,
        offence: one_of(draw, OFFENCES).to_owned(),
    });
    let kind = one_of(
        draw,
        &[
            (None, 330),
            (Some(RemovalKind::InSchoolSuspension), 180),
            (Some(RemovalKind::OutOfSchoolSuspension), 465),
            (Some(RemovalKind::InterimSetting), 15),
            (Some(RemovalKind::Expulsion), 10),
        ],
    );
    let begins_on = setting.days.school_days_after(stay.source, happened_on, 1);
    let Some(kind) = kind.filter(|_| begins_on <= until) else {
        return;
    };
    let halves = match kind {
        RemovalKind::InSchoolSuspension => draw.between(1, 6),
        // No suspension is longer than five days (Ed. Code 48911(a)).
        RemovalKind::OutOfSchoolSuspension => {
            one_of(draw, &[(2, 35), (4, 25), (6, 20), (3, 5), (10, 15)])
        }
        _ => draw.between(30, 90),
    };
    rows.removals.push(Removal {
        school: stay.school.clone(),
        removal: format!("{person}-V{}", rows.removals.len() + 1),
        person,
        incident: draw.chance(960).then_some(incident),
        kind,
        begins_on,
        days: DayCount::from_thousandths(i64::from(halves) * 500),
    });
}

/// The meetings over whether conduct was a manifestation, one for each school year in which
/// removals came to more than ten days.
pub fn manifestations(pupil: &Pupil<'_>, removals: &[&Removal]) -> Vec<Review> {
    let draw = &mut pupil.draw(Stream::Moves);
    let mut sums: Vec<(i16, i64)> = Vec::new();
    let mut meetings = Vec::new();
    for removal in removals {
        let year = super::days::school_year_of(removal.begins_on);
        if sums.last().is_none_or(|(last, _)| *last != year) {
            sums.push((year, 0));
        }
        let sum = &mut sums.last_mut().expect("just put there").1;
        let before = *sum;
        *sum += removal.days.thousandths();
        if before <= CHANGE_OF_PLACEMENT && *sum > CHANGE_OF_PLACEMENT && !draw.chance(120) {
            let source = pupil.source_on(removal.begins_on);
            let after = |days| {
                pupil
                    .days
                    .school_days_after(source, removal.begins_on, days)
            };
            let late = draw.chance(180);
            let days = if late {
                draw.between(11, 25)
            } else {
                draw.between(2, 10)
            };
            let held = after(u32::try_from(days).expect("a few days"));
            meetings.push(Review::new(
                MeetingKind::Manifestation,
                after(10),
                Some(held),
            ));
        }
    }
    meetings
}
