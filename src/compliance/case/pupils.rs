//! Cases that are a pupil: enrolled on the day of the count, leaving for good, tested.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::conduct;
use super::pupil::{Pupil, ends_for_good};
use super::{Case, CaseKind, Span, Value};
use crate::record::support::{
    AssessmentResult, AssessmentSubject, Evaluation, NamedRow, Participation, Recorded, Removal,
    RemovalKind, SupportPlan, TransitionPlan,
};
use crate::record::{DayCount, Enrolment, ExitReason};

/// A case of a pupil who is enrolled on the day of the count: one in each year of reports, named by
/// the calendar year in which it begins.
pub(super) fn enrolled(pupil: &Pupil<'_>) -> Vec<Case> {
    let day = pupil.around.count_day.min(pupil.around.as_of);
    let Some(enrolment) = pupil.enrolment_on(day) else {
        return Vec::new();
    };
    let school = &enrolment.row.school;
    let year = pupil.around.period.begins.year();
    let name = format!("pupil/{}/{year}", pupil.record.id);
    let mut case = Case::new(CaseKind::Pupil, name);
    case.reads(pupil.around, enrolment);
    pupil.describe(&mut case, school, day);
    let residence = pupil
        .student(&pupil.record.residences)
        .filter(|it| it.row.begins_on <= day && it.row.ends_on.is_none_or(|end| end >= day))
        .max_by_key(|it| (it.row.begins_on, &it.source));
    if let Some(residence) = residence {
        case.reads(pupil.around, residence);
        let at_home = residence.row.residence_school == *school;
        case.set("at_home_school", at_home);
    }
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
        plan,
        kind,
        begins_on,
        setting,
        percent_outside,
        ..
    } = &recorded.row;
    case.reads(pupil.around, recorded);
    case.set("plan_kind", Value::Code(kind.code()));
    case.set("plan_begins_on", *begins_on);
    case.know("setting", setting.map(|it| Value::Code(it.code())));
    case.know("percent_outside", *percent_outside);
    let transition = pupil
        .support(&pupil.record.transition_plans)
        .find(|it| it.source == recorded.source && it.row.plan == *plan);
    let sends = |table: &str| pupil.around.sent.has(&recorded.source, table);
    let exists = |part: &Recorded<TransitionPlan>| was_there(&part.row, day);
    if sends("transition_plans") {
        case.set("has_transition_plan", transition.is_some_and(exists));
    }
    if let Some(transition) = transition {
        case.reads(pupil.around, transition);
        if exists(transition) {
            with_transition(case, &transition.row, day);
        }
    }
    let behaviour = pupil
        .support(&pupil.record.behaviour_plans)
        .find(|it| it.source == recorded.source && it.row.plan == *plan);
    let by_then = |it: &Date| *it <= day;
    let made_on = behaviour.and_then(|it| it.row.made_on.filter(by_then));
    if sends("behaviour_plans") {
        case.set("has_behaviour_plan", made_on.is_some());
    }
    if let Some(behaviour) = behaviour {
        case.reads(pupil.around, behaviour);
        let considered_on = &behaviour.row.considered_on;
        case.know("behaviour_considered_on", considered_on.filter(by_then));
        case.know("behaviour_plan_made_on", made_on);
    }
}

/// Whether the part about the time after school of a plan that is in force on a day was there by
/// then: not where every date that it has lies after the day.
fn was_there(part: &TransitionPlan, on: Date) -> bool {
    let days = [part.updated_on, part.assessed_on, part.booklet_given_on];
    let first = days.into_iter().flatten().min();
    first.is_none_or(|first| first <= on)
}

/// What the part about the time after school said on the day of the count: a date after it had not
/// come.
fn with_transition(case: &mut Case, part: &TransitionPlan, on: Date) {
    let TransitionPlan {
        updated_on,
        assessed_on,
        measurable_goals,
        services,
        courses_of_study,
        annual_goals,
        pupil_invited,
        agency_invited,
        booklet_given_on,
        ..
    } = part;
    for (field, day) in [
        ("transition_updated_on", updated_on),
        ("transition_assessed_on", assessed_on),
        ("booklet_given_on", booklet_given_on),
    ] {
        case.know(field, day.filter(|it| *it <= on));
    }
    // The day of the next year; 28 February after a 29th.
    let due_on = updated_on.filter(|it| *it <= on);
    let due_on = due_on.and_then(|it| it.checked_add(1.year()).ok());
    case.know("transition_update_due_on", due_on);
    for (field, flag) in [
        ("measurable_goals", measurable_goals),
        ("transition_services", services),
        ("courses_of_study", courses_of_study),
        ("annual_goals", annual_goals),
        ("pupil_invited", pupil_invited),
    ] {
        case.know(field, *flag);
    }
    let invited = agency_invited.map(|it| Value::Code(it.code()));
    case.know("agency_invited", invited);
}

