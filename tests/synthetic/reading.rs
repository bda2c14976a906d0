//! Reads a package back through `intake`, so that nothing here trusts the generator's own word.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use registrar::intake::package::Row;
use registrar::intake::{Package, Reading, TableReader, open};
use registrar::record::{
    Award, Course, CumulativeItem, DeclaredTotal, District, Enrolment, Fulfilment, GraduationPlan,
    Mark, Person, School, Term,
};

/// Every row of one or more packages, by table.
#[derive(Default)]
pub struct Records {
    pub districts: Vec<District>,
    pub schools: Vec<School>,
    pub people: Vec<Person>,
    pub cumulative: Vec<CumulativeItem>,
    pub enrolments: Vec<Enrolment>,
    pub terms: Vec<Term>,
    pub courses: Vec<Course>,
    pub marks: Vec<Mark>,
    pub totals: Vec<DeclaredTotal>,
    pub plans: Vec<GraduationPlan>,
    pub awards: Vec<Award>,
    pub fulfilments: Vec<Fulfilment>,
}

impl Records {
    /// Reads a package; panics at the first thing that an import would refuse.
    pub fn read(folder: &Path) -> Self {
        let package = open(folder).expect("the manifest is in order");
        assert!(package.problems.is_empty(), "{:?}", package.problems);
        Self {
            districts: rows(&package),
            schools: rows(&package),
            people: rows(&package),
            cumulative: rows(&package),
            enrolments: rows(&package),
            terms: rows(&package),
            courses: rows(&package),
            marks: rows(&package),
            totals: rows(&package),
            plans: rows(&package),
            awards: rows(&package),
            fulfilments: rows(&package),
        }
    }

    /// The courses by school and number.
    pub fn courses_by_number(&self) -> BTreeMap<(&str, &str), &Course> {
        let courses = self.courses.iter();
        courses
            .map(|course| ((course.school.as_str(), course.course.as_str()), course))
            .collect()
    }

    /// The marks of each person, in the order of the file.
    pub fn marks_by_person(&self) -> BTreeMap<&str, Vec<&Mark>> {
        let mut marks: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
        for mark in &self.marks {
            marks.entry(&mark.person).or_default().push(mark);
        }
        marks
    }
}

/// The rows of a table that the package names, none withdrawn.
pub fn rows<R: Row>(package: &Package) -> Vec<R> {
    readings(package).into_iter().map(|(_, row)| row).collect()
}

/// The rows of a table, each with whether it is withdrawn; none where the package lacks the table.
pub fn readings<R: Row>(package: &Package) -> Vec<(bool, R)> {
    let Some((table, file)) = package.file(R::TABLE) else {
        assert!(
            !package.manifest.tables.contains_key(&R::TABLE),
            "{:?}",
            R::TABLE
        );
        return Vec::new();
    };
    let mut reader = TableReader::new(&package.manifest, table, file);
    let mut rows = Vec::new();
    while let Some(reading) = reader.read() {
        match reading {
            Reading::Row { row, withdrawn, .. } => rows.push((withdrawn, row)),
            Reading::Refused { problems, .. } | Reading::File(problems) => {
                panic!("{}: {problems:?}", R::TABLE.name())
            }
        }
    }
    rows
}

/// Every row must name what exists, and no key may stand twice: what an import would refuse.
pub fn assert_references(records: &Records) {
    let [district] = &records.districts[..] else {
        panic!("one district: {:?}", records.districts);
    };
    let schools = records.schools.iter();
    assert!(
        schools
            .clone()
            .all(|school| school.district == district.code)
    );
    let schools: BTreeSet<&str> = schools.map(|row| row.school.as_str()).collect();
    let people: BTreeSet<&str> = records
        .people
        .iter()
        .map(|row| row.person.as_str())
        .collect();
    for (school, person) in owners(records) {
        assert!(schools.contains(school), "school {school}");
        assert!(people.contains(person), "person {person}");
    }
    let terms = records
        .terms
        .iter()
        .map(|row| (row.school.as_str(), row.term.as_str()));
    let terms: BTreeSet<(&str, &str)> = terms.collect();
    let courses = records.courses_by_number();
    for mark in &records.marks {
        let school = mark.school.as_str();
        assert!(terms.contains(&(school, &mark.term)), "{mark:?}");
        assert!(courses.contains_key(&(school, &mark.course)), "{mark:?}");
    }
    assert_keys(records);
}

/// The school and the person of every row that has both.
fn owners(records: &Records) -> Vec<(&str, &str)> {
    let mut owners: Vec<(&str, &str)> = Vec::new();
    macro_rules! owners_of {
        ($($table:ident),+) => {
            $(owners.extend(records.$table.iter().map(|row| {
                (row.school.as_str(), row.person.as_str())
            }));)+
        };
    }
    owners_of!(
        people,
        cumulative,
        enrolments,
        marks,
        totals,
        plans,
        awards,
        fulfilments
    );
    owners
}

fn assert_keys(records: &Records) {
    assert_unique("people", records.people.iter().map(|row| &row.person));
    assert_unique("postings", records.marks.iter().map(|row| &row.posting));
    assert_unique("plans", records.plans.iter().map(|row| &row.person));
    let state_ids = records
        .people
        .iter()
        .filter_map(|row| row.state_id.as_ref());
    assert_unique("state ids of one source", state_ids);
    let enrolments = records.enrolments.iter();
    let enrolments = enrolments.map(|row| (&row.person, &row.school, row.entered_on));
    assert_unique("enrolments", enrolments);
    let fulfilments = records.fulfilments.iter();
    let fulfilments = fulfilments.map(|row| (&row.person, &row.requirement));
    assert_unique("fulfilments", fulfilments);
    let awards = records.awards.iter();
    assert_unique(
        "awards",
        awards.map(|row| (&row.person, row.award, &row.detail)),
    );
}

/// No key may stand twice.
pub fn assert_unique<K: Ord + std::fmt::Debug>(what: &str, keys: impl Iterator<Item = K>) {
    let mut keys: Vec<K> = keys.collect();
    keys.sort();
    if let Some(twice) = keys.windows(2).find(|two| two[0] == two[1]) {
        panic!("{what}: {:?} stands twice", twice[0]);
    }
}
