//! Cases that are a pupil: enrolled on the day of the count, leaving for good, tested.

use jiff::civil::Date;

use super::pupil::{Pupil, row};
use super::{Case, CaseKind, Value};
use crate::record::support::{
    AssessmentResult, BehaviourPlan, Evaluation, Recorded, RemovalKind, SupportPlan, TransitionPlan,
};
use crate::record::{DayCount, Enrolment, ExitReason};

/// A case of a pupil who is enrolled on the day of the count.
pub(super) fn enrolled(pupil: &Pupil<'_>) -> Vec<Case> {
    let day = pupil.around.count_day.min(pupil.around.as_of);
    let Some(enrolment) = pupil.enrolment_on(day) else {
        return Vec::new();
    };
    let Enrolment { school, person, .. } = &enrolment.row;
    let mut case = Case::new(CaseKind::Pupil, format!("pupil/{}", pupil.record.id));
    let entered_on = enrolment.row.entered_on.to_string();
    let named = row("enrolments", school, person, &entered_on);
    case.rows.push(named.of_source(&enrolment.source));
    pupil.describe(&mut case, school, day);
    let residence = pupil
        .student(&pupil.record.residences)
        .filter(|it| it.row.begins_on <= day && it.row.ends_on.is_none_or(|end| end >= day))
        .max_by_key(|it| (it.row.begins_on, &it.source));
    let at_home = residence.map(|it| it.row.residence_school == *school);
    case.know("at_home_school", at_home);
    if let Some(plan) = pupil.plan_on(day) {
        planned(pupil, &mut case, plan, day);
    }
    removed(pupil, &mut case);
    last_evaluation(pupil, &mut case, day);
    vec![case]
}

/// What the version of the plan in force says.
fn planned(pupil: &Pupil<'_>, case: &mut Case, recorded: &Recorded<SupportPlan>, day: Date) {
    let SupportPlan {
        school,
        plan,
        person,
        kind,
        begins_on,
        setting,
        percent_outside,
        ..
    } = &recorded.row;
    case.about(recorded, row("support_plans", school, person, plan));
    case.set("plan_kind", Value::Code(kind.code()));
    case.set("plan_begins_on", *begins_on);
    case.know("setting", setting.map(|it| Value::Code(it.code())));
    case.know("percent_outside", *percent_outside);
    let transition = pupil
        .support(&pupil.record.transition_plans)
        .find(|it| it.source == recorded.source && it.row.plan == *plan);
    case.set("has_transition_plan", transition.is_some());
    if let Some(transition) = transition {
        with_transition(pupil, case, transition);
    }
    let behaviour = pupil
        .support(&pupil.record.behaviour_plans)
        .find(|it| it.source == recorded.source && it.row.plan == *plan);
    if let Some(behaviour) = behaviour {
        let BehaviourPlan {
            considered_on,
            made_on,
            ..
        } = &behaviour.row;
        let by_then = |it: &Date| *it <= day;
        case.know("behaviour_considered_on", considered_on.filter(by_then));
        case.know("behaviour_plan_made_on", made_on.filter(by_then));
    }
}

fn with_transition(pupil: &Pupil<'_>, case: &mut Case, recorded: &Recorded<TransitionPlan>) {
    let TransitionPlan {
        school,
        plan,
        person,
        updated_on,
        assessed_on,
        measurable_goals,
        services,
        courses_of_study,
        annual_goals,
        pupil_invited,
        agency_invited,
        booklet_given_on,
    } = &recorded.row;
    let named = row("transition_plans", school, person, plan);
    case.rows.push(named.of_source(&recorded.source));
    for (field, day) in [
        ("transition_updated_on", updated_on),
        ("transition_assessed_on", assessed_on),
        ("booklet_given_on", booklet_given_on),
    ] {
        case.know(field, pupil.around.happened(*day));
    }
    for (field, flag) in [
        ("measurable_goals", measurable_goals),
        ("transition_services", services),
        ("courses_of_study", courses_of_study),
        ("annual_goals", annual_goals),
        ("pupil_invited", pupil_invited),
        ("agency_invited", agency_invited),
    ] {
        case.know(field, *flag);
    }
}

