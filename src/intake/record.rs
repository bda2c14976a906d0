//! One row that a person decided, recorded as an import of its own.
//!
//! It is a package of one delta row in memory, so that whatever holds for an import holds for it:
//! the checks, the versions, the undoing, "as known". Never: what may be decided; `package` refuses
//! what the law's text excludes, and who decides answers for the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::import::{ImportError, Options, import_package};
use super::outcome::Outcome;
use super::package::{Cells, Contradiction, Fault, Manifest, ManifestTable, Mode, Row, Schools};
use super::package::{STATUS_COLUMN, STATUS_CURRENT, TableDefinition};
use super::read::{Files, Package};
use crate::host::Clock;
use crate::store::Store;

/// In which name a row is recorded.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The source: the district's own name for what is decided here.
    pub source: &'a str,
    /// The district's state code.
    pub district: &'a str,
    /// Check everything and record nothing.
    pub dry_run: bool,
}

/// A row made of cells, by the names of their columns; a column that is not named is empty.
///
/// # Errors
/// Everything that is wrong with its cells or, where each can be read, with what they say together.
pub fn row_of<R: Row>(cells: &BTreeMap<&str, String>, manifest: &Manifest) -> Result<R, Wrong> {
    let columns = &TableDefinition::of(R::TABLE).columns;
    let texts = columns
        .iter()
        .map(|column| cells.get(column.name).map_or("", String::as_str));
    let record: csv::StringRecord = texts.collect();
    let positions: Vec<_> = (0..columns.len()).map(Some).collect();
    let row = R::read(Cells {
        positions: &positions,
        record: &record,
    });
    let row = row.map_err(Wrong::Cells)?;
    match row.contradictions(manifest) {
        found if found.is_empty() => Ok(row),
        found => Err(Wrong::Together(found)),
    }
}

/// Why cells make no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Cells that cannot be read.
    Cells(Vec<Fault>),
    /// Cells that contradict each other.
    Together(Vec<Contradiction>),
}

/// The manifest of such an import.
pub fn manifest_of<R: Row>(record: &Record<'_>, school: &str, clock: Clock) -> Manifest {
    let table = ManifestTable::new(R::TABLE, Mode::Delta);
    Manifest {
        source: record.source.to_owned(),
        district: record.district.to_owned(),
        exported_at: clock.now(),
        schools: Schools::Named(BTreeSet::from([school.to_owned()])),
        tables: BTreeMap::from([(R::TABLE, table)]),
    }
}

/// Records a row: a new one, or another version of one that the source recorded before.
///
/// # Errors
/// As [`import`](super::import()). A row that is refused is no error: the [`Outcome`] says why.
///
/// # Panics
/// When the row answers to no school: only decisions are recorded so.
pub async fn record<R: Row>(
    store: &Store,
    record: &Record<'_>,
    row: &R,
    clock: Clock,
) -> Result<Outcome, ImportError> {
    let school = row
        .school()
        .expect("a decision has a school that answers for it");
    let package = Package {
        manifest: manifest_of::<R>(record, school, clock),
        files: Files::Memory(BTreeMap::from([(R::TABLE, file_of(row))])),
        problems: Vec::new(),
    };
    let options = Options {
        dry_run: record.dry_run,
        // Two people may decide within one second, and one of their clocks may be behind.
        allow_older: true,
        ..Options::default()
    };
    import_package(store, package, &options, clock, &mut |_| {}).await
}

/// A file with one row.
fn file_of<R: Row>(row: &R) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let columns = TableDefinition::of(R::TABLE).columns.iter();
    let header = columns.map(|column| column.name).chain([STATUS_COLUMN]);
    let cells = row.cells();
    let cells = cells.iter().map(AsRef::as_ref).chain([STATUS_CURRENT]);
    let written = csv
        .write_record(header)
        .and_then(|()| csv.write_record(cells));
    written.expect("memory takes every record of one width");
    csv.into_inner().expect("memory is flushed")
}
