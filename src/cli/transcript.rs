//! `registrar transcript`: unofficial previews, and official signed documents.

use std::path::PathBuf;

use anyhow::Context as _;

use super::copies::{self, Copy, CopyFolder};
use super::file_name::FileNames;
use super::issuing::{self, Press};
use super::passphrase::PassphraseArguments;
use super::presses::{self, Laid, parted};
use super::terminal::shown;
use super::{Context, Done, explain, issued, transfer};
use crate::host;
use crate::issue::{Batch, BatchOutcome, Office, Preview, Previews, Refusal};
use crate::record::{GradeLevel, PersonId};
use crate::store::{Store, StudentQuery};
use crate::transcript::{Edition, Kind};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Unofficial copies: watermarked, unsigned, nothing recorded
    Preview(PreviewArguments),
    /// Official documents: signed, checked and recorded
    Issue(IssueArguments),
    /// What was issued: for whom, when, by which rules, and what was let pass by whom
    Record(issued::Arguments),
    /// Why each figure is what it is: marks taken, points, bonus, and each mark left out
    Explain(explain::Arguments),
}

/// Who is meant.
#[derive(Debug, clap::Args)]
#[group(id = "who", required = false, multiple = false)]
pub(super) struct Who {
    /// Students by the state's number or the school's own
    #[arg(long, value_name = "ID", num_args = 1.., group = "who")]
    student: Vec<String>,
    /// Everybody at this school, by state code
    #[arg(long, value_name = "CODE", group = "who")]
    school: Option<String>,
    /// Everybody in the district
    #[arg(long, group = "who")]
    all: bool,
}

/// How the page is made.
#[derive(Debug, clap::Args)]
struct Page {
    /// Only this grade level, with --school or --all
    #[arg(long, value_name = "GRADE", conflicts_with = "student")]
    grade: Option<GradeLevel>,
    /// Which kind [default: the latest that the record allows]
    #[arg(long, value_name = "KIND")]
    kind: Option<KindArgument>,
    #[command(flatten)]
    reading: Reading,
}

/// By which rules, in which language and as of when records are read.
#[derive(Debug, clap::Args)]
pub(super) struct Reading {
    /// The report: one of the program's own by name, or a folder [default: as configured, of each
    /// school its own]
    #[arg(long, value_name = "NAME|FOLDER")]
    pub template: Option<String>,
    /// The language of the labels [default: as configured]
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Read the records as they were known at this instant (2026-06-12T18:00:00Z) [default: as the
    /// newest import left them]
    #[arg(long, value_name = "INSTANT")]
    as_known: Option<jiff::Timestamp>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum KindArgument {
    Initial,
    MidYear,
    Final,
}

impl From<KindArgument> for Kind {
    fn from(kind: KindArgument) -> Self {
        match kind {
            KindArgument::Initial => Self::Initial,
            KindArgument::MidYear => Self::MidYear,
            KindArgument::Final => Self::Final,
        }
    }
}

/// A second copy of each issued document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TwinArgument {
    /// Not signed: `…-unsigned.pdf`
    Flat,
}

#[derive(Debug, clap::Args)]
pub(super) struct PreviewArguments {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    page: Page,
    /// The folder to write into
    #[arg(long, default_value = "previews", value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct IssueArguments {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    page: Page,
    /// A folder for copies, with an index; the documents themselves are kept in any case
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write beside each copy an unsigned twin, for portals that refuse signed files; it says on
    /// every page that it is not signed, and where to check
    #[arg(long, value_name = "COPY", requires = "out")]
    copy: Option<TwinArgument>,
    /// Resume the batch of this id as it was begun: its people, date, records, kind and language
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = ["who", "grade", "as_known", "kind", "language", "transfer"]
    )]
    batch: Option<String>,
    #[command(flatten)]
    transfer: transfer::Arguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub(super) async fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::Preview(arguments) => preview(context, arguments).await,
        Command::Issue(arguments) => issue(context, arguments).await,
        Command::Record(arguments) => issued::run(context, arguments).await,
        Command::Explain(arguments) => explain::run(context, arguments).await,
    }
}

/// The people whom the arguments mean.
pub(super) async fn people(
    store: &Store,
    who: &Who,
    grade_level: Option<GradeLevel>,
    known: jiff::Timestamp,
) -> anyhow::Result<Vec<PersonId>> {
    let query = match &who.school {
        Some(school) => StudentQuery::School {
            school: school.clone(),
            grade_level,
        },
        None if who.all => StudentQuery::Everybody { grade_level },
        None => {
            anyhow::ensure!(
                !who.student.is_empty(),
                "nobody is named\nhint: give --student ID, --school CODE or --all"
            );
            StudentQuery::Numbers(who.student.clone())
        }
    };
    super::people::people(store, &query, known).await
}

