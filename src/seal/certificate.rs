//! Certificates: a root that signs keys, and keys that sign documents or data (RFC 5280).
//!
//! The chain has exactly two links: a key directly under a pinned root. What a key is for stands in
//! its certificate (organisational unit and key usage), so the root's signature covers it and no
//! key can be used for another's work. Never: revocation lists, name constraints, longer chains.

use std::fmt;
use std::time::Duration;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519;
use der::asn1::{BitString, OctetString, Utf8StringRef};
use der::pem::LineEnding;
use der::{Decode, DecodePem, Encode, EncodePem};
use jiff::Timestamp;
use p256::ecdsa::signature::Keypair;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoRef;
use x509_cert::time::{Time, Validity};

use super::name;
use super::suite::{PublicKey, SecretKey};
use crate::host;

/// The longest organisation name: X.520 allows 64 characters, of which `DEMO ` may take five.
pub const ORGANISATION_CHARS_MAX: usize = 59;
/// The largest certificate that is read, in bytes.
pub(super) const CERTIFICATE_BYTES_MAX: usize = 4096;
const ROOT_DAYS: i64 = 3652;
const KEY_DAYS: i64 = 730;
/// A certificate begins this long before it is made, so that a verifier whose clock is a little
/// behind does not call a new key "not yet valid".
const BACKDATED_MINUTES: i64 = 5;

/// A certificate that parsed, with its exact bytes and the facts that the rooms ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
    key: PublicKey,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not PEM or DER of an X.509 certificate in its one canonical spelling.
    #[error("this is not a certificate in canonical PEM or DER form")]
    Malformed,
    /// The key belongs to no suite.
    #[error("the certificate's key is neither P-256 nor Ed25519")]
    UnknownKey,
    /// A name in it could mislead whoever reads it.
    #[error(
        "a name in the certificate is too long, or holds control characters or characters that \
         turn the reading direction"
    )]
    DeceptiveName,
    /// The organisation cannot stand in a certificate.
    #[error(
        "the organisation's name is empty, longer than {ORGANISATION_CHARS_MAX} characters, or \
         holds control characters or characters that turn the reading direction\nhint: use the \
         name a college knows the district by"
    )]
    Organisation,
}

