//! `registrar template check`: every report with every sample, in every language and edition, laid
//! out by the workers that make real documents. Whatever is wrong is said at once, each thing once,
//! with the file and line where its owner can mend it.

use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::problems::{self, Found, Problems};
use super::sheets::{Samples, Sheet};
use super::{configured, folder_path};
use crate::cli::{Context, Done, issuing};
use crate::render::{Limits, Pool, RenderError};
use crate::template::{Composed, Folder, Report};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Reports by name, or folders [default: all of the program's own, and the configured ones]
    #[arg(value_name = "NAME|FOLDER")]
    reports: Vec<String>,
}

/// What came of one report.
#[derive(Serialize)]
struct Checked {
    report: String,
    /// Documents that were laid out.
    documents: usize,
    /// Their pages.
    pages: u32,
    problems: Vec<Found>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut names = arguments.reports.clone();
    if names.is_empty() {
        names = Report::shipped_of(issuing::MODEL);
        let configured = configured(context).into_iter();
        names.extend(configured.map(|folder| folder_path(&folder)));
    }
    let mut all = Vec::with_capacity(names.len());
    for name in &names {
        all.push(check(context, name).await?);
    }
    context
        .terminal
        .data(&all, || all.iter().map(told).collect())?;
    let problems: usize = all.iter().map(|checked| checked.problems.len()).sum();
    if problems > 0 {
        let word = if problems == 1 { "problem" } else { "problems" };
        context.terminal.say(format_args!("{problems} {word}"));
        return Ok(Done::No);
    }
    if let [name] = &*names {
        context.terminal.say(format_args!(
            "Next: `registrar template preview {name} --png` to look at it"
        ));
    }
    Ok(Done::Yes)
}

async fn check(context: &Context, name: &str) -> anyhow::Result<Checked> {
    let mut checked = Checked {
        report: name.to_owned(),
        documents: 0,
        pages: 0,
        problems: Vec::new(),
    };
    let report = match issuing::report(name) {
        Ok(report) => report,
        Err(error) => {
            let mut problems = Problems::default();
            problems.of_folder(&error);
            of_pictures(context, name, &mut problems).await?;
            checked.problems = problems.all();
            return Ok(checked);
        }
    };
    issuing::of_transcripts(&report)?;
    let mut problems = Problems::default();
    let has_rules = problems.of_report(&report);
    let samples = Samples::read(&report);
    for wrong in &samples.wrong {
        // What is wrong with the rules is said of them.
        if has_rules || !wrong.is_of_rules {
            problems.of_sample(&report, wrong);
        }
    }
    for language in report.languages() {
        problems.of_texts(&report, language);
        let languages = [language.clone()];
        let (sheets, wrong) = samples.sheets(&languages, &issuing::editions(&report));
        wrong
            .iter()
            .for_each(|wrong| problems.of_sample(&report, wrong));
        match report.compose(language) {
            Ok(composed) => {
                let pages = lay_out(context, &report, &composed, sheets, &mut problems).await?;
                checked.documents += pages.len();
                checked.pages += pages.iter().sum::<u32>();
            }
            Err(error) => problems.of_folder(&error),
        }
    }
    if checked.documents == 0 {
        of_pictures(context, name, &mut problems).await?;
    }
    checked.problems = problems.all();
    Ok(checked)
}

/// What is wrong with a folder's pictures and its profile, where its own layout makes no page to
/// show it: a sample is laid out by the report on which the folder builds.
async fn of_pictures(context: &Context, name: &str, problems: &mut Problems) -> anyhow::Result<()> {
    let Ok(mut folder) = Folder::read(Path::new(name)) else {
        return Ok(());
    };
    let is_source = |file: &str| file.ends_with(".j2") || file.ends_with(".typ");
    folder.files.retain(|file, _| !is_source(file));
    let Ok(report) = Report::from_folder(folder) else {
        return Ok(());
    };
    problems.of_report(&report);
    let languages: Vec<String> = report.languages().iter().take(1).cloned().collect();
    let samples = Samples::read(&report);
    let (mut sheets, _) = samples.sheets(&languages, &issuing::editions(&report));
    sheets.truncate(1);
    if let [language] = &*languages
        && let Ok(composed) = report.compose(language)
    {
        lay_out(context, &report, &composed, sheets, problems).await?;
    }
    Ok(())
}

/// Lays out every sheet; the pages of each that could be.
async fn lay_out(
    context: &Context,
    report: &Report,
    composed: &Composed,
    sheets: Vec<Sheet>,
    problems: &mut Problems,
) -> anyhow::Result<Vec<u32>> {
    let workers = context.config.workers().min(sheets.len());
    let workers = std::num::NonZeroUsize::new(workers).unwrap_or(std::num::NonZeroUsize::MIN);
    let pool = Pool::start(composed, Limits::default(), workers)?;
    let under_way_max = 2 * workers.get();
    let outcomes =
        futures_util::stream::iter(sheets).map(async |sheet| match pool.render(&sheet.job).await {
            Err(error @ RenderError::NoWorker { .. }) => Err(error),
            outcome => Ok((sheet, outcome)),
        });
    let outcomes: Vec<_> = outcomes.buffered(under_way_max).try_collect().await?;
    let mut pages = Vec::new();
    for (sheet, outcome) in outcomes {
        pages.extend(outcome.as_ref().ok().map(|rendered| rendered.pages));
        problems.of_sheet(report, composed, &sheet, outcome);
    }
    Ok(pages)
}

fn told(checked: &Checked) -> String {
    let Checked {
        report,
        documents,
        pages,
        problems,
    } = checked;
    let mark = if problems.is_empty() {
        "good"
    } else {
        "not good"
    };
    let said = problems::told(problems);
    format!("{report}: {mark} ({documents} documents, {pages} pages)\n{said}")
}
