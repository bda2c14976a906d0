//! `registrar compliance recount`: whether a report's numbers are the sums of a bundle's lists.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{Context, Done};
use crate::cli::terminal::shown;
use crate::cli::verify;
use crate::host;
use crate::issue::{Recount, Recounted};
use crate::seal::FILE_BYTES_MAX;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The report: the signed PDF, or what `compliance status --json` wrote
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// The folder that `compliance bundle` wrote
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Certificates of issuers that you trust (PEM) [default: the district's own, in its key
    /// folder]
    #[arg(long, value_name = "CERT")]
    trust: Vec<PathBuf>,
}

pub(in crate::cli) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let trust = verify::trust(context, &arguments.trust)?;
    let report = host::read_file(&arguments.report, FILE_BYTES_MAX as u64)
        .with_context(|| format!("cannot read `{}`", arguments.report.display()))?;
    let recounted = Recount::open(&arguments.bundle, &trust)?.of(&report, &trust)?;
    context
        .terminal
        .data(&recounted, || text(context, &recounted))?;
    Ok(if recounted.equal { Done::Yes } else { Done::No })
}

fn text(context: &Context, recounted: &Recounted) -> String {
    let mut text = String::new();
    for wrong in &recounted.wrong {
        text += &format!("{} {}\n", context.terminal.mark(false), shown(wrong));
    }
    for outcome in &recounted.outcomes {
        let (mark, word) = match outcome.equal {
            true => (context.terminal.mark(true), "equal"),
            false => (context.terminal.mark(false), "not equal"),
        };
        let id = shown(&outcome.outcome);
        text += &format!("{mark} {id:<4} {word:<10} {} cases\n", outcome.cases);
        for difference in &outcome.differences {
            text += &format!("       {}\n", shown(difference));
        }
    }
    if !recounted.left_out.is_empty() {
        let ids = recounted.left_out.join(", ");
        text += &format!("Left out of the report, as it says: {}\n", shown(ids));
    }
    let not = recounted.not_recounted.join(", ");
    text += &format!("Not counted again, for no file of the bundle bears it out: {not}\n");
    if !recounted.report_is_signed {
        text += "The report is not signed: nobody vouches for it. Its numbers were counted.\n";
    }
    text += match recounted.equal {
        true => "Equal: what the report says of its outcomes follows from the bundle.\n",
        false => "Not equal: do not rely on this report.\n",
    };
    text
}
