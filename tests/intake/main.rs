//! A district's files become records, or the reasons why not.

#[path = "../common/databases.rs"]
mod common;

mod clocks;
mod docs;
mod holds;
mod hostile;
mod imports;
mod long;
mod quarantine;
mod schools;
mod small;
mod support;

use std::path::Path;

use registrar::host::Clock;
use registrar::intake::{ImportError, Options, Outcome, import};
use registrar::store::Store;

/// The day after the later of the exports in these tests.
const NOW: &str = "2026-06-20T08:00:00Z";

/// Imports a package as a registrar would, on the day after the export.
async fn import_with(store: &Store, path: &Path, options: &Options) -> Outcome {
    import_at(store, path, options, NOW)
        .await
        .expect("a bad package is no error of the program")
}

/// Imports a package while the clock says this.
async fn import_at(
    store: &Store,
    path: &Path,
    options: &Options,
    now: &str,
) -> Result<Outcome, ImportError> {
    let clock = Clock::Fixed(now.parse().expect("an instant"));
    import(store, path, options, clock, &mut |_| {}).await
}
