//! Progress against a graduation plan: credits by subject, and what is still needed.

use super::model::{Requirements, SubjectProgress};
use super::policy::PlanRule;
use crate::record::{Credits, MarkKind, RecordedMark};

/// One row of a plan, being filled.
#[derive(Clone, Copy, Default)]
struct Filling {
    earned: Credits,
    in_progress: Credits,
}

/// Sorts credits into the rows of a plan.
///
/// A row takes the credits of its own subjects up to what it requires. What is over goes to the row
/// for a-g surplus, up to what that requires, where the course has an a-g subject area; what is
/// over then, and what no row names, counts in the row that takes the rest. Credits are those of
/// the postings. Work in progress is sorted after what is earned and never lowers what is needed.
pub(super) fn progress(plan: &PlanRule, marks: &[RecordedMark], language: &str) -> Requirements {
    let mut rows = vec![Filling::default(); plan.subjects.len()];
    for recorded in marks
        .iter()
        .filter(|recorded| recorded.mark.kind.is_posted())
    {
        sort(
            plan,
            &mut rows,
            recorded,
            recorded.mark.credit_earned,
            false,
        );
    }
    for recorded in marks
        .iter()
        .filter(|recorded| recorded.mark.kind == MarkKind::InProgress)
    {
        sort(
            plan,
            &mut rows,
            recorded,
            recorded.mark.credit_attempted,
            true,
        );
    }
    let subjects: Vec<SubjectProgress> = plan
        .subjects
        .iter()
        .zip(rows)
        .map(|(subject, row)| SubjectProgress {
            subject: subject.label.in_language(language).to_owned(),
            required: subject.credits,
            earned: row.earned,
            in_progress: row.in_progress,
            needed: subject.credits - row.earned.min(subject.credits),
        })
        .collect();
    let sum = |part: fn(&SubjectProgress) -> Credits| subjects.iter().map(part).sum::<Credits>();
    let total = SubjectProgress {
        subject: String::new(),
        required: sum(|row| row.required),
        earned: sum(|row| row.earned),
        in_progress: sum(|row| row.in_progress),
        needed: sum(|row| row.needed),
    };
    Requirements {
        plan: plan.label.in_language(language).to_owned(),
        subjects,
        total,
    }
}

/// Puts one course's credits where they count.
fn sort(
    plan: &PlanRule,
    rows: &mut [Filling],
    recorded: &RecordedMark,
    credits: Credits,
    in_progress: bool,
) {
    let subjects = &plan.subjects;
    let own = subjects
        .iter()
        .position(|s| s.counts.contains(&recorded.course.subject));
    let surplus = subjects.iter().position(|s| s.takes_ag_surplus);
    let surplus = surplus.filter(|_| recorded.course.ag_area.is_some());
    let rest = subjects.iter().position(|s| s.takes_the_rest);
    let mut left = credits;
    for row in [own, surplus].into_iter().flatten() {
        let filled = rows[row].earned
            + if in_progress {
                rows[row].in_progress
            } else {
                Credits::ZERO
            };
        let room = subjects[row].credits - filled.min(subjects[row].credits);
        let taken = left.min(room);
        add(&mut rows[row], taken, in_progress);
        left = left - taken;
    }
    // A plan without electives shows the surplus in the subject itself.
    if let Some(row) = rest.or(own) {
        add(&mut rows[row], left, in_progress);
    }
}

fn add(row: &mut Filling, credits: Credits, in_progress: bool) {
    if in_progress {
        row.in_progress = row.in_progress + credits;
    } else {
        row.earned = row.earned + credits;
    }
}
