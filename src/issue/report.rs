//! A compliance report: from the counts to a draft, or to a signed file in the ledger.
//!
//! **Invariants**: nothing of which a target or a definition is unconfirmed is signed, unless it
//! was left out by name; what is confirmed cannot be left out, so that no result is hidden; of
//! records that are not complete enough nothing is signed, unless an officer answers for it by
//! name; a page that lacks a figure, a digest or the word of a draft never leaves. The same
//! records, day, instant and template give the same unsigned bytes, and once signed, the file that
//! was signed first.
//!
//! Never: a count. Next: `compliance.rs` counts, `compliance::report` has the model.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::printable::{Coverage, unprintable_text};
use super::signing::REPORT;
use super::{Compliance, IssueError, Measured, Signing};
use crate::compliance::decree::Outcome;
use crate::compliance::public::{PublicError, TableName};
use crate::compliance::report::{
    CompletenessGate, ComplianceReport, Counted, GateOverride, REPORT_ATTACHMENT_NAME,
    ReportEdition, ReportRequest, ReportingDistrict, Unconfirmed, unconfirmed,
};
use crate::compliance::suppression::Policy;
use crate::exchange;
use crate::ledger::{Ledger, Told};
use crate::render::{self, Job, Pool, Relationship, Rendered, Run};
use crate::store::{PolicyRow, ReportIntent};

/// Texts that are named at most, so that a hostile file cannot fill a terminal.
const TEXTS_NAMED_MAX: usize = 20;

/// How a report is asked for.
#[derive(Clone, Debug)]
pub struct ReportWanted {
    /// For whom it is.
    pub edition: ReportEdition,
    /// An unsigned draft; else what is filed.
    pub draft: bool,
    /// The language of its texts.
    pub language: String,
    /// Numbers of the outcomes that are left out.
    pub left_out: Vec<String>,
    /// Who lets it be signed although the records are not complete enough, and why.
    pub overridden: Option<GateOverride>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The records, the ledger or the workers.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The decree has no such outcome, or it is confirmed.
    #[error("{}", .0.join("\n"))]
    LeftOut(Vec<String>),
    /// Something is unconfirmed.
    #[error(
        "a report is not signed while nobody has confirmed what it is held against\n{}\n\
         hint: confirm it in the decree's file, or leave each out by name: --leave-out {}",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        .0.iter().map(|it| &*it.outcome).collect::<Vec<_>>().join(" --leave-out ")
    )]
    NotConfirmed(Vec<NotConfirmed>),
    /// The records are not complete enough.
    #[error(
        "the report is not signed while less than {} percent of what is expected is there\n{}\n\
         hint: import what is missing, or let a named officer answer for it: --override-by NAME \
         --override-reason TEXT, which the report prints",
        .0.at_least,
        .0.below.iter().map(|it| format!("  {it}")).collect::<Vec<_>>().join("\n")
    )]
    Incomplete(CompletenessGate),
    /// Nothing is under the bar that somebody lets pass.
    #[error(
        "nothing is less complete than {0} percent, so there is nothing to override\nhint: leave \
         --override-by out"
    )]
    NothingToOverride(String),
    /// Every outcome is left out.
    #[error("every outcome is left out: nothing is left to report\nhint: `--draft` shows them all")]
    Nothing,
    /// Nothing is signed by these rules of hiding.
    #[error("the public edition is not signed by these rules\n  {}", .0.join("\n  "))]
    Rules(Vec<String>),
    /// A public edition would tell too much of somebody.
    #[error("{}", exposed(.0))]
    Exposed(Vec<TableName>),
    /// The counts cannot be made public.
    #[error(transparent)]
    Public(#[from] PublicError),
    /// A text cannot be printed, or a page lacks what it must say.
    #[error("{}", .0.join("\n"))]
    Page(Vec<String>),
    /// It could not be signed.
    #[error("the report was not signed: {0}")]
    Signing(String),
}

/// An outcome of which something is unconfirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotConfirmed {
    /// Its number.
    pub outcome: String,
    /// What.
    pub what: Vec<Unconfirmed>,
}

