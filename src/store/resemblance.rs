//! Who looks like somebody else, and which rows of one person contradict each other.
//!
//! Names are compared as they stand now, without accents and case: whom a decision gave another
//! name is not known by the former one. What somebody has decided is no question any more: rows
//! that a merge joined, a row that was split off and the person whose state id it carries, two
//! people who were found to be two.
//!
//! Never: whether two rows are one person. Next: `audit.rs`.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::events::changed_names;
use super::records::{known, of_ids};
use super::{Store, StoreError, instant_text};
use crate::record::{NameChange, PersonId, folded, standing_name};

/// Pairs of rows of one date of birth that are compared for one set of people: of 500 students of
/// the largest district about 30,000 are. A date that stands for "unknown" is many people's.
pub const PAIRS_COMPARED_MAX: usize = 100_000;

/// Another person of the same name and date of birth.
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
}

/// Who looks like whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookAlikes {
    /// In the order of the people and of the others' sources and numbers.
    pub found: Vec<LookAlike>,
    /// Who was not compared with everybody: [`PAIRS_COMPARED_MAX`] was reached.
    pub not_compared: BTreeSet<PersonId>,
}

/// Two rows of one person that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Who.
    pub person: PersonId,
    /// The sources of the two rows.
    pub sources: [String; 2],
    /// Whether they tell different dates of birth.
    pub birth_date: bool,
    /// Whether they tell different legal names.
    pub name: bool,
}

/// Whether two names may be the same without accents and case: folding keeps the length of what is
/// written in ASCII. It spares the comparison of all who were born on one day.
macro_rules! may_be_alike {
    ($one:literal, $other:literal) => {
        concat!(
            "(LENGTH(",
            $one,
            ") = LENGTH(",
            $other,
            ") OR OCTET_LENGTH(",
            $one,
            ") <> LENGTH(",
            $one,
            ") OR OCTET_LENGTH(",
            $other,
            ") <> LENGTH(",
            $other,
            "))"
        )
    };
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
            known!("q")
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
            " AND ",
            may_be_alike!("q.legal_given", "p.legal_given"),
            " AND ",
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

/// People of whom somebody found that they are two, with one of the people `$1` among them.
macro_rules! distinct {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id, q.person_id AS other_id FROM person_links l JOIN people p ON \
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

/// Each pair of rows of one state id once: the source by name and number first. Rows with different
/// ones, or none, are one person because somebody found them to be.
macro_rules! contradictions {
    ($in_set:literal) => {
        concat!(
            "SELECT ",
            compared!(),
            ", p.source, CAST(CASE WHEN q.birth_date <> p.birth_date THEN 1 ELSE 0 END AS BIGINT) \
             AS birth_date FROM people p CROSS JOIN people q WHERE p.person_id ",
            $in_set,
            " AND q.person_id = p.person_id AND q.state_id = p.state_id AND \
             (p.source < q.source OR (p.source = q.source AND \
             p.person < q.person)) AND (q.birth_date <> p.birth_date OR \
             q.legal_given <> p.legal_given OR \
             COALESCE(q.legal_family, '') <> COALESCE(p.legal_family, '')) AND ",
            known!("p"),
            " AND ",
            known!("q"),
            " ORDER BY p.person_id, p.source, p.person, q.source, q.person"
        )
    };
}
const CONTRADICTIONS: Sql = of_ids!(contradictions!());

impl Store {
    /// Other people with the name and date of birth of one of these.
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
        let renamed = Value::TextSet(renamed.collect::<Result<_, _>>()?);
        let values = [asked.clone(), known.clone(), bound.into(), renamed];
        let (mut pairs, mut not_compared) = (Vec::new(), BTreeSet::new());
        for (sql, values) in [
            (PAIRS, &values[..3]),
            (OF_RENAMED, &values),
            (WITH_RENAMED, &values),
        ] {
            let found = session.rows(sql, values).await?;
            let found: Vec<Pair> = found.iter().map(Pair::read).collect::<Result<_, _>>()?;
            if let Some(last) = found.last().filter(|_| found.len() == PAIRS_COMPARED_MAX) {
                not_compared.extend(people.iter().filter(|it| **it >= last.person.0));
            }
            pairs.extend(found);
        }
        let names = names_of(session, &pairs, &known).await?;
        pairs.retain(|pair| pair.are_namesakes(&names));
        let distinct = distinct(session, asked, known).await?;
        pairs.retain(|pair| !distinct.contains(&(pair.person.0, pair.other.0)));
        let found: BTreeSet<LookAlike> = pairs.into_iter().map(Pair::look_alike).collect();
        Ok(LookAlikes {
            found: found.into_iter().collect(),
            not_compared,
        })
    }

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
        let rows = session
            .rows(CONTRADICTIONS, &[asked, known.clone()])
            .await?;
        let pairs: Vec<Pair> = rows.iter().map(Pair::read).collect::<Result<_, _>>()?;
        let names = names_of(session, &pairs, &known).await?;
        let mut found = Vec::new();
        for (row, pair) in rows.iter().zip(pairs) {
            let contradiction = Contradiction {
                person: pair.person.0,
                sources: [row.text("source")?, pair.other_source.clone()],
                birth_date: row.integer("birth_date")? == 1,
                // Whom a decision gave another name has that one, whatever the rows tell.
                name: !names.contains_key(&pair.person.0) && !pair.are_called_alike(),
            };
            if contradiction.birth_date || contradiction.name {
                found.push(contradiction);
            }
        }
        Ok(found)
    }
}

