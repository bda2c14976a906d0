//! `registrar imports`: what was imported, and taking the newest import of a source back.

use super::{Context, Done};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Every import, oldest first
    List,
    /// Take the newest import of its source back; nothing is erased
    Undo {
        /// The import's number, as `imports list` shows it
        number: i64,
    },
    /// Let a held person go, though what was refused was not answered; recorded with who and why
    Release(Release),
}

#[derive(Debug, clap::Args)]
pub(super) struct Release {
    /// The person, by the number that the source gives them
    #[arg(long, value_name = "ID")]
    student: String,
    /// Why the refused rows may stay out
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who decides this
    #[arg(long, env = "USER", hide_env_values = true, value_name = "NAME")]
    by: String,
    /// The source, where several hold someone of this number
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::List => list(context).await,
        Command::Undo { number } => undo(context, *number).await,
        Command::Release(arguments) => release(context, arguments).await,
    }
}

async fn list(context: &Context) -> anyhow::Result<Done> {
    let imports = context.store().await?.imports().await?;
    context.terminal.data(&imports, || {
        let mut text = format!(
            "{:>6}  {:<7} {:<16} {:<20} {:>9} {:>9} {:>9} {:>6}\n",
            "number", "kind", "source", "recorded", "added", "changed", "withdrawn", "held"
        );
        for import in &imports {
            let kind = if import.undone {
                "undone"
            } else {
                import.kind.as_str()
            };
            text.push_str(&format!(
                "{:>6}  {:<7} {:<16} {:<20} {:>9} {:>9} {:>9} {:>6}\n",
                import.number,
                kind,
                import.source,
                import.recorded_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                import.rows_added,
                import.rows_changed,
                import.rows_withdrawn,
                import.people_held,
            ));
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

async fn undo(context: &Context, number: i64) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let undo = store.undo_import(number, context.clock.now()).await?;
    context.terminal.say(format_args!(
        "Import {number} was taken back, as number {undo}"
    ));
    context.terminal.data(
        &serde_json::json!({ "undone": number, "number": undo }),
        String::new,
    )?;
    Ok(Done::Yes)
}

async fn release(context: &Context, arguments: &Release) -> anyhow::Result<Done> {
    for (flag, text) in [("--by", &arguments.by), ("--reason", &arguments.reason)] {
        let readable = !text.trim().is_empty() && !text.chars().any(char::is_control);
        anyhow::ensure!(
            readable,
            "{flag} says nothing, or holds a control character"
        );
    }
    let store = context.store().await?;
    let release = crate::store::Release {
        person: &arguments.student,
        source: arguments.source.as_deref(),
        by: &arguments.by,
        reason: &arguments.reason,
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
