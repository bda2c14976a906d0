//! A school's own report: no other school's document bears it, and one command lays each student
//! out with the report of the school that issues the transcript.

use std::process::Command;

use serde_json::Value;

use super::{Desk, talk};

const IRONWOOD: &str = "19999990100056";
/// Students of Ironwood Terrace, and one of another school.
const OWN: &str = "9000001";
const OTHER: &str = "9000021";

/// Settings with these lines under the table of schools.
fn settings(desk: &Desk, more: &str, schools: &str) {
    let text = format!(
        "[transcript]\ncertified_by = \"Remedios Varo\"\nworkers = 1\n{more}\
         [transcript.schools]\n{schools}\n"
    );
    std::fs::write(desk.path("registrar.toml"), text).expect("written");
}

/// What a made document says.
fn text(desk: &Desk, made: &Value) -> String {
    let output = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(desk.path(made["file"].as_str().expect("a file")))
        .arg("-")
        .output()
        .expect("pdftotext is installed (package poppler-utils)");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Vec::from_iter(text.split_whitespace()).join(" ")
}

#[test]
fn a_school_s_own_report_lays_out_no_document_of_another_school() {
    let desk = Desk::with_district();
    desk.keys();
    let both = ["--student", OWN, OTHER, "--template", "ironwood-terrace"];
    for command in [["transcript", "preview"], ["transcript", "issue"]] {
        let answer = desk.answer(1, &[&command[..], &both].concat());
        let made = answer["made"].as_array().expect("made");
        assert_eq!(made.len(), 1, "{answer}");
        assert_eq!(made[0]["student"], OWN);
        assert_eq!(answer["refused"][0]["student_id"], OTHER);
        let reason = answer["refused"][0]["reasons"][0].as_str();
        let reason = reason.expect("a reason");
        let said = format!("the report `ironwood-terrace` speaks for school {IRONWOOD}, and ");
        assert!(reason.starts_with(&said), "{reason}");
        assert!(reason.contains("hint: [transcript.schools]"), "{reason}");
    }

    // A new folder says whose it is; what builds on it may take none in.
    let new = [
        "template",
        "new",
        "mission-vista",
        "--school",
        "19999990100082",
    ];
    let made = desk.run(&new);
    let told = talk(&made);
    assert!(told.contains("`\"19999990100082\" = \"./mission-vista\"` under [transcript.schools]"));
    let own = [
        "transcript",
        "preview",
        "--template",
        "./mission-vista",
        "--out",
        "own",
    ];
    let answer = desk.answer(1, &[&own[..], &["--student", OWN]].concat());
    let reason = answer["refused"][0]["reasons"][0].as_str();
    assert!(
        reason
            .expect("a reason")
            .contains("`mission-vista` speaks for school 19999990100082")
    );
    let stranger = ["template", "new", "other", "--from", "ironwood-terrace"];
    let said = desk.fails(&[&stranger[..], &["--school", "19999990100082"]].concat());
    assert!(
        said.contains("`19999990100082` is not one of: 19999990100056"),
        "{said}"
    );
    assert!(!desk.path("other").exists());
}

#[test]
fn one_command_lays_each_student_out_with_the_report_of_the_issuing_school() {
    let desk = Desk::with_district();
    desk.keys();
    let ironwood = format!("{IRONWOOD:?} = \"ironwood-terrace\"");
    settings(&desk, "file_name = \"{number}\"\n", &ironwood);
    let issue = [
        "transcript",
        "issue",
        "--student",
        OWN,
        OTHER,
        "--out",
        "out",
    ];
    let answer = desk.answer(0, &issue);
    let made = answer["made"].as_array().expect("made");
    let batches = answer["batches"].as_array().expect("batches");
    assert_eq!((made.len(), batches.len()), (2, 2), "{answer}");
    let of = |student: &str| {
        let mut made = made.iter();
        made.find(|it| it["student"] == student).expect("made")
    };
    let certified = "On behalf of Ironwood Terrace Senior High School I certify";
    assert!(text(&desk, of(OWN)).contains(certified));
    let other = text(&desk, of(OTHER));
    assert!(
        !other.contains("On behalf of") && other.contains("I certify"),
        "{other}"
    );
    let index = std::fs::read_to_string(desk.path("out/index.csv")).expect("an index");
    let names = index
        .lines()
        .filter(|line| line.contains("0001.pdf") || line.contains("0002.pdf"));
    assert_eq!((index.lines().count(), names.count()), (3, 2), "{index}");

    // A batch goes on with the report by which it was begun, whichever of them that is.
    for batch in batches {
        let batch = batch.as_str().expect("an id");
        let again = desk.answer(0, &["transcript", "issue", "--batch", batch]);
        assert_eq!(again["made"].as_array().map(Vec::len), Some(1), "{again}");
    }
    let preview = desk.answer(0, &["transcript", "preview", "--student", OTHER, OWN]);
    assert_eq!(
        preview["made"].as_array().map(Vec::len),
        Some(2),
        "{preview}"
    );
    // By hand one report lays out all.
    let all = ["--template", "transcript", "--out", "plain"];
    let answer = desk.answer(0, &[&issue[..5], &all].concat());
    assert_eq!(
        answer["batches"].as_array().map(Vec::len),
        Some(1),
        "{answer}"
    );
    assert!(desk.answer(0, &["check", "--student", OWN]).is_array());
}

#[test]
fn a_school_that_is_given_the_report_of_another_or_is_not_there_is_told_at_once() {
    let desk = Desk::with_district();
    let preview = ["transcript", "preview", "--all"];
    settings(&desk, "", "\"19999990100082\" = \"ironwood-terrace\"");
    for command in [&preview[..], &["check"]] {
        let said = desk.fails(command);
        assert!(
            said.contains("gives school 19999990100082 the report `ironwood-terrace`"),
            "{said}"
        );
        assert!(said.contains("hint: give it a report of its own"), "{said}");
    }
    settings(&desk, "", "\"19999990100065\" = \"ironwood-terrace\"");
    for command in [&preview[..], &["check"]] {
        let said = desk.fails(command);
        assert!(
            said.contains("names school 19999990100065, which is not in the records"),
            "{said}"
        );
    }
}
