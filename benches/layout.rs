//! How many one-page official transcripts a second: layout and export, PDF/A-3a and PDF/UA-1.
//!
//! Every document is another student (names, figures, marks, the courses of each term), on one
//! thread, with the memo cache swept after each (`--keep N`: of what N documents did not use). Beside it PyPI's `typst` binding compiles
//! `benches/plain.typ`, the same page without attention to speed; the two take turns, and the best
//! round of each counts. The bar is three times its rate.
//!
//!     cargo bench --bench layout -- --python VENV/bin/python [--documents 200] [--rounds 3] [--keep 1]
#![expect(
    clippy::print_stdout,
    reason = "a bench reports on the standard output"
)]

#[path = "../tests/common/typst_world.rs"]
mod typst_world;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use registrar::template::Report;
use serde_json::{Value, json};
use typst_world::{PageWorld, export};

/// How often the shipped page must be faster than the plain one.
const BAR: f64 = 3.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        let value = at.and_then(|at| arguments.get(at + 1));
        value.map_or(default, String::as_str).to_owned()
    };
    let python = option("--python", "python3");
    let documents: usize = option("--documents", "200")
        .parse()
        .expect("a number of documents");
    let rounds: usize = option("--rounds", "3").parse().expect("a number of rounds");

    let keep: usize = option("--keep", "1")
        .parse()
        .expect("a number of documents");

    let report = Report::shipped("transcript").expect("it ships");
    let models = students(report.samples()["full-page"], documents);
    let mut world = PageWorld::new(&report.compose("en").expect("it composes").files);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = folder.path().join("models.jsonl");
    std::fs::write(&list, models.join(&b'\n')).expect("written");

    let (mut best_shipped, mut best_plain) = (0.0_f64, 0.0_f64);
    for round in 1..=rounds {
        let shipped = shipped(&mut world, &models, keep);
        println!("round {round}: shipped page {shipped}");
        best_shipped = best_shipped.max(shipped.rate);
        let plain = plain(&python, &list);
        println!("round {round}: plain page   {plain:7.1} documents/s (Python binding)");
        best_plain = best_plain.max(plain);
    }
    let ratio = best_shipped / best_plain;
    println!("{best_shipped:.1} / {best_plain:.1} = {ratio:.2} times the plain page (bar: {BAR})");
    assert!(ratio >= BAR, "below the bar");
}

/// One round's result.
struct Timing {
    rate: f64,
    layout: Duration,
    export: Duration,
    bytes: usize,
}

impl std::fmt::Display for Timing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            rate,
            layout,
            export,
            bytes,
        } = self;
        write!(
            f,
            "{rate:7.1} documents/s, layout {layout:.2?}, export {export:.2?}, {bytes} bytes"
        )
    }
}

/// Lays out and exports every model; the first tenth warms up.
fn shipped(world: &mut PageWorld, models: &[Vec<u8>], keep: usize) -> Timing {
    let warm_up = models.len() / 10;
    let (mut layout, mut exported, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    let mut start = Instant::now();
    for (number, model) in models.iter().enumerate() {
        if number == warm_up {
            (layout, exported, start) = (Duration::ZERO, Duration::ZERO, Instant::now());
        }
        let before = Instant::now();
        let document = world.lay_out(model).expect("it lays out");
        let between = Instant::now();
        bytes = export(&document).expect("it exports").len();
        exported += between.elapsed();
        layout += between - before;
        assert_eq!(document.pages().len(), 1);
        comemo::evict(keep);
    }
    let count = u32::try_from(models.len() - warm_up).expect("a count of documents");
    Timing {
        rate: f64::from(count) / start.elapsed().as_secs_f64(),
        layout: layout / count,
        export: exported / count,
        bytes,
    }
}

/// The rate of the Python binding on the plain page.
fn plain(python: &str, models: &Path) -> f64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(root.join("benches/plain.py"))
        .arg(root.join("benches/plain.typ"))
        .arg(root.join("fonts"))
        .arg(models)
        .output()
        .unwrap_or_else(|error| panic!("{python} does not start: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text
        .split_whitespace()
        .next()
        .and_then(|rate| rate.parse().ok());
    rate.unwrap_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("no rate from {python}; hint: `pip install typst` for it, then --python\n{said}")
    })
}

/// As many different students as wanted, made from one sample.
fn students(sample: &str, count: usize) -> Vec<Vec<u8>> {
    let base: Value = serde_json::from_str(sample).expect("a sample is JSON");
    let terms = base["terms"].as_array().expect("terms");
    let pool: Vec<Value> = terms
        .iter()
        .flat_map(|term| term["courses"].as_array().expect("courses").clone())
        .collect();
    let marks = ["A", "B", "C", "A-", "B+", "D", "F", "P"];
    let student = |number: usize| {
        let mut model = base.clone();
        model["student"]["name"] = json!(format!("Student{number} Lastname{}", number * 31 % 977));
        model["student"]["student_id"] = json!(format!("{:010}", 910_000_000 + number));
        model["document"]["id"] = json!(format!("{:032x}", number * 7919 + 13));
        model["averages"][0]["value"] = json!(format!("3.{:04}", number * 37 % 10_000));
        model["averages"][1]["value"] = json!(format!("3.{:04}", number * 41 % 10_000));
        let terms = model["terms"].as_array_mut().expect("terms");
        for (at, term) in terms.iter_mut().enumerate() {
            let courses = term["courses"].as_array_mut().expect("courses");
            for (line, course) in courses.iter_mut().enumerate() {
                let pick = number * 7 + at * 11 + line * 5 + number / 9;
                *course = pool[pick % pool.len()].clone();
                let mark = number + at * 3 + line * (number % 5 + 1);
                course["mark"] = json!(marks[mark % marks.len()]);
            }
        }
        serde_json::to_vec(&model).expect("JSON")
    };
    (0..count).map(student).collect()
}
