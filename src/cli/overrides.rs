//! `registrar override`: a named person lets a finding of the audit pass, for a time.

use std::collections::{BTreeSet, HashMap};

use anyhow::Context as _;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use super::check::examination;
use super::config::Config;
use super::decided::{said, tells_no_disability};
use super::people::people;
use super::terminal::shown;
use super::transcript::recorded_instant;
use super::{Context, Done};
use crate::issue::{Examined, IssueError, Located, kept};
use crate::record::{PersonId, PersonRecord, Scope};
use crate::store::{
    KeptFinding, LookedAt, NewOverride, OverrideEnd, OverrideFor, OverrideRow, PEOPLE_PER_READ_MAX,
    Store, StudentQuery,
};
use crate::transcript::audit::{Check, Finding, Severity};

/// The longest time for which an override is granted: what lasts longer is a setting of the policy
/// or a correction of the record.
const OVERRIDE_DAYS_MAX: i32 = 90;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Let a finding pass, for one student, or for one code at one school
    Grant(Grant),
    /// Every override, and whether it is in force
    List,
    /// End an override before it expires
    End(End),
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("holds_for").required(true).multiple(false))]
pub(super) struct Grant {
    /// The code of the check, as `registrar check` tells it
    #[arg(long, value_name = "CODE")]
    code: String,
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID", group = "holds_for")]
    student: Option<String>,
    /// Everybody whose transcript this school issues, by state code
    #[arg(long, value_name = "CODE", group = "holds_for")]
    school: Option<String>,
    /// Why; it is kept with each document that it lets pass
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who takes the responsibility
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The last day on which it holds, at most 90 days from now
    #[arg(long, value_name = "DATE")]
    until: Date,
}

#[derive(Debug, clap::Args)]
pub(super) struct End {
    /// Its number
    number: i64,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who ends it
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::Grant(arguments) => grant(context, arguments).await,
        Command::List => list(context).await,
        Command::End(arguments) => end(context, arguments).await,
    }
}

async fn grant(context: &Context, arguments: &Grant) -> anyhow::Result<Done> {
    let Grant {
        code, reason, by, ..
    } = arguments;
    let check = Check::named(code).with_context(|| {
        format!("no check has the code `{code}`\nhint: `registrar check` tells codes")
    })?;
    anyhow::ensure!(
        !check.class.is_fixed(),
        "`{code}` cannot be overridden: {}\nhint: {}",
        check.class.why_fixed(),
        check.hint
    );
    said("--reason", reason)?;
    tells_no_disability("--reason", reason)?;
    said("--by", by)?;
    let now = context.clock.now();
    let today = context.config.date_of(now)?;
    let last = today.checked_add(OVERRIDE_DAYS_MAX.days())?;
    let until = arguments.until;
    anyhow::ensure!(
        (today..=last).contains(&until),
        "an override holds until a day from {today} to {last}, not {until}\nhint: what lasts \
         longer than {OVERRIDE_DAYS_MAX} days is a setting of policy.toml, or a correction of the \
         record"
    );
    let store = context.store().await?;
    let holds_for = holds_for(&store, arguments).await?;
    let (stands, students) = standing(context, &store, code, &holds_for).await?;
    let is_rule = matches!(holds_for, OverrideFor::School(_));
    anyhow::ensure!(
        is_rule || !stands.is_empty(),
        "no error `{code}` stands against this student now, and an override lets pass what \
         somebody looked at\nhint: `registrar check --student ID` tells what stands"
    );
    let new = NewOverride {
        code: code.clone(),
        holds_for,
        reason: reason.clone(),
        granted_by: by.clone(),
        expires_at: context.config.end_of(until)?,
        findings: if is_rule { Vec::new() } else { stands.clone() },
    };
    let number = store.grant_override(&new, now).await?;
    let answer = serde_json::json!({
        "override": number, "code": code, "until": until, "stands": stands.len(),
        "students": students, "findings": new.findings
    });
    context
        .terminal
        .data(&answer, || new.findings.iter().map(told_finding).collect())?;
    context.terminal.say(match is_rule {
        false => format!(
            "Override {number}: `{code}` passes until {until} for what stands here and for nothing \
             that comes later; each document that needs it records it"
        ),
        true => format!(
            "Override {number}: `{code}` passes until {until} for the whole school, what comes \
             later too. Now it stands {} times against {students} students; each document that \
             needs it records what passed",
            stands.len()
        ),
    });
    Ok(Done::Yes)
}

