//! `registrar policy`: the rules by which documents were issued, years later.

use anyhow::Context as _;
use serde::Serialize;

use super::terminal::shown;
use super::{Context, Done};
use crate::store::PolicyRow;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Every policy by which documents were issued, the newest first
    List,
    /// The text of one; under --json byte for byte
    Show {
        /// Its digest, or how that begins
        digest: String,
    },
}

/// A policy as it is told.
#[derive(Serialize)]
struct Told<'a> {
    digest: String,
    version: &'a str,
    first_used_at: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

impl<'a> Told<'a> {
    fn of(row: &'a PolicyRow) -> Self {
        Self {
            digest: hex::encode(row.digest),
            version: &row.version,
            first_used_at: row.first_used_at,
            text: None,
        }
    }
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    let rows = context.store().await?.policies().await?;
    match command {
        Command::List => list(context, &rows),
        Command::Show { digest } => show(context, &rows, digest),
    }
}

fn list(context: &Context, rows: &[PolicyRow]) -> anyhow::Result<Done> {
    let told: Vec<Told<'_>> = rows.iter().map(Told::of).collect();
    context.terminal.data(&told, || {
        let line = |it: &Told<'_>| {
            let first = it.first_used_at.strftime("%Y-%m-%d %H:%M:%S");
            format!("{}  {first}  {}\n", it.digest, shown(it.version))
        };
        told.iter().map(line).collect()
    })?;
    if rows.is_empty() {
        context.terminal.say("No document was issued yet");
    }
    Ok(Done::Yes)
}

fn show(context: &Context, rows: &[PolicyRow], digest: &str) -> anyhow::Result<Done> {
    let begins = digest.to_lowercase();
    let told = rows.iter().map(|row| (Told::of(row), row));
    let mut meant = told.filter(|(told, _)| told.digest.starts_with(&begins));
    let (told, row) = meant.next().with_context(|| {
        format!(
            "no document was issued under a policy `{}`\nhint: `registrar policy list` shows all",
            shown(digest)
        )
    })?;
    anyhow::ensure!(
        meant.next().is_none(),
        "several policies begin with `{}`\nhint: give more of the digest",
        shown(digest)
    );
    let text = Some(&*row.text);
    context
        .terminal
        .data(&Told { text, ..told }, || row.text.clone())?;
    Ok(Done::Yes)
}
