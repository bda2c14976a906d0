//! Reading who ever had a plan, for the cohort test of invariant 2.
//!
//! It takes the scope of the special-education administrator; under any other nobody has a plan.
//! What transcripts show of courses, `records.rs` reads. Next: `compliance/cohort.rs`.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::Sql;
use super::records::{known, of_ids, people_as_known};
use super::{Store, StoreError};
use crate::record::{PersonId, Scope};

/// Who of the people `$1` had a plan, or was found eligible, by the day `$3`, as known at `$2`.
macro_rules! with_plan {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id AS person_id FROM people p JOIN support_plans m ON m.source = \
             p.source AND m.person = p.person WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            " AND m.begins_on <= $3 UNION SELECT q.person_id FROM people q JOIN eligibilities e ON \
             e.source = q.source AND e.person = q.person WHERE q.person_id ",
            $in_set,
            " AND ",
            known!("q"),
            " AND ",
            known!("e"),
            " AND e.begins_on <= $3"
        )
    };
}

impl Store {
    /// Who of these people ever had a plan by a day, as known at an instant and within the caller's
    /// scope.
    ///
    /// # Errors
    /// What the database said.
    ///
    /// # Panics
    /// When more than [`super::PEOPLE_PER_READ_MAX`] people are asked for.
    pub async fn people_with_plan(
        &self,
        people: &[PersonId],
        scope: &Scope,
        as_of: Date,
        known: Timestamp,
    ) -> Result<HashSet<PersonId>, StoreError> {
        const WITH_PLAN: Sql = of_ids!(with_plan!());
        let [people, known] = people_as_known(people, known);
        if *scope != Scope::SpecialEducation {
            return Ok(HashSet::new());
        }
        let values = [people, known, as_of.to_string().into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(WITH_PLAN, &values).await?;
        let found = rows.iter().map(|row| row.id("person_id").map(PersonId));
        found.collect()
    }
}
