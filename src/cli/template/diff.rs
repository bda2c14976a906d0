//! `registrar template diff`: whose pages would change if one report took the place of another.
//!
//! Both are laid out for the same students from the same records, in each edition that both make,
//! for the certification and the school's profile stand on official pages only; pages are compared
//! as pictures of the finished files, so that whatever a reader would see is found, and nothing
//! else. Pairs are written where only their owner can read them: they are about students. Of what
//! looks official and is not, no file of its own is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::pair::{difference, open, side_by_side};
use super::sheets::name;
use crate::cli::issuing::{self, Press};
use crate::cli::transcript::{Who, people};
use crate::cli::{Context, Done};
use crate::issue::{IssueError, Preview, Previews, Refusal};
use crate::record::{GradeLevel, PersonId};
use crate::render::Pool;
use crate::store::Store;
use crate::transcript::{Certification, DocumentRequest, Edition};

/// Students whose documents are in memory at once.
const CHUNK_PEOPLE_MAX: usize = 50;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The report as it is: by name, or a folder
    #[arg(value_name = "A")]
    one: String,
    /// The report that would take its place
    #[arg(value_name = "B")]
    other: String,
    #[command(flatten)]
    who: Who,
    /// Only this grade level, with --school or --all
    #[arg(long, value_name = "GRADE", conflicts_with = "student")]
    grade: Option<GradeLevel>,
    /// The language of the labels [default: as configured]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Dots an inch at which pages are compared and shown
    #[arg(
        long,
        default_value_t = 100,
        value_name = "DOTS",
        value_parser = clap::value_parser!(u16).range(36..=400)
    )]
    dpi: u16,
    /// Students of whom pairs are written; the others are counted and listed
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    pairs_max: usize,
    /// The folder to write into
    #[arg(long, default_value = "template-diff", value_name = "FOLDER")]
    out: PathBuf,
}

/// What the comparison came to.
#[derive(Default, Serialize)]
struct Compared {
    a: String,
    b: String,
    students: usize,
    same: usize,
    /// The editions that were compared.
    editions: Vec<&'static str>,
    changed: Vec<Changed>,
    refused: Vec<Refused>,
}

/// A student of whom one of the reports makes no page.
#[derive(Serialize)]
struct Refused {
    edition: &'static str,
    #[serde(flatten)]
    refusal: Refusal,
}

/// An edition of a student's document with a page that differs.
#[derive(Serialize)]
struct Changed {
    student: String,
    edition: &'static str,
    /// Pages that differ, from 1.
    pages: Vec<usize>,
    /// Pages of either document.
    pages_of: [u32; 2],
    /// The pair: both documents, and each page that differs side by side.
    files: Vec<String>,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let known = crate::cli::transcript::recorded_instant(&store, None).await?;
    let people = people(&store, &arguments.who, arguments.grade, known).await?;
    let language = arguments.language.as_ref();
    let settings = &context.config.transcript;
    let language = language.unwrap_or(&settings.language);
    let one = Press::load(settings, &arguments.one, language)?;
    let other = Press::load(settings, &arguments.other, language)?;
    let editions = shared_editions(&one, &other)?;
    issuing::refuse_taken(&arguments.out)?;
    let out = issuing::out_folder(&arguments.out)?;
    let copy = issuing::request(
        context,
        Edition::Unofficial,
        language,
        None,
        context.clock.now(),
    )?;
    let proof = DocumentRequest {
        edition: Edition::Official,
        certification: Some(certification(context)),
        ..copy.clone()
    };
    let workers = context.config.workers().min(people.len());
    let bench = Bench {
        store: &store,
        sides: [(&one, one.pool(workers)?), (&other, other.pool(workers)?)],
        recorded_at: known,
        requests: [&copy, &proof],
        documents_under_way_max: 2 * workers,
        dots_per_inch: arguments.dpi,
    };
    let compared = Compared {
        a: arguments.one.clone(),
        b: arguments.other.clone(),
        students: people.len(),
        editions: editions.iter().map(|edition| name(*edition)).collect(),
        ..Compared::default()
    };
    let place = Place {
        folder: &out,
        pairs_max: arguments.pairs_max,
    };
    let compared = compare_all(context, &bench, &people, &editions, place, compared).await?;
    answer(context, arguments, &out, &compared)
}

