//! What a school's template may not leave out, hide or make look like something else, and that it
//! is said where.

use super::templates::{district, school, texts};
use super::{Desk, talk};

/// A folder that replaces one block of the transcript.
pub fn replacing(desk: &Desk, block: &str, typst: &str) {
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n";
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
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n";
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

/// A record whose rows could be read across: `AP` at the end of one, `Chemistry A` at the beginning
/// of the next, and `AP Chemistry A` a year later with the same figures.
#[test]
fn a_truthful_page_is_not_refused_for_what_two_cells_spell_together() {
    let desk = Desk::new();
    let senior = include_str!("../../report-templates/transcript/samples/senior.toml");
    let mut alike = senior.to_owned();
    for semester in ["A", "B"] {
        let history = format!("title = \"AP European History {semester}\", honors = \"ap\"");
        for (from, to) in [
            (
                format!("title = \"Advanced Physical Education {semester}\""),
                history,
            ),
            (
                format!("title = \"AP Environmental Science {semester}\""),
                format!("title = \"AP Chemistry {semester}\""),
            ),
        ] {
            assert!(alike.contains(&from), "{from}");
            alike = alike.replace(&from, &to);
        }
    }
    // The marks are those of the course a year later.
    let chemistry = "title = \"Chemistry A\", subject = \"physical_science\", area = \"d\", \
                     step = \"chemistry 1\", mark = ";
    let [passed, as_later] = ["C", "B"].map(|mark| format!("{chemistry}\"{mark}\""));
    assert!(alike.contains(&passed));
    alike = alike.replace(&passed, &as_later);
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n";
    std::fs::create_dir_all(desk.path("school/samples")).expect("a folder");
    let files = [("report.toml", manifest), ("samples/alike.toml", &*alike)];
    school(&desk, &files);
    let checked = desk.answer(0, &["template", "check", "./school"]);
    assert_eq!(checked[0]["problems"], serde_json::json!([]));
}

#[test]
fn check_finds_titles_with_a_word_more_figures_under_another_name_and_words_put_together() {
    let desk = Desk::new();
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n";
    let layout = "{% extends \"transcript/layout.typ.j2\" %}\n\
        {% block record -%}\n\
        #let terms = terms.map(term => (..term, courses: term.courses.map(course => {\n\
        if course.title == \"Biology A\" { course.title += \" Honors\" }\n\
        course })))\n{{ super() }}{% endblock %}\n\
        {% block summary -%}\n\
        #let averages = averages.zip(averages.rev()).map(((one, other)) => (\n\
        ..one, label: other.label))\n\
        #let progress = if progress != none { (\n\
        ..progress, subjects: progress.subjects.slice(1)) }\n\
        {{ super() }}{% endblock %}\n\
        {% block legend -%}\n{{ super() }}\n\
        #let legend-of-base = legend\n\
        #let legend(width) = { legend-of-base(width); par(\"From the S\" + \"DC\") }\n\
        {% endblock %}\n\
        {% block student -%}\n\
        #let person = (..person, birth_date: \"2000-01-01\")\n{{ super() }}{% endblock %}\n";
    school(
        &desk,
        &[("report.toml", manifest), ("layout.typ.j2", layout)],
    );
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let found = checked[0]["problems"].as_array().expect("problems");
    for said in [
        "the page does not show the course `Biology A` with A, 5.00, 5.00, d",
        "the page does not show the average `",
        "the page does not show the requirement `",
        "the page does not show the date of birth",
        "the page holds `SDC`",
    ] {
        let is_said = |it: &&serde_json::Value| {
            it["message"]
                .as_str()
                .is_some_and(|message| message.starts_with(said))
        };
        let gap = found.iter().find(is_said);
        let gap = gap.unwrap_or_else(|| panic!("{said} in {found:?}"));
        assert_eq!(gap["file"], "school/layout.typ.j2", "{gap}");
    }
}

#[test]
fn a_picture_that_cannot_be_drawn_is_named_with_its_line_and_its_setting() {
    let desk = Desk::new();
    let manifest = "extends = \"transcript\"\n[values]\nlogo = \"crest.svg\"\n";
    let crest = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<circle r=\"4\">\n</svg>";
    school(&desk, &[("report.toml", manifest), ("crest.svg", crest)]);
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let [problem] = &**checked[0]["problems"].as_array().expect("problems") else {
        panic!("one in {checked}")
    };
    assert_eq!(
        (&problem["file"], &problem["line"]),
        (&"school/crest.svg".into(), &3.into()),
        "{problem}"
    );
    let hints = texts(problem, "/hints");
    assert!(hints[0].contains("the setting `logo`"), "{hints:?}");
}

#[test]
fn a_shipped_schools_crest_can_be_left_out_and_a_preview_says_what_its_page_lacks() {
    let desk = Desk::new();
    let manifest = "extends = \"ironwood-terrace\"\nmodel = \"registrar-transcript/3\"\n\
                    [values]\nlogo = \"\"\n";
    let layout = "{% extends \"ironwood-terrace/layout.typ.j2\" %}\n\
                  {% block student %}#let person = (..person, name: \"A\")\n{{ super() }}\
                  {% endblock %}";
    school(
        &desk,
        &[("report.toml", manifest), ("layout.typ.j2", layout)],
    );
    let preview = ["template", "preview", "./school", "--sample", "senior"];
    let made = desk.run(&preview);
    assert!(made.status.success(), "{}", talk(&made));
    let said = talk(&made);
    for part in [
        "school/layout.typ.j2:2: the page does not show the student's name",
        "on senior, en, official",
        "1 problem; `registrar template check ./school` tries every sample",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_grade_level_the_credits_of_a_term_and_a_total_are_those_of_the_record() {
    let desk = Desk::new();
    let terms = |change: &str| {
        format!("#let terms = terms.map(term => (..term, {change}))\n{{{{ super() }}}}")
    };
    let total = "#let progress = if progress != none { (..progress, total: (\n\
                 ..progress.total, earned: \"999.00\")) }\n{{ super() }}";
    for (block, typst, said) in [
        (
            "record",
            terms("grade_level: \"8\""),
            "the page does not show the term `Fall 2022` with grade level 9 and 35.00, 35.00",
        ),
        (
            "record",
            terms("credit_earned: \"1.00\""),
            "the page does not show the term `",
        ),
        (
            "summary",
            total.to_owned(),
            "the page does not show the total of the requirements",
        ),
    ] {
        replacing(&desk, block, &typst);
        for edition in ["official", "unofficial"] {
            let preview = [
                "template",
                "preview",
                "./school",
                "--sample",
                "senior",
                "--edition",
                edition,
            ];
            let told = talk(&desk.run(&preview));
            assert_eq!(
                told.contains(said),
                edition == "official",
                "{edition}: {told}"
            );
        }
    }
}

#[test]
fn a_preview_tells_what_check_would_refuse_before_a_page_is_made() {
    let desk = Desk::new();
    let manifest = "extends = \"transcript\"\n[values]\nlogo = \"Crest.SVG\"\n";
    let crest = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\n\
                 <circle r=\"4\"/>\n<text font-family=\"Old English\">Motto</text></svg>";
    let strings = "record = \"Academic record of the SDC\"\n";
    school(
        &desk,
        &[
            ("report.toml", manifest),
            ("Crest.SVG", crest),
            ("strings.en.toml", strings),
        ],
    );
    let preview = desk.run(&["template", "preview", "./school", "--sample", "senior"]);
    let told = talk(&preview);
    for part in [
        "school/crest.svg:3: holds a text in `Old English`, a font that the program does not have",
        "hint: convert the text to paths",
        "strings.en.toml: record holds `SDC`",
        "2 problems; ",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(
        preview.status.success(),
        "the pages are there to be looked at"
    );
    let checked = desk.answer(1, &["template", "check", "./school"]);
    for problem in checked[0]["problems"].as_array().expect("problems") {
        let message = problem["message"].as_str().expect("a message");
        assert!(told.contains(message), "{message} in {told}");
    }
}

/// What a preview of the senior tells of the block that was replaced.
pub fn told_of(desk: &Desk, edition: &str) -> String {
    let preview = [
        "template",
        "preview",
        "./school",
        "--sample",
        "senior",
        "--edition",
        edition,
    ];
    talk(&desk.run(&preview))
}

/// The terms' rows with each course's cells altered.
pub fn with_cells(change: &str) -> String {
    format!(
        "{{{{ super() }}}}\n#let groups-of-base = term-groups\n\
         #let term-groups() = groups-of-base().map(rows => rows.enumerate().map(((at, row)) => {{\n\
         if at == 0 {{ return row }}\nlet (cells, lines) = row\n{change}\n(cells, lines)\n}}))"
    )
}

#[test]
fn a_course_has_one_mark_and_its_own_credits_each_below_its_own_label() {
    let desk = Desk::new();
    for (change, said) in [
        (
            "cells.at(5) = cells.at(1); cells.at(1) = [A]",
            "the page shows `A` beside the course `",
        ),
        (
            "cells.at(5) = \"A\"",
            "the page shows `A` beside the course `",
        ),
        (
            "cells.at(5) = \"10.00\"",
            "the page shows `10.00` beside the course `",
        ),
        (
            "cells.at(5) = cells.at(1); cells.at(1) = none",
            "below another label",
        ),
        (
            "let earned = cells.at(3); cells.at(3) = cells.at(2); cells.at(2) = earned",
            "below another label or in another order",
        ),
    ] {
        replacing(&desk, "record", &with_cells(change));
        let told = told_of(&desk, "official");
        assert!(told.contains(said), "{change}: {told}");
    }
}

#[test]
fn no_figure_stands_on_an_official_page_that_the_record_does_not_have() {
    let desk = Desk::new();
    let rank = "{{ super() }}\n#let summary-of-base = summary\n\
                #let summary() = { summary-of-base(); par[UC GPA, weighted 4.41] }";
    replacing(&desk, "summary", rank);
    let said = "the page shows `4.41`, a figure that the record does not have";
    assert!(told_of(&desk, "official").contains(said));
    assert!(!told_of(&desk, "unofficial").contains(said));
    // A figure of the school's own texts is the same for every student.
    let fee = "{{ super() }}\n#let summary-of-base = summary\n\
               #let summary() = { summary-of-base(); par(strings.fee) }";
    replacing(&desk, "summary", fee);
    let fees = [
        ("strings.en.toml", "fee = \"A copy is 4.41\""),
        ("strings.es.toml", "fee = \"4.41\""),
    ];
    school(&desk, &fees);
    assert!(!told_of(&desk, "official").contains(said));
}
