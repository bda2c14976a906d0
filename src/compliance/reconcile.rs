//! Where two systems disagree about a pupil, and how complete each school's part is.
//!
//! Owns the comparison that stands before every number: who is in the student system and not in
//! the special-education system or the reverse, and what both say differently. Nothing is corrected
//! here: both rows are kept, and [`Systems`](super::Systems) says which is counted.
//!
//! Next: `case` counts; the report prints what is found here before any outcome.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Surroundings;
use super::case::{Pupil, counted_assessments, counted_removals};
use crate::record::support::{
    AssessmentLevel, AssessmentResult, Eligibility, NamedRow, PupilRow, Recorded, Removal,
    SupportPlanKind, SupportRecord, SupportSetting,
};
use crate::record::{Enrolment, PersonId, RowName};

/// What two systems disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiscrepancyKind {
    /// An IEP is in force on the day, and no student system has the pupil enrolled.
    InSupportOnly,
    /// A student system has the pupil enrolled on the day and says that there is a disability, and
    /// no special-education system has an IEP in force.
    InStudentOnly,
    /// The day of birth.
    BirthDate,
    /// The school on the day of the count.
    School,
    /// The grade on the day of the count.
    Grade,
    /// The category of disability, or whether there is one.
    Eligibility,
    /// A removal: the system of the enrolment, which is counted, and another one.
    Removal,
    /// A test: the same.
    Assessment,
}

impl DiscrepancyKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::InSupportOnly,
        Self::InStudentOnly,
        Self::BirthDate,
        Self::School,
        Self::Grade,
        Self::Eligibility,
        Self::Removal,
        Self::Assessment,
    ];

    /// The word in lists and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InSupportOnly => "in_support_only",
            Self::InStudentOnly => "in_student_only",
            Self::BirthDate => "birth_date",
            Self::School => "school",
            Self::Grade => "grade",
            Self::Eligibility => "eligibility",
            Self::Removal => "removal",
            Self::Assessment => "assessment",
        }
    }
}

/// One disagreement about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// About what.
    pub kind: DiscrepancyKind,
    /// Whom.
    pub person: PersonId,
    /// The school that the student systems say, or else the special-education system.
    pub school: Option<String>,
    /// What the source says whose row counts, or that is named first; then another one.
    pub said: [Said; 2],
}

/// What one source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By its name; of systems of which none knows such a row, all their names.
    pub source: String,
    /// What.
    pub value: String,
    /// The row that says so; none where it is that there is none.
    pub row: Option<RowName>,
}

impl Said {
    fn by<T: NamedRow>(it: &Recorded<T>, value: impl Into<String>) -> Self {
        Self {
            source: it.source.clone(),
            value: value.into(),
            row: Some(it.row_name()),
        }
    }

    /// That there is no such row.
    fn nothing(source: impl Into<String>, value: &str) -> Self {
        Self {
            source: source.into(),
            value: value.to_owned(),
            row: None,
        }
    }
}

/// The tables whose rows are compared, beside those of people.
pub const COMPARED: &[&str] = &[
    "enrolments",
    "eligibilities",
    "support_plans",
    "removals",
    "assessments",
];

/// The two sides that are compared.
struct Sides<'a> {
    record: &'a SupportRecord,
    around: &'a Surroundings,
    day: Date,
}

/// Everything that the systems disagree about of one person on the day of the count; nothing where
/// the district has not named which systems are which.
pub fn discrepancies(record: &SupportRecord, around: &Surroundings) -> Vec<Discrepancy> {
    let systems = &around.systems;
    if systems.student.is_empty() || systems.support.is_empty() {
        return Vec::new();
    }
    let day = around.count_day.min(around.as_of);
    let sides = Sides {
        record,
        around,
        day,
    };
    let mut found = Vec::new();
    found.extend(sides.on_one_side());
    found.extend(sides.born());
    found.extend(sides.enrolled());
    found.extend(sides.eligible());
    let pupil = Pupil { record, around };
    found.extend(sides.removed(&pupil));
    found.extend(sides.tested(&pupil));
    found
}

