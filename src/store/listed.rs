//! Events as a list: those that stand, that ended or were taken back, and that do nothing because
//! their number is another child's by now.
//!
//! Never: what an event does. Next: `events.rs` for those that act, `told.rs` for whose a number
//! is.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::database::{Session, Sql, Value};
use super::events::{rows_of, subjects, tells_of_another};
use super::records::{known, of_ids};
use super::stored::Stored;
use super::told::{Histories, RowName, decided_at};
use super::{Store, StoreError, Table, instant_text};
use crate::record::{Ending, Event, PersonId};

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
    /// With which undoing, by its number, the import was taken back that brought it; none where it
    /// stands.
    pub undone_with: Option<i64>,
    /// Who ended it, when and why: the event's own words, or those of the undoing.
    pub ending: Option<Ending>,
    /// That it names a number which is another child's by now, and what became of it.
    pub astray: Option<String>,
}

/// What is listed of the events `m` of a table: those known at `$2`, and those that nobody knows
/// any more because the import that brought them was taken back by then.
macro_rules! listed_columns {
    ($table:literal) => {
        concat!(
            "m.*, f.import, ",
            decided_at!("m", $table),
            ", (SELECT MIN(g.import) FROM ",
            $table,
            " v JOIN import_files g ON g.number = v.file WHERE v.person_key = m.person_key AND \
             v.key = m.key) AS first_import, u.number AS undone_with, u.decided_by AS undone_by, \
             u.recorded_at AS undone_at, u.reason AS undone_reason"
        )
    };
}
macro_rules! listed_rows {
    ($table:literal) => {
        concat!(
            " JOIN import_files f ON f.number = m.file LEFT JOIN imports u ON \
             u.kind = 'undo' AND u.undoes = f.import AND u.recorded_at = m.recorded_to AND \
             u.recorded_at <= $2 AND NOT EXISTS (SELECT 1 FROM ",
            $table,
            " n WHERE n.key = m.key AND n.recorded_from <= $2 AND n.recorded_to > m.recorded_to) \
             WHERE (u.number IS NOT NULL OR ",
            known!("m"),
            ") AND ($4 = '' OR m.event = $4)"
        )
    };
}

/// The events of one table whose `$key` is a row that tells or told of the people `$1`, by its
/// index, whatever other people's decisions there are: what was decided about a row stays with its
/// person, though the source numbers the person anew or sends the row no more.
macro_rules! events_of {
    ($in_set:literal, $table:literal, $key:literal) => {
        concat!(
            "SELECT DISTINCT ",
            listed_columns!($table),
            " FROM people p JOIN ",
            $table,
            " m ON m.",
            $key,
            " = p.key",
            listed_rows!($table),
            " AND p.person_id ",
            $in_set,
            " AND p.recorded_from <= $2 ORDER BY m.recorded_at DESC, m.source, m.event LIMIT $3"
        )
    };
}

/// The events of one table, of everybody; `$1` is empty.
macro_rules! events_in {
    ($table:literal) => {
        Sql::both(concat!(
            "SELECT ",
            listed_columns!($table),
            " FROM ",
            $table,
            " m",
            listed_rows!($table),
            " AND $1 = '' ORDER BY m.recorded_at DESC, m.source, m.event LIMIT $3"
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

impl Store {
    /// The events about a person, or of everybody, as known at an instant, or only the one of this
    /// number: the newest first, those that ended or were undone among them; at most
    /// [`EVENTS_READ_MAX`] of each table.
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
        let mut found = follow(session, found, of, &values[1]).await?;
        found.sort_by(|one, other| order(one).cmp(&order(other)));
        // A merge of two rows of one person was found by both.
        found.dedup();
        Ok(found)
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

/// An event as it is recorded, and when it was recorded first.
type Read = (RecordedEvent, String);

async fn read<T: Stored>(
    session: &mut Session<'_>,
    sql: Sql,
    values: &[Value],
    event: fn(T) -> Event,
    events: &mut Vec<Read>,
) -> Result<(), StoreError> {
    for row in session.rows(sql, values).await? {
        let event = event(T::read(&row)?);
        let undone_with = row.optional_integer("undone_with")?;
        let ending = match undone_with {
            Some(_) => Some(Ending {
                by: row.text("undone_by")?,
                at: row.parsed("undone_at")?,
                reason: row.text("undone_reason")?,
            }),
            None => event.ending(),
        };
        let recorded = RecordedEvent {
            source: row.text("source")?,
            table: T::SQL.table,
            import: row.integer("import")?,
            first_import: row.integer("first_import")?,
            event,
            undone_with,
            ending,
            astray: None,
        };
        events.push((recorded, row.text("decided")?));
    }
    Ok(())
}

/// Says of which events the number is another child's by now, and of a person leaves those that are
/// about the person, or about the number that the person has.
async fn follow(
    session: &mut Session<'_>,
    found: Vec<Read>,
    of: Option<PersonId>,
    known: &Value,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let rows = found.iter().flat_map(|(it, _)| rows_of(&it.event));
    let rows: BTreeSet<RowName> = rows.flatten().collect();
    let histories = Histories::read(session, &rows, known).await?;
    let mut events = Vec::new();
    for (mut recorded, decided) in found {
        let subjects = subjects(&recorded.event, &decided, &histories);
        let concerns = |id: PersonId| {
            subjects
                .iter()
                .any(|(_, it)| id == it.child || id == it.now)
        };
        if !of.is_none_or(concerns) {
            continue;
        }
        let mut astray = subjects.iter().filter(|(_, subject)| subject.is_another);
        if let (Some((row, subject)), None) = (astray.next(), &recorded.ending) {
            let why = tells_of_another(row);
            let follows = matches!(
                recorded.event,
                Event::NameChange(_) | Event::TranscriptHold(_)
            );
            let became = match follows && !subject.has_gone() {
                true => "it stays with the child of then",
                false => "it does nothing",
            };
            recorded.astray = Some(format!("{why}: {became}"));
        }
        events.push(recorded);
    }
    Ok(events)
}
