//! `registrar compliance`: a decree's outcomes over the records, case by case.
//!
//! Owns the arguments that every one of these commands has, and how a decree is found: one that
//! ships, by name, or a file, by its path.

mod again;
mod bundle;
mod cases;
mod check_decree;
mod completeness;
mod explain;
mod forms;
mod marks;
mod new_decree;
mod reconcile;
mod recount;
pub(in crate::cli) mod report;
mod sample;
mod status;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Context, Done};
use crate::compliance::decree::{DECREE_BYTES_MAX, Decree};
use crate::compliance::{Span, Systems};
use crate::host;
use crate::issue::{Asked, Compliance, YEARS_MAX};
use crate::record::SchoolYear;
use crate::store::Store;
use crate::template;

/// The file of a decree in a report's folder.
const FILE: &str = "decree.toml";

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// What a decree comes to on a day: every outcome, its targets, result and status
    Status(status::Arguments),
    /// The list of cases behind an outcome's numbers; it tells of children
    Cases(cases::Arguments),
    /// The report for the court: a signed PDF of every outcome, or a draft of it
    Report(report::Arguments),
    /// Whether a signed report says the same today, made again from the records and by the rules of
    /// then
    Again(again::Arguments),
    /// What the systems disagree about, line by line, with file and line of both; it tells of
    /// children
    Reconcile(reconcile::Arguments),
    /// Why one case is in its class: each rule, the clock, the rows with file and line
    Explain(explain::Arguments),
    /// Whether a mark, a level or a title on transcripts tells that a student has a plan, because
    /// nobody else bears it
    Marks(marks::Arguments),
    /// Studies of files: record a frame, draw by the monitor's seed, estimate from reviewed cases
    #[command(subcommand)]
    Sample(sample::Command),
    /// Look a decree's file through: everything that is wrong with it, with line and hint; and run
    /// the case files beside it
    CheckDecree(check_decree::Arguments),
    /// Make a small folder to begin a decree with: one outcome, a calendar, a case file that passes
    NewDecree(new_decree::Arguments),
    /// Write every case with what its rules read, signed, for the court; it tells of children
    Bundle(bundle::Arguments),
    /// Whether each number of a report is the sum of its list in a bundle
    Recount(recount::Arguments),
}

/// What is asked, by every command that counts.
#[derive(Debug, clap::Args)]
pub(super) struct Reading {
    /// A decree that comes along, by name, or a file, by a path with a separator [default: as
    /// configured]
    #[arg(long, value_name = "NAME|FILE")]
    decree: Option<String>,
    /// The day of the report (2026-06-30): what happened later did not happen for it
    #[arg(long, value_name = "DATE")]
    as_of: Date,
    /// The school year that is reported, such as 2025-26, where the day lies after it: what
    /// happened until that day counts, so that nothing of the year is pending [default: the day's]
    #[arg(long, value_name = "YEAR")]
    period_of: Option<SchoolYear>,
    /// Read the records as they were known at this instant (2026-06-30T18:00:00Z) [default: as the
    /// newest import left them]
    #[arg(long, value_name = "INSTANT")]
    as_known: Option<Timestamp>,
    /// The first day of the weeks over which services are looked at
    #[arg(long, value_name = "DATE", requires = "study_to")]
    study_from: Option<Date>,
    /// The last day of these weeks
    #[arg(long, value_name = "DATE", requires = "study_from")]
    study_to: Option<Date>,
    /// School years that a trend shows at most, that of the report too: 2 to 5. Each costs time,
    /// since every case is made again as it was in that year
    #[arg(long, value_name = "N", default_value_t = YEARS_MAX as u8,
          value_parser = clap::value_parser!(u8).range(2..=YEARS_MAX as i64))]
    years: u8,
    /// Pages of people that are counted side by side; whatever it is, what is counted is the same
    /// [default: one for each core, and one that is being read]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Read studies of files as they were recorded by this instant [default: all that were]
    #[arg(long, value_name = "INSTANT")]
    studies_known: Option<Timestamp>,
}

