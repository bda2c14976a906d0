//! Keys, certificates, signatures on PDF files and on data, and the strict verifier.

mod attachment;
mod certificate;
mod cms;
mod keyfile;
mod keys;
mod layout;
mod object;
mod pack;
mod proof;
mod sign;
mod signer;
mod suite;
mod trust;
mod unsigned;
mod verdict;
mod verify;

pub use attachment::{ATTACHMENTS_BYTES_MAX, ATTACHMENTS_MAX, Attachment};
pub use certificate::{Certificate, CertificateError, Issuer, ORGANISATION_CHARS_MAX, Purpose};
pub use keyfile::{PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN, Passphrase};
pub use keys::{Init, KEYS_MAX, KeyError, KeyFolder, KeyRecord, KeyStatus};
pub use layout::UNPACKED_BYTES_MAX;
pub use proof::{
    DATA_BYTES_MAX, DataError, ProofFact, ProofVerdict, parse_data, prove, verify_proof,
};
pub use sign::{REASON_BYTES_MAX, SignError, Statement, sign};
pub use signer::{DataSigner, DocumentSigner, Root};
pub use suite::{PublicKey, Suite, UnknownSuite};
pub use trust::{ROOTS_MAX, TrustError, TrustStore};
pub use unsigned::{FILE_BYTES_MAX, UnsignedError};
pub use verdict::{Fact, Outcome, Reason, SignedBy, Verdict};
pub use verify::{Examination, verify};
