//! Bad input has a named answer and never panics.
//!
//! Each folder of `fixtures/hostile` is laid over the good package `base` and imported into an
//! empty database. What is told about it is kept as a snapshot, which a person has read.

use std::fs;
use std::path::{Path, PathBuf};

use registrar::intake::package::{
    MANIFEST_BYTES_MAX, MANIFEST_PROBLEMS_MAX, Manifest, ManifestTable, Mode, Schools, Table,
};
use registrar::intake::{Options, Outcome, ProblemKind, Reading, TableReader, Verdict};
use registrar::record::{Course, Person};
use registrar::store::Store;

use crate::{common, import_with};

const HOSTILE: &str = "fixtures/hostile";

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the fixture is there") {
        let entry = entry.expect("it can be listed");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("it can be copied");
    }
}

/// The base package with the files of a case laid over it.
fn package(case: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_files(&Path::new(HOSTILE).join("base"), folder.path());
    if case != "base" {
        copy_files(&Path::new(HOSTILE).join(case), folder.path());
    }
    folder
}

async fn try_import(store: &Store, path: &Path) -> Outcome {
    import_with(store, path, &Options::default()).await
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir(HOSTILE).expect("the fixtures are there");
    let mut cases: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a plain name"))
        .collect();
    cases.sort();
    cases
}

#[tokio::test]
async fn every_hostile_package_is_refused_with_reasons_and_nothing_lands() {
    let mut told = String::new();
    for case in cases() {
        let database = common::sqlite().await;
        let folder = package(&case);
        let outcome = try_import(&database.store, folder.path()).await;
        let imports = database.store.imports().await.expect("the list").len();
        if case.starts_with("accepted") || case == "base" {
            assert!(
                matches!(outcome.verdict, Verdict::Landed(_)),
                "{case}\n{outcome}"
            );
            assert_eq!(imports, 1, "{case}");
            continue;
        }
        assert_eq!(outcome.verdict, Verdict::Refused, "{case}");
        for problem in outcome.report.problems() {
            assert!(
                problem.hint.is_some(),
                "{case}: {problem} says not what to do"
            );
        }
        assert!(!outcome.report.is_empty(), "{case}");
        assert_eq!(imports, 0, "{case}");
        told.push_str(&format!("== {case}\n{}\n", outcome.report));
    }
    insta::assert_snapshot!("hostile_packages", told);
}

#[tokio::test]
async fn the_report_as_json_says_the_same() {
    let database = common::sqlite().await;
    let folder = package("duplicates");
    let outcome = try_import(&database.store, folder.path()).await;
    insta::assert_json_snapshot!("hostile_report_as_json", outcome.report.to_json());
}

#[tokio::test]
async fn what_is_no_package_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("export.zip"), "PK").expect("written");
    fs::write(at("marks.csv"), "a,b\n").expect("written");
    fs::create_dir(at("empty")).expect("made");
    fs::create_dir_all(at("folder/manifest.toml")).expect("made");
    let database = common::sqlite().await;
    let mut told = String::new();
    for name in [
        "export.zip",
        "marks.csv",
        "empty",
        "folder",
        "folder/manifest.toml",
        "absent",
    ] {
        let outcome = try_import(&database.store, &at(name)).await;
        assert_eq!(outcome.verdict, Verdict::Refused, "{name}");
        assert!(
            outcome
                .report
                .problems()
                .iter()
                .all(|problem| problem.hint.is_some())
        );
        told.push_str(
            &outcome
                .report
                .to_string()
                .replace(&at("").display().to_string(), "…/"),
        );
    }
    insta::assert_snapshot!("what_is_no_package", told);
}

#[tokio::test]
async fn a_link_a_pipe_or_a_folder_in_place_of_a_file_is_not_opened() {
    let database = common::sqlite().await;
    for kind in ["link", "pipe", "folder"] {
        let folder = package("base");
        let marks = folder.path().join("marks.csv");
        fs::rename(&marks, folder.path().join("elsewhere")).expect("moved");
        match kind {
            "link" => std::os::unix::fs::symlink("elsewhere", &marks).expect("linked"),
            "pipe" => {
                let made = std::process::Command::new("mkfifo").arg(&marks).status();
                assert!(made.expect("mkfifo is there").success());
            }
            _ => fs::create_dir(&marks).expect("made"),
        }
        let outcome = try_import(&database.store, folder.path()).await;
        assert_eq!(outcome.verdict, Verdict::Refused, "{kind}");
        assert_eq!(
            outcome.report.total(ProblemKind::FileUnreadable),
            1,
            "{kind}: {outcome}"
        );
    }
}

#[tokio::test]
async fn the_path_of_the_manifest_names_the_package_too() {
    let database = common::sqlite().await;
    let outcome = try_import(
        &database.store,
        &Path::new(HOSTILE).join("base/manifest.toml"),
    )
    .await;
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
}

