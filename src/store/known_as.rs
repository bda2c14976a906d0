//! Under which ids a person has been known, and when: a state id may be assigned later, and a merge
//! gives both rows one.
//!
//! What was issued about a person was issued under the id of then. An id is no answer without the
//! time: after a merge that was taken back, and for a number that another child has now, it was
//! somebody else's as well. Next: `told.rs` says which versions of a row tell of one child.

use jiff::Timestamp;

use super::database::{Session, Sql};
use super::told::{Histories, RowName, Told};
use super::{StoreError, instant_text};
use crate::record::PersonId;

/// Whom the rows of a person have told of.
pub(super) struct KnownAs {
    person: PersonId,
    /// Of each row the versions that tell of the child, the oldest first.
    rows: Vec<Vec<Told>>,
}

impl KnownAs {
    /// Of a person in the records as known at an instant.
    pub async fn read(
        session: &mut Session<'_>,
        person: PersonId,
        known: Timestamp,
    ) -> Result<Self, StoreError> {
        const ROWS: Sql =
            Sql::both("SELECT DISTINCT p.source, p.person FROM people p WHERE p.person_id = $1");
        let rows = session
            .rows(ROWS, &[person.as_bytes().as_slice().into()])
            .await?;
        let names = rows
            .iter()
            .map(|row| Ok((row.text("source")?, row.text("person")?)));
        let names = names.collect::<Result<_, StoreError>>()?;
        let mut histories = Histories::read(session, &names, &instant_text(known).into()).await?;
        let told = names.iter().map(|row: &RowName| histories.take_called(row));
        let is_own = |told: &Vec<Told>| told.last().is_some_and(|newest| newest.id == person);
        let rows = told.filter(is_own).collect();
        Ok(Self { person, rows })
    }

    /// Every id.
    pub fn ids(&self) -> Vec<[u8; 16]> {
        let ids = self.rows.iter().flatten().map(|told| told.id);
        // Of whom no row is left documents are.
        let ids = ids.chain([self.person]);
        ids.map(|id| *id.as_bytes()).collect()
    }

    /// Whether an id was this person's in the records as known at an instant.
    pub fn was(&self, id: PersonId, known: Timestamp) -> bool {
        let known = instant_text(known);
        let by_then = |told: &&Told| told.recorded_from <= known;
        let mut then = self.rows.iter().filter_map(|row| row.iter().rfind(by_then));
        let has_none = self.rows.is_empty() && id == self.person;
        has_none || then.any(|told| told.id == id)
    }
}
