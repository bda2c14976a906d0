//! `days.csv`: every day of the first year, of the summer after it and the weeks that follow.
//!
//! The slow walk writes it; the library must write the same. It is there to be read: what a day is,
//! how many days went by since the year began, and what would be due of an event on this day.

use std::fmt::Write as _;

use jiff::civil::Date;
use registrar::compliance::calendar::{DayKind, HolidaysInBreak};
use registrar::compliance::clock::{
    Clock, ClockRule, DayUnit, StandsStillFrom, Started, YearEnd, YearEndOf,
};

use crate::given::{calendar, date, file, plain, rows, tolled};
use crate::walk::{Walk, next};

const REWRITE: &str = "REGISTRAR_REWRITE_FIXTURES";

const HEAD: &str = "\
# Written by the tests (days.rs), one line a day, to be read beside calendar.csv.
# went by: days after 13 August 2023.
# tolled: vacations of over five school days stop the clock, from the last school day on, holidays
# counted.
# plan: 15 such days, or within 10 days of the next year's first day where 10 or fewer are left
# (Ed. Code 56321(a)).
# sixty: Ed. Code 56344(a) without its end of the year. plain: every day counts.
# records: 5 working days (5 CCR 3024).
date,day,school days went by,working days went by,tolled days went by,\
plan due,sixty due,sixty plain due,records due,20 school days due
";

fn rules() -> [ClockRule; 5] {
    let calendar = tolled(
        DayUnit::Calendar,
        HolidaysInBreak::Counted,
        StandsStillFrom::LastSchoolDay,
    );
    let plan = ClockRule {
        year_end: Some(YearEnd {
            of: YearEndOf::Start,
            days_before: 10,
            days_after: 10,
            instead_of: None,
        }),
        ..calendar
    };
    [
        plan,
        calendar,
        plain(DayUnit::Calendar),
        plain(DayUnit::Working),
        plain(DayUnit::School),
    ]
}

const LIMITS: [u32; 5] = [15, 60, 60, 5, 20];

/// What tells the two counts apart: the questions of a line.
trait Counts {
    fn kind(&self, day: Date) -> String;
    fn went_by(&self, rule: usize, start: Date, end: Date) -> Option<u32>;
    fn due(&self, rule: usize, start: Date) -> Option<Date>;
}

fn lines(counts: &impl Counts) -> String {
    let start = date("2023-08-13");
    let mut text = HEAD.to_owned();
    let mut day = start;
    while day < date("2024-10-01") {
        let or = |text: Option<String>| text.unwrap_or_else(|| "not known".to_owned());
        let went_by =
            [4, 3, 1].map(|rule| or(counts.went_by(rule, start, day).map(|n| n.to_string())));
        let due = [0, 1, 2, 3, 4].map(|rule| or(counts.due(rule, day).map(|on| on.to_string())));
        let weekday = format!("{:?}", day.weekday());
        writeln!(
            text,
            "{day},{} {},{},{}",
            &weekday[..3],
            counts.kind(day),
            went_by.join(","),
            due.join(",")
        )
        .expect("a line");
        day = next(day);
    }
    text
}

struct Slow(Walk);

impl Counts for Slow {
    fn kind(&self, day: Date) -> String {
        let (school, working) = (
            self.0.counts(&plain(DayUnit::School), day),
            self.0.is_working_day(day),
        );
        match (self.0.known(day), school, working) {
            (false, ..) => "not known",
            (_, true, _) => "school",
            (_, _, true) => "offices open",
            _ => "closed",
        }
        .to_owned()
    }

    fn went_by(&self, rule: usize, start: Date, end: Date) -> Option<u32> {
        self.0.elapsed(&rules()[rule], start, end)
    }

    fn due(&self, rule: usize, start: Date) -> Option<Date> {
        let YearEnd {
            days_before,
            days_after,
            ..
        } = match rules()[rule].year_end {
            Some(year_end) => year_end,
            None => return self.0.due(&rules()[rule], start, LIMITS[rule]),
        };
        if let Some((last, resumed)) = self.0.year_end(start)
            && self.0.elapsed(&plain(DayUnit::Calendar), start, last)? <= days_before
        {
            return self.0.due(&plain(DayUnit::Calendar), resumed, days_after);
        }
        self.0.known(start).then_some(())?;
        self.0.due(&rules()[rule], start, LIMITS[rule])
    }
}

struct Fast<'c>(
    [Clock<'c>; 5],
    &'c registrar::compliance::calendar::SchoolCalendar,
);

impl Counts for Fast<'_> {
    fn kind(&self, day: Date) -> String {
        match (self.1.day(day), self.1.is_working_day(day)) {
            (None, _) => "not known",
            (Some(DayKind::SchoolDay), _) => "school",
            (_, Some(true)) => "offices open",
            _ => "closed",
        }
        .to_owned()
    }

    fn went_by(&self, rule: usize, start: Date, end: Date) -> Option<u32> {
        self.0[rule].elapsed(start, end).ok()
    }

    fn due(&self, rule: usize, start: Date) -> Option<Date> {
        let due = self.0[rule].due(&Started::on(start), LIMITS[rule]);
        due.ok().map(|due| due.on)
    }
}

#[test]
fn every_day_of_a_year_and_a_summer_is_counted_as_the_slow_walk_counts_it() {
    let slow = lines(&Slow(Walk::new(&rows())));
    if registrar::host::environment(REWRITE).is_some() {
        std::fs::write(file("days.csv"), &slow).expect("the file");
    }
    let read = std::fs::read_to_string(file("days.csv")).expect("the file");
    assert!(read.lines().count() > 400);
    assert!(
        read == slow,
        "days.csv is not what the walk counts; hint: {REWRITE}=1"
    );
    let calendar = calendar();
    let clocks = rules().map(|rule| Clock::new(&calendar, rule));
    for (fast, slow) in lines(&Fast(clocks, &calendar)).lines().zip(slow.lines()) {
        assert_eq!(fast, slow);
    }
}
