//! `registrar compliance status`: every outcome of a decree on one screen.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Context, Done, Reading, open};
use crate::cli::terminal::shown;
use crate::compliance::DiscrepancyKind;
use crate::compliance::decree::{Bound, Direction, Outcome};
use crate::compliance::measure::{OutcomeResult, Status, ThresholdResult};
use crate::issue::{Compliance, Measured};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
}

/// What a decree comes to, as it is told.
#[derive(Serialize)]
struct Told<'a> {
    decree: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    historical: Option<&'a str>,
    decree_sha256: String,
    as_of: String,
    as_known: String,
    period: [String; 2],
    count_day: String,
    people: u64,
    outcomes: Vec<ToldOutcome<'a>>,
    /// None where no systems are named, so that nothing is compared.
    discrepancies: Option<BTreeMap<&'static str, u64>>,
    calendar_faults: Vec<String>,
}

#[derive(Serialize)]
struct ToldOutcome<'a> {
    outcome: &'a str,
    title: &'a str,
    status: &'static str,
    counted: u64,
    classes: BTreeMap<&'a str, u64>,
    excluded: BTreeMap<&'a str, u64>,
    unclear: u64,
    in_time_tolled: u64,
    in_time_untolled: u64,
    entered_late: u64,
    thresholds: Vec<ToldThreshold<'a>>,
    cases_sha256: String,
}

#[derive(Serialize)]
struct ToldThreshold<'a> {
    threshold: &'a str,
    label: &'a str,
    numerator: u64,
    of: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_confirmed: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<ToldGroup<'a>>,
    status: &'static str,
}

#[derive(Serialize)]
struct ToldGroup<'a> {
    group: &'a str,
    numerator: u64,
    of: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<String>,
    alternate: bool,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let measured = compliance
        .measure::<anyhow::Error>(|_, _| Ok(()), |_| {})
        .await?;
    let language = &context.config.transcript.language;
    let told = Told::of(&compliance, &measured, language);
    context.terminal.data(&told, || told.text())?;
    let missed = told
        .outcomes
        .iter()
        .any(|it| it.status == Status::NotMet.word());
    context.terminal.say(
        "next: `registrar compliance cases --outcome N` lists the cases behind a number, \
         `explain` says why one is where it is",
    );
    Ok(if missed { Done::No } else { Done::Yes })
}

impl<'a> Told<'a> {
    fn of(compliance: &'a Compliance, measured: &'a Measured, language: &str) -> Self {
        let decree = compliance.decree();
        let around = &measured.around;
        let outcomes = decree.outcomes.iter().zip(&measured.results).enumerate();
        let historical = decree.text.historical.as_ref();
        let systems = &around.systems;
        let is_compared = !systems.student.is_empty() && !systems.support.is_empty();
        let mut discrepancies: BTreeMap<&'static str, u64> = BTreeMap::new();
        for kind in DiscrepancyKind::ALL {
            let of_kind = measured.discrepancies.iter().filter(|it| it.kind == *kind);
            discrepancies.insert(kind.word(), of_kind.count() as u64);
        }
        Self {
            decree: &decree.text.id,
            title: decree.text.title.in_language(language),
            historical: historical.map(|it| it.label.in_language(language)),
            decree_sha256: hex::encode(decree.digest),
            as_of: around.as_of.to_string(),
            as_known: compliance.as_known().to_string(),
            period: [around.period.begins, around.period.ends].map(|it| it.to_string()),
            count_day: around.count_day.min(around.as_of).to_string(),
            people: measured.people,
            outcomes: outcomes
                .map(|(place, (outcome, result))| {
                    ToldOutcome::of(outcome, result, measured, place, language)
                })
                .collect(),
            discrepancies: is_compared.then_some(discrepancies),
            calendar_faults: measured
                .calendar_faults
                .iter()
                .map(|it| it.to_string())
                .collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}, as of {}\n", shown(self.title), self.as_of);
        if let Some(historical) = self.historical {
            text += &format!("{}\n", shown(historical));
        }
        let [begins, ends] = &self.period;
        text += &format!(
            "Period {begins} to {ends}, pupils counted on {}; {} people looked at\n\n",
            self.count_day, self.people
        );
        for outcome in &self.outcomes {
            text += &outcome.text();
        }
        for fault in &self.calendar_faults {
            text += &format!("calendar: {}\n", shown(fault));
        }
        let Some(discrepancies) = &self.discrepancies else {
            return text
                + "\nSystems were not compared: [compliance] in registrar.toml names none\n";
        };
        let disagree = discrepancies.iter().filter(|(_, count)| **count > 0);
        let disagree: Vec<String> = disagree
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        if !disagree.is_empty() {
            text += &format!("\nSystems disagree about: {}\n", disagree.join(", "));
        }
        text
    }
}

