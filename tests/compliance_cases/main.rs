//! What cases say of rows written by hand: what is unknown, what is owed, what counts once.

mod counts;
mod given;
mod moves;
mod reviews;
mod sides;
