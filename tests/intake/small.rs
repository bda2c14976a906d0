//! A package of one school, small enough to read, for the tests of imports.

use std::fs;
use std::path::{Path, PathBuf};

use registrar::intake::Options;
use registrar::intake::package::{Manifest, ManifestTable, Mode, Schools, Table, Writer};
use registrar::record::{
    CharterStatus, Course, Credits, District, GradeLevel, HonorsKind, Mark, MarkKind, Person,
    School, SchoolKind, SchoolYear, Term, TermKind,
};

pub const SCHOOL: &str = "19647331930361";
pub const FIRST: &str = "2026-06-12T18:00:00Z";
pub const SECOND: &str = "2026-06-19T18:00:00Z";

/// A package of one school whose people each have one mark.
pub struct Package {
    _temporary: tempfile::TempDir,
    pub folder: PathBuf,
}

/// The tables of a small package.
pub const TABLES: [Table; 6] = [
    Table::Districts,
    Table::Schools,
    Table::People,
    Table::Terms,
    Table::Courses,
    Table::Marks,
];

pub fn manifest(exported_at: &str, mode: Mode) -> Manifest {
    let entry = |table: Table| (table, ManifestTable::new(table, mode));
    Manifest {
        source: "aeries".to_owned(),
        district: "1964733".to_owned(),
        exported_at: exported_at.parse().expect("an instant"),
        schools: Schools::Named([SCHOOL.to_owned()].into()),
        tables: TABLES.into_iter().map(entry).collect(),
    }
}

pub fn person(number: usize) -> Person {
    Person {
        school: SCHOOL.into(),
        person: number.to_string(),
        state_id: None,
        legal_given: format!("Ánh {number}"),
        legal_middle: None,
        legal_family: Some("O’Brien, \"Lee\"".into()),
        legal_suffix: None,
        chosen_name: None,
        printed_name: None,
        birth_date: "2008-03-09".parse().expect("a date"),
        mailing_address: None,
    }
}

pub fn mark(person: usize, letter: &str) -> Mark {
    Mark {
        school: SCHOOL.into(),
        posting: format!("P{person}"),
        person: person.to_string(),
        term: "2025-F".into(),
        course: "110101".into(),
        title: None,
        taken_at: None,
        kind: MarkKind::Regular,
        mark: Some(letter.into()),
        credit_attempted: Credits::from_thousandths(5000),
        credit_earned: Credits::from_thousandths(5000),
        grade_level: GradeLevel::new(12).expect("a grade"),
        posted_by: None,
        posted_at: None,
    }
}

/// What every mark of these tests rests on.
pub struct Catalogue {
    pub district: District,
    pub school: School,
    pub term: Term,
    pub course: Course,
}

pub fn catalogue() -> Catalogue {
    let district = District {
        code: "1964733".into(),
        name: "Los Alisos Unified School District".into(),
        state: "CA".into(),
        contact: None,
    };
    let school = School {
        school: SCHOOL.into(),
        district: "1964733".into(),
        name: "Arroyo Vista High School".into(),
        ceeb: Some("051234".into()),
        kind: SchoolKind::High,
        charter: CharterStatus::None,
        local_district: None,
        street: "2100 Mission Road".into(),
        city: "Los Alisos".into(),
        state: "CA".into(),
        postal_code: "90031".into(),
        phone: None,
    };
    let term = Term {
        school: SCHOOL.into(),
        term: "2025-F".into(),
        name: "Fall 2025".into(),
        school_year: SchoolYear::beginning(2025).expect("a year"),
        kind: TermKind::Semester,
        begins_on: "2025-08-14".parse().expect("a date"),
        ends_on: "2025-12-19".parse().expect("a date"),
    };
    let course = Course {
        school: SCHOOL.into(),
        course: "110101".into(),
        title: "English 12".into(),
        subject: "english".into(),
        ag_area: None,
        honors: HonorsKind::None,
        state_course_code: None,
        credit_value: Credits::from_thousandths(5000),
        sequence: None,
        level: None,
        part: None,
        repeatable: None,
        graduation_credit: None,
        retired_on: None,
    };
    Catalogue {
        district,
        school,
        term,
        course,
    }
}

pub fn write_catalogue(writer: &mut Writer) {
    let whole = catalogue();
    writer.write(&whole.district).expect("written");
    writer.write(&whole.school).expect("written");
    writer.write(&whole.term).expect("written");
    writer.write(&whole.course).expect("written");
}

impl Package {
    /// People 0 to `people`, each with the mark that `letter` gives.
    pub fn new(exported_at: &str, people: usize, letter: impl Fn(usize) -> &'static str) -> Self {
        Self::written(manifest(exported_at, Mode::Full), |writer| {
            write_catalogue(writer);
            for number in 0..people {
                writer.write(&person(number)).expect("written");
                writer
                    .write(&mark(number, letter(number)))
                    .expect("written");
            }
        })
    }

    pub fn written(manifest: Manifest, rows: impl FnOnce(&mut Writer)) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folder = temporary.path().join("package");
        let mut writer = Writer::create(&folder, manifest).expect("a new folder");
        rows(&mut writer);
        writer.finish().expect("written");
        Self {
            _temporary: temporary,
            folder,
        }
    }

    /// Spoils the file: the first `from` becomes `to`.
    pub fn with(self, file: &str, from: &str, to: &str) -> Self {
        replace(&self.folder.join(file), from, to);
        self
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.with_file_name(name)
    }
}

pub fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("it is there");
    assert!(text.contains(from), "{from} is in {}", file.display());
    fs::write(file, text.replacen(from, to, 1)).expect("written");
}

pub fn all_a(_: usize) -> &'static str {
    "A"
}

pub fn strict() -> Options {
    Options::default()
}

pub fn holding(quarantine: &Path) -> Options {
    Options {
        hold: true,
        quarantine_out: Some(quarantine.to_owned()),
        ..Options::default()
    }
}
