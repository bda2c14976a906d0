//! Rows of the ledger: batches, issuances and documents, and the guarded steps between states.
//!
//! Every step is one UPDATE that names the state it expects and must touch exactly one row; a step
//! that touches none lost a race and changes nothing.

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::{Store, StoreError, instant_text};
use crate::record::PersonId;

/// Documents that one read gives at most.
pub const DOCUMENTS_PER_READ_MAX: i64 = 1_000;

/// How far an issuance has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuanceState {
    /// It will be made; nothing has been signed.
    Intent,
    /// Someone is making it.
    Claimed,
    /// It was signed, verified and stored.
    Issued,
    /// It could not be made; the reason is kept, and it may be tried again.
    Failed,
}

impl IssuanceState {
    fn read(text: &str) -> Result<Self, StoreError> {
        Ok(match text {
            "intent" => Self::Intent,
            "claimed" => Self::Claimed,
            "issued" => Self::Issued,
            "failed" => Self::Failed,
            other => return Err(StoreError::Inconsistent(format!("no state `{other}`"))),
        })
    }
}

/// What is to be issued, decided before anything is rendered or signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIntent {
    /// 128 random bits: the document's public name.
    pub document_id: [u8; 16],
    /// The batch that it belongs to; a person gets one document of a template in a batch.
    pub batch: [u8; 16],
    /// Whom it is about.
    pub subject: PersonId,
    /// The state code of the school that issues it.
    pub school: String,
    /// `initial`, `mid_year` or `final`.
    pub document_kind: String,
    /// SHA-256 of the composed template.
    pub template_digest: [u8; 32],
    /// SHA-256 of the policy.
    pub policy_digest: [u8; 32],
    /// SHA-256 of the canonical model before its proof.
    pub input_digest: [u8; 32],
    /// The instant whose records were read.
    pub recorded_at: Timestamp,
    /// The instant on the document.
    pub issued_at: Timestamp,
    /// The key that is to sign it.
    pub key_id: String,
}

/// A run of issuing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its id, random.
    pub id: [u8; 16],
    /// The instant whose records the whole batch reads.
    pub recorded_at: Timestamp,
    /// The instant on its documents.
    pub issued_at: Timestamp,
    /// What was asked for, for the operator; names no student.
    pub description: String,
    /// What all documents of the batch share, as JSON; the store does not read it.
    pub request: String,
    /// SHA-256 of the composed template.
    pub template_digest: [u8; 32],
    /// SHA-256 of the policy.
    pub policy_digest: [u8; 32],
}

/// An intent as the ledger holds it after [`Store::intend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRow {
    /// The document's id: the new one, or that of the same intent made before.
    pub document_id: [u8; 16],
    /// How far it has come.
    pub state: IssuanceState,
    /// The instant on the document, as first intended.
    pub issued_at: Timestamp,
    /// The instant whose records it reads, as first intended.
    pub recorded_at: Timestamp,
    /// What it says, as first intended.
    pub input_digest: [u8; 32],
}

/// An issuance with its document, where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuanceRow {
    /// The intent.
    pub intent: NewIntent,
    /// How far it has come.
    pub state: IssuanceState,
    /// Why it failed.
    pub failure: Option<String>,
    /// The signed file.
    pub document: Option<DocumentRow>,
}

/// A signed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// SHA-256 of the file, which is also its name in the document store.
    pub digest: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// When it was committed.
    pub committed_at: Timestamp,
}

