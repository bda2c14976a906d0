//! What the public edition of a whole decree costs: `cargo bench --bench suppression`.
//!
//! A district of 1,000 schools and some 77,000 pupils with a plan is made up: what 640,000 students
//! come to, of whom 12 in a hundred have one. Every outcome of both decrees that ship is counted,
//! and every table that a report prints of it is suppressed: the total, by each characteristic, by
//! kind of school, charter and local district, and every school; first with no edition before it,
//! then as a later report does, with that edition in its history. It must be over within the bar on
//! two cores, and one thread must hide the same as two.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and reads its arguments"
)]

#[path = "../tests/suppression/tallies.rs"]
mod tallies;

use std::time::Instant;

use registrar::compliance::public::{PublicEdition, publish};
use registrar::compliance::suppression::{DEFAULT_POLICY, Policy, Published, Value};

use tallies::{MadeUp, Numbers, made_up};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DECREES: [&str; 2] = [
    include_str!("../report-templates/chanda-smith/decree.toml"),
    include_str!("../report-templates/idea-part-b/decree.toml"),
];

const SCHOOLS: u64 = 1_000;

/// How long the public edition of one decree may take on two cores.
const SECONDS_MAX: f64 = 30.0;

/// Many schools have 20 to 80 pupils with a plan, some 300.
fn pupils(numbers: &mut Numbers) -> u64 {
    15 + numbers.below(60) + numbers.below(8) * numbers.below(8) * numbers.below(6)
}

fn main() {
    let policy = Policy::read(DEFAULT_POLICY).expect("the policy that ships");
    let mut slow = Vec::new();
    for decree in DECREES {
        let district = made_up(decree, &[], SCHOOLS, 1, pupils);
        let id = &district.decree.text.id;
        let first = measured(&district, &policy, &[], "first edition");
        let told: Vec<Published> = first.0.told().cloned().collect();
        let later = measured(&district, &policy, &told, "the same, in its history");
        for seconds in [first.1, later.1] {
            if seconds > SECONDS_MAX {
                slow.push(format!("{id}: {seconds:.1} s (bar: {SECONDS_MAX} s)"));
            }
        }
    }
    assert!(slow.is_empty(), "too slow: {}", slow.join("; "));
}

/// Publishes on one thread and on two, and tells what it took.
fn measured(
    district: &MadeUp,
    policy: &Policy,
    history: &[Published],
    what: &str,
) -> (PublicEdition, f64) {
    let on = |threads: usize| {
        let begun = Instant::now();
        let edition = publish(&district.counted(history), policy, threads);
        let edition = edition.expect("tallies that add up");
        (edition, begun.elapsed().as_secs_f64())
    };
    let (one, seconds_of_one) = on(1);
    let (two, seconds) = on(2);
    assert!(one == two, "one thread hides something else than two");
    let tables = two.outcomes.iter().flat_map(|outcome| outcome.tables());
    let cells = tables.flat_map(|tables| &tables.cells);
    let stars = cells.clone().filter(|cell| cell.size.value == Value::Star);
    println!(
        "{}, {what}: {} outcomes, {} cells ({} hidden), {} counts exposed, {} steps: one thread \
         {seconds_of_one:.2} s, two {seconds:.2} s (bar: {SECONDS_MAX})",
        district.decree.text.id,
        two.outcomes.len(),
        cells.clone().count(),
        stars.count(),
        two.exposed().len(),
        two.steps(),
    );
    (two, seconds)
}