/// Suspensions and expulsions of the period; unknown where the system of one of its enrolments
/// tells of none at all.
fn removed(pupil: &Pupil<'_>, case: &mut Case) {
    let around = pupil.around;
    let in_period = |day: Date| around.period.has(day) && day <= around.as_of;
    let mut all = Removals::default();
    let mut under_iep = Removals::default();
    let until = around.period.ends.min(around.as_of);
    let told = Span {
        begins: around.period.begins,
        ends: until,
    };
    if !pupil.is_told("removals", told) {
        return;
    }
    let removals = conduct::counted(pupil).into_iter();
    for recorded in removals.filter(|it| in_period(it.row.begins_on)) {
        case.reads(around, recorded);
        all.add(&recorded.row);
        // The plan of the day itself: one that began or ended since says nothing of it.
        if let Some(plan) = pupil.iep_on(recorded.row.begins_on) {
            case.reads(around, plan);
            under_iep.add(&recorded.row);
        }
    }
    case.set("suspensions", all.suspensions);
    case.set("days_suspended_out", all.days_suspended_out);
    case.set("days_removed", all.days);
    case.set("expelled", all.expelled);
    if pupil.support_sends("support_plans") {
        case.set("suspensions_under_iep", under_iep.suspensions);
        case.set("days_removed_under_iep", under_iep.days);
        case.set("days_out_under_iep", under_iep.days_out_of_school);
        case.set("days_in_under_iep", under_iep.days_in_school);
        case.set("removals_under_iep", under_iep.rows);
    }
}

/// Suspensions and expulsions, added up.
#[derive(Default)]
struct Removals {
    rows: i64,
    suspensions: i64,
    days_suspended_out: DayCount,
    days_in_school: DayCount,
    days_out_of_school: DayCount,
    days: DayCount,
    expelled: bool,
}

impl Removals {
    fn add(&mut self, row: &Removal) {
        self.rows += 1;
        match row.kind {
            RemovalKind::InSchoolSuspension => {
                self.suspensions += 1;
                self.days_in_school = self.days_in_school + row.days;
            }
            RemovalKind::OutOfSchoolSuspension => {
                self.suspensions += 1;
                self.days_suspended_out = self.days_suspended_out + row.days;
                self.days_out_of_school = self.days_out_of_school + row.days;
            }
            RemovalKind::Expulsion => {
                self.expelled = true;
                self.days_out_of_school = self.days_out_of_school + row.days;
            }
            RemovalKind::InterimSetting => return,
        }
        self.days = self.days + row.days;
    }
}

fn last_evaluation(pupil: &Pupil<'_>, case: &mut Case, day: Date) {
    let held_by_then =
        |it: &&Recorded<Evaluation>| it.row.meeting_held_on.is_some_and(|held| held <= day);
    let last = pupil
        .support(&pupil.record.evaluations)
        .filter(held_by_then)
        .max_by_key(|it| (it.row.meeting_held_on, &it.row.evaluation, &it.source));
    if let Some(last) = last {
        case.reads(pupil.around, last);
        case.know("evaluation_comprehensive", last.row.comprehensive);
        case.know("environment_considered", last.row.environment_considered);
    }
}

/// A case for each primary enrolment that ended for good, or nobody said why; the exit reason of
/// the latter is unknown.
///
/// Who completed school did so whatever followed, such as a course for adults. Who left otherwise
/// and is back by the end of the period did not leave for good in it.
pub(super) fn exits(pupil: &Pupil<'_>) -> Vec<Case> {
    let enrolments = pupil.enrolments();
    let by = pupil.around.period.ends.min(pupil.around.as_of);
    let is_exit = |place: usize, it: &Recorded<Enrolment>| {
        let next = enrolments.get(place + 1);
        let is_back = next.is_some_and(|next| next.row.entered_on <= by);
        match it.row.exit_reason {
            Some(ExitReason::Graduated | ExitReason::Completed) => true,
            Some(reason) => ends_for_good(reason) && !is_back,
            // A next enrolment says why.
            None => next.is_none(),
        }
    };
    let mut cases = Vec::new();
    for (place, it) in enrolments.iter().enumerate() {
        let left_on = pupil.around.happened(it.row.left_on);
        if let Some(left_on) = left_on.filter(|_| is_exit(place, it)) {
            cases.push(exit(pupil, it, left_on));
        }
    }
    cases
}

