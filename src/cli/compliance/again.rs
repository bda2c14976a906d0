//! `registrar compliance again`: whether a signed report says the same today, made again from the
//! records as they were known then.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::{Context, Done, FILE, report};
use crate::cli::terminal::shown;
use crate::cli::verify;
use crate::compliance::suppression::DEFAULT_POLICY;
use crate::exchange::Document;
use crate::issue::{MadeAgain, make_again};
use crate::seal::FILE_BYTES_MAX;
use crate::template;
use crate::verify::{Conclusion, examine};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The signed report
    #[arg(value_name = "REPORT.pdf")]
    report: PathBuf,
    /// The report folder that laid it out, where it is the district's own, by a path with a
    /// separator
    #[arg(long, value_name = "FOLDER", default_value = report::TEMPLATE)]
    template: String,
    /// Certificates of issuers that you trust (PEM) [default: the district's own, in its key
    /// folder]
    #[arg(long, value_name = "CERT")]
    trust: Vec<PathBuf>,
}

/// What is told of a report that was made again.
#[derive(Serialize)]
struct Told<'a> {
    document: &'a str,
    decree: &'a str,
    as_of: String,
    as_known: &'a str,
    /// Whether it says the same.
    equal: bool,
    /// What it says otherwise, a place each.
    differences: &'a [String],
    /// Whether the layout is that of then.
    same_layout: bool,
    /// Whether the file is, byte for byte, the one that was signed under its id.
    same_file: bool,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let trust = verify::trust(context, &arguments.trust)?;
    let name = arguments.report.display();
    let bytes = verify::read(&arguments.report, FILE_BYTES_MAX)
        .with_context(|| format!("cannot read `{name}`"))?;
    let answer = examine(&bytes, &trust);
    anyhow::ensure!(
        answer.conclusion == Conclusion::Valid,
        "`{name}` is not as it was signed: {}\nhint: `registrar verify {name}` says why",
        answer.conclusion.sentence()
    );
    let Some(Document::Compliance(signed)) = &answer.document else {
        anyhow::bail!("`{name}` is no compliance report\nhint: `compliance report` signs one");
    };
    let layout = report::template(&arguments.template)?;
    let composed = layout.compose(&signed.document.language)?;
    let shipped = template::shipped_rules(&signed.decree.id, FILE);
    let texts: Vec<&str> = shipped.into_iter().chain([DEFAULT_POLICY]).collect();
    let store = context.store().await?;
    let threads = std::thread::available_parallelism()?;
    let pseudonyms = context
        .config
        .pseudonyms(|made| context.terminal.say(made))?;
    let by = (pseudonyms, threads);
    let made = make_again(&store, signed, &texts, composed.digest, by).await?;
    let told = Told {
        document: &signed.document.id,
        decree: &signed.decree.id,
        as_of: signed.as_of.to_string(),
        as_known: &signed.as_known,
        equal: made.differences.is_empty(),
        differences: &made.differences,
        same_layout: made.same_layout,
        same_file: made.filed.map(hex::encode).as_ref() == Some(&answer.sha256),
    };
    context.terminal.data(&told, || text(&told, &made))?;
    Ok(if told.equal { Done::Yes } else { Done::No })
}

fn text(told: &Told<'_>, made: &MadeAgain) -> String {
    if !told.equal {
        let places = made.differences.iter();
        let places: String = places.map(|it| format!("  {}\n", shown(it))).collect();
        return format!(
            "Not equal: made again from the records as they were known at {}, the report says \
             something else\n{places}",
            told.as_known
        );
    }
    let file = match (told.same_file, told.same_layout) {
        (true, _) => "It is the file that was signed and kept, byte for byte",
        (false, true) => "This database did not sign it, or another file was signed in its place",
        (false, false) => {
            "The layout has changed since, so that its pages would be others; their numbers are \
             these"
        }
    };
    format!(
        "Equal: made again from the records as they were known at {}, the report says the same\n\
         {file}\n",
        told.as_known
    )
}
