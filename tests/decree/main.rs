//! The decrees' language: rules over cases, and the files that hold them.

mod broken;
mod case_language;
mod cases;
mod files;
mod predicate_properties;
mod predicates;
mod published;
mod shipped;
mod standings;
mod timeliness;
mod verdicts;
