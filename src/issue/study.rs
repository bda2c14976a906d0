//! The frame of a study of files: the cases of an outcome that may be drawn, each in its stratum.
//!
//! Owns which cases these are, and the line that says so in the frame. Drawing and estimating is
//! `compliance/sample`'s. Next: `studies.rs` reads what was recorded of them.

use std::collections::BTreeMap;
use std::{fmt, io};

use jiff::Timestamp;
use jiff::civil::Date;

use super::IssueError;
use super::compliance::Compliance;
use crate::compliance::sample::{Draw, DrawFault, Frame, FrameCase, FrameFault, Sizes};

/// The stratum where a frame has only one.
const WHOLE: &str = "all";
/// What stands for a field without a value in the name of a stratum.
const NOT_RECORDED: &str = "not recorded";
/// The columns of a list that say which case it is, and whether it is counted.
const CASE: usize = 0;
const COUNTED: usize = 2;

/// Which cases may be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing {
    /// The outcome's place in its decree.
    pub outcome: usize,
    /// The fields whose values part the cases into strata; none where they are one.
    pub strata: Vec<String>,
    /// Whether cases that were left out, or are not clear, may be drawn as well: what was left out
    /// wrongly is found only there.
    pub with_excluded: bool,
    /// SHA-256 of the form with which drawn cases are reviewed.
    pub form: [u8; 32],
    /// How many are drawn.
    pub sizes: Sizes,
}

/// Why there is no frame.
#[derive(Debug, thiserror::Error)]
pub enum FramingError {
    /// Records cannot be read.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A field that a case of this kind does not have.
    #[error("cases of outcome {outcome} have no field `{field}`\nhint: one of {known}")]
    NoField {
        /// The outcome.
        outcome: String,
        /// What was asked for.
        field: String,
        /// What there is.
        known: String,
    },
    /// What is wrong with the frame itself.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<FrameFault>),
    /// So many cases cannot be drawn from it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Sizes(Vec<DrawFault>),
    /// The list of cases does not read, which is this program's fault.
    #[error("the list of cases does not read: {0}")]
    List(#[from] csv::Error),
}

/// What a frame is for and how it is drawn from, in a line: with it anybody makes the same frame of
/// the same records, and nothing but the seed is left to be chosen once its digest is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purpose {
    /// The decree's name.
    pub decree: String,
    /// The outcome's number.
    pub outcome: String,
    /// Whether cases that are not counted may be drawn too.
    pub with_excluded: bool,
    /// First day of the reporting period.
    pub begins: Date,
    /// The day of the cases.
    pub as_of: Date,
    /// The instant whose records they are made of.
    pub as_known: Timestamp,
    /// SHA-256 of the decree's file.
    pub rules: String,
    /// The fields whose values part the cases into strata.
    pub strata: Vec<String>,
    /// SHA-256 of the form.
    pub form: String,
    /// How many cases are drawn.
    pub sizes: Sizes,
}

/// What stands for the fields where the cases are one stratum.
const ONE_STRATUM: &str = "none";
/// What joins the names of fields.
const AND: char = '+';

/// Which cases may be drawn, as the line says it.
const COUNTED_CASES: &str = "counted cases";
const ALL_CASES: &str = "all cases";

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = match self.with_excluded {
            true => ALL_CASES,
            false => COUNTED_CASES,
        };
        let strata = match self.strata.is_empty() {
            true => ONE_STRATUM.to_owned(),
            false => self.strata.join(&AND.to_string()),
        };
        write!(
            f,
            "{} outcome {}, {which}, period from {}, as of {}, as known {}, rules {}, strata by \
             {strata}, form {}, {}",
            self.decree,
            self.outcome,
            self.begins,
            self.as_of,
            self.as_known,
            self.rules,
            self.form,
            self.sizes
        )
    }
}

impl Purpose {
    /// Reads the line; none where it is any other.
    pub fn read(line: &str) -> Option<Self> {
        // A stratum's name, which only the last part can have, may hold a comma.
        let mut parts = line.splitn(9, ", ");
        let (decree, outcome) = parts.next()?.split_once(" outcome ")?;
        let which = parts.next()?;
        let mut after = |label: &str| parts.next()?.strip_prefix(label);
        let read = Self {
            decree: decree.to_owned(),
            outcome: outcome.to_owned(),
            with_excluded: which == ALL_CASES,
            begins: after("period from ")?.parse().ok()?,
            as_of: after("as of ")?.parse().ok()?,
            as_known: after("as known ")?.parse().ok()?,
            rules: after("rules ")?.to_owned(),
            strata: match after("strata by ")? {
                ONE_STRATUM => Vec::new(),
                fields => fields.split(AND).map(str::to_owned).collect(),
            },
            form: after("form ")?.to_owned(),
            sizes: Sizes::read(after("")?)?,
        };
        (read.to_string() == line).then_some(read)
    }
}

/// How many cases of each stratum are drawn from a frame, and with which form they are reviewed, by
/// its SHA-256: as the frame's own text says it; none where it does not.
pub fn drawn_as(frame: &Frame) -> Option<(BTreeMap<String, u32>, String)> {
    let purpose = Purpose::read(frame.purpose())?;
    Some((purpose.sizes.of_frame(frame), purpose.form))
}

