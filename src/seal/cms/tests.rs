//! Containers in which each part is wrong on its own, though the right key signed them.

use jiff::Timestamp;

use super::*;
use crate::seal::certificate::{Issuer, Purpose, issue};
use crate::seal::suite::SecretKey;

fn signer(suite: Suite) -> (SecretKey, Certificate) {
    let issuer = Issuer {
        organisation: "Lincoln Unified".into(),
        demo: false,
    };
    let now: Timestamp = "2026-06-12T08:00:00Z".parse().unwrap();
    let root_key = SecretKey::generate(suite);
    let own = (&root_key, None);
    let root = issue(&issuer, Purpose::Root, &root_key.public(), own, now).unwrap();
    let key = SecretKey::generate(suite);
    let by_root = (&root_key, Some(&root));
    let made = issue(&issuer, Purpose::Document, &key.public(), by_root, now).unwrap();
    (key, made)
}

#[test]
fn what_is_written_is_read_and_fits_its_room() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let (key, certificate) = signer(suite);
        let digest = suite.digest(&[b"content"]);
        let container = write(&certificate, &digest, |message| key.sign(message)).unwrap();
        let room = room(&certificate).unwrap();
        assert!((room - 2..=room).contains(&container.len()), "{suite}");
        let read = Container::read(&container).unwrap();
        assert_eq!(read.check_signature(suite), Ok(()));
        assert_eq!(read.message_digest(), Some(digest));
    }
}

#[test]
fn a_suite_other_than_the_pinned_one_is_refused() {
    let (key, certificate) = signer(Suite::Ed25519);
    let digest = Suite::Ed25519.digest(&[b"content"]);
    let container = write(&certificate, &digest, |message| key.sign(message)).unwrap();
    let read = Container::read(&container).unwrap();
    assert_eq!(
        read.check_signature(Suite::P256),
        Err(Reason::SuiteMismatch)
    );
}

#[test]
fn one_flipped_bit_anywhere_in_a_container_is_refused() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let (key, certificate) = signer(suite);
        let digest = suite.digest(&[b"content"]);
        let container = write(&certificate, &digest, |message| key.sign(message)).unwrap();
        for bit in 0..container.len() * 8 {
            let mut changed = container.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let accepted = Container::read(&changed).is_ok_and(|read| {
                read.check_signature(suite).is_ok() && read.message_digest() == Some(digest.clone())
            });
            assert!(!accepted, "{suite} bit {bit}");
        }
    }
}

/// A container as its parts, to be put together wrongly but signed rightly.
struct Parts {
    key: SecretKey,
    signer: Certificate,
    data: SignedData,
    info: SignerInfo,
    attributes: Vec<Attribute>,
    content_type: ObjectIdentifier,
    /// What the key signs instead of the attributes.
    signs: Option<Vec<u8>>,
}

impl Parts {
    fn new(suite: Suite) -> Self {
        let (key, signer) = signer(suite);
        let digest = suite.digest(&[b"content"]);
        let written = write(&signer, &digest, |message| key.sign(message)).unwrap();
        let data = read_signed_data(&written).unwrap();
        let info = data.signer_infos.0.as_slice()[0].clone();
        let attributes = info.signed_attrs.clone().unwrap().into_vec();
        Self {
            key,
            signer,
            data,
            info,
            attributes,
            content_type: ID_SIGNED_DATA,
            signs: None,
        }
    }

    fn replace(&mut self, attribute: Attribute) {
        let oid = attribute.oid;
        let mut own = self.attributes.iter_mut();
        *own.find(|found| found.oid == oid).unwrap() = attribute;
    }

    /// The container, signed by the key over the attributes as they are now.
    fn finish(mut self) -> Vec<u8> {
        let attributes = SetOfVec::try_from(self.attributes).unwrap();
        let message = self.signs.unwrap_or_else(|| attributes.to_der().unwrap());
        if self.info.signed_attrs.is_some() {
            self.info.signed_attrs = Some(attributes);
        }
        self.info.signature = OctetString::new(self.key.sign(&message)).unwrap();
        self.data.signer_infos = SignerInfos::try_from(vec![self.info]).unwrap();
        encoded(self.content_type, &self.data)
    }
}

fn encoded(content_type: ObjectIdentifier, data: &SignedData) -> Vec<u8> {
    let content = Any::encode_from(data).unwrap();
    let container = ContentInfo {
        content_type,
        content,
    };
    container.to_der().unwrap()
}

/// Why a container over `content` is refused; `None` where it is accepted.
fn refusal(suite: Suite, container: &[u8]) -> Option<Reason> {
    let read = Container::read(container);
    read.and_then(|read| read.check_signature(suite)).err()
}

/// What is done to a container before it is signed anew.
type Change = fn(&mut Parts);

/// Each change to a container that is signed anew is refused for this reason, in both suites.
fn each_is(expected: Reason, changes: &[(&str, Change)]) {
    for suite in [Suite::P256, Suite::Ed25519] {
        assert_eq!(refusal(suite, &Parts::new(suite).finish()), None);
        for (name, change) in changes {
            let mut parts = Parts::new(suite);
            change(&mut parts);
            let found = refusal(suite, &parts.finish());
            assert_eq!(found, Some(expected), "{suite}: {name}");
        }
    }
}

