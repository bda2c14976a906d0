//! `registrar transcript explain`: why each figure is what it is.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde::Serialize;

use super::people::{NOBODY, people};
use super::presses::parted;
use super::terminal::shown;
use super::transcript::{Reading, recorded_at};
use super::{Context, Done, issuing};
use crate::record::{Credits, DecidedMark, FulfilmentProgress};
use crate::store::StudentQuery;
use crate::transcript::{
    AreaProgress, Assembled, Average, AverageTrace, ClearedMark, CreditTrace, Edition, LeftOutMark,
    MarkName, PartProgress, PartialPosting, PlanTrace, Progress, RequirementTrace, Requirements,
    Stage, SubjectProgress, TakenMark, UnclearRepeat, assemble,
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
    reading: Reading,
}

/// The answer.
#[derive(Serialize)]
struct Explanation<'a> {
    student: &'a str,
    policy: &'a str,
    policy_sha256: String,
    cleared: &'a [ClearedMark],
    partial: Vec<PartialPosting>,
    unclear_repeats: Vec<UnclearRepeat>,
    /// Every average's figure first, for each trace below lists every mark.
    figures: Vec<Figure<'a>>,
    averages: Vec<&'a AverageTrace>,
    // None of these four where one average was asked for.
    credits: Option<CreditTrace>,
    requirements: Option<&'a Requirements>,
    plan: Option<PlanTrace>,
    progress: Option<Progress>,
    decided_marks: &'a [DecidedMark],
}

/// An average without its trace.
#[derive(Serialize)]
struct Figure<'a> {
    name: &'a str,
    value: Option<&'a str>,
    /// Whether it stands on the page.
    printed: bool,
}

impl<'a> Figure<'a> {
    fn of(trace: &'a AverageTrace, printed: &[Average]) -> Self {
        Self {
            name: &trace.name,
            value: trace.value.as_deref(),
            printed: printed.iter().any(|average| average.name == trace.name),
        }
    }

