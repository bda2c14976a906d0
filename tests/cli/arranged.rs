//! Pages that a school arranged otherwise: what is still the record's passes, and what looks like
//! it and is not does not, on no edition.

use super::templates::school;
use super::{Desk, talk};

const SENIOR: &str = include_str!("../../report-templates/transcript/samples/senior.toml");

/// A folder that replaces blocks of this report, each in Typst after what it was.
fn arranged(desk: &Desk, base: &str, blocks: &[(&str, &str)]) {
    let manifest = format!("extends = \"{base}\"\nmodel = \"registrar-transcript/3\"\n");
    let mut layout = format!("{{% extends \"{base}/layout.typ.j2\" %}}\n");
    for (block, typst) in blocks {
        layout += &format!("{{% block {block} -%}}\n{typst}\n{{%- endblock %}}\n");
    }
    school(
        desk,
        &[("report.toml", &manifest), ("layout.typ.j2", &layout)],
    );
}

/// What is said of one sample of the folder.
fn told(desk: &Desk, more: &[&str]) -> String {
    let preview = ["template", "preview", "./school", "--sample", "senior"];
    talk(&desk.run(&[&preview[..], more].concat()))
}

#[test]
fn marks_of_the_column_beside_are_not_a_courses_own() {
    let desk = Desk::new();
    let exchanged = "{{ super() }}
#let groups-of-base = term-groups
#let term-groups() = {
  let groups = groups-of-base()
  let half = calc.quo(groups.len(), 2)
  for at in range(half) {
    let (one, other) = (groups.at(at), groups.at(at + half))
    if one.len() == other.len() {
      for row in range(1, one.len()) {
        let mark = one.at(row).at(0).at(1)
        one.at(row).at(0).at(1) = other.at(row).at(0).at(1)
        other.at(row).at(0).at(1) = mark
      }
      groups.at(at) = one
      groups.at(at + half) = other
    }
  }
  groups
}";
    arranged(&desk, "transcript", &[("record", exchanged)]);
    for edition in ["official", "flat", "unofficial"] {
        let told = told(&desk, &["--edition", edition]);
        assert!(
            told.contains("does not show the course `"),
            "{edition}: {told}"
        );
        assert!(told.contains("on senior, en"), "{told}");
    }
}

#[test]
fn courses_stand_under_their_own_term_or_year() {
    let desk = Desk::new();
    let rotated = "#let terms = terms.enumerate().map(((at, term)) => (..term,
  courses: terms.at(calc.rem(at + 1, terms.len())).courses))
{{ super() }}";
    for base in ["transcript", "transcript-by-year"] {
        arranged(&desk, base, &[("record", rotated)]);
        let told = told(&desk, &[]);
        let under = "in its line under the heading of its term, `Fall 2022`, or of its year";
        assert!(told.contains(under), "{base}: {told}");
    }
}

#[test]
fn marks_of_a_copy_for_oneself_stand_with_their_terms() {
    let desk = Desk::new();
    let exchanged = "#let terms = terms.map(term => (..term, courses: term.courses.map(course => {
  for other in terms {
    if other.school_year == term.school_year and other.name != term.name {
      for it in other.courses {
        if it.year_course != none and it.year_course == course.year_course {
          course.mark = it.mark
        }
      }
    }
  }
  course
})))
{{ super() }}";
    // Of the second sample some courses have more terms than stand beside each other.
    for (sample, typst, right) in [
        ("senior", exchanged, false),
        ("six-pages", exchanged, false),
        ("senior", "#let terms = terms.rev()\n{{ super() }}", true),
        ("six-pages", "{{ super() }}", true),
    ] {
        arranged(&desk, "self-report", &[("record", typst)]);
        let found = told(&desk, &["--sample", sample]);
        let lacks = found.contains("does not show the course `");
        assert_eq!(!lacks, right, "{sample}: {found}");
        assert_eq!(!found.contains("problem"), right, "{found}");
        assert_eq!(
            found.contains(&format!("on {sample}, en")),
            !right,
            "{found}"
        );
    }
}

/// Newest terms first, the name in capitals, dates as they are read in Spain, and in one term the
/// same title twice, once with an a-g area and once without.
#[test]
fn a_truthful_page_may_be_arranged_otherwise() {
    let desk = Desk::new();
    let journalism = "{ number = \"202395\", title = \"Journalism B\", \
                      subject = \"college_preparatory_elective\", area = \"g\", mark = \"C\" }";
    let health = "{ number = \"990001\", title = \"Health\", subject = \"elective\", \
                  area = \"g\", mark = \"A\" }";
    assert!(SENIOR.contains(journalism));
    let twice = SENIOR.replace(journalism, health);
    std::fs::create_dir_all(desk.path("school/samples")).expect("a folder");
    school(&desk, &[("samples/twice.toml", &twice)]);
    arranged(
        &desk,
        "transcript",
        &[
            ("record", "#let terms = terms.rev()\n{{ super() }}"),
            (
                "student",
                "#let person = (..person, name: upper(person.name))
{% if language == \"es\" %}
#let dated(iso) = iso.slice(8, 10) + \"/\" + iso.slice(5, 7) + \"/\" + iso.slice(0, 4)
{% endif %}\n{{ super() }}",
            ),
        ],
    );
    let checked = desk.answer(0, &["template", "check", "./school"]);
    assert_eq!(checked[0]["problems"], serde_json::json!([]));
}

/// The terms' groups with their credits in a last row of this.
fn closed(credits: &str) -> String {
    format!(
        "{{{{ super() }}}}
#let groups-of-base = term-groups
#let term-groups() = groups-of-base().map(rows => {{
  let ((name, empty, ..credits), lines) = rows.first()
  let last = ([], [], {credits}, ..([],) * (term-widths.len() - 4))
  (((name, empty), lines), ..rows.slice(1), (last, 1))
}})"
    )
}

