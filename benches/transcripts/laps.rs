//! What is added up over the rounds, and the bars that it must reach.

use std::time::{Duration, Instant};

use crate::Fallible;

/// One thing that is measured, over all rounds that count.
#[derive(Default)]
pub struct Lap {
    pub documents: usize,
    pub time: Duration,
}

impl Lap {
    pub fn add(&mut self, documents: usize, begun: Instant) {
        self.documents += documents;
        self.time += begun.elapsed();
    }

    pub fn rate(&self) -> f64 {
        self.documents as f64 / self.time.as_secs_f64()
    }

    fn print(&self, name: &str) {
        let rate = self.rate();
        println!(
            "  {name:<44} {:>8.2} ms {rate:>8.1} a second",
            1000.0 / rate
        );
    }
}

/// Everything that is measured on one core.
#[derive(Default)]
pub struct Laps {
    pub assemble: Lap,
    pub layout: Lap,
    pub lay_out: Lap,
    pub sign: Lap,
    pub verify: Lap,
    pub whole: Lap,
    pub pages: Lap,
    pub binding: Lap,
}

impl Laps {
    pub fn add(&mut self, round: Self) {
        let pairs = [
            (&mut self.assemble, round.assemble),
            (&mut self.layout, round.layout),
            (&mut self.lay_out, round.lay_out),
            (&mut self.sign, round.sign),
            (&mut self.verify, round.verify),
            (&mut self.whole, round.whole),
            (&mut self.pages, round.pages),
            (&mut self.binding, round.binding),
        ];
        for (sum, lap) in pairs {
            sum.documents += lap.documents;
            sum.time += lap.time;
        }
    }

    pub fn print(&self) -> Fallible<()> {
        println!(
            "\none core, {} documents each, means:",
            self.whole.documents
        );
        self.assemble.print("read and assemble");
        self.layout.print("lay out");
        self.lay_out.print("lay out and export (bare loop)");
        self.sign.print("pack and sign");
        self.verify.print("verify");
        self.whole.print("the whole way, committed");
        self.pages.print("full page, lay out and export");
        self.binding.print("full page, plain, in the binding");
        println!("\nratios:");
        at_least(
            "whole way / bare layout and export",
            self.whole.rate() / self.lay_out.rate(),
            0.80,
        )?;
        at_least(
            "full page: ours / plain page in the binding",
            self.pages.rate() / self.binding.rate(),
            3.0,
        )
    }
}

pub fn at_least(name: &str, measured: f64, bar: f64) -> Fallible<()> {
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
