//! The decrees' language: rules over cases, and the files that hold them.

mod cases;
mod files;
mod predicate_properties;
mod predicates;
mod shipped;
mod standings;
mod timeliness;
mod verdicts;
