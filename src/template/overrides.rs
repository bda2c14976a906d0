//! What a folder replaces of the report on which it builds: nothing that the base does not have,
//! for it would be passed over without a word.
//!
//! An entry of another name is a folder's own, if one of its blocks or settings uses it.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::{Tag, tags};
use super::folder::Folder;
use super::manifest::line_of_key;
use super::problem::{Cause, Problem};
use super::strings::{Entry, LANGUAGE_NAMES, Strings};

/// A block of a layout: its name, its line from one, and how many blocks it stands in.
pub(super) struct Block {
    pub name: String,
    pub line: usize,
    pub depth: usize,
}

/// The blocks of a layout in the order of its source; what stands in a comment is none.
pub(super) fn blocks(layout: &str) -> Vec<Block> {
    let (mut blocks, mut depth) = (Vec::new(), 0_usize);
    for Tag {
        close,
        inside,
        line,
    } in tags(layout)
    {
        let mut words = inside.trim_matches(['-', '+']).split_whitespace();
        match (close, words.next()) {
            ("%}", Some("block")) => {
                let name = words.next().unwrap_or_default().to_owned();
                blocks.push(Block { name, line, depth });
                depth += 1;
            }
            ("%}", Some("endblock")) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    blocks
}

/// Refuses each block of a folder's layout that the base's does not have; a layout that extends
/// none has blocks of its own.
pub(super) fn check_blocks(folder: &Folder, layout: &str, base: &[String]) -> Vec<Problem> {
    let text = folder.files.get(layout).map(Vec::as_slice);
    let text = String::from_utf8_lossy(text.unwrap_or_default());
    let own = blocks(&text).into_iter();
    let own = own.filter(|_| text.contains("% extends"));
    let unknown = own.filter(|block| block.depth == 0 && !base.contains(&block.name));
    let refuse = |block: Block| {
        let cause = Cause::UnknownBlock {
            likely: likely(&block.name, base),
            blocks: base.join(", "),
            block: block.name,
        };
        Problem::new(folder.shown(layout), Some(block.line), cause)
    };
    unknown.map(refuse).collect()
}

/// Takes out of a folder's strings of one language what cannot replace the base's, and says why.
pub(super) fn check_strings(
    folder: &Folder,
    (language, text): (&str, &str),
    own: &mut Strings,
    below: &Strings,
    problems: &mut Vec<Problem>,
) {
    let file = folder.shown(&format!("strings.{language}.toml"));
    for (table, key, cause) in astray(own, below) {
        problems.push(Problem::new(&file, line_of(text, table, key), cause));
    }
    let used = Used::by(folder);
    let mut refuse = |table: Option<&str>, key: &str, cause| {
        problems.push(Problem::new(&file, line_of(text, table, key), cause));
        false
    };
    own.retain(|key, entry| match (below.get(key), entry) {
        (None, _) => used.names(key) || { refuse(None, key, unknown(below, None, key)) },
        (Some(Entry::Text(base)), Entry::Text(text)) => match lost(base, text) {
            None => true,
            Some(lost) => refuse(None, key, Cause::LostPlaceholder(lost)),
        },
        (Some(Entry::Table(base)), Entry::Table(table)) => {
            table.retain(|code, text| match base.get(code) {
                None => {
                    key == LANGUAGE_NAMES || used.names(code) || {
                        refuse(Some(key), code, unknown(below, Some(key), code))
                    }
                }
                Some(base) => match lost(base, text) {
                    None => true,
                    Some(lost) => refuse(Some(key), code, Cause::LostPlaceholder(lost)),
                },
            });
            true
        }
        (Some(base), _) => {
            let expected = match base {
                Entry::Text(_) => "a text",
                Entry::Table(_) => "a table of texts",
            };
            let key_shown = key.clone();
            refuse(
                None,
                key,
                Cause::WrongString {
                    key: key_shown,
                    expected,
                },
            )
        }
    });
}

/// Labels that stand beside each other, over the columns of a table or before facts: two that say
/// the same leave a reader to guess. Labels of different tables may say the same.
const TOGETHER: [&[&str]; 7] = [
    &[
        "course",
        "mark",
        "attempted",
        "earned",
        "ag",
        "honors",
        "repeat_label",
    ],
    &[
        "birth_date",
        "student_id",
        "state_id",
        "grade_level",
        "entered",
        "left",
        "graduated",
    ],
    &["credits_attempted", "credits_earned", "credits_in_progress"],
    &[
        "subject",
        "required",
        "earned",
        "in_progress_column",
        "needed",
    ],
    &["course", "credit", "ag", "honors"],
    &["ceeb", "state_code"],
    &["certified_by", "signer_title", "date_of_issue"],
];

/// Languages that may have one name.
const ALIKE: [&[&str]; 4] = [
    &["chinese", "mandarin"],
    &["croatian", "serbian"],
    &["dari", "farsi", "persian"],
    &["filipino", "tagalog"],
];

/// Tables of letters, of which one may stand for several codes: the legend says for which. What
/// stands for no honors at all is none of them, and of two letters and more each is a name (`AP`).
const LETTERS: [&str; 2] = ["honors_code", "repeat_code"];

/// Whether a reader takes two entries that say this for each other.
fn is_confused(table: Option<&str>, text: &str, one: &str, other: &str) -> bool {
    let both = |these: &&[&str]| these.contains(&one) && these.contains(&other);
    match table {
        None => TOGETHER.iter().any(both),
        Some(table) if LETTERS.contains(&table) => {
            text.trim().chars().count() > 1 || [one, other].contains(&"none")
        }
        Some(_) => !ALIKE.iter().any(both),
    }
}

/// A folder's entries that say nothing where the base says something, and those that say what
/// another entry beside them is for, each with its table: a reader would take one figure for the
/// other.
fn astray<'a>(own: &'a Strings, below: &Strings) -> Vec<(Option<&'a str>, &'a str, Cause)> {
    let mut found = Vec::new();
    let plain = |strings: &'_ Strings| -> BTreeMap<String, String> {
        let texts = strings.iter().filter_map(|(key, entry)| match entry {
            Entry::Text(text) => Some((key.clone(), text.clone())),
            Entry::Table(_) => None,
        });
        texts.collect()
    };
    let mut tables = vec![(None, plain(own), plain(below))];
    for (name, entry) in own {
        if let (Entry::Table(own), Some(Entry::Table(below))) = (entry, below.get(name)) {
            tables.push((Some(name.as_str()), own.clone(), below.clone()));
        }
    }
    let keys = own.iter().flat_map(|(name, entry)| match entry {
        Entry::Text(_) => vec![(None, name.as_str())],
        Entry::Table(table) => {
            let keys = table.keys();
            keys.map(|key| (Some(name.as_str()), key.as_str()))
                .collect()
        }
    });
    for (table, key) in keys {
        let tables = tables.iter().find(|(name, ..)| *name == table);
        let Some((_, own, below)) = tables else {
            continue;
        };
        let (Some(text), Some(base)) = (own.get(key), below.get(key)) else {
            continue;
        };
        let shown = |key: &str| table.map_or_else(|| key.to_owned(), |it| format!("{it}.{key}"));
        // Of a text that loses what the program puts into it, that is said.
        if text.trim().is_empty() && !base.is_empty() && lost(base, text).is_none() {
            found.push((table, key, Cause::EmptyString(shown(key))));
            continue;
        }
        let is_said = |said: &String| same(said, text) && !text.trim().is_empty();
        let other = below.iter().find(|(other, base_of_other)| {
            let now = own.get(*other).is_some_and(is_said);
            *other != key
                && is_confused(table, text, key, other)
                && !same(base, base_of_other)
                && !same(base, text)
                && (is_said(base_of_other) || now)
        });
        if let Some((other, _)) = other {
            let cause = Cause::OtherString {
                key: shown(key),
                text: text.clone(),
                other: shown(other),
            };
            found.push((table, key, cause));
        }
    }
    found
}

