//! The fixtures that ship: made by the generator, joined with cases written by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use registrar::host;
use registrar::intake::open;
use registrar::record::{AwardKind, Credits, DeclaredTotal, Mark, Person};
use registrar::synthetic::{CENTRAL, CHARTERS, Plan, SEDS, generate};

use super::district::bytes;
use super::reading::{Records, assert_references, readings, rows};

/// Set to rewrite `fixtures/district` instead of comparing it.
const REWRITE: &str = "REGISTRAR_REWRITE_FIXTURES";

/// `fixtures/` may not grow beyond what a clone should carry.
const DISTRICT_BYTES_MAX: usize = 3_700_000;

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// A small district with enough seniors for graduating classes at two high schools and a charter.
fn plan() -> Plan {
    Plan {
        grade_weights: [44, 36, 36, 36, 36, 36, 36, 40, 44, 48, 56, 52, 54, 112],
        ..Plan::new(1010, 7)
    }
}

/// The generated district with the hand-written rows behind the generated ones.
fn assembled() -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    generate(&plan(), folder.path(), &mut |_| {}).expect("a district");
    let mut files = bytes(folder.path());
    for source in [CENTRAL, CHARTERS] {
        for entry in fs::read_dir(fixtures("hard-cases").join(source)).expect("hard cases") {
            let path = entry.expect("an entry").path();
            let table = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let rows = fs::read_to_string(&path).expect("text");
            let (header, rows) = rows.split_once('\n').expect("a header");
            let file = files
                .get_mut(&format!("{source}/{table}"))
                .expect("a table of the package");
            assert!(
                file.starts_with(header.as_bytes()),
                "{source}/{table} has other columns"
            );
            file.extend_from_slice(rows.as_bytes());
        }
    }
    files
}

#[test]
fn the_fixture_district_is_the_generator_and_the_hard_cases_byte_for_byte() {
    let files = assembled();
    if host::environment(REWRITE).is_some() {
        for (name, content) in &files {
            let path = fixtures("district").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write in");
            fs::write(path, content).expect("a file to write");
        }
    }
    let shipped = bytes(&fixtures("district"));
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        shipped.keys().collect::<Vec<_>>()
    );
    for (name, content) in &files {
        assert!(
            content == &shipped[name],
            "{name} differs; {REWRITE}=1 rewrites it"
        );
    }
    let size: usize = files.values().map(Vec::len).sum();
    assert!(size < DISTRICT_BYTES_MAX, "{size} bytes");
}

#[test]
fn no_hard_case_is_known_to_the_special_education_system() {
    let hard = Records::read(&fixtures("district").join(CENTRAL));
    let hard = hard
        .people
        .iter()
        .filter(|row| row.person.starts_with("9000"));
    let hard: Vec<_> = hard.map(|row| row.state_id.clone()).collect();
    let package = open(&fixtures("district").join(SEDS)).expect("a package");
    let known = rows::<Person>(&package);
    assert!(
        hard.len() > 20 && known.len() > 100,
        "{} {}",
        hard.len(),
        known.len()
    );
    assert!(known.iter().all(|row| !hard.contains(&row.state_id)));
}

#[test]
fn the_fixture_district_can_be_imported_whole() {
    for source in [CENTRAL, CHARTERS] {
        assert_references(&Records::read(&fixtures("district").join(source)));
    }
}

#[test]
fn two_high_schools_and_a_charter_have_a_graduating_class() {
    let mut classes: Vec<usize> = Vec::new();
    for source in [CENTRAL, CHARTERS] {
        let records = Records::read(&fixtures("district").join(source));
        let mut diplomas: BTreeMap<&str, usize> = BTreeMap::new();
        for award in records
            .awards
            .iter()
            .filter(|award| award.award == AwardKind::Diploma)
        {
            *diplomas.entry(&award.school).or_default() += 1;
        }
        let mut largest: Vec<usize> = diplomas.into_values().collect();
        largest.sort_unstable_by(|one, other| other.cmp(one));
        classes.extend(&largest[..if source == CENTRAL { 2 } else { 1 }]);
    }
    assert!((60..=80).contains(&classes[0]), "{classes:?}");
    assert!(classes[1] >= 30 && classes[2] >= 12, "{classes:?}");
}

