//! What this process has cost so far.

use crate::district::Fallible;

/// The time that all threads of this process have spent on processors.
pub fn processor_seconds() -> Fallible<f64> {
    seconds(11)
}

/// The same of the processes that it began and waited for.
pub fn processor_seconds_of_children() -> Fallible<f64> {
    seconds(13)
}

/// User and system time, from this field behind the name on.
fn seconds(from: usize) -> Fallible<f64> {
    /// Linux counts so many a second for whoever reads it, on every machine.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in brackets, and may hold spaces.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no times")?;
    let ticks = fields.split(' ').skip(from).take(2).map(str::parse::<f64>);
    let ticks = ticks.collect::<Result<Vec<_>, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_A_SECOND)
}

/// The most memory that this process ever held.
pub fn peak_megabytes() -> Fallible<f64> {
    peak("self")
}

/// The same of another one, while it lives.
pub fn peak_megabytes_of(process: u32) -> Fallible<f64> {
    peak(&process.to_string())
}

fn peak(process: &str) -> Fallible<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kilobytes.ok_or("no peak")?.parse::<f64>()? / 1024.0)
}
