//! The data proof: an Ed25519 signature inside the JSON that it signs (`eddsa-jcs-2022`).
//!
//! W3C Data Integrity 1.0 and its EdDSA cryptosuites, over the canonical form of `exact_json`. The
//! proof carries the signer's certificate, so that the data can travel alone: whoever has pinned
//! the root certificate needs nothing else.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::certificate::{Certificate, Purpose};
use super::exact_json::{DataError, Members, borrowed, canonical};
use super::signer::DataSigner;
use super::suite::{PublicKey, Suite};
use super::trust::TrustStore;
use super::verdict::{Line, Outcome, Reason, SignedBy};

/// The multicodec of an Ed25519 public key, before its 32 bytes.
const ED25519_PREFIX: [u8; 2] = [0xED, 0x01];
/// The member that holds the proof.
const PROOF: &str = "proof";
const CRYPTOSUITE: &str = "eddsa-jcs-2022";

/// One thing that can be true or false about a data proof, in the order of examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProofFact {
    /// The data is exactly what was signed with the key that the proof names.
    DataIntact,
    /// A pinned root vouches for that key as a data key.
    DataSignerTrusted,
    /// The key was valid when the proof was made.
    DataKeyValidWhenSigned,
}

impl ProofFact {
    /// Every fact, in the order of examination.
    pub const ALL: [Self; 3] = [
        Self::DataIntact,
        Self::DataSignerTrusted,
        Self::DataKeyValidWhenSigned,
    ];

    /// The stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::DataIntact => "data_intact",
            Self::DataSignerTrusted => "data_signer_trusted",
            Self::DataKeyValidWhenSigned => "data_key_valid_when_signed",
        }
    }

    /// What it means that the fact holds.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::DataIntact => "The data is exactly what was signed.",
            Self::DataSignerTrusted => "An issuer you trust vouches for the signer of the data.",
            Self::DataKeyValidWhenSigned => "The data key was valid when it signed.",
        }
    }
}

/// The outcome of every fact about one data proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofVerdict {
    pub(super) outcomes: [Outcome; ProofFact::ALL.len()],
    /// Who signed, where the proof names a certificate.
    pub signed_by: Option<SignedBy>,
}

impl ProofVerdict {
    /// The outcome of one fact.
    pub fn outcome(&self, fact: ProofFact) -> Outcome {
        self.outcomes[fact as usize]
    }

    /// Every fact with its outcome, in the order of examination.
    pub fn facts(&self) -> impl Iterator<Item = (ProofFact, Outcome)> {
        ProofFact::ALL.into_iter().zip(self.outcomes)
    }

    /// Whether every fact holds.
    pub fn is_valid(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.is_ok())
    }
}

/// Serialized as a [`Verdict`](super::Verdict) is.
impl Serialize for ProofVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facts: Vec<_> = self
            .facts()
            .map(|(fact, outcome)| Line::new(fact.code(), outcome))
            .collect();
        let mut fields = serializer.serialize_struct("ProofVerdict", 3)?;
        fields.serialize_field("valid", &self.is_valid())?;
        fields.serialize_field("facts", &facts)?;
        fields.serialize_field("signed_by", &self.signed_by)?;
        fields.end()
    }
}

/// The proof of `data`, to stand beside its other members under `proof`.
///
/// # Errors
/// [`DataError`]; nothing is signed then.
pub fn proof_of(data: &Value, signer: &DataSigner, created: Timestamp) -> Result<Value, DataError> {
    let Value::Object(members) = data else {
        return Err(DataError::NotAnObject);
    };
    if members.contains_key(PROOF) {
        return Err(DataError::ProvenAlready);
    }
    let certificate = signer.certificate();
    if !certificate.is_valid_at(created) {
        return Err(DataError::KeyNotValid {
            key_id: certificate.key_id(),
            created,
        });
    }
    let mut options = options(certificate.key(), created);
    options.insert(
        "certificate".to_owned(),
        Value::String(certificate.to_pem()),
    );
    proof_with(members, options, |message| signer.0.key.sign(message))
}

