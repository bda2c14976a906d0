//! What was imported, and when it was recorded.

use jiff::{SignedDuration, Timestamp};

use super::database::{Row, Session, Sql};
use super::{Store, StoreError, instant_text, open_end};

/// So far may the newest import lie ahead of the clock; beyond that one of the clocks was wrong.
pub const RECORDED_AHEAD_HOURS_MAX: i64 = 24;

/// One import, the undoing of one, or the release of a held person.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImportSummary {
    /// Its number.
    pub number: i64,
    /// `import`, `undo` or `release`.
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
    /// Who took an import back or let a held person go; none for an import.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Who takes an import back or lets a held person go, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided<'a> {
    /// Who: a person's name.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

const LIST: Sql = Sql::both(
    "SELECT i.number, i.kind, i.source, i.exported_at, i.recorded_at, i.undoes, i.rows_added, \
     i.rows_changed, i.rows_withdrawn, i.people_held, i.decided_by, i.reason, \
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
        decided_by: row.optional_text("decided_by")?,
        reason: row.optional_text("reason")?,
    })
}

/// Every import, oldest first.
pub(super) async fn list(session: &mut Session<'_>) -> Result<Vec<ImportSummary>, StoreError> {
    let rows = session.rows(LIST, &[]).await?;
    rows.iter().map(summary).collect()
}

impl Store {
    /// Every import, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn imports(&self) -> Result<Vec<ImportSummary>, StoreError> {
        let mut connection = self.connection().await?;
        list(&mut connection.session()).await
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

/// Now, or a microsecond after the newest import.
pub(super) fn after(newest: Timestamp, now: Timestamp) -> Timestamp {
    now.max(newest + SignedDuration::from_micros(1))
}
