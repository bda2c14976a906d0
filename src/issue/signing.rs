//! The keys at work: the data proof, the signature, and the examination that follows it.

use jiff::Timestamp;
use serde_json::Value;

use crate::seal::{self, DataSigner, DocumentSigner, Statement, TrustStore};
use crate::verify::{self, Conclusion};

/// What the signature of a transcript says it is for.
pub(super) const TRANSCRIPT: &str = "Official transcript";
/// The same of a compliance report.
pub(super) const REPORT: &str = "Compliance report, court edition";

/// The open keys of an office.
#[derive(Debug)]
pub struct Signing {
    /// Signs the files.
    pub document: DocumentSigner,
    /// Signs the data inside.
    pub data: DataSigner,
    /// The district's own roots, against which each file is examined before it counts.
    pub trust: TrustStore,
}

impl Signing {
    /// The proof of a model.
    pub(super) fn proof_of(&self, model: &Value, issued_at: Timestamp) -> Result<Value, String> {
        seal::proof_of(model, &self.data, issued_at).map_err(|error| error.to_string())
    }

    /// The file signed, and examined exactly as a stranger will examine it.
    pub(super) fn sign(
        &self,
        pdf: &[u8],
        reason: &'static str,
        issued_at: Timestamp,
    ) -> Result<Vec<u8>, String> {
        let statement = Statement {
            reason,
            signed_at: issued_at,
        };
        let signed =
            seal::sign(pdf, &self.document, &statement).map_err(|error| error.to_string())?;
        let answer = verify::examine(&signed, &self.trust);
        if answer.conclusion == Conclusion::Valid {
            return Ok(signed);
        }
        let failed = answer.facts.iter().find(|fact| fact.outcome == "failed");
        let why = failed.map_or("no fact was examined", |fact| fact.sentence.as_str());
        Err(format!("the signed file did not pass our own check: {why}"))
    }
}
