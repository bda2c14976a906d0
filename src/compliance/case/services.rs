//! Cases of services: what a plan promises over the weeks that are looked at, and what was given.

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, id, text};
use super::{Case, CaseKind, Span, Value};
use crate::compliance::calendar::SchoolCalendar;
use crate::record::support::{
    Recorded, ServiceFrequency, ServiceLog, ServiceOutcome, ServicePromise, ServiceStop,
    SupportPlan,
};

/// A case for each promise that holds on a day of the weeks that are looked at, or was rightly
/// stopped before them in the year of the report; none where the report looks at no weeks.
pub(super) fn services(pupil: &Pupil<'_>) -> Vec<Case> {
    let Some(weeks) = pupil.around.study else {
        return Vec::new();
    };
    let ends = weeks.ends.min(pupil.around.as_of);
    let overlap = |promise: &ServicePromise| {
        let begins = promise.begins_on.max(weeks.begins);
        let stopped = rightly_stopped(pupil, promise);
        let ends = promise
            .ends_on
            .into_iter()
            .chain(stopped)
            .fold(ends, Date::min);
        // What was stopped in the year before these weeks is told, and owed nothing in them.
        let told = stopped == Some(ends) && pupil.around.period.begins <= ends;
        (begins <= ends || told).then_some(Span { begins, ends })
    };
    let promises = pupil.support(&pupil.record.service_promises);
    promises
        .filter_map(|it| Some(of_promise(pupil, it, overlap(&it.row)?)))
        .collect()
}

/// When a service was stopped so that nothing is owed any more, by the day of the report.
pub(super) fn rightly_stopped(pupil: &Pupil<'_>, promise: &ServicePromise) -> Option<Date> {
    let stopped = pupil.around.happened(promise.stopped_on);
    stopped.filter(|_| promise.stop_reason.is_some_and(ServiceStop::ends_promise))
}

/// The version of a plan that promises a service.
pub(super) fn plan_of<'a>(
    pupil: &Pupil<'a>,
    promise: &Recorded<ServicePromise>,
) -> Option<&'a Recorded<SupportPlan>> {
    let mut plans = pupil.support(&pupil.record.support_plans);
    plans.find(|it| it.source == promise.source && it.row.plan == promise.row.plan)
}

fn of_promise(pupil: &Pupil<'_>, recorded: &Recorded<ServicePromise>, span: Span) -> Case {
    let ServicePromise {
        school,
        promise,
        service,
        provider,
        frequency,
        times,
        minutes,
        begins_on,
        ends_on,
        stopped_on,
        stop_reason,
        ..
    } = &recorded.row;
    let mut case = Case::new(CaseKind::Service, id("service", &recorded.source, promise));
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, span.ends);
    case.set("service", text(service));
    case.set("provider", Value::Code(provider.code()));
    case.set("frequency", Value::Code(frequency.code()));
    case.set("times", *times);
    case.set("minutes", *minutes);
    case.set("begins_on", *begins_on);
    case.know("ends_on", pupil.around.happened(*ends_on));
    if let Some(plan) = plan_of(pupil, recorded) {
        case.reads(pupil.around, plan);
        case.set("plan_kind", Value::Code(plan.row.kind.code()));
    }
    let rightly = rightly_stopped(pupil, &recorded.row).is_some();
    case.set("rightly_stopped", rightly);
    if let Some(stopped) = pupil.around.happened(*stopped_on) {
        case.set("stopped_on", stopped);
        case.know("stop_reason", stop_reason.map(|it| Value::Code(it.code())));
    }
    logged(pupil, &mut case, recorded, span);
    let calendar = pupil.around.calendars.of_school(school);
    let promised = match span.begins <= span.ends {
        false => Some(0),
        true => calendar
            .and_then(|calendar| shares_of(calendar, *frequency, span))
            .and_then(|shares| shares.times(times.number().into())),
    };
    case.know("sessions_promised", promised);
    let minutes = i64::from(minutes.number());
    let minutes = promised.and_then(|sessions| sessions.checked_mul(minutes));
    case.know("minutes_promised", minutes);
    case
}

