//! What a folder's strings and prose may not say: what another entry is for, what is the
//! program's to say, or nothing at all.

use registrar::template::{Cause, Folder, Problem, Report, TemplateError};

fn folder(files: &[(&str, &str)]) -> Folder {
    let pair = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    Folder {
        name: "mission-vista".to_owned(),
        files: files.iter().map(pair).collect(),
    }
}

fn causes(result: Result<Report, TemplateError>) -> Vec<(String, Option<usize>, Cause)> {
    let error = result.expect_err("the folder is refused");
    let parts = |problem: Problem| (problem.file, problem.line, problem.cause);
    error.problems.into_iter().map(parts).collect()
}

#[test]
fn an_entry_says_nothing_that_another_one_is_for_and_is_not_empty() {
    let of = |strings: &str| {
        let manifest = ("report.toml", "extends = \"transcript\"");
        Report::from_folder(folder(&[manifest, ("strings.en.toml", strings)]))
    };
    let other = |key: &str, text: &str, other: &str| Cause::OtherString {
        key: key.to_owned(),
        text: text.to_owned(),
        other: other.to_owned(),
    };
    let own = |key: &str| Cause::ProgramsOwn(key.to_owned());
    for (strings, expected) in [
        (
            "attempted = \"Earned\"\nearned = \"Attempted\"",
            vec![
                (1, other("attempted", "Earned", "earned")),
                (2, other("earned", "Attempted", "attempted")),
            ],
        ),
        (
            "birth_date = \"Number\"\nstudent_id = \"Number\"",
            vec![
                (1, other("birth_date", "Number", "student_id")),
                (2, other("student_id", "Number", "birth_date")),
            ],
        ),
        (
            "left = \"Graduated\"",
            vec![(1, other("left", "Graduated", "graduated"))],
        ),
        (
            "mark = \"\"\n[honors_code]\nnone = \"AP\"",
            vec![
                (1, Cause::EmptyString("mark".to_owned())),
                (3, other("honors_code.none", "AP", "honors_code.ap")),
            ],
        ),
        (
            "official = \"Unofficial High School Transcript\"\n\
             [kind]\nfinal = \"Final, all requirements met\"",
            vec![(1, own("official")), (2, own("kind"))],
        ),
    ] {
        let file = "mission-vista/strings.en.toml".to_owned();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(line, cause)| (file.clone(), Some(line), cause))
            .collect();
        assert_eq!(causes(of(strings)), expected, "{strings}");
    }
    let good = "official = \"Official Transcript of Mission Vista\"\n\
                credits_attempted = \"Attempted\"\nattempted = \"Att.\"\n\
                [language_name]\nfarsi = \"Persian\"\n[kind]\nfinal = \"Final\"";
    assert!(of(good).is_ok(), "{:?}", of(good).err());
}

#[test]
fn prose_of_which_nothing_is_left_in_a_language_is_named_with_its_line() {
    for (prose, languages) in [
        ("{% if language == 'es' %}Certifico{% endif %}", &["en"][..]),
        ("", &["en", "es"]),
    ] {
        let manifest = format!("extends = \"transcript\"\n[values]\ncertification = \"{prose}\"");
        let found = causes(Report::from_folder(folder(&[("report.toml", &manifest)])));
        let expected: Vec<_> = languages
            .iter()
            .map(|language| {
                let cause = Cause::EmptyProse {
                    setting: "certification".to_owned(),
                    language: (*language).to_owned(),
                };
                ("mission-vista/report.toml".to_owned(), Some(3), cause)
            })
            .collect();
        let told: Vec<_> = expected.iter().filter(|it| found.contains(it)).collect();
        assert_eq!(
            (told.len(), found.len()),
            (expected.len(), expected.len()),
            "{found:?}"
        );
    }
}

#[test]
fn what_is_wrong_with_strings_prose_and_layout_is_said_together() {
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n[values]\n\
                    certification = \"I certify {{ strings.nosuch }}\"\n\
                    verify_hint = \"Ask {{ strings.neither }}\"";
    let layout = "{% extends \"transcript/layout.typ.j2\" %}\n\
                  {% block legend %}#let legend(width) = [#if person.student_id == \"78\" [x]]\
                  {% endblock %}";
    let school = folder(&[
        ("report.toml", manifest),
        ("layout.typ.j2", layout),
        ("strings.en.toml", "attmpted = \"Tried\""),
    ]);
    let found = causes(Report::from_folder(school));
    let places: Vec<_> = found
        .iter()
        .map(|(file, line, _)| (file.trim_start_matches("mission-vista/"), *line))
        .collect();
    assert_eq!(
        places,
        [
            ("layout.typ.j2", Some(2)),
            ("report.toml", Some(4)),
            ("report.toml", Some(5)),
            ("strings.en.toml", Some(1)),
        ],
        "{found:?}"
    );
    assert!(matches!(found[0].2, Cause::OfOnePerson(_)), "{found:?}");
}

#[test]
fn a_pdf_that_nothing_names_is_no_part_of_a_page() {
    let of = |manifest: &str| {
        let files = [("report.toml", manifest), ("old.pdf", "no PDF")];
        let report = Report::from_folder(folder(&files)).expect("it is well formed");
        report.compose("en").expect("it composes").files
    };
    assert!(!of("extends = \"transcript\"").contains_key("old.pdf"));
    let named = "extends = \"transcript\"\n[values]\nschool_profile = \"old.pdf\"";
    assert!(of(named).contains_key("old.pdf"));
}
