//! `registrar compliance report`: the court edition as a signed PDF, or a draft of it.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::{Context, Done, Reading, open};
use crate::cli::decided::said;
use crate::cli::issuing;
use crate::cli::passphrase::PassphraseArguments;
use crate::compliance::report::GateOverride;
use crate::issue::{Coverage, MadeReport, ReportOffice, ReportWanted, Signing};
use crate::ledger::{DocumentFiles, Ledger};
use crate::render::{Limits, Pool};
use crate::seal::KeyFolder;
use crate::template::Report;

/// The report folder that lays out every decree.
const TEMPLATE: &str = "compliance";
/// The model that such a folder takes.
const MODEL: &str = "registrar-compliance";
/// The string of it that every page of a draft shows.
const DRAFT_MARK: &str = "draft_mark";
/// A report of a thousand schools needs less than a gigabyte (`tests/cli/large_report.rs`); a
/// district's folder may print more of them, at some hundred kilobytes for each row of a table.
const MEMORY_BYTES_MAX: u64 = 4 << 30;
const DEADLINE: Duration = Duration::from_secs(600);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// The file to write
    #[arg(long, value_name = "FILE.pdf")]
    out: PathBuf,
    /// An outcome that nobody confirmed and that the report leaves out; it says so
    #[arg(long, value_name = "N")]
    leave_out: Vec<String>,
    /// The officer who answers for records that are not complete enough to be signed
    #[arg(long, value_name = "NAME", requires = "override_reason")]
    override_by: Option<String>,
    /// Why; it prints in the report with the officer's name
    #[arg(long, value_name = "TEXT", requires = "override_by")]
    override_reason: Option<String>,
    /// An unsigned draft with every outcome, whatever is confirmed
    #[arg(long)]
    draft: bool,
    /// The language of the texts [default: as configured]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// A report folder of the district's own, by a path with a separator, that builds on
    /// `compliance`
    #[arg(long, value_name = "FOLDER", default_value = TEMPLATE)]
    template: String,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// What is told of a report that was made.
#[derive(Serialize)]
struct Told<'a> {
    file: String,
    document: &'a str,
    decree: &'a str,
    edition: &'static str,
    draft: bool,
    as_of: String,
    as_known: &'a str,
    /// Whether the same report was signed before, and this is that file.
    signed_before: bool,
    left_out: Vec<&'a str>,
    /// What keeps it from being signed, or would: a line each.
    below_gate: Vec<String>,
    overridden_by: Option<&'a str>,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let settings = &context.config.transcript;
    let language = arguments.language.as_ref().unwrap_or(&settings.language);
    let report = template(&arguments.template)?;
    let composed = report.compose(language)?;
    let compliance = open(context, &arguments.reading).await?;
    let languages = &compliance.decree().text.languages;
    anyhow::ensure!(
        languages.contains(language),
        "the decree does not speak `{language}`\nhint: one of {}",
        languages.join(", ")
    );
    let wanted = ReportWanted {
        draft: arguments.draft,
        language: language.clone(),
        left_out: arguments.leave_out.clone(),
        overridden: overridden(arguments)?,
    };
    compliance.may_report(&wanted)?;
    let measured = compliance.measure::<anyhow::Error>(|_, _| Ok(()), |_| {});
    let counted = compliance.report(&measured.await?, &wanted)?;
    let office = ReportOffice {
        pool: &Pool::start(&composed, limits(), NonZeroUsize::MIN)?,
        template_digest: composed.digest,
        draft_mark: &draft_mark(language)?,
        coverage: &Coverage::shipped(),
    };
    let known = compliance.as_known();
    let made = if arguments.draft {
        office.draft(counted, known).await?
    } else {
        let passphrase = arguments.passphrase.open()?;
        let keys = KeyFolder::open(&context.config.keys)?;
        let signing = Signing {
            document: keys.document_signer(&passphrase)?,
            data: keys.data_signer(&passphrase)?,
            trust: keys.trust_store()?,
        };
        let files = DocumentFiles::open(&context.config.documents)?;
        let ledger = Ledger::new(context.store().await?, files);
        let now = context.clock.now();
        office
            .file(counted, (&signing, &ledger), (known, now))
            .await?
    };
    issuing::write_private(&arguments.out, &made.pdf)?;
    tell(context, arguments, &made)
}

/// What laying out a report may take.
pub(in crate::cli) fn limits() -> Limits {
    Limits {
        deadline: DEADLINE,
        memory_bytes_max: MEMORY_BYTES_MAX,
        ..Limits::default()
    }
}

/// Who lets records pass that are not complete enough, in words that a page can print.
fn overridden(arguments: &Arguments) -> anyhow::Result<Option<GateOverride>> {
    let (by, reason) = (&arguments.override_by, &arguments.override_reason);
    let Some((by, reason)) = by.as_ref().zip(reason.as_ref()) else {
        return Ok(None);
    };
    said("--override-by", by)?;
    said("--override-reason", reason)?;
    Ok(Some(GateOverride {
        by: by.clone(),
        reason: reason.clone(),
    }))
}

/// A report folder that lays out what a decree comes to.
fn template(name: &str) -> anyhow::Result<Report> {
    let report = issuing::report(name)?;
    anyhow::ensure!(
        report.is_of(MODEL),
        "the report `{}` lays out {}, and not what a decree comes to\nhint: a folder that says \
         extends = \"{TEMPLATE}\"",
        report.name(),
        report.model()
    );
    Ok(report)
}

/// The program's own word for a draft, whatever a district's folder says.
pub(in crate::cli) fn draft_mark(language: &str) -> anyhow::Result<String> {
    let shipped = Report::shipped(TEMPLATE)?;
    let key = format!("strings.{language}.toml: {DRAFT_MARK}");
    let texts = shipped.texts(language).into_iter();
    let mark = texts
        .filter(|(place, _)| *place == key)
        .map(|it| it.1.to_owned());
    Ok(mark.collect())
}

fn tell(context: &Context, arguments: &Arguments, made: &MadeReport) -> anyhow::Result<Done> {
    let report = &made.report;
    let file = arguments.out.display().to_string();
    let left_out = report.left_out.iter().map(|it| &*it.outcome);
    let told = Told {
        document: &report.document.id,
        decree: &report.decree.id,
        edition: "court",
        draft: report.document.draft,
        as_of: report.as_of.to_string(),
        as_known: &report.as_known,
        signed_before: made.is_again,
        left_out: left_out.collect(),
        below_gate: report.gate.below.iter().map(ToString::to_string).collect(),
        overridden_by: report.gate.overridden.as_ref().map(|it| &*it.by),
        file,
    };
    context
        .terminal
        .data(&told, || format!("{}\n", told.file))?;
    if told.draft {
        context
            .terminal
            .say("A draft: it is not signed, and says so on every page");
        if !told.below_gate.is_empty() && told.overridden_by.is_none() {
            context.terminal.say(format_args!(
                "The records are not complete enough for a signature:\n  {}",
                told.below_gate.join("\n  ")
            ));
        }
    } else {
        if told.signed_before {
            context
                .terminal
                .say("This report was signed before: it is the same file");
        }
        context
            .terminal
            .say(format_args!("Next: `registrar verify {}`", told.file));
    }
    Ok(Done::Yes)
}