impl Sides<'_> {
    fn is_student(&self, source: &str) -> bool {
        self.around.systems.student.iter().any(|it| it == source)
    }

    fn is_support(&self, source: &str) -> bool {
        self.around.systems.support.iter().any(|it| it == source)
    }

    fn told(&self, kind: DiscrepancyKind, said: [Said; 2]) -> Discrepancy {
        let of_student = |it: &&Recorded<Enrolment>| self.is_student(&it.source);
        let any = |_: &&Recorded<Enrolment>| true;
        let school = self
            .enrolled_by(of_student)
            .or_else(|| self.enrolled_by(any))
            .map(|it| it.row.school.clone());
        Discrepancy {
            kind,
            person: self.record.id,
            school,
            said,
        }
    }

    /// The enrolment on the day that these sources know.
    fn enrolled_by(
        &self,
        of: impl Fn(&&Recorded<Enrolment>) -> bool,
    ) -> Option<&Recorded<Enrolment>> {
        let holds = |it: &&Recorded<Enrolment>| {
            it.row.entered_on <= self.day && it.row.left_on.is_none_or(|left| left >= self.day)
        };
        self.record
            .enrolments
            .iter()
            .filter(of)
            .filter(holds)
            .max_by_key(|it| (it.row.entered_on, &it.row.school, &it.source))
    }

    /// The names of some systems that know the person, or of all of them.
    fn names(&self, side: &[String]) -> String {
        let people = self.record.people.iter();
        let known: Vec<&str> = people
            .map(|it| &*it.source)
            .filter(|source| side.iter().any(|name| name == source))
            .collect();
        match known.is_empty() {
            true => side.join(", "),
            false => known.join(", "),
        }
    }

    /// An IEP in force beside an enrolment, both on the day; where a system knows the person, and
    /// says neither, that tells nothing.
    fn on_one_side(&self) -> Option<Discrepancy> {
        let pupil = Pupil {
            record: self.record,
            around: self.around,
        };
        let plan = pupil
            .plan_on(self.day)
            .filter(|it| it.row.kind == SupportPlanKind::Iep);
        let enrolled = self.enrolled_by(|it| self.is_student(&it.source));
        match (plan, enrolled) {
            (Some(plan), None) => {
                let student = self.names(&self.around.systems.student);
                let said = [
                    Said::by(plan, "an IEP in force"),
                    Said::nothing(student, "no enrolment"),
                ];
                Some(self.told(DiscrepancyKind::InSupportOnly, said))
            }
            (None, Some(_)) => {
                let told = self.disability(|source| self.is_student(source))?;
                let support = self.names(&self.around.systems.support);
                let said = [
                    Said::by(told, told.row.disability.code()),
                    Said::nothing(support, "no IEP in force"),
                ];
                Some(self.told(DiscrepancyKind::InStudentOnly, said))
            }
            _ => None,
        }
    }

    /// Each day of birth that is another than the first one.
    fn born(&self) -> Vec<Discrepancy> {
        let mut people = self.record.people.iter();
        let Some(first) = people.next() else {
            return Vec::new();
        };
        let mut days = BTreeSet::from([first.row.birth_date]);
        let others = people.filter(|it| days.insert(it.row.birth_date));
        let says = |it: &Recorded<PupilRow>| Said::by(it, it.row.birth_date.to_string());
        others
            .map(|it| self.told(DiscrepancyKind::BirthDate, [says(first), says(it)]))
            .collect()
    }

    fn enrolled(&self) -> Vec<Discrepancy> {
        let student = self.enrolled_by(|it| self.is_student(&it.source));
        let support = self.enrolled_by(|it| self.is_support(&it.source));
        let (Some(student), Some(support)) = (student, support) else {
            return Vec::new();
        };
        let both = |one: String, other: String| [Said::by(student, one), Said::by(support, other)];
        let mut found = Vec::new();
        if student.row.school != support.row.school {
            let said = both(student.row.school.clone(), support.row.school.clone());
            found.push(self.told(DiscrepancyKind::School, said));
        }
        if student.row.grade_level != support.row.grade_level {
            let grades = [student, support].map(|it| it.row.grade_level.to_string());
            let [one, other] = grades;
            found.push(self.told(DiscrepancyKind::Grade, both(one, other)));
        }
        found
    }

    /// The category that these sources say on the day.
    fn disability(&self, of: impl Fn(&str) -> bool) -> Option<&Recorded<Eligibility>> {
        self.record
            .eligibilities
            .iter()
            .filter(|it| of(&it.source))
            .filter(|it| it.row.begins_on <= self.day)
            .filter(|it| it.row.ends_on.is_none_or(|end| end >= self.day))
            .max_by_key(|it| (it.row.begins_on, it.row.disability, &it.source))
    }

    /// Compared where both sides know the person and tell of eligibility at all: that one says
    /// nothing of it is a disagreement, whichever one.
    fn eligible(&self) -> Option<Discrepancy> {
        let told_by = |side: &dyn Fn(&str) -> bool| {
            let mut people = self.record.people.iter();
            people
                .find(|it| side(&it.source) && self.around.sent.has(&it.source, "eligibilities"))
                .map(|it| it.source.clone())
        };
        let student_source = told_by(&|source| self.is_student(source))?;
        let support_source = told_by(&|source| self.is_support(source))?;
        let student = self.disability(|source| self.is_student(source));
        let support = self.disability(|source| self.is_support(source));
        let [one, other] = [student, support].map(|said| said.map(|it| it.row.disability));
        // Of who is enrolled nowhere any more, no student system is asked.
        let is_asked = self.enrolled_by(|it| self.is_student(&it.source)).is_some();
        if one == other || !is_asked {
            return None;
        }
        let said = |told: Option<&Recorded<Eligibility>>, known: String| match told {
            Some(told) => Said::by(told, told.row.disability.code()),
            None => Said::nothing(known, "nothing"),
        };
        let said = [said(student, student_source), said(support, support_source)];
        Some(self.told(DiscrepancyKind::Eligibility, said))
    }

    /// Rows of removals that are not counted, because the system of the enrolment tells otherwise.
    fn removed(&self, pupil: &Pupil<'_>) -> Vec<Discrepancy> {
        let counted = counted_removals(pupil);
        let uncounted = pupil
            .student(&self.record.removals)
            .filter(|it| it.row.begins_on <= self.around.as_of)
            .filter(|it| {
                let same = |own: &&Recorded<Removal>| {
                    let Removal {
                        kind,
                        begins_on,
                        days,
                        ..
                    } = &own.row;
                    let told = &it.row;
                    (*kind, *begins_on, *days) == (told.kind, told.begins_on, told.days)
                };
                !counted.iter().any(same)
            });
        let says = |it: &Recorded<Removal>| {
            let Removal {
                kind,
                begins_on,
                days,
                ..
            } = &it.row;
            format!("{kind} from {begins_on}, days: {days}")
        };
        let told = |it: &Recorded<Removal>| {
            let what = says(it);
            let enrolment = pupil.enrolment_on(it.row.begins_on);
            let answers = enrolment.map_or_else(String::new, |it| it.source.clone());
            let mut same_day = counted
                .iter()
                .filter(|own| own.row.begins_on == it.row.begins_on);
            let counts = match same_day.next() {
                Some(own) => Said::by(*own, says(own)),
                None => Said::nothing(answers, "none that day"),
            };
            let said = [counts, Said::by(it, what)];
            self.told(DiscrepancyKind::Removal, said)
        };
        uncounted.map(told).collect()
    }

    /// Tests of which two systems say different things; and a system's second row of one test,
    /// whatever it says, which is not counted.
    fn tested(&self, pupil: &Pupil<'_>) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        for own in counted_assessments(pupil) {
            let others = pupil.student(&self.record.assessments).filter(|it| {
                let Recorded { source, row, .. } = it;
                let is_other = !std::ptr::eq(*it, own);
                let differs =
                    (row.participation, row.level) != (own.row.participation, own.row.level);
                is_other
                    && (row.school_year, row.subject) == (own.row.school_year, own.row.subject)
                    && (*source == own.source || differs)
            });
            let says = |it: &Recorded<AssessmentResult>| {
                let level = it.row.level.map_or("no level", AssessmentLevel::code);
                let row = &it.row;
                let (subject, participation) = (row.subject, row.participation);
                Said::by(it, format!("{subject}: {participation}, {level}"))
            };
            for other in others {
                let said = [says(own), says(other)];
                found.push(self.told(DiscrepancyKind::Assessment, said));
            }
        }
        found
    }
}

