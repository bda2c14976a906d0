//! Events as they stand: listed for people, and looked up for who records a new one.
//!
//! What events make of a record is `record`'s and happens where records are read (`records.rs`);
//! merges and splits act when they land (`links.rs`). Never: whether an event is lawful.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::records::{known, of_ids};
use super::stored::Stored;
use super::{Store, StoreError, Table, instant_text};
use crate::record::{
    Event, Mark, MarkChange, NameChange, PassMark, Person, PersonId, TranscriptHold,
};

/// Events that one read gives at most.
pub const EVENTS_READ_MAX: usize = 10_000;

/// An event as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The source in which it is recorded.
    pub source: String,
    /// Its table.
    pub table: Table,
    /// The import that brought this version of it.
    pub import: i64,
    /// What it says.
    pub event: Event,
}

/// A source's row of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// The source.
    pub source: String,
    /// The row.
    pub person: Person,
    /// Who it is.
    pub id: PersonId,
}

/// A posting of a person, as its source sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostingRow {
    /// The source.
    pub source: String,
    /// The row.
    pub mark: Mark,
}

/// The newest version of a row of people by `$2`, whether or not the row still stood then: what was
/// decided about a row stays with its person, though the source numbers the person anew or sends
/// the row no more.
macro_rules! newest {
    ($alias:literal) => {
        concat!(
            $alias,
            ".recorded_from <= $2 AND NOT EXISTS (SELECT 1 FROM people newer WHERE newer.person = ",
            $alias,
            ".person AND newer.source = ",
            $alias,
            ".source AND newer.recorded_from > ",
            $alias,
            ".recorded_from AND newer.recorded_from <= $2)"
        )
    };
}

/// The events of one table whose `$key` is a row of the people `$1`, as known at `$2`: by its
/// index, whatever other people's decisions there are.
macro_rules! events_of {
    ($in_set:literal, $table:literal, $key:literal) => {
        concat!(
            "SELECT m.*, f.import FROM people p JOIN ",
            $table,
            " m ON m.",
            $key,
            " = p.key JOIN import_files f ON f.number = m.file WHERE p.person_id ",
            $in_set,
            " AND ",
            newest!("p"),
            " AND ",
            known!("m"),
            " AND ($4 = '' OR m.event = $4) ORDER BY m.recorded_at DESC, m.source, m.event LIMIT $3"
        )
    };
}

/// The events of one table, of everybody; `$1` is empty.
macro_rules! events_in {
    ($table:literal) => {
        Sql::both(concat!(
            "SELECT m.*, f.import FROM ",
            $table,
            " m JOIN import_files f ON f.number = m.file WHERE $1 = '' AND ",
            known!("m"),
            " AND ($4 = '' OR m.event = $4) ORDER BY m.recorded_at DESC, m.source, m.event LIMIT $3"
        ))
    };
}

/// The same of everybody, and of a person.
macro_rules! listed {
    ($table:literal) => {
        [
            events_in!($table),
            of_ids!(events_of!($table, "person_key")),
        ]
    };
}

/// The source's rows of the people `$1`, as known at `$2`.
macro_rules! rows_of {
    ($in_set:literal) => {
        concat!(
            "SELECT p.* FROM people p WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " ORDER BY p.person_id, p.source, p.person"
        )
    };
}

/// The posting `$3` of the people `$1`, as known at `$2`.
macro_rules! posting_of {
    ($in_set:literal) => {
        concat!(
            "SELECT m.* FROM people p JOIN marks m ON m.source = p.source AND \
             m.person = p.person WHERE p.person_id ",
            $in_set,
            " AND m.posting = $3 AND ",
            known!("p"),
            " AND ",
            known!("m"),
            " ORDER BY m.source, m.posting"
        )
    };
}

/// Official documents about the people `$1`.
macro_rules! issued_to {
    ($in_set:literal) => {
        concat!(
            "SELECT COUNT(*) AS count FROM issuances WHERE state = 'issued' AND subject ",
            $in_set
        )
    };
}

