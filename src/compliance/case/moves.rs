//! Cases of changes of school: what happened to a plan, or to an open evaluation, on the way.
//!
//! That a pupil's records did not follow her began the case of 1993; so a move is a case of its
//! own, from every school to every school, charters included.

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, row, text};
use super::{Case, CaseKind, Value};
use crate::record::Enrolment;
use crate::record::support::{MeetingKind, Recorded, ServiceOutcome};

/// Days after which an evaluation that nobody at the new school touched counts as lost: the time
/// that the law gives for a whole one (Ed. Code 56043(c)).
const TOUCHED_WITHIN_DAYS: i32 = 60;

/// A case for each change of school by a pupil with a plan, or with a referral or evaluation open.
pub(super) fn moves(pupil: &Pupil<'_>) -> Vec<Case> {
    let enrolments = pupil.enrolments();
    let pairs = enrolments.iter().zip(enrolments.iter().skip(1));
    pairs
        .filter(|(before, after)| before.row.school != after.row.school)
        .filter_map(|(before, after)| of_move(pupil, before, after))
        .collect()
}

fn of_move(
    pupil: &Pupil<'_>,
    before: &Recorded<Enrolment>,
    after: &Recorded<Enrolment>,
) -> Option<Case> {
    let Enrolment {
        school,
        person,
        entered_on,
        ..
    } = &after.row;
    let left_on = before.row.left_on.filter(|day| day <= entered_on);
    let had_plan = pupil.has_iep_on(left_on.unwrap_or(*entered_on));
    let open = open_clock(pupil, school, *entered_on);
    if !had_plan && open == Some("none") {
        return None;
    }
    let mut case = Case::new(
        CaseKind::Move,
        format!("move/{}/{entered_on}", pupil.record.id),
    );
    case.about(
        after,
        row("enrolments", school, person, &entered_on.to_string()),
    );
    pupil.describe(&mut case, school, *entered_on);
    case.set("sending_school", text(&before.row.school));
    if let Some(sending) = pupil.around.schools.get(&before.row.school) {
        case.set("sending_charter", Value::Code(sending.charter.code()));
    }
    case.know("left_on", left_on);
    case.set("entered_on", *entered_on);
    case.set("had_plan", had_plan);
    case.know("open_clock", open.map(Value::Code));
    let until = stay_ends(pupil, after);
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
    let Some(request) = of_move else { return };
    let happened = |day| pupil.around.happened(day);
    case.set("records_requested_on", request.row.requested_on);
    case.know("records_sent_on", happened(request.row.sent_on));
    case.know("records_received_on", happened(request.row.received_on));
    case.know("plan_visible_on", happened(request.row.plan_visible_on));
    let named = row(
        "records_requests",
        school,
        &request.row.person,
        &request.row.request,
    );
    case.rows.push(named.of_source(&request.source));
}

/// When the new school could read the plan, gave a service, and reviewed the placement.
fn with_plan(pupil: &Pupil<'_>, case: &mut Case, school: &str, from: Date, until: Date) {
    let there = |day: Date| from <= day && day <= until;
    let own_plan = pupil
        .support(&pupil.record.support_plans)
        .filter(|it| it.row.school == school && there(it.row.begins_on))
        .map(|it| it.row.begins_on)
        .min();
    let told = match case.get("plan_visible_on") {
        Some(Value::Date(day)) => Some((*day).max(from)),
        _ => None,
    };
    case.know("plan_visible_on", told.into_iter().chain(own_plan).min());
    let first_service = pupil
        .support(&pupil.record.service_logs)
        .filter(|it| it.row.school == school && there(it.row.session_on))
        .filter(|it| it.row.outcome == ServiceOutcome::Given)
        .map(|it| it.row.session_on)
        .min();
    case.know("first_service_on", first_service);
    let review = pupil
        .support(&pupil.record.plan_meetings)
        .filter(|it| it.row.school == school && it.row.kind == MeetingKind::InterimReview)
        .filter_map(|it| it.row.held_on.filter(|held| there(*held)))
        .min();
    case.know("interim_review_on", review);
}

/// Whether a referral or evaluation was open on the day of the move, and whether the new school
/// went on with it; unknown while there is still time to.
fn open_clock(pupil: &Pupil<'_>, school: &str, entered_on: Date) -> Option<&'static str> {
    let around = pupil.around;
    let before = |day: Option<Date>| day.is_some_and(|day| day < entered_on);
    let since = |day: Option<Date>| around.happened(day).is_some_and(|day| day >= entered_on);
    let mut is_open = false;
    let mut is_kept = false;
    for it in pupil.support(&pupil.record.evaluations) {
        let evaluation = &it.row;
        if before(evaluation.consent_received_on) && !before(evaluation.meeting_held_on) {
            is_open = true;
            let touched = since(evaluation.report_on) || since(evaluation.meeting_held_on);
            is_kept |= touched || evaluation.school == school;
        }
    }
    for it in pupil.support(&pupil.record.referrals) {
        let referral = &it.row;
        let ended = before(referral.consent_received_on)
            || before(referral.consent_refused_on)
            || before(referral.withdrawn_on);
        if before(Some(referral.referred_on)) && !ended {
            is_open = true;
            let touched = since(referral.assessment_plan_sent_on)
                || since(referral.consent_received_on)
                || since(referral.consent_refused_on)
                || since(referral.withdrawn_on);
            is_kept |= touched || referral.school == school;
        }
    }
    let deadline = entered_on.checked_add(TOUCHED_WITHIN_DAYS.days()).ok()?;
    match (is_open, is_kept) {
        (false, _) => Some("none"),
        (true, true) => Some("kept"),
        (true, false) if deadline < around.as_of => Some("vanished"),
        (true, false) => None,
    }
}
