//! `report.toml`: what a report takes and what a school may set.
//!
//! A folder of its own names its model, title, paper, languages and defines settings; a folder that
//! builds on another (`extends`) gives values to settings and may define further ones. One that
//! replaces parts of the page says as well for which version of the model it was made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::compose::braces_in;
use super::folder::{is_plain_name, without_capitals};
use super::problem::{Cause, Problem};
use super::{SETTING_CHARACTERS_MAX, colour, folder::Folder, versions};

/// The file.
pub(super) const FILE: &str = "report.toml";

/// The paper sizes a report may name, as Typst calls them.
const PAPERS: [&str; 3] = ["us-letter", "us-legal", "a4"];

/// The editions that a report may make: signed documents, and copies for oneself.
const EDITIONS: [&str; 2] = ["official", "unofficial"];

/// The endings of pictures.
pub(super) const PICTURES: [&str; 4] = [".png", ".jpg", ".jpeg", ".svg"];

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// One line of text.
    Text,
    /// Text that may use `{{ strings.… }}`, `{{ settings.… }}`, `{% if language == "es" %}` and
    /// `{{ school }}`, the name of the school that issues the document.
    Prose,
    /// `#rrggbb`, dark enough to be read on white.
    Colour,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// The name of a picture in the folder, or empty for none.
    File,
    /// The name of a PDF in the folder whose pages are shown, or empty for none.
    Pages,
}

impl SettingKind {
    /// The word that stands in a manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Prose => "prose",
            Self::Colour => "colour",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::File => "file",
            Self::Pages => "pages",
        }
    }
}

/// A setting's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Of a boolean setting.
    Boolean(bool),
    /// Of an integer setting.
    Integer(i64),
    /// Of every other setting.
    Text(String),
}

impl SettingValue {
    /// As a setting of this kind holds it: the name of a file as the folder knows it.
    fn of(self, kind: SettingKind) -> Self {
        match (kind, self) {
            (SettingKind::File | SettingKind::Pages, Self::Text(name)) => {
                Self::Text(without_capitals(&name))
            }
            (_, value) => value,
        }
    }
}

impl From<&SettingValue> for minijinja::Value {
    fn from(value: &SettingValue) -> Self {
        match value {
            SettingValue::Boolean(value) => Self::from(*value),
            SettingValue::Integer(value) => Self::from(*value),
            SettingValue::Text(value) => Self::from(value.as_str()),
        }
    }
}

/// A setting with its value in this report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it takes.
    pub kind: SettingKind,
    /// What it is for, in a sentence.
    pub about: String,
    /// Its value: the folder's own, else the default.
    pub value: SettingValue,
    /// Whether it may say nothing: its default does.
    pub may_be_empty: bool,
}

/// A report's manifest, complete: of a folder of its own, or laid over the one it builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub model: String,
    pub title: String,
    pub paper: String,
    pub languages: Vec<String>,
    pub editions: Vec<String>,
    /// Whose report it is, by state code; none where it is anybody's.
    pub schools: Vec<String>,
    pub settings: BTreeMap<String, Setting>,
}

/// The keys of a manifest.
const KEYS: [&str; 9] = [
    "extends",
    "model",
    "title",
    "paper",
    "languages",
    "editions",
    "schools",
    "settings",
    "values",
];

/// As it is written; keys that it does not have are looked for apart, so that they hide nothing.
#[derive(Debug, Deserialize)]
pub(super) struct RawManifest {
    pub extends: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    title: Option<String>,
    paper: Option<Spanned<String>>,
    languages: Option<Spanned<Vec<String>>>,
    editions: Option<Spanned<Vec<String>>>,
    schools: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    settings: BTreeMap<String, Spanned<RawSetting>>,
    #[serde(default)]
    values: BTreeMap<String, Spanned<SettingValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSetting {
    #[serde(rename = "type")]
    kind: SettingKind,
    default: SettingValue,
    about: String,
}

/// Reads the manifest of one folder.
///
/// # Errors
/// The first thing that is not TOML, or not what its key takes.
pub(super) fn read(folder: &Folder) -> Result<RawManifest, Problem> {
    let shown = folder.shown(FILE);
    let bytes = folder
        .files
        .get(FILE)
        .ok_or_else(|| Problem::new(&shown, None, Cause::Missing))?;
    let text = str::from_utf8(bytes).map_err(|_| Problem::new(&shown, None, Cause::NotUtf8))?;
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_at(text, span.start));
        Problem::new(&shown, line, Cause::Syntax(error.message().to_owned()))
    })
}

