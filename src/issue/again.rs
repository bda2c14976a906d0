//! A signed report made again, years later: asked as it says of itself, by the texts that were kept
//! with it, from the records as they were known then.
//!
//! **Invariant**: nothing newer is read than the report names: no later import, study of files,
//! public edition, target or rule.
//!
//! Never: a page, a signature. Next: `report.rs` made it at first.

use std::num::NonZeroUsize;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::public::Making;
use super::report::report_id;
use super::{Asked, Compliance, IssueError, PublicWanted, ReportError, ReportWanted};
use crate::compliance::decree::Decree;
use crate::compliance::public::{PublicPart, TableName};
use crate::compliance::report::ComplianceReport;
use crate::compliance::suppression::Policy;
use crate::compliance::{Span, Systems};
use crate::exchange;
use crate::record::{Pseudonyms, SchoolYear};
use crate::store::{Store, StoreError};

/// Places that differ which are named at most.
const DIFFERENCES_NAMED_MAX: usize = 20;

/// What came of making a signed report again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeAgain {
    /// What it says otherwise now, a place each; none where it says the same.
    pub differences: Vec<String>,
    /// Whether it would be laid out by the template that laid it out then.
    pub same_layout: bool,
    /// SHA-256 of the file that was signed under its id from these records; none where none was.
    pub filed: Option<[u8; 32]>,
}

/// Why a report cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    /// The records, or what the report would be refused for today.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// It says of itself what no report does.
    #[error("the report says `{value}` for its {what}, which cannot be")]
    Unreadable {
        /// What.
        what: &'static str,
        /// What it says.
        value: String,
    },
    /// A text by which it was made is not there.
    #[error(
        "the {what} of the report (SHA-256 {digest}) was not kept in this database\nhint: it was \
         signed elsewhere: ask there"
    )]
    NoText {
        /// Which.
        what: &'static str,
        /// The digest that the report names.
        digest: String,
    },
    /// A text by which it was made is not read by this version of the program.
    #[error("the {what} of the report does not read any more\n{why}")]
    Text {
        /// Which.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// An earlier public edition that it considered is not in this database.
    #[error("the public edition {0} that the report considered is not in this database")]
    NoRelease(String),
}

impl From<StoreError> for AgainError {
    fn from(error: StoreError) -> Self {
        Self::Report(IssueError::from(error).into())
    }
}

impl From<IssueError> for AgainError {
    fn from(error: IssueError) -> Self {
        Self::Report(error.into())
    }
}

/// Makes a signed report again, and holds it against itself. `texts` are those that ship, beside
/// what the database kept.
///
/// # Errors
/// [`AgainError`], where it cannot be made: a text, a release or the records are not there.
pub async fn make_again(
    store: &Store,
    signed: &ComplianceReport,
    texts: &[&str],
    template_digest: [u8; 32],
    (pseudonyms, threads): (Pseudonyms, NonZeroUsize),
) -> Result<MadeAgain, AgainError> {
    let known = instant("as_known", &signed.as_known)?;
    let decree = kept(store, &signed.decree.sha256, texts, "decree").await?;
    let decree = Decree::read("decree.toml", &decree).map_err(|wrong| AgainError::Text {
        what: "decree",
        why: wrong.join("\n"),
    })?;
    let asked = Asked {
        pseudonyms,
        ..asked(signed, known, threads)?
    };
    let mut compliance = Compliance::open(store.clone(), decree, asked).await?;
    // Where there was no study, later ones are not read.
    if let Some(known) = &signed.studies_known {
        let known = instant("studies_known", known)?;
        compliance.read_studies(Some(known)).await?;
    }
    let wanted = wanted(signed);
    let measured = compliance.measure::<IssueError>(|_, _| Ok(()), |_| {});
    let measured = measured.await?;
    let mut report = compliance.report(&measured, &wanted)?;
    if let Some(part) = &signed.public {
        let policy = kept(store, &part.policy.sha256, texts, "rules of hiding").await?;
        let public = public(part, &policy, threads)?;
        let before = considered(store, signed, part).await?;
        let making = Making {
            measured: &measured,
            court: &report,
            wanted: &wanted,
            public: &public,
        };
        report = compliance.published(making, &before).await?.report;
    }
    let id = report_id(&report, template_digest);
    report.document.id.clone_from(&signed.document.id);
    let (signed_json, made) = (
        exchange::compliance_json(signed),
        exchange::compliance_json(&report),
    );
    let mut differences = Vec::new();
    differing("", &signed_json, &made, &mut differences);
    let reports = store.signed_reports().await?;
    let filed = reports.into_iter().find(|(other, _)| *other == id);
    Ok(MadeAgain {
        same_layout: hex::encode(report_id(signed, template_digest)) == signed.document.id,
        filed: filed.map(|(_, file)| file.digest),
        differences,
    })
}