/// What of this code stands now against whom an override is to hold for, each once, and against how
/// many students: what an official document of today would be stopped by.
async fn standing(
    context: &Context,
    store: &Store,
    code: &str,
    holds_for: &OverrideFor,
) -> anyhow::Result<(Vec<KeptFinding>, usize)> {
    let known = recorded_instant(store, None).await?;
    let now = context.clock.now();
    let examined = match holds_for {
        OverrideFor::Student(person) => vec![*person],
        OverrideFor::School(school) => {
            let query = StudentQuery::School {
                school: school.clone(),
                grade_level: None,
            };
            let found = store.find_people(&query, &Scope::District, known).await?;
            found.people
        }
    };
    let (examination, _) = examination(context, store.clone(), None, known, now).await?;
    let (mut stands, mut students) = (BTreeSet::new(), BTreeSet::new());
    let mut look = |finding: &Finding, student| {
        if finding.code == code && finding.severity == Severity::Error {
            stands.insert(kept(finding));
            students.insert(student);
        }
    };
    for finding in &examination.of_nobody().await? {
        look(finding, None);
    }
    let keep = |located: Located| {
        look(&located.finding, Some(located.person));
        Ok::<(), IssueError>(())
    };
    examination
        .findings(&Examined::People(examined), keep)
        .await?;
    students.remove(&None);
    Ok((stands.into_iter().collect(), students.len()))
}

/// A finding for which an override was granted.
fn told_finding(finding: &KeptFinding) -> String {
    let (message, row) = (shown(&finding.message), shown(&finding.row));
    format!("        {message} ({row})\n")
}

/// For whom it holds; they must be in the records.
async fn holds_for(store: &Store, arguments: &Grant) -> anyhow::Result<OverrideFor> {
    let known = store.recorded_instant(None).await?;
    let known =
        known.context("nothing was imported yet\nhint: `registrar import FOLDER` comes first")?;
    if let Some(school) = &arguments.school {
        let directory = store.directory(known).await?;
        anyhow::ensure!(
            directory.schools.contains_key(school),
            "no school has the code {school}\nhint: give the state's code"
        );
        return Ok(OverrideFor::School(school.clone()));
    }
    let number = arguments.student.clone().unwrap_or_default();
    let people = people(store, &StudentQuery::Numbers(vec![number]), known).await?;
    Ok(OverrideFor::Student(people[0]))
}

async fn end(context: &Context, arguments: &End) -> anyhow::Result<Done> {
    said("--reason", &arguments.reason)?;
    tells_no_disability("--reason", &arguments.reason)?;
    said("--by", &arguments.by)?;
    let number = arguments.number;
    let end = OverrideEnd {
        by: arguments.by.clone(),
        reason: arguments.reason.clone(),
        at: context.clock.now(),
    };
    let ended = context.store().await?.end_override(number, &end).await?;
    anyhow::ensure!(
        ended,
        "override {number} is not in force\nhint: `registrar override list` shows all"
    );
    context
        .terminal
        .say(format_args!("Override {number} was ended"));
    let answer = serde_json::json!({ "ended": number });
    context.terminal.data(&answer, String::new)?;
    Ok(Done::Yes)
}

/// An override as it is told.
#[derive(Serialize)]
struct Told {
    number: i64,
    code: String,
    /// Of one for a student; several people, where the rows were parted since.
    students: BTreeSet<Student>,
    school: Option<String>,
    state: &'static str,
    reason: String,
    granted_by: String,
    granted_at: jiff::Timestamp,
    until: Date,
    /// What stood when it was granted; of one for a school, which is a rule, none.
    findings: Vec<KeptFinding>,
    ended_by: Option<String>,
    end_reason: Option<String>,
    ended_at: Option<jiff::Timestamp>,
}

