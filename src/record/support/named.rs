//! What names a row of special education to whoever has to find it in a system or a bundle.
//!
//! Never: where it was read; the store finds that by the name.

use super::{
    AssessmentResult, BehaviourPlan, Complaint, Demographics, Dispute, Eligibility, Evaluation,
    Incident, ParentNotice, PlanMeeting, PupilRow, Recorded, RecordsRequest, Referral, Removal,
    Residence, ServiceLog, ServicePromise, StaffCredential, StaffMember, SupportPlan,
    TransitionPlan, TranslationRequest,
};
use crate::record::{Enrolment, RowName};

/// A row that has a name among those of its table.
pub trait NamedRow {
    /// Its name, of no source yet.
    fn row_name(&self) -> RowName;
}

impl<T: NamedRow> Recorded<T> {
    /// The name of the row, with its source.
    pub fn row_name(&self) -> RowName {
        self.row.row_name().of_source(&self.source)
    }
}

/// Rows about a person: the table, and what names a row among the person's.
macro_rules! named {
    ($($row:ident $table:literal, |$it:ident| $name:expr;)+) => { $(
        impl NamedRow for $row {
            fn row_name(&self) -> RowName {
                let $it = self;
                RowName::new($table, &$it.school, &$it.person, &$name)
            }
        }
    )+ };
}

named! {
    PupilRow "people", |it| it.person;
    Enrolment "enrolments", |it| it.entered_on.to_string();
    Demographics "demographics", |it| it.person;
    Residence "residences", |it| it.begins_on.to_string();
    AssessmentResult "assessments", |it| format!("{}/{}", it.school_year.begins_in(), it.subject);
    Referral "referrals", |it| it.referral;
    Evaluation "evaluations", |it| it.evaluation;
    Eligibility "eligibilities", |it| format!("{}/{}", it.begins_on, it.disability);
    SupportPlan "support_plans", |it| it.plan;
    TransitionPlan "transition_plans", |it| it.plan;
    BehaviourPlan "behaviour_plans", |it| it.plan;
    PlanMeeting "plan_meetings", |it| it.meeting;
    ParentNotice "parent_notices", |it| format!("{}/{}", it.meeting, it.attempt);
    ServicePromise "service_promises", |it| it.promise;
    ServiceLog "service_logs", |it| it.entry;
    RecordsRequest "records_requests", |it| it.request;
    TranslationRequest "translation_requests", |it| it.request;
    Complaint "complaints", |it| it.complaint;
    Dispute "disputes", |it| it.dispute;
    Incident "incidents", |it| it.incident;
    Removal "removals", |it| it.removal;
}

/// Rows about staff are about no person of the records.
impl NamedRow for StaffMember {
    fn row_name(&self) -> RowName {
        RowName::new("staff", &self.school, "", &self.staff)
    }
}

impl NamedRow for StaffCredential {
    fn row_name(&self) -> RowName {
        let name = format!("{}/{}", self.staff, self.credential);
        RowName::new("staff_credentials", &self.school, "", &name)
    }
}