/// The instant whose records are read: that of the newest import, or of the newest by then.
pub(super) async fn recorded_at(
    store: &Store,
    reading: &Reading,
) -> anyhow::Result<jiff::Timestamp> {
    recorded_instant(store, reading.as_known).await
}

/// The same, by an instant that is given or none.
pub(super) async fn recorded_instant(
    store: &Store,
    as_known: Option<jiff::Timestamp>,
) -> anyhow::Result<jiff::Timestamp> {
    store
        .recorded_instant(as_known)
        .await?
        .context("nothing was imported by then\nhint: `registrar import FOLDER` comes first")
}

async fn preview(context: &Context, arguments: &PreviewArguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let reading = &arguments.page.reading;
    let known = recorded_at(&store, reading).await?;
    let people = people(&store, &arguments.who, arguments.page.grade, known).await?;
    let bar = context.terminal.progress(people.len() as u64, "previews");
    let laid = parted(context, &store, reading, people, known).await?;
    issuing::refuse_taken(&arguments.out)?;
    let out = issuing::out_folder(&arguments.out)?;
    let kind = arguments.page.kind.map(Kind::from);
    let (mut copies, mut refused) = (Vec::new(), Vec::new());
    for Laid { press, people } in laid {
        let now = context.clock.now();
        let request = issuing::request(context, Edition::Unofficial, &press.language, kind, now)?;
        let workers = context.config.workers().min(people.len());
        let previews = Previews {
            store: &store,
            policy: &press.policy,
            pool: &press.pool(workers)?,
            wording: &press.composed.wording,
            owners: &press.owners(),
            documents_under_way_max: 2 * workers,
            recorded_at: known,
            request: &request,
            edition: Edition::Unofficial,
        };
        let write = |made: Result<Preview, Refusal>| -> anyhow::Result<()> {
            bar.inc(1);
            match made {
                Ok(preview) => {
                    // Numbered: a file name is no place for a student's name or number.
                    let file = out.join(format!("preview-{:04}.pdf", copies.len() + 1));
                    issuing::write_private(&file, &preview.pdf)?;
                    copies.push(Copy::unofficial(preview.student_id, &file));
                }
                Err(refusal) => refused.push(refusal),
            }
            Ok(())
        };
        previews.make(&people, write).await?;
    }
    bar.finish_and_clear();
    let outcome = BatchOutcome {
        refused,
        ..BatchOutcome::default()
    };
    answer(context, &[], &copies, &outcome)
}

async fn issue(context: &Context, arguments: &IssueArguments) -> anyhow::Result<Done> {
    if let Some(out) = &arguments.out {
        issuing::refuse_taken(out)?;
    }
    let settings = &context.config.transcript;
    let names = FileNames::parse(&settings.file_name, settings.file_names_name_students)?;
    let store = context.store().await?;
    let runs = match &arguments.batch {
        Some(id) => vec![begun_batch(context, &store, id, arguments).await?],
        None => new_batches(context, &store, arguments).await?,
    };
    let passphrase = arguments.passphrase.open()?;
    let mut opened = Vec::with_capacity(runs.len());
    for (batch, press) in runs {
        let store = store.clone();
        let office = issuing::office(&context.config, context.clock, store, press, &passphrase)?;
        opened.push((batch, office));
    }
    let batches: Vec<Batch> = opened.iter().map(|(batch, _)| batch.clone()).collect();
    remind_of_unfinished(context, &store, &batches).await?;
    if arguments.batch.is_none() {
        for (batch, office) in &opened {
            office.open(batch).await?;
        }
    }
    let to = batches.first().and_then(|it| it.purpose.receiving_school());
    if let Some(to) = to {
        let to = shown(to);
        context.terminal.say(format_args!("For a transfer to {to}"));
    }
    let twins = arguments.copy == Some(TwinArgument::Flat);
    let folder = arguments.out.as_deref();
    let mut folder = folder.map(|out| CopyFolder::new(&names, out, twins, to));
    let (mut copies, mut all) = (Vec::new(), BatchOutcome::default());
    for (batch, office) in opened {
        let id = hex::encode(batch.id);
        context.terminal.say(format_args!("Batch {id}"));
        let outcome = run_batch(context, &office, &batch, true).await?;
        copies.extend(match &mut folder {
            Some(folder) => folder.add(context, &office, &batch, &outcome).await?,
            None => copies::listed(&outcome),
        });
        all.refused.extend(outcome.refused);
        all.elsewhere.extend(outcome.elsewhere);
    }
    answer(context, &batches, &copies, &all)
}

