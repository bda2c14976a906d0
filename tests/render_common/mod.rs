//! What the tests of the render room share.

use registrar::render::{Attachment, Job, Relationship};
use registrar::template::{Composed, Wording};

/// A template of one file.
pub fn template(layout: &str) -> Composed {
    folder(&[("layout.typ", layout)])
}

/// A template of several text files.
pub fn folder(files: &[(&str, &str)]) -> Composed {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    Composed {
        files: files.collect(),
        digest: [0; 32],
        wording: Wording::default(),
    }
}

/// A job with this model and one attachment.
pub fn job(model: &serde_json::Value) -> Job {
    Job {
        model: serde_json::to_vec(model).expect("a model is JSON"),
        attachments: vec![Attachment {
            name: "transcript.json".into(),
            mime: "application/json".into(),
            description: "The transcript as data".into(),
            relationship: Relationship::Data,
            bytes: b"{\"sealed\":true}".to_vec(),
        }],
        document_id: "D-2026-000001".into(),
        issued_at: "2026-06-11T03:30:00Z".parse().expect("a moment"),
        issued_on: jiff::civil::date(2026, 6, 10),
    }
}
