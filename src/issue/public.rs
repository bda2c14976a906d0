//! The public edition of a report: from the counts, and from what earlier editions told, to what
//! everybody may see.
//!
//! **Invariants**: an edition that would, with the earlier ones, tell too much of somebody is not
//! signed; it names every edition that it considered; the same edition again considers those that
//! it considered at first, and so leaves itself out. Nothing is written here: the history is, with
//! the row of the signed report (`ledger/reports.rs`).
//!
//! Never: what is hidden (`compliance::suppression`). Next: `releases.rs` reads the history.

use std::collections::BTreeSet;

use super::releases::{history, told};
use super::report::report_id;
use super::{Compliance, IssueError, Measured, ReportError, ReportWanted};
use crate::compliance::public::{
    ConsideredEdition, Counted, PublicEdition, Released, TableName, Withheld, publish,
};
use crate::compliance::report::ComplianceReport;
use crate::compliance::suppression::{Policy, Published};
use crate::ledger::Told;
use crate::store::PublicRelease;

/// How a public edition is asked for, beside what any report is asked for.
#[derive(Clone, Debug)]
pub struct PublicWanted {
    /// The rules by which figures are hidden.
    pub policy: Policy,
    /// Tables that are left out.
    pub withheld: BTreeSet<TableName>,
    /// On how many threads it is worked; the result does not depend on it.
    pub threads: usize,
}

/// A public edition before it is laid out.
#[derive(Debug)]
pub struct PublicReport {
    /// What it says; without an id.
    pub report: ComplianceReport,
    /// What it tells, for the history, if it is signed.
    pub told: Told,
    /// Tables for which it would not be signed.
    pub exposed: Vec<TableName>,
}

/// What a public edition is made of.
#[derive(Clone, Copy)]
pub(super) struct Making<'a> {
    pub measured: &'a Measured,
    pub court: &'a ComplianceReport,
    pub wanted: &'a ReportWanted,
    pub public: &'a PublicWanted,
}

impl Making<'_> {
    fn withheld(&self) -> Withheld {
        Withheld {
            outcomes: self.wanted.left_out.iter().cloned().collect(),
            tables: self.public.withheld.clone(),
        }
    }
}

impl Compliance {
    /// The public edition of a court's report of the same counts, to be laid out by the template of
    /// this digest.
    ///
    /// # Errors
    /// [`ReportError::Exposed`], [`ReportError::Rules`], where it is not a draft;
    /// [`ReportError::LeftOut`], where what is left out by name does not stop it; what the database
    /// said.
    pub async fn public_report(
        &self,
        (measured, court): (&Measured, &ComplianceReport),
        (wanted, public): (&ReportWanted, &PublicWanted),
        template_digest: [u8; 32],
    ) -> Result<PublicReport, ReportError> {
        self.has_tables(&public.withheld)?;
        let unfit = public.policy.unfit_for(&self.decree().text.suppression);
        if !wanted.draft && !unfit.is_empty() {
            return Err(ReportError::Rules(unfit));
        }
        let making = Making {
            measured,
            court,
            wanted,
            public,
        };
        let releases = self.store.public_releases(&court.decree.id).await;
        let releases = releases.map_err(IssueError::from)?;
        if !wanted.draft
            && let Some(again) = self
                .signed_before(making, &releases, template_digest)
                .await?
        {
            return Ok(again);
        }
        self.only_what_must(making, &releases).await?;
        let made = self.published(making, &releases).await?;
        if !wanted.draft && !made.exposed.is_empty() {
            return Err(ReportError::Exposed(made.exposed));
        }
        Ok(made)
    }

    /// The edition as it was signed before, where it was: as it considered what came before it.
    async fn signed_before(
        &self,
        making: Making<'_>,
        releases: &[PublicRelease],
        template_digest: [u8; 32],
    ) -> Result<Option<PublicReport>, ReportError> {
        let known = self.as_known();
        let is_like_it =
            |it: &&PublicRelease| it.as_of == making.court.as_of && it.as_known == known;
        for release in releases.iter().filter(is_like_it) {
            let considered = self.store.considered_by(release.digest).await;
            let considered = considered.map_err(IssueError::from)?;
            let before = releases.iter().filter(|it| considered.contains(&it.digest));
            let before: Vec<PublicRelease> = before.cloned().collect();
            let made = self.published(making, &before).await?;
            let id = report_id(&made.report, template_digest);
            let signed = self
                .store
                .signed_reports()
                .await
                .map_err(IssueError::from)?;
            let is_it = |(other, file): &(_, crate::store::DocumentRow)| {
                *other == id && file.digest == release.digest
            };
            if signed.iter().any(is_it) {
                return Ok(Some(made));
            }
        }
        Ok(None)
    }

