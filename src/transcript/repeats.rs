//! Repeated courses: which attempts count.
//!
//! An attempt can only give way to one that the same average takes: else both would vanish. An
//! attempt outside the average's window or kinds replaces nothing in it, but it is known: a C from
//! before the window still says that the course needed no repeat.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::attempts::{Try, courses};
use super::policy::{
    Attempt, Elsewhere, RepeatCode, RepeatRule, RepeatedCredit, Replaceable, Rules,
};
use super::unit::in_unit;
use crate::record::{Credits, GradePoints, Mark, MarkKind, RecordedMark};

/// What a rule makes of one attempt of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    /// How it is told to other systems; none for a first attempt that counts.
    pub code: Option<RepeatCode>,
    /// The posting, by its place in the record, that this one replaced or that stands instead.
    pub other: Option<usize>,
}

impl Repeated {
    /// Whether the attempt counts.
    pub fn counts(self) -> bool {
        !matches!(
            self.code,
            Some(
                RepeatCode::RepeatNotCounted
                    | RepeatCode::ReplacedNotCounted
                    | RepeatCode::RepeatOtherInstitution
                    | RepeatCode::NotCountedOther
            )
        )
    }
}

/// What one average, or the page, sees in a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its grade points; none where it is a pass without points that may replace an attempt.
    pub points: Option<GradePoints>,
    /// The mark, where it is a number: of two on one step it tells which is higher.
    pub number: Option<GradePoints>,
    /// C or better.
    pub satisfactory: bool,
    /// Whether it is a failing mark: its step of the scale is worth nothing.
    pub failing: bool,
    /// Whether it is taken: in the window, of a kind that counts, with a weight.
    pub taken: bool,
}

/// One attempt, judged by its weakest posting.
struct Judged<'a> {
    attempt: Try,
    /// Where it was taken, if not at a school of the records.
    taken_at: Option<&'a str>,
    seen: Seen,
    moment: usize,
    /// The posting that is named where others give way to the attempt.
    named: usize,
}

impl<'a> Judged<'a> {
    fn new(
        moment: usize,
        attempt: Try,
        marks: &'a [RecordedMark],
        judged: &[Option<Seen>],
    ) -> Option<Self> {
        let postings = || attempt.places.iter().filter_map(|place| judged[*place]);
        let seen = Seen {
            points: postings().map(|seen| seen.points).min()?,
            number: postings().map(|seen| seen.number).min()?,
            satisfactory: postings().all(|seen| seen.satisfactory),
            failing: postings().any(|seen| seen.failing),
            taken: postings().any(|seen| seen.taken),
        };
        let mut places = attempt.places.iter().copied();
        let named = places.find(|place| judged[*place].is_some_and(|seen| seen.taken));
        Some(Self {
            named: named.unwrap_or(attempt.places[0]),
            taken_at: taken_at(&marks[attempt.places[0]].mark),
            attempt,
            seen,
            moment,
        })
    }

    fn is_better_than(&self, other: &Self) -> bool {
        (self.seen.points, self.seen.number) > (other.seen.points, other.seen.number)
    }

    /// The code of a further attempt that does not count beside `standing`.
    fn not_counted(&self, standing: &Self) -> RepeatCode {
        if self.taken_at.is_some() && self.taken_at != standing.taken_at {
            RepeatCode::RepeatOtherInstitution
        } else {
            RepeatCode::RepeatNotCounted
        }
    }
}

/// The institution at which a mark was earned, if not at a school of the records; a transfer or a
/// college course whose institution is not named is of one that nobody knows.
fn taken_at(mark: &Mark) -> Option<&str> {
    let elsewhere = matches!(mark.kind, MarkKind::Transfer | MarkKind::DualEnrolment);
    mark.taken_at.as_deref().or(elsewhere.then_some(""))
}

/// What `rule` makes of every posting of a repeated course, by its place in the record. `seen` says
/// for each place what the average sees there; none for what is no attempt: a withdrawal, work in
/// progress.
pub(super) fn repeats(
    rules: &Rules,
    rule: RepeatRule,
    marks: &[RecordedMark],
    seen: &[Option<Seen>],
) -> BTreeMap<usize, Repeated> {
    let is_attempt = |place: usize| seen[place].is_some() && !marks[place].course.is_repeatable();
    let passed = |place: usize| seen[place].is_some_and(|seen| seen.satisfactory);
    let mut found = BTreeMap::new();
    for attempts in courses(rules, marks, is_attempt, passed) {
        let attempts = attempts.into_iter().enumerate();
        let judged =
            attempts.filter_map(|(moment, attempt)| Judged::new(moment, attempt, marks, seen));
        let mut judged: Vec<Judged<'_>> = judged.collect();
        if !matches!(rule, RepeatRule::FailingReplaced { .. }) {
            judged.retain(|attempt| attempt.seen.taken);
        }
        if judged.len() > 1 {
            judge(rule, &judged, &mut found);
        }
    }
    found
}

