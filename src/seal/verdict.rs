//! What verification found: separate facts, each with a stable code and a plain sentence.
//!
//! One false fact is never averaged into a green tick: a document is valid only when every fact
//! holds. "Unknown issuer" is another word than "invalid": the first means that nobody vouches for
//! the signer, the second that the document is not what was signed.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::suite::Suite;

/// One thing that can be true or false about a signed file, in the order of examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// It is a PDF of a size that is examined.
    Readable,
    /// It carries a signature.
    Signed,
    /// The file is one revision in the exact form that Registrar writes.
    NothingAddedSince,
    /// The signature certifies the document and forbids every change (DocMDP P = 1).
    ChangesForbidden,
    /// The signature covers every byte of the file but itself.
    WholeFileCovered,
    /// The file's content has the digest that was signed.
    DigestIntact,
    /// The signature was made by the key in the signer's certificate.
    SignatureValid,
    /// A pinned root vouches for the signer's certificate as a document key.
    SignerTrusted,
    /// The certificate and its root were valid at the claimed moment of signing.
    KeyValidWhenSigned,
    /// The attached files are listed, named once, and readable.
    AttachmentsReadable,
}

impl Fact {
    /// Every fact, in the order of examination.
    pub const ALL: [Self; 10] = [
        Self::Readable,
        Self::Signed,
        Self::NothingAddedSince,
        Self::ChangesForbidden,
        Self::WholeFileCovered,
        Self::DigestIntact,
        Self::SignatureValid,
        Self::SignerTrusted,
        Self::KeyValidWhenSigned,
        Self::AttachmentsReadable,
    ];

    /// The stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Signed => "signed",
            Self::NothingAddedSince => "nothing_added_since",
            Self::ChangesForbidden => "changes_forbidden",
            Self::WholeFileCovered => "whole_file_covered",
            Self::DigestIntact => "digest_intact",
            Self::SignatureValid => "signature_valid",
            Self::SignerTrusted => "signer_trusted",
            Self::KeyValidWhenSigned => "key_valid_when_signed",
            Self::AttachmentsReadable => "attachments_readable",
        }
    }

    /// What it means that the fact holds.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Readable => "The file is a PDF.",
            Self::Signed => "The file carries a signature.",
            Self::NothingAddedSince => "Nothing was added to the file after it was signed.",
            Self::ChangesForbidden => "The signature certifies the document and forbids changes.",
            Self::WholeFileCovered => "The signature covers the whole file.",
            Self::DigestIntact => "The content is exactly what was signed.",
            Self::SignatureValid => "The signature was made with the key of the certificate.",
            Self::SignerTrusted => "An issuer you trust vouches for the signer.",
            Self::KeyValidWhenSigned => "The signer's key was valid when it signed.",
            Self::AttachmentsReadable => "The attached files are listed and readable.",
        }
    }
}

