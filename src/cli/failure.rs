//! What a command says when it could not do what was asked: to a person in words, under `--json` to
//! a program as one line of JSON on stderr, after which it ends with exit code 2.
//!
//! ```json
//! {"error":{"code":"keys","message":"keys is not a key folder","hint":"`registrar key init` …"}}
//! ```
//!
//! Owns the codes, which do not change, and how causes and hints are put together. Never: a secret,
//! a student's name; the errors of the rooms hold none.

use std::error::Error;
use std::io;

use serde::Serialize;

use super::terminal::Terminal;
use crate::intake::ImportError;
use crate::issue::IssueError;
use crate::ledger::{FileError, LedgerError};
use crate::render::RenderError;
use crate::seal::{CertificateError, KeyError, TrustError};
use crate::store::{ReleaseError, StoreError, UndoError};
use crate::template::TemplateError;
use crate::transcript::PolicyError;

/// Why a command could not do what was asked.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Failure {
    /// Which part of the program it comes from.
    code: &'static str,
    /// What happened, with its causes.
    message: String,
    /// What to do about it, where that is known; several pieces of advice stand on lines of their
    /// own.
    hint: Option<String>,
}

impl Failure {
    /// An error with its causes, each once: several libraries repeat a cause in their own words.
    pub fn of(error: &anyhow::Error) -> Self {
        let (mut message, mut hints) = (String::new(), Vec::new());
        for cause in error.chain().map(ToString::to_string) {
            let (cause, hint) = apart(&cause);
            if !message.contains(cause) {
                if !message.is_empty() {
                    message.push_str(": ");
                }
                message.push_str(cause);
            }
            hints.extend(hint.map(str::to_owned).filter(|hint| !hints.contains(hint)));
        }
        Self {
            code: error.chain().find_map(code).unwrap_or("request"),
            message,
            hint: (!hints.is_empty()).then(|| hints.join("\n")),
        }
    }

    /// Arguments that do not make a command.
    pub fn of_arguments(error: &clap::Error) -> Self {
        let text = error.to_string();
        let mut parts = text.split("\n\n");
        let message = parts.next().unwrap_or_default().trim();
        let tip = parts.find_map(|part| part.trim().strip_prefix("tip: "));
        Self {
            code: "usage",
            message: message
                .strip_prefix("error: ")
                .unwrap_or(message)
                .to_owned(),
            hint: Some(
                tip.unwrap_or("`registrar --help` shows the commands")
                    .to_owned(),
            ),
        }
    }

    /// What happened, and what to do about it.
    pub fn into_words(self) -> (String, Option<String>) {
        (self.message, self.hint)
    }

    /// Says it; an error is never quiet.
    pub fn say(&self, json: bool) {
        let terminal = Terminal { json, quiet: false };
        if json {
            terminal.say(serde_json::json!({ "error": self }));
            return;
        }
        terminal.say(format_args!("error: {}", self.message));
        for hint in self.hint.iter().flat_map(|hint| hint.lines()) {
            terminal.say(format_args!("hint: {hint}"));
        }
    }
}

/// A cause and the hint at its end. Where several problems each have theirs, they stay together.
fn apart(cause: &str) -> (&str, Option<&str>) {
    let is_hint = |line: &str| line.trim_start().starts_with("hint: ");
    let hints = cause.lines().filter(|line| is_hint(line)).count();
    match cause.trim_end().rsplit_once('\n') {
        Some((before, last)) if hints == 1 && is_hint(last) => {
            (before, Some(&last.trim_start()["hint: ".len()..]))
        }
        _ => (cause, None),
    }
}

/// The part of the program that a cause comes from.
fn code(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    let codes: [(&'static str, bool); 9] = [
        ("database", cause.is::<StoreError>()),
        (
            "import",
            cause.is::<ImportError>() || cause.is::<UndoError>() || cause.is::<ReleaseError>(),
        ),
        (
            "report",
            cause.is::<TemplateError>() || cause.is::<PolicyError>(),
        ),
        ("layout", cause.is::<RenderError>()),
        ("keys", cause.is::<KeyError>()),
        (
            "certificate",
            cause.is::<CertificateError>() || cause.is::<TrustError>(),
        ),
        (
            "documents",
            cause.is::<LedgerError>() || cause.is::<FileError>(),
        ),
        ("batch", cause.is::<IssueError>()),
        ("file", cause.is::<io::Error>()),
    ];
    let found = codes.into_iter().find(|(_, is)| *is);
    found.map(|(code, _)| code)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn hints_come_last_and_a_repeated_cause_is_said_once() {
        let missing = io::Error::new(io::ErrorKind::NotFound, "not there");
        let error = Err::<(), _>(missing)
            .context("cannot read `a`: not there")
            .context("no passphrase was given\nhint: set a variable, or name a file");
        let failure = Failure::of(&error.expect_err("an error"));
        let expected = Failure {
            code: "file",
            message: "no passphrase was given: cannot read `a`: not there".to_owned(),
            hint: Some("set a variable, or name a file".to_owned()),
        };
        assert_eq!(failure, expected);
    }

    #[test]
    fn problems_that_each_have_a_hint_keep_it_beside_them() {
        let text = "two problems\na.toml:1: x\n  hint: y\na.toml:2: z\n  hint: w";
        let failure = Failure::of(&anyhow::anyhow!(text));
        assert_eq!((failure.message.as_str(), failure.hint), (text, None));
    }

    #[test]
    fn the_part_that_failed_is_named_under_the_words_of_the_command() {
        let error = anyhow::Error::from(KeyError::Full).context("the root's folder");
        assert_eq!(Failure::of(&error).code, "keys");
        assert_eq!(
            Failure::of(&anyhow::anyhow!("nobody is named")).code,
            "request"
        );
    }
}
