//! Rows of signed compliance reports: what is about to be signed, and the guarded step to a file.
//!
//! Next: `issuances.rs` has the rows of documents about students.

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::{Row, Sql};
use super::issuances::digest;
use super::policies::{self, PolicyRow};
use super::releases::{self, NewRelease};
use super::{DocumentRow, Store, StoreError, instant_text};

/// A report that is about to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportIntent {
    /// Its id, derived from what it says.
    pub document_id: [u8; 16],
    /// The decree's short name.
    pub decree: String,
    /// SHA-256 of the decree's file.
    pub decree_digest: [u8; 32],
    /// `court` or `public`.
    pub edition: String,
    /// The language of its texts.
    pub language: String,
    /// SHA-256 of the composed template.
    pub template_digest: [u8; 32],
    /// SHA-256 of what it says: the model without its id, before its proof.
    pub input_digest: [u8; 32],
    /// The day of the report.
    pub as_of: Date,
    /// The instant whose records were read.
    pub recorded_at: Timestamp,
    /// The texts by which it is made: the decree's, and those by which a public edition hides.
    pub rules: Vec<PolicyRow>,
}

const COMMITTED: &str = "a committed report has its file";

impl Store {
    /// Writes the intent of a report, where it does not stand yet, with the texts by which it is
    /// made, and gives its file, where it was signed before.
    ///
    /// # Errors
    /// What the database said; [`StoreError::Conflict`], where another report has its id.
    pub async fn intend_report(
        &self,
        intent: &ReportIntent,
        now: Timestamp,
    ) -> Result<Option<DocumentRow>, StoreError> {
        const INTEND: Sql = Sql::both(
            "INSERT INTO reports (document_id, decree, decree_digest, edition, language, \
             template_digest, input_digest, as_of, recorded_at, intended_at, state) VALUES ($1, \
             $2, $3, $4, $5, $6, $7, $8, $9, $10, 'intent') ON CONFLICT (document_id) DO NOTHING",
        );
        const STANDING: Sql = Sql::both(
            "SELECT input_digest, digest, bytes, issued_at FROM reports WHERE document_id = $1",
        );
        let id = intent.document_id.as_slice();
        let values = [
            id.into(),
            intent.decree.as_str().into(),
            intent.decree_digest.as_slice().into(),
            intent.edition.as_str().into(),
            intent.language.as_str().into(),
            intent.template_digest.as_slice().into(),
            intent.input_digest.as_slice().into(),
            intent.as_of.to_string().into(),
            instant_text(intent.recorded_at).into(),
            instant_text(now).into(),
        ];
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        session.execute(INTEND, &values).await?;
        for rules in &intent.rules {
            policies::keep(&mut session, rules).await?;
        }
        let row = session.first(STANDING, &[id.into()]).await?;
        let row = row.ok_or_else(|| StoreError::Conflict("an intent vanished".to_owned()))?;
        if digest(&row, "input_digest")? != intent.input_digest {
            let what = "a report of this id says something else";
            return Err(StoreError::Conflict(what.to_owned()));
        }
        let file = file(&row)?;
        transaction.commit().await?;
        Ok(file)
    }

    /// The guarded commit: false where another process signed the report in the meantime. A public
    /// edition is issued and becomes a release at once, or neither.
    ///
    /// # Errors
    /// What the database said; [`StoreError::Conflict`], where a public edition did not consider
    /// every release before it. Then it is not issued.
    pub async fn commit_report(
        &self,
        document: [u8; 16],
        file: &DocumentRow,
        key_id: &str,
        release: Option<&NewRelease>,
    ) -> Result<bool, StoreError> {
        const ISSUED: Sql = Sql::both(
            "UPDATE reports SET state = 'issued', issued_at = $2, key_id = $3, digest = $4, \
             bytes = $5 WHERE document_id = $1 AND state = 'intent'",
        );
        let values = [
            document.as_slice().into(),
            instant_text(file.committed_at).into(),
            key_id.into(),
            file.digest.as_slice().into(),
            i64::try_from(file.bytes).unwrap_or(i64::MAX).into(),
        ];
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        if session.execute(ISSUED, &values).await? != 1 {
            return Ok(false);
        }
        if let Some(release) = release {
            releases::record(&mut session, release).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Every report that was signed, by its id, with its file. A district signs a few a year.
    ///
    /// # Errors
    /// What the database said.
    pub async fn signed_reports(&self) -> Result<Vec<([u8; 16], DocumentRow)>, StoreError> {
        const SIGNED: Sql = Sql::both(
            "SELECT document_id, digest, bytes, issued_at FROM reports WHERE state = 'issued' \
             ORDER BY document_id",
        );
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(SIGNED, &[]).await?;
        let row = |row: &Row| {
            let file = file(row)?;
            let file = file.ok_or_else(|| StoreError::Inconsistent(COMMITTED.to_owned()))?;
            Ok((row.id("document_id")?, file))
        };
        rows.iter().map(row).collect()
    }
}

/// The signed file of a row, where it has one.
fn file(row: &Row) -> Result<Option<DocumentRow>, StoreError> {
    let Some(bytes) = row.optional_integer("bytes")? else {
        return Ok(None);
    };
    Ok(Some(DocumentRow {
        digest: digest(row, "digest")?,
        bytes: bytes.unsigned_abs(),
        committed_at: row.parsed("issued_at")?,
    }))
}