impl<'a> ToldOutcome<'a> {
    fn of(
        outcome: &'a Outcome,
        result: &'a OutcomeResult,
        measured: &Measured,
        place: usize,
        language: &str,
    ) -> Self {
        let tally = &measured.outcomes[place];
        let whole = &tally.whole;
        let classes = outcome
            .text
            .class_names()
            .zip(whole.classes.iter().copied());
        let codes = outcome.text.exclusions.iter().map(|it| &*it.code);
        let thresholds = outcome.text.thresholds.iter().zip(&result.thresholds);
        Self {
            outcome: &outcome.text.id,
            title: outcome.text.title.in_language(language),
            status: result.status.word(),
            counted: whole.counted(),
            classes: classes.collect(),
            excluded: codes.zip(whole.excluded.iter().copied()).collect(),
            unclear: whole.unclear,
            in_time_tolled: tally.in_time[0],
            in_time_untolled: tally.in_time[1],
            entered_late: tally.entered_late.values().sum(),
            thresholds: thresholds
                .map(|(threshold, result)| {
                    let direction = threshold.direction.unwrap_or(outcome.text.direction);
                    let label = threshold.label.in_language(language);
                    ToldThreshold::of(result, label, direction)
                })
                .collect(),
            cases_sha256: hex::encode(measured.list_digests[place]),
        }
    }

    fn text(&self) -> String {
        let status = self.status.replace('_', " ");
        let mut text = format!(
            "{:>4}  {:<21} {}\n",
            self.outcome,
            status,
            shown(self.title)
        );
        for threshold in &self.thresholds {
            let figure = match (&threshold.figure, threshold.groups.is_empty()) {
                (Some(figure), true) => figure,
                (None, true) => "no data",
                // A ratio is a group's own.
                (_, false) => "by group",
            };
            text += &format!(
                "      {}: {figure} ({} of {})",
                shown(threshold.label),
                threshold.numerator,
                threshold.of
            );
            match (&threshold.target, threshold.target_confirmed) {
                (Some(target), Some(false)) => {
                    text += &format!("; target {target}, not confirmed");
                }
                (Some(target), _) => text += &format!("; target {target}"),
                (None, _) => {}
            }
            text.push('\n');
            for group in &threshold.groups {
                let ratio = group.ratio.as_deref().unwrap_or("too few to compare");
                let (numerator, of) = (group.numerator, group.of);
                let name = shown(group.group);
                text += &format!("        {name:<18} {ratio} ({numerator} of {of})\n");
            }
        }
        let excluded: u64 = self.excluded.values().sum();
        if excluded + self.unclear > 0 {
            text += &format!("      {excluded} excluded, {} unclear\n", self.unclear);
        }
        if self.entered_late > 0 {
            text += &format!(
                "      {} in time only by rows that were entered after the day they satisfy\n",
                self.entered_late
            );
        }
        text
    }
}

impl<'a> ToldThreshold<'a> {
    fn of(result: &'a ThresholdResult, label: &'a str, direction: Direction) -> Self {
        let target = result.target.as_ref();
        let share = result.share.figure.filter(|_| result.groups.is_empty());
        let groups = result.groups.iter().map(|group| ToldGroup {
            group: &group.group,
            numerator: group.share.numerator,
            of: group.share.of,
            ratio: group.ratio.map(|ratio| ratio.shown(direction)),
            alternate: group.alternate,
        });
        Self {
            threshold: &result.name,
            label,
            numerator: result.share.numerator,
            of: result.share.of,
            figure: share.map(|figure| figure.shown(direction)),
            target: target.map(|target| asks(target.bound)),
            target_source: target.map(|target| &*target.target.source.text),
            target_confirmed: target.map(|target| target.target.is_confirmed()),
            groups: groups.collect(),
            status: result.status.word(),
        }
    }
}

/// A target in few words.
fn asks(bound: Bound) -> String {
    match bound {
        Bound::AtLeast(share) => format!("at least {share}"),
        Bound::AtMost(share) => format!("at most {share}"),
        Bound::Below(share) => format!("below {share}"),
        Bound::Above(share) => format!("above {share}"),
        Bound::Better => "better than the year before".to_owned(),
    }
}
