//! `registrar compliance sample draw`: cases by the monitor's seed, each with its form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{Context, Done, new_file, read_form, recorded, reviews};
use crate::cli::compliance::FILE;
use crate::cli::terminal::shown;
use crate::compliance::sample::{Draw, Frame, Seed};
use crate::host;
use crate::store::{DrawRow, FrameRow};
use crate::template;

/// The files of a draw's folder.
pub(super) const FRAME_FILE: &str = "frame.txt";
pub(super) const DRAW_FILE: &str = "draw.toml";
const CASES_FILE: &str = "cases.csv";
/// The cases of a study without strata and without a number of its own.
const USUAL_SIZE: u32 = 100;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The frame's file, as it was recorded
    #[arg(long, value_name = "FILE")]
    frame: PathBuf,
    /// The seed, as the monitor gave it
    #[arg(long, value_name = "TEXT")]
    seed: String,
    /// Who gave it
    #[arg(long, value_name = "NAME")]
    seed_from: String,
    /// How many cases in all, shared among the strata by their sizes
    #[arg(long, value_name = "N", conflicts_with_all = ["per_stratum", "of"])]
    size: Option<u32>,
    /// How many cases of each stratum, or all where it has fewer [default: as the decree says]
    #[arg(long, value_name = "N", conflicts_with = "of")]
    per_stratum: Option<u32>,
    /// How many cases of one stratum; once for each
    #[arg(long, value_name = "STRATUM=N", value_parser = of_stratum)]
    of: Vec<(String, u32)>,
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

fn of_stratum(text: &str) -> Result<(String, u32), String> {
    let (stratum, number) = text
        .rsplit_once('=')
        .ok_or("a stratum, `=` and a number are needed, such as `high=40`")?;
    let number = number.parse();
    Ok((
        stratum.to_owned(),
        number.map_err(|_| "the number behind `=` does not read")?,
    ))
}

/// A draw as its folder says it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawFile {
    /// The frame, by SHA-256.
    pub frame: String,
    /// The how manieth draw of it.
    pub draw: u32,
    /// The seed, as given.
    pub seed: String,
    /// Who gave it.
    pub seed_from: String,
    /// When it was drawn first.
    pub drawn_at: jiff::Timestamp,
    /// How many cases of each stratum.
    pub sizes: BTreeMap<String, u32>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let (frame, row) = recorded(&store, &arguments.frame).await?;
    let form = read_form("the frame's form", &row.form)?;
    let seed = Seed::new(&arguments.seed)
        .context("a seed is a line of 1 to 200 bytes\nhint: as the monitor wrote it")?;
    let sizes = sizes(&frame, &row, arguments);
    let draw = Draw::new(&frame, seed, sizes).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", faults.join("\n"))
    })?;
    let earlier = store.draws(row.digest).await?.len();
    let kept = DrawRow {
        frame: row.digest,
        number: 0,
        seed: arguments.seed.clone(),
        seed_from: arguments.seed_from.clone(),
        sizes: draw.sizes.clone(),
        cases: draw.cases.len() as u64,
        drawn_at: context.clock.now(),
        results: Vec::new(),
    };
    let kept = store.record_draw(&kept).await?;
    write(&arguments.out, &frame, &draw, &kept)?;
    reviews::write_blank(&arguments.out, &form, &draw)?;
    let told = DrawFile::of(&kept);
    context
        .terminal
        .data(&told, || told.text(draw.cases.len()))?;
    if earlier > 0 {
        context.terminal.say(format_args!(
            "This frame was drawn from {earlier} times before: `registrar compliance sample list` \
             shows every draw"
        ));
    }
    context.terminal.say(format_args!(
        "next: let reviewers fill in the forms in {out}/{folder}, then `registrar compliance \
         sample estimate --draw {out}`",
        out = shown(arguments.out.display()),
        folder = reviews::FOLDER,
    ));
    Ok(Done::Yes)
}

/// How many cases of each stratum are asked for.
fn sizes(frame: &Frame, row: &FrameRow, arguments: &Arguments) -> BTreeMap<String, u32> {
    if !arguments.of.is_empty() {
        return arguments.of.iter().cloned().collect();
    }
    if let Some(size) = arguments.size {
        return frame.proportional(size);
    }
    let per_stratum = arguments.per_stratum.or_else(|| designed(row));
    let per_stratum = per_stratum.unwrap_or(USUAL_SIZE);
    let strata = frame.strata().into_iter();
    strata
        .map(|(name, cases)| (name.to_owned(), per_stratum.min(cases)))
        .collect()
}

/// How many cases of a stratum a shipped decree says are to be drawn.
fn designed(row: &FrameRow) -> Option<u32> {
    let text = template::shipped_rules(&row.decree, FILE)?;
    let decree = crate::compliance::decree::Decree::read(&row.decree, text).ok()?;
    let mut outcomes = decree.outcomes.iter();
    let outcome = outcomes.find(|it| it.text.id == row.outcome)?;
    outcome.text.sample.as_ref().map(|it| it.per_stratum)
}

impl DrawFile {
    fn of(row: &DrawRow) -> Self {
        Self {
            frame: hex::encode(row.frame),
            draw: row.number,
            seed: row.seed.clone(),
            seed_from: row.seed_from.clone(),
            drawn_at: row.drawn_at,
            sizes: row.sizes.clone(),
        }
    }

    fn text(&self, cases: usize) -> String {
        let mut text = format!(
            "draw    {} of frame {}\nseed    `{}` from {}\ncases   {cases}\n",
            self.draw,
            self.frame,
            shown(&self.seed),
            shown(&self.seed_from)
        );
        for (stratum, drawn) in &self.sizes {
            text += &format!("  {drawn:>8}  {}\n", shown(stratum));
        }
        text
    }
}

/// Writes the folder, all but the forms.
fn write(out: &Path, frame: &Frame, draw: &Draw, row: &DrawRow) -> anyhow::Result<()> {
    let made = host::private_folder().create(out);
    made.with_context(|| {
        let out = out.display();
        format!("cannot make the folder `{out}`\nhint: name one that is not there yet")
    })?;
    new_file(&out.join(FRAME_FILE), frame.text().as_bytes())?;
    let file = toml::to_string(&DrawFile::of(row))?;
    new_file(&out.join(DRAW_FILE), file.as_bytes())?;
    let mut cases = csv::Writer::from_writer(Vec::new());
    cases.write_record([
        "place",
        "case",
        "stratum",
        "stratum_cases",
        "stratum_drawn",
        "rank",
    ])?;
    for (place, case) in (1..).zip(&draw.cases) {
        let place: usize = place;
        cases.write_record([
            &place.to_string(),
            &case.case,
            &case.stratum,
            &case.weight.cases.to_string(),
            &case.weight.drawn.to_string(),
            &hex::encode(case.rank),
        ])?;
    }
    new_file(&out.join(CASES_FILE), &cases.into_inner()?)
}
