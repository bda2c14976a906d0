//! One import, from a path to recorded rows: read, stage, check, hold, plan, land.
//!
//! Everything is staged and checked before a live table is touched, and landing is one transaction:
//! a kill at any moment leaves nothing behind. Strict by default: one problem refuses the package.
//! Asked to hold, a person whose rows are at fault keeps the record they had, and the others land.
//!
//! This is the only file of the room that knows the database.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::bounds;
use super::outcome::{FileRead, Outcome, Verdict};
use super::package::{Manifest, Mode, Row, SCHOOLS_MAX, Schools};
use super::problem::PROBLEMS_SHOWN_PER_KIND_MAX;
use super::quarantine::Quarantine;
use super::read::{About, FileEnd, Package, Reading, TableReader, open};
use super::words::{hint_of_left_over, problem_of_naming, words};
use super::{Problem, ProblemKind, Report};
use crate::host::Clock;
use crate::store::{
    FileNumber, Finding, FindingKind, Findings, Held, ImportHeader, Provenance, Refused,
    RefusedText, Staged, Staging, Store, StoreError, Table, TableRows, of_table,
};

/// How much of refused rows is kept for the quarantine; an import with more is refused.
pub const REFUSED_BYTES_KEPT_MAX: u64 = 256 * 1024 * 1024;

/// How many rows are staged at once.
const BATCH_ROWS: usize = 2_000;

/// How an import is to go.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Hold the people whose rows are at fault, and land the others.
    pub hold: bool,
    /// Check everything and record nothing.
    pub dry_run: bool,
    /// Land an export that is older than the last one of its source.
    pub allow_older: bool,
    /// Land although the newest import was recorded far ahead of the clock.
    pub allow_clock_behind: bool,
    /// Where any number of rows may be withdrawn: `19647331930361` or `marks:19647331930361`.
    pub allow_withdrawals: BTreeSet<String>,
    /// The sending system, instead of the one that the manifest names.
    pub source: Option<String>,
    /// A folder to make, for the rows of held people.
    pub quarantine_out: Option<PathBuf>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Rows of a file are read and staged.
    Reading {
        /// The file's name.
        file: &'a str,
        /// How many rows of it were read.
        rows: u64,
        /// How many bytes of it were read.
        bytes: u64,
    },
    /// The staged rows are checked against each other.
    Checking,
    /// The rows are being recorded.
    Landing,
}

/// Why an import could not be carried out at all; a package that is refused is an [`Outcome`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The quarantine folder could not be written.
    #[error("{}: {error}\nhint: name a folder that does not exist yet", folder.display())]
    Quarantine {
        /// The folder.
        folder: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// The import has landed, and the finished quarantine folder could not be given its name.
    #[error(
        "the import landed, but the rows of held people stay in {}.partial: {error}\n\
         hint: give that folder another name; it is complete",
        folder.display()
    )]
    QuarantineName {
        /// The folder.
        folder: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
}

