//! What held of a person on a day: enrolment, eligibility, plan, age.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Case, Surroundings, Value};
use crate::record::support::{
    Eligibility, PupilRow, Recorded, SupportPlan, SupportPlanKind, SupportRecord,
};
use crate::record::{Enrolment, RowName};

/// One person's rows, seen against the surroundings.
pub(in crate::compliance) struct Pupil<'a> {
    pub record: &'a SupportRecord,
    pub around: &'a Surroundings,
}

/// The rows of the systems that are believed; of all, where none is named.
fn believed<'a, T>(
    rows: &'a [Recorded<T>],
    systems: &'a [String],
) -> impl DoubleEndedIterator<Item = &'a Recorded<T>> + Clone {
    rows.iter()
        .filter(move |row| systems.is_empty() || systems.contains(&row.source))
}

impl<'a> Pupil<'a> {
    /// The rows of a table that the student systems answer for.
    pub fn student<T>(
        &self,
        rows: &'a [Recorded<T>],
    ) -> impl DoubleEndedIterator<Item = &'a Recorded<T>> + Clone + use<'a, T> {
        believed(rows, &self.around.systems.student)
    }

    /// The rows of a table that the special-education systems answer for.
    pub fn support<T>(
        &self,
        rows: &'a [Recorded<T>],
    ) -> impl DoubleEndedIterator<Item = &'a Recorded<T>> + Clone + use<'a, T> {
        believed(rows, &self.around.systems.support)
    }

    /// The person as the systems that are believed know them, or else any other.
    fn person(&self) -> Option<&'a PupilRow> {
        let people = &self.record.people;
        let of_student = self.student(people).next();
        of_student.or(people.first()).map(|recorded| &recorded.row)
    }

    /// The day of birth.
    pub fn born_on(&self) -> Option<Date> {
        self.person().map(|person| person.birth_date)
    }

    /// Whole years of age on a day: the birthday counts (Cal. Fam. Code 6500).
    pub fn age_on(&self, day: Date) -> Option<i64> {
        let born = self.born_on().filter(|born| *born <= day)?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        let years = i64::from(day.year()) - i64::from(born.year());
        Some(if had_birthday { years } else { years - 1 })
    }

    /// Every enrolment of the student systems that had begun by the day of the report, the oldest
    /// first.
    pub fn enrolments(&self) -> Vec<&'a Recorded<Enrolment>> {
        let begun = self
            .student(&self.record.enrolments)
            .filter(|it| it.row.entered_on <= self.around.as_of);
        let mut rows: Vec<_> = begun.collect();
        rows.sort_by_key(|it| {
            let Recorded { source, row, .. } = it;
            let left = row.left_on.unwrap_or(Date::MAX);
            (row.entered_on, left, &row.school, source)
        });
        rows
    }

    /// The enrolment that holds on a day: of several, the one that began last.
    pub fn enrolment_on(&self, day: Date) -> Option<&'a Recorded<Enrolment>> {
        let holds = |it: &&Recorded<Enrolment>| {
            it.row.entered_on <= day && it.row.left_on.is_none_or(|left| left >= day)
        };
        self.enrolments().into_iter().rfind(holds)
    }

    /// The eligibility that holds on a day: of several, the one that began last.
    pub fn eligibility_on(&self, day: Date) -> Option<&'a Recorded<Eligibility>> {
        self.support(&self.record.eligibilities)
            .filter(|it| it.row.begins_on <= day && it.row.ends_on.is_none_or(|end| end >= day))
            .max_by_key(|it| (it.row.begins_on, it.row.disability, &it.source))
    }

    /// The version of a plan that is in force on a day; an IEP before a plan of another kind, and
    /// of several the one that began last.
    pub fn plan_on(&self, day: Date) -> Option<&'a Recorded<SupportPlan>> {
        let is_iep = |plan: &SupportPlan| plan.kind == SupportPlanKind::Iep;
        self.support(&self.record.support_plans)
            .filter(|it| it.row.begins_on <= day && it.row.ends_on.is_none_or(|end| end >= day))
            .max_by_key(|it| {
                let Recorded { source, row, .. } = it;
                (is_iep(row), row.begins_on, &row.plan, source)
            })
    }

    /// Whether an IEP is in force on a day.
    pub fn has_iep_on(&self, day: Date) -> bool {
        self.plan_on(day)
            .is_some_and(|plan| plan.row.kind == SupportPlanKind::Iep)
    }

    /// Says what is known of every case: the school that answers for it, and what held of the
    /// pupil on its day.
    pub fn describe(&self, case: &mut Case, school: &str, day: Date) {
        case.set("school", text(school));
        if let Some(school) = self.around.schools.get(school) {
            case.set("school_kind", Value::Code(school.kind.code()));
            case.set("charter", Value::Code(school.charter.code()));
            case.know("local_district", school.local_district.as_deref().map(text));
        }
        let grade = self.enrolment_on(day).map(|it| it.row.grade_level.number());
        case.know("grade", grade.map(|grade| Value::Count(grade.into())));
        case.know("age", self.age_on(day).map(Value::Count));
        if let Some(eligibility) = self.eligibility_on(day) {
            let Eligibility {
                disability,
                degree_of_support,
                ..
            } = &eligibility.row;
            case.set("disability", Value::Code(disability.code()));
            let degree = degree_of_support.map(|degree| Value::Code(degree.code()));
            case.know("degree_of_support", degree);
        }
        if let Some(demographics) = self.student(&self.record.demographics).next() {
            let row = &demographics.row;
            case.know("race", row.race.map(|race| Value::Code(race.code())));
            case.know("english_learner", row.english_learner);
        }
        case.set("has_iep", self.has_iep_on(day));
    }
}

/// A text as a value.
pub(super) fn text(text: &str) -> Value {
    Value::Text(Arc::from(text))
}

/// What names a case that one row makes: its kind, source and number.
pub(super) fn id(kind: &str, source: &str, number: &str) -> String {
    format!("{kind}/{source}/{number}")
}

/// The name of a row about a person.
pub(super) fn row(table: &'static str, school: &str, person: &str, name: &str) -> RowName {
    RowName::new(table, school, person, name)
}
