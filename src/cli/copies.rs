//! Copies of issued documents in a folder that the operator named: each file, its unsigned twin
//! where that was asked for, and an index of who they are for. The documents stay in the ledger.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::file_name::{FileNames, Named};
use super::{Context, issuing};
use crate::issue::{Batch, BatchOutcome, Issued, Office, Overridden, ReceivingSchool};

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

impl Copy {
    /// An unofficial one.
    pub fn unofficial(student: String, file: &Path) -> Self {
        Self {
            student,
            document: None,
            file: Some(file.display().to_string()),
            overrides: Vec::new(),
            twin: None,
            no_twin: None,
            no_copy: Vec::new(),
        }
    }
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

/// The folder of one command's copies, named as the district set, with an index of who they are
/// for; beside each its unsigned twin, where that was asked for. A twin that cannot be made takes
/// nothing with it; whatever stops the writing, the index tells what is there, and of a transfer to
/// which school and by whom.
pub(super) struct CopyFolder<'a> {
    names: &'a FileNames,
    out: &'a Path,
    twins: bool,
    transfer_to: Option<&'a ReceivingSchool>,
    /// The names that are taken, of all batches.
    taken: BTreeSet<String>,
    /// Documents of the batches before.
    documents: usize,
    index: String,
}

impl<'a> CopyFolder<'a> {
    pub fn new(
        names: &'a FileNames,
        out: &'a Path,
        twins: bool,
        transfer_to: Option<&'a ReceivingSchool>,
    ) -> Self {
        let mut index = "student,document,file,overrides".to_owned();
        for (head, is_there) in [
            (",unsigned", twins),
            (",transfer_to", transfer_to.is_some()),
        ] {
            index.push_str(if is_there { head } else { "" });
        }
        index.push('\n');
        Self {
            names,
            out,
            twins,
            transfer_to,
            taken: BTreeSet::new(),
            documents: 0,
            index,
        }
    }

    /// Copies of what a batch issued.
    pub async fn add(
        &mut self,
        context: &Context,
        office: &Office,
        batch: &Batch,
        outcome: &BatchOutcome,
    ) -> anyhow::Result<Vec<Copy>> {
        let folder = issuing::out_folder(self.out)?;
        let mut copies = listed(outcome);
        let names = self.named(outcome, &copies);
        let bar = context.terminal.progress(copies.len() as u64, "copies");
        let twins = self.twins.then_some(batch.issued_at);
        let mut written = Ok(());
        for ((issued, copy), name) in outcome.issued.iter().zip(&mut copies).zip(names) {
            written = write_one(office, issued, copy, &name, self.out, twins).await;
            if written.is_err() {
                break;
            }
            self.index.push_str(&row(copy, &name, self.twins));
            if let Some(school) = self.transfer_to {
                self.index.push(',');
                self.index.push_str(&csv_cell(&school.to_string()));
            }
            self.index.push('\n');
            bar.inc(1);
        }
        bar.finish_and_clear();
        issuing::write_private(&folder.join("index.csv"), self.index.as_bytes())?;
        written.map(|()| copies)
    }

    /// Names for the copies of a batch, unlike those of the batches before.
    fn named(&mut self, outcome: &BatchOutcome, copies: &[Copy]) -> Vec<String> {
        let first = self.documents + 1;
        let documents = (first..).zip(outcome.issued.iter().zip(copies));
        let documents = documents.map(|(number, (issued, copy))| Named {
            number,
            document: copy.document.as_deref().unwrap_or_default(),
            school: &issued.school,
            kind: issued.kind.code(),
            student: &issued.student_id,
            name: &issued.name,
        });
        self.documents += copies.len();
        self.names.of(&Vec::from_iter(documents), &mut self.taken)
    }
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

/// The overrides of a document in one line, `3 total_differs`. An index lies beside the copies, and
/// who let what pass and why is for the office alone: `registrar transcript record` tells it.
fn overridden(overrides: &[Overridden]) -> String {
    let each = overrides.iter();
    let each = each.map(|it| format!("{} {}", it.number, it.code));
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
