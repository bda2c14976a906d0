//! What official transcripts are for: copies for the students, or the records' way to the next
//! school, which no hold on transcripts stops.
//!
//! It is kept with the batch. A document says to which school it was sent, and nothing else of it:
//! not who sent it, nor where that school is. Never: whether a hold stands (`present`), which
//! schools there are (`store`).

use serde::{Deserialize, Serialize};

use crate::transcript::audit::of_text;

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

    /// The school that its documents name: none where the name would tell of a disability, for the
    /// record of a child who goes to such a school is on its way too (invariant 11).
    pub fn printed_school(&self) -> Option<&str> {
        let name = &*self.receiving_school()?.name;
        of_text("the school", name).is_none().then_some(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_names_no_school_whose_name_would_tell_of_a_disability() {
        let sent_to = |name: &str| Purpose::SchoolTransfer {
            to: ReceivingSchool {
                code: None,
                name: name.to_owned(),
                address: Some("Reno, NV".to_owned()),
                sent_by: "R. Varo".to_owned(),
            },
        };
        let plain = sent_to("Agave High School");
        assert_eq!(plain.printed_school(), Some("Agave High School"));
        let telling = sent_to("Agave Special Education Center");
        assert_eq!(telling.printed_school(), None);
        assert!(telling.receiving_school().is_some(), "the batch keeps it");
        assert_eq!(Purpose::Copy.printed_school(), None);
    }
}
