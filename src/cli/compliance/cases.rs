//! `registrar compliance cases`: the list behind a number, as its digest is made of it.

use std::collections::BTreeMap;

use super::{Context, Done, Reading, open, outcome_of};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// The outcome, by its number
    #[arg(long, value_name = "N")]
    outcome: String,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let asked = outcome_of(compliance.decree(), &arguments.outcome)?;
    let unconfirmed = compliance.decree().outcomes[asked].text.unconfirmed();
    if !unconfirmed.is_empty() {
        // The list itself is what its digest is of.
        context.terminal.say(format_args!(
            "unconfirmed in outcome {}: {}",
            arguments.outcome,
            unconfirmed.join(", ")
        ));
    }
    let mut out = Out {
        context,
        heading: None,
        rows: context.terminal.rows(),
    };
    let measured = compliance.measure(
        |place, lines| match place == asked {
            true => out.push(lines),
            false => Ok(()),
        },
        |_| {},
    );
    let measured = measured.await?;
    out.rows.end()?;
    context.terminal.say(format_args!(
        "SHA-256 of this list: {}",
        hex::encode(measured.list_digests[asked])
    ));
    Ok(Done::Yes)
}

/// Writes a whole list; under --json an object a line.
pub(super) fn write(context: &Context, list: &[u8]) -> anyhow::Result<()> {
    let mut out = Out {
        context,
        heading: None,
        rows: context.terminal.rows(),
    };
    out.push(list)?;
    out.rows.end()?;
    Ok(())
}

/// The list on its way out: byte for byte what the digest is of; under --json an object a case.
struct Out<'a> {
    context: &'a Context,
    heading: Option<csv::StringRecord>,
    rows: crate::cli::terminal::Rows<'a>,
}

impl Out<'_> {
    fn push(&mut self, lines: &[u8]) -> anyhow::Result<()> {
        if !self.context.terminal.json {
            self.context.terminal.verbatim(str::from_utf8(lines)?)?;
            return Ok(());
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(lines);
        for record in reader.records() {
            let record = record?;
            let Some(heading) = &self.heading else {
                self.heading = Some(record);
                continue;
            };
            let cells = heading.iter().zip(record.iter());
            let known = cells.filter(|(_, cell)| !cell.is_empty());
            let object: BTreeMap<&str, &str> = known.collect();
            self.rows.push(&object, String::new)?;
        }
        Ok(())
    }
}
