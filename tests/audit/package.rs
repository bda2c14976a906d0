//! What a sending system knows, in which one student after the other is made wrong.

use registrar::record::*;

use crate::people::rows;

/// What a sending system knows. The student who was added last is the one that a case is about.
#[derive(Clone)]
pub struct Package {
    pub people: Vec<Person>,
    pub enrolments: Vec<Enrolment>,
    pub marks: Vec<Mark>,
    pub totals: Vec<DeclaredTotal>,
    pub plans: Vec<GraduationPlan>,
    pub awards: Vec<Award>,
    /// The rows of a second system.
    pub charter: Vec<Person>,
    pub charter_plans: Vec<GraduationPlan>,
}

impl Package {
    /// Adds a student whose record has nothing wrong.
    pub fn student(&mut self, number: &str) {
        let mark = |posting: u8, term: &str, course: &str, letter| Mark {
            term: term.into(),
            course: course.into(),
            posted_at: None,
            ..rows::mark(&format!("{number}-{posting}"), number, letter)
        };
        self.people.push(rows::person(number));
        self.enrolments.push(rows::enrolment(number));
        self.marks.push(mark(1, "2025-F", "310101", "A"));
        self.marks.push(mark(2, "2026-S", "310102", "B"));
        for (figure, value) in [("credit_earned", "10"), ("gpa:unweighted", "3.5")] {
            self.total(figure, value);
        }
    }

    pub fn number(&self) -> String {
        self.person().person.clone()
    }
    pub fn person(&self) -> &Person {
        self.people.last().expect("a student")
    }
    pub fn person_mut(&mut self) -> &mut Person {
        self.people.last_mut().expect("a student")
    }
    pub fn enrolment(&mut self) -> &mut Enrolment {
        self.enrolments.last_mut().expect("a student")
    }
    /// A posting of the student, from the last.
    pub fn mark(&mut self, back: usize) -> &mut Mark {
        let place = self.marks.len() - back;
        &mut self.marks[place]
    }
    pub fn total(&mut self, figure: &str, value: &str) {
        let person = self.number();
        self.totals.push(DeclaredTotal {
            school: rows::SCHOOL.into(),
            person,
            figure: figure.into(),
            value: value.into(),
        });
    }
    /// What the student's postings come to.
    pub fn totals(&mut self, earned: &str, average: &str) {
        self.totals.truncate(self.totals.len() - 2);
        self.total("credit_earned", earned);
        self.total("gpa:unweighted", average);
    }
    /// The first posting, once more.
    pub fn again(&mut self) -> &mut Mark {
        let mut again = self.mark(2).clone();
        again.posting = again.posting.replace("-1", "-3");
        self.marks.push(again);
        self.mark(1)
    }
    /// The row of a second system under the same state id.
    pub fn elsewhere(&mut self) -> &mut Person {
        let mut row = self.person().clone();
        row.person = format!("c{}", row.person);
        self.charter.push(row);
        self.charter.last_mut().expect("a row")
    }
}
