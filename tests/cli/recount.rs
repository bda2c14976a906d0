//! A report held against a bundle in which a row was changed: each outcome is told by itself.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Desk;
use super::bundle::{bundle, bundle_of, cells};
use super::compliance::{AS_OF, desk};
use super::compliance_report::{OVERRIDE, report, signing};

/// Changes a list of cases, and writes its digest into the list of files: only the signature over
/// that list still knows.
fn change(bundle: &Path, outcome: &str, of: impl Fn(&[String], &mut Vec<Vec<String>>)) {
    let file = format!("lists/{outcome}.csv");
    let path = bundle.join(&file);
    let rows = cells(&path);
    let mut rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(str::to_owned).collect())
        .collect();
    let heading = rows.remove(0);
    of(&heading, &mut rows);
    let before = hex::encode(Sha256::digest(std::fs::read(&path).expect("a list")));
    let mut writer = csv::Writer::from_path(&path).expect("it opens");
    for row in std::iter::once(&heading).chain(&rows) {
        writer.write_record(row).expect("written");
    }
    writer.flush().expect("written");
    let after = hex::encode(Sha256::digest(std::fs::read(&path).expect("a list")));
    let sums = bundle.join("SHA256SUMS");
    let listed = std::fs::read_to_string(&sums).expect("a list");
    let [before, after] = [before, after].map(|digest| format!("{digest}  {file}\n"));
    assert!(listed.contains(&before), "{listed}");
    std::fs::write(sums, listed.replace(&before, &after)).expect("written");
}

/// The last column of a name: behind what the list says of the case come the fields.
fn column(heading: &[String], name: &str) -> usize {
    heading.iter().rposition(|it| it == name).expect(name)
}

fn recount(desk: &Desk, code: i32, report: &str, bundle: &str) -> Value {
    desk.answer(code, &["compliance", "recount", report, bundle])
}

/// The outcomes that are not equal, each with what differs.
fn unequal(told: &Value) -> Vec<(&str, Vec<&str>)> {
    let outcomes = told["outcomes"].as_array().expect("outcomes").iter();
    let differ = outcomes.filter(|it| it["equal"] == false);
    differ
        .map(|it| {
            let differences = it["differences"].as_array().expect("a list").iter();
            let differences = differences.map(|it| it.as_str().expect("a sentence"));
            (
                it["outcome"].as_str().expect("a number"),
                differences.collect(),
            )
        })
        .collect()
}

#[test]
fn a_signed_report_is_equal_to_its_bundle_and_not_to_one_with_a_case_in_another_class() {
    let desk = desk();
    desk.keys();
    desk.done(&report("court.pdf", &signing()));
    let folder = bundle(&desk, AS_OF, "bundle");
    let told = recount(&desk, 0, "court.pdf", "bundle");
    assert_eq!(told["wrong"], serde_json::json!([]));
    assert_eq!(unequal(&told), []);
    assert_eq!([&told["equal"], &told["report_is_signed"]], [true, true]);
    let left_out = told["left_out"].as_array().expect("them");
    assert_eq!(left_out.len(), 15, "{told}");
    let outcomes = told["outcomes"].as_array().expect("outcomes");
    let cases: u64 = outcomes.iter().filter_map(|it| it["cases"].as_u64()).sum();
    assert!(outcomes.len() == 4 && cases > 100, "{told}");

    change(&folder, "4", |heading, rows| {
        let class = column(&heading[..9], "class");
        let row = rows.iter_mut().find(|row| row[class] == "diploma");
        row.expect("a diploma")[class] = "certificate".to_owned();
    });
    let told = recount(&desk, 1, "court.pdf", "bundle");
    let wrong = told["wrong"].as_array().expect("them");
    assert_eq!(wrong.len(), 1, "{told}");
    let signature = wrong[0].as_str().expect("a sentence");
    assert!(signature.starts_with("the bundle's signature: "), "{told}");
    let unequal = unequal(&told);
    assert_eq!(unequal.len(), 1, "{told}");
    let (outcome, differences) = &unequal[0];
    assert_eq!(*outcome, "4");
    let begins: BTreeSet<&str> = differences
        .iter()
        .map(|it| it.split([':', ',']).next().unwrap_or_default())
        .collect();
    for said in [
        "classes `certificate`",
        "classes `diploma`",
        "groups `disability`",
        "cases_sha256",
    ] {
        assert!(begins.contains(said), "{said}: {differences:#?}");
    }
    let said = desk.said(1, &["compliance", "recount", "court.pdf", "bundle"]);
    assert!(
        said.contains("Not equal: do not rely on this report."),
        "{said}"
    );
}

