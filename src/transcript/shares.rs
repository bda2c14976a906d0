//! Where each posting's credits went: into the sums of the page, into which row of the plan.
//!
//! For who explains a figure; no document carries it. The sums are made where the page's are made,
//! here each posting's part in them is named, with the rule that changed it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::assemble::{credit_totals, issuing, measure_of_plan};
use super::average::MarkName;
use super::model::CreditTotals;
use super::policy::{PlanRule, Policy, RepeatCode, RequirementRule, Window};
use super::progress::PartProgress;
use super::repeats::on_page;
use super::requirements::{NoRow, Stage, filled};
use super::unit::in_unit;
use super::year_course::cleared;
use crate::record::{Credits, FulfilmentProgress, PersonRecord, RecordedMark};

/// How the sums of credits came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreditTrace {
    /// The sums, in the measure of the school that issues the transcript.
    #[serde(flatten)]
    pub totals: CreditTotals,
    /// Credits of a semester's course in that measure.
    pub credits_per_semester: Credits,
    /// Every posted mark, in the order of the record.
    pub marks: Vec<CreditShare>,
}

/// The part of one posting in the sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreditShare {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Credits attempted that count.
    pub attempted: Credits,
    /// Credits earned that count.
    pub earned: Credits,
    /// Credits attempted as they were posted.
    pub posted_attempted: Credits,
    /// Credits earned as they were posted.
    pub posted_earned: Credits,
    /// How it stands among several attempts at its course, as the page tells it.
    pub repeat: Option<RepeatCode>,
    /// The rules that made the credits that count of those posted; none where they are the same.
    pub rules: Vec<CreditRule>,
}

/// A rule that changed a posting's credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum CreditRule {
    /// A passed second semester cleared a failed first one.
    YearCourse {
        /// Where the rule comes from.
        source: String,
    },
    /// Another attempt at the course bears the credit, or this one bears that of another.
    Repeat {
        /// Where the rule comes from, if the policy says so.
        source: Option<String>,
    },
    /// It was earned when nothing counts in the sums.
    Window {
        /// When it would count.
        window: Window,
        /// Where the rule comes from.
        source: String,
    },
    /// The school counts in another measure than the one that issues the transcript.
    Unit {
        /// Credits of a semester's course at the school.
        credits_per_semester: Credits,
    },
}

impl fmt::Display for CreditRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YearCourse { source } => {
                write!(f, "the second semester was passed ({source})")
            }
            Self::Repeat { source } => {
                f.write_str("a repeated course earns its credit once")?;
                let source = source.as_deref();
                source.map_or(Ok(()), |source| write!(f, " ({source})"))
            }
            Self::Window { window, source } => {
                write!(f, "the sums take what was earned in {window} ({source})")
            }
            Self::Unit {
                credits_per_semester,
            } => write!(
                f,
                "its school counts {credits_per_semester} for a course of a semester"
            ),
        }
    }
}

impl CreditTrace {
    /// Of a record.
    pub fn of(policy: &Policy, record: &PersonRecord) -> Self {
        let rules = policy.rules();
        let (passed, found) = cleared(rules, &record.marks);
        let (repeated, shown) = on_page(rules, &passed);
        let semester =
            issuing(record).map_or(rules.credits_per_semester, |it| rules.unit(&it.school));
        let counted = in_unit(rules, &shown, semester);
        let source_of = |mark: &RecordedMark| {
            let of_it = found.iter().find(|one| one.name == MarkName::of(mark));
            of_it.map(|one| one.source.clone())
        };
        let mut marks = Vec::new();
        for (place, posted) in record.marks.iter().enumerate() {
            if !posted.mark.kind.is_posted() {
                continue;
            }
            let (shown, counted) = (&shown[place].mark, &counted[place].mark);
            let mut changed = Vec::new();
            changed.extend(source_of(posted).map(|source| CreditRule::YearCourse { source }));
            let before = &passed[place].mark;
            let same = (before.credit_attempted, before.credit_earned)
                == (shown.credit_attempted, shown.credit_earned);
            if !same {
                changed.push(CreditRule::Repeat {
                    source: rules.repeats.source.clone(),
                });
            }
            let unit = rules.unit(&posted.mark.school);
            if unit != semester {
                changed.push(CreditRule::Unit {
                    credits_per_semester: unit,
                });
            }
            let left_out = rules.left_out_of_credits(posted);
            changed.extend(left_out.map(|rule| CreditRule::Window {
                window: rule.window,
                source: rule.source.clone(),
            }));
            let (attempted, earned) = match left_out {
                None => (counted.credit_attempted, counted.credit_earned),
                Some(_) => Default::default(),
            };
            marks.push(CreditShare {
                name: MarkName::of(posted),
                attempted,
                earned,
                posted_attempted: posted.mark.credit_attempted,
                posted_earned: posted.mark.credit_earned,
                repeat: repeated.get(&place).and_then(|it| it.code),
                rules: changed,
            });
        }
        Self {
            totals: credit_totals(record, rules, &shown),
            credits_per_semester: semester,
            marks,
        }
    }
}