const INTEND: Sql = Sql::both(
    "INSERT INTO issuances (document_id, batch, subject, school, document_kind, template_digest, \
     policy_digest, input_digest, recorded_at, issued_at, key_id, state) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'intent') \
     ON CONFLICT (batch, subject, template_digest) DO NOTHING",
);
const INTENDED: Sql = Sql::both(
    "SELECT document_id, state, issued_at, recorded_at, input_digest FROM issuances \
     WHERE batch = $1 AND subject = $2 AND template_digest = $3",
);
const CLAIM: Sql = Sql::both(
    "UPDATE issuances SET state = 'claimed', claim = $2, claimed_at = $3, failure = NULL \
     WHERE document_id = $1 AND (state IN ('intent', 'failed') OR \
     (state = 'claimed' AND (claimed_at < $4 OR claim = $2)))",
);
const ISSUED: Sql = Sql::both(
    "UPDATE issuances SET state = 'issued', claim = NULL, claimed_at = NULL, key_id = $3 \
     WHERE document_id = $1 AND state = 'claimed' AND claim = $2",
);
const DOCUMENT: Sql = Sql::both("INSERT INTO documents VALUES ($1, $2, $3, $4)");
const FAILED: Sql = Sql::both(
    "UPDATE issuances SET state = 'failed', claim = NULL, claimed_at = NULL, failure = $3 \
     WHERE document_id = $1 AND state = 'claimed' AND claim = $2",
);

impl Store {
    /// Opens a new batch with the people that it is for, in one transaction.
    ///
    /// # Errors
    /// What the database said; then there is no batch.
    pub async fn open_batch(
        &self,
        batch: &BatchRow,
        people: &[PersonId],
    ) -> Result<(), StoreError> {
        const BATCH: Sql = Sql::both(
            "INSERT INTO batches (id, recorded_at, issued_at, description, request, \
             template_digest, policy_digest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        );
        const PERSON: Sql = Sql::both("INSERT INTO batch_people VALUES ($1, $2, $3)");
        let values = [
            batch.id.as_slice().into(),
            instant_text(batch.recorded_at).into(),
            instant_text(batch.issued_at).into(),
            batch.description.as_str().into(),
            batch.request.as_str().into(),
            batch.template_digest.as_slice().into(),
            batch.policy_digest.as_slice().into(),
        ];
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        session.execute(BATCH, &values).await?;
        for (place, person) in (0_i64..).zip(people) {
            let values = [
                batch.id.as_slice().into(),
                place.into(),
                person.as_bytes().as_slice().into(),
            ];
            session.execute(PERSON, &values).await?;
        }
        transaction.commit().await
    }

    /// A batch as it was opened, with its people in their order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn find_batch(
        &self,
        id: [u8; 16],
    ) -> Result<Option<(BatchRow, Vec<PersonId>)>, StoreError> {
        const FIND: Sql = Sql::both(
            "SELECT recorded_at, issued_at, description, request, template_digest, \
             policy_digest FROM batches WHERE id = $1",
        );
        const PEOPLE: Sql =
            Sql::both("SELECT person FROM batch_people WHERE batch = $1 ORDER BY place");
        let values = [id.as_slice().into()];
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let Some(row) = session.first(FIND, &values).await? else {
            return Ok(None);
        };
        let people = session.rows(PEOPLE, &values).await?;
        let people = people.iter().map(|row| row.id("person").map(PersonId));
        let batch = BatchRow {
            id,
            recorded_at: row.parsed("recorded_at")?,
            issued_at: row.parsed("issued_at")?,
            description: row.text("description")?,
            request: row.text("request")?,
            template_digest: digest(&row, "template_digest")?,
            policy_digest: digest(&row, "policy_digest")?,
        };
        Ok(Some((batch, people.collect::<Result<_, _>>()?)))
    }

    /// Marks a batch as done: every person was issued a document or refused.
    ///
    /// # Errors
    /// What the database said.
    pub async fn finish_batch(&self, id: [u8; 16], now: Timestamp) -> Result<(), StoreError> {
        const FINISH: Sql = Sql::both("UPDATE batches SET finished_at = $2 WHERE id = $1");
        let values = [id.as_slice().into(), instant_text(now).into()];
        self.connection()
            .await?
            .session()
            .execute(FINISH, &values)
            .await?;
        Ok(())
    }

