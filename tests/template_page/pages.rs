//! How every shipped report fills its pages: what stands at the edges of lines, in columns, and on
//! the next page.

use registrar::render::{Limits, Renderer};
use registrar::template::Report;
use registrar::transcript::Edition;

use crate::reading::{ALL, Read};
use crate::samples::{job, model};
use crate::{letters, lines_of_pages};

/// A sample of a report in English.
fn read(report: &str, sample: &str) -> &'static Read {
    let is_it = |read: &&Read| {
        (&*read.report, &*read.sample, &*read.model.document.language) == (report, sample, "en")
    };
    ALL.iter().find(is_it).expect("it is laid out")
}

/// A dot between two texts stands in their line or not at all; one of a name is the name's own.
#[test]
fn no_line_begins_or_ends_with_a_dot_between_two_texts() {
    let mut dots = 0;
    for read in ALL.iter() {
        let Read {
            report,
            sample,
            model,
            ..
        } = read;
        let own = serde_json::to_string(model).expect("JSON");
        for line in read.pages.iter().flat_map(|page| page.lines()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            dots += words.iter().filter(|word| **word == "·").count();
            for at in [0, words.len().saturating_sub(1)] {
                let near = words[at.saturating_sub(1)..words.len().min(at + 2)].join(" ");
                let stray = words.get(at) == Some(&"·") && !own.contains(&near);
                assert!(!stray, "{report}, {sample}: {line}");
            }
        }
    }
    assert!(dots > 500, "{dots}");
}

#[test]
fn a_sheet_to_copy_from_takes_few_pages_and_its_legend_stands_with_the_last_rows() {
    for (sample, pages_max) in [
        ("senior", 2),
        ("quarters", 2),
        ("names", 2),
        ("six-pages", 11),
    ] {
        let read = read("self-report", sample);
        assert!(
            read.pages.len() <= pages_max,
            "{sample}: {}",
            read.pages.len()
        );
        for page in read
            .pages
            .iter()
            .filter(|page| page.contains("Marks (grade points)"))
        {
            let (rows, _) = page.split_once("Marks (grade points)").expect("before it");
            let is_row = |line: &&str| line.contains("1.25") || line.contains("5.00");
            assert!(rows.lines().filter(is_row).count() >= 2, "{sample}: {page}");
        }
    }
}

/// What follows the record does not stand alone, and brings no whole year with it.
#[test]
fn a_record_by_year_goes_on_where_the_page_has_room() {
    let pages = &read("transcript-by-year", "quarters").pages;
    assert_eq!(pages.len(), 3);
    let last_year = "2025-26 · Grade 12";
    let [_, middle, last] = &pages[..] else {
        panic!("three pages")
    };
    assert!(
        middle.contains(last_year) && middle.contains("Quarter 3 2025-26"),
        "{middle}"
    );
    let again = format!("{last_year} (continued)");
    assert!(
        last.contains(&again) && last.contains("Quarter 4 2025-26"),
        "{last}"
    );
    assert!(
        last.contains("Credits by subject") && !last.contains("Quarter 3"),
        "{last}"
    );
}

/// Two columns that just fit the page, of titles of two lines: whatever their height, a term begins
/// once, and the second column stands beside the first.
#[test]
fn columns_that_just_fit_a_page_stand_beside_each_other() {
    let report = Report::shipped("transcript").expect("it ships");
    let composed = report.compose("en").expect("it composes");
    let renderer = Renderer::new(&composed, &Limits::default()).expect("it parses");
    let mut whole = model(&report, "senior", "en", Edition::Unofficial);
    for course in whole.terms.iter_mut().flat_map(|term| &mut term.courses) {
        course.taken_at = Some("North Lagoon High School, Santa Elvira, CA".to_owned());
    }
    let mut on_one_page = 0;
    for one_line in 0..28 {
        let mut model = whole.clone();
        let courses = model.terms.iter_mut().flat_map(|term| &mut term.courses);
        courses
            .take(one_line)
            .for_each(|course| course.taken_at = None);
        let rendered = renderer.render(&job("fits", &model)).expect("it lays out");
        let pages = lines_of_pages(&rendered.pdf);
        assert!(pages.len() <= 2, "{one_line}: {} pages", pages.len());
        let text = letters(&pages.concat());
        for term in &model.terms {
            let (attempted, earned) = (term.credit_attempted, term.credit_earned);
            let heading = format!("{} · Grade {}", term.name, term.grade_level);
            let heading = letters(&format!("{heading} {attempted} {earned}"));
            assert_eq!(text.matches(&heading).count(), 1, "{one_line}: {heading}");
        }
        let last = &model.terms.last().expect("a term").name;
        on_one_page += usize::from(pages[0].contains(last));
    }
    assert!(on_one_page > 5, "{on_one_page}");
}