/// How a record's credits were sorted into the rows of its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanTrace {
    /// The plan's name in `policy.toml`.
    pub plan: String,
    /// Where the plan comes from.
    pub source: String,
    /// The rows for the student's cohort, in the order of the plan.
    pub rows: Vec<RowTrace>,
    /// Credits that count in no row.
    pub left_out: Vec<PlanLeftOut>,
    /// What the plan asks for beside courses, in its order.
    pub requirements: Vec<RequirementTrace>,
    /// Names of requirements that were posted, and for which the plan does not ask.
    pub not_asked_for: BTreeSet<String>,
}

/// How a requirement that is no course stands. It is told to who counsels, and printed nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequirementTrace {
    /// Its name in the plan.
    pub name: String,
    /// The label.
    pub label: String,
    /// Where it comes from.
    pub source: String,
    /// How far it has come; none where no source says anything of it.
    pub progress: Option<FulfilmentProgress>,
    /// How much is asked for.
    pub required: Option<Credits>,
    /// How much is done.
    pub done: Option<Credits>,
    /// How much is still needed; none where there is no amount and it is not fulfilled.
    pub needed: Option<Credits>,
}

impl RequirementTrace {
    /// Of what several sources say, the one that is furthest counts. What is posted as fulfilled or
    /// waived is so, whatever its amount, as a credit is what was posted.
    fn of(plan: &PlanRule, rule: &RequirementRule, record: &PersonRecord, language: &str) -> Self {
        let posted = record.fulfilments.iter();
        let furthest = posted
            .filter(|posted| posted.requirement == rule.name)
            .max_by_key(|posted| (posted.progress, posted.amount));
        let progress = furthest.map(|posted| posted.progress);
        let done = furthest.and_then(|posted| posted.amount);
        let needed = match progress {
            Some(FulfilmentProgress::Fulfilled | FulfilmentProgress::Waived) => Some(Credits::ZERO),
            Some(FulfilmentProgress::UnderWay) | None => rule
                .amount
                .map(|required| required - done.unwrap_or_default().min(required)),
        };
        Self {
            name: rule.name.clone(),
            label: rule.label.in_language(language).to_owned(),
            source: rule.source.clone().unwrap_or_else(|| plan.source.clone()),
            progress,
            required: rule.amount,
            done,
            needed,
        }
    }
}

/// What counts in one row of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowTrace {
    /// The label.
    pub subject: String,
    /// What the row asks for within its credits.
    pub parts: Vec<PartProgress>,
    /// The postings that count here, with as many of their credits as do.
    pub shares: Vec<PlanShare>,
}

/// The part of one posting in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanShare {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Credits that count here, in the measure of the plan.
    pub credits: Credits,
    /// The posting's credits.
    pub of: Credits,
    /// Earned, in progress or waived.
    pub stage: Stage,
}

/// Credits that count in no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanLeftOut {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// How many.
    pub credits: Credits,
    /// Why.
    pub reason: NoRow,
    /// Where the rule comes from, if not with the plan.
    pub source: Option<String>,
}

impl PlanTrace {
    /// Of a record; none where it has no plan, or one that the policy does not have.
    pub fn of(policy: &Policy, record: &PersonRecord, language: &str) -> Option<Self> {
        let rules = policy.rules();
        let chosen = record.plan.as_ref()?;
        let plan = rules.plans.iter().find(|plan| plan.name == chosen.plan)?;
        let (marks, _) = cleared(rules, &record.marks);
        let (_, shown) = on_page(rules, &marks);
        let marks = in_unit(rules, &shown, measure_of_plan(rules, plan));
        let filled = filled(rules, plan, chosen.entered_grade_9, &marks);
        let mut rows: Vec<RowTrace> = (filled.subjects.iter().enumerate())
            .map(|(row, subject)| RowTrace {
                subject: subject.label.in_language(language).to_owned(),
                parts: filled.parts(row),
                shares: Vec::new(),
            })
            .collect();
        let mut left_out = Vec::new();
        let mut shares = filled.shares;
        shares.sort_by_key(|share| share.place);
        for share in shares {
            let recorded = &marks[share.place];
            let (name, credits) = (MarkName::of(recorded), share.credits);
            let row = match share.row {
                Ok(row) => row,
                Err(reason) => {
                    let subject = &recorded.course.subject;
                    let mut limits = plan.limits.iter().filter(|_| reason == NoRow::Limit);
                    let limit = limits.find(|limit| limit.subjects.contains(subject));
                    left_out.push(PlanLeftOut {
                        name,
                        credits,
                        reason,
                        source: limit.map(|limit| limit.source.clone()),
                    });
                    continue;
                }
            };
            rows[row].shares.push(PlanShare {
                name,
                credits,
                of: match share.stage {
                    Stage::Earned => recorded.mark.credit_earned,
                    Stage::InProgress | Stage::Waived => recorded.mark.credit_attempted,
                },
                stage: share.stage,
            });
        }
        let requirements: Vec<RequirementTrace> = plan
            .requirements(chosen.entered_grade_9)
            .map(|rule| RequirementTrace::of(plan, rule, record, language))
            .collect();
        let asked_for = |name: &String| requirements.iter().any(|asked| asked.name == *name);
        let posted = record.fulfilments.iter().map(|posted| &posted.requirement);
        let not_asked_for = posted.filter(|name| !asked_for(name)).cloned().collect();
        Some(Self {
            plan: plan.name.clone(),
            source: plan.source.clone(),
            rows,
            left_out,
            requirements,
            not_asked_for,
        })
    }
}
