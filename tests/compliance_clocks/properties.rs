//! What holds of every calendar and every clock.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use registrar::compliance::calendar::{HolidaysInBreak, SchoolCalendar};
use registrar::compliance::clock::{
    Clock, ClockRule, DayUnit, LastDay, StandsStillFrom, Started, Tolling,
};
use registrar::record::support::{CalendarPeriod, CalendarPeriodKind as Kind};

use crate::walk::{Walk, before, next};

const FIRST: Date = date(2023, 7, 1);

fn after(days: i32) -> Date {
    FIRST.checked_add(days.days()).expect("a date")
}

fn row(kind: Kind, begins: i32, days: i32) -> CalendarPeriod {
    CalendarPeriod {
        school: "19999990100056".to_owned(),
        kind,
        begins_on: after(begins),
        ends_on: after(begins + days),
        name: None,
    }
}

/// Sessions that may overlap, touch, or leave too long a gap, and anything on top of them.
fn rows() -> impl Strategy<Value = Vec<CalendarPeriod>> {
    let sessions = prop::collection::vec((0..500, 20..200), 1..4);
    let kinds = prop::sample::select(Kind::ALL)
        .prop_filter("a year or less", |kind| *kind != Kind::RegularSession);
    let others = prop::collection::vec((kinds, 0..600, 0..16), 0..14);
    (sessions, others).prop_map(|(sessions, others)| {
        let mut rows: Vec<CalendarPeriod> = sessions
            .into_iter()
            .map(|(begins, days)| row(Kind::RegularSession, begins, days))
            .collect();
        rows.extend(others.into_iter().map(|(kind, begins, days)| {
            row(
                kind,
                begins,
                if kind == Kind::MakeUpDay {
                    days % 2
                } else {
                    days
                },
            )
        }));
        rows
    })
}

fn rules() -> impl Strategy<Value = ClockRule> {
    let unit = prop::sample::select(&[DayUnit::Calendar, DayUnit::School, DayUnit::Working][..]);
    let holidays = prop::sample::select(&[HolidaysInBreak::Counted, HolidaysInBreak::LeftOut][..]);
    let from = prop::sample::select(
        &[
            StandsStillFrom::LastSchoolDay,
            StandsStillFrom::FirstFreeDay,
            StandsStillFrom::FifthSchoolDay,
        ][..],
    );
    let tolling = prop_oneof![
        1 => Just(Tolling::None),
        3 => (holidays, from).prop_map(|(holidays, from)| {
            Tolling::BreaksOverFiveSchooldays { holidays, from }
        }),
    ];
    (unit, tolling).prop_map(|(unit, tolling)| ClockRule {
        unit,
        tolling,
        year_end: None,
        last_day: LastDay::Stands,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sums_count_what_the_slow_walk_counts(
        rows in rows(), rule in rules(), start in -20..700i32, days in 0..200i32, limit in 0..90u32,
    ) {
        let calendar = SchoolCalendar::new(&rows).expect("a calendar");
        let clock = Clock::new(&calendar, rule);
        let walk = Walk::new(&rows);
        let (start, end) = (after(start), after(start + days));
        prop_assert_eq!(clock.elapsed(start, end).ok(), walk.elapsed(&rule, start, end));
        let untolled = ClockRule { tolling: Tolling::None, ..rule };
        prop_assert_eq!(
            clock.elapsed_untolled(start, end).ok(),
            walk.elapsed(&untolled, start, end)
        );
        let due = clock.due(&Started::on(start), limit).ok().map(|due| due.on);
        prop_assert_eq!(due, walk.due(&rule, start, limit));
    }

    #[test]
    fn a_clock_never_runs_backwards_nor_faster_than_days(
        rows in rows(), rule in rules(), start in -20..700i32, days in 0..200i32,
    ) {
        let calendar = SchoolCalendar::new(&rows).expect("a calendar");
        let clock = Clock::new(&calendar, rule);
        let (start, end) = (after(start), after(start + days));
        if let Ok(elapsed) = clock.elapsed(start, end) {
            let untolled = clock.elapsed_untolled(start, end).expect("known as well");
            prop_assert!(elapsed <= untolled && untolled <= days as u32);
            if days > 0 {
                let yesterday = clock.elapsed(start, before(end)).expect("known as well");
                prop_assert!(yesterday == elapsed || yesterday + 1 == elapsed);
            }
        }
    }

    #[test]
    fn what_is_due_is_the_first_day_on_which_so_many_went_by(
        rows in rows(), rule in rules(), start in -20..700i32, limit in 1..90u32,
    ) {
        let calendar = SchoolCalendar::new(&rows).expect("a calendar");
        let clock = Clock::new(&calendar, rule);
        let start = after(start);
        if let Ok(due) = clock.due(&Started::on(start), limit) {
            prop_assert_eq!(clock.elapsed(start, due.on), Ok(limit));
            prop_assert_eq!(clock.elapsed(start, before(due.on)), Ok(limit - 1));
            if let Ok(after_due) = clock.elapsed(start, next(due.on)) {
                prop_assert!(after_due >= limit);
            }
        }
    }

    #[test]
    fn days_that_count_and_days_that_are_told_to_be_left_out_are_all_days(
        rows in rows(), rule in rules(), start in -20..700i32, days in 0..200i32,
    ) {
        let calendar = SchoolCalendar::new(&rows).expect("a calendar");
        let clock = Clock::new(&calendar, rule);
        let (start, end) = (after(start), after(start + days));
        if let Ok(elapsed) = clock.elapsed(start, end) {
            let told = clock.left_out(start, end).expect("known as well");
            let left_out: u32 = told.iter().map(|days| days.days()).sum();
            prop_assert_eq!(elapsed + left_out, days as u32);
            for pair in told.windows(2) {
                prop_assert!(pair[0].last < pair[1].first);
            }
            for days in &told {
                prop_assert!(start < days.first && days.first <= days.last && days.last <= end);
                prop_assert_eq!(clock.elapsed(before(days.first), days.last), Ok(0));
            }
        }
    }

    #[test]
    fn the_order_of_rows_says_nothing(rows in rows(), turn in 0..16usize) {
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        turned.reverse();
        prop_assert_eq!(SchoolCalendar::new(&rows), SchoolCalendar::new(&turned));
    }
}
