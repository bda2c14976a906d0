//! Why something about keys at rest could not be done, for the person at the command.
//!
//! Owns the words. Never: a secret, in any variant. Next: `keys` and `keyfile` meet these.

use std::io;
use std::path::{Path, PathBuf};

use super::certificate::{CertificateError, Purpose};
use super::keyfile;
use super::keys::{INDEX, KEYS_MAX};

/// Why something about keys could not be done. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// `find`, `read`, `write`, `create` or `sync`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
    /// A file or folder is in the way.
    #[error(
        "{} exists already, and keys are never overwritten\nhint: choose another folder, or \
         `registrar key rotate` to replace a key",
        .0.display()
    )]
    AlreadyExists(PathBuf),
    /// The root would stand beside the keys that issue.
    #[error(
        "the root's folder {} and the key folder {} are not apart\nhint: give the root a folder \
         of its own, better on another medium, that can be kept offline",
        .root.display(), .folder.display()
    )]
    NotApart {
        /// The folder for the root.
        root: PathBuf,
        /// The folder that issues.
        folder: PathBuf,
    },
    /// A secret key file can be read by others.
    #[error(
        "{} can be read by others (mode {mode:04o})\nhint: chmod 600 '{}'; if others have used \
         the machine, rotate the key",
        .path.display(), .path.display()
    )]
    TooOpen {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The passphrase does not open the key.
    #[error(
        "the passphrase does not open {}\nhint: each key folder has its own passphrase; check \
         which one this is",
        .0.display()
    )]
    WrongPassphrase(PathBuf),
    /// The passphrase cannot be used.
    #[error(
        "a passphrase has at least {} characters and at most {} bytes",
        keyfile::PASSPHRASE_CHARS_MIN,
        keyfile::PASSPHRASE_BYTES_MAX
    )]
    Passphrase,
    /// The key could not be encrypted.
    #[error("the key could not be encrypted")]
    Encryption,
    /// A file is not what the index says.
    #[error("{} is damaged: {why}\nhint: restore the key folder from its backup", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is no key folder.
    #[error(
        "{} is not a key folder: it has no {INDEX}\nhint: `registrar key init` makes one",
        .0.display()
    )]
    NotAKeyFolder(PathBuf),
    /// The index cannot be read.
    #[error("{} cannot be read: {why}\nhint: restore it from its backup", .path.display())]
    Index {
        /// The index file.
        path: PathBuf,
        /// What is wrong, with its line.
        why: String,
    },
    /// No key may do this work.
    #[error(
        "{} has no active {purpose} key\nhint: `registrar key list` shows the keys, `registrar \
         key rotate` makes a new one",
        .folder.display()
    )]
    NoActiveKey {
        /// The work.
        purpose: Purpose,
        /// The key folder.
        folder: PathBuf,
    },
    /// More than one key claims the work.
    #[error(
        "{} has more than one active {purpose} key\nhint: retire all but one with `registrar key \
         rotate`, or restore {INDEX} from its backup",
        .folder.display()
    )]
    SeveralActiveKeys {
        /// The work.
        purpose: Purpose,
        /// The key folder.
        folder: PathBuf,
    },
    /// No key has this id.
    #[error("no key has the id `{0}`\nhint: `registrar key list` shows the ids")]
    UnknownKey(String),
    /// The key was certified before.
    #[error("key {0} is not pending: it has a certificate already")]
    NotPending(String),
    /// The given root is not the one this folder belongs to.
    #[error(
        "root key {given} is not the root of {}\nhint: give the root folder that was made \
         together with it",
        .folder.display()
    )]
    ForeignRoot {
        /// The key id of the root that was given.
        given: String,
        /// The key folder.
        folder: PathBuf,
    },
    /// Roots are made by `init` alone.
    #[error("a root key is made by `registrar key init` alone, not rotated")]
    RootNotRotated,
    /// Too many keys.
    #[error("the folder holds {KEYS_MAX} keys already")]
    Full,
    /// The certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl KeyError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}
