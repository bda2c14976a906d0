//! What a counselor asks of a figure: `registrar transcript explain`.

use crate::{Desk, fixture, talk};

fn district() -> Desk {
    let desk = Desk::new();
    desk.done(&["init"]);
    for package in ["district/central", "district/charters"] {
        desk.done(&["import", &fixture(package)]);
    }
    desk
}

#[test]
fn an_average_tells_each_mark_that_it_took_and_why_it_left_the_others_out() {
    let desk = district();
    let told = desk.done(&[
        "transcript",
        "explain",
        "--student",
        "9000014",
        "--gpa",
        "uc-capped",
    ]);
    for line in [
        "uc-capped: 3.22  (not printed)",
        "  435 / 135.00 = 3.22, truncated to 2 decimals",
        "  + Summer 2023      English 9 A                              C   2.00 x 5.00; \
         ReplacementCounted",
        "  - Fall 2022        Health                                   A   earned in 9; the window \
         is summer after 9 to summer after 11",
        "  - Fall 2023        Physical Education 2 A                   C   the course has no a-g \
         subject area",
        "  - Summer 2024      Chemistry B                              CR  the mark carries no \
         points",
    ] {
        assert!(
            told.lines().any(|found| found.starts_with(line)),
            "{line}\n{told}"
        );
    }
    let all = desk.done(&["transcript", "explain", "--student", "9000014"]);
    let gpas = [
        "unweighted",
        "weighted",
        "uc-unweighted",
        "uc-weighted",
        "csu",
        "cal-grant",
    ];
    for heading in gpas.map(|name| format!("\n{name}: ")) {
        assert!(format!("\n{all}").contains(&heading), "{heading}\n{all}");
    }
    let total = "  Total                               210.00 required  280.00 earned    0.00 in \
                 progress    0.00 needed";
    assert!(all.lines().any(|line| line == total), "{all}");
    assert!(all.contains("College preparation (a-g)"), "{all}");
}

#[test]
fn the_same_trace_comes_as_data_and_every_mark_is_in_it_once() {
    let desk = district();
    let explain = ["transcript", "explain", "--student", "9000014"];
    let answer = desk.answer(0, &explain);
    let averages = answer["averages"].as_array().expect("averages");
    assert_eq!(averages.len(), 7);
    for average in averages {
        let marks = |list: &str| average[list].as_array().expect("a list").len();
        assert_eq!(
            marks("taken") + marks("left_out"),
            63,
            "{}",
            average["name"]
        );
        assert!(average["source"].as_str().expect("a source").len() > 10);
    }
    let figures = answer["figures"].as_array().expect("figures");
    let figure = |name: &str| {
        let of_it = figures.iter().find(|figure| figure["name"] == name);
        of_it.expect("a figure")["value"].clone()
    };
    assert_eq!((figures.len(), figure("uc-capped")), (7, "3.22".into()));
    let capped = averages.iter().find(|trace| trace["name"] == "uc-capped");
    assert_eq!(capped.expect("a trace")["points_times_credits"], "435");
    let digest = answer["policy_sha256"].as_str().expect("a digest");
    let told = desk.done(&explain);
    let head = format!("By the rules of 2026-27, SHA-256 {digest}\n");
    assert!(digest.len() == 64 && told.starts_with(&head), "{told}");
    let index = "\n  uc-capped            3.22  (not printed)\n";
    assert!(told.contains(index), "{told}");
    let one = desk.answer(0, &[&explain[..], &["--gpa", "csu"]].concat());
    assert_eq!(one["averages"].as_array().map(Vec::len), Some(1));
    // An average alone was asked for, and the keys are those of every answer.
    for key in ["credits", "requirements", "plan", "progress"] {
        assert!(answer[key].is_object(), "{key}");
        assert_eq!(one.get(key), Some(&serde_json::Value::Null), "{key}");
    }
    let without_plan = ["transcript", "explain", "--student", "1000005"];
    let answer = desk.answer(0, &without_plan);
    for key in ["requirements", "plan"] {
        assert_eq!(answer.get(key), Some(&serde_json::Value::Null), "{key}");
    }
    assert!(answer["progress"].get("promotion").is_some(), "{answer}");
}

