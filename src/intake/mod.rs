//! A district's files to staged records: formats, reading, checks, the report of what is wrong.
//!
//! Owns the Registrar package ([`package`]: its tables, columns, manifest and writer), the reading
//! of hostile files within bounds, and the [`Problem`]s that tell a person what to correct.
//!
//! Never: SQL (the `store` room lands what is staged here), a rule of a transcript, a guess. A cell
//! that can be read in two ways is refused.

pub mod package;

mod bounds;
mod import;
mod outcome;
mod problem;
mod quarantine;
mod read;
mod record;
mod words;

pub use bounds::{EXPORT_AHEAD_HOURS_MAX, HELD_PERSONS_PER_HUNDRED_MAX, WITHDRAWN_PER_HUNDRED_MAX};
pub use import::{ImportError, Options, Progress, REFUSED_BYTES_KEPT_MAX, import};
pub use outcome::{FileRead, HELD_PEOPLE_SHOWN_MAX, Outcome, Verdict};
pub use problem::{
    PROBLEMS_SHOWN_PER_KIND_MAX, Problem, ProblemKind, Report, VALUE_SHOWN_CHARACTERS_MAX, shown,
};
pub use read::*;
pub use record::{Record, Wrong, manifest_of, record, row_of};
