//! What a reader finds on the page and in its structure, looked at by tools that we did not write.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use registrar::exchange::Document;
use registrar::issue::Office;
use registrar::seal::Suite;
use registrar::store::Store;
use registrar::template::{Folder, Report};
use registrar::transcript::Transcript;
use registrar::verify;
use serde_json::Value;

use crate::reading::reads_in_order;
use crate::structure::Structure;
use crate::{desk, issued};

/// The output of a tool that must be there: `tests/run` installs it.
fn tool(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("`{program}` is needed: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    output.stdout
}

/// Issues the transcripts of these students; gives each model with the file that carries it.
async fn issued(folder: &Path, numbers: &[&str]) -> Vec<(Transcript, String)> {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let office = desk::office(store, folder, Suite::P256, 2);
    made(store, &office, folder, numbers).await
}

/// The same by an office that is there.
async fn made(
    store: &Store,
    office: &Office,
    folder: &Path,
    numbers: &[&str],
) -> Vec<(Transcript, String)> {
    let people = desk::students(store, numbers).await;
    let batch = desk::batch(store, people, "2026-07-01T00:00:00Z").await;
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!(outcome.refused, []);
    let mut files = Vec::new();
    for issued in outcome.issued {
        let bytes = office
            .ledger
            .read(issued.document_id)
            .await
            .expect("read")
            .expect("there");
        let path = folder.join(format!("{}.pdf", issued.student_id));
        std::fs::write(&path, &bytes).expect("written");
        let model = verify::examine(&bytes, &office.signing.trust)
            .document
            .and_then(Document::into_transcript)
            .expect("it is valid");
        files.push((model, path.display().to_string()));
    }
    files
}

/// A file's text in the order of its content.
fn raw_text(file: &str) -> String {
    let raw = ["-raw", "-enc", "UTF-8", "-nopgbrk", file, "-"];
    String::from_utf8(tool("pdftotext", &raw)).expect("UTF-8")
}

/// Every hard case that can be printed.
const HARD_CASES: [&str; 22] = [
    "9000001", "9000002", "9000003", "9000004", "9000005", "9000006", "9000007", "9000008",
    "9000009", "9000010", "9000011", "9000012", "9000013", "9000014", "9000015", "9000016",
    "9000017", "9000018", "9000019", "9000020", "9000022", "9000023",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_course_mark_credit_and_name_stands_on_the_page_in_reading_order() {
    let folder = tempfile::tempdir().expect("a folder");
    for (model, file) in issued(folder.path(), &HARD_CASES).await {
        reads_in_order(&raw_text(&file), &model);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_six_courses_fit_one_page_in_less_than_100_kb() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = issued(folder.path(), &["9000001", "9000002"]).await;
    let pages = |file: &str| {
        let info = String::from_utf8(tool("pdfinfo", &[file])).expect("UTF-8");
        let line = info
            .lines()
            .find(|line| line.starts_with("Pages:"))
            .expect("a page count");
        line["Pages:".len()..]
            .trim()
            .parse::<u32>()
            .expect("a number")
    };
    let (model, file) = &files[0];
    assert_eq!(
        model
            .terms
            .iter()
            .map(|term| term.courses.len())
            .sum::<usize>(),
        56
    );
    assert_eq!(pages(file), 1);
    let bytes = std::fs::metadata(file).expect("the file is there").len();
    assert!(bytes < 100_000, "{bytes} bytes");
    assert!(pages(&files[1].1) > 1, "86 postings flow to a second page");
}

/// The objects of a PDF as qpdf reads them.
struct Objects(BTreeMap<String, Value>);

impl Objects {
    fn read(file: &str) -> Self {
        let json = tool("qpdf", &["--json=2", "--json-key=qpdf", file]);
        let json: Value = serde_json::from_slice(&json).expect("qpdf writes JSON");
        let objects = json["qpdf"][1].as_object().expect("a table of objects");
        let bodies = objects.iter().map(|(name, object)| {
            let body = object
                .get("value")
                .or_else(|| object.get("stream")?.get("dict"));
            (
                name.trim_start_matches("obj:").to_owned(),
                body.cloned().unwrap_or(Value::Null),
            )
        });
        Self(bodies.collect())
    }

    /// The value itself, where it is a reference to an object.
    fn at<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value.as_str().and_then(|name| self.0.get(name));
        target.map_or(value, |target| self.at(target))
    }

    fn catalog(&self) -> &Value {
        let trailer = self.0.get("trailer").expect("a trailer");
        self.at(&trailer["/Root"])
    }

    /// Every element below this one: its role and its dictionary, in reading order.
    fn elements<'a>(&'a self, value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        let element = self.at(value);
        if let Some(role) = element["/S"].as_str() {
            found.push((role, element));
        }
        match self.at(&element["/K"]) {
            Value::Array(kids) => kids.iter().for_each(|kid| self.elements(kid, found)),
            kid @ Value::Object(_) => self.elements(kid, found),
            _ => {}
        }
    }
}

/// What the figures of a file say that they show, in reading order.
fn alternative_texts(objects: &Objects) -> Vec<&str> {
    let mut elements = Vec::new();
    objects.elements(&objects.catalog()["/StructTreeRoot"], &mut elements);
    let figures = elements.iter().filter(|(role, _)| *role == "/Figure");
    let said = figures.map(|(_, figure)| figure["/Alt"].as_str());
    said.map(|said| said.expect("it says what it shows"))
        .collect()
}

/// What holds for the structure of every page, whatever stands on it.
fn structure_is_sound(objects: &Objects) {
    let catalog = objects.catalog();
    assert_eq!(objects.at(&catalog["/MarkInfo"])["/Marked"], true);
    assert_eq!(catalog["/Lang"], "u:en");
    assert_eq!(
        objects.at(&catalog["/ViewerPreferences"])["/DisplayDocTitle"],
        true
    );
    let mut elements = Vec::new();
    objects.elements(&catalog["/StructTreeRoot"], &mut elements);
    let roles = elements.iter().map(|(role, _)| *role);
    let headings: Vec<&str> = roles.filter(|role| role.starts_with("/H")).collect();
    assert_eq!(headings[0], "/H1", "the document begins with its heading");
    assert!(headings.len() > 2);
    for below in &headings[1..] {
        assert_eq!(*below, "/H2");
    }
    let of_type = |wanted: &'static str| {
        let all = objects.0.values();
        all.filter(move |object| object["/Type"] == wanted || object["/Subtype"] == wanted)
    };
    for page in of_type("/Page") {
        assert_eq!(page["/Tabs"], "/S", "tabs follow the structure");
    }
    assert_eq!(of_type("/Widget").count(), 1);
    for widget in of_type("/Widget") {
        assert_eq!(widget["/Rect"], serde_json::json!([0, 0, 0, 0]));
        assert_eq!(widget["/F"], 132);
    }
}

