//! The rows that one system keeps of one student, and what they said on an earlier day.
//!
//! A timeline is made without looking at the day of an export. `as_of` then takes away what had
//! not happened: a row that begins later is gone, a later date in a row is empty.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::record::support::{
    AssessmentResult, AttendanceYear, BehaviourPlan, Complaint, Demographics, Dispute, Eligibility,
    EligibilityEnd, Evaluation, Incident, ParentNotice, PlanMeeting, RecordsRequest, Referral,
    Removal, Residence, ServiceLog, ServicePromise, ServiceStop, SupportPlan, TransitionPlan,
    TranslationRequest,
};
use crate::record::{Enrolment, Person};
use crate::synthetic::calendar::days_after;

/// How long before it is due a meeting is on the calendar of a system.
const SCHEDULED_DAYS: i32 = 45;

/// The rows that one system keeps of one student.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Only from the special-education system: the student systems' stand in `life`.
    pub people: Vec<Person>,
    /// As `people`.
    pub enrolments: Vec<Enrolment>,
    pub demographics: Vec<Demographics>,
    pub residences: Vec<Residence>,
    pub attendance: Vec<AttendanceYear>,
    pub assessments: Vec<AssessmentResult>,
    pub referrals: Vec<Referral>,
    pub evaluations: Vec<Evaluation>,
    pub eligibilities: Vec<Eligibility>,
    pub support_plans: Vec<SupportPlan>,
    pub transition_plans: Vec<TransitionPlan>,
    pub behaviour_plans: Vec<BehaviourPlan>,
    pub plan_meetings: Vec<PlanMeeting>,
    pub parent_notices: Vec<ParentNotice>,
    pub service_promises: Vec<ServicePromise>,
    pub service_logs: Vec<ServiceLog>,
    pub records_requests: Vec<RecordsRequest>,
    pub translation_requests: Vec<TranslationRequest>,
    pub complaints: Vec<Complaint>,
    pub disputes: Vec<Dispute>,
    pub incidents: Vec<Incident>,
    pub removals: Vec<Removal>,
}

/// Does the same to each table.
macro_rules! each_table {
    ($do:ident) => {
        $do! {
            people enrolments demographics residences attendance assessments referrals evaluations
            eligibilities support_plans transition_plans behaviour_plans plan_meetings
            parent_notices service_promises service_logs records_requests translation_requests
            complaints disputes incidents removals
        }
    };
}
pub(in crate::synthetic) use each_table;

/// What a row said on an earlier day.
pub trait AsOf: Sized {
    /// Takes away what happened later; false where the row was not there yet.
    fn take_back(&mut self, day: Date) -> bool;
}

/// Empties a date that lies after a day.
fn hide(date: &mut Option<Date>, day: Date) {
    *date = date.filter(|it| *it <= day);
}

impl Rows {
    /// What the rows said at the end of a day.
    pub fn told_by(mut self, day: Date) -> Self {
        macro_rules! take_back {
            ($($table:ident)*) => { $(self.$table.retain_mut(|row| row.take_back(day));)* };
        }
        each_table!(take_back);
        // What belongs to a version of a plan begins with it, what belongs to a meeting or promise
        // too.
        let begun = |plan: &str| self.support_plans.iter().any(|row| row.plan == plan);
        self.transition_plans.retain(|row| begun(&row.plan));
        self.behaviour_plans.retain(|row| begun(&row.plan));
        self.service_promises.retain(|row| begun(&row.plan));
        let promised = |it: &str| self.service_promises.iter().any(|row| row.promise == it);
        self.service_logs.retain(|row| promised(&row.promise));
        let called = |it: &str| self.plan_meetings.iter().any(|row| row.meeting == it);
        self.parent_notices.retain(|row| called(&row.meeting));
        self
    }
}

impl Rows {
    /// Ends on the day on which the pupil leaves the district what has not ended by then.
    pub fn end(&mut self, left: Date) {
        let end = |begins: Date, ends: &mut Option<Date>| {
            if begins <= left && ends.is_none_or(|it| it > left) {
                *ends = Some(left);
            }
        };
        for row in &mut self.eligibilities {
            let open = row.ends_on.is_none_or(|it| it > left);
            end(row.begins_on, &mut row.ends_on);
            if open && row.ends_on == Some(left) {
                row.ended = Some(EligibilityEnd::Left);
            }
        }
        for row in &mut self.support_plans {
            end(row.begins_on, &mut row.ends_on);
        }
        for row in &mut self.service_promises {
            if row.begins_on <= left && row.ends_on.is_none_or(|it| it > left) {
                row.stopped_on = Some(left);
                row.stop_reason = Some(ServiceStop::Left);
            }
        }
        self.eligibilities.retain(|row| row.begins_on <= left);
        self.support_plans.retain(|row| row.begins_on <= left);
        self.service_promises.retain(|row| row.begins_on <= left);
        self.plan_meetings
            .retain(|row| row.held_on.or(row.due_on).is_none_or(|day| day <= left));
    }
}

impl AsOf for Person {
    fn take_back(&mut self, _: Date) -> bool {
        true
    }
}

impl AsOf for Demographics {
    fn take_back(&mut self, _: Date) -> bool {
        true
    }
}

/// Both are made only of years that are over, or for as long as the last one has lasted.
impl AsOf for AttendanceYear {
    fn take_back(&mut self, _: Date) -> bool {
        true
    }
}

impl AsOf for AssessmentResult {
    fn take_back(&mut self, _: Date) -> bool {
        true
    }
}

