//! `registrar template preview`: the samples of a report on paper, and again whenever a file of its
//! folder changes.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::problems::{self, Found, Problems};
use super::sheets::{Samples, Sheet};
use crate::cli::{Context, Done, issuing};
use crate::render::{Limits, Pool, RenderError, Rendered};
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
    issuing::of_transcripts(&report)?;
    let made = make(context, arguments, &report).await?;
    context.terminal.data(&made.files, || told(&made.files))?;
    say(context, arguments, &made);
    Ok(if made.lacks { Done::No } else { Done::Yes })
}

/// What is wrong with the report, as `check` says it, and that it tries more.
fn say(context: &Context, arguments: &Arguments, made: &Round) {
    if !made.problems.is_empty() {
        context
            .terminal
            .say(problems::told(&made.problems).trim_end());
    }
    let check = format!("`registrar template check {}`", arguments.report);
    match made.problems.len() {
        0 => context.terminal.say(format_args!(
            "Next: {check} tries every sample, language and edition"
        )),
        count => {
            let word = if count == 1 { "problem" } else { "problems" };
            context.terminal.say(format_args!(
                "{count} {word}; {check} tries every sample, language and edition"
            ));
        }
    }
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
                context.terminal.data(&made.files, || told(&made.files))?;
                say(context, arguments, &made);
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

/// What came of laying the samples out once.
struct Round {
    files: Vec<Made>,
    problems: Vec<Found>,
    /// Whether a sample that was asked for has no page.
    lacks: bool,
}

async fn make(context: &Context, arguments: &Arguments, report: &Report) -> anyhow::Result<Round> {
    let mut problems = Problems::default();
    let sheets = chosen(arguments, report, &mut problems)?;
    let mut lacks = !problems.is_empty();
    let language = sheets.first().map_or("", |sheet| &*sheet.language);
    problems.of_report(report);
    problems.of_texts(report, language);
    let composed = report.compose(language)?;
    let workers = context.config.workers().min(sheets.len());
    let workers = std::num::NonZeroUsize::new(workers).unwrap_or(std::num::NonZeroUsize::MIN);
    let pool = Pool::start(&composed, Limits::default(), workers)?;
    std::fs::create_dir_all(&arguments.out).with_context(|| {
        let out = arguments.out.display();
        format!("cannot make the folder `{out}`\nhint: give another one with --out")
    })?;
    let bar = context.terminal.progress(sheets.len() as u64, "samples");
    let mut files = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let outcome = match pool.render(&sheet.job).await {
            Err(error @ RenderError::NoWorker { .. }) => return Err(error.into()),
            outcome => outcome,
        };
        match &outcome {
            Ok(rendered) => files.push(write(arguments, report, &pool, &sheet, rendered).await?),
            Err(_) => lacks = true,
        }
        problems.of_sheet(report, &composed, &sheet, outcome);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let problems = problems.all();
    Ok(Round {
        files,
        problems,
        lacks,
    })
}

/// Writes a sample's pages.
async fn write(
    arguments: &Arguments,
    report: &Report,
    pool: &Pool,
    sheet: &Sheet,
    rendered: &Rendered,
) -> anyhow::Result<Made> {
    let stem = format!("{}-{}", report.name(), sheet.parts().join("-"));
    let mut files = Vec::new();
    let mut file = |name: String, bytes: &[u8]| {
        let path = arguments.out.join(name);
        std::fs::write(&path, bytes).with_context(|| {
            let path = path.display();
            format!("cannot write `{path}`\nhint: is it open in another program?")
        })?;
        files.push(path.display().to_string());
        anyhow::Ok(())
    };
    if arguments.png {
        let pictures = pool.pictures(&rendered.pdf, arguments.dpi).await?;
        for (page, png) in (1..).zip(pictures) {
            file(format!("{stem}-{page}.png"), &png)?;
        }
    } else {
        file(format!("{stem}.pdf"), &rendered.pdf)?;
    }
    Ok(Made {
        sample: sheet.sample.clone(),
        language: sheet.language.clone(),
        edition: sheet.edition,
        pages: rendered.pages,
        files,
    })
}

/// The sheets that the arguments mean.
fn chosen(
    arguments: &Arguments,
    report: &Report,
    problems: &mut Problems,
) -> anyhow::Result<Vec<Sheet>> {
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
    anyhow::ensure!(
        report.languages().contains(&language),
        "the report `{}` has no strings for the language `{language}`\nhint: it has {}",
        report.name(),
        report.languages().join(", ")
    );
    let samples = Samples::read(report);
    let (mut sheets, wrong) = samples.sheets(&[language], &[edition]);
    let is_asked =
        |sample: &String| arguments.sample.is_empty() || arguments.sample.contains(sample);
    let wrong = samples.wrong.iter().chain(&wrong);
    wrong
        .filter(|wrong| is_asked(&wrong.sample))
        .for_each(|wrong| problems.of_sample(report, wrong));
    let known: Vec<String> = report.samples().keys().map(ToString::to_string).collect();
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
    sheets.retain(|sheet| is_asked(&sheet.sample));
    if sheets.is_empty() {
        let wrong = problems::told(&std::mem::take(problems).all());
        anyhow::bail!(
            "there is no page to make of the samples\n{}",
            wrong.trim_end()
        );
    }
    Ok(sheets)
}

fn told(made: &[Made]) -> String {
    let files = made.iter().flat_map(|made| &made.files);
    files.map(|file| format!("{file}\n")).collect()
}
