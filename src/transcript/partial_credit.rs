//! Partial credit: what a term is worth for who was there for a part of it.
//!
//! Never: a credit that replaces the posted one. The audit tells where a posting is far from what
//! its days come to, `explain` how that was reckoned.

use jiff::civil::Date;

use super::average::MarkName;
use super::policy::{Policy, Rules};
use crate::record::{Credits, Enrolment, MarkKind, PersonRecord, Ratio, RecordedMark, Term};

/// A posting with a part of its course's credit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PartialPosting {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Days of the term on which the student was enrolled at its school.
    pub days_enrolled: i64,
    /// Days of the term.
    pub days_in_term: i64,
    /// Credits of the whole course.
    pub credit_possible: Credits,
    /// Credits as posted.
    pub credit_posted: Credits,
    /// Credits that the days come to.
    pub credit_reckoned: Credits,
    /// Whether the two are further apart than the rules let them be.
    pub differs: bool,
}

impl PartialPosting {
    /// Those of a record; none where the policy has no rule for them.
    pub fn of(policy: &Policy, record: &PersonRecord) -> Vec<Self> {
        let postings = partial_postings(policy.rules(), &record.enrolments, &record.marks);
        postings.into_iter().map(|(_, posting)| posting).collect()
    }
}

/// Each posting with less than its course's credit, of a term in which the student came or left.
pub(super) fn partial_postings<'a>(
    rules: &Rules,
    enrolments: &[Enrolment],
    marks: &'a [RecordedMark],
) -> Vec<(&'a RecordedMark, PartialPosting)> {
    let Some(rule) = &rules.partial_credit else {
        return Vec::new();
    };
    let own = |recorded: &&RecordedMark| {
        let mark = &recorded.mark;
        let possible = recorded.course.credit_value;
        let partial = !mark.credit_attempted.is_zero() && mark.credit_attempted < possible;
        // A waiver says how much is no longer asked for, not how long somebody was there.
        let waives = rules.step_of(mark).is_some_and(|step| step.waives);
        mark.kind == MarkKind::Regular && mark.taken_at.is_none() && partial && !waives
    };
    let postings = marks.iter().filter(own).filter_map(|recorded| {
        let days_in_term = days(recorded.term.begins_on, recorded.term.ends_on);
        let days_enrolled = days_enrolled(enrolments, &recorded.mark.school, &recorded.term);
        if days_enrolled == 0 || days_enrolled >= days_in_term {
            return None;
        }
        let possible = recorded.course.credit_value;
        let numerator = i128::from(possible.thousandths()) * i128::from(days_enrolled);
        let ratio = Ratio::new(numerator, i128::from(days_in_term) * 1000)?;
        let reckoned = Credits::rounded(ratio, rule.decimals, rule.rounding);
        let posted = recorded.mark.credit_attempted;
        let apart = posted.max(reckoned) - posted.min(reckoned);
        let posting = PartialPosting {
            name: MarkName::of(recorded),
            days_enrolled,
            days_in_term,
            credit_possible: possible,
            credit_posted: posted,
            credit_reckoned: reckoned,
            differs: apart > rule.tolerance,
        };
        Some((recorded, posting))
    });
    postings.collect()
}

/// Days of a term on which the student was enrolled at a school.
fn days_enrolled(enrolments: &[Enrolment], school: &str, term: &Term) -> i64 {
    let there = enrolments
        .iter()
        .filter(|enrolment| enrolment.school == school);
    let days = there.map(|enrolment| {
        let from = enrolment.entered_on.max(term.begins_on);
        let to = enrolment.left_on.unwrap_or(term.ends_on).min(term.ends_on);
        days(from, to)
    });
    days.sum()
}

/// Days from one to another, both counted; none where the second is before the first.
fn days(from: Date, to: Date) -> i64 {
    let between = (to - from).get_days();
    i64::from(between).saturating_add(1).max(0)
}
