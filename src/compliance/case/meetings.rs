//! Cases of meetings; the reviews that come round are `reviews`'.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::pupil::{Pupil, id, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{NoticeOutcome, PlanMeeting, Recorded};

/// A case for each meeting that was held, due or asked for by the day of the report.
pub(super) fn meetings(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = pupil.support(&pupil.record.plan_meetings);
    rows.filter(|it| is_of(pupil, &it.row))
        .map(|it| of_meeting(pupil, it))
        .collect()
}

/// A meeting of which no day is known is told as well: nobody can say that it lies ahead.
fn is_of(pupil: &Pupil<'_>, meeting: &PlanMeeting) -> bool {
    let PlanMeeting {
        requested_on,
        due_on,
        held_on,
        ..
    } = meeting;
    let days = [requested_on, due_on, held_on];
    let mut known = days.into_iter().flatten().peekable();
    known.peek().is_none() || known.any(|day| *day <= pupil.around.as_of)
}

fn of_meeting(pupil: &Pupil<'_>, recorded: &Recorded<PlanMeeting>) -> Case {
    let PlanMeeting {
        school,
        meeting,
        kind,
        requested_on,
        due_on,
        held_on,
        parent_attended,
        delay_code,
        extended_to,
        ..
    } = &recorded.row;
    let around = pupil.around;
    let held = around.happened(*held_on);
    let mut case = Case::new(CaseKind::Meeting, id("meeting", &recorded.source, meeting));
    case.reads(pupil.around, recorded);
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

/// The attempts to bring a parent, up to the day of the meeting; how many is unknown where the
/// system tells of none at all.
fn with_notices(pupil: &Pupil<'_>, case: &mut Case, meeting: &Recorded<PlanMeeting>, until: Date) {
    let sent: Vec<_> = pupil
        .support(&pupil.record.parent_notices)
        .filter(|it| it.source == meeting.source && it.row.meeting == meeting.row.meeting)
        .filter(|it| it.row.sent_on <= until)
        .collect();
    case.know(
        "first_notice_on",
        sent.iter().map(|it| it.row.sent_on).min(),
    );
    if pupil.around.sent.has(&meeting.source, "parent_notices") {
        let methods: BTreeSet<_> = sent.iter().map(|it| it.row.method).collect();
        let mut outcomes = sent.iter().map(|it| it.row.outcome);
        case.set("notices", count(sent.len()));
        case.set("notice_methods", count(methods.len()));
        let is_declined = outcomes.any(|it| it == Some(NoticeOutcome::Declined));
        case.set("parent_declined", is_declined);
    }
    for notice in sent {
        case.reads(pupil.around, notice);
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