fn judge(rule: RepeatRule, attempts: &[Judged<'_>], found: &mut BTreeMap<usize, Repeated>) {
    match rule {
        RepeatRule::EveryAttemptCounts => {
            for (earlier, attempt) in attempts.iter().zip(attempts.iter().skip(1)) {
                note(
                    attempt,
                    Some(RepeatCode::RepeatCounted),
                    Some(earlier),
                    found,
                );
            }
            note(&attempts[0], None, None, found);
        }
        RepeatRule::HighestCounts | RepeatRule::LowerWithoutCredit => {
            let best = |attempt: &&Judged<'_>| {
                let Seen { points, number, .. } = attempt.seen;
                (points, number, Reverse(attempt.moment))
            };
            only_one_counts(attempts, attempts.iter().max_by_key(best), found);
        }
        RepeatRule::LatestCounts => only_one_counts(attempts, attempts.last(), found),
        RepeatRule::FailingReplaced {
            replaceable,
            replacements_max,
            only_if_better,
            beyond,
            after_satisfactory,
            elsewhere,
        } => {
            let replacing = Replacing {
                replaceable,
                left: replacements_max.unwrap_or(u8::MAX),
                only_if_better,
                beyond,
                after_satisfactory,
            };
            match elsewhere {
                Elsewhere::Replaces => replacing.judge(&Vec::from_iter(attempts), found),
                Elsewhere::Counts => replacing.judge_apart(attempts, found),
            }
        }
    }
}

