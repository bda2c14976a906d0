//! Where records, report, layout, seal and ledger meet: one document, or a batch of them.
//!
//! The way of a document: intent → model → data proof → layout → signature → the same examination
//! that a college makes → file → guarded commit. A student whose record cannot be issued is refused
//! with every reason and never stops the others; a database or disk that fails stops the batch,
//! which can be resumed under its id.
//!
//! Never: SQL, a rule, a page. Next: `check.rs` (the audit), `draft.rs` (one document before
//! layout), `batch.rs` (the steps), `stops.rs` (what of the audit stops a document), `present.rs`
//! (what was decided since), `preview.rs` (unofficial copies), `flat.rs` (the unsigned twin of a
//! signed document), `whole.rs` (whether the pages say what the record says: `rows.rs`,
//! `headings.rs`, `sums.rs`, `placing.rs`, `shown.rs`, and `surplus.rs`, `columns.rs`,
//! `averages.rs` for what they say beyond it), `sample.rs` (a report's invented people),
//! `compliance.rs` (a decree counted over the records), `study.rs` and `studies.rs` (which of its
//! files are studied, and what came of it), `report.rs` (its report), `public.rs` (its public
//! edition), `releases.rs` (what public editions told before), `again.rs` (a signed report
//! made again, years later), `decree_cases.rs` (what a decree
//! makes of a case file's rows: `case_rows.rs`, `case_expected.rs`), `bundle` (what a court's
//! monitor counts again).

mod again;
mod averages;
mod batch;
mod bundle;
mod case_expected;
mod case_rows;
mod check;
mod cohort;
mod columns;
mod compliance;
mod decimal;
mod decree_cases;
mod draft;
mod flat;
mod headings;
mod labels;
mod legend;
mod pages;
mod placing;
mod present;
mod preview;
mod printable;
mod public;
mod purpose;
mod reconciliation;
mod releases;
mod report;
mod rows;
mod sample;
mod shown;
mod signing;
mod spool;
mod stops;
mod studies;
mod study;
mod sums;
mod surplus;
mod whole;

pub use again::{AgainError, MadeAgain, make_again};
pub use batch::{Batch, BatchOutcome, Issued, Office};
pub use bundle::{
    BundleError, BundleOrder, Bundled, Recount, Recounted, RecountedOutcome, SQL_FOLDER,
};
pub use check::{Counts, Examination, Located, OfSchools};
pub use cohort::cohort;
pub use compliance::{Asked, Compliance, Measured, YEARS_MAX};
pub use decree_cases::{CASE_BYTES_MAX, CASE_FORMAT, CaseRun, run_case_file};
pub use draft::Refusal;
pub use pages::Examined;
pub use preview::{Preview, Previews};
pub use printable::{Coverage, unprintable, unprintable_text};
pub use public::{PublicReport, PublicWanted};
pub use purpose::{Purpose, ReceivingSchool};
pub use reconciliation::{RECONCILIATION_COLUMNS, Reconciliation, SchoolDisagreements};
pub use report::{Filing, MadeReport, NotConfirmed, ReportError, ReportOffice, ReportWanted};
pub use sample::{Sample, SampleError};
pub use signing::Signing;
pub use stops::{Overridden, kept};
pub use study::{Framing, FramingError, asks_the_same, drawn_as};
pub use whole::{Gap, gaps};

use crate::ledger::LedgerError;
use crate::render::RenderError;
use crate::store::StoreError;

/// Why a batch stopped. What was committed before stays issued; the batch can be resumed.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The records could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No worker could be started.
    #[error(transparent)]
    Render(RenderError),
    /// The batch was begun with another template, other rules or another request than now, or its
    /// records say something else than then.
    #[error(
        "batch {batch} was begun with {what} other than now\nhint: resume it with the report and \
         the rules of that day, or begin a new batch"
    )]
    OtherInputs {
        /// The batch's id.
        batch: String,
        /// What is not as it was.
        what: &'static str,
    },
    /// A document that was to have an unsigned twin does not pass our own examination.
    #[error(
        "no unsigned twin can be made of it: {why}\nhint: `registrar doctor` looks at every file"
    )]
    NoTwin {
        /// What the examination came to.
        why: String,
    },
    /// The pages of a twin would not say what its original says, or not that it is unsigned.
    #[error("no unsigned twin can be made of it: {}", .reasons.join("\n"))]
    NotWhole {
        /// What is missing, a sentence and a hint each.
        reasons: Vec<String>,
    },
    /// There is no batch of this id.
    #[error("there is no batch {batch}\nhint: leave --batch out for a new one")]
    NoBatch {
        /// The id.
        batch: String,
    },
    /// A day before or after every date.
    #[error("no reporting year lies around {day}\nhint: name a day of this century")]
    NoReportingYear {
        /// The day.
        day: jiff::civil::Date,
    },
    /// A report of a day of which the records do not know everything.
    #[error(
        "a report as of {as_of} is asked for, and the records are read as they were known on \
         {known_on}: what happened in between is not in them\nhint: take {known_on} or an earlier \
         day, or import what came since"
    )]
    NotKnownYet {
        /// The day of the report.
        as_of: jiff::civil::Date,
        /// The day, in the district's time zone, on which its records were known.
        known_on: jiff::civil::Date,
    },
    /// A report of a year that begins after its day.
    #[error(
        "a report as of {as_of} is asked of a year that begins on {begins}\nhint: take an earlier \
         year, or a later day"
    )]
    YearNotBegun {
        /// The day of the report.
        as_of: jiff::civil::Date,
        /// First day of the year.
        begins: jiff::civil::Date,
    },
}
