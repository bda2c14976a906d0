//! The Registrar package: the documented form in which any system hands over its records.
//!
//! A package is a folder with `manifest.toml` and one CSV file a table. `definition` is the one
//! place that says which tables and columns there are; reading, writing, `docs/package-format.md`
//! and the keys of stored rows all follow from it. [`Writer`] makes a package; `intake::read` reads
//! one.
//!
//! Never: a database, a rule of a transcript.

pub(super) mod cell;
mod definition;
mod manifest;
mod rules;
mod writer;

pub use cell::{CellFault, Format};
pub use definition::{Cells, Column, Fault, LOCAL_ID_CHARACTERS_MAX, Row, TableDefinition};
pub use manifest::{
    MANIFEST_BYTES_MAX, MANIFEST_PROBLEMS_MAX, Manifest, ManifestTable, Mode, SCHOOLS_MAX, Schools,
};
pub use rules::{Consistent, Contradiction};
pub use writer::{WriteError, Writer};

pub use crate::store::Table;

/// The version of the package that this program reads and writes.
pub const FORMAT: &str = "registrar-package/1";

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.toml";

/// The column of a delta table that takes a row back.
pub const STATUS_COLUMN: &str = "status";

/// The word of [`STATUS_COLUMN`] for a row that holds; an empty cell means the same.
pub const STATUS_CURRENT: &str = "current";

/// The word of [`STATUS_COLUMN`] for a row that no longer holds.
pub const STATUS_WITHDRAWN: &str = "withdrawn";
