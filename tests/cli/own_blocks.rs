//! What is wrong in a part of the page that a school writes itself: said with its file, its line,
//! why, and a hint, by every command that lays a page out.

use super::templates::{district, school};
use super::{Desk, talk};

/// A folder whose third line of the layout stands in a block of its own.
fn own_block(desk: &Desk, line: &str) {
    let layout = format!(
        "{{% extends \"transcript/layout.typ.j2\" %}}\n{{% block legend %}}\n{line}\n\
         {{% endblock %}}\n"
    );
    school(
        desk,
        &[
            (
                "report.toml",
                "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n",
            ),
            ("layout.typ.j2", &layout),
        ],
    );
}

#[test]
fn whatever_is_wrong_in_an_own_block_is_said_with_its_file_line_and_a_hint_that_fits_it() {
    let desk = Desk::new();
    for (line, why, hint) in [
        (
            "#let legend(width) = [{{ settings.acent }}]",
            "`settings.acent` is not defined",
            "did you mean `settings.accent`?",
        ),
        (
            "#let legend(width) = [{{ settings.motto }}]",
            "`settings.motto` is not defined",
            "`registrar template list` shows the settings",
        ),
        (
            "#let legend(width) = [{{ strings.motto }}]",
            "`strings.motto` is not defined",
            "add it to strings.<language>.toml of this folder",
        ),
        (
            "#let legend(width) = [{{ strings.kind.finl }}]",
            "`strings.kind.finl` is not defined",
            "did you mean `strings.kind.final`?",
        ),
        (
            "#let legend(width) = [{{ }}]",
            "syntax error: ",
            "a value stands in `{{ }}`",
        ),
        (
            "#let legend(width) = [Go Eagles",
            "the composed Typst does not parse: unclosed delimiter",
            "look for what is not closed",
        ),
        (
            "#let for = 2",
            "the composed Typst does not parse: expected pattern, found keyword `for`",
            "keyword `for` is not allowed as an identifier; try `for_` instead",
        ),
        (
            "#let legend(width) = text(colour: red)[x]",
            "unexpected argument: colour",
            "https://typst.app/docs/reference says what each function takes",
        ),
        (
            "#let legend(width) = text(size: 8)[x]",
            "expected length, found integer",
            "a length needs a unit",
        ),
        (
            "#let legend(width) = strings.motto",
            "dictionary does not contain key \"motto\"",
            "`strings` those of strings.<language>.toml",
        ),
    ] {
        own_block(&desk, line);
        let previewed = desk.run(&["template", "preview", "./school", "--sample", "newcomer"]);
        let said = talk(&previewed);
        let place = format!("school/layout.typ.j2:3: {why}");
        assert!(said.contains(&place), "{place}\nin\n{said}");
        let after = said.split(&place).nth(1).unwrap_or_default();
        let told = after.lines().nth(1).unwrap_or_default().trim_start();
        assert!(told.starts_with("hint: "), "{line}: {said}");
        assert!(told.contains(hint), "{hint}\nin\n{said}");
        assert!(!previewed.status.success(), "{line}");
    }
    // `check` says the same, of what shows only on a page too.
    own_block(&desk, "#let legend(width) = text(colour: red)[x]");
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let problem = &checked[0]["problems"][0];
    assert_eq!(problem["file"], "school/layout.typ.j2");
    assert_eq!(problem["line"], 3);
    assert_eq!(problem["message"], "unexpected argument: colour");
    assert!(!problem["hints"].as_array().expect("hints").is_empty());
}

#[test]
fn a_layout_whose_blocks_are_not_closed_or_whose_base_is_none_is_told_how_they_are_written() {
    let desk = Desk::new();
    own_block(&desk, "{% if settings.logo %}\n#let legend(width) = [x]");
    let said = talk(&desk.run(&["template", "check", "./school"]));
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let hint = checked[0]["problems"][0]["hints"][0].as_str();
    let hint = hint.expect("a hint");
    assert!(hint.contains("closed by its `endif`"), "{hint}\n{said}");
    school(
        &desk,
        &[("layout.typ.j2", "{% extends \"transcript/layout.typ\" %}\n")],
    );
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let problem = &checked[0]["problems"][0];
    assert_eq!(problem["line"], 1);
    let hint = problem["hints"][0].as_str().expect("a hint");
    assert!(hint.contains("transcript/layout.typ.j2"), "{hint}");
}

#[test]
fn a_students_page_that_an_own_block_breaks_names_the_command_that_tells_its_line() {
    let (desk, student) = district();
    own_block(&desk, "#let legend(width) = text(colour: red)[x]");
    let with = ["--student", &student, "--template", "./school"];
    for command in [
        &["transcript", "preview", "--out", "copies"][..],
        &["transcript", "issue"],
    ] {
        let refused = desk.answer(1, &[command, &with].concat());
        let reason = refused["refused"][0]["reasons"][0].as_str();
        let reason = reason.expect("a reason");
        assert!(reason.contains("unexpected argument: colour"), "{reason}");
        let hint = "\nhint: `registrar template check` with this report says in which file";
        assert!(reason.contains(hint), "{reason}");
    }
}

#[test]
fn a_layout_that_makes_no_page_hides_nothing_that_is_wrong_with_pictures_and_profile() {
    let desk = Desk::new();
    let crest = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<circle r=\"4\">\n</svg>";
    let profile = ("school_profile", "profile.pdf", "no PDF");
    let logo = ("logo", "crest.svg", crest);
    // What does not parse, and what fails when it is laid out.
    let (unread, failing) = (
        "#let legend(width) = [",
        "#let legend(width) = nosuch(width)",
    );
    for (line, (setting, file, text)) in [(unread, profile), (unread, logo), (failing, logo)] {
        own_block(&desk, line);
        let manifest = format!(
            "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n[values]\n\
             {setting} = \"{file}\"\n"
        );
        school(&desk, &[("report.toml", &manifest), (file, text)]);
        let checked = desk.answer(1, &["template", "check", "./school"]);
        let problems = checked[0]["problems"].as_array().expect("problems");
        let files: Vec<_> = problems
            .iter()
            .filter_map(|it| it["file"].as_str())
            .collect();
        let shown = format!("school/{file}");
        assert!(files.contains(&"school/layout.typ.j2"), "{line}: {checked}");
        assert!(files.contains(&&*shown), "{line}: {checked}");
    }
}