/// Whether two frames are of the same cases for the same question, and differ in nothing but how
/// they are drawn from: strata, form or sizes. Whoever could make both would choose between them.
pub fn asks_the_same(frame: &Frame, recorded: &str) -> bool {
    let read = Purpose::read(frame.purpose()).zip(Purpose::read(recorded));
    read.is_some_and(|(own, other)| {
        let as_other = Purpose {
            strata: other.strata.clone(),
            form: other.form.clone(),
            sizes: other.sizes.clone(),
            ..own.clone()
        };
        own != other && as_other == other
    })
}

impl Compliance {
    /// Counts the district and makes the frame; `looked_at` is told how many people were counted.
    ///
    /// # Errors
    /// [`FramingError`].
    pub async fn frame(
        &self,
        framing: &Framing,
        looked_at: impl FnMut(u64),
    ) -> Result<Frame, FramingError> {
        let mut list = Vec::new();
        let each = |place: usize, lines: &[u8]| {
            if place == framing.outcome {
                list.extend_from_slice(lines);
            }
            Ok::<(), FramingError>(())
        };
        self.measure(each, looked_at).await?;
        let cases = self.cases_of(framing, &list)?;
        let frame = Frame::new(&self.purpose(framing).to_string(), cases);
        let frame = frame.map_err(FramingError::Faults)?;
        if !frame.cases().is_empty() {
            let sizes = framing.sizes.of_frame(&frame);
            Draw::can_be(&frame, &sizes).map_err(FramingError::Sizes)?;
        }
        Ok(frame)
    }

    fn purpose(&self, framing: &Framing) -> Purpose {
        let decree = self.decree();
        Purpose {
            decree: decree.text.id.clone(),
            outcome: decree.outcomes[framing.outcome].text.id.clone(),
            with_excluded: framing.with_excluded,
            begins: self.around().period.begins,
            as_of: self.around().as_of,
            as_known: self.as_known(),
            rules: hex::encode(decree.digest),
            strata: framing.strata.clone(),
            form: hex::encode(framing.form),
            sizes: framing.sizes.clone(),
        }
    }

    fn cases_of(&self, framing: &Framing, list: &[u8]) -> Result<Vec<FrameCase>, FramingError> {
        let mut reader = csv::Reader::from_reader(io::Cursor::new(list));
        let heading = reader.headers()?.clone();
        let outcome = &self.decree().outcomes[framing.outcome].text;
        let place = |field: &String| {
            let known: Vec<&str> = outcome.unit.fields().iter().map(|it| it.name).collect();
            let is_known = known.contains(&&**field);
            let place = heading.iter().position(|name| name == field);
            place
                .filter(|_| is_known)
                .ok_or_else(|| FramingError::NoField {
                    outcome: outcome.id.clone(),
                    field: field.clone(),
                    known: known.join(", "),
                })
        };
        let strata: Vec<usize> = framing.strata.iter().map(place).collect::<Result<_, _>>()?;
        let mut cases = Vec::new();
        for row in reader.records() {
            let row = row?;
            if framing.with_excluded || &row[COUNTED] == "yes" {
                cases.push(FrameCase {
                    case: row[CASE].to_owned(),
                    stratum: stratum(&strata, &row),
                });
            }
        }
        Ok(cases)
    }
}

fn stratum(fields: &[usize], row: &csv::StringRecord) -> String {
    if fields.is_empty() {
        return WHOLE.to_owned();
    }
    let value = |place: &usize| Some(&row[*place]).filter(|it| !it.is_empty());
    let values: Vec<&str> = fields
        .iter()
        .map(|it| value(it).unwrap_or(NOT_RECORDED))
        .collect();
    values.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_frame_is_read_back_and_no_other_is() {
        let purpose = Purpose {
            decree: "chanda-smith".to_owned(),
            outcome: "7A".to_owned(),
            with_excluded: true,
            begins: "2025-07-01".parse().expect("a day"),
            as_of: "2026-06-12".parse().expect("a day"),
            as_known: "2026-06-12T18:00:00Z".parse().expect("an instant"),
            rules: "ab12".to_owned(),
            strata: vec!["charter".to_owned(), "school".to_owned()],
            form: "cd34".to_owned(),
            sizes: Sizes::Of(BTreeMap::from([("a, or b".to_owned(), 7)])),
        };
        for sizes in [Sizes::OfEach(3), Sizes::InAll(100)] {
            let strata = Vec::new();
            let other = Purpose {
                sizes,
                strata,
                ..purpose.clone()
            };
            assert_eq!(Purpose::read(&other.to_string()), Some(other));
        }
        let line = purpose.to_string();
        assert_eq!(Purpose::read(&line), Some(purpose));
        assert_eq!(
            Purpose::read(&line.replace("all cases", "some cases")),
            None
        );
        assert_eq!(Purpose::read(&(line + ", and more")), None);
        assert_eq!(Purpose::read("a study by hand"), None);
    }
}
