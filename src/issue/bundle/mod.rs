//! What a court's monitor counts again without this program: every case with what its rules read.
//!
//! Owns which files a bundle has and how they are written: the lists of cases behind each outcome,
//! byte for byte those whose digests a report prints; of each kind of case all that there are, also
//! those that no outcome counts, with every field and the file and line of every row that was read;
//! calendars, definitions, a codebook; digests of all of it, signed. And how a report is held
//! against a bundle ([`Recount`]).
//!
//! Never: a name, nor a date of birth but where two systems disagree about it. A person is a
//! number of this database; still, a small group can be told by its dates, so a bundle is for the
//! court and nobody else.
//!
//! Next: `folder` stages the files, `tables` writes what is about no case, `studied` what was found
//! in studies of files, `codebook` says what each column means; `recount` reads, by way of `files`.

mod cells;
mod codebook;
mod compared;
mod files;
mod folder;
mod recount;
mod studied;
mod sums;
mod tables;

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;

use super::IssueError;
use super::compliance::Compliance;
use super::pages::{Examined, Pages};
use crate::compliance::measure::LAST_DAY_COLUMNS;
use crate::compliance::{Case, CaseKind, cases_of, teachers};
use crate::host;
use crate::issue::spool::Spool;
use crate::record::support::{SupportRecord, SupportSetting};
use crate::record::{PersonId, Pseudonyms};
use crate::seal::DataSigner;
use crate::store::{Store, StoreError};
use cells::{CELL_COLUMNS, CellLines};
use folder::{Staged, Writer};

pub use recount::{Recount, Recounted, RecountedOutcome};

/// The value of `format` in `report.csv` in this version.
const FORMAT: &str = "registrar-bundle/1";
/// Folders of a bundle: the list behind each outcome, the cases of each kind, the rows of each.
const LISTS: &str = "lists";
const INPUTS: &str = "inputs";
const ROWS: &str = "rows";
/// The folder of what these rows say, by table.
const CELLS: &str = "cells";
/// The folder of what the last days of each outcome's thresholds make of its cases.
const LAST_DAYS: &str = "last-days";
/// What was counted of the years before.
const EARLIER_YEARS: &str = "earlier-years.csv";
/// The folder of a decree, and of its bundle, that holds its second computation in SQL.
pub const SQL_FOLDER: &str = "sql";
/// The list of files with their digests, its signature, and whose that is.
const SUMS: &str = "SHA256SUMS";
const SIGNATURE: &str = "SHA256SUMS.sig";
const CERTIFICATE: &str = "signer.cert.pem";
const DECREE: &str = "decree.toml";
const REPORT: &str = "report.csv";
const RECONCILIATION: &str = "reconciliation.csv";

/// What comes before the fields in a file of `inputs/`.
const INPUT_COLUMNS: [&str; 2] = ["case", "person"];
/// The columns of a file of `rows/`.
const ROW_COLUMNS: [&str; 7] = ["case", "table", "row", "source", "import", "file", "line"];

/// What a bundle is made of beside the records.
#[derive(Clone, Copy, Debug)]
pub struct BundleOrder<'a> {
    /// The decree's file, as it is.
    pub decree: &'a str,
    /// The decree's SQL, by file name; none where it has none.
    pub sql: &'a [(String, Vec<u8>)],
    /// When it is made.
    pub made_at: Timestamp,
    /// Who signs the digests.
    pub signer: &'a DataSigner,
    /// The folder: not there yet, or empty.
    pub out: &'a Path,
    /// Where it is written, apart from the bundle, whose numbers are whose; nowhere without it.
    pub key_table: Option<&'a Path>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Bundled {
    /// Where.
    pub folder: PathBuf,
    /// Files, their list and its signature left out.
    pub files: u64,
    /// Cases of all kinds.
    pub cases: u64,
    /// People whose rows were looked at.
    pub people: u64,
    /// SHA-256 of the list of files.
    pub sums_sha256: String,
}

/// Why there is no bundle; nothing is left where it was to be.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The records could not be read.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A file could not be read or written.
    #[error("cannot {what} `{}`", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder has files in it.
    #[error("`{}` holds files already\nhint: name another folder with --out", .0.display())]
    Taken(PathBuf),
    /// The decree's file is not the one that was counted by.
    #[error("the decree's file changed while it was read\nhint: begin again")]
    OtherDecree,
    /// More people are held than a bundle lists.
    #[error("more than {0} rows are held\nhint: `registrar imports held` says why; answer them")]
    HeldTooMany(u32),
    /// A file of a bundle does not read.
    #[error("`{file}` of the bundle {why}\nhint: check it with `sha256sum -c {SUMS}`")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// The report does not read.
    #[error("the report {0}\nhint: give the PDF, or what `compliance status --json` wrote")]
    Report(String),
}

impl BundleError {
    fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}

