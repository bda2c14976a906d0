//! A district's files to staged records: formats, reading, checks, the report of what is wrong.
//!
//! Owns the Registrar package ([`package`]: its tables, columns, manifest and writer), the reading
//! of hostile files within bounds, and the [`Problem`]s that tell a person what to correct.
//!
//! Never: SQL (the `store` room lands what is staged here), a rule of a transcript, a guess. A cell
//! that can be read in two ways is refused.

pub mod package;

mod problem;

pub use problem::{Kind, Problem, Report, shown};
