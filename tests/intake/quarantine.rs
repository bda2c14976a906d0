//! The rows of held people are about students: private, whole or not there, never of two packages.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use registrar::intake::package::Manifest;
use registrar::intake::{Outcome, Verdict};
use registrar::store::Store;

use crate::common;
use crate::small::{FIRST, Package, all_a, holding};
use crate::{NOW, import_at, import_with};

const PROGRAM: &str = env!("CARGO_BIN_EXE_registrar");

/// A package in which one mark of one person is at fault.
fn faulty(source: &str) -> Package {
    let package = Package::new(FIRST, 200, all_a).with("marks.csv", "P7,7,", "P7\u{202e},7,");
    package.with("manifest.toml", "aeries", source)
}

/// The folder's files with what they hold.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("Unicode");
        (name, fs::read_to_string(entry.path()).expect("a text"))
    };
    entries.map(file).collect()
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

fn landed(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Landed(_))
}

#[tokio::test]
async fn only_the_owner_reads_a_quarantine() {
    let (db, package) = (common::sqlite().await, faulty("aeries"));
    let quarantine = package.beside("quarantine/");
    let outcome = import_with(&db.store, package.path(), &holding(&quarantine)).await;
    assert!(landed(&outcome), "{outcome}");
    assert_eq!(mode(&quarantine), 0o700);
    let names: Vec<String> = files(&quarantine).into_keys().collect();
    assert_eq!(names, ["manifest.toml", "marks.csv", "people.csv"]);
    for name in names {
        assert_eq!(mode(&quarantine.join(&name)), 0o600, "{name}");
    }
    assert!(!package.beside("quarantine.partial").exists());
}

#[tokio::test]
async fn what_a_kill_left_is_replaced_and_what_another_import_writes_is_not() {
    let (db, package) = (common::sqlite().await, faulty("aeries"));
    let partial = package.beside("quarantine.partial");
    fs::create_dir(&partial).expect("a folder");
    fs::write(partial.join("awards.csv"), "of another package").expect("written");
    let options = holding(&package.beside("quarantine"));

    let other = File::open(&partial).expect("it opens");
    other.lock().expect("nobody else has it");
    let refused = import_at(&db.store, package.path(), &options, NOW).await;
    let error = refused.expect_err("another import writes it").to_string();
    assert!(
        error.contains("quarantine: ") && error.contains("hint: "),
        "{error}"
    );
    assert_eq!(db.store.imports().await.expect("the list"), []);
    drop(other);

    let outcome = import_with(&db.store, package.path(), &options).await;
    assert!(landed(&outcome), "{outcome}");
    assert!(!partial.exists());
    let kept = files(&package.beside("quarantine"));
    assert!(!kept.contains_key("awards.csv"), "{kept:?}");
}

/// The program in a folder of its own.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn import(&self, mut command: Command, arguments: &[&str]) -> Output {
        let command = command
            .current_dir(self.0.path())
            .env_remove("DATABASE_URL");
        let command = command
            .args(["import", "--hold", "--quarantine", "quarantine"])
            .args(arguments);
        command
            .output()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }
}

