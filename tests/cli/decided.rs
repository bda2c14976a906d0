//! What a decision may say: at the command, and what `check` says of one that came in a package.

use serde_json::{Value, json};

use crate::{Desk, fixture};

fn desk() -> Desk {
    let desk = Desk::new();
    for package in ["district/central", "events/archive"] {
        desk.done(&["import", &fixture(package)]);
    }
    desk
}

/// Each argument and value of a command, after its two words and before who records it.
fn record<'a>(kind: &'a str, arguments: &'a str) -> Vec<&'a str> {
    let words = arguments.split(", ").flat_map(|argument| {
        let (name, value) = argument.split_once(' ').unwrap_or((argument, ""));
        [name, value].into_iter().filter(|word| !word.is_empty())
    });
    ["record", kind].into_iter().chain(words).collect()
}

fn by<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, &["--by", "R. Varo"], more].concat()
}

/// Argument and message of each problem; each has a hint.
fn refused(answer: &Value) -> Vec<(String, String)> {
    assert_eq!(answer["verdict"], "refused", "{answer}");
    let text = |problem: &Value, key: &str| problem[key].as_str().expect("text").to_owned();
    let problems = answer["problems"].as_array().expect("problems").iter();
    let problems = problems.map(|it| {
        assert!(!text(it, "hint").is_empty(), "{it}");
        (text(it, "argument"), text(it, "message"))
    });
    problems.collect()
}

fn one(argument: &str, message: &str) -> Vec<(String, String)> {
    vec![(argument.to_owned(), message.to_owned())]
}

/// A change of a mark of fall 2022, a B with 5 credits.
const CHANGE: &str = "--student 9000014, --posting 9000014-003, --from B, \
                      --ground clerical_or_mechanical_mistake, --approved-by L. Carrington";
const HEARD: &str = ", --teacher-heard-on 2026-06-08, --decided-on 2026-06-10";

#[test]
fn who_declares_figures_may_have_taken_in_what_was_decided_here() {
    let desk = Desk::new();
    let declared = |value: &str| {
        let folder = desk.path("totals");
        std::fs::create_dir_all(&folder).expect("a folder");
        let manifest = "format = \"registrar-package/1\"\nsource = \"marisol-central\"\n\
                        district = \"1999999\"\nexported_at = \"2026-06-13T20:00:00Z\"\n\
                        schools = [\"19999990100056\"]\n[tables.totals]\nmode = \"delta\"\n";
        let row = format!("19999990100056,9000014,gpa:unweighted,{value}");
        let rows = format!("school,person,figure,value\n{row}\n");
        std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
        std::fs::write(folder.join("totals.csv"), rows).expect("written");
        desk.done(&["import", "totals", "--allow-older"]);
    };
    desk.done(&["import", &fixture("district/central")]);
    let check = ["check", "--student", "9000014"];
    let causes = || desk.answer(1, &["check", "--causes"]);
    let before = causes();
    let change = format!("{CHANGE}{HEARD}, --to A, --credit-earned 5");
    desk.answer(0, &by(&record("mark-change", &change), &[]));
    assert_eq!(desk.answer(0, &check), json!([]), "3.0167, as posted");
    declared("3.0333");
    assert_eq!(desk.answer(0, &check), json!([]), "as printed");
    for figure in ["agree", "differ"] {
        assert!(before[figure].is_u64(), "{before}");
        assert_eq!(causes()[figure], before[figure], "{figure}");
    }
    declared("3.5");
    let found = desk.answer(1, &check);
    let message = "declares gpa:unweighted 3.5; ours is 3.0333, and 3.0167 without what was \
                   decided here";
    assert_eq!(found[0]["message"], message);
}

#[test]
fn a_mark_is_changed_to_one_that_a_teacher_could_have_given() {
    let desk = desk();
    let change = |more: &str| {
        let change = format!("{CHANGE}{HEARD}, {more}");
        refused(&desk.answer(1, &by(&record("mark-change", &change), &[])))
    };
    assert_eq!(
        change("--to F, --credit-earned 5"),
        one("--credit-earned", "this mark earns no credit")
    );
    let waives = "the mark waives a requirement, which corrects no mark (Ed. Code 49066)";
    assert_eq!(change("--to X, --credit-earned 5"), one("--to", waives));
    let to_f = format!("{CHANGE}{HEARD}, --to F, --credit-earned 0");
    desk.answer(0, &by(&record("mark-change", &to_f), &["--dry-run"]));
}