/// Compares each edition of each student's document; pairs are written of the first students whose
/// pages change.
async fn compare_all(
    context: &Context,
    bench: &Bench<'_>,
    people: &[PersonId],
    editions: &[Edition],
    place: Place<'_>,
    mut compared: Compared,
) -> anyhow::Result<Compared> {
    let steps = people.len() * editions.len();
    let bar = context.terminal.progress(steps as u64, "documents");
    let (mut changed, mut refused) = (Vec::new(), BTreeSet::new());
    for (chunk, first) in people
        .chunks(CHUNK_PEOPLE_MAX)
        .zip((0..).step_by(CHUNK_PEOPLE_MAX))
    {
        for edition in editions {
            let ones = bench.copies(0, *edition, chunk).await?;
            let others = bench.copies(1, *edition, chunk).await?;
            for (person, (one, other)) in (first..).zip(ones.into_iter().zip(others)) {
                bar.inc(1);
                let (one, other) = match (one, other) {
                    (Ok(one), Ok(other)) => (one, other),
                    (Err(refusal), _) | (_, Err(refusal)) => {
                        let edition = name(*edition);
                        compared.refused.push(Refused { edition, refusal });
                        refused.insert(person);
                        continue;
                    }
                };
                let known = changed.iter().position(|other| *other == person);
                let number = known.unwrap_or(changed.len());
                let place = (number < place.pairs_max).then_some((place.folder, number + 1));
                let found = bench.compare(*edition, &one, &other, place).await?;
                if found.is_some() && known.is_none() {
                    changed.push(person);
                }
                compared.changed.extend(found);
            }
        }
    }
    bar.finish_and_clear();
    refused.retain(|person| !changed.contains(person));
    compared.same = people.len() - changed.len() - refused.len();
    Ok(compared)
}

/// The editions that both reports make.
fn shared_editions(one: &Press, other: &Press) -> anyhow::Result<Vec<Edition>> {
    let mut editions = one.editions();
    editions.retain(|edition| other.editions().contains(edition));
    anyhow::ensure!(
        !editions.is_empty(),
        "one of the reports makes official documents only, and the other none\nhint: `registrar \
         template list` shows what each makes"
    );
    Ok(editions)
}

/// Who certifies; where nobody does yet, somebody who stands for that person on both sides.
fn certification(context: &Context) -> Certification {
    let settings = &context.config.transcript;
    let name = match settings.certified_by.trim() {
        "" => "Remedios Varo",
        name => name,
    };
    Certification {
        name: name.to_owned(),
        title: settings.certified_by_title.clone(),
    }
}

/// Where pairs are written, and of how many students.
#[derive(Clone, Copy)]
struct Place<'a> {
    folder: &'a Path,
    pairs_max: usize,
}

