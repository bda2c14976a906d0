//! `registrar record name-change`: a legal name as it is now (Ed. Code 49062.5).

use super::Recording;
use super::desk::{Decision, Desk, Student, argument};
use crate::cli::{Context, Done};
use crate::record::{NameChange, Person, tells_former_name};

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

/// What shows the new name is kept and listed; the former one is to stand nowhere in it.
fn check(desk: &mut Desk<'_>, arguments: &Arguments, student: &Student) {
    fn names(person: &Person) -> impl Iterator<Item = &str> {
        let others = [
            &person.legal_middle,
            &person.legal_family,
            &person.chosen_name,
            &person.printed_name,
        ];
        let others = others.into_iter().filter_map(|name| name.as_deref());
        others.chain([person.legal_given.as_str()])
    }
    let rows = student.rows.iter().map(|row| &row.person);
    let former: Vec<&str> = rows
        .chain([&student.record.person])
        .flat_map(names)
        .collect();
    let new = [
        Some(&arguments.legal_given),
        arguments.legal_middle.as_ref(),
        arguments.legal_family.as_ref(),
        arguments.chosen_name.as_ref(),
        arguments.printed_name.as_ref(),
    ];
    let new: Vec<&str> = new.into_iter().flatten().map(String::as_str).collect();
    if tells_former_name(&arguments.document_seen, &former, &new) {
        // The text itself is not told again.
        let message = "has a word of the student's former name (Ed. Code 49062.5)";
        let hint = "give the document's kind, issuer and date";
        desk.refuse("--document-seen", "", message, hint);
    }
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    if let Some(student) = &student {
        check(&mut desk, arguments, student);
    }
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
