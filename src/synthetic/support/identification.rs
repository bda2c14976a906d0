//! How a disability is found: referral, consent, evaluation, the first meeting.
//!
//! Most are timely under the clocks of the Education Code, some are late with and without an
//! accepted reason, some were never finished. Evaluations of young children come from the programme
//! for infants and toddlers; the roll begins at transitional kindergarten, so that only children
//! who are enrolled by now have such a referral.

use jiff::ToSpan;
use jiff::civil::Date;

use super::needs::Standing;
use super::pupil::{Pupil, flag, one_of};
use super::rows::Rows;
use crate::record::YesNo;
use crate::record::support::{
    Evaluation, EvaluationKind, EvaluationOutcome, EvaluationStop, MeetingKind, PlanMeeting,
    Referral, ReferralSource,
};
use crate::synthetic::calendar::{days_after, days_between, first_day};
use crate::synthetic::draw::Draw;

/// How many of a thousand.
mod share {
    pub const PART_C: u32 = 750;
    pub const PLAN_LATE: u32 = 90;
    pub const PLAN_NEVER: u32 = 25;
    pub const REFUSED: u32 = 140;
    pub const WITHDRAWN: u32 = 60;
    pub const STOPPED: u32 = 50;
    pub const EXTENDED: u32 = 20;
    pub const LATE: u32 = 135;
    pub const NEVER: u32 = 45;
    pub const MOVED_IN: u32 = 850;
}

/// Reasons for a delay as the state's files code them, and how common each is; `90` is none of the
/// accepted ones.
pub const DELAY_CODES: &[(Option<&str>, u32)] = &[
    (Some("10"), 22),
    (Some("20"), 14),
    (Some("30"), 12),
    (Some("90"), 27),
    (None, 25),
];

/// What is decided of a first evaluation before its rows are written.
struct Steps {
    kind: EvaluationKind,
    consent: Date,
    due: Date,
    held: Option<Date>,
    delay_code: Option<String>,
    extended_to: Option<Date>,
    consented_elsewhere: YesNo,
}

/// Makes a referral and what came of it; the day of the first meeting, where the child was found
/// eligible.
pub fn initial(pupil: &Pupil<'_>, draw: &mut Draw, rows: &mut Rows) -> Option<Date> {
    let lately = pupil.arrived && pupil.stays.first().from >= pupil.window();
    let evaluated = matches!(pupil.needs.standing, Standing::Iep | Standing::NotEligible);
    if lately && evaluated && draw.chance(share::MOVED_IN) {
        return moved_in(pupil, draw, rows);
    }
    let part_c = part_c(pupil, draw);
    let referred = match part_c {
        Some(referred) => referred,
        None => pupil.school_day_after(referred_on(pupil, draw)),
    };
    let consent = refer(pupil, referred, part_c.is_some(), draw, rows)?;
    let steps = steps(pupil, consent, part_c.is_some(), draw);
    let lost = pupil.needs.standing == Standing::Lost;
    let steps = Steps {
        held: steps.held.filter(|_| !lost),
        ..steps
    };
    evaluate(pupil, &steps, !rows.referrals.is_empty(), draw, rows)
}

/// The day of a referral from the programme for infants and toddlers: at least 90 days before the
/// third birthday, mostly.
fn part_c(pupil: &Pupil<'_>, draw: &mut Draw) -> Option<Date> {
    let third = pupil.student.birth_date.saturating_add(3.years());
    let young = pupil.student.grade <= 0 && pupil.needs.has_had_iep();
    let known = third >= days_after(pupil.window(), 95) && third <= pupil.until();
    let early = if draw.chance(850) {
        draw.between(91, 180)
    } else {
        draw.between(20, 85)
    };
    (young && known && draw.chance(share::PART_C)).then(|| days_after(third, -early))
}

