//! Opening a database: where it is, how durable it is, and that its shape is known.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use super::database::{Session, Sql};
use super::migrations::migrations;
use crate::host;

/// Connections that one process opens at most.
pub(super) const CONNECTIONS_MAX: u32 = 8;
/// How long a writer waits for another before it gives up.
pub(super) const BUSY_MILLISECONDS_MAX: u64 = 30_000;
/// Rows that SQLite's thread reads ahead of the one that takes them: each stop of either is a
/// switch between the two.
const ROWS_AHEAD_MAX: usize = 512;
/// How long a server may take to answer at all.
const CONNECT_SECONDS_MAX: u64 = 10;
/// The oldest PostgreSQL that is tested, as `server_version_num`.
pub(super) const POSTGRES_VERSION_MIN: i32 = 150_000;

/// SQLite's code of a file that is something else (SQLITE_NOTADB).
const NOT_A_DATABASE: &str = "26";

/// A database of records and issued documents.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
}

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names neither SQLite nor PostgreSQL, or does not read.
    #[error("`{url}` is not a database that Registrar knows\nhint: {hint}")]
    Url {
        /// The URL without a password.
        url: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// The database was made by a newer program.
    #[error(
        "the database is newer than this program (its migration {version} is not known here)\n\
         hint: install the Registrar that last opened it, or a later one"
    )]
    NewerDatabase {
        /// The unknown migration.
        version: i64,
    },
    /// A migration that was applied differs from the one in this program, or did not finish.
    #[error("the database's shape is not the expected one: {0}")]
    Migration(String),
    /// There is no database where one was to be read, or it is not Registrar's.
    #[error(
        "there is no Registrar database {place}\n\
         hint: `registrar import` makes one; `--database` names another"
    )]
    Missing {
        /// Where: a file's path, or a server and the name of a database on it.
        place: String,
    },
    /// The server did not answer, or refused.
    #[error(
        "cannot open the database {place}: {source}\n\
         hint: check that the server runs there and lets you in; `--database` names another"
    )]
    Unreachable {
        /// The server and the name of the database on it, without user and password.
        place: String,
        /// What the server or the system said.
        source: sqlx::Error,
    },
    /// The server is older than what is tested.
    #[error("PostgreSQL {found} is too old\nhint: Registrar needs PostgreSQL 15 or later")]
    OldServer {
        /// The server's version number.
        found: String,
    },
    /// What is there belongs to another program, or is no database at all.
    #[error(
        "{place} is there, and is not Registrar's: {what}\n\
         hint: nothing in it was changed; name another file or database with `--database`"
    )]
    Foreign {
        /// Where: a file's path, or a server and the name of a database on it.
        place: String,
        /// What it is instead.
        what: &'static str,
    },
    /// The database file's folder or mode could not be prepared.
    #[error(
        "cannot prepare the database file `{path}`: {source}\n\
         hint: check that its folder is there and that you may write in it"
    )]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another writer kept the database for too long, or the connection was lost, or a statement
    /// failed.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The newest import lies further ahead of the clock than
    /// [`RECORDED_AHEAD_HOURS_MAX`](super::RECORDED_AHEAD_HOURS_MAX).
    #[error(
        "this computer's clock says {now:.0}, and the newest import was recorded at {newest:.0}: \
         one of the two clocks was wrong\n\
         hint: correct the clock; if it is right now, `--allow-clock-behind` records this import \
         just after that one"
    )]
    ClockBehind {
        /// What the clock says.
        now: Timestamp,
        /// When the newest import was recorded.
        newest: Timestamp,
    },
    /// A guarded change did not find what it expected: another process was there first.
    #[error("{0}")]
    Conflict(String),
    /// The database holds something that this program would never have written.
    #[error("the database is not consistent: {0}")]
    Inconsistent(String),
}