    /// The edition that considers these releases.
    pub(super) async fn published(
        &self,
        making: Making<'_>,
        considered: &[PublicRelease],
    ) -> Result<PublicReport, ReportError> {
        let digests: Vec<[u8; 32]> = considered.iter().map(|it| it.digest).collect();
        let history = history(&self.store, &digests).await?;
        let withheld = making.withheld();
        let counted = self.counted(making.measured, &history, &withheld);
        let edition = edition(&counted, making.public)?;
        let named = considered.iter().map(|it| ConsideredEdition {
            sha256: hex::encode(it.digest),
            as_of: it.as_of,
            released_at: it.released_at.to_string(),
        });
        let report = making.court.clone().made_public(&Released {
            counted: &counted,
            results: &making.measured.results,
            period_before: self.period_before(),
            policy: &making.public.policy,
            considered: &named.collect::<Vec<_>>(),
            edition: &edition,
        });
        Ok(PublicReport {
            report,
            exposed: edition.exposed(),
            told: Told {
                considered: digests,
                populations: told(&edition)?,
            },
        })
    }

    fn counted<'a>(
        &'a self,
        measured: &'a Measured,
        history: &'a [Published],
        withheld: &'a Withheld,
    ) -> Counted<'a> {
        Counted {
            decree: self.decree(),
            period: measured.around.period,
            schools: &measured.around.schools,
            outcomes: &measured.outcomes,
            history,
            withheld,
        }
    }

    fn has_tables(&self, tables: &BTreeSet<TableName>) -> Result<(), ReportError> {
        let mut wrong = Vec::new();
        for table in tables {
            let by = table.by.as_deref().unwrap_or_default();
            let outcome = self.decree().outcome(&table.outcome);
            let strata = outcome.map(|it| &it.text.strata);
            if strata.is_none_or(|strata| !strata.iter().any(|axis| axis == by)) {
                let known = strata.map(|strata| strata.join(", ")).unwrap_or_default();
                wrong.push(format!(
                    "outcome {} has no table by `{by}`\nhint: its tables are by {known}",
                    table.outcome
                ));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(ReportError::LeftOut(wrong))
    }

    /// What is confirmed is kept from the public only where the edition could not be signed with
    /// it, so that no result is hidden because it is a bad one.
    async fn only_what_must(
        &self,
        making: Making<'_>,
        considered: &[PublicRelease],
    ) -> Result<(), ReportError> {
        let withheld = making.withheld();
        let is_unconfirmed = |id: &String| {
            let outcome = self.decree().outcome(id);
            outcome.is_some_and(|it| !self.unconfirmed(it).is_empty())
        };
        let unconfirmed = withheld.outcomes.iter().filter(|id| is_unconfirmed(id));
        let without = Withheld {
            outcomes: unconfirmed.cloned().collect(),
            tables: BTreeSet::new(),
        };
        if without == withheld {
            return Ok(());
        }
        let digests: Vec<[u8; 32]> = considered.iter().map(|it| it.digest).collect();
        let history = history(&self.store, &digests).await?;
        let counted = self.counted(making.measured, &history, &without);
        let exposed = edition(&counted, making.public)?.exposed();
        let stops = |id: &String| exposed.iter().any(|table| table.outcome == *id);
        let mut wrong = Vec::new();
        for id in withheld.outcomes.difference(&without.outcomes) {
            if !stops(id) {
                wrong.push(format!(
                    "outcome {id} cannot be left out: it is confirmed, and can be made public\n\
                     hint: a report tells every result that it can"
                ));
            }
        }
        for table in withheld
            .tables
            .iter()
            .filter(|table| !stops(&table.outcome))
        {
            wrong.push(format!(
                "no table of outcome {} need be withheld: it can be made public\nhint: leave \
                 --withhold {0}:{} out",
                table.outcome,
                table.by.as_deref().unwrap_or_default()
            ));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(ReportError::LeftOut(wrong))
    }
}

fn edition(counted: &Counted<'_>, public: &PublicWanted) -> Result<PublicEdition, ReportError> {
    Ok(publish(counted, &public.policy, public.threads)?)
}