/// The day of another referral.
fn referred_on(pupil: &Pupil<'_>, draw: &mut Draw) -> Date {
    let first = pupil.window().max(pupil.stays.first().from);
    let last_move = pupil.stays.moves().last();
    let standing = pupil.needs.standing;
    if let Some(change) = last_move.filter(|_| pupil.needs.astride || standing == Standing::Lost) {
        let left = change.before.and_then(|stay| stay.to);
        let left = left.unwrap_or(change.after.from);
        // Consent before the move, the meeting only after it.
        return days_after(left, -draw.between(28, 45));
    }
    if standing == Standing::Open {
        let year = first.max(first_day(pupil.calendar.current));
        return days_after(
            year,
            draw.between(0, days_between(year, pupil.until()).max(1)),
        );
    }
    let days = days_between(first, pupil.until()) - 130;
    days_after(first, draw.between(0, days.max(1)))
}

/// Writes the referral; the day on which written consent came.
fn refer(
    pupil: &Pupil<'_>,
    referred_on: Date,
    part_c: bool,
    draw: &mut Draw,
    rows: &mut Rows,
) -> Option<Date> {
    let found = pupil.needs.has_had_iep();
    let sent = if !found && draw.chance(share::PLAN_NEVER) {
        None
    } else if draw.chance(share::PLAN_LATE) {
        Some(draw.between(16, 40))
    } else {
        Some(draw.between(2, 13))
    };
    let sent = sent.map(|days| pupil.school_day_after(days_after(referred_on, days)));
    let hurried = pupil.needs.astride || pupil.needs.standing == Standing::Lost;
    let answer = draw.between(1, if hurried { 8 } else { 21 });
    let answered = sent.map(|sent| pupil.school_day_after(days_after(sent, answer)));
    let decides = pupil.needs.standing != Standing::Lost && !found;
    let refused = decides && draw.chance(share::REFUSED);
    let withdrawn = decides && !refused && draw.chance(share::WITHDRAWN);
    let consent = answered.filter(|_| !refused && !withdrawn);
    let by = &[
        (ReferralSource::Parent, 46),
        (ReferralSource::Staff, 47),
        (ReferralSource::Agency, 4),
        (ReferralSource::Other, 3),
    ];
    let by = one_of(draw, by);
    let before = draw.between(150, 600);
    rows.referrals.push(Referral {
        school: pupil.school_on(referred_on),
        referral: pupil.row_number('R', rows.referrals.len()),
        person: pupil.number.clone(),
        referred_by: if part_c { ReferralSource::PartC } else { by },
        referred_on,
        part_c_referred_on: part_c.then(|| days_after(referred_on, -before)),
        assessment_plan_sent_on: sent,
        consent_received_on: consent,
        consent_refused_on: answered.filter(|_| refused),
        withdrawn_on: answered.filter(|_| withdrawn),
    });
    consent
}

/// When the team meets over an evaluation, and why so late.
fn steps(pupil: &Pupil<'_>, consent: Date, part_c: bool, draw: &mut Draw) -> Steps {
    let due = pupil.days.evaluation_due(pupil.source_on(consent), consent);
    let third = pupil.student.birth_date.saturating_add(3.years());
    let due = if part_c {
        third.max(days_after(consent, 10))
    } else {
        due
    };
    let kind = if part_c {
        EvaluationKind::PartCToB
    } else {
        EvaluationKind::Initial
    };
    let never = !pupil.needs.has_had_iep() && draw.chance(share::NEVER);
    let late = draw.chance(share::LATE);
    let extended = draw.chance(share::EXTENDED);
    let days = days_between(consent, due);
    let timely = days_after(consent, days * draw.between(45, 100) / 100);
    let held = if late || extended {
        let after = draw.between(1, if extended { 13 } else { 60 });
        pupil.school_day_after(days_after(due, after))
    } else if part_c {
        timely
    } else {
        pupil.school_day_before(timely).max(days_after(consent, 1))
    };
    let code = if part_c && draw.chance(300) {
        Some("40")
    } else {
        one_of(draw, DELAY_CODES)
    };
    Steps {
        kind,
        consent,
        due,
        held: (!never).then_some(held),
        delay_code: code.filter(|_| late && !extended).map(str::to_owned),
        extended_to: extended.then(|| days_after(due, 14)),
        consented_elsewhere: YesNo::No,
    }
}

