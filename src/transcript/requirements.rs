//! Progress against a graduation plan: credits by subject, and what is still needed.

use super::model::{Requirements, SubjectProgress};
use super::policy::{PlanRule, Rules, SubjectRule};
use super::progress::Promotion;
use crate::record::{Credits, GradeLevel, MarkKind, RecordedMark, SchoolYear};

/// One row of a plan, being filled.
#[derive(Clone, Copy, Default)]
struct Filling {
    earned: Credits,
    in_progress: Credits,
    waived: Credits,
}

/// How far a course's credits have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Earned,
    InProgress,
}

/// Sorts credits into the rows of a plan, as it stands for who entered grade 9 in that year.
///
/// A row takes the credits of its own subjects up to what it requires. What is over goes to the row
/// for a-g surplus, up to what that requires, where the course has an a-g subject area; what is
/// over then, and what no row names, counts in the row that takes the rest. Credits are those of
/// the postings. A mark that waives lowers what its subject's row asks for by the credits
/// attempted.
/// Work in progress is sorted after what is earned and never lowers what is needed.
pub(super) fn progress(
    rules: &Rules,
    plan: &PlanRule,
    entered: SchoolYear,
    marks: &[RecordedMark],
    language: &str,
) -> Requirements {
    let subjects = plan.rows(entered);
    let mut rows = vec![Filling::default(); subjects.len()];
    let posted = || {
        marks
            .iter()
            .filter(|recorded| recorded.mark.kind.is_posted())
    };
    for recorded in posted().filter(|recorded| waives(rules, recorded)) {
        waive(&subjects, &mut rows, recorded);
    }
    for recorded in posted() {
        let credits = recorded.mark.credit_earned;
        sort(&subjects, &mut rows, recorded, credits, Stage::Earned);
    }
    let in_progress = |recorded: &&RecordedMark| recorded.mark.kind == MarkKind::InProgress;
    for recorded in marks.iter().filter(in_progress) {
        let credits = recorded.mark.credit_attempted;
        sort(&subjects, &mut rows, recorded, credits, Stage::InProgress);
    }
    let subjects: Vec<SubjectProgress> = subjects
        .iter()
        .zip(rows)
        .map(|(subject, row)| SubjectProgress {
            subject: subject.label.in_language(language).to_owned(),
            required: subject.credits - row.waived,
            earned: row.earned,
            in_progress: row.in_progress,
            needed: room(subject, row.earned + row.waived),
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

/// What the next grade asks for, and how much of it is earned; none where the rules name no such
/// grade. Promotion is by credits only.
pub(super) fn promotion(
    rules: &Rules,
    grade: GradeLevel,
    marks: &[RecordedMark],
) -> Option<Promotion> {
    let next = rules.promotion.iter().find(|rule| rule.to_grade > grade)?;
    let posted = marks
        .iter()
        .filter(|recorded| recorded.mark.kind.is_posted());
    let earned: Credits = posted.map(|recorded| recorded.mark.credit_earned).sum();
    Some(Promotion {
        to_grade: next.to_grade,
        required: next.credits,
        earned,
        needed: next.credits - earned.min(next.credits),
    })
}

fn waives(rules: &Rules, recorded: &RecordedMark) -> bool {
    let step = recorded
        .mark
        .mark
        .as_deref()
        .and_then(|mark| rules.step(mark));
    step.is_some_and(|step| step.waives)
}

/// How much a row still takes.
fn room(subject: &SubjectRule, filled: Credits) -> Credits {
    subject.credits - filled.min(subject.credits)
}

fn own_row(subjects: &[&SubjectRule], recorded: &RecordedMark) -> Option<usize> {
    let subject = &recorded.course.subject;
    subjects.iter().position(|row| row.counts.contains(subject))
}

fn waive(subjects: &[&SubjectRule], rows: &mut [Filling], recorded: &RecordedMark) {
    let rest = || subjects.iter().position(|row| row.takes_the_rest);
    if let Some(row) = own_row(subjects, recorded).or_else(rest) {
        let waived = recorded.mark.credit_attempted;
        rows[row].waived = rows[row].waived + waived.min(room(subjects[row], rows[row].waived));
    }
}

/// Puts one course's credits where they count.
fn sort(
    subjects: &[&SubjectRule],
    rows: &mut [Filling],
    recorded: &RecordedMark,
    credits: Credits,
    stage: Stage,
) {
    if !recorded.course.counts_toward_graduation() {
        return;
    }
    let own = own_row(subjects, recorded);
    let surplus = subjects.iter().position(|row| row.takes_ag_surplus);
    let surplus = surplus.filter(|_| recorded.course.ag_area.is_some());
    let rest = subjects.iter().position(|row| row.takes_the_rest);
    let mut left = credits;
    for row in [own, surplus].into_iter().flatten() {
        let mut filled = rows[row].earned + rows[row].waived;
        if stage == Stage::InProgress {
            filled = filled + rows[row].in_progress;
        }
        let taken = left.min(room(subjects[row], filled));
        add(&mut rows[row], taken, stage);
        left = left - taken;
    }
    // A plan without electives shows the surplus in the subject itself.
    if let Some(row) = rest.or(own) {
        add(&mut rows[row], left, stage);
    }
}

fn add(row: &mut Filling, credits: Credits, stage: Stage) {
    match stage {
        Stage::Earned => row.earned = row.earned + credits,
        Stage::InProgress => row.in_progress = row.in_progress + credits,
    }
}
