//! The seal room from outside: what is signed verifies, and nothing else does.

mod agreement;
mod attacks;
mod command;
mod documents;
mod flips;
mod issued;
mod judges;
mod keys;
mod proofs;
#[path = "../common/reading.rs"]
mod reading;
mod rendered;
mod shadows;
mod support;
mod target;
mod vectors;

use jiff::Timestamp;
use registrar::seal::Suite;
use support::District;

/// When everything in these tests happens.
fn now() -> Timestamp {
    "2026-06-12T08:00:00Z".parse().expect("a moment")
}

/// A district whose keys begin now.
fn new_district(suite: Suite) -> District {
    District::new(suite, now())
}