impl Compliance {
    /// Writes the bundle. It is made aside and takes its place when it is whole. Lists and cases
    /// are read in two walks through the district, a page of people at a time.
    ///
    /// # Errors
    /// [`BundleError`]; nothing is left then.
    pub async fn bundle(
        &self,
        order: &BundleOrder<'_>,
        mut looked_at: impl FnMut(u64),
    ) -> Result<Bundled, BundleError> {
        use sha2::Digest as _;
        if sha2::Sha256::digest(order.decree)[..] != self.decree.digest {
            return Err(BundleError::OtherDecree);
        }
        let mut staged = Staged::begin(order.out)?;
        let mut lists = Vec::new();
        for outcome in &self.decree.outcomes {
            lists.push(staged.create(&format!("{LISTS}/{}.csv", outcome.text.id))?);
        }
        let mut days = Vec::new();
        for outcome in &self.decree.outcomes {
            let mut file = staged.create(&format!("{LAST_DAYS}/{}.csv", outcome.text.id))?;
            file.write(&line(LAST_DAY_COLUMNS))?;
            days.push(file);
        }
        let each = |place: usize, lines: &[u8]| lists[place].write(lines);
        let each_day = |place: usize, lines: &[u8]| days[place].write(lines);
        let measured = self.measure_with_days(each, each_day, &mut looked_at);
        let measured = measured.await?;
        for file in lists.into_iter().chain(days) {
            staged.keep(file)?;
        }
        let earlier = tables::earlier_years(&self.decree, &measured.earlier);
        staged.add(EARLIER_YEARS, &earlier)?;
        let studies = self.rows_of_studies(self.studies_known).await;
        let studies = studies.map_err(IssueError::from)?;
        staged.add(studied::STUDIES, &studied::text(studies))?;
        let (cases, key) = self.write_cases(&mut staged, &mut looked_at).await?;
        let found = self.reconciliation(&measured).await?;
        staged.add(RECONCILIATION, &found.list)?;
        let known = self.asked.as_known;
        let held = self.store.held_rows(known, tables::HELD_ROWS_MAX).await;
        let held = held.map_err(IssueError::from)?;
        tables::write(self, order, &held, measured.people, &mut staged)?;
        codebook::write(&self.decree, &mut staged)?;
        for (name, text) in order.sql {
            staged.add(&format!("{SQL_FOLDER}/{name}"), text)?;
        }
        let files = staged.len();
        let sums_sha256 = staged.publish(order.signer)?;
        if let Some(path) = order.key_table {
            host::write_private(path, &key).map_err(BundleError::io("write", path))?;
        }
        Ok(Bundled {
            folder: order.out.to_owned(),
            files,
            cases,
            people: measured.people,
            sums_sha256,
        })
    }

    /// Every case of the kinds that the decree counts, whether an outcome counts it or not, the
    /// rows that it was made of, and what they say. Gives how many there are, and whose numbers
    /// are whose.
    async fn write_cases(
        &self,
        staged: &mut Staged,
        looked_at: &mut impl FnMut(u64),
    ) -> Result<(u64, Vec<u8>), BundleError> {
        let kinds = self.kinds();
        let mut files = list_files(&kinds, staged)?;
        let known = self.asked.as_known;
        let around = Arc::new(self.around.naming_rows());
        let mut of_staff = Looked {
            setting: Some(&self.setting),
            ..Looked::default()
        };
        if kinds.contains(&CaseKind::Teacher) {
            of_staff.cases = teachers(&self.setting, &around);
        }
        let store = &self.store;
        let tables = Arc::new(self.tables.clone());
        let of_staff = Page::of((store, &around.pseudonyms), of_staff, &kinds, known).await;
        // The last list is no file of the bundle.
        let mut spool = Spool::of(files.len() + 1);
        let mut cases = of_staff.map_err(IssueError::from)?.keep(&mut spool);
        let look = |people: Vec<PersonId>| {
            let (store, around, kinds) = (store.clone(), Arc::clone(&around), kinds.clone());
            let tables = Arc::clone(&tables);
            async move {
                let records = store.support_records(&people, &tables, known).await?;
                let mut cases = Vec::new();
                for record in &records {
                    for kind in &kinds {
                        cases.extend(cases_of(*kind, record, &around));
                    }
                }
                let looked = Looked {
                    people: &people,
                    records: &records,
                    setting: None,
                    cases,
                };
                let page = Page::of((&store, &around.pseudonyms), looked, &kinds, known).await?;
                Ok((people.len() as u64, page))
            }
        };
        let pages = Pages {
            store,
            known,
            under_way_max: self.asked.pages_under_way_max,
        };
        let everybody = Examined::Everybody { source: None };
        let mut pages = pin!(pages.side_by_side(&everybody, look));
        let mut people = 0;
        while let Some(page) = pages.next().await {
            let (count, page) = page.map_err(IssueError::from)?;
            cases += page.keep(&mut spool);
            people += count;
            looked_at(people);
        }
        let mut key = line(KEY_COLUMNS);
        spool.read(|list, line| match files.get_mut(list) {
            Some(file) => file.write(line),
            None => {
                key.extend(line);
                Ok(())
            }
        })?;
        files.into_iter().try_for_each(|file| staged.keep(file))?;
        Ok((cases, key))
    }

