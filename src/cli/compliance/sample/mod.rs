//! `registrar compliance sample`: studies of files that anybody can repeat.
//!
//! Owns the order in which it goes: the frame and the form are recorded, the monitor gives a seed,
//! cases are drawn and reviewed, an estimate follows. Never: a seed of the program's own, or a draw
//! that is not listed.

mod drawn;
mod estimate;
mod reviews;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::forms::{self, FormFile};
use super::{Context, Done, Reading, open, outcome_of};
use crate::cli::terminal::shown;
use crate::compliance::sample::{Frame, ReviewForm, Sizes};
use crate::host;
use crate::issue::{Framing, asks_the_same};
use crate::store::{DrawRow, FrameRow, Store};

/// A frame's file is read up to here: some 5 million cases.
const FRAME_BYTES_MAX: u64 = 1 << 30;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Record which cases may be drawn, and the form, before anybody knows the seed
    Frame(FrameArguments),
    /// Draw cases by the seed that the monitor gave, and write a review form for each
    Draw(drawn::Arguments),
    /// What the filled-in forms of a draw say of all cases, with an exact interval
    Estimate(estimate::Arguments),
    /// Every frame, every draw from it, used or not
    List,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct FrameArguments {
    #[command(flatten)]
    reading: Reading,
    /// The outcome, by its number
    #[arg(long, value_name = "N")]
    outcome: String,
    /// Fields whose values part the cases into strata [default: as the decree says]
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    strata: Option<Vec<String>>,
    /// The form with which cases are reviewed, by name, or a file, by a path with a separator
    /// [default: as the decree says, or `data-accuracy`]
    #[arg(long, value_name = "NAME|FILE")]
    form: Option<String>,
    /// Let cases be drawn that were left out or are not clear, too
    #[arg(long)]
    with_excluded: bool,
    /// How many cases are drawn in all, shared among the strata by their sizes
    #[arg(long, value_name = "N", conflicts_with_all = ["per_stratum", "of"])]
    size: Option<u32>,
    /// How many cases are drawn of each stratum, or all where it has fewer [default: as the decree
    /// says, or 100]
    #[arg(long, value_name = "N", conflicts_with = "of")]
    per_stratum: Option<u32>,
    /// How many cases are drawn of one stratum; once for each
    #[arg(long, value_name = "STRATUM=N", value_parser = of_stratum)]
    of: Vec<(String, u32)>,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The file to write, for the monitor to keep
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The cases of a study without strata and without a number of its own.
const USUAL_SIZE: u32 = 100;

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

impl FrameArguments {
    /// How many cases are drawn; what the decree says where nothing is said here.
    fn sizes(&self, designed: Option<u32>) -> Sizes {
        match (self.size, self.of.is_empty()) {
            (_, false) => Sizes::Of(self.of.iter().cloned().collect()),
            (Some(size), true) => Sizes::InAll(size),
            (None, true) => {
                let each = self.per_stratum.or(designed);
                Sizes::OfEach(each.unwrap_or(USUAL_SIZE))
            }
        }
    }
}

pub(in crate::cli) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::Frame(arguments) => frame(context, arguments).await,
        Command::Draw(arguments) => drawn::run(context, arguments).await,
        Command::Estimate(arguments) => estimate::run(context, arguments).await,
        Command::List => list(context).await,
    }
}

/// A frame as it is told.
#[derive(Serialize)]
struct ToldFrame {
    frame_sha256: String,
    purpose: String,
    cases: u64,
    strata: BTreeMap<String, u32>,
    form: String,
    /// How many cases of each stratum are drawn.
    drawn: BTreeMap<String, u32>,
    recorded_by: String,
    recorded_at: jiff::Timestamp,
}

async fn frame(context: &Context, arguments: &FrameArguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let decree = compliance.decree();
    let outcome = outcome_of(decree, &arguments.outcome)?;
    let designed = decree.outcomes[outcome].text.sample.as_ref();
    let named = arguments.form.clone();
    let named = named.or_else(|| designed.map(|it| it.form.clone()));
    let named = named.as_deref().unwrap_or("data-accuracy");
    let (form, text) = form_of(arguments.reading.decree_named(context), named)?;
    let framing = Framing {
        outcome,
        strata: match (&arguments.strata, designed) {
            (Some(strata), _) => strata.clone(),
            (None, Some(designed)) => designed.strata.clone(),
            (None, None) => Vec::new(),
        },
        with_excluded: arguments.with_excluded,
        form: Sha256::digest(&text).into(),
        sizes: arguments.sizes(designed.map(|it| it.per_stratum)),
    };
    let frame = compliance.frame(&framing, |_| {}).await?;
    anyhow::ensure!(
        !frame.cases().is_empty(),
        "outcome {} has no case that could be drawn\nhint: `registrar compliance cases` lists them",
        arguments.outcome
    );
    let store = context.store().await?;
    let mut before = store.frames().await?.into_iter();
    if let Some(other) = before.find(|it| asks_the_same(&frame, &it.purpose)) {
        anyhow::bail!(
            "the frame {} of the same cases was recorded with another form, other strata or sizes, \
             by {} at {}\nhint: a question has one frame; take it, or make one as of another day",
            hex::encode(other.digest),
            shown(&other.recorded_by),
            other.recorded_at
        );
    }
    let row = FrameRow {
        digest: frame.digest(),
        purpose: frame.purpose().to_owned(),
        decree: decree.text.id.clone(),
        outcome: arguments.outcome.clone(),
        cases: frame.cases().len() as u64,
        form: text,
        recorded_by: arguments.by.clone(),
        recorded_at: context.clock.now(),
    };
    let row = store.record_frame(&row).await?;
    new_file(&arguments.out, frame.text().as_bytes())?;
    let told = ToldFrame {
        frame_sha256: hex::encode(row.digest),
        purpose: row.purpose,
        cases: row.cases,
        strata: owned(frame.strata()),
        form: format!("{} {}", form.form, form.version),
        drawn: framing.sizes.of_frame(&frame),
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
    };
    context.terminal.data(&told, || told.text())?;
    context.terminal.say(format_args!(
        "next: give the digest to the monitor; `registrar compliance sample draw --frame {} --seed \
         … --seed-from …` once they answer with a seed",
        shown(arguments.out.display())
    ));
    Ok(Done::Yes)
}

