//! The signature container: CMS SignedData as PAdES baseline B-B wants it, written and read.
//!
//! RFC 5652 with RFC 8419 (Ed25519), ETSI EN 319 122-1 and 319 142-1: detached, one signer, no
//! signing-time attribute (the time is the PDF's `/M`), signing-certificate-v2, and RFC 6211's
//! protection of the algorithms. Assembled by hand from the types of `cms`: reading accepts exactly
//! what writing produces, so there is one spelling of a signature and nowhere to hide a byte.
//! What the algorithms are is `suite`'s business; whether to trust the signer is `trust`'s.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier,
    SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
};
use der::asn1::{OctetString, SetOfVec};
use der::{Any, Decode, Encode, EncodeValue, Sequence, Tagged};
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::Attribute;

use super::certificate::Certificate;
use super::suite::Suite;
use super::verdict::Reason;

/// The largest signature container that is read, in bytes.
pub const SIGNATURE_BYTES_MAX: usize = 16 * 1024;

/// id-aa-CMSAlgorithmProtect (RFC 6211).
const ID_ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// RFC 5035, ESSCertIDv2 with the default digest SHA-256 and without issuerSerial.
#[derive(Clone, Debug, Eq, PartialEq, Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

#[derive(Clone, Debug, Eq, PartialEq, Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

#[derive(Clone, Debug, Eq, PartialEq, Sequence)]
struct AlgorithmProtection {
    digest: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    signature: AlgorithmIdentifierOwned,
}

/// The bytes that a container takes at most; shorter signatures are followed by zeros.
pub fn room(signer: &Certificate) -> der::Result<usize> {
    let suite = signer.key().suite();
    let longest = vec![0xFF; suite.signature_bytes_max()];
    write(signer, &suite.digest(&[]), |_| longest).map(|container| container.len())
}

/// Writes the container over a content with `digest`; `sign` gets the DER of the attributes.
pub fn write(
    signer: &Certificate,
    digest: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> der::Result<Vec<u8>> {
    let suite = signer.key().suite();
    let attributes = signed_attributes(suite, digest, signer)?;
    let signature = sign(&attributes.to_der()?);
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: signer_identifier(signer),
        digest_alg: suite.digest_algorithm(),
        signed_attrs: Some(attributes),
        signature_algorithm: suite.signature_algorithm(),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificate = CertificateChoices::Certificate(signer.parsed().clone());
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![suite.digest_algorithm()])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: ID_DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(vec![certificate])?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info])?,
    };
    ContentInfo {
        content_type: ID_SIGNED_DATA,
        content: Any::encode_from(&data)?,
    }
    .to_der()
}

fn signer_identifier(signer: &Certificate) -> SignerIdentifier {
    let certificate = signer.parsed().tbs_certificate();
    SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: certificate.issuer().clone(),
        serial_number: certificate.serial_number().clone(),
    })
}

fn signed_attributes(
    suite: Suite,
    digest: &[u8],
    signer: &Certificate,
) -> der::Result<SignedAttributes> {
    let certificate = EssCertIdV2 {
        cert_hash: OctetString::new(Sha256::digest(signer.der()).to_vec())?,
    };
    let protection = AlgorithmProtection {
        digest: suite.digest_algorithm(),
        signature: suite.signature_algorithm(),
    };
    SetOfVec::try_from(vec![
        attribute(ID_CONTENT_TYPE, &ID_DATA)?,
        attribute(ID_MESSAGE_DIGEST, &OctetString::new(digest)?)?,
        attribute(
            ID_AA_SIGNING_CERTIFICATE_V_2,
            &SigningCertificateV2 {
                certs: vec![certificate],
            },
        )?,
        attribute(ID_ALGORITHM_PROTECTION, &protection)?,
    ])
}

fn attribute<T: Tagged + EncodeValue>(oid: ObjectIdentifier, value: &T) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![Any::encode_from(value)?])?,
    })
}

/// A container that was read and has the one allowed form; nothing is verified yet.
#[derive(Debug)]
pub struct Container {
    signer: Certificate,
    info: SignerInfo,
    attributes: SignedAttributes,
}

