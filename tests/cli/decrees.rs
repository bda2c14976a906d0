//! A decree of one's own: the folder that `new-decree` makes, and the case files beside a decree.

use std::path::Path;

use registrar::compliance::DiscrepancyKind;
use registrar::compliance::decree::Decree;
use registrar::compliance::measure::Status;
use registrar::exchange::{Model, schema};

use super::Desk;

/// Puts one text in another's place in a file of the folder.
fn change(desk: &Desk, file: &str, from: &str, to: &str) {
    let path = desk.path(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file}: {from}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

/// A desk with a new decree, whose folder is named as the commands take it.
fn desk() -> (Desk, String) {
    let desk = Desk::new();
    let place = desk.path("").display().to_string();
    let made = desk.answer(0, &["compliance", "new-decree", "ours", "--in", &place]);
    let folder = made["folder"].as_str().expect("a folder").to_owned();
    (desk, folder)
}

#[test]
fn a_new_decree_has_an_outcome_a_calendar_and_a_case_file_that_passes() {
    let (desk, folder) = desk();
    let told = desk.answer(0, &["compliance", "check-decree", &folder]);
    assert_eq!(told["outcomes"][0], "1");
    assert_eq!(told["warnings"].as_array().map(Vec::len), Some(0), "{told}");
    assert_eq!(told["cases"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["cases"][0]["passes"], true, "{told}");
    let text = desk.done(&["compliance", "check-decree", &folder]);
    assert!(text.contains("passes  "), "{text}");
    let place = desk.path("").display().to_string();
    let again = desk.fails(&["compliance", "new-decree", "ours", "--in", &place]);
    assert!(again.contains("nothing is overwritten"), "{again}");
    let odd = desk.fails(&["compliance", "new-decree", "../ours"]);
    assert!(odd.contains("no name of a decree"), "{odd}");
}

#[test]
fn the_case_files_of_each_decree_that_comes_along_are_run_by_its_name() {
    let desk = Desk::new();
    for decree in ["chanda-smith", "idea-part-b", "continuity"] {
        let told = desk.answer(0, &["compliance", "check-decree", decree]);
        let outcomes = told["outcomes"].as_array().map_or(0, Vec::len);
        let cases = told["cases"].as_array().expect("its case files");
        assert!(cases.len() >= outcomes, "{decree}: {}", cases.len());
        assert!(cases.iter().all(|it| it["passes"] == true), "{told}");
    }
}

#[test]
fn a_rule_or_a_calendar_that_was_changed_fails_the_case_file_that_it_contradicts() {
    let (desk, folder) = desk();
    change(&desk, "ours/decree.toml", "limit = 60", "limit = 59");
    let told = desk.answer(1, &["compliance", "check-decree", &folder]);
    let said = told["cases"][0].to_string();
    assert!(
        said.contains("class is `late`, the file says `timely`"),
        "{said}"
    );
    assert!(
        said.contains("cases of `timely`: 0, the file says 1"),
        "{said}"
    );
    change(&desk, "ours/decree.toml", "limit = 59", "limit = 60");
    // Five school days of recess stop no clock.
    change(&desk, "ours/calendar.toml", "2026-01-09", "2025-12-26");
    let told = desk.answer(1, &["compliance", "check-decree", &folder]);
    let said = told["cases"][0].to_string();
    assert!(said.contains("days is `81`, the file says `60`"), "{said}");
}

#[test]
fn everything_that_is_wrong_with_a_case_file_is_told_with_its_line() {
    let (desk, folder) = desk();
    let file = "ours/cases/evaluations.toml";
    change(&desk, file, "kind = \"initial\"", "kind = \"innitial\"");
    change(
        &desk,
        file,
        "evaluation = \"held-after-it\"",
        "evaluaton = \"held-after-it\"",
    );
    change(&desk, file, "outcome = \"1\"", "outcome = \"2\"");
    let text = desk.said(1, &["compliance", "check-decree", &folder]);
    for said in [
        "the decree has no outcome `2`",
        "`evaluaton` is no column of the table",
        "`kind`",
        "evaluations.toml:",
        "hint:",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_case_that_no_line_of_the_file_names_is_told() {
    let (desk, folder) = desk();
    let from = "[[expect]]\ncase = \"evaluation/records/open\"\nclass = \"not_yet_due\"\n\
                reason = \"rule_holds\"\n";
    change(&desk, "ours/cases/evaluations.toml", from, "");
    let text = desk.said(1, &["compliance", "check-decree", &folder]);
    assert!(
        text.contains(
            "case `evaluation/records/open` is `not_yet_due`, and the file does not name"
        ),
        "{text}"
    );
}

#[test]
fn a_review_form_is_looked_at_with_the_decree_that_names_it() {
    let (desk, folder) = desk();
    let sample = "sample = { per_stratum = 5, form = \"files\", source = { text = \"S\", \
                  confirmed = true } }\n\n[outcome.clock]";
    change(&desk, "ours/decree.toml", "[outcome.clock]", sample);
    let numerator = "numerator = [\"timely\"]";
    change(
        &desk,
        "ours/decree.toml",
        numerator,
        "numerator = [\"timely\"]\nfinding = \"provided\"",
    );
    let check = || desk.said(1, &["compliance", "check-decree", &folder]);
    // The case file expects a figure of the records; that is not what is asked here.
    std::fs::remove_dir_all(desk.path("ours/cases")).expect("removed");
    let told = desk.answer(0, &["compliance", "check-decree", &folder]);
    assert!(
        told["warnings"].to_string().contains("is nowhere"),
        "{told}"
    );
    std::fs::create_dir(desk.path("ours/forms")).expect("a folder");
    let form = "form = \"files\"\nversion = \"1\"\ntitle = \"Files\"\nsource = \"S\"\n\
                confirmed = true\n[[question]]\n\
                name = \"log\"\ntext = \"Is there a log?\"\nlook_at = \"The log\"\n\
                [[finding]]\nname = \"given\"\nall_of = [\"log\"]\n";
    std::fs::write(desk.path("ours/forms/files.toml"), form).expect("written");
    assert!(check().contains("a finding `provided` that the form has not"));
    change(&desk, "ours/forms/files.toml", "\"given\"", "\"provided\"");
    desk.answer(0, &["compliance", "check-decree", &folder]);
    change(
        &desk,
        "ours/forms/files.toml",
        "all_of = [\"log\"]",
        "all_of = [\"logs\"]",
    );
    assert!(check().contains("needs logs, which is no question"));
}

/// What a report may have to say of its decree, by the table of its words.
fn words_needed() -> Vec<(&'static str, String)> {
    let mut needed = Vec::new();
    for decree in ["chanda-smith", "idea-part-b", "continuity"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates");
        let file = folder.join(decree).join("decree.toml");
        let text = std::fs::read_to_string(file).expect("a decree");
        let decree = Decree::read(decree, &text).expect("it reads");
        for outcome in decree.outcomes.iter().map(|it| &it.text) {
            // What is unclear lacks a field that these rules ask for.
            let counted = outcome.denominator.as_deref().unwrap_or_default();
            let rules = [&outcome.period, &outcome.population, counted].join(" ");
            let words: Vec<_> = rules
                .split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
                .collect();
            let fields = outcome.unit.fields().iter();
            let asked = fields.filter(|field| words.contains(&field.name));
            needed.extend(asked.map(|field| ("field", field.name.to_owned())));
        }
    }
    let kinds = DiscrepancyKind::ALL.iter();
    needed.extend(kinds.map(|it| ("about_what", it.word().to_owned())));
    let statuses = Status::ALL.iter();
    needed.extend(statuses.map(|it| ("status_word", it.word().to_owned())));
    let schema = schema(Model::Compliance);
    for (table, list) in [
        ("expected", "Expected"),
        ("part", "UnconfirmedPart"),
        ("trend_word", "Trend"),
    ] {
        let words = schema["$defs"][list]["oneOf"].as_array().expect("a list");
        let words = words.iter().map(|it| it["const"].as_str().expect("a word"));
        needed.extend(words.map(|word| (table, word.to_owned())));
    }
    needed
}

#[test]
fn a_report_has_a_word_in_each_language_for_all_that_it_may_say_of_a_shipped_decree() {
    let needed = words_needed();
    assert!(needed.len() > 60, "{}", needed.len());
    for language in ["en", "es"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/compliance");
        let text = std::fs::read_to_string(folder.join(format!("strings.{language}.toml")));
        let strings: toml::Table = toml::from_str(&text.expect("strings")).expect("TOML");
        let lacking = needed.iter().filter(|(table, word)| {
            let words = strings[*table].as_table().expect("a table");
            !words.contains_key(word)
        });
        let lacking: Vec<_> = lacking.collect();
        assert!(lacking.is_empty(), "{language}: {lacking:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_never_read_to_an_end_that_does_not_come() {
    let (desk, folder) = desk();
    let endless = |file: &str| {
        let path = desk.path(file);
        std::fs::remove_file(&path).expect("removed");
        std::os::unix::fs::symlink("/dev/zero", path).expect("a link");
    };
    let case = std::fs::read_dir(desk.path("ours/cases"))
        .expect("cases")
        .next();
    let case = case.expect("one").expect("a file").file_name();
    endless(&format!("ours/cases/{}", case.display()));
    for asked in [&*folder, "/dev/zero"] {
        let said = desk.fails(&["compliance", "check-decree", asked]);
        assert!(said.contains("it is no file"), "{said}");
    }
    endless("ours/decree.toml");
    let said = desk.fails(&["compliance", "check-decree", &folder]);
    assert!(said.contains("it is no file"), "{said}");
}

#[test]
fn a_decree_that_never_ends_or_asks_for_secrets_is_refused_by_every_command_that_reads_one() {
    let (desk, folder) = desk();
    let decree = format!("{folder}/decree.toml");
    let own = std::fs::read_to_string(&decree).expect("a decree");
    let commands = [
        &["compliance", "check-decree"][..],
        &["compliance", "status", "--as-of", "2026-06-12", "--decree"],
    ];
    let huge = desk.path("huge.toml");
    std::fs::write(&huge, own.repeat(10 * 1024 * 1024 / own.len())).expect("written");
    let huge = huge.display().to_string();
    for command in commands {
        for (file, why) in [
            (&*huge, "more than 1048576 bytes"),
            ("/dev/zero", "no file"),
        ] {
            let refused = desk.fails(&[command, &[file]].concat());
            assert!(refused.contains(why), "{refused}");
            assert!(refused.contains("hint: "), "{refused}");
        }
        for rule in [
            "env(\"REGISTRAR_PASSPHRASE\") == kind",
            "REGISTRAR_PASSPHRASE is known",
        ] {
            let line = own.lines().position(|it| it.starts_with("population = "));
            let line = line.expect("a population") + 1;
            let text = own.lines().map(|it| match it.starts_with("population = ") {
                true => format!("population = '{rule}'\n"),
                false => format!("{it}\n"),
            });
            std::fs::write(&decree, text.collect::<String>()).expect("written");
            let output = desk.run(&[command, &[&decree]].concat());
            assert_ne!(output.status.code(), Some(0));
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).expect("text");
            assert!(said.contains(&format!("decree.toml:{line}:")), "{said}");
            assert!(said.contains("hint: "), "{said}");
            assert!(!said.contains("battery"), "a secret is told: {said}");
        }
    }
}