/// Which tables tell too much, and nothing of what stands in them.
fn exposed(tables: &[TableName]) -> String {
    let table = |table: &TableName| match &table.by {
        Some(by) => format!("  outcome {}, the table by {by}", table.outcome),
        None => format!("  outcome {}, the result of the whole", table.outcome),
    };
    let named: Vec<String> = tables.iter().map(table).collect();
    let outcomes: BTreeSet<&str> = tables.iter().map(|it| &*it.outcome).collect();
    let outcomes: Vec<&str> = outcomes.into_iter().collect();
    // Without its table a result of the whole would still be told.
    let has_whole = |id: &str| tables.iter().any(|it| it.outcome == id && it.by.is_none());
    let withheld = tables.iter().filter(|it| !has_whole(&it.outcome));
    let withheld =
        withheld.filter_map(|it| Some(format!(" --withhold {}:{}", it.outcome, it.by.as_ref()?)));
    let withheld: String = withheld.collect();
    let or_tables = match withheld.is_empty() {
        true => String::new(),
        false => format!(", or withhold the tables:{withheld}"),
    };
    format!(
        "the public edition is not signed: with the earlier ones, it would tell too much of \
         somebody\n{}\nhint: leave each outcome out by name: --leave-out {}{or_tables}",
        named.join("\n"),
        outcomes.join(" --leave-out ")
    )
}

impl fmt::Display for NotConfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  outcome {}: ", self.outcome)?;
        let parts: Vec<_> = self.what.iter().map(ToString::to_string).collect();
        f.write_str(&parts.join(", "))
    }
}

/// A report that was made.
#[derive(Debug)]
pub struct MadeReport {
    /// What it says.
    pub report: ComplianceReport,
    /// Its file.
    pub pdf: Vec<u8>,
    /// Whether the same report was signed before, and this is that file.
    pub is_again: bool,
}

/// What is kept with a signed report.
#[derive(Debug)]
pub struct Filing {
    /// What a public edition told, which becomes history with it.
    pub told: Option<Told>,
    /// The texts by which it was made ([`Compliance::rules`]).
    pub rules: Vec<PolicyRow>,
}

/// Where reports are laid out and signed.
pub struct ReportOffice<'a> {
    /// The workers that lay out.
    pub pool: &'a Pool,
    /// SHA-256 of the composed template.
    pub template_digest: [u8; 32],
    /// What every page of a draft says.
    pub draft_mark: &'a str,
    /// What the fonts can print.
    pub coverage: &'a Coverage,
}

impl Compliance {
    /// Says before anything is counted why there will be no report.
    ///
    /// # Errors
    /// [`ReportError::LeftOut`], [`ReportError::NotConfirmed`], [`ReportError::Nothing`].
    pub fn may_report(&self, wanted: &ReportWanted) -> Result<(), ReportError> {
        self.may_leave_out(wanted)?;
        if wanted.draft {
            return Ok(());
        }
        self.is_confirmed(wanted)
    }

    /// The report of what was counted; without an id.
    ///
    /// # Errors
    /// As [`Compliance::may_report`]; [`ReportError::Incomplete`],
    /// [`ReportError::NothingToOverride`].
    pub fn report(
        &self,
        measured: &Measured,
        wanted: &ReportWanted,
    ) -> Result<ComplianceReport, ReportError> {
        self.may_report(wanted)?;
        let around = &measured.around;
        let time_zone = around.time_zone.iana_name().unwrap_or("UTC").to_owned();
        let counted = Counted {
            decree: self.decree(),
            around,
            outcomes: &measured.outcomes,
            earlier: &measured.earlier,
            results: &measured.results,
            list_digests: &measured.list_digests,
            studies: &self.studies,
            discrepancies: &measured.discrepancies,
            completeness: &measured.completeness,
            calendar_faults: &measured.calendar_faults,
            people: measured.people,
        };
        let request = ReportRequest {
            draft: wanted.draft,
            language: &wanted.language,
            district: self.district(),
            as_known: self.as_known().to_string(),
            studies_known: self.studies_known.map(|it| it.to_string()),
            time_zone,
            overridden: wanted.overridden.as_ref(),
            left_out: &wanted.left_out,
            held: measured.held.clone(),
        };
        let report = ComplianceReport::of(&counted, &request);
        is_complete(&report, wanted)?;
        Ok(report)
    }

