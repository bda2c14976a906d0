//! What an audit of a district costs: `cargo bench --bench check`, and with `-- long` ten times as
//! many students.
//!
//! Two districts are made up, one ten times as large as the other; each is imported and then
//! audited in a process of its own, whose time and peak memory are measured. Processor time must
//! grow with the number of records read, memory must not; what else the machine does lengthens the
//! time on the clock, which is only told.
//!
//! Findings read each record once. The search for causes reads everybody for what differs, for what
//! the likely settings would break, and once more for each cause, up to a bound. What is common to
//! two students by chance in a large district is one student's in a small one, so that the larger
//! has more causes and not only more students. So time is compared for so many records read, and
//! what it comes to as a whole is told beside it.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and starts itself again"
)]

#[path = "common/cost.rs"]
#[expect(dead_code, reason = "no other process is looked at")]
mod cost;
#[path = "common/district.rs"]
mod district;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use registrar::host::Clock;
use registrar::issue::{Coverage, Examination, Examined, IssueError};
use registrar::synthetic::{CENTRAL, CHARTERS};
use registrar::template::Report;
use registrar::transcript::Policy;

use cost::{peak_megabytes, processor_seconds};
use district::{Fallible, open, prepare, request, runtime};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ten times as many records read may take this many times as long: pages are read by an index,
/// whose depth grows.
const RATIO_MAX: f64 = 13.0;
/// Ten times as many students may take this many times as much memory: pages do not grow with a
/// district, tables of schools and courses do, and the different ways in which figures differ.
const MEMORY_RATIO_MAX: f64 = 1.5;
/// The most memory that an audit may hold, of whichever district.
const PEAK_MEGABYTES_MAX: f64 = 400.0;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder] = &arguments[..]
        && (mode == "findings" || mode == "causes")
    {
        return runtime()?.block_on(examine(mode, Path::new(folder)));
    }
    let students = |word: &String| word.parse::<u32>().ok();
    let large = match arguments.iter().find_map(students) {
        Some(students) => students,
        None if arguments.iter().any(|word| word == "long") => 640_000,
        None => 64_000,
    };
    let mut figures = Vec::new();
    for students in [large / 10, large] {
        let folder = tempfile::tempdir()?;
        prepare(folder.path(), students, &[CENTRAL, CHARTERS])?;
        for mode in ["findings", "causes"] {
            figures.push(in_a_process_of_its_own(mode, folder.path(), students)?);
        }
    }
    let mut failed = Vec::new();
    for (small, large) in [(&figures[0], &figures[2]), (&figures[1], &figures[3])] {
        let whole = large.busy / small.busy;
        let ratio = whole * 10.0 * small.records / large.records;
        println!(
            "ten times the records read: {ratio:.1} times as long (bar: {RATIO_MAX}); as a whole \
             {whole:.1} times, with {:.1} and {:.1} records read for each student",
            small.records / small.students,
            large.records / large.students
        );
        if ratio > RATIO_MAX {
            failed.push(format!("{ratio:.1} times as long"));
        }
        let ratio = large.megabytes / small.megabytes;
        println!("  and {ratio:.2} times as much memory (bar: {MEMORY_RATIO_MAX})");
        if ratio > MEMORY_RATIO_MAX {
            failed.push(format!("{ratio:.2} times as much memory"));
        }
    }
    let peak = figures.iter().map(|it| it.megabytes).fold(0.0, f64::max);
    if peak > PEAK_MEGABYTES_MAX {
        failed.push(format!("{peak:.0} MB"));
    }
    failed
        .is_empty()
        .then_some(())
        .ok_or(failed.join(", ").into())
}

/// What one audit cost.
struct Cost {
    students: f64,
    /// Records read, each as often as it was.
    records: f64,
    /// Seconds of processor time.
    busy: f64,
    /// The most memory.
    megabytes: f64,
}

fn in_a_process_of_its_own(mode: &str, folder: &Path, students: u32) -> Fallible<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .arg(mode)
        .arg(folder)
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut lines = said.lines();
    let mut number = || lines.next().and_then(|line| line.parse::<f64>().ok());
    let figures = [number(), number(), number(), number()];
    let [Some(seconds), Some(busy), Some(megabytes), Some(records)] = figures else {
        return Err("no figures".into());
    };
    println!(
        "{mode:<9} {students:>7} students: {seconds:>7.1} s, {busy:>7.1} s of processors, {:>6.0} \
         students a second of one core, {megabytes:.0} MB; {}",
        f64::from(students) / busy,
        lines.next().unwrap_or_default()
    );
    Ok(Cost {
        students: f64::from(students),
        records,
        busy,
        megabytes,
    })
}

async fn examine(mode: &str, folder: &Path) -> Fallible<()> {
    let store = open(folder).await?;
    let report = Report::shipped("transcript")?;
    let policy = Policy::parse(report.rules("policy.toml").ok_or("no rules")?)?;
    let known = store
        .recorded_instant(None)
        .await?
        .ok_or("nothing imported")?;
    let examination = Examination {
        store,
        policy: Arc::new(policy),
        of_schools: std::collections::BTreeMap::new(),
        coverage: Arc::new(Coverage::shipped()),
        request: request(),
        recorded_at: known,
        on: request().issued_on,
        now: Clock::System.now(),
        pages_under_way_max: std::thread::available_parallelism()?.get() + 1,
    };
    let everybody = Examined::Everybody { source: None };
    let (begun, busy) = (Instant::now(), processor_seconds()?);
    let (records, came_to) = if mode == "findings" {
        let count = |_| Ok::<(), IssueError>(());
        let counts = examination.findings(&everybody, count).await?;
        (counts.students, format!("{counts:?}"))
    } else {
        let causes = examination.causes(&everybody).await?;
        let (agree, differ) = (causes.agree, causes.differ);
        let causes_found = causes.causes.len();
        (
            causes.records_read,
            format!("{agree} agree, {differ} differ, {causes_found} causes"),
        )
    };
    let seconds = begun.elapsed().as_secs_f64();
    let busy = processor_seconds()? - busy;
    let megabytes = peak_megabytes()?;
    println!("{seconds}\n{busy}\n{megabytes}\n{records}\n{came_to}");
    Ok(())
}
