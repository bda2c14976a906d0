//! What the commands that make transcripts open: the report, its rules, the workers, the keys.

use std::num::NonZeroUsize;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::Context;
use super::config::{Config, PrintedName};
use crate::host::Clock;
use crate::issue::{Coverage, Office, Signing};
use crate::ledger::{DocumentFiles, Ledger};
use crate::render::{Limits, Pool};
use crate::seal::{KeyFolder, Passphrase};
use crate::store::Store;
use crate::template::{Composed, Report};
use crate::transcript::{Certification, DocumentRequest, Edition, Kind, Policy};

/// The report that makes transcripts, composed in one language, with the district's rules.
pub(super) struct Press {
    pub composed: Composed,
    pub policy: Policy,
    pub language: String,
}

impl Press {
    /// Loads the report: one of the program's own by name, or a folder by path.
    pub fn load(template: &str, language: &str) -> anyhow::Result<Self> {
        let is_path = template.contains(std::path::MAIN_SEPARATOR) || Path::new(template).is_dir();
        let report = if is_path {
            Report::load(Path::new(template))?
        } else {
            Report::shipped(template)?
        };
        let rules = report
            .rules("policy.toml")
            .with_context(|| format!("the report `{template}` has no policy.toml"))?;
        let policy = Policy::parse(rules)?;
        let composed = report.compose(language)?;
        Ok(Self {
            composed,
            policy,
            language: language.to_owned(),
        })
    }

    /// The workers that lay out with this report.
    pub fn pool(&self, workers: usize) -> anyhow::Result<Pool> {
        let workers = NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN);
        Ok(Pool::start(&self.composed, Limits::default(), workers)?)
    }
}

/// Opens everything that official documents need.
pub(super) fn office(
    config: &Config,
    clock: Clock,
    store: Store,
    press: Press,
    passphrase: &Passphrase,
) -> anyhow::Result<Office> {
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
        clock,
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
        Edition::Unofficial => None,
        Edition::Official => {
            anyhow::ensure!(
                !settings.certified_by.trim().is_empty(),
                "nobody certifies the transcripts yet\nhint: set `certified_by` under \
                 [transcript] in registrar.toml"
            );
            Some(Certification {
                name: settings.certified_by.clone(),
                title: settings.certified_by_title.clone(),
            })
        }
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
