//! A report against a bundle: whether the bundle is as it was signed, and whether each number of
//! the report is a sum over the bundle's lists.
//!
//! Owns the question: whether bundle and report are as they were signed, and of the same records.
//!
//! Never: whether a case is in the right class; the bundle's SQL tells that, or whoever reads the
//! list. Next: `sums` adds a list up and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sums::{ReportedOutcome, Sums};
use super::{BundleError, CERTIFICATE, DECREE, LISTS, REPORT, SIGNATURE, SUMS};
use crate::compliance::decree::{DECREE_BYTES_MAX, Decree};
use crate::seal::{self, ListSignature, TrustStore};

/// Bytes of the small files of a bundle that are read whole.
const SMALL_BYTES_MAX: usize = 16 << 20;

/// What a report says, so far as lists can bear it out. What else it says is passed over.
#[derive(Debug, Deserialize)]
struct Report {
    decree_sha256: Option<String>,
    decree: Option<Value>,
    as_of: Option<String>,
    as_known: Option<String>,
    public: Option<Value>,
    outcomes: Vec<ReportedOutcome>,
}

/// What was held against each other.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Recounted {
    /// Whether everything holds.
    pub equal: bool,
    /// What does not hold of the bundle or the report as a whole.
    pub wrong: Vec<String>,
    /// Each outcome of the report, in its order.
    pub outcomes: Vec<RecountedOutcome>,
    /// Outcomes of the decree that the report does not have.
    pub not_in_report: Vec<String>,
}

/// An outcome of a report.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RecountedOutcome {
    /// Its number.
    pub outcome: String,
    /// Whether every count is the sum of the list.
    pub equal: bool,
    /// Cases in the list.
    pub cases: u64,
    /// What differs.
    pub differences: Vec<String>,
}

/// A bundle that is read.
#[derive(Debug)]
pub struct Recount {
    folder: PathBuf,
    /// The digests that the list of files says.
    sums: BTreeMap<String, String>,
    wrong: Vec<String>,
}

impl Recount {
    /// Opens a bundle: its digests and its signature are looked at before anything in it is read.
    ///
    /// # Errors
    /// [`BundleError`], where it cannot be read. What does not hold is told by [`Self::of`].
    pub fn open(folder: &Path, trust: &TrustStore) -> Result<Self, BundleError> {
        let list = small(folder, SUMS)?;
        let text = str::from_utf8(&list).map_err(|_| unreadable(SUMS, "is no text"))?;
        let mut recount = Self {
            folder: folder.to_owned(),
            sums: sums(text)?,
            wrong: Vec::new(),
        };
        for (name, said) in &recount.sums {
            let digest = digest_of(&folder.join(name))?;
            if digest != *said {
                recount
                    .wrong
                    .push(format!("`{name}` is not the file that was listed"));
            }
        }
        for name in [DECREE, REPORT, CERTIFICATE] {
            if !recount.sums.contains_key(name) {
                return Err(unreadable(SUMS, &format!("does not list `{name}`")));
            }
        }
        recount.signature(&list, trust)?;
        Ok(recount)
    }

    fn signature(&mut self, list: &[u8], trust: &TrustStore) -> Result<(), BundleError> {
        let certificate = String::from_utf8(small(&self.folder, CERTIFICATE)?);
        let signed = ListSignature {
            signature: small(&self.folder, SIGNATURE)?,
            certificate: certificate.map_err(|_| unreadable(CERTIFICATE, "is no text"))?,
        };
        let made_at: Option<Timestamp> = self.told()?.get("made_at").and_then(|it| it.parse().ok());
        let made_at = made_at.ok_or_else(|| unreadable(REPORT, "does not say `made_at`"))?;
        let verdict = seal::verify_list(list, &signed, made_at, trust);
        let reasons = verdict.facts().filter_map(|(_, outcome)| outcome.reason());
        let wrong = reasons.map(|it| format!("the bundle's signature: {}", it.sentence()));
        self.wrong.extend(wrong);
        Ok(())
    }

    /// What `report.csv` says.
    fn told(&self) -> Result<BTreeMap<String, String>, BundleError> {
        let file = small(&self.folder, REPORT)?;
        let mut reader = csv::Reader::from_reader(&*file);
        let rows = reader.deserialize();
        let rows: Result<_, csv::Error> = rows.collect();
        rows.map_err(|error| unreadable(REPORT, &error.to_string()))
    }

    /// Holds a report, a signed PDF or JSON, against the bundle.
    ///
    /// # Errors
    /// [`BundleError`], where one of them cannot be read.
    pub fn of(mut self, report: &[u8], trust: &TrustStore) -> Result<Recounted, BundleError> {
        let report = self.read_report(report, trust)?;
        if report.public.is_some() {
            return Err(BundleError::Report(
                "is a public edition, which hides counts: only the court's is counted again"
                    .to_owned(),
            ));
        }
        let decree = small(&self.folder, DECREE)?;
        let decree = str::from_utf8(&decree).map_err(|_| unreadable(DECREE, "is no text"))?;
        if decree.len() > DECREE_BYTES_MAX {
            return Err(unreadable(DECREE, "is too long"));
        }
        let decree =
            Decree::read(DECREE, decree).map_err(|wrong| unreadable(DECREE, &wrong.join("\n")))?;
        self.same_question(&report, &decree)?;
        let mut outcomes = Vec::new();
        for reported in &report.outcomes {
            outcomes.push(self.outcome(reported, &decree)?);
        }
        let ids: BTreeSet<&str> = report.outcomes.iter().map(|it| &*it.outcome).collect();
        let missing = decree.outcomes.iter().map(|it| &it.text.id);
        let missing = missing.filter(|id| !ids.contains(&***id)).cloned();
        if outcomes.is_empty() {
            self.wrong.push("the report has no outcome".to_owned());
        }
        if ids.len() != outcomes.len() {
            self.wrong
                .push("the report has an outcome twice".to_owned());
        }
        Ok(Recounted {
            equal: self.wrong.is_empty() && outcomes.iter().all(|it| it.equal),
            wrong: self.wrong,
            outcomes,
            not_in_report: missing.collect(),
        })
    }