/// Why a fact does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Larger than [`FILE_BYTES_MAX`](super::FILE_BYTES_MAX).
    FileTooLarge,
    /// Does not begin as a PDF.
    NotAPdf,
    /// No signature anywhere.
    Unsigned,
    /// The first lines are not those of a file that Registrar signed.
    ForeignForm,
    /// Bytes follow the last line.
    BytesAfterEnd,
    /// The end of the file is missing.
    Truncated,
    /// The file was saved again after signing.
    MoreThanOneRevision,
    /// The cross-reference stream does not describe this file.
    CrossReference,
    /// Objects do not follow one another without gaps.
    Objects,
    /// An object stream is not in its one form, or unpacks beyond the limit.
    ObjectStream,
    /// The catalog holds something that a certified document may not.
    Catalog,
    /// Not exactly one signature field of the known form.
    SignatureField,
    /// The signature dictionary is not of the known form.
    SignatureDictionary,
    /// The signature does not certify, or allows changes.
    Certification,
    /// The signed range leaves out more or less than the signature.
    ByteRange,
    /// The signature is not the one spelling of itself.
    SignatureContents,
    /// The signature container is not in the one allowed form.
    SignatureFormat,
    /// The signed attributes are not exactly those that PAdES asks for.
    SignedAttributes,
    /// The algorithms are not those of the pinned key.
    SuiteMismatch,
    /// The container does not hold exactly the signer's certificate.
    SignerCertificate,
    /// The content has another digest than the signed one.
    DigestMismatch,
    /// The key did not make this signature.
    SignatureWrong,
    /// No pinned root has the name and key that the certificate gives as its issuer.
    UnknownIssuer,
    /// The certificate names a pinned root that did not sign it.
    CertificateForged,
    /// The certificate is for another work than signing this.
    WrongPurpose,
    /// Signed before the certificate or its root began.
    KeyNotYetValid,
    /// Signed after the certificate or its root had ended.
    KeyExpired,
    /// Attachments are hidden, named twice, or not of the known form.
    Attachments,
    /// Attachments unpack beyond the limit.
    AttachmentsTooLarge,
    /// The data carries no proof.
    ProofMissing,
    /// The proof is not in the one allowed form.
    ProofFormat,
    /// The data or the proof's options are not what was signed.
    ProofWrong,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 32] = [
        Self::FileTooLarge,
        Self::NotAPdf,
        Self::Unsigned,
        Self::ForeignForm,
        Self::BytesAfterEnd,
        Self::Truncated,
        Self::MoreThanOneRevision,
        Self::CrossReference,
        Self::Objects,
        Self::ObjectStream,
        Self::Catalog,
        Self::SignatureField,
        Self::SignatureDictionary,
        Self::Certification,
        Self::ByteRange,
        Self::SignatureContents,
        Self::SignatureFormat,
        Self::SignedAttributes,
        Self::SuiteMismatch,
        Self::SignerCertificate,
        Self::DigestMismatch,
        Self::SignatureWrong,
        Self::UnknownIssuer,
        Self::CertificateForged,
        Self::WrongPurpose,
        Self::KeyNotYetValid,
        Self::KeyExpired,
        Self::Attachments,
        Self::AttachmentsTooLarge,
        Self::ProofMissing,
        Self::ProofFormat,
        Self::ProofWrong,
    ];

    /// The stable machine code.
    pub fn code(self) -> &'static str {
        match self {
            Self::FileTooLarge => "file_too_large",
            Self::NotAPdf => "not_a_pdf",
            Self::Unsigned => "unsigned",
            Self::ForeignForm => "foreign_form",
            Self::BytesAfterEnd => "bytes_after_end",
            Self::Truncated => "truncated",
            Self::MoreThanOneRevision => "more_than_one_revision",
            Self::CrossReference => "cross_reference",
            Self::Objects => "objects",
            Self::ObjectStream => "object_stream",
            Self::Catalog => "catalog",
            Self::SignatureField => "signature_field",
            Self::SignatureDictionary => "signature_dictionary",
            Self::Certification => "certification",
            Self::ByteRange => "byte_range",
            Self::SignatureContents => "signature_contents",
            Self::SignatureFormat => "signature_format",
            Self::SignedAttributes => "signed_attributes",
            Self::SuiteMismatch => "suite_mismatch",
            Self::SignerCertificate => "signer_certificate",
            Self::DigestMismatch => "digest_mismatch",
            Self::SignatureWrong => "signature_wrong",
            Self::UnknownIssuer => "unknown_issuer",
            Self::CertificateForged => "certificate_forged",
            Self::WrongPurpose => "wrong_purpose",
            Self::KeyNotYetValid => "key_not_yet_valid",
            Self::KeyExpired => "key_expired",
            Self::Attachments => "attachments",
            Self::AttachmentsTooLarge => "attachments_too_large",
            Self::ProofMissing => "proof_missing",
            Self::ProofFormat => "proof_format",
            Self::ProofWrong => "proof_wrong",
        }
    }

    /// The reason in words for the person who checks a document.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::FileTooLarge => "The file is larger than any document this program signs.",
            Self::NotAPdf => "The file is not a PDF.",
            Self::Unsigned => "The file carries no signature: it is not an official document.",
            Self::ForeignForm => {
                "The beginning of the file was changed, or another program made the file."
            }
            Self::BytesAfterEnd => "Something was appended to the file after it was signed.",
            Self::Truncated => "The end of the file is missing; it may be an incomplete download.",
            Self::MoreThanOneRevision => "The file was changed and saved again after signing.",
            Self::CrossReference => "The file's index does not describe this file.",
            Self::Objects => "The file holds parts that the signed document did not have.",
            Self::ObjectStream => "A packed part of the file is not as it was signed.",
            Self::Catalog => "The document holds actions or settings that are not allowed.",
            Self::SignatureField => "The signature field is missing, changed, or not alone.",
            Self::SignatureDictionary => "The signature's description was changed.",
            Self::Certification => "The signature does not forbid changes to the document.",
            Self::ByteRange => "The signature does not cover the whole file.",
            Self::SignatureContents => "The signature was rewritten or damaged.",
            Self::SignatureFormat => "The signature is not in the form this program accepts.",
            Self::SignedAttributes => "The signature's attributes are not the required ones.",
            Self::SuiteMismatch => "The signature uses other algorithms than the trusted issuer.",
            Self::SignerCertificate => "The signer's certificate is missing, damaged or not alone.",
            Self::DigestMismatch => "The content was changed after it was signed.",
            Self::SignatureWrong => "The signature was not made with the key of the certificate.",
            Self::UnknownIssuer => {
                "The issuer is not among those you trust: ask the school for its root certificate."
            }
            Self::CertificateForged => {
                "The signer's certificate names an issuer you trust who did not make it."
            }
            Self::WrongPurpose => "The signer's key may not be used to sign this.",
            Self::KeyNotYetValid => "The document claims to be signed before its key was valid.",
            Self::KeyExpired => "The document was signed after its key had expired.",
            Self::Attachments => "The attached files are hidden, doubled or damaged.",
            Self::AttachmentsTooLarge => "The attached files are larger than is examined.",
            Self::ProofMissing => "The data carries no proof of its own.",
            Self::ProofFormat => "The data's proof is not in the form this program accepts.",
            Self::ProofWrong => "The data was changed after it was signed.",
        }
    }
}

