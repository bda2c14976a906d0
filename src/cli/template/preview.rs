//! `registrar template preview`: the samples of a report on paper, and again whenever a file of its
//! folder changes.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::sheets::{Sheet, sheets};
use crate::cli::{Context, Done, issuing};
use crate::issue::gaps;
use crate::render::{Limits, Pool, RenderError};
use crate::template::{Folder, Report};
use crate::transcript::Edition;

/// How often a watched folder is looked at.
const WATCH_INTERVAL: Duration = Duration::from_millis(300);

/// Dots an inch of a picture: of a screen, and of a good print.
const DOTS_PER_INCH: std::ops::RangeInclusive<i64> = 36..=400;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A report by name, or a folder
    #[arg(value_name = "NAME|FOLDER")]
    report: String,
    /// Samples to lay out [default: all; `registrar template list` names them]
    #[arg(long, value_name = "SAMPLE", num_args = 1..)]
    sample: Vec<String>,
    /// The language of the labels [default: the report's first]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Official (laid out, never signed), unofficial, or the unsigned twin of an official one
    /// [default: the first that the report makes]
    #[arg(long, value_name = "EDITION")]
    edition: Option<EditionArgument>,
    /// A PNG for each page instead of a PDF
    #[arg(long)]
    png: bool,
    /// Dots an inch of the PNGs
    #[arg(
        long,
        default_value_t = 110,
        value_name = "DOTS",
        value_parser = clap::value_parser!(u16).range(DOTS_PER_INCH)
    )]
    dpi: u16,
    /// Make it again whenever a file of the folder changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// The folder to write into; files of the same names are replaced
    #[arg(long, default_value = "template-previews", value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum EditionArgument {
    Official,
    Unofficial,
    Flat,
}

/// A sample that was laid out.
#[derive(Serialize)]
struct Made {
    sample: String,
    language: String,
    edition: &'static str,
    pages: u32,
    files: Vec<String>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    if arguments.watch {
        return watch(context, arguments).await;
    }
    let report = issuing::report(&arguments.report)?;
    let made = make(context, arguments, &report).await?;
    context.terminal.data(&made, || told(&made))?;
    context.terminal.say(format_args!(
        "Next: `registrar template check {}` tries every sample and language",
        arguments.report
    ));
    Ok(Done::Yes)
}

/// Makes the previews again whenever the folder is another; what is wrong is said, and waited out.
async fn watch(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let path = Path::new(&arguments.report);
    anyhow::ensure!(
        arguments.report.contains(std::path::MAIN_SEPARATOR) && path.is_dir(),
        "`{}` is no path of a folder\nhint: only a folder changes, given with a separator as in \
         ./our-report; `registrar template new NAME` makes one",
        arguments.report
    );
    let mut seen = None;
    // One listener for all rounds: a signal that comes while pages are made is not lost.
    let mut ended = pin!(tokio::signal::ctrl_c());
    let mut interval = tokio::time::interval(WATCH_INTERVAL);
    loop {
        tokio::select! {
            _ = &mut ended => return Ok(Done::Yes),
            _ = interval.tick() => {}
        }
        let folder = Folder::read(path);
        let now = digest(&folder);
        if seen == Some(now) {
            continue;
        }
        seen = Some(now);
        let report = folder.and_then(Report::from_folder);
        let made = async {
            let report = report?;
            make(context, arguments, &report).await
        };
        let made = tokio::select! {
            _ = &mut ended => return Ok(Done::Yes),
            made = made => made,
        };
        match made {
            Ok(made) => {
                context.terminal.data(&made, || told(&made))?;
                context.terminal.say("Watching; Ctrl-C ends it");
            }
            Err(error) => context.terminal.say(format_args!("error: {error:#}")),
        }
    }
}

/// A folder's files, or what is wrong with it, in 32 bytes.
fn digest(folder: &Result<Folder, crate::template::TemplateError>) -> [u8; 32] {
    let mut hash = Sha256::new();
    match folder {
        Ok(folder) => {
            for (name, bytes) in &folder.files {
                for part in [name.as_bytes(), bytes] {
                    hash.update((part.len() as u64).to_be_bytes());
                    hash.update(part);
                }
            }
        }
        Err(error) => hash.update(error.to_string()),
    }
    hash.finalize().into()
}

