//! Why a document could not be laid out, by cause.

use serde::{Deserialize, Serialize};

/// Why there is no PDF.
///
/// A diagnostic may quote the document (`panic` in a template prints what it is given), so this is
/// for the district's staff, not for a public page or a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum RenderError {
    /// The template, or the standard that the PDF must meet, refuses. All problems at once.
    #[error("the template cannot make this document{}", list(diagnostics))]
    Template {
        /// At least one.
        diagnostics: Vec<Diagnostic>,
    },
    /// A bound of [`super::Limits`] was passed.
    #[error(
        "the document or its template goes beyond the limit of {limit} {which}\n\
         hint: look for a loop or a table without end; a limit can be raised where it is set"
    )]
    Limit {
        /// The bound that was passed.
        which: LimitKind,
        /// Its value, in the unit that `which` names.
        limit: u64,
    },
    /// The page would show a box, or a character that PDF/A forbids.
    ///
    /// Texts of the model are tested before (see [`super::fonts::Coverage`]), so this is usually a
    /// template's own text or its choice of font.
    #[error(
        "page {page}: cannot print U+{:04X}: {reason}\n\
         hint: print a name in one of the scripts that the shipped fonts cover",
        u32::from(*character)
    )]
    Unprintable {
        /// The character.
        character: char,
        /// Why it cannot be printed.
        reason: Forbidden,
        /// Page, from 1.
        page: u32,
    },
    /// A worker process ended, or answered nonsense, before the document was done. The document
    /// can be tried again; a template that does this twice is hostile.
    #[error(
        "the worker that was laying out the document {how}\n\
         hint: resume the batch to try again; a template that does this twice is at fault"
    )]
    WorkerDied {
        /// How it ended, without anything of the document.
        how: String,
    },
    /// No worker process could be started.
    #[error(
        "cannot start a render worker from {program}: {cause}\n\
         hint: `registrar doctor` says what this machine lacks"
    )]
    NoWorker {
        /// The program that was to run.
        program: String,
        /// What the operating system said.
        cause: String,
    },
}

impl RenderError {
    /// What happened and where in the template, without a word of the document: for a record that
    /// others read later.
    pub fn without_text(&self) -> String {
        let Self::Template { diagnostics } = self else {
            return self.to_string();
        };
        let places = diagnostics.iter().map(|diagnostic| {
            let file = diagnostic
                .file
                .as_deref()
                .unwrap_or("the standard of the PDF");
            let line = diagnostic.line.map(|line| format!(":{line}"));
            format!(" {file}{}", line.unwrap_or_default())
        });
        format!(
            "the template cannot make this document:{}",
            places.collect::<Vec<_>>().join(",")
        )
    }
}

/// One problem in a template, where it is known with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// File of the composed template.
    pub file: Option<String>,
    /// Line in `file`, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// What could be done.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A problem without a place in a file.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: vec![hint.into()],
            ..Self::default()
        }
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
            if let (Some(line), Some(column)) = (self.line, self.column) {
                write!(f, "{line}:{column}:")?;
            }
            write!(f, " ")?;
        }
        write!(f, "{}", self.message)?;
        self.hints
            .iter()
            .try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| format!("\n{diagnostic}"))
        .collect()
}

/// Which bound was passed; prints as the unit of the bound's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitKind {
    /// `memory_bytes_max`
    Memory,
    /// `pages_max`
    Pages,
    /// `output_bytes_max`
    Output,
    /// `deadline`, in milliseconds
    Deadline,
    /// `template_bytes_max`
    Template,
    /// `model_bytes_max`
    Model,
    /// Dots of one picture of a page
    Picture,
}

impl std::fmt::Display for LimitKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Memory => "bytes of memory",
            Self::Pages => "pages",
            Self::Output => "bytes of PDF",
            Self::Deadline => "milliseconds",
            Self::Template => "bytes of template files",
            Self::Model => "bytes of model and attachments",
            Self::Picture => "dots of a page's picture",
        })
    }
}

/// Why a character is not printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forbidden {
    /// The fonts do not have it in both regular and bold.
    NoGlyph,
    /// PDF/A forbids it in text: U+0000, U+FEFF, U+FFFE (ISO 19005-3, 6.2.11.7.2) and private use
    /// (6.2.11.7.3).
    ByPdfA,
    /// It steers or hides text instead of being seen: controls, line and paragraph separators,
    /// bidirectional embeddings, overrides and isolates, and what Unicode lets a font ignore
    /// (soft hyphen, zero-width characters). Two names that differ in one would look alike.
    Control,
    /// It is one combining mark too many on its letter and would cover the lines around.
    Stacked,
}

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoGlyph => "the shipped fonts have no glyph for it",
            Self::ByPdfA => "PDF/A forbids it",
            Self::Stacked => "too many combining marks stand on one letter",
            Self::Control => "it is invisible or steers the text around it",
        })
    }
}
