//! Who is held now, and letting them go by hand.
//!
//! Next: `holds.rs` says what holds someone and what answers it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::database::{Row, Sql, Value};
use super::holds::table;
use super::imports::{Decided, after, list};
use super::rows::Table;
use super::{Store, StoreError, instant_text, open_end};
use crate::record::PersonId;

/// Who is held now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HeldNow {
    /// How many people.
    pub people: u64,
    /// The rows that they are held for, refused ones first for each person; so many as were asked
    /// for.
    pub rows: Vec<HeldRow>,
}

/// A row for which a person is held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HeldRow {
    /// The source.
    pub source: String,
    /// The person, by the source's own number.
    pub person: String,
    /// Who that is, as other rows know them: by a row of people that stood while they were held, or
    /// else by what the held row says.
    #[serde(skip)]
    pub id: PersonId,
    /// The person's state id, where a row says it: what other sources sent of them is held too.
    pub state_id: Option<String>,
    /// Since when the person has been held without a break.
    pub since: Timestamp,
    /// The code of what is wrong: that of a problem; `held_back` for a row that only did not land
    /// beside a refused one; `posting_shared`, of a mark, or `row_shared`
    /// for one that passes between this person and someone held.
    pub problem: String,
    /// The table.
    #[serde(serialize_with = "by_name")]
    pub table: Table,
    /// The import.
    pub import: i64,
    /// The file in the package; none for a row that was not in one.
    pub file: Option<String>,
    /// The physical line in it.
    pub line: Option<i64>,
}

fn by_name<S: serde::Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(table.name())
}

fn held_row(row: &Row) -> Result<HeldRow, StoreError> {
    let (source, person) = (row.text("source")?, row.text("person")?);
    let state_id = row.optional_text("state_id")?;
    let id = match row.optional_bytes("person_id")? {
        Some(_) => PersonId(row.id("person_id")?),
        None => PersonId::derived(state_id.as_deref(), &source, &person),
    };
    Ok(HeldRow {
        id,
        source,
        person,
        state_id,
        since: row.parsed("held_since")?,
        problem: row.text("problem")?,
        table: table(row)?,
        import: row.integer("import")?,
        file: row.optional_text("name")?,
        line: row.optional_integer("line")?,
    })
}

/// Letting a person go by hand.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The person, by the source's own number or by the state id.
    pub person: &'a str,
    /// The source; only needed where several hold a person of this number.
    pub source: Option<&'a str>,
    /// Who lets them go, and why.
    pub decided: Decided<'a>,
}

/// Why a person cannot be let go by hand.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// Nobody of this number is held.
    #[error("nobody of the number {0} is held\nhint: `registrar imports held` shows who is")]
    NotHeld(String),
    /// Several sources hold someone of this number.
    #[error("{person} is held in several sources: {}\nhint: add `--source`", .sources.join(", "))]
    Sources {
        /// The person.
        person: String,
        /// The sources, each with its number of the person.
        sources: Vec<String>,
    },
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rows for which people are held when this holds of them, `$1` at most.
macro_rules! rows_held {
    ($($when:expr),+) => {
        concat!(
            "SELECT h.source, h.person, h.state_id, h.held_since, h.problem, h.table_name, \
             h.import, f.name, h.line, (SELECT p.person_id FROM people p WHERE \
             p.source = h.source AND p.person = h.person AND p.recorded_from < h.recorded_to AND \
             p.recorded_to > h.recorded_from ORDER BY p.person_id LIMIT 1) AS person_id FROM \
             held_rows h LEFT JOIN import_files f ON f.number = h.file WHERE ",
            $($when,)+
            " ORDER BY h.source, h.person, CASE h.problem WHEN 'held_back' THEN 1 ELSE 0 END, \
             h.import, h.file, h.line LIMIT $1"
        )
    };
}

