//! A believable district made up from a seed, in the import format: for the demonstration, for
//! tests, for measuring at the size of a real district.
//!
//! Owns the plan of such a district and its streaming into two Registrar packages, one for each
//! source system: `central` (the district) and `charters` (its independent charter schools). A
//! student who went to both stands in both, joined by state id. Same plan, same bytes, on every
//! platform; each student is made alone, so memory does not grow with the district.
//!
//! Never: a float, a clock, other chance than the seed's; a real person, school or address; a sign
//! of a disability. `vocabulary` holds the names that a policy for this district must know.

#![deny(clippy::float_arithmetic)]

mod calendar;
mod catalogue;
mod draw;
mod journey;
mod life;
mod names;
mod names_lists;
mod office;
mod schedule;
mod schools;
mod sequence;
mod student;
mod studies;
mod titles;
pub mod vocabulary;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::intake::package::{
    Manifest, ManifestTable, Mode, Row, Schools as For, Table, WriteError, Writer,
};

use calendar::Calendar;
use life::{Life, Rows};
use schools::{DISTRICT_CODE, Schools};

/// The most students of a plan; the largest district of the United States has about 900,000.
pub const STUDENTS_MAX: u32 = 1_000_000;

/// The source system of the district's own schools, and the name of its folder.
pub const CENTRAL: &str = "central";

/// The source system of the independent charter schools, and the name of its folder.
pub const CHARTERS: &str = "charters";

/// After how many students progress is told.
const PROGRESS_EVERY: u32 = 500;

/// Which district to make up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many students are on the roll, those who left in high school among them.
    pub students: u32,
    /// Chance: another seed, another district.
    pub seed: u64,
    /// The day of the export. Terms that have ended have marks, a term that has begun is in
    /// progress, a later one is planned; on and after the day of graduation seniors have graduated.
    pub as_of: Date,
    /// How common each grade is, transitional kindergarten first, grade 12 last.
    pub grade_weights: [u32; 14],
}

impl Plan {
    /// A district of the usual ages, in the week of its graduation: 12 June 2026.
    pub fn new(students: u32, seed: u64) -> Self {
        Self {
            students,
            seed,
            as_of: date(2026, 6, 12),
            grade_weights: [40, 70, 72, 73, 74, 74, 73, 75, 76, 77, 82, 80, 76, 78],
        }
    }
}

/// Which system keeps a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The district's.
    District,
    /// The independent charter schools'.
    Charters,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows of each table, over both packages.
    pub rows: BTreeMap<&'static str, u64>,
    /// Students who stand in both packages.
    pub in_both_sources: u64,
    /// Students with marks at more than one school.
    pub marks_at_several_schools: u64,
    /// Marks of independent charter schools.
    pub charter_marks: u64,
    /// Marks by kind.
    pub marks: BTreeMap<&'static str, u64>,
    /// Students with a declared figure that is wrong on purpose.
    pub wrong_totals: u64,
    /// Students without a state id.
    pub without_state_id: u64,
}

/// Why a district could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SyntheticError {
    /// No students, or too many.
    #[error("{0} students\n  hint: ask for 1 to {STUDENTS_MAX}")]
    Students(u32),
    /// A date for which there are no school years.
    #[error("the date {0} is too far from now\n  hint: give a date from 1950-01-01 to 2150-12-31")]
    AsOf(Date),
    /// No grade has a weight, or the weights overflow.
    #[error("grade weights must have a sum from 1 to 4294967295")]
    GradeWeights,
    /// The package could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Makes up a district and writes its two packages into `folder/central` and `folder/charters`.