/// Imports the package at `path`.
///
/// # Errors
/// Where the database or the quarantine folder failed; then nothing has landed, except where
/// [`ImportError::QuarantineName`] says so. A package that is refused is no error: its [`Outcome`]
/// says why.
pub async fn import(
    store: &Store,
    path: &Path,
    options: &Options,
    clock: Clock,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, ImportError> {
    if let Some(folder) = options
        .quarantine_out
        .as_deref()
        .filter(|folder| folder.exists())
    {
        let error = io::Error::from(io::ErrorKind::AlreadyExists);
        let folder = folder.to_owned();
        return Err(ImportError::Quarantine { folder, error });
    }
    let package = open(path).and_then(|package| of_source(package, options.source.as_deref()));
    match package {
        Ok(package) => import_package(store, package, options, clock, progress).await,
        Err(problems) => {
            let mut report = Report::default();
            problems.into_iter().for_each(|problem| report.add(problem));
            Ok(Outcome::refused(report))
        }
    }
}

/// Imports a package whose manifest could be read.
pub(super) async fn import_package(
    store: &Store,
    mut package: Package,
    options: &Options,
    clock: Clock,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, ImportError> {
    let now = clock.now();
    let ahead = bounds::ahead_of_the_clock(&package.manifest, now);
    package.problems.extend(ahead);
    let header = ImportHeader {
        source: package.manifest.source.clone(),
        district: package.manifest.district.clone(),
        exported_at: package.manifest.exported_at,
        recorded_at: now,
        allow_clock_behind: options.allow_clock_behind,
    };
    let staging = store.stage(header).await?;
    let mut import = Import::new(staging, &package, options);
    import.read(progress).await?;
    progress(Progress::Checking);
    import.check().await?;
    import.conclude(clock, progress).await
}

/// The package as one of the source that the command line names.
fn of_source(package: Package, source: Option<&str>) -> Result<Package, Vec<Problem>> {
    let Some(source) = source else {
        return Ok(package);
    };
    let manifest = package.manifest.with_source(source).map_err(|message| {
        let problem = Problem::new(ProblemKind::IdentifierInvalid, "--source", message);
        let hint = "write it as a manifest would: printable ASCII, such as aeries";
        vec![problem.with_value(source).with_hint(hint)]
    })?;
    Ok(Package {
        manifest,
        ..package
    })
}

/// An import under way.
struct Import<'a> {
    staging: Staging,
    manifest: &'a Manifest,
    package: &'a Package,
    options: &'a Options,
    outcome: Outcome,
    bytes_kept: u64,
    files: Vec<String>,
    /// The header lines of the files, for the quarantine.
    headers: BTreeMap<Table, String>,
    /// Schools of the package's own schools table.
    schools_read: BTreeSet<String>,
    /// Tables of which something was refused: what refers to them may be found at fault for it.
    incomplete: BTreeSet<Table>,
}

impl<'a> Import<'a> {
    fn new(staging: Staging, package: &'a Package, options: &'a Options) -> Self {
        let mut import = Self {
            staging,
            manifest: &package.manifest,
            package,
            options,
            outcome: Outcome::refused(Report::default()),
            bytes_kept: 0,
            files: Vec::new(),
            headers: BTreeMap::new(),
            schools_read: BTreeSet::new(),
            incomplete: BTreeSet::new(),
        };
        import.outcome.source = Some(package.manifest.source.clone());
        for problem in &package.problems {
            import.refuse_package(problem.clone());
        }
        import
    }

    fn refuse_package(&mut self, problem: Problem) {
        self.outcome.beyond_holding += 1;
        self.outcome.report.add(problem);
    }

    async fn read(
        &mut self,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<(), StoreError> {
        for table in self.manifest.tables.keys() {
            of_table!(table, R => self.read_table::<R>(progress).await?);
        }
        Ok(())
    }

    async fn read_table<R: Row>(
        &mut self,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<(), StoreError> {
        let Some((entry, source)) = self.package.file(R::TABLE) else {
            self.incomplete.insert(R::TABLE);
            return Ok(());
        };
        let number = self.staging.file(R::TABLE, &entry.file);
        self.files.push(entry.file.clone());
        let mut reader = TableReader::<R, _>::new(self.manifest, entry, source);
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        let mut whole = true;
        while let Some(reading) = reader.read() {
            match reading {
                Reading::Row {
                    line,
                    withdrawn,
                    row,
                } => {
                    batch.push(self.staged(number, line, withdrawn, row));
                }
                Reading::Refused {
                    line,
                    about,
                    raw,
                    problems,
                } => {
                    let provenance = Provenance { file: number, line };
                    self.refuse_row::<R>(provenance, about, raw, problems)
                        .await?;
                }
                Reading::File(problems) => {
                    whole = false;
                    self.incomplete.insert(R::TABLE);
                    problems
                        .into_iter()
                        .for_each(|problem| self.refuse_package(problem));
                }
            }
            if batch.len() == BATCH_ROWS {
                self.staging
                    .rows(&R::batch(std::mem::take(&mut batch)))
                    .await?;
                let end = reader.end();
                let file = entry.file.as_str();
                progress(Progress::Reading {
                    file,
                    rows: end.rows,
                    bytes: end.bytes,
                });
            }
        }
        self.staging.rows(&R::batch(batch)).await?;
        self.headers
            .extend(reader.header().map(|header| (R::TABLE, header.to_owned())));
        self.file_read(R::TABLE, number, reader.end());
        // Of a file that could not be read as a whole nothing is absent.
        if whole {
            self.scope(R::TABLE).await
        } else {
            Ok(())
        }
    }

    fn file_read(&mut self, table: Table, number: FileNumber, end: FileEnd) {
        self.staging
            .file_read(number, end.digest, end.bytes, end.rows);
        self.outcome.files.push(FileRead {
            table,
            file: self.file_of(table),
            rows: end.rows,
            bytes: end.bytes,
            digest: end.digest,
        });
    }

    fn staged<R: Row>(
        &mut self,
        file: FileNumber,
        line: u64,
        withdrawn: bool,
        row: R,
    ) -> Staged<R> {
        if let (Table::Schools, Some(school)) = (R::TABLE, row.school()) {
            // One more than the bound is enough to know that it is exceeded.
            if self.schools_read.len() <= SCHOOLS_MAX {
                self.schools_read.insert(school.to_owned());
            }
        }
        let (key, content) = row.digests(&self.manifest.source);
        Staged {
            provenance: Provenance { file, line },
            key,
            content,
            withdrawn,
            row,
        }
    }

    /// Counts what is wrong with a row, and keeps the row where its person can be held for it.
    async fn refuse_row<R: Row>(
        &mut self,
        provenance: Provenance,
        about: About,
        raw: Vec<u8>,
        problems: Vec<Problem>,
    ) -> Result<(), StoreError> {
        self.incomplete.insert(R::TABLE);
        let problem = problems.first().map(|problem| problem.kind);
        problems
            .into_iter()
            .for_each(|problem| self.outcome.report.add(problem));
        let (Some(person), Some(problem)) = (about.person, problem) else {
            self.outcome.beyond_holding += 1;
            return Ok(());
        };
        if !self.options.hold {
            return Ok(());
        }
        self.bytes_kept += raw.len() as u64;
        if self.bytes_kept > REFUSED_BYTES_KEPT_MAX {
            let message = format!("more than {REFUSED_BYTES_KEPT_MAX} bytes of rows are refused");
            let problem =
                Problem::new(ProblemKind::HeldPersonsMax, self.file_of(R::TABLE), message);
            self.refuse_package(
                problem.with_hint("correct the export: so many faults have one cause"),
            );
            return Ok(());
        }
        let row = Refused {
            table: R::TABLE,
            provenance,
            person,
            key: about.key,
            school: about.school,
            state_id: about.state_id,
            problem: problem.code(),
            raw,
        };
        self.staging.refuse(&row).await
    }

    /// Tells the store for which schools the table holds all rows.
    async fn scope(&mut self, table: Table) -> Result<(), StoreError> {
        if table == Table::Schools && self.schools_read.len() > SCHOOLS_MAX {
            let message = format!("names more than {SCHOOLS_MAX} schools");
            let problem = Problem::new(ProblemKind::OutOfScope, self.file_of(table), message);
            self.refuse_package(problem.with_hint("send several packages"));
        }
        let entry = &self.manifest.tables[&table];
        let schools = match &self.manifest.schools {
            Schools::Named(schools) => schools.clone(),
            Schools::Every => self.every_school().await?,
        };
        for school in schools {
            let full = entry.mode_of(&school) == Mode::Full;
            self.staging.scope(table, &school, full).await?;
        }
        Ok(())
    }

    /// The schools of the package's own table; where that is full, also those that stand and are
    /// not in it any more: the package speaks for them by leaving them out.
    async fn every_school(&mut self) -> Result<BTreeSet<String>, StoreError> {
        let mut schools = self.schools_read.clone();
        let table = self.manifest.tables.get(&Table::Schools);
        if table.is_some_and(|table| table.mode == Mode::Full) {
            schools.extend(self.staging.standing_schools().await?);
        }
        Ok(schools)
    }

    async fn check(&mut self) -> Result<(), StoreError> {
        let cap = u32::try_from(PROBLEMS_SHOWN_PER_KIND_MAX).unwrap_or(u32::MAX);
        let findings = self.staging.findings(cap).await?;
        self.outcome.beyond_holding += findings.not_personal;
        self.report_findings(&findings);
        self.refuse_left_naming().await.map(drop)
    }

    /// Refuses to withdraw what rows that stay name, those of held people too. Whether it did.
    async fn refuse_left_naming(&mut self) -> Result<bool, StoreError> {
        let left = self.staging.left_naming().await?;
        for rows in &left {
            let incomplete = self.incomplete.contains(&rows.to);
            self.refuse_package(problem_of_naming(rows, self.manifest, incomplete));
        }
        Ok(!left.is_empty())
    }

    fn report_findings(&mut self, findings: &Findings) {
        let mut shown: BTreeMap<FindingKind, u64> = BTreeMap::new();
        for finding in &findings.shown {
            // What names a row of an incomplete table may be right: one example is enough.
            let (problem, doubtful) = self.problem_of(finding);
            let shown = shown.entry(finding.kind).or_default();
            if *shown == 0 || !doubtful {
                *shown += 1;
                self.outcome.report.add(problem);
            }
        }
        for (kind, total) in &findings.totals {
            let more = total.saturating_sub(shown.get(kind).copied().unwrap_or(0));
            self.outcome.report.count_more((*kind).into(), more);
        }
    }

    /// What stands in the way of landing the others while people are held.
    fn report_left_over(&mut self, findings: &Findings) {
        for finding in &findings.shown {
            let (problem, _) = self.problem_of(finding);
            self.outcome
                .report
                .add(problem.with_hint(hint_of_left_over(finding.kind)));
        }
        for (kind, total) in &findings.totals {
            let shown = findings.shown.iter().filter(|it| it.kind == *kind).count() as u64;
            let more = total.saturating_sub(shown);
            self.outcome.report.count_more((*kind).into(), more);
        }
    }

    /// The finding as a problem, and whether it may vanish once refused rows are corrected.
    fn problem_of(&self, finding: &Finding) -> (Problem, bool) {
        let at = finding.provenance;
        let file = at.and_then(|at| usize::try_from(at.file.0 - 1).ok());
        let file = file.and_then(|index| self.files.get(index)).cloned();
        let file = file.unwrap_or_else(|| self.file_of(finding.table));
        let (message, mut hint, refers_to) = words(finding);
        let incomplete = refers_to.filter(|table| self.incomplete.contains(table));
        if let Some(table) = incomplete {
            hint = format!(
                "correct {} first: rows of it were refused",
                self.file_of(table)
            );
        }
        let problem = Problem::new(finding.kind.into(), file, message)
            .in_column(&finding.column)
            .with_value(&finding.value)
            .with_hint(hint);
        let line = at.map(|at| at.line);
        (Problem { line, ..problem }, incomplete.is_some())
    }

    fn file_of(&self, table: Table) -> String {
        self.manifest.file_of(table)
    }

    /// Holds, plans and lands, as far as the problems and options allow.
    async fn conclude(
        mut self,
        clock: Clock,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Outcome, ImportError> {
        let can_hold = self.options.hold && self.outcome.beyond_holding == 0;
        if !self.outcome.report.is_empty() && !can_hold {
            return Ok(self.outcome);
        }
        let mut quarantine = None;
        if self.options.hold {
            let held = self.staging.hold().await?;
            self.outcome.held = Some(held);
            if let Some(problem) = bounds::held_too_many(held) {
                self.outcome.report.add(problem);
                return Ok(self.outcome);
            }
            quarantine = self.quarantine(held).await?;
        }
        let plan = self.staging.plan().await?;
        let refusals = bounds::not_unasked(self.manifest, &plan, self.options);
        self.report_left_over(&plan.left_over);
        let mut left_over = !plan.left_over.totals.is_empty();
        self.outcome.plan = Some(plan);
        if self.outcome.held.is_some_and(|held| held.people > 0) {
            left_over |= self.refuse_left_naming().await?;
        }
        if left_over || !refusals.is_empty() {
            let add = |problem| self.outcome.report.add(problem);
            refusals.into_iter().for_each(add);
            self.discard(quarantine)?;
            return Ok(self.outcome);
        }
        if self.options.dry_run {
            self.outcome.verdict = Verdict::WouldLand;
            return Ok(self.outcome);
        }
        if let Some(quarantine) = &mut quarantine {
            let finished = quarantine.finish(self.manifest);
            finished.map_err(|error| self.quarantine_error(error))?;
        }
        progress(Progress::Landing);
        self.land(clock, quarantine).await
    }

    async fn land(
        self,
        clock: Clock,
        quarantine: Option<Quarantine>,
    ) -> Result<Outcome, ImportError> {
        let mut outcome = self.outcome;
        let plan = outcome
            .plan
            .as_ref()
            .expect("an import is planned before it lands");
        let landed = self.staging.land(plan, clock.now()).await?;
        outcome.verdict = match landed.import {
            Some(_) => Verdict::Landed(landed),
            None => Verdict::Unchanged,
        };
        if let Some(quarantine) = quarantine {
            let folder = self.options.quarantine_out.clone().unwrap_or_default();
            let published = quarantine.publish();
            published.map_err(|error| ImportError::QuarantineName { folder, error })?;
        }
        Ok(outcome)
    }

    /// Lists who is held, and writes their rows where the options say so.
    async fn quarantine(&mut self, held: Held) -> Result<Option<Quarantine>, ImportError> {
        if held.people == 0 {
            return Ok(None);
        }
        self.outcome.held_people = self.staging.held_people().await?;
        let folder = self
            .options
            .quarantine_out
            .as_deref()
            .filter(|_| !self.options.dry_run);
        let mut quarantine = match folder.map(Quarantine::create).transpose() {
            Ok(quarantine) => quarantine,
            Err(error) => return Err(self.quarantine_error(error)),
        };
        let mut failed = None;
        let headers = &self.headers;
        let mut refused = |row: RefusedText| {
            if let (Some(quarantine), Some(header)) = (&mut quarantine, headers.get(&row.table)) {
                let written = quarantine.refused(row.table, header, &row.raw);
                failed = failed.take().or(written.err());
            }
            Ok(())
        };
        self.staging.refused_rows(&mut refused).await?;
        let mut in_order = |rows: TableRows| {
            let header = headers.get(&rows.table());
            if let (Some(quarantine), Some(header)) = (&mut quarantine, header) {
                let written = quarantine.rows(&rows, header);
                failed = failed.take().or(written.err());
            }
            Ok(())
        };
        self.staging.held_rows(&mut in_order).await?;
        if let Some(error) = failed {
            return Err(self.quarantine_error(error));
        }
        self.outcome.quarantine = folder.map(Path::to_owned);
        Ok(quarantine)
    }

    fn discard(&mut self, quarantine: Option<Quarantine>) -> Result<(), ImportError> {
        self.outcome.quarantine = None;
        let discarded = quarantine.map_or(Ok(()), Quarantine::discard);
        discarded.map_err(|error| self.quarantine_error(error))
    }

    fn quarantine_error(&self, error: io::Error) -> ImportError {
        let folder = self.options.quarantine_out.clone().unwrap_or_default();
        ImportError::Quarantine { folder, error }
    }
}
