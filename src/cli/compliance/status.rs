//! `registrar compliance status`: every outcome of a decree on one screen.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Context, Done, Reading, completeness, open};
use crate::cli::terminal::shown;
use crate::compliance::DiscrepancyKind;
use crate::compliance::decree::{Bound, Direction, Outcome};
use crate::compliance::measure::{
    OutcomeResult, OutcomeTally, Status, ThresholdResult, Timeliness,
};
use crate::issue::{Compliance, Measured};
use crate::record::SchoolYear;

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
    time_zone: &'a str,
    /// The school year that is reported.
    period_of: String,
    period: [String; 2],
    /// Whether the day of the report lies after it.
    period_is_over: bool,
    count_day: String,
    /// The weeks over which services were looked at.
    study: Option<[String; 2]>,
    /// The systems whose rows were counted; of an empty list all.
    student_systems: &'a [String],
    support_systems: &'a [String],
    people: u64,
    completeness: completeness::Told<'a>,
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
    depends_on_unclear: bool,
    /// What of its definition nobody found in its source.
    unconfirmed: Vec<String>,
    counted: u64,
    classes: BTreeMap<&'a str, u64>,
    excluded: BTreeMap<&'a str, u64>,
    unclear: u64,
    /// Cases in time by rows that came after the day they satisfy; none where no case had such a
    /// day.
    entered_late: Option<u64>,
    entered_late_by_school: Option<&'a BTreeMap<String, u64>>,
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
    /// Cases in time where the clock stands still in long vacations, and where it never does; none
    /// where that was computed of no case.
    in_time_tolled: Option<u64>,
    in_time_untolled: Option<u64>,
    /// Cases of which it was computed: those with an end.
    in_time_of: u64,
    entered_late: Option<u64>,
    status: &'static str,
    depends_on_unclear: bool,
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
            time_zone: around.time_zone.iana_name().unwrap_or("UTC"),
            period_of: SchoolYear::beginning(around.period.begins.year())
                .map_or_else(String::new, |year| year.to_string()),
            period_is_over: around.as_of > around.period.ends,
            study: around
                .study
                .map(|weeks| [weeks.begins, weeks.ends].map(|it| it.to_string())),
            student_systems: &systems.student,
            support_systems: &systems.support,
            completeness: completeness::Told::of(compliance, measured),
            period: [around.period.begins, around.period.ends].map(|it| it.to_string()),
            count_day: around.count_day.min(around.as_of).to_string(),
            people: measured.people,
            outcomes: outcomes
                .map(|(place, (outcome, result))| {
                    ToldOutcome::of(outcome, result, &measured.outcomes[place], language)
                        .listed(&measured.list_digests[place])
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
        text += &self.reading();
        for outcome in &self.outcomes {
            text += &outcome.text();
        }
        for fault in &self.calendar_faults {
            text += &format!("calendar: {}\n", shown(fault));
        }
        text += &self.completeness.text();
        let Some(discrepancies) = &self.discrepancies else {
            return text + "  [compliance] in registrar.toml names no systems to compare\n";
        };
        let disagree = discrepancies.iter().filter(|(_, count)| **count > 0);
        let disagree: Vec<String> = disagree
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        if !disagree.is_empty() {
            text += &format!("  systems disagree about: {}\n", disagree.join(", "));
        }
        text
    }

    /// By what the records were read.
    fn reading(&self) -> String {
        let [begins, ends] = &self.period;
        let over = match self.period_is_over {
            true => "it is over: what happened until the day of the report counts",
            false => "it is not over: what is not yet due stays out until it is closed",
        };
        let all = |systems: &[String]| match systems.is_empty() {
            true => "all".to_owned(),
            false => shown(systems.join(", ")).to_string(),
        };
        let study = self.study.as_ref().map_or_else(
            || "none given, so that no service is looked at".to_owned(),
            |[begins, ends]| format!("{begins} to {ends}"),
        );
        format!(
            "Year {}, {begins} to {ends}: {over}\nPupils counted on {}; weeks of services: \
             {study}\nRecords as known at {}, days in {}; {} people looked at\nCounted systems: \
             students {}; special education {}\n\n",
            self.period_of,
            self.count_day,
            self.as_known,
            self.time_zone,
            self.people,
            all(self.student_systems),
            all(self.support_systems)
        )
    }
}

impl<'a> ToldOutcome<'a> {
    fn of(
        outcome: &'a Outcome,
        result: &'a OutcomeResult,
        tally: &'a OutcomeTally,
        language: &str,
    ) -> Self {
        let whole = &tally.whole;
        let classes = outcome
            .text
            .class_names()
            .zip(whole.classes.iter().copied());
        let late = &tally.entered_late;
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
            depends_on_unclear: result.depends_on_unclear,
            unconfirmed: outcome.text.unconfirmed(),
            entered_late: late.known(),
            entered_late_by_school: late.known().map(|_| &late.schools),
            thresholds: thresholds
                .zip(&tally.timeliness)
                .map(|((threshold, result), timeliness)| {
                    let direction = threshold.direction.unwrap_or(outcome.text.direction);
                    let label = threshold.label.in_language(language);
                    ToldThreshold::of(result, label, direction).timed(timeliness)
                })
                .collect(),
            cases_sha256: String::new(),
        }
    }

    /// With the digest of its list of cases.
    fn listed(self, digest: &[u8; 32]) -> Self {
        Self {
            cases_sha256: hex::encode(digest),
            ..self
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
        if !self.unconfirmed.is_empty() {
            text += &format!("      unconfirmed: {}\n", self.unconfirmed.join(", "));
        }
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
                    text += &format!("; target {target}, unconfirmed");
                }
                (Some(target), _) => text += &format!("; target {target}"),
                (None, _) => {}
            }
            text.push('\n');
            if let (Some(tolled), Some(untolled)) =
                (threshold.in_time_tolled, threshold.in_time_untolled)
            {
                text += &format!(
                    "        in time if long vacations stop the clock {tolled}, if not {untolled}, \
                     of {} that ended\n",
                    threshold.in_time_of
                );
            }
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
        if self.depends_on_unclear {
            text += "      the verdict would be the other one, were the unclear cases counted so\n";
        }
        if let Some(late) = self.entered_late.filter(|it| *it > 0) {
            text += &format!(
                "      {late} in time only by rows that were entered after the day they satisfy\n"
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
            in_time_tolled: None,
            in_time_untolled: None,
            in_time_of: 0,
            entered_late: None,
            status: result.status.word(),
            depends_on_unclear: result.depends_on_unclear,
        }
    }

    /// With what its last day comes to.
    fn timed(self, timeliness: &Timeliness) -> Self {
        Self {
            in_time_tolled: timeliness.tolled.known(),
            in_time_untolled: timeliness.untolled.known(),
            in_time_of: timeliness.untolled.of,
            entered_late: timeliness.entered_late.known(),
            ..self
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
