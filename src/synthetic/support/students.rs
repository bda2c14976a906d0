//! What the student systems keep of every student beside the transcript: background, attendance
//! area, statewide tests; attendance and the category of disability of pupils with a plan.

use jiff::civil::{Date, date};

use super::background::Background;
use super::days::SchoolDays;
use super::needs::Needs;
use super::pupil::one_of;
use super::rows::Rows;
use super::stays::{Stay, Stays};
use crate::record::support::{
    Accommodation, AssessmentLevel, AssessmentResult, AssessmentSubject, AttendanceYear,
    Disability, Eligibility, Participation, Residence,
};
use crate::record::{CharterStatus, Count, DayCount, GradeLevel};
use crate::synthetic::calendar::{days_after, last_day, school_year};
use crate::synthetic::draw::{Draw, Stream};
use crate::synthetic::schools::{CampusId, Schools};
use crate::synthetic::student::Student;
use crate::synthetic::{Plan, Source};

/// How many of a thousand pupils with a plan.
mod share {
    /// The student system names another category.
    pub const OTHER_CATEGORY: u32 = 20;
    /// The student system does not know of the plan.
    pub const NOT_FLAGGED: u32 = 8;
}

/// The last day on which the year's tests are over.
const TESTED_BY: (i8, i8) = (5, 15);

/// A student as the student systems know them.
pub struct Desk<'a> {
    pub plan: &'a Plan,
    pub student: &'a Student,
    pub background: &'a Background,
    pub needs: &'a Needs,
    pub stays: &'a Stays,
    pub schools: &'a Schools,
    pub days: &'a SchoolDays,
    pub district: &'a mut Rows,
    pub charters: &'a mut Rows,
}

