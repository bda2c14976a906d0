//! Whom an override of one student is about: those who have the rows of people that were the
//! student's when it was granted, and that tell of the same child still (`told.rs`).
//!
//! An id may be another one later: a state id is assigned or corrected, two people are merged, a
//! row is split off. The rows stay, and what was looked at stays looked at. Who has a row as well
//! that tells of another child by now is nobody who was looked at.
//!
//! Never: which findings it covers (`overrides.rs`).

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::overrides::{OverrideFor, OverrideRow};
use super::records::of_ids;
use super::told::{Histories, RowName, Subject};
use super::{Store, StoreError, instant_text};
use crate::record::PersonId;

/// An override that is in force, and whom it is about as the records were known at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The override.
    pub row: OverrideRow,
    /// Of one for a student, who has the rows; after a split several people.
    people: BTreeSet<PersonId>,
}

impl InForce {
    /// Whether it is about a person whose transcript this school issues.
    pub fn is_about(&self, person: PersonId, school: Option<&str>) -> bool {
        match &self.row.granted.holds_for {
            OverrideFor::Student(_) => self.people.contains(&person),
            OverrideFor::School(code) => Some(&**code) == school,
        }
    }
}

/// A row of people that was a student's when an override was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// The source's number.
    pub number: String,
    /// The state id of the child of whom it told then, as it was sent last.
    pub state_id: Option<String>,
    /// The child of whom it told then; none where the number is another child's by now, and the
    /// child's id with it.
    pub child: Option<PersonId>,
}

/// A version of a row of people of whom overrides were granted.
struct Version {
    person: PersonId,
    row: RowName,
    recorded_from: String,
    recorded_to: String,
}

/// Versions of rows of the people `$1`.
macro_rules! versions {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id, p.source, p.person, p.recorded_from, p.recorded_to FROM people p \
             WHERE p.person_id ",
            $in_set,
            " ORDER BY p.recorded_from"
        )
    };
}

impl Store {
    /// The overrides that are in force at an instant, the newest first, with whom they are about
    /// in the records as known at another one; at most
    /// [`OVERRIDES_LISTED_MAX`](super::OVERRIDES_LISTED_MAX).
    ///
    /// # Errors
    /// What the database said.
    pub async fn overrides_in_force(
        &self,
        at: Timestamp,
        known: Timestamp,
    ) -> Result<Vec<InForce>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let overrides = super::overrides::in_force(&mut session, at).await?;
        let rows = Rows::read(&mut session, &overrides, at.max(known)).await?;
        let about = |row: OverrideRow| {
            let (mut people, mut others) = (BTreeSet::new(), BTreeSet::new());
            for (_, subject) in rows.of(&row, Some(known)) {
                let of = match subject.is_another {
                    false => &mut people,
                    true => &mut others,
                };
                of.insert(subject.now);
            }
            people.retain(|person| !others.contains(person));
            InForce { row, people }
        };
        Ok(overrides.into_iter().map(about).collect())
    }

    /// The rows that were looked at when each of these overrides was granted, by its number, as
    /// known at an instant.
    ///
    /// # Errors
    /// What the database said.
    pub async fn looked_at(
        &self,
        overrides: &[OverrideRow],
        known: Timestamp,
    ) -> Result<HashMap<i64, Vec<LookedAt>>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = Rows::read(&mut connection.session(), overrides, known).await?;
        let looked_at = |((_, number), subject): (&RowName, Subject)| LookedAt {
            number: number.clone(),
            child: (!subject.has_gone()).then_some(subject.child),
            state_id: subject.state_id,
        };
        let of = |it: &OverrideRow| (it.number, rows.of(it, None).map(looked_at).collect());
        Ok(overrides.iter().map(of).collect())
    }
}

/// The rows of overrides, and all that they have told.
struct Rows {
    /// By the override's number.
    looked_at: HashMap<i64, BTreeSet<RowName>>,
    histories: Histories,
}

