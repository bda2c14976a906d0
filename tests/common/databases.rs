//! Databases of both kinds, one for each test.

use registrar::store::*;

/// A database of its own for one test; it goes away with the test.
pub struct TestDatabase {
    pub store: Store,
    pub url: String,
    _folder: tempfile::TempDir,
}

/// A fresh SQLite file.
pub async fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("registrar.db").display());
    let store = Store::open(&url)
        .await
        .expect("a new SQLite database opens");
    TestDatabase {
        store,
        url,
        _folder: folder,
    }
}

/// A fresh database on the PostgreSQL server that `tests/run` starts.
pub async fn postgres() -> TestDatabase {
    let server = registrar::host::environment("REGISTRAR_TEST_POSTGRES")
        .expect("REGISTRAR_TEST_POSTGRES names a server: start the tests with tests/run");
    // A server that outlives a run has its databases, and numbers of processes come again.
    let name = format!("test_{}", hex::encode(registrar::host::random_bytes::<8>()));
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server)
        .await
        .expect("the test server answers");
    let create = format!("CREATE DATABASE {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(&mut connection)
        .await
        .expect("the test server creates a database");
    let (base, _) = server
        .rsplit_once('/')
        .expect("the server's URL names a database");
    let url = format!("{base}/{name}");
    let store = Store::open(&url)
        .await
        .expect("a new PostgreSQL database opens");
    TestDatabase {
        store,
        url,
        _folder: tempfile::tempdir().expect("a temporary folder"),
    }
}

/// Runs one test on both databases: `on_both_databases!(what_must_hold, |database| { ... })`.
macro_rules! on_both_databases {
    ($name:ident, |$database:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn test($database: common::TestDatabase) {
                $body
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                test(common::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgresql() {
                test(common::postgres().await).await;
            }
        }
    };
}
pub(crate) use on_both_databases;
