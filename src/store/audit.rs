//! What the audit asks of the rows themselves: who there is, and where a row was read.
//!
//! Each question is one statement for a bounded set of people ([`PEOPLE_PER_READ_MAX`]), as known
//! at `$2`; a district is read in pages. Next: `resemblance.rs` asks who looks like somebody else.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::database::{Sql, Value};
use super::records::{PEOPLE_PER_READ_MAX, known, of_students};
use super::{Store, StoreError, instant_text};
use crate::record::{CatalogueNames, PersonId, RowName};

/// Where a row was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The sending system.
    pub source: String,
    /// The number of the import.
    pub import: i64,
    /// The file, as the manifest named it.
    pub file: String,
    /// The physical line, the header being 1.
    pub line: u64,
}

/// People of the source `$3`, which has to be a student system, or of any, in the order of their
/// numbers, after the number `$1` of the source `$5`; each by the first of their rows.
///
/// Not in the order of their ids, which are digests: rows lie in the database as a system sent
/// them, by number, and a page of neighbours is read from few places.
const PAGE: Sql = Sql::both(concat!(
    "SELECT p.person_id, p.person, p.source FROM people p WHERE (p.person, p.source) > ($1, $5) \
     AND ",
    known!("p"),
    " AND ($3 = '' OR p.source = $3 AND ",
    of_students!("p"),
    ") AND NOT EXISTS (SELECT 1 FROM people e WHERE e.person_id = p.person_id AND ",
    known!("e"),
    " AND ($3 = '' OR e.source = $3) AND (e.person, e.source) < (p.person, p.source)) ORDER BY \
     p.person, p.source LIMIT $4"
));

/// Some people, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// Who, each once in all the pages.
    pub people: Vec<PersonId>,
    /// The row after which the next page begins; none where nobody is left.
    pub end: Option<PageEnd>,
}

/// The row of a person after which the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEnd {
    person: String,
    source: String,
}

/// What the catalogues name, each once, as known at `$2`.
const NAMES: Sql = Sql::both(concat!(
    "SELECT DISTINCT 'subject' AS kind, c.subject AS name FROM courses c WHERE $1 = '' AND ",
    known!("c"),
    " UNION ALL SELECT DISTINCT 'sequence', c.sequence FROM courses c WHERE c.sequence IS NOT NULL \
     AND ",
    known!("c"),
    " UNION ALL SELECT DISTINCT 'course', c.course FROM courses c WHERE ",
    known!("c"),
    " UNION ALL SELECT DISTINCT 'school', s.school FROM schools s WHERE ",
    known!("s"),
    " UNION ALL SELECT DISTINCT 'source', i.source FROM imports i WHERE i.recorded_at <= $2"
));

/// Where rows of `$table` of the people `$1` that are named `$3` were read.
macro_rules! places {
    ($in_set:literal, $named:literal, $table:literal, $column:literal) => {
        concat!(
            "SELECT m.school, m.person, m.",
            $column,
            " AS name, m.source, i.import, i.name AS file, m.line FROM ",
            $table,
            " m JOIN people p ON p.source = m.source AND p.person = m.person JOIN import_files i \
             ON i.number = m.file WHERE p.person_id ",
            $in_set,
            " AND m.",
            $column,
            " ",
            $named,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            " ORDER BY m.source"
        )
    };
}
macro_rules! places_in {
    ($table:literal, $column:literal) => {
        (
            $table,
            Sql::pair(
                places!(
                    "IN (SELECT unhex(value) FROM json_each($1))",
                    "IN (SELECT value FROM json_each($3))",
                    $table,
                    $column
                ),
                places!("= ANY($1)", "= ANY($3)", $table, $column),
            ),
        )
    };
}

/// The same for events: they name a person of whichever source by the key of the person's row.
macro_rules! event_places {
    ($in_set:literal, $named:literal, $table:literal) => {
        concat!(
            "SELECT m.school, m.person, m.event AS name, m.source, i.import, i.name AS file, \
             m.line FROM people p JOIN ",
            $table,
            " m ON m.person_key = p.key JOIN import_files i ON i.number = m.file WHERE \
             p.person_id ",
            $in_set,
            " AND m.event ",
            $named,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            " ORDER BY m.source"
        )
    };
}
macro_rules! event_places_in {
    ($table:literal) => {
        (
            $table,
            Sql::pair(
                event_places!(
                    "IN (SELECT unhex(value) FROM json_each($1))",
                    "IN (SELECT value FROM json_each($3))",
                    $table
                ),
                event_places!("= ANY($1)", "= ANY($3)", $table),
            ),
        )
    };
}

