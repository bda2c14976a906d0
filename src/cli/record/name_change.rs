//! `registrar record name-change`: a legal name as it is now (Ed. Code 49062.5).

use super::Recording;
use super::desk::{Decision, Desk, argument};
use crate::cli::{Context, Done};
use crate::record::NameChange;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// Legal given name or names; the only name, for a person with one
    #[arg(long, value_name = "NAME")]
    legal_given: String,
    /// Legal middle name or names
    #[arg(long, value_name = "NAME")]
    legal_middle: Option<String>,
    /// Legal family name
    #[arg(long, value_name = "NAME")]
    legal_family: Option<String>,
    /// Suffix
    #[arg(long, value_name = "SUFFIX")]
    legal_suffix: Option<String>,
    /// The whole name that the person goes by [default: none any more]
    #[arg(long, value_name = "NAME")]
    chosen_name: Option<String>,
    /// The whole name to print, where the legal name's script is not among the fonts
    #[arg(long, value_name = "NAME")]
    printed_name: Option<String>,
    /// government_id or court_order
    #[arg(long, value_name = "GROUND")]
    ground: String,
    /// Which document was seen: kind, issuer and date, never the former name
    #[arg(long, value_name = "TEXT")]
    document_seen: String,
    /// When it was asked for
    #[arg(long, value_name = "DATE")]
    requested_on: String,
    #[command(flatten)]
    recording: Recording,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    let row = student.as_ref().and_then(|student| student.row());
    let mut cells = Desk::person_cells(row);
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    cells.extend([
        ("legal_given", arguments.legal_given.clone()),
        ("legal_middle", given(&arguments.legal_middle)),
        ("legal_family", given(&arguments.legal_family)),
        ("legal_suffix", given(&arguments.legal_suffix)),
        ("chosen_name", given(&arguments.chosen_name)),
        ("printed_name", given(&arguments.printed_name)),
        ("ground", arguments.ground.clone()),
        ("document_seen", arguments.document_seen.clone()),
        ("requested_on", arguments.requested_on.clone()),
    ]);
    let decision = Decision {
        kind: "name-change",
        student: student.as_ref(),
        school: row.map(|row| row.person.school.clone()),
        cells,
        outdated: Some("the former name"),
    };
    desk.carry_out::<NameChange>(&arguments.recording, decision, argument)
        .await
}
