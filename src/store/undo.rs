//! Taking an import back: what it added is closed, what it closed holds again.
//!
//! Only the newest standing import of a source can go, so its rows and those of its own source
//! agree again. Rows of other sources may name its schools and districts: then it stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::database::{Session, Sql, Value};
use super::holds::undo_holds;
use super::imports::{Decided, ImportSummary, after, list};
use super::links::{Links, relink};
use super::records::of_ids;
use super::references::{NamingRows, named_after_undoing};
use super::stored::TABLES;
use super::systems::undo_system;
use super::{Store, StoreError, instant_text, open_end};
use crate::record::PersonId;

/// Why an import cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no import of this number.
    #[error("there is no import {0}\nhint: `registrar imports list` shows them all")]
    Unknown(i64),
    /// It is itself an undoing or a release, or was taken back before.
    #[error(
        "import {0} has been taken back already, or is itself an undoing or a release\n\
         hint: `registrar imports list` shows which imports stand"
    )]
    NotStanding(i64),
    /// A later import of the same source stands on it.
    #[error("import {later} of the same source came after it\nhint: undo import {later} first")]
    Later {
        /// The later import.
        later: i64,
    },
    /// Rows that would stand name what nobody would know.
    #[error(transparent)]
    StillNamed(#[from] StillNamed),
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Schools and districts that an undoing would take away or not bring back, and who names them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StillNamed {
    /// The import that was to be taken back.
    pub import: i64,
    /// Who names them, one entry for each code, table and import.
    pub rows: Vec<NamingRows>,
}

impl fmt::Display for StillNamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: BTreeSet<&str> = self.rows.iter().map(|rows| rows.code.as_str()).collect();
        writeln!(
            f,
            "import {} stays: without it nobody knows {}, which rows that stand name",
            self.import,
            Vec::from_iter(codes).join(", ")
        )?;
        for rows in &self.rows {
            writeln!(f, "  {}: {rows}", rows.code)?;
        }
        let later = self.rows.iter().map(|rows| rows.import).max();
        match later.filter(|later| *later > self.import) {
            Some(later) => write!(f, "hint: undo import {later} first"),
            None => write!(f, "hint: undo first the later import that withdrew it"),
        }
    }
}

impl Store {
    /// Takes back the newest standing import of its source: what it added is closed, what it closed
    /// holds again. Nothing is erased; "as known" before the undoing still shows the import, and
    /// who took it back and why is listed with the undoing.
    ///
    /// # Errors
    /// [`UndoError`], with nothing changed.
    pub async fn undo_import(
        &self,
        number: i64,
        decided: Decided<'_>,
        now: Timestamp,
    ) -> Result<i64, UndoError> {
        let mut transaction = self.import_transaction().await?;
        let mut session = transaction.session();
        let imports = list(&mut session).await?;
        let (target, undoing) = Undoing::of(&imports, number, now)?;
        let newest = imports.last().map_or(target, |last| last);
        let Done { closed, reopened } = undoing.close_and_reopen(&mut session).await?;
        undoing.nothing_is_left_unknown(&mut session).await?;
        let undo = newest.number + 1;
        let record: [Value; 8] = [
            undo.into(),
            number.into(),
            undoing.undone_at.into(),
            closed.into(),
            reopened.into(),
            instant_text(target.exported_at).into(),
            decided.by.into(),
            decided.reason.into(),
        ];
        session.execute(RECORD_UNDO, &record).await?;
        transaction.commit().await?;
        Ok(undo)
    }

    /// Who would be one person if an import was taken back that corrected a state id, or brought or
    /// ended merges and splits: the people of today, of each such person. Nothing is changed.
    ///
    /// # Errors
    /// [`UndoError`], where the import cannot be taken back.
    pub async fn joined_by_undoing(
        &self,
        number: i64,
        now: Timestamp,
    ) -> Result<Vec<BTreeSet<PersonId>>, UndoError> {
        // Without a commit nothing of it stays.
        let mut transaction = self.import_transaction().await?;
        let mut session = transaction.session();
        let imports = list(&mut session).await?;
        let (_, undoing) = Undoing::of(&imports, number, now)?;
        undoing.close_and_reopen(&mut session).await?;
        let people = undoing.whose(&mut session).await?.into_values();
        Ok(people.filter(|before| before.len() > 1).collect())
    }
}

/// The import of this number, if it can be taken back as far as its own source is concerned.
fn standing(imports: &[ImportSummary], number: i64) -> Result<&ImportSummary, UndoError> {
    let target = imports
        .iter()
        .find(|import| import.number == number)
        .ok_or(UndoError::Unknown(number))?;
    if target.kind != "import" || target.undone {
        return Err(UndoError::NotStanding(number));
    }
    let later = |import: &&ImportSummary| {
        import.source == target.source
            && import.number > number
            && import.kind == "import"
            && !import.undone
    };
    match imports.iter().rfind(later) {
        Some(later) => Err(UndoError::Later {
            later: later.number,
        }),
        None => Ok(target),
    }
}