    /// The model: the JSON itself, or what is attached to a PDF, which must be as it was signed.
    fn read_report(&mut self, bytes: &[u8], trust: &TrustStore) -> Result<Report, BundleError> {
        let wrong = |why: serde_json::Error| BundleError::Report(format!("does not read: {why}"));
        if !bytes.starts_with(b"%PDF") {
            return serde_json::from_slice(bytes).map_err(wrong);
        }
        let seal::Examination {
            verdict,
            attachments,
        } = seal::verify(bytes, trust);
        if let Some((_, reason)) = verdict.first_failure() {
            self.wrong
                .push(format!("the report: {}", reason.sentence()));
        }
        let data = attachments.iter().find_map(|it| {
            let data = seal::parse_data(&it.content).ok()?;
            data.get("outcomes").is_some().then_some(data)
        });
        let data = data.ok_or_else(|| {
            BundleError::Report("carries no data of a compliance report".to_owned())
        })?;
        let proof = seal::verify_proof(&data, trust);
        let reasons = proof.facts().filter_map(|(_, outcome)| outcome.reason());
        let told = reasons.map(|it| format!("the report's data: {}", it.sentence()));
        self.wrong.extend(told);
        serde_json::from_value(data).map_err(wrong)
    }

    /// Whether report and bundle are of the same definitions, day and records.
    fn same_question(&mut self, report: &Report, decree: &Decree) -> Result<(), BundleError> {
        let told = self.told()?;
        let digest = hex::encode(decree.digest);
        let of_model = report
            .decree
            .as_ref()
            .and_then(|it| it.get("sha256")?.as_str());
        let of_report = report.decree_sha256.as_deref().or(of_model);
        for (what, reported, own) in [
            ("definitions", of_report, Some(&digest)),
            ("day", report.as_of.as_deref(), told.get("as_of")),
            (
                "state of the records",
                report.as_known.as_deref(),
                told.get("as_known"),
            ),
        ] {
            let (reported, own) = (reported.unwrap_or("none"), own.map_or("none", |it| it));
            if reported != own {
                self.wrong.push(format!(
                    "the report is of another {what}: {reported}, not {own}"
                ));
            }
        }
        Ok(())
    }

    fn outcome(
        &self,
        reported: &ReportedOutcome,
        decree: &Decree,
    ) -> Result<RecountedOutcome, BundleError> {
        let mut told = RecountedOutcome {
            outcome: reported.outcome.clone(),
            equal: false,
            cases: 0,
            differences: Vec::new(),
        };
        let Some(outcome) = decree.outcome(&reported.outcome) else {
            told.differences
                .push("the definitions have no such outcome".to_owned());
            return Ok(told);
        };
        let name = format!("{LISTS}/{}.csv", outcome.text.id);
        let Some(digest) = self.sums.get(&name) else {
            return Err(unreadable(SUMS, &format!("does not list `{name}`")));
        };
        let list = Sums::of(decree, outcome, (&self.folder.join(&name), &name))?;
        told.cases = list.cases;
        told.differences = list.differences(reported);
        if *digest != reported.cases_sha256 {
            told.differences.push(format!(
                "the list of cases has the digest {digest}, the report says {}",
                reported.cases_sha256
            ));
        }
        told.equal = told.differences.is_empty();
        Ok(told)
    }
}

pub(super) fn unreadable(file: &str, why: &str) -> BundleError {
    BundleError::Unreadable {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}

/// The lines of `sha256sum`: digest, two blanks, a path inside the bundle.
fn sums(text: &str) -> Result<BTreeMap<String, String>, BundleError> {
    let mut sums = BTreeMap::new();
    for line in text.lines() {
        let found = line.split_once("  ").filter(|(digest, name)| {
            let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
            digest.len() == 64 && Path::new(name).components().all(inside)
        });
        let (digest, name) =
            found.ok_or_else(|| unreadable(SUMS, &format!("has the line `{line}`")))?;
        if sums.insert(name.to_owned(), digest.to_owned()).is_some() {
            return Err(unreadable(SUMS, &format!("lists `{name}` twice")));
        }
    }
    Ok(sums)
}

fn small(folder: &Path, name: &str) -> Result<Vec<u8>, BundleError> {
    let path = folder.join(name);
    let mut bytes = Vec::new();
    let file = File::open(&path).map_err(BundleError::io("read", &path))?;
    let read = file
        .take(SMALL_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes);
    read.map_err(BundleError::io("read", &path))?;
    if bytes.len() > SMALL_BYTES_MAX {
        return Err(unreadable(name, "is too long"));
    }
    Ok(bytes)
}

fn digest_of(path: &Path) -> Result<String, BundleError> {
    let mut file = File::open(path).map_err(BundleError::io("read", path))?;
    let mut digest = Sha256::new();
    let mut part = vec![0; 1 << 16];
    loop {
        let read = file
            .read(&mut part)
            .map_err(BundleError::io("read", path))?;
        if read == 0 {
            return Ok(hex::encode(digest.finalize()));
        }
        digest.update(&part[..read]);
    }
}
