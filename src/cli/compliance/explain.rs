//! `registrar compliance explain`: why one case is in its class.

use anyhow::Context as _;
use serde::Serialize;

use super::{Context, Done, Reading, open, outcome_of};
use crate::cli::terminal::shown;
use crate::compliance::clock::{LeftOut, WhyLeftOut};
use crate::compliance::decree::Outcome;
use crate::compliance::measure::{Explained, Placed};
use crate::compliance::{Case, Truth, Weighed};
use crate::record::RowName;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// The outcome, by its number
    #[arg(long, value_name = "N")]
    outcome: String,
    /// The case, as `compliance cases` names it
    #[arg(long, value_name = "ID")]
    case: String,
}

/// A case and its standing, as it is told.
#[derive(Serialize)]
struct Told<'a> {
    case: &'a str,
    outcome: &'a str,
    title: &'a str,
    /// What of the outcome's definition nobody found in its source.
    unconfirmed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    reason: String,
    clock: ToldClock,
    rules: Vec<ToldRule>,
    fields: Vec<(&'static str, String)>,
    rows: Vec<String>,
}

#[derive(Default, Serialize)]
struct ToldClock {
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tolled_days: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untolled_days: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct ToldRule {
    rule: String,
    says: &'static str,
    parts: Vec<ToldPart>,
}

#[derive(Serialize)]
struct ToldPart {
    test: String,
    says: &'static str,
    named: Vec<(&'static str, Option<String>)>,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let place = outcome_of(compliance.decree(), &arguments.outcome)?;
    let outcome = &compliance.decree().outcomes[place];
    let found = compliance.find_case(outcome.text.unit, &arguments.case);
    let found = found.await?.with_context(|| {
        format!(
            "no case `{}` of the kind `{}` is known\nhint: `registrar compliance cases --outcome \
             {}` lists them",
            arguments.case,
            outcome.text.unit.word(),
            outcome.text.id
        )
    })?;
    let measuring = compliance.measuring();
    let explained = measuring.explain(place, &found);
    let rows = compliance.places_of(&found).await?;
    let language = &context.config.transcript.language;
    let told = Told::of(outcome, &found, explained, rows, language);
    context.terminal.data(&told, || told.text())?;
    Ok(Done::Yes)
}

const OUTSIDE: &str = "the outcome is not about this case";

impl<'a> Told<'a> {
    fn of(
        outcome: &'a Outcome,
        case: &'a Case,
        explained: Explained,
        rows: Vec<(RowName, Option<String>)>,
        language: &str,
    ) -> Self {
        let Explained {
            placed,
            rules,
            left_out,
        } = explained;
        let fields = case.kind.fields().iter().enumerate();
        let known = fields.filter_map(|(place, field)| {
            let value = case.value(place)?;
            Some((field.name, value.to_string()))
        });
        let placed = placed.as_ref();
        let reason = placed.map_or_else(|| OUTSIDE.to_owned(), |it| it.reason.to_string());
        Self {
            case: &case.id,
            outcome: &outcome.text.id,
            title: outcome.text.title.in_language(language),
            unconfirmed: outcome.text.unconfirmed(),
            class: placed.and_then(|it| outcome.word(it.standing)),
            reason,
            clock: placed.map_or_else(ToldClock::default, |it| ToldClock::of(it, &left_out)),
            rules: rules.into_iter().map(ToldRule::of).collect(),
            fields: known.collect(),
            rows: rows
                .iter()
                .map(|(row, place)| of_row(row, place.as_ref()))
                .collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "Case {} in outcome {}, {}\n",
            shown(self.case),
            self.outcome,
            shown(self.title)
        );
        if !self.unconfirmed.is_empty() {
            text += &format!("  unconfirmed: {}\n", self.unconfirmed.join(", "));
        }
        match self.class {
            Some(class) => text += &format!("  class    {class}\n  reason   {}\n", self.reason),
            None => text += &format!("  not counted: {}\n", self.reason),
        }
        text += &self.clock.text();
        for rule in &self.rules {
            text += &format!("\n  {:<7} {}\n", rule.says, shown(&rule.rule));
            for part in &rule.parts {
                let named: Vec<String> = part
                    .named
                    .iter()
                    .map(|(name, value)| match value {
                        Some(value) => format!("{name} = {}", shown(value)),
                        None => format!("{name} is not known"),
                    })
                    .collect();
                let named = named.join(", ");
                text += &format!("    {:<7} {}   ({named})\n", part.says, shown(&part.test));
            }
        }
        text += "\n  What the records say of it\n";
        for (name, value) in &self.fields {
            text += &format!("    {name:<28} {}\n", shown(value));
        }
        text += "\n  Rows\n";
        for row in &self.rows {
            text += &format!("    {}\n", shown(row));
        }
        text
    }
}

impl ToldClock {
    fn of(placed: &Placed, left_out: &[LeftOut]) -> Self {
        Self {
            days: placed.clock.days.map(|it| it.to_string()),
            tolled_days: placed.tolled_days.map(|it| it.to_string()),
            untolled_days: placed.clock.untolled_days.map(|it| it.to_string()),
            due_on: placed.due_on().map(|it| it.to_string()),
            unknown: placed.clock_unknown.map(|it| it.to_string()),
            left_out: left_out.iter().map(stretch).collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(days) = &self.days {
            text += &format!("  clock    {days} days");
            for (reading, days) in [
                ("if long vacations stop it", &self.tolled_days),
                ("if nothing does", &self.untolled_days),
            ] {
                let days = days.iter().map(|days| format!("; {days} {reading}"));
                text += &days.collect::<String>();
            }
            text.push('\n');
        }
        if let Some(due_on) = &self.due_on {
            text += &format!("  due on   {due_on}\n");
        }
        if let Some(unknown) = &self.unknown {
            text += &format!("  clock    {}\n", shown(unknown));
        }
        for stretch in &self.left_out {
            text += &format!("    left out {}\n", shown(stretch));
        }
        text
    }
}

/// Days in a row that a clock left out, and why.
fn stretch(it: &LeftOut) -> String {
    let why = match it.why {
        WhyLeftOut::BetweenSessions => "between regular sessions".to_owned(),
        WhyLeftOut::LongVacation { schooldays } => {
            format!("a vacation of {schooldays} school days")
        }
        WhyLeftOut::NotCounted(kind) => format!("not counted: {kind:?}").to_lowercase(),
    };
    let name = it.name.as_deref().map(|name| format!(", {name}"));
    let (first, last, days) = (it.first, it.last, it.days());
    format!(
        "{first} to {last}, {days} days: {why}{}",
        name.unwrap_or_default()
    )
}

impl ToldRule {
    fn of((rule, truth, parts): (String, Truth, Vec<Weighed>)) -> Self {
        let part = |it: Weighed| ToldPart {
            test: it.test,
            says: said(it.truth),
            named: it
                .named
                .into_iter()
                .map(|(name, value)| (name, value.map(|it| it.to_string())))
                .collect(),
        };
        Self {
            rule,
            says: said(truth),
            parts: parts.into_iter().map(part).collect(),
        }
    }
}

const fn said(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "holds",
        Truth::False => "not",
        Truth::Unknown => "unknown",
    }
}

/// A row of the case, and where it was read.
fn of_row(row: &RowName, place: Option<&String>) -> String {
    match place {
        Some(place) => format!("{row}: {place}"),
        None => row.to_string(),
    }
}