const RECORD_UNDO: Sql = Sql::both(
    "INSERT INTO imports SELECT $1, 'undo', source, district, $6, $3, number, $5, 0, $4, 0, $7, \
     $8 FROM imports WHERE number = $2",
);

macro_rules! rows_of {
    ($in_set:literal) => {
        concat!(
            "SELECT key, person_id FROM people WHERE person_id ",
            $in_set,
            " AND recorded_to = ",
            open_end!()
        )
    };
}
const ROWS_OF: Sql = of_ids!(rows_of!());

/// An undoing under way.
struct Undoing {
    import: i64,
    landed_at: String,
    undone_at: String,
}

/// What an undoing did.
struct Done {
    closed: i64,
    reopened: i64,
}

impl Undoing {
    /// Of the import of this number, if it can be taken back.
    fn of(
        imports: &[ImportSummary],
        number: i64,
        now: Timestamp,
    ) -> Result<(&ImportSummary, Self), UndoError> {
        let target = standing(imports, number)?;
        let newest = imports.last().map_or(target, |last| last);
        let undoing = Self {
            import: number,
            landed_at: instant_text(target.recorded_at),
            undone_at: instant_text(after(newest.recorded_at, now)),
        };
        Ok((target, undoing))
    }

    /// Makes the source's records what they were just before the import: the rows that it brought
    /// are closed, the rows that it closed hold again.
    ///
    /// Later imports of the source have been taken back before, so no row of theirs is open, and
    /// what they had closed of this import's is open again.
    async fn close_and_reopen(&self, session: &mut Session<'_>) -> Result<Done, StoreError> {
        const FILES: Sql = Sql::both(
            "SELECT COALESCE(MIN(number), 0) AS first, COALESCE(MAX(number), -1) AS last \
             FROM import_files WHERE import = $1",
        );
        // Its files are numbered one after the other. Bounds that are known when a statement is
        // planned let PostgreSQL see how few rows lie between them.
        let files = session.first(FILES, &[self.import.into()]).await?;
        let files = files.ok_or_else(|| StoreError::Inconsistent("no row of bounds".to_owned()))?;
        let close = [
            self.undone_at.as_str().into(),
            files.integer("first")?.into(),
            files.integer("last")?.into(),
        ];
        let reopen = [
            self.undone_at.as_str().into(),
            self.landed_at.as_str().into(),
        ];
        let links = Links::read(session).await?;
        let (mut closed, mut reopened) = (0, 0);
        for sql in TABLES.iter() {
            closed += session.execute(sql.undo_close, &close).await?;
            reopened += session.execute(sql.undo_reopen, &reopen).await?;
        }
        relink(session, &links, &self.undone_at).await?;
        undo_holds(session, self.import, &self.landed_at, &self.undone_at).await?;
        undo_system(session, &self.landed_at, &self.undone_at).await?;
        let integer = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Ok(Done {
            closed: integer(closed),
            reopened: integer(reopened),
        })
    }

    /// Whom each person who has a row of another one now was made of. Asked after
    /// [`Self::close_and_reopen`].
    async fn whose(
        &self,
        session: &mut Session<'_>,
    ) -> Result<BTreeMap<PersonId, BTreeSet<PersonId>>, StoreError> {
        // From the versions that were closed to those that hold in their place.
        const MOVED: Sql = Sql::both(concat!(
            "SELECT n.key AS key, d.person_id AS before, n.person_id AS after FROM people d \
             CROSS JOIN people n WHERE d.recorded_to = $1 AND d.recorded_to <> ",
            open_end!(),
            " AND n.key = d.key AND n.recorded_to = ",
            open_end!(),
            " AND n.person_id <> d.person_id"
        ));
        let mut moved: BTreeMap<[u8; 16], PersonId> = BTreeMap::new();
        let mut whose: BTreeMap<PersonId, BTreeSet<PersonId>> = BTreeMap::new();
        for row in session
            .rows(MOVED, &[self.undone_at.as_str().into()])
            .await?
        {
            moved.insert(row.id("key")?, PersonId(row.id("before")?));
            whose.entry(PersonId(row.id("after")?)).or_default();
        }
        let ids = Value::ids(whose.keys().map(PersonId::as_bytes));
        for row in session.rows(ROWS_OF, &[ids]).await? {
            let after = PersonId(row.id("person_id")?);
            let before = moved.get(&row.id("key")?).copied();
            whose
                .entry(after)
                .or_default()
                .insert(before.unwrap_or(after));
        }
        Ok(whose)
    }

    /// Refuses to leave a row, of whichever source, that names a school or district which nobody
    /// knows: one that the undoing closed, or one that was withdrawn since and that a row which
    /// holds again still names.
    async fn nothing_is_left_unknown(&self, session: &mut Session<'_>) -> Result<(), UndoError> {
        let rows = named_after_undoing(session, &self.undone_at, &self.landed_at).await?;
        match rows.is_empty() {
            true => Ok(()),
            false => Err(StillNamed {
                import: self.import,
                rows,
            }
            .into()),
        }
    }
}
