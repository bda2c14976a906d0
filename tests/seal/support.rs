//! A district with its keys in memory, and two rendered files to sign.

use jiff::Timestamp;
use registrar::seal::{
    DataSigner, DocumentSigner, Issuer, Root, Statement, Suite, TrustStore, sign,
};

/// One rendered page with tags and an attachment.
pub const PAGE: &[u8] = include_bytes!("files/page.pdf");
/// The same on six pages.
pub const SIX_PAGES: &[u8] = include_bytes!("files/six-pages.pdf");
/// Both suites of document signatures.
pub const SUITES: [Suite; 2] = [Suite::P256, Suite::Ed25519];

/// A district: its root, its signers, and a college that pinned the root.
pub struct District {
    pub root: Root,
    pub documents: DocumentSigner,
    pub data: DataSigner,
    pub trust: TrustStore,
    moment: Timestamp,
}

impl District {
    pub fn new(suite: Suite, moment: Timestamp) -> Self {
        let issuer = Issuer {
            organisation: "Lincoln Unified".into(),
            demo: false,
        };
        let root = Root::generate(&issuer, suite, moment).expect("a root");
        let trust = TrustStore::from_pem(&root.certificate().to_pem()).expect("a trust store");
        let documents = root.document_signer(moment).expect("a document key");
        let data = root.data_signer(moment).expect("a data key");
        Self {
            root,
            documents,
            data,
            trust,
            moment,
        }
    }

    /// Signs at the district's moment.
    pub fn sign(&self, pdf: &[u8]) -> Vec<u8> {
        let statement = Statement {
            reason: "Official transcript",
            signed_at: self.moment,
        };
        sign(pdf, &self.documents, &statement).expect("a signed file")
    }
}
