//! Cases of changes of school: what happened to a plan, or to an open evaluation, on the way.
//!
//! That a pupil's records did not follow her began the case of 1993; so a move is a case of its
//! own, from every school to every school, charters included.

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, text};
use super::{Case, CaseKind, Surroundings, Value};
use crate::record::Enrolment;
use crate::record::support::{
    Evaluation, EvaluationOutcome, MeetingKind, Recorded, Referral, ServiceOutcome, SupportPlanKind,
};

/// Days after which an evaluation that nobody at the new school touched counts as lost: the time
/// that the law gives for a whole one (Ed. Code 56043(c)).
const TOUCHED_WITHIN_DAYS: i32 = 60;

/// A case for each change of school by a pupil with a plan, or with a referral or evaluation open.
///
/// Only from one primary enrolment to the next, and only where the one before ended first: who is
/// at two schools at once did not move.
pub(super) fn moves(pupil: &Pupil<'_>) -> Vec<Case> {
    let enrolments = pupil.enrolments();
    let pairs = enrolments.iter().zip(enrolments.iter().skip(1));
    pairs
        .filter(|(before, after)| before.row.school != after.row.school)
        .filter(|(before, after)| pupil.ends(&before.row) < pupil.ends(&after.row))
        .filter_map(|(before, after)| of_move(pupil, before, after))
        .collect()
}

fn of_move(
    pupil: &Pupil<'_>,
    before: &Recorded<Enrolment>,
    after: &Recorded<Enrolment>,
) -> Option<Case> {
    let Enrolment {
        school, entered_on, ..
    } = &after.row;
    // An enrolment that the school before ended late ended when the next one began.
    let left_on = before.row.left_on.map(|day| day.min(*entered_on));
    let is_told = pupil.support_sends("support_plans");
    let plan = pupil.iep_on(left_on.unwrap_or(*entered_on));
    let had_plan = is_told.then_some(plan.is_some());
    let until = stay_ends(pupil, after);
    let clocks = Clocks::of(pupil, school, *entered_on, until);
    if had_plan != Some(true) && clocks.as_ref().is_none_or(|it| it.open == 0) {
        return None;
    }
    let mut case = Case::new(
        CaseKind::Move,
        format!("move/{}/{entered_on}", pupil.record.id),
    );
    case.reads(pupil.around, after);
    case.reads(pupil.around, before);
    if let Some(plan) = plan {
        case.reads(pupil.around, plan);
    }
    pupil.describe(&mut case, school, *entered_on);
    case.set("sending_school", text(&before.row.school));
    if let Some(sending) = pupil.around.schools.get(&before.row.school) {
        case.set("sending_charter", Value::Code(sending.charter.code()));
    }
    case.know("left_on", left_on);
    case.set("entered_on", *entered_on);
    case.know("had_plan", had_plan);
    if let Some(clocks) = clocks {
        clocks.describe(&mut case, pupil.around);
    }
    with_records(pupil, &mut case, school, *entered_on, until);
    with_plan(pupil, &mut case, school, *entered_on, until);
    Some(case)
}

/// The last day at the school: what happened later belongs to another stay.
fn stay_ends(pupil: &Pupil<'_>, after: &Recorded<Enrolment>) -> Date {
    after
        .row
        .left_on
        .unwrap_or(Date::MAX)
        .min(pupil.around.as_of)
}

/// The request for the records of this move: the first that the new school made.
fn with_records(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    // A school that expects a pupil may ask before the first day.
    let earliest = from.checked_sub(30.days()).unwrap_or(from);
    let requests = pupil.support(&pupil.record.records_requests);
    let of_move = requests
        .filter(|it| it.row.school == school)
        .filter(|it| earliest <= it.row.requested_on && it.row.requested_on <= until)
        .min_by_key(|it| (it.row.requested_on, &it.row.request, &it.source));
    if pupil.support_sends("records_requests") {
        case.set("records_requested", of_move.is_some());
    }
    let Some(request) = of_move else { return };
    case.reads(pupil.around, request);
    let happened = |day| pupil.around.happened(day);
    case.set("records_requested_on", request.row.requested_on);
    case.know("records_sent_on", happened(request.row.sent_on));
    case.know("records_received_on", happened(request.row.received_on));
    case.know("plan_visible_on", happened(request.row.plan_visible_on));
}

