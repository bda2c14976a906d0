//! A report against a bundle: whether the bundle is as it was signed, and whether each number of
//! the report is a sum over the bundle's lists.
//!
//! Owns the comparison. It adds up the lists and nothing else: whether a case is in the right
//! class, the bundle's SQL tells, or whoever reads the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{BundleError, CERTIFICATE, DECREE, LISTS, REPORT, SIGNATURE, SUMS};
use crate::compliance::decree::{DECREE_BYTES_MAX, Decree, Outcome};
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

#[derive(Debug, Deserialize)]
struct ReportedOutcome {
    outcome: String,
    classes: Counts,
    excluded: Counts,
    unclear: u64,
    thresholds: Vec<ReportedThreshold>,
    cases_sha256: String,
}

#[derive(Debug, Deserialize)]
struct ReportedThreshold {
    #[serde(alias = "name")]
    threshold: String,
    numerator: u64,
    of: u64,
}

/// Counts by their words: as an object, or as a list of words with their cases.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Counts {
    Object(BTreeMap<String, u64>),
    List(Vec<Counted>),
}

#[derive(Debug, Deserialize)]
struct Counted {
    #[serde(alias = "code", alias = "reason")]
    name: String,
    cases: u64,
}

impl Counts {
    fn by_word(&self) -> BTreeMap<&str, u64> {
        match self {
            Self::Object(counts) => counts.iter().map(|(word, it)| (&**word, *it)).collect(),
            Self::List(counts) => counts.iter().map(|it| (&*it.name, it.cases)).collect(),
        }
    }
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
            outcomes.push(self.outcome(reported, decree.outcome(&reported.outcome))?);
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
        outcome: Option<&Outcome>,
    ) -> Result<RecountedOutcome, BundleError> {
        let mut told = RecountedOutcome {
            outcome: reported.outcome.clone(),
            equal: false,
            cases: 0,
            differences: Vec::new(),
        };
        let Some(outcome) = outcome else {
            told.differences
                .push("the definitions have no such outcome".to_owned());
            return Ok(told);
        };
        let name = format!("{LISTS}/{}.csv", outcome.text.id);
        let Some(digest) = self.sums.get(&name) else {
            return Err(unreadable(SUMS, &format!("does not list `{name}`")));
        };
        let counted = Sums::of(&self.folder.join(&name), &name)?;
        told.cases = counted.cases;
        told.differences = counted.differences(outcome, reported);
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

/// What a list of cases adds up to.
#[derive(Default)]
struct Sums {
    cases: u64,
    classes: BTreeMap<String, u64>,
    excluded: BTreeMap<String, u64>,
    unclear: u64,
}

impl Sums {
    /// Reads the list case by case: no list of a district is in memory.
    fn of(path: &Path, name: &str) -> Result<Self, BundleError> {
        let wrong = |error: csv::Error| unreadable(name, &error.to_string());
        let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
        let heading = reader.headers().map_err(wrong)?;
        let place = |column: &str| {
            let found = heading.iter().position(|it| it == column);
            found.ok_or_else(|| unreadable(name, &format!("has no column `{column}`")))
        };
        let (counted, class) = (place("counted")?, place("class")?);
        let mut sums = Self::default();
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(wrong)? {
            sums.cases += 1;
            let class = row[class].to_owned();
            match &row[counted] {
                "yes" => *sums.classes.entry(class).or_default() += 1,
                "excluded" => *sums.excluded.entry(class).or_default() += 1,
                "unclear" => sums.unclear += 1,
                other => return Err(unreadable(name, &format!("counts a case as `{other}`"))),
            }
        }
        Ok(sums)
    }

    fn differences(&self, outcome: &Outcome, reported: &ReportedOutcome) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, own: u64, said: Option<u64>| {
            if said != Some(own) {
                let said = said.map_or("nothing".to_owned(), |it| it.to_string());
                differences.push(format!("{what}: {own} in the list, {said} in the report"));
            }
        };
        for (what, own, said) in [
            ("class", &self.classes, reported.classes.by_word()),
            ("excluded", &self.excluded, reported.excluded.by_word()),
        ] {
            let words: BTreeSet<&str> = own
                .keys()
                .map(|it| &**it)
                .chain(said.keys().copied())
                .collect();
            for word in words {
                let own = own.get(word).copied().unwrap_or(0);
                // A report that is silent about a class without a case says the same.
                let said = said.get(word).copied().or((own == 0).then_some(0));
                compare(&format!("{what} `{word}`"), own, said);
            }
        }
        compare("unclear", self.unclear, Some(reported.unclear));
        let sum = |classes: &mut dyn Iterator<Item = &str>| -> u64 {
            let counts = classes.map(|it| self.classes.get(it).copied().unwrap_or(0));
            counts.sum()
        };
        for threshold in &outcome.text.thresholds {
            let mut numerator = threshold.numerator.iter().map(|it| &**it);
            let numerator = sum(&mut numerator);
            let of = match &threshold.of {
                Some(of) => sum(&mut of.iter().map(|it| &**it)),
                None => sum(&mut outcome.text.class_names()),
            };
            let mut said = reported.thresholds.iter();
            let said = said.find(|it| it.threshold == threshold.name);
            let what = format!("threshold `{}`", threshold.name);
            compare(&what, numerator, said.map(|it| it.numerator));
            compare(&format!("{what}, of"), of, said.map(|it| it.of));
        }
        differences
    }
}

fn unreadable(file: &str, why: &str) -> BundleError {
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
