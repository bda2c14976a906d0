//! The public edition of a report: the court's model with every count taken out, and in its place
//! what may be seen.
//!
//! Owns what is carried over, field by field, so that nothing that is new in the court's model
//! comes here unasked; and whether a verdict or a comparison with the year before may stand beside
//! a figure. A verdict stands where it follows from what is shown: beside `>=98`, "met" against 99
//! percent would tell more than the figure does.
//!
//! Never: what is hidden (`suppression`).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::model::*;
use super::{Counted, PublicEdition, PublicOutcome, PublicRow, Withheld};
use crate::compliance::case::Span;
use crate::compliance::decree::{Bound, Direction, Measure, Outcome, Threshold};
use crate::compliance::measure::{Figure, OutcomeResult, Status, ThresholdResult, UNKNOWN};
use crate::compliance::report::{
    CompletenessGate, ComplianceReport, Grouping, MeasureKind, OutcomeBlock, ReportEdition,
    ThresholdBlock, Trend,
};
use crate::compliance::suppression::{Policy, Published, Quantity, Reason, Shown, Value};

/// What is hidden.
const STAR: &str = "*";
/// Of no case.
const NONE: &str = "-";

/// What a public edition is made of, beside the court's report.
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    /// What was counted, with the history.
    pub counted: &'a Counted<'a>,
    /// What the counts come to, in the decree's order.
    pub results: &'a [OutcomeResult],
    /// The period before.
    pub period_before: Span,
    /// The rules.
    pub policy: &'a Policy,
    /// The earlier editions whose history it is.
    pub considered: &'a [ConsideredEdition],
    /// What may be seen.
    pub edition: &'a PublicEdition,
}

impl ComplianceReport {
    /// The public edition of a court's report of the same counts.
    pub fn made_public(self, released: &Released<'_>) -> Self {
        let outcomes = released.counted.decree.outcomes.iter().enumerate();
        let blocks = outcomes.filter_map(|(place, outcome)| {
            let court = self.outcome(&outcome.text.id)?;
            let mut shown = released.edition.outcomes.iter();
            let shown = shown.find(|it| it.id == outcome.text.id)?;
            let result = &released.results[place];
            Some(
                Showing {
                    released,
                    outcome,
                    result,
                    court,
                    shown,
                }
                .block(),
            )
        });
        let public = PublicPart {
            policy: policy(released.policy),
            considered: released.considered.to_vec(),
            withheld: withheld(released.counted.withheld),
            outcomes: blocks.collect(),
        };
        let mut document = self.document;
        document.edition = ReportEdition::Public;
        Self {
            format: self.format,
            document,
            district: self.district,
            decree: self.decree,
            as_of: self.as_of,
            as_known: self.as_known,
            time_zone: self.time_zone,
            period: self.period,
            count_day: self.count_day,
            systems: self.systems,
            study: self.study,
            people: None,
            outcomes: Vec::new(),
            public: Some(public),
            left_out: self.left_out,
            discrepancies: None,
            completeness: Vec::new(),
            // What lacks of a school may be a few of its pupils.
            gate: CompletenessGate {
                below: Vec::new(),
                ..self.gate
            },
            studies_known: None,
            held: Vec::new(),
            calendar_faults: Vec::new(),
            attachments: self.attachments,
        }
    }
}

impl PublicPart {
    /// What no page may lack: each with what it belongs to.
    pub fn must_print(&self) -> Vec<(String, &str)> {
        let mut texts = Vec::new();
        for outcome in &self.outcomes {
            let of = format!("outcome {}", outcome.outcome);
            texts.push((of.clone(), &*outcome.title));
            let is_number = |text: &&str| text.starts_with(|first: char| first.is_ascii_digit());
            let results = outcome.thresholds.iter().map(|it| &*it.result);
            let results = results.filter(|_| outcome.measure != MeasureKind::RiskRatio);
            texts.extend(results.filter(is_number).map(|text| (of.clone(), text)));
        }
        let considered = self.considered.iter();
        let considered = considered.map(|it| ("the earlier editions".to_owned(), &*it.sha256));
        texts.extend(considered);
        texts.push((
            "the rules of what is hidden".to_owned(),
            &*self.policy.version,
        ));
        texts
    }
}

