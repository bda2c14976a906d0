//! Pure conversions of a model into what other machines read; today JSON.
//!
//! Owns the shape of `transcript.json` and `compliance.json`: the model's own fields, and beside
//! them the proof that `seal` makes of them; and the schema of each.
//!
//! Never: a key, a file, a rule. Next: `issue` asks for these bytes before it renders.

#![deny(clippy::float_arithmetic)]

mod schema;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::compliance::report::{ComplianceReport, REPORT_ATTACHMENT_NAME, REPORT_FORMAT};
use crate::transcript::{ATTACHMENT_NAME, Edition, FORMAT, Transcript};

pub use schema::{Model, schema};

/// Why a text is no model of this version.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The `format` field names another version or nothing at all.
    #[error("the data says format `{found}`, and this program reads `{reads}`")]
    Format {
        /// What it names.
        found: String,
        /// What is read.
        reads: &'static str,
    },
    /// A field is missing, unknown or of another type.
    #[error("the data does not read as {what}: {error}")]
    Shape {
        /// What it says it is.
        what: &'static str,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

/// What a signed file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Document {
    /// A student's transcript.
    Transcript(Box<Transcript>),
    /// What a decree comes to.
    Compliance(Box<ComplianceReport>),
}

impl Document {
    /// The transcript, where it is one.
    pub fn into_transcript(self) -> Option<Transcript> {
        match self {
            Self::Transcript(transcript) => Some(*transcript),
            Self::Compliance(_) => None,
        }
    }

    /// The files that it lists, each with its media type.
    pub fn listed(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Transcript(it) => {
                let files = it.attachments.iter();
                files.map(|it| (&*it.name, &*it.media_type)).collect()
            }
            Self::Compliance(it) => {
                let files = it.attachments.iter();
                files.map(|it| (&*it.name, &*it.media_type)).collect()
            }
        }
    }

    /// Whether it says of itself that it is what its issuer signs.
    pub fn is_official(&self) -> bool {
        match self {
            Self::Transcript(it) => it.document.edition == Edition::Official,
            Self::Compliance(it) => !it.document.draft,
        }
    }
}

/// The model as JSON, without a proof.
pub fn transcript_json(transcript: &Transcript) -> Value {
    serde_json::to_value(transcript).expect("a model has only text keys and no float")
}

/// The model as JSON, without a proof.
pub fn compliance_json(report: &ComplianceReport) -> Value {
    serde_json::to_value(report).expect("a model has only text keys and no float")
}

/// The text of a model, as it is laid out and attached.
pub fn text(model: &Value) -> Vec<u8> {
    serde_json::to_vec(model).expect("a model has only text keys and no float")
}

/// The [`text`] of a model with its proof, which stands last.
///
/// # Panics
/// When `text` is not that of an object with members.
pub fn proven_text(text: &[u8], proof: &Value) -> Vec<u8> {
    let members = text.strip_suffix(b"}").filter(|members| members.len() > 1);
    let members = members.expect("a model is an object with members");
    let proof = serde_json::to_vec(proof).expect("a proof has only text");
    [members, b",\"proof\":", &proof, b"}"].concat()
}

/// Reads a model back from JSON; a `proof` beside its fields was checked by `seal` and is left out.
///
/// # Errors
/// [`ExchangeError`], where it is not a transcript of this version.
pub fn read_transcript(json: Value) -> Result<Transcript, ExchangeError> {
    read(json, FORMAT, "a transcript")
}

/// The same of a compliance report.
///
/// # Errors
/// [`ExchangeError`], where it is no compliance report of this version.
pub fn read_compliance(json: Value) -> Result<ComplianceReport, ExchangeError> {
    read(json, REPORT_FORMAT, "a compliance report")
}

/// Whether a file of this name holds the data of a document.
pub fn is_data(name: &str) -> bool {
    [ATTACHMENT_NAME, REPORT_ATTACHMENT_NAME].contains(&name)
}

/// Reads what the data file of this name says.
///
/// # Errors
/// [`ExchangeError`], where it is not the model that such a file holds, in this version.
pub fn read_document(name: &str, json: Value) -> Result<Document, ExchangeError> {
    if name == REPORT_ATTACHMENT_NAME {
        let report = read_compliance(json)?;
        return Ok(Document::Compliance(Box::new(report)));
    }
    let transcript = read_transcript(json)?;
    Ok(Document::Transcript(Box::new(transcript)))
}

fn read<T: DeserializeOwned>(
    mut json: Value,
    reads: &'static str,
    what: &'static str,
) -> Result<T, ExchangeError> {
    if let Some(object) = json.as_object_mut() {
        object.remove("proof");
    }
    let found = json.get("format").and_then(Value::as_str);
    let found = found.unwrap_or_default();
    if found != reads {
        let found = found.to_owned();
        return Err(ExchangeError::Format { found, reads });
    }
    serde_json::from_value(json).map_err(|error| ExchangeError::Shape { what, error })
}

/// SHA-256 of what a document says, whatever its id: equal digests are the same statement about the
/// same person on the same day. Taken of the model's JSON, its members in the model's order.
/// The id is taken out for this and put back.
pub fn input_digest(model: &mut Value) -> [u8; 32] {
    const ID: &str = "/document/id";
    let id = model.pointer_mut(ID).map(Value::take);
    let digest = Sha256::digest(text(model)).into();
    if let (Some(place), Some(id)) = (model.pointer_mut(ID), id) {
        *place = id;
    }
    digest
}
