//! Rows of the ledger: issuances and documents, and the guarded steps between states. The batches
//! that they belong to are in `batches.rs`.
//!
//! A step is a statement for a set of documents. It names the state that it expects of each row,
//! and gives the rows that it touched; a document whose row it did not touch lost a race and stays
//! as it is.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::database::{Row, Sql, Value};
use super::known_as::KnownAs;
use super::overrides::{PassedUnder, json as kept, passed_under};
use super::policies::{self, PolicyRow};
use super::records::of_ids;
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
    /// SHA-256 of what the document says: the model without its id, before its proof.
    pub input_digest: [u8; 32],
    /// The instant whose records were read.
    pub recorded_at: Timestamp,
    /// The instant on the document.
    pub issued_at: Timestamp,
    /// The key that is to sign it.
    pub key_id: String,
    /// The overrides that let it pass the audit.
    pub overrides: Vec<PassedUnder>,
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
    /// The overrides that let it pass the audit.
    pub overrides: Vec<PassedUnder>,
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

const INTEND: Sql = Sql::pair(
    "INSERT INTO issuances (document_id, batch, subject, school, document_kind, template_digest, \
     policy_digest, input_digest, recorded_at, issued_at, key_id, overrides, state) \
     SELECT unhex(value->>'document_id'), unhex(value->>'batch'), unhex(value->>'subject'), \
     value->>'school', value->>'document_kind', unhex(value->>'template_digest'), \
     unhex(value->>'policy_digest'), unhex(value->>'input_digest'), value->>'recorded_at', \
     value->>'issued_at', value->>'key_id', value->>'overrides', 'intent' FROM jsonb_each($1) \
     WHERE 1 = 1 ON CONFLICT (batch, subject, template_digest) DO NOTHING",
    "INSERT INTO issuances (document_id, batch, subject, school, document_kind, template_digest, \
     policy_digest, input_digest, recorded_at, issued_at, key_id, overrides, state) \
     SELECT decode(value->>'document_id', 'hex'), decode(value->>'batch', 'hex'), \
     decode(value->>'subject', 'hex'), value->>'school', value->>'document_kind', \
     decode(value->>'template_digest', 'hex'), decode(value->>'policy_digest', 'hex'), \
     decode(value->>'input_digest', 'hex'), value->>'recorded_at', value->>'issued_at', \
     value->>'key_id', value->>'overrides', 'intent' FROM json_array_elements($1::json) \
     ON CONFLICT (batch, subject, template_digest) DO NOTHING",
);
const INTENDED: Sql = Sql::pair(
    "SELECT i.batch, i.subject, i.template_digest, i.document_id, i.state, i.issued_at, \
     i.recorded_at, i.input_digest, i.overrides FROM jsonb_each($1) n CROSS JOIN issuances i WHERE \
     i.batch = unhex(n.value->>'batch') AND i.subject = unhex(n.value->>'subject') AND \
     i.template_digest = unhex(n.value->>'template_digest')",
    "SELECT i.batch, i.subject, i.template_digest, i.document_id, i.state, i.issued_at, \
     i.recorded_at, i.input_digest, i.overrides FROM json_array_elements($1::json) n JOIN \
     issuances i ON i.batch = decode(n.value->>'batch', 'hex') AND \
     i.subject = decode(n.value->>'subject', 'hex') AND \
     i.template_digest = decode(n.value->>'template_digest', 'hex')",
);
/// Claims of the documents `$1` those that wait, or whose claim grew stale, or is ours.
macro_rules! claim {
    ($in_set:literal) => {
        concat!(
            "UPDATE issuances SET state = 'claimed', claim = $2, claimed_at = $3, failure = NULL \
             WHERE document_id ",
            $in_set,
            " AND (state IN ('intent', 'failed') OR \
             (state = 'claimed' AND (claimed_at < $4 OR claim = $2))) RETURNING document_id"
        )
    };
}
/// Of the documents `$1` those that are claimed by `$2` are issued.
macro_rules! issued {
    ($in_set:literal) => {
        concat!(
            "UPDATE issuances SET state = 'issued', claim = NULL, claimed_at = NULL, key_id = $3 \
             WHERE document_id ",
            $in_set,
            " AND state = 'claimed' AND claim = $2 RETURNING document_id"
        )
    };
}
const CLAIM: Sql = of_ids!(claim!());
const ISSUED: Sql = of_ids!(issued!());
const DOCUMENTS: Sql = Sql::pair(
    "INSERT INTO documents (document_id, digest, bytes, committed_at) \
     SELECT unhex(value->>'document_id'), unhex(value->>'digest'), value->>'bytes', \
     value->>'committed_at' FROM jsonb_each($1)",
    "INSERT INTO documents (document_id, digest, bytes, committed_at) \
     SELECT decode(value->>'document_id', 'hex'), decode(value->>'digest', 'hex'), \
     (value->>'bytes')::bigint, value->>'committed_at' FROM json_array_elements($1::json)",
);
const FAILED: Sql = Sql::both(
    "UPDATE issuances SET state = 'failed', claim = NULL, claimed_at = NULL, failure = $3 \
     WHERE document_id = $1 AND state = 'claimed' AND claim = $2",
);

