//! Pure conversions of a model into what other machines read; today JSON.
//!
//! Owns the shape of `transcript.json`: the model's own fields, and beside them the proof that
//! `seal` makes of them.
//!
//! Never: a key, a file, a rule. Next: `issue` asks for these bytes before it renders.

#![deny(clippy::float_arithmetic)]

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::transcript::{FORMAT, Transcript};

/// Why a text is not a transcript of this version.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The `format` field names another version or nothing at all.
    #[error("the data says format `{found}`, and this program reads `{FORMAT}`")]
    Format {
        /// What it names.
        found: String,
    },
    /// A field is missing, unknown or of another type.
    #[error("the data does not read as a transcript: {0}")]
    Shape(serde_json::Error),
}

/// The model as JSON, without a proof.
pub fn transcript_json(transcript: &Transcript) -> Value {
    serde_json::to_value(transcript).expect("a model has only text keys and no float")
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
pub fn read_transcript(mut json: Value) -> Result<Transcript, ExchangeError> {
    if let Some(object) = json.as_object_mut() {
        object.remove("proof");
    }
    let found = json
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if found != FORMAT {
        return Err(ExchangeError::Format {
            found: found.to_owned(),
        });
    }
    serde_json::from_value(json).map_err(ExchangeError::Shape)
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
