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
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::List => list(context).await,
        Command::Undo { number } => undo(context, *number).await,
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
