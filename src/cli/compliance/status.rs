//! `registrar compliance status`: every outcome of a decree on one screen.
//!
//! Owns the words of that screen. What stands in them is the report's model, so that no status says
//! what a report would not; `--json` is the model itself, as of a draft.

use super::{Context, Done, Reading, completeness, open};
use crate::cli::terminal::shown;
use crate::compliance::calendar::CalendarFault;
use crate::compliance::measure::Status;
use crate::compliance::report::{
    ComplianceReport, InTimeOf, MeasureKind, OutcomeBlock, ReportEdition, TargetBlock, TargetKind,
    ThresholdBlock, Unconfirmed, YearFigure,
};
use crate::issue::ReportWanted;
use crate::record::SchoolYear;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let measured = compliance
        .measure::<anyhow::Error>(|_, _| Ok(()), |_| {})
        .await?;
    let wanted = ReportWanted {
        edition: ReportEdition::Court,
        draft: true,
        language: context.config.transcript.language.clone(),
        left_out: Vec::new(),
        overridden: None,
    };
    let report = compliance.report(&measured, &wanted)?;
    let text = || text(&report, &measured.calendar_faults);
    context.terminal.data(&report, text)?;
    let not_met = Status::NotMet.word();
    let missed = report.outcomes.iter().any(|it| it.status == not_met);
    context.terminal.say(
        "next: `registrar compliance cases --outcome N` lists the cases behind a number, \
         `explain` says why one is where it is",
    );
    Ok(if missed { Done::No } else { Done::Yes })
}

fn text(report: &ComplianceReport, faults: &[CalendarFault]) -> String {
    let decree = &report.decree;
    let mut text = format!("{}, as of {}\n", shown(&decree.title), report.as_of);
    if let Some(historical) = &decree.historical {
        text += &format!("{}\n", shown(historical));
    }
    text += &reading(report);
    for outcome in &report.outcomes {
        text += &of_outcome(outcome);
    }
    // With the hint, which the report leaves out: it is for the district.
    for fault in faults {
        text += &format!("calendar: {}\n", shown(fault.to_string()));
    }
    text + &completeness::text(report)
}

/// By what the records were read.
fn reading(report: &ComplianceReport) -> String {
    let period = report.period;
    let over = match report.as_of > period.ends {
        true => "it is over: what happened until the day of the report counts",
        false => "it is not over: what happens in the rest of it is not in these numbers",
    };
    let all = |systems: &[String], all: &str| match systems.is_empty() {
        true => all.to_owned(),
        false => shown(systems.join(", ")).to_string(),
    };
    let study = report.study.map_or_else(
        || "none given, so that no service is looked at".to_owned(),
        |weeks| format!("{} to {}", weeks.begins, weeks.ends),
    );
    let year = SchoolYear::beginning(period.begins.year());
    format!(
        "Year {}, {} to {}: {over}\nPupils counted on {}; weeks of services: {study}\nRecords as \
         known at {}, days in {}{}\nCounted systems: students {}; special \
         education {}\n\n",
        year.map_or_else(String::new, |year| year.to_string()),
        period.begins,
        period.ends,
        report.count_day,
        report.as_known,
        report.time_zone,
        report
            .people
            .map_or_else(String::new, |people| format!("; {people} people looked at")),
        all(
            &report.systems.student,
            "all, a student system's enrolments before a special-education system's"
        ),
        all(&report.systems.support, "all")
    )
}