/// What became of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It holds.
    Ok,
    /// It does not hold.
    Failed(Reason),
    /// An earlier failure left nothing to examine.
    NotReached,
}

impl Outcome {
    /// Whether the fact holds.
    pub fn is_ok(self) -> bool {
        self == Self::Ok
    }

    /// `ok`, `failed` or `not_reached`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(_) => "failed",
            Self::NotReached => "not_reached",
        }
    }

    /// Why the fact does not hold, where it was reached and does not.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Failed(reason) => Some(reason),
            Self::Ok | Self::NotReached => None,
        }
    }
}

impl From<Result<(), Reason>> for Outcome {
    fn from(result: Result<(), Reason>) -> Self {
        result.map_or_else(Self::Failed, |()| Self::Ok)
    }
}

/// Serialized as `{"outcome": "failed", "code": "digest_mismatch", "sentence": "…"}`.
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reason = self.reason();
        let mut fields = serializer.serialize_struct("Outcome", 3)?;
        fields.serialize_field("outcome", self.word())?;
        match reason {
            Some(reason) => {
                fields.serialize_field("code", reason.code())?;
                fields.serialize_field("sentence", reason.sentence())?;
            }
            None => {
                fields.skip_field("code")?;
                fields.skip_field("sentence")?;
            }
        }
        fields.end()
    }
}

/// One fact with its outcome, as both kinds of verdict are serialized.
#[derive(Serialize)]
pub(super) struct Line {
    fact: &'static str,
    #[serde(flatten)]
    outcome: Outcome,
}

impl Line {
    pub fn new(fact: &'static str, outcome: Outcome) -> Self {
        Self { fact, outcome }
    }
}

/// Who signed, as the signature and the certificate say; worth as much as the facts beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedBy {
    /// The organisation in the certificate.
    pub organisation: Option<String>,
    /// Whether the certificate is marked as made for a demonstration.
    pub demo: bool,
    /// The certificate's subject (RFC 4514).
    pub subject: String,
    /// The certificate's issuer (RFC 4514).
    pub issuer: String,
    /// The certificate's serial number in hexadecimal.
    pub serial: String,
    /// The signing key's id.
    pub key_id: String,
    /// The certificate's SHA-256 in hexadecimal.
    pub certificate_sha256: String,
    /// The algorithms.
    pub suite: Suite,
    /// The claimed moment of signing (RFC 3339, UTC).
    #[serde(serialize_with = "as_text")]
    pub signed_at: jiff::Timestamp,
    /// The reason given for signing, for example "Official transcript"; empty for a data proof.
    pub reason: String,
    /// The id of the pinned root's key that vouches for the signer, where one does.
    pub root_key_id: Option<String>,
}

fn as_text<S: Serializer>(moment: &jiff::Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// The outcome of every fact about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    outcomes: [Outcome; Fact::ALL.len()],
    /// Who signed, where the signature could be read.
    pub signed_by: Option<SignedBy>,
}

impl Verdict {
    pub(super) fn unreached() -> Self {
        Self {
            outcomes: [Outcome::NotReached; Fact::ALL.len()],
            signed_by: None,
        }
    }

    /// Records an outcome and hands the result on, so that an examination can end with `?`.
    pub(super) fn record<T>(&mut self, fact: Fact, result: Result<T, Reason>) -> Result<T, Reason> {
        self.outcomes[fact as usize] = match &result {
            Ok(_) => Outcome::Ok,
            Err(reason) => Outcome::Failed(*reason),
        };
        result
    }

    pub(super) fn set(&mut self, fact: Fact, outcome: Outcome) {
        self.outcomes[fact as usize] = outcome;
    }

    /// The outcome of one fact.
    pub fn outcome(&self, fact: Fact) -> Outcome {
        self.outcomes[fact as usize]
    }

