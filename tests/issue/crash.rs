//! The program is killed at each step that reaches the disk; nothing is lost, half there or double.
//!
//! `strace` kills the process at the nth call of one kind (on each thread), for n = 1, 2, ... until
//! a run survives. The same batch, or the same import, must then complete as if nothing had
//! happened.

use std::path::Path;
use std::process::{Command, Output};

use registrar::ledger::{DocumentFiles, Ledger, LedgerProblem};
use registrar::record::Scope;
use registrar::store::{IssuanceState, Store, StudentQuery};
use registrar::verify::{self, Conclusion};

use crate::{common, desk};

const PROGRAM: &str = env!("CARGO_BIN_EXE_registrar");
const STUDENTS: [&str; 2] = ["9000001", "9000005"];

/// Calls that reach the disk, and how many of each kind are passed over between two kills: the
/// database's page writes are many and alike.
const CALLS: [(&str, usize); 3] = [("fsync", 1), ("rename", 1), ("pwrite64", 9)];
/// A run that calls more often than this is not the one that this test was written for.
const CALLS_MAX: usize = 2_000;

fn registrar(folder: &Path, arguments: &[&str]) -> Output {
    prepared(Command::new(PROGRAM), folder)
        .args(arguments)
        .output()
        .expect("it runs")
}

fn killed_at(folder: &Path, call: &str, when: usize, arguments: &[&str]) -> Output {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:signal=KILL:when={when}");
    let strace = [
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        &trace,
        "-e",
        &inject,
        PROGRAM,
    ];
    let command = prepared(Command::new("strace"), folder)
        .args(strace)
        .args(arguments)
        .output();
    command.unwrap_or_else(|error| panic!("`strace` is needed: {error}"))
}

/// Whether the run was killed where it was to be; any other end than that, or success, is a failed
/// test: a machine on which nothing can be traced would otherwise kill nothing and prove nothing.
fn was_killed(output: &Output) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    let killed = output.status.signal() == Some(libc::SIGKILL);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        killed || output.status.success(),
        "{}: {said}",
        output.status
    );
    killed
}

fn prepared(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    command.env("REGISTRAR_PASSPHRASE", "correct horse battery");
    command.env("REGISTRAR_ROOT_PASSPHRASE", "another horse battery");
    command
}

