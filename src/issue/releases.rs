//! What public editions told, between the store that keeps it and `compliance` that reads it.
//!
//! Owns the form of a population's rows in the store: JSON, a row for each count. A report asks
//! [`Store::public_releases`] which editions there were before it, names them, and reads with
//! [`history`] what they told; made again, it reads those that it names. Only a public edition that
//! is signed becomes a release, with all that it told ([`told`]).

use std::collections::BTreeMap;

use super::IssueError;
use crate::compliance::public::PublicEdition;
use crate::compliance::suppression::Published;
use crate::store::{Store, StoreError, ToldPopulation};

/// What these releases told.
///
/// # Errors
/// [`IssueError::Store`], where one of them was never released from this database, or what it told
/// does not read.
pub(super) async fn history(
    store: &Store,
    releases: &[[u8; 32]],
) -> Result<Vec<Published>, IssueError> {
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

/// All that an edition tells, as the store keeps it.
pub(super) fn told(edition: &PublicEdition) -> Result<Vec<ToldPopulation>, IssueError> {
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
    Ok(told.collect::<Result<_, StoreError>>()?)
}