/// The problems of one generated file laid over the base.
async fn told_about(file: &str, content: &[u8]) -> Outcome {
    let database = common::sqlite().await;
    let folder = package("base");
    fs::write(folder.path().join(file), content).expect("written");
    let outcome = try_import(&database.store, folder.path()).await;
    assert_eq!(database.store.imports().await.expect("the list").len(), 0);
    outcome
}

#[tokio::test]
async fn a_field_of_ten_megabytes_is_named_by_its_column_and_the_other_rows_are_read() {
    let people = fs::read_to_string(Path::new(HOSTILE).join("base/people.csv")).expect("read");
    let people = people.replacen("María", &"x".repeat(10_000_000), 1);
    let outcome = told_about("people.csv", people.as_bytes()).await;
    let problems = outcome.report.problems();
    let problem = problems
        .iter()
        .find(|problem| problem.kind == ProblemKind::CellTooLong);
    let problem = problem.expect("it is told");
    assert_eq!(
        (problem.line, problem.column.as_deref()),
        (Some(2), Some("legal_given"))
    );
    assert_eq!(
        outcome
            .files
            .iter()
            .find(|read| read.file == "people.csv")
            .map(|it| it.rows),
        Some(2)
    );
}

#[tokio::test]
async fn a_million_columns_are_refused_at_the_header() {
    let outcome = told_about("people.csv", "c,".repeat(1_000_000).as_bytes()).await;
    assert_eq!(
        outcome.report.total(ProblemKind::RowTooLong),
        1,
        "{outcome}"
    );
    let outcome = told_about("people.csv", "c,".repeat(1_000).as_bytes()).await;
    assert_eq!(
        outcome.report.total(ProblemKind::ColumnsTooMany),
        1,
        "{outcome}"
    );
}

#[tokio::test]
async fn a_quotation_mark_that_is_never_closed_in_a_long_file_costs_one_row() {
    let base = fs::read_to_string(Path::new(HOSTILE).join("base/people.csv")).expect("read");
    let mut people = base.replacen("María", "\"María", 1);
    for number in 0..20_000 {
        people.push_str(&format!(
            "19647331930361,{},,Ann,,Lee,,,,2008-01-01\n",
            5000 + number
        ));
    }
    let outcome = told_about("people.csv", people.as_bytes()).await;
    assert_eq!(
        outcome.report.total(ProblemKind::QuoteNotClosed),
        1,
        "{}",
        outcome.report
    );
    let read = outcome
        .files
        .iter()
        .find(|read| read.file == "people.csv")
        .expect("it was read");
    assert_eq!(read.rows, 20_002);
}

#[tokio::test]
async fn many_problems_of_a_kind_are_counted_and_some_are_shown() {
    let mut people = fs::read_to_string(Path::new(HOSTILE).join("base/people.csv")).expect("read");
    for number in 0..3_000 {
        people.push_str(&format!(
            "19647331930361,{},,Ann,,Lee,,,,2008-02-30\n",
            5000 + number
        ));
    }
    let outcome = told_about("people.csv", people.as_bytes()).await;
    assert_eq!(outcome.report.total(ProblemKind::DateInvalid), 3_000);
    assert_eq!(outcome.report.problems().len(), 20);
    assert!(
        outcome
            .to_string()
            .contains("3000 wrong dates, of which 20 are shown")
    );
}

fn manifest() -> (Manifest, ManifestTable) {
    let manifest = Manifest {
        source: "aeries".to_owned(),
        district: "1964733".to_owned(),
        exported_at: "2026-06-12T18:00:00Z".parse().expect("an instant"),
        schools: Schools::Named(["S".to_owned()].into()),
        tables: [].into(),
    };
    (manifest, ManifestTable::new(Table::People, Mode::Full))
}

/// The one row of a file as it is read, or the codes of why it is refused.
fn read_one<R: registrar::intake::package::Row>(
    header: &str,
    row: &[&str],
) -> Result<R, Vec<String>> {
    let mut csv = csv::Writer::from_writer(format!("{header}\n").into_bytes());
    csv.write_record(row).expect("written");
    let bytes = csv.into_inner().expect("flushed");
    let (manifest, table) = manifest();
    let mut reader = TableReader::<R, _>::new(&manifest, &table, bytes.as_slice());
    match reader.read().expect("one row") {
        Reading::Row { row, .. } => Ok(row),
        Reading::Refused { problems, .. } | Reading::File(problems) => Err(problems
            .iter()
            .map(|problem| problem.kind.code().to_owned())
            .collect()),
    }
}

