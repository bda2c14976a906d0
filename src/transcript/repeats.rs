//! Repeated courses: which attempts count, found from the record itself.
//!
//! Nobody types a repeat: two postings of the same catalogue number in different terms are attempts
//! at one course, unless the catalogue says that the course may be taken again for credit. Two
//! postings in the same term are no repeat but a finding of the audit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::policy::{Attempt, RepeatCode, RepeatRule, Rules, SameCourse};
use crate::record::{GradePoints, RecordedMark};

/// What a rule makes of one attempt of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    /// How it is told to other systems; none for a first attempt that counts.
    pub code: Option<RepeatCode>,
    /// The attempt, by its place in the record, that this one replaced or was replaced by, or that
    /// counts instead.
    pub other: Option<usize>,
}

impl Repeated {
    /// Whether the attempt counts.
    pub fn counts(self) -> bool {
        !matches!(
            self.code,
            Some(RepeatCode::RepeatNotCounted | RepeatCode::ReplacedNotCounted)
        )
    }
}

/// One attempt at a course.
struct Try {
    /// Its place in the record.
    place: usize,
    /// Its place in time.
    moment: usize,
    points: GradePoints,
    satisfactory: bool,
}

/// The places of marks in the order of time, whatever the order of the record.
pub(super) fn in_time(marks: &[RecordedMark]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..marks.len()).collect();
    places.sort_by_key(|place| {
        let RecordedMark { mark, term, .. } = &marks[*place];
        (
            term.begins_on,
            term.ends_on,
            &mark.course,
            &mark.school,
            &mark.posting,
        )
    });
    places
}

/// What `rule` makes of every mark that belongs to a repeated course, by its place in the record.
pub(super) fn repeats(
    rules: &Rules,
    rule: RepeatRule,
    marks: &[RecordedMark],
) -> BTreeMap<usize, Repeated> {
    let mut courses: BTreeMap<(&str, &str), Vec<Try>> = BTreeMap::new();
    for (moment, place) in in_time(marks).into_iter().enumerate() {
        let recorded = &marks[place];
        if let Some(attempt) = attempt(rules, (place, moment), recorded) {
            let key = course_key(rules.repeats.same, recorded);
            courses.entry(key).or_default().push(attempt);
        }
    }
    let mut found = BTreeMap::new();
    for attempts in courses.into_values() {
        let terms = |attempt: &Try| {
            (
                &marks[attempt.place].mark.school,
                &marks[attempt.place].mark.term,
            )
        };
        let first = attempts.first().map(terms);
        if attempts.iter().any(|attempt| Some(terms(attempt)) != first) {
            judge(rule, &attempts, &mut found);
        }
    }
    found
}

fn course_key(same: SameCourse, recorded: &RecordedMark) -> (&str, &str) {
    let school = match same {
        SameCourse::Number => "",
        SameCourse::NumberAndSchool => recorded.mark.school.as_str(),
    };
    (school, recorded.mark.course.as_str())
}

/// A posted mark with grade points of a course that is not made to be taken again.
fn attempt(rules: &Rules, (place, moment): (usize, usize), recorded: &RecordedMark) -> Option<Try> {
    if !recorded.mark.kind.is_posted() || recorded.course.is_repeatable() {
        return None;
    }
    let step = rules.step(recorded.mark.mark.as_deref()?)?;
    Some(Try {
        place,
        moment,
        points: step.points?,
        satisfactory: step.satisfactory,
    })
}

fn judge(rule: RepeatRule, attempts: &[Try], found: &mut BTreeMap<usize, Repeated>) {
    match rule {
        RepeatRule::EveryAttemptCounts => {
            for (earlier, attempt) in attempts.iter().zip(attempts.iter().skip(1)) {
                counted_again(attempt, earlier, found);
            }
            note(attempts.first(), None, None, found);
        }
        RepeatRule::HighestCounts | RepeatRule::LowerWithoutCredit => {
            let best = attempts
                .iter()
                .max_by_key(|attempt| (attempt.points, Reverse(attempt.moment)));
            only_one_counts(attempts, best, found);
        }
        RepeatRule::LatestCounts => only_one_counts(attempts, attempts.last(), found),
        RepeatRule::FailingReplaced {
            replacements_max,
            beyond,
            after_satisfactory,
        } => {
            let mut left = replacements_max.unwrap_or(u8::MAX);
            let mut standing: Option<&Try> = None;
            for attempt in attempts {
                let Some(earlier) = standing else {
                    note(Some(attempt), None, None, found);
                    standing = Some(attempt);
                    continue;
                };
                let further = if earlier.satisfactory {
                    after_satisfactory
                } else {
                    beyond
                };
                if !earlier.satisfactory && left > 0 {
                    left -= 1;
                    replace(earlier, attempt, found);
                    standing = Some(attempt);
                } else if further == Attempt::Counts {
                    counted_again(attempt, earlier, found);
                    standing = Some(attempt);
                } else {
                    let code = RepeatCode::RepeatNotCounted;
                    note(Some(attempt), Some(code), Some(earlier.place), found);
                }
            }
        }
    }
}

/// One attempt counts; those before it were replaced, those after it are not counted.
fn only_one_counts(attempts: &[Try], one: Option<&Try>, found: &mut BTreeMap<usize, Repeated>) {
    let Some(one) = one else { return };
    for attempt in attempts {
        let (code, other) = if attempt.place == one.place {
            let earlier = attempts.first().filter(|first| first.place != one.place);
            let code = earlier.map(|_| RepeatCode::ReplacementCounted);
            (code, earlier.map(|first| first.place))
        } else if attempt.moment < one.moment {
            (Some(RepeatCode::ReplacedNotCounted), Some(one.place))
        } else {
            (Some(RepeatCode::RepeatNotCounted), Some(one.place))
        };
        note(Some(attempt), code, other, found);
    }
}

fn replace(earlier: &Try, later: &Try, found: &mut BTreeMap<usize, Repeated>) {
    let replaced = RepeatCode::ReplacedNotCounted;
    note(Some(earlier), Some(replaced), Some(later.place), found);
    let replacement = RepeatCode::ReplacementCounted;
    note(Some(later), Some(replacement), Some(earlier.place), found);
}

fn counted_again(attempt: &Try, earlier: &Try, found: &mut BTreeMap<usize, Repeated>) {
    let code = RepeatCode::RepeatCounted;
    note(Some(attempt), Some(code), Some(earlier.place), found);
}

fn note(
    attempt: Option<&Try>,
    code: Option<RepeatCode>,
    other: Option<usize>,
    found: &mut BTreeMap<usize, Repeated>,
) {
    if let Some(attempt) = attempt {
        found.insert(attempt.place, Repeated { code, other });
    }
}
