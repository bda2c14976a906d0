//! Who looks like somebody else.
//!
//! Each row of people keeps what its name has in common with every name that may be the same
//! (`name_key`), so that only people of one date of birth and one key are compared: for a district
//! the work grows with its people, not with their pairs. Names are compared as they stand now: whom
//! a decision gave another name is not known by the former one. What somebody has decided is no
//! question any more: rows that a merge joined, a row that was split off and the person whose state
//! id it carries, two people who were found to be two.
//!
//! Never: whether two rows are one person. Next: `contradiction.rs` compares the rows of one
//! person, `record/alike.rs` two names.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::events::changed_names;
use super::records::{known, of_ids, of_students};
use super::told::{Histories, RowName, decided_at};
use super::{Store, StoreError, instant_text};
use crate::record::{ComparedName, NameChange, Person, PersonId, standing_name};

/// Pairs of rows of one date of birth and one key that are compared for one set of people: of 500
/// students of the largest district a few hundred are. A date that stands for "unknown" is many
/// people's.
pub const PAIRS_COMPARED_MAX: usize = 100_000;

/// Another person of the same date of birth and of the same name, or one that one person may bear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookAlike {
    /// Who was asked about.
    pub person: PersonId,
    /// The source of the other person's row.
    pub other_source: String,
    /// The other person's local number.
    pub other_number: String,
    /// The other person's school.
    pub other_school: String,
    /// Whether the names are not the same, and may be one person's.
    pub is_near: bool,
}

/// Who looks like whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookAlikes {
    /// In the order of the people and of the others' sources and numbers.
    pub found: Vec<LookAlike>,
    /// Who was not compared with everybody: [`PAIRS_COMPARED_MAX`] was reached.
    pub not_compared: BTreeSet<PersonId>,
}

/// What is compared of `p` and of `q`.
macro_rules! compared {
    () => {
        "p.person_id, p.legal_given AS given, p.legal_middle AS middle, p.legal_family AS family, \
         p.legal_suffix AS suffix, q.person_id AS other_id, q.legal_given AS other_given, \
         q.legal_middle AS other_middle, q.legal_family AS other_family, \
         q.legal_suffix AS other_suffix, q.source AS other_source, q.school AS other_school, \
         q.person AS other_person"
    };
}

/// Others than `p` of the same date of birth. Who carries the same state id and is another person
/// was split off.
macro_rules! of_one_birth_date {
    () => {
        concat!(
            "q.birth_date = p.birth_date AND q.person_id <> p.person_id AND \
             (q.state_id IS NULL OR p.state_id IS NULL OR q.state_id <> p.state_id) AND ",
            known!("p"),
            " AND ",
            known!("q"),
            " AND ",
            of_students!("p"),
            " AND ",
            of_students!("q")
        )
    };
}

macro_rules! pairs {
    ($in_set:literal) => {
        concat!(
            "SELECT ",
            compared!(),
            " FROM people p CROSS JOIN people q WHERE p.person_id ",
            $in_set,
            " AND q.name_key = p.name_key AND ",
            of_one_birth_date!(),
            " ORDER BY p.person_id, q.source, q.person LIMIT $3"
        )
    };
}
const PAIRS: Sql = of_ids!(pairs!());

/// The numbers of whom decisions gave another name; they are few. `$1` is empty.
const RENAMED: Sql = Sql::both(concat!(
    "SELECT DISTINCT n.person FROM name_changes n WHERE $1 = '' AND n.ended_at IS NULL AND ",
    known!("n")
));

/// Pairs of which one end has one of the numbers `$4`, whatever names the rows tell.
macro_rules! pairs_of_numbers {
    ($in_set:literal, $number:literal, $numbers:literal) => {
        concat!(
            "SELECT ",
            compared!(),
            " FROM people p CROSS JOIN people q WHERE p.person_id ",
            $in_set,
            " AND ",
            $number,
            " ",
            $numbers,
            " AND ",
            of_one_birth_date!(),
            " ORDER BY p.person_id, q.source, q.person LIMIT $3"
        )
    };
}
const OF_RENAMED: Sql = Sql::pair(
    pairs_of_numbers!(
        "IN (SELECT unhex(value) FROM json_each($1))",
        "p.person",
        "IN (SELECT value FROM json_each($4))"
    ),
    pairs_of_numbers!("= ANY($1)", "p.person", "= ANY($4)"),
);
const WITH_RENAMED: Sql = Sql::pair(
    // SQLite keeps the order of a CROSS JOIN, and who was renamed comes first.
    concat!(
        "SELECT ",
        compared!(),
        " FROM people q CROSS JOIN people p WHERE q.person IN (SELECT value FROM json_each($4)) \
         AND p.person_id IN (SELECT unhex(value) FROM json_each($1)) AND ",
        of_one_birth_date!(),
        " ORDER BY p.person_id, q.source, q.person LIMIT $3"
    ),
    pairs_of_numbers!("= ANY($1)", "q.person", "= ANY($4)"),
);

