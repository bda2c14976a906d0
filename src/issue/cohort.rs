//! The cohort test of invariant 2 over a district, in pages.
//!
//! Joins what transcripts show with who ever had a plan, and lets neither out: what it answers
//! names no person and no school.

use std::pin::pin;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use jiff::civil::Date;

use super::IssueError;
use super::pages::{Examined, Pages};
use crate::compliance::cohort::{Cohort, Sign, SignKind};
use crate::record::{HonorsKind, PersonId, RecordedMark, Scope};
use crate::store::{Store, StoreError};

/// Counts who bears what on their transcripts; `looked_at` is told how many people were read.
///
/// # Errors
/// [`IssueError`], where records cannot be read.
pub async fn cohort(
    store: &Store,
    as_of: Date,
    known: Timestamp,
    pages_under_way_max: usize,
    mut looked_at: impl FnMut(u64),
) -> Result<Cohort, IssueError> {
    let look = |people: Vec<PersonId>| {
        let store = store.clone();
        async move {
            let part = of_page(&store, &people, as_of, known).await?;
            Ok((people.len() as u64, part))
        }
    };
    let pages = Pages {
        store,
        known,
        under_way_max: pages_under_way_max,
    };
    let everybody = Examined::Everybody { source: None };
    let mut pages = pin!(pages.side_by_side(&everybody, look));
    let (mut cohort, mut people) = (Cohort::default(), 0);
    while let Some(page) = pages.next().await {
        let (count, part) = page?;
        cohort.merge(part);
        people += count;
        looked_at(people);
    }
    Ok(cohort)
}

async fn of_page(
    store: &Store,
    people: &[PersonId],
    as_of: Date,
    known: Timestamp,
) -> Result<Cohort, StoreError> {
    let scope = Scope::SpecialEducation;
    let with_plan = store.people_with_plan(people, &scope, as_of, known).await?;
    let mut part = Cohort::default();
    for record in store.records(people, known).await? {
        let signs = record.marks.iter().flat_map(signs_of).collect();
        part.person(signs, with_plan.contains(&record.id));
    }
    Ok(part)
}

/// What a transcript shows of a course: the mark that stands after every decision.
fn signs_of(recorded: &RecordedMark) -> impl Iterator<Item = Sign> {
    // The usual level is no sign.
    let level = Some(recorded.course.honors).filter(|level| *level != HonorsKind::None);
    let signs = [
        (SignKind::Mark, recorded.mark.mark.clone()),
        (SignKind::Level, level.map(|level| level.code().to_owned())),
        (SignKind::Title, Some(recorded.title().to_owned())),
    ];
    let sign = |(kind, text): (SignKind, Option<String>)| Some(Sign { kind, text: text? });
    signs.into_iter().filter_map(sign)
}
