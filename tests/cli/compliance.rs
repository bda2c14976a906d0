//! A decree over the fixture district: what every outcome comes to, the list behind a number, and
//! why a case is where it is.

use std::collections::BTreeMap;

use registrar::record::{PersonRecord, Scope};
use registrar::store::{Store, StudentQuery};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Desk, fixture};

/// The three systems of the fixture district, and who is which.
pub fn desk() -> Desk {
    desk_with(&["central", "charters", "seds", "seds-update"])
}

/// The same with some of its packages.
pub fn desk_with(packages: &[&str]) -> Desk {
    let desk = Desk::new();
    for package in packages {
        let package = fixture(&format!("district/{package}"));
        desk.done(&["import", &package, "--quiet"]);
    }
    let settings = "[compliance]\ndecree = \"chanda-smith\"\n\
                    student_systems = [\"marisol-central\", \"marisol-charters\"]\n\
                    support_systems = [\"marisol-seds\"]\n";
    std::fs::write(desk.path("registrar.toml"), settings).expect("written");
    desk
}

pub(super) const AS_OF: &str = "2026-06-12";

pub(super) fn status(desk: &Desk) -> Value {
    // Some outcome of a made-up district is not met: the answer is no.
    desk.answer(1, &["compliance", "status", "--as-of", AS_OF])
}

/// The cases of an outcome, as the command lists them.
fn listed(desk: &Desk, outcome: &str) -> String {
    let cases = [
        "compliance",
        "cases",
        "--as-of",
        AS_OF,
        "--outcome",
        outcome,
    ];
    desk.done(&[&cases[..], &["--quiet"]].concat())
}

#[test]
fn every_number_of_an_outcome_is_counted_again_from_its_list_whose_digest_is_told() {
    let (counted, unclear) = counted_again(&desk());
    assert!(counted > 100, "the fixture has cases: {counted}");
    assert_eq!(unclear, 1, "of one evaluation nobody said what it covered");
    // Of a district whose special-education system sent nothing, most is unclear.
    let (_, unclear) = counted_again(&desk_with(&["central"]));
    assert!(unclear > 1000, "{unclear}");
}

/// Counts every number of a status again from the lists; says how many cases are counted, and how
/// many are unclear.
fn counted_again(desk: &Desk) -> (u64, u64) {
    let asked = ["compliance", "status", "--as-of", AS_OF, "--json"];
    let told: Value = serde_json::from_slice(&desk.run(&asked).stdout).expect("an answer");
    let outcomes = told["outcomes"].as_array().expect("outcomes");
    assert_eq!(outcomes.len(), 19, "18, and 7 in two parts");
    let (mut counted, mut all_unclear) = (0, 0);
    for outcome in outcomes {
        let id = outcome["outcome"].as_str().expect("a number");
        let list = listed(desk, id);
        let digest = hex::encode(Sha256::digest(list.as_bytes()));
        assert_eq!(outcome["cases_sha256"], digest, "{id}");
        let mut classes: BTreeMap<String, u64> = BTreeMap::new();
        let (mut excluded, mut unclear) = (0, 0);
        let mut reader = csv::Reader::from_reader(list.as_bytes());
        for case in reader.records() {
            let case = case.expect("a row");
            match &case[2] {
                "yes" => *classes.entry(case[3].to_owned()).or_default() += 1,
                "excluded" => excluded += 1,
                other => {
                    assert_eq!(other, "unclear");
                    unclear += 1;
                }
            }
        }
        for class in outcome["classes"].as_array().expect("classes") {
            let name = class["name"].as_str().expect("a word");
            let own = classes.get(name).copied().unwrap_or(0);
            assert_eq!(class["cases"].as_u64(), Some(own), "{id} {class}");
        }
        let sum = |key: &str| -> u64 {
            let of = outcome[key].as_array().expect("counts").iter();
            of.filter_map(|it| it["cases"].as_u64()).sum()
        };
        assert_eq!(outcome["unclear_for"], unclear_for(&list), "{id}");
        assert_eq!(sum("unclear_for"), unclear, "{id}");
        assert_eq!(sum("excluded"), excluded, "{id}");
        assert_eq!(outcome["unclear"].as_u64(), Some(unclear), "{id}");
        counted += sum("classes");
        all_unclear += unclear;
    }
    (counted, all_unclear)
}

