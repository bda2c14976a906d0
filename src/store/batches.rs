//! Rows of batches: what a run of issuing was begun with, whom it is for, and whether it is done.

use jiff::Timestamp;

use super::database::{Sql, Value};
use super::issuances::digest;
use super::{Store, StoreError, instant_text};
use crate::record::PersonId;

/// People of a batch that one statement remembers.
const PEOPLE_PER_STATEMENT_MAX: usize = 10_000;

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
        const PEOPLE: Sql = Sql::pair(
            "INSERT INTO batch_people (batch, place, person) \
             SELECT $1, $2 + key, unhex(value) FROM json_each($3)",
            "INSERT INTO batch_people (batch, place, person) \
             SELECT $1, $2 + n.place - 1, n.person FROM unnest($3::bytea[]) WITH ORDINALITY \
             AS n (person, place)",
        );
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
        let mut place = 0_i64;
        for people in people.chunks(PEOPLE_PER_STATEMENT_MAX) {
            let set = Value::ids(people.iter().map(PersonId::as_bytes));
            let values = [batch.id.as_slice().into(), place.into(), set];
            place += session.execute(PEOPLE, &values).await?.cast_signed();
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

    /// Marks a batch as done: every person was issued a document or refused. False, and not done,
    /// where a document is still to be made or in somebody's hands.
    ///
    /// # Errors
    /// What the database said.
    pub async fn finish_batch(&self, id: [u8; 16], now: Timestamp) -> Result<bool, StoreError> {
        const FINISH: Sql = Sql::both(
            "UPDATE batches SET finished_at = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM \
             issuances WHERE batch = $1 AND state IN ('intent', 'claimed'))",
        );
        let values = [id.as_slice().into(), instant_text(now).into()];
        let mut connection = self.connection().await?;
        Ok(connection.session().execute(FINISH, &values).await? == 1)
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
}
