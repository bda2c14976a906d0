//! A batch: chunk by chunk, records are read, models assembled, intents recorded and pages laid out
//! by the workers; group by group, they are signed and examined on a thread of their own and
//! committed.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::check::of_nobody;
use super::draft::{Draft, Refusal, told};
use super::printable::Coverage;
use super::purpose::Purpose;
use super::signing::{Signing, TRANSCRIPT};
use super::stops::{Overridden, Reasons, Stops};
use super::{IssueError, whole};
use crate::exchange;
use crate::host::{self, Clock};
use crate::ledger::Ledger;
use crate::record::{Directory, PersonId};
use crate::render::{Pool, RenderError};
use crate::store::{BatchRow, IssuanceState, NewIntent, PassedUnder, PolicyRow, Store};
use crate::template::{Owners, Wording};
use crate::transcript::audit::Finding;
use crate::transcript::{DocumentRequest, Kind, Policy, assemble};

/// People whose records are read and whose intents are recorded together.
pub(super) const CHUNK_PEOPLE_MAX: usize = 100;
/// Documents that are signed together and share a commit: each commit waits for the disk, whatever
/// its size. A process that is killed loses what was not committed, and makes it again.
const COMMIT_DOCUMENTS_MAX: usize = 16;

/// Everything that issuing needs, opened once.
pub struct Office {
    /// The records.
    pub store: Store,
    /// The ledger.
    pub ledger: Ledger,
    /// The district's rules.
    pub policy: Policy,
    /// SHA-256 of the composed template.
    pub template_digest: [u8; 32],
    /// How the template says what the model has in other words.
    pub wording: Wording,
    /// The workers that lay out.
    pub pool: Pool,
    /// Whose report they lay out.
    pub owners: Owners,
    /// How many documents are under way at once: somewhat more than there are workers.
    pub documents_under_way_max: usize,
    /// What the fonts can print.
    pub coverage: Coverage,
    /// The keys, and the roots against which each file is examined before it counts. Shared with
    /// the threads that sign.
    pub signing: Arc<Signing>,
    /// The present moment, for claims and commits.
    pub clock: Clock,
    /// The district's time zone: a hold begins and ends with a day there.
    pub time_zone: TimeZone,
}

/// What a batch is begun with, as it is remembered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun<Request> {
    request: Request,
    purpose: Purpose,
}

/// What is to be issued.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id; a batch that was interrupted is resumed under the same one.
    pub id: [u8; 16],
    /// For whom.
    pub people: Vec<PersonId>,
    /// The instant whose records are read.
    pub recorded_at: Timestamp,
    /// The instant on the documents.
    pub issued_at: Timestamp,
    /// What all documents share; the id is each document's own.
    pub request: DocumentRequest,
    /// What they are for.
    pub purpose: Purpose,
    /// What was asked for, for the operator; names no student.
    pub description: String,
}

impl Batch {
    /// A batch that was opened before, exactly as it was begun: its people, its instants and its
    /// request, whatever is configured today.
    ///
    /// # Errors
    /// [`IssueError::NoBatch`]; [`IssueError::OtherInputs`], where another version of the program
    /// wrote a request that this one does not read; what the database said.
    pub async fn begun(store: &Store, id: [u8; 16]) -> Result<Self, IssueError> {
        let batch = hex::encode(id);
        let Some((row, people)) = store.find_batch(id).await? else {
            return Err(IssueError::NoBatch { batch });
        };
        let begun: Result<Begun<DocumentRequest>, _> = serde_json::from_str(&row.request);
        let Begun { request, purpose } = begun.map_err(|_| IssueError::OtherInputs {
            batch,
            what: "a version of this program",
        })?;
        Ok(Self {
            id: row.id,
            people,
            recorded_at: row.recorded_at,
            issued_at: row.issued_at,
            request,
            purpose,
            description: row.description,
        })
    }

    /// What a batch was begun for; none where another version of the program wrote it in a form
    /// that this one does not read.
    pub fn purpose_of(row: &BatchRow) -> Option<Purpose> {
        let begun: Option<Begun<serde::de::IgnoredAny>> = serde_json::from_str(&row.request).ok();
        begun.map(|begun| begun.purpose)
    }