fn certificate(of: &Certificate) -> CertificateChoices {
    CertificateChoices::Certificate(of.parsed().clone())
}

/// Another certificate of the same suite.
fn stranger(parts: &Parts) -> Certificate {
    signer(parts.key.public().suite()).1
}

fn protection(digest: Suite, signature: Suite) -> Attribute {
    let protection = AlgorithmProtection {
        digest: digest.digest_algorithm(),
        signature: signature.signature_algorithm(),
    };
    attribute(ID_ALGORITHM_PROTECTION, &protection).unwrap()
}

fn signing_certificates(of: &[&Certificate]) -> Attribute {
    let hash = |certificate: &&Certificate| EssCertIdV2 {
        cert_hash: OctetString::new(Sha256::digest(certificate.der()).to_vec()).unwrap(),
    };
    let certs = of.iter().map(hash).collect();
    attribute(
        ID_AA_SIGNING_CERTIFICATE_V_2,
        &SigningCertificateV2 { certs },
    )
    .unwrap()
}

fn other(suite: Suite) -> Suite {
    match suite {
        Suite::P256 => Suite::Ed25519,
        Suite::Ed25519 => Suite::P256,
    }
}

#[test]
fn signed_attributes_are_exactly_the_required_ones() {
    const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
    fn without(parts: &mut Parts, oid: ObjectIdentifier) {
        parts.attributes.retain(|found| found.oid != oid);
    }
    each_is(
        Reason::SignedAttributes,
        &[
            // The attack of attributes against none: the same bytes signed with another meaning.
            ("none at all", |parts| {
                parts.info.signed_attrs = None;
                parts.signs = Some(b"content".to_vec());
            }),
            ("no content type", |parts| without(parts, ID_CONTENT_TYPE)),
            ("no digest", |parts| without(parts, ID_MESSAGE_DIGEST)),
            ("no certificate", |parts| {
                without(parts, ID_AA_SIGNING_CERTIFICATE_V_2)
            }),
            ("no protection", |parts| {
                without(parts, ID_ALGORITHM_PROTECTION)
            }),
            ("a signing time", |parts| {
                let text = OctetString::new(b"260612080000Z".as_slice()).unwrap();
                parts
                    .attributes
                    .push(attribute(SIGNING_TIME, &text).unwrap());
            }),
            ("another content type", |parts| {
                parts.replace(attribute(ID_CONTENT_TYPE, &ID_SIGNED_DATA).unwrap());
            }),
            ("two digests", |parts| {
                let digests = [[1; 32], [2; 32]].map(|digest| {
                    Any::encode_from(&OctetString::new(digest.to_vec()).unwrap()).unwrap()
                });
                parts.replace(Attribute {
                    oid: ID_MESSAGE_DIGEST,
                    values: SetOfVec::try_from(digests.to_vec()).unwrap(),
                });
            }),
            ("a digest that is no text of bytes", |parts| {
                parts.replace(attribute(ID_MESSAGE_DIGEST, &ID_DATA).unwrap());
            }),
            ("another's certificate", |parts| {
                let stranger = stranger(parts);
                parts.replace(signing_certificates(&[&stranger]));
            }),
            ("two certificates", |parts| {
                let both = signing_certificates(&[&parts.signer, &stranger(parts)]);
                parts.replace(both);
            }),
            ("protection of another digest", |parts| {
                let own = parts.key.public().suite();
                parts.replace(protection(other(own), own));
            }),
            ("protection of another signature", |parts| {
                let own = parts.key.public().suite();
                parts.replace(protection(own, other(own)));
            }),
        ],
    );
}

#[test]
fn a_container_has_one_form() {
    each_is(
        Reason::SignatureFormat,
        &[
            ("an unsigned attribute", |parts| {
                let more = attribute(ID_CONTENT_TYPE, &ID_DATA).unwrap();
                parts.info.unsigned_attrs = Some(SetOfVec::try_from(vec![more]).unwrap());
            }),
            ("its content inside", |parts| {
                let content = OctetString::new(b"content".as_slice()).unwrap();
                parts.data.encap_content_info.econtent = Some(Any::encode_from(&content).unwrap());
            }),
            ("another content type", |parts| {
                parts.data.encap_content_info.econtent_type = ID_SIGNED_DATA;
            }),
            ("another version", |parts| {
                parts.data.version = CmsVersion::V3
            }),
            ("another version of the signer", |parts| {
                parts.info.version = CmsVersion::V3;
            }),
            ("lists of revoked certificates", |parts| {
                parts.data.crls = Some(cms::revocation::RevocationInfoChoices(SetOfVec::default()));
            }),
            ("another digest beside the signer's", |parts| {
                let own = parts.key.public().suite();
                let both = vec![own.digest_algorithm(), other(own).digest_algorithm()];
                parts.data.digest_algorithms = SetOfVec::try_from(both).unwrap();
            }),
            ("another digest than the signer's", |parts| {
                let other = other(parts.key.public().suite()).digest_algorithm();
                parts.data.digest_algorithms = SetOfVec::try_from(vec![other]).unwrap();
            }),
            ("no digest", |parts| {
                parts.data.digest_algorithms = SetOfVec::default();
            }),
            ("another kind of container", |parts| {
                parts.content_type = ID_DATA;
            }),
        ],
    );
}

