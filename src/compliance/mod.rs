//! From records to what a court's monitor, a state and the public are told.
//!
//! Owns the decrees' language (`decree.toml`), calendars and clocks, the cases that are counted,
//! the classes that they fall into, targets and statuses, samples, and what a public edition hides.
//!
//! Never: input or output, a clock of its own ("as of" is an argument), chance that no seed
//! repeats, a float. Every count here is a sum over a list of cases.
//!
//! Next: `case` says what is counted, `predicate` how a rule reads it, `decree` what is made of
//! that, `measure` counts, `report` is what is told of it, and `public` what everybody may see.

#![deny(clippy::float_arithmetic)]

pub mod calendar;
mod case;
pub mod clock;
pub mod cohort;
pub mod decree;
pub mod interval;
pub mod measure;
mod predicate;
pub mod public;
mod reconcile;
pub mod report;
pub mod sample;
pub mod suppression;

pub use case::{
    Calendars, Case, CaseKind, Entered, Field, FieldType, Span, Surroundings, Systems, Tests,
    Value, cases_of, teachers,
};
pub use predicate::{
    CLOCK_FIELDS, CaseView, ClockNames, ClockReading, DATES, Mistake, Names, PREDICATE_BYTES_MAX,
    PREDICATE_DEPTH_MAX, PREDICATE_LIST_MAX, PREDICATE_NODES_MAX, Predicate, ReportDates, Truth,
    Weighed,
};
pub use reconcile::{
    COMPARED, Completeness, Discrepancy, DiscrepancyKind, OutsideCount, Said, SchoolCompleteness,
    discrepancies,
};
