//! `registrar compliance sample estimate`: from filled-in forms to a rate of all cases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::drawn::{DRAW_FILE, DrawFile, FRAME_FILE};
use super::{Context, Done, read_form, recorded, reviews};
use crate::cli::compliance::read;
use crate::cli::terminal::shown;
use crate::compliance::interval::{Confidence, Interval};
use crate::compliance::sample::{
    CaseReview, Draw, Estimate, HUNDREDTHS, ReviewForm, Seed, agreement, estimate, percent,
};
use crate::store::ResultRow;

/// A draw's file.
const DRAW_BYTES_MAX: usize = 1024 * 1024;
/// Decimals of a rate between 0 and 1: a percentage with two.
const DECIMALS: u8 = 4;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The folder of the draw
    #[arg(long, value_name = "FOLDER")]
    draw: PathBuf,
    /// A folder with the forms that a second reviewer filled in, of some cases or all
    #[arg(long, value_name = "FOLDER")]
    second: Option<PathBuf>,
}

/// What a study says.
#[derive(Serialize)]
struct Told {
    purpose: String,
    form: String,
    form_confirmed: bool,
    draw: u32,
    seed: String,
    seed_from: String,
    /// Draws of this frame, this one included.
    draws: usize,
    findings: BTreeMap<String, ToldFinding>,
    /// For each question: of how many cases that two reviewers answered they agree.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    agreement: BTreeMap<String, [u32; 2]>,
    reviews_sha256: String,
    /// When these reviews were counted first.
    recorded_at: jiff::Timestamp,
}

/// What was found, and what it says of all cases, in percent.
#[derive(Serialize)]
struct ToldFinding {
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<String>,
    /// The bounds within which the rate of all cases lies, 95 times of 100 at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<[String; 2]>,
    strata: BTreeMap<String, ToldStratum>,
}

#[derive(Serialize)]
struct ToldStratum {
    cases: u32,
    drawn: u32,
    yes: u32,
    no: u32,
    not_applicable: u32,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let folder = &arguments.draw;
    let (frame, row) = recorded(&store, &folder.join(FRAME_FILE)).await?;
    let form = read_form("the frame's form", &row.form)?;
    let file = read(&folder.join(DRAW_FILE), DRAW_BYTES_MAX)?;
    let file: DrawFile = toml::from_str(&file)
        .with_context(|| format!("`{}` does not read", folder.join(DRAW_FILE).display()))?;
    let draws = store.draws(row.digest).await?;
    let kept = draws.iter().find(|it| {
        let same = it.number == file.draw && it.seed == file.seed && it.sizes == file.sizes;
        same && hex::encode(it.frame) == file.frame
    });
    let kept = kept.with_context(|| {
        format!(
            "the draw in `{}` was not made here\nhint: `registrar compliance sample list` shows \
             those that were",
            folder.display()
        )
    })?;
    let seed = Seed::new(&kept.seed).context("the seed does not read")?;
    let draw = Draw::new(&frame, seed, kept.sizes.clone());
    let draw = draw.map_err(|faults| anyhow::anyhow!("{}", joined(&faults)))?;
    let reviewed = reviews::read(&folder.join(reviews::FOLDER))?;
    let findings = findings(&draw, &form, &reviewed)?;
    let second = match &arguments.second {
        Some(folder) => reviews::read(folder)?,
        None => Vec::new(),
    };
    let twice = same_reviewer(&reviewed, &second);
    anyhow::ensure!(
        twice.is_empty(),
        "the second reviewer is the first\n{}\nhint: whoever answers a case a second time is \
         somebody else, and has not seen the first answers",
        twice.join("\n")
    );
    let agreed = agreement(&form, &reviewed, &second);
    let agreed = agreed.into_iter().filter(|(_, of)| of.both > 0);
    let mut ordered = reviewed.clone();
    ordered.sort_by(|one, other| one.case.cmp(&other.case));
    let digest: [u8; 32] = Sha256::digest(serde_json::to_vec(&ordered)?).into();
    let told = Told {
        purpose: row.purpose.clone(),
        form: format!("{} {}", form.form, form.version),
        form_confirmed: form.confirmed,
        draw: kept.number,
        seed: kept.seed.clone(),
        seed_from: kept.seed_from.clone(),
        draws: draws.len(),
        findings: findings.iter().map(ToldFinding::of).collect(),
        agreement: agreed
            .map(|(name, of)| (name, [of.same, of.both]))
            .collect(),
        reviews_sha256: hex::encode(digest),
        recorded_at: context.clock.now(),
    };
    let result = ResultRow {
        reviews: digest,
        findings: serde_json::to_string(&told.findings)?,
        recorded_at: told.recorded_at,
    };
    anyhow::ensure!(
        result.recorded_at > kept.drawn_at,
        "the draw was made at {}, and this clock says {}: reviews come after their draw\nhint: set \
         the clock right",
        kept.drawn_at,
        result.recorded_at
    );
    let result = store.record_result(row.digest, kept.number, &result);
    let told = Told {
        recorded_at: result.await?.recorded_at,
        ..told
    };
    context.terminal.data(&told, || told.text())?;
    Ok(Done::Yes)
}

