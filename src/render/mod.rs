//! A model, its attachments and a composed template to the bytes of a PDF, inside limits.
//!
//! [`Renderer`] lays out in this process; it is for the worker, for tests and for measuring,
//! because nothing can stop Typst once it runs. [`Pool`] is what everything else uses: worker
//! processes that can be killed, that hold no file, socket or environment, and that are replaced
//! when a document breaks them. A worker starts and lays out its first page in some 20 ms.
//!
//! Every document is PDF/A-3a and PDF/UA-1, a preview too: what a template's author sees is what
//! will be judged. The same job gives the same bytes on any machine.
//!
//! Never: a key, a database handle, the network, the machine's clock, files or fonts. A model
//! reaches Typst as the value of `json("/model.json")`; nothing of it becomes source text. What a
//! worker hands back is untrusted all the same: whoever signs it verifies it first.
//!
//! Next: `renderer.rs` (one document), `world.rs` (all that a template can reach), `pool.rs` and
//! `worker.rs` (the two ends of the pipe), `sandbox.rs` (what a worker gives up), `fonts.rs`,
//! `inset.rs` (pages of another PDF), `placed.rs` (what stands where on a page), `legible.rs` (what
//! can be read there), `overlap.rs` (texts that run into each other), `pictures.rs`.

mod clusters;
mod error;
pub mod fonts;
mod inset;
mod legible;
mod lettering;
mod message;
mod overlap;
mod pictures;
mod placed;
mod pool;
mod renderer;
pub mod sandbox;
pub mod worker;
mod world;

use std::fmt;
use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use error::{Diagnostic, Forbidden, LimitKind, RenderError};
pub use inset::{INSET_BYTES_MAX, INSET_PAGES_MAX};
pub use legible::Run;
pub use lettering::{Lettering, lettering};
pub use pool::Pool;
pub use renderer::Renderer;

/// One document to lay out. Printed for debugging, it does not show what it holds of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// The typed model as JSON; the template reads it with `json("/model.json")`.
    pub model: Vec<u8>,
    /// Files that travel inside the PDF, in this order.
    pub attachments: Vec<Attachment>,
    /// Identifies the document for good; the PDF's document identifier is derived from it.
    pub document_id: String,
    /// The PDF's creation date, and the date of each attachment (PDF/UA-1 and PDF/A-3 want one).
    pub issued_at: Timestamp,
    /// What `datetime.today()` answers: the day of issue where the district is.
    pub issued_on: Date,
}

/// A file inside the PDF (ISO 19005-3, associated files). Printed for debugging, it shows its size.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name, without a folder.
    pub name: String,
    /// MIME type, such as `application/json`.
    pub mime: String,
    /// What the file is, for the reader's list of attachments.
    pub description: String,
    /// What the file is to the document.
    pub relationship: Relationship,
    /// The contents.
    pub bytes: Vec<u8>,
}

/// `AFRelationship` of an attachment (ISO 19005-3, annex E).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relationship {
    /// The document was made from this file.
    Source,
    /// The file holds the data that the document shows.
    Data,
    /// The file says the same in another form.
    Alternative,
    /// The file adds to the document.
    Supplement,
}

/// A finished document. Printed for debugging, it shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The PDF: PDF/A-3a and PDF/UA-1, unsigned.
    pub pdf: Vec<u8>,
    /// Pages in it.
    pub pages: u32,
    /// What can be read on each page, in the order in which it was set.
    pub legible: Vec<Vec<Run>>,
    /// What Typst found odd but printed; for the template's author.
    pub warnings: Vec<Diagnostic>,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("document_id", &self.document_id)
            .field("model_bytes", &self.model.len())
            .field("attachments", &self.attachments)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered")
            .field("pages", &self.pages)
            .field("pdf_bytes", &self.pdf.len())
            .finish_non_exhaustive()
    }
}

/// What a document and its template may use. Each bound ends in [`RenderError::Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space of a worker process, the program itself (about 100 MB) included.
    pub memory_bytes_max: u64,
    /// Pages of one document.
    pub pages_max: u32,
    /// Size of one PDF.
    pub output_bytes_max: u64,
    /// From handing the job to a free worker until its PDF is back.
    pub deadline: Duration,
    /// All files of the composed template together.
    pub template_bytes_max: u64,
    /// The model and its attachments together.
    pub model_bytes_max: u64,
    /// Documents after which a worker is replaced.
    pub documents_per_worker_max: u32,
}

impl Default for Limits {
    /// Room for a compliance report with its cases; a transcript needs a hundredth of it.
    fn default() -> Self {
        Self {
            memory_bytes_max: 2 << 30,
            pages_max: 2_000,
            output_bytes_max: 64 << 20,
            deadline: Duration::from_secs(30),
            template_bytes_max: 16 << 20,
            model_bytes_max: 32 << 20,
            documents_per_worker_max: 1_000,
        }
    }
}

/// A document of this layout, for the tests of this room.
#[cfg(test)]
fn rendered(layout: &str) -> Rendered {
    let source = format!("#set document(title: [A])\n#set text(lang: \"en\")\n{layout}");
    let files = [("layout.typ".to_owned(), source.into_bytes())].into();
    let job = Job {
        model: b"{}".to_vec(),
        attachments: Vec::new(),
        document_id: "A".to_owned(),
        issued_at: jiff::Timestamp::UNIX_EPOCH,
        issued_on: jiff::civil::date(2026, 6, 10),
    };
    let renderer = Renderer::new(&crate::template::Composed::new(files), &Limits::default());
    let rendered = renderer.expect("it parses").render(&job);
    rendered.expect("it lays out")
}
