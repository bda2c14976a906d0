//! What the benchmarks share: a made-up district in a database, and what a document is asked for.

#[path = "../../tests/common/request.rs"]
mod asked;

use std::path::Path;

use registrar::host::Clock;
use registrar::intake::{self, Options, Verdict};
use registrar::store::Store;
use registrar::synthetic;
use registrar::transcript::{DocumentRequest, Edition};

pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

pub fn runtime() -> Fallible<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Makes a district of so many students up and imports these packages of it into a database in the
/// folder; gives the rows of each.
pub async fn prepare(folder: &Path, students: u32, packages: &[&str]) -> Fallible<Vec<u64>> {
    let files = folder.join("files");
    let plan = synthetic::Plan::new(students, 20_261_122);
    synthetic::generate(&plan, &files, &mut |_| {})?;
    let store = open(folder).await?;
    let mut rows = Vec::new();
    for package in packages {
        let path = files.join(package);
        let options = Options::default();
        let imported = intake::import(&store, &path, &options, Clock::System, &mut |_| {}).await?;
        let Verdict::Landed(landed) = imported.verdict else {
            return Err("the import was refused".into());
        };
        rows.push(landed.added);
        std::fs::remove_dir_all(&path)?;
    }
    store.close().await;
    std::fs::remove_dir_all(&files)?;
    Ok(rows)
}

pub async fn open(folder: &Path) -> Fallible<Store> {
    Ok(Store::open(&format!("sqlite:{}", folder.join("registrar.db").display())).await?)
}

/// An official copy in English.
pub fn request() -> DocumentRequest {
    asked::request(Edition::Official, jiff::civil::date(2026, 6, 15))
}
