//! A report against a bundle: whether the bundle is as it was signed, and whether the report says
//! what its lists come to.
//!
//! Owns the order in which a stranger's files are believed: the signature over the list of digests,
//! then the digests, then what the files say. Everything that a report says of its outcomes is made
//! once more from the bundle alone, by the room that makes reports, and compared; what no file of a
//! bundle bears out is named ([`NOT_RECOUNTED`]).
//!
//! Never: whether a case is in the right class; the bundle's SQL tells that, or whoever reads the
//! list. Next: `files` opens, `sums` adds up, `compared` tells what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};
use std::str::FromStr;

use csv::StringRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::compared::differences;
use super::files::{Files, unreadable};
use super::sums::{Sums, of_earlier_years};
use super::{BundleError, studied};
use super::{CERTIFICATE, DECREE, EARLIER_YEARS, LAST_DAYS, LISTS, REPORT, SIGNATURE, SUMS};
use crate::compliance::decree::{DECREE_BYTES_MAX, Decree};
use crate::compliance::measure::{EarlierYear, OutcomeTally, judge_by_studies, results};
use crate::compliance::report::{
    ComplianceReport, Counted, LeftOutOutcome, REPORT_FORMAT, ReportDocument, ReportRequest,
    ReportingDistrict, UnclearCases,
};
use crate::compliance::sample::Study;
use crate::compliance::{Calendars, Completeness, Span, Surroundings, Systems, Tests};
use crate::record::support::TablesSent;
use crate::record::{Pseudonyms, School};
use crate::seal::{self, ListSignature, TrustStore};

/// Parts of a report that no file of a bundle bears out.
pub const NOT_RECOUNTED: [&str; 7] = [
    "document",
    "district",
    "discrepancies",
    "completeness",
    "gate",
    "calendar_faults",
    "attachments",
];
/// Files that nobody listed and that are named.
const UNLISTED_TOLD_MAX: usize = 20;

/// What was held against each other.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Recounted {
    /// Whether everything holds.
    pub equal: bool,
    /// Whether somebody signed the report; of one that nobody did, only the numbers are told.
    pub report_is_signed: bool,
    /// What does not hold of the bundle or the report as a whole.
    pub wrong: Vec<String>,
    /// Each outcome of the report, in its order.
    pub outcomes: Vec<RecountedOutcome>,
    /// Outcomes of the decree that the report names as left out.
    pub left_out: Vec<String>,
    /// Parts of the report that were not counted again, for no file of the bundle bears them out.
    pub not_recounted: Vec<&'static str>,
}

/// An outcome of a report.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RecountedOutcome {
    /// Its number.
    pub outcome: String,
    /// Whether everything that the report says of it follows from the bundle.
    pub equal: bool,
    /// Cases in the list.
    pub cases: u64,
    /// What differs.
    pub differences: Vec<String>,
}

/// A bundle that is read.
#[derive(Debug)]
pub struct Recount {
    files: Files,
    /// The digests that the list of files says.
    sums: BTreeMap<String, String>,
    /// What `report.csv` says.
    told: BTreeMap<String, String>,
    wrong: Vec<String>,
}

/// What of a report decides how it is made once more.
struct Reported {
    outcomes: Vec<Value>,
    document: ReportDocument,
    left_out: Vec<LeftOutOutcome>,
}

/// What was counted of the year and of those before, and the digests of the lists.
type Told<'a> = (&'a [OutcomeTally], &'a [EarlierYear], &'a [[u8; 32]]);

