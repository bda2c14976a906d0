//! A text in each language that a file of rules speaks.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Place, Problems};

/// A text in each language, by BCP 47 tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Label(BTreeMap<String, String>);

impl Label {
    /// The text in this language. A file of rules has each label in all of its languages, so only
    /// for one that it does not speak this is another text, that of the first tag by the alphabet.
    pub fn in_language(&self, language: &str) -> &str {
        let text = self.0.get(language).or_else(|| self.0.values().next());
        text.map_or("", String::as_str)
    }

    /// The text in every language, after its tag.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.0.iter();
        texts.map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// Names each of these languages in which there is no text.
    pub fn check(&self, languages: &[String], place: &Place, named: &str, told: &mut Problems) {
        for language in languages {
            let text = self.0.get(language);
            if text.is_none_or(|text| text.trim().is_empty()) {
                let what = format!("{named} has no text in `{language}`");
                let hint = format!("add `{language} = \"...\"` to it");
                told.say(place.clone(), what, hint);
            }
        }
    }
}
