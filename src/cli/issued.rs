//! `registrar transcript record`: what the ledger knows of issued documents, for who answers for
//! them: whose, when, by which school, rules and template, for what, and which findings were let
//! pass, under which override.
//!
//! Never: a document's text. Next: `policy.rs` (the rules in their own words), `overrides.rs`.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::people::{NOBODY, people};
use super::terminal::shown;
use super::{Context, Done};
use crate::issue::{Batch, Overridden, Purpose};
use crate::record::PersonId;
use crate::store::{IssuanceRow, IssuanceState, OverrideRow, Store, StudentQuery};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(false))]
pub(super) struct Arguments {
    /// The document, by the id that stands on it
    #[arg(long, value_name = "ID", group = "which")]
    document: Option<String>,
    /// Every document about a student, by the state's number or the school's own
    #[arg(long, value_name = "ID", group = "which")]
    student: Option<String>,
}

/// A document as it is told.
#[derive(Serialize)]
struct Told {
    document: String,
    state: IssuanceState,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    student: String,
    school: String,
    kind: String,
    issued_at: Timestamp,
    /// The records as they were known then.
    recorded_at: Timestamp,
    batch: String,
    /// None where another version of the program wrote it in a form that is not read any more.
    purpose: Option<Purpose>,
    template_sha256: String,
    policy_sha256: String,
    /// Of the signed file.
    file_sha256: Option<String>,
    overrides: Vec<Overridden>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let rows = match (&arguments.document, &arguments.student) {
        (Some(document), _) => vec![one(&store, document).await?],
        (None, student) => of_student(&store, student.clone().unwrap_or_default()).await?,
    };
    let numbers = numbers(&store, &rows).await?;
    let overrides = overrides(&store, &rows).await?;
    let purposes = purposes(&store, &rows).await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let purpose = purposes.get(&row.intent.batch).cloned();
        told.push(of(row, purpose, &numbers, &overrides)?);
    }
    context
        .terminal
        .data(&told, || told.iter().map(lines).collect())?;
    if told.is_empty() {
        context
            .terminal
            .say("No document was issued about this student");
    }
    Ok(Done::Yes)
}

async fn one(store: &Store, document: &str) -> anyhow::Result<IssuanceRow> {
    let mut id = [0; 16];
    hex::decode_to_slice(document, &mut id).with_context(|| {
        let document = shown(document);
        format!("`{document}` is not a document's id: it has 32 hexadecimal digits")
    })?;
    store.issuance(id).await?.with_context(|| {
        let document = shown(document);
        format!("there is no document `{document}`\nhint: --student ID tells those about a student")
    })
}

async fn of_student(store: &Store, number: String) -> anyhow::Result<Vec<IssuanceRow>> {
    let known = store.recorded_instant(None).await?.context(NOBODY)?;
    let people = people(store, &StudentQuery::Numbers(vec![number]), known).await?;
    Ok(store.issuances_of(people[0], known).await?)
}

/// The numbers of whom the documents are about, as they were known when each was made.
async fn numbers(
    store: &Store,
    rows: &[IssuanceRow],
) -> anyhow::Result<HashMap<(PersonId, Timestamp), String>> {
    let mut numbers = HashMap::new();
    let made = rows
        .iter()
        .map(|row| (row.intent.subject, row.intent.recorded_at));
    for (subject, recorded_at) in made.collect::<BTreeSet<_>>() {
        let records = store.records(&[subject], recorded_at).await?.into_iter();
        numbers.extend(records.map(|it| ((it.id, recorded_at), it.person.person)));
    }
    Ok(numbers)
}

/// What the batches of the documents were begun for; none of one that another version of the
/// program wrote.
async fn purposes(
    store: &Store,
    rows: &[IssuanceRow],
) -> anyhow::Result<HashMap<[u8; 16], Purpose>> {
    let mut purposes = HashMap::new();
    let batches = rows.iter().map(|row| row.intent.batch);
    for id in batches.collect::<BTreeSet<_>>() {
        let batch = store.find_batch(id).await?;
        let purpose = batch.and_then(|(batch, _)| Batch::purpose_of(&batch));
        purposes.extend(purpose.map(|purpose| (id, purpose)));
    }
    Ok(purposes)
}

