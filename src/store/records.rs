//! Reading records as sets: who is meant, and everything a transcript needs of them.
//!
//! Every statement takes the instant as known (`$2`): a row is read if it was recorded by then and
//! not yet closed. A class of hundreds is a handful of statements, never one for each student.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::stored::Stored;
use super::{Store, StoreError, instant_text};
use crate::record::{
    Award, Course, DeclaredTotal, Directory, District, Enrolment, GradeLevel, GraduationPlan, Mark,
    Person, PersonId, PersonRecord, RecordedMark, School, Scope, Term,
};

/// People whose records one call reads at most.
pub const PEOPLE_PER_READ_MAX: usize = 500;

/// Which people are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StudentQuery {
    /// By the state's number or a school's own number for the student.
    Numbers(Vec<String>),
    /// Everybody whose transcript this school issues (and who is, or graduated, in this grade).
    School {
        /// The school's state code.
        school: String,
        /// Only this grade level.
        grade_level: Option<GradeLevel>,
    },
    /// The same for every school.
    Everybody {
        /// Only this grade level.
        grade_level: Option<GradeLevel>,
    },
}

/// A row is known at `$2`.
macro_rules! known {
    ($alias:literal) => {
        concat!(
            $alias,
            ".recorded_from <= $2 AND ",
            $alias,
            ".recorded_to > $2"
        )
    };
}

/// The statement that `$text!` writes, with a set of ids bound as each database takes it.
macro_rules! of_ids {
    ($text:ident!($($argument:literal),*)) => {
        Sql::pair(
            $text!("IN (SELECT unhex(value) FROM json_each($1))" $(, $argument)*),
            $text!("= ANY($1)" $(, $argument)*),
        )
    };
}

/// Columns of the rows of one table that belong to the people `$1`, as known at `$2`.
macro_rules! of_people {
    ($in_set:literal, $columns:literal, $table:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", p.person_id AS person_id FROM ",
            $table,
            " m JOIN people p ON p.source = m.source AND p.person = m.person WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            " ORDER BY ",
            $order
        )
    };
}

/// The catalogue rows that marks of the people `$1` name, as known at `$2`.
macro_rules! named_by_marks {
    ($in_set:literal, $table:literal, $column:literal) => {
        concat!(
            "SELECT c.* FROM ",
            $table,
            " c JOIN (SELECT DISTINCT m.source, m.school, m.",
            $column,
            " FROM marks m JOIN people p ON p.source = m.source AND p.person = m.person WHERE \
             p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            ") u ON u.source = c.source AND u.school = c.school AND u.",
            $column,
            " = c.",
            $column,
            " WHERE ",
            known!("c"),
            " ORDER BY c.key"
        )
    };
}

/// The people `$1` as known at `$2`; who is held stands there once for each row that did not land.
macro_rules! people {
    ($in_set:literal) => {
        concat!(
            "SELECT p.*, h.import AS held_import, h.table_name AS held_table, h.held_since FROM \
             people p LEFT JOIN held_rows h ON h.source = p.source AND h.person = p.person AND ",
            known!("h"),
            " WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " ORDER BY p.person_id, p.source, p.person, h.import, h.table_name"
        )
    };
}

/// At which schools the people `$1` are or were enrolled, as known at `$2`.
macro_rules! schools_of {
    ($in_set:literal) => {
        concat!(
            "SELECT DISTINCT p.person_id, e.school FROM people p JOIN enrolments e ON \
             e.source = p.source AND e.person = p.person WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            known!("e")
        )
    };
}

const PEOPLE: Sql = of_ids!(people!());
const SCHOOLS_OF: Sql = of_ids!(schools_of!());

