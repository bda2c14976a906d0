//! Events as they stand, each given to whom it is about, and the rows that a new one is recorded
//! about.
//!
//! What events make of a record is `record`'s and happens where records are read (`records.rs`);
//! merges and splits act when they land (`links.rs`); `listed.rs` lists them, ended ones too.
//! Never: whether an event is lawful.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::records::{known, of_ids};
use super::stored::Stored;
use super::told::{Histories, RowName, Subject, decided_at};
use super::{Store, StoreError, instant_text};
use crate::record::{
    Event, LinkKind, Mark, MarkChange, NameChange, PassMark, Person, PersonId, PersonLink,
    TranscriptHold,
};

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

impl Store {
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
    /// Rows that are not the person of their state id.
    pub splits: BTreeSet<RowName>,
    /// Decisions that do nothing because a number is another child's by now, a sentence each.
    pub astray: HashMap<PersonId, BTreeSet<String>>,
}

/// A decision that was not taken back, and when it was recorded.
struct Decided {
    event: Event,
    at: String,
}

/// Each row that an event names, before the other one.
pub(super) fn rows_of(event: &Event) -> Vec<[RowName; 2]> {
    let (source, person) = event.person();
    let row = (source.to_owned(), person.to_owned());
    match event {
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

/// Whom an event is about, by each row that it names, if it was recorded at this instant.
pub(super) fn subjects(
    event: &Event,
    decided: &str,
    histories: &Histories,
) -> Vec<(RowName, Subject)> {
    let subjects = rows_of(event).into_iter().filter_map(|[row, other]| {
        let subject = histories.subject([&row, &other], decided)?;
        Some((row, subject))
    });
    subjects.collect()
}

/// Why an event goes astray.
pub(super) fn tells_of_another((source, person): &RowName) -> String {
    format!("number {person} of source {source} tells of another child than when this was decided")
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
        let rows = found.iter().flat_map(|it| rows_of(&it.event));
        let rows: BTreeSet<RowName> = rows.flatten().collect();
        let histories = Histories::read(session, &rows, known).await?;
        let mut standing = Self::default();
        for decided in found {
            let subjects = subjects(&decided.event, &decided.at, &histories);
            let astray = subjects.iter().filter(|(_, subject)| subject.is_another);
            let (kind, number) = (decided.event.kind(), decided.event.number());
            for (row, _) in astray {
                let why = format!("{kind} {number}: {}", tells_of_another(row));
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
        match event {
            Event::PassMark(pass) if !subject.is_another => {
                let name = (pass.person_source.clone(), pass.posting.clone());
                self.passes.entry(name).or_default().push(pass);
            }
            Event::MarkChange(change) if !subject.is_another => {
                let name = (change.person_source.clone(), change.posting.clone());
                self.changes.entry(name).or_default().push(change);
            }
            Event::NameChange(change) if !subject.has_gone() => {
                self.names.entry(child).or_default().push(change);
            }
            Event::TranscriptHold(hold) if !subject.has_gone() => {
                self.holds.entry(child).or_default().push(hold);
            }
            Event::PersonLink(link) if link.link == LinkKind::Split && !subject.is_another => {
                self.splits.insert((link.person_source, link.person));
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

/// The rows that were split off from the person of their state id. They are few: each is a decision
/// of a person.
pub(super) async fn acting_splits(
    session: &mut Session<'_>,
    known: Timestamp,
) -> Result<BTreeSet<RowName>, StoreError> {
    const SPLITS: Sql = Sql::both(concat!(
        "SELECT m.*, ",
        decided_at!("m", "person_links"),
        " FROM person_links m WHERE $1 = '' AND m.link = 'split' AND m.ended_at IS NULL AND ",
        known!("m")
    ));
    let values = ["".into(), instant_text(known).into()];
    let mut found = Vec::new();
    decided(session, SPLITS, &values, Event::PersonLink, &mut found).await?;
    Ok(Standing::of(session, found, &values[1]).await?.splits)
}

/// Reads the decisions of one table.
async fn decided<T: Stored>(
    session: &mut Session<'_>,
    sql: Sql,
    values: &[Value],
    event: fn(T) -> Event,
    events: &mut Vec<Decided>,
) -> Result<(), StoreError> {
    for row in session.rows(sql, values).await? {
        let (event, at) = (event(T::read(&row)?), row.text("decided")?);
        events.push(Decided { event, at });
    }
    Ok(())
}
