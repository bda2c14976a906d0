//! The whole way: from a district's files to documents that a college accepts.

#[path = "../common/request.rs"]
mod asked;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/reading.rs"]
mod reading;
#[path = "../common/structure.rs"]
mod structure;

mod batches;
mod compliance;
mod crash;
mod days;
mod desk;
mod hostile_texts;
#[path = "../seal/issued.rs"]
#[expect(dead_code, reason = "the seal's judges need the certificates too")]
mod issued;
mod late;
mod page;
mod same_bytes;
mod soak;
