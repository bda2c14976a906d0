//! What held of a person on a day: enrolment, eligibility, plan, age; and which system says so.
//!
//! Somebody may be enrolled at two schools at once. The primary enrolment is the one begun last of
//! those that outlast every other: one that ended while another that had begun no later went on was
//! beside that one, as a course at a second school is. Where a pupil moves and the school before
//! ends its enrolment late, the primary one is so the new school's. What a system says of the
//! status of an enrolment comes before that, and a student system before a special-education one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Case, Span, Surroundings, Value};
use crate::record::support::{
    Eligibility, PupilRow, RaceEthnicity, Recorded, SupportPlan, SupportPlanKind, SupportRecord,
};
use crate::record::{Enrolment, EnrolmentStatus, ExitReason};

/// One person's rows, seen against the surroundings.
pub(in crate::compliance) struct Pupil<'a> {
    pub record: &'a SupportRecord,
    pub around: &'a Surroundings,
}

/// Whose rows of a table count of one day.
enum Keeper<'a> {
    /// The system of the enrolment.
    One(&'a str),
    /// A system that sends no enrolments.
    Beside,
    /// The first that tells of it: the person was at no school of the records.
    Any,
    /// No system tells of it.
    Nobody,
}

/// A summer, from the last day of a school year to the first of the next, is shorter.
const SUMMER_DAYS_MAX: i32 = 120;

/// Whether an enrolment that ended so is followed by none that is expected.
pub(super) fn ends_for_good(reason: ExitReason) -> bool {
    !matches!(reason, ExitReason::Transferred | ExitReason::YearEnd)
}

/// Whether a system is among those that are believed; all are, where none is named.
fn is_believed(systems: &[String], source: &str) -> bool {
    systems.is_empty() || systems.iter().any(|named| named == source)
}