    /// The texts by which a report is made, as they are kept with it: the decree's file, and the
    /// rules by which a public edition hides.
    pub fn rules(&self, hiding: Option<&Policy>, now: Timestamp) -> Vec<PolicyRow> {
        let decree = self.decree();
        let version = format!("{} {}", decree.text.id, decree.text.version);
        let decree = (version, &decree.file);
        let hiding = hiding.map(|policy| (policy.version.clone(), &policy.file));
        let row = |(version, text): (String, &String)| PolicyRow {
            digest: Sha256::digest(text).into(),
            version,
            text: text.clone(),
            first_used_at: now,
        };
        std::iter::once(decree).chain(hiding).map(row).collect()
    }

    /// The district of the most schools.
    fn district(&self) -> ReportingDistrict {
        let directory = &self.setting.directory;
        let schools = |code: &String| {
            let own = directory.schools.values().filter(|it| it.district == *code);
            own.count()
        };
        // The last of equals by its code.
        let most = directory.districts.iter().max_by_key(|it| schools(it.0));
        let (code, name) = most.map_or(("", ""), |(code, it)| (code, &it.name));
        ReportingDistrict {
            name: name.to_owned(),
            code: code.to_owned(),
        }
    }

    /// Only what nobody confirmed may be left out of what is signed.
    fn may_leave_out(&self, wanted: &ReportWanted) -> Result<(), ReportError> {
        let decree = self.decree();
        let mut wrong = Vec::new();
        for id in &wanted.left_out {
            match decree.outcome(id) {
                None => wrong.push(format!(
                    "the decree has no outcome `{id}`\nhint: `registrar compliance status` lists \
                     them"
                )),
                // Of a public edition it shows later whether it must be.
                Some(_) if wanted.edition == ReportEdition::Public => {}
                Some(outcome) if self.unconfirmed(outcome).is_empty() => {
                    wrong.push(format!(
                        "outcome {id} cannot be left out: its definition and targets are \
                         confirmed\nhint: a report tells every result that it can"
                    ));
                }
                Some(_) => {}
            }
        }
        if !wrong.is_empty() {
            return Err(ReportError::LeftOut(wrong));
        }
        let mut outcomes = decree.outcomes.iter();
        if outcomes.all(|it| wanted.left_out.contains(&it.text.id)) {
            return Err(ReportError::Nothing);
        }
        Ok(())
    }

    pub(super) fn unconfirmed(&self, outcome: &Outcome) -> Vec<Unconfirmed> {
        unconfirmed(outcome, self.around(), &self.studies)
    }

    fn is_confirmed(&self, wanted: &ReportWanted) -> Result<(), ReportError> {
        let outcomes = self.decree().outcomes.iter();
        let reported = outcomes.filter(|it| !wanted.left_out.contains(&it.text.id));
        let not_confirmed = reported.map(|outcome| NotConfirmed {
            outcome: outcome.text.id.clone(),
            what: self.unconfirmed(outcome),
        });
        let not_confirmed: Vec<_> = not_confirmed.filter(|it| !it.what.is_empty()).collect();
        if not_confirmed.is_empty() {
            return Ok(());
        }
        Err(ReportError::NotConfirmed(not_confirmed))
    }
}

/// Nothing is signed of records that are not complete enough, and nothing is overridden without
/// need. A draft says what would stop it.
fn is_complete(report: &ComplianceReport, wanted: &ReportWanted) -> Result<(), ReportError> {
    let gate = &report.gate;
    match (gate.below.is_empty(), &gate.overridden) {
        (true, Some(_)) => Err(ReportError::NothingToOverride(gate.at_least.clone())),
        (false, None) if !wanted.draft => Err(ReportError::Incomplete(gate.clone())),
        _ => Ok(()),
    }
}

