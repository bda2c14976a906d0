//! Decisions about a record: what they do to it, what may be decided, and how it is taken back.

#[path = "../common/request.rs"]
mod asked;
#[path = "../common/mod.rs"]
mod common;
#[path = "../issue/desk.rs"]
#[expect(dead_code, reason = "one signed document is enough here")]
mod desk;
#[path = "../store/rows.rs"]
#[expect(
    dead_code,
    reason = "packages are written here, and not staged by hand"
)]
mod rows;

mod astray;
mod fixtures;
mod holds;
mod importing;
mod links;
mod marks;
mod names;
mod present;
mod resemblance;
mod reused;
mod school;
