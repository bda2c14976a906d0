//! Keys at rest: a folder of encrypted key files, their certificates, and an index of both.
//!
//! ```text
//! keys/                          the folder that issues       root-out/   kept offline
//!   keys.toml                    the index; no secrets          keys.toml
//!   root-<id>.cert.pem           what colleges pin              root-<id>.cert.pem
//!   document-<id>.key.pem        mode 0600, encrypted           root-<id>.key.pem
//!   document-<id>.pub.pem
//!   document-<id>.cert.pem
//!   data-<id>.key.pem …
//! ```
//!
//! A key is *pending* until the root certifies it, *active* while it signs (one per purpose), and
//! *retired* afterwards; documents it signed stay valid, but nothing new is signed with it. The
//! root's key is opened by `init`, `certify` and `rotate` only. Never here: a passphrase or a key
//! in an error, a log line or the index.

use std::path::{Path, PathBuf};

use der::pem::LineEnding;
use der::{DecodePem, EncodePem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spki::SubjectPublicKeyInfoOwned;

use super::certificate::{Certificate, Issuer, Purpose};
use super::key_error::KeyError;
use super::keyfile::{self, Passphrase};
use super::signer::{DataSigner, DocumentSigner, Root, Signer};
use super::staging::{self, Staging};
use super::suite::{PublicKey, SecretKey, Suite};
use super::trust::TrustStore;

pub(super) const INDEX: &str = "keys.toml";
const INDEX_VERSION: u32 = 1;
const INDEX_HEADING: &str = "\
# The keys in this folder. Public facts only: the secret keys are in the *.key.pem files, encrypted.
# Written by `registrar key`; do not edit it, and back the whole folder up together.
";
/// How many keys a folder holds, retired ones included.
pub const KEYS_MAX: usize = 1000;

/// What a key may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// Made, not yet certified: signs nothing.
    Pending,
    /// Signs.
    Active,
    /// Signs nothing any more; what it signed stays valid.
    Retired,
}

/// One line of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// The first 16 hexadecimal digits of the SHA-256 of the SubjectPublicKeyInfo.
    pub id: String,
    /// What the key is for.
    pub purpose: Purpose,
    /// Its algorithms.
    pub suite: Suite,
    /// What it may do now.
    pub status: KeyStatus,
    /// When it was made (RFC 3339, UTC).
    pub created: String,
    /// When it was retired (RFC 3339, UTC), where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
    /// Whether the secret key is in this folder; the root's is not in the folder that issues.
    pub secret: bool,
}

impl KeyRecord {
    fn new(purpose: Purpose, key: &PublicKey, status: KeyStatus, now: Timestamp) -> Self {
        Self {
            id: key.id(),
            purpose,
            suite: key.suite(),
            status,
            created: now.to_string(),
            retired: None,
            secret: true,
        }
    }

    /// The file of the certificate, inside the folder.
    pub fn certificate_file(&self) -> String {
        format!("{}-{}.cert.pem", self.purpose, self.id)
    }

    /// The file of the encrypted secret key, inside the folder.
    pub fn key_file(&self) -> String {
        format!("{}-{}.key.pem", self.purpose, self.id)
    }

    fn public_file(&self) -> String {
        format!("{}-{}.pub.pem", self.purpose, self.id)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    version: u32,
    #[serde(rename = "key", default)]
    keys: Vec<KeyRecord>,
}

/// What `init` is to make.
#[derive(Debug)]
pub struct Init<'a> {
    /// Who will stand in the certificates.
    pub issuer: Issuer,
    /// The suite of document signatures, and so of the root.
    pub suite: Suite,
    /// When the keys begin.
    pub now: Timestamp,
    /// Opens the document and data keys.
    pub passphrase: &'a Passphrase,
    /// Opens the root key; better another one.
    pub root_passphrase: &'a Passphrase,
}

/// A folder of keys.
#[derive(Debug)]
pub struct KeyFolder {
    path: PathBuf,
    keys: Vec<KeyRecord>,
}

