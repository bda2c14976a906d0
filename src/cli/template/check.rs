//! `registrar template check`: every report with every sample, in every language and edition, laid
//! out by the workers that make real documents. Whatever is wrong is said at once, each thing once,
//! with the file and line where its owner can mend it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::sheets::{Sheet, sheets};
use super::{configured, folder_path};
use crate::cli::terminal::shown;
use crate::cli::{Context, Done, issuing};
use crate::issue::{Gap, gaps};
use crate::render::{Diagnostic, Limits, Pool, RenderError};
use crate::template::{Composed, Folder, Report, Setting, SettingValue, TemplateError};
use crate::transcript::Policy;
use crate::transcript::audit::{Finding, of_policy, of_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Reports by name, or folders [default: all of the program's own, and the configured one]
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

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Found {
    file: Option<String>,
    line: Option<usize>,
    message: String,
    hints: Vec<String>,
    /// The documents on which it was found: `senior, es, official`; none where it needs none.
    on: Vec<String>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut names = arguments.reports.clone();
    if names.is_empty() {
        names = Folder::shipped_names();
        names.extend(configured(context).map(|folder| folder_path(&folder)));
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
            checked.problems = of_folder(&error);
            return Ok(checked);
        }
    };
    let mut problems = Problems::default();
    let policy = report.rules("policy.toml").map(Policy::parse).transpose();
    match policy {
        Ok(policy) => {
            let disclosed = policy.iter().flat_map(of_policy);
            disclosed.for_each(|found| problems.add(disclosing(&found), None));
        }
        Err(error) => error
            .problems
            .iter()
            .for_each(|text| problems.add(apart(text), None)),
    }
    for (file, line, text) in report.sources() {
        if let Some(finding) = of_text("it", &text) {
            let found = Found {
                file: Some(file),
                line: Some(line),
                ..disclosing(&finding)
            };
            problems.add(found, None);
        }
    }
    for language in report.languages() {
        for text in issuing::unprintable_texts(&report.texts(language)) {
            problems.add(apart(&text), None);
        }
        for (place, text) in report.texts(language) {
            let disclosed = of_text(&place, text);
            disclosed
                .into_iter()
                .for_each(|found| problems.add(disclosing(&found), None));
        }
        let languages = [language.clone()];
        let (sheets, wrong) = sheets(&report, &languages, &issuing::editions(&report));
        for sample in wrong {
            let mut found = apart(&sample.message);
            found.file = Some(format!("{}/samples/{}.toml", report.name(), sample.sample));
            problems.add(found, None);
        }
        match report.compose(language) {
            Ok(composed) => {
                let pages = lay_out(context, &report, &composed, sheets, &mut problems).await?;
                checked.documents += pages.len();
                checked.pages += pages.iter().sum::<u32>();
            }
            Err(error) => of_folder(&error)
                .into_iter()
                .for_each(|found| problems.add(found, None)),
        }
    }
    checked.problems = problems.all();
    Ok(checked)
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
        let on = Some(sheet.parts().join(", "));
        match outcome {
            Ok(rendered) => {
                pages.push(rendered.pages);
                for gap in gaps(&sheet.transcript, &rendered.legible) {
                    if !problems.has_of_source(&gap) {
                        problems.add(of_gap(report, &gap), on.clone());
                    }
                }
                for warning in rendered.warnings {
                    problems.add(of_layout(report, composed, warning), on.clone());
                }
            }
            Err(RenderError::Template { diagnostics }) => {
                for diagnostic in diagnostics {
                    problems.add(of_layout(report, composed, diagnostic), on.clone());
                }
            }
            Err(error) => problems.add(apart(&error.to_string()), on),
        }
    }
    Ok(pages)
}

/// Problems, each once, with the documents on which it was found.
#[derive(Default)]
struct Problems(BTreeMap<Found, Vec<String>>);

impl Problems {
    fn add(&mut self, found: Found, on: Option<String>) {
        self.0.entry(found).or_default().extend(on);
    }

