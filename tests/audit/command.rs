//! `registrar check` and `registrar override` as a person types them.

use std::path::Path;

use serde_json::Value;

use registrar::transcript::Policy;

use crate::program::{Desk, fixture, talk};

#[test]
fn findings_are_told_as_text_json_and_csv_and_an_error_exits_with_one() {
    let desk = Desk::with_district();
    let text = desk.said(1, &["check", "--student", "9000025"]);
    let expected = "error total_differs: student 9000025, school 19999990100056\n  \
                    declares credit_earned 290.00; ours is 280.00\n  totals.csv:";
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.contains(" of marisol-central, import 1\n  hint: "),
        "{text}"
    );
    let answer = desk.answer(1, &["check", "--student", "9000025", "9000001"]);
    assert_eq!(answer.as_array().map(Vec::len), Some(1));
    let found = &answer[0];
    assert_eq!(found["severity"], "error");
    assert_eq!(found["code"], "total_differs");
    assert_eq!(
        (&found["student"], &found["file"]),
        (&"9000025".into(), &"totals.csv".into())
    );
    assert_eq!(
        (&found["source"], &found["import"]),
        (&"marisol-central".into(), &1.into())
    );
    let line = found["line"].as_u64().expect("a line");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/district/central/totals.csv");
    let totals = std::fs::read_to_string(file).expect("the fixture");
    let row = totals
        .lines()
        .nth(usize::try_from(line).expect("a line") - 1);
    assert_eq!(row, Some("19999990100056,9000025,credit_earned,290.00"));
    let same = desk.said(
        1,
        &[
            "check",
            "--student",
            "9000025",
            "9000001",
            "--format",
            "json",
        ],
    );
    assert_eq!(serde_json::from_str::<Value>(&same).expect("JSON"), answer);

    let csv = desk.said(1, &["check", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = (reader.headers().expect("a header").iter())
        .map(str::to_owned)
        .collect();
    assert_eq!(header[..3], ["severity", "code", "student"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let all = desk.answer(1, &["check"]);
    assert_eq!(Some(rows.len()), all.as_array().map(Vec::len));
    for (row, found) in rows.iter().zip(all.as_array().expect("rows")) {
        assert_eq!(row[1], found["code"]);
        assert_eq!(row[2], found["student"]);
    }

    let clean = desk.run(&["check", "--student", "9000001"]);
    assert_eq!(clean.status.code(), Some(0));
    assert!(clean.stdout.is_empty());
    assert!(
        talk(&clean).contains("Records: 1; errors: 0; warnings: 0; notes: 0"),
        "{}",
        talk(&clean)
    );
    assert_eq!(
        desk.answer(0, &["check", "--student", "9000001"]),
        serde_json::json!([])
    );
}

/// A first export often lacks the enrolments of earlier years.
#[test]
fn every_warning_is_counted_and_data_tells_each_with_its_line_where_a_text_tells_the_first() {
    let desk = Desk::new();
    copy(
        Path::new(&fixture("district/central")),
        &desk.path("central"),
    );
    let file = desk.path("central/enrolments.csv");
    let text = std::fs::read_to_string(&file).expect("enrolments");
    let (header, rows) = text.split_once('\n').expect("a header");
    let of_one = |row: &&str| row.split(',').nth(1) == Some("9000001");
    // Of one student only the last enrolment stays.
    let last = rows.lines().rfind(of_one).expect("an enrolment");
    let kept = rows.lines().filter(|row| !of_one(row) || *row == last);
    let text: Vec<&str> = [header].into_iter().chain(kept).collect();
    std::fs::write(&file, text.join("\n") + "\n").expect("written");
    desk.done(&["import", "central", "--quiet"]);

    let check = ["check", "--student", "9000001"];
    let found = desk.answer(0, &check);
    let found = found.as_array().expect("findings");
    assert!(found.len() > 20, "{found:?}");
    for it in found {
        assert_eq!(it["code"], "mark_outside_enrolment");
        assert_eq!(it["file"], "marks.csv", "{it}");
        assert!(it["line"].as_u64().is_some(), "{it}");
    }
    let lines: std::collections::BTreeSet<_> = found.iter().map(|it| it["line"].as_u64()).collect();
    assert_eq!(lines.len(), found.len(), "each its own");
    let csv = desk.said(0, &[&check[..], &["--format", "csv"]].concat());
    assert_eq!(csv.lines().count(), 1 + found.len());

    let output = desk.run(&check);
    let (text, said) = (String::from_utf8_lossy(&output.stdout), talk(&output));
    assert_eq!(text.matches("marks.csv:").count(), 5, "{text}");
    let rest = format!("\n  {} more of this kind\n", found.len() - 5);
    assert!(text.contains(&rest), "{text}");
    assert!(
        said.contains(&format!("warnings: {};", found.len())),
        "{said}"
    );
}

#[test]
fn a_school_a_source_and_an_earlier_state_are_looked_at_alone() {
    let desk = Desk::with_district();
    let charter = desk.run(&["check", "--source", "marisol-charters", "--format", "json"]);
    assert!(
        talk(&charter).contains("Records: 69; "),
        "{}",
        talk(&charter)
    );
    let school = desk.run(&["check", "--school", "19999990100056", "--format", "json"]);
    let found: Value = serde_json::from_slice(&school.stdout).expect("JSON");
    let students = found.as_array().expect("findings").iter();
    assert!(
        students.clone().any(|it| it["student"] == "9000025"),
        "{found}"
    );
    let nothing = desk.fails(&["check", "--as-known", "2020-01-01T00:00:00Z"]);
    assert!(
        nothing.contains("nothing was imported by then"),
        "{nothing}"
    );
    let nobody = desk.fails(&["check", "--student", "no-such"]);
    assert!(nobody.contains("nobody has the number no-such"), "{nobody}");
    let nowhere = desk.fails(&["check", "--source", "no-such"]);
    assert!(nowhere.contains("nobody matches"), "{nowhere}");
    let two = desk.fails(&["check", "--student", "1", "--school", "2"]);
    assert!(two.contains("cannot be used with"), "{two}");
    let both = desk.fails(&["check", "--format", "csv", "--json"]);
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn causes_are_told_with_what_they_would_clear_and_break() {
    let desk = Desk::with_district();
    let answer = desk.answer(1, &["check", "--causes"]);
    let number = |key: &str| answer[key].as_u64().expect("a number");
    assert!(number("agree") > 1000 && number("differ") > 0, "{answer}");
    let causes = answer["causes"].as_array().expect("causes");
    let cleared: u64 = causes
        .iter()
        .filter_map(|cause| cause["clears"].as_u64())
        .sum();
    let broken: u64 = causes
        .iter()
        .filter_map(|cause| cause["breaks"].as_u64())
        .sum();
    assert_eq!(
        cleared + number("unexplained"),
        number("differ") + broken,
        "{answer}"
    );
    let text = desk.said(1, &["check", "--causes"]);
    assert!(text.contains(" agree, "), "{text}");
    assert!(text.contains("no one setting explains them"), "{text}");
    let sources = answer["sources"].as_array().expect("sources").len();
    assert_eq!(text.contains("--source NAME"), sources > 1, "{text}");
    let one = desk.said(0, &["check", "--causes", "--student", "9000001"]);
    assert!(
        one.starts_with("1 student declares figures: 3 agree, 0 differ"),
        "{one}"
    );
}

#[test]
fn a_template_that_discloses_is_an_error_and_stops_official_documents() {
    let desk = Desk::with_district();
    let folder = desk.0.path().join("ours");
    std::fs::create_dir(&folder).expect("created");
    let manifest =
        "extends = \"transcript\"\n[values]\ncertification = \"Also of our SDC classes.\"";
    std::fs::write(folder.join("report.toml"), manifest).expect("written");
    let found = desk.answer(
        1,
        &["check", "--student", "9000001", "--template", "./ours"],
    );
    assert_eq!(found[0]["code"], "disability_in_legend", "{found}");
    let said = found[0]["message"].as_str().expect("a message");
    assert!(
        said.contains("report.toml: certification holds `SDC`"),
        "{said}"
    );
    desk.keys();
    let issue = [
        "transcript",
        "issue",
        "--student",
        "9000001",
        "--template",
        "./ours",
    ];
    let said = desk.fails(&issue);
    assert!(said.contains("would disclose a disability"), "{said}");
}

#[test]
fn a_policy_that_discloses_is_an_error_of_nobody() {
    let desk = Desk::with_district();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/transcript");
    let folder = desk.path("ours");
    copy(&shipped, &folder);
    let policy = std::fs::read_to_string(folder.join("policy.toml")).expect("a policy");
    let discloses = policy.replacen("en = \"Passing\"", "en = \"Passing, SDC\"", 1);
    assert_ne!(discloses, policy);
    std::fs::write(folder.join("policy.toml"), &discloses).expect("written");
    let check = ["check", "--student", "9000001", "--template", "./ours"];
    assert!(desk.fails(&check).contains("did not approve"));
    let digest = Policy::parse(&discloses).expect("a policy").digest();
    let settings = desk.path("registrar.toml");
    let mut approved = std::fs::read_to_string(&settings).expect("settings");
    approved += &format!("approved_rules = \"{}\"\n", hex::encode(digest));
    std::fs::write(&settings, approved).expect("written");
    let found = desk.answer(1, &check);
    let found = found.as_array().expect("findings");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "disability_in_legend");
    assert_eq!(
        (&found[0]["student"], &found[0]["file"]),
        (&"".into(), &Value::Null)
    );
    let said = found[0]["message"].as_str().expect("a message");
    assert!(
        said.starts_with("policy.toml: ") && said.contains("`SDC`"),
        "{said}"
    );
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("created");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Two sources may use one number, and then who is meant must be said.
#[test]
fn a_number_that_several_people_have_is_refused_with_who_they_are() {
    let desk = Desk::with_district();
    let charters = fixture("district/charters/people.csv");
    let rows = std::fs::read_to_string(charters).expect("the fixture");
    let number = rows.lines().nth(1).and_then(|row| row.split(',').nth(1));
    let number = number.expect("a number");
    let package = desk.path("other");
    copy(Path::new(&fixture("district/charters")), &package);
    for entry in std::fs::read_dir(&package).expect("a folder") {
        let file = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&file).expect("text");
        // Another charter school, whose students have the same numbers and other state ids.
        let text = text.replace("marisol-charters", "other-charters");
        let text = text
            .replace("1999999010", "1999999910")
            .replace(",99", ",88");
        std::fs::write(&file, text).expect("written");
    }
    desk.done(&["import", "other", "--quiet"]);
    for command in [
        &["check", "--student", number][..],
        &["transcript", "preview", "--student", number],
        &["transcript", "explain", "--student", number],
    ] {
        let said = desk.fails(command);
        assert!(
            said.contains(&format!("several people have the number {number}")),
            "{said}"
        );
        for source in ["marisol-charters", "other-charters"] {
            let candidate = format!("{source} {number} of school ");
            assert!(said.contains(&candidate), "{command:?}: {said}");
        }
        assert!(said.contains("hint: give the state's number"), "{said}");
    }
}

#[test]
fn twins_whom_an_accent_alone_tells_apart_are_two_once_somebody_says_so() {
    let desk = Desk::with_district();
    let check = ["check", "--student", "9000021", "9000022"];
    let found = desk.answer(0, &check);
    let codes: Vec<_> = (found.as_array().expect("findings").iter())
        .map(|it| (it["student"].as_str(), it["code"].as_str()))
        .collect();
    let twice = Some("person_twice");
    assert_eq!(codes, [(Some("9000021"), twice), (Some("9000022"), twice)]);
    let hint = found[0]["hint"].as_str().expect("a hint");
    assert!(hint.contains("`registrar record merge`"), "{hint}");
    assert!(hint.contains("`registrar record distinct`"), "{hint}");
    let distinct = [
        "record",
        "distinct",
        "--student",
        "9000021",
        "--other",
        "9000022",
    ];
    let why = [
        "--ground",
        "two birth certificates",
        "--by",
        "Remedios Varo",
    ];
    let answer = desk.answer(0, &[&distinct[..], &why].concat());
    assert_eq!(
        (&answer["verdict"], &answer["kind"]),
        (&"recorded".into(), &"distinct".into())
    );
    assert_eq!(desk.answer(0, &check), serde_json::json!([]));
    let listed = desk.said(0, &["record", "list", "--student", "9000022"]);
    let said = "another person than marisol-central 9000022: two birth certificates";
    assert!(listed.contains(said), "{listed}");
}

#[test]
fn an_override_is_granted_under_a_name_for_a_time_and_stands_in_the_issuance() {
    let desk = Desk::with_district();
    desk.keys();
    let issue = [
        "transcript",
        "issue",
        "--student",
        "9000025",
        "--out",
        "out",
    ];
    let refused = desk.answer(1, &["transcript", "issue", "--student", "9000025"]);
    let reason = refused["refused"][0]["reasons"][0]
        .as_str()
        .expect("a reason");
    assert!(reason.starts_with("total_differs: "), "{reason}");

    let zone = jiff::tz::TimeZone::get("America/Los_Angeles").expect("the district's zone");
    let today = registrar::host::Clock::System.now().to_zoned(zone).date();
    let in_days = |days: i32| {
        let span = jiff::ToSpan::days(days);
        today.checked_add(span).expect("a date").to_string()
    };
    let (soon, late) = (in_days(30), in_days(120));
    let grant = |code, until| {
        let for_student = ["--student", "9000025", "--by", "Leonora Carrington"];
        let rest = [
            "--reason",
            "The paper record was looked at",
            "--until",
            until,
        ];
        [
            &["override", "grant", "--code", code][..],
            &for_student,
            &rest,
        ]
        .concat()
    };
    let said = desk.fails(&grant("disability_word", &soon));
    assert!(
        said.contains("cannot be overridden") && said.contains("hint: "),
        "{said}"
    );
    let said = desk.fails(&grant("glyph_missing", &soon));
    assert!(said.contains("cannot be overridden"), "{said}");
    let said = desk.fails(&grant("no_such", &soon));
    assert!(said.contains("no check has the code"), "{said}");
    let said = desk.fails(&grant("total_differs", &late));
    assert!(said.contains("90 days"), "{said}");
    let said = desk.fails(&grant("total_differs", "2020-01-01"));
    assert!(said.contains("until a day from"), "{said}");
    let mut unnamed = grant("total_differs", &soon);
    unnamed[7] = " ";
    assert!(desk.fails(&unnamed).contains("--by says nothing"));
    let mut discloses = grant("total_differs", &soon);
    discloses[9] = "student 78 has dyslexia, see IEP";
    let said = desk.fails(&discloses);
    assert!(
        said.contains("--reason holds `") && said.contains("hint: say what"),
        "{said}"
    );
    let said = desk.fails(&grant("posting_twice", &soon));
    assert!(
        said.contains("no error `posting_twice` stands against this student"),
        "{said}"
    );
    assert_eq!(desk.answer(0, &["override", "list"]), serde_json::json!([]));

    let answer = desk.answer(0, &grant("total_differs", &soon));
    assert_eq!(
        (&answer["override"], &answer["until"]),
        (&1.into(), &soon.as_str().into())
    );
    let stands = serde_json::json!([{
        "row": "totals 19999990100056/9000025/credit_earned of marisol-central",
        "message": "declares credit_earned 290.00; ours is 280.00",
    }]);
    assert_eq!(answer["findings"], stands, "{answer}");
    let check = ["check", "--student", "9000025"];
    let found = desk.answer(0, &check);
    assert_eq!(found[0]["severity"], "error");
    let passing = &found[0]["override"];
    assert_eq!(
        (&passing["number"], &passing["until"]),
        (&1.into(), &soon.as_str().into())
    );
    assert_eq!(passing["by"], "Leonora Carrington");
    let output = desk.run(&check);
    let (text, said) = (String::from_utf8_lossy(&output.stdout), talk(&output));
    let let_pass = format!("override 1 of Leonora Carrington lets it pass until {soon}: The paper");
    assert!(text.contains(&let_pass), "{text}");
    assert!(
        said.contains("errors: 0; errors that an override lets pass: 1;"),
        "{said}"
    );
    let csv = desk.said(0, &[&check[..], &["--format", "csv"]].concat());
    assert!(
        csv.ends_with(&format!("\"Leonora Carrington\",\"{soon}\"\n")),
        "{csv}"
    );

    let made = desk.answer(0, &issue);
    let overrides = &made["made"][0]["overrides"];
    assert_eq!(overrides[0]["by"], "Leonora Carrington", "{made}");
    let index = std::fs::read_to_string(desk.0.path().join("out/index.csv")).expect("an index");
    assert!(
        index.starts_with("student,document,file,overrides\n"),
        "{index}"
    );
    let document = made["made"][0]["document"].as_str().expect("an id");
    assert!(index.contains("\"1 total_differs\"\n"), "{index}");
    assert!(
        !index.contains("paper record") && !index.contains("Carrington"),
        "{index}"
    );

    // Read again, by the document and by the student, with who, why and what passed.
    let of_document = desk.answer(0, &["transcript", "record", "--document", document]);
    let of_student = desk.answer(0, &["transcript", "record", "--student", "9000025"]);
    assert_eq!(of_document, of_student);
    let told = &of_document[0];
    assert_eq!(
        (&told["state"], &told["purpose"]),
        (&"issued".into(), &"copy".into())
    );
    assert_eq!(
        (&told["student"], &told["school"]),
        (&"9000025".into(), &"19999990100056".into())
    );
    assert_eq!(told["batch"], made["batch"]);
    let passed = &told["overrides"][0];
    assert_eq!(
        (&passed["number"], &passed["findings"]),
        (&1.into(), &stands)
    );
    assert_eq!(passed["reason"], "The paper record was looked at");
    let text = desk.said(0, &["transcript", "record", "--document", document]);
    for line in [
        "  override 1 total_differs (Leonora Carrington, before 20",
        "    declares credit_earned 290.00; ours is 280.00 (totals 19999990100056/9000025/",
        "  purpose   a copy\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let none = ["transcript", "record", "--document", &"0".repeat(32)];
    assert!(desk.fails(&none).contains("there is no document"));
    assert_eq!(
        desk.answer(0, &["transcript", "record", "--student", "9000001"]),
        serde_json::json!([])
    );

    let listed = desk.answer(0, &["override", "list"]);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["students"][0]["number"]),
        (&"in_force".into(), &"9000025".into())
    );
    assert_eq!(
        listed[0]["until"],
        soon.as_str(),
        "the last day on which it holds"
    );
    assert_eq!(listed[0]["findings"], stands);
    let end = [
        "override",
        "end",
        "1",
        "--by",
        "Remedios Varo",
        "--reason",
        "Corrected",
    ];
    desk.answer(0, &end);
    assert!(desk.fails(&end).contains("is not in force"));
    let text = desk.said(0, &["override", "list"]);
    assert!(text.contains("ended by Remedios Varo: Corrected"), "{text}");
    let issue = [
        "transcript",
        "issue",
        "--student",
        "9000025",
        "--out",
        "later",
    ];
    assert_eq!(desk.answer(1, &issue)["made"], serde_json::json!([]));
}

/// Twins under one number: an error that stops the document, until somebody says what they are.
#[test]
fn twins_under_one_state_id_stop_until_a_person_says_what_they_are() {
    let desk = Desk::new();
    let charters = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/district/charters");
    copy(&charters, &desk.path("charters"));
    let people = std::fs::read_to_string(desk.path("charters/people.csv")).expect("people");
    let twin = people.replacen(
        "HC-0000037,9900000036,Dalisay,",
        "HC-0000037,9900000036,Luis,",
        1,
    );
    assert_ne!(twin, people);
    std::fs::write(desk.path("charters/people.csv"), twin).expect("written");
    desk.done(&["import", &fixture("district/central"), "--quiet"]);
    desk.done(&["import", "charters", "--quiet"]);
    let check = ["check", "--student", "1000037"];
    let found = desk.answer(1, &check);
    assert_eq!(found[0]["code"], "person_mixed", "{found}");
    let said = found[0]["message"].as_str().expect("a message");
    let rows = "number HC-0000037 of source marisol-charters and number 1000037 of \
                marisol-central tell different given names";
    let turned = "number 1000037 of source marisol-central and number HC-0000037 of \
                  marisol-charters tell different given names";
    assert!(said.starts_with(rows) || said.starts_with(turned), "{said}");
    assert!(
        !said.contains("Luis") && !said.contains("Dalisay"),
        "{said}"
    );
    let merge = [
        "record",
        "merge",
        "--student",
        "1000037",
        "--other",
        "HC-0000037",
    ];
    let ground = [
        "--ground",
        "The birth certificate names both.",
        "--by",
        "R. Varo",
    ];
    let merge = [&merge[..], &ground].concat();
    let refused = desk.run(&merge);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stdout) + String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("has another name"), "{said}");
    desk.done(&[&merge[..], &["--although-different"]].concat());
    let found = desk.run(&[&check[..], &["--json"]].concat());
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(!found.contains("person_mixed"), "{found}");
}
