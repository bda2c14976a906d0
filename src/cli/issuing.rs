//! What the commands that make transcripts open: the report, its rules, the workers, the keys.

use std::num::NonZeroUsize;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::Context;
use super::config::{Config, PrintedName, TranscriptConfig};
use crate::host::Clock;
use crate::issue::{Coverage, Office, Signing, unprintable_text};
use crate::ledger::{DocumentFiles, Ledger};
use crate::render::{Limits, Pool};
use crate::seal::{KeyFolder, Passphrase};
use crate::store::Store;
use crate::template::{Composed, Report, TemplateError};
use crate::transcript::audit::{Finding, of_text};
use crate::transcript::{Certification, DocumentRequest, Edition, Kind, Policy};

/// The report that makes transcripts, composed in one language, with the district's rules.
pub(super) struct Press {
    pub composed: Composed,
    pub policy: Policy,
    pub language: String,
    /// Texts of the report that would disclose a disability, on every document.
    pub disclosed: Vec<Finding>,
    /// The report's name, for what is said of it.
    name: String,
    official: bool,
}

/// A report: one of the program's own by name, or a folder by path.
pub(super) fn report(template: &str) -> Result<Report, TemplateError> {
    let is_path = template.contains(std::path::MAIN_SEPARATOR) || Path::new(template).is_dir();
    if is_path {
        Report::load(Path::new(template))
    } else {
        Report::shipped(template)
    }
}

impl Press {
    /// Loads the report: one of the program's own by name, or a folder by path.
    pub fn load(template: &str, language: &str) -> anyhow::Result<Self> {
        let report = report(template)?;
        let rules = report
            .rules("policy.toml")
            .with_context(|| format!("the report `{template}` has no policy.toml"))?;
        let policy = Policy::parse(rules)?;
        let composed = report.compose(language)?;
        let texts = report.texts(language);
        printable(&texts)?;
        let texts = texts.iter();
        Ok(Self {
            disclosed: texts
                .filter_map(|(place, text)| of_text(place, text))
                .collect(),
            composed,
            policy,
            language: language.to_owned(),
            name: report.name().to_owned(),
            official: report.makes("official"),
        })
    }

    /// Refuses a report of which no official document is ever made.
    pub fn official(self) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.official,
            "the report `{}` makes no official documents\nhint: `registrar transcript preview \
             --template {0}` makes it for the student; `registrar template list` shows the others",
            self.name
        );
        Ok(self)
    }

    /// The workers that lay out with this report.
    pub fn pool(&self, workers: usize) -> anyhow::Result<Pool> {
        let workers = NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN);
        Ok(Pool::start(&self.composed, Limits::default(), workers)?)
    }
}

/// Refuses texts of the report that the shipped fonts cannot print, all at once: they stand on
/// every document, so a student's data cannot be at fault.
fn printable(texts: &[(String, &str)]) -> anyhow::Result<()> {
    let problems = unprintable_texts(texts);
    anyhow::ensure!(
        problems.is_empty(),
        "the report has texts that cannot be printed\n{}\nhint: write them in the Latin, Greek, \
         Cyrillic or Armenian script",
        problems.join("\n")
    );
    Ok(())
}

/// Why each of these texts cannot be printed, of those that cannot.
pub(super) fn unprintable_texts(texts: &[(String, &str)]) -> Vec<String> {
    let coverage = Coverage::shipped();
    let problems = texts.iter().flat_map(|(place, text)| {
        let mut lines = text.lines();
        lines.find_map(|line| unprintable_text(place, line, &coverage))
    });
    problems.collect()
}

/// Opens everything that official documents need.
pub(super) fn office(
    config: &Config,
    clock: Clock,
    store: Store,
    press: Press,
    passphrase: &Passphrase,
) -> anyhow::Result<Office> {
    let disclosed = press.disclosed.iter().map(|finding| &*finding.message);
    let disclosed = Vec::from_iter(disclosed).join("\n");
    anyhow::ensure!(
        disclosed.is_empty(),
        "the report would disclose a disability\n{disclosed}\nhint: take the word out of it"
    );
    let keys = KeyFolder::open(&config.keys)?;
    let files = DocumentFiles::open(&config.documents)?;
    let workers = config.workers();
    Ok(Office {
        ledger: Ledger::new(store.clone(), files),
        store,
        pool: press.pool(workers)?,
        template_digest: press.composed.digest,
        policy: press.policy,
        documents_under_way_max: workers * 2,
        coverage: Coverage::shipped(),
        signing: Arc::new(Signing {
            document: keys.document_signer(passphrase)?,
            data: keys.data_signer(passphrase)?,
            trust: keys.trust_store()?,
        }),
        time_zone: config.zone()?,
        clock,
    })
}

