//! What rows of people tell of who they are, and whether a row still tells of the same child.
//!
//! A decision names a row of people by its source and number, and a source may give a number to
//! another child. So a decision is about the child of whom the row told when the decision was
//! recorded, and does nothing about another. A decision that is recorded anew, under another number
//! or with another `recorded_at`, is about the child of then.
//!
//! A version tells of another child if it bears another date of birth, or a given name of another;
//! under the same state id, if both the date and the name are others. So a date or a name may be
//! corrected under one state id, a state id be assigned or corrected later, and a name be what a
//! decision made it; and who was given a state id by mistake, or one that was given away, is nobody
//! else. Where both were corrected at once nobody can see it, and somebody has to say so.
//!
//! Never: what a decision does. Next: `links.rs` for merges and splits, `events.rs` for the others,
//! `contradiction.rs` for rows that stand beside each other.

use std::collections::{BTreeSet, HashMap};

use super::StoreError;
use super::database::{Row, Session, Sql, Value};
use super::records::known;
use super::resemblance::read_name;
use crate::record::{ComparedName, GivenNames, PersonId};

/// A row of people: its source, and the source's number.
pub(super) type RowName = (String, String);

/// What a version of a row of people tells of who it is.
#[derive(Debug)]
pub(super) struct Told {
    pub id: PersonId,
    pub state_id: Option<String>,
    pub row: RowName,
    pub called: ComparedName,
    pub chosen: Option<String>,
    pub birth_date: String,
    pub recorded_from: String,
}

/// The columns of `people p` that [`Told::read`] reads.
macro_rules! told {
    () => {
        "p.person_id, p.state_id, p.source, p.person, p.legal_given, p.legal_middle, \
         p.legal_family, p.legal_suffix, p.chosen_name, p.birth_date, p.recorded_from"
    };
}
pub(super) use told;

const NAME: [&str; 4] = [
    "legal_given",
    "legal_middle",
    "legal_family",
    "legal_suffix",
];

impl Told {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: PersonId(row.id("person_id")?),
            state_id: row.optional_text("state_id")?,
            row: (row.text("source")?, row.text("person")?),
            called: read_name(row, NAME)?,
            chosen: row.optional_text("chosen_name")?,
            birth_date: row.text("birth_date")?,
            recorded_from: row.text("recorded_from")?,
        })
    }

    /// How its given names stand to those of another row or version.
    pub fn given_names_beside(&self, other: &Self) -> GivenNames {
        let chosen = [self.chosen.as_deref(), other.chosen.as_deref()];
        self.called.given_names_beside(&other.called, chosen)
    }

    /// Whether the date of birth and the given name are, as far as anybody can see, those that the
    /// row told `then`, or the name is one that decisions gave.
    fn still_tells(&self, then: &Self, given: &[&ComparedName]) -> bool {
        let chosen = [self.chosen.as_deref(), None];
        let is_near = |name: &&ComparedName| {
            self.called.given_names_beside(name, chosen) != GivenNames::Others
        };
        let named = self.given_names_beside(then) != GivenNames::Others;
        self.birth_date == then.birth_date && (named || given.iter().any(is_near))
    }

    /// Whether the name is, as far as anybody can see, the one that the row told `then`, or one
    /// that decisions gave.
    fn is_called_as(&self, then: &Self, given: &[&ComparedName]) -> bool {
        let chosen = [self.chosen.as_deref(), then.chosen.as_deref()];
        let is_near = |name: &ComparedName, chosen| {
            self.called.has_family_name_of(name)
                && self.called.given_names_beside(name, chosen) != GivenNames::Others
        };
        let mut given = given.iter();
        is_near(&then.called, chosen) || given.any(|name| is_near(name, [chosen[0], None]))
    }

    /// Whether this version tells of the child of whom the row told `then`.
    fn is_of_child(&self, then: &Self, given: &[&ComparedName]) -> bool {
        if self.state_id.is_some() && self.state_id == then.state_id {
            return self.birth_date == then.birth_date || self.is_called_as(then, given);
        }
        self.still_tells(then, given)
    }
}

/// Whom a decision is about, of all whom its row has told of.
pub(super) struct Subject {
    /// The id of the child of whom the row told when the decision was recorded: that of the newest
    /// version that tells of it.
    pub child: PersonId,
    /// The child's state id in that version.
    pub state_id: Option<String>,
    /// Whose the row is now, or was when it was sent last.
    pub now: PersonId,
    /// Whether the row tells of another child now, so that the decision does nothing to it.
    pub is_another: bool,
}

impl Subject {
    /// Whether nobody has the child's id any more but the other child.
    pub fn has_gone(&self) -> bool {
        self.is_another && self.child == self.now
    }
}

/// All that rows of people have told, and the names that decisions gave them.
pub(super) struct Histories {
    /// The oldest first.
    versions: HashMap<RowName, Vec<Told>>,
    given: HashMap<RowName, Vec<ComparedName>>,
}

const VERSIONS: Sql = Sql::pair(
    concat!(
        "SELECT ",
        told!(),
        " FROM people p WHERE p.person IN (SELECT value FROM json_each($1)) AND \
         p.recorded_from <= $2 ORDER BY p.recorded_from"
    ),
    concat!(
        "SELECT ",
        told!(),
        " FROM people p WHERE p.person = ANY($1) AND p.recorded_from <= $2 \
         ORDER BY p.recorded_from"
    ),
);

/// The names that decisions gave; they are few. `$1` is empty.
const GIVEN: Sql = Sql::both(concat!(
    "SELECT n.person_source, n.person, n.legal_given, n.legal_middle, n.legal_family, \
     n.legal_suffix FROM name_changes n WHERE $1 = '' AND n.ended_at IS NULL AND ",
    known!("n")
));

