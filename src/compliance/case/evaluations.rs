//! Cases of referrals and evaluations.

use jiff::civil::Date;

use super::pupil::{Pupil, id, text};
use super::{Case, CaseKind, Value};
use crate::record::YesNo;
use crate::record::support::{
    Eligibility, Evaluation, EvaluationKind, EvaluationOutcome, EvaluationStop, Recorded, Referral,
    ReferralSource, SupportPlanKind,
};

/// The birthday before which a child who comes from Part C must have a plan (34 CFR 300.101(b)).
const PART_B_FROM_AGE: i16 = 3;

/// A case for each referral.
pub(super) fn referrals(pupil: &Pupil<'_>) -> Vec<Case> {
    let referrals = pupil.support(&pupil.record.referrals);
    referrals
        .filter(|referral| referral.row.referred_on <= pupil.around.as_of)
        .map(|referral| of_referral(pupil, referral))
        .collect()
}

fn of_referral(pupil: &Pupil<'_>, recorded: &Recorded<Referral>) -> Case {
    let Referral {
        school,
        referral,
        referred_by,
        referred_on,
        part_c_referred_on,
        assessment_plan_sent_on,
        consent_received_on,
        consent_refused_on,
        withdrawn_on,
        ..
    } = &recorded.row;
    let around = pupil.around;
    let mut case = Case::new(
        CaseKind::Referral,
        id("referral", &recorded.source, referral),
    );
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, *referred_on);
    case.set("referred_by", Value::Code(referred_by.code()));
    case.set("referred_on", *referred_on);
    for (field, day) in [
        ("assessment_plan_sent_on", assessment_plan_sent_on),
        ("consent_received_on", consent_received_on),
        ("consent_refused_on", consent_refused_on),
        ("withdrawn_on", withdrawn_on),
        ("part_c_referred_on", part_c_referred_on),
    ] {
        case.know(field, around.happened(*day));
    }
    case.know("third_birthday", pupil.born_on().and_then(third_birthday));
    if let Some(found) = evaluation_of(pupil, recorded) {
        let held = around.happened(found.row.meeting_held_on);
        let outcome = found.row.outcome.filter(|_| held.is_some());
        case.know(
            "eligible",
            outcome.map(|it| it == EvaluationOutcome::Eligible),
        );
        let is_not = outcome == Some(EvaluationOutcome::NotEligible);
        case.know("not_eligible_on", held.filter(|_| is_not));
        let not_produced = around.happened(found.row.not_produced_on);
        case.know("not_produced_on", not_produced);
        case.reads(pupil.around, found);
    }
    let first_plan = pupil
        .support(&pupil.record.support_plans)
        .filter(|plan| plan.row.kind == SupportPlanKind::Iep)
        .filter(|plan| plan.row.begins_on >= *referred_on && plan.row.begins_on <= around.as_of)
        .min_by_key(|plan| (plan.row.begins_on, &plan.row.plan, &plan.source));
    if let Some(plan) = first_plan {
        case.reads(around, plan);
        case.set("first_plan_on", plan.row.begins_on);
    }
    case
}

/// A third birthday; that of a child born on 29 February is 1 March of a year without one.
fn third_birthday(born: Date) -> Option<Date> {
    let year = born.year() + PART_B_FROM_AGE;
    let same_day = Date::new(year, born.month(), born.day());
    same_day.or_else(|_| Date::new(year, 3, 1)).ok()
}

/// The evaluation that answers a referral.
fn evaluation_of<'a>(
    pupil: &Pupil<'a>,
    referral: &Recorded<Referral>,
) -> Option<&'a Recorded<Evaluation>> {
    pupil
        .support(&pupil.record.evaluations)
        .filter(|it| it.source == referral.source)
        .find(|it| it.row.referral.as_ref() == Some(&referral.row.referral))
}

/// A case for each evaluation for which consent was given, whether or not anybody began it: a
/// consent of a referral that no evaluation answers opens its clock as well.
pub(super) fn evaluations(pupil: &Pupil<'_>) -> Vec<Case> {
    let evaluations = pupil.support(&pupil.record.evaluations);
    let evaluations = evaluations.filter(|it| has_begun(pupil, it));
    let mut cases: Vec<Case> = evaluations.map(|it| of_evaluation(pupil, it)).collect();
    for referral in pupil.support(&pupil.record.referrals) {
        let consent = pupil.around.happened(referral.row.consent_received_on);
        if let Some(consent) = consent.filter(|day| !is_answered(pupil, referral, *day)) {
            cases.push(of_consent(pupil, referral, consent));
        }
    }
    cases
}