/// Whether two texts say the same to a reader.
fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Why an entry is none: it is misspelt, or another table has it.
fn unknown(base: &Strings, table: Option<&str>, key: &str) -> Cause {
    let beside: Vec<&String> = match table.and_then(|table| base.get(table)) {
        Some(Entry::Table(entries)) => entries.keys().collect(),
        _ => base.keys().collect(),
    };
    if let Some(likely) = likely(key, beside) {
        let key = table.map_or_else(|| key.to_owned(), |table| format!("{table}.{key}"));
        return Cause::UnknownString {
            key,
            likely: Some(likely),
        };
    }
    let mut tables = base.iter();
    let holds = |(_, entry): &(&String, &Entry)| match entry {
        Entry::Table(entries) => entries.contains_key(key),
        Entry::Text(_) => false,
    };
    let key = key.to_owned();
    match tables.find(holds) {
        Some((table, _)) => Cause::StrayString {
            key,
            table: table.clone(),
        },
        None => Cause::UnknownString {
            key: table.map_or_else(|| key.clone(), |table| format!("{table}.{key}")),
            likely: None,
        },
    }
}

/// The names that a folder's own layout, library and manifest use.
struct Used(BTreeSet<String>);

impl Used {
    fn by(folder: &Folder) -> Self {
        let sources = [".j2", ".typ", "report.toml"];
        let files = folder.files.iter();
        let files = files.filter(|(file, _)| sources.iter().any(|end| file.ends_with(end)));
        let mut names = BTreeSet::new();
        for (_, bytes) in files {
            let text = String::from_utf8_lossy(bytes);
            let is_of_name =
                |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
            let words = text.split(|letter: char| !is_of_name(letter));
            names.extend(words.map(str::to_owned));
        }
        Self(names)
    }

