//! A student's marks, from the first course that counts to what is planned.

use super::calendar::{Calendar, Division, Period, days_between, posted_at};
use super::catalogue::{Class, Part};
use super::draw::Draw;
use super::journey::{Journey, Outside, Spell, Year};
use super::schedule::{History, Outcome, Scheduler, Slot, counterpart};
use super::schools::{Campus, CampusId, Schools};
use super::student::Student;
use super::titles::{COLLEGES, abroad_title, college_titles, outside_title};
use super::vocabulary::{NOT_PASSING, subject};
use crate::record::{Credits, GradeLevel, HonorsKind, Mark, MarkKind, SchoolKind};

/// A posting and what it was for.
#[derive(Clone, Debug)]
pub struct Posting {
    /// The school that keeps it.
    pub campus: CampusId,
    /// The course.
    pub class: Class,
    /// Its row.
    pub mark: Mark,
}

/// How many postings one record may have; no student of a plan comes near.
pub const POSTINGS_MAX: usize = 400;

/// A mark and what it earns.
struct Result {
    mark: String,
    passed: bool,
    solid: bool,
    attempted: bool,
}

/// What is to be posted, before chance has decided the mark.
struct Entry<'a> {
    campus: CampusId,
    period: &'a Period,
    part: Part,
    grade: i8,
    kind: MarkKind,
    /// Credits in eighths of the whole; less where a term was shared by two schools.
    eighths: i64,
    /// Added to the strength: course and circumstances.
    ease: i32,
    outside: Option<&'static Outside>,
    /// Whether the part's credits were earned before, with a D.
    credited: bool,
}

/// A student's postings as they come about.
pub struct Studies<'a> {
    student: &'a Student,
    schools: &'a Schools,
    calendar: &'a Calendar,
    draw: &'a mut Draw,
    /// What came out so far.
    pub history: History,
    /// The rows, oldest first.
    pub postings: Vec<Posting>,
}

impl<'a> Studies<'a> {
    /// A student's whole record of marks along a journey.
    pub fn new(
        student: &'a Student,
        schools: &'a Schools,
        calendar: &'a Calendar,
        draw: &'a mut Draw,
    ) -> Self {
        Self {
            student,
            schools,
            calendar,
            draw,
            history: History::default(),
            postings: Vec::new(),
        }
    }

    /// Posts everything of a journey up to the last regular term that is on record.
    pub fn follow(&mut self, journey: &Journey) {
        for (place, year) in journey.years.iter().enumerate() {
            let taught = year
                .spells
                .iter()
                .all(|spell| self.has_marks(spell.campus, year.grade));
            if !taught {
                continue;
            }
            if year.grade == 8 {
                self.early_algebra(year);
                continue;
            }
            let again = journey.years[..place]
                .iter()
                .any(|other| other.grade == year.grade);
            self.regular_year(year, again);
            if year.grade < 12 && !(journey.left && place + 1 == journey.years.len()) {
                self.summer(year);
            }
        }
    }

    fn has_marks(&self, campus: CampusId, grade: i8) -> bool {
        let campus = self.schools.get(campus);
        let adult = campus.row.kind == SchoolKind::Adult;
        grade >= 8 && campus.has_marks() && !adult
    }

    /// Algebra 1 in grade 8, for a few who are ready for it.
    fn early_algebra(&mut self, year: &Year) {
        let spell = &year.spells[0];
        let campus = self.schools.get(spell.campus);
        let ready = self.student.strength(subject::MATHEMATICS) > 150;
        if ready && campus.offers(Class::Algebra1) && campus.grades.1 == 8 {
            self.slot_year(year, &[(Slot::Year(Class::Algebra1), 40)]);
        }
    }

