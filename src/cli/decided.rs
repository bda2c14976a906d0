//! Who decides something, and why, as a command is told it: kept for good, and read by others.

use anyhow::Context as _;

use crate::record::check_text;
use crate::store::Decided;
use crate::transcript::audit::of_text;

/// Characters of a reason or of a person's name.
const TEXT_CHARACTERS_MAX: usize = 500;

#[derive(Debug, clap::Args)]
pub(super) struct DecidedArguments {
    /// Why; it is listed with what was done
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who decides this
    #[arg(long, value_name = "NAME")]
    by: String,
}

impl DecidedArguments {
    /// Both, where they can be kept.
    pub(super) fn read(&self) -> anyhow::Result<Decided<'_>> {
        said("--reason", &self.reason)?;
        said("--by", &self.by)?;
        Ok(Decided {
            by: &self.by,
            reason: &self.reason,
        })
    }
}

/// Refuses a reason that would tell of a disability: a document's record keeps it, and that is read
/// by whoever asks why the document was issued.
pub(super) fn tells_no_disability(flag: &str, text: &str) -> anyhow::Result<()> {
    if let Some(found) = of_text(flag, text) {
        anyhow::bail!(
            "{}, and it is kept with documents that leave\nhint: say what was looked at (`the \
             paper record`), and nothing of a disability or a plan",
            found.message
        );
    }
    Ok(())
}

/// Refuses a text that says nothing, is endless or could move a reader's terminal.
pub(super) fn said(flag: &str, text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        text.chars().any(char::is_alphanumeric),
        "{flag} says nothing"
    );
    check_text(text, TEXT_CHARACTERS_MAX).with_context(|| format!("{flag}: it cannot be kept"))
}
