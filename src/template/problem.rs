//! What is wrong with a report folder: every problem with its file, its line and a hint.

use std::fmt;

/// A folder that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the report folder cannot be used{}", listed(.problems))]
pub struct TemplateError {
    /// At least one, in the order of files and lines.
    pub problems: Vec<Problem>,
}

fn listed(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("\n{problem}"));
    lines.collect()
}

impl TemplateError {
    /// `Ok` with the value where there is no problem, else all of them in order.
    pub(super) fn unless<T>(mut problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        Err(Self { problems })
    }
}

impl From<Problem> for TemplateError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The folder and the file in it: `transcript/report.toml`.
    pub file: String,
    /// The line, from one, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub cause: Cause,
}

impl Problem {
    pub(super) fn new(file: impl Into<String>, line: Option<usize>, cause: Cause) -> Self {
        Self {
            file: file.into(),
            line,
            cause,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.cause)?,
            None => write!(f, "{}: {}", self.file, self.cause)?,
        }
        write!(f, "\n  hint: {}", self.cause.hint())
    }
}

/// What can be wrong with a report folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The folder or a file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Neither a plain file nor the folder `samples`.
    #[error("is a link, a device or a folder; a report folder holds plain files")]
    NotPlain,
    /// A name outside the accepted letters, or a kind of file that no report has.
    #[error("is not a name that a report folder may hold")]
    OddName,
    /// More files than [`super::TEMPLATE_FILES_MAX`].
    #[error("holds more than {files_max} files")]
    TooManyFiles {
        /// The bound.
        files_max: usize,
    },
    /// More bytes than a bound allows.
    #[error("is larger than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: usize,
    },
    /// A text file that is not UTF-8.
    #[error("is not UTF-8 text")]
    NotUtf8,
    /// A file that every report needs is not there.
    #[error("is missing")]
    Missing,
    /// TOML or JSON that does not parse, or has an unknown key.
    #[error("{0}")]
    Syntax(String),
    /// A word outside a closed list.
    #[error("`{word}` is not one of: {allowed}")]
    UnknownWord {
        /// What stands there.
        word: String,
        /// What may stand there, separated by commas.
        allowed: String,
    },
    /// A report for a model as it was before.
    #[error(
        "is made for {asked}, and this program makes {made}; since then:{}",
        itemised(.changes)
    )]
    OlderModel {
        /// The version it names.
        asked: String,
        /// The version that is made.
        made: String,
        /// What changed in between, oldest first.
        changes: Vec<&'static str>,
    },
    /// A report for a model that only a newer program makes.
    #[error("is made for {asked}, and this program makes {made}")]
    NewerModel {
        /// The version it names.
        asked: String,
        /// The version that is made.
        made: String,
    },
    /// A folder replaces parts of the page and does not say for which version of the model.
    #[error("replaces parts of the page and has no `model`")]
    MissingModel(String),
    /// A key that a report of its own needs.
    #[error("has no `{0}`")]
    MissingKey(&'static str),
    /// A key that belongs to the report on which this one builds.
    #[error("sets `{0}`, which belongs to the report on which this one builds")]
    BaseKey(&'static str),
    /// `extends` names no shipped report, or the folder's own name.
    #[error("builds on `{name}`, which is not a shipped report")]
    UnknownBase {
        /// The name.
        name: String,
        /// The shipped reports, separated by commas.
        shipped: String,
    },
    /// A name that is not that of a shipped report.
    #[error("is not one of the program's own reports")]
    NoReport {
        /// The shipped reports, separated by commas.
        shipped: String,
    },
    /// A new folder with the name of a report that ships.
    #[error("is the name of a report that ships with the program")]
    ShippedName,
    /// A folder with `extends` holds a file of rules.
    #[error("holds rules, but builds on another report")]
    RulesInDerived,
    /// A value for a setting that does not exist.
    #[error("`{0}` is not a setting of this report")]
    UnknownSetting(String),
    /// A value that does not fit its setting.
    #[error("the setting `{setting}` takes {expected}")]
    WrongValue {
        /// The setting.
        setting: String,
        /// What it takes.
        expected: String,
    },
    /// A colour that cannot be read on white paper.
    #[error(
        "the setting `{setting}` is too light to read on white: its contrast is {contrast} to 1"
    )]
    TooLight {
        /// The setting.
        setting: String,
        /// The contrast, of which 4.5 is the least.
        contrast: String,
    },
    /// A string that is the program's own.
    #[error("sets `{0}`, by which the program says what kind of copy a page is")]
    ProgramsOwn(String),
    /// A string that another language has and this one lacks, or of another kind.
    #[error("has no string `{0}`")]
    MissingString(String),
    /// A block that the report below does not have, so that nothing would print it.
    #[error("replaces the block `{block}`, which the report on which it builds does not have")]
    UnknownBlock {
        /// The block.
        block: String,
        /// The one that may have been meant.
        likely: Option<String>,
        /// Those that there are, separated by commas.
        blocks: String,
    },
    /// A string that the report below does not have and no part of the folder uses.
    #[error("sets `{key}`, which nothing uses")]
    UnknownString {
        /// The key; of a table, after its name and a dot.
        key: String,
        /// The one that may have been meant.
        likely: Option<String>,
    },
    /// An entry of a table that stands outside of it.
    #[error("sets `{key}`, which stands outside of its table")]
    StrayString {
        /// The key.
        key: String,
        /// The table that has it in the report below.
        table: String,
    },
    /// A text where the report below has a table, or a table where it has a text.
    #[error("`{key}` has to be {expected}")]
    WrongString {
        /// The key.
        key: String,
        /// What it is in the report below.
        expected: &'static str,
    },
    /// A text without what the program puts into it.
    #[error("lacks `{0}`, in whose place the record's own word is put")]
    LostPlaceholder(String),
    /// A text that says nothing, where the report below says something.
    #[error("`{0}` is empty")]
    EmptyString(String),
    /// A text that says what another entry is for.
    #[error("`{key}` says `{text}`, as `{other}` does")]
    OtherString {
        /// The key.
        key: String,
        /// What it says.
        text: String,
        /// The entry that says so, too.
        other: String,
    },
    /// Prose of which nothing is left in a language.
    #[error("the setting `{setting}` says nothing in the language `{language}`")]
    EmptyProse {
        /// The setting.
        setting: String,
        /// The language.
        language: String,
    },
    /// A statement or operator outside the small composition language.
    #[error("`{0}` is not part of the composition language")]
    NotComposition(String),
    /// minijinja refused the template.
    #[error("{0}")]
    Composition(String),
    /// A name in braces that neither the folder nor the report below has.
    #[error("`{name}` is not defined")]
    Undefined {
        /// The name: `strings.motto`.
        name: String,
        /// The one that may have been meant.
        likely: Option<String>,
    },
    /// The composed Typst does not parse.
    #[error("the composed Typst does not parse: {message}")]
    TypstSyntax {
        /// What the parser said.
        message: String,
        /// What it advises, if anything.
        advice: Option<String>,
    },
    /// A Typst function that a page may not call, or a package.
    #[error("uses `{0}`")]
    Forbidden(String),
    /// A part of the page that no screen reader would read.
    #[error("takes a part of the page away from screen readers (`artifact`)")]
    Unread,
    /// Typst's module for PDF, otherwise than for cells of a table.
    #[error("uses the module `pdf` otherwise than for cells of tables")]
    OddPdf,
    /// Braces of the composition language in a text that is printed as it is.
    #[error("`{key}` holds `{braces}`, which is printed as it stands there")]
    PrintedBraces {
        /// The entry or setting.
        key: String,
        /// The braces: `{{`.
        braces: &'static str,
    },
    /// Prose that asks for something by the school's name.
    #[error("asks something of `school`, which is a name to be printed")]
    OfOneSchool,
    /// A page that would say something of one person alone.
    #[error("compares `{0}` with a text of its own")]
    OfOnePerson(String),
    /// A language that the report does not have.
    #[error("the report has no strings for the language `{0}`")]
    UnknownLanguage(String),
}

