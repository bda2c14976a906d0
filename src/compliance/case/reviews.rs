//! Cases of the reviews that come round.
//!
//! A plan is reviewed "periodically, but not less frequently than annually" (34 CFR
//! 300.324(b)(1)(i), Ed. Code 56043(d), 56343(d)), and with an evaluation at least every three
//! years (34 CFR 300.303(b)(2), Ed. Code 56381(a)). A review that was held, and the first meeting
//! over a plan, begin the time to the next one; a triennial review is an annual one as well. A plan
//! of whose making no meeting is on record begins it on its own first day, where the system tells
//! of meetings at all. When the evaluation before such a plan was, nobody can say: the next one is
//! due when the system says, and three years after that first day at the latest.
//!
//! What is due is owed until it is held, however long, and is counted in every year in which it was
//! owed. That the version of the plan lapsed ends nothing: the child is still eligible. It ends
//! when the child is no longer eligible, or left the district's schools; a review that came due
//! only then was never owed, and one that was overdue stays in the counts of the years before.

use jiff::ToSpan;
use jiff::civil::Date;

use super::pupil::{Pupil, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{MeetingKind, PlanMeeting, Recorded, SupportPlan, SupportPlanKind};

/// A review that comes round.
struct Round {
    kind: &'static str,
    /// Meetings that are such a review, or begin the time to the next one.
    meetings: &'static [MeetingKind],
    years: i16,
    /// Whether the first day of a plan tells when the one before was held.
    begins_with_plan: bool,
}

const ROUNDS: [Round; 2] = [
    Round {
        kind: "annual",
        meetings: &[
            MeetingKind::Initial,
            MeetingKind::Annual,
            MeetingKind::Triennial,
        ],
        years: 1,
        begins_with_plan: true,
    },
    Round {
        kind: "triennial",
        meetings: &[MeetingKind::Initial, MeetingKind::Triennial],
        years: 3,
        begins_with_plan: false,
    },
];

/// A case for each review that came due by the day of the report, or was held.
pub(super) fn reviews(pupil: &Pupil<'_>) -> Vec<Case> {
    let rounds = ROUNDS.iter();
    rounds
        .flat_map(|round| OfRound::new(pupil, round).cases())
        .collect()
}

/// What began the time to a review.
#[derive(Clone, Copy)]
enum Start<'a> {
    Meeting(Date, &'a Recorded<PlanMeeting>),
    Plan(Date, &'a Recorded<SupportPlan>),
}

impl<'a> Start<'a> {
    fn day(self) -> Date {
        match self {
            Self::Meeting(day, _) | Self::Plan(day, _) => day,
        }
    }

    /// What names the case, beside the round.
    fn name(self) -> String {
        match self {
            Self::Meeting(_, it) => format!("{}/{}", it.source, it.row.meeting),
            Self::Plan(_, it) => format!("{}/plan/{}", it.source, it.row.plan),
        }
    }

    fn school(self) -> &'a str {
        match self {
            Self::Meeting(_, it) => &it.row.school,
            Self::Plan(_, it) => &it.row.school,
        }
    }
}

/// One round of one pupil.
struct OfRound<'p, 'a> {
    pupil: &'p Pupil<'a>,
    round: &'static Round,
    /// Meetings of it that were held by the day of the report, the first one first.
    held: Vec<(Date, &'a Recorded<PlanMeeting>)>,
}

impl<'p, 'a> OfRound<'p, 'a> {
    fn new(pupil: &'p Pupil<'a>, round: &'static Round) -> Self {
        let held_on = |it: &Recorded<PlanMeeting>| pupil.around.happened(it.row.held_on);
        let mut held: Vec<_> = pupil
            .support(&pupil.record.plan_meetings)
            .filter(|it| round.meetings.contains(&it.row.kind))
            .filter_map(|it| Some((held_on(it)?, it)))
            .collect();
        held.sort_by_key(|(day, it)| (*day, &it.row.meeting, &it.source));
        Self { pupil, round, held }
    }

    fn cases(&self) -> Vec<Case> {
        let starts = self.starts().into_iter();
        starts.filter_map(|start| self.case(start)).collect()
    }

    /// The meetings held; and each plan that none of them made, and that began while nothing was
    /// owed by an earlier one.
    fn starts(&self) -> Vec<Start<'a>> {
        let around = self.pupil.around;
        let mut plans: Vec<_> = self.ieps().map(|it| (it.row.begins_on, it)).collect();
        plans.retain(|(begins_on, _)| *begins_on <= around.as_of);
        plans.sort_by_key(|(begins_on, it)| (*begins_on, &it.row.plan, &it.source));
        let mut starts: Vec<Start<'a>> = Vec::new();
        let meetings = self.held.iter();
        starts.extend(meetings.map(|(day, it)| Start::Meeting(*day, it)));
        for (begins_on, plan) in plans {
            let before = starts.iter().map(|it| it.day());
            let last = before.filter(|day| *day <= begins_on).max();
            let is_owed = last.is_some_and(|last| self.over(last, begins_on).is_none());
            let mut held = self.held.iter();
            let is_made = held.any(|(_, it)| {
                it.source == plan.source && plan.row.meeting.as_ref() == Some(&it.row.meeting)
            });
            if !is_owed && !is_made {
                starts.push(Start::Plan(begins_on, plan));
            }
        }
        starts
    }

    fn ieps(&self) -> impl Iterator<Item = &'a Recorded<SupportPlan>> + use<'a> {
        self.pupil
            .support(&self.pupil.record.support_plans)
            .filter(|it| it.row.kind == SupportPlanKind::Iep)
    }

    /// The day on which nothing was owed any more, from a day on and before another.
    fn over(&self, from: Date, until: Date) -> Option<Date> {
        let left = self.pupil.left_between(from, until);
        let eligible = self.pupil.eligibility_ended_between(from, until);
        left.into_iter().chain(eligible).min()
    }

    fn case(&self, start: Start<'a>) -> Option<Case> {
        let around = self.pupil.around;
        let last_on = start.day();
        let due_on = last_on.checked_add(self.round.years.years()).ok()?;
        let next = self.held.iter().find(|(day, it)| {
            let is_itself = matches!(start, Start::Meeting(_, own) if std::ptr::eq(own, *it));
            let after = match start {
                Start::Meeting(_, own) => (last_on, &own.row.meeting, &own.source),
                Start::Plan(_, own) => (last_on, &own.row.plan, &own.source),
            };
            !is_itself && (*day, &it.row.meeting, &it.source) > after
        });
        let over = self.over(last_on, next.map_or(around.as_of, |(day, _)| *day));
        let next = next.filter(|_| over.is_none());
        let until = next.map_or(due_on, |(day, _)| *day.min(&due_on));
        // Nothing was owed of a child who had no plan, and none is of one that ended before.
        let had_plan = self.ieps().any(|it| {
            let ends = it.row.ends_on.unwrap_or(Date::MAX);
            it.row.begins_on <= until && ends >= last_on
        });
        if !had_plan || until > around.as_of || over.is_some_and(|over| over < due_on) {
            return None;
        }
        let mut case = self.begun(start, next.map(|(_, it)| *it), until);
        let begins = self.round.begins_with_plan;
        let is_late = next.is_none_or(|(day, _)| *day > due_on);
        let is_told = match start {
            Start::Meeting(..) => true,
            // Without an evaluation since the plan began the next one is late in any case.
            Start::Plan(_, plan) => {
                (begins || is_late) && around.sent.has(&plan.source, "plan_meetings")
            }
        };
        if is_told {
            case.set("last_held_on", last_on);
            case.set("due_on", due_on);
        }
        case.know("held_on", next.map(|(day, _)| *day));
        case.know("owed_until", over);
        Some(case)
    }

    /// A case with its rows: the meeting that is due is the next one held, or one that was called
    /// and not held yet.
    fn begun(
        &self,
        start: Start<'a>,
        next: Option<&'a Recorded<PlanMeeting>>,
        until: Date,
    ) -> Case {
        let Self { pupil, round, .. } = self;
        let called = || {
            let unheld = |it: &&Recorded<PlanMeeting>| {
                let is_held = pupil.around.happened(it.row.held_on).is_some();
                round.meetings.contains(&it.row.kind) && !is_held
            };
            let due = |it: &Recorded<PlanMeeting>| it.row.due_on.filter(|due| *due > start.day());
            let called = pupil.support(&pupil.record.plan_meetings).filter(unheld);
            called
                .filter(|it| due(it).is_some())
                .min_by_key(|it| (due(it), &it.row.meeting, &it.source))
        };
        let review = next.or_else(called);
        let id = format!("review/{}/{}", round.kind, start.name());
        let mut case = Case::new(CaseKind::Review, id);
        if let Some(review) = review {
            case.reads(pupil.around, review);
            case.know("due_on", review.row.due_on);
            case.know("delay_code", review.row.delay_code.as_deref().map(text));
        }
        match start {
            Start::Meeting(_, it) => case.reads(pupil.around, it),
            Start::Plan(_, it) => case.reads(pupil.around, it),
        }
        // Nobody called it: the school that was to, where the child was then.
        let enrolled = || pupil.enrolment_on(until).map(|it| it.row.school.as_str());
        let school = review.map(|it| it.row.school.as_str());
        let school = school.or_else(enrolled).unwrap_or(start.school());
        pupil.describe(&mut case, school, until);
        case.set("kind", Value::Code(round.kind));
        case
    }
}