impl Reading {
    /// The decree as it was named here or in the settings.
    fn decree_named<'n>(&'n self, context: &'n Context) -> &'n str {
        let settings = &context.config.compliance;
        self.decree.as_ref().unwrap_or(&settings.decree)
    }
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::Status(arguments) => status::run(context, arguments).await,
        Command::Cases(arguments) => cases::run(context, arguments).await,
        Command::Report(arguments) => report::run(context, arguments).await,
        Command::Again(arguments) => again::run(context, arguments).await,
        Command::Reconcile(arguments) => reconcile::run(context, arguments).await,
        Command::Explain(arguments) => explain::run(context, arguments).await,
        Command::Marks(arguments) => marks::run(context, arguments).await,
        Command::Sample(command) => sample::run(context, command).await,
        Command::CheckDecree(arguments) => check_decree::run(context, arguments),
        Command::NewDecree(arguments) => new_decree::run(context, arguments),
        Command::Bundle(arguments) => bundle::run(context, arguments).await,
        Command::Recount(arguments) => recount::run(context, arguments),
    }
}

/// Opens the records under a decree.
async fn open(context: &Context, reading: &Reading) -> anyhow::Result<Compliance> {
    let settings = &context.config.compliance;
    let decree = decree_of(reading.decree_named(context))?;
    let study = match (reading.study_from, reading.study_to) {
        (Some(begins), Some(ends)) => {
            anyhow::ensure!(
                begins <= ends,
                "--study-from {begins} lies after --study-to {ends}\nhint: turn them round"
            );
            Some(Span { begins, ends })
        }
        _ => None,
    };
    let store = context.store().await?;
    let known = known(&store, reading.as_known).await?;
    let asked = Asked {
        as_of: reading.as_of,
        period_of: reading.period_of,
        as_known: known,
        systems: Systems {
            student: settings.student_systems.clone(),
            support: settings.support_systems.clone(),
        },
        study,
        years: usize::from(reading.years),
        time_zone: context.config.zone()?,
        pages_under_way_max: match reading.threads {
            Some(threads) => threads.get(),
            None => pages_under_way()?,
        },
        pseudonyms: context
            .config
            .pseudonyms(|made| context.terminal.say(made))?,
    };
    let mut compliance = Compliance::open(store, decree, asked).await?;
    compliance.read_studies(reading.studies_known).await?;
    Ok(compliance)
}

/// The instant whose records are read.
async fn known(store: &Store, asked: Option<Timestamp>) -> anyhow::Result<Timestamp> {
    let known = store.recorded_instant(asked).await?;
    known.context("nothing was imported by then\nhint: `registrar import FOLDER` comes first")
}

/// One page for each core, and one that is being read.
fn pages_under_way() -> anyhow::Result<usize> {
    Ok(std::thread::available_parallelism()?.get() + 1)
}

/// A decree by the name of a shipped one, or by a path with a separator.
///
/// # Errors
/// There is none of this name; the file cannot be read; everything that is wrong with it.
fn decree_of(named: &str) -> anyhow::Result<Decree> {
    let (file, text) = text_of(named)?;
    Decree::read(&file, &text).map_err(|wrong| anyhow::anyhow!("{}", wrong.join("\n")))
}

/// The text of a decree, and how its file is called.
fn text_of(named: &str) -> anyhow::Result<(String, String)> {
    let shipped = template::shipped_with(FILE).join(", ");
    anyhow::ensure!(
        !named.is_empty(),
        "no decree is named\nhint: --decree NAME ({shipped}), or `decree` under [compliance] in \
         registrar.toml"
    );
    if !named.contains(std::path::is_separator) {
        let text = template::shipped_rules(named, FILE).with_context(|| {
            format!(
                "no decree `{named}` comes along\nhint: one of {shipped}; a file of your own is \
                 given by a path with a separator, such as ./{named}"
            )
        })?;
        return Ok((format!("{named}/{FILE}"), text.to_owned()));
    }
    let mut path = PathBuf::from(named);
    if path.is_dir() {
        path.push(FILE);
    }
    Ok((path.display().to_string(), read(&path, DECREE_BYTES_MAX)?))
}

/// The text of a file that belongs to a decree. What never ends, such as a device, is read no
/// further than the bound.
fn read(path: &Path, bytes_max: usize) -> anyhow::Result<String> {
    let shown = path.display();
    let bytes = host::read_file(path, bytes_max as u64).map_err(|error| {
        anyhow::anyhow!(
            "cannot read `{shown}`: {error}\nhint: what belongs to a decree is a file of \
             {bytes_max} bytes at most"
        )
    })?;
    String::from_utf8(bytes).with_context(|| format!("cannot read `{shown}` as text"))
}

/// The place of an outcome in a decree.
fn outcome_of(decree: &Decree, id: &str) -> anyhow::Result<usize> {
    let found = decree.outcomes.iter().position(|it| it.text.id == id);
    found.with_context(|| {
        let ids: Vec<&str> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
        format!(
            "the decree has no outcome `{id}`\nhint: one of {}",
            ids.join(", ")
        )
    })
}