const OVERRIDDEN: Sql = Sql::both(
    "UPDATE issuances SET overrides = $3 WHERE document_id = $1 AND state = 'claimed' AND \
     claim = $2",
);
/// What waits of the people `$1` in the batch `$2`, or whose claim grew stale, is given up.
macro_rules! given_up {
    ($in_set:literal) => {
        concat!(
            "UPDATE issuances SET state = 'failed', claim = NULL, claimed_at = NULL, \
             failure = $3 WHERE batch = $2 AND subject ",
            $in_set,
            " AND (state = 'intent' OR (state = 'claimed' AND claimed_at < $4))"
        )
    };
}
const GIVEN_UP: Sql = of_ids!(given_up!());

/// The issuances about the people `$1`.
macro_rules! issuances_of {
    ($in_set:literal) => {
        concat!(
            "SELECT i.*, d.digest, d.bytes, d.committed_at FROM issuances i LEFT JOIN documents d \
             ON d.document_id = i.document_id WHERE i.subject ",
            $in_set,
            " ORDER BY i.issued_at DESC, i.document_id LIMIT $2"
        )
    };
}

impl Store {
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

    /// Writes the intents of a set of documents in one transaction, with the policy that they are
    /// made by, and gives for each what now stands: the same intent of an earlier run wins, so that
    /// a resumed batch issues nothing twice.
    ///
    /// # Errors
    /// What the database said; then no intent of the set stands. [`StoreError::Conflict`], where an
    /// intent names another policy.
    pub async fn intend(
        &self,
        intents: &[NewIntent],
        policy: &PolicyRow,
    ) -> Result<Vec<IntentRow>, StoreError> {
        if intents.is_empty() {
            return Ok(Vec::new());
        }
        let mut policies = intents.iter().map(|intent| intent.policy_digest);
        if policies.any(|digest| digest != policy.digest) {
            let what = "an intent is of another policy than the one to be kept";
            return Err(StoreError::Conflict(what.to_owned()));
        }
        let values = [Value::from(
            Json::Array(intents.iter().map(intent_json).collect()).to_string(),
        )];
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        policies::keep(&mut session, policy).await?;
        session.execute(INTEND, &values).await?;
        let mut standing = HashMap::with_capacity(intents.len());
        for row in session.rows(INTENDED, &values).await? {
            let subject = PersonId(row.id("subject")?);
            let template_digest = digest(&row, "template_digest")?;
            let unique = (row.id("batch")?, subject, template_digest);
            standing.insert(unique, intended(&row)?);
        }
        let rows = intents.iter().map(|intent| {
            let unique = (intent.batch, intent.subject, intent.template_digest);
            let row = standing.get(&unique).cloned();
            row.ok_or_else(|| StoreError::Conflict("an intent vanished".to_owned()))
        });
        let rows = rows.collect::<Result<_, _>>()?;
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
        let values = [
            Value::ids(documents),
            claim.as_slice().into(),
            instant_text(now).into(),
            instant_text(stale_before).into(),
        ];
        let claimed = document_ids(&session.rows(CLAIM, &values).await?)?;
        transaction.commit().await?;
        let claimed = documents.iter().filter(|id| claimed.contains(*id));
        Ok(claimed.copied().collect())
    }

    /// Keeps the claims that a worker holds in a batch from going stale.
    ///
    /// # Errors
    /// What the database said.
    pub async fn renew_claims(
        &self,
        batch: [u8; 16],
        claim: [u8; 16],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const RENEW: Sql = Sql::both(
            "UPDATE issuances SET claimed_at = $3 WHERE batch = $1 AND state = 'claimed' AND \
             claim = $2",
        );
        let now = instant_text(now);
        let values = [batch.as_slice().into(), claim.as_slice().into(), now.into()];
        let mut connection = self.connection().await?;
        connection.session().execute(RENEW, &values).await?;
        Ok(())
    }