impl Recount {
    /// Opens a bundle: its signature is looked at first, then its digests, before anything in it is
    /// believed.
    ///
    /// # Errors
    /// [`BundleError`], where it cannot be read. What does not hold is told by [`Self::of`].
    pub fn open(folder: &Path, trust: &TrustStore) -> Result<Self, BundleError> {
        let files = Files::of(folder)?;
        let list = files.small(SUMS)?;
        // Its moment is in a file whose digest is in the list.
        let told = told(&files)?;
        let signed = ListSignature {
            signature: files.small(SIGNATURE)?,
            certificate: files.text(CERTIFICATE)?,
        };
        let mut recount = Self {
            wrong: Vec::new(),
            sums: BTreeMap::new(),
            files,
            told,
        };
        let made_at: Timestamp = recount.says("made_at")?;
        let verdict = seal::verify_list(&list, &signed, made_at, trust);
        let reasons = verdict.facts().filter_map(|(_, outcome)| outcome.reason());
        let wrong = reasons.map(|it| format!("the bundle's signature: {}", it.sentence()));
        recount.wrong.extend(wrong);
        let list = String::from_utf8(list).map_err(|_| unreadable(SUMS, "is no text"))?;
        recount.sums = sums(&list)?;
        recount.digests();
        for name in [DECREE, REPORT, CERTIFICATE] {
            if !recount.sums.contains_key(name) {
                return Err(unreadable(SUMS, &format!("does not list `{name}`")));
            }
        }
        Ok(recount)
    }

    /// Whether every file is the one that was listed, and every file was.
    fn digests(&mut self) {
        for (name, said) in &self.sums {
            match self.files.digest(name) {
                Ok(digest) if digest == *said => {}
                Ok(_) => self
                    .wrong
                    .push(format!("`{name}` is not the file that was listed")),
                Err(BundleError::Unreadable { file, why }) => {
                    self.wrong.push(format!("`{file}` was listed and {why}"));
                }
                Err(error) => self.wrong.push(error.to_string()),
            }
        }
        let is_listed = |name: &&String| {
            self.sums.contains_key(&**name) || [SUMS, SIGNATURE].contains(&&***name)
        };
        let unlisted = self.files.names.iter().filter(|it| !is_listed(it));
        let unlisted = unlisted.map(|name| format!("`{name}` was not listed by whoever signed"));
        let strange = self.files.strange.iter();
        let strange = strange.map(|name| format!("`{name}` is a link, a device or a pipe"));
        let mut found: Vec<String> = strange.chain(unlisted).collect();
        if found.len() > UNLISTED_TOLD_MAX {
            let more = found.len() - UNLISTED_TOLD_MAX;
            found.truncate(UNLISTED_TOLD_MAX);
            found.push(format!("{more} more files were not listed"));
        }
        self.wrong.extend(found);
    }

    /// What `report.csv` says under a name.
    fn says<T: FromStr>(&self, name: &str) -> Result<T, BundleError> {
        let said = self.told.get(name).and_then(|it| it.parse().ok());
        said.ok_or_else(|| unreadable(REPORT, &format!("does not say `{name}`")))
    }

    /// Holds a report, a signed PDF or JSON, against the bundle.
    ///
    /// # Errors
    /// [`BundleError`], where one of them cannot be read.
    pub fn of(mut self, report: &[u8], trust: &TrustStore) -> Result<Recounted, BundleError> {
        let (mut report, report_is_signed) = self.read_report(report, trust)?;
        if report.get("public").is_some_and(|it| !it.is_null()) {
            return Err(BundleError::Report(
                "is a public edition, which hides counts: only the court's is counted again"
                    .to_owned(),
            ));
        }
        let reported = Reported::of(&report)?;
        let decree = self.files.text(DECREE)?;
        if decree.len() > DECREE_BYTES_MAX {
            return Err(unreadable(DECREE, "is too long"));
        }
        let decree =
            Decree::read(DECREE, &decree).map_err(|wrong| unreadable(DECREE, &wrong.join("\n")))?;
        let studies = studied::read(&self.files)?;
        let (own, cases) = self.made_again(&decree, &studies, &reported)?;
        let mut own = serde_json::to_value(own).expect("a report is JSON");
        let ours = taken(&mut own, "outcomes");
        taken(&mut report, "outcomes");
        for part in NOT_RECOUNTED {
            taken(&mut own, part);
            taken(&mut report, part);
        }
        let whole = differences(&own, &report).into_iter();
        self.wrong
            .extend(whole.map(|it| format!("the report's {it}")));
        let ours = ours.as_array().map_or(&[][..], Vec::as_slice);
        let outcomes = reported.outcomes.iter();
        let outcomes: Vec<_> = outcomes.map(|it| compared(ours, it, &cases)).collect();
        self.all_are_there(ours, &outcomes);
        let left_out = reported.left_out.into_iter().map(|it| it.outcome);
        Ok(Recounted {
            equal: self.wrong.is_empty() && outcomes.iter().all(|it| it.equal),
            report_is_signed,
            wrong: self.wrong,
            outcomes,
            left_out: left_out.collect(),
            not_recounted: NOT_RECOUNTED.to_vec(),
        })
    }

