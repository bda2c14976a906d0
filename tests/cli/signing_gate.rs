//! Records that are not complete enough: what is told of them, that nothing is signed of them
//! unless an officer answers for it by name, and that both print.

use super::compliance::desk_with;
use super::compliance_report::{OVERRIDE, leaving_out, report, text};
use super::{Desk, fixture};

/// What is under 95 percent in the fixture district, as a refusal says it.
const BELOW: [&str; 3] = [
    "19999990100017 Jacaranda Ridge Elementary School: 21 of 23 pupils with a plan or a disability \
     are so in both systems",
    "19999990100043 Cypress Springs Middle School: 17 of 18 pupils with a plan who were certified",
    "19999990100108 Manzanita Hollow Community Adult School: the records have no pupil there",
];

/// What would keep a report from being signed.
fn below(desk: &Desk, more: &[&str]) -> Vec<String> {
    let draft = [&["--draft"], more].concat();
    let told = desk.answer(0, &report("draft.pdf", &draft));
    let below = told["below_gate"].as_array().expect("a list").iter();
    let below = below.map(|it| it.as_str().expect("a line").to_owned());
    below.collect()
}

/// Imports the special-education system's package with one wrong row, whose pupil is held.
fn hold_one(desk: &Desk) {
    let folder = desk.path("broken");
    std::fs::create_dir(&folder).expect("made");
    let seds = fixture("district/seds");
    for file in std::fs::read_dir(&seds).expect("a folder") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.join(file.file_name())).expect("copied");
    }
    let eligibilities = folder.join("eligibilities.csv");
    let rows = std::fs::read_to_string(&eligibilities).expect("rows");
    let broken = rows.replacen(",2025-11-04,", ",9999-99-99,", 1);
    assert_ne!(broken, rows);
    std::fs::write(&eligibilities, broken).expect("written");
    desk.done(&["import", "broken", "--hold", "--quiet"]);
}

/// A page's text in one line, each gap a single blank.
fn flat(desk: &Desk, file: &str) -> String {
    let text = text(desk, file);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_report_of_incomplete_records_is_signed_only_where_an_officer_answers_for_it_and_says_so() {
    let desk = desk_with(&["central", "charters", "seds", "seds-update"]);
    desk.keys();
    let refused = desk.fails(&report("court.pdf", &leaving_out()));
    assert!(refused.contains("less than 95.00 percent"), "{refused}");
    for below in BELOW {
        assert!(refused.contains(below), "{below}\nin\n{refused}");
    }
    assert!(!refused.contains("Almendra Canyon"), "{refused}");
    assert!(
        refused.contains("hint: import what is missing"),
        "{refused}"
    );
    assert!(!desk.path("court.pdf").exists());
    // A name without a reason is no answer, nor is a reason that says nothing.
    let nameless = [&leaving_out()[..], &OVERRIDE[..2]].concat();
    let said = desk.fails(&report("court.pdf", &nameless));
    assert!(said.contains("--override-reason"), "{said}");
    let wordless = ["--override-by", "R. Varo", "--override-reason", " ... "];
    let said = desk.fails(&report(
        "court.pdf",
        &[&leaving_out()[..], &wordless].concat(),
    ));
    assert!(said.contains("--override-reason says nothing"), "{said}");

    let draft = desk.answer(0, &report("draft.pdf", &["--draft"]));
    assert_eq!(draft["below_gate"], serde_json::json!(BELOW));
    let page = flat(&desk, "draft.pdf");
    assert!(
        page.contains("3 parts of the records are under the 95.00% of what is expected"),
        "{page}"
    );
    assert!(
        page.contains("While this stands the report is not signed"),
        "{page}"
    );

    for (language, who) in [
        ("en", "Signed all the same on the responsibility of"),
        ("es", "Firmado de todos modos bajo la responsabilidad de"),
    ] {
        let file = format!("court-{language}.pdf");
        let more = [&leaving_out()[..], &OVERRIDE, &["--language", language]].concat();
        let told = desk.answer(0, &report(&file, &more));
        assert_eq!(told["overridden_by"], OVERRIDE[1]);
        let page = flat(&desk, &file);
        let said = format!("{who} {}: {}", OVERRIDE[1], OVERRIDE[3]);
        assert_eq!(
            page.matches(&said).count(),
            2,
            "on two pages: {said}\n{page}"
        );
        assert!(page.contains("Cypress Springs Middle School"), "{page}");
    }
}

#[test]
fn a_source_of_which_nobody_came_or_whose_people_are_held_is_told_and_what_was_not_compared() {
    let desk = desk_with(&["central", "charters"]);
    let told = below(&desk, &[]);
    assert!(
        told.contains(&"marisol-seds: nobody came from this source".to_owned()),
        "{told:?}"
    );
    let charter = "19999990100121 Madrone Field Charter High School: 0 of 9 pupils with a plan or \
                   a disability are so in both systems";
    assert!(told.contains(&charter.to_owned()), "{told:?}");

    // What nobody sends is unclear, and the page says for want of what.
    let page = flat(&desk, "draft.pdf");
    let unclear = "Unclear, for want of: whether an iep was in force";
    assert!(page.contains(unclear), "{page}");

    // One pupil is held, which only a higher bar than the decree's own forbids.
    hold_one(&desk);
    let told = below(&desk, &[]);
    assert!(
        !told.iter().any(|it| it.contains("marisol-seds")),
        "{told:?}"
    );
    let with_bar = |bar: &str| {
        let decree = include_str!("../../report-templates/chanda-smith/decree.toml");
        let (own, other) = ("at_least = \"95\" }", format!("at_least = \"{bar}\" }}"));
        assert!(decree.contains(own));
        std::fs::write(desk.path("decree.toml"), decree.replace(own, &other)).expect("written");
        ["--decree", "./decree.toml"]
    };
    let told = below(&desk, &with_bar("99.8"));
    let held = told.iter().find(|it| it.starts_with("marisol-seds: "));
    let held = held.unwrap_or_else(|| panic!("{told:?}"));
    assert!(
        held.ends_with("152 of 153 people are not held at import"),
        "{held}"
    );

    // Without systems nothing is compared, and that is told first.
    let unnamed = "[compliance]\ndecree = \"chanda-smith\"\n";
    std::fs::write(desk.path("registrar.toml"), unnamed).expect("written");
    let told = below(&desk, &[]);
    assert!(told[0].contains("so that nothing was compared"), "{told:?}");
    // Of which nothing came is under any bar.
    let told = below(&desk, &with_bar("0"));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[1].contains("the records have no pupil there"),
        "{told:?}"
    );
}

