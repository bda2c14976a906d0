//! Signs a rendered PDF: one certification signature, PAdES baseline B-B, no changes allowed.
//!
//! `pack` writes the file with a gap, `cms` the signature that fills it. The same file, signer and
//! statement give the same bytes. Sign with [`sign`], then examine the result with
//! [`verify`](super::verify()) before anything is recorded as issued.

use jiff::Timestamp;

use super::cms;
use super::name::is_deceptive;
use super::pack::{self, Inscription};
use super::signer::DocumentSigner;
use super::unsigned::UnsignedError;

/// The longest reason for signing, in bytes.
pub const REASON_BYTES_MAX: usize = 200;

/// What the signer states beside the document itself.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Why it is signed, for a person to read: "Official transcript". At most
    /// [`REASON_BYTES_MAX`] bytes.
    pub reason: &'a str,
    /// The moment of signing; written in whole seconds.
    pub signed_at: Timestamp,
}

/// Why a document was not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The file is not one that the renderer wrote.
    #[error(transparent)]
    Unsigned(#[from] UnsignedError),
    /// The key's certificate does not cover the moment of signing.
    #[error(
        "document key {key_id} is valid from {from} to {to}, not at {signed_at}\nhint: check the \
         clock, or make a new key with `registrar key rotate`"
    )]
    KeyNotValid {
        /// The key's id.
        key_id: String,
        /// The first moment of validity.
        from: Timestamp,
        /// The last moment of validity.
        to: Timestamp,
        /// The moment asked for.
        signed_at: Timestamp,
    },
    /// The reason is too long or holds control characters.
    #[error("a reason for signing has 1 to {REASON_BYTES_MAX} bytes without control characters")]
    Reason,
    /// The signature could not be put together.
    #[error("the signature could not be encoded")]
    Encoding,
}

/// Packs `pdf` into one revision and signs it; gives the whole signed file.
///
/// # Errors
/// [`SignError`]; nothing is signed then.
pub fn sign(
    pdf: &[u8],
    signer: &DocumentSigner,
    statement: &Statement<'_>,
) -> Result<Vec<u8>, SignError> {
    let certificate = signer.certificate();
    let signed_at = statement.signed_at;
    if !certificate.is_valid_at(signed_at) {
        let (from, to) = certificate.validity();
        let key_id = certificate.key_id();
        return Err(SignError::KeyNotValid {
            key_id,
            from,
            to,
            signed_at,
        });
    }
    let reason = statement.reason;
    if !is_reason(reason) {
        return Err(SignError::Reason);
    }
    let name = certificate.name().unwrap_or_default();
    let inscription = Inscription {
        name: &name,
        reason,
        signed_at,
    };
    let room = cms::room(certificate).map_err(|_| SignError::Encoding)?;
    let prepared = pack::prepare(pdf, &inscription, room)?;
    let digest = certificate.key().suite().digest(&prepared.signed_parts());
    let container = cms::write(certificate, &digest, |message| signer.0.key.sign(message));
    let container = container.map_err(|_| SignError::Encoding)?;
    prepared.finish(&container).ok_or(SignError::Encoding)
}

/// Whether a text can be a reason for signing: one short line that shows as it is.
pub(super) fn is_reason(text: &str) -> bool {
    (1..=REASON_BYTES_MAX).contains(&text.len()) && !text.chars().any(is_deceptive)
}