/// What is asked for, a batch for each report that lays some of it out.
async fn new_batches(
    context: &Context,
    store: &Store,
    arguments: &IssueArguments,
) -> anyhow::Result<Vec<(Batch, Press)>> {
    let reading = &arguments.page.reading;
    let known = recorded_at(store, reading).await?;
    let people = people(store, &arguments.who, arguments.page.grade, known).await?;
    let issued_at = context.clock.now();
    let kind = arguments.page.kind.map(Kind::from);
    let mut batches = Vec::new();
    let purpose = arguments.transfer.purpose(store, known).await?;
    if purpose.receiving_school().is_some() && purpose.printed_school().is_none() {
        context.terminal.say(
            "The documents do not name the school: its name would tell that a student has a \
             disability. The batch keeps it",
        );
    }
    for Laid { press, people } in parted(context, store, reading, people, known).await? {
        let press = press.official()?;
        let language = &press.language;
        let request = issuing::request(context, Edition::Official, language, kind, issued_at)?;
        let batch = Batch {
            id: host::random_bytes(),
            description: format!("{} transcripts asked for", people.len()),
            people,
            recorded_at: known,
            issued_at,
            request,
            purpose: purpose.clone(),
        };
        batches.push((batch, press));
    }
    Ok(batches)
}

/// A batch that was opened before, and its report in its language: of those that are configured the
/// one by which it was begun.
async fn begun_batch(
    context: &Context,
    store: &Store,
    id: &str,
    arguments: &IssueArguments,
) -> anyhow::Result<(Batch, Press)> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(id, &mut bytes)
        .with_context(|| format!("`{id}` is not a batch: it has 32 hexadecimal digits"))?;
    let batch = Batch::begun(store, bytes).await?;
    let settings = &context.config.transcript;
    let language = &batch.request.language;
    let press = match &arguments.page.reading.template {
        Some(template) => Press::load(settings, template, language)?,
        None => {
            let begun = store
                .find_batch(bytes)
                .await?
                .map(|(row, _)| row.template_digest);
            let mut presses = presses::configured(settings, language)?;
            let is_its = |(_, press): &(_, Press)| Some(press.composed.digest) == begun;
            // Where none is, the first is refused as another than it was begun with.
            let place = presses.iter().position(is_its).unwrap_or(0);
            presses.swap_remove(place).1
        }
    };
    Ok((batch, press.official()?))
}

async fn remind_of_unfinished(
    context: &Context,
    store: &Store,
    batches: &[Batch],
) -> anyhow::Result<()> {
    for (id, documents) in store.unfinished_batches().await? {
        if batches.iter().all(|batch| id != batch.id) {
            context.terminal.say(format_args!(
                "A batch for {documents} students was not finished: if no other process is at \
                 it, resume it with `registrar transcript issue --batch {}`",
                hex::encode(id)
            ));
        }
    }
    Ok(())
}

/// Runs a batch under a progress bar.
pub(super) async fn run_batch(
    context: &Context,
    office: &Office,
    batch: &Batch,
    resumed: bool,
) -> anyhow::Result<BatchOutcome> {
    let bar = context
        .terminal
        .progress(batch.people.len() as u64, "transcripts");
    let done = |done| bar.inc(done);
    let outcome = if resumed {
        office.resume(batch, done).await
    } else {
        office.issue(batch, done).await
    };
    bar.finish_and_clear();
    outcome.with_context(|| {
        format!(
            "the batch stopped; resume it with `--batch {}`",
            hex::encode(batch.id)
        )
    })
}

