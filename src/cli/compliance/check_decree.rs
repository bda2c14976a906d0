//! `registrar compliance check-decree`: what its author hears of a decree's file, of the review
//! forms that it names, and of the case files beside it (`cases/`, counted against
//! `calendar.toml`).

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::forms::{self, FormFile};
use super::{Context, Done, read, text_of};
use crate::cli::terminal::shown;
use crate::compliance::decree::Decree;
use crate::compliance::{CLOCK_FIELDS, CaseKind, DATES, Field};
use crate::issue::{CASE_BYTES_MAX, CaseRun, run_case_file};

/// Case files of one decree.
const CASE_FILES_MAX: usize = 1000;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The file or its folder, by a path with a separator; or the name of one that comes along
    #[arg(value_name = "FILE|NAME")]
    decree: String,
    /// List every field that a rule may read, kind by kind
    #[arg(long)]
    fields: bool,
}

/// What is told of a file.
#[derive(Serialize)]
struct Told {
    file: String,
    problems: Vec<String>,
    warnings: Vec<String>,
    outcomes: Vec<String>,
    cases: Vec<ToldCase>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Kind>,
}

/// What a case file came to.
#[derive(Serialize)]
struct ToldCase {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cites: Option<String>,
    passes: bool,
    /// What the decree says otherwise, or what is wrong with the file.
    problems: Vec<String>,
}

/// A kind of cases.
#[derive(Serialize)]
struct Kind {
    kind: &'static str,
    fields: Vec<KindField>,
}

/// A field of it.
#[derive(Serialize)]
struct KindField {
    name: &'static str,
    holds: String,
    meaning: &'static str,
}

pub(in crate::cli) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let (file, text) = text_of(&arguments.decree)?;
    let mut told = Told {
        file,
        problems: Vec::new(),
        warnings: Vec::new(),
        outcomes: Vec::new(),
        cases: Vec::new(),
        fields: if arguments.fields {
            kinds()
        } else {
            Vec::new()
        },
    };
    match Decree::read(&told.file, &text) {
        Ok(decree) => {
            told.outcomes
                .extend(decree.outcomes.iter().map(|it| it.text.id.clone()));
            told.warnings.clone_from(&decree.warnings);
            told.forms(&decree, &arguments.decree);
            // What comes along has no folder beside it.
            if arguments.decree.contains(std::path::is_separator) {
                let folder = Path::new(&told.file)
                    .parent()
                    .map_or(PathBuf::new(), Path::to_owned);
                told.cases = cases(&decree, &folder)?;
            }
        }
        Err(problems) => told.problems = problems,
    }
    context.terminal.data(&told, || written(&told))?;
    let is_right = told.problems.is_empty() && told.cases.iter().all(|case| case.passes);
    Ok(if is_right { Done::Yes } else { Done::No })
}

impl Told {
    /// Looks at each form by which files are reviewed: whether it is there, and whether it has the
    /// findings that the thresholds count.
    fn forms(&mut self, decree: &Decree, named: &str) {
        for outcome in &decree.outcomes {
            let Some(sample) = &outcome.text.sample else {
                continue;
            };
            let found = match FormFile::of_decree(named, &sample.form) {
                Ok(Some(found)) => found,
                Ok(None) => {
                    self.warnings.push(format!(
                        "outcome `{}`: its review form `{}` is nowhere\n  hint: files are reviewed \
                         by it before a sample is counted; {}",
                        outcome.text.id,
                        sample.form,
                        forms::places(named, &sample.form)
                    ));
                    continue;
                }
                Err(error) => {
                    self.problems.push(format!("{error:#}"));
                    continue;
                }
            };
            let file = &found.file;
            let form = match found.form() {
                Ok(form) => form,
                Err(wrong) => {
                    self.problems.extend(wrong);
                    continue;
                }
            };
            if form.form != sample.form {
                self.problems.push(format!(
                    "{file}: the form calls itself `{}`\n  hint: write `form = \"{}\"`",
                    form.form, sample.form
                ));
            }
            let counted = outcome
                .text
                .thresholds
                .iter()
                .filter_map(|it| it.finding.as_ref());
            for finding in counted.filter(|name| form.findings.iter().all(|it| it.name != **name)) {
                let known: Vec<&str> = form.findings.iter().map(|it| &*it.name).collect();
                self.problems.push(format!(
                    "{file}: outcome `{}` counts a finding `{finding}` that the form has not\n  \
                     hint: one of {}",
                    outcome.text.id,
                    known.join(", ")
                ));
            }
        }
    }
}

