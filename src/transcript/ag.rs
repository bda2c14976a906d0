//! Progress in the subject requirements of the universities (a-g), with validation.
//!
//! A course counts with C or better, once, and as the semesters that it is, whatever credit was
//! posted for it (a course made good after a D often earns none again). Validation gives no credit
//! of its own: a later or higher course with C or better covers a part or a level that was failed
//! or left out, and this is shown apart. What an area cannot use, such as a second language or
//! world history beside world history, goes to the area that takes the surplus.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::attempts::{Try, courses, in_time};
use super::average::MarkName;
use super::grades::grade_weight;
use super::policy::{AgAreaRule, AgRule, Rules};
use super::progress::{AgMark, AgOutcome, AreaProgress, CollegePreparation};
use super::requirements::sequence;
use crate::record::{Course, Credits, MarkKind, RecordedMark};

/// Progress in every area.
pub(super) fn college_preparation(
    rules: &Rules,
    ag: &AgRule,
    marks: &[RecordedMark],
    language: &str,
) -> CollegePreparation {
    let mut surplus = Credits::ZERO;
    let mut standings = Vec::with_capacity(ag.areas.len());
    for rule in &ag.areas {
        let standing = Standing::of(rules, ag, rule, marks);
        if !rule.takes_surplus {
            surplus = surplus + standing.surplus;
        }
        standings.push((rule, standing));
    }
    let areas = standings.into_iter().map(|(rule, standing)| {
        let surplus = if rule.takes_surplus {
            surplus
        } else {
            Credits::ZERO
        };
        let reached = standing.earned + standing.validated + surplus;
        let missing = rule.credits - reached.min(rule.credits);
        AreaProgress {
            area: rule.area,
            label: rule.label.in_language(language).to_owned(),
            required: rule.credits,
            earned: standing.earned,
            validated: standing.validated,
            surplus,
            in_progress: standing.in_progress,
            needed: missing.max(standing.missing_parts),
            marks: standing.marks,
        }
    });
    CollegePreparation {
        label: ag.label.in_language(language).to_owned(),
        source: ag.source.clone(),
        areas: areas.collect(),
    }
}

/// A course of an area, all attempts at it taken together.
struct Taken<'a> {
    course: &'a Course,
    /// The places of its postings.
    places: Vec<usize>,
    /// Those of the attempt with which it was passed.
    satisfying: Vec<usize>,
    /// Its weight where it was passed with C or better.
    satisfied: Option<Credits>,
    /// Its weight where it has a mark that counts, of any size.
    attempted: Credits,
    /// Whether its second part validates it.
    by_second_part: bool,
}

impl<'a> Taken<'a> {
    /// Of the attempts that pass, the one with the most weight stands, of equals the first.
    fn new(
        course: &'a Course,
        attempts: &[Try],
        passed: impl Fn(usize) -> bool,
        weight: impl Fn(&Try) -> Credits,
    ) -> Self {
        let passing = attempts
            .iter()
            .filter(|attempt| attempt.places.iter().all(|place| passed(*place)));
        let best = passing.rev().max_by_key(|attempt| weight(attempt));
        Self {
            course,
            places: attempts.iter().flat_map(|it| it.places.clone()).collect(),
            satisfying: best.map_or_else(Vec::new, |best| best.places.clone()),
            satisfied: best.map(&weight),
            attempted: attempts.iter().map(weight).max().unwrap_or_default(),
            by_second_part: false,
        }
    }

    /// What becomes of one of its postings in an area that takes the course.
    fn outcome(&self, place: usize) -> AgOutcome {
        match self.satisfied {
            Some(_) if self.satisfying.contains(&place) => AgOutcome::Satisfies,
            Some(_) => AgOutcome::AnotherAttempt,
            None if self.by_second_part => AgOutcome::Validated,
            None => AgOutcome::BelowC,
        }
    }

    /// What a passed second part makes good.
    fn validated(&self) -> Credits {
        if self.by_second_part {
            self.attempted
        } else {
            Credits::ZERO
        }
    }

    fn level(&self) -> Option<u32> {
        self.course.level.as_deref()?.parse().ok()
    }

    /// The part of a course of its sequence at its level.
    fn is_part(&self, of: &Course, part: &str) -> bool {
        self.course.is_same_step(of) && self.course.part.as_deref() == Some(part)
    }
}

/// How a record stands in one area.
#[derive(Default)]
struct Standing {
    earned: Credits,
    validated: Credits,
    in_progress: Credits,
    /// Earned and of no use here.
    surplus: Credits,
    /// What is missing of the parts that the area includes.
    missing_parts: Credits,
    marks: Vec<AgMark>,
}

