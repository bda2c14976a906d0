//! Where a decision is taken down: whom it is about, what is wrong with it, what came of it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::Recording;
use crate::cli::issuing::Press;
use crate::cli::people::candidates;
use crate::cli::presses;
use crate::cli::terminal::shown;
use crate::cli::{Context, Done};
use crate::host;
use crate::intake::package::Row;
use crate::intake::{self, Outcome, Verdict, Wrong};
use crate::record::{
    Directory, Event, PersonId, PersonRecord, Scope, TELLS_FORMER_NAME, keeps_former_name, untimely,
};
use crate::store::{IssuanceState, PersonRow, PostingRow, Store, StudentQuery};

/// Stands in a cell whose subject was not found, so that the other cells are looked at too.
const NOBODY: &str = "?";

/// What is wrong with one argument.
#[derive(Debug, Serialize)]
pub(super) struct Wrongly {
    argument: String,
    value: String,
    pub message: String,
    pub hint: Option<String>,
}

impl Wrongly {
    pub fn new(argument: &str, value: &str, message: impl Into<String>, hint: &str) -> Self {
        Self {
            argument: argument.to_owned(),
            value: value.to_owned(),
            message: message.into(),
            hint: Some(hint.to_owned()),
        }
    }
}

/// A student as the records know them now.
pub(super) struct Student {
    pub id: PersonId,
    /// Each source's row.
    pub rows: Vec<PersonRow>,
    pub record: PersonRecord,
}

impl Student {
    /// The row whose name and number stand on documents.
    pub fn row(&self) -> Option<&PersonRow> {
        let own = |row: &&PersonRow| row.person.person == self.record.person.person;
        self.rows.iter().find(own).or(self.rows.first())
    }
}

/// The records, and what was found wrong so far.
pub(super) struct Desk<'a> {
    pub context: &'a Context,
    pub store: Store,
    pub known: Timestamp,
    pub directory: Directory,
    pub wrong: Vec<Wrongly>,
    /// Rows of several students that will be one person's.
    pub joined: Vec<JoinedRow>,
    pub now: Timestamp,
}

/// A source's row of a student.
#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) struct JoinedRow {
    pub source: String,
    pub person: String,
}

/// The cells of a row, by column.
pub(super) type Cells = BTreeMap<&'static str, String>;

/// One decision on its way.
pub(super) struct Decision<'a> {
    /// The word of the command: `pass-mark`.
    pub kind: &'static str,
    /// Whom it is about; none where nobody was found.
    pub student: Option<&'a Student>,
    /// The school that answers for it.
    pub school: Option<String>,
    /// Its cells, but for those that every event has.
    pub cells: Cells,
    /// What documents that were issued before show, in a phrase; none where they stay as they are.
    pub outdated: Option<&'static str>,
}

/// The answer.
#[derive(Serialize)]
struct Answer<'a> {
    verdict: &'static str,
    kind: &'static str,
    event: Option<&'a str>,
    import: Option<i64>,
    student: Option<&'a str>,
    documents_issued_before: Option<u64>,
    one_person: &'a [JoinedRow],
    problems: &'a [Wrongly],
}

impl<'a> Desk<'a> {
    pub async fn open(context: &'a Context) -> anyhow::Result<Self> {
        let store = context.store().await?;
        let known = store.recorded_instant(None).await?;
        let known = known
            .context("nothing was imported yet\nhint: `registrar import FOLDER` comes first")?;
        Ok(Self {
            directory: store.directory(known).await?,
            context,
            known,
            store,
            wrong: Vec::new(),
            joined: Vec::new(),
            now: context.clock.now(),
        })
    }

    /// The report that lays out a student's transcript, for its rules.
    pub fn press(&self, record: &PersonRecord) -> anyhow::Result<Press> {
        presses::of_record(&self.context.config.transcript, record)
    }

    pub fn refuse(&mut self, argument: &str, value: &str, message: impl Into<String>, hint: &str) {
        self.wrong
            .push(Wrongly::new(argument, value, message, hint));
    }

    /// What an import of the row was refused for.
    pub fn refused(&mut self, outcome: &Outcome, argument_of: fn(&str) -> String) {
        self.wrong.extend(refused(outcome, argument_of));
    }

    /// The student of this number; who is not found is said, and the rest is looked at.
    pub async fn student(
        &mut self,
        argument: &str,
        number: &str,
    ) -> anyhow::Result<Option<Student>> {
        let query = StudentQuery::Numbers(vec![number.to_owned()]);
        let found = self
            .store
            .find_people(&query, &Scope::District, self.known)
            .await?;
        let [id] = found.people.as_slice() else {
            let (message, hint) = match found.ambiguous.first() {
                None => (
                    "nobody has this number".to_owned(),
                    "give the state's number or the school's own",
                ),
                Some(several) => {
                    let message = "several people have this number";
                    let message = format!("{message}: {}", candidates(several));
                    (message, "give the state's number")
                }
            };
            self.refuse(argument, number, message, hint);
            return Ok(None);
        };
        self.student_of(*id).await
    }