/// A student for whom an override was granted, by the numbers of today.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Student {
    /// The school's own number.
    number: String,
    state_id: Option<String>,
}

impl std::fmt::Display for Student {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "student {}", shown(&self.number))?;
        match &self.state_id {
            Some(state_id) => write!(f, " (state's number {})", shown(state_id)),
            None => Ok(()),
        }
    }
}

async fn list(context: &Context) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let rows = store.overrides().await?;
    let mut students = students(&store, &rows).await?;
    let mut lines = Vec::new();
    for row in rows {
        let students = students.remove(&row.number).unwrap_or_default();
        lines.push(told(context, row, students)?);
    }
    context.terminal.data(&lines, || {
        let mut text = String::new();
        for line in &lines {
            let whom = match &line.school {
                Some(school) => format!("school {}", shown(school)),
                None => {
                    let students = line.students.iter().map(ToString::to_string);
                    students.collect::<Vec<_>>().join(", ")
                }
            };
            text += &format!(
                "{:>6}  {:<8} {:<24} {} until {}, granted by {}: {}\n",
                line.number,
                line.state,
                line.code,
                whom,
                line.until,
                shown(&line.granted_by),
                shown(&line.reason)
            );
            text.extend(line.findings.iter().map(told_finding));
            if let (Some(by), Some(reason)) = (&line.ended_by, &line.end_reason) {
                text += &format!("        ended by {}: {}\n", shown(by), shown(reason));
            }
        }
        text
    })?;
    if lines.is_empty() {
        context.terminal.say("No override was ever granted");
    }
    Ok(Done::Yes)
}

/// For each override of a student, by its number, who has the rows now that were looked at. Whom
/// the records no longer know is told by the number of then.
async fn students(
    store: &Store,
    rows: &[OverrideRow],
) -> anyhow::Result<HashMap<i64, BTreeSet<Student>>> {
    let Some(known) = store.recorded_instant(None).await? else {
        return Ok(HashMap::new());
    };
    let looked_at = store.looked_at(rows, known).await?;
    let children = looked_at.values().flatten().filter_map(|it| it.child);
    let children: Vec<PersonId> = children.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found: HashMap<PersonId, Student> = HashMap::new();
    for children in children.chunks(PEOPLE_PER_READ_MAX) {
        let records = store.records(children, known).await?.into_iter();
        found.extend(records.map(|PersonRecord { id, person, .. }| {
            let (number, state_id) = (person.person, person.state_id);
            (id, Student { number, state_id })
        }));
    }
    let student = |it: LookedAt| {
        let LookedAt {
            number, state_id, ..
        } = it;
        let of_then = Student { number, state_id };
        it.child
            .and_then(|child| found.get(&child).cloned())
            .unwrap_or(of_then)
    };
    let of_each = looked_at.into_iter();
    Ok(of_each
        .map(|(number, rows)| (number, rows.into_iter().map(student).collect()))
        .collect())
}

/// The last day on which an override holds, where it is not ended before.
pub(super) fn last_day(config: &Config, row: &OverrideRow) -> anyhow::Result<Date> {
    config.date_of(row.granted.expires_at - jiff::SignedDuration::from_secs(1))
}

fn told(context: &Context, row: OverrideRow, students: BTreeSet<Student>) -> anyhow::Result<Told> {
    let now = context.clock.now();
    let state = match (&row.ended, row.is_in_force(now)) {
        (Some(_), _) => "ended",
        (None, true) => "in_force",
        (None, false) => "expired",
    };
    let until = last_day(&context.config, &row)?;
    let (ended_by, end_reason, ended_at) = row.ended.map_or((None, None, None), |end| {
        (Some(end.by), Some(end.reason), Some(end.at))
    });
    Ok(Told {
        number: row.number,
        code: row.granted.code,
        students,
        school: match row.granted.holds_for {
            OverrideFor::School(school) => Some(school),
            OverrideFor::Student(_) => None,
        },
        state,
        reason: row.granted.reason,
        granted_by: row.granted.granted_by,
        granted_at: row.granted_at,
        until,
        findings: row.granted.findings,
        ended_by,
        end_reason,
        ended_at,
    })
}
