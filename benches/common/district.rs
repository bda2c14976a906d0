//! What the benchmarks share: a made-up district in a database, and what a document is asked for.

#[path = "../../tests/common/request.rs"]
mod asked;

use std::iter;
use std::path::Path;
use std::process::{Command, Stdio};

use registrar::store::Store;
use registrar::transcript::{DocumentRequest, Edition};
use serde_json::Value;

pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

pub fn runtime() -> Fallible<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Makes a district of so many students up and imports these packages of it into a database in the
/// folder, both by the program; gives the rows of each.
pub fn prepare(folder: &Path, students: u32, packages: &[&str]) -> Fallible<Vec<u64>> {
    let students = students.to_string();
    let generate = ["generate", "--students", &students, "--out", "files"];
    answer(folder, &[&generate[..], &["--seed", "20261122"]].concat())?;
    let packages: Vec<String> = packages.iter().map(|it| format!("files/{it}")).collect();
    let packages = packages.iter().map(String::as_str);
    let imports: Vec<&str> = iter::once("import").chain(packages).collect();
    let imported = answer(folder, &imports)?;
    std::fs::remove_dir_all(folder.join("files"))?;
    let imported = imported.as_array().ok_or("no imports")?.iter();
    let added = |import: &Value| {
        let changes = import["changes"]
            .as_array()
            .ok_or("an import was refused")?;
        Ok(changes.iter().filter_map(|it| it["added"].as_u64()).sum())
    };
    imported.map(added).collect()
}

/// What the program answers, at work in a folder.
fn answer(folder: &Path, words: &[&str]) -> Fallible<Value> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_registrar"));
    program.current_dir(folder).args(words).arg("--json");
    let ended = program.stderr(Stdio::inherit()).output()?;
    if !ended.status.success() {
        return Err(format!("`{}`: {}", words.join(" "), ended.status).into());
    }
    Ok(serde_json::from_slice(&ended.stdout)?)
}

pub async fn open(folder: &Path) -> Fallible<Store> {
    Ok(Store::open(&format!("sqlite:{}", folder.join("registrar.db").display())).await?)
}

/// An official copy in English.
pub fn request() -> DocumentRequest {
    asked::request(Edition::Official, jiff::civil::date(2026, 6, 15))
}