fn policy(policy: &Policy) -> PublicPolicy {
    let edges = policy.coding.iter().map(|step| PublicEdge {
        from: step.population_min.into(),
        bottom: step.bottom_percent.into(),
        top: step.top_percent.into(),
    });
    PublicPolicy {
        version: policy.version.clone(),
        source: policy.source.clone(),
        sha256: hex::encode(Sha256::digest(&policy.file)),
        hidden_to: policy.population_max.into(),
        results_from: policy.rate_population_min.into(),
        edges: edges.collect(),
    }
}

fn withheld(withheld: &Withheld) -> Vec<WithheldTable> {
    let tables = withheld.tables.iter().filter_map(|table| {
        Some(WithheldTable {
            outcome: table.outcome.clone(),
            by: table.by.clone()?,
        })
    });
    tables.collect()
}

/// One outcome on its way.
struct Showing<'a> {
    released: &'a Released<'a>,
    outcome: &'a Outcome,
    result: &'a OutcomeResult,
    court: &'a OutcomeBlock,
    shown: &'a PublicOutcome,
}

impl Showing<'_> {
    fn block(&self) -> PublicOutcomeBlock {
        let thresholds = self.outcome.text.thresholds.iter().enumerate();
        let thresholds: Vec<PublicThreshold> = thresholds
            .map(|(place, threshold)| self.threshold(place, threshold))
            .collect();
        let court = self.court;
        let exclusions = court.excluded.iter().map(|it| PublicExclusion {
            reason: it.reason.clone(),
            label: it.label.clone(),
            source: it.source.clone(),
        });
        let strata = self.outcome.text.strata.iter();
        // Groups that are compared are shown, whether or not the result is broken down by them.
        let compared = match &self.outcome.text.measure {
            Measure::RiskRatio { group, .. } => Some(group),
            _ => None,
        };
        let compared = compared.filter(|it| !self.outcome.text.strata.contains(it));
        let strata = strata.chain(compared);
        PublicOutcomeBlock {
            outcome: court.outcome.clone(),
            title: court.title.clone(),
            definition: court.definition.clone(),
            open: court.open.clone(),
            citation: court.citation.clone(),
            source: court.source.clone(),
            unit: court.unit.clone(),
            measure: court.measure,
            status: self.status(&thresholds),
            exclusions: exclusions.collect(),
            notes: court.notes.clone(),
            groups: strata.filter_map(|axis| self.grouping(axis)).collect(),
            thresholds,
        }
    }

    /// The worst of the thresholds, where each of them shows its own, or one is not met.
    fn status(&self, thresholds: &[PublicThreshold]) -> Option<String> {
        let missed = Status::NotMet.word();
        let is_missed = |it: &PublicThreshold| it.status.as_deref() == Some(missed);
        if thresholds.iter().any(is_missed) {
            return Some(missed.to_owned());
        }
        let all = thresholds.iter().all(|it| it.status.is_some());
        all.then(|| self.result.status.word().to_owned())
    }

    fn threshold(&self, place: usize, threshold: &Threshold) -> PublicThreshold {
        let court: &ThresholdBlock = &self.court.thresholds[place];
        let result = &self.result.thresholds[place];
        let rows = self.shown.rows(place, None);
        let row = rows.as_ref().and_then(|rows| rows.first());
        let direction = self.direction(threshold);
        let before = row.and_then(|row| self.before(place, threshold, row));
        PublicThreshold {
            threshold: court.threshold.clone(),
            label: court.label.clone(),
            is_shown: row.is_some(),
            of: row.map_or_else(|| STAR.to_owned(), size),
            result: row.map_or_else(|| STAR.to_owned(), |row| figure(row, direction)),
            target: court.target.clone(),
            targets: court.targets.clone(),
            status: self
                .may_tell_status(place, result, row, before.as_ref(), direction)
                .then(|| result.status.word().to_owned()),
            before: before.map(|(before, _)| before),
            ratios: self.ratios(place, result, row, direction),
        }
    }

    fn direction(&self, threshold: &Threshold) -> Direction {
        threshold.direction.unwrap_or(self.outcome.text.direction)
    }

    /// Whether what is shown, and nothing that is hidden, says how a target stands.
    fn may_tell_status(
        &self,
        place: usize,
        result: &ThresholdResult,
        row: Option<&PublicRow<'_>>,
        before: Option<&(PublicBefore, Figure)>,
        direction: Direction,
    ) -> bool {
        match result.status {
            Status::MetByStipulation
            | Status::MetByOrder
            | Status::Superseded
            | Status::Lapsed
            | Status::NotMeasurable => return true,
            _ if self.outcome.text.measure.is_ratio() => return self.all_groups_stand(place),
            Status::TargetNotConfirmed => return true,
            Status::NoData => return row.is_some_and(|it| it.size.value == Value::Cases(0)),
            Status::NotComputed => return false,
            Status::MetByData | Status::NotMet => {}
        }
        let (Some(row), Some(target)) = (row, &result.target) else {
            return false;
        };
        let earlier = before.map(|(_, figure)| *figure);
        if target.bound == Bound::Better && earlier.is_none() {
            return false;
        }
        let met = result.status == Status::MetByData;
        let ends = ends_of(row);
        let agrees = |end: Figure| end.meets(target.bound, earlier, direction) == Some(met);
        ends.is_some_and(|(least, most)| agrees(least) && agrees(most))
    }

    /// Of an outcome that compares groups: whether every group's counts are shown, or it is too
    /// small to be compared.
    fn all_groups_stand(&self, place: usize) -> bool {
        let Measure::RiskRatio {
            group, n_size_min, ..
        } = &self.outcome.text.measure
        else {
            return false;
        };
        let never = *n_size_min > self.released.policy.population_max;
        let stands = |row: &PublicRow<'_>| match (row.counted.value, row.size.reason) {
            (Value::Rate { .. } | Value::NoData, _) => true,
            (_, reason) => reason == Reason::Primary && never,
        };
        let rows = self.shown.rows(place, Some(group));
        rows.is_some_and(|rows| rows.iter().all(stands))
    }

    /// Ratios of the groups whose counts are shown, as are those of all.
    fn ratios(
        &self,
        place: usize,
        result: &ThresholdResult,
        whole: Option<&PublicRow<'_>>,
        direction: Direction,
    ) -> Vec<PublicRatio> {
        let Measure::RiskRatio { group, .. } = &self.outcome.text.measure else {
            return Vec::new();
        };
        let is_exact = |row: &PublicRow<'_>| matches!(row.counted.value, Value::Rate { .. });
        let rows = self.shown.rows(place, Some(group)).unwrap_or_default();
        let stands = |word: &str| rows.iter().any(|row| row.word == word && is_exact(row));
        let risks = result.groups.iter();
        let risks = risks.filter(|_| whole.is_some_and(is_exact));
        let shown = risks.filter(|it| it.group != UNKNOWN && stands(&it.group));
        shown
            .filter_map(|it| {
                Some(PublicRatio {
                    group: it.group.clone(),
                    ratio: it.ratio?.shown(direction),
                    alternate: it.alternate,
                })
            })
            .collect()
    }

    /// What the last public edition of the period before showed of the whole, exactly.
    fn before(
        &self,
        place: usize,
        threshold: &Threshold,
        now: &PublicRow<'_>,
    ) -> Option<(PublicBefore, Figure)> {
        let period = self.released.counted.period;
        let earlier = self.released.period_before;
        let name = |span: Span| format!("{}..{}", span.begins, span.ends);
        let own = self.shown.population(place)?;
        let own = own.replacen(&name(period), &name(earlier), 1);
        let told = |quantity: Quantity| {
            let rows = self.released.counted.history.iter().rev();
            let mut rows = rows.filter(|row| row.population == own && row.stratum.is_empty());
            exact(rows.find(|row| row.quantity == quantity)?)
        };
        let numerator = told(Quantity::Rate(threshold.name.clone()))?;
        let direction = self.direction(threshold);
        let then = Figure::percent(numerator.into(), told(Quantity::Size)?.into())?;
        let now = match ends_of(now) {
            Some((least, most)) if least == most => Some(least),
            _ => None,
        };
        let before = PublicBefore {
            begins: earlier.begins,
            ends: earlier.ends,
            result: then.shown(direction),
            trend: now.map(|now| trend(now, then, direction)),
        };
        Some((before, then))
    }

    fn grouping(&self, axis: &str) -> Option<PublicGrouping> {
        let thresholds = self.outcome.text.thresholds.iter().enumerate();
        let tables: Vec<_> = thresholds
            .filter_map(|(place, threshold)| {
                let rows = self.shown.rows(place, Some(axis))?;
                Some((threshold, rows))
            })
            .collect();
        let labels = self.court.groups.iter().find(|it| it.by == axis);
        // A share of some cases may have no line where that of others has one.
        let words = tables.iter().flat_map(|(_, rows)| rows);
        let words: BTreeSet<&str> = words.map(|row| row.word).collect();
        let rows = words.into_iter().map(|word| {
            let found = |rows: &[PublicRow<'_>]| -> Option<usize> {
                rows.iter().position(|row| row.word == word)
            };
            let of = |(_, rows): &(_, Vec<PublicRow<'_>>)| {
                found(rows).map_or("0".to_owned(), |at| size(&rows[at]))
            };
            let result = |(threshold, rows): &(&Threshold, Vec<PublicRow<'_>>)| {
                let direction = self.direction(threshold);
                found(rows).map_or(NONE.to_owned(), |at| figure(&rows[at], direction))
            };
            PublicGroup {
                group: word.to_owned(),
                label: self.label(labels, axis, word),
                of: tables.iter().map(of).collect(),
                results: tables.iter().map(result).collect(),
            }
        });
        if tables.is_empty() {
            return None;
        }
        Some(PublicGrouping {
            by: axis.to_owned(),
            thresholds: tables.iter().map(|(it, _)| it.name.clone()).collect(),
            rows: rows.collect(),
        })
    }

    /// The name of a group: that of the court's report, or of a school that has no case there.
    fn label(&self, known: Option<&Grouping>, axis: &str, word: &str) -> Option<String> {
        if axis == super::SCHOOL {
            let school = self.released.counted.schools.get(word);
            return school.map(|school| school.name.clone());
        }
        let row = known?.rows.iter().find(|row| row.group == word);
        row?.label.clone()
    }
}

