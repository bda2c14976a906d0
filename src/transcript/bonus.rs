//! The honors bonus of an average, as far as its caps allow.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::average::{BonusWithheld, TakenMark};
use super::policy::{AverageRule, BonusCap, CapSize, Rules};
use super::same_course::Courses;
use crate::record::{Credits, RecordedMark};

/// What may still earn the bonus under one cap.
struct Left<'a> {
    cap: &'a BonusCap,
    /// Of a cap in semesters, as many credits.
    credits: Credits,
    /// Of a cap in courses, those that have earned it, by the place of their first mark.
    courses: BTreeSet<usize>,
}

impl<'a> Left<'a> {
    fn new(cap: &'a BonusCap, semester: Credits) -> Self {
        let semesters = match cap.most {
            CapSize::Semesters(semesters) => semesters,
            CapSize::Courses(_) => 0,
        };
        Self {
            cap,
            credits: Credits::from_thousandths(semester.thousandths() * i64::from(semesters)),
            courses: BTreeSet::new(),
        }
    }

    /// How many of a mark's credits may earn it.
    fn of(&self, course: usize, credits: Credits) -> Credits {
        match self.cap.most {
            CapSize::Semesters(_) => self.credits.min(credits),
            CapSize::Courses(courses_max)
                if self.courses.contains(&course)
                    || self.courses.len() < usize::from(courses_max) =>
            {
                credits
            }
            CapSize::Courses(_) => Credits::ZERO,
        }
    }

    fn take(&mut self, course: usize, credits: Credits) {
        match self.cap.most {
            CapSize::Semesters(_) => self.credits = self.credits - credits,
            CapSize::Courses(_) => {
                self.courses.insert(course);
            }
        }
    }
}

/// Gives each mark its bonus as far as every cap of its time allows: what earns most first, then,
/// where a cap counts courses, the courses with most of it, then in the order of time. Of caps of
/// which one lies within the other, no other order would give more points of one size.
pub(super) fn grant_bonus(
    rules: &Rules,
    rule: &AverageRule,
    marks: &[RecordedMark],
    taken: &mut [(&RecordedMark, TakenMark)],
) {
    let caps = rule.bonus.as_ref().map_or(&[][..], |bonus| &bonus.caps);
    let mut left: Vec<Left<'_>> = caps
        .iter()
        .map(|cap| Left::new(cap, rules.credits_per_semester))
        .collect();
    let in_courses = caps
        .iter()
        .any(|cap| matches!(cap.most, CapSize::Courses(_)));
    let courses = match in_courses {
        true => courses(rules, marks, taken),
        false => vec![0; taken.len()],
    };
    let of_course = |course: usize| -> Credits {
        let marks = taken.iter().zip(&courses);
        let same = marks.filter(|((_, taken), it)| **it == course && !taken.bonus.is_zero());
        same.map(|((_, taken), _)| taken.credits).sum()
    };
    let mut order: Vec<(usize, Credits)> = (0..taken.len())
        .map(|place| match in_courses {
            true => (place, of_course(courses[place])),
            false => (place, Credits::ZERO),
        })
        .collect();
    order.sort_by_key(|(place, of_course)| Reverse((taken[*place].1.bonus, *of_course)));
    for (place, _) in order {
        let (recorded, taken) = &mut taken[place];
        if taken.bonus.is_zero() {
            continue;
        }
        let course = courses[place];
        let earned = rules.earned(recorded);
        let mut of_its_time: Vec<&mut Left<'_>> = (left.iter_mut())
            .filter(|left| left.cap.window.holds(earned))
            .collect();
        let tightest = of_its_time
            .iter()
            .map(|left| (left.of(course, taken.credits), left.cap))
            .min_by_key(|(credits, _)| *credits);
        taken.bonus_credits = taken.credits;
        if let Some((credits, cap)) = tightest.filter(|(credits, _)| *credits < taken.credits) {
            taken.bonus_withheld = Some(BonusWithheld::Cap {
                window: cap.window,
                most: cap.most,
            });
            taken.bonus_credits = credits;
        }
        if !taken.bonus_credits.is_zero() {
            for left in &mut of_its_time {
                left.take(course, taken.bonus_credits);
            }
        }
    }
}

/// For each mark the place of the first mark of its course: the two semesters of a year's course
/// are one, whether they bear one number or are parts of one step of a sequence.
fn courses(
    rules: &Rules,
    marks: &[RecordedMark],
    taken: &[(&RecordedMark, TakenMark)],
) -> Vec<usize> {
    let same = Courses::of(rules, marks);
    let named =
        |recorded: &'_ RecordedMark| (recorded.source.clone(), recorded.mark.posting.clone());
    let places: BTreeMap<_, usize> = marks.iter().map(named).zip(0..).collect();
    let taken: Vec<usize> = (taken.iter())
        .map(|(recorded, _)| places[&named(recorded)])
        .collect();
    let of_one = |one: usize, other: usize| {
        let (course, others) = (&marks[one].course, &marks[other].course);
        let parts = course.part.is_some() && others.part.is_some();
        let terms = parts && course.is_same_step(others);
        same.are_one(one, other) || (terms && same.title(one) == same.title(other))
    };
    let first = |one: &usize| taken.iter().position(|other| of_one(*one, *other));
    let first = |one: &usize| first(one).expect("a mark is of its course");
    taken.iter().map(first).collect()
}
