//! What the program itself says on a page: that a copy is unofficial, unsigned, or a demonstration.
//!
//! A school shapes its document, but no entry of its own can make a copy look like what it is not:
//! these texts are those of the shipped `transcript` in every report that does not ship, whatever
//! its layout does with them; and no page leaves the program without them (`issue`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::folder::Folder;
use super::overrides::line_of;
use super::problem::{Cause, Problem};
use super::strings::{Entry, Strings};

/// The entries of a report's strings that are the program's.
const KEYS: [&str; 8] = [
    "demonstration",
    "flat",
    "flat_hint",
    "flat_note",
    KIND,
    "unofficial",
    "unofficial_note",
    "watermark",
];

/// The table of what kind of transcript a document is, which a reader takes for a fact.
const KIND: &str = "kind";

/// The title of an official document, which names no other kind of copy.
const OFFICIAL: &str = "official";

/// The language of the program's words where it has none in the language of a report.
const FALLBACK: &str = "en";

/// The strings of the shipped transcript, by language.
static OWN: LazyLock<BTreeMap<String, Strings>> = LazyLock::new(|| {
    let folder = Folder::shipped("transcript").expect("it ships");
    let strings = folder.files.iter().filter_map(|(file, bytes)| {
        let language = file.strip_prefix("strings.")?.strip_suffix(".toml")?;
        let text = str::from_utf8(bytes).ok()?;
        Some((language.to_owned(), toml::from_str(text).ok()?))
    });
    strings.collect()
});

/// The words that a page of each kind must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notices {
    /// On every page of an unofficial copy, in capitals or not: `UNOFFICIAL`.
    pub unofficial: &'static str,
    /// On every page of an unsigned twin: that it is one.
    pub flat: &'static str,
    /// On every page that is signed with throw-away keys.
    pub demonstration: &'static str,
}

/// The program's words in a language, in English where it does not have them in that one.
pub fn notices(language: &str) -> Notices {
    let text = |key| match own(language).get(key) {
        Some(Entry::Text(text)) => text.as_str(),
        _ => unreachable!("a test reads every language"),
    };
    Notices {
        unofficial: text("watermark"),
        flat: text("flat_note"),
        demonstration: text("demonstration"),
    }
}

fn own(language: &str) -> &'static Strings {
    let own = OWN.get(language).or_else(|| OWN.get(FALLBACK));
    own.expect("the shipped transcript speaks English")
}

/// Whether an entry, or one of a table as `table.key`, is the program's.
pub(super) fn is_own(key: &str) -> bool {
    let table = key.split_once('.').map_or(key, |(table, _)| table);
    KEYS.contains(&table)
}

/// Takes the program's own entries out of a folder's strings, and says of those in other words that
/// they are not its to set.
pub(super) fn refuse_own(
    folder: &Folder,
    (language, text): (&str, &str),
    strings: &mut Strings,
    problems: &mut Vec<Problem>,
) {
    let file = format!("strings.{language}.toml");
    for key in KEYS {
        if key == KIND && !OWN.contains_key(language) {
            // The program has no words for it in this language.
            continue;
        }
        let own = own(language).get(key);
        let is_own = match (strings.remove(key), own) {
            (None, _) => true,
            // Some of a table is as good as all of it.
            (Some(Entry::Table(set)), Some(Entry::Table(own))) => {
                set.iter().all(|(code, said)| own.get(code) == Some(said))
            }
            (set, own) => set.as_ref() == own,
        };
        if !is_own {
            let cause = Cause::ProgramsOwn(key.to_owned());
            let line = line_of(text, None, key);
            problems.push(Problem::new(folder.shown(&file), line, cause));
        }
    }
    if let Some(Entry::Text(title)) = strings.get(OFFICIAL)
        && says_another_edition(title)
    {
        let cause = Cause::ProgramsOwn(OFFICIAL.to_owned());
        let line = line_of(text, None, OFFICIAL);
        problems.push(Problem::new(folder.shown(&file), line, cause));
        strings.remove(OFFICIAL);
    }
}

/// Whether a title has the program's words for a copy that is not official, in any language.
fn says_another_edition(title: &str) -> bool {
    let title = title.to_lowercase();
    let mut all = OWN.values();
    all.any(|strings| {
        let watermark = match strings.get("watermark") {
            Some(Entry::Text(text)) => text.to_lowercase(),
            _ => return false,
        };
        let editions = ["unofficial", "flat"].map(|key| strings.get(key));
        let mut editions = editions.iter().flatten();
        title.contains(&watermark)
            || editions
                .any(|it| matches!(it, Entry::Text(text) if title.contains(&text.to_lowercase())))
    })
}

/// Gives a report that builds on nothing the program's own entries.
pub(super) fn add_own(language: &str, strings: &mut Strings) {
    let own = own(language);
    for key in KEYS {
        if let Some(entry) = own.get(key) {
            let own = strings.entry(key.to_owned());
            own.or_insert_with(|| entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_has_its_words_in_every_shipped_language_and_in_english_for_any_other() {
        for (language, strings) in &*OWN {
            for key in KEYS {
                let is_text = matches!(strings.get(key), Some(Entry::Text(_)));
                let is_there = is_text || (key == KIND && strings.contains_key(key));
                assert!(is_there, "{key} in {language}");
            }
        }
        let [english, spanish, other] = ["en", "es", "hy"].map(notices);
        assert_ne!(english, spanish);
        assert_eq!(english, other);
        assert!(spanish.flat.starts_with("COPIA SIN FIRMA"));
    }
}