    /// The kinds of cases that the decree counts.
    fn kinds(&self) -> Vec<CaseKind> {
        kinds_of(&self.decree)
    }
}

/// The kinds of cases that a decree counts, each once.
fn kinds_of(decree: &crate::compliance::decree::Decree) -> Vec<CaseKind> {
    let mut kinds: Vec<CaseKind> = decree.outcomes.iter().map(|it| it.text.unit).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// The files of all lists that cases and their rows are told in: two for each kind, and one for
/// each table.
fn list_files(kinds: &[CaseKind], staged: &mut Staged) -> Result<Vec<Writer>, BundleError> {
    let mut files = Vec::new();
    for kind in kinds {
        let mut inputs = staged.create(&format!("{INPUTS}/{}.csv", kind.word()))?;
        let fields = kind.fields().iter().map(|field| field.name);
        inputs.write(&line(INPUT_COLUMNS.into_iter().chain(fields)))?;
        let mut rows = staged.create(&format!("{ROWS}/{}.csv", kind.word()))?;
        rows.write(&line(ROW_COLUMNS))?;
        files.extend([inputs, rows]);
    }
    for table in cells::tables() {
        let mut file = staged.create(&format!("{CELLS}/{}.csv", table.table.name()))?;
        let own = cells::columns(table).map(|column| column.name);
        file.write(&line(CELL_COLUMNS.into_iter().chain(own)))?;
        files.push(file);
    }
    Ok(files)
}

/// The columns of the table that says whose numbers are whose.
const KEY_COLUMNS: [&str; 5] = ["person", "source", "school", "number", "state_id"];

/// Some people, or staff: their rows, and the cases that were made of them.
#[derive(Default)]
struct Looked<'a> {
    people: &'a [PersonId],
    records: &'a [SupportRecord],
    setting: Option<&'a SupportSetting>,
    cases: Vec<Case>,
}

/// The lines of some people: those of `inputs/` and of `rows/` for each kind, of `cells/` for each
/// table, and whose numbers are whose.
struct Page {
    lists: Vec<Vec<u8>>,
    cases: u64,
}

impl Page {
    async fn of(
        (store, pseudonyms): (&Store, &Pseudonyms),
        looked: Looked<'_>,
        kinds: &[CaseKind],
        known: Timestamp,
    ) -> Result<Self, StoreError> {
        let cases = &looked.cases;
        let mut named: Vec<_> = cases.iter().flat_map(|it| it.rows.clone()).collect();
        named.sort_unstable();
        named.dedup();
        let places = store.places(looked.people, &named, known).await?;
        let mut lists = vec![Vec::new(); 2 * kinds.len()];
        for case in cases {
            let place = kinds.iter().position(|kind| *kind == case.kind);
            let place = 2 * place.expect("a case of a kind that was asked for");
            let person = case.person.map(|person| pseudonyms.person(person));
            let fields = (0..case.kind.fields().len()).map(|place| case.value(place));
            let fields = fields.map(|it| it.map(ToString::to_string).unwrap_or_default());
            let own = [case.id.clone(), person.unwrap_or_default()];
            lists[place].extend(line(own.into_iter().chain(fields)));
            for row in &case.rows {
                let found = places.get(row);
                let source = found.map(|it| it.source.clone()).or(row.source.clone());
                let source = source.unwrap_or_default();
                lists[place + 1].extend(line([
                    case.id.clone(),
                    row.table.to_owned(),
                    pseudonyms.row(&row.clone().of_source(&source)),
                    source,
                    found.map(|it| it.import.to_string()).unwrap_or_default(),
                    found.map(|it| it.file.clone()).unwrap_or_default(),
                    found.map(|it| it.line.to_string()).unwrap_or_default(),
                ]));
            }
        }
        let mut cells = CellLines::of(&named, pseudonyms);
        looked.records.iter().for_each(|it| cells.add(it));
        looked
            .setting
            .into_iter()
            .for_each(|it| cells.add_staff(it));
        lists.extend(cells.lines);
        lists.push(key_lines(looked.records, pseudonyms));
        Ok(Self {
            lists,
            cases: cases.len() as u64,
        })
    }

    /// Keeps the lines until they can be put in order.
    fn keep(self, spool: &mut Spool) -> u64 {
        for (list, lines) in self.lists.iter().enumerate() {
            spool.push(list, lines);
        }
        self.cases
    }
}

/// Whose numbers are whose.
fn key_lines(records: &[SupportRecord], pseudonyms: &Pseudonyms) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in records {
        let person = pseudonyms.person(record.id);
        for it in &record.people {
            let state_id = it.row.state_id.as_deref().unwrap_or_default();
            let cells = [
                &*person,
                &it.source,
                &it.row.school,
                &it.row.person,
                state_id,
            ];
            lines.extend(line(cells));
        }
    }
    lines
}

/// A line of CSV after RFC 4180, with LF.
fn line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(cells)
        .expect("a vector takes every line");
    writer.into_inner().expect("a vector takes every line")
}
