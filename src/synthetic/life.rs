//! All rows of one student, in every source system.

use super::calendar::Calendar;
use super::draw::{Draw, Stream};
use super::journey::{Journey, Year, journey};
use super::names::parent_name;
use super::office::{
    Ending, Totals, cumulative, declared, ending, fulfilments, graduation_day, graduation_plan,
    plan_name, seals,
};
use super::schools::{Campus, Schools};
use super::student::Student;
use super::studies::{Posting, Studies};
use super::support::{Support, World};
use super::{Plan, Source};
use crate::record::{
    Award, AwardKind, CumulativeItem, DeclaredTotal, Enrolment, EnteredFrom, ExitReason,
    Fulfilment, GradeLevel, GraduationPlan, Mark, Person, SchoolKind,
};

/// The rows that one source keeps of a student.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// At most one.
    pub people: Vec<Person>,
    /// At most one.
    pub cumulative: Vec<CumulativeItem>,
    /// Oldest first.
    pub enrolments: Vec<Enrolment>,
    /// Oldest first.
    pub marks: Vec<Mark>,
    /// As the last school's system states them.
    pub totals: Vec<DeclaredTotal>,
    /// At most one.
    pub plans: Vec<GraduationPlan>,
    /// Diploma first.
    pub awards: Vec<Award>,
    /// As the last school's system states them.
    pub fulfilments: Vec<Fulfilment>,
}

/// A student's rows in each source, and what the summary counts.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// Rows of the district's own system.
    pub district: Rows,
    /// Rows of the independent charter schools' system.
    pub charters: Rows,
    /// Whether a declared figure is wrong on purpose.
    pub wrong_total: bool,
    /// Rows of special education, and what it is counted against.
    pub support: Support,
}

impl Life {
    /// Everything about the student at a place of the roll.
    pub fn new(world: &World<'_>, number: u32) -> Self {
        let World {
            plan,
            schools,
            calendar,
            ..
        } = *world;
        let student = Student::new(plan, calendar, number);
        let chance = |stream| Draw::new(plan.seed, stream, number);
        let mut journey = journey(&student, schools, calendar, &mut chance(Stream::Journey));
        let mut draw = chance(Stream::Studies);
        let mut studies = Studies::new(&student, schools, calendar, &mut draw);
        studies.follow(&journey);

        let mut life = Self::default();
        let mut office = chance(Stream::Office);
        let mut requirements = chance(Stream::Requirements);
        if student.grade >= 9 {
            let mut desk = Desk {
                student: &student,
                schools,
                calendar,
                draw: &mut office,
                requirements: &mut requirements,
                life: &mut life,
            };
            desk.close(&mut journey, &mut studies);
        }
        for Posting { campus, mark, .. } in studies.postings {
            life.rows(schools.get(campus).source).marks.push(mark);
        }
        let mut from = None;
        for year in &journey.years {
            match year.outside {
                Some(outside) => from = Some(outside.entered_from()),
                None => life.enrol(&student, schools, year, from.take()),
            }
        }
        for source in [Source::District, Source::Charters] {
            life.identify(plan, &student, calendar, source, &mut office);
        }
        life.support = Support::new(world, &student, &journey);
        life
    }

    fn rows(&mut self, source: Source) -> &mut Rows {
        match source {
            Source::District => &mut self.district,
            Source::Charters => &mut self.charters,
        }
    }

    fn enrol(
        &mut self,
        student: &Student,
        schools: &Schools,
        year: &Year,
        mut from: Option<EnteredFrom>,
    ) {
        for spell in &year.spells {
            let campus = schools.get(spell.campus);
            let row = Enrolment {
                school: campus.row.school.clone(),
                person: student.local_id(campus.source),
                entered_on: spell.from,
                left_on: spell.to,
                grade_level: GradeLevel::new(year.grade).expect("grades -1 to 12"),
                exit_reason: spell.exit,
                entered_from: from.take(),
                enrolment_status: None,
            };
            self.rows(campus.source).enrolments.push(row);
        }
    }