impl Certificate {
    /// Reads DER; what does not encode back to the same bytes is refused.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`], [`CertificateError::UnknownKey`] and
    /// [`CertificateError::DeceptiveName`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::Malformed);
        }
        let parsed =
            x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        Self::from_parsed(parsed, der)
    }

    /// Reads one PEM certificate.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        // Base64 takes four characters for three bytes.
        if pem.len() > 2 * CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::Malformed);
        }
        let parsed =
            x509_cert::Certificate::from_pem(pem).map_err(|_| CertificateError::Malformed)?;
        let der = parsed.to_der().map_err(|_| CertificateError::Malformed)?;
        Self::from_parsed(parsed, &der)
    }

    fn from_parsed(parsed: x509_cert::Certificate, der: &[u8]) -> Result<Self, CertificateError> {
        if parsed.to_der().ok().as_deref() != Some(der) {
            return Err(CertificateError::Malformed);
        }
        let tbs = parsed.tbs_certificate();
        if ![tbs.subject(), tbs.issuer()]
            .into_iter()
            .all(name::is_presentable)
        {
            return Err(CertificateError::DeceptiveName);
        }
        let spki = tbs.subject_public_key_info();
        let key = PublicKey::from_spki(spki).ok_or(CertificateError::UnknownKey)?;
        Ok(Self {
            der: der.to_vec(),
            parsed,
            key,
        })
    }

    /// The exact bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate as PEM text.
    pub fn to_pem(&self) -> String {
        self.parsed
            .to_pem(LineEnding::LF)
            .expect("a certificate that was decoded encodes")
    }

    /// The certified key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The certified key's id; see [`PublicKey::id`].
    pub fn key_id(&self) -> String {
        self.key.id()
    }

    /// SHA-256 over the whole certificate in lower-case hexadecimal, as `openssl x509 -fingerprint
    /// -sha256` prints it without colons.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(&self.der))
    }

    /// The serial number in hexadecimal.
    pub fn serial(&self) -> String {
        hex::encode(self.parsed.tbs_certificate().serial_number().as_bytes())
    }

    /// The subject as RFC 4514 writes it.
    pub fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// The issuer as RFC 4514 writes it.
    pub fn issuer(&self) -> String {
        self.parsed.tbs_certificate().issuer().to_string()
    }

    /// The subject's organisation, where it has exactly one.
    pub fn organisation(&self) -> Option<String> {
        self.subject_attribute(rfc4519::O)
    }

    /// The name that a PDF reader shows: the organisation, after `DEMO` where it is one.
    pub fn name(&self) -> Option<String> {
        self.subject_attribute(rfc4519::CN)
    }

    /// Whether the certificate was made by a demonstration and vouches for nobody.
    pub fn is_demo(&self) -> bool {
        self.name().is_some_and(|name| name.starts_with(DEMO))
    }

    /// What the key is for; `None` where the certificate does not say so in both places.
    pub fn purpose(&self) -> Option<Purpose> {
        let unit = self.subject_attribute(rfc4519::OU)?;
        let purpose = Purpose::ALL
            .into_iter()
            .find(|purpose| unit_of(*purpose) == unit)?;
        let (is_authority, usage) = self.constraints()?;
        let is_root = purpose == Purpose::Root;
        // Both identifiers and the key usage, a root's constraints, and nothing else.
        let count = self
            .parsed
            .tbs_certificate()
            .extensions()
            .map_or(0, Vec::len);
        let as_issued = is_authority == is_root
            && usage == usage_of(purpose)
            && count == if is_root { 4 } else { 3 };
        as_issued.then_some(purpose)
    }

    /// The first and the last moment at which the key may sign.
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        let validity = self.parsed.tbs_certificate().validity();
        let moment = |time: Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
        };
        (moment(validity.not_before), moment(validity.not_after))
    }

    /// Whether `moment` lies in the validity period, ends included.
    pub fn is_valid_at(&self, moment: Timestamp) -> bool {
        let (from, to) = self.validity();
        (from..=to).contains(&moment)
    }

    /// Whether `root`'s key signed this certificate. Names, identifiers and algorithms must agree.
    pub(super) fn is_signed_by(&self, root: &Self) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let algorithm = root.key.suite().signature_algorithm();
        let (Some(signature), Ok(message)) = (self.parsed.signature().as_bytes(), tbs.to_der())
        else {
            return false;
        };
        self.names_as_issuer(root)
            && *self.parsed.signature_algorithm() == algorithm
            && *tbs.signature() == algorithm
            && root.key.verifies(&message, signature)
    }

    /// Whether this certificate says that `root` issued it, by name and by key identifier.
    pub(super) fn names_as_issuer(&self, root: &Self) -> bool {
        let names =
            self.parsed.tbs_certificate().issuer() == root.parsed.tbs_certificate().subject();
        names && self.authority_key_identifier() == Some(key_identifier(&root.key))
    }

    pub(super) fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    fn authority_key_identifier(&self) -> Option<OctetString> {
        let tbs = self.parsed.tbs_certificate();
        let (_, identifier) = tbs.get_extension::<AuthorityKeyIdentifier>().ok()??;
        identifier.key_identifier
    }

    /// Whether the key may sign certificates, and its usage; both extensions must be critical.
    fn constraints(&self) -> Option<(bool, KeyUsage)> {
        let tbs = self.parsed.tbs_certificate();
        let is_authority = match tbs.get_extension::<BasicConstraints>().ok()? {
            Some((critical, constraints)) => critical && constraints.ca,
            None => false,
        };
        let (critical, usage) = tbs.get_extension::<KeyUsage>().ok()??;
        critical.then_some((is_authority, usage))
    }

    fn subject_attribute(&self, kind: ObjectIdentifier) -> Option<String> {
        let subject = self.parsed.tbs_certificate().subject();
        let mut found = subject.iter().filter(|attribute| attribute.oid == kind);
        let (Some(attribute), None) = (found.next(), found.next()) else {
            return None;
        };
        let text = attribute.value.decode_as::<Utf8StringRef<'_>>().ok()?;
        Some(text.as_str().to_owned())
    }
}

/// What a key is for. A key does one work and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Certifies the other keys; kept offline and opened only by `key` commands.
    Root,
    /// Signs PDF documents.
    Document,
    /// Signs the data that travels with a document or alone.
    Data,
    /// Signs checkpoints and receipts of the append-only log.
    Log,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Root, Self::Document, Self::Data, Self::Log];

    /// The name in commands and in `keys.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Document => "document",
            Self::Data => "data",
            Self::Log => "log",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

const DEMO: &str = "DEMO ";

/// The organisational unit that names a purpose in a subject.
fn unit_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Root => "Registrar root key",
        Purpose::Document => "Registrar document key",
        Purpose::Data => "Registrar data key",
        Purpose::Log => "Registrar log key",
    }
}

/// Only a document key carries non-repudiation; only a root may sign certificates.
fn usage_of(purpose: Purpose) -> KeyUsage {
    KeyUsage(match purpose {
        Purpose::Root => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        Purpose::Document => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        Purpose::Data | Purpose::Log => KeyUsages::DigitalSignature.into(),
    })
}

/// RFC 7093, method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
fn key_identifier(key: &PublicKey) -> OctetString {
    identifier_of(key.to_spki().subject_public_key.raw_bytes())
}

fn identifier_of(bits: &[u8]) -> OctetString {
    OctetString::new(&Sha256::digest(bits)[..20]).expect("20 bytes fit an OCTET STRING")
}

