//! Which rows of one person contradict each other.
//!
//! Rows are one person's by their state id. Each is compared with the first of its state id, so
//! that a number which stands for "unknown", and so is thousands of people's, costs no more than
//! they are. Whom a decision gave another name may be called so in any row, or be called in another
//! what the row of the decision told before: no decision makes a twin's row the same person's. Two
//! rows that a chain of merges joins although they differ were looked at, and are no question any
//! more, as long as those rows tell what somebody looked at.
//!
//! Never: whether two rows are one person. Next: `told.rs` reads rows, `record/alike.rs` compares
//! two names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Session, Sql, Value};
use super::links::least_joined;
use super::records::{known, of_ids, of_students};
use super::resemblance::{Names, name_now, names_of};
use super::told::{Histories, RowName, Told, decided_at, told};
use super::{Store, StoreError, instant_text};
use crate::record::{ComparedName, GivenNames, NameChange, PersonId};

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
            "SELECT ",
            told!(),
            " FROM people p WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            of_students!("p"),
            " AND EXISTS (SELECT 1 FROM people q WHERE q.person_id = p.person_id AND \
             q.state_id = p.state_id AND (q.source <> p.source OR q.person <> p.person) AND ",
            known!("q"),
            " AND ",
            of_students!("q"),
            ") ORDER BY p.person_id, p.state_id, p.source, p.person"
        )
    };
}
const ROWS_OF_ONE: Sql = of_ids!(rows_of_one!());

/// The merges that hold; they are few. `$1` is empty.
const MERGES: Sql = Sql::both(concat!(
    "SELECT l.person_source, l.person, l.other_source, l.other_person, ",
    decided_at!("l", "person_links"),
    " FROM person_links l WHERE $1 = '' AND l.link = 'merge' AND l.ended_at IS NULL AND ",
    known!("l")
));

/// A merge: its rows, and when it was recorded.
type Merge = ([RowName; 2], String);

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
        let plain = Renamed::default();
        let differ = |group: &&[Told]| group.iter().any(|row| plain.contradicts(&group[0], row));
        let ids: BTreeSet<PersonId> = groups().filter(differ).map(|it| it[0].id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let renamed = renamed(session, ids, &known).await?;
        let found = groups().flat_map(|group| {
            let of_person = group.first().and_then(|first| renamed.get(&first.id));
            of_person.unwrap_or(&plain).contradictions(group)
        });
        let mut found: Vec<Contradiction> = found.collect();
        unanswered(session, &mut found, &known).await?;
        Ok(found)
    }
}

/// Leaves those that no chain of merges answers.
async fn unanswered(
    session: &mut Session<'_>,
    found: &mut Vec<Contradiction>,
    known: &Value,
) -> Result<(), StoreError> {
    let mut merges: Vec<Merge> = Vec::new();
    for row in session.rows(MERGES, &["".into(), known.clone()]).await? {
        let one = (row.text("person_source")?, row.text("person")?);
        let other = (row.text("other_source")?, row.text("other_person")?);
        merges.push(([one, other], row.text("decided")?));
    }
    let joined = chains(&merges);
    let roots: BTreeSet<&RowName> = found.iter().filter_map(|it| root(&joined, it)).collect();
    let asked: BTreeSet<RowName> = joined
        .iter()
        .filter(|(_, root)| roots.contains(*root))
        .map(|(row, _)| (*row).clone())
        .collect();
    let histories = Histories::read(session, &asked, known).await?;
    // What a row began to tell afterwards nobody has looked at.
    merges.retain(|([one, other], decided)| {
        let ends = [[one, other], [other, one]];
        ends.into_iter()
            .all(|rows| histories.was_seen(rows, decided))
    });
    let joined = chains(&merges);
    found.retain(|it| root(&joined, it).is_none());
    Ok(())
}

fn chains(merges: &[Merge]) -> BTreeMap<&RowName, &RowName> {
    least_joined(merges.iter().map(|([one, other], _)| (one, other)))
}

/// What both rows are joined with; none where they are not joined.
fn root<'a>(
    joined: &BTreeMap<&RowName, &'a RowName>,
    found: &Contradiction,
) -> Option<&'a RowName> {
    let [first, row] = found.rows.each_ref().map(|row| joined.get(row));
    first.filter(|_| first == row).copied()
}

/// What decisions made of a person's name; nothing where there is none.
#[derive(Default)]
struct Renamed {
    now: Option<ComparedName>,
    /// What the rows that the decisions name have told of the person.
    told: Vec<Told>,
}

async fn renamed(
    session: &mut Session<'_>,
    ids: BTreeSet<PersonId>,
    known: &Value,
) -> Result<HashMap<PersonId, Renamed>, StoreError> {
    let names: Names = names_of(session, ids, known).await?;
    let changes = || {
        names
            .iter()
            .flat_map(|(id, all)| all.iter().map(move |it| (*id, it)))
    };
    let row = |(_, it): (PersonId, &NameChange)| (it.person_source.clone(), it.person.clone());
    let rows = changes().map(row).collect();
    let mut histories = Histories::read(session, &rows, known).await?;
    let mut renamed: HashMap<PersonId, Renamed> = HashMap::new();
    for change in changes() {
        let of_person = renamed.entry(change.0).or_default();
        of_person.now = name_now(change.0, &names);
        of_person.told.extend(histories.take_told(&row(change)));
    }
    Ok(renamed)
}

impl Renamed {
    /// What the rows of one state id say otherwise than the first of them.
    fn contradictions(&self, group: &[Told]) -> Vec<Contradiction> {
        let Some((first, others)) = group.split_first() else {
            return Vec::new();
        };
        let others = others.iter().filter(|row| self.contradicts(first, row));
        others
            .map(|row| {
                let (is_one_name, given_names) = self.names(first, row);
                Contradiction {
                    person: first.id,
                    rows: [first.row.clone(), row.row.clone()],
                    birth_date: first.birth_date != row.birth_date,
                    given_names: given_names == GivenNames::Others,
                    name: !is_one_name && given_names != GivenNames::Others,
                }
            })
            .collect()
    }

    fn contradicts(&self, one: &Told, other: &Told) -> bool {
        one.birth_date != other.birth_date || !self.names(one, other).0
    }

    /// Whether two rows tell one name, and how their given names stand to each other. A row that
    /// tells the name of now is compared by the former names as well.
    fn names(&self, one: &Told, other: &Told) -> (bool, GivenNames) {
        let mut compared = vec![(one, other)];
        for (row, beside) in [(one, other), (other, one)] {
            if self
                .now
                .as_ref()
                .is_some_and(|now| row.called.is_that_of(now))
            {
                compared.extend(self.told.iter().map(|former| (former, beside)));
            }
        }
        let given = |(one, other): &(&Told, &Told)| one.given_names_beside(other);
        let is_one = |it: &(&Told, &Told)| {
            it.0.called.has_family_name_of(&it.1.called) && given(it) == GivenNames::Same
        };
        let nearest = compared.iter().map(given).min();
        (
            compared.iter().any(is_one),
            nearest.unwrap_or(GivenNames::Others),
        )
    }
}

impl Told {
    fn is_of_one_number_with(&self, other: &Self) -> bool {
        (self.id, &self.state_id) == (other.id, &other.state_id)
    }
}
