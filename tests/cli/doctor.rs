//! What `doctor` finds, and what it says to do.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Desk, fixture, talk};

/// The checks of this name.
fn checks<'a>(answer: &'a Value, what: &str) -> Vec<&'a Value> {
    let all = answer.as_array().expect("a list").iter();
    all.filter(|check| check["what"] == what).collect()
}

fn text<'a>(check: &'a Value, field: &str) -> &'a str {
    check[field].as_str().unwrap_or_default()
}

#[test]
fn doctor_looks_at_everything_and_says_what_to_fix() {
    let desk = Desk::new();
    let before = desk.answer(1, &["doctor"]);
    let keys = before
        .as_array()
        .expect("a list")
        .iter()
        .find(|check| check["what"] == "keys");
    assert_eq!(keys.expect("keys are looked at")["good"], false);
    desk.keys();
    desk.done(&["init"]);
    let after = desk.run(&["doctor"]);
    assert!(
        after.status.success(),
        "{}",
        String::from_utf8_lossy(&after.stdout)
    );
    assert!(
        !after.stdout.contains(&0x1b),
        "no colours where nobody looks"
    );
}

/// The signed files of a document folder.
fn signed_files(documents: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(documents).expect("a folder");
    let folders = folders.map(|entry| entry.expect("an entry").path());
    let folders = folders.filter(|path| !path.ends_with("incoming"));
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn doctor_compares_every_issued_document_with_its_file() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["import", &fixture("district/charters")]);
    // Who has marks in the other source too is refused: the declared figures count both.
    let made = desk.answer(
        1,
        &[
            "transcript",
            "issue",
            "--all",
            "--grade",
            "12",
            "--out",
            "out",
        ],
    );
    let issued = made["made"].as_array().expect("a list").len();
    let files = signed_files(&desk.path("documents"));
    assert_eq!(files.len(), issued);
    let well = desk.answer(0, &["doctor"]);
    let note = format!("{issued} issued, each file as it was issued");
    assert_eq!(text(checks(&well, "documents")[0], "note"), note);
    assert_eq!(checks(&well, "other files"), [&Value::Null; 0]);

    // What an interrupted run leaves is said, and is no failure.
    std::fs::write(desk.path("documents/incoming/0f"), "%PDF-1.7").expect("written");
    let orphan = format!("{}.pdf", "ab".repeat(32));
    let folder = desk.path("documents/ab");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(orphan), "left by a crash").expect("written");
    let left = desk.answer(0, &["doctor"]);
    let left = checks(&left, "other files")[0];
    assert_eq!(left["good"], true);
    assert!(
        text(left, "note").starts_with("1 that no document names, 1 half-written in `documents"),
        "{left}"
    );
    assert!(text(left, "hint").contains("may be deleted"), "{left}");

    let id = |file: &Path| {
        let made = made["made"].as_array().expect("a list").iter();
        let bytes = std::fs::read(file).expect("there");
        let out = |it: &&Value| std::fs::read(desk.path(text(it, "file"))).expect("out") == bytes;
        let mut same = made.filter(out);
        text(same.next().expect("it was issued"), "document").to_owned()
    };
    let (missing, altered) = (id(&files[0]), id(&files[1]));
    std::fs::remove_file(&files[0]).expect("removed");
    let mut bytes = std::fs::read(&files[1]).expect("there");
    bytes[100] ^= 1;
    std::fs::write(&files[1], bytes).expect("written");
    let ill = desk.answer(1, &["doctor"]);
    let found = checks(&ill, "documents");
    assert_eq!(found.len(), 2, "{ill}");
    for (check, fault, id) in [
        (found[0], "is missing", missing),
        (found[1], "does not hold what was issued", altered),
    ] {
        let note = format!("of {issued} issued, the file of 1 {fault}: {id}");
        assert_eq!(
            (&check["good"], text(check, "note")),
            (&Value::Bool(false), &*note)
        );
        let hint = "bring `documents` back from a backup";
        assert!(text(check, "hint").starts_with(hint), "{check}");
    }
    let output = desk.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(said.contains("✗ documents: of "), "{said}");
    assert!(said.contains("\n  hint: bring `documents` back"), "{said}");
    assert!(
        said.contains("✓ other files: 1 that no document names"),
        "{said}"
    );
}

#[test]
fn doctor_makes_nothing_where_nothing_was_issued() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["init"]);
    let well = desk.answer(0, &["doctor"]);
    let note = "0 issued, each file as it was issued";
    assert_eq!(text(checks(&well, "documents")[0], "note"), note);
    assert!(!desk.path("documents").exists());
}

#[test]
fn doctor_reads_back_what_sqlite_was_asked_for() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["init"]);
    let well = desk.answer(0, &["doctor"]);
    let note = "as they must be: busy_timeout, foreign_keys, journal_mode, synchronous, \
                trusted_schema";
    assert_eq!(text(checks(&well, "database settings")[0], "note"), note);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_names_each_setting_of_a_server_that_could_lose_a_record() {
    let db = crate::common::postgres().await;
    let (desk, url) = (Desk::new(), db.url.as_str());
    desk.keys();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url)
        .await
        .expect("the test server answers");
    let (_, name) = url.rsplit_once('/').expect("the URL names a database");
    let careless = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    sqlx::raw_sql(sqlx::AssertSqlSafe(careless))
        .execute(&mut connection)
        .await
        .expect("the database is set");
    // The test server itself may run without fsync, to be quick.
    let mut expected = vec!["synchronous_commit"];
    for setting in ["fsync", "full_page_writes"] {
        let value = sqlx::query_scalar::<_, String>("SELECT current_setting($1)").bind(setting);
        let value = value.fetch_one(&mut connection).await.expect("it is there");
        expected.extend((value == "off").then_some(setting));
    }
    expected.sort_unstable();
    let ill = desk.answer(1, &["doctor", "--database", url]);
    let found = checks(&ill, "database settings");
    assert_eq!(found.len(), expected.len(), "{ill}");
    for (check, setting) in found.iter().zip(expected) {
        assert_eq!(check["good"], false);
        let note = format!("`{setting}` is `off`: ");
        assert!(text(check, "note").starts_with(&note), "{check}");
        let hint = format!("set `{setting} = on`");
        assert!(text(check, "hint").starts_with(&hint), "{check}");
    }
    let text = desk.run(&["doctor", "--database", url]);
    assert!(!talk(&text).contains("error"), "{}", talk(&text));
}
