//! A believable district made up from a seed, in the import format: for the demonstration, for
//! tests, for measuring at the size of a real district.
//!
//! Owns the plan of such a district and its streaming into Registrar packages, one for each source
//! system: `central` (the district) and `charters` (its independent charter schools) are student
//! systems; `seds` is the special-education system of all schools, of which `seds-update` brings
//! what was entered later. A student who went to both stands in both, joined by state id. Same
//! plan, same bytes, on every platform; each student is made alone, so memory does not grow with
//! the district.
//!
//! Never: a float, a clock, other chance than the seed's; a real person, school or address; a sign
//! of a disability in what a transcript is made of. `vocabulary` holds the names that a policy for
//! this district must know, `support` makes what compliance is counted from.

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
mod support;
mod titles;
pub mod vocabulary;
mod writing;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};

use crate::intake::package::WriteError;

use calendar::Calendar;
use life::Life;
use schools::Schools;
use support::{SchoolDays, World};
use writing::Packages;

/// The most students of a plan; the largest district of the United States has about 900,000.
pub const STUDENTS_MAX: u32 = 1_000_000;

/// The source system of the district's own schools, and the name of its folder.
pub const CENTRAL: &str = "central";

/// The source system of the independent charter schools, and the name of its folder.
pub const CHARTERS: &str = "charters";

/// The special-education system of all schools, and the name of the folder of its first export.
pub const SEDS: &str = "seds";

/// The folder of what that system entered or changed since.
pub const SEDS_UPDATE: &str = "seds-update";

/// The packages of a district, in the order in which they are imported.
pub const PACKAGES: [&str; 4] = [CENTRAL, CHARTERS, SEDS, SEDS_UPDATE];

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
    /// Rows of each table, over all packages.
    pub rows: BTreeMap<&'static str, u64>,
    /// Students who stand in both student systems.
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

/// Makes up a district and writes its packages into `folder`, each into a folder of its name
/// ([`PACKAGES`]).
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
    let world = World {
        plan,
        schools: &Schools::new(plan),
        calendar: &calendar,
        whole_year: &calendar.whole_year(),
        days: &SchoolDays::new(&calendar),
    };
    let mut packages = Packages::create(&world, folder)?;
    packages.institutions(&world)?;
    for number in 0..plan.students {
        packages.student(&Life::new(&world, number))?;
        if number % PROGRESS_EVERY == 0 {
            progress(number);
        }
    }
    packages.counted(&world)?;
    let summary = packages.finish()?;
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
