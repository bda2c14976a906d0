//! `registrar doctor`: checks this installation and says what to fix.

use serde::Serialize;

use super::issuing::Press;
use super::{Context, Done};
use crate::render::sandbox;
use crate::seal::{KeyFolder, KeyStatus, Purpose};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    what: String,
    good: bool,
    note: String,
}

pub(super) async fn run(context: &Context, _: &Arguments) -> anyhow::Result<Done> {
    let mut checks = vec![database(context).await];
    checks.push(keys(context));
    checks.push(report(context));
    checks.extend(sandbox::support().into_iter().map(|protection| {
        Check {
            what: format!("render workers: {}", protection.name),
            good: protection.state.is_ok(),
            note: protection
                .state
                .err()
                .unwrap_or_else(|| "in force".to_owned()),
        }
    }));
    context.terminal.data(&checks, || {
        let line = |check: &Check| {
            format!(
                "{} {}: {}\n",
                context.terminal.mark(check.good),
                check.what,
                check.note
            )
        };
        checks.iter().map(line).collect()
    })?;
    Ok(if checks.iter().all(|check| check.good) {
        Done::Yes
    } else {
        Done::No
    })
}

fn check(what: &str, result: anyhow::Result<String>) -> Check {
    let what = what.to_owned();
    match result {
        Ok(note) => Check {
            what,
            good: true,
            note,
        },
        Err(error) => Check {
            what,
            good: false,
            note: format!("{error:#}"),
        },
    }
}

async fn database(context: &Context) -> Check {
    let look = async {
        let store = context.store().await?;
        let imports = store.imports().await?.len();
        let durable = store
            .settings()
            .await?
            .iter()
            .all(|(setting, value)| match *setting {
                "synchronous" => value == "2",
                "journal_mode" => value == "wal",
                _ => true,
            });
        anyhow::ensure!(durable, "writes may be lost in a power failure");
        Ok(format!("{}, {imports} imports", store.kind()))
    };
    check("database", look.await)
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
    check("keys", look())
}

fn report(context: &Context) -> Check {
    let settings = &context.config.transcript;
    let look = || {
        let press = Press::load(&settings.template, &settings.language)?;
        let digest = hex::encode(press.composed.digest);
        Ok(format!(
            "`{}` composes, digest {}…",
            settings.template,
            &digest[..16]
        ))
    };
    check("report", look())
}
