//! Reviews that come round, and meetings.

use registrar::compliance::decree::Decree;
use registrar::compliance::measure::Measuring;
use registrar::compliance::{CaseKind, Surroundings, cases_of};
use registrar::record::ExitReason;
use registrar::record::support::{MeetingKind, SupportRecord};

use crate::given::{
    SUPPORT, around, day, eligible, enrolled, evaluation, iep, meeting, of_case, pupil, said, told,
    without,
};

const FIELDS: &[&str] = &["last_held_on", "due_on", "held_on", "owed_until"];

/// What is said of annual reviews.
fn annual(record: &SupportRecord, around: &Surroundings) -> Vec<Vec<String>> {
    let cases = cases_of(CaseKind::Review, record, around);
    let annual = cases
        .iter()
        .filter(|it| of_case(it, &["kind"]) == ["annual"]);
    annual.map(|it| of_case(it, FIELDS)).collect()
}

/// Eligible since 2023; the plan of that year lapsed after a year and nobody met again.
fn lapsed() -> SupportRecord {
    let record = enrolled(pupil(), "A", "2022-08-15", None);
    let record = eligible(record, "2023-09-01", None);
    let record = meeting(record, "M1", MeetingKind::Initial, None, Some("2023-09-01"));
    iep(record, "P1", "2023-09-01", Some("2024-08-31"), Some("M1"))
}

#[test]
fn a_review_is_owed_though_the_plan_lapsed() {
    let owed = ["2023-09-01", "2024-09-01", "?", "?"];
    assert_eq!(annual(&lapsed(), &around("2026-06-12")), [owed]);
    // The day before it came due, nothing is.
    assert!(annual(&lapsed(), &around("2024-08-31")).is_empty());
}

#[test]
fn a_plan_of_whose_making_no_meeting_is_on_record_is_reviewed_a_year_after_it_began() {
    let record = enrolled(pupil(), "A", "2022-08-15", None);
    let record = eligible(record, "2023-09-01", None);
    let record = iep(record, "P1", "2024-03-04", None, Some("lost"));
    let around = around("2026-06-12");
    assert_eq!(
        annual(&record, &around),
        [["2024-03-04", "2025-03-04", "?", "?"]]
    );
    // A system that tells of no meeting at all does not say that none was held.
    let silent = without(&around, SUPPORT, &["plan_meetings"]);
    assert_eq!(annual(&record, &silent), [["?", "?", "?", "?"]]);
    // A plan that a meeting made, or an amendment of one that is reviewed, begins nothing itself.
    let record = iep(lapsed(), "P2", "2024-02-01", None, None);
    assert_eq!(annual(&record, &around).len(), 1);
}

#[test]
fn of_an_evaluation_before_the_records_begin_the_next_is_due_when_the_system_says() {
    let record = enrolled(pupil(), "A", "2020-08-15", None);
    let record = eligible(record, "2020-09-01", None);
    let record = iep(record, "P1", "2022-03-04", None, None);
    let triennial = |record: &SupportRecord| {
        let cases = cases_of(CaseKind::Review, record, &around("2026-06-12"));
        let mut of_kind = cases.iter();
        let found = of_kind.find(|it| of_case(it, &["kind"]) == ["triennial"]);
        found.map(|it| of_case(it, &["due_on", "held_on"]))
    };
    let held = |due, held| {
        let record = meeting(record.clone(), "M", MeetingKind::Triennial, due, Some(held));
        triennial(&record).expect("a case")
    };
    assert_eq!(
        held(Some("2024-01-10"), "2024-02-01"),
        ["2024-01-10", "2024-02-01"]
    );
    assert_eq!(held(None, "2024-02-01"), ["?", "2024-02-01"]);
    // Three years after the plan began at the latest.
    assert_eq!(held(None, "2025-03-05"), ["2025-03-04", "2025-03-05"]);
    assert_eq!(triennial(&record).expect("a case"), ["2025-03-04", "?"]);
}