/// A connection kept for one piece of work; it returns to the pool when dropped.
pub(crate) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Connection {
    /// The statements' way in.
    pub fn session(&mut self) -> Session<'_> {
        match self {
            Self::Sqlite(connection) => Session::Sqlite(connection),
            Self::Postgres(connection) => Session::Postgres(connection),
        }
    }

    /// Takes the connection out of the pool for good: when it is dropped it closes, and with it
    /// every temporary table and every open transaction.
    pub fn close_on_drop(&mut self) {
        match self {
            Self::Sqlite(connection) => connection.close_on_drop(),
            Self::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

/// A transaction; what is not committed is rolled back when it is dropped.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// The statements' way in.
    pub fn session(&mut self) -> Session<'_> {
        match self {
            Self::Sqlite(transaction) => Session::Sqlite(transaction),
            Self::Postgres(transaction) => Session::Postgres(transaction),
        }
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

impl Store {
    /// Opens the database of this URL (`sqlite:registrar.db`, `postgres://...`), creates it where
    /// it is a file that does not exist, and brings it to this program's shape.
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::Unreachable`], [`StoreError::NewerDatabase`],
    /// [`StoreError::OldServer`], or what the database said.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let (store, _) = Self::connect(url, true).await?;
        store.migrate().await?;
        store.fill_name_keys().await?;
        Ok(store)
    }

    /// Opens the database of this URL like [`Store::open`], but only one that is there: nothing is
    /// made of a wrong path or in a database of somebody else's.
    ///
    /// # Errors
    /// [`StoreError::Missing`], and those of [`Store::open`].
    pub async fn open_existing(url: &str) -> Result<Self, StoreError> {
        let (store, place) = Self::connect(url, false).await?;
        if !store.has_records().await? {
            return Err(StoreError::Missing { place });
        }
        store.migrate().await?;
        store.fill_name_keys().await?;
        Ok(store)
    }

    /// The pool, and where it leads to, for people.
    async fn connect(url: &str, create: bool) -> Result<(Self, String), StoreError> {
        let (pool, place) = if url.starts_with("sqlite:") {
            let (pool, place) = open_sqlite(url, create).await?;
            (Pool::Sqlite(pool), place)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let (pool, place) = open_postgres(url).await?;
            (Pool::Postgres(pool), place)
        } else {
            return Err(StoreError::Url {
                url: shown_url(url),
                hint: "write `sqlite:registrar.db` or `postgres://user@host/name`",
            });
        };
        Ok((Self { pool }, place))
    }

    /// Whether a Registrar was here before.
    async fn has_records(&self) -> Result<bool, StoreError> {
        const TABLES: Sql = Sql::pair(
            "SELECT COUNT(*) AS count FROM sqlite_schema WHERE name = 'import_files'",
            "SELECT COUNT(*) AS count FROM pg_catalog.pg_class WHERE oid = \
             to_regclass('import_files')",
        );
        Ok(self
            .connection()
            .await?
            .session()
            .count(TABLES, &[])
            .await?
            > 0)
    }

    /// The database's kind, for people: `SQLite` or `PostgreSQL`.
    pub fn kind(&self) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.pool, Pool::Sqlite(_))
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) async fn connection(&self) -> Result<Connection, StoreError> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Pool::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that may write. SQLite takes its write lock at once: a reader that became a
    /// writer half-way could otherwise be refused with its work done.
    pub(crate) async fn transaction(&self) -> Result<Transaction, StoreError> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that adds to the imports: one at a time, so that each sees all before it.
    pub(super) async fn import_transaction(&self) -> Result<Transaction, StoreError> {
        let mut transaction = self.transaction().await?;
        one_import_at_a_time(&mut transaction.session()).await?;
        Ok(transaction)
    }

    /// Whether there is nothing to migrate, so that opening need not wait for a writer.
    async fn has_every_migration(&self, migrator: &Migrator) -> Result<bool, StoreError> {
        const THERE: Sql = Sql::both(
            "SELECT COUNT(*) AS count FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        );
        const APPLIED: Sql = Sql::both("SELECT COUNT(*) AS count FROM _sqlx_migrations");
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        if session.count(THERE, &[]).await? == 0 {
            return Ok(false);
        }
        let applied = session.count(APPLIED, &[]).await?.unsigned_abs();
        Ok(applied >= migrator.iter().count() as u64)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let result = match &self.pool {
            Pool::Sqlite(pool) => {
                let migrator = Migrator::with_migrations(migrations(true));
                if self.has_every_migration(&migrator).await? {
                    migrator.run(pool).await
                } else {
                    migrate_alone(&migrator, pool).await
                }
            }
            // On PostgreSQL the library takes a lock of its own.
            Pool::Postgres(pool) => Migrator::with_migrations(migrations(false)).run(pool).await,
        };
        result.map_err(|error| match error {
            MigrateError::VersionMissing(version) => StoreError::NewerDatabase { version },
            MigrateError::Execute(error) => StoreError::Database(error),
            other => StoreError::Migration(other.to_string()),
        })
    }
}

/// Migrates a SQLite database in one transaction that has the write lock from its beginning:
/// another process that opens the new file at the same time waits, and then finds everything done.
async fn migrate_alone(migrator: &Migrator, pool: &SqlitePool) -> Result<(), MigrateError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrator.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}

/// Waits until no other transaction adds to the imports; reading them goes on. SQLite has one
/// writer anyway, from the transaction's beginning.
pub(super) async fn one_import_at_a_time(session: &mut Session<'_>) -> Result<(), StoreError> {
    const LOCK: Sql = Sql::both("LOCK TABLE imports IN SHARE ROW EXCLUSIVE MODE");
    if let Session::Postgres(_) = session {
        session.execute(LOCK, &[]).await?;
    }
    Ok(())
}

