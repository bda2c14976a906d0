//! What is unknown because no system sends it, and what two systems tell of.

use registrar::compliance::decree::{Decree, Direction};
use registrar::compliance::measure::{Keep, Measuring, results};
use registrar::compliance::{CaseKind, Surroundings, cases_of, teachers};
use registrar::record::support::{
    AssessmentResult, AssessmentSubject, BehaviourPlan, CredentialKind, Demographics,
    EvaluationOutcome, MeetingKind, Participation, RaceEthnicity, Removal, RemovalKind,
    StaffCredential, StaffMember, SupportRecord, SupportSetting, TransitionPlan,
};
use registrar::record::{DayCount, PersonId, YesNo};

use crate::given::{
    CHARTERS, STUDENT, SUPPORT, around, day, eligible, enrolled, evaluation, iep, meeting, of_case,
    pupil, said, stay, told, without,
};

const AS_OF: &str = "2026-06-12";

fn removal(number: &str, begins_on: &str, days: i64) -> Removal {
    Removal {
        school: "A".to_owned(),
        removal: number.to_owned(),
        person: "1".to_owned(),
        incident: None,
        kind: RemovalKind::OutOfSchoolSuspension,
        begins_on: day(begins_on),
        days: DayCount::from_thousandths(days * 1000),
    }
}

fn at_school() -> SupportRecord {
    enrolled(pupil(), "A", "2025-08-14", None)
}

const REMOVED: &[&str] = &["suspensions", "days_removed", "expelled"];

#[test]
fn who_was_not_suspended_and_of_whom_nobody_tells_are_not_the_same() {
    let found = |around: &Surroundings| said(CaseKind::Pupil, &at_school(), around, REMOVED);
    let whole = around(AS_OF);
    assert_eq!(found(&whole), [["0", "0.00", "no"]]);
    let silent = without(&whole, STUDENT, &["removals"]);
    assert_eq!(
        found(&silent),
        [["?", "?", "?"]],
        "another system's table says nothing of it"
    );
    // A system for discipline alone tells of every enrolment.
    let mut beside = silent.clone();
    beside.systems.student.push("discipline".to_owned());
    beside.sent.add("discipline", "removals");
    assert_eq!(found(&beside), [["0", "0.00", "no"]]);
    // Who was at a school of a silent system for a part of the year only.
    let mut moved = enrolled(pupil(), "B", "2025-11-03", None);
    let left = Some(("2025-10-31", None));
    moved
        .enrolments
        .insert(0, told(CHARTERS, stay("A", "2025-08-14", left)));
    let silent = without(&whole, CHARTERS, &["removals"]);
    assert_eq!(
        said(CaseKind::Pupil, &moved, &silent, REMOVED),
        [["?", "?", "?"]]
    );
}

#[test]
fn a_decree_gives_no_verdict_on_a_table_that_no_system_sends() {
    let text = include_str!("../../report-templates/chanda-smith/decree.toml");
    let decree = Decree::read("decree.toml", text).expect("it reads");
    let record = iep(at_school(), "P1", "2025-08-14", None, None);
    let counted = |around: &Surroundings, id: &str| {
        let measuring = Measuring::new(&decree, around);
        let mut part = measuring.nobody();
        measuring.person(&record, Keep::Counts, &mut part);
        let place = decree.outcomes.iter().position(|it| it.text.id == id);
        let tally = &part.outcomes[place.expect("an outcome")].whole;
        (tally.counted(), tally.unclear)
    };
    let mut whole = around(AS_OF);
    whole.count_day = day("2025-12-01");
    assert_eq!(counted(&whole, "5"), (1, 0));
    assert_eq!(counted(&whole, "9"), (1, 0));
    assert_eq!(
        counted(&without(&whole, STUDENT, &["removals"]), "5"),
        (0, 1)
    );
    assert_eq!(
        counted(&without(&whole, SUPPORT, &["transition_plans"]), "9"),
        (0, 1)
    );
}