    fn regular_year(&mut self, year: &Year, again: bool) {
        let campus = self.schools.get(year.spells[0].campus);
        let scheduler = Scheduler {
            student: self.student,
            campus,
            grade: year.grade,
            again,
            abroad: year.outside.is_some_and(|outside| outside.abroad),
            history: &self.history,
            draw: self.draw,
        };
        let slots = scheduler.slots();
        let slots: Vec<(Slot, i32)> = slots
            .into_iter()
            .map(|slot| (slot, self.draw.bell(240)))
            .collect();
        self.slot_year(year, &slots);
    }

    /// Posts a year's places at each school of the year.
    fn slot_year(&mut self, year: &Year, slots: &[(Slot, i32)]) {
        let mut shared: Option<(&str, i64)> = None;
        for (place, spell) in year.spells.iter().enumerate() {
            let division = self.schools.get(spell.campus).division;
            let goes_on = place + 1 < year.spells.len();
            let same =
                goes_on && self.schools.get(year.spells[place + 1].campus).division == division;
            let periods = self.calendar.periods(division, year.year);
            for (term, period) in periods.iter().enumerate() {
                let eighths = match (attended(spell, period), shared) {
                    (Some(8), Some((code, posted))) if code == period.code => 8 - posted,
                    (Some(8), _) => 8,
                    (Some(part), _) if same && part > 1 => {
                        shared = Some((&period.code, part));
                        part
                    }
                    (Some(part), _) if part > 1 && !goes_on => {
                        self.withdraw(year, spell, period, term, slots);
                        continue;
                    }
                    _ => continue,
                };
                self.term(year, spell.campus, period, term, slots, eighths);
            }
        }
    }

    fn term(
        &mut self,
        year: &Year,
        campus: CampusId,
        period: &Period,
        term: usize,
        slots: &[(Slot, i32)],
        eighths: i64,
    ) {
        for (slot, ease) in slots {
            let Some(part) = part_of(*slot, self.schools.get(campus), term) else {
                continue;
            };
            let recovery = if matches!(slot, Slot::Again(_)) {
                130
            } else {
                0
            };
            self.post(&Entry {
                campus,
                period,
                part,
                grade: year.grade,
                kind: if year.outside.is_some() {
                    MarkKind::Transfer
                } else {
                    MarkKind::Regular
                },
                eighths,
                ease: ease + recovery,
                outside: year.outside,
                credited: false,
            });
        }
        if year.outside.is_none() && eighths == 8 {
            self.college(year, campus, period);
            if year.grade == 12 && term > 0 {
                self.recover(year, campus, period, slots);
            }
        }
    }

    /// What a senior failed in an earlier term and does not repeat in the schedule, taken again on
    /// line beside it.
    fn recover(&mut self, year: &Year, campus: CampusId, period: &Period, slots: &[(Slot, i32)]) {
        const PARTS_MAX: usize = 4;
        let school = self.schools.get(campus);
        let here = |posting: &Posting| posting.campus == campus && posting.mark.term == period.code;
        let now: Vec<String> = self
            .postings
            .iter()
            .filter(|posting| here(posting))
            .map(|posting| posting.mark.course.clone())
            .collect();
        let scheduled = |part: &Part| slots.iter().any(|(slot, _)| slot.takes(*part));
        let mut parts = self.history.owed(school);
        parts.retain(|part| !scheduled(part) && !now.contains(&part.number(school.numbering)));
        for part in parts.into_iter().take(PARTS_MAX) {
            self.post(&Entry {
                campus,
                period,
                part,
                grade: year.grade,
                kind: MarkKind::Regular,
                eighths: 8,
                ease: 150,
                outside: None,
                credited: false,
            });
        }
    }

