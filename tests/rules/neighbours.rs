//! A student's figures are that student's: nobody else's records change them.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use registrar::host::Clock;
use registrar::intake::{self, Options, Verdict};
use registrar::record::{PersonId, Scope};
use registrar::store::{PEOPLE_PER_READ_MAX, Store, StudentQuery};
use registrar::transcript::{PartialPosting, Policy, Progress, assemble};

use crate::case::request;
use crate::common::{self, on_both_databases};

const POLICY: &str = include_str!("../../report-templates/transcript/policy.toml");

/// Whom the fixture's correction is about.
const CORRECTED: [&str; 3] = ["9000001", "9000017", "9000020"];

pub async fn import(store: &Store, package: &str, recorded_at: &str) {
    let clock = Clock::Fixed(recorded_at.parse().expect("an instant"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(package);
    let outcome = intake::import(store, &path, &Options::default(), clock, &mut |_| {}).await;
    let outcome = outcome.expect("the import runs");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
}

/// What the rules make of every student, by local number; read in sets of so many people.
async fn figures(store: &Store, at_once: usize) -> BTreeMap<String, String> {
    let policy = Policy::parse(POLICY).expect("the shipped rules");
    let known = store.recorded_instant(None).await.expect("read");
    let known: Timestamp = known.expect("something was imported");
    let query = StudentQuery::Everybody { grade_level: None };
    let found = store.find_people(&query, &Scope::District, known).await;
    let people: Vec<PersonId> = found.expect("found").people;
    let directory = store.directory(known).await.expect("read");
    let mut figures = BTreeMap::new();
    for people in people.chunks(at_once) {
        for record in store.records(people, known).await.expect("read") {
            let assembled = assemble(&record, &directory, &policy, &request());
            let progress = Progress::of(&policy, &record, "en");
            let partial = PartialPosting::of(&policy, &record);
            let told = format!("{assembled:?} {progress:?} {partial:?}");
            figures.insert(record.person.person, told);
        }
    }
    figures
}

on_both_databases!(an_unrelated_student_changes_nothing, |db| {
    let store = &db.store;
    import(store, "district/central", "2026-06-12T21:00:00Z").await;
    import(store, "district/charters", "2026-06-12T21:10:00Z").await;
    let before = figures(store, PEOPLE_PER_READ_MAX).await;
    assert!(before.len() > 1000, "{} students", before.len());
    // Whoever is read beside.
    assert!(
        figures(store, 37).await == before,
        "the set read at once changes a figure"
    );
    // Whatever lands for others.
    import(store, "corrections/central", "2026-06-20T08:00:00Z").await;
    let after = figures(store, PEOPLE_PER_READ_MAX).await;
    let changed = before
        .iter()
        .filter(|(student, figures)| after.get(*student) != Some(figures));
    let changed: Vec<&str> = changed.map(|(student, _)| student.as_str()).collect();
    assert_eq!(changed, CORRECTED);
});
