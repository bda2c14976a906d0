//! `registrar init`: a database, and a `registrar.toml` with every setting explained.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context as _;

use super::config::TEMPLATE;
use super::{Context, Done};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where to write the settings
    #[arg(long, default_value = "registrar.toml", value_name = "FILE")]
    settings: PathBuf,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store_or_new().await?;
    let path = arguments.settings.display().to_string();
    let created = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path);
    let written = match created {
        Ok(mut file) => {
            std::io::Write::write_all(&mut file, TEMPLATE.as_bytes())
                .with_context(|| format!("cannot write `{path}`"))?;
            true
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error).with_context(|| format!("cannot create `{path}`")),
    };
    let verb = if written { "Wrote" } else { "Kept" };
    context.terminal.say(format_args!(
        "{verb} `{path}`; the {} database is ready",
        store.kind()
    ));
    context
        .terminal
        .say("Next: `registrar key init --organisation NAME --root-out FOLDER`");
    let answer = serde_json::json!({
        "settings": path, "settings_written": written, "database": store.kind(),
    });
    context.terminal.data(&answer, String::new)?;
    store.close().await;
    Ok(Done::Yes)
}