/// Each person's enrolment whose school issues the transcript, as known: the one that they
/// graduated from, or one at the school that awarded the diploma, before an open one before closed
/// ones; then the latest first day, then school and source. `transcript::assemble` says why.
macro_rules! issuing_enrolments {
    () => {
        concat!(
            "SELECT p.person_id, p.legal_family, p.legal_given, e.school, e.grade_level, \
             ROW_NUMBER() OVER (PARTITION BY p.person_id ORDER BY CASE \
             WHEN e.exit_reason = 'graduated' AND e.grade_level >= 9 THEN 0 \
             WHEN EXISTS (SELECT 1 FROM awards a WHERE a.source = e.source AND \
             a.person = e.person AND a.school = e.school AND \
             a.award IN ('diploma', 'equivalency') AND ",
            known!("a"),
            ") THEN 1 WHEN e.left_on IS NULL THEN 2 ELSE 3 END, e.entered_on DESC, \
             e.school DESC, e.source DESC) AS place FROM people p JOIN enrolments e ON \
             e.source = p.source AND e.person = p.person WHERE ",
            known!("p"),
            " AND ",
            known!("e")
        )
    };
}

const BY_SCHOOL: Sql = Sql::both(concat!(
    "SELECT person_id FROM (",
    issuing_enrolments!(),
    " AND p.person_id IN (SELECT q.person_id FROM enrolments f JOIN people q ON \
     q.source = f.source AND q.person = f.person WHERE f.school = $1)) l WHERE place = 1 AND \
     school = $1 AND (grade_level = $3 OR $3 = -99) \
     ORDER BY COALESCE(legal_family, legal_given), legal_given, person_id"
));
const EVERYBODY: Sql = Sql::both(concat!(
    "SELECT person_id FROM (",
    issuing_enrolments!(),
    ") l WHERE place = 1 AND $1 = '' AND (grade_level = $3 OR $3 = -99) \
     ORDER BY school, COALESCE(legal_family, legal_given), legal_given, person_id"
));
/// People by the state's number (`$3`, the ids that are derived from it) or a source's own (`$1`).
const BY_NUMBER: Sql = Sql::pair(
    concat!(
        "SELECT DISTINCT p.person_id, p.person, p.state_id FROM people p WHERE (p.person_id IN \
         (SELECT unhex(value) FROM json_each($3)) OR p.person IN (SELECT value FROM \
         json_each($1))) AND ",
        known!("p"),
        " ORDER BY p.person_id, p.person"
    ),
    concat!(
        "SELECT DISTINCT p.person_id, p.person, p.state_id FROM people p WHERE \
         (p.person_id = ANY($3) OR p.person = ANY($1)) AND ",
        known!("p"),
        " ORDER BY p.person_id, p.person"
    ),
);
/// Stands for "every grade" in a parameter; no grade level has this number.
const EVERY_GRADE: i64 = -99;

/// Who was found, and which numbers nobody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// People, in the order of school and name, or of the numbers asked for.
    pub people: Vec<PersonId>,
    /// Numbers that name nobody in the caller's scope.
    pub unknown: Vec<String>,
    /// Numbers that name several people: two sources use the same one.
    pub ambiguous: Vec<String>,
}