#[test]
fn a_container_has_one_signer() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let written = Parts::new(suite).finish();
        let mut data = read_signed_data(&written).unwrap();
        let own = data.signer_infos.0.as_slice()[0].clone();
        let mut second = own.clone();
        second.signature = OctetString::new(vec![0x55; 64]).unwrap();
        for signers in [vec![], vec![own, second]] {
            data.signer_infos = SignerInfos::try_from(signers).unwrap();
            let refused = refusal(suite, &encoded(ID_SIGNED_DATA, &data));
            assert_eq!(refused, Some(Reason::SignatureFormat));
        }
    }
}

#[test]
fn a_container_is_followed_by_zeros_alone_and_is_bounded() {
    let written = Parts::new(Suite::P256).finish();
    let padded = |byte: u8, count: usize| [&written[..], &vec![byte; count]].concat();
    assert_eq!(refusal(Suite::P256, &padded(0, 9)), None);
    let format = Some(Reason::SignatureFormat);
    assert_eq!(refusal(Suite::P256, &padded(1, 1)), format);
    assert_eq!(
        refusal(Suite::P256, &padded(0, SIGNATURE_BYTES_MAX)),
        format
    );
    assert_eq!(refusal(Suite::P256, &written[..written.len() - 1]), format);
    assert_eq!(refusal(Suite::P256, b""), format);
}

#[test]
fn a_container_holds_the_signers_certificate_alone() {
    each_is(
        Reason::SignerCertificate,
        &[
            ("none", |parts| parts.data.certificates = None),
            ("an empty set", |parts| {
                parts.data.certificates = Some(CertificateSet::try_from(vec![]).unwrap());
            }),
            ("another's beside it", |parts| {
                let both = vec![certificate(&parts.signer), certificate(&stranger(parts))];
                parts.data.certificates = Some(CertificateSet::try_from(both).unwrap());
            }),
            ("another's in its place", |parts| {
                let other = vec![certificate(&stranger(parts))];
                parts.data.certificates = Some(CertificateSet::try_from(other).unwrap());
            }),
            ("another's name for the signer", |parts| {
                parts.info.sid = signer_identifier(&stranger(parts));
            }),
        ],
    );
}

#[test]
fn algorithms_are_the_pinned_suites_even_where_the_container_is_of_one_mind() {
    each_is(
        Reason::SuiteMismatch,
        &[
            ("digest", |parts| {
                let other = other(parts.key.public().suite()).digest_algorithm();
                parts.info.digest_alg = other.clone();
                parts.data.digest_algorithms = SetOfVec::try_from(vec![other]).unwrap();
            }),
            ("digest with parameters", |parts| {
                parts.info.digest_alg.parameters = Some(Any::null());
                let own = vec![parts.info.digest_alg.clone()];
                parts.data.digest_algorithms = SetOfVec::try_from(own).unwrap();
            }),
            ("signature", |parts| {
                let own = parts.key.public().suite();
                parts.info.signature_algorithm = other(own).signature_algorithm();
            }),
        ],
    );
}

#[test]
fn a_signature_is_the_keys_own_over_the_attributes() {
    each_is(
        Reason::SignatureWrong,
        &[
            ("another key", |parts| {
                parts.key = SecretKey::generate(parts.key.public().suite());
            }),
            ("over the content", |parts| {
                parts.signs = Some(b"content".to_vec());
            }),
        ],
    );
}

#[test]
fn the_higher_s_in_a_container_is_wrong_though_the_curve_accepts_it() {
    let mut data = read_signed_data(&Parts::new(Suite::P256).finish()).unwrap();
    let mut info = data.signer_infos.0.as_slice()[0].clone();
    let lower = p256::ecdsa::Signature::from_der(info.signature.as_bytes()).unwrap();
    let (r, s) = lower.split_scalars();
    let higher = p256::ecdsa::Signature::from_scalars(*r, -*s).unwrap();
    info.signature = OctetString::new(higher.to_der().as_bytes()).unwrap();
    data.signer_infos = SignerInfos::try_from(vec![info]).unwrap();
    let refused = refusal(Suite::P256, &encoded(ID_SIGNED_DATA, &data));
    assert_eq!(refused, Some(Reason::SignatureWrong));
}

#[test]
fn a_key_of_another_suite_than_the_algorithms_that_are_named() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let mut parts = Parts::new(suite);
        let other = other(suite);
        parts.info.digest_alg = other.digest_algorithm();
        parts.info.signature_algorithm = other.signature_algorithm();
        let digests = vec![other.digest_algorithm()];
        parts.data.digest_algorithms = SetOfVec::try_from(digests).unwrap();
        parts.replace(protection(other, other));
        let refused = refusal(other, &parts.finish());
        assert_eq!(refused, Some(Reason::SuiteMismatch));
    }
}
