//! `registrar transcript explain`: why each figure is what it is.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde::Serialize;

use super::people::{NOBODY, people};
use super::terminal::shown;
use super::transcript::{Page, press, recorded_at};
use super::{Context, Done, issuing};
use crate::record::DecidedMark;
use crate::store::StudentQuery;
use crate::transcript::{
    Assembled, Average, AverageTrace, ClearedMark, Edition, LeftOutMark, PartialPosting, Progress,
    Requirements, TakenMark, assemble,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// Only this average, by its name in policy.toml
    #[arg(long, value_name = "NAME")]
    gpa: Option<String>,
    #[command(flatten)]
    page: Page,
}

/// The answer.
#[derive(Serialize)]
struct Explanation<'a> {
    student: &'a str,
    policy: &'a str,
    cleared: &'a [ClearedMark],
    partial: Vec<PartialPosting>,
    averages: Vec<&'a AverageTrace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirements: Option<&'a Requirements>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    decided_marks: &'a [DecidedMark],
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let known = recorded_at(&store, &arguments.page).await?;
    let query = StudentQuery::Numbers(vec![arguments.student.clone()]);
    let people = people(&store, &query, known).await?;
    let record = store.records(&people, known).await?.pop();
    let record = record.context(NOBODY)?;
    let press = press(context, &arguments.page, None)?;
    let today = context.clock.now();
    let request = issuing::request(context, Edition::Unofficial, &press.language, None, today)?;
    let directory = store.directory(known).await?;
    let assembled = assemble(&record, &directory, &press.policy, &request).map_err(|problems| {
        let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("no transcript can be made:\n  {}", reasons.join("\n  "))
    })?;
    let averages = chosen(&assembled, arguments.gpa.as_deref())?;
    let all = arguments.gpa.is_none();
    let explanation = Explanation {
        student: &record.person.person,
        policy: press.policy.version(),
        cleared: &assembled.cleared,
        partial: PartialPosting::of(&press.policy, &record),
        averages,
        requirements: assembled.transcript.requirements.as_ref().filter(|_| all),
        progress: all.then(|| Progress::of(&press.policy, &record, &press.language)),
        decided_marks: &record.decisions.marks,
    };
    context.terminal.data(&explanation, || {
        told(&explanation, &assembled.transcript.averages)
    })?;
    Ok(Done::Yes)
}

/// The average that was asked for, or all.
fn chosen<'a>(
    assembled: &'a Assembled,
    name: Option<&str>,
) -> anyhow::Result<Vec<&'a AverageTrace>> {
    let traces = assembled.traces.iter();
    let Some(name) = name else {
        return Ok(traces.collect());
    };
    let found: Vec<_> = traces.clone().filter(|trace| trace.name == name).collect();
    anyhow::ensure!(
        !found.is_empty(),
        "the policy has no average `{name}`\nhint: it has {}",
        traces
            .map(|trace| trace.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    );
    Ok(found)
}

fn told(explanation: &Explanation<'_>, printed: &[Average]) -> String {
    let mut text = String::new();
    for cleared in explanation.cleared {
        tell_cleared(cleared, &mut text);
    }
    for partial in &explanation.partial {
        tell_partial(partial, &mut text);
    }
    for trace in &explanation.averages {
        tell_average(trace, printed, &mut text);
    }
    if let Some(requirements) = explanation.requirements {
        tell_requirements(requirements, &mut text);
    }
    if let Some(progress) = &explanation.progress {
        tell_progress(progress, &mut text);
    }
    tell_decisions(explanation.decided_marks, &mut text);
    text
}

/// Marks that stand otherwise than they were posted; a transcript prints nothing of it.
fn tell_decisions(decided: &[DecidedMark], text: &mut String) {
    if !decided.is_empty() {
        text.push_str("\nDecisions about marks (never printed)\n");
    }
    for mark in decided {
        let _ = write!(
            text,
            "  {:<16} {:<40} posting {}: ",
            shown(&mark.term),
            shown(&mark.title),
            shown(&mark.posting)
        );
        if mark.applied {
            let (from, to) = (shown(&mark.from_mark), shown(&mark.to_mark));
            let _ = write!(text, "changed from {from} to {to}, ");
        }
        if mark.from_credit != mark.to_credit {
            let (from, to) = (mark.from_credit, mark.to_credit);
            let _ = write!(text, "credits earned from {from} to {to}, ");
        }
        let _ = writeln!(text, "{}", shown(&mark.why));
    }
}

