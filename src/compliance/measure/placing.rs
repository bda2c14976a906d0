//! What becomes of one case: whether it is of the period, what its clock says, in which class it is
//! and why.

use std::fmt;

use jiff::civil::Date;

use super::deadline::{Deadline, ReadingRules};
use crate::compliance::calendar::SchoolCalendar;
use crate::compliance::case::{Calendars, Case, CaseKind, Surroundings, Value};
use crate::compliance::clock::{Clock, LeftOut, NotKnown, Started};
use crate::compliance::decree::{ClockPlaces, Decree, DuePlaces, Outcome, Period, Standing};
use crate::compliance::predicate::{
    CaseView, ClockReading, Predicate, ReportDates, Truth, Weighed,
};
use crate::record::DayCount;

/// A calendar of which nothing is known: days of every kind but calendar days are unknown then.
static NO_CALENDAR: SchoolCalendar = SchoolCalendar::EMPTY;

/// A clock by the outcome's own rule, and by each reading of what a vacation does.
struct Readings<'d> {
    own: Clock<'d>,
    tolled: Option<Clock<'d>>,
    untolled: Option<Clock<'d>>,
}

/// One outcome's clock over every calendar of the district.
pub(super) struct Clocks<'d> {
    places: Option<ClockPlaces>,
    due: Option<DuePlaces>,
    limit: Option<u32>,
    /// For each threshold, after how many days it is late.
    days: Vec<Option<u32>>,
    /// The day by which what an outcome without a clock counts should have been recorded.
    recorded_by: Date,
    /// By the place of the calendar; that of no calendar last.
    clocks: Vec<Readings<'d>>,
    calendars: &'d Calendars,
    /// The school whose calendar every case goes by, where the decree names one.
    calendar_school: Option<&'d str>,
}

impl<'d> Clocks<'d> {
    pub fn of(decree: &'d Decree, outcome: &'d Outcome, around: &'d Surroundings) -> Self {
        let text = outcome.text.clock.as_ref();
        let calendars = around.calendars.distinct().iter().chain([&NO_CALENDAR]);
        let clocks = text.map(|text| {
            let rules = ReadingRules::of(text);
            let readings = |calendar| Readings {
                own: Clock::new(calendar, text.rule),
                tolled: rules.tolled.map(|rule| Clock::new(calendar, rule)),
                untolled: rules.untolled.map(|rule| Clock::new(calendar, rule)),
            };
            calendars.map(readings).collect()
        });
        let limit = text.and_then(|text| text.limit);
        let thresholds = outcome.text.thresholds.iter();
        Self {
            places: outcome.clock,
            due: outcome.due,
            limit,
            days: thresholds.map(|it| it.days.or(limit)).collect(),
            recorded_by: recorded_by(outcome, around),
            clocks: clocks.unwrap_or_default(),
            calendars: &around.calendars,
            calendar_school: decree.text.calendar_school.as_deref(),
        }
    }

