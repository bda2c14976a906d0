//! `registrar record` as a counselor types it: what it answers, what it refuses, how it is undone.

use serde_json::{Value, json};

use crate::{Desk, fixture, talk};

/// A desk with the fixture district and its archive of former pupils.
fn desk() -> Desk {
    let desk = Desk::new();
    for package in ["district/central", "events/archive"] {
        desk.done(&["import", &fixture(package)]);
    }
    desk
}

/// A school that the records know, and where the student was not.
const SCHOOL: &str = "19999990100069";
const NAME: &str = "Quail Mesa Continuation High School";

const MARK_CHANGE: [&str; 22] = [
    "record",
    "mark-change",
    "--student",
    "9000014",
    "--posting",
    "9000014-003",
    "--from",
    "B",
    "--to",
    "A",
    "--credit-earned",
    "5",
    "--ground",
    "clerical_or_mechanical_mistake",
    "--teacher-heard-on",
    "2026-06-08",
    "--approved-by",
    "L. Carrington, principal",
    "--decided-on",
    "2026-06-10",
    "--by",
    "R. Varo",
];

const PASS_MARK: [&str; 10] = [
    "record",
    "pass-mark",
    "--student",
    "A-101",
    "--requested-on",
    "2021-08-20",
    "--requested-by",
    "parent",
    "--by",
    "R. Varo",
];

const HOLD: [&str; 11] = [
    "record",
    "hold",
    "--student",
    "9000001",
    "--ground",
    "property_not_returned",
    "--due-process-on",
    "2026-06-01",
    "--not-homeless-or-foster",
    "--by",
    "R. Varo",
];

/// What is wrong, by argument.
fn problems(answer: &Value) -> Vec<(&str, &str)> {
    assert_eq!(answer["verdict"], "refused");
    let problems = answer["problems"].as_array().expect("a list");
    let text = |problem: &'_ Value, key: &str| problem[key].as_str().expect("text").to_owned();
    for problem in problems {
        assert!(!text(problem, "hint").is_empty(), "{problem}");
    }
    let pair = |problem: &'_ Value| {
        let argument = problem["argument"].as_str().expect("text");
        let value = problem["value"].as_str().expect("text");
        (
            argument.to_owned().leak() as &str,
            value.to_owned().leak() as &str,
        )
    };
    problems.iter().map(pair).collect()
}

