//! `registrar record hold`: official transcripts are withheld (Ed. Code 48904).

use super::Recording;
use super::desk::{Decision, Desk, argument};
use crate::cli::{Context, Done};
use crate::record::TranscriptHold;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// wilful_damage or property_not_returned; a debt is no ground (Civ. Code 1788.93)
    #[arg(long, value_name = "GROUND")]
    ground: String,
    /// When due process was afforded, as for an expulsion
    #[arg(long, value_name = "DATE")]
    due_process_on: String,
    /// Attests that the student is neither homeless nor in foster care (Ed. Code 49014)
    #[arg(long)]
    not_homeless_or_foster: bool,
    /// First day [default: today]
    #[arg(long, value_name = "DATE")]
    begins_on: Option<String>,
    /// Last day [default: until it is released]
    #[arg(long, value_name = "DATE")]
    ends_on: Option<String>,
    #[command(flatten)]
    recording: Recording,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    let row = student.as_ref().and_then(|student| student.row());
    let today = context.config.date_of(desk.now)?.to_string();
    let attested = match arguments.not_homeless_or_foster {
        true => "yes",
        false => "no",
    };
    let mut cells = Desk::person_cells(row);
    cells.extend([
        ("ground", arguments.ground.clone()),
        ("due_process_on", arguments.due_process_on.clone()),
        ("not_homeless_or_foster", attested.to_owned()),
        ("begins_on", arguments.begins_on.clone().unwrap_or(today)),
        ("ends_on", arguments.ends_on.clone().unwrap_or_default()),
    ]);
    let decision = Decision {
        kind: "hold",
        student: student.as_ref(),
        school: row.map(|row| row.person.school.clone()),
        cells,
        outdated: None,
    };
    desk.carry_out::<TranscriptHold>(&arguments.recording, decision, argument)
        .await
}