impl Histories {
    /// What these rows have told by an instant.
    pub async fn read(
        session: &mut Session<'_>,
        rows: &BTreeSet<RowName>,
        known: &Value,
    ) -> Result<Self, StoreError> {
        let (mut versions, mut given) = (HashMap::new(), HashMap::new());
        if rows.is_empty() {
            return Ok(Self { versions, given });
        }
        let numbers = rows.iter().map(|(_, person)| person.clone()).collect();
        let values = [Value::TextSet(numbers), known.clone()];
        for row in session.rows(VERSIONS, &values).await? {
            let told = Told::read(&row)?;
            // Two sources may use one number.
            if rows.contains(&told.row) {
                let of_row: &mut Vec<Told> = versions.entry(told.row.clone()).or_default();
                of_row.push(told);
            }
        }
        let is_renamed = |told: &Vec<Told>| {
            let mut told = told.iter();
            let first = told.next();
            first.is_some_and(|first| {
                told.any(|it| it.given_names_beside(first) != GivenNames::Same)
            })
        };
        if versions.values().any(is_renamed) {
            for row in session.rows(GIVEN, &["".into(), known.clone()]).await? {
                let name = (row.text("person_source")?, row.text("person")?);
                let of_row: &mut Vec<ComparedName> = given.entry(name).or_default();
                of_row.push(read_name(&row, NAME)?);
            }
        }
        Ok(Self { versions, given })
    }

    /// Whom a decision about the first of these rows is about, that was recorded at this instant.
    /// A name that was given to any of them may be the row's. None where the row was never sent.
    pub fn subject(&self, [row, other]: [&RowName; 2], decided: &str) -> Option<Subject> {
        let (versions, then) = self.then(row, decided)?;
        subject(versions, then, &self.given_to([row, other]))
    }

    /// The same, as it was known at an instant. None where the row was not sent by then.
    pub fn subject_as_known(
        &self,
        [row, other]: [&RowName; 2],
        decided: &str,
        known: &str,
    ) -> Option<Subject> {
        let (versions, then) = self.then(row, decided)?;
        let by_then = versions.partition_point(|it| it.recorded_from.as_str() <= known);
        subject(&versions[..by_then], then, &self.given_to([row, other]))
    }

    /// Whether one of the rows that a decision names, each given before the other one, tells of
    /// another child now.
    pub fn is_astray(&self, ends: [[&RowName; 2]; 2], decided: &str) -> bool {
        let mut subjects = ends
            .into_iter()
            .filter_map(|rows| self.subject(rows, decided));
        subjects.any(|subject| subject.is_another)
    }

    /// Whether somebody who looked at the first of these rows at this instant saw the date of birth
    /// and the name that it tells now.
    pub fn was_seen(&self, [row, other]: [&RowName; 2], decided: &str) -> bool {
        let given = self.given_to([row, other]);
        let seen = self.then(row, decided);
        seen.and_then(|(versions, then)| Some(versions.last()?.still_tells(then, &given)))
            .unwrap_or(false)
    }

    /// Every version of a row that tells of the child of whom it tells now. It is given away.
    pub fn take_told(&mut self, row: &RowName) -> Vec<Told> {
        self.take(row, Told::is_of_child)
    }

    /// The same, and every version that tells the name of the child: number and date of birth may
    /// have been corrected at once, and what was issued before is the child's all the same.
    pub fn take_called(&mut self, row: &RowName) -> Vec<Told> {
        self.take(row, |newest, it, given| {
            newest.is_of_child(it, given) || newest.is_called_as(it, given)
        })
    }

    fn take(
        &mut self,
        row: &RowName,
        is_of_child: impl Fn(&Told, &Told, &[&ComparedName]) -> bool,
    ) -> Vec<Told> {
        let mut versions = self.versions.remove(row).unwrap_or_default();
        let given = self.given_to([row, row]);
        if let Some(newest) = versions.pop() {
            versions.retain(|it| is_of_child(&newest, it, &given));
            versions.push(newest);
        }
        versions
    }

    /// The versions of a row, and the one of this instant, or else the first after it.
    fn then(&self, row: &RowName, decided: &str) -> Option<(&[Told], &Told)> {
        let versions = self.versions.get(row)?.as_slice();
        let by_then = |told: &&Told| told.recorded_from.as_str() <= decided;
        let then = versions.iter().rfind(by_then).or(versions.first())?;
        Some((versions, then))
    }

    fn given_to(&self, rows: [&RowName; 2]) -> Vec<&ComparedName> {
        let given = rows.into_iter().filter_map(|row| self.given.get(row));
        given.flatten().collect()
    }
}

/// Whom a decision is about that was recorded when the row told what `then` tells.
fn subject(versions: &[Told], then: &Told, given: &[&ComparedName]) -> Option<Subject> {
    let newest = versions.last()?;
    let of_child = versions.iter().rfind(|it| it.is_of_child(then, given));
    let of_child = of_child.unwrap_or(then);
    Some(Subject {
        child: of_child.id,
        state_id: of_child.state_id.clone(),
        now: newest.id,
        is_another: !newest.is_of_child(then, given),
    })
}

/// The instant at which the decision `$alias` of a table was recorded first: that to which a row
/// that was sent again under the same number and `recorded_at` goes back.
macro_rules! decided_at {
    ($alias:literal, $table:literal) => {
        concat!(
            "(SELECT MIN(e.recorded_from) FROM ",
            $table,
            " e WHERE e.person_key = ",
            $alias,
            ".person_key AND e.key = ",
            $alias,
            ".key AND e.recorded_at = ",
            $alias,
            ".recorded_at) AS decided"
        )
    };
}
pub(super) use decided_at;