/// The text of this digest: as it was kept, or one that ships.
async fn kept(
    store: &Store,
    digest: &str,
    texts: &[&str],
    what: &'static str,
) -> Result<String, AgainError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digest, &mut bytes).map_err(|_| AgainError::Unreadable {
        what,
        value: digest.to_owned(),
    })?;
    if let Some(row) = store.policy(bytes).await? {
        return Ok(row.text);
    }
    let mut texts = texts.iter();
    let found = texts.find(|text| <[u8; 32]>::from(Sha256::digest(text)) == bytes);
    found
        .map(|text| (*text).to_owned())
        .ok_or_else(|| AgainError::NoText {
            what,
            digest: digest.to_owned(),
        })
}

/// What was asked then.
fn asked(
    signed: &ComplianceReport,
    known: Timestamp,
    threads: NonZeroUsize,
) -> Result<Asked, AgainError> {
    let zone = &signed.time_zone;
    let time_zone = TimeZone::get(zone).map_err(|_| AgainError::Unreadable {
        what: "time zone",
        value: zone.clone(),
    })?;
    // The years before that it shows, and its own.
    let thresholds = signed.outcomes.iter().flat_map(|it| &it.thresholds);
    let years = thresholds.map(|it| it.years.len() + 1).max();
    Ok(Asked {
        years: years.unwrap_or(2),
        as_of: signed.as_of,
        period_of: SchoolYear::beginning(signed.period.begins.year()),
        as_known: known,
        systems: Systems {
            student: signed.systems.student.clone(),
            support: signed.systems.support.clone(),
        },
        study: signed.study.map(|weeks| Span {
            begins: weeks.begins,
            ends: weeks.ends,
        }),
        time_zone,
        pages_under_way_max: threads.get(),
        pseudonyms: Pseudonyms::plain(),
    })
}

fn wanted(signed: &ComplianceReport) -> ReportWanted {
    ReportWanted {
        edition: signed.document.edition,
        draft: signed.document.draft,
        language: signed.document.language.clone(),
        left_out: signed
            .left_out
            .iter()
            .map(|it| it.outcome.clone())
            .collect(),
        overridden: signed.gate.overridden.clone(),
    }
}

fn public(
    part: &PublicPart,
    policy: &str,
    threads: NonZeroUsize,
) -> Result<PublicWanted, AgainError> {
    let policy = Policy::read(policy).map_err(|error| AgainError::Text {
        what: "rules of hiding",
        why: error.to_string(),
    })?;
    let withheld = part.withheld.iter().map(|table| TableName {
        outcome: table.outcome.clone(),
        by: Some(table.by.clone()),
    });
    Ok(PublicWanted {
        policy,
        withheld: withheld.collect(),
        threads: threads.get(),
    })
}

/// The releases that a public edition names, in the order in which they were considered.
async fn considered(
    store: &Store,
    signed: &ComplianceReport,
    part: &PublicPart,
) -> Result<Vec<crate::store::PublicRelease>, AgainError> {
    let releases = store.public_releases(&signed.decree.id).await?;
    let named = part.considered.iter().map(|edition| {
        let mut releases = releases.iter();
        let is_it = |it: &&crate::store::PublicRelease| hex::encode(it.digest) == edition.sha256;
        let found = releases.find(is_it).cloned();
        found.ok_or_else(|| AgainError::NoRelease(edition.sha256.clone()))
    });
    named.collect()
}

fn instant(what: &'static str, text: &str) -> Result<Timestamp, AgainError> {
    text.parse().map_err(|_| AgainError::Unreadable {
        what,
        value: text.to_owned(),
    })
}

/// Each place at which two models differ.
fn differing(place: &str, signed: &Value, made: &Value, found: &mut Vec<String>) {
    if found.len() == DIFFERENCES_NAMED_MAX || signed == made {
        return;
    }
    match (signed, made) {
        (Value::Object(signed), Value::Object(made)) => {
            // Two models of one type have the same members.
            for (name, value) in signed {
                let dot = if place.is_empty() { "" } else { "." };
                differing(&format!("{place}{dot}{name}"), value, &made[name], found);
            }
        }
        (Value::Array(signed), Value::Array(made)) if signed.len() == made.len() => {
            for (at, (signed, made)) in signed.iter().zip(made).enumerate() {
                differing(&format!("{place}[{at}]"), signed, made, found);
            }
        }
        (Value::Array(signed), Value::Array(made)) => {
            let (signed, made) = (signed.len(), made.len());
            found.push(format!("{place}: {signed} entries then, {made} now"));
        }
        _ => found.push(format!("{place}: {signed} then, {made} now")),
    }
}