#[test]
fn hostile_names_and_titles_are_taken_literally_or_refused_with_the_reason() {
    let path = PathBuf::from(HOSTILE).join("names.csv");
    let mut names = csv::Reader::from_path(path).expect("the names are there");
    let mut counted = 0;
    for record in names.records() {
        let record = record.expect("two cells");
        let (value, expect) = (&record[0], &record[1]);
        let person = read_one::<Person>(
            "school,person,legal_given,birth_date",
            &["S", "1", value, "2008-01-01"],
        );
        let person = person.map(|person| person.legal_given);
        let course = read_one::<Course>(
            "school,course,title,subject,honors,credit_value",
            &["S", "1", value, "english", "none", "5"],
        );
        let course = course.map(|course| course.title);
        let wanted = match expect {
            "literal" => Ok(value.to_owned()),
            code => Err(vec![code.to_owned()]),
        };
        assert_eq!(person, wanted, "{value:?} as a name");
        assert_eq!(course, wanted, "{value:?} as a title");
        counted += 1;
    }
    assert!(counted >= 60, "{counted} names");
}

mod random {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that look like a file of marks, more or less.
    fn files() -> impl Strategy<Value = Vec<u8>> {
        let header = b"school,posting,person,term,course,kind,mark,credit_attempted,\
                       credit_earned,grade_level\n";
        let piece = prop_oneof![
            4 => Just(b"19647331930361".to_vec()),
            4 => Just(b",".to_vec()),
            2 => Just(b"\n".to_vec()),
            2 => Just(b"\"".to_vec()),
            1 => Just(b"\r".to_vec()),
            1 => Just(b"2025-F".to_vec()),
            1 => Just(b"regular".to_vec()),
            1 => Just(b"5".to_vec()),
            2 => prop::collection::vec(any::<u8>(), 0..6),
        ];
        let pieces = prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat());
        let with_header = pieces
            .clone()
            .prop_map(move |rest| [header.as_slice(), &rest].concat());
        let bytes = prop::collection::vec(any::<u8>(), 0..400);
        prop_oneof![3 => with_header, 1 => pieces, 1 => bytes]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_bytes_panic_or_land_in_part(
            marks in files(),
            manifest in prop::option::weighted(0.2, files()),
        ) {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let database = common::sqlite().await;
                let folder = package("base");
                fs::write(folder.path().join("marks.csv"), marks).expect("written");
                if let Some(manifest) = manifest {
                    fs::write(folder.path().join("manifest.toml"), manifest).expect("written");
                }
                let outcome = try_import(&database.store, folder.path()).await;
                let imports = database.store.imports().await.expect("the list");
                match outcome.verdict {
                    Verdict::Landed(landed) => {
                        assert!(outcome.report.is_empty());
                        let rows: u64 = outcome.files.iter().map(|file| file.rows).sum();
                        assert_eq!(landed.added, rows, "all rows or none");
                    }
                    _ => assert!(imports.is_empty() && !outcome.report.is_empty()),
                }
            });
        }
    }
}

#[tokio::test]
async fn a_source_on_the_command_line_is_read_as_strictly_as_in_a_manifest() {
    let database = common::sqlite().await;
    for source in [
        "",
        " ",
        "a\u{0}b",
        "a\nb",
        "a\u{7f}",
        "аeries",
        &"x".repeat(65),
    ] {
        for case in ["base", "duplicates"] {
            let options = Options {
                source: Some(source.to_owned()),
                ..Options::default()
            };
            let outcome = import_with(&database.store, package(case).path(), &options).await;
            assert_eq!(outcome.verdict, Verdict::Refused, "{source:?}");
            let problems = outcome.report.problems();
            assert_eq!(problems[0].file, "--source", "{outcome}");
            assert!(problems[0].hint.is_some());
        }
    }
    assert_eq!(database.store.imports().await.expect("the list"), []);
}

/// Each of these took minutes where a line was counted from the beginning for each problem.
#[test]
fn a_manifest_of_nothing_but_problems_is_refused_at_once_and_in_few_words() {
    let lines = |line: &dyn Fn(usize) -> String| -> String {
        let mut text = String::new();
        for number in 0.. {
            let line = line(number);
            if text.len() + line.len() > MANIFEST_BYTES_MAX as usize {
                break;
            }
            text.push_str(&line);
        }
        text
    };
    let texts = [
        lines(&|_| "x=\n".to_owned()),
        lines(&|number| format!("x{number}=1\n")),
        lines(&|number| format!("[tables.x{number}]\n")),
        lines(&|number| format!("[tables.marks.schools]\n\"{number}\"=1\n")),
        format!("schools = [{}]", "\"\u{e9}\",\n".repeat(100_000)),
    ];
    for text in texts {
        let begun = registrar::host::stopwatch();
        let problems = Manifest::read(&text).expect_err("it is no manifest");
        let took = begun.elapsed();
        let begins: String = text.chars().take(30).collect();
        assert!(problems.len() <= MANIFEST_PROBLEMS_MAX + 1, "{begins}");
        assert!(took.as_secs() < 10, "{begins} took {took:?}");
    }
}