impl Desk<'_> {
    fn rows(&mut self, source: Source) -> &mut Rows {
        match source {
            Source::District => self.district,
            Source::Charters => self.charters,
        }
    }

    /// Files everything that does not wait for the special-education system.
    pub fn file(&mut self) {
        let stays = self.stays;
        for source in [Source::District, Source::Charters] {
            if let Some(last) = stays.0.iter().rfind(|stay| stay.source == source) {
                let row = self
                    .background
                    .row(&last.school, &self.student.local_id(source));
                self.rows(source).demographics.push(row);
            }
        }
        let draw = &mut Draw::new(self.plan.seed, Stream::Tests, self.student.number);
        self.live(draw);
        for stay in &stays.0 {
            self.attend(stay, draw);
            self.test(stay, draw);
        }
    }

    /// The schools of the attendance areas.
    fn live(&mut self, draw: &mut Draw) {
        let (stays, plan) = (self.stays, self.plan);
        let common = self.needs.disability == Disability::SpecificLearningDisability
            || self.needs.disability == Disability::SpeechOrLanguageImpairment;
        let at_home = draw.chance(match (self.needs.has_had_iep(), common) {
            (false, _) => 905,
            (true, true) => 920,
            (true, false) => 640,
        });
        // An independent charter has no attendance area and does not ask for one; nor could its
        // package stand alone if it named the district's schools.
        for source in [Source::District] {
            let mut filed: Vec<Residence> = Vec::new();
            for stay in stays.0.iter().filter(|stay| stay.source == source) {
                let area = self.area(stay, at_home);
                let residence_school = self.schools.get(area).row.school.clone();
                if let Some(last) = filed.last_mut() {
                    if last.residence_school == residence_school {
                        continue;
                    }
                    last.ends_on = Some(days_after(stay.from, -1));
                }
                filed.push(Residence {
                    school: stay.school.clone(),
                    person: self.student.local_id(source),
                    residence_school,
                    begins_on: stay.from.min(plan.as_of),
                    ends_on: None,
                });
            }
            self.rows(source).residences.extend(filed);
        }
    }

    /// A school of the district that teaches the grade and is no charter: the student's own, where
    /// they go to the school of their area.
    fn area(&self, stay: &Stay, at_home: bool) -> CampusId {
        let all = self.schools.all();
        let assigned = |campus: &CampusId| {
            let campus = &all[*campus];
            let taught = (campus.grades.0..=campus.grades.1).contains(&stay.grade);
            campus.row.charter == CharterStatus::None && campus.weight > 0 && taught
        };
        if at_home && assigned(&stay.campus) {
            return stay.campus;
        }
        let mut others = (1..all.len()).map(|step| (stay.campus + step) % all.len());
        others.find(assigned).unwrap_or(stay.campus)
    }

    fn attend(&mut self, stay: &Stay, draw: &mut Draw) {
        let until = stay.to.unwrap_or(last_day(stay.year)).min(self.plan.as_of);
        let source = stay.source;
        let enrolled = self.days.school_days(source, stay.from, until);
        let absent = 20 + draw.below(110);
        let row = AttendanceYear {
            school: stay.school.clone(),
            person: self.student.local_id(source),
            school_year: school_year(stay.year),
            days_enrolled: Count::new(enrolled).expect("days of a year"),
            // In halves.
            days_attended: DayCount::from_thousandths(
                i64::from(enrolled * 2 * (1000 - absent) / 1000) * 500,
            ),
        };
        let recent = stay.year > school_year_now(self.plan) - 3;
        let rows = self.needs.has_had_iep() && recent && until >= stay.from;
        let same = |other: &AttendanceYear| {
            other.school == row.school && other.school_year == row.school_year
        };
        if rows && !self.rows(source).attendance.iter().any(same) {
            self.rows(source).attendance.push(row);
        }
    }

    /// The statewide tests in two subjects, of the two last springs.
    fn test(&mut self, stay: &Stay, draw: &mut Draw) {
        let (month, day) = TESTED_BY;
        let spring = date(stay.year + 1, month, day);
        let there = stay.from < spring && stay.to.is_none_or(|to| to >= spring);
        let over = spring <= self.plan.as_of;
        let recent = spring.year() > self.plan.as_of.year() - 2;
        let tested = matches!(stay.grade, 3..=8 | 11);
        if !(tested && there && over && recent) {
            return;
        }
        let subjects = [
            AssessmentSubject::EnglishLanguageArts,
            AssessmentSubject::Mathematics,
        ];
        for (place, subject) in subjects.into_iter().enumerate() {
            let participation = self.participation(draw);
            let tested = participation == Participation::Tested;
            let result = self.level(place, draw);
            let accommodation = self.accommodation(draw).filter(|_| tested);
            let row = AssessmentResult {
                school: stay.school.clone(),
                person: self.student.local_id(stay.source),
                school_year: school_year(stay.year),
                subject,
                grade_level: GradeLevel::new(stay.grade).expect("a tested grade"),
                participation,
                accommodation,
                level: Some(result).filter(|_| tested),
            };
            self.rows(stay.source).assessments.push(row);
        }
    }

    fn participation(&self, draw: &mut Draw) -> Participation {
        let alternate = self.needs.has_had_iep() && self.needs.extensive;
        let missing = if self.needs.has_had_iep() { 45 } else { 20 };
        one_of(
            draw,
            &[
                (
                    Participation::AlternateTested,
                    if alternate { 4000 } else { 0 },
                ),
                (Participation::Tested, 940),
                (Participation::NotTested, missing),
                (Participation::ParentExempt, 14),
                (Participation::MedicalEmergency, 3),
            ],
        )
    }

    fn accommodation(&self, draw: &mut Draw) -> Option<Accommodation> {
        let of_plan = &[
            (Accommodation::None, 46),
            (Accommodation::Standard, 47),
            (Accommodation::NonStandard, 7),
        ];
        let accommodation = one_of(draw, of_plan);
        self.needs.has_had_iep().then_some(accommodation)
    }

    fn level(&self, subject: usize, draw: &mut Draw) -> AssessmentLevel {
        let behind = if self.needs.has_had_iep() { 190 } else { 0 };
        let luck = draw.bell(220);
        match self.student.ability + self.student.affinity[subject] + luck - behind {
            ..-90 => AssessmentLevel::NotMet,
            -90..20 => AssessmentLevel::NearlyMet,
            20..150 => AssessmentLevel::Met,
            _ => AssessmentLevel::Exceeded,
        }
    }

    /// What the student system of the last school says of the category that was found.
    pub fn flag(&mut self, found: Option<&Eligibility>) {
        let draw = &mut Draw::new(self.plan.seed, Stream::Differences, self.student.number);
        let last = self.stays.last();
        let (source, school) = (last.source, last.school.clone());
        let Some(found) = found.filter(|_| !draw.chance(share::NOT_FLAGGED)) else {
            return;
        };
        let other = if found.disability == Disability::OtherHealthImpairment {
            Disability::SpecificLearningDisability
        } else {
            Disability::OtherHealthImpairment
        };
        let row = Eligibility {
            school,
            person: self.student.local_id(source),
            disability: if draw.chance(share::OTHER_CATEGORY) {
                other
            } else {
                found.disability
            },
            second_disability: None,
            degree_of_support: None,
            ..found.clone()
        };
        self.rows(source).eligibilities.push(row);
    }
}

/// The calendar year in which the school year of the export began.
fn school_year_now(plan: &Plan) -> i16 {
    super::days::school_year_of(plan.as_of)
}

/// Whether a student system says on a day that a pupil has a disability.
pub fn is_flagged(rows: &Rows, day: Date) -> bool {
    let mut found = rows.eligibilities.iter();
    found.any(|row| row.begins_on <= day && row.ends_on.is_none_or(|end| end >= day))
}
