//! The mirror of `issue`: one file to one typed answer, each fact apart.
//!
//! Joins what `seal` says of the file and of the data inside with whether the two agree. The
//! command, the web page and the issuer itself (before a row says issued) all ask here, so that
//! what was issued is what will be accepted.
//!
//! Never: an average of facts. One false fact is a refusal; an unknown issuer is its own word; the
//! document's content is given only when everything holds.

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::exchange::{self, Document};
use crate::seal::{self, Attachment, Outcome, SignedBy, TrustStore};

/// The answer about one file.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// What it comes to.
    pub conclusion: Conclusion,
    /// Every fact, in the order of examination.
    pub facts: Vec<FactLine>,
    /// Who signed, as far as that could be read; worth as much as the facts.
    pub signed_by: Option<SignedBy>,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// What the document says; only when every fact holds.
    pub document: Option<Document>,
}

/// What the facts come to. There is no word between valid and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Every fact holds.
    Valid,
    /// The file is as it was signed, by somebody whom this trust store does not know.
    UnknownIssuer,
    /// A PDF without a signature.
    NotSigned,
    /// Some fact does not hold.
    Invalid,
}

impl Conclusion {
    /// What a person should take from it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Valid => "Valid: this is exactly what the issuer signed.",
            Self::UnknownIssuer => {
                "Unknown issuer: the file is as it was signed, but nobody you trust vouches for \
                 the signer."
            }
            Self::NotSigned => "Not signed: nobody vouches for this file.",
            Self::Invalid => "Not valid: do not rely on this file.",
        }
    }
}

/// One fact and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactLine {
    /// The stable name of the fact.
    pub fact: &'static str,
    /// `ok`, `failed` or `not_reached`.
    pub outcome: &'static str,
    /// The stable name of the reason, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What holds, or what does not, in plain words.
    pub sentence: String,
}

impl FactLine {
    fn new(fact: &'static str, holds: &'static str, outcome: Outcome) -> Self {
        let reason = outcome.reason();
        let sentence = match (outcome, reason) {
            (Outcome::NotReached, _) => format!("Not examined: {holds}"),
            (_, Some(reason)) => reason.sentence().to_owned(),
            _ => holds.to_owned(),
        };
        Self {
            fact,
            outcome: outcome.word(),
            code: reason.map(seal::Reason::code),
            sentence,
        }
    }

    fn holds(&self) -> bool {
        self.outcome == "ok"
    }
}

/// Why the data inside a document does not fit the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disagreement {
    NoData,
    OtherAttachments,
    Unreadable,
    OtherIssuer,
    OtherMoment,
    NotOfficial,
}

impl Disagreement {
    fn code(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::OtherAttachments => "other_attachments",
            Self::Unreadable => "data_unreadable",
            Self::OtherIssuer => "other_issuer",
            Self::OtherMoment => "other_moment",
            Self::NotOfficial => "not_official",
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoData => "The document does not carry its data.",
            Self::OtherAttachments => "The attached files are not those that the data lists.",
            Self::Unreadable => "The data inside does not read as that of a document.",
            Self::OtherIssuer => "The data was signed by another issuer than the document.",
            Self::OtherMoment => "The data was signed at another moment than the document.",
            Self::NotOfficial => "The data inside is that of an unofficial copy.",
        })
    }
}

/// Examines one file against the pinned roots. Any bytes may be given.
pub fn examine(bytes: &[u8], trust: &TrustStore) -> Answer {
    let seal::Examination {
        verdict,
        attachments,
    } = seal::verify(bytes, trust);
    let mut facts: Vec<FactLine> = verdict
        .facts()
        .map(|(fact, outcome)| FactLine::new(fact.code(), fact.sentence(), outcome))
        .collect();
    let listed = verdict.outcome(seal::Fact::AttachmentsReadable).is_ok();
    let data = data_of(&attachments);
    let json = data.as_ref().ok().and_then(Option::as_ref);
    let proof = json.map(|(_, json)| seal::verify_proof(json, trust));
    for fact in seal::ProofFact::ALL {
        let outcome = proof
            .as_ref()
            .map_or(Outcome::NotReached, |proof| proof.outcome(fact));
        facts.push(FactLine::new(fact.code(), fact.sentence(), outcome));
    }
    let agreement = match (&verdict.signed_by, data) {
        (Some(document), Ok(json)) if listed => {
            let signer = proof.as_ref().and_then(|proof| proof.signed_by.as_ref());
            agree(json, &attachments, document, signer)
        }
        (Some(_), Err(why)) => Agreement::Fails(why),
        _ => Agreement::NotReached,
    };
    facts.push(agreement.line());
    let agreed = agreement.document();
    let proof_valid = proof.as_ref().is_some_and(seal::ProofVerdict::is_valid);
    let conclusion = if facts.iter().all(FactLine::holds) {
        Conclusion::Valid
    } else if verdict.is_of_unknown_issuer() && agreed.is_some() && !proof_valid {
        unknown_or_invalid(proof.as_ref())
    } else if verdict
        .first_failure()
        .is_some_and(|(_, why)| why == seal::Reason::Unsigned)
    {
        Conclusion::NotSigned
    } else {
        Conclusion::Invalid
    };
    Answer {
        document: agreed.filter(|_| conclusion == Conclusion::Valid),
        conclusion,
        facts,
        signed_by: verdict.signed_by,
        sha256: hex::encode(Sha256::digest(bytes)),
    }
}