    /// The student of this id, as the records know them now.
    pub async fn student_of(&self, id: PersonId) -> anyhow::Result<Option<Student>> {
        let record = self.store.records(&[id], self.known).await?.pop();
        let rows = self.store.person_rows(&[id], self.known).await?;
        Ok(record.map(|record| Student { id, rows, record }))
    }

    /// The student's posting of this number.
    pub async fn posting(
        &mut self,
        student: Option<&Student>,
        posting: &str,
    ) -> anyhow::Result<Option<PostingRow>> {
        let Some(student) = student else {
            return Ok(None);
        };
        let mut found = self.store.postings(student.id, posting, self.known).await?;
        if found.len() == 1 {
            return Ok(found.pop());
        }
        let (message, hint) = match found.is_empty() {
            true => (
                "the student has no posting of this number",
                "`registrar transcript explain --student ID --json` names each posting",
            ),
            false => (
                "two sources have a posting of this number for the student",
                "name the change in a package of the source, with `person_source`",
            ),
        };
        self.refuse("--posting", posting, message, hint);
        Ok(None)
    }

    /// The cells that name a posting and its person.
    pub fn posting_cells(posting: Option<&PostingRow>, number: &str) -> Cells {
        let or_nobody = |cell: Option<&str>| cell.unwrap_or(NOBODY).to_owned();
        let mark = posting.map(|posting| &posting.mark);
        Cells::from([
            (
                "person_source",
                or_nobody(posting.map(|posting| posting.source.as_str())),
            ),
            ("person", or_nobody(mark.map(|mark| mark.person.as_str()))),
            (
                "posting",
                mark.map_or(number, |mark| &mark.posting).to_owned(),
            ),
        ])
    }

    /// The cells that name a row of people.
    pub fn person_cells(row: Option<&PersonRow>) -> Cells {
        let or_nobody = |cell: Option<&str>| cell.unwrap_or(NOBODY).to_owned();
        let person = row.map(|row| row.person.person.as_str());
        Cells::from([
            (
                "person_source",
                or_nobody(row.map(|row| row.source.as_str())),
            ),
            ("person", or_nobody(person)),
        ])
    }

    /// Takes a decision down, or says everything that is wrong with it.
    pub async fn carry_out<R: Row + Clone + Into<Event>>(
        mut self,
        recording: &Recording,
        decision: Decision<'_>,
        argument_of: fn(&str) -> String,
    ) -> anyhow::Result<Done> {
        let event = format!(
            "{}-{}",
            decision.kind,
            hex::encode(host::random_bytes::<5>())
        );
        let mut cells = decision.cells.clone();
        let school = decision.school.clone().unwrap_or_else(|| NOBODY.to_owned());
        cells.insert("school", school.clone());
        cells.insert("event", event.clone());
        cells.insert("recorded_by", recording.by.clone());
        cells.insert("recorded_at", self.now.to_string());
        let district = self.directory.schools.get(&school).cloned();
        let record = intake::Record {
            source: &recording.source,
            district: district.as_ref().map_or(NOBODY, |school| &school.district),
            dry_run: recording.dry_run,
        };
        let manifest = intake::manifest_of::<R>(&record, &school, self.context.clock);
        if let Err(message) = manifest.clone().with_source(&recording.source) {
            let hint = "write it as a manifest would: printable ASCII, such as registrar";
            self.refuse("--source", &recording.source, message, hint);
        }
        let row = intake::row_of::<R>(&cells, &manifest);
        match (&row, decision.student) {
            (Err(wrong), _) => self.wrong.extend(wrongly(wrong, &cells, argument_of)),
            (Ok(row), Some(student)) => {
                let against = against(&row.clone().into(), student, &cells, argument_of);
                self.wrong.extend(against);
            }
            (Ok(_), None) => {}
        }
        let Some(row) = row.ok().filter(|_| self.wrong.is_empty()) else {
            return self.answer(&decision, None, None).await;
        };
        let outcome = intake::record(&self.store, &record, &row, self.context.clock).await?;
        self.refused(&outcome, argument_of);
        self.answer(&decision, Some(&event), Some(&outcome)).await
    }