#[test]
fn what_a_rate_adds_up_and_each_row_of_a_breakdown_is_counted_again() {
    let desk = desk();
    desk.keys();
    // Somebody read every number in its source, so that every outcome can be signed.
    let decree = registrar::template::shipped_rules("chanda-smith", "decree.toml");
    let decree = decree.expect("it ships");
    let decree = decree.replace("confirmed = false", "confirmed = true");
    std::fs::write(desk.path("decree.toml"), decree).expect("written");
    let own = ["--decree", "./decree.toml"];
    desk.done(&report("court.pdf", &[&own[..], &OVERRIDE].concat()));
    let folder = bundle_of(&desk, own[1], AS_OF, "bundle", &[]);
    let told = recount(&desk, 0, "court.pdf", "bundle");
    assert_eq!(told["outcomes"].as_array().map(Vec::len), Some(19));

    // One suspension more of somebody who was suspended: no class changes, the rate does.
    change(&folder, "5", |heading, rows| {
        let (class, sum) = (
            column(&heading[..9], "class"),
            column(heading, "suspensions_under_iep"),
        );
        let row = rows.iter_mut().find(|row| row[class] == "suspended");
        let row = row.expect("somebody was suspended");
        row[sum] = (row[sum].parse::<u64>().expect("a count") + 1).to_string();
    });
    // A case at another school: no class changes, the breakdown does.
    change(&folder, "10", |heading, rows| {
        let (counted, school) = (column(&heading[..9], "counted"), column(heading, "school"));
        let row = rows.iter_mut().find(|row| row[counted] == "yes");
        row.expect("a case")[school] = "19999990199999".to_owned();
    });
    let told = recount(&desk, 1, "court.pdf", "bundle");
    let unequal = unequal(&told);
    assert_eq!(unequal.len(), 2, "{told}");
    let [(rate, of_rate), (broken_down, of_breakdown)] = &unequal[..] else {
        panic!("{told}");
    };
    assert_eq!((*rate, *broken_down), ("5", "10"));
    let says = |them: &[&str], what: &str| them.iter().any(|it| it.contains(what));
    assert!(
        says(of_rate, ", sum: ") && says(of_rate, ", figure: "),
        "{of_rate:#?}"
    );
    assert!(!says(of_rate, "classes `"), "{of_rate:#?}");
    assert!(
        says(
            of_breakdown,
            "groups `school`, rows `19999990199999`: once by the bundle"
        ),
        "{of_breakdown:#?}"
    );
    assert!(!says(of_breakdown, "thresholds `"), "{of_breakdown:#?}");
}

#[test]
fn the_risk_of_each_group_is_counted_again() {
    let desk = desk();
    desk.keys();
    let folder = bundle_of(&desk, "idea-part-b", AS_OF, "bundle", &[]);
    let status = [
        "compliance",
        "status",
        "--as-of",
        AS_OF,
        "--decree",
        "idea-part-b",
    ];
    let status = desk.answer(1, &status);
    let write = |report: &Value| {
        std::fs::write(desk.path("report.json"), report.to_string()).expect("written");
    };
    write(&status);
    let told = recount(&desk, 0, "report.json", "bundle");
    assert_eq!(told["equal"], true, "{told}");

    let place = |id: &str| {
        let outcomes = status["outcomes"].as_array().expect("outcomes");
        outcomes
            .iter()
            .position(|it| it["outcome"] == id)
            .expect(id)
    };
    let groups = format!("/outcomes/{}/thresholds/0/ratios", place("B9"));
    let compared = status.pointer(&groups).and_then(Value::as_array);
    let compared = compared.expect("groups").iter();
    let compared = compared.filter(|it| it["ratio"].is_string()).count();
    assert!(compared > 1, "the fixture has groups to compare: {status}");
    for (key, other) in [
        ("ratio", Value::from("9.99")),
        ("numerator", 1.into()),
        ("alternate", true.into()),
    ] {
        let mut report = status.clone();
        let groups = report.pointer_mut(&groups).and_then(Value::as_array_mut);
        let group = groups.expect("groups").iter_mut();
        let mut group = group.filter(|it| it["ratio"].is_string());
        group.next().expect("a ratio")[key] = other;
        write(&report);
        let told = recount(&desk, 1, "report.json", "bundle");
        let unequal = unequal(&told);
        assert_eq!(unequal.len(), 1, "{told}");
        assert_eq!(unequal[0].0, "B9");
        assert!(unequal[0].1[0].contains(", ratios `"), "{told}");
    }

    // Somebody of another group: no class changes, two groups' risks do, and with them all ratios.
    change(&folder, "B9", |heading, rows| {
        let (class, group) = (
            column(&heading[..9], "class"),
            column(heading, "race_group"),
        );
        let row = rows
            .iter_mut()
            .find(|row| row[class] == "iep" && !row[group].is_empty());
        let row = row.expect("a pupil with an IEP");
        row[group] = if row[group] == "asian" {
            "white"
        } else {
            "asian"
        }
        .to_owned();
    });
    write(&status);
    let told = recount(&desk, 1, "report.json", "bundle");
    let unequal = unequal(&told);
    assert_eq!(unequal.len(), 1, "{told}");
    let (outcome, differences) = &unequal[0];
    let of_groups = differences.iter().filter(|it| it.contains(", ratios `"));
    assert!(
        *outcome == "B9" && of_groups.count() >= 2,
        "{differences:#?}"
    );
    assert!(
        !differences.iter().any(|it| it.starts_with("classes `")),
        "{differences:#?}"
    );
}