/// The same for the catalogue's rows that the people's marks name; they are about nobody.
macro_rules! catalogue_places {
    ($in_set:literal, $named:literal, $table:literal, $column:literal) => {
        concat!(
            "SELECT c.school, '' AS person, c.",
            $column,
            " AS name, c.source, i.import, i.name AS file, c.line FROM ",
            $table,
            " c JOIN (SELECT DISTINCT m.source, m.school, m.",
            $column,
            " FROM marks m JOIN people p ON p.source = m.source AND p.person = m.person WHERE \
             p.person_id ",
            $in_set,
            " AND m.",
            $column,
            " ",
            $named,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            ") u ON u.source = c.source AND u.school = c.school AND u.",
            $column,
            " = c.",
            $column,
            " JOIN import_files i ON i.number = c.file WHERE ",
            known!("c"),
            " ORDER BY c.source"
        )
    };
}

macro_rules! catalogue_places_in {
    ($table:literal, $column:literal) => {
        (
            $table,
            Sql::pair(
                catalogue_places!(
                    "IN (SELECT unhex(value) FROM json_each($1))",
                    "IN (SELECT value FROM json_each($3))",
                    $table,
                    $column
                ),
                catalogue_places!("= ANY($1)", "= ANY($3)", $table, $column),
            ),
        )
    };
}

/// The same for rows about staff; they are about nobody, so the people say nothing of them.
macro_rules! staff_places {
    ($people:literal, $named:literal, $table:literal, $column:literal, $order:literal) => {
        concat!(
            "SELECT m.school, '' AS person, m.",
            $column,
            " AS name, m.source, i.import, i.name AS file, m.line FROM ",
            $table,
            " m JOIN import_files i ON i.number = m.file WHERE ",
            $people,
            " IS NOT NULL AND m.",
            $column,
            " ",
            $named,
            " AND ",
            known!("m"),
            " ORDER BY m.source, m.",
            $order
        )
    };
}
macro_rules! staff_places_in {
    ($table:literal, $column:literal, $order:literal) => {
        (
            $table,
            Sql::pair(
                staff_places!(
                    "$1",
                    "IN (SELECT value FROM json_each($3))",
                    $table,
                    $column,
                    $order
                ),
                staff_places!("CAST($1 AS bytea[])", "= ANY($3)", $table, $column, $order),
            ),
        )
    };
}

/// The tables that a finding or a case can be about, each with what names a row in it.
const PLACES: [(&str, Sql); 33] = [
    (
        "people",
        // A person's own rows; `people` twice would be one alias for two tables.
        Sql::pair(
            concat!(
                "SELECT p.school, p.person, p.person AS name, p.source, i.import, i.name AS file, \
                 p.line FROM people p JOIN import_files i ON i.number = p.file WHERE p.person_id \
                 IN (SELECT unhex(value) FROM json_each($1)) AND p.person IN (SELECT value FROM \
                 json_each($3)) AND ",
                known!("p"),
                " ORDER BY p.source"
            ),
            concat!(
                "SELECT p.school, p.person, p.person AS name, p.source, i.import, i.name AS file, \
                 p.line FROM people p JOIN import_files i ON i.number = p.file WHERE \
                 p.person_id = ANY($1) AND p.person = ANY($3) AND ",
                known!("p"),
                " ORDER BY p.source"
            ),
        ),
    ),
    places_in!("enrolments", "entered_on"),
    places_in!("marks", "posting"),
    places_in!("totals", "figure"),
    places_in!("plans", "plan"),
    places_in!("awards", "award"),
    places_in!("demographics", "person"),
    places_in!("residences", "begins_on"),
    places_in!("eligibilities", "begins_on || '/' || m.disability"),
    places_in!("referrals", "referral"),
    places_in!("evaluations", "evaluation"),
    places_in!("support_plans", "plan"),
    places_in!("transition_plans", "plan"),
    places_in!("behaviour_plans", "plan"),
    places_in!("plan_meetings", "meeting"),
    places_in!("parent_notices", "meeting || '/' || m.attempt"),
    places_in!("service_promises", "promise"),
    places_in!("service_logs", "entry"),
    places_in!("records_requests", "request"),
    places_in!("translation_requests", "request"),
    places_in!("complaints", "complaint"),
    places_in!("disputes", "dispute"),
    places_in!("incidents", "incident"),
    places_in!("removals", "removal"),
    places_in!("assessments", "school_year || '/' || m.subject"),
    event_places_in!("mark_changes"),
    event_places_in!("pass_marks"),
    event_places_in!("name_changes"),
    event_places_in!("transcript_holds"),
    catalogue_places_in!("courses", "course"),
    catalogue_places_in!("terms", "term"),
    staff_places_in!("staff", "staff", "begins_on"),
    staff_places_in!(
        "staff_credentials",
        "staff || '/' || m.credential",
        "valid_from"
    ),
];

