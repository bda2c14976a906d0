//! The frame of a study of files: the cases of an outcome that may be drawn, each in its stratum.
//!
//! Owns which cases these are, and the line that says so in the frame. Drawing and estimating is
//! `compliance/sample`'s.

use std::io;

use super::IssueError;
use super::compliance::Compliance;
use crate::compliance::sample::{Frame, FrameCase, FrameFault};

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
    /// The list of cases does not read, which is this program's fault.
    #[error("the list of cases does not read: {0}")]
    List(#[from] csv::Error),
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
        Frame::new(&self.purpose(framing), cases).map_err(FramingError::Faults)
    }

    /// What a frame is for, in a line: with it anybody makes the same frame of the same records.
    fn purpose(&self, framing: &Framing) -> String {
        let decree = self.decree();
        let text = &decree.text;
        let which = if framing.with_excluded {
            "all cases"
        } else {
            "counted cases"
        };
        format!(
            "{} outcome {}, {which}, as of {}, as known {}, rules {}",
            text.id,
            decree.outcomes[framing.outcome].text.id,
            self.around().as_of,
            self.as_known(),
            hex::encode(decree.digest)
        )
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
