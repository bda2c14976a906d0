//! The tables of what compliance is counted against: calendars, residence, attendance, tests,
//! staff, outside counts.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::{Cells, Column, Fault, KEY_POSITIONS, LocalId, Row, SchoolCode, TableDefinition};
use crate::intake::package::cell::{Cell, Language, Maybe, Text};
use crate::record::support::{
    self as record, Accommodation, AssessmentLevel, AssessmentSubject, CalendarPeriodKind,
    CredentialKind, Participation, RaceEthnicity,
};
use crate::record::{Count, DayCount, GradeLevel, RowKey, SchoolYear, YesNo};
use crate::store::{Staged, Table, TableRows};

super::tables! {
    CalendarPeriod in CalendarPeriods, "The school calendars, stretch by stretch. A school day is \
    a weekday of a session that no vacation, holiday, pupil-free day or closure covers, or a \
    make-up day.",
    key [school, kind, begins_on], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school.";
        kind: CalendarPeriodKind, "vacation",
            "What the days are.";
        begins_on: Date, "2025-12-22",
            "First day.";
        ends_on: Date, "2026-01-09",
            "Last day.";
        name: Maybe<Text<60>>, "Winter Recess",
            "The name in the calendar.";
    }

    Demographics in Demographics, "What reports count a person under, beside the disability.",
    key [person], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        race: Maybe<RaceEthnicity>, "hispanic",
            "Race and ethnicity, in the groups of federal reports.";
        home_language: Maybe<Language>, "es",
            "The language of the home.";
        english_learner: Maybe<YesNo>, "no",
            "Whether the person is learning English.";
        foster: Maybe<YesNo>, "no",
            "Whether the person is in foster care.";
        homeless: Maybe<YesNo>, "no",
            "Whether the person is homeless.";
    }

    Residence in Residences, "The school of a person's attendance area, for as long as they live \
    there.",
    key [person, begins_on], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        residence_school: SchoolCode, "19647331930361",
            "The school of the attendance area.";
        begins_on: Date, "2022-08-15",
            "First day.";
        ends_on: Maybe<Date>, "2025-06-13",
            "Last day; empty while it holds.";
    }

    AttendanceYear in Attendance, "A person's attendance at a school in one school year.",
    key [person, school, school_year], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school.";
        person: LocalId, "482913",
            "The person.";
        school_year: SchoolYear, "2025-26",
            "The school year.";
        days_enrolled: Count, "180",
            "School days on which the person was enrolled.";
        days_attended: DayCount, "171.50",
            "Days on which the person attended; halves count.";
    }

    AssessmentResult in Assessments, "Pupils of tested grades and subjects of the statewide tests, \
    tested or not.",
    key [person, school_year, subject], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        school_year: SchoolYear, "2025-26",
            "The school year.";
        subject: AssessmentSubject, "mathematics",
            "The subject.";
        grade_level: GradeLevel, "11",
            "The grade that was tested.";
        participation: Participation, "tested",
            "Whether the pupil was tested, and by which standards.";
        accommodation: Maybe<Accommodation>, "standard",
            "With which accommodation.";
        level: Maybe<AssessmentLevel>, "nearly_met",
            "The level of the result; only of a pupil who was tested.";
    }

    StaffMember in Staff, "Who teaches or provides services at a school, and how long.",
    key [staff, school, begins_on], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school.";
        staff: LocalId, "T-20714",
            "The sending system's number for the staff member.";
        special_education_teacher: YesNo, "yes",
            "Whether the assignment is to teach special education.";
        begins_on: Date, "2021-08-12",
            "First day of the assignment.";
        ends_on: Maybe<Date>, "2025-06-13",
            "Last day; empty while it holds.";
    }

    StaffCredential in StaffCredentials, "Credentials of staff.",
    key [staff, credential], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        staff: LocalId, "T-20714",
            "The staff member.";
        credential: LocalId, "210347715",
            "The number of the credential.";
        kind: CredentialKind, "clear",
            "What it is.";
        special_education: YesNo, "yes",
            "Whether it authorises to teach special education.";
        valid_from: Date, "2021-07-01",
            "First day.";
        valid_to: Maybe<Date>, "2026-07-01",
            "Last day; empty where it does not end.";
    }

    CensusCount in CensusCounts, "Counts that somebody outside the district certified, such as the \
    enrolment of the census day. They are compared with what is counted from the records.",
    key [school, counted_on], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school.";
        counted_on: Date, "2025-10-01",
            "The day that was counted.";
        enrolled: Count, "1712",
            "Every pupil.";
        with_plan: Maybe<Count>, "224",
            "Pupils with an individualized education program, where that was counted.";
        certified_by: Text<100>, "California Department of Education, CALPADS Fall 1",
            "Who certified it.";
    }
}
