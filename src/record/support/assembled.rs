//! A pupil's rows of special education from every source, each with when it became known.
//!
//! Owns no rule: two sources that disagree are both here, and who reads them decides.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    AssessmentResult, AttendanceYear, BehaviourPlan, CalendarPeriod, CensusCount, Complaint,
    Demographics, Dispute, Eligibility, Evaluation, Incident, ParentNotice, PlanMeeting,
    RecordsRequest, Referral, Removal, Residence, ServiceLog, ServicePromise, StaffCredential,
    StaffMember, SupportPlan, TransitionPlan, TranslationRequest,
};
use crate::record::{Directory, Enrolment, PersonId};

/// A row as it was known at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<T> {
    /// The system that sent it.
    pub source: String,
    /// Since when the row says what it says. What an undoing brought back says it since then.
    pub recorded_at: Timestamp,
    /// The row.
    pub row: T,
}

/// What a count needs of a row of people: no name, no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PupilRow {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The state's number for the person.
    pub state_id: Option<String>,
    /// Date of birth.
    pub birth_date: Date,
}

/// One person's rows, of every source, in the order of their days, sources and keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportRecord {
    /// Who.
    pub id: PersonId,
    /// The person as each source knows them; at least one row.
    pub people: Vec<Recorded<PupilRow>>,
    /// Times at schools.
    pub enrolments: Vec<Recorded<Enrolment>>,
    /// What reports count the person under.
    pub demographics: Vec<Recorded<Demographics>>,
    /// Schools of the attendance area.
    pub residences: Vec<Recorded<Residence>>,
    /// Days enrolled and attended.
    pub attendance: Vec<Recorded<AttendanceYear>>,
    /// The statewide tests.
    pub assessments: Vec<Recorded<AssessmentResult>>,
    /// Referrals.
    pub referrals: Vec<Recorded<Referral>>,
    /// Evaluations.
    pub evaluations: Vec<Recorded<Evaluation>>,
    /// Categories of disability.
    pub eligibilities: Vec<Recorded<Eligibility>>,
    /// Versions of plans.
    pub support_plans: Vec<Recorded<SupportPlan>>,
    /// Their parts about the time after school.
    pub transition_plans: Vec<Recorded<TransitionPlan>>,
    /// Their parts about behaviour.
    pub behaviour_plans: Vec<Recorded<BehaviourPlan>>,
    /// Meetings.
    pub plan_meetings: Vec<Recorded<PlanMeeting>>,
    /// Attempts to bring a parent.
    pub parent_notices: Vec<Recorded<ParentNotice>>,
    /// Services that were promised.
    pub service_promises: Vec<Recorded<ServicePromise>>,
    /// Their sessions.
    pub service_logs: Vec<Recorded<ServiceLog>>,
    /// Records that were asked for.
    pub records_requests: Vec<Recorded<RecordsRequest>>,
    /// Translations that were asked for.
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
    /// A person of whom no row is known yet.
    pub const fn new(id: PersonId) -> Self {
        Self {
            id,
            people: Vec::new(),
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

/// The rows that say what they say since an instant at the latest.
fn recorded_by<T>(mut rows: Vec<Recorded<T>>, instant: Timestamp) -> Vec<Recorded<T>> {
    rows.retain(|it| it.recorded_at <= instant);
    rows
}

impl SupportRecord {
    /// What these rows alone tell of an instant: those that said by then what they say. What others
    /// said then is not in them; the store has it.
    #[must_use]
    pub fn recorded_by(self, instant: Timestamp) -> Self {
        Self {
            id: self.id,
            people: recorded_by(self.people, instant),
            enrolments: recorded_by(self.enrolments, instant),
            demographics: recorded_by(self.demographics, instant),
            residences: recorded_by(self.residences, instant),
            attendance: recorded_by(self.attendance, instant),
            assessments: recorded_by(self.assessments, instant),
            referrals: recorded_by(self.referrals, instant),
            evaluations: recorded_by(self.evaluations, instant),
            eligibilities: recorded_by(self.eligibilities, instant),
            support_plans: recorded_by(self.support_plans, instant),
            transition_plans: recorded_by(self.transition_plans, instant),
            behaviour_plans: recorded_by(self.behaviour_plans, instant),
            plan_meetings: recorded_by(self.plan_meetings, instant),
            parent_notices: recorded_by(self.parent_notices, instant),
            service_promises: recorded_by(self.service_promises, instant),
            service_logs: recorded_by(self.service_logs, instant),
            records_requests: recorded_by(self.records_requests, instant),
            translation_requests: recorded_by(self.translation_requests, instant),
            complaints: recorded_by(self.complaints, instant),
            disputes: recorded_by(self.disputes, instant),
            incidents: recorded_by(self.incidents, instant),
            removals: recorded_by(self.removals, instant),
        }
    }
}

/// Which tables each source ever sent. From a table that a source sends, the absence of a row tells
/// that nothing happened; of one that it never sent, nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TablesSent {
    tables: BTreeMap<String, BTreeSet<String>>,
    /// The sources that are special-education systems, as `store/systems.rs` found.
    special_education: BTreeSet<String>,
}

impl TablesSent {
    /// Takes down that a source sent a table.
    pub fn add(&mut self, source: impl Into<String>, table: impl Into<String>) {
        let tables = self.tables.entry(source.into()).or_default();
        tables.insert(table.into());
    }

    /// Takes down that a source is a special-education system.
    pub fn add_special_education(&mut self, source: impl Into<String>) {
        self.special_education.insert(source.into());
    }

    /// Whether a source is a special-education system, which keeps enrolments beside the student
    /// system whose they are.
    pub fn is_special_education(&self, source: &str) -> bool {
        self.special_education.contains(source)
    }

    /// What was sent of these tables.
    #[must_use]
    pub fn only(&self, tables: &BTreeSet<&str>) -> Self {
        let asked = |sent: &BTreeSet<String>| -> BTreeSet<String> {
            let asked = sent.iter().filter(|table| tables.contains(&***table));
            asked.cloned().collect()
        };
        let sent = self.tables.iter();
        Self {
            tables: sent
                .map(|(source, sent)| (source.clone(), asked(sent)))
                .collect(),
            special_education: self.special_education.clone(),
        }
    }

    /// Whether a source ever sent a table.
    pub fn has(&self, source: &str, table: &str) -> bool {
        let sent = self.tables.get(source);
        sent.is_some_and(|sent| sent.contains(table))
    }

    /// The sources that sent a table.
    pub fn sources<'s>(&'s self, table: &'s str) -> impl Iterator<Item = &'s str> {
        let sent = self.tables.iter();
        sent.filter(move |(_, tables)| tables.contains(table))
            .map(|(source, _)| source.as_str())
    }
}

/// What is about schools and staff and no pupil: what compliance is counted against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportSetting {
    /// Schools and districts.
    pub directory: Directory,
    /// The schools' calendars.
    pub calendar_periods: Vec<Recorded<CalendarPeriod>>,
    /// Assignments of staff.
    pub staff: Vec<Recorded<StaffMember>>,
    /// Their credentials.
    pub staff_credentials: Vec<Recorded<StaffCredential>>,
    /// Counts that somebody outside certified.
    pub census_counts: Vec<Recorded<CensusCount>>,
    /// Which tables each source ever sent.
    pub sent: TablesSent,
}

impl SupportSetting {
    /// What these rows alone tell of an instant; see [`SupportRecord::recorded_by`].
    #[must_use]
    pub fn recorded_by(self, instant: Timestamp) -> Self {
        Self {
            directory: self.directory,
            calendar_periods: recorded_by(self.calendar_periods, instant),
            staff: recorded_by(self.staff, instant),
            staff_credentials: recorded_by(self.staff_credentials, instant),
            census_counts: recorded_by(self.census_counts, instant),
            sent: self.sent,
        }
    }
}
