//! A report: one folder, or a school's folder laid over a shipped one, checked.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::value::Value;

use super::compose::{
    Composed, Output, check_language, check_school, environment, refuse, render, undefined_names,
};
use super::folder::Folder;
use super::lint::lint;
use super::literal::SCHOOL;
use super::manifest::{
    self, Checker, Manifest, Setting, SettingKind, SettingValue, line_at, line_of_key,
};
use super::overrides::{self, check_blocks};
use super::owners::Owners;
use super::problem::{Cause, Problem, TemplateError};
use super::strings::{self, Strings, Wording, read_strings, strings_value, texts};
use super::{SOURCE_BYTES_MAX, TEMPLATE_BYTES_MAX};

/// The layout in the folder, and what it becomes: the entry of the composed files.
pub(super) const LAYOUT: &str = "layout.typ.j2";
pub(super) const ENTRY: &str = "layout.typ";

/// Files of rules, which only a folder that builds on nothing may hold.
const RULES: [&str; 2] = ["policy.toml", "decree.toml"];

/// A report that can be composed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The folder it came from, after the folder that it builds on.
    pub(super) layers: Vec<Folder>,
    manifest: Manifest,
    strings: BTreeMap<String, Strings>,
}

impl Report {
    /// A report that ships with the program.
    ///
    /// # Errors
    /// When there is none of this name. (That a shipped one is well formed is a test.)
    pub fn shipped(name: &str) -> Result<Self, TemplateError> {
        let folder = Folder::shipped(name).ok_or_else(|| {
            let shipped = Folder::shipped_names().join(", ");
            Problem::new(name, None, Cause::NoReport { shipped })
        })?;
        Self::from_folder(folder)
    }

    /// The names of the shipped reports that lay out this model, of whichever version.
    pub fn shipped_of(model: &str) -> Vec<String> {
        let mut names = Folder::shipped_names();
        names.retain(|name| {
            let report = Self::shipped(name);
            report.is_ok_and(|it| it.is_of(model))
        });
        names
    }

    /// Whether it lays out this model, of whichever version: `registrar-transcript`.
    pub fn is_of(&self, model: &str) -> bool {
        self.model().split('/').next() == Some(model)
    }

    /// A report from disk: complete, or with `extends` naming the shipped report it builds on.
    ///
    /// # Errors
    /// Everything that is wrong with the folder, its manifest, strings, layout and samples.
    pub fn load(path: &Path) -> Result<Self, TemplateError> {
        Self::from_folder(Folder::read(path)?)
    }

    /// A report from a folder's files, for callers that keep them elsewhere.
    ///
    /// # Errors
    /// As [`Report::load`].
    pub fn from_folder(folder: Folder) -> Result<Self, TemplateError> {
        let raw = match manifest::read(&folder) {
            Ok(raw) => raw,
            Err(problem) => {
                // Nothing says what it builds on; what is wrong with each file alone can be said.
                let mut problems = vec![problem];
                problems.extend(check_files(&folder, true));
                problems.extend(strings::unreadable(&folder));
                return Err(TemplateError { problems });
            }
        };
        let base = match &raw.extends {
            None => None,
            Some(name) => Some(base_of(&folder, name)?),
        };
        let mut checker = Checker {
            folder: &folder,
            problems: Vec::new(),
        };
        let derived = base.is_some();
        let blocks = base.as_ref().map(Self::blocks);
        let (manifest, mut layers, strings) = match base {
            None => (checker.own(raw), Vec::new(), BTreeMap::new()),
            Some(base) => (
                checker.derived(raw, base.manifest),
                base.layers,
                base.strings,
            ),
        };
        let mut problems = checker.problems;
        problems.extend(manifest::unknown_keys(&folder));
        problems.extend(check_files(&folder, derived));
        problems.extend(
            blocks
                .iter()
                .flat_map(|base| check_blocks(&folder, LAYOUT, base)),
        );
        let strings = read_strings(&folder, strings, &manifest.languages, &mut problems);
        layers.push(folder);
        let report = Self {
            layers,
            manifest,
            strings,
        };
        problems.extend(report.check_composition(&problems));
        TemplateError::unless(problems, report)
    }