#[test]
fn a_school_without_a_calendar_is_told_where_clocks_count_by_its_own() {
    let desk = desk_with(&["central"]);
    let folder = desk.path("charters");
    std::fs::create_dir(&folder).expect("made");
    let charters = fixture("district/charters");
    for file in std::fs::read_dir(&charters).expect("a folder") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.join(file.file_name())).expect("copied");
    }
    std::fs::remove_file(folder.join("calendar_periods.csv")).expect("removed");
    let manifest = folder.join("manifest.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let without = text.replace("[tables.calendar_periods]\nmode = \"full\"\n", "");
    assert_ne!(without, text);
    std::fs::write(manifest, without).expect("written");
    desk.done(&["import", "charters", "--quiet"]);

    let charter = "19999990100121 Madrone Field Charter High School: ";
    let line = format!("{charter}the school has no calendar for its clocks");
    let told = below(&desk, &[]);
    assert!(told.contains(&line), "{told:?}");
    let schools = told.iter().filter(|it| it.contains("calendar"));
    assert_eq!(schools.count(), 1, "the others have theirs: {told:?}");
    let page = flat(&desk, "draft.pdf");
    let word = "A calendar of the school, by which days are counted; it has none";
    assert!(page.contains(word), "{page}");

    let decree = include_str!("../../report-templates/chanda-smith/decree.toml");
    let named = "count_day = \"12-01\"\ncalendar_school = \"19999990100017\"\n";
    let decree = decree.replacen("count_day = \"12-01\"\n", named, 1);
    std::fs::write(desk.path("decree.toml"), decree).expect("written");
    let told = below(&desk, &["--decree", "./decree.toml"]);
    assert!(!told.contains(&line), "{told:?}");
}

#[test]
fn what_is_complete_leaves_nothing_to_answer_for() {
    let desk = desk_with(&["central", "charters", "seds", "seds-update"]);
    let decree = include_str!("../../report-templates/chanda-smith/decree.toml");
    let decree = decree.replace("at_least = \"95\" }", "at_least = \"90\" }");
    std::fs::write(desk.path("decree.toml"), decree).expect("written");
    // A count of nobody, certified outside: of that school nothing has to come.
    let folder = desk.path("census");
    std::fs::create_dir(&folder).expect("made");
    let manifest = "format = \"registrar-package/1\"\nsource = \"marisol-central\"\n\
                    district = \"1999999\"\nexported_at = \"2026-06-20T20:00:00Z\"\n\
                    schools = [\"19999990100108\"]\n[tables.census_counts]\nmode = \"delta\"\n";
    std::fs::write(folder.join("manifest.toml"), manifest).expect("written");
    let census = std::fs::read_to_string(fixture("district/central/census_counts.csv"));
    let census = census.expect("counts");
    let heading = census.lines().next().expect("a heading");
    let row = heading.split(',').map(|column| match column {
        "school" => "19999990100108",
        "counted_on" => "2025-10-01",
        "enrolled" | "with_plan" => "0",
        "certified_by" => "California Department of Education",
        _ => "",
    });
    let row = row.collect::<Vec<_>>().join(",");
    std::fs::write(
        folder.join("census_counts.csv"),
        format!("{heading}\n{row}\n"),
    )
    .expect("written");
    desk.done(&["import", "census", "--quiet"]);
    let draft = ["--draft", "--decree", "./decree.toml"];
    let told = desk.answer(0, &report("draft.pdf", &draft));
    assert_eq!(told["below_gate"], serde_json::json!([]));
    let page = flat(&desk, "draft.pdf");
    assert!(page.contains("Nothing is under it."), "{page}");
    let needless = [&draft[..], &OVERRIDE].concat();
    let refused = desk.fails(&report("draft.pdf", &needless));
    assert!(refused.contains("nothing to override"), "{refused}");
}
