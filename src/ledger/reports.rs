//! Signed compliance reports: the intent before, the file, then the row.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Ledger, LedgerError};
use crate::store::{DocumentRow, NewRelease, PublicRelease, ReportIntent, ToldPopulation};

/// What a public edition told, and what it knew that others told before.
#[derive(Clone, Debug)]
pub struct Told {
    /// The releases that it considered.
    pub considered: Vec<[u8; 32]>,
    /// What it tells of each population.
    pub populations: Vec<ToldPopulation>,
}

impl Ledger {
    /// Records what is about to be signed; the signed file, where the same report was signed
    /// before.
    ///
    /// # Errors
    /// What the database said; a file that is missing or altered.
    pub async fn intend_report(
        &self,
        intent: &ReportIntent,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, LedgerError> {
        let file = self.store.intend_report(intent, now).await?;
        Ok(file.map(|file| self.files.get(file.digest)).transpose()?)
    }

    /// Commits a signed report, whose file is on disk before its row says so; what a public edition
    /// told becomes history with its row. Gives the file that stands: another one, where another
    /// process was quicker.
    ///
    /// # Errors
    /// What the disk or the database said; then the row does not say `issued`.
    pub async fn commit_report(
        &self,
        intent: &ReportIntent,
        signed: Vec<u8>,
        (key_id, issued_at): (&str, Timestamp),
        told: Option<Told>,
    ) -> Result<Vec<u8>, LedgerError> {
        let digest: [u8; 32] = Sha256::digest(&signed).into();
        let release = told.map(|told| NewRelease {
            release: PublicRelease {
                digest,
                report: intent.decree.clone(),
                as_of: intent.as_of,
                as_known: intent.recorded_at,
                released_at: issued_at,
            },
            considered: told.considered,
            told: told.populations,
        });
        self.files.put(&[(digest, &signed)])?;
        let file = DocumentRow {
            digest,
            bytes: signed.len() as u64,
            committed_at: issued_at,
        };
        let id = intent.document_id;
        let release = release.as_ref();
        if self.store.commit_report(id, &file, key_id, release).await? {
            return Ok(signed);
        }
        let standing = self.intend_report(intent, issued_at).await?;
        Ok(standing.unwrap_or(signed))
    }
}
