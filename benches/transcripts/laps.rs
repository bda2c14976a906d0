//! What is kept of the rounds, and the bars that it must reach.

use std::time::{Duration, Instant};

use crate::Fallible;

/// One thing that is measured: seconds a document, round by round. Its figure is the median: noise
/// comes in bursts of seconds, and spoils the rounds that it falls into and no other.
#[derive(Default)]
pub struct Lap(Vec<f64>);

impl Lap {
    pub fn add(&mut self, documents: usize, begun: Instant) {
        self.seconds(documents, begun.elapsed().as_secs_f64());
    }

    pub fn seconds(&mut self, documents: usize, seconds: f64) {
        self.0.push(seconds / documents as f64);
    }

    /// The first quartile, the median and the third.
    fn quartiles(&self) -> [f64; 3] {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        [1, 2, 3].map(|quarter| sorted[sorted.len() * quarter / 4])
    }

    /// Documents a second.
    fn rate(&self) -> f64 {
        let [_, median, _] = self.quartiles();
        1.0 / median
    }

    fn print(&self, name: &str) {
        let [first, median, third] = self.quartiles().map(|seconds| seconds * 1000.0);
        let rate = self.rate();
        println!(
            "  {name:<36} {median:>8.2} ms ({first:>6.2} to {third:>6.2}) {rate:>8.1} a second"
        );
    }
}

/// Everything that is measured on one core.
#[derive(Default)]
pub struct Laps {
    pub read: Lap,
    pub assemble: Lap,
    pub plans: Lap,
    pub figures: Lap,
    pub layout: Lap,
    pub lay_out: Lap,
    pub sign: Lap,
    pub verify: Lap,
    pub whole: Lap,
    pub pages: Lap,
    pub binding: Lap,
}

impl Laps {
    pub fn print(&self) -> Fallible<()> {
        println!("\none core, a document's median (quartiles) of the rounds:");
        self.read.print("read");
        self.assemble.print("assemble, all averages and the plan");
        self.plans
            .print("every plan of the policy, a-g and promotion");
        self.figures.print("both: all averages and plans");
        self.layout.print("lay out");
        self.lay_out.print("lay out and export (bare loop)");
        self.sign.print("pack and sign");
        self.verify.print("verify");
        self.whole.print("the whole way, committed");
        self.pages.print("full page, lay out and export");
        self.binding.print("full page, plain, in the binding");
        println!("\nratios:");
        let whole = at_least(
            "whole way / bare layout and export",
            self.whole.rate() / self.lay_out.rate(),
            0.75,
        );
        let page = at_least(
            "full page: ours / plain page in the binding",
            self.pages.rate() / self.binding.rate(),
            3.0,
        );
        whole.and(page)
    }
}

fn at_least(name: &str, measured: f64, bar: f64) -> Fallible<()> {
    println!("  {name:<44} {measured:>8.2}    (bar: {bar:.2})");
    if measured < bar {
        return Err(format!("{name}: {measured:.2} is below {bar:.2}").into());
    }
    Ok(())
}

pub fn at_most(name: &str, measured: Duration, bar: Duration) -> Fallible<()> {
    let (milliseconds, most) = (measured.as_millis(), bar.as_millis());
    println!("  {name:<44} {milliseconds:>8} ms (bar: {most})");
    if measured > bar {
        return Err(format!("{name}: {milliseconds} ms are above {most} ms").into());
    }
    Ok(())
}
