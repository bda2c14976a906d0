//! The court edition of a compliance report: what it refuses, what is signed, that it is the same
//! file a year later, and whether everybody can read it.

use std::collections::BTreeMap;
use std::process::Command;

use registrar::exchange::{Model, schema};
use serde_json::Value;

use super::compliance::desk_with;
use super::{Desk, fixture, walk};

pub(super) const AS_OF: &str = "2026-06-12";

/// Outcomes of the shipped decree of which something is unconfirmed.
const UNCONFIRMED: [&str; 15] = [
    "2", "3", "5", "7A", "7B", "8", "9", "10", "11", "12", "14", "15", "16", "17", "18",
];

pub fn report<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let asked = ["compliance", "report", "--as-of", AS_OF, "--out", out];
    [&asked[..], more].concat()
}

/// Who answers for records that are not complete enough, and why.
pub const OVERRIDE: [&str; 4] = [
    "--override-by",
    "Remedios Varo, Director of Special Education",
    "--override-reason",
    "Two pupils moved in the week of the count; the adult school has none under 22",
];

/// Leaves out what nobody confirmed.
pub fn leaving_out() -> Vec<&'static str> {
    let each = UNCONFIRMED.iter().flat_map(|it| ["--leave-out", it]);
    each.collect()
}

/// What a signed report of the fixture district needs beside its day.
pub fn signing() -> Vec<&'static str> {
    [&leaving_out()[..], &OVERRIDE].concat()
}

pub fn bytes(desk: &Desk, file: &str) -> Vec<u8> {
    std::fs::read(desk.path(file)).expect("it was written")
}

fn tool(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(name).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{name} is installed: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name} {arguments:?}: {said}");
    said
}

/// What a reader of the page sees.
pub fn text(desk: &Desk, file: &str) -> String {
    let path = desk.path(file).display().to_string();
    tool("pdftotext", &["-layout", &path, "-"])
}

fn whole() -> Desk {
    desk_with(&["central", "charters", "seds", "seds-update"])
}

#[test]
fn the_court_edition_is_not_signed_while_anything_is_unconfirmed_and_not_left_out_by_name() {
    let desk = whole();
    desk.keys();
    let refused = desk.fails(&report("court.pdf", &[]));
    for outcome in UNCONFIRMED {
        assert!(
            refused.contains(&format!("outcome {outcome}: ")),
            "{refused}"
        );
    }
    assert!(
        refused.contains("outcome 9: definition, target `transition`"),
        "{refused}"
    );
    assert!(
        refused.contains("--leave-out 7A --leave-out 7B"),
        "{refused}"
    );
    for confirmed in ["1", "4", "6", "13"] {
        assert!(
            !refused.contains(&format!("outcome {confirmed}: ")),
            "{refused}"
        );
    }
    let all_but_one = &leaving_out()[2..];
    let refused = desk.fails(&report("court.pdf", all_but_one));
    assert!(
        refused.contains("outcome 2: exclusion `other_test`"),
        "{refused}"
    );
    assert!(!refused.contains("outcome 5: "), "{refused}");
    // A result that can be told is not hidden.
    let hiding = [&leaving_out()[..], &["--leave-out", "1"]].concat();
    let refused = desk.fails(&report("court.pdf", &hiding));
    assert!(
        refused.contains("outcome 1 cannot be left out"),
        "{refused}"
    );
    let unknown = desk.fails(&report("court.pdf", &["--leave-out", "99"]));
    assert!(unknown.contains("no outcome `99`"), "{unknown}");
    assert!(!desk.path("court.pdf").exists(), "nothing was written");
    let other = ["--draft", "--template", "transcript"];
    let refused = desk.fails(&report("court.pdf", &other));
    assert!(refused.contains("not what a decree comes to"), "{refused}");
}

#[test]
fn a_signed_report_says_what_status_says_and_one_that_was_changed_is_refused() {
    let desk = whole();
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    let court = report("court.pdf", &signing());
    let told = desk.answer(0, &court);
    assert_eq!(told["signed_before"], false);
    assert_eq!(
        told["left_out"].as_array().map(Vec::len),
        Some(UNCONFIRMED.len())
    );
    let trust = ["verify", "court.pdf", "--trust", "district.pem"];
    let answer = desk.answer(0, &trust);
    assert_eq!(answer[0]["conclusion"], "valid");
    let data = &answer[0]["document"];
    says_what_status_says(&desk, data);
    let (breaches, _) = walk::breaches(data, &schema(Model::Compliance), "ComplianceReport");
    assert_eq!(breaches, Vec::<String>::new());

    let said = desk.done(&trust);
    for expected in [
        "compliance report ",
        "court edition",
        "Chanda Smith Modified Consent Decree",
        "as of       2026-06-12",
        "signed by   Marisol Unified",
        "10          left out of the report",
        "incomplete  3 parts of the records are under 95.00 percent; signed all the same by \
         Remedios Varo, Director of Special Education: Two pupils moved",
    ] {
        assert!(said.contains(expected), "{expected}\nin\n{said}");
    }
    let page = text(&desk, "court.pdf");
    let id = data["document"]["id"].as_str().expect("an id");
    assert!(page.contains(id), "its number stands on the page");
    assert!(
        page.contains("The district left them out by name"),
        "{page}"
    );
    assert!(!page.contains("DRAFT"));

    let mut changed = bytes(&desk, "court.pdf");
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(desk.path("changed.pdf"), &changed).expect("written");
    let answer = desk.answer(1, &["verify", "changed.pdf", "--trust", "district.pem"]);
    assert_eq!(answer[0]["conclusion"], "invalid");
    assert_eq!(
        answer[0]["document"],
        Value::Null,
        "nothing of it is repeated"
    );

    // The ledger knows its file, and notices when that is gone.
    let healthy = desk.answer(0, &["doctor"]).to_string();
    assert!(
        healthy.contains("1 issued, each file as it was issued"),
        "{healthy}"
    );
    assert!(!healthy.contains("no document names"), "{healthy}");
    let kept = kept_file(&desk, &bytes(&desk, "court.pdf"));
    std::fs::remove_file(kept).expect("removed");
    let ill = desk.answer(1, &["doctor"]).to_string();
    assert!(ill.contains(&format!("is missing: {id}")), "{ill}");
}

