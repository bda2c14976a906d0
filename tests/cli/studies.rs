//! A study of files, from the frame that is recorded first to the estimate.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Desk, fixture, talk};

fn desk() -> Desk {
    let desk = Desk::new();
    for package in ["central", "charters", "seds", "seds-update"] {
        let package = fixture(&format!("district/{package}"));
        desk.done(&["import", &package, "--quiet"]);
    }
    desk
}

const FRAME: [&str; 16] = [
    "compliance",
    "sample",
    "frame",
    "--decree",
    "chanda-smith",
    "--as-of",
    "2026-06-12",
    "--outcome",
    "10",
    "--by",
    "Remedios Varo",
    "--strata",
    "charter",
    "--per-stratum",
    "3",
    "--out",
];

fn draw(desk: &Desk, seed: &str, out: &str) -> Value {
    let arguments = [
        "compliance",
        "sample",
        "draw",
        "--frame",
        "frame.txt",
        "--seed",
        seed,
        "--seed-from",
        "Office of the Independent Monitor",
        "--out",
        out,
    ];
    desk.answer(0, &arguments)
}

/// The forms of a draw, in its order.
fn forms(desk: &Desk, out: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(desk.path(out).join("reviews")).expect("a folder");
    let mut files: Vec<PathBuf> = files.map(|it| it.expect("a file").path()).collect();
    files.sort();
    files
}

/// Fills a form in.
fn fill(form: &Path, found: &str, agrees: &str) {
    let text = fs::read_to_string(form).expect("a form");
    let text = text
        .replace("reviewer = \"\"", "reviewer = \"R. Ortega\"")
        .replace("reviewed_on = \"\"", "reviewed_on = \"2026-07-01\"")
        .replace("found = \"\"", &format!("found = \"{found}\""))
        .replace("agrees = \"\"", &format!("agrees = \"{agrees}\""));
    fs::write(form, text).expect("written");
}

#[test]
fn a_study_goes_from_a_recorded_frame_by_the_monitors_seed_to_an_estimate() {
    let desk = desk();
    let framed = desk.answer(0, &[&FRAME[..], &["frame.txt"]].concat());
    let text = fs::read(desk.path("frame.txt")).expect("the frame");
    assert_eq!(framed["frame_sha256"], hex::encode(Sha256::digest(&text)));
    let cases = desk.done(&[
        "compliance",
        "cases",
        "--decree",
        "chanda-smith",
        "--as-of",
        "2026-06-12",
        "--outcome",
        "10",
        "--quiet",
    ]);
    let mut listed = csv::Reader::from_reader(cases.as_bytes());
    let counted = listed
        .records()
        .filter(|it| it.as_ref().is_ok_and(|it| &it[2] == "yes"));
    assert_eq!(framed["cases"], counted.count());

    let drawn = draw(&desk, "the last digits of 2026-06-30", "first");
    assert_eq!(drawn["draw"], 1);
    let again = draw(&desk, "the last digits of 2026-06-30", "once-more");
    assert_eq!(again["draw"], 1, "the same draw has one number");
    let chosen = |out: &str| fs::read_to_string(desk.path(out).join("cases.csv")).expect("a list");
    assert_eq!(chosen("first"), chosen("once-more"));
    assert_eq!(draw(&desk, "another", "second")["draw"], 2);
    assert_ne!(chosen("first"), chosen("second"));

    let open = desk.run(&["compliance", "sample", "estimate", "--draw", "first"]);
    assert_eq!(open.status.code(), Some(2));
    let said = talk(&open);
    assert!(said.contains("00001.toml: `reviewer` is empty"), "{said}");
    assert!(
        said.contains("00001.toml: `found` is not answered"),
        "{said}"
    );

    let forms = forms(&desk, "first");
    assert!(forms.len() > 3, "strata with and without a charter");
    for (place, form) in forms.iter().enumerate() {
        match place {
            0 => fill(form, "no", "not_applicable"),
            _ => fill(form, "yes", "yes"),
        }
    }
    let second = desk.path("second-reviewer");
    fs::create_dir(&second).expect("made");
    let theirs = second.join("00001.toml");
    fs::copy(&forms[0], &theirs).expect("copied");
    let text = fs::read_to_string(&theirs).expect("a form");
    let text = text.replace("found = \"no\"", "found = \"yes\"");
    let themselves = text.replace("R. Ortega", " r.  ORTEGA");
    fs::write(&theirs, themselves).expect("written");
    let estimate = [
        "compliance",
        "sample",
        "estimate",
        "--draw",
        "first",
        "--second",
        "second-reviewer",
    ];
    let said = talk(&desk.run(&estimate));
    assert!(said.contains("the second reviewer is the first"), "{said}");
    let list = desk.answer(0, &["compliance", "sample", "list"]);
    assert_eq!(list[0]["draws"][0]["results"], 0, "nothing was counted");
    fs::write(&theirs, text.replace("R. Ortega", "I. Bauer")).expect("written");
    let told = desk.answer(0, &estimate);
    let again = desk.answer(0, &estimate);
    assert_eq!(again, told, "the row that is kept is told");
    let accurate = &told["findings"]["accurate"];
    let strata = accurate["strata"].as_object().expect("strata");
    let sum = |count: &str| {
        let counts = strata
            .values()
            .map(|it| it[count].as_u64().expect("a count"));
        counts.sum::<u64>()
    };
    assert_eq!((sum("yes"), sum("no")), (forms.len() as u64 - 1, 1));
    assert_eq!(accurate["percent"], weighted(strata));
    assert_eq!(told["agreement"]["found"], serde_json::json!([0, 1]));
    assert_eq!(told["agreement"]["agrees"], serde_json::json!([1, 1]));
    assert_eq!(told["draws"], 2);

    let list = desk.answer(0, &["compliance", "sample", "list"]);
    let draws = list[0]["draws"].as_array().expect("draws");
    let used: Vec<&Value> = draws.iter().map(|it| &it["results"]).collect();
    assert_eq!(used, [1, 0], "a draw that nobody used is listed as well");
}

