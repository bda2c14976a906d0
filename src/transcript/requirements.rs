//! Progress against a graduation plan: credits by subject, and what is still needed.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::average::MarkName;
use super::model::{Requirements, SubjectProgress};
use super::policy::{LimitRule, PlanRule, Rules, SubjectRule};
use super::progress::{PartProgress, Promotion};
use crate::record::{Course, Credits, GradeLevel, MarkKind, RecordedMark, SchoolYear};

/// One row of a plan, being filled.
#[derive(Clone, Default)]
struct Filling {
    earned: Credits,
    in_progress: Credits,
    waived: Credits,
    /// Credits earned or waived toward each of the parts that the row includes.
    parts: Vec<Credits>,
    /// The one sequence that counts, where the row asks for one.
    sequence: Option<String>,
}

/// How far credits that count in a row have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Earned.
    Earned,
    /// In progress.
    InProgress,
    /// Waived: the row asks for that much less.
    Waived,
}

/// What became of one posting's credits, or of a part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// The posting, by its place in the record.
    pub place: usize,
    /// The row, by its place among those of the cohort, or why the credits are in none.
    pub row: Result<usize, NoRow>,
    pub credits: Credits,
    pub stage: Stage,
}

/// Why credits count in no row of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRow {
    /// The course's credit does not count toward graduation.
    NoGraduationCredit,
    /// It was earned before or after the time of which the plan takes courses.
    Window,
    /// As much as the plan takes of such courses counts already.
    Limit,
    /// No row takes the subject, nor the rest.
    NotAskedFor,
    /// A waiver of more than its row asks for.
    WaivedAlready,
}

impl fmt::Display for NoRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoGraduationCredit => "its credit does not count toward graduation",
            Self::Window => "the plan takes no courses of that time",
            Self::Limit => "the plan takes no more credits of such courses",
            Self::NotAskedFor => "no row of the plan takes it",
            Self::WaivedAlready => "its row asks for nothing more that could be waived",
        })
    }
}

/// A plan's rows as they stand for a cohort, and the share of each posting in them.
pub(super) struct Filled<'a> {
    pub subjects: Vec<&'a SubjectRule>,
    rows: Vec<Filling>,
    /// The limits of the plan, and what they still take.
    limits: Vec<(&'a LimitRule, Credits)>,
    pub shares: Vec<Share>,
}

/// Sorts credits into the rows of a plan, as it stands for who entered grade 9 in that year.
///
/// A row takes the credits of its own subjects up to what it requires. What is over goes to the row
/// for a-g surplus, up to what that requires, where the course has an a-g subject area; what is
/// over then, and what no row names, counts in the row that takes the rest. So that no credit is
/// lost by its place in the record, the parts of the row are filled first, and then come the
/// courses without an a-g area, which cannot be surplus. Credits are those of the postings. A mark
/// that waives lowers what its subject's row asks for by the credits attempted, and the parts of
/// the row that take its course. Work in progress is sorted after what is earned and never lowers
/// what is needed. What was earned outside the plan's window counts in no row, but the parts that
/// take its course are done: algebra in grade 8 is algebra (Ed. Code 51224.5).
pub(super) fn filled<'a>(
    rules: &Rules,
    plan: &'a PlanRule,
    entered: SchoolYear,
    marks: &[RecordedMark],
) -> Filled<'a> {
    let subjects = plan.rows(entered);
    let within = |recorded: &RecordedMark| {
        plan.window
            .is_none_or(|window| window.holds(rules.earned(recorded)))
    };
    let rows = (subjects.iter())
        .map(|subject| Filling {
            parts: vec![Credits::ZERO; subject.includes.len()],
            sequence: chosen_sequence(subject, marks.iter().filter(|it| within(it))),
            ..Filling::default()
        })
        .collect();
    let mut filled = Filled {
        subjects,
        rows,
        limits: plan
            .limits
            .iter()
            .map(|limit| (limit, limit.credits))
            .collect(),
        shares: Vec::new(),
    };
    let waives = |recorded: &RecordedMark| {
        let step = rules.step_of(&recorded.mark);
        step.is_some_and(|step| step.waives)
    };
    // What waives earns nothing, whatever credit was posted with it.
    let (waivers, mut in_order): (Vec<(usize, &RecordedMark)>, Vec<_>) =
        (marks.iter().enumerate()).partition(|(_, recorded)| waives(recorded));
    for (place, recorded) in waivers {
        filled.waive(place, recorded);
    }
    // What a part asks for comes first, so that no limit is used up before; what cannot be surplus
    // is sorted first, so that nothing is lost that can.
    let is_ag = |recorded: &RecordedMark| recorded.course.ag_area.is_some();
    in_order.sort_by_key(|(_, recorded)| {
        let own = filled.own_row(recorded);
        let mut parts = own.iter().flat_map(|row| &filled.subjects[*row].includes);
        let asked_for = parts.any(|part| part.takes(&recorded.course));
        (!asked_for, is_ag(recorded), &recorded.mark.posting)
    });
    for stage in [Stage::Earned, Stage::InProgress] {
        let mut beside = Vec::new();
        for (place, recorded) in &in_order {
            let mark = &recorded.mark;
            let credits = match stage {
                Stage::Earned if mark.kind.is_posted() => mark.credit_earned,
                Stage::InProgress if mark.kind == MarkKind::InProgress => mark.credit_attempted,
                _ => continue,
            };
            if within(recorded) {
                let credits = filled.admit(*place, recorded, credits, stage);
                let left = filled.fill_parts(*place, recorded, credits, stage);
                beside.push((*place, *recorded, left));
            } else {
                filled.outside(*place, recorded, credits, stage);
            }
        }
        beside.sort_by_key(|(_, recorded, _)| (is_ag(recorded), &recorded.mark.posting));
        for (place, recorded, credits) in beside {
            filled.sort(place, recorded, credits, stage);
        }
    }
    filled
}