/// A legal name without accents and case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    given: String,
    middle: Option<String>,
    family: String,
    suffix: String,
}

impl Name {
    fn new(given: &str, middle: Option<&str>, family: Option<&str>, suffix: Option<&str>) -> Self {
        Self {
            given: folded(given),
            middle: middle.map(folded),
            family: folded(family.unwrap_or_default()),
            suffix: folded(suffix.unwrap_or_default()),
        }
    }

    fn given_by(change: &NameChange) -> Self {
        Self::new(
            &change.legal_given,
            change.legal_middle.as_deref(),
            change.legal_family.as_deref(),
            change.legal_suffix.as_deref(),
        )
    }

    /// A missing middle name contradicts none: systems differ on whether they ask for it.
    fn is_that_of(&self, other: &Self) -> bool {
        let middle = match (&self.middle, &other.middle) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let rest = |name: &Self| (name.given.clone(), name.family.clone(), name.suffix.clone());
        middle && rest(self) == rest(other)
    }
}

type Names = HashMap<PersonId, Vec<NameChange>>;

/// Two rows, each with whose it is and the name that it tells.
struct Pair {
    person: (PersonId, Name),
    other: (PersonId, Name),
    other_source: String,
    other_number: String,
    other_school: String,
}

impl Pair {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let name = |given, middle, family, suffix| -> Result<Name, StoreError> {
            Ok(Name::new(
                &row.text(given)?,
                row.optional_text(middle)?.as_deref(),
                row.optional_text(family)?.as_deref(),
                row.optional_text(suffix)?.as_deref(),
            ))
        };
        let own = name("given", "middle", "family", "suffix")?;
        let others = name(
            "other_given",
            "other_middle",
            "other_family",
            "other_suffix",
        )?;
        Ok(Self {
            person: (PersonId(row.id("person_id")?), own),
            other: (PersonId(row.id("other_id")?), others),
            other_source: row.text("other_source")?,
            other_number: row.text("other_person")?,
            other_school: row.text("other_school")?,
        })
    }

    /// Whether both are called the same now.
    fn are_namesakes(&self, names: &Names) -> bool {
        let now = |(person, name): &(PersonId, Name)| {
            let changed = names.get(person).and_then(|changes| standing_name(changes));
            changed.map_or_else(|| name.clone(), Name::given_by)
        };
        now(&self.person).is_that_of(&now(&self.other))
    }

    /// Whether the rows tell the same given and family name.
    fn are_called_alike(&self) -> bool {
        let (own, others) = (&self.person.1, &self.other.1);
        (&own.given, &own.family) == (&others.given, &others.family)
    }

    fn look_alike(self) -> LookAlike {
        LookAlike {
            person: self.person.0,
            other_source: self.other_source,
            other_number: self.other_number,
            other_school: self.other_school,
        }
    }
}

/// The names that decisions gave to whom these pairs are about.
async fn names_of(
    session: &mut Session<'_>,
    pairs: &[Pair],
    known: &Value,
) -> Result<Names, StoreError> {
    let ids = pairs.iter().flat_map(|pair| [pair.person.0, pair.other.0]);
    let ids: BTreeSet<PersonId> = ids.collect();
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let ids = Value::ids(ids.iter().map(PersonId::as_bytes));
    changed_names(session, &[ids, known.clone()]).await
}

/// Of whom somebody found that they are two, from both sides.
async fn distinct(
    session: &mut Session<'_>,
    asked: Value,
    known: Value,
) -> Result<BTreeSet<(PersonId, PersonId)>, StoreError> {
    let mut distinct = BTreeSet::new();
    for row in session.rows(DISTINCT, &[asked, known]).await? {
        let one = PersonId(row.id("person_id")?);
        let other = PersonId(row.id("other_id")?);
        distinct.extend([(one, other), (other, one)]);
    }
    Ok(distinct)
}
