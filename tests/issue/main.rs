//! The whole way: from a district's files to documents that a college accepts.

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod crash;
mod desk;
mod page;
mod same_bytes;
mod soak;
