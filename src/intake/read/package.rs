//! Finds out what a path holds, and opens it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::intake::package::{MANIFEST, MANIFEST_BYTES_MAX, Manifest, ManifestTable, Table};
use crate::intake::{Problem, ProblemKind};

/// How many entries of a folder are looked at; a package has a dozen.
const FOLDER_ENTRIES_MAX: usize = 10_000;

/// Where the files of a package are.
#[derive(Clone, Debug)]
pub enum Files {
    /// In a folder.
    Folder(PathBuf),
    /// In memory: the bytes of each table's file.
    Memory(BTreeMap<Table, Vec<u8>>),
}

/// A package whose manifest could be read.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its files.
    pub files: Files,
    /// What it says about itself.
    pub manifest: Manifest,
    /// What is wrong with the folder; the files that are there are read none the less.
    pub problems: Vec<Problem>,
}

impl Package {
    /// Opens the file of a table; nothing where it is not a file that can be read, which
    /// [`Package::problems`] tells.
    pub fn file(&self, table: Table) -> Option<(&ManifestTable, Box<dyn Read + Send + '_>)> {
        let entry = self.manifest.tables.get(&table)?;
        let folder = match &self.files {
            Files::Folder(folder) => folder,
            Files::Memory(files) => return Some((entry, Box::new(files.get(&table)?.as_slice()))),
        };
        let path = folder.join(&entry.file);
        let is_file = fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
        let file = if is_file {
            File::open(path).ok()?
        } else {
            return None;
        };
        Some((entry, Box::new(file)))
    }
}

/// Opens a package: a folder with `manifest.toml`, or the path of that file.
///
/// # Errors
/// What the path holds instead, or everything that is wrong with the manifest.
pub fn open(path: &Path) -> Result<Package, Vec<Problem>> {
    let folder = folder_of(path)?;
    let text = manifest_text(&folder)?;
    let manifest = Manifest::read(&text)?;
    let problems = folder_problems(&folder, &manifest);
    Ok(Package {
        files: Files::Folder(folder),
        manifest,
        problems,
    })
}

fn folder_of(path: &Path) -> Result<PathBuf, Vec<Problem>> {
    let unknown = |message: &str, hint: &str| {
        let shown = crate::intake::shown(&path.display().to_string());
        vec![Problem::new(ProblemKind::FormatUnknown, shown, message).with_hint(hint)]
    };
    let about = fs::metadata(path)
        .map_err(|error| unknown(&format!("cannot be opened: {error}"), "check the path"))?;
    if path.file_name().is_some_and(|name| name == MANIFEST) && about.is_file() {
        return Ok(path.parent().unwrap_or(Path::new(".")).to_owned());
    }
    if !about.is_dir() {
        let message = "is a file, and a package is a folder";
        let hint = match path.extension().and_then(|it| it.to_str()) {
            Some("zip") => "unpack it, and name the folder",
            _ => "name the folder that holds manifest.toml and the CSV files",
        };
        return Err(unknown(message, hint));
    }
    if !path.join(MANIFEST).is_file() {
        let message = "is a folder without manifest.toml";
        return Err(unknown(
            message,
            "docs/package-format.md tells how a package is made",
        ));
    }
    Ok(path.to_owned())
}

fn manifest_text(folder: &Path) -> Result<String, Vec<Problem>> {
    let refused = |kind, message: String, hint: &str| {
        vec![Problem::new(kind, MANIFEST, message).with_hint(hint)]
    };
    let mut bytes = Vec::new();
    let read = File::open(folder.join(MANIFEST))
        .and_then(|file| file.take(MANIFEST_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        let message = format!("could not be read: {error}");
        let hint = "check the file's permissions";
        return Err(refused(ProblemKind::FileUnreadable, message, hint));
    }
    if bytes.len() as u64 > MANIFEST_BYTES_MAX {
        let message = format!("is longer than {MANIFEST_BYTES_MAX} bytes");
        let hint = "docs/package-format.md tells what belongs into it";
        return Err(refused(ProblemKind::ManifestInvalid, message, hint));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    String::from_utf8(bytes.to_owned()).map_err(|_| {
        let message = "is not UTF-8".to_owned();
        refused(ProblemKind::Encoding, message, "save the manifest as UTF-8")
    })
}

/// Files that the manifest names and that are not there, and the other way round.
fn folder_problems(folder: &Path, manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut named = BTreeSet::new();
    for (table, entry) in &manifest.tables {
        named.insert(entry.file.as_str());
        let key = format!("tables.{}", table.name());
        let path = folder.join(&entry.file);
        let problem = match fs::symlink_metadata(&path) {
            // Only a plain file is opened: a pipe would wait for ever, a link could lead anywhere.
            Ok(about) if !about.is_file() => {
                Problem::new(ProblemKind::FileUnreadable, &entry.file, "is not a file")
                    .with_hint("put the CSV file itself into the folder, not a link or a folder")
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = format!("is not there, and {key} of the manifest names it");
                let hint = "add the file, or remove the table from the manifest";
                Problem::new(ProblemKind::FileMissing, &entry.file, message).with_hint(hint)
            }
            about => match about.and_then(|_| File::open(&path)) {
                Ok(_) => continue,
                Err(error) => {
                    let message = format!("could not be opened: {error}");
                    Problem::new(ProblemKind::FileUnreadable, &entry.file, message)
                        .with_hint("check the file's permissions")
                }
            },
        };
        problems.push(problem);
    }
    let Ok(entries) = fs::read_dir(folder) else {
        return problems;
    };
    let names = entries
        .flatten()
        .take(FOLDER_ENTRIES_MAX)
        .map(|entry| entry.file_name());
    let names: BTreeSet<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for name in names {
        let is_csv = name.to_ascii_lowercase().ends_with(".csv");
        if is_csv && !named.contains(name.as_str()) {
            let message = "the manifest does not name this file";
            let table = Table::ALL
                .iter()
                .find(|table| name == format!("{}.csv", table.name()));
            let hint = match table {
                Some(table) => format!(
                    "add [tables.{}] to the manifest, or remove it",
                    table.name()
                ),
                None => "name it as the file of a table in the manifest, or remove it".to_owned(),
            };
            let file = crate::intake::shown(&name);
            problems.push(Problem::new(ProblemKind::FileNotNamed, file, message).with_hint(hint));
        }
    }
    problems
}
