//! The two exports of the special-education system: all of it two weeks before the day of the
//! export, and on that day what was entered or changed since.
//!
//! Some of what the second one brings happened long before and was entered late; of some meetings
//! that were late it says that they were not. Both are what a monitor asks about first.

use jiff::civil::Date;

use super::pupil::Pupil;
use super::rows::{Rows, each_table};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::{Draw, Stream};

/// How many days before the day of the export the whole was exported.
pub const DAYS_BEFORE: i32 = 14;

/// How long ago a meeting may be held and only be entered now.
const LATE_DAYS: i32 = 400;

/// How many of a thousand meetings.
mod share {
    /// Entered only now.
    pub const LATE: u32 = 28;
    /// Of those held after they were due: changed to a timely day.
    pub const CHANGED: u32 = 70;
}

/// The rows of both exports.
pub fn split(pupil: &Pupil<'_>, as_of: Date, rows: Rows) -> (Rows, Rows) {
    let draw = &mut pupil.draw(Stream::Entry);
    let exported_on = days_after(as_of, -DAYS_BEFORE);
    let mut now = rows.clone().told_by(as_of);
    let mut then = rows.told_by(exported_on);
    change(exported_on, draw, &mut now);
    forget(exported_on, draw, &mut then);
    macro_rules! since {
        ($($table:ident)*) => { Rows { $($table: new(now.$table, &then.$table),)* } };
    }
    let update = each_table!(since);
    (then, update)
}

/// Rows that are not there word for word.
fn new<T: PartialEq>(mut now: Vec<T>, then: &[T]) -> Vec<T> {
    now.retain(|row| !then.contains(row));
    now
}

/// Makes some meetings timely that were not.
fn change(exported_on: Date, draw: &mut Draw, rows: &mut Rows) {
    for meeting in &mut rows.plan_meetings {
        let (Some(due), Some(held)) = (meeting.due_on, meeting.held_on) else {
            continue;
        };
        let known = held <= exported_on && held > days_after(exported_on, -LATE_DAYS);
        let asked = meeting.requested_on.is_some();
        if held <= due || !known || asked || !draw.chance(share::CHANGED) {
            continue;
        }
        let claimed = days_after(due, -draw.between(0, 6));
        meeting.held_on = Some(claimed);
        meeting.delay_code = None;
        for evaluation in &mut rows.evaluations {
            let consent = evaluation.consent_received_on;
            if evaluation.meeting_held_on == Some(held) && consent.is_none_or(|it| it <= claimed) {
                evaluation.meeting_held_on = Some(claimed);
                evaluation.delay_code = None;
            }
        }
    }
}

/// Takes away some meetings that nobody had entered yet, and the versions of the plan that they
/// made.
fn forget(exported_on: Date, draw: &mut Draw, rows: &mut Rows) {
    let mut forgotten = Vec::new();
    for meeting in &mut rows.plan_meetings {
        let lately = |held: &Date| *held > days_after(exported_on, -LATE_DAYS);
        let Some(held) = meeting.held_on.filter(lately) else {
            continue;
        };
        if !draw.chance(share::LATE) {
            continue;
        }
        meeting.held_on = None;
        meeting.parent_attended = None;
        forgotten.push((meeting.meeting.clone(), held));
    }
    for (number, held) in forgotten {
        for evaluation in &mut rows.evaluations {
            if evaluation.meeting_held_on == Some(held) {
                evaluation.meeting_held_on = None;
                evaluation.outcome = None;
                evaluation.comprehensive = None;
                evaluation.environment_considered = None;
            }
        }
        let made = |plan: &Option<String>| plan.as_ref() == Some(&number);
        let gone: Vec<_> = rows
            .support_plans
            .extract_if(.., |row| made(&row.meeting))
            .collect();
        for plan in &gone {
            let before = days_after(plan.begins_on, -1);
            for row in &mut rows.support_plans {
                row.ends_on = row.ends_on.filter(|end| *end != before);
            }
            for row in &mut rows.service_promises {
                row.ends_on = row.ends_on.filter(|end| *end != before);
            }
            rows.transition_plans.retain(|row| row.plan != plan.plan);
            rows.behaviour_plans.retain(|row| row.plan != plan.plan);
            rows.service_promises.retain(|row| row.plan != plan.plan);
        }
        let promised = |it: &str| rows.service_promises.iter().any(|row| row.promise == it);
        rows.service_logs.retain(|row| promised(&row.promise));
    }
}
