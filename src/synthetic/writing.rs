//! The packages that are being written: which system sends which table, and row after row.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::calendar::days_after;
use super::life::{Life, Rows};
use super::schools::{CampusId, DISTRICT_CODE, Schools};
use super::support::{self, Counted, World, each_table};
use super::{CENTRAL, CHARTERS, SEDS, SEDS_UPDATE, Source, Summary};
use crate::intake::package::{
    Manifest, ManifestTable, Mode, Row, Schools as For, Table, WriteError, Writer,
};

/// A system sends records; events are decided by people. Tables of compliance that a student
/// system keeps.
const OF_STUDENT_SYSTEM: &[Table] = &[
    Table::CalendarPeriods,
    Table::Demographics,
    Table::Residences,
    Table::Attendance,
    Table::Assessments,
    Table::Eligibilities,
    Table::Incidents,
    Table::Removals,
    Table::CensusCounts,
];

/// What a special-education system keeps.
const OF_SUPPORT_SYSTEM: &[Table] = &[
    Table::People,
    Table::Enrolments,
    Table::Referrals,
    Table::Evaluations,
    Table::Eligibilities,
    Table::SupportPlans,
    Table::TransitionPlans,
    Table::BehaviourPlans,
    Table::PlanMeetings,
    Table::ParentNotices,
    Table::ServicePromises,
    Table::ServiceLogs,
    Table::RecordsRequests,
    Table::TranslationRequests,
    Table::Complaints,
    Table::Disputes,
    Table::Staff,
    Table::StaffCredentials,
];

/// One of the packages.
#[derive(Clone, Copy)]
enum To {
    Central,
    Charters,
    Seds,
    Update,
}

impl From<Source> for To {
    fn from(source: Source) -> Self {
        match source {
            Source::District => Self::Central,
            Source::Charters => Self::Charters,
        }
    }
}

/// The packages of a district.
pub struct Packages {
    writers: [Writer; 4],
    summary: Summary,
    counted: BTreeMap<CampusId, Counted>,
}

impl Packages {
    /// Begins the packages, each in its folder.
    pub fn create(world: &World<'_>, folder: &Path) -> Result<Self, WriteError> {
        let plan = world.plan;
        let of_student = |table: &&Table| {
            let kept = !table.is_support() || OF_STUDENT_SYSTEM.contains(table);
            kept && !table.is_event()
        };
        let student: Vec<Table> = Table::ALL.iter().filter(of_student).copied().collect();
        let before = days_after(plan.as_of, -support::DAYS_BEFORE);
        let silent = support::silent(world.schools);
        let sending = world.schools.all().iter().enumerate();
        let sending = sending.filter(|(campus, _)| Some(*campus) != silent);
        let sending = For::Named(sending.map(|(_, it)| it.row.school.clone()).collect());
        let begin = |package, (source, schools): (&str, &For), on, tables, mode| {
            let schools = schools.clone();
            let manifest = manifest((source, schools), on, tables, mode);
            Writer::create(&folder.join(package), manifest)
        };
        let seds = (SEDS, &sending);
        Ok(Self {
            writers: [
                begin(
                    CENTRAL,
                    (CENTRAL, &For::Every),
                    plan.as_of,
                    &student,
                    Mode::Full,
                )?,
                begin(
                    CHARTERS,
                    (CHARTERS, &For::Every),
                    plan.as_of,
                    &student,
                    Mode::Full,
                )?,
                begin(SEDS, seds, before, OF_SUPPORT_SYSTEM, Mode::Full)?,
                begin(
                    SEDS_UPDATE,
                    seds,
                    plan.as_of,
                    OF_SUPPORT_SYSTEM,
                    Mode::Delta,
                )?,
            ],
            summary: Summary::default(),
            counted: BTreeMap::new(),
        })
    }

    fn write<R: Row>(&mut self, to: impl Into<To>, rows: &[R]) -> Result<(), WriteError> {
        let writer = &mut self.writers[to.into() as usize];
        *self.summary.rows.entry(R::TABLE.name()).or_default() += rows.len() as u64;
        rows.iter().try_for_each(|row| writer.write(row))
    }