#[test]
fn a_mark_change_is_recorded_explained_listed_and_undone() {
    let desk = desk();
    let explain = ["transcript", "explain", "--student", "9000014"];
    let before = desk.done(&explain);
    let answer = desk.answer(0, &MARK_CHANGE);
    assert_eq!(answer["verdict"], "recorded");
    assert_eq!(
        (&answer["import"], &answer["student"]),
        (&json!(3), &json!("9000014"))
    );
    assert_eq!(answer["documents_issued_before"], 0);
    let event = answer["event"].as_str().expect("a number").to_owned();
    assert!(event.starts_with("mark-change-"), "{event}");

    let explained = desk.done(&explain);
    let note = "posting 9000014-003: changed from B to A, clerical or mechanical mistake (Ed. Code \
                49066), approved by L. Carrington, principal on 2026-06-10, teacher heard on \
                2026-06-08";
    assert!(explained.contains(note), "{explained}");
    let listed = desk.answer(0, &["record", "list", "--student", "9000014"]);
    assert_eq!(listed[0]["event"], event.as_str());
    assert_eq!(listed[0]["recorded_by"], "R. Varo");
    assert_eq!(listed[0]["ended_at"], Value::Null);
    assert!(desk.done(&["record", "list"]).contains(&event));
    assert_eq!(
        desk.answer(0, &["record", "list", "--student", "9000001"]),
        json!([])
    );

    desk.done(&crate::undo("3"));
    assert_eq!(desk.done(&explain), before);
    // What is taken back stays in the list, with who and why.
    let listed = desk.answer(0, &["record", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(
        [&listed[0]["ended_by"], &listed[0]["ended_reason"]],
        ["R. Varo", "sent by mistake"]
    );
    assert_eq!(listed[0]["undone_with"], 4);
    let said = desk.done(&["record", "list", "--student", "9000014"]);
    let taken_back = "  taken back with number 4 of the imports by R. Varo at ";
    assert!(said.contains(taken_back), "{said}");
    assert!(said.contains(": sent by mistake\n"), "{said}");
    let again = ["record", "withdraw", &event, "--reason", "x", "--by", "y"];
    let ended = desk.answer(1, &again);
    assert_eq!(problems(&ended), [("EVENT", event.as_str())]);
}

#[test]
fn what_was_decided_here_is_no_difference_from_what_the_sending_system_declares() {
    let desk = desk();
    desk.done(&["check", "--student", "9000014"]);
    desk.answer(0, &MARK_CHANGE);
    desk.done(&["check", "--student", "9000014"]);
}

#[test]
fn a_letter_that_became_pass_may_still_be_changed() {
    let desk = desk();
    desk.answer(0, &[&PASS_MARK[..], &["--posting", "A-101-3"]].concat());
    let mut change = MARK_CHANGE;
    (change[3], change[5], change[7], change[9]) = ("A-101", "A-101-3", "D", "C");
    assert_eq!(desk.answer(0, &change)["verdict"], "recorded");
    let explained = desk.done(&["transcript", "explain", "--student", "A-101"]);
    assert!(
        explained.contains("posting A-101-3: changed from D to C"),
        "{explained}"
    );
    assert!(!explained.contains("without effect"), "{explained}");
    // The P is no letter that could be changed.
    change[7] = "P";
    assert_eq!(problems(&desk.answer(1, &change)), [("--from", "P")]);
}

#[test]
fn everything_that_is_wrong_with_a_decision_is_said_at_once() {
    let desk = desk();
    let wrong = desk.answer(
        1,
        &[
            "record",
            "mark-change",
            "--student",
            "nobody",
            "--posting",
            "9",
            "--from",
            "B",
            "--to",
            "a mark too long",
            "--credit-earned",
            "1e3",
            "--ground",
            "parent_request",
            "--approved-by",
            "x\u{202e}",
            "--decided-on",
            "6/10/2026",
            "--by",
            "R. Varo",
        ],
    );
    let expected = [
        ("--student", "nobody"),
        ("--to", "a mark too long"),
        ("--credit-earned", "1e3"),
        ("--ground", "parent_request"),
        ("--approved-by", "x\\u{202e}"),
        ("--decided-on", "6/10/2026"),
    ];
    assert_eq!(problems(&wrong), expected);
    let mut unknown = MARK_CHANGE;
    unknown[5] = "9000014-999";
    assert_eq!(
        problems(&desk.answer(1, &unknown)),
        [("--posting", "9000014-999")]
    );
    let mut other = MARK_CHANGE;
    other[7] = "C";
    assert_eq!(problems(&desk.answer(1, &other)), [("--from", "C")]);
    let mut beyond = MARK_CHANGE;
    (beyond[9], beyond[11]) = ("Q", "7.5");
    assert_eq!(
        problems(&desk.answer(1, &beyond)),
        [("--to", "Q"), ("--credit-earned", "7.5")]
    );
    let mut unheard = MARK_CHANGE;
    unheard[14..16].copy_from_slice(&["--dry-run", "--quiet"]);
    let unheard: Vec<_> = unheard
        .iter()
        .copied()
        .filter(|word| *word != "--quiet")
        .collect();
    assert_eq!(
        problems(&desk.answer(1, &unheard)),
        [("--teacher-heard-on", "")]
    );

    // The same for a person: arguments, words and hints, and the exit code of a no.
    let output = desk.run(&other);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    assert!(
        said.starts_with("--from \"C\": the mark is \"B\" now\n  hint: "),
        "{said}"
    );
    assert!(talk(&output).contains("nothing was recorded"));
    assert_eq!(desk.answer(0, &["record", "list"]), json!([]));
}

#[test]
fn a_dry_run_checks_everything_and_records_nothing() {
    let desk = desk();
    let answer = desk.answer(0, &[&MARK_CHANGE[..], &["--dry-run"]].concat());
    assert_eq!(
        (&answer["verdict"], &answer["import"]),
        (&json!("would_record"), &Value::Null)
    );
    assert_eq!(desk.answer(0, &["record", "list"]), json!([]));
}

#[test]
fn pass_or_no_pass_is_refused_where_it_would_lower_an_average_ed_code_49066_5() {
    let desk = desk();
    let posting = |posting| [&PASS_MARK[..], &["--posting", posting]].concat();
    // A D lies below the average, an A above it.
    desk.answer(0, &posting("A-101-3"));
    let lowered = desk.answer(1, &posting("A-101-5"));
    let problem = &lowered["problems"][0];
    assert_eq!(problem["argument"], "--posting");
    let message = problem["message"].as_str().expect("text");
    assert!(
        message.contains("would lower the average `unweighted` from "),
        "{message}"
    );
    let again = desk.answer(1, &posting("A-101-3"));
    let message = again["problems"][0]["message"].as_str().expect("text");
    assert_eq!(message, "the mark is \"P\", which is no letter from A to F");
    let other_year = desk.answer(1, &posting("A-101-2"));
    let message = other_year["problems"].to_string();
    assert!(
        message.contains("Ed. Code 49066.5 is about 2020-21"),
        "{message}"
    );
    let late = desk.run(&posting("A-101-4"));
    assert_eq!(late.status.code(), Some(0));
    assert!(
        talk(&late).contains("Ed. Code 49066.5 gives 15"),
        "{}",
        talk(&late)
    );
}

#[test]
fn a_merge_and_a_split_are_recorded_and_taken_back_by_name() {
    let desk = desk();
    let merge = [
        "record",
        "merge",
        "--student",
        "9000016",
        "--other",
        "A-102",
        "--ground",
        "one birth certificate",
        "--by",
        "R. Varo",
    ];
    let merged = desk.answer(0, &merge);
    assert_eq!(problems(&desk.answer(1, &merge)), [("--other", "A-102")]);
    let only = desk.answer(
        1,
        &[
            "record",
            "split",
            "--student",
            "9000001",
            "--ground",
            "x",
            "--by",
            "y",
        ],
    );
    assert_eq!(problems(&only), [("--student", "9000001")]);
    let split = desk.answer(
        0,
        &[
            "record",
            "split",
            "--student",
            "A-103",
            "--ground",
            "born five years before",
            "--by",
            "V",
        ],
    );
    assert_eq!(split["verdict"], "recorded");
    let event = merged["event"].as_str().expect("a number");
    let withdraw = [
        "record",
        "withdraw",
        event,
        "--reason",
        "two certificates",
        "--by",
        "R. Varo",
    ];
    let not_a_hold = desk.answer(
        1,
        &["record", "release", event, "--reason", "x", "--by", "y"],
    );
    assert_eq!(problems(&not_a_hold), [("EVENT", event)]);
    assert_eq!(desk.answer(0, &withdraw)["verdict"], "recorded");
    assert_eq!(problems(&desk.answer(1, &withdraw)), [("EVENT", event)]);
    let listed = desk.answer(0, &["record", "list", "--student", "9000016"]);
    assert_eq!(listed[0]["ended_reason"], "two certificates");
    desk.answer(0, &merge);
}

/// A transcript of two people's marks would be signed for one of them.
#[test]
fn strangers_are_merged_only_once_what_speaks_against_it_is_answered() {
    let desk = desk();
    let pair = |kind, other| {
        let who = ["record", kind, "--student", "9000014", "--other", other];
        [&who[..], &["--ground", "x", "--by", "R. Varo"]].concat()
    };
    let merge = pair("merge", "9000010");
    let refused = desk.answer(1, &merge);
    assert_eq!(problems(&refused), [("--other", "9000010")]);
    let said = refused["problems"][0]["message"].as_str();
    assert_eq!(said, Some("has another name"));
    let answered = [&merge[..], &["--although-different"]].concat();
    let dry = [&answered[..], &["--dry-run"]].concat();
    assert_eq!(desk.answer(0, &dry)["verdict"], "would_record");
    let distinct = desk.answer(0, &pair("distinct", "9000010"));
    let event = distinct["event"].as_str().expect("a number");
    let refused = desk.answer(1, &answered);
    let said = refused["problems"][0]["message"].as_str().expect("text");
    assert_eq!(said, format!("was found to be somebody else ({event})"));
    let withdraw = [
        "record", "withdraw", event, "--reason", "x", "--by", "R. Varo",
    ];
    desk.answer(0, &withdraw);
    desk.answer(0, &answered);
}

#[test]
fn a_hold_stops_a_copy_says_why_and_lets_a_transfer_go() {
    let desk = desk();
    desk.keys();
    let not_attested: Vec<_> = HOLD
        .iter()
        .copied()
        .filter(|word| *word != "--not-homeless-or-foster")
        .collect();
    let refused = desk.answer(1, &not_attested);
    assert_eq!(problems(&refused), [("--not-homeless-or-foster", "no")]);
    let hold = desk.answer(0, &HOLD);
    let issue = ["transcript", "issue", "--student", "9000001"];
    let withheld = desk.answer(1, &issue);
    let reason = withheld["refused"][0]["reasons"][0].as_str().expect("text");
    assert!(
        reason.starts_with("withheld: property on loan not returned (Ed. Code 48904), since "),
        "{reason}"
    );
    assert!(
        reason.contains("`transcript issue --transfer SCHOOL`"),
        "{reason}"
    );
    let sent = |more: &[&'static str]| [&issue[..], &["--by", "R. Varo"], more].concat();
    let unknown = desk.run(&sent(&["--transfer", "Agave High School"]));
    let hint = "say where it is with --transfer-address";
    assert!(talk(&unknown).contains(hint), "{}", talk(&unknown));
    let nobody = desk.run(&[&issue[..], &["--transfer", SCHOOL]].concat());
    assert!(talk(&nobody).contains("--by <NAME>"), "{}", talk(&nobody));

    let itself = desk.answer(
        1,
        &sent(&["--transfer", "ironwood terrace senior high school"]),
    );
    let reason = itself["refused"][0]["reasons"][0].as_str().expect("text");
    assert!(
        reason.contains("a transfer is to another school"),
        "{reason}"
    );
    let to = &["--transfer", SCHOOL, "--out", "sent"];
    let transfer = desk.answer(0, &sent(to));
    let known = json!({ "code": SCHOOL, "name": NAME, "sent_by": "R. Varo" });
    assert_eq!(transfer["transfer_to"], known);
    let index = std::fs::read_to_string(desk.path("sent/index.csv")).expect("an index");
    let recorded = format!("\"{NAME} ({SCHOOL}), sent by R. Varo\"");
    assert!(index.trim_end().ends_with(&recorded), "{index}");
    let elsewhere = [
        "--transfer",
        "Agave High School",
        "--transfer-address",
        "Reno, NV",
    ];
    let transfer = desk.answer(0, &sent(&elsewhere));
    assert_eq!(transfer["transfer_to"]["address"], "Reno, NV");
    assert_eq!(transfer["made"].as_array().map(Vec::len), Some(1));
    let event = hold["event"].as_str().expect("a number");
    desk.answer(
        0,
        &[
            "record",
            "release",
            event,
            "--reason",
            "it came back",
            "--by",
            "R. Varo",
        ],
    );
    let made = desk.answer(0, &issue);
    // Held again, after the batch was issued.
    desk.answer(0, &HOLD);
    let batch = made["batch"].as_str().expect("a batch");
    let again = ["transcript", "issue", "--batch", batch, "--out", "copies"];
    let kept = desk.answer(1, &[&again[..], &["--copy", "flat"]].concat());
    let no_copy = kept["made"][0]["no_copy"][0].as_str().expect("text");
    assert!(no_copy.starts_with("withheld: "), "{no_copy}");
    let files = std::fs::read_dir(desk.path("copies")).expect("a folder");
    let names: Vec<_> = files
        .map(|file| file.expect("a file").file_name())
        .collect();
    assert_eq!(names, ["index.csv"], "neither the copy nor a twin");
}

#[test]
fn a_changed_name_says_how_many_documents_show_the_former_one() {
    let desk = desk();
    desk.keys();
    desk.done(&["transcript", "issue", "--student", "9000010"]);
    let change = [
        "record",
        "name-change",
        "--student",
        "9000010",
        "--legal-given",
        "Isidora",
        "--legal-family",
        "Quezada",
        "--ground",
        "court_order",
        "--document-seen",
        "Decree of the Superior Court, 2026-05-29",
        "--requested-on",
        "2026-06-11",
        "--by",
        "V",
    ];
    let output = desk.run(&change);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let talk = talk(&output);
    assert!(
        talk.contains("issued before that show the former name: 1"),
        "{talk}"
    );
    assert!(
        talk.contains("Next: `registrar transcript preview --student 9000010`"),
        "{talk}"
    );
    let listed = desk.done(&["record", "list"]);
    assert!(!listed.contains("Suharti"), "{listed}");
}

#[test]
fn a_hold_on_a_number_that_is_another_childs_by_now_says_so_in_the_list() {
    let desk = desk();
    let mut held = HOLD;
    held[3] = "A-101";
    desk.answer(0, &held);
    let listed = desk.answer(0, &["record", "list"]);
    assert_eq!(listed[0]["astray"], Value::Null);
    let folder = desk.path("given-away");
    std::fs::create_dir(&folder).expect("made");
    let manifest = "format = \"registrar-package/1\"\nsource = \"marisol-archive\"\n\
                    district = \"1999999\"\nexported_at = \"2026-06-13T23:00:00Z\"\n\
                    schools = [\"19999990100056\"]\n[tables.people]\nmode = \"delta\"\n";
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    let people = "school,person,state_id,legal_given,legal_family,birth_date,status\n\
                  19999990100056,A-101,9990000101,Carlos,Pérez,2009-03-04,current\n";
    std::fs::write(folder.join("people.csv"), people).expect("written");
    desk.done(&["import", &folder.display().to_string()]);
    let why = "number A-101 of source marisol-archive tells of another child than when this was \
               decided: it does nothing";
    let listed = desk.answer(0, &["record", "list", "--student", "A-101"]);
    assert_eq!(listed[0]["astray"], why);
    let said = desk.done(&["record", "list"]);
    assert!(said.contains(&format!("\n  {why}\n")), "{said}");
}
