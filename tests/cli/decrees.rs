//! A decree of one's own: the folder that `new-decree` makes, and the case files beside a decree.

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
        told["warnings"].to_string().contains("is not there"),
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
