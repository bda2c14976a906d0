//! Progress against a graduation plan: credits by subject, and what is still needed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::model::{Requirements, SubjectProgress};
use super::policy::{PlanRule, Rules, SubjectRule};
use super::progress::Promotion;
use crate::record::{Course, Credits, GradeLevel, MarkKind, RecordedMark, SchoolYear};

/// One row of a plan, being filled.
#[derive(Clone, Default)]
struct Filling {
    earned: Credits,
    in_progress: Credits,
    waived: Credits,
    /// Credits earned toward each of the parts that the row includes.
    parts: Vec<Credits>,
    /// The one sequence that counts, where the row asks for one.
    sequence: Option<String>,
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
/// over then, and what no row names, counts in the row that takes the rest. So that no credit is
/// lost by its place in the record, courses that a part of the row asks for fill it first, and then
/// those without an a-g area, which cannot be surplus. Credits are those of the postings. A mark
/// that waives lowers what its subject's row asks for by the credits attempted. Work in progress is
/// sorted after what is earned and never lowers what is needed.
pub(super) fn progress(
    rules: &Rules,
    plan: &PlanRule,
    entered: SchoolYear,
    marks: &[RecordedMark],
    language: &str,
) -> Requirements {
    let subjects = plan.rows(entered);
    let mut rows: Vec<Filling> = (subjects.iter())
        .map(|subject| Filling {
            parts: vec![Credits::ZERO; subject.includes.len()],
            sequence: chosen_sequence(subject, marks),
            ..Filling::default()
        })
        .collect();
    let posted = |recorded: &&RecordedMark| recorded.mark.kind.is_posted();
    let waived = |recorded: &&RecordedMark| waives(rules, recorded);
    for recorded in marks.iter().filter(waived) {
        waive(&subjects, &mut rows, recorded);
    }
    let mut in_order: Vec<&RecordedMark> = marks.iter().collect();
    in_order.sort_by_key(|recorded| {
        let parts = own_row(&subjects, recorded).map(|row| &subjects[row].includes);
        let asked_for =
            parts.is_some_and(|parts| parts.iter().any(|part| part.takes(&recorded.course)));
        (
            !asked_for,
            recorded.course.ag_area.is_some(),
            &recorded.mark.posting,
        )
    });
    for recorded in in_order.iter().copied().filter(posted) {
        let credits = recorded.mark.credit_earned;
        sort(&subjects, &mut rows, recorded, credits, Stage::Earned);
    }
    let in_progress = |recorded: &&RecordedMark| recorded.mark.kind == MarkKind::InProgress;
    for recorded in in_order.iter().copied().filter(in_progress) {
        let credits = recorded.mark.credit_attempted;
        sort(&subjects, &mut rows, recorded, credits, Stage::InProgress);
    }
    let subjects: Vec<SubjectProgress> = (subjects.iter().zip(&rows))
        .map(|(subject, row)| SubjectProgress {
            subject: subject.label.in_language(language).to_owned(),
            required: subject.credits - row.waived,
            earned: row.earned,
            in_progress: row.in_progress,
            needed: needed(subject, row),
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

/// What a row still needs: up to its credits, and up to those of each part that it includes. What
/// was waived is taken from the parts as well.
fn needed(subject: &SubjectRule, row: &Filling) -> Credits {
    let parts = subject.includes.iter().zip(&row.parts);
    let missing: Credits = parts
        .map(|(part, earned)| missing(part.credits, *earned))
        .sum();
    room(subject, row.earned + row.waived).max(missing - missing.min(row.waived))
}

fn missing(required: Credits, earned: Credits) -> Credits {
    required - earned.min(required)
}

/// The sequence with the most credits, earned before in progress, where the row asks for one.
fn chosen_sequence(subject: &SubjectRule, marks: &[RecordedMark]) -> Option<String> {
    let mut sequences: BTreeMap<&str, (Credits, Credits)> = BTreeMap::new();
    if !subject.same_sequence {
        return None;
    }
    for recorded in marks {
        let (mark, course) = (&recorded.mark, &recorded.course);
        if !subject.counts.contains(&course.subject) {
            continue;
        }
        let credits = sequences.entry(sequence(course)).or_default();
        if mark.kind.is_posted() {
            credits.0 = credits.0 + mark.credit_earned;
        } else if mark.kind == MarkKind::InProgress {
            credits.1 = credits.1 + mark.credit_attempted;
        }
    }
    let most = sequences
        .into_iter()
        .max_by_key(|(name, credits)| (*credits, Reverse(*name)));
    most.map(|(name, _)| name.to_owned())
}

/// A course's sequence; those of which the catalogue names none are taken for one.
pub(super) fn sequence(course: &Course) -> &str {
    course.sequence.as_deref().unwrap_or_default()
}

/// What the next grade asks for, and how much of it is earned; none where the rules name no such
/// grade. Promotion is by credits only.
pub(super) fn promotion(
    rules: &Rules,
    grade: GradeLevel,
    marks: &[RecordedMark],
) -> Option<Promotion> {
    let next = rules.promotion.iter().find(|rule| rule.to_grade > grade)?;
    let counts = |recorded: &&RecordedMark| {
        recorded.mark.kind.is_posted() && recorded.course.counts_toward_graduation()
    };
    let counting = marks.iter().filter(counts);
    let earned: Credits = counting.map(|recorded| recorded.mark.credit_earned).sum();
    Some(Promotion {
        to_grade: next.to_grade,
        required: next.credits,
        earned,
        needed: next.credits - earned.min(next.credits),
    })
}

fn waives(rules: &Rules, recorded: &RecordedMark) -> bool {
    let step = rules.step_of(&recorded.mark);
    step.is_some_and(|step| step.waives)
}

/// How much a row still takes.
fn room(subject: &SubjectRule, filled: Credits) -> Credits {
    missing(subject.credits, filled)
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
    let course = &recorded.course;
    let of_sequence = |row: &usize| {
        let chosen = rows[*row].sequence.as_deref();
        chosen.is_none_or(|chosen| chosen == sequence(course))
    };
    let own = own_row(subjects, recorded).filter(of_sequence);
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
        count_parts(subjects[row], &mut rows[row], course, taken, stage);
        left = left - taken;
    }
    // A plan without electives shows the surplus in the subject itself.
    if let Some(row) = rest.or(own) {
        add(&mut rows[row], left, stage);
    }
}

/// Counts credits that a row took toward the first of its parts that needs them.
fn count_parts(
    subject: &SubjectRule,
    row: &mut Filling,
    course: &Course,
    credits: Credits,
    stage: Stage,
) {
    let mut left = if stage == Stage::Earned {
        credits
    } else {
        Credits::ZERO
    };
    for (part, earned) in subject.includes.iter().zip(&mut row.parts) {
        if part.takes(course) {
            let taken = left.min(missing(part.credits, *earned));
            *earned = *earned + taken;
            left = left - taken;
        }
    }
}

fn add(row: &mut Filling, credits: Credits, stage: Stage) {
    match stage {
        Stage::Earned => row.earned = row.earned + credits,
        Stage::InProgress => row.in_progress = row.in_progress + credits,
    }
}
