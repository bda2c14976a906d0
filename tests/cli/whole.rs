//! What a school's template may not leave out, hide or make look like something else.

use super::templates::{district, school};
use super::{Desk, talk};

/// A folder that replaces one block of the transcript.
fn replacing(desk: &Desk, block: &str, typst: &str) {
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/2\"\n";
    let layout = format!(
        "{{% extends \"transcript/layout.typ.j2\" %}}\n{{% block {block} -%}}\n{typst}\n\
         {{%- endblock %}}\n"
    );
    school(
        desk,
        &[("report.toml", manifest), ("layout.typ.j2", &layout)],
    );
}

#[test]
fn check_names_what_a_block_leaves_out_or_alters_with_its_file_and_line() {
    let desk = Desk::new();
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/2\"\n";
    let layout = "{% extends \"transcript/layout.typ.j2\" %}\n\
        {% block record -%}\n\
        #let terms = terms.map(term => (..term, courses: term.courses.filter(\n\
        course => course.credit_earned != \"0.00\")))\n{{ super() }}{% endblock %}\n\
        {% block summary -%}\n{{ super() }}\n\
        #let averages = averages.map(it => (..it, value: \"4.0000\"))\n\
        #let summary-of-base = summary\n\
        #let summary() = text(fill: white, summary-of-base())\n{% endblock %}\n\
        {% block edges -%}\n{{ super() }}\n#let footer = none\n{% endblock %}\n";
    school(
        &desk,
        &[("report.toml", manifest), ("layout.typ.j2", layout)],
    );
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let found = checked[0]["problems"].as_array().expect("problems");
    for (line, said) in [
        (2, "the page does not show the course `"),
        (6, "the page does not show the average `"),
        (
            12,
            "the page does not show `UNSIGNED COPY of the signed document",
        ),
    ] {
        let gap = found.iter().find(|it| {
            let message = it["message"].as_str().unwrap_or_default();
            message.starts_with(said)
        });
        let gap = gap.unwrap_or_else(|| panic!("{said} in {found:?}"));
        assert_eq!(gap["file"], "school/layout.typ.j2", "{gap}");
        assert_eq!(gap["line"], line, "{gap}");
        assert!(!gap["hints"].as_array().expect("hints").is_empty());
        assert!(!gap["on"].as_array().expect("documents").is_empty());
    }
}

#[test]
fn no_edition_leaves_the_program_with_another_mark_than_the_records() {
    let (desk, student) = district();
    let marks = "#let terms = terms.map(term => (..term, courses: term.courses.map(\n\
                 course => (..course, mark: \"A+\"))))\n{{ super() }}";
    replacing(&desk, "record", marks);
    let with = ["--student", &student, "--template", "./school"];
    let issued = desk.answer(1, &[&["transcript", "issue"][..], &with].concat());
    assert_eq!(issued["made"], serde_json::json!([]));
    let reason = issued["refused"][0]["reasons"][0]
        .as_str()
        .expect("a reason");
    assert!(
        reason.starts_with("the page does not show the course `"),
        "{reason}"
    );
    let preview = ["transcript", "preview", "--out", "copies"];
    let copy = desk.answer(1, &[&preview[..], &with].concat());
    assert_eq!(copy["made"], serde_json::json!([]));
}

#[test]
fn an_unofficial_copy_cannot_pass_for_an_official_one() {
    let (desk, student) = district();
    let plain = "{{ super() }}\n#let (title, footer, watermark) = (strings.official, none, none)\n\
                 #let strings = (..strings, unofficial_note: strings.certification)";
    replacing(&desk, "edges", plain);
    let with = ["--student", &student, "--template", "./school"];
    let preview = ["transcript", "preview", "--out", "copies"];
    let copy = desk.run(&[&preview[..], &with].concat());
    assert_eq!(copy.status.code(), Some(1), "{}", talk(&copy));
    let said = String::from_utf8(copy.stdout).expect("UTF-8");
    assert!(
        said.contains("the page does not show `UNOFFICIAL` on page 1"),
        "{said}"
    );
    let hint = said
        .lines()
        .find(|line| line.contains("hint: "))
        .expect("a hint");
    assert!(
        hint.starts_with("                 hint: "),
        "under its student: {hint}"
    );
    // The program's own sentences are not a school's to set.
    school(
        &desk,
        &[(
            "strings.en.toml",
            "official = \"x\"\nflat_note = \"Signed.\"\n",
        )],
    );
    let refused = desk.run(&[&["transcript", "preview"][..], &with].concat());
    let said = talk(&refused);
    assert!(
        said.contains("strings.en.toml:2: sets `flat_note`"),
        "{said}"
    );
}

#[test]
fn a_twin_that_cannot_be_made_takes_neither_documents_nor_index_with_it() {
    let (desk, student) = district();
    replacing(
        &desk,
        "edges",
        "{{ super() }}\n#let footer = if flat { none } else { footer }",
    );
    let made = desk.answer(
        1,
        &[
            "transcript",
            "issue",
            "--student",
            &student,
            "--template",
            "./school",
            "--out",
            "out",
            "--copy",
            "flat",
        ],
    );
    let copy = &made["made"][0];
    assert!(copy["twin"].is_null());
    let why = copy["no_twin"].as_str().expect("why");
    assert!(why.contains("UNSIGNED COPY"), "{why}");
    let file = copy["file"].as_str().expect("a file");
    assert!(desk.path(file).is_file());
    let index = std::fs::read_to_string(desk.path("out/index.csv")).expect("an index");
    let row = index.lines().nth(1).expect("a row");
    assert!(
        row.contains(file.trim_start_matches("out/")) && row.ends_with(','),
        "{row}"
    );
}