fn of_outcome(outcome: &OutcomeBlock) -> String {
    let status = outcome.status.replace('_', " ");
    let mut text = format!(
        "{:>4}  {status:<21} {}\n",
        outcome.outcome,
        shown(&outcome.title)
    );
    if !outcome.unconfirmed.is_empty() {
        let parts = outcome.unconfirmed.iter().map(Unconfirmed::to_string);
        let parts: Vec<_> = parts.collect();
        text += &format!("      unconfirmed: {}\n", parts.join(", "));
    }
    for threshold in &outcome.thresholds {
        text += &of_threshold(outcome, threshold);
    }
    let excluded: u64 = outcome.excluded.iter().map(|it| it.cases).sum();
    if excluded + outcome.unclear > 0 {
        text += &format!("      {excluded} excluded, {} unclear\n", outcome.unclear);
    }
    for reason in &outcome.unclear_for {
        let unknown = reason.unknown.join(", ");
        text += &format!("        {} without {}\n", reason.cases, shown(unknown));
    }
    if outcome.depends_on_unclear {
        text += "      the verdict would be the other one, were the unclear cases counted so\n";
    }
    let late = outcome.entered_late.iter().flatten();
    let late: u64 = late.map(|it| it.cases).sum();
    if late > 0 {
        text += &format!(
            "      {late} in time only by rows that were entered after the day they satisfy\n"
        );
    }
    if outcome.entered_untold > 0 {
        let untold = outcome.entered_untold;
        text += &format!("      of {untold} in time nobody can tell when that was entered\n");
    }
    for study in &outcome.studies {
        let used = study.draws.iter().filter(|it| !it.results.is_empty());
        text += &format!(
            "      study of {} files by `{}`: {} draws, {} of them used\n",
            study.cases,
            shown(&study.form.name),
            study.draws.len(),
            used.count()
        );
    }
    text
}

fn of_threshold(outcome: &OutcomeBlock, threshold: &ThresholdBlock) -> String {
    let figure = match (&threshold.figure, outcome.measure) {
        // A ratio is a group's own.
        (_, MeasureKind::RiskRatio) => "by group",
        (Some(figure), _) => figure,
        (None, _) => "no data",
    };
    // A rate adds something up, and its cases alone would be another number.
    let counted = match &threshold.sum {
        Some(sum) => format!(
            "{sum} in {} cases, of {}",
            threshold.numerator, threshold.of
        ),
        None => format!("{} of {}", threshold.numerator, threshold.of),
    };
    let mut text = format!("      {}: {figure} ({counted})", shown(&threshold.label));
    if let Some(target) = &threshold.target {
        let confirmed = if target.source.confirmed {
            ""
        } else {
            ", unconfirmed"
        };
        text += &format!("; target {}{confirmed}", asks(target));
    }
    text.push('\n');
    if let Some(study) = &threshold.study {
        let between = study.between.as_ref().map_or_else(String::new, |it| {
            format!("; of all, 95 times of 100, {} to {}", it.lower, it.upper)
        });
        text += &format!(
            "        by the study of files: {} ({} of {} reviewed, draw {}{between})\n",
            study.figure, study.yes, study.of, study.draw
        );
    }
    for (reading, in_time) in [
        ("if long vacations stop the clock", threshold.in_time_tolled),
        ("if nothing does", threshold.in_time_untolled),
    ] {
        if let Some(InTimeOf { cases, of }) = in_time {
            text += &format!("        in time {reading}: {cases} of {of} that ended\n");
        }
    }
    text += &years(threshold);
    for group in &threshold.ratios {
        let ratio = group.ratio.as_deref().unwrap_or("too few to compare");
        let (numerator, of) = (group.numerator, group.of);
        let name = shown(&group.group);
        text += &format!("        {name:<18} {ratio} ({numerator} of {of})\n");
    }
    text
}

/// The years before, each with its result.
fn years(threshold: &ThresholdBlock) -> String {
    let year = |it: &YearFigure| {
        let year = SchoolYear::beginning(it.begins.year());
        let year = year.map_or_else(|| it.begins.to_string(), |year| year.to_string());
        format!("{year} {}", it.figure.as_deref().unwrap_or("no data"))
    };
    let told = threshold.years.iter().filter(|it| it.ratios.is_empty());
    let told: Vec<String> = told.map(year).collect();
    if told.is_empty() {
        return String::new();
    }
    format!("        before: {}\n", told.join(", "))
}

/// A target in few words.
fn asks(target: &TargetBlock) -> String {
    let words = match target.asks {
        TargetKind::AtLeast => "at least",
        TargetKind::AtMost => "at most",
        TargetKind::Below => "below",
        TargetKind::Above => "above",
        TargetKind::Better => "better than the year before",
    };
    match &target.bound {
        Some(bound) => format!("{words} {bound}"),
        None => words.to_owned(),
    }
}
