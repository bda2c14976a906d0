//! The decrees' language: rules over cases, and the files that hold them.

mod predicate_properties;
mod predicates;