/// Suspensions and expulsions of the period.
fn removed(pupil: &Pupil<'_>, case: &mut Case) {
    let around = pupil.around;
    let in_period = |day: Date| around.period.has(day) && day <= around.as_of;
    let (mut suspensions, mut out, mut removed, mut expelled) =
        (0, DayCount::ZERO, DayCount::ZERO, false);
    let removals = pupil.student(&pupil.record.removals);
    for recorded in removals.filter(|it| in_period(it.row.begins_on)) {
        let days = recorded.row.days;
        match recorded.row.kind {
            RemovalKind::InSchoolSuspension => suspensions += 1,
            RemovalKind::OutOfSchoolSuspension => {
                suspensions += 1;
                out = out + days;
            }
            RemovalKind::Expulsion => expelled = true,
            RemovalKind::InterimSetting => continue,
        }
        removed = removed + days;
    }
    case.set("suspensions", suspensions);
    case.set("days_suspended_out", out);
    case.set("days_removed", removed);
    case.set("expelled", expelled);
}

fn last_evaluation(pupil: &Pupil<'_>, case: &mut Case, day: Date) {
    let held_by_then =
        |it: &&Recorded<Evaluation>| it.row.meeting_held_on.is_some_and(|held| held <= day);
    let last = pupil
        .support(&pupil.record.evaluations)
        .filter(held_by_then)
        .max_by_key(|it| (it.row.meeting_held_on, &it.row.evaluation, &it.source));
    if let Some(last) = last {
        case.know("evaluation_comprehensive", last.row.comprehensive);
        case.know("environment_considered", last.row.environment_considered);
    }
}

/// A case of a pupil whose last enrolment ended for good.
pub(super) fn exit(pupil: &Pupil<'_>) -> Vec<Case> {
    let enrolments = pupil.enrolments();
    let Some(last) = enrolments.last() else {
        return Vec::new();
    };
    let Enrolment {
        school,
        person,
        entered_on,
        left_on,
        exit_reason,
        ..
    } = &last.row;
    let stays = [ExitReason::Transferred, ExitReason::YearEnd];
    let ended = exit_reason.filter(|reason| !stays.contains(reason));
    let (Some(left_on), Some(reason)) = (pupil.around.happened(*left_on), ended) else {
        return Vec::new();
    };
    let mut case = Case::new(CaseKind::Exit, format!("exit/{}", pupil.record.id));
    let named = row("enrolments", school, person, &entered_on.to_string());
    case.about(last, named);
    pupil.describe(&mut case, school, left_on);
    case.set("exit_reason", Value::Code(reason.code()));
    case.set("exited_on", left_on);
    vec![case]
}

/// A case for each subject and year in which a pupil was to be tested.
pub(super) fn assessments(pupil: &Pupil<'_>) -> Vec<Case> {
    let tested = |it: &&Recorded<AssessmentResult>| tested_on(&it.row) <= pupil.around.as_of;
    let rows = pupil.student(&pupil.record.assessments).filter(tested);
    rows.map(|it| of_assessment(pupil, it)).collect()
}

/// The day that stands for the tests of a school year: the last of April, when they are given in
/// spring; rows tell the year alone.
fn tested_on(row: &AssessmentResult) -> Date {
    let year = row.school_year.begins_in() + 1;
    Date::new(year, 4, 30).unwrap_or(Date::MAX)
}

fn of_assessment(pupil: &Pupil<'_>, recorded: &Recorded<AssessmentResult>) -> Case {
    let AssessmentResult {
        school,
        person,
        school_year,
        subject,
        grade_level,
        participation,
        accommodation,
        level,
    } = &recorded.row;
    let name = format!("{}/{subject}", school_year.begins_in());
    let id = format!("assessment/{}/{}/{name}", recorded.source, pupil.record.id);
    let mut case = Case::new(CaseKind::Assessment, id);
    case.about(recorded, row("assessments", school, person, &name));
    pupil.describe(&mut case, school, tested_on(&recorded.row));
    case.set("tested_on", tested_on(&recorded.row));
    case.set("subject", Value::Code(subject.code()));
    case.set("tested_grade", Value::Count(grade_level.number().into()));
    case.set("participation", Value::Code(participation.code()));
    case.know(
        "accommodation",
        accommodation.map(|it| Value::Code(it.code())),
    );
    case.know("level", level.map(|it| Value::Code(it.code())));
    case.set("school_year", i64::from(school_year.begins_in()));
    case
}
