//! Pages that keep every figure of the record and say another one beside it, where a reader looks
//! first: none of them becomes official.

use super::Desk;
use super::whole::{replacing, told_of, with_cells};

/// The record's block with each course's cells altered, under labels of the template's own.
fn relabelled(labels: &str, change: &str) -> String {
    format!(
        "#let strings = (..strings, {labels})\n{}",
        with_cells(change)
    )
}

#[test]
fn nothing_stands_below_the_label_of_the_mark_but_the_mark() {
    let desk = Desk::new();
    let moved = |mark: &str| format!("cells.at(5) = cells.at(1); cells.at(1) = {mark}");
    for (mark, said) in [
        ("[A+]", "the page shows `A+` beside the course `"),
        ("[A\\*]", "the page shows `A*` beside the course `"),
        ("\"A\\u{200b}\"", "the page shows `A` beside the course `"),
        (
            "\"\\u{ad}A\\u{2060}\"",
            "the page shows `A` beside the course `",
        ),
        ("[Outst.]", "beside its label, and another text below it"),
        ("[95]", "beside its label, and another text below it"),
    ] {
        let typst = relabelled("honors: \"Posted\"", &moved(mark));
        replacing(&desk, "record", &typst);
        let told = told_of(&desk, "official");
        assert!(told.contains(said), "{mark}: {told}");
    }
    // Two columns below one label.
    let second = "cells.at(1) = grid(columns: (auto, auto), column-gutter: 6pt, cells.at(1), [95])";
    replacing(&desk, "record", &with_cells(second));
    let told = told_of(&desk, "official");
    let said = "the page shows `95` below the label of the mark of the course `";
    assert!(told.contains(said), "{told}");
}

#[test]
fn a_decimal_figure_is_found_however_it_is_written() {
    let desk = Desk::new();
    for figure in ["4.9", "4,9", "4·87", "4.873"] {
        let typst = format!(
            "{{{{ super() }}}}\n#let summary-of-base = summary\n\
             #let summary() = {{ summary-of-base(); par[Index {figure}] }}"
        );
        replacing(&desk, "summary", &typst);
        let said = format!("the page shows `{figure}`, a figure that the record does not have");
        let told = told_of(&desk, "official");
        assert!(told.contains(&said), "{figure}: {told}");
    }
}

#[test]
fn a_figure_by_the_label_of_an_average_is_that_average() {
    let desk = Desk::new();
    let said = "which is not that average";
    for (shown, right) in [
        ("par[GPA: 5.00]", false),
        ("par[UC GPA, of 9 to 12: 30.00]", false),
        ("grid(columns: (90pt, 90pt), [Our GPA], [5.00])", false),
        (
            "grid(columns: 1, row-gutter: 3pt, [Our GPA], [5.00])",
            false,
        ),
        (
            "grid(columns: 1, row-gutter: 3pt, [5.00], [Our GPA])",
            false,
        ),
        ("par(averages.first().label + \": 5.00\")", false),
        (
            "par(averages.first().label + \": \" + averages.last().value)",
            false,
        ),
        ("grid(columns: 2, averages.first().label, [5.00])", false),
        (
            "par(averages.first().label + \": \" + averages.first().value)",
            true,
        ),
        (
            "par(averages.first().label + \" (\" + averages.first().scale + \" scale): \" \
             + averages.first().value)",
            true,
        ),
        (
            "par[Credits that count in the GPA: #averages.first().credit_counted]",
            true,
        ),
        ("par[Spring credits 5.00, flag page]", true),
    ] {
        let typst = format!(
            "{{{{ super() }}}}\n#let summary-of-base = summary\n\
             #let summary() = {{ summary-of-base(); v(40pt); {shown} }}"
        );
        replacing(&desk, "summary", &typst);
        let told = told_of(&desk, "official");
        assert_eq!(!told.contains(said), right, "{shown}: {told}");
        assert_eq!(!told.contains("problem"), right, "{shown}: {told}");
    }
}

/// A block that comes after this, and what `official` tells of it.
fn told_after(desk: &Desk, block: &str, typst: &str) -> String {
    replacing(desk, block, &format!("{typst}\n{{{{ super() }}}}"));
    told_of(desk, "official")
}

#[test]
fn the_credits_of_a_requirement_and_of_the_plan_stand_by_their_own_labels() {
    let desk = Desk::new();
    let each = "let exchanged(it) = (..it, earned: it.needed, needed: it.earned)";
    let subjects = "subjects: progress.subjects.map(exchanged)";
    let total = "total: exchanged(progress.total)";
    let unlabelled = "#let strings = (..strings, required: \"R\", earned: \"E\", \
                      in_progress_column: \"I\", needed: \"N\")";
    for (change, said) in [
        (subjects, "the page shows the credits of the requirement `"),
        (
            total,
            "the page shows the credits of the total of the requirements",
        ),
    ] {
        let typst = format!("#let progress = {{ {each}\n(..progress, {change}) }}");
        let told = told_after(&desk, "summary", &typst);
        assert!(told.contains(said), "{told}");
        // Nor in another order where nothing labels them.
        let told = told_after(&desk, "summary", &format!("{typst}\n{unlabelled}"));
        assert!(told.contains(said), "{told}");
    }
    let labels = "#let strings = (..strings, required: strings.needed, needed: strings.required)";
    let told = told_after(&desk, "summary", labels);
    assert!(told.contains("the credits of the requirement `"), "{told}");
    // With their labels, columns may change places; without any, they may not be another's.
    let columns = format!(
        "#let progress = {{ {each}\n(..progress, {subjects}, {total}) }}\n\
         #let strings = (..strings, earned: strings.needed, needed: strings.earned)"
    );
    let told = told_after(&desk, "summary", &columns);
    assert!(!told.contains("problem"), "{told}");
    let told = told_after(&desk, "summary", unlabelled);
    assert!(!told.contains("problem"), "{told}");
}