/// The keys of a folder's manifest that a manifest does not have.
pub(super) fn unknown_keys(folder: &Folder) -> Vec<Problem> {
    let text = folder.files.get(FILE).map(Vec::as_slice);
    let text = str::from_utf8(text.unwrap_or_default()).unwrap_or_default();
    let keys: BTreeMap<Spanned<String>, toml::Value> = toml::from_str(text).unwrap_or_default();
    let unknown = keys
        .keys()
        .filter(|key| !KEYS.contains(&key.get_ref().as_str()));
    let refuse = |key: &Spanned<String>| {
        let (word, allowed) = (key.get_ref().clone(), KEYS.join(", "));
        let line = line_at(text, key.span().start);
        let cause = Cause::UnknownWord { word, allowed };
        Problem::new(folder.shown(FILE), Some(line), cause)
    };
    unknown.map(refuse).collect()
}

/// The line, from one, of a byte of the text.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The line, from one, on which a top-level key of a TOML text is set.
pub(super) fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let sets = |line: &str| {
        let rest = line.trim_start().strip_prefix(key);
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(sets).map(|line| line + 1)
}

/// Checks one folder's manifest, laid over the base's where it has one, and adds what is wrong.
pub(super) struct Checker<'a> {
    pub folder: &'a Folder,
    pub problems: Vec<Problem>,
}

