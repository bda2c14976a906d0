//! `registrar record release` and `withdraw`: an event that ended, with who ended it and why.

use super::desk::{Cells, Decision, Desk, Student, argument};
use crate::cli::{Context, Done};
use crate::intake;
use crate::record::{Ending, Event, Scope};
use crate::store::{RecordedEvent, StudentQuery, Table};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The event's number, as `record list` shows it
    #[arg(value_name = "EVENT")]
    event: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who decides this
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The source in which it is recorded, where several have this number
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Check everything and record nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn release(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    end(context, arguments, "release").await
}

pub(super) async fn withdraw(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    end(context, arguments, "withdraw").await
}

async fn end(context: &Context, arguments: &Arguments, kind: &'static str) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let found = desk
        .store
        .events(None, Some(&arguments.event), desk.known)
        .await?;
    let recorded = the_one(&mut desk, found, arguments, kind);
    let student = match &recorded {
        Some(recorded) => student(&mut desk, recorded).await?,
        None => None,
    };
    let decision = Decision {
        kind,
        student: student.as_ref(),
        school: None,
        cells: Cells::new(),
        outdated: (kind == "withdraw").then_some("what was taken back"),
    };
    let Some(recorded) = recorded.filter(|_| desk.wrong.is_empty()) else {
        return desk.answer(&decision, None, None).await;
    };
    let ending = Ending {
        by: arguments.by.clone(),
        at: desk.now,
        reason: arguments.reason.clone(),
    };
    let school = desk.directory.schools.get(recorded.event.school());
    let record = intake::Record {
        source: &recorded.source,
        district: school.map_or("", |school| &school.district),
        dry_run: arguments.dry_run,
    };
    let (store, clock) = (&desk.store, context.clock);
    let outcome = match recorded.event.ended(ending) {
        Event::PassMark(row) => intake::record(store, &record, &row, clock).await?,
        Event::MarkChange(row) => intake::record(store, &record, &row, clock).await?,
        Event::NameChange(row) => intake::record(store, &record, &row, clock).await?,
        Event::PersonLink(row) => intake::record(store, &record, &row, clock).await?,
        Event::TranscriptHold(row) => intake::record(store, &record, &row, clock).await?,
    };
    desk.refused(&outcome, argument);
    desk.answer(&decision, Some(&arguments.event), Some(&outcome))
        .await
}

/// The event that is meant, if it can end so.
fn the_one(
    desk: &mut Desk<'_>,
    mut found: Vec<RecordedEvent>,
    arguments: &Arguments,
    kind: &'static str,
) -> Option<RecordedEvent> {
    let number = &arguments.event;
    let source = arguments.source.as_ref();
    found.retain(|recorded| source.is_none_or(|source| *source == recorded.source));
    let hint = "`registrar record list` shows the events";
    if found.len() > 1 {
        desk.refuse(
            "EVENT",
            number,
            "several events have this number",
            "add --source",
        );
        return None;
    }
    let Some(recorded) = found.pop() else {
        desk.refuse("EVENT", number, "there is no event of this number", hint);
        return None;
    };
    if let Some(ending) = &recorded.ending {
        let message = format!("ended at {:.0} already, by {}", ending.at, ending.by);
        desk.refuse("EVENT", number, message, hint);
    }
    let is_hold = recorded.table == Table::TranscriptHolds;
    if is_hold != (kind == "release") {
        let hint = match is_hold {
            true => "`registrar record release` ends a hold",
            false => "`registrar record withdraw` takes it back",
        };
        let message = format!("is a {}", recorded.event.kind());
        desk.refuse("EVENT", number, message, hint);
    }
    Some(recorded)
}

/// Whom the event is about, as far as the records still know them.
async fn student(desk: &mut Desk<'_>, recorded: &RecordedEvent) -> anyhow::Result<Option<Student>> {
    let (source, person) = recorded.event.person();
    let query = StudentQuery::Numbers(vec![person.to_owned()]);
    let found = desk
        .store
        .find_people(&query, &Scope::District, desk.known)
        .await?;
    if found.people.is_empty() {
        return Ok(None);
    }
    let student = desk.student("EVENT", person).await?;
    let same = |student: &Student| {
        let mut rows = student.rows.iter();
        rows.any(|row| row.source == source && row.person.person == person)
    };
    Ok(student.filter(same))
}