    /// A college course beside the schedule, for those who seek it.
    fn college(&mut self, year: &Year, campus: CampusId, period: &Period) {
        let whole = self.schools.get(campus).division != Division::Quarters;
        if year.grade < 11 || self.student.ability < 60 || !whole || !self.draw.chance(110) {
            return;
        }
        let class = *self.draw.pick(&[
            Class::CollegeEnglish,
            Class::CollegeMathematics,
            Class::CollegeSocialScience,
            Class::CollegeElective,
        ]);
        if self.college_titles(class).is_empty() {
            return;
        }
        let all = Part::all(class, self.schools.get(campus).division);
        self.post(&Entry {
            campus,
            period,
            part: all[0],
            grade: year.grade,
            kind: MarkKind::DualEnrolment,
            eighths: 16, // Three semester units of a college are ten credits of a high school.
            ease: 20,
            outside: None,
            credited: false,
        });
    }

    /// The colleges' courses that count as this one and were not taken yet.
    fn college_titles(&self, class: Class) -> Vec<&'static str> {
        let taken = |title: &str| {
            let mut titles = self
                .postings
                .iter()
                .filter_map(|it| it.mark.title.as_deref());
            titles.any(|it| it == title)
        };
        let titles = college_titles(class).iter().copied();
        titles.filter(|title| !taken(title)).collect()
    }

    /// The marks of a term that was left and not finished elsewhere.
    fn withdraw(
        &mut self,
        year: &Year,
        spell: &Spell,
        period: &Period,
        term: usize,
        slots: &[(Slot, i32)],
    ) {
        let campus = self.schools.get(spell.campus);
        for (slot, _) in slots {
            if let Some(part) = part_of(*slot, campus, term) {
                let mut mark = self.row(&Entry {
                    campus: spell.campus,
                    period,
                    part,
                    grade: year.grade,
                    kind: MarkKind::Regular,
                    eighths: 0,
                    ease: 0,
                    outside: None,
                    credited: false,
                });
                mark.mark = Some("W".to_owned());
                mark.posted_at = spell.to.map(posted_at);
                self.push(spell.campus, part.class, mark);
            }
        }
    }

    /// Summer session: failed parts again, now and then a D, sometimes a course ahead.
    pub fn summer(&mut self, year: &Year) {
        let Some(campus) = year.spells.last().map(|spell| spell.campus) else {
            return;
        };
        if year.outside.is_some() {
            return;
        }
        let school = self.schools.get(campus);
        let mut owed = self.history.owed(school);
        owed.truncate(2);
        let weak = self.history.weak().into_iter();
        let weak = weak.filter_map(|part| counterpart(school, part));
        let weak: Vec<Part> = weak.take(2).collect();
        let (chosen, credited) = if !owed.is_empty() && self.draw.chance(620) {
            (owed, false)
        } else if !weak.is_empty() && self.draw.chance(90) {
            (weak, true)
        } else if self.wants_geometry(year, school) && self.draw.chance(250) {
            (Part::all(Class::Geometry, school.division), false)
        } else {
            return;
        };
        let period = self.calendar.summer(year.year);
        for part in chosen {
            self.post(&Entry {
                campus,
                period,
                part,
                grade: year.grade,
                kind: MarkKind::Summer,
                eighths: 8,
                ease: 110,
                outside: None,
                credited,
            });
        }
    }

    fn wants_geometry(&self, year: &Year, school: &Campus) -> bool {
        year.grade == 9
            && school.division == Division::Semesters
            && self.student.is_ambitious(subject::MATHEMATICS)
            && self.history.advanced(Class::Algebra1)
            && !self.history.took(Class::HonorsGeometry)
            && !self.history.took(Class::Geometry)
    }

    /// The schedule of the coming year, for who is then a senior.
    pub fn plan_ahead(&mut self, last: &Year) {
        let Some(spell) = last.spells.last() else {
            return;
        };
        let year = Year {
            year: last.year + 1,
            grade: last.grade + 1,
            spells: vec![Spell {
                campus: spell.campus,
                from: super::calendar::first_day(last.year + 1),
                to: None,
                exit: None,
            }],
            outside: None,
        };
        self.regular_year(&year, false);
    }

    fn post(&mut self, entry: &Entry<'_>) {
        if self.postings.len() >= POSTINGS_MAX {
            return;
        }
        let mut row = self.row(entry);
        if entry.period.ends_on > self.calendar.as_of {
            let begun = entry.period.begins_on <= self.calendar.as_of;
            row.kind = if begun {
                MarkKind::InProgress
            } else {
                MarkKind::Planned
            };
            self.push(entry.campus, entry.part.class, row);
            return;
        }
        let result = self.result(entry);
        let credits = row.credit_attempted;
        row.credit_earned = match (result.passed, entry.credited) {
            (true, false) => credits,
            _ => Credits::ZERO,
        };
        if !result.attempted {
            row.credit_attempted = Credits::ZERO;
        }
        let first_half = row.credit_attempted.is_zero() && result.attempted;
        row.mark = Some(result.mark);
        row.posted_at = Some(posted_at(entry.period.ends_on));
        if result.passed {
            self.history.settle(entry.part);
        }
        self.history.outcomes.push(Outcome {
            part: entry.part,
            passed: result.passed,
            solid: result.solid,
            settled: first_half || entry.credited,
        });
        self.push(entry.campus, entry.part.class, row);
    }

    fn push(&mut self, campus: CampusId, class: Class, mut mark: Mark) {
        let number = self.postings.len() + 1;
        mark.posting = format!("{}-{number:03}", mark.person);
        self.postings.push(Posting {
            campus,
            class,
            mark,
        });
    }

    /// The row without its mark, the credits attempted in full.
    fn row(&mut self, entry: &Entry<'_>) -> Mark {
        let campus = self.schools.get(entry.campus);
        let part = entry.part;
        // Algebra 1 earns nothing in its first half and everything in its second, where the school
        // has decided so: credit belongs to the posting.
        let late = part.class == Class::Algebra1 && campus.algebra_at_the_end && part.parts == 2;
        let whole = match (late, part.part) {
            (true, 0) => 0,
            (true, _) => 2 * part.thousandths,
            (false, _) => part.thousandths,
        };
        let (title, taken_at) = self.elsewhere(entry);
        let by_hand = entry.outside.is_some() || entry.kind == MarkKind::DualEnrolment;
        let posted = entry.period.ends_on <= self.calendar.as_of;
        Mark {
            school: campus.row.school.clone(),
            posting: String::new(),
            person: self.student.local_id(campus.source),
            term: entry.period.code.clone(),
            course: part.number(campus.numbering),
            title,
            taken_at,
            kind: entry.kind,
            mark: None,
            credit_attempted: Credits::from_thousandths(campus.units(whole) * entry.eighths / 8),
            credit_earned: Credits::ZERO,
            grade_level: GradeLevel::new(entry.grade).expect("grades 8 to 12"),
            posted_by: posted.then(|| if by_hand { "registrar" } else { "gradebook" }.to_owned()),
            posted_at: None,
        }
    }

    /// The title and the place of what was taken elsewhere.
    fn elsewhere(&mut self, entry: &Entry<'_>) -> (Option<String>, Option<String>) {
        if entry.kind == MarkKind::DualEnrolment {
            let title = *self.draw.pick(&self.college_titles(entry.part.class));
            let college = *self.draw.pick(COLLEGES);
            return (Some(title.to_owned()), Some(college.to_owned()));
        }
        let Some(outside) = entry.outside else {
            return (None, None);
        };
        let title = if outside.abroad {
            abroad_title(entry.part, entry.grade)
        } else {
            outside_title(entry.part)
        };
        (Some(title), Some(outside.name.to_owned()))
    }

    fn result(&mut self, entry: &Entry<'_>) -> Result {
        let class = entry.part.class;
        let pass_only = matches!(
            class,
            Class::StudySkills | Class::OfficeAssistant | Class::WorkExperience
        );
        let abroad = entry.outside.is_some_and(|outside| outside.abroad);
        let luck = self.draw.below(1000);
        let score = self.score(entry);
        let word = match luck {
            _ if pass_only && luck < 955 => "P",
            _ if pass_only => "NP",
            _ if abroad && score > 270 => "P",
            _ if abroad => "NP",
            0..4 => "I",
            4..8 => "W",
            8..10 => "NM",
            10..30 if entry.kind == MarkKind::Summer && score > 270 => "CR",
            10..30 if entry.kind == MarkKind::Summer => "NC",
            _ => return self.letter(entry.campus, score),
        };
        Result {
            mark: word.to_owned(),
            passed: !NOT_PASSING.contains(&word),
            solid: true,
            attempted: !matches!(word, "W" | "NM"),
        }
    }

    fn score(&mut self, entry: &Entry<'_>) -> i32 {
        let described = entry.part.class.describe();
        let difficulty = match described.honors {
            HonorsKind::None => 0,
            HonorsKind::School | HonorsKind::UcCertified => 45,
            HonorsKind::AdvancedPlacement | HonorsKind::InternationalBaccalaureate => 75,
            HonorsKind::College => 50,
        };
        let kind = self.schools.get(entry.campus).row.kind;
        // Small classes and one course at a time: a continuation school's students do better there.
        let support = if kind == SchoolKind::Continuation {
            110
        } else {
            0
        };
        // Seniors want their diploma.
        let support = support + if entry.grade == 12 { 40 } else { 0 };
        let strength = self.student.strength(described.subject) + support;
        500 + strength + entry.ease - difficulty + self.draw.bell(150)
    }

    fn letter(&mut self, campus: CampusId, score: i32) -> Result {
        let (letter, floor, width) = match score {
            575.. => ('A', 575, 150),
            450..575 => ('B', 450, 125),
            345..450 => ('C', 345, 105),
            265..345 => ('D', 265, 80),
            _ => ('F', 0, 0),
        };
        let mut mark = letter.to_string();
        if self.schools.get(campus).plus_minus && letter != 'F' {
            match (score - floor) * 3 / width {
                ..=0 => mark.push('-'),
                1 => {}
                _ => mark.push('+'),
            }
        }
        Result {
            mark,
            passed: letter != 'F',
            solid: matches!(letter, 'A'..='C'),
            attempted: true,
        }
    }
}