fn tell_average(trace: &AverageTrace, printed: &[Average], text: &mut String) {
    let value = trace.value.as_deref().unwrap_or("none: nothing counts");
    let on_page = printed.iter().any(|average| average.name == trace.name);
    let note = if on_page { "" } else { "  (not printed)" };
    let _ = writeln!(
        text,
        "{}: {value}{note}\n  {}",
        trace.name,
        shown(&trace.source)
    );
    let _ = writeln!(
        text,
        "  {} credits counted, {} marks taken, {} left out",
        trace.credit_counted,
        trace.taken.len(),
        trace.left_out.len()
    );
    if let Some(sum) = trace.sum() {
        let _ = writeln!(text, "  {sum}");
    }
    for taken in &trace.taken {
        let _ = writeln!(text, "  + {}", taken_line(taken));
    }
    for left_out in &trace.left_out {
        let _ = writeln!(text, "  - {}", left_out_line(left_out));
    }
    text.push('\n');
}

fn tell_cleared(cleared: &ClearedMark, text: &mut String) {
    let name = &cleared.name;
    let _ = writeln!(
        text,
        "{} {}: {} became {}, for the second semester was passed (posting {})\n  {}\n",
        shown(&name.term),
        shown(&name.title),
        shown(name.mark.as_deref().unwrap_or_default()),
        shown(&cleared.becomes),
        shown(&cleared.cleared_by),
        shown(&cleared.source)
    );
}

fn tell_partial(partial: &PartialPosting, text: &mut String) {
    let (name, apart) = (
        &partial.name,
        if partial.differs { ": differs" } else { "" },
    );
    let _ = writeln!(
        text,
        "{} {}: {} of {} credits posted, enrolled {} of {} days, which comes to {}{apart} [{}]\n",
        shown(&name.term),
        shown(&name.title),
        partial.credit_posted,
        partial.credit_possible,
        partial.days_enrolled,
        partial.days_in_term,
        partial.credit_reckoned,
        shown(&name.posting)
    );
}

fn taken_line(taken: &TakenMark) -> String {
    let name = &taken.name;
    let mark = name.mark.as_deref().unwrap_or_default();
    let mut line = format!(
        "{:<16} {:<40} {mark:<3} {} x {}",
        shown(&name.term),
        shown(&name.title),
        taken.points,
        taken.credits
    );
    if let Some(other) = &taken.counts_as {
        line += &format!(", counted as {other}");
    }
    if taken.twice {
        line += ", counted twice";
    }
    if !taken.bonus_credits.is_zero() {
        line += &format!(" + {} x {}", taken.bonus, taken.bonus_credits);
    }
    if let Some(why) = &taken.bonus_withheld {
        line += &format!("; {why}");
    }
    if let Some(code) = taken.repeat {
        line += &format!("; {code}");
    }
    line + &format!(" [{}]", shown(&name.posting))
}

fn left_out_line(left_out: &LeftOutMark) -> String {
    let name = &left_out.name;
    let mark = name.mark.as_deref().unwrap_or("");
    format!(
        "{:<16} {:<40} {mark:<3} {} [{}]",
        shown(&name.term),
        shown(&name.title),
        shown(&left_out.reason),
        shown(&name.posting)
    )
}

fn tell_requirements(requirements: &Requirements, text: &mut String) {
    let _ = writeln!(text, "{}", shown(&requirements.plan));
    let total = &requirements.total;
    let rows = requirements
        .subjects
        .iter()
        .map(|row| (row.subject.as_str(), row));
    for (subject, row) in rows.chain([("Total", total)]) {
        let _ = writeln!(
            text,
            "  {:<34} {:>7} required {:>7} earned {:>7} in progress {:>7} needed",
            shown(subject),
            row.required,
            row.earned,
            row.in_progress,
            row.needed
        );
    }
    text.push('\n');
}

fn tell_progress(progress: &Progress, text: &mut String) {
    if let Some(ag) = &progress.college_preparation {
        let _ = writeln!(text, "{}", shown(&ag.label));
        for row in &ag.areas {
            let _ = writeln!(
                text,
                "  {} {:<32} {:>7} required {:>7} earned {:>7} validated {:>7} surplus {:>7} in \
                 progress {:>7} needed",
                row.area,
                shown(&row.label),
                row.required,
                row.earned,
                row.validated,
                row.surplus,
                row.in_progress,
                row.needed
            );
        }
        text.push('\n');
    }
    if let Some(next) = &progress.promotion {
        let _ = writeln!(
            text,
            "Promotion to grade {}: {} of {} credits, {} needed",
            next.to_grade, next.earned, next.required, next.needed
        );
    }
}
