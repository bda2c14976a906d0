//! Records put together: one person from every source, and the schools that they name.
//!
//! This is what a transcript is made of, and all that it may be made of: no field here can hold a
//! plan for a student with a disability, an accommodation or a service (invariant 2).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Award, AwardKind, Course, Decisions, DeclaredTotal, District, Enrolment, ExitReason,
    Fulfilment, GraduationPlan, Mark, Person, PersonId, School, Term,
};

/// A mark with the term and the course that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedMark {
    /// The sending system, in which the posting's number is unique.
    pub source: String,
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

    /// The order in which a record is read: by time, then by name, then by what tells two apart.
    pub fn order(&self) -> impl Ord + '_ {
        let Self {
            source, mark, term, ..
        } = self;
        (
            term.begins_on,
            term.ends_on,
            &mark.school,
            self.title(),
            &mark.course,
            &mark.posting,
            source,
        )
    }
}

/// A declared total, and who declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTotal {
    /// The sending system.
    pub source: String,
    /// The total.
    pub total: DeclaredTotal,
}

/// Everything that is known of one person, from every source, that a transcript may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    /// Who.
    pub id: PersonId,
    /// The person's row from the source of the issuing enrolment ([`issuing_enrolment`]).
    pub person: Person,
    /// The source of that row.
    pub source: String,
    /// Every enrolment, oldest first, an open one last.
    pub enrolments: Vec<Enrolment>,
    /// Every mark, by term, title and posting.
    pub marks: Vec<RecordedMark>,
    /// Declared totals.
    pub totals: Vec<RecordedTotal>,
    /// The graduation plan, from the source of the issuing enrolment where it has one.
    pub plan: Option<GraduationPlan>,
    /// What other sources say of the plan, where that is something else.
    pub plans_otherwise: Vec<GraduationPlan>,
    /// Awards, oldest first.
    pub awards: Vec<Award>,
    /// Requirements that are no courses, from every source.
    pub fulfilments: Vec<Fulfilment>,
    /// Why the person is held, one phrase for each import and table whose rows did not land: then
    /// no official document may be made. Empty for who is not held.
    pub held: Vec<String>,
    /// What was decided about it: marks that were changed, holds on transcripts.
    pub decisions: Decisions,
    /// What the record names and nobody knows, one sentence each: then no document may be made.
    pub faults: Vec<String>,
}

/// The diploma or its equivalent, the first that the awards (oldest first) tell of. A certificate
/// of completion ends no course of study for a diploma (Ed. Code 51225.3, 56390): it is an award,
/// not a graduation.
pub fn graduation(awards: &[Award]) -> Option<&Award> {
    let ends = [AwardKind::Diploma, AwardKind::Equivalency];
    awards.iter().find(|award| ends.contains(&award.award))
}

/// The place of the enrolment whose school issues the transcript, among a person's enrolments and
/// awards in the order of a [`PersonRecord`]. None where the person was never enrolled.
///
/// A graduate's record is completed by the school that graduated them: the enrolment that ended so,
/// or else the latest one at the school that awarded the first diploma. A summer session or a
/// course at an adult school after that is on the record like any other and takes the letterhead
/// from nobody. Before graduation it is the latest enrolment; a school to which the student never
/// came has nothing to certify, and issues only where there is no other.
///
/// An enrolment does not say whether it is a summer session's, nor does 5 CCR 432(b)(1)(G) and (K),
/// which the record follows: it asks for the days of entering and leaving, of summer sessions too,
/// and for the day of graduation.
pub fn issuing_enrolment(enrolments: &[Enrolment], awards: &[Award]) -> Option<usize> {
    let graduated = |enrolment: &Enrolment| {
        // Some systems say that a class graduates from grade 5 or 8.
        enrolment.grade_level.is_high_school()
            && enrolment.exit_reason == Some(ExitReason::Graduated)
    };
    let awarding = graduation(awards).map(|award| &award.school);
    let came = |enrolment: &Enrolment| enrolment.exit_reason != Some(ExitReason::NoShow);
    let at_awarding =
        |enrolment: &Enrolment| came(enrolment) && Some(&enrolment.school) == awarding;
    let graduated = enrolments.iter().rposition(graduated);
    graduated
        .or_else(|| enrolments.iter().rposition(at_awarding))
        .or_else(|| enrolments.iter().rposition(came))
        .or_else(|| enrolments.len().checked_sub(1))
}

/// What the district's catalogues name, and a policy may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueNames {
    /// Subjects of courses.
    pub subjects: BTreeSet<String>,
    /// Sequences of courses.
    pub sequences: BTreeSet<String>,
    /// Numbers of courses.
    pub courses: BTreeSet<String>,
    /// Schools, by state code.
    pub schools: BTreeSet<String>,
    /// Sources that sent anything.
    pub sources: BTreeSet<String>,
}

/// Schools and districts by state code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Schools.
    pub schools: BTreeMap<String, School>,
    /// Districts.
    pub districts: BTreeMap<String, District>,
}
