//! The fixture district: each hard case gives exactly the findings expected, with their lines.

use std::collections::BTreeMap;

use registrar::issue::{Counts, Examined, IssueError, Located};
use registrar::record::{DeclaredTotal, RecordedTotal};
use registrar::store::Store;
use registrar::transcript::assemble;
use registrar::transcript::audit::{Beside, audit};

use crate::common::{self, on_both_databases};
use crate::desk;

async fn findings(store: &Store, who: &Examined) -> (Vec<Located>, Counts) {
    let mut found = Vec::new();
    let keep = |located| {
        found.push(located);
        Ok::<(), IssueError>(())
    };
    let counts = desk::examination(store).await.findings(who, keep).await;
    (found, counts.expect("examined"))
}

/// Student, code, row, and where the row was read.
const HARD_CASES: &[(&str, &str, &str, &str)] = &[
    // A year's course that was passed again, and earned its credit again.
    (
        "9000012",
        "credit_twice",
        "marks 9000012-059",
        "marks.csv:15009",
    ),
    (
        "9000012",
        "credit_twice",
        "marks 9000012-060",
        "marks.csv:15010",
    ),
    // Twins, told apart by one accent alone: only a person can say that they are two.
    (
        "9000021",
        "person_twice",
        "people 9000021",
        "people.csv:1026",
    ),
    (
        "9000022",
        "person_twice",
        "people 9000022",
        "people.csv:1027",
    ),
    (
        "9000024",
        "glyph_missing",
        "people 9000024",
        "people.csv:1029",
    ),
    (
        "9000025",
        "total_differs",
        "totals credit_earned",
        "totals.csv:1105",
    ),
];

/// Every finding of the whole district: the student, the code and how many are told. Who failed
/// courses in semesters or thirds of a year and then came to a school of quarters, or left one, may
/// have made them up there, and no catalogue says which part made up which.
const DISTRICT: &[(&str, &str, usize)] = &[
    ("1000033", "repeat_unclear", 5),
    ("1000045", "repeat_unclear", 1),
    ("1000136", "repeat_unclear", 1),
    ("1000165", "total_differs", 1),
    ("1000224", "total_missing", 1),
    ("1000238", "total_missing", 1),
    ("1000254", "total_missing", 1),
    ("1000354", "total_missing", 1),
    ("1000363", "repeat_unclear", 6),
    ("1000450", "total_missing", 1),
    ("1000513", "total_differs", 1),
    ("1000552", "repeat_unclear", 4),
    ("1000556", "total_missing", 1),
    ("1000591", "total_missing", 1),
    ("1000610", "repeat_unclear", 3),
    ("1000610", "total_differs", 1),
    ("1000629", "repeat_unclear", 3),
    ("1000776", "total_differs", 1),
    ("1000800", "repeat_unclear", 1),
    ("1000805", "total_missing", 1),
    ("1000850", "repeat_unclear", 1),
    ("1000901", "total_missing", 1),
    ("1000949", "repeat_unclear", 3),
    ("1000973", "total_missing", 1),
    ("1000975", "course_twice_in_term", 4),
    ("1000985", "repeat_unclear", 1),
    ("9000012", "credit_twice", 2),
    ("9000021", "person_twice", 1),
    ("9000022", "person_twice", 1),
    ("9000024", "glyph_missing", 1),
    ("9000025", "total_differs", 1),
];

on_both_databases!(
    the_hard_cases_give_the_findings_expected_and_no_others,
    |db| {
        desk::district(&db.store).await;
        let everybody = Examined::Everybody { source: None };
        let (found, counts) = findings(&db.store, &everybody).await;
        let hard: Vec<_> = (found.iter())
            .filter(|it| it.finding.student.starts_with("90000"))
            .map(|it| {
                let row = it.finding.row.as_ref().expect("a row");
                let place = it.place.as_ref().expect("a place");
                assert_eq!(place.source, "marisol-central");
                (
                    it.finding.student.as_str(),
                    it.finding.code,
                    format!("{} {}", row.table, row.name),
                    format!("{}:{}", place.file, place.line),
                )
            })
            .collect();
        let mut hard: Vec<_> = (hard.iter())
            .map(|(student, code, row, place)| (*student, *code, &**row, &**place))
            .collect();
        hard.sort_unstable();
        assert_eq!(hard, HARD_CASES);
        let mut all: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for it in &found {
            let code = (it.finding.student.as_str(), it.finding.code);
            *all.entry(code).or_default() += 1;
            assert!(it.place.is_some(), "{it:?}");
        }
        let all: Vec<_> = (all.into_iter())
            .map(|((student, code), count)| (student, code, count))
            .collect();
        assert_eq!(all, DISTRICT);
        let sum = counts.errors + counts.warnings + counts.notes;
        assert_eq!(sum, found.len() as u64);
        assert_eq!(counts.students, 1036);
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_named_people_and_a_whole_district_tell_the_same_of_them() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let everybody = Examined::Everybody { source: None };
    let (all, _) = findings(store, &everybody).await;
    let people: Vec<_> = all.iter().map(|it| it.person).collect();
    let (named, _) = findings(store, &Examined::People(people.clone())).await;
    let mut once = people;
    once.dedup();
    let (once, counts) = findings(store, &Examined::People(once)).await;
    assert_eq!(once, all);
    assert!(named.len() >= all.len());
    assert!(counts.errors > 0);
    let charters = Examined::Everybody {
        source: Some("marisol-charters".into()),
    };
    let (_, charters) = findings(store, &charters).await;
    assert_eq!(charters.students, 69);
}

/// The audit computes a declared figure with what prints it, and must not drift from the page.
#[tokio::test(flavor = "multi_thread")]
async fn a_figure_that_is_declared_as_the_page_prints_it_never_differs() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let examination = desk::examination(store).await;
    let known = examination.recorded_at;
    let directory = store.directory(known).await.expect("read");
    let (policy, request) = (&examination.policy, &examination.request);
    let (mut last, mut compared) = (None, 0);
    loop {
        let page = store.people_after(last.as_ref(), None, known).await;
        let page = page.expect("read");
        let Some(end) = page.end else { break };
        last = Some(end);
        let records = store.records(&page.people, known).await;
        for mut record in records.expect("read") {
            let made = assemble(&record, &directory, policy, request);
            let Ok(page) = &made else { continue };
            let credits = &page.transcript.credits;
            let mut declared = vec![
                ("credit_attempted".to_owned(), credits.attempted.to_string()),
                ("credit_earned".to_owned(), credits.earned.to_string()),
            ];
            for trace in &page.traces {
                let value = trace.value.clone();
                declared.extend(value.map(|value| (format!("gpa:{}", trace.name), value)));
            }
            compared += declared.len();
            let total = |(figure, value)| RecordedTotal {
                source: record.source.clone(),
                total: DeclaredTotal {
                    school: record.person.school.clone(),
                    person: record.person.person.clone(),
                    figure,
                    value,
                },
            };
            record.totals = declared.into_iter().map(total).collect();
            let found = audit(
                &record,
                &made,
                &directory,
                policy,
                &Beside::default(),
                examination.on,
            );
            let differing = found.iter().find(|it| it.code == "total_differs");
            assert_eq!(differing, None, "{}", record.person.person);
        }
    }
    assert!(compared > 4000, "{compared}");
}
