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
use crate::template;

/// Case files of one decree.
const CASE_FILES_MAX: usize = 1000;
/// The calendar by which they are counted.
const CALENDAR: &str = "calendar.toml";

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
            let beside = if arguments.decree.contains(std::path::is_separator) {
                let folder = Path::new(&told.file)
                    .parent()
                    .map_or(PathBuf::new(), Path::to_owned);
                Beside::on_disk(&folder)?
            } else {
                Beside::shipped(&arguments.decree)?
            };
            told.cases = beside.run(&decree);
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

/// The case files beside a decree, in the order of their names, and the calendar that they share:
/// each with how it is called and its text.
struct Beside {
    files: Vec<(String, String)>,
    calendar: Option<(String, String)>,
}

impl Beside {
    fn on_disk(folder: &Path) -> anyhow::Result<Self> {
        let place = folder.join("cases");
        let mut paths = Vec::new();
        if place.is_dir() {
            for entry in std::fs::read_dir(&place)? {
                let path = entry?.path();
                if path.extension().is_some_and(|it| it == "toml") {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        anyhow::ensure!(
            paths.len() <= CASE_FILES_MAX,
            "`{}` has {} case files, {CASE_FILES_MAX} at most\n\
             hint: several cases may stand in one",
            place.display(),
            paths.len()
        );
        let named = |path: &PathBuf| -> anyhow::Result<(String, String)> {
            Ok((path.display().to_string(), read(path, CASE_BYTES_MAX)?))
        };
        let calendar = folder.join(CALENDAR);
        Ok(Self {
            files: paths.iter().map(named).collect::<Result<_, _>>()?,
            calendar: calendar.exists().then(|| named(&calendar)).transpose()?,
        })
    }

    /// Those that come along.
    fn shipped(name: &str) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for (file, text) in template::shipped_files(&format!("{name}/cases")) {
            let text = std::str::from_utf8(text)?;
            files.push((format!("{name}/cases/{file}"), text.to_owned()));
        }
        files.sort();
        let calendar = template::shipped_rules(name, CALENDAR);
        Ok(Self {
            files,
            calendar: calendar.map(|text| (format!("{name}/{CALENDAR}"), text.to_owned())),
        })
    }

    fn run(&self, decree: &Decree) -> Vec<ToldCase> {
        let calendar = self.calendar.as_ref();
        let calendar = calendar.map(|(file, text)| (&**file, &**text));
        let run =
            |(file, text): &(String, String)| match run_case_file(decree, (file, text), calendar) {
                Ok(CaseRun {
                    title,
                    cites,
                    differences,
                }) => ToldCase {
                    file: file.clone(),
                    title: Some(title),
                    cites: Some(cites),
                    passes: differences.is_empty(),
                    problems: differences,
                },
                Err(problems) => ToldCase {
                    file: file.clone(),
                    title: None,
                    cites: None,
                    passes: false,
                    problems,
                },
            };
        self.files.iter().map(run).collect()
    }
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
