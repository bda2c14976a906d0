//! The rules by which documents and compliance reports were issued, in their own words: policies,
//! decrees, and what a public edition hides by. Each text is kept with the first intent under it,
//! and never changed.
//!
//! Never: what a rule means; that is `transcript`'s and `compliance`'s.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::database::{Row, Session, Sql};
use super::issuances::digest;
use super::{Store, StoreError, instant_text};

/// Policies that are read at most, the newest first: a district has a few a year.
pub const POLICIES_LISTED_MAX: i64 = 1_000;

/// A policy by which documents were issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// SHA-256 of the text.
    pub digest: [u8; 32],
    /// The district's own name for it.
    pub version: String,
    /// Its file, byte for byte.
    pub text: String,
    /// When the first document under it was about to be issued.
    pub first_used_at: Timestamp,
}

impl Store {
    /// The policies by which documents were issued, the newest first.
    ///
    /// # Errors
    /// What the database said; [`StoreError::Inconsistent`], where a text is not what its digest
    /// says.
    pub async fn policies(&self) -> Result<Vec<PolicyRow>, StoreError> {
        const POLICIES: Sql = Sql::both(
            "SELECT digest, version, text, first_used_at FROM policies ORDER BY first_used_at \
             DESC, digest LIMIT $1",
        );
        let mut connection = self.connection().await?;
        let values = [POLICIES_LISTED_MAX.into()];
        let rows = connection.session().rows(POLICIES, &values).await?;
        rows.iter().map(policy).collect()
    }

    /// The text of this digest, by which something was issued.
    ///
    /// # Errors
    /// What the database said; [`StoreError::Inconsistent`], where a text is not what its digest
    /// says.
    pub async fn policy(&self, digest: [u8; 32]) -> Result<Option<PolicyRow>, StoreError> {
        const POLICY: Sql = Sql::both(
            "SELECT digest, version, text, first_used_at FROM policies WHERE digest = $1",
        );
        let mut connection = self.connection().await?;
        let values = [digest.as_slice().into()];
        let row = connection.session().first(POLICY, &values).await?;
        row.as_ref().map(policy).transpose()
    }
}

/// Keeps a policy, where it is not kept yet.
pub(super) async fn keep(session: &mut Session<'_>, policy: &PolicyRow) -> Result<(), StoreError> {
    const KEEP: Sql = Sql::both(
        "INSERT INTO policies (digest, version, text, first_used_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (digest) DO NOTHING",
    );
    let values = [
        policy.digest.as_slice().into(),
        policy.version.as_str().into(),
        policy.text.as_str().into(),
        instant_text(policy.first_used_at).into(),
    ];
    session.execute(KEEP, &values).await?;
    Ok(())
}

fn policy(row: &Row) -> Result<PolicyRow, StoreError> {
    let (digest, text) = (digest(row, "digest")?, row.text("text")?);
    let found: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    if found != digest {
        return Err(StoreError::Inconsistent(
            "the text of a policy is not what its digest says".to_owned(),
        ));
    }
    Ok(PolicyRow {
        digest,
        text,
        version: row.text("version")?,
        first_used_at: row.parsed("first_used_at")?,
    })
}
