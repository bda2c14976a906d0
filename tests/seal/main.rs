//! The seal room from outside: what is signed verifies, and nothing else does.

mod attacks;
mod documents;
mod flips;
mod keys;
mod proofs;
mod rendered;
mod support;
mod vectors;
