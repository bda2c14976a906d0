//! Cases of changes of school: what happened to a plan, or to an open evaluation, on the way.
//!
//! That a pupil's records did not follow her began the case of 1993; so a move is a case of its
//! own, from every school to every school, charters included, and from and to other agencies.

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, id, text};
use super::services::{plan_of, rightly_stopped};
use super::{Case, CaseKind, Surroundings, Value};
use crate::record::support::{
    Evaluation, EvaluationOutcome, MeetingKind, PlanMeeting, Recorded, RecordsRequest, Referral,
    ServiceLog, ServiceOutcome, ServicePromise, SupportPlan, SupportPlanKind,
};
use crate::record::{Enrolment, EnteredFrom, YesNo};

/// Days after which an evaluation that nobody at the new school touched counts as lost: the time
/// that the law gives for a whole one (Ed. Code 56043(c)).
const TOUCHED_WITHIN_DAYS: i32 = 60;
/// Days for which an interim placement may last (Ed. Code 56325(a)(1)).
const INTERIM_DAYS: i32 = 30;
/// The meetings at which a placement is reviewed, or a new IEP made.
const REVIEWS: [MeetingKind; 4] = [
    MeetingKind::InterimReview,
    MeetingKind::Initial,
    MeetingKind::Annual,
    MeetingKind::Triennial,
];

/// A case for each change of school by a pupil with a plan, or with a referral or evaluation open.
///
/// Only from one primary enrolment to the next, and only where the one before ended first: who is
/// at two schools at once did not move. Who comes from another agency did, by the word of the
/// enrolment or of a request for the records; who goes to one, once it asks for them.
pub(super) fn moves(pupil: &Pupil<'_>) -> Vec<Case> {
    let enrolments = pupil.enrolments();
    let mut cases = Vec::new();
    for (place, after) in enrolments.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| enrolments[place]);
        let change = Change::of(pupil, before, after);
        cases.extend(change.and_then(|change| of_change(pupil, &change)));
    }
    let requests = pupil.support(&pupil.record.records_requests);
    let asked = requests.filter(|it| it.row.requested_on <= pupil.around.as_of);
    cases.extend(asked.filter_map(|request| to_agency(pupil, request)));
    cases
}

/// How a pupil came to a school.
struct Change<'a> {
    /// The enrolment at the school before; none where that was another agency's.
    before: Option<&'a Recorded<Enrolment>>,
    after: &'a Recorded<Enrolment>,
    /// The last day of the new stay, or that of the report.
    until: Date,
    /// The request for the records: the first that the new school made.
    request: Option<&'a Recorded<RecordsRequest>>,
}

impl<'a> Change<'a> {
    /// None where the pupil came from no other school that had to send records.
    fn of(
        pupil: &Pupil<'a>,
        before: Option<&'a Recorded<Enrolment>>,
        after: &'a Recorded<Enrolment>,
    ) -> Option<Self> {
        let until = stay_ends(pupil, after);
        let request = request_of(pupil, &after.row.school, after.row.entered_on, until);
        let of_agency = request.is_some_and(|it| it.row.from_agency.is_some());
        let from_agency = match after.row.entered_from {
            Some(EnteredFrom::OtherAgency | EnteredFrom::OtherState) => true,
            Some(_) => false,
            None => of_agency && before.is_none(),
        };
        let moved = |before: &&Recorded<Enrolment>| {
            before.row.school != after.row.school
                && pupil.ends(&before.row) < pupil.ends(&after.row)
        };
        let before = before.filter(moved).filter(|_| !from_agency);
        (from_agency || before.is_some()).then_some(Self {
            before,
            after,
            until,
            request,
        })
    }

    /// Whether an IEP was in force; none where nobody knows. Of another agency's plan the request
    /// for it tells, or that the new school carries one out, or reviews it, within the time that an
    /// interim placement may last.
    fn had_plan(&self, pupil: &Pupil<'_>, own: Option<&Recorded<SupportPlan>>) -> Option<bool> {
        if self.before.is_some() {
            return pupil
                .support_sends("support_plans")
                .then_some(own.is_some());
        }
        let told = self.request.and_then(|it| it.row.plan_there);
        if let Some(told) = told {
            return Some(told == YesNo::Yes);
        }
        let Enrolment {
            school, entered_on, ..
        } = &self.after.row;
        let last = entered_on.checked_add(INTERIM_DAYS.days());
        let last = last.unwrap_or(Date::MAX).min(self.until);
        let in_time = |day: Date| *entered_on <= day && day <= last;
        let plan = own_plan(pupil, school, *entered_on, last).is_some();
        let mut meetings = pupil.support(&pupil.record.plan_meetings);
        let reviewed = meetings.any(|it| {
            let row = &it.row;
            let is_review = row.kind == MeetingKind::InterimReview && row.school == *school;
            is_review && row.held_on.is_some_and(in_time)
        });
        (plan || reviewed).then_some(true)
    }
}

