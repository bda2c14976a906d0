//! What a calendar says of its days, and what it refuses.

use jiff::civil::Date;
use registrar::compliance::calendar::{CalendarFault, DayKind, HolidaysInBreak, SchoolCalendar};
use registrar::record::support::{CalendarPeriod, CalendarPeriodKind as Kind};

use crate::given::{calendar, date, rows};
use crate::walk::{Walk, next};

fn row(kind: Kind, begins_on: &str, ends_on: &str) -> CalendarPeriod {
    CalendarPeriod {
        school: "19999990100056".to_owned(),
        kind,
        begins_on: date(begins_on),
        ends_on: date(ends_on),
        name: None,
    }
}

fn of(rows: &[CalendarPeriod]) -> SchoolCalendar {
    SchoolCalendar::new(rows).expect("a calendar")
}

#[test]
fn every_day_is_what_the_rows_say_and_180_of_a_year_are_school_days() {
    let (calendar, walk) = (calendar(), Walk::new(&rows()));
    let mut day = date("2023-07-01");
    let mut school_days = Vec::new();
    while day < date("2026-09-01") {
        let known = walk.known(day);
        assert_eq!(calendar.day(day).is_some(), known, "{day}");
        let school = walk.counts(
            &crate::given::plain(registrar::compliance::clock::DayUnit::School),
            day,
        );
        assert_eq!(
            calendar.is_school_day(day),
            known.then_some(school),
            "{day}"
        );
        let works = walk.is_working_day(day);
        assert_eq!(
            calendar.is_working_day(day),
            known.then_some(works),
            "{day}"
        );
        if calendar.is_school_day(day) == Some(true) {
            school_days.push(day);
        }
        day = next(day);
    }
    let of_year = |first: &str, last: &str| {
        let (first, last) = (date(first), date(last));
        school_days
            .iter()
            .filter(|&&day| first <= day && day <= last)
            .count()
    };
    // 43 weeks and a Monday, less the days off, and the make-up day.
    assert_eq!(of_year("2023-08-14", "2024-06-11"), 216 - 37 + 1);
    let days = |kind| {
        let mut day = date("2023-08-14");
        let mut days = 0;
        while day <= date("2024-06-11") {
            days += usize::from(calendar.day(day) == Some(kind));
            day = next(day);
        }
        days
    };
    // Admission, Labor, Veterans, two of Thanksgiving, Christmas, New Year, King, Presidents,
    // Chavez, Remembrance, Memorial; three days of a week, 13 of a recess, five of another, and
    // one alone.
    assert_eq!(days(DayKind::Holiday), 12);
    assert_eq!(days(DayKind::Vacation), 1 + 3 + 13 + 5);
    assert_eq!(days(DayKind::PupilFree), 1);
    assert_eq!(days(DayKind::Closure), 2);
}

#[test]
fn the_stronger_row_says_what_a_day_is() {
    let at = "2024-02-05"; // a Monday
    let session = row(Kind::RegularSession, "2023-08-14", "2024-06-10");
    let kinds = [
        (Kind::MakeUpDay, DayKind::SchoolDay),
        (Kind::Holiday, DayKind::Holiday),
        (Kind::PupilFree, DayKind::PupilFree),
        (Kind::Vacation, DayKind::Vacation),
        (Kind::Closure, DayKind::Closure),
    ];
    for (rank, (stronger, says)) in kinds.iter().enumerate() {
        for (weaker, _) in &kinds[rank..] {
            for pair in [[*stronger, *weaker], [*weaker, *stronger]] {
                let mut rows = vec![session.clone()];
                rows.extend(pair.map(|kind| row(kind, at, at)));
                assert_eq!(of(&rows).day(date(at)), Some(*says), "{pair:?}");
            }
        }
    }
    let summer = row(Kind::SummerSession, "2024-02-01", "2024-02-29");
    assert_eq!(
        of(&[session, summer]).day(date(at)),
        Some(DayKind::SchoolDay)
    );
}

