//! `registrar generate`: a believable district of any size, made up from a seed.

use std::path::PathBuf;

use super::{Context, Done};
use crate::synthetic;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How many students
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    students: u32,
    /// Another seed makes another district; the same seed the same bytes
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The day of the export
    #[arg(long, value_name = "DATE")]
    as_of: Option<jiff::civil::Date>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut plan = synthetic::Plan::new(arguments.students, arguments.seed);
    plan.as_of = arguments.as_of.unwrap_or(plan.as_of);
    let bar = context
        .terminal
        .progress(u64::from(arguments.students), "students");
    let summary = synthetic::generate(&plan, &arguments.out, &mut |done| {
        bar.set_position(u64::from(done));
    });
    bar.finish_and_clear();
    let summary = summary?;
    context
        .terminal
        .data(&serde_json::json!({ "rows": summary.rows }), || {
            let rows = summary.rows.iter();
            rows.map(|(table, rows)| format!("{table:<20} {rows:>9} rows\n"))
                .collect()
        })?;
    let folders = |packages: [&str; 2]| {
        let folders = packages.map(|package| arguments.out.join(package).display().to_string());
        folders.join(" ")
    };
    context.terminal.say(format_args!(
        "Next: `registrar import {}`; what compliance needs beside: `registrar import {}`",
        folders([synthetic::CENTRAL, synthetic::CHARTERS]),
        folders([synthetic::SEDS, synthetic::SEDS_UPDATE]),
    ));
    Ok(Done::Yes)
}