    /// `3.22  (not printed)`.
    fn told(&self) -> String {
        let value = self.value.unwrap_or("none: nothing counts");
        let note = if self.printed { "" } else { "  (not printed)" };
        format!("{value}{note}")
    }
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let known = recorded_at(&store, &arguments.reading).await?;
    let query = StudentQuery::Numbers(vec![arguments.student.clone()]);
    let people = people(&store, &query, known).await?;
    let record = store.records(&people, known).await?.pop();
    let record = record.context(NOBODY)?;
    let laid = parted(context, &store, &arguments.reading, people, known).await?;
    let press = laid.into_iter().next().context(NOBODY)?.press;
    let today = context.clock.now();
    let request = issuing::request(context, Edition::Unofficial, &press.language, None, today)?;
    let directory = store.directory(known).await?;
    let assembled = assemble(&record, &directory, &press.policy, &request).map_err(|problems| {
        let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("no transcript can be made:\n  {}", reasons.join("\n  "))
    })?;
    let averages = chosen(&assembled, arguments.gpa.as_deref())?;
    let all = arguments.gpa.is_none();
    let printed = &assembled.transcript.averages;
    let figures = averages.iter().map(|trace| Figure::of(trace, printed));
    let explanation = Explanation {
        student: &record.person.person,
        policy: press.policy.version(),
        policy_sha256: hex::encode(press.policy.digest()),
        cleared: &assembled.cleared,
        partial: PartialPosting::of(&press.policy, &record),
        unclear_repeats: UnclearRepeat::of(&press.policy, &record),
        figures: figures.collect(),
        averages,
        credits: all.then(|| CreditTrace::of(&press.policy, &record)),
        requirements: assembled.transcript.requirements.as_ref().filter(|_| all),
        plan: all
            .then(|| PlanTrace::of(&press.policy, &record, &press.language))
            .flatten(),
        progress: all.then(|| Progress::of(&press.policy, &record, &press.language)),
        decided_marks: &record.decisions.marks,
    };
    context.terminal.data(&explanation, || told(&explanation))?;
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

fn told(explanation: &Explanation<'_>) -> String {
    let mut text = format!(
        "By the rules of {}, SHA-256 {}\n\n",
        shown(explanation.policy),
        explanation.policy_sha256
    );
    // One average is its own index.
    if explanation.figures.len() > 1 {
        text.push_str("Averages; `--gpa NAME` explains one\n");
        for figure in &explanation.figures {
            let _ = writeln!(text, "  {:<20} {}", figure.name, figure.told());
        }
        text.push('\n');
    }
    for cleared in explanation.cleared {
        tell_cleared(cleared, &mut text);
    }
    for partial in &explanation.partial {
        tell_partial(partial, &mut text);
    }
    for unclear in &explanation.unclear_repeats {
        tell_unclear(unclear, &mut text);
    }
    for (trace, figure) in explanation.averages.iter().zip(&explanation.figures) {
        tell_average(trace, figure, &mut text);
    }
    if let Some(credits) = &explanation.credits {
        tell_credits(credits, &mut text);
    }
    if let Some((requirements, plan)) = explanation.requirements.zip(explanation.plan.as_ref()) {
        tell_requirements(requirements, plan, &mut text);
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

fn tell_average(trace: &AverageTrace, figure: &Figure<'_>, text: &mut String) {
    let _ = writeln!(
        text,
        "{}: {}\n  {}",
        trace.name,
        figure.told(),
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

fn tell_unclear(unclear: &UnclearRepeat, text: &mut String) {
    let _ = writeln!(
        text,
        "{} may repeat {}, and they count as two courses: {}; `[[repeats.equivalent]]` of \
         policy.toml makes them one\n",
        named(&unclear.later),
        named(&unclear.earlier),
        unclear.why
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
    let mut line = format!("{} {} x {}", named(name), taken.points, taken.credits);
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
    format!(
        "{} {} [{}]",
        named(name),
        shown(&left_out.reason),
        shown(&name.posting)
    )
}

fn tell_credits(credits: &CreditTrace, text: &mut String) {
    let totals = &credits.totals;
    let _ = writeln!(
        text,
        "Credits: {} attempted, {} earned, {} in progress; a semester's course is {}",
        totals.attempted, totals.earned, totals.in_progress, credits.credits_per_semester
    );
    for share in &credits.marks {
        let (attempted, earned) = (share.attempted, share.earned);
        let _ = write!(
            text,
            "  {} {attempted:>7} attempted {earned:>7} earned",
            named(&share.name)
        );
        if !share.rules.is_empty() {
            let (attempted, earned) = (share.posted_attempted, share.posted_earned);
            let _ = write!(text, "; posted {attempted} and {earned}");
        }
        if let Some(code) = share.repeat {
            let _ = write!(text, "; {code}");
        }
        for rule in &share.rules {
            let _ = write!(text, "; {}", shown(rule));
        }
        let _ = writeln!(text, " [{}]", shown(&share.name.posting));
    }
    text.push('\n');
}

/// Term, title and mark in columns.
fn named(name: &MarkName) -> String {
    let mark = name.mark.as_deref().unwrap_or_default();
    format!(
        "{:<16} {:<40} {:<3}",
        shown(&name.term),
        shown(&name.title),
        shown(mark)
    )
}

fn tell_requirements(requirements: &Requirements, plan: &PlanTrace, text: &mut String) {
    let _ = writeln!(
        text,
        "{}\n  {}",
        shown(&requirements.plan),
        shown(&plan.source)
    );
    for (row, trace) in requirements.subjects.iter().zip(&plan.rows) {
        tell_row(&row.subject, row, text);
        tell_parts(&trace.parts, text);
        for share in &trace.shares {
            let stage = match share.stage {
                Stage::Earned => "",
                Stage::InProgress => ", in progress",
                Stage::Waived => ", waived",
            };
            let of = share.of;
            let part = if share.credits == of {
                String::new()
            } else {
                format!(" of {of}")
            };
            let _ = writeln!(
                text,
                "    + {} {:>7}{part}{stage} [{}]",
                named(&share.name),
                share.credits,
                shown(&share.name.posting)
            );
        }
    }
    for left_out in &plan.left_out {
        let (name, source) = (&left_out.name, left_out.source.as_ref());
        let line = posting_line('-', name, left_out.credits, &left_out.reason, source);
        let _ = writeln!(text, "    {line}");
    }
    tell_row("Total", &requirements.total, text);
    if !plan.requirements.is_empty() {
        text.push_str("  Beside courses (never printed)\n");
    }
    for requirement in &plan.requirements {
        tell_requirement(requirement, text);
    }
    for name in &plan.not_asked_for {
        let _ = writeln!(
            text,
            "    {}: posted, and not asked for by the plan",
            shown(name)
        );
    }
    text.push('\n');
}

/// A requirement that is no course.
fn tell_requirement(requirement: &RequirementTrace, text: &mut String) {
    let status = match requirement.progress {
        Some(FulfilmentProgress::Fulfilled) => "fulfilled",
        Some(FulfilmentProgress::Waived) => "waived",
        Some(FulfilmentProgress::UnderWay) => "under way",
        None => "not recorded",
    };
    let _ = write!(text, "    {:<34} {status}", shown(&requirement.label));
    if let Some(required) = requirement.required {
        let done = requirement.done.unwrap_or_default();
        let _ = write!(text, ", {done} of {required}");
    }
    if let Some(needed) = requirement.needed.filter(|needed| !needed.is_zero()) {
        let _ = write!(text, ", {needed} needed");
    }
    let _ = writeln!(text, "; {}", shown(&requirement.source));
}

fn tell_row(label: &str, row: &SubjectProgress, text: &mut String) {
    let _ = writeln!(
        text,
        "  {:<34} {:>7} required {:>7} earned {:>7} in progress {:>7} needed",
        shown(label),
        row.required,
        row.earned,
        row.in_progress,
        row.needed
    );
}

/// What a row or an area asks for within its credits: why more may be needed than is missing.
fn tell_parts(parts: &[PartProgress], text: &mut String) {
    for part in parts {
        let _ = writeln!(
            text,
            "    of which {:<23} {:>7} required {:>7} reached {:>7} needed",
            shown(part.to_string()),
            part.required,
            part.reached,
            part.needed
        );
    }
}

fn tell_area(row: &AreaProgress, text: &mut String) {
    let _ = writeln!(
        text,
        "  {} {:<32} {:>7} required {:>7} earned {:>7} validated {:>7} surplus {:>7} in progress \
         {:>7} needed",
        row.area,
        shown(&row.label),
        row.required,
        row.earned,
        row.validated,
        row.surplus,
        row.in_progress,
        row.needed
    );
    tell_parts(&row.parts, text);
    for mark in &row.marks {
        let elsewhere = mark.counts_in.filter(|area| *area != row.area);
        let sign = if mark.credits.is_zero() || elsewhere.is_some() {
            '-'
        } else {
            '+'
        };
        let mut why = mark.outcome.to_string();
        if let Some(area) = elsewhere {
            let _ = write!(why, ", counts in {area}");
        }
        let line = posting_line(sign, &mark.name, mark.credits, &why, mark.source.as_ref());
        let _ = writeln!(text, "    {line}");
    }
    for validation in &row.validations {
        let line = posting_line('+', &validation.by, validation.credits, validation, None);
        let _ = writeln!(text, "    {line}");
    }
    for of in &row.surplus_of {
        let what = format!("surplus of {}", of.area);
        let _ = writeln!(text, "    + {what:<61} {:>7}", of.credits);
    }
}

fn tell_progress(progress: &Progress, text: &mut String) {
    if let Some(ag) = &progress.college_preparation {
        let _ = writeln!(text, "{}\n  {}", shown(&ag.label), shown(&ag.source));
        for row in &ag.areas {
            tell_area(row, text);
        }
        text.push('\n');
    }
    if let Some(next) = &progress.promotion {
        let _ = writeln!(
            text,
            "Promotion to grade {}: {} of {} credits, {} needed",
            next.to_grade, next.earned, next.required, next.needed
        );
        for name in &next.left_out {
            let _ = writeln!(
                text,
                "  - {} its credit does not count toward graduation [{}]",
                named(name),
                shown(&name.posting)
            );
        }
    }
}

/// A posting that counts somewhere or is left out: how much of it, why, and where the rule is from.
fn posting_line(
    sign: char,
    name: &MarkName,
    credits: Credits,
    why: &impl std::fmt::Display,
    source: Option<&String>,
) -> String {
    let source = source.map_or_else(String::new, |source| format!(" ({source})"));
    format!(
        "{sign} {} {credits:>7} {why}{} [{}]",
        named(name),
        shown(&source),
        shown(&name.posting)
    )
}
