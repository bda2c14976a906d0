//! Registrar: a district's records to signed documents that strangers can trust.
//!
//! The rooms below are listed in the order in which a record travels through them; a room uses only
//! rooms to its left. `tests/tidy.rs` holds the edges, `ARCHITECTURE.md` tells the reasons.

// The helpers of `tests/common` name the library as a test from outside does.
#[cfg(test)]
extern crate self as registrar;

pub mod host;

pub mod record;

pub mod store;

pub mod intake;
pub mod synthetic;

pub mod rules_file;

pub mod compliance;
pub mod transcript;

pub mod exchange;

pub mod template;

pub mod render;

pub mod seal;

pub mod ledger;

pub mod issue;
pub mod verify;

pub mod cli;
