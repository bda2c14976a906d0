//! `registrar verify`: each fact about a signed document on a line of its own.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;
use serde::Serialize;

use super::terminal::shown;
use super::{Context, Done};
use crate::compliance::report::ComplianceReport;
use crate::exchange::Document;
use crate::seal::{FILE_BYTES_MAX, KeyError, KeyFolder, PEM_BYTES_MAX, SignedBy, TrustStore};
use crate::transcript::{Average, Kind, Transcript};
use crate::verify::{self, Answer, Conclusion};

/// How many files are examined before their answers are printed: enough for every core to have
/// work, and few enough that their data are all that is held.
const FILES_AT_ONCE_MAX: usize = 32;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The documents
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Certificates of issuers that you trust (PEM) [default: the district's own, in its key
    /// folder]
    #[arg(long, value_name = "CERT")]
    trust: Vec<PathBuf>,
}

/// One file's answer, or why it could not be read.
#[derive(Serialize)]
struct Line {
    file: String,
    #[serde(flatten)]
    answer: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let trust = trust(context, &arguments.trust)?;
    let files = &arguments.files;
    let bar = (files.len() > FILES_AT_ONCE_MAX)
        .then(|| context.terminal.progress(files.len() as u64, "documents"));
    let mut rows = context.terminal.rows();
    let (mut unread, mut refused) = (false, false);
    for some in files.chunks(FILES_AT_ONCE_MAX) {
        let lines: Vec<Line> = some.par_iter().map(|file| examine(file, &trust)).collect();
        for line in &lines {
            let mut print = || rows.push(line, || text(context, line));
            match &bar {
                Some(bar) => bar.suspend(print)?,
                None => print()?,
            }
            let conclusion = line.answer.as_ref().map(|answer| answer.conclusion);
            unread |= conclusion.is_none();
            refused |= conclusion != Some(Conclusion::Valid);
        }
        if let Some(bar) = &bar {
            bar.inc(lines.len() as u64);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    rows.end()?;
    if unread {
        // The file's own line says why, beside the answers for the others.
        context.terminal.say("not every file could be read");
        return Ok(Done::Unable);
    }
    Ok(if refused { Done::No } else { Done::Yes })
}

/// The pinned roots: the named certificates, or those of the district's own key folder.
pub(super) fn trust(context: &Context, files: &[PathBuf]) -> anyhow::Result<TrustStore> {
    if files.is_empty() {
        let folder = KeyFolder::open(&context.config.keys).map_err(|error| match error {
            KeyError::NotAKeyFolder(_) => anyhow::anyhow!(
                "no issuer is trusted yet\nhint: name the issuer's certificate with --trust CERT"
            ),
            other => other.into(),
        })?;
        return Ok(folder.trust_store()?);
    }
    let mut pem = String::new();
    for file in files {
        let bytes = read(file, PEM_BYTES_MAX).map_err(anyhow::Error::from);
        let text = bytes.and_then(|bytes| Ok(String::from_utf8(bytes)?));
        let text =
            text.with_context(|| format!("cannot read the certificate `{}`", file.display()))?;
        pem.push_str(&text);
        pem.push('\n');
        if pem.len() > PEM_BYTES_MAX {
            // The store says so.
            break;
        }
    }
    Ok(TrustStore::from_pem(&pem)?)
}

fn examine(file: &Path, trust: &TrustStore) -> Line {
    let name = file.display().to_string();
    match read(file, FILE_BYTES_MAX) {
        Ok(bytes) => Line {
            file: name,
            answer: Some(verify::examine(&bytes, trust)),
            error: None,
        },
        Err(error) => Line {
            file: name,
            answer: None,
            error: Some(error.to_string()),
        },
    }
}

/// Reads a file, but of one that is too large only so much that this is seen.
pub(super) fn read(file: &Path, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    std::fs::File::open(file)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(context: &Context, line: &Line) -> String {
    let file = shown(&line.file);
    let Some(answer) = &line.answer else {
        let error = line.error.as_deref().unwrap_or_default();
        return format!("{file}\n  cannot be read: {}\n", shown(error));
    };
    let mut text = format!("{file}\n  {}\n", answer.conclusion.sentence());
    for fact in &answer.facts {
        let mark = match fact.outcome {
            "ok" => context.terminal.mark(true),
            "failed" => context.terminal.mark(false),
            _ => "·",
        };
        text.push_str(&format!("  {mark} {}\n", fact.sentence));
    }
    if let Some(signed_by) = &answer.signed_by {
        text.push_str(&signer(signed_by, answer.conclusion));
    }
    if let Some(document) = &answer.document {
        text.push_str(&match document {
            Document::Transcript(transcript) => summary(transcript),
            Document::Compliance(report) => of_report(report),
        });
        text.push_str("  Compare these with the page in front of you.\n");
    }
    text
}

/// Who signed. Until every fact holds, that is only what the file says of itself.
fn signer(signed_by: &SignedBy, conclusion: Conclusion) -> String {
    let name = signed_by.organisation.as_ref();
    let name = shown(name.unwrap_or(&signed_by.subject));
    let demo = if signed_by.demo { " (DEMO)" } else { "" };
    let moment = signed_by.signed_at.strftime("%Y-%m-%d %H:%M UTC");
    if conclusion == Conclusion::Valid {
        format!("  signed by   {name}{demo}, {moment}\n")
    } else {
        format!("  claims to be signed by \"{name}\"{demo}, {moment}; that is not proven\n")
    }
}

/// What the signed data says, for a person to compare with the page.
fn summary(document: &Transcript) -> String {
    let kind = match document.document.kind {
        Kind::Initial => "initial",
        Kind::MidYear => "mid-year",
        Kind::Final => "final",
    };
    let average = |average: &Average| {
        let value = average.value.as_deref().unwrap_or("none");
        format!("{:<11} {value}", average.label)
    };
    let ceeb = document.school.ceeb.as_ref();
    let ceeb = ceeb.map(|ceeb| format!(" (CEEB {ceeb})"));
    let mut lines = vec![
        format!(
            "document    {kind} transcript {}, issued {}",
            document.document.id, document.document.issued_on
        ),
        format!(
            "school      {}{}",
            document.school.name,
            ceeb.unwrap_or_default()
        ),
        format!(
            "student     {}, born {}",
            document.student.name,
            document.student.birth_date.strftime("%m/%d/%Y")
        ),
    ];
    if let Some(school) = &document.document.sent_to {
        lines.push(format!(
            "sent to     {school}, for a transfer (Ed. Code 49068)"
        ));
    }
    lines.extend(document.averages.iter().map(average));
    lines.push(format!("credits     {} earned", document.credits.earned));
    if let Some(date) = document.attendance.graduated_on {
        lines.push(format!("graduated   {date}"));
    }
    let lines = lines.iter().map(|line| format!("  {}\n", shown(line)));
    lines.collect()
}

/// The same of a compliance report.
fn of_report(report: &ComplianceReport) -> String {
    let decree = &report.decree;
    let mut lines = vec![
        format!(
            "document    compliance report {}, {} edition",
            report.document.id,
            report.document.edition.word()
        ),
        format!("decree      {}", decree.title),
        format!("            {} ({})", decree.id, decree.version),
        format!("district    {}", report.district.name),
        format!(
            "as of       {}, by records of {}",
            report.as_of, report.as_known
        ),
    ];
    lines.extend(report.outcomes.iter().map(|outcome| {
        let figures = outcome.thresholds.iter();
        // Where files were studied, the decree asks for what they say.
        let figures = figures.map(|it| {
            let studied = it.study.as_ref().map(|study| &*study.figure);
            studied.or(it.figure.as_deref()).unwrap_or("–")
        });
        let figures: Vec<&str> = figures.collect();
        let status = outcome.status.replace('_', " ");
        format!("{:<11} {status}: {}", outcome.outcome, figures.join(", "))
    }));
    if let Some(by) = &report.gate.overridden {
        let below = match report.gate.below.len() {
            0 => "some".to_owned(),
            parts => parts.to_string(),
        };
        lines.push(format!(
            "incomplete  {below} parts of the records are under {} percent; signed all the same by \
             {}: {}",
            report.gate.at_least, by.by, by.reason
        ));
    }
    if let Some(public) = &report.public {
        lines.extend(public.outcomes.iter().map(|outcome| {
            let results = outcome.thresholds.iter().map(|it| &*it.result);
            let results: Vec<&str> = results.collect();
            let status = outcome.status.as_deref().unwrap_or("hidden");
            let status = status.replace('_', " ");
            format!("{:<11} {status}: {}", outcome.outcome, results.join(", "))
        }));
        lines.push(format!(
            "hides       by the rules {}, after {} earlier public editions",
            public.policy.version,
            public.considered.len()
        ));
    }
    let left_out = report.left_out.iter();
    lines.extend(left_out.map(|it| format!("{:<11} left out of the report", it.outcome)));
    let lines = lines.iter().map(|line| format!("  {}\n", shown(line)));
    lines.collect()
}