    /// What it is begun with, as the ledger remembers it.
    pub fn begun_with(&self) -> String {
        let begun = Begun {
            request: &self.request,
            purpose: self.purpose.clone(),
        };
        serde_json::to_string(&begun).expect("a request has only text keys and no float")
    }
}

fn other_inputs(batch: &Batch, what: &'static str) -> IssueError {
    IssueError::OtherInputs {
        batch: hex::encode(batch.id),
        what,
    }
}

/// A document that was issued, now or by an earlier run of the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Whom it is about.
    pub person: PersonId,
    /// The school's own number for the student.
    pub student_id: String,
    /// The document's id.
    pub document_id: [u8; 16],
    /// Which kind it is.
    pub kind: Kind,
    /// The overrides that let it pass the audit.
    pub overrides: Vec<Overridden>,
    /// The state's code of the school that issues it.
    pub school: String,
    /// The name on it; not for others to read.
    pub name: String,
    /// Why no copy of it may be handed out today, in a sentence each: it was issued before somebody
    /// was held or named otherwise.
    pub no_copy: Vec<String>,
}

/// What a batch came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// Documents that are issued.
    pub issued: Vec<Issued>,
    /// Students who got none.
    pub refused: Vec<Refusal>,
    /// The schools' own numbers of students whose document another process has in its hands, or
    /// had until it died within the last two minutes. While there are any, the batch is unfinished.
    pub elsewhere: Vec<String>,
}

/// A draft that may be issued, and the digest of what it says.
struct Ready {
    draft: Draft,
    input_digest: [u8; 32],
    /// The overrides that let it pass the audit.
    overrides: Vec<PassedUnder>,
    /// Why no copy of what is issued already may be handed out.
    no_copy: Vec<String>,
}

/// A document that is worked on.
struct Made {
    id: [u8; 16],
    ready: Ready,
    /// Laid out, then signed; or why there is none.
    file: Result<Vec<u8>, DocumentError>,
}

/// Why one document was not made.
enum DocumentError {
    /// Nothing can be laid out on this machine now.
    NoWorker(RenderError),
    /// This document cannot be made: why, and what of it the ledger keeps. A template may quote
    /// the student in its error; the ledger holds no document's text.
    Refused { reason: String, recorded: String },
}

impl DocumentError {
    /// For a reason that quotes no document.
    fn refused(reason: String) -> Self {
        Self::Refused {
            recorded: reason.clone(),
            reason,
        }
    }
}

impl Office {
    /// Opens a new batch and issues it. `progress` is told how many students are done.
    ///
    /// # Errors
    /// [`IssueError`], where the batch cannot go on; it can be resumed.
    pub async fn issue(
        &self,
        batch: &Batch,
        progress: impl Fn(u64),
    ) -> Result<BatchOutcome, IssueError> {
        self.open(batch).await?;
        self.work_off(batch, progress).await
    }

    /// Opens a new batch, to be gone on with: of several that are asked for at once, an
    /// interruption of one loses none.
    ///
    /// # Errors
    /// [`IssueError`], where it cannot be written.
    pub async fn open(&self, batch: &Batch) -> Result<(), IssueError> {
        let row = self.row(batch);
        Ok(self.ledger.open_batch(&row, &batch.people).await?)
    }

    /// Goes on with a batch that was opened before: what stands is counted, the rest is made. Every
    /// person ends as issued or refused.
    ///
    /// # Errors
    /// [`IssueError`], where the batch cannot go on; it can be resumed again.
    /// [`IssueError::OtherInputs`], where it would not be the batch that was begun.
    pub async fn resume(
        &self,
        batch: &Batch,
        progress: impl Fn(u64),
    ) -> Result<BatchOutcome, IssueError> {
        let found = self.store.find_batch(batch.id).await?;
        let (begun, people) = found.ok_or_else(|| IssueError::NoBatch {
            batch: hex::encode(batch.id),
        })?;
        let now = self.row(batch);
        let same = [
            ("a template", begun.template_digest == now.template_digest),
            ("rules", begun.policy_digest == now.policy_digest),
            ("a request", begun == now && people == batch.people),
        ];
        match same.into_iter().find(|(_, same)| !same) {
            Some((what, _)) => Err(other_inputs(batch, what)),
            None => self.work_off(batch, progress).await,
        }
    }

