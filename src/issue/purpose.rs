//! What official transcripts are for: copies for the students, or the records' way to the next
//! school, which no hold on transcripts stops.
//!
//! It is kept with the batch and never printed on a document. Never: whether a hold stands
//! (`present`), which schools there are (`store`).

use serde::{Deserialize, Serialize};

/// What the documents of a batch are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Copies for the students or for whom they name.
    Copy,
    /// The records' way to the next school (Ed. Code 49068), which no hold stops.
    SchoolTransfer {
        /// Where they go.
        to: ReceivingSchool,
    },
}

impl Purpose {
    /// The school that the records are on their way to.
    pub fn receiving_school(&self) -> Option<&ReceivingSchool> {
        match self {
            Self::Copy => None,
            Self::SchoolTransfer { to } => Some(to),
        }
    }
}

/// The school that asked for a record, so that somebody can ask there: of one that the records do
/// not know, its address is kept too. Whoever sends a record past a hold is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivingSchool {
    /// Its state code, where the records know the school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it is, where the records do not know the school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who sends the record there.
    pub sent_by: String,
}

impl std::fmt::Display for ReceivingSchool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        for place in self.code.iter().chain(&self.address) {
            write!(f, " ({place})")?;
        }
        write!(f, ", sent by {}", self.sent_by)
    }
}
