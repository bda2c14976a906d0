//! The reviews that come round, the versions of the plan that they make, and the notices to
//! parents.
//!
//! A year after the last review the next is due, and every third comes with an evaluation. Most are
//! held in time, some late, some not at all. Each makes a version of the plan; `parts` fills it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::identification::DELAY_CODES;
use super::needs::Standing;
use super::parts;
use super::pupil::{Pupil, flag, one_of};
use super::rows::Rows;
use crate::record::YesNo;
use crate::record::support::{
    Eligibility, EligibilityEnd, Evaluation, EvaluationKind, EvaluationOutcome, MeetingKind,
    NoticeMethod, NoticeOutcome, ParentNotice, PlanMeeting, SupportPlan, SupportPlanKind,
};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::{Draw, Stream};

/// How many of a thousand.
mod share {
    pub const LATE: u32 = 75;
    pub const MISSED: u32 = 30;
    pub const AMENDED: u32 = 90;
    pub const ASKED_FOR: u32 = 60;
    pub const ATTENDED: u32 = 815;
    pub const CATEGORY_CHANGED: u32 = 40;
}

/// A meeting, held or only due.
#[derive(Clone, Debug)]
pub struct Review {
    /// What it is for.
    pub kind: MeetingKind,
    /// By when it is due.
    pub due_on: Date,
    /// When a parent asked for it.
    pub requested_on: Option<Date>,
    /// When it is held.
    pub held_on: Option<Date>,
    /// Why so late.
    pub delay_code: Option<String>,
}

impl Review {
    /// A meeting that is due on a day.
    pub fn new(kind: MeetingKind, due_on: Date, held_on: Option<Date>) -> Self {
        Self {
            kind,
            due_on,
            requested_on: None,
            held_on,
            delay_code: None,
        }
    }
}

/// Makes everything that follows the day on which a plan was found to be needed. `further` are
/// meetings that the cycle of reviews does not bring: after a move, after removals.
pub fn follow(pupil: &Pupil<'_>, found_on: Date, further: Vec<Review>, rows: &mut Rows) {
    let draw = &mut pupil.draw(Stream::Planning);
    let mut reviews = cycle(pupil, found_on, draw);
    reviews.extend(between(pupil, found_on, draw));
    reviews.extend(further);
    let ends_on = ends(pupil, found_on, draw);
    let over = |day: Date| ends_on.is_some_and(|(end, _)| day > end);
    reviews.retain(|it| !over(it.held_on.unwrap_or(it.due_on)) && it.due_on > found_on);
    reviews.sort_by_key(|it| it.held_on.unwrap_or(it.due_on));
    reviews.dedup_by_key(|it| it.held_on.unwrap_or(it.due_on));
    eligible(pupil, found_on, ends_on, draw, rows);
    let mut versions = Vec::new();
    match rows.plan_meetings.last_mut() {
        Some(first) => {
            first.parent_attended = flag(draw, share::ATTENDED);
            versions.push((found_on, first.meeting.clone()));
        }
        // Found before the years on record: the last meeting before them is the oldest kept.
        None => {
            let kept = |it: &Review| it.held_on.is_some_and(|held| held < pupil.window());
            match reviews.iter().rposition(kept) {
                Some(anchor) => drop(reviews.drain(..anchor)),
                None => {
                    let first = Review::new(MeetingKind::Initial, found_on, Some(found_on));
                    reviews.insert(0, first);
                }
            }
        }
    }
    for review in &reviews {
        let number = meet(pupil, review, draw, rows);
        if let Some(held) = review.held_on.filter(|_| changes_plan(review.kind)) {
            versions.push((held, number));
        }
    }
    notify(pupil, draw, rows);
    write(pupil, &versions, ends_on.map(|(end, _)| end), draw, rows);
}

fn changes_plan(kind: MeetingKind) -> bool {
    !matches!(
        kind,
        MeetingKind::ParentRequest | MeetingKind::Manifestation
    )
}

/// The annual and triennial reviews from a first meeting on.
fn cycle(pupil: &Pupil<'_>, found_on: Date, draw: &mut Draw) -> Vec<Review> {
    let mut reviews = Vec::new();
    let (mut last, mut last_triennial) = (found_on, found_on);
    while last < pupil.calendar.as_of {
        let annual = last.saturating_add(1.year());
        let triennial = last_triennial.saturating_add(3.years());
        let is_triennial = annual >= days_after(triennial, -60);
        let (kind, due) = if is_triennial {
            (MeetingKind::Triennial, annual.min(triennial))
        } else {
            (MeetingKind::Annual, annual)
        };
        let mut review = Review::new(kind, due, None);
        if draw.chance(share::MISSED) {
            // Found out months later, if at all.
            review.held_on = Some(pupil.school_day_after(days_after(due, draw.between(80, 300))));
            review.delay_code = one_of(draw, DELAY_CODES).map(str::to_owned);
        } else if draw.chance(share::LATE) {
            review.held_on = Some(pupil.school_day_after(days_after(due, draw.between(2, 60))));
            review.delay_code = one_of(draw, DELAY_CODES).map(str::to_owned);
        } else {
            let early = draw.between(0, 34);
            review.held_on = Some(pupil.school_day_before(days_after(due, -early)));
        }
        last = review.held_on.expect("just decided");
        if is_triennial {
            last_triennial = last;
        }
        reviews.push(review);
    }
    reviews
}