    /// Each outcome of the decree is in the report once, or is named there as left out.
    fn all_are_there(&mut self, ours: &[Value], outcomes: &[RecountedOutcome]) {
        let mut ids = BTreeSet::new();
        for outcome in outcomes {
            if !ids.insert(&*outcome.outcome) {
                let told = format!("the report has outcome {} twice", outcome.outcome);
                self.wrong.push(told);
            }
        }
        for id in ours.iter().filter_map(|it| it["outcome"].as_str()) {
            if !ids.contains(id) {
                self.wrong.push(format!(
                    "outcome {id} is neither in the report nor among what it left out"
                ));
            }
        }
        if outcomes.is_empty() {
            self.wrong.push("the report has no outcome".to_owned());
        }
    }

    /// The model: the JSON itself, or what is attached to a PDF; and whether it was signed. What is
    /// signed must be as it was signed.
    fn read_report(
        &mut self,
        bytes: &[u8],
        trust: &TrustStore,
    ) -> Result<(Value, bool), BundleError> {
        let mut data = if bytes.starts_with(b"%PDF") {
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
            data.ok_or_else(|| {
                BundleError::Report("carries no data of a compliance report".to_owned())
            })?
        } else {
            let read = serde_json::from_slice(bytes);
            read.map_err(|why: serde_json::Error| {
                BundleError::Report(format!("does not read: {why}"))
            })?
        };
        let is_signed = bytes.starts_with(b"%PDF") || data.get("proof").is_some();
        if is_signed {
            let proof = seal::verify_proof(&data, trust);
            let reasons = proof.facts().filter_map(|(_, outcome)| outcome.reason());
            let told = reasons.map(|it| format!("the report's data: {}", it.sentence()));
            self.wrong.extend(told);
        }
        taken(&mut data, "proof");
        Ok((data, is_signed))
    }

    /// The report that the bundle comes to, and how many cases each outcome's list has.
    fn made_again(
        &mut self,
        decree: &Decree,
        studies: &[Study],
        reported: &Reported,
    ) -> Result<(ComplianceReport, BTreeMap<String, u64>), BundleError> {
        let around = self.around()?;
        let wanted = reported.outcomes.iter();
        let wanted: BTreeSet<&str> = wanted.filter_map(|it| it["outcome"].as_str()).collect();
        let (mut tallies, mut digests) = (Vec::new(), Vec::new());
        let (mut cases, mut unclear_for) = (BTreeMap::new(), BTreeMap::new());
        for outcome in &decree.outcomes {
            let id = &outcome.text.id;
            let name = format!("{LISTS}/{id}.csv");
            let digest = self.sums.get(&name);
            let digest =
                digest.ok_or_else(|| unreadable(SUMS, &format!("does not list `{name}`")))?;
            let mut own = [0; 32];
            let read = hex::decode_to_slice(digest, &mut own);
            read.map_err(|_| unreadable(SUMS, "has a digest that is none"))?;
            digests.push(own);
            let sums = match wanted.contains(&**id) {
                true => {
                    let mut sums = Sums::of(decree, outcome, self.files.rows(&name)?)?;
                    let days = self.files.rows(&format!("{LAST_DAYS}/{id}.csv"))?;
                    sums.last_days(outcome, days)?;
                    sums
                }
                false => Sums::empty(outcome),
            };
            cases.insert(id.clone(), sums.cases);
            tallies.push(sums.tally);
            unclear_for.insert(id.clone(), sums.unclear_for);
        }
        let earlier = of_earlier_years(decree, self.files.rows(EARLIER_YEARS)?)?;
        if earlier.is_empty() {
            return Err(unreadable(EARLIER_YEARS, "tells of no year"));
        }
        let mut report = self.report(
            decree,
            &around,
            (&tallies, &earlier, &digests),
            (studies, reported),
        )?;
        for block in &mut report.outcomes {
            let unclear = unclear_for.remove(&block.outcome).unwrap_or_default();
            let unclear = unclear.into_iter();
            let unclear = unclear.map(|(unknown, cases)| UnclearCases { unknown, cases });
            block.unclear_for = unclear.collect();
        }
        Ok((report, cases))
    }

