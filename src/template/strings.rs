//! What a page says in each language: `strings.<language>.toml`.
//!
//! A file holds texts, and tables of texts for lists of codes. Every language has the same keys; a
//! folder that builds on another replaces single entries; what is the program's own (`notices`)
//! only a shipped report may say in other words.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value;
use serde::Deserialize;

use super::compose::braces_in;
use super::folder::Folder;
use super::literal::SCHOOL;
use super::manifest::line_at;
use super::notices::{add_own, refuse_own};
use super::overrides::{check_strings, line_of};
use super::problem::{Cause, Problem};

/// The strings of one language.
pub(super) type Strings = BTreeMap<String, Entry>;

/// One entry of a file of strings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a text, or a table of texts")]
pub(super) enum Entry {
    /// A text.
    Text(String),
    /// Texts by code.
    Table(BTreeMap<String, String>),
}

/// The table of languages of seals of biliteracy: by the record's own word in small letters, blanks
/// as `_`. A record may hold a language that nobody thought of, so a folder may add to it.
pub(super) const LANGUAGE_NAMES: &str = "language_name";

/// The sentence of a document that was sent for a transfer.
const SENT_TO: &str = "sent_to";

/// How a report says, in one language, what the model has as a name or in the record's own word;
/// the page is held to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    languages: BTreeMap<String, String>,
    sent_to: Option<String>,
    /// Every text of the strings and the settings, by key; of a table as `table.key`.
    texts: Vec<(String, String)>,
}

impl Wording {
    pub(super) fn of(strings: &Strings) -> Self {
        let languages = match strings.get(LANGUAGE_NAMES) {
            Some(Entry::Table(names)) => names.clone(),
            _ => BTreeMap::new(),
        };
        let sent_to = match strings.get(SENT_TO) {
            Some(Entry::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let texts = texts(strings).into_iter();
        let texts = texts.map(|(key, text)| (key, text.to_owned())).collect();
        Self {
            languages,
            sent_to,
            texts,
        }
    }

    /// The same with the settings' texts, which a page may show as well: in pieces, where a page
    /// has its school's name between them.
    pub(super) fn with_settings<'a>(mut self, settings: impl Iterator<Item = &'a str>) -> Self {
        let pieces = settings.flat_map(|text| text.split(SCHOOL));
        let texts = pieces.map(|text| ("settings".to_owned(), text.to_owned()));
        self.texts.extend(texts);
        self
    }

    /// Every text that the report itself may bring to a page.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(_, text)| text.as_str())
    }

    /// What an entry of its strings says.
    pub fn text(&self, key: &str) -> Option<&str> {
        let mut texts = self.texts.iter();
        texts
            .find(|(own, _)| own == key)
            .map(|(_, text)| text.as_str())
    }

    /// Whether some table says this for a code: the letter of a kind of honors, say.
    pub fn says_for(&self, code: &str, text: &str) -> bool {
        let mut texts = self.texts.iter();
        texts.any(|(key, said)| {
            said == text && key.rsplit_once('.').is_some_and(|(_, own)| own == code)
        })
    }

    /// What it calls a language; the record's own word where it has no name for it.
    pub fn language<'a>(&'a self, word: &'a str) -> &'a str {
        let key = word.to_lowercase().replace(' ', "_");
        self.languages.get(&key).map_or(word, String::as_str)
    }

    /// How it says that a document was sent to a school; the name alone where it has no sentence.
    pub fn sent_to(&self, school: &str) -> String {
        let sentence = self.sent_to.as_deref().unwrap_or("{school}");
        sentence.replace("{school}", school)
    }
}

impl From<&Entry> for Value {
    fn from(entry: &Entry) -> Self {
        match entry {
            Entry::Text(text) => Self::from(text.as_str()),
            Entry::Table(table) => Self::from(table.clone()),
        }
    }
}

/// Each text with its key; a text of a table as `table.key`.
pub(super) fn texts(strings: &Strings) -> Vec<(String, &str)> {
    let mut texts = Vec::new();
    for (key, entry) in strings {
        match entry {
            Entry::Text(text) => texts.push((key.clone(), text.as_str())),
            Entry::Table(table) => {
                let inner = table.iter();
                texts.extend(inner.map(|(code, text)| (format!("{key}.{code}"), text.as_str())));
            }
        }
    }
    texts
}

