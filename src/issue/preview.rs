//! Unofficial copies: the same record, rules and template, without a signature or a trace in the
//! ledger.

use jiff::Timestamp;

use super::printable::{Coverage, unprintable};
use super::{IssueError, Refusal, batch};
use crate::exchange;
use crate::record::PersonId;
use crate::render::{Pool, RenderError};
use crate::store::Store;
use crate::transcript::{DocumentRequest, Edition, Policy, assemble};

/// One unofficial copy.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The school's own number for the student.
    pub student_id: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its pages.
    pub pages: u32,
}

/// Makes unofficial copies of the records as known at an instant, one after the other.
///
/// # Errors
/// [`IssueError`], where records cannot be read or no worker starts.
///
/// # Panics
/// When the request is for the official edition.
pub async fn preview(
    store: &Store,
    policy: &Policy,
    pool: &Pool,
    people: &[PersonId],
    known: Timestamp,
    request: &DocumentRequest,
) -> Result<(Vec<Preview>, Vec<Refusal>), IssueError> {
    assert_eq!(
        request.edition,
        Edition::Unofficial,
        "an official document has an intent"
    );
    let coverage = Coverage::shipped();
    let directory = store.directory(known).await?;
    let (mut previews, mut refused) = (Vec::new(), Vec::new());
    for chunk in people.chunks(crate::store::PEOPLE_PER_READ_MAX) {
        for record in store.records(chunk, known).await? {
            let student_id = record.person.person.clone();
            let transcript = match assemble(&record, &directory, policy, request) {
                Ok(assembled) => assembled.transcript,
                Err(problems) => {
                    let reasons = problems.iter().map(ToString::to_string).collect();
                    refused.push(Refusal {
                        student_id,
                        reasons,
                    });
                    continue;
                }
            };
            let model = exchange::transcript_json(&transcript);
            let reasons = unprintable(&model, &coverage);
            if !reasons.is_empty() {
                refused.push(Refusal {
                    student_id,
                    reasons,
                });
                continue;
            }
            let mut job = batch::job(&model, None, &transcript, known);
            job.document_id = hex::encode(exchange::input_digest(model));
            match pool.render(&job).await {
                Ok(rendered) => {
                    let (pdf, pages) = (rendered.pdf, rendered.pages);
                    previews.push(Preview {
                        student_id,
                        pdf,
                        pages,
                    });
                }
                Err(error @ RenderError::NoWorker { .. }) => {
                    return Err(IssueError::Render(error));
                }
                Err(error) => {
                    refused.push(Refusal {
                        student_id,
                        reasons: vec![error.to_string()],
                    });
                }
            }
        }
    }
    Ok((previews, refused))
}
