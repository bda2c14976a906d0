//! A report of the desk with one thing in it changed, and a bundle that nobody vouches for: held
//! against each other, each is told where it is not equal.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::bundle::bundle;
use super::compliance::{AS_OF, desk};
use super::{Desk, talk};

fn recount(desk: &Desk, code: i32, report: &str) -> Value {
    desk.answer(code, &["compliance", "recount", report, "bundle"])
}

/// Writes a report of the desk, with one thing in it changed.
fn write(desk: &Desk, change: impl FnOnce(&mut Value)) {
    let mut report = super::compliance::status(desk);
    change(&mut report);
    std::fs::write(desk.path("report.json"), report.to_string()).expect("written");
}

#[test]
fn a_report_whose_every_count_is_the_sum_of_a_list_is_equal_and_any_other_is_told_where_it_is_not()
{
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    write(&desk, |_| ());
    let equal = recount(&desk, 0, "report.json");
    assert_eq!(equal["report_is_signed"], false);
    let said = desk.done(&["compliance", "recount", "report.json", "bundle"]);
    assert!(
        said.contains("The report is not signed: nobody vouches for it."),
        "{said}"
    );
    let outcomes = equal["outcomes"].as_array().expect("outcomes");
    assert_eq!(outcomes.len(), 19);
    for (report, told) in super::compliance::status(&desk)["outcomes"]
        .as_array()
        .expect("outcomes")
        .iter()
        .zip(outcomes)
    {
        let id = report["outcome"].as_str().expect("a number");
        assert_eq!(told["outcome"], id);
        let list = std::fs::read(bundle.join(format!("lists/{id}.csv"))).expect("a list");
        let digest = hex::encode(Sha256::digest(&list));
        assert_eq!(report["cases_sha256"], digest, "{id}: byte for byte");
    }
    let place = |id: &str| {
        outcomes
            .iter()
            .position(|it| it["outcome"] == id)
            .expect(id)
    };
    let ten = place("10");
    for (path, said) in [
        ("counted", "counted: "),
        ("classes/0/cases", "classes `within_60`, cases: "),
        (
            "thresholds/1/numerator",
            "thresholds `within_75`, numerator: ",
        ),
        ("thresholds/2/of", "thresholds `within_90`, of: "),
        (
            "thresholds/0/in_time_untolled/of",
            "thresholds `within_60`, in_time_untolled, of: ",
        ),
        (
            "thresholds/0/in_time_tolled/cases",
            "thresholds `within_60`, in_time_tolled, cases: ",
        ),
        (
            "thresholds/0/in_time_untolled/cases",
            "thresholds `within_60`, in_time_untolled, cases: ",
        ),
        (
            "thresholds/0/entered_untold",
            "thresholds `within_60`, entered_untold: ",
        ),
        (
            "thresholds/0/before/numerator",
            "thresholds `within_60`, before, numerator: ",
        ),
        ("excluded/3/cases", "excluded `not_yet_due`, cases: "),
        ("unclear", "unclear: "),
        ("entered_untold", "entered_untold: "),
        ("groups/0/rows/0/counted", "groups `disability`, rows `"),
    ] {
        write(&desk, |report| {
            let count = report
                .pointer_mut(&format!("/outcomes/{ten}/{path}"))
                .expect(path);
            *count = (count.as_u64().expect(path) + 1).into();
        });
        let told = recount(&desk, 1, "report.json");
        let differ = |it: &&Value| it["equal"] == false;
        let wrong: Vec<_> = told["outcomes"]
            .as_array()
            .expect("them")
            .iter()
            .filter(differ)
            .collect();
        assert_eq!(wrong.len(), 1, "{told}");
        assert_eq!(wrong[0]["outcome"], "10");
        let first = wrong[0]["differences"][0].as_str().expect("a difference");
        assert!(first.starts_with(said), "{first}");
    }
    write(&desk, |report| {
        let lacking = serde_json::json!([{ "unknown": ["grade"], "cases": 1 }]);
        report["outcomes"][ten]["unclear_for"] = lacking;
    });
    let told = recount(&desk, 1, "report.json");
    let first = told["outcomes"][ten]["differences"][0].as_str();
    let first = first.expect("a difference");
    assert!(
        first.starts_with("unclear_for, 1: nothing by the bundle"),
        "{first}"
    );
    // Words of an outcome, and what the report says of itself.
    for (path, other, said) in [
        (
            "thresholds/0/status",
            "met_by_order".into(),
            "thresholds `within_60`, status: ",
        ),
        (
            "thresholds/0/target/bound",
            "1".into(),
            "thresholds `within_60`, target, bound: ",
        ),
        (
            "thresholds/0/figure",
            Value::Null,
            "thresholds `within_60`, figure: ",
        ),
        (
            "thresholds/0/entered_late",
            99.into(),
            "thresholds `within_60`, entered_late: ",
        ),
        (
            "entered_late",
            serde_json::json!([{ "school": "19", "label": null, "cases": 1 }]),
            "entered_late",
        ),
        ("status", "superseded".into(), "status: "),
        ("definition", "All of them.".into(), "definition: "),
        (
            "depends_on_unclear",
            "perhaps".into(),
            "depends_on_unclear: ",
        ),
        ("cases_sha256", "00".into(), "cases_sha256: "),
    ] {
        write(&desk, |report| {
            let value = report.pointer_mut(&format!("/outcomes/{ten}/{path}"));
            *value.expect(path) = other;
        });
        let told = recount(&desk, 1, "report.json");
        let first = told["outcomes"][ten]["differences"][0].as_str();
        assert!(first.expect(path).starts_with(said), "{path}: {told}");
    }
    for (path, other) in [
        ("as_of", Value::from("2026-06-11")),
        ("as_known", "2026-06-11T20:00:00Z".into()),
        ("time_zone", "UTC".into()),
        ("period/begins", "2025-07-02".into()),
        ("count_day", "2025-12-02".into()),
        ("systems/support", serde_json::json!(["marisol-central"])),
        ("people", 1.into()),
        ("decree/sha256", "00".into()),
        ("decree/title", "Another".into()),
        (
            "held",
            serde_json::json!([{"source": "marisol-central", "people": 1}]),
        ),
    ] {
        write(&desk, |report| {
            *report.pointer_mut(&format!("/{path}")).expect(path) = other;
        });
        let told = recount(&desk, 1, "report.json");
        let wrong = told["wrong"][0].as_str().expect(path);
        let said = format!("the report's {}", path.replace('/', ", "));
        assert!(
            wrong.starts_with(said.trim_end_matches(", support")),
            "{path}: {wrong}"
        );
    }
    // A share that nobody defined, or that stands twice.
    for name in ["within_60", "within_365"] {
        write(&desk, |report| {
            let shares = report.pointer_mut(&format!("/outcomes/{ten}/thresholds"));
            let shares = shares.and_then(Value::as_array_mut).expect("shares");
            let mut more = shares[0].clone();
            more["threshold"] = name.into();
            shares.push(more);
        });
        let told = recount(&desk, 1, "report.json");
        let first = told["outcomes"][ten]["differences"][0].as_str();
        let first = first.expect("a difference");
        assert!(
            first.starts_with(&format!("thresholds `{name}`: ")),
            "{first}"
        );
    }
    // An outcome is there once, or is named as left out.
    let taken = |report: &mut Value| report["outcomes"].as_array_mut().expect("them").remove(ten);
    write(&desk, |report| drop(taken(report)));
    let lacking = recount(&desk, 1, "report.json");
    assert_eq!(
        lacking["wrong"][0],
        "outcome 10 is neither in the report nor among what it left out"
    );
    write(&desk, |report| {
        let outcome = taken(report);
        report["left_out"] = serde_json::json!([{
            "outcome": "10", "title": outcome["title"], "unconfirmed": outcome["unconfirmed"],
        }]);
    });
    let left_out = recount(&desk, 0, "report.json");
    assert_eq!(left_out["left_out"], serde_json::json!(["10"]));
    write(&desk, |report| {
        let outcome = report["outcomes"][ten].clone();
        report["outcomes"]
            .as_array_mut()
            .expect("them")
            .push(outcome);
    });
    let twice = recount(&desk, 1, "report.json");
    assert_eq!(twice["wrong"][0], "the report has outcome 10 twice");
    write(&desk, |report| report["outcomes"] = serde_json::json!([]));
    recount(&desk, 1, "report.json");
}