    /// The person and the permanent record, in a source that enrolled the student.
    fn identify(
        &mut self,
        plan: &Plan,
        student: &Student,
        calendar: &Calendar,
        source: Source,
        draw: &mut Draw,
    ) {
        let Some(last) = self.rows(source).enrolments.last() else {
            return;
        };
        let (school, person) = (last.school.clone(), last.person.clone());
        let parent = parent_name(plan.seed, student.number, draw);
        let (year, as_of) = (calendar.current, calendar.as_of);
        let item = cumulative(&school, &person, parent, year, as_of, draw);
        let name = &student.name;
        let row = Person {
            school,
            person,
            state_id: student.state_id.clone(),
            legal_given: name.given.clone(),
            legal_middle: name.middle.clone(),
            legal_family: name.family.clone(),
            legal_suffix: name.suffix.clone(),
            chosen_name: name.chosen.clone(),
            printed_name: name.printed.clone(),
            birth_date: student.birth_date,
            mailing_address: item.pupil_address.clone(),
        };
        let rows = self.rows(source);
        rows.people.push(row);
        rows.cumulative.push(item);
    }
}

/// The office of a student's last high school.
struct Desk<'a> {
    student: &'a Student,
    schools: &'a Schools,
    calendar: &'a Calendar,
    draw: &'a mut Draw,
    requirements: &'a mut Draw,
    life: &'a mut Life,
}

impl Desk<'_> {
    /// Ends the current year of a high school student and files plan, awards and totals.
    fn close(&mut self, journey: &mut Journey, studies: &mut Studies<'_>) {
        let Some(last) = journey.years.last().cloned() else {
            return;
        };
        let Some(spell) = last.spells.last() else {
            return;
        };
        let campus = self.schools.get(spell.campus);
        let plan = plan_name(campus, last.grade, self.student.newcomer, self.draw);
        let school_is_out = graduation_day(last.year) <= self.calendar.as_of;
        if campus.row.kind == SchoolKind::Adult {
            self.award(
                campus,
                AwardKind::Equivalency,
                None,
                spell.to.unwrap_or(spell.from),
            );
        } else if last.grade == 12 && !journey.left && school_is_out {
            self.last_day(journey, &last, campus, plan, studies);
        } else if last.grade == 11 && !journey.left && school_is_out {
            studies.plan_ahead(&last);
        }
        self.file(journey, campus, plan, studies);
    }

    fn last_day(
        &mut self,
        journey: &mut Journey,
        last: &Year,
        campus: &Campus,
        plan: &str,
        studies: &mut Studies<'_>,
    ) {
        let day = graduation_day(last.year);
        let ending = ending(plan, studies, self.draw);
        let (award, exit) = match ending {
            Ending::Diploma => (AwardKind::Diploma, ExitReason::Graduated),
            Ending::Certificate => (AwardKind::Certificate, ExitReason::Completed),
            Ending::Missing => {
                studies.summer(last);
                return;
            }
        };
        self.award(campus, award, None, day);
        if ending == Ending::Diploma {
            let totals = Totals::of(&studies.postings);
            for (award, language) in seals(studies, &totals, self.student.language, self.draw) {
                self.award(campus, award, language, day);
            }
        }
        if let Some(spell) = journey
            .years
            .last_mut()
            .and_then(|year| year.spells.last_mut())
        {
            spell.to = Some(day);
            spell.exit = Some(exit);
        }
    }

    fn award(
        &mut self,
        campus: &Campus,
        award: AwardKind,
        detail: Option<String>,
        awarded_on: jiff::civil::Date,
    ) {
        let row = Award {
            school: campus.row.school.clone(),
            person: self.student.local_id(campus.source),
            award,
            detail,
            awarded_on,
        };
        self.life.rows(campus.source).awards.push(row);
    }

    fn file(&mut self, journey: &Journey, campus: &Campus, plan: &str, studies: &Studies<'_>) {
        let school = campus.row.school.as_str();
        let person = self.student.local_id(campus.source);
        let ninth = journey.years.iter().find(|year| year.grade == 9);
        if let Some(ninth) = ninth {
            let row = graduation_plan(school, &person, plan, ninth.year);
            self.life.rows(campus.source).plans.push(row);
            let mut awards = self.life.rows(campus.source).awards.iter();
            let graduated = awards.any(|row| row.award == AwardKind::Diploma);
            let grade = journey.years.last().map_or(9, |year| year.grade);
            let rows = fulfilments(school, &person, plan, grade, graduated, self.requirements);
            self.life.rows(campus.source).fulfilments = rows;
        }
        let totals = Totals::of(&studies.postings);
        if studies
            .postings
            .iter()
            .any(|posting| posting.mark.mark.is_some())
        {
            let (rows, wrong) = declared(&totals, school, &person, self.draw);
            self.life.rows(campus.source).totals = rows;
            self.life.wrong_total = wrong;
        }
    }
}