/// How complete one school's part is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolCompleteness {
    /// Pupils enrolled on the day of the count, as the student systems say.
    pub enrolled: u32,
    /// Of them, those with an IEP in force in the special-education systems.
    pub with_plan: u32,
    /// Those of whom a student system says that they have a disability.
    pub with_disability: u32,
    /// Of those with either, those with both.
    pub with_both: u32,
    /// Rows of people, by the source that sent them.
    pub people_by_source: BTreeMap<String, u32>,
    /// What somebody outside counted nearest before the day: the day, every pupil, pupils with a
    /// plan, and who certified it.
    pub outside: Option<OutsideCount>,
}

/// A count that somebody outside the district certified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideCount {
    /// The day that was counted.
    pub counted_on: Date,
    /// Every pupil.
    pub enrolled: u32,
    /// Pupils with an IEP, where that was counted.
    pub with_plan: Option<u32>,
    /// Who certified it.
    pub certified_by: String,
}

impl SchoolCompleteness {
    /// Pupils whom either side says to have a plan or a disability.
    pub fn with_either(&self) -> u32 {
        self.with_plan + self.with_disability - self.with_both
    }
}

/// How complete every school's part is, counted person by person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// By the school's state code; every school of the records, those of which nothing came too.
    pub schools: BTreeMap<String, SchoolCompleteness>,
}