/// The unclear cases of a list by what the records do not say, as a report has them.
fn unclear_for(list: &str) -> Value {
    let mut reasons: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for case in csv::Reader::from_reader(list.as_bytes()).records() {
        let case = case.expect("a row");
        if &case[2] == "unclear" {
            let names = case[4].strip_prefix("unknown: ").unwrap_or_default();
            let names = names.split_whitespace().map(str::to_owned).collect();
            *reasons.entry(names).or_default() += 1;
        }
    }
    let told = reasons
        .into_iter()
        .map(|(unknown, cases)| serde_json::json!({ "unknown": unknown, "cases": cases }));
    told.collect()
}

#[test]
fn a_target_that_nobody_confirmed_gives_no_verdict_and_an_outcome_without_a_case_is_no_data() {
    let desk = desk();
    let told = status(&desk);
    let of = |id: &str| -> &Value {
        let outcomes = told["outcomes"].as_array().expect("outcomes");
        outcomes.iter().find(|it| it["outcome"] == id).expect(id)
    };
    assert_eq!(of("10")["status"], "target_not_confirmed");
    assert_eq!(
        of("10")["thresholds"][0]["target"]["source"]["confirmed"],
        false
    );
    assert_eq!(of("4")["status"], "met_by_stipulation");
    assert_eq!(
        of("13")["status"],
        "not_measurable",
        "it is a study of files"
    );
    for outcome in told["outcomes"].as_array().expect("outcomes") {
        for threshold in outcome["thresholds"].as_array().expect("thresholds") {
            let is_empty = threshold["of"] == 0;
            assert_eq!(
                threshold["figure"].is_null(),
                is_empty,
                "never 0 percent of nobody"
            );
        }
    }
}

#[test]
fn a_case_is_explained_by_its_rules_its_clock_and_its_rows_with_file_and_line() {
    let desk = desk();
    let list = listed(&desk, "10");
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let case = reader.records().next().expect("a case").expect("a row");
    let explain = [
        "compliance",
        "explain",
        "--as-of",
        AS_OF,
        "--outcome",
        "10",
        "--case",
    ];
    let told = desk.answer(0, &[&explain[..], &[&case[0]]].concat());
    assert_eq!(told["class"], case[3]);
    let rows = told["rows"].as_array().expect("rows");
    let first = rows[0].as_str().expect("a row");
    assert!(first.starts_with("evaluations "), "{first}");
    assert!(first.contains("evaluations.csv:"), "{first}");
    let rules = told["rules"].as_array().expect("rules");
    assert!(rules.iter().any(|rule| rule["says"] == "holds"), "{told}");
    let text = desk.done(&[&explain[..], &[&case[0]]].concat());
    assert!(text.contains("What the records say of it"), "{text}");

    let nobody = desk.fails(&[&explain[..], &["evaluation/nobody/1"]].concat());
    assert!(nobody.contains("no case `evaluation/nobody/1`"), "{nobody}");
    assert!(
        nobody.contains("hint: `registrar compliance cases"),
        "{nobody}"
    );
}

