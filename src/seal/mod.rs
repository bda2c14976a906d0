//! Keys, certificates, signatures on PDF files and on data, and the strict verifier.

mod attachment;
mod certificate;
mod cms;
mod layout;
mod object;
mod pack;
mod sign;
mod signer;
mod suite;
mod trust;
mod unsigned;
mod verdict;
mod verify;

pub use attachment::{ATTACHMENTS_BYTES_MAX, ATTACHMENTS_MAX, Attachment};
pub use certificate::{Certificate, CertificateError, Issuer, ORGANISATION_CHARS_MAX, Purpose};
pub use layout::UNPACKED_BYTES_MAX;
pub use sign::{REASON_BYTES_MAX, SignError, Statement, sign};
pub use signer::{DataSigner, DocumentSigner, Root};
pub use suite::{PublicKey, Suite, UnknownSuite};
pub use trust::{ROOTS_MAX, TrustError, TrustStore};
pub use unsigned::{FILE_BYTES_MAX, UnsignedError};
pub use verdict::{Fact, Outcome, Reason, SignedBy, Verdict};
pub use verify::{Examination, verify};