#[test]
fn a_bundle_that_was_changed_or_that_nobody_vouches_for_is_told_before_it_is_believed() {
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    write(&desk, |_| ());
    let list = bundle.join("lists/10.csv");
    let own = std::fs::read_to_string(&list).expect("a list");
    let changed = own.replacen("within_75", "within_60", 1);
    assert_ne!(own, changed);
    std::fs::write(&list, &changed).expect("written");
    let told = recount(&desk, 1, "report.json");
    assert_eq!(
        told["wrong"][0],
        "`lists/10.csv` is not the file that was listed"
    );
    // With a list of files to fit, it is the signature that says so.
    let sums = bundle.join("SHA256SUMS");
    let digest = |text: &str| hex::encode(Sha256::digest(text));
    let listed = std::fs::read_to_string(&sums).expect("a list");
    let forged = listed.replace(&digest(&own), &digest(&changed));
    std::fs::write(&sums, forged).expect("written");
    let told = recount(&desk, 1, "report.json");
    let wrong = told["wrong"].as_array().expect("them");
    assert_eq!(wrong.len(), 1, "{told}");
    assert!(
        wrong[0]
            .as_str()
            .expect("why")
            .starts_with("the bundle's signature: "),
        "{told}"
    );
    // A list that leads out of the bundle is not followed.
    std::fs::write(&sums, listed.replace("  lists/10.csv", "  ../10.csv")).expect("written");
    let led = desk.fails(&["compliance", "recount", "report.json", "bundle"]);
    assert!(
        led.contains("has the line") && led.contains("hint: "),
        "{led}"
    );
    std::fs::write(&sums, &listed).expect("written");
    std::fs::write(&list, &own).expect("written");
    recount(&desk, 0, "report.json");
    // Another district's root vouches for nothing here.
    let other = Desk::new();
    other.keys();
    other.done(&["key", "export", "--out", "other.pem", "--quiet"]);
    let other = other.path("other.pem").display().to_string();
    let told = [
        "compliance",
        "recount",
        "report.json",
        "bundle",
        "--trust",
        &other,
    ];
    let told = desk.answer(1, &told);
    assert_eq!(told["wrong"].as_array().map(Vec::len), Some(1), "{told}");
    // A PDF without the data of such a report is none.
    std::fs::write(desk.path("report.pdf"), "%PDF-1.7\n").expect("written");
    let output = desk.run(&["compliance", "recount", "report.pdf", "bundle"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(talk(&output).contains("carries no data of a compliance report"));
}
