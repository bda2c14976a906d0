//! What the public edition hides: nobody who adds and subtracts learns what a star stands for.
//!
//! `reader` is the oracle: it knows only what is printed, and asks a solver of its own, over whole
//! children, how far each hidden count can be narrowed. `district` makes tables up.

mod children;
mod district;
mod edition;
mod editions;
mod examples;
mod reader;
mod refused;
mod size;
mod tables;
mod tallies;