    fn report(
        &self,
        decree: &Decree,
        around: &Surroundings,
        (tallies, earlier, digests): Told<'_>,
        (studies, reported): (&[Study], &Reported),
    ) -> Result<ComplianceReport, BundleError> {
        let before = earlier.first().map(|year| &*year.outcomes);
        let mut results = results(decree, tallies, before, around);
        judge_by_studies(&mut results, decree, studies, around);
        let counted = Counted {
            decree,
            around,
            outcomes: tallies,
            earlier,
            results: &results,
            list_digests: digests,
            studies,
            discrepancies: &[],
            completeness: &Completeness::default(),
            calendar_faults: &[],
            people: self.says("people")?,
        };
        let left_out = reported.left_out.iter().map(|it| it.outcome.clone());
        let left_out: Vec<String> = left_out.collect();
        let studies_known: String = self.says("studies_known")?;
        Ok(ComplianceReport::of(
            &counted,
            &ReportRequest {
                draft: reported.document.draft,
                language: &reported.document.language,
                district: ReportingDistrict {
                    name: String::new(),
                    code: String::new(),
                },
                as_known: self.says("as_known")?,
                studies_known: Some(studies_known).filter(|it| !it.is_empty()),
                time_zone: self.says("time_zone")?,
                overridden: None,
                left_out: &left_out,
                held: self.held()?,
            },
        ))
    }

    /// What the report was made against, so far as its figures ask for it.
    fn around(&self) -> Result<Surroundings, BundleError> {
        let day = |name: &str| self.says(name);
        let systems = |name: &str| -> Result<Vec<String>, BundleError> {
            let named: String = self.says(name)?;
            Ok(named.split_whitespace().map(str::to_owned).collect())
        };
        let study: (String, String) = (self.says("study_from")?, self.says("study_to")?);
        Ok(Surroundings {
            as_of: day("as_of")?,
            period: Span {
                begins: day("period_begins")?,
                ends: day("period_ends")?,
            },
            count_day: day("count_day")?,
            study: match study.0.is_empty() && study.1.is_empty() {
                true => None,
                false => Some(Span {
                    begins: day("study_from")?,
                    ends: day("study_to")?,
                }),
            },
            calendars: Calendars::default(),
            schools: self.schools()?,
            systems: Systems {
                student: systems("student_systems")?,
                support: systems("support_systems")?,
            },
            // Every case is made and every day is computed already.
            tests: Tests::default(),
            time_zone: TimeZone::UTC,
            watched_since: BTreeMap::new(),
            sent: TablesSent::default(),
            names_rows: false,
            pseudonyms: Pseudonyms::plain(),
        })
    }

