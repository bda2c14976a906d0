//! The demo's second half: what a decree comes to over the same records, as a court gets it.
//!
//! Owns the day, the weeks and the officer of the made-up report, in both editions. What nobody
//! confirmed is left out by name, and the records are signed although some schools are not
//! complete, as a district's officer would have to answer for.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::{Date, date};

use crate::cli::compliance::report::{draft_mark, limits};
use crate::cli::config::{ComplianceConfig, Config};
use crate::cli::{Context, issuing};
use crate::compliance::decree::Decree;
use crate::compliance::report::{ComplianceReport, GateOverride, ReportEdition};
use crate::compliance::suppression::{DEFAULT_POLICY, Policy};
use crate::compliance::{Span, Systems};
use crate::issue::{
    Asked, Compliance, Coverage, Filing, Office, PublicWanted, ReportError, ReportOffice,
    ReportWanted, YEARS_MAX,
};
use crate::ledger::Told;
use crate::render::Pool;
use crate::template::{self, Report};

/// The decree, and the report folder that lays it out.
const DECREE: &str = "chanda-smith";
const LAYOUT: &str = "compliance";
/// The day of the report, and the weeks over which services are looked at.
const AS_OF: Date = date(2026, 6, 12);
const WEEKS: Span = Span {
    begins: date(2026, 2, 9),
    ends: date(2026, 3, 20),
};
const OFFICER: &str = "Demo Officer";
const REASON: &str = "a demonstration with made-up records";

/// A signed report, and what was said of it.
pub(super) struct Court {
    /// Its file.
    pub file: PathBuf,
    /// That of its public edition.
    pub public_file: PathBuf,
    /// Numbers of the outcomes that were left out.
    pub left_out: Vec<String>,
    /// The day, as the commands that go on from here need it.
    pub as_of: Date,
}

/// Which systems of the made-up district are which.
pub(super) fn systems() -> ComplianceConfig {
    ComplianceConfig {
        decree: DECREE.to_owned(),
        student_systems: vec!["marisol-central".to_owned(), "marisol-charters".to_owned()],
        support_systems: vec!["marisol-seds".to_owned()],
    }
}

/// The weeks, as a command takes them.
pub(super) fn weeks() -> String {
    format!("--study-from {} --study-to {}", WEEKS.begins, WEEKS.ends)
}

/// Counts the decree and signs the court edition.
pub(super) async fn report(
    context: &Context,
    config: &Config,
    office: &Office,
    out: &Path,
) -> anyhow::Result<Court> {
    let compliance = open(context, config, office).await?;
    let wanted = wanted(&compliance)?;
    let measured = compliance.measure::<anyhow::Error>(|_, _| Ok(()), |_| {});
    let measured = measured.await?;
    let counted = compliance.report(&measured, &wanted)?;
    let composed = Report::shipped(LAYOUT)?.compose(&wanted.language)?;
    let pages = ReportOffice {
        pool: &Pool::start(&composed, limits(), NonZeroUsize::MIN)?,
        template_digest: composed.digest,
        draft_mark: &draft_mark(&wanted.language)?,
        coverage: &Coverage::shipped(),
    };
    let instants = (compliance.as_known(), context.clock.now());
    let seals = (&*office.signing, &office.ledger);
    // The public edition is made of the same counts.
    let everybody = ReportWanted {
        edition: ReportEdition::Public,
        ..wanted.clone()
    };
    let hiding = PublicWanted {
        policy: Policy::read(DEFAULT_POLICY)?,
        withheld: BTreeSet::new(),
        threads: std::thread::available_parallelism()?.get(),
    };
    let public = compliance.public_report(
        (&measured, &counted),
        (&everybody, &hiding),
        composed.digest,
    );
    let public = public.await?;
    let filing = |told: Option<Told>| Filing {
        rules: compliance.rules(told.is_some().then_some(&hiding.policy), instants.1),
        told,
    };
    let made = pages.file(counted, filing(None), seals, instants).await?;
    let file = out.join("court-edition.pdf");
    issuing::write_private(&file, &made.pdf)?;
    say(context, &made.report);
    let open = pages.file(public.report, filing(Some(public.told)), seals, instants);
    let public_file = out.join("public-edition.pdf");
    issuing::write_private(&public_file, &open.await?.pdf)?;
    context
        .terminal
        .say("   the public edition hides small groups, and whatever they could be computed from");
    Ok(Court {
        file,
        public_file,
        left_out: wanted.left_out,
        as_of: made.report.as_of,
    })
}

async fn open(context: &Context, config: &Config, office: &Office) -> anyhow::Result<Compliance> {
    let text = template::shipped_rules(DECREE, "decree.toml").context("the decree comes along")?;
    let decree = Decree::read(DECREE, text).map_err(|wrong| anyhow::anyhow!(wrong.join("\n")))?;
    let known = office.store.recorded_instant(None).await?;
    let systems = systems();
    let asked = Asked {
        as_of: AS_OF.min(config.date_of(context.clock.now())?),
        period_of: None,
        as_known: known.context("nothing was imported")?,
        systems: Systems {
            student: systems.student_systems,
            support: systems.support_systems,
        },
        study: Some(WEEKS),
        years: YEARS_MAX,
        time_zone: config.zone()?,
        pages_under_way_max: 2,
        pseudonyms: config.pseudonyms(|_| {})?,
    };
    Ok(Compliance::open(office.store.clone(), decree, asked).await?)
}

/// A signed report without the outcomes that nobody confirmed.
fn wanted(compliance: &Compliance) -> anyhow::Result<ReportWanted> {
    let wanted = ReportWanted {
        edition: ReportEdition::Court,
        draft: false,
        language: "en".to_owned(),
        left_out: Vec::new(),
        overridden: Some(GateOverride {
            by: OFFICER.to_owned(),
            reason: REASON.to_owned(),
        }),
    };
    let left_out = match compliance.may_report(&wanted) {
        Ok(()) => Vec::new(),
        Err(ReportError::NotConfirmed(open)) => open.into_iter().map(|it| it.outcome).collect(),
        Err(error) => return Err(error.into()),
    };
    Ok(ReportWanted { left_out, ..wanted })
}

fn say(context: &Context, report: &ComplianceReport) {
    let terminal = context.terminal;
    for outcome in &report.outcomes {
        terminal.say(format_args!(
            "   outcome {}: {}",
            outcome.outcome,
            outcome.status.replace('_', " ")
        ));
    }
    terminal.say(format_args!(
        "   {} outcomes are left out by name: nobody has confirmed what they are held against",
        report.left_out.len()
    ));
    terminal.say(format_args!(
        "   {} parts of the records are under {} percent: signed all the same by {OFFICER}",
        report.gate.below.len(),
        report.gate.at_least
    ));
}