fn itemised(changes: &[&'static str]) -> String {
    let lines = changes.iter().map(|change| format!("\n  - {change}"));
    lines.collect()
}

impl Cause {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::NoReport { shipped } => {
                return format!(
                    "the program's own are {shipped}; a folder is given by a path with a \
                     separator, as in ./our-report"
                );
            }
            Self::UnknownBase { shipped, .. } => {
                return format!(
                    "a folder builds on one of the program's own reports ({shipped}), not on \
                     another folder; to share parts between schools, copy them"
                );
            }
            Self::UnknownBlock {
                likely: Some(likely),
                ..
            }
            | Self::UnknownString {
                likely: Some(likely),
                ..
            }
            | Self::Undefined {
                likely: Some(likely),
                ..
            } => return format!("did you mean `{likely}`?"),
            Self::StrayString { table, .. } => {
                return format!(
                    "write it below a line `[{table}]`, after every entry that is in no table"
                );
            }
            Self::TypstSyntax {
                advice: Some(advice),
                ..
            } => return advice.clone(),
            Self::UnknownBlock { blocks, .. } => return format!("its blocks are {blocks}"),
            Self::MissingModel(made) => return format!("write model = \"{made}\""),
            Self::OlderModel { asked, made, .. } => {
                return format!(
                    "look through each part that the folder replaces, then write \
                     model = \"{made}\" in place of \"{asked}\""
                );
            }
            Self::Unreadable(_) => "make the folder and its files readable for this user",
            Self::NotPlain => "copy the file itself into the folder",
            Self::OddName => {
                "use lower-case letters, digits, `-`, `_` and one of .toml .typ .typ.j2 .png .jpg \
                 .jpeg .svg .pdf; remove what an editor or the system left behind"
            }
            Self::TooManyFiles { .. } | Self::TooLarge { .. } => {
                "a report is a few small texts and pictures; keep other files elsewhere"
            }
            Self::NotUtf8 => "save the file as UTF-8",
            Self::Missing => "add it, or build on a report that has it with `extends`",
            Self::Syntax(_) => {
                "look for quotes, brackets and commas there; a text stands in double quotes"
            }
            Self::UnknownWord { .. } => "write one of these",
            Self::NewerModel { .. } => "install the version of Registrar that it was made for",
            Self::MissingKey(_) => "add it to report.toml, or build on a report with `extends`",
            Self::BaseKey(_) => "remove the line",
            Self::ShippedName => "give the folder a name of its own, such as the school's",
            Self::RulesInDerived => {
                "rules belong to the district: remove the file, and ask the district to change \
                 its policy"
            }
            Self::UnknownSetting(_) | Self::WrongValue { .. } => {
                "`registrar template list` shows the settings of every report, and what each takes"
            }
            Self::TooLight { .. } => {
                "darken it to a contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3); it colours texts"
            }
            Self::ProgramsOwn(_) => {
                "remove the line; a sentence of the school's own goes into an entry of another name"
            }
            Self::MissingString(_) => "add it here, or remove it from the other languages",
            Self::UnknownString { .. } => {
                "remove the line, or use it in a block of this folder, as `strings.…`"
            }
            Self::WrongString { .. } => {
                "a table stands below its name in brackets, an entry a line; a text stands in \
                 quotes after its key, above all tables"
            }
            Self::LostPlaceholder(_) => "write it, with its braces, where the word belongs",
            Self::EmptyString(_) => "write what it is to say, or remove the line",
            Self::OtherString { .. } => {
                "each entry says something of its own, or a reader takes one figure for another; \
                 remove the line to have the text of the report on which this one builds"
            }
            Self::EmptyProse { .. } => {
                "write a sentence for each language of the report, as in {% if language == 'es' \
                 %}…{% else %}…{% endif %}"
            }
            Self::NotComposition(_) => {
                "layouts are composed with extends, block, if, for, include and {{ values }}; \
                 anything more is Typst's work"
            }
            Self::Undefined { name, .. } if name.starts_with("strings.") => {
                "add it to strings.<language>.toml of this folder, in each of its languages"
            }
            Self::Undefined { name, .. } if name.starts_with("settings.") => {
                "`registrar template list` shows the settings of every report; a folder that \
                 builds on one sets them, and adds none"
            }
            Self::Composition(text) if text.starts_with("syntax error") => {
                "each `{% if %}`, `{% for %}` and `{% block %}` is closed by its `endif`, `endfor` \
                 or `endblock`, the inner one first; a value stands in `{{ }}`, and `==` compares"
            }
            Self::Composition(text) if text.starts_with("template not found") => {
                "a layout begins with `{% extends \"transcript/layout.typ.j2\" %}`, by the name of \
                 the report on which the folder builds"
            }
            Self::Composition(_) | Self::Undefined { .. } => {
                "a layout is composed from `settings`, `strings`, `language` and `report`, prose \
                 from the first three; the student's record comes later, as data"
            }
            Self::TypstSyntax { .. } => "look for what is not closed, there or in the lines before",
            Self::Forbidden(_) => {
                "a page gets its data from json(\"/model.json\") and its pictures from the folder"
            }
            Self::Unread => {
                "everything on a transcript is for everybody (ISO 14289-1, 7.1); headers, footers \
                 and what stands behind the page are left out by themselves"
            }
            Self::OddPdf => {
                "write `pdf.header-cell`, `pdf.data-cell` or `pdf.table-summary`, each in full \
                 where it is called"
            }
            Self::PrintedBraces { .. } => {
                "texts of strings.<language>.toml are printed as they are; what is composed, as \
                 {{ school }}, stands in a setting of the kind prose under [values] of \
                 report.toml: certification, verify_hint, logo_description"
            }
            Self::OfOneSchool => {
                "prose is composed once for every school: {{ school }} prints the name of the \
                 one that issues the document, as it is; what is true of one school alone goes \
                 into a folder of its own, which says whose it is with `schools` in report.toml"
            }
            Self::OfOnePerson(_) => {
                "a template is the same for every student: what is true of one is in the record"
            }
            Self::UnknownLanguage(_) => "`registrar template list` shows each report's languages",
        };
        hint.to_owned()
    }
}