/// Writes the evaluation and its meeting; the day of the meeting, where the child is eligible.
fn evaluate(
    pupil: &Pupil<'_>,
    steps: &Steps,
    referred: bool,
    draw: &mut Draw,
    rows: &mut Rows,
) -> Option<Date> {
    let found = pupil.needs.has_had_iep();
    let stopped = !found && steps.held.is_some() && draw.chance(share::STOPPED);
    // Nobody met over a child who had left.
    let there = |held: &Date| pupil.stays.left_on().is_none_or(|left| *held <= left);
    let held = steps.held.filter(there).filter(|_| !stopped);
    let outcome = match (stopped, held) {
        (true, _) => Some(EvaluationOutcome::Stopped),
        (false, None) => None,
        (false, Some(_)) if found => Some(EvaluationOutcome::Eligible),
        (false, Some(_)) => Some(EvaluationOutcome::NotEligible),
    };
    let report = held.map(|held| days_after(held, -draw.between(2, 12)).max(steps.consent));
    let lost = pupil.needs.standing == Standing::Lost;
    let day = held.unwrap_or(steps.consent);
    let school = pupil.school_on(if lost { steps.consent } else { day });
    rows.evaluations.push(Evaluation {
        school: school.clone(),
        evaluation: pupil.row_number('E', rows.evaluations.len()),
        person: pupil.number.clone(),
        kind: steps.kind,
        referral: referred.then(|| pupil.row_number('R', 0)),
        consent_received_on: Some(steps.consent),
        report_on: report,
        meeting_held_on: held,
        outcome,
        delay_code: steps.delay_code.clone(),
        extended_to: steps.extended_to,
        comprehensive: flag(draw, 945).filter(|_| held.is_some()),
        environment_considered: flag(draw, 925).filter(|_| held.is_some()),
        consented_elsewhere: Some(steps.consented_elsewhere),
        not_produced_on: None,
        stopped_on: steps.held.filter(|_| stopped).map(|day| {
            let left = pupil.stays.left_on().unwrap_or(day);
            day.min(left).max(steps.consent)
        }),
        stop_reason: stopped.then(|| match there(&steps.held.unwrap_or(steps.consent)) {
            true => EvaluationStop::ConsentWithdrawn,
            false => EvaluationStop::EnrolledElsewhere,
        }),
    });
    if !stopped && !lost {
        rows.plan_meetings.push(PlanMeeting {
            school,
            meeting: pupil.row_number('M', rows.plan_meetings.len()),
            person: pupil.number.clone(),
            kind: MeetingKind::Initial,
            requested_on: None,
            due_on: Some(steps.due),
            held_on: held,
            parent_attended: None,
            delay_code: steps.delay_code.clone(),
            extended_to: steps.extended_to,
        });
    }
    held.filter(|_| found)
}

/// A child who came after consent was given elsewhere: the district and the parents agreed on a
/// day (34 CFR 300.301(d)(2)).
fn moved_in(pupil: &Pupil<'_>, draw: &mut Draw, rows: &mut Rows) -> Option<Date> {
    let came = pupil.stays.first().from;
    let consent = days_after(came, -draw.between(8, 45));
    let agreed = days_after(came, 60);
    let held = pupil.school_day_after(days_after(came, draw.between(25, 64)));
    let steps = Steps {
        kind: EvaluationKind::Initial,
        consent,
        due: pupil.days.evaluation_due(pupil.source_on(came), consent),
        held: Some(held),
        delay_code: Some("30".to_owned()),
        extended_to: Some(agreed),
        consented_elsewhere: YesNo::Yes,
    };
    evaluate(pupil, &steps, false, draw, rows)
}
