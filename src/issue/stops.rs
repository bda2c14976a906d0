//! What of the audit stops an official document, and which overrides let one pass.
//!
//! An error stops it. An override that is in force when the document is made lets the findings of
//! one code pass: for one student those that stood when it was granted, for everybody whose
//! transcript one school issues all, until it expires. What would disclose a disability passes
//! nobody.
//!
//! So does what was decided since the batch's instant (`present.rs`); then not even a copy of what
//! is issued already is handed out.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::IssueError;
use super::batch::{Batch, Office};
use super::check::{Located, beside, locate, of};
use super::present::Present;
use crate::record::{Directory, PersonId, PersonRecord};
use crate::store::{InForce, KeptFinding, OverrideRow, PassedUnder};
use crate::transcript::audit::{Beside, Class, Finding, Severity, audit};
use crate::transcript::{AssembleError, Assembled};

/// An override that let a document pass.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Overridden {
    /// Its number.
    pub number: i64,
    /// The code of the check.
    pub code: String,
    /// Who granted it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The first instant at which it no longer held.
    pub expires_at: Timestamp,
    /// What passed under it.
    pub findings: Vec<KeptFinding>,
}

impl Overridden {
    /// An override, and what passed under it.
    pub fn new(row: OverrideRow, findings: Vec<KeptFinding>) -> Self {
        Self {
            number: row.number,
            code: row.granted.code,
            by: row.granted.granted_by,
            reason: row.granted.reason,
            expires_at: row.granted.expires_at,
            findings,
        }
    }
}

/// What stops people's documents, in a sentence each.
pub(super) struct Reasons {
    /// Of whom the batch has issued none yet.
    pub reasons: HashMap<PersonId, Vec<String>>,
    /// Of whom it has, but who may not be handed a copy today.
    pub no_copy: HashMap<PersonId, Vec<String>>,
}

/// What stops documents in one part of a batch.
pub(super) struct Stops<'a> {
    office: &'a Office,
    batch: &'a Batch,
    /// Those that are in force now.
    overrides: Vec<InForce>,
    beside: HashMap<PersonId, Beside>,
    present: Present,
    /// What was decided since, in a sentence each.
    stopped_since: HashMap<PersonId, Vec<String>>,
    /// What is found about the rules themselves, and so stands against every document.
    of_nobody: &'a [Finding],
    stopped: Vec<Located>,
}

impl<'a> Stops<'a> {
    /// Reads what other rows tell of these people, what was decided since, and which overrides are
    /// in force.
    pub async fn new(
        office: &'a Office,
        batch: &'a Batch,
        people: &[PersonId],
        of_nobody: &'a [Finding],
    ) -> Result<Self, IssueError> {
        let (store, known, now) = (&office.store, batch.recorded_at, office.clock.now());
        Ok(Self {
            office,
            batch,
            overrides: store.overrides_in_force(now, known).await?,
            beside: beside(store, people, known).await?,
            present: Present::read(office, batch, people).await?,
            stopped_since: HashMap::new(),
            of_nobody,
            stopped: Vec::new(),
        })
    }

    /// Looks at a record; gives the overrides that it needs, and keeps what stops it in spite of
    /// them. Why nothing can be made of it, and what has no glyph, its draft says itself.
    pub fn look(
        &mut self,
        record: &PersonRecord,
        made: &Result<Assembled, Vec<AssembleError>>,
        directory: &Directory,
    ) -> Vec<PassedUnder> {
        let mut since = self.present.stops(record, &self.batch.purpose);
        since.extend(self.goes_nowhere(made));
        if !since.is_empty() {
            self.stopped_since.insert(record.id, since);
        }
        let beside = self.beside.remove(&record.id).unwrap_or_default();
        let on = self.batch.request.issued_on;
        let findings = audit(record, made, directory, &self.office.policy, &beside, on);
        let school = made.as_ref().ok();
        let school = school.map(|made| &*made.transcript.school.code);
        let mut needed: BTreeMap<i64, Vec<KeptFinding>> = BTreeMap::new();
        for mut finding in findings.into_iter().chain(self.of_nobody.iter().cloned()) {
            let class = finding.check().class;
            if finding.severity != Severity::Error || matches!(class, Class::Glyph | Class::Unmade)
            {
                continue;
            }
            match lets_pass(&self.overrides, &mut finding, record.id, school) {
                Some(row) => needed.entry(row.number).or_default().push(kept(&finding)),
                None => self.stopped.push(of(record, finding)),
            }
        }
        let needed = needed.into_iter();
        needed
            .map(|(number, findings)| PassedUnder { number, findings })
            .collect()
    }

