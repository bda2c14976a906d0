//! Which rows of one person contradict each other.
//!
//! Rows are one person's by their state id. Each is compared with the first of its state id, so
//! that a number which stands for "unknown", and so is thousands of people's, costs no more than
//! they are. Whom a decision gave another name may be called so in any row, or as before. Two rows
//! that a merge joins although they differ were looked at, and are no question any more.
//!
//! Never: whether two rows are one person. Next: `record/alike.rs` compares two names.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;

use super::database::{Row, Sql, Value};
use super::records::{known, of_ids};
use super::resemblance::{Names, name_now, names_of, read_name};
use super::{Store, StoreError, instant_text};
use crate::record::{ComparedName, GivenNames, PersonId};

/// A row of people: its source, and the source's number.
type RowName = (String, String);

/// Two rows of one person that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Who.
    pub person: PersonId,
    /// The two rows, each by its source and the source's number.
    pub rows: [(String, String); 2],
    /// Whether they tell different dates of birth.
    pub birth_date: bool,
    /// Whether they tell given names of two people, such as twins.
    pub given_names: bool,
    /// Whether they tell different legal names that one person may have borne.
    pub name: bool,
}

/// Rows of one state id beside which there are others of it. Rows with different ones, or none, are
/// one person because somebody found them to be.
macro_rules! rows_of_one {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id, p.state_id, p.source, p.person, p.legal_given, p.legal_middle, \
             p.legal_family, p.legal_suffix, p.chosen_name, p.birth_date FROM people p \
             WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND EXISTS (SELECT 1 FROM people q WHERE q.person_id = p.person_id AND \
             q.state_id = p.state_id AND (q.source <> p.source OR q.person <> p.person) AND ",
            known!("q"),
            ") ORDER BY p.person_id, p.state_id, p.source, p.person"
        )
    };
}
const ROWS_OF_ONE: Sql = of_ids!(rows_of_one!());

/// The merges that hold; they are few. `$1` is empty.
const MERGES: Sql = Sql::both(concat!(
    "SELECT l.person_source, l.person, l.other_source, l.other_person FROM person_links l WHERE \
     $1 = '' AND l.link = 'merge' AND l.ended_at IS NULL AND ",
    known!("l")
));

impl Store {
    /// Rows of these people that contradict each other.
    ///
    /// # Errors
    /// What the database said.
    pub async fn contradictions(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<Contradiction>, StoreError> {
        let mut connection = self.connection().await?;
        let session = &mut connection.session();
        let asked = Value::ids(people.iter().map(PersonId::as_bytes));
        let known: Value = instant_text(known).into();
        let rows = session.rows(ROWS_OF_ONE, &[asked, known.clone()]).await?;
        let rows: Vec<Told> = rows.iter().map(Told::read).collect::<Result<_, _>>()?;
        let groups = || rows.chunk_by(Told::is_of_one_number_with);
        let differ = |group: &&[Told]| group.iter().any(|row| group[0].contradicts(row, None));
        let ids: BTreeSet<PersonId> = groups().filter(differ).map(|it| it[0].id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let merges = session.rows(MERGES, &["".into(), known.clone()]).await?;
        let mut joined = HashSet::new();
        for row in &merges {
            let one = (row.text("person_source")?, row.text("person")?);
            let other = (row.text("other_source")?, row.text("other_person")?);
            joined.extend([(one.clone(), other.clone()), (other, one)]);
        }
        let names = names_of(session, ids, &known).await?;
        Ok(groups()
            .flat_map(|group| contradictions(group, &joined, &names))
            .collect())
    }
}

/// What the rows of one state id say otherwise than the first of them.
fn contradictions(
    group: &[Told],
    joined: &HashSet<(RowName, RowName)>,
    names: &Names,
) -> Vec<Contradiction> {
    let Some((first, others)) = group.split_first() else {
        return Vec::new();
    };
    let now = name_now(first.id, names);
    let is_answered = |row: &Told| {
        let with = |other: &Told| joined.contains(&(row.name.clone(), other.name.clone()));
        !joined.is_empty() && group.iter().any(with)
    };
    let others = others
        .iter()
        .filter(|row| first.contradicts(row, now.as_ref()));
    let others = others.filter(|row| !is_answered(row));
    others
        .map(|row| {
            let given_names = first.given_names_beside(row, now.as_ref());
            Contradiction {
                person: first.id,
                rows: [first.name.clone(), row.name.clone()],
                birth_date: first.birth_date != row.birth_date,
                given_names: given_names == GivenNames::Others,
                name: first.is_called_otherwise(row, now.as_ref())
                    && given_names != GivenNames::Others,
            }
        })
        .collect()
}

/// What a row of people tells of who it is.
struct Told {
    id: PersonId,
    state_id: Option<String>,
    name: RowName,
    called: ComparedName,
    chosen: Option<String>,
    birth_date: String,
}

impl Told {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let columns = [
            "legal_given",
            "legal_middle",
            "legal_family",
            "legal_suffix",
        ];
        Ok(Self {
            id: PersonId(row.id("person_id")?),
            state_id: row.optional_text("state_id")?,
            name: (row.text("source")?, row.text("person")?),
            called: read_name(row, columns)?,
            chosen: row.optional_text("chosen_name")?,
            birth_date: row.text("birth_date")?,
        })
    }

    fn is_of_one_number_with(&self, other: &Self) -> bool {
        (self.id, &self.state_id) == (other.id, &other.state_id)
    }

    fn contradicts(&self, other: &Self, now: Option<&ComparedName>) -> bool {
        self.birth_date != other.birth_date || self.is_called_otherwise(other, now)
    }

    fn is_called_otherwise(&self, other: &Self, now: Option<&ComparedName>) -> bool {
        let same = self.called.has_family_name_of(&other.called)
            && self.given_names_beside(other, now) == GivenNames::Same;
        !same && !self.has_changed_to(other, now)
    }

    fn given_names_beside(&self, other: &Self, now: Option<&ComparedName>) -> GivenNames {
        if self.has_changed_to(other, now) {
            return GivenNames::Same;
        }
        let chosen = [self.chosen.as_deref(), other.chosen.as_deref()];
        self.called.given_names_beside(&other.called, chosen)
    }

    /// Whether one of the two tells the name that a decision gave, and so the other may tell the
    /// former one.
    fn has_changed_to(&self, other: &Self, now: Option<&ComparedName>) -> bool {
        now.is_some_and(|now| self.called.is_that_of(now) || other.called.is_that_of(now))
    }
}