///
/// `progress` is told, now and then, how many students are done.
///
/// # Errors
/// Where the plan cannot be carried out, or a folder cannot be written or is not empty.
pub fn generate(
    plan: &Plan,
    folder: &Path,
    progress: &mut dyn FnMut(u32),
) -> Result<Summary, SyntheticError> {
    check(plan)?;
    let calendar = Calendar::new(plan.as_of);
    let schools = Schools::new(plan);
    let mut summary = Summary::default();
    let mut packages = Packages {
        central: Writer::create(&folder.join(CENTRAL), manifest(plan, CENTRAL))?,
        charters: Writer::create(&folder.join(CHARTERS), manifest(plan, CHARTERS))?,
        summary: &mut summary,
    };
    packages.institutions(&schools, &calendar)?;
    for number in 0..plan.students {
        packages.student(&Life::new(plan, &schools, &calendar, number))?;
        if number % PROGRESS_EVERY == 0 {
            progress(number);
        }
    }
    packages.central.finish()?;
    packages.charters.finish()?;
    progress(plan.students);
    Ok(summary)
}

fn check(plan: &Plan) -> Result<(), SyntheticError> {
    if plan.students == 0 || plan.students > STUDENTS_MAX {
        return Err(SyntheticError::Students(plan.students));
    }
    if !(1950..=2150).contains(&plan.as_of.year()) {
        return Err(SyntheticError::AsOf(plan.as_of));
    }
    let weights = plan
        .grade_weights
        .iter()
        .try_fold(0u32, |sum, weight| sum.checked_add(*weight));
    match weights {
        None | Some(0) => Err(SyntheticError::GradeWeights),
        Some(_) => Ok(()),
    }
}

fn manifest(plan: &Plan, source: &str) -> Manifest {
    let noon = plan.as_of.at(20, 0, 0, 0).to_zoned(TimeZone::UTC);
    let full = |table: &Table| (*table, ManifestTable::new(*table, Mode::Full));
    let made_up = |table: &&Table| !table.is_event() && !table.is_support();
    let tables = Table::ALL.iter().filter(made_up);
    Manifest {
        source: format!("marisol-{source}"),
        district: DISTRICT_CODE.to_owned(),
        exported_at: noon.expect("the plan's date was checked").timestamp(),
        schools: For::Every,
        // A system sends records; events are decided by people.
        tables: tables.map(full).collect(),
    }
}

/// The two packages that are being written.
struct Packages<'a> {
    central: Writer,
    charters: Writer,
    summary: &'a mut Summary,
}

impl Packages<'_> {
    fn write<R: Row>(&mut self, source: Source, rows: &[R]) -> Result<(), WriteError> {
        let writer = match source {
            Source::District => &mut self.central,
            Source::Charters => &mut self.charters,
        };
        *self.summary.rows.entry(R::TABLE.name()).or_default() += rows.len() as u64;
        rows.iter().try_for_each(|row| writer.write(row))
    }

    fn institutions(&mut self, schools: &Schools, calendar: &Calendar) -> Result<(), WriteError> {
        for source in [Source::District, Source::Charters] {
            self.write(source, &[Schools::district()])?;
        }
        for campus in schools.all() {
            self.write(campus.source, std::slice::from_ref(&campus.row))?;
            if campus.has_marks() {
                self.write(campus.source, &campus.terms(calendar))?;
                self.write(campus.source, &campus.courses())?;
            }
        }
        Ok(())
    }

    fn student(&mut self, life: &Life) -> Result<(), WriteError> {
        self.count(life);
        self.rows(Source::District, &life.district)?;
        self.rows(Source::Charters, &life.charters)
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
        let summary = &mut *self.summary;
        summary.in_both_sources +=
            u64::from(!district.people.is_empty() && !charters.people.is_empty());
        summary.marks_at_several_schools += u64::from(schools.len() > 1);
        summary.charter_marks += charters.marks.len() as u64;
        summary.wrong_totals += u64::from(life.wrong_total);
        summary.without_state_id += u64::from(people.any(|person| person.state_id.is_none()));
        for mark in marks() {
            *summary.marks.entry(mark.kind.code()).or_default() += 1;
        }
    }
}
