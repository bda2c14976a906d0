//! Made-up records of special education, and what a decree is counted against.
//!
//! Owns the timeline of each pupil: how a disability is found, the reviews that come round, the
//! services, what is lost at a change of school, what families complain of; and the share of
//! everything that goes wrong, for a measure of compliance needs what is not compliant.
//!
//! Every student's timeline is made from streams of their own, so none of it changes a row of
//! `people` or `marks`. Three systems tell of it: the student systems of the district and of its
//! charters, and the special-education system of all schools, which disagrees with them in places
//! (`differences`) and comes in two exports (`entry`).
//!
//! Never: a sign of a disability in what a transcript is made of.

mod background;
mod conduct;
mod days;
mod differences;
mod entry;
mod identification;
mod institutions;
mod moves;
mod needs;
mod parts;
mod planning;
mod pupil;
mod requests;
mod rows;
mod services;
mod stays;
mod students;

pub use days::SchoolDays;
pub use entry::DAYS_BEFORE;
pub use institutions::{Counted, census, census_day, staff};
pub use rows::Rows;
pub(super) use rows::each_table;

use jiff::civil::Date;

use super::calendar::Calendar;
use super::draw::{Draw, Stream};
use super::journey::{self, Journey};
use super::schools::{CampusId, Schools};
use super::student::Student;
use super::{Plan, Source};
use crate::record::CharterStatus;
use crate::record::support::Removal;
use background::Background;
use needs::{Needs, Standing};
use pupil::Pupil;
use stays::Stays;
use students::Desk;

/// The district in which a timeline runs.
pub struct World<'a> {
    /// What was asked for.
    pub plan: &'a Plan,
    /// The schools.
    pub schools: &'a Schools,
    /// Terms.
    pub calendar: &'a Calendar,
    /// The same on the last day of the school year: a timeline runs until then, and an export tells
    /// of it what had happened by the day of the export.
    pub whole_year: &'a Calendar,
    /// School days.
    pub days: &'a SchoolDays,
}

/// A student's rows in each system.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// Of the district's student system.
    pub district: Rows,
    /// Of the charters' student system.
    pub charters: Rows,
    /// Of the special-education system, as exported first.
    pub seds: Rows,
    /// What it brought since.
    pub update: Rows,
    /// The school on the census day, and whether a student system knows of a plan.
    pub counted: Option<(CampusId, bool)>,
}

/// The one charter school that sends the special-education system nothing: the last independent
/// one, in a district that has several.
pub fn silent(schools: &Schools) -> Option<CampusId> {
    let all = schools.all().iter().enumerate();
    let mut independent = all.filter(|(_, it)| it.row.charter == CharterStatus::Independent);
    independent.next()?;
    independent.next_back().map(|(campus, _)| campus)
}

impl Support {
    /// Everything about a student who followed this journey.
    pub fn new(world: &World<'_>, student: &Student, journey: &Journey) -> Self {
        let mut support = Self::default();
        let Some(stays) = Stays::new(journey, world.schools) else {
            return support;
        };
        let World {
            plan,
            schools,
            calendar,
            whole_year,
            days,
        } = *world;
        let background = Background::new(plan, student);
        let draw = &mut Draw::new(plan.seed, Stream::Journey, student.number);
        let whole = journey::journey(student, schools, whole_year, draw);
        let whole_stays = Stays::new(&whole, schools).unwrap_or_else(|| stays.clone());
        let known = whole_stays.since(silent(schools));
        let draw = &mut Draw::new(plan.seed, Stream::Needs, student.number);
        let moved = known
            .as_ref()
            .is_some_and(|known| known.moves().next().is_some());
        let needs = Needs::new(student, background.race, moved, draw);
        let Self {
            district, charters, ..
        } = &mut support;
        let setting = conduct::Setting {
            seed: plan.seed,
            calendar: whole_year,
            student,
            stays: &whole_stays,
            days,
        };
        conduct::happen(&setting, background.race, &needs, district, charters);
        let came_later = known
            .as_ref()
            .is_some_and(|it| it.0.len() < whole_stays.0.len());
        let pupil = Pupil {
            seed: plan.seed,
            student,
            background: &background,
            stays: known.as_ref().unwrap_or(&whole_stays),
            arrived: came_later || whole.years.iter().any(|year| year.outside.is_some()),
            days,
            calendar: whole_year,
            study_begins: services::study_begins(calendar),
            needs,
            number: Pupil::number_of(student),
        };
        let mut rows = timeline(&pupil, &removals(district, charters), draw);
        *district = std::mem::take(district).told_by(plan.as_of);
        *charters = std::mem::take(charters).told_by(plan.as_of);
        if let Some(left) = stays.left_on() {
            rows.end(left);
        }
        let found = rows.clone().told_by(plan.as_of).eligibilities.pop();
        let mut desk = Desk {
            plan,
            student,
            background: &background,
            needs: &needs,
            stays: &stays,
            schools,
            days,
            district,
            charters,
        };
        desk.file();
        desk.flag(found.as_ref());
        support.counted = on_census_day(world, &stays, &support);
        let told = stays.since(silent(schools));
        if let (Some(told), true) = (told, known.is_some() && needs.standing != Standing::None) {
            (support.seds, support.update) = exports(&pupil, &told, plan.as_of, rows);
        }
        support
    }
}

/// The removals of a student, the first one first.
fn removals<'a>(district: &'a Rows, charters: &'a Rows) -> Vec<&'a Removal> {
    let mut all: Vec<&Removal> = district.removals.iter().chain(&charters.removals).collect();
    all.sort_by_key(|removal| removal.begins_on);
    all
}

/// Everything that happens to a pupil, whenever it happens.
fn timeline(pupil: &Pupil<'_>, removals: &[&Removal], draw: &mut Draw) -> Rows {
    let mut rows = Rows::default();
    let found_on = match pupil.needs.standing {
        Standing::None => None,
        Standing::Section504 => {
            planning::section_504(pupil, &mut rows);
            None
        }
        Standing::Iep | Standing::Exited if !pupil.needs.lately => {
            Some(pupil.needs.found_before(pupil.window(), draw))
        }
        _ => identification::initial(pupil, draw, &mut rows),
    };
    let Some(found_on) = found_on else {
        return rows;
    };
    let mut further = moves::follow(pupil, found_on, &mut rows);
    further.extend(conduct::manifestations(pupil, removals));
    planning::follow(pupil, found_on, further, &mut rows);
    services::promise(pupil, &mut rows);
    requests::make(pupil, found_on, &mut rows);
    rows
}

/// The two exports of a pupil's rows until a day; none where the system does not know them.
fn exports(pupil: &Pupil<'_>, stays: &Stays, as_of: Date, mut rows: Rows) -> (Rows, Rows) {
    if !differences::identify(pupil, stays, &mut rows) {
        return (Rows::default(), Rows::default());
    }
    entry::split(pupil, as_of, rows)
}

fn on_census_day(world: &World<'_>, stays: &Stays, support: &Support) -> Option<(CampusId, bool)> {
    let day = census_day(world.calendar)?;
    let holds = |stay: &&stays::Stay| stay.from <= day && stay.to.is_none_or(|to| to >= day);
    let stay = stays.0.iter().rfind(holds)?;
    let rows = match stay.source {
        Source::District => &support.district,
        Source::Charters => &support.charters,
    };
    Some((stay.campus, students::is_flagged(rows, day)))
}