#[test]
fn beside_a_pass_a_mark_becomes_only_a_letter_that_the_pass_does_not_lower() {
    let desk = desk();
    let asked = "--student A-101, --posting A-101-3, --requested-on 2021-08-20, \
                 --requested-by parent";
    let pass = desk.answer(0, &by(&record("pass-mark", asked), &[]));
    let pass = pass["event"].as_str().expect("a number").to_owned();
    let change = |code: i32, to: &str| {
        let ground = "--ground fraud, --approved-by L. Carrington";
        let change = format!(
            "--student A-101, --posting A-101-3, --from D, --to {to}, --credit-earned 5, {ground}\
             {HEARD}"
        );
        desk.answer(code, &by(&record("mark-change", &change), &["--dry-run"]))
    };
    change(0, "C");
    for (to, said) in [
        ("A", "lower the average `unweighted` from "),
        ("W", "this is no letter"),
    ] {
        let answer = change(1, to);
        let problems = refused(&answer);
        assert_eq!(problems[0].0, "--to");
        assert!(problems[0].1.contains(said), "{problems:?}");
        let hint = format!("take the pass back first: `registrar record withdraw {pass}`");
        assert_eq!(answer["problems"][0]["hint"], hint);
    }
    let withdraw = ["record", "withdraw", &pass, "--reason", "asked for"];
    desk.answer(0, &by(&withdraw, &[]));
    change(0, "A");
}

#[test]
fn no_day_of_a_decision_lies_before_what_it_is_about() {
    let desk = desk();
    let early = |kind: &str, arguments: &str| {
        let answer = desk.answer(1, &by(&record(kind, arguments), &[]));
        let said = answer.to_string();
        assert!(!said.contains("2008-03-14"), "a date of birth: {said}");
        refused(&answer)
    };
    let days = "--teacher-heard-on 2015-01-01, --decided-on 2015-02-01";
    let change = format!("{CHANGE}, {days}, --to A, --credit-earned 5");
    let lies = |day: &str| format!("{day} lies before the posting's term began on 2022-08-11");
    let [heard, decided] = ["2015-01-01", "2015-02-01"].map(lies);
    let expected = [
        one("--teacher-heard-on", &heard),
        one("--decided-on", &decided),
    ];
    assert_eq!(early("mark-change", &change), expected.concat());

    let asked = "--student A-101, --posting A-101-4, --requested-by parent, --requested-on ";
    let law = "lies before Ed. Code 49066.5 was law, 1 July 2021 (AB 104)";
    for day in ["2019-01-01", "2021-06-30"] {
        let asked = format!("{asked}{day}");
        assert_eq!(early("pass-mark", &asked), one("--requested-on", law));
    }
    let renamed = "--student 9000010, --legal-given Zenobia, --ground court_order, \
                   --document-seen Decree of 2026-05-29, --requested-on 1900-01-01";
    let born = "1900-01-01 lies before the student was born";
    assert_eq!(early("name-change", renamed), one("--requested-on", born));
    let held = "--student 9000001, --ground property_not_returned, --not-homeless-or-foster, \
                --due-process-on 1900-01-01";
    assert_eq!(early("hold", held), one("--due-process-on", born));
}

#[test]
fn the_document_seen_tells_no_former_name_ed_code_49062_5() {
    let desk = desk();
    let renamed = |code: i32, document: &str| {
        let renamed = format!(
            "--student 9000010, --legal-given Zenobia, --legal-family Quartz, --ground \
             court_order, --requested-on 2026-06-11, --document-seen {document}"
        );
        desk.answer(code, &by(&record("name-change", &renamed), &["--dry-run"]))
    };
    let message = "has a word of the student's former name (Ed. Code 49062.5)";
    for document in [
        "Decree changing Suharti to Zenobia Quartz",
        "Decree of SÚHARTI",
        "Decree for Sue",
        "Harti's passport",
    ] {
        let answer = renamed(1, document);
        assert_eq!(refused(&answer), one("--document-seen", message));
        let said = answer.to_string().to_lowercase();
        assert!(!said.contains("harti") && !said.contains(" sue"), "{said}");
    }
    renamed(0, "Decree changing the name to Zenobia Quartz");
}

