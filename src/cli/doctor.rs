//! `registrar doctor`: checks this installation and says what to fix.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::failure::Failure;
use super::presses;
use super::{Context, Done};
use crate::ledger::{DocumentFiles, Ledger, LedgerProblem};
use crate::render::sandbox;
use crate::seal::{KeyFolder, KeyStatus, Purpose};
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

/// Documents that are named where their files are at fault; the rest is counted.
const DOCUMENTS_SHOWN_MAX: usize = 5;

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    what: String,
    good: bool,
    note: String,
    /// What to do, where there is something to do.
    hint: Option<String>,
}

impl Check {
    fn new(what: &str, result: anyhow::Result<String>) -> Self {
        let what = what.to_owned();
        let good = result.is_ok();
        let (note, hint) = match result {
            Ok(note) => (note, None),
            Err(error) => Failure::of(&error).into_words(),
        };
        Self {
            what,
            good,
            note,
            hint,
        }
    }

    /// Something is wrong, and this is what to do.
    fn fault(what: &str, note: String, hint: impl Into<String>) -> Self {
        Self::new(what, Err(anyhow::Error::msg(note))).with_hint(hint)
    }

    fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

pub(super) async fn run(context: &Context, _: &Arguments) -> anyhow::Result<Done> {
    let mut checks = records(context).await;
    checks.push(keys(context));
    checks.push(report(context));
    checks.extend(sandbox::support().into_iter().map(|protection| {
        let what = format!("render workers: {}", protection.name);
        let state = protection.state.map_err(anyhow::Error::msg);
        Check::new(&what, state.map(|()| "in force".to_owned()))
    }));
    context.terminal.data(&checks, || {
        let mut text = String::new();
        for check in &checks {
            let mark = context.terminal.mark(check.good);
            text.push_str(&format!("{mark} {}: {}\n", check.what, check.note));
            for hint in check.hint.iter().flat_map(|hint| hint.lines()) {
                text.push_str(&format!("  hint: {hint}\n"));
            }
        }
        text
    })?;
    Ok(if checks.iter().all(|check| check.good) {
        Done::Yes
    } else {
        Done::No
    })
}

/// The database, its settings, and the files of what was issued from it.
async fn records(context: &Context) -> Vec<Check> {
    let open = async {
        let store = context.store().await?;
        let imports = store.imports().await?.len();
        let note = format!("{}, {imports} imports", store.kind());
        Ok((store, note))
    };
    let (store, note) = match open.await {
        Ok(opened) => opened,
        Err(error) => return vec![Check::new("database", Err(error))],
    };
    let mut checks = vec![Check::new("database", Ok(note))];
    checks.extend(settings(&store).await);
    checks.push(batches(&store).await);
    checks.extend(documents(context, &store).await);
    store.close().await;
    checks
}

/// One check for each setting that is not as it must be, or one for all of them.
async fn settings(store: &Store) -> Vec<Check> {
    const WHAT: &str = "database settings";
    let settings = match store.settings().await {
        Ok(settings) => settings,
        Err(error) => return vec![Check::new(WHAT, Err(error.into()))],
    };
    let names: BTreeSet<&str> = settings.iter().map(|it| it.name).collect();
    // SQLite's are read on each connection.
    let mut faults = BTreeMap::new();
    for setting in &settings {
        if let Some(fault) = setting.fault {
            faults.insert((setting.name, &setting.value), fault);
        }
    }
    if faults.is_empty() {
        let names = Vec::from_iter(names).join(", ");
        return vec![Check::new(WHAT, Ok(format!("as they must be: {names}")))];
    }
    let faults = faults.into_iter().map(|((name, value), fault)| {
        let note = format!("`{name}` is `{value}`: {}", fault.means);
        Check::fault(WHAT, note, fault.hint)
    });
    faults.collect()
}

/// What was begun and not finished.
async fn batches(store: &Store) -> Check {
    const WHAT: &str = "batches";
    let unfinished = match store.unfinished_batches().await {
        Ok(unfinished) => unfinished,
        Err(error) => return Check::new(WHAT, Err(error.into())),
    };
    let Some((id, people)) = unfinished.first() else {
        return Check::new(WHAT, Ok("each is finished".to_owned()));
    };
    let (count, id) = (unfinished.len(), hex::encode(id));
    let note = format!("{count} not finished; the first, {id}, is for {people} students");
    let hint = format!(
        "if no other process is at it, `registrar transcript issue --batch {id}` makes the rest"
    );
    Check::fault(WHAT, note, hint)
}

/// Documents whose files are at fault: how many, and the first of them.
#[derive(Default)]
struct AtFault {
    count: u64,
    first: Vec<String>,
}

impl AtFault {
    fn add(&mut self, document: [u8; 16]) {
        self.count += 1;
        if self.first.len() < DOCUMENTS_SHOWN_MAX {
            self.first.push(hex::encode(document));
        }
    }