impl AsOf for Enrolment {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.left_on, day);
        self.exit_reason = self.exit_reason.filter(|_| self.left_on.is_some());
        self.entered_on <= day
    }
}

impl AsOf for Residence {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.ends_on, day);
        self.begins_on <= day
    }
}

impl AsOf for Referral {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.assessment_plan_sent_on, day);
        hide(&mut self.consent_received_on, day);
        hide(&mut self.consent_refused_on, day);
        hide(&mut self.withdrawn_on, day);
        self.referred_on <= day
    }
}

impl AsOf for Evaluation {
    fn take_back(&mut self, day: Date) -> bool {
        let met = self.meeting_held_on.is_some();
        hide(&mut self.report_on, day);
        hide(&mut self.meeting_held_on, day);
        if met && self.meeting_held_on.is_none() {
            self.outcome = None;
            self.delay_code = None;
            self.comprehensive = None;
            self.environment_considered = None;
        }
        let stopped = self.stopped_on.is_some();
        hide(&mut self.stopped_on, day);
        if stopped && self.stopped_on.is_none() {
            self.outcome = None;
            self.stop_reason = None;
        }
        self.consent_received_on.is_none_or(|it| it <= day)
    }
}

impl AsOf for Eligibility {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.ends_on, day);
        self.ended = self.ended.filter(|_| self.ends_on.is_some());
        self.begins_on <= day
    }
}

impl AsOf for SupportPlan {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.ends_on, day);
        hide(&mut self.parent_consented_on, day);
        self.begins_on <= day
    }
}

impl AsOf for TransitionPlan {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.booklet_given_on, day);
        true
    }
}

impl AsOf for BehaviourPlan {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.assessed_on, day);
        hide(&mut self.made_on, day);
        hide(&mut self.reviewed_on, day);
        true
    }
}

impl AsOf for PlanMeeting {
    fn take_back(&mut self, day: Date) -> bool {
        let held = self.held_on.is_some();
        hide(&mut self.held_on, day);
        hide(&mut self.requested_on, day);
        if self.held_on.is_none() {
            self.parent_attended = None;
        }
        if held && self.held_on.is_none() {
            self.delay_code = None;
        }
        let scheduled = |due| due <= days_after(day, SCHEDULED_DAYS);
        let asked = self.requested_on.is_some();
        self.held_on.is_some() || asked || self.due_on.is_some_and(scheduled)
    }
}

impl AsOf for ParentNotice {
    fn take_back(&mut self, day: Date) -> bool {
        self.sent_on <= day
    }
}

impl AsOf for ServicePromise {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.ends_on, day);
        hide(&mut self.stopped_on, day);
        self.stop_reason = self.stop_reason.filter(|_| self.stopped_on.is_some());
        self.begins_on <= day
    }
}

impl AsOf for ServiceLog {
    fn take_back(&mut self, day: Date) -> bool {
        let entered = self.entered_at.map(|at| at.to_zoned(TimeZone::UTC).date());
        self.session_on <= day && entered.is_none_or(|entered| entered <= day)
    }
}

impl AsOf for RecordsRequest {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.sent_on, day);
        hide(&mut self.received_on, day);
        hide(&mut self.plan_visible_on, day);
        self.requested_on <= day
    }
}

impl AsOf for TranslationRequest {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.completed_on, day);
        hide(&mut self.delivered_on, day);
        hide(&mut self.withdrawn_on, day);
        self.requested_on <= day
    }
}

impl AsOf for Complaint {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.acknowledged_on, day);
        hide(&mut self.answered_on, day);
        hide(&mut self.corrected_on, day);
        hide(&mut self.withdrawn_on, day);
        let ended = self.answered_on.is_some() || self.withdrawn_on.is_some();
        self.finding = self.finding.filter(|_| ended);
        self.received_on <= day
    }
}

impl AsOf for Dispute {
    fn take_back(&mut self, day: Date) -> bool {
        hide(&mut self.started_on, day);
        hide(&mut self.concluded_on, day);
        hide(&mut self.withdrawn_on, day);
        self.agreement = self.agreement.filter(|_| self.concluded_on.is_some());
        self.filed_on <= day
    }
}

impl AsOf for Incident {
    fn take_back(&mut self, day: Date) -> bool {
        self.happened_on <= day
    }
}

impl AsOf for Removal {
    fn take_back(&mut self, day: Date) -> bool {
        self.begins_on <= day
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::record::support::MeetingKind;

    #[test]
    fn what_was_held_later_was_only_due_and_what_is_due_much_later_was_not_there() {
        let meeting = |due_on, held_on| PlanMeeting {
            school: "S".to_owned(),
            meeting: "M".to_owned(),
            person: "P".to_owned(),
            kind: MeetingKind::Annual,
            requested_on: None,
            due_on: Some(due_on),
            held_on: Some(held_on),
            parent_attended: Some(crate::record::YesNo::Yes),
            delay_code: Some("90".to_owned()),
            extended_to: None,
        };
        let rows = Rows {
            plan_meetings: vec![
                meeting(date(2026, 6, 1), date(2026, 6, 9)),
                meeting(date(2026, 12, 1), date(2026, 12, 9)),
            ],
            ..Rows::default()
        };
        let then = rows.told_by(date(2026, 5, 29)).plan_meetings;
        assert_eq!(then.len(), 1);
        assert_eq!(then[0].held_on, None);
        assert_eq!(then[0].parent_attended, None);
        assert_eq!(then[0].delay_code, None);
    }
}
