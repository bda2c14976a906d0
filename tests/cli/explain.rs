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
    let one = desk.answer(0, &[&explain[..], &["--gpa", "csu"]].concat());
    assert_eq!(one["averages"].as_array().map(Vec::len), Some(1));
    assert!(
        one.get("requirements").is_none(),
        "an average alone was asked for"
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