impl Standing {
    fn of(rules: &Rules, ag: &AgRule, rule: &AgAreaRule, marks: &[RecordedMark]) -> Self {
        let of_area = |recorded: &RecordedMark| recorded.course.ag_area == Some(rule.area);
        let in_area = |recorded: &RecordedMark| of_area(recorded) && takes(rules, ag, recorded);
        let mut taken = taken(rules, ag, marks, in_area);
        second_parts(rule, &mut taken);
        let in_progress = marks
            .iter()
            .filter(|recorded| recorded.mark.kind == MarkKind::InProgress && in_area(recorded));
        let sequence_credits = sequence_credits(rules, rule, &taken);
        let counted = |(name, (earned, validated)): (&str, &(Credits, Credits))| {
            (*earned + *validated, Reverse(name.to_owned()))
        };
        let best = sequence_credits
            .iter()
            .max_by_key(|(name, credits)| counted((*name, credits)));
        let best = best.map(|(name, _)| *name);
        let counts = |name: &str| !rule.same_sequence || Some(name) == best;
        let mut standing = Self::default();
        for (name, (earned, validated)) in &sequence_credits {
            standing.surplus = standing.surplus + *earned;
            if counts(name) {
                standing.earned = standing.earned + *earned;
                standing.validated = standing.validated + *validated;
            }
        }
        for recorded in in_progress.filter(|recorded| counts(sequence(&recorded.course))) {
            let credits = recorded.mark.credit_attempted;
            standing.in_progress = standing.in_progress + credits;
        }
        let mut room = Room::of(rule);
        let counted = || {
            let all = taken.iter();
            all.filter(|one| counts(sequence(one.course)))
        };
        let validated = counted().map(|one| room.fill(rule, one.course, one.validated()));
        let in_parts: Credits = validated.sum();
        room.beside = room.beside - (standing.validated - in_parts).min(room.beside);
        let satisfied = counted().filter_map(|one| Some((one.course, one.satisfied?)));
        for (course, credits) in satisfied {
            let left = credits - room.fill(rule, course, credits);
            let beside = left.min(room.beside);
            room.beside = room.beside - beside;
            standing.surplus = standing.surplus - (credits - (left - beside));
        }
        standing.missing_parts = room.parts.into_iter().sum();
        standing.marks = outcomes(rules, ag, marks, &taken, of_area, counts);
        standing
    }
}

/// Whether the area of a course takes it, by the grade in which it was taken.
fn takes(rules: &Rules, ag: &AgRule, recorded: &RecordedMark) -> bool {
    let (area, early) = (recorded.course.ag_area, ag.before_grade_9.as_ref());
    let of_grade = area.zip(early);
    of_grade.is_none_or(|(area, early)| early.takes(area, rules.earned(recorded)))
}

