//! Which school issues a transcript, and since when the student was there.

use super::*;

#[test]
fn the_time_at_a_school_is_broken_by_a_transfer_and_not_by_a_summer() {
    let enrolment = |school: &str, from: Date, to: Option<Date>, exit: Option<ExitReason>| {
        let (school, exit_reason) = (school.to_owned(), exit);
        let first = record(Vec::new()).enrolments.remove(0);
        Enrolment {
            school,
            entered_on: from,
            left_on: to,
            exit_reason,
            ..first
        }
    };
    let entered_with = |exit: ExitReason, elsewhere: (Date, Date)| {
        let mut record = record(Vec::new());
        record.enrolments = vec![
            enrolment("S", date(2023, 8, 10), Some(date(2024, 6, 12)), Some(exit)),
            enrolment("X", elsewhere.0, Some(elsewhere.1), None),
            enrolment("S", date(2024, 8, 8), None, None),
        ];
        made(&record).transcript.attendance.entered_on
    };
    let summer = (date(2024, 6, 20), date(2024, 7, 25));
    let began_later = (date(2025, 1, 8), date(2025, 2, 28));
    let cases = [
        (ExitReason::YearEnd, summer, date(2023, 8, 10)),
        (ExitReason::Transferred, summer, date(2024, 8, 8)),
        (ExitReason::YearEnd, began_later, date(2023, 8, 10)),
        (ExitReason::Transferred, began_later, date(2023, 8, 10)),
    ];
    for (exit, elsewhere, entered) in cases {
        assert_eq!(
            entered_with(exit, elsewhere),
            entered,
            "{exit} {elsewhere:?}"
        );
    }
}

#[test]
fn a_graduate_s_transcript_is_that_of_the_school_which_graduated_them() {
    let mut directory = directory();
    for (code, name) in [("M", "Middle School"), ("X", "Summer School")] {
        let school = School {
            school: code.into(),
            name: name.into(),
            ..directory.schools["S"].clone()
        };
        directory.schools.insert(code.into(), school);
    }
    let enrolment = |school: &str, level: i8, days: (Date, Date), exit: Option<ExitReason>| {
        let mut enrolment = record(Vec::new()).enrolments.remove(0);
        enrolment.school = school.into();
        enrolment.grade_level = grade(level);
        (enrolment.entered_on, enrolment.left_on) = (days.0, Some(days.1));
        enrolment.exit_reason = exit;
        enrolment
    };
    let (end, middle) = (date(2026, 6, 10), (date(2019, 8, 12), date(2022, 6, 9)));
    let (high, summer) = (
        (date(2022, 8, 15), end),
        (date(2026, 6, 22), date(2026, 7, 24)),
    );
    let graduated = Some(ExitReason::Graduated);
    let diploma = Award {
        school: "S".into(),
        person: "1".into(),
        award: AwardKind::Diploma,
        detail: None,
        awarded_on: end,
    };
    // How the time at the high school ended, the awards, and which school issues.
    let cases = [
        (graduated, vec![diploma.clone()], "S"),
        (graduated, Vec::new(), "S"),
        (Some(ExitReason::YearEnd), vec![diploma], "S"),
        (Some(ExitReason::Transferred), Vec::new(), "X"),
    ];
    for (exit, awards, issuing) in cases {
        let mut record = record(vec![mark("1", "A")]);
        record.enrolments = vec![
            enrolment("M", 8, middle, graduated),
            enrolment("S", 12, high, exit),
            enrolment("X", 12, summer, Some(ExitReason::Completed)),
        ];
        record.awards = awards;
        let made = assemble(&record, &directory, &policy(), &request()).expect("made");
        let Transcript {
            school, attendance, ..
        } = made.transcript;
        let (entered_on, left_on) = if issuing == "S" { high } else { summer };
        assert_eq!(school.code, issuing, "{exit:?}");
        assert_eq!(
            (attendance.entered_on, attendance.left_on),
            (entered_on, Some(left_on))
        );
        // Who is enrolled again after grade 8 is of the school where they are.
        record.enrolments.truncate(2);
        record.awards.clear();
        record.enrolments[1].exit_reason = None;
        record.enrolments[1].left_on = None;
        let made = assemble(&record, &directory, &policy(), &request()).expect("made");
        assert_eq!(made.transcript.school.code, "S", "not the middle school");
    }
}

#[test]
fn a_school_to_which_the_student_never_came_issues_nothing_and_breaks_no_time() {
    let mut directory = directory();
    let elsewhere = School {
        school: "X".into(),
        ..directory.schools["S"].clone()
    };
    directory.schools.insert("X".into(), elsewhere);
    let enrolment = |school: &str, days: (Date, Option<Date>), exit: Option<ExitReason>| {
        let mut enrolment = record(Vec::new()).enrolments.remove(0);
        enrolment.school = school.into();
        (enrolment.entered_on, enrolment.left_on) = days;
        enrolment.exit_reason = exit;
        enrolment
    };
    let (first, left) = (date(2023, 8, 10), date(2024, 6, 12));
    let at_s = enrolment("S", (first, Some(left)), Some(ExitReason::Transferred));
    let expected = (date(2024, 8, 12), Some(date(2024, 8, 20)));
    let never = enrolment("X", expected, Some(ExitReason::NoShow));
    let mut record = record(vec![mark("1", "A")]);
    record.enrolments = vec![at_s.clone(), never.clone()];
    let school_of = |record: &PersonRecord| {
        let made = assemble(record, &directory, &policy(), &request()).expect("made");
        let Transcript {
            school, attendance, ..
        } = made.transcript;
        (school.code, attendance.entered_on)
    };
    assert_eq!(school_of(&record), ("S".to_owned(), first));
    let back = enrolment("S", (date(2024, 8, 21), None), None);
    record.enrolments = vec![at_s, never.clone(), back];
    assert_eq!(school_of(&record), ("S".to_owned(), first), "never away");
    record.enrolments = vec![never];
    assert_eq!(school_of(&record).0, "X", "there is no other");
}
