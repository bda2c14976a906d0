//! What a reader finds on the page and in its structure, looked at by tools that we did not write.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use registrar::seal::Suite;
use registrar::transcript::Transcript;
use registrar::verify;
use serde_json::Value;

use crate::desk;
use crate::reading::reads_in_order;

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
            .expect("it is valid");
        files.push((model, path.display().to_string()));
    }
    files
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
        let raw = ["-raw", "-enc", "UTF-8", "-nopgbrk", &file, "-"];
        let text = String::from_utf8(tool("pdftotext", &raw)).expect("UTF-8");
        reads_in_order(&text, &model);
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

#[tokio::test(flavor = "multi_thread")]
async fn the_signed_files_structure_is_one_that_a_screen_reader_can_follow() {
    let folder = tempfile::tempdir().expect("a folder");
    for (model, file) in issued(folder.path(), &["9000001", "9000002"]).await {
        let objects = Objects::read(&file);
        let catalog = objects.catalog();
        assert_eq!(objects.at(&catalog["/MarkInfo"])["/Marked"], true);
        assert_eq!(catalog["/Lang"], "u:en");
        assert_eq!(
            objects.at(&catalog["/ViewerPreferences"])["/DisplayDocTitle"],
            true
        );
        let mut elements = Vec::new();
        objects.elements(&catalog["/StructTreeRoot"], &mut elements);
        let headings: Vec<&str> = elements
            .iter()
            .map(|(role, _)| *role)
            .filter(|role| role.starts_with("/H"))
            .collect();
        assert_eq!(headings[0], "/H1", "the document begins with its heading");
        assert_eq!(headings.iter().filter(|role| **role == "/H1").count(), 1);
        assert!(
            headings.iter().all(|role| ["/H1", "/H2"].contains(role)),
            "{headings:?}"
        );
        let cells = |wanted: &str| elements.iter().filter(|(role, _)| *role == wanted).count();
        let courses: usize = model.terms.iter().map(|term| term.courses.len()).sum();
        assert!(cells("/TD") >= courses * 6, "each course has its cells");
        assert!(cells("/TH") > 0);
        for (_, header) in elements.iter().filter(|(role, _)| *role == "/TH") {
            let attributes = match objects.at(&header["/A"]) {
                Value::Array(list) => list.iter().map(|entry| objects.at(entry)).collect(),
                single => vec![single],
            };
            let scope = attributes.iter().find_map(|entry| entry["/Scope"].as_str());
            assert!(
                matches!(scope, Some("/Column" | "/Row")),
                "a header says what it heads"
            );
        }
        let pages = objects
            .0
            .values()
            .filter(|object| object["/Type"] == "/Page");
        for page in pages {
            assert_eq!(page["/Tabs"], "/S", "tabs follow the structure");
        }
        let widgets = objects
            .0
            .values()
            .filter(|object| object["/Subtype"] == "/Widget");
        for widget in widgets {
            assert_eq!(widget["/Rect"], serde_json::json!([0, 0, 0, 0]));
            assert_eq!(widget["/F"], 132);
        }
    }
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
