//! A school's own report: no other school's document bears it, and one command lays each student
//! out with the report of the school that issues the transcript.

use std::path::Path;
use std::process::Command;

use registrar::transcript::Policy;
use serde_json::{Value, json};

use super::{Desk, talk};

const IRONWOOD: &str = "19999990100056";
/// Students of Ironwood Terrace, and one of another school.
const OWN: &str = "9000001";
const OTHER: &str = "9000021";
/// That other school.
const OTHERS: &str = "19999990100082";

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

/// A copy of the district's report for one school, with one more mark and another rounding.
fn own_rules(desk: &Desk) {
    own_rules_of(desk, &[(IRONWOOD, "ours")]);
}

/// The same rules in a folder of each of these schools.
fn own_rules_of(desk: &Desk, schools: &[(&str, &str)]) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/transcript");
    let rules = std::fs::read_to_string(shipped.join("policy.toml")).expect("rules");
    let waiver = "[[scale]]\nmark = \"X\"\n";
    let more = format!(
        "[[scale]]\nmark = \"ZZ\"\nwithout_credit = true\nmeaning = {{ en = \"Ours\", es = \
         \"Nuestra\" }}\n\n{waiver}"
    );
    let (before, unweighted) = rules
        .split_once("[[gpa]]\nname = \"unweighted\"")
        .expect("it");
    let truncated = unweighted.replacen("rounding = \"half_up\"", "rounding = \"truncate\"", 1);
    let rules = format!("{before}[[gpa]]\nname = \"unweighted\"{truncated}");
    let ours = rules.replacen(waiver, &more, 1);
    assert_ne!(ours, rules);
    let mut reports = String::new();
    for (school, folder) in schools {
        let mut copy = Command::new("cp");
        let copied = copy.arg("-r").arg(&shipped).arg(desk.path(folder)).status();
        assert!(copied.expect("cp runs").success());
        let manifest = desk.path(&format!("{folder}/report.toml"));
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let text = format!("schools = [\"{school}\"]\n{text}");
        std::fs::write(manifest, text).expect("written");
        std::fs::write(desk.path(&format!("{folder}/policy.toml")), &ours).expect("written");
        reports += &format!("{school:?} = \"./{folder}\"\n");
    }
    let digest = Policy::parse(&ours).expect("a policy").digest();
    let approved = format!("approved_rules = \"{}\"\n", hex::encode(digest));
    settings(desk, &approved, &reports);
}

#[test]
fn students_of_two_schools_with_one_set_of_rules_in_two_folders_are_all_weighed() {
    let desk = Desk::with_district();
    let causes = ["check", "--causes"];
    let all = desk.answer(1, &causes);
    own_rules_of(&desk, &[(IRONWOOD, "ours"), (OTHERS, "theirs")]);
    let parted = desk.answer(1, &causes);
    let number = |of: &Value| of["students"].as_u64().expect("a number");
    let of_schools = parted["of_schools"].as_array().expect("schools");
    let own: u64 = of_schools.iter().map(number).sum();
    assert_eq!(number(&parted) + own, number(&all), "{parted}");
    let mut named: Vec<&Value> = Vec::new();
    for it in of_schools {
        named.extend(it["schools"].as_array().expect("codes"));
    }
    named.sort_by_key(|code| code.to_string());
    assert_eq!(named, [IRONWOOD, OTHERS], "{parted}");
}

#[test]
fn causes_and_decisions_go_by_the_rules_of_the_report_that_the_issuing_school_has() {
    let desk = Desk::with_district();
    let causes = ["check", "--causes"];
    let all = desk.answer(1, &causes);
    assert!(all["of_schools"].is_null(), "{all}");
    own_rules(&desk);
    let parted = desk.answer(1, &causes);
    let [own] = &parted["of_schools"].as_array().expect("schools")[..] else {
        panic!("{parted}");
    };
    assert_eq!(own["schools"], json!([IRONWOOD]));
    let number = |of: &Value, key: &str| of[key].as_u64().expect("a number");
    assert_eq!(
        number(&parted, "students") + number(own, "students"),
        number(&all, "students")
    );
    assert!(number(own, "students") > 100, "{own}");
    // What the school's rules round otherwise differs of its students alone.
    assert!(
        number(&parted, "differ") <= number(&all, "differ"),
        "{parted}"
    );
    let cause = &own["causes"][0];
    assert_eq!(cause["setting"]["set"], "rounding = \"half_up\"", "{own}");
    let text = desk.said(1, &causes);
    let heading = format!("\nBy the rules of the report that school {IRONWOOD} has:\n");
    assert!(text.contains(&heading), "{text}");
    // Of one student only the rules of the own school are asked.
    let of_one = desk.answer(0, &["check", "--causes", "--student", OTHER]);
    assert!(of_one["of_schools"].is_null(), "{of_one}");

    let to_zz = |code: i32, student: &str, posting: &str, from: &str| {
        let mark = [
            "record",
            "mark-change",
            "--student",
            student,
            "--posting",
            posting,
        ];
        let change = [
            "--from",
            from,
            "--to",
            "ZZ",
            "--credit-earned",
            "0",
            "--ground",
            "fraud",
        ];
        let heard = [
            "--teacher-not-heard",
            "retired",
            "--approved-by",
            "L. Carrington",
        ];
        let on = ["--decided-on", "2026-06-10", "--by", "R. Varo", "--dry-run"];
        desk.answer(code, &[&mark[..], &change, &heard, &on].concat())
    };
    to_zz(0, OWN, "9000001-001", "A");
    let refused = to_zz(1, OTHER, "9000021-001", "B");
    let message = "the mark is not on the district's grading scale";
    assert_eq!(refused["problems"][0]["message"], message, "{refused}");
}