/// How a record stands against a plan.
pub(super) fn progress(
    rules: &Rules,
    plan: &PlanRule,
    entered: SchoolYear,
    marks: &[RecordedMark],
    language: &str,
) -> Requirements {
    let Filled { subjects, rows, .. } = filled(rules, plan, entered, marks);
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

/// What a row still needs: up to its credits, and up to those of each part that it includes, within
/// what is left of the row where some of it was waived.
fn needed(subject: &SubjectRule, row: &Filling) -> Credits {
    let parts = subject.includes.iter().zip(&row.parts);
    let missing: Credits = parts
        .map(|(part, earned)| missing(part.credits, *earned))
        .sum();
    let asked_for = subject.credits - row.waived;
    room(subject, row.earned + row.waived).max(missing.min(asked_for))
}

fn missing(required: Credits, earned: Credits) -> Credits {
    required - earned.min(required)
}

/// The sequence with the most credits, earned before in progress, where the row asks for one.
fn chosen_sequence<'a>(
    subject: &SubjectRule,
    marks: impl Iterator<Item = &'a RecordedMark>,
) -> Option<String> {
    let mut sequences: BTreeMap<&str, (Credits, Credits)> = BTreeMap::new();
    if !subject.same_sequence {
        return None;
    }
    for recorded in marks {
        let (mark, course) = (&recorded.mark, &recorded.course);
        if !subject.counts.contains(&course.subject) || !course.counts_toward_graduation() {
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
    let posted = marks
        .iter()
        .filter(|recorded| recorded.mark.kind.is_posted());
    let (counting, left_out): (Vec<_>, Vec<_>) =
        posted.partition(|recorded| recorded.course.counts_toward_graduation());
    let earned = counting.iter().map(|recorded| recorded.mark.credit_earned);
    let earned: Credits = earned.sum();
    Some(Promotion {
        to_grade: next.to_grade,
        required: next.credits,
        earned,
        needed: next.credits - earned.min(next.credits),
        left_out: left_out.into_iter().map(MarkName::of).collect(),
    })
}

/// How much a row still takes.
fn room(subject: &SubjectRule, filled: Credits) -> Credits {
    missing(subject.credits, filled)
}

impl Filled<'_> {
    /// How far each part of a row has come.
    pub fn parts(&self, row: usize) -> Vec<PartProgress> {
        let parts = self.subjects[row].includes.iter();
        let reached = parts.zip(&self.rows[row].parts);
        reached
            .map(|(part, reached)| PartProgress::of(part, missing(part.credits, *reached)))
            .collect()
    }

    fn own_row(&self, recorded: &RecordedMark) -> Option<usize> {
        let subject = &recorded.course.subject;
        let mut rows = self.subjects.iter();
        rows.position(|row| row.counts.contains(subject))
    }

    fn rest(&self) -> Option<usize> {
        self.subjects.iter().position(|row| row.takes_the_rest)
    }

    fn waive(&mut self, place: usize, recorded: &RecordedMark) {
        let (course, stage) = (&recorded.course, Stage::Waived);
        let credits = recorded.mark.credit_attempted;
        let Some(row) = self.own_row(recorded).or_else(|| self.rest()) else {
            self.add(place, Err(NoRow::NotAskedFor), credits, stage);
            return;
        };
        let (subject, filling) = (self.subjects[row], &mut self.rows[row]);
        let waived = credits.min(room(subject, filling.waived));
        count_parts(subject, filling, course, waived, stage);
        self.add(place, Ok(row), waived, stage);
        self.add(place, Err(NoRow::WaivedAlready), credits - waived, stage);
    }

    /// Keeps credits of another time than the plan's out of its rows.
    fn outside(&mut self, place: usize, recorded: &RecordedMark, credits: Credits, stage: Stage) {
        let course = &recorded.course;
        let own = self.own_row(recorded);
        if let Some(row) = own.filter(|_| course.counts_toward_graduation()) {
            count_parts(
                self.subjects[row],
                &mut self.rows[row],
                course,
                credits,
                stage,
            );
        }
        self.add(place, Err(NoRow::Window), credits, stage);
    }

    /// As many of a course's credits as count in any row; the others are left out.
    fn admit(
        &mut self,
        place: usize,
        recorded: &RecordedMark,
        credits: Credits,
        stage: Stage,
    ) -> Credits {
        let course = &recorded.course;
        if !course.counts_toward_graduation() {
            self.add(place, Err(NoRow::NoGraduationCredit), credits, stage);
            return Credits::ZERO;
        }
        let within = self.within_limits(&course.subject, credits);
        self.add(place, Err(NoRow::Limit), credits - within, stage);
        within
    }

    /// The row of a course's subject, where it is of the sequence that counts there.
    fn row_of_sequence(&self, recorded: &RecordedMark) -> Option<usize> {
        self.own_row(recorded).filter(|row| {
            let chosen = self.rows[*row].sequence.as_deref();
            chosen.is_none_or(|chosen| chosen == sequence(&recorded.course))
        })
    }

    /// Puts earned credits into the parts of their own row, and says how many are left.
    fn fill_parts(
        &mut self,
        place: usize,
        recorded: &RecordedMark,
        credits: Credits,
        stage: Stage,
    ) -> Credits {
        let own = self.row_of_sequence(recorded);
        let Some(row) = own.filter(|_| stage == Stage::Earned) else {
            return credits;
        };
        let (subject, filling) = (self.subjects[row], &mut self.rows[row]);
        let parts = subject.includes.iter().zip(&filling.parts);
        let asked_for = parts.filter(|(part, _)| part.takes(&recorded.course));
        let asked_for: Credits = asked_for
            .map(|(part, reached)| missing(part.credits, *reached))
            .sum();
        let left = room(subject, filling.earned + filling.waived);
        let taken = credits.min(asked_for).min(left);
        count_parts(subject, filling, &recorded.course, taken, stage);
        self.add(place, Ok(row), taken, stage);
        credits - taken
    }

    /// Puts the rest of a course's credits where they count.
    fn sort(&mut self, place: usize, recorded: &RecordedMark, credits: Credits, stage: Stage) {
        let course = &recorded.course;
        let own = self.row_of_sequence(recorded);
        let surplus = self.subjects.iter().position(|row| row.takes_ag_surplus);
        let surplus = surplus.filter(|_| course.ag_area.is_some());
        let mut left = credits;
        for row in [own, surplus].into_iter().flatten() {
            let mut filled = self.rows[row].earned + self.rows[row].waived;
            if stage == Stage::InProgress {
                filled = filled + self.rows[row].in_progress;
            }
            let taken = left.min(room(self.subjects[row], filled));
            self.add(place, Ok(row), taken, stage);
            count_parts(
                self.subjects[row],
                &mut self.rows[row],
                course,
                taken,
                stage,
            );
            left = left - taken;
        }
        // A plan without electives shows the surplus in the subject itself.
        let rest = self.rest().or(own).ok_or(NoRow::NotAskedFor);
        self.add(place, rest, left, stage);
    }

    /// As many of the credits as every limit on the subject still takes.
    fn within_limits(&mut self, subject: &str, credits: Credits) -> Credits {
        let limits = self.limits.iter_mut();
        let mut limits: Vec<_> = limits
            .filter(|(limit, _)| limit.subjects.contains(subject))
            .collect();
        let within = limits.iter().map(|(_, left)| *left).min();
        let within = within.map_or(credits, |within| within.min(credits));
        for (_, left) in &mut limits {
            *left = *left - within;
        }
        within
    }

    fn add(&mut self, place: usize, row: Result<usize, NoRow>, credits: Credits, stage: Stage) {
        if credits.is_zero() {
            return;
        }
        if let Ok(row) = row {
            let row = &mut self.rows[row];
            let sum = match stage {
                Stage::Earned => &mut row.earned,
                Stage::InProgress => &mut row.in_progress,
                Stage::Waived => &mut row.waived,
            };
            *sum = *sum + credits;
        }
        let mut of_it = self.shares.iter_mut();
        let of_it = of_it.find(|one| (one.place, one.row, one.stage) == (place, row, stage));
        match of_it {
            Some(share) => share.credits = share.credits + credits,
            None => self.shares.push(Share {
                place,
                row,
                credits,
                stage,
            }),
        }
    }
}

/// Counts credits that a row took toward the first of its parts that needs them; work in progress
/// fills none.
fn count_parts(
    subject: &SubjectRule,
    row: &mut Filling,
    course: &Course,
    credits: Credits,
    stage: Stage,
) {
    let mut left = match stage {
        Stage::Earned | Stage::Waived => credits,
        Stage::InProgress => Credits::ZERO,
    };
    for (part, earned) in subject.includes.iter().zip(&mut row.parts) {
        if part.takes(course) {
            let taken = left.min(missing(part.credits, *earned));
            *earned = *earned + taken;
            left = left - taken;
        }
    }
}