/// Where the ledger keeps these bytes.
fn kept_file(desk: &Desk, bytes: &[u8]) -> std::path::PathBuf {
    use sha2::Digest as _;
    let name = hex::encode(sha2::Sha256::digest(bytes));
    desk.path("documents")
        .join(&name[..2])
        .join(format!("{name}.pdf"))
}

/// Every figure and digest of the report is that of `compliance status`.
fn says_what_status_says(desk: &Desk, data: &Value) {
    let status = desk.answer(1, &["compliance", "status", "--as-of", AS_OF]);
    for key in [
        "decree",
        "as_known",
        "period",
        "completeness",
        "discrepancies",
    ] {
        assert_eq!(data[key], status[key], "{key}");
    }
    let outcomes = status["outcomes"].as_array().expect("outcomes");
    let outcomes: BTreeMap<_, _> = outcomes
        .iter()
        .map(|it| (it["outcome"].as_str(), it))
        .collect();
    let reported = data["outcomes"].as_array().expect("outcomes");
    assert_eq!(reported.len() + UNCONFIRMED.len(), outcomes.len());
    for outcome in reported {
        let known = outcomes[&outcome["outcome"].as_str()];
        assert_eq!(&outcome, &known);
        each_group_is_a_part_of_the_whole(outcome);
    }
}

/// Each field parts the cases: its groups add up to the whole.
fn each_group_is_a_part_of_the_whole(outcome: &Value) {
    let groups = outcome["groups"].as_array().expect("groups");
    assert!(!groups.is_empty(), "an outcome is broken down");
    for grouping in groups {
        let rows = grouping["rows"].as_array().expect("rows");
        let sum = |key: &str| {
            rows.iter()
                .map(|row| row[key].as_u64().expect("a count"))
                .sum()
        };
        let counted: u64 = sum("counted");
        assert_eq!(outcome["counted"], counted, "{}", grouping["by"]);
        let unclear: u64 = sum("unclear");
        assert_eq!(outcome["unclear"], unclear, "{}", grouping["by"]);
    }
}

#[test]
fn a_report_is_the_same_file_after_a_later_import_where_it_reads_what_was_known_then() {
    let desk = desk_with(&["central", "charters", "seds"]);
    desk.keys();
    let known = desk.answer(0, &report("first.pdf", &["--draft"]));
    let known = known["as_known"].as_str().expect("an instant").to_owned();
    let court = [&signing()[..], &["--as-known", &known]].concat();
    let first = desk.answer(0, &report("court.pdf", &court));
    assert_eq!(first["signed_before"], false);

    let update = fixture("district/seds-update");
    desk.done(&["import", &update, "--quiet"]);
    desk.done(&report("again.pdf", &["--draft", "--as-known", &known]));
    let is_same = |one: &str, other: &str| bytes(&desk, one) == bytes(&desk, other);
    assert!(is_same("again.pdf", "first.pdf"), "byte for byte");
    desk.done(&report("today.pdf", &["--draft"]));
    assert!(!is_same("today.pdf", "first.pdf"), "the import says more");

    let again = desk.answer(0, &report("court-again.pdf", &court));
    assert_eq!(again["signed_before"], true);
    assert_eq!(again["document"], first["document"]);
    assert!(is_same("court-again.pdf", "court.pdf"), "byte for byte");
}

#[test]
fn a_draft_shows_every_outcome_of_each_decree_in_each_language_and_says_what_it_is() {
    let desk = whole();
    for decree in ["chanda-smith", "idea-part-b"] {
        for (language, mark, unconfirmed) in [
            ("en", "DRAFT: not signed", "unconfirmed"),
            ("es", "BORRADOR: sin firma", "sin confirmar"),
        ] {
            let file = format!("{decree}-{language}.pdf");
            let more = ["--draft", "--decree", decree, "--language", language];
            desk.done(&report(&file, &more));
            let page = text(&desk, &file);
            let pages = page.trim_end_matches('\u{c}').split('\u{c}').count();
            assert!(pages > 20, "{file}: {pages} pages");
            assert_eq!(
                page.matches(mark).count(),
                pages,
                "{file}: every page says it"
            );
            assert!(page.contains(unconfirmed), "{file}");
            is_readable(&desk, &file, language);
            let answer = desk.answer(1, &["verify", &file, "--trust", &pem(&desk)]);
            assert_eq!(answer[0]["conclusion"], "not_signed");
        }
    }
}

