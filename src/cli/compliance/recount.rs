//! `registrar compliance recount`: whether a report's numbers are the sums of a bundle's lists.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{Context, Done};
use crate::cli::terminal::shown;
use crate::cli::verify;
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
    let report = verify::read(&arguments.report, FILE_BYTES_MAX)
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
    if !recounted.not_in_report.is_empty() {
        let ids = recounted.not_in_report.join(", ");
        text += &format!("Not in the report: {}\n", shown(ids));
    }
    text += match recounted.equal {
        true => "Equal: every number of the report is the sum of its list.\n",
        false => "Not equal: do not rely on this report.\n",
    };
    text
}