fn of_change(pupil: &Pupil<'_>, change: &Change<'_>) -> Option<Case> {
    let after = change.after;
    let Enrolment {
        school, entered_on, ..
    } = &after.row;
    // An enrolment that the school before ended late ended when the next one began.
    let left_on = change.before.and_then(|before| before.row.left_on);
    let left_on = left_on.map(|day| day.min(*entered_on));
    let before = change.before.map(|_| left_on.unwrap_or(*entered_on));
    let plan = before.and_then(|day| pupil.iep_on(day));
    let had_plan = change.had_plan(pupil, plan);
    let clocks = Clocks::of(pupil, school, *entered_on, change.until);
    if had_plan != Some(true) && clocks.as_ref().is_none_or(|it| it.open == 0) {
        return None;
    }
    let mut case = Case::new(
        CaseKind::Move,
        format!("move/{}/{entered_on}", pupil.record.id),
    );
    case.reads(pupil.around, after);
    if let Some(plan) = plan {
        case.reads(pupil.around, plan);
    }
    pupil.describe(&mut case, school, *entered_on);
    case.set(
        "direction",
        Value::Code(change.before.map_or("in", |_| "within")),
    );
    case.set("moved_on", *entered_on);
    if let Some(before) = change.before {
        case.reads(pupil.around, before);
        sent_by(pupil, &mut case, &before.row.school);
    }
    case.know("left_on", left_on);
    case.set("entered_on", *entered_on);
    case.know("had_plan", had_plan);
    if let Some(clocks) = clocks {
        clocks.describe(&mut case, pupil.around);
    }
    if pupil.support_sends("records_requests") {
        case.set("records_requested", change.request.is_some());
    }
    if let Some(request) = change.request {
        with_request(pupil, &mut case, request);
    }
    with_plan(pupil, &mut case, school, *entered_on, change.until);
    with_services(pupil, &mut case, school, *entered_on, change.until);
    with_review(pupil, &mut case, school, *entered_on, change.until);
    Some(case)
}

/// A move to another agency, which asked for the records of a pupil with an IEP.
fn to_agency(pupil: &Pupil<'_>, request: &Recorded<RecordsRequest>) -> Option<Case> {
    let RecordsRequest {
        school,
        request: number,
        requested_on,
        to_agency: Some(_),
        ..
    } = &request.row
    else {
        return None;
    };
    let enrolments = pupil.enrolments();
    let there = |it: &&&Recorded<Enrolment>| it.row.school == *school;
    let mut last = enrolments.iter().filter(there);
    let last = last.rfind(|it| it.row.entered_on <= *requested_on);
    let left_on = last.and_then(|it| pupil.around.happened(it.row.left_on));
    let day = left_on.unwrap_or(*requested_on).min(*requested_on);
    let plan = pupil.iep_on(day)?;
    let mut case = Case::new(CaseKind::Move, id("move-out", &request.source, number));
    case.reads(pupil.around, request);
    case.reads(pupil.around, plan);
    pupil.describe(&mut case, school, day);
    sent_by(pupil, &mut case, school);
    case.set("direction", Value::Code("out"));
    case.set("moved_on", *requested_on);
    case.know("left_on", left_on);
    case.set("had_plan", true);
    case.set("records_requested", true);
    with_request(pupil, &mut case, request);
    Some(case)
}

/// Whose duty it was to send the records.
fn sent_by(pupil: &Pupil<'_>, case: &mut Case, school: &str) {
    case.set("sending_school", text(school));
    if let Some(sending) = pupil.around.schools.get(school) {
        case.set("sending_charter", Value::Code(sending.charter.code()));
    }
}

/// The last day at the school: what happened later belongs to another stay.
fn stay_ends(pupil: &Pupil<'_>, after: &Recorded<Enrolment>) -> Date {
    after
        .row
        .left_on
        .unwrap_or(Date::MAX)
        .min(pupil.around.as_of)
}

/// The first request of a school for the records of a pupil who came on a day.
fn request_of<'a>(
    pupil: &Pupil<'a>,
    school: &str,
    from: Date,
    until: Date,
) -> Option<&'a Recorded<RecordsRequest>> {
    // A school that expects a pupil may ask before the first day.
    let earliest = from.checked_sub(30.days()).unwrap_or(from);
    let requests = pupil.support(&pupil.record.records_requests);
    requests
        .filter(|it| it.row.school == school && it.row.to_agency.is_none())
        .filter(|it| earliest <= it.row.requested_on && it.row.requested_on <= until)
        .min_by_key(|it| (it.row.requested_on, &it.row.request, &it.source))
}

