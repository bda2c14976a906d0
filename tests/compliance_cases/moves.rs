//! Where a pupil is enrolled, changes of school, and exits.

use registrar::compliance::CaseKind;
use registrar::record::ExitReason;
use registrar::record::support::{EvaluationOutcome, SupportRecord};

use crate::given::{
    CHARTERS, STUDENT, SUPPORT, around, day, enrolled, evaluation, iep, pupil, said, stay, told,
    without,
};

const AS_OF: &str = "2026-06-12";
const GONE: Option<ExitReason> = Some(ExitReason::Transferred);

fn with_plan() -> SupportRecord {
    iep(pupil(), "P1", "2024-09-01", None, None)
}

/// From, to and day of each change of school.
fn moves(record: &SupportRecord) -> Vec<Vec<String>> {
    let fields = ["sending_school", "school", "entered_on"];
    said(CaseKind::Move, record, &around(AS_OF), &fields)
}

#[test]
fn who_is_at_two_schools_at_once_did_not_move() {
    let home = enrolled(with_plan(), "A", "2025-08-14", None);
    // A course at a second school, over, or not over yet.
    let beside = enrolled(home.clone(), "B", "2025-09-01", Some(("2025-12-19", None)));
    assert!(moves(&beside).is_empty());
    assert!(moves(&enrolled(home, "B", "2025-09-01", None)).is_empty());
    let found = said(CaseKind::Pupil, &beside, &around(AS_OF), &["school"]);
    assert_eq!(found, [["A"]], "on the day of the count");
    assert!(said(CaseKind::Exit, &beside, &around(AS_OF), &["school"]).is_empty());
}

#[test]
fn who_left_one_school_for_another_moved_once_however_late_the_first_one_says_so() {
    let left = Some(("2025-11-14", GONE));
    let record = enrolled(with_plan(), "A", "2025-08-14", left);
    let record = enrolled(record, "B", "2025-11-03", None);
    assert_eq!(moves(&record), [["A", "B", "2025-11-03"]]);
    // A course at a third school that begins on the same day changes nothing.
    let record = enrolled(record, "C", "2025-11-03", Some(("2025-12-19", None)));
    assert_eq!(moves(&record), [["A", "B", "2025-11-03"]]);
    // Two systems that tell of one enrolment tell of one move.
    let mut twice = record.clone();
    let row = stay("B", "2025-11-03", None);
    twice.enrolments.push(told(CHARTERS, row));
    assert_eq!(moves(&twice), [["A", "B", "2025-11-03"]]);
}

#[test]
fn an_enrolment_that_ended_without_a_reason_is_an_exit_of_which_the_reason_is_unknown() {
    let exit = |reason| {
        let left = Some(("2026-01-30", reason));
        let record = enrolled(with_plan(), "A", "2025-08-14", left);
        said(
            CaseKind::Exit,
            &record,
            &around(AS_OF),
            &["exited_on", "exit_reason"],
        )
    };
    assert_eq!(exit(None), [["2026-01-30", "?"]]);
    assert_eq!(exit(Some(ExitReason::Dropped)), [["2026-01-30", "dropped"]]);
    assert!(exit(Some(ExitReason::YearEnd)).is_empty());
}

/// A move on 2025-11-03 with these evaluations open since September; what became of them.
fn clocks(evaluations: &[(&str, Option<&str>, Option<EvaluationOutcome>)]) -> Vec<Vec<String>> {
    let record = enrolled(with_plan(), "A", "2025-08-14", Some(("2025-10-31", GONE)));
    let mut record = enrolled(record, "B", "2025-11-03", None);
    for (number, report, outcome) in evaluations {
        let mut row = evaluation(number, "2025-09-15");
        row.report_on = report.map(day);
        row.outcome = *outcome;
        record.evaluations.push(told(SUPPORT, row));
    }
    let fields = [
        "open_clock",
        "clocks_open",
        "clocks_vanished",
        "clocks_resumed_on",
    ];
    said(CaseKind::Move, &record, &around(AS_OF), &fields)
}

#[test]
fn each_open_clock_of_a_move_counts_by_itself() {
    let kept = ("E1", Some("2025-12-01"), None);
    let vanished = ("E2", None, None);
    assert_eq!(clocks(&[kept]), [["kept", "1", "0", "2025-12-01"]]);
    assert_eq!(clocks(&[vanished]), [["vanished", "1", "1", "?"]]);
    assert_eq!(clocks(&[kept, vanished]), [["vanished", "2", "1", "?"]]);
    assert_eq!(clocks(&[]), [["none", "0", "0", "?"]]);
}

#[test]
fn a_clock_that_is_touched_after_sixty_days_had_vanished_and_went_on_that_day() {
    assert_eq!(
        clocks(&[("E1", Some("2026-01-02"), None)]),
        [["kept", "1", "0", "2026-01-02"]],
        "the sixtieth day"
    );
    assert_eq!(
        clocks(&[("E1", Some("2026-01-03"), None)]),
        [["vanished", "1", "1", "2026-01-03"]]
    );
}

#[test]
fn nobody_was_to_go_on_with_an_evaluation_that_was_stopped() {
    let stopped = ("E1", None, Some(EvaluationOutcome::Stopped));
    assert_eq!(clocks(&[stopped]), [["none", "0", "0", "?"]]);
}

#[test]
fn what_no_system_tells_of_a_move_is_unknown() {
    let record = enrolled(with_plan(), "A", "2025-08-14", Some(("2025-10-31", GONE)));
    let record = enrolled(record, "B", "2025-11-03", None);
    let fields = [
        "records_requested",
        "service_given",
        "interim_review_held",
        "clocks_open",
    ];
    let whole = around(AS_OF);
    let found = said(CaseKind::Move, &record, &whole, &fields);
    assert_eq!(found, [["no", "no", "no", "0"]]);
    let tables = [
        "records_requests",
        "service_logs",
        "plan_meetings",
        "referrals",
    ];
    let silent = without(&whole, SUPPORT, &tables);
    let found = said(CaseKind::Move, &record, &silent, &fields);
    assert_eq!(found, [["?", "?", "?", "?"]]);
    assert_eq!(record.enrolments[0].source, STUDENT);
}

#[test]
fn who_completed_school_did_so_whatever_followed_and_who_came_back_did_not_leave() {
    let exits = |reason, back: &str| {
        let left = Some(("2026-01-30", Some(reason)));
        let record = enrolled(with_plan(), "A", "2025-08-14", left);
        let record = enrolled(record, "B", back, None);
        let fields = ["exited_on", "exit_reason"];
        said(CaseKind::Exit, &record, &around("2026-11-20"), &fields)
    };
    // As of a later day: the course for adults began in the next year.
    let (in_year, after) = ("2026-03-02", "2026-08-20");
    for reason in [ExitReason::Graduated, ExitReason::Completed] {
        let told = [["2026-01-30".to_owned(), reason.to_string()]];
        assert_eq!(exits(reason, in_year), told);
        assert_eq!(exits(reason, after), told);
    }
    assert!(exits(ExitReason::Dropped, in_year).is_empty());
    assert_eq!(
        exits(ExitReason::Dropped, after),
        [["2026-01-30", "dropped"]]
    );
}
