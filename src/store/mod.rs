//! The database: its pool, its migrations and every SQL statement of the program.
//!
//! Owns versions of rows (a stored fact is never overwritten; a row is a version from
//! `recorded_from` until `recorded_to`), staging, and set-based reads. SQLite is the default,
//! PostgreSQL 15 and later the choice of a large district; one interface serves both
//! (`database.rs`).
//!
//! Never: a rule (but that of `record::issuing_enrolment`, in SQL in `finding.rs`), a report, a
//! file format. Statements are static text; values are bound.
//! Next: `intake` fills the staging tables, `issue` reads records and writes issuances.

mod audit;
mod batches;
mod checks;
mod cohort;
mod columns;
mod contradiction;
mod database;
mod events;
mod finding;
mod held;
mod holds;
mod imports;
mod issuances;
mod known_as;
mod landing;
mod links;
mod listed;
mod looked_at;
mod migrations;
mod open;
mod overrides;
mod plan;
mod policies;
#[cfg(test)]
mod query_plans;
mod records;
mod references;
mod releases;
mod reports;
mod resemblance;
mod rows;
mod settings;
mod staging;
mod stored;
mod studies;
mod support;
mod systems;
mod told;
mod undo;

pub use audit::{PageEnd, PeoplePage, RowPlace};
pub use batches::BatchRow;
pub use contradiction::Contradiction;
pub use events::{PersonRow, PostingRow};
pub use finding::{Ambiguous, Candidate, Found, StudentQuery};
pub use held::{HeldNow, HeldRow, Release, ReleaseError};
pub use imports::{Decided, ImportSummary, RECORDED_AHEAD_HOURS_MAX};
pub use issuances::{
    DOCUMENTS_PER_READ_MAX, DocumentRow, IntentRow, IssuanceRow, IssuanceState, NewIntent,
};
pub use listed::{EVENTS_READ_MAX, RecordedEvent};
pub use looked_at::{InForce, LookedAt};
pub use open::{Store, StoreError};
pub use overrides::{
    KeptFinding, NewOverride, OVERRIDES_LISTED_MAX, OverrideEnd, OverrideFor, OverrideRow,
    PassedUnder,
};
pub use plan::{
    Finding, FindingKind, Findings, Held, Landed, Plan, Refused, RefusedText, TableChange,
};
pub use policies::{POLICIES_LISTED_MAX, PolicyRow};
pub use records::PEOPLE_PER_READ_MAX;
pub use references::NamingRows;
pub use releases::{NewRelease, PublicRelease, ToldPopulation};
pub use reports::ReportIntent;
pub use resemblance::{LookAlike, LookAlikes, PAIRS_COMPARED_MAX};
pub use rows::{FileNumber, Provenance, Staged, Table, TableRows};
pub(crate) use rows::{of_batch, of_table};
pub use settings::{Fault, Setting};
pub use staging::{ImportHeader, Staging};
pub use studies::{DrawRow, FrameRow, ResultRow, STUDIES_LISTED_MAX};
pub use undo::{StillNamed, UndoError};

use jiff::Timestamp;

/// The `recorded_to` of a version that still holds. A far date instead of NULL keeps every
/// comparison of instants one expression in both databases.
macro_rules! open_end {
    () => {
        "'9999-12-31T23:59:59.999999Z'"
    };
}
pub(crate) use open_end;

/// An instant as the database keeps it: UTC, microseconds, always the same width, so that the order
/// of texts is the order of instants.
pub(crate) fn instant_text(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
