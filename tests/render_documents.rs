//! What comes out of the render room: text as it was given, tags, attachments, the same bytes.
//!
//! Needs `pdftotext`, `pdfdetach` (poppler-utils) and `qpdf`; without them the tests fail.

mod render_common;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use registrar::render::fonts::Coverage;
use registrar::render::{Forbidden, Job, Limits, Pool, RenderError, Rendered, Renderer};
use registrar::template::Composed;
use render_common::{job, template};
use serde_json::json;

const TABLE: &str = r#"
    #let model = json("/model.json")
    #set document(title: model.title)
    #set text(font: ("Noto Sans", "Noto Sans Armenian"), lang: "en", size: 9pt)
    = #model.title
    #table(
      columns: (4cm, 1fr),
      table.header[Course][Mark],
      ..model.courses.map(course => (course.title, course.mark)).flatten(),
    )
"#;

fn record() -> serde_json::Value {
    json!({
        "title": "Transcript of Արամ Núñez",
        "courses": [{"title": "Algebra 1", "mark": "A"}, {"title": "Ποίηση", "mark": "B+"}],
    })
}

fn render(template: &Composed, job: &Job) -> Result<Rendered, RenderError> {
    Renderer::new(template, &Limits::default())?.render(job)
}

fn rendered(layout: &str, model: &serde_json::Value) -> Rendered {
    render(&template(layout), &job(model)).expect("a document")
}