#[test]
fn the_end_of_a_split_joins_nobody_unseen() {
    let desk = desk();
    let numbers = |kind, arguments: &str| {
        let answer = desk.answer(0, &by(&record(kind, arguments), &[]));
        answer["event"].as_str().expect("a number").to_owned()
    };
    let split = numbers("split", "--student A-103, --ground born before");
    let merge = "--student A-103, --other 9000016, --although-different, --ground x";
    numbers("merge", merge);
    let withdraw = by(
        &["record", "withdraw", &split, "--reason", "one certificate"],
        &[],
    );
    let answer = desk.answer(1, &withdraw);
    let against = ["date of birth", "name"];
    let against = against.map(|what| format!("joins rows again of which one has another {what}"));
    let expected = against.map(|message| one("EVENT", &message));
    assert_eq!(refused(&answer), expected.concat());
    let row = |source: &str, person: &str| json!({ "source": source, "person": person });
    let rows = json!([
        row("marisol-archive", "A-103"),
        row("marisol-central", "9000005"),
        row("marisol-central", "9000016"),
    ]);
    assert_eq!(answer["one_person"], rows);
    let answered = [&withdraw[..], &["--although-different"]].concat();
    let said = desk.done(&answered);
    let joined = "these rows are one person then: marisol-archive A-103, marisol-central 9000005, \
                  marisol-central 9000016\n";
    assert!(said.starts_with(joined), "{said}");
    // So they are.
    let listed = |number| desk.answer(0, &["record", "list", "--student", number]);
    assert_eq!(listed("9000005"), listed("9000016"));
}

#[test]
fn taking_the_import_of_a_split_back_joins_nobody_unseen() {
    let desk = desk();
    let decided = |kind, arguments: &str| {
        let answer = desk.answer(0, &by(&record(kind, arguments), &[]));
        answer["import"].as_i64().expect("a number").to_string()
    };
    let split = decided("split", "--student A-103, --ground born before");
    // Of another source: an undoing takes the newest of its own.
    let merge = "--student A-103, --other 9000016, --although-different, --ground x, --source desk";
    decided("merge", merge);
    let undo = by(
        &["imports", "undo", &split, "--reason", "one certificate"],
        &[],
    );
    let said = desk.fails(&undo);
    let stays = format!(
        "import {split} stays; without it these rows are one person then: marisol-archive A-103, \
         marisol-central 9000005, marisol-central 9000016\n  joins rows again of which one has \
         another date of birth\n  joins rows again of which one has another name\n"
    );
    assert!(said.contains(&stays), "{said}");
    assert!(said.contains("--although-different"), "{said}");
    let listed = |number| desk.answer(0, &["record", "list", "--student", number]);
    assert_ne!(listed("9000005"), listed("9000016"), "nothing was changed");
    let answered = [&undo[..], &["--although-different"]].concat();
    let answer = desk.answer(0, &answered);
    let row = |source: &str, person: &str| json!({ "source": source, "person": person });
    let rows = json!([[
        row("marisol-archive", "A-103"),
        row("marisol-central", "9000005"),
        row("marisol-central", "9000016"),
    ]]);
    assert_eq!(answer["one_person"], rows);
    assert_eq!(listed("9000005"), listed("9000016"), "so they are");

    // Who was found to be somebody else is joined only once that is taken back.
    let split = decided("split", "--student A-103, --ground another child");
    let two = "--student A-103, --other 9000005, --ground x, --source desk";
    let distinct = decided("distinct", two);
    let undo = [
        "imports",
        "undo",
        &split,
        "--reason",
        "x",
        "--although-different",
    ];
    let said = desk.fails(&by(&undo, &[]));
    assert!(
        said.contains("\n  was found to be somebody else (distinct-"),
        "{said}"
    );
    let back = by(&["imports", "undo", &distinct, "--reason", "x"], &[]);
    assert_eq!(desk.answer(0, &back)["one_person"], json!([]));
    let said = desk.done(&by(&undo, &[]));
    let joined = "these rows are one person then: marisol-archive A-103, marisol-central 9000005, \
                  marisol-central 9000016\n";
    assert_eq!(said, joined);
}

#[test]
fn the_list_tells_with_which_import_an_event_was_recorded_and_with_which_it_ended() {
    let desk = desk();
    let change = format!("{CHANGE}{HEARD}, --to A, --credit-earned 5");
    let recorded = desk.answer(0, &by(&record("mark-change", &change), &[]));
    let event = recorded["event"].as_str().expect("a number");
    let import = recorded["import"].as_i64().expect("a number");
    let list = ["record", "list"];
    assert_eq!(desk.answer(0, &list)[0]["ended_import"], Value::Null);
    let withdraw = by(&["record", "withdraw", event, "--reason", "x"], &[]);
    assert_eq!(desk.answer(0, &withdraw)["import"], import + 1);
    for of in [&list[..], &["record", "list", "--student", "9000014"]] {
        let listed = &desk.answer(0, of)[0];
        assert_eq!(listed["import"], import);
        assert_eq!(listed["ended_import"], import + 1);
        let said = desk.done(of);
        assert!(
            said.contains(&format!(", import {import} of registrar\n")),
            "{said}"
        );
        assert!(
            said.contains(&format!(", import {}: x\n", import + 1)),
            "{said}"
        );
    }
}

