//! `registrar template`: the reports that there are, a school's own, and whether they hold.
//!
//! Next: `sheets.rs` (a report's samples made ready to be laid out), `problems.rs` (what is wrong
//! with a report), `check.rs`, `preview.rs`, `diff.rs`.

mod check;
mod diff;
mod pair;
mod preview;
mod problems;
mod sheets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::terminal::shown;
use super::{Context, Done, issuing};
use crate::exchange;
use crate::template::{Folder, Report, SettingValue, scaffold};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a small folder that builds on a report: a school's own settings, texts and parts
    New(NewArguments),
    /// The reports that there are: what each takes, its languages, its settings
    List(ListArguments),
    /// The fields of the record that a template prints, as JSON Schema with a sentence for each
    Schema(SchemaArguments),
    /// Try reports on every sample, language and edition; every problem at once
    Check(check::Arguments),
    /// Lay out the samples of a report as PDF or PNG
    Preview(preview::Arguments),
    /// Whose pages differ between two reports, side by side
    Diff(diff::Arguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct NewArguments {
    /// The folder's name, such as the school's: lower-case letters, digits, `-` and `_`
    name: String,
    /// The report on which it builds: one of the program's own, by name
    #[arg(long, default_value = "transcript", value_name = "NAME")]
    from: String,
    /// Whose report it is, by state code: a document that another school issues is refused
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
    /// Where to make it
    #[arg(long = "in", default_value = ".", value_name = "FOLDER")]
    place: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Folders to list beside the program's own and the configured one
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct SchemaArguments {
    /// Which record
    #[arg(long, default_value = "transcript", value_parser = ["transcript", "compliance"])]
    model: String,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::New(arguments) => new(context, arguments),
        Command::List(arguments) => list(context, arguments),
        Command::Schema(arguments) => schema(context, arguments),
        Command::Check(arguments) => check::run(context, arguments).await,
        Command::Preview(arguments) => preview::run(context, arguments).await,
        Command::Diff(arguments) => diff::run(context, arguments).await,
    }
}

fn new(context: &Context, arguments: &NewArguments) -> anyhow::Result<Done> {
    let base = Report::shipped(&arguments.from)?;
    let school = arguments.school.as_deref();
    let files = scaffold(&arguments.name, &base, school)?;
    let folder = arguments.place.join(&arguments.name);
    std::fs::create_dir(&folder).with_context(|| {
        format!(
            "cannot make the folder `{}`\nhint: nothing is overwritten; give another name, or \
             another place with --in",
            folder.display()
        )
    })?;
    if let Err(error) = fill(&folder, &files) {
        // What is half made would be taken for a report, and stand in the way of the next try.
        let _ = std::fs::remove_dir_all(&folder);
        return Err(error);
    }
    let files: Vec<&String> = files.keys().collect();
    let shown_folder = command_path(&folder);
    let answer = serde_json::json!({
        "folder": folder.display().to_string(), "extends": base.name(), "files": files,
    });
    context.terminal.data(&answer, || {
        let mut text = String::new();
        for file in &files {
            let _ = writeln!(text, "{}", folder.join(file).display());
        }
        text
    })?;
    if issuing::of_transcripts(&base).is_err() {
        context.terminal.say(format_args!(
            "It prints what `{}` prints. Next: `registrar compliance report --draft --template \
             {shown_folder}` to see it",
            base.name()
        ));
        return Ok(Done::Yes);
    }
    // What a district sets makes its official documents too.
    let use_it = match (base.makes("official"), school) {
        (true, Some(code)) => {
            format!(
                "`\"{code}\" = \"{shown_folder}\"` under [transcript.schools] in registrar.toml"
            )
        }
        (true, None) => {
            format!("`template = \"{shown_folder}\"` under [transcript] in registrar.toml")
        }
        (false, _) => {
            format!("`registrar transcript preview --template {shown_folder}` makes copies")
        }
    };
    context.terminal.say(format_args!(
        "It prints what `{base}` prints. Next:\n  \
         1. change settings in report.toml, texts in strings.*.toml, parts in layout.typ.j2\n  \
         2. `registrar template preview {shown_folder} --png --watch` to see it\n  \
         3. `registrar template check {shown_folder}`\n  \
         4. {use_it}",
        base = base.name()
    ));
    Ok(Done::Yes)
}

/// Writes the files of a new folder.
fn fill(folder: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text)
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    // What was written is what a command will read.
    Report::load(folder)?;
    Ok(())
}

