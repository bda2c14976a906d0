//! What was issued: intents, the guarded commit, and the files under their digests.
//!
//! The order is the law (invariant 3): an intent row, then the work, then the file on disk under
//! its SHA-256, then one guarded transaction that makes the row `issued`. A crash at any point
//! leaves either nothing, or an intent that can be claimed again, or a file that no row names.
//!
//! Never: a document's text, a signature, a rule. Standings, the log and disclosures come with a
//! later migration. Next: `issue` drives these steps; `store::issuances` holds the statements.

mod files;
mod reports;

pub use files::{DocumentFiles, FileError};
pub use reports::Told;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::host::{self, Clock};
use crate::record::PersonId;
use crate::store::{
    BatchRow, DocumentRow, IntentRow, IssuanceState, NewIntent, PassedUnder, PolicyRow, Store,
    StoreError,
};

/// After this long a claim is taken to belong to a worker that died.
const CLAIM_SECONDS_MAX: i64 = 2 * 60;
/// How often a worker that lives says so; several times within [`CLAIM_SECONDS_MAX`].
const CLAIM_RENEWED: Duration = Duration::from_secs(30);

/// The ledger of one district.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Store,
    files: DocumentFiles,
    /// Names this process in its claims.
    claim: [u8; 16],
}

/// Why a step of the ledger failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written or read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What is wrong between rows and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerProblem {
    /// A row says `issued` and its file is not there.
    MissingFile {
        /// The document.
        document_id: [u8; 16],
    },
    /// A row says `issued` and its file holds something else.
    AlteredFile {
        /// The document.
        document_id: [u8; 16],
    },
    /// A file that no row names: a crash before the commit. Harmless.
    UnreferencedFile {
        /// Its digest.
        digest: [u8; 32],
    },
    /// A file that is being written now, or that a crash left half-written. Harmless.
    Leftover {
        /// Where it lies.
        path: PathBuf,
    },
}

impl Ledger {
    /// The ledger over a store and a folder of files.
    pub fn new(store: Store, files: DocumentFiles) -> Self {
        Self {
            store,
            files,
            claim: host::random_bytes(),
        }
    }

