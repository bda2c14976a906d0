//! The signature beside a list of files: Ed25519 over the list as it is, byte for byte.
//!
//! Whoever does not trust this program checks it with OpenSSL (`openssl pkeyutl -verify -rawin`),
//! and the list itself with `sha256sum -c`.
//!
//! Never: a list as short as what a data proof signs, so that neither signature is ever taken for
//! the other.

use jiff::Timestamp;

use super::certificate::{Certificate, Purpose};
use super::proof::{ProofFact, ProofVerdict};
use super::signer::DataSigner;
use super::trust::TrustStore;
use super::verdict::{Outcome, Reason, SignedBy};

/// What a data proof signs: two SHA-256 digests. Every line of a list is longer.
const PROOF_BYTES: usize = 64;

/// The signature of a list, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSignature {
    /// 64 bytes (RFC 8032).
    pub signature: Vec<u8>,
    /// The signer's certificate (PEM).
    pub certificate: String,
}

/// Signs a list; nothing where it is too short to be one.
pub fn sign_list(list: &[u8], signer: &DataSigner) -> Option<ListSignature> {
    (list.len() > PROOF_BYTES).then(|| ListSignature {
        signature: signer.0.key.sign(list),
        certificate: signer.certificate().to_pem(),
    })
}

/// Examines the signature of a list that was signed at this moment, against the pinned roots.
pub fn verify_list(
    list: &[u8],
    signed: &ListSignature,
    signed_at: Timestamp,
    trust: &TrustStore,
) -> ProofVerdict {
    let mut verdict = ProofVerdict {
        outcomes: [Outcome::NotReached; ProofFact::ALL.len()],
        signed_by: None,
    };
    let outcomes = &mut verdict.outcomes;
    let Ok(certificate) = Certificate::from_pem(&signed.certificate) else {
        outcomes[ProofFact::DataIntact as usize] = Outcome::Failed(Reason::SignerCertificate);
        return verdict;
    };
    let intact = list.len() > PROOF_BYTES && certificate.key().verifies(list, &signed.signature);
    outcomes[ProofFact::DataIntact as usize] =
        intact.then_some(()).ok_or(Reason::SignatureWrong).into();
    let (trusted, valid) = trust.judge(&certificate, Purpose::Data, signed_at);
    outcomes[ProofFact::DataSignerTrusted as usize] = trusted;
    outcomes[ProofFact::DataKeyValidWhenSigned as usize] = valid;
    let root = trust.issuer_of(&certificate).filter(|_| trusted.is_ok());
    verdict.signed_by = Some(SignedBy::new(&certificate, signed_at, String::new(), root));
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::certificate::Issuer;
    use crate::seal::signer::Root;
    use crate::seal::suite::Suite;

    const LIST: &[u8] =
        b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  decree.toml\n";

    fn now() -> Timestamp {
        "2026-06-12T08:00:00Z".parse().unwrap()
    }

    fn root() -> Root {
        let issuer = Issuer {
            organisation: "Lincoln".into(),
            demo: false,
        };
        Root::generate(&issuer, Suite::P256, now()).unwrap()
    }

    #[test]
    fn a_list_is_as_signed_by_a_data_key_of_a_pinned_root_or_it_is_refused() {
        let root = root();
        let signed = sign_list(LIST, &root.data_signer(now()).unwrap()).unwrap();
        let mut trust = TrustStore::default();
        trust.add(root.certificate().clone()).unwrap();
        assert!(verify_list(LIST, &signed, now(), &trust).is_valid());
        let changed = [&LIST[..LIST.len() - 2], b"n\n"].concat();
        let refused = verify_list(&changed, &signed, now(), &trust);
        assert_eq!(
            refused.outcome(ProofFact::DataIntact),
            Outcome::Failed(Reason::SignatureWrong)
        );
        let unknown = verify_list(LIST, &signed, now(), &TrustStore::default());
        assert!(unknown.outcome(ProofFact::DataIntact).is_ok());
        assert!(!unknown.is_valid(), "nobody vouches for the signer");
    }

    #[test]
    fn what_a_data_proof_signs_is_no_list() {
        let signer = root().data_signer(now()).unwrap();
        assert_eq!(sign_list(&LIST[..64], &signer), None);
        let signed = ListSignature {
            signature: signer.0.key.sign(&LIST[..64]),
            certificate: signer.certificate().to_pem(),
        };
        let verdict = verify_list(&LIST[..64], &signed, now(), &TrustStore::default());
        assert!(!verdict.outcome(ProofFact::DataIntact).is_ok());
    }
}
