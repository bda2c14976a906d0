//! One person's rows put together, from every source, for compliance; and what all share.
//!
//! Nothing is joined or chosen here: where two systems disagree, both rows are kept, and
//! `compliance` says which counts.

use jiff::Timestamp;

use super::{
    AssessmentResult, AttendanceYear, BehaviourPlan, CalendarPeriod, CensusCount, Complaint,
    Demographics, Dispute, Eligibility, Evaluation, Incident, ParentNotice, PlanMeeting,
    RecordsRequest, Referral, Removal, Residence, ServiceLog, ServicePromise, StaffCredential,
    StaffMember, SupportPlan, TransitionPlan, TranslationRequest,
};
use crate::record::{Enrolment, Person, PersonId, School};

/// A row as it stands at an instant, and when it was first told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<T> {
    /// The sending system.
    pub source: String,
    /// When the first version of the row was recorded.
    pub first_recorded_at: Timestamp,
    /// When this version was.
    pub recorded_at: Timestamp,
    /// The row.
    pub row: T,
}

/// Everything that is known of one person, from every source, that compliance may count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportRecord {
    /// Who.
    pub id: PersonId,
    /// The person's row in each source.
    pub people: Vec<Recorded<Person>>,
    /// Whether somebody is held at import, so that this may not be the whole record.
    pub is_held: bool,
    /// Every enrolment.
    pub enrolments: Vec<Recorded<Enrolment>>,
    /// What reports count the person under.
    pub demographics: Vec<Recorded<Demographics>>,
    /// Schools of attendance areas.
    pub residences: Vec<Recorded<Residence>>,
    /// Attendance by school year.
    pub attendance: Vec<Recorded<AttendanceYear>>,
    /// Statewide tests.
    pub assessments: Vec<Recorded<AssessmentResult>>,
    /// Referrals.
    pub referrals: Vec<Recorded<Referral>>,
    /// Evaluations.
    pub evaluations: Vec<Recorded<Evaluation>>,
    /// Categories of eligibility.
    pub eligibilities: Vec<Recorded<Eligibility>>,
    /// Versions of plans.
    pub support_plans: Vec<Recorded<SupportPlan>>,
    /// Parts about the time after school.
    pub transition_plans: Vec<Recorded<TransitionPlan>>,
    /// Parts about behaviour.
    pub behaviour_plans: Vec<Recorded<BehaviourPlan>>,
    /// Meetings.
    pub plan_meetings: Vec<Recorded<PlanMeeting>>,
    /// Notices to parents.
    pub parent_notices: Vec<Recorded<ParentNotice>>,
    /// Promised services.
    pub service_promises: Vec<Recorded<ServicePromise>>,
    /// Sessions of services.
    pub service_logs: Vec<Recorded<ServiceLog>>,
    /// Requests for records.
    pub records_requests: Vec<Recorded<RecordsRequest>>,
    /// Requests for translations.
    pub translation_requests: Vec<Recorded<TranslationRequest>>,
    /// Complaints.
    pub complaints: Vec<Recorded<Complaint>>,
    /// Disputes.
    pub disputes: Vec<Recorded<Dispute>>,
    /// Incidents.
    pub incidents: Vec<Recorded<Incident>>,
    /// Removals.
    pub removals: Vec<Recorded<Removal>>,
}

impl SupportRecord {
    /// A record of nothing yet.
    pub fn of(id: PersonId) -> Self {
        Self {
            id,
            people: Vec::new(),
            is_held: false,
            enrolments: Vec::new(),
            demographics: Vec::new(),
            residences: Vec::new(),
            attendance: Vec::new(),
            assessments: Vec::new(),
            referrals: Vec::new(),
            evaluations: Vec::new(),
            eligibilities: Vec::new(),
            support_plans: Vec::new(),
            transition_plans: Vec::new(),
            behaviour_plans: Vec::new(),
            plan_meetings: Vec::new(),
            parent_notices: Vec::new(),
            service_promises: Vec::new(),
            service_logs: Vec::new(),
            records_requests: Vec::new(),
            translation_requests: Vec::new(),
            complaints: Vec::new(),
            disputes: Vec::new(),
            incidents: Vec::new(),
            removals: Vec::new(),
        }
    }
}

/// The rows that are about nobody, as known at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedRows {
    /// Schools.
    pub schools: Vec<Recorded<School>>,
    /// Calendars.
    pub calendar_periods: Vec<Recorded<CalendarPeriod>>,
    /// Staff.
    pub staff: Vec<Recorded<StaffMember>>,
    /// Their credentials.
    pub staff_credentials: Vec<Recorded<StaffCredential>>,
    /// Counts that somebody outside certified.
    pub census_counts: Vec<Recorded<CensusCount>>,
}
