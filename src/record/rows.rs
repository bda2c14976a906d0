//! The rows of the Registrar package, one struct a table, each field in the order of its columns.
//!
//! `school` is in every row: the state code of the school that answers for the row, so that a
//! school can send its own part. A person appears as the number that the sending system knows
//! (`person`, a local id); the store joins people of several sources by state id.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    AgArea, AwardKind, CharterStatus, Credits, EnrolmentStatus, EnteredFrom, ExitReason,
    FulfilmentProgress, GradeLevel, HonorsKind, MarkKind, SchoolKind, SchoolYear, TermKind, YesNo,
};

/// A school district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// The state's code of the district, as text (leading zeros count).
    pub code: String,
    /// The name on documents.
    pub name: String,
    /// Two letters: `CA`.
    pub state: String,
    /// The district's web address or e-mail for questions about a document.
    pub contact: Option<String>,
}

/// A school, which is also whom a document speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct School {
    /// The state's code of the school, as text: the key by which every row names its school.
    pub school: String,
    /// The district's state code.
    pub district: String,
    /// The name on documents.
    pub name: String,
    /// The College Board's six-digit code, as text.
    pub ceeb: Option<String>,
    /// What the school teaches.
    pub kind: SchoolKind,
    /// Whether it is a charter school.
    pub charter: CharterStatus,
    /// The part of the district that it belongs to.
    pub local_district: Option<String>,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// Two letters.
    pub state: String,
    /// Postal code, as text.
    pub postal_code: String,
    /// Telephone number as it is printed.
    pub phone: Option<String>,
}

/// A person as one source knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The school that answers for this row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The state's number, by which one person is recognised across schools and sources.
    pub state_id: Option<String>,
    /// Legal given name or names.
    pub legal_given: String,
    /// Legal middle name or names.
    pub legal_middle: Option<String>,
    /// Legal family name; empty for a person with one name only.
    pub legal_family: Option<String>,
    /// Suffix such as `Jr.`.
    pub legal_suffix: Option<String>,
    /// The whole name that the student goes by.
    pub chosen_name: Option<String>,
    /// The whole name to print, where the legal name's script has no glyphs in the fonts.
    pub printed_name: Option<String>,
    /// Date of birth.
    pub birth_date: Date,
    /// The postal address in one line; printed only where a setting asks for it.
    pub mailing_address: Option<String>,
}

impl Person {
    /// The legal name in one line, in the order in which it is spoken.
    pub fn legal_name(&self) -> String {
        let parts = [
            Some(self.legal_given.as_str()),
            self.legal_middle.as_deref(),
            self.legal_family.as_deref(),
            self.legal_suffix.as_deref(),
        ];
        parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Further items of the cumulative record that 5 CCR 432(b)(1) makes permanent; never loaded for a
/// transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CumulativeItem {
    /// The school that answers for this row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// How the date of birth was verified (item C).
    pub birth_date_verified_by: Option<String>,
    /// Sex (item D).
    pub sex: Option<String>,
    /// Place of birth (item E).
    pub birth_place: Option<String>,
    /// Name of the parent or guardian (item F).
    pub parent_name: Option<String>,
    /// Address of the parent or guardian (item F).
    pub parent_address: Option<String>,
    /// Address of the pupil (item F).
    pub pupil_address: Option<String>,
    /// When the addresses were last verified (item F).
    pub address_verified_on: Option<Date>,
    /// Verification of or exemption from required immunizations (item J).
    pub immunization: Option<String>,
}

/// A person's time at a school, in one grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The school.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// First day.
    pub entered_on: Date,
    /// Last day; none while enrolled.
    pub left_on: Option<Date>,
    /// Grade level.
    pub grade_level: GradeLevel,
    /// Why it ended.
    pub exit_reason: Option<ExitReason>,
    /// Where the person was before.
    pub entered_from: Option<EnteredFrom>,
    /// Which of several enrolments at one time it is.
    pub enrolment_status: Option<EnrolmentStatus>,
}

/// A term of a school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The school.
    pub school: String,
    /// The school's code for the term, unique in the school: `2025-F`.
    pub term: String,
    /// The name on documents: `Fall 2025`.
    pub name: String,
    /// The school year.
    pub school_year: SchoolYear,
    /// How the year is divided.
    pub kind: TermKind,
    /// First day.
    pub begins_on: Date,
    /// Last day.
    pub ends_on: Date,
}