fn exit(pupil: &Pupil<'_>, recorded: &Recorded<Enrolment>, left_on: Date) -> Case {
    let Enrolment {
        school,
        entered_on,
        exit_reason,
        ..
    } = &recorded.row;
    // Who comes back may leave once more.
    let name = format!("exit/{}/{entered_on}", pupil.record.id);
    let mut case = Case::new(CaseKind::Exit, name);
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, left_on);
    let reason = exit_reason.map(|reason| Value::Code(reason.code()));
    case.know("exit_reason", reason);
    case.set("exited_on", left_on);
    case
}

/// The tests that count, one for each subject and year whichever systems tell of it, and under
/// however many numbers a system had the pupil: the row that was recorded last.
pub(in crate::compliance) fn counted<'a>(pupil: &Pupil<'a>) -> Vec<&'a Recorded<AssessmentResult>> {
    let fact = |row: &AssessmentResult| (tested_on(row), row.subject);
    let mut rows = pupil.facts("assessments", &pupil.record.assessments, fact);
    rows.retain(|it| tested_on(&it.row) <= pupil.around.as_of);
    rows.sort_by(|one, other| {
        let order = |it: &Recorded<AssessmentResult>| (fact(&it.row), it.recorded_at);
        let of_key =
            |it: &Recorded<AssessmentResult>| (it.row.school.clone(), it.row.person.clone());
        let by_order = order(other).cmp(&order(one));
        by_order.then_with(|| of_key(one).cmp(&of_key(other)))
    });
    rows.dedup_by_key(|it| fact(&it.row));
    rows
}

/// A case for each subject and year in which a pupil was tested or was to be.
pub(super) fn assessments(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = counted(pupil);
    let year = pupil.around.period.begins.year();
    let has_row = |subject: AssessmentSubject| {
        let mut rows = rows.iter().map(|it| &it.row);
        rows.any(|it| (it.school_year.begins_in(), it.subject) == (year, subject))
    };
    let mut cases = untested(pupil, year, has_row);
    cases.extend(rows.iter().map(|it| of_assessment(pupil, it)));
    cases
}

/// A case for each test of the period's year that the pupil's grade takes, and of which the records
/// have no result: who was enrolled on the day is counted, and not tested as far as is known.
fn untested(
    pupil: &Pupil<'_>,
    year: i16,
    has_row: impl Fn(AssessmentSubject) -> bool,
) -> Vec<Case> {
    let (given, day) = (&pupil.around.tests.given, test_day(year));
    if given.is_empty() || day > pupil.around.as_of {
        return Vec::new();
    }
    let Some(enrolment) = pupil.enrolment_on(day) else {
        return Vec::new();
    };
    let grade = enrolment.row.grade_level.number();
    let is_told = pupil.tests_are_told(day);
    let missing = given
        .iter()
        .filter(|(subject, of)| *of == grade && !has_row(*subject));
    let case = |(subject, _): &(AssessmentSubject, i8)| {
        let mut case = tested(pupil, (year, *subject), &enrolment.row.school, enrolment);
        case.set("tested_grade", Value::Count(grade.into()));
        if is_told {
            case.set("result_recorded", false);
            let not_tested = Participation::NotTested.code();
            case.set("participation", Value::Code(not_tested));
        }
        case
    };
    missing.map(case).collect()
}

/// The day that stands for the tests of the school year that begins in a calendar year: the last of
/// April, when they are given in spring; rows tell the year alone.
fn test_day(year: i16) -> Date {
    Date::new(year + 1, 4, 30).unwrap_or(Date::MAX)
}

fn tested_on(row: &AssessmentResult) -> Date {
    test_day(row.school_year.begins_in())
}

/// What every case of a test has; `about` is the row that tells of it.
fn tested<T: NamedRow>(
    pupil: &Pupil<'_>,
    (year, subject): (i16, AssessmentSubject),
    school: &str,
    about: &Recorded<T>,
) -> Case {
    let id = format!("assessment/{}/{year}/{subject}", pupil.record.id);
    let mut case = Case::new(CaseKind::Assessment, id);
    case.reads(pupil.around, about);
    let day = test_day(year);
    pupil.describe(&mut case, school, day);
    case.set("tested_on", day);
    case.set("subject", Value::Code(subject.code()));
    case.set("school_year", i64::from(year));
    case
}

fn of_assessment(pupil: &Pupil<'_>, recorded: &Recorded<AssessmentResult>) -> Case {
    let AssessmentResult {
        school,
        school_year,
        subject,
        grade_level,
        participation,
        accommodation,
        level,
        ..
    } = &recorded.row;
    let of = (school_year.begins_in(), *subject);
    let mut case = tested(pupil, of, school, recorded);
    case.set("tested_grade", Value::Count(grade_level.number().into()));
    case.set("result_recorded", true);
    case.set("participation", Value::Code(participation.code()));
    case.know(
        "accommodation",
        accommodation.map(|it| Value::Code(it.code())),
    );
    case.know("level", level.map(|it| Value::Code(it.code())));
    case
}
