//! `registrar compliance new-decree`: a small folder to begin a decree with.
//!
//! Owns what stands in it: one outcome, a calendar and a case file that passes. Nothing of it is
//! confirmed, so that no verdict prints before somebody read the sources.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Context, Done};

/// The files, by their paths in the folder. `NAME` stands for the decree's name.
const FILES: [(&str, &str); 3] = [
    ("decree.toml", include_str!("new_decree/decree.toml")),
    ("calendar.toml", include_str!("new_decree/calendar.toml")),
    (
        "cases/evaluations.toml",
        include_str!("new_decree/case.toml"),
    ),
];

/// Letters of a name.
const NAME_BYTES_MAX: usize = 40;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The decree's short name: lower-case letters, digits, `-` and `_`
    name: String,
    /// Where to make the folder of that name
    #[arg(long = "in", default_value = ".", value_name = "FOLDER")]
    place: PathBuf,
}

pub(in crate::cli) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let name = &arguments.name;
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    anyhow::ensure!(
        !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(plain),
        "`{name}` is no name of a decree\nhint: 1 to {NAME_BYTES_MAX} lower-case letters, digits, \
         `-` and `_`"
    );
    let folder = arguments.place.join(name);
    std::fs::create_dir(&folder).with_context(|| {
        format!(
            "cannot make the folder `{}`\nhint: nothing is overwritten; give another name, or \
             another place with --in",
            folder.display()
        )
    })?;
    if let Err(error) = fill(&folder, name) {
        // What is half made would stand in the way of the next try.
        let _ = std::fs::remove_dir_all(&folder);
        return Err(error);
    }
    let files: Vec<&str> = FILES.iter().map(|(file, _)| *file).collect();
    let answer = serde_json::json!({ "folder": folder.display().to_string(), "files": files });
    context.terminal.data(&answer, || {
        let lines = files
            .iter()
            .map(|file| format!("{}\n", folder.join(file).display()));
        lines.collect()
    })?;
    let shown = match folder.is_absolute() || folder.starts_with(".") {
        true => folder.display().to_string(),
        false => Path::new(".").join(&folder).display().to_string(),
    };
    context.terminal.say(format_args!(
        "next: `registrar compliance check-decree {shown}` looks it through and runs its case files"
    ));
    Ok(Done::Yes)
}

fn fill(folder: &Path, name: &str) -> anyhow::Result<()> {
    for (file, text) in FILES {
        let path = folder.join(file);
        let write = || {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&path, text.replace("NAME", name))
        };
        write().with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
