//! `registrar record`: decisions about a student's record, each with who, on which ground and when.
//!
//! One file an event. A decision is one row of a source that the district names, recorded as an
//! import (`intake::record`), so that it has versions and can be undone. `desk.rs` finds whom it is
//! about, says all that is wrong at once, and what comes next.

mod desk;
mod ending;
mod hold;
mod links;
mod list;
mod mark_change;
mod name_change;
mod pass_mark;

use super::{Context, Done};

pub(super) use desk::told_joined;
pub(super) use links::joined_by_undoing;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// A letter of 2020-21 becomes Pass or No Pass on request (Ed. Code 49066.5, AB 104)
    PassMark(pass_mark::Arguments),
    /// A posted mark is changed on a ground of Ed. Code 49066, the teacher heard
    MarkChange(mark_change::Arguments),
    /// A former pupil's legal name has changed (Ed. Code 49062.5)
    NameChange(name_change::Arguments),
    /// Two students of the records are one person
    Merge(links::MergeArguments),
    /// Two students who look like one are two people
    Distinct(links::PairArguments),
    /// A row of a student is not that student, though it carries the state id
    Split(links::SplitArguments),
    /// Withhold official transcripts on a ground of Ed. Code 48904; never a transfer to a school
    Hold(hold::Arguments),
    /// Release a hold
    Release(ending::Arguments),
    /// Take back any other event; it stays on record with who took it back and why
    Withdraw(ending::WithdrawArguments),
    /// Events that were recorded
    List(list::Arguments),
}

/// What every decision needs.
#[derive(Debug, clap::Args)]
struct Recording {
    /// Who records this
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The source in which the district's own decisions are recorded
    #[arg(long, default_value = "registrar", value_name = "NAME")]
    source: String,
    /// Check everything and record nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::PassMark(arguments) => pass_mark::run(context, arguments).await,
        Command::MarkChange(arguments) => mark_change::run(context, arguments).await,
        Command::NameChange(arguments) => name_change::run(context, arguments).await,
        Command::Merge(arguments) => links::merge(context, arguments).await,
        Command::Distinct(arguments) => links::distinct(context, arguments).await,
        Command::Split(arguments) => links::split(context, arguments).await,
        Command::Hold(arguments) => hold::run(context, arguments).await,
        Command::Release(arguments) => ending::release(context, arguments).await,
        Command::Withdraw(arguments) => ending::withdraw(context, arguments).await,
        Command::List(arguments) => list::run(context, arguments).await,
    }
}