impl Store {
    /// The events about a person, or of everybody, as known at an instant, or only the one of this
    /// number: the newest first, those that ended among them; at most [`EVENTS_READ_MAX`] of each
    /// table.
    ///
    /// # Errors
    /// What the database said.
    pub async fn events(
        &self,
        of: Option<PersonId>,
        number: Option<&str>,
        known: Timestamp,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        const PASS_MARKS: [Sql; 2] = listed!("pass_marks");
        const MARK_CHANGES: [Sql; 2] = listed!("mark_changes");
        const NAME_CHANGES: [Sql; 2] = listed!("name_changes");
        const LINKS: [Sql; 2] = listed!("person_links");
        const OTHER_LINKS: Sql = of_ids!(events_of!("person_links", "other_key"));
        const HOLDS: [Sql; 2] = listed!("transcript_holds");
        let values = [
            of.map_or("".into(), |person| Value::ids([person.as_bytes()])),
            instant_text(known).into(),
            i64::try_from(EVENTS_READ_MAX).unwrap_or(i64::MAX).into(),
            number.unwrap_or_default().into(),
        ];
        let (values, which) = (&values, usize::from(of.is_some()));
        let mut connection = self.connection().await?;
        let session = &mut connection.session();
        let mut found = Vec::new();
        let events = &mut found;
        read(session, PASS_MARKS[which], values, Event::PassMark, events).await?;
        let changes = MARK_CHANGES[which];
        read(session, changes, values, Event::MarkChange, events).await?;
        let names = NAME_CHANGES[which];
        read(session, names, values, Event::NameChange, events).await?;
        read(session, LINKS[which], values, Event::PersonLink, events).await?;
        if of.is_some() {
            read(session, OTHER_LINKS, values, Event::PersonLink, events).await?;
        }
        read(session, HOLDS[which], values, Event::TranscriptHold, events).await?;
        found.sort_by(|one, other| order(one).cmp(&order(other)));
        // A merge of two rows of one person was found by both.
        found.dedup();
        Ok(found)
    }

    /// Each source's rows of these people, as known at an instant.
    ///
    /// # Errors
    /// What the database said.
    pub async fn person_rows(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<PersonRow>, StoreError> {
        const ROWS: Sql = of_ids!(rows_of!());
        let people = Value::ids(people.iter().map(PersonId::as_bytes));
        let values = [people, instant_text(known).into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(ROWS, &values).await?;
        let row = |row: &Row| {
            Ok(PersonRow {
                source: row.text("source")?,
                person: Person::read(row)?,
                id: PersonId(row.id("person_id")?),
            })
        };
        rows.iter().map(row).collect()
    }

    /// The postings of this number that a person has, one for each source that has it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn postings(
        &self,
        person: PersonId,
        posting: &str,
        known: Timestamp,
    ) -> Result<Vec<PostingRow>, StoreError> {
        const POSTING: Sql = of_ids!(posting_of!());
        let values = [
            Value::ids([person.as_bytes()]),
            instant_text(known).into(),
            posting.into(),
        ];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(POSTING, &values).await?;
        let row = |row: &Row| {
            Ok(PostingRow {
                source: row.text("source")?,
                mark: Mark::read(row)?,
            })
        };
        rows.iter().map(row).collect()
    }

    /// How many official documents of a person were issued, under whatever id the person's rows
    /// have had: after a merge those of both.
    ///
    /// # Errors
    /// What the database said.
    pub async fn documents_issued(&self, person: PersonId) -> Result<u64, StoreError> {
        const IDS: Sql = Sql::both(
            "SELECT DISTINCT q.person_id FROM people p JOIN people q ON q.source = p.source AND \
             q.person = p.person WHERE p.person_id = $1",
        );
        const COUNT: Sql = of_ids!(issued_to!());
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let values = [person.as_bytes().as_slice().into()];
        let ids = session.rows(IDS, &values).await?;
        let ids = ids.iter().map(|row| row.id("person_id"));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let count = session.count(COUNT, &[Value::ids(&ids)]).await?;
        Ok(count.unsigned_abs())
    }
}

/// The newest first.
fn order(recorded: &RecordedEvent) -> impl Ord + '_ {
    let RecordedEvent { source, event, .. } = recorded;
    (
        Reverse(event.recorded().1),
        source,
        event.kind(),
        event.number(),
    )
}

