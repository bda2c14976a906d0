//! Unofficial copies: the same record, rules and template, without a signature or a trace in the
//! ledger; and proofs of the other editions, by which two templates are compared.

use std::pin::pin;

use futures_util::StreamExt as _;
use jiff::Timestamp;

use super::batch::CHUNK_PEOPLE_MAX;
use super::draft::{Draft, Refusal, told};
use super::flat::flat;
use super::whole::{gaps, reasons};
use super::{Coverage, IssueError};
use crate::exchange;
use crate::record::PersonId;
use crate::render::{Pool, RenderError};
use crate::store::Store;
use crate::template::{Owners, Wording};
use crate::transcript::{DocumentRequest, Edition, Policy};

/// The number on a proof: that of no document.
const PROOF_ID: &str = "00000000000000000000000000000000";

/// What unofficial copies and proofs are made with.
pub struct Previews<'a> {
    /// The records.
    pub store: &'a Store,
    /// The district's rules.
    pub policy: &'a Policy,
    /// The workers that lay out.
    pub pool: &'a Pool,
    /// How their template says what the model has in other words.
    pub wording: &'a Wording,
    /// Whose report they lay out.
    pub owners: &'a Owners,
    /// How many copies are under way at once, and so how many are in memory.
    pub documents_under_way_max: usize,
    /// The instant whose records are read.
    pub recorded_at: Timestamp,
    /// What all copies share; official, where `edition` is or is the twin of one.
    pub request: &'a DocumentRequest,
    /// What is laid out: unofficial copies; or **proofs**, which look like what is issued, bear no
    /// number, signature or data, and are for comparing and for nobody's hands.
    pub edition: Edition,
}

/// One unofficial copy, or one proof.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The school's own number for the student.
    pub student_id: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its pages.
    pub pages: u32,
}

impl Previews<'_> {
    /// Makes a copy for each of the people and hands it, or why there is none, to `each`, in the
    /// order of `people`.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read or no worker starts, and what `each` answers.
    ///
    /// # Panics
    /// When the request is not for the edition of which copies are made.
    pub async fn make<E: From<IssueError>>(
        &self,
        people: &[PersonId],
        mut each: impl FnMut(Result<Preview, Refusal>) -> Result<(), E>,
    ) -> Result<(), E> {
        let asked = match self.edition {
            Edition::Unofficial => Edition::Unofficial,
            Edition::Official | Edition::Flat => Edition::Official,
        };
        assert_eq!(
            self.request.edition, asked,
            "a twin is one of an official document"
        );
        let coverage = Coverage::shipped();
        let directory = self.store.directory(self.recorded_at).await;
        let directory = directory.map_err(IssueError::from)?;
        for chunk in people.chunks(CHUNK_PEOPLE_MAX) {
            let records = self.store.records(chunk, self.recorded_at).await;
            let drafts = records
                .map_err(IssueError::from)?
                .into_iter()
                .map(|record| {
                    let (policy, request) = (self.policy, self.request);
                    Draft::new(&record, &directory, policy, request, &coverage, self.owners)
                });
            let copies =
                futures_util::stream::iter(drafts).map(async |draft| self.copy(draft?).await);
            let mut copies = pin!(copies.buffered(self.documents_under_way_max));
            while let Some(copy) = copies.next().await {
                match copy {
                    Err(Nothing::NoWorker(error)) => return Err(IssueError::Render(error).into()),
                    Err(Nothing::Refused(refusal)) => each(Err(refusal))?,
                    Ok(preview) => each(Ok(preview))?,
                }
            }
        }
        Ok(())
    }

    async fn copy(&self, mut draft: Draft) -> Result<Preview, Nothing> {
        if self.edition != Edition::Unofficial {
            draft.transcript.document.id = PROOF_ID.to_owned();
            if self.edition == Edition::Flat {
                draft.transcript = flat(draft.transcript);
            }
            draft.model = exchange::transcript_json(&draft.transcript);
        }
        // A copy has no id in any ledger; the same copy twice has the same bytes.
        let digest = exchange::input_digest(&mut draft.model);
        let mut job = draft.job(None, self.recorded_at);
        job.document_id = hex::encode(digest);
        match self.pool.render(&job).await {
            Ok(rendered) => {
                let gaps = gaps(&draft.transcript, self.wording, &rendered.legible);
                if !gaps.is_empty() {
                    return Err(Nothing::Refused(draft.refused(reasons(&gaps))));
                }
                Ok(Preview {
                    student_id: std::mem::take(&mut draft.transcript.student.student_id),
                    pdf: rendered.pdf,
                    pages: rendered.pages,
                })
            }
            Err(error @ RenderError::NoWorker { .. }) => Err(Nothing::NoWorker(error)),
            Err(error) => Err(Nothing::Refused(draft.refused(vec![told(&error)]))),
        }
    }
}

/// Why there is no copy.
enum Nothing {
    /// Nothing can be laid out on this machine now.
    NoWorker(RenderError),
    /// This student's cannot be made.
    Refused(Refusal),
}

impl From<Refusal> for Nothing {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