/// The rate of the strata's counts in percent, to the nearest hundredth: a second computation.
fn weighted(strata: &serde_json::Map<String, Value>) -> String {
    let of = |it: &Value, key: &str| it[key].as_u64().expect("a count");
    let common: u64 = strata.values().map(|it| of(it, "drawn")).product();
    let (mut yes, mut all) = (0, 0);
    for it in strata.values() {
        let weight = of(it, "cases") * (common / of(it, "drawn"));
        yes += weight * of(it, "yes");
        all += weight * (of(it, "yes") + of(it, "no"));
    }
    let parts = (yes * 10_000 * 2 + all) / (all * 2);
    format!("{}.{:02}", parts / 100, parts % 100)
}

#[test]
fn a_frame_says_how_it_is_drawn_from_so_that_nothing_but_the_seed_is_left_to_choose() {
    let desk = desk();
    let frame = |more: &[&str], out: &str| {
        let asked = [&FRAME[..11], more, &["--out", out]].concat();
        desk.run(&[&asked[..], &["--json"]].concat())
    };
    let too_many = [
        "--strata",
        "charter",
        "--of",
        "none=100000",
        "--of",
        "independent=1",
    ];
    let said = talk(&frame(&too_many, "x.txt"));
    assert!(said.contains("cannot be drawn: it has"), "{said}");
    let made = frame(&["--strata", "charter", "--per-stratum", "3"], "three.txt");
    let three: Value = serde_json::from_slice(&made.stdout).expect("a frame");
    assert_eq!(three["drawn"]["none"], 3, "{three}");
    assert!(three["drawn"].as_object().is_some_and(|it| it.len() > 1));
    // Of the same cases there is no second frame to choose.
    for other in [
        &["--strata", "charter", "--per-stratum", "4"][..],
        &["--strata", "charter", "--size", "6"],
        &[
            "--strata",
            "charter",
            "--per-stratum",
            "3",
            "--form",
            "service-delivery",
        ],
        &["--per-stratum", "3"],
    ] {
        let refused = frame(other, "x.txt");
        assert_eq!(refused.status.code(), Some(2), "{other:?}");
        let said = talk(&refused);
        assert!(
            said.contains("with another form, other strata or sizes"),
            "{said}"
        );
        assert!(!desk.path("x.txt").exists());
    }
    // A draw takes no number of its own.
    let draw = [
        "compliance",
        "sample",
        "draw",
        "--frame",
        "three.txt",
        "--seed",
        "7",
    ];
    let steered = ["--seed-from", "M", "--out", "drawn", "--size", "9"];
    assert_eq!(
        desk.run(&[&draw[..], &steered].concat()).status.code(),
        Some(2)
    );
    let drawn = desk.answer(0, &[&draw[..], &steered[..4]].concat());
    assert!(
        drawn["drawn_at"].as_str() > three["recorded_at"].as_str(),
        "{drawn}"
    );
    let once_more = ["--seed-from", "Somebody else", "--out", "again"];
    let again = desk.answer(0, &[&draw[..], &once_more].concat());
    assert_eq!(again, drawn, "the row that was kept first is told");
}