/// One attempt counts; those before it were replaced, those after it are not counted.
fn only_one_counts(
    attempts: &[Judged<'_>],
    one: Option<&Judged<'_>>,
    found: &mut BTreeMap<usize, Repeated>,
) {
    let Some(one) = one else { return };
    for attempt in attempts {
        let (code, other) = if attempt.moment == one.moment {
            let earlier = attempts.first().filter(|first| first.moment != one.moment);
            (earlier.map(|_| RepeatCode::ReplacementCounted), earlier)
        } else if attempt.moment < one.moment {
            (Some(RepeatCode::ReplacedNotCounted), Some(one))
        } else {
            (Some(attempt.not_counted(one)), Some(one))
        };
        note(attempt, code, other, found);
    }
}

/// Replacing one attempt after the other.
#[derive(Clone, Copy)]
struct Replacing {
    replaceable: Replaceable,
    left: u8,
    only_if_better: bool,
    beyond: Attempt,
    after_satisfactory: Attempt,
}

impl Replacing {
    /// Each institution's attempts for themselves; the first of a further one counts beside.
    fn judge_apart(self, attempts: &[Judged<'_>], found: &mut BTreeMap<usize, Repeated>) {
        let mut institutions: Vec<Vec<&Judged<'_>>> = Vec::new();
        for attempt in attempts {
            let same = |of: &&mut Vec<&Judged<'_>>| of[0].taken_at == attempt.taken_at;
            match institutions.iter_mut().find(same) {
                Some(institution) => institution.push(attempt),
                None => institutions.push(vec![attempt]),
            }
        }
        for institution in &institutions {
            self.judge(institution, found);
        }
        for institution in &institutions[1..] {
            let first = institution[0];
            if found[&first.attempt.places[0]].code.is_none() {
                let code = Some(RepeatCode::RepeatCounted);
                note(first, code, Some(&attempts[0]), found);
            }
        }
    }

    fn judge(mut self, attempts: &[&Judged<'_>], found: &mut BTreeMap<usize, Repeated>) {
        let mut standing = attempts[0];
        let mut replaced: Vec<&Judged<'_>> = Vec::new();
        note(standing, None, None, found);
        for attempt in attempts[1..].iter().copied() {
            let may_be_replaced = self.may_be_replaced(standing);

            let further = if may_be_replaced {
                self.beyond
            } else {
                self.after_satisfactory
            };
            if may_be_replaced && self.left > 0 {
                // What the average does not take leaves what it takes as it is.
                if standing.seen.taken && !attempt.seen.taken {
                    continue;
                }
                self.left -= 1;
                if self.only_if_better && !attempt.is_better_than(standing) {
                    let code = attempt.not_counted(standing);
                    note(attempt, Some(code), Some(standing), found);
                    continue;
                }
                note(
                    attempt,
                    Some(RepeatCode::ReplacementCounted),
                    Some(standing),
                    found,
                );
                replaced.push(standing);
                standing = attempt;
                for earlier in &replaced {
                    let code = Some(RepeatCode::ReplacedNotCounted);
                    note(earlier, code, Some(standing), found);
                }
            } else if further == Attempt::Counts {
                note(
                    attempt,
                    Some(RepeatCode::RepeatCounted),
                    Some(standing),
                    found,
                );
                standing = attempt;
                replaced.clear();
            } else {
                let code = attempt.not_counted(standing);
                note(attempt, Some(code), Some(standing), found);
            }
        }
    }

    fn may_be_replaced(&self, standing: &Judged<'_>) -> bool {
        match self.replaceable {
            Replaceable::BelowC => !standing.seen.satisfactory,
            Replaceable::Failing => standing.seen.failing,
        }
    }
}

fn note(
    attempt: &Judged<'_>,
    code: Option<RepeatCode>,
    other: Option<&Judged<'_>>,
    found: &mut BTreeMap<usize, Repeated>,
) {
    let other = other.map(|other| other.named);
    for place in &attempt.attempt.places {
        found.insert(*place, Repeated { code, other });
    }
}

/// What the page sees in each posting: everything with points, for each grade is printed, whatever
/// its credit.
fn seen_on_page(rules: &Rules, marks: &[RecordedMark]) -> Vec<Option<Seen>> {
    let seen = |recorded: &RecordedMark| {
        let step = rules.step_of(&recorded.mark)?;
        let points = step.points?;
        Some(Seen {
            points: Some(points),
            number: recorded
                .mark
                .mark
                .as_deref()
                .and_then(|mark| step.number(mark)),
            satisfactory: step.satisfactory,
            failing: points.is_zero(),
            taken: true,
        })
    };
    marks.iter().map(seen).collect()
}

/// What the page's own rule makes of repeated courses, and the marks as they are printed: a course
/// that earns its credit once bears it where the rule says.
pub(super) fn on_page<'a>(
    rules: &Rules,
    marks: &'a [RecordedMark],
) -> (BTreeMap<usize, Repeated>, Cow<'a, [RecordedMark]>) {
    let rule = rules.repeats.rule;
    let seen = seen_on_page(rules, marks);
    let measured = in_unit(rules, marks, rules.credits_per_semester);
    let mut repeated = repeats(rules, rule, &measured, &seen);
    not_counted_otherwise(rules, &measured, &seen, &mut repeated);
    let lower_without = rule == RepeatRule::LowerWithoutCredit;
    let once = lower_without || rules.repeats.credit == RepeatedCredit::Once;
    if !once || repeated.is_empty() {
        return (repeated, Cow::Borrowed(marks));
    }
    let mut printed = marks.to_vec();
    let passed = |place: usize| seen[place].is_some_and(|seen| seen.satisfactory);
    let judged = |place: usize| seen[place].is_some() && repeated.contains_key(&place);
    for attempts in courses(rules, &measured, judged, passed) {
        let bearer = bearer(&attempts, marks, &repeated);
        let credit = attempts.iter().map(|attempt| earned(attempt, marks)).max();
        for attempt in attempts.iter().filter(|attempt| *attempt != bearer) {
            for place in &attempt.places {
                printed[*place].mark.credit_earned = Credits::ZERO;
                if lower_without && !repeated[place].counts() {
                    printed[*place].mark.credit_attempted = Credits::ZERO;
                }
            }
        }
        // A sending system that gave no credit to a second pass gave it to the first.
        let last = *bearer.places.last().expect("an attempt has a posting");
        let missing = credit.unwrap_or_default() - earned(bearer, marks);
        printed[last].mark.credit_earned = printed[last].mark.credit_earned + missing;
    }
    (repeated, Cow::Owned(printed))
}

/// Attempts at a repeated course whose mark has no points, so that it is not the
/// repetition that leaves them out: a pass, a withdrawal.
fn not_counted_otherwise(
    rules: &Rules,
    marks: &[RecordedMark],
    seen: &[Option<Seen>],
    repeated: &mut BTreeMap<usize, Repeated>,
) {
    let posted = |place: usize| {
        let step = rules.step_of(&marks[place].mark);
        step.is_some_and(|step| !step.waives) && !marks[place].course.is_repeatable()
    };
    let passed = |place: usize| seen[place].is_some_and(|seen| seen.satisfactory);
    for attempts in courses(rules, marks, posted, passed) {
        let counts = |attempt: &&Try| attempt.places.iter().any(|place| seen[*place].is_some());
        if !attempts.iter().any(|attempt| counts(&attempt)) {
            continue;
        }
        let without = attempts.iter().filter(|attempt| !counts(attempt));
        for place in without.flat_map(|attempt| &attempt.places) {
            let code = Some(RepeatCode::NotCountedOther);
            repeated.insert(*place, Repeated { code, other: None });
        }
    }
}

fn earned(attempt: &Try, marks: &[RecordedMark]) -> Credits {
    let places = attempt.places.iter();
    places.map(|place| marks[*place].mark.credit_earned).sum()
}

/// The attempt that bears a course's credit: the one that counts, or of several the first that
/// earned any.
fn bearer<'a>(
    attempts: &'a [Try],
    marks: &[RecordedMark],
    repeated: &BTreeMap<usize, Repeated>,
) -> &'a Try {
    let counts = |attempt: &&Try| repeated[&attempt.places[0]].counts();
    let mut counting = attempts.iter().filter(counts);
    let first = counting.next().unwrap_or(&attempts[0]);
    let earning = std::iter::once(first)
        .chain(counting)
        .find(|attempt| !earned(attempt, marks).is_zero());
    earning.unwrap_or(first)
}