fn succeeded(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// An installation with settings and keys; the district is imported where that is asked for.
fn installation(folder: &Path, with_records: bool) {
    let settings = "[transcript]\ncertified_by = \"Remedios Varo\"\nworkers = 1\n";
    std::fs::write(folder.join("registrar.toml"), settings).expect("written");
    let init = [
        "key",
        "init",
        "--organisation",
        "Marisol Unified",
        "--root-out",
        "root",
    ];
    succeeded(&registrar(folder, &init));
    if with_records {
        let district = desk::fixtures()
            .join("district/central")
            .display()
            .to_string();
        succeeded(&registrar(folder, &["import", &district]));
    }
}

async fn open(folder: &Path) -> Store {
    let url = format!("sqlite:{}", folder.join("registrar.db").display());
    Store::open(&url)
        .await
        .expect("the database opens after a kill")
}

/// What must hold after a kill, whatever was under way: a row that says issued has its file.
async fn nothing_is_half_there(folder: &Path) {
    let store = open(folder).await;
    let files = DocumentFiles::open(&folder.join("documents")).expect("a folder");
    let ledger = Ledger::new(store.clone(), files);
    let harmless = |problem| match problem {
        LedgerProblem::UnreferencedFile { .. } | LedgerProblem::Leftover { .. } => {}
        problem => panic!("{problem:?}"),
    };
    ledger.check(harmless).await.expect("checked");
    store.close().await;
}

/// What must hold once the batch was resumed: each student has one document, which is valid.
async fn everything_is_there_once(folder: &Path) {
    let store = open(folder).await;
    let documents = store.documents(None).await.expect("read");
    assert_eq!(documents.len(), STUDENTS.len());
    let keys = registrar::seal::KeyFolder::open(&folder.join("keys")).expect("keys");
    let trust = keys.trust_store().expect("a root");
    let files = DocumentFiles::open(&folder.join("documents")).expect("a folder");
    for (id, document) in documents {
        let issuance = store
            .issuance(id)
            .await
            .expect("read")
            .expect("a document has its intent");
        assert_eq!(issuance.state, IssuanceState::Issued);
        let bytes = files.get(document.digest).expect("and its file");
        assert_eq!(
            verify::examine(&bytes, &trust).conclusion,
            Conclusion::Valid
        );
    }
    assert_eq!(store.unfinished_batches().await.expect("read"), []);
    store.close().await;
}

/// Goes on at once, while the dead worker's claims still look alive. Whatever that run could make,
/// it must not call the batch finished while a document of it is open.
async fn resumed_too_soon(folder: &Path) {
    let store = open(folder).await;
    let unfinished = store.unfinished_batches().await.expect("read");
    store.close().await;
    if let Some((id, _)) = unfinished.first() {
        let batch = hex::encode(id);
        let resumed = registrar(folder, &["transcript", "issue", "--batch", &batch]);
        let finished = open(folder).await;
        let unfinished = finished.unfinished_batches().await.expect("read");
        let documents = finished.documents(None).await.expect("read").len();
        finished.close().await;
        let done = documents == STUDENTS.len();
        assert_eq!(unfinished.is_empty(), done, "{documents} documents");
        assert_eq!(resumed.status.success(), done, "and says so");
    }
}

/// Goes on as an operator would: the interrupted batch where there is one, else the same again.
async fn go_on(folder: &Path, issue: &[&str]) {
    let store = open(folder).await;
    let unfinished = store.unfinished_batches().await.expect("read");
    let documents = store.documents(None).await.expect("read").len();
    let (done, is_empty) = (documents == STUDENTS.len(), documents == 0);
    store.close().await;
    match unfinished.first() {
        Some((id, _)) => {
            let batch = hex::encode(id);
            succeeded(&registrar(
                folder,
                &["transcript", "issue", "--batch", &batch],
            ));
        }
        None if done => {}
        None => {
            assert!(is_empty, "a batch with an open document is unfinished");
            succeeded(&registrar(folder, issue));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_killed_at_any_step_is_resumed_to_one_document_each() {
    let origin = tempfile::tempdir().expect("a folder");
    installation(origin.path(), true);
    let issue = [&["transcript", "issue", "--student"], &STUDENTS[..]].concat();
    for (call, step) in CALLS {
        let (mut kills, mut survived) = (0, false);
        for when in (1..=CALLS_MAX).step_by(step) {
            let folder = tempfile::tempdir().expect("a folder");
            copy_folder(origin.path(), folder.path());
            if !was_killed(&killed_at(folder.path(), call, when, &issue)) {
                survived = true;
                break;
            }
            kills += 1;
            nothing_is_half_there(folder.path()).await;
            resumed_too_soon(folder.path()).await;
            // The dead worker's claim goes stale after a while; the test does not wait for it.
            release_claims(folder.path()).await;
            go_on(folder.path(), &issue).await;
            everything_is_there_once(folder.path()).await;
        }
        assert!(kills > 0, "no run was killed at {call}");
        assert!(survived, "the last {call} was not reached");
    }
}

/// Makes the claims of the killed process as old as those of a process that died long ago.
async fn release_claims(folder: &Path) {
    let url = format!("sqlite:{}", folder.join("registrar.db").display());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
        .await
        .expect("the database opens");
    sqlx::query(
        "UPDATE issuances SET claimed_at = '2000-01-01T00:00:00.000000Z' WHERE claim IS NOT NULL",
    )
    .execute(&mut connection)
    .await
    .expect("claims are aged");
    sqlx::Connection::close(connection).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_leaves_all_of_it_or_nothing() {
    let origin = tempfile::tempdir().expect("a folder");
    installation(origin.path(), false);
    let district = desk::fixtures()
        .join("district/charters")
        .display()
        .to_string();
    let import = ["import", &district];
    let whole = tempfile::tempdir().expect("a folder");
    copy_folder(origin.path(), whole.path());
    succeeded(&registrar(whole.path(), &import));
    let whole = recorded(whole.path()).await;
    assert_eq!(whole.0, 1);
    for (call, step) in [("fsync", 1), ("pwrite64", 150)] {
        let (mut kills, mut survived) = (0, false);
        for when in (1..=CALLS_MAX * 100).step_by(step) {
            let folder = tempfile::tempdir().expect("a folder");
            copy_folder(origin.path(), folder.path());
            if !was_killed(&killed_at(folder.path(), call, when, &import)) {
                survived = true;
                break;
            }
            kills += 1;
            let left = recorded(folder.path()).await;
            assert!(
                left == (0, 0, 0) || left == whole,
                "killed at {call} {when}: {left:?} of {whole:?}"
            );
            succeeded(&registrar(folder.path(), &import));
            assert_eq!(recorded(folder.path()).await, whole, "once, and all of it");
        }
        assert!(survived, "the last {call} was not reached");
        assert!(kills > 0, "no run was killed at {call}");
    }
}

/// On PostgreSQL what was staged is the server's: a killed import's connection ends there, and its
/// temporary tables and open transaction with it.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_into_a_server_that_is_killed_leaves_all_of_it_or_nothing() {
    /// Each statement reaches the server by this call; the landing is some fifty of six hundred.
    const CALL: &str = "sendto";
    const STEP: usize = 67;
    let folder = tempfile::tempdir().expect("a folder");
    let district = desk::fixtures()
        .join("district/charters")
        .display()
        .to_string();
    let undisturbed = common::postgres().await;
    let import = ["import", district.as_str(), "--database"];
    let into = [&import[..], &[&undisturbed.url]].concat();
    succeeded(&registrar(folder.path(), &into));
    let whole = recorded_in(&undisturbed.store).await;
    assert_eq!(whole.0, 1);
    let (mut kills, mut nothing, mut survived) = (0, 0, false);
    for when in (1..=CALLS_MAX).step_by(STEP) {
        let database = common::postgres().await;
        let into = [&import[..], &[&database.url]].concat();
        if !was_killed(&killed_at(folder.path(), CALL, when, &into)) {
            survived = true;
            break;
        }
        kills += 1;
        nothing_is_staged(&database.url).await;
        let left = recorded_in(&database.store).await;
        assert!(
            left == (0, 0, 0) || left == whole,
            "killed at {CALL} {when}: {left:?} of {whole:?}"
        );
        nothing += usize::from(left.0 == 0);
        succeeded(&registrar(folder.path(), &into));
        assert_eq!(recorded_in(&database.store).await, whole, "once, and all");
        database.store.close().await;
    }
    assert!(survived, "the last {CALL} was not reached");
    assert!(nothing > 0, "of {kills} kills none came before the landing");
}

/// Waits until the server has noticed that the killed client is gone: then no temporary table of
/// this database is left.
async fn nothing_is_staged(url: &str) {
    const STAGED: &str = "SELECT COUNT(*) FROM pg_catalog.pg_class WHERE relname LIKE 'staged%'";
    const WAITS_MAX: usize = 200;
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url)
        .await
        .expect("the server goes on");
    for _ in 0..WAITS_MAX {
        let staged = sqlx::query_scalar::<_, i64>(STAGED).fetch_one(&mut connection);
        if staged.await.expect("counted") == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("what was staged is still there after ten seconds");
}

/// How many imports, people and marks a database has.
async fn recorded(folder: &Path) -> (usize, usize, usize) {
    let store = open(folder).await;
    let recorded = recorded_in(&store).await;
    store.close().await;
    recorded
}

async fn recorded_in(store: &Store) -> (usize, usize, usize) {
    let imports = store.imports().await.expect("read").len();
    let everybody = StudentQuery::Everybody { grade_level: None };
    let later = desk::at("2099-01-01T00:00:00Z");
    let found = store.find_people(&everybody, &Scope::District, later).await;
    let people = found.expect("read").people;
    let mut marks = 0;
    for some in people.chunks(registrar::store::PEOPLE_PER_READ_MAX) {
        let records = store.records(some, later).await.expect("read");
        marks += records
            .iter()
            .map(|record| record.marks.len())
            .sum::<usize>();
    }
    (imports, people.len(), marks)
}