    /// Puts the documents back that a worker claimed in a batch and did not make.
    ///
    /// # Errors
    /// What the database said.
    pub async fn release_claims(&self, batch: [u8; 16], claim: [u8; 16]) -> Result<(), StoreError> {
        const RELEASE: Sql = Sql::both(
            "UPDATE issuances SET state = 'intent', claim = NULL, claimed_at = NULL \
             WHERE batch = $1 AND state = 'claimed' AND claim = $2",
        );
        let values = [batch.as_slice().into(), claim.as_slice().into()];
        let mut connection = self.connection().await?;
        connection.session().execute(RELEASE, &values).await?;
        Ok(())
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
        let guard = [
            Value::ids(documents.iter().map(|(id, _)| id)),
            claim.as_slice().into(),
            key_id.into(),
        ];
        let ours = document_ids(&session.rows(ISSUED, &guard).await?)?;
        let committed = documents.iter().filter(|(id, _)| ours.contains(id));
        let (ids, rows): (Vec<_>, Vec<_>) = committed
            .map(|(id, document)| (*id, document_json(id, document)))
            .unzip();
        session
            .execute(DOCUMENTS, &[Json::Array(rows).to_string().into()])
            .await?;
        transaction.commit().await?;
        Ok(ids)
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

    /// Records the overrides with which a claimed document is made, where an earlier run was about
    /// to make it with others.
    ///
    /// # Errors
    /// What the database said.
    pub async fn override_issuance(
        &self,
        document: [u8; 16],
        claim: [u8; 16],
        overrides: &[PassedUnder],
    ) -> Result<(), StoreError> {
        let values = [
            document.as_slice().into(),
            claim.as_slice().into(),
            kept(overrides).into(),
        ];
        let mut connection = self.connection().await?;
        connection.session().execute(OVERRIDDEN, &values).await?;
        Ok(())
    }

    /// Gives up, with the reason, what an earlier run of a batch was about to make for these people
    /// and no other process has in its hands.
    ///
    /// # Errors
    /// What the database said.
    pub async fn give_up_intents(
        &self,
        batch: [u8; 16],
        people: &[PersonId],
        failure: &str,
        stale_before: Timestamp,
    ) -> Result<(), StoreError> {
        let values = [
            Value::ids(people.iter().map(PersonId::as_bytes)),
            batch.as_slice().into(),
            failure.into(),
            instant_text(stale_before).into(),
        ];
        let mut connection = self.connection().await?;
        connection.session().execute(GIVEN_UP, &values).await?;
        Ok(())
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

    /// The newest issuances about a person, under whatever id the person had when each was made, as
    /// known at an instant: at most [`DOCUMENTS_PER_READ_MAX`].
    ///
    /// # Errors
    /// What the database said.
    pub async fn issuances_of(
        &self,
        person: PersonId,
        known: Timestamp,
    ) -> Result<Vec<IssuanceRow>, StoreError> {
        const OF_PERSON: Sql = of_ids!(issuances_of!());
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let known_as = KnownAs::read(&mut session, person, known).await?;
        let values = [Value::ids(&known_as.ids()), DOCUMENTS_PER_READ_MAX.into()];
        let rows = session.rows(OF_PERSON, &values).await?;
        let issuances = rows.iter().map(issuance);
        let mut issuances = issuances.collect::<Result<Vec<_>, _>>()?;
        issuances.retain(|row| known_as.was(row.intent.subject, row.intent.recorded_at));
        Ok(issuances)
    }
}

fn document_ids(rows: &[Row]) -> Result<HashSet<[u8; 16]>, StoreError> {
    rows.iter().map(|row| row.id("document_id")).collect()
}

/// An intent as [`INTEND`] and [`INTENDED`] take it.
fn intent_json(intent: &NewIntent) -> Json {
    json!({
        "document_id": hex::encode(intent.document_id),
        "batch": hex::encode(intent.batch),
        "subject": hex::encode(intent.subject.as_bytes()),
        "school": intent.school,
        "document_kind": intent.document_kind,
        "template_digest": hex::encode(intent.template_digest),
        "policy_digest": hex::encode(intent.policy_digest),
        "input_digest": hex::encode(intent.input_digest),
        "recorded_at": instant_text(intent.recorded_at),
        "issued_at": instant_text(intent.issued_at),
        "key_id": intent.key_id,
        "overrides": kept(&intent.overrides),
    })
}

/// A document as [`DOCUMENTS`] takes it.
fn document_json(id: &[u8; 16], document: &DocumentRow) -> Json {
    json!({
        "document_id": hex::encode(id),
        "digest": hex::encode(document.digest),
        "bytes": i64::try_from(document.bytes).unwrap_or(i64::MAX),
        "committed_at": instant_text(document.committed_at),
    })
}

fn intended(row: &Row) -> Result<IntentRow, StoreError> {
    Ok(IntentRow {
        document_id: row.id("document_id")?,
        state: IssuanceState::read(&row.text("state")?)?,
        issued_at: row.parsed("issued_at")?,
        recorded_at: row.parsed("recorded_at")?,
        input_digest: digest(row, "input_digest")?,
        overrides: passed_under(row)?,
    })
}

pub(super) fn digest(row: &Row, column: &str) -> Result<[u8; 32], StoreError> {
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
            overrides: passed_under(row)?,
        },
        state: IssuanceState::read(&row.text("state")?)?,
        failure: row.optional_text("failure")?,
        document,
    })
}