/// What the provider's log has in these weeks; unknown where the system sends no logs.
fn logged(pupil: &Pupil<'_>, case: &mut Case, promise: &Recorded<ServicePromise>, span: Span) {
    let (mut entries, mut given, mut minutes) = (0, 0, 0);
    let logs = pupil.support(&pupil.record.service_logs);
    let own = |it: &&Recorded<ServiceLog>| {
        it.source == promise.source && it.row.promise == promise.row.promise
    };
    for log in logs.filter(own).filter(|it| span.has(it.row.session_on)) {
        entries += 1;
        if log.row.outcome == ServiceOutcome::Given {
            given += 1;
            minutes += log.row.minutes.map_or(0, |it| i64::from(it.number()));
        }
        case.reads(pupil.around, log);
    }
    if pupil.around.sent.has(&promise.source, "service_logs") {
        case.set("sessions_logged", entries);
        case.set("sessions_given", given);
        case.set("minutes_given", minutes);
    }
}

/// A sum of fractions, kept exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shares {
    parts: i128,
    of: i128,
}

impl Shares {
    const NONE: Self = Self { parts: 0, of: 1 };

    /// With `parts` of `of` more.
    fn and(self, parts: u32, of: u32) -> Option<Self> {
        let (parts, of) = (i128::from(parts), i128::from(of));
        let sum = self.parts.checked_mul(of)?;
        let sum = sum.checked_add(parts.checked_mul(self.of)?)?;
        let whole = self.of.checked_mul(of)?;
        let common = common_divisor(sum, whole).max(1);
        Some(Self {
            parts: sum / common,
            of: whole / common,
        })
    }

    /// So many sessions in each, rounded down: a session is owed once its share is whole.
    fn times(self, sessions: i64) -> Option<i64> {
        let sessions = self.parts.checked_mul(sessions.into())? / self.of;
        i64::try_from(sessions).ok()
    }
}

fn common_divisor(one: i128, other: i128) -> i128 {
    match other {
        0 => one,
        other => common_divisor(other, one % other),
    }
}

/// How many days, weeks, months or school years of a promise lie in a stretch: of each its share of
/// school days, so that a week with holidays counts whole and one that the promise joins late in
/// part. Unknown where the calendar does not know a day of it.
///
/// That a share of school days stands for a share of sessions is this program's reading: plans
/// promise sessions by the week or month and say nothing of parts of one.
fn shares_of(calendar: &SchoolCalendar, frequency: ServiceFrequency, span: Span) -> Option<Shares> {
    let mut shares = Shares::NONE;
    let mut day = span.begins;
    while day <= span.ends {
        let unit = unit_around(calendar, frequency, day)?;
        let inside = Span {
            begins: unit.begins.max(span.begins),
            ends: unit.ends.min(span.ends),
        };
        let of = school_days(calendar, unit)?;
        if of > 0 {
            shares = shares.and(school_days(calendar, inside)?, of)?;
        }
        day = unit.ends.checked_add(1.day()).ok()?;
    }
    Some(shares)
}

/// The day, week from Monday, month or school year that a day lies in.
fn unit_around(calendar: &SchoolCalendar, frequency: ServiceFrequency, day: Date) -> Option<Span> {
    Some(match frequency {
        ServiceFrequency::Daily => Span {
            begins: day,
            ends: day,
        },
        ServiceFrequency::Weekly => {
            let since = i32::from(day.weekday().to_monday_zero_offset());
            let begins = day.checked_sub(since.days()).ok()?;
            let ends = begins.checked_add(6.days()).ok()?;
            Span { begins, ends }
        }
        ServiceFrequency::Monthly => Span {
            begins: day.first_of_month(),
            ends: day.last_of_month(),
        },
        ServiceFrequency::Yearly => {
            let years = calendar.years().iter();
            let mut around = years.filter(|year| year.first <= day && day <= year.last);
            let year = around.next()?;
            Span {
                begins: year.first,
                ends: year.last,
            }
        }
    })
}

fn school_days(calendar: &SchoolCalendar, span: Span) -> Option<u32> {
    let (mut days, mut day) = (0, span.begins);
    while day <= span.ends {
        days += u32::from(calendar.is_school_day(day)?);
        day = day.checked_add(1.day()).ok()?;
    }
    Some(days)
}
