//! Writes a package: a folder with a CSV file a table, and the manifest last.
//!
//! Rows are streamed; tables may be written in any order and mixed. Without its manifest a folder
//! is no package, so that one whose writing was interrupted cannot be imported.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{
    MANIFEST, Manifest, Row, STATUS_COLUMN, STATUS_CURRENT, STATUS_WITHDRAWN, TableDefinition,
};
use crate::store::Table;

/// Why a package could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder exists and holds something.
    #[error("{} is not empty\n  hint: name a folder that does not exist yet", .0.display())]
    FolderNotEmpty(PathBuf),
    /// The operating system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        error: io::Error,
    },
    /// The manifest that the writer was made with does not name this table.
    #[error("the manifest does not name the table {}", .0.name())]
    TableNotNamed(Table),
}

/// A package that is being written.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    manifest: Manifest,
    tables: BTreeMap<Table, TableFile>,
}

#[derive(Debug)]
struct TableFile {
    path: PathBuf,
    csv: csv::Writer<File>,
    has_status: bool,
}

impl Writer {
    /// Begins a package in a folder, which is made if it is not there. Every table that the
    /// manifest names gets its file, with a header; a table with a delta gets the column `status`.
    ///
    /// # Errors
    /// Where the folder holds something already, or cannot be written.
    pub fn create(folder: &Path, manifest: Manifest) -> Result<Self, WriteError> {
        let refused = |error| WriteError::Io {
            path: folder.to_owned(),
            error,
        };
        fs::create_dir_all(folder).map_err(refused)?;
        if fs::read_dir(folder).map_err(refused)?.next().is_some() {
            return Err(WriteError::FolderNotEmpty(folder.to_owned()));
        }
        let mut tables = BTreeMap::new();
        for (table, entry) in &manifest.tables {
            let path = folder.join(&entry.file);
            tables.insert(*table, TableFile::create(*table, path, entry.has_delta())?);
        }
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            tables,
        })
    }

    /// Writes a row that holds.
    ///
    /// # Errors
    /// Where the manifest does not name the table, or the file cannot be written.
    pub fn write<R: Row>(&mut self, row: &R) -> Result<(), WriteError> {
        self.put(row, STATUS_CURRENT)
    }

    /// Writes a row that is taken back. Only a table with a delta can say so; in a full one the row
    /// is left out instead.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn withdraw<R: Row>(&mut self, row: &R) -> Result<(), WriteError> {
        self.put(row, STATUS_WITHDRAWN)
    }

    fn put<R: Row>(&mut self, row: &R, status: &'static str) -> Result<(), WriteError> {
        let file = self.tables.get_mut(&R::TABLE);
        let file = file.ok_or(WriteError::TableNotNamed(R::TABLE))?;
        let cells = row.cells();
        let status = file.has_status.then_some(status);
        let cells = cells.iter().map(AsRef::as_ref).chain(status);
        let written = file.csv.write_record(cells);
        written.map_err(|error| file.refused(error.into()))
    }

    /// Ends the package: every file is on the disk, then the manifest.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish(mut self) -> Result<(), WriteError> {
        for file in self.tables.values_mut() {
            let written = file
                .csv
                .flush()
                .and_then(|()| file.csv.get_ref().sync_all());
            written.map_err(|error| file.refused(error))?;
        }
        let path = self.folder.join(MANIFEST);
        let text = self.manifest.to_toml();
        let write = || {
            let mut file = File::create_new(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| WriteError::Io {
            path: path.clone(),
            error,
        })
    }
}

impl TableFile {
    fn create(table: Table, path: PathBuf, has_status: bool) -> Result<Self, WriteError> {
        let file = File::create_new(&path).map_err(|error| WriteError::Io {
            path: path.clone(),
            error,
        })?;
        let mut file = Self {
            path,
            csv: csv::Writer::from_writer(file),
            has_status,
        };
        let columns = TableDefinition::of(table)
            .columns
            .iter()
            .map(|column| column.name);
        let written = file
            .csv
            .write_record(columns.chain(has_status.then_some(STATUS_COLUMN)));
        written.map_err(|error| file.refused(error.into()))?;
        Ok(file)
    }

    fn refused(&self, error: io::Error) -> WriteError {
        WriteError::Io {
            path: self.path.clone(),
            error,
        }
    }
}