#[test]
fn the_signed_files_structure_is_one_that_a_screen_reader_can_follow() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("issued.pdf");
    for issued in issued::issued() {
        for (bytes, (_, pages)) in issued.files.iter().zip(issued::PAGES) {
            std::fs::write(&path, bytes).expect("written");
            let file = path.display().to_string();
            structure_is_sound(&Objects::read(&file));
            let document = verify::examine(bytes, &issued.trust).document;
            let model = document.and_then(Document::into_transcript);
            let model = model.expect("it is valid");
            let structure = Structure::read(&path);
            structure.every_cell_is_headed_by_its_column_its_row_and_its_section();
            structure.has_each_row_of(&model);
            reads_in_order(&raw_text(&file), &model);
            if pages == 1 {
                Structure::read_with_texts(&path).says_what_the_model_says(&model);
            }
        }
    }
}

/// The shipped report with a school's logo, described in the school's own words.
fn report_with_a_logo() -> Report {
    let logo = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"4\"/></svg>";
    let manifest = b"extends = \"transcript\"\n[values]\nlogo = \"eagle.svg\"\n\
                     logo_description = \"An eagle over the bay\"\n";
    let files = [
        ("report.toml", manifest.to_vec()),
        ("eagle.svg", logo.to_vec()),
    ];
    let files = files.map(|(name, bytes)| (name.to_owned(), bytes));
    Report::from_folder(Folder {
        name: "school".to_owned(),
        files: files.into(),
    })
    .expect("it is well formed")
}

