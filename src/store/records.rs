//! Reading records as sets: everything a transcript needs of the people that `finding.rs` found.
//!
//! Every statement takes the instant as known (`$2`): a row is read if it was recorded by then and
//! not yet closed. A class of hundreds is a handful of statements, never one for each student.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::{Row, Session, Sql, Value};
use super::events::Standing;
use super::stored::Stored;
use super::told::RowName;
use super::{Store, StoreError, Table, instant_text};
use crate::record::{
    Award, Course, Decisions, DeclaredTotal, Directory, District, Enrolment, Event, Fulfilment,
    GraduationPlan, Mark, Person, PersonId, PersonRecord, RecordedMark, RecordedTotal, School,
    Term, decide_mark, issuing_enrolment, keeping_former_names, rename, untimely,
};

/// People whose records one call reads at most.
pub const PEOPLE_PER_READ_MAX: usize = 500;

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

pub(super) use known;

/// A row's source was a student system, as known at `$2`. What a special-education system says of a
/// pupil's name, birth or enrolment never reaches a transcript or its audit: that the pupil stands
/// there at all tells of a disability (invariant 2).
macro_rules! of_students {
    ($alias:literal) => {
        concat!(
            $alias,
            ".source NOT IN (SELECT x.source FROM special_education_sources x WHERE ",
            known!("x"),
            ")"
        )
    };
}

pub(super) use of_students;

/// The statement that `$text!` writes, with a set of ids bound as each database takes it.
macro_rules! of_ids {
    ($text:ident!($($argument:expr),*)) => {
        Sql::pair(
            $text!("IN (SELECT unhex(value) FROM json_each($1))" $(, $argument)*),
            $text!("= ANY($1)" $(, $argument)*),
        )
    };
}

pub(super) use of_ids;

/// The order of a person's enrolments: the oldest first, an open one last.
macro_rules! enrolment_order {
    ($alias:literal, $direction:literal) => {
        concat!(
            $alias,
            ".left_on IS NULL",
            $direction,
            ", ",
            $alias,
            ".entered_on",
            $direction,
            ", ",
            $alias,
            ".school",
            $direction,
            ", ",
            $alias,
            ".source",
            $direction,
            ", ",
            $alias,
            ".person",
            $direction
        )
    };
}
pub(super) use enrolment_order;

/// The order of a person's awards: the oldest first. The two databases sort what is missing at
/// different ends, so a missing detail is an empty one.
macro_rules! award_order {
    ($alias:literal) => {
        concat!(
            $alias,
            ".awarded_on, ",
            $alias,
            ".award, COALESCE(",
            $alias,
            ".detail, ''), ",
            $alias,
            ".source, ",
            $alias,
            ".person"
        )
    };
}
pub(super) use award_order;

/// Columns of the rows of one table that belong to the people `$1`, as known at `$2`.
macro_rules! of_people {
    ($in_set:literal, $columns:expr, $table:expr, $order:expr) => {
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
            " AND ",
            of_students!("p"),
            " ORDER BY ",
            $order
        )
    };
}

