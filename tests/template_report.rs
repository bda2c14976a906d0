//! Report folders: the shipped one is well formed, a school's own builds on it, and what is wrong
//! is said all at once.

use std::collections::{BTreeMap, BTreeSet};

use registrar::template::{Cause, Folder, Report, TemplateError};

fn folder(files: &[(&str, &str)]) -> Folder {
    let pair = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    Folder {
        name: "mission-vista".to_owned(),
        files: files.iter().map(pair).collect(),
    }
}

fn layout(report: &Report, language: &str) -> String {
    let composed = report.compose(language).expect("it composes");
    String::from_utf8(composed.files["layout.typ"].clone()).expect("text")
}

fn causes(result: Result<Report, TemplateError>) -> Vec<(String, Option<usize>, Cause)> {
    let error = result.expect_err("the folder is refused");
    let parts = |problem: registrar::template::Problem| (problem.file, problem.line, problem.cause);
    error.problems.into_iter().map(parts).collect()
}

#[test]
fn the_shipped_transcript_composes_in_each_of_its_languages_to_the_same_bytes_every_time() {
    let report = Report::shipped("transcript").expect("it ships");
    assert_eq!(report.model(), "registrar-transcript/3");
    assert_eq!(report.languages(), ["en", "es"]);
    let [english, spanish] =
        ["en", "es"].map(|language| report.compose(language).expect("composes"));
    assert_ne!(english.digest, spanish.digest);
    assert_eq!(english, report.compose("en").expect("composes"));
    let names: Vec<_> = english.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["kit.typ", "layout.typ"]);
}

/// What a text asks of the strings: `strings.earned` asks for `earned`.
fn strings_asked_for(text: &str) -> impl Iterator<Item = String> {
    text.split("strings.").skip(1).map(|rest| {
        let key = |letter: &char| letter.is_ascii_lowercase() || *letter == '_';
        rest.chars().take_while(key).collect()
    })
}

#[test]
fn every_string_of_a_shipped_report_is_used_and_every_used_one_exists() {
    for name in Folder::shipped_names() {
        let files = Folder::shipped(&name).expect("it ships").files;
        let text = |file: &str| String::from_utf8(files[file].clone()).expect("text");
        let asking = ["layout.typ.j2", "kit.typ", "report.toml"];
        let asking = asking
            .iter()
            .filter(|file| files.contains_key(**file))
            .map(|file| text(file));
        let used: Vec<String> = asking.collect();
        let used: BTreeSet<String> = used.iter().flat_map(|s| strings_asked_for(s)).collect();
        let report = Report::shipped(&name).expect("it loads");
        let base: Vec<String> = report.bases().map(str::to_owned).collect();
        for language in report.languages() {
            let strings: toml::Table =
                toml::from_str(&text(&format!("strings.{language}.toml"))).expect("strings");
            let mut kept: BTreeSet<String> = strings.keys().cloned().collect();
            let place = format!("strings.{language}.toml: ");
            for base in &base {
                let base = Report::shipped(base).expect("it ships");
                let texts = base.texts(language);
                let known: BTreeSet<&str> = texts
                    .iter()
                    .filter_map(|(key, _)| key.strip_prefix(&place)?.split('.').next())
                    .collect();
                let unused = kept.iter().filter(|key| !used.contains(*key));
                let unused: Vec<_> = unused.filter(|key| !known.contains(key.as_str())).collect();
                assert!(unused.is_empty(), "{name} in {language}: {unused:?}");
                kept.extend(known.into_iter().map(str::to_owned));
            }
            if base.is_empty() {
                assert_eq!(used, kept, "{name} in {language}");
            }
            assert!(used.is_subset(&kept), "{name} in {language}");
        }
    }
}

#[test]
fn every_setting_says_what_it_is_for() {
    let report = Report::shipped("transcript").expect("it ships");
    for (name, setting) in report.settings() {
        assert!(setting.about.ends_with('.'), "{name}");
    }
    assert!(report.is_set("signer_block"));
    assert!(!report.is_set("logo"));
}

