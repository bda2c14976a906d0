//! The whole way: from a district's files to documents that a college accepts.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/reading.rs"]
mod reading;

mod batches;
mod crash;
mod days;
mod desk;
mod hostile_texts;
mod page;
mod same_bytes;
mod soak;
