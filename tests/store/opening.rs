//! A database is opened by several at once, made by nobody's mistake, and never somebody else's.

use std::process::Command;

use registrar::store::{Staging, Store, StoreError, UndoError};

use crate::common::{self, on_both_databases};
use crate::{at, rows, stage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_registrar");

#[test]
fn several_processes_make_one_database() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let init = |number: usize| {
            let mut command = Command::new(PROGRAM);
            command
                .current_dir(folder.path())
                .env_remove("DATABASE_URL");
            command.args(["init", "--settings", &format!("{number}.toml")]);
            command.stderr(std::process::Stdio::piped());
            command.spawn().expect("it starts")
        };
        let running: Vec<_> = (0..6).map(init).collect();
        for process in running {
            let output = process.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{output:?}");
        }
    }
}

on_both_databases!(several_openers_migrate_one_empty_database, |db| {
    let url = rows::empty_database(&db.url).await;
    let open = |_| {
        let url = url.clone();
        tokio::spawn(async move { Store::open(&url).await.map(drop) })
    };
    let opening: Vec<_> = (0..6).map(open).collect();
    for opened in opening {
        let opened = opened.await.expect("no panic");
        opened.expect("each waits for the others");
    }
});

/// A staged import that changes one mark, and its plan.
async fn ready(store: &Store, letter: &str) -> (Staging, registrar::store::Plan) {
    let mut staging = stage(store, "2026-02-10T08:00:00Z", &[("1", "7", letter)]).await;
    staging.findings(10).await.expect("checks run");
    let plan = staging.plan().await.expect("a plan");
    (staging, plan)
}

on_both_databases!(
    of_imports_at_the_same_time_one_lands_and_the_others_say_so,
    |db| {
        let mut planned = Vec::new();
        for letter in ["A", "B", "C", "D"] {
            planned.push(ready(&db.store, letter).await);
        }
        let land = |(staging, plan): (Staging, registrar::store::Plan)| {
            tokio::spawn(async move { staging.land(&plan, at("2026-02-11T08:00:00Z")).await })
        };
        let landings: Vec<_> = planned.into_iter().map(land).collect();
        let mut landed = 0;
        for landing in landings {
            match landing.await.expect("no panic") {
                Ok(_) => landed += 1,
                Err(StoreError::Conflict(text)) => {
                    assert!(text.contains("another import landed"), "{text}");
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(landed, 1);
        let undo = |_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                store
                    .undo_import(1, rows::TAKEN_BACK, at("2026-02-12T08:00:00Z"))
                    .await
            })
        };
        let undoing: Vec<_> = (0..4).map(undo).collect();
        let mut undone = 0;
        for undo in undoing {
            match undo.await.expect("no panic") {
                Ok(_) => undone += 1,
                Err(UndoError::NotStanding(1)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(undone, 1);
    }
);

/// Both ways in say the same, with a hint.
async fn refused(url: &str) -> String {
    let mut texts = Vec::new();
    for opened in [Store::open(url).await, Store::open_existing(url).await] {
        let error = opened.expect_err("it is refused");
        let text = error.to_string();
        assert!(text.contains("\nhint: "), "{text}");
        texts.push(text);
    }
    texts.remove(0)
}

#[tokio::test]
async fn what_is_not_registrars_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let url = |name: &str| format!("sqlite:{}", at(name).display());
    std::fs::write(
        at("notes.txt"),
        "not a database, but long enough to be read as one. ".repeat(99),
    )
    .expect("written");
    let other = format!("{}?mode=rwc", url("other.db"));
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&other)
        .await
        .expect("it opens");
    let made = sqlx::raw_sql("CREATE TABLE imports (a)").execute(&mut connection);
    made.await.expect("a table");
    sqlx::Connection::close(connection).await.expect("closed");
    for name in ["notes.txt", "other.db"] {
        let mode = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(at(name), mode).expect("changed");
        let before = std::fs::read(at(name)).expect("read");
        let text = refused(&url(name)).await;
        assert!(text.contains("is not Registrar's"), "{text}");
        assert_eq!(std::fs::read(at(name)).expect("read"), before, "{name}");
        let mode = std::fs::metadata(at(name))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o644, "{name}");
    }
    let text = refused(&url("")).await;
    assert!(text.contains("a folder"), "{text}");
    let text = refused(&url("absent/registrar.db")).await;
    assert!(text.contains("absent/registrar.db"), "{text}");
    for url in [
        "sqlite:",
        "sqlite://",
        "sqlite::memory:",
        "sqlite:x?mode=memory",
    ] {
        let text = refused(url).await;
        assert!(text.contains("kept in a file"), "{text}");
    }
}

#[tokio::test]
async fn a_server_s_database_of_another_program_is_refused_by_name() {
    let db = common::postgres().await;
    let url = rows::empty_database(&db.url).await;
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url)
        .await
        .expect("it answers");
    let made = sqlx::raw_sql("CREATE TABLE imports (a int)").execute(&mut connection);
    made.await.expect("a table");
    let text = refused(&url).await;
    assert!(text.contains("another program"), "{text}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_the_password() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let port = port.expect("a port that nobody listens on").port();
    let url = format!("postgres://ana:s3cret@127.0.0.1:{port}/records?password=s3cret");
    for opened in [Store::open(&url).await, Store::open_existing(&url).await] {
        let said = opened.expect_err("nobody answers").to_string();
        let begins =
            format!("cannot open the database `records` on PostgreSQL at 127.0.0.1:{port}: ");
        assert!(said.starts_with(&begins), "{said}");
        assert!(said.contains("Connection refused"), "{said}");
        assert!(
            said.contains("\nhint: check that the server runs"),
            "{said}"
        );
        assert!(!said.contains("s3cret"), "{said}");
    }
}
