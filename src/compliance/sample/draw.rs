//! The draw: which cases of a frame a seed takes.
//!
//! Owns the order of cases under a seed, and the weight of each.
//!
//! Never: a case twice, or a stratum of which nobody said how many are drawn.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use super::{Frame, is_text};

/// The seed that the monitor gave, as given: no letter of it is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed(String);

impl Seed {
    /// A seed of one line; nothing where it is empty, too long or has control characters.
    pub fn new(text: &str) -> Option<Self> {
        is_text(text).then(|| Self(text.to_owned()))
    }

    /// The seed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many cases are drawn of each stratum, as a frame says it before a seed is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// So many of each, or all where it has fewer.
    OfEach(u32),
    /// So many in all, shared among the strata by their cases.
    InAll(u32),
    /// So many of each stratum, by its name.
    Of(BTreeMap<String, u32>),
}

impl Sizes {
    /// How many of each stratum of a frame that is.
    pub fn of_frame(&self, frame: &Frame) -> BTreeMap<String, u32> {
        match self {
            Self::Of(sizes) => sizes.clone(),
            Self::InAll(size) => frame.proportional(*size),
            Self::OfEach(size) => {
                let strata = frame.strata().into_iter();
                strata
                    .map(|(name, cases)| (name.to_owned(), cases.min(*size)))
                    .collect()
            }
        }
    }

    /// Reads what [`Display`](fmt::Display) writes; none where it is anything else.
    pub fn read(text: &str) -> Option<Self> {
        let read = if let Some(sizes) = text.strip_prefix(OF) {
            Self::Of(serde_json::from_str(sizes).ok()?)
        } else if let Some(size) = text.strip_suffix(OF_EACH) {
            Self::OfEach(size.parse().ok()?)
        } else {
            Self::InAll(text.strip_suffix(IN_ALL)?.parse().ok()?)
        };
        (read.to_string() == text).then_some(read)
    }
}

const OF: &str = "drawn of each ";
const OF_EACH: &str = " drawn of each stratum";
const IN_ALL: &str = " drawn in all";

/// As the line of a frame says it.
impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfEach(size) => write!(f, "{size}{OF_EACH}"),
            Self::InAll(size) => write!(f, "{size}{IN_ALL}"),
            Self::Of(sizes) => {
                let sizes = serde_json::to_string(sizes).map_err(|_| fmt::Error)?;
                write!(f, "{OF}{sizes}")
            }
        }
    }
}

/// For how many cases of its stratum a drawn case stands: the inverse of its chance to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weight {
    /// Cases of the stratum in the frame.
    pub cases: u32,
    /// Cases that were drawn of them.
    pub drawn: u32,
}

/// A case that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnCase {
    /// Its id.
    pub case: String,
    /// Its stratum.
    pub stratum: String,
    /// For how many it stands.
    pub weight: Weight,
    /// The digest that gave it its place.
    pub rank: [u8; 32],
}

/// What a seed took of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The frame's digest.
    pub frame: [u8; 32],
    /// The seed.
    pub seed: Seed,
    /// How many cases were asked for of each stratum.
    pub sizes: BTreeMap<String, u32>,
    /// The cases: strata by name, in each the order of the draw.
    pub cases: Vec<DrawnCase>,
}

/// Why nothing can be drawn so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawFault {
    /// A stratum of the frame of which no number was given, or none.
    #[error(
        "stratum {stratum} has {cases} cases and none is drawn, so nothing could be said of them; \
         hint: draw at least one, or leave the stratum out of the frame"
    )]
    NothingOf {
        /// The stratum.
        stratum: String,
        /// Its cases.
        cases: u32,
    },
    /// More than there are.
    #[error("{drawn} cases of stratum {stratum} cannot be drawn: it has {cases}")]
    MoreThanAll {
        /// The stratum.
        stratum: String,
        /// Its cases.
        cases: u32,
        /// How many were asked for.
        drawn: u32,
    },
    /// A stratum that the frame lacks.
    #[error("the frame has no stratum {stratum}; hint: it has {known}")]
    UnknownStratum {
        /// The stratum.
        stratum: String,
        /// Those that it has.
        known: String,
    },
    /// A frame without cases.
    #[error("the frame has no case")]
    EmptyFrame,
}

impl Draw {
    /// Whether so many cases of each stratum can be drawn, or everything that keeps them from it.
    pub fn can_be(frame: &Frame, sizes: &BTreeMap<String, u32>) -> Result<(), Vec<DrawFault>> {
        let faults = faults(&frame.strata(), sizes);
        match faults.is_empty() {
            true => Ok(()),
            false => Err(faults),
        }
    }

    /// Draws so many cases of each stratum, without putting back. A case's rank is SHA-256 of the
    /// lines `registrar-draw-1`, the frame's digest in small hexadecimal letters, the seed, and the
    /// case's id, each with a line feed behind it; those of the lowest ranks are taken.
    pub fn new(
        frame: &Frame,
        seed: Seed,
        sizes: BTreeMap<String, u32>,
    ) -> Result<Self, Vec<DrawFault>> {
        Self::can_be(frame, &sizes)?;
        let strata = frame.strata();
        let heading = format!(
            "registrar-draw-1\n{}\n{}\n",
            hex::encode(frame.digest()),
            seed.as_str()
        );
        let mut ranked: BTreeMap<&str, Vec<([u8; 32], &str)>> = BTreeMap::new();
        for case in frame.cases() {
            let rank = Sha256::new()
                .chain_update(&heading)
                .chain_update(&case.case)
                .chain_update("\n")
                .finalize();
            let of_stratum = ranked.entry(&case.stratum).or_default();
            of_stratum.push((rank.into(), &case.case));
        }
        let mut drawn = Vec::new();
        for (stratum, mut cases) in ranked {
            cases.sort_unstable();
            let weight = Weight {
                cases: strata[stratum],
                drawn: sizes[stratum],
            };
            let taken = usize::try_from(weight.drawn).unwrap_or(usize::MAX);
            drawn.extend(cases.into_iter().take(taken).map(|(rank, case)| DrawnCase {
                case: case.to_owned(),
                stratum: stratum.to_owned(),
                weight,
                rank,
            }));
        }
        Ok(Self {
            frame: frame.digest(),
            seed,
            sizes,
            cases: drawn,
        })
    }
}

/// What is wrong with the numbers that were asked for.
fn faults(strata: &BTreeMap<&str, u32>, sizes: &BTreeMap<String, u32>) -> Vec<DrawFault> {
    let mut faults = Vec::new();
    if strata.is_empty() {
        faults.push(DrawFault::EmptyFrame);
    }
    for (&stratum, &cases) in strata {
        let stratum = stratum.to_owned();
        match sizes.get(&stratum).copied().unwrap_or(0) {
            0 => faults.push(DrawFault::NothingOf { stratum, cases }),
            drawn if drawn > cases => faults.push(DrawFault::MoreThanAll {
                stratum,
                cases,
                drawn,
            }),
            _ => {}
        }
    }
    for stratum in sizes.keys() {
        if !strata.contains_key(stratum.as_str()) {
            let known: Vec<&str> = strata.keys().copied().collect();
            faults.push(DrawFault::UnknownStratum {
                stratum: stratum.clone(),
                known: known.join(", "),
            });
        }
    }
    faults
}
