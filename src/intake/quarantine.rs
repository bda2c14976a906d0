//! The rows of held people as a package of their own, to correct and import again.
//!
//! Refused rows stand there as they stood in their file, so each table keeps its file's header; the
//! rows of the same people that were in order are written below it. The manifest is the package's
//! own with every table a delta.
//!
//! The folder is written as `NAME.partial`, and takes its name once the import has landed: a folder
//! without the ending is complete, and what is left of a process that was killed is replaced by the
//! next import. It is about students: only its owner may look in.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::package::{
    MANIFEST, Manifest, ManifestTable, Mode, Row, STATUS_COLUMN, STATUS_CURRENT, STATUS_WITHDRAWN,
    TableDefinition,
};
use crate::host;
use crate::store::{Staged, Table, TableRows, of_batch};

/// A quarantine folder that is being written.
#[derive(Debug)]
pub struct Quarantine {
    folder: PathBuf,
    partial: PathBuf,
    /// Locked while this process writes: another import must not take it for left over.
    lock: File,
    files: BTreeMap<Table, QuarantineFile>,
}

#[derive(Debug)]
struct QuarantineFile {
    header: csv::StringRecord,
    out: BufWriter<File>,
}

impl Quarantine {
    /// Makes the folder, in place of one that an import which was killed left half written.
    ///
    /// # Errors
    /// Where the folder is there already, another import writes it, or it cannot be made.
    pub fn create(folder: &Path) -> io::Result<Self> {
        if folder.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let partial = partial_of(folder);
        if partial.exists() {
            drop(locked(&partial)?);
            fs::remove_dir_all(&partial)?;
        }
        let above = partial.parent().unwrap_or(Path::new(""));
        let mut private = host::private_folder();
        private.recursive(true).create(above)?;
        private.recursive(false).create(&partial)?;
        Ok(Self {
            folder: folder.to_owned(),
            lock: locked(&partial)?,
            partial,
            files: BTreeMap::new(),
        })
    }

    /// Writes a refused row as it stood in its file.
    pub fn refused(&mut self, table: Table, header: &str, raw: &[u8]) -> io::Result<()> {
        let file = self.file(table, header)?;
        file.out.write_all(raw)?;
        file.out.write_all(b"\n")
    }

    /// Writes rows of held people that were in order; nobody is held for a row about no person.
    pub fn rows(&mut self, rows: &TableRows, header: &str) -> io::Result<()> {
        of_batch!(rows, rows => self.staged(rows, header))
    }

    fn staged<R: Row>(&mut self, rows: &[Staged<R>], header: &str) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let definition = TableDefinition::of(R::TABLE);
        let file = self.file(R::TABLE, header)?;
        let mut csv = csv::Writer::from_writer(&mut file.out);
        for staged in rows {
            let cells = staged.row.cells();
            let status = if staged.withdrawn {
                STATUS_WITHDRAWN
            } else {
                STATUS_CURRENT
            };
            let cell = |column| match definition.position(column) {
                Some(position) => cells[position].as_ref(),
                None if column == STATUS_COLUMN => status,
                None => "",
            };
            csv.write_record(file.header.iter().map(cell))?;
        }
        csv.flush()
    }

    fn file(&mut self, table: Table, header: &str) -> io::Result<&mut QuarantineFile> {
        if !self.files.contains_key(&table) {
            let path = self.partial.join(TableDefinition::of(table).file());
            let mut out = BufWriter::new(host::new_private_file(&path)?);
            writeln!(out, "{header}")?;
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(header.as_bytes());
            let header = reader.records().next().transpose()?.unwrap_or_default();
            self.files.insert(table, QuarantineFile { header, out });
        }
        Ok(self.files.get_mut(&table).expect("it was just put there"))
    }

    /// Ends the files and writes the manifest: everything is on the disk.
    pub fn finish(&mut self, manifest: &Manifest) -> io::Result<()> {
        let mut tables = BTreeMap::new();
        for (table, file) in &mut self.files {
            file.out.flush()?;
            file.out.get_ref().sync_all()?;
            tables.insert(*table, ManifestTable::new(*table, Mode::Delta));
        }
        let manifest = Manifest {
            tables,
            schools: manifest.schools.clone(),
            source: manifest.source.clone(),
            district: manifest.district.clone(),
            exported_at: manifest.exported_at,
        };
        let mut file = host::new_private_file(&self.partial.join(MANIFEST))?;
        file.write_all(manifest.to_toml().as_bytes())?;
        file.sync_all()?;
        self.lock.sync_all()
    }

    /// Gives the finished folder its name, because the import has landed.
    pub fn publish(self) -> io::Result<()> {
        fs::rename(&self.partial, &self.folder)?;
        let above = self.folder.parent().filter(|above| *above != Path::new(""));
        File::open(above.unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Takes the folder away again, because nothing landed.
    pub fn discard(self) -> io::Result<()> {
        fs::remove_dir_all(&self.partial)
    }
}

/// The folder while it is being written; `components` leaves out a slash at the end.
fn partial_of(folder: &Path) -> PathBuf {
    let mut name = folder.components().collect::<PathBuf>().into_os_string();
    name.push(".partial");
    name.into()
}

/// The folder, locked until it is dropped.
fn locked(folder: &Path) -> io::Result<File> {
    let lock = File::open(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::ResourceBusy.into()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
