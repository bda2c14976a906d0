//! Cases of referrals and evaluations.

use jiff::civil::Date;

use super::pupil::{Pupil, id, row, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{
    Evaluation, EvaluationOutcome, Recorded, Referral, SupportPlan, SupportPlanKind,
};
use crate::record::{RowName, YesNo};

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
        person,
        referred_by,
        referred_on,
        part_c_referred_on,
        assessment_plan_sent_on,
        consent_received_on,
        consent_refused_on,
        withdrawn_on,
    } = &recorded.row;
    let around = pupil.around;
    let mut case = Case::new(
        CaseKind::Referral,
        id("referral", &recorded.source, referral),
    );
    case.about(recorded, row("referrals", school, person, referral));
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
        case.rows.push(of_row(found));
    }
    let first_plan = pupil
        .support(&pupil.record.support_plans)
        .filter(|plan| plan.row.kind == SupportPlanKind::Iep)
        .filter(|plan| plan.row.begins_on >= *referred_on)
        .filter(|plan| plan.row.begins_on <= around.as_of)
        .min_by_key(|plan| (plan.row.begins_on, &plan.row.plan, &plan.source));
    if let Some(plan) = first_plan {
        with_plan(&mut case, plan);
    }
    case
}

/// The plan that followed a referral: told of as late as its first row came. That a later version
/// ended it changes nothing of when it began.
fn with_plan(case: &mut Case, recorded: &Recorded<SupportPlan>) {
    let SupportPlan {
        school,
        plan,
        person,
        begins_on,
        ..
    } = &recorded.row;
    case.set("first_plan_on", *begins_on);
    let named = row("support_plans", school, person, plan);
    case.rows.push(named.of_source(&recorded.source));
    if let Some(entered) = &mut case.entered {
        entered.last = entered.last.max(recorded.first_recorded_at);
    }
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

fn of_row(recorded: &Recorded<Evaluation>) -> RowName {
    let Evaluation {
        school,
        person,
        evaluation,
        ..
    } = &recorded.row;
    row("evaluations", school, person, evaluation).of_source(&recorded.source)
}

/// A case for each evaluation for which consent was given.
pub(super) fn evaluations(pupil: &Pupil<'_>) -> Vec<Case> {
    let begun = |it: &&Recorded<Evaluation>| {
        let begun_on = it.row.consent_received_on.or(it.row.meeting_held_on);
        begun_on.is_some_and(|day| day <= pupil.around.as_of)
    };
    let evaluations = pupil.support(&pupil.record.evaluations).filter(begun);
    evaluations.map(|it| of_evaluation(pupil, it)).collect()
}

fn of_evaluation(pupil: &Pupil<'_>, recorded: &Recorded<Evaluation>) -> Case {
    let Evaluation {
        school,
        evaluation,
        person,
        kind,
        referral,
        consent_received_on,
        report_on,
        meeting_held_on,
        outcome,
        delay_code,
        extended_to,
        comprehensive,
        environment_considered,
        consented_elsewhere,
    } = &recorded.row;
    let around = pupil.around;
    let name = id("evaluation", &recorded.source, evaluation);
    let mut case = Case::new(CaseKind::Evaluation, name);
    case.about(recorded, row("evaluations", school, person, evaluation));
    let day = consent_received_on.or(*meeting_held_on);
    pupil.describe(&mut case, school, day.unwrap_or(around.as_of));
    case.set("kind", Value::Code(kind.code()));
    for (field, day) in [
        ("consent_received_on", consent_received_on),
        ("report_on", report_on),
        ("meeting_held_on", meeting_held_on),
    ] {
        case.know(field, around.happened(*day));
    }
    let held = around.happened(*meeting_held_on);
    let ended = outcome.filter(|it| held.is_some() || *it == EvaluationOutcome::Stopped);
    case.know("outcome", ended.map(|it| Value::Code(it.code())));
    case.know("delay_code", delay_code.as_deref().map(text));
    case.know("extended_to", *extended_to);
    // What an evaluation covered is decided when the team met over it.
    let decided = |flag: Option<YesNo>| flag.filter(|_| held.is_some());
    case.know("comprehensive", decided(*comprehensive));
    case.know("environment_considered", decided(*environment_considered));
    if let Some(consent) = consent_received_on {
        let moved_in = moved_in_after(pupil, *consent, *consented_elsewhere);
        case.know("moved_in_after_consent", moved_in);
    }
    let referral = referral.as_ref().and_then(|number| {
        let mut referrals = pupil.support(&pupil.record.referrals);
        referrals.find(|it| it.source == recorded.source && it.row.referral == *number)
    });
    if let Some(referral) = referral {
        let Referral {
            school,
            referral: number,
            person,
            referred_by,
            referred_on,
            ..
        } = &referral.row;
        case.set("referred_by", Value::Code(referred_by.code()));
        case.know("referred_on", around.happened(Some(*referred_on)));
        let named = row("referrals", school, person, number);
        case.rows.push(named.of_source(&referral.source));
    }
    case
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