/// Amendments, and meetings for which a parent asked.
fn between(pupil: &Pupil<'_>, found_on: Date, draw: &mut Draw) -> Vec<Review> {
    let mut reviews = Vec::new();
    for year in 0..3 {
        let day = days_after(pupil.window(), year * 365 + draw.between(0, 360));
        let day = pupil.school_day_after(day.max(days_after(found_on, 30)));
        if draw.chance(share::AMENDED) {
            reviews.push(Review::new(MeetingKind::Amendment, day, Some(day)));
        }
        if draw.chance(share::ASKED_FOR) {
            let due = pupil.days.tolled(pupil.source_on(day), day, 30);
            let held = if draw.chance(130) {
                pupil.school_day_after(days_after(due, draw.between(1, 25)))
            } else {
                pupil.school_day_before(days_after(due, -draw.between(0, 14)))
            };
            let mut review = Review::new(MeetingKind::ParentRequest, due, Some(held.max(day)));
            review.requested_on = Some(day);
            reviews.push(review);
        }
    }
    reviews
}

/// When and why the plan ends; none while it holds.
fn ends(pupil: &Pupil<'_>, found_on: Date, draw: &mut Draw) -> Option<(Date, EligibilityEnd)> {
    let ended = if draw.chance(180) {
        EligibilityEnd::ConsentRevoked
    } else {
        EligibilityEnd::ReturnedToGeneralEducation
    };
    let day = days_after(pupil.until(), -draw.between(20, 700));
    let day = pupil.school_day_after(day.max(days_after(found_on, 120)));
    let left = pupil.stays.left_on();
    if pupil.needs.standing == Standing::Exited && left.is_none_or(|left| day < left) {
        return Some((day, ended));
    }
    left.map(|left| (left, EligibilityEnd::Left))
}

/// The category, and perhaps another one before it.
fn eligible(
    pupil: &Pupil<'_>,
    found_on: Date,
    ends: Option<(Date, EligibilityEnd)>,
    draw: &mut Draw,
    rows: &mut Rows,
) {
    use crate::record::support::{DegreeOfSupport, Disability};
    let needs = &pupil.needs;
    let degree = if needs.extensive {
        DegreeOfSupport::Extensive
    } else {
        DegreeOfSupport::MildToModerate
    };
    let row = Eligibility {
        school: pupil.school_on(found_on),
        person: pupil.number.clone(),
        begins_on: found_on,
        ends_on: ends.map(|(end, _)| end.max(found_on)),
        disability: needs.disability,
        second_disability: needs.second,
        degree_of_support: Some(degree),
        ended: ends.map(|(_, why)| why),
    };
    let change = days_after(pupil.window(), draw.between(100, 900));
    let earlier = Disability::SpeechOrLanguageImpairment;
    let changed = draw.chance(share::CATEGORY_CHANGED)
        && needs.disability != earlier
        && found_on < days_after(change, -200)
        && row.ends_on.is_none_or(|end| end > change);
    if changed {
        rows.eligibilities.push(Eligibility {
            ends_on: Some(days_after(change, -1)),
            disability: earlier,
            second_disability: None,
            ended: Some(EligibilityEnd::CategoryChanged),
            ..row.clone()
        });
        let row = Eligibility {
            begins_on: change,
            ..row
        };
        rows.eligibilities.push(row);
    } else {
        rows.eligibilities.push(row);
    }
}

/// Writes a meeting, with the evaluation of a triennial one; its number.
fn meet(pupil: &Pupil<'_>, review: &Review, draw: &mut Draw, rows: &mut Rows) -> String {
    let day = review.held_on.unwrap_or(review.due_on);
    let school = pupil.school_on(day);
    let number = pupil.row_number('M', rows.plan_meetings.len());
    rows.plan_meetings.push(PlanMeeting {
        school: school.clone(),
        meeting: number.clone(),
        person: pupil.number.clone(),
        kind: review.kind,
        requested_on: review.requested_on,
        due_on: Some(review.due_on),
        held_on: review.held_on,
        parent_attended: flag(draw, share::ATTENDED).filter(|_| review.held_on.is_some()),
        delay_code: review.delay_code.clone(),
        extended_to: None,
    });
    if let (MeetingKind::Triennial, Some(held)) = (review.kind, review.held_on) {
        let consent = pupil.school_day_before(days_after(held, -draw.between(35, 60)));
        rows.evaluations.push(Evaluation {
            school,
            evaluation: pupil.row_number('E', rows.evaluations.len()),
            person: pupil.number.clone(),
            kind: EvaluationKind::Reevaluation,
            referral: None,
            consent_received_on: Some(consent),
            report_on: Some(days_after(held, -draw.between(2, 10))),
            meeting_held_on: Some(held),
            outcome: Some(EvaluationOutcome::Eligible),
            delay_code: review.delay_code.clone(),
            extended_to: None,
            comprehensive: flag(draw, 945),
            environment_considered: flag(draw, 930),
            consented_elsewhere: Some(YesNo::No),
            not_produced_on: None,
            stopped_on: None,
            stop_reason: None,
        });
    }
    number
}

