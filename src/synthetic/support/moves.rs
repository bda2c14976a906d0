//! What happens to a plan when a pupil changes school: the request for records, when the new
//! school can read the plan, and the review of the placement.
//!
//! Most of it in time, some late, some never: that records did not follow a pupil began the case of
//! 1993. Evaluations that are open on the day are `identification`'s.

use jiff::civil::Date;

use super::planning::Review;
use super::pupil::{Pupil, one_of};
use super::rows::Rows;
use super::stays::{Move, Stay};
use crate::record::YesNo;
use crate::record::support::{MeetingKind, RecordsRequest};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::{Draw, Stream};

/// From where pupils come who were at no school of the district.
const OUTSIDE: &str = "Mesa Verde Unified School District";

/// How a step goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Timely,
    Late,
    Never,
}

/// Writes what schools did at each change of school while a plan was in force, from the day on
/// which it was found to be needed; the reviews that are to be held.
pub fn follow(pupil: &Pupil<'_>, found_on: Date, rows: &mut Rows) -> Vec<Review> {
    let draw = &mut pupil.draw(Stream::Moves);
    let came = Move {
        before: None,
        after: pupil.stays.first(),
    };
    let came = Some(came).filter(|_| pupil.arrived);
    let mut reviews = Vec::new();
    for change in came.into_iter().chain(pupil.stays.moves()) {
        let from = change.after.from;
        let open = pupil.needs.lately && found_on >= from && found_on <= days_after(from, 75);
        let recorded = from >= pupil.window();
        if recorded && (found_on < from || (open && pupil.needs.astride)) {
            request(pupil, change, draw, rows);
        }
        if recorded && found_on < from {
            reviews.extend(review(pupil, change.after, draw));
        }
    }
    reviews
}

/// The request for records, where one was made.
fn request(pupil: &Pupil<'_>, change: Move<'_>, draw: &mut Draw, rows: &mut Rows) {
    if draw.chance(60) {
        return;
    }
    let Stay {
        school,
        source,
        from,
        ..
    } = change.after;
    let working = |day, count: i32| {
        let count = u32::try_from(count).expect("a few days");
        pupil.days.working_days_after(*source, day, count)
    };
    let requested = working(*from, draw.between(0, 4));
    let step = |draw: &mut Draw, timely, late| {
        let never = 100 - timely - late;
        one_of(
            draw,
            &[
                (Step::Timely, timely),
                (Step::Late, late),
                (Step::Never, never),
            ],
        )
    };
    let sent = match step(draw, 80, 14) {
        Step::Timely => Some(working(requested, draw.between(1, 5))),
        Step::Late => Some(working(requested, draw.between(6, 45))),
        Step::Never => None,
    };
    let received = sent.map(|sent| working(sent, draw.between(0, 3)));
    let visible = match step(draw, 76, 17) {
        Step::Timely => Some(days_after(
            received.unwrap_or(requested),
            draw.between(0, 6),
        )),
        Step::Late => Some(days_after(
            received.unwrap_or(requested),
            draw.between(15, 90),
        )),
        Step::Never => None,
    };
    let arrived = change.before.is_none();
    rows.records_requests.push(RecordsRequest {
        school: school.clone(),
        request: pupil.row_number('Q', rows.records_requests.len()),
        person: pupil.number.clone(),
        from_school: change.before.map(|stay| stay.school.clone()),
        requested_on: requested,
        sent_on: sent,
        received_on: received,
        plan_visible_on: visible,
        from_agency: arrived.then(|| OUTSIDE.to_owned()),
        to_agency: None,
        plan_there: arrived.then_some(YesNo::Yes),
    });
}

/// The review of the interim placement, due 30 days after the first one (Ed. Code 56325).
fn review(pupil: &Pupil<'_>, after: &Stay, draw: &mut Draw) -> Option<Review> {
    let due = days_after(after.from, 30);
    let held = match draw.below(100) {
        0..72 => pupil
            .days
            .on_or_before(after.source, days_after(due, -draw.between(0, 16))),
        72..86 => pupil
            .days
            .on_or_after(after.source, days_after(due, draw.between(1, 50))),
        _ => return None,
    };
    let stayed = after.to.is_none_or(|to| held <= to);
    let kind = MeetingKind::InterimReview;
    stayed.then(|| Review::new(kind, due, Some(held.max(after.from))))
}
