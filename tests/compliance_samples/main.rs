//! Samples: the draw that anybody can repeat, what reviewers' answers add up to, and exact
//! intervals against published ones and against the definition itself.

mod draw;
mod interval;
mod review;
