//! How a command talks: data on stdout, everything else on stderr, progress only for a person.
//!
//! Much of what is printed came from a stranger's file, its name included. Nothing of it may move
//! the cursor, clear a line or turn the reading direction, or a forged document could hide what is
//! said about it: whatever is printed passes `guarded`, and a value inside a line passes [`shown`].

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::host;
use crate::seal::is_deceptive;

const BOLD: &str = "\x1b[1m";
const GREEN_YES: &str = "\x1b[32m✓\x1b[0m";
const RED_NO: &str = "\x1b[31m✗\x1b[0m";
const PLAIN: &str = "\x1b[0m";

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
            let line = self.guarded(&line.to_string());
            drop(writeln!(io::stderr(), "{line}"));
        }
    }

    /// A line of talk that stands out where the terminal has colours.
    pub fn headline(&self, line: impl Display) {
        if colours(&io::stderr()) {
            self.say(format_args!("{BOLD}{line}{PLAIN}"));
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
        out = self.guarded(&out);
        if out.is_empty() {
            return Ok(());
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        write_out(&out)
    }

    /// Text as it is, for a file; on a terminal with what could change how it shows spelt out.
    ///
    /// # Errors
    /// As [`Terminal::data`].
    pub fn verbatim(&self, text: &str) -> io::Result<()> {
        if io::stdout().is_terminal() {
            write_out(&self.guarded(text))
        } else {
            write_out(text)
        }
    }

    /// Data of many rows, each written as soon as it is known.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            terminal: self,
            begun: false,
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
            (true, true) => GREEN_YES,
            (true, false) => "✓",
            (false, true) => RED_NO,
            (false, false) => "✗",
        }
    }

    /// What may reach a terminal: lines, tabs and our own colours; any other character that could
    /// change how its surroundings show is spelt out, in JSON as JSON spells it.
    fn guarded(&self, out: &str) -> String {
        let mut guarded = String::with_capacity(out.len());
        let mut rest = out;
        while let Some(character) = rest.chars().next() {
            let own = [BOLD, PLAIN, GREEN_YES, RED_NO]
                .into_iter()
                .find(|own| !self.json && rest.starts_with(own));
            let length = own.map_or(character.len_utf8(), str::len);
            let (taken, after) = rest.split_at(length);
            if own.is_some() || matches!(character, '\n' | '\t') || !is_deceptive(character) {
                guarded.push_str(taken);
            } else if self.json {
                // All of these lie in the first plane: one escape is enough (RFC 8259, 7).
                guarded.push_str(&format!("\\u{:04x}", u32::from(character)));
            } else {
                guarded.push_str(&shown(taken));
            }
            rest = after;
        }
        guarded
    }
}

/// Rows on their way out: in JSON one array, in text one block after the other.
pub struct Rows<'a> {
    terminal: &'a Terminal,
    begun: bool,
}

impl Rows<'_> {
    /// The next row; a text ends with a line end.
    ///
    /// # Errors
    /// As [`Terminal::data`].
    pub fn push(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> io::Result<()> {
        let row = if self.terminal.json {
            let before = if self.begun { ",\n  " } else { "[\n  " };
            let row = serde_json::to_string_pretty(value)?;
            format!("{before}{}", row.replace('\n', "\n  "))
        } else {
            let before = if self.begun { "\n" } else { "" };
            format!("{before}{}", text())
        };
        self.begun = true;
        write_out(&self.terminal.guarded(&row))
    }

    /// The end of the rows.
    ///
    /// # Errors
    /// As [`Terminal::data`].
    pub fn end(self) -> io::Result<()> {
        match (self.terminal.json, self.begun) {
            (true, true) => write_out("\n]\n"),
            (true, false) => write_out("[]\n"),
            (false, _) => Ok(()),
        }
    }
}

/// Writes data; a reader that went away is no error.
fn write_out(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    match written.and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// A value inside a line, with every character that could break the line or change how it shows
/// spelt out: `\u{1b}`.
pub fn shown(value: impl Display) -> String {
    let value = value.to_string();
    let mut shown = String::with_capacity(value.len());
    for character in value.chars() {
        if is_deceptive(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether colours are welcome: a terminal, and `NO_COLOR` not set (no-color.org).
fn colours(stream: &impl io::IsTerminal) -> bool {
    stream.is_terminal() && host::environment("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Terminal = Terminal {
        json: false,
        quiet: false,
    };
    const JSON: Terminal = Terminal {
        json: true,
        quiet: false,
    };

    #[test]
    fn a_value_stays_in_its_line() {
        let written = "a\x1b[8A\x1b[J\nb\u{202e}c\u{9b}2J\td";
        let expected = r"a\u{1b}[8A\u{1b}[J\u{a}b\u{202e}c\u{9b}2J\u{9}d";
        assert_eq!(shown(written), expected);
        assert_eq!(shown("Zo\u{eb} \u{5d0} (✓)"), "Zo\u{eb} \u{5d0} (✓)");
    }

    #[test]
    fn only_lines_and_our_own_colours_reach_a_terminal() {
        let own = format!("{BOLD}1.{PLAIN}\n  {GREEN_YES} a\n  {RED_NO} b\tc\n");
        assert_eq!(TEXT.guarded(&own), own);
        assert_eq!(TEXT.guarded("\x1b[2J\u{202e}\r"), r"\u{1b}[2J\u{202e}\u{d}");
        assert_eq!(
            TEXT.guarded("\x1b[33m"),
            r"\u{1b}[33m",
            "a colour that is not ours"
        );
    }

    #[test]
    fn json_says_the_same_in_characters_that_move_nothing() {
        let value = serde_json::json!({ "a\u{202e}": "\x1b[J \x7f \u{9b}2J \u{2028} Zo\u{eb}" });
        for text in [
            value.to_string(),
            serde_json::to_string_pretty(&value).unwrap(),
        ] {
            let guarded = JSON.guarded(&text);
            assert!(!guarded.replace('\n', "").chars().any(is_deceptive));
            let read: serde_json::Value = serde_json::from_str(&guarded).unwrap();
            assert_eq!(read, value);
        }
        assert!(!JSON.guarded(RED_NO).contains('\x1b'));
    }
}