/// The part of a slot that is posted in a term of a school, by the term's place in the year.
fn part_of(slot: Slot, campus: &Campus, term: usize) -> Option<Part> {
    let quarters = campus.division == Division::Quarters;
    let (class, place) = match slot {
        Slot::Year(class) => (class, term),
        Slot::Terms(first, second) => match (quarters, term) {
            (false, 0) | (true, 0 | 1) => (first, term),
            (false, 1) => (second, 0),
            (true, _) => (second, term - 2),
            _ => return None,
        },
        Slot::Again(part) => {
            let parts = Part::all(part.class, campus.division);
            let due = match parts.len() {
                1 => usize::from(part.class as u8 % 2),
                _ => usize::from(part.part),
            };
            let part = counterpart(campus, part)?;
            return (due == term).then_some(part);
        }
    };
    campus.offers(class).then_some(())?;
    Part::all(class, campus.division).get(place).copied()
}

/// How much of a term was attended, in eighths; none where nothing was.
fn attended(spell: &Spell, period: &Period) -> Option<i64> {
    let last = spell.to.unwrap_or(period.ends_on).min(period.ends_on);
    if spell.from > period.ends_on || last < period.begins_on {
        return None;
    }
    // Whoever arrives amid a term and stays is marked for the whole of it.
    if days_between(last, period.ends_on) <= 14 {
        return (days_between(spell.from, period.ends_on) >= 14).then_some(8);
    }
    let days = i64::from(days_between(period.begins_on.max(spell.from), last));
    let term = i64::from(days_between(period.begins_on, period.ends_on).max(1));
    Some((days * 8 / term).clamp(0, 7))
}