    /// Whether the word that a page holds was found in a file already, where it can be mended.
    fn has_of_source(&self, gap: &Gap) -> bool {
        let gap = gap.to_string();
        let word = gap.strip_prefix("the page ");
        let mut of_files = self.0.iter().filter(|(_, on)| on.is_empty());
        word.is_some_and(|word| of_files.any(|(found, _)| found.message.ends_with(word)))
    }

    fn all(self) -> Vec<Found> {
        let found = self.0.into_iter().map(|(found, on)| Found { on, ..found });
        found.collect()
    }
}

/// What a folder's own examination says.
fn of_folder(error: &TemplateError) -> Vec<Found> {
    let found = error.problems.iter().map(|problem| Found {
        file: Some(problem.file.clone()),
        line: problem.line,
        message: problem.cause.to_string(),
        hints: vec![problem.cause.hint()],
        on: Vec::new(),
    });
    found.collect()
}

/// What was found while a document was laid out, with its place in the folder.
fn of_layout(report: &Report, composed: &Composed, diagnostic: Diagnostic) -> Found {
    let line = diagnostic.line.and_then(|line| usize::try_from(line).ok());
    let place = diagnostic.file.as_deref();
    let place = place.map(|file| report.place_of(composed, file, line.unwrap_or(1)));
    let (file, line) = place.map_or((None, None), |(file, found)| (Some(file), line.and(found)));
    let mut hints = diagnostic.hints;
    let names =
        |setting: &Setting, file: &str| setting.value == SettingValue::Text(file.to_owned());
    if let Some(picture) = diagnostic.file.filter(|file| file.ends_with(".svg")) {
        let settings = report.settings().iter();
        let named = settings.filter(|(_, setting)| names(setting, &picture));
        hints.extend(named.map(|(name, _)| format!("the setting `{name}` names this picture")));
        hints.push("export it again from the program that drew it".to_owned());
    }
    Found {
        file,
        line,
        message: diagnostic.message,
        hints,
        on: Vec::new(),
    }
}

/// What a document does not say, with the part of the folder that should.
fn of_gap(report: &Report, gap: &Gap) -> Found {
    let place = report.place_of_block(gap.block);
    let (file, line) = place.map_or((None, None), |(file, line)| (Some(file), Some(line)));
    Found {
        file,
        line,
        message: gap.to_string(),
        hints: vec![gap.hint.to_owned()],
        on: Vec::new(),
    }
}

/// A message whose hints stand on lines of their own.
fn apart(text: &str) -> Found {
    let is_hint = |line: &&str| line.starts_with("hint: ");
    let (hints, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(is_hint);
    let message = lines.join("\n");
    // `strings.en.toml: official holds …` names its file.
    let (file, message) = match message.split_once(": ") {
        Some((file, rest)) if file.ends_with(".toml") => (Some(file.to_owned()), rest.to_owned()),
        _ => (None, message),
    };
    Found {
        file,
        line: None,
        hints: hints
            .iter()
            .map(|hint| hint["hint: ".len()..].to_owned())
            .collect(),
        message,
        on: Vec::new(),
    }
}

/// A text that would tell of a disability, on every document.
fn disclosing(finding: &Finding) -> Found {
    apart(&format!("{}\nhint: {}", finding.message, finding.hint))
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
    let mut text = format!("{report}: {mark} ({documents} documents, {pages} pages)\n");
    for found in problems {
        let line = found
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        let place = found.file.as_ref().map(|file| format!("{file}{line}: "));
        let mut lines = found.message.lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(text, "  {}{}", place.unwrap_or_default(), shown(first));
        for line in lines {
            let _ = writeln!(text, "    {}", shown(line));
        }
        for hint in &found.hints {
            let _ = writeln!(text, "    hint: {}", shown(hint));
        }
        match &*found.on {
            [] => {}
            [one] => drop(writeln!(text, "    on {one}")),
            [one, others @ ..] => {
                let _ = writeln!(text, "    on {one}, and {} more", others.len());
            }
        }
    }
    text
}
