//! `registrar record list`: which events were recorded, which of them ended or were
//! undone, and which do nothing because their number is another child's by now.

use serde::Serialize;

use super::desk::Desk;
use crate::cli::terminal::shown;
use crate::cli::{Context, Done};
use crate::record::{Event, LinkKind};
use crate::store::{EVENTS_READ_MAX, RecordedEvent};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Only events about this student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: Option<String>,
}

/// One event of the answer.
#[derive(Serialize)]
struct Listed<'a> {
    event: &'a str,
    kind: &'static str,
    source: &'a str,
    import: i64,
    person_source: &'a str,
    person: &'a str,
    school: &'a str,
    what: String,
    recorded_by: &'a str,
    recorded_at: jiff::Timestamp,
    ended_by: Option<String>,
    ended_at: Option<jiff::Timestamp>,
    ended_reason: Option<String>,
    /// The number of the undoing that took it back, where none of its own words ended it.
    undone_with: Option<i64>,
    /// Why it does nothing, or no longer to who has the number now.
    astray: Option<&'a str>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = match &arguments.student {
        Some(number) => {
            let student = desk.student("--student", number).await?;
            let (message, hint) = ("nobody is known by the number", "give the state's number");
            let student = student.map(|student| student.id);
            Some(student.ok_or_else(|| anyhow::anyhow!("{message} {number}\nhint: {hint}"))?)
        }
        None => None,
    };
    let events = desk.store.events(student, None, desk.known).await?;
    let listed: Vec<_> = events.iter().map(listed).collect();
    context
        .terminal
        .data(&listed, || listed.iter().map(told).collect())?;
    if listed.is_empty() {
        context.terminal.say("No event is recorded");
    }
    if listed.len() >= EVENTS_READ_MAX {
        context.terminal.say(format_args!(
            "At most {EVENTS_READ_MAX} events of a kind are listed; `--student ID` narrows them"
        ));
    }
    Ok(Done::Yes)
}

fn listed(recorded: &RecordedEvent) -> Listed<'_> {
    let event = &recorded.event;
    let (person_source, person) = event.person();
    let (recorded_by, recorded_at) = event.recorded();
    let ending = recorded.ending.as_ref();
    Listed {
        event: event.number(),
        kind: event.kind(),
        source: &recorded.source,
        import: recorded.import,
        person_source,
        person,
        school: event.school(),
        what: what(event),
        recorded_by,
        recorded_at,
        ended_by: ending.map(|ending| ending.by.clone()),
        ended_at: ending.map(|ending| ending.at),
        ended_reason: ending.map(|ending| ending.reason.clone()),
        undone_with: recorded.undone_with,
        astray: recorded.astray.as_deref(),
    }
}

/// What was decided and on which ground. Of a name it says the document, not the name.
fn what(event: &Event) -> String {
    match event {
        Event::PassMark(pass) => format!(
            "posting {} to Pass or No Pass, asked for by the {} on {} (Ed. Code 49066.5)",
            pass.posting,
            pass.requested_by.words(),
            pass.requested_on
        ),
        Event::MarkChange(change) => format!(
            "posting {} from {} to {}, {} (Ed. Code 49066), approved by {} on {}",
            change.posting,
            change.from_mark,
            change.to_mark,
            change.ground.words(),
            change.approved_by,
            change.decided_on
        ),
        Event::NameChange(change) => format!(
            "name by {}, asked for on {} (Ed. Code 49062.5)",
            change.document_seen, change.requested_on
        ),
        Event::PersonLink(link) => match (link.link, &link.other_source, &link.other_person) {
            (LinkKind::Merge, Some(source), Some(person)) => {
                format!("one person with {source} {person}: {}", link.ground)
            }
            (LinkKind::Distinct, Some(source), Some(person)) => {
                format!("another person than {source} {person}: {}", link.ground)
            }
            _ => format!("not the person of its state id: {}", link.ground),
        },
        Event::TranscriptHold(hold) => hold.to_string(),
    }
}

fn told(listed: &Listed<'_>) -> String {
    let mut text = format!(
        "{}  {} {}\n  {}\n  recorded by {} at {:.0}, import {} of {}\n",
        shown(listed.event),
        shown(listed.person_source),
        shown(listed.person),
        shown(&listed.what),
        shown(listed.recorded_by),
        listed.recorded_at,
        listed.import,
        shown(listed.source)
    );
    if let (Some(by), Some(at), Some(why)) =
        (&listed.ended_by, listed.ended_at, &listed.ended_reason)
    {
        let how = match listed.undone_with {
            Some(number) => format!("taken back with number {number} of the imports"),
            None => "ended".to_owned(),
        };
        text += &format!("  {how} by {} at {at:.0}: {}\n", shown(by), shown(why));
    }
    if let Some(astray) = listed.astray {
        text += &format!("  {}\n", shown(astray));
    }
    text
}
