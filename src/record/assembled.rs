//! Records put together: one person from every source, and the schools that they name.
//!
//! This is what a transcript is made of, and all that it may be made of: no field here can hold a
//! plan for a student with a disability, an accommodation or a service (invariant 2).

use std::collections::BTreeMap;

use super::{
    Award, Course, DeclaredTotal, District, Enrolment, GraduationPlan, Mark, Person, PersonId,
    School, Term,
};

/// A mark with the term and the course that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedMark {
    /// The mark.
    pub mark: Mark,
    /// Its term.
    pub term: Term,
    /// Its course in the catalogue of the school that posted it.
    pub course: Course,
}

impl RecordedMark {
    /// The title on documents: that under which it was taken elsewhere, or the catalogue's.
    pub fn title(&self) -> &str {
        self.mark.title.as_deref().unwrap_or(&self.course.title)
    }
}

/// Everything that is known of one person, from every source, that a transcript may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    /// Who.
    pub id: PersonId,
    /// The person's row from the source of the latest enrolment.
    pub person: Person,
    /// Every enrolment, oldest first.
    pub enrolments: Vec<Enrolment>,
    /// Every mark, by term, title and posting.
    pub marks: Vec<RecordedMark>,
    /// Declared totals.
    pub totals: Vec<DeclaredTotal>,
    /// The graduation plan, from the source of the latest enrolment.
    pub plan: Option<GraduationPlan>,
    /// Awards, oldest first.
    pub awards: Vec<Award>,
    /// Why the person is held, one phrase for each import and table whose rows did not land: then
    /// no official document may be made. Empty for who is not held.
    pub held: Vec<String>,
    /// What the record names and nobody knows, one sentence each: then no document may be made.
    pub faults: Vec<String>,
}

/// Schools and districts by state code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Schools.
    pub schools: BTreeMap<String, School>,
    /// Districts.
    pub districts: BTreeMap<String, District>,
}
