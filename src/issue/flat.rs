//! The unsigned twin of an issued document, for portals that refuse signed files.
//!
//! It is laid out anew by the same template from the data that the signed file carries, and says on
//! every page that it is not signed and where its original can be checked. **Invariant**: a signed
//! file is never altered, and nothing is made of one that does not pass our own examination.

use jiff::Timestamp;

use super::whole::{gaps, reasons};
use super::{IssueError, Office};
use crate::exchange::{self, Document};
use crate::render::Job;
use crate::transcript::{Edition, Transcript};
use crate::verify;

impl Office {
    /// The unsigned twin of a signed document of this office.
    ///
    /// # Errors
    /// [`IssueError::NoTwin`], where the file does not pass the examination;
    /// [`IssueError::NotWhole`], where the template leaves something out; [`IssueError::Render`].
    pub async fn flat_copy(
        &self,
        signed: &[u8],
        issued_at: Timestamp,
    ) -> Result<Vec<u8>, IssueError> {
        let examined = verify::examine(signed, &self.signing.trust);
        let document = examined.document.and_then(Document::into_transcript);
        let transcript = document.ok_or_else(|| IssueError::NoTwin {
            why: examined.conclusion.sentence().to_owned(),
        })?;
        let transcript = flat(transcript);
        let job = job(&transcript, issued_at);
        let rendered = self.pool.render(&job).await.map_err(IssueError::Render)?;
        let gaps = gaps(&transcript, &self.wording, &rendered.legible);
        if !gaps.is_empty() {
            let reasons = reasons(&gaps);
            return Err(IssueError::NotWhole { reasons });
        }
        Ok(rendered.pdf)
    }
}

/// What the twin of this transcript says.
pub(super) fn flat(mut transcript: Transcript) -> Transcript {
    transcript.document.edition = Edition::Flat;
    // It carries no file, so it lists none.
    transcript.attachments.clear();
    transcript
}

fn job(transcript: &Transcript, issued_at: Timestamp) -> Job {
    Job {
        model: exchange::text(&exchange::transcript_json(transcript)),
        attachments: Vec::new(),
        // Another file than its original has another identifier inside the PDF.
        document_id: format!("{}-flat", transcript.document.id),
        issued_at,
        issued_on: transcript.document.issued_on,
    }
}