impl Store {
    /// The numbers, subjects and sequences of all courses, the schools, and the sources.
    ///
    /// # Errors
    /// What the database said.
    pub async fn catalogue_names(&self, known: Timestamp) -> Result<CatalogueNames, StoreError> {
        let values = ["".into(), instant_text(known).into()];
        let mut connection = self.connection().await?;
        let mut names = CatalogueNames::default();
        for row in connection.session().rows(NAMES, &values).await? {
            let kind = row.text("kind")?;
            let named = match &*kind {
                "subject" => &mut names.subjects,
                "sequence" => &mut names.sequences,
                "course" => &mut names.courses,
                "school" => &mut names.schools,
                _ => &mut names.sources,
            };
            named.insert(row.text("name")?);
        }
        Ok(names)
    }

    /// The next people whom a source knows, or any source, in the order of their numbers; at most
    /// [`PEOPLE_PER_READ_MAX`], and none where there are no more.
    ///
    /// # Errors
    /// What the database said.
    pub async fn people_after(
        &self,
        after: Option<&PageEnd>,
        source: Option<&str>,
        known: Timestamp,
    ) -> Result<PeoplePage, StoreError> {
        // Every number comes after no text.
        let (person, from) = after.map_or(("", ""), |end| (&*end.person, &*end.source));
        let values = [
            person.into(),
            instant_text(known).into(),
            source.unwrap_or_default().into(),
            (PEOPLE_PER_READ_MAX as i64).into(),
            from.into(),
        ];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(PAGE, &values).await?;
        let people = rows.iter().map(|row| row.id("person_id").map(PersonId));
        let end = rows.last().map(|row| {
            Ok::<_, StoreError>(PageEnd {
                person: row.text("person")?,
                source: row.text("source")?,
            })
        });
        Ok(PeoplePage {
            people: people.collect::<Result<_, _>>()?,
            end: end.transpose()?,
        })
    }

    /// Where these rows of these people were read, one statement for each table among them. Of a
    /// row whose source is not known, the first by name of those that have it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn places(
        &self,
        people: &[PersonId],
        rows: &[RowName],
        known: Timestamp,
    ) -> Result<HashMap<RowName, RowPlace>, StoreError> {
        let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in rows {
            names.entry(row.table).or_default().push(row.name.clone());
        }
        let asked: HashSet<&RowName> = rows.iter().collect();
        let mut places = HashMap::new();
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        for (table, sql) in PLACES {
            let Some(mut names) = names.remove(table) else {
                continue;
            };
            names.sort_unstable();
            names.dedup();
            let values = [
                Value::ids(people.iter().map(PersonId::as_bytes)),
                instant_text(known).into(),
                Value::TextSet(names),
            ];
            for row in session.rows(sql, &values).await? {
                let source = row.text("source")?;
                let name = RowName::new(
                    table,
                    &row.text("school")?,
                    &row.text("person")?,
                    &row.text("name")?,
                );
                let place = RowPlace {
                    source: source.clone(),
                    import: row.integer("import")?,
                    file: row.text("file")?,
                    line: row.integer("line")?.unsigned_abs(),
                };
                let of_source = name.clone().of_source(&source);
                for name in [of_source, name]
                    .into_iter()
                    .filter(|it| asked.contains(it))
                {
                    places.entry(name).or_insert_with(|| place.clone());
                }
            }
        }
        Ok(places)
    }
}
