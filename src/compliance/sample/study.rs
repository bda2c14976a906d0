//! A study of files as it was recorded: its frame, every draw from it, and what came of each.
//!
//! Owns which result answers for the frame: of each draw what was counted last, and of several
//! draws each, so that nobody chooses among them; `measure/studied.rs` takes the worst.
//!
//! Never: a draw that is left out because nobody used it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Estimate, ReviewForm};

/// One frame of an outcome's cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// The outcome's number.
    pub outcome: String,
    /// First day of the reporting period whose cases these are.
    pub begins: Date,
    /// The day of the cases.
    pub as_of: Date,
    /// The instant whose records they are made of.
    pub as_known: Timestamp,
    /// SHA-256 of the decree's file by which they are the outcome's.
    pub rules: String,
    /// Whether cases that were left out, or are not clear, could be drawn too: then it says nothing
    /// of the counted ones.
    pub with_excluded: bool,
    /// SHA-256 of the frame's text.
    pub frame: [u8; 32],
    /// How many cases it has.
    pub cases: u64,
    /// The form with which drawn cases are reviewed.
    pub form: ReviewForm,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Every draw, in their order, used or not.
    pub draws: Vec<StudyDraw>,
}

/// What a seed took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyDraw {
    /// The how manieth draw of the frame.
    pub number: u32,
    /// The seed, as given.
    pub seed: String,
    /// Who gave it.
    pub seed_from: String,
    /// How many cases.
    pub cases: u64,
    /// When.
    pub drawn_at: Timestamp,
    /// What was counted from it, in the order of time; empty where it was never used.
    pub results: Vec<StudyResult>,
}

/// What was found in the cases of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyResult {
    /// SHA-256 of the reviews that were counted.
    pub reviews: [u8; 32],
    /// When.
    pub recorded_at: Timestamp,
    /// Each finding of the form.
    pub findings: BTreeMap<String, Estimate>,
}

impl Study {
    /// Whether anything was counted from it.
    pub fn was_used(&self) -> bool {
        self.draws.iter().any(|draw| !draw.results.is_empty())
    }

    /// What answers for each draw that was used.
    pub fn answers(&self) -> impl Iterator<Item = (&StudyDraw, &StudyResult)> {
        let draws = self.draws.iter();
        draws.filter_map(|draw| Some((draw, draw.results.last()?)))
    }
}
