//! The shipped transcript as a page: every sample in every language, with the shipped fonts.

mod figures;
mod pages;
mod reading;
#[path = "../common/samples.rs"]
mod samples;
mod schema;
#[path = "../common/typst_world.rs"]
mod typst_world;
#[path = "../common/walk.rs"]
mod walk;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

use registrar::template::Report;
use registrar::transcript::{Edition, Transcript};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_world::{PageWorld, export};

/// How many pages each sample takes, in each language.
const PAGES: [(&str, usize); 12] = [
    ("demonstration", 1),
    ("full-page", 1),
    ("initial", 1),
    ("mid-year", 1),
    ("names", 2),
    ("newcomer", 1),
    ("no-average", 1),
    ("no-contact", 1),
    ("quarters", 2),
    ("senior", 1),
    ("six-pages", 6),
    ("three-schools", 1),
];

struct Page {
    name: String,
    language: String,
    model: Transcript,
    document: PagedDocument,
    pdf: Vec<u8>,
}

fn sample(report: &Report, name: &str, language: &str) -> Transcript {
    samples::model(report, name, language, samples::edition_of(report, name))
}

fn world(report: &Report, language: &str) -> PageWorld {
    PageWorld::new(&report.compose(language).expect("it composes").files)
}

fn page(world: &mut PageWorld, name: &str, model: Transcript) -> Page {
    let json = serde_json::to_vec(&model).expect("JSON");
    let document = world
        .lay_out(&json)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let pdf = export(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
    let language = model.document.language.clone();
    Page {
        name: name.to_owned(),
        language,
        model,
        document,
        pdf,
    }
}

/// Every sample in every language, made once for all tests.
fn pages() -> &'static [Page] {
    static ALL: LazyLock<Vec<Page>> = LazyLock::new(all_pages);
    &ALL
}

fn all_pages() -> Vec<Page> {
    let report = Report::shipped("transcript").expect("it ships");
    let mut pages = Vec::new();
    for language in report.languages() {
        let mut world = world(&report, language);
        for name in report.samples().keys() {
            pages.push(page(&mut world, name, sample(&report, name, language)));
        }
    }
    pages
}

/// What one of poppler-utils' programs says of a file.
fn ask(program: &str, arguments: &[&str], pdf: &[u8], last: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, pdf).expect("written");
    let output = Command::new(program)
        .args(arguments)
        .arg(&path)
        .args(last)
        .output()
        .unwrap_or_else(|error| panic!("{program} (package poppler-utils): {error}"));
    assert!(output.status.success(), "{program} reads the page");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What pdftotext reads in the order of the content, blanks as one space.