impl Store {
    /// The people that a query means, as known at an instant, within the caller's scope.
    ///
    /// # Errors
    /// What the database said.
    pub async fn find_people(
        &self,
        query: &StudentQuery,
        scope: &Scope,
        known: Timestamp,
    ) -> Result<Found, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut found = match query {
            StudentQuery::Numbers(numbers) => {
                by_number(&mut session, numbers, scope, known).await?
            }
            StudentQuery::School {
                school,
                grade_level,
            } => {
                let values = by_grade(school, *grade_level, known);
                let rows = session.rows(BY_SCHOOL, &values).await?;
                Found {
                    people: person_ids(&rows)?,
                    ..Found::default()
                }
            }
            StudentQuery::Everybody { grade_level } => {
                let rows = session
                    .rows(EVERYBODY, &by_grade("", *grade_level, known))
                    .await?;
                Found {
                    people: person_ids(&rows)?,
                    ..Found::default()
                }
            }
        };
        if let Scope::Schools(schools) = scope {
            let visible = visible(&mut session, &found.people, schools, known).await?;
            found.people.retain(|person| visible.contains(person));
        }
        Ok(found)
    }

    /// The schools and districts as known at an instant, by state code. Where several sources know
    /// a school, the first source by name is read.
    ///
    /// # Errors
    /// What the database said.
    pub async fn directory(&self, known: Timestamp) -> Result<Directory, StoreError> {
        const SCHOOLS: Sql = Sql::both(concat!(
            "SELECT s.* FROM schools s WHERE $1 = '' AND ",
            known!("s"),
            " ORDER BY s.school, s.source DESC"
        ));
        const DISTRICTS: Sql = Sql::both(concat!(
            "SELECT s.* FROM districts s WHERE $1 = '' AND ",
            known!("s"),
            " ORDER BY s.code, s.source DESC"
        ));
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let values = ["".into(), instant_text(known).into()];
        let mut directory = Directory::default();
        for row in session.rows(SCHOOLS, &values).await? {
            let school = School::read(&row)?;
            directory.schools.insert(school.school.clone(), school);
        }
        for row in session.rows(DISTRICTS, &values).await? {
            let district = District::read(&row)?;
            directory.districts.insert(district.code.clone(), district);
        }
        Ok(directory)
    }

    /// The records of these people as known at an instant, in the order asked for. Who is not known
    /// by then is left out.
    ///
    /// # Errors
    /// What the database said.
    ///
    /// # Panics
    /// When more than [`PEOPLE_PER_READ_MAX`] people are asked for.
    pub async fn records(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<PersonRecord>, StoreError> {
        assert!(
            people.len() <= PEOPLE_PER_READ_MAX,
            "records are read in bounded sets"
        );
        let set = people
            .iter()
            .map(|person| person.as_bytes().to_vec())
            .collect();
        let values = [Value::BytesSet(set), instant_text(known).into()];
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut parts = Parts::read(&mut session, &values).await?;
        let mut seen = HashSet::new();
        people
            .iter()
            .filter(|person| seen.insert(**person))
            .filter_map(|person| parts.take(*person).transpose())
            .collect()
    }
}

fn by_grade(school: &str, grade_level: Option<GradeLevel>, known: Timestamp) -> [Value; 3] {
    let grade = grade_level.map_or(EVERY_GRADE, |grade| i64::from(grade.number()));
    [school.into(), instant_text(known).into(), grade.into()]
}

fn person_ids(rows: &[Row]) -> Result<Vec<PersonId>, StoreError> {
    rows.iter()
        .map(|row| row.id("person_id").map(PersonId))
        .collect()
}