#[test]
fn what_is_counted_from_absence_is_known_only_of_a_table_that_is_sent() {
    let whole = around(AS_OF);
    let record = iep(at_school(), "P1", "2025-08-14", None, None);
    let record = meeting(record, "M1", MeetingKind::Annual, None, Some("2025-09-01"));
    for (kind, tables, fields, sent) in [
        (
            CaseKind::Pupil,
            "transition_plans",
            &["has_transition_plan"][..],
            &["no"][..],
        ),
        (
            CaseKind::Pupil,
            "behaviour_plans",
            &["has_behaviour_plan"],
            &["no"],
        ),
        (CaseKind::Pupil, "support_plans", &["has_iep"], &["yes"]),
        (
            CaseKind::Meeting,
            "parent_notices",
            &["notices", "notice_methods", "parent_declined"],
            &["0", "0", "no"],
        ),
    ] {
        assert_eq!(said(kind, &record, &whole, fields), [sent], "{tables}");
        let silent = without(&whole, SUPPORT, &[tables]);
        let unknown = vec!["?"; fields.len()];
        assert_eq!(said(kind, &record, &silent, fields), [unknown], "{tables}");
    }
}

/// A teacher of a school as a system tells, with a credential.
fn staff(setting: &mut SupportSetting, source: &str, staff: &str, credential: bool) {
    let row = StaffMember {
        school: "A".to_owned(),
        staff: staff.to_owned(),
        special_education_teacher: YesNo::Yes,
        begins_on: day("2025-08-01"),
        ends_on: None,
    };
    setting.staff.push(told(source, row));
    let row = StaffCredential {
        school: "A".to_owned(),
        staff: staff.to_owned(),
        credential: format!("C-{staff}"),
        kind: CredentialKind::Clear,
        special_education: YesNo::Yes,
        valid_from: day("2020-08-01"),
        valid_to: None,
    };
    if credential {
        setting.staff_credentials.push(told(source, row));
    }
}

#[test]
fn the_staff_of_a_school_is_counted_from_one_system() {
    let mut setting = SupportSetting::default();
    staff(&mut setting, STUDENT, "T1", false);
    let whole = around(AS_OF);
    let found = |setting: &SupportSetting| -> Vec<Vec<String>> {
        let cases = teachers(setting, &whole);
        cases
            .iter()
            .map(|it| of_case(it, &["any_credential", "credential"]))
            .collect()
    };
    assert_eq!(
        found(&setting),
        [["?", "?"]],
        "that system sends no credentials"
    );
    staff(&mut setting, SUPPORT, "1007", true);
    assert_eq!(found(&setting), [["yes", "clear"]]);
}

#[test]
fn a_removal_that_two_systems_tell_of_is_one_and_the_enrolments_system_decides() {
    let mut record = at_school();
    record
        .removals
        .push(told(CHARTERS, removal("9", "2025-10-06", 5)));
    record
        .removals
        .push(told(STUDENT, removal("1", "2025-10-06", 3)));
    let whole = around(AS_OF);
    let fields = ["begins_on", "days"];
    let cases = said(CaseKind::Removal, &record, &whole, &fields);
    assert_eq!(cases, [["2025-10-06", "3.00"]]);
    assert_eq!(
        said(CaseKind::Pupil, &record, &whole, REMOVED),
        [["1", "3.00", "no"]]
    );
    // What only the other system tells of is not counted either.
    record
        .removals
        .push(told(CHARTERS, removal("10", "2025-11-06", 1)));
    assert_eq!(said(CaseKind::Removal, &record, &whole, &fields).len(), 1);
    // Two of one system on one day are two.
    record
        .removals
        .push(told(STUDENT, removal("2", "2025-10-06", 1)));
    assert_eq!(said(CaseKind::Removal, &record, &whole, &fields).len(), 2);
}