    /// Every fact with its outcome, in the order of examination.
    pub fn facts(&self) -> impl Iterator<Item = (Fact, Outcome)> {
        Fact::ALL.into_iter().zip(self.outcomes)
    }

    /// Whether every fact holds.
    pub fn is_valid(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.is_ok())
    }

    /// Whether the only thing missing is a root that vouches for the signer: the document is what
    /// was signed, by someone whom this trust store does not know.
    pub fn is_of_unknown_issuer(&self) -> bool {
        self.facts().all(|(fact, outcome)| match fact {
            Fact::SignerTrusted => outcome.reason() == Some(Reason::UnknownIssuer),
            Fact::KeyValidWhenSigned => outcome == Outcome::NotReached,
            _ => outcome.is_ok(),
        })
    }

    /// The first fact that does not hold, and why.
    pub fn first_failure(&self) -> Option<(Fact, Reason)> {
        self.facts()
            .find_map(|(fact, outcome)| Some((fact, outcome.reason()?)))
    }
}

/// Serialized as `{"valid": …, "facts": [{"fact": …, "outcome": …, …}], "signed_by": …}`.
impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facts: Vec<_> = self
            .facts()
            .map(|(fact, outcome)| Line::new(fact.code(), outcome))
            .collect();
        let mut fields = serializer.serialize_struct("Verdict", 3)?;
        fields.serialize_field("valid", &self.is_valid())?;
        fields.serialize_field("facts", &facts)?;
        fields.serialize_field("signed_by", &self.signed_by)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::seal::ProofFact;

    #[test]
    fn codes_are_unique_and_machine_readable() {
        let facts = Fact::ALL.map(Fact::code);
        let reasons = Reason::ALL.map(Reason::code);
        for codes in [&facts[..], &reasons[..]] {
            assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
            let plain = |code: &&str| code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(codes.iter().all(plain));
        }
        for (index, fact) in Fact::ALL.into_iter().enumerate() {
            assert_eq!(
                fact as usize, index,
                "the order of `ALL` is the order of the enum"
            );
        }
    }

    /// Colleges' programs compare these words: one may be added, none renamed or taken away.
    #[test]
    fn every_code_is_the_one_that_was_promised() {
        let facts = "readable signed nothing_added_since changes_forbidden whole_file_covered \
                     digest_intact signature_valid signer_trusted key_valid_when_signed \
                     attachments_readable";
        let proof_facts = "data_intact data_signer_trusted data_key_valid_when_signed";
        let reasons = "file_too_large not_a_pdf unsigned foreign_form bytes_after_end truncated \
                       more_than_one_revision cross_reference objects object_stream catalog \
                       signature_field signature_dictionary certification byte_range \
                       signature_contents signature_format signed_attributes suite_mismatch \
                       signer_certificate digest_mismatch signature_wrong unknown_issuer \
                       certificate_forged wrong_purpose key_not_yet_valid key_expired attachments \
                       attachments_too_large proof_missing proof_format proof_wrong";
        assert_eq!(Fact::ALL.map(Fact::code).join(" "), facts);
        assert_eq!(ProofFact::ALL.map(ProofFact::code).join(" "), proof_facts);
        assert_eq!(Reason::ALL.map(Reason::code).join(" "), reasons);
        let outcomes = [
            Outcome::Ok,
            Outcome::Failed(Reason::Objects),
            Outcome::NotReached,
        ];
        let words = outcomes.map(Outcome::word).join(" ");
        assert_eq!(words, "ok failed not_reached");
    }

    #[test]
    fn one_false_fact_makes_the_verdict_false() {
        for fact in Fact::ALL {
            let mut verdict = Verdict::unreached();
            Fact::ALL
                .into_iter()
                .for_each(|fact| verdict.set(fact, Outcome::Ok));
            assert!(verdict.is_valid());
            verdict.set(fact, Outcome::NotReached);
            assert!(!verdict.is_valid());
            verdict.set(fact, Outcome::Failed(Reason::Unsigned));
            assert!(!verdict.is_valid());
            assert_eq!(verdict.first_failure(), Some((fact, Reason::Unsigned)));
        }
    }

    #[test]
    fn the_json_of_a_verdict_is_stable() {
        let mut verdict = Verdict::unreached();
        verdict.set(Fact::Readable, Outcome::Ok);
        verdict.set(Fact::Signed, Outcome::Failed(Reason::Unsigned));
        let json = serde_json::to_value(&verdict).unwrap();
        assert_eq!(json["valid"], false);
        assert_eq!(
            json["facts"][0],
            serde_json::json!({"fact": "readable", "outcome": "ok"})
        );
        assert_eq!(json["facts"][1]["code"], "unsigned");
        assert_eq!(json["facts"][9]["outcome"], "not_reached");
    }
}