    /// The clocks of the school by whose calendar a case goes: that which answers for it, where the
    /// decree names no other.
    fn of_case(&self, case: &Case) -> Option<&Readings<'d>> {
        let named = self.places.and_then(|it| it.calendar);
        let school = match named {
            Some(place) => case.value(place),
            None => case.get("school"),
        };
        let own = match school {
            Some(Value::Text(school)) => Some(&**school),
            _ => None,
        };
        let school = self.calendar_school.or(own);
        match school.and_then(|school| self.calendars.place(school)) {
            Some(place) => self.clocks.get(place),
            None => self.clocks.last(),
        }
    }

    /// The days from begin to end that the clock of a case did not count; none where it did not
    /// count at all.
    pub fn left_out(&self, case: &Case) -> Vec<LeftOut> {
        let day = |place: usize| match case.value(place) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let ends = self
            .places
            .and_then(|it| Some((day(it.from)?, day(it.to)?)));
        let (Some((from, to)), Some(clock)) = (ends, self.of_case(case)) else {
            return Vec::new();
        };
        clock.own.left_out(from, to).unwrap_or_default()
    }

    /// When the clock of a case began, with what its last day depends on, and when it ended.
    fn ends(&self, case: &Case) -> Option<(Started, Option<Date>)> {
        let places = self.places?;
        let day = |place: usize| match case.value(place) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let started = Started {
            on: day(places.from)?,
            referred_on: places.referred.and_then(day),
            extended_to: places.extended_to.and_then(day),
        };
        Some((started, day(places.to)))
    }

    /// What the last day of each threshold makes of a case.
    fn deadlines(&self, case: &Case) -> Vec<Option<Deadline>> {
        if let Some(due) = self.due {
            let deadline = due_on(case, due);
            return vec![deadline; self.days.len()];
        }
        if self.places.is_none() {
            let deadline = Deadline {
                on: self.recorded_by,
                is_met: true,
                tolled: None,
                untolled: None,
            };
            return vec![Some(deadline); self.days.len()];
        }
        let (Some((started, to)), Some(clock)) = (self.ends(case), self.of_case(case)) else {
            return Vec::new();
        };
        // What ended before it began is a mistake of the records, and in time of nothing.
        let to = to.filter(|to| *to >= started.on);
        // The readings are those of the days alone, whatever was agreed.
        let plain = Started {
            extended_to: None,
            ..started
        };
        let in_time = |clock: &Option<Clock<'_>>, days| {
            Some(to? <= clock.as_ref()?.due(&plain, days).ok()?.on)
        };
        let deadline = |days: &Option<u32>| {
            let days = (*days)?;
            let on = clock.own.due(&started, days).ok()?.on;
            Some(Deadline {
                on,
                is_met: to.is_some_and(|to| to <= on),
                tolled: in_time(&clock.tolled, days),
                untolled: in_time(&clock.untolled, days),
            })
        };
        self.days.iter().map(deadline).collect()
    }

    /// Days from begin to end where the clock stands still in long vacations.
    fn tolled_days(&self, case: &Case) -> Option<DayCount> {
        let (started, to) = self.ends(case)?;
        let clock = self.of_case(case)?.tolled.as_ref()?;
        let days = clock.elapsed(started.on, to?).ok()?;
        Some(DayCount::from_thousandths(i64::from(days) * 1000))
    }

    fn read(&self, case: &Case, around: &Surroundings) -> (ClockReading, Option<NotKnown>) {
        let mut reading = ClockReading::default();
        let (Some((started, to)), Some(clock)) = (self.ends(case), self.of_case(case)) else {
            return (reading, None);
        };
        let (from, clock) = (started.on, &clock.own);
        let mut wrong = None;
        let mut counted = |days: Result<u32, NotKnown>| match days {
            Ok(days) => Some(DayCount::from_thousandths(i64::from(days) * 1000)),
            Err(error) => {
                wrong.get_or_insert(error);
                None
            }
        };
        reading.days = to.and_then(|to| counted(clock.elapsed(from, to)));
        reading.untolled_days = to.and_then(|to| counted(clock.elapsed_untolled(from, to)));
        reading.days_so_far = counted(clock.elapsed(from, to.unwrap_or(around.as_of)));
        if let Some(limit) = self.limit {
            match clock.due(&started, limit) {
                Ok(due) => {
                    reading.due_on = Some(due.on);
                    reading.late_by = to.map(|to| days_after(due.on, to));
                }
                Err(error) => drop(wrong.get_or_insert(error)),
            }
        }
        (reading, wrong)
    }
}

/// The last day on which a record of an outcome without a clock was in time: the day of the count,
/// the last of the weeks that are looked at, or the last of the period; that of the report where it
/// comes before.
fn recorded_by(outcome: &Outcome, around: &Surroundings) -> Date {
    let study = around
        .study
        .filter(|_| outcome.text.unit == CaseKind::Service);
    let day = match (study, outcome.period) {
        (Some(weeks), _) => weeks.ends,
        (None, Period::CountDay) => around.count_day,
        (None, _) => around.period.ends,
    };
    day.min(around.as_of)
}

/// The last day that the records say, and whether it was done by then.
fn due_on(case: &Case, places: DuePlaces) -> Option<Deadline> {
    let day = |place: usize| match case.value(place) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let on = day(places.on)?;
    Some(Deadline {
        on,
        is_met: day(places.done).is_some_and(|done| done <= on),
        tolled: None,
        untolled: None,
    })
}

/// Calendar days from one day to a later one; none where it is not later.
fn days_after(due: Date, ended: Date) -> DayCount {
    let days = if ended > due {
        i64::from((ended - due).get_days())
    } else {
        0
    };
    DayCount::from_thousandths(days * 1000)
}

/// Why a case has its standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The rule of its exclusion or class holds.
    RuleHolds,
    /// The rule of its class holds, and of a class before it the records do not say what the rule
    /// asks: the names without a value.
    HoldsBehind(Vec<&'static str>),
    /// Of no class the rule holds.
    NoRuleHolds,
    /// The records do not say what a rule asks: the names without a value.
    Unknown(Vec<&'static str>),
}

impl Reason {
    /// The names without a value, where they are the reason or a part of it.
    pub fn unknown(&self) -> &[&'static str] {
        match self {
            Self::RuleHolds | Self::NoRuleHolds => &[],
            Self::Unknown(names) | Self::HoldsBehind(names) => names,
        }
    }
}

/// As the list of cases writes it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RuleHolds => f.write_str("rule_holds"),
            Self::HoldsBehind(names) => write!(f, "rule_holds, unknown: {}", names.join(" ")),
            Self::NoRuleHolds => f.write_str("no_rule_holds"),
            Self::Unknown(names) => write!(f, "unknown: {}", names.join(" ")),
        }
    }
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Whether and as what it is counted; never [`Standing::Outside`].
    pub standing: Standing,
    /// Why.
    pub reason: Reason,
    /// What the outcome's clock says of it.
    pub clock: ClockReading,
    /// Days where the clock stands still in long vacations, whether or not the outcome's own does;
    /// none where its decree has no such reading.
    pub tolled_days: Option<DayCount>,
    /// Why the clock says nothing, where it does not.
    pub clock_unknown: Option<NotKnown>,
    has_last_day: bool,
    /// For each threshold, in the outcome's order; empty where nothing is known of any.
    deadlines: Vec<Option<Deadline>>,
}

