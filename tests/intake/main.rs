//! A district's files become records, or the reasons why not.

#[path = "../common/databases.rs"]
mod common;

mod docs;
mod hostile;
mod imports;
mod long;

use std::path::Path;

use registrar::host::Clock;
use registrar::intake::{Options, Outcome, import};
use registrar::store::Store;

/// Imports a package as a registrar would, on the day after the export.
async fn import_with(store: &Store, path: &Path, options: &Options) -> Outcome {
    let now = "2026-06-13T08:00:00Z".parse().expect("an instant");
    import(store, path, options, Clock::Fixed(now), &mut |_| {})
        .await
        .expect("a bad package is no error of the program")
}
