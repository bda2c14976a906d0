//! Ed. Code 56344(a) as the shipped decrees set it beside their clocks, on every day of a year.
//!
//! "Not to exceed a total of 60 days, not counting days between the pupil's regular school
//! sessions, terms, or days of school vacation in excess of five schooldays"; of a referral "30
//! days or less prior to the end of the pupil's regular school year … within 30 days after the
//! commencement of the subsequent regular school year". The slow walk counts each day again.

use jiff::ToSpan as _;
use jiff::civil::Date;
use registrar::compliance::calendar::HolidaysInBreak;
use registrar::compliance::clock::{
    Clock, ClockRule, DayUnit, DueBy, NotKnown, StandsStillFrom, Started,
};
use registrar::compliance::decree::Decree;

use crate::given::{calendar, date, plain, rows, tolled};
use crate::walk::{Walk, next};

const CHANDA_SMITH: &str = include_str!("../../report-templates/chanda-smith/decree.toml");
const IDEA_PART_B: &str = include_str!("../../report-templates/idea-part-b/decree.toml");

/// The reading beside the clock of an outcome.
fn beside(decree: &str, outcome: &str) -> ClockRule {
    let decree = Decree::read("decree.toml", decree).unwrap_or_else(|it| panic!("{it:?}"));
    let clock = decree.outcome(outcome).expect(outcome).text.clock.clone();
    clock.and_then(|it| it.beside).expect("a reading").rule
}

/// The last day by the slow walk: of 60 days by the end of the year where the referral is near it.
fn slow(walk: &Walk, referred_on: Date, start: Date, limit: u32, ends: bool) -> Option<Date> {
    let every = plain(DayUnit::Calendar);
    let long = tolled(
        DayUnit::Calendar,
        HolidaysInBreak::LeftOut,
        StandsStillFrom::FirstFreeDay,
    );
    if ends
        && let Some((last, resumed)) = walk.year_end(referred_on)
        && walk.elapsed(&every, referred_on, last)? <= 30
    {
        return walk.due(&every, resumed, 30);
    }
    walk.due(&long, start, limit)
}

#[test]
fn every_day_of_a_year_and_a_summer_is_due_as_the_law_says() {
    let (calendar, walk) = (calendar(), Walk::new(&rows()));
    // The decree's shares of 75 and 90 days are not the law's; the indicator has one limit.
    for (decree, outcome, of_each) in [(CHANDA_SMITH, "10", false), (IDEA_PART_B, "B11", true)] {
        let clock = Clock::new(&calendar, beside(decree, outcome));
        let (mut by_year_end, mut asked) = (0, 0);
        let mut start = date("2023-08-21");
        while start <= date("2024-10-15") {
            for days in [1, 45] {
                let referred_on = start.checked_sub(days.days()).expect("a date");
                if referred_on < date("2023-08-14") {
                    continue;
                }
                let started = Started {
                    referred_on: Some(referred_on),
                    ..Started::on(start)
                };
                for limit in [60, 75] {
                    let due = clock.due(&started, limit);
                    let ends = of_each || limit == 60;
                    assert_eq!(
                        due.ok().map(|it| it.on),
                        slow(&walk, referred_on, start, limit, ends),
                        "{outcome}: {limit} days of {start}, referred {days} days before"
                    );
                    let by = due.ok().map(|it| it.by);
                    by_year_end += u32::from(matches!(by, Some(DueBy::YearEnd { .. })));
                    asked += 1;
                }
            }
            start = next(start);
        }
        assert!(
            asked > 1_500 && by_year_end >= 2 * 31,
            "{asked} {by_year_end}"
        );
    }
}

#[test]
fn thirty_days_before_the_end_is_near_it_and_of_a_referral_not_recorded_nothing_is_known() {
    // The year ends on June 11, 2024, with a make-up day; the next begins on August 12.
    let calendar = calendar();
    let clock = Clock::new(&calendar, beside(CHANDA_SMITH, "10"));
    let due = |referred_on: Option<&str>, limit| {
        let started = Started {
            referred_on: referred_on.map(date),
            ..Started::on(date("2024-05-20"))
        };
        clock.due(&started, limit).map(|due| due.on)
    };
    assert_eq!(due(Some("2024-05-12"), 60), Ok(date("2024-09-11")));
    // 22 days to June 11; from August 12 the 60th day is the 38th.
    assert_eq!(due(Some("2024-05-11"), 60), Ok(date("2024-09-18")));
    assert_eq!(due(None, 60), Err(NotKnown::NoReferral));
    assert_eq!(due(None, 75), Ok(date("2024-10-03")));
}