fn posted<'a>(records: &'a Records, person: &str) -> Vec<&'a Mark> {
    let marks = records.marks.iter().filter(|mark| mark.person == person);
    marks.filter(|mark| mark.mark.is_some()).collect()
}

fn earned(marks: &[&Mark]) -> Credits {
    marks.iter().map(|mark| mark.credit_earned).sum()
}

#[test]
fn each_hard_case_is_what_its_description_says() {
    let central = Records::read(&fixtures("district").join(CENTRAL));
    let charters = Records::read(&fixtures("district").join(CHARTERS));
    let marks = |person| posted(&central, person);
    assert_eq!(marks("9000001").len(), 56);
    assert!(
        marks("9000001")
            .iter()
            .any(|mark| mark.credit_attempted.is_zero())
    );
    assert!(marks("9000002").len() > 80);
    assert_eq!(posted(&charters, "HC-9000003").len(), 21);
    assert!(marks("9000004").iter().any(|mark| {
        mark.title
            .as_ref()
            .is_some_and(|title| title.chars().count() > 95)
    }));
    assert!(
        marks("9000013")
            .iter()
            .any(|mark| mark.credit_earned.to_string() == "1.875")
    );
    assert!(
        !central
            .totals
            .iter()
            .any(|total| { total.person == "9000015" && total.figure == "gpa:unweighted" })
    );
    assert_eq!(earned(&marks("9000017")).to_string(), "209.00");
    assert!(earned(&marks("9000020")).is_zero());
    let person = |id: &str| {
        central
            .people
            .iter()
            .find(|person| person.person == id)
            .expect("a hard case")
    };
    assert_eq!(
        person("9000019").legal_name(),
        "#strong[x] {{ 7*7 }} =SUM(A1) $1^2$"
    );
    assert_eq!(person("9000016").state_id, None);
    assert_eq!(person("9000021").birth_date, person("9000022").birth_date);
    assert_eq!(person("9000024").printed_name, None);
    let declared =
        |total: &&DeclaredTotal| total.person == "9000025" && total.figure == "credit_earned";
    let declared = central
        .totals
        .iter()
        .find(declared)
        .expect("a declared total");
    assert_ne!(declared.value, earned(&marks("9000025")).to_string());
}

#[test]
fn the_corrections_change_add_and_withdraw_one_mark_of_the_district() {
    let before = Records::read(&fixtures("district").join(CENTRAL));
    let package = open(&fixtures("corrections").join(CENTRAL)).expect("a package");
    assert!(package.problems.is_empty(), "{:?}", package.problems);
    let district = open(&fixtures("district").join(CENTRAL)).expect("a package");
    assert_eq!(package.manifest.source, district.manifest.source);
    assert!(package.manifest.exported_at > district.manifest.exported_at);

    let corrections: Vec<(bool, Mark)> = readings(&package);
    let known = |mark: &Mark| before.marks.iter().find(|row| row.posting == mark.posting);
    let [(false, corrected), (false, added), (true, withdrawn)] = &corrections[..] else {
        panic!("{corrections:?}");
    };
    let original = known(corrected).expect("a mark to correct");
    assert_ne!(original.mark, corrected.mark);
    assert_eq!(
        (&original.course, &original.term),
        (&corrected.course, &corrected.term)
    );
    assert_eq!(known(added), None);
    let number = (added.school.as_str(), added.course.as_str());
    assert!(before.courses_by_number().contains_key(&number));
    assert_eq!(known(withdrawn), Some(withdrawn));
    let totals: Vec<(bool, DeclaredTotal)> = readings(&package);
    assert_eq!(totals.len(), 3);
}