impl Container {
    /// Reads DER followed by nothing but zeros.
    pub fn read(padded: &[u8]) -> Result<Self, Reason> {
        let data = read_signed_data(padded)?;
        let [info] = data.signer_infos.0.as_slice() else {
            return Err(Reason::SignatureFormat);
        };
        let attributes = info.signed_attrs.clone().ok_or(Reason::SignedAttributes)?;
        let certificates = data
            .certificates
            .as_ref()
            .ok_or(Reason::SignerCertificate)?;
        // Certificates in a container are not signed. Only the signer's is allowed, and the signed
        // attributes hold its digest.
        let [CertificateChoices::Certificate(signer)] = certificates.0.as_slice() else {
            return Err(Reason::SignerCertificate);
        };
        let der = signer.to_der().map_err(|_| Reason::SignerCertificate)?;
        let signer = Certificate::from_der(&der).map_err(|_| Reason::SignerCertificate)?;
        if data.version != CmsVersion::V1
            || data.encap_content_info.econtent_type != ID_DATA
            || data.encap_content_info.econtent.is_some()
            || data.crls.is_some()
            || data.digest_algorithms.as_slice() != std::slice::from_ref(&info.digest_alg)
            || info.version != CmsVersion::V1
            || info.unsigned_attrs.is_some()
        {
            return Err(Reason::SignatureFormat);
        }
        if info.sid != signer_identifier(&signer) {
            return Err(Reason::SignerCertificate);
        }
        Ok(Self {
            signer,
            info: info.clone(),
            attributes,
        })
    }

    /// The certificate that the container names as the signer's.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The digest of the content that was signed, where the attributes hold one.
    pub fn message_digest(&self) -> Option<Vec<u8>> {
        let found = self
            .attributes
            .iter()
            .find(|found| found.oid == ID_MESSAGE_DIGEST)?;
        let value = found.values.get(0)?.decode_as::<OctetString>().ok()?;
        Some(value.as_bytes().to_vec())
    }

    /// Whether the signer's key made this signature under `suite`, over exactly the attributes
    /// that PAdES asks for.
    pub fn check_signature(&self, suite: Suite) -> Result<(), Reason> {
        if self.signer.key().suite() != suite
            || self.info.digest_alg != suite.digest_algorithm()
            || self.info.signature_algorithm != suite.signature_algorithm()
        {
            return Err(Reason::SuiteMismatch);
        }
        let digest = self.message_digest().ok_or(Reason::SignedAttributes)?;
        // What the attributes must be follows from suite, digest and signer: compare the whole.
        let expected = signed_attributes(suite, &digest, &self.signer);
        if expected.ok().as_ref() != Some(&self.attributes) {
            return Err(Reason::SignedAttributes);
        }
        let message = self
            .attributes
            .to_der()
            .map_err(|_| Reason::SignedAttributes)?;
        let genuine = self
            .signer
            .key()
            .verifies(&message, self.info.signature.as_bytes());
        genuine.then_some(()).ok_or(Reason::SignatureWrong)
    }
}

fn read_signed_data(padded: &[u8]) -> Result<SignedData, Reason> {
    const BROKEN: Reason = Reason::SignatureFormat;
    if padded.len() > SIGNATURE_BYTES_MAX {
        return Err(BROKEN);
    }
    let (content, padding) = ContentInfo::from_der_partial(padded).map_err(|_| BROKEN)?;
    let own_bytes = &padded[..padded.len() - padding.len()];
    let canonical = content.to_der().ok().as_deref() == Some(own_bytes);
    let padding_is_zero = padding.iter().all(|byte| *byte == 0);
    if !canonical || !padding_is_zero || content.content_type != ID_SIGNED_DATA {
        return Err(BROKEN);
    }
    let data: SignedData = content.content.decode_as().map_err(|_| BROKEN)?;
    // Encoding it again must give the same bytes: no freedom of BER is left to hide in.
    let same = Any::encode_from(&data).is_ok_and(|again| again == content.content);
    same.then_some(data).ok_or(BROKEN)
}

#[cfg(test)]
mod tests;
