//! From records to what a court's monitor, a state and the public are told.
//!
//! Owns the decrees' language (`decree.toml`), calendars and clocks, the cases that are counted, the
//! classes that they fall into, targets and statuses, samples, and what a public edition hides.
//!
//! Never: input or output, a clock of its own ("as of" is an argument), chance that no seed
//! repeats, a float. Every count here is a sum over a list of cases.

#![deny(clippy::float_arithmetic)]

pub mod suppression;
