//! What the commands that make transcripts open: the report, its rules, the workers, the keys.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::Context;
use super::config::{Config, PrintedName, TranscriptConfig};
use super::terminal::shown;
use crate::host::{self, Clock};
use crate::issue::{Coverage, Office, Refusal, Signing, unprintable_text};
use crate::ledger::{DocumentFiles, Ledger};
use crate::render::{Limits, Pool};
use crate::seal::{KeyFolder, Passphrase};
use crate::store::Store;
use crate::template::{Composed, Folder, Owners, Report, TemplateError};
use crate::transcript::audit::{Finding, of_text};
use crate::transcript::{Certification, DocumentRequest, Edition, Kind, Policy};

/// The report that makes transcripts, composed in one language, with the district's rules.
pub(super) struct Press {
    report: Report,
    pub composed: Composed,
    pub policy: Policy,
    pub language: String,
    /// Texts of the report that would disclose a disability, on every document.
    pub disclosed: Vec<Finding>,
}

/// The model that a transcript's report takes.
pub(super) const MODEL: &str = "registrar-transcript";

/// Refuses a report of another model.
pub(super) fn of_transcripts(report: &Report) -> anyhow::Result<()> {
    anyhow::ensure!(
        report.is_of(MODEL),
        "the report `{}` lays out {}, and no transcript\nhint: `registrar compliance report \
         --draft` lays out what a decree comes to",
        report.name(),
        report.model()
    );
    Ok(())
}

/// A report: one of the program's own by name, or a folder by a path with a separator. A folder
/// that happens to lie in the current directory never takes the place of a report of its name.
pub(super) fn report(template: &str) -> Result<Report, TemplateError> {
    if template.contains(std::path::MAIN_SEPARATOR) {
        Report::load(Path::new(template))
    } else {
        Report::shipped(template)
    }
}

/// The rules that come with a report. The program's own hold for whoever uses it; others only where
/// the district approved them, for they decide every figure.
fn rules(report: &Report, settings: &TranscriptConfig) -> anyhow::Result<Policy> {
    let name = report.name();
    let rules = report
        .rules("policy.toml")
        .with_context(|| format!("the report `{name}` has no policy.toml"))?;
    let policy = Policy::parse(rules)?;
    let digest = hex::encode(policy.digest());
    let own = Folder::shipped_names().iter().any(|shipped| {
        let shipped = Folder::shipped(shipped);
        shipped.is_some_and(|it| {
            it.files.get("policy.toml").map(Vec::as_slice) == Some(rules.as_bytes())
        })
    });
    anyhow::ensure!(
        own || settings.approved_rules == digest,
        "`{name}/policy.toml` holds rules that the district did not approve\nhint: read them, then \
         set approved_rules = \"{digest}\" under [transcript] in registrar.toml"
    );
    Ok(policy)
}

impl Press {
    /// Loads the report: one of the program's own by name, or a folder by path.
    ///
    /// # Errors
    /// What is wrong with its folder; rules that nobody approved; texts that cannot be printed.
    pub fn load(
        settings: &TranscriptConfig,
        template: &str,
        language: &str,
    ) -> anyhow::Result<Self> {
        let report = report(template)?;
        of_transcripts(&report)?;
        let policy = rules(&report, settings)?;
        let composed = report.compose(language)?;
        let texts = report.texts(language);
        printable(&texts)?;
        let texts = texts.iter();
        let mut disclosed: Vec<_> = texts
            .filter_map(|(place, text)| of_text(place, text))
            .collect();
        let sources = report.sources().into_iter();
        disclosed.extend(
            sources.filter_map(|(file, line, text)| of_text(&format!("{file}:{line}"), &text)),
        );
        Ok(Self {
            disclosed,
            composed,
            policy,
            language: language.to_owned(),
            report,
        })
    }

    /// Refuses a report of which no official document is ever made.
    pub fn official(self) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.report.makes("official"),
            "the report `{}` makes no official documents\nhint: `registrar transcript preview \
             --template {0}` makes it for the student; `registrar template list` shows the others",
            self.report.name()
        );
        self.tells_nothing()?;
        Ok(self)
    }

    /// Refuses a report whose own texts would disclose a disability.
    fn tells_nothing(&self) -> anyhow::Result<()> {
        let disclosed = self.disclosed.iter().map(|finding| &*finding.message);
        let disclosed = Vec::from_iter(disclosed).join("\n");
        anyhow::ensure!(
            disclosed.is_empty(),
            "the report would disclose a disability\n{disclosed}\nhint: take the word out of it"
        );
        Ok(())
    }

    /// Whose report it is.
    pub fn owners(&self) -> Owners {
        self.report.owners()
    }

    /// The editions that the report makes, and the unsigned twin of what it issues.
    pub fn editions(&self) -> Vec<Edition> {
        editions(&self.report)
    }

    /// The workers that lay out with this report.
    pub fn pool(&self, workers: usize) -> anyhow::Result<Pool> {
        let workers = NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN);
        Ok(Pool::start(&self.composed, Limits::default(), workers)?)
    }
}

/// The editions of a report: those that it makes, and the unsigned twin of what it issues.
pub(super) fn editions(report: &Report) -> Vec<Edition> {
    let mut editions = Vec::new();
    if report.makes("official") {
        editions.extend([Edition::Official, Edition::Flat]);
    }
    if report.makes("unofficial") {
        editions.push(Edition::Unofficial);
    }
    editions
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
    press.tells_nothing()?;
    let keys = KeyFolder::open(&config.keys)?;
    let files = DocumentFiles::open(&config.documents)?;
    let workers = config.workers();
    Ok(Office {
        ledger: Ledger::new(store.clone(), files),
        store,
        pool: press.pool(workers)?,
        owners: press.owners(),
        template_digest: press.composed.digest,
        wording: press.composed.wording,
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

/// Why there is no document for a student, a reason after the other.
pub(super) fn refused_lines(before: &str, refusal: &Refusal) -> String {
    let reasons = refusal.reasons.iter();
    let reasons =
        reasons.map(|reason| under(before, &refusal.student_id, &format!("refused: {reason}")));
    reasons.collect()
}

/// Something said of a student: the lines after the first, hints among them, stand under it.
pub(super) fn under(before: &str, student: &str, said: &str) -> String {
    let mut text = format!("{before}{:<16} ", shown(student));
    let margin = " ".repeat(text.chars().count());
    for (number, line) in said.lines().enumerate() {
        if number > 0 {
            text.push_str(&margin);
        }
        text.push_str(&shown(line.trim_start()));
        text.push('\n');
    }
    text
}

/// A folder for what a command writes, created where it is not there; only its owner may look in.
pub(super) fn out_folder(path: &Path) -> anyhow::Result<PathBuf> {
    host::private_folder()
        .recursive(true)
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
    let written = host::write_private(path, bytes);
    written.with_context(|| format!("cannot write `{}`", path.display()))
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
        let settings = TranscriptConfig::default();
        let loaded = Press::load(&settings, &school.display().to_string(), "en");
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

    #[test]
    fn what_is_said_of_a_student_stands_under_the_student() {
        let refusal = Refusal {
            person: crate::record::PersonId::from_state_id("1"),
            student_id: "9000001".to_owned(),
            reasons: vec!["a\nhint: b".to_owned(), "c".to_owned()],
        };
        let said = refused_lines("   ", &refusal);
        let expected = [
            "   9000001          refused: a",
            "                    hint: b",
            "   9000001          refused: c",
        ];
        assert_eq!(Vec::from_iter(said.lines()), expected);
    }
}
