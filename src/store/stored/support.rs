//! The columns of the tables that compliance is counted from.

use serde::ser::SerializeMap;

use super::{Column, Stored, TableSql};
use crate::record::support::{
    AssessmentResult, AttendanceYear, BehaviourPlan, CalendarPeriod, CensusCount, Complaint,
    Demographics, Dispute, Eligibility, Evaluation, Incident, ParentNotice, PlanMeeting,
    RecordsRequest, Referral, Removal, Residence, ServiceLog, ServicePromise, StaffCredential,
    StaffMember, SupportPlan, TransitionPlan, TranslationRequest,
};
use crate::store::database::{Row, Sql};
use crate::store::{StoreError, Table, open_end};

stored!(CalendarPeriod, calendar_periods, CalendarPeriods, shared, {
    school: text, kind: text, begins_on: text, ends_on: text, name: text,
});
stored!(Demographics, demographics, Demographics, person, {
    school: text, person: text, race: text, home_language: text, english_learner: text,
    foster: text, homeless: text,
});
stored!(Residence, residences, Residences, person, {
    school: text, person: text, residence_school: text, begins_on: text, ends_on: text,
});
stored!(AttendanceYear, attendance, Attendance, person, {
    school: text, person: text, school_year: integer, days_enrolled: integer,
    days_attended: integer,
});
stored!(AssessmentResult, assessments, Assessments, person, {
    school: text, person: text, school_year: integer, subject: text, grade_level: integer,
    participation: text, accommodation: text, level: text,
});
stored!(Referral, referrals, Referrals, person, {
    school: text, referral: text, person: text, referred_by: text, referred_on: text,
    part_c_referred_on: text, assessment_plan_sent_on: text, consent_received_on: text,
    consent_refused_on: text, withdrawn_on: text,
});
stored!(Evaluation, evaluations, Evaluations, person, {
    school: text, evaluation: text, person: text, kind: text, referral: text,
    consent_received_on: text, report_on: text, meeting_held_on: text, outcome: text,
    delay_code: text, extended_to: text, comprehensive: text, environment_considered: text,
    consented_elsewhere: text, not_produced_on: text, stopped_on: text, stop_reason: text,
});
stored!(Eligibility, eligibilities, Eligibilities, person, {
    school: text, person: text, begins_on: text, ends_on: text, disability: text,
    second_disability: text, degree_of_support: text, ended: text,
});
stored!(SupportPlan, support_plans, SupportPlans, person, {
    school: text, plan: text, person: text, kind: text, begins_on: text, ends_on: text,
    meeting: text, parent_consented_on: text, setting: text, percent_outside: integer,
});
stored!(TransitionPlan, transition_plans, TransitionPlans, person, {
    school: text, plan: text, person: text, updated_on: text, assessed_on: text,
    measurable_goals: text, services: text, courses_of_study: text, annual_goals: text,
    pupil_invited: text, agency_invited: text, booklet_given_on: text,
});
stored!(BehaviourPlan, behaviour_plans, BehaviourPlans, person, {
    school: text, plan: text, person: text, considered_on: text, assessed_on: text, made_on: text,
    reviewed_on: text,
});
stored!(PlanMeeting, plan_meetings, PlanMeetings, person, {
    school: text, meeting: text, person: text, kind: text, requested_on: text, due_on: text,
    held_on: text, parent_attended: text, delay_code: text, extended_to: text,
});
stored!(ParentNotice, parent_notices, ParentNotices, person, {
    school: text, meeting: text, attempt: text, person: text, sent_on: text, method: text,
    language: text, outcome: text,
});
stored!(ServicePromise, service_promises, ServicePromises, person, {
    school: text, promise: text, person: text, plan: text, service: text, provider: text,
    frequency: text, times: integer, minutes: integer, begins_on: text, ends_on: text,
    stopped_on: text, stop_reason: text,
});
stored!(ServiceLog, service_logs, ServiceLogs, person, {
    school: text, entry: text, person: text, promise: text, session_on: text, minutes: integer,
    outcome: text, entered_at: text,
});
stored!(RecordsRequest, records_requests, RecordsRequests, person, {
    school: text, request: text, person: text, from_school: text, requested_on: text, sent_on: text,
    received_on: text, plan_visible_on: text, from_agency: text, to_agency: text, plan_there: text,
});
stored!(TranslationRequest, translation_requests, TranslationRequests, person, {
    school: text, request: text, person: text, document: text, language: text, requested_on: text,
    completed_on: text, delivered_on: text, withdrawn_on: text,
});
stored!(Complaint, complaints, Complaints, person, {
    school: text, complaint: text, person: text, channel: text, received_on: text,
    acknowledged_on: text, answered_on: text, finding: text, corrected_on: text, withdrawn_on: text,
});
stored!(Dispute, disputes, Disputes, person, {
    school: text, dispute: text, person: text, kind: text, filed_on: text, started_on: text,
    concluded_on: text, agreement: text, withdrawn_on: text,
});
stored!(Incident, incidents, Incidents, person, {
    school: text, incident: text, person: text, happened_on: text, offence: text,
});
stored!(Removal, removals, Removals, person, {
    school: text, removal: text, person: text, incident: text, kind: text, begins_on: text,
    days: integer,
});
stored!(StaffMember, staff, Staff, shared, {
    school: text, staff: text, special_education_teacher: text, begins_on: text, ends_on: text,
});
stored!(StaffCredential, staff_credentials, StaffCredentials, shared, {
    school: text, staff: text, credential: text, kind: text, special_education: text,
    valid_from: text, valid_to: text,
});
stored!(CensusCount, census_counts, CensusCounts, shared, {
    school: text, counted_on: text, enrolled: integer, with_plan: integer, certified_by: text,
});