#[test]
fn a_test_that_two_systems_tell_of_is_one() {
    let mut record = at_school();
    for (source, participation) in [
        (CHARTERS, Participation::ALL[1]),
        (STUDENT, Participation::Tested),
    ] {
        let row = AssessmentResult {
            school: "A".to_owned(),
            person: "1".to_owned(),
            school_year: "2025-26".parse().expect("a year"),
            subject: AssessmentSubject::Mathematics,
            grade_level: "8".parse().expect("a grade"),
            participation,
            accommodation: None,
            level: None,
        };
        record.assessments.push(told(source, row));
    }
    let found = said(
        CaseKind::Assessment,
        &record,
        &around(AS_OF),
        &["participation"],
    );
    assert_eq!(found, [["tested"]]);
}

#[test]
fn what_came_after_the_day_of_the_count_had_not_come() {
    let mut record = iep(at_school(), "P1", "2025-08-14", None, None);
    let whole = around(AS_OF);
    let row = TransitionPlan {
        school: "A".to_owned(),
        plan: "P1".to_owned(),
        person: "1".to_owned(),
        updated_on: Some(day("2025-10-01")),
        assessed_on: Some(day("2025-10-02")),
        measurable_goals: None,
        services: None,
        courses_of_study: None,
        annual_goals: None,
        pupil_invited: None,
        agency_invited: None,
        booklet_given_on: Some(day("2025-11-01")),
    };
    record.transition_plans.push(told(SUPPORT, row));
    let row = BehaviourPlan {
        school: "A".to_owned(),
        plan: "P1".to_owned(),
        person: "1".to_owned(),
        considered_on: Some(day("2025-09-01")),
        assessed_on: None,
        made_on: Some(day("2025-10-02")),
        reviewed_on: None,
    };
    record.behaviour_plans.push(told(SUPPORT, row));
    let fields = [
        "transition_updated_on",
        "transition_assessed_on",
        "booklet_given_on",
        "has_behaviour_plan",
    ];
    let found = said(CaseKind::Pupil, &record, &whole, &fields);
    assert_eq!(found, [["2025-10-01", "?", "?", "no"]]);
}

#[test]
fn what_an_evaluation_covered_is_not_known_before_the_team_met_over_it() {
    let comprehensive = |held: Option<&str>| {
        let mut row = evaluation("E1", "2025-09-15");
        row.meeting_held_on = held.map(day);
        row.comprehensive = Some(YesNo::Yes);
        let mut record = at_school();
        record.evaluations.push(told(SUPPORT, row));
        said(
            CaseKind::Evaluation,
            &record,
            &around(AS_OF),
            &["comprehensive"],
        )
    };
    assert_eq!(comprehensive(Some("2025-11-01")), [["yes"]]);
    assert_eq!(comprehensive(None), [["?"]]);
    assert_eq!(comprehensive(Some("2026-06-13")), [["?"]]);
}

#[test]
fn who_reported_no_race_is_in_no_group_and_in_everybody_else_of_each() {
    let text = include_str!("../../report-templates/idea-part-b/decree.toml");
    let decree = Decree::read("decree.toml", text).expect("it reads");
    let whole = around(AS_OF);
    let measuring = Measuring::new(&decree, &whole);
    let mut part = measuring.nobody();
    let mut number = 0;
    for (race, pupils, with_plan) in [
        (RaceEthnicity::Black, 40, 20),
        (RaceEthnicity::White, 30, 5),
        (RaceEthnicity::NotReported, 50, 15),
    ] {
        for place in 0..pupils {
            number += 1;
            let mut record = at_school();
            record.id = PersonId::derived(None, STUDENT, &number.to_string());
            let row = Demographics {
                school: "A".to_owned(),
                person: "1".to_owned(),
                race: Some(race),
                home_language: None,
                english_learner: None,
                foster: None,
                homeless: None,
            };
            record.demographics.push(told(STUDENT, row));
            if place < with_plan {
                record = iep(record, "P1", "2025-08-14", None, None);
            }
            measuring.person(&record, Keep::Counts, &mut part);
        }
    }
    let all = results(&decree, &part.outcomes, None, &whole);
    let place = decree.outcomes.iter().position(|it| it.text.id == "B9");
    let groups = &all[place.expect("an outcome")].thresholds[0].groups;
    let names: Vec<_> = groups.iter().map(|it| it.group.as_str()).collect();
    assert_eq!(names, ["black", "white"]);
    // 20 of 40 beside 20 of 80: the 50 who reported none are among the 80.
    let black = groups[0].ratio.expect("a ratio");
    assert_eq!(black.shown(Direction::Decrease), "2.00");
    assert_eq!(cases_of(CaseKind::Pupil, &at_school(), &whole).len(), 1);
}

