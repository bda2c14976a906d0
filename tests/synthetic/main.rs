//! The synthetic district: what a seed makes, and the fixtures that ship with the program.

mod district;
mod fixtures;
mod policy;
mod reading;
mod support;
mod systems;
mod years;
