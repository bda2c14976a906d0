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
            "[honors_code]\nnone = \"H\"\nhonors = \"AP\"",
            vec![
                (2, other("honors_code.none", "H", "honors_code.honors")),
                (3, other("honors_code.honors", "AP", "honors_code.ap")),
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
}

#[test]
fn labels_of_different_tables_and_letters_of_several_codes_may_be_the_same() {
    for good in [
        "official = \"Official Transcript of Mission Vista\"\n\
         credits_attempted = \"Attempted\"\nattempted = \"Att.\"\n\
         [language_name]\nfarsi = \"Persian\"\n[kind]\nfinal = \"Final\"",
        "mark = \"Grade\"\ngrade_level = \"Grade\"",
        "attempted = \"Credits\"\ncredit = \"Credits\"",
        "subject = \"Course\"\nawarded_on = \"Entered\"\ntotal = \"Earned\"",
        // One letter, of which the legend says for what it stands.
        "[honors_code]\nap = \"H\"\nib = \"H\"",
        "[honors_code]\nhonors = \"*\"\nuc_honors = \"*\"\nap = \"*\"\nib = \"*\"",
        "[repeat_code]\nRepeatNotCounted = \"R\"\nReplacementCounted = \"R\"",
    ] {
        let manifest = ("report.toml", "extends = \"transcript\"");
        let report = Report::from_folder(folder(&[manifest, ("strings.en.toml", good)]));
        assert!(report.is_ok(), "{good}: {:?}", report.err());
    }
}

#[test]
fn what_would_be_printed_in_its_braces_is_refused_with_its_line() {
    let manifest = "extends = \"transcript\"\n[settings.motto]\ntype = \"text\"\n\
                    default = \"\"\nabout = \"x\"\n[values]\nmotto = \"Of {{ school }}\"";
    let strings = "mark = \"Mark {page}\"\ncertification = \"By {{ school }}\"\n\
                   [honors_code]\nap = \"{% if x %}AP{% endif %}\"";
    let found = causes(Report::from_folder(folder(&[
        ("report.toml", manifest),
        ("strings.en.toml", strings),
    ])));
    let printed = |file: &str, line, key: &str, braces| {
        let key = key.to_owned();
        let cause = Cause::PrintedBraces { key, braces };
        (format!("mission-vista/{file}"), Some(line), cause)
    };
    assert_eq!(
        found,
        [
            printed("report.toml", 7, "motto", "{{"),
            printed("strings.en.toml", 2, "certification", "{{"),
            printed("strings.en.toml", 4, "honors_code.ap", "{%"),
        ]
    );
}

#[test]
fn prose_prints_the_schools_name_and_asks_nothing_of_it() {
    let of = |prose: &str| {
        let values = format!("[values]\ncertification = '''{prose}'''");
        let manifest = format!("extends = \"transcript\"\n{values}");
        Report::from_folder(folder(&[("report.toml", &manifest)]))
    };
    for prose in [
        "{% if school == \"Ironwood\" %}By us{% else %}By them{% endif %}",
        "By {{ school|upper }}",
        "{% if language == 'es' and 'x' in school %}A{% else %}B{% endif %}",
        "By {{ 'us' if school else 'them' }}",
    ] {
        let file = "mission-vista/report.toml".to_owned();
        let expected = (file, Some(3), Cause::OfOneSchool);
        assert!(causes(of(prose)).contains(&expected), "{prose}");
    }
    for prose in [
        "By {{ school }}.",
        "By {{- school -}}.",
        "{% if language == 'school' %}A{% else %}B of school == x{% endif %}{# school == x #}",
    ] {
        assert!(of(prose).is_ok(), "{prose}: {:?}", of(prose).err());
    }
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
fn every_name_that_is_not_defined_is_told_at_once() {
    let layout = "{% extends \"transcript/layout.typ.j2\" %}\n\
                  {% block legend %}#let a = {{ settings.acent }}\n#let b = {{ strings.nosuch }}\n\
                  {% if settings.motto is defined %}#let c = {{ settings.motto }}{% endif %}\n\
                  #let d = {{ strings.neither }}\n#let e = {{ strings.mark }}\n{{ super() }}\
                  {% endblock %}";
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"";
    let found = causes(Report::from_folder(folder(&[
        ("report.toml", manifest),
        ("layout.typ.j2", layout),
    ])));
    let undefined = |line, name: &str, likely: Option<&str>| {
        let (name, likely) = (name.to_owned(), likely.map(str::to_owned));
        let file = "mission-vista/layout.typ.j2".to_owned();
        (file, Some(line), Cause::Undefined { name, likely })
    };
    assert_eq!(
        found,
        [
            undefined(2, "settings.acent", Some("settings.accent")),
            undefined(3, "strings.nosuch", None),
            undefined(5, "strings.neither", None),
        ]
    );
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