impl Completeness {
    /// Of no person yet: every school, with what was counted outside.
    pub fn of_schools(setting: &SupportSetting, around: &Surroundings) -> Self {
        let day = around.count_day.min(around.as_of);
        let empty = |code: &String| (code.clone(), SchoolCompleteness::default());
        let mut schools: BTreeMap<_, _> = around.schools.keys().map(empty).collect();
        let mut counts: Vec<_> = setting.census_counts.iter().map(|it| &it.row).collect();
        counts.sort_by_key(|it| it.counted_on);
        for count in counts.into_iter().filter(|it| it.counted_on <= day) {
            let school = schools.entry(count.school.clone()).or_default();
            school.outside = Some(OutsideCount {
                counted_on: count.counted_on,
                enrolled: count.enrolled.number(),
                with_plan: count.with_plan.map(|it| it.number()),
                certified_by: count.certified_by.clone(),
            });
        }
        Self { schools }
    }

    /// Counts a person.
    pub fn add(&mut self, record: &SupportRecord, around: &Surroundings) {
        let day = around.count_day.min(around.as_of);
        let pupil = Pupil { record, around };
        let Some(enrolment) = pupil.enrolment_on(day) else {
            return;
        };
        let sides = Sides {
            record,
            around,
            day,
        };
        let plan = pupil.plan_on(day);
        let has_plan = plan.is_some_and(|it| it.row.kind == SupportPlanKind::Iep);
        let has_disability = sides
            .disability(|source| sides.is_student(source))
            .is_some();
        let school = self.schools.entry(enrolment.row.school.clone());
        let school = school.or_default();
        school.enrolled += 1;
        school.with_plan += u32::from(has_plan);
        school.with_disability += u32::from(has_disability);
        school.with_both += u32::from(has_plan && has_disability);
        for person in &record.people {
            let count = school.people_by_source.entry(person.source.clone());
            *count.or_default() += 1;
        }
    }

    /// Takes in what was counted of other people.
    pub fn merge(&mut self, other: Self) {
        for (code, counted) in other.schools {
            let school = self.schools.entry(code).or_default();
            school.enrolled += counted.enrolled;
            school.with_plan += counted.with_plan;
            school.with_disability += counted.with_disability;
            school.with_both += counted.with_both;
            for (source, count) in counted.people_by_source {
                *school.people_by_source.entry(source).or_default() += count;
            }
            school.outside = school.outside.take().or(counted.outside);
        }
    }
}
