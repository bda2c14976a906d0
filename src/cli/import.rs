//! `registrar import`: a district's files, whole or not at all, with every problem named.

use std::path::PathBuf;

use indicatif::ProgressBar;

use super::{Context, Done};
use crate::intake::{self, Options, Outcome, Progress, Verdict};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folders in the Registrar package format, each with a manifest.toml
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Check everything and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Hold the people whose rows are at fault (their record stays as it was) and land the others
    #[arg(long)]
    hold: bool,
    /// A folder to make for the rows of held people, to be corrected and imported again
    #[arg(long, default_value = "quarantine", value_name = "FOLDER")]
    quarantine: PathBuf,
    /// The sending system, instead of the one that the manifest names
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Land an export that is older than the last one of its source
    #[arg(long)]
    allow_older: bool,
    /// Record after the newest import although that one lies more than a day ahead of the clock
    #[arg(long)]
    allow_clock_behind: bool,
    /// A school, or TABLE:SCHOOL, in which any number of rows may be withdrawn
    #[arg(long, value_name = "[TABLE:]SCHOOL")]
    allow_withdrawals: Vec<String>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let options = Options {
        hold: arguments.hold,
        dry_run: arguments.dry_run,
        allow_older: arguments.allow_older,
        allow_clock_behind: arguments.allow_clock_behind,
        allow_withdrawals: arguments.allow_withdrawals.iter().cloned().collect(),
        source: arguments.source.clone(),
        quarantine_out: arguments.hold.then(|| arguments.quarantine.clone()),
    };
    let mut outcomes = Vec::with_capacity(arguments.paths.len());
    for path in &arguments.paths {
        let bar = spinner(context);
        let mut progress = |progress: Progress<'_>| show(&bar, progress);
        let outcome = intake::import(&store, path, &options, context.clock, &mut progress).await?;
        bar.finish_and_clear();
        let refused = outcome.verdict == Verdict::Refused;
        outcomes.push(outcome);
        if refused {
            // A later package may rest on this one: its problems would only repeat the first.
            break;
        }
    }
    store.close().await;
    let json: Vec<_> = outcomes.iter().map(Outcome::to_json).collect();
    context.terminal.data(&json, || {
        outcomes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    if outcomes
        .iter()
        .any(|outcome| outcome.verdict == Verdict::Refused)
    {
        return Ok(Done::No);
    }
    context
        .terminal
        .say("Next: `registrar transcript preview --student ID`");
    Ok(Done::Yes)
}

/// A line that says how far the import is, on a terminal.
pub(super) fn spinner(context: &Context) -> ProgressBar {
    let bar = context.terminal.progress(0, "");
    let style = indicatif::ProgressStyle::with_template("{spinner} {msg}");
    bar.set_style(style.expect("the template is a constant"));
    bar
}

/// What the spinner says at each step.
pub(super) fn show(bar: &ProgressBar, progress: Progress<'_>) {
    match progress {
        Progress::Reading { file, rows, .. } => bar.set_message(format!("{file}: {rows} rows")),
        Progress::Checking => bar.set_message("checking the rows against each other"),
        Progress::Landing => bar.set_message("recording"),
    }
    bar.tick();
}