/// Issues one transcript by this report; the file, sound in structure, and its objects.
async fn issued_by(report: &Report, suite: Suite, folder: &Path) -> (String, Objects) {
    let composed = report.compose("en").expect("it composes");
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let mut office = desk::office(store, folder, suite, 1);
    office.pool = desk::pool(&composed, 1);
    office.template_digest = composed.digest;
    let (_, file) = made(store, &office, folder, &["9000001"]).await.remove(0);
    let objects = Objects::read(&file);
    structure_is_sound(&objects);
    (file, objects)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schools_logo_is_a_figure_that_says_what_it_shows() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, objects) = issued_by(&report_with_a_logo(), suite, folder.path()).await;
        assert_eq!(alternative_texts(&objects), ["u:An eagle over the bay"]);
    }
}

/// A school's profile is appended before the signature, as drawings that say what they show; both
/// suites, judged by programs that we did not write.
#[tokio::test(flavor = "multi_thread")]
async fn a_schools_profile_is_signed_with_the_record() {
    let report = Report::shipped("ironwood-terrace").expect("it ships");
    for suite in [Suite::P256, Suite::Ed25519] {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, objects) = &issued_by(&report, suite, folder.path()).await;
        let said = alternative_texts(objects);
        assert!(
            said.iter().any(|said| said.contains("1,840 students")),
            "{said:?}"
        );
        let text = raw_text(file);
        let last = objects.catalog()["/Pages"].clone();
        let pages = objects.at(&last)["/Count"].as_u64().expect("a count");
        assert!(text.contains(&format!("Page {pages} of {pages}")), "{text}");
        assert!(pages > 1, "the profile has a page of its own");
        let bytes = std::fs::metadata(file).expect("there").len();
        assert!(bytes < 400_000, "{bytes} bytes");
        let said = String::from_utf8_lossy(&tool("qpdf", &["--check", file])).into_owned();
        assert!(
            said.contains("No syntax or stream encoding errors"),
            "{said}"
        );
        judged_by_pyhanko(folder.path(), file);
    }
}

/// pyHanko finds the signature whole, over the entire file, and the district's root behind it.
fn judged_by_pyhanko(folder: &Path, file: &str) {
    let root = folder.join("root.pem");
    let keys = registrar::seal::KeyFolder::open(&folder.join("keys")).expect("keys");
    std::fs::write(&root, keys.export().expect("a certificate")).expect("written");
    let root = root.display().to_string();
    let folders = ["REGISTRAR_TOOLS", "PATH"].map(registrar::host::environment);
    let programs = folders
        .iter()
        .flatten()
        .flat_map(|list| std::env::split_paths(list));
    let program = programs
        .map(|place| place.join("pyhanko"))
        .find(|path| path.is_file());
    let program = program
        .expect("pyhanko is installed (tests/run)")
        .display()
        .to_string();
    let said = tool(
        &program,
        &[
            "sign",
            "validate",
            "--trust",
            &root,
            "--trust-replace",
            "--pretty-print",
            file,
        ],
    );
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("The signature is judged VALID."), "{said}");
    assert!(
        said.contains("The signature covers the entire file."),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unofficial_copy_says_so_in_text_and_carries_no_signature() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let (composed, policy) = desk::composed("en");
    let people = desk::students(store, &["9000001"]).await;
    let known = store
        .recorded_instant(Some(desk::at("2026-07-01T00:00:00Z")))
        .await
        .expect("read");
    let request = desk::request(registrar::transcript::Edition::Unofficial);
    let pool = desk::pool(&composed, 1);
    let known = known.expect("known");
    let (previews, refused) = desk::previews(store, &policy, &pool, &people, known, &request).await;
    assert_eq!(refused, []);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("preview.pdf").display().to_string();
    std::fs::write(&file, &previews[0].pdf).expect("written");
    let text = String::from_utf8(tool("pdftotext", &[&file, "-"])).expect("UTF-8");
    assert!(text.contains("Unofficial"), "{text}");
    assert!(!text.contains("I certify"), "{text}");
    let trust = registrar::seal::TrustStore::default();
    let answer = verify::examine(&previews[0].pdf, &trust);
    assert_eq!(answer.conclusion, verify::Conclusion::NotSigned);
}
