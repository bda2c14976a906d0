//! `registrar compliance sample draw`: cases by the monitor's seed, each with its form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Context, Done, new_file, read_form, recorded, reviews};
use crate::cli::terminal::shown;
use crate::compliance::sample::{Draw, Frame, Seed};
use crate::host;
use crate::issue::drawn_as;
use crate::store::DrawRow;

/// The files of a draw's folder.
pub(super) const FRAME_FILE: &str = "frame.txt";
pub(super) const DRAW_FILE: &str = "draw.toml";
const CASES_FILE: &str = "cases.csv";

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
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
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
    let bound =
        drawn_as(&frame).filter(|(_, form)| *form == hex::encode(Sha256::digest(&row.form)));
    let (sizes, _) = bound.context(
        "the frame does not say how many cases are drawn, or with which form\nhint: record it anew \
         with `registrar compliance sample frame`, before a seed is given",
    )?;
    let draw = Draw::new(&frame, seed, sizes).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", faults.join("\n"))
    })?;
    let drawn_at = context.clock.now();
    anyhow::ensure!(
        drawn_at > row.recorded_at,
        "the frame was recorded at {}, and this clock says {drawn_at}: a seed comes after its \
         frame\nhint: set the clock right",
        row.recorded_at
    );
    let earlier = store.draws(row.digest).await?.len();
    let kept = DrawRow {
        frame: row.digest,
        number: 0,
        seed: arguments.seed.clone(),
        seed_from: arguments.seed_from.clone(),
        sizes: draw.sizes.clone(),
        cases: draw.cases.len() as u64,
        drawn_at,
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
            "draw    {} of frame {}\nseed    `{}` from {}, {}\ncases   {cases}\n",
            self.draw,
            self.frame,
            shown(&self.seed),
            shown(&self.seed_from),
            self.drawn_at
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
