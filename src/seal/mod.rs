//! Keys, certificates, signatures on PDF files and on data, and the strict verifier.
//!
//! The room turns a rendered file into one that a stranger can trust, and tells a stranger's file
//! apart from that. It owns two signatures: the PDF signature (`sign`, [`verify()`]) for any
//! reader that a college has, and the data proof ([`proof_of`], [`verify_proof`]) for machines.
//! What it accepts is exactly what it writes.
//!
//! Never here: what a school or a transcript is, the clock (a moment is always an argument), the
//! network, a database. Never anywhere: a secret in an error, a log line or `Debug`.
//!
//! | file | owns |
//! |---|---|
//! | `suite` | the two sets of algorithms, public and secret keys |
//! | `certificate`, `trust` | what a key is for, who vouches for it, whom a verifier pinned |
//! | `name` | which text may stand in a certificate's names |
//! | `keys`, `keyfile`, `signer` | keys at rest, one encrypted file, keys open in memory |
//! | `staging` | new keys on their way to their folder |
//! | `key_error` | why keys could not be made, read or used |
//! | `object` | PDF objects in their one spelling |
//! | `unsigned`, `pack`, `layout` | what the renderer wrote, the signed form, reading that back |
//! | `cms` | the signature container inside a PDF |
//! | `sign`, `verify`, `attachment` | the PDF signature and its mirror, the attached files |
//! | `exact_json` | JSON with one meaning, and its canonical spelling |
//! | `proof` | the data proof and its mirror |
//! | `list` | the signature beside a list of files, which OpenSSL checks as well |
//! | `verdict` | the facts and reasons that both mirrors speak in |

mod attachment;
mod certificate;
mod cms;
mod exact_json;
mod key_error;
mod keyfile;
mod keys;
mod layout;
mod list;
mod name;
mod object;
mod pack;
mod proof;
mod sign;
mod signer;
mod staging;
mod suite;
mod trust;
mod unsigned;
mod verdict;
mod verify;

pub use attachment::{ATTACHMENTS_BYTES_MAX, ATTACHMENTS_MAX, Attachment};
pub use certificate::{Certificate, CertificateError, Issuer, ORGANISATION_CHARS_MAX, Purpose};
pub use exact_json::{DATA_BYTES_MAX, DataError, parse_data};
pub use key_error::KeyError;
pub use keyfile::{PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN, Passphrase};
pub use keys::{Init, KEYS_MAX, KeyFolder, KeyRecord, KeyStatus};
pub use layout::UNPACKED_BYTES_MAX;
pub use list::{ListSignature, sign_list, verify_list};
pub use name::is_deceptive;
pub use proof::{ProofFact, ProofVerdict, proof_of, verify_proof};
pub use sign::{REASON_BYTES_MAX, SignError, Statement, sign};
pub use signer::{DataSigner, DocumentSigner, Root};
pub use suite::{PublicKey, Suite, UnknownSuite};
pub use trust::{PEM_BYTES_MAX, ROOTS_MAX, TrustError, TrustStore};
pub use unsigned::{FILE_BYTES_MAX, UnsignedError};
pub use verdict::{Fact, Outcome, Reason, SignedBy, Verdict};
pub use verify::{Examination, verify};
