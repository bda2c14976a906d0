//! Progress against a graduation plan: credits by subject, and what is still needed.

use super::model::{Requirements, SubjectProgress};
use super::policy::PlanRule;
use crate::record::{Credits, MarkKind, RecordedMark};

/// Sorts credits into the rows of a plan.
///
/// A row takes the credits of its own subjects up to what it requires; what is over, and what no row
/// names, counts in the row that takes the rest. Credits are those of the postings. Work in progress
/// is sorted after what is earned and never lowers what is needed.
pub(super) fn progress(plan: &PlanRule, marks: &[RecordedMark], language: &str) -> Requirements {
    let mut rows: Vec<(Credits, Credits)> = vec![Default::default(); plan.subjects.len()];
    let rest = plan
        .subjects
        .iter()
        .position(|subject| subject.takes_the_rest);
    let mut sort = |recorded: &RecordedMark, credits: Credits, in_progress: bool| {
        let own = plan
            .subjects
            .iter()
            .position(|s| s.counts.contains(&recorded.course.subject));
        let mut left = credits;
        if let Some(row) = own {
            let (earned, coming) = rows[row];
            let room = plan.subjects[row].credits - earned.min(plan.subjects[row].credits);
            let room = if in_progress {
                room - coming.min(room)
            } else {
                room
            };
            let taken = if rest.is_some() { left.min(room) } else { left };
            add(&mut rows[row], taken, in_progress);
            left = left - taken;
        }
        if let Some(row) = rest {
            add(&mut rows[row], left, in_progress);
        }
    };
    for recorded in marks.iter().filter(|recorded| is_posted(recorded)) {
        sort(recorded, recorded.mark.credit_earned, false);
    }
    for recorded in marks
        .iter()
        .filter(|recorded| recorded.mark.kind == MarkKind::InProgress)
    {
        sort(recorded, recorded.mark.credit_attempted, true);
    }
    let subjects: Vec<SubjectProgress> = plan
        .subjects
        .iter()
        .zip(rows)
        .map(|(subject, (earned, in_progress))| SubjectProgress {
            subject: subject.label.in_language(language).to_owned(),
            required: subject.credits,
            earned,
            in_progress,
            needed: subject.credits - earned.min(subject.credits),
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

fn add(row: &mut (Credits, Credits), credits: Credits, in_progress: bool) {
    if in_progress {
        row.1 = row.1 + credits;
    } else {
        row.0 = row.0 + credits;
    }
}

fn is_posted(recorded: &RecordedMark) -> bool {
    !matches!(recorded.mark.kind, MarkKind::InProgress | MarkKind::Planned)
}