/// The strings as a template sees them.
pub(super) fn strings_value(strings: &Strings) -> Value {
    let pairs = strings.iter();
    let values: BTreeMap<String, Value> = pairs
        .map(|(key, entry)| (key.clone(), Value::from(entry)))
        .collect();
    Value::from(values)
}

/// The strings of each language: the base's, with the folder's laid over them.
pub(super) fn read_strings(
    folder: &Folder,
    base: BTreeMap<String, Strings>,
    languages: &[String],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Strings> {
    let (derived, shipped) = (!base.is_empty(), folder.is_shipped());
    for (file, language) in files(folder) {
        if !languages.iter().any(|known| known == language) {
            let (word, allowed) = (language.to_owned(), languages.join(", "));
            let cause = Cause::UnknownWord { word, allowed };
            problems.push(Problem::new(folder.shown(file), None, cause));
        }
    }
    let mut all = base;
    for language in languages {
        let file = format!("strings.{language}.toml");
        let Some(bytes) = folder.files.get(&file) else {
            if !derived {
                problems.push(Problem::new(folder.shown(&file), None, Cause::Missing));
            }
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        match read(folder, &file, &text) {
            Ok(mut own) => {
                problems.extend(printed_braces(folder, &file, &text, &own));
                if !shipped {
                    refuse_own(folder, (language, &text), &mut own, problems);
                }
                let below = all.entry(language.clone()).or_default();
                if derived {
                    check_strings(folder, (language, &text), &mut own, below, problems);
                }
                merge(below, own);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !derived && !shipped {
        for (language, strings) in &mut all {
            add_own(language, strings);
        }
    }
    problems.extend(missing(folder, &all));
    all
}

/// The entries in which something is to be composed, which would be printed as it is.
fn printed_braces(folder: &Folder, file: &str, text: &str, own: &Strings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, said) in texts(own) {
        if let Some(braces) = braces_in(said) {
            let (table, name) = match key.split_once('.') {
                Some((table, name)) if own.contains_key(table) => (Some(table), name),
                _ => (None, &*key),
            };
            let line = line_of(text, table, name);
            let cause = Cause::PrintedBraces { key, braces };
            problems.push(Problem::new(folder.shown(file), line, cause));
        }
    }
    problems
}

/// The entries, and the tables' entries, that one language has and another lacks.
fn missing(folder: &Folder, all: &BTreeMap<String, Strings>) -> Vec<Problem> {
    let keys_of = |strings: &Strings| -> BTreeSet<String> {
        let inner = texts(strings).into_iter().map(|(key, _)| key);
        inner.chain(strings.keys().cloned()).collect()
    };
    let keys: BTreeSet<String> = all.values().flat_map(keys_of).collect();
    let mut problems = Vec::new();
    for (language, strings) in all {
        let has = keys_of(strings);
        let lacks = keys.difference(&has).filter(|key| {
            // Where the whole table is not there, that is said.
            key.split_once('.')
                .is_none_or(|(table, _)| has.contains(table))
        });
        problems.extend(lacks.map(|key| {
            let file = folder.shown(&format!("strings.{language}.toml"));
            Problem::new(file, None, Cause::MissingString(key.clone()))
        }));
    }
    problems
}

/// The files of strings in a folder, each with its language.
fn files(folder: &Folder) -> impl Iterator<Item = (&str, &str)> {
    folder.files.keys().filter_map(|file| {
        let language = file.strip_prefix("strings.")?.strip_suffix(".toml")?;
        Some((file.as_str(), language))
    })
}

fn read(folder: &Folder, file: &str, text: &str) -> Result<Strings, Problem> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_at(text, span.start));
        let cause = Cause::Syntax(error.message().to_owned());
        Problem::new(folder.shown(file), line, cause)
    })
}

/// What cannot be read of a folder's strings, whatever they are laid over.
pub(super) fn unreadable(folder: &Folder) -> Vec<Problem> {
    let texts = files(folder).filter_map(|(file, _)| {
        let text = String::from_utf8_lossy(folder.files.get(file)?);
        read(folder, file, &text).err()
    });
    texts.collect()
}

/// Lays one table over another; a table inside is laid over entry by entry.
fn merge(below: &mut Strings, above: Strings) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Entry::Table(below)), Entry::Table(above)) => below.extend(above),
            (_, value) => drop(below.insert(key, value)),
        }
    }
}