impl ReportOffice<'_> {
    /// An unsigned draft. Its moment is that of the records, so that it is the same file again.
    ///
    /// # Errors
    /// [`ReportError::Page`], and where no worker can lay it out.
    pub async fn draft(
        &self,
        report: ComplianceReport,
        known: Timestamp,
    ) -> Result<MadeReport, ReportError> {
        let mut model = exchange::compliance_json(&report);
        let digest = exchange::input_digest(&mut model);
        let job = job(&report, &model, None, &hex::encode(digest), known);
        let pdf = self.lay_out(&report, &job).await?.pdf;
        Ok(MadeReport {
            report,
            pdf,
            is_again: false,
        })
    }

    /// A signed report: its intent is written, it is laid out with its proven data, signed,
    /// examined as a stranger will, kept and committed. The same report again is the same file.
    /// What a public edition told becomes history with it.
    ///
    /// # Errors
    /// As [`ReportError`] says; nothing is issued then.
    pub async fn file(
        &self,
        mut report: ComplianceReport,
        filing: Filing,
        (signing, ledger): (&Signing, &Ledger),
        (known, now): (Timestamp, Timestamp),
    ) -> Result<MadeReport, ReportError> {
        let mut model = exchange::compliance_json(&report);
        let input_digest = exchange::input_digest(&mut model);
        let intent = self.intent(&report, input_digest, known, filing.rules);
        let id = hex::encode(intent.document_id);
        model["document"]["id"] = id.as_str().into();
        report.document.id = id;
        let standing = ledger.intend_report(&intent, now).await;
        if let Some(pdf) = standing.map_err(IssueError::from)? {
            return Ok(MadeReport {
                report,
                pdf,
                is_again: true,
            });
        }
        let proof = signing
            .proof_of(&model, now)
            .map_err(ReportError::Signing)?;
        let job = job(&report, &model, Some(&proof), &report.document.id, now);
        let rendered = self.lay_out(&report, &job).await?;
        let signed = signing.sign(&rendered.pdf, REPORT, now);
        let signed = signed.map_err(ReportError::Signing)?;
        let key_id = signing.document.certificate().key_id();
        let by = (&*key_id, now);
        let filed = ledger.commit_report(&intent, signed, by, filing.told).await;
        Ok(MadeReport {
            report,
            pdf: filed.map_err(IssueError::from)?,
            is_again: false,
        })
    }

    /// What is about to be signed.
    fn intent(
        &self,
        report: &ComplianceReport,
        input_digest: [u8; 32],
        known: Timestamp,
        rules: Vec<PolicyRow>,
    ) -> ReportIntent {
        let mut decree_digest = [0; 32];
        hex::decode_to_slice(&report.decree.sha256, &mut decree_digest)
            .expect("the model has a digest");
        ReportIntent {
            document_id: id_of(input_digest, self.template_digest),
            decree: report.decree.id.clone(),
            decree_digest,
            edition: report.document.edition.word().to_owned(),
            language: report.document.language.clone(),
            template_digest: self.template_digest,
            input_digest,
            as_of: report.as_of,
            recorded_at: known,
            rules,
        }
    }

    /// The pages, which say everything that they must.
    async fn lay_out(&self, report: &ComplianceReport, job: &Job) -> Result<Rendered, ReportError> {
        let unprintable = self.unprintable(&exchange::compliance_json(report));
        if !unprintable.is_empty() {
            return Err(ReportError::Page(unprintable));
        }
        let rendered = self.pool.render(job).await;
        let rendered = rendered.map_err(|error| match error {
            error @ render::RenderError::NoWorker { .. } => IssueError::Render(error).into(),
            error => ReportError::Page(vec![error.to_string()]),
        })?;
        let missing = self.missing(report, &rendered.legible);
        if missing.is_empty() {
            return Ok(rendered);
        }
        Err(ReportError::Page(missing))
    }

    /// Each text of the model that the fonts cannot print, with its place.
    fn unprintable(&self, model: &Value) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![(String::new(), model)];
        while let Some((path, value)) = open.pop() {
            match value {
                Value::String(text) => {
                    let problem = text
                        .lines()
                        .find_map(|line| unprintable_text(&path, line, self.coverage));
                    found.extend(problem.map(|it| {
                        format!("{it}\nhint: correct it in the decree's file or in the records")
                    }));
                }
                Value::Array(items) => {
                    let items = items.iter().enumerate();
                    open.extend(items.map(|(at, item)| (format!("{path}[{at}]"), item)));
                }
                Value::Object(members) => {
                    open.extend(members.iter().map(|(name, item)| {
                        let dot = if path.is_empty() { "" } else { "." };
                        (format!("{path}{dot}{name}"), item)
                    }));
                }
                _ => {}
            }
        }
        found.sort();
        found.truncate(TEXTS_NAMED_MAX);
        found
    }

    /// What the pages lack, in a sentence each.
    fn missing(&self, report: &ComplianceReport, pages: &[Vec<Run>]) -> Vec<String> {
        // A digest and a long label may be set in several lines.
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let pages: Vec<String> = pages
            .iter()
            .map(|page| page.iter().map(|run| solid(&run.text)).collect())
            .collect();
        let mark = solid(self.draft_mark);
        let whole = pages.concat();
        let mut missing = Vec::new();
        for (page, text) in (1..).zip(&pages) {
            if text.contains(&mark) != report.document.draft {
                let says = if report.document.draft {
                    "does not say"
                } else {
                    "says"
                };
                missing.push(format!(
                    "page {page} {says} that it is a draft (`{}`)\nhint: leave the edges of the \
                     shipped template in place",
                    self.draft_mark
                ));
            }
        }
        for outcome in &report.outcomes {
            let figures = outcome.thresholds.iter();
            let figures = figures.flat_map(|it| {
                let studied = it.study.as_ref().map(|study| &*study.figure);
                let years = it.years.iter().filter_map(|year| year.figure.as_deref());
                let own = [it.figure.as_deref(), studied].into_iter().flatten();
                own.chain(years)
            });
            let frames = outcome.studies.iter().map(|it| &*it.frame_sha256);
            let named = [&*outcome.cases_sha256, &*outcome.title];
            let wanted = figures.chain(frames).chain(named);
            for text in wanted.filter(|text| !whole.contains(&solid(text))) {
                missing.push(format!(
                    "no page shows `{text}` of outcome {}\nhint: a template arranges, it leaves \
                     nothing out",
                    outcome.outcome
                ));
            }
        }
        let public = report.public.iter().flat_map(|it| it.must_print());
        for (outcome, text) in public.filter(|(_, text)| !whole.contains(&solid(text))) {
            missing.push(format!(
                "no page shows `{text}` of {outcome}\nhint: a template arranges, it leaves nothing \
                 out"
            ));
        }
        for outcome in &report.left_out {
            if !whole.contains(&solid(&outcome.title)) {
                missing.push(format!(
                    "no page says that outcome {} was left out\nhint: a template arranges, it \
                     leaves nothing out",
                    outcome.outcome
                ));
            }
        }
        let officer = report.gate.overridden.iter();
        for text in officer.flat_map(|it| [&it.by, &it.reason]) {
            if !whole.contains(&solid(text)) {
                missing.push(format!(
                    "no page says `{text}` of the records that are not complete enough\nhint: a \
                     template arranges, it leaves nothing out"
                ));
            }
        }
        missing.truncate(TEXTS_NAMED_MAX);
        missing
    }
}

/// The id under which a report is signed: it follows from what it says and how it is laid out.
pub(super) fn report_id(report: &ComplianceReport, template_digest: [u8; 32]) -> [u8; 16] {
    let input_digest = exchange::input_digest(&mut exchange::compliance_json(report));
    id_of(input_digest, template_digest)
}

fn id_of(input_digest: [u8; 32], template_digest: [u8; 32]) -> [u8; 16] {
    let hash = Sha256::new()
        .chain_update(input_digest)
        .chain_update(template_digest);
    let hash: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

fn job(
    report: &ComplianceReport,
    model: &Value,
    proof: Option<&Value>,
    id: &str,
    moment: Timestamp,
) -> Job {
    let model = exchange::text(model);
    let attachment = proof.map(|proof| render::Attachment {
        name: REPORT_ATTACHMENT_NAME.to_owned(),
        mime: "application/json".to_owned(),
        description: "The data of this report, with the issuer's proof".to_owned(),
        relationship: Relationship::Data,
        bytes: exchange::proven_text(&model, proof),
    });
    Job {
        attachments: attachment.into_iter().collect(),
        model,
        document_id: id.to_owned(),
        issued_at: moment,
        issued_on: report.as_of,
    }
}