    /// The batch as it is remembered.
    fn row(&self, batch: &Batch) -> BatchRow {
        BatchRow {
            id: batch.id,
            recorded_at: batch.recorded_at,
            issued_at: batch.issued_at,
            description: batch.description.clone(),
            request: batch.begun_with(),
            template_digest: self.template_digest,
            policy_digest: self.policy.digest(),
        }
    }

    /// Makes what is not made yet. What was claimed and not made is given back after an error.
    async fn work_off(
        &self,
        batch: &Batch,
        progress: impl Fn(u64),
    ) -> Result<BatchOutcome, IssueError> {
        let mut outcome = BatchOutcome::default();
        let worked = tokio::select! {
            worked = self.work(batch, &mut outcome, &progress) => worked,
            lost = self.ledger.hold_claims(batch.id, self.clock) => Err(lost.into()),
        };
        if let Err(error) = worked {
            // What stopped the batch is the thing to say, should this fail too.
            let _ = self.ledger.release_claims(batch.id).await;
            return Err(error);
        }
        let places: HashMap<PersonId, usize> = (0..)
            .zip(&batch.people)
            .map(|(place, person)| (*person, place))
            .collect();
        let place = |person| places.get(&person).copied();
        outcome.issued.sort_by_key(|issued| place(issued.person));
        outcome.refused.sort_by_key(|refusal| place(refusal.person));
        outcome.elsewhere.sort();
        self.name_overrides(batch, &mut outcome.issued).await?;
        self.ledger.finish_batch(batch.id, self.clock.now()).await?;
        Ok(outcome)
    }

    async fn work(
        &self,
        batch: &Batch,
        outcome: &mut BatchOutcome,
        progress: &impl Fn(u64),
    ) -> Result<(), IssueError> {
        let directory = self.store.directory(batch.recorded_at).await?;
        let of_nobody = of_nobody(&self.store, &self.policy, batch.recorded_at).await?;
        for people in batch.people.chunks(CHUNK_PEOPLE_MAX) {
            let done = outcome.refused.len();
            let ready = self
                .assemble(people, &directory, &of_nobody, batch, &mut outcome.refused)
                .await?;
            let refused: Vec<PersonId> =
                outcome.refused[done..].iter().map(|it| it.person).collect();
            if !refused.is_empty() {
                let now = self.clock.now();
                self.ledger.give_up(batch.id, &refused, now).await?;
            }
            progress(refused.len() as u64);
            let work = self.claim(ready, batch, outcome, progress).await?;
            self.make(work, batch, outcome, progress).await?;
        }
        Ok(())
    }

    /// Tells of each document which overrides let it pass, as the ledger has them.
    async fn name_overrides(&self, batch: &Batch, issued: &mut [Issued]) -> Result<(), IssueError> {
        let mut named: HashMap<[u8; 16], Vec<Overridden>> = HashMap::new();
        for (document, row, passed) in self.store.overrides_of(batch.id).await? {
            let overridden = Overridden::new(row, passed.findings);
            named.entry(document).or_default().push(overridden);
        }
        for issued in issued {
            let mut overrides = named.remove(&issued.document_id).unwrap_or_default();
            overrides.sort_by_key(|overridden| overridden.number);
            issued.overrides = overrides;
        }
        Ok(())
    }