fn answer(
    context: &Context,
    batches: &[Batch],
    copies: &[Copy],
    outcome: &BatchOutcome,
) -> anyhow::Result<Done> {
    let BatchOutcome {
        refused, elsewhere, ..
    } = outcome;
    let transfer_to = batches.first().and_then(|it| it.purpose.receiving_school());
    let ids: Vec<String> = batches.iter().map(|batch| hex::encode(batch.id)).collect();
    let batch = ids.first().filter(|_| ids.len() == 1);
    let answer = serde_json::json!({
        "batch": batch, "batches": ids, "transfer_to": transfer_to, "made": copies,
        "refused": refused, "elsewhere": elsewhere
    });
    context.terminal.data(&answer, || {
        let mut text = String::new();
        for copy in copies {
            let what = copy
                .file
                .as_deref()
                .or(copy.document.as_deref())
                .unwrap_or_default();
            text.push_str(&format!("{:<16} {what}\n", copy.student));
            for overridden in &copy.overrides {
                text.push_str(&issued::overridden_lines(overridden));
            }
            for why in copy.no_copy.iter().chain(&copy.no_twin) {
                text.push_str(&issuing::under("", &copy.student, why));
            }
        }
        for refusal in refused {
            text.push_str(&issuing::refused_lines("", refusal));
        }
        text
    })?;
    context.terminal.say(format_args!(
        "{} made, {} refused",
        copies.len(),
        refused.len()
    ));
    if let ([batch, ..], false) = (&*ids, elsewhere.is_empty()) {
        context.terminal.say(format_args!(
            "{} in the hands of another process, so the batch is not finished\nhint: if that \
             process is gone, two minutes later `registrar transcript issue --batch {batch}` makes \
             the rest",
            elsewhere.len()
        ));
    }
    if let (false, Some(copy)) = (
        ids.is_empty(),
        copies.iter().find_map(|copy| copy.file.as_ref()),
    ) {
        context
            .terminal
            .say(format_args!("Next: `registrar verify {copy}`"));
    }
    let whole = copies
        .iter()
        .all(|copy| copy.no_twin.is_none() && copy.no_copy.is_empty());
    Ok(if whole && refused.is_empty() && elsewhere.is_empty() {
        Done::Yes
    } else {
        Done::No
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser as _;

    use super::*;
    use crate::cli::config::Config;
    use crate::cli::terminal::Terminal;
    use crate::host::Clock;
    use crate::intake;
    use crate::store::BatchRow;

    fn arguments(words: &[&str]) -> IssueArguments {
        let line = ["registrar", "transcript", "issue"].iter().chain(words);
        let parsed = crate::cli::Arguments::try_parse_from(line).expect("a command");
        match parsed.command {
            crate::cli::Command::Transcript(Command::Issue(arguments)) => arguments,
            other => panic!("another command: {other:?}"),
        }
    }

    fn context(config: &Config, moment: &str) -> Context {
        Context {
            terminal: Terminal {
                json: true,
                quiet: true,
            },
            config: config.clone(),
            clock: Clock::Fixed(moment.parse().expect("an instant")),
        }
    }

    #[tokio::test]
    async fn a_batch_that_is_resumed_on_another_day_is_the_one_that_was_begun() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config {
            database: format!("sqlite:{}", folder.path().join("r.db").display()),
            ..Config::default()
        };
        config.transcript.certified_by = "Remedios Varo".to_owned();
        let store = Store::open(&config.database).await.expect("a database");
        let district = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/district/charters");
        let morning = Clock::Fixed("2026-06-13T15:00:00Z".parse().expect("an instant"));
        let options = intake::Options::default();
        let imported = intake::import(&store, &district, &options, morning, &mut |_| {}).await;
        imported.expect("the import runs");

        // Before midnight in the district, after it in Greenwich.
        let evening = context(&config, "2026-06-16T06:30:00Z");
        let whole_class = arguments(&["--all", "--grade", "12"]);
        let begun = new_batches(&evening, &store, &whole_class).await;
        let (begun, press) = begun.expect("a batch").remove(0);
        assert_eq!(begun.request.issued_on, jiff::civil::date(2026, 6, 15));
        let row = BatchRow {
            id: begun.id,
            recorded_at: begun.recorded_at,
            issued_at: begun.issued_at,
            description: begun.description.clone(),
            request: begun.begun_with(),
            template_digest: press.composed.digest,
            policy_digest: press.policy.digest(),
        };
        let opened = store.open_batch(&row, &begun.people).await;
        opened.expect("the batch is opened");

        let id = hex::encode(begun.id);
        let again = arguments(&["--batch", &id]);
        config.transcript.certified_by = "Leonora Carrington".to_owned();
        config.transcript.language = "es".to_owned();
        config.transcript.show_state_id = true;
        let next_week = context(&config, "2026-06-23T17:00:00Z");
        let resumed = begun_batch(&next_week, &store, &id, &again).await;
        let (resumed, press_again) = resumed.expect("it is there");
        assert_eq!(format!("{resumed:?}"), format!("{begun:?}"));
        assert_eq!(press_again.composed.digest, press.composed.digest);
    }
}
