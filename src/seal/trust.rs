//! Whom a verifier trusts: pinned root certificates, and nothing that a file brings along.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::certificate::{Certificate, CertificateError, Purpose};
use super::suite::Suite;
use super::verdict::{Outcome, Reason};

/// How many roots one store holds.
pub const ROOTS_MAX: usize = 1000;
/// The largest PEM text that is read, in bytes.
pub const PEM_BYTES_MAX: usize = 8 << 20;
/// How many certificates a store remembers as signed by a root.
const VOUCHED_MAX: usize = 256;

/// The roots that a verifier has pinned.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    roots: Vec<Certificate>,
    /// Digests of a certificate and its root, where the root's signature was found to hold: a class
    /// is signed with two keys, and asking the curve about both for each file is a fifth of the
    /// whole examination.
    vouched: Arc<Mutex<HashSet<[u8; 32]>>>,
}

/// Why a text is not a set of root certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// No certificate in it, or more than [`ROOTS_MAX`], or too long.
    #[error(
        "expected 1 to {ROOTS_MAX} PEM certificates, found {0}\nhint: give the file that \
         `registrar key export` wrote"
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
        self.roots
            .iter()
            .find(|root| certificate.names_as_issuer(root))
    }

    /// The suite of a document signature by `certificate`: the pinned root's. Only where no root
    /// is pinned, so that the signer stays untrusted anyway, is it the certificate's own.
    pub(super) fn suite_for(&self, certificate: &Certificate) -> Suite {
        self.issuer_of(certificate)
            .unwrap_or(certificate)
            .key()
            .suite()
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
        if !self.vouches(root, certificate) {
            return (
                Outcome::Failed(Reason::CertificateForged),
                Outcome::NotReached,
            );
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

    /// Whether the root's signature on the certificate holds; a yes is remembered.
    fn vouches(&self, root: &Certificate, certificate: &Certificate) -> bool {
        let both = Sha256::new()
            .chain_update(Sha256::digest(root.der()))
            .chain_update(certificate.der())
            .finalize()
            .into();
        let vouched = || self.vouched.lock().unwrap_or_else(PoisonError::into_inner);
        if vouched().contains(&both) {
            return true;
        }
        let signed = certificate.is_signed_by(root);
        let mut vouched = vouched();
        if signed && vouched.len() < VOUCHED_MAX {
            vouched.insert(both);
        }
        signed
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::seal::certificate::{Issuer, issue};
    use crate::seal::signer::Root;

    fn now() -> Timestamp {
        "2026-06-12T08:00:00Z".parse().unwrap()
    }

    fn root(organisation: &str) -> Root {
        let issuer = Issuer {
            organisation: organisation.into(),
            demo: false,
        };
        Root::generate(&issuer, Suite::Ed25519, now()).unwrap()
    }

    fn trusting(root: &Root) -> TrustStore {
        let mut store = TrustStore::default();
        store.add(root.certificate().clone()).unwrap();
        store
    }

    #[test]
    fn a_certificate_holds_for_its_own_purpose_alone() {
        let root = root("Lincoln");
        let store = trusting(&root);
        let document = root.document_signer(now()).unwrap();
        let data = root.data_signer(now()).unwrap();
        let judge = |certificate: &Certificate, purpose| store.judge(certificate, purpose, now()).0;
        assert_eq!(
            judge(document.certificate(), Purpose::Document),
            Outcome::Ok
        );
        assert_eq!(judge(data.certificate(), Purpose::Data), Outcome::Ok);
        let wrong = Outcome::Failed(Reason::WrongPurpose);
        assert_eq!(judge(document.certificate(), Purpose::Data), wrong);
        assert_eq!(judge(data.certificate(), Purpose::Document), wrong);
        assert_eq!(judge(data.certificate(), Purpose::Log), wrong);
        assert_eq!(judge(root.certificate(), Purpose::Document), wrong);
    }

    #[test]
    fn a_certificate_holds_from_its_first_to_its_last_second() {
        let root = root("Lincoln");
        let store = trusting(&root);
        let signer = root.document_signer(now()).unwrap();
        let (from, to) = signer.certificate().validity();
        let second = SignedDuration::from_secs(1);
        let judge = |moment| {
            store
                .judge(signer.certificate(), Purpose::Document, moment)
                .1
        };
        assert_eq!(judge(from), Outcome::Ok);
        assert_eq!(judge(to), Outcome::Ok);
        assert_eq!(
            judge(from - second),
            Outcome::Failed(Reason::KeyNotYetValid)
        );
        assert_eq!(judge(to + second), Outcome::Failed(Reason::KeyExpired));
    }

    #[test]
    fn a_certificate_that_only_claims_a_pinned_issuer_is_forged() {
        let root = root("Lincoln");
        let signer = root.document_signer(now()).unwrap();
        let mut der = signer.certificate().der().to_vec();
        // The last byte of the root's signature: every other byte stays as it was.
        *der.last_mut().unwrap() ^= 1;
        let forged = Certificate::from_der(&der).unwrap();
        let store = trusting(&root);
        let judge = |certificate| store.judge(certificate, Purpose::Document, now());
        let refused = (
            Outcome::Failed(Reason::CertificateForged),
            Outcome::NotReached,
        );
        assert_eq!(judge(&forged), refused);
        // The genuine one is remembered; the forged one stays forged beside it.
        assert_eq!(judge(signer.certificate()).0, Outcome::Ok);
        assert_eq!(judge(&forged), refused);
    }

    #[test]
    fn a_namesake_of_the_root_is_unknown() {
        let signer = root("Lincoln").document_signer(now()).unwrap();
        let store = trusting(&root("Lincoln"));
        let (trusted, _) = store.judge(signer.certificate(), Purpose::Document, now());
        assert_eq!(trusted, Outcome::Failed(Reason::UnknownIssuer));
    }

    #[test]
    fn a_root_of_the_same_key_but_another_name_is_unknown() {
        let root = root("Lincoln");
        let signer = root.document_signer(now()).unwrap();
        let renamed = Issuer {
            organisation: "Washington".into(),
            demo: false,
        };
        let own = (&root.key, None);
        let key = root.key.public();
        let other = issue(&renamed, Purpose::Root, &key, own, now()).unwrap();
        let mut store = TrustStore::default();
        store.add(other).unwrap();
        let (trusted, _) = store.judge(signer.certificate(), Purpose::Document, now());
        assert_eq!(trusted, Outcome::Failed(Reason::UnknownIssuer));
    }

    #[test]
    fn a_root_that_did_not_sign_itself_is_not_pinned() {
        let root = root("Lincoln");
        let mut der = root.certificate().der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        assert!(
            TrustStore::default()
                .add(Certificate::from_der(&der).unwrap())
                .is_err()
        );
    }
}
