//! What two systems disagree about, line by line: what the district has to correct, and where.
//!
//! Owns the list, of which a report prints the sums: one line a disagreement, by school, with both
//! sides and the file and line where each was read. It is a file of the bundle, and what
//! `registrar compliance reconcile` writes, byte for byte the same.
//!
//! Never: a name or a date of birth, but where the date itself is what the systems disagree about.
//!
//! Next: `compliance/reconcile.rs` compares.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::IssueError;
use super::compliance::{Compliance, Measured};
use crate::compliance::{Discrepancy, Said};
use crate::record::{PersonId, Pseudonyms, RowName};
use crate::store::{PEOPLE_PER_READ_MAX, RowPlace};

/// The columns: what, about whom, then what is counted, then what another system says.
pub const RECONCILIATION_COLUMNS: [&str; 17] = [
    "field",
    "person",
    "school",
    "value",
    "source",
    "table",
    "row",
    "import",
    "file",
    "line",
    "other_value",
    "other_source",
    "other_table",
    "other_row",
    "other_import",
    "other_file",
    "other_line",
];

/// How many disagreements there are about the pupils of a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SchoolDisagreements {
    /// Lines of the list.
    pub disagreements: u64,
    /// People, each counted once.
    pub people: u64,
}

/// The list and its sums.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    /// The list as CSV, its heading first.
    pub list: Vec<u8>,
    /// By the school's state code; empty where no system names one.
    pub schools: BTreeMap<String, SchoolDisagreements>,
    /// People in all, each counted once.
    pub people: u64,
}

impl Compliance {
    /// The list of what was found while measuring.
    ///
    /// # Errors
    /// [`IssueError`], where the places of rows cannot be read.
    pub async fn reconciliation(&self, measured: &Measured) -> Result<Reconciliation, IssueError> {
        let mut found: Vec<&Discrepancy> = measured.discrepancies.iter().collect();
        let pseudonyms = &self.around.pseudonyms;
        found.sort_by_cached_key(|it| (&it.school, it.kind, pseudonyms.person(it.person)));
        let places = self.places_of_all(&found).await?;
        let mut list = csv::Writer::from_writer(Vec::new());
        let mut write = |cells: &[String]| {
            list.write_record(cells).expect("a vector takes every line");
        };
        write(&RECONCILIATION_COLUMNS.map(str::to_owned));
        let mut schools: BTreeMap<String, (u64, BTreeSet<PersonId>)> = BTreeMap::new();
        for it in &found {
            let school = it.school.clone().unwrap_or_default();
            let own = [
                it.kind.word().to_owned(),
                pseudonyms.person(it.person),
                school.clone(),
            ];
            let sides = it
                .said
                .iter()
                .flat_map(|said| side(said, (&places, pseudonyms)));
            let cells: Vec<String> = own.into_iter().chain(sides).collect();
            write(&cells);
            let (disagreements, people) = schools.entry(school).or_default();
            *disagreements += 1;
            people.insert(it.person);
        }
        let people: BTreeSet<PersonId> = found.iter().map(|it| it.person).collect();
        let counted = |(school, (disagreements, people)): (String, (u64, BTreeSet<PersonId>))| {
            let people = people.len() as u64;
            let counted = SchoolDisagreements {
                disagreements,
                people,
            };
            (school, counted)
        };
        Ok(Reconciliation {
            list: list.into_inner().expect("a vector takes every line"),
            schools: schools.into_iter().map(counted).collect(),
            people: people.len() as u64,
        })
    }

    /// Where every row was read that says something of it, a page of people at a time.
    async fn places_of_all(
        &self,
        found: &[&Discrepancy],
    ) -> Result<HashMap<RowName, RowPlace>, IssueError> {
        let mut rows: BTreeMap<PersonId, BTreeSet<RowName>> = BTreeMap::new();
        for it in found {
            let of_person = rows.entry(it.person).or_default();
            of_person.extend(it.said.iter().filter_map(|said| said.row.clone()));
        }
        let people: Vec<PersonId> = rows.keys().copied().collect();
        let mut places = HashMap::new();
        for page in people.chunks(PEOPLE_PER_READ_MAX) {
            let of_page = page.iter().flat_map(|person| &rows[person]);
            let of_page: Vec<RowName> = of_page.cloned().collect();
            let read = self.store.places(page, &of_page, self.as_known());
            places.extend(read.await?);
        }
        Ok(places)
    }
}

/// The cells of one side: what it says, who says it, and the row, where there is one.
fn side(
    said: &Said,
    (places, pseudonyms): (&HashMap<RowName, RowPlace>, &Pseudonyms),
) -> [String; 7] {
    let row = said.row.as_ref();
    let place = row.and_then(|row| places.get(row));
    let number = |number: Option<String>| number.unwrap_or_default();
    [
        said.value.clone(),
        said.source.clone(),
        row.map(|row| row.table.to_owned()).unwrap_or_default(),
        row.map(|row| pseudonyms.row(&row.clone().of_source(&said.source)))
            .unwrap_or_default(),
        number(place.map(|it| it.import.to_string())),
        place.map(|it| it.file.clone()).unwrap_or_default(),
        number(place.map(|it| it.line.to_string())),
    ]
}
