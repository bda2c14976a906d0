//! Keys, certificates, signatures on PDF files and on data, and the strict verifier.

mod certificate;
mod object;
mod suite;

pub use certificate::{Certificate, CertificateError, Issuer, ORGANISATION_CHARS_MAX, Purpose};
pub use suite::{PublicKey, Suite, UnknownSuite};
