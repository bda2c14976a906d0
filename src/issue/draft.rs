//! A document before it is laid out: one record assembled, looked through, and made into a job.

use jiff::Timestamp;
use serde_json::Value;

use super::printable::{Coverage, unprintable};
use crate::exchange;
use crate::record::{Directory, PersonId, PersonRecord};
use crate::render::{self, Job, Relationship, RenderError};
use crate::template::Owners;
use crate::transcript::{
    ATTACHMENT_NAME, AssembleError, Assembled, DocumentRequest, Policy, Transcript, assemble,
};

/// A student for whom no document was made, with every reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// Whom it is about; not for others to read.
    #[serde(skip)]
    pub person: PersonId,
    /// The school's own number for the student.
    pub student_id: String,
    /// One sentence each.
    pub reasons: Vec<String>,
}

/// What a person is told where a document cannot be laid out: the template's own files and lines
/// are known to the command that tries it.
pub(super) fn told(error: &RenderError) -> String {
    let hint = match error {
        RenderError::Template { .. } => {
            "\nhint: `registrar template check` with this report says in which file and line"
        }
        _ => "",
    };
    format!("{error}{hint}")
}

/// A transcript that can be printed.
pub(super) struct Draft {
    pub person: PersonId,
    pub transcript: Transcript,
    /// The transcript as JSON: what is laid out and proven.
    pub model: Value,
}

impl Draft {
    /// Assembles one record, or says every reason why it cannot be printed.
    pub fn new(
        record: &PersonRecord,
        directory: &Directory,
        policy: &Policy,
        request: &DocumentRequest,
        coverage: &Coverage,
        owners: &Owners,
    ) -> Result<Self, Refusal> {
        let made = assemble(record, directory, policy, request);
        Self::of(record, made, coverage, owners)
    }

    /// The same of a record that is assembled already; by a school's own report only its own.
    pub fn of(
        record: &PersonRecord,
        made: Result<Assembled, Vec<AssembleError>>,
        coverage: &Coverage,
        owners: &Owners,
    ) -> Result<Self, Refusal> {
        let reasons = match made {
            Ok(assembled) => {
                let draft = Self {
                    person: record.id,
                    model: exchange::transcript_json(&assembled.transcript),
                    transcript: assembled.transcript,
                };
                let mut reasons = unprintable(&draft.model, coverage);
                reasons.extend(owners.refusal(&draft.transcript.school.code));
                if reasons.is_empty() {
                    return Ok(draft);
                }
                reasons
            }
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        Err(Refusal {
            person: record.id,
            student_id: record.person.person.clone(),
            reasons,
        })
    }

    /// That no document is made of it.
    pub fn refused(&self, reasons: Vec<String>) -> Refusal {
        Refusal {
            person: self.person,
            student_id: self.student_id().to_owned(),
            reasons,
        }
    }

    /// The school's own number for the student.
    pub fn student_id(&self) -> &str {
        &self.transcript.student.student_id
    }

    /// Gives the document its id, on the page and in the data.
    pub fn name(&mut self, document_id: String) {
        self.model["document"]["id"] = document_id.as_str().into();
        self.transcript.document.id = document_id;
    }

    /// What the renderer gets: the model as the page's data, and the same with its proof as
    /// the attachment.
    pub fn job(&self, proof: Option<&Value>, issued_at: Timestamp) -> Job {
        let model = exchange::text(&self.model);
        let attachments = proof.map(|proof| render::Attachment {
            name: ATTACHMENT_NAME.to_owned(),
            mime: "application/json".to_owned(),
            description: "The data of this transcript, with the issuer's proof".to_owned(),
            relationship: Relationship::Data,
            bytes: exchange::proven_text(&model, proof),
        });
        Job {
            attachments: attachments.into_iter().collect(),
            model,
            document_id: self.transcript.document.id.clone(),
            issued_at,
            issued_on: self.transcript.document.issued_on,
        }
    }
}