#[test]
fn a_test_under_two_numbers_of_one_system_is_one_and_the_last_recorded_says_it() {
    let mut record = at_school();
    for (person, recorded_on, participation) in [
        ("1", "2026-06-02", Participation::Tested),
        ("17", "2026-06-01", Participation::NotTested),
    ] {
        let row = AssessmentResult {
            school: "A".to_owned(),
            person: person.to_owned(),
            school_year: "2025-26".parse().expect("a year"),
            subject: AssessmentSubject::Mathematics,
            grade_level: "8".parse().expect("a grade"),
            participation,
            accommodation: None,
            level: None,
        };
        let mut row = told(STUDENT, row);
        row.recorded_at = format!("{recorded_on}T08:00:00Z")
            .parse()
            .expect("an instant");
        record.assessments.push(row);
    }
    for _ in 0..2 {
        let found = said(
            CaseKind::Assessment,
            &record,
            &around(AS_OF),
            &["participation"],
        );
        assert_eq!(found, [["tested"]]);
        record.assessments.reverse();
    }
}

#[test]
fn a_part_about_the_time_after_school_that_was_made_after_the_count_was_not_there() {
    let has = |updated_on: Option<&str>| {
        let mut record = iep(at_school(), "P1", "2025-08-14", None, None);
        let row = TransitionPlan {
            school: "A".to_owned(),
            plan: "P1".to_owned(),
            person: "1".to_owned(),
            updated_on: updated_on.map(day),
            assessed_on: None,
            measurable_goals: Some(YesNo::Yes),
            services: None,
            courses_of_study: None,
            annual_goals: None,
            pupil_invited: None,
            agency_invited: None,
            booklet_given_on: None,
        };
        record.transition_plans.push(told(SUPPORT, row));
        let fields = ["has_transition_plan", "measurable_goals"];
        said(CaseKind::Pupil, &record, &around(AS_OF), &fields)
    };
    assert_eq!(has(Some("2025-10-01")), [["yes", "yes"]]);
    assert_eq!(has(Some("2025-10-02")), [["no", "?"]]);
    // A part without any date is as old as its plan.
    assert_eq!(has(None), [["yes", "yes"]]);
}

#[test]
fn a_first_evaluation_is_counted_under_the_category_that_it_found() {
    let disability = |outcome, from: &str| {
        let mut row = evaluation("E1", "2025-09-15");
        row.meeting_held_on = Some(day("2025-11-03"));
        row.outcome = outcome;
        let mut record = eligible(at_school(), from, None);
        record.evaluations.push(told(SUPPORT, row));
        said(
            CaseKind::Evaluation,
            &record,
            &around(AS_OF),
            &["disability"],
        )
    };
    let found = Some(EvaluationOutcome::Eligible);
    assert_eq!(disability(found, "2025-11-03"), [["autism"]]);
    assert_eq!(disability(found, "2025-11-10"), [["autism"]]);
    assert_eq!(
        disability(found, "2026-06-13"),
        [["?"]],
        "after the day of the report"
    );
    assert_eq!(
        disability(Some(EvaluationOutcome::NotEligible), "2025-11-10"),
        [["?"]]
    );
}