    /// The schools, of which a report tells the names.
    fn schools(&self) -> Result<BTreeMap<String, School>, BundleError> {
        let mut rows = self.files.rows("schools.csv")?;
        let columns = ["school", "name", "kind", "charter", "local_district"];
        let columns: Vec<usize> = columns
            .iter()
            .map(|it| rows.column(it))
            .collect::<Result<_, _>>()?;
        let (mut schools, mut row) = (BTreeMap::new(), StringRecord::new());
        while rows.read(&mut row)? {
            let cell = |place: usize| row[columns[place]].to_owned();
            let (kind, charter) = (cell(2).parse(), cell(3).parse());
            let (Ok(kind), Ok(charter)) = (kind, charter) else {
                return Err(rows.wrong("has a school whose kind does not read"));
            };
            let school = School {
                school: cell(0),
                name: cell(1),
                kind,
                charter,
                local_district: Some(cell(4)).filter(|it| !it.is_empty()),
                district: String::new(),
                ceeb: None,
                street: String::new(),
                city: String::new(),
                state: String::new(),
                postal_code: String::new(),
                phone: None,
            };
            schools.insert(cell(0), school);
        }
        Ok(schools)
    }

    /// How many people of each source are held.
    fn held(&self) -> Result<BTreeMap<String, u64>, BundleError> {
        let mut rows = self.files.rows("held.csv")?;
        let (source, person) = (rows.column("source")?, rows.column("person")?);
        let (mut people, mut row) = (BTreeSet::new(), StringRecord::new());
        while rows.read(&mut row)? {
            people.insert((row[source].to_owned(), row[person].to_owned()));
        }
        let mut held = BTreeMap::new();
        for (source, _) in people {
            *held.entry(source).or_default() += 1;
        }
        Ok(held)
    }
}

impl Reported {
    fn of(report: &Value) -> Result<Self, BundleError> {
        let wrong = |why: String| BundleError::Report(format!("does not read: {why}"));
        let format = report.get("format").and_then(Value::as_str);
        if format != Some(REPORT_FORMAT) {
            let format = format.unwrap_or("none");
            return Err(wrong(format!(
                "it has the format `{format}`, not `{REPORT_FORMAT}`"
            )));
        }
        let outcomes: Vec<Value> = part(report, "outcomes")?;
        if outcomes.iter().any(|it| !it["outcome"].is_string()) {
            return Err(wrong("an outcome has no number".to_owned()));
        }
        Ok(Self {
            outcomes,
            document: part(report, "document")?,
            left_out: part(report, "left_out")?,
        })
    }
}

/// A part of a report.
fn part<T: DeserializeOwned>(report: &Value, name: &str) -> Result<T, BundleError> {
    let part = report.get(name).cloned().unwrap_or_default();
    serde_json::from_value(part)
        .map_err(|why| BundleError::Report(format!("does not read: `{name}`: {why}")))
}

/// What stood under a name, which is there no more.
fn taken(report: &mut Value, name: &str) -> Value {
    let object = report.as_object_mut();
    let taken = object.and_then(|it| it.shift_remove(name));
    taken.unwrap_or_default()
}

/// An outcome of the report against the one that the bundle comes to.
fn compared(ours: &[Value], said: &Value, cases: &BTreeMap<String, u64>) -> RecountedOutcome {
    let id = said["outcome"].as_str().unwrap_or_default();
    let own = ours.iter().find(|it| it["outcome"] == said["outcome"]);
    let differences = match (own, cases.contains_key(id)) {
        (Some(own), _) => differences(own, said),
        (None, true) => vec!["the report names it among what it left out, too".to_owned()],
        (None, false) => vec!["the definitions have no such outcome".to_owned()],
    };
    RecountedOutcome {
        outcome: id.to_owned(),
        equal: differences.is_empty(),
        cases: cases.get(id).copied().unwrap_or(0),
        differences,
    }
}

/// What `report.csv` says: a name and a value each.
fn told(files: &Files) -> Result<BTreeMap<String, String>, BundleError> {
    let mut rows = files.rows(REPORT)?;
    let (name, value) = (rows.column("name")?, rows.column("value")?);
    let (mut told, mut row) = (BTreeMap::new(), StringRecord::new());
    while rows.read(&mut row)? {
        told.insert(row[name].to_owned(), row[value].to_owned());
    }
    Ok(told)
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