impl Checker<'_> {
    fn refuse(&mut self, byte: Option<usize>, cause: Cause) {
        let text = self.folder.files.get(FILE).map(Vec::as_slice);
        let text = str::from_utf8(text.unwrap_or_default()).unwrap_or_default();
        let line = byte.map(|byte| line_at(text, byte));
        let problem = Problem::new(self.folder.shown(FILE), line, cause);
        self.problems.push(problem);
    }

    /// The manifest of a folder that builds on nothing.
    pub fn own(&mut self, raw: RawManifest) -> Manifest {
        let paper = self.required(raw.paper, "paper");
        if let Some((paper, at)) = &paper {
            self.one_of(paper, &PAPERS, *at);
        }
        let languages = self.required(raw.languages, "languages");
        let (languages, at) = languages.unwrap_or_default();
        for language in &languages {
            let letters = language.bytes().all(|byte| byte.is_ascii_lowercase());
            if !letters || !(2..=3).contains(&language.len()) {
                let allowed = "a language tag such as en or es".to_owned();
                let word = language.clone();
                self.refuse(Some(at), Cause::UnknownWord { word, allowed });
            }
        }
        if raw.title.is_none() {
            self.refuse(None, Cause::MissingKey("title"));
        }
        let model = self.required(raw.model, "model");
        if let Some((model, at)) = &model {
            self.made_for(model, *at);
        }
        let mut manifest = Manifest {
            model: model.unwrap_or_default().0,
            title: raw.title.unwrap_or_default(),
            paper: paper.unwrap_or_default().0,
            languages,
            editions: EDITIONS.map(str::to_owned).to_vec(),
            schools: Vec::new(),
            settings: BTreeMap::new(),
        };
        self.editions(&mut manifest, raw.editions);
        self.schools(&mut manifest, raw.schools);
        self.settings(&mut manifest, raw.settings, raw.values);
        manifest
    }

    /// The manifest of a folder that builds on this base.
    pub fn derived(&mut self, raw: RawManifest, base: Manifest) -> Manifest {
        let mut manifest = base;
        // Settings and strings alone know nothing of the model; a part of the page reads it.
        let replaces = |file: &String| file.ends_with(".j2") || file.ends_with(".typ");
        match &raw.model {
            Some(model) => {
                self.made_for(model.get_ref(), model.span().start);
                if model.get_ref() != &manifest.model
                    && versions::unusable(model.get_ref()).is_none()
                {
                    self.refuse(Some(model.span().start), Cause::BaseKey("model"));
                }
            }
            None if self.folder.files.keys().any(replaces) => {
                self.refuse(None, Cause::MissingModel(manifest.model.clone()));
            }
            None => {}
        }
        if let Some(languages) = &raw.languages {
            self.refuse(Some(languages.span().start), Cause::BaseKey("languages"));
        }
        if let Some(paper) = raw.paper {
            self.one_of(paper.get_ref(), &PAPERS, paper.span().start);
            manifest.paper = paper.into_inner();
        }
        manifest.title = raw.title.unwrap_or(manifest.title);
        self.editions(&mut manifest, raw.editions);
        self.schools(&mut manifest, raw.schools);
        self.settings(&mut manifest, raw.settings, raw.values);
        manifest
    }

    /// Refuses a model that this program does not make, or not any more.
    fn made_for(&mut self, model: &str, at: usize) {
        if let Some(cause) = versions::unusable(model) {
            self.refuse(Some(at), cause);
        }
    }

    /// The editions that the report makes, of those that the one below it makes.
    fn editions(&mut self, manifest: &mut Manifest, asked: Option<Spanned<Vec<String>>>) {
        let Some(asked) = asked else { return };
        let at = asked.span().start;
        let allowed: Vec<&str> = manifest.editions.iter().map(String::as_str).collect();
        if asked.get_ref().is_empty() {
            let (word, allowed) = ("[]".to_owned(), allowed.join(", "));
            self.refuse(Some(at), Cause::UnknownWord { word, allowed });
            return;
        }
        for edition in asked.get_ref() {
            self.one_of(edition, &allowed, at);
        }
        manifest.editions = asked.into_inner();
    }

    /// The schools whose report it is, of those whose the one below it is: a crest and a profile
    /// that it takes over stay theirs.
    fn schools(&mut self, manifest: &mut Manifest, named: Option<Spanned<Vec<String>>>) {
        let Some(named) = named else { return };
        let at = named.span().start;
        let is_code = |it: &String| it.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let odd = named
            .get_ref()
            .iter()
            .find(|it| it.is_empty() || !is_code(it));
        if named.get_ref().is_empty() || odd.is_some() {
            let word = odd.cloned().unwrap_or_else(|| "[]".to_owned());
            let allowed = "state codes of schools, such as 19999990100056".to_owned();
            self.refuse(Some(at), Cause::UnknownWord { word, allowed });
            return;
        }
        let of_base = std::mem::take(&mut manifest.schools);
        let allowed: Vec<&str> = of_base.iter().map(String::as_str).collect();
        for school in named.get_ref().iter().filter(|_| !allowed.is_empty()) {
            self.one_of(school, &allowed, at);
        }
        manifest.schools = named.into_inner();
    }

    fn settings(
        &mut self,
        manifest: &mut Manifest,
        definitions: BTreeMap<String, Spanned<RawSetting>>,
        values: BTreeMap<String, Spanned<SettingValue>>,
    ) {
        for (name, definition) in definitions {
            let at = definition.span().start;
            let RawSetting {
                kind,
                default,
                about,
            } = definition.into_inner();
            let default = default.of(kind);
            if !is_plain_name(&name) {
                self.refuse(Some(at), Cause::OddName);
            }
            self.fits(&name, kind, &default, at);
            let value = default;
            let setting = Setting {
                kind,
                about,
                may_be_empty: matches!(&value, SettingValue::Text(text) if text.is_empty()),
                value,
            };
            manifest.settings.insert(name, setting);
        }
        for (name, value) in values {
            let at = value.span().start;
            let Some(kind) = manifest.settings.get(&name).map(|setting| setting.kind) else {
                self.refuse(Some(at), Cause::UnknownSetting(name));
                continue;
            };
            let value = value.into_inner().of(kind);
            self.fits(&name, kind, &value, at);
            if let Some(setting) = manifest.settings.get_mut(&name) {
                setting.value = value;
            }
        }
    }

    /// Refuses a value that is not what its setting takes.
    fn fits(&mut self, name: &str, kind: SettingKind, value: &SettingValue, at: usize) {
        use SettingValue as Value;
        if let (SettingKind::Text, Value::Text(text)) = (kind, value)
            && let Some(braces) = braces_in(text)
        {
            let key = name.to_owned();
            return self.refuse(Some(at), Cause::PrintedBraces { key, braces });
        }
        let short = |text: &str| text.chars().count() <= SETTING_CHARACTERS_MAX;
        let expected = match (kind, value) {
            (SettingKind::Boolean, Value::Boolean(_))
            | (SettingKind::Integer, Value::Integer(_)) => return,
            (SettingKind::Text, Value::Text(text)) if short(text) && !text.contains('\n') => return,
            (SettingKind::Prose, Value::Text(text)) if short(text) => return,
            (SettingKind::Colour, Value::Text(text)) if colour::parse(text).is_some() => {
                return self.readable(name, text, at);
            }
            (SettingKind::File, Value::Text(text)) if self.has(text, &PICTURES) => return,
            (SettingKind::Pages, Value::Text(text)) if self.has(text, &[".pdf"]) => return,
            (SettingKind::Boolean, _) => "true or false".to_owned(),
            (SettingKind::Integer, _) => "a whole number".to_owned(),
            (SettingKind::Text, _) => {
                format!("one line of at most {SETTING_CHARACTERS_MAX} characters")
            }
            (SettingKind::Prose, _) => format!("at most {SETTING_CHARACTERS_MAX} characters"),
            (SettingKind::Colour, _) => "a colour such as \"#1f3a5f\"".to_owned(),
            (SettingKind::File, _) => self.one_in_the_folder(&PICTURES),
            (SettingKind::Pages, _) => self.one_in_the_folder(&[".pdf"]),
        };
        let setting = name.to_owned();
        self.refuse(Some(at), Cause::WrongValue { setting, expected });
    }

    /// Refuses a colour in which a text could not be read.
    fn readable(&mut self, name: &str, colour: &str, at: usize) {
        let contrast = colour::parse(colour).map_or(0, colour::contrast_with_white);
        if contrast < colour::CONTRAST_THOUSANDTHS_MIN {
            let contrast = format!("{}.{}", contrast / 1000, contrast % 1000 / 100);
            let setting = name.to_owned();
            self.refuse(Some(at), Cause::TooLight { setting, contrast });
        }
    }

    /// Whether a name is empty or that of a file of the folder with one of these endings.
    fn has(&self, name: &str, endings: &[&str]) -> bool {
        let fits = endings.iter().any(|end| name.ends_with(end));
        name.is_empty() || (fits && self.folder.files.contains_key(name))
    }

    /// What a setting takes that names a file, with those that there are.
    fn one_in_the_folder(&self, endings: &[&str]) -> String {
        let fits = |file: &&String| endings.iter().any(|end| file.ends_with(end));
        let there: Vec<String> = self.folder.files.keys().filter(fits).cloned().collect();
        let there = match &*there {
            [] => "it holds none".to_owned(),
            there => format!("it holds {}", there.join(", ")),
        };
        format!(
            "the name of a {} file in the folder; {there}",
            endings.join(" or ")
        )
    }

    fn required<T>(&mut self, value: Option<Spanned<T>>, key: &'static str) -> Option<(T, usize)> {
        if value.is_none() {
            self.refuse(None, Cause::MissingKey(key));
        }
        value.map(|value| {
            let at = value.span().start;
            (value.into_inner(), at)
        })
    }

    fn one_of(&mut self, word: &str, allowed: &[&str], at: usize) {
        if !allowed.contains(&word) {
            let (word, allowed) = (word.to_owned(), allowed.join(", "));
            self.refuse(Some(at), Cause::UnknownWord { word, allowed });
        }
    }
}
