//! What the rows say that cases were made of: each row once, with its own columns, so that what a
//! field of a case is can be computed again and not only looked up.
//!
//! Owns what of a row leaves the district: days, codes, counts and numbers; what a sending system
//! numbers, under a number of the district's key, the same wherever another row refers to it; and
//! no text, for a text may name somebody. Next: `rows/` says which rows a case was made of.

use std::collections::HashSet;

use super::line;
use crate::intake::package::{Column, Format, LOCAL_ID_CHARACTERS_MAX, Row, TableDefinition};
use crate::record::support::{
    AssessmentResult, BehaviourPlan, Complaint, Demographics, Dispute, Eligibility, Evaluation,
    Incident, NamedRow, ParentNotice, PlanMeeting, Recorded, RecordsRequest, Referral, Removal,
    Residence, ServiceLog, ServicePromise, StaffCredential, StaffMember, SupportPlan,
    SupportRecord, SupportSetting, TransitionPlan, TranslationRequest,
};
use crate::record::{Enrolment, Pseudonyms, RowName};

/// What comes before a row's own columns.
pub(super) const CELL_COLUMNS: [&str; 4] = ["row", "person", "source", "recorded_at"];
/// The column of a row that says whom it is about, in whose place `person` stands.
const PERSON: &str = "person";

/// The rows of some people as lines of each table's file.
pub(super) struct CellLines<'a> {
    pseudonyms: &'a Pseudonyms,
    /// The rows that cases name.
    named: HashSet<&'a RowName>,
    /// By the place of the table in [`tables`].
    pub lines: Vec<Vec<u8>>,
}

macro_rules! tables {
    (of_pupils { $($field:ident: $row:ty;)+ } of_staff { $($of_staff:ident: $staff:ty;)+ }) => {
        /// The tables whose rows cases are made of.
        pub(super) fn tables() -> Vec<&'static TableDefinition> {
            vec![$(<$row as Row>::definition(),)+ $(<$staff as Row>::definition()),+]
        }

        impl CellLines<'_> {
            /// Takes in what a pupil's rows say.
            pub fn add(&mut self, record: &SupportRecord) {
                let person = self.pseudonyms.person(record.id);
                $(self.rows(&record.$field, &person);)+
            }

            /// The same of rows about staff.
            pub fn add_staff(&mut self, setting: &SupportSetting) {
                $(self.rows(&setting.$of_staff, "");)+
            }
        }
    };
}

tables! {
    of_pupils {
        enrolments: Enrolment;
        demographics: Demographics;
        residences: Residence;
        assessments: AssessmentResult;
        referrals: Referral;
        evaluations: Evaluation;
        eligibilities: Eligibility;
        support_plans: SupportPlan;
        transition_plans: TransitionPlan;
        behaviour_plans: BehaviourPlan;
        plan_meetings: PlanMeeting;
        parent_notices: ParentNotice;
        service_promises: ServicePromise;
        service_logs: ServiceLog;
        records_requests: RecordsRequest;
        translation_requests: TranslationRequest;
        complaints: Complaint;
        disputes: Dispute;
        incidents: Incident;
        removals: Removal;
    }
    of_staff {
        staff: StaffMember;
        staff_credentials: StaffCredential;
    }
}

impl<'a> CellLines<'a> {
    /// Of the rows of these names.
    pub fn of(named: &'a [RowName], pseudonyms: &'a Pseudonyms) -> Self {
        Self {
            pseudonyms,
            named: named.iter().collect(),
            lines: vec![Vec::new(); tables().len()],
        }
    }

    fn rows<T: Row + NamedRow>(&mut self, rows: &[Recorded<T>], person: &str) {
        let definition = T::definition();
        let place = tables().iter().position(|it| it.table == definition.table);
        let place = place.expect("a table of these");
        for it in rows {
            let name = it.row_name();
            if !self.named.contains(&name) {
                continue;
            }
            let told = [
                self.pseudonyms.row(&name),
                person.to_owned(),
                it.source.clone(),
                it.recorded_at.to_string(),
            ];
            let cells = it.row.cells();
            let columns = definition.columns.iter().zip(&cells);
            let own = columns.filter(|(column, _)| leaves(column));
            let own = own.map(|(column, cell)| match is_numbered(column) {
                true => self.pseudonyms.number(&it.source, column.name, cell),
                false => cell.to_string(),
            });
            self.lines[place].extend(line(told.into_iter().chain(own)));
        }
    }
}

/// The columns of a table that leave the district.
pub(super) fn columns(table: &TableDefinition) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|column| leaves(column))
}

/// Whether a column leaves the district.
fn leaves(column: &Column) -> bool {
    column.name != PERSON && !matches!(column.format, Format::Text { .. })
}

/// Whether a column holds a number that the sending system gave.
pub(super) fn is_numbered(column: &Column) -> bool {
    let own = Format::Identifier {
        characters_max: LOCAL_ID_CHARACTERS_MAX,
    };
    column.format == own
}
