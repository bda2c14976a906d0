//! What was decided about a record, held against its rows and the rules of today.

use super::{Found, Subject, decision, mark_row};
use crate::record::{CORRECTS_NO_MARK, DecidedMark, RecordedMark, TELLS_FORMER_NAME};
use crate::transcript::average::{AverageTrace, averages};
use crate::transcript::effect::lowered;
use crate::transcript::policy::Rules;
use crate::transcript::unit::in_unit;
use crate::transcript::year_course::cleared;

const ASTRAY_HINT: &str = "take the decision back (`registrar record withdraw`, of a hold \
                           `release`); if it is the same child, record it anew";

/// A decision that does nothing: the source has sent something else since, and which of the two
/// stands is for a person to say.
pub(super) fn without_effect(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let idle = record.decisions.marks.iter().filter(|it| !it.applied);
    let found = idle.filter_map(|decided| {
        let place = decided.place_in(&record.marks)?;
        let message = format!("posting {}: {}", decided.posting, decided.why);
        Some(Found::new(mark_row(&record.marks[place]), message))
    });
    let astray = record.decisions.astray.iter().map(|why| Found {
        row: subject.person_row(),
        message: why.clone(),
        hint: Some(ASTRAY_HINT.to_owned()),
    });
    found.chain(astray).collect()
}

/// A letter that became Pass or No Pass though an average is lower for it: in a package nobody
/// looked, and a mark that was changed since can make it so.
pub(super) fn pass_lowers_average(subject: &Subject<'_>) -> Vec<Found> {
    let record = subject.record;
    let passed = record.decisions.marks.iter();
    let passed: Vec<&DecidedMark> = passed.filter(|it| it.applied && it.passed).collect();
    if passed.is_empty() {
        return Vec::new();
    }
    let now = traces(subject.rules, &record.marks);
    let found = passed.into_iter().filter_map(|decided| {
        let place = decided.place_in(&record.marks)?;
        let mut as_letter = record.marks.clone();
        as_letter[place].mark.mark = Some(decided.from_mark.clone());
        let lower = lowered(&traces(subject.rules, &as_letter), &now);
        let lower = lower.first()?;
        let message = format!(
            "posting {}: {} in place of the letter lowers the average {} from {} to {}",
            decided.posting, decided.to_mark, lower.name, lower.before, lower.after
        );
        Some(decision(&decided.row, message))
    });
    found.collect()
}

/// A mark that was changed to a waiver: at the desk that is refused.
pub(super) fn changed_to_waiver(subject: &Subject<'_>) -> Vec<Found> {
    let decided = subject.record.decisions.marks.iter();
    let waives = |it: &&DecidedMark| {
        let step = subject.rules.step(&it.to_mark);
        it.applied && step.is_some_and(|step| step.waives)
    };
    let found = decided.filter(waives).map(|it| {
        let message = format!("posting {}: {} {CORRECTS_NO_MARK}", it.posting, it.to_mark);
        decision(&it.row, message)
    });
    found.collect()
}

/// A change of the name that keeps a former one: at the desk that is refused.
pub(super) fn former_name_kept(subject: &Subject<'_>) -> Vec<Found> {
    let keeping = subject.record.decisions.former_names.iter();
    let found = keeping.map(|row| {
        let message = format!("decision {}: document_seen {TELLS_FORMER_NAME}", row.name);
        decision(row, message)
    });
    found.collect()
}

fn traces(rules: &Rules, marks: &[RecordedMark]) -> Vec<AverageTrace> {
    let (marks, _) = cleared(rules, marks);
    averages(rules, &in_unit(rules, &marks, rules.credits_per_semester))
}
