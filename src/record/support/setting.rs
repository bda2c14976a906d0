//! What compliance is counted against: calendars, residence, attendance, tests, staff, outside
//! counts.

use jiff::civil::Date;

use super::{
    Accommodation, AssessmentLevel, AssessmentSubject, CalendarPeriodKind, CredentialKind,
    Participation, RaceEthnicity,
};
use crate::record::{Count, DayCount, GradeLevel, SchoolYear, YesNo};

/// A stretch of days of a school's calendar. A school day is a weekday of a regular session
/// that no vacation, holiday, pupil-free day or closure covers, or a make-up day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPeriod {
    /// The school.
    pub school: String,
    /// What the days are.
    pub kind: CalendarPeriodKind,
    /// First day.
    pub begins_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// The name in the calendar: `Winter Recess`.
    pub name: Option<String>,
}

/// What reports count a person under, beside the disability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demographics {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// Race and ethnicity.
    pub race: Option<RaceEthnicity>,
    /// The language of the home, as BCP 47 writes it (`es`).
    pub home_language: Option<String>,
    /// Whether the person is learning English.
    pub english_learner: Option<YesNo>,
    /// Whether the person is in foster care.
    pub foster: Option<YesNo>,
    /// Whether the person is homeless.
    pub homeless: Option<YesNo>,
}

/// The school of a person's attendance area, for as long as they live there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The school of the attendance area.
    pub residence_school: String,
    /// First day.
    pub begins_on: Date,
    /// Last day; none while it holds.
    pub ends_on: Option<Date>,
}

/// A person's attendance at a school in one school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttendanceYear {
    /// The school.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The school year.
    pub school_year: SchoolYear,
    /// School days on which the person was enrolled.
    pub days_enrolled: Count,
    /// Days on which the person attended; halves count.
    pub days_attended: DayCount,
}

/// A pupil of a tested grade and a subject of the statewide tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessmentResult {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The school year.
    pub school_year: SchoolYear,
    /// The subject.
    pub subject: AssessmentSubject,
    /// The grade that was tested.
    pub grade_level: GradeLevel,
    /// Whether the pupil was tested, and by which standards.
    pub participation: Participation,
    /// With which accommodation.
    pub accommodation: Option<Accommodation>,
    /// The level of the result.
    pub level: Option<AssessmentLevel>,
}

/// Someone who teaches or provides services at a school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// The school.
    pub school: String,
    /// The sending system's number for the staff member.
    pub staff: String,
    /// Whether the assignment is to teach special education.
    pub special_education_teacher: YesNo,
    /// First day of the assignment.
    pub begins_on: Date,
    /// Last day; none while it holds.
    pub ends_on: Option<Date>,
}

/// A credential of a staff member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffCredential {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the staff member.
    pub staff: String,
    /// The number of the credential.
    pub credential: String,
    /// What it is.
    pub kind: CredentialKind,
    /// Whether it authorises to teach special education.
    pub special_education: YesNo,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_to: Option<Date>,
}

/// A count that somebody outside the district certified, such as the census day's enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CensusCount {
    /// The school.
    pub school: String,
    /// The day that was counted.
    pub counted_on: Date,
    /// Every pupil.
    pub enrolled: Count,
    /// Pupils with an IEP, where that was counted.
    pub with_plan: Option<Count>,
    /// Who certified it.
    pub certified_by: String,
}
