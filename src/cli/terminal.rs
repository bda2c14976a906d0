//! How a command talks: data on stdout, everything else on stderr, progress only for a person.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::host;

/// What the global options say about talking.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Data as JSON.
    pub json: bool,
    /// No talk.
    pub quiet: bool,
}

impl Terminal {
    /// One line of talk.
    pub fn say(&self, line: impl Display) {
        if !self.quiet {
            drop(writeln!(io::stderr(), "{line}"));
        }
    }

    /// A line of talk that stands out where the terminal has colours.
    pub fn headline(&self, line: impl Display) {
        if colours(&io::stderr()) {
            self.say(format_args!("\x1b[1m{line}\x1b[0m"));
        } else {
            self.say(line);
        }
    }

    /// The command's data: as JSON where that was asked for, else as text.
    ///
    /// # Errors
    /// What stdout said; a reader that went away is no error.
    pub fn data(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        let mut out = if self.json {
            serde_json::to_string_pretty(value)?
        } else {
            text()
        };
        if out.is_empty() {
            return Ok(());
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        match io::stdout().write_all(out.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// A progress bar on a terminal, nothing elsewhere.
    pub fn progress(&self, total: u64, what: &'static str) -> ProgressBar {
        let visible = !self.quiet && !self.json && io::stderr().is_terminal();
        let target = if visible {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let style = ProgressStyle::with_template("{msg:12} {wide_bar} {pos}/{len} {eta}")
            .expect("the template is a constant");
        ProgressBar::with_draw_target(Some(total), target)
            .with_style(style)
            .with_message(what)
    }

    /// A mark before a fact: green and red where the terminal has colours.
    pub fn mark(&self, good: bool) -> &'static str {
        match (good, colours(&io::stdout()) && !self.json) {
            (true, true) => "\x1b[32m✓\x1b[0m",
            (true, false) => "✓",
            (false, true) => "\x1b[31m✗\x1b[0m",
            (false, false) => "✗",
        }
    }
}

/// Whether colours are welcome: a terminal, and `NO_COLOR` not set (no-color.org).
fn colours(stream: &impl io::IsTerminal) -> bool {
    stream.is_terminal() && host::environment("NO_COLOR").is_none_or(|value| value.is_empty())
}