async fn by_number(
    session: &mut Session<'_>,
    numbers: &[String],
    scope: &Scope,
    known: Timestamp,
) -> Result<Found, StoreError> {
    let of_state = |number: &String| PersonId::from_state_id(number).as_bytes().to_vec();
    let values = [
        Value::TextSet(numbers.to_vec()),
        instant_text(known).into(),
        Value::BytesSet(numbers.iter().map(of_state).collect()),
    ];
    let mut people_of: HashMap<String, Vec<PersonId>> = HashMap::new();
    for row in session.rows(BY_NUMBER, &values).await? {
        let person = PersonId(row.id("person_id")?);
        for number in [Some(row.text("person")?), row.optional_text("state_id")?] {
            let people = people_of.entry(number.unwrap_or_default()).or_default();
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    if let Scope::Schools(schools) = scope {
        // Before numbers are resolved: somebody outside the scope is neither found nor ambiguous.
        let everybody: Vec<PersonId> = people_of.values().flatten().copied().collect();
        let visible = visible(session, &everybody, schools, known).await?;
        people_of
            .values_mut()
            .for_each(|people| people.retain(|id| visible.contains(id)));
    }
    let mut found = Found::default();
    for number in numbers {
        match people_of.get(number).map(Vec::as_slice) {
            None | Some([]) => found.unknown.push(number.clone()),
            Some([person]) if found.people.contains(person) => {}
            Some([person]) => found.people.push(*person),
            Some(_) => found.ambiguous.push(number.clone()),
        }
    }
    Ok(found)
}

/// Which of these people are or were enrolled at one of the schools.
async fn visible(
    session: &mut Session<'_>,
    people: &[PersonId],
    schools: &[String],
    known: Timestamp,
) -> Result<HashSet<PersonId>, StoreError> {
    let mut visible = HashSet::new();
    for chunk in people.chunks(PEOPLE_PER_READ_MAX) {
        let set = chunk
            .iter()
            .map(|person| person.as_bytes().to_vec())
            .collect();
        let values = [Value::BytesSet(set), instant_text(known).into()];
        for row in session.rows(SCHOOLS_OF, &values).await? {
            if schools.contains(&row.text("school")?) {
                visible.insert(PersonId(row.id("person_id")?));
            }
        }
    }
    Ok(visible)
}

type CatalogueKey = (String, String, String);

/// A source's row of a person, and why the source's imports hold them.
type SourcePerson = (String, Person, Vec<String>);

/// Why a person is held, in a phrase; none where the row is of someone who is not.
fn why_held(row: &Row) -> Result<Option<String>, StoreError> {
    let Some(import) = row.optional_integer("held_import")? else {
        return Ok(None);
    };
    let (table, since) = (row.text("held_table")?, row.text("held_since")?);
    let day = since.get(..10).unwrap_or(&since);
    Ok(Some(format!(
        "rows in {table} did not land with import {import} (held since {day})"
    )))
}

/// What was read for a set of people, before it is handed out person by person.
struct Parts {
    people: HashMap<PersonId, Vec<SourcePerson>>,
    enrolments: HashMap<PersonId, Vec<(String, Enrolment)>>,
    marks: HashMap<PersonId, Vec<(String, Mark)>>,
    totals: HashMap<PersonId, Vec<(String, DeclaredTotal)>>,
    plans: HashMap<PersonId, Vec<(String, GraduationPlan)>>,
    awards: HashMap<PersonId, Vec<(String, Award)>>,
    terms: HashMap<CatalogueKey, Term>,
    courses: HashMap<CatalogueKey, Course>,
}

impl Parts {
    async fn read(session: &mut Session<'_>, values: &[Value; 2]) -> Result<Self, StoreError> {
        const ENROLMENTS: Sql = of_ids!(of_people!(
            "m.*",
            "enrolments",
            "m.entered_on, m.school, m.source, m.person"
        ));
        // Most rows by far; without the columns that are about the row and not about the mark.
        const MARKS: Sql = of_ids!(of_people!(
            "m.source, m.school, m.posting, m.person, m.term, m.course, m.title, m.taken_at, \
             m.kind, m.mark, m.credit_attempted, m.credit_earned, m.grade_level, m.posted_by, \
             m.posted_at",
            "marks",
            "m.source, m.posting"
        ));
        const TOTALS: Sql = of_ids!(of_people!("m.*", "totals", "m.source, m.figure, m.person"));
        const PLANS: Sql = of_ids!(of_people!("m.*", "plans", "m.source, m.person"));
        const AWARDS: Sql = of_ids!(of_people!(
            "m.*",
            "awards",
            "m.awarded_on, m.award, m.detail, m.source"
        ));
        const TERMS: Sql = of_ids!(named_by_marks!("terms", "term"));
        const COURSES: Sql = of_ids!(named_by_marks!("courses", "course"));
        let mut parts = Self {
            people: HashMap::new(),
            enrolments: by_person(session.rows(ENROLMENTS, values).await?)?,
            marks: by_person(session.rows(MARKS, values).await?)?,
            totals: by_person(session.rows(TOTALS, values).await?)?,
            plans: by_person(session.rows(PLANS, values).await?)?,
            awards: by_person(session.rows(AWARDS, values).await?)?,
            terms: HashMap::new(),
            courses: HashMap::new(),
        };
        for row in session.rows(PEOPLE, values).await? {
            let of_person = parts
                .people
                .entry(PersonId(row.id("person_id")?))
                .or_default();
            let (source, person) = (row.text("source")?, Person::read(&row)?);
            let same = |(known, one, _): &SourcePerson| *known == source && *one == person;
            if !of_person.last().is_some_and(same) {
                of_person.push((source, person, Vec::new()));
            }
            let (_, _, held) = of_person.last_mut().expect("one was just put there");
            if let Some(why) = why_held(&row)?
                && held.last() != Some(&why)
            {
                held.push(why);
            }
        }
        for row in session.rows(TERMS, values).await? {
            let key = (row.text("source")?, row.text("school")?, row.text("term")?);
            parts.terms.insert(key, Term::read(&row)?);
        }
        for row in session.rows(COURSES, values).await? {
            let key = (
                row.text("source")?,
                row.text("school")?,
                row.text("course")?,
            );
            parts.courses.insert(key, Course::read(&row)?);
        }
        Ok(parts)
    }

    /// One person's record, put together from every source.
    fn take(&mut self, id: PersonId) -> Result<Option<PersonRecord>, StoreError> {
        let Some(rows) = self.people.remove(&id) else {
            return Ok(None);
        };
        let mut enrolments = self.enrolments.remove(&id).unwrap_or_default();
        enrolments.sort_by(|(source, one), (other_source, other)| {
            let order = |enrolment: &Enrolment| {
                (
                    enrolment.left_on.is_none(),
                    enrolment.entered_on,
                    enrolment.school.clone(),
                )
            };
            order(one)
                .cmp(&order(other))
                .then_with(|| source.cmp(other_source))
        });
        let held = rows.iter().flat_map(|(_, _, held)| held).cloned().collect();
        // The school that has the student now knows the name and the plan best.
        let current = enrolments.last().map(|(source, _)| source.clone());
        let is_current = |source: &String| current.as_ref() == Some(source);
        let place = rows
            .iter()
            .position(|(source, ..)| is_current(source))
            .unwrap_or(0);
        let plans = self.plans.remove(&id).unwrap_or_default();
        let plan_place = plans
            .iter()
            .position(|(source, _)| is_current(source))
            .unwrap_or(0);
        let (mut marks, mut faults) = (Vec::new(), Vec::new());
        for (source, mark) in self.marks.remove(&id).unwrap_or_default() {
            match self.with_catalogue(&source, mark) {
                Ok(recorded) => marks.push(recorded),
                Err(fault) => faults.push(fault),
            }
        }
        marks.sort_by(|one, other| mark_order(one).cmp(&mark_order(other)));
        Ok(rows
            .into_iter()
            .nth(place)
            .map(|(_, person, _)| PersonRecord {
                id,
                person,
                enrolments: enrolments
                    .into_iter()
                    .map(|(_, enrolment)| enrolment)
                    .collect(),
                marks,
                totals: without_source(self.totals.remove(&id)),
                plan: plans.into_iter().nth(plan_place).map(|(_, plan)| plan),
                awards: without_source(self.awards.remove(&id)),
                held,
                faults,
            }))
    }

    /// The mark with its term and course, or what it names that was not known then.
    fn with_catalogue(&self, source: &str, mark: Mark) -> Result<RecordedMark, String> {
        let key = |code: &str| (source.to_owned(), mark.school.clone(), code.to_owned());
        let missing = |what: &str, code: &str| {
            format!(
                "posting `{}` of source `{source}` names the {what} `{code}` of school {}, which \
                 is not in the records",
                mark.posting, mark.school
            )
        };
        let term = self
            .terms
            .get(&key(&mark.term))
            .ok_or_else(|| missing("term", &mark.term))?;
        let course = self.courses.get(&key(&mark.course));
        let course = course.ok_or_else(|| missing("course", &mark.course))?;
        Ok(RecordedMark {
            term: term.clone(),
            course: course.clone(),
            mark,
        })
    }
}

/// The order in which a record is read: by time, then by name, then by what tells two apart.
fn mark_order(recorded: &RecordedMark) -> impl Ord + '_ {
    let RecordedMark { mark, term, course } = recorded;
    let title = mark.title.as_deref().unwrap_or(&course.title);
    (
        term.begins_on,
        term.ends_on,
        &mark.school,
        title,
        &mark.course,
        &mark.posting,
    )
}

fn without_source<T>(rows: Option<Vec<(String, T)>>) -> Vec<T> {
    rows.unwrap_or_default()
        .into_iter()
        .map(|(_, row)| row)
        .collect()
}

fn by_person<T: Stored>(rows: Vec<Row>) -> Result<HashMap<PersonId, Vec<(String, T)>>, StoreError> {
    let mut by_person: HashMap<PersonId, Vec<(String, T)>> = HashMap::new();
    for row in rows {
        let entry = (row.text("source")?, T::read(&row)?);
        by_person
            .entry(PersonId(row.id("person_id")?))
            .or_default()
            .push(entry);
    }
    Ok(by_person)
}
