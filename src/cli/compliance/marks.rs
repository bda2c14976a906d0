//! `registrar compliance marks`: whether a mark, a level or a title on transcripts tells that a
//! student has a plan.
//!
//! For the district's administrator of special education, about the district as a whole: no
//! student, no school, and no count of ten or fewer.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Context, Done, pages_under_way};
use crate::cli::terminal::shown;
use crate::compliance::cohort::{COUNT_SHOWN_MIN, Telling};
use crate::issue::cohort;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The day by which a plan had begun (2026-06-30)
    #[arg(long, value_name = "DATE")]
    as_of: Date,
    /// Read the records as they were known at this instant (2026-06-30T18:00:00Z) [default: as the
    /// newest import left them]
    #[arg(long, value_name = "INSTANT")]
    as_known: Option<Timestamp>,
}

#[derive(Serialize)]
struct Told<'a> {
    as_of: String,
    as_known: String,
    people_with_plan: u64,
    people_without_plan: u64,
    signs: usize,
    telling: Vec<ToldSign<'a>>,
    /// Signs that only people with a plan bear, ten of them or fewer.
    too_few_to_say: u64,
}

#[derive(Serialize)]
struct ToldSign<'a> {
    kind: &'static str,
    text: &'a str,
    people_with_plan: u64,
    /// `none`, or `fewer_than_11`.
    people_without_plan: &'static str,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let known = super::known(&store, arguments.as_known).await?;
    let under_way = pages_under_way()?;
    let counted = cohort(&store, arguments.as_of, known, under_way, |_| {}).await?;
    let telling = counted.telling();
    let (with_plan, without) = counted.people();
    let told = Told {
        as_of: arguments.as_of.to_string(),
        as_known: known.to_string(),
        people_with_plan: with_plan,
        people_without_plan: without,
        signs: counted.signs(),
        telling: telling.iter().map(ToldSign::of).collect(),
        too_few_to_say: counted.too_few(),
    };
    anyhow::ensure!(
        with_plan >= COUNT_SHOWN_MIN,
        "fewer than {COUNT_SHOWN_MIN} people with marks ever had a plan: nothing can be told of \
         them\nhint: import the special-education system's package first, or ask for a later day"
    );
    anyhow::ensure!(
        without >= COUNT_SHOWN_MIN,
        "fewer than {COUNT_SHOWN_MIN} people with marks never had a plan: to tell what only the \
         others bear would tell of them\nhint: import the student system's packages first"
    );
    context.terminal.data(&told, || told.text())?;
    if telling.is_empty() {
        return Ok(Done::Yes);
    }
    context.terminal.say(
        "next: give these another title or mark, or let every student be able to earn them; then \
         `registrar check` and new transcripts",
    );
    Ok(Done::No)
}

impl<'a> ToldSign<'a> {
    fn of(telling: &'a Telling) -> Self {
        Self {
            kind: telling.sign.kind.word(),
            text: &telling.sign.text,
            people_with_plan: telling.with_plan,
            people_without_plan: if telling.alone {
                "none"
            } else {
                "fewer_than_11"
            },
        }
    }

    fn text(&self) -> String {
        let others = match self.people_without_plan {
            "none" => "nobody else",
            _ => "fewer than 11 others",
        };
        let (kind, text, with_plan) = (self.kind, shown(self.text), self.people_with_plan);
        format!("{kind} `{text}`: {with_plan} people who had a plan, and {others}\n")
    }
}

impl Told<'_> {
    fn text(&self) -> String {
        let mut text = format!(
            "{} marks, levels and titles on the transcripts of {} people who had a plan by {} and \
             of {} others\n",
            self.signs, self.people_with_plan, self.as_of, self.people_without_plan
        );
        for sign in &self.telling {
            text += &sign.text();
        }
        if self.telling.is_empty() {
            text += "None of them tells that somebody has a plan\n";
        }
        if self.too_few_to_say > 0 {
            text += &format!(
                "{} more are borne by 10 people with a plan or fewer and by nobody else: of so few \
                 nothing is said, and some come about by chance\n",
                self.too_few_to_say
            );
        }
        text
    }
}