fn joined(faults: &[impl ToString]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("\n")
}

/// Cases that somebody reviewed twice, each with the name: however its letters are written.
fn same_reviewer(first: &[CaseReview], second: &[CaseReview]) -> Vec<String> {
    let name = |review: &CaseReview| {
        let words: Vec<&str> = review.reviewer.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    let of_case: BTreeMap<&str, String> = first.iter().map(|it| (&*it.case, name(it))).collect();
    let twice = second
        .iter()
        .filter(|it| of_case.get(&*it.case) == Some(&name(it)));
    twice
        .map(|it| format!("{}: {}", shown(&it.case), shown(&it.reviewer)))
        .collect()
}

/// Every finding of the form, or everything that keeps them from being counted.
fn findings(
    draw: &Draw,
    form: &ReviewForm,
    reviewed: &[CaseReview],
) -> anyhow::Result<Vec<(String, Estimate)>> {
    let of_form = form.findings.iter().map(|finding| {
        let found = estimate(draw, form, reviewed, &finding.name);
        let found = found.map_err(|faults| anyhow::anyhow!("{}", joined(&faults)))?;
        Ok((finding.name.clone(), found))
    });
    of_form.collect()
}

impl ToldFinding {
    fn of((name, found): &(String, Estimate)) -> (String, Self) {
        let interval = found.interval(Confidence::NINETY_FIVE, DECIMALS);
        let strata = found.strata.iter().map(|(name, stratum)| {
            let told = ToldStratum {
                cases: stratum.weight.cases,
                drawn: stratum.weight.drawn,
                yes: stratum.yes,
                no: stratum.no,
                not_applicable: stratum.not_applicable,
            };
            (name.clone(), told)
        });
        let told = Self {
            percent: found
                .rate()
                .map(|rate| percent(&rate.parts(HUNDREDTHS.into()).to_string())),
            between: interval.map(|Interval { lower, upper, .. }| {
                [lower, upper].map(|bound| percent(&bound.to_string()))
            }),
            strata: strata.collect(),
        };
        (name.clone(), told)
    }

    fn text(&self, name: &str) -> String {
        let rate = match &self.percent {
            Some(percent) => format!("{percent} %"),
            None => "applies to no case".to_owned(),
        };
        let between = match &self.between {
            Some([lower, upper]) => format!("  (95 %: {lower} % to {upper} %)"),
            None => String::new(),
        };
        let mut text = format!("{:<14}  {rate}{between}\n", shown(name));
        for (name, it) in &self.strata {
            text += &format!(
                "  {}: {} of {} cases drawn; {} yes, {} no, {} not applicable\n",
                shown(name),
                it.drawn,
                it.cases,
                it.yes,
                it.no,
                it.not_applicable
            );
        }
        text
    }
}

impl Told {
    fn text(&self) -> String {
        let confirmed = if self.form_confirmed {
            ""
        } else {
            " (wording unconfirmed)"
        };
        let mut text = format!(
            "{}\nform {}{confirmed}; draw {} of {}, seed `{}` from {}; counted {}\n\n",
            shown(&self.purpose),
            shown(&self.form),
            self.draw,
            self.draws,
            shown(&self.seed),
            shown(&self.seed_from),
            self.recorded_at
        );
        for (name, finding) in &self.findings {
            text += &finding.text(name);
        }
        for (question, [same, both]) in &self.agreement {
            text += &format!(
                "two reviewers on {}: {same} of {both} alike\n",
                shown(question)
            );
        }
        text
    }
}