#[test]
fn a_frame_that_was_changed_or_never_recorded_is_not_drawn_from() {
    let desk = desk();
    desk.answer(0, &[&FRAME[..], &["frame.txt"]].concat());
    let text = fs::read_to_string(desk.path("frame.txt")).expect("the frame");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(2);
    fs::write(desk.path("shorter.txt"), lines.join("\n") + "\n").expect("written");
    let shorter = [
        "compliance",
        "sample",
        "draw",
        "--frame",
        "shorter.txt",
        "--seed",
        "7",
        "--seed-from",
        "M",
        "--out",
        "drawn",
    ];
    let refused = desk.run(&shorter);
    assert_eq!(refused.status.code(), Some(2));
    let said = talk(&refused);
    assert!(said.contains("was not recorded here"), "{said}");
    assert!(!desk.path("drawn").exists());
    fs::write(desk.path("shorter.txt"), text.replace('\t', " ")).expect("written");
    let said = talk(&desk.run(&shorter));
    assert!(said.contains("`shorter.txt` is no frame"), "{said}");
}

#[test]
fn what_is_left_out_of_a_count_is_drawn_where_it_is_asked_for() {
    let desk = desk();
    let counted = desk.answer(0, &[&FRAME[..], &["counted.txt"]].concat());
    let all = desk.answer(0, &[&FRAME[..], &["all.txt", "--with-excluded"]].concat());
    assert!(
        all["cases"].as_u64() > counted["cases"].as_u64(),
        "{all} {counted}"
    );
    assert_ne!(all["frame_sha256"], counted["frame_sha256"]);
    let unknown = [&FRAME[..11], &["--strata", "shoe_size", "--out", "x.txt"]].concat();
    let said = talk(&desk.run(&unknown));
    assert!(said.contains("have no field `shoe_size`"), "{said}");
    assert!(said.contains("hint: one of "), "{said}");
}

/// A district's own form stands beside its decree, under the name of one that comes along.
#[test]
fn the_form_beside_a_decree_goes_before_the_one_that_comes_along() {
    let desk = desk();
    let shipped = |file: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("report-templates")
            .join(file);
        fs::read_to_string(file).expect("it comes along")
    };
    fs::create_dir_all(desk.path("own/forms")).expect("a folder");
    let decree = shipped("chanda-smith/decree.toml");
    fs::write(desk.path("own/decree.toml"), decree).expect("written");
    let framed = |out: &str, as_of: &str| {
        let frame: Vec<&str> = FRAME
            .iter()
            .map(|word| match *word {
                "chanda-smith" => "own/decree.toml",
                "10" => "13",
                "2026-06-12" => as_of,
                word => word,
            })
            .collect();
        let weeks = ["--study-from", "2026-02-02", "--study-to", "2026-03-27"];
        desk.answer(0, &[&frame[..], &[out], &weeks].concat())["form"].clone()
    };
    assert_eq!(framed("theirs.txt", "2026-06-11"), "service-delivery 1");
    let form =
        shipped("forms/service-delivery.toml").replace("version = \"1\"", "version = \"ours\"");
    fs::write(desk.path("own/forms/service-delivery.toml"), form).expect("written");
    assert_eq!(framed("ours.txt", "2026-06-12"), "service-delivery ours");
}