    /// Opens a new batch with the people that it is for.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_batch(
        &self,
        batch: &BatchRow,
        people: &[PersonId],
    ) -> Result<(), LedgerError> {
        Ok(self.store.open_batch(batch, people).await?)
    }

    /// Marks a batch as done; false where documents of it are still open.
    ///
    /// # Errors
    /// What the database said.
    pub async fn finish_batch(&self, id: [u8; 16], now: Timestamp) -> Result<bool, LedgerError> {
        Ok(self.store.finish_batch(id, now).await?)
    }

    /// Records what is about to be issued, and by which policy. For each intent the row that
    /// stands: an earlier run's, where the batch has one for the same person and template.
    ///
    /// # Errors
    /// What the database said.
    pub async fn intend(
        &self,
        intents: &[NewIntent],
        policy: &PolicyRow,
    ) -> Result<Vec<IntentRow>, LedgerError> {
        Ok(self.store.intend(intents, policy).await?)
    }

    /// Claims the documents that are not issued yet; gives those that this process got.
    ///
    /// # Errors
    /// What the database said.
    pub async fn claim(
        &self,
        intents: &[IntentRow],
        now: Timestamp,
    ) -> Result<Vec<[u8; 16]>, LedgerError> {
        let open = intents
            .iter()
            .filter(|intent| intent.state != IssuanceState::Issued);
        let documents: Vec<[u8; 16]> = open.map(|intent| intent.document_id).collect();
        Ok(self
            .store
            .claim(&documents, self.claim, now, stale_before(now))
            .await?)
    }

    /// Holds the claims of this process in a batch for as long as it lives. It ends only where the
    /// database does not answer.
    pub async fn hold_claims(&self, batch: [u8; 16], clock: Clock) -> LedgerError {
        loop {
            tokio::time::sleep(CLAIM_RENEWED).await;
            let renewed = self.store.renew_claims(batch, self.claim, clock.now());
            if let Err(error) = renewed.await {
                return error.into();
            }
        }
    }

    /// Gives up the claims of this process in a batch, so that it can be resumed at once.
    ///
    /// # Errors
    /// What the database said.
    pub async fn release_claims(&self, batch: [u8; 16]) -> Result<(), LedgerError> {
        Ok(self.store.release_claims(batch, self.claim).await?)
    }

    /// Commits signed files: each is on disk before its row says so. Gives the documents that were
    /// committed; one that another worker took over in the meantime is left out, and its file stays
    /// unreferenced.
    ///
    /// # Errors
    /// What the disk or the database said; then no row of the set says `issued`.
    pub async fn commit(
        &self,
        documents: Vec<([u8; 16], Vec<u8>)>,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Vec<[u8; 16]>, LedgerError> {
        let mut rows = Vec::with_capacity(documents.len());
        let mut contents = Vec::with_capacity(documents.len());
        for (id, bytes) in documents {
            let digest: [u8; 32] = Sha256::digest(&bytes).into();
            let row = DocumentRow {
                digest,
                bytes: bytes.len() as u64,
                committed_at: now,
            };
            rows.push((id, row));
            contents.push((digest, bytes));
        }
        let files = self.files.clone();
        let put = tokio::task::spawn_blocking(move || {
            let contents: Vec<_> = contents
                .iter()
                .map(|(digest, bytes)| (*digest, bytes.as_slice()))
                .collect();
            files.put(&contents)
        });
        put.await.expect("writing files does not panic")?;
        Ok(self.store.commit_issued(&rows, self.claim, key_id).await?)
    }

    /// Gives up a claimed document, with the reason for the operator.
    ///
    /// # Errors
    /// What the database said.
    pub async fn fail(&self, document: [u8; 16], reason: &str) -> Result<(), LedgerError> {
        self.store
            .fail_issuance(document, self.claim, reason)
            .await?;
        Ok(())
    }

    /// Records the overrides with which a document that this process claimed is made.
    ///
    /// # Errors
    /// What the database said.
    pub async fn overridden(
        &self,
        document: [u8; 16],
        overrides: &[PassedUnder],
    ) -> Result<(), LedgerError> {
        let recorded = self
            .store
            .override_issuance(document, self.claim, overrides);
        Ok(recorded.await?)
    }

    /// Gives up what an earlier run of a batch was about to make for people who are refused now; a
    /// batch would never be finished otherwise.
    ///
    /// # Errors
    /// What the database said.
    pub async fn give_up(
        &self,
        batch: [u8; 16],
        people: &[PersonId],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        const REASON: &str = "refused when the batch was resumed";
        let given_up = self
            .store
            .give_up_intents(batch, people, REASON, stale_before(now));
        Ok(given_up.await?)
    }

    /// The bytes of an issued document.
    ///
    /// # Errors
    /// Where it is not issued, or its file is missing or altered.
    pub async fn read(&self, document: [u8; 16]) -> Result<Option<Vec<u8>>, LedgerError> {
        let row = self
            .store
            .issuance(document)
            .await?
            .and_then(|row| row.document);
        Ok(row.map(|row| self.files.get(row.digest)).transpose()?)
    }

    /// Compares rows and files, every byte of them, and hands over what is wrong as it is found.
    /// Gives the number of documents.
    ///
    /// # Errors
    /// What the database or the disk said.
    pub async fn check(&self, mut each: impl FnMut(LedgerProblem)) -> Result<u64, LedgerError> {
        // Files first: one whose row is committed while this runs is not taken for a crash's.
        let mut unreferenced = self.files.list()?;
        let (mut documents, mut last) = (0, None);
        loop {
            let page = self.store.documents(last).await?;
            let Some((id, _)) = page.last() else {
                break;
            };
            last = Some(*id);
            for (document_id, row) in page {
                documents += 1;
                self.look_at(document_id, &row, &mut unreferenced, &mut each)?;
            }
        }
        for (document_id, row) in self.store.signed_reports().await? {
            documents += 1;
            self.look_at(document_id, &row, &mut unreferenced, &mut each)?;
        }
        for digest in unreferenced {
            each(LedgerProblem::UnreferencedFile { digest });
        }
        for path in self.files.incoming()? {
            each(LedgerProblem::Leftover { path });
        }
        Ok(documents)
    }

    /// Compares the file of one row.
    fn look_at(
        &self,
        document_id: [u8; 16],
        row: &DocumentRow,
        unreferenced: &mut BTreeSet<[u8; 32]>,
        each: &mut impl FnMut(LedgerProblem),
    ) -> Result<(), LedgerError> {
        unreferenced.remove(&row.digest);
        match self.files.get(row.digest) {
            Ok(_) => {}
            Err(FileError::Missing { .. }) => each(LedgerProblem::MissingFile { document_id }),
            Err(FileError::Altered { .. }) => each(LedgerProblem::AlteredFile { document_id }),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// A claim that was last renewed before this instant belongs to a worker that died.
fn stale_before(now: Timestamp) -> Timestamp {
    now - SignedDuration::from_secs(CLAIM_SECONDS_MAX)
}