/// Says in the list of files what a file is now.
fn listed(bundle: &Path, file: &str) {
    let sums = bundle.join("SHA256SUMS");
    let digest = hex::encode(Sha256::digest(
        std::fs::read(bundle.join(file)).expect("a file"),
    ));
    let text = std::fs::read_to_string(&sums).expect("a list");
    let lines = text
        .lines()
        .map(|line| match line.ends_with(&format!("  {file}")) {
            true => format!("{digest}  {file}\n"),
            false => format!("{line}\n"),
        });
    let lines: String = lines.collect();
    std::fs::write(sums, lines).expect("written");
}

#[test]
fn what_is_no_file_or_has_no_end_is_told_and_neither_read_nor_waited_for() {
    use std::os::unix::fs::symlink;
    let desk = desk();
    desk.keys();
    let folder = bundle(&desk, AS_OF, "bundle");
    let report = super::compliance::status(&desk);
    std::fs::write(desk.path("report.json"), report.to_string()).expect("written");
    let told = |code| {
        let told = recount(&desk, code, "report.json", "bundle");
        let wrong = told["wrong"].as_array().expect("them").iter();
        let wrong = wrong.map(|it| it.as_str().expect("a sentence").to_owned());
        wrong.collect::<Vec<String>>()
    };
    assert_eq!(told(0), [""; 0]);
    let (list, file) = (folder.join("lists/10.csv"), "lists/10.csv");
    let own = std::fs::read(&list).expect("a list");
    let pipe = |path: &Path| {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.expect("it runs").success());
    };

    // Beside what was listed.
    std::fs::write(folder.join("lists/99.csv"), "case\n").expect("written");
    symlink("/etc/hostname", folder.join("inputs/more.csv")).expect("linked");
    pipe(&folder.join("more"));
    let beside = told(1);
    assert_eq!(
        beside,
        [
            "`inputs/more.csv` is a link, a device or a pipe",
            "`more` is a link, a device or a pipe",
            "`lists/99.csv` was not listed by whoever signed",
        ]
    );
    for more in ["lists/99.csv", "inputs/more.csv", "more"] {
        std::fs::remove_file(folder.join(more)).expect("removed");
    }

    // In the place of what was.
    let fails = |why: &str| {
        let said = desk.fails(&["compliance", "recount", "report.json", "bundle"]);
        assert!(said.contains(why) && said.contains("hint: "), "{said}");
    };
    std::fs::rename(&list, folder.with_extension("csv")).expect("moved");
    pipe(&list);
    fails("`lists/10.csv` of the bundle cannot be read: it is no file");
    for link in [folder.with_extension("csv"), "/dev/zero".into()] {
        std::fs::remove_file(&list).expect("removed");
        symlink(link, &list).expect("linked");
        fails("`lists/10.csv` of the bundle cannot be read: it is a link");
    }
    std::fs::remove_file(&list).expect("removed");

    // A cell that does not end, and a file that was signed so.
    let heading = own
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .expect("a line");
    let long = [heading, b"evaluation/1,\"", &vec![b'x'; 3 << 20]].concat();
    std::fs::write(&list, long).expect("written");
    listed(&folder, file);
    fails("`lists/10.csv` of the bundle has a line of more than 1048576 bytes");
    let many = [
        heading,
        b"evaluation/1,\"",
        "x\n".repeat(1 << 20).as_bytes(),
    ]
    .concat();
    std::fs::write(&list, many).expect("written");
    listed(&folder, file);
    fails("`lists/10.csv` of the bundle has a line of more than 1048576 bytes");
    std::fs::write(&list, own).expect("written");
    listed(&folder, file);
    assert_eq!(told(0), [""; 0]);

    // What is read before anything is believed.
    for small in ["SHA256SUMS", "SHA256SUMS.sig", "report.csv", "decree.toml"] {
        let path = folder.join(small);
        let own = std::fs::read(&path).expect("a file");
        std::fs::remove_file(&path).expect("removed");
        pipe(&path);
        fails(&format!(
            "`{small}` of the bundle cannot be read: it is no file"
        ));
        std::fs::remove_file(&path).expect("removed");
        std::fs::write(&path, vec![b'x'; (16 << 20) + 1]).expect("written");
        fails(&format!("`{small}` of the bundle "));
        std::fs::write(&path, own).expect("written");
    }
    std::fs::remove_file(desk.path("report.json")).expect("removed");
    pipe(&desk.path("report.json"));
    let said = desk.fails(&["compliance", "recount", "report.json", "bundle"]);
    assert!(said.contains("it is no file"), "{said}");
}