#[test]
fn the_credits_of_a_term_stand_by_their_own_labels() {
    let desk = Desk::new();
    let said = "the page does not show the term `";
    let exchanged = "#let terms = terms.map(term => (..term, \
                     credit_attempted: term.credit_earned, credit_earned: term.credit_attempted))";
    let unlabelled = "#let strings = (..strings, attempted: \"Att.\", earned: \"Ear.\")";
    for typst in [exchanged, &format!("{exchanged}\n{unlabelled}")] {
        let told = told_after(&desk, "record", typst);
        assert!(told.contains(said), "{told}");
    }
    let told = told_after(&desk, "record", unlabelled);
    assert!(!told.contains("problem"), "{told}");
    // In a line of their own below the term's courses, too.
    for (credits, right) in [("..credits", true), ("..credits.rev()", false)] {
        let below = format!(
            "{{{{ super() }}}}\n#let groups-of-base = term-groups\n\
             #let term-groups() = groups-of-base().map(rows => {{\n\
             let ((name, empty, ..credits), lines) = rows.first()\n\
             let last = ([], [], {credits}, ..([],) * (term-widths.len() - 4))\n\
             (((name, empty), lines), ..rows.slice(1), (last, 1))\n}})"
        );
        replacing(&desk, "record", &below);
        let told = told_of(&desk, "official");
        assert_eq!(!told.contains(said), right, "{credits}: {told}");
        assert_eq!(!told.contains("problem"), right, "{credits}: {told}");
    }
}

#[test]
fn the_totals_stand_by_their_own_labels() {
    let desk = Desk::new();
    let said = "the page shows the credits ";
    let exchanged = "#let credits = (..credits, attempted: credits.earned, \
                     earned: credits.attempted)";
    let told = told_after(&desk, "summary", exchanged);
    assert!(told.contains(said), "{told}");
    let sentence = |one: &str, other: &str| {
        format!(
            "{{{{ super() }}}}\n#let summary() = {{\n\
             for it in averages {{ par(it.label + \": \" + or-absent(it.value)) }}\n\
             par(strings.credits_attempted + \": \" + credits.{one})\n\
             par(strings.credits_earned + \": \" + credits.{other}) }}"
        )
    };
    for (one, other, right) in [
        ("attempted", "earned", true),
        ("earned", "attempted", false),
    ] {
        replacing(&desk, "summary", &sentence(one, other));
        let told = told_of(&desk, "official");
        assert_eq!(!told.contains("problem"), right, "{told}");
        assert_eq!(!told.contains(said), right, "{told}");
    }
}

#[test]
fn no_area_stands_below_the_label_of_areas_but_the_courses_own() {
    let desk = Desk::new();
    for (area, right) in [("\"d\"", false), ("\"–\"", true), ("none", true)] {
        let areas = format!(
            "#let own(course) = if course.ag_area == none {{ {area} }} else {{ course.ag_area }}\n\
             #let terms = terms.map(term => (..term, courses: term.courses.map(course => \
             (..course, ag_area: own(course)))))"
        );
        let told = told_after(&desk, "record", &areas);
        let said = "the page shows `d` as the a-g area of the course `";
        assert_eq!(!told.contains(said), right, "{area}: {told}");
        assert_eq!(!told.contains("problem"), right, "{area}: {told}");
    }
}

#[test]
fn no_mark_stands_below_its_label_in_a_line_of_no_course() {
    let desk = Desk::new();
    let with_line = |line: &str| {
        format!(
            "{{{{ super() }}}}\n#let groups-of-base = term-groups\n\
             #let term-groups() = groups-of-base().map(rows => {{\n\
             rows.push((({line}, ..([],) * (term-widths.len() - 2)), 1))\nrows\n}})"
        )
    };
    for (line, right) in [
        ("[AP Physics C], [A]", false),
        ("[No further courses], []", true),
        ("[All passed], [of 5]", true),
    ] {
        replacing(&desk, "record", &with_line(line));
        let told = told_of(&desk, "official");
        let said = "the page shows `A` beside `AP Physics C`, which is no course of the record";
        assert_eq!(!told.contains(said), right, "{line}: {told}");
        assert_eq!(!told.contains("problem"), right, "{line}: {told}");
    }
}