async fn open_sqlite(url: &str, create: bool) -> Result<(SqlitePool, String), StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url {
        url: shown_url(url),
        hint: "write `sqlite:` and a path, such as `sqlite:registrar.db`",
    })?;
    let name = url.trim_start_matches("sqlite:").trim_start_matches('/');
    if name.is_empty() || name.starts_with(['?', ':']) || url.contains("mode=memory") {
        return Err(StoreError::Url {
            url: shown_url(url),
            hint: "records are kept in a file: write `sqlite:registrar.db`",
        });
    }
    let path = options.get_filename();
    let place = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let place = format!("`{}`", place.display());
    if !create && !path.is_file() {
        return Err(StoreError::Missing { place });
    }
    if path.is_dir() {
        let what = "it is a folder";
        return Err(StoreError::Foreign { place, what });
    }
    if path.exists() {
        refuse_foreign_file(&options, &place).await?;
    }
    if create {
        prepare_file(path)?;
    }
    let options = options
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(BUSY_MILLISECONDS_MAX))
        .row_buffer_size(ROWS_AHEAD_MAX)
        .pragma("temp_store", "FILE")
        .pragma("trusted_schema", "OFF");
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect_with(options)
        .await?;
    Ok((pool, place))
}

/// Looks into a file that is there before anything of it is changed: its mode, its journal. SQLite
/// does the reading, because a file that is opened and closed beside it loses its locks.
async fn refuse_foreign_file(
    options: &SqliteConnectOptions,
    place: &str,
) -> Result<(), StoreError> {
    const FOREIGN: &str = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND \
                           name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations' AND NOT EXISTS \
                           (SELECT 1 FROM sqlite_schema WHERE name = 'import_files')";
    let foreign = |what| StoreError::Foreign {
        place: place.to_owned(),
        what,
    };
    let look = options.clone().create_if_missing(false);
    let look = look.busy_timeout(Duration::from_millis(BUSY_MILLISECONDS_MAX));
    let tables = async {
        let mut connection = SqliteConnection::connect_with(&look).await?;
        let tables = sqlx::query_scalar::<_, i64>(FOREIGN).fetch_one(&mut connection);
        let tables = tables.await?;
        connection.close().await?;
        Ok(tables)
    };
    match tables.await {
        Ok(0) => Ok(()),
        Ok(_) => Err(foreign("it is the database of another program")),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NOT_A_DATABASE) => {
            Err(foreign("it is no SQLite database"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Creates the file with mode 0600 before SQLite opens it, so that no moment exists in which
/// others may read it; SQLite gives the same mode to the files beside it. A file that exists is not
/// opened here: closing it again would drop the locks that this process holds on it.
fn prepare_file(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |source| StoreError::File {
        path: path.display().to_string(),
        source,
    };
    match host::new_private_file(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let owner_only = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, owner_only).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

async fn open_postgres(url: &str) -> Result<(PgPool, String), StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url {
        url: shown_url(url),
        hint: "write `postgres://user@host/name`",
    })?;
    let place = server_place(&options);
    let version = server_version(&options)
        .await
        .map_err(|source| StoreError::Unreachable {
            place: place.clone(),
            source,
        })?;
    if version
        .parse::<i32>()
        .is_ok_and(|number| number < POSTGRES_VERSION_MIN)
    {
        return Err(StoreError::OldServer { found: version });
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect_with(options)
        .await?;
    let foreign =
        "SELECT to_regclass('imports') IS NOT NULL AND to_regclass('import_files') IS NULL";
    if sqlx::query_scalar(foreign).fetch_one(&pool).await? {
        let what = "it is the database of another program";
        return Err(StoreError::Foreign { place, what });
    }
    Ok((pool, place))
}

/// Asks the server for its version on a connection of its own: a pool would try again and again,
/// and say in the end that time ran out, not why.
async fn server_version(options: &PgConnectOptions) -> Result<String, sqlx::Error> {
    let ask = async {
        let mut connection = PgConnection::connect_with(options).await?;
        sqlx::query_scalar("SELECT current_setting('server_version_num')")
            .fetch_one(&mut connection)
            .await
    };
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS_MAX), ask)
        .await
        .map_err(late)?
}

/// The server and the database, without user and password.
fn server_place(options: &PgConnectOptions) -> String {
    let host = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let name = options.get_database().unwrap_or(options.get_username());
    format!("`{name}` on PostgreSQL at {host}")
}

/// The URL as it may be shown. One that leads to a server may hold a password anywhere, above all
/// where it is mistyped: then only its scheme is shown.
fn shown_url(url: &str) -> String {
    match url.split_once(':') {
        Some((scheme, _)) if scheme != "sqlite" => format!("{scheme}:…"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_a_server_is_shown_by_its_scheme_alone() {
        for (url, shown) in [
            ("mysql://root:secret@host/db", "mysql:…"),
            ("postgres://root:secret", "postgres:…"),
            ("postgres://host/db?password=sec@ret", "postgres:…"),
            ("sqlite:a/b.db?mode=x", "sqlite:a/b.db?mode=x"),
            ("registrar.db", "registrar.db"),
        ] {
            assert_eq!(shown_url(url), shown);
        }
    }
}
