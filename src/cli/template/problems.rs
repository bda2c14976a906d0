//! What is wrong with a report, each thing once, with the file and line where its owner can mend
//! it: the same for `check`, which tries everything, and for `preview`, which shows some of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::sheets::{Sheet, WrongSample};
use crate::cli::issuing;
use crate::cli::terminal::shown;
use crate::issue::{Gap, gaps};
use crate::render::{Diagnostic, Lettering, RenderError, Rendered, lettering};
use crate::template::{Composed, Report, Setting, SettingValue, TemplateError};
use crate::transcript::Policy;
use crate::transcript::audit::{Finding, of_policy, of_text};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Found {
    file: Option<String>,
    line: Option<usize>,
    message: String,
    hints: Vec<String>,
    /// The documents on which it was found: `senior, es, official`; none where it needs none.
    on: Vec<String>,
}

/// Problems as they are said to a person, indented; a hint that several have, with the first.
pub(super) fn told(problems: &[Found]) -> String {
    let mut hinted = BTreeSet::new();
    let told = problems.iter().map(|problem| {
        let hints = problem.hints.iter().filter(|hint| hinted.insert(*hint));
        problem.told(hints)
    });
    told.collect()
}

impl Found {
    fn told<'a>(&self, hints: impl Iterator<Item = &'a String>) -> String {
        let mut text = String::new();
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = self.file.as_ref().map(|file| format!("{file}{line}: "));
        let mut lines = self.message.lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(text, "  {}{}", place.unwrap_or_default(), shown(first));
        for line in lines {
            let _ = writeln!(text, "    {}", shown(line));
        }
        for hint in hints {
            let _ = writeln!(text, "    hint: {}", shown(hint));
        }
        match &*self.on {
            [] => {}
            [one] => drop(writeln!(text, "    on {one}")),
            [one, others @ ..] => {
                let _ = writeln!(text, "    on {one}, and {} more", others.len());
            }
        }
        text
    }
}

/// Problems, each once, with the documents on which it was found.
#[derive(Default)]
pub(super) struct Problems(BTreeMap<Found, Vec<String>>);

impl Problems {
    /// What can be said of the report without a sample: its rules, sources, drawings. Whether a
    /// sample has rules to be made by.
    pub fn of_report(&mut self, report: &Report) -> bool {
        let policy = report.rules("policy.toml").map(Policy::parse).transpose();
        let has_rules = policy.is_ok();
        match policy {
            Ok(policy) => {
                let disclosed = policy.iter().flat_map(of_policy);
                disclosed.for_each(|found| self.add(disclosing(&found), None));
            }
            Err(error) => {
                let problems = error.problems.iter();
                problems.for_each(|text| self.add(apart(text), None));
            }
        }
        for (file, line, text) in report.sources() {
            if let Some(finding) = of_text("it", &text) {
                let (file, line) = (Some(file), Some(line));
                self.add(
                    Found {
                        file,
                        line,
                        ..disclosing(&finding)
                    },
                    None,
                );
            }
        }
        for (file, text) in report.drawings() {
            for found in lettering(&text) {
                self.add(of_lettering(&file, &found), None);
            }
        }
        has_rules
    }

    /// The report's own texts in one language.
    pub fn of_texts(&mut self, report: &Report, language: &str) {
        let texts = report.texts(language);
        for text in issuing::unprintable_texts(&texts) {
            self.add(apart(&text), None);
        }
        for (place, text) in texts {
            let disclosed = of_text(&place, text).into_iter();
            disclosed.for_each(|found| self.add(disclosing(&found), None));
        }
    }

    /// A sample of which there is no page.
    pub fn of_sample(&mut self, report: &Report, wrong: &WrongSample) {
        let file = format!("{}/samples/{}.toml", report.name(), wrong.sample);
        let found = apart(&wrong.message);
        self.add(
            Found {
                file: Some(file),
                ..found
            },
            None,
        );
    }

    /// What a folder's own examination says.
    pub fn of_folder(&mut self, error: &TemplateError) {
        for problem in &error.problems {
            let found = Found {
                file: Some(problem.file.clone()),
                line: problem.line,
                message: problem.cause.to_string(),
                hints: vec![problem.cause.hint()],
                on: Vec::new(),
            };
            self.add(found, None);
        }
    }

    /// What came of laying a sample out.
    pub fn of_sheet(
        &mut self,
        report: &Report,
        composed: &Composed,
        sheet: &Sheet,
        outcome: Result<Rendered, RenderError>,
    ) {
        let on = Some(sheet.parts().join(", "));
        let diagnostics = match outcome {
            Ok(rendered) => {
                for gap in gaps(&sheet.transcript, &composed.wording, &rendered.legible) {
                    if !self.has_of_source(&gap) {
                        self.add(of_gap(report, &gap), on.clone());
                    }
                }
                rendered.warnings
            }
            Err(RenderError::Template { diagnostics }) => diagnostics,
            Err(error) => return self.add(apart(&error.to_string()), on),
        };
        for diagnostic in diagnostics {
            self.add(of_layout(report, composed, diagnostic), on.clone());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One more, found on this document or on none of its own.
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

    pub fn all(self) -> Vec<Found> {
        let found = self.0.into_iter().map(|(found, on)| Found { on, ..found });
        found.collect()
    }
}

/// A drawing's text in a font that the program does not have.
fn of_lettering(file: &str, found: &Lettering) -> Found {
    let fonts = match &*found.fonts {
        "" => "no font that it names".to_owned(),
        fonts => format!("`{fonts}`, a font that the program does not have"),
    };
    Found {
        file: Some(file.to_owned()),
        line: Some(found.line),
        message: format!("holds a text in {fonts}: it is drawn otherwise, or not at all"),
        hints: vec![
            "convert the text to paths in the program that drew it (Inkscape: Path, Object to Path)"
                .to_owned(),
        ],
        on: Vec::new(),
    }
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
    if hints.is_empty() {
        hints.push(advice(&diagnostic.message).to_owned());
    }
    Found {
        file,
        line,
        message: diagnostic.message,
        hints,
        on: Vec::new(),
    }
}

/// What to do about a problem of which Typst says no more.
fn advice(message: &str) -> &'static str {
    match message {
        _ if message.contains("does not contain key") => {
            "`settings` has the names of report.toml, `strings` those of strings.<language>.toml, \
             and the record those that `registrar template schema` shows"
        }
        _ => {
            "https://typst.app/docs/reference says what each function takes, and `registrar \
             template schema` what the record holds"
        }
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
    // `strings.en.toml: official holds …` names its file, `policy.toml:7:1: …` its place too.
    let place = message.split_once(": ").and_then(|(place, rest)| {
        let mut parts = place.split(':');
        let file = parts.next().filter(|file| file.ends_with(".toml"))?;
        let line: Option<usize> = parts.next().and_then(|line| line.parse().ok());
        let rest = match parts.next() {
            Some(column) => format!("column {column}: {rest}"),
            None => rest.to_owned(),
        };
        Some((Some(file.to_owned()), line, rest))
    });
    let (file, line, message) = place.unwrap_or((None, None, message));
    Found {
        file,
        line,
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
