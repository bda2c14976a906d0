//! The case files of the decrees that ship: each passes, every rule has one, and a rule that is
//! taken away or moved by one is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use registrar::compliance::decree::Decree;
use registrar::issue::run_case_file;

use super::shipped::shipped;

/// A decree's folder: its text, the calendar of its case files, and they.
struct Folder {
    name: &'static str,
    decree: String,
    calendar: String,
    /// By their names.
    files: BTreeMap<String, String>,
}

fn folder(name: &'static str) -> Folder {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("report-templates")
        .join(name);
    let text = |path: &PathBuf| {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let files = fs::read_dir(place.join("cases")).expect("the folder of its case files");
    let files = files.map(|file| {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), text(&path))
    });
    Folder {
        name,
        decree: text(&place.join("decree.toml")),
        calendar: text(&place.join("calendar.toml")),
        files: files.collect(),
    }
}

impl Folder {
    /// In what a decree says otherwise than one of the files; what is wrong with the file as well.
    fn run(&self, decree: &Decree, file: &str) -> Vec<String> {
        let calendar = Some(("calendar.toml", &*self.calendar));
        match run_case_file(decree, (file, &self.files[file]), calendar) {
            Ok(run) => run.differences,
            Err(wrong) => wrong,
        }
    }

    fn pass(&self) {
        let decree = shipped(&self.decree);
        let files = self.files.keys();
        let failures = files.flat_map(|file| {
            let told = self.run(&decree, file).into_iter();
            told.map(move |it| format!("{}/cases/{file}: {it}", self.name))
        });
        let failures: Vec<String> = failures.collect();
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    }
}

#[test]
fn every_case_file_of_the_decree_of_chanda_smith_passes() {
    folder("chanda-smith").pass();
}

#[test]
fn every_case_file_of_the_indicators_passes() {
    folder("idea-part-b").pass();
}

#[test]
fn every_case_file_of_the_districts_own_promise_passes() {
    folder("continuity").pass();
}