async fn make(
    context: &Context,
    arguments: &Arguments,
    report: &Report,
) -> anyhow::Result<Vec<Made>> {
    let sheets = chosen(arguments, report)?;
    let language = sheets.first().map_or("", |sheet| &*sheet.language);
    let composed = report.compose(language)?;
    let workers = context.config.workers().min(sheets.len());
    let workers = std::num::NonZeroUsize::new(workers).unwrap_or(std::num::NonZeroUsize::MIN);
    let pool = Pool::start(&composed, Limits::default(), workers)?;
    std::fs::create_dir_all(&arguments.out)?;
    let bar = context.terminal.progress(sheets.len() as u64, "samples");
    let mut made = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let rendered = pool
            .render(&sheet.job)
            .await
            .map_err(|error| placed(report, error))?;
        let stem = format!("{}-{}", report.name(), sheet.parts().join("-"));
        let files = if arguments.png {
            let pictures = pool.pictures(&rendered.pdf, arguments.dpi).await?;
            let numbered = (1..).zip(pictures);
            numbered
                .map(|(page, png)| (format!("{stem}-{page}.png"), png))
                .collect()
        } else {
            vec![(format!("{stem}.pdf"), rendered.pdf)]
        };
        let mut paths = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            let path = arguments.out.join(name);
            std::fs::write(&path, bytes)?;
            paths.push(path.display().to_string());
        }
        let gaps = gaps(&sheet.transcript, &rendered.legible);
        let gaps = gaps.iter().map(|gap| format!("{gap}\nhint: {}", gap.hint));
        let warnings = rendered.warnings.iter().map(ToString::to_string);
        for told in warnings.chain(gaps) {
            let sheet = sheet.parts().join(", ");
            context.terminal.say(format_args!("{sheet}: {told}"));
        }
        let Sheet {
            sample,
            language,
            edition,
            ..
        } = sheet;
        let (pages, files) = (rendered.pages, paths);
        made.push(Made {
            sample,
            language,
            edition,
            pages,
            files,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(made)
}

/// What cannot be laid out, with a word about where to look.
fn placed(report: &Report, error: RenderError) -> anyhow::Error {
    anyhow::Error::from(error).context(format!(
        "`{}` cannot be laid out; `registrar template check` says where in its folder",
        report.name()
    ))
}

/// The sheets that the arguments mean.
fn chosen(arguments: &Arguments, report: &Report) -> anyhow::Result<Vec<Sheet>> {
    let language = match &arguments.language {
        Some(language) => language.clone(),
        None => report.languages().first().cloned().unwrap_or_default(),
    };
    let edition = match arguments.edition {
        Some(EditionArgument::Official) => Edition::Official,
        Some(EditionArgument::Unofficial) => Edition::Unofficial,
        Some(EditionArgument::Flat) => Edition::Flat,
        None if report.makes("official") => Edition::Official,
        None => Edition::Unofficial,
    };
    let made = match edition {
        Edition::Unofficial => "unofficial",
        Edition::Official | Edition::Flat => "official",
    };
    anyhow::ensure!(
        report.makes(made),
        "the report `{}` makes no {made} documents\nhint: it makes {}",
        report.name(),
        report.editions().join(", ")
    );
    let (mut sheets, wrong) = sheets(report, &[language], &[edition]);
    if let Some(wrong) = wrong.first() {
        anyhow::bail!("samples/{}.toml: {}", wrong.sample, wrong.message);
    }
    let known: Vec<String> = sheets.iter().map(|sheet| sheet.sample.clone()).collect();
    if let Some(unknown) = arguments
        .sample
        .iter()
        .find(|sample| !known.contains(sample))
    {
        anyhow::bail!(
            "there is no sample `{unknown}`\nhint: there are {}",
            known.join(", ")
        );
    }
    if !arguments.sample.is_empty() {
        sheets.retain(|sheet| arguments.sample.contains(&sheet.sample));
    }
    anyhow::ensure!(!sheets.is_empty(), "the report has no samples");
    Ok(sheets)
}

fn told(made: &[Made]) -> String {
    let files = made.iter().flat_map(|made| &made.files);
    files.map(|file| format!("{file}\n")).collect()
}