/// What both reports are laid out with.
struct Bench<'a> {
    store: &'a Store,
    sides: [(&'a Press, Pool); 2],
    recorded_at: jiff::Timestamp,
    /// Of unofficial copies, and of proofs.
    requests: [&'a DocumentRequest; 2],
    documents_under_way_max: usize,
    dots_per_inch: u16,
}

impl Bench<'_> {
    /// The copies of these people by one of the reports, in their order.
    async fn copies(
        &self,
        side: usize,
        edition: Edition,
        people: &[PersonId],
    ) -> Result<Vec<Result<Preview, Refusal>>, IssueError> {
        let (press, pool) = &self.sides[side];
        let previews = Previews {
            store: self.store,
            policy: &press.policy,
            pool,
            wording: &press.composed.wording,
            owners: &press.owners(),
            documents_under_way_max: self.documents_under_way_max,
            recorded_at: self.recorded_at,
            request: self.requests[usize::from(edition != Edition::Unofficial)],
            edition,
        };
        let mut copies = Vec::with_capacity(people.len());
        let collect = |copy| {
            copies.push(copy);
            Ok::<(), IssueError>(())
        };
        previews.make(people, collect).await?;
        Ok(copies)
    }

    /// The pages that differ, written as pairs where there is a place for them; none where a reader
    /// would see no difference.
    async fn compare(
        &self,
        edition: Edition,
        one: &Preview,
        other: &Preview,
        place: Option<(&Path, usize)>,
    ) -> anyhow::Result<Option<Changed>> {
        if one.pdf == other.pdf {
            return Ok(None);
        }
        let [(_, pool), (_, other_pool)] = &self.sides;
        let (ones, others) = tokio::try_join!(
            pool.pictures(&one.pdf, self.dots_per_inch),
            other_pool.pictures(&other.pdf, self.dots_per_inch),
        )?;
        let mut changed = Changed {
            student: one.student_id.clone(),
            edition: name(edition),
            pages: Vec::new(),
            pages_of: [one.pages, other.pages],
            files: Vec::new(),
        };
        for page in 0..ones.len().max(others.len()) {
            let pictures = [&ones, &others].map(|side| side.get(page).map(|png| open(png)));
            let [one, other] = pictures.map(Option::transpose);
            let (one, other) = (one?, other?);
            let Some(difference) = difference(one.as_ref(), other.as_ref()) else {
                continue;
            };
            changed.pages.push(page + 1);
            if let Some((folder, number)) = place {
                let png = side_by_side(one.as_ref(), other.as_ref(), difference)?;
                let path = folder.join(format!(
                    "{number:04}-{}-page-{}.png",
                    changed.edition,
                    page + 1
                ));
                issuing::write_private(&path, &png)?;
                changed.files.push(path.display().to_string());
            }
        }
        if changed.pages.is_empty() {
            return Ok(None);
        }
        let sides = [("a", one), ("b", other)];
        for (name, preview) in sides.into_iter().filter(|_| edition == Edition::Unofficial) {
            let Some((folder, number)) = place else {
                continue;
            };
            let path = folder.join(format!("{number:04}-{name}.pdf"));
            issuing::write_private(&path, &preview.pdf)?;
            changed.files.push(path.display().to_string());
        }
        Ok(Some(changed))
    }
}

fn answer(
    context: &Context,
    arguments: &Arguments,
    out: &Path,
    compared: &Compared,
) -> anyhow::Result<Done> {
    let summary = serde_json::to_vec_pretty(compared)?;
    issuing::write_private(&out.join("summary.json"), &summary)?;
    let Compared {
        changed,
        same,
        refused,
        ..
    } = compared;
    context.terminal.data(compared, || {
        let mut text = String::new();
        for student in changed {
            let pages: Vec<String> = student.pages.iter().map(ToString::to_string).collect();
            let file = student.files.first().map_or("", String::as_str);
            let _ = writeln!(
                text,
                "{:<16} {:<10} page {:<8} {file}",
                student.student,
                student.edition,
                pages.join(", ")
            );
        }
        for Refused { edition, refusal } in refused {
            text.push_str(&issuing::refused_lines(&format!("{edition:<10} "), refusal));
        }
        text
    })?;
    let students: BTreeSet<&str> = changed.iter().map(|it| &*it.student).collect();
    context.terminal.say(format_args!(
        "{} students' pages change, {same} stay the same, {} refused; compared: {}",
        students.len(),
        refused.len(),
        compared.editions.join(", ")
    ));
    if students.len() > arguments.pairs_max {
        context.terminal.say(format_args!(
            "pairs of the first {} are written; --pairs-max writes more",
            arguments.pairs_max
        ));
    }
    if let Some(file) = changed.iter().find_map(|student| student.files.first()) {
        context.terminal.say(format_args!("Next: look at {file}"));
    }
    Ok(if refused.is_empty() {
        Done::Yes
    } else {
        Done::No
    })
}