impl KeyFolder {
    /// Makes a root in `root_folder` and, certified by it, a document key and a data key in
    /// `folder`. Gives the folder that issues. Both are made aside and moved to their places when
    /// they are whole; after an error nothing of them is left.
    ///
    /// # Errors
    /// [`KeyError::NotApart`] when one folder is or holds the other, [`KeyError::AlreadyExists`]
    /// when either is a key folder already; nothing is changed then.
    pub fn init(folder: &Path, root_folder: &Path, init: &Init<'_>) -> Result<Self, KeyError> {
        staging::refuse_nested(folder, root_folder)?;
        for path in [folder, root_folder] {
            let index = path.join(INDEX);
            if index.exists() {
                return Err(KeyError::AlreadyExists(index));
            }
        }
        let (mut roots, mut keys) = (Staging::begin(root_folder)?, Staging::begin(folder)?);
        let root = Root::generate(&init.issuer, init.suite, init.now)?;
        let record = Self::write_root(roots.path(), &root, init)?;
        let mut made = Self::write_keys(keys.path(), &root, record, init)?;
        // Keys without their root could never be replaced: the root comes first.
        roots.publish()?;
        keys.publish()?;
        roots.keep();
        keys.keep();
        made.path = folder.to_owned();
        Ok(made)
    }

    fn write_root(path: &Path, root: &Root, init: &Init<'_>) -> Result<KeyRecord, KeyError> {
        let key = root.certificate().key();
        let record = KeyRecord::new(Purpose::Root, key, KeyStatus::Active, init.now);
        let folder = Self {
            path: path.to_owned(),
            keys: vec![record.clone()],
        };
        folder.write_certificate(&record, root.certificate())?;
        let file = path.join(record.key_file());
        keyfile::write_key(&file, &root.key, init.root_passphrase)?;
        folder.create_index()?;
        Ok(record)
    }

    fn write_keys(
        path: &Path,
        root: &Root,
        mut record: KeyRecord,
        init: &Init<'_>,
    ) -> Result<Self, KeyError> {
        record.secret = false;
        let mut folder = Self {
            path: path.to_owned(),
            keys: vec![record.clone()],
        };
        folder.write_certificate(&record, root.certificate())?;
        folder.create_index()?;
        for purpose in [Purpose::Document, Purpose::Data] {
            folder.rotate(purpose, root, init.passphrase, init.now)?;
        }
        Ok(folder)
    }

    /// Opens the folder's index; no key is opened.
    ///
    /// # Errors
    /// [`KeyError::NotAKeyFolder`], [`KeyError::Index`].
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let file = path.join(INDEX);
        if !file.exists() {
            return Err(KeyError::NotAKeyFolder(path.to_owned()));
        }
        let wrong = |why: String| KeyError::Index {
            path: file.clone(),
            why,
        };
        let index: Index =
            toml::from_str(&keyfile::read(&file)?).map_err(|error| wrong(error.to_string()))?;
        if index.version != INDEX_VERSION {
            return Err(wrong(format!(
                "it has version {}, not {INDEX_VERSION}",
                index.version
            )));
        }
        let plain = |id: &str| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(record) = index.keys.iter().find(|record| !plain(&record.id)) {
            return Err(wrong(format!("`{}` is not a key id", record.id)));
        }
        Ok(Self {
            path: path.to_owned(),
            keys: index.keys,
        })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every key, the oldest first.
    pub fn records(&self) -> &[KeyRecord] {
        &self.keys
    }

    /// The certificate of a key.
    ///
    /// # Errors
    /// [`KeyError::Io`] where it has none yet, [`KeyError::Damaged`].
    pub fn certificate(&self, record: &KeyRecord) -> Result<Certificate, KeyError> {
        let path = self.path.join(record.certificate_file());
        let certificate = Certificate::from_pem(&keyfile::read(&path)?);
        let damaged = |why| KeyError::Damaged {
            path: path.clone(),
            why,
        };
        let certificate = certificate.map_err(|_| damaged("it is not a certificate"))?;
        if certificate.key_id() != record.id || certificate.purpose() != Some(record.purpose) {
            return Err(damaged(
                "it certifies another key or purpose than its name says",
            ));
        }
        Ok(certificate)
    }

    /// The root certificates as one PEM text: what a college pins.
    ///
    /// # Errors
    /// As [`KeyFolder::certificate`].
    pub fn export(&self) -> Result<String, KeyError> {
        Ok(self.roots()?.iter().map(Certificate::to_pem).collect())
    }

