//! The two signature suites, their keys, and nothing negotiable.
//!
//! A suite fixes everything that CMS would leave open: curve, digest, identifiers. It comes from
//! the certificate that the verifier pinned; no algorithm is ever chosen by the file under test.
//! Secret keys wipe themselves from memory and have no `Debug` output worth reading.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc5912, rfc8410};
use der::Encode;
use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::Verifier as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::host;

/// A signature algorithm with its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// ECDSA on NIST P-256 with SHA-256 (FIPS 186-5): read by every PDF viewer that checks
    /// signatures at all.
    P256,
    /// PureEdDSA on Curve25519 with SHA-512 for the content (RFC 8032, RFC 8419): smaller and
    /// deterministic, read by few viewers.
    Ed25519,
}

impl Suite {
    /// The name in commands, settings and `keys.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The digest of the content under this suite: 32 bytes for P-256, 64 for Ed25519.
    pub(super) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        fn over<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut digest = D::new();
            parts.iter().for_each(|part| digest.update(part));
            digest.finalize().to_vec()
        }
        match self {
            Self::P256 => over::<Sha256>(parts),
            Self::Ed25519 => over::<Sha512>(parts),
        }
    }

    pub(super) fn digest_algorithm(self) -> AlgorithmIdentifierOwned {
        without_parameters(match self {
            Self::P256 => rfc5912::ID_SHA_256,
            Self::Ed25519 => rfc5912::ID_SHA_512,
        })
    }

    pub(super) fn signature_algorithm(self) -> AlgorithmIdentifierOwned {
        without_parameters(match self {
            Self::P256 => rfc5912::ECDSA_WITH_SHA_256,
            Self::Ed25519 => rfc8410::ID_ED_25519,
        })
    }

    /// The longest signature: DER of two 33-byte integers, or 64 bytes.
    pub(super) fn signature_bytes_max(self) -> usize {
        match self {
            Self::P256 => 72,
            Self::Ed25519 => 64,
        }
    }
}

/// RFC 5754 and RFC 8410: these identifiers are written without parameters.
fn without_parameters(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(name: &str) -> Result<Self, UnknownSuite> {
        match name {
            "p256" => Ok(Self::P256),
            "ed25519" => Ok(Self::Ed25519),
            other => Err(UnknownSuite(other.to_owned())),
        }
    }
}

/// A suite was named that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown signature suite `{0}`\nhint: `p256` for any PDF reader, `ed25519` for verifiers that \
     know it"
)]
pub struct UnknownSuite(pub String);

/// A public key of one of the suites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// A point on NIST P-256.
    P256(p256::ecdsa::VerifyingKey),
    /// A point on Curve25519.
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl PublicKey {
    /// The key inside a SubjectPublicKeyInfo; `None` for any other algorithm or a broken point.
    pub(super) fn from_spki(spki: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        let der = spki.to_der().ok()?;
        Self::from_der(&der)
    }

    /// The key in the DER of a SubjectPublicKeyInfo; `None` as above.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        use spki::DecodePublicKey;
        if let Ok(key) = p256::ecdsa::VerifyingKey::from_public_key_der(der) {
            return Some(Self::P256(key));
        }
        let key = ed25519_dalek::VerifyingKey::from_public_key_der(der).ok()?;
        Self::from_raw_ed25519(key.as_bytes())
    }

    /// The Ed25519 key of these 32 bytes; `None` for what is no point or one of small order, which
    /// would verify signatures that nobody made.
    pub(super) fn from_raw_ed25519(bytes: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?;
        (!key.is_weak()).then_some(Self::Ed25519(key))
    }

    /// Which suite the key belongs to.
    pub fn suite(&self) -> Suite {
        match self {
            Self::P256(_) => Suite::P256,
            Self::Ed25519(_) => Suite::Ed25519,
        }
    }

    pub(super) fn to_spki(&self) -> SubjectPublicKeyInfoOwned {
        match self {
            Self::P256(key) => SubjectPublicKeyInfoOwned::from_key(key),
            Self::Ed25519(key) => SubjectPublicKeyInfoOwned::from_key(key),
        }
        .expect("a key of a fixed size encodes")
    }

    /// The key id: the first 16 hexadecimal digits of the SHA-256 of the SubjectPublicKeyInfo.
    pub fn id(&self) -> String {
        let der = self
            .to_spki()
            .to_der()
            .expect("a key of a fixed size encodes");
        hex::encode(&Sha256::digest(der)[..8])
    }

    /// Whether `signature` is the suite's one valid spelling of a signature over `message`.
    ///
    /// P-256: minimal DER and the lower of the two possible `s` values, so that nobody can respell
    /// a signature. Ed25519: the strict check of RFC 8032 without small-order points.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                let Ok(signature) = p256::ecdsa::DerSignature::from_bytes(signature) else {
                    return false;
                };
                let Ok(signature) = p256::ecdsa::Signature::try_from(signature) else {
                    return false;
                };
                signature.normalize_s() == signature && key.verify(message, &signature).is_ok()
            }
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

