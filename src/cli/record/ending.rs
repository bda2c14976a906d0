//! `registrar record release` and `withdraw`: an event that ended, with who ended it and why.

use super::desk::{Cells, Decision, Desk, Student, argument};
use super::links::join;
use crate::cli::{Context, Done};
use crate::intake;
use crate::record::{Ending, Event, LinkKind, PersonId, PersonLink, Scope};
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

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WithdrawArguments {
    #[command(flatten)]
    ending: Arguments,
    /// Rows that a split kept apart have different dates of birth or names, and the reason says why
    /// they are one person's all the same
    #[arg(long)]
    although_different: bool,
}

pub(super) async fn release(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    end(context, arguments, "release", false).await
}

pub(super) async fn withdraw(
    context: &Context,
    arguments: &WithdrawArguments,
) -> anyhow::Result<Done> {
    let although = arguments.although_different;
    end(context, &arguments.ending, "withdraw", although).await
}

async fn end(
    context: &Context,
    arguments: &Arguments,
    kind: &'static str,
    although_different: bool,
) -> anyhow::Result<Done> {
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
    if let (Some(recorded), Some(student)) = (&recorded, &student)
        && let Event::PersonLink(link) = &recorded.event
        && link.link == LinkKind::Split
        && desk.wrong.is_empty()
    {
        rejoin(&mut desk, link, student, although_different).await?;
    }
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

/// Whom the end of a split makes one person: all with whom its row was merged since, and who
/// answers to the state id that it carries. What speaks against a merge speaks against this too.
async fn rejoin(
    desk: &mut Desk<'_>,
    link: &PersonLink,
    student: &Student,
    although_different: bool,
) -> anyhow::Result<()> {
    let name = (&link.person_source, &link.person);
    let mut rows = student.rows.iter();
    let row = rows.find(|row| (&row.source, &row.person.person) == name);
    let Some(state_id) = row.and_then(|row| row.person.state_id.clone()) else {
        return Ok(());
    };
    let query = StudentQuery::Numbers(vec![state_id.clone()]);
    let found = desk.store.find_people(&query, &Scope::District, desk.known);
    let mut people = found.await?.people;
    if people.is_empty() {
        // Another source has this number for a student of its own.
        people.push(PersonId::from_state_id(&state_id));
    }
    let mut others = Vec::new();
    for id in people.into_iter().filter(|id| *id != student.id) {
        others.extend(desk.student_of(id).await?);
    }
    let students: Vec<&Student> = [student].into_iter().chain(&others).collect();
    join(desk, ("EVENT", &link.event), &students, although_different).await
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