    /// A transfer is to another school than the one that issues: past a hold nothing else goes.
    fn goes_nowhere(&self, made: &Result<Assembled, Vec<AssembleError>>) -> Option<String> {
        let to = self.batch.purpose.receiving_school()?;
        let issuing = &made.as_ref().ok()?.transcript.school.code;
        (to.code.as_ref() == Some(issuing)).then(|| {
            format!(
                "{} issues it itself, and a transfer is to another school\nhint: name the school \
                 that asked for the record",
                to.name
            )
        })
    }

    /// Everything that stops a document, for each person a sentence a finding with the line of its
    /// row. Whom the batch has issued a document already is not stopped any more, but may not be
    /// handed a copy for what was decided since.
    pub async fn reasons(mut self) -> Result<Reasons, IssueError> {
        let (mut reasons, mut no_copy) = (self.stopped_since, HashMap::new());
        let people: HashSet<PersonId> = self.stopped.iter().map(|it| it.person).collect();
        let people: Vec<PersonId> = people.into_iter().chain(reasons.keys().copied()).collect();
        if people.is_empty() {
            return Ok(Reasons { reasons, no_copy });
        }
        let store = &self.office.store;
        let issued = store.issued_in(self.batch.id, &people).await?;
        self.stopped.retain(|it| !issued.contains(&it.person));
        for person in &issued {
            no_copy.extend(reasons.remove_entry(person));
        }
        locate(store, &mut self.stopped, self.batch.recorded_at).await?;
        for located in self.stopped {
            let sentence = sentence(&located);
            reasons.entry(located.person).or_default().push(sentence);
        }
        Ok(Reasons { reasons, no_copy })
    }
}

/// Of the overrides in force the one that lets an error pass, of a person whose transcript this
/// school issues. What is fixed passes nobody; of what came after its override was granted the
/// finding's hint says so.
pub(super) fn lets_pass<'a>(
    overrides: &'a [InForce],
    finding: &mut Finding,
    person: PersonId,
    school: Option<&str>,
) -> Option<&'a OverrideRow> {
    if finding.severity != Severity::Error || finding.check().class.is_fixed() {
        return None;
    }
    let (code, looked_at) = (finding.code, kept(finding));
    let of_code = overrides.iter().filter(|it| it.row.granted.code == code);
    let meant = of_code.filter(|it| it.is_about(person, school));
    let mut meant = meant.map(|it| &it.row);
    let newest = meant.next()?;
    let mut all = std::iter::once(newest).chain(meant);
    let covering = all.find(|row| row.granted.covers(&looked_at));
    if covering.is_none() {
        let (number, granted_at) = (newest.number, newest.granted_at);
        let why = match newest.granted.findings.is_empty() {
            true => "was granted before findings were kept with it",
            false => "does not cover it: it came later, or stood otherwise then",
        };
        finding.hint = format!(
            "override {number} of {granted_at:.0} {why}; look at it and grant anew; {}",
            finding.hint
        )
        .into();
    }
    covering
}

/// A finding as a grant and a document keep it.
pub fn kept(finding: &Finding) -> KeptFinding {
    KeptFinding {
        row: finding
            .row
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        message: finding.message.clone(),
    }
}

/// A finding as a reason for a refusal.
fn sentence(located: &Located) -> String {
    let Finding {
        code,
        message,
        hint,
        ..
    } = &located.finding;
    let place = located.place.as_ref().map_or_else(String::new, |place| {
        format!(" ({}:{}, import {})", place.file, place.line, place.import)
    });
    format!("{code}: {message}{place}\nhint: {hint}")
}