    /// Writes what is about schools and known before any student.
    pub fn institutions(&mut self, world: &World<'_>) -> Result<(), WriteError> {
        for source in [Source::District, Source::Charters] {
            self.write(source, &[Schools::district()])?;
        }
        for campus in world.schools.all() {
            let (source, school) = (campus.source, &campus.row.school);
            self.write(source, std::slice::from_ref(&campus.row))?;
            if campus.has_marks() {
                self.write(source, &campus.terms(world.calendar))?;
                self.write(source, &campus.courses())?;
            }
            self.write(source, &world.days.rows(source, school))?;
        }
        Ok(())
    }

    /// Writes what follows from how many students a school turned out to have.
    pub fn counted(&mut self, world: &World<'_>) -> Result<(), WriteError> {
        let silent = support::silent(world.schools);
        let day = support::census_day(world.calendar);
        for (campus, counted) in std::mem::take(&mut self.counted) {
            let school = world.schools.get(campus);
            if let Some(day) = day {
                let code = &school.row.school;
                let row = support::census(world.plan, code, campus, day, counted);
                self.write(school.source, &[row])?;
            }
            if silent != Some(campus) {
                let (staff, credentials) = support::staff(world, campus, counted.with_plan);
                self.write(To::Seds, &staff)?;
                self.write(To::Seds, &credentials)?;
            }
        }
        Ok(())
    }

    /// Writes everything about a student.
    pub fn student(&mut self, life: &Life) -> Result<(), WriteError> {
        self.count(life);
        self.rows(Source::District, &life.district)?;
        self.rows(Source::Charters, &life.charters)?;
        let support = &life.support;
        for (to, rows) in [
            (To::Central, &support.district),
            (To::Charters, &support.charters),
            (To::Seds, &support.seds),
            (To::Update, &support.update),
        ] {
            macro_rules! write {
                ($($table:ident)*) => { $(
                    // A package has no file for a table that its system does not keep.
                    if !rows.$table.is_empty() {
                        self.write(to, &rows.$table)?;
                    }
                )* };
            }
            each_table!(write);
        }
        Ok(())
    }

    fn rows(&mut self, source: Source, rows: &Rows) -> Result<(), WriteError> {
        self.write(source, &rows.people)?;
        self.write(source, &rows.cumulative)?;
        self.write(source, &rows.enrolments)?;
        self.write(source, &rows.marks)?;
        self.write(source, &rows.totals)?;
        self.write(source, &rows.plans)?;
        self.write(source, &rows.awards)?;
        self.write(source, &rows.fulfilments)
    }

    fn count(&mut self, life: &Life) {
        let (district, charters) = (&life.district, &life.charters);
        let marks = || district.marks.iter().chain(&charters.marks);
        let mut schools: Vec<&str> = marks().map(|mark| mark.school.as_str()).collect();
        schools.sort_unstable();
        schools.dedup();
        let mut people = district.people.iter().chain(&charters.people);
        let summary = &mut self.summary;
        summary.in_both_sources +=
            u64::from(!district.people.is_empty() && !charters.people.is_empty());
        summary.marks_at_several_schools += u64::from(schools.len() > 1);
        summary.charter_marks += charters.marks.len() as u64;
        summary.wrong_totals += u64::from(life.wrong_total);
        summary.without_state_id += u64::from(people.any(|person| person.state_id.is_none()));
        for mark in marks() {
            *summary.marks.entry(mark.kind.code()).or_default() += 1;
        }
        if let Some((campus, has_plan)) = life.support.counted {
            let counted = self.counted.entry(campus).or_default();
            counted.enrolled += 1;
            counted.with_plan += u32::from(has_plan);
        }
    }

    /// Ends the packages.
    pub fn finish(self) -> Result<Summary, WriteError> {
        self.writers.into_iter().try_for_each(Writer::finish)?;
        Ok(self.summary)
    }
}

fn manifest(
    (source, schools): (&str, For),
    exported_on: Date,
    tables: &[Table],
    mode: Mode,
) -> Manifest {
    Manifest {
        source: format!("marisol-{source}"),
        district: DISTRICT_CODE.to_owned(),
        exported_at: afternoon(exported_on),
        schools,
        tables: tables
            .iter()
            .map(|table| (*table, ManifestTable::new(*table, mode)))
            .collect(),
    }
}

/// One in the afternoon in California, in summer.
fn afternoon(day: Date) -> Timestamp {
    let moment = day.at(20, 0, 0, 0).to_zoned(TimeZone::UTC);
    moment.expect("the plan's date was checked").timestamp()
}
