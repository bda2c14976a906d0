//! Whether a record, as it was known at a batch's instant, may still leave today.
//!
//! A batch reads records of one instant, which may lie back, and may be resumed much later. An
//! official document is an act of today all the same (invariant 10): who is held now, whose name,
//! marks or identity were decided otherwise since, gets none. What a source merely sent since is
//! news, and no error of the state that was asked for.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::IssueError;
use super::batch::{Batch, Office};
use super::purpose::Purpose;
use crate::record::{PersonId, PersonRecord};

/// The records of today, beside those of the batch.
pub(super) struct Present {
    today: Date,
    /// None where nothing was recorded since.
    records: Option<HashMap<PersonId, PersonRecord>>,
    /// To whom rows came that were another person's then.
    joined: BTreeSet<PersonId>,
    /// Whose rows are another person's now.
    left: BTreeSet<PersonId>,
}

impl Present {
    /// Reads the records of these people once more, if anything was recorded since.
    pub async fn read(
        office: &Office,
        batch: &Batch,
        people: &[PersonId],
    ) -> Result<Self, IssueError> {
        let now = office.clock.now();
        let by_now = now.max(batch.recorded_at);
        let newest = office.store.recorded_instant(Some(by_now)).await?;
        let (mut joined, mut left) = (BTreeSet::new(), BTreeSet::new());
        let mut records = None;
        if newest != Some(batch.recorded_at) {
            let read = office.store.records(people, by_now).await?;
            records = Some(read.into_iter().map(|record| (record.id, record)).collect());
            let moved = office.store.rows_moved(people, batch.recorded_at, by_now);
            for [then, now] in moved.await? {
                left.insert(then);
                joined.insert(now);
            }
        }
        Ok(Self {
            today: office.time_zone.to_datetime(now).date(),
            records,
            joined,
            left,
        })
    }

    /// Why a document of this record may not leave today, in a sentence each.
    pub fn stops(&self, then: &PersonRecord, purpose: &Purpose) -> Vec<String> {
        let now = match &self.records {
            None => then,
            Some(records) => match records.get(&then.id) {
                Some(now) => now,
                None => {
                    return vec![since(
                        "its rows are another person's now, or were withdrawn",
                    )];
                }
            },
        };
        let mut reasons = Vec::new();
        let holds = now.decisions.holds.iter();
        let holds = holds.filter(|hold| hold.stands_on(self.today));
        let grounds: Vec<String> = holds.map(ToString::to_string).collect();
        if !grounds.is_empty() && *purpose == Purpose::Copy {
            reasons.push(format!(
                "withheld: {}\nhint: a transfer to a school is not stopped: `transcript issue \
                 --transfer SCHOOL`",
                grounds.join(", ")
            ));
        }
        if now.held != then.held {
            reasons.extend(now.held.iter().map(|why| since(&format!("held: {why}"))));
        }
        if names(now) != names(then) {
            reasons.push(since("the name was changed (Ed. Code 49062.5)"));
        }
        if self.left.contains(&then.id) || !rows(then).is_subset(&rows(now)) {
            reasons.push(since(
                "rows of it are another person's now, or were withdrawn",
            ));
        }
        if self.joined.contains(&then.id) {
            reasons.push(since("rows that were another person's are its own now"));
        }
        if decided(now) != decided(then) {
            reasons.push(since(
                "a mark was changed by decision, or a change taken back (Ed. Code 49066, 49066.5)",
            ));
        }
        reasons
    }
}

/// What happened to the record after the batch's instant, and what to do.
fn since(what: &str) -> String {
    format!(
        "since the instant of the batch: {what}\nhint: begin a new batch, without --as-known; the \
         record as known then may be previewed"
    )
}

/// Every name of the person that a document may show.
fn names(record: &PersonRecord) -> [Option<&str>; 6] {
    let person = &record.person;
    [
        Some(&*person.legal_given),
        person.legal_middle.as_deref(),
        person.legal_family.as_deref(),
        person.legal_suffix.as_deref(),
        person.chosen_name.as_deref(),
        person.printed_name.as_deref(),
    ]
}

/// The rows of people whose marks the record has, by source and number.
fn rows(record: &PersonRecord) -> BTreeSet<(&str, &str)> {
    let of_marks = record.marks.iter();
    let of_marks = of_marks.map(|recorded| (&*recorded.source, &*recorded.mark.person));
    of_marks.collect()
}

/// The decisions on marks that do anything: the posting, and the mark before and after.
fn decided(record: &PersonRecord) -> BTreeSet<[&str; 4]> {
    let decided = record.decisions.marks.iter().filter(|it| it.applied);
    decided
        .map(|it| [&*it.source, &*it.posting, &*it.from_mark, &*it.to_mark])
        .collect()
}
