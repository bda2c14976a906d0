//! Samples that anybody can draw again: a frame whose digest is recorded first, a seed that the
//! monitor gives afterwards, cases in an order that follows from both, and exact weights.
//!
//! Owns the frame's text and digest, the order of a draw, weights, what reviewers answer and the
//! estimate that follows.
//!
//! Never: chance. The order is that of SHA-256 digests, which `printf … | sha256sum` repeats. Which
//! draws were made of a frame, used or not, is the store's to keep.
//!
//! Next: `draw`, then `review` and `estimate`; `study` is what the store keeps of it all.

mod draw;
mod estimate;
mod review;
mod study;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use draw::{Draw, DrawFault, DrawnCase, Seed, Sizes, Weight};
pub use estimate::{Estimate, HUNDREDTHS, Rate, StratumResult, estimate, percent};
pub use review::{
    Agreement, Answer, CaseReview, Finding, FormFault, Question, ReviewFault, ReviewForm, Reviewed,
    agreement,
};
pub use study::{Study, StudyDraw, StudyResult};

/// The first line of a frame's text.
const HEADING: &str = "registrar-frame-1";

/// Cases of one frame.
pub const FRAME_CASES_MAX: usize = 5_000_000;

/// Bytes of a case's id, a stratum's name, a purpose or a seed.
pub const TEXT_BYTES_MAX: usize = 200;
/// Bytes of the line that says what a frame is for, and how it is drawn from.
pub const PURPOSE_BYTES_MAX: usize = 4000;

/// A case that may be drawn, and the stratum in which.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameCase {
    /// Its id.
    pub case: String,
    /// The stratum; one for all where there are none.
    pub stratum: String,
}

/// Every case that may be drawn, in the order of the ids' bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    purpose: String,
    cases: Vec<FrameCase>,
    digest: [u8; 32],
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// A text that a line of the frame cannot hold.
    #[error(
        "{what} {text:?}: a text of 1 to {bytes_max} bytes without control characters is needed"
    )]
    Text {
        /// What it is.
        what: &'static str,
        /// The text.
        text: String,
        /// How long it may be.
        bytes_max: usize,
    },
    /// The same case twice.
    #[error("case {0} stands in the frame twice; hint: a case belongs to one stratum")]
    Twice(String),
    /// More cases than a frame may have.
    #[error("{0} cases are more than {FRAME_CASES_MAX}")]
    TooMany(usize),
}

impl Frame {
    /// The frame of these cases, in whatever order they come, or everything wrong with them.
    /// `purpose` says what it is a frame for, such as a decree, an outcome and a date.
    pub fn new(purpose: &str, mut cases: Vec<FrameCase>) -> Result<Self, Vec<FrameFault>> {
        cases.sort();
        let mut faults = Vec::new();
        if cases.len() > FRAME_CASES_MAX {
            return Err(vec![FrameFault::TooMany(cases.len())]);
        }
        let mut check = |what, text: &str, bytes_max: usize| {
            if !is_text_of(text, bytes_max) {
                let text = text.to_owned();
                faults.push(FrameFault::Text {
                    what,
                    text,
                    bytes_max,
                });
            }
        };
        check("purpose", purpose, PURPOSE_BYTES_MAX);
        for FrameCase { case, stratum } in &cases {
            check("case", case, TEXT_BYTES_MAX);
            check("stratum", stratum, TEXT_BYTES_MAX);
        }
        let twice = cases.windows(2).filter(|pair| pair[0].case == pair[1].case);
        faults.extend(twice.map(|pair| FrameFault::Twice(pair[0].case.clone())));
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut frame = Self {
            purpose: purpose.to_owned(),
            cases,
            digest: [0; 32],
        };
        let mut hasher = Sha256::new();
        frame.write(|part| hasher.update(part));
        frame.digest = hasher.finalize().into();
        Ok(frame)
    }

    /// The frame of a text that [`Frame::text`] wrote; none where it is any other, even by a byte.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|line| *line == HEADING)?;
        let purpose = lines.next()?;
        let case = |line: &str| {
            let (case, stratum) = line.split_once('\t')?;
            Some(FrameCase {
                case: case.to_owned(),
                stratum: stratum.to_owned(),
            })
        };
        let cases: Option<Vec<FrameCase>> = lines.map(case).collect();
        let frame = Self::new(purpose, cases?).ok()?;
        (frame.text() == text).then_some(frame)
    }

    /// What it is a frame for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The cases, in the frame's order.
    pub fn cases(&self) -> &[FrameCase] {
        &self.cases
    }

    /// SHA-256 of [`Frame::text`]: recorded before the seed is known.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The frame as the file of which the digest is: two lines of heading, then a line a case, its
    /// id and its stratum with a tab between them.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(|part| text.push_str(part));
        text
    }

    /// How many cases each stratum has.
    pub fn strata(&self) -> BTreeMap<&str, u32> {
        let mut strata = BTreeMap::new();
        for case in &self.cases {
            *strata.entry(case.stratum.as_str()).or_insert(0) += 1;
        }
        strata
    }

    /// `total` cases shared among the strata by their sizes: one of each first, so that each can be
    /// estimated, then each further one where the share is furthest behind (Webster's method; by
    /// name where several are). As many as there are where that is fewer.
    pub fn proportional(&self, total: u32) -> BTreeMap<String, u32> {
        // Name, cases, and how many of them are drawn. A stratum that is drawn whole is never
        // behind one that is not: its quotient is below a half, the other's above.
        let mut strata: Vec<(&str, u32, u32)> = self
            .strata()
            .into_iter()
            .map(|(name, cases)| (name, cases, 1))
            .collect();
        let behind = |cases: u32, drawn: u32| u64::from(cases) * (2 * u64::from(drawn) + 1);
        let all = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        let first = u32::try_from(strata.len()).unwrap_or(u32::MAX);
        for _ in first..total.min(all) {
            let next = strata.iter_mut().max_by(|one, other| {
                let by_share = behind(one.1, other.2).cmp(&behind(other.1, one.2));
                by_share.then_with(|| other.0.cmp(one.0))
            });
            if let Some((_, _, drawn)) = next {
                *drawn += 1;
            }
        }
        let shared = strata.into_iter();
        shared
            .map(|(name, _, drawn)| (name.to_owned(), drawn))
            .collect()
    }

    /// The parts of the text, one after the other.
    fn write(&self, mut part: impl FnMut(&str)) {
        part(HEADING);
        part("\n");
        part(&self.purpose);
        part("\n");
        for FrameCase { case, stratum } in &self.cases {
            part(case);
            part("\t");
            part(stratum);
            part("\n");
        }
    }
}

/// Whether a line can hold the text whole.
fn is_text(text: &str) -> bool {
    is_text_of(text, TEXT_BYTES_MAX)
}

fn is_text_of(text: &str, bytes_max: usize) -> bool {
    !text.is_empty() && text.len() <= bytes_max && !text.chars().any(char::is_control)
}