    /// Composes each language once, so that what is wrong shows when the report is loaded. Where
    /// a file of names cannot be read, a name that is not defined may follow from it, and is not
    /// told.
    fn check_composition(&self, known: &[Problem]) -> Vec<Problem> {
        let has_layout = |folder: &Folder| folder.files.contains_key(LAYOUT);
        let mut problems: Vec<Problem> = Vec::new();
        if !self.layers.iter().any(has_layout) {
            return problems;
        }
        let unread = known.iter().any(|known| {
            let of_names = known.file.contains("/strings.") || known.file.ends_with(manifest::FILE);
            let is_unread = matches!(
                known.cause,
                Cause::Syntax(_) | Cause::NotUtf8 | Cause::Missing
            );
            of_names && is_unread
        });
        for language in self.strings.keys() {
            let found = self.compose(language).err();
            for problem in found.into_iter().flat_map(|error| error.problems) {
                let follows = matches!(problem.cause, Cause::Undefined { .. });
                let is_known = known
                    .iter()
                    .any(|known| (&known.file, known.line) == (&problem.file, problem.line));
                let told = is_known || (follows && unread);
                if !told && !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    /// The report's name: the folder's.
    pub fn name(&self) -> &str {
        self.layers.last().map_or("", |folder| &folder.name)
    }

    /// The model it takes: `registrar-transcript/3`.
    pub fn model(&self) -> &str {
        &self.manifest.model
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        &self.manifest.title
    }

    /// The languages it can be composed in; the first is the default.
    pub fn languages(&self) -> &[String] {
        &self.manifest.languages
    }

    /// Whether it makes documents of this edition: `official`, `unofficial`.
    pub fn makes(&self, edition: &str) -> bool {
        self.manifest.editions.iter().any(|made| made == edition)
    }

    /// The editions that it makes.
    pub fn editions(&self) -> &[String] {
        &self.manifest.editions
    }

    /// Whose report it is.
    pub fn owners(&self) -> Owners {
        Owners::new(self.name(), &self.manifest.schools)
    }

    /// The reports on which it builds, the nearest first.
    pub fn bases(&self) -> impl Iterator<Item = &str> {
        let below = self.layers.iter().rev().skip(1);
        below.map(|folder| folder.name.as_str())
    }

    /// The names of the blocks that a folder which builds on this one may replace, in the order of
    /// the page's source.
    pub fn blocks(&self) -> Vec<String> {
        let layouts = self
            .layers
            .iter()
            .filter_map(|folder| folder.files.get(LAYOUT));
        let mut blocks = Vec::new();
        for layout in layouts {
            for block in overrides::blocks(&String::from_utf8_lossy(layout)) {
                if !blocks.contains(&block.name) {
                    blocks.push(block.name);
                }
            }
        }
        blocks
    }

    /// Every setting with its value.
    pub fn settings(&self) -> &BTreeMap<String, Setting> {
        &self.manifest.settings
    }

    /// Whether a boolean setting of this name exists and is true.
    pub fn is_set(&self, name: &str) -> bool {
        let value = self
            .manifest
            .settings
            .get(name)
            .map(|setting| &setting.value);
        value == Some(&SettingValue::Boolean(true))
    }

    /// The rules as text, of the report on which everything builds: `policy.toml`, `decree.toml`.
    pub fn rules(&self, file: &str) -> Option<&str> {
        let bytes = self.layers.first()?.files.get(file)?;
        RULES.contains(&file).then_some(())?;
        str::from_utf8(bytes).ok()
    }

    /// The samples by name, as texts; a derived folder's own come on top of the base's.
    pub fn samples(&self) -> BTreeMap<&str, &str> {
        let files = self.layers.iter().flat_map(|folder| &folder.files);
        files
            .filter_map(|(file, bytes)| {
                let name = file.strip_prefix("samples/")?.strip_suffix(".toml")?;
                Some((name, str::from_utf8(bytes).ok()?))
            })
            .collect()
    }

    /// Every text that the report itself brings to a page in this language, after where it stands
    /// (`strings.en.toml: official`, `report.toml: certification`), so that it can be tested once
    /// instead of with every document.
    pub fn texts(&self, language: &str) -> Vec<(String, &str)> {
        let strings = self.strings.get(language).map(texts).unwrap_or_default();
        let file = format!("strings.{language}.toml");
        let strings = strings.into_iter();
        let strings = strings.map(|(key, text)| (format!("{file}: {key}"), text));
        let settings = self.manifest.settings.iter().filter_map(|(name, setting)| {
            let printed = matches!(setting.kind, SettingKind::Text | SettingKind::Prose);
            match &setting.value {
                SettingValue::Text(text) if printed => {
                    Some((format!("{}: {name}", manifest::FILE), text.as_str()))
                }
                _ => None,
            }
        });
        let title = (format!("{}: title", manifest::FILE), self.title());
        strings.chain(settings).chain([title]).collect()
    }

    /// Every line that the report's sources could bring to a page, with its file and number: of
    /// layouts and libraries whole, of drawings the texts between their tags.
    pub fn sources(&self) -> Vec<(String, usize, String)> {
        let mut lines = Vec::new();
        let files = self.layers.iter().flat_map(|folder| {
            let files = folder.files.iter();
            files.map(move |(file, bytes)| (folder.shown(file), bytes))
        });
        for (file, bytes) in files {
            let text = String::from_utf8_lossy(bytes);
            let text = match file.rsplit_once('.') {
                Some((_, "j2" | "typ")) => text.into_owned(),
                Some((_, "svg")) => between_tags(&text),
                _ => continue,
            };
            let numbered = (1..).zip(text.lines());
            lines.extend(numbered.map(|(line, text)| (file.clone(), line, text.to_owned())));
        }
        lines
    }

    /// The report's drawings that are written as text, with their files.
    pub fn drawings(&self) -> Vec<(String, String)> {
        let drawings = self.layers.iter().flat_map(|folder| {
            let files = folder.files.iter();
            let drawings = files.filter(|(file, _)| file.ends_with(".svg"));
            drawings.map(|(file, bytes)| (folder.shown(file), String::from_utf8_lossy(bytes)))
        });
        drawings
            .map(|(file, text)| (file, text.into_owned()))
            .collect()
    }

    /// Composes the layout in one language.
    ///
    /// # Errors
    /// An unknown language; what minijinja refuses; Typst that does not parse or does what a page
    /// may not.
    pub fn compose(&self, language: &str) -> Result<Composed, TemplateError> {
        let Some(strings) = self.strings.get(language) else {
            let cause = Cause::UnknownLanguage(language.to_owned());
            return Err(Problem::new(self.name(), None, cause).into());
        };
        let (settings, mut problems) = self.settings_in(language, strings);
        let texts_of_settings: Vec<String> = settings
            .values()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        let context = minijinja::context! {
            settings, language,
            strings => strings_value(strings),
            report => minijinja::context! {
                title => self.manifest.title.as_str(),
                paper => self.manifest.paper.as_str(),
            },
        };
        let mut environment = environment(Output::Layout);
        let (mut layout, before) = (String::new(), problems.len());
        for folder in &self.layers {
            for (file, bytes) in folder
                .files
                .iter()
                .filter(|(file, _)| file.ends_with(".j2"))
            {
                let name = folder.shown(file);
                let source = String::from_utf8_lossy(bytes).into_owned();
                let added = environment.add_template_owned(name.clone(), source);
                problems.extend(added.err().map(|error| refuse(&error, &name)));
                if file == LAYOUT {
                    layout = name;
                }
            }
        }
        let rendered = match problems.len() > before {
            // What minijinja cannot read it cannot render.
            true => None,
            false => match render(&environment, &layout, &context) {
                Ok(text) => Some(text),
                Err(problem) => {
                    if matches!(problem.cause, Cause::Undefined { .. }) {
                        let mut further = undefined_names(&environment, &context);
                        further.retain(|it| it.cause != problem.cause);
                        problems.extend(further);
                    }
                    problems.push(problem);
                    None
                }
            },
        };
        let Some(text) = rendered else {
            return TemplateError::unless(problems, Composed::new(BTreeMap::new()));
        };
        let found = lint(ENTRY, &text);
        let mut composed = self.files_with(text);
        let texts = texts_of_settings.iter().map(String::as_str);
        composed.wording = Wording::of(strings).with_settings(texts.chain([self.title()]));
        problems.extend(found.into_iter().map(|problem| {
            let (file, line) = self.place_of(&composed, ENTRY, problem.line.unwrap_or(1));
            Problem::new(file, line, problem.cause)
        }));
        TemplateError::unless(problems, composed)
    }

    /// The composed layout beside the libraries and pictures of all layers.
    fn files_with(&self, layout: String) -> Composed {
        let mut files = BTreeMap::new();
        for (file, bytes) in self.layers.iter().flat_map(|folder| &folder.files) {
            let mut served = [".typ"].iter().chain(&manifest::PICTURES);
            let is_served = served.any(|end| file.ends_with(end));
            // Each PDF is drawn before any page is made.
            if is_served || (file.ends_with(".pdf") && self.uses(file)) {
                files.insert(file.clone(), bytes.clone());
            }
        }
        files.insert(ENTRY.to_owned(), layout.into_bytes());
        Composed::new(files)
    }

    /// Whether a setting or a source names this file.
    fn uses(&self, name: &str) -> bool {
        let named = SettingValue::Text(name.to_owned());
        let mut settings = self.manifest.settings.values();
        let mut files = self.layers.iter().flat_map(|folder| &folder.files);
        settings.any(|setting| setting.value == named)
            || files.any(|(file, bytes)| {
                let is_source = file.ends_with(".j2") || file.ends_with(".typ");
                is_source && String::from_utf8_lossy(bytes).contains(name)
            })
    }

    /// The settings' values, with prose rendered to text, and why some could not be; prose sees the
    /// settings that are none.
    fn settings_in(
        &self,
        language: &str,
        strings: &Strings,
    ) -> (BTreeMap<String, Value>, Vec<Problem>) {
        let all = &self.manifest.settings;
        let is_prose = |setting: &Setting| setting.kind == SettingKind::Prose;
        let plain: BTreeMap<String, Value> = all
            .iter()
            .filter(|(_, setting)| !is_prose(setting))
            .map(|(name, setting)| (name.clone(), Value::from(&setting.value)))
            .collect();
        let context = minijinja::context! {
            settings => plain.clone(), strings => strings_value(strings), language,
            school => SCHOOL.to_string(),
        };
        let mut problems = Vec::new();
        let mut values = plain;
        for (name, setting) in all.iter().filter(|(_, setting)| is_prose(setting)) {
            match self.prose(name, setting, &context) {
                Ok(text) => {
                    if !setting.may_be_empty && !text.contains(char::is_alphanumeric) {
                        let cause = Cause::EmptyProse {
                            setting: name.clone(),
                            language: language.to_owned(),
                        };
                        let problem = Problem::new(self.name(), None, cause);
                        problems.push(self.in_manifest(name, problem));
                    }
                    values.insert(name.clone(), Value::from(text));
                }
                Err(problem) => {
                    problems.push(self.in_manifest(name, problem));
                    // The rest is looked at all the same.
                    values.insert(name.clone(), Value::from(""));
                }
            }
        }
        (values, problems)
    }

    /// A problem of a setting's prose at its line of the manifest that sets it.
    fn in_manifest(&self, setting: &str, problem: Problem) -> Problem {
        let mut layers = self.layers.iter().rev();
        let place = layers.find_map(|folder| {
            let text = String::from_utf8_lossy(folder.files.get(manifest::FILE)?);
            let line = line_of_key(&text, setting)?;
            Some((folder.shown(manifest::FILE), line))
        });
        match place {
            Some((file, line)) => {
                let within = problem.line.map_or(0, |line| line.saturating_sub(1));
                Problem::new(file, Some(line + within), problem.cause)
            }
            None => problem,
        }
    }

    fn prose(&self, name: &str, setting: &Setting, context: &Value) -> Result<String, Problem> {
        let SettingValue::Text(text) = &setting.value else {
            return Ok(String::new());
        };
        let file = format!("{}/report.toml, the setting {name}", self.name());
        let mut problems = check_language(&file, text).into_iter();
        if let Some(problem) = problems.next().or_else(|| check_school(&file, text)) {
            return Err(problem);
        }
        let mut environment = environment(Output::Prose);
        environment
            .add_template_owned(file.clone(), text.clone())
            .map_err(|error| refuse(&error, &file))?;
        render(&environment, &file, context)
    }
}

/// What stands between the tags of an SVG, each text on its line.
fn between_tags(svg: &str) -> String {
    let mut inside = false;
    let kept = svg.chars().filter(|letter| match letter {
        '<' => {
            inside = true;
            false
        }
        '>' => {
            inside = false;
            false
        }
        '\n' => true,
        _ => !inside,
    });
    kept.collect()
}

/// The shipped report on which a folder builds.
fn base_of(folder: &Folder, name: &toml::Spanned<String>) -> Result<Report, TemplateError> {
    if name.get_ref() != &folder.name
        && let Some(base) = Folder::shipped(name.get_ref())
    {
        return Report::from_folder(base);
    }
    let text = folder.files.get(manifest::FILE).map(Vec::as_slice);
    let text = str::from_utf8(text.unwrap_or_default()).unwrap_or_default();
    let cause = Cause::UnknownBase {
        name: name.get_ref().clone(),
        shipped: Folder::shipped_names().join(", "),
    };
    let line = line_at(text, name.span().start);
    Err(Problem::new(folder.shown(manifest::FILE), Some(line), cause).into())
}

/// What can be said of a folder's files without its manifest.
fn check_files(folder: &Folder, derived: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |file: &str, line, cause| {
        problems.push(Problem::new(folder.shown(file), line, cause));
    };
    if !derived && !folder.files.contains_key(LAYOUT) {
        refuse(LAYOUT, None, Cause::Missing);
    }
    let bytes: usize = folder.files.values().map(Vec::len).sum();
    if bytes > TEMPLATE_BYTES_MAX {
        let bytes_max = TEMPLATE_BYTES_MAX;
        refuse("", None, Cause::TooLarge { bytes_max });
    }
    for (file, bytes) in &folder.files {
        if derived && RULES.contains(&file.as_str()) {
            refuse(file, None, Cause::RulesInDerived);
        }
        if [".png", ".jpg", ".jpeg", ".pdf"]
            .iter()
            .any(|end| file.ends_with(end))
        {
            continue;
        }
        let Ok(text) = str::from_utf8(bytes) else {
            refuse(file, None, Cause::NotUtf8);
            continue;
        };
        if file.ends_with(".json")
            && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text)
        {
            refuse(file, Some(error.line()), Cause::Syntax(error.to_string()));
        }
    }
    for (file, bytes) in &folder.files {
        let shown = folder.shown(file);
        let text = String::from_utf8_lossy(bytes);
        if file.ends_with(".j2") {
            if bytes.len() > SOURCE_BYTES_MAX {
                let bytes_max = SOURCE_BYTES_MAX;
                problems.push(Problem::new(&shown, None, Cause::TooLarge { bytes_max }));
            }
            problems.extend(check_language(&shown, &text));
        } else if file.ends_with(".typ") {
            problems.extend(lint(&shown, &text));
        }
    }
    problems
}