/// Rows of which somebody found that they are two people's, one of them of the people `$1`, and
/// whose each is.
macro_rules! distinct {
    ($in_set:literal) => {
        concat!(
            "SELECT l.person_source, l.person, l.other_source, l.other_person, p.person_id, \
             q.person_id AS other_id, ",
            decided_at!("l", "person_links"),
            " FROM person_links l JOIN people p ON \
             p.person = l.person AND p.source = l.person_source JOIN people q ON \
             q.person = l.other_person AND q.source = l.other_source WHERE l.link = 'distinct' \
             AND l.ended_at IS NULL AND (p.person_id ",
            $in_set,
            " OR q.person_id ",
            $in_set,
            ") AND ",
            known!("l"),
            " AND ",
            known!("p"),
            " AND ",
            known!("q")
        )
    };
}
const DISTINCT: Sql = of_ids!(distinct!());

impl Store {
    /// Other people with the date of birth of one of these, and their name or a near one.
    ///
    /// # Errors
    /// What the database said.
    pub async fn look_alikes(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<LookAlikes, StoreError> {
        let mut connection = self.connection().await?;
        let session = &mut connection.session();
        let asked = Value::ids(people.iter().map(PersonId::as_bytes));
        let known: Value = instant_text(known).into();
        let bound = i64::try_from(PAIRS_COMPARED_MAX).unwrap_or(i64::MAX);
        let renamed = session.rows(RENAMED, &["".into(), known.clone()]).await?;
        let renamed = renamed.iter().map(|row| row.text("person"));
        let renamed: Vec<String> = renamed.collect::<Result<_, _>>()?;
        let mut statements = vec![(PAIRS, 3)];
        if !renamed.is_empty() {
            statements.extend([(OF_RENAMED, 4), (WITH_RENAMED, 4)]);
        }
        let values = [
            asked.clone(),
            known.clone(),
            bound.into(),
            Value::TextSet(renamed),
        ];
        let (mut pairs, mut not_compared) = (Vec::new(), BTreeSet::new());
        for (sql, values) in statements
            .into_iter()
            .map(|(sql, taken)| (sql, &values[..taken]))
        {
            let found = session.rows(sql, values).await?;
            let found: Vec<Pair> = found.iter().map(Pair::read).collect::<Result<_, _>>()?;
            if let Some(last) = found.last().filter(|_| found.len() == PAIRS_COMPARED_MAX) {
                not_compared.extend(people.iter().filter(|it| **it >= last.person.0));
            }
            pairs.extend(found);
        }
        let ids = pairs.iter().flat_map(|pair| [pair.person.0, pair.other.0]);
        let names = names_of(session, ids.collect(), &known).await?;
        let distinct = distinct(session, asked, known).await?;
        pairs.retain(|pair| !distinct.contains(&(pair.person.0, pair.other.0)));
        let found = pairs.into_iter();
        let found: BTreeSet<LookAlike> = found.filter_map(|it| it.look_alike(&names)).collect();
        Ok(LookAlikes {
            found: found.into_iter().collect(),
            not_compared,
        })
    }
}

/// The legal name of a row as it is compared.
pub(super) fn name_of(person: &Person) -> ComparedName {
    let (middle, family) = (&person.legal_middle, &person.legal_family);
    let suffix = person.legal_suffix.as_deref();
    ComparedName::new(
        &person.legal_given,
        middle.as_deref(),
        family.as_deref(),
        suffix,
    )
}

fn given_by(change: &NameChange) -> ComparedName {
    let (middle, family) = (&change.legal_middle, &change.legal_family);
    let suffix = change.legal_suffix.as_deref();
    ComparedName::new(
        &change.legal_given,
        middle.as_deref(),
        family.as_deref(),
        suffix,
    )
}

pub(super) type Names = HashMap<PersonId, Vec<NameChange>>;

/// Two rows, each with whose it is and the name that it tells.
struct Pair {
    person: (PersonId, ComparedName),
    other: (PersonId, ComparedName),
    other_source: String,
    other_number: String,
    other_school: String,
}

impl Pair {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let own = read_name(row, ["given", "middle", "family", "suffix"])?;
        let others = [
            "other_given",
            "other_middle",
            "other_family",
            "other_suffix",
        ];
        let others = read_name(row, others)?;
        Ok(Self {
            person: (PersonId(row.id("person_id")?), own),
            other: (PersonId(row.id("other_id")?), others),
            other_source: row.text("other_source")?,
            other_number: row.text("other_person")?,
            other_school: row.text("other_school")?,
        })
    }