    fn shown(&self) -> String {
        let more = if self.count > self.first.len() as u64 {
            ", …"
        } else {
            ""
        };
        format!("{}{more}", self.first.join(", "))
    }
}

/// Reads every file of every issued document.
async fn documents(context: &Context, store: &Store) -> Vec<Check> {
    let folder = &context.config.documents;
    let ledger = Ledger::new(store.clone(), DocumentFiles::at(folder));
    let (mut missing, mut altered) = (AtFault::default(), AtFault::default());
    let (mut unreferenced, mut leftovers) = (0, 0);
    let compared = ledger.check(|problem| match problem {
        LedgerProblem::MissingFile { document_id } => missing.add(document_id),
        LedgerProblem::AlteredFile { document_id } => altered.add(document_id),
        LedgerProblem::UnreferencedFile { .. } => unreferenced += 1,
        LedgerProblem::Leftover { .. } => leftovers += 1,
    });
    let documents = match compared.await {
        Ok(documents) => documents,
        Err(error) => return vec![Check::new("documents", Err(error.into()))],
    };
    let mut checks = Vec::new();
    for (fault, documents_at_fault) in [
        ("is missing", missing),
        ("does not hold what was issued", altered),
    ] {
        let count = documents_at_fault.count;
        if count > 0 {
            let shown = documents_at_fault.shown();
            let note = format!("of {documents} issued, the file of {count} {fault}: {shown}");
            let hint = format!("bring `{}` back from a backup", folder.display());
            checks.push(Check::fault("documents", note, hint));
        }
    }
    if checks.is_empty() {
        let note = format!("{documents} issued, each file as it was issued");
        checks.push(Check::new("documents", Ok(note)));
    }
    if unreferenced + leftovers > 0 {
        let note = format!(
            "{unreferenced} that no document names, {leftovers} half-written in `{}`",
            folder.join("incoming").display()
        );
        let hint = "an interrupted run leaves such files, and they do no harm; while nothing is \
                    being issued the half-written ones may be deleted";
        checks.push(Check::new("other files", Ok(note)).with_hint(hint));
    }
    checks
}

fn keys(context: &Context) -> Check {
    let look = || {
        let folder = KeyFolder::open(&context.config.keys)?;
        let now = context.clock.now();
        for purpose in [Purpose::Document, Purpose::Data] {
            let active = folder
                .records()
                .iter()
                .find(|record| record.purpose == purpose && record.status == KeyStatus::Active);
            let active =
                active.ok_or_else(|| anyhow::anyhow!("there is no active {purpose} key"))?;
            let (_, until) = folder.certificate(active)?.validity();
            anyhow::ensure!(
                until > now,
                "the {purpose} key expired\nhint: `registrar key rotate --purpose {purpose}`"
            );
        }
        Ok(format!(
            "{} keys in `{}`",
            folder.records().len(),
            folder.path().display()
        ))
    };
    Check::new("keys", look())
}

fn report(context: &Context) -> Check {
    let settings = &context.config.transcript;
    let look = || {
        let reports = presses::configured(settings, &settings.language)?.into_iter();
        let told = reports.map(|(template, press)| {
            let digest = hex::encode(press.composed.digest);
            format!("`{template}` composes, digest {}…", &digest[..16])
        });
        Ok(Vec::from_iter(told).join("; "))
    };
    Check::new("report", look())
}
