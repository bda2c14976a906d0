//! What was imported: the list, and taking the newest import of a source back.

use jiff::{SignedDuration, Timestamp};

use super::database::{Row, Session, Sql, Value};
use super::stored::TABLES;
use super::{Store, StoreError, instant_text, open_end};

/// So far may the newest import lie ahead of the clock; beyond that one of the two clocks was wrong.
pub const RECORDED_AHEAD_HOURS_MAX: i64 = 24;

/// One import, or the undoing of one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImportSummary {
    /// Its number.
    pub number: i64,
    /// `import` or `undo`.
    pub kind: String,
    /// The sending system.
    pub source: String,
    /// When the sending system wrote the export.
    pub exported_at: Timestamp,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
    /// The import that this one takes back.
    pub undoes: Option<i64>,
    /// Whether it was taken back.
    pub undone: bool,
    /// Rows added.
    pub rows_added: i64,
    /// Rows changed.
    pub rows_changed: i64,
    /// Rows withdrawn.
    pub rows_withdrawn: i64,
    /// People held.
    pub people_held: i64,
}

/// Why an import cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no import of this number.
    #[error("there is no import {0}\nhint: `registrar imports list` shows them all")]
    Unknown(i64),
    /// It is itself an undoing, or was taken back before.
    #[error("import {0} has been taken back already, or is itself an undoing")]
    NotStanding(i64),
    /// A later import of the same source stands on it.
    #[error("import {later} of the same source came after it\nhint: undo import {later} first")]
    Later {
        /// The later import.
        later: i64,
    },
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const LIST: Sql = Sql::both(
    "SELECT i.number, i.kind, i.source, i.exported_at, i.recorded_at, i.undoes, i.rows_added, \
     i.rows_changed, i.rows_withdrawn, i.people_held, \
     (SELECT COUNT(*) FROM imports u WHERE u.undoes = i.number) AS undone \
     FROM imports i ORDER BY i.number",
);

fn summary(row: &Row) -> Result<ImportSummary, StoreError> {
    Ok(ImportSummary {
        number: row.integer("number")?,
        kind: row.text("kind")?,
        source: row.text("source")?,
        exported_at: row.parsed("exported_at")?,
        recorded_at: row.parsed("recorded_at")?,
        undoes: row.optional_integer("undoes")?,
        undone: row.integer("undone")? > 0,
        rows_added: row.integer("rows_added")?,
        rows_changed: row.integer("rows_changed")?,
        rows_withdrawn: row.integer("rows_withdrawn")?,
        people_held: row.integer("people_held")?,
    })
}

impl Store {
    /// Every import, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn imports(&self) -> Result<Vec<ImportSummary>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(LIST, &[]).await?;
        rows.iter().map(summary).collect()
    }

    /// The instant whose records a report reads: with `as_known` that of the newest import by then,
    /// without it that of the newest import, whatever any clock says. None where nothing had been
    /// imported.
    ///
    /// # Errors
    /// What the database said.
    pub async fn recorded_instant(
        &self,
        as_known: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut connection = self.connection().await?;
        newest_by(&mut connection.session(), as_known).await
    }

    /// Takes back the newest standing import of its source: what it added is closed, what it closed
    /// holds again. Nothing is erased; "as known" before the undoing still shows the import.
    ///
    /// # Errors
    /// [`UndoError`], with nothing changed.
    pub async fn undo_import(&self, number: i64, now: Timestamp) -> Result<i64, UndoError> {
        let mut transaction = self.transaction().await?;
        let mut session = transaction.session();
        let rows = session.rows(LIST, &[]).await?;
        let imports: Vec<ImportSummary> = rows.iter().map(summary).collect::<Result<_, _>>()?;
        let target = imports
            .iter()
            .find(|import| import.number == number)
            .ok_or(UndoError::Unknown(number))?;
        if target.kind != "import" || target.undone {
            return Err(UndoError::NotStanding(number));
        }
        let standing_later = |import: &&ImportSummary| {
            import.source == target.source
                && import.number > number
                && import.kind == "import"
                && !import.undone
        };
        if let Some(later) = imports.iter().rfind(standing_later) {
            return Err(UndoError::Later {
                later: later.number,
            });
        }
        let newest = imports.last().map_or(target, |last| last);
        let instant = after(newest.recorded_at, now);
        let undo = newest.number + 1;
        let values: [Value; 3] = [
            target.source.as_str().into(),
            instant_text(target.recorded_at).into(),
            instant_text(instant).into(),
        ];
        let added = close_and_reopen(&mut session, &values).await?;
        let record: [Value; 6] = [
            undo.into(),
            number.into(),
            instant_text(instant).into(),
            added.0.into(),
            added.1.into(),
            instant_text(target.exported_at).into(),
        ];
        session.execute(RECORD_UNDO, &record).await?;
        transaction.commit().await?;
        Ok(undo)
    }
}

