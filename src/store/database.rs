//! One interface over SQLite and PostgreSQL: statements, values, rows, sessions.
//!
//! Only three kinds of value cross this line (integers of 64 bits, text, bytes), so that both
//! databases hold the same thing. A statement is static text with `$n` parameters; where the two
//! dialects differ, both texts stand side by side in a [`Sql`].

use futures_util::TryStreamExt;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Postgres, Row as _, Sqlite};

use super::StoreError;

/// A statement in both dialects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Sql {
    /// The same text for both.
    pub const fn both(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }

    /// One text each.
    pub const fn pair(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// A bound parameter.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    /// A set of ids: `IN (SELECT unhex(value) FROM json_each($n))` and `= ANY($n)`.
    BytesSet(Vec<Vec<u8>>),
    /// A set of words: `IN (SELECT value FROM json_each($n))` and `= ANY($n)`.
    TextSet(Vec<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}
impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}
impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}
impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}
impl Value {
    /// A set of ids.
    pub fn ids<'a>(ids: impl IntoIterator<Item = &'a [u8; 16]>) -> Self {
        Self::BytesSet(ids.into_iter().map(|id| id.to_vec()).collect())
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

type SqliteQuery = Query<'static, Sqlite, SqliteArguments>;
type PgQuery = Query<'static, Postgres, PgArguments>;

pub(super) fn sqlite_query(sql: Sql, values: &[Value]) -> SqliteQuery {
    values
        .iter()
        .cloned()
        .fold(sqlx::query(sql.sqlite), |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::BytesSet(set) => {
                let hex: Vec<String> = set.iter().map(hex::encode).collect();
                query.bind(serde_json::Value::from(hex).to_string())
            }
            Value::TextSet(set) => query.bind(serde_json::Value::from(set).to_string()),
        })
}

pub(super) fn postgres_query(sql: Sql, values: &[Value]) -> PgQuery {
    values
        .iter()
        .cloned()
        .fold(sqlx::query(sql.postgres), |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::BytesSet(set) => query.bind(set),
            Value::TextSet(set) => query.bind(set),
        })
}

/// One row of a result.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! getter {
    ($name:ident, $type:ty) => {
        /// The value of the named column.
        pub fn $name(&self, column: &str) -> Result<$type, StoreError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    getter!(integer, i64);
    getter!(optional_integer, Option<i64>);
    getter!(text, String);
    getter!(optional_text, Option<String>);
    getter!(bytes, Vec<u8>);
    getter!(optional_bytes, Option<Vec<u8>>);

    /// An id of 16 bytes.
    pub fn id(&self, column: &str) -> Result<[u8; 16], StoreError> {
        let bytes = self.bytes(column)?;
        bytes
            .try_into()
            .map_err(|_| StoreError::Inconsistent(format!("`{column}` is not an id")))
    }

    /// A value that its own type reads from text.
    pub fn parsed<T: std::str::FromStr>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| StoreError::Inconsistent(format!("`{column}` does not read")))
    }
}

/// A connection in use, whichever database it leads to.
pub(crate) enum Session<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Session<'_> {
    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(&mut self, sql: Sql, values: &[Value]) -> Result<u64, StoreError> {
        #[cfg(test)]
        super::query_plans::note(self, sql, values).await;
        Ok(match self {
            Self::Sqlite(c) => sqlite_query(sql, values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Self::Postgres(c) => postgres_query(sql, values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
        })
    }

    /// All rows of a result that is known to be small (a named bound stands at the caller).
    pub async fn rows(&mut self, sql: Sql, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        #[cfg(test)]
        super::query_plans::note(self, sql, values).await;
        Ok(match self {
            Self::Sqlite(c) => {
                let rows = sqlite_query(sql, values).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(c) => {
                let rows = postgres_query(sql, values).fetch_all(&mut **c).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Hands each row of a result to `each`, one at a time.
    pub async fn each(
        &mut self,
        sql: Sql,
        values: &[Value],
        mut each: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        #[cfg(test)]
        super::query_plans::note(self, sql, values).await;
        match self {
            Self::Sqlite(c) => {
                let mut rows = sqlite_query(sql, values).fetch(&mut **c);
                while let Some(row) = rows.try_next().await? {
                    each(Row::Sqlite(row))?;
                }
            }
            Self::Postgres(c) => {
                let mut rows = postgres_query(sql, values).fetch(&mut **c);
                while let Some(row) = rows.try_next().await? {
                    each(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// The first row, if there is one.
    pub async fn first(&mut self, sql: Sql, values: &[Value]) -> Result<Option<Row>, StoreError> {
        #[cfg(test)]
        super::query_plans::note(self, sql, values).await;
        Ok(match self {
            Self::Sqlite(c) => sqlite_query(sql, values)
                .fetch_optional(&mut **c)
                .await?
                .map(Row::Sqlite),
            Self::Postgres(c) => postgres_query(sql, values)
                .fetch_optional(&mut **c)
                .await?
                .map(Row::Postgres),
        })
    }

    /// The first column of the only row, an integer.
    pub async fn count(&mut self, sql: Sql, values: &[Value]) -> Result<i64, StoreError> {
        let row = self.first(sql, values).await?;
        row.ok_or_else(|| StoreError::Inconsistent("a count gave no row".to_owned()))?
            .integer("count")
    }
}