#[test]
fn an_area_tells_its_parts_what_it_gives_away_and_by_what_it_is_validated() {
    let desk = district();
    let told = desk.done(&["transcript", "explain", "--student", "9000014"]);
    let areas = told.split_once("College preparation (a-g)").expect("a-g").1;
    for line in [
        "  a History and social science         20.00 required   20.00 earned    0.00 validated    \
         0.00 surplus    0.00 in progress    0.00 needed",
        "    of which government, us_history    10.00 required   10.00 reached    0.00 needed",
        "    - Spring 2023      Ethnic Studies                           B      5.00 more than the \
         area asks for, counts in g [9000014-011]",
        "    + Spring 2024      Geometry B                               B      5.00 validates, as \
         the second part, the first part of level 2 of mathematics [9000014-025]",
        "    + surplus of a                                                    10.00",
    ] {
        assert!(areas.lines().any(|found| found == line), "{line}\n{areas}");
    }
    let data = desk.answer(0, &["transcript", "explain", "--student", "9000014"]);
    let area = &data["progress"]["college_preparation"]["areas"][0];
    assert_eq!(area["parts"][0]["subjects"][0], "world_history");
    assert_eq!(area["parts"][0]["needed"], "0.00");
    let ethnic = &area["marks"][0];
    assert_eq!(
        (&ethnic["outcome"], &ethnic["counts_in"], &ethnic["credits"]),
        (&"not_needed_here".into(), &"g".into(), &"5.00".into())
    );
}

/// A package of the central source that brings one table for one student.
fn bring(desk: &Desk, table: &str, rows: &str) {
    let folder = desk.0.path().join("brought");
    std::fs::create_dir(&folder).expect("a folder");
    let manifest = format!(
        "format = \"registrar-package/1\"\nsource = \"marisol-central\"\ndistrict = \
         \"1999999\"\nexported_at = \"2026-06-13T20:00:00Z\"\nschools = \
         [\"19999990100056\"]\n\n[tables.{table}]\nmode = \"delta\"\n"
    );
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    std::fs::write(folder.join(format!("{table}.csv")), rows).expect("written");
    desk.done(&["import", &folder.to_string_lossy()]);
}

#[test]
fn the_credits_the_plan_and_what_it_asks_for_beside_courses_are_told() {
    let desk = district();
    bring(
        &desk,
        "fulfilments",
        "school,person,requirement,progress,amount,status\n\
         19999990100056,9000014,service_learning,fulfilled,,current\n\
         19999990100056,9000014,computer_literacy,waived,,current\n",
    );
    let told = desk.done(&["transcript", "explain", "--student", "9000014"]);
    let from = told.find("\nCredits: ").expect("the sums are told");
    insta::assert_snapshot!("credits_and_plan", told[from + 1..].trim_end());
    let narrowed = desk.done(&[
        "transcript",
        "explain",
        "--student",
        "9000014",
        "--gpa",
        "uc-capped",
    ]);
    let (_, told) = narrowed
        .split_once("\n\n")
        .expect("the rules, then the figure");
    insta::assert_snapshot!("one_average", told.trim_end());
    let data = desk.answer(0, &["transcript", "explain", "--student", "9000014"]);
    assert_eq!(data["credits"]["earned"], "280.00");
    assert_eq!(data["credits"]["marks"].as_array().map(Vec::len), Some(63));
    let service = &data["plan"]["requirements"][0];
    assert_eq!(service["progress"], "fulfilled");
    let electives = data["plan"]["rows"].as_array().expect("rows").last();
    let share = &electives.expect("a row")["shares"][0];
    assert_eq!(
        (&share["credits"], &share["stage"]),
        (&"5.00".into(), &"earned".into())
    );
}

#[test]
fn explain_offers_nothing_that_it_refuses() {
    let desk = Desk::new();
    let help = desk.done(&["transcript", "explain", "--help"]);
    assert!(
        help.contains("--as-known") && help.contains("--language"),
        "{help}"
    );
    assert!(
        !help.contains("--grade") && !help.contains("--kind"),
        "{help}"
    );
}

#[test]
fn who_is_not_known_and_what_is_no_average_are_told() {
    let desk = district();
    let output = desk.run(&["transcript", "explain", "--student", "nobody"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        talk(&output).contains("nobody has the number nobody"),
        "{}",
        talk(&output)
    );
    let output = desk.run(&[
        "transcript",
        "explain",
        "--student",
        "9000014",
        "--gpa",
        "harvard",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let told = talk(&output);
    assert!(
        told.contains("hint: it has unweighted, weighted, uc-capped"),
        "{told}"
    );
}