/// A secret key of one of the suites. Both kinds wipe themselves when dropped.
pub(super) enum SecretKey {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// A library whose keys stopped wiping themselves would not compile here.
const _: () = {
    const fn wiped_when_dropped<T: zeroize::ZeroizeOnDrop>() {}
    wiped_when_dropped::<p256::ecdsa::SigningKey>();
    wiped_when_dropped::<ed25519_dalek::SigningKey>();
};

impl SecretKey {
    pub fn generate(suite: Suite) -> Self {
        match suite {
            Suite::Ed25519 => {
                let seed = zeroize::Zeroizing::new(host::random_bytes::<32>());
                Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
            Suite::P256 => loop {
                // A draw outside the group's order (one in 2^32) is thrown away, never reduced.
                let seed = zeroize::Zeroizing::new(host::random_bytes::<32>());
                if let Ok(key) = p256::ecdsa::SigningKey::from_slice(seed.as_slice()) {
                    return Self::P256(key);
                }
            },
        }
    }

    pub fn public(&self) -> PublicKey {
        match self {
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
        }
    }

    /// Signs; the same message always gives the same bytes (RFC 6979, RFC 8032).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.normalize_s().to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "SecretKey({} {})",
            self.public().suite(),
            self.public().id()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_verifies_only_in_its_one_spelling() {
        for suite in [Suite::P256, Suite::Ed25519] {
            let key = SecretKey::generate(suite);
            let signature = key.sign(b"message");
            assert_eq!(signature, key.sign(b"message"), "deterministic");
            assert!(signature.len() <= suite.signature_bytes_max());
            assert!(key.public().verifies(b"message", &signature));
            assert!(!key.public().verifies(b"massage", &signature));
            let longer = [signature.as_slice(), &[0]].concat();
            assert!(!key.public().verifies(b"message", &longer));
        }
    }

    #[test]
    fn the_higher_s_of_a_p256_signature_is_refused() {
        let SecretKey::P256(key) = SecretKey::generate(Suite::P256) else {
            unreachable!()
        };
        let signature: p256::ecdsa::Signature = key.sign(b"message");
        let (r, s) = signature.normalize_s().split_scalars();
        let high = p256::ecdsa::Signature::from_scalars(*r, -*s).unwrap();
        assert!(
            key.verifying_key().verify(b"message", &high).is_ok(),
            "mathematically valid"
        );
        let public = PublicKey::P256(*key.verifying_key());
        assert!(!public.verifies(b"message", high.to_der().as_bytes()));
    }

    #[test]
    fn a_key_that_verifies_what_nobody_signed_is_no_key() {
        // The neutral point: with it, R = neutral and s = 0 would be a signature of anything.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert!(
            ed25519_dalek::VerifyingKey::from_bytes(&neutral).is_ok(),
            "it is a point"
        );
        assert_eq!(PublicKey::from_raw_ed25519(&neutral), None);
    }

    #[test]
    fn nothing_secret_is_printed() {
        let key = SecretKey::generate(Suite::Ed25519);
        let SecretKey::Ed25519(inner) = &key else {
            unreachable!()
        };
        let printed = format!("{key:?}");
        assert!(!printed.contains(&hex::encode(inner.to_bytes())));
        assert!(!printed.contains(&format!("{:?}", inner.to_bytes())));
    }
}