/// The catalogue rows that marks of the people `$1` name, as known at `$2`.
macro_rules! named_by_marks {
    ($in_set:literal, $table:expr, $column:expr) => {
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
/// A held row that says whose it is holds what every source says of them: the half of a record that
/// never landed is missing from the whole.
macro_rules! people {
    ($in_set:literal) => {
        concat!(
            "SELECT p.*, h.import AS held_import, h.table_name AS held_table, h.held_since, \
             h.source AS held_source, h.person AS held_person FROM people p LEFT JOIN held_rows h \
             ON ((h.source = p.source AND h.person = p.person) OR h.state_id = p.state_id) AND ",
            known!("h"),
            " AND ",
            of_students!("h"),
            " WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND ",
            of_students!("p"),
            " ORDER BY p.person_id, p.source, p.person, h.import, h.table_name"
        )
    };
}

const PEOPLE: Sql = of_ids!(people!());

impl Store {
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
        let values = people_as_known(people, known);
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

/// A bounded set of people as `$1` and an instant as `$2`, of statements that [`of_ids`] writes.
///
/// # Panics
/// When there are more than [`PEOPLE_PER_READ_MAX`] people.
pub(super) fn people_as_known(people: &[PersonId], known: Timestamp) -> [Value; 2] {
    assert!(
        people.len() <= PEOPLE_PER_READ_MAX,
        "records are read in bounded sets"
    );
    let people = Value::ids(people.iter().map(PersonId::as_bytes));
    [people, instant_text(known).into()]
}

type CatalogueKey = (String, String, String);

/// A source's row of a person, and why the source's imports hold them.
type SourcePerson = (String, Person, Vec<String>);

/// Which row holds a person and why, in a phrase; none where the row is of someone who is not held,
/// or held for a row that no transcript is made of: to name it could disclose, and nobody's
/// transcript waits for it.
fn why_held(row: &Row) -> Result<Option<(RowName, String)>, StoreError> {
    let Some(import) = row.optional_integer("held_import")? else {
        return Ok(None);
    };
    let (table, since) = (row.text("held_table")?, row.text("held_since")?);
    if Table::named(&table).is_some_and(Table::is_support) {
        return Ok(None);
    }
    let (source, number) = (row.text("held_source")?, row.text("held_person")?);
    let day = since.get(..10).unwrap_or(&since);
    let why = format!(
        "rows in {table} of number {number} in source {source} did not land with import {import} \
         (held since {day})"
    );
    Ok(Some(((source, number), why)))
}

/// What was read for a set of people, before it is handed out person by person.
struct Parts {
    people: HashMap<PersonId, Vec<SourcePerson>>,
    enrolments: HashMap<PersonId, Vec<(String, Enrolment)>>,
    marks: HashMap<PersonId, Vec<(String, Mark)>>,
    totals: HashMap<PersonId, Vec<(String, DeclaredTotal)>>,
    plans: HashMap<PersonId, Vec<(String, GraduationPlan)>>,
    awards: HashMap<PersonId, Vec<(String, Award)>>,
    fulfilments: HashMap<PersonId, Vec<(String, Fulfilment)>>,
    events: Standing,
    terms: HashMap<CatalogueKey, Term>,
    courses: HashMap<CatalogueKey, Course>,
}

impl Parts {
    async fn read(session: &mut Session<'_>, values: &[Value; 2]) -> Result<Self, StoreError> {
        const ENROLMENTS: Sql = of_ids!(of_people!("m.*", "enrolments", enrolment_order!("m", "")));
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
        const AWARDS: Sql = of_ids!(of_people!("m.*", "awards", award_order!("m")));
        const FULFILMENTS: Sql = of_ids!(of_people!(
            "m.*",
            "fulfilments",
            "m.requirement, m.source, m.person"
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
            fulfilments: by_person(session.rows(FULFILMENTS, values).await?)?,
            events: Standing::read(session, values).await?,
            terms: HashMap::new(),
            courses: HashMap::new(),
        };
        for row in session.rows(PEOPLE, values).await? {
            let of_person = parts
                .people
                .entry(PersonId(row.id("person_id")?))
                .or_default();
            let mut person = Person::read(&row)?;
            let name: RowName = (row.text("source")?, person.person.clone());
            let is_split = parts.events.splits.contains(&name);
            // A row that was split off does not have the state id that it carries.
            person.state_id = person.state_id.filter(|_| !is_split);
            let same = |(known, one, _): &SourcePerson| *known == name.0 && *one == person;
            if !of_person.last().is_some_and(same) {
                of_person.push((name.0.clone(), person, Vec::new()));
            }
            let (_, _, held) = of_person.last_mut().expect("one was just put there");
            // Nor is it held with it.
            if let Some((held_row, why)) = why_held(&row)?
                && (!is_split || held_row == name)
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
        let enrolments = self.enrolments.remove(&id).unwrap_or_default();
        let (sources, enrolments): (Vec<String>, Vec<Enrolment>) = enrolments.into_iter().unzip();
        let awards = without_source(self.awards.remove(&id));
        let held = rows.iter().flat_map(|(_, _, held)| held).cloned().collect();
        let names = self.events.names.remove(&id).unwrap_or_default();
        let former_names = match names.is_empty() {
            true => Vec::new(),
            false => {
                let rows: Vec<Person> = rows.iter().map(|(_, row, _)| row.clone()).collect();
                keeping_former_names(&names, &rows)
            }
        };
        // The name, the number and the plan are those that the issuing school's source knows.
        let issuing = issuing_enrolment(&enrolments, &awards)
            .map(|place| (sources[place].as_str(), enrolments[place].person.as_str()));
        let distance = |source: &str, number: &str| {
            issuing.map(|(own, as_number)| (own != source, as_number != number))
        };
        let person = rows
            .into_iter()
            .min_by_key(|(source, person, _)| distance(source, &person.person));
        let mut plans = self.plans.remove(&id).unwrap_or_default();
        plans.sort_by_key(|(source, plan)| distance(source, &plan.person));
        let mut plans = plans.into_iter().map(|(_, plan)| plan);
        let plan = plans.next();
        let otherwise = |other: &GraduationPlan| {
            let says = |plan: &GraduationPlan| (plan.plan.clone(), plan.entered_grade_9);
            plan.as_ref().is_some_and(|plan| says(plan) != says(other))
        };
        let plans_otherwise = plans.filter(otherwise).collect();
        let (mut marks, mut faults) = (Vec::new(), Vec::new());
        for (source, mark) in self.marks.remove(&id).unwrap_or_default() {
            match self.with_catalogue(source, mark) {
                Ok(recorded) => marks.push(recorded),
                Err(fault) => faults.push(fault),
            }
        }
        marks.sort_by(|one, other| one.order().cmp(&other.order()));
        let born = person.as_ref().map(|(_, person, _)| person.birth_date);
        let born = born.unwrap_or(Date::MIN);
        let mut decisions = self.decide(id, &mut marks, born);
        decisions.former_names = former_names;
        let of_child = names.iter().cloned().map(Event::from);
        let of_child = of_child.chain(decisions.holds.iter().cloned().map(Event::from));
        let early: Vec<_> = of_child
            .flat_map(|event| untimely(&event, born, &marks))
            .collect();
        decisions.untimely.extend(early);
        let totals = self.totals.remove(&id).unwrap_or_default().into_iter();
        let totals = totals.map(|(source, total)| RecordedTotal { source, total });
        Ok(person.map(|(source, mut person, _)| PersonRecord {
            id,
            person: {
                rename(&mut person, &names);
                person
            },
            source,
            enrolments,
            marks,
            decisions,
            totals: totals.collect(),
            plan,
            plans_otherwise,
            awards,
            fulfilments: without_source(self.fulfilments.remove(&id)),
            held,
            faults,
        }))
    }

    /// Does to the marks what was decided about them.
    fn decide(&mut self, id: PersonId, marks: &mut [RecordedMark], born: Date) -> Decisions {
        let Standing {
            passes,
            changes,
            holds,
            astray,
            ..
        } = &mut self.events;
        let mut decisions = Decisions {
            holds: holds.remove(&id).unwrap_or_default(),
            astray: astray.remove(&id).unwrap_or_default(),
            ..Decisions::default()
        };
        if passes.is_empty() && changes.is_empty() {
            return decisions;
        }
        for recorded in marks {
            let name = (recorded.source.clone(), recorded.mark.posting.clone());
            let changes = changes.remove(&name).unwrap_or_default();
            let passes = passes.remove(&name).unwrap_or_default();
            let events = changes.iter().cloned().map(Event::from);
            let events = events.chain(passes.iter().cloned().map(Event::from));
            let of_it = std::slice::from_ref(&*recorded);
            let early = events.flat_map(|event| untimely(&event, born, of_it));
            decisions.untimely.extend(early);
            decisions
                .marks
                .extend(decide_mark(recorded, changes, &passes));
        }
        decisions
    }

    /// The mark with its term and course, or what it names that was not known then.
    fn with_catalogue(&self, source: String, mark: Mark) -> Result<RecordedMark, String> {
        let key = |code: &str| (source.clone(), mark.school.clone(), code.to_owned());
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
            source,
            mark,
        })
    }
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
