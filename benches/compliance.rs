//! What a whole decree costs over a district: `cargo bench --bench compliance`, and with `-- long`
//! ten times as many students.
//!
//! Two districts are made up, one four times as large as the other, about one student in eight with
//! a plan, three years of events in four packages. Each is imported, and then every outcome of the
//! Chanda Smith decree is counted, services over eight weeks too, in a process of its own.
//! Processor time for each student must not grow, and as a whole stay below what two cores have in
//! a minute for 640,000; what else the machine does lengthens the time on the clock, which is only
//! told.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and starts itself again"
)]

#[path = "common/cost.rs"]
mod cost;
#[path = "common/district.rs"]
#[expect(dead_code, reason = "no document is asked for")]
mod district;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use jiff::civil::date;
use jiff::tz::TimeZone;
use registrar::compliance::decree::Decree;
use registrar::compliance::{Span, Systems};
use registrar::issue::{Asked, Compliance, IssueError, YEARS_MAX};
use registrar::synthetic::PACKAGES;
use registrar::template;

use cost::{peak_megabytes, processor_seconds};
use district::{Fallible, open, prepare, runtime};

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

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder] = &arguments[..]
        && mode == "count"
    {
        return runtime()?.block_on(count(Path::new(folder)));
    }
    let students = |word: &String| word.parse::<u32>().ok();
    let large = match arguments.iter().find_map(students) {
        Some(students) => students,
        None if arguments.iter().any(|word| word == "long") => 640_000,
        None => 64_000,
    };
    let small = in_a_process_of_its_own(large / 4)?;
    let large = in_a_process_of_its_own(large)?;
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

fn in_a_process_of_its_own(students: u32) -> Fallible<Cost> {
    let folder = tempfile::tempdir()?;
    runtime()?.block_on(prepare(folder.path(), students, &PACKAGES))?;
    let output = Command::new(std::env::current_exe()?)
        .arg("count")
        .arg(folder.path())
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut lines = said.lines();
    let mut number = || lines.next().and_then(|line| line.parse::<f64>().ok());
    let [Some(seconds), Some(busy), Some(megabytes)] = [number(), number(), number()] else {
        return Err("no figures".into());
    };
    println!(
        "{students:>7} students: {seconds:>6.1} s, {busy:>6.1} s of processors, {megabytes:.0} MB; \
         {}",
        lines.next().unwrap_or_default()
    );
    Ok(Cost {
        students: f64::from(students),
        busy,
        megabytes,
    })
}

async fn count(folder: &Path) -> Fallible<()> {
    let store = open(folder).await?;
    let known = store.recorded_instant(None).await?;
    let text = template::shipped_rules("chanda-smith", "decree.toml").ok_or("no decree")?;
    let decree = Decree::read("decree.toml", text).map_err(|wrong| wrong.join("\n"))?;
    let named = |systems: &[&str]| systems.iter().map(|it| (*it).to_owned()).collect();
    let asked = Asked {
        as_of: date(2026, 6, 12),
        period_of: None,
        as_known: known.ok_or("nothing imported")?,
        systems: Systems {
            student: named(&["marisol-central", "marisol-charters"]),
            support: named(&["marisol-seds"]),
        },
        study: Some(Span {
            begins: date(2026, 4, 13),
            ends: date(2026, 6, 5),
        }),
        years: YEARS_MAX,
        time_zone: TimeZone::get("America/Los_Angeles")?,
        pages_under_way_max: std::thread::available_parallelism()?.get() + 1,
    };
    let (begun, busy) = (Instant::now(), processor_seconds()?);
    let compliance = Compliance::open(store, decree, asked).await?;
    let each = |_: usize, _: &[u8]| Ok::<(), IssueError>(());
    let measured = compliance.measure(each, |_| {}).await?;
    let (seconds, busy) = (begun.elapsed().as_secs_f64(), processor_seconds()? - busy);
    let counted = measured.outcomes.iter().map(|it| it.whole.counted());
    println!(
        "{seconds}\n{busy}\n{}\n{} people, {} cases counted",
        peak_megabytes()?,
        measured.people,
        counted.sum::<u64>()
    );
    Ok(())
}
