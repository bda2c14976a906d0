//! What a document that was sent to a student's next school says of it, and what it never says.

use serde_json::Value;

use super::templates::{pages_of, school};
use super::{Desk, fixture, talk};

/// A school that the records know, and where the student was not.
const CODE: &str = "19999990100069";
const NAME: &str = "Quail Mesa Continuation High School";

const ISSUE: [&str; 4] = ["transcript", "issue", "--student", "9000001"];

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn a_document_says_to_which_school_it_was_sent_and_not_by_whom_in_both_languages() {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    desk.done(&["import", &fixture("district/central")]);
    let to = ["--transfer", CODE, "--by", "Leonora Carrington"];
    for (language, sentence) in [
        ("en", "Sent to {} for a transfer (Education Code 49068)."),
        (
            "es",
            "Enviado a {} por traslado del estudiante (Education Code 49068).",
        ),
    ] {
        let sentence = sentence.replace("{}", NAME);
        let more = ["--language", language, "--out", language];
        let sent = desk.answer(0, &[&ISSUE[..], &to, &more].concat());
        let file = text(&sent["made"][0]["file"]).to_owned();
        let pages = pages_of(&desk.path(&file)).concat();
        assert!(pages.contains(&sentence), "{sentence} in {pages}");
        assert!(!pages.contains("Carrington"), "who sends it is not told");
        let verify = ["verify", &file, "--trust", "district.pem"];
        let verdict = desk.answer(0, &verify);
        assert_eq!(verdict[0]["document"]["document"]["sent_to"], NAME);
        assert!(!verdict.to_string().contains("Carrington"));
        let said = desk.said(0, &verify);
        assert!(said.contains(&format!("sent to     {NAME}, ")), "{said}");

        // A further copy is the same document, and its twin says the same.
        let batch = ["transcript", "issue", "--batch", text(&sent["batch"])];
        let again = format!("{language}-again");
        let more = ["--out", &again, "--copy", "flat"];
        let again = desk.answer(0, &[&batch[..], &more].concat());
        let bytes = |file: &str| std::fs::read(desk.path(file)).expect("a file");
        let copy = text(&again["made"][0]["file"]);
        assert!(bytes(copy) == bytes(&file), "the same bytes");
        let twin = pages_of(&desk.path(text(&again["made"][0]["twin"]))).concat();
        assert!(twin.contains(&sentence), "{sentence} in {twin}");
    }
    let copy = desk.answer(0, &[&ISSUE[..], &["--out", "copy"]].concat());
    let copy = text(&copy["made"][0]["file"]).to_owned();
    let pages = pages_of(&desk.path(&copy)).concat();
    assert!(!pages.contains("49068"), "a copy is for whoever asks");
    let verdict = desk.answer(0, &["verify", &copy, "--trust", "district.pem"]);
    assert_eq!(verdict[0]["document"]["document"]["sent_to"], Value::Null);
}

#[test]
fn an_arrangement_of_a_schools_own_cannot_leave_out_where_it_was_sent_nor_a_seal_its_language() {
    let desk = Desk::new();
    let layout = "{% extends \"transcript/layout.typ.j2\" %}\n\
        {% block summary -%}\n#let award-name(award) = award.label\n{{ super() }}\n\
        {%- endblock %}\n\
        {% block arrangement -%}\n#let sent-to() = none\n\
        #let head-of-page() = { letterhead(); student(); summary() }\n{{ super() }}\n\
        {%- endblock %}\n";
    school(
        &desk,
        &[
            (
                "report.toml",
                "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n",
            ),
            ("layout.typ.j2", layout),
        ],
    );
    let preview = ["template", "preview", "./school", "--language", "es"];
    let preview = [
        &preview[..],
        &["--sample", "senior", "--sample", "no-average"],
    ]
    .concat();
    let said = talk(&desk.run(&preview));
    for lacks in [
        "school/layout.typ.j2:2: the page does not show the award \
         `Sello estatal de alfabetización bilingüe: español` with 2026-05-29 in its line",
        "school/layout.typ.j2:6: the page does not show to which school it was sent, \
         `Enviado a Agave Valley High School por traslado del estudiante (Education Code 49068).`",
    ] {
        assert!(said.contains(lacks), "{lacks}\nin\n{said}");
    }
    assert!(said.contains("2 problems; "), "and nothing else: {said}");
}