impl ToldFrame {
    fn text(&self) -> String {
        let mut text = format!(
            "frame   {}\nfor     {}\ncases   {}\nform    {}\nby      {}, {}\n",
            self.frame_sha256,
            shown(&self.purpose),
            self.cases,
            shown(&self.form),
            shown(&self.recorded_by),
            self.recorded_at
        );
        for (stratum, cases) in &self.strata {
            let drawn = self.drawn.get(stratum).copied().unwrap_or(0);
            text += &format!("  {cases:>8}  {drawn:>6} drawn  {}\n", shown(stratum));
        }
        text
    }
}

fn owned(strata: BTreeMap<&str, u32>) -> BTreeMap<String, u32> {
    let strata = strata.into_iter();
    strata
        .map(|(name, cases)| (name.to_owned(), cases))
        .collect()
}

/// A decree's form by its name, or a file by a path with a separator; and its text.
fn form_of(decree: &str, named: &str) -> anyhow::Result<(ReviewForm, String)> {
    let found = if named.contains(std::path::is_separator) {
        FormFile::at(Path::new(named))?
    } else {
        FormFile::of_decree(decree, named)?.with_context(|| {
            format!(
                "there is no review form `{named}`\nhint: {}; or give a file by a path with a \
                 separator, such as ./{named}.toml",
                forms::places(decree, named)
            )
        })?
    };
    let form = found.form();
    let form = form.map_err(|wrong| anyhow::anyhow!("{}", wrong.join("\n")))?;
    Ok((form, found.text))
}

/// A form of this text, or everything that is wrong with it.
fn read_form(named: &str, text: &str) -> anyhow::Result<ReviewForm> {
    ReviewForm::read(named, text).map_err(|wrong| anyhow::anyhow!("{}", wrong.join("\n")))
}

/// Reads a frame's file, whose digest has to be one that was recorded.
async fn recorded(store: &Store, path: &Path) -> anyhow::Result<(Frame, FrameRow)> {
    let shown = path.display();
    let bytes = host::read_file(path, FRAME_BYTES_MAX);
    let bytes = bytes.with_context(|| format!("cannot read `{shown}`"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("`{shown}` is no text"))?;
    let frame = Frame::read(&text).with_context(|| {
        format!("`{shown}` is no frame\nhint: it is the file that `sample frame --out` wrote")
    })?;
    let row = store.frame(frame.digest()).await?.with_context(|| {
        format!(
            "the frame {} was not recorded here\nhint: `registrar compliance sample list` shows \
             those that were; a frame is recorded before its seed is known",
            hex::encode(frame.digest())
        )
    })?;
    Ok((frame, row))
}

/// Writes a file that is not there yet and that only the owner reads.
fn new_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let file = host::new_private_file(path);
    let mut file = file.with_context(|| format!("cannot write `{}`", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// A frame with its draws, as they are told.
#[derive(Serialize)]
struct ToldStudy {
    frame_sha256: String,
    purpose: String,
    cases: u64,
    recorded_by: String,
    recorded_at: jiff::Timestamp,
    draws: Vec<ToldDraw>,
}

#[derive(Serialize)]
struct ToldDraw {
    draw: u32,
    seed: String,
    seed_from: String,
    cases: u64,
    drawn_at: jiff::Timestamp,
    /// How often results were counted from it; 0 is a draw that was never used.
    results: usize,
}

impl ToldDraw {
    fn of(row: &DrawRow) -> Self {
        Self {
            draw: row.number,
            seed: row.seed.clone(),
            seed_from: row.seed_from.clone(),
            cases: row.cases,
            drawn_at: row.drawn_at,
            results: row.results.len(),
        }
    }

    fn text(&self) -> String {
        let used = match self.results {
            0 => "never used".to_owned(),
            1 => "used once".to_owned(),
            times => format!("used {times} times"),
        };
        format!(
            "  draw {}: {} cases, {}; seed `{}` from {}, {used}\n",
            self.draw,
            self.cases,
            self.drawn_at,
            shown(&self.seed),
            shown(&self.seed_from)
        )
    }
}

async fn list(context: &Context) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let mut told = Vec::new();
    for row in store.frames().await? {
        let draws = store.draws(row.digest).await?;
        told.push(ToldStudy {
            frame_sha256: hex::encode(row.digest),
            purpose: row.purpose,
            cases: row.cases,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
            draws: draws.iter().map(ToldDraw::of).collect(),
        });
    }
    context.terminal.data(&told, || {
        let study = |it: &ToldStudy| {
            let draws: String = it.draws.iter().map(ToldDraw::text).collect();
            let (by, purpose) = (shown(&it.recorded_by), shown(&it.purpose));
            format!(
                "{}  {purpose}\n  {} cases, recorded by {by}, {}\n{draws}",
                it.frame_sha256, it.cases, it.recorded_at
            )
        };
        told.iter().map(study).collect()
    })?;
    if told.is_empty() {
        context.terminal.say("No frame was recorded yet");
    }
    Ok(Done::Yes)
}
