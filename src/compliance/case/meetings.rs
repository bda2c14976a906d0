//! Cases of meetings, and of the reviews that come round.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, id, row, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{MeetingKind, NoticeOutcome, PlanMeeting, Recorded, SupportPlanKind};

/// A case for each meeting, held or only due.
pub(super) fn meetings(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = pupil.support(&pupil.record.plan_meetings);
    rows.map(|it| of_meeting(pupil, it)).collect()
}

fn of_meeting(pupil: &Pupil<'_>, recorded: &Recorded<PlanMeeting>) -> Case {
    let PlanMeeting {
        school,
        meeting,
        person,
        kind,
        requested_on,
        due_on,
        held_on,
        parent_attended,
        delay_code,
        extended_to,
    } = &recorded.row;
    let around = pupil.around;
    let held = around.happened(*held_on);
    let mut case = Case::new(CaseKind::Meeting, id("meeting", &recorded.source, meeting));
    case.about(recorded, row("plan_meetings", school, person, meeting));
    let day = held.or(*due_on).or(*requested_on).unwrap_or(around.as_of);
    pupil.describe(&mut case, school, day.min(around.as_of));
    case.set("kind", Value::Code(kind.code()));
    case.know("requested_on", around.happened(*requested_on));
    case.know("due_on", *due_on);
    case.know("held_on", held);
    case.know(
        "parent_attended",
        parent_attended.filter(|_| held.is_some()),
    );
    case.know("delay_code", delay_code.as_deref().map(text));
    case.know("extended_to", *extended_to);
    with_notices(pupil, &mut case, recorded, held.unwrap_or(around.as_of));
    case
}

/// The attempts to bring a parent, up to the day of the meeting.
fn with_notices(pupil: &Pupil<'_>, case: &mut Case, meeting: &Recorded<PlanMeeting>, until: Date) {
    let sent: Vec<_> = pupil
        .support(&pupil.record.parent_notices)
        .filter(|it| it.source == meeting.source && it.row.meeting == meeting.row.meeting)
        .filter(|it| it.row.sent_on <= until)
        .collect();
    let methods: BTreeSet<_> = sent.iter().map(|it| it.row.method).collect();
    case.set("notices", count(sent.len()));
    case.set("notice_methods", count(methods.len()));
    case.know(
        "first_notice_on",
        sent.iter().map(|it| it.row.sent_on).min(),
    );
    let outcomes = sent.iter().map(|it| it.row.outcome);
    let is_declined = outcomes
        .into_iter()
        .any(|it| it == Some(NoticeOutcome::Declined));
    case.set("parent_declined", is_declined);
    for notice in sent {
        let name = format!("{}/{}", notice.row.meeting, notice.row.attempt);
        let named = row(
            "parent_notices",
            &notice.row.school,
            &notice.row.person,
            &name,
        );
        case.rows.push(named.of_source(&notice.source));
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A review that comes round.
struct Round {
    kind: &'static str,
    /// Meetings that are such a review, or begin the time to the next one.
    meetings: &'static [MeetingKind],
    years: i16,
}

/// A plan is reviewed at least once a year (34 CFR 300.324(b)(1)(i), Ed. Code 56343(d)) and with an
/// evaluation at least every three (34 CFR 300.303(b)(2), Ed. Code 56381(a)). A triennial review is
/// an annual one as well.
const ROUNDS: [Round; 2] = [
    Round {
        kind: "annual",
        meetings: &[
            MeetingKind::Initial,
            MeetingKind::Annual,
            MeetingKind::Triennial,
        ],
        years: 1,
    },
    Round {
        kind: "triennial",
        meetings: &[MeetingKind::Initial, MeetingKind::Triennial],
        years: 3,
    },
];

/// A case for each review that was due by the day of the report, or was held.
pub(super) fn reviews(pupil: &Pupil<'_>) -> Vec<Case> {
    ROUNDS
        .iter()
        .flat_map(|round| of_round(pupil, round))
        .collect()
}

fn of_round(pupil: &Pupil<'_>, round: &Round) -> Vec<Case> {
    let held_on = |it: &Recorded<PlanMeeting>| pupil.around.happened(it.row.held_on);
    let mut held: Vec<(Date, &Recorded<PlanMeeting>)> = pupil
        .support(&pupil.record.plan_meetings)
        .filter(|it| round.meetings.contains(&it.row.kind))
        .filter_map(|it| Some((held_on(it)?, it)))
        .collect();
    held.sort_by_key(|(day, it)| (*day, &it.row.meeting, &it.source));
    let next = held.iter().skip(1).copied().map(Some).chain([None]);
    let pairs = held.iter().copied().zip(next);
    pairs
        .filter_map(|(last, next)| of_review(pupil, round, last, next))
        .collect()
}

type Held<'a> = (Date, &'a Recorded<PlanMeeting>);

fn of_review(
    pupil: &Pupil<'_>,
    round: &Round,
    (last_on, last): Held<'_>,
    next: Option<Held<'_>>,
) -> Option<Case> {
    let due_on = last_on.checked_add(round.years.years()).ok()?;
    let until = next.map_or(due_on, |(day, _)| day.min(due_on));
    // Nothing is due of a child who needed no plan any more.
    let in_force = pupil.plan_on(until.min(pupil.around.as_of))?;
    if in_force.row.kind != SupportPlanKind::Iep || until > pupil.around.as_of {
        return None;
    }
    // The meeting that is due is the next one held, or one that was called and not held yet.
    let called = || {
        pupil
            .support(&pupil.record.plan_meetings)
            .filter(|it| round.meetings.contains(&it.row.kind) && held_none(pupil, it))
            .find(|it| it.row.due_on.is_some_and(|due| due > last_on))
    };
    let review = next.map(|(_, it)| it).or_else(called);
    let name = format!("review/{}/{}/{}", round.kind, last.source, last.row.meeting);
    let mut case = Case::new(CaseKind::Review, name);
    let named = |it: &Recorded<PlanMeeting>| {
        let PlanMeeting {
            school,
            person,
            meeting,
            ..
        } = &it.row;
        row("plan_meetings", school, person, meeting)
    };
    if let Some(review) = review {
        case.about(review, named(review));
        case.know("delay_code", review.row.delay_code.as_deref().map(text));
    }
    case.rows.push(named(last).of_source(&last.source));
    let school = &review.unwrap_or(last).row.school;
    pupil.describe(&mut case, school, until);
    case.set("kind", Value::Code(round.kind));
    case.set("last_held_on", last_on);
    case.set("due_on", due_on);
    case.know("held_on", next.map(|(day, _)| day));
    Some(case)
}

fn held_none(pupil: &Pupil<'_>, meeting: &Recorded<PlanMeeting>) -> bool {
    pupil.around.happened(meeting.row.held_on).is_none()
}
