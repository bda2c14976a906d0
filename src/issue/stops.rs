//! What of the audit stops an official document, and which overrides let one pass.
//!
//! An error stops it. An override that is in force when the document is made lets the findings of
//! one code pass, for one student or for everybody whose transcript one school issues; what would
//! disclose a disability passes nobody.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::IssueError;
use super::batch::{Batch, Office};
use super::check::{Located, beside, locate, of};
use crate::record::{PersonId, PersonRecord};
use crate::store::{OverrideFor, OverrideRow};
use crate::transcript::audit::{Beside, Class, Finding, Severity, audit, of_policy};
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
}

/// What stops documents in one part of a batch.
pub(super) struct Stops<'a> {
    office: &'a Office,
    batch: &'a Batch,
    overrides: &'a [OverrideRow],
    now: Timestamp,
    beside: HashMap<PersonId, Beside>,
    /// What the policy's own texts would disclose, on every document.
    legends: Vec<Finding>,
    stopped: Vec<Located>,
}

impl<'a> Stops<'a> {
    /// Reads what other rows tell of these people.
    pub async fn new(
        office: &'a Office,
        batch: &'a Batch,
        overrides: &'a [OverrideRow],
        people: &[PersonId],
    ) -> Result<Self, IssueError> {
        Ok(Self {
            office,
            batch,
            overrides,
            now: office.clock.now(),
            beside: beside(&office.store, people, batch.recorded_at).await?,
            legends: of_policy(&office.policy),
            stopped: Vec::new(),
        })
    }

    /// Looks at a record; gives the overrides that it needs, and keeps what stops it in spite of
    /// them. Why nothing can be made of it, and what has no glyph, its draft says itself.
    pub fn look(
        &mut self,
        record: &PersonRecord,
        made: &Result<Assembled, Vec<AssembleError>>,
    ) -> Vec<i64> {
        let beside = self.beside.remove(&record.id).unwrap_or_default();
        let on = self.batch.request.issued_on;
        let findings = audit(record, made, &self.office.policy, &beside, on);
        let school = made.as_ref().ok();
        let school = school.map(|made| &*made.transcript.school.code);
        let mut needed = BTreeSet::new();
        for finding in findings.into_iter().chain(self.legends.iter().cloned()) {
            let class = finding.check().class;
            if finding.severity != Severity::Error || matches!(class, Class::Glyph | Class::Unmade)
            {
                continue;
            }
            match lets_pass(self.overrides, &finding, record.id, school, self.now) {
                Some(row) => {
                    needed.insert(row.number);
                }
                None => self.stopped.push(of(record, finding)),
            }
        }
        needed.into_iter().collect()
    }

    /// Everything that stops a document, for each person a sentence a finding with the line of its
    /// row. Whom the batch has issued a document already is not stopped any more.
    pub async fn reasons(mut self) -> Result<HashMap<PersonId, Vec<String>>, IssueError> {
        let mut reasons: HashMap<PersonId, Vec<String>> = HashMap::new();
        if self.stopped.is_empty() {
            return Ok(reasons);
        }
        let store = &self.office.store;
        let people: Vec<PersonId> = self.stopped.iter().map(|it| it.person).collect();
        let issued = store.issued_in(self.batch.id, &people).await?;
        self.stopped.retain(|it| !issued.contains(&it.person));
        locate(store, &mut self.stopped, self.batch.recorded_at).await?;
        for located in self.stopped {
            let sentence = sentence(&located);
            reasons.entry(located.person).or_default().push(sentence);
        }
        Ok(reasons)
    }
}

/// The override in force that lets an error pass, of a person whose transcript this school issues.
/// What is fixed passes nobody.
pub(super) fn lets_pass<'a>(
    overrides: &'a [OverrideRow],
    finding: &Finding,
    person: PersonId,
    school: Option<&str>,
    now: Timestamp,
) -> Option<&'a OverrideRow> {
    if finding.severity != Severity::Error || finding.check().class.is_fixed() {
        return None;
    }
    overrides.iter().find(|row| {
        let is_meant = match &row.granted.holds_for {
            OverrideFor::Student(student) => *student == person,
            OverrideFor::School(code) => Some(&**code) == school,
        };
        row.granted.code == finding.code && is_meant && row.is_in_force(now)
    })
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

/// The overrides of these numbers, as a document's record names them.
pub(super) fn named(overrides: &[OverrideRow], numbers: &[i64]) -> Vec<Overridden> {
    let named = numbers.iter().filter_map(|number| {
        let row = overrides.iter().find(|row| row.number == *number)?;
        Some(Overridden {
            number: row.number,
            code: row.granted.code.clone(),
            by: row.granted.granted_by.clone(),
            reason: row.granted.reason.clone(),
        })
    });
    named.collect()
}
