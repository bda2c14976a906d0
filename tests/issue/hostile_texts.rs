//! Text that is source somewhere (Typst, Jinja, HTML, formulas, shells) goes the whole way as text.

use std::path::Path;
use std::process::Command;

use registrar::exchange::Document;
use registrar::record::GradeLevel;
use registrar::seal::Suite;
use registrar::store::{Store, StudentQuery};
use registrar::verify::{self, Conclusion};

use crate::desk;
use crate::reading::reads_in_order;

/// Of the hostile texts that an import takes, so many are printable at least.
const PRINTED_MIN: usize = 55;

/// The hostile texts that an import takes literally.
fn texts() -> Vec<String> {
    let path = desk::fixtures().join("hostile/names.csv");
    let mut file = csv::Reader::from_path(path).expect("the texts are there");
    let records = file.records().map(|record| record.expect("two cells"));
    let literal = records.filter(|record| &record[1] == "literal");
    literal.map(|record| record[0].to_owned()).collect()
}

/// A package in which each text is a student's name and the title of the student's course.
fn package(folder: &Path, texts: &[String]) {
    let base = desk::fixtures().join("hostile/base");
    for entry in std::fs::read_dir(base).expect("the base is there") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), folder.join(entry.file_name())).expect("copied");
    }
    let table = |name: &str, header: &str, row: &dyn Fn(&str, &str) -> Vec<String>| {
        let mut file = csv::Writer::from_path(folder.join(name)).expect("a file");
        file.write_record(header.split(',')).expect("written");
        for (number, text) in (2000..).zip(texts) {
            file.write_record(row(&number.to_string(), text))
                .expect("written");
        }
        file.flush().expect("written");
    };
    let school = || "19647331930361".to_owned();
    let cells = |cells: &[&str]| {
        cells
            .iter()
            .map(|cell| (*cell).to_owned())
            .collect::<Vec<_>>()
    };
    table(
        "people.csv",
        "school,person,legal_given,birth_date",
        &|number, text| [vec![school()], cells(&[number, text, "2008-03-09"])].concat(),
    );
    table(
        "enrolments.csv",
        "school,person,entered_on,grade_level",
        &|number, _| [vec![school()], cells(&[number, "2022-08-15", "12"])].concat(),
    );
    table(
        "courses.csv",
        "school,course,title,subject,honors,credit_value",
        &|number, text| {
            [
                vec![school()],
                cells(&[number, text, "english", "none", "5"]),
            ]
            .concat()
        },
    );
    table(
        "marks.csv",
        "school,posting,person,term,course,kind,mark,credit_attempted,credit_earned,grade_level",
        &|number, _| {
            let cells = cells(&[
                number, number, "2025-F", number, "regular", "B", "5", "5", "12",
            ]);
            [vec![school()], cells].concat()
        },
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_titles_stand_on_signed_pages_as_they_were_imported() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("registrar.db").display());
    let store = &Store::open(&url).await.expect("a database");
    let files = folder.path().join("files");
    std::fs::create_dir(&files).expect("a folder");
    let texts = texts();
    package(&files, &texts);
    desk::import(store, &files.display().to_string(), "2026-06-13T08:00:00Z").await;

    let office = desk::office(store, folder.path(), Suite::P256, 2);
    let everybody = StudentQuery::Everybody {
        grade_level: GradeLevel::new(12),
    };
    let people = desk::people(store, everybody, "2026-06-14T00:00:00Z").await;
    assert_eq!(people.len(), texts.len());
    let batch = desk::batch(store, people, "2026-06-14T00:00:00Z").await;
    let outcome = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!(outcome.issued.len() + outcome.refused.len(), texts.len());
    assert!(outcome.issued.len() >= PRINTED_MIN, "{:?}", outcome.refused);
    for refused in &outcome.refused {
        let named = refused
            .reasons
            .iter()
            .all(|reason| reason.contains(" holds U+"));
        assert!(named, "{refused:?}");
    }
    for issued in &outcome.issued {
        let bytes = office.ledger.read(issued.document_id).await.expect("read");
        let bytes = bytes.expect("an issued document has its file");
        let answer = verify::examine(&bytes, &office.signing.trust);
        assert_eq!(answer.conclusion, Conclusion::Valid);
        let document = answer.document.and_then(Document::into_transcript);
        let document = document.expect("a valid document says what it says");
        let number: usize = issued.student_id.parse().expect("a number");
        let text = &texts[number - 2000];
        assert_eq!(&document.student.name, text);
        assert_eq!(&document.terms[0].courses[0].title, text);
        let file = folder.path().join("page.pdf");
        std::fs::write(&file, &bytes).expect("written");
        let read = Command::new("pdftotext")
            .args(["-raw", "-enc", "UTF-8", "-nopgbrk"])
            .args([file.as_path(), Path::new("-")])
            .output()
            .expect("pdftotext runs");
        assert!(read.status.success(), "pdftotext reads the file");
        reads_in_order(&String::from_utf8(read.stdout).expect("UTF-8"), &document);
    }
}