#[test]
fn the_credits_of_terms_stand_in_their_headings_or_below_or_nowhere() {
    let desk = Desk::new();
    for (credits, right) in [
        ("..credits", true),
        ("[], []", true),
        ("[1.00], [1.00]", false),
    ] {
        arranged(&desk, "transcript", &[("record", &closed(credits))]);
        for sample in ["senior", "three-schools"] {
            let told = told(&desk, &["--sample", sample]);
            assert_eq!(!told.contains("problem"), right, "{credits}: {told}");
            let hint = "hint: a template prints the credits of every term";
            assert_eq!(told.contains(hint), !right, "{told}");
        }
    }
}

/// As where a term begins at the foot of a column and goes on in the next one.
#[test]
fn a_heading_that_stands_twice_with_its_rows_continued_says_its_own_credits_twice() {
    let desk = Desk::new();
    for (credits, right) in [("..credits", true), ("[1.00], [1.00]", false)] {
        let twice = format!(
            "{{{{ super() }}}}
#let groups-of-base = term-groups
#let term-groups() = groups-of-base().map(rows => {{
  let ((name, empty, ..credits), lines) = rows.first()
  let again = ((name, empty, {credits}), lines)
  (..rows.slice(0, 3), again, ..rows.slice(3))
}})"
        );
        arranged(&desk, "transcript", &[("record", &twice)]);
        let told = told(&desk, &[]);
        assert_eq!(!told.contains("problem"), right, "{credits}: {told}");
        let lack = told.contains("does not show the term `Fall 2022` with grade level 9");
        assert_eq!(lack, !right, "{credits}: {told}");
    }
}

#[test]
fn a_date_is_read_as_the_language_of_the_page_reads_it() {
    let desk = Desk::new();
    let day_first = "#let dated(iso) = iso.slice(8, 10) + \"/\" + iso.slice(5, 7) + \"/\" + \
  iso.slice(0, 4)\n{{ super() }}";
    let in_words = "#let dated(iso) = { str(int(iso.slice(8, 10))) + \" de \" + (
  \"01\": \"enero\", \"02\": \"febrero\", \"03\": \"marzo\", \"04\": \"abril\", \"05\": \"mayo\",
  \"06\": \"junio\", \"07\": \"julio\", \"08\": \"agosto\", \"09\": \"septiembre\",
  \"10\": \"octubre\", \"11\": \"noviembre\", \"12\": \"diciembre\").at(
  iso.slice(5, 7)) + \" de \" + iso.slice(0, 4) }\n{{ super() }}";
    for (typst, language, right) in [
        (day_first, "es", true),
        (day_first, "en", false),
        (in_words, "es", true),
    ] {
        arranged(&desk, "transcript", &[("student", typst)]);
        let told = told(&desk, &["--language", language]);
        let lack = told.contains("does not show the date of birth");
        assert_eq!(!lack, right, "{language}: {told}");
    }
}

#[test]
fn a_hint_that_several_problems_have_is_said_once() {
    let desk = Desk::new();
    let without = "#let terms = terms.slice(1)\n{{ super() }}";
    arranged(&desk, "transcript", &[("record", without)]);
    let told = told(&desk, &[]);
    assert!(
        told.matches("does not show the course").count() > 3,
        "{told}"
    );
    let hint = "hint: a template may arrange what the record says";
    assert_eq!(told.matches(hint).count(), 1, "{told}");
}

#[test]
fn an_error_in_a_line_with_a_value_filled_in_is_told_with_its_own_line() {
    let desk = Desk::new();
    let wrong = "#let accent-of-school = rgb({{ settings.accent }}).darker(2)\n{{ super() }}";
    arranged(&desk, "transcript", &[("summary", wrong)]);
    let told = told(&desk, &[]);
    assert!(told.contains("school/layout.typ.j2:3: "), "{told}");
}

#[test]
fn a_folder_that_makes_no_official_documents_is_not_advised_for_the_settings() {
    let desk = Desk::new();
    for (base, advice) in [
        (
            "transcript",
            "`template = \"./mission-vista\"` under [transcript]",
        ),
        (
            "self-report",
            "`registrar transcript preview --template ./mission-vista`",
        ),
    ] {
        let folder = desk.path("mission-vista");
        let made = desk.run(&["template", "new", "mission-vista", "--from", base]);
        let told = talk(&made);
        assert!(told.contains(advice), "{base}: {told}");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