fn has_begun(pupil: &Pupil<'_>, recorded: &Recorded<Evaluation>) -> bool {
    let begun_on = consent_of(pupil, recorded).or(recorded.row.meeting_held_on);
    begun_on.is_some_and(|day| day <= pupil.around.as_of)
}

/// When consent to an evaluation came: as its row says, or else as its referral's does.
fn consent_of(pupil: &Pupil<'_>, recorded: &Recorded<Evaluation>) -> Option<Date> {
    let of_referral = || referral_of(pupil, recorded)?.row.consent_received_on;
    recorded.row.consent_received_on.or_else(of_referral)
}

/// The referral that an evaluation names.
fn referral_of<'a>(
    pupil: &Pupil<'a>,
    recorded: &Recorded<Evaluation>,
) -> Option<&'a Recorded<Referral>> {
    let number = recorded.row.referral.as_ref()?;
    let mut referrals = pupil.support(&pupil.record.referrals);
    referrals.find(|it| it.source == recorded.source && it.row.referral == *number)
}

/// Whether the records have the evaluation to which a referral's consent was given: one that names
/// the referral. One that names none of that system answers it where its own consent is of the same
/// day, or where it says none and the team met on that day or later.
fn is_answered(pupil: &Pupil<'_>, referral: &Recorded<Referral>, consent: Date) -> bool {
    let evaluations = pupil.support(&pupil.record.evaluations);
    let mut begun = evaluations.filter(|it| has_begun(pupil, it));
    begun.any(|it| {
        let named = it
            .row
            .referral
            .as_ref()
            .filter(|_| it.source == referral.source);
        match (named, it.row.consent_received_on) {
            (Some(number), _) => *number == referral.row.referral,
            (None, Some(own)) => own == consent,
            (None, None) => it.row.meeting_held_on.is_some_and(|held| held >= consent),
        }
    })
}

/// A consent to an evaluation of which the records have nothing: open, unless it was taken back.
fn of_consent(pupil: &Pupil<'_>, recorded: &Recorded<Referral>, consent: Date) -> Case {
    let around = pupil.around;
    let name = id("consent", &recorded.source, &recorded.row.referral);
    let mut case = Case::new(CaseKind::Evaluation, name);
    case.reads(around, recorded);
    pupil.describe(&mut case, &recorded.row.school, consent);
    let has_iep = pupil.iep_on(consent).is_some();
    let kind = match recorded.row.referred_by {
        ReferralSource::PartC => EvaluationKind::PartCToB,
        _ if has_iep => EvaluationKind::Reevaluation,
        _ => EvaluationKind::Initial,
    };
    // Where no system tells of evaluations, nobody knows whether there was none.
    let is_told = pupil.support_sends("evaluations");
    case.know("kind", is_told.then(|| Value::Code(kind.code())));
    case.set("consent_received_on", consent);
    let withdrawn = around.happened(recorded.row.withdrawn_on);
    case.set("stopped", withdrawn.is_some());
    if withdrawn.is_some() {
        case.know("stopped_on", withdrawn);
        let reason = EvaluationStop::ConsentWithdrawn;
        case.set("stop_reason", Value::Code(reason.code()));
        case.set("outcome", Value::Code(EvaluationOutcome::Stopped.code()));
    }
    with_referral(pupil, &mut case, recorded);
    case
}

/// What the referral before an evaluation says of it.
fn with_referral(pupil: &Pupil<'_>, case: &mut Case, referral: &Recorded<Referral>) {
    case.reads(pupil.around, referral);
    let Referral {
        referred_by,
        referred_on,
        ..
    } = &referral.row;
    case.set("referred_by", Value::Code(referred_by.code()));
    let referred_on = pupil.around.happened(Some(*referred_on));
    case.know("referred_on", referred_on);
}

