//! The case files of the decrees that ship: each passes, every rule has one, and a rule that is
//! taken away or moved by one is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use registrar::compliance::decree::Decree;
use registrar::issue::run_case_file;

use super::shipped::shipped;

/// A decree's folder: its text, the calendar of its case files, and they.
pub struct Folder {
    pub name: &'static str,
    pub decree: String,
    calendar: String,
    /// By their names.
    pub files: BTreeMap<String, String>,
}

pub fn folder(name: &'static str) -> Folder {
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
    pub fn run(&self, decree: &Decree, file: &str) -> Vec<String> {
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

/// Words of no case, and why.
const WITHOUT_CASE: &[(&str, &str, &str)] = &[
    // A review whose day is not known is unclear, and of every other one a class holds.
    ("idea-part-b", "annual", "not_recorded"),
    ("idea-part-b", "triennial", "not_recorded"),
    ("idea-part-b", "triennial", "unclear"),
    // What their rules ask no row may leave out.
    ("chanda-smith", "12", "unclear"),
    ("chanda-smith", "14", "unclear"),
    ("chanda-smith", "15", "unclear"),
    // They are about everybody.
    ("chanda-smith", "16", "outside"),
    ("idea-part-b", "B9", "outside"),
    ("idea-part-b", "B10", "outside"),
];

/// What the files of one outcome expect: the words of its cases; of each threshold, how many cases
/// it is a share of.
#[derive(Default)]
struct Expected {
    words: BTreeSet<String>,
    thresholds: BTreeMap<String, BTreeSet<i64>>,
}

impl Folder {
    /// By outcome.
    fn expected(&self) -> BTreeMap<String, Expected> {
        let mut outcomes: BTreeMap<String, Expected> = BTreeMap::new();
        for text in self.files.values() {
            let file: toml::Table = text.parse().expect("a file that passes");
            let outcome = file["outcome"].as_str().expect("an outcome").to_owned();
            let own = outcomes.entry(outcome).or_default();
            let also = rows(&file, "also");
            for asked in [&file].into_iter().chain(also) {
                let words = rows(asked, "expect").map(|it| string(it, "class"));
                own.words.extend(words);
                for threshold in rows(asked, "threshold") {
                    let of = threshold["of"].as_integer().expect("a count");
                    let name = string(threshold, "name");
                    own.thresholds.entry(name).or_default().insert(of);
                }
            }
        }
        outcomes
    }

    /// Every rule without a case.
    fn without_case(&self) -> Vec<String> {
        let (decree, expected) = (shipped(&self.decree), self.expected());
        let nothing = Expected::default();
        let mut told = Vec::new();
        for outcome in &decree.outcomes {
            let (id, text) = (&*outcome.text.id, &outcome.text);
            let own = expected.get(id).unwrap_or(&nothing);
            let codes = text.exclusions.iter().map(|it| &*it.code);
            let words = text
                .class_names()
                .chain(codes)
                .chain(["unclear", "outside"]);
            for word in words {
                let is_known = WITHOUT_CASE.contains(&(self.name, id, word));
                if own.words.contains(word) == is_known {
                    told.push(format!("{}, outcome {id}: `{word}`", self.name));
                }
            }
            for threshold in &text.thresholds {
                let name = &threshold.name;
                let of = own.thresholds.get(name).cloned().unwrap_or_default();
                let at = format!("{}, outcome {id}, threshold `{name}`", self.name);
                if !of.iter().any(|of| *of > 0) {
                    told.push(format!("{at}: a figure"));
                }
                if !of.contains(&0) {
                    told.push(format!("{at}: no data"));
                }
            }
        }
        told
    }
}

fn rows<'t>(table: &'t toml::Table, key: &str) -> impl Iterator<Item = &'t toml::Table> {
    let rows = table.get(key).and_then(toml::Value::as_array);
    rows.into_iter().flatten().filter_map(toml::Value::as_table)
}

fn string(table: &toml::Table, key: &str) -> String {
    table[key].as_str().expect(key).to_owned()
}

#[test]
fn every_class_every_reason_and_every_share_of_each_outcome_has_a_case() {
    let folders = ["chanda-smith", "idea-part-b", "continuity"].map(folder);
    let without: Vec<String> = folders.iter().flat_map(Folder::without_case).collect();
    assert!(
        without.is_empty(),
        "without a case:\n{}",
        without.join("\n")
    );
}