/// Who certifies, looked through once: the name stands on every official transcript.
fn certification(settings: &TranscriptConfig) -> anyhow::Result<Certification> {
    anyhow::ensure!(
        !settings.certified_by.trim().is_empty(),
        "nobody certifies the transcripts yet\nhint: set `certified_by` under [transcript] in \
         registrar.toml"
    );
    let coverage = Coverage::shipped();
    for (key, text) in [
        ("certified_by", &settings.certified_by),
        ("certified_by_title", &settings.certified_by_title),
    ] {
        if let Some(problem) = unprintable_text(key, text, &coverage) {
            anyhow::bail!("{problem}\nhint: correct it under [transcript] in registrar.toml");
        }
    }
    Ok(Certification {
        name: settings.certified_by.clone(),
        title: settings.certified_by_title.clone(),
    })
}

/// What every document of a run has in common.
pub(super) fn request(
    context: &Context,
    edition: Edition,
    language: &str,
    kind: Option<Kind>,
    issued_at: jiff::Timestamp,
) -> anyhow::Result<DocumentRequest> {
    let settings = &context.config.transcript;
    let certification = match edition {
        Edition::Unofficial | Edition::Flat => None,
        Edition::Official => Some(certification(settings)?),
    };
    Ok(DocumentRequest {
        id: String::new(),
        kind,
        edition,
        language: language.to_owned(),
        issued_on: context.config.date_of(issued_at)?,
        demonstration: false,
        show_state_id: settings.show_state_id,
        show_address: settings.show_address,
        use_chosen_name: settings.name == PrintedName::Chosen,
        certification,
    })
}

/// A folder for what a command writes, created where it is not there; only its owner may look in.
pub(super) fn out_folder(path: &Path) -> anyhow::Result<PathBuf> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot create the folder `{}`", path.display()))?;
    Ok(path.to_owned())
}

/// Refuses a folder with files in it: documents of two runs would be taken for each other's.
pub(super) fn refuse_taken(path: &Path) -> anyhow::Result<()> {
    let taken = path.is_dir() && std::fs::read_dir(path)?.next().is_some();
    anyhow::ensure!(
        !taken,
        "`{}` holds files already\nhint: name another folder with --out",
        path.display()
    );
    Ok(())
}

/// Writes a file that only its owner may read: it is about students.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot create `{}`", path.display()))?;
    std::io::Write::write_all(&mut file, bytes)
        .with_context(|| format!("cannot write `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(strings: &str, manifest: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let school = folder.path().join("school");
        std::fs::create_dir(&school).expect("created");
        let manifest = format!("extends = \"transcript\"\n[values]\n{manifest}");
        std::fs::write(school.join("report.toml"), manifest).expect("written");
        std::fs::write(school.join("strings.en.toml"), strings).expect("written");
        let loaded = Press::load(&school.display().to_string(), "en");
        loaded
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_reports_own_text_without_glyphs_is_refused_once_with_its_key() {
        let said = refusal(
            "earned = \"得\"\n[honors_code]\nap = \"進\"",
            "certification = \"I certify.\\nIndeed 証\"",
        );
        for expected in [
            "strings.en.toml: earned holds U+5F97",
            "strings.en.toml: honors_code.ap holds U+9032",
            "report.toml: certification holds U+8A3C",
            "hint: ",
        ] {
            assert!(said.contains(expected), "{expected}\nin\n{said}");
        }
        assert_eq!(
            refusal("earned = \"Łódź\"", "certification = \"One.\\nTwo.\""),
            ""
        );
    }

    #[test]
    fn who_certifies_is_looked_through_before_the_first_transcript() {
        let mut settings = TranscriptConfig {
            certified_by: "Remedios Varo".to_owned(),
            ..TranscriptConfig::default()
        };
        assert!(certification(&settings).is_ok());
        settings.certified_by_title = "Registrar 長".to_owned();
        let error = certification(&settings).expect_err("no glyph").to_string();
        assert!(
            error.starts_with("certified_by_title holds U+9577"),
            "{error}"
        );
        assert!(error.contains("hint: correct it under [transcript] in registrar.toml"));
        settings.certified_by = "王".to_owned();
        let error = certification(&settings).expect_err("no glyph").to_string();
        assert!(error.starts_with("certified_by holds U+738B"), "{error}");
    }
}