    /// Reads records, assembles and audits them; what cannot be issued is refused with every
    /// reason.
    async fn assemble(
        &self,
        people: &[PersonId],
        directory: &Directory,
        of_nobody: &[Finding],
        batch: &Batch,
        refused: &mut Vec<Refusal>,
    ) -> Result<Vec<Ready>, IssueError> {
        let records = self.store.records(people, batch.recorded_at).await?;
        let known: HashSet<PersonId> = records.iter().map(|record| record.id).collect();
        let known_at = batch.recorded_at;
        for person in people.iter().filter(|person| !known.contains(person)) {
            refused.push(Refusal {
                person: *person,
                student_id: format!("person {person}"),
                reasons: vec![format!("is not in the records as known at {known_at}")],
            });
        }
        let mut stops = Stops::new(self, batch, people, of_nobody).await?;
        let mut drafts = Vec::with_capacity(records.len());
        for record in records {
            let mut made = assemble(&record, directory, &self.policy, &batch.request);
            if let Ok(made) = &mut made {
                let school = batch.purpose.printed_school();
                made.transcript.document.sent_to = school.map(str::to_owned);
            }
            let needed = stops.look(&record, &made, directory);
            let draft = Draft::of(&record, made, &self.coverage, &self.owners);
            drafts.push((draft, needed));
        }
        let Reasons {
            mut reasons,
            mut no_copy,
        } = stops.reasons().await?;
        let mut ready = Vec::with_capacity(drafts.len());
        for (draft, overrides) in drafts {
            let person = draft.as_ref().map_or_else(|it| it.person, |it| it.person);
            match (draft, reasons.remove(&person)) {
                (Ok(mut draft), None) => ready.push(Ready {
                    input_digest: exchange::input_digest(&mut draft.model),
                    draft,
                    overrides,
                    no_copy: no_copy.remove(&person).unwrap_or_default(),
                }),
                (Ok(draft), Some(reasons)) => refused.push(draft.refused(reasons)),
                (Err(mut refusal), reasons) => {
                    refusal.reasons.extend(reasons.into_iter().flatten());
                    refused.push(refusal);
                }
            }
        }
        Ok(ready)
    }

    /// Records the intents, counts what an earlier run issued, and claims the rest.
    async fn claim(
        &self,
        ready: Vec<Ready>,
        batch: &Batch,
        outcome: &mut BatchOutcome,
        progress: &impl Fn(u64),
    ) -> Result<Vec<([u8; 16], Ready)>, IssueError> {
        let intents: Vec<NewIntent> = ready
            .iter()
            .map(|ready| self.intent(ready, batch))
            .collect();
        let policy = PolicyRow {
            digest: self.policy.digest(),
            version: self.policy.version().to_owned(),
            text: self.policy.text().to_owned(),
            first_used_at: self.clock.now(),
        };
        let rows = self.ledger.intend(&intents, &policy).await?;
        let claimed = self.ledger.claim(&rows, self.clock.now()).await?;
        let mut work = Vec::with_capacity(claimed.len());
        for (row, mut ready) in rows.into_iter().zip(ready) {
            if row.input_digest != ready.input_digest {
                return Err(other_inputs(batch, "records"));
            }
            ready.draft.name(hex::encode(row.document_id));
            if row.state == IssuanceState::Issued {
                outcome.issued.push(issued(row.document_id, &ready));
                progress(1);
            } else if claimed.contains(&row.document_id) {
                if row.overrides != ready.overrides {
                    self.ledger
                        .overridden(row.document_id, &ready.overrides)
                        .await?;
                }
                work.push((row.document_id, ready));
            } else {
                outcome.elsewhere.push(ready.draft.student_id().to_owned());
                progress(1);
            }
        }
        Ok(work)
    }

    fn intent(&self, ready: &Ready, batch: &Batch) -> NewIntent {
        NewIntent {
            document_id: host::random_bytes(),
            batch: batch.id,
            subject: ready.draft.person,
            school: ready.draft.transcript.school.code.clone(),
            document_kind: ready.draft.transcript.document.kind.code().to_owned(),
            template_digest: self.template_digest,
            policy_digest: self.policy.digest(),
            input_digest: ready.input_digest,
            recorded_at: batch.recorded_at,
            issued_at: batch.issued_at,
            key_id: self.signing.document.certificate().key_id(),
            overrides: ready.overrides.clone(),
        }
    }

