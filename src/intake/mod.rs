//! A district's files to staged records: formats, reading, checks, the report of what is wrong.
//!
//! Owns the Registrar package ([`package`]: its tables, columns, manifest and writer), the reading
//! of hostile files within bounds, and the [`Problem`]s that tell a person what to correct.
//!
//! Never: SQL (the `store` room lands what is staged here), a rule of a transcript, a guess. A cell
//! that can be read in two ways is refused.

pub mod package;

mod problem;
mod read;

pub use problem::{
    Kind, PROBLEMS_SHOWN_PER_KIND_MAX, Problem, Report, VALUE_SHOWN_CHARACTERS_MAX, shown,
};
pub use read::*;