    fn names(&self, key: &str) -> bool {
        self.0.contains(key)
    }
}

/// A placeholder, `{page}`, of the base's text that another one has lost.
fn lost(base: &str, text: &str) -> Option<String> {
    let placeholders = base
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'));
    let mut placeholders = placeholders.map(|(name, _)| format!("{{{name}}}"));
    placeholders.find(|placeholder| !text.contains(placeholder.as_str()))
}

/// The line of a key, of one in a table below the table's name.
pub(super) fn line_of(text: &str, table: Option<&str>, key: &str) -> Option<usize> {
    let header = |table: &str| {
        let header = format!("[{table}]");
        let found = text.lines().position(|line| line.trim() == header);
        found.map(|line| line + 1)
    };
    let Some(table) = table else {
        return line_of_key(text, key).or_else(|| header(key));
    };
    let header = header(table)?;
    let rest: String = text
        .lines()
        .skip(header)
        .map(|line| format!("{line}\n"))
        .collect();
    line_of_key(&rest, key).map(|line| header + line)
}

/// The name that is near enough to have been meant.
pub(super) fn likely<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a String>,
) -> Option<String> {
    let known = known.into_iter();
    let steps = known.map(|known| (strsim::damerau_levenshtein(written, known), known));
    let (steps, nearest) = steps.min()?;
    (steps <= nearest.chars().count().div_ceil(3)).then(|| nearest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart_by_name_line_and_depth_and_comments_are_none() {
        let layout = "{# {% block old %} #}\n{%- block student -%}\n{% block inner %}\n\
                      {% endblock %}{%endblock%}\n{%block legend%}{% endblock %}";
        let found = blocks(layout);
        let found: Vec<_> = found
            .iter()
            .map(|it| (&*it.name, it.line, it.depth))
            .collect();
        assert_eq!(
            found,
            [("student", 2, 0), ("inner", 3, 1), ("legend", 5, 0)]
        );
    }

    #[test]
    fn every_placeholder_of_the_base_is_kept() {
        assert_eq!(lost("Page {page} of {pages}", "{page}/{pages}"), None);
        let lost = lost("Page {page} of {pages}", "Seite {page}");
        assert_eq!(lost.as_deref(), Some("{pages}"));
    }
}
