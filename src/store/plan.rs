//! What the checks of a staged import found, and what landing it would do and did.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::StoreError;
use super::rows::{Provenance, Table};
use crate::record::RowKey;

/// A kind of problem that only the whole set of rows shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A second row with the key of an earlier one.
    DuplicateKey,
    /// The row names a person whom neither the package nor the source's records know.
    UnknownPerson,
    /// The row names a school that nobody knows.
    UnknownSchool,
    /// The row names a district that nobody knows.
    UnknownDistrict,
    /// The mark names a term that its school does not have.
    UnknownTerm,
    /// The mark names a course that its school does not have.
    UnknownCourse,
    /// The event names a posting that its person does not have.
    UnknownPosting,
    /// The row names a referral, plan, promise, meeting or incident that its person does not have.
    UnknownReference,
    /// The mark that is to be Pass or No Pass is not one of 2020-21.
    Outside2020To21,
    /// Two people of the source carry one state id.
    StateIdTwice,
    /// A row would be withdrawn that rows which stay refer to.
    StillReferenced,
    /// The row is one that another school posted, for which the package does not speak.
    OtherSchoolsRow,
}

impl FindingKind {
    const ALL: [(Self, &'static str); 12] = [
        (Self::DuplicateKey, "duplicate_key"),
        (Self::UnknownPerson, "unknown_person"),
        (Self::UnknownSchool, "unknown_school"),
        (Self::UnknownDistrict, "unknown_district"),
        (Self::UnknownTerm, "unknown_term"),
        (Self::UnknownCourse, "unknown_course"),
        (Self::UnknownPosting, "unknown_posting"),
        (Self::UnknownReference, "unknown_reference"),
        (Self::Outside2020To21, "outside_2020_21"),
        (Self::StateIdTwice, "state_id_twice"),
        (Self::StillReferenced, "still_referenced"),
        (Self::OtherSchoolsRow, "other_schools_row"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, code)| code)
    }

    pub(super) fn from_code(code: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.iter().find(|(_, known)| *known == code);
        found
            .map(|(kind, _)| *kind)
            .ok_or_else(|| StoreError::Inconsistent(format!("unknown finding `{code}`")))
    }
}

/// One problem that the set of rows shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// In which table.
    pub table: Table,
    /// Where, if a row of the package is to blame.
    pub provenance: Option<Provenance>,
    /// In which column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// The line of the earlier row, of a duplicate.
    pub other_line: Option<u64>,
}

/// What the set-wise checks found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first of each kind and table, up to the cap, in the order of the files.
    pub shown: Vec<Finding>,
    /// How many there are of each kind.
    pub totals: BTreeMap<FindingKind, u64>,
    /// How many lie in rows that belong to no person, so that no person can be held for them.
    pub not_personal: u64,
}

/// How many people are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// People with a refused row.
    pub people: u64,
    /// People whom the source would have, held or not.
    pub people_total: u64,
}

/// What an import does to one school's rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChange {
    /// The table.
    pub table: Table,
    /// The school that answers for the rows; the district's code for districts.
    pub school: String,
    /// Rows that were not there.
    pub added: u64,
    /// Rows that say something else now.
    pub changed: u64,
    /// Rows that say the same.
    pub unchanged: u64,
    /// Rows that would be withdrawn.
    pub withdrawn: u64,
    /// Rows of the source that hold now; counted only where rows of the table would be withdrawn.
    pub standing: u64,
}

/// What landing would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One entry for each table and school that the package touches.
    pub changes: Vec<TableChange>,
    /// The newest export that was landed from this source before.
    pub last_export: Option<Timestamp>,
    /// The newest import when this was planned; landing is refused once there is a newer one.
    pub newest_import: i64,
    /// Rows that would name what held people's rows alone bring, or what the import withdraws while
    /// a held person's earlier record names it. Landing is refused unless it is none.
    pub left_over: Findings,
}

impl Plan {
    /// Whether nothing would be added, changed or withdrawn.
    pub fn is_unchanged(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.added + change.changed + change.withdrawn == 0)
    }
}

/// What landing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The import's number; none where the package changed nothing.
    pub import: Option<i64>,
    /// Rows added.
    pub added: u64,
    /// Rows changed.
    pub changed: u64,
    /// Rows withdrawn.
    pub withdrawn: u64,
}

/// A row that could not be read, of a person who can be held for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The table.
    pub table: Table,
    /// Where it stood.
    pub provenance: Provenance,
    /// Whom it is about, by the source's own number.
    pub person: String,
    /// Which row it is, where its key could be read.
    pub key: Option<RowKey>,
    /// The school that answers for it, where that could be read.
    pub school: Option<String>,
    /// The state id of whom it is about, where it says one.
    pub state_id: Option<String>,
    /// The code of what is wrong with it.
    pub problem: &'static str,
    /// The row as CSV text.
    pub raw: Vec<u8>,
}

/// A refused row as it stood in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedText {
    /// The table.
    pub table: Table,
    /// The row as CSV text.
    pub raw: Vec<u8>,
}
