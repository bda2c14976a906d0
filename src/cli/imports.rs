//! `registrar imports`: what was imported, and taking the newest import of a source back.

use super::decided::DecidedArguments;
use super::record::{joined_by_undoing, told_joined};
use super::terminal::shown;
use super::{Context, Done};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Every import, oldest first
    List,
    /// Take the newest import of its source back; nothing is erased
    Undo {
        /// The import's number, as `imports list` shows it
        number: i64,
        #[command(flatten)]
        decided: DecidedArguments,
        /// Rows that the import keeps apart have different dates of birth or names, and the reason
        /// says why they are one person's all the same
        #[arg(long)]
        although_different: bool,
    },
    /// Who is held now: since when, why, and which row did not land
    Held,
    /// Let a held person go, though what was refused was not answered; recorded with who and why
    Release(Release),
}

#[derive(Debug, clap::Args)]
pub(super) struct Release {
    /// The person, by the number that the source gives them, or by the state id
    #[arg(long, value_name = "ID")]
    student: String,
    #[command(flatten)]
    decided: DecidedArguments,
    /// The source, where several hold someone of this number
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::List => list(context).await,
        Command::Undo {
            number,
            decided,
            although_different,
        } => undo(context, *number, decided, *although_different).await,
        Command::Held => held(context).await,
        Command::Release(arguments) => release(context, arguments).await,
    }
}

async fn list(context: &Context) -> anyhow::Result<Done> {
    let imports = context.store().await?.imports().await?;
    context.terminal.data(&imports, || {
        let mut text = format!(
            "{:>6}  {:<7} {:<16} {:<20} {:>9} {:>9} {:>9} {:>6}  {}\n",
            "number", "kind", "source", "recorded", "added", "changed", "withdrawn", "held", "by"
        );
        for import in &imports {
            let kind = if import.undone {
                "undone"
            } else {
                import.kind.as_str()
            };
            let by = import.decided_by.as_deref().unwrap_or_default();
            let reason = import.reason.as_deref().unwrap_or_default();
            let decided = shown([by, reason].join(": "));
            let line = format!(
                "{:>6}  {:<7} {:<16} {:<20} {:>9} {:>9} {:>9} {:>6}  {}",
                import.number,
                kind,
                import.source,
                import.recorded_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                import.rows_added,
                import.rows_changed,
                import.rows_withdrawn,
                import.people_held,
                decided.trim_start_matches(": "),
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    })?;
    if imports.is_empty() {
        context
            .terminal
            .say("Nothing was imported yet; next: `registrar import FOLDER`");
    }
    Ok(Done::Yes)
}

async fn undo(
    context: &Context,
    number: i64,
    decided: &DecidedArguments,
    although_different: bool,
) -> anyhow::Result<Done> {
    let decided = decided.read()?;
    let one_person = joined_by_undoing(context, number, although_different).await?;
    let store = context.store().await?;
    let undo = store
        .undo_import(number, decided, context.clock.now())
        .await?;
    context.terminal.say(format_args!(
        "Import {number} was taken back, as number {undo}"
    ));
    let answer = serde_json::json!({ "undone": number, "number": undo, "one_person": one_person });
    context.terminal.data(&answer, || {
        let told = one_person.iter().map(|rows| told_joined(rows) + "\n");
        told.collect()
    })?;
    Ok(Done::Yes)
}

async fn release(context: &Context, arguments: &Release) -> anyhow::Result<Done> {
    let decided = arguments.decided.read()?;
    let store = context.store().await?;
    let release = crate::store::Release {
        person: &arguments.student,
        source: arguments.source.as_deref(),
        decided,
    };
    let number = store.release(release, context.clock.now()).await?;
    context.terminal.say(format_args!(
        "{} is held no longer, recorded as number {number}",
        arguments.student
    ));
    let answer = serde_json::json!({ "released": arguments.student, "number": number });
    context.terminal.data(&answer, String::new)?;
    Ok(Done::Yes)
}

/// How many rows of held people are listed; the people are all counted.
const HELD_ROWS_LISTED_MAX: u32 = 10_000;

async fn held(context: &Context) -> anyhow::Result<Done> {
    let held = context.store().await?.held(HELD_ROWS_LISTED_MAX).await?;
    context.terminal.data(&held, || {
        let mut text = format!(
            "{:<16} {:<12} {:<10} {:<20} {:>6}  {}\n",
            "source", "student", "since", "why", "import", "row"
        );
        for row in &held.rows {
            let file = row.file.as_deref().unwrap_or(row.table.name());
            let line = row.line.map(|line| format!(":{line}")).unwrap_or_default();
            text.push_str(&format!(
                "{:<16} {:<12} {:<10} {:<20} {:>6}  {file}{line}\n",
                row.source,
                row.person,
                row.since.strftime("%Y-%m-%d").to_string(),
                row.problem,
                row.import,
            ));
        }
        text
    })?;
    if held.rows.len() == HELD_ROWS_LISTED_MAX as usize {
        context.terminal.say("Only the first rows are listed");
    }
    context.terminal.say(match held.people {
        0 => "Nobody is held".to_owned(),
        1 => "1 person is held; where a row of a transcript is, no official one is made".to_owned(),
        people => {
            format!(
                "{people} people are held; where a row of a transcript is, no official one is made"
            )
        }
    });
    Ok(Done::Yes)
}
