//! What a whole decree costs over a district: `cargo bench --bench compliance`, and with `-- long`
//! ten times as many students.
//!
//! Two districts are made up, one four times as large as the other, about one student in eight with
//! a plan, three years of events in four packages. Each is imported, and then the program tells the
//! status of the Chanda Smith decree, services over eight weeks too. Processor time for each
//! student must not grow, and as a whole stay below what two cores have in a minute for 640,000;
//! what else the machine does lengthens the time on the clock, which is only told.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and starts the program"
)]

#[path = "common/cost.rs"]
#[expect(dead_code, reason = "the program is looked at, not this process")]
mod cost;
#[path = "common/district.rs"]
#[expect(dead_code, reason = "no document is asked for")]
mod district;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use registrar::synthetic::PACKAGES;
use serde_json::Value;

use cost::{peak_megabytes_of, processor_seconds_of_children};
use district::{Fallible, prepare};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Four times as many students may take this many times as long for each: pages are read by an
/// index, whose depth grows.
const RATIO_MAX: f64 = 1.3;
/// Seconds of processors for so many students: what two cores have in a minute is 120.
const SECONDS_MAX: f64 = 120.0;
const STUDENTS_OF_THESE: f64 = 640_000.0;
/// The most memory, of whichever district.
const PEAK_MEGABYTES_MAX: f64 = 1000.0;

const SETTINGS: &str = "[compliance]\ndecree = \"chanda-smith\"\n\
                        student_systems = [\"marisol-central\", \"marisol-charters\"]\n\
                        support_systems = [\"marisol-seds\"]\n";
/// What the program says.
const TOLD: &str = "status.json";

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let students = |word: &String| word.parse::<u32>().ok();
    let large = match arguments.iter().find_map(students) {
        Some(students) => students,
        None if arguments.iter().any(|word| word == "long") => 640_000,
        None => 64_000,
    };
    let small = counted(large / 4)?;
    let large = counted(large)?;
    let mut failed = Vec::new();
    let ratio = large.for_each_student() / small.for_each_student();
    println!("four times the students: {ratio:.2} times as long for each (bar: {RATIO_MAX})");
    if ratio > RATIO_MAX {
        failed.push(format!("{ratio:.2} times as long for each student"));
    }
    let seconds = large.for_each_student() * STUDENTS_OF_THESE;
    println!(
        "for {STUDENTS_OF_THESE} students {seconds:.0} s of processors, {:.0} s on two cores (bar: \
         {SECONDS_MAX} s of processors)",
        seconds / 2.0
    );
    if seconds > SECONDS_MAX {
        failed.push(format!("{seconds:.0} s of processors"));
    }
    if large.megabytes > PEAK_MEGABYTES_MAX {
        failed.push(format!("{:.0} MB", large.megabytes));
    }
    failed
        .is_empty()
        .then_some(())
        .ok_or(failed.join(", ").into())
}

/// What one count of a decree cost.
struct Cost {
    students: f64,
    /// Seconds of processor time.
    busy: f64,
    /// The most memory.
    megabytes: f64,
}

impl Cost {
    fn for_each_student(&self) -> f64 {
        self.busy / self.students
    }
}

fn counted(students: u32) -> Fallible<Cost> {
    let folder = tempfile::tempdir()?;
    prepare(folder.path(), students, &PACKAGES)?;
    std::fs::write(folder.path().join("registrar.toml"), SETTINGS)?;
    let (begun, busy) = (Instant::now(), processor_seconds_of_children()?);
    let mut program = status(folder.path())?;
    let megabytes = peak(&mut program)?;
    let (seconds, busy) = (begun.elapsed(), processor_seconds_of_children()? - busy);
    let told: Value = serde_json::from_slice(&std::fs::read(folder.path().join(TOLD))?)?;
    let outcomes = told["outcomes"].as_array().ok_or("no outcomes")?;
    let cases = outcomes.iter().filter_map(|it| it["counted"].as_u64());
    println!(
        "{students:>7} students: {:>6.1} s, {busy:>6.1} s of processors, {megabytes:.0} MB; {} \
         people, {} cases counted",
        seconds.as_secs_f64(),
        told["people"],
        cases.sum::<u64>()
    );
    Ok(Cost {
        students: f64::from(students),
        busy,
        megabytes,
    })
}

/// The program at work.
fn status(folder: &Path) -> Fallible<Child> {
    let told = std::fs::File::create(folder.join(TOLD))?;
    let words = "compliance status --json --as-of 2026-06-12 --study-from 2026-04-13 --study-to \
                 2026-06-05";
    let mut program = Command::new(env!("CARGO_BIN_EXE_registrar"));
    program.current_dir(folder).args(words.split_whitespace());
    Ok(program.stdout(told).stderr(Stdio::null()).spawn()?)
}

/// Waits for a program; gives the most memory that it held.
fn peak(program: &mut Child) -> Fallible<f64> {
    let mut peak = 0.0;
    loop {
        // What it held at most is told while it lives.
        peak = peak_megabytes_of(program.id()).unwrap_or(peak);
        if let Some(ended) = program.try_wait()? {
            // 1: some outcome is not met.
            return match ended.code() {
                Some(0 | 1) => Ok(peak),
                _ => Err(format!("the status was not told: {ended}").into()),
            };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