/// What `check` says of a student: code, file, line and message.
fn found(desk: &Desk, student: &str) -> Vec<(String, String, u64, String)> {
    let answer = desk.answer(1, &["check", "--student", student]);
    let text = |found: &Value, key: &str| found[key].as_str().expect("text").to_owned();
    let found = answer.as_array().expect("findings").iter();
    let found = found.filter(|it| it["severity"] == "error").map(|it| {
        let hint = text(it, "hint");
        assert!(
            hint.starts_with("take the decision back (`registrar record "),
            "{it}"
        );
        let line = it["line"].as_u64().expect("a line");
        (
            text(it, "code"),
            text(it, "file"),
            line,
            text(it, "message"),
        )
    });
    found.collect()
}

/// A package has the rules of policy.toml nowhere, and names rows that it does not hold.
#[test]
fn what_is_wrong_with_a_decision_of_a_package_is_found_in_its_row() {
    let desk = desk();
    let folder = desk.path("decided");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("written");
    };
    write(
        "manifest.toml",
        "format = \"registrar-package/1\"\nsource = \"decisions\"\ndistrict = \"1999999\"\n\
         exported_at = \"2026-06-14T20:00:00Z\"\nschools = [\"19999990100056\"]\n\
         [tables.mark_changes]\nmode = \"delta\"\n[tables.name_changes]\nmode = \"delta\"\n\
         [tables.transcript_holds]\nmode = \"delta\"\n[tables.pass_marks]\nmode = \"delta\"\n",
    );
    let school = "19999990100056";
    let ends = "clerical_or_mechanical_mistake,2026-06-08,L. Carrington,2026-06-10,V,\
                2026-06-14T18:00:00Z";
    write(
        "mark_changes.csv",
        &format!(
            "school,event,person_source,person,posting,from_mark,to_mark,credit_earned,ground,\
             teacher_heard_on,approved_by,decided_on,recorded_by,recorded_at\n\
             {school},M-1,marisol-central,9000014,9000014-003,B,Q,5,{ends}\n\
             {school},M-2,marisol-central,9000014,9000014-002,C,F,50,{ends}\n\
             {school},M-3,marisol-central,9000014,9000014-004,A,B,5,{}\n",
            ends.replace("2026-06-08", "2015-01-01")
        ),
    );
    write(
        "name_changes.csv",
        &format!(
            "school,event,person_source,person,legal_given,ground,document_seen,requested_on,\
             recorded_by,recorded_at\n{school},N-1,marisol-central,9000010,Isidora,court_order,\
             Decree,1900-01-01,V,2026-06-14T18:00:00Z\n"
        ),
    );
    write(
        "transcript_holds.csv",
        &format!(
            "school,event,person_source,person,ground,due_process_on,not_homeless_or_foster,\
             begins_on,recorded_by,recorded_at\n{school},H-1,marisol-central,9000001,\
             property_not_returned,1900-01-01,yes,2026-06-02,V,2026-06-14T18:00:00Z\n"
        ),
    );
    write(
        "pass_marks.csv",
        &format!(
            "school,event,person_source,person,posting,requested_on,requested_by,recorded_by,\
             recorded_at\n{school},P-1,marisol-archive,A-101,A-101-5,2021-08-20,parent,V,\
             2026-06-14T18:00:00Z\n"
        ),
    );
    desk.done(&["import", "decided"]);
    let all = found(&desk, "9000014");
    let changes: Vec<_> = all.iter().map(|it| (&*it.0, &*it.1, it.2)).collect();
    let file = "mark_changes.csv";
    assert_eq!(
        changes,
        [
            ("mark_not_on_scale", file, 2),
            ("earned_above_attempted", file, 3),
            ("earned_above_value", file, 3),
            ("credit_without_pass", file, 3),
            ("date_impossible", file, 4),
        ]
    );
    let early = "decision M-3: teacher_heard_on: 2015-01-01 lies before the posting's term began \
                 on 2022-08-11";
    assert_eq!(all[4].3, early);
    for (student, code, file) in [
        ("9000010", "date_impossible", "name_changes.csv"),
        ("9000001", "date_impossible", "transcript_holds.csv"),
        ("A-101", "pass_lowers_average", "pass_marks.csv"),
    ] {
        let found = found(&desk, student);
        let found: Vec<_> = found.iter().map(|it| (&*it.0, &*it.1, it.2)).collect();
        assert!(found.contains(&(code, file, 2)), "{student}: {found:?}");
    }
}