/// Changes cells of a file of the bundle, and says so in the list of files.
fn rewrite(bundle: &Path, file: &str, of: impl FnOnce(&[String], &mut Vec<Vec<String>>)) {
    let path = bundle.join(file);
    let rows = cells(&path);
    let mut rows = rows
        .iter()
        .map(|row| row.iter().map(str::to_owned).collect());
    let heading: Vec<String> = rows.next().expect("a heading");
    let mut rows: Vec<Vec<String>> = rows.collect();
    of(&heading, &mut rows);
    let mut writer = csv::Writer::from_path(&path).expect("it opens");
    for row in std::iter::once(&heading).chain(&rows) {
        writer.write_record(row).expect("written");
    }
    writer.flush().expect("written");
    drop(writer);
    listed(bundle, file);
}

/// The rows of a file, without its heading.
type Cells = Vec<Vec<String>>;

#[test]
fn what_came_late_and_the_year_before_are_counted_again_and_a_shorter_list_is_told() {
    let desk = desk();
    desk.keys();
    let folder = bundle(&desk, AS_OF, "bundle");
    let report = super::compliance::status(&desk);
    std::fs::write(desk.path("report.json"), report.to_string()).expect("written");
    let differences = |file: &str, of: &dyn Fn(&[String], &mut Cells)| {
        let own = std::fs::read(folder.join(file)).expect("a file");
        rewrite(&folder, file, |heading, rows| of(heading, rows));
        let told = recount(&desk, 1, "report.json", "bundle");
        std::fs::write(folder.join(file), own).expect("written");
        listed(&folder, file);
        let unequal = unequal(&told);
        assert_eq!(unequal.len(), 1, "{file}: {told}");
        assert_eq!(unequal[0].0, "10", "{file}");
        unequal[0].1.join("\n")
    };
    let cell = |name: &'static str, from: &'static str, to: &'static str| {
        move |heading: &[String], rows: &mut Cells| {
            let at = column(heading, name);
            let row = rows.iter_mut().find(|row| row[at] == from);
            row.unwrap_or_else(|| panic!("{name} is {from}"))[at] = to.to_owned();
        }
    };
    let days = "last-days/10.csv";
    // Everything was imported after the last day: of no case anybody can tell.
    let late = differences(days, &cell("entered", "unknown", "late"));
    assert!(late.contains("entered_late"), "{late}");
    let told = differences(days, &cell("entered", "unknown", "in_time"));
    assert!(told.contains("entered_untold: "), "{told}");
    for (reading, said) in [
        ("tolled", "in_time_tolled, cases: "),
        ("untolled", "in_time_untolled, cases: "),
    ] {
        let told = differences(days, &cell(reading, "yes", "no"));
        assert!(told.contains(said), "{told}");
        let gone = differences(days, &cell(reading, "yes", ""));
        assert!(gone.contains("in_time_"), "{gone}");
    }
    let before = differences("earlier-years.csv", &|heading, rows| {
        let [outcome, class, cases] = ["outcome", "class", "cases"].map(|it| column(heading, it));
        let mut own = rows.iter_mut();
        let row = own.find(|row| row[outcome] == "10" && row[class] == "within_60");
        row.expect("a class")[cases] = "77".to_owned();
    });
    assert!(
        before.contains("`within_60`, before, numerator: 77 by the bundle"),
        "{before}"
    );
    let shorter = differences("lists/10.csv", &|heading, rows| {
        let counted = column(&heading[..9], "counted");
        let place = rows.iter().position(|row| row[counted] == "yes");
        rows.remove(place.expect("a case"));
    });
    assert!(
        shorter.contains("counted: ") && shorter.contains("cases_sha256: "),
        "{shorter}"
    );
    assert_eq!(recount(&desk, 0, "report.json", "bundle")["equal"], true);
    // A list that does not add up at all is no answer.
    rewrite(&folder, days, |heading, rows| {
        cell("threshold", "within_60", "within_1")(heading, rows);
    });
    let said = desk.fails(&["compliance", "recount", "report.json", "bundle"]);
    assert!(said.contains("which the definitions have not"), "{said}");
}
