//! What a district knows of pupils with disabilities, and of what its compliance is counted from:
//! referrals, evaluations, plans, services, complaints, removals, calendars, staff.
//!
//! Owns the rows of the tables that a consent decree's outcomes need, one struct a table, each
//! field in the order of its columns, and their codes.
//!
//! Never: anything that a transcript could be made of. `transcript` and what follows it on a
//! transcript's way may not name this module (invariant 2; `tests/tidy.rs` holds it).
//!
//! Next: `codes` has the closed lists, `compliance` counts from these rows.

mod assembled;
mod codes;
mod conduct;
mod identification;
mod named;
mod planning;
mod services;
mod setting;

pub use assembled::{PupilRow, Recorded, SupportRecord, SupportSetting, TablesSent};
pub use codes::{
    Accommodation, AgencyInvitation, AssessmentLevel, AssessmentSubject, CalendarPeriodKind,
    ComplaintChannel, ComplaintFinding, CredentialKind, DegreeOfSupport, Disability, DisputeKind,
    EligibilityEnd, EvaluationKind, EvaluationOutcome, EvaluationStop, MeetingKind, NoticeMethod,
    NoticeOutcome, Participation, PlanSetting, ProviderKind, RaceEthnicity, ReferralSource,
    RemovalKind, ServiceFrequency, ServiceOutcome, ServiceStop, SupportPlanKind,
    TranslatedDocument,
};
pub use conduct::{Complaint, Dispute, Incident, Removal};
pub use identification::{Eligibility, Evaluation, Referral};
pub use named::NamedRow;
pub use planning::{BehaviourPlan, ParentNotice, PlanMeeting, SupportPlan, TransitionPlan};
pub use services::{RecordsRequest, ServiceLog, ServicePromise, TranslationRequest};
pub use setting::{
    AssessmentResult, AttendanceYear, CalendarPeriod, CensusCount, Demographics, Residence,
    StaffCredential, StaffMember,
};
