//! The commands as a person types them: words, files, exit codes.

#[path = "../common/databases.rs"]
#[expect(
    unused_imports,
    unused_macros,
    reason = "no test here runs twice, on each database"
)]
mod common;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/walk.rs"]
mod walk;

mod again;
mod arranged;
mod bundle;
mod compliance;
mod compliance_report;
mod decided;
mod decrees;
mod disclosing;
mod doctor;
mod everywhere;
mod explain;
mod held;
mod large_report;
mod lies;
mod not_recorded;
mod numbers;
mod own_blocks;
mod own_rules;
mod policy;
mod pseudonyms;
mod public_edition;
mod reconcile;
mod record;
mod recount;
mod recount_report;
mod schools;
mod signing_gate;
mod studied;
mod studies;
mod templates;
mod transferred;
mod truthful;
mod whole;

use serde_json::Value;

use program::{Desk, fixture, talk};

#[test]
fn init_writes_settings_once_and_a_database_that_only_the_owner_reads() {
    let desk = Desk::new();
    let answer = desk.answer(0, &["init", "--settings", "new.toml"]);
    assert_eq!(answer["settings_written"], true);
    let again = desk.answer(0, &["init", "--settings", "new.toml"]);
    assert_eq!(
        again["settings_written"], false,
        "settings are never overwritten"
    );
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(desk.path("registrar.db"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Taking an import back, with who and why.
fn undo(number: &str) -> [&str; 7] {
    let (by, reason) = ("R. Varo", "sent by mistake");
    ["imports", "undo", number, "--by", by, "--reason", reason]
}

#[test]
fn an_error_says_what_and_what_to_do_and_exits_with_two() {
    let desk = Desk::new();
    desk.done(&["init"]);
    for (arguments, said) in [
        (
            &["transcript", "preview", "--student", "1"][..],
            "nothing was imported by then",
        ),
        (&undo("7")[..], "there is no import 7"),
        (&["verify", "none.pdf"], "no issuer is trusted yet"),
        (
            &["--database", "mysql://u:secret@h/d", "imports", "list"],
            "mysql:…",
        ),
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let talk = talk(&output);
        assert!(
            talk.starts_with("error: ") && talk.contains(said),
            "{arguments:?}: {talk}"
        );
        assert!(
            talk.contains("hint: ") && !talk.contains("secret"),
            "{arguments:?}: {talk}"
        );
        assert!(output.stdout.is_empty(), "an error is no data");
    }
    // The report is looked for once there is somebody to print.
    desk.done(&["import", &fixture("district/charters")]);
    let output = desk.run(&[
        "transcript",
        "preview",
        "--all",
        "--template",
        "nothing-like-it",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let talk = talk(&output);
    assert!(
        talk.starts_with("error: ") && talk.contains("nothing-like-it") && talk.contains("hint: "),
        "{talk}"
    );
}

#[test]
fn with_json_an_error_is_one_object_with_a_code_a_message_and_a_hint() {
    let desk = Desk::new();
    desk.done(&["init"]);
    let url = "mysql://u:secret@h/d";
    for (arguments, code, said, hint) in [
        (
            &["key", "list"][..],
            "keys",
            "is not a key folder",
            "`registrar key init`",
        ),
        (
            &undo("7"),
            "import",
            "no import 7",
            "`registrar imports list`",
        ),
        (
            &["imports", "list", "--database", url],
            "database",
            "mysql:…",
            "write `sqlite:",
        ),
        (
            &["imports", "list", "--config", "none.toml"],
            "request",
            "none.toml",
            "",
        ),
        (
            &["transcript", "issue"],
            "request",
            "nothing was imported",
            "comes first",
        ),
        (
            &["verify", "a.pdf"],
            "request",
            "no issuer is trusted",
            "--trust CERT",
        ),
        (&["verify"], "usage", "required arguments", "--help"),
        (&["imprt"], "usage", "unrecognized subcommand", "similar"),
    ] {
        let output = desk.run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "an error is no data");
        let talk = talk(&output);
        assert_eq!(talk.lines().count(), 1, "{arguments:?}: {talk}");
        let answer: Value = serde_json::from_str(&talk)
            .unwrap_or_else(|error| panic!("{arguments:?} fails in JSON: {error}: {talk}"));
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{arguments:?}: {talk}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(said), "{arguments:?}: {talk}");
        assert!(!message.contains("hint: "), "{arguments:?}: {talk}");
        let advice = error["hint"].as_str().unwrap_or_default();
        assert!(advice.contains(hint), "{arguments:?}: {talk}");
        assert!(!talk.contains("secret"), "{arguments:?}: {talk}");
    }
    desk.done(&["import", &fixture("district/charters")]);
    let output = desk.run(&[
        "transcript",
        "preview",
        "--all",
        "--template",
        "nothing",
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let answer: Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(answer["error"]["code"], "report", "{answer}");
    let quiet = desk.run(&["key", "list", "--json", "--quiet"]);
    assert!(!quiet.stderr.is_empty(), "an error is never quiet");
    let help = desk.run(&["--help", "--json"]);
    assert!(help.status.success(), "help is no error");
}

#[test]
fn a_file_that_cannot_be_read_hides_no_answer_about_the_others() {
    let desk = Desk::new();
    desk.keys();
    std::fs::write(desk.path("text.pdf"), "no PDF").expect("written");
    let lines = desk.answer(2, &["verify", "none.pdf", "text.pdf"]);
    assert!(lines[0]["error"].is_string() && lines[0]["conclusion"].is_null());
    assert_eq!(lines[1]["conclusion"], "invalid");
}

#[test]
fn a_command_that_reads_makes_no_database_in_a_wrong_folder() {
    let desk = Desk::new();
    for arguments in [
        &["imports", "list"][..],
        &undo("1"),
        &["transcript", "preview", "--all"],
        &["transcript", "issue", "--all"],
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let talk = talk(&output);
        let path = desk.path("registrar.db").display().to_string();
        assert!(talk.contains(&path), "{arguments:?}: {talk}");
        assert!(
            talk.contains("hint: `registrar import`") && talk.contains("`--database`"),
            "{arguments:?}: {talk}"
        );
    }
    let checks = desk.answer(1, &["doctor"]);
    assert_eq!(checks[0]["good"], false);
    let left: Vec<_> = std::fs::read_dir(desk.0.path())
        .expect("a folder")
        .collect();
    assert_eq!(left.len(), 1, "only registrar.toml: {left:?}");
}

#[test]
fn a_refused_import_says_every_problem_and_exits_with_one() {
    let desk = Desk::new();
    let answer = desk.answer(1, &["import", &fixture("hostile/dates")]);
    assert_eq!(answer[0]["verdict"], "refused");
    assert_eq!(desk.answer(0, &["imports", "list"]), serde_json::json!([]));
}

#[test]
fn an_import_is_listed_changes_nothing_twice_and_can_be_taken_back() {
    let desk = Desk::new();
    let charter = fixture("district/charters");
    assert_eq!(
        desk.answer(0, &["import", &charter, "--dry-run"])[0]["verdict"],
        "would_land"
    );
    assert_eq!(
        desk.answer(0, &["import", &charter])[0]["verdict"],
        "landed"
    );
    assert_eq!(
        desk.answer(0, &["import", &charter])[0]["verdict"],
        "unchanged"
    );
    let list = desk.answer(0, &["imports", "list"]);
    assert_eq!(
        (list.as_array().map(Vec::len), &list[0]["undone"]),
        (Some(1), &Value::from(false))
    );
    desk.answer(0, &undo("1"));
    let list = desk.answer(0, &["imports", "list"]);
    let (by, reason) = (&list[1]["decided_by"], &list[1]["reason"]);
    assert_eq!((by, reason), (&"R. Varo".into(), &"sent by mistake".into()));
    let output = desk.run(&["imports", "list"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.trim_end().ends_with("R. Varo: sent by mistake"),
        "{text}"
    );
    assert_eq!(
        (&list[0]["undone"], &list[1]["kind"]),
        (&Value::from(true), &Value::from("undo"))
    );
    let output = desk.run(&["transcript", "preview", "--all", "--grade", "12"]);
    assert!(
        talk(&output).contains("nobody matches"),
        "{}",
        talk(&output)
    );
}

#[test]
fn keys_are_made_listed_rotated_and_exported_and_the_root_stays_apart() {
    let desk = Desk::new();
    desk.keys();
    let listed = desk.answer(0, &["key", "list"]);
    let purposes = listed.as_array().expect("a list").iter().map(|key| {
        (
            key["purpose"].as_str().expect("text"),
            key["status"].as_str().expect("text"),
        )
    });
    let purposes: Vec<_> = purposes.collect();
    assert_eq!(
        purposes,
        [
            ("root", "active"),
            ("document", "active"),
            ("data", "active")
        ]
    );
    assert_eq!(
        listed[0]["secret"], false,
        "the root's key is not in the folder that issues"
    );
    desk.answer(
        0,
        &["key", "rotate", "--purpose", "document", "--root", "root"],
    );
    let waiting = desk.answer(0, &["key", "certify", "--purpose", "data"]);
    let waiting = waiting[4]["id"].as_str().expect("a new key").to_owned();
    desk.answer(0, &["key", "certify", &waiting, "--root", "root"]);
    let listed = desk.answer(0, &["key", "list"]);
    let states: Vec<_> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|key| key["status"].clone())
        .collect();
    assert_eq!(states, ["active", "retired", "retired", "active", "active"]);
    desk.done(&["key", "export", "--out", "district.pem"]);
    let pem = std::fs::read_to_string(desk.path("district.pem")).expect("written");
    assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 1);
    assert!(!pem.contains("PRIVATE"));
    let again = desk.run(&["key", "init", "--organisation", "X", "--root-out", "root2"]);
    assert_eq!(again.status.code(), Some(2), "keys are never overwritten");
}

#[test]
fn a_transcript_is_issued_checked_and_refused_once_it_was_changed() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    desk.done(&["import", &fixture("district/charters")]);
    let list = desk.answer(0, &["transcript", "preview", "--all", "--grade", "12"]);
    let student = list["made"][0]["student"]
        .as_str()
        .expect("a student")
        .to_owned();
    let wrong = desk.with_passphrase(
        "wrong horse",
        &["transcript", "issue", "--student", &student],
    );
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        !talk(&wrong).contains("wrong horse"),
        "a passphrase is never said"
    );
    let made = desk.answer(
        0,
        &["transcript", "issue", "--student", &student, "--out", "out"],
    );
    let file = made["made"][0]["file"].as_str().expect("a file").to_owned();
    assert!(
        !file.contains(&student),
        "a file's name tells nothing about the student"
    );
    let index = std::fs::read_to_string(desk.path("out/index.csv")).expect("an index");
    assert!(index.contains(&student));
    let verdict = desk.answer(0, &["verify", &file, "--trust", "district.pem"]);
    assert_eq!(verdict[0]["conclusion"], "valid");
    assert_eq!(
        verdict[0]["document"]["student"]["student_id"],
        student.as_str()
    );

    let mut bytes = std::fs::read(desk.path(&file)).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.path("changed.pdf"), &bytes).expect("written");
    let verdict = desk.answer(
        1,
        &["verify", "changed.pdf", &file, "--trust", "district.pem"],
    );
    assert_eq!(verdict[0]["conclusion"], "invalid");
    assert_eq!(
        verdict[0]["document"],
        Value::Null,
        "nothing of a changed file is repeated"
    );
    assert_eq!(verdict[1]["conclusion"], "valid");

    let stranger = Desk::new();
    stranger.keys();
    stranger.done(&["key", "export", "--out", "other.pem"]);
    let other = stranger.path("other.pem").display().to_string();
    let verdict = desk.answer(1, &["verify", &file, "--trust", &other]);
    assert_eq!(
        verdict[0]["conclusion"], "unknown_issuer",
        "unknown is not invalid"
    );
    let unsigned = desk.path("previews/preview-0001.pdf").display().to_string();
    let verdict = desk.answer(1, &["verify", &unsigned]);
    assert_eq!(verdict[0]["conclusion"], "not_signed");
}

#[test]
fn official_documents_need_somebody_who_certifies_them() {
    let desk = Desk::new();
    std::fs::write(desk.path("registrar.toml"), "").expect("written");
    desk.keys();
    desk.done(&["import", &fixture("district/charters")]);
    let output = desk.run(&["transcript", "issue", "--all", "--grade", "12"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        talk(&output).contains("hint: set `certified_by`"),
        "{}",
        talk(&output)
    );
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_line() {
    let desk = Desk::new();
    std::fs::write(
        desk.path("registrar.toml"),
        "documents = \"d\"\ndokuments = \"x\"\n",
    )
    .expect("written");
    let output = desk.run(&["imports", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(talk(&output).contains("dokuments") && talk(&output).contains("line 2"));
}

/// Transcripts that the demo signs: of everybody in grade 12 of the district that ships, but these.
const SIGNED: u64 = 201;

/// Whom the demo refuses, and why: four whose sending system declares other credits than their
/// marks come to, and one with a name in a script without glyphs.
const REFUSED: [(&str, &str); 5] = [
    ("1000513", "total_differs"),
    ("1000610", "total_differs"),
    ("1000776", "total_differs"),
    (
        "9000024",
        "student.name holds U+0641, which cannot be printed",
    ),
    ("9000025", "total_differs"),
];

#[test]
fn the_demo_signs_all_of_grade_12_but_the_students_whom_it_refuses_each_for_its_reason() {
    let desk = Desk::new();
    let answer = desk.answer(0, &["demo", "--out", "demo"]);
    let refused = answer["refused"].as_array().expect("a list").iter();
    let mut refused: Vec<(&str, Vec<&str>)> = refused
        .map(|it| {
            let student = it["student_id"].as_str().expect("a number");
            let reasons = templates::texts(it, "/reasons").into_iter();
            let reasons = reasons.map(|reason| reason.split(':').next().unwrap_or_default());
            (student, reasons.collect())
        })
        .collect();
    refused.sort_unstable();
    let expected: Vec<_> = REFUSED.map(|(student, why)| (student, vec![why])).into();
    assert_eq!(refused, expected);
    assert_eq!(answer["transcripts"], SIGNED);
    let file = answer["transcript"].as_str().expect("a file");
    let verdict = desk.answer(0, &["verify", file, "--trust", "demo/district.pem"]);
    assert_eq!(
        verdict[0]["signed_by"]["demo"], true,
        "the certificate says that it is a demo"
    );
    assert_eq!(
        verdict[0]["document"]["document"]["demonstration"], true,
        "and so does the page"
    );
    let court = answer["court_edition"].as_str().expect("a file");
    let trust = ["--trust", "demo/district.pem"];
    let verdict = desk.answer(0, &[&["verify", court][..], &trust].concat());
    assert_eq!(verdict[0]["conclusion"], "valid");
    let report = &verdict[0]["document"];
    assert_eq!(report["left_out"].as_array().map(Vec::len), Some(15));
    assert_eq!(report["gate"]["overridden"]["by"], "Demo Officer");
    // The commands that the demo names go on from its folder.
    let bundle = [
        "compliance",
        "bundle",
        "--as-of",
        "2026-06-12",
        "--study-from",
        "2026-02-09",
        "--study-to",
        "2026-03-20",
        "--out",
        "demo/bundle",
        "--config",
        "demo/registrar.toml",
        "--passphrase-file",
        "demo/passphrase.txt",
    ];
    desk.answer(0, &bundle);
    let recount = ["compliance", "recount", court, "demo/bundle"];
    desk.answer(0, &[&recount[..], &trust].concat());
    desk.answer(
        1,
        &[
            "verify",
            "demo/tampered.pdf",
            "--trust",
            "demo/district.pem",
        ],
    );
}
