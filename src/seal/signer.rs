//! Keys that are open in memory: a root that certifies, and signers with their certificates.
//!
//! A signer's type says what it may sign, so a data key cannot be handed to the PDF writer. None of
//! these types can be cloned, serialized or printed with its secret; all wipe it when dropped.
//! Where keys rest on disk is `keys`' business.

use std::fmt;

use jiff::Timestamp;

use super::certificate::{Certificate, CertificateError, Issuer, Purpose, issue};
use super::suite::{PublicKey, SecretKey, Suite};

/// An open root key.
#[derive(Debug)]
pub struct Root {
    pub(super) key: SecretKey,
    pub(super) certificate: Certificate,
}

impl Root {
    /// A new root that vouches for `issuer` for ten years from `now`.
    ///
    /// # Errors
    /// [`CertificateError::Organisation`] for a name that cannot stand in a certificate.
    pub fn generate(
        issuer: &Issuer,
        suite: Suite,
        now: Timestamp,
    ) -> Result<Self, CertificateError> {
        let key = SecretKey::generate(suite);
        let certificate = issue(issuer, Purpose::Root, &key.public(), (&key, None), now)?;
        Ok(Self { key, certificate })
    }

    /// The certificate that a verifier pins.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Who the root vouches for.
    pub fn issuer(&self) -> Issuer {
        let organisation = self.certificate.organisation().unwrap_or_default();
        Issuer {
            organisation,
            demo: self.certificate.is_demo(),
        }
    }

    /// A new key of the root's suite that signs documents for two years from `now`.
    ///
    /// # Errors
    /// As [`Root::generate`].
    pub fn document_signer(&self, now: Timestamp) -> Result<DocumentSigner, CertificateError> {
        let suite = self.certificate.key().suite();
        self.signer(Purpose::Document, suite, now)
            .map(DocumentSigner)
    }

    /// A new Ed25519 key that signs data for two years from `now`.
    ///
    /// # Errors
    /// As [`Root::generate`].
    pub fn data_signer(&self, now: Timestamp) -> Result<DataSigner, CertificateError> {
        self.signer(Purpose::Data, Suite::Ed25519, now)
            .map(DataSigner)
    }

    fn signer(
        &self,
        purpose: Purpose,
        suite: Suite,
        now: Timestamp,
    ) -> Result<Signer, CertificateError> {
        let key = SecretKey::generate(suite);
        let certificate = self.certify(purpose, &key.public(), now)?;
        Ok(Signer { key, certificate })
    }

    /// Certifies a key that exists already.
    pub(super) fn certify(
        &self,
        purpose: Purpose,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<Certificate, CertificateError> {
        let by_root = (&self.key, Some(&self.certificate));
        issue(&self.issuer(), purpose, key, by_root, now)
    }
}

/// An open key with the certificate that says what it is for.
pub(super) struct Signer {
    pub key: SecretKey,
    pub certificate: Certificate,
}

/// An open key that signs PDF documents and nothing else.
pub struct DocumentSigner(pub(super) Signer);

/// An open Ed25519 key that signs data and nothing else.
pub struct DataSigner(pub(super) Signer);

impl DocumentSigner {
    /// The certificate that goes into each signed document.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }
}

impl DataSigner {
    /// The certificate that goes into each proof.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }
}

impl fmt::Debug for DocumentSigner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DocumentSigner({})", self.0.certificate.key_id())
    }
}

impl fmt::Debug for DataSigner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DataSigner({})", self.0.certificate.key_id())
    }
}
