//! The public edition of a compliance report: what it hides of the court's, that it is signed and
//! checked like that, what it knows of the ones before it, and that it is the same file again.

use std::collections::{BTreeMap, BTreeSet};

use registrar::compliance::suppression::DEFAULT_POLICY;
use registrar::exchange::{Model, schema};
use serde_json::Value;
use sha2::Digest as _;

use super::again::tamper;
use super::compliance::desk_with;
use super::compliance_report::{AS_OF, bytes, report, signing, text};
use super::{Desk, fixture, walk};

fn public<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let edition = ["--edition", "public"];
    report(out, &[&edition[..], &signing(), more].concat())
}

/// A district with its keys, before its special-education system sent its last package.
fn desk() -> Desk {
    let desk = desk_with(&["central", "charters", "seds"]);
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    desk
}

/// What a signed file says, once it is found valid.
fn said(desk: &Desk, file: &str) -> Value {
    let answer = desk.answer(0, &["verify", file, "--trust", "district.pem"]);
    assert_eq!(answer[0]["conclusion"], "valid", "{file}");
    answer[0]["document"].clone()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn of_every_count_of_the_court_edition_the_public_one_says_the_same_or_nothing() {
    let desk = desk();
    let told = desk.answer(0, &public("public.pdf", &[]));
    assert_eq!(
        (&told["edition"], &told["considered"]),
        (&"public".into(), &0.into())
    );
    desk.done(&report("court.pdf", &signing()));
    let (data, court) = (said(&desk, "public.pdf"), said(&desk, "court.pdf"));
    assert_ne!(data["document"]["id"], court["document"]["id"]);
    let (breaches, _) = walk::breaches(&data, &schema(Model::Compliance), "ComplianceReport");
    assert_eq!(breaches, Vec::<String>::new());

    let shown = &data["public"];
    let (mut hidden, mut stand) = (0, 0);
    assert_eq!(
        list(shown, "outcomes").len(),
        list(&court, "outcomes").len()
    );
    for (shown, court) in list(shown, "outcomes").iter().zip(list(&court, "outcomes")) {
        assert_eq!(shown["outcome"], court["outcome"]);
        for (share, known) in list(shown, "thresholds")
            .iter()
            .zip(list(court, "thresholds"))
        {
            let row = (&share["of"], &share["result"]);
            agrees(
                row,
                known["of"].as_u64().expect("a count"),
                &known["figure"],
            );
            verdict_follows(share, known);
        }
        for shown in list(shown, "groups") {
            let known = list(court, "groups")
                .iter()
                .find(|it| it["by"] == shown["by"]);
            let known = list(known.expect("the court has the table"), "rows");
            let known: BTreeMap<&str, &Value> =
                known.iter().map(|row| (word(row, "group"), row)).collect();
            for row in list(shown, "rows") {
                let Some(known) = known.get(word(row, "group")) else {
                    // A school without a case looks as one with a few, or says 0.
                    assert!(["*", "0"].contains(&word_of(&row["of"][0])), "{row}");
                    continue;
                };
                for at in 0..list(row, "of").len() {
                    let counted = known["counted"].as_u64().expect("a count");
                    let row = (&row["of"][at], &row["results"][at]);
                    agrees(row, counted, &known["figures"][at]);
                    match word_of(row.0) {
                        "*" => hidden += 1,
                        _ => stand += 1,
                    }
                }
            }
        }
    }
    assert!(
        hidden > 20 && stand > 20,
        "{hidden} are hidden, {stand} stand"
    );
}

fn word_of(value: &Value) -> &str {
    value.as_str().expect("a figure is a text")
}

/// A number of cases and a result beside those of the court.
fn agrees((of, result): (&Value, &Value), counted: u64, figure: &Value) {
    let (of, result) = (word_of(of), word_of(result));
    if (1..=10).contains(&counted) {
        assert_eq!((of, result), ("*", "*"), "{counted} cases are too few");
    }
    assert!(
        of == "*" || of == counted.to_string(),
        "{of} and not {counted}"
    );
    let exact = figure
        .as_str()
        .map_or(-1.0, |it| it.parse().expect("a number"));
    if let Some(bound) = result.strip_prefix("<=") {
        assert!(
            exact <= bound.parse().expect("a number"),
            "{result}: {figure}"
        );
    } else if let Some(bound) = result.strip_prefix(">=") {
        assert!(
            exact >= bound.parse().expect("a number"),
            "{result}: {figure}"
        );
    } else if !["*", "-"].contains(&result) {
        assert_eq!(result, figure, "of {counted}");
    }
}

/// A verdict that stands by the records is the court's, and follows from the result beside it.
fn verdict_follows(share: &Value, known: &Value) {
    let status = share["status"].as_str();
    assert!(
        status.is_none_or(|status| known["status"] == status),
        "{share}"
    );
    if ["met_by_data", "not_met"].map(Some).contains(&status) {
        assert_ne!(share["result"], "*");
        let bound: f64 = word(&share["target"], "bound").parse().expect("a number");
        if let Some(edge) = word(share, "result").strip_prefix(">=") {
            assert!(edge.parse::<f64>().expect("a number") >= bound, "{share}");
        }
        if let Some(edge) = word(share, "result").strip_prefix("<=") {
            assert!(edge.parse::<f64>().expect("a number") <= bound, "{share}");
        }
    }
}

#[test]
fn nothing_that_belongs_to_the_court_alone_is_in_the_file_and_no_count_from_1_to_10() {
    let desk = desk();
    desk.done(&public("public.pdf", &[]));
    let data = said(&desk, "public.pdf");
    for key in ["outcomes", "completeness", "held", "calendar_faults"] {
        assert_eq!(data[key], Value::Array(Vec::new()), "{key}");
    }
    for key in ["people", "discrepancies"] {
        assert_eq!(data[key], Value::Null, "{key}");
    }
    let told = data.to_string();
    for key in [
        "cases_sha256",
        "\"classes\"",
        "numerator",
        "\"excluded\"",
        "unclear",
        "entered_late",
        "in_time",
        "\"sum\"",
        "people_by_source",
        "with_plan",
    ] {
        assert!(!told.contains(key), "`{key}` is the court's");
    }
    let mut counts = 0;
    small_counts(&data["public"]["outcomes"], &mut counts);
    assert!(counts > 40, "{counts} figures are looked at");

    // On the pages: every column behind the name of a line.
    let page = text(&desk, "public.pdf");
    let begins = page
        .find("What is hidden here")
        .expect("the rules stand there");
    let mut columns = 0;
    for line in page[begins..].lines() {
        let mut cells = line.split("  ").map(str::trim).filter(|it| !it.is_empty());
        cells.next();
        for cell in cells {
            let count: Option<u64> = cell.parse().ok();
            assert!(count.is_none_or(|it| it == 0 || it > 10), "{line}");
            columns += usize::from(count.is_some());
        }
    }
    assert!(columns > 40, "{columns} counts are looked at");
    for expected in [
        "Public edition",
        "Hidden: a group of 10 pupils or fewer",
        "This is the first",
    ] {
        assert!(page.contains(expected), "{expected}\nin\n{page}");
    }
    let told = desk.done(&["verify", "public.pdf", "--trust", "district.pem"]);
    for expected in ["public edition", "by the rules 2026-1, after 0 earlier"] {
        assert!(told.contains(expected), "{told}");
    }
}

/// Every number and every figure of the public part.
fn small_counts(value: &Value, counts: &mut usize) {
    match value {
        Value::Object(members) => {
            let texts = members
                .iter()
                .filter(|(key, _)| !["outcome", "bound", "group"].contains(&&***key));
            texts.for_each(|(_, member)| small_counts(member, counts));
        }
        Value::Array(items) => items.iter().for_each(|item| small_counts(item, counts)),
        Value::Number(number) => panic!("a bare number: {number}"),
        Value::String(text) => {
            let count: Option<u64> = text.parse().ok();
            assert!(count.is_none_or(|it| it == 0 || it > 10), "{text} is told");
            *counts += usize::from(count.is_some());
        }
        _ => {}
    }
}

#[test]
fn a_public_edition_considers_those_before_it_leaves_itself_out_and_a_draft_is_none() {
    let desk = desk();
    let considered = |arguments: &[&str]| {
        let told = desk.answer(0, arguments);
        (
            told["considered"].as_u64().expect("a number"),
            told["signed_before"] == true,
        )
    };
    // A draft before it changes nothing, nor does one after it.
    assert_eq!(considered(&public("draft.pdf", &["--draft"])), (0, false));
    assert_eq!(considered(&public("first.pdf", &[])), (0, false));
    assert_eq!(considered(&public("draft.pdf", &["--draft"])), (1, false));
    assert_eq!(
        considered(&public("spanish.pdf", &["--language", "es"])),
        (1, false)
    );
    let known = word(&said(&desk, "first.pdf"), "as_known").to_owned();

    desk.done(&["import", &fixture("district/seds-update"), "--quiet"]);
    assert_eq!(considered(&public("later.pdf", &[])), (2, false));
    let data = said(&desk, "later.pdf");
    let named = list(&data["public"], "considered").iter();
    let named: Vec<String> = named.map(|it| word(it, "sha256").to_owned()).collect();
    let digests = ["first.pdf", "spanish.pdf"];
    let digests = digests.map(|file| hex::encode(sha2::Sha256::digest(bytes(&desk, file))));
    assert_eq!(named, digests);
    let page: String = text(&desk, "later.pdf").split_whitespace().collect();
    assert!(page.contains(&digests[0]), "the page names it");

    // The first one again, as its records were known, is the same file, byte for byte.
    let again = public("again.pdf", &["--as-known", &known]);
    assert_eq!(considered(&again), (0, true));
    assert_eq!(bytes(&desk, "again.pdf"), bytes(&desk, "first.pdf"));
    assert_eq!(considered(&public("later-again.pdf", &[])), (2, true));
    assert_eq!(bytes(&desk, "later-again.pdf"), bytes(&desk, "later.pdf"));
    let healthy = desk.answer(0, &["doctor"]).to_string();
    assert!(
        healthy.contains("3 issued, each file as it was issued"),
        "{healthy}"
    );
}

#[test]
fn what_can_be_told_the_public_is_not_kept_from_it_and_the_court_edition_hides_nothing() {
    let desk = desk();
    let refused = desk.fails(&public("public.pdf", &["--leave-out", "1"]));
    assert!(
        refused.contains("outcome 1 cannot be left out"),
        "{refused}"
    );
    let refused = desk.fails(&public("public.pdf", &["--withhold", "6:school"]));
    assert!(
        refused.contains("no table of outcome 6 need be withheld"),
        "{refused}"
    );
    let refused = desk.fails(&public("public.pdf", &["--withhold", "6:shoe_size"]));
    assert!(
        refused.contains("outcome 6 has no table by `shoe_size`"),
        "{refused}"
    );
    let refused = desk.fails(&public("public.pdf", &["--withhold", "6"]));
    assert!(refused.contains("names no table"), "{refused}");
    let court = report("court.pdf", &["--draft", "--withhold", "6:school"]);
    assert!(desk.fails(&court).contains("--edition public"));
    let unconfirmed = report("public.pdf", &["--edition", "public"]);
    assert!(desk.fails(&unconfirmed).contains("outcome 9: definition"));
    assert!(!desk.path("public.pdf").exists() && !desk.path("court.pdf").exists());
}

#[test]
fn an_edition_that_would_tell_too_much_is_refused_by_its_tables_and_is_signed_without_them() {
    let desk = desk();
    // An edition of years ago, before anything was hidden in it.
    desk.done(&public("first.pdf", &[]));
    tamper(
        &desk,
        "UPDATE public_release_populations SET told = replace(told, \
         '\"low\":0,\"high\":10,\"hidden\":true', '\"low\":3,\"high\":3,\"hidden\":false') \
         WHERE population LIKE 'chanda-smith/6/%'",
    );
    desk.done(&["import", &fixture("district/seds-update"), "--quiet"]);
    let refused = desk.fails(&public("public.pdf", &[]));
    assert!(
        refused.contains("outcome 6, the table by school"),
        "{refused}"
    );
    assert!(!desk.path("public.pdf").exists());
    // No cell is named: no school, no word of an axis.
    assert!(
        !refused.contains("1999999") && !refused.contains("autism"),
        "{refused}"
    );
    let draft = desk.run(&public("draft.pdf", &["--draft"]));
    let talk = String::from_utf8_lossy(&draft.stderr).into_owned();
    assert!(
        draft.status.success() && talk.contains("As it stands"),
        "{talk}"
    );

    let hint = refused.split("--leave-out ").skip(1);
    let outcomes: Vec<&str> = hint
        .map(|it| it.split([' ', ',', '\n']).next().unwrap_or_default())
        .collect();
    let leave_out: Vec<&str> = outcomes.iter().flat_map(|it| ["--leave-out", it]).collect();
    desk.done(&public("public.pdf", &leave_out));
    let left_out = said(&desk, "public.pdf")["left_out"].clone();
    let exposed = left_out.as_array().expect("a list").iter();
    let exposed = exposed.filter(|it| list(it, "unconfirmed").is_empty());
    assert_eq!(exposed.count(), outcomes.len());
    let page = text(&desk, "public.pdf");
    assert!(page.contains("would tell too much of single"), "{page}");
}

#[test]
fn rules_that_hide_less_than_the_state_does_or_are_not_what_they_say_sign_nothing() {
    let desk = desk();
    let asked = |rules: &str| {
        std::fs::write(desk.path("own.toml"), rules).expect("written");
        public("own.pdf", &["--rules", "own.toml"])
    };
    let under_its_name = DEFAULT_POLICY.replace("size_range_min = 4", "size_range_min = 3");
    let refused = desk.fails(&asked(&under_its_name));
    assert!(
        refused.contains("say that they are the shipped edition `2026-1`, and are not"),
        "{refused}"
    );
    let less = DEFAULT_POLICY
        .replace("population_max = 10", "population_max = 5")
        .replace("rate_population_min = 11", "rate_population_min = 6")
        .replace("population_min = 11", "population_min = 6")
        .replace("bottom_percent = 20", "bottom_percent = 34")
        .replace("top_percent = 80", "top_percent = 66")
        .replace("version = \"2026-1\"", "version = \"own\"");
    let refused = desk.fails(&asked(&less));
    for expected in [
        "the decree asks for edition `2026-1` of the rules, and these are `own`",
        "population_max is 5; hint: 10 at least",
        "rate_population_min is 6; hint: 11 at least",
    ] {
        assert!(refused.contains(expected), "{expected}\nin\n{refused}");
    }
    assert!(!desk.path("own.pdf").exists());
}

#[test]
fn a_group_of_ten_children_is_hidden_however_many_cases_they_have() {
    let desk = desk();
    desk.done(&public("public.pdf", &[]));
    let data = said(&desk, "public.pdf");
    let outcomes = list(&data["public"], "outcomes").iter();
    let tested = outcomes.clone().find(|it| word(it, "outcome") == "1");
    let cases = ["compliance", "cases", "--as-of", AS_OF, "--outcome", "1"];
    let listed = desk.done(&[&cases[..], &["--quiet"]].concat());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let heading = reader.headers().expect("a heading").clone();
    let place = |name: &str| heading.iter().position(|it| it == name);
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let counted = place("counted").expect("a column");
    let rows = rows.iter().filter(|row| &row[counted] == "yes");
    let person = place("person").expect("a column");
    let (mut shown, mut hidden) = (0, 0);
    for table in list(tested.expect("outcome 1"), "groups") {
        let Some(axis) = place(word(table, "by")) else {
            continue;
        };
        let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in rows.clone() {
            people.entry(&row[axis]).or_default().insert(&row[person]);
        }
        for row in list(table, "rows") {
            let people = people.get(word(row, "group")).map_or(0, BTreeSet::len);
            if word_of(&row["of"][0]) == "*" {
                hidden += usize::from(people > 0);
            } else if people > 0 {
                assert!(people > 10, "{people} children: {row}");
                shown += 1;
            }
        }
    }
    assert!(
        shown > 2 && hidden > 2,
        "{shown} are shown, {hidden} hidden"
    );
}

#[test]
fn a_public_edition_is_not_counted_again() {
    let desk = desk();
    desk.done(&public("public.pdf", &[]));
    let bundle = ["compliance", "bundle", "--as-of", AS_OF, "--out", "bundle"];
    desk.done(&[&bundle[..], &["--quiet"]].concat());
    let refused = desk.fails(&["compliance", "recount", "public.pdf", "bundle"]);
    assert!(
        refused.contains("only the court's is counted again"),
        "{refused}"
    );
}
