//! What public editions told, between the store that keeps it and `compliance` that reads it.
//!
//! Owns the form of a population's rows in the store: JSON, a row for each count. A report asks
//! [`Store::public_releases`] which editions there were before it, names them, and reads with
//! [`history`] what they told; made again, it reads those that it names. Only a public edition that
//! was signed is recorded, with all that it told ([`record_release`]).

use std::collections::BTreeMap;

use super::IssueError;
use crate::compliance::public::PublicEdition;
use crate::compliance::suppression::Published;
use crate::store::{PublicRelease, Store, StoreError, ToldPopulation};

/// What these releases told.
///
/// # Errors
/// [`IssueError::Store`], where one of them was never released from this database, or what it told
/// does not read.
pub async fn history(store: &Store, releases: &[[u8; 32]]) -> Result<Vec<Published>, IssueError> {
    let mut rows: Vec<Published> = Vec::new();
    for ToldPopulation { population, told } in store.told_by_releases(releases).await? {
        let told: Vec<Published> = serde_json::from_str(&told).map_err(|error| {
            StoreError::Inconsistent(format!(
                "what a public edition told of {population} does not read: {error}"
            ))
        })?;
        rows.extend(told);
    }
    Ok(rows)
}

/// Records a signed public edition with all that it told; whether it was not recorded before.
///
/// # Errors
/// [`IssueError::Store`], where it did not consider every release before it.
pub async fn record_release(
    store: &Store,
    release: &PublicRelease,
    considered: &[[u8; 32]],
    edition: &PublicEdition,
) -> Result<bool, IssueError> {
    let mut populations: BTreeMap<&str, Vec<&Published>> = BTreeMap::new();
    for row in edition.told() {
        populations.entry(&row.population).or_default().push(row);
    }
    let told = populations.into_iter().map(|(population, rows)| {
        let told = serde_json::to_string(&rows);
        let told = told.map_err(|error| StoreError::Inconsistent(error.to_string()))?;
        Ok(ToldPopulation {
            population: population.to_owned(),
            told,
        })
    });
    let told: Vec<ToldPopulation> = told.collect::<Result<_, StoreError>>()?;
    Ok(store.record_release(release, considered, &told).await?)
}