    /// The same roots, to verify one's own documents.
    ///
    /// # Errors
    /// As [`KeyFolder::certificate`].
    pub fn trust_store(&self) -> Result<TrustStore, KeyError> {
        let mut store = TrustStore::default();
        for root in self.roots()? {
            store.add(root).map_err(|root| KeyError::Damaged {
                path: self
                    .path
                    .join(format!("{}-{}.cert.pem", Purpose::Root, root.key_id())),
                why: "it is not a root certificate that signed itself",
            })?;
        }
        Ok(store)
    }

    fn roots(&self) -> Result<Vec<Certificate>, KeyError> {
        let roots = self
            .keys
            .iter()
            .filter(|record| record.purpose == Purpose::Root);
        roots.map(|record| self.certificate(record)).collect()
    }

    /// Opens the root key; only `key` commands do this.
    ///
    /// # Errors
    /// [`KeyError::NoActiveKey`] in a folder that holds only the root's certificate, and whatever
    /// opening a key file can say.
    pub fn open_root(&self, passphrase: &Passphrase) -> Result<Root, KeyError> {
        let Signer { key, certificate } = self.open_active(Purpose::Root, passphrase)?;
        Ok(Root { key, certificate })
    }

    /// Opens the active document key.
    ///
    /// # Errors
    /// [`KeyError::NoActiveKey`], [`KeyError::SeveralActiveKeys`], [`KeyError::TooOpen`],
    /// [`KeyError::WrongPassphrase`], [`KeyError::Damaged`].
    pub fn document_signer(&self, passphrase: &Passphrase) -> Result<DocumentSigner, KeyError> {
        self.open_active(Purpose::Document, passphrase)
            .map(DocumentSigner)
    }

    /// Opens the active data key.
    ///
    /// # Errors
    /// As [`KeyFolder::document_signer`].
    pub fn data_signer(&self, passphrase: &Passphrase) -> Result<DataSigner, KeyError> {
        self.open_active(Purpose::Data, passphrase).map(DataSigner)
    }

    fn open_active(&self, purpose: Purpose, passphrase: &Passphrase) -> Result<Signer, KeyError> {
        let folder = || self.path.clone();
        let usable = |record: &&KeyRecord| {
            record.purpose == purpose && record.status == KeyStatus::Active && record.secret
        };
        let mut active = self.keys.iter().filter(usable);
        let record = match (active.next(), active.next()) {
            (None, _) => {
                return Err(KeyError::NoActiveKey {
                    purpose,
                    folder: folder(),
                });
            }
            (Some(_), Some(_)) => {
                return Err(KeyError::SeveralActiveKeys {
                    purpose,
                    folder: folder(),
                });
            }
            (Some(record), None) => record,
        };
        let certificate = self.certificate(record)?;
        let path = self.path.join(record.key_file());
        let key = keyfile::read_key(&path, record.suite, passphrase)?;
        if key.public() != *certificate.key() {
            return Err(KeyError::Damaged {
                path,
                why: "it is not the key that its name says",
            });
        }
        Ok(Signer { key, certificate })
    }

    /// Makes a key that waits for the root's certificate. Document keys have the root's suite, all
    /// others are Ed25519.
    ///
    /// # Errors
    /// [`KeyError::RootNotRotated`], [`KeyError::Full`], and failures to write.
    pub fn add(
        &mut self,
        purpose: Purpose,
        passphrase: &Passphrase,
        now: Timestamp,
    ) -> Result<KeyRecord, KeyError> {
        if self.keys.len() >= KEYS_MAX {
            return Err(KeyError::Full);
        }
        let suite = match purpose {
            Purpose::Root => return Err(KeyError::RootNotRotated),
            Purpose::Document => self.root_record()?.suite,
            Purpose::Data | Purpose::Log => Suite::Ed25519,
        };
        let key = SecretKey::generate(suite);
        let record = KeyRecord::new(purpose, &key.public(), KeyStatus::Pending, now);
        let public = key.public().to_spki().to_pem(LineEnding::LF);
        let public = public.map_err(|_| KeyError::Encryption)?;
        keyfile::write_key(&self.path.join(record.key_file()), &key, passphrase)?;
        keyfile::create(
            &self.path.join(record.public_file()),
            public.as_bytes(),
            0o644,
        )?;
        self.keys.push(record.clone());
        self.replace_index()?;
        Ok(record)
    }