/// Runs every case file of a folder, in the order of their names.
fn cases(decree: &Decree, folder: &Path) -> anyhow::Result<Vec<ToldCase>> {
    let place = folder.join("cases");
    let mut files = Vec::new();
    if place.is_dir() {
        for entry in std::fs::read_dir(&place)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    anyhow::ensure!(
        files.len() <= CASE_FILES_MAX,
        "`{}` has {} case files, {CASE_FILES_MAX} at most\nhint: several cases may stand in one",
        place.display(),
        files.len()
    );
    let calendar = folder.join("calendar.toml");
    let calendar_file = calendar.display().to_string();
    let calendar = match calendar.exists() {
        true => Some(read(&calendar, CASE_BYTES_MAX)?),
        false => None,
    };
    let calendar = calendar.as_ref().map(|text| (&*calendar_file, &**text));
    let run = |path: &PathBuf| {
        let file = path.display().to_string();
        let text = read(path, CASE_BYTES_MAX)?;
        Ok(match run_case_file(decree, (&file, &text), calendar) {
            Ok(CaseRun {
                title,
                cites,
                differences,
            }) => ToldCase {
                file,
                title: Some(title),
                cites: Some(cites),
                passes: differences.is_empty(),
                problems: differences,
            },
            Err(problems) => ToldCase {
                file,
                title: None,
                cites: None,
                passes: false,
                problems,
            },
        })
    };
    files.iter().map(run).collect()
}

fn kinds() -> Vec<Kind> {
    let field = |field: &Field| KindField {
        name: field.name,
        holds: field.of.to_string(),
        meaning: field.meaning,
    };
    let kind = |kind: &CaseKind| Kind {
        kind: kind.word(),
        fields: kind.fields().iter().map(field).collect(),
    };
    CaseKind::ALL.iter().map(kind).collect()
}

fn written(told: &Told) -> String {
    let mut text = String::new();
    for problem in &told.problems {
        text += &format!("{problem}\n");
    }
    for warning in &told.warnings {
        text += &format!("warning: {warning}\n");
    }
    if told.problems.is_empty() {
        let outcomes = told.outcomes.join(", ");
        text += &format!(
            "{}: {} outcomes: {outcomes}\n",
            told.file,
            told.outcomes.len()
        );
    }
    for case in &told.cases {
        let word = if case.passes { "passes" } else { "fails" };
        let title = case.title.as_deref().unwrap_or("it cannot be read");
        text += &format!("{word:<7} {}: {}\n", shown(&case.file), shown(title));
        for line in case.problems.iter().flat_map(|it| it.lines()) {
            text += &format!("        {}\n", shown(line));
        }
    }
    for kind in &told.fields {
        text += &format!("\ncase `{}`\n", kind.kind);
        for field in &kind.fields {
            text += &format!(
                "  {:<28} {:<18} {}\n",
                field.name, field.holds, field.meaning
            );
        }
    }
    if !told.fields.is_empty() {
        text += "\nof an outcome's clock, and of the report\n";
        for field in CLOCK_FIELDS.iter().chain(DATES) {
            let holds = field.of.to_string();
            text += &format!("  {:<28} {holds:<18} {}\n", field.name, field.meaning);
        }
    }
    text
}