    /// Batches that were opened and not finished, with how many people each is for: an interrupted
    /// run left them, or another process is at them now.
    ///
    /// # Errors
    /// What the database said.
    pub async fn unfinished_batches(&self) -> Result<Vec<([u8; 16], u64)>, StoreError> {
        const UNFINISHED: Sql = Sql::both(
            "SELECT b.id, (SELECT COUNT(*) FROM batch_people p WHERE p.batch = b.id) AS count \
             FROM batches b WHERE b.finished_at IS NULL ORDER BY b.issued_at, b.id",
        );
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(UNFINISHED, &[]).await?;
        rows.iter()
            .map(|row| Ok((row.id("id")?, row.integer("count")?.unsigned_abs())))
            .collect()
    }

    /// Documents that were issued, by their ids, with digest and length: the first of those after
    /// `after`, at most [`DOCUMENTS_PER_READ_MAX`]; for checking the files. None is left where it
    /// gives none.
    ///
    /// # Errors
    /// What the database said.
    pub async fn documents(
        &self,
        after: Option<[u8; 16]>,
    ) -> Result<Vec<([u8; 16], DocumentRow)>, StoreError> {
        const DOCUMENTS: Sql = Sql::both(
            "SELECT document_id, digest, bytes, committed_at FROM documents WHERE \
             document_id > $1 ORDER BY document_id LIMIT $2",
        );
        // Every id comes after no bytes.
        let after = after.map_or(Vec::new(), |id| id.to_vec());
        let values = [after.as_slice().into(), DOCUMENTS_PER_READ_MAX.into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(DOCUMENTS, &values).await?;
        rows.iter()
            .map(|row| Ok((row.id("document_id")?, document(row)?)))
            .collect()
    }

    /// Writes the intents of a set of documents in one transaction, and gives for each what now
    /// stands: the same intent of an earlier run wins, so that a resumed batch issues nothing
    /// twice.
    ///
    /// # Errors
    /// What the database said; then no intent of the set stands.
    pub async fn intend(&self, intents: &[NewIntent]) -> Result<Vec<IntentRow>, StoreError> {
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        let mut rows = Vec::with_capacity(intents.len());
        for intent in intents {
            rows.push(intend_one(&mut session, intent).await?);
        }
        transaction.commit().await?;
        Ok(rows)
    }

    /// Claims documents for one worker, in one transaction; gives those that it got. A claim older
    /// than `stale_before` belongs to a worker that died and may be taken over.
    ///
    /// # Errors
    /// What the database said.
    pub async fn claim(
        &self,
        documents: &[[u8; 16]],
        claim: [u8; 16],
        now: Timestamp,
        stale_before: Timestamp,
    ) -> Result<Vec<[u8; 16]>, StoreError> {
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        let mut claimed = Vec::with_capacity(documents.len());
        for document in documents {
            let values = [
                document.as_slice().into(),
                claim.as_slice().into(),
                instant_text(now).into(),
                instant_text(stale_before).into(),
            ];
            if session.execute(CLAIM, &values).await? == 1 {
                claimed.push(*document);
            }
        }
        transaction.commit().await?;
        Ok(claimed)
    }

    /// The guarded commit: each document must still be claimed by this worker. Those that are
    /// become `issued` together with their document rows, in one transaction; the others, which
    /// another worker took over, are left as they are. Gives the documents that were committed.
    ///
    /// # Errors
    /// What the database said; then none of the set is issued.
    pub async fn commit_issued(
        &self,
        documents: &[([u8; 16], DocumentRow)],
        claim: [u8; 16],
        key_id: &str,
    ) -> Result<Vec<[u8; 16]>, StoreError> {
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        let mut committed = Vec::with_capacity(documents.len());
        for (id, document) in documents {
            let guard = [id.as_slice().into(), claim.as_slice().into(), key_id.into()];
            if session.execute(ISSUED, &guard).await? != 1 {
                continue;
            }
            let values = [
                id.as_slice().into(),
                document.digest.as_slice().into(),
                i64::try_from(document.bytes).unwrap_or(i64::MAX).into(),
                instant_text(document.committed_at).into(),
            ];
            session.execute(DOCUMENT, &values).await?;
            committed.push(*id);
        }
        transaction.commit().await?;
        Ok(committed)
    }

    /// Gives up a claimed document, with the reason. False where the claim is no longer ours.
    ///
    /// # Errors
    /// What the database said.
    pub async fn fail_issuance(
        &self,
        document: [u8; 16],
        claim: [u8; 16],
        failure: &str,
    ) -> Result<bool, StoreError> {
        let values = [
            document.as_slice().into(),
            claim.as_slice().into(),
            failure.into(),
        ];
        Ok(self
            .connection()
            .await?
            .session()
            .execute(FAILED, &values)
            .await?
            == 1)
    }

    /// One issuance by its document id.
    ///
    /// # Errors
    /// What the database said.
    pub async fn issuance(&self, id: [u8; 16]) -> Result<Option<IssuanceRow>, StoreError> {
        const ONE: Sql = Sql::both(
            "SELECT i.*, d.digest, d.bytes, d.committed_at FROM issuances i LEFT JOIN documents d \
             ON d.document_id = i.document_id WHERE i.document_id = $1",
        );
        let mut connection = self.connection().await?;
        let row = connection
            .session()
            .first(ONE, &[id.as_slice().into()])
            .await?;
        row.as_ref().map(issuance).transpose()
    }
}

async fn intend_one(
    session: &mut Session<'_>,
    intent: &NewIntent,
) -> Result<IntentRow, StoreError> {
    let values: [Value; 11] = [
        intent.document_id.as_slice().into(),
        intent.batch.as_slice().into(),
        intent.subject.as_bytes().as_slice().into(),
        intent.school.as_str().into(),
        intent.document_kind.as_str().into(),
        intent.template_digest.as_slice().into(),
        intent.policy_digest.as_slice().into(),
        intent.input_digest.as_slice().into(),
        instant_text(intent.recorded_at).into(),
        instant_text(intent.issued_at).into(),
        intent.key_id.as_str().into(),
    ];
    if session.execute(INTEND, &values).await? == 1 {
        return Ok(IntentRow {
            document_id: intent.document_id,
            state: IssuanceState::Intent,
            issued_at: intent.issued_at,
            recorded_at: intent.recorded_at,
            input_digest: intent.input_digest,
        });
    }
    let key = [
        intent.batch.as_slice().into(),
        intent.subject.as_bytes().as_slice().into(),
        intent.template_digest.as_slice().into(),
    ];
    let row = session.first(INTENDED, &key).await?;
    let row = row.ok_or_else(|| StoreError::Conflict("an intent vanished".to_owned()))?;
    Ok(IntentRow {
        document_id: row.id("document_id")?,
        state: IssuanceState::read(&row.text("state")?)?,
        issued_at: row.parsed("issued_at")?,
        recorded_at: row.parsed("recorded_at")?,
        input_digest: digest(&row, "input_digest")?,
    })
}

fn digest(row: &Row, column: &str) -> Result<[u8; 32], StoreError> {
    let bytes = row.bytes(column)?;
    bytes
        .try_into()
        .map_err(|_| StoreError::Inconsistent(format!("`{column}` is no digest")))
}

fn document(row: &Row) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        digest: digest(row, "digest")?,
        bytes: row.integer("bytes")?.unsigned_abs(),
        committed_at: row.parsed("committed_at")?,
    })
}

fn issuance(row: &Row) -> Result<IssuanceRow, StoreError> {
    let document = match row.optional_bytes("digest")? {
        None => None,
        Some(_) => Some(document(row)?),
    };
    Ok(IssuanceRow {
        intent: NewIntent {
            document_id: row.id("document_id")?,
            batch: row.id("batch")?,
            subject: PersonId(row.id("subject")?),
            school: row.text("school")?,
            document_kind: row.text("document_kind")?,
            template_digest: digest(row, "template_digest")?,
            policy_digest: digest(row, "policy_digest")?,
            input_digest: digest(row, "input_digest")?,
            recorded_at: row.parsed("recorded_at")?,
            issued_at: row.parsed("issued_at")?,
            key_id: row.text("key_id")?,
        },
        state: IssuanceState::read(&row.text("state")?)?,
        failure: row.optional_text("failure")?,
        document,
    })
}