/// Writes the attempts to bring a parent to each meeting of the years on record.
fn notify(pupil: &Pupil<'_>, draw: &mut Draw, rows: &mut Rows) {
    let since = pupil.window();
    for meeting in &rows.plan_meetings {
        let Some(held) = meeting.held_on.filter(|held| *held >= since) else {
            continue;
        };
        if draw.chance(25) {
            continue;
        }
        let came = meeting.parent_attended == Some(YesNo::Yes);
        let attempts = if came {
            one_of(draw, &[(1, 78), (2, 19), (3, 3)])
        } else {
            one_of(draw, &[(1, 10), (2, 35), (3, 55)])
        };
        let first = draw.between(15, 28);
        for attempt in 0..attempts {
            let last = attempt + 1 == attempts;
            let outcome = match (last, came) {
                (true, true) => Some(NoticeOutcome::WillAttend),
                (true, false) => one_of(
                    draw,
                    &[
                        (Some(NoticeOutcome::Declined), 50),
                        (Some(NoticeOutcome::NoAnswer), 40),
                        (None, 10),
                    ],
                ),
                (false, _) => one_of(
                    draw,
                    &[
                        (Some(NoticeOutcome::NoAnswer), 70),
                        (Some(NoticeOutcome::Reschedule), 30),
                    ],
                ),
            };
            rows.parent_notices.push(ParentNotice {
                school: meeting.school.clone(),
                meeting: meeting.meeting.clone(),
                attempt: (attempt + 1).to_string(),
                person: pupil.number.clone(),
                sent_on: days_after(held, -first + 4 * attempt),
                method: method(attempt, draw),
                language: Some(pupil.background.language.to_owned()),
                outcome,
            });
        }
    }
}

fn method(attempt: i32, draw: &mut Draw) -> NoticeMethod {
    if attempt == 0 {
        return one_of(
            draw,
            &[(NoticeMethod::Letter, 8), (NoticeMethod::Portal, 2)],
        );
    }
    one_of(
        draw,
        &[
            (NoticeMethod::Telephone, 6),
            (NoticeMethod::Email, 2),
            (NoticeMethod::Letter, 1),
            (NoticeMethod::Visit, 1),
        ],
    )
}

/// Writes the versions of the plan, each from its meeting to the day before the next one's.
fn write(
    pupil: &Pupil<'_>,
    versions: &[(Date, String)],
    ends_on: Option<Date>,
    draw: &mut Draw,
    rows: &mut Rows,
) {
    let outside = parts::percent_outside(&pupil.needs, draw);
    for (place, (begins_on, meeting)) in versions.iter().enumerate() {
        let next = versions
            .get(place + 1)
            .map(|(next, _)| days_after(*next, -1));
        let late = draw.between(0, 16);
        let consent = draw.chance(968).then(|| days_after(*begins_on, late));
        let (setting, percent_outside) = parts::setting(pupil, *begins_on, outside, draw);
        let version = SupportPlan {
            school: pupil.school_on(*begins_on),
            plan: pupil.row_number('P', place),
            person: pupil.number.clone(),
            kind: SupportPlanKind::Iep,
            begins_on: *begins_on,
            ends_on: next.or(ends_on),
            meeting: Some(meeting.clone()),
            parent_consented_on: consent,
            setting: Some(setting),
            percent_outside,
        };
        parts::transition(pupil, &version, draw, rows);
        parts::behaviour(pupil, &version, draw, rows);
        rows.support_plans.push(version);
    }
}

/// Writes a plan under Section 504.
pub fn section_504(pupil: &Pupil<'_>, rows: &mut Rows) {
    let draw = &mut pupil.draw(Stream::Planning);
    let begins_on = days_after(pupil.until(), -draw.between(30, 900));
    let first = pupil.stays.first().from;
    let begins_on = pupil.school_day_before(begins_on.max(first)).max(first);
    rows.support_plans.push(SupportPlan {
        school: pupil.school_on(begins_on),
        plan: pupil.row_number('P', 0),
        person: pupil.number.clone(),
        kind: SupportPlanKind::Section504,
        begins_on,
        ends_on: pupil.stays.left_on(),
        meeting: None,
        parent_consented_on: Some(begins_on),
        setting: None,
        percent_outside: None,
    });
}