/// What becomes of each mark of an area, in the order of time.
fn outcomes(
    rules: &Rules,
    ag: &AgRule,
    marks: &[RecordedMark],
    taken: &[Taken<'_>],
    in_area: impl Fn(&RecordedMark) -> bool,
    counts: impl Fn(&str) -> bool,
) -> Vec<AgMark> {
    let mut told = Vec::new();
    for place in in_time(marks) {
        let recorded = &marks[place];
        let mark = &recorded.mark;
        if !in_area(recorded) || mark.kind == MarkKind::Planned {
            continue;
        }
        let of = taken.iter().find(|one| one.places.contains(&place));
        let taken_early = !takes(rules, ag, recorded);
        let mut outcome = match of {
            _ if taken_early => AgOutcome::BeforeGrade9,
            Some(one) => one.outcome(place),
            None if mark.kind == MarkKind::InProgress => AgOutcome::InProgress,
            None => AgOutcome::NoPoints,
        };
        let toward = matches!(outcome, AgOutcome::Satisfies | AgOutcome::InProgress);
        if toward && !counts(sequence(&recorded.course)) {
            outcome = AgOutcome::AnotherSequence;
        }
        let has_points = rules
            .step_of(mark)
            .is_some_and(|step| step.points.is_some());
        let passes = ag.passes.as_ref().filter(|_| of.is_some() && !has_points);
        let early = ag.before_grade_9.as_ref().filter(|_| taken_early);
        let source = passes.map(|passes| &passes.source);
        let source = source.or(early.map(|early| &early.source));
        told.push(AgMark {
            name: MarkName::of(recorded),
            credits: match outcome {
                AgOutcome::Satisfies => grade_weight(rules, marks, recorded),
                AgOutcome::InProgress => mark.credit_attempted,
                _ => Credits::ZERO,
            },
            outcome,
            source: source.cloned(),
        });
    }
    told
}

/// What an area still takes.
struct Room {
    /// Of each part that it includes.
    parts: Vec<Credits>,
    /// Of any of its courses.
    beside: Credits,
}

impl Room {
    fn of(rule: &AgAreaRule) -> Self {
        let parts: Vec<Credits> = rule.includes.iter().map(|part| part.credits).collect();
        let beside = rule.credits - parts.iter().copied().sum();
        Self { parts, beside }
    }

    /// Puts credits of a course into the parts that take it, and says how many of them went there.
    fn fill(&mut self, rule: &AgAreaRule, course: &Course, credits: Credits) -> Credits {
        let mut left = credits;
        for (part, room) in rule.includes.iter().zip(&mut self.parts) {
            if part.takes(course) {
                let taken = left.min(*room);
                *room = *room - taken;
                left = left - taken;
            }
        }
        credits - left
    }
}

/// Whether a mark satisfies, of those that count toward an area: with points, or a pass that is
/// taken for one.
fn satisfies(rules: &Rules, ag: &AgRule, recorded: &RecordedMark) -> Option<bool> {
    let step = rules.step_of(&recorded.mark)?;
    let pass = || {
        let accepted = ag.passes.iter().any(|passes| passes.accept(recorded));
        (accepted && !step.waives).then_some(true)
    };
    match step.points {
        Some(_) => Some(step.satisfactory),
        None => pass(),
    }
}

/// Every course with a mark that counts, once.
fn taken<'a>(
    rules: &Rules,
    ag: &AgRule,
    marks: &'a [RecordedMark],
    in_area: impl Fn(&RecordedMark) -> bool,
) -> Vec<Taken<'a>> {
    let of = |place: usize| {
        let recorded = &marks[place];
        in_area(recorded) && satisfies(rules, ag, recorded).is_some()
    };
    let passed = |place: usize| satisfies(rules, ag, &marks[place]) == Some(true);
    let weight = |attempt: &Try| -> Credits {
        let places = attempt.places.iter();
        places
            .map(|place| grade_weight(rules, marks, &marks[*place]))
            .sum()
    };
    let courses = courses(rules, marks, of, passed);
    let mut taken = Vec::with_capacity(courses.len());
    for attempts in courses {
        let course = &marks[attempts[0].places[0]].course;
        // Of a repeatable course each time is another one.
        let size = if course.is_repeatable() {
            1
        } else {
            attempts.len()
        };
        let of_one = attempts.chunks(size);
        taken.extend(of_one.map(|attempts| Taken::new(course, attempts, passed, weight)));
    }
    taken
}

/// Credits earned and validated in each sequence of an area.
fn sequence_credits<'a>(
    rules: &Rules,
    rule: &AgAreaRule,
    taken: &'a [Taken<'a>],
) -> BTreeMap<&'a str, (Credits, Credits)> {
    let mut sequences: BTreeMap<&str, Vec<&Taken<'_>>> = BTreeMap::new();
    for one in taken {
        sequences.entry(sequence(one.course)).or_default().push(one);
    }
    let credits = sequences.into_iter().map(|(name, courses)| {
        let earned: Credits = courses.iter().filter_map(|one| one.satisfied).sum();
        let mut validated: Credits = courses.iter().map(|one| one.validated()).sum();
        if rule.higher_level_validates && !name.is_empty() {
            validated = validated + lower_levels(rules, rule, &courses);
        }
        (name, (earned, validated))
    });
    credits.collect()
}

/// Marks first parts below C whose second part has C or better.
fn second_parts(rule: &AgAreaRule, taken: &mut [Taken<'_>]) {
    let named = &rule.second_part_validates;
    for place in 0..taken.len() {
        let first = &taken[place];
        let name = sequence(first.course);
        let may = !name.is_empty() && (named.contains("*") || named.contains(name));
        let second =
            |other: &Taken<'_>| other.satisfied.is_some() && other.is_part(first.course, "2");
        let validated = may
            && first.satisfied.is_none()
            && first.course.part.as_deref() == Some("1")
            && taken.iter().any(second);
        taken[place].by_second_part = validated;
    }
}

/// What is missing to a whole year in each level below the highest one with C or better.
fn lower_levels(rules: &Rules, rule: &AgAreaRule, courses: &[&Taken<'_>]) -> Credits {
    let year = rules.credits_per_semester + rules.credits_per_semester;
    let satisfied = courses.iter().filter(|one| one.satisfied.is_some());
    let highest = satisfied.filter_map(|one| one.level()).max().unwrap_or(0);
    let attempted: BTreeSet<u32> = courses.iter().filter_map(|one| one.level()).collect();
    let missing = (1..highest)
        .filter(|level| attempted.contains(level) || !rule.taken_levels.contains(level))
        .map(|level| {
            let here = |one: &&&Taken<'_>| one.level() == Some(level);
            let here = courses.iter().filter(here);
            let reached = here.map(|one| one.satisfied.unwrap_or_else(|| one.validated()));
            year - reached.sum::<Credits>().min(year)
        });
    missing.sum()
}
