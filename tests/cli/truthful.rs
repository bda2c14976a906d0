//! Pages of a school's own design that say what the record says, and are made.

use super::Desk;
use super::templates::school;
use super::whole::{replacing, told_of, with_cells};

/// What a preview of the senior tells of the block that was replaced; nothing where it is right.
fn problems(desk: &Desk, block: &str, typst: &str) -> Option<String> {
    replacing(desk, block, typst);
    told_problems(desk)
}

/// The same of the folder as it stands; one that cannot be used makes no page and is no answer.
fn told_problems(desk: &Desk) -> Option<String> {
    let told = told_of(desk, "official");
    assert!(!told.contains("error: "), "{told}");
    told.contains("problem").then_some(told)
}

#[test]
fn what_averages_have_may_stand_by_what_names_them() {
    let desk = Desk::new();
    let manifest = "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n\
        [values]\ncertification = \"On behalf of {{ school }}: true and complete. The weighted \
        GPA adds 1.00 for honors.\"\n";
    let scale = "scale_marks = \"Marks (GPA points):\"\n";
    school(
        &desk,
        &[("report.toml", manifest), ("strings.en.toml", scale)],
    );
    assert_eq!(told_problems(&desk), None);
    let with = |shown: &str| {
        format!(
            "{{{{ super() }}}}\n#let summary-of-base = summary\n\
             #let summary() = {{ summary-of-base(); v(40pt); {shown} }}"
        )
    };
    let first = "averages.first()";
    let scales = format!("par[GPA: #{first}.value (GPA scale #{first}.scale)]");
    assert_eq!(problems(&desk, "summary", &with(&scales)), None);
    let table = "grid(columns: (40pt, 60pt), row-gutter: 3pt, [Mark], [GPA points], \
        ..grading_scale.filter(it => it.points != none).map(it => (it.mark, it.points)).flatten())";
    assert_eq!(problems(&desk, "summary", &with(table)), None);
    for label in ["WGPA", "CGPA:", "GPAs:", "Grade-point average:"] {
        let typst = with(&format!("par[{label} 5.00]"));
        assert!(problems(&desk, "summary", &typst).is_some(), "{label}");
    }
}

#[test]
fn titles_and_labels_may_stand_in_capitals() {
    let desk = Desk::new();
    let terms = "#let terms = terms.map(term => (..term, name: upper(term.name), \
        courses: term.courses.map(course => (..course, title: upper(course.title)))))\n\
        #let strings = (..strings, mark: upper(strings.mark), earned: upper(strings.earned))\n\
        {{ super() }}";
    assert_eq!(problems(&desk, "record", terms), None);
    let labels = "#let averages = averages.map(it => (..it, label: upper(it.label)))\n\
                  {{ super() }}";
    assert_eq!(problems(&desk, "summary", labels), None);
    // In capitals or not, another title is another course.
    let other = terms.replace("upper(course.title)", "upper(course.title) + \" H\"");
    assert!(problems(&desk, "record", &other).is_some());
}

/// A summary of its own making: each average as this makes of its label and value.
fn summary(pair: &str, together: &str) -> String {
    format!(
        "{{{{ super() }}}}\n#let summary() = {{\nlet pair(label, value) = {pair}\n\
         let pairs = averages.filter(it => it.value != none).map(it => pair(it.label, it.value))\n\
         {together}\n}}"
    )
}

#[test]
fn the_summary_may_have_leaders_sentences_and_captions_below_its_figures() {
    let desk = Desk::new();
    let sentence = "par[Total credits attempted: #credits.attempted. Earned: #credits.earned.]";
    let totals = "pairs.push(pair(strings.credits_attempted, credits.attempted)); \
                  pairs.push(pair(strings.credits_earned, credits.earned)); ";
    for (pair, together) in [
        (
            "par(label + \" \" + box(width: 1fr, repeat[.]) + \" \" + value)",
            format!("{totals} pairs.join()"),
        ),
        (
            "par(label + \" ...... \" + value)",
            format!("pairs.join(); {sentence}"),
        ),
        (
            "stack(spacing: 3pt, text(size: 12pt, value), text(size: 6pt, label))",
            format!("grid(columns: (1fr,) * 4, row-gutter: 10pt, ..pairs); {sentence}"),
        ),
    ] {
        let typst = summary(pair, &together);
        assert_eq!(problems(&desk, "summary", &typst), None, "{pair}");
        // The same with two averages exchanged.
        let exchanged = typst.replace(
            "let pairs = averages",
            "let averages = averages.zip(averages.rev()).map(((it, other)) => \
             (..it, value: other.value))\nlet pairs = averages",
        );
        assert!(problems(&desk, "summary", &exchanged).is_some(), "{pair}");
    }
}