#[test]
fn several_packages_have_a_quarantine_each_and_a_later_error_hides_no_earlier_outcome() {
    let (desk, one, other) = (Desk::new(), faulty("one"), faulty("other"));
    let packages = [one.path().to_str(), other.path().to_str()].map(|path| path.expect("Unicode"));
    let both = desk.import(Command::new(PROGRAM), &packages);
    assert!(both.status.success(), "{both:?}");
    for (place, source) in [("1-package", "one"), ("2-package", "other")] {
        let kept = files(&desk.path("quarantine").join(place));
        let manifest = Manifest::read(&kept["manifest.toml"]).expect("it reads");
        assert_eq!(manifest.source, source);
    }

    // The second folder is taken: its import is an error, after the first has landed.
    for json in [false, true] {
        let desk = Desk::new();
        fs::create_dir_all(desk.path("quarantine/2-package")).expect("a folder");
        let arguments = [&packages[..], if json { &["--json"] } else { &[] }].concat();
        let output = desk.import(Command::new(PROGRAM), &arguments);
        assert_eq!(output.status.code(), Some(2));
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(
            talk.contains(packages[1]) && talk.contains("2-package"),
            "{talk}"
        );
        let said = String::from_utf8_lossy(&output.stdout);
        if json {
            let outcomes: serde_json::Value = serde_json::from_str(&said).expect("JSON");
            assert_eq!(outcomes.as_array().map(Vec::len), Some(1));
            assert_eq!(outcomes[0]["verdict"], "landed");
            assert_eq!(outcomes[0]["held_people"], serde_json::json!(["7"]));
        } else {
            assert!(said.contains("landed as import 1"), "{said}");
            assert!(said.contains("their rows: quarantine/1-package"), "{said}");
        }
    }
}

#[test]
fn each_night_has_a_quarantine_of_its_own_and_a_withdrawal_of_nothing_is_refused() {
    let (desk, one, other) = (Desk::new(), faulty("one"), faulty("other"));
    for package in [&one, &other] {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(desk.0.path())
            .env_remove("DATABASE_URL");
        let output = command
            .args(["import", "--hold"])
            .arg(package.path())
            .output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{output:?}");
        // The folder's name has whole seconds.
        std::thread::sleep(std::time::Duration::from_millis(1100));
    }
    let nights = fs::read_dir(desk.path("quarantine")).expect("a folder");
    assert_eq!(nights.count(), 2);
    let too_long = "marks:123456789012345678901";
    for allowed in ["mark:19647331930361", "marks:", "", " A", "Ä", too_long] {
        let arguments = ["--allow-withdrawals", allowed, "."];
        let output = desk.import(Command::new(PROGRAM), &arguments);
        assert_eq!(output.status.code(), Some(2), "{allowed}: {output:?}");
    }
}

/// The calls by which a quarantine reaches the disk. A run that calls more often than `KILLS_MAX`
/// is not the one that this test was written for.
const CALLS: [&str; 4] = ["mkdir", "fsync", "rename", "flock"];
const KILLS_MAX: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_leaves_a_whole_quarantine_or_none() {
    let package = faulty("aeries");
    let path = package.path().to_str().expect("Unicode");
    let undisturbed = Desk::new();
    assert!(
        undisturbed
            .import(Command::new(PROGRAM), &[path])
            .status
            .success()
    );
    let whole = files(&undisturbed.path("quarantine"));
    assert_eq!(whole.len(), 3, "marks, people and the manifest");
    for call in CALLS {
        let mut kills = 0;
        for when in 1..=KILLS_MAX {
            let desk = Desk::new();
            let mut strace = Command::new("strace");
            strace.args([
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &format!("trace={call}"),
            ]);
            strace.args([
                "-e",
                &format!("inject={call}:signal=KILL:when={when}"),
                PROGRAM,
            ]);
            if desk.import(strace, &[path]).status.success() {
                break;
            }
            kills += 1;
            if desk.path("quarantine").exists() {
                assert_eq!(files(&desk.path("quarantine")), whole, "{call} {when}");
                let url = format!("sqlite:{}", desk.path("registrar.db").display());
                let store = Store::open(&url).await.expect("it opens");
                assert_eq!(store.imports().await.expect("the list").len(), 1);
                store.close().await;
            } else {
                let again = desk.import(Command::new(PROGRAM), &[path]);
                assert!(again.status.success(), "{call} {when}: {again:?}");
                assert_eq!(files(&desk.path("quarantine")), whole, "{call} {when}");
            }
            assert!(!desk.path("quarantine.partial").exists(), "{call} {when}");
        }
        assert!(kills > 0, "no run was killed at {call}");
    }
}
