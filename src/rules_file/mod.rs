//! A district's rules in a file: read strictly, and everything that is wrong with it told at once.
//!
//! Owns how a file of rules (`policy.toml`, `decree.toml`) is read and how a problem in it is told:
//! file, line, column, what, hint. `transcript` and `compliance` may not use each other; what their
//! files have in common stands here.
//!
//! Never: what a rule means.
//!
//! Next: `reading` reads, `problems` places what a check found.

#![deny(clippy::float_arithmetic)]

mod label;
mod problems;
mod reading;

pub use label::Label;
pub use problems::{PROBLEMS_MAX, Place, Problems, at};
pub use reading::read;
