//! One secret key in one file: encrypted PKCS#8, readable by its owner alone.
//!
//! PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914) in the first version of PKCS#8, which
//! OpenSSL 3.0 can read too, so that a district is never locked into this program. Files are
//! written whole or not at all and never over another. Which keys there are is `keys`' business.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::KeypairBytes;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncodePrivateKey, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::key_error::KeyError;
use super::suite::{SecretKey, Suite};
use crate::host;

/// The shortest passphrase, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 8;
/// The longest passphrase, in bytes.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;
/// The largest file in a key folder, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
const LABEL: &str = "ENCRYPTED PRIVATE KEY";
/// scrypt with N = 2^14, r = 8, p = 5: about 0.2 s and 16 MiB. A larger N would say the same with
/// more memory, but OpenSSL 3.0 refuses to read keys that need more than 32 MiB.
const SCRYPT_COST_LOG2: u8 = 14;
const SCRYPT_BLOCK_SIZE: u32 = 8;
const SCRYPT_PARALLELISM: u32 = 5;
/// What a key file may ask for at most, so that a planted file cannot exhaust the machine.
const SCRYPT_COST_MAX: u64 = 1 << 20;

/// The words that open a key. Wiped from memory when dropped, never printed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] when it has fewer than [`PASSPHRASE_CHARS_MIN`] characters or more
    /// than [`PASSPHRASE_BYTES_MAX`] bytes.
    pub fn new(words: impl Into<Zeroizing<String>>) -> Result<Self, KeyError> {
        let words = words.into();
        let too_short = words.chars().count() < PASSPHRASE_CHARS_MIN;
        if too_short || words.len() > PASSPHRASE_BYTES_MAX {
            return Err(KeyError::Passphrase);
        }
        Ok(Self(words))
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Passphrase(..)")
    }
}

/// Writes `key` encrypted into a new file that only its owner can read.
pub(super) fn write_key(
    path: &Path,
    key: &SecretKey,
    passphrase: &Passphrase,
) -> Result<(), KeyError> {
    let pem = encrypt(key, passphrase).map_err(|_| KeyError::Encryption)?;
    create(path, pem.as_bytes(), 0o600)
}

fn encrypt(key: &SecretKey, passphrase: &Passphrase) -> Result<Zeroizing<String>, pkcs8::Error> {
    let plain = match key {
        SecretKey::P256(key) => key.to_pkcs8_der()?,
        // Without the public key: with it, the file would be PKCS#8 v2, which OpenSSL 3.0 refuses.
        SecretKey::Ed25519(key) => KeypairBytes {
            secret_key: key.to_bytes(),
            public_key: None,
        }
        .to_pkcs8_der()?,
    };
    let cost = scrypt::Params::new(SCRYPT_COST_LOG2, SCRYPT_BLOCK_SIZE, SCRYPT_PARALLELISM)
        .expect("the constants are valid scrypt parameters");
    let (salt, iv) = (host::random_bytes::<16>(), host::random_bytes::<16>());
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)
        .map_err(pkcs8::Error::from)?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes())?;
    let encrypted = info.encrypt_with_params(parameters, passphrase.0.as_bytes())?;
    Ok(encrypted.to_pem(LABEL, LineEnding::LF)?)
}

/// Opens the key in `path`.
pub(super) fn read_key(
    path: &Path,
    suite: Suite,
    passphrase: &Passphrase,
) -> Result<SecretKey, KeyError> {
    refuse_open_mode(path)?;
    let pem = read(path)?;
    let damaged = |why| KeyError::Damaged {
        path: path.to_owned(),
        why,
    };
    let (label, document) =
        pkcs8::SecretDocument::from_pem(&pem).map_err(|_| damaged("it is not PEM"))?;
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
        .map_err(|_| damaged("it is not an encrypted PKCS#8 key"))?;
    let scrypt = encrypted
        .encryption_algorithm
        .pbes2()
        .and_then(|scheme| scheme.kdf.scrypt());
    let bounded = scrypt.is_some_and(|scrypt| {
        let cost = scrypt
            .cost_parameter
            .saturating_mul(u64::from(scrypt.block_size))
            .saturating_mul(u64::from(scrypt.parallelization));
        cost <= SCRYPT_COST_MAX * u64::from(SCRYPT_BLOCK_SIZE)
    });
    if label != LABEL || !bounded {
        return Err(damaged(
            "it is not encrypted with scrypt as Registrar writes it",
        ));
    }
    let wrong = || KeyError::WrongPassphrase(path.to_owned());
    let plain = encrypted
        .decrypt(passphrase.0.as_bytes())
        .map_err(|_| wrong())?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|_| wrong())?;
    let key = match suite {
        Suite::P256 => p256::ecdsa::SigningKey::try_from(info)
            .map(SecretKey::P256)
            .ok(),
        Suite::Ed25519 => ed25519_dalek::SigningKey::try_from(info)
            .map(SecretKey::Ed25519)
            .ok(),
    };
    key.ok_or_else(|| damaged("its key is of another suite than the index says"))
}

/// A key that others on the machine can read is no secret.
#[cfg(unix)]
fn refuse_open_mode(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).map_err(KeyError::io("read", path))?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::TooOpen {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_mode(_path: &Path) -> Result<(), KeyError> {
    Ok(())
}

/// Reads a small text file.
pub(super) fn read(path: &Path) -> Result<String, KeyError> {
    let file = File::open(path).map_err(KeyError::io("read", path))?;
    let mut text = String::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text);
    let length = read.map_err(KeyError::io("read", path))?;
    if length as u64 > FILE_BYTES_MAX {
        return Err(KeyError::Damaged {
            path: path.to_owned(),
            why: "it is too large",
        });
    }
    Ok(text)
}

/// Writes a new file, whole or not at all, and never over another.
pub(super) fn create(path: &Path, content: &[u8], mode: u32) -> Result<(), KeyError> {
    let temporary = write_temporary(path, content, mode)?;
    let linked = link_new(&temporary, path);
    let removed = fs::remove_file(&temporary).map_err(KeyError::io("write", path));
    linked.and(removed)?;
    sync_folder(path)
}

/// Gives a whole file its name, never one that is taken.
pub(super) fn link_new(file: &Path, path: &Path) -> Result<(), KeyError> {
    // A hard link fails where the name is taken; a rename would replace what is there.
    match fs::hard_link(file, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(KeyError::AlreadyExists(path.to_owned()))
        }
        linked => linked.map_err(KeyError::io("write", path)),
    }
}

/// Writes a file in place of another, whole or not at all.
pub(super) fn replace(path: &Path, content: &[u8], mode: u32) -> Result<(), KeyError> {
    let temporary = write_temporary(path, content, mode)?;
    fs::rename(&temporary, path).map_err(KeyError::io("write", path))?;
    sync_folder(path)
}

fn write_temporary(path: &Path, content: &[u8], mode: u32) -> Result<PathBuf, KeyError> {
    let random = hex::encode(host::random_bytes::<8>());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{random}.new"));
    let written = open_new(&temporary, mode).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(temporary),
        Err(error) => {
            // The first error is the one to report; a leftover holds nothing readable.
            let _: io::Result<()> = fs::remove_file(&temporary);
            Err(KeyError::io("write", path)(error))
        }
    }
}

fn open_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

/// Makes the new name itself durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(KeyError::io("sync", folder))
}

/// Makes a folder that only its owner can enter; one that exists is left as it is.
pub(super) fn create_folder(path: &Path) -> Result<(), KeyError> {
    let made = host::private_folder().recursive(true).create(path);
    made.map_err(KeyError::io("create", path))
}