/// The count of a row that an earlier edition showed as it was.
fn exact(row: &Published) -> Option<u32> {
    row.high.filter(|high| *high == row.low && !row.hidden)
}

fn trend(now: Figure, then: Figure, direction: Direction) -> Trend {
    match (now.order_to(then), direction) {
        (Ordering::Equal, _) => Trend::Same,
        (Ordering::Greater, Direction::Increase) | (Ordering::Less, Direction::Decrease) => {
            Trend::Better
        }
        _ => Trend::Worse,
    }
}

/// Of how many cases, as it prints.
fn size(row: &PublicRow<'_>) -> String {
    match row.size.value {
        Value::Cases(cases) => cases.to_string(),
        _ => STAR.to_owned(),
    }
}

/// A result, as it prints: rounded to the worse side, as in the court edition.
fn figure(row: &PublicRow<'_>, direction: Direction) -> String {
    match row.counted.value {
        Value::NoData => NONE.to_owned(),
        Value::AtMost(percent) => format!("<={percent}"),
        Value::AtLeast(percent) => format!(">={percent}"),
        Value::Star => STAR.to_owned(),
        Value::Rate { .. } | Value::Cases(_) => match (row.size.value, ends_of(row)) {
            (Value::Cases(0), _) => NONE.to_owned(),
            (_, Some((figure, _))) => figure.shown(direction),
            (_, None) => STAR.to_owned(),
        },
    }
}

/// The least and the largest figure that what is shown allows.
fn ends_of(row: &PublicRow<'_>) -> Option<(Figure, Figure)> {
    let Shown { value, .. } = row.counted;
    let of_size = |cases: u32| {
        let Value::Cases(of) = row.size.value else {
            return None;
        };
        Figure::percent(cases.into(), of.into())
    };
    let at = |percent: u32| Figure::percent(percent.into(), 100);
    match *value {
        Value::Rate { cases, .. } | Value::Cases(cases) => {
            let figure = of_size(cases)?;
            Some((figure, figure))
        }
        Value::AtMost(percent) => Some((at(0)?, at(percent)?)),
        Value::AtLeast(percent) => Some((at(percent)?, at(100)?)),
        Value::NoData | Value::Star => None,
    }
}
