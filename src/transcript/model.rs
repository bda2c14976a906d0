//! The typed transcript: everything that a page prints and a college reads, and nothing else.
//!
//! This is the whole content of `transcript.json`, which travels inside the signed file with its
//! data proof. Exact numbers are text (`"3.2142"`, `"5.00"`), dates are ISO text, so that every
//! reader sees the same value.
//!
//! Never: a field that could tell that a student has a disability (invariant 2), a reason why a
//! graduation plan holds, or anything that the page does not show.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::policy::RepeatCode;
use crate::record::{AgArea, AwardKind, Credits, GradeLevel, HonorsKind, SchoolYear};

/// The value of [`Transcript::format`] in this version.
pub const FORMAT: &str = "registrar-transcript/3";

/// One student's transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Always [`FORMAT`].
    pub format: String,
    /// Which document this is.
    pub document: Document,
    /// The district that keeps the record.
    pub district: DistrictBlock,
    /// The school that issues the transcript: the last one that enrolled the student.
    pub school: SchoolBlock,
    /// Whose record it is.
    pub student: StudentBlock,
    /// When the student came, left and graduated.
    pub attendance: Attendance,
    /// The terms with posted marks, oldest first.
    pub terms: Vec<TermBlock>,
    /// Courses without a mark yet, in progress first, then planned; each in the order of time.
    pub ahead: Vec<CourseAhead>,
    /// Grade point averages in the order of `policy.toml`.
    pub averages: Vec<Average>,
    /// Credits over the whole record.
    pub credits: CreditTotals,
    /// Progress against the graduation plan, where one is recorded.
    pub requirements: Option<Requirements>,
    /// Those of the awards that the policy prints, oldest first.
    pub awards: Vec<Awarded>,
    /// What the marks mean, best first.
    pub grading_scale: Vec<ScaleStep>,
    /// What the letters in the honors column mean; only those that occur.
    pub honors_legend: Vec<LegendEntry>,
    /// Who certifies it; none on an unofficial copy.
    pub certification: Option<Certification>,
    /// The files that travel inside the signed document; none on an unofficial copy.
    pub attachments: Vec<AttachmentEntry>,
}

/// Which document this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// 32 hexadecimal digits (128 random bits); empty on an unofficial copy, that of the signed
    /// original on its unsigned twin.
    pub id: String,
    /// At which point of the student's last year it was made.
    pub kind: Kind,
    /// Official (signed), unofficial, or the unsigned twin of an official document.
    pub edition: Edition,
    /// The language of the labels, as a BCP 47 tag: `en`, `es`.
    pub language: String,
    /// The date on the page.
    pub issued_on: Date,
    /// Set on documents that were signed with throw-away keys.
    pub demonstration: bool,
    /// The school to which it was sent for a transfer (Education Code 49068); none on a copy, and
    /// where the school's name would tell that the student has a disability.
    pub sent_to: Option<String>,
}

/// At which point of the record a transcript was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Before the last year's first marks: sent with applications.
    Initial,
    /// With the marks of the last year's first half.
    MidYear,
    /// After graduation: complete, with a graduation date and no mark in progress.
    Final,
}

impl Kind {
    /// The word that stands in the model, the ledger and names of files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::MidYear => "mid_year",
            Self::Final => "final",
        }
    }
}

/// Whether a transcript is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// Signed by the school; carries its data.
    Official,
    /// A preview for the student or the counselor: watermarked, unsigned, without an id.
    Unofficial,
    /// The unsigned twin of an official document, for portals that take no signed file. It has the
    /// id of its original, and nothing that is signed says so of itself.
    Flat,
}

/// The district on the letterhead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistrictBlock {
    /// The name.
    pub name: String,
    /// The state's code of the district.
    pub code: String,
    /// Where to ask about a document.
    pub contact: Option<String>,
}

/// The school on the letterhead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolBlock {
    /// The name.
    pub name: String,
    /// The state's code of the school.
    pub code: String,
    /// The College Board's six-digit code.
    pub ceeb: Option<String>,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State, two letters.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// Telephone number.
    pub phone: Option<String>,
}

/// Whose record it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentBlock {
    /// The name to print.
    pub name: String,
    /// Date of birth; printed MM/DD/YYYY.
    pub birth_date: Date,
    /// The school's own number for the student.
    pub student_id: String,
    /// The state's number, where a setting asks for it.
    pub state_id: Option<String>,
    /// The address in one line, where a setting asks for it.
    pub address: Option<String>,
}

/// When the student came, left and graduated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// First day at the issuing school.
    pub entered_on: Date,
    /// Last day at the issuing school; none while enrolled.
    pub left_on: Option<Date>,
    /// The grade level of the last enrolment.
    pub grade_level: GradeLevel,
    /// The date of the diploma, certificate or equivalent.
    pub graduated_on: Option<Date>,
}