    /// Who looks like whom, where both are now called the same, or as one person may be.
    fn look_alike(self, names: &Names) -> Option<LookAlike> {
        let now = |(person, name): &(PersonId, ComparedName)| {
            name_now(*person, names).unwrap_or_else(|| name.clone())
        };
        let (own, others) = (now(&self.person), now(&self.other));
        let is_near = own.is_near(&others);
        (is_near || own.is_that_of(&others)).then_some(LookAlike {
            person: self.person.0,
            other_source: self.other_source,
            other_number: self.other_number,
            other_school: self.other_school,
            is_near,
        })
    }
}

/// The name that a row tells in these columns.
pub(super) fn read_name(
    row: &Row,
    [given, middle, family, suffix]: [&str; 4],
) -> Result<ComparedName, StoreError> {
    Ok(ComparedName::new(
        &row.text(given)?,
        row.optional_text(middle)?.as_deref(),
        row.optional_text(family)?.as_deref(),
        row.optional_text(suffix)?.as_deref(),
    ))
}

/// The name that decisions gave a person; none where there is no decision.
pub(super) fn name_now(person: PersonId, names: &Names) -> Option<ComparedName> {
    let changes = names.get(&person)?;
    standing_name(changes).map(given_by)
}

/// The names that decisions gave to these people.
pub(super) async fn names_of(
    session: &mut Session<'_>,
    ids: BTreeSet<PersonId>,
    known: &Value,
) -> Result<Names, StoreError> {
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let ids = Value::ids(ids.iter().map(PersonId::as_bytes));
    changed_names(session, &[ids, known.clone()]).await
}

/// Of whom somebody found that they are two, from both sides; not where one of the rows is another
/// child's by now.
async fn distinct(
    session: &mut Session<'_>,
    asked: Value,
    known: Value,
) -> Result<BTreeSet<(PersonId, PersonId)>, StoreError> {
    let mut distinct = BTreeSet::new();
    let found = session.rows(DISTINCT, &[asked, known.clone()]).await?;
    let ends = |row: &Row| -> Result<[RowName; 2], StoreError> {
        let one = (row.text("person_source")?, row.text("person")?);
        Ok([one, (row.text("other_source")?, row.text("other_person")?)])
    };
    let rows: Vec<[RowName; 2]> = found.iter().map(ends).collect::<Result<_, _>>()?;
    let named = rows.iter().flatten().cloned().collect();
    let histories = Histories::read(session, &named, &known).await?;
    for (row, [named, beside]) in found.iter().zip(&rows) {
        let ends = [[named, beside], [beside, named]];
        if !histories.is_astray(ends, &row.text("decided")?) {
            let one = PersonId(row.id("person_id")?);
            let other = PersonId(row.id("other_id")?);
            distinct.extend([(one, other), (other, one)]);
        }
    }
    Ok(distinct)
}

/// Rows whose key is not known, which is what a database of before has; and the key of each.
const WITHOUT_KEY: Sql = Sql::pair(
    "SELECT CAST(rowid AS TEXT) AS place, legal_given, legal_middle, legal_family, legal_suffix \
     FROM people WHERE name_key IS NULL LIMIT $1",
    "SELECT ctid::text AS place, legal_given, legal_middle, legal_family, legal_suffix \
     FROM people WHERE name_key IS NULL LIMIT $1",
);
const FILL: Sql = Sql::pair(
    "UPDATE people SET name_key = k.value FROM json_each($1) k \
     WHERE people.rowid = CAST(k.key AS INTEGER)",
    "UPDATE people SET name_key = k.value FROM jsonb_each_text($1::jsonb) k \
     WHERE people.ctid = k.key::tid",
);
/// Rows that get their key at a time.
const KEYS_FILLED_MAX: i64 = 10_000;

impl Store {
    /// Gives rows of before the keys of their names. Where each has one, it is one look into an
    /// empty index.
    pub(super) async fn fill_name_keys(&self) -> Result<(), StoreError> {
        let first = self
            .connection()
            .await?
            .session()
            .rows(WITHOUT_KEY, &[1.into()])
            .await?;
        if first.is_empty() {
            return Ok(());
        }
        let mut transaction = self.import_transaction().await?;
        loop {
            let rows = transaction
                .session()
                .rows(WITHOUT_KEY, &[KEYS_FILLED_MAX.into()])
                .await?;
            let mut keys = serde_json::Map::new();
            for row in &rows {
                let columns = [
                    "legal_given",
                    "legal_middle",
                    "legal_family",
                    "legal_suffix",
                ];
                let key = read_name(row, columns)?.key();
                keys.insert(row.text("place")?, key.into());
            }
            if keys.is_empty() {
                return transaction.commit().await;
            }
            let keys = serde_json::Value::Object(keys).to_string();
            transaction.session().execute(FILL, &[keys.into()]).await?;
        }
    }
}
