//! Postings that look like attempts at one course, where nothing in the catalogues says so.
//!
//! They count as two courses. Only where the earlier one is below C could it matter, and then a
//! person is told: the audit finds it, `transcript explain` has a line.

use std::collections::BTreeSet;

use serde::Serialize;

use super::attempts::in_time;
use super::average::MarkName;
use super::policy::{Policy, Rules, SameCourse};
use super::same_course::{Courses, Likeness, are_of_one_time};
use super::unit::in_unit;
use crate::record::{PersonRecord, RecordedMark};

/// Two postings that count as two courses and may be attempts at one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnclearRepeat {
    /// The earlier posting, below C.
    pub earlier: MarkName,
    /// The later one.
    pub later: MarkName,
    /// What they have in common, as a sentence's end.
    pub why: &'static str,
}

impl UnclearRepeat {
    /// Those of a record.
    pub fn of(policy: &Policy, record: &PersonRecord) -> Vec<Self> {
        let found = unclear(policy.rules(), &record.marks).into_iter();
        found.map(|(_, it)| it).collect()
    }
}

/// Each posting that a later one may repeat, once, with the place of the later one; of several that
/// it may repeat the last.
pub(super) fn unclear(rules: &Rules, marks: &[RecordedMark]) -> Vec<(usize, UnclearRepeat)> {
    let measured = in_unit(rules, marks, rules.credits_per_semester);
    let courses = Courses::of(rules, &measured);
    let satisfactory = |place: &usize| -> Option<bool> {
        let recorded: &RecordedMark = &marks[*place];
        let step = rules.step_of(&recorded.mark)?;
        (step.points.is_some() && !recorded.course.is_repeatable()).then_some(step.satisfactory)
    };
    let mut posted = in_time(marks);
    posted.retain(|place| satisfactory(place).is_some());
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for (moment, later) in posted.iter().enumerate() {
        let before = &posted[..moment];
        let made_good = |earlier: usize| {
            let mut passed = before
                .iter()
                .filter(|place| satisfactory(place) == Some(true));
            passed.any(|place| courses.are_one(*place, earlier))
        };
        let like = |earlier: &usize| {
            let likeness = courses.likeness(*earlier, *later)?;
            let (one, other) = (&marks[*earlier], &marks[*later]);
            let apart = rules.repeats.same == SameCourse::NumberAndSchool
                && one.mark.school != other.mark.school;
            // Who changes schools amid a year goes on with a course.
            let goes_on =
                likeness == Likeness::OtherParts && one.term.school_year == other.term.school_year;
            let open = satisfactory(earlier) == Some(false)
                && !made_good(*earlier)
                && !told.contains(earlier);
            (open && !apart && !goes_on && !are_of_one_time(&one.term, &other.term))
                .then_some((*earlier, likeness))
        };
        if let Some((earlier, likeness)) = before.iter().rev().find_map(like) {
            let it = UnclearRepeat {
                earlier: MarkName::of(&marks[earlier]),
                later: MarkName::of(&marks[*later]),
                why: why(likeness),
            };
            told.insert(earlier);
            found.push((*later, it));
        }
    }
    found
}

const fn why(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Title => "they bear one title under two numbers",
        Likeness::OwnTitles => "they bear one number under two titles",
        Likeness::Step => "they are one part of one step of a sequence",
        Likeness::OtherParts => "they are parts of one course, in years that are divided otherwise",
    }
}
