//! `registrar.toml`: what an operator decides once, each setting with a default that works.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::host;
use crate::record::Pseudonyms;

/// The text that `registrar init` writes: every setting, explained, at its default.
pub const TEMPLATE: &str = include_str!("registrar.toml");

/// A district's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where records and the ledger are.
    pub database: String,
    /// Signed files.
    pub documents: PathBuf,
    /// Keys and certificates.
    pub keys: PathBuf,
    /// The key by which people and cases have their numbers in lists that leave the district.
    pub case_numbers: PathBuf,
    /// The district's time zone: it decides the date on a document.
    pub time_zone: String,
    /// How transcripts are made.
    pub transcript: TranscriptConfig,
    /// How compliance is counted.
    pub compliance: ComplianceConfig,
}

/// How compliance is counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComplianceConfig {
    /// A decree of the program, or the path of the district's own.
    pub decree: String,
    /// The sources that are student systems; all, where none is named, and their enrolments before
    /// those of a special-education system.
    pub student_systems: Vec<String>,
    /// The sources that are special-education systems; all, where none is named.
    pub support_systems: Vec<String>,
}

/// How transcripts are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TranscriptConfig {
    /// A report folder of the program, or the path of the district's own.
    pub template: String,
    /// The digest of the rules that the district approved, where its report brings its own.
    pub approved_rules: String,
    /// The language of the labels.
    pub language: String,
    /// Which name is printed: `legal` or `chosen`.
    pub name: PrintedName,
    /// Whether the state's number of the student is printed.
    pub show_state_id: bool,
    /// Whether the student's address is printed.
    pub show_address: bool,
    /// Who certifies transcripts.
    pub certified_by: String,
    /// That person's title.
    pub certified_by_title: String,
    /// How copies of issued documents are named.
    pub file_name: String,
    /// Whether that pattern may name the student.
    pub file_names_name_students: bool,
    /// Processes that lay out pages; 0 is one for each core.
    pub workers: usize,
    /// Schools with a report of their own, by state code.
    pub schools: BTreeMap<String, String>,
}

/// Which name is printed where no printed name is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintedName {
    /// The legal name.
    Legal,
    /// The name that the student goes by.
    Chosen,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:registrar.db".to_owned(),
            documents: "documents".into(),
            keys: "keys".into(),
            case_numbers: "case-numbers.key".into(),
            time_zone: "America/Los_Angeles".to_owned(),
            transcript: TranscriptConfig::default(),
            compliance: ComplianceConfig::default(),
        }
    }
}

impl Default for TranscriptConfig {
    fn default() -> Self {
        Self {
            template: "transcript".to_owned(),
            approved_rules: String::new(),
            language: "en".to_owned(),
            name: PrintedName::Legal,
            show_state_id: false,
            show_address: false,
            certified_by: String::new(),
            certified_by_title: "Registrar".to_owned(),
            file_name: "transcript-{document}".to_owned(),
            file_names_name_students: false,
            workers: 0,
            schools: BTreeMap::new(),
        }
    }
}

impl Config {
    /// By what numbers people and cases are told of in lists; the key is made where there is none,
    /// and `say` is told so.
    ///
    /// # Errors
    /// Where the key cannot be read or made.
    pub fn pseudonyms(&self, say: impl FnOnce(String)) -> anyhow::Result<Pseudonyms> {
        let shown = self.case_numbers.display();
        let (key, is_new) = host::kept_secret(&self.case_numbers).map_err(|error| {
            anyhow::anyhow!(
                "cannot read `{shown}`: {error}\nhint: `case_numbers` in registrar.toml names the \
                 file; without the key of before no list is the same as it was"
            )
        })?;
        if is_new {
            say(format!(
                "made `{shown}`, the key of the numbers in lists of cases: keep it where the keys \
                 are kept, and show it to nobody"
            ));
        }
        Ok(Pseudonyms::by_key(&key))
    }

    /// Reads a file of settings.
    ///
    /// # Errors
    /// Where it cannot be read, or holds a setting that does not exist, with line and column.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| anyhow::anyhow!("`{}`: {error}", path.display()))
    }

    /// The civil date of an instant where the district is.
    ///
    /// # Errors
    /// Where the time zone is not known.
    pub fn date_of(&self, instant: Timestamp) -> anyhow::Result<Date> {
        Ok(self.zone()?.to_datetime(instant).date())
    }

    /// The first instant after a date of the district.
    ///
    /// # Errors
    /// Where the time zone is unknown, or the date is the calendar's last.
    pub fn end_of(&self, date: Date) -> anyhow::Result<Timestamp> {
        let next = date.tomorrow()?;
        Ok(next.to_zoned(self.zone()?)?.timestamp())
    }

    /// The district's time zone.
    ///
    /// # Errors
    /// Where it is not known.
    pub fn zone(&self) -> anyhow::Result<TimeZone> {
        TimeZone::get(&self.time_zone).map_err(|_| {
            anyhow::anyhow!(
                "`{}` is not a time zone\nhint: `time_zone` in registrar.toml is a name such as \
                 America/Los_Angeles",
                self.time_zone
            )
        })
    }

    /// How many processes lay out pages: what is set, or one for each core.
    pub fn workers(&self) -> usize {
        match self.transcript.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explained_settings_are_the_defaults() {
        let explained: Config = toml::from_str(TEMPLATE).expect("the shipped settings read");
        assert_eq!(format!("{explained:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn the_date_on_a_document_is_the_districts() {
        let evening = "2026-06-13T05:00:00Z".parse().expect("an instant");
        let date = Config::default().date_of(evening).expect("a date");
        assert_eq!(date.to_string(), "2026-06-12");
    }
}