/// The instant of the newest import, or of the newest by an instant.
async fn newest_by(
    session: &mut Session<'_>,
    at: Option<Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    const NEWEST: Sql = Sql::both(concat!(
        "SELECT MAX(recorded_at) AS recorded_at FROM imports WHERE recorded_at <= COALESCE($1, ",
        open_end!(),
        ")"
    ));
    let row = session
        .first(NEWEST, &[at.map(instant_text).into()])
        .await?;
    let text = row
        .map(|row| row.optional_text("recorded_at"))
        .transpose()?
        .flatten();
    text.map(|text| text.parse())
        .transpose()
        .map_err(|_| StoreError::Inconsistent("`recorded_at` does not read".to_owned()))
}

/// The instant at which an import is recorded: now, or just after the newest import where the clock
/// has not moved on, so that "as known" is never ambiguous.
///
/// # Errors
/// [`StoreError::ClockBehind`], unless that is allowed.
pub(super) async fn recording_instant(
    session: &mut Session<'_>,
    now: Timestamp,
    allow_clock_behind: bool,
) -> Result<Timestamp, StoreError> {
    let Some(newest) = newest_by(session, None).await? else {
        return Ok(now);
    };
    let ahead = newest.duration_since(now);
    if ahead > SignedDuration::from_hours(RECORDED_AHEAD_HOURS_MAX) && !allow_clock_behind {
        return Err(StoreError::ClockBehind { now, newest });
    }
    Ok(after(newest, now))
}

fn after(newest: Timestamp, now: Timestamp) -> Timestamp {
    now.max(newest + SignedDuration::from_micros(1))
}

const RECORD_UNDO: Sql = Sql::both(
    "INSERT INTO imports SELECT $1, 'undo', source, district, $6, $3, number, $5, 0, $4, 0 \
     FROM imports WHERE number = $2",
);

/// Makes the source's records what they were just before the import: rows that were not open then
/// are closed, rows that were are open again. Gives both counts.
async fn close_and_reopen(
    session: &mut Session<'_>,
    values: &[Value; 3],
) -> Result<(i64, i64), StoreError> {
    const RELEASE: Sql = Sql::both(concat!(
        "UPDATE held_people SET recorded_to = $3 WHERE source = $1 AND recorded_to = ",
        open_end!(),
        " AND NOT EXISTS (SELECT 1 FROM held_people b WHERE b.source = $1 AND \
         b.person = held_people.person AND b.recorded_from < $2 AND b.recorded_to >= $2)"
    ));
    const HOLD_AGAIN: Sql = Sql::both(concat!(
        "INSERT INTO held_people SELECT b.source, b.person, b.tables, b.import, $3, ",
        open_end!(),
        " FROM held_people b WHERE b.source = $1 AND b.recorded_from < $2 AND \
         b.recorded_to >= $2 AND NOT EXISTS (SELECT 1 FROM held_people o WHERE o.source = $1 AND \
         o.person = b.person AND o.recorded_to = ",
        open_end!(),
        ")"
    ));
    let (mut closed, mut reopened) = (0, 0);
    for sql in &TABLES {
        closed += session.execute(sql.undo_close, values).await?;
        reopened += session.execute(sql.undo_reopen, values).await?;
    }
    session.execute(RELEASE, values).await?;
    session.execute(HOLD_AGAIN, values).await?;
    let integer = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Ok((integer(closed), integer(reopened)))
}
