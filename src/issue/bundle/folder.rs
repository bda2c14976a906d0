//! A bundle on its way to its place: files under their digests, then the list of them, signed.
//!
//! Only the owner may look in. After an error nothing is left.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{BundleError, CERTIFICATE, SIGNATURE, SUMS};
use crate::host;
use crate::seal::{DataSigner, sign_list};

/// A folder that is being filled beside its place.
pub(super) struct Staged {
    temporary: PathBuf,
    place: PathBuf,
    /// The digest of each file, by its path inside.
    files: BTreeMap<String, [u8; 32]>,
    is_published: bool,
}

/// A file that is being written.
pub(super) struct Writer {
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
}

impl Writer {
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BundleError> {
        self.digest.update(bytes);
        let written = self.file.write_all(bytes);
        written.map_err(BundleError::io("write", &self.path))
    }
}

impl Staged {
    /// Makes a folder beside `place`, which is not there yet or empty.
    pub fn begin(place: &Path) -> Result<Self, BundleError> {
        let place = std::path::absolute(place).map_err(BundleError::io("find", place))?;
        if place.exists() {
            let mut entries = fs::read_dir(&place).map_err(BundleError::io("read", &place))?;
            if entries.next().is_some() {
                return Err(BundleError::Taken(place));
            }
        }
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let random = hex::encode(host::random_bytes::<8>());
        let temporary = place.with_file_name(format!(".{name}.{random}.new"));
        make_folder(&temporary)?;
        Ok(Self {
            temporary,
            place,
            files: BTreeMap::new(),
            is_published: false,
        })
    }

    /// How many files there are.
    pub fn len(&self) -> u64 {
        self.files.len() as u64
    }

    /// Begins a file.
    pub fn create(&mut self, name: &str) -> Result<Writer, BundleError> {
        let path = self.temporary.join(name);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let file = host::new_private_file(&path);
        let file = file.map_err(BundleError::io("create", &path))?;
        Ok(Writer {
            name: name.to_owned(),
            path,
            file: BufWriter::new(file),
            digest: Sha256::new(),
        })
    }

    /// Takes in a file that is whole.
    pub fn keep(&mut self, mut writer: Writer) -> Result<(), BundleError> {
        let Writer {
            name, path, file, ..
        } = &mut writer;
        let flushed = file.flush().and_then(|()| file.get_ref().sync_all());
        flushed.map_err(BundleError::io("write", path))?;
        self.files
            .insert(std::mem::take(name), writer.digest.finalize().into());
        Ok(())
    }

    /// Writes a whole file.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), BundleError> {
        let mut writer = self.create(name)?;
        writer.write(bytes)?;
        self.keep(writer)
    }

    /// Writes the list of files and its signature, and moves all to its place. Gives the list's
    /// digest.
    pub fn publish(mut self, signer: &DataSigner) -> Result<String, BundleError> {
        self.add(CERTIFICATE, signer.certificate().to_pem().as_bytes())?;
        let lines = self.files.iter();
        let lines = lines.map(|(name, digest)| format!("{}  {name}\n", hex::encode(digest)));
        let sums: String = lines.collect();
        let signed = sign_list(sums.as_bytes(), signer).expect("a bundle has files");
        self.add(SUMS, sums.as_bytes())?;
        self.add(SIGNATURE, &signed.signature)?;
        let moved = fs::rename(&self.temporary, &self.place);
        moved.map_err(BundleError::io("create", &self.place))?;
        self.is_published = true;
        if let Some(beside) = self.place.parent() {
            let flushed = File::open(beside).and_then(|folder| folder.sync_all());
            flushed.map_err(BundleError::io("write", beside))?;
        }
        Ok(hex::encode(Sha256::digest(sums)))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.is_published {
            // The error that led here is the one to report.
            let _: std::io::Result<()> = fs::remove_dir_all(&self.temporary);
        }
    }
}

fn make_folder(path: &Path) -> Result<(), BundleError> {
    let made = host::private_folder().recursive(true).create(path);
    made.map_err(BundleError::io("create", path))
}