fn text_of(pdf: &[u8]) -> String {
    let text = ask("pdftotext", &["-raw", "-enc", "UTF-8"], pdf, &["-"]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What pdftotext reads of each page, line by line.
fn lines_of_pages(pdf: &[u8]) -> Vec<String> {
    let text = ask("pdftotext", &["-raw", "-enc", "UTF-8"], pdf, &["-"]);
    let pages = text.trim_end_matches('\u{c}').split('\u{c}');
    pages.map(str::to_owned).collect()
}

/// A text without its blanks: a wrapped line or a broken word is still the same text.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

/// Glyphs without a shape in the fonts, and the rightmost point of any text.
fn glyphs(frame: &Frame, right: f64, found: &mut (usize, f64)) {
    for (at, item) in frame.items() {
        match item {
            FrameItem::Group(group) => {
                let moved = group.transform.tx.to_pt() + at.x.to_pt();
                glyphs(&group.frame, right + moved, found);
            }
            FrameItem::Text(text) => {
                found.0 += text.glyphs.iter().filter(|glyph| glyph.id == 0).count();
                let end = right + at.x.to_pt() + text.width().to_pt();
                if text.size.to_pt() < 50.0 {
                    found.1 = found.1.max(end);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn every_sample_takes_its_pages_with_every_glyph_inside_the_margins() {
    let expected: BTreeMap<_, _> = PAGES.into_iter().collect();
    for page in pages() {
        let at = format!("{} in {}", page.name, page.language);
        assert_eq!(
            page.document.pages().len(),
            expected[page.name.as_str()],
            "{at}"
        );
        for sheet in page.document.pages() {
            let mut found = (0, 0.0);
            glyphs(&sheet.frame, 0.0, &mut found);
            assert_eq!(found.0, 0, "missing glyphs: {at}");
            assert!(found.1 <= 576.5, "text ends at {} pt: {at}", found.1);
        }
    }
}

#[test]
fn terms_read_down_the_left_column_before_the_right_one() {
    for page in pages().iter().filter(|page| page.name == "senior") {
        let text = tagged_text(page);
        let places: Vec<_> = page
            .model
            .terms
            .iter()
            .map(|term| text.find(&letters(&term.name)).expect("the term is there"))
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}

/// The page's text in the order of its frames, which is the order of its structure.
fn tagged_text(page: &Page) -> String {
    fn collect(frame: &Frame, out: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => collect(&group.frame, out),
                FrameItem::Text(text) => out.push_str(&text.text),
                _ => {}
            }
        }
    }
    let mut out = String::new();
    for sheet in page.document.pages() {
        collect(&sheet.frame, &mut out);
    }
    letters(&out)
}

#[test]
fn headings_are_in_order_and_every_header_cell_has_a_scope() {
    for page in pages() {
        let tree = ask("pdfinfo", &["-enc", "UTF-8", "-struct"], &page.pdf, &[]);
        let count = |what: &str| tree.matches(what).count();
        let at = format!("{} in {}", page.name, page.language);
        assert_eq!(count("H1 \""), 1, "{at}");
        assert_eq!(count("H3"), 0, "{at}");
        assert!(tree.find("H1 \"") < tree.find("H2 \""), "{at}");
        let (columns, rows) = (count("/Scope /Column"), count("/Scope /Row"));
        assert_eq!(count("TH <"), columns + rows, "{at}");
        let courses: usize = page.model.terms.iter().map(|term| term.courses.len()).sum();
        assert!(rows >= courses, "each course heads its row: {at}");
        assert!(count("TH <") > 10, "{at}");
        let info = ask("pdfinfo", &["-enc", "UTF-8"], &page.pdf, &[]);
        assert!(
            info.contains(&page.model.student.name),
            "the title names the student: {at}"
        );
    }
}

#[test]
fn the_watermark_is_not_in_the_structure() {
    for page in pages().iter().filter(|page| page.name == "initial") {
        let text = ask(
            "pdfinfo",
            &["-enc", "UTF-8", "-struct-text"],
            &page.pdf,
            &[],
        );
        let (mark, title) = match page.language.as_str() {
            "en" => ("UNOFFICIAL", "Unofficial High School Transcript"),
            _ => ("NO OFICIAL", "no oficial"),
        };
        assert!(!text.contains(mark));
        assert!(text.contains(title));
        let printed = letters(&text_of(&page.pdf));
        assert!(printed.contains(&letters(mark)), "but it is on the page");
    }
}

#[test]
fn an_unofficial_copy_says_so_in_its_text_and_has_no_certification() {
    for page in pages() {
        let text = text_of(&page.pdf);
        let unofficial = page.model.document.edition == Edition::Unofficial;
        let (title, note, heading) = match page.language.as_str() {
            "en" => (
                "Unofficial High School",
                "Unofficial: a copy for",
                "I certify that",
            ),
            _ => ("no oficial", "No oficial: copia para", "Certifico que"),
        };
        assert_eq!(text.contains(title), unofficial, "{}", page.name);
        assert_eq!(text.contains(note), unofficial, "{}", page.name);
        assert_eq!(!text.contains(heading), unofficial, "{}", page.name);
    }
}

#[test]
fn a_demonstration_says_so_in_a_band_and_in_its_text() {
    for page in pages() {
        let word = if page.language == "en" {
            "DEMONSTRATION,"
        } else {
            "DEMOSTRACIÓN,"
        };
        let count = text_of(&page.pdf).matches(word).count();
        let expected = if page.model.document.demonstration {
            2
        } else {
            0
        };
        assert_eq!(count, expected, "{} in {}", page.name, page.language);
    }
}

#[test]
fn columns_labels_and_the_term_are_repeated_on_the_next_page() {
    for page in pages().iter().filter(|page| page.name == "six-pages") {
        let text = text_of(&page.pdf);
        let label = if page.language == "en" {
            "Attempted"
        } else {
            "Intent."
        };
        assert!(
            text.matches(label).count() >= 11,
            "two columns on six pages"
        );
        let name = &page.model.student.name;
        assert_eq!(
            text.matches(name.as_str()).count(),
            6,
            "the name on every page"
        );
    }
}

#[test]
fn a_page_is_the_same_bytes_each_time() {
    let report = Report::shipped("transcript").expect("it ships");
    let bytes = || {
        page(
            &mut world(&report, "en"),
            "senior",
            sample(&report, "senior", "en"),
        )
        .pdf
    };
    let first = bytes();
    comemo::evict(0);
    assert_eq!(first, bytes());
}

#[test]
fn settings_change_what_is_printed() {
    let school = registrar::template::Folder {
        name: "school".to_owned(),
        files: BTreeMap::from([
            (
                "report.toml".to_owned(),
                b"extends = \"transcript\"\n[values]\nsigner_block = false\n\
                  logo = \"eagle.svg\"\ncertification = \"#1 *indeed*.\"\n"
                    .to_vec(),
            ),
            (
                "eagle.svg".to_owned(),
                b"<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"4\"/></svg>".to_vec(),
            ),
        ]),
    };
    let report = Report::from_folder(school).expect("it is well formed");
    let model = sample(&report, "names", "en");
    let text = text_of(&page(&mut world(&report, "en"), "names", model).pdf);
    assert!(!text.contains("Certified by"));
    assert!(
        text.contains("1200 North Avenue 64"),
        "the record has an address"
    );
    assert!(text.contains("#1 *indeed*."));
}

#[test]
fn hostile_texts_come_out_literally() {
    let report = Report::shipped("transcript").expect("it ships");
    let mut world = world(&report, "en");
    for text in [
        "#panic(\"pwn\") *b* = h \\u{41} $x$ @lab //c",
        "{{ settings }}{% block record %}",
        "<script>alert(1)</script>&amp;",
        "=HYPERLINK(\"http://example.org\")",
        "`raw` _em_ [link](x) <label> ~ --- ...",
        "Robert'); DROP TABLE students;--",
    ] {
        let mut model = sample(&report, "senior", "en");
        model.student.name = text.to_owned();
        model.terms[0].courses[0].title = text.to_owned();
        model.terms[1].name = text.to_owned();
        model.school.name = text.to_owned();
        let read = letters(&text_of(&page(&mut world, text, model).pdf));
        assert!(
            read.matches(&letters(text)).count() >= 4,
            "{text}\nin\n{read}"
        );
    }
}

#[test]
fn a_district_without_a_contact_is_named_where_a_reader_is_sent_to_it() {
    let report = Report::shipped("transcript").expect("it ships");
    for language in report.languages() {
        let mut world = world(&report, language);
        for (edition, asks) in [(Edition::Official, 1), (Edition::Flat, 2)] {
            let mut model = sample(&report, "senior", language);
            model.document.edition = edition;
            model.district.contact = None;
            let district = letters(&model.district.name);
            let text = letters(&text_of(&page(&mut world, "senior", model).pdf));
            let sent = text.matches(&format!(":{district}")).count();
            assert_eq!(sent, asks, "{edition:?} in {language}: {text}");
        }
    }
}