/// What a tool of the system prints about a PDF.
fn tool(name: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("document.pdf");
    fs::write(&path, pdf).expect("the file is written");
    let output = Command::new(name)
        .args(arguments)
        .arg(&path)
        .args(if name == "pdftotext" { &["-"][..] } else { &[] })
        .current_dir(directory.path())
        .output()
        .unwrap_or_else(|error| panic!("this test needs `{name}`: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn text(pdf: &[u8]) -> String {
    tool("pdftotext", &["-enc", "UTF-8", "-layout"], pdf)
}

fn contains(pdf: &[u8], needle: &str) -> bool {
    pdf.windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[test]
fn a_document_is_archival_tagged_titled_and_in_a_language() {
    let Rendered {
        pdf,
        pages,
        warnings,
        legible,
    } = rendered(TABLE, &record());
    assert_eq!((pages, warnings), (1, vec![]));
    assert!(
        legible[0].iter().any(|run| run.text == "Mark"),
        "{legible:?}"
    );
    tool("qpdf", &["--check"], &pdf);
    for part in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<xmp:CreateDate>2026-06-11T03:30:00",
        "/Lang(en)",
        "/MarkInfo<</Marked true",
        "/DisplayDocTitle true",
        "/Tabs/S",
        "/S/TH",
        "/Scope/Column",
        "/S/H1",
        "/CreationDate(D:20260611033000Z)",
    ] {
        assert!(contains(&pdf, part), "{part}");
    }
    let printed = text(&pdf);
    for words in ["Transcript of Արամ Núñez", "Algebra 1", "Ποίηση", "B+"] {
        assert!(printed.contains(words), "{words} in\n{printed}");
    }
}

#[test]
fn attachments_come_out_as_they_went_in_with_name_type_date_and_description() {
    let Rendered { pdf, .. } = rendered(TABLE, &record());
    let listed = tool("pdfdetach", &["-list"], &pdf);
    assert!(
        listed.contains("1 embedded files") && listed.contains("transcript.json"),
        "{listed}"
    );
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("out.json");
    tool(
        "pdfdetach",
        &["-save", "1", "-o", out.to_str().expect("a path")],
        &pdf,
    );
    assert_eq!(fs::read(&out).expect("it was saved"), b"{\"sealed\":true}");
    for part in [
        "/AFRelationship/Data",
        "/Desc(The transcript as data)",
        "/Subtype/application#2Fjson",
        "/Params<</Size 15/ModDate(D:20260611033000Z)",
    ] {
        assert!(contains(&pdf, part), "{part}");
    }
}

#[test]
fn attachments_leave_the_template_its_own_first_page() {
    let layout = "#set document(title: [T])\n#set page(width: 10cm, height: 5cm)\nOne\n\
                  #pagebreak()\nTwo";
    assert_eq!(rendered(layout, &json!({})).pages, 2);
}

#[test]
fn what_the_standards_want_is_an_error_with_a_hint() {
    let error = render(&template("No title"), &job(&json!({}))).expect_err("no title");
    let RenderError::Template { diagnostics } = &error else {
        panic!("{error}")
    };
    assert!(
        diagnostics[0].message.contains("missing document title"),
        "{error}"
    );
    assert!(error.to_string().contains("hint: set the title"), "{error}");

    let image = "#set document(title: [T])\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' \
                 width='9' height='9'><rect width='9' height='9'/></svg>\"))";
    let error = render(&template(image), &job(&json!({}))).expect_err("no alternative text");
    assert!(error.to_string().contains("layout.typ:2:"), "{error}");
    assert!(error.to_string().contains("alt"), "{error}");
}

#[test]
fn today_is_the_day_of_issue_and_there_are_no_inputs() {
    let layout = "#set document(title: [T])\n\
                  #datetime.today().display() #datetime.today(offset: 14).display() \
                  #sys.inputs.len()";
    let Rendered { pdf, .. } = rendered(layout, &json!({}));
    assert!(text(&pdf).contains("2026-06-10 2026-06-10 0"));
}

#[test]
fn a_character_without_a_glyph_is_an_error_with_its_page_and_never_a_box() {
    let layout = "#set document(title: [T])\nOne\n#pagebreak()\n#json(\"/model.json\").name";
    let error = render(&template(layout), &job(&json!({"name": "Li 李"}))).expect_err("no glyph");
    let expected = RenderError::Unprintable {
        character: '李',
        reason: Forbidden::NoGlyph,
        page: 2,
    };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("U+674E"));
}

#[test]
fn a_font_that_is_not_shipped_is_an_error_because_text_could_be_left_out() {
    let layout = "#set document(title: [T])\n#set text(font: \"Arial\")\nLi 李";
    let error = render(&template(layout), &job(&json!({}))).expect_err("no such font");
    assert!(
        error
            .to_string()
            .contains("layout.typ:2:17: unknown font family: arial"),
        "{error}"
    );
}

#[test]
fn a_page_that_never_settles_is_an_error() {
    let layout = "#set document(title: [T])\n#let s = state(\"s\", 0)\n\
                  #context s.update(s.final() + 1)\n#context s.final()";
    let error = render(&template(layout), &job(&json!({}))).expect_err("it never settles");
    assert!(error.to_string().contains("not converge"), "{error}");
}

#[test]
fn same_job_same_bytes_cold_warm_and_after_another_document() {
    let renderer = Renderer::new(&template(TABLE), &Limits::default()).expect("a template");
    let other = json!({"title": "Another", "courses": []});
    let first = renderer.render(&job(&record())).expect("a document").pdf;
    renderer.render(&job(&other)).expect("another document");
    let warm = renderer.render(&job(&record())).expect("a document").pdf;
    comemo::evict(0);
    let cold = rendered(TABLE, &record()).pdf;
    assert!(first == warm && first == cold);
}

#[test]
fn document_id_and_moment_of_issue_are_in_the_bytes() {
    let usual = render(&template(TABLE), &job(&record()))
        .expect("a document")
        .pdf;
    let id = Job {
        document_id: "D-2".into(),
        ..job(&record())
    };
    let later: Timestamp = "2026-06-11T03:30:01Z".parse().expect("a moment");
    let at = Job {
        issued_at: later,
        ..job(&record())
    };
    for changed in [id, at] {
        assert!(render(&template(TABLE), &changed).expect("a document").pdf != usual);
    }
}

/// Twelve documents over a pool, in the order of the jobs.
async fn over_a_pool(workers: usize) -> Vec<Vec<u8>> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_registrar"));
    let workers = NonZeroUsize::new(workers).expect("at least one");
    let limits = Limits {
        documents_per_worker_max: 4,
        ..Limits::default()
    };
    let pool = Pool::start_with(program, &template(TABLE), limits, workers).expect("a pool");
    let pool = std::sync::Arc::new(pool);
    let tasks: Vec<_> = (0..12)
        .map(|number| {
            let pool = pool.clone();
            let model = json!({"title": format!("Student {number}"), "courses": []});
            tokio::spawn(async move { pool.render(&job(&model)).await.expect("a document").pdf })
        })
        .collect();
    let mut documents = Vec::new();
    for task in tasks {
        documents.push(task.await.expect("the task ends"));
    }
    documents
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_two_workers_and_no_worker_give_the_same_bytes() {
    let one = over_a_pool(1).await;
    assert!(one == over_a_pool(2).await);
    let model = json!({"title": "Student 3", "courses": []});
    assert!(one[3] == rendered(TABLE, &model).pdf);
    assert!(one[3] != one[4]);
}

/// Texts that try to be something else, in Typst, Jinja, HTML, a spreadsheet, a shell, a PDF or on
/// the eye.
fn hostile() -> Vec<String> {
    let typst = [
        "#panic(\"pwn\")",
        "#eval(\"1+1\")",
        "*bold*",
        "_under_",
        "$x^2$",
        "`raw`",
        "= Heading",
        "- item",
        "+ item",
        "/ term: x",
        "<label>",
        "@reference",
        "\\u{41}",
        "//comment",
        "/* open",
        "*/",
        "#{",
        "]",
        "[",
        "#let x = 1",
        "#read(\"/etc/passwd\")",
        "\\ break",
        "~",
        "---",
        "...",
        "'quote' \"quote\"",
        "#import \"x\": *",
        "#sys.inputs",
        "https://x.example",
    ];
    let others = [
        "{{7*7}}",
        "{% raw %}",
        "{# c #}",
        "<script>alert(1)</script>",
        "\"><img onerror=x>",
        "&amp;&#x41;",
        "=HYPERLINK(\"x\")",
        "+cmd|' /C calc'!A0",
        "@SUM(1)",
        "-1+1",
        "$(rm -rf /)",
        "`id`",
        "; DROP TABLE person; --",
        "' OR '1'='1",
        "%s%n",
        "../../etc/passwd",
        "C:\\Windows",
        "endstream endobj",
        "%%EOF",
        "<< /Type /Catalog >>",
        "(unbalanced",
        "\\)",
        "BT /F1 12 Tf ET",
        "null",
        "NaN",
        "none",
        "auto",
        "true",
        "0x41",
        "1e308",
        "-0",
    ];
    let eye = [
        "Zoë",
        "Nguyễn",
        "Nguye\u{302}\u{303}n",
        "Ångström",
        "İstanbul",
        "Straße",
        "ﬁne",
        "Ǆ",
        "Արամ",
        "Ελένη",
        "Оксана",
        "раураl",
        "O’Brien–Smith",
        "x\u{301}y",
        "\u{1ECC}\u{301}l\u{E1}",
        "\u{1EB8}\u{300}k\u{F3}",
        "M\u{327}ajel\u{327}",
        "N\u{304}",
        "Q\u{301}\u{302}\u{303}Q",
        "José\u{A0}María",
        "½ € § ¿?",
    ];
    let refused = [
        "\t=1+1",
        "\r=1",
        "a\u{0}b",
        "a\u{202E}b",
        "a\u{2066}b",
        "a\u{200D}b",
        "a\u{FEFF}b",
        "a\u{E000}b",
        "A\u{300}\u{301}\u{302}\u{303}",
        "a\u{AD}b",
        "👩‍👩‍👧",
        "李小龙",
        "שלום",
        "محمد",
        "नमस्ते",
        "line\nbreak",
        "\u{1B}[2J",
    ];
    let all = typst.into_iter().chain(others).chain(eye).chain(refused);
    all.map(str::to_owned)
        .chain([String::new(), "long ".repeat(1_000)])
        .collect()
}

/// Without spaces, which layout and readers may change, and composed, as fonts may change it.
fn bare(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc()
        .filter(|character| !character.is_whitespace())
        .collect()
}

#[test]
fn hostile_texts_are_printed_literally_or_refused_before_layout() {
    let coverage = Coverage::shipped();
    let (printable, refused): (Vec<String>, Vec<String>) = hostile()
        .into_iter()
        .partition(|text| coverage.first_unprintable(text).is_none());
    assert_eq!((printable.len(), refused.len()), (83, 17));
    let layout = r#"
        #set document(title: json("/model.json").join(" "))
        #set text(font: ("Noto Sans", "Noto Sans Armenian"), size: 8pt)
        #for (number, name) in json("/model.json").enumerate() {
          block[begin #number: #text(name) :end #number]
        }
    "#;
    let document = rendered(layout, &json!(printable));
    let printed = bare(&tool(
        "pdftotext",
        &["-enc", "UTF-8", "-raw", "-nopgbrk"],
        &document.pdf,
    ));
    for (number, name) in printable.iter().enumerate() {
        let literally = bare(&format!("begin{number}:{name}:end{number}"));
        assert!(
            printed.contains(&literally),
            "{name:?} was printed otherwise in\n{printed}"
        );
    }
}

#[test]
fn everything_that_coverage_lets_through_prints_in_both_weights() {
    let coverage = Coverage::shipped();
    let printable: String = (' '..='\u{FFFF}')
        .filter(|character| coverage.first_unprintable(&character.to_string()).is_none())
        .collect();
    assert!(printable.chars().count() > 2_500);
    let layout = r#"
        #set document(title: [All])
        #set text(font: ("Noto Sans", "Noto Sans Armenian"), size: 8pt)
        #for character in json("/model.json").codepoints() [#character *#character* ]
    "#;
    let document = rendered(layout, &json!(printable));
    assert_eq!(document.warnings, []);
}

#[test]
fn the_fonts_folder_says_where_its_fonts_come_from() {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let readme = fs::read_to_string(fonts.join("README.md")).expect("fonts/README.md");
    for entry in fs::read_dir(&fonts).expect("fonts/") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "ttf") {
            use sha2::Digest;
            let digest = hex::encode(sha2::Sha256::digest(fs::read(&path).expect("a font")));
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(readme.contains(&format!("{digest}  {name}")), "{name}");
        }
    }
}
