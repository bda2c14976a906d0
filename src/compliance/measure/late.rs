//! Late data entry: who is in time only by what was first entered, or changed, after the last day.
//!
//! The rows of a case say when they were recorded. Where all of them stood by the last day, the
//! case was known in time. Where one came later, that may be of no account (a plan that a later
//! review ended, an import that was taken back): so the case is made once more of what was known on
//! that day ([`Doubt`]), and is late if it did not satisfy the threshold then. A system of which
//! nothing was known by that day may have had the row for years: of such a case nobody can tell.
//!
//! Never: reading; whoever has the records hands in the cases of a day. Next: `deadline`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::deadline::{self, Deadline, Lateness};
use super::list;
use super::placing::Placed;
use super::tally::stratum_value;
use super::{Measuring, Part};
use crate::compliance::case::{Case, CaseKind, Entered};
use crate::compliance::decree::Standing;
use crate::record::PersonId;

/// A case that is in time by rows of which one was recorded after a last day.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The place of the outcome in the decree.
    outcome: usize,
    /// The kind of the case.
    pub kind: CaseKind,
    /// The case.
    id: String,
    /// Whom it is about; nobody where it is about staff.
    pub person: Option<PersonId>,
    school: String,
    /// Each threshold that it satisfies, with its last day and what the rows say by themselves;
    /// none where the case has to be made again.
    thresholds: Vec<(usize, Date, Option<Lateness>)>,
    /// Each threshold with a last day, satisfied or not.
    last_days: Vec<(usize, Deadline)>,
    is_counted: bool,
    entered: Option<Entered>,
}

impl Doubt {
    /// The days whose knowledge is asked for.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let open = self.thresholds.iter().filter(|(_, _, told)| told.is_none());
        open.map(|(_, day, _)| *day)
    }
}

/// The last instant of a day: what was known on it was recorded by then.
pub fn end_of(day: Date, zone: &TimeZone) -> Timestamp {
    let next = day.checked_add(1.day()).ok();
    let next = next.and_then(|next| next.to_zoned(zone.clone()).ok());
    let next = next.map_or(Timestamp::MAX, |next| next.timestamp());
    next.checked_sub(1.microsecond()).unwrap_or(next)
}

impl Measuring<'_> {
    /// Adds a case to the counts of late rows, or to the doubts.
    pub(super) fn late(&self, outcome: usize, case: &Case, placed: &Placed, part: &mut Part) {
        let text = &self.decree.outcomes[outcome];
        let last_days = deadline::deadlines(text, placed);
        let told = last_days.iter().copied();
        let satisfied = told.filter(|(place, _)| deadline::satisfies(text, placed, *place));
        let told = satisfied.map(|(place, deadline)| {
            let end = end_of(deadline.on, &self.around.time_zone);
            (place, deadline.on, by_rows(case.entered, end))
        });
        let doubt = Doubt {
            outcome,
            kind: case.kind,
            id: case.id.clone(),
            person: case.person,
            school: stratum_value(case, "school"),
            thresholds: told.collect(),
            is_counted: matches!(placed.standing, Standing::In(_) | Standing::Otherwise),
            last_days,
            entered: case.entered,
        };
        if doubt.days().next().is_some() {
            part.doubts.push(doubt);
        } else {
            self.settle(&doubt, part);
        }
    }

    /// Looks at a doubt with what was known on one of its days: the cases of its kind that the
    /// records of its person, or those of staff, made then.
    pub fn look(&self, doubt: &mut Doubt, on: Date, cases: &[Case]) {
        let text = &self.decree.outcomes[doubt.outcome];
        let case = cases.iter().find(|case| case.id == doubt.id);
        let placed = case.and_then(|case| self.place(doubt.outcome, case));
        let end = end_of(on, &self.around.time_zone);
        let since = doubt.entered.and_then(|it| it.watched_since);
        let is_watched = since.is_some_and(|since| since.last <= end);
        let satisfied = |threshold: usize| {
            let placed = placed.as_ref();
            placed.is_some_and(|placed| deadline::satisfies(text, placed, threshold))
        };
        for (place, day, told) in &mut doubt.thresholds {
            if *day == on && told.is_none() {
                *told = Some(match (satisfied(*place), is_watched) {
                    (true, _) => Lateness::InTime,
                    (false, true) => Lateness::Late,
                    (false, false) => Lateness::Untold,
                });
            }
        }
    }

    /// Counts what was found of each threshold, and once of the outcome; and writes it down.
    ///
    /// # Panics
    /// Where a day of the doubt was not looked at: a mistake of the program.
    pub fn settle(&self, doubt: &Doubt, part: &mut Part) {
        let tally = &mut part.outcomes[doubt.outcome];
        let found = |told: Option<Lateness>| told.expect("each day was looked at");
        for (place, _, told) in &doubt.thresholds {
            let threshold = &mut tally.timeliness[*place].entered_late;
            threshold.add(&doubt.school, found(*told));
        }
        let told = doubt.thresholds.iter().map(|(_, _, told)| found(*told));
        if let Some(worst) = told.max() {
            tally.entered_late.add(&doubt.school, worst);
        }
        let named = &self.decree.outcomes[doubt.outcome].text.thresholds;
        for (place, deadline) in &doubt.last_days {
            let told = doubt.thresholds.iter().find(|(it, _, _)| it == place);
            let entered = told.and_then(|(_, _, told)| *told);
            let names = (&*doubt.id, &*doubt.school, &*named[*place].name);
            let lines = &mut part.last_days[doubt.outcome];
            list::last_day(lines, names, (*deadline, doubt.is_counted), entered);
        }
    }
}

/// What the instants of the rows say by themselves of a case that satisfies; nothing where it has
/// to be made again of what was known then.
fn by_rows(entered: Option<Entered>, end: Timestamp) -> Option<Lateness> {
    let Some(entered) = entered else {
        return Some(Lateness::Untold);
    };
    if entered.last <= end {
        return Some(Lateness::InTime);
    }
    let is_watched = entered.watched_since.is_some_and(|it| it.first <= end);
    // Nothing of it was known by then.
    (!is_watched).then_some(Lateness::Untold)
}
