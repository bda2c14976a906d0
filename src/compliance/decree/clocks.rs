//! What a clock of a decree's file must not contradict: its own rule, the reading beside it, and
//! the last day that records say in its place.
//!
//! Next: `clock` counts the days.

use super::bounds::small;
use super::written::{BesideText, ClockText, OutcomeText};
use super::{LIMIT_DAYS_MAX, YEAR_END_DAYS_MAX};
use crate::compliance::clock::{ClockRule, Tolling, YearEndOf};
use crate::rules_file::{Place, Problems};

impl OutcomeText {
    pub(super) fn check_clock(&self, place: &Place, told: &mut Problems) {
        let Some(clock) = &self.clock else { return };
        if clock.from == clock.to {
            let what = "the clock begins and ends with the same date";
            told.say(
                place.clone().key("to"),
                what,
                "name the date on which it ends",
            );
        }
        if let Some(limit) = clock.limit {
            small(
                told,
                place.clone().key("limit"),
                "days",
                limit,
                LIMIT_DAYS_MAX,
            );
        }
        self.check_year_end(&clock.rule, place, told);
        if let Some(beside) = &clock.beside {
            let place = place.clone().key("beside");
            self.check_year_end(&beside.rule, &place, told);
            check_beside(clock, beside, &place, told);
        }
    }

    /// The end of a year in one of a clock's readings.
    fn check_year_end(&self, rule: &ClockRule, place: &Place, told: &mut Problems) {
        let (Some(clock), Some(year_end)) = (&self.clock, rule.year_end) else {
            return;
        };
        if year_end.of == YearEndOf::Referral && clock.referred.is_none() {
            let what = "the end of the year is asked of a referral, and none is named";
            told.say(
                place.clone(),
                what,
                "add `referred = \"referred_on\"` to the clock",
            );
        }
        let place = place.clone().key("rule");
        for days in [year_end.days_before, year_end.days_after] {
            small(
                told,
                place.clone(),
                "days about the end of a year",
                days,
                YEAR_END_DAYS_MAX,
            );
        }
        let shares = self.thresholds.iter().filter_map(|it| it.days);
        let mut limits = shares.chain(clock.limit);
        if let Some(days) = year_end.instead_of
            && !limits.any(|limit| limit == days)
        {
            let what =
                format!("the end of the year takes the place of {days} days that nothing has");
            let hint = "`instead_of` is the clock's `limit`, or the `days` of a share";
            told.say(place, what, hint);
        }
    }

    pub(super) fn check_due(&self, place: &Place, told: &mut Problems) {
        let Some(due) = &self.due else { return };
        if self.clock.is_some() {
            let what = "the clock says the last day, and `due` another one";
            told.say(place.clone(), what, "keep one of the two");
        }
        if due.on == due.done {
            let what = "what is done on its last day always is in time";
            let hint = "name the date on which it was done";
            told.say(place.clone().key("done"), what, hint);
        }
    }
}

/// Of the two readings one stands still in long vacations; and both count the same days.
fn check_beside(clock: &ClockText, beside: &BesideText, place: &Place, told: &mut Problems) {
    let place = place.clone().key("rule");
    let stands_still = |rule: &ClockRule| rule.tolling != Tolling::None;
    if stands_still(&clock.rule) == stands_still(&beside.rule) {
        let what = match stands_still(&clock.rule) {
            true => "both readings stand still in long vacations",
            false => "neither reading stands still in long vacations",
        };
        let hint = "of `rule` and `beside.rule` one has `tolling = \"none\"`, the other \
                    `breaks_over_five_schooldays`";
        told.say(place.clone(), what, hint);
    }
    if clock.rule.unit != beside.rule.unit {
        let what = "the two readings count days of two kinds";
        let hint = "limits and shares have one number of days: let both have the same `unit`";
        told.say(place, what, hint);
    }
}
