//! Whom a verifier trusts: pinned root certificates, and nothing that a file brings along.

use jiff::Timestamp;

use super::certificate::{Certificate, CertificateError, Purpose};
use super::suite::Suite;
use super::verdict::{Outcome, Reason};

/// How many roots one store holds.
pub const ROOTS_MAX: usize = 1000;
/// The largest PEM text that is read, in bytes.
const PEM_BYTES_MAX: usize = 8 << 20;

/// The roots that a verifier has pinned.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    roots: Vec<Certificate>,
}

/// Why a text is not a set of root certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// No certificate in it, or more than [`ROOTS_MAX`], or too long.
    #[error(
        "expected 1 to {ROOTS_MAX} PEM certificates, found {0}\nhint: give the file that `registrar \
         key export` wrote"
    )]
    Count(usize),
    /// One of them cannot be read.
    #[error("certificate {position} cannot be read: {source}")]
    Unreadable {
        /// Counted from 1.
        position: usize,
        /// What is wrong with it.
        source: CertificateError,
    },
    /// One of them is not a root that signed itself.
    #[error(
        "certificate {position} ({subject}) is not a Registrar root certificate\nhint: pin the \
         root that `registrar key export` wrote, not a signer's certificate"
    )]
    NotARoot {
        /// Counted from 1.
        position: usize,
        /// The certificate's subject.
        subject: String,
    },
}

impl TrustStore {
    /// Reads one or more PEM root certificates, with any text between them.
    ///
    /// # Errors
    /// All of [`TrustError`]; one bad certificate refuses the text.
    pub fn from_pem(text: &str) -> Result<Self, TrustError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let count = text.matches(BEGIN).count();
        if count == 0 || count > ROOTS_MAX || text.len() > PEM_BYTES_MAX {
            return Err(TrustError::Count(count));
        }
        let mut store = Self::default();
        for (index, part) in text.split(BEGIN).skip(1).enumerate() {
            let position = index + 1;
            let body = part.split(END).next().unwrap_or_default();
            let root = Certificate::from_pem(&format!("{BEGIN}{body}{END}\n"))
                .map_err(|source| TrustError::Unreadable { position, source })?;
            store.add(root).map_err(|root| TrustError::NotARoot {
                position,
                subject: root.subject(),
            })?;
        }
        Ok(store)
    }

    /// Pins one more root; gives the certificate back if it is none. A root pinned twice counts
    /// once.
    pub fn add(&mut self, root: Certificate) -> Result<(), Box<Certificate>> {
        if root.purpose() != Some(Purpose::Root) || !root.is_signed_by(&root) {
            return Err(Box::new(root));
        }
        if !self.roots.contains(&root) {
            self.roots.push(root);
        }
        Ok(())
    }

    /// The pinned roots.
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// The pinned root that `certificate` gives as its issuer, by name and by key.
    pub(super) fn issuer_of(&self, certificate: &Certificate) -> Option<&Certificate> {
        self.roots.iter().find(|root| certificate.names_as_issuer(root))
    }

    /// The suite of a document signature by `certificate`: the pinned root's. Only where no root
    /// is pinned, so that the signer stays untrusted anyway, is it the certificate's own.
    pub(super) fn suite_for(&self, certificate: &Certificate) -> Suite {
        self.issuer_of(certificate).unwrap_or(certificate).key().suite()
    }

    /// Whether a pinned root vouches for `certificate` for `purpose`, and whether both were valid
    /// at `moment`.
    pub(super) fn judge(
        &self,
        certificate: &Certificate,
        purpose: Purpose,
        moment: Timestamp,
    ) -> (Outcome, Outcome) {
        let Some(root) = self.issuer_of(certificate) else {
            return (Outcome::Failed(Reason::UnknownIssuer), Outcome::NotReached);
        };
        if !certificate.is_signed_by(root) {
            return (Outcome::Failed(Reason::CertificateForged), Outcome::NotReached);
        }
        let is_for_this = certificate.purpose() == Some(purpose);
        let trusted = is_for_this.then_some(()).ok_or(Reason::WrongPurpose);
        let began = certificate.validity().0.max(root.validity().0);
        let ended = certificate.validity().1.min(root.validity().1);
        let valid = match moment {
            moment if moment < began => Err(Reason::KeyNotYetValid),
            moment if moment > ended => Err(Reason::KeyExpired),
            _ => Ok(()),
        };
        (trusted.into(), valid.into())
    }
}
