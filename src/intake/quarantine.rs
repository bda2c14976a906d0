//! The rows of held people as a package of their own, to correct and import again.
//!
//! Refused rows stand there as they stood in their file, so each table keeps its file's header; the
//! rows of the same people that were in order are written below it. The manifest is the package's
//! own with every table a delta, and comes last: without it the folder is no package.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::package::{
    MANIFEST, Manifest, ManifestTable, Mode, Row, STATUS_COLUMN, STATUS_CURRENT, STATUS_WITHDRAWN,
    TableDefinition,
};
use crate::store::{Staged, Table, TableRows};

/// A quarantine folder that is being written.
#[derive(Debug)]
pub struct Quarantine {
    folder: PathBuf,
    files: BTreeMap<Table, QuarantineFile>,
}

#[derive(Debug)]
struct QuarantineFile {
    header: csv::StringRecord,
    out: BufWriter<File>,
}

impl Quarantine {
    /// Makes the folder.
    ///
    /// # Errors
    /// Where it is there already, or cannot be made.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            files: BTreeMap::new(),
        })
    }

    /// Writes a refused row as it stood in its file.
    pub fn refused(&mut self, table: Table, header: &str, raw: &[u8]) -> io::Result<()> {
        let file = self.file(table, header)?;
        file.out.write_all(raw)?;
        file.out.write_all(b"\n")
    }

    /// Writes rows of held people that were in order.
    pub fn rows(&mut self, rows: &TableRows, header: &str) -> io::Result<()> {
        match rows {
            TableRows::Districts(rows) => self.staged(rows, header),
            TableRows::Schools(rows) => self.staged(rows, header),
            TableRows::People(rows) => self.staged(rows, header),
            TableRows::Cumulative(rows) => self.staged(rows, header),
            TableRows::Enrolments(rows) => self.staged(rows, header),
            TableRows::Terms(rows) => self.staged(rows, header),
            TableRows::Courses(rows) => self.staged(rows, header),
            TableRows::Marks(rows) => self.staged(rows, header),
            TableRows::Totals(rows) => self.staged(rows, header),
            TableRows::Plans(rows) => self.staged(rows, header),
            TableRows::Awards(rows) => self.staged(rows, header),
        }
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
            let path = self.folder.join(TableDefinition::of(table).file());
            let mut out = BufWriter::new(File::create_new(path)?);
            writeln!(out, "{header}")?;
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(header.as_bytes());
            let header = reader.records().next().transpose()?.unwrap_or_default();
            self.files.insert(table, QuarantineFile { header, out });
        }
        Ok(self.files.get_mut(&table).expect("it was just put there"))
    }

    /// Ends the folder: files on the disk, then the manifest.
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
        let mut file = File::create_new(self.folder.join(MANIFEST))?;
        file.write_all(manifest.to_toml().as_bytes())?;
        file.sync_all()
    }

    /// Takes the folder away again, because nothing landed.
    pub fn discard(self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)
    }
}