#[test]
fn a_school_sets_values_and_replaces_one_block() {
    let school = folder(&[
        (
            "report.toml",
            "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n[values]\n\
             accent = \"#7a1f2b\"\nsigner_block = false\n\
             certification = \"{% if language == 'es' %}Doy fe.{% else %}I certify.{% endif %}\"\n\
             logo = \"eagle.svg\"\n",
        ),
        (
            "layout.typ.j2",
            "{% extends \"transcript/layout.typ.j2\" %}\n{% block legend %}{{ super() }}\n\
             #let motto = {{ strings.motto }}{% endblock %}",
        ),
        ("strings.en.toml", "motto = \"Learn #eval(1) \\\"well\\\"\""),
        ("strings.es.toml", "motto = \"Aprender\""),
        ("eagle.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ]);
    let report = Report::from_folder(school).expect("it is well formed");
    let english = layout(&report, "en");
    assert!(english.contains("\\u{23}7a1f2b"), "the school's colour");
    assert!(
        english.contains("#let legend"),
        "the block that it builds on"
    );
    assert!(english.contains("\"Learn \\u{23}eval\\u{28}1\\u{29} \\u{22}well\\u{22}\""));
    assert!(english.contains("I certify"));
    assert!(!english.contains("signer_title"), "the signer block is off");
    assert!(layout(&report, "es").contains("Doy fe"));
    let composed = report.compose("en").expect("it composes");
    assert!(composed.files.contains_key("eagle.svg"));
    assert_eq!(report.name(), "mission-vista");
    assert!(
        report.samples().contains_key("senior"),
        "the base's samples are inherited"
    );
}

#[test]
fn rules_belong_to_the_district_and_not_to_a_schools_folder() {
    let school = folder(&[
        ("report.toml", "extends = \"transcript\""),
        ("policy.toml", "anything = 1"),
    ]);
    assert_eq!(
        causes(Report::from_folder(school)),
        [(
            "mission-vista/policy.toml".to_owned(),
            None,
            Cause::RulesInDerived
        )]
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_file_and_line() {
    let school = folder(&[
        (
            "report.toml",
            "extends = \"transcript\"\nlanguages = [\"en\"]\npaper = \"b5\"\n[values]\n\
             accent = \"red\"\n\
             nonsense = 1\nlogo = \"../../etc/passwd\"\n",
        ),
        (
            "layout.typ.j2",
            "{% extends \"transcript/layout.typ.j2\" %}\n{% set x = 1 %}",
        ),
        ("kit.typ", "#let f = eval\n"),
        ("strings.en.toml", "only_english = \"x\"\nnumber = 1"),
        ("samples-.toml", ""),
    ]);
    let text = Report::from_folder(school)
        .expect_err("refused")
        .to_string();
    for expected in [
        "mission-vista/report.toml:2: sets `languages`",
        "mission-vista/report.toml: replaces parts of the page and has no `model`",
        "mission-vista/report.toml:3: `b5` is not one of: us-letter",
        "mission-vista/report.toml:5: the setting `accent` takes a colour",
        "mission-vista/report.toml:6: `nonsense` is not a setting",
        "mission-vista/report.toml:7: the setting `logo` takes the name of a .png",
        "mission-vista/layout.typ.j2:2: `set` is not part of the composition language",
        "mission-vista/kit.typ:1: uses `eval`",
        "mission-vista/strings.en.toml:",
        "hint: ",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn what_a_folder_replaces_has_to_be_there() {
    let school = folder(&[
        (
            "report.toml",
            "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n",
        ),
        (
            "layout.typ.j2",
            "{% extends \"transcript/layout.typ.j2\" %}\n{%- block letterhed %}{% endblock %}\n\
             {% block legend %}{% block mine %}{{ strings.motto }}{% endblock %}{% endblock %}\n\
             {# {% block of_old %}{% endblock %} #}\n{% block zzz %}{% endblock %}",
        ),
        (
            "strings.en.toml",
            "offical = \"x\"\nmotto = \"Onward\"\ngrade = \"Grade\"\npage_of = \"{page}\"\n\
             scale = \"\"\nhonors_code = \"x\"\nrecord = { a = \"b\" }\n\
             [ahead_status]\nin_progres = \"x\"\nplanned = \"P\"\n",
        ),
        ("strings.es.toml", "motto = \"Adelante\""),
        ("strings.fr.toml", "motto = \"En avant\""),
    ]);
    let text = Report::from_folder(school)
        .expect_err("refused")
        .to_string();
    let expected = [
        "layout.typ.j2:2: replaces the block `letterhed`, which the report on which it builds does \
         not have\n  hint: did you mean `letterhead`?",
        "layout.typ.j2:5: replaces the block `zzz`",
        "hint: its blocks are edges, letterhead, student,",
        "strings.en.toml:1: sets `offical`, which nothing uses\n  hint: did you mean `official`?",
        "strings.en.toml:3: lacks `{level}`",
        "strings.en.toml:4: lacks `{pages}`",
        "strings.en.toml:5: lacks `{scale}`",
        "strings.en.toml:6: `honors_code` has to be a table of texts",
        "strings.en.toml:7: `record` has to be a text",
        "strings.en.toml:9: sets `ahead_status.in_progres`, which nothing uses\n  hint: did you \
         mean `in_progress`?",
        "strings.fr.toml: `fr` is not one of: en, es",
    ];
    for expected in expected {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
    // Two lines for each, the first of its own; the hint about the blocks is one of those.
    assert_eq!(text.lines().count(), 1 + 2 * (expected.len() - 1), "{text}");
}

#[test]
fn what_is_wrong_with_one_file_does_not_hide_what_is_wrong_with_another() {
    let of = |manifest: &str| {
        let school = folder(&[
            ("report.toml", manifest),
            ("strings.en.toml", "grade = "),
            ("kit.typ", "#let f = eval\n"),
            (
                "layout.typ.j2",
                "{% extends \"transcript/layout.typ.j2\" %}\n{% block legend %}\n#let x = (\n\
                 {% endblock %}",
            ),
        ]);
        let refused = Report::from_folder(school).expect_err("refused");
        refused.to_string()
    };
    let known = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n";
    let unknown_key = of(&format!(
        "{known}papr = \"a4\"\n[values]\naccent = 1\ncertification = \"{{{{ a ~ b }}}}\"\n"
    ));
    for expected in [
        "report.toml:3: `papr` is not one of: extends, model,",
        "report.toml:5: the setting `accent` takes a colour",
        "report.toml:6: `~` is not part of the composition language",
        "strings.en.toml:1: ",
        "kit.typ:1: uses `eval`",
    ] {
        assert!(
            unknown_key.contains(expected),
            "{expected}\nin\n{unknown_key}"
        );
    }
    let sound = of(&format!("{known}papr = \"a4\"\n"));
    assert!(
        sound.contains("layout.typ.j2:3: the composed Typst"),
        "{sound}"
    );
    let no_toml = of("extends = ");
    for expected in [
        "report.toml:1: ",
        "strings.en.toml:1: ",
        "kit.typ:1: uses `eval`",
    ] {
        assert!(no_toml.contains(expected), "{expected}\nin\n{no_toml}");
    }
}

#[test]
fn a_report_of_its_own_needs_its_keys_its_layout_and_strings_in_every_language() {
    let own = folder(&[
        ("report.toml", "model = \"m\"\nlanguages = [\"en\", \"es\"]"),
        ("strings.en.toml", "a = \"x\"\n[t]\nb = \"y\""),
        ("strings.es.toml", "c = \"x\""),
    ]);
    let causes: Vec<_> = causes(Report::from_folder(own))
        .into_iter()
        .map(|(_, _, cause)| cause)
        .collect();
    for cause in [
        Cause::Missing,
        Cause::MissingKey("title"),
        Cause::MissingKey("paper"),
        Cause::MissingString("c".to_owned()),
        Cause::MissingString("a".to_owned()),
        Cause::MissingString("t".to_owned()),
    ] {
        assert!(causes.contains(&cause), "{cause:?} in {causes:?}");
    }
}

#[test]
fn a_folder_cannot_build_on_what_does_not_ship() {
    let own = folder(&[("report.toml", "\nextends = \"nothing\"")]);
    let found = causes(Report::from_folder(own));
    assert_eq!(found[0].1, Some(2));
    assert!(matches!(found[0].2, Cause::UnknownBase { .. }));
}

#[test]
fn the_digest_tells_names_and_contents_apart() {
    let of = |pairs: &[(&str, &str)]| {
        let files: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        registrar::template::Composed::new(files).digest
    };
    assert_ne!(of(&[("ab", "c")]), of(&[("a", "bc")]));
    assert_ne!(of(&[("a", "b"), ("c", "")]), of(&[("a", "bc")]));
    assert_eq!(of(&[("a", "b")]), of(&[("a", "b")]));
}

#[test]
fn every_version_of_the_model_has_its_changes_and_the_newest_is_the_one_that_is_made() {
    use registrar::compliance::report::REPORT_FORMAT;
    for newest in [registrar::transcript::FORMAT, REPORT_FORMAT] {
        let (model, _) = newest.split_once('/').expect("a version");
        let mut versions = registrar::template::model_changes();
        versions.retain(|(version, _)| version.starts_with(&format!("{model}/")));
        assert_eq!(versions.last().expect("a version").0, newest);
        for (number, (version, changes)) in (1..).zip(&versions) {
            assert_eq!(*version, format!("{model}/{number}"));
            assert!(!changes.is_empty(), "{version}");
        }
    }
}

#[test]
fn a_folder_made_for_an_older_model_is_refused_with_what_changed_since() {
    let old = folder(&[(
        "report.toml",
        "extends = \"transcript\"\nmodel = \"registrar-transcript/1\"",
    )]);
    let said = Report::from_folder(old).expect_err("older").to_string();
    let mut changes = registrar::template::model_changes();
    changes.retain(|(version, _)| version.starts_with("registrar-transcript/"));
    for change in changes.iter().skip(1).flat_map(|(_, changes)| *changes) {
        assert!(said.contains(change), "{change}\nin\n{said}");
    }
    assert!(said.contains("hint: look through each part"), "{said}");
}

#[test]
fn a_report_may_say_which_editions_it_makes_and_one_that_builds_on_it_may_say_fewer() {
    let manifest = |editions: &str| {
        let text = format!("extends = \"self-report\"\neditions = {editions}");
        Report::from_folder(folder(&[("report.toml", &text)]))
    };
    let report = Report::shipped("self-report").expect("it ships");
    assert!(report.makes("unofficial") && !report.makes("official"));
    assert!(report.rules("policy.toml").is_some(), "its base's");
    assert!(manifest("[\"unofficial\"]").is_ok());
    for wider in [
        "[\"official\"]",
        "[\"unofficial\", \"official\"]",
        "[]",
        "[\"signed\"]",
    ] {
        let causes = causes(manifest(wider));
        assert!(matches!(causes[0].2, Cause::UnknownWord { .. }), "{wider}");
    }
}

#[test]
fn a_colour_that_cannot_be_read_on_white_is_refused() {
    let school = |colour: &str| {
        let text = format!("extends = \"transcript\"\n[values]\naccent = \"{colour}\"");
        Report::from_folder(folder(&[("report.toml", &text)]))
    };
    assert!(school("#7a1f2b").is_ok());
    for light in ["#ffd700", "#ffffff", "#888888"] {
        let causes = causes(school(light));
        assert!(matches!(causes[0].2, Cause::TooLight { .. }), "{light}");
    }
}

#[test]
fn a_line_of_the_composed_page_is_found_in_the_folder_that_it_came_from() {
    let school = folder(&[
        (
            "report.toml",
            "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"",
        ),
        (
            "layout.typ.j2",
            "{% extends \"transcript/layout.typ.j2\" %}\n{% block legend %}\n\
             #let legend(width) = [Go Eagles]\n{% endblock %}",
        ),
    ]);
    let report = Report::from_folder(school).expect("it is well formed");
    let composed = report.compose("en").expect("it composes");
    let text = String::from_utf8(composed.files["layout.typ"].clone()).expect("text");
    let line = |what: &str| {
        text.lines()
            .position(|line| line.contains(what))
            .expect(what)
            + 1
    };
    let place = report.place_of(&composed, "layout.typ", line("Go Eagles"));
    assert_eq!(place, ("mission-vista/layout.typ.j2".to_owned(), Some(3)));
    let (file, at) = report.place_of(&composed, "layout.typ", line("#let term-name(term)"));
    assert_eq!(file, "transcript/layout.typ.j2");
    let base = Folder::shipped("transcript").expect("it ships").files["layout.typ.j2"].clone();
    let base = String::from_utf8(base).expect("text");
    let found = base.lines().nth(at.expect("a line") - 1).expect("there");
    assert!(found.contains("#let term-name(term)"), "{found}");
    let place = report.place_of(&composed, "kit.typ", 7);
    assert_eq!(place, ("transcript/kit.typ".to_owned(), Some(7)));
}

#[test]
fn a_language_without_strings_is_refused_by_name() {
    let report = Report::shipped("transcript").expect("it ships");
    let error = report.compose("fr").expect_err("no French");
    assert_eq!(
        error.problems[0].cause,
        Cause::UnknownLanguage("fr".to_owned())
    );
}

#[test]
fn what_says_of_which_kind_a_copy_is_comes_from_the_program_in_every_report() {
    let own = |strings: &str| {
        folder(&[
            (
                "report.toml",
                "model = \"registrar-transcript/3\"\ntitle = \"Ours\"\npaper = \"a4\"\n\
                 languages = [\"en\", \"hy\"]\n",
            ),
            (
                "layout.typ.j2",
                "#let (a, b) = ({{ strings.flat_note }}, {{ strings.ours }})",
            ),
            ("strings.en.toml", strings),
            ("strings.hy.toml", "ours = \"x\""),
        ])
    };
    let report = Report::from_folder(own("ours = \"x\"")).expect("it is well formed");
    for language in ["en", "hy"] {
        assert!(
            layout(&report, language).contains("UNSIGNED COPY"),
            "{language}"
        );
    }
    let causes = causes(Report::from_folder(own(
        "ours = \"x\"\nwatermark = \"OFFICIAL\"",
    )));
    let file = "mission-vista/strings.en.toml".to_owned();
    let cause = Cause::ProgramsOwn("watermark".to_owned());
    assert_eq!(causes, [(file, Some(2), cause)]);
    // What says the same is no other word.
    let same = Report::shipped("transcript").expect("it ships");
    let texts = same.texts("en");
    let note = texts
        .iter()
        .find(|(place, _)| place.ends_with(": flat_note"))
        .expect("it is there");
    let same = format!("ours = \"x\"\nflat_note = {}", toml::Value::from(note.1));
    assert!(Report::from_folder(own(&same)).is_ok());
}

#[test]
fn every_language_of_a_seal_has_a_name_in_each_language_and_one_that_nobody_knows_is_kept() {
    let report = Report::shipped("transcript").expect("it ships");
    let [english, spanish] = ["en", "es"].map(|language| {
        let composed = report.compose(language).expect("it composes");
        composed.wording
    });
    for (word, in_english, in_spanish) in [
        ("Spanish", "Spanish", "español"),
        ("KOREAN", "Korean", "coreano"),
        (
            "American Sign Language",
            "American Sign Language",
            "lengua de señas estadounidense",
        ),
        ("Klingon", "Klingon", "Klingon"),
    ] {
        assert_eq!(english.language(word), in_english);
        assert_eq!(spanish.language(word), in_spanish);
    }
    let mut awarded = BTreeSet::new();
    for package in ["central", "charters"] {
        let file = format!(
            "{}/fixtures/district/{package}/awards.csv",
            env!("CARGO_MANIFEST_DIR")
        );
        let rows = std::fs::read_to_string(file).expect("the district ships");
        let details = rows.lines().filter_map(|row| {
            let (_, rest) = row.split_once(",seal_of_biliteracy,")?;
            Some(rest.split(',').next()?.to_owned())
        });
        awarded.extend(details);
    }
    assert!(awarded.len() > 3, "{awarded:?}");
    for word in &awarded {
        assert_ne!(spanish.language(word), word, "it has a Spanish name");
    }
}

#[test]
fn a_school_names_a_language_of_its_own_in_each_of_its_languages() {
    let tongue = "[language_name]\nklingon = \"tlhIngan\"\n";
    let manifest = ("report.toml", "extends = \"transcript\"");
    let both = folder(&[
        manifest,
        ("strings.en.toml", tongue),
        ("strings.es.toml", tongue),
    ]);
    let composed = Report::from_folder(both).expect("it is well formed");
    let wording = composed.compose("es").expect("it composes").wording;
    assert_eq!(wording.language("Klingon"), "tlhIngan");
    assert_eq!(
        causes(Report::from_folder(folder(&[
            manifest,
            ("strings.en.toml", tongue)
        ]))),
        [(
            "mission-vista/strings.es.toml".to_owned(),
            None,
            Cause::MissingString("language_name.klingon".to_owned())
        )]
    );
}

#[test]
fn an_entry_that_stands_outside_of_its_table_is_told_where_it_belongs() {
    let stray = folder(&[
        ("report.toml", "extends = \"transcript\""),
        (
            "strings.es.toml",
            "record = \"Cursos\"\nplanned = \"Por cursar\"\n",
        ),
    ]);
    let found = causes(Report::from_folder(stray));
    let cause = Cause::StrayString {
        key: "planned".to_owned(),
        table: "ahead_status".to_owned(),
    };
    assert!(cause.hint().contains("`[ahead_status]`"));
    let file = "mission-vista/strings.es.toml".to_owned();
    assert_eq!(found, [(file, Some(2), cause)]);
}