impl Rows {
    async fn read(
        session: &mut Session<'_>,
        overrides: &[OverrideRow],
        known: Timestamp,
    ) -> Result<Self, StoreError> {
        const VERSIONS: Sql = of_ids!(versions!());
        let students = overrides.iter().filter_map(student);
        let students: BTreeSet<PersonId> = students.collect();
        let mut versions: HashMap<PersonId, Vec<Version>> = HashMap::new();
        if !students.is_empty() {
            let ids = Value::ids(students.iter().map(PersonId::as_bytes));
            for row in session.rows(VERSIONS, &[ids]).await? {
                let version = version(&row)?;
                versions.entry(version.person).or_default().push(version);
            }
        }
        let of_override = |it: &OverrideRow| {
            let versions = versions.get(&student(it)?)?;
            Some((it.number, at_grant(versions, &instant_text(it.granted_at))))
        };
        let looked_at = overrides.iter().filter_map(of_override);
        let looked_at: HashMap<i64, BTreeSet<RowName>> = looked_at.collect();
        let all = looked_at.values().flatten().cloned().collect();
        let known = instant_text(known).into();
        let histories = Histories::read(session, &all, &known).await?;
        Ok(Self {
            looked_at,
            histories,
        })
    }

    /// The rows of an override, each with whom it is about; as known at an instant, or by now.
    fn of(
        &self,
        it: &OverrideRow,
        known: Option<Timestamp>,
    ) -> impl Iterator<Item = (&RowName, Subject)> {
        let granted_at = instant_text(it.granted_at);
        let known = known.map(instant_text);
        let rows = self.looked_at.get(&it.number).into_iter().flatten();
        rows.filter_map(move |row| {
            let of = [row, row];
            let subject = match &known {
                Some(known) => self.histories.subject_as_known(of, &granted_at, known),
                None => self.histories.subject(of, &granted_at),
            };
            Some((row, subject?))
        })
    }
}

fn student(it: &OverrideRow) -> Option<PersonId> {
    match it.granted.holds_for {
        OverrideFor::Student(person) => Some(person),
        OverrideFor::School(_) => None,
    }
}

fn version(row: &Row) -> Result<Version, StoreError> {
    Ok(Version {
        person: PersonId(row.id("person_id")?),
        row: (row.text("source")?, row.text("person")?),
        recorded_from: row.text("recorded_from")?,
        recorded_to: row.text("recorded_to")?,
    })
}

/// The rows that were a student's at an instant. An import may be recorded ahead of the clock by
/// which an override was granted: then those that came first after it.
fn at_grant(versions: &[Version], granted_at: &str) -> BTreeSet<RowName> {
    let stood = |it: &&Version| &*it.recorded_from <= granted_at && granted_at < &*it.recorded_to;
    let rows: BTreeSet<RowName> = (versions.iter().filter(stood))
        .map(|it| it.row.clone())
        .collect();
    if !rows.is_empty() {
        return rows;
    }
    let mut later = versions.iter().filter(|it| &*it.recorded_from > granted_at);
    let Some(first) = later.next() else {
        return rows;
    };
    let with_it = later.take_while(|it| it.recorded_from == first.recorded_from);
    let all = std::iter::once(first).chain(with_it);
    all.map(|it| it.row.clone()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::NewOverride;

    /// An override of a student, whose rows are looked up wherever they are.
    pub async fn overridden(store: &Store, person: PersonId, known: Timestamp) {
        let new = NewOverride {
            code: "total_differs".into(),
            holds_for: OverrideFor::Student(person),
            reason: "looked at".into(),
            granted_by: "R. Varo".into(),
            expires_at: known + jiff::SignedDuration::from_hours(24),
            findings: Vec::new(),
        };
        store.grant_override(&new, known).await.expect("granted");
        let in_force = store.overrides_in_force(known, known).await.expect("read");
        assert!(in_force[0].is_about(person, None));
        let rows = [in_force[0].row.clone()];
        let looked_at = store.looked_at(&rows, known).await.expect("read");
        assert_eq!(looked_at[&rows[0].number][0].child, Some(person));
    }
}
