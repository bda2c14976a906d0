//! The rows of a plan, counted a second time.

use proptest::prelude::*;
use registrar::record::Credits;
use registrar::transcript::{Policy, assemble};

use super::{Of, Posting, postings, record};
use crate::case::{POLICY, directory, request};

/// A plan with everything that a row may ask for.
const PLAN: &str = r#"
[[plan]]
name = "recount"
label = { en = "Recount", es = "Recuento" }
source = "a plan of these tests"
[[plan.subject]]
label = { en = "English", es = "Inglés" }
credits = "20"
counts = ["english"]
[[plan.subject]]
label = { en = "History", es = "Historia" }
credits = "30"
counts = ["world_history", "us_history", "government"]
includes = [
    { credits = "10", subjects = ["world_history"] },
    { credits = "10", subjects = ["us_history"] },
    { credits = "5", subjects = ["government"] },
]
[[plan.subject]]
label = { en = "Mathematics", es = "Matemáticas" }
credits = "20"
counts = ["mathematics"]
includes = [{ credits = "10", sequence = "mathematics", level = 2 }]
[[plan.subject]]
label = { en = "Language", es = "Idioma" }
credits = "20"
counts = ["language"]
same_sequence = true
[[plan.subject]]
label = { en = "Surplus", es = "Excedente" }
credits = "15"
counts = ["college_preparatory_elective"]
takes_ag_surplus = true
[[plan.subject]]
label = { en = "Electives", es = "Optativas" }
credits = "40"
takes_the_rest = true
[[plan.limit]]
subjects = ["work_experience"]
credits = "10"
source = "a limit of these tests"
"#;

type Takes = fn(&Of) -> bool;
type Parts = &'static [(Takes, i64)];
/// What each row takes as its own, how much it asks for, and its parts.
const ROWS: [(Takes, i64, Parts); 4] = [
    (|of| of.subject == "english", 20_000, &[]),
    (
        |of| matches!(of.subject, "world_history" | "us_history" | "government"),
        30_000,
        &[
            (|of| of.subject == "world_history", 10_000),
            (|of| of.subject == "us_history", 10_000),
            (|of| of.subject == "government", 5_000),
        ],
    ),
    (
        |of| of.subject == "mathematics",
        20_000,
        &[(|of| matches!(of.level, "2" | "3" | "5"), 10_000)],
    ),
    (|of| of.subject == "language", 20_000, &[]),
];

/// Required, earned, in progress and needed of each row of the plan, its parts filled in any order.
fn plan_rows(postings: &[Posting]) -> Vec<[i64; 4]> {
    let credits = |under_way: bool, takes: &dyn Fn(&Of) -> bool, area: bool| -> i64 {
        let those = postings.iter().filter(|one| {
            let of = one.of();
            takes(of) && of.area.is_empty() != area && one.mark().is_empty() == under_way
        });
        let size = |one: &Posting| match under_way {
            true => one.posted_credits(),
            false => one.earned(),
        };
        those.map(size).sum()
    };
    let both = |under_way: bool, takes: &dyn Fn(&Of) -> bool| {
        credits(under_way, takes, true) + credits(under_way, takes, false)
    };
    // The language with the most; of equals the first by name.
    let has = |name: &str| {
        let takes = |of: &Of| of.subject == "language" && of.sequence == name;
        (both(false, &takes), both(true, &takes))
    };
    let language = if has("spanish") > has("french") {
        "spanish"
    } else {
        "french"
    };
    let (mut found, mut over) = (Vec::new(), [0; 2]);
    for (number, (takes, required, parts)) in ROWS.iter().enumerate() {
        let own = |of: &Of| takes(of) && (number != 3 || of.sequence == language);
        let waived = postings
            .iter()
            .filter(|one| own(one.of()) && one.mark() == "X");
        let waived: i64 = waived.map(|one| one.posted_credits()).sum();
        let required = required - waived.min(*required);
        let (mut of_area, mut open) = (credits(false, &own, true), 0);
        let mut beside = credits(false, &own, false);
        let mut room = required;
        for (part, asked_for) in parts.iter() {
            let part = |of: &Of| own(of) && part(of);
            let there = [credits(false, &part, false), credits(false, &part, true)];
            let first = there[0].min(*asked_for);
            let second = there[1].min(asked_for - first);
            beside -= first;
            of_area -= second;
            room -= first + second;
            open += asked_for - first - second;
        }
        let first = beside.min(room);
        let second = of_area.min(room - first);
        room -= first + second;
        over[0] += of_area - second;
        let under_way = both(true, &own).min(room);
        // Work without an area goes before work that has one.
        over[1] += credits(true, &own, true).min(both(true, &own) - under_way);
        found.push([
            required,
            required - room,
            under_way,
            room.max(open.min(required)),
        ]);
    }
    let no_row = |of: &Of| {
        let own = ROWS
            .iter()
            .enumerate()
            .any(|(number, (takes, ..))| takes(of) && (number != 3 || of.sequence == language));
        !own
    };
    let mut room = 15_000;
    let mut surplus = [0; 2];
    for (stage, under_way) in [false, true].into_iter().enumerate() {
        surplus[stage] = (over[stage] + credits(under_way, &no_row, true)).min(room);
        room -= surplus[stage];
    }
    found.push([15_000, surplus[0], surplus[1], room + surplus[1]]);
    let work = |of: &Of| of.subject == "work_experience";
    let (earned, under_way) = (both(false, &work), both(true, &work));
    let lost = [
        (earned - 10_000).max(0),
        (under_way - (10_000 - earned).max(0)).max(0),
    ];
    let mut rest = [
        both(false, &|_| true) - lost[0],
        both(true, &|_| true) - lost[1],
    ];
    for row in &found {
        rest[0] -= row[1];
        rest[1] -= row[2];
    }
    found.push([40_000, rest[0], rest[1], (40_000 - rest[0]).max(0)]);
    found
}

proptest! {
    #[test]
    fn plan_rows_are_counted_a_second_time(postings in postings()) {
        let policy = Policy::parse(&format!("{POLICY}\n{PLAN}")).expect("a policy");
        let record = record(&postings, "recount");
        let made = assemble(&record, &directory(), &policy, &request()).expect("a transcript");
        let requirements = made.transcript.requirements.expect("a plan");
        let found = requirements.subjects.iter().map(|row| {
            let row = [row.required, row.earned, row.in_progress, row.needed];
            row.map(Credits::thousandths)
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), plan_rows(&postings));
    }
}
