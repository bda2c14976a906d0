//! Progress in the subject requirements of the universities (a-g), with validation.
//!
//! A course counts with C or better, once, and as the semesters that it is, whatever credit was
//! posted for it (a course made good after a D often earns none again); a college course counts as
//! the policy says. Validation gives no credit of its own: a later or higher course with C or
//! better covers a part or a level that was failed or left out, and this is shown apart. What an
//! area cannot use, such as a second language or world history beside world history, goes to the
//! area that takes the surplus and counts there alone, so that what an area has and what it needs
//! come to what it asks for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::attempts::{Try, courses, in_time};
use super::average::MarkName;
use super::grades::{grade_weight, is_of_college};
use super::policy::{AgAreaRule, AgRule, CollegeCourse, Rules, SchoolTime};
use super::progress::{
    AgMark, AgOutcome, AreaProgress, CollegePreparation, PartProgress, SurplusOf, Validation,
    ValidationRule,
};
use super::requirements::sequence;
use crate::record::{AgArea, Course, Credits, MarkKind, RecordedMark};

/// Progress in every area.
pub(super) fn college_preparation(
    rules: &Rules,
    ag: &AgRule,
    marks: &[RecordedMark],
    language: &str,
) -> CollegePreparation {
    let held = ag.areas.iter().map(|rule| Held {
        rules,
        ag,
        rule,
        marks,
    });
    let standings: Vec<(&AgAreaRule, Standing)> =
        held.map(|held| (held.rule, held.standing())).collect();
    let over: Vec<SurplusOf> = (standings.iter())
        .map(|(rule, standing)| SurplusOf {
            area: rule.area,
            credits: standing.surplus,
        })
        .filter(|of| !of.credits.is_zero())
        .collect();
    let areas = standings.into_iter().map(|(rule, standing)| {
        let surplus_of = if rule.takes_surplus {
            over.clone()
        } else {
            Vec::new()
        };
        let surplus: Credits = surplus_of.iter().map(|of| of.credits).sum();
        let Room { parts, beside } = standing.room;
        AreaProgress {
            area: rule.area,
            label: rule.label.in_language(language).to_owned(),
            required: rule.credits,
            earned: standing.earned,
            validated: sum_of(&standing.validations),
            surplus,
            in_progress: standing.in_progress,
            needed: parts.iter().copied().sum::<Credits>() + (beside - surplus.min(beside)),
            parts: (rule.includes.iter().zip(parts))
                .map(|(part, needed)| PartProgress::of(part, needed))
                .collect(),
            validations: standing.validations,
            surplus_of,
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

    /// Whether it is passed, and the second part of the course of which another is the first.
    fn is_second_part_of(&self, first: &Self) -> bool {
        let is_second = self.course.part.as_deref() == Some("2");
        is_second && self.satisfied.is_some() && self.course.is_same_step(first.course)
    }
}

/// How a record stands in one area.
struct Standing {
    /// Of use here.
    earned: Credits,
    validations: Vec<Validation>,
    in_progress: Credits,
    /// Of use only in the area that takes the surplus.
    surplus: Credits,
    /// What the area still takes.
    room: Room,
    marks: Vec<AgMark>,
}

/// What was earned and validated in one sequence of an area.
#[derive(Default)]
struct InSequence {
    earned: Credits,
    validations: Vec<Validation>,
    in_progress: Credits,
}

fn sum_of(validations: &[Validation]) -> Credits {
    validations.iter().map(|one| one.credits).sum()
}

/// One area, and the marks that are held against it.
#[derive(Clone, Copy)]
struct Held<'a> {
    rules: &'a Rules,
    ag: &'a AgRule,
    rule: &'a AgAreaRule,
    marks: &'a [RecordedMark],
}

impl<'a> Held<'a> {
    fn standing(self) -> Standing {
        let taken = self.taken();
        let mut sequences = self.sequences(&taken);
        let best = sequences.iter().max_by_key(|(name, of_it)| {
            let credits = of_it.earned + sum_of(&of_it.validations);
            (credits, of_it.in_progress, Reverse(**name))
        });
        let best = best.map(|(name, _)| *name);
        let counts = |name: &str| !self.rule.same_sequence || Some(name) == best;
        sequences.retain(|name, _| counts(name));
        let of_sequences = sequences.into_values();
        let validations: Vec<Validation> = of_sequences.flat_map(|it| it.validations).collect();
        let counted = taken.iter().filter(|one| counts(sequence(one.course)));
        let counted: Vec<&Taken<'_>> = counted.collect();
        let (room, used) = self.fill(&counted, sum_of(&validations));
        let marks = self.outcomes(&taken, counts, &used);
        let sum = |counts: &dyn Fn(&AgMark) -> bool| -> Credits {
            let marks = marks.iter().filter(|mark| counts(mark));
            marks.map(|mark| mark.credits).sum()
        };
        Standing {
            earned: sum(&|mark| mark.outcome == AgOutcome::Satisfies),
            validations,
            in_progress: sum(&|mark| mark.outcome == AgOutcome::InProgress),
            surplus: sum(&|mark| mark.counts_in.is_some_and(|area| area != self.rule.area)),
            room,
            marks,
        }
    }

    /// Fills the area with what was validated and then with the courses, in the order of time: what
    /// it still takes, and as much of each satisfying posting as is of use, by its place.
    fn fill(self, counted: &[&Taken<'_>], validated: Credits) -> (Room, BTreeMap<usize, Credits>) {
        let mut room = Room::of(self.rule);
        let second_parts = counted.iter();
        let in_parts: Credits = second_parts
            .map(|one| room.fill(self.rule, one.course, one.validated()))
            .sum();
        room.beside = room.beside - (validated - in_parts).min(room.beside);
        let mut used = BTreeMap::new();
        for one in counted {
            let Some(credits) = one.satisfied else {
                continue;
            };
            let in_parts = room.fill(self.rule, one.course, credits);
            let beside = (credits - in_parts).min(room.beside);
            room.beside = room.beside - beside;
            // Where no area takes the surplus, it is shown where it was earned.
            let mut left = match self.surplus_area() {
                Some(_) => in_parts + beside,
                None => credits,
            };
            for place in &one.satisfying {
                let of_it = self.weight(*place).min(left);
                left = left - of_it;
                used.insert(*place, of_it);
            }
        }
        (room, used)
    }

    /// The area in which counts what this one cannot use; none where that is this one.
    fn surplus_area(self) -> Option<AgArea> {
        let mut areas = self.ag.areas.iter();
        let takes_surplus = areas.find(|rule| rule.takes_surplus);
        let area = takes_surplus.map(|rule| rule.area);
        area.filter(|area| *area != self.rule.area)
    }

    fn is_of(self, recorded: &RecordedMark) -> bool {
        recorded.course.ag_area == Some(self.rule.area)
    }

    /// Whether the area takes a course of its own by the grade in which it was taken.
    fn takes(self, recorded: &RecordedMark) -> bool {
        let early = self.ag.before_grade_9.as_ref();
        early.is_none_or(|early| early.takes(self.rule.area, self.rules.earned(recorded)))
    }

    /// The rule about college courses, where a posting is of one.
    fn college_course(self, recorded: &RecordedMark) -> Option<&'a CollegeCourse> {
        let rule = self.ag.college_course.as_ref();
        rule.filter(|_| is_of_college(recorded))
    }

    /// How much of the area a posting is: the semesters that it is, whatever credits were posted.
    fn weight(self, place: usize) -> Credits {
        let recorded = &self.marks[place];
        let weight = grade_weight(self.rules, self.marks, recorded);
        match self.college_course(recorded).map(|it| it.satisfies) {
            Some(SchoolTime::Year) => weight + weight,
            Some(SchoolTime::Semester) | None => weight,
        }
    }

    /// How much of the area a posting that is in progress will be.
    fn in_progress(self, place: usize) -> Credits {
        let recorded = &self.marks[place];
        match self.college_course(recorded) {
            Some(_) => self.weight(place),
            None => recorded.mark.credit_attempted,
        }
    }

    /// What becomes of each mark of the area, in the order of time.
    fn outcomes(
        self,
        taken: &[Taken<'_>],
        counts: impl Fn(&str) -> bool,
        used: &BTreeMap<usize, Credits>,
    ) -> Vec<AgMark> {
        let mut told = Vec::new();
        for place in in_time(self.marks) {
            let recorded = &self.marks[place];
            if !self.is_of(recorded) || recorded.mark.kind == MarkKind::Planned {
                continue;
            }
            let of = taken.iter().find(|one| one.places.contains(&place));
            let mut outcome = match of {
                _ if !self.takes(recorded) => AgOutcome::BeforeGrade9,
                Some(one) => one.outcome(place),
                None if recorded.mark.kind == MarkKind::InProgress => AgOutcome::InProgress,
                None => AgOutcome::NoPoints,
            };
            let satisfies = outcome == AgOutcome::Satisfies;
            let toward = satisfies || outcome == AgOutcome::InProgress;
            if toward && !counts(sequence(&recorded.course)) {
                outcome = AgOutcome::AnotherSequence;
            }
            let source = self.source_of(recorded, of.is_some());
            let college = self.college_course(recorded).filter(|_| toward);
            let source = source.or(college.map(|college| &college.source));
            let lines = self.lines(place, outcome, satisfies, used);
            told.extend(
                lines
                    .into_iter()
                    .map(|(outcome, credits, counts_in)| AgMark {
                        name: MarkName::of(recorded),
                        credits,
                        counts_in,
                        outcome,
                        source: source.cloned(),
                    }),
            );
        }
        told
    }

    /// As much of a posting as counts, and where: of one that satisfies, what is of use here and
    /// what is over stand apart.
    fn lines(
        self,
        place: usize,
        outcome: AgOutcome,
        satisfies: bool,
        used: &BTreeMap<usize, Credits>,
    ) -> Vec<(AgOutcome, Credits, Option<AgArea>)> {
        let (own, surplus) = (Some(self.rule.area), self.surplus_area());
        match outcome {
            AgOutcome::Satisfies => {
                let here = used.get(&place).copied().unwrap_or_default();
                let over = self.weight(place) - here;
                let mut lines = vec![
                    (outcome, here, own),
                    (AgOutcome::NotNeededHere, over, surplus),
                ];
                lines.retain(|(_, credits, _)| !credits.is_zero());
                lines
            }
            AgOutcome::AnotherSequence if satisfies && surplus.is_some() => {
                vec![(outcome, self.weight(place), surplus)]
            }
            AgOutcome::InProgress => vec![(outcome, self.in_progress(place), own)],
            _ => vec![(outcome, Credits::ZERO, None)],
        }
    }

    /// Where the rule comes from by which a mark of the area is judged, if not with the area.
    fn source_of(self, recorded: &RecordedMark, judged: bool) -> Option<&'a String> {
        if !self.takes(recorded) {
            return self.ag.before_grade_9.as_ref().map(|early| &early.source);
        }
        let step = self.rules.step_of(&recorded.mark);
        let has_points = step.is_some_and(|step| step.points.is_some());
        let passes = self.ag.passes.as_ref().filter(|_| judged && !has_points);
        passes.map(|passes| &passes.source)
    }

    /// Whether a mark satisfies, of those that count toward an area: with points, or a pass that is
    /// taken for one.
    fn satisfies(self, recorded: &RecordedMark) -> Option<bool> {
        let step = self.rules.step_of(&recorded.mark)?;
        let pass = || {
            let mut passes = self.ag.passes.iter();
            let accepted = passes.any(|passes| passes.accept(recorded));
            (accepted && !step.waives).then_some(true)
        };
        match step.points {
            Some(_) => Some(step.satisfactory),
            None => pass(),
        }
    }

    /// Every course with a mark that counts, once, in the order of time.
    fn taken(self) -> Vec<Taken<'a>> {
        let of = |place: usize| {
            let recorded = &self.marks[place];
            let counts = self.is_of(recorded) && self.takes(recorded);
            counts && self.satisfies(recorded).is_some()
        };
        let passed = |place: usize| self.satisfies(&self.marks[place]) == Some(true);
        let weight = |attempt: &Try| -> Credits {
            let places = attempt.places.iter();
            places.map(|place| self.weight(*place)).sum()
        };
        let mut taken = Vec::new();
        for attempts in courses(self.rules, self.marks, of, passed) {
            let course = &self.marks[attempts[0].places[0]].course;
            // Of a repeatable course each time is another one.
            let size = if course.is_repeatable() {
                1
            } else {
                attempts.len()
            };
            let of_one = attempts.chunks(size);
            taken.extend(of_one.map(|attempts| Taken::new(course, attempts, passed, weight)));
        }
        let mut order = vec![0; self.marks.len()];
        for (number, place) in in_time(self.marks).into_iter().enumerate() {
            order[place] = number;
        }
        taken.sort_by_key(|one| order[one.places[0]]);
        second_parts(self.rule, &mut taken);
        taken
    }

    /// Credits earned and validated in each sequence of the area.
    fn sequences(self, taken: &[Taken<'a>]) -> BTreeMap<&'a str, InSequence> {
        let mut courses: BTreeMap<&str, Vec<&Taken<'_>>> = BTreeMap::new();
        for one in taken {
            courses.entry(sequence(one.course)).or_default().push(one);
        }
        let credits = courses.into_iter().map(|(name, courses)| {
            let satisfied = courses.iter().filter_map(|one| one.satisfied);
            let first_parts = courses.iter().filter(|one| one.by_second_part);
            let by_parts = first_parts.filter_map(|one| {
                let by = courses.iter().find(|other| other.is_second_part_of(one))?;
                let rule = ValidationRule::SecondPart;
                Some(self.validation(rule, by, one.level(), one.validated()))
            });
            let mut of_it = InSequence {
                earned: satisfied.sum(),
                validations: by_parts.collect(),
                in_progress: Credits::ZERO,
            };
            if self.rule.higher_level_validates && !name.is_empty() {
                of_it.validations.extend(self.lower_levels(&courses));
            }
            (name, of_it)
        });
        let mut sequences: BTreeMap<&str, InSequence> = credits.collect();
        for (place, recorded) in self.marks.iter().enumerate() {
            let here = self.is_of(recorded) && self.takes(recorded);
            if here && recorded.mark.kind == MarkKind::InProgress {
                let of_it = sequences.entry(sequence(&recorded.course)).or_default();
                of_it.in_progress = of_it.in_progress + self.in_progress(place);
            }
        }
        sequences
    }

    /// What is missing to a whole year in each level below the highest one with C or better.
    fn lower_levels(self, courses: &[&Taken<'_>]) -> Vec<Validation> {
        let semester = self.rules.credits_per_semester;
        let year = semester + semester;
        let satisfied = courses.iter().filter(|one| one.satisfied.is_some());
        // Of several of that level the first.
        let highest = satisfied.rev().max_by_key(|one| one.level());
        let Some((by, highest)) = highest.and_then(|one| Some((one, one.level()?))) else {
            return Vec::new();
        };
        let attempted: BTreeSet<u32> = courses.iter().filter_map(|one| one.level()).collect();
        let must_be_taken = &self.rule.taken_levels;
        let validated = (1..highest)
            .filter(|level| attempted.contains(level) || !must_be_taken.contains(level))
            .map(|level| {
                let here = courses.iter().filter(|one| one.level() == Some(level));
                let reached = here.map(|one| one.satisfied.unwrap_or_else(|| one.validated()));
                let missing = year - reached.sum::<Credits>().min(year);
                self.validation(ValidationRule::HigherLevel, by, Some(level), missing)
            });
        validated.filter(|one| !one.credits.is_zero()).collect()
    }

    fn validation(
        self,
        rule: ValidationRule,
        by: &Taken<'_>,
        level: Option<u32>,
        credits: Credits,
    ) -> Validation {
        Validation {
            rule,
            sequence: sequence(by.course).to_owned(),
            level,
            credits,
            by: MarkName::of(&self.marks[by.satisfying[0]]),
        }
    }
}

/// Marks first parts below C whose second part has C or better.
fn second_parts(rule: &AgAreaRule, taken: &mut [Taken<'_>]) {
    let named = &rule.second_part_validates;
    for place in 0..taken.len() {
        let first = &taken[place];
        let name = sequence(first.course);
        let may = !name.is_empty() && (named.contains("*") || named.contains(name));
        let validated = may
            && first.satisfied.is_none()
            && first.course.part.as_deref() == Some("1")
            && taken.iter().any(|other| other.is_second_part_of(first));
        taken[place].by_second_part = validated;
    }
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