/// The proof's own members, without the signature.
fn options(key: &PublicKey, created: Timestamp) -> Map<String, Value> {
    let seconds = Timestamp::from_second(created.as_second()).unwrap_or(created);
    let options = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": seconds.to_string(),
        "verificationMethod": verification_method(key),
        "proofPurpose": "assertionMethod",
    });
    match options {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn proof_with(
    members: &Map<String, Value>,
    mut options: Map<String, Value>,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Value, DataError> {
    if let Some(context) = members.get("@context") {
        options.insert("@context".to_owned(), context.clone());
    }
    let digest = digest(borrowed(members), borrowed(&options))?;
    options.insert(
        "proofValue".to_owned(),
        Value::String(multibase(&sign(&digest))),
    );
    Ok(Value::Object(options))
}

/// What is signed: the digests of the options and of the data, both canonical.
fn digest(members: Members<'_>, options: Members<'_>) -> Result<Vec<u8>, DataError> {
    let parts = [canonical(&options)?, canonical(&members)?];
    Ok(parts.iter().flat_map(Sha256::digest).collect())
}

/// Examines the proof inside `data` against the pinned roots.
pub fn verify_proof(data: &Value, trust: &TrustStore) -> ProofVerdict {
    let mut verdict = ProofVerdict {
        outcomes: [Outcome::NotReached; ProofFact::ALL.len()],
        signed_by: None,
    };
    let proof = match read_proof(data) {
        Ok(proof) => proof,
        Err(reason) => {
            verdict.outcomes[ProofFact::DataIntact as usize] = Outcome::Failed(reason);
            return verdict;
        }
    };
    let intact = proof.key.verifies(&proof.digest, &proof.signature);
    verdict.outcomes[ProofFact::DataIntact as usize] =
        intact.then_some(()).ok_or(Reason::ProofWrong).into();
    // The certificate must be for the very key that the proof was checked with.
    let certificate = proof
        .certificate
        .filter(|certificate| *certificate.key() == proof.key);
    let Some(certificate) = certificate else {
        verdict.outcomes[ProofFact::DataSignerTrusted as usize] =
            Outcome::Failed(Reason::SignerCertificate);
        return verdict;
    };
    let (trusted, valid) = trust.judge(&certificate, Purpose::Data, proof.created);
    verdict.outcomes[ProofFact::DataSignerTrusted as usize] = trusted;
    verdict.outcomes[ProofFact::DataKeyValidWhenSigned as usize] = valid;
    let root = trust.issuer_of(&certificate).filter(|_| trusted.is_ok());
    verdict.signed_by = Some(SignedBy::new(
        &certificate,
        proof.created,
        String::new(),
        root,
    ));
    verdict
}

struct Proof {
    key: PublicKey,
    certificate: Option<Certificate>,
    created: Timestamp,
    signature: Vec<u8>,
    digest: Vec<u8>,
}

fn read_proof(data: &Value) -> Result<Proof, Reason> {
    let Value::Object(members) = data else {
        return Err(Reason::ProofMissing);
    };
    let mut members = borrowed(members);
    let mut options = match members.remove(PROOF) {
        Some(Value::Object(options)) => borrowed(options),
        Some(_) => return Err(Reason::ProofFormat),
        None => return Err(Reason::ProofMissing),
    };
    let signature = options.remove("proofValue").ok_or(Reason::ProofFormat)?;
    let (key, certificate, created) = read_options(&options).ok_or(Reason::ProofFormat)?;
    // The data's context may only be the one that was signed.
    if options.get("@context") != members.get("@context") {
        return Err(Reason::ProofFormat);
    }
    let signature = signature
        .as_str()
        .and_then(|text| from_multibase(text, SIGNATURE_BYTES));
    Ok(Proof {
        key,
        certificate,
        created,
        signature: signature.ok_or(Reason::ProofFormat)?,
        digest: digest(members, options).map_err(|_| Reason::ProofFormat)?,
    })
}

const SIGNATURE_BYTES: usize = 64;

fn read_options(options: &Members<'_>) -> Option<(PublicKey, Option<Certificate>, Timestamp)> {
    let known = [
        "type",
        "cryptosuite",
        "created",
        "verificationMethod",
        "proofPurpose",
        "@context",
        "certificate",
    ];
    let text = |name: &str| options.get(name).and_then(|value| value.as_str());
    let well_formed = options.keys().all(|name| known.contains(name))
        && text("type")? == "DataIntegrityProof"
        && text("cryptosuite")? == CRYPTOSUITE
        && text("proofPurpose")? == "assertionMethod";
    let created: Timestamp = text("created")?.parse().ok()?;
    if !well_formed || created.to_string() != text("created")? {
        return None;
    }
    let certificate = match options.get("certificate") {
        Some(pem) => Some(Certificate::from_pem(pem.as_str()?).ok()?),
        None => None,
    };
    Some((
        key_of_method(text("verificationMethod")?)?,
        certificate,
        created,
    ))
}

/// `did:key:<key>#<key>`, the key as multibase.
fn verification_method(key: &PublicKey) -> String {
    let bits = key.to_spki().subject_public_key.raw_bytes().to_vec();
    let key = multibase(&[&ED25519_PREFIX[..], &bits].concat());
    format!("did:key:{key}#{key}")
}

fn key_of_method(method: &str) -> Option<PublicKey> {
    let (key, fragment) = method.strip_prefix("did:key:")?.split_once('#')?;
    let bytes = from_multibase(key, ED25519_PREFIX.len() + 32).filter(|_| key == fragment)?;
    let bits: &[u8; 32] = bytes.strip_prefix(&ED25519_PREFIX)?.try_into().ok()?;
    PublicKey::from_raw_ed25519(bits).filter(|key| key.suite() == Suite::Ed25519)
}

/// Multibase in base58btc, which begins with `z`.
fn multibase(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

fn from_multibase(text: &str, length: usize) -> Option<Vec<u8>> {
    /// Decoding takes time in the square of the length: nothing longer is a key or a signature.
    const CHARS_MAX: usize = 128;
    let digits = text
        .strip_prefix('z')
        .filter(|digits| digits.len() <= CHARS_MAX)?;
    let bytes = bs58::decode(digits).into_vec().ok()?;
    (bytes.len() == length).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::exact_json::parse_data;
    use crate::seal::suite::SecretKey;

    macro_rules! vector {
        ($name:literal) => {
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/seal/vectors/eddsa_jcs_2022/",
                $name
            ))
        };
    }

    fn object(text: &str) -> Map<String, Value> {
        match parse_data(text.as_bytes()).unwrap() {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    fn vector_key() -> SecretKey {
        let pair = object(vector!("keyPair.json"));
        let secret = pair["privateKeyMultibase"].as_str().unwrap();
        let bytes = from_multibase(secret, 34).unwrap();
        let seed: [u8; 32] = bytes[2..].try_into().unwrap();
        SecretKey::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    #[test]
    fn a_proof_equals_the_published_vector_byte_for_byte() {
        let unsigned = object(vector!("unsigned.json"));
        let key = vector_key();
        let mut options = options(&key.public(), "2023-02-24T23:36:38Z".parse().unwrap());
        options.insert("@context".to_owned(), unsigned["@context"].clone());
        let text = |members| String::from_utf8(canonical(&borrowed(members)).unwrap()).unwrap();
        assert_eq!(text(&unsigned), vector!("canonDocJCS.txt").trim());
        assert_eq!(text(&options), vector!("proofCanonJCS.txt").trim());
        let digest = digest(borrowed(&unsigned), borrowed(&options)).unwrap();
        assert_eq!(hex::encode(&digest), vector!("combinedHashJCS.txt").trim());
        assert_eq!(
            hex::encode(key.sign(&digest)),
            vector!("sigHexJCS.txt").trim()
        );
        let proof = proof_with(&unsigned, options, |message| key.sign(message)).unwrap();
        let mut proven = unsigned;
        proven.insert(PROOF.to_owned(), proof);
        assert_eq!(proven, object(vector!("signedJCS.json")));
    }

    #[test]
    fn the_published_vector_verifies_but_nobody_vouches_for_it() {
        let signed = Value::Object(object(vector!("signedJCS.json")));
        let verdict = verify_proof(&signed, &TrustStore::default());
        assert_eq!(verdict.outcome(ProofFact::DataIntact), Outcome::Ok);
        let untrusted = Outcome::Failed(Reason::SignerCertificate);
        assert_eq!(verdict.outcome(ProofFact::DataSignerTrusted), untrusted);
        assert!(!verdict.is_valid());
    }
}