/// When the new school could read the plan, gave a service, and reviewed the placement.
fn with_plan(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    let there = |day: Date| from <= day && day <= until;
    let own_plan = pupil
        .support(&pupil.record.support_plans)
        .filter(|it| it.row.kind == SupportPlanKind::Iep)
        .filter(|it| it.row.school == school && there(it.row.begins_on))
        .min_by_key(|it| (it.row.begins_on, &it.row.plan, &it.source));
    if let Some(plan) = own_plan {
        case.reads(pupil.around, plan);
    }
    let own_plan = own_plan.map(|it| it.row.begins_on);
    let told = match case.get("plan_visible_on") {
        Some(Value::Date(day)) => Some((*day).max(from)),
        _ => None,
    };
    case.know("plan_visible_on", told.into_iter().chain(own_plan).min());
    let first_service = pupil
        .support(&pupil.record.service_logs)
        .filter(|it| it.row.school == school && there(it.row.session_on))
        .filter(|it| it.row.outcome == ServiceOutcome::Given)
        .min_by_key(|it| (it.row.session_on, &it.row.entry, &it.source));
    if let Some(log) = first_service {
        case.reads(pupil.around, log);
        case.set("first_service_on", log.row.session_on);
    }
    if pupil.support_sends("service_logs") {
        case.set("service_given", first_service.is_some());
    }
    let review = pupil
        .support(&pupil.record.plan_meetings)
        .filter(|it| it.row.school == school && it.row.kind == MeetingKind::InterimReview)
        .filter(|it| it.row.held_on.is_some_and(there))
        .min_by_key(|it| (it.row.held_on, &it.row.meeting, &it.source));
    if let Some(review) = review {
        case.reads(pupil.around, review);
        case.know("interim_review_on", review.row.held_on);
    }
    if pupil.support_sends("plan_meetings") {
        case.set("interim_review_held", review.is_some());
    }
}

/// The referrals and evaluations that were open on the day of a move.
#[derive(Debug, Default)]
struct Clocks<'a> {
    evaluations: Vec<&'a Recorded<Evaluation>>,
    referrals: Vec<&'a Recorded<Referral>>,
    open: i64,
    /// With which the new school went on in time.
    kept: i64,
    vanished: i64,
    /// When the last of those was touched that were; and how many were not.
    resumed_on: Option<Date>,
    untouched: i64,
}

impl<'a> Clocks<'a> {
    /// Each clock counts by itself. One is unknown while there is still time to touch it, and where
    /// the pupil moved on before. Nothing where no system tells of referrals and evaluations.
    fn of(pupil: &Pupil<'a>, school: &str, entered_on: Date, until: Date) -> Option<Self> {
        if !pupil.support_sends("referrals") || !pupil.support_sends("evaluations") {
            return None;
        }
        let mut clocks = Self::default();
        let deadline = entered_on
            .checked_add(TOUCHED_WITHIN_DAYS.days())
            .unwrap_or(Date::MAX);
        let before = |day: Option<Date>| day.is_some_and(|day| day < entered_on);
        let mut add = |days: &[Option<Date>], is_there: bool| {
            let since = days.iter().filter_map(|day| pupil.around.happened(*day));
            let touched = since.filter(|day| *day >= entered_on).min();
            clocks.open += 1;
            clocks.resumed_on = clocks.resumed_on.max(touched);
            clocks.untouched += i64::from(touched.is_none());
            let in_time = touched.is_some_and(|day| day <= deadline);
            if in_time || (touched.is_none() && is_there) {
                clocks.kept += 1;
            } else if deadline < until || touched.is_some() {
                clocks.vanished += 1;
            }
        };
        let (mut evaluations, mut referrals) = (Vec::new(), Vec::new());
        for it in pupil.support(&pupil.record.evaluations) {
            let Evaluation {
                school: own,
                consent_received_on,
                report_on,
                meeting_held_on,
                outcome,
                ..
            } = &it.row;
            // Of one that was stopped the records do not say when: nobody was to go on with it.
            let is_over = before(*meeting_held_on) || *outcome == Some(EvaluationOutcome::Stopped);
            if before(*consent_received_on) && !is_over {
                evaluations.push(it);
                add(&[*report_on, *meeting_held_on], own == school);
            }
        }
        for it in pupil.support(&pupil.record.referrals) {
            let Referral {
                school: own,
                referred_on,
                assessment_plan_sent_on,
                consent_received_on,
                consent_refused_on,
                withdrawn_on,
                ..
            } = &it.row;
            let ends = [*consent_received_on, *consent_refused_on, *withdrawn_on];
            if *referred_on < entered_on && !ends.into_iter().any(before) {
                referrals.push(it);
                let touches = [&[*assessment_plan_sent_on], &ends[..]].concat();
                add(&touches, own == school);
            }
        }
        Some(Self {
            evaluations,
            referrals,
            ..clocks
        })
    }

    fn describe(&self, case: &mut Case, around: &Surroundings) {
        for it in &self.evaluations {
            case.reads(around, it);
        }
        for it in &self.referrals {
            case.reads(around, it);
        }
        let decided = self.kept + self.vanished == self.open;
        let word = match (self.open, self.vanished) {
            (0, _) => Some("none"),
            (_, 1..) => Some("vanished"),
            _ => decided.then_some("kept"),
        };
        case.know("open_clock", word.map(Value::Code));
        case.set("clocks_open", self.open);
        if decided {
            case.set("clocks_vanished", self.vanished);
        }
        let resumed_on = self.resumed_on.filter(|_| self.untouched == 0);
        case.know("clocks_resumed_on", resumed_on);
    }
}
