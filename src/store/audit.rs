//! What the audit asks of the rows themselves: who there is, who looks like somebody else, which
//! rows of one person contradict each other, and where a row was read.
//!
//! Each question is one statement for a bounded set of people ([`PEOPLE_PER_READ_MAX`]), as known
//! at `$2`; a district is read in pages.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::database::{Row, Sql, Value};
use super::records::{PEOPLE_PER_READ_MAX, known, of_ids};
use super::{Store, StoreError, instant_text};
use crate::record::{PersonId, RowName};

/// Another person of the same name and date of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookAlike {
    /// Who was asked about.
    pub person: PersonId,
    /// The other person's school.
    pub other_school: String,
    /// The other person's local number.
    pub other_number: String,
    /// The source of the other person's row.
    pub other_source: String,
}

/// Two rows of one person that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Who.
    pub person: PersonId,
    /// The sources of the two rows.
    pub sources: [String; 2],
    /// Whether they tell different dates of birth.
    pub birth_date: bool,
    /// Whether they tell different legal names.
    pub name: bool,
}

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

/// People after `$1`, of the source `$3` or of any.
const PAGE: Sql = Sql::both(concat!(
    "SELECT DISTINCT p.person_id FROM people p WHERE p.person_id > $1 AND ",
    known!("p"),
    " AND (p.source = $3 OR $3 = '') ORDER BY p.person_id LIMIT $4"
));

/// A missing middle name contradicts none: systems differ on whether they ask for it.
macro_rules! look_alikes {
    ($in_set:literal) => {
        concat!(
            "SELECT DISTINCT p.person_id, q.source, q.school, q.person FROM people p CROSS JOIN \
             people q WHERE p.person_id ",
            $in_set,
            " AND q.birth_date = p.birth_date AND q.legal_given = p.legal_given AND \
             COALESCE(q.legal_family, '') = COALESCE(p.legal_family, '') AND \
             COALESCE(q.legal_middle, p.legal_middle, '') = \
             COALESCE(p.legal_middle, q.legal_middle, '') AND \
             COALESCE(q.legal_suffix, '') = COALESCE(p.legal_suffix, '') AND \
             q.person_id <> p.person_id AND ",
            known!("p"),
            " AND ",
            known!("q"),
            " ORDER BY p.person_id, q.source, q.person"
        )
    };
}
const LOOK_ALIKES: Sql = of_ids!(look_alikes!());

/// Each pair of rows once: the source by name and number first.
macro_rules! contradictions {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id, p.source, q.source AS other_source, \
             CAST(CASE WHEN q.birth_date <> p.birth_date THEN 1 ELSE 0 END AS BIGINT) \
             AS birth_date, \
             CAST(CASE WHEN q.legal_given <> p.legal_given OR \
             COALESCE(q.legal_family, '') <> COALESCE(p.legal_family, '') THEN 1 ELSE 0 END \
             AS BIGINT) AS name FROM people p CROSS JOIN people q WHERE p.person_id ",
            $in_set,
            " AND q.person_id = p.person_id AND (p.source < q.source OR (p.source = q.source AND \
             p.person < q.person)) AND (q.birth_date <> p.birth_date OR \
             q.legal_given <> p.legal_given OR \
             COALESCE(q.legal_family, '') <> COALESCE(p.legal_family, '')) AND ",
            known!("p"),
            " AND ",
            known!("q"),
            " ORDER BY p.person_id, p.source, p.person, q.source, q.person"
        )
    };
}
const CONTRADICTIONS: Sql = of_ids!(contradictions!());

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

/// The same for the catalogue's rows that the people's marks name; they are about nobody.
macro_rules! course_places {
    ($in_set:literal, $named:literal) => {
        concat!(
            "SELECT c.school, '' AS person, c.course AS name, c.source, i.import, i.name AS file, \
             c.line FROM courses c JOIN (SELECT DISTINCT m.source, m.school, m.course FROM marks m \
             JOIN people p ON p.source = m.source AND p.person = m.person WHERE p.person_id ",
            $in_set,
            " AND m.course ",
            $named,
            " AND ",
            known!("p"),
            " AND ",
            known!("m"),
            ") u ON u.source = c.source AND u.school = c.school AND u.course = c.course \
             JOIN import_files i ON i.number = c.file WHERE ",
            known!("c"),
            " ORDER BY c.source"
        )
    };
}

/// The tables that a finding can be about, each with the column that names a row in it.
const PLACES: [(&str, Sql); 7] = [
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
    (
        "courses",
        Sql::pair(
            course_places!(
                "IN (SELECT unhex(value) FROM json_each($1))",
                "IN (SELECT value FROM json_each($3))"
            ),
            course_places!("= ANY($1)", "= ANY($3)"),
        ),
    ),
];

impl Store {
    /// The first people after `after` whom a source knows, or any source; at most
    /// [`PEOPLE_PER_READ_MAX`], and none where there are no more.
    ///
    /// # Errors
    /// What the database said.
    pub async fn people_after(
        &self,
        after: Option<PersonId>,
        source: Option<&str>,
        known: Timestamp,
    ) -> Result<Vec<PersonId>, StoreError> {
        // Every id comes after no bytes.
        let after = after.map_or(Vec::new(), |id| id.as_bytes().to_vec());
        let values = [
            after.as_slice().into(),
            instant_text(known).into(),
            source.unwrap_or_default().into(),
            (PEOPLE_PER_READ_MAX as i64).into(),
        ];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(PAGE, &values).await?;
        rows.iter()
            .map(|row| row.id("person_id").map(PersonId))
            .collect()
    }

    /// Other people with the name and date of birth of one of these.
    ///
    /// # Errors
    /// What the database said.
    pub async fn look_alikes(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<LookAlike>, StoreError> {
        let rows = self.ask(LOOK_ALIKES, people, known).await?;
        rows.iter()
            .map(|row| {
                Ok(LookAlike {
                    person: PersonId(row.id("person_id")?),
                    other_school: row.text("school")?,
                    other_number: row.text("person")?,
                    other_source: row.text("source")?,
                })
            })
            .collect()
    }

    /// Rows of these people that contradict each other.
    ///
    /// # Errors
    /// What the database said.
    pub async fn contradictions(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<Contradiction>, StoreError> {
        let rows = self.ask(CONTRADICTIONS, people, known).await?;
        rows.iter()
            .map(|row| {
                Ok(Contradiction {
                    person: PersonId(row.id("person_id")?),
                    sources: [row.text("source")?, row.text("other_source")?],
                    birth_date: row.integer("birth_date")? == 1,
                    name: row.integer("name")? == 1,
                })
            })
            .collect()
    }

    async fn ask(
        &self,
        sql: Sql,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<Row>, StoreError> {
        let people = Value::ids(people.iter().map(PersonId::as_bytes));
        let values = [people, instant_text(known).into()];
        let mut connection = self.connection().await?;
        connection.session().rows(sql, &values).await
    }

    /// Where these rows of these people were read, one statement for each table among them. Of
    /// several sources with such a row, the first by name.
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
                let name = RowName {
                    table,
                    school: row.text("school")?,
                    person: row.text("person")?,
                    name: row.text("name")?,
                };
                let place = RowPlace {
                    source: row.text("source")?,
                    import: row.integer("import")?,
                    file: row.text("file")?,
                    line: row.integer("line")?.unsigned_abs(),
                };
                places.entry(name).or_insert(place);
            }
        }
        Ok(places)
    }
}