fn of_evaluation(pupil: &Pupil<'_>, recorded: &Recorded<Evaluation>) -> Case {
    let Evaluation {
        school,
        evaluation,
        kind,
        report_on,
        meeting_held_on,
        outcome,
        delay_code,
        extended_to,
        comprehensive,
        environment_considered,
        consented_elsewhere,
        not_produced_on,
        stopped_on,
        stop_reason,
        ..
    } = &recorded.row;
    let around = pupil.around;
    let name = id("evaluation", &recorded.source, evaluation);
    let mut case = Case::new(CaseKind::Evaluation, name);
    case.reads(pupil.around, recorded);
    let consent = consent_of(pupil, recorded);
    let day = consent.or(*meeting_held_on);
    pupil.describe(&mut case, school, day.unwrap_or(around.as_of));
    case.set("kind", Value::Code(kind.code()));
    for (field, day) in [
        ("consent_received_on", &consent),
        ("report_on", report_on),
        ("meeting_held_on", meeting_held_on),
        ("not_produced_on", not_produced_on),
    ] {
        case.know(field, around.happened(*day));
    }
    let held = around.happened(*meeting_held_on);
    if case.get("disability").is_none()
        && let Some(found) = found_eligible(pupil, held, *outcome)
    {
        pupil.with_eligibility(&mut case, found);
    }
    // One that was stopped after the day of the report went on for it.
    let goes_on = stopped_on.is_some_and(|day| day > around.as_of);
    let stopped = *outcome == Some(EvaluationOutcome::Stopped) && !goes_on;
    let is_told = !stopped || (stopped_on.is_some() && stop_reason.is_some());
    case.know("stopped", is_told.then_some(stopped));
    if stopped {
        case.know("stopped_on", *stopped_on);
        case.know("stop_reason", stop_reason.map(|it| Value::Code(it.code())));
    }
    let ended = match outcome {
        Some(EvaluationOutcome::Stopped) => outcome.filter(|_| stopped),
        other => other.filter(|_| held.is_some()),
    };
    case.know("outcome", ended.map(|it| Value::Code(it.code())));
    case.know("delay_code", delay_code.as_deref().map(text));
    case.know("extended_to", *extended_to);
    // What an evaluation covered is decided when the team met over it.
    let decided = |flag: Option<YesNo>| flag.filter(|_| held.is_some());
    case.know("comprehensive", decided(*comprehensive));
    case.know("environment_considered", decided(*environment_considered));
    if let Some(consent) = consent {
        let moved_in = moved_in_after(pupil, consent, *consented_elsewhere);
        case.know("moved_in_after_consent", moved_in);
    }
    if let Some(referral) = referral_of(pupil, recorded) {
        with_referral(pupil, &mut case, referral);
    }
    case
}

/// The category that an evaluation found: an initial one begins before the child has any.
fn found_eligible<'a>(
    pupil: &Pupil<'a>,
    held: Option<Date>,
    outcome: Option<EvaluationOutcome>,
) -> Option<&'a Recorded<Eligibility>> {
    let held = held.filter(|_| outcome == Some(EvaluationOutcome::Eligible))?;
    let later = || {
        let rows = pupil.support(&pupil.record.eligibilities);
        let is_later = |day: Date| held <= day && day <= pupil.around.as_of;
        rows.filter(|it| is_later(it.row.begins_on))
            .min_by_key(|it| (it.row.begins_on, it.row.disability, &it.source))
    };
    pupil.eligibility_on(held).or_else(later)
}

/// Whether a child came from another agency to which consent had been given, before that decided:
/// the only move that lifts the sixty days (34 CFR 300.301(d)(2), Ed. Code 56302.1(b)(1)). That
/// the first enrolment is later than consent does not say so: a parent may consent before a child's
/// first day at any school. Unknown where nothing says to whom consent was given, unless the child
/// was at a school of the records by then.
fn moved_in_after(pupil: &Pupil<'_>, day: Date, elsewhere: Option<YesNo>) -> Option<bool> {
    let enrolments = pupil.enrolments();
    let first = enrolments.first().map(|it| it.row.entered_on);
    let came_later = first.map(|first| first > day);
    match (elsewhere, came_later) {
        (Some(YesNo::No), _) | (_, Some(false)) => Some(false),
        (Some(YesNo::Yes), later) => later,
        (None, _) => None,
    }
}