/// A course of a school's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The school whose catalogue it is.
    pub school: String,
    /// The catalogue number.
    pub course: String,
    /// The title on documents.
    pub title: String,
    /// The subject area under which its credits count (`english`, `mathematics`, ...): the names of
    /// a graduation plan.
    pub subject: String,
    /// The a-g subject area, where the course has one.
    pub ag_area: Option<AgArea>,
    /// Why it may earn an extra grade point.
    pub honors: HonorsKind,
    /// The state's course code.
    pub state_course_code: Option<String>,
    /// Credits for the whole course in one term.
    pub credit_value: Credits,
    /// What the course is a step of: `mathematics`, `spanish`, `chemistry`. Courses of one sequence
    /// and level are the same course for the rules of year courses and of validation.
    pub sequence: Option<String>,
    /// Which step of its sequence it is, one digit: `1` for Algebra 1.
    pub level: Option<String>,
    /// Which part of a course of several terms it is, one digit: `1` for the first semester.
    pub part: Option<String>,
    /// Whether it may be taken again for credit; empty is no.
    pub repeatable: Option<YesNo>,
    /// Whether its credits count toward graduation; empty is yes.
    pub graduation_credit: Option<YesNo>,
    /// When the school stopped offering it.
    pub retired_on: Option<Date>,
}

impl Course {
    /// Whether it may be taken again for credit, so that a second posting is no repeat.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable == Some(YesNo::Yes)
    }

    /// Whether the catalogue says that both are one course for the rules of year courses and of
    /// validation: the same step of the same sequence.
    pub fn is_same_step(&self, other: &Self) -> bool {
        self.sequence.is_some() && (&self.sequence, &self.level) == (&other.sequence, &other.level)
    }

    /// Whether its credits count toward graduation.
    pub fn counts_toward_graduation(&self) -> bool {
        self.graduation_credit != Some(YesNo::No)
    }
}

/// A mark, posted, in progress or planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The school that posted it and keeps it.
    pub school: String,
    /// The sending system's number for this posting, unique in the source.
    pub posting: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The term, by the school's code.
    pub term: String,
    /// The catalogue number of the school's course.
    pub course: String,
    /// What was taken elsewhere under another title (transfer and dual enrolment).
    pub title: Option<String>,
    /// Where it was taken, if not at `school` (transfer and dual enrolment).
    pub taken_at: Option<String>,
    /// How it came to be on the record.
    pub kind: MarkKind,
    /// The mark as the school writes it; none while in progress or planned.
    pub mark: Option<String>,
    /// Credits attempted.
    pub credit_attempted: Credits,
    /// Credits earned: a property of this posting, never computed from the mark.
    pub credit_earned: Credits,
    /// Grade level when it was taken.
    pub grade_level: GradeLevel,
    /// Who posted it in the sending system.
    pub posted_by: Option<String>,
    /// When it was posted in the sending system.
    pub posted_at: Option<Timestamp>,
}

/// A figure that the sending system computed itself, to compare with ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTotal {
    /// The school that answers for this row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// Which figure: `credit_earned`, `credit_attempted`, or `gpa:` and the name of a definition.
    pub figure: String,
    /// The figure as the sending system prints it.
    pub value: String,
}

/// The graduation plan that holds for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraduationPlan {
    /// The school that answers for this row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The plan's name in `policy.toml`. Why it holds is never kept here: it could disclose.
    pub plan: String,
    /// The school year in which the person entered grade 9.
    pub entered_grade_9: SchoolYear,
}

/// A requirement of a plan that is no course, as it stands for a person: service learning, a test,
/// a career pathway. How it was fulfilled and why it was waived is never kept: which application
/// for financial aid a student made, or which test a student was spared, would disclose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fulfilment {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The requirement's name in the plan of `policy.toml`.
    pub requirement: String,
    /// How far it has come.
    pub progress: FulfilmentProgress,
    /// How much of it is done, in the plan's own measure, such as hours.
    pub amount: Option<Credits>,
}

/// A diploma, a certificate or a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// The school that awarded it.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// What was awarded.
    pub award: AwardKind,
    /// The language of a seal of biliteracy; empty for the others.
    pub detail: Option<String>,
    /// When it was awarded.
    pub awarded_on: Date,
}
