//! New keys on their way to their folder: all of them arrive, or none is left behind.
//!
//! They are written into a private folder inside their own, so that moving them crosses no file
//! system, and moved when all are whole, the index last: without it a folder is no key folder.
//! Dropping a [`Staging`] that was not kept takes everything back. Next: `keys::KeyFolder::init`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::key_error::KeyError;
use super::keyfile;
use super::keys::INDEX;
use crate::host;

/// Keys that are being made for a folder.
pub struct Staging {
    folder: PathBuf,
    temporary: PathBuf,
    /// Folders that were not there before, the outermost first.
    made: Vec<PathBuf>,
    moved: Vec<PathBuf>,
    kept: bool,
}

impl Staging {
    /// Makes a private folder for the keys of `folder`, and that folder where it is not there.
    ///
    /// # Errors
    /// [`KeyError::Io`]; nothing is left then.
    pub fn begin(folder: &Path) -> Result<Self, KeyError> {
        let random = hex::encode(host::random_bytes::<8>());
        let missing = folder.ancestors().take_while(|path| {
            let named = !path.as_os_str().is_empty();
            named && !path.exists()
        });
        let mut made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        made.reverse();
        let staging = Self {
            folder: folder.to_owned(),
            temporary: folder.join(format!(".keys.{random}.new")),
            made,
            moved: Vec::new(),
            kept: false,
        };
        keyfile::create_folder(&staging.temporary)?;
        Ok(staging)
    }

    /// Where to make the keys.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Moves what was made to its place, the index last. It is taken back unless it is kept.
    ///
    /// # Errors
    /// [`KeyError::Io`], and [`KeyError::AlreadyExists`] for a file that is in the way.
    pub fn publish(&mut self) -> Result<(), KeyError> {
        let entries = fs::read_dir(&self.temporary).and_then(Iterator::collect);
        let entries: Vec<fs::DirEntry> = entries.map_err(KeyError::io("read", &self.temporary))?;
        let mut names: Vec<_> = entries.iter().map(fs::DirEntry::file_name).collect();
        names.sort_by_key(|name| name == INDEX);
        for name in names {
            let place = self.folder.join(&name);
            keyfile::link_new(&self.temporary.join(&name), &place)?;
            self.moved.push(place);
        }
        fs::remove_dir_all(&self.temporary).map_err(KeyError::io("write", &self.temporary))?;
        keyfile::sync_folder(&self.folder.join(INDEX))
    }

    /// Leaves what was published where it is.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // The error that led here is the one to report. A folder is removed only if it is empty.
        let _: io::Result<()> = fs::remove_dir_all(&self.temporary);
        for file in self.moved.iter().rev() {
            let _: io::Result<()> = fs::remove_file(file);
        }
        for folder in self.made.iter().rev() {
            let _: io::Result<()> = fs::remove_dir(folder);
        }
    }
}

/// The root's folder and the one that issues must be apart: neither is nor holds the other,
/// whatever links and dots their names have.
///
/// # Errors
/// [`KeyError::NotApart`].
pub fn refuse_nested(folder: &Path, root: &Path) -> Result<(), KeyError> {
    let [real_folder, real_root] = [real(folder)?, real(root)?];
    if real_folder.starts_with(&real_root) || real_root.starts_with(&real_folder) {
        return Err(KeyError::NotApart {
            root: root.to_owned(),
            folder: folder.to_owned(),
        });
    }
    Ok(())
}

/// The path without links and dots, of which the end need not be there yet.
fn real(path: &Path) -> Result<PathBuf, KeyError> {
    let whole = std::path::absolute(path).map_err(KeyError::io("find", path))?;
    let mut real = PathBuf::new();
    for part in whole.components() {
        match part {
            std::path::Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
        if let Ok(found) = real.canonicalize() {
            real = found;
        }
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_moved_before_a_failure_is_taken_back() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("a/b");
        let mut staging = Staging::begin(&folder).unwrap();
        for name in ["root.key.pem", INDEX, "root.cert.pem"] {
            fs::write(staging.path().join(name), name).unwrap();
        }
        fs::write(folder.join(INDEX), "in the way").unwrap();
        let refused = staging.publish();
        assert!(matches!(refused, Err(KeyError::AlreadyExists(_))));
        assert_eq!(staging.moved.len(), 2, "the index is the last to move");
        drop(staging);
        let left = fs::read_dir(&folder).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [INDEX], "what was in the way stays");
        assert_eq!(fs::read(folder.join(INDEX)).unwrap(), b"in the way");
    }

    #[test]
    fn folders_that_were_made_for_nothing_are_removed() {
        let outer = tempfile::tempdir().unwrap();
        let staging = Staging::begin(&outer.path().join("a/b")).unwrap();
        assert!(outer.path().join("a/b").is_dir());
        drop(staging);
        assert!(!outer.path().join("a").exists());
    }
}