#[test]
fn a_column_of_grade_points_is_none_of_credits() {
    let desk = Desk::new();
    let points = "let step = grading_scale.filter(it => it.mark == cells.at(1))\n\
        let each = if step.len() > 0 and step.first().points != none { step.first().points }\n\
        let sum = if each != none { str(int(float(each) * float(cells.at(2)))) + \".00\" }\n";
    for (cell, right) in [("sum", true), ("[5.50]", false)] {
        let typst = format!(
            "#let strings = (..strings, honors: \"Pts.\")\n{}",
            with_cells(&format!("{points}cells.at(5) = {cell}"))
        );
        let found = problems(&desk, "record", &typst);
        assert_eq!(found.is_none(), right, "{cell}: {found:?}");
    }
}

#[test]
fn a_scale_may_stand_in_the_margin_beside_the_courses() {
    let desk = Desk::new();
    let in_margin = |steps: &str, down: i32| {
        format!(
            "{{{{ super() }}}}\n#let watermark = place(top + left, dx: 4pt, dy: {down}pt, text(\n\
             size: 5pt, grid(columns: (9pt, auto), row-gutter: 9pt,\n\
             ..{steps}.map(step => (step.mark, step.points)).flatten())))"
        )
    };
    let steps = "grading_scale.filter(step => step.points != none)";
    for down in [200, 202, 204, 206, 208] {
        let found = problems(&desk, "edges", &in_margin(steps, down));
        assert_eq!(found, None, "{down}");
    }
    // What says one mark again and again is no scale.
    let one = "(grading_scale.first(),) * 20";
    let mut tried = [200, 202, 204, 206, 208].into_iter();
    assert!(tried.any(|down| problems(&desk, "edges", &in_margin(one, down)).is_some()));
}

#[test]
fn a_layout_may_cite_the_law() {
    let desk = Desk::new();
    let cited = "{{ super() }}\n#let legend-of-base = legend\n\
        #let legend(width) = { legend-of-base(width); \
        par[Not to be passed on without consent (34 CFR 99.33; 34 C.F.R. §§ 99.30 and 99.31).] }";
    assert_eq!(problems(&desk, "legend", cited), None);
    let figure = cited.replace("34 CFR 99.33", "UC 99.33");
    assert!(problems(&desk, "legend", &figure).is_some());
}

#[test]
fn labels_of_different_tables_and_letters_of_several_codes_may_be_alike() {
    let desk = Desk::new();
    let strings = "mark = \"Grade\"\ngrade_level = \"Grade\"\nattempted = \"Credits\"\n\
                   credit = \"Credits\"\n[honors_code]\nuc_honors = \"H\"\nap = \"H\"\n";
    school(&desk, &[("strings.en.toml", strings)]);
    assert_eq!(problems(&desk, "record", "{{ super() }}"), None);
    // What such a label heads is held to the record all the same.
    let other = with_cells("cells.at(5) = cells.at(1); cells.at(1) = [95]");
    let found = problems(&desk, "record", &other).expect("a problem");
    assert!(found.contains("below"), "{found}");
}

#[test]
fn a_layout_may_name_what_it_likes_and_compare_what_tells_nobody() {
    let desk = Desk::new();
    let typst = |asked: &str| {
        format!(
            "{{{{ super() }}}}\n#let greeting() = {{ let name = person.name; [#name] }}\n\
             #let is-fall(name) = name == \"Fall 2025\"\n#let asked = {asked}"
        )
    };
    for asked in [
        "terms.filter(term => is-fall(term.name)).len()",
        "strings.state_id != \"State ID\"",
    ] {
        assert_eq!(problems(&desk, "record", &typst(asked)), None, "{asked}");
    }
    replacing(&desk, "record", &typst("person.name == \"Ana Ortega\""));
    let told = told_of(&desk, "official");
    assert!(told.contains("person.name"), "{told}");
}

#[test]
fn the_credits_of_the_plan_may_have_their_labels_before_them_in_any_order() {
    let desk = Desk::new();
    let row = |one: &str, other: &str| {
        format!(
            "#let strings = (..strings, subject: \"\")\n{{{{ super() }}}}\n\
             #let requirements() = if progress != none {{\n\
             let name = [Graduation plan]\ntitled(2, name + progress.plan, accent)\n\
             let line(name, it) = (name, strings.needed, it.needed, strings.required + \":\", \
             it.required, strings.{one}, it.{other}, strings.in_progress_column, it.in_progress)\n\
             let lines = progress.subjects.map(it => line(it.subject, it)).flatten()\n\
             grid(columns: (1fr,) + (auto,) * 8, column-gutter: 5pt, ..lines, \
             ..line(strings.total, progress.total)) }}"
        )
    };
    assert_eq!(problems(&desk, "summary", &row("earned", "earned")), None);
    let wrong = row("earned", "required").replacen("it.required, ", "it.earned, ", 1);
    let found = problems(&desk, "summary", &wrong).expect("a problem");
    assert!(found.contains("the requirement `"), "{found}");
}