async fn read<T: Stored>(
    session: &mut Session<'_>,
    sql: Sql,
    values: &[Value],
    event: fn(T) -> Event,
    events: &mut Vec<RecordedEvent>,
) -> Result<(), StoreError> {
    for row in session.rows(sql, values).await? {
        events.push(RecordedEvent {
            source: row.text("source")?,
            table: T::SQL.table,
            import: row.integer("import")?,
            event: event(T::read(&row)?),
        });
    }
    Ok(())
}

/// The events of one table about the people `$1`, as known at `$2`, without those that ended.
macro_rules! standing {
    ($in_set:literal, $table:literal) => {
        concat!(
            "SELECT m.*, p.person_id FROM people p JOIN ",
            $table,
            " m ON m.person_key = p.key WHERE p.person_id ",
            $in_set,
            " AND m.ended_at IS NULL AND ",
            newest!("p"),
            " AND ",
            known!("m"),
            " ORDER BY m.recorded_at, m.source, m.event"
        )
    };
}

/// A posting: its source, and the source's number.
pub(super) type PostingName = (String, String);

/// The events that act on the records of a set of people.
#[derive(Default)]
pub(super) struct Standing {
    pub passes: HashMap<PostingName, Vec<PassMark>>,
    pub changes: HashMap<PostingName, Vec<MarkChange>>,
    pub names: HashMap<PersonId, Vec<NameChange>>,
    pub holds: HashMap<PersonId, Vec<TranscriptHold>>,
}

impl Standing {
    /// Of the people `$1` as known at `$2`.
    pub async fn read(session: &mut Session<'_>, values: &[Value; 2]) -> Result<Self, StoreError> {
        const PASS_MARKS: Sql = of_ids!(standing!("pass_marks"));
        const MARK_CHANGES: Sql = of_ids!(standing!("mark_changes"));
        const HOLDS: Sql = of_ids!(standing!("transcript_holds"));
        let mut standing = Self {
            names: changed_names(session, values).await?,
            ..Self::default()
        };
        for row in session.rows(PASS_MARKS, values).await? {
            let pass = PassMark::read(&row)?;
            let name = (pass.person_source.clone(), pass.posting.clone());
            standing.passes.entry(name).or_default().push(pass);
        }
        for row in session.rows(MARK_CHANGES, values).await? {
            let change = MarkChange::read(&row)?;
            let name = (change.person_source.clone(), change.posting.clone());
            standing.changes.entry(name).or_default().push(change);
        }
        for row in session.rows(HOLDS, values).await? {
            let of_person = standing.holds.entry(PersonId(row.id("person_id")?));
            of_person.or_default().push(TranscriptHold::read(&row)?);
        }
        Ok(standing)
    }
}

/// The names that the people `$1` were given by decisions, as known at `$2`.
pub(super) async fn changed_names(
    session: &mut Session<'_>,
    values: &[Value; 2],
) -> Result<HashMap<PersonId, Vec<NameChange>>, StoreError> {
    const NAME_CHANGES: Sql = of_ids!(standing!("name_changes"));
    let mut names: HashMap<PersonId, Vec<NameChange>> = HashMap::new();
    for row in session.rows(NAME_CHANGES, values).await? {
        let of_person = names.entry(PersonId(row.id("person_id")?));
        of_person.or_default().push(NameChange::read(&row)?);
    }
    Ok(names)
}

/// Whether a split says that the row of people `$alias` is not the person of its state id.
macro_rules! is_split {
    ($alias:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM person_links l WHERE l.person_key = ",
            $alias,
            ".key AND l.link = 'split' AND l.ended_at IS NULL AND ",
            known!("l"),
            ")"
        )
    };
}
pub(super) use is_split;
