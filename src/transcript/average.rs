//! Grade point averages: one definition, one record, one exact figure and how it came about.

use super::policy::{AverageRule, Rules};
use crate::record::{Credits, GradePoints, HonorsKind, Ratio, RecordedMark};

/// How one average came about; every mark of the record is in one of the two lists.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AverageTrace {
    /// The definition's name.
    pub name: String,
    /// Where the definition comes from.
    pub source: String,
    /// What was taken.
    pub taken: Vec<TakenMark>,
    /// What was left out, and why.
    pub left_out: Vec<LeftOutMark>,
    /// The sum of points times credits, in millionths.
    pub points_times_credits: i128,
    /// The sum of credits.
    pub credit_counted: Credits,
    /// The figure as it is printed; none where nothing counts.
    pub value: Option<String>,
}

/// A mark that an average took.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TakenMark {
    /// The posting's number in its source.
    pub posting: String,
    /// The mark.
    pub mark: String,
    /// Its weight: credits attempted.
    pub credits: Credits,
    /// Grade points without the bonus.
    pub points: GradePoints,
    /// The bonus.
    pub bonus: GradePoints,
}

/// A mark that an average left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LeftOutMark {
    /// The posting's number in its source.
    pub posting: String,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why an average leaves a mark out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// It is in progress or planned.
    NoMarkYet,
    /// The definition does not take marks of this kind.
    Kind,
    /// It was taken in a grade outside the definition's window.
    GradeLevel,
    /// The mark carries no points (pass, credit, withdrawn, incomplete).
    NoPoints,
    /// The mark is not on the district's grading scale.
    NotOnScale,
    /// No credit was attempted, so it has no weight.
    NoCredit,
}

/// Applies one definition to a record. The sum is exact; it is rounded once, as the rule names.
pub(super) fn average(rules: &Rules, rule: &AverageRule, marks: &[RecordedMark]) -> AverageTrace {
    let mut trace = AverageTrace {
        name: rule.name.clone(),
        source: rule.source.clone(),
        taken: Vec::new(),
        left_out: Vec::new(),
        points_times_credits: 0,
        credit_counted: Credits::ZERO,
        value: None,
    };
    for recorded in marks {
        match weigh(rules, rule, recorded) {
            Ok(taken) => {
                let points = i128::from((taken.points + taken.bonus).thousandths());
                trace.points_times_credits += points * i128::from(taken.credits.thousandths());
                trace.credit_counted = trace.credit_counted + taken.credits;
                trace.taken.push(taken);
            }
            Err(reason) => {
                let posting = recorded.mark.posting.clone();
                trace.left_out.push(LeftOutMark { posting, reason });
            }
        }
    }
    // Thousandths of points times thousandths of credits, over thousandths of credits.
    let divisor = i128::from(trace.credit_counted.thousandths()) * 1000;
    trace.value = Ratio::new(trace.points_times_credits, divisor)
        .map(|ratio| ratio.to_decimal(rule.decimals, rule.rounding));
    trace
}

fn weigh(
    rules: &Rules,
    rule: &AverageRule,
    recorded: &RecordedMark,
) -> Result<TakenMark, LeftOutReason> {
    let mark = &recorded.mark;
    if !mark.kind.is_posted() {
        return Err(LeftOutReason::NoMarkYet);
    }
    let letter = mark.mark.as_deref().ok_or(LeftOutReason::NoMarkYet)?;
    if !rule.kinds.contains(&mark.kind) {
        return Err(LeftOutReason::Kind);
    }
    if mark.grade_level < rule.grade_levels.0 || mark.grade_level > rule.grade_levels.1 {
        return Err(LeftOutReason::GradeLevel);
    }
    let step = rules.step(letter).ok_or(LeftOutReason::NotOnScale)?;
    let points = step.points.ok_or(LeftOutReason::NoPoints)?;
    if mark.credit_attempted.is_zero() {
        return Err(LeftOutReason::NoCredit);
    }
    let honors = recorded.course.honors;
    let earns = step.earns_bonus && honors != HonorsKind::None && rule.bonus_for.contains(&honors);
    Ok(TakenMark {
        posting: mark.posting.clone(),
        mark: letter.to_owned(),
        credits: mark.credit_attempted,
        points,
        bonus: if earns { rule.bonus } else { GradePoints::ZERO },
    })
}