/// What became of a request.
fn with_request(pupil: &Pupil<'_>, case: &mut Case, request: &Recorded<RecordsRequest>) {
    case.reads(pupil.around, request);
    let happened = |day| pupil.around.happened(day);
    let RecordsRequest {
        from_agency,
        to_agency,
        ..
    } = &request.row;
    let agency = from_agency.as_deref().or(to_agency.as_deref());
    case.know("agency", agency.map(text));
    case.set("records_requested_on", request.row.requested_on);
    case.know("records_sent_on", happened(request.row.sent_on));
    case.know("records_received_on", happened(request.row.received_on));
    case.know("plan_visible_on", happened(request.row.plan_visible_on));
}

/// The first IEP that a school made or took over within a stretch of days.
fn own_plan<'a>(
    pupil: &Pupil<'a>,
    school: &str,
    from: Date,
    until: Date,
) -> Option<&'a Recorded<SupportPlan>> {
    pupil
        .support(&pupil.record.support_plans)
        .filter(|it| it.row.kind == SupportPlanKind::Iep)
        .filter(|it| it.row.school == school)
        .filter(|it| from <= it.row.begins_on && it.row.begins_on <= until)
        .min_by_key(|it| (it.row.begins_on, &it.row.plan, &it.source))
}

/// When the new school could read the plan.
fn with_plan(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    let own_plan = own_plan(pupil, school, from, until);
    if let Some(plan) = own_plan {
        case.reads(pupil.around, plan);
    }
    let own_plan = own_plan.map(|it| it.row.begins_on);
    let told = match case.get("plan_visible_on") {
        Some(Value::Date(day)) => Some((*day).max(from)),
        _ => None,
    };
    case.know("plan_visible_on", told.into_iter().chain(own_plan).min());
}

/// The first service of an IEP at the new school; and when nothing was owed any more. A plan under
/// Section 504 is no IEP, and what it promises does not go before.
fn with_services(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    let promises: Vec<_> = pupil
        .support(&pupil.record.service_promises)
        .filter(|it| plan_of(pupil, it).is_none_or(|it| it.row.kind == SupportPlanKind::Iep))
        .collect();
    let of_iep = |log: &&Recorded<ServiceLog>| {
        let named = |it: &&Recorded<ServicePromise>| {
            (&it.source, &it.row.promise) == (&log.source, &log.row.promise)
        };
        promises.iter().copied().any(|it| named(&it))
    };
    let there = |day: Date| from <= day && day <= until;
    let first_service = pupil
        .support(&pupil.record.service_logs)
        .filter(|it| it.row.school == school && there(it.row.session_on))
        .filter(|it| it.row.outcome == ServiceOutcome::Given)
        .filter(of_iep)
        .min_by_key(|it| (it.row.session_on, &it.row.entry, &it.source));
    if let Some(log) = first_service {
        case.reads(pupil.around, log);
        case.set("first_service_on", log.row.session_on);
    }
    if pupil.support_sends("service_logs") {
        case.set("service_given", first_service.is_some());
    }
    let owed = promises
        .into_iter()
        .filter(|it| it.row.begins_on <= until && it.row.ends_on.is_none_or(|end| end >= from));
    let mut stopped_on = None;
    for promise in owed {
        case.reads(pupil.around, promise);
        match rightly_stopped(pupil, &promise.row) {
            Some(day) => stopped_on = stopped_on.max(Some(day)),
            None => return,
        }
    }
    case.know("services_stopped_on", stopped_on);
}

/// When the placement was reviewed: at a meeting for that, or at one that made a new IEP, which Ed.
/// Code 56325 asks for otherwise. A meeting over a plan of another kind is neither.
fn with_review(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    let makes_other = |it: &Recorded<PlanMeeting>| {
        let mut plans = pupil.support(&pupil.record.support_plans);
        let made = |plan: &Recorded<SupportPlan>| {
            plan.source == it.source && plan.row.meeting.as_ref() == Some(&it.row.meeting)
        };
        plans.any(|plan| made(plan) && plan.row.kind != SupportPlanKind::Iep)
    };
    let review = pupil
        .support(&pupil.record.plan_meetings)
        .filter(|it| it.row.school == school && REVIEWS.contains(&it.row.kind))
        .filter(|it| {
            it.row
                .held_on
                .is_some_and(|day| from <= day && day <= until)
        })
        .filter(|it| !makes_other(it))
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
                stopped_on,
                ..
            } = &it.row;
            // Where the records do not say when one was stopped, nobody was to go on with it.
            let stopped = *outcome == Some(EvaluationOutcome::Stopped);
            let is_over = before(*meeting_held_on)
                || (stopped && stopped_on.is_none_or(|day| day < entered_on));
            if before(*consent_received_on) && !is_over {
                evaluations.push(it);
                add(&[*report_on, *meeting_held_on, *stopped_on], own == school);
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