#[test]
fn what_was_recorded_later_changes_no_report_that_is_run_again_as_known_before() {
    let desk = Desk::new();
    for package in ["central", "charters", "seds"] {
        desk.done(&[
            "import",
            &fixture(&format!("district/{package}")),
            "--quiet",
        ]);
    }
    let status = |known: &[&str]| {
        let asked = [
            "compliance",
            "status",
            "--decree",
            "chanda-smith",
            "--as-of",
            AS_OF,
        ];
        let output = desk.run(&[&asked[..], known, &["--json"]].concat());
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let before = status(&[]);
    let imports = desk.answer(0, &["imports", "list"]);
    let last = imports.as_array().expect("imports").last().expect("one");
    let known = last["recorded_at"].as_str().expect("an instant").to_owned();
    desk.done(&["import", &fixture("district/seds-update"), "--quiet"]);
    assert_ne!(status(&[]), before, "the update says something new");
    assert_eq!(status(&["--as-known", &known]), before, "byte for byte");
    assert!(
        before.contains(&format!("\"as_known\": \"{known}\"")),
        "{before}"
    );
}

#[test]
fn a_decree_with_mistakes_is_told_all_of_them_and_counts_nothing() {
    let desk = Desk::new();
    let right = desk.done(&["compliance", "check-decree", "idea-part-b", "--fields"]);
    assert!(
        right.contains("idea-part-b/decree.toml: 18 outcomes"),
        "{right}"
    );
    assert!(right.contains("case `evaluation`"), "{right}");
    let shipped = env!("CARGO_MANIFEST_DIR").to_owned() + "/report-templates/chanda-smith";
    let text = std::fs::read_to_string(shipped + "/decree.toml").expect("a decree");
    let wrong = text.replacen("has_iep and", "has_iepp and", 1).replacen(
        "direction = \"increase\"",
        "direction = \"upwards\"",
        1,
    );
    std::fs::write(desk.path("decree.toml"), wrong).expect("written");
    let answer = desk.answer(1, &["compliance", "check-decree", "./decree.toml"]);
    let problems = answer["problems"].as_array().expect("problems");
    assert!(!problems.is_empty(), "{answer}");
    let said = answer.to_string();
    assert!(said.contains("hint:"), "{said}");
    assert_eq!(answer["outcomes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_districts_own_promise_counts_every_change_of_school_by_both_schools() {
    let desk = desk();
    let right = desk.done(&["compliance", "check-decree", "continuity"]);
    assert!(
        right.contains("continuity/decree.toml: 5 outcomes"),
        "{right}"
    );
    let asked = ["compliance", "status", "--decree", "continuity", "--as-of"];
    let told = desk.answer(0, &[&asked[..], &[AS_OF]].concat());
    let outcomes = told["outcomes"].as_array().expect("outcomes");
    for outcome in outcomes {
        let id = outcome["outcome"].as_str().expect("an id");
        // Nobody adopted the promise yet, so that no verdict is given.
        assert_eq!(outcome["status"], "target_not_confirmed", "{id}");
        let classes = outcome["classes"].as_array().expect("classes");
        let counts = classes.iter().filter_map(|it| it["cases"].as_u64());
        let counts: Vec<u64> = counts.collect();
        let all: u64 = counts.iter().sum();
        let most = counts.iter().max().copied().unwrap_or(0);
        assert!(0 < most && most < all, "{id}: {classes:?} is believable");
    }
    let of = ["compliance", "cases", "--decree", "continuity", "--as-of"];
    let list = desk.done(&[&of[..], &[AS_OF, "--outcome", "plan", "--quiet"]].concat());
    let heading = list.lines().next().expect("a heading");
    assert!(heading.contains("sending_school"), "{heading}");
}

#[test]
fn the_list_can_be_read_by_another_program_as_json_too() {
    let desk = desk();
    let cases = ["compliance", "cases", "--as-of", AS_OF, "--outcome", "6"];
    let told = desk.answer(0, &cases);
    let rows = listed(&desk, "6").lines().count() - 1;
    assert_eq!(told.as_array().map(Vec::len), Some(rows));
}

#[test]
fn what_a_special_education_system_says_of_a_pupil_changes_no_transcript_and_no_finding() {
    let desk = Desk::new();
    for package in ["central", "charters"] {
        desk.done(&[
            "import",
            &fixture(&format!("district/{package}")),
            "--quiet",
        ]);
    }
    let found = |format: &str| {
        let output = desk.run(&["check", "--format", format]);
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let (check, before) = (found("csv"), records(&desk));
    assert!(before.len() > 900, "a district: {}", before.len());
    for package in ["seds", "seds-update"] {
        desk.done(&[
            "import",
            &fixture(&format!("district/{package}")),
            "--quiet",
        ]);
    }
    assert_eq!(found("csv"), check);
    assert!(records(&desk) == before, "every record is as it was");
    // Nor does it list whom that system knows.
    let of_seds = desk.said(2, &["check", "--source", "marisol-seds"]);
    assert!(!of_seds.contains("90000"), "{of_seds}");
    // Nor is anybody found by that system's own number.
    let list = listed_of_seds();
    let said = desk.fails(&["transcript", "preview", "--student", &list]);
    assert!(said.contains("nobody has the number"), "{said}");
}

/// Everybody's record, as transcripts are made of it.
fn records(desk: &Desk) -> Vec<PersonRecord> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let url = format!("sqlite:{}", desk.path("registrar.db").display());
        let store = Store::open_existing(&url).await.expect("it opens");
        let known = store.recorded_instant(None).await.expect("it answers");
        let known = known.expect("something was imported");
        let all = StudentQuery::Everybody { grade_level: None };
        let found = store.find_people(&all, &Scope::District, known).await;
        let mut records = Vec::new();
        for page in found.expect("found").people.chunks(500) {
            records.extend(store.records(page, known).await.expect("read"));
        }
        records
    })
}

/// A number that only the special-education system has.
fn listed_of_seds() -> String {
    let people = fixture("district/seds/people.csv");
    let mut reader = csv::Reader::from_path(people).expect("people");
    let heading = reader.headers().expect("a heading").clone();
    let number = heading
        .iter()
        .position(|it| it == "person")
        .expect("a column");
    let row = reader.records().next().expect("a person").expect("a row");
    row[number].to_owned()
}

#[test]
fn a_status_says_by_which_systems_weeks_and_zone_it_read_and_how_complete_the_records_are() {
    let desk = desk();
    let weeks = ["--study-from", "2026-02-09", "--study-to", "2026-03-20"];
    let asked = ["compliance", "status", "--as-of", AS_OF];
    let told = desk.answer(1, &[&asked[..], &weeks].concat());
    assert_eq!(told["systems"]["student"][1], "marisol-charters");
    assert_eq!(told["systems"]["support"][0], "marisol-seds");
    assert_eq!(told["study"]["begins"], "2026-02-09");
    assert_eq!(told["time_zone"], "America/Los_Angeles");
    let schools = told["completeness"].as_array().expect("schools");
    let sum = |key: &str| -> u64 { schools.iter().filter_map(|it| it[key].as_u64()).sum() };
    assert!(sum("enrolled") > 900 && sum("with_plan") > 100, "{told}");
    let outside = schools.iter().filter(|it| !it["outside"].is_null());
    assert!(outside.count() > 8, "{told}");
    let by_source = schools[0]["people_by_source"].as_array().expect("sources");
    let sources: Vec<_> = by_source.iter().map(|it| &it["source"]).collect();
    assert_eq!(sources, ["marisol-central", "marisol-seds"]);

    let text = desk.said(1, &[&asked[..], &weeks].concat());
    for said in [
        "Counted systems: students marisol-central, marisol-charters; special education \
         marisol-seds",
        "weeks of services: 2026-02-09 to 2026-03-20",
        "days in America/Los_Angeles",
        "certified counts of",
        "nobody is held at import",
        "114 of 116 with a plan or a disability are so in both systems",
        "under the 95.00 percent that a signature asks for:\n    19999990100017 Jacaranda Ridge \
         Elementary School: 21 of 23 pupils with a plan or a disability are so in both systems",
        "unconfirmed: definition",
        "at least 90.00, unconfirmed",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn both_readings_print_where_the_decree_has_two_and_nothing_where_there_is_no_clock() {
    let desk = desk();
    let told = status(&desk);
    let of = |id: &str| -> &Value {
        let outcomes = told["outcomes"].as_array().expect("outcomes");
        outcomes.iter().find(|it| it["outcome"] == id).expect(id)
    };
    let reading = |threshold: &Value, key: &str| {
        let reading = &threshold[key];
        let counted = ["cases", "of"].map(|key| reading[key].as_u64().expect(key));
        assert!(0 < counted[0] && counted[0] <= counted[1], "{threshold}");
        counted[0]
    };
    for threshold in of("10")["thresholds"].as_array().expect("thresholds") {
        let tolled = reading(threshold, "in_time_tolled");
        assert!(
            reading(threshold, "in_time_untolled") <= tolled,
            "{threshold}"
        );
    }
    let days = &of("10")["thresholds"][1];
    assert!(
        reading(days, "in_time_tolled") > reading(days, "in_time_untolled"),
        "a recess lies in some evaluation: {days}"
    );
    let by = of("10")["clock_beside"]["text"].as_str().expect("a source");
    assert!(by.starts_with("Ed. Code 56344(a)"), "{by}");
    // No law lets these stand still.
    for id in ["11", "15"] {
        assert_eq!(of(id)["clock_beside"], Value::Null);
        for threshold in of(id)["thresholds"].as_array().expect("thresholds") {
            assert_eq!(threshold["in_time_tolled"], Value::Null);
            reading(threshold, "in_time_untolled");
        }
    }
    assert_eq!(of("6")["thresholds"][0]["in_time_tolled"], Value::Null);
    // The fixture was imported today, long after the day of the count.
    for it in [of("9"), &of("9")["thresholds"][0]] {
        assert!(it["entered_untold"].as_u64() > Some(20), "{it}");
    }
    let schools = of("9")["entered_late"].as_array();
    assert_eq!(schools.map_or(0, Vec::len), 0);
}

#[test]
fn each_year_of_a_trend_is_what_a_report_of_that_year_says() {
    let desk = desk();
    let said: usize = ["chanda-smith", "idea-part-b", "continuity"]
        .map(|decree| trends(&desk, decree))
        .iter()
        .sum();
    assert!(said > 80, "{said} figures");
    for years in ["1", "6"] {
        let asked = ["compliance", "status", "--as-of", AS_OF, "--years", years];
        assert!(!desk.run(&asked).status.success(), "{years}");
    }
}

/// How many figures of earlier years a decree's trends have; each is what that year's report says.
fn trends(desk: &Desk, decree: &str) -> usize {
    let of_year = |more: &[&str]| {
        let asked = ["compliance", "status", "--decree", decree, "--as-of", AS_OF];
        let output = desk.run(&[&asked[..], more, &["--json"]].concat());
        serde_json::from_slice::<Value>(&output.stdout).expect("an answer in JSON")
    };
    // Every share with what it says of this year, and of the years before.
    let shares = |told: &Value| -> Vec<(String, Value, Value)> {
        let outcomes = told["outcomes"].as_array().expect("outcomes").iter();
        let shares = outcomes.flat_map(|it| {
            let shares = it["thresholds"].as_array().expect("thresholds").iter();
            shares.map(|share| {
                let mut own = share.clone();
                own["unclear"] = it["unclear"].clone();
                let name = format!("{} {}", it["outcome"], share["threshold"]);
                (name, own, share["years"].clone())
            })
        });
        shares.collect()
    };
    let now = shares(&of_year(&[]));
    let mut figures = 0;
    for (back, period) in [(1, "2024-25"), (2, "2023-24"), (3, "2022-23")] {
        let then = shares(&of_year(&["--period-of", period]));
        for ((name, _, years), (_, own, _)) in now.iter().zip(&then) {
            let years = years.as_array().expect("years");
            let year = &years[years.len() - back];
            assert_eq!(year["begins"], format!("{}-07-01", &period[..4]));
            for key in ["numerator", "of", "sum", "unclear", "ratios"] {
                assert_eq!(year[key], own[key], "{name} in {period}: {key}");
            }
            // That no suspension was recorded in a year does not say that there was none.
            if own["sum"] == "0" {
                assert_eq!(year["figure"], Value::Null, "{name} in {period}");
            } else {
                assert_eq!(year["figure"], own["figure"], "{name} in {period}");
            }
            figures += usize::from(!year["figure"].is_null());
        }
    }
    let two = of_year(&["--years", "2"]);
    for ((name, own, years), (_, short, less)) in now.iter().zip(shares(&two)) {
        let (years, less) = (
            years.as_array().expect("years"),
            less.as_array().expect("years"),
        );
        assert_eq!((less.len(), years.last()), (1, less.last()), "{name}");
        assert_eq!(
            (&own["figure"], &own["before"]),
            (&short["figure"], &short["before"])
        );
    }
    figures
}

#[test]
fn a_year_is_closed_by_a_later_day_and_a_day_that_nobody_knows_yet_is_refused() {
    let desk = desk();
    let of_year = |as_of: &str, year: &[&str]| {
        let asked = ["compliance", "status", "--as-of", as_of];
        let output = desk.run(&[&asked[..], year, &["--json"]].concat());
        serde_json::from_slice::<Value>(&output.stdout).expect("an answer in JSON")
    };
    let pending = |told: &Value| -> u64 {
        let outcomes = told["outcomes"].as_array().expect("outcomes");
        let excluded = outcomes.iter().flat_map(|it| it["excluded"].as_array());
        let pending = excluded
            .flatten()
            .filter(|it| it["reason"] == "not_yet_due");
        pending.filter_map(|it| it["cases"].as_u64()).sum()
    };
    let open = of_year(AS_OF, &[]);
    assert_eq!(open["period"]["ends"], "2026-06-30");
    assert!(pending(&open) > 0, "something is pending in June");
    let closed = of_year("2026-10-30", &["--period-of", "2025-26"]);
    assert_eq!(closed["period"], open["period"]);
    assert_eq!(pending(&closed), 0);
    let next = of_year("2026-10-30", &[]);
    assert_eq!(next["period"]["begins"], "2026-07-01");

    let told = |more: &[&str]| desk.fails(&[&["compliance", "status"], more].concat());
    let early = told(&["--as-of", AS_OF, "--period-of", "2026-27"]);
    assert!(early.contains("begins on 2026-07-01"), "{early}");
    let unknown = told(&["--as-of", "2100-01-01"]);
    assert!(
        unknown.contains("what happened in between is not in them"),
        "{unknown}"
    );
    assert!(unknown.contains("hint:"), "{unknown}");
}

#[test]
fn an_explanation_and_a_list_name_what_nobody_found_in_its_source() {
    let desk = desk();
    let case = listed(&desk, "10")
        .lines()
        .nth(1)
        .expect("a case")
        .to_owned();
    let case = case.split(',').next().expect("its id").to_owned();
    let explain = [
        "compliance",
        "explain",
        "--as-of",
        AS_OF,
        "--outcome",
        "10",
        "--case",
        &case,
    ];
    let text = desk.done(&explain);
    assert!(
        text.contains("unconfirmed: what is counted, exclusion `stopped`"),
        "{text}"
    );
    assert!(text.contains("if long vacations stop it"), "{text}");
    let cases = ["compliance", "cases", "--as-of", AS_OF, "--outcome", "10"];
    let output = desk.run(&cases);
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        said.contains("unconfirmed in outcome 10: what is counted"),
        "{said}"
    );
}