/// One term at one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermBlock {
    /// The term's name: `Fall 2025`.
    pub name: String,
    /// The school year.
    pub school_year: SchoolYear,
    /// The grade level in which it was taken.
    pub grade_level: GradeLevel,
    /// The name of the school at which it was taken.
    pub school: String,
    /// Posted courses, in the order of title and number.
    pub courses: Vec<CourseLine>,
    /// Credits attempted in the term.
    pub credit_attempted: Credits,
    /// Credits earned in the term.
    pub credit_earned: Credits,
}

/// One posted mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseLine {
    /// The catalogue number.
    pub number: String,
    /// The title.
    pub title: String,
    /// The mark as the school wrote it.
    pub mark: String,
    /// Credits attempted.
    pub credit_attempted: Credits,
    /// Credits earned.
    pub credit_earned: Credits,
    /// The a-g subject area.
    pub ag_area: Option<AgArea>,
    /// Why it may earn an extra grade point.
    pub honors: HonorsKind,
    /// Where it was taken, if elsewhere (transfer, dual enrolment).
    pub taken_at: Option<String>,
    /// How it stands among several attempts at the course, in the code set that PESC and Ed-Fi
    /// share; none where there was one attempt, or for the first of several that all count.
    pub repeat: Option<RepeatCode>,
    /// The title of the year's course of which it is one term, as application forms ask for it:
    /// `English 9` for `English 9A`. The lines of one school year, school and `taken_at` that have
    /// it are that course; none where it is a course of its own.
    pub year_course: Option<String>,
}

/// A course without a mark yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseAhead {
    /// In progress or planned.
    pub status: AheadStatus,
    /// The term's name.
    pub term: String,
    /// The school year of the term.
    pub school_year: SchoolYear,
    /// The grade level in which it is, or is to be, taken.
    pub grade_level: GradeLevel,
    /// The name of the school at which it is, or is to be, taken.
    pub school: String,
    /// The catalogue number.
    pub number: String,
    /// The title.
    pub title: String,
    /// Credits that a pass would earn.
    pub credit: Credits,
    /// The a-g subject area.
    pub ag_area: Option<AgArea>,
    /// Why it may earn an extra grade point.
    pub honors: HonorsKind,
    /// Where it is taken, if elsewhere (transfer, dual enrolment).
    pub taken_at: Option<String>,
    /// The title of the year's course of which it is one term, as on a posted line.
    pub year_course: Option<String>,
}

/// How far a course without a mark has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AheadStatus {
    /// Being taken now.
    InProgress,
    /// To be taken.
    Planned,
}

/// One grade point average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Average {
    /// The definition's name in `policy.toml`: `unweighted`.
    pub name: String,
    /// The label on the page.
    pub label: String,
    /// The figure, rounded as the definition says; none where nothing counts.
    pub value: Option<String>,
    /// The highest value that the definition allows, its bonus included: `5.00`.
    pub scale: String,
    /// Credits that counted.
    pub credit_counted: Credits,
}

/// Credits over the whole record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditTotals {
    /// Attempted.
    pub attempted: Credits,
    /// Earned.
    pub earned: Credits,
    /// What work in progress would add.
    pub in_progress: Credits,
}

/// Progress against a graduation plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The label of the plan.
    pub plan: String,
    /// One row a subject, in the order of the plan.
    pub subjects: Vec<SubjectProgress>,
    /// The sums.
    pub total: SubjectProgress,
}

/// Progress in one subject of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectProgress {
    /// The label.
    pub subject: String,
    /// Credits that the plan asks for, without what was waived.
    pub required: Credits,
    /// Credits earned that count here.
    pub earned: Credits,
    /// Credits in progress that would count here.
    pub in_progress: Credits,
    /// What is still needed, work in progress not counted.
    pub needed: Credits,
}

/// A diploma, a certificate or a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awarded {
    /// What was awarded.
    pub award: AwardKind,
    /// The label on the page, without the language.
    pub label: String,
    /// The language of a seal of biliteracy in the record's own word: `Spanish`. The page names it
    /// in its own language, after the label.
    pub language: Option<String>,
    /// When.
    pub awarded_on: Date,
}

impl Awarded {
    /// How the page names it, where it calls the language so.
    pub fn said<'a>(&'a self, language_name: impl FnOnce(&'a str) -> &'a str) -> String {
        match &self.language {
            Some(language) => format!("{}: {}", self.label, language_name(language)),
            None => self.label.clone(),
        }
    }
}

/// One step of the grading scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleStep {
    /// The mark.
    pub mark: String,
    /// Its grade points (`4.0`), or none where it does not count.
    pub points: Option<String>,
    /// What it means.
    pub meaning: String,
}

/// A letter on the page and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegendEntry {
    /// The kind of honors.
    pub honors: HonorsKind,
    /// What it means.
    pub meaning: String,
}

/// Who certifies the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certification {
    /// The name of the person who answers for the record.
    pub name: String,
    /// That person's title: `Registrar`.
    pub title: String,
}

/// A file that travels inside the signed document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentEntry {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
}
