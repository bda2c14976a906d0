//! A student whose numbers change keeps what was issued and what was let pass.

use serde_json::{Value, json};

use crate::{Desk, fixture};

/// A later export of the district with one row of people.
fn sends(desk: &Desk, on: &str, row: &str) {
    let folder = desk.path("later");
    std::fs::create_dir_all(&folder).expect("a folder");
    let manifest = format!(
        "format = \"registrar-package/1\"\nsource = \"marisol-central\"\ndistrict = \"1999999\"\n\
         exported_at = \"{on}\"\nschools = [\"19999990100056\"]\n[tables.people]\n\
         mode = \"delta\"\n"
    );
    let header = "school,person,state_id,legal_given,legal_middle,legal_family,legal_suffix,\
                  chosen_name,printed_name,birth_date,mailing_address";
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    std::fs::write(folder.join("people.csv"), format!("{header}\n{row}\n")).expect("written");
    desk.done(&["import", "later", "--quiet"]);
}

/// The row of the student whose declared credits are wrong, under a state id or none.
fn ingrid(state_id: &str) -> String {
    format!("19999990100056,9000025,{state_id},Ingrid,,Sørensen-Ångström,,,,2008-03-14,")
}

fn issue(desk: &Desk, student: &str) -> String {
    let issue = ["transcript", "issue", "--student", student];
    let made = desk.answer(0, &issue);
    made["made"][0]["document"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// The documents about a student, each with the number that it was issued under.
fn documents(desk: &Desk, student: &str) -> Vec<(String, String)> {
    let told = desk.answer(0, &["transcript", "record", "--student", student]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let told = told.as_array().expect("documents").iter();
    let mut told: Vec<_> = told
        .map(|it| (text(&it["document"]), text(&it["student"])))
        .collect();
    told.sort();
    told
}

fn sorted<const N: usize>(of: [(&str, &str); N]) -> Vec<(String, String)> {
    let mut of = of.map(|(document, student)| (document.to_owned(), student.to_owned()));
    of.sort();
    of.to_vec()
}

fn district() -> Desk {
    let desk = Desk::new();
    desk.done(&["import", &fixture("district/central"), "--quiet"]);
    desk.keys();
    desk
}

#[test]
fn a_document_and_an_override_of_before_a_state_id_was_assigned_are_the_students_afterwards() {
    let desk = district();
    sends(&desk, "2026-06-13T20:00:00Z", &ingrid(""));
    let zone = jiff::tz::TimeZone::get("America/Los_Angeles").expect("the district's zone");
    let today = registrar::host::Clock::System.now().to_zoned(zone).date();
    let until = today
        .checked_add(jiff::ToSpan::days(30))
        .expect("a date")
        .to_string();
    let whom = [
        "override",
        "grant",
        "--code",
        "total_differs",
        "--student",
        "9000025",
    ];
    let why = [
        "--by",
        "R. Varo",
        "--reason",
        "looked at",
        "--until",
        &until,
    ];
    desk.answer(0, &[&whom[..], &why].concat());
    let listed = desk.answer(0, &["override", "list"]);
    let none = json!([{"number": "9000025", "state_id": null}]);
    assert_eq!(listed[0]["students"], none);
    let first = issue(&desk, "9000025");

    sends(&desk, "2026-06-14T20:00:00Z", &ingrid("9990000777"));
    let second = issue(&desk, "9990000777");
    let both = sorted([(&first, "9000025"), (&second, "9000025")]);
    assert_eq!(documents(&desk, "9990000777"), both);
    let listed = desk.answer(0, &["override", "list"]);
    let of_today = json!([{"number": "9000025", "state_id": "9990000777"}]);
    assert_eq!(listed[0]["students"], of_today);
    let text = desk.said(0, &["override", "list"]);
    let named = " student 9000025 (state's number 9990000777) until ";
    assert!(text.contains(named), "{text}");

    // The number of another child: nothing of the first one is told of it.
    let another = "19999990100056,9000025,9990000778,Oluwaseun,,Adeyemi,,,,2009-11-30,";
    sends(&desk, "2026-06-15T20:00:00Z", another);
    assert_eq!(documents(&desk, "9990000778"), []);
    let listed = desk.answer(0, &["override", "list"]);
    let students = &listed[0]["students"];
    assert_eq!(
        *students,
        json!([{"number": "9000025", "state_id": "9990000777"}])
    );
    let stopped = ["transcript", "issue", "--student", "9990000778"];
    assert_eq!(desk.answer(1, &stopped)["made"], json!([]));
}

#[test]
fn documents_of_before_a_merge_are_the_merged_students_and_each_ones_own_once_it_is_taken_back() {
    let desk = district();
    let (one, other) = ("9000010", "9000014");
    let (first, second) = (issue(&desk, one), issue(&desk, other));
    let merge = [
        "record",
        "merge",
        "--student",
        one,
        "--other",
        other,
        "--although-different",
    ];
    let ground = ["--ground", "one birth certificate", "--by", "R. Varo"];
    let merged = desk.answer(0, &[&merge[..], &ground].concat());
    let both = sorted([(&first, one), (&second, other)]);
    for number in [one, other] {
        assert_eq!(documents(&desk, number), both, "{number}");
    }
    let event = merged["event"].as_str().expect("a number");
    let withdraw = [
        "record",
        "withdraw",
        event,
        "--by",
        "R. Varo",
        "--reason",
        "two children",
    ];
    desk.answer(0, &withdraw);
    assert_eq!(documents(&desk, one), sorted([(&first, one)]));
    assert_eq!(documents(&desk, other), sorted([(&second, other)]));
}

#[test]
fn a_document_stays_the_childs_whatever_is_corrected_and_is_no_other_childs_under_the_number() {
    let desk = district();
    let row = |state_id: &str, who: &str| format!("19999990100056,9000010,{state_id},{who},");
    let kaleo = "Kaleo,,Nakamura-Reyes,,,,2008-02-11";
    sends(&desk, "2026-06-13T20:00:00Z", &row("9990000710", kaleo));
    let first = issue(&desk, "9000010");
    // State id and date of birth at once.
    let corrected = kaleo.replace("2008-02-11", "2008-11-02");
    sends(
        &desk,
        "2026-06-14T20:00:00Z",
        &row("9990000711", &corrected),
    );
    let own = sorted([(&first, "9000010")]);
    assert_eq!(documents(&desk, "9990000711"), own);
    // Another child under the same number and the same state id.
    let another = "Oluwaseun,,Adeyemi,,,,2009-11-30";
    sends(&desk, "2026-06-15T20:00:00Z", &row("9990000711", another));
    assert_eq!(documents(&desk, "9990000711"), []);
}
