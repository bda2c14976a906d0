//! Reads a package back through `intake`, so that nothing here trusts the generator's own word.

use std::collections::BTreeMap;
use std::path::Path;

use registrar::intake::package::Row;
use registrar::intake::{Package, Reading, TableReader, open};
use registrar::record::{
    Award, Course, CumulativeItem, DeclaredTotal, District, Enrolment, GraduationPlan, Mark,
    Person, School, Term,
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
fn rows<R: Row>(package: &Package) -> Vec<R> {
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

/// Every row must name what exists: what a database would refuse otherwise.
pub fn assert_references(records: &Records) {
    use std::collections::BTreeSet;
    let schools: BTreeSet<&str> = records
        .schools
        .iter()
        .map(|row| row.school.as_str())
        .collect();
    let terms: BTreeSet<(&str, &str)> = records
        .terms
        .iter()
        .map(|row| (row.school.as_str(), row.term.as_str()))
        .collect();
    let people: BTreeSet<&str> = records
        .people
        .iter()
        .map(|row| row.person.as_str())
        .collect();
    let courses = records.courses_by_number();
    let [district] = &records.districts[..] else {
        panic!("one district: {:?}", records.districts);
    };
    assert!(
        records
            .schools
            .iter()
            .all(|school| school.district == district.code)
    );
    let owner = |school: &str, person: &str| {
        assert!(schools.contains(school), "school {school}");
        assert!(people.contains(person), "person {person}");
    };
    for mark in &records.marks {
        owner(&mark.school, &mark.person);
        assert!(
            terms.contains(&(mark.school.as_str(), mark.term.as_str())),
            "{mark:?}"
        );
        assert!(
            courses.contains_key(&(mark.school.as_str(), mark.course.as_str())),
            "{mark:?}"
        );
    }
    records
        .people
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    records
        .cumulative
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    records
        .enrolments
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    records
        .totals
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    records
        .plans
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    records
        .awards
        .iter()
        .for_each(|row| owner(&row.school, &row.person));
    assert_unique(
        "people",
        records.people.iter().map(|row| row.person.clone()),
    );
    assert_unique(
        "postings",
        records.marks.iter().map(|row| row.posting.clone()),
    );
    assert_unique("plans", records.plans.iter().map(|row| row.person.clone()));
    let state_ids = records.people.iter().filter_map(|row| row.state_id.clone());
    assert_unique("state ids of one source", state_ids);
    assert_unique(
        "enrolments",
        records
            .enrolments
            .iter()
            .map(|row| (row.person.clone(), row.school.clone(), row.entered_on)),
    );
    assert_unique(
        "awards",
        records
            .awards
            .iter()
            .map(|row| (row.person.clone(), row.award, row.detail.clone())),
    );
}

fn assert_unique<K: Ord + std::fmt::Debug>(what: &str, keys: impl Iterator<Item = K>) {
    let mut keys: Vec<K> = keys.collect();
    keys.sort();
    if let Some(twice) = keys.windows(2).find(|two| two[0] == two[1]) {
        panic!("{what}: {:?} stands twice", twice[0]);
    }
}