/// The rows of the systems that are believed.
fn believed<'a, T>(
    rows: &'a [Recorded<T>],
    systems: &'a [String],
) -> impl DoubleEndedIterator<Item = &'a Recorded<T>> + Clone {
    rows.iter()
        .filter(move |row| is_believed(systems, &row.source))
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
    fn person(&self) -> Option<&'a Recorded<PupilRow>> {
        let people = &self.record.people;
        let of_student = self.student(people).next();
        of_student.or(people.first())
    }

    /// The day of birth.
    pub fn born_on(&self) -> Option<Date> {
        self.person().map(|person| person.row.birth_date)
    }

    /// Whole years of age on a day: the birthday counts (Cal. Fam. Code 6500).
    pub fn age_on(&self, day: Date) -> Option<i64> {
        let born = self.born_on().filter(|born| *born <= day)?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        let years = i64::from(day.year()) - i64::from(born.year());
        Some(if had_birthday { years } else { years - 1 })
    }

    /// The primary enrolments of the student systems that had begun by the day of the report, the
    /// oldest first; no two begin on one day.
    pub fn enrolments(&self) -> Vec<&'a Recorded<Enrolment>> {
        let begun: Vec<_> = self
            .student(&self.record.enrolments)
            .filter(|it| it.row.entered_on <= self.around.as_of)
            .collect();
        let mut rows = begun.clone();
        rows.retain(|it| !begun.iter().any(|other| self.goes_before(other, it)));
        rows.sort_by_key(|it| {
            let Recorded { source, row, .. } = it;
            (row.entered_on, self.ends(row), &row.school, source)
        });
        let mut lasts_until = None;
        rows.retain(|it| {
            let ends = self.ends(&it.row);
            let is_primary = lasts_until.is_none_or(|until| ends >= until);
            lasts_until = lasts_until.max(Some(ends));
            is_primary
        });
        // Of those that begin together the last in this order outlasts the others.
        rows.reverse();
        rows.dedup_by_key(|it| it.row.entered_on);
        rows.reverse();
        rows
    }

    /// Whether an enrolment leaves no room for another one at the same time. A system of special
    /// education keeps enrolments beside the student system whose they are, so that one of these
    /// goes first, unless the district names which systems count; then the status decides, in the
    /// order of CALPADS' reports 16.21 and 16.25. A secondary enrolment never counts.
    fn goes_before(&self, other: &Recorded<Enrolment>, it: &Recorded<Enrolment>) -> bool {
        let place = |it: &Recorded<Enrolment>| {
            let status = it.row.enrolment_status.unwrap_or(EnrolmentStatus::Primary);
            let special = self.around.sent.is_special_education(&it.source);
            (special && self.around.systems.student.is_empty(), status)
        };
        if it.row.enrolment_status == Some(EnrolmentStatus::Secondary) {
            return true;
        }
        let counts = other.row.enrolment_status != Some(EnrolmentStatus::Secondary);
        let at_once = other.row.entered_on <= self.ends(&it.row)
            && it.row.entered_on <= self.ends(&other.row);
        counts && at_once && place(other) < place(it)
    }

    /// The last day of an enrolment; the end of time where it had not ended by the day of the
    /// report.
    pub fn ends(&self, row: &Enrolment) -> Date {
        self.around.happened(row.left_on).unwrap_or(Date::MAX)
    }

    /// The primary enrolment that holds on a day.
    pub fn enrolment_on(&self, day: Date) -> Option<&'a Recorded<Enrolment>> {
        let holds = |it: &&Recorded<Enrolment>| {
            it.row.entered_on <= day && it.row.left_on.is_none_or(|left| left >= day)
        };
        self.enrolments().into_iter().rfind(holds)
    }

    /// The day on which the pupil left the district's schools after a day, and did not come back
    /// before another. Who ended a school year, or is on the way to another school, is expected
    /// until after the summer.
    pub fn left_between(&self, from: Date, until: Date) -> Option<Date> {
        let enrolments = self.enrolments();
        let ends = enrolments.iter().map(|it| (it, self.ends(&it.row)));
        let gone = |(it, left): &(&&Recorded<Enrolment>, Date)| {
            let is_for_good = it.row.exit_reason.is_some_and(ends_for_good);
            let away = if is_for_good { 0 } else { SUMMER_DAYS_MAX };
            let back_by = left.checked_add((away + 1).days()).unwrap_or(Date::MAX);
            let back = enrolments
                .iter()
                .any(|other| other.row.entered_on <= back_by && self.ends(&other.row) > *left);
            from <= *left && *left < until && back_by <= self.around.as_of && !back
        };
        ends.filter(gone).map(|(_, left)| left).min()
    }

    /// Which system's rows of a table count of what happened on a day.
    fn keeper(&self, table: &str, day: Date) -> Keeper<'a> {
        let Some(enrolment) = self.enrolment_on(day) else {
            return Keeper::Any;
        };
        if self.around.sent.has(&enrolment.source, table) {
            return Keeper::One(&enrolment.source);
        }
        // A system of its own beside those of the enrolments, such as one for discipline.
        let mut beside = self.around.sent.sources(table);
        let answers = |source: &str| {
            let is_believed = is_believed(&self.around.systems.student, source);
            is_believed && !self.around.sent.has(source, "enrolments")
        };
        match beside.any(answers) {
            true => Keeper::Beside,
            false => Keeper::Nobody,
        }
    }

    /// The rows of a table of the student systems that count, one for each fact: where two systems
    /// tell of one day the system of the enrolment decides, and otherwise the first. `fact` is what
    /// two rows of one fact have in common, and the day.
    pub fn facts<T, F: Ord>(
        &self,
        table: &str,
        rows: &'a [Recorded<T>],
        fact: impl Fn(&T) -> (Date, F),
    ) -> Vec<&'a Recorded<T>> {
        let mut facts: BTreeMap<(Date, F), Vec<&'a Recorded<T>>> = BTreeMap::new();
        for it in self.student(rows) {
            facts.entry(fact(&it.row)).or_default().push(it);
        }
        let of_keeper = |((day, _), rows): ((Date, F), Vec<&'a Recorded<T>>)| {
            let keeper = match self.keeper(table, day) {
                Keeper::One(source) => rows.iter().find(|it| it.source == source),
                _ => None,
            };
            let source = keeper.or(rows.first()).map(|it| it.source.clone());
            rows.into_iter()
                .filter(move |it| Some(&it.source) == source.as_ref())
        };
        facts.into_iter().flat_map(of_keeper).collect()
    }

    /// Whether a row of a student system's table is of a system that tells of the person's days
    /// then.
    pub fn counts<T>(&self, table: &str, it: &Recorded<T>, day: Date) -> bool {
        match self.keeper(table, day) {
            Keeper::One(source) => it.source == source,
            Keeper::Beside | Keeper::Any | Keeper::Nobody => true,
        }
    }

    /// Whether the absence of a row of a student system's table says that nothing happened in a
    /// stretch of days: a system sends it for every enrolment of that time.
    pub fn is_told(&self, table: &str, span: Span) -> bool {
        let enrolments = self.enrolments().into_iter();
        let mut within = enrolments
            .filter(|it| it.row.entered_on <= span.ends && self.ends(&it.row) >= span.begins)
            .map(|it| it.row.entered_on.max(span.begins));
        within.all(|day| !matches!(self.keeper(table, day), Keeper::Nobody))
    }

    /// Whether the absence of a test's result says that the pupil was not tested: the system that
    /// tells of the day has sent results of that school year.
    pub fn tests_are_told(&self, day: Date) -> bool {
        let table = "assessments";
        let told = |source: &str| self.around.tests.told.contains(source);
        match self.keeper(table, day) {
            Keeper::One(source) => told(source),
            Keeper::Beside => {
                let believed = |source: &&str| is_believed(&self.around.systems.student, source);
                self.around.sent.sources(table).filter(believed).any(told)
            }
            Keeper::Any | Keeper::Nobody => false,
        }
    }

    /// Whether a special-education system that is believed sends a table.
    pub fn support_sends(&self, table: &str) -> bool {
        let mut sources = self.around.sent.sources(table);
        sources.any(|source| is_believed(&self.around.systems.support, source))
    }

    /// The eligibility that holds on a day: of several, the one that began last.
    pub fn eligibility_on(&self, day: Date) -> Option<&'a Recorded<Eligibility>> {
        self.support(&self.record.eligibilities)
            .filter(|it| it.row.begins_on <= day && it.row.ends_on.is_none_or(|end| end >= day))
            .max_by_key(|it| (it.row.begins_on, it.row.disability, &it.source))
    }

    /// The last day of eligibility, from a day on and before another: no category followed it at
    /// once.
    pub fn eligibility_ended_between(&self, from: Date, until: Date) -> Option<Date> {
        let rows = self.support(&self.record.eligibilities);
        let ends = rows.filter_map(|it| it.row.ends_on);
        let is_last = |end: &Date| {
            let next = end.checked_add(1.day()).unwrap_or(Date::MAX);
            from <= *end && *end < until && self.eligibility_on(next).is_none()
        };
        ends.filter(is_last).min()
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

    /// The version of an IEP that is in force on a day.
    pub fn iep_on(&self, day: Date) -> Option<&'a Recorded<SupportPlan>> {
        let plan = self.plan_on(day);
        plan.filter(|plan| plan.row.kind == SupportPlanKind::Iep)
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
        let enrolment = self.enrolment_on(day);
        if let Some(enrolment) = enrolment {
            case.reads(self.around, enrolment);
        }
        if let Some(person) = self.person() {
            case.reads(self.around, person);
        }
        let grade = enrolment.map(|it| it.row.grade_level.number());
        case.know("grade", grade.map(|grade| Value::Count(grade.into())));
        case.know("age", self.age_on(day).map(Value::Count));
        if let Some(eligibility) = self.eligibility_on(day) {
            self.with_eligibility(case, eligibility);
        }
        // The system of the enrolment first.
        let is_other = |source: &str| enrolment.is_none_or(|it| it.source != source);
        let demographics = self.student(&self.record.demographics);
        if let Some(demographics) = demographics.min_by_key(|it| is_other(&it.source)) {
            case.reads(self.around, demographics);
            let row = &demographics.row;
            case.know("race", row.race.map(|race| Value::Code(race.code())));
            let group = row.race.filter(|it| *it != RaceEthnicity::NotReported);
            case.know("race_group", group.map(|race| Value::Code(race.code())));
            case.know("english_learner", row.english_learner);
        }
        if self.support_sends("support_plans") {
            let plan = self.iep_on(day);
            case.set("has_iep", plan.is_some());
            if let Some(plan) = plan {
                case.reads(self.around, plan);
            }
        }
    }

    /// Says under which category a case is counted.
    pub fn with_eligibility(&self, case: &mut Case, recorded: &Recorded<Eligibility>) {
        case.reads(self.around, recorded);
        let Eligibility {
            disability,
            degree_of_support,
            ..
        } = &recorded.row;
        case.set("disability", Value::Code(disability.code()));
        let degree = degree_of_support.map(|degree| Value::Code(degree.code()));
        case.know("degree_of_support", degree);
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
