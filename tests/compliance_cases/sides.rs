//! Where two systems disagree about a pupil.

use registrar::compliance::{Discrepancy, Surroundings, discrepancies};
use registrar::record::DayCount;
use registrar::record::support::{
    AssessmentLevel, AssessmentResult, AssessmentSubject, Disability, Eligibility, Participation,
    Removal, RemovalKind, SupportRecord,
};

use crate::given::{CHARTERS, STUDENT, around, day, eligible, enrolled, iep, pupil, told};

fn kinds(record: &SupportRecord, around: &Surroundings) -> Vec<&'static str> {
    let found = discrepancies(record, around);
    found
        .iter()
        .map(|it: &Discrepancy| it.kind.word())
        .collect()
}

/// What the district's student system says of a disability.
fn flagged(mut record: SupportRecord, disability: Disability) -> SupportRecord {
    let row = Eligibility {
        school: "A".to_owned(),
        person: "1".to_owned(),
        begins_on: day("2024-09-01"),
        ends_on: None,
        disability,
        second_disability: None,
        degree_of_support: None,
        ended: None,
    };
    record.eligibilities.push(told(STUDENT, row));
    record
}

/// Both kinds of systems tell of eligibility.
fn both() -> Surroundings {
    let mut both = around("2026-06-12");
    both.sent.add(STUDENT, "eligibilities");
    both
}

#[test]
fn a_plan_without_an_enrolment_and_an_enrolment_without_a_plan_are_both_told() {
    let planned = || {
        eligible(
            iep(pupil(), "P1", "2024-09-01", None, None),
            "2024-09-01",
            None,
        )
    };
    // Both systems know the pupil, who is enrolled nowhere.
    let left = Some(("2025-06-12", None));
    let gone = flagged(
        enrolled(planned(), "A", "2024-08-14", left),
        Disability::Autism,
    );
    assert_eq!(kinds(&gone, &both()), ["in_support_only"]);
    // And the other way round: the plan lapsed.
    let lapsed = iep(pupil(), "P1", "2024-09-01", Some("2025-08-31"), None);
    let lapsed = eligible(lapsed, "2024-09-01", None);
    let there = flagged(
        enrolled(lapsed, "A", "2024-08-14", None),
        Disability::Autism,
    );
    assert_eq!(kinds(&there, &both()), ["in_student_only"]);
    let agreed = flagged(
        enrolled(planned(), "A", "2024-08-14", None),
        Disability::Autism,
    );
    assert_eq!(kinds(&agreed, &both()), [""; 0]);
}

#[test]
fn a_disability_of_which_one_system_says_nothing_is_told_whichever_it_is() {
    let planned = iep(pupil(), "P1", "2024-09-01", None, None);
    let planned = enrolled(planned, "A", "2024-08-14", None);
    let support_says = eligible(planned.clone(), "2024-09-01", None);
    assert_eq!(kinds(&support_says, &both()), ["eligibility"]);
    assert_eq!(
        kinds(&support_says, &around("2026-06-12")),
        [""; 0],
        "a student system that tells of none at all contradicts nobody"
    );
    let student_says = flagged(planned, Disability::Deafness);
    assert_eq!(kinds(&student_says, &both()), ["eligibility"]);
    let other = flagged(support_says, Disability::Deafness);
    assert_eq!(kinds(&other, &both()), ["eligibility"]);
}

#[test]
fn a_removal_that_is_not_counted_is_told() {
    let mut record = enrolled(pupil(), "A", "2025-08-14", None);
    for (source, days) in [(STUDENT, 3), (CHARTERS, 5)] {
        let row = Removal {
            school: "A".to_owned(),
            removal: "1".to_owned(),
            person: "1".to_owned(),
            incident: None,
            kind: RemovalKind::OutOfSchoolSuspension,
            begins_on: day("2025-10-06"),
            days: DayCount::from_thousandths(days * 1000),
        };
        record.removals.push(told(source, row));
    }
    assert_eq!(kinds(&record, &around("2026-06-12")), ["removal"]);
}

#[test]
fn the_second_row_of_one_test_is_told_with_both_rows() {
    let mut record = enrolled(pupil(), "A", "2025-08-14", None);
    for (person, level) in [("1", AssessmentLevel::Met), ("2", AssessmentLevel::Met)] {
        let row = AssessmentResult {
            school: "A".to_owned(),
            person: person.to_owned(),
            school_year: "2025-26".parse().expect("a year"),
            subject: AssessmentSubject::Mathematics,
            grade_level: "5".parse().expect("a grade"),
            participation: Participation::Tested,
            accommodation: None,
            level: Some(level),
        };
        record.assessments.push(told(STUDENT, row));
    }
    let found = discrepancies(&record, &around("2026-06-12"));
    assert_eq!(kinds(&record, &around("2026-06-12")), ["assessment"]);
    let rows = found[0]
        .said
        .each_ref()
        .map(|it| it.row.as_ref().expect("a row"));
    let people = rows.map(|it| &*it.person);
    assert!(people == ["1", "2"] || people == ["2", "1"], "{people:?}");
    // Another system that says the same is no disagreement, and one that says otherwise is.
    let mut same = record.clone();
    same.assessments[1].source = CHARTERS.to_owned();
    assert_eq!(kinds(&same, &around("2026-06-12")), [""; 0]);
    same.assessments[1].row.level = Some(AssessmentLevel::NotMet);
    assert_eq!(kinds(&same, &around("2026-06-12")), ["assessment"]);
}