/// Who stands behind a set of keys, as their certificates name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The district or school, at most [`ORGANISATION_CHARS_MAX`] characters.
    pub organisation: String,
    /// Marks the certificates as made for a demonstration.
    pub demo: bool,
}

impl Issuer {
    /// The subject of a key of this issuer.
    fn subject(&self, purpose: Purpose) -> Result<Name, CertificateError> {
        let organisation = self.organisation.trim();
        let length = organisation.chars().count();
        let printable = !organisation.chars().any(name::is_deceptive);
        if length == 0 || length > ORGANISATION_CHARS_MAX || !printable {
            return Err(CertificateError::Organisation);
        }
        let common_name = format!("{}{organisation}", if self.demo { DEMO } else { "" });
        let entries = [
            (rfc4519::O, organisation),
            (rfc4519::OU, unit_of(purpose)),
            (rfc4519::CN, common_name.as_str()),
        ];
        name::build(&entries).map_err(|_| CertificateError::Organisation)
    }
}

/// Certifies `subject` for `purpose` by `root`, or by itself where the purpose is the root's.
pub(super) fn issue(
    issuer: &Issuer,
    purpose: Purpose,
    subject: &PublicKey,
    root: (&SecretKey, Option<&Certificate>),
    now: Timestamp,
) -> Result<Certificate, CertificateError> {
    let (root_key, root_certificate) = root;
    let own = issuer.subject(purpose)?;
    let issuer_name = match root_certificate {
        Some(root) => root.parsed.tbs_certificate().subject().clone(),
        None => own.clone(),
    };
    let profile = Profile {
        purpose,
        subject: own,
        issuer: issuer_name,
    };
    let days = if purpose == Purpose::Root {
        ROOT_DAYS
    } else {
        KEY_DAYS
    };
    let validity = validity(now, days, root_certificate).ok_or(CertificateError::Malformed)?;
    // RFC 5280, 4.1.2.2: positive, at most 20 bytes. The second bit is set so that none is short.
    let mut serial = host::random_bytes::<16>();
    serial[0] = serial[0] & 0x7F | 0x40;
    let built = SerialNumber::new(&serial)
        .map_err(Into::into)
        .and_then(|serial| {
            let builder = CertificateBuilder::new(profile, serial, validity, subject.to_spki())?;
            match root_key {
                SecretKey::P256(key) => build(builder, key, root_key),
                SecretKey::Ed25519(key) => build(builder, key, root_key),
            }
        });
    let certificate = built.map_err(|_| CertificateError::Malformed)?;
    let der = certificate
        .to_der()
        .map_err(|_| CertificateError::Malformed)?;
    Certificate::from_parsed(certificate, &der)
}

/// Builds with our own signing, which gives one spelling of a signature; `signer` only describes
/// the algorithm and the key.
fn build<S>(
    mut builder: CertificateBuilder<Profile>,
    signer: &S,
    root_key: &SecretKey,
) -> x509_cert::builder::Result<x509_cert::Certificate>
where
    S: Keypair + DynSignatureAlgorithmIdentifier,
    S::VerifyingKey: EncodePublicKey,
{
    let message = builder.finalize(signer)?;
    let signature = BitString::from_bytes(&root_key.sign(&message))?;
    builder.assemble(signature, signer)
}

/// From a little before `now` for `days`, never beyond the root's own end.
fn validity(now: Timestamp, days: i64, root: Option<&Certificate>) -> Option<Validity> {
    let from = now.as_second() - BACKDATED_MINUTES * 60;
    let from = root.map_or(from, |root| from.max(root.validity().0.as_second()));
    let to = now.as_second() + days * 86_400;
    let to = root.map_or(to, |root| to.min(root.validity().1.as_second()));
    let time = |seconds: i64| {
        let since_epoch = Duration::from_secs(u64::try_from(seconds).ok()?);
        let moment = der::DateTime::from_unix_duration(since_epoch).ok()?;
        Some(Time::from(moment))
    };
    Some(Validity::new(time(from)?, time(to)?))
}

/// The two shapes of certificate: a root, and a key under it.
struct Profile {
    purpose: Purpose,
    subject: Name,
    issuer: Name,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        own: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let mut extensions = Extensions::new();
        let own = SubjectKeyIdentifier(identifier_of(own.subject_public_key.raw_bytes()));
        extensions.push(own.to_extension(subject, &extensions)?);
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(identifier_of(issuer.subject_public_key.raw_bytes())),
            ..Default::default()
        };
        extensions.push(authority.to_extension(subject, &extensions)?);
        if self.purpose == Purpose::Root {
            let constraints = BasicConstraints {
                ca: true,
                path_len_constraint: Some(0),
            };
            extensions.push(constraints.to_extension(subject, &extensions)?);
        }
        extensions.push(usage_of(self.purpose).to_extension(subject, &extensions)?);
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests;
