//! The files of a bundle that somebody else made: which there are, and how each is read.
//!
//! Owns the bounds: a file is itself and no link to another, a file and no device or pipe, and as
//! long as its kind is at most; a line of a list is no longer than a line. Whatever is otherwise is
//! told, and nothing waits for it or takes it into memory.
//!
//! Never: what a file says.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::StringRecord;
use sha2::{Digest, Sha256};

use super::BundleError;
use crate::host;

/// Bytes of the small files of a bundle, which are read whole.
const SMALL_BYTES_MAX: u64 = 16 << 20;
/// Bytes of a list or any other file.
const FILE_BYTES_MAX: u64 = 64 << 30;
/// Bytes of one line of a list, however many cells it has.
const LINE_BYTES_MAX: usize = 1 << 20;
/// Files and folders of a bundle.
const ENTRIES_MAX: usize = 10_000;
/// Folders within each other.
const FOLDERS_DEEP_MAX: usize = 4;

/// What lies in the folder of a bundle.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// The files, by their paths inside.
    pub names: BTreeSet<String>,
    /// What lies there and is neither a file nor a folder.
    pub strange: Vec<String>,
}

impl Files {
    /// Looks through the folder, and opens nothing.
    pub fn of(folder: &Path) -> Result<Self, BundleError> {
        let mut files = Self {
            folder: folder.to_owned(),
            names: BTreeSet::new(),
            strange: Vec::new(),
        };
        let mut open = vec![(folder.to_owned(), String::new(), 0)];
        while let Some((path, inside, depth)) = open.pop() {
            let entries = std::fs::read_dir(&path).map_err(BundleError::io("read", &path))?;
            for entry in entries {
                let entry = entry.map_err(BundleError::io("read", &path))?;
                let is = entry.file_type().map_err(BundleError::io("read", &path))?;
                let name = format!("{inside}{}", entry.file_name().to_string_lossy());
                if is.is_dir() && depth < FOLDERS_DEEP_MAX {
                    open.push((entry.path(), format!("{name}/"), depth + 1));
                } else if is.is_file() {
                    files.names.insert(name);
                } else {
                    files.strange.push(name);
                }
                if files.names.len() + files.strange.len() + open.len() > ENTRIES_MAX {
                    return Err(unreadable(&name_of(folder), "holds too many files"));
                }
            }
        }
        files.strange.sort();
        Ok(files)
    }

    fn open(&self, name: &str, bytes_max: u64) -> Result<io::Take<File>, BundleError> {
        let opened = host::open_strange_file(&self.folder.join(name), bytes_max);
        opened.map_err(|error| unreadable(name, &format!("cannot be read: {error}")))
    }

    /// A small file.
    pub fn small(&self, name: &str) -> Result<Vec<u8>, BundleError> {
        let mut bytes = Vec::new();
        let read = self.open(name, SMALL_BYTES_MAX)?.read_to_end(&mut bytes);
        read.map_err(|error| unreadable(name, &format!("cannot be read: {error}")))?;
        Ok(bytes)
    }

    /// A small file that is a text.
    pub fn text(&self, name: &str) -> Result<String, BundleError> {
        String::from_utf8(self.small(name)?).map_err(|_| unreadable(name, "is no text"))
    }

    /// SHA-256 of a file.
    pub fn digest(&self, name: &str) -> Result<String, BundleError> {
        let mut file = self.open(name, FILE_BYTES_MAX)?;
        let (mut digest, mut part) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            let read = file.read(&mut part);
            let read = read.map_err(|error| unreadable(name, &error.to_string()))?;
            if read == 0 {
                return Ok(hex::encode(digest.finalize()));
            }
            digest.update(&part[..read]);
        }
    }

    /// The lines of a file of the bundle, its heading read.
    pub fn rows(&self, name: &str) -> Result<Rows, BundleError> {
        let left = Rc::new(Cell::new(LINE_BYTES_MAX));
        let file = Budgeted {
            file: self.open(name, FILE_BYTES_MAX)?,
            left: Rc::clone(&left),
        };
        let mut reader = csv::Reader::from_reader(file);
        let heading = reader.headers();
        let heading = heading.map_err(|error| unreadable(name, &told(&error)))?;
        Ok(Rows {
            heading: heading.clone(),
            name: name.to_owned(),
            reader,
            left,
        })
    }
}

/// The lines of a file of the bundle.
pub(super) struct Rows {
    /// The names of its columns.
    pub heading: StringRecord,
    name: String,
    reader: csv::Reader<Budgeted>,
    left: Rc<Cell<usize>>,
}

impl Rows {
    /// Reads the next line; none where there is no more.
    pub fn read(&mut self, row: &mut StringRecord) -> Result<bool, BundleError> {
        self.left.set(LINE_BYTES_MAX);
        let read = self.reader.read_record(row);
        read.map_err(|error| self.wrong(&told(&error)))
    }

    /// The place of a column, the first of its name.
    pub fn column(&self, name: &str) -> Result<usize, BundleError> {
        let found = self.heading.iter().position(|it| it == name);
        found.ok_or_else(|| self.wrong(&format!("has no column `{name}`")))
    }

    /// What is wrong with the file.
    pub fn wrong(&self, why: &str) -> BundleError {
        unreadable(&self.name, why)
    }
}

/// A file of which so many bytes are read for a line, and no more.
struct Budgeted {
    file: io::Take<File>,
    left: Rc<Cell<usize>>,
}

impl Read for Budgeted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.left.get());
        if most == 0 && !into.is_empty() {
            let told = format!("has a line of more than {LINE_BYTES_MAX} bytes");
            return Err(io::Error::other(told));
        }
        let read = self.file.read(&mut into[..most])?;
        self.left.set(self.left.get() - read);
        Ok(read)
    }
}

fn told(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    }
}

fn name_of(folder: &Path) -> String {
    folder.display().to_string()
}

pub(super) fn unreadable(file: &str, why: &str) -> BundleError {
    BundleError::Unreadable {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}