/// A folder as a command has to be given it: with a separator, so that it is not taken for the name
/// of a report.
fn command_path(folder: &Path) -> String {
    if folder.components().count() > 1 {
        folder.display().to_string()
    } else {
        format!(".{}{}", std::path::MAIN_SEPARATOR, folder.display())
    }
}

/// One report in the list.
#[derive(Serialize)]
struct Listed {
    name: String,
    /// Whether it comes with the program.
    shipped: bool,
    title: String,
    extends: Option<String>,
    /// Whose it is, by state code; empty where it is everybody's.
    schools: Vec<String>,
    model: String,
    languages: Vec<String>,
    editions: Vec<String>,
    samples: Vec<String>,
    blocks: Vec<String>,
    settings: Vec<ListedSetting>,
}

#[derive(Serialize)]
struct ListedSetting {
    name: String,
    takes: &'static str,
    value: SettingValue,
    about: String,
}

fn list(context: &Context, arguments: &ListArguments) -> anyhow::Result<Done> {
    let mut reports = Vec::new();
    for name in Folder::shipped_names() {
        reports.push((true, Report::shipped(&name)?));
    }
    let folders = arguments
        .folders
        .iter()
        .map(|folder| folder.display().to_string());
    for folder in folders.chain(configured(context)) {
        reports.push((false, issuing::report(&folder_path(&folder))?));
    }
    let listed: Vec<Listed> = reports
        .iter()
        .map(|(shipped, report)| listed(*shipped, report))
        .collect();
    context.terminal.data(&listed, || {
        let texts = listed.iter().map(told);
        texts.collect::<Vec<_>>().join("\n")
    })?;
    context
        .terminal
        .say("Next: `registrar template new NAME --from transcript` makes a school's own folder");
    Ok(Done::Yes)
}

/// The configured reports, where they are folders of the district.
fn configured(context: &Context) -> BTreeSet<String> {
    let settings = &context.config.transcript;
    let mut folders: BTreeSet<String> = settings.schools.values().cloned().collect();
    folders.insert(settings.template.clone());
    let shipped = Folder::shipped_names();
    folders.retain(|folder| !shipped.contains(folder));
    folders
}

/// The path of a folder that was asked for as one.
fn folder_path(folder: &str) -> String {
    command_path(Path::new(folder))
}

fn listed(shipped: bool, report: &Report) -> Listed {
    let settings = report
        .settings()
        .iter()
        .map(|(name, setting)| ListedSetting {
            name: name.clone(),
            takes: setting.kind.name(),
            value: setting.value.clone(),
            about: setting.about.clone(),
        });
    Listed {
        name: report.name().to_owned(),
        shipped,
        title: report.title().to_owned(),
        extends: report.bases().next().map(str::to_owned),
        schools: report.owners().schools().to_vec(),
        model: report.model().to_owned(),
        languages: report.languages().to_vec(),
        editions: report.editions().to_vec(),
        samples: report
            .samples()
            .keys()
            .map(|name| (*name).to_owned())
            .collect(),
        blocks: report.blocks(),
        settings: settings.collect(),
    }
}

fn told(report: &Listed) -> String {
    let mut text = format!("{}: {}\n", report.name, shown(&report.title));
    if let Some(base) = &report.extends {
        let _ = writeln!(text, "  builds on   {base}");
    }
    if !report.schools.is_empty() {
        let _ = writeln!(text, "  schools     {}", report.schools.join(", "));
    }
    let _ = writeln!(text, "  takes       {}", report.model);
    let _ = writeln!(text, "  languages   {}", report.languages.join(", "));
    let _ = writeln!(text, "  editions    {}", report.editions.join(", "));
    let _ = writeln!(text, "  samples     {}", report.samples.join(", "));
    let _ = writeln!(text, "  blocks      {}", report.blocks.join(", "));
    for setting in &report.settings {
        let value = match &setting.value {
            SettingValue::Boolean(value) => value.to_string(),
            SettingValue::Integer(value) => value.to_string(),
            SettingValue::Text(value) => format!("\"{}\"", shown(value)),
        };
        let _ = writeln!(text, "  {} ({}) = {value}", setting.name, setting.takes);
        let _ = writeln!(text, "      {}", shown(&setting.about));
    }
    text
}

fn schema(context: &Context, arguments: &SchemaArguments) -> anyhow::Result<Done> {
    let schema = exchange::schema(match &*arguments.model {
        "compliance" => exchange::Model::Compliance,
        _ => exchange::Model::Transcript,
    });
    let text = serde_json::to_string_pretty(&schema)?;
    context.terminal.data(&schema, || text)?;
    Ok(Done::Yes)
}
