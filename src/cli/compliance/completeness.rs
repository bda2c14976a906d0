//! How complete the records are that a decree is counted from: what `status` tells beside its
//! numbers.
//!
//! Owns its words. What is compared, `compliance/reconcile.rs` and `compliance/report/gate.rs` say.

use crate::cli::terminal::shown;
use crate::compliance::report::{ComplianceReport, OutsideNumbers, SchoolPart};

/// Parts of the records that the text names one by one; `--json` has all.
const PARTS_SHOWN_MAX: usize = 10;

pub(super) fn text(report: &ComplianceReport) -> String {
    let mut text = "\nHow complete the records are\n".to_owned();
    let schools = &report.completeness;
    let sum = |of: fn(&SchoolPart) -> u64| -> u64 { schools.iter().map(of).sum() };
    text += &format!(
        "  {} pupils at {} schools, {} with a plan, on the day of the count\n",
        sum(|it| it.enrolled),
        schools.len(),
        sum(|it| it.with_plan)
    );
    text += &match report.discrepancies {
        None => "  systems were not compared\n".to_owned(),
        Some(_) => format!(
            "  {} of {} with a plan or a disability are so in both systems\n",
            sum(|it| it.with_both),
            sum(|it| it.with_plan + it.with_disability - it.with_both)
        ),
    };
    text + &certified(report) + &held(report) + &disagree(report) + &below(report)
}

/// What keeps a report from being signed.
fn below(report: &ComplianceReport) -> String {
    let gate = &report.gate;
    if gate.below.is_empty() {
        return format!(
            "  nothing is under the {} percent of a signature\n",
            gate.at_least
        );
    }
    let mut text = format!(
        "  under the {} percent that a signature asks for:\n",
        gate.at_least
    );
    for part in gate.below.iter().take(PARTS_SHOWN_MAX) {
        text += &format!("    {}\n", shown(part.to_string()));
    }
    let more = gate.below.len().saturating_sub(PARTS_SHOWN_MAX);
    if more > 0 {
        text += &format!("    and {more} more, which --json names\n");
    }
    text
}

/// The schools that somebody outside counted, beside what the records have of the same.
fn certified(report: &ComplianceReport) -> String {
    let schools = report.completeness.iter();
    let counted: Vec<_> = schools
        .filter_map(|it| Some((it, it.outside.as_ref()?)))
        .collect();
    if counted.is_empty() {
        return "  nobody outside certified a count of pupils\n".to_owned();
    }
    let sum = |of: fn(&SchoolPart, &OutsideNumbers) -> i128| -> i128 {
        counted
            .iter()
            .map(|(school, outside)| of(school, outside))
            .sum()
    };
    let own = sum(|school, _| school.enrolled.into());
    let theirs = sum(|_, outside| outside.enrolled.into());
    let plans = sum(|school, outside| {
        let plans = outside.with_plan.map(i128::from);
        plans.map_or(0, |plans| i128::from(school.with_plan) - plans)
    });
    format!(
        "  certified counts of {} schools: {theirs} pupils, the records have {own} ({:+}); pupils \
         with a plan {plans:+}\n",
        counted.len(),
        own - theirs,
    )
}

fn held(report: &ComplianceReport) -> String {
    let held = report.held.iter();
    let held: Vec<_> = held
        .map(|it| format!("{} {}", shown(&it.source), it.people))
        .collect();
    match held.is_empty() {
        true => "  nobody is held at import\n".to_owned(),
        false => format!(
            "  held at import, their rows as they were before: {}\n",
            held.join(", ")
        ),
    }
}

fn disagree(report: &ComplianceReport) -> String {
    let Some(discrepancies) = &report.discrepancies else {
        return "  [compliance] in registrar.toml names no systems to compare\n".to_owned();
    };
    let kinds = discrepancies.kinds.iter();
    let some = kinds.filter(|it| it.disagreements > 0);
    let some: Vec<_> = some
        .map(|it| format!("{} {}", it.kind, it.disagreements))
        .collect();
    match some.is_empty() {
        true => String::new(),
        false => format!(
            "  systems disagree about {} people of {} schools, {} times: {}\n    \
             `registrar compliance reconcile` lists them\n",
            discrepancies.people,
            discrepancies.schools.len(),
            discrepancies.disagreements,
            some.join(", ")
        ),
    }
}