impl Placed {
    /// What the last day of the threshold at this place makes of it; none where it has none, and
    /// where nobody knows the day.
    pub fn deadline(&self, threshold: usize) -> Option<Deadline> {
        self.deadlines.get(threshold).copied().flatten()
    }

    /// The last day in time: that of the outcome's clock, or else the earliest of its thresholds;
    /// none where nothing runs.
    pub fn due_on(&self) -> Option<Date> {
        let days = self.deadlines.iter().flatten().map(|it| it.on);
        let earliest = || days.min().filter(|_| self.has_last_day);
        self.clock.due_on.or_else(earliest)
    }
}

/// What becomes of a case; nothing where the outcome is not about it.
pub(super) fn place(
    outcome: &Outcome,
    clocks: &Clocks<'_>,
    case: &Case,
    around: &Surroundings,
) -> Option<Placed> {
    let in_period = of_period(outcome, case, around);
    if in_period == Truth::False {
        return None;
    }
    let (clock, clock_unknown) = clocks.read(case, around);
    let view = view_of(case, clock, around);
    let standing = match outcome.place(&view) {
        Standing::Outside => return None,
        _ if in_period == Truth::Unknown => Standing::Unclear,
        standing => standing,
    };
    let reason = match standing {
        Standing::Excluded(_) => Reason::RuleHolds,
        Standing::In(class) => match missing(&outcome.classes[..class], outcome, &view) {
            Reason::Unknown(names) => Reason::HoldsBehind(names),
            _ => Reason::RuleHolds,
        },
        Standing::Otherwise => missing(&outcome.classes, outcome, &view),
        Standing::Unclear | Standing::Outside => {
            let about = std::iter::once(&outcome.population).chain(&outcome.denominator);
            match (in_period, period_field(outcome)) {
                (Truth::Unknown, Some(field)) => Reason::Unknown(vec![field]),
                _ => missing(about, outcome, &view),
            }
        }
    };
    Some(Placed {
        standing,
        reason,
        clock,
        tolled_days: clocks.tolled_days(case),
        clock_unknown,
        has_last_day: clocks.places.is_some() || clocks.due.is_some(),
        deadlines: clocks.deadlines(case),
    })
}

fn view_of<'c>(case: &'c Case, clock: ClockReading, around: &Surroundings) -> CaseView<'c> {
    CaseView {
        case,
        clock,
        dates: ReportDates {
            as_of: around.as_of,
            period_begins: around.period.begins,
            period_ends: around.period.ends,
            count_day: around.count_day,
        },
    }
}

/// Every rule of an outcome with what it says of a case, in the order in which they are asked.
pub(super) fn rules(
    outcome: &Outcome,
    clocks: &Clocks<'_>,
    case: &Case,
    around: &Surroundings,
) -> Vec<(String, Truth, Vec<Weighed>)> {
    let (clock, _) = clocks.read(case, around);
    let view = view_of(case, clock, around);
    let about = std::iter::once(&outcome.population).chain(&outcome.denominator);
    let rules = about.chain(&outcome.exclusions).chain(&outcome.classes);
    let told = |rule: &Predicate| {
        let weighed = rule.weigh(outcome.names, &view);
        (rule.to_string(), rule.evaluate(&view), weighed)
    };
    rules.map(told).collect()
}

/// What rules ask that the records do not say.
fn missing<'p>(
    rules: impl IntoIterator<Item = &'p Predicate>,
    outcome: &Outcome,
    view: &CaseView<'_>,
) -> Reason {
    let mut names: Vec<&'static str> = Vec::new();
    let rules = rules.into_iter();
    for rule in rules.filter(|rule| rule.evaluate(view) == Truth::Unknown) {
        for weighed in rule.weigh(outcome.names, view) {
            let unknown = weighed
                .named
                .into_iter()
                .filter(|(_, value)| value.is_none());
            for (name, _) in unknown {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    if names.is_empty() {
        Reason::NoRuleHolds
    } else {
        Reason::Unknown(names)
    }
}

/// The field that says of which period a case is.
fn period_field(outcome: &Outcome) -> Option<&'static str> {
    match outcome.period {
        Period::CountDay | Period::Population => None,
        Period::SchoolYear => Some("school_year"),
        Period::Date(place) => Some(outcome.text.unit.fields()[place].name),
    }
}

/// Whether a case is of the reporting period; unknown where the date that says so is absent.
fn of_period(outcome: &Outcome, case: &Case, around: &Surroundings) -> Truth {
    let truth = |holds: bool| if holds { Truth::True } else { Truth::False };
    match outcome.period {
        Period::CountDay | Period::Population => Truth::True,
        Period::SchoolYear => match case.get("school_year") {
            Some(Value::Count(year)) => truth(*year == i64::from(around.period.begins.year())),
            _ => Truth::Unknown,
        },
        Period::Date(place) => match case.value(place) {
            Some(Value::Date(day)) => truth(around.period.has(*day)),
            _ => Truth::Unknown,
        },
    }
}