#[test]
fn a_break_is_as_long_as_its_weekdays_of_vacation_and_holidays_if_they_count() {
    let calendar = calendar();
    let found: Vec<String> = calendar
        .recesses()
        .iter()
        .filter(|recess| recess.vacation_days > 2 || recess.between_sessions)
        .map(|recess| {
            format!(
                "{} {} {}/{}{}",
                recess.first,
                recess.last,
                recess.schooldays(HolidaysInBreak::Counted),
                recess.schooldays(HolidaysInBreak::LeftOut),
                if recess.between_sessions {
                    " between"
                } else {
                    ""
                }
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "2023-11-18 2023-11-26 5/3",
            "2023-12-16 2024-01-08 15/13",
            "2024-03-23 2024-04-01 6/5",
            "2024-06-12 2024-08-11 2/0 between",
            "2024-11-23 2024-12-01 5/3",
            "2024-12-14 2025-01-06 15/13 between",
            "2025-04-12 2025-04-20 5/5",
            "2025-06-11 2025-08-13 2/0 between",
            "2025-11-22 2025-11-30 5/3",
            "2025-12-20 2026-01-07 13/11",
            "2026-03-28 2026-04-05 5/4",
        ]
    );
}

#[test]
fn a_year_begins_and_ends_with_school_days_whatever_its_sessions() {
    let years: Vec<(i16, Date, Date)> = calendar()
        .years()
        .iter()
        .map(|year| (year.begins_in, year.first, year.last))
        .collect();
    assert_eq!(
        years,
        [
            (2023, date("2023-08-14"), date("2024-06-11")),
            (2024, date("2024-08-12"), date("2025-06-10")),
            (2025, date("2025-08-14"), date("2026-06-10")),
        ]
    );
    // The first day of a session may be one without pupils.
    let late = of(&[
        row(Kind::RegularSession, "2023-08-10", "2024-06-10"),
        row(Kind::PupilFree, "2023-08-10", "2023-08-11"),
    ]);
    assert_eq!(late.years()[0].first, date("2023-08-14"));
}

#[test]
fn sessions_that_meet_over_a_weekend_leave_nothing_between_them() {
    let quarters = of(&[
        row(Kind::RegularSession, "2023-08-14", "2023-10-13"),
        row(Kind::RegularSession, "2023-10-16", "2023-12-15"),
    ]);
    assert!(quarters.recesses().is_empty(), "{:?}", quarters.recesses());
    let a_day_apart = of(&[
        row(Kind::RegularSession, "2023-08-14", "2023-10-13"),
        row(Kind::RegularSession, "2023-10-17", "2023-12-15"),
    ]);
    assert!(a_day_apart.recesses()[0].between_sessions);
}

#[test]
fn a_missing_year_is_not_taken_for_a_long_summer() {
    let rows = [
        row(Kind::RegularSession, "2022-08-15", "2023-06-09"),
        row(Kind::RegularSession, "2024-08-12", "2025-06-10"),
    ];
    let calendar = of(&rows);
    assert_eq!(calendar.day(date("2023-06-09")), Some(DayKind::SchoolDay));
    for unknown in [
        "2023-06-10",
        "2023-10-02",
        "2024-08-11",
        "2025-06-11",
        "2022-08-14",
    ] {
        assert_eq!(calendar.day(date(unknown)), None, "{unknown}");
        assert_eq!(calendar.is_working_day(date(unknown)), None, "{unknown}");
    }
    assert!(calendar.year_after(date("2023-06-09")).is_none());
    // 123 days without a session may be a summer, 124 may not.
    for (resumes, known) in [("2023-10-11", true), ("2023-10-12", false)] {
        let rows = [
            row(Kind::RegularSession, "2022-08-15", "2023-06-09"),
            row(Kind::RegularSession, resumes, "2024-06-10"),
        ];
        assert_eq!(
            of(&rows).day(date("2023-07-03")).is_some(),
            known,
            "{resumes}"
        );
        assert_eq!(of(&rows).year_after(date("2023-06-09")).is_some(), known);
    }
}

#[test]
fn a_calendar_without_a_regular_session_knows_nothing() {
    assert_eq!(of(&[]).day(date("2024-01-09")), None);
    let summer = of(&[row(Kind::SummerSession, "2024-06-17", "2024-07-19")]);
    assert_eq!(summer.day(date("2024-06-18")), None);
}

#[test]
fn everything_that_is_wrong_with_a_calendar_is_told_at_once() {
    let mut another = row(Kind::Holiday, "2024-01-01", "2024-01-01");
    another.school = "19999990100121".to_owned();
    let faults = SchoolCalendar::new(&[
        row(Kind::RegularSession, "2023-08-14", "2024-08-14"),
        row(Kind::Vacation, "2024-03-29", "2024-03-25"),
        row(Kind::Holiday, "2924-01-01", "2924-01-01"),
        another,
    ])
    .expect_err("nothing right");
    let kinds: Vec<&str> = faults
        .iter()
        .map(|fault| match fault {
            CalendarFault::EndsBeforeItBegins { .. } => "ends before it begins",
            CalendarFault::SessionTooLong { .. } => "session too long",
            CalendarFault::SpanTooLong { .. } => "span too long",
            CalendarFault::TooManyRows { .. } => "too many rows",
            CalendarFault::AnotherSchool { .. } => "another school",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "session too long",
            "ends before it begins",
            "another school",
            "span too long"
        ]
    );
    assert!(
        faults
            .iter()
            .all(|fault| fault.to_string().contains("19999990100056"))
    );
}
