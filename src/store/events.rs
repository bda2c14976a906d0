//! Events as they stand: listed for people, and looked up for who records a new one.
//!
//! What events make of a record is `record`'s and happens where records are read (`records.rs`);
//! merges and splits act when they land (`links.rs`). Never: whether an event is lawful.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::records::{known, of_ids};
use super::stored::Stored;
use super::told::{Histories, RowName, Subject, decided_at};
use super::{Store, StoreError, Table, instant_text};
use crate::record::{
    Event, LinkKind, Mark, MarkChange, NameChange, PassMark, Person, PersonId, PersonLink,
    TranscriptHold,
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
    /// The import that brought its first version.
    pub first_import: i64,
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

/// The columns of an event `m` of `$table`, and which imports brought it: this version, the first.
macro_rules! with_imports {
    ($table:literal) => {
        concat!(
            "m.*, f.import, (SELECT MIN(g.import) FROM ",
            $table,
            " v JOIN import_files g ON g.number = v.file WHERE v.person_key = m.person_key AND \
             v.key = m.key) AS first_import"
        )
    };
}

/// The events of one table whose `$key` is a row of the people `$1`, as known at `$2`: by its
/// index, whatever other people's decisions there are.
macro_rules! events_of {
    ($in_set:literal, $table:literal, $key:literal) => {
        concat!(
            "SELECT ",
            with_imports!($table),
            " FROM people p JOIN ",
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
            "SELECT ",
            with_imports!($table),
            " FROM ",
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

/// Of rows as known at `$2`, those that are another's at `$3`; one of the two is among the people
/// `$1`.
macro_rules! moved {
    ($in_set:literal, $asked:literal) => {
        concat!(
            "SELECT DISTINCT p.person_id AS then_id, q.person_id AS now_id FROM people p \
             JOIN people q ON q.person = p.person AND q.source = p.source WHERE ",
            $asked,
            " ",
            $in_set,
            " AND ",
            known!("p"),
            " AND q.recorded_from <= $3 AND q.recorded_to > $3 AND q.person_id <> p.person_id"
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

    /// Of whom rows were parted or joined between two instants: each row's person then and now,
    /// where one of the two is among these people. A row that is new is nobody's before.
    ///
    /// # Errors
    /// What the database said.
    pub async fn rows_moved(
        &self,
        people: &[PersonId],
        then: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<[PersonId; 2]>, StoreError> {
        const LEFT: Sql = of_ids!(moved!("p.person_id"));
        const JOINED: Sql = of_ids!(moved!("q.person_id"));
        let people = Value::ids(people.iter().map(PersonId::as_bytes));
        let values = [people, instant_text(then).into(), instant_text(now).into()];
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut moved = Vec::new();
        for sql in [LEFT, JOINED] {
            for row in session.rows(sql, &values).await? {
                moved.push([PersonId(row.id("then_id")?), PersonId(row.id("now_id")?)]);
            }
        }
        Ok(moved)
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
            first_import: row.integer("first_import")?,
            event: event(T::read(&row)?),
        });
    }
    Ok(())
}

/// The events of one table about rows that tell or told of the people `$1`, as known at `$2`,
/// without those that ended.
macro_rules! standing {
    ($in_set:literal, $table:literal, $key:literal) => {
        concat!(
            "SELECT DISTINCT m.*, ",
            decided_at!("m", $table),
            " FROM people p JOIN ",
            $table,
            " m ON m.",
            $key,
            " = p.key WHERE p.person_id ",
            $in_set,
            " AND p.recorded_from <= $2 AND m.ended_at IS NULL AND ",
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
    /// Decisions that do nothing because a number is another child's by now, a sentence each.
    pub astray: HashMap<PersonId, BTreeSet<String>>,
}

/// A decision that was not taken back, and when it was recorded.
struct Decided {
    event: Event,
    at: String,
}

impl Decided {
    /// Each row that it names, before the other one.
    fn rows(&self) -> Vec<[RowName; 2]> {
        let (source, person) = self.event.person();
        let row = (source.to_owned(), person.to_owned());
        match &self.event {
            Event::PersonLink(PersonLink {
                other_source: Some(source),
                other_person: Some(person),
                ..
            }) => {
                let other = (source.clone(), person.clone());
                vec![[row.clone(), other.clone()], [other, row]]
            }
            _ => vec![[row.clone(), row]],
        }
    }

    /// Why it does nothing, where one of its rows is another child's by now.
    fn astray(&self, (source, person): &RowName) -> String {
        let (kind, event) = (self.event.kind(), self.event.number());
        format!(
            "{kind} {event}: number {person} of source {source} tells of another child than when \
             this was decided"
        )
    }
}

impl Standing {
    /// Of the people `$1` as known at `$2`.
    pub async fn read(session: &mut Session<'_>, values: &[Value; 2]) -> Result<Self, StoreError> {
        const PASS_MARKS: Sql = of_ids!(standing!("pass_marks", "person_key"));
        const MARK_CHANGES: Sql = of_ids!(standing!("mark_changes", "person_key"));
        const LINKS: Sql = of_ids!(standing!("person_links", "person_key"));
        const OTHER_LINKS: Sql = of_ids!(standing!("person_links", "other_key"));
        const HOLDS: Sql = of_ids!(standing!("transcript_holds", "person_key"));
        let mut found = Vec::new();
        let events = &mut found;
        decided(session, PASS_MARKS, values, Event::PassMark, events).await?;
        decided(session, MARK_CHANGES, values, Event::MarkChange, events).await?;
        decided(session, NAME_CHANGES, values, Event::NameChange, events).await?;
        decided(session, LINKS, values, Event::PersonLink, events).await?;
        decided(session, OTHER_LINKS, values, Event::PersonLink, events).await?;
        decided(session, HOLDS, values, Event::TranscriptHold, events).await?;
        Self::of(session, found, &values[1]).await
    }

    /// Gives each decision to whom it is about.
    async fn of(
        session: &mut Session<'_>,
        found: Vec<Decided>,
        known: &Value,
    ) -> Result<Self, StoreError> {
        let rows = found.iter().flat_map(Decided::rows).flatten().collect();
        let histories = Histories::read(session, &rows, known).await?;
        let mut standing = Self::default();
        for decided in found {
            let rows = decided.rows();
            let subjects = rows.iter().filter_map(|[row, other]| {
                let subject = histories.subject([row, other], &decided.at)?;
                Some((row, subject))
            });
            let subjects: Vec<_> = subjects.collect();
            let astray = subjects.iter().filter(|(_, subject)| subject.is_another);
            for why in astray.map(|(row, _)| decided.astray(row)) {
                for (_, subject) in &subjects {
                    let of_person = standing.astray.entry(subject.now).or_default();
                    of_person.insert(why.clone());
                }
            }
            if let Some((_, subject)) = subjects.first() {
                standing.give(decided.event, subject);
            }
        }
        Ok(standing)
    }

    /// A name and a hold are the child's, wherever the child's rows are now. A mark has the number
    /// of a row, and is another child's together with it.
    fn give(&mut self, event: Event, subject: &Subject) {
        let child = subject.child;
        let has_gone = subject.is_another && child == subject.now;
        match event {
            Event::PassMark(pass) if !subject.is_another => {
                let name = (pass.person_source.clone(), pass.posting.clone());
                self.passes.entry(name).or_default().push(pass);
            }
            Event::MarkChange(change) if !subject.is_another => {
                let name = (change.person_source.clone(), change.posting.clone());
                self.changes.entry(name).or_default().push(change);
            }
            Event::NameChange(change) if !has_gone => {
                self.names.entry(child).or_default().push(change);
            }
            Event::TranscriptHold(hold) if !has_gone => {
                self.holds.entry(child).or_default().push(hold);
            }
            _ => {}
        }
    }
}

/// The names that the people `$1` were given by decisions, as known at `$2`.
pub(super) async fn changed_names(
    session: &mut Session<'_>,
    values: &[Value; 2],
) -> Result<HashMap<PersonId, Vec<NameChange>>, StoreError> {
    let mut found = Vec::new();
    decided(session, NAME_CHANGES, values, Event::NameChange, &mut found).await?;
    Ok(Standing::of(session, found, &values[1]).await?.names)
}

const NAME_CHANGES: Sql = of_ids!(standing!("name_changes", "person_key"));

/// Reads the decisions of one table. That two people are two is none about what rows tell.
async fn decided<T: Stored>(
    session: &mut Session<'_>,
    sql: Sql,
    values: &[Value],
    event: fn(T) -> Event,
    events: &mut Vec<Decided>,
) -> Result<(), StoreError> {
    for row in session.rows(sql, values).await? {
        let event = event(T::read(&row)?);
        let is_distinct =
            matches!(&event, Event::PersonLink(link) if link.link == LinkKind::Distinct);
        if !is_distinct {
            let at = row.text("decided")?;
            events.push(Decided { event, at });
        }
    }
    Ok(())
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
