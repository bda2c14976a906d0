//! Services that plans promise, and the providers' logs of one study: six weeks in spring.
//!
//! Logs are made for the weeks of the study, and of the first session after a change of school; a
//! log of every year would be most of a district's rows and is asked for by nobody.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;

use super::pupil::{Pupil, one_of};
use super::rows::Rows;
use crate::record::Count;
use crate::record::support::{
    Disability, ProviderKind, ServiceFrequency, ServiceLog, ServiceOutcome, ServicePromise,
    SupportPlan, SupportPlanKind,
};
use crate::synthetic::calendar::{Calendar, days_after, first_day};
use crate::synthetic::draw::{Draw, Stream};

/// The weeks of the study.
const STUDY_WEEKS: i32 = 6;

/// The state's codes of services: specialised instruction, speech, and so on.
mod code {
    pub const INSTRUCTION: &str = "330";
    pub const SPEECH: &str = "415";
    pub const PHYSICAL_EDUCATION: &str = "425";
    pub const OCCUPATIONAL_THERAPY: &str = "450";
    pub const COUNSELLING: &str = "510";
    pub const BEHAVIOUR: &str = "535";
    pub const VISION: &str = "725";
    pub const HEARING: &str = "710";
    pub const COLLEGE: &str = "820";
}

/// How a service is promised: its code, how often, how many sessions, how many minutes.
type Promised = (&'static str, ServiceFrequency, u32, u32);

/// How well a provider's log is kept.
#[derive(Clone, Copy)]
enum Log {
    /// Nearly every session.
    Kept,
    /// Half of them.
    Half,
    /// Nothing.
    Missing,
}

/// The first day of the study: the second Monday of February of the last spring that has come.
pub fn study_begins(calendar: &Calendar) -> Date {
    let of = |year| {
        date(year, 2, 1)
            .nth_weekday_of_month(2, Weekday::Monday)
            .expect("February has a second Monday")
    };
    let spring = of(calendar.current + 1);
    if days_after(spring, STUDY_WEEKS * 7) <= calendar.as_of {
        spring
    } else {
        of(calendar.current)
    }
}

/// Writes the services of each version of a plan that holds in the study or after it.
pub fn promise(pupil: &Pupil<'_>, rows: &mut Rows) {
    let draw = &mut pupil.draw(Stream::Services);
    let since = pupil.study_begins;
    let promised = services(pupil, draw);
    let logs: Vec<Log> = promised
        .iter()
        .map(|_| one_of(draw, &[(Log::Kept, 90), (Log::Half, 7), (Log::Missing, 3)]))
        .collect();
    let holds = |plan: &&SupportPlan| {
        let until = plan.ends_on.is_none_or(|end| end >= since);
        plan.kind == SupportPlanKind::Iep && until
    };
    for plan in rows.support_plans.iter().filter(holds) {
        for (promised, log) in promised.iter().zip(&logs) {
            let agency = draw.chance(90);
            let place = rows.service_promises.len();
            let row = promise_of(pupil, plan, *promised, agency, place);
            give(pupil, &row, *log, draw, &mut rows.service_logs);
            rows.service_promises.push(row);
        }
    }
    after_moves(pupil, promised[0], draw, rows);
}

/// Writes the first session at a new school, of each change of school in the last school year that
/// lies outside the weeks of the study: mostly within a week, some after weeks, some never.
fn after_moves(pupil: &Pupil<'_>, promised: Promised, draw: &mut Draw, rows: &mut Rows) {
    let year = first_day(pupil.calendar.current);
    let study = days_after(pupil.study_begins, STUDY_WEEKS * 7);
    for change in pupil.stays.moves() {
        let (from, until) = (change.after.from, change.after.to.unwrap_or(Date::MAX));
        let in_study = pupil.study_begins <= from && from < study;
        let days = one_of(
            draw,
            &[(Some((0, 6)), 70), (Some((15, 60)), 18), (None, 12)],
        );
        let Some((first, last)) = days.filter(|_| from >= year && !in_study) else {
            continue;
        };
        let day = pupil.school_day_after(days_after(from, draw.between(first, last)));
        let holds = |plan: &&SupportPlan| {
            let until = plan.ends_on.is_none_or(|end| end >= day);
            plan.kind == SupportPlanKind::Iep && plan.begins_on <= from && until
        };
        let Some(plan) = rows
            .support_plans
            .iter()
            .find(holds)
            .filter(|_| day <= until)
        else {
            continue;
        };
        let own = |it: &&ServicePromise| it.plan == plan.plan && it.service == promised.0;
        let promise = match rows.service_promises.iter().find(own) {
            Some(promise) => promise.clone(),
            None => {
                let promise = promise_of(pupil, plan, promised, false, rows.service_promises.len());
                rows.service_promises.push(promise.clone());
                promise
            }
        };
        let place = rows.service_logs.len();
        rows.service_logs.push(ServiceLog {
            minutes: Some(promise.minutes),
            outcome: ServiceOutcome::Given,
            ..entry(pupil, &promise, day, place, draw)
        });
    }
}

fn promise_of(
    pupil: &Pupil<'_>,
    plan: &SupportPlan,
    (service, frequency, times, minutes): Promised,
    agency: bool,
    place: usize,
) -> ServicePromise {
    ServicePromise {
        school: plan.school.clone(),
        promise: pupil.row_number('S', place),
        person: pupil.number.clone(),
        plan: plan.plan.clone(),
        service: service.to_owned(),
        provider: if agency {
            ProviderKind::NonpublicAgency
        } else {
            ProviderKind::District
        },
        frequency,
        times: Count::new(times).expect("a few sessions"),
        minutes: Count::new(minutes).expect("minutes of a day"),
        begins_on: plan.begins_on,
        ends_on: plan.ends_on,
        stopped_on: None,
        stop_reason: None,
    }
}

/// What a child with this category and these needs is promised.
fn services(pupil: &Pupil<'_>, draw: &mut Draw) -> Vec<Promised> {
    use Disability as D;
    use ServiceFrequency::{Daily, Monthly, Weekly, Yearly};
    let needs = &pupil.needs;
    let speech = (code::SPEECH, Weekly, draw.below(2) + 1, 30);
    let instruction = if needs.extensive {
        (code::INSTRUCTION, Daily, 1, 240)
    } else {
        let minutes = *draw.pick(&[60, 90, 120, 150]);
        (code::INSTRUCTION, Weekly, draw.below(2) + 2, minutes)
    };
    let mut all = match needs.disability {
        D::SpeechOrLanguageImpairment => vec![speech],
        D::Autism => vec![instruction, speech, (code::BEHAVIOUR, Monthly, 2, 60)],
        D::EmotionalDisturbance => vec![instruction, (code::COUNSELLING, Weekly, 1, 45)],
        D::VisualImpairment => vec![instruction, (code::VISION, Weekly, 1, 45)],
        D::Deafness | D::HardOfHearing => vec![instruction, (code::HEARING, Weekly, 1, 45)],
        D::OrthopedicImpairment => vec![instruction, (code::PHYSICAL_EDUCATION, Weekly, 2, 30)],
        _ => vec![instruction],
    };
    if needs.second == Some(D::SpeechOrLanguageImpairment) {
        all.push(speech);
    }
    if needs.extensive && draw.chance(450) {
        all.push((code::OCCUPATIONAL_THERAPY, Monthly, 3, 45));
    }
    if pupil.student.grade >= 10 {
        all.push((code::COLLEGE, Yearly, 4, 60));
    }
    all.dedup_by_key(|(service, ..)| *service);
    all
}

/// Writes the log of a promise over the weeks of the study.
fn give(
    pupil: &Pupil<'_>,
    promise: &ServicePromise,
    log: Log,
    draw: &mut Draw,
    rows: &mut Vec<ServiceLog>,
) {
    let begins = pupil.study_begins;
    for week in 0..STUDY_WEEKS {
        let monday = days_after(begins, week * 7);
        for day in days_of(promise, week, draw) {
            let day = days_after(monday, day);
            let source = pupil.source_on(day);
            let holds = promise.begins_on <= day && promise.ends_on.is_none_or(|end| day <= end);
            let kept = match log {
                Log::Kept => draw.chance(975),
                Log::Half => draw.chance(480),
                Log::Missing => false,
            };
            if !holds || !kept || !pupil.days.is_school_day(source, day) {
                continue;
            }
            let place = rows.len();
            rows.push(entry(pupil, promise, day, place, draw));
        }
    }
}

/// The days of a week on which there is a session, from Monday.
fn days_of(promise: &ServicePromise, week: i32, draw: &mut Draw) -> Vec<i32> {
    let times = i32::try_from(promise.times.number()).unwrap_or(1);
    match promise.frequency {
        ServiceFrequency::Daily => (0..5).collect(),
        ServiceFrequency::Weekly => {
            let first = draw.between(0, (5 - times).max(0));
            (first..(first + times).min(5)).collect()
        }
        // So many in four weeks.
        ServiceFrequency::Monthly if week % 4 < times => vec![draw.between(0, 4)],
        ServiceFrequency::Yearly if week == 2 => vec![draw.between(0, 4)],
        ServiceFrequency::Monthly | ServiceFrequency::Yearly => Vec::new(),
    }
}

fn entry(
    pupil: &Pupil<'_>,
    promise: &ServicePromise,
    day: Date,
    place: usize,
    draw: &mut Draw,
) -> ServiceLog {
    let outcome = one_of(
        draw,
        &[
            (ServiceOutcome::Given, 880),
            (ServiceOutcome::PupilAbsent, 55),
            (ServiceOutcome::ProviderAbsent, 45),
            (ServiceOutcome::Refused, 8),
            (ServiceOutcome::NotInSession, 12),
        ],
    );
    let short = if draw.chance(110) {
        draw.below(4) + 1
    } else {
        0
    };
    let minutes = promise.minutes.number() * (6 - short) / 6;
    let minutes = Count::new(minutes).filter(|_| outcome == ServiceOutcome::Given);
    // Most are entered on the day, some when somebody asks.
    let later = if draw.chance(60) {
        draw.between(5, 60)
    } else {
        draw.between(0, 2)
    };
    ServiceLog {
        school: pupil.school_on(day),
        entry: pupil.row_number('L', place),
        person: pupil.number.clone(),
        promise: promise.promise.clone(),
        session_on: day,
        minutes,
        outcome,
        entered_at: Some(afternoon(days_after(day, later))),
    }
}

/// Three in the afternoon of a day, more or less.
fn afternoon(day: Date) -> Timestamp {
    let moment = day.at(18, 0, 0, 0).to_zoned(TimeZone::UTC);
    moment.expect("a date of a plan has a moment").timestamp()
}
