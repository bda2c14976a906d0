//! Signed files on disk, each under the SHA-256 of its bytes.
//!
//! A file appears under its name only when every byte of it is durable: written beside, flushed,
//! renamed, and the folder flushed. Two writers of the same bytes do each other no harm.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::host;

/// A folder of documents.
#[derive(Clone, Debug)]
pub struct DocumentFiles {
    root: PathBuf,
}

/// Why a file could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused; where it is out of space, nothing half-written is left under a name.
    #[error("cannot {doing} `{path}`: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is no file of this digest.
    #[error("the document file `{path}` is missing")]
    Missing {
        /// Where it should be.
        path: String,
    },
    /// The file's bytes do not have the digest of its name.
    #[error("the document file `{path}` does not hold what was issued")]
    Altered {
        /// Which file.
        path: String,
    },
}

fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.display().to_string();
    move |source| FileError::System {
        doing,
        path,
        source,
    }
}

impl DocumentFiles {
    /// The folder, created (mode 0700) where it is not there.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn open(root: &Path) -> Result<Self, FileError> {
        let mut builder = host::private_folder();
        builder.recursive(true);
        for folder in [root.to_owned(), root.join("incoming")] {
            builder
                .create(&folder)
                .map_err(system("create the folder", &folder))?;
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// The folder as it is, for reading: nothing is made, and one that is not there has no files.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Where the file of this digest lies: `ab/ab12….pdf`.
    pub fn path(&self, digest: [u8; 32]) -> PathBuf {
        let name = hex::encode(digest);
        self.root.join(&name[..2]).join(format!("{name}.pdf"))
    }

    /// Keeps a set of files; on return all of them are durable under their names.
    ///
    /// # Errors
    /// What the system said; the files of the set that are complete stay, no other is visible.
    pub fn put(&self, contents: &[([u8; 32], &[u8])]) -> Result<(), FileError> {
        // The root each time: the folder in it may have been made by a process that died before it
        // flushed.
        let mut folders = BTreeSet::from([self.root.clone()]);
        for (digest, bytes) in contents {
            let path = self.path(*digest);
            let folder = path.parent().unwrap_or(&self.root).to_owned();
            if !folder.is_dir() {
                host::private_folder()
                    .recursive(true)
                    .create(&folder)
                    .map_err(system("create the folder", &folder))?;
            }
            self.write_beside_and_rename(&path, bytes)?;
            folders.insert(folder);
        }
        folders.iter().try_for_each(|folder| flush(folder))
    }

    fn write_beside_and_rename(&self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let name = hex::encode(host::random_bytes::<16>());
        let beside = self.root.join("incoming").join(name);
        let written = write_durably(&beside, bytes)
            .and_then(|()| fs::rename(&beside, path).map_err(system("rename into", path)));
        if written.is_err() {
            // A full disk gets its space back; where even this fails, the name is not a document's.
            drop(fs::remove_file(&beside));
        }
        written
    }

    /// The bytes of the file of this digest, which were checked against it.
    ///
    /// # Errors
    /// [`FileError::Missing`], [`FileError::Altered`], or what the system said.
    pub fn get(&self, digest: [u8; 32]) -> Result<Vec<u8>, FileError> {
        let path = self.path(digest);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FileError::Missing {
                path: path.display().to_string(),
            },
            _ => system("read", &path)(error),
        })?;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != digest {
            return Err(FileError::Altered {
                path: path.display().to_string(),
            });
        }
        Ok(bytes)
    }

    /// The digests of all files: 32 bytes of memory for each.
    ///
    /// # Errors
    /// What the system said.
    pub fn list(&self) -> Result<BTreeSet<[u8; 32]>, FileError> {
        let mut digests = BTreeSet::new();
        for folder in read_folder(&self.root)? {
            if folder.file_name().is_some_and(|name| name == "incoming") || !folder.is_dir() {
                continue;
            }
            for file in read_folder(&folder)? {
                let stem = file
                    .file_stem()
                    .and_then(|stem| stem.to_str())
                    .unwrap_or_default();
                let mut digest = [0; 32];
                if hex::decode_to_slice(stem, &mut digest).is_ok() {
                    digests.insert(digest);
                }
            }
        }
        Ok(digests)
    }

    /// The names of files that are being written, or that a process left which died at it.
    ///
    /// # Errors
    /// What the system said.
    pub fn incoming(&self) -> Result<Vec<PathBuf>, FileError> {
        read_folder(&self.root.join("incoming"))
    }
}

/// What is in a folder; nothing where it is not there.
fn read_folder(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(system("read the folder", folder)(error)),
    };
    entries
        .map(|entry| {
            entry
                .map(|entry| entry.path())
                .map_err(system("read the folder", folder))
        })
        .collect()
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = host::new_private_file(path).map_err(system("create", path))?;
    file.write_all(bytes).map_err(system("write", path))?;
    file.sync_all().map_err(system("flush", path))
}

fn flush(folder: &Path) -> Result<(), FileError> {
    let handle = File::open(folder).map_err(system("open the folder", folder))?;
    handle
        .sync_all()
        .map_err(system("flush the folder", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    #[test]
    fn a_file_is_found_under_the_digest_of_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = DocumentFiles::open(folder.path()).expect("it opens");
        let name = digest(b"one");
        files
            .put(&[(name, b"one"), (digest(b"two"), b"two")])
            .expect("kept");
        files
            .put(&[(name, b"one")])
            .expect("the same bytes again do no harm");
        assert_eq!(files.get(name).expect("read"), b"one");
        assert_eq!(files.list().expect("listed").len(), 2);
        let incoming = fs::read_dir(folder.path().join("incoming")).expect("a folder");
        assert_eq!(incoming.count(), 0);
    }

    #[test]
    fn an_altered_file_and_a_missing_one_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = DocumentFiles::open(folder.path()).expect("it opens");
        let name = digest(b"one");
        assert!(matches!(files.get(name), Err(FileError::Missing { .. })));
        files.put(&[(name, b"one")]).expect("kept");
        fs::write(files.path(name), b"two").expect("altered");
        assert!(matches!(files.get(name), Err(FileError::Altered { .. })));
    }
}