/// Whether the data's proof, too, lacks nothing but a known issuer.
fn unknown_or_invalid(proof: Option<&seal::ProofVerdict>) -> Conclusion {
    let intact = proof.is_some_and(|p| p.outcome(seal::ProofFact::DataIntact).is_ok());
    if intact {
        Conclusion::UnknownIssuer
    } else {
        Conclusion::Invalid
    }
}

/// The data in one attachment, with its name, where there is such a one and it is exact JSON. A
/// second one beside it is not what the data lists.
fn data_of(attachments: &[Attachment]) -> Result<Option<Data<'_>>, Disagreement> {
    let mut files = attachments.iter();
    let data = files.find(|attachment| exchange::is_data(&attachment.name));
    let read = |file: &Attachment| seal::parse_data(&file.content);
    data.map(|file| {
        Ok((
            &*file.name,
            read(file).map_err(|_| Disagreement::Unreadable)?,
        ))
    })
    .transpose()
}

/// A data file: its name, and what it holds.
type Data<'a> = (&'a str, serde_json::Value);

/// Whether the data and the document belong together.
enum Agreement {
    Agrees(Document),
    Fails(Disagreement),
    /// The file did not hold well enough to take the data out, or the data names no signer.
    NotReached,
}

impl Agreement {
    fn document(self) -> Option<Document> {
        match self {
            Self::Agrees(document) => Some(document),
            Self::Fails(_) | Self::NotReached => None,
        }
    }

    fn line(&self) -> FactLine {
        let holds = "The data inside belongs to this document and lists what is attached.";
        let (outcome, code, sentence) = match self {
            Self::Agrees(_) => ("ok", None, holds.to_owned()),
            Self::Fails(why) => ("failed", Some(why.code()), why.to_string()),
            Self::NotReached => ("not_reached", None, format!("Not examined: {holds}")),
        };
        FactLine {
            fact: "data_agrees",
            outcome,
            code,
            sentence,
        }
    }
}

/// The data reads, lists exactly the attached files, and was signed by the same issuer at the same
/// moment as the document.
fn agree(
    data_file: Option<Data<'_>>,
    attachments: &[Attachment],
    document: &SignedBy,
    data: Option<&SignedBy>,
) -> Agreement {
    let Some((name, json)) = data_file else {
        return Agreement::Fails(Disagreement::NoData);
    };
    let Ok(read) = exchange::read_document(name, json) else {
        return Agreement::Fails(Disagreement::Unreadable);
    };
    if !lists(&read, attachments) {
        return Agreement::Fails(Disagreement::OtherAttachments);
    }
    let Some(data) = data else {
        return Agreement::NotReached;
    };
    if document.issuer != data.issuer || document.root_key_id != data.root_key_id {
        return Agreement::Fails(Disagreement::OtherIssuer);
    }
    if document.signed_at.as_second() != data.signed_at.as_second() {
        return Agreement::Fails(Disagreement::OtherMoment);
    }
    if !read.is_official() {
        return Agreement::Fails(Disagreement::NotOfficial);
    }
    Agreement::Agrees(read)
}

/// Whether the data lists exactly the attached files, itself among them.
fn lists(document: &Document, attachments: &[Attachment]) -> bool {
    let mut listed = document.listed();
    let mut found: Vec<_> = attachments
        .iter()
        .map(|file| (file.name.as_str(), file.media_type.as_str()))
        .collect();
    listed.sort_unstable();
    found.sort_unstable();
    listed == found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colleges' programs compare these words: one may be added, none renamed or taken away.
    #[test]
    fn every_code_is_the_one_that_was_promised() {
        let why = [
            Disagreement::NoData,
            Disagreement::OtherAttachments,
            Disagreement::Unreadable,
            Disagreement::OtherIssuer,
            Disagreement::OtherMoment,
            Disagreement::NotOfficial,
        ];
        let codes = "no_data other_attachments data_unreadable other_issuer other_moment \
                     not_official";
        assert_eq!(why.map(Disagreement::code).join(" "), codes);
        let conclusions = [
            Conclusion::Valid,
            Conclusion::UnknownIssuer,
            Conclusion::NotSigned,
            Conclusion::Invalid,
        ];
        let words = ["valid", "unknown_issuer", "not_signed", "invalid"];
        assert_eq!(serde_json::json!(conclusions), serde_json::json!(words));
        let answer = examine(b"", &TrustStore::default());
        let facts: Vec<&str> = answer.facts.iter().map(|line| line.fact).collect();
        let own = "readable signed nothing_added_since changes_forbidden whole_file_covered \
                   digest_intact signature_valid signer_trusted key_valid_when_signed \
                   attachments_readable data_intact data_signer_trusted \
                   data_key_valid_when_signed data_agrees";
        assert_eq!(facts.join(" "), own);
    }
}