/// A root to trust; none signed a draft.
fn pem(desk: &Desk) -> String {
    if !desk.path("district.pem").exists() {
        desk.keys();
        desk.done(&["key", "export", "--out", "district.pem"]);
    }
    "district.pem".to_owned()
}

/// What a screen reader needs: tags, the language, headings without a gap, header cells with their
/// scope, and a text for each chart.
fn is_readable(desk: &Desk, file: &str, language: &str) {
    let path = desk.path(file).display().to_string();
    tool("qpdf", &["--check", &path]);
    let json = tool("qpdf", &["--json=2", "--json-key=qpdf", &path]);
    let json: Value = serde_json::from_str(&json).expect("qpdf writes JSON");
    let objects = json["qpdf"][1].as_object().expect("objects");
    let values = || objects.values().map(|it| &it["value"]);
    let catalog = values().find(|it| it["/Type"] == "/Catalog");
    let catalog = catalog.expect("a catalog");
    assert_eq!(catalog["/Lang"], format!("u:{language}"), "{file}");
    let of_role = |role: &str| values().filter(|it| it["/S"] == role).count();
    let (first, second, third) = (of_role("/H1"), of_role("/H2"), of_role("/H3"));
    assert_eq!(first, 1, "{file}: one title");
    assert!(
        second > 15 && third > 50,
        "{file}: {second} and {third} headings"
    );
    let headers: Vec<_> = values().filter(|it| it["/S"] == "/TH").collect();
    assert!(
        headers.len() > 500,
        "{file}: {} header cells",
        headers.len()
    );
    for header in headers {
        let attributes = header["/A"].to_string();
        assert!(attributes.contains("/Scope"), "{file}: {header}");
    }
    let charts: Vec<_> = values().filter(|it| it["/S"] == "/Figure").collect();
    assert!(charts.len() > 10, "{file}: {} charts", charts.len());
    for chart in charts {
        let said = chart["/Alt"].as_str().expect("a chart says what it shows");
        assert!(
            said.contains("100") || said.contains('%') || said.contains('.'),
            "{said}"
        );
    }
    let metadata = tool("pdfinfo", &["-meta", &path]);
    assert!(metadata.contains("pdfuaid:part"), "{file} claims PDF/UA");
}

#[test]
fn a_districts_own_folder_lays_a_report_out_and_cannot_take_the_draft_off_its_pages() {
    let desk = whole();
    let new = ["template", "new", "marisol", "--from", "compliance"];
    desk.done(&new);
    let title = "report = \"Report to the Court\"\n";
    std::fs::write(desk.path("marisol/strings.en.toml"), title).expect("written");
    let own = ["--draft", "--template", "./marisol"];
    desk.done(&report("own.pdf", &own));
    assert!(text(&desk, "own.pdf").contains("Report to the Court, court edition"));

    let mark = "draft_mark = \"Filed\"\n";
    std::fs::write(desk.path("marisol/strings.en.toml"), mark).expect("written");
    let refused = desk.fails(&report("filed.pdf", &own));
    assert!(
        refused.contains("page 1 does not say that it is a draft"),
        "{refused}"
    );
    let hiding = "{% extends \"compliance/layout.typ.j2\" %}\n\
                  {% block appendix %}\n#let appendix() = []\n{% endblock %}\n\
                  {% block outcome %}\n#let section(it) = heading(level: 2, it.title)\n\
                  {% endblock %}";
    std::fs::write(desk.path("marisol/strings.en.toml"), title).expect("written");
    std::fs::write(desk.path("marisol/layout.typ.j2"), hiding).expect("written");
    let refused = desk.fails(&report("less.pdf", &own));
    assert!(
        refused.contains("of outcome 1\nhint: a template arranges"),
        "{refused}"
    );
    assert!(!desk.path("less.pdf").exists());

    let silent = "{% extends \"compliance/layout.typ.j2\" %}\n\
                  {% block quality %}\n#let quality() = []\n{% endblock %}\n\
                  {% block status %}\n#let status() = []\n#let omitted() = []\n{% endblock %}";
    std::fs::write(desk.path("marisol/layout.typ.j2"), silent).expect("written");
    let officer = [&own[..], &OVERRIDE].concat();
    let refused = desk.fails(&report("silent.pdf", &officer));
    assert!(
        refused.contains("no page says `Remedios Varo, Director of Special Education`"),
        "{refused}"
    );
}

#[test]
fn the_schema_tells_every_field_of_a_report() {
    let desk = Desk::new();
    let told = desk.answer(0, &["template", "schema", "--model", "compliance"]);
    assert_eq!(
        told["properties"]["format"]["const"],
        "registrar-compliance/1"
    );
    assert_eq!(told, schema(Model::Compliance));
}