    /// Says what came of it.
    pub async fn answer(
        self,
        decision: &Decision<'_>,
        event: Option<&str>,
        outcome: Option<&Outcome>,
    ) -> anyhow::Result<Done> {
        let import = match outcome.map(|outcome| &outcome.verdict) {
            Some(Verdict::Landed(landed)) => landed.import,
            _ => None,
        };
        let verdict = match outcome.map(|outcome| &outcome.verdict) {
            Some(Verdict::Landed(_)) => "recorded",
            Some(Verdict::WouldLand) => "would_record",
            Some(Verdict::Unchanged) => "unchanged",
            Some(Verdict::Refused) | None => "refused",
        };
        let issued = match (decision.student, decision.outdated) {
            (Some(student), Some(_)) => {
                let made = self.store.issuances_of(student.id, self.known).await?;
                let issued = made.iter().filter(|it| it.state == IssuanceState::Issued);
                Some(issued.count() as u64)
            }
            _ => None,
        };
        let student = decision
            .student
            .map(|student| student.record.person.person.as_str());
        let answer = Answer {
            verdict,
            kind: decision.kind,
            event: event.filter(|_| verdict != "refused"),
            import,
            student,
            documents_issued_before: issued,
            one_person: &self.joined,
            problems: &self.wrong,
        };
        let terminal = &self.context.terminal;
        terminal.data(&answer, || told(&answer))?;
        if verdict == "refused" {
            let problems = match self.wrong.len() {
                1 => "1 problem".to_owned(),
                several => format!("{several} problems"),
            };
            terminal.say(format_args!("refused: {problems}; nothing was recorded"));
            return Ok(Done::No);
        }
        if let (Some(count @ 1..), Some(what)) = (issued, decision.outdated) {
            terminal.say(format_args!(
                "Official documents issued before that show {what}: {count}"
            ));
        }
        if let (Some(_), Some(student)) = (import, student) {
            let take_back = match decision.kind {
                "release" | "withdraw" => None,
                "hold" => Some("release"),
                _ => Some("withdraw"),
            };
            let take_back = take_back
                .zip(event)
                .map_or_else(String::new, |(word, event)| {
                    format!("; `registrar record {word} {event}` takes this back")
                });
            terminal.say(format_args!(
                "Next: `registrar transcript preview --student {}`{take_back}",
                shown(student)
            ));
        }
        Ok(Done::Yes)
    }
}

fn told(answer: &Answer<'_>) -> String {
    let mut text = String::new();
    for problem in answer.problems {
        text += &format!(
            "{} \"{}\": {}\n",
            problem.argument,
            shown(&problem.value),
            problem.message
        );
        if let Some(hint) = &problem.hint {
            text += &format!("  hint: {hint}\n");
        }
    }
    if !answer.one_person.is_empty() {
        text += &format!("{}\n", told_joined(answer.one_person));
    }
    match (answer.event, answer.import) {
        (Some(event), Some(import)) => {
            text += &format!("{event} recorded as import {import}\n");
        }
        (Some(_), None) => text += "dry run: nothing was recorded; it would be\n",
        (None, _) => {}
    }
    text
}

/// That these rows are one person's then.
pub(in crate::cli) fn told_joined(rows: &[JoinedRow]) -> String {
    let rows = rows.iter();
    let rows = rows.map(|row| format!("{} {}", shown(&row.source), shown(&row.person)));
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!("these rows are one person then: {rows}")
}

/// What the student's record says against an event.
fn against(
    event: &Event,
    student: &Student,
    cells: &Cells,
    argument_of: fn(&str) -> String,
) -> Vec<Wrongly> {
    let record = &student.record;
    let early = untimely(event, record.person.birth_date, &record.marks).into_iter();
    let early = early.map(|early| {
        let value = cells.get(early.column).map_or("", String::as_str);
        let argument = argument_of(early.column);
        Wrongly::new(&argument, value, early.message, "correct the day")
    });
    let mut against: Vec<Wrongly> = early.collect();
    if let Event::NameChange(change) = event {
        let rows = student.rows.iter().map(|row| &row.person);
        let former: Vec<_> = rows.chain([&record.person]).cloned().collect();
        if keeps_former_name(change, &former) {
            // The text itself is not told again.
            let argument = argument_of("document_seen");
            let hint = "give the document's kind, issuer and date";
            against.push(Wrongly::new(&argument, "", TELLS_FORMER_NAME, hint));
        }
    }
    against
}

/// What is wrong with cells, by the arguments that they came from.
fn wrongly(wrong: &Wrong, cells: &Cells, argument_of: fn(&str) -> String) -> Vec<Wrongly> {
    match wrong {
        Wrong::Cells(faults) => {
            let faults = faults.iter().map(|fault| Wrongly {
                argument: argument_of(fault.column),
                value: intake::shown(&fault.value),
                message: fault.fault.message.clone(),
                hint: fault.fault.hint.clone(),
            });
            faults.collect()
        }
        Wrong::Together(found) => {
            let found = found.iter().map(|found| Wrongly {
                argument: argument_of(found.column),
                value: cells.get(found.column).cloned().unwrap_or_default(),
                message: found.message.to_owned(),
                hint: Some(found.hint.to_owned()),
            });
            found.collect()
        }
    }
}

/// What the import of the row was refused for.
fn refused(outcome: &Outcome, argument_of: fn(&str) -> String) -> Vec<Wrongly> {
    let problems = outcome.report.problems().into_iter();
    let problems = problems.map(|problem| Wrongly {
        argument: problem
            .column
            .as_deref()
            .map_or_else(String::new, argument_of),
        value: problem.value.clone().unwrap_or_default(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    });
    problems.collect()
}

/// The argument of a column that has the same name, or one that every event has.
pub(super) fn argument(column: &str) -> String {
    match column {
        "person" | "person_source" => "--student".to_owned(),
        "other_person" | "other_source" => "--other".to_owned(),
        "recorded_by" | "ended_by" => "--by".to_owned(),
        "ended_reason" => "--reason".to_owned(),
        _ => format!("--{}", column.replace('_', "-")),
    }
}