    /// The key of this id, which waits for the root's certificate.
    ///
    /// # Errors
    /// [`KeyError::UnknownKey`], [`KeyError::NotPending`].
    pub fn pending(&self, id: &str) -> Result<&KeyRecord, KeyError> {
        let record = self.keys.iter().find(|record| record.id == id);
        let record = record.ok_or_else(|| KeyError::UnknownKey(id.to_owned()))?;
        match record.status {
            KeyStatus::Pending => Ok(record),
            KeyStatus::Active | KeyStatus::Retired => Err(KeyError::NotPending(id.to_owned())),
        }
    }

    /// Lets the root certify a pending key: it becomes active, and the one before it retired.
    ///
    /// # Errors
    /// [`KeyError::UnknownKey`], [`KeyError::NotPending`], [`KeyError::ForeignRoot`].
    pub fn certify(&mut self, id: &str, root: &Root, now: Timestamp) -> Result<(), KeyError> {
        let record = self.pending(id)?;
        let given = root.certificate().key_id();
        if self.root_record()?.id != given {
            return Err(KeyError::ForeignRoot {
                given,
                folder: self.path.clone(),
            });
        }
        let certificate = root.certify(record.purpose, &self.public_key(record)?, now)?;
        let purpose = record.purpose;
        self.write_certificate(record, &certificate)?;
        for record in self
            .keys
            .iter_mut()
            .filter(|record| record.purpose == purpose)
        {
            if record.id == id {
                record.status = KeyStatus::Active;
            } else if record.status == KeyStatus::Active {
                record.status = KeyStatus::Retired;
                record.retired = Some(now.to_string());
            }
        }
        self.replace_index()
    }

    /// Makes a key and lets the root certify it at once; the one before it is retired.
    ///
    /// # Errors
    /// As [`KeyFolder::add`] and [`KeyFolder::certify`].
    pub fn rotate(
        &mut self,
        purpose: Purpose,
        root: &Root,
        passphrase: &Passphrase,
        now: Timestamp,
    ) -> Result<KeyRecord, KeyError> {
        let made = self.add(purpose, passphrase, now)?;
        self.certify(&made.id, root, now)?;
        let record = self.keys.iter().find(|record| record.id == made.id);
        record.cloned().ok_or(KeyError::UnknownKey(made.id))
    }

    fn root_record(&self) -> Result<&KeyRecord, KeyError> {
        let mut roots = self
            .keys
            .iter()
            .filter(|record| record.purpose == Purpose::Root);
        let folder = || self.path.clone();
        let active = roots.find(|record| record.status == KeyStatus::Active);
        active.ok_or_else(|| KeyError::NoActiveKey {
            purpose: Purpose::Root,
            folder: folder(),
        })
    }

    fn public_key(&self, record: &KeyRecord) -> Result<PublicKey, KeyError> {
        let path = self.path.join(record.public_file());
        let pem = keyfile::read(&path)?;
        let spki = SubjectPublicKeyInfoOwned::from_pem(&pem).ok();
        let key = spki.as_ref().and_then(PublicKey::from_spki);
        key.filter(|key| key.id() == record.id)
            .ok_or(KeyError::Damaged {
                path,
                why: "it is not the public key that its name says",
            })
    }

    fn write_certificate(
        &self,
        record: &KeyRecord,
        certificate: &Certificate,
    ) -> Result<(), KeyError> {
        let path = self.path.join(record.certificate_file());
        keyfile::create(&path, certificate.to_pem().as_bytes(), 0o644)
    }

    fn create_index(&self) -> Result<(), KeyError> {
        keyfile::create(&self.path.join(INDEX), self.index_text()?.as_bytes(), 0o644)
    }

    fn replace_index(&self) -> Result<(), KeyError> {
        keyfile::replace(&self.path.join(INDEX), self.index_text()?.as_bytes(), 0o644)
    }

    fn index_text(&self) -> Result<String, KeyError> {
        let index = Index {
            version: INDEX_VERSION,
            keys: self.keys.clone(),
        };
        let text = toml::to_string(&index).map_err(|error| KeyError::Index {
            path: self.path.join(INDEX),
            why: error.to_string(),
        })?;
        Ok(format!("{INDEX_HEADING}{text}"))
    }
}
