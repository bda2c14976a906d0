//! Finding people: by number, by the school that issues their transcript, inside a scope.
//!
//! Every statement takes the instant as known (`$2`), as those of `records.rs` do. Whose class
//! somebody is in is `record`'s rule; its SQL stands here once.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::database::{Row, Session, Sql, Value};
use super::events::acting_splits;
use super::records::{
    PEOPLE_PER_READ_MAX, award_order, enrolment_order, known, of_ids, of_students,
};
use super::{Store, StoreError, instant_text};
use crate::record::{GradeLevel, PersonId, Scope};

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
            known!("e"),
            " AND ",
            of_students!("e")
        )
    };
}

const SCHOOLS_OF: Sql = of_ids!(schools_of!());

/// Each person's enrolments as known, the one whose school issues the transcript in place 1.
///
/// This is `record::issuing_enrolment` over again, for a class is found among everybody: the same
/// four cases, in the orders in which a record is read. `tests/store/issuing.rs` holds them equal.
macro_rules! issuing_enrolments {
    () => {
        concat!(
            "SELECT p.person_id, p.legal_family, p.legal_given, e.school, e.grade_level, \
             ROW_NUMBER() OVER (PARTITION BY p.person_id ORDER BY CASE \
             WHEN e.exit_reason = 'graduated' AND (e.grade_level BETWEEN 9 AND 12 \
             OR e.grade_level IN (22, 23)) THEN 0 \
             WHEN e.exit_reason = 'no_show' THEN 3 \
             WHEN e.school = (SELECT a.school FROM people h JOIN awards a ON \
             a.source = h.source AND a.person = h.person WHERE h.person_id = p.person_id AND \
             a.award IN ('diploma', 'equivalency') AND ",
            known!("h"),
            " AND ",
            known!("a"),
            " AND ",
            of_students!("h"),
            " ORDER BY ",
            award_order!("a"),
            " LIMIT 1) THEN 1 ELSE 2 END, ",
            enrolment_order!("e", " DESC"),
            ") AS place FROM people p JOIN enrolments e ON \
             e.source = p.source AND e.person = p.person WHERE ",
            known!("p"),
            " AND ",
            known!("e"),
            " AND ",
            of_students!("e")
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
/// Whom a merge gave another id is found by the rows that merges name.
macro_rules! by_number {
    ($ids:literal, $numbers:literal, $in:literal, $end:literal) => {
        concat!(
            "SELECT p.person_id, p.source, p.school, p.person, p.state_id FROM people p WHERE \
             (p.person_id ",
            $ids,
            " OR p.person ",
            $numbers,
            " OR (p.person ",
            $in,
            "SELECT k.person FROM person_links k WHERE k.link = 'merge' UNION SELECT \
             k.other_person FROM person_links k WHERE k.link = 'merge'",
            $end,
            " AND p.state_id ",
            $numbers,
            ")) AND ",
            known!("p"),
            " AND ",
            of_students!("p"),
            " ORDER BY p.person_id, p.source, p.person"
        )
    };
}
const BY_NUMBER: Sql = Sql::pair(
    by_number!(
        "IN (SELECT unhex(value) FROM json_each($3))",
        "IN (SELECT value FROM json_each($1))",
        "IN (",
        ")"
    ),
    by_number!("= ANY($3)", "= ANY($1)", "= ANY(ARRAY(", "))"),
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
    pub ambiguous: Vec<Ambiguous>,
}

/// A number that several people have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// The number.
    pub number: String,
    /// Who has it, in the order of the sources.
    pub candidates: Vec<Candidate>,
}

/// One of several people who have a number: a row of theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The sending system.
    pub source: String,
    /// The school that answers for the row.
    pub school: String,
    /// The system's number for the person.
    pub person: String,
    /// The state's number, by which the person can be named.
    pub state_id: Option<String>,
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
    let of_state = numbers.iter().map(|it| PersonId::from_state_id(it));
    let of_state: Vec<PersonId> = of_state.collect();
    let values = [
        Value::TextSet(numbers.to_vec()),
        instant_text(known).into(),
        Value::ids(of_state.iter().map(PersonId::as_bytes)),
    ];
    let mut people_of: HashMap<String, Vec<PersonId>> = HashMap::new();
    let mut rows: Vec<(PersonId, Candidate)> = Vec::new();
    let splits = acting_splits(session, known).await?;
    for row in session.rows(BY_NUMBER, &values).await? {
        let person = PersonId(row.id("person_id")?);
        let name = (row.text("source")?, row.text("person")?);
        // A row that was split off does not answer to the state's number that it carries.
        let state_id = row.optional_text("state_id")?;
        let candidate = Candidate {
            school: row.text("school")?,
            state_id: state_id.filter(|_| !splits.contains(&name)),
            source: name.0,
            person: name.1,
        };
        let numbers = [Some(candidate.person.clone()), candidate.state_id.clone()];
        for number in numbers.into_iter().flatten() {
            let people = people_of.entry(number).or_default();
            if !people.contains(&person) {
                people.push(person);
            }
        }
        rows.push((person, candidate));
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
            Some(several) => found.ambiguous.push(ambiguous(number, several, &rows)),
        }
    }
    Ok(found)
}

/// Who has a number, each by the rows that answer to it.
fn ambiguous(number: &str, people: &[PersonId], rows: &[(PersonId, Candidate)]) -> Ambiguous {
    let answers = |(person, row): &&(PersonId, Candidate)| {
        let is_it = row.person == number || row.state_id.as_deref() == Some(number);
        is_it && people.contains(person)
    };
    let candidates = rows.iter().filter(answers).map(|(_, row)| row.clone());
    let mut candidates: Vec<Candidate> = candidates.collect();
    candidates.sort();
    Ambiguous {
        number: number.to_owned(),
        candidates,
    }
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
        let people_set = Value::ids(chunk.iter().map(PersonId::as_bytes));
        let values = [people_set, instant_text(known).into()];
        for row in session.rows(SCHOOLS_OF, &values).await? {
            if schools.contains(&row.text("school")?) {
                visible.insert(PersonId(row.id("person_id")?));
            }
        }
    }
    Ok(visible)
}