    /// Lays out, signs, examines and commits what was claimed.
    async fn make(
        &self,
        work: Vec<([u8; 16], Ready)>,
        batch: &Batch,
        outcome: &mut BatchOutcome,
        progress: &impl Fn(u64),
    ) -> Result<(), IssueError> {
        let pages = futures_util::stream::iter(work).map(async |(id, ready)| {
            let file = self.lay_out(&ready.draft, batch.issued_at).await;
            Made { id, ready, file }
        });
        let (finished, mut waiting) = tokio::sync::mpsc::channel(COMMIT_DOCUMENTS_MAX);
        let making = async move {
            let mut pages = pin!(pages.buffer_unordered(self.documents_under_way_max));
            while let Some(page) = pages.next().await {
                // The receiver is gone once a commit failed: then nothing more is to be made.
                if finished.send(page).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        // Commits wait for the disk; making goes on meanwhile.
        let committing = async move {
            let groups = futures_util::stream::poll_fn(move |context| waiting.poll_recv(context));
            let signed = groups
                .chunks(COMMIT_DOCUMENTS_MAX)
                .map(|group| self.sign(group, batch.issued_at));
            let under_way_max = self.documents_under_way_max.div_ceil(COMMIT_DOCUMENTS_MAX);
            let mut signed = pin!(signed.buffered(under_way_max));
            while let Some(group) = signed.next().await {
                let done = group.len() as u64;
                self.commit(group, outcome).await?;
                progress(done);
            }
            Ok(())
        };
        tokio::try_join!(making, committing).map(|((), ())| ())
    }

    /// Signs and examines the documents of a group one after the other on a thread of their own, so
    /// that feeding the workers never waits for them. One alone would find the caches full of
    /// layout, and take half as long again.
    async fn sign(&self, group: Vec<Made>, issued_at: Timestamp) -> Vec<Made> {
        let signing = Arc::clone(&self.signing);
        let sign = move |page: &[u8]| {
            let sign = AssertUnwindSafe(|| signing.sign(page, TRANSCRIPT, issued_at));
            // One document that should bring it down takes no other with it.
            let signed = catch_unwind(sign);
            signed.unwrap_or_else(|_| Err("signing stopped unexpectedly".to_owned()))
        };
        let signed = tokio::task::spawn_blocking(move || {
            let signed = group.into_iter().map(|mut made| {
                made.file = made
                    .file
                    .and_then(|page| sign(&page).map_err(DocumentError::refused));
                made
            });
            signed.collect()
        });
        signed.await.expect("what panics was caught")
    }

    async fn commit(&self, group: Vec<Made>, outcome: &mut BatchOutcome) -> Result<(), IssueError> {
        let mut files = Vec::with_capacity(group.len());
        let mut made = Vec::with_capacity(group.len());
        for Made { id, ready, file } in group {
            match file {
                Ok(bytes) => {
                    files.push((id, bytes));
                    made.push((id, ready));
                }
                Err(DocumentError::NoWorker(error)) => return Err(IssueError::Render(error)),
                Err(DocumentError::Refused { reason, recorded }) => {
                    self.ledger.fail(id, &recorded).await?;
                    outcome.refused.push(ready.draft.refused(vec![reason]));
                }
            }
        }
        let key_id = self.signing.document.certificate().key_id();
        let committed = self.ledger.commit(files, &key_id, self.clock.now()).await?;
        for (id, ready) in made {
            if committed.contains(&id) {
                outcome.issued.push(issued(id, &ready));
            } else {
                // Our claim went stale, and another process makes the document now.
                outcome.elsewhere.push(ready.draft.student_id().to_owned());
            }
        }
        Ok(())
    }

    /// One document, laid out and not yet signed.
    async fn lay_out(&self, draft: &Draft, issued_at: Timestamp) -> Result<Vec<u8>, DocumentError> {
        let proof = self
            .signing
            .proof_of(&draft.model, issued_at)
            .map_err(DocumentError::refused)?;
        let job = draft.job(Some(&proof), issued_at);
        match self.pool.render(&job).await {
            Ok(rendered) => {
                let gaps = whole::gaps(&draft.transcript, &self.wording, &rendered.legible);
                if gaps.is_empty() {
                    return Ok(rendered.pdf);
                }
                Err(DocumentError::Refused {
                    reason: whole::reasons(&gaps).join("\n"),
                    recorded: whole::WITHOUT_TEXT.to_owned(),
                })
            }
            Err(error @ RenderError::NoWorker { .. }) => Err(DocumentError::NoWorker(error)),
            Err(error) => Err(DocumentError::Refused {
                reason: told(&error),
                recorded: error.without_text(),
            }),
        }
    }
}

/// Which overrides let it pass is told once the batch is done.
fn issued(document_id: [u8; 16], ready: &Ready) -> Issued {
    Issued {
        person: ready.draft.person,
        student_id: ready.draft.student_id().to_owned(),
        document_id,
        kind: ready.draft.transcript.document.kind,
        overrides: Vec::new(),
        school: ready.draft.transcript.school.code.clone(),
        name: ready.draft.transcript.student.name.clone(),
        no_copy: ready.no_copy.clone(),
    }
}