impl Store {
    /// Who is held now, and for what: at most so many rows.
    ///
    /// # Errors
    /// What the database said.
    pub async fn held(&self, rows_max: u32) -> Result<HeldNow, StoreError> {
        const PEOPLE: Sql = Sql::both(concat!(
            "SELECT COUNT(*) AS count FROM (SELECT DISTINCT source, person FROM held_rows WHERE \
             recorded_to = ",
            open_end!(),
            ") p"
        ));
        const ROWS: Sql = Sql::both(rows_held!("h.recorded_to = ", open_end!()));
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let people = session.count(PEOPLE, &[]).await?.unsigned_abs();
        let rows = session.rows(ROWS, &[i64::from(rows_max).into()]).await?;
        let rows = rows.iter().map(held_row).collect::<Result<_, _>>()?;
        Ok(HeldNow { people, rows })
    }

    /// The rows for which people were held at an instant: at most so many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn held_rows(
        &self,
        known: Timestamp,
        rows_max: u32,
    ) -> Result<Vec<HeldRow>, StoreError> {
        const ROWS: Sql = Sql::both(rows_held!("h.recorded_from <= $2 AND h.recorded_to > $2"));
        let values = [i64::from(rows_max).into(), instant_text(known).into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(ROWS, &values).await?;
        rows.iter().map(held_row).collect()
    }

    /// How many people each source had held at an instant.
    ///
    /// # Errors
    /// What the database said.
    pub async fn held_by_source(
        &self,
        known: Timestamp,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        const HELD: Sql = Sql::both(
            "SELECT source, COUNT(*) AS people FROM (SELECT DISTINCT source, person FROM \
             held_rows WHERE recorded_from <= $1 AND recorded_to > $1) p GROUP BY source",
        );
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let rows = session.rows(HELD, &[instant_text(known).into()]).await?;
        let of_source =
            |row: &Row| Ok((row.text("source")?, row.integer("people")?.unsigned_abs()));
        rows.iter().map(of_source).collect()
    }

    /// Lets a held person go by hand: what was refused stays out. It is listed among the imports
    /// with who did it and why, because reports read the records as of the newest of those. Gives
    /// its number.
    ///
    /// # Errors
    /// [`ReleaseError`], with nothing changed.
    pub async fn release(&self, release: Release<'_>, now: Timestamp) -> Result<i64, ReleaseError> {
        const SOURCES: Sql = Sql::both(concat!(
            "SELECT source, person, MAX(import) AS import FROM held_rows WHERE (person = $1 OR \
             state_id = $1) AND source = COALESCE($2, source) AND recorded_to = ",
            open_end!(),
            " GROUP BY source, person ORDER BY source, person"
        ));
        const RECORD: Sql = Sql::both(
            "INSERT INTO imports SELECT $1, 'release', source, district, exported_at, $2, NULL, \
             0, 0, 0, 0, $4, $5 FROM imports WHERE number = $3",
        );
        const CLOSE: Sql = Sql::both(concat!(
            "UPDATE held_rows SET recorded_to = $3 WHERE source = $1 AND person = $2 AND \
             recorded_to = ",
            open_end!()
        ));
        let mut transaction = self.import_transaction().await?;
        let mut session = transaction.session();
        let values = [release.person.into(), release.source.into()];
        let rows = session.rows(SOURCES, &values).await?;
        let (source, number, import) = match rows.as_slice() {
            [] => return Err(ReleaseError::NotHeld(release.person.to_owned())),
            [row] => (
                row.text("source")?,
                row.text("person")?,
                row.integer("import")?,
            ),
            several => {
                let source = |row: &Row| -> Result<String, StoreError> {
                    Ok(format!("{} ({})", row.text("source")?, row.text("person")?))
                };
                let sources = several.iter().map(source);
                let person = release.person.to_owned();
                let sources = sources.collect::<Result<_, _>>()?;
                return Err(ReleaseError::Sources { person, sources });
            }
        };
        let imports = list(&mut session).await?;
        let newest = imports.last().ok_or_else(|| {
            StoreError::Inconsistent("someone is held, and there is no import".to_owned())
        })?;
        let (release_number, instant) = (newest.number + 1, after(newest.recorded_at, now));
        let instant = instant_text(instant);
        let record: [Value; 5] = [
            release_number.into(),
            instant.as_str().into(),
            import.into(),
            release.decided.by.into(),
            release.decided.reason.into(),
        ];
        session.execute(RECORD, &record).await?;
        let close: [Value; 3] = [source.into(), number.into(), instant.into()];
        session.execute(CLOSE, &close).await?;
        transaction.commit().await?;
        Ok(release_number)
    }
}
