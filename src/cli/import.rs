//! `registrar import`: a district's files, whole or not at all, with every problem named.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::ProgressBar;

use super::{Context, Done};
use crate::intake::{self, Options, Outcome, Progress, Verdict};
use crate::store::Table;

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
    /// A folder to make for the rows of held people, to be corrected and imported again; with one
    /// folder in it for each of several packages [default: quarantine/ and the time of the import]
    #[arg(long, value_name = "FOLDER")]
    quarantine: Option<PathBuf>,
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
    #[arg(long, value_name = "[TABLE:]SCHOOL", value_parser = withdrawals)]
    allow_withdrawals: Vec<String>,
}

/// The longest code of a school that a package may hold.
const SCHOOL_CHARACTERS_MAX: usize = 20;

/// A school, or a table and a school; a table that there is not would allow nothing, unnoticed.
fn withdrawals(text: &str) -> Result<String, String> {
    let (table, school) = match text.split_once(':') {
        Some((table, school)) => (Some(table), school),
        None => (None, text),
    };
    if let Some(table) = table.filter(|table| Table::named(table).is_none()) {
        let names: Vec<_> = Table::ALL.iter().map(|table| table.name()).collect();
        return Err(format!(
            "there is no table `{table}`; one of: {}",
            names.join(", ")
        ));
    }
    // Any code that a package may give a school: not all states number theirs.
    let printable = school.chars().all(|c| matches!(c, ' '..='~'));
    let length = 1..=SCHOOL_CHARACTERS_MAX;
    if !printable || school.trim() != school || !length.contains(&school.len()) {
        return Err(format!(
            "`{school}` is not the code of a school, such as 19647331930361"
        ));
    }
    Ok(text.to_owned())
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store_or_new().await?;
    let mut options = Options {
        hold: arguments.hold,
        dry_run: arguments.dry_run,
        allow_older: arguments.allow_older,
        allow_clock_behind: arguments.allow_clock_behind,
        allow_withdrawals: arguments.allow_withdrawals.iter().cloned().collect(),
        source: arguments.source.clone(),
        quarantine_out: None,
    };
    let by_time = context
        .clock
        .now()
        .strftime("quarantine/%Y-%m-%dT%H-%M-%SZ");
    let quarantine = match &arguments.quarantine {
        Some(folder) => folder.clone(),
        None => PathBuf::from(by_time.to_string()),
    };
    let mut outcomes = Vec::with_capacity(arguments.paths.len());
    let mut failed = None;
    for (place, path) in (1..).zip(&arguments.paths) {
        let bar = spinner(context);
        let mut progress = |progress: Progress<'_>| show(&bar, progress);
        options.quarantine_out = arguments
            .hold
            .then(|| arguments.quarantine(&quarantine, place, path));
        let outcome = intake::import(&store, path, &options, context.clock, &mut progress).await;
        bar.finish_and_clear();
        match outcome {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => failed = Some((path, error)),
        }
        // A later package may rest on this one: its problems would only repeat the first.
        let refused = |outcome: &Outcome| outcome.verdict == Verdict::Refused;
        if failed.is_some() || outcomes.last().is_some_and(refused) {
            break;
        }
    }
    store.close().await;
    let answered = answer(context, &outcomes, failed.is_some())?;
    for name in arguments.allowed_nothing(&outcomes) {
        context.terminal.say(format_args!(
            "`--allow-withdrawals {name}` allowed nothing: no package has rows there"
        ));
    }
    if let Some((path, error)) = failed {
        return Err(error).with_context(|| format!("the import of `{}` failed", path.display()));
    }
    Ok(answered)
}

impl Arguments {
    /// What `--allow-withdrawals` names and no package touched: most likely a slip of the pen. A
    /// package that was refused before it was compared with the records says nothing about that.
    fn allowed_nothing<'a>(&'a self, outcomes: &'a [Outcome]) -> impl Iterator<Item = &'a String> {
        let touched = |name: &String, outcome: &Outcome| match &outcome.plan {
            Some(plan) => plan.changes.iter().any(|change| {
                let table = change.table.name();
                *name == change.school || *name == format!("{table}:{}", change.school)
            }),
            None => true,
        };
        let names = self.allow_withdrawals.iter();
        names.filter(move |name| !outcomes.iter().any(|outcome| touched(name, outcome)))
    }

    /// Where the rows of held people go: in a folder of its own for each of several packages.
    fn quarantine(&self, quarantine: &Path, place: usize, path: &Path) -> PathBuf {
        if self.paths.len() == 1 {
            return quarantine.to_owned();
        }
        let folder = match path.is_dir() {
            true => Some(path),
            false => path.parent(),
        };
        let name = folder.and_then(Path::file_name).unwrap_or_default();
        let name = format!("{place}-{}", name.display());
        quarantine.join(name.trim_end_matches('-'))
    }
}

/// Says what became of every package that was looked at to its end.
fn answer(context: &Context, outcomes: &[Outcome], failed: bool) -> anyhow::Result<Done> {
    if failed && outcomes.is_empty() {
        return Ok(Done::No);
    }
    let json: Vec<_> = outcomes.iter().map(Outcome::to_json).collect();
    context.terminal.data(&json, || {
        let texts: Vec<_> = outcomes.iter().map(ToString::to_string).collect();
        texts.join("\n")
    })?;
    let refused = |outcome: &Outcome| outcome.verdict == Verdict::Refused;
    if failed || outcomes.iter().any(refused) {
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
