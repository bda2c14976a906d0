//! Courses of the fixture district that were taken again under another title or number.

use registrar::record::Scope;
use registrar::store::{Store, StudentQuery};
use registrar::transcript::{LeftOutReason, Policy, assemble};

use crate::case::{POLICY, request};
use crate::common::{self, on_both_databases};
use crate::neighbours::import;

/// A posting that is left out, and the one that counts instead.
type Instead = (&'static str, &'static str);

/// Student, average, figure, and what was taken again.
const RETAKEN: &[(&str, &str, &str, &[Instead])] = &[
    // Geometry from a school elsewhere, titled `GEOMETRY - S1` and `- S2`, then at home.
    (
        "1000383",
        "uc-capped",
        "0.70",
        &[
            ("1000383-017", "1000383-029"),
            ("1000383-024", "1000383-034"),
        ],
    ),
    (
        "1000383",
        "cal-grant",
        "0.70",
        &[
            ("1000383-017", "1000383-029"),
            ("1000383-024", "1000383-034"),
        ],
    ),
    // Both at one charter school, under its own numbers.
    (
        "1000277",
        "uc-capped",
        "1.49",
        &[
            ("HC-0000277-021", "HC-0000277-037"),
            ("HC-0000277-022", "HC-0000277-038"),
        ],
    ),
    (
        "1000277",
        "cal-grant",
        "1.47",
        &[
            ("HC-0000277-021", "HC-0000277-037"),
            ("HC-0000277-022", "HC-0000277-038"),
        ],
    ),
    // Not the thirds HIS-140B and HIS-140C, for the quarters 374002 and 374003 are other parts.
    (
        "1000949",
        "uc-capped",
        "1.53",
        &[
            ("HC-0000949-016", "HC-0000949-032"),
            ("HC-0000949-029", "HC-0000949-031"),
            ("1000949-034", "1000949-052"),
        ],
    ),
    (
        "1000949",
        "cal-grant",
        "1.54",
        &[
            ("HC-0000949-016", "HC-0000949-032"),
            ("HC-0000949-029", "HC-0000949-031"),
            ("1000949-034", "1000949-052"),
        ],
    ),
];

/// What was retaken in an average of a student: the figure, and of each mark that is left out for
/// a retake the posting and the one that counts.
type Retaken = (String, Vec<(String, String)>);

async fn retaken(store: &Store, student: &str, average: &str) -> Retaken {
    let policy = Policy::parse(POLICY).expect("the shipped rules");
    let known = store
        .recorded_instant(None)
        .await
        .expect("read")
        .expect("imported");
    let query = StudentQuery::Numbers(vec![student.to_owned()]);
    let found = store.find_people(&query, &Scope::District, known).await;
    let people = found.expect("found").people;
    let directory = store.directory(known).await.expect("read");
    let record = store.records(&people, known).await.expect("read").remove(0);
    let made = assemble(&record, &directory, &policy, &request()).expect("a transcript");
    let mut traces = made.traces.into_iter();
    let trace = traces.find(|trace| trace.name == average).expect(average);
    let instead = trace
        .left_out
        .into_iter()
        .filter_map(|out| match out.reason {
            LeftOutReason::Repeat { counts, .. } => Some((out.name.posting, counts)),
            _ => None,
        });
    (trace.value.expect("a figure"), instead.collect())
}

on_both_databases!(
    a_course_is_retaken_whatever_it_is_called_where_it_is_taken,
    |db| {
        let store = &db.store;
        import(store, "district/central", "2026-06-12T21:00:00Z").await;
        import(store, "district/charters", "2026-06-12T21:10:00Z").await;
        let mut wrong = Vec::new();
        for (student, average, value, instead) in RETAKEN {
            let found = retaken(store, student, average).await;
            let name = |(out, counts): &(&str, &str)| (String::from(*out), String::from(*counts));
            let instead = instead.iter().map(name).collect();
            if found != (String::from(*value), instead) {
                wrong.push(format!("{student} {average} {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
);
