//! Copies of issued documents in a folder that the operator named: each file, its unsigned twin
//! where that was asked for, and an index of who they are for. The documents stay in the ledger.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::file_name::{FileNames, Named};
use super::{Context, issuing};
use crate::issue::{BatchOutcome, Issued, Office, Overridden, ReceivingSchool};

/// A copy that was written.
#[derive(Serialize)]
pub(super) struct Copy {
    pub student: String,
    pub document: Option<String>,
    pub file: Option<String>,
    /// The unsigned twin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twin: Option<String>,
    /// Why there is none, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_twin: Option<String>,
    /// Why it may not be handed out today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_copy: Vec<String>,
    /// The overrides that let it pass the audit.
    pub overrides: Vec<Overridden>,
}

/// Issued documents of which no copy was asked for.
pub(super) fn listed(outcome: &BatchOutcome) -> Vec<Copy> {
    let listed = outcome.issued.iter().map(|issued| Copy {
        student: issued.student_id.clone(),
        document: Some(hex::encode(issued.document_id)),
        file: None,
        twin: None,
        no_twin: None,
        no_copy: issued.no_copy.clone(),
        overrides: issued.overrides.clone(),
    });
    listed.collect()
}

/// Copies of issued documents, named as the district set, and an index of who they are for; beside
/// each its unsigned twin, where that was asked for with the instant on the documents. A twin that
/// cannot be made takes nothing with it; whatever stops the writing, the index tells what is there,
/// and of a transfer to which school and by whom.
pub(super) async fn write(
    context: &Context,
    office: &Office,
    outcome: &BatchOutcome,
    names: &FileNames,
    out: &Path,
    twins: Option<jiff::Timestamp>,
    transfer_to: Option<&ReceivingSchool>,
) -> anyhow::Result<Vec<Copy>> {
    let folder = issuing::out_folder(out)?;
    let mut copies = listed(outcome);
    let documents: Vec<Named<'_>> = (1..)
        .zip(outcome.issued.iter().zip(&copies))
        .map(|(number, (issued, copy))| Named {
            number,
            document: copy.document.as_deref().unwrap_or_default(),
            school: &issued.school,
            kind: issued.kind.code(),
            student: &issued.student_id,
            name: &issued.name,
        })
        .collect();
    let names = names.of(&documents);
    let bar = context.terminal.progress(copies.len() as u64, "copies");
    let mut index = "student,document,file,overrides".to_owned();
    for (head, is_there) in [
        (",unsigned", twins.is_some()),
        (",transfer_to", transfer_to.is_some()),
    ] {
        index.push_str(if is_there { head } else { "" });
    }
    index.push('\n');
    let mut written = Ok(());
    for ((issued, copy), name) in outcome.issued.iter().zip(&mut copies).zip(names) {
        written = write_one(office, issued, copy, &name, out, twins).await;
        if written.is_err() {
            break;
        }
        index.push_str(&row(copy, &name, twins.is_some()));
        if let Some(school) = transfer_to {
            index.push(',');
            index.push_str(&csv_cell(&school.to_string()));
        }
        index.push('\n');
        bar.inc(1);
    }
    bar.finish_and_clear();
    issuing::write_private(&folder.join("index.csv"), index.as_bytes())?;
    written.map(|()| copies)
}

/// One document under its name, and its twin.
async fn write_one(
    office: &Office,
    issued: &Issued,
    copy: &mut Copy,
    name: &str,
    out: &Path,
    twins: Option<jiff::Timestamp>,
) -> anyhow::Result<()> {
    if !issued.no_copy.is_empty() {
        return Ok(());
    }
    let bytes = office.ledger.read(issued.document_id).await?;
    let bytes = bytes.context("an issued document has no file")?;
    let file = out.join(format!("{name}.pdf"));
    issuing::write_private(&file, &bytes)?;
    copy.file = Some(file.display().to_string());
    let Some(issued_at) = twins else {
        return Ok(());
    };
    match office.flat_copy(&bytes, issued_at).await {
        Ok(flat) => {
            let twin = out.join(format!("{name}-unsigned.pdf"));
            issuing::write_private(&twin, &flat)?;
            copy.twin = Some(twin.display().to_string());
        }
        Err(error) => copy.no_twin = Some(error.to_string()),
    }
    Ok(())
}

/// A copy in the index, without the end of its line.
fn row(copy: &Copy, name: &str, twins: bool) -> String {
    let document = copy.document.as_deref().unwrap_or_default();
    let (student, overrides) = (
        csv_cell(&copy.student),
        csv_cell(&overridden(&copy.overrides)),
    );
    let file = copy.file.as_ref().map(|_| format!("{name}.pdf"));
    let file = file.unwrap_or_default();
    let mut row = format!("{student},{document},{file},{overrides}");
    if twins {
        row.push(',');
        if copy.twin.is_some() {
            row.push_str(&format!("{name}-unsigned.pdf"));
        }
    }
    row
}

/// The overrides of a document in one line, with who granted them, until when and why:
/// `3 total_differs (R. Varo, before 2026-09-01T07:00:00Z: the paper record was looked at)`.
pub(super) fn overridden(overrides: &[Overridden]) -> String {
    let each = overrides.iter().map(|it| {
        let Overridden {
            number,
            code,
            by,
            reason,
            expires_at,
        } = it;
        format!("{number} {code} ({by}, before {expires_at}: {reason})")
    });
    Vec::from_iter(each).join("; ")
}

/// A cell that no spreadsheet takes for a formula (CWE-1236).
pub(super) fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = text.replace('"', "\"\"");
    if formula {
        format!("\"'{quoted}\"")
    } else {
        format!("\"{quoted}\"")
    }
}
