//! (to be written)

mod rows;

pub use rows::{FileNumber, Provenance, Staged, Table, TableRows};
