//! What the database must be set to so that a stored fact survives a power failure.
//!
//! On SQLite this program sets its connections itself (`open.rs`), and reads back what took effect.
//! On PostgreSQL the server, the database, the role or the connection may each decide; what is read
//! here is what holds for our own connection in the end.

use super::database::Sql;
use super::open::{BUSY_MILLISECONDS_MAX, CONNECTIONS_MAX, POSTGRES_VERSION_MIN};
use super::{Store, StoreError};

/// A setting as it is in force on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The database's own name of it.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What is the matter where it is not what it must be, and what to do.
    pub fault: Option<Fault>,
}

/// What a wrong setting brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What may happen.
    pub means: &'static str,
    /// What to do.
    pub hint: &'static str,
}

/// What a setting has to be.
struct Wanted {
    name: &'static str,
    holds: fn(&str) -> bool,
    fault: Fault,
}

impl Wanted {
    fn judge(&self, value: String) -> Setting {
        let fault = (!(self.holds)(&value)).then_some(self.fault);
        let name = self.name;
        Setting { name, value, fault }
    }
}

/// How SQLite tells a setting: by a statement of its own, in this column.
struct Pragma {
    wanted: Wanted,
    read: Sql,
    column: &'static str,
}

/// Where SQLite does not take what this program asks of it.
const FILE_HINT: &str = "keep the database on a local disk, and install a build of Registrar whose \
                         SQLite is not restricted";

macro_rules! pragma {
    ($name:literal, $column:literal, $holds:expr, $means:literal) => {
        Pragma {
            wanted: Wanted {
                name: $name,
                holds: $holds,
                fault: Fault {
                    means: $means,
                    hint: FILE_HINT,
                },
            },
            read: Sql::both(concat!("PRAGMA ", $name)),
            column: $column,
        }
    };
}

/// `synchronous` is 2 for FULL and 3 for EXTRA.
const SQLITE: [Pragma; 5] = [
    pragma!(
        "journal_mode",
        "journal_mode",
        |value| value == "wal",
        "readers and the writer get in each other's way"
    ),
    pragma!(
        "synchronous",
        "synchronous",
        |value| value == "2" || value == "3",
        "what was recorded may be lost in a power failure"
    ),
    pragma!(
        "foreign_keys",
        "foreign_keys",
        |value| value == "1",
        "a row may name what is not there"
    ),
    pragma!(
        "busy_timeout",
        "timeout",
        |value| value
            .parse()
            .is_ok_and(|it: u64| it >= BUSY_MILLISECONDS_MAX),
        "a command fails at once while another one writes"
    ),
    pragma!(
        "trusted_schema",
        "trusted_schema",
        |value| value == "0",
        "a file from elsewhere may run functions when it is read"
    ),
];

/// Every `synchronous_commit` but `off` waits for this server's own disk.
const POSTGRES: [Wanted; 5] = [
    Wanted {
        name: "fsync",
        holds: |value| value == "on",
        fault: Fault {
            means: "a power failure may destroy the whole database",
            hint: "set `fsync = on` in postgresql.conf and reload the server",
        },
    },
    Wanted {
        name: "full_page_writes",
        holds: |value| value == "on",
        fault: Fault {
            means: "a power failure may leave pages that are half old and half new",
            hint: "set `full_page_writes = on` in postgresql.conf and reload the server",
        },
    },
    Wanted {
        name: "synchronous_commit",
        holds: |value| value != "off",
        fault: Fault {
            means: "a document may be issued and its row lost in a power failure",
            hint: "set `synchronous_commit = on`: in postgresql.conf, and for this database and \
                   user (`ALTER DATABASE`, `ALTER ROLE`) where they say otherwise",
        },
    },
    Wanted {
        name: "server_version_num",
        holds: |value| {
            value
                .parse()
                .is_ok_and(|it: i32| it >= POSTGRES_VERSION_MIN)
        },
        fault: Fault {
            means: "Registrar is not tested with it",
            hint: "upgrade the server to PostgreSQL 15 or later",
        },
    },
    Wanted {
        name: "server_encoding",
        holds: |value| value == "UTF8",
        fault: Fault {
            means: "names in other scripts are refused",
            hint: "make the database anew with `ENCODING 'UTF8' TEMPLATE template0`",
        },
    },
];

impl Store {
    /// The settings that the records rest on, as they are in force: on SQLite on every connection
    /// that the pool may open, on PostgreSQL on one, for all have the same server, user and
    /// database. For `registrar doctor`.
    ///
    /// # Errors
    /// What the database said.
    pub async fn settings(&self) -> Result<Vec<Setting>, StoreError> {
        match self.is_sqlite() {
            true => self.sqlite_settings().await,
            false => self.postgres_settings().await,
        }
    }

    async fn sqlite_settings(&self) -> Result<Vec<Setting>, StoreError> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS_MAX {
            connections.push(self.connection().await?);
        }
        let mut settings = Vec::new();
        for connection in &mut connections {
            for Pragma {
                wanted,
                read,
                column,
            } in &SQLITE
            {
                let row = connection.session().first(*read, &[]).await?;
                let row = row.ok_or_else(|| {
                    StoreError::Inconsistent(format!("SQLite does not know `{}`", wanted.name))
                })?;
                let value = match row.text(column) {
                    Ok(text) => text,
                    Err(_) => row.integer(column)?.to_string(),
                };
                settings.push(wanted.judge(value));
            }
        }
        Ok(settings)
    }

    async fn postgres_settings(&self) -> Result<Vec<Setting>, StoreError> {
        const ONE: Sql = Sql::both("SELECT current_setting($1) AS value");
        let mut connection = self.connection().await?;
        let mut settings = Vec::new();
        for wanted in &POSTGRES {
            let row = connection
                .session()
                .first(ONE, &[wanted.name.into()])
                .await?;
            let row = row.ok_or_else(|| {
                StoreError::Inconsistent(format!("the server does not know `{}`", wanted.name))
            })?;
            settings.push(wanted.judge(row.text("value")?));
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_lose_a_record_is_a_fault() {
        for (name, good, bad) in [
            ("journal_mode", "wal", "delete"),
            ("synchronous", "2", "1"),
            ("foreign_keys", "1", "0"),
            ("busy_timeout", "30000", "0"),
            ("trusted_schema", "0", "1"),
        ] {
            let pragma = SQLITE.iter().find(|it| it.wanted.name == name);
            let holds = pragma.expect("it is looked at").wanted.holds;
            assert_eq!((holds(good), holds(bad)), (true, false), "{name}");
        }
        for (name, good, bad) in [
            ("fsync", "on", "off"),
            ("full_page_writes", "on", "off"),
            ("synchronous_commit", "on", "off"),
            ("synchronous_commit", "remote_apply", "off"),
            ("server_version_num", "150004", "140011"),
            ("server_encoding", "UTF8", "SQL_ASCII"),
        ] {
            let wanted = POSTGRES.iter().find(|it| it.name == name);
            let holds = wanted.expect("it is looked at").holds;
            assert_eq!((holds(good), holds(bad)), (true, false), "{name}");
        }
    }
}