#[test]
fn nothing_is_owed_of_who_left_or_is_no_longer_eligible_before_it_came_due() {
    let around = around("2026-06-12");
    let leaving = |left: &str, reason| {
        let mut record = lapsed();
        record.enrolments[0].row.left_on = Some(day(left));
        record.enrolments[0].row.exit_reason = Some(reason);
        annual(&record, &around)
    };
    assert!(leaving("2024-06-12", ExitReason::LeftDistrict).is_empty());
    assert!(leaving("2024-06-12", ExitReason::Transferred).is_empty());
    let overdue = ["2023-09-01", "2024-09-01", "?", "2025-01-31"];
    assert_eq!(leaving("2025-01-31", ExitReason::LeftDistrict), [overdue]);
    let mut record = lapsed();
    record.eligibilities[0].row.ends_on = Some(day("2024-05-01"));
    assert!(annual(&record, &around).is_empty());
    // Another category that follows at once ends nothing, nor does a summer.
    let record = eligible(record, "2024-05-02", None);
    assert_eq!(annual(&record, &around).len(), 1);
    let mut record = lapsed();
    record.enrolments[0].row.left_on = Some(day("2024-06-12"));
    record.enrolments[0].row.exit_reason = Some(ExitReason::YearEnd);
    let record = enrolled(record, "A", "2024-08-14", None);
    assert_eq!(annual(&record, &around).len(), 1);
}

#[test]
fn an_overdue_review_is_in_the_counts_of_every_year_in_which_it_was_owed() {
    let text = include_str!("../../report-templates/idea-part-b/decree.toml");
    let decree = Decree::read("decree.toml", text).expect("it reads");
    let place = decree.outcomes.iter().position(|it| it.text.id == "annual");
    let place = place.expect("an outcome");
    let class = |record: &SupportRecord, around: &Surroundings| {
        let cases = cases_of(CaseKind::Review, record, around);
        let measuring = Measuring::new(&decree, around);
        let placed: Vec<_> = cases
            .iter()
            .filter_map(|it| measuring.place(place, it))
            .collect();
        let words = placed
            .iter()
            .map(|it| decree.outcomes[place].word(it.standing).map(str::to_owned));
        words.collect::<Vec<_>>()
    };
    // Due in 2024-25, counted in 2025-26 still.
    let now = around("2026-06-12");
    assert_eq!(class(&lapsed(), &now), [Some("overdue".to_owned())]);
    let held = meeting(
        lapsed(),
        "M2",
        MeetingKind::Annual,
        None,
        Some("2025-10-02"),
    );
    assert_eq!(class(&held, &now), [Some("held_late".to_owned())]);
    let before = meeting(
        lapsed(),
        "M2",
        MeetingKind::Annual,
        None,
        Some("2025-06-30"),
    );
    assert_eq!(class(&before, &now), [None::<String>; 0]);
    let mut gone = lapsed();
    gone.enrolments[0].row.left_on = Some(day("2025-06-30"));
    gone.enrolments[0].row.exit_reason = Some(ExitReason::LeftDistrict);
    assert_eq!(class(&gone, &now), [None::<String>; 0]);
}

#[test]
fn a_meeting_that_lies_ahead_is_no_case_and_one_that_was_not_held_is_not_of_the_year() {
    let record = meeting(
        pupil(),
        "M1",
        MeetingKind::Annual,
        Some("2026-06-20"),
        Some("2026-06-18"),
    );
    let record = meeting(
        record,
        "M2",
        MeetingKind::Annual,
        Some("2026-06-01"),
        Some("2026-06-18"),
    );
    let found = said(
        CaseKind::Meeting,
        &record,
        &around("2026-06-12"),
        &["due_on", "held_on"],
    );
    assert_eq!(found, [["2026-06-01", "?"]]);
}

#[test]
fn consent_given_elsewhere_must_be_on_record() {
    let moved_in = |elsewhere, entered: &str| {
        let mut record = enrolled(pupil(), "A", entered, None);
        let mut row = evaluation("E1", "2025-09-01");
        row.consented_elsewhere = elsewhere;
        record.evaluations.push(told(SUPPORT, row));
        let around = around("2026-06-12");
        said(
            CaseKind::Evaluation,
            &record,
            &around,
            &["moved_in_after_consent"],
        )
    };
    use registrar::record::YesNo::{No, Yes};
    assert_eq!(moved_in(Some(Yes), "2025-09-15"), [["yes"]]);
    assert_eq!(moved_in(Some(No), "2025-09-15"), [["no"]]);
    assert_eq!(
        moved_in(None, "2025-09-15"),
        [["?"]],
        "that the child came later says nothing"
    );
    assert_eq!(moved_in(Some(Yes), "2025-08-15"), [["no"]]);
    assert_eq!(moved_in(None, "2025-08-15"), [["no"]]);
}