/// The overrides that these documents name.
async fn overrides(store: &Store, rows: &[IssuanceRow]) -> anyhow::Result<Vec<OverrideRow>> {
    let named = rows.iter().flat_map(|row| &row.intent.overrides);
    let mut named: Vec<i64> = named.map(|passed| passed.number).collect();
    named.sort_unstable();
    named.dedup();
    Ok(store.overrides_numbered(&named).await?)
}

fn of(
    row: IssuanceRow,
    purpose: Option<Purpose>,
    numbers: &HashMap<(PersonId, Timestamp), String>,
    overrides: &[OverrideRow],
) -> anyhow::Result<Told> {
    let intent = row.intent;
    let mut passed = Vec::with_capacity(intent.overrides.len());
    for under in intent.overrides {
        let row = overrides.iter().find(|it| it.number == under.number);
        let row = row.with_context(|| format!("override {} is not there", under.number))?;
        passed.push(Overridden::new(row.clone(), under.findings));
    }
    let number = numbers.get(&(intent.subject, intent.recorded_at)).cloned();
    Ok(Told {
        document: hex::encode(intent.document_id),
        state: row.state,
        failure: row.failure,
        student: number.unwrap_or_else(|| format!("person {}", intent.subject)),
        school: intent.school,
        kind: intent.document_kind,
        issued_at: intent.issued_at,
        recorded_at: intent.recorded_at,
        batch: hex::encode(intent.batch),
        purpose,
        template_sha256: hex::encode(intent.template_digest),
        policy_sha256: hex::encode(intent.policy_digest),
        file_sha256: row.document.map(|document| hex::encode(document.digest)),
        overrides: passed,
    })
}

fn lines(told: &Told) -> String {
    let mut text = format!("document {}\n", told.document);
    let state = match (told.state, &told.failure) {
        (IssuanceState::Issued, _) => format!("issued {}", told.issued_at),
        (IssuanceState::Failed, why) => {
            format!("not made: {}", shown(why.as_deref().unwrap_or_default()))
        }
        (IssuanceState::Intent | IssuanceState::Claimed, _) => "to be made".to_owned(),
    };
    let purpose = match &told.purpose {
        Some(Purpose::Copy) => "a copy".to_owned(),
        Some(Purpose::SchoolTransfer { to }) => format!("a transfer to {}", shown(to)),
        None => "written by another version of this program".to_owned(),
    };
    let file = told.file_sha256.as_deref().unwrap_or("none");
    for (what, value) in [
        ("state", state),
        ("student", shown(&told.student)),
        ("school", shown(&told.school)),
        ("kind", told.kind.clone()),
        ("records", format!("as known {}", told.recorded_at)),
        ("purpose", purpose),
        ("batch", told.batch.clone()),
        ("template", told.template_sha256.clone()),
        ("policy", told.policy_sha256.clone()),
        ("file", file.to_owned()),
    ] {
        let _ = writeln!(text, "  {what:<9} {value}");
    }
    text.extend(told.overrides.iter().map(overridden_lines));
    text
}

/// An override that let a document pass, with who granted it, until when and why, and a line for
/// each finding that passed under it.
pub(super) fn overridden_lines(overridden: &Overridden) -> String {
    let Overridden {
        number,
        code,
        by,
        reason,
        expires_at,
        findings,
    } = overridden;
    let (by, reason) = (shown(by), shown(reason));
    let mut text = format!("  override {number} {code} ({by}, before {expires_at}: {reason})\n");
    for finding in findings {
        let _ = writeln!(
            text,
            "    {} ({})",
            shown(&finding.message),
            shown(&finding.row)
        );
    }
    text
}
