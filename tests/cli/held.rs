//! Who is held, as `imports held` lists it, and how `imports release` lets someone go.

use serde_json::{Value, json};

use crate::{Desk, fixture, talk};

/// A senior of the fixture district whose record is in order.
const STUDENT: &str = "9000001";

/// A delta with one mark of the student, whose posting has an invisible character in it: nobody
/// can tell which row it is.
pub(super) fn without_a_key(desk: &Desk) -> String {
    let folder = desk.path("package");
    std::fs::create_dir(&folder).expect("a folder");
    let manifest = "format = \"registrar-package/1\"\nsource = \"marisol-central\"\n\
                    district = \"1999999\"\nexported_at = \"2026-06-20T20:00:00Z\"\n\
                    schools = [\"19999990100056\"]\n[tables.marks]\nmode = \"delta\"\n";
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    let marks = std::fs::read_to_string(fixture("district/central/marks.csv")).expect("there");
    let mut lines = marks.lines();
    let header = lines.next().expect("a header");
    let row = lines.find(|line| line.split(',').nth(2) == Some(STUDENT));
    let row = row.expect("the student has marks");
    let posting = row.split(',').nth(1).expect("a posting");
    let row = row.replacen(posting, &format!("{posting}\u{202e}"), 1);
    std::fs::write(folder.join("marks.csv"), format!("{header}\n{row}\n")).expect("written");
    folder.display().to_string()
}

fn issue(desk: &Desk, code: i32, out: &str) -> Value {
    let student = ["transcript", "issue", "--student", STUDENT];
    desk.answer(code, &[&student[..], &["--out", out]].concat())
}

#[test]
fn who_is_held_gets_an_official_transcript_once_a_named_person_lets_them_go() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    desk.done(&["import", &fixture("district/central")]);
    let nobody = desk.run(&["imports", "held"]);
    assert_eq!(
        (nobody.status.code(), talk(&nobody).trim()),
        (Some(0), "Nobody is held")
    );
    let landed = desk.answer(0, &["import", "--hold", &without_a_key(&desk)]);
    assert_eq!(landed[0]["held_people"], json!([STUDENT]));

    let held = desk.answer(0, &["imports", "held"]);
    let row = &held["rows"][0];
    assert_eq!(
        (&held["people"], held["rows"].as_array().map(Vec::len)),
        (&json!(1), Some(1))
    );
    let since = row["since"].as_str().expect("an instant").to_owned();
    let expected = json!({
        "source": "marisol-central", "person": STUDENT, "state_id": null,
        "since": since, "import": 2,
        "problem": "identifier_invalid", "table": "marks", "file": "marks.csv", "line": 2,
    });
    assert_eq!(row, &expected);
    let shown = desk.run(&["imports", "held"]);
    let text = String::from_utf8(shown.stdout.clone()).expect("UTF-8");
    let words: Vec<Vec<&str>> = text
        .lines()
        .map(|it| it.split_whitespace().collect())
        .collect();
    assert_eq!(
        words[0],
        ["source", "student", "since", "why", "import", "row"]
    );
    let day = &since[..10];
    let row = [
        "marisol-central",
        STUDENT,
        day,
        "identifier_invalid",
        "2",
        "marks.csv:2",
    ];
    assert_eq!(words[1..], [row.to_vec()]);
    assert_eq!(
        talk(&shown).trim(),
        "1 person is held; where a row of a transcript is, no official one is made"
    );

    let refused = issue(&desk, 1, "none");
    assert_eq!(refused["made"], json!([]));
    let reason = refused["refused"][0]["reasons"][0]
        .as_str()
        .expect("a reason");
    assert!(
        reason.starts_with("held: ") && reason.contains("imports held"),
        "{reason}"
    );

    release(&desk);
    let made = issue(&desk, 0, "out");
    let file = made["made"][0]["file"].as_str().expect("a file");
    let verdict = desk.answer(0, &["verify", file, "--trust", "district.pem"]);
    assert_eq!(verdict[0]["conclusion"], "valid");
    assert_eq!(verdict[0]["document"]["student"]["student_id"], STUDENT);
}

/// Lets the student go, after every way in which nobody is let go.
fn release(desk: &Desk) {
    let by = ["--by", "Ana Registrar"];
    let because = ["--reason", "the school withdrew the row"];
    for (student, by, reason, said) in [
        ("8", by, because, "nobody of the number 8 is held"),
        (STUDENT, by, ["--reason", " "], "--reason says nothing"),
        (
            STUDENT,
            ["--by", "\u{1b}[2J"],
            because,
            "--by: it cannot be kept",
        ),
        (STUDENT, ["--by", "."], because, "--by says nothing"),
    ] {
        let arguments = [
            &["imports", "release", "--student", student],
            &by[..],
            &reason,
        ]
        .concat();
        let output = desk.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(talk(&output).contains(said), "{}", talk(&output));
    }
    assert_eq!(desk.answer(0, &["imports", "held"])["people"], 1);

    let arguments = [
        &["imports", "release", "--student", STUDENT],
        &by[..],
        &because,
    ]
    .concat();
    let output = desk.run(&[&arguments[..], &["--json"]].concat());
    let said = format!("{STUDENT} is held no longer, recorded as number 3");
    assert_eq!(talk(&output).trim(), said);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer, json!({ "released": STUDENT, "number": 3 }));
    assert_eq!(
        desk.answer(0, &["imports", "held"]),
        json!({ "people": 0, "rows": [] })
    );
    let list = desk.answer(0, &["imports", "list"]);
    assert_eq!(list[2]["kind"], "release");
}
