//! What a package may not do unasked: the bounds of an import, and the flag that lifts each.
//!
//! A sound package can still be the wrong one: yesterday's, tomorrow's, or half of one. Each bound
//! is a named constant, each refusal says what to do.

use std::fmt::Display;

use jiff::{SignedDuration, Timestamp};

use super::import::Options;
use super::package::{MANIFEST, Manifest};
use super::{Problem, ProblemKind};
use crate::store::{Held, Plan, TableChange};

/// Of a hundred people, so many may be held; above it nothing lands.
pub const HELD_PERSONS_PER_HUNDRED_MAX: u64 = 1;

/// Of a hundred rows of one school and table, so many may be withdrawn unasked.
pub const WITHDRAWN_PER_HUNDRED_MAX: u64 = 2;

/// So far may an export lie ahead of the clock. Clocks differ by minutes, and a system that forgets
/// the offset of its time zone is wrong by hours; beyond a day one of the two is simply wrong, and
/// every correct export that follows would be refused as older.
pub const EXPORT_AHEAD_HOURS_MAX: i64 = 24;

/// The export was written in the future.
pub(super) fn ahead_of_the_clock(manifest: &Manifest, now: Timestamp) -> Option<Problem> {
    let exported_at = manifest.exported_at;
    let ahead =
        exported_at.duration_since(now) > SignedDuration::from_hours(EXPORT_AHEAD_HOURS_MAX);
    ahead.then(|| {
        let message = format!(
            "the export is dated more than {EXPORT_AHEAD_HOURS_MAX} hours ahead of this \
             computer's clock, which says {now:.0}"
        );
        of_manifest(ProblemKind::FutureExport, message)
            .in_column("exported_at")
            .with_value(&exported_at.to_string())
            .with_hint("correct the clock that is wrong, here or where the files are written")
    })
}

/// More people would be held than a correct export has faults.
pub(super) fn held_too_many(held: Held) -> Option<Problem> {
    let too_many = held.people * 100 > held.people_total * HELD_PERSONS_PER_HUNDRED_MAX;
    too_many.then(|| {
        let message = format!(
            "{} of {} people would be held, which is more than {HELD_PERSONS_PER_HUNDRED_MAX} %",
            held.people, held.people_total
        );
        of_manifest(ProblemKind::HeldPersonsMax, message)
            .with_hint("correct the export: so many faults have one cause")
    })
}

/// Why what would change may not change unasked.
pub(super) fn not_unasked(manifest: &Manifest, plan: &Plan, options: &Options) -> Vec<Problem> {
    let withdrawn = plan.changes.iter();
    let withdrawn = withdrawn.filter(|change| withdraws_too_many(change, options));
    older(manifest, plan)
        .filter(|_| !options.allow_older)
        .into_iter()
        .chain(withdrawn.map(|change| withdrawn_too_many(manifest, change)))
        .collect()
}

fn older(manifest: &Manifest, plan: &Plan) -> Option<Problem> {
    let exported_at = manifest.exported_at;
    let later = plan.last_export.filter(|last| exported_at < *last)?;
    let message = format!(
        "the export of {exported_at} is older than that of {later}, which landed from this source \
         before"
    );
    let problem = of_manifest(ProblemKind::OlderExport, message).in_column("exported_at");
    Some(problem.with_hint("send a newer export, or allow this one with `--allow-older`"))
}

fn withdraws_too_many(change: &TableChange, options: &Options) -> bool {
    let allowed = |name: &str| options.allow_withdrawals.contains(name);
    change.withdrawn * 100 > change.standing * WITHDRAWN_PER_HUNDRED_MAX
        && !allowed(&change.school)
        && !allowed(&name_of(change))
}

fn withdrawn_too_many(manifest: &Manifest, change: &TableChange) -> Problem {
    let message = format!(
        "{} of {} rows of school {} would be withdrawn, which is more than \
         {WITHDRAWN_PER_HUNDRED_MAX} %",
        change.withdrawn, change.standing, change.school
    );
    let file = manifest.file_of(change.table);
    let allow = format!("--allow-withdrawals {}", name_of(change));
    Problem::new(ProblemKind::WithdrawnMax, file, message).with_hint(format!(
        "send the missing rows again, or allow their withdrawal with `{allow}`"
    ))
}

/// One school's part of a table, as the command line names it.
fn name_of(change: &TableChange) -> String {
    format!("{}:{}", change.table.name(), change.school)
}

fn of_manifest(kind: ProblemKind, message: impl Display) -> Problem {
    Problem::new(kind, MANIFEST, message.to_string())
}
